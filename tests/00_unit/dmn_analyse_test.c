/*
 * dmn_analyse_test.c - findings about tables. Each witness is replayed by the engine's own test of
 * the cells; random small tables are checked against trying every value of a fine grid.
 */
#include "base/prng.h"
#include "dmn/analyse.h"
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MODEL_BYTES_MAX = 64 * 1024 * 1024, COLUMNS = 3, ROWS_MAX = 6, SMALL_MAX = 5 };

static Arena *arena;
static Cx cx;

static int setup(void **state) {
    (void)state;
    arena = arena_create();
    cx_init(&cx, arena);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

/* Texts of a table: rows of COLUMNS inputs and one output. */
typedef struct Text {
    const char *policy;
    const char *values; /* inputValues of the first column, or NULL */
    const char *output_values;
    size_t row_count;
    const char *(*cells)[COLUMNS + 1];
} Text;

static void put_escaped(Buf *buf, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '<') {
            buf_put_c(buf, "&lt;");
        } else {
            buf_put_char(buf, *text);
        }
    }
}

static const DmnModel *model_of(const Text *text) {
    Buf *buf = buf_in(arena, MODEL_BYTES_MAX);
    buf_put_c(buf, "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' "
                   "namespace='u' name='m'><decision id='d' name='d'>");
    for (size_t i = 0; i < COLUMNS; i++) {
        buf_print(buf,
                  "<informationRequirement><requiredInput href='#c%zu'/></informationRequirement>",
                  i);
    }
    buf_print(buf, "<decisionTable hitPolicy='%s'>", text->policy);
    for (size_t i = 0; i < COLUMNS; i++) {
        buf_print(buf, "<input label='c%zu'><inputExpression><text>c%zu</text></inputExpression>",
                  i, i);
        if (i == 0 && text->values != NULL) {
            buf_put_c(buf, "<inputValues><text>");
            put_escaped(buf, text->values);
            buf_put_c(buf, "</text></inputValues>");
        }
        buf_put_c(buf, "</input>");
    }
    buf_put_c(buf, "<output>");
    if (text->output_values != NULL) {
        buf_print(buf, "<outputValues><text>%s</text></outputValues>", text->output_values);
    }
    buf_put_c(buf, "</output>");
    for (size_t row = 0; row < text->row_count; row++) {
        buf_put_c(buf, "<rule>");
        for (size_t i = 0; i <= COLUMNS; i++) {
            const char *name = i < COLUMNS ? "inputEntry" : "outputEntry";
            buf_print(buf, "<%s><text>", name);
            put_escaped(buf, text->cells[row][i]);
            buf_print(buf, "</text></%s>", name);
        }
        buf_put_c(buf, "</rule>");
    }
    buf_put_c(buf, "</decisionTable></decision>");
    for (size_t i = 0; i < COLUMNS; i++) {
        buf_print(buf, "<inputData id='c%zu' name='c%zu'/>", i, i);
    }
    buf_put_c(buf, "</definitions>");
    DmnSource source = {STR("m.dmn"), buf_str(buf)};
    DmnLoadOptions options = {.sources = &source, .source_count = 1};
    const DmnModel *model = NULL;
    Status status = dmn_load(&cx, &options, &model);
    if (status != STATUS_OK) {
        fail_msg("%s", cx.fault.text);
    }
    return model;
}

static const DmnTable *table_of(const DmnModel *model) {
    return dmn_node_at(model, 0)->table;
}

static DmnFindings analyse(const DmnTable *table) {
    DmnFindings findings = {0};
    assert_int_equal(dmn_analyse_table(&cx, table, &findings), STATUS_OK);
    return findings;
}

