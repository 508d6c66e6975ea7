/*
 * claim_test.c - claims over HTTP: wrong and hostile input at every door changes nothing and is
 * told at its field; each role reaches what is its own; money needs two people and leaves a trace.
 */
#include "base/codes.h"
#include "base/day.h"
#include "photo.h"
#include "server.h"
#include "test.h"

#include <inttypes.h>

static Server server;
static Str resident;
static Str officer;
static Str head;
static Str finance;
static uint32_t vin_next = 700001;

#define URL_NAME "%%E7%%8E%%8B%%E5%%AE%%89%%E5%%8D%%8E" /* 王安华, in a format */
#define URL_NEV "%E6%96%B0%E8%83%BD%E6%BA%90"           /* 新能源 */

static int start(void **state) {
    (void)state;
    server_start(&server, "100");
    resident = sign_in(&server, "resident");
    officer = sign_in(&server, "officer");
    head = sign_in(&server, "head04");
    finance = sign_in(&server, "finance");
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

static Str below(int64_t claim, const char *rest) {
    return str_print(server.arena, "/claim/%" PRId64 "%s", claim, rest);
}

static void has_text(const Reply *reply, const char *text) {
    if (!str_contains(reply->body, str_of(text))) {
        fail_msg("no %s in %d " STR_FMT, text, reply->status,
                 STR_ARG(str_slice(reply->body, 0, 800)));
    }
}

static void status_is(const Reply *reply, int status) {
    if (reply->status != status) {
        fail_msg("%d, not %d: " STR_FMT, reply->status, status,
                 STR_ARG(str_slice(reply->body, 0, 800)));
    }
}

/* ---- a draft ---- */

static int64_t draft(const char *programme) {
    Reply reply = post(
        resident, STR("/claim/new"),
        str_c(server.arena, str_print(server.arena, "programme=%s&bought=2026-10-30", programme)));
    status_is(&reply, 200);
    Str place = json_member(reply.body, "location");
    int64_t id = 0;
    Str rest = str_from(place, str_find(place, STR("/claim/"), 0) + 7);
    check(str_int64(str_cut(&rest, '/'), &id) == STATUS_OK);
    return id;
}

static const char *step_one(bool is_scrap) {
    Str vin = codes_demo_vin(server.arena, 2010, vin_next++);
    return str_c(server.arena,
                 str_print(server.arena,
                           "old_vin=" STR_FMT "&old_plate=%%E9%%B2%%81V12345&old_owner=" URL_NAME
                           "&old_owned=2012-03-01%s",
                           STR_ARG(vin),
                           is_scrap ? "&old_class=true&old_fuel=%E6%B1%BD%E6%B2%B9"
                                      "&old_registered=2010-05-01&recycle_day=2026-10-24"
                                      "&cancel_day=2026-10-26"
                                    : "&old_sold=true&old_invoice_day=2026-10-24"
                                      "&transfer_day=2026-10-26"));
}

static const char *step_two(bool is_scrap, const char *model) {
    Str vin = codes_demo_vin(server.arena, 2026, vin_next++);
    return str_c(server.arena, str_print(server.arena,
                                         "new_vin=" STR_FMT "&invoice=2637%016" PRIu32
                                         "&invoice_day=2026-10-30&new_owner=" URL_NAME
                                         "&price=129800&in_province=true&registered_day=2026-11-02"
                                         "&registered_here=true&new_kind=%s&new_model=%s&%s",
                                         STR_ARG(vin), vin_next, URL_NEV, model,
                                         is_scrap ? "still_own=true" : "new_class=true"));
}

/* A multipart body with the account and files: name=type pairs from bytes. */
static Reply papers_post(int64_t claim, const char *const *codes, size_t count, const Str *files) {
    Buf *body = buf_in(server.arena, 24 * 1024 * 1024);
    buf_put_c(body, "--XX\r\nContent-Disposition: form-data; name=\"account\"\r\n\r\n");
    buf_put(body, codes_demo_card(server.arena, 42));
    buf_put_c(body, "\r\n");
    for (size_t i = 0; i < count; i++) {
        buf_print(
            body,
            "--XX\r\nContent-Disposition: form-data; name=\"paper_%s\"; filename=\"a.png\"\r\n"
            "Content-Type: image/png\r\n\r\n",
            codes[i]);
        buf_put(body, files[i]);
        buf_put_c(body, "\r\n");
    }
    buf_put_c(body, "--XX--\r\n");
    Str bytes = str_print(server.arena,
                          "POST /api/claim/%" PRId64 "/step/3 HTTP/1.1\r\nHost: localhost\r\n"
                          "Connection: close\r\nAuthorization: Bearer " STR_FMT
                          "\r\nContent-Type: multipart/form-data; boundary=XX\r\n"
                          "Content-Length: %zu\r\n\r\n",
                          claim, STR_ARG(resident), body->len);
    return client_ask(server.arena, server.port, str_join(server.arena, bytes, buf_str(body)));
}

static const char *const scrap_papers[] = {"recycle", "cancel", "invoice", "register"};
static const char *const replace_papers[] = {"used_invoice", "old_register", "invoice", "register"};

static void papers_add(int64_t claim, bool is_scrap) {
    Str files[4];
    for (size_t i = 0; i < 4; i++) {
        files[i] =
            photo_png(server.arena,
                      (PhotoSpec){.seed = (uint64_t)claim * 10 + i + 1, .width = 64, .height = 48});
    }
    Reply reply = papers_post(claim, is_scrap ? scrap_papers : replace_papers, 4, files);
    status_is(&reply, 200);
}

static int64_t filled(bool is_scrap, const char *model) {
    int64_t claim = draft(is_scrap ? "car_scrap" : "car_replace");
    Reply reply = post(resident, below(claim, "/step/1"), step_one(is_scrap));
    status_is(&reply, 200);
    reply = post(resident, below(claim, "/step/2"), step_two(is_scrap, model));
    status_is(&reply, 200);
    papers_add(claim, is_scrap);
    return claim;
}

/* ---- wrong and hostile input ---- */

static void test_wrong_input_is_told_at_its_field(void **state) {
    (void)state;
    static const struct {
        const char *form;
        const char *field;
    } rows[] = {
        {"old_vin=%27%3B+DROP+TABLE+claim--", "old_vin"},
        {"old_vin=%3Cscript%3Ealert%281%29%3C%2Fscript%3E", "old_vin"},
        {"old_plate=%E9%B2%811", "old_plate"},
        {"old_registered=2026-02-30", "old_registered"},
        {"old_class=maybe", "old_class"},
        {"old_fuel=%E6%B0%B4", "old_fuel"},
    };
    int64_t claim = draft("car_scrap");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Reply reply = post(resident, below(claim, "/step/1"), rows[i].form);
        status_is(&reply, 400);
        char field[60];
        (void)snprintf(field, sizeof field, "\"field\":\"%s\"", rows[i].field);
        has_text(&reply, field);
    }
    Reply seen = get(resident, below(claim, ""));
    has_text(&seen, "这是草稿");
    assert_false(str_contains(seen.body, STR("DROP TABLE")));
    status_is(&(Reply){.status = get(resident, below(claim, "/step/0")).status}, 404);
    status_is(&(Reply){.status = get(resident, below(claim, "/step/9")).status}, 404);
    status_is(&(Reply){.status = get(resident, below(999999, "")).status}, 404);
    Reply gone = post(resident, below(claim, "/withdraw"), "");
    status_is(&gone, 200);
}

