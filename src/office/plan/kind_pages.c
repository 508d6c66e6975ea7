/*
 * kind_pages.c - what the records of a clause or of a unit have come to: the counters of their
 * declared kinds, and the way to the lists. Counters move with each act; here they are only read.
 */
#include "base/limits.h"
#include "office/plan/pages.h"
#include "record/record.h"

#include <inttypes.h>

static bool names(const Str *list, size_t count, Str wanted) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(list[i], wanted)) {
            return true;
        }
    }
    return false;
}

static bool is_shown(const Web *web, const KindPick *pick, const RecordKind *kind) {
    return (page_is_office(web) || kind->is_public) &&
           (pick->clause.len == 0 || names(kind->clauses, kind->clause_count, pick->clause)) &&
           (pick->owner.len == 0 || names(kind->owners, kind->owner_count, pick->owner));
}

/* The field whose values a counter adds up; NULL: it counts records. */
static const RecordField *summed(const RecordKind *kind, const RecordCounter *counter) {
    if (counter->sum == SIZE_MAX) {
        return NULL;
    }
    const RecordField *field = &kind->fields[counter->sum];
    return counter->sum_column == SIZE_MAX ? field : &field->items[counter->sum_column];
}

/* A sum of decimals is kept in units of their last digit. */
static Str decimal_text(Arena *arena, int64_t value, int32_t digits) {
    int64_t scale = 1;
    for (int32_t i = 0; i < digits; i++) {
        scale *= 10;
    }
    return target_micro_text(arena, target_raw_micro(value, scale));
}

static ViewValue sum_view(Arena *arena, const RecordField *field, int64_t value) {
    if (field == NULL) {
        return VIEW_INT(value);
    }
    if (field->type == RECORD_MONEY) {
        return VIEW_MONEY(money_of_fen(value));
    }
    Str number = field->type == RECORD_DECIMAL ? decimal_text(arena, value, field->digits)
                                               : str_print(arena, "%" PRId64, value);
    return field->unit.len == 0 ? VIEW_TEXT(number)
                                : VIEW_TEXT(str_print(arena, STR_FMT " " STR_FMT, STR_ARG(number),
                                                      STR_ARG(field->unit)));
}

Status page_kind_href(Web *web, const RecordKind *kind, Str *out) {
    const City *city = web->app->house;
    Str unit = STR_NONE;
    *out = STR_NONE;
    TRY(page_unit_name(web, &unit));
    RecordActor actor = {.person_id = web->user->id,
                         .role = role_code(web->user->role),
                         .unit = record_unit_code(city->records, unit)};
    bool is_desk = page_is_office(web) && web->user->role != ROLE_FINANCE;
    if (is_desk && record_may_enter(kind, &actor)) {
        *out = str_join(web->cx->arena, STR("/record/"), kind->code);
    } else if (kind->is_public) {
        *out = str_join(web->cx->arena, STR("/public/"), kind->code);
    }
    return STATUS_OK;
}

static Status counter_row(Web *web, const RecordKind *kind, const RecordCounter *counter) {
    Arena *arena = web->cx->arena;
    const RecordField *field = summed(kind, counter);
    int32_t year = day_parts(web_today(web)).year;
    Str first = str_print(arena, "%04" PRId32 "-01", year);
    Str last = str_print(arena, "%04" PRId32 "-12", year);
    Str href = STR_NONE;
    int64_t now = 0;
    int64_t all = 0;
    TRY(plan_counter_sum(web->cx, web->conn, counter->code, first, last, &now));
    TRY(plan_counter_sum(web->cx, web->conn, counter->code, STR("0000-00"), last, &all));
    TRY(page_kind_href(web, kind, &href));
    view_row(web->view);
    view_cell(web->view, href.len > 0 ? VIEW_LINK(href, kind->title) : VIEW_TEXT(kind->title));
    view_cell(web->view, VIEW_TEXT(counter->title));
    view_cell(web->view, sum_view(arena, field, now));
    view_cell(web->view, sum_view(arena, field, all));
    return STATUS_OK;
}

Status page_kind_table(Web *web, const KindPick *pick) {
    static const ViewColumn columns[] = {{"kind", "台账", false},
                                         {"counter", "计数", false},
                                         {"this_year", "今年", true},
                                         {"total", "累计", true}};
    const City *city = web->app->house;
    const RecordBook *book = city->records;
    view_table_begin(web->view, "kinds", STR("台账和计数"), columns, 4);
    for (size_t i = 0; book != NULL && i < book->kind_count; i++) {
        const RecordKind *kind = &book->kinds[i];
        if (!is_shown(web, pick, kind)) {
            continue;
        }
        TRY(cx_step(web->cx));
        for (size_t k = 0; k < kind->counter_count; k++) {
            TRY(counter_row(web, kind, &kind->counters[k]));
        }
    }
    view_table_end(web->view, STR("没有台账"));
    return STATUS_OK;
}
