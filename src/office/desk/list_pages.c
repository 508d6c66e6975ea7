/*
 * list_pages.c - the kinds, the records of a kind, what waits for me. Reading order: the address of
 * a list, the filter bar, the table, personal views, the pages, the index, the queue.
 */
#include "base/vec.h"
#include "office/desk/desk_draft.h"

#include <inttypes.h>

enum {
    BAR_CHOICES_MAX = 4, /* with two ranges: as many filters as the engine takes */
    BAR_RANGES_MAX = 2,
    BAR_SHOWN_MAX = 4, /* fields of the bar that are not folded away */
    ROWS_CHOICES_MAX = 200,
};

/* ---- the address of a list ---- */

typedef struct FilterVec VEC(RecordFilter) FilterVec;

static bool is_choice_type(RecordType type) {
    return type == RECORD_CHOICE || type == RECORD_TOWN || type == RECORD_UNIT ||
           type == RECORD_PLACE || type == RECORD_CHECK;
}

static bool is_range_type(RecordType type) {
    return type == RECORD_INT || type == RECORD_DECIMAL || type == RECORD_MONEY ||
           type == RECORD_DAY || type == RECORD_MONTH || type == RECORD_YEAR;
}

static bool is_listed(const Desk *desk, const RecordField *field) {
    return field->is_list && (!desk->is_public || field->is_public);
}

static const char *filter_name(Arena *arena, const RecordField *field, const char *end) {
    return str_c(arena, str_print(arena, "f." STR_FMT "%s", STR_ARG(field->name), end));
}

static Str asked(const Desk *desk, const char *name) {
    return str_trim(http_query(desk->web->http, name));
}

static Str with_value(Arena *arena, Str path, const char *name, Str value) {
    return value.len == 0 ? path : desk_path_with(arena, path, name, http_url_encode(arena, value));
}

/* Adds the filters of one field; the address gets them again. */
static void field_filter(const Desk *desk, const RecordField *field, FilterVec *filters,
                         DeskList *list) {
    Arena *arena = desk->web->cx->arena;
    const char *names[] = {filter_name(arena, field, ""), filter_name(arena, field, ".a"),
                           filter_name(arena, field, ".b")};
    Str equal = asked(desk, names[0]);
    Str low = asked(desk, names[1]);
    Str high = asked(desk, names[2]);
    if (equal.len == 0 && low.len == 0 && high.len == 0) {
        return;
    }
    *vec_push(arena, filters) = (RecordFilter){.name = field->name,
                                               .low = equal.len > 0 ? equal : low,
                                               .high = equal.len > 0 ? equal : high};
    list->path = with_value(arena, list->path, names[0], equal);
    list->path = with_value(arena, list->path, names[1], low);
    list->path = with_value(arena, list->path, names[2], high);
}

static void unit_filter(const Desk *desk, const char *name, FilterVec *filters, DeskList *list) {
    Arena *arena = desk->web->cx->arena;
    const char *param = str_c(arena, str_print(arena, "f.%s", name));
    Str unit = asked(desk, param);
    if (unit.len > 0 && !desk->is_public) {
        *vec_push(arena, filters) = (RecordFilter){.name = str_of(name), .low = unit, .high = unit};
        list->path = with_value(arena, list->path, param, unit);
    }
}

static void view_read(const Desk *desk, FilterVec *filters, DeskList *list) {
    Arena *arena = desk->web->cx->arena;
    Str code = asked(desk, "v");
    list->view = code.len == 0 || desk->is_public ? NULL : record_view_find(desk->kind, code);
    if (list->view == NULL) {
        return;
    }
    list->path = with_value(arena, list->path, "v", code);
    list->query.states = list->view->states;
    list->query.state_count = list->view->state_count;
    for (size_t i = 0; i < list->view->filter_count; i++) {
        *vec_push(arena, filters) = list->view->filters[i];
    }
}

static void state_read(const Desk *desk, DeskList *list) {
    Arena *arena = desk->web->cx->arena;
    Str code = asked(desk, "state");
    if (code.len > 0) {
        Str *states = arena_array(arena, Str, 1);
        states[0] = code;
        list->query.states = states;
        list->query.state_count = 1;
        list->path = with_value(arena, list->path, "state", code);
    }
}

static const RecordCounter *counter_find(const RecordKind *kind, Str code) {
    for (size_t i = 0; i < kind->counter_count; i++) {
        if (str_equal(kind->counters[i].code, code)) {
            return &kind->counters[i];
        }
    }
    return NULL;
}

/* "2026-03" is the days from its first to its last, "2026" those of the year. */
static void month_filter(const Desk *desk, Str field, FilterVec *filters, DeskList *list) {
    Arena *arena = desk->web->cx->arena;
    Str month = asked(desk, "month");
    Day first = DAY_NONE;
    Day last = DAY_NONE;
    const char *rest = month.len == 4 ? "-01-01" : "-01";
    if ((month.len != 4 && month.len != 7) ||
        day_parse(desk->web->cx, str_print(arena, STR_FMT "%s", STR_ARG(month), rest), &first) !=
            STATUS_OK) {
        fault_clear(desk->web->cx);
        return;
    }
    last = day_add(day_add_months(first, month.len == 4 ? 12 : 1), -1);
    *vec_push(arena, filters) = (RecordFilter){
        .name = field, .low = day_print(arena, first), .high = day_print(arena, last)};
    list->path = with_value(arena, list->path, "month", month);
}

