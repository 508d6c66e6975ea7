/* dmn_parts_test.c - models taken apart and put together again mean the same. */
#include "dmn/analyse.h"
#include "dmn/dmn.h"
#include "dmn/parts.h"
#include "test.h"

#include <dirent.h>
#include <stdio.h>
#include <time.h>

static const char *const small =
    "<?xml version=\"1.0\"?>\n<d:definitions xmlns:d=\"https://www.omg.org/spec/DMN/20230324/MODEL/\""
    " id=\"m\" name=\"m\" namespace=\"urn:m\"><!-- said before -->\n"
    "<d:inputData id=\"i\" name=\"age\"><d:variable name=\"age\" typeRef=\"number\"/></d:inputData>\n"
    "<d:decision id=\"x\" name=\"x\"><d:variable name=\"x\" typeRef=\"string\"/>"
    "<d:informationRequirement id=\"r\"><d:requiredInput href=\"#i\"/></d:informationRequirement>"
    "<d:decisionTable id=\"t\" hitPolicy=\"FIRST\"><d:input id=\"c\" label=\"Age\">"
    "<d:inputExpression typeRef=\"number\"><d:text>age</d:text></d:inputExpression></d:input>"
    "<d:output id=\"o\" name=\"x\" typeRef=\"string\"/><d:annotation name=\"why\"/>\n"
    "<d:rule id=\"one\"><d:description>first</d:description><d:inputEntry><d:text>&lt; 18</d:text>"
    "</d:inputEntry><d:outputEntry><d:text>\"a &amp; b\"</d:text></d:outputEntry>"
    "<d:annotationEntry><d:text>because</d:text></d:annotationEntry></d:rule>\n"
    "<d:rule id=\"two\"><d:inputEntry><d:text>-</d:text></d:inputEntry><d:outputEntry>"
    "<d:text>\"c\"</d:text></d:outputEntry></d:rule>\n"
    "</d:decisionTable></d:decision></d:definitions>\n";

static void test_parts_of_a_small_model(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    DmnParts parts;
    assert_int_equal(dmn_parts_take(&cx, str_of(small), &parts), STATUS_OK);
    assert_int_equal(parts.table_count, 1);
    const DmnPartTable *table = &parts.tables[0];
    assert_true(str_equal(table->node, STR("x")));
    assert_true(str_equal(table->hit_policy, STR("FIRST")));
    assert_int_equal(table->input_count, 1);
    assert_int_equal(table->output_count, 1);
    assert_int_equal(table->column_count, 3);
    assert_true(str_equal(table->columns[0].label, STR("Age")));
    assert_true(str_equal(table->columns[2].label, STR("why")));
    assert_int_equal(table->row_count, 2);
    assert_true(str_equal(table->rows[0].cells[0], STR("< 18")));
    assert_true(str_equal(table->rows[0].cells[1], STR("\"a & b\"")));
    assert_true(str_equal(table->rows[0].cells[2], STR("because")));
    assert_true(str_equal(table->rows[0].description, STR("first")));
    assert_true(str_equal(table->rows[1].cells[2], STR("")));
    assert_true(str_contains(parts.skeleton, STR("<!-- said before -->")));
    assert_false(str_contains(parts.skeleton, STR("<d:rule")));
    arena_free(arena);
}

static void test_skeleton_alone_has_no_rows(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    DmnParts parts;
    DmnParts bare;
    Str text;
    assert_int_equal(dmn_parts_take(&cx, str_of(small), &parts), STATUS_OK);
    assert_int_equal(dmn_parts_take(&cx, parts.skeleton, &bare), STATUS_OK);
    assert_int_equal(bare.table_count, 1);
    assert_int_equal(bare.tables[0].row_count, 0);
    assert_int_equal(bare.tables[0].column_count, 3);
    assert_true(str_equal(bare.skeleton, parts.skeleton));
    /* One row of the whole: how an editor checks a cell. */
    bare.tables[0].rows = &parts.tables[0].rows[1];
    bare.tables[0].row_count = 1;
    assert_int_equal(dmn_parts_put(&cx, &bare, &text), STATUS_OK);
    DmnSource source = {.name = STR("m"), .text = text};
    const DmnModel *model = NULL;
    assert_int_equal(
        dmn_load(&cx, &(DmnLoadOptions){.sources = &source, .source_count = 1}, &model), STATUS_OK);
    assert_false(dmn_model_has_errors(model));
    assert_int_equal(dmn_node_at(model, dmn_node_find(model, STR("x"), STR("")))->table->row_count,
                     1);
    arena_free(arena);
}

