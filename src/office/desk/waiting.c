/* waiting.c - which records wait for whom, by the declared transitions alone. No HTML. */
#include "base/vec.h"
#include "office/desk/desk.h"

#include <stdlib.h>

enum { PIECES_MAX = 10 };

/* Two ways in which a record waits for somebody: their unit decides, or they filed it and go on. */
typedef enum Waiting { WAITING_OWNER, WAITING_FILER, WAITING_COUNT } Waiting;

static bool has_act_by(const RecordKind *kind, size_t state, Waiting way) {
    for (size_t i = 0; i < kind->transition_count; i++) {
        const RecordTransition *act = &kind->transitions[i];
        if ((act->from >> state & 1) != 0 &&
            (way == WAITING_OWNER ? act->by_owner : act->by_filer)) {
            return true;
        }
    }
    return false;
}

/* In a good state something may be done, but nobody waits for it. A start state is its filer's. */
static size_t waiting_states(const RecordKind *kind, Waiting way, Str *states) {
    size_t count = 0;
    for (size_t i = 0; i < kind->state_count; i++) {
        const RecordState *state = &kind->states[i];
        bool is_owner_turn = has_act_by(kind, i, WAITING_OWNER) && !state->is_start;
        bool is_mine = way == WAITING_OWNER ? is_owner_turn
                                            : has_act_by(kind, i, WAITING_FILER) && !is_owner_turn;
        if (is_mine && state->tone != RECORD_TONE_GOOD && !state->is_end) {
            states[count++] = state->code;
        }
    }
    return count;
}

static bool is_owner_unit(const DeskAsker *asker, const RecordKind *kind) {
    const RecordActor *actor = asker->actor;
    for (size_t i = 0; i < kind->owner_count; i++) {
        if (actor->unit.len > 0 && str_equal(kind->owners[i], actor->unit)) {
            return str_equal(actor->role, role_code(ROLE_OFFICER));
        }
    }
    return false;
}

static void unit_filter(RecordFilter *filter, Str name, Str unit, RecordQuery *query) {
    *filter = (RecordFilter){.name = name, .low = unit, .high = unit};
    query->filters = filter;
    query->filter_count = 1;
}

/* Narrows a query to what the actor filed; false when that cannot be asked. */
static bool filed_by_me(const DeskAsker *asker, RecordFilter *filter, RecordQuery *query) {
    if (query->scope != RECORD_SCOPE_ALL) {
        return query->scope != RECORD_SCOPE_PUBLIC && query->scope != RECORD_SCOPE_NONE;
    }
    if (asker->actor->unit.len == 0) {
        return false;
    }
    unit_filter(filter, STR("filing"), asker->actor->unit, query);
    return true;
}

/* A query of the records of a kind that wait for the actor; false when none ever do. */
static bool waiting_query(const DeskAsker *asker, const RecordKind *kind, Waiting way,
                          RecordQuery *query) {
    Arena *arena = asker->cx->arena;
    Str *states = arena_array(arena, Str, kind->state_count);
    RecordFilter *filter = arena_new(arena, RecordFilter);
    *query = record_query_for(kind, asker->actor);
    query->states = states;
    query->state_count = waiting_states(kind, way, states);
    if (query->state_count == 0) {
        return false;
    }
    if (way == WAITING_FILER) {
        return record_may_file(kind, asker->actor) && filed_by_me(asker, filter, query);
    }
    unit_filter(filter, STR("owner"), asker->actor->unit, query);
    return is_owner_unit(asker, kind);
}

Status desk_waiting_count(const DeskAsker *asker, const RecordKind *kind, int64_t *count,
                          bool *is_more, bool *is_mine) {
    for (Waiting way = WAITING_OWNER; way < WAITING_COUNT; way++) {
        RecordQuery query;
        int64_t some = 0;
        bool is_cut = false;
        if (waiting_query(asker, kind, way, &query)) {
            TRY(record_count(asker->cx, asker->conn, asker->house, &query, &some, &is_cut));
            *count += some;
            *is_more = *is_more || is_cut;
            *is_mine = true;
        }
    }
    return STATUS_OK;
}

/* The first page, with or without a clock. Where few records pass the conditions it comes in
 * pieces. */
static Status page_take(const DeskAsker *asker, const RecordQuery *waiting, bool is_clocked,
                        DeskRecords *out) {
    RecordQuery query = *waiting;
    RecordPage page = {.is_short = true};
    size_t taken = 0;
    for (int piece = 0; piece < PIECES_MAX && page.is_short && taken < query.row_max; piece++) {
        TRY(record_list(asker->cx, asker->conn, asker->house, &query, &page));
        for (size_t i = 0; i < page.count; i++) {
            if ((page.items[i].due.number != DAY_NONE.number) == is_clocked) {
                *vec_push(asker->cx->arena, out) = page.items[i];
            }
        }
        taken += page.count;
        query.after = page.next;
    }
    return STATUS_OK;
}

static Status clocked_read(const DeskAsker *asker, const RecordQuery *waiting, DeskRecords *out) {
    RecordFilter filters[RECORD_FILTERS_MAX];
    RecordQuery query = *waiting;
    size_t count = 0;
    for (; count < waiting->filter_count; count++) {
        filters[count] = waiting->filters[count];
    }
    filters[count++] = (RecordFilter){.name = STR("due"), .low = STR("2000-01-01")};
    query.filters = filters;
    query.filter_count = count;
    query.sort = STR("due");
    return page_take(asker, &query, true, out);
}

/* Those without a clock come after, the oldest first: state by state, because the records of one
 * state stand together in their order, and a million that are done are not looked at. */
static Status unclocked_read(const DeskAsker *asker, const RecordQuery *waiting, DeskRecords *out) {
    for (size_t i = 0; i < waiting->state_count; i++) {
        RecordQuery query = *waiting;
        query.states = &waiting->states[i];
        query.state_count = 1;
        query.sort = STR("id");
        TRY(page_take(asker, &query, false, out));
    }
    return STATUS_OK;
}

static int64_t due_rank(const Record *record) {
    return record->due.number == DAY_NONE.number ? INT64_MAX : record->due.number;
}

/* The clock decides; on the same day, who came first. */
static int compare_due(const void *left, const void *right) {
    const Record *a = left;
    const Record *b = right;
    if (due_rank(a) != due_rank(b)) {
        return due_rank(a) < due_rank(b) ? -1 : 1;
    }
    if (a->filed_ms != b->filed_ms) {
        return a->filed_ms < b->filed_ms ? -1 : 1;
    }
    return a->id < b->id ? -1 : a->id > b->id;
}

Status desk_waiting(const DeskAsker *asker, size_t row_max, DeskRecords *out) {
    const RecordBook *book = asker->house->book;
    *out = (DeskRecords){0};
    for (size_t i = 0; i < book->kind_count; i++) {
        const RecordKind *kind = &book->kinds[i];
        for (Waiting way = WAITING_OWNER; way < WAITING_COUNT; way++) {
            RecordQuery query;
            if (record_may_enter(kind, asker->actor) && waiting_query(asker, kind, way, &query)) {
                query.row_max = row_max;
                TRY(clocked_read(asker, &query, out));
                TRY(unclocked_read(asker, &query, out));
            }
        }
    }
    if (out->count > 0) {
        qsort(out->items, out->count, sizeof *out->items, compare_due);
    }
    return STATUS_OK;
}