/* The way from a figure to its records: those in the states that a counter counts, of the month.
 * Its further condition is not a filter; the list may hold a few more than the figure. */
static void counter_read(const Desk *desk, FilterVec *filters, DeskList *list) {
    Arena *arena = desk->web->cx->arena;
    Str code = asked(desk, "counter");
    const RecordCounter *counter =
        code.len == 0 || desk->is_public ? NULL : counter_find(desk->kind, code);
    if (counter == NULL) {
        return;
    }
    Str *states = arena_array(arena, Str, desk->kind->state_count);
    size_t count = 0;
    for (size_t i = 0; i < desk->kind->state_count; i++) {
        bool has_left = counter->until != SIZE_MAX && desk->kind->states[i].is_end;
        if ((counter->states >> i & 1) != 0 && !has_left) {
            states[count++] = desk->kind->states[i].code;
        }
    }
    list->query.states = states;
    list->query.state_count = count;
    list->path = with_value(arena, list->path, "counter", code);
    if (counter->day < desk->kind->field_count &&
        desk->kind->fields[counter->day].type == RECORD_DAY &&
        desk->kind->fields[counter->day].is_list) {
        month_filter(desk, desk->kind->fields[counter->day].name, filters, list);
    }
}

static void sort_read(const Desk *desk, DeskList *list) {
    Str sort = asked(desk, "sort");
    list->sort = sort.len > 0                                     ? sort
                 : list->view != NULL && list->view->sort.len > 0 ? list->view->sort
                                                                  : desk->kind->sort;
    list->query.sort = str_equal(list->sort, STR("number"))    ? STR("id")
                       : str_equal(list->sort, STR("-number")) ? STR("-id")
                                                               : list->sort;
}

/* Where in the list: "n", a page by its number; "c" or "b", the page behind or before a cursor
 * ("b=end": the last one), and the number that it has then, "p" from the beginning or "e" from the
 * end. */
static void place_read(const Desk *desk, DeskList *list) {
    int64_t rows = (int64_t)list->query.row_max;
    int64_t number = web_param_int(desk->web, "n", 0);
    Str before = asked(desk, "b");
    Str behind = asked(desk, "c");
    list->is_jump = number > 1;
    if (list->is_jump) {
        int64_t most = RECORD_SKIP_MAX / rows;
        list->page = number - 1 < most ? number - 1 : most;
        list->query.skip = list->page * rows;
    } else if (before.len > 0 || behind.len > 0) {
        list->query.is_backward = before.len > 0;
        list->query.after = before.len == 0                 ? behind
                            : str_equal(before, STR("end")) ? STR("")
                                                            : before;
        list->from_end = web_param_int(desk->web, "e", 0);
        list->page = web_param_int(desk->web, "p", 1);
    }
}

void desk_list_read(const Desk *desk, Str base_path, DeskList *out) {
    Arena *arena = desk->web->cx->arena;
    FilterVec filters = {0};
    *out = (DeskList){.path = base_path, .query = record_query_for(desk->kind, &desk->actor)};
    if (desk->web->error_count == 0) { /* a wrong address is shown with its message, unfiltered */
        view_read(desk, &filters, out);
        for (size_t i = 0; i < desk->kind->field_count; i++) {
            if (is_listed(desk, &desk->kind->fields[i])) {
                field_filter(desk, &desk->kind->fields[i], &filters, out);
            }
        }
        unit_filter(desk, "owner", &filters, out);
        unit_filter(desk, "filing", &filters, out);
        state_read(desk, out);
        counter_read(desk, &filters, out);
        out->query.search = asked(desk, "q");
        out->path = with_value(arena, out->path, "q", out->query.search);
        sort_read(desk, out);
    } else {
        out->query.sort = desk->kind->sort;
    }
    out->query.filters = filters.items;
    out->query.filter_count = filters.count;
    int64_t rows = web_param_int(desk->web, "rows", DESK_ROWS_PER_PAGE);
    out->query.row_max = rows >= 1 && rows <= ROWS_CHOICES_MAX ? (size_t)rows : DESK_ROWS_PER_PAGE;
    if (out->query.row_max != DESK_ROWS_PER_PAGE) {
        out->path =
            with_value(arena, out->path, "rows", str_print(arena, "%zu", out->query.row_max));
    }
    if (desk->web->error_count == 0) {
        place_read(desk, out);
    }
}

static Str sorted_path(const Desk *desk, const DeskList *list) {
    Str sort = asked(desk, "sort");
    return with_value(desk->web->cx->arena, list->path, "sort", sort);
}

