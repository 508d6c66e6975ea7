/*
 * query.c - lists. A query becomes tests on columns and one of four ways to walk:
 *
 *   search   pieces of words lead to records. Sorted by filing: along the rarest piece, until the
 *            page is full. Sorted otherwise: the newest SEARCH_MAX are collected and sorted
 *   narrow   one condition meets at most NARROW_MAX records: those are collected and sorted
 *   head     sorted by filing within one state, unit, firm or person: along that index
 *   ordered  along the index of the sort column, testing each row, behind the cursor's place
 *
 * What is collected is an id and the value to sort by; a record is read when it comes to stand on
 * the page, and only then it is seen whether it really contains the words that were searched.
 *
 * A page costs by its rows, not by how many records there are: "ordered" is taken only when every
 * condition meets many, so that rows that pass come soon.
 */
#include "record/access.h"
#include "record/change.h"

#include <string.h>

enum {
    NARROW_MAX = 2000,
    WALK_ROWS_MAX = 6000,  /* that one page looks at */
    JUMP_ROWS_MAX = 10000, /* when a page is asked for by its number */
    SEARCH_MAX = 2000,
    SEARCH_SCAN_MAX = 8000, /* entries of the rarest piece that one page looks at */
    SEARCH_READ_MAX = 1000, /* records that one page reads to see whether they contain the words */
    DRIVERS_MAX = RECORD_FILTERS_MAX + 2 + RECORD_STATES_MAX,
    EACH_ROWS = 500,
    COUNT_SCAN_MAX = 3000,
    GRAMS_RANKED_MAX = 8,
    CURSOR_BYTES_MAX = 600,
};

/* A query as the store understands it. */
typedef struct Plan {
    const RecordHouse *house;
    const RecordQuery *query;
    Tests tests;
    Column sort;
    bool is_descending;
    Place after;
    int64_t skip;                /* candidates to pass over */
    Driver drivers[DRIVERS_MAX]; /* conditions that have an index */
    size_t driver_count;
    size_t state_first;                /* drivers from here on are states: together one condition */
    Str words;                         /* searched; empty: none */
    int64_t grams[RECORD_GRAMS_ASKED]; /* of the words, the rarest first */
    int64_t gram_entries;              /* of the rarest, at most SEARCH_SCAN_MAX + 1 */
} Plan;

/* ---- columns ---- */

static Column column_of_field(const RecordField *field) {
    return field->slot.number > 0 ? (Column)(COLUMN_NUMBER_1 + field->slot.number - 1)
           : field->slot.text > 0 ? (Column)(COLUMN_TEXT_1 + field->slot.text - 1)
                                  : COLUMN_COUNT;
}

static const RecordField *field_named(const RecordKind *kind, Str name) {
    size_t field = record_field_find(kind, name);
    return field == SIZE_MAX ? NULL : &kind->fields[field];
}

/* COLUMN_COUNT: a list cannot be filtered or sorted by this. */
static Column column_named(const RecordKind *kind, Str name, bool is_sort) {
    static const struct {
        const char *name;
        Column column;
        bool is_sort;
    } heads[] = {{"id", COLUMN_ID, true},
                 {"due", COLUMN_DUE, true},
                 {"owner", COLUMN_OWNER, false},
                 {"filing", COLUMN_UNIT, false}};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        if (str_equal(name, str_of(heads[i].name)) && heads[i].is_sort >= is_sort &&
            (is_sort || heads[i].column != COLUMN_ID)) {
            return heads[i].column;
        }
    }
    const RecordField *field = field_named(kind, name);
    return field == NULL ? COLUMN_COUNT : column_of_field(field);
}

/* ---- filters ---- */

static Status filter_fault(Cx *cx, const RecordFilter *filter, const char *words) {
    fault_clear(cx);
    return fault_at_field(cx, STATUS_INVALID, str_c(cx->arena, filter->name), "%s", words);
}

static void driver_add(Plan *plan, const Driver *driver) {
    check(plan->driver_count < DRIVERS_MAX);
    if (driver->column != COLUMN_OWNER) { /* has no index of its own: it is only tested */
        plan->drivers[plan->driver_count++] = *driver;
    }
}

/* An end of a range in the stored unit; an empty one is open. */
static Status bound_read(Cx *cx, const Plan *plan, const RecordFilter *filter, Str text,
                         int64_t *in_out) {
    static const RecordField day = {.type = RECORD_DAY};
    const RecordField *declared = field_named(plan->query->kind, filter->name);
    RecordField field = declared == NULL ? day : *declared;
    RecordValue value = {0};
    field.has_min = field.has_max = false;
    if (record_value_parse(cx, plan->house->book, &field, text, &value) != STATUS_OK) {
        Str words = str_dup(cx->arena, str_of(cx->fault.text));
        return filter_fault(cx, filter, str_c(cx->arena, words));
    }
    *in_out = value.has_value ? value.number : *in_out;
    return STATUS_OK;
}

