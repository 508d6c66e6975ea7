/*
 * The monthly report through its pages: composed from the records, edited by section with versions,
 * issued by a second person, open to all afterwards; and what must be refused on the way.
 */
#include "office/report/report.h"
#include "pack/pack.h"
#include "server.h"
#include "sheet/sheet.h"
#include "test.h"

static Server server;
static Str lead;
static Str other; /* of the lead office too */

static int start(void **state) {
    (void)state;
    server_start(&server, "60");
    lead = sign_in(&server, "lead");
    other = sign_in(&server, "lead2");
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    return 0;
}

static const char *path(const char *format, int64_t id) {
    Buf *buf = buf_in(server.arena, 200);
    buf_print(buf, "/monthly/%lld%s", (long long)id, format);
    return str_c(server.arena, buf_str(buf));
}

static int64_t revision(int64_t id) {
    return json_int(ask_get(&server, lead, path("", id)).body, "revision");
}

static Reply act(Str token, int64_t id, const char *name, const char *form) {
    Str tail = str_print(server.arena, "/%s/%lld", name, (long long)revision(id));
    return ask_post(&server, token, path(str_c(server.arena, tail), id), str_of(form));
}

static int64_t create(const char *month) {
    Reply reply =
        ask_post(&server, lead, "/monthly/new", str_print(server.arena, "month=%s", month));
    if (reply.status != 200) {
        fail_msg("%d " STR_FMT, reply.status, STR_ARG(reply.body));
    }
    Str location = json_member(reply.body, "location");
    int64_t id = 0;
    check(str_int64(str_from(location, strlen("/monthly/")), &id) == STATUS_OK);
    return id;
}

static void test_compose_and_edit(void **state) {
    (void)state;
    int64_t id = create("2026-05");
    Reply draft = ask_get(&server, lead, path("", id));
    assert_int_equal(draft.status, 200);
    assert_true(str_contains(draft.body, STR("总体情况")));
    assert_true(str_contains(draft.body, STR("条款1.1至1.4")));
    assert_true(str_contains(draft.body, STR("下月工作安排")));
    /* Only the lead office sees a draft, in any form. */
    static const char *const tails[] = {"", "/pdf", "/docx", "/xlsx"};
    Str officer = sign_in(&server, "officer");
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(ask_get(&server, STR(""), path(tails[i], id)).status, 404);
        assert_int_equal(ask_get(&server, officer, path(tails[i], id)).status, 404);
        assert_int_equal(ask_get(&server, lead, path(tails[i], id)).status, 200);
    }
    /* A second draft of the month, a month to come, no month. */
    assert_int_equal(ask_post(&server, lead, "/monthly/new", STR("month=2026-05")).status, 409);
    assert_int_equal(ask_post(&server, lead, "/monthly/new", STR("month=2026-12")).status, 400);
    assert_int_equal(ask_post(&server, lead, "/monthly/new", STR("month=2026-13")).status, 400);
    assert_int_equal(ask_post(&server, lead, "/monthly/new", STR("")).status, 400);

    const char *section = path("/section/1", id);
    assert_int_equal(
        ask_post(&server, lead, section, STR("version=1&body=The+overview+by+hand.")).status, 200);
    /* Another editor still has version 1 before the eyes: nothing is lost, nothing overwritten. */
    Reply late = ask_post(&server, other, section, STR("version=1&body=Another+overview."));
    assert_int_equal(late.status, 409);
    assert_true(str_contains(late.body, STR("第 2 版")));
    assert_int_equal(ask_post(&server, lead, section, STR("version=2&body=")).status, 400);
    assert_int_equal(ask_post(&server, lead, section, STR("version=x&body=abc")).status, 400);
    assert_int_equal(ask_get(&server, lead, path("/section/99", id)).status, 404);
    Reply versions = ask_get(&server, lead, section);
    assert_true(str_contains(versions.body, STR("The overview by hand.")));
    assert_true(str_contains(versions.body, STR("系统汇编")));
    /* Drawing again leaves what a person wrote. */
    assert_int_equal(act(lead, id, "redraw", "x=1").status, 200);
    Reply again = ask_get(&server, lead, path("", id));
    assert_true(str_contains(again.body, STR("The overview by hand.")));
}

