/*
 * The device's cookie and what is found by it: six accounts that claim from one device and have
 * old things fetched from one address, written in as many ways, are two alerts that name what they
 * share and show neither the cookie, nor the address, nor a hash. Properties M1, M2 (office/mark).
 */
#include "base/codes.h"
#include "base/day.h"
#include "server.h"
#include "test.h"

enum { PERSONS = 6 };

static Server server;
static Str device;

static int start(void **state) {
    (void)state;
    server_start(&server, "60");
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    return 0;
}

/* A POST with the device's cookie beside the token. */
static Reply post_from(Str cookie, Str token, const char *path, Str form) {
    Str bytes =
        str_print(server.arena,
                  "POST /api%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                  "Origin: http://localhost\r\nCookie: hx_elder=0; hx_device=" STR_FMT "\r\n"
                  "%s" STR_FMT "%sContent-Type: application/x-www-form-urlencoded\r\n"
                  "Content-Length: %zu\r\n\r\n" STR_FMT,
                  path, STR_ARG(cookie), token.len > 0 ? "Authorization: Bearer " : "",
                  STR_ARG(token), token.len > 0 ? "\r\n" : "", form.len, STR_ARG(form));
    return client_ask(server.arena, server.port, bytes);
}

/* The Set-Cookie line of the device in a reply's head. */
static Str device_line(const Reply *reply) {
    size_t at = str_find(reply->head, STR("Set-Cookie: hx_device="), 0);
    if (at == SIZE_MAX) {
        return STR_NONE;
    }
    Str rest = str_from(reply->head, at + STR("Set-Cookie: hx_device=").len);
    return str_trim(str_cut(&rest, '\n'));
}

static Str device_value(const Reply *reply) {
    Str line = device_line(reply);
    return str_cut(&line, ';');
}

static Str login_form(const char *login) {
    return str_print(server.arena, "login=%s&password=%s", login, server.password);
}

static void test_m1_the_cookie_of_a_device(void **state) {
    (void)state;
    Reply first = post_from(STR(""), STR(""), "/sign-in", login_form("resident"));
    assert_int_equal(first.status, 200);
    device = device_value(&first);
    assert_int_equal(device.len, 32);
    Str line = device_line(&first);
    assert_true(str_contains(line, STR("; HttpOnly")));
    assert_true(str_contains(line, STR("; SameSite=Strict")));
    assert_true(str_contains(line, STR("; Max-Age=31536000")));
    assert_true(str_contains(line, STR("; Path=/")));
    /* Known: the same again. Another device, or what we never gave: another. */
    Reply again = post_from(device, STR(""), "/sign-in", login_form("resident"));
    assert_true(str_equal(device_value(&again), device));
    Reply other = post_from(STR(""), STR(""), "/sign-in", login_form("resident"));
    assert_false(str_equal(device_value(&other), device));
    Reply made_up = post_from(STR("short"), STR(""), "/sign-in", login_form("resident"));
    assert_int_equal(device_value(&made_up).len, 32);
    /* Who fails to sign in gets none. */
    Reply failed = post_from(STR(""), STR(""), "/sign-in", STR("login=resident&password=x"));
    assert_int_equal(device_line(&failed).len, 0);
}

static void account_make(Str admin, int number) {
    char login[16];
    (void)snprintf(login, sizeof login, "mark%d", number);
    person_make(&server, admin, login, "role=resident&name=%E5%BC%A0%E4%B8%89");
}

/* The address of one flat, in URL encoding, as six people type it. */
static const char *const writings[PERSONS] = {
    "%E4%BA%BA%E6%B0%91%E8%B7%AF12%E5%8F%B73%E5%8F%B7%E6%A5%BC2%E5%8D%95%E5%85%83501%E5%AE%A4",
    "%E4%BA%BA%E6%B0%91%E8%B7%AF12-3-2-501",
    "%E4%BA%BA%E6%B0%91%E8%B7%AF+12%E5%8F%B7+3%E6%A0%8B+2%E5%8D%95%E5%85%83+501",
    "%E4%BA%BA%E6%B0%91%E8%B7%AF%E5%8D%81%E4%BA%8C%E5%8F%B7%E4%B8%89%E5%B9%A2%E4%BA%8C"
    "%E5%8D%95%E5%85%83501",
    "%E4%BA%BA%E6%B0%91%E8%B7%AF12%233%232%23501",
    "%E5%AE%89%E4%B8%98%E5%B8%82%E4%BA%BA%E6%B0%91%E8%B7%AF12%E5%8F%B703%E5%8F%B7%E6%A5%BC"
    "02%E5%8D%95%E5%85%830501%E5%AE%A4"};

static void claim_and_book(int number) {
    char login[16];
    (void)snprintf(login, sizeof login, "mark%d", number);
    Reply signed_in = post_from(device, STR(""), "/sign-in", login_form(login));
    assert_int_equal(signed_in.status, 200);
    Str token = json_member(signed_in.body, "token");
    Reply claimed =
        post_from(device, token, "/coupon/claim",
                  STR("programme=appliance&category=fridge&level=1&price=6999&agree=1"));
    assert_int_equal(claimed.status, 200);
    Day day = day_add(day_of_ymd(2026, 11, 20), 1 + number);
    Str form =
        str_print(server.arena,
                  "category=fridge&title=old+fridge&town=%s&address=%s&slot=" STR_FMT "/morning",
                  "370784001", writings[number], STR_ARG(day_print(server.arena, day)));
    Reply booked = post_from(device, token, "/pickup/new", form);
    if (booked.status != 200) {
        fail_msg(STR_FMT, STR_ARG(booked.body));
    }
}

