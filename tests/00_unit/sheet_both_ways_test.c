/* Tests of sheet: what is written is read again the same, in every form and character set. */
#include "base/limits.h"
#include "base/prng.h"
#include "sheet/sheet.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS = 9, ROWS = 40, FILE_BYTES_MAX = 16 * 1024 * 1024 };

/* Rows as one text: cells between tabs, with their kind's first letters, rows between line ends. */
typedef struct Rows {
    Arena *arena;
    Buf *text;
    int64_t count;
    int64_t fail_at; /* the row that on_row refuses; 0: none */
} Rows;

static Status rows_add(void *it, Cx *cx, const SheetRow *row) {
    Rows *rows = it;
    if (++rows->count == rows->fail_at) {
        return fault(cx, STATUS_CONFLICT, "enough");
    }
    for (size_t i = 0; i < row->count; i++) {
        assert_true(str_is_utf8(row->cells[i].text));
        buf_put(rows->text, row->cells[i].text);
        buf_put_char(rows->text, '\x1f');
    }
    buf_put_char(rows->text, '\x1e');
    return STATUS_OK;
}

static Status read_rows(Cx *cx, Str bytes, Str *out, SheetFacts *facts) {
    Rows rows = {.arena = cx->arena, .text = buf_in(cx->arena, FILE_BYTES_MAX)};
    SheetReadOptions options = {.on_row = rows_add, .it = &rows};
    TRY(sheet_read(cx, bytes, &options, facts));
    *out = buf_str(rows.text);
    return STATUS_OK;
}

/* ---- random tables ---- */

static const char *const pieces[] = {
    "设备", "=1+1", "+",      "-",   "@x", "'",       "\"",  ",",   ";", "\t",     "\n",     "\r",
    "\r\n", "0012", "123456", "\t9", "_x", "_x000D_", "𠮷",  "<&>", " ", "“引号”", "＝A1",   "é",
    "1-2",  "0",    "9.10",   "|",   "'=", "''",      "sep", "\\",  "😀", "]]>",    "_x0041_"};

static Str random_text(Arena *arena, Prng *prng) {
    Buf *text = buf_in(arena, 4096);
    for (uint64_t left = prng_below(prng, 5); left > 0; left--) {
        size_t index = prng_below(prng, sizeof pieces / sizeof pieces[0]);
        buf_put_c(text, pieces[index]);
    }
    return buf_str(text);
}

static SheetCell random_cell(Arena *arena, Prng *prng, size_t column) {
    switch (column) {
    case 0:
        return sheet_int(prng_between(prng, INT64_MIN / 2, INT64_MAX / 2) >> prng_below(prng, 62));
    case 1:
        return sheet_money(money_of_fen(
            prng_between(prng, -LIMIT_MONEY_FEN_MAX, LIMIT_MONEY_FEN_MAX) >> prng_below(prng, 50)));
    case 2:
        return sheet_percent_bp(prng_between(prng, -20000, 20000));
    case 3:
        return sheet_day((Day){(int32_t)prng_between(prng, -30000, 60000)});
    case 4:
        return sheet_instant(prng_between(prng, 0, INT64_C(4102444800)) * 1000);
    case 5:
        return sheet_bool(prng_below(prng, 2) == 0);
    case 6:
        return sheet_number(str_print(arena, "%d.%03d", (int)prng_between(prng, -999, 999),
                                      (int)prng_between(prng, 0, 999)));
    default:
        return prng_below(prng, 4) == 0 ? SHEET_CELL_NONE : sheet_text(random_text(arena, prng));
    }
}

static size_t digits_of(Str text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += (count > 0 || text.at[i] != '0') && text.at[i] >= '0' && text.at[i] <= '9' ? 1 : 0;
    }
    return count;
}

