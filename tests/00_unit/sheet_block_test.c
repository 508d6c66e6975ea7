/* sheet_block_test.c - what spreadsheets put on the clipboard. */
#include "sheet/block.h"
#include "test.h"

/* The block with | between cells and / between rows. */
static Str shown(Arena *arena, const char *text) {
    Cx cx;
    SheetBlock block;
    Str out = STR("");
    cx_init(&cx, arena);
    assert_int_equal(sheet_block_read(&cx, str_of(text), &block), STATUS_OK);
    for (size_t i = 0; i < block.row_count; i++) {
        out = str_join(arena, out, i > 0 ? STR("/") : STR(""));
        for (size_t k = 0; k < block.widths[i]; k++) {
            out = str_print(arena, STR_FMT "%s" STR_FMT, STR_ARG(out), k > 0 ? "|" : "",
                            STR_ARG(block.rows[i][k]));
        }
    }
    return out;
}

static void test_blocks(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *wanted;
    } table[] = {
        {"", ""},
        {"a", "a"},
        {"a\tb\n", "a|b"},
        {"a\tb\r\nc\td\r\n", "a|b/c|d"},
        {"a\tb\nc\td", "a|b/c|d"},
        {"a\t", "a|"},
        {"\ta\n", "|a"},
        {"a\n\nb\n", "a//b"},
        {" a \t b\n", "a|b"},
        /* Texts of FEEL pair up and stay. */
        {"\"冰箱\"\t\"a\", \"b\"\n", "\"冰箱\"|\"a\", \"b\""},
        /* A cell with a line break is quoted by the spreadsheet. */
        {"\"a\nb\"\tc\n", "a\nb|c"},
        {"\"a \"\"x\"\"\nb\"\n", "a \"x\"\nb"},
        {"\"a\tb\"\tc\n", "a\tb|c"},
        /* Never closed: all the rest is one cell. */
        {"\"a\tb\nc", "\"a\tb\nc"},
        {"\"", "\""},
        {"\"\"", "\"\""},
    };
    Arena *arena = arena_create();
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        Str got = shown(arena, table[i].text);
        if (!str_equal(got, str_of(table[i].wanted))) {
            fail_msg("row %zu: " STR_FMT, i, STR_ARG(got));
        }
    }
    arena_free(arena);
}

static void test_too_many_rows(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    SheetBlock block;
    char *text = arena_alloc(arena, SHEET_BLOCK_ROWS_MAX + 1);
    for (int i = 0; i <= SHEET_BLOCK_ROWS_MAX; i++) {
        text[i] = '\n';
    }
    cx_init(&cx, arena);
    assert_int_equal(sheet_block_read(&cx, (Str){text, SHEET_BLOCK_ROWS_MAX}, &block), STATUS_OK);
    assert_int_equal(block.row_count, SHEET_BLOCK_ROWS_MAX);
    assert_int_equal(sheet_block_read(&cx, (Str){text, SHEET_BLOCK_ROWS_MAX + 1}, &block),
                     STATUS_LIMIT);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_too_many_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
