/*
 * batch.c - many cases at once.
 */
#include "dmn/run.h"

Status dmn_batch(Cx *cx, const DmnModel *model, const DmnBatch *batch, FeelValue *out) {
    DmnRun *run = dmn_run_new(cx->arena, model);
    for (size_t i = 0; i < batch->case_count; i++) {
        dmn_run_begin(run, cx, batch->now, false);
        for (size_t k = 0; k < batch->column_count; k++) {
            dmn_run_input(run, batch->columns[k].node, batch->columns[k].values[i]);
        }
        TRY(dmn_run_decide(run, batch->node, &out[i]));
    }
    return STATUS_OK;
}
