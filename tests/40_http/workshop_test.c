/*
 * workshop_test.c - drafts over HTTP: made, edited cell by cell and as a block, refused when wrong
 * or stale, issued by another person only, and then in force.
 */
#include "server.h"
#include "test.h"

static Server server;
static Str officer;
static Str lead;

static Reply post(Str token, const char *path, const char *form) {
    return ask_post(&server, token, path, str_of(form));
}

static const char *print(const char *format, ...) PRINTF_LIKE(1, 2);
static const char *print(const char *format, ...) {
    va_list args;
    va_start(args, format);
    Buf *out = buf_in(server.arena, 1 << 20);
    buf_print_va(out, format, args);
    va_end(args);
    return str_c(server.arena, buf_str(out));
}

/* Makes a draft from the appliance table of 2026 and gives its path. */
static const char *draft_new(const char *code) {
    Reply reply = post(officer, "/workshop/new",
                       print("base=appliance-2026&code=%s&title=test&first=2026-12-01"
                             "&last=2026-12-31&request_key=new-%s",
                             code, code));
    assert_int_equal(reply.status, 200);
    return str_c(server.arena, json_member(reply.body, "location"));
}

static Reply table_of(Str token, const char *draft) {
    return ask_get(&server, token, print("%s/table/1", draft));
}

static int64_t revision_of(const char *draft) {
    return json_int(table_of(officer, draft).body, "revision");
}

/* The number of the first row. */
static int64_t first_row(const char *draft) {
    return json_int(table_of(officer, draft).body, "row");
}

static Reply cell_put(Str token, const char *draft, int64_t revision, const char *column_text) {
    return post(token, print("%s/table/1/cell", draft),
                print("row=%lld&revision=%lld&%s", (long long)first_row(draft), (long long)revision,
                      column_text));
}

/* ---- the tests ---- */

static void test_roles(void **state) {
    (void)state;
    const char *draft = draft_new("roles-1");
    Str resident = sign_in(&server, "resident");
    Str auditor = sign_in(&server, "auditor");
    assert_int_equal(ask_get(&server, resident, draft).status, 403);
    assert_int_equal(ask_get(&server, STR(""), draft).status, 401);
    assert_int_equal(ask_get(&server, auditor, draft).status, 200);
    assert_int_equal(cell_put(auditor, draft, 1, "column=1&text=x").status, 403);
    assert_int_equal(cell_put(resident, draft, 1, "column=1&text=x").status, 403);
    assert_int_equal(post(auditor, print("%s/state", draft), "act=issue").status, 403);
    assert_int_equal(revision_of(draft), 1);
}

/* A draft is its unit's: another unit reads it, a colleague and the lead office change it. */
static void test_ownership(void **state) {
    (void)state;
    const char *draft = draft_new("owned-1");
    Str other = sign_in(&server, "unit02");
    Str colleague = sign_in(&server, "head04");
    assert_int_equal(ask_get(&server, other, draft).status, 200);
    assert_true(str_contains(ask_get(&server, other, "/workshop").body, STR("市商务局")));
    assert_int_equal(cell_put(other, draft, 1, "column=2&text=2").status, 403);
    static const char *const acts[] = {"drop", "submit"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(
            post(other, print("%s/state", draft), print("act=%s&revision=1", acts[i])).status, 403);
    }
    /* Whatever else stands in the form, nothing is changed. */
    static const char *const forms[][2] = {{"%s/cases", "text=%7B%7D&revision=1"},
                                           {"%s/facts", "title=other&revision=1"},
                                           {"%s/model", "text=x&revision=1"},
                                           {"%s/table/1/row", "revision=1"},
                                           {"%s/table/1/paste", "text=1&revision=1"}};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        Str path = str_print(server.arena, "%s%s", draft, forms[i][0] + 2);
        int status = post(other, str_c(server.arena, path), forms[i][1]).status;
        assert_true(status == 403 || status == 400);
    }
    assert_int_equal(revision_of(draft), 1);
    assert_int_equal(cell_put(colleague, draft, 1, "column=2&text=2").status, 200);
    assert_int_equal(cell_put(lead, draft, 2, "column=2&text=3").status, 200);
    const char *whole = draft_new("owned-2");
    assert_int_equal(post(colleague, print("%s/state", whole), "act=submit&revision=1").status,
                     200);
    assert_int_equal(post(other, print("%s/state", whole), "act=reopen&revision=1").status, 403);
    assert_int_equal(post(colleague, print("%s/state", whole), "act=reopen&revision=1").status,
                     200);
}

