/*
 * Money on paper and as tables: fund tree, a node with its transfers, a settlement. The files say
 * what the pages say, to the fen, and only those who see the page get the file.
 */
#include "base/money.h"
#include "server.h"
#include "sheet/sheet.h"
#include "test.h"

static Server server;

static int start(void **state) {
    (void)state;
    server_start(&server, "200");
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    return 0;
}

/* Sums one column over the rows that have a number there; the last sum line apart. */
typedef struct Column {
    int64_t sheet_index;
    size_t column;
    int64_t sum_fen;
    int64_t last_fen;
    int64_t count;
} Column;

static Status column_add(void *it, Cx *cx, const SheetRow *row) {
    Column *column = it;
    Money amount = MONEY_ZERO;
    if (row->sheet_index != column->sheet_index || row->count <= column->column) {
        return STATUS_OK;
    }
    if (money_parse(cx, row->cells[column->column].text, &amount) != STATUS_OK) {
        fault_clear(cx);
        return STATUS_OK;
    }
    column->sum_fen += amount.fen;
    column->last_fen = amount.fen;
    column->count++;
    return STATUS_OK;
}

static Column column_of(Str bytes, int64_t sheet_index, size_t column) {
    Cx cx;
    Column it = {.sheet_index = sheet_index, .column = column};
    cx_init(&cx, server.arena);
    SheetReadOptions options = {.on_row = column_add, .it = &it};
    if (sheet_read(&cx, bytes, &options, NULL) != STATUS_OK) {
        fail_msg("%s", cx.fault.text);
    }
    return it;
}

static const char *path(const char *before, int64_t id, const char *after) {
    return str_c(server.arena, str_print(server.arena, "%s%lld%s", before, (long long)id, after));
}

/* Transfers of a node, counted over its pages. */
static int64_t transfers_of(Str token, int64_t fund) {
    int64_t count = 0;
    int64_t before = 0;
    for (bool has_more = true; has_more;) {
        Str tail = str_print(server.arena, "?before=%lld", (long long)before);
        Reply page = ask_get(&server, token, path("/fund/", fund, str_c(server.arena, tail)));
        size_t at = str_find(page.body, STR("\"transfers\":["), 0);
        has_more = false;
        while ((at = str_find(page.body, STR("{\"id\":"), at)) != SIZE_MAX) {
            before = json_int(str_from(page.body, at), "id");
            has_more = ++count % 50 == 0;
            at++;
        }
    }
    return count;
}

static void test_fund_files(void **state) {
    (void)state;
    Str finance = sign_in(&server, "finance");
    Reply page = ask_get(&server, finance, "/fund");
    Reply tree = ask_get(&server, finance, "/fund/file/xlsx");
    assert_int_equal(tree.status, 200);
    /* The first root's appropriation stands in the page and in the file. */
    Column given = column_of(tree.body, 0, 3);
    assert_true(given.count > 3);
    assert_true(json_int(page.body, "appropriated_fen") > 0);
    Reply node = ask_get(&server, finance, "/fund/1");
    Reply file = ask_get(&server, finance, "/fund/1/file/xlsx");
    assert_int_equal(file.status, 200);
    assert_true(json_int(node.body, "appropriated_fen") > 0);
    /* All transfers, not only the first page: as many as the pages have together. */
    int64_t most = 0;
    for (int64_t id = 1; id <= 8; id++) {
        Reply sheets = ask_get(&server, finance, path("/fund/", id, "/file/xlsx"));
        if (sheets.status == 200) {
            int64_t wanted = transfers_of(finance, id);
            assert_int_equal(column_of(sheets.body, 1, 3).count, wanted);
            most = wanted > most ? wanted : most;
        }
    }
    assert_true(most > 50);
    assert_true(str_starts(ask_get(&server, finance, "/fund/file/pdf").body, STR("%PDF")));
    assert_true(str_starts(ask_get(&server, finance, "/fund/1/file/pdf").body, STR("%PDF")));
    assert_int_equal(ask_get(&server, finance, "/fund/1/file/exe").status, 404);
    assert_int_equal(ask_get(&server, finance, "/fund/999999/file/pdf").status, 404);
    assert_int_equal(ask_get(&server, sign_in(&server, "shop"), "/fund/file/pdf").status, 403);
}

