/*
 * tck.c - reading order: values of the kit's XML, comparison, one case, one file, the tree.
 */
#include "dmn/tck.h"

#include "base/limits.h"
#include "base/vec.h"
#include "dmn/xml.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define XSI_URI STR("http://www.w3.org/2001/XMLSchema-instance")

enum { FILE_BYTES_MAX = LIMIT_MODEL_BYTES_MAX, FILES_MAX = 64, PATHS_MAX = 4096 };

typedef struct Test {
    Cx *cx;
    const TckDirectory *directory;
    const DmnModel *model;
    DmnRun *run;
    Temporal now;
} Test;

/* ---- values ---- */

static Str local_part(Str name) {
    size_t colon = str_find(name, STR(":"), 0);
    return colon == SIZE_MAX ? name : str_from(name, colon + 1);
}

static bool temporal_value(Test *test, Str type, Str text, FeelValue *out) {
    Temporal temporal = {0};
    ZoneSet *zones = test->directory->zones;
    bool is_good =
        str_equal(type, STR("date"))   ? temporal_parse_date(text, &temporal)
        : str_equal(type, STR("time")) ? temporal_parse_time(zones, text, &temporal)
        : str_equal(type, STR("dateTime"))
            ? temporal_parse_date_time(zones, text, &temporal)
            : str_equal(type, STR("duration")) && temporal_parse_duration(text, &temporal);
    if (is_good) {
        *out = feel_temporal(test->cx->arena, &temporal);
    }
    return is_good;
}

/* A <value>: the type says how its text is read. */
static Status simple_value(Test *test, const XmlNode *xml, FeelValue *out) {
    Str type = local_part(xml_attribute_in(xml, XSI_URI, STR("type")));
    Str text = str_trim(xml->text);
    Decimal number = {0, 0};
    *out = FEEL_NULL_VALUE;
    if (str_equal(xml_attribute_in(xml, XSI_URI, STR("nil")), STR("true"))) {
        return STATUS_OK;
    }
    if (str_is_empty(type) || str_equal(type, STR("string"))) {
        *out = feel_string(xml->text);
        return STATUS_OK;
    }
    if (str_equal(type, STR("boolean"))) {
        *out = feel_boolean(str_equal(text, STR("true")) || str_equal(text, STR("1")));
        return STATUS_OK;
    }
    if (decimal_parse(text, &number) && !str_equal(type, STR("date"))) {
        *out = feel_number(number);
        return STATUS_OK;
    }
    if (temporal_value(test, type, text, out)) {
        return STATUS_OK;
    }
    return fault_at_line(test->cx, STATUS_INVALID, xml->line, xml->column,
                         "test: \"" STR_FMT "\" is no value of type " STR_FMT, STR_ARG(text),
                         STR_ARG(type));
}

static Status value_below(Test *test, const XmlNode *parent, FeelValue *out);

static Status list_value(Test *test, const XmlNode *xml, FeelValue *out) {
    size_t count = 0;
    for (const XmlNode *item = xml_child(xml, STR("item")); item != NULL; item = xml_next(item)) {
        count++;
    }
    FeelList *list = feel_list_new(test->cx->arena, count);
    size_t i = 0;
    for (const XmlNode *item = xml_child(xml, STR("item")); item != NULL; item = xml_next(item)) {
        TRY(value_below(test, item, &list->items[i++]));
    }
    *out = feel_list(list);
    return STATUS_OK;
}

/* value, component+ or list below parent; XML nesting is limited by the parser. */
static Status value_below(Test *test, const XmlNode *parent, FeelValue *out) {
    const XmlNode *value = xml_child(parent, STR("value"));
    const XmlNode *list = xml_child(parent, STR("list"));
    const XmlNode *component = xml_child(parent, STR("component"));
    TRY(cx_step(test->cx));
    *out = FEEL_NULL_VALUE;
    if (value != NULL) {
        return simple_value(test, value, out);
    }
    if (list != NULL) {
        return list_value(test, list, out);
    }
    if (component == NULL) {
        return STATUS_OK;
    }
    FeelContext *context = feel_context_new(test->cx->arena, 4);
    for (; component != NULL; component = xml_next(component)) {
        FeelValue part = FEEL_NULL_VALUE;
        TRY(value_below(test, component, &part));
        feel_context_put(test->cx->arena, context, xml_attribute(component, STR("name")), part);
    }
    *out = feel_context(context);
    return STATUS_OK;
}

/* ---- comparison ---- */

static bool is_same(const FeelValue *expected, const FeelValue *found);

