/*
 * round_driver_test.c - who sees where a resident lives: the driver of the released round, on its
 * day, after an opening that the journal names; the dispatcher, journaled each time; nobody else.
 * And a suspended recycler's bookings, which go to those that work.
 */
#include "base/day.h"
#include "server.h"
#include "test.h"

#include <inttypes.h>

enum { BOOKINGS = 3 };

static Server server;
static Str lead;
static Str auditor;
static int64_t ids[BOOKINGS]; /* one for each of the three recyclers */
static const char *day_text;
static const char *const bosses[] = {"recycler", "recycler02", "recycler03"};
static const char *const drivers[] = {"driver", "driver02", "driver03"};

static Reply post(Str token, Str path, const char *form) {
    return ask_post(&server, token, str_c(server.arena, path), str_of(form));
}

static Str get(Str token, const char *path) {
    return ask_get(&server, token, path).body;
}

static Str stop_path(int index, const char *tail) {
    return str_print(server.arena, "/dispatch/stop/%" PRId64 "%s", ids[index], tail);
}

static int64_t openings(int index) {
    Str path = str_print(server.arena, "/journal?verb=pickup.address&subject=pickup&id=%" PRId64,
                         ids[index]);
    Str body = get(auditor, str_c(server.arena, path));
    int64_t count = 0;
    for (size_t at = str_find(body, STR("\"at_ms\":"), 0); at != SIZE_MAX;
         at = str_find(body, STR("\"at_ms\":"), at + 1)) {
        count++;
    }
    return count;
}

static void round_release(int index) {
    Str boss = sign_in(&server, bosses[index]);
    Str plan = str_print(server.arena, "/dispatch/plan?day=%s", day_text);
    Str release = str_print(server.arena, "/dispatch/release?day=%s", day_text);
    assert_int_equal(post(boss, plan, "x=1").status, 200);
    assert_int_equal(post(boss, release, "x=1").status, 200);
}

static int start(void **state) {
    (void)state;
    server_start(&server, "60");
    Cx cx;
    Day day = DAY_NONE;
    cx_init(&cx, server.arena);
    check(day_parse(&cx, STR(SERVER_TODAY), &day) == STATUS_OK);
    day_text = str_c(server.arena, day_print(server.arena, day_add(day, 7)));
    Str resident = sign_in(&server, "resident");
    for (int i = 0; i < BOOKINGS; i++) {
        Str form = str_print(server.arena,
                             "category=tv&title=old+tv&town=370784001&address=Secret+Street+%d"
                             "&slot=%s%%2Fmorning&request_key=driver-booking-%02d",
                             i, day_text, i);
        Reply reply = ask_post(&server, resident, "/pickup/new", form);
        check(reply.status == 200);
        Str location = json_member(reply.body, "location");
        check(str_int64(str_from(location, STR("/pickup/").len), &ids[i]) == STATUS_OK);
    }
    lead = sign_in(&server, "lead");
    auditor = sign_in(&server, "auditor");
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    return 0;
}

static void nobody_sees_what_was_not_released(void **state) {
    (void)state;
    for (int i = 0; i < BOOKINGS; i++) {
        Str driver = sign_in(&server, drivers[i]);
        Str body = get(driver, "/round?days=8");
        assert_false(str_contains(body, STR("Secret")));
        assert_false(str_contains(body, STR("old tv")));
        Str path = str_print(server.arena, "/round/%" PRId64, ids[i]);
        assert_int_equal(ask_get(&server, driver, str_c(server.arena, path)).status, 404);
        assert_int_equal(
            post(driver, path, "old_serial=OLD-DRV-1&gross=20000&tare=0&paid=1&sign=paper").status,
            404);
    }
}

static void an_address_waits_for_its_day(void **state) {
    (void)state;
    round_release(0);
    Str driver = sign_in(&server, drivers[0]);
    Str body = get(driver, "/round?days=8");
    assert_true(str_contains(body, STR("old tv")));
    assert_false(str_contains(body, STR("Secret")));
    /* Opening today's does not open another day's. */
    assert_int_equal(post(driver, STR("/round/open"), "x=1").status, 200);
    assert_false(str_contains(get(driver, "/round?days=8"), STR("Secret")));
    assert_int_equal(openings(0), 0);
}