static void test_refusals(void **state) {
    (void)state;
    Arena *arena = arena_create();
    static const char *const wrong[] = {
        "",
        "<a/>",
        "<definitions",
        "<!DOCTYPE a><definitions/>",
        "<definitions xmlns='x'><decisionTable/></definitions>",
        "<definitions xmlns='x'><decisionTable><!--rows 0 --><rule/></decisionTable></definitions>",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        Cx cx;
        cx_init(&cx, arena);
        DmnParts parts;
        assert_int_equal(dmn_parts_take(&cx, str_of(wrong[i]), &parts), STATUS_INVALID);
    }
    Cx cx;
    cx_init(&cx, arena);
    Str text;
    DmnParts lost = {.skeleton = STR("<a><!--rows 3 --></a>")};
    assert_int_equal(dmn_parts_put(&cx, &lost, &text), STATUS_INVALID);
    arena_free(arena);
}

/* ---- every model of the city ---- */

static Str file_read(Arena *arena, const char *path) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *bytes = arena_alloc(arena, 1 << 20);
    size_t len = fread(bytes, 1, 1 << 20, file);
    (void)fclose(file);
    return (Str){bytes, len};
}

static const DmnModel *model_of(Cx *cx, Str text) {
    DmnSource source = {.name = STR("m"), .text = text};
    const DmnModel *model = NULL;
    assert_int_equal(dmn_load(cx, &(DmnLoadOptions){.sources = &source, .source_count = 1}, &model),
                     STATUS_OK);
    return model;
}

static void tables_agree(const DmnTable *left, const DmnTable *right) {
    assert_int_equal(left->row_count, right->row_count);
    assert_int_equal(left->input_count, right->input_count);
    assert_int_equal(left->output_count, right->output_count);
    for (size_t row = 0; row < left->row_count; row++) {
        for (size_t i = 0; i < left->input_count; i++) {
            assert_true(str_equal(left->rows[row].inputs[i].text, right->rows[row].inputs[i].text));
        }
        for (size_t i = 0; i < left->output_count; i++) {
            assert_true(
                str_equal(left->rows[row].outputs[i].text, right->rows[row].outputs[i].text));
        }
        for (size_t i = 0; i < left->annotation_count; i++) {
            assert_true(str_equal(left->rows[row].annotations[i], right->rows[row].annotations[i]));
        }
    }
}

static void model_survives(const char *path) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Str text = file_read(arena, path);
    DmnParts parts;
    DmnParts again;
    Str put;
    Str put_again;
    assert_int_equal(dmn_parts_take(&cx, text, &parts), STATUS_OK);
    assert_int_equal(dmn_parts_put(&cx, &parts, &put), STATUS_OK);
    assert_int_equal(dmn_parts_take(&cx, put, &again), STATUS_OK);
    assert_int_equal(dmn_parts_put(&cx, &again, &put_again), STATUS_OK);
    assert_true(str_equal(put, put_again));
    const DmnModel *left = model_of(&cx, text);
    const DmnModel *right = model_of(&cx, put);
    assert_false(dmn_model_has_errors(right));
    assert_int_equal(dmn_node_count(left), dmn_node_count(right));
    for (size_t i = 0; i < dmn_node_count(left); i++) {
        const DmnTable *table = dmn_node_at(left, i)->table;
        if (table != NULL) {
            tables_agree(table, dmn_node_at(right, i)->table);
        }
    }
    arena_free(arena);
}

static void test_models_of_the_city(void **state) {
    (void)state;
    int count = 0;
    for (int year = 2018; year <= 2026; year++) {
        char folder[64];
        (void)snprintf(folder, sizeof folder, "cities/anqiu/policy/%d", year);
        DIR *dir = opendir(folder);
        for (struct dirent *row = dir == NULL ? NULL : readdir(dir); row != NULL;
             row = readdir(dir)) {
            if (str_ends(str_of(row->d_name), STR(".dmn"))) {
                char path[400];
                (void)snprintf(path, sizeof path, "%s/%s", folder, row->d_name);
                model_survives(path);
                count++;
            }
        }
        if (dir != NULL) {
            (void)closedir(dir);
        }
    }
    assert_true(count >= 40);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_of_a_small_model),
        cmocka_unit_test(test_skeleton_alone_has_no_rows),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_models_of_the_city),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
