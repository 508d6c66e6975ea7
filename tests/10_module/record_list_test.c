/*
 * record_list_test.c - lists against plain reason: whatever filters, states, sort, direction, page
 * size and search, the pages of record_list together hold exactly the records that a walk over all
 * of them picks, in order, each once; counters always equal a recount after random acts.
 */
#include "base/prng.h"
#include "base/vec.h"
#include "record_kit.h"
#include "test.h"

enum { RECORDS = 2600, QUERIES = 200, ACTS = 600 };

static Kit kit;

typedef struct Texts {
    int64_t at;
    char room[7][48];
    Str cells[7];
} Texts;

static const char *const heads[] = {"出厂编号", "领域", "金额",    "镇街",
                                    "发放月份", "说明", "所属项目"};

static Status texts_rewind(Cx *cx, void *it) {
    (void)cx;
    ((Texts *)it)->at = -1;
    return STATUS_OK;
}

static void row_make(Texts *texts) {
    static const char *const words[] = {"数控机床", "数控铣床", "锅炉改造", "变频机组", ""};
    Prng prng;
    prng_init(&prng, (uint64_t)texts->at);
    (void)snprintf(texts->room[0], 48, "LS-%06lld", (long long)(texts->at * 7919 % 1000003));
    (void)snprintf(texts->room[1], 48, "%s", prng_below(&prng, 3) == 0 ? "建筑" : "工业");
    (void)snprintf(texts->room[2], 48, "%d", (int)prng_below(&prng, 40) * 250);
    (void)snprintf(texts->room[3], 48, "%s",
                   prng_below(&prng, 4) == 0   ? ""
                   : prng_below(&prng, 2) == 0 ? "兴安街道"
                                               : "新安街道");
    (void)snprintf(texts->room[4], 48, "%s", prng_below(&prng, 5) == 0 ? "" : "2026-02");
    (void)snprintf(texts->room[5], 48, "%s", words[prng_below(&prng, 5)]);
    texts->room[6][0] = '\0';
}

static Status texts_next(Cx *cx, void *it, const Str **cells, size_t *count, int64_t *row,
                         bool *has_row) {
    Texts *texts = it;
    (void)cx;
    *has_row = texts->at < RECORDS;
    if (*has_row && texts->at >= 0) {
        row_make(texts);
    }
    for (size_t i = 0; i < 7; i++) {
        texts->cells[i] = str_of(texts->at < 0 ? heads[i] : texts->room[i]);
    }
    *cells = texts->cells;
    *count = 7;
    *row = ++texts->at;
    return STATUS_OK;
}

static int start(void **state) {
    (void)state;
    Texts texts;
    RecordImported imported;
    kit_init(&kit);
    RecordImport import = {.kind = record_kind_find(&kit.book, STR("grant")),
                           .actor = &kit.officer,
                           .origin = STR("command"),
                           .mode = RECORD_IMPORT_GOOD,
                           .table = {&texts, texts_rewind, texts_next},
                           .now_ms = kit.now_ms};
    Status status = record_import(&kit.scratch.cx, kit.scratch.db, &kit.house, &import, &imported);
    if (status != STATUS_OK) {
        print_message("%s\n", kit.scratch.cx.fault.text);
    }
    assert_int_equal(status, STATUS_OK);
    assert_int_equal(imported.stored_count, RECORDS);
    return 0;
}

static int stop(void **state) {
    (void)state;
    kit_dispose(&kit);
    return 0;
}

/* ---- counters ---- */

static void act_at_random(Prng *prng) {
    static const char *const acts[] = {"pay", "back", "drop", "revive"};
    int64_t id = prng_between(prng, 1, RECORDS);
    char text[32];
    if (prng_below(prng, 2) == 0) {
        (void)kit_move(&kit, id, acts[prng_below(prng, 4)], &kit.officer, NULL);
        return;
    }
    (void)snprintf(text, sizeof text, "%d", (int)prng_below(prng, 20000));
    const KitInput inputs[] = {{"amount", text},
                               {"town", prng_below(prng, 2) == 0 ? "兴安街道" : ""},
                               {"month", prng_below(prng, 2) == 0 ? "2025-12" : ""},
                               {"field", prng_below(prng, 2) == 0 ? "a" : "b"},
                               {NULL, NULL}};
    (void)kit_edit(&kit, id, &kit.officer, NULL, inputs);
}