static void the_dispatcher_is_journaled_each_time(void **state) {
    (void)state;
    Str boss = sign_in(&server, bosses[0]);
    Str other = sign_in(&server, bosses[1]);
    assert_false(str_contains(get(boss, str_c(server.arena, stop_path(0, ""))), STR("Secret")));
    assert_int_equal(post(other, stop_path(0, "/address"), "x=1").status, 404);
    assert_int_equal(openings(0), 0);
    Reply seen = post(boss, stop_path(0, "/address"), "x=1");
    assert_int_equal(seen.status, 200);
    assert_true(str_contains(seen.body, STR("Secret Street 0")));
    assert_int_equal(openings(0), 1);
    assert_int_equal(post(boss, stop_path(0, "/address"), "x=1").status, 200);
    assert_int_equal(openings(0), 2);
}

/* The vehicle gets another driver: he sees the stop, the one before does not. */
static void the_tie_decides(void **state) {
    (void)state;
    Str admin = sign_in(&server, "admin");
    Str list = get(admin, "/account?q=driver");
    Str boss = sign_in(&server, bosses[0]);
    Str first = sign_in(&server, drivers[0]);
    static const char form[] = "name=Van+1&kg=1500&litre=9000&piece=30&refrigerant=1&two=1"
                               "&shift_open=07%3A30&shift_close=18%3A00&break_open=12%3A00"
                               "&break_minutes=45&depot=370784001";
    /* Another recycler's driver cannot be tied. */
    Str rest = str_from(list, str_find(list, STR("driver02"), 0) - 30);
    Str wrong = str_print(server.arena, "%s&driver=%" PRId64, form, json_int(rest, "id"));
    Reply refused = ask_post(&server, boss, "/dispatch/vehicle/1", wrong);
    assert_int_equal(refused.status, 400);
    assert_true(str_equal(json_member(refused.body, "field"), STR("driver")));
    for (int vehicle = 1; vehicle <= 2; vehicle++) {
        Str path = str_print(server.arena, "/dispatch/vehicle/%d", vehicle);
        Str unnamed = str_print(server.arena, "%s%d", strchr(form, '&'), 0);
        Str body = str_print(server.arena, "name=Truck+%d" STR_FMT, vehicle,
                             STR_ARG(str_slice(unnamed, 0, unnamed.len - 1)));
        assert_int_equal(ask_post(&server, boss, str_c(server.arena, path), body).status, 200);
    }
    assert_false(str_contains(get(first, "/round?days=8"), STR("old tv")));
    rest = str_from(list, str_find(list, STR("\"login\":\"driver\""), 0) - 12);
    const int64_t id = json_int(rest, "id");
    for (int vehicle = 1; vehicle <= 2; vehicle++) {
        Str path = str_print(server.arena, "/dispatch/vehicle/%d", vehicle);
        Str body = str_print(server.arena, "name=Truck+%d%s&driver=%" PRId64, vehicle,
                             strchr(form, '&'), id);
        assert_int_equal(ask_post(&server, boss, str_c(server.arena, path), body).status, 200);
    }
    assert_true(str_contains(get(first, "/round?days=8"), STR("old tv")));
}

static void a_suspended_recycler_gives_its_bookings_away(void **state) {
    (void)state;
    Str boss = sign_in(&server, bosses[1]);
    Reply mine = ask_get(&server, sign_in(&server, "resident"),
                         str_c(server.arena, str_print(server.arena, "/pickup/%" PRId64, ids[1])));
    Str name = json_member(mine.body, "org");
    int64_t org = 0;
    for (int page = 0; page < 20 && org == 0; page++) {
        Str list = get(lead, str_c(server.arena, str_print(server.arena, "/org?page=%d", page)));
        size_t at = str_find(list, name, 0);
        size_t from = at == SIZE_MAX ? 0 : at;
        while (from > 0 && list.at[from] != '{') {
            from--;
        }
        org = at == SIZE_MAX ? 0 : json_int(str_from(list, from), "id");
    }
    assert_true(org > 0);
    Str way = str_print(server.arena, "/pickup/stranded/%" PRId64, org);
    assert_int_equal(post(lead, way, "x=1").status, 409);
    Str suspend = str_print(server.arena, "/org/%" PRId64 "/suspend", org);
    assert_int_equal(post(lead, suspend, "reason=checked+and+found").status, 200);
    Str release = str_print(server.arena, "/dispatch/plan?day=%s", day_text);
    (void)post(boss, release, "x=1");
    release = str_print(server.arena, "/dispatch/release?day=%s", day_text);
    assert_int_equal(post(boss, release, "x=1").status, 409);
    assert_int_equal(post(boss, stop_path(1, "/address"), "x=1").status, 409);
    Str page = get(lead, "/pickup/stranded");
    assert_true(str_contains(page, str_print(server.arena, "\"id\":%" PRId64, ids[1])));
    assert_int_equal(post(boss, way, "x=1").status, 403);
    assert_int_equal(post(lead, way, "x=1").status, 200);
    assert_false(str_contains(get(lead, "/pickup/stranded"),
                              str_print(server.arena, "\"id\":%" PRId64, ids[1])));
    mine = ask_get(&server, sign_in(&server, "resident"),
                   str_c(server.arena, str_print(server.arena, "/pickup/%" PRId64, ids[1])));
    assert_false(str_equal(json_member(mine.body, "org"), name));
    assert_true(str_equal(json_member(mine.body, "state"), STR("booked")));
}