/* A draft keeps what is right and says what it left out. */
static void test_a_draft_says_what_it_did_not_keep(void **state) {
    (void)state;
    int64_t claim = draft("car_scrap");
    Reply reply = post(resident, below(claim, "/step/1"),
                       "form_act=draft&old_vin=wrong&old_registered=2010-05-01");
    status_is(&reply, 200);
    has_text(&reply, "没有保存：");
    reply = get(resident, below(claim, ""));
    has_text(&reply, "2010-05-01");
    assert_false(str_contains(reply.body, STR("wrong")));
    reply = post(resident, below(claim, "/step/1"), "form_act=draft&old_registered=2010-05-02");
    status_is(&reply, 200);
    assert_false(str_contains(reply.body, STR("没有保存")));
    reply = post(resident, below(claim, "/withdraw"), "");
    status_is(&reply, 200);
}

static void test_uploads_are_what_they_are(void **state) {
    (void)state;
    int64_t claim = draft("car_scrap");
    Str html = STR("<html><script>alert(1)</script></html>");
    Str cut = str_slice(photo_png(server.arena, (PhotoSpec){.seed = 3, .width = 80, .height = 60}),
                        0, 60);
    Str bomb = str_dup(server.arena,
                       photo_png(server.arena, (PhotoSpec){.seed = 3, .width = 8, .height = 8}));
    memset((char *)(uintptr_t)(bomb.at + 16), 0x7f, 8); /* billions of points, wrong checksum */
    const Str files[] = {html, cut, bomb};
    for (size_t i = 0; i < 3; i++) {
        Reply reply = papers_post(claim, scrap_papers, 1, &files[i]);
        status_is(&reply, 400);
        has_text(&reply, "\"field\":\"paper_recycle\"");
    }
    char *large = arena_alloc(server.arena, 13 * 1024 * 1024);
    memcpy(large, "%PDF-", 5);
    Str too_large = {large, 13 * 1024 * 1024};
    Reply reply = papers_post(claim, scrap_papers, 1, &too_large);
    status_is(&reply, 400);
    reply = post(resident, below(claim, "/withdraw"), "");
    status_is(&reply, 200);
}

