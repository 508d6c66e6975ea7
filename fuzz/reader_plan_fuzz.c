/*
 * reader_plan_fuzz.c - any bytes go through the plan reader: decoding, reading, JSON, city folder.
 * A plan that is read must give well-formed UTF-8 and places inside the text, and the counted steps
 * must stay linear in its size.
 */
#include "reader/city.h"
#include "reader/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void plan_check(Cx *cx, const PlanText *text, const Plan *plan) {
    Buf *json = buf_in(cx->arena, 64 * 1024 * 1024);
    check(plan_write_json(cx, plan, json) == STATUS_OK);
    check(str_is_utf8(buf_str(json)));
    for (size_t i = 0; i < plan->targets.count; i++) {
        const PlanTarget *target = &plan->targets.items[i];
        check(target->line > 0);
        check(target->column > 0);
        check(target->quote.len > 0);
        check(target->value.is_set || target->kind == PLAN_KIND_QUALITATIVE);
    }
    CityFiles files;
    check(city_files_make(cx, text, plan, &files) == STATUS_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    PlanText text;
    Plan plan;
    Str input = {(const char *)bytes, len};
    if (plan_text_decode(&cx, input, &text) == STATUS_OK &&
        plan_read(&cx, &text, &plan) == STATUS_OK) {
        check(cx.step_count <= 1000 + 40 * (uint64_t)len);
        plan_check(&cx, &text, &plan);
    }
    arena_free(arena);
    return 0;
}
