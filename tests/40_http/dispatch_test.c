/*
 * The dispatcher's day through the JSON API: bookings are planned, pinned, taken out, released to
 * driver and resident, planned again after a breakdown, with every refusal on the way; and the
 * siting question. Residents' bookings go round three recyclers: the first gets every third.
 */
#include "base/day.h"
#include "server.h"
#include "test.h"

#include <inttypes.h>

enum { BOOKINGS = 12, OWN = 4 };

static Server server;
static Str resident;
static Str recycler;
static Str other;
static Str driver;
static Str lead;
static int64_t ids[BOOKINGS];
static const char *day_text;

/* The first, fourth, seventh and tenth are ours: a fridge needs the van, a television does not. */
static const struct {
    const char *category;
    const char *part;
    const char *town;
} booked[BOOKINGS] = {
    {"fridge", "morning", "370784001"},   {"tv", "morning", "370784001"},
    {"tv", "morning", "370784001"},       {"tv", "morning", "370784104"},
    {"tv", "morning", "370784001"},       {"tv", "morning", "370784001"},
    {"washer", "afternoon", "370784118"}, {"tv", "morning", "370784001"},
    {"tv", "morning", "370784001"},       {"computer", "afternoon", "370784004"},
    {"tv", "morning", "370784001"},       {"tv", "morning", "370784001"},
};
enum { FRIDGE = 0, TV = 3, WASHER = 6, COMPUTER = 9, FOREIGN = 1 };

static Reply post(Str token, Str path, const char *form) {
    return ask_post(&server, token, str_c(server.arena, path), str_of(form));
}

static Str day_path(const char *path) {
    return str_print(server.arena, "%s?day=%s", path, day_text);
}

static Str stop_path(int index, const char *verb) {
    return str_print(server.arena, "/dispatch/stop/%" PRId64 "/%s", ids[index], verb);
}

static Str desk(Str token) {
    Reply reply = ask_get(&server, token, str_c(server.arena, day_path("/dispatch")));
    assert_int_equal(reply.status, 200);
    return reply.body;
}

/* The text of an array member, from its name to its end. */
static Str list_of(Str body, const char *key) {
    Str name = str_print(server.arena, "\"%s\":[", key);
    size_t from = str_find(body, name, 0);
    if (from == SIZE_MAX) {
        return STR("");
    }
    return str_slice(body, from, str_find(body, STR("]"), from) - from);
}

static bool names_booking(Str list, int index) {
    return str_contains(list, str_print(server.arena, "\"pickup_id\":%" PRId64 ",", ids[index]));
}

/* The object of one booking in a list. */
static Str row_of(Str list, int index) {
    Str mark = str_print(server.arena, "\"pickup_id\":%" PRId64 ",", ids[index]);
    size_t at = str_find(list, mark, 0);
    check(at != SIZE_MAX);
    size_t from = at;
    while (list.at[from] != '{') {
        from--;
    }
    return str_slice(list, from, str_find(list, STR("}"), from) - from);
}

static void assert_refused(Reply reply, int status, const char *field, const char *words) {
    if (reply.status != status || !str_contains(reply.body, str_of(words)) ||
        !str_equal(json_member(reply.body, "field"), str_of(field))) {
        fail_msg("%d " STR_FMT, reply.status, STR_ARG(reply.body));
    }
}

static int start(void **state) {
    (void)state;
    server_start(&server, "60");
    resident = sign_in(&server, "resident");
    recycler = sign_in(&server, "recycler");
    other = sign_in(&server, "recycler02");
    driver = sign_in(&server, "driver");
    lead = sign_in(&server, "lead");
    Cx cx;
    Day day = DAY_NONE;
    cx_init(&cx, server.arena);
    check(day_parse(&cx, STR(SERVER_TODAY), &day) == STATUS_OK);
    /* As late as can be booked, where the demo city has booked nothing. */
    day_text = str_c(server.arena, day_print(server.arena, day_add(day, 7)));
    for (int i = 0; i < BOOKINGS; i++) {
        Str form = str_print(server.arena,
                             "category=%s&title=old+thing&town=%s&address=Street+%d+North"
                             "&slot=%s%%2F%s&request_key=dispatch-booking-%02d",
                             booked[i].category, booked[i].town, i, day_text, booked[i].part, i);
        Reply reply = ask_post(&server, resident, "/pickup/new", form);
        check(reply.status == 200);
        Str location = json_member(reply.body, "location");
        check(str_int64(str_from(location, STR("/pickup/").len), &ids[i]) == STATUS_OK);
    }
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    return 0;
}

