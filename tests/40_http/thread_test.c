/*
 * The thread through the JSON API, each step as its person: from the question what one may get to
 * the settled shop, the certified old fridge and the moved target; with wrong input at every door.
 */
#include "base/day.h"
#include "photo.h"
#include "server.h"
#include "test.h"

static Server server;

static int start(void **state) {
    (void)state;
    server_start(&server, "100");
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    return 0;
}

#define URL_FRIDGE "%E5%86%B0%E7%AE%B1"
#define URL_NAME "%E7%8E%8B%E5%AE%89%E5%8D%8E" /* 王安华 */

static Reply post(Str token, const char *path, const char *form) {
    return ask_post(&server, token, path, str_of(form));
}

/* The day of the server (server.h), for dates in forms. */
static Day day_now(void) {
    return day_of_ymd(2026, 11, 20);
}

static Str today(void) {
    return day_print(server.arena, day_now());
}

static int64_t meter(const char *key) {
    Reply reply = ask_get(&server, STR(""), "/meter");
    Str body = reply.body;
    char year[16];
    (void)snprintf(year, sizeof year, "\"year\":" STR_FMT, STR_ARG(str_slice(today(), 0, 4)));
    size_t at = str_find(body, STR("家电以旧换新"), 0);
    while (at != SIZE_MAX && str_find(str_slice(body, at, 60), str_of(year), 0) == SIZE_MAX) {
        at = str_find(body, STR("家电以旧换新"), at + 1);
    }
    assert_true(at != SIZE_MAX);
    return json_int(str_from(body, at), key);
}

/* ---- asking ---- */

static void test_calculator(void **state) {
    (void)state;
    static const struct {
        const char *day;
        int64_t fen;
    } rows[] = {{"2024-10-15", 139980}, {"2025-10-15", 139980}, {"2026-10-15", 104985}};
    for (size_t i = 0; i < 3; i++) {
        Reply reply = ask_get(&server, STR(""),
                              str_print(server.arena,
                                        "/calculator?programme=appliance&day=%s&q1=%s"
                                        "&q2=1&q3=6999",
                                        rows[i].day, URL_FRIDGE)
                                  .at);
        assert_int_equal(reply.status, 200);
        assert_int_equal(json_int(reply.body, "amount_fen"), rows[i].fen);
        assert_true(json_member(reply.body, "document").len > 0);
        assert_true(json_member(reply.body, "clause").len > 0);
    }
}

/* ---- claiming, redeeming, returning ---- */

static void test_bad_claims_change_nothing(void **state) {
    (void)state;
    static const char *const forms[] = {
        "",
        "programme=appliance&category=fridge&level=1&price=6999",
        "programme=appliance&category=nothing&level=1&price=6999&agree=1",
        "programme=appliance&category=fridge&level=2&price=6999&agree=1",
        "programme=appliance&category=fridge&level=1&price=-5&agree=1",
        "programme=appliance&category=fridge&level=1&price=1.234&agree=1",
        "programme=gold&category=fridge&level=1&price=6999&agree=1",
    };
    Str token = sign_in(&server, "resident");
    int64_t before = meter("left_fen");
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        Reply reply = post(token, "/coupon/claim", forms[i]);
        assert_true(reply.status >= 400 && reply.status < 500);
        assert_true(str_contains(reply.body, STR("\"message\":\"")));
    }
    assert_int_equal(meter("left_fen"), before);
}

/* The refrigerator of level 1 that the first shop files. */
static void price_file(Str shop) {
    Reply reply = post(shop, "/price",
                       "gtin=6901234567892&title=test+fridge&category=appliance:fridge&level=1"
                       "&price=6999");
    assert_int_equal(reply.status, 200);
}

static Str till_form(const char *code, const char *serial, const char *invoice, const char *price,
                     const char *payer) {
    Str names =
        str_print(server.arena, "buyer=%s&payer=%s&recipient=%s", URL_NAME, payer, URL_NAME);
    return str_print(server.arena,
                     "code=%s&gtin=6901234567892&serial=%s&invoice=%s&invoice_day=" STR_FMT
                     "&price=%s&" STR_FMT,
                     code, serial, invoice, STR_ARG(today()), price, STR_ARG(names));
}