static void test_counters_equal_recount(void **state) {
    (void)state;
    Prng prng;
    prng_init(&prng, 20260303);
    assert_int_equal(kit_wrong(&kit, "grant"), 0);
    for (int i = 0; i < ACTS; i++) {
        act_at_random(&prng);
    }
    assert_int_equal(kit_wrong(&kit, "grant"), 0);
    assert_true(kit_counter(&kit, "grant.large_fen", "") > 0);
}

/* ---- lists ---- */

typedef struct All {
    Arena *arena;
    Record *items;
    size_t count;
} All;

static Status all_take(Cx *cx, void *context, const Record *record) {
    All *all = context;
    (void)cx;
    Record *copy = &all->items[all->count++];
    *copy = *record;
    copy->values = arena_array(all->arena, RecordValue, record->kind->field_count);
    for (size_t i = 0; i < record->kind->field_count; i++) {
        copy->values[i] = record->values[i];
        copy->values[i].text = str_dup(all->arena, record->values[i].text);
    }
    copy->owner = str_dup(all->arena, record->owner);
    return STATUS_OK;
}

/* A query drawn at random, and the same in plain terms. */
typedef struct Wish {
    const char *state;   /* or NULL */
    int64_t amount_low;  /* fen; -1: none */
    int64_t amount_high; /* fen */
    const char *town;    /* code, or NULL */
    const char *owner;
    const char *words;
    const char *sort;
    bool is_descending;
} Wish;

static const RecordValue *value_of(const Record *record, const char *name) {
    return &record->values[record_field_find(record->kind, str_of(name))];
}

static bool is_wanted(const Wish *wish, const Record *record) {
    const RecordValue *amount = value_of(record, "amount");
    bool is_in = wish->amount_low < 0 || (amount->has_value && amount->number >= wish->amount_low &&
                                          amount->number <= wish->amount_high);
    bool is_state = wish->state == NULL ||
                    str_equal(record->kind->states[record->state].code, str_of(wish->state));
    bool is_town =
        wish->town == NULL || str_equal(value_of(record, "town")->text, str_of(wish->town));
    bool is_owner = wish->owner == NULL || str_equal(record->owner, str_of(wish->owner));
    bool has_words = wish->words == NULL ||
                     str_contains(value_of(record, "note")->text, str_of(wish->words)) ||
                     str_contains(value_of(record, "serial")->text, str_of(wish->words));
    return is_in && is_state && is_town && is_owner && has_words;
}

static int order_of(const Wish *wish, const Record *left, const Record *right) {
    int order = 0;
    if (strcmp(wish->sort, "amount") == 0 || strcmp(wish->sort, "month") == 0) {
        const RecordValue *a = value_of(left, wish->sort);
        const RecordValue *b = value_of(right, wish->sort);
        int64_t x = a->has_value ? a->number : INT64_MIN;
        int64_t y = b->has_value ? b->number : INT64_MIN;
        order = (x > y) - (x < y);
    } else if (strcmp(wish->sort, "id") != 0) {
        order = str_compare(value_of(left, wish->sort)->text, value_of(right, wish->sort)->text);
    }
    order = order != 0 ? order : (left->id > right->id) - (left->id < right->id);
    return wish->is_descending ? -order : order;
}

static Wish wish_draw(Prng *prng) {
    static const char *const states[] = {"draft", "paid", "void"};
    static const char *const sorts[] = {"id", "amount", "month", "serial", "town", "field"};
    static const char *const words[] = {"数控", "机床", "锅炉改造", "LS-0", "LS-0012", "不存在的"};
    Wish wish = {.amount_low = -1, .sort = sorts[prng_below(prng, 6)]};
    wish.is_descending = prng_below(prng, 2) == 0;
    wish.state = prng_below(prng, 2) == 0 ? states[prng_below(prng, 3)] : NULL;
    if (prng_below(prng, 2) == 0) {
        wish.amount_low = (int64_t)prng_below(prng, 8000) * 100;
        wish.amount_high = wish.amount_low + (int64_t)prng_below(prng, 4000) * 100;
    }
    wish.town = prng_below(prng, 3) == 0 ? "370784001" : NULL;
    wish.owner = prng_below(prng, 4) == 0 ? "zhujian" : NULL;
    wish.words = prng_below(prng, 4) == 0 ? words[prng_below(prng, 6)] : NULL;
    return wish;
}