static void test_before_the_plan(void **state) {
    (void)state;
    Str body = desk(recycler);
    assert_int_equal(json_int(body, "booking_count"), OWN);
    assert_int_equal(json_int(body, "vehicle_count"), 2);
    assert_true(str_equal(json_member(body, "state"), STR("none")));
    assert_true(names_booking(list_of(body, "bookings"), FRIDGE));
    assert_false(names_booking(list_of(body, "bookings"), FOREIGN));
    assert_refused(post(recycler, day_path("/dispatch/release"), "x=1"), 409, "", "还没有排定路线");
    assert_refused(post(recycler, STR("/dispatch/plan?day=2020-01-01"), "x=1"), 409, "",
                   "没有待上门的预约");
    assert_refused(post(recycler, STR("/dispatch/plan?day=tomorrow"), "x=1"), 400, "day",
                   "日期应写成");
    assert_refused(post(recycler, day_path("/dispatch/plan"), "seed=0"), 400, "seed", "随机种子");
    assert_refused(post(recycler, stop_path(TV, "pin"), "vehicle=1"), 404, "", "请先排定路线");
    assert_refused(post(recycler, stop_path(TV, "hold"), "x=1"), 404, "", "请先排定路线");
    assert_true(str_equal(json_member(desk(recycler), "state"), STR("none")));
}

/* "08:00" as minutes, for comparing. */
static int64_t minutes_of(Str clock) {
    int64_t hour = -1;
    int64_t minute = -1;
    check(str_int64(str_slice(clock, 0, 2), &hour) == STATUS_OK);
    check(str_int64(str_slice(clock, 3, 2), &minute) == STATUS_OK);
    return hour * 60 + minute;
}

static void test_plan(void **state) {
    (void)state;
    assert_int_equal(post(recycler, day_path("/dispatch/plan"), "seed=5").status, 200);
    Str body = desk(recycler);
    assert_true(str_equal(json_member(body, "state"), STR("draft")));
    assert_int_equal(json_int(body, "planned_count"), OWN);
    assert_int_equal(json_int(body, "seed"), 5);
    assert_true(json_int(body, "iteration_count") > 0);
    /* Only the van may take a fridge, and in its half day. */
    assert_true(names_booking(list_of(body, "stops_1"), FRIDGE));
    int64_t arrive = minutes_of(json_member(row_of(list_of(body, "stops_1"), FRIDGE), "arrive"));
    assert_true(arrive >= 8 * 60 && arrive <= 12 * 60);
    static const int all[OWN] = {FRIDGE, TV, WASHER, COMPUTER};
    for (int i = 0; i < OWN; i++) {
        int count = names_booking(list_of(body, "stops_1"), all[i]) +
                    names_booking(list_of(body, "stops_2"), all[i]);
        assert_int_equal(count, 1);
    }
    /* Nothing is out before it is released, and the other recycler's day is untouched. */
    Reply round = ask_get(&server, driver, "/round?days=8");
    assert_int_equal(list_of(round.body, "stops").len, strlen("\"stops\":["));
    assert_false(str_contains(round.body, STR("厢式货车")));
    assert_true(str_equal(json_member(desk(other), "state"), STR("none")));
}

static void test_pin(void **state) {
    (void)state;
    assert_int_equal(post(recycler, stop_path(TV, "pin"), "vehicle=2").status, 200);
    Str row = row_of(list_of(desk(recycler), "stops_2"), TV);
    assert_true(str_equal(json_member(row, "pin"), STR("固定车辆")));
    assert_int_equal(post(recycler, stop_path(TV, "pin"), "vehicle=1&place=1").status, 200);
    row = row_of(list_of(desk(recycler), "stops_1"), TV);
    assert_true(str_equal(json_member(row, "pin"), STR("固定车辆和顺序")));
    assert_int_equal(json_int(row, "place"), 1);
    /* The pin outlives a new plan. */
    assert_int_equal(post(recycler, day_path("/dispatch/plan"), "x=1").status, 200);
    row = row_of(list_of(desk(recycler), "stops_1"), TV);
    assert_int_equal(json_int(row, "place"), 1);
    assert_true(str_equal(json_member(row, "pin"), STR("固定车辆和顺序")));
}