/* The engine agrees with what a finding says about its witness. */
static void assert_replays(const DmnTable *table, const DmnFinding *finding) {
    bool *rows = arena_array(arena, bool, table->row_count);
    if (finding->witness == NULL) {
        return;
    }
    assert_int_equal(dmn_table_rows(&cx, table, finding->witness, rows), STATUS_OK);
    bool any = false;
    for (size_t i = 0; i < table->row_count; i++) {
        any = any || rows[i];
    }
    if (finding->kind == DMN_FINDING_GAP || finding->kind == DMN_FINDING_FRACTION_GAP) {
        assert_false(any);
    } else {
        assert_true(rows[finding->row]);
        assert_true(rows[finding->other]);
    }
}

static size_t count_kind(DmnFindings findings, DmnFindingKind kind) {
    size_t count = 0;
    for (size_t i = 0; i < findings.count; i++) {
        count += findings.items[i].kind == kind ? 1 : 0;
    }
    return count;
}

static const DmnFinding *first_of(DmnFindings findings, DmnFindingKind kind) {
    static const DmnFinding NONE = {.row = DMN_NONE};
    for (size_t i = 0; i < findings.count; i++) {
        if (findings.items[i].kind == kind) {
            return &findings.items[i];
        }
    }
    fail_msg("no such finding");
    return &NONE;
}

static void known_tables(void **state) {
    (void)state;
    const char *cells[][COLUMNS + 1] = {
        {"\"a\"", "[0..10]", "-", "1"},
        {"\"a\"", "[10..20]", "-", "2"},
        {"\"b\"", "< 0", "true", "3"},
        {"not(\"a\")", ">= 0", "-", "4"},
    };
    Text text = {.policy = "UNIQUE", .values = "\"a\",\"b\"", .row_count = 4, .cells = cells};
    const DmnTable *table = table_of(model_of(&text));
    DmnFindings findings = analyse(table);
    for (size_t i = 0; i < findings.count; i++) {
        assert_replays(table, &findings.items[i]);
    }
    const DmnFinding *overlap = first_of(findings, DMN_FINDING_OVERLAP);
    assert_non_null(overlap->witness);
    assert_int_equal(overlap->row, 0);
    assert_int_equal(overlap->other, 1);
    assert_true(overlap->is_error);
    FeelValue ten = feel_integer(10);
    assert_int_equal(feel_equal(&overlap->witness[1], &ten), FEEL_TRUE);
    assert_int_equal(count_kind(findings, DMN_FINDING_OVERLAP), 1);
    /* "a" below 0 and above 20, "b" below 0 when false. */
    assert_true(count_kind(findings, DMN_FINDING_GAP) >= 3);
}

static void first_and_priority(void **state) {
    (void)state;
    const char *cells[][COLUMNS + 1] = {
        {"<= 5", "-", "-", "1"},
        {"> 3", "true", "-", "2"},
        {"(3..9]", "true", "\"x\"", "3"}, /* covered by the two before together */
        {"[0..4]", "-", "-", "1"},        /* covered by the first */
        {"-", "-", "-", "2"},
    };
    Text text = {.policy = "FIRST", .row_count = 5, .cells = cells};
    const DmnTable *table = table_of(model_of(&text));
    DmnFindings findings = analyse(table);
    assert_int_equal(count_kind(findings, DMN_FINDING_MASKED), 2);
    assert_int_equal(count_kind(findings, DMN_FINDING_GAP), 0);
    assert_int_equal(first_of(findings, DMN_FINDING_MASKED)->row, 2);
    text.policy = "PRIORITY";
    text.output_values = "3,2,1";
    table = table_of(model_of(&text));
    findings = analyse(table);
    /* The last row (2) masks the first and fourth (1), wherever they match. */
    assert_int_equal(count_kind(findings, DMN_FINDING_MASKED), 2);
    assert_int_equal(first_of(findings, DMN_FINDING_MASKED)->row, 0);
    for (size_t i = 0; i < findings.count; i++) {
        assert_replays(table, &findings.items[i]);
    }
}