typedef struct IdVec VEC(int64_t) IdVec;

/* Ids of all pages, from the end to the beginning; each page is in its usual order. */
static void backward_check(Cx *cx, DbConn *conn, const RecordQuery *query, const IdVec *ids) {
    RecordQuery back = *query;
    RecordPage page;
    size_t left = ids->count;
    back.after = STR("");
    back.is_backward = true;
    for (bool is_more = true; is_more;) {
        assert_int_equal(record_list(cx, conn, &kit.house, &back, &page), STATUS_OK);
        assert_true(page.count <= left);
        for (size_t i = 0; i < page.count; i++) {
            assert_int_equal(page.items[i].id, ids->items[left - page.count + i]);
        }
        left -= page.count;
        back.after = page.next;
        is_more = page.next.len > 0;
    }
    assert_int_equal(left, 0);
    /* Turned round at the first page's edge, the rows behind it follow. */
    if (page.edge.len > 0) {
        RecordQuery forth = *query;
        size_t behind = page.count;
        forth.after = page.edge;
        assert_int_equal(record_list(cx, conn, &kit.house, &forth, &page), STATUS_OK);
        for (size_t i = 0; i < page.count; i++) {
            assert_int_equal(page.items[i].id, ids->items[behind + i]);
        }
    }
}

/* A page by its number: what a walk over the pages before it would have come to. */
static void skip_check(Cx *cx, DbConn *conn, const RecordQuery *query, const IdVec *ids) {
    RecordQuery jump = *query;
    RecordPage page;
    jump.after = STR("");
    jump.skip = (int64_t)ids->count / 2;
    assert_int_equal(record_list(cx, conn, &kit.house, &jump, &page), STATUS_OK);
    size_t first = (size_t)jump.skip;
    size_t rest = ids->count - first;
    assert_int_equal(page.count, rest < query->row_max ? rest : query->row_max);
    for (size_t i = 0; i < page.count; i++) {
        assert_int_equal(page.items[i].id, ids->items[first + i]);
    }
}

static void query_run(const All *all, const Wish *wish, size_t row_max) {
    Arena *arena = arena_create();
    Cx cx;
    DbConn *conn = NULL;
    cx_init(&cx, arena);
    const RecordActor lead = {.person_id = 3, .role = STR("lead")};
    RecordQuery query = record_query_for(record_kind_find(&kit.book, STR("grant")), &lead);
    RecordFilter filters[3];
    Str state = STR("");
    query.filters = filters;
    query.row_max = row_max;
    query.sort = str_print(arena, "%s%s", wish->is_descending ? "-" : "", wish->sort);
    if (wish->state != NULL) {
        state = str_of(wish->state);
        query.states = &state;
        query.state_count = 1;
    }
    if (wish->amount_low >= 0) {
        filters[query.filter_count++] =
            (RecordFilter){STR("amount"), money_print_plain(arena, money_of_fen(wish->amount_low)),
                           money_print_plain(arena, money_of_fen(wish->amount_high))};
    }
    if (wish->town != NULL) {
        filters[query.filter_count++] =
            (RecordFilter){STR("town"), str_of(wish->town), str_of(wish->town)};
    }
    if (wish->owner != NULL) {
        filters[query.filter_count++] =
            (RecordFilter){STR("owner"), str_of(wish->owner), str_of(wish->owner)};
    }
    query.search = wish->words == NULL ? STR("") : str_of(wish->words);
    size_t wanted = 0;
    for (size_t i = 0; i < all->count; i++) {
        wanted += is_wanted(wish, &all->items[i]);
    }
    size_t got = 0;
    IdVec ids = {0};
    Record last = {0};
    assert_int_equal(db_read_begin(&cx, kit.scratch.db, &conn), STATUS_OK);
    for (bool is_more = true; is_more;) {
        RecordPage page;
        Status status = record_list(&cx, conn, &kit.house, &query, &page);
        if (status != STATUS_OK) {
            print_message("%s\n", cx.fault.text);
        }
        assert_int_equal(status, STATUS_OK);
        for (size_t i = 0; i < page.count; i++) {
            assert_true(is_wanted(wish, &page.items[i]));
            assert_true(got == 0 || order_of(wish, &last, &page.items[i]) < 0);
            last = page.items[i];
            *vec_push(arena, &ids) = last.id;
            got++;
        }
        query.after = page.next;
        is_more = page.next.len > 0;
    }
    if (got != wanted) {
        print_message("state %s, amount %lld..%lld, town %s, owner %s, words %s, by %s%s, pages of "
                      "%zu: %zu of %zu\n",
                      wish->state, (long long)wish->amount_low, (long long)wish->amount_high,
                      wish->town, wish->owner, wish->words, wish->is_descending ? "-" : "",
                      wish->sort, row_max, got, wanted);
    }
    assert_int_equal(got, wanted);
    backward_check(&cx, conn, &query, &ids);
    if (wish->words == NULL) {
        skip_check(&cx, conn, &query, &ids);
    }
    int64_t count = 0;
    bool is_more = true;
    query.after = STR("");
    assert_int_equal(record_count(&cx, conn, &kit.house, &query, &count, &is_more), STATUS_OK);
    assert_int_equal(count, wanted);
    assert_false(is_more);
    db_read_end(kit.scratch.db, conn);
    arena_free(arena);
}