static void test_cells(void **state) {
    (void)state;
    const char *draft = draft_new("cells-1");
    Reply reply = cell_put(officer, draft, 1, "column=2&text=%5B1..2%5D");
    assert_int_equal(reply.status, 200);
    assert_int_equal(json_int(reply.body, "revision"), 2);
    assert_true(str_equal(json_member(reply.body, "text"), STR("[1..2]")));
    /* Plain words become FEEL. */
    reply = cell_put(officer, draft, 2, "column=0&text=2026-12-5");
    assert_int_equal(reply.status, 200);
    assert_true(str_contains(reply.body, STR("date(\\\"2026-12-05\\\")")));
    /* Wrong FEEL is refused at its field and changes nothing. */
    reply = cell_put(officer, draft, 3, "column=2&text=%5B1..");
    assert_int_equal(reply.status, 400);
    assert_true(str_contains(reply.body, STR("\"field\":\"c-")));
    assert_int_equal(revision_of(draft), 3);
    assert_int_equal(cell_put(officer, draft, 3, "column=99&text=1").status, 400);
    assert_int_equal(cell_put(officer, draft, 3, "column=2&text=%01").status, 400);
    assert_int_equal(cell_put(officer, draft, 3, "column=2&text=%FF").status, 400);
    assert_int_equal(revision_of(draft), 3);
    assert_int_equal(post(officer, print("%s/table/9/cell", draft), "row=1&column=0").status, 404);
    assert_int_equal(
        post(officer, print("%s/table/1/cell", draft), "row=999999&column=0&text=-&revision=3")
            .status,
        404);
}

static void test_conflict(void **state) {
    (void)state;
    const char *draft = draft_new("conflict-1");
    assert_int_equal(cell_put(officer, draft, 1, "column=2&text=2").status, 200);
    Reply reply = cell_put(lead, draft, 1, "column=2&text=3");
    assert_int_equal(reply.status, 409);
    assert_true(str_contains(reply.body, STR("已被别人修改")));
    assert_int_equal(cell_put(lead, draft, 2, "column=2&text=3").status, 200);
    /* The texts are guarded as a whole. */
    reply = post(officer, print("%s/cases", draft), "text=&revision=2");
    assert_int_equal(reply.status, 409);
}

static void test_page_as_a_form(void **state) {
    (void)state;
    const char *draft = draft_new("form-1");
    int64_t row = first_row(draft);
    Reply reply = post(officer, print("%s/table/1", draft),
                       print("revision=1&page=0&c-%lld-2=1,2&c-%lld-3=%%5B0..9", (long long)row,
                             (long long)row + 1));
    assert_int_equal(reply.status, 400);
    assert_int_equal(revision_of(draft), 1);
    reply = post(officer, print("%s/table/1", draft),
                 print("revision=1&page=0&c-%lld-2=1,2", (long long)row));
    assert_int_equal(reply.status, 200);
    assert_int_equal(revision_of(draft), 2);
    reply = post(officer, print("%s/table/1", draft), "revision=2&page=0");
    assert_true(str_contains(reply.body, STR("没有改动")));
    /* A row that is gone is said, not passed over. */
    assert_int_equal(post(officer, print("%s/table/1/row/%lld/act", draft, (long long)row),
                          "revision=2&act=delete")
                         .status,
                     200);
    reply = post(officer, print("%s/table/1", draft),
                 print("revision=3&page=0&c-%lld-2=1", (long long)row));
    assert_int_equal(reply.status, 404);
}