static void any_and_others(void **state) {
    (void)state;
    const char *cells[][COLUMNS + 1] = {
        {"<= 5", "-", "-", "1"},
        {">= 5", "-", "-", "1.0"},
        {">= 7", "-", "-", "2"},
        {"[9..8]", "< 1, > 2", "-", "2"},
        {"= 7 + count([1])", "-", "-", "1"},
    };
    Text text = {.policy = "ANY", .row_count = 5, .cells = cells};
    const DmnTable *table = table_of(model_of(&text));
    DmnFindings findings = analyse(table);
    assert_int_equal(count_kind(findings, DMN_FINDING_CONFLICT), 1);
    assert_int_equal(first_of(findings, DMN_FINDING_CONFLICT)->row, 1);
    assert_int_equal(first_of(findings, DMN_FINDING_CONFLICT)->other, 2);
    assert_int_equal(count_kind(findings, DMN_FINDING_GAP), 0);
    for (size_t i = 0; i < findings.count; i++) {
        assert_replays(table, &findings.items[i]);
    }
}

static void kinds_of_constants(void **state) {
    (void)state;
    const char *cells[][COLUMNS + 1] = {
        {"< date(\"2026-01-01\")", "[duration(\"PT1H\")..duration(\"PT2H\")]", "\"a\"", "1"},
        {"> date(\"2026-01-01\")", "< duration(\"PT1H\")", "\"b\",\"c\"", "1"},
        {"date(\"2026-01-01\")", "-", "not(\"b\")", "1"},
    };
    Text text = {.policy = "UNIQUE", .row_count = 3, .cells = cells};
    const DmnTable *table = table_of(model_of(&text));
    DmnFindings findings = analyse(table);
    assert_int_equal(count_kind(findings, DMN_FINDING_OVERLAP), 0);
    assert_true(count_kind(findings, DMN_FINDING_GAP) >= 1);
    for (size_t i = 0; i < findings.count; i++) {
        assert_replays(table, &findings.items[i]);
    }
}

static void fraction_gaps(void **state) {
    (void)state;
    const char *cells[][COLUMNS + 1] = {{"<= 5", "-", "-", "1"}, {">= 6", "-", "-", "2"}};
    Text text = {.policy = "UNIQUE", .row_count = 2, .cells = cells};
    DmnFindings findings = analyse(table_of(model_of(&text)));
    assert_int_equal(count_kind(findings, DMN_FINDING_FRACTION_GAP), 1);
    assert_int_equal(count_kind(findings, DMN_FINDING_GAP), 0);
}

/* ---- against brute force ---- */

static const char *random_cell(Prng *prng, size_t column) {
    static const char *const TEXTS[] = {"-", "\"a\"", "\"b\"", "\"a\",\"c\"", "not(\"b\")"};
    static const char *const FLAGS[] = {"-", "-", "true", "false"};
    if (column == 1) {
        return TEXTS[prng_below(prng, 5)];
    }
    if (column == 2) {
        return FLAGS[prng_below(prng, 4)];
    }
    int low = (int)prng_below(prng, SMALL_MAX);
    int high = low + (int)prng_below(prng, 3);
    static const char *const FORMS[] = {"[%d..%d]", "(%d..%d]", "[%d..%d)", "< %d",
                                        ">= %d",    "%d, %d",   "not(%d)",  "-"};
    const char *form = FORMS[prng_below(prng, 8)];
    if (strcmp(form, "-") == 0) {
        return "-";
    }
    Buf *buf = buf_in(arena, 64);
    for (size_t i = 0, used = 0; form[i] != '\0'; i++) {
        if (form[i] == '%') {
            buf_print(buf, "%d", used++ == 0 ? low : high);
            i++;
        } else {
            buf_put_char(buf, form[i]);
        }
    }
    return str_c(arena, buf_str(buf));
}

typedef struct Brute {
    bool has_gap;
    bool meets[ROWS_MAX][ROWS_MAX];
    bool counts[ROWS_MAX]; /* the row is the first somewhere */
} Brute;