static Status number_filter(Cx *cx, Plan *plan, const RecordFilter *filter, Column column) {
    /* Records without a value are in no range. */
    Driver driver = {.column = column, .low = RECORD_NO_NUMBER + 1, .high = INT64_MAX};
    if (column == COLUMN_DUE) {
        driver.high = RECORD_NO_DUE - 1;
    }
    TRY(bound_read(cx, plan, filter, filter->low, &driver.low));
    TRY(bound_read(cx, plan, filter, filter->high, &driver.high));
    if (plan->tests.number_count == TEST_NUMBER_MAX) {
        return filter_fault(cx, filter, "筛选条件太多");
    }
    size_t at = plan->tests.number_count++;
    plan->tests.numbers[at].column = column;
    plan->tests.numbers[at].low = driver.low;
    plan->tests.numbers[at].high = driver.high;
    driver_add(plan, &driver);
    return STATUS_OK;
}

/* The text in the index for what a person chose: a code for a title, the cleaned form of a code. */
static Status text_value(Cx *cx, const Plan *plan, const RecordFilter *filter, Column column,
                         Str *out) {
    static const RecordField unit = {.type = RECORD_UNIT};
    static const RecordField town = {.type = RECORD_TOWN};
    static const RecordField text = {.type = RECORD_TEXT};
    const RecordField *declared = field_named(plan->query->kind, filter->name);
    const RecordField *field = column == COLUMN_UNIT || column == COLUMN_OWNER ? &unit
                               : declared->type == RECORD_PLACE                ? &town
                               : declared->type == RECORD_ORG                  ? &text
                                                                               : declared;
    RecordValue value = {0};
    if (record_value_parse(cx, plan->house->book, field, filter->low, &value) != STATUS_OK) {
        Str words = str_dup(cx->arena, str_of(cx->fault.text));
        return filter_fault(cx, filter, str_c(cx->arena, words));
    }
    *out = str_dup(cx->arena, record_slot_text(&value));
    return STATUS_OK;
}

static Status text_test(Cx *cx, Plan *plan, Column column, Str value) {
    if (plan->tests.text_count == TEST_TEXT_MAX) {
        return fault(cx, STATUS_INVALID, "筛选条件太多");
    }
    size_t at = plan->tests.text_count++;
    plan->tests.texts[at].column = column;
    plan->tests.texts[at].value = value;
    Driver driver = {.column = column, .value = value};
    driver_add(plan, &driver);
    return STATUS_OK;
}

static Status filter_take(Cx *cx, Plan *plan, const RecordFilter *filter) {
    Column column = column_named(plan->query->kind, filter->name, false);
    if (column == COLUMN_COUNT) {
        return filter_fault(cx, filter, "不能按这一项筛选");
    }
    if (str_trim(filter->low).len == 0 && str_trim(filter->high).len == 0) {
        return STATUS_OK;
    }
    if (!record_column_is_text(column)) {
        return number_filter(cx, plan, filter, column);
    }
    if (!str_equal(filter->low, filter->high)) {
        return filter_fault(cx, filter, "这一项只能选一个值");
    }
    Str value = STR("");
    TRY(text_value(cx, plan, filter, column, &value));
    return text_test(cx, plan, column, value);
}

/* ---- states and scope ---- */

static bool is_public_state(const RecordState *state) {
    return !state->is_start && !state->is_void;
}

static Status states_take(Cx *cx, Plan *plan) {
    const RecordQuery *query = plan->query;
    const RecordKind *kind = query->kind;
    bool is_public = query->scope == RECORD_SCOPE_PUBLIC;
    bool is_wanted[RECORD_STATES_MAX] = {0};
    for (size_t i = 0; i < query->state_count; i++) {
        size_t state = record_state_find(kind, query->states[i]);
        if (state == SIZE_MAX) {
            return fault_at_field(cx, STATUS_INVALID, "state", "没有这个状态");
        }
        is_wanted[state] = true;
    }
    plan->state_first = plan->driver_count;
    if (query->state_count == 0 && !is_public) {
        return STATUS_OK;
    }
    Buf *buf = buf_in(cx->arena, 4096);
    buf_put_char(buf, ',');
    for (size_t i = 0; i < kind->state_count; i++) {
        bool is_asked = query->state_count == 0 || is_wanted[i];
        if (is_asked && (!is_public || is_public_state(&kind->states[i]))) {
            buf_put(buf, kind->states[i].code);
            buf_put_char(buf, ',');
            Driver driver = {.column = COLUMN_STATE, .value = kind->states[i].code};
            driver_add(plan, &driver);
        }
    }
    for (size_t i = 0; i < buf->len; i++) {
        buf->at[i] = buf->at[i] == '_' ? '-' : buf->at[i];
    }
    plan->tests.states = buf_str(buf);
    return STATUS_OK;
}

static void id_test(Plan *plan, Column column, int64_t id) {
    size_t at = plan->tests.number_count++;
    plan->tests.numbers[at].column = column;
    plan->tests.numbers[at].low = id;
    plan->tests.numbers[at].high = id;
    Driver driver = {.column = column, .low = id, .high = id};
    driver_add(plan, &driver);
}

static Status scope_take(Cx *cx, Plan *plan) {
    const RecordQuery *query = plan->query;
    switch (query->scope) {
    case RECORD_SCOPE_ALL:
    case RECORD_SCOPE_PUBLIC:
        return STATUS_OK;
    case RECORD_SCOPE_UNIT:
        return text_test(cx, plan, COLUMN_UNIT, query->actor->unit);
    case RECORD_SCOPE_ORG:
        id_test(plan, COLUMN_ORG, query->actor->org_id);
        return STATUS_OK;
    case RECORD_SCOPE_PERSON:
        id_test(plan, COLUMN_FILER, query->actor->person_id);
        return STATUS_OK;
    case RECORD_SCOPE_NONE:
        break;
    }
    return fault(cx, STATUS_DENIED, "您不能查看“" STR_FMT "”", STR_ARG(query->kind->title));
}