/* The alert of a kind: its page as an officer reads it. */
static Reply alert_of(Str officer, const char *kind) {
    Str path = str_print(server.arena, "/alert?kind=%s", kind);
    Reply list = ask_get(&server, officer, str_c(server.arena, path));
    int64_t id = json_int(list.body, "id");
    path = str_print(server.arena, "/alert/%lld", (long long)id);
    return ask_get(&server, officer, str_c(server.arena, path));
}

static void test_m2_six_persons_behind_one_device_and_address(void **state) {
    (void)state;
    Str admin = sign_in(&server, "admin");
    for (int i = 0; i < PERSONS; i++) {
        account_make(admin, i);
        claim_and_book(i);
    }
    Str officer = sign_in(&server, "officer");
    assert_int_equal(ask_post(&server, officer, "/alert/run", STR("x=1")).status, 200);
    static const char *const kinds[] = {"shared_device", "shared_address"};
    static const char *const words[] = {"为 6 人办理 6 笔：资格券", "为 6 人办理 6 笔：上门回收"};
    for (size_t i = 0; i < 2; i++) {
        Reply page = alert_of(officer, kinds[i]);
        assert_int_equal(page.status, 200);
        assert_true(str_contains(page.body, str_of(words[i])));
        assert_true(str_contains(page.body, STR("\"uses\"")));
        assert_false(str_contains(page.body, device));
        assert_false(str_contains(page.body, STR("人民路")));
    }
    /* Officers of another unit neither look into it nor decide it. */
    Str other = sign_in(&server, "unit07");
    Reply page = alert_of(other, "shared_device");
    assert_int_equal(page.status, 200);
    assert_false(str_contains(page.body, STR("\"uses\"")));
    assert_int_equal(ask_post(&server, other, "/alert/run", STR("x=1")).status, 403);
    Reply denied = ask_post(&server, other, "/alert/1", STR("state=dismissed&reason=abc"));
    assert_int_equal(denied.status, 403);
    assert_true(str_contains(denied.body, STR("市商务局")));
    assert_int_equal(
        ask_post(&server, officer, "/alert/1", STR("state=dismissed&reason=abc")).status, 200);
}

/* A shop that files a product in another way than others is told so, and may. */
static void test_a_filing_unlike_others_gets_a_hint(void **state) {
    (void)state;
    Str shop = sign_in(&server, "shop");
    bool is_told = false;
    for (uint32_t i = 1; i <= 60 && !is_told; i++) {
        Str gtin = codes_demo_gtin(server.arena, i);
        Str form = str_print(server.arena,
                             "gtin=" STR_FMT "&title=test+tv&category=appliance:tv&level=0"
                             "&price=3999",
                             STR_ARG(gtin));
        Reply filed = ask_post(&server, shop, "/price", form);
        assert_int_equal(filed.status, 200);
        is_told = str_contains(filed.body, STR("家商户把这个条码备案为“"));
    }
    assert_true(is_told);
    Reply own = ask_post(&server, shop, "/price",
                         STR("gtin=6901234567892&title=test+tv&category=appliance:tv&level=0"
                             "&price=3999"));
    assert_int_equal(own.status, 200);
    assert_false(str_contains(own.body, STR("另有")));
}

/* Another's booking is not there, not merely past: no way to count what others have booked. */
static void test_a_booking_of_another_is_not_found(void **state) {
    (void)state;
    Str resident = sign_in(&server, "resident");
    Str other = sign_in(&server, "mark0");
    Reply own = ask_get(&server, other, "/pickup");
    Str path =
        str_print(server.arena, "/pickup/" STR_FMT "/cancel", STR_ARG(json_member(own.body, "id")));
    assert_int_equal(ask_post(&server, resident, str_c(server.arena, path), STR("x=1")).status,
                     404);
    assert_int_equal(ask_post(&server, other, str_c(server.arena, path), STR("x=1")).status, 200);
    assert_int_equal(ask_post(&server, other, str_c(server.arena, path), STR("x=1")).status, 409);
}

static void test_the_page_says_what_is_kept(void **state) {
    (void)state;
    Reply page = client_get(server.arena, server.port, "/privacy", "");
    assert_int_equal(page.status, 200);
    assert_true(str_contains(page.body, STR("hx_device")));
    assert_true(str_contains(page.body, STR("hx_session")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_m1_the_cookie_of_a_device),
        cmocka_unit_test(test_m2_six_persons_behind_one_device_and_address),
        cmocka_unit_test(test_a_filing_unlike_others_gets_a_hint),
        cmocka_unit_test(test_a_booking_of_another_is_not_found),
        cmocka_unit_test(test_the_page_says_what_is_kept),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