/* A multipart body of the urlencoded pairs and a small PNG as photo. */
static Reply till_post(Str token, Str form) {
    Str png = photo_png(server.arena, (PhotoSpec){.seed = 1, .width = 40, .height = 30});
    Buf *body = buf_in(server.arena, 65536);
    Str rest = form;
    while (rest.at != NULL) {
        Str value = str_cut(&rest, '&');
        Str name = str_cut(&value, '=');
        buf_print(body, "--XX\r\nContent-Disposition: form-data; name=\"" STR_FMT "\"\r\n\r\n",
                  STR_ARG(name));
        for (size_t i = 0; i < value.len; i++) {
            if (value.at[i] == '%' && i + 2 < value.len) {
                char hex[3] = {value.at[i + 1], value.at[i + 2], '\0'};
                buf_put_char(body, (char)strtol(hex, NULL, 16));
                i += 2;
            } else {
                buf_put_char(body, value.at[i]);
            }
        }
        buf_put_c(body, "\r\n");
    }
    buf_put_c(body, "--XX\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\n"
                    "Content-Type: image/png\r\n\r\n");
    buf_put(body, png);
    buf_put_c(body, "\r\n--XX--\r\n");
    Str bytes = str_print(server.arena,
                          "POST /api/till HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                          "Authorization: Bearer " STR_FMT
                          "\r\nContent-Type: multipart/form-data; boundary=XX\r\n"
                          "Content-Length: %zu\r\n\r\n",
                          STR_ARG(token), body->len);
    return client_ask(server.arena, server.port, str_join(server.arena, bytes, buf_str(body)));
}

static void refused_at(Str token, Str form, const char *field) {
    Reply reply = till_post(token, form);
    assert_true(reply.status >= 400 && reply.status < 500);
    if (!str_contains(reply.body, str_print(server.arena, "\"field\":\"%s\"", field))) {
        fail_msg("expected a message at %s, got %s", field, str_c(server.arena, reply.body));
    }
}

static Str claim(Str token, const char *key) {
    Reply reply = post(token, "/coupon/claim",
                       str_print(server.arena,
                                 "programme=appliance&category=fridge&level=1&price=6999&agree=1"
                                 "&request_key=%s",
                                 key)
                           .at);
    if (reply.status != 200) {
        fail_msg("claim: %d %s", reply.status, str_c(server.arena, reply.body));
    }
    return json_member(reply.body, "coupon_id");
}

static Str coupon_code(Str token, Str id) {
    Reply reply =
        ask_get(&server, token, str_print(server.arena, "/coupon/" STR_FMT, STR_ARG(id)).at);
    Str shown = json_member(reply.body, "code");
    Buf *code = buf_in(server.arena, 100);
    for (size_t i = 0; i < shown.len; i++) {
        if (shown.at[i] != ' ') {
            buf_put_char(code, shown.at[i]);
        }
    }
    buf_put_char(code, '\0');
    return buf_str(code);
}

static Str sale_redeem(Str shop, const char *code, const char *serial, const char *invoice) {
    Reply reply = till_post(shop, till_form(code, serial, invoice, "6999", URL_NAME));
    if (reply.status != 200) {
        fail_msg("till: %d %s", reply.status, str_c(server.arena, reply.body));
    }
    Str location = json_member(reply.body, "location");
    return str_from(location, STR("/shop/sale/").len);
}