static void test_nothing_is_submitted_half(void **state) {
    (void)state;
    int64_t claim = draft("car_scrap");
    Reply reply = post(resident, below(claim, "/submit"), "");
    status_is(&reply, 400);
    has_text(&reply, "还没有填写");
    reply = get(resident, below(claim, ""));
    has_text(&reply, "\"issues\":[");
    reply = post(resident, below(claim, "/withdraw"), "");
    status_is(&reply, 200);
    reply = post(resident, below(claim, "/submit"), "");
    status_is(&reply, 409);
}

static void test_wrong_days_and_programmes(void **state) {
    (void)state;
    Reply reply = post(resident, STR("/claim/new"), "programme=none&bought=2026-10-30");
    status_is(&reply, 400);
    reply = post(resident, STR("/claim/new"), "programme=car_scrap&bought=2019-01-01");
    status_is(&reply, 409);
    has_text(&reply, "\"field\":\"bought\"");
}

/* ---- the way of a claim, role by role ---- */

static int64_t clean_id;

static void test_clean_claim_and_its_readers(void **state) {
    (void)state;
    clean_id = filled(true, "YS7000BEV01");
    Reply reply = post(resident, below(clean_id, "/submit"), "");
    status_is(&reply, 200);
    reply = get(resident, below(clean_id, ""));
    has_text(&reply, "\"state\":\"approved\"");
    assert_int_equal(json_int(reply.body, "amount_fen"), 1557600);
    /* The basis is the applicant's to read; the paper is hers and the unit's. */
    Str bearer =
        str_print(server.arena, "Authorization: Bearer " STR_FMT "\r\n", STR_ARG(resident));
    Str page = client_get(server.arena, server.port, str_c(server.arena, below(clean_id, "")),
                          str_c(server.arena, bearer))
                   .body;
    size_t at = str_find(page, STR("/paper/"), 0);
    check(at != SIZE_MAX);
    Str rest = str_from(page, at + 7);
    Str paper = str_slice(rest, 0, str_find(rest, STR("\""), 0));
    Str path =
        str_print(server.arena, "/claim/%" PRId64 "/paper/" STR_FMT, clean_id, STR_ARG(paper));
    Reply photo = get(resident, path);
    status_is(&photo, 200);
    assert_true(str_equal(reply_header(&photo, "X-Content-Type-Options"), STR("nosniff")));
    assert_int_equal(get(officer, path).status, 200);
    assert_int_equal(get(sign_in(&server, "unit02"), path).status, 404);
    assert_int_equal(get(sign_in(&server, "shop"), path).status, 403);
    assert_int_equal(get(STR(""), path).status, 401);
    path = str_print(server.arena, "/claim/%" PRId64 "/paper/" STR_FMT, clean_id + 1000,
                     STR_ARG(paper));
    assert_int_equal(get(resident, path).status, 404);
    assert_int_equal(post(resident, below(clean_id, "/step/1"), step_one(true)).status, 409);
}

