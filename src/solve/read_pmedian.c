/* Readers of siting benchmarks: a tokenizer that knows its line, then one function a format. */
#include "solve/read_pmedian.h"

#include <math.h>
#include <string.h>

typedef struct Words {
    Cx *cx;
    Str rest;
    int64_t line;
} Words;

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

/* Returns the next word, empty at the end of the text. */
static Str word_next(Words *words) {
    size_t at = 0;
    while (at < words->rest.len && is_space(words->rest.at[at])) {
        words->line += words->rest.at[at] == '\n' ? 1 : 0;
        at++;
    }
    size_t start = at;
    while (at < words->rest.len && !is_space(words->rest.at[at])) {
        at++;
    }
    Str word = str_slice(words->rest, start, at - start);
    words->rest = str_from(words->rest, at);
    return word;
}

static Status words_fault(Words *words, const char *what, Str word) {
    int shown = word.len > 40 ? 40 : (int)word.len;
    return fault_at_line(words->cx, STATUS_INVALID, words->line, 1,
                         "line %lld: expected %s, got "
                         "\"%.*s\"",
                         (long long)words->line, what, shown, word.at == NULL ? "" : word.at);
}

static Status int_next(Words *words, const char *what, int64_t low, int64_t high, int64_t *out) {
    TRY(cx_step(words->cx));
    Str word = word_next(words);
    int64_t value = 0;
    if (str_int64(word, &value) != STATUS_OK || value < low || value > high) {
        return words_fault(words, what, word);
    }
    *out = value;
    return STATUS_OK;
}

/* Decimal with optional exponent, by hand: strtod would follow the locale. */
static bool number_parse(Str word, double *out) {
    size_t at = 0;
    double sign = 1;
    if (at < word.len && (word.at[at] == '-' || word.at[at] == '+')) {
        sign = word.at[at++] == '-' ? -1 : 1;
    }
    double value = 0;
    int32_t digits = 0;
    int32_t exponent = 0;
    bool is_fraction = false;
    for (; at < word.len; at++) {
        if (word.at[at] == '.' && !is_fraction) {
            is_fraction = true;
        } else if (word.at[at] >= '0' && word.at[at] <= '9') {
            value = value * 10 + (word.at[at] - '0');
            exponent -= is_fraction ? 1 : 0;
            digits++;
        } else {
            break;
        }
    }
    int64_t given = 0;
    if (at < word.len && (word.at[at] == 'e' || word.at[at] == 'E')) {
        if (str_int64(str_from(word, at + 1), &given) != STATUS_OK || given < -30 || given > 30) {
            return false;
        }
        at = word.len;
    }
    exponent += (int32_t)given;
    if (at != word.len || digits == 0 || digits > 30) {
        return false;
    }
    /* Powers of ten up to 22 are exact in a double, so one division or product rounds once. */
    value = exponent < 0 ? value / pow(10, -exponent) : value * pow(10, exponent);
    *out = sign * value;
    return value <= 1e9;
}

static Status number_next(Words *words, const char *what, double *out) {
    TRY(cx_step(words->cx));
    Str word = word_next(words);
    return number_parse(word, out) ? STATUS_OK : words_fault(words, what, word);
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
        TRY(int_next(words, "a length", 0, 10000, &length));
        if (left != right) {
            distance[(left - 1) * count + right - 1] = (int32_t)length;
            distance[(right - 1) * count + left - 1] = (int32_t)length;
        }
    }
    return STATUS_OK;
}