/* The address of the page behind ("c") or before ("b") a cursor, steps away from this one. */
static Str place_path(const Desk *desk, const DeskList *list, const char *name, Str cursor,
                      int steps) {
    Arena *arena = desk->web->cx->arena;
    Str path = with_value(arena, sorted_path(desk, list), name, cursor);
    return list->from_end > 0
               ? with_value(arena, path, "e", str_print(arena, "%" PRId64, list->from_end - steps))
               : with_value(arena, path, "p", str_print(arena, "%" PRId64, list->page + steps));
}

/* ---- the filter bar ---- */

typedef struct FieldVec VEC(FormField) FieldVec;

static void bar_choice(const Desk *desk, const RecordField *field, FieldVec *bar) {
    Arena *arena = desk->web->cx->arena;
    FormField out = {.name = filter_name(arena, field, ""),
                     .label = str_c(arena, field->title),
                     .kind = FIELD_CHOICE,
                     .is_optional = true};
    desk_choices_set(desk, field, &out);
    *vec_push(arena, bar) = out;
}

static void bar_range(const Desk *desk, const RecordField *field, FieldVec *bar) {
    Arena *arena = desk->web->cx->arena;
    FieldKind kind = field->type == RECORD_DAY     ? FIELD_DAY
                     : field->type == RECORD_MONTH ? FIELD_MONTH
                     : field->type == RECORD_MONEY ? FIELD_MONEY
                                                   : FIELD_DECIMAL;
    *vec_push(arena, bar) = (FormField){
        .name = filter_name(arena, field, ".a"),
        .label = str_c(arena, str_print(arena, STR_FMT "（从）", STR_ARG(field->title))),
        .kind = kind,
        .is_optional = true};
    *vec_push(arena, bar) = (FormField){
        .name = filter_name(arena, field, ".b"),
        .label = str_c(arena, str_print(arena, STR_FMT "（到）", STR_ARG(field->title))),
        .kind = kind,
        .is_optional = true};
}

static void bar_states(const Desk *desk, FieldVec *bar) {
    Arena *arena = desk->web->cx->arena;
    FormChoice *choices = arena_array(arena, FormChoice, desk->kind->state_count);
    size_t count = 0;
    for (size_t i = 0; i < desk->kind->state_count; i++) {
        const RecordState *state = &desk->kind->states[i];
        if (!desk->is_public || (!state->is_start && !state->is_void)) {
            choices[count++] = (FormChoice){str_c(arena, state->code), str_c(arena, state->title)};
        }
    }
    *vec_push(arena, bar) = (FormField){.name = "state",
                                        .label = "状态",
                                        .kind = FIELD_CHOICE,
                                        .is_optional = true,
                                        .choices = choices,
                                        .choice_count = count};
}

static void bar_fields(const Desk *desk, FieldVec *bar) {
    size_t choices = 0;
    size_t ranges = 0;
    for (size_t i = 0; i < desk->kind->field_count; i++) {
        const RecordField *field = &desk->kind->fields[i];
        if (is_listed(desk, field) && is_choice_type(field->type) && choices++ < BAR_CHOICES_MAX) {
            bar_choice(desk, field, bar);
        }
    }
    for (size_t i = 0; i < desk->kind->field_count; i++) {
        const RecordField *field = &desk->kind->fields[i];
        if (is_listed(desk, field) && is_range_type(field->type) && ranges++ < BAR_RANGES_MAX) {
            bar_range(desk, field, bar);
        }
    }
}

static void bar_write(const Desk *desk, const DeskList *list) {
    Arena *arena = desk->web->cx->arena;
    FieldVec bar = {0};
    *vec_push(arena, &bar) =
        (FormField){.name = "q", .label = "查找", .kind = FIELD_TEXT, .is_optional = true};
    bar_states(desk, &bar);
    bar_fields(desk, &bar);
    size_t shown = BAR_SHOWN_MAX;
    if (shown < bar.count && str_ends(str_of(bar.items[shown].name), STR(".b"))) {
        shown++; /* both ends of a range stand together */
    }
    for (size_t i = shown; i < bar.count; i++) {
        bar.items[i].group = "更多条件";
    }
    if (list->view != NULL) {
        *vec_push(arena, &bar) =
            (FormField){.name = "v", .label = "", .kind = FIELD_HIDDEN, .value = list->view->code};
    }
    if (asked(desk, "sort").len > 0) {
        *vec_push(arena, &bar) = (FormField){
            .name = "sort", .label = "", .kind = FIELD_HIDDEN, .value = asked(desk, "sort")};
    }
    Form form = {.key = "filter",
                 .action = desk_kind_path(desk, ""),
                 .submit = "查询",
                 .fields = bar.items,
                 .field_count = bar.count,
                 .is_get = true,
                 .is_bar = true,
                 .clear = desk_kind_path(desk, "")};
    view_form(desk->web->view, &form);
}

/* ---- the table ---- */

typedef struct ColumnVec VEC(ViewColumn) ColumnVec;
typedef struct KeyVec VEC(const char *) KeyVec;