static void test_search(void **state) {
    (void)state;
    const char *draft = draft_new("search-1");
    Reply reply = ask_get(&server, officer, print("%s/table/1?q=APPL-2026-X3", draft));
    assert_int_equal(json_int(reply.body, "row_count"), 1);
    assert_int_equal(json_int(reply.body, "number"), 3);
    reply = ask_get(&server, officer, print("%s/table/1?q=____", draft));
    assert_int_equal(json_int(reply.body, "row_count"), 0);
    reply = ask_get(&server, officer, print("%s/table/1?q=not(%%22%%E5%%86%%B0", draft));
    assert_int_equal(json_int(reply.body, "row_count"), 1);
    /* A row found is changed so that it is found no more: it is saved all the same. */
    int64_t row = json_int(reply.body, "row");
    reply = post(officer, print("%s/table/1?q=not(", draft),
                 print("revision=1&c-%lld-1=-", (long long)row));
    assert_int_equal(reply.status, 200);
    assert_int_equal(revision_of(draft), 2);
}

static void test_paste(void **state) {
    (void)state;
    const char *draft = draft_new("paste-1");
    int64_t rows = json_int(table_of(officer, draft).body, "row_count");
    Reply reply = post(officer, print("%s/table/1/paste", draft),
                       print("row=%lld&column=1&revision=1&text=%s", (long long)first_row(draft),
                             "%E5%86%B0%E7%AE%B1%E3%80%81%E7%A9%BA%E8%B0%83%091%0A"
                             "%22%E7%94%B5%E8%A7%86%22%092%0A"));
    assert_int_equal(reply.status, 200);
    reply = table_of(officer, draft);
    assert_true(str_contains(reply.body, STR("\\\"冰箱\\\", \\\"空调\\\"")));
    assert_int_equal(json_int(reply.body, "row_count"), rows);
    /* Beyond the last row new ones come; beyond the last column nothing does. */
    Buf *text = buf_in(server.arena, 10000);
    for (int64_t i = 0; i < rows + 2; i++) {
        buf_put_c(text, "-%0A");
    }
    reply = post(officer, print("%s/table/1/paste", draft),
                 print("row=%lld&column=2&revision=2&text=%s", (long long)first_row(draft),
                       str_c(server.arena, buf_str(text))));
    assert_int_equal(reply.status, 200);
    assert_int_equal(json_int(table_of(officer, draft).body, "row_count"), rows + 2);
    reply = post(officer, print("%s/table/1/paste", draft),
                 print("row=%lld&column=13&revision=3&text=a%%09b", (long long)first_row(draft)));
    assert_int_equal(reply.status, 400);
    assert_int_equal(revision_of(draft), 3);
}

static void test_four_eyes(void **state) {
    (void)state;
    const char *draft = draft_new("appliance-2026-t");
    const char *step = print("%s/state", draft);
    /* The author's table as it is: the cases agree, but judge days before the first one too. */
    assert_int_equal(post(officer, step, "act=submit&revision=1").status, 200);
    assert_int_equal(cell_put(officer, draft, 1, "column=2&text=2").status, 409);
    assert_int_equal(post(officer, step, "act=issue&revision=1").status, 403);
    Reply reply = post(lead, step, "act=issue&revision=1");
    assert_int_equal(reply.status, 200);
    reply = ask_get(&server, STR(""), "/policy/appliance-2026-t");
    assert_int_equal(reply.status, 200);
    assert_true(str_contains(reply.body, STR("unsigned")));
    /* Issued is issued. */
    assert_int_equal(post(lead, step, "act=reopen&revision=1").status, 409);
    assert_int_equal(post(lead, step, "act=issue&revision=1").status, 409);
    assert_int_equal(cell_put(lead, draft, 1, "column=2&text=2").status, 409);
    /* It judges from its first day on, the older one before. */
    const char *ask = "/calculator?programme=appliance&q1=%E5%86%B0%E7%AE%B1&q2=1&q3=6999&day=";
    reply = ask_get(&server, STR(""), print("%s2026-12-01", ask));
    assert_true(str_contains(reply.body, STR("\"version\":\"test\"")));
    reply = ask_get(&server, STR(""), print("%s2026-11-30", ask));
    assert_false(str_contains(reply.body, STR("\"version\":\"test\"")));
    /* The code is taken now. */
    reply = post(officer, "/workshop/new",
                 "base=appliance-2026&code=appliance-2026-t&title=again&first=2026-12-01"
                 "&last=2026-12-31");
    assert_int_equal(reply.status, 409);
}