static void test_money_of_a_coupon(void **state) {
    (void)state;
    Str resident = sign_in(&server, "resident");
    Str shop = sign_in(&server, "shop");
    price_file(shop);
    int64_t left = meter("left_fen");
    int64_t reserved = meter("reserved_fen");
    /* Claimed twice with one key: one coupon, one reservation. */
    Str id = claim(resident, "claim-1");
    assert_true(str_equal(claim(resident, "claim-1"), id));
    assert_int_equal(meter("left_fen"), left - 150000);
    assert_int_equal(meter("reserved_fen"), reserved + 150000);
    assert_int_equal(post(resident, "/coupon/claim",
                          "programme=appliance&category=fridge&level=1&price=6999&agree=1"
                          "&request_key=claim-2")
                         .status,
                     409);
    /* Another person may neither see nor give it back. */
    Str other = sign_in(&server, "finance");
    assert_int_equal(
        ask_get(&server, other, str_print(server.arena, "/coupon/" STR_FMT, STR_ARG(id)).at).status,
        403);
    /* The till refuses each wrong thing at its field and nothing moves. */
    const char *code = coupon_code(resident, id).at;
    refused_at(shop, till_form("ZZZZZZZZZZZZ", "SN-A-1", "26372000000000000001", "6999", URL_NAME),
               "code");
    refused_at(shop, till_form(code, "SN-A-1", "26372000000000000001", "6999.01", URL_NAME),
               "price");
    refused_at(shop, till_form(code, "SN-A-1", "26372000000000000001", "6999", "Other"), "payer");
    refused_at(shop, till_form(code, "S", "26372000000000000001", "6999", URL_NAME), "serial");
    refused_at(shop, till_form(code, "SN-A-1", "123", "6999", URL_NAME), "invoice");
    assert_int_equal(meter("left_fen"), left - 150000);
    /* Redeemed: 1,049.85 approved, the rest free again. */
    int64_t approved = meter("approved_fen");
    Str sale = sale_redeem(shop, code, "SN-A-1", "26372000000000000001");
    assert_int_equal(meter("left_fen"), left - 104985);
    assert_int_equal(meter("approved_fen"), approved + 104985);
    /* Returned: all money back, and by the rule of 2026 the coupon reserved again. */
    Reply back =
        post(shop, str_print(server.arena, "/shop/sale/" STR_FMT "/return", STR_ARG(sale)).at,
             "request_key=r1");
    assert_int_equal(back.status, 200);
    assert_int_equal(meter("approved_fen"), approved);
    assert_int_equal(meter("left_fen"), left - 150000);
    /* The same serial may be sold again after a return, but not twice while it stands. */
    sale = sale_redeem(shop, code, "SN-A-1", "26372000000000000002");
    refused_at(shop, till_form(code, "SN-A-2", "26372000000000000003", "6999", URL_NAME), "code");
}

static void test_withdraw_gives_back(void **state) {
    (void)state;
    Str resident = sign_in(&server, "resident");
    int64_t left = meter("left_fen");
    Reply reply = post(resident, "/coupon/claim",
                       "programme=appliance&category=tv&level=1&price=5000&agree=1"
                       "&request_key=tv-1");
    assert_int_equal(reply.status, 200);
    assert_int_equal(meter("left_fen"), left - 150000);
    Str path = str_print(server.arena, "/coupon/" STR_FMT "/withdraw",
                         STR_ARG(json_member(reply.body, "coupon_id")));
    assert_int_equal(post(resident, path.at, "request_key=w1").status, 200);
    assert_int_equal(meter("left_fen"), left);
    assert_int_equal(post(resident, path.at, "request_key=w2").status, 409);
}

/* ---- the old fridge ---- */

static int64_t recycled(void) {
    /* T14 asks for 2027, so it counts this year; T06 counts 2025. */
    return json_int(ask_get(&server, STR(""), "/target/14").body, "this_year");
}