typedef struct Table {
    ColumnVec columns;
    KeyVec sorts;
    size_t *fields; /* of the columns after the number */
    size_t field_count;
    bool has_id; /* for programs: people follow the number's link */
    bool has_owner;
    bool has_due;
} Table;

/* Declared, or set by the city. */
static Status has_clock(const Desk *desk, bool *out) {
    RecordClocks clocks;
    *out = false;
    for (size_t i = 0; i < desk->kind->transition_count; i++) {
        *out = *out || desk->kind->transitions[i].clock_days > 0;
    }
    if (desk->is_public || *out) {
        *out = *out && !desk->is_public;
        return STATUS_OK;
    }
    TRY(record_clocks(desk->web->cx, desk->web->conn, desk->kind->code, &clocks));
    for (size_t i = 0; i < clocks.count; i++) {
        *out = *out || str_equal(clocks.items[i].state, STR("in_force"));
    }
    return STATUS_OK;
}

static Status table_plan(const Desk *desk, Table *table) {
    Arena *arena = desk->web->cx->arena;
    *table = (Table){.has_owner = !desk->is_public && desk->kind->owner_count > 1};
    TRY(has_clock(desk, &table->has_due));
    table->fields = arena_array(arena, size_t, desk->kind->field_count);
    *vec_push(arena, &table->columns) = (ViewColumn){"number", "编号", false};
    *vec_push(arena, &table->sorts) = "number";
    table->has_id = desk->web->is_json;
    if (table->has_id) {
        *vec_push(arena, &table->columns) = (ViewColumn){"id", "序号", true};
    }
    for (size_t i = 0; i < desk->kind->field_count; i++) {
        const RecordField *field = &desk->kind->fields[i];
        if (!is_listed(desk, field)) {
            continue;
        }
        const char *key = str_c(arena, field->name);
        bool is_number = field->type == RECORD_INT || field->type == RECORD_DECIMAL ||
                         field->type == RECORD_MONEY;
        table->fields[table->field_count++] = i;
        *vec_push(arena, &table->columns) =
            (ViewColumn){key, str_c(arena, field->title), is_number};
        *vec_push(arena, &table->sorts) = key;
    }
    *vec_push(arena, &table->columns) = (ViewColumn){"state", "状态", false};
    if (table->has_owner) {
        *vec_push(arena, &table->columns) = (ViewColumn){"owner", "主管单位", false};
    }
    if (table->has_due) {
        *vec_push(arena, &table->columns) = (ViewColumn){"due", "时限", false};
        *vec_push(arena, &table->sorts) = "due";
    }
    return STATUS_OK;
}

static void row_write(const Desk *desk, const Table *table, const Record *record) {
    View *view = desk->web->view;
    view_row(view);
    view_cell(view, VIEW_LINK(desk_record_path(desk, record->id, ""), record->number));
    if (table->has_id) {
        view_cell(view, VIEW_INT(record->id));
    }
    for (size_t i = 0; i < table->field_count; i++) {
        size_t field = table->fields[i];
        ViewValue value = desk_value(desk, &desk->kind->fields[field], &record->values[field]);
        /* In a dense table an empty cell is a dash; for programs it stays nothing. */
        bool is_dash = value.kind == VIEW_KIND_NONE && view_html(view) != NULL;
        view_cell(view, is_dash ? VIEW_TEXT(STR("—")) : value);
    }
    view_cell(view, desk_state_badge(record));
    if (table->has_owner) {
        view_cell(view, VIEW_TEXT(record_unit_name(desk->house.book, record->owner)));
    }
    if (table->has_due) {
        view_cell(view, record->due.number == DAY_NONE.number ? VIEW_TEXT(STR("—"))
                                                              : VIEW_DAY(record->due));
    }
}

static Str empty_words(const Desk *desk, const DeskList *list) {
    bool is_filtered =
        list->query.filter_count > 0 || list->query.search.len > 0 || list->query.state_count > 0;
    return is_filtered ? STR("没有符合条件的记录，可以清除条件再看")
           : record_may_file(desk->kind, &desk->actor)
               ? STR("还没有记录，可以填报第一条，或者导入表格")
               : STR("还没有记录");
}

static Status table_write(const Desk *desk, const DeskList *list, const RecordPage *page) {
    View *view = desk->web->view;
    Table table;
    TRY(table_plan(desk, &table));
    view_table_sort(view, list->path, list->sort, table.sorts.items, table.sorts.count);
    view_table_begin(view, "records", desk->kind->title, table.columns.items, table.columns.count);
    for (size_t i = 0; i < page->count; i++) {
        TRY(cx_step(desk->web->cx));
        row_write(desk, &table, &page->items[i]);
    }
    view_table_end(view, empty_words(desk, list));
    return STATUS_OK;
}

/* The ways on from a page. A list that is read towards its beginning knows by next what is before
 * and by its edge what is behind it; one that is read forwards the other way round. */
