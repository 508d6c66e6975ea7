/* Tests of siting files: what is read, what is refused and in which words, what is written. */
#include "solve/check_site.h"
#include "solve/site_json.h"
#include "test.h"

#include <jansson.h>
#include <string.h>

#define CLIENTS "\"clients\":[{\"id\":\"a\",\"location\":[119,36]}]"
#define SITES "\"sites\":[{\"id\":\"s\",\"location\":[119.1,36]}]"

typedef struct Refusal {
    const char *text;
    const char *words; /* part of the message */
} Refusal;

static const Refusal REFUSALS[] = {
    {"", "not JSON"},
    {"[", "line 1"},
    {"[]", "expected an object"},
    {"{}", "\"goal\" must be"},
    {"{\"goal\":\"median\",\"goal\":\"median\"}", "duplicate"},
    {"{\"goal\":\"nearest\"}", "median, capacity or cover"},
    {"{\"goal\":\"median\",\"sight\":1}", "unknown key \"sight\""},
    {"{\"goal\":\"median\"}", "\"clients\" must be a list"},
    {"{\"goal\":\"median\",\"clients\":[1],\"sites\":[]}", "client 1: expected an object"},
    {"{\"goal\":\"median\",\"clients\":[{}]}", "client 1: \"id\""},
    {"{\"goal\":\"median\"," CLIENTS "}", "\"sites\" must be a list"},
    {"{\"goal\":\"median\"," CLIENTS "," SITES "}", "\"open_max\", \"budget_yuan\" or both"},
    {"{\"goal\":\"median\",\"open_max\":0," CLIENTS "," SITES "}", "\"open_max\" is 0"},
    {"{\"goal\":\"median\",\"open_max\":1.5," CLIENTS "," SITES "}", "whole number"},
    {"{\"goal\":\"median\",\"open_max\":2," CLIENTS "," SITES "}", "only 1 sites"},
    {"{\"goal\":\"median\",\"open_max\":1,\"measure\":\"miles\"," CLIENTS "," SITES "}",
     "metres or seconds"},
    {"{\"goal\":\"median\",\"open_max\":1,\"datum\":\"北京54\"," CLIENTS "," SITES "}", "北京54"},
    {"{\"goal\":\"median\",\"open_max\":1,\"detour\":0.5," CLIENTS "," SITES "}", "from 1 to 5"},
    {"{\"goal\":\"median\",\"open_max\":1,\"speeds_km_h\":{\"sea\":9}," CLIENTS "," SITES "}",
     "unknown key \"sea\""},
    {"{\"goal\":\"cover\",\"open_max\":1," CLIENTS "," SITES "}", "client \"a\": no \"reach_m\""},
    {"{\"goal\":\"capacity\",\"open_max\":1," CLIENTS "," SITES "}", "client \"a\": no \"demand\""},
    {"{\"goal\":\"capacity\",\"open_max\":1,\"clients\":[{\"id\":\"a\",\"demand\":1}]," SITES "}",
     "site \"s\": no \"capacity\""},
    {"{\"goal\":\"median\",\"open_max\":1,\"clients\":[{\"id\":\"凌河\",\"weight\":-1}]," SITES "}",
     "client \"凌河\": \"weight\" is -1"},
    {"{\"goal\":\"median\",\"open_max\":1,\"clients\":[{\"id\":\"a\",\"location\":[36,119]}]," SITES
     "}",
     "client \"a\": no such place"},
    {"{\"goal\":\"median\",\"open_max\":1,\"clients\":[{\"id\":\"a\",\"location\":[36]}]," SITES
     "}",
     "[longitude, latitude]"},
    {"{\"goal\":\"median\",\"open_max\":1,\"clients\":[{\"id\":\"a\",\"class\":\"sea\"}]," SITES
     "}",
     "urban, town or rural"},
    {"{\"goal\":\"median\",\"open_max\":1,\"clients\":[{\"id\":1},{\"id\":\"1\"}]," SITES "}",
     "client \"1\": this id is used twice"},
    {"{\"goal\":\"median\",\"open_max\":1,\"clients\":[{\"id\":1}]," SITES "}",
     "client \"1\": no \"location\""},
    {"{\"goal\":\"median\",\"open_max\":1,\"clients\":[{\"id\":1}],\"sites\":[{\"id\":\"s\","
     "\"rule\":\"open\"}]}",
     "site \"s\": \"rule\""},
    {"{\"goal\":\"median\",\"open_max\":1,\"clients\":[{\"id\":1}],\"sites\":[{\"id\":\"s\","
     "\"cost_yuan\":1.5}]}",
     "site \"s\": \"cost_yuan\""},
    {"{\"goal\":\"median\",\"open_max\":1,\"clients\":[{\"id\":1}],\"sites\":[{\"id\":\"s\"}],"
     "\"matrix\":[]}",
     "list of 1 rows"},
    {"{\"goal\":\"median\",\"open_max\":1,\"clients\":[{\"id\":1}],\"sites\":[{\"id\":\"s\"}],"
     "\"matrix\":[[1,2]]}",
     "matrix row of site \"s\""},
    {"{\"goal\":\"median\",\"open_max\":1,\"clients\":[{\"id\":7}],\"sites\":[{\"id\":\"s\"}],"
     "\"matrix\":[[-2]]}",
     "client \"7\""},
    {"{\"goal\":\"median\",\"open_max\":1,\"separation_m\":9,\"clients\":[{\"id\":7}],"
     "\"sites\":[{\"id\":\"s\"}],\"matrix\":[[2]]}",
     "site \"s\": no \"location\""},
    {"{\"goal\":\"median\",\"budget_yuan\":\"12.34\"," CLIENTS
     ",\"sites\":[{\"id\":\"s\",\"location\":[119,36],\"cost_yuan\":20}]}",
     "the budget of 12.34 yuan does not pay for any site; the cheapest, \"s\", costs 20.00"},
};