static void test_exception_needs_two_of_the_unit(void **state) {
    (void)state;
    int64_t claim = filled(false, "YS9999BEV99");
    status_is(&(Reply){.status = post(resident, below(claim, "/submit"), "").status}, 200);
    const char *form =
        str_c(server.arena, str_print(server.arena, "claim=%" PRId64 "&state=review", claim));
    const char *second =
        str_c(server.arena, str_print(server.arena, "claim=%" PRId64 "&state=second", claim));
    assert_int_equal(post(resident, STR("/claim/desk"), form).status, 403);
    assert_int_equal(post(sign_in(&server, "unit02"), STR("/claim/desk"), form).status, 404);
    assert_int_equal(post(sign_in(&server, "lead"), STR("/claim/desk"), form).status, 403);
    const char *odd = str_c(server.arena, str_print(server.arena, "%s&form_act=pay", form));
    assert_int_equal(post(officer, STR("/claim/desk"), odd).status, 400);
    const char *no_reason =
        str_c(server.arena, str_print(server.arena, "%s&form_act=refuse", form));
    Reply reply = post(officer, STR("/claim/desk"), no_reason);
    status_is(&reply, 400);
    has_text(&reply, "\"field\":\"reason\"");
    reply = post(officer, STR("/claim/desk"), form);
    status_is(&reply, 200);
    assert_int_equal(post(officer, STR("/claim/desk"), second).status, 403);
    reply = post(head, STR("/claim/desk"), second);
    status_is(&reply, 200);
    assert_int_equal(post(head, STR("/claim/desk"), second).status, 409);
    reply = get(resident, below(claim, ""));
    has_text(&reply, "\"state\":\"approved\"");
}

static void test_objection_stops_payment(void **state) {
    (void)state;
    Reply notice = get(STR(""), STR("/claim/notice"));
    status_is(&notice, 200);
    has_text(&notice, "王**");
    assert_false(str_contains(notice.body, STR("王安华")));
    Str shop = sign_in(&server, "shop");
    assert_int_equal(post(STR(""), below(clean_id, "/object"), "text=abcdefgh").status, 401);
    Reply reply = post(shop, below(clean_id, "/object"), "text=a");
    status_is(&reply, 400);
    reply = post(shop, below(clean_id, "/object"),
                 "text=%E6%97%A7%E8%BD%A6%E8%BF%98%E5%9C%A8%E8%B7%AF%E4%B8%8A");
    status_is(&reply, 200);
    /* Others of the programme may go; the one objected to stays. */
    (void)post(officer, STR("/claim/batch"), "programme=car_scrap&year=2026");
    reply = get(resident, below(clean_id, ""));
    has_text(&reply, "\"state\":\"approved\"");
    /* Once is enough while it waits; the answer is for the objection that was read. */
    reply = post(shop, below(clean_id, "/object"), "text=abcdefgh");
    status_is(&reply, 409);
    const char *answer = "objection=1&verdict=dismissed&answer=%E5%B7%B2%E6%A0%B8%E5%AE%9E";
    reply = post(officer, below(clean_id, "/objection"),
                 "verdict=dismissed&answer=%E5%B7%B2%E6%A0%B8%E5%AE%9E");
    status_is(&reply, 400);
    assert_int_equal(
        post(sign_in(&server, "bank"), below(clean_id, "/object"), "text=abcdefgh").status, 200);
    reply = post(officer, below(clean_id, "/objection"), answer);
    status_is(&reply, 200);
    /* The clock of payment stands while another objection waits. */
    reply = get(resident, below(clean_id, ""));
    has_text(&reply, "停计");
    reply = post(officer, below(clean_id, "/objection"), answer);
    status_is(&reply, 409);
    reply = post(officer, below(clean_id, "/objection"),
                 "objection=2&verdict=dismissed&answer=%E5%B7%B2%E6%A0%B8%E5%AE%9E");
    status_is(&reply, 200);
}