/* Tries halves from -1 to 9, four texts and both truth values. */
static Brute brute_force(const DmnTable *table) {
    static const char *const TEXTS[] = {"a", "b", "c", "zzz"};
    Brute brute = {.has_gap = false};
    for (int64_t half = -2; half <= 2 * (SMALL_MAX + 4); half++) {
        for (size_t t = 0; t < 8; t++) {
            FeelValue inputs[COLUMNS] = {feel_number(decimal_of(half * 5, 1)),
                                         feel_string(str_of(TEXTS[t / 2])),
                                         feel_boolean(t % 2 == 1)};
            bool rows[ROWS_MAX] = {false};
            bool any = false;
            assert_int_equal(dmn_table_rows(&cx, table, inputs, rows), STATUS_OK);
            for (size_t i = 0; i < table->row_count; i++) {
                brute.counts[i] = brute.counts[i] || (rows[i] && !any);
                any = any || rows[i];
                for (size_t k = 0; k < i; k++) {
                    brute.meets[k][i] = brute.meets[k][i] || (rows[i] && rows[k]);
                }
            }
            brute.has_gap = brute.has_gap || !any;
        }
    }
    return brute;
}

static void check_unique(const DmnTable *table, const Brute *brute) {
    DmnFindings findings = analyse(table);
    bool found[ROWS_MAX][ROWS_MAX] = {{false}};
    for (size_t i = 0; i < findings.count; i++) {
        const DmnFinding *finding = &findings.items[i];
        assert_replays(table, finding);
        if (finding->kind == DMN_FINDING_OVERLAP) {
            found[finding->row][finding->other] = true;
        }
    }
    for (size_t i = 0; i < table->row_count; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_int_equal(found[k][i], brute->meets[k][i]);
        }
    }
    assert_int_equal(
        count_kind(findings, DMN_FINDING_GAP) + count_kind(findings, DMN_FINDING_FRACTION_GAP) > 0,
        brute->has_gap);
}

static void check_first(const DmnTable *table, const Brute *brute) {
    DmnFindings findings = analyse(table);
    for (size_t row = 0; row < table->row_count; row++) {
        bool is_told = false; /* as masked or as unreachable */
        for (size_t i = 0; i < findings.count; i++) {
            const DmnFinding *finding = &findings.items[i];
            assert_replays(table, finding);
            is_told = is_told || ((finding->kind == DMN_FINDING_MASKED ||
                                   finding->kind == DMN_FINDING_UNREACHABLE) &&
                                  finding->row == row);
        }
        assert_int_equal(is_told, !brute->counts[row]);
    }
}

static void agrees_with_brute_force(void **state) {
    (void)state;
    Prng prng;
    prng_init(&prng, 20260301);
    for (int round = 0; round < 400; round++) {
        const char *cells[ROWS_MAX][COLUMNS + 1];
        size_t row_count = 1 + prng_below(&prng, ROWS_MAX);
        for (size_t row = 0; row < row_count; row++) {
            for (size_t i = 0; i < COLUMNS; i++) {
                cells[row][i] = random_cell(&prng, i);
            }
            cells[row][COLUMNS] = "1";
        }
        Text text = {.policy = "UNIQUE", .row_count = row_count, .cells = cells};
        const DmnTable *table = table_of(model_of(&text));
        Brute brute = brute_force(table);
        check_unique(table, &brute);
        text.policy = "FIRST";
        check_first(table_of(model_of(&text)), &brute);
        arena_reset(arena);
    }
}

/* Deciding finds its rows by sets of elementary cells; testing every cell finds the same, also for
 * null and for values of another kind. */