/* A hold: what its page says, and each of its transfers. */
static void test_hold_files(void **state) {
    (void)state;
    Str finance = sign_in(&server, "finance");
    Reply page = ask_get(&server, finance, "/hold/1");
    Reply sheet = ask_get(&server, finance, "/hold/1/file/xlsx");
    int64_t wanted = 0;
    for (size_t at = str_find(page.body, STR("\"kind\":"), 0); at != SIZE_MAX;
         at = str_find(page.body, STR("\"kind\":"), at + 1)) {
        wanted++;
    }
    assert_true(wanted > 1);
    assert_int_equal(column_of(sheet.body, 0, 3).count, wanted);
    assert_true(str_starts(ask_get(&server, finance, "/hold/1/file/pdf").body, STR("%PDF")));
    assert_int_equal(ask_get(&server, finance, "/hold/1/file/exe").status, 404);
    assert_int_equal(ask_get(&server, finance, "/hold/999999/file/pdf").status, 404);
}

static void test_settlement_files(void **state) {
    (void)state;
    Str finance = sign_in(&server, "finance");
    Reply page = ask_get(&server, finance, "/settlement/1");
    assert_int_equal(page.status, 200);
    int64_t total_fen = json_int(page.body, "total_fen");
    int64_t sale_count = json_int(page.body, "sale_count");
    static const char *const forms[] = {"/file", "/file/csv", "/file/csv_gb", "/file/xlsx"};
    for (size_t i = 0; i < 4; i++) {
        Reply file = ask_get(&server, finance, path("/settlement/", 1, forms[i]));
        assert_int_equal(file.status, 200);
        Column subsidy = column_of(file.body, 0, 8);
        assert_int_equal(subsidy.count, sale_count + 1);
        assert_int_equal(subsidy.last_fen, total_fen);
        assert_int_equal(subsidy.sum_fen, 2 * total_fen);
    }
    assert_true(str_starts(ask_get(&server, finance, "/settlement/1/file/pdf").body, STR("%PDF")));
    assert_int_equal(ask_get(&server, finance, "/settlement/1/file/exe").status, 404);
    /* Another shop's settlement is not there. */
    Str shop = sign_in(&server, "shop");
    int refused = 0;
    for (int64_t id = 1; id <= 5; id++) {
        int seen = ask_get(&server, shop, path("/settlement/", id, "")).status;
        assert_int_equal(ask_get(&server, shop, path("/settlement/", id, "/file/pdf")).status,
                         seen);
        refused += seen == 404 ? 1 : 0;
    }
    assert_true(refused > 0);
}

/* Every "key":number of a body. */
static int64_t sum_of(Str body, const char *key) {
    Str mark = str_print(server.arena, "\"%s\":", key);
    int64_t sum = 0;
    for (size_t at = str_find(body, mark, 0); at != SIZE_MAX; at = str_find(body, mark, at + 1)) {
        sum += json_int(str_from(body, at), key);
    }
    return sum;
}

/* What is left of a year, split by level, is what its nodes have left, to the fen. */
static void test_year_end(void **state) {
    (void)state;
    Str finance = sign_in(&server, "finance");
    Str body = ask_get(&server, finance, "/fund/year-end").body;
    int64_t by_level = sum_of(body, "unused_fen");
    assert_true(by_level > 0);
    assert_int_equal(by_level, sum_of(body, "free_fen"));
    assert_true(str_contains(body, STR("提出收回")));
    assert_int_equal(ask_get(&server, finance, "/fund/year-end?year=1999").status, 200);
    assert_int_equal(ask_get(&server, sign_in(&server, "resident"), "/fund/year-end").status, 403);
    Str auditor = sign_in(&server, "auditor");
    assert_false(str_contains(ask_get(&server, auditor, "/fund/year-end").body, STR("提出收回")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fund_files),
        cmocka_unit_test(test_hold_files),
        cmocka_unit_test(test_settlement_files),
        cmocka_unit_test(test_year_end),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
