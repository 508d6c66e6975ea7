#include "main/solve_file.h"

#include "solve/read_pmedian.h"
#include "solve/read_solomon.h"
#include "solve/read_vrplib.h"

/* ---- which format -----------------------------------------------------------------------------*/

static bool is_json(Str text) {
    Scan scan = read_scan(text);
    Str word = read_word_peek(&scan);
    return str_is_empty(word) || word.at[0] == '{' || word.at[0] == '[';
}

/* True when a line begins with the word, in any case. */
static bool has_line(Str text, Str word) {
    Scan scan = read_scan(text);
    while (!str_is_empty(read_word_peek(&scan))) {
        Str line = read_line(&scan);
        if (str_equal_ascii_nocase(str_slice(line, 0, word.len), word)) {
            return true;
        }
    }
    return false;
}

/* How many words the first line has. */
static int32_t first_line_words(Str text) {
    Scan scan = read_scan(text);
    (void)read_word_peek(&scan);
    Scan line = read_scan(read_line(&scan));
    int32_t count = 0;
    while (!str_is_empty(read_word(&line))) {
        count++;
    }
    return count;
}

static Status rounding_of(Cx *cx, Str word, ReadRounding usual, ReadRounding *out) {
    static const char *const WORDS[] = {"nearest", "tenth", "thousandth"};
    static const ReadRounding VALUES[] = {READ_NEAREST, READ_TENTH_DOWN, READ_THOUSANDTH};
    *out = usual;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (str_equal(word, str_of(WORDS[i]))) {
            *out = VALUES[i];
            return STATUS_OK;
        }
    }
    return str_is_empty(word)
               ? STATUS_OK
               : fault(cx, STATUS_INVALID,
                       "--rounding \"" STR_FMT "\": must be nearest, tenth or thousandth",
                       STR_ARG(str_slice(word, 0, 40)));
}

/* ---- rounds -----------------------------------------------------------------------------------*/

Status solve_rounds_read(Cx *cx, Str text, const SolveFormat *format, const TravelOptions *travel,
                         RoundFile *out) {
    if (is_json(text)) {
        return read_round_json(cx, text, travel, out);
    }
    RoundProblem *problem = NULL;
    ReadRounding rounding = READ_NEAREST;
    bool is_solomon = has_line(text, STR("CUST"));
    TRY(rounding_of(cx, format->rounding, is_solomon ? READ_TENTH_DOWN : READ_NEAREST, &rounding));
    TRY(is_solomon ? read_solomon(cx, text, rounding, &problem)
                   : read_vrplib(cx, text, rounding, &problem));
    *out = (RoundFile){.problem = *problem};
    return STATUS_OK;
}

/* ---- sites ------------------------------------------------------------------------------------*/

static SitePlace *numbered(Arena *arena, int32_t count) {
    SitePlace *places = arena_array(arena, SitePlace, (size_t)count);
    for (int32_t i = 0; i < count; i++) {
        places[i].id = str_print(arena, "%d", (int)i + 1);
    }
    return places;
}

/* A file has names, weights and rules where an instance has none. */
static void file_make(Arena *arena, const SiteProblem *problem, SiteFile *out) {
    size_t clients = (size_t)problem->client_count;
    size_t sites = (size_t)problem->site_count;
    int32_t *weight = arena_array(arena, int32_t, clients);
    for (size_t i = 0; i < clients; i++) {
        weight[i] = 1;
    }
    *out = (SiteFile){.problem = *problem,
                      .clients = numbered(arena, problem->client_count),
                      .sites = numbered(arena, problem->site_count)};
    out->problem.weight = weight;
    out->problem.rule = arena_array(arena, SiteRule, sites); /* 0: free */
    out->problem.cost = arena_array(arena, int64_t, sites);
}

static Status instance_read(Cx *cx, Str text, const SolveFormat *format, SiteProblem *out) {
    int64_t best = 0;
    int64_t number = format->number == 0 ? 1 : format->number;
    if (has_line(text, STR("NODE_COORD_SECTION"))) {
        ReadRounding rounding = READ_NEAREST;
        TRY(rounding_of(cx, format->rounding, READ_TENTH_DOWN, &rounding));
        if (format->open_max == 0) {
            return fault(cx, STATUS_INVALID, "a TSPLIB file does not say how many: give --open N");
        }
        /* The p-median figures of these sets rest on distances cut to whole units. */
        return read_pmedian_tsplib(cx, text, rounding != READ_NEAREST, out);
    }
    if (first_line_words(text) < 3) {
        return read_pmedian_capacity(cx, text, (int32_t)(number > INT32_MAX ? INT32_MAX : number),
                                     out, &best);
    }
    return read_pmedian_orlib(cx, text, out);
}

Status solve_sites_read(Cx *cx, Str text, const SolveFormat *format, const TravelOptions *travel,
                        SiteFile *out) {
    if (is_json(text)) {
        return site_json_read(cx, text, travel, out);
    }
    SiteProblem problem = {0};
    TRY(instance_read(cx, text, format, &problem));
    if (format->open_max > problem.site_count) {
        return fault(cx, STATUS_INVALID, "--open %lld: the file has %d sites",
                     (long long)format->open_max, (int)problem.site_count);
    }
    problem.open_max = format->open_max > 0 ? (int32_t)format->open_max : problem.open_max;
    file_make(cx->arena, &problem, out);
    return site_problem_check(cx, &out->problem);
}
