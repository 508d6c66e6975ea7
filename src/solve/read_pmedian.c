/* Readers of siting benchmarks, one function a format. */
#include "solve/read_pmedian.h"

#include "solve/read_weights.h"

#include <math.h>
#include <string.h>

typedef struct Words {
    Cx *cx;
    Scan scan;
} Words;

static Status words_fault(Words *words, const char *what, Str word) {
    int shown = word.len > 40 ? 40 : (int)word.len;
    return fault_at_line(words->cx, STATUS_INVALID, words->scan.line, 1,
                         "line %lld: expected %s, got "
                         "\"%.*s\"",
                         (long long)words->scan.line, what, shown, word.at == NULL ? "" : word.at);
}

static Status int_next(Words *words, const char *what, int64_t low, int64_t high, int64_t *out) {
    TRY(cx_step(words->cx));
    Str word = read_word(&words->scan);
    int64_t value = 0;
    if (read_whole(words->cx, &words->scan, what, word, &value) != STATUS_OK) {
        fault_clear(words->cx);
        return words_fault(words, what, word);
    }
    if (value < low || value > high) {
        return words_fault(words, what, word);
    }
    *out = value;
    return STATUS_OK;
}

static Status number_next(Words *words, const char *what, double *out) {
    TRY(cx_step(words->cx));
    Str word = read_word(&words->scan);
    bool is_good = read_number(word, out) && *out >= -1e9 && *out <= 1e9;
    return is_good ? STATUS_OK : words_fault(words, what, word);
}

/* ---- OR-Library pmed --------------------------------------------------------------------------*/

static Status shortest_paths(Cx *cx, int32_t *distance, int32_t count) {
    for (int32_t via = 0; via < count; via++) {
        const int32_t *onward = distance + (int64_t)via * count;
        TRY(cx_steps(cx, (uint64_t)count));
        for (int32_t from = 0; from < count; from++) {
            int32_t *row = distance + (int64_t)from * count;
            int32_t first = row[via];
            if (first >= SITE_DISTANCE_MAX) {
                continue;
            }
            for (int32_t to = 0; to < count; to++) {
                int32_t length = first + onward[to];
                row[to] = length < row[to] ? length : row[to];
            }
        }
    }
    return STATUS_OK;
}

static Status edges_read(Words *words, int64_t count, int64_t edge_count, int32_t *distance) {
    for (int64_t i = 0; i < count * count; i++) {
        distance[i] = i % (count + 1) == 0 ? 0 : SITE_DISTANCE_MAX;
    }
    for (int64_t edge = 0; edge < edge_count; edge++) {
        int64_t left = 0;
        int64_t right = 0;
        int64_t length = 0;
        TRY(int_next(words, "a vertex", 1, count, &left));
        TRY(int_next(words, "a vertex", 1, count, &right));
        TRY(int_next(words, "a length", 0, SITE_DISTANCE_MAX - 1, &length));
        if (left != right) {
            distance[(left - 1) * count + right - 1] = (int32_t)length;
            distance[(right - 1) * count + left - 1] = (int32_t)length;
        }
    }
    return STATUS_OK;
}

Status read_pmedian_orlib(Cx *cx, Str text, SiteProblem *out) {
    Words words = {.cx = cx, .scan = read_scan(text)};
    int64_t count = 0;
    int64_t edge_count = 0;
    int64_t open_max = 0;
    TRY(int_next(&words, "a count of vertices, at most 2000", 1, READ_PMEDIAN_GRAPH_MAX, &count));
    TRY(int_next(&words, "a count of edges", 0, count * count, &edge_count));
    TRY(int_next(&words, "a count of sites to open, at most the vertices", 1, count, &open_max));
    int32_t *distance = arena_array(cx->arena, int32_t, (size_t)(count * count));
    TRY(edges_read(&words, count, edge_count, distance));
    TRY(shortest_paths(cx, distance, (int32_t)count));
    for (int64_t to = 1; to < count; to++) {
        if (distance[to] >= SITE_DISTANCE_MAX) {
            return fault(cx, STATUS_INVALID, "vertex %lld cannot be reached from vertex 1",
                         (long long)to + 1);
        }
    }
    *out = (SiteProblem){.goal = SITE_GOAL_MEDIAN,
                         .client_count = (int32_t)count,
                         .site_count = (int32_t)count,
                         .open_max = (int32_t)open_max,
                         .distance = distance,
                         .budget = SITE_NO_BUDGET};
    return STATUS_OK;
}