static void ways_set(const Desk *desk, const DeskList *list, const RecordPage *page,
                     ViewPages *pages) {
    bool is_back = list->query.is_backward;
    Str behind = is_back ? page->edge : page->next;
    Str before = is_back ? page->next : page->edge;
    bool is_first = list->from_end == 0 && list->page == 0;
    bool is_last = list->from_end == 1 || (list->is_jump && page->count == 0);
    if (!is_first) {
        pages->first = sorted_path(desk, list);
    }
    if (list->from_end == 0 && list->page == 1) {
        pages->before = pages->first;
    } else if (!is_first && before.len > 0) {
        pages->before = place_path(desk, list, "b", before, -1);
    }
    if (behind.len > 0 && !is_last) {
        pages->after = place_path(desk, list, "c", behind, 1);
    }
}

/* The last page has a number when all are counted; otherwise it is the first one from the end. */
static void last_set(const Desk *desk, const DeskList *list, ViewPages *pages) {
    Arena *arena = desk->web->cx->arena;
    int64_t count = (pages->total + pages->rows_per_page - 1) / pages->rows_per_page;
    pages->jump_max = pages->is_at_least ? RECORD_SKIP_MAX / pages->rows_per_page + 1 : count;
    pages->jump_path = desk_kind_path(desk, "");
    pages->jump_fields = desk->web->http->query;
    pages->jump_field_count = desk->web->http->query_count;
    if (pages->after.len > 0 && !pages->is_at_least) {
        pages->last =
            with_value(arena, sorted_path(desk, list), "n", str_print(arena, "%" PRId64, count));
    } else if (pages->after.len > 0) {
        pages->last = with_value(arena, with_value(arena, sorted_path(desk, list), "b", STR("end")),
                                 "e", STR("1"));
    }
}

static void page_notices(const Desk *desk, const DeskList *list, const RecordPage *page) {
    View *view = desk->web->view;
    if (page->is_cut) {
        view_notice(view, VIEW_INFO,
                    STR("符合的记录较多，只显示最近的一部分，请加上其他条件，或按编号排序。"));
    }
    if (page->is_short && list->is_jump && page->count == 0) {
        view_notice(view, VIEW_INFO,
                    STR("这一页太靠后，一次查不到。请加上其他条件，或从首页、末页逐页翻。"));
    } else if (page->is_short) {
        view_notice(view, VIEW_INFO,
                    list->query.is_backward
                        ? STR("符合条件的记录很少，先查到这里；点“上一页”继续往前查。")
                        : STR("符合条件的记录很少，先查到这里；点“下一页”继续往后查。"));
    }
}

static Status pages_write(const Desk *desk, const DeskList *list, const RecordPage *page) {
    Web *web = desk->web;
    int64_t rows = (int64_t)list->query.row_max;
    ViewPages pages = {.page = list->page,
                       .from_end = list->from_end,
                       .rows_per_page = rows,
                       .total = list->page * rows + (int64_t)page->count,
                       .is_at_least = page->next.len > 0};
    ways_set(desk, list, page, &pages);
    /* A search reads the records that it counts: it is not counted for a page. */
    if (list->query.search.len == 0) {
        TRY(record_count(web->cx, web->conn, &desk->house, &list->query, &pages.total,
                         &pages.is_at_least));
        last_set(desk, list, &pages);
    }
    view_pages(web->view, &pages);
    page_notices(desk, list, page);
    return STATUS_OK;
}

/* ---- views, exports, drafts above a list ---- */

static void export_tabs(const Desk *desk, const DeskList *list) {
    Arena *arena = desk->web->cx->arena;
    Str rest = sorted_path(desk, list);
    (void)str_cut(&rest, '?');
    const char *joint = rest.len > 0 ? "&" : "";
    view_tabs_begin(desk->web->view, "导出");
    view_tab(desk->web->view,
             str_print(arena, STR_FMT "?form=xlsx%s" STR_FMT,
                       STR_ARG(desk_kind_path(desk, "/export")), joint, STR_ARG(rest)),
             STR("导出 Excel"), false);
    view_tab(desk->web->view,
             str_print(arena, STR_FMT "?form=csv%s" STR_FMT,
                       STR_ARG(desk_kind_path(desk, "/export")), joint, STR_ARG(rest)),
             STR("导出 CSV"), false);
    view_tab(desk->web->view,
             str_print(arena, STR_FMT "?form=gb%s" STR_FMT,
                       STR_ARG(desk_kind_path(desk, "/export")), joint, STR_ARG(rest)),
             STR("导出 CSV（GB）"), false);
    if (desk->kind->map != SIZE_MAX &&
        (!desk->is_public || desk->kind->fields[desk->kind->map].is_public)) {
        view_tab(desk->web->view,
                 str_print(arena, STR_FMT "%s" STR_FMT, STR_ARG(desk_kind_path(desk, "/map")),
                           rest.len > 0 ? "?" : "", STR_ARG(rest)),
                 STR("地图"), false);
    }
    view_tabs_end(desk->web->view);
}

