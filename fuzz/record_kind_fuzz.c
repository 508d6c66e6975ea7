/*
 * record_kind_fuzz.c - any text read as a declaration is refused with at least one problem, or it
 * is a kind whose layout, printed, can be read back with the same fields and states.
 */
#include "record/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void layout_check(Cx *cx, const RecordKind *kind) {
    RecordKind back;
    check(record_layout_read(cx, record_layout_print(cx->arena, kind), &back) == STATUS_OK);
    check(back.field_count == kind->field_count);
    check(back.state_count == kind->state_count);
    for (size_t i = 0; i < kind->field_count; i++) {
        check(str_equal(back.fields[i].name, kind->fields[i].name));
        check(back.fields[i].type == kind->fields[i].type);
        check(back.fields[i].item_count == kind->fields[i].item_count);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static const RecordName units[] = {{{"gongxin", 7}, {"市工信局", 12}}};
    static const RecordName towns[] = {{{"370784001", 9}, {"兴安街道", 12}}};
    const RecordBook book = {.units = units, .unit_count = 1, .towns = towns, .town_count = 1};
    Arena *arena = arena_create();
    RecordProblems problems = {0};
    RecordKind *kind = NULL;
    Cx cx;
    cx_init(&cx, arena);
    cx.step_max = 1000000;
    Status status = record_kind_read(&cx, STR("fuzz.yaml"), (Str){(const char *)bytes, len}, &book,
                                     &problems, &kind);
    check((status == STATUS_OK) == (problems.count == 0));
    if (status == STATUS_OK) {
        layout_check(&cx, kind);
    }
    arena_free(arena);
    return 0;
}