/* The public sorts and filters by public fields only: an order tells what it orders by. */
static Status public_check(Cx *cx, const RecordQuery *query, Str name) {
    const RecordField *field = field_named(query->kind, name);
    bool is_hidden = query->scope == RECORD_SCOPE_PUBLIC &&
                     (field == NULL ? !str_equal(name, STR("id")) : !field->is_public);
    return is_hidden ? fault_at_field(cx, STATUS_DENIED, str_c(cx->arena, name), "这一项不公开")
                     : STATUS_OK;
}

/* ---- the cursor ---- */

/* "sort US value US id" in base64url: it goes into an address and is only valid with its sort. */
static Str cursor_make(Arena *arena, const Plan *plan, const Place *place) {
    Str value = record_column_is_text(plan->sort)
                    ? place->text
                    : str_print(arena, "%lld", (long long)place->number);
    return seal_base64url(arena, str_print(arena, STR_FMT "\x1f" STR_FMT "\x1f%lld",
                                           STR_ARG(plan->query->sort), STR_ARG(value),
                                           (long long)place->id));
}

static Status cursor_read(Cx *cx, Plan *plan) {
    Str text = STR_NONE;
    if (plan->query->after.len == 0) {
        return STATUS_OK;
    }
    bool is_right =
        seal_base64url_decode(cx, plan->query->after, &text) == STATUS_OK && str_is_utf8(text);
    fault_clear(cx);
    Str rest = text;
    Str sort = str_cut(&rest, '\x1f');
    Str value = str_cut(&rest, '\x1f');
    plan->after.is_set = true;
    is_right = is_right && str_equal(sort, plan->query->sort) &&
               str_int64(rest, &plan->after.id) == STATUS_OK;
    if (record_column_is_text(plan->sort)) {
        plan->after.text = value;
    } else {
        is_right = is_right && str_int64(value, &plan->after.number) == STATUS_OK;
    }
    return is_right ? STATUS_OK
                    : fault_at_field(cx, STATUS_INVALID, "after", "翻页位置无效，请从第一页重新翻");
}

/* A walk along a column begins at the end of the range, or the value, that is asked of it, not at
 * the column's own. */
static void walk_bound(Plan *plan) {
    int64_t id = plan->is_descending ? INT64_MAX : 0;
    for (size_t i = 0; i < plan->tests.number_count && !plan->after.is_set; i++) {
        int64_t low = plan->tests.numbers[i].low;
        int64_t high = plan->tests.numbers[i].high;
        if (plan->tests.numbers[i].column != plan->sort) {
            continue;
        }
        if (plan->is_descending && high < INT64_MAX) {
            plan->after = (Place){.is_set = true, .number = high, .id = id};
        } else if (!plan->is_descending && low > RECORD_NO_NUMBER + 1) {
            plan->after = (Place){.is_set = true, .number = low, .id = id};
        }
    }
    for (size_t i = 0; i < plan->tests.text_count && !plan->after.is_set; i++) {
        if (plan->tests.texts[i].column == plan->sort) {
            plan->after = (Place){.is_set = true, .text = plan->tests.texts[i].value, .id = id};
        }
    }
}

static Status plan_make(Cx *cx, const RecordHouse *house, const RecordQuery *query, Plan *plan) {
    *plan = (Plan){.house = house, .query = query, .tests = {.kind_id = *query->kind->id}};
    check(plan->tests.kind_id > 0);
    plan->words = str_trim(query->search);
    plan->skip = query->skip;
    Str sort = query->sort.len == 0 ? query->kind->sort : query->sort;
    plan->is_descending = str_starts(sort, STR("-"));
    sort = plan->is_descending ? str_from(sort, 1) : sort;
    plan->is_descending ^= query->is_backward;
    plan->sort = column_named(query->kind, sort, true);
    if (plan->sort == COLUMN_COUNT) {
        return fault_at_field(cx, STATUS_INVALID, "sort", "不能按这一项排序");
    }
    TRY(public_check(cx, query, sort));
    TRY(scope_take(cx, plan));
    if (query->filter_count > RECORD_FILTERS_MAX) {
        return fault(cx, STATUS_INVALID, "最多%d个筛选条件", RECORD_FILTERS_MAX);
    }
    for (size_t i = 0; i < query->filter_count; i++) {
        TRY(public_check(cx, query, query->filters[i].name));
        TRY(filter_take(cx, plan, &query->filters[i]));
    }
    TRY(states_take(cx, plan));
    TRY(cursor_read(cx, plan));
    if (query->skip < 0 || query->skip > RECORD_SKIP_MAX ||
        (query->skip > 0 && plan->after.is_set)) {
        return fault_at_field(cx, STATUS_INVALID, "page", "翻页位置无效，请从第一页重新翻");
    }
    walk_bound(plan);
    return STATUS_OK;
}

/* ---- candidates in memory ---- */