static void test_pin_refused(void **state) {
    (void)state;
    Str before = list_of(desk(recycler), "stops_1");
    assert_refused(post(recycler, stop_path(TV, "pin"), "vehicle=1&place=9"), 400, "place",
                   "顺序应在 1 至");
    assert_refused(post(recycler, stop_path(TV, "pin"), "vehicle=1&place=first"), 400, "place",
                   "应为整数");
    assert_refused(post(recycler, stop_path(TV, "pin"), "vehicle=3"), 400, "vehicle", "请选择车辆");
    assert_refused(post(recycler, stop_path(TV, "pin"), ""), 400, "vehicle", "请选择车辆");
    /* The small truck may not take a fridge, wherever it stands. */
    assert_refused(post(recycler, stop_path(FRIDGE, "pin"), "vehicle=2&place=1"), 409, "place",
                   "排不开");
    assert_refused(post(recycler, stop_path(FOREIGN, "pin"), "vehicle=1"), 404, "", "没有这个预约");
    assert_refused(post(recycler, stop_path(FOREIGN, "hold"), "x=1"), 404, "", "没有这个预约");
    assert_refused(post(other, stop_path(TV, "free"), "x=1"), 404, "", "没有这个预约");
    assert_refused(post(other, day_path("/dispatch/vehicle/1/broken"), "x=1"), 404, "",
                   "没有这辆车");
    assert_int_equal(ask_get(&server, recycler,
                             str_c(server.arena, str_print(server.arena, "/dispatch/stop/%" PRId64,
                                                           ids[FOREIGN])))
                         .status,
                     404);
    assert_true(str_equal(list_of(desk(recycler), "stops_1"), before));
}

static void test_hold_and_free(void **state) {
    (void)state;
    assert_int_equal(post(recycler, stop_path(COMPUTER, "hold"), "x=1").status, 200);
    Str body = desk(recycler);
    Str row = row_of(list_of(body, "outs"), COMPUTER);
    assert_true(str_equal(json_member(row, "reason"), STR("调度员移出")));
    assert_int_equal(json_int(body, "planned_count"), OWN - 1);
    assert_int_equal(post(recycler, day_path("/dispatch/plan"), "x=1").status, 200);
    assert_int_equal(json_int(desk(recycler), "planned_count"), OWN - 1);
    assert_int_equal(post(recycler, stop_path(COMPUTER, "free"), "x=1").status, 200);
    assert_int_equal(json_int(desk(recycler), "planned_count"), OWN);
    assert_int_equal(post(recycler, stop_path(TV, "free"), "x=1").status, 200);
    body = desk(recycler);
    Str list = list_of(body, names_booking(list_of(body, "stops_1"), TV) ? "stops_1" : "stops_2");
    assert_true(str_equal(json_member(row_of(list, TV), "pin"), STR("未固定")));
    /* A vehicle that cannot: left out, and the reason names the pin. */
    assert_int_equal(post(recycler, stop_path(FRIDGE, "pin"), "vehicle=2").status, 200);
    row = row_of(list_of(desk(recycler), "outs"), FRIDGE);
    assert_true(str_contains(json_member(row, "reason"), STR("固定的车辆")));
    assert_int_equal(post(recycler, stop_path(FRIDGE, "free"), "x=1").status, 200);
    assert_int_equal(json_int(desk(recycler), "planned_count"), OWN);
}

static Str pickup_body(int index) {
    Reply reply =
        ask_get(&server, resident,
                str_c(server.arena, str_print(server.arena, "/pickup/%" PRId64, ids[index])));
    assert_int_equal(reply.status, 200);
    return reply.body;
}