/* What a reader of XLSX sees: zeros after the point are the format's, not the number's. */
static Str expected_text(Arena *arena, SheetForm form, const SheetCell *cell) {
    Str text = sheet_cell_text(arena, cell);
    bool is_cut = cell->kind == SHEET_MONEY || cell->kind == SHEET_NUMBER;
    if (form == SHEET_CSV || !is_cut || digits_of(text) > 15) {
        return text;
    }
    while (text.at[text.len - 1] == '0' && str_contains(text, STR("."))) {
        text.len--;
    }
    text.len -= text.at[text.len - 1] == '.' ? 1 : 0;
    return str_equal(text, STR("-0")) ? STR("0") : text;
}

static Status write_random(Cx *cx, const SheetWriteOptions *options, uint64_t seed, Buf *file,
                           Buf *expected) {
    static const SheetColumn columns[COLUMNS] = {
        {"数", SHEET_INT, 0},      {"金额（元）", SHEET_MONEY, 0}, {"比例", SHEET_PERCENT, 0},
        {"日期", SHEET_DAY, 0},    {"时间", SHEET_INSTANT, 0},     {"是否", SHEET_BOOL, 0},
        {"小数", SHEET_NUMBER, 0}, {"=文字", SHEET_TEXT, 30},      {"文字", SHEET_TEXT, 0}};
    SheetTable table = {.name = STR("表[1]"), .columns = columns, .column_count = COLUMNS};
    SheetWriter *writer = NULL;
    Prng prng;
    prng_init(&prng, seed);
    TRY(sheet_writer_new(cx, options, sheet_sink_buf(file), &writer));
    TRY(sheet_begin(writer, &table));
    for (size_t i = 0; i < COLUMNS; i++) {
        buf_put_c(expected, columns[i].label);
        buf_put_char(expected, '\x1f');
    }
    buf_put_char(expected, '\x1e');
    for (int r = 0; r < ROWS; r++) {
        SheetCell cells[COLUMNS];
        size_t count = COLUMNS;
        for (size_t i = 0; i < COLUMNS; i++) {
            cells[i] = random_cell(cx->arena, &prng, i);
        }
        while (cells[count - 1].kind == SHEET_EMPTY) {
            count--;
        }
        for (size_t i = 0; i < count; i++) {
            buf_put(expected, expected_text(cx->arena, options->form, &cells[i]));
            buf_put_char(expected, '\x1f');
        }
        buf_put_char(expected, '\x1e');
        TRY(r % 7 == 0 ? sheet_total(writer, cells, COLUMNS) : sheet_row(writer, cells, COLUMNS));
    }
    return sheet_finish(writer);
}

static void print_difference(Str seen, Str wanted) {
    size_t at = 0;
    while (at < seen.len && at < wanted.len && seen.at[at] == wanted.at[at]) {
        at++;
    }
    size_t from = at > 40 ? at - 40 : 0;
    print_error("at byte %zu\nseen   %.*s\nwanted %.*s\n", at, STR_ARG(str_slice(seen, from, 80)),
                STR_ARG(str_slice(wanted, from, 80)));
}

static void both_ways(const SheetWriteOptions *options, uint64_t seed) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Buf *file = buf_in(arena, FILE_BYTES_MAX);
    Buf *wanted = buf_in(arena, FILE_BYTES_MAX);
    Str seen = STR_NONE;
    Status status = write_random(&cx, options, seed, file, wanted);
    status = status == STATUS_OK ? read_rows(&cx, buf_str(file), &seen, NULL) : status;
    if (status != STATUS_OK || !str_equal(seen, buf_str(wanted))) {
        print_error("seed %llu: %s\n", (unsigned long long)seed, cx.fault.text);
        print_difference(seen, buf_str(wanted));
        fail();
    }
    arena_free(arena);
}

static void test_both_ways(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        both_ways(&(SheetWriteOptions){.form = SHEET_XLSX}, seed);
        both_ways(&(SheetWriteOptions){.form = SHEET_CSV, .charset = SHEET_UTF8_BOM}, seed);
        both_ways(&(SheetWriteOptions){.form = SHEET_CSV, .charset = SHEET_UTF8}, seed);
        both_ways(&(SheetWriteOptions){.form = SHEET_CSV, .charset = SHEET_GB18030}, seed);
    }
}