typedef struct Candidate {
    int64_t id;
    int64_t number;
    Str text;
} Candidate;
typedef struct CandidateVec VEC(Candidate) CandidateVec;

static int candidate_order(const Candidate *a, const Candidate *b, Column sort) {
    int order = sort == COLUMN_ID             ? 0
                : record_column_is_text(sort) ? str_compare(a->text, b->text)
                                              : (a->number > b->number) - (a->number < b->number);
    return order != 0 ? order : (a->id > b->id) - (a->id < b->id);
}

/* qsort knows no context: merge sort by hand keeps this free of globals. O(n log n). */
static void candidates_sort(Arena *arena, CandidateVec *all, const Plan *plan) {
    Candidate *from = all->items;
    Candidate *to = arena_array(arena, Candidate, all->count + 1);
    for (size_t width = 1; width < all->count; width *= 2) {
        for (size_t start = 0; start < all->count; start += 2 * width) {
            size_t middle = start + width < all->count ? start + width : all->count;
            size_t end = middle + width < all->count ? middle + width : all->count;
            size_t left = start;
            size_t right = middle;
            for (size_t at = start; at < end; at++) {
                bool is_left = left < middle;
                if (is_left && right < end) {
                    int order = candidate_order(&from[left], &from[right], plan->sort);
                    is_left = plan->is_descending ? order >= 0 : order <= 0;
                }
                to[at] = is_left ? from[left++] : from[right++];
            }
        }
        Candidate *swap = from;
        from = to;
        to = swap;
    }
    all->items = from;
}

static bool is_behind(const Plan *plan, const Candidate *candidate) {
    if (!plan->after.is_set) {
        return true;
    }
    Candidate place = {
        .id = plan->after.id, .number = plan->after.number, .text = plan->after.text};
    int order = candidate_order(candidate, &place, plan->sort);
    return plan->is_descending ? order < 0 : order > 0;
}

static Place place_of(const Candidate *candidate) {
    return (Place){true, candidate->number, candidate->text, candidate->id};
}

typedef struct RecordVec VEC(Record) RecordVec;

/* Reads a candidate; *is_found false when it does not contain the words. Words of fields that are
 * not public must not be guessed by searching for them. */
static Status candidate_read(Cx *cx, DbConn *conn, const Plan *plan, int64_t id, Record *out,
                             bool *is_found) {
    bool is_public = plan->query->scope == RECORD_SCOPE_PUBLIC;
    *is_found = true;
    if (plan->words.len > 0 && plan->gram_entries > 0) {
        TRY(record_store_grams_held(cx, conn, plan->tests.kind_id, plan->grams, id, is_found));
    }
    if (*is_found) {
        TRY(record_find(cx, conn, plan->house->book, id, out));
        *is_found = plan->words.len == 0 || record_contains(cx->arena, out, plan->words, is_public);
    }
    return STATUS_OK;
}

/* What stands on a page, with the places at its ends. */
typedef struct Shown {
    RecordVec records;
    Place first;
    Place last;   /* the last one that was read, shown or not */
    bool is_full; /* there was another candidate */
} Shown;

/* Reads sorted candidates until the page is full. A search that rarely keeps what it reads ends the
 * page early. */
static Status candidates_show(Cx *cx, DbConn *conn, const Plan *plan, const CandidateVec *all,
                              Shown *shown) {
    size_t read_max = plan->words.len > 0 ? SEARCH_READ_MAX : SIZE_MAX;
    size_t read_count = 0;
    int64_t skip = plan->skip;
    for (size_t i = 0; i < all->count; i++) {
        bool is_found = false;
        Record record;
        if (!is_behind(plan, &all->items[i]) || skip-- > 0) {
            continue;
        }
        if (shown->records.count == plan->query->row_max || read_count == read_max) {
            shown->is_full = true;
            return STATUS_OK;
        }
        TRY(cx_step(cx));
        TRY(candidate_read(cx, conn, plan, all->items[i].id, &record, &is_found));
        shown->last = place_of(&all->items[i]);
        read_count++;
        if (is_found) {
            shown->first = shown->records.count == 0 ? shown->last : shown->first;
            *vec_push(cx->arena, &shown->records) = record;
        }
    }
    return STATUS_OK;
}

/* The page as the caller gets it: a walk towards the beginning is turned round. */
static void page_finish(Cx *cx, const Plan *plan, const Shown *shown, RecordPage *out) {
    size_t count = shown->records.count;
    out->items = shown->records.items;
    out->count = count;
    for (size_t i = 0; plan->query->is_backward && i < count / 2; i++) {
        Record swap = out->items[i];
        out->items[i] = out->items[count - 1 - i];
        out->items[count - 1 - i] = swap;
    }
    out->edge = count == 0 ? STR("") : cursor_make(cx->arena, plan, &shown->first);
}

static Status candidates_page(Cx *cx, DbConn *conn, const Plan *plan, const CandidateVec *all,
                              RecordPage *out) {
    Shown shown = {0};
    TRY(candidates_show(cx, conn, plan, all, &shown));
    out->next = shown.is_full ? cursor_make(cx->arena, plan, &shown.last) : STR("");
    out->is_short = shown.is_full && shown.records.count < plan->query->row_max;
    page_finish(cx, plan, &shown, out);
    return STATUS_OK;
}

/* ---- narrow ---- */