static Status view_tabs(const Desk *desk, const DeskList *list) {
    Web *web = desk->web;
    DeskViews own;
    TRY(desk_store_view_list(web->cx, web->conn, web->user->id, desk->kind->code, &own));
    view_tabs_begin(web->view, "视图");
    bool is_plain = list->view == NULL && asked(desk, "my").len == 0;
    view_tab(web->view, desk_kind_path(desk, ""), STR("全部"), is_plain);
    for (size_t i = 0; i < desk->kind->view_count; i++) {
        const RecordView *view = &desk->kind->views[i];
        view_tab(web->view,
                 desk_path_with(web->cx->arena, desk_kind_path(desk, ""), "v", view->code),
                 view->title, list->view == view);
    }
    for (size_t i = 0; i < own.count; i++) {
        Str path = str_print(web->cx->arena, STR_FMT "?my=%" PRId64 "%s" STR_FMT,
                             STR_ARG(desk_kind_path(desk, "")), own.items[i].id,
                             own.items[i].query.len > 0 ? "&" : "", STR_ARG(own.items[i].query));
        view_tab(web->view, path, own.items[i].title,
                 web_param_int(web, "my", 0) == own.items[i].id);
    }
    view_tabs_end(web->view);
    return STATUS_OK;
}

static const FormField view_fields[] = {
    {.name = "title", .label = "视图名称", .kind = FIELD_TEXT, .min = 1, .max = 20}};

static void view_forms(const Desk *desk, const DeskList *list) {
    Web *web = desk->web;
    Html *html = view_html(web->view);
    int64_t mine = web_param_int(web, "my", 0);
    if (html == NULL) {
        return;
    }
    if (mine > 0) {
        view_action(web->view,
                    str_print(web->cx->arena, STR_FMT "/view/%" PRId64 "/drop",
                              STR_ARG(desk_kind_path(desk, "")), mine),
                    STR("删除这个视图"), "删除这个视图？记录不受影响。");
        return;
    }
    Str query = sorted_path(desk, list);
    (void)str_cut(&query, '?');
    if (query.len == 0) {
        return;
    }
    HTML(html, "details") {
        HTML_LEAF(html, "summary", "把现在的条件存为我的视图");
        FormField fields[] = {
            view_fields[0],
            {.name = "query", .label = "", .kind = FIELD_HIDDEN, .max = 1000, .value = query}};
        Form form = {.key = "view",
                     .action = desk_kind_path(desk, "/view"),
                     .submit = "保存视图",
                     .fields = fields,
                     .field_count = 2};
        view_form(web->view, &form);
    }
}

/* Only what may stand in an address: it is put behind our own path. */
static bool is_query(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_plain && !str_contains(STR("=&%._~-+"), (Str){&text.at[i], 1})) {
            return false;
        }
    }
    return true;
}

static Status view_put_work(Cx *cx, DbConn *conn, void *input) {
    return desk_store_view_put(cx, conn, input);
}

Status desk_view_post(Web *web) {
    Desk desk;
    TRY(desk_open(web, true, &desk));
    FormValue title;
    DeskViews own;
    Form form = {.fields = view_fields, .field_count = 1};
    TRY(form_read(web, &form, &title));
    Str query = web_param(web, "query");
    if (query.len > 1000 || !is_query(query)) {
        return fault(web->cx, STATUS_INVALID, "筛选条件不能保存");
    }
    TRY(desk_store_view_list(web->cx, web->conn, web->user->id, desk.kind->code, &own));
    if (own.count >= DESK_VIEWS_MAX) {
        return fault(web->cx, STATUS_LIMIT, "每类台账最多保存 %d 个视图", DESK_VIEWS_MAX);
    }
    DeskViewNew view = {.person_id = web->user->id,
                        .kind = desk.kind->code,
                        .title = title.text,
                        .query = query,
                        .now_ms = web->now_ms};
    TRY(web_write(web, "desk.view", view_put_work, &view, NULL));
    return web_redirect(web,
                        str_print(web->cx->arena, STR_FMT "%s" STR_FMT,
                                  STR_ARG(desk_kind_path(&desk, "")), query.len > 0 ? "?" : "",
                                  STR_ARG(query)),
                        STR("视图已保存"));
}

typedef struct DropInput {
    int64_t person_id;
    int64_t id;
} DropInput;

static Status view_drop_work(Cx *cx, DbConn *conn, void *it) {
    const DropInput *input = it;
    int64_t count = 0;
    TRY(desk_store_view_drop(cx, conn, input->person_id, input->id, &count));
    return count == 1 ? STATUS_OK : fault(cx, STATUS_NOT_FOUND, "没有这个视图");
}

Status desk_view_drop_post(Web *web) {
    Desk desk;
    TRY(desk_open(web, true, &desk));
    DropInput input = {.person_id = web->user->id, .id = web->ids[0]};
    TRY(web_write(web, "desk.view.drop", view_drop_work, &input, NULL));
    return web_redirect(web, desk_kind_path(&desk, ""), STR("视图已删除"));
}