static void test_money_needs_two_and_leaves_a_trace(void **state) {
    (void)state;
    const char *form = "programme=car_scrap&year=2026";
    assert_int_equal(post(sign_in(&server, "unit02"), STR("/claim/batch"), form).status, 403);
    assert_int_equal(post(finance, STR("/claim/batch"), form).status, 403);
    Reply reply = post(officer, STR("/claim/batch"), form);
    status_is(&reply, 200);
    Str list = json_member(reply.body, "location");
    reply = get(finance, list);
    status_is(&reply, 200);
    Str account = codes_demo_card(server.arena, 42);
    assert_false(str_contains(reply.body, account));
    Reply file = post(finance, str_print(server.arena, STR_FMT "/file", STR_ARG(list)), "form=csv");
    status_is(&file, 200);
    has_text(&file, "王安华");
    has_text(&file, str_c(server.arena, account));
    assert_int_equal(
        post(officer, str_print(server.arena, STR_FMT "/file", STR_ARG(list)), "").status, 403);
    Reply journal = get(sign_in(&server, "auditor"), STR("/journal"));
    has_text(&journal, "claim_batch.file");
    Str paid = str_print(server.arena, STR_FMT "/paid", STR_ARG(list));
    Str second = sign_in(&server, "finance2");
    assert_int_equal(post(second, paid, "bank_reference=x").status, 400);
    /* Who took the pay file out does not say that it was paid. */
    assert_int_equal(post(finance, paid, "bank_reference=FT0001").status, 403);
    assert_int_equal(post(second, paid, "bank_reference=FT0001").status, 200);
    assert_int_equal(post(second, paid, "bank_reference=FT0002").status, 409);
    /* A second pay file would be a second payment. */
    file = post(finance, str_print(server.arena, STR_FMT "/file", STR_ARG(list)), "form=csv");
    status_is(&file, 409);
    assert_int_equal(get(sign_in(&server, "unit02"), list).status, 403);
    assert_int_equal(get(officer, list).status, 200);
    reply = get(resident, below(clean_id, ""));
    has_text(&reply, "\"state\":\"paid\"");
    assert_int_equal(post(resident, below(clean_id, "/withdraw"), "").status, 409);
    Str recover = below(clean_id, "/recover");
    const char *begin = "step=begin&reason=%E9%80%80%E8%BD%A6%E9%80%80%E6%AC%BE";
    assert_int_equal(post(finance, recover, "reason=%E9%80%80%E8%BD%A6%E9%80%80%E6%AC%BE").status,
                     400);
    assert_int_equal(post(finance, recover, "step=end&reason=FT0003").status, 409);
    assert_int_equal(post(finance, recover, begin).status, 200);
    /* The first form, sent once more from another window, is not the bank's word. */
    assert_int_equal(post(finance, recover, begin).status, 409);
    reply = get(finance, recover);
    has_text(&reply, "\"recovering\"");
    has_text(&reply, "另一位同事");
    assert_int_equal(post(finance, recover, "step=end&reason=FT0003").status, 403);
    assert_int_equal(post(second, recover, "step=end&outcome=lost&reason=FT0003").status, 400);
    assert_int_equal(post(second, recover, "step=end&outcome=received&reason=FT0003").status, 200);
    assert_int_equal(get(finance, recover).status, 200);
}

static void test_pause_is_the_lead_offices(void **state) {
    (void)state;
    const char *form = "programme=car_scrap&bought_from=2026-10-01&basis=%E9%80%9A%E7%9F%A5";
    Str lead = sign_in(&server, "lead");
    assert_int_equal(post(officer, STR("/claim/pause"), form).status, 403);
    assert_int_equal(post(lead, STR("/claim/pause"), "programme=car_scrap").status, 400);
    assert_int_equal(post(lead, STR("/claim/pause"), form).status, 200);
    assert_int_equal(get(lead, STR("/claim/pause")).status, 200);
    assert_int_equal(post(lead, STR("/claim/pause/1/end"), "").status, 200);
    assert_int_equal(post(lead, STR("/claim/pause/1/end"), "").status, 409);
}

/* ---- alerts and the calculator ---- */