static void test_refusals_say_where_and_why(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof REFUSALS / sizeof *REFUSALS; i++) {
        Arena *arena = arena_create();
        Cx cx;
        cx_init(&cx, arena);
        SiteFile file = {0};
        Status status = site_json_read(&cx, str_of(REFUSALS[i].text), NULL, &file);
        if (status != STATUS_INVALID || strstr(cx.fault.text, REFUSALS[i].words) == NULL) {
            print_message("%s\n  said \"%s\", not \"%s\"\n", REFUSALS[i].text, cx.fault.text,
                          REFUSALS[i].words);
        }
        assert_int_equal(status, STATUS_INVALID);
        assert_non_null(strstr(cx.fault.text, REFUSALS[i].words));
        assert_null(file.clients); /* nothing by half */
        arena_free(arena);
    }
}

static const char EVERYTHING[] =
    "{\"goal\":\"cover\",\"name\":\"充电\",\"open_max\":2,\"budget_yuan\":\"30000.50\","
    "\"separation_m\":2000,\"reach_m\":3000,\"datum\":\"GCJ-02\",\"detour\":1.2,"
    "\"speeds_km_h\":{\"rural\":50},"
    "\"clients\":["
    "{\"id\":\"大盛\",\"location\":[119.10,36.50],\"weight\":120,\"class\":\"rural\"},"
    "{\"id\":\"景芝\",\"location\":[119.20,36.50],\"weight\":20,\"reach_m\":500},"
    "{\"id\":3,\"name\":\"凌河 \\\"新\\\"\",\"location\":[119.30,36.50],\"weight\":40}],"
    "\"sites\":["
    "{\"id\":\"x\",\"location\":[119.10,36.51],\"cost_yuan\":10000},"
    "{\"id\":\"y\",\"location\":[119.11,36.51],\"cost_yuan\":10000},"
    "{\"id\":\"z\",\"location\":[119.30,36.51],\"cost_yuan\":\"20000.50\",\"rule\":\"kept\"},"
    "{\"id\":\"w\",\"location\":[119.20,36.50],\"rule\":\"forbidden\"}]}";

static void test_everything_is_read(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    SiteFile file = {0};
    assert_int_equal(site_json_read(&cx, str_of(EVERYTHING), NULL, &file), STATUS_OK);
    const SiteProblem *p = &file.problem;
    assert_int_equal(p->client_count, 3);
    assert_int_equal(p->site_count, 4);
    assert_true(p->budget == 3000050);
    assert_true(p->cost[2] == 2000050);
    assert_int_equal(p->reach[0], 3000);
    assert_int_equal(p->reach[1], 500);
    assert_int_equal(p->rule[2], SITE_RULE_KEPT);
    assert_int_equal(p->rule[3], SITE_RULE_FORBIDDEN);
    assert_true(file.is_estimated);
    assert_true(file.has_all_locations);
    assert_int_equal(file.clients[0].point.at.datum, DATUM_GCJ02);
    /* 0.01 degree of a meridian is 1,112 m, x 1.2; the shift of GCJ-02 bends it by metres. */
    assert_in_range(p->distance[0], 1325, 1345);
    assert_true(str_equal(file.clients[2].id, STR("3")));
    arena_free(arena);
}

static const json_t *member(const json_t *list, const char *key, const char *value) {
    size_t index = 0;
    const json_t *item = NULL;
    for (index = 0; index < json_array_size(list); index++) {
        item = json_array_get(list, index);
        const char *text = json_string_value(json_object_get(item, key));
        if (text != NULL && strcmp(text, value) == 0) {
            return item;
        }
    }
    fail_msg("no %s \"%s\"", key, value);
    return NULL;
}