static void test_issue(void **state) {
    (void)state;
    int64_t id = create("2026-10");
    const char *issue = path("/issue", id);
    Str form = str_print(server.arena, "number=%s&day=2026-11-05&revision=%%lld",
                         "%E5%AE%89%E6%9B%B4%E6%96%B0%E3%80%942026%E3%80%953%E5%8F%B7");
    const char *format = str_c(server.arena, form);
    Str now =
        str_print(server.arena, "number=X&day=2026-11-05&revision=%lld", (long long)revision(id));
    assert_int_equal(ask_post(&server, other, issue, now).status, 400); /* no number in its form */
    assert_int_equal(act(lead, id, "submit", "x=1").status, 200);
    assert_int_equal(
        ask_post(&server, lead, path("/section/1", id), STR("version=1&body=late")).status, 409);
    Buf *good = buf_in(server.arena, 400);
    size_t at = str_find(str_of(format), STR("%lld"), 0);
    buf_put(good, str_slice(str_of(format), 0, at));
    buf_print(good, "%lld", (long long)revision(id));
    /* Not by the one who submitted; not with a day to come; not on an older revision. */
    assert_int_equal(ask_post(&server, lead, issue, buf_str(good)).status, 403);
    Str late =
        str_print(server.arena, "number=A&day=2027-01-05&revision=%lld", (long long)revision(id));
    assert_int_equal(ask_post(&server, other, issue, late).status, 400);
    Str old = str_print(server.arena, STR_FMT "1", STR_ARG(str_slice(buf_str(good), 0, at)));
    assert_int_equal(ask_post(&server, other, issue, old).status, 409);
    assert_int_equal(ask_get(&server, STR(""), path("", id)).status, 404);
    Reply done = ask_post(&server, other, issue, buf_str(good));
    if (done.status != 200) {
        fail_msg("%d " STR_FMT, done.status, STR_ARG(done.body));
    }
    /* Everybody reads it; nobody changes it. */
    Reply page = ask_get(&server, STR(""), path("", id));
    assert_int_equal(page.status, 200);
    assert_true(str_contains(page.body, STR("安更新〔2026〕3号")));
    assert_false(str_contains(page.body, STR("起草人")));
    assert_true(json_member(page.body, "pdf_sm3").len == 64);
    assert_int_equal(act(lead, id, "redraw", "x=1").status, 409);
    assert_int_equal(act(lead, id, "back", "note=wrong").status, 409);
    Reply list = ask_get(&server, STR(""), "/monthly");
    assert_true(str_contains(list.body, STR("2026年10月工作月报")));
    assert_false(str_contains(list.body, STR("2026年5月工作月报")));
    /* The number is used up; the next edition of the month is a correction. */
    int64_t second = create("2026-10");
    assert_int_equal(act(lead, second, "submit", "x=1").status, 200);
    buf_clear(good);
    buf_put(good, str_slice(str_of(format), 0, at));
    buf_print(good, "%lld", (long long)revision(second));
    Reply taken = ask_post(&server, other, path("/issue", second), buf_str(good));
    assert_int_equal(taken.status, 409);
    assert_true(str_contains(taken.body, STR("已经用过")));
    assert_int_equal(act(other, second, "back", "note=again").status, 200);
    assert_true(str_contains(ask_get(&server, lead, path("", second)).body, STR("更正第1次")));
}

static Status count_row(void *it, Cx *cx, const SheetRow *row) {
    (void)cx, (void)row;
    (*(int *)it)++;
    return STATUS_OK;
}

/* Pages of a PDF, as poppler counts them. */
static int page_count(Str pdf) {
    char path_of[128];
    char command[256];
    int count = 0;
    (void)snprintf(path_of, sizeof path_of, "%s/pages.pdf", server.data);
    (void)snprintf(command, sizeof command, "pdfinfo %s | sed -n 's/^Pages: *//p'", path_of);
    FILE *file = fopen(path_of, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(pdf.at, 1, pdf.len, file), pdf.len);
    assert_int_equal(fclose(file), 0);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_int_equal(fscanf(pipe, "%d", &count), 1);
    assert_int_equal(pclose(pipe), 0);
    return count;
}

/* The files of a draft, and the printed pages: right types, readable, from the same records. */
static void test_files(void **state) {
    (void)state;
    int64_t id = create("2026-04");
    Reply pdf = ask_get(&server, lead, path("/pdf", id));
    assert_true(str_starts(pdf.body, STR("%PDF-1.")));
    Reply xlsx = ask_get(&server, lead, path("/xlsx", id));
    int row_count = 0;
    Cx cx;
    cx_init(&cx, server.arena);
    SheetReadOptions options = {.on_row = count_row, .it = &row_count};
    assert_int_equal(sheet_read(&cx, xlsx.body, &options, NULL), STATUS_OK);
    assert_true(row_count > 22 + 22 + 9); /* targets, tasks, heads and titles of three sheets */
    Reply docx = ask_get(&server, lead, path("/docx", id));
    Pack *pack = NULL;
    assert_int_equal(pack_read(&cx, docx.body, 32 * 1024 * 1024, &pack), STATUS_OK);
    assert_true(pack_has(pack, STR("word/document.xml")));
    Str officer = sign_in(&server, "officer");
    assert_true(str_starts(ask_get(&server, officer, "/dashboard/file/pdf").body, STR("%PDF")));
    assert_int_equal(ask_get(&server, STR(""), "/dashboard/file/pdf").status, 401);
    assert_true(str_starts(ask_get(&server, officer, "/my-unit/file/pdf").body, STR("%PDF")));
    /* One page a unit: the plan gives 23 units a part. */
    assert_int_equal(page_count(ask_get(&server, lead, "/unit/file/pdf").body), 23);
    assert_int_equal(page_count(ask_get(&server, officer, "/my-unit/file/pdf").body), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compose_and_edit),
        cmocka_unit_test(test_issue),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