static void test_alerts_are_decided_once(void **state) {
    (void)state;
    assert_int_equal(get(resident, STR("/alert")).status, 403);
    assert_int_equal(post(finance, STR("/alert/run"), "").status, 403);
    Reply reply = post(officer, STR("/alert/run"), "");
    status_is(&reply, 200);
    assert_int_equal(get(officer, STR("/alert?kind=none%27--&state=x&page=-1")).status, 200);
    assert_int_equal(post(officer, STR("/alert/999"), "state=confirmed&reason=abc").status, 404);
    reply = get(officer, STR("/alert"));
    status_is(&reply, 200);
    if (str_contains(reply.body, STR("/alert/1\""))) {
        assert_int_equal(post(officer, STR("/alert/1"), "state=maybe&reason=abc").status, 400);
        assert_int_equal(post(officer, STR("/alert/1"), "state=dismissed&reason=abc").status, 200);
        assert_int_equal(post(officer, STR("/alert/1"), "state=confirmed&reason=abc").status, 409);
    }
}

static void test_all_programmes_at_once(void **state) {
    (void)state;
    Reply reply = get(STR(""), STR("/calculator/all"));
    status_is(&reply, 200);
    reply = get(STR(""), STR("/calculator/all?who=person&day=2026-11-20&price=99800&level=1"
                             "&car=" URL_NEV));
    status_is(&reply, 200);
    has_text(&reply, "1197600"); /* 12 % of 99,800 */
    has_text(&reply, "798400");  /* 8 % */
    has_text(&reply, "150000");  /* the cap of an appliance */
    has_text(&reply, "absent");  /* a programme without a version of that day is told */
    reply = get(STR(""), STR("/calculator/all?who=person&day=2026-13-40&price=-5&level=9"));
    status_is(&reply, 400);
    has_text(&reply, "\"field\":\"price\"");
    has_text(&reply, "\"field\":\"day\"");
    reply = get(STR(""), STR("/calculator/all?who=enterprise&day=1999-01-01&price=5"));
    status_is(&reply, 200);
}

/* A path as a browser sends it: Chinese letters as %XX. */
static Str sent(const char *path) {
    Buf *out = buf_in(server.arena, 4000);
    for (const char *at = path; *at != '\0'; at++) {
        bool is_plain = (unsigned char)*at < 0x80;
        buf_print(out, is_plain ? "%c" : "%%%02X", is_plain ? *at : (unsigned char)*at);
    }
    return buf_str(out);
}

/* Taxes, limits and conditions: each of their rows can be reached from the page, also those whose
 * usual answer nobody has to give. */
static const struct {
    const char *answers;
    const char *rule;
} JUDGED[] = {
    {"vehicle_scrap&q1=小微型出租客运&q2=2016-06-30", "VSCRAP-2024-Y1"},
    {"vehicle_scrap&q1=小微型非营运载客&q2=2016-06-30&q4=599999", "VSCRAP-2024-N13"},
    {"vehicle_scrap&q1=小微型非营运载客&q2=2016-06-30&q4=650000", "VSCRAP-2024-G13"},
    {"vehicle_scrap&q1=小微型非营运载客&q2=2016-06-30&q3=小微型非营运或大型非营运轿车转营运",
     "VSCRAP-2024-M1"},
    {"used_car&q1=自然人卖车开票&q4=true&q5=国五&q6=5", "USEDCAR-2024-B"},
    {"used_car&q1=自然人卖车开票&q4=true&q5=国五&q6=5&q7=2", "USEDCAR-2024-M1"},
    {"used_car&q1=自然人卖车开票&q4=true&q5=国五&q6=5&q7=3", "USEDCAR-2024-X3"},
    {"used_car&q1=经销企业反向开票&q2=true&q3=true&q4=true&q5=国五&q6=5", "USEDCAR-2024-C"},
    {"car_export&q1=2026-10-01&q2=false&q3=true", "EXPORT-2026-X5"},
    {"car_export&q1=2026-10-01&q2=true&q3=true", "EXPORT-2026-A"},
    {"reverse_invoice&q1=true&q2=true&q3=其他再生资源&q4=营业执照并再生资源回收经营者备案"
     "&q5=true&q6=true&q9=一般计税&q10=普通发票&q11=5000000",
     "REVINV-2024-G3"},
    {"reverse_invoice&q1=true&q2=true&q3=其他再生资源&q4=营业执照并再生资源回收经营者备案"
     "&q5=true&q6=true&q9=一般计税&q10=普通发票&q11=5000000.01",
     "REVINV-2024-X12"},
    {"reverse_invoice&q1=true&q2=true&q3=其他再生资源&q4=营业执照并再生资源回收经营者备案"
     "&q5=true&q6=true&q7=true&q9=一般计税&q10=普通发票&q11=5000000",
     "REVINV-2024-X9"},
    {"tax_equipment&q1=true&q2=true&q4=1000000&q5=30000", "TAXEQ-2024"},
    {"tax_equipment&q1=true&q2=true&q4=1000000&q5=30000&q6=6", "TAXEQ-2024-X6"},
    {"tax_equipment&q1=true&q2=true&q3=true&q4=1000000&q5=30000", "TAXEQ-2024-X4"},
    {"tax_oneoff&q1=false&q2=5000000", "TAXONE-2024"},
    {"car_loan&q1=自用传统动力&q2=100000", "CARLOAN-2024-L1"},
};