static Status drafts_write(const Desk *desk) {
    Web *web = desk->web;
    static const ViewColumn columns[] = {
        {"title", "草稿", false}, {"changed_ms", "保存时间", false}, {"drop", "操作", false}};
    DeskDrafts drafts;
    TRY(desk_store_draft_list(web->cx, web->conn, web->user->id, desk->kind->code, &drafts));
    if (drafts.count == 0) {
        return STATUS_OK;
    }
    view_section(web->view, STR("我的草稿（还没有提交）"));
    view_table_begin(web->view, "drafts", STR("我的草稿"), columns, 3);
    for (size_t i = 0; i < drafts.count; i++) {
        const DeskDraft *draft = &drafts.items[i];
        view_row(web->view);
        view_cell(web->view, VIEW_LINK(str_print(web->cx->arena, STR_FMT "?draft=%" PRId64,
                                                 STR_ARG(desk_kind_path(desk, "/new")), draft->id),
                                       draft->title));
        view_cell(web->view, VIEW_INSTANT(draft->changed_ms));
        view_cell_action(web->view,
                         str_print(web->cx->arena, STR_FMT "/draft/%" PRId64 "/drop",
                                   STR_ARG(desk_kind_path(desk, "")), draft->id),
                         STR("删除"), "删除这份草稿？");
    }
    view_table_end(web->view, STR_NONE);
    return STATUS_OK;
}

/* ---- the list ---- */

static void work_links(const Desk *desk) {
    Web *web = desk->web;
    Html *html = view_html(web->view);
    if (html == NULL || !record_may_file(desk->kind, &desk->actor)) {
        return;
    }
    HTML(html, "p.actions") {
        HTML_LEAF(html, "a.button", "填报一条", "href", desk_kind_path(desk, "/new"));
        HTML_LEAF(html, "a.button.plain", "导入表格", "href", desk_kind_path(desk, "/import"));
        HTML_LEAF(html, "a.button.plain", "下载空表", "href", desk_kind_path(desk, "/template"));
    }
}

static Status list_body(const Desk *desk, DeskList *list) {
    Web *web = desk->web;
    RecordPage page;
    TRY(record_list(web->cx, web->conn, &desk->house, &list->query, &page));
    bar_write(desk, list);
    view_section(web->view, STR_NONE);
    TRY(table_write(desk, list, &page));
    return pages_write(desk, list, &page);
}

Status desk_list_page(Web *web) {
    Desk desk;
    DeskList list;
    TRY(desk_open(web, true, &desk));
    desk_list_read(&desk, desk_kind_path(&desk, ""), &list);
    view_title(web->view, desk.kind->title);
    view_lead(web->view, desk.kind->about);
    work_links(&desk);
    TRY(view_tabs(&desk, &list));
    TRY(list_body(&desk, &list));
    export_tabs(&desk, &list);
    view_forms(&desk, &list);
    return drafts_write(&desk);
}

Status desk_public_list_page(Web *web) {
    Desk desk;
    DeskList list;
    TRY(desk_open_public(web, &desk));
    desk_list_read(&desk, desk_kind_path(&desk, ""), &list);
    list.query.scope = RECORD_SCOPE_PUBLIC;
    view_title(web->view, str_print(web->cx->arena, STR_FMT "（公开）", STR_ARG(desk.kind->title)));
    view_lead(web->view, desk.kind->about);
    TRY(list_body(&desk, &list));
    export_tabs(&desk, &list);
    return STATUS_OK;
}

Status desk_public_index_page(Web *web) {
    static const ViewColumn columns[] = {
        {"clause", "方案条款", false}, {"kind", "台账", false}, {"about", "内容", false}};
    const RecordHouse house = desk_house(web->app->house);
    view_title(web->view, STR("公开台账"));
    view_lead(web->view, STR("向社会公开的记录，只含公开的栏目；个人信息不公开。"));
    view_section(web->view, STR_NONE);
    view_table_begin(web->view, "kinds", STR("公开台账"), columns, 3);
    for (size_t i = 0; i < house.book->kind_count; i++) {
        const RecordKind *kind = &house.book->kinds[i];
        if (kind->is_public) {
            view_row(web->view);
            view_cell(web->view, VIEW_TEXT(kind->clauses[0]));
            view_cell(web->view,
                      VIEW_LINK(str_print(web->cx->arena, "/public/" STR_FMT, STR_ARG(kind->code)),
                                kind->title));
            view_cell(web->view, VIEW_TEXT(kind->about));
        }
    }
    view_table_end(web->view, STR("还没有公开的台账"));
    return STATUS_OK;
}

/* ---- the index ---- */

static DeskAsker asker_of(const Desk *desk) {
    return (DeskAsker){desk->web->cx, desk->web->conn, &desk->house, &desk->actor};
}

static Status index_row(const Desk *desk, const RecordKind *kind) {
    Web *web = desk->web;
    View *view = web->view;
    int64_t count = 0;
    bool is_more = false;
    bool is_mine = false;
    DeskAsker asker = asker_of(desk);
    TRY(desk_waiting_count(&asker, kind, &count, &is_more, &is_mine));
    Str number = str_print(web->cx->arena, "%" PRId64 "%s", count, is_more ? "+" : "");
    view_row(view);
    view_cell(view, VIEW_TEXT(kind->clauses[0]));
    view_cell(view, VIEW_LINK(str_print(web->cx->arena, "/record/" STR_FMT, STR_ARG(kind->code)),
                              kind->title));
    view_cell(view, VIEW_TEXT(kind->about));
    view_cell(view, !is_mine    ? VIEW_TEXT(STR("—"))
                    : count > 0 ? VIEW_BADGE(VIEW_WARN, number, number)
                                : VIEW_INT(0));
    return STATUS_OK;
}

