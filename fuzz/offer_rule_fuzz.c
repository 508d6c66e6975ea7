/*
 * offer_rule_fuzz.c - any text read as a rule of cities/<city>/offer beside the city's own records
 * and claims. It is refused with the file's name, or it is a rule that the background job can
 * follow: every field and state is one of the kind, every answer one of the claim.
 */
#include "base/check.h"
#include "office/offer/offer.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* The city is read once; it lives as long as the process. */
static const City *city_open(void) {
    static City city;
    static Arena *arena;
    if (arena == NULL) {
        Cx cx;
        RecordProblems problems = {0};
        RecordBook *book;
        arena = arena_create();
        book = arena_new(arena, RecordBook);
        cx_init(&cx, arena);
        check(city_load(&cx, STR("cities/anqiu"), &city) == STATUS_OK);
        check(policy_library_load(&cx, city.folder, &city.policies) == STATUS_OK);
        check(claim_library_load(&cx, city.folder, city.policies, &city.claims) == STATUS_OK);
        check(record_book_load(&cx, city.folder, &problems, book) == STATUS_OK);
        city.records = book;
    }
    return &city;
}

static void rule_check(const OfferRule *rule) {
    size_t count = rule->kind->field_count;
    check(rule->programme->is_for_org);
    check(rule->states != 0);
    check(rule->thing < count);
    check(rule->owner == SIZE_MAX || rule->kind->fields[rule->owner].type == RECORD_ORG);
    check(rule->judged == SIZE_MAX || rule->kind->fields[rule->judged].type == RECORD_DAY);
    for (size_t i = 0; i < rule->where_count; i++) {
        check(rule->wheres[i].field < count);
    }
    for (size_t i = 0; i < rule->answer_count; i++) {
        const OfferAnswer *answer = &rule->answers[i];
        check(claim_field(rule->programme, answer->code) != NULL);
        check((answer->value.len > 0) != (answer->field != SIZE_MAX));
        check(answer->field == SIZE_MAX || answer->field < count);
    }
    check(rule->digest.len == 32);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    const City *city = city_open();
    OfferRule rule;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    cx.step_max = 1000000;
    Status status =
        offer_rule_read(&cx, city, STR("fuzz.yaml"), (Str){(const char *)bytes, len}, &rule);
    if (status == STATUS_OK) {
        rule_check(&rule);
    } else {
        check(cx.fault.status == status);
    }
    arena_free(arena);
    return 0;
}