static void test_author_may_not_issue(void **state) {
    (void)state;
    const char *draft = draft_new("appliance-2026-u");
    assert_int_equal(post(lead, print("%s/table/1/row", draft), "revision=1").status, 200);
    const char *step = print("%s/state", draft);
    assert_int_equal(post(officer, step, "act=submit&revision=2").status, 200);
    Reply reply = post(lead, step, "act=issue&revision=2");
    assert_int_equal(reply.status, 403);
    assert_true(str_contains(reply.body, STR("不能由您发布")));
}

static void test_past_days_are_refused(void **state) {
    (void)state;
    Reply reply = post(officer, "/workshop/new",
                       "base=appliance-2026&code=past-1&title=past&first=2026-11-01"
                       "&last=2026-12-31");
    const char *draft = str_c(server.arena, json_member(reply.body, "location"));
    reply = post(officer, print("%s/state", draft), "act=submit&revision=1");
    assert_int_equal(reply.status, 409);
    assert_true(str_contains(reply.body, STR("已过")));
}

static void test_blank(void **state) {
    (void)state;
    Reply reply = post(officer, "/workshop/new",
                       "base=blank&code=blank-1&title=blank&first=2026-12-01&last=2026-12-31"
                       "&programme=appliance&questions=day:date%0Akind:string%0Aprice:money");
    assert_int_equal(reply.status, 200);
    const char *draft = str_c(server.arena, json_member(reply.body, "location"));
    reply = table_of(officer, draft);
    assert_int_equal(json_int(reply.body, "row_count"), 1);
    reply = ask_get(&server, officer, print("%s/check", draft));
    assert_true(str_contains(reply.body, STR("没有界限用例")));
    reply = post(officer, "/workshop/new",
                 "base=blank&code=blank-2&title=blank&first=2026-12-01&last=2026-12-31"
                 "&programme=appliance&questions=day:moon");
    assert_int_equal(reply.status, 400);
    reply = post(officer, "/workshop/new",
                 "base=appliance-2026&code=Bad/Code&title=bad&first=2026-12-01&last=2026-12-31");
    assert_int_equal(reply.status, 400);
}

static void test_model_text(void **state) {
    (void)state;
    const char *draft = draft_new("model-1");
    Reply reply = post(officer, print("%s/model", draft), "revision=1&text=%3Cnot-dmn/%3E");
    assert_int_equal(reply.status, 400);
    reply = ask_get(&server, officer, print("%s/model/file", draft));
    assert_int_equal(reply.status, 200);
    assert_true(str_contains(reply.body, STR("<decisionTable")));
    reply = ask_get(&server, officer, print("%s/table/1/file", draft));
    assert_true(str_starts(reply.body, STR("PK")));
}