static void test_old_fridge(void **state) {
    (void)state;
    Str resident = sign_in(&server, "resident");
    Day slot = day_add(day_now(), 1);
    Str form = str_print(server.arena,
                         "category=fridge&title=old+fridge&town=370784001&address=somewhere+1"
                         "&slot=" STR_FMT "/morning",
                         STR_ARG(day_print(server.arena, slot)));
    assert_int_equal(post(resident, "/pickup/new", "category=fridge&title=x").status, 400);
    Reply booked = ask_post(&server, resident, "/pickup/new", form);
    assert_int_equal(booked.status, 200);
    Str id = str_from(json_member(booked.body, "location"), STR("/pickup/").len);
    /* The recycler that got it: its driver sees the stop, the others do not. */
    static const char *const drivers[] = {"driver", "driver02", "driver03"};
    static const char *const bosses[] = {"recycler", "recycler02", "recycler03"};
    const char *path = str_print(server.arena, "/round/" STR_FMT, STR_ARG(id)).at;
    int mine = -1;
    Str driver = STR("");
    for (int i = 0; i < 3; i++) {
        Str desk = sign_in(&server, bosses[i]);
        const char *day = str_c(server.arena, day_print(server.arena, slot));
        (void)post(desk, str_print(server.arena, "/dispatch/plan?day=%s", day).at, "x=1");
        (void)post(desk, str_print(server.arena, "/dispatch/release?day=%s", day).at, "x=1");
        Str token = sign_in(&server, drivers[i]);
        if (ask_get(&server, token, path).status == 200) {
            assert_int_equal(mine, -1);
            mine = i;
            driver = token;
        }
    }
    assert_true(mine >= 0);
    assert_int_equal(post(driver, path, "old_serial=OLD-77&gross=50000&tare=60000&paid=80").status,
                     400);
    assert_int_equal(
        post(driver, path, "old_serial=OLD-77&gross=55000&tare=500&paid=80&sign=paper").status,
        200);
    assert_int_equal(
        post(driver, path, "old_serial=OLD-78&gross=55000&tare=500&paid=80&sign=paper").status,
        409);
    Str boss = sign_in(&server, bosses[mine]);
    Reply invoices = ask_get(&server, boss, "/reverse-invoice");
    assert_int_equal(json_int(invoices.body, "gross_fen"), 8000);
    assert_int_equal(json_int(invoices.body, "income_tax_fen"), 40);
    int64_t before = recycled();
    Str certify = str_print(server.arena, "/recycle/" STR_FMT "/certify", STR_ARG(id));
    Str ended = str_print(server.arena, "method=dismantled&ended_day=" STR_FMT, STR_ARG(today()));
    assert_int_equal(post(boss, certify.at, "method=burnt&ended_day=2026-01-01").status, 400);
    assert_int_equal(ask_post(&server, boss, certify.at, ended).status, 200);
    assert_int_equal(ask_post(&server, boss, certify.at, ended).status, 409);
    assert_int_equal(recycled(), before + 1);
    Reply public_list = ask_get(&server, STR(""), "/certificate");
    assert_false(str_contains(public_list.body, STR("OLD-77")));
}

/* ---- settlement, targets, proof ---- */

static void test_settlement(void **state) {
    (void)state;
    Str finance = sign_in(&server, "finance");
    Str second = sign_in(&server, "finance2");
    Str shop = sign_in(&server, "shop");
    int64_t open = json_int(ask_get(&server, shop, "/shop/money").body, "open_fen");
    assert_true(open >= 104985);
    Reply list = ask_get(&server, finance, "/settlement");
    /* Find the shop's row by its open total. */
    size_t at =
        str_find(list.body, str_print(server.arena, "\"total_fen\":%lld", (long long)open), 0);
    assert_true(at != SIZE_MAX);
    Str make = json_member(str_from(list.body, at), "action");
    Reply made = ask_post(&server, finance, str_c(server.arena, make), STR("request_key=m1"));
    assert_int_equal(made.status, 200);
    Str path = json_member(made.body, "location");
    assert_int_equal(json_int(ask_get(&server, shop, "/shop/money").body, "open_fen"), 0);
    Str paid = str_print(server.arena, STR_FMT "/paid", STR_ARG(path));
    assert_int_equal(post(second, paid.at, "bank_reference=1").status, 400);
    /* Who made the batch does not register its payment, and has no form for it. */
    assert_int_equal(post(finance, paid.at, "bank_reference=20261123001").status, 403);
    const char *batch = str_c(server.arena, path);
    assert_false(str_contains(ask_get(&server, finance, batch).body, STR("\"forms\"")));
    assert_true(str_contains(ask_get(&server, second, batch).body, STR("\"forms\"")));
    assert_true(
        str_equal(json_member(ask_get(&server, shop, batch).body, "state"), STR("approved")));
    assert_int_equal(post(second, paid.at, "bank_reference=20261123001&request_key=p1").status,
                     200);
    assert_int_equal(post(second, paid.at, "bank_reference=20261123001&request_key=p2").status,
                     409);
    Reply seen = ask_get(&server, shop, str_c(server.arena, path));
    assert_int_equal(seen.status, 200);
    assert_true(str_equal(json_member(seen.body, "state"), STR("paid")));
    Reply file =
        ask_get(&server, finance, str_print(server.arena, STR_FMT "/file", STR_ARG(path)).at);
    assert_true(str_contains(file.body, STR("SN-A-1")));
}