static void test_pages_hold_what_is_wanted(void **state) {
    (void)state;
    Prng prng;
    DbConn *conn = NULL;
    prng_init(&prng, 7);
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    const RecordActor lead = {.person_id = 3, .role = STR("lead")};
    All all = {.arena = arena, .items = arena_array(arena, Record, RECORDS + 10)};
    RecordQuery query = record_query_for(record_kind_find(&kit.book, STR("grant")), &lead);
    assert_int_equal(db_read_begin(&cx, kit.scratch.db, &conn), STATUS_OK);
    assert_int_equal(record_each(&cx, conn, &kit.house, &query, all_take, &all), STATUS_OK);
    db_read_end(kit.scratch.db, conn);
    assert_int_equal(all.count, RECORDS);
    for (int i = 0; i < QUERIES; i++) {
        Wish wish = wish_draw(&prng);
        query_run(&all, &wish, 25 + prng_below(&prng, 400));
    }
    arena_free(arena);
}

static void test_refusals(void **state) {
    (void)state;
    const RecordActor lead = {.person_id = 3, .role = STR("lead")};
    const RecordFilter unknown[] = {{STR("colour"), STR("a"), STR("a")}};
    const RecordFilter wrong[] = {{STR("amount"), STR("viel"), STR("")}};
    DbConn *conn = NULL;
    Cx *cx = &kit.scratch.cx;
    RecordPage page;
    RecordQuery query = record_query_for(record_kind_find(&kit.book, STR("grant")), &lead);
    assert_int_equal(db_read_begin(cx, kit.scratch.db, &conn), STATUS_OK);
    query.sort = STR("note");
    assert_int_equal(record_list(cx, conn, &kit.house, &query, &page), STATUS_INVALID);
    fault_clear(cx);
    query.sort = STR("id");
    query.filters = unknown;
    query.filter_count = 1;
    assert_int_equal(record_list(cx, conn, &kit.house, &query, &page), STATUS_INVALID);
    fault_clear(cx);
    query.filters = wrong;
    assert_int_equal(record_list(cx, conn, &kit.house, &query, &page), STATUS_INVALID);
    assert_string_equal(cx->fault.field, "amount");
    fault_clear(cx);
    query.filter_count = 0;
    query.after = STR("AAAA");
    assert_int_equal(record_list(cx, conn, &kit.house, &query, &page), STATUS_INVALID);
    fault_clear(cx);
    query.after = STR("");
    query.skip = RECORD_SKIP_MAX + 1;
    assert_int_equal(record_list(cx, conn, &kit.house, &query, &page), STATUS_INVALID);
    fault_clear(cx);
    query.skip = 0;
    query.search = STR("a");
    assert_int_equal(record_list(cx, conn, &kit.house, &query, &page), STATUS_INVALID);
    fault_clear(cx);
    query.scope = RECORD_SCOPE_NONE;
    assert_int_equal(record_list(cx, conn, &kit.house, &query, &page), STATUS_DENIED);
    fault_clear(cx);
    db_read_end(kit.scratch.db, conn);
}