static bool is_same_list(const FeelList *expected, const FeelList *found) {
    bool is_good = expected->count == found->count;
    for (size_t i = 0; is_good && i < expected->count; i++) {
        is_good = is_same(&expected->items[i], &found->items[i]);
    }
    return is_good;
}

static bool is_same_context(const FeelContext *expected, const FeelContext *found) {
    bool is_good = expected->count == found->count;
    for (size_t i = 0; is_good && i < expected->count; i++) {
        const FeelValue *value = feel_context_get(found, expected->entries[i].key);
        is_good = value != NULL && is_same(&expected->entries[i].value, value);
    }
    return is_good;
}

/* Numbers within 1e-8, all else by value. */
static bool is_same(const FeelValue *expected, const FeelValue *found) {
    if (expected->kind != found->kind) {
        return false;
    }
    if (expected->kind == FEEL_NUMBER) {
        Decimal difference = {0, 0};
        return decimal_subtract(expected->number, found->number, &difference) &&
               decimal_compare(decimal_abs(difference), decimal_of(1, 8)) <= 0;
    }
    if (expected->kind == FEEL_LIST) {
        return is_same_list(expected->list, found->list);
    }
    if (expected->kind == FEEL_CONTEXT) {
        return is_same_context(expected->context, found->context);
    }
    return feel_equal(expected, found) == FEEL_TRUE;
}

/* ---- one case ---- */

static Status set_inputs(Test *test, const XmlNode *xml) {
    for (const XmlNode *input = xml_child(xml, STR("inputNode")); input != NULL;
         input = xml_next(input)) {
        FeelValue value = FEEL_NULL_VALUE;
        size_t node = dmn_node_find(test->model, xml_attribute(input, STR("name")),
                                    xml_attribute(input, STR("namespace")));
        TRY(value_below(test, input, &value));
        if (node != DMN_NONE) {
            dmn_run_input(test->run, node, value);
        }
    }
    return STATUS_OK;
}

/* Calls the service with the input nodes as named arguments. */
static Status call_service(Test *test, const XmlNode *xml, FeelValue *out) {
    enum { ARGUMENTS_MAX = 64 };
    FeelArgument *arguments = arena_array(test->cx->arena, FeelArgument, ARGUMENTS_MAX);
    size_t count = 0;
    for (const XmlNode *input = xml_child(xml, STR("inputNode")); input != NULL;
         input = xml_next(input)) {
        if (count == ARGUMENTS_MAX) {
            return fault(test->cx, STATUS_LIMIT, "test: too many inputs");
        }
        arguments[count].name = xml_attribute(input, STR("name"));
        TRY(value_below(test, input, &arguments[count].value));
        count++;
    }
    size_t node = dmn_node_find(test->model, xml_attribute(xml, STR("invocableName")), STR(""));
    *out = FEEL_NULL_VALUE;
    return node == DMN_NONE ? STATUS_OK : dmn_run_call(test->run, node, arguments, count, out);
}

static Status found_value(Test *test, const XmlNode *result, const FeelValue *service,
                          FeelValue *out) {
    Str name = xml_attribute(result, STR("name"));
    *out = FEEL_NULL_VALUE;
    if (service == NULL) {
        size_t node = dmn_node_find(test->model, name, xml_attribute(result, STR("namespace")));
        return node == DMN_NONE ? STATUS_OK : dmn_run_decide(test->run, node, out);
    }
    const FeelValue *member =
        service->kind == FEEL_CONTEXT ? feel_context_get(service->context, name) : NULL;
    *out = member != NULL ? *member : *service;
    return STATUS_OK;
}

static void report(Test *test, const XmlNode *xml, const XmlNode *result, const FeelValue *values) {
    const TckDirectory *directory = test->directory;
    if (directory->report == NULL) {
        return;
    }
    Arena *arena = test->cx->arena;
    Str expected = feel_print(arena, &values[0]);
    Str found = feel_print(arena, &values[1]);
    DmnDiagnostics diagnostics = dmn_run_diagnostics(test->run);
    Str why = diagnostics.count > 0
                  ? dmn_diagnostic_text(arena, &diagnostics.items[0], FEEL_ENGLISH)
                  : STR("");
    Str id = xml_attribute(xml, STR("id"));
    Str name = xml_attribute(result, STR("name"));
    directory->report(directory->host,
                      str_print(arena,
                                STR_FMT " case " STR_FMT " " STR_FMT ": expected " STR_FMT
                                        ", found " STR_FMT " (" STR_FMT ")",
                                STR_ARG(directory->name), STR_ARG(id), STR_ARG(name),
                                STR_ARG(expected), STR_ARG(found), STR_ARG(why)));
}