/* An export comes in again as it went out; a file with other columns is refused. */
static Reply import(const char *draft, int64_t revision, Str file) {
    Buf *body = buf_in(server.arena, 1 << 20);
    buf_print(body,
              "--B\r\nContent-Disposition: form-data; name=\"revision\"\r\n\r\n%lld\r\n"
              "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"t.xlsx\"\r\n"
              "Content-Type: application/octet-stream\r\n\r\n",
              (long long)revision);
    buf_put(body, file);
    buf_put_c(body, "\r\n--B--\r\n");
    Str head = str_print(server.arena,
                         "POST /api%s/table/1/import HTTP/1.1\r\nHost: localhost\r\n"
                         "Origin: http://localhost\r\nAuthorization: Bearer " STR_FMT "\r\n"
                         "Content-Type: multipart/form-data; boundary=B\r\n"
                         "Connection: close\r\nContent-Length: %zu\r\n\r\n",
                         draft, STR_ARG(officer), body->len);
    return client_ask(server.arena, server.port, str_join(server.arena, head, buf_str(body)));
}

static void test_excel_out_and_in(void **state) {
    (void)state;
    const char *draft = draft_new("excel-1");
    Str csv = ask_get(&server, officer, print("%s/table/1/file?form=csv", draft)).body;
    Str xlsx = ask_get(&server, officer, print("%s/table/1/file", draft)).body;
    assert_int_equal(import(draft, 1, xlsx).status, 200);
    assert_int_equal(import(draft, 2, csv).status, 200);
    Reply reply = ask_get(&server, officer, print("%s/compare", draft));
    assert_int_equal(json_int(reply.body, "same"), 8);
    assert_int_equal(import(draft, 1, csv).status, 409); /* older than the table */
    assert_int_equal(import(draft, 3, STR("a,b\n1,2\n")).status, 400);
    assert_int_equal(import(draft, 3, STR("PK\x03\x04 no file")).status, 400);
    assert_int_equal(import(draft, 3, STR("")).status, 400);
    assert_int_equal(revision_of(draft), 3);
}

static void test_analysis(void **state) {
    (void)state;
    const char *draft = draft_new("analyse-1");
    Reply reply = post(officer, print("%s/monotone", draft), "revision=1&m3=rises&m4=none");
    assert_int_equal(reply.status, 200);
    reply = ask_job(&server, officer, print("%s/analyse", draft), "x=1");
    assert_int_equal(reply.status, 200);
    assert_true(str_equal(json_member(reply.body, "state"), STR("done")));
    assert_int_equal(json_int(reply.body, "row_count"), 8);
    assert_true(str_contains(reply.body, STR("\"kept")));
    /* A row that takes all is put first: the others are never reached, and the amount no longer
     * rises. */
    int64_t row = first_row(draft);
    reply = post(officer, print("%s/table/1/cell", draft),
                 print("row=%lld&column=0&text=-&revision=2", (long long)row));
    assert_int_equal(reply.status, 200);
    reply = ask_job(&server, officer, print("%s/analyse", draft), "x=1");
    assert_true(str_contains(reply.body, STR("永远轮不到")));
    assert_true(str_contains(reply.body, STR("购买发票开具日期")));
    assert_true(str_contains(reply.body, STR("试这一例")));
    /* Another person does not see it. */
    assert_int_equal(ask_get(&server, lead, "/job/1").status, 404);
}

static void test_falling_amount_is_found(void **state) {
    (void)state;
    const char *draft = draft_new("falls-1");
    Reply reply = post(officer, print("%s/monotone", draft), "revision=1&m3=falls&m4=none");
    assert_int_equal(reply.status, 200);
    reply = ask_job(&server, officer, print("%s/analyse", draft), "x=1");
    assert_true(str_contains(reply.body, STR("\"broken\"")));
}

static void test_try(void **state) {
    (void)state;
    const char *draft = draft_new("try-1");
    Reply reply = ask_get(&server, officer,
                          print("%s/try?asked=1&q0=2026-04-11&q1=%%E5%%86%%B0%%E7%%AE%%B1&q2=1"
                                "&q3=6999",
                                draft));
    assert_int_equal(reply.status, 200);
    assert_int_equal(json_int(reply.body, "amount_fen"), 104985);
    assert_int_equal(json_int(str_from(reply.body, str_find(reply.body, STR("fired"), 0)), "row"),
                     7);
    reply = ask_get(&server, officer, print("%s/try?asked=1&q0=yesterday", draft));
    assert_int_equal(reply.status, 400);
    assert_int_equal(ask_get(&server, officer, print("%s/try", draft)).status, 200);
}

