/*
 * claim_declare_fuzz.c - any text read as a declaration of cities/<city>/claim beside the city's
 * own policy versions. It is refused with words, or it is a programme that a claim can go through:
 * its purchase date is a field, every field has a label and its choices, every pair of days exists.
 */
#include "base/check.h"
#include "office/claim/claim.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* The policies are read once; they live as long as the process. */
static const PolicyLibrary *policies_open(void) {
    static PolicyLibrary *policies;
    static Arena *arena;
    if (arena == NULL) {
        Cx cx;
        arena = arena_create();
        cx_init(&cx, arena);
        check(policy_library_load(&cx, STR("cities/anqiu"), &policies) == STATUS_OK);
    }
    return policies;
}

static void programme_check(const ClaimProgramme *programme) {
    check(programme->field_count > 0 && programme->step_count > 0);
    check(claim_field(programme, programme->bought) != NULL);
    check(programme->is_for_person || programme->is_for_org);
    for (size_t i = 0; i < programme->field_count; i++) {
        const ClaimField *field = &programme->fields[i];
        check(field->label.len > 0 && field->code.len > 0);
        check(field->step < programme->step_count);
        check(field->type != CLAIM_CHOICE || field->choice_count > 0);
    }
    for (size_t i = 0; i < programme->order_count; i++) {
        check(claim_field(programme, programme->orders[i].first) != NULL);
        check(claim_field(programme, programme->orders[i].then) != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    ClaimPlace place = {
        .folder = STR("cities/anqiu"), .file = STR("fuzz.yaml"), .policies = policies_open()};
    ClaimProgramme programme;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    cx.step_max = 1000000;
    Status status = claim_programme_read(&cx, &place, (Str){(const char *)bytes, len}, &programme);
    if (status == STATUS_OK) {
        programme_check(&programme);
    } else {
        check(cx.fault.status == status);
    }
    arena_free(arena);
    return 0;
}