static void test_same_bytes(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Buf *files[2] = {buf_in(arena, FILE_BYTES_MAX), buf_in(arena, FILE_BYTES_MAX)};
    for (int i = 0; i < 2; i++) {
        Cx cx;
        cx_init(&cx, arena);
        SheetWriteOptions options = {.made_ms = INT64_C(1767225600000), .author = STR("专班")};
        assert_int_equal(write_random(&cx, &options, 5, files[i], buf_in(arena, FILE_BYTES_MAX)),
                         STATUS_OK);
    }
    assert_true(str_equal(buf_str(files[0]), buf_str(files[1])));
    arena_free(arena);
}

/* ---- CSV as the world writes it ---- */

static void reads(Str bytes, const char *wanted) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Str seen = STR_NONE;
    SheetFacts facts = {0};
    if (read_rows(&cx, bytes, &seen, &facts) != STATUS_OK) {
        fail_msg("%s", cx.fault.text);
    }
    Buf *shown = buf_in(arena, FILE_BYTES_MAX);
    for (size_t i = 0; i < seen.len; i++) {
        char c = seen.at[i];
        buf_put_char(shown, c == '\x1f' ? '|' : c == '\x1e' ? '/' : c);
    }
    if (!str_equal(buf_str(shown), str_of(wanted))) {
        fail_msg("seen %.*s, wanted %s", STR_ARG(buf_str(shown)), wanted);
    }
    arena_free(arena);
}

static void test_csv_forms(void **state) {
    (void)state;
    reads(STR("a,b\r\nc,d\r\n"), "a|b|/c|d|/");
    reads(STR("a,b\nc,d"), "a|b|/c|d|/");
    reads(STR("a,b\rc,d\r"), "a|b|/c|d|/");
    reads(STR("\xef\xbb\xbf甲;乙\n1,5;2\n"), "甲|乙|/1,5|2|/");
    reads(STR("a\tb\n1\t2\n"), "a|b|/1|2|/");
    reads(STR("a|b\n\n\n1|2\n"), "a|b|/1|2|/");
    reads(STR("sep=;\r\na,x;b\r\n"), "a,x|b|/");
    reads(STR("\"a\r\nb\",\"say \"\"x\"\"\"\r\n,\"\"\r\n,z"), "a\r\nb|say \"x\"|/|z|/");
    reads(STR("3\" pipe,5\n"), "3\" pipe|5|/");
    reads(STR("one\n"), "one|/");
    reads(STR("\xbc\xd7,\xd2\xd2\n"), "甲|乙|/"); /* GB 18030 */
    reads(STR("\xff\xfe"
              "a\0\t\0\x32\x75\n\0"),
          "a|甲|/"); /* UTF-16, Excel's "Unicode text" */
    reads(STR("'=1+1,\"\t0012\",''x,'ok\n"), "=1+1|0012|'x|'ok|/");
}

typedef struct Refused {
    const char *bytes;
    size_t len;
    Status status;
    const char *word; /* in the message */
} Refused;

