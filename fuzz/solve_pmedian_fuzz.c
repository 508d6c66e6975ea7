/*
 * solve_pmedian_fuzz.c - the first byte chooses a reader of siting problems (OR-Library graph,
 * TSPLIB, capacitated, JSON) or of a travel server's reply; what reads well and is small is solved,
 * and the answer must pass the checker.
 */
#include "solve/check_site.h"
#include "solve/read_pmedian.h"
#include "solve/site_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { CELLS_SOLVED_MAX = 400 };

static void solve_small(Cx *cx, const SiteProblem *problem) {
    if ((int64_t)problem->client_count * problem->site_count > CELLS_SOLVED_MAX) {
        return;
    }
    SiteOptions options = {.seed = 1, .round_max = 8, .with_one_more = true};
    SiteAnswer answer = {0};
    if (site_solve(cx, problem, &options, &answer) == STATUS_OK) {
        check(check_site_answer(cx, problem, &answer) == STATUS_OK);
    }
}

static void json_both_ways(Cx *cx, Str text) {
    SiteFile file = {0};
    if (site_json_read(cx, text, NULL, &file) != STATUS_OK) {
        check(cx->fault.text[0] != '\0');
        return;
    }
    if ((int64_t)file.problem.client_count * file.problem.site_count > CELLS_SOLVED_MAX) {
        return;
    }
    SiteOptions options = {.seed = 1, .round_max = 4};
    SiteAnswer answer = {0};
    if (site_solve(cx, &file.problem, &options, &answer) == STATUS_OK) {
        check(check_site_answer(cx, &file.problem, &answer) == STATUS_OK);
        Buf *out = buf_in(cx->arena, 1 << 20);
        (void)!site_json_write(cx, &file, &answer, out);
        (void)!site_geojson_write(cx, &file, &answer, out);
    }
}

static void reply_read(Cx *cx, TravelServer server, Str text) {
    int32_t cells[8] = {0};
    TravelMatrix matrix = {.from_count = 2, .to_count = 2, .metres = cells, .seconds = cells + 4};
    TravelPlace place = {.matrix = &matrix, .from_count = 2, .to_count = 2};
    (void)!travel_reply_read(cx, server, text, place);
}

static void read_by(Cx *cx, uint8_t choice, Str text) {
    SiteProblem problem = {0};
    int64_t best = 0;
    switch (choice % 6) {
    case 0:
        if (read_pmedian_orlib(cx, text, &problem) == STATUS_OK) {
            solve_small(cx, &problem);
        }
        break;
    case 1:
        if (read_pmedian_tsplib(cx, text, true, &problem) == STATUS_OK) {
            solve_small(cx, &problem);
        }
        break;
    case 2:
        if (read_pmedian_capacity(cx, text, 1, &problem, &best) == STATUS_OK) {
            solve_small(cx, &problem);
        }
        break;
    case 3:
        json_both_ways(cx, text);
        break;
    case 4:
        reply_read(cx, TRAVEL_SERVER_OSRM, text);
        break;
    default:
        reply_read(cx, TRAVEL_SERVER_VALHALLA, text);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    if (len == 0) {
        return 0;
    }
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    cx.step_max = 1000000;
    cx.bytes_max = 64 * 1024 * 1024;
    read_by(&cx, bytes[0], (Str){.at = (const char *)bytes + 1, .len = len - 1});
    arena_free(arena);
    return 0;
}