/* The condition that meets fewest; *met > NARROW_MAX: all meet many. A condition is one driver, or
 * all states together. */
static Status narrowest(Cx *cx, DbConn *conn, const Plan *plan, size_t *first, size_t *count,
                        int64_t *met) {
    int64_t states = 0;
    *met = NARROW_MAX + 1;
    for (size_t i = 0; i < plan->driver_count; i++) {
        int64_t entries = 0;
        TRY(record_store_driver_count(cx, conn, plan->tests.kind_id, &plan->drivers[i],
                                      NARROW_MAX + 1, &entries));
        if (i >= plan->state_first) {
            states += entries;
        } else if (entries < *met) {
            *met = entries;
            *first = i;
            *count = 1;
        }
    }
    if (plan->tests.states.len > 0 && states < *met) {
        *met = states;
        *first = plan->state_first;
        *count = plan->driver_count - plan->state_first;
    }
    return STATUS_OK;
}

/* The current row: id, sort number, sort text. */
static Candidate candidate_of(Arena *arena, const Plan *plan, const DbRows *rows) {
    int64_t id = db_int(rows, 0);
    return (Candidate){.id = id,
                       .number = plan->sort == COLUMN_ID ? id : db_int(rows, 1),
                       .text = db_text(arena, rows, 2)};
}

static Status driven_collect(Cx *cx, DbConn *conn, const Plan *plan, const Driver *driver,
                             CandidateVec *all) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(record_store_driven(cx, conn, &plan->tests, driver, plan->sort, NARROW_MAX + 1, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        *vec_push(cx->arena, all) = candidate_of(cx->arena, plan, rows);
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}

static Status narrow_collect(Cx *cx, DbConn *conn, const Plan *plan, size_t first, size_t count,
                             CandidateVec *all) {
    for (size_t i = first; i < first + count; i++) {
        TRY(driven_collect(cx, conn, plan, &plan->drivers[i], all));
    }
    candidates_sort(cx->arena, all, plan);
    return STATUS_OK;
}

/* ---- walks ---- */

static bool is_head(Column column) {
    return column == COLUMN_STATE || column == COLUMN_UNIT || column == COLUMN_ORG ||
           column == COLUMN_FILER;
}

/* A single head condition with an index by filing order; NULL: none. The rarest would be best; any
 * is far better than none. */
static const Driver *head_driver(const Plan *plan) {
    for (size_t i = 0; i < plan->driver_count && plan->sort == COLUMN_ID; i++) {
        bool is_single = i < plan->state_first || plan->driver_count - plan->state_first == 1;
        if (is_head(plan->drivers[i].column) && is_single) {
            return &plan->drivers[i];
        }
    }
    return NULL;
}

/* A walk on its way: where it is, how many rows it has looked at, what passed. */
typedef struct Walked {
    CandidateVec passed;
    Place at;
    int64_t seen_count;
    int64_t skip;   /* rows still to be passed over by the statement itself */
    int64_t wanted; /* how many are to pass */
    bool is_over;   /* no row that passes can follow */
} Walked;

static bool is_enough(const Walked *walked) {
    return walked->is_over || (int64_t)walked->passed.count >= walked->wanted;
}

static bool has_tests(const Plan *plan, bool is_in_head) {
    size_t count = plan->tests.text_count + plan->tests.number_count + (plan->tests.states.len > 0);
    return count > (is_in_head ? 1U : 0U);
}

/* Behind the range or the value that is asked of the sort column nothing passes. */
static bool is_beyond(const Plan *plan, const Candidate *candidate) {
    for (size_t i = 0; i < plan->tests.number_count; i++) {
        if (plan->tests.numbers[i].column == plan->sort) {
            return plan->is_descending ? candidate->number < plan->tests.numbers[i].low
                                       : candidate->number > plan->tests.numbers[i].high;
        }
    }
    for (size_t i = 0; i < plan->tests.text_count; i++) {
        if (plan->tests.texts[i].column == plan->sort) {
            return !str_equal(candidate->text, plan->tests.texts[i].value);
        }
    }
    return false;
}

/* Takes the rows of one statement; *count says how many there were. */
static Status rows_take(Cx *cx, const Plan *plan, DbRows *rows, Walked *walked, int64_t *count) {
    bool has_row = false;
    *count = 0;
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        Candidate candidate = candidate_of(cx->arena, plan, rows);
        walked->is_over = is_beyond(plan, &candidate);
        if (!walked->is_over) {
            walked->at = place_of(&candidate);
            ++*count;
        }
        if (!walked->is_over && db_int(rows, 3) != 0) {
            *vec_push(cx->arena, &walked->passed) = candidate;
        }
        if (is_enough(walked)) {
            db_rows_close(rows);
            break;
        }
        TRY(db_next(cx, rows, &has_row));
    }
    walked->seen_count += *count;
    return STATUS_OK;
}

static Status part_walk(Cx *cx, DbConn *conn, const Plan *plan, WalkPart part, Walked *walked,
                        int64_t *left) {
    DbRows *rows = NULL;
    int64_t count = 0;
    const Driver *head = head_driver(plan);
    const Walk walk = {.sort = plan->sort,
                       .is_descending = plan->is_descending,
                       .part = part,
                       .after = walked->at,
                       .skip = walked->skip};
    if (*left == 0 || is_enough(walked)) {
        return STATUS_OK;
    }
    if (head != NULL) {
        TRY(record_store_ordered_in(cx, conn, &plan->tests, head, &walk, *left, &rows));
    } else {
        TRY(record_store_ordered(cx, conn, &plan->tests, &walk, *left, &rows));
    }
    TRY(rows_take(cx, plan, rows, walked, &count));
    walked->skip = 0;
    *left -= count;
    return STATUS_OK;
}