/* The day of the round: the server is started again on it. */
static void on_the_day_the_driver_opens_once(void **state) {
    (void)state;
    server_end(&server);
    server.today = day_text;
    server_serve(&server);
    auditor = sign_in(&server, "auditor");
    const int64_t before = openings(0);
    Str driver = sign_in(&server, drivers[0]);
    Str other = sign_in(&server, drivers[2]);
    assert_true(str_contains(get(driver, "/round"), STR("old tv")));
    assert_false(str_contains(get(driver, "/round"), STR("Secret")));
    assert_int_equal(post(other, STR("/round/open"), "x=1").status, 200);
    assert_false(str_contains(get(other, "/round"), STR("Secret Street 0")));
    assert_int_equal(openings(0), before);
    assert_int_equal(post(driver, STR("/round/open"), "x=1").status, 200);
    assert_true(str_contains(get(driver, "/round"), STR("Secret Street 0")));
    assert_int_equal(openings(0), before + 1);
    assert_int_equal(post(driver, STR("/round/open"), "x=1").status, 200);
    assert_int_equal(openings(0), before + 1);
    Str path = str_print(server.arena, "/round/%" PRId64, ids[0]);
    static const char paper[] = "old_serial=OLD-DRV-9&gross=20000&tare=0&paid=1&sign=paper";
    assert_int_equal(post(other, path, paper).status, 404);
    /* Nobody takes a thing without the resident's sign: the code of the booking's page, or paper.
     */
    static const char unsigned_form[] = "old_serial=OLD-DRV-9&gross=20000&tare=0&paid=1";
    Reply refused = post(driver, path, unsigned_form);
    assert_int_equal(refused.status, 400);
    assert_true(str_equal(json_member(refused.body, "field"), STR("sign")));
    refused = post(driver, path,
                   "old_serial=OLD-DRV-9&gross=20000&tare=0&paid=1&sign=code&sign_code=12345");
    assert_int_equal(refused.status, 400);
    assert_true(str_equal(json_member(refused.body, "field"), STR("sign_code")));
    Str resident = sign_in(&server, "resident");
    Str own = str_print(server.arena, "/pickup/%" PRId64, ids[0]);
    Str booking = get(resident, str_c(server.arena, own));
    Str code = json_member(booking, "sign_code");
    assert_int_equal(code.len, 6);
    assert_true(str_contains(get(driver, "/round"), STR("\"next\"")));
    assert_false(str_contains(get(driver, str_c(server.arena, path)),
                              code)); /* the driver has to ask for it */
    const char *form =
        str_c(server.arena, str_print(server.arena,
                                      "old_serial=OLD-DRV-9&gross=20000&tare=0&paid=1&sign=code"
                                      "&sign_code=" STR_FMT,
                                      STR_ARG(code)));
    assert_int_equal(post(driver, path, form).status, 200);
    assert_true(str_equal(json_member(get(resident, str_c(server.arena, own)), "signed"),
                          STR("居民出示签收码")));
    assert_false(str_contains(get(driver, "/round"), STR("Secret")));
    Str boss = sign_in(&server, bosses[0]);
    assert_int_equal(post(boss, stop_path(0, "/address"), "x=1").status, 409);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_sees_what_was_not_released),
        cmocka_unit_test(an_address_waits_for_its_day),
        cmocka_unit_test(the_dispatcher_is_journaled_each_time),
        cmocka_unit_test(the_tie_decides),
        cmocka_unit_test(a_suspended_recycler_gives_its_bookings_away),
        cmocka_unit_test(on_the_day_the_driver_opens_once),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