/* Who sees what in a list follows who filed it. */
static void test_scopes(void **state) {
    (void)state;
    const RecordActor other = {.person_id = 99, .role = STR("officer"), .unit = STR("zhujian")};
    const RecordActor stranger = {.person_id = 98, .role = STR("resident")};
    const RecordKind *kind = record_kind_find(&kit.book, STR("grant"));
    int64_t count = -1;
    bool is_more = false;
    DbConn *conn = NULL;
    Cx *cx = &kit.scratch.cx;
    assert_int_equal(db_read_begin(cx, kit.scratch.db, &conn), STATUS_OK);
    RecordQuery query = record_query_for(kind, &kit.firm);
    assert_int_equal(record_count(cx, conn, &kit.house, &query, &count, &is_more), STATUS_OK);
    assert_int_equal(count, 0);
    query = record_query_for(kind, &other); /* an owner of the kind: all */
    assert_int_equal(query.scope, RECORD_SCOPE_ALL);
    query.scope = RECORD_SCOPE_UNIT; /* what its own unit filed: nothing */
    assert_int_equal(record_count(cx, conn, &kit.house, &query, &count, &is_more), STATUS_OK);
    assert_int_equal(count, 0);
    assert_int_equal(record_query_for(kind, &stranger).scope, RECORD_SCOPE_NONE);
    db_read_end(kit.scratch.db, conn);
}

/* A counter is not recomputed: it gives the same when there are no records left to look at. */
static Status empty_work(Cx *cx, DbConn *conn, void *input) {
    static const char *const statements[] = {"DELETE FROM record_gram", "DELETE FROM record_key",
                                             "DELETE FROM record_past", "DELETE FROM record_hand",
                                             "DELETE FROM record"};
    (void)input;
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        TRY(db_exec(cx, conn, statements[i], DB_NO_ARGS, NULL));
    }
    return STATUS_OK;
}

static int64_t parts_sum(const char *code) {
    RecordParts parts = {0};
    DbConn *conn = NULL;
    Cx *cx = &kit.scratch.cx;
    int64_t sum = 0;
    assert_int_equal(db_read_begin(cx, kit.scratch.db, &conn), STATUS_OK);
    assert_int_equal(record_counter_parts(cx, conn, str_of(code), STR("town"), STR("0000-00"),
                                          STR("9999-99"), &parts),
                     STATUS_OK);
    db_read_end(kit.scratch.db, conn);
    for (size_t i = 0; i < parts.count; i++) {
        sum += parts.items[i].sum;
    }
    return sum;
}

static void test_counters_read_no_record(void **state) {
    (void)state;
    const int64_t count = kit_counter(&kit, "grant.count", "");
    const int64_t large = kit_counter(&kit, "grant.large_fen", "");
    const int64_t towns = parts_sum("grant.count");
    const DbCommand command = {.name = "empty", .work = empty_work};
    assert_true(count > 0 && large > 0 && towns > 0);
    assert_int_equal(db_write(&kit.scratch.cx, kit.scratch.db, &command, NULL), STATUS_OK);
    assert_int_equal(kit_counter(&kit, "grant.count", ""), count);
    assert_int_equal(kit_counter(&kit, "grant.large_fen", ""), large);
    assert_int_equal(parts_sum("grant.count"), towns);
    assert_true(kit_wrong(&kit, "grant") > 0); /* only the recount looks at records */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counters_equal_recount),
        cmocka_unit_test(test_pages_hold_what_is_wanted),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_counters_read_no_record), /* last: it empties the table */
    };
    return cmocka_run_group_tests(tests, start, stop);
}