/* The next so many rows behind where the walk is. */
static Status chunk_walk(Cx *cx, DbConn *conn, const Plan *plan, int64_t left, Walked *walked) {
    if (!walked->at.is_set) {
        TRY(part_walk(cx, conn, plan, WALK_FIRST, walked, &left));
    } else {
        if (plan->sort != COLUMN_ID) {
            TRY(part_walk(cx, conn, plan, WALK_TWINS, walked, &left));
        }
        TRY(part_walk(cx, conn, plan, WALK_BEHIND, walked, &left));
    }
    walked->is_over |= left > 0 && !is_enough(walked);
    return STATUS_OK;
}

/* Looks at more and more rows until enough pass, or at as many as one page may. */
static Status ordered_collect(Cx *cx, DbConn *conn, const Plan *plan, Walked *walked) {
    bool is_tested = has_tests(plan, head_driver(plan) != NULL);
    int64_t chunk = is_tested ? 4 * walked->wanted : walked->wanted;
    int64_t most = plan->skip > 0 ? JUMP_ROWS_MAX : WALK_ROWS_MAX;
    int64_t max = is_tested && walked->wanted < most ? most : walked->wanted;
    while (!is_enough(walked) && walked->seen_count < max) {
        int64_t left = max - walked->seen_count;
        TRY(chunk_walk(cx, conn, plan, chunk < left ? chunk : left, walked));
        chunk *= 4;
    }
    return STATUS_OK;
}

/* A skip is left to the statement when every row passes; otherwise those that pass are counted. */
static Status ordered_page(Cx *cx, DbConn *conn, Plan *plan, RecordPage *out) {
    bool is_tested = has_tests(plan, head_driver(plan) != NULL);
    Walked walked = {.at = plan->after, .skip = is_tested ? 0 : plan->skip};
    plan->skip = is_tested ? plan->skip : 0;
    walked.wanted = (int64_t)plan->query->row_max + 1 + plan->skip;
    TRY(ordered_collect(cx, conn, plan, &walked));
    TRY(candidates_page(cx, conn, plan, &walked.passed, out));
    if (out->next.len == 0 && !walked.is_over) {
        out->next = cursor_make(cx->arena, plan, &walked.at);
        out->is_short = true;
    }
    return STATUS_OK;
}

/* ---- search ---- */

/* Orders the pieces by how rare they are; the first drives. */
static Status grams_rank(Cx *cx, DbConn *conn, const GramVec *grams, Plan *plan) {
    int64_t entries[RECORD_GRAMS_ASKED] = {0};
    size_t count = 0;
    for (size_t i = 0; i < grams->count && i < GRAMS_RANKED_MAX; i++) {
        int64_t many = 0;
        TRY(record_store_gram_count(cx, conn, plan->tests.kind_id, grams->items[i],
                                    SEARCH_SCAN_MAX + 1, &many));
        size_t at = count < RECORD_GRAMS_ASKED ? count++ : RECORD_GRAMS_ASKED - 1;
        if (at == RECORD_GRAMS_ASKED - 1 && i >= RECORD_GRAMS_ASKED && entries[at] <= many) {
            continue;
        }
        for (; at > 0 && entries[at - 1] > many; at--) {
            entries[at] = entries[at - 1];
            plan->grams[at] = plan->grams[at - 1];
        }
        entries[at] = many;
        plan->grams[at] = grams->items[i];
    }
    for (size_t i = count; i < RECORD_GRAMS_ASKED; i++) {
        plan->grams[i] = plan->grams[0];
    }
    plan->gram_entries = entries[0];
    return STATUS_OK;
}

static Status search_begin(Cx *cx, DbConn *conn, Plan *plan) {
    GramVec grams = {0};
    record_grams_of_text(cx->arena, plan->words, true, &grams);
    if (grams.count == 0) {
        return fault_at_field(cx, STATUS_INVALID, "search", "请输入至少两个汉字，或三个字母、数字");
    }
    return grams_rank(cx, conn, &grams, plan);
}

/* A number typed in full is found without pieces: then it is the only one. */
static Status search_number(Cx *cx, DbConn *conn, const Plan *plan, CandidateVec *all) {
    RecordRow row;
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(record_store_find_number(cx, conn, plan->words, &row, &has_row));
    if (!has_row) {
        return STATUS_OK;
    }
    TRY(record_store_tested(cx, conn, &plan->tests, row.id, plan->sort, &rows));
    TRY(db_next(cx, rows, &has_row));
    if (has_row) {
        *vec_push(cx->arena, all) = candidate_of(cx->arena, plan, rows);
        db_rows_close(rows);
    }
    return STATUS_OK;
}

/* The part of the rarest piece's entries that a page looks at: from the newest (or the oldest) or
 * the cursor on, SEARCH_SCAN_MAX of them. *is_whole: they are all that there are. */