static void test_release(void **state) {
    (void)state;
    assert_false(str_contains(pickup_body(FRIDGE), STR("\"window\"")));
    assert_int_equal(post(recycler, day_path("/dispatch/release"), "x=1").status, 200);
    assert_refused(post(recycler, day_path("/dispatch/release"), "x=1"), 409, "", "已经发布");
    Str body = desk(recycler);
    assert_true(str_equal(json_member(body, "state"), STR("released")));
    /* The driver: in the order of the plan, each with its time. */
    Reply round = ask_get(&server, driver, "/round?days=8");
    Str arrive = json_member(row_of(list_of(body, "stops_1"), FRIDGE), "arrive");
    size_t first = str_find(round.body, STR("一号厢式货车"), 0);
    assert_true(first != SIZE_MAX);
    assert_true(str_contains(
        round.body, str_print(server.arena, "\"arrive\":\"" STR_FMT "\"", STR_ARG(arrive))));
    /* The resident: half an hour before and after. */
    Str window = json_member(pickup_body(FRIDGE), "window");
    assert_int_equal(window.len, 5 + 3 + 5);
    assert_int_equal(minutes_of(window), minutes_of(arrive) - 30);
    assert_int_equal(minutes_of(str_from(window, 8)), minutes_of(arrive) + 30);
    /* Others' bookings have none. */
    assert_false(str_contains(pickup_body(FOREIGN), STR("\"window\"")));
}

static void test_breakdown(void **state) {
    (void)state;
    Str window = json_member(pickup_body(FRIDGE), "window");
    assert_int_equal(post(recycler, day_path("/dispatch/vehicle/1/broken"), "x=1").status, 200);
    Str body = desk(recycler);
    assert_true(str_equal(json_member(body, "state"), STR("changed")));
    assert_int_equal(json_int(body, "vehicle_count"), 1);
    assert_int_equal(list_of(body, "stops_1").len, 0);
    Str row = row_of(list_of(body, "outs"), FRIDGE);
    assert_true(str_equal(json_member(row, "reason"), STR("没有具备所需作业条件的车辆")));
    /* The rest went to the other vehicle; the resident keeps what was released. */
    assert_true(names_booking(list_of(body, "stops_2"), TV));
    assert_true(names_booking(list_of(body, "stops_2"), COMPUTER));
    assert_true(str_equal(json_member(pickup_body(FRIDGE), "window"), window));
    assert_refused(post(recycler, day_path("/dispatch/vehicle/1/broken"), "x=1"), 409, "",
                   "状态已经改变");
    assert_refused(post(recycler, stop_path(TV, "pin"), "vehicle=1"), 400, "vehicle", "请选择车辆");
    /* A new release takes the time back from who is not fetched. */
    assert_int_equal(post(recycler, day_path("/dispatch/release"), "x=1").status, 200);
    assert_false(str_contains(pickup_body(FRIDGE), STR("\"window\"")));
    assert_true(str_contains(pickup_body(TV), STR("\"window\"")));
}

static void test_all_broken(void **state) {
    (void)state;
    assert_int_equal(post(recycler, day_path("/dispatch/vehicle/2/broken"), "x=1").status, 200);
    Str body = desk(recycler);
    assert_int_equal(json_int(body, "planned_count"), 0);
    Str row = row_of(list_of(body, "outs"), TV);
    assert_true(str_equal(json_member(row, "reason"), STR("没有可用的车辆")));
    assert_refused(post(recycler, day_path("/dispatch/plan"), "x=1"), 409, "", "车辆都有故障");
    assert_int_equal(post(recycler, day_path("/dispatch/vehicle/1/repaired"), "x=1").status, 200);
    assert_int_equal(post(recycler, day_path("/dispatch/vehicle/2/repaired"), "x=1").status, 200);
    assert_refused(post(recycler, day_path("/dispatch/vehicle/2/repaired"), "x=1"), 409, "",
                   "状态已经改变");
    assert_int_equal(post(recycler, day_path("/dispatch/plan"), "x=1").status, 200);
    assert_int_equal(json_int(desk(recycler), "planned_count"), OWN);
}

/* A booking that goes away between plan and release stops the release. */
static void test_cancelled_meanwhile(void **state) {
    (void)state;
    Str path = str_print(server.arena, "/pickup/%" PRId64 "/cancel", ids[COMPUTER]);
    assert_int_equal(post(resident, path, "x=1").status, 200);
    assert_refused(post(recycler, day_path("/dispatch/release"), "x=1"), 409, "", "请重新排定");
    assert_int_equal(post(recycler, day_path("/dispatch/plan"), "x=1").status, 200);
    assert_int_equal(json_int(desk(recycler), "planned_count"), OWN - 1);
    assert_int_equal(post(recycler, day_path("/dispatch/release"), "x=1").status, 200);
    assert_refused(post(recycler, stop_path(COMPUTER, "pin"), "vehicle=1"), 404, "",
                   "没有这个预约");
}