static size_t occurrences(Str body, Str needle) {
    size_t count = 0;
    for (size_t at = str_find(body, needle, 0); at != SIZE_MAX;
         at = str_find(body, needle, at + 1)) {
        count++;
    }
    return count;
}

/* The rows of one table in the JSON of a page. */
static Str rows_of(Str body, const char *key) {
    Str head = str_print(server.arena, "\"%s\":[", key);
    size_t from = str_find(body, head, 0);
    assert_true(from != SIZE_MAX);
    size_t to = str_find(body, STR("]"), from);
    assert_true(to != SIZE_MAX);
    return str_slice(body, from, to - from);
}

static void test_dashboard_and_report(void **state) {
    (void)state;
    Str lead = sign_in(&server, "lead");
    Str officer = sign_in(&server, "officer");
    Reply dashboard = ask_get(&server, STR(""), "/dashboard");
    assert_int_equal(occurrences(rows_of(dashboard.body, "targets"), STR("\"code\":\"T")), 22);
    assert_int_equal(occurrences(rows_of(dashboard.body, "tasks"), STR("\"clause\":\"")), 22);
    /* A growth target without its baseline has no value and is not green. */
    Reply target = ask_get(&server, lead, "/target/6");
    assert_true(str_equal(json_member(target.body, "light"), STR("no_baseline")));
    Str head = sign_in(&server, "head04");
    assert_int_equal(
        post(officer, "/target/6/baseline", "period=2023&value=abc&evidence=report").status, 400);
    assert_int_equal(
        post(officer, "/target/6/baseline", "period=2023&value=100&evidence=report+2023").status,
        200);
    Reply filed = ask_get(&server, lead, "/target/6");
    assert_true(str_equal(json_member(filed.body, "light"), STR("no_baseline")));
    Str queue = ask_get(&server, head, "/figure").body;
    size_t at = str_find(queue, STR("\"filed_ms\""), 0);
    assert_true(at != SIZE_MAX);
    /* The newest figure is the one just filed; its number is that of the last one. */
    int64_t id = 0;
    while (ask_get(&server, lead,
                   str_c(server.arena, str_print(server.arena, "/figure/%lld", (long long)id + 1)))
               .status == 200) {
        id++;
    }
    const char *approve =
        str_c(server.arena, str_print(server.arena, "/figure/%lld/approve", (long long)id));
    const char *confirm =
        str_c(server.arena, str_print(server.arena, "/figure/%lld/confirm", (long long)id));
    /* Filer, head, lead office: in this order, each once. */
    assert_int_equal(post(lead, confirm, "request_key=c0").status, 409);
    assert_int_equal(post(officer, approve, "request_key=a0").status, 403);
    assert_int_equal(post(officer, confirm, "request_key=c1").status, 403);
    assert_int_equal(post(head, approve, "request_key=a1").status, 200);
    assert_int_equal(post(head, approve, "request_key=a2").status, 409);
    assert_int_equal(post(lead, confirm, "request_key=c2").status, 200);
    Reply now = ask_get(&server, lead, "/target/6");
    assert_false(str_equal(json_member(now.body, "light"), STR("no_baseline")));
}

static void test_proof(void **state) {
    (void)state;
    Str auditor = sign_in(&server, "auditor");
    Reply page = ask_job(&server, auditor, "/journal/verify", "x=1");
    assert_int_equal(page.status, 200);
    assert_int_equal(occurrences(page.body, STR("\"is_good\":\"good\"")), 2);
    /* The page of the work shows the last result as well. */
    page = ask_get(&server, auditor, "/journal/verify");
    assert_int_equal(occurrences(page.body, STR("\"is_good\":\"good\"")), 2);
    char *const argv[] = {word(PROGRAM_PATH), word("journal"), word("verify"),      word("--data"),
                          server.data,        word("--db"),    server.database.url, NULL};
    assert_int_equal(program_run(argv, "build/test-log/server.log"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calculator),
        cmocka_unit_test(test_bad_claims_change_nothing),
        cmocka_unit_test(test_money_of_a_coupon),
        cmocka_unit_test(test_withdraw_gives_back),
        cmocka_unit_test(test_old_fridge),
        cmocka_unit_test(test_settlement),
        cmocka_unit_test(test_dashboard_and_report),
        cmocka_unit_test(test_proof),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
