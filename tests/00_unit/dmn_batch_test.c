/*
 * Tests of the batch call: a case decided in a batch is the case decided alone, also when the logic
 * calls knowledge models, whose values must outlive the case.
 */
#include "dmn/dmn.h"
#include "test.h"

#include <stdio.h>

enum { CASES = 200, TEXT_BYTES_MAX = 64 * 1024 };

static Str file_read(Arena *arena, const char *path) {
    char *text = arena_alloc(arena, TEXT_BYTES_MAX);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t len = fread(text, 1, TEXT_BYTES_MAX, file);
    (void)fclose(file);
    return (Str){text, len};
}

static void test_knowledge_in_a_batch(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    DmnSource source = {STR("knowledge.dmn"),
                        file_read(arena, "fuzz/corpus/dmn_model_fuzz/knowledge.dmn")};
    DmnLoadOptions options = {.sources = &source, .source_count = 1};
    const DmnModel *model = NULL;
    assert_int_equal(dmn_load(&cx, &options, &model), STATUS_OK);
    assert_false(dmn_model_has_errors(model));
    size_t decision = dmn_node_find(model, STR("d"), STR(""));
    FeelValue values[CASES];
    FeelValue out[CASES];
    for (int i = 0; i < CASES; i++) {
        values[i] = feel_integer(i);
    }
    DmnColumn column = {.node = dmn_node_find(model, STR("n"), STR("")), .values = values};
    DmnBatch batch = {.node = decision, .columns = &column, .column_count = 1, .case_count = CASES};
    assert_int_equal(dmn_batch(&cx, model, &batch, out), STATUS_OK);
    DmnRun *run = dmn_run_new(arena, model);
    for (int i = 0; i < CASES; i++) {
        FeelValue alone;
        dmn_run_begin(run, &cx, NULL, false);
        dmn_run_input(run, column.node, values[i]);
        assert_int_equal(dmn_run_decide(run, decision, &alone), STATUS_OK);
        assert_int_equal(alone.kind, FEEL_NUMBER);
        assert_int_equal(feel_equal(&alone, &out[i]), FEEL_TRUE);
    }
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_knowledge_in_a_batch)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