static void index_agrees_with_cells(void **state) {
    (void)state;
    static const char *const NUMBERS[ROWS_MAX] = {"1", "2", "3", "4", "5", "6"};
    Prng prng;
    prng_init(&prng, 20260302);
    for (int round = 0; round < 400; round++) {
        const char *cells[ROWS_MAX][COLUMNS + 1];
        for (size_t row = 0; row < ROWS_MAX; row++) {
            for (size_t i = 0; i < COLUMNS; i++) {
                bool is_null = prng_below(&prng, 12) == 0;
                cells[row][i] = is_null ? "null" : random_cell(&prng, i);
            }
            cells[row][COLUMNS] = NUMBERS[row];
        }
        Text text = {.policy = "RULE ORDER", .row_count = ROWS_MAX, .cells = cells};
        const DmnModel *model = model_of(&text);
        DmnRun *run = dmn_run_new(arena, model);
        for (int i = 0; i < 40; i++) {
            FeelValue values[6] = {feel_number(decimal_of((int64_t)prng_below(&prng, 20), 0)),
                                   feel_number(decimal_of((int64_t)prng_below(&prng, 99), 1)),
                                   feel_string(STR("a")),
                                   feel_string(STR("q")),
                                   feel_boolean(true),
                                   FEEL_NULL_VALUE};
            FeelValue inputs[COLUMNS];
            bool rows[ROWS_MAX];
            FeelValue found = FEEL_NULL_VALUE;
            dmn_run_begin(run, &cx, NULL, false);
            for (size_t k = 0; k < COLUMNS; k++) {
                inputs[k] = values[prng_below(&prng, 6)];
                dmn_run_input(run, 1 + k, inputs[k]);
            }
            assert_int_equal(dmn_table_rows(&cx, table_of(model), inputs, rows), STATUS_OK);
            assert_int_equal(dmn_run_decide(run, 0, &found), STATUS_OK);
            assert_int_equal(found.kind, FEEL_LIST);
            size_t at = 0;
            for (size_t row = 0; row < ROWS_MAX; row++) {
                FeelValue number = feel_integer((int64_t)row + 1);
                bool is_found = at < found.list->count &&
                                feel_equal(&found.list->items[at], &number) == FEEL_TRUE;
                assert_int_equal(is_found, rows[row]);
                at += is_found ? 1 : 0;
            }
            assert_int_equal(at, found.list->count);
        }
        arena_reset(arena);
    }
}

/* 10,000 rows and 30,000 cells, without fault: a grid of 100 by 100 boxes. */
static void large_table_is_quick(void **state) {
    (void)state;
    enum { SIDE = 100 };
    const char *(*cells)[COLUMNS + 1] = arena_alloc(arena, SIDE * SIDE * sizeof *cells);
    for (size_t i = 0; i < SIDE; i++) {
        for (size_t k = 0; k < SIDE; k++) {
            const char **row = cells[i * SIDE + k];
            row[0] = str_print(arena, "[%zu..%zu)", i, i + 1).at;
            row[1] = str_print(arena, "[%zu..%zu)", k * 10, k * 10 + 10).at;
            row[2] = "-";
            row[3] = "1";
        }
    }
    Text text = {
        .policy = "UNIQUE", .values = "[0..100)", .row_count = SIDE * SIDE, .cells = cells};
    const DmnTable *table = table_of(model_of(&text));
    struct timespec start;
    struct timespec end;
    (void)clock_gettime(CLOCK_MONOTONIC, &start);
    DmnFindings findings = analyse(table);
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    print_message("# 10,000 rows: %ld ms\n",
                  (end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000);
    assert_int_equal(count_kind(findings, DMN_FINDING_OVERLAP), 0);
    /* The second column has no domain: below 0 and from 1000 up is open, in every strip. */
    assert_true(count_kind(findings, DMN_FINDING_GAP) >= 2);
    assert_int_equal(count_kind(findings, DMN_FINDING_INCOMPLETE), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(known_tables, setup, teardown),
        cmocka_unit_test_setup_teardown(first_and_priority, setup, teardown),
        cmocka_unit_test_setup_teardown(any_and_others, setup, teardown),
        cmocka_unit_test_setup_teardown(kinds_of_constants, setup, teardown),
        cmocka_unit_test_setup_teardown(fraction_gaps, setup, teardown),
        cmocka_unit_test_setup_teardown(agrees_with_brute_force, setup, teardown),
        cmocka_unit_test_setup_teardown(index_agrees_with_cells, setup, teardown),
        cmocka_unit_test_setup_teardown(large_table_is_quick, setup, teardown),
    };
    return cmocka_run_group_tests_name("dmn_analyse", tests, NULL, NULL);
}
