/*
 * dmn_tck_fuzz.c - a test file of the conformance kit against a small fixed model.
 */
#include "dmn/tck.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char MODEL[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='u' name='m'>"
    "<inputData id='x' name='x'><variable name='x'/></inputData>"
    "<decision id='d' name='d'><variable name='d'/><informationRequirement>"
    "<requiredInput href='#x'/></informationRequirement><literalExpression><text>x</text>"
    "</literalExpression></decision><decisionService id='s' name='s'>"
    "<outputDecision href='#d'/><inputData href='#x'/></decisionService></definitions>";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Arena *arena = arena_create();
    Cx cx;
    TckScore score = {0};
    bool is_passed = false;
    TckFile model = {STR("m.dmn"), str_of(MODEL)};
    TckDirectory directory = {.name = STR("fuzz"), .models = &model, .model_count = 1};
    directory.test = (TckFile){STR("m.xml"), {(const char *)bytes, len}};
    cx_init(&cx, arena);
    cx.step_max = 300000;
    cx.bytes_max = 256 * 1024 * 1024;
    (void)!tck_run_file(&cx, &directory, &score, &is_passed);
    check(score.case_passed <= score.case_count);
    arena_free(arena);
    return 0;
}