#define VEHICLE_FORM                                                                               \
    "&kg=900&litre=6000&piece=20&two=1&shift_close=17%3A30&break_open=12%3A00"                     \
    "&break_minutes=30&depot=370784100"

static void test_vehicles(void **state) {
    (void)state;
    Str path = STR("/dispatch/vehicle/new");
    Reply reply = post(recycler, path, "name=A&kg=0&litre=x&shift_open=25%3A00&depot=1");
    assert_int_equal(reply.status, 400);
    static const char *const fields[] = {"name",       "kg",          "litre", "piece",
                                         "shift_open", "shift_close", "depot"};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        assert_true(str_contains(reply.body, str_print(server.arena, "\"%s\"", fields[i])));
    }
    assert_refused(post(recycler, path, "name=Van+3&shift_open=7.30" VEHICLE_FORM), 400,
                   "shift_open", "07:30");
    assert_refused(post(recycler, path, "name=Van+3&shift_open=17%3A30" VEHICLE_FORM), 400,
                   "shift_close", "晚于");
    assert_int_equal(json_int(desk(recycler), "vehicle_count"), 2);
    assert_int_equal(post(recycler, path, "name=Van+3&shift_open=07%3A30" VEHICLE_FORM).status,
                     200);
    assert_refused(post(recycler, path, "name=Van+3&shift_open=08%3A00" VEHICLE_FORM), 409, "name",
                   "已经有一辆车");
    assert_int_equal(json_int(desk(recycler), "vehicle_count"), 3);
    assert_int_equal(json_int(desk(other), "vehicle_count"), 2);
    assert_refused(
        post(other, STR("/dispatch/vehicle/1"), "name=Mine&shift_open=08%3A00" VEHICLE_FORM), 404,
        "", "没有这辆车");
    assert_int_equal(
        post(recycler, STR("/dispatch/vehicle/1"), "name=Van+1&shift_open=08%3A00" VEHICLE_FORM)
            .status,
        200);
    assert_true(str_contains(list_of(desk(recycler), "vehicles"), STR("\"Van 1\"")));
}

/* The page of a browser: the map needs no script; a cookie alone changes nothing (W2). */
static void test_page_and_token(void **state) {
    (void)state;
    Str cookie = str_print(server.arena, "Cookie: hx_session=" STR_FMT "\r\nConnection: close\r\n",
                           STR_ARG(recycler));
    Reply page = client_get(server.arena, server.port, str_c(server.arena, day_path("/dispatch")),
                            str_c(server.arena, cookie));
    assert_int_equal(page.status, 200);
    assert_true(str_contains(page.body, STR("<svg")));
    assert_true(str_contains(page.body, STR("位置是示意的")));
    assert_true(str_contains(page.body, STR("估算")));
    assert_false(str_contains(page.body, STR(" style=")));
    assert_false(str_contains(page.body, STR("href=\"#\"")));
    Str bytes = str_print(server.arena,
                          "POST /dispatch/plan HTTP/1.1\r\nHost: localhost\r\nOrigin: "
                          "http://localhost\r\n" STR_FMT "Content-Type: "
                          "application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\nx=1",
                          STR_ARG(cookie));
    assert_int_equal(client_ask(server.arena, server.port, bytes).status, 403);
}

static void test_journal(void **state) {
    (void)state;
    Str auditor = sign_in(&server, "auditor");
    static const char *const verbs[] = {"round.plan",       "round.pin",      "round.hold",
                                        "round.free",       "round.release",  "vehicle.broken",
                                        "vehicle.repaired", "vehicle.create", "vehicle.change"};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        Str path = str_print(server.arena, "/journal?verb=%s", verbs[i]);
        Reply reply = ask_get(&server, auditor, str_c(server.arena, path));
        assert_int_equal(reply.status, 200);
        assert_true(str_contains(list_of(reply.body, "entries"), STR("\"id\":")));
    }
}