Status desk_index_page(Web *web) {
    static const ViewColumn columns[] = {{"clause", "方案条款", false},
                                         {"kind", "台账", false},
                                         {"about", "内容", false},
                                         {"waiting", "待办", true}};
    Desk desk;
    TRY(desk_open(web, false, &desk));
    view_title(web->view, STR("台账"));
    view_lead(web->view, STR("按方案条款排列。“待办”是等我或我单位办理的记录。"));
    if (web->user->role == ROLE_OFFICER) {
        view_link(web->view, STR("/record/due"), STR("按时限办理"), true);
    }
    if (web->user->role == ROLE_OFFICER || web->user->role == ROLE_LEAD ||
        web->user->role == ROLE_AUDITOR) {
        view_link(web->view, STR("/clock"), STR("办理时限"), false);
    }
    view_section(web->view, STR_NONE);
    view_table_begin(web->view, "kinds", STR("台账"), columns, 4);
    for (size_t i = 0; i < desk.house.book->kind_count; i++) {
        if (record_may_enter(&desk.house.book->kinds[i], &desk.actor)) {
            TRY(index_row(&desk, &desk.house.book->kinds[i]));
        }
    }
    view_table_end(web->view, STR("没有与您有关的台账"));
    return STATUS_OK;
}

/* ---- the queue ---- */

static ViewValue left_badge(const Desk *desk, const Record *record) {
    Arena *arena = desk->web->cx->arena;
    if (record->due.number == DAY_NONE.number) {
        return VIEW_TEXT(STR("无时限"));
    }
    int32_t left = day_working_between(desk->house.calendar, web_today(desk->web), record->due);
    if (left < 0) {
        return VIEW_BADGE(VIEW_BAD, STR("late"), str_print(arena, "超期 %d 个工作日", -left));
    }
    return VIEW_BADGE(left <= 2 ? VIEW_WARN : VIEW_GOOD, left <= 2 ? STR("soon") : STR("ok"),
                      left == 0 ? STR("今天到期") : str_print(arena, "还剩 %d 个工作日", left));
}

static const ViewColumn due_columns[] = {
    {"left", "剩余", false},       {"due", "时限", false},         {"number", "编号", false},
    {"kind", "台账", false},       {"name", "名称", false},        {"state", "状态", false},
    {"filing", "填报单位", false}, {"filed_ms", "填报时间", false}};

static void due_row(Desk *desk, const Record *record) {
    View *view = desk->web->view;
    desk->kind = record->kind;
    view_row(view);
    view_cell(view, left_badge(desk, record));
    view_cell(view,
              record->due.number == DAY_NONE.number ? VIEW_TEXT(STR("—")) : VIEW_DAY(record->due));
    view_cell(view, VIEW_LINK(desk_record_path(desk, record->id, "?from=due"), record->number));
    view_cell(view, VIEW_TEXT(record->kind->title));
    view_cell(view, VIEW_TEXT(desk_record_name(desk, record)));
    view_cell(view, desk_state_badge(record));
    view_cell(view, VIEW_TEXT(record->filer_name));
    view_cell(view, VIEW_INSTANT(record->filed_ms));
}

Status desk_due_page(Web *web) {
    Desk desk;
    DeskRecords records;
    TRY(desk_open(web, false, &desk));
    DeskAsker asker = asker_of(&desk);
    TRY(desk_waiting(&asker, DESK_DUE_MAX, &records));
    view_title(web->view, STR("台账待办"));
    view_lead(web->view, STR("按时限排列，时限相同的先到先办。办完一件自动回到这里。"));
    view_link(web->view, STR("/todo"), STR("全部待办（填报、督办、措施）"), false);
    view_section(web->view, STR_NONE);
    size_t shown = records.count < DESK_DUE_MAX ? records.count : DESK_DUE_MAX;
    if (shown > 0 && view_html(web->view) != NULL) {
        desk.kind = records.items[0].kind;
        HTML(view_html(web->view), "p.actions", "data-queue", "") {
            HTML_LEAF(view_html(web->view), "a.button", "办理第一件", "href",
                      desk_record_path(&desk, records.items[0].id, "?from=due"), "accesskey", "n");
        }
    }
    view_table_begin(web->view, "due", STR("待办"), due_columns, 8);
    for (size_t i = 0; i < shown; i++) {
        due_row(&desk, &records.items[i]);
    }
    view_table_end(web->view, STR("没有待办事项"));
    if (records.count > shown) {
        view_text(web->view,
                  str_print(web->cx->arena, "只显示最先到期的 %d 件，办完后后面的自动补上。",
                            DESK_DUE_MAX));
    }
    return STATUS_OK;
}
