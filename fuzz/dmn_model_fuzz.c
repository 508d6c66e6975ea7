/*
 * dmn_model_fuzz.c - XML of a model: whatever loads is decided with null inputs, explained, asked
 * for nearest changes, decided as a batch and analysed, all within a budget.
 */
#include "dmn/analyse.h"
#include "dmn/dmn.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void use(Cx *cx, const DmnModel *model) {
    DmnRun *run = dmn_run_new(cx->arena, model);
    DmnFindings findings = {0};
    Temporal now = temporal_of_instant(0, 0);
    for (size_t i = 0; i < dmn_node_count(model) && i < 8; i++) {
        FeelValue value = FEEL_NULL_VALUE;
        DmnChanges changes = {0};
        FeelValue cases[2];
        DmnBatch batch = {.node = i, .case_count = 2};
        dmn_run_begin(run, cx, &now, true);
        fault_clear(cx);
        (void)!dmn_run_decide(run, i, &value);
        (void)!dmn_nearest_changes(run, i, &changes);
        (void)!dmn_batch(cx, model, &batch, cases);
        (void)feel_print(cx->arena, &value);
    }
    DmnDiagnostics diagnostics = dmn_model_diagnostics(model);
    for (size_t i = 0; i < diagnostics.count; i++) {
        (void)dmn_diagnostic_text(cx->arena, &diagnostics.items[i], FEEL_CHINESE);
        (void)dmn_diagnostic_place(cx->arena, &diagnostics.items[i], FEEL_ENGLISH);
    }
    (void)!dmn_analyse(cx, model, &findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Arena *arena = arena_create();
    Cx cx;
    const DmnModel *model = NULL;
    DmnSource source = {STR("fuzz.dmn"), {(const char *)bytes, len}};
    DmnLoadOptions options = {.sources = &source, .source_count = 1};
    cx_init(&cx, arena);
    cx.step_max = 300000;
    cx.bytes_max = 256 * 1024 * 1024;
    if (dmn_load(&cx, &options, &model) == STATUS_OK) {
        use(&cx, model);
    }
    arena_free(arena);
    return 0;
}