#define SITE_FORM "&kind=recycle&weight=share&goal=median&km=12"

static void test_sites(void **state) {
    (void)state;
    Reply reply = ask_get(&server, lead, "/sites?p=3" SITE_FORM);
    assert_int_equal(reply.status, 200);
    assert_int_equal(json_int(reply.body, "open_count"), 3);
    assert_true(str_contains(reply.body, STR("已证明")));
    assert_true(str_contains(json_member(reply.body, "one_more"), STR("平均路程缩短")));
    /* More points never cover less; all twelve cover everybody. */
    int64_t before = 0;
    for (int p = 1; p <= 12; p++) {
        Str path =
            str_print(server.arena, "/sites?p=%d&kind=charger&weight=share&goal=cover&km=10", p);
        reply = ask_get(&server, lead, str_c(server.arena, path));
        assert_int_equal(reply.status, 200);
        assert_true(json_int(reply.body, "covered_bp") >= before);
        before = json_int(reply.body, "covered_bp");
    }
    assert_int_equal(before, 10000);
    /* A kept place is among the answer. */
    reply = ask_get(&server, lead, "/sites?p=2" SITE_FORM "&keep_370784118=1");
    assert_true(str_contains(list_of(reply.body, "sites"), STR("\"kept\"")));
    assert_refused(ask_get(&server, lead, "/sites?p=13" SITE_FORM), 400, "p", "1 至 12");
    assert_refused(ask_get(&server, lead, "/sites?p=0" SITE_FORM), 400, "p", "1 至 12");
    assert_refused(
        ask_get(&server, lead, "/sites?p=1" SITE_FORM "&keep_370784118=1&keep_370784001=1"), 400,
        "p", "保留 2 处");
    assert_refused(ask_get(&server, lead, "/sites?p=3&kind=x&weight=share&goal=median&km=12"), 400,
                   "kind", "请选择");
    assert_int_equal(ask_get(&server, recycler, "/sites").status, 403);
    assert_int_equal(ask_get(&server, lead, "/dispatch").status, 403);
}

/* A city with surveyed towns, whose map server is not there: plans are made all the same, and the
 * pages say so. The map server of the schematic city is never asked. */
static void test_map_server_fails(void **state) {
    (void)state;
    static const char *const more[] = {"--travel", "osrm:127.0.0.1:1", "--travel-wait", "1", NULL};
    char folder[96];
    char command[512];
    (void)snprintf(folder, sizeof folder, "%s/city", server.data);
    (void)snprintf(command, sizeof command,
                   "cp -r cities/anqiu %s && sed -i 's/is_schematic: true/is_schematic: false/;"
                   " s/^  x: /  x: 1192/; s/^  y: /  y: 364/' %s/towns.yaml",
                   folder, folder);
    assert_int_equal(system(command), 0);
    server_end(&server);
    server_serve_with(&server, "cities/anqiu", more);
    assert_int_equal(post(recycler, day_path("/dispatch/plan"), "x=1").status, 200);
    assert_true(str_equal(json_member(desk(recycler), "travel"), STR("估算")));
    server_end(&server);
    server_serve_with(&server, folder, more);
    assert_int_equal(post(recycler, day_path("/dispatch/plan"), "x=1").status, 200);
    Str body = desk(recycler);
    assert_true(str_equal(json_member(body, "travel"), STR("估算（地图服务器没有给出）")));
    assert_true(str_contains(body, STR("排定时地图服务器没有给出路程")));
    body = ask_get(&server, lead, "/sites?p=3" SITE_FORM).body;
    assert_true(str_contains(body, STR("地图服务器没有给出路程，这里改用估算")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_before_the_plan),
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_pin),
        cmocka_unit_test(test_pin_refused),
        cmocka_unit_test(test_hold_and_free),
        cmocka_unit_test(test_release),
        cmocka_unit_test(test_breakdown),
        cmocka_unit_test(test_all_broken),
        cmocka_unit_test(test_cancelled_meanwhile),
        cmocka_unit_test(test_vehicles),
        cmocka_unit_test(test_page_and_token),
        cmocka_unit_test(test_journal),
        cmocka_unit_test(test_sites),
        cmocka_unit_test(test_map_server_fails),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