/* ---- points -----------------------------------------------------------------------------------*/

static Status euclid_fill(Cx *cx, const ReadPoint *points, int64_t count, int32_t **out) {
    int32_t *distance = arena_array(cx->arena, int32_t, (size_t)(count * count));
    for (int64_t left = 0; left < count; left++) {
        for (int64_t right = 0; right < count; right++) {
            double length =
                hypot(points[left].x - points[right].x, points[left].y - points[right].y);
            if (length >= SITE_DISTANCE_MAX) {
                return fault(cx, STATUS_INVALID, "points %lld and %lld are too far apart",
                             (long long)left + 1, (long long)right + 1);
            }
            distance[left * count + right] = (int32_t)length;
        }
    }
    *out = distance;
    return STATUS_OK;
}

/* Reads the lines "KEY : value" or "KEY value" up to the coordinates. */
static Status tsplib_head(Words *words, int64_t *count, ReadWeight *weight) {
    bool has_weight = false;
    while (!str_is_empty(read_word_peek(&words->scan))) {
        TRY(cx_step(words->cx));
        Scan at = words->scan;
        Str value = read_line(&words->scan);
        Str key = read_word(&at);
        key = str_cut(&key, ':');
        (void)str_cut(&value, str_contains(value, STR(":")) ? ':' : ' ');
        value = str_trim(value.at == NULL ? STR_NONE : value);
        if (str_equal_ascii_nocase(key, STR("DIMENSION")) &&
            (str_int64(value, count) != STATUS_OK || *count < 1 ||
             *count > READ_PMEDIAN_VERTICES_MAX)) {
            return words_fault(words, "a dimension from 1 to 4000", value);
        }
        if (str_equal_ascii_nocase(key, STR("EDGE_WEIGHT_TYPE"))) {
            TRY(read_weight_parse(words->cx, &at, value, weight));
            has_weight = *weight != READ_WEIGHT_EXPLICIT;
        }
        if (!str_equal_ascii_nocase(key, STR("NODE_COORD_SECTION"))) {
            continue;
        }
        if (!has_weight) {
            return words_fault(words, "an EDGE_WEIGHT_TYPE before the coordinates", key);
        }
        return *count > 0 ? STATUS_OK : words_fault(words, "DIMENSION before the coordinates", key);
    }
    return words_fault(words, "NODE_COORD_SECTION", STR("the end"));
}

Status read_pmedian_tsplib(Cx *cx, Str text, bool is_floor, SiteProblem *out) {
    Words words = {.cx = cx, .scan = read_scan(text)};
    ReadWeight weight = READ_WEIGHT_EUC_2D;
    RoundProfile profile = {0};
    int64_t count = 0;
    TRY(tsplib_head(&words, &count, &weight));
    ReadPoint *points = arena_array(cx->arena, ReadPoint, (size_t)count);
    for (int64_t i = 0; i < count; i++) {
        int64_t id = 0;
        TRY(int_next(&words, "the next vertex number", i + 1, i + 1, &id));
        TRY(number_next(&words, "a coordinate", &points[i].x));
        TRY(number_next(&words, "a coordinate", &points[i].y));
    }
    if (is_floor && weight == READ_WEIGHT_EUC_2D) {
        weight = READ_WEIGHT_FLOOR_2D;
    }
    TRY(read_weight_points(cx, weight, points, (int32_t)count, READ_NEAREST, &profile));
    *out = (SiteProblem){.goal = SITE_GOAL_MEDIAN,
                         .client_count = (int32_t)count,
                         .site_count = (int32_t)count,
                         .open_max = 1,
                         .distance = profile.distance_m,
                         .budget = SITE_NO_BUDGET};
    return STATUS_OK;
}