static void test_compare(void **state) {
    (void)state;
    const char *draft = draft_new("compare-1");
    Reply reply = ask_get(&server, officer, print("%s/compare", draft));
    assert_int_equal(json_int(reply.body, "same"), 8);
    assert_int_equal(cell_put(officer, draft, 1, "column=2&text=2").status, 200);
    assert_int_equal(post(officer, print("%s/table/1/row", draft), "revision=2").status, 200);
    reply = ask_get(&server, officer, print("%s/compare", draft));
    assert_int_equal(json_int(reply.body, "same"), 7);
    assert_int_equal(json_int(reply.body, "changed"), 1);
    assert_int_equal(json_int(reply.body, "added"), 1);
    reply = ask_get(&server, STR(""), "/policy-compare?left=appliance-2025&right=appliance-2026");
    assert_int_equal(reply.status, 200);
    assert_true(json_int(reply.body, "changed") > 0);
    assert_int_equal(ask_get(&server, STR(""), "/policy-compare?left=none&right=none").status, 400);
}

static void test_dry_run(void **state) {
    (void)state;
    const char *draft = draft_new("dry-1");
    Reply reply = ask_job(&server, officer, print("%s/simulate", draft),
                          "source=synthetic&base=appliance-2026&count=20000&seed=1");
    assert_int_equal(reply.status, 200);
    assert_true(str_equal(json_member(reply.body, "state"), STR("done")));
    /* The same table: nobody gains, nobody loses. */
    assert_int_equal(json_int(reply.body, "case_count"), 20000);
    assert_int_equal(json_int(reply.body, "gain_count"), 0);
    assert_int_equal(json_int(reply.body, "loss_count"), 0);
    assert_int_equal(json_int(reply.body, "before_fen"), json_int(reply.body, "after_fen"));
    /* Half the rate: nobody gains, who got something loses. */
    int64_t row = first_row(draft) + 6;
    reply = post(officer, print("%s/table/1/cell", draft),
                 print("row=%lld&column=8&revision=1&text=0", (long long)row));
    assert_int_equal(reply.status, 200);
    reply = ask_job(&server, officer, print("%s/simulate", draft),
                    "source=synthetic&base=appliance-2026&count=20000&seed=1");
    assert_int_equal(json_int(reply.body, "gain_count"), 0);
    assert_true(json_int(reply.body, "loss_count") > 10000);
    assert_true(str_contains(reply.body, STR("镇")));
    reply = ask_job(&server, officer, print("%s/simulate", draft),
                    "source=past&base=appliance-2026&count=1&seed=1");
    assert_true(str_equal(json_member(reply.body, "state"), STR("done")));
    assert_true(json_int(reply.body, "case_count") > 0);
    assert_int_equal(post(officer, print("%s/simulate", draft),
                          "source=synthetic&base=appliance-2026&count=99999999&seed=1")
                         .status,
                     400);
}

static void test_equipment(void **state) {
    (void)state;
    Reply reply = ask_get(&server, STR(""), "/calculator/equipment");
    assert_int_equal(reply.status, 200);
    reply = ask_get(&server, STR(""),
                    "/calculator/equipment?day=2025-06-01&kind=road_truck&kind=green_safe");
    assert_int_equal(reply.status, 200);
    assert_true(str_contains(reply.body, STR("老旧营运货车报废更新")));
    assert_true(str_contains(reply.body, STR("专用设备抵免所得税")));
    /* Nothing that is not in force on that day. */
    reply = ask_get(&server, STR(""), "/calculator/equipment?day=2019-06-01&kind=road_truck");
    assert_int_equal(reply.status, 200);
    assert_false(str_contains(reply.body, STR("老旧营运货车报废更新")));
    reply = ask_get(&server, STR(""), "/calculator/equipment?day=2025-06-01&kind=spaceship");
    assert_int_equal(reply.status, 400);
    assert_int_equal(ask_get(&server, STR(""), "/calculator/equipment?day=soon").status, 400);
}