Status read_pmedian_orlib(Cx *cx, Str text, SiteProblem *out) {
    Words words = {.cx = cx, .rest = text, .line = 1};
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

typedef struct Point2 {
    double x;
    double y;
} Point2;

static Status euclid_fill(Cx *cx, const Point2 *points, int64_t count, double lift, int32_t **out) {
    int32_t *distance = arena_array(cx->arena, int32_t, (size_t)(count * count));
    for (int64_t left = 0; left < count; left++) {
        for (int64_t right = 0; right < count; right++) {
            double length =
                hypot(points[left].x - points[right].x, points[left].y - points[right].y);
            if (length >= SITE_DISTANCE_MAX) {
                return fault(cx, STATUS_INVALID, "points %lld and %lld are too far apart",
                             (long long)left + 1, (long long)right + 1);
            }
            distance[left * count + right] = (int32_t)(length + lift);
        }
    }
    *out = distance;
    return STATUS_OK;
}

/* Reads the lines "KEY : value" up to the coordinates. */
static Status tsplib_head(Words *words, int64_t *count) {
    bool is_euclid = false;
    while (words->rest.len > 0) {
        TRY(cx_step(words->cx));
        Str line = str_cut(&words->rest, '\n');
        Str value = line;
        Str key = str_trim(str_cut(&value, ':'));
        value = str_trim(value.at == NULL ? STR_NONE : value);
        if (str_equal(key, STR("DIMENSION")) &&
            (str_int64(value, count) != STATUS_OK || *count < 1 ||
             *count > READ_PMEDIAN_VERTICES_MAX)) {
            return words_fault(words, "a dimension from 1 to 4000", value);
        }
        if (str_equal(key, STR("EDGE_WEIGHT_TYPE"))) {
            is_euclid = str_equal(value, STR("EUC_2D"));
        }
        words->line++;
        if (!str_equal(key, STR("NODE_COORD_SECTION"))) {
            continue;
        }
        if (!is_euclid) {
            return words_fault(words, "EDGE_WEIGHT_TYPE EUC_2D before the coordinates", key);
        }
        return *count > 0 ? STATUS_OK : words_fault(words, "DIMENSION before the coordinates", key);
    }
    return words_fault(words, "NODE_COORD_SECTION", STR("the end"));
}

Status read_pmedian_tsplib(Cx *cx, Str text, bool is_floor, SiteProblem *out) {
    Words words = {.cx = cx, .rest = text, .line = 1};
    int64_t count = 0;
    TRY(tsplib_head(&words, &count));
    Point2 *points = arena_array(cx->arena, Point2, (size_t)count);
    for (int64_t i = 0; i < count; i++) {
        int64_t id = 0;
        TRY(int_next(&words, "the next vertex number", i + 1, i + 1, &id));
        TRY(number_next(&words, "a coordinate", &points[i].x));
        TRY(number_next(&words, "a coordinate", &points[i].y));
    }
    int32_t *distance = NULL;
    TRY(euclid_fill(cx, points, count, is_floor ? 0.0 : 0.5, &distance));
    *out = (SiteProblem){.goal = SITE_GOAL_MEDIAN,
                         .client_count = (int32_t)count,
                         .site_count = (int32_t)count,
                         .open_max = 1,
                         .distance = distance,
                         .budget = SITE_NO_BUDGET};
    return STATUS_OK;
}

Status read_pmedian_capacity(Cx *cx, Str text, SiteProblem *out, int64_t *best) {
    Words words = {.cx = cx, .rest = text, .line = 1};
    int64_t number = 0;
    int64_t value = 0;
    int64_t count = 0;
    int64_t open_max = 0;
    int64_t room = 0;
    TRY(int_next(&words, "a problem number", 0, INT32_MAX, &number));
    TRY(int_next(&words, "a best known value", 0, INT64_C(1) << 50, &value));
    TRY(int_next(&words, "a count of points", 1, READ_PMEDIAN_VERTICES_MAX, &count));
    TRY(int_next(&words, "a count of sites to open, at most the points", 1, count, &open_max));
    TRY(int_next(&words, "a capacity", 0, SITE_CAPACITY_MAX, &room));
    Point2 *points = arena_array(cx->arena, Point2, (size_t)count);
    int32_t *demand = arena_array(cx->arena, int32_t, (size_t)count);
    int64_t *capacity = arena_array(cx->arena, int64_t, (size_t)count);
    for (int64_t i = 0; i < count; i++) {
        int64_t id = 0;
        int64_t wanted = 0;
        TRY(int_next(&words, "the next point number", i + 1, i + 1, &id));
        TRY(number_next(&words, "a coordinate", &points[i].x));
        TRY(number_next(&words, "a coordinate", &points[i].y));
        TRY(int_next(&words, "a demand", 0, SITE_WEIGHT_MAX, &wanted));
        demand[i] = (int32_t)wanted;
        capacity[i] = room;
    }
    int32_t *distance = NULL;
    TRY(euclid_fill(cx, points, count, 0.0, &distance));
    *out = (SiteProblem){.goal = SITE_GOAL_CAPACITY,
                         .client_count = (int32_t)count,
                         .site_count = (int32_t)count,
                         .open_max = (int32_t)open_max,
                         .distance = distance,
                         .demand = demand,
                         .capacity = capacity,
                         .budget = SITE_NO_BUDGET};
    *best = value;
    return STATUS_OK;
}
