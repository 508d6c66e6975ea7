/*
 * Goods that come back after the shop was paid: the subsidy is recovered, the ledger agrees, the
 * coupon and the unit are free again; and a suspended shop neither sells nor is paid. The photo of
 * a sale is seen by its shop, finance and audit alone.
 */
#include "base/day.h"
#include "photo.h"
#include "server.h"
#include "test.h"

#define URL_NAME "%E7%8E%8B%E5%AE%89%E5%8D%8E" /* 王安华 */
#define GTIN "6901234567892"

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

static Reply post(Str token, Str path, const char *form) {
    return ask_post(&server, token, str_c(server.arena, path), str_of(form));
}

static Reply get(Str token, Str path) {
    return ask_get(&server, token, str_c(server.arena, path));
}

/* ---- one sale ---- */

static void field_put(Buf *body, const char *name, const char *value) {
    buf_print(body, "--XX\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", name,
              value);
}

static Reply till(Str shop, const char *code, const char *serial, const char *invoice) {
    static const char name[] = "王安华";
    Str png = photo_png(server.arena, (PhotoSpec){.seed = 1, .width = 40, .height = 30});
    Buf *body = buf_in(server.arena, 65536);
    field_put(body, "code", code);
    field_put(body, "gtin", GTIN);
    field_put(body, "serial", serial);
    field_put(body, "invoice", invoice);
    field_put(body, "invoice_day", SERVER_TODAY);
    field_put(body, "price", "6999");
    field_put(body, "buyer", name);
    /* Typed with a full-width space: the same person. */
    field_put(body, "payer", "王　安华");
    field_put(body, "recipient", name);
    buf_put_c(body, "--XX\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\n"
                    "Content-Type: text/html\r\n\r\n");
    buf_put(body, png);
    buf_put_c(body, "\r\n--XX--\r\n");
    Str head = str_print(server.arena,
                         "POST /api/till HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                         "Authorization: Bearer " STR_FMT "\r\nIdempotency-Key: till-%s\r\n"
                         "Content-Type: multipart/form-data; boundary=XX\r\n"
                         "Content-Length: %zu\r\n\r\n",
                         STR_ARG(shop), invoice, body->len);
    return client_ask(server.arena, server.port, str_join(server.arena, head, buf_str(body)));
}

static const char *code_of(Str resident, Str coupon) {
    Reply reply = get(resident, str_print(server.arena, "/coupon/" STR_FMT, STR_ARG(coupon)));
    return str_c(server.arena, json_member(reply.body, "code"));
}

static Str coupon_claim(Str resident) {
    Reply reply = post(resident, STR("/coupon/claim"),
                       "programme=appliance&category=fridge&level=1&price=6999&agree=1");
    assert_int_equal(reply.status, 200);
    return json_member(reply.body, "coupon_id");
}

/* Settles and pays what the shop has open. */
static void shop_pay(Str finance, Str shop) {
    int64_t open = json_int(ask_get(&server, shop, "/shop/money").body, "open_fen");
    Reply list = ask_get(&server, finance, "/settlement");
    size_t at =
        str_find(list.body, str_print(server.arena, "\"total_fen\":%lld", (long long)open), 0);
    assert_true(at != SIZE_MAX);
    Reply made = post(finance, json_member(str_from(list.body, at), "action"), "x=1");
    assert_int_equal(made.status, 200);
    Str path = json_member(made.body, "location");
    Str paid = str_print(server.arena, STR_FMT "/paid", STR_ARG(path));
    /* Who made the batch does not pay it. */
    assert_int_equal(post(finance, paid, "bank_reference=20261123001").status, 403);
    Str second = sign_in(&server, "finance2");
    assert_int_equal(post(second, paid, "bank_reference=20261123001").status, 200);
}

static Str state_of(Str token, Str sale) {
    Reply reply = get(token, sale);
    assert_int_equal(reply.status, 200);
    return json_member(reply.body, "state");
}

static void books_agree(void) {
    Str auditor = sign_in(&server, "auditor");
    Reply proof = ask_job(&server, auditor, "/journal/verify", "x=1");
    assert_int_equal(proof.status, 200);
    assert_true(str_contains(proof.body, STR("\"is_good\":\"good\"")));
    assert_false(str_contains(proof.body, STR("\"is_good\":\"bad\"")));
}

/* ---- the tests ---- */