static void test_csv_refused(void **state) {
    (void)state;
    static const Refused rows[] = {
        {"", 0, STATUS_INVALID, "空"},
        {"a,b\n\"c\nd,e\n", 11, STATUS_INVALID, "第 2 行的引号"},
        {"a,b\nc,\"d\"e\n", 11, STATUS_INVALID, "第 2 行第 2 列"},
        {"a\0b", 3, STATUS_INVALID, "不是表格"},
        {"a,b\n\xff\xff\xff\n", 8, STATUS_INVALID, "无法识别"},
        {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1____", 12, STATUS_INVALID, "xls"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Arena *arena = arena_create();
        Cx cx;
        Str seen = STR_NONE;
        cx_init(&cx, arena);
        assert_int_equal(read_rows(&cx, (Str){rows[i].bytes, rows[i].len}, &seen, NULL),
                         rows[i].status);
        if (strstr(cx.fault.text, rows[i].word) == NULL) {
            fail_msg("row %zu: %s", i, cx.fault.text);
        }
        arena_free(arena);
    }
}

/* ---- guard, machine files, places ---- */

static Str write_texts(Cx *cx, const SheetWriteOptions *options, const char *const *texts,
                       size_t count) {
    static const SheetColumn columns[1] = {{"号", SHEET_TEXT, 0}};
    SheetTable table = {.name = STR("x"), .columns = columns, .column_count = 1};
    SheetWriter *writer = NULL;
    Buf *file = buf_in(cx->arena, FILE_BYTES_MAX);
    assert_int_equal(sheet_writer_new(cx, options, sheet_sink_buf(file), &writer), STATUS_OK);
    assert_int_equal(sheet_begin(writer, &table), STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        SheetCell cell = sheet_text(str_of(texts[i]));
        assert_int_equal(sheet_row(writer, &cell, 1), STATUS_OK);
    }
    assert_int_equal(sheet_finish(writer), STATUS_OK);
    return buf_str(file);
}

static void test_guard(void **state) {
    (void)state;
    static const char *const texts[] = {"=1+1", "-5", " @x", "62220012345678901234", "安丘", "007"};
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    SheetWriteOptions options = {.form = SHEET_CSV, .charset = SHEET_UTF8};
    Str guarded = write_texts(&cx, &options, texts, 6);
    assert_true(
        str_equal(guarded, STR("号\r\n'=1+1\r\n'-5\r\n\"' @x\"\r\n\"\t62220012345678901234\"\r\n"
                               "安丘\r\n\"\t007\"\r\n")));
    options.is_for_machine = true;
    Str plain = write_texts(&cx, &options, texts, 6);
    assert_true(
        str_equal(plain, STR("号\r\n=1+1\r\n-5\r\n\" @x\"\r\n62220012345678901234\r\n安丘\r\n"
                             "007\r\n")));
    arena_free(arena);
}

static void test_places(void **state) {
    (void)state;
    Arena *arena = arena_create();
    SheetRow row = {.sheet = STR("设备"), .number = 3, .line = 3};
    assert_true(str_equal(sheet_column_name(arena, 0), STR("A")));
    assert_true(str_equal(sheet_column_name(arena, 25), STR("Z")));
    assert_true(str_equal(sheet_column_name(arena, 26), STR("AA")));
    assert_true(str_equal(sheet_column_name(arena, 701), STR("ZZ")));
    assert_true(str_equal(sheet_column_name(arena, 702), STR("AAA")));
    assert_true(str_equal(sheet_place(arena, &row, 1), STR("工作表「设备」第 3 行 B 列")));
    row.sheet = STR("");
    assert_true(str_equal(sheet_place(arena, &row, 1), STR("第 3 行第 2 列")));
    arena_free(arena);
}

static void test_callback_ends(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Rows rows = {.arena = arena, .text = buf_in(arena, 1000), .fail_at = 2};
    SheetReadOptions options = {.on_row = rows_add, .it = &rows};
    assert_int_equal(sheet_read(&cx, STR("a\nb\nc\n"), &options, NULL), STATUS_CONFLICT);
    assert_int_equal(rows.count, 2);
    cx_init(&cx, arena);
    rows = (Rows){.arena = arena, .text = buf_in(arena, 1000)};
    options.rows_max = 2;
    assert_int_equal(sheet_read(&cx, STR("a\nb\n\nc\n"), &options, NULL), STATUS_LIMIT);
    assert_non_null(strstr(cx.fault.text, "2 行"));
    cx_init(&cx, arena);
    options.columns_max = 2;
    assert_int_equal(sheet_read(&cx, STR("a,b,,,\n"), &options, NULL), STATUS_OK);
    assert_int_equal(sheet_read(&cx, STR("a,b,c\n"), &options, NULL), STATUS_LIMIT);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_ways),     cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_csv_forms),     cmocka_unit_test(test_csv_refused),
        cmocka_unit_test(test_guard),         cmocka_unit_test(test_places),
        cmocka_unit_test(test_callback_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