static void test_limits_and_conditions_are_judged_on_the_page(void **state) {
    (void)state;
    int64_t wrong = 0;
    for (size_t i = 0; i < sizeof JUDGED / sizeof JUDGED[0]; i++) {
        Str path = str_print(server.arena, "/calculator?day=2026-11-20&programme=" STR_FMT,
                             STR_ARG(sent(JUDGED[i].answers)));
        Reply reply = get(STR(""), path);
        Str rule = str_print(server.arena, "\"rule\":\"%s\"", JUDGED[i].rule);
        if (reply.status != 200 || !str_contains(reply.body, rule)) {
            print_message("# %s: not %s: %d " STR_FMT "\n", JUDGED[i].answers, JUDGED[i].rule,
                          reply.status, STR_ARG(str_slice(reply.body, 0, 400)));
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/* A link with programme and day alone asks; it does not complain. */
static void test_a_link_to_a_calculator_asks(void **state) {
    (void)state;
    Reply reply = get(STR(""), STR("/calculator?programme=car_scrap&day=2026-11-20"));
    status_is(&reply, 200);
    assert_false(str_contains(reply.body, STR("\"errors\"")));
    reply = get(STR(""), STR("/calculator?programme=car_scrap&day=2026-11-20&q1=x"));
    status_is(&reply, 400);
    reply = get(STR(""), STR("/calculator/list"));
    status_is(&reply, 200);
    has_text(&reply, "\"kinds\":[{");
}

/* Every programme that can be claimed is linked from its calculator's answer, filled in. */
static void test_an_answer_leads_to_the_claim(void **state) {
    (void)state;
    Str path = sent("/calculator?programme=car_replace&day=2026-09-10&q0=2026-09-05&q1=2026-09-05"
                    "&q2=2026-09-10&q3=2026-09-15&q4=true&q5=2016-03-01&q6=true&q7=新能源&q8=true"
                    "&q9=129800&q14=0");
    Reply reply = get(STR(""), path);
    status_is(&reply, 200);
    has_text(&reply, "\"amount_fen\":1038400");
    reply = client_get(server.arena, server.port, str_c(server.arena, path), "");
    has_text(&reply, "programme%3Dcar_replace%26bought%3D2026-09-10");
    reply = get(resident, STR("/claim/new?programme=car_replace&bought=2026-09-10"));
    status_is(&reply, 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_input_is_told_at_its_field),
        cmocka_unit_test(test_a_draft_says_what_it_did_not_keep),
        cmocka_unit_test(test_uploads_are_what_they_are),
        cmocka_unit_test(test_nothing_is_submitted_half),
        cmocka_unit_test(test_wrong_days_and_programmes),
        cmocka_unit_test(test_clean_claim_and_its_readers),
        cmocka_unit_test(test_exception_needs_two_of_the_unit),
        cmocka_unit_test(test_objection_stops_payment),
        cmocka_unit_test(test_money_needs_two_and_leaves_a_trace),
        cmocka_unit_test(test_pause_is_the_lead_offices),
        cmocka_unit_test(test_alerts_are_decided_once),
        cmocka_unit_test(test_all_programmes_at_once),
        cmocka_unit_test(test_limits_and_conditions_are_judged_on_the_page),
        cmocka_unit_test(test_a_link_to_a_calculator_asks),
        cmocka_unit_test(test_an_answer_leads_to_the_claim),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