/* ---- OR-Library pmedcap1 ----------------------------------------------------------------------*/

typedef struct CapacityHead {
    int64_t best;
    int64_t count;
    int64_t open_max;
    int64_t room;
} CapacityHead;

static Status capacity_head(Words *words, CapacityHead *head) {
    int64_t number = 0;
    TRY(int_next(words, "a problem number", 0, INT32_MAX, &number));
    TRY(int_next(words, "a best known value", 0, INT64_C(1) << 50, &head->best));
    TRY(int_next(words, "a count of points", 1, READ_PMEDIAN_VERTICES_MAX, &head->count));
    TRY(int_next(words, "a count of sites to open, at most the points", 1, head->count,
                 &head->open_max));
    return int_next(words, "a capacity", 0, SITE_CAPACITY_MAX, &head->room);
}

static Status capacity_points(Words *words, int64_t count, ReadPoint *points, int32_t *demand) {
    for (int64_t i = 0; i < count; i++) {
        int64_t id = 0;
        int64_t wanted = 0;
        TRY(int_next(words, "the next point number", i + 1, i + 1, &id));
        TRY(number_next(words, "a coordinate", &points[i].x));
        TRY(number_next(words, "a coordinate", &points[i].y));
        TRY(int_next(words, "a demand", 0, SITE_WEIGHT_MAX, &wanted));
        demand[i] = (int32_t)wanted;
    }
    return STATUS_OK;
}

/* The library's own file begins with the count of its problems, alone on a line. */
static Status capacity_count(Words *words, int64_t *out) {
    Scan ahead = words->scan;
    (void)read_word_peek(&ahead);
    Str line = read_line(&ahead);
    *out = 1;
    if (str_contains(line, STR(" ")) || str_contains(line, STR("\t"))) {
        return STATUS_OK;
    }
    return int_next(words, "a count of problems", 1, INT32_MAX, out);
}

Status read_pmedian_capacity(Cx *cx, Str text, int32_t number, SiteProblem *out, int64_t *best) {
    Words words = {.cx = cx, .scan = read_scan(text)};
    CapacityHead head = {0};
    ReadPoint *points = NULL;
    int32_t *demand = NULL;
    int64_t problem_count = 0;
    TRY(capacity_count(&words, &problem_count));
    if (number < 1 || number > problem_count) {
        return fault(cx, STATUS_INVALID, "the file has %lld problems, not %d",
                     (long long)problem_count, (int)number);
    }
    for (int32_t i = 0; i < number; i++) {
        TRY(capacity_head(&words, &head));
        points = arena_array(cx->arena, ReadPoint, (size_t)head.count);
        demand = arena_array(cx->arena, int32_t, (size_t)head.count);
        TRY(capacity_points(&words, head.count, points, demand));
    }
    int64_t *capacity = arena_array(cx->arena, int64_t, (size_t)head.count);
    for (int64_t i = 0; i < head.count; i++) {
        capacity[i] = head.room;
    }
    int32_t *distance = NULL;
    TRY(euclid_fill(cx, points, head.count, &distance));
    *out = (SiteProblem){.goal = SITE_GOAL_CAPACITY,
                         .client_count = (int32_t)head.count,
                         .site_count = (int32_t)head.count,
                         .open_max = (int32_t)head.open_max,
                         .distance = distance,
                         .demand = demand,
                         .capacity = capacity,
                         .budget = SITE_NO_BUDGET};
    *best = head.best;
    return STATUS_OK;
}