/* One truck of which everything is known: the sum of the table, the row, what would change it. */
static const char TRUCK[] = "kind=road_truck&day=2025-10-15&thing.sent=1&thing.row=0"
                            "&thing.0.name=牵引车&thing.0.number=A1&thing.0.q0=报废旧车"
                            "&thing.0.q1=2025-10-15&thing.0.q2=是&thing.0.q3=%s&thing.0.q4=柴油"
                            "&thing.0.q5=国三&thing.0.q6=2030-10-15&thing.0.q7=重型4轴及以上"
                            "&thing.0.q8=新能源";

static void test_equipment_list(void **state) {
    (void)state;
    assert_int_equal(ask_get(&server, STR(""), "/calculator/list?kind=spaceship").status, 404);
    assert_int_equal(ask_get(&server, STR(""), "/calculator/list?kind=road_truck").status, 200);
    Reply file = ask_get(&server, STR(""), "/calculator/list/file?kind=road_truck&day=2025-10-15");
    assert_int_equal(file.status, 200);
    assert_true(str_starts(file.body, STR("PK")));
    Reply reply = post(STR(""), "/calculator/list", print(TRUCK, "重型"));
    assert_int_equal(reply.status, 200);
    assert_true(str_contains(reply.body, STR("TRUCK-2025-AB")));
    assert_true(str_contains(reply.body, STR("14000000")));
    assert_true(str_contains(reply.body, STR("中型：可补")));
    /* A table without pay is advice: asked for, not guessed, and never in the sum. */
    assert_true(str_contains(reply.body, STR("\"vague\":[")));
    assert_true(json_int(reply.body, "paid_fen") == 0 ||
                json_int(reply.body, "paid_fen") == 14000000);
    /* A word that is no answer, a list without a thing, a day without policy. */
    reply = post(STR(""), "/calculator/list", print(TRUCK, "巨型"));
    assert_int_equal(reply.status, 400);
    assert_int_equal(post(STR(""), "/calculator/list", "kind=road_truck&day=2025-10-15").status,
                     400);
    assert_int_equal(post(STR(""), "/calculator/list", "kind=spaceship&day=2025-10-15").status,
                     404);
    /* In 2026 the city has no sums: said so, never a number. */
    reply = post(STR(""), "/calculator/list",
                 "kind=road_truck&day=2026-06-01&thing.sent=1&thing.row=0&thing.0.name=牵引车");
    assert_int_equal(reply.status, 200);
    assert_true(str_contains(reply.body, STR("标准未设置")) ||
                str_contains(reply.body, STR("unset")));
    assert_int_equal(json_int(reply.body, "paid_fen"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_ownership),
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_conflict),
        cmocka_unit_test(test_page_as_a_form),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_paste),
        cmocka_unit_test(test_four_eyes),
        cmocka_unit_test(test_author_may_not_issue),
        cmocka_unit_test(test_past_days_are_refused),
        cmocka_unit_test(test_blank),
        cmocka_unit_test(test_model_text),
        cmocka_unit_test(test_excel_out_and_in),
        cmocka_unit_test(test_analysis),
        cmocka_unit_test(test_falling_amount_is_found),
        cmocka_unit_test(test_try),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_dry_run),
        cmocka_unit_test(test_equipment),
        cmocka_unit_test(test_equipment_list),
    };
    server_start(&server, "20");
    officer = sign_in(&server, "officer");
    lead = sign_in(&server, "lead");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    server_stop(&server);
    return failed;
}