static json_t *written(Arena *arena, bool is_map) {
    Cx cx;
    cx_init(&cx, arena);
    SiteFile file = {0};
    SiteAnswer answer = {0};
    SiteOptions options = {.seed = 1, .round_max = 20, .with_one_more = true};
    assert_int_equal(site_json_read(&cx, str_of(EVERYTHING), NULL, &file), STATUS_OK);
    assert_int_equal(site_solve(&cx, &file.problem, &options, &answer), STATUS_OK);
    assert_int_equal(check_site_answer(&cx, &file.problem, &answer), STATUS_OK);
    Buf *out = buf_in(arena, 1 << 16);
    Status status = is_map ? site_geojson_write(&cx, &file, &answer, out)
                           : site_json_write(&cx, &file, &answer, out);
    assert_int_equal(status, STATUS_OK);
    json_error_t error;
    json_t *root = json_loadb(out->at, out->len, JSON_REJECT_DUPLICATES, &error);
    assert_non_null(root);
    return root;
}

static void test_the_answer_is_written(void **state) {
    (void)state;
    Arena *arena = arena_create();
    json_t *root = written(arena, false);
    assert_string_equal(json_string_value(json_object_get(root, "goal")), "cover");
    assert_int_equal(json_integer_value(json_object_get(root, "value")), 160);
    assert_true(json_is_true(json_object_get(root, "is_proven_optimal")));
    assert_true(json_is_true(json_object_get(root, "is_estimated")));
    const json_t *open = json_object_get(root, "open");
    assert_int_equal(json_array_size(open), 2);
    const json_t *kept = member(open, "id", "z");
    assert_string_equal(json_string_value(json_object_get(kept, "rule")), "kept");
    assert_string_equal(json_string_value(json_object_get(kept, "cost_yuan")), "20000.50");
    (void)member(open, "id", "x"); /* the tie with y goes to the nearer one */
    const json_t *clients = json_object_get(root, "clients");
    const json_t *uncovered = member(clients, "id", "景芝");
    assert_true(json_is_false(json_object_get(uncovered, "covered")));
    assert_true(json_is_true(json_object_get(member(clients, "id", "3"), "covered")));
    json_decref(root);
    arena_free(arena);
}

static void test_the_map_is_written(void **state) {
    (void)state;
    Arena *arena = arena_create();
    json_t *root = written(arena, true);
    assert_string_equal(json_string_value(json_object_get(root, "type")), "FeatureCollection");
    const json_t *features = json_object_get(root, "features");
    assert_int_equal(json_array_size(features), 2 + 2 * 3);
    for (size_t i = 0; i < json_array_size(features); i++) {
        const json_t *shape = json_object_get(json_array_get(features, i), "geometry");
        const json_t *at = json_object_get(shape, "coordinates");
        const char *type = json_string_value(json_object_get(shape, "type"));
        at = strcmp(type, "LineString") == 0 ? json_array_get(at, 0) : at;
        double longitude = json_number_value(json_array_get(at, 0));
        assert_true(longitude > 119.0 && longitude < 119.31);
        /* WGS-84, so not the figure of the file */
        assert_true(longitude < 119.0999 || longitude > 119.1001);
    }
    json_decref(root);
    arena_free(arena);
}

static void test_a_small_buffer_is_an_error(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    SiteFile file = {0};
    SiteAnswer answer = {0};
    SiteOptions options = {.seed = 1, .round_max = 5};
    assert_int_equal(site_json_read(&cx, str_of(EVERYTHING), NULL, &file), STATUS_OK);
    assert_int_equal(site_solve(&cx, &file.problem, &options, &answer), STATUS_OK);
    assert_int_equal(site_json_write(&cx, &file, &answer, buf_in(arena, 100)), STATUS_LIMIT);
    fault_clear(&cx);
    assert_int_equal(site_geojson_write(&cx, &file, &answer, buf_in(arena, 100)), STATUS_LIMIT);
    arena_free(arena);
}

static Status silent_server(void *it, Cx *cx, const TravelRequest *request, Str *reply) {
    (void)it;
    (void)request;
    (void)reply;
    return fault(cx, STATUS_IO, "the travel server is silent");
}

static void test_a_failing_server_is_told(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    SiteFile file = {0};
    TravelOptions travel = {.server = TRAVEL_SERVER_VALHALLA, .send = silent_server};
    assert_int_equal(site_json_read(&cx, str_of(EVERYTHING), &travel, &file), STATUS_OK);
    assert_true(file.is_estimated);
    assert_true(str_contains(file.why_estimated, STR("silent")));
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals_say_where_and_why),
        cmocka_unit_test(test_everything_is_read),
        cmocka_unit_test(test_the_answer_is_written),
        cmocka_unit_test(test_the_map_is_written),
        cmocka_unit_test(test_a_small_buffer_is_an_error),
        cmocka_unit_test(test_a_failing_server_is_told),
    };
    return cmocka_run_group_tests_name("solve_site_json", tests, NULL, NULL);
}