static Status run_case(Test *test, const XmlNode *xml, bool *is_passed, bool *is_valued) {
    Str type = xml_attribute(xml, STR("type"));
    bool is_service = str_equal(type, STR("decisionService")) || str_equal(type, STR("bkm"));
    FeelValue service = FEEL_NULL_VALUE;
    dmn_run_begin(test->run, test->cx, &test->now, false);
    if (is_service) {
        TRY(call_service(test, xml, &service));
    } else {
        TRY(set_inputs(test, xml));
    }
    for (const XmlNode *result = xml_child(xml, STR("resultNode")); result != NULL;
         result = xml_next(result)) {
        FeelValue values[2] = {FEEL_NULL_VALUE, FEEL_NULL_VALUE};
        const XmlNode *expected = xml_child(result, STR("expected"));
        if (expected != NULL) {
            TRY(value_below(test, expected, &values[0]));
        }
        TRY(found_value(test, result, is_service ? &service : NULL, &values[1]));
        *is_valued = *is_valued || values[0].kind != FEEL_NULL;
        if (!is_same(&values[0], &values[1])) {
            *is_passed = false;
            report(test, xml, result, values);
        }
    }
    return STATUS_OK;
}

/* ---- one file ---- */

/* Loads the model that the test names first, the others of the directory behind it. */
static Status load_model(Test *test, const XmlNode *root) {
    const TckDirectory *directory = test->directory;
    const XmlNode *name_node = xml_child(root, STR("modelName"));
    Str name = name_node == NULL ? STR("") : str_trim(name_node->text);
    DmnSource *sources = arena_array(test->cx->arena, DmnSource, directory->model_count + 1);
    size_t count = 0;
    for (int is_other = 0; is_other < 2; is_other++) {
        for (size_t i = 0; i < directory->model_count; i++) {
            const TckFile *file = &directory->models[i];
            if (str_equal(file->name, name) == (is_other == 0)) {
                sources[count++] = (DmnSource){file->name, file->text};
            }
        }
    }
    if (count == 0) {
        return fault(test->cx, STATUS_NOT_FOUND, "test: no model " STR_FMT, STR_ARG(name));
    }
    DmnLoadOptions options = {.sources = sources, .source_count = count, .zones = directory->zones};
    return dmn_load(test->cx, &options, &test->model);
}

static void count_case(TckScore *score, bool is_passed, bool is_valued) {
    score->case_count++;
    score->case_passed += is_passed ? 1 : 0;
    score->valued_count += is_valued ? 1 : 0;
    score->valued_passed += is_valued && is_passed ? 1 : 0;
}

Status tck_run_file(Cx *cx, const TckDirectory *directory, TckScore *score, bool *is_passed) {
    Test test = {.cx = cx, .directory = directory};
    const XmlNode *root = NULL;
    test.now = temporal_of_instant(INT64_C(1767225600000), 0);
    TRY(xml_parse(cx, directory->test.text, &root));
    if (!str_equal(root->name, STR("testCases"))) {
        return fault_at_line(cx, STATUS_INVALID, root->line, root->column,
                             "test: the root element is not testCases");
    }
    TRY(load_model(&test, root));
    test.run = dmn_run_new(cx->arena, test.model);
    *is_passed = true;
    for (const XmlNode *xml = xml_child(root, STR("testCase")); xml != NULL; xml = xml_next(xml)) {
        bool is_case_passed = true;
        bool is_valued = false;
        Status status = run_case(&test, xml, &is_case_passed, &is_valued);
        if (status != STATUS_OK) {
            is_case_passed = false;
            if (directory->report != NULL) {
                Str id = xml_attribute(xml, STR("id"));
                directory->report(directory->host,
                                  str_print(cx->arena, STR_FMT " case " STR_FMT ": %s",
                                            STR_ARG(directory->name), STR_ARG(id), cx->fault.text));
            }
            fault_clear(cx);
        }
        count_case(score, is_case_passed, is_valued);
        *is_passed = *is_passed && is_case_passed;
    }
    return STATUS_OK;
}

/* ---- the tree ---- */

static Status read_file(Cx *cx, Str path, Str *out) {
    FILE *file = fopen(path.at, "rb");
    if (file == NULL) {
        return fault(cx, STATUS_IO, "cannot read %s", path.at);
    }
    Buf *buf = buf_in(cx->arena, FILE_BYTES_MAX);
    char piece[65536];
    size_t len = 0;
    while ((len = fread(piece, 1, sizeof piece, file)) > 0) {
        buf_put(buf, (Str){piece, len});
    }
    bool is_good = ferror(file) == 0 && buf_status(buf) == STATUS_OK;
    fclose(file);
    if (!is_good) {
        return fault(cx, STATUS_IO, "cannot read all of %s", path.at);
    }
    *out = buf_str(buf);
    return STATUS_OK;
}