static Status search_window(Cx *cx, DbConn *conn, const Plan *plan, Found *found, bool *is_whole) {
    bool is_walk = plan->sort == COLUMN_ID && plan->after.is_set;
    int64_t end = 0;
    found->is_descending = plan->sort != COLUMN_ID || plan->is_descending;
    found->low = 0;
    found->high = INT64_MAX;
    if (is_walk && found->is_descending) {
        found->high = plan->after.id - 1;
    } else if (is_walk) {
        found->low = plan->after.id + 1;
    }
    *is_whole = plan->gram_entries <= SEARCH_SCAN_MAX;
    if (*is_whole) {
        return STATUS_OK;
    }
    TRY(record_store_gram_skip(cx, conn, plan->tests.kind_id, found, SEARCH_SCAN_MAX, &end));
    *is_whole = end == 0;
    if (end > 0 && found->is_descending) {
        found->low = end;
    } else if (end > 0) {
        found->high = end;
    }
    return STATUS_OK;
}

/* Candidates of a search: those in its window that pass the tests, at most max of them. */
static Status found_collect(Cx *cx, DbConn *conn, const Plan *plan, const Found *found, size_t max,
                            CandidateVec *all) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(record_store_found(cx, conn, &plan->tests, found, (int64_t)max, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        *vec_push(cx->arena, all) = candidate_of(cx->arena, plan, rows);
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}

/* Sorted by filing: a page's candidates with some to spare, so that a page costs the same however
 * many there are. */
static Status search_walk(Cx *cx, DbConn *conn, const Plan *plan, RecordPage *out) {
    CandidateVec all = {0};
    Found found = {.grams = plan->grams, .sort = COLUMN_ID};
    bool is_whole = true;
    size_t max = plan->query->row_max * 2 + 1 + (size_t)plan->skip;
    TRY(search_window(cx, conn, plan, &found, &is_whole));
    TRY(found_collect(cx, conn, plan, &found, max, &all));
    TRY(candidates_page(cx, conn, plan, &all, out));
    if (out->next.len == 0 && all.count == max) {
        Place last = place_of(&all.items[max - 1]);
        out->next = cursor_make(cx->arena, plan, &last);
    } else if (out->next.len == 0 && !is_whole) {
        int64_t end = found.is_descending ? found.low : found.high;
        Place last = {true, end, STR(""), end};
        out->next = cursor_make(cx->arena, plan, &last);
        out->is_short = true;
    }
    return STATUS_OK;
}

static Status search_collect(Cx *cx, DbConn *conn, const Plan *plan, CandidateVec *all,
                             bool *is_cut) {
    Found found = {.grams = plan->grams, .sort = plan->sort};
    bool is_whole = true;
    TRY(search_window(cx, conn, plan, &found, &is_whole));
    TRY(found_collect(cx, conn, plan, &found, SEARCH_MAX + 1, all));
    *is_cut = !is_whole || all->count > SEARCH_MAX;
    all->count = all->count > SEARCH_MAX ? SEARCH_MAX : all->count;
    candidates_sort(cx->arena, all, plan);
    return STATUS_OK;
}

/* ---- the face ---- */

/* How a query is served. */
typedef enum Way { WAY_ORDERED, WAY_COLLECTED, WAY_SEARCH } Way;

static Status way_choose(Cx *cx, DbConn *conn, Plan *plan, CandidateVec *all, Way *way) {
    size_t first = 0;
    size_t count = 0;
    int64_t met = 0;
    *way = WAY_COLLECTED;
    if (plan->words.len > 0) {
        TRY(search_number(cx, conn, plan, all));
        if (all->count > 0) {
            return STATUS_OK;
        }
        TRY(search_begin(cx, conn, plan));
    }
    TRY(narrowest(cx, conn, plan, &first, &count, &met));
    if (met <= NARROW_MAX && (plan->words.len == 0 || met < plan->gram_entries)) {
        return narrow_collect(cx, conn, plan, first, count, all);
    }
    *way = plan->words.len > 0 ? WAY_SEARCH : WAY_ORDERED;
    return STATUS_OK;
}

Status record_list(Cx *cx, DbConn *conn, const RecordHouse *house, const RecordQuery *query,
                   RecordPage *out) {
    Plan plan;
    CandidateVec all = {0};
    Way way = WAY_ORDERED;
    check(query->row_max > 0 && query->row_max <= RECORD_PAGE_ROWS_MAX);
    *out = (RecordPage){.next = STR(""), .edge = STR("")};
    TRY(plan_make(cx, house, query, &plan));
    TRY(way_choose(cx, conn, &plan, &all, &way));
    if (way == WAY_ORDERED) {
        return ordered_page(cx, conn, &plan, out);
    }
    if (way == WAY_SEARCH && plan.sort == COLUMN_ID) {
        return search_walk(cx, conn, &plan, out);
    }
    if (way == WAY_SEARCH) {
        TRY(search_collect(cx, conn, &plan, &all, &out->is_cut));
    }
    return candidates_page(cx, conn, &plan, &all, out);
}

/* Entries of all drivers of one condition. */
static Status entries_count(Cx *cx, DbConn *conn, const Plan *plan, size_t first, size_t count,
                            int64_t *out) {
    *out = 0;
    for (size_t i = first; i < first + count; i++) {
        int64_t entries = 0;
        TRY(record_store_driver_count(cx, conn, plan->tests.kind_id, &plan->drivers[i],
                                      RECORD_COUNT_MAX + 1, &entries));
        *out += entries;
    }
    return STATUS_OK;
}

/* Several conditions that each meet many: those among the first COUNT_SCAN_MAX entries of one of
 * them are counted; there are more when it has more. */
static Status scan_count(Cx *cx, DbConn *conn, const Plan *plan, int64_t *out, bool *is_more) {
    static const Driver whole = {.column = COLUMN_ID};
    const Driver *driver = plan->driver_count == 0 ? &whole : &plan->drivers[0];
    bool is_one = plan->driver_count <= 1 || plan->state_first > 0;
    int64_t entries = 0;
    *out = 0;
    *is_more = false;
    /* Without another condition, the states are walked one after another. */
    for (size_t i = 0; i < (is_one ? 1 : plan->driver_count) && *out <= RECORD_COUNT_MAX; i++) {
        int64_t matched = 0;
        TRY(record_store_driver_count(cx, conn, plan->tests.kind_id, driver + i, COUNT_SCAN_MAX + 1,
                                      &entries));
        TRY(record_store_tested_count(cx, conn, &plan->tests, driver + i, COUNT_SCAN_MAX,
                                      &matched));
        *out += matched;
        *is_more |= entries > COUNT_SCAN_MAX;
    }
    return STATUS_OK;
}

/* *is_more as the counts say. */
static Status ordered_count(Cx *cx, DbConn *conn, const Plan *plan, int64_t *out, bool *is_more) {
    size_t test_count =
        plan->tests.text_count + plan->tests.number_count + (plan->tests.states.len > 0);
    size_t state_count = plan->driver_count - plan->state_first;
    if (test_count == 0) {
        TRY(record_store_kind_count(cx, conn, plan->tests.kind_id, RECORD_COUNT_MAX + 1, out));
    } else if (test_count == 1 && plan->driver_count > 0) {
        bool is_states = plan->tests.states.len > 0;
        TRY(entries_count(cx, conn, plan, is_states ? plan->state_first : 0,
                          is_states ? state_count : 1, out));
    } else {
        TRY(scan_count(cx, conn, plan, out, is_more));
    }
    *is_more |= *out > RECORD_COUNT_MAX;
    *out = *out > RECORD_COUNT_MAX ? RECORD_COUNT_MAX : *out;
    return STATUS_OK;
}

/* Reads what a search has collected: only then it is known what contains the words. */
static Status found_count(Cx *cx, DbConn *conn, const Plan *plan, const CandidateVec *all,
                          int64_t *out, bool *is_more) {
    *out = 0;
    for (size_t i = 0; i < all->count; i++) {
        bool is_found = false;
        Record record;
        if (i == SEARCH_READ_MAX) {
            *is_more = true;
            break;
        }
        TRY(cx_step(cx));
        TRY(candidate_read(cx, conn, plan, all->items[i].id, &record, &is_found));
        *out += is_found;
    }
    return STATUS_OK;
}

Status record_count(Cx *cx, DbConn *conn, const RecordHouse *house, const RecordQuery *query,
                    int64_t *out, bool *is_more) {
    Plan plan;
    CandidateVec all = {0};
    Way way = WAY_ORDERED;
    RecordQuery whole = *query;
    whole.after = STR("");
    whole.skip = 0;
    *is_more = false;
    TRY(plan_make(cx, house, &whole, &plan));
    TRY(way_choose(cx, conn, &plan, &all, &way));
    if (way == WAY_ORDERED) {
        return ordered_count(cx, conn, &plan, out, is_more);
    }
    if (way == WAY_SEARCH) {
        TRY(search_collect(cx, conn, &plan, &all, is_more));
    }
    *out = (int64_t)all.count;
    return plan.words.len == 0 ? STATUS_OK : found_count(cx, conn, &plan, &all, out, is_more);
}

static void arena_release(void *it) {
    arena_free(it);
}

/* Reads page after page with a Cx of its own, whose memory is given back before the next page: the
 * caller's arena stays as it is, and so does what a writer keeps in it. */
Status record_each(Cx *cx, DbConn *conn, const RecordHouse *house, const RecordQuery *query,
                   RecordEach *each, void *context) {
    Arena *arena = arena_create();
    arena_defer(cx->arena, arena_release, arena);
    RecordQuery part = *query;
    char cursor[CURSOR_BYTES_MAX];
    Status status = STATUS_OK;
    part.row_max = EACH_ROWS;
    for (bool is_more = true; is_more && status == STATUS_OK;) {
        RecordPage page;
        Cx inner;
        cx_init(&inner, arena);
        status = record_list(&inner, conn, house, &part, &page);
        for (size_t i = 0; status == STATUS_OK && i < page.count; i++) {
            status = each(&inner, context, &page.items[i]);
        }
        is_more = status == STATUS_OK && page.next.len > 0;
        if (is_more) {
            check(page.next.len <= sizeof cursor);
            memcpy(cursor, page.next.at, page.next.len);
            part.after = (Str){cursor, page.next.len};
        }
        if (status != STATUS_OK && cx->fault.status == STATUS_OK) {
            cx->fault = inner.fault;
        }
        arena_reset(arena);
    }
    return status;
}