static void test_recovery(void **state) {
    (void)state;
    Str resident = sign_in(&server, "resident");
    Str shop = sign_in(&server, "shop");
    Str finance = sign_in(&server, "finance");
    assert_int_equal(post(shop, STR("/price"),
                          "gtin=" GTIN "&title=test+fridge&category=appliance:fridge&level=1"
                          "&price=6999")
                         .status,
                     200);
    Str coupon = coupon_claim(resident);
    const char *code = code_of(resident, coupon);
    Reply sold = till(shop, code, "SN-R-1", "26372000000000000101");
    assert_int_equal(sold.status, 200);
    Str sale = json_member(sold.body, "location");
    /* A double click is one sale, told twice. */
    Reply again = till(shop, code, "SN-R-1", "26372000000000000101");
    assert_int_equal(again.status, 200);
    assert_true(str_equal(json_member(again.body, "location"), sale));
    Str recover = str_print(server.arena, STR_FMT "/recover", STR_ARG(sale));
    Str back = str_print(server.arena, STR_FMT "/return", STR_ARG(sale));
    assert_int_equal(post(finance, recover, "bank_reference=R-1001").status, 409);
    shop_pay(finance, shop);
    assert_true(str_equal(state_of(shop, sale), STR("paid")));
    assert_int_equal(post(shop, back, "x=1").status, 200);
    assert_true(str_equal(state_of(shop, sale), STR("recovering")));
    assert_true(str_contains(ask_get(&server, finance, "/settlement").body, STR("recovering")));
    /* While the money is out, the unit stays blocked and the coupon used. */
    assert_int_equal(till(shop, code, "SN-R-1", "26372000000000000102").status, 409);
    assert_int_equal(post(shop, recover, "bank_reference=R-1001").status, 403);
    assert_int_equal(post(finance, recover, "bank_reference=").status, 400);
    assert_int_equal(post(finance, recover, "bank_reference=R-1001").status, 200);
    assert_int_equal(post(finance, recover, "bank_reference=R-1001").status, 409);
    assert_true(str_equal(state_of(finance, sale), STR("recovered")));
    /* 2026: the coupon is restored with its whole amount, and the unit may be sold again. */
    Reply card = get(resident, str_print(server.arena, "/coupon/" STR_FMT, STR_ARG(coupon)));
    assert_true(str_equal(json_member(card.body, "state"), STR("claimed")));
    assert_int_equal(json_int(card.body, "amount_fen"), 150000);
    assert_int_equal(till(shop, code, "SN-R-1", "26372000000000000103").status, 200);
    books_agree();
}

/* M12 and M14: with a reason, at once, and back again. */
static void test_suspended_shop(void **state) {
    (void)state;
    Str lead = sign_in(&server, "lead");
    Str shop = sign_in(&server, "shop");
    Str finance = sign_in(&server, "finance");
    Str open = ask_get(&server, finance, "/settlement").body;
    int64_t total = json_int(ask_get(&server, shop, "/shop/money").body, "open_fen");
    assert_true(total > 0);
    size_t at = str_find(open, str_print(server.arena, "\"total_fen\":%lld", (long long)total), 0);
    Str make = json_member(str_from(open, at), "action");
    Str org = str_from(make, STR("/settlement/make/").len);
    Str suspend = str_print(server.arena, "/org/" STR_FMT "/suspend", STR_ARG(org));
    Str resume = str_print(server.arena, "/org/" STR_FMT "/resume", STR_ARG(org));
    assert_int_equal(post(shop, suspend, "reason=test+reason").status, 403);
    assert_int_equal(post(lead, suspend, "reason=").status, 400);
    assert_int_equal(post(lead, resume, "reason=test+reason").status, 409);
    assert_int_equal(post(lead, suspend, "reason=test+reason").status, 200);
    assert_int_equal(post(lead, suspend, "reason=test+reason").status, 409);
    assert_true(str_contains(ask_get(&server, lead, "/org").body, STR("\"suspended\"")));
    assert_int_equal(post(finance, make, "x=1").status, 409);
    assert_int_equal(post(shop, STR("/price"),
                          "gtin=" GTIN "&title=test+fridge&category=appliance:fridge&level=1"
                          "&price=7999")
                         .status,
                     409);
    Reply refused = till(shop, "AAAABBBBCCCC", "SN-R-9", "26372000000000000199");
    assert_int_equal(refused.status, 403);
    assert_int_equal(post(lead, resume, "reason=test+reason").status, 200);
    assert_int_equal(post(finance, make, "x=1").status, 200);
    assert_int_equal(post(lead, STR("/org/999999/suspend"), "reason=test+reason").status, 404);
}

/* The first attachment that is the photo of a sale: papers of claims stand in the same table. */
static const char *photo_path(Str finance) {
    for (int id = 1; id < 1000; id++) {
        const char *path = str_c(server.arena, str_print(server.arena, "/attachment/%d", id));
        if (ask_get(&server, finance, path).status == 200) {
            return path;
        }
    }
    return "/attachment/none";
}

static void test_photo_is_for_its_readers(void **state) {
    (void)state;
    Str shop = sign_in(&server, "shop");
    Reply sales = ask_get(&server, shop, "/shop/sales");
    assert_int_equal(sales.status, 200);
    const char *path = photo_path(sign_in(&server, "finance"));
    Reply seen = ask_get(&server, sign_in(&server, "finance"), path);
    assert_int_equal(seen.status, 200);
    assert_true(str_equal(reply_header(&seen, "Content-Type"), STR("image/png")));
    assert_true(str_equal(reply_header(&seen, "X-Content-Type-Options"), STR("nosniff")));
    assert_true(str_starts(reply_header(&seen, "Content-Disposition"), STR("inline")));
    assert_true(str_starts(seen.body, STR("\x89PNG")));
    assert_int_equal(ask_get(&server, shop, path).status, 200);
    assert_int_equal(ask_get(&server, sign_in(&server, "shop002"), path).status, 404);
    assert_int_equal(ask_get(&server, sign_in(&server, "resident"), path).status, 403);
    assert_int_equal(ask_get(&server, STR(""), path).status, 401);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recovery),
        cmocka_unit_test(test_suspended_shop),
        cmocka_unit_test(test_photo_is_for_its_readers),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