/* Names in a folder, sorted, so that every machine reports in the same order. */
static Status list_folder(Cx *cx, Str path, Str **names, size_t *count) {
    struct dirent **entries = NULL;
    int found = scandir(path.at, &entries, NULL, alphasort);
    *count = 0;
    if (found < 0) {
        return fault(cx, STATUS_NOT_FOUND, "no folder %s", path.at);
    }
    *names = arena_array(cx->arena, Str, (size_t)found);
    for (int i = 0; i < found; i++) {
        if (entries[i]->d_name[0] != '.') {
            (*names)[(*count)++] = str_dup(cx->arena, str_of(entries[i]->d_name));
        }
        free(entries[i]);
    }
    free(entries);
    return STATUS_OK;
}

typedef struct Tree {
    ZoneSet *zones;
    TckReport report;
    void *host;
    TckScore *score;
} Tree;

static Status run_folder(Cx *cx, const Tree *tree, Str path, Str name, bool *has_tests) {
    Str *names = NULL;
    size_t count = 0;
    TckFile *models = arena_array(cx->arena, TckFile, FILES_MAX);
    bool is_passed = true;
    TckDirectory directory = {.name = name, .models = models, .zones = tree->zones};
    directory.report = tree->report;
    directory.host = tree->host;
    TRY(list_folder(cx, path, &names, &count));
    for (size_t i = 0; i < count && directory.model_count < FILES_MAX; i++) {
        if (str_ends(names[i], STR(".dmn"))) {
            TckFile *file = &models[directory.model_count++];
            file->name = names[i];
            TRY(read_file(
                cx, str_print(cx->arena, STR_FMT "/" STR_FMT, STR_ARG(path), STR_ARG(names[i])),
                &file->text));
        }
    }
    *has_tests = false;
    for (size_t i = 0; i < count && directory.model_count > 0; i++) {
        if (!str_ends(names[i], STR(".xml"))) {
            continue;
        }
        bool is_file_passed = false;
        Str file = str_print(cx->arena, STR_FMT "/" STR_FMT, STR_ARG(path), STR_ARG(names[i]));
        directory.test.name = names[i];
        TRY(read_file(cx, file, &directory.test.text));
        TRY(tck_run_file(cx, &directory, tree->score, &is_file_passed));
        *has_tests = true;
        is_passed = is_passed && is_file_passed;
    }
    tree->score->directory_count += *has_tests ? 1 : 0;
    tree->score->directory_passed += *has_tests && is_passed ? 1 : 0;
    return STATUS_OK;
}

/* Runs a folder in an arena of its own; a folder that cannot be run is reported as failed. */
static bool try_folder(const Tree *tree, Str path, Str name) {
    Arena *arena = arena_create();
    Cx cx;
    bool has_tests = false;
    cx_init(&cx, arena);
    cx.bytes_max = (size_t)1 << 31;
    if (run_folder(&cx, tree, path, name, &has_tests) != STATUS_OK) {
        has_tests = true;
        tree->score->directory_count++;
        if (tree->report != NULL) {
            tree->report(tree->host, str_print(arena, STR_FMT ": %s; %s", STR_ARG(name),
                                               cx.fault.text, cx.fault.detail));
        }
    }
    arena_free(arena);
    return has_tests;
}

Status tck_run_tree(const char *path, ZoneSet *zones, TckReport report_line, void *host,
                    TckScore *score) {
    Tree tree = {.zones = zones, .report = report_line, .host = host, .score = score};
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Str *levels = NULL;
    size_t level_count = 0;
    bool has_any = false;
    Status status = list_folder(&cx, str_of(path), &levels, &level_count);
    for (size_t i = 0; status == STATUS_OK && i < level_count; i++) {
        if (!str_starts(levels[i], STR("compliance-level-"))) {
            continue;
        }
        Str *names = NULL;
        size_t count = 0;
        Str level = str_print(arena, "%s/" STR_FMT, path, STR_ARG(levels[i]));
        status = list_folder(&cx, level, &names, &count);
        for (size_t k = 0; status == STATUS_OK && k < count; k++) {
            Str folder = str_print(arena, STR_FMT "/" STR_FMT, STR_ARG(level), STR_ARG(names[k]));
            has_any = try_folder(&tree, folder, names[k]) || has_any;
        }
    }
    if (status == STATUS_OK && !has_any) {
        has_any = try_folder(&tree, str_of(path), str_of(path));
    }
    arena_free(arena);
    return status == STATUS_OK && !has_any ? STATUS_NOT_FOUND : status;
}
