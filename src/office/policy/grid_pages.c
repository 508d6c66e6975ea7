/*
 * grid_pages.c - a draft's table of any size, page by page: every cell is a field, so that a page
 * is edited as one form without scripts; with assets/workshop.js each cell is saved as it is left,
 * the arrow keys move, and a block from a spreadsheet is pasted. A page reads only its own rows,
 * and an edit compiles only the rows it changes, so the size of the table does not matter.
 * Fields are named c-ROW-COLUMN, ROW being the row's number in the database.
 */
#include "base/vec.h"
#include "office/policy/workshop_pages.h"
#include "sheet/sheet.h"

#include <inttypes.h>
#include <string.h>

enum {
    GRID_ROWS_MAX = 40,
    GRID_ROWS_MIN = 5,
    /* A form has at most HTTP_FIELDS_MAX fields; some stay for the form's own. */
    GRID_CELLS_MAX = 900,
    LONG_CELL_RUNES = 28,
    EXPORT_BYTES_MAX = 64 * 1024 * 1024,
};

static int64_t rows_per_page(const DmnPartTable *table) {
    int64_t rows = GRID_CELLS_MAX / (int64_t)(table->column_count + 1);
    return rows > GRID_ROWS_MAX ? GRID_ROWS_MAX : rows < GRID_ROWS_MIN ? GRID_ROWS_MIN : rows;
}

static const DmnPartTable *table_of(const GridPlace *place) {
    return &place->parts.tables[place->table];
}

static Str grid_path(const Web *web, const GridPlace *place, const char *rest) {
    return str_print(web->cx->arena, "/workshop/%" PRId64 "/table/%zu%s", place->draft.id,
                     place->table + 1, rest);
}

static RowsAsk ask_of(const GridPlace *place, int64_t skip, int64_t limit) {
    return (RowsAsk){.draft_id = place->draft.id,
                     .table = (int64_t)place->table,
                     .skip = skip,
                     .limit = limit,
                     .column_count = table_of(place)->column_count};
}

/* ---- drawing ---- */

static const char *kind_words(const DmnPartColumn *column) {
    return column->kind == DMN_PART_INPUT    ? "条件"
           : column->kind == DMN_PART_OUTPUT ? "结果"
                                             : "说明";
}

static Str type_words(const DmnPartColumn *column) {
    static const struct {
        const char *type;
        const char *words;
    } rows[] = {{"date", "日期"}, {"string", "文字"}, {"number", "数"}, {"boolean", "是否"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_equal(column->type, str_of(rows[i].type))) {
            return str_of(rows[i].words);
        }
    }
    return column->kind == DMN_PART_ANNOTATION ? STR("文字") : column->type;
}

static void head_write(Html *html, const DmnPartTable *table) {
    HTML(html, "thead") {
        HTML(html, "tr") {
            HTML_LEAF(html, "th", "行", "scope", "col");
            for (size_t i = 0; i < table->column_count; i++) {
                const DmnPartColumn *column = &table->columns[i];
                HTML(html, "th", "scope", "col") {
                    html_text(html, column->label);
                    HTML(html, "span.grid-kind") {
                        html_text_c(html, kind_words(column));
                        html_text_c(html, " ");
                        html_text(html, type_words(column));
                    }
                }
            }
        }
    }
}

static Str field_name(Arena *arena, int64_t row_id, size_t column) {
    return str_print(arena, "c-%" PRId64 "-%zu", row_id, column);
}

static const WebError *error_at(const Web *web, Str field) {
    for (size_t i = 0; i < web->error_count; i++) {
        if (str_equal(web->errors[i].field, field)) {
            return &web->errors[i];
        }
    }
    return NULL;
}

typedef struct CellPlace {
    const DraftRow *row;
    int64_t number; /* from 1, as people count */
    size_t column;
} CellPlace;

/* A cell that holds line breaks, or is long, gets a field of several lines. */
static void cell_write(Web *web, Html *html, const DmnPartTable *table, const CellPlace *at) {
    Arena *arena = web->cx->arena;
    Str name = field_name(arena, at->row->id, at->column);
    Str sent = http_form(web->http, str_c(arena, name));
    Str text = sent.at != NULL ? sent : at->row->cells[at->column];
    const WebError *error = error_at(web, name);
    Str label = str_print(arena, "第 %" PRId64 " 行 " STR_FMT, at->number,
                          STR_ARG(table->columns[at->column].label));
    Str note = error == NULL ? STR_NONE : str_print(arena, "e-" STR_FMT, STR_ARG(name));
    bool is_long = str_contains(text, STR("\n")) || str_rune_count(text) > LONG_CELL_RUNES;
    const char *is_bad = error == NULL ? NULL : "true";
    HTML(html, error == NULL ? "td" : "td.grid-bad") {
        if (is_long) {
            HTML_LEAF(html, "textarea", text, "name", name, "id",
                      str_print(arena, "f-" STR_FMT, STR_ARG(name)), "rows", "2", "aria-label",
                      label, "aria-invalid", is_bad, "aria-describedby", note, "data-cell",
                      (int64_t)at->column);
        } else {
            HTML_VOID(html, "input", "name", name, "id",
                      str_print(arena, "f-" STR_FMT, STR_ARG(name)), "value", text, "aria-label",
                      label, "aria-invalid", is_bad, "aria-describedby", note, "data-cell",
                      (int64_t)at->column, "autocomplete", "off");
        }
        if (error != NULL) {
            HTML_LEAF(html, "p.grid-error", error->text, "id", note);
        }
    }
}

static void row_write(Web *web, Html *html, const GridPlace *place, const CellPlace *at) {
    const DmnPartTable *table = table_of(place);
    Arena *arena = web->cx->arena;
    bool may_edit = workshop_may_edit(web, &place->draft);
    HTML(html, "tr", "data-row", at->row->id) {
        HTML(html, "th", "scope", "row") {
            HTML_LEAF(html, "a", str_print(arena, "%" PRId64, at->number), "href",
                      str_print(arena, "/workshop/%" PRId64 "/table/%zu/row/%" PRId64,
                                place->draft.id, place->table + 1, at->row->id),
                      "aria-label", str_print(arena, "第 %" PRId64 " 行", at->number));
        }
        for (size_t i = 0; i < table->column_count; i++) {
            if (may_edit) {
                CellPlace cell = {at->row, at->number, i};
                cell_write(web, html, table, &cell);
            } else {
                HTML_LEAF(html, "td", at->row->cells[i]);
            }
        }
    }
}

/* A page of the grid: its rows, and the number of each as people count. */
typedef struct Shown {
    DraftRows rows;
    int64_t *numbers;
    Str search;
    int64_t page;
    int64_t total; /* of all rows, or of those found */
} Shown;

static void grid_write(Web *web, const GridPlace *place, const Shown *shown) {
    const DraftRows *rows = &shown->rows;
    Html *html = view_html(web->view);
    const DmnPartTable *table = table_of(place);
    Str caption =
        rows->count == 0
            ? table->node
            : str_print(web->cx->arena, STR_FMT "：第 %" PRId64 " 至 %" PRId64 " 行",
                        STR_ARG(table->node), shown->numbers[0], shown->numbers[rows->count - 1]);
    HTML(html, "div.table-wrap", "role", "region", "aria-label", caption, "tabindex", "0") {
        HTML(html, "table.table.table-dense.grid-table") {
            HTML_LEAF(html, "caption", caption);
            head_write(html, table);
            HTML(html, "tbody") {
                for (size_t i = 0; i < rows->count; i++) {
                    CellPlace at = {.row = &rows->items[i], .number = shown->numbers[i]};
                    row_write(web, html, place, &at);
                }
            }
        }
    }
}

/* The address of a page of the grid, with its search. */
static Str page_path(Web *web, const GridPlace *place, Str search, int64_t page) {
    Arena *arena = web->cx->arena;
    Str path = grid_path(web, place, "");
    Str coded = http_url_encode(arena, search);
    return search.len == 0 ? str_print(arena, STR_FMT "?page=%" PRId64, STR_ARG(path), page)
                           : str_print(arena, STR_FMT "?q=" STR_FMT "&page=%" PRId64, STR_ARG(path),
                                       STR_ARG(coded), page);
}

static void form_write(Web *web, const GridPlace *place, const Shown *shown) {
    Html *html = view_html(web->view);
    Arena *arena = web->cx->arena;
    if (!workshop_may_edit(web, &place->draft)) {
        grid_write(web, place, shown);
        return;
    }
    HTML(html, "form.grid-form", "method", "post", "action",
         page_path(web, place, shown->search, shown->page), "data-grid",
         grid_path(web, place, "")) {
        view_form_secrets(web->view, html);
        HTML_VOID(html, "input", "type", "hidden", "name", "revision", "value",
                  place->draft.revision);
        grid_write(web, place, shown);
        HTML(html, "p.grid-bar") {
            HTML_LEAF(html, "button.button", "保存本页", "type", "submit");
            HTML_LEAF(html, "span", "", "role", "status", "data-grid-status", "");
        }
    }
    HTML(html, "script", "src",
         str_print(arena, "/assets/workshop.js?v=" STR_FMT, STR_ARG(web->app->asset_version)),
         "defer", true) {
    }
}

static void grid_json(Web *web, const GridPlace *place, const Shown *shown) {
    const DraftRows *rows = &shown->rows;
    const DmnPartTable *table = table_of(place);
    Arena *arena = web->cx->arena;
    ViewColumn *columns = arena_array(arena, ViewColumn, table->column_count + 2);
    columns[0] = (ViewColumn){"row", "行号", true};
    columns[1] = (ViewColumn){"number", "第几行", true};
    for (size_t i = 0; i < table->column_count; i++) {
        columns[i + 2] = (ViewColumn){str_print(arena, "c%zu", i).at,
                                      str_c(arena, table->columns[i].label), false};
    }
    view_table_begin(web->view, "rows", STR("表格"), columns, table->column_count + 2);
    for (size_t r = 0; r < rows->count; r++) {
        view_row(web->view);
        view_cell(web->view, VIEW_INT(rows->items[r].id));
        view_cell(web->view, VIEW_INT(shown->numbers[r]));
        for (size_t i = 0; i < table->column_count; i++) {
            view_cell(web->view, VIEW_TEXT(rows->items[r].cells[i]));
        }
    }
    view_table_end(web->view, STR(""));
}

static void import_write(Web *web, const GridPlace *place) {
    Html *html = view_html(web->view);
    view_link(web->view, grid_path(web, place, "/file"), STR("导出为 Excel"), false);
    if (html == NULL || !workshop_may_edit(web, &place->draft)) {
        return;
    }
    HTML(html, "form.form", "method", "post", "action", grid_path(web, place, "/import"), "enctype",
         "multipart/form-data", "data-once", "") {
        view_form_secrets(web->view, html);
        HTML_VOID(html, "input", "type", "hidden", "name", "revision", "value",
                  place->draft.revision);
        HTML(html, "p") {
            HTML_LEAF(html, "label", "从 Excel 或 CSV 导入，替换整张表（第一行是列名）", "for",
                      "f-file");
            HTML_VOID(html, "input", "type", "file", "name", "file", "id", "f-file", "accept",
                      ".xlsx,.csv,.txt");
        }
        HTML_LEAF(html, "button.button.plain", "导入", "type", "submit");
    }
}

static void pages_write(Web *web, const GridPlace *place, const Shown *shown) {
    int64_t per_page = rows_per_page(table_of(place));
    int64_t page = shown->page;
    int64_t last = shown->total == 0 ? 0 : (shown->total - 1) / per_page;
    ViewPages pages = {.page = page, .rows_per_page = per_page, .total = shown->total};
    pages.first = page > 0 ? page_path(web, place, shown->search, 0) : STR_NONE;
    pages.before = page > 0 ? page_path(web, place, shown->search, page - 1) : STR_NONE;
    pages.after = page < last ? page_path(web, place, shown->search, page + 1) : STR_NONE;
    pages.last = page < last ? page_path(web, place, shown->search, last) : STR_NONE;
    view_pages(web->view, &pages);
}

/* The rows of a page as they stand in the table, or as a search finds them. */
static Status rows_shown(Web *web, const GridPlace *place, Shown *out) {
    int64_t per_page = rows_per_page(table_of(place));
    RowsAsk ask = ask_of(place, 0, per_page);
    Str search = web_param(web, "q");
    *out = (Shown){.search = search};
    ask.search = search;
    TRY(search.len > 0 ? draft_store_found_count(web->cx, web->conn, &ask, &out->total)
                       : draft_store_row_count(web->cx, web->conn, place->draft.id,
                                               (int64_t)place->table, &out->total));
    int64_t last = out->total == 0 ? 0 : (out->total - 1) / per_page;
    int64_t jump = web->http->method == HTTP_POST ? 0 : web_param_int(web, "row", 0);
    out->page = jump > 0 && search.len == 0 ? (jump - 1) / per_page : web_param_int(web, "page", 0);
    out->page = out->page > last ? last : out->page;
    ask.skip = out->page * per_page;
    TRY(draft_store_rows(web->cx, web->conn, &ask, &out->rows));
    out->numbers = arena_array(web->cx->arena, int64_t, out->rows.count + 1);
    for (size_t i = 0; i < out->rows.count; i++) {
        out->numbers[i] = ask.skip + (int64_t)i + 1;
        if (search.len > 0) {
            TRY(draft_store_row_rank(web->cx, web->conn, place->draft.id, (int64_t)place->table,
                                     out->rows.items[i].position, &out->numbers[i]));
            out->numbers[i]++;
        }
    }
    return STATUS_OK;
}

static void search_write(Web *web, const GridPlace *place, const Shown *shown) {
    FormField fields[1] = {{.name = "q",
                            .label = "查找（某一格含有）",
                            .kind = FIELD_TEXT,
                            .is_optional = true,
                            .max = 100,
                            .value = shown->search}};
    Form form = {.key = "search",
                 .action = grid_path(web, place, ""),
                 .submit = "查找",
                 .fields = fields,
                 .field_count = 1,
                 .is_get = true,
                 .is_bar = true,
                 .clear = grid_path(web, place, "")};
    view_form(web->view, &form);
}

Status grid_page(Web *web) {
    GridPlace place;
    Shown shown;
    TRY(workshop_grid(web, &place));
    TRY(rows_shown(web, &place, &shown));
    View *view = web->view;
    workshop_head(web, &place.draft, "表格", "/table/1");
    view_lead(view, STR("照 FEEL 写：\"冰箱\"、[1..5]、date(\"2026-01-01\")、-（不限）；写成冰箱、"
                        "2026-1-1、是也认得。金额以分为单位。"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "row_count", shown.search.len > 0 ? "找到的行" : "行", VIEW_INT(shown.total));
    view_fact(view, "cell_count", "格",
              VIEW_INT(shown.total * (int64_t)table_of(&place)->column_count));
    view_fact(view, "revision", "修改到第几次", VIEW_INT(place.draft.revision));
    view_facts_end(view);
    search_write(web, &place, &shown);
    if (view_html(view) == NULL) {
        grid_json(web, &place, &shown);
    } else {
        form_write(web, &place, &shown);
    }
    pages_write(web, &place, &shown);
    if (workshop_may_edit(web, &place.draft)) {
        view_action(view, grid_path(web, &place, "/row"), STR("在末尾加一行"), NULL);
    }
    import_write(web, &place);
    return STATUS_OK;
}

/* ---- saving ---- */

typedef struct EditWork {
    DraftEdit edit;
    int64_t revision;
} EditWork;

static Status edit_work(Cx *cx, DbConn *conn, void *input) {
    EditWork *work = input;
    return draft_rows_edit(cx, conn, &work->edit, &work->revision);
}

static Status may_edit(Web *web, const GridPlace *place) {
    if (!workshop_is_owner(web, &place->draft)) {
        return fault(web->cx, STATUS_DENIED, "这份草稿由其他部门起草，您只能查看");
    }
    return workshop_may_edit(web, &place->draft)
               ? STATUS_OK
               : fault(web->cx, STATUS_CONFLICT, "这份草稿不在起草中，不能修改");
}

/* Messages of cells at their fields; numbers are the row's place in the table. */
static Status faults_give(Web *web, const GridPlace *place, const DraftRow *rows,
                          const CellFaults *faults, bool is_at_field) {
    if (faults->count == 0) {
        return STATUS_OK;
    }
    const DmnPartTable *table = table_of(place);
    for (size_t i = 0; i < faults->count; i++) {
        const CellFault *at = &faults->items[i];
        Arena *arena = web->cx->arena;
        Str field = is_at_field ? field_name(arena, rows[at->row].id, at->column) : STR("");
        Str text = is_at_field
                       ? str_print(arena, STR_FMT "：" STR_FMT,
                                   STR_ARG(table->columns[at->column].label), STR_ARG(at->text))
                       : str_print(arena, "第 %zu 行“" STR_FMT "”：" STR_FMT, at->row + 1,
                                   STR_ARG(table->columns[at->column].label), STR_ARG(at->text));
        form_error(web, str_c(arena, field), text, STR_NONE);
    }
    return fault(web->cx, STATUS_INVALID, "有 %zu%s格写法有误，没有保存", faults->count,
                 faults->has_more ? " 多" : " ");
}

static Status edit_save(Web *web, const GridPlace *place, EditWork *work) {
    work->edit.draft_id = place->draft.id;
    work->edit.table = (int64_t)place->table;
    work->edit.actor = workshop_actor(web);
    return web_write(web, "policy.draft", edit_work, work, NULL);
}

/* What was typed, with one sign at line ends. */
static Str typed(Arena *arena, Str text) {
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != '\r') {
            out[len++] = text.at[i];
        }
    }
    return str_trim((Str){out, len});
}

/* Takes what was sent for a row; true when a cell is another than the one stored. */
static bool row_take(Web *web, const DmnPartTable *table, DraftRow *row) {
    bool is_changed = false;
    Str *cells = arena_array(web->cx->arena, Str, table->column_count + 1);
    for (size_t i = 0; i < table->column_count; i++) {
        Str sent =
            http_form(web->http, str_c(web->cx->arena, field_name(web->cx->arena, row->id, i)));
        cells[i] = sent.at == NULL ? row->cells[i] : typed(web->cx->arena, sent);
        is_changed = is_changed || !str_equal(cells[i], row->cells[i]);
    }
    row->cells = cells;
    return is_changed;
}

/* The rows of which cells were sent, each once. What the page shows now may be others: rows come
 * and go, and a search finds them no longer when they were changed. */
static Status rows_sent(Web *web, const GridPlace *place, DraftRows *out) {
    struct VEC(DraftRow) rows = {0};
    for (size_t i = 0; i < web->http->form_count; i++) {
        Str rest = web->http->form[i].name;
        Str mark = str_cut(&rest, '-');
        int64_t id = 0;
        bool is_cell = str_equal(mark, STR("c")) && rest.at != NULL &&
                       str_int64(str_cut(&rest, '-'), &id) == STATUS_OK && id > 0;
        bool is_new = is_cell;
        for (size_t k = 0; k < rows.count && is_new; k++) {
            is_new = rows.items[k].id != id;
        }
        if (is_new) {
            TRY(draft_store_row(web->cx, web->conn, place->draft.id, id,
                                table_of(place)->column_count, vec_push(web->cx->arena, &rows)));
        }
    }
    *out = (DraftRows){rows.items, rows.count};
    return STATUS_OK;
}

/* The page as one form: all changed rows at once, or none. */
Status grid_post(Web *web) {
    GridPlace place;
    DraftRows rows = {0};
    CellFaults faults;
    TRY(workshop_grid(web, &place));
    TRY(may_edit(web, &place));
    TRY(rows_sent(web, &place, &rows));
    size_t changed = 0;
    for (size_t i = 0; i < rows.count; i++) {
        DraftRow row = rows.items[i];
        if (row_take(web, table_of(&place), &row)) {
            rows.items[changed++] = row;
        }
    }
    Str back = page_path(web, &place, web_param(web, "q"), web_param_int(web, "page", 0));
    if (changed == 0) {
        return web_redirect(web, back, STR("没有改动"));
    }
    TRY(draft_cells_check(web->cx, &place.parts, place.table, rows.items, changed, &faults));
    TRY(faults_give(web, &place, rows.items, &faults, true));
    EditWork work = {.edit = {.changed = rows.items,
                              .changed_count = changed,
                              .kind = "cell",
                              .about = str_print(web->cx->arena, "修改 %zu 行", changed)}};
    TRY(edit_save(web, &place, &work));
    return web_redirect(web, back, str_print(web->cx->arena, "已保存 %zu 行", changed));
}

static void saved_facts(Web *web, int64_t revision, Str text) {
    view_facts_begin(web->view, NULL, false);
    view_fact(web->view, "revision", "修改到第几次", VIEW_INT(revision));
    view_fact(web->view, "text", "内容", VIEW_TEXT(text));
    view_facts_end(web->view);
}

/* One cell, as the script saves it. */
Status grid_cell_post(Web *web) {
    GridPlace place;
    DraftRow row;
    CellFaults faults;
    TRY(workshop_grid(web, &place));
    TRY(may_edit(web, &place));
    const DmnPartTable *table = table_of(&place);
    int64_t column = web_param_int(web, "column", -1);
    if (column < 0 || (uint64_t)column >= table->column_count) {
        return fault(web->cx, STATUS_INVALID, "没有这一列");
    }
    TRY(draft_store_row(web->cx, web->conn, place.draft.id, web_param_int(web, "row", 0),
                        table->column_count, &row));
    Str before = row.cells[column];
    row.cells[column] = typed(web->cx->arena, http_form(web->http, "text"));
    TRY(draft_cells_check(web->cx, &place.parts, place.table, &row, 1, &faults));
    TRY(faults_give(web, &place, &row, &faults, true));
    Str about = str_print(web->cx->arena, STR_FMT "：" STR_FMT " → " STR_FMT,
                          STR_ARG(table->columns[column].label), STR_ARG(str_slice(before, 0, 200)),
                          STR_ARG(str_slice(row.cells[column], 0, 200)));
    EditWork work = {.edit = {.changed = &row, .changed_count = 1, .kind = "cell", .about = about}};
    if (!str_is_utf8(about)) { /* a sign cut in two */
        work.edit.about = table->columns[column].label;
    }
    TRY(edit_save(web, &place, &work));
    saved_facts(web, work.revision, row.cells[column]);
    return web_redirect(web, grid_path(web, &place, ""), STR("已保存"));
}

/* ---- a block ---- */

/* The rows that a block covers, from a row on; rows beyond the last are new. */
typedef struct BlockPlace {
    DraftRows old;
    DraftRow *rows;
    size_t count;
} BlockPlace;

static Status block_rows(Web *web, const GridPlace *place, size_t count, BlockPlace *out) {
    const DmnPartTable *table = table_of(place);
    int64_t row_id = web_param_int(web, "row", 0);
    if (row_id > 0) {
        DraftRow first;
        RowsAsk ask = ask_of(place, 0, (int64_t)count);
        TRY(draft_store_row(web->cx, web->conn, place->draft.id, row_id, table->column_count,
                            &first));
        ask.from_position = first.position;
        TRY(draft_store_rows(web->cx, web->conn, &ask, &out->old));
    }
    out->count = count;
    out->rows = arena_array(web->cx->arena, DraftRow, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (i < out->old.count) {
            out->rows[i] = out->old.items[i];
            continue;
        }
        out->rows[i] = (DraftRow){.code = STR(""), .note = STR("")};
        out->rows[i].cells = arena_array(web->cx->arena, Str, table->column_count + 1);
        for (size_t k = 0; k < table->column_count; k++) {
            out->rows[i].cells[k] = STR("");
        }
    }
    return STATUS_OK;
}

static Status block_put(Web *web, const GridPlace *place, const SheetBlock *block,
                        BlockPlace *rows) {
    const DmnPartTable *table = table_of(place);
    int64_t column = web_param_int(web, "column", 0);
    for (size_t i = 0; i < block->row_count; i++) {
        if (column < 0 || (uint64_t)column + block->widths[i] > table->column_count) {
            return fault(web->cx, STATUS_INVALID,
                         "第 %zu 行有 %zu 格，从第 %" PRId64 " 列起放不下（表有 %zu 列）", i + 1,
                         block->widths[i], column + 1, table->column_count);
        }
        for (size_t k = 0; k < block->widths[i]; k++) {
            rows->rows[i].cells[(size_t)column + k] = block->rows[i][k];
        }
    }
    return STATUS_OK;
}

Status grid_paste_post(Web *web) {
    GridPlace place;
    SheetBlock block;
    BlockPlace rows = {0};
    CellFaults faults;
    TRY(workshop_grid(web, &place));
    TRY(may_edit(web, &place));
    TRY(sheet_block_read(web->cx, http_form(web->http, "text"), &block));
    if (block.row_count == 0) {
        return fault(web->cx, STATUS_INVALID, "没有可粘贴的内容");
    }
    TRY(block_rows(web, &place, block.row_count, &rows));
    TRY(block_put(web, &place, &block, &rows));
    TRY(draft_cells_check(web->cx, &place.parts, place.table, rows.rows, rows.count, &faults));
    TRY(faults_give(web, &place, rows.rows, &faults, false));
    size_t old = rows.old.count;
    EditWork work = {.edit = {.changed = rows.rows,
                              .changed_count = old,
                              .added = rows.rows + old,
                              .added_count = rows.count - old,
                              .kind = "paste",
                              .about = str_print(web->cx->arena, "粘贴 %zu 行（新加 %zu 行）",
                                                 rows.count, rows.count - old)}};
    TRY(edit_save(web, &place, &work));
    saved_facts(web, work.revision, work.edit.about);
    return web_redirect(web, grid_path(web, &place, ""),
                        str_print(web->cx->arena, "已粘贴 %zu 行", rows.count));
}

/* ---- one row ---- */

static FormField cell_field(Web *web, const DmnPartTable *table, const DraftRow *row, size_t i) {
    return (FormField){.name = str_c(web->cx->arena, field_name(web->cx->arena, row->id, i)),
                       .label = str_print(web->cx->arena, STR_FMT "（%s）",
                                          STR_ARG(table->columns[i].label),
                                          kind_words(&table->columns[i]))
                                    .at,
                       .kind = FIELD_LONG_TEXT,
                       .is_optional = true,
                       .max = DRAFT_CELL_BYTES_MAX,
                       .value = row->cells[i]};
}

static Status row_of_path(Web *web, GridPlace *place, DraftRow *row, int64_t *rank) {
    TRY(workshop_grid(web, place));
    TRY(draft_store_row(web->cx, web->conn, place->draft.id, web->ids[2],
                        table_of(place)->column_count, row));
    return draft_store_row_rank(web->cx, web->conn, place->draft.id, (int64_t)place->table,
                                row->position, rank);
}

static Str row_path(Web *web, const GridPlace *place, int64_t row_id, const char *rest) {
    return str_print(web->cx->arena, "/workshop/%" PRId64 "/table/%zu/row/%" PRId64 "%s",
                     place->draft.id, place->table + 1, row_id, rest);
}

static void row_acts(Web *web, const GridPlace *place, const DraftRow *row) {
    static const struct {
        const char *act;
        const char *words;
        const char *confirm;
    } acts[] = {{"up", "上移", NULL},
                {"down", "下移", NULL},
                {"insert", "在下面加一行", NULL},
                {"delete", "删除这一行", "确认删除这一行？"}};
    Html *html = view_html(web->view);
    if (html == NULL) {
        return;
    }
    view_section(web->view, STR("这一行"));
    HTML(html, "form.inline", "method", "post", "action", row_path(web, place, row->id, "/act"),
         "data-once", "") {
        view_form_secrets(web->view, html);
        HTML_VOID(html, "input", "type", "hidden", "name", "revision", "value",
                  place->draft.revision);
        for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
            HTML_LEAF(html, "button.button.plain", acts[i].words, "type", "submit", "name", "act",
                      "value", acts[i].act, "data-confirm", acts[i].confirm);
        }
    }
}

Status grid_row_page(Web *web) {
    GridPlace place;
    DraftRow row;
    int64_t rank = 0;
    TRY(row_of_path(web, &place, &row, &rank));
    const DmnPartTable *table = table_of(&place);
    FormField *fields = arena_array(web->cx->arena, FormField, table->column_count + 1);
    fields[0] = workshop_revision_field(web, &place.draft);
    for (size_t i = 0; i < table->column_count; i++) {
        fields[i + 1] = cell_field(web, table, &row, i);
    }
    Form form = {.key = "row",
                 .action = row_path(web, &place, row.id, ""),
                 .submit = "保存这一行",
                 .fields = fields,
                 .field_count = table->column_count + 1};
    workshop_head(web, &place.draft, "一行", "/table/1");
    view_section(web->view, str_print(web->cx->arena, "第 %" PRId64 " 行", rank + 1));
    if (workshop_may_edit(web, &place.draft)) {
        view_form(web->view, &form);
        row_acts(web, &place, &row);
    }
    view_link(web->view,
              str_print(web->cx->arena, STR_FMT "?row=%" PRId64,
                        STR_ARG(grid_path(web, &place, "")), rank + 1),
              STR("返回表格"), false);
    return STATUS_OK;
}

Status grid_row_post(Web *web) {
    GridPlace place;
    DraftRow row;
    CellFaults faults;
    int64_t rank = 0;
    TRY(row_of_path(web, &place, &row, &rank));
    TRY(may_edit(web, &place));
    Str back = str_print(web->cx->arena, STR_FMT "?row=%" PRId64,
                         STR_ARG(grid_path(web, &place, "")), rank + 1);
    if (!row_take(web, table_of(&place), &row)) {
        return web_redirect(web, back, STR("没有改动"));
    }
    TRY(draft_cells_check(web->cx, &place.parts, place.table, &row, 1, &faults));
    TRY(faults_give(web, &place, &row, &faults, true));
    EditWork work = {
        .edit = {.changed = &row,
                 .changed_count = 1,
                 .kind = "cell",
                 .about = str_print(web->cx->arena, "修改第 %" PRId64 " 行", rank + 1)}};
    TRY(edit_save(web, &place, &work));
    return web_redirect(web, back, STR("已保存"));
}

/* A new row takes the cells of the one above, as the quickest to change. */
static Status row_insert(Web *web, const GridPlace *place, const DraftRow *after) {
    const DmnPartTable *table = table_of(place);
    DraftRow row = {.code = STR(""), .note = STR("")};
    row.cells = arena_array(web->cx->arena, Str, table->column_count + 1);
    for (size_t i = 0; i < table->column_count; i++) {
        row.cells[i] = after != NULL && after->id > 0 ? after->cells[i]
                       : i < table->input_count       ? STR("-")
                                                      : STR("");
    }
    EditWork work = {.edit = {.added = &row,
                              .added_count = 1,
                              .after_id = after == NULL ? 0 : after->id,
                              .kind = "row",
                              .about = STR("加一行")}};
    return edit_save(web, place, &work);
}

Status grid_append_post(Web *web) {
    GridPlace place;
    DraftRow last = {0};
    TRY(workshop_grid(web, &place));
    TRY(may_edit(web, &place));
    RowsAsk ask = ask_of(&place, 0, 1);
    DraftRow end = {.position = INT64_MAX};
    TRY(draft_store_neighbour(web->cx, web->conn, &end, &ask, false, &last));
    TRY(row_insert(web, &place, &last));
    return web_redirect(
        web,
        str_print(web->cx->arena, STR_FMT "?page=1000000", STR_ARG(grid_path(web, &place, ""))),
        STR("已加一行，内容照抄上一行"));
}

typedef struct MoveWork {
    DraftRowMove move;
    int64_t revision;
} MoveWork;

static Status move_work(Cx *cx, DbConn *conn, void *input) {
    MoveWork *work = input;
    return draft_row_move(cx, conn, &work->move, &work->revision);
}

Status grid_row_act_post(Web *web) {
    static const struct {
        const char *act;
        DraftRowAct code;
        const char *done;
    } acts[] = {{"up", DRAFT_ROW_UP, "已上移"},
                {"down", DRAFT_ROW_DOWN, "已下移"},
                {"delete", DRAFT_ROW_DELETE, "已删除"}};
    GridPlace place;
    DraftRow row;
    int64_t rank = 0;
    TRY(row_of_path(web, &place, &row, &rank));
    TRY(may_edit(web, &place));
    Str act = web_param(web, "act");
    Str back = str_print(web->cx->arena, STR_FMT "?row=%" PRId64,
                         STR_ARG(grid_path(web, &place, "")), rank + 1);
    if (str_equal(act, STR("insert"))) {
        TRY(row_insert(web, &place, &row));
        return web_redirect(web, back, STR("已在下面加一行，内容照抄这一行"));
    }
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (str_equal(act, str_of(acts[i].act))) {
            MoveWork work = {.move = {.draft_id = place.draft.id,
                                      .table = (int64_t)place.table,
                                      .row_id = row.id,
                                      .act = acts[i].code,
                                      .actor = workshop_actor(web)}};
            TRY(web_write(web, "policy.draft", move_work, &work, NULL));
            return web_redirect(web, back, str_of(acts[i].done));
        }
    }
    return fault(web->cx, STATUS_INVALID, "没有这种办理");
}

/* ---- Excel and CSV ---- */

static Status sheet_rows(Web *web, const GridPlace *place, SheetWriter *writer) {
    const DmnPartTable *table = table_of(place);
    DraftRows rows = {0};
    RowsAsk ask = ask_of(place, 0, -1);
    TRY(draft_store_rows(web->cx, web->conn, &ask, &rows));
    SheetCell *cells = arena_array(web->cx->arena, SheetCell, table->column_count + 1);
    for (size_t r = 0; r < rows.count; r++) {
        for (size_t i = 0; i < table->column_count; i++) {
            cells[i] = sheet_text(rows.items[r].cells[i]);
        }
        TRY(sheet_row(writer, cells, table->column_count));
    }
    return STATUS_OK;
}

Status grid_file(Web *web) {
    GridPlace place;
    TRY(workshop_grid(web, &place));
    const DmnPartTable *table = table_of(&place);
    bool is_csv = str_equal(web_param(web, "form"), STR("csv"));
    SheetWriteOptions options = {
        .form = is_csv ? SHEET_CSV : SHEET_XLSX, .made_ms = web->now_ms, .author = STR("")};
    SheetColumn *columns = arena_array(web->cx->arena, SheetColumn, table->column_count + 1);
    for (size_t i = 0; i < table->column_count; i++) {
        columns[i] = (SheetColumn){str_c(web->cx->arena, table->columns[i].label), SHEET_TEXT, 0};
    }
    SheetTable sheet = {.name = table->node,
                        .columns = columns,
                        .column_count = table->column_count,
                        .is_landscape = true};
    Buf *out = buf_in(web->cx->arena, EXPORT_BYTES_MAX);
    SheetWriter *writer = NULL;
    TRY(sheet_writer_new(web->cx, &options, sheet_sink_buf(out), &writer));
    TRY(sheet_begin(writer, &sheet));
    TRY(sheet_rows(web, &place, writer));
    TRY(sheet_finish(writer));
    return web_file(web,
                    str_print(web->cx->arena, STR_FMT "-%zu" STR_FMT, STR_ARG(place.draft.code),
                              place.table + 1, STR_ARG(sheet_form_ending(options.form))),
                    sheet_form_type(options.form, options.charset), buf_str(out));
}

typedef struct Import {
    Web *web;
    const DmnPartTable *table;
    bool has_head;
    struct VEC(DraftRow) rows;
} Import;

/* The first row names the columns as the table does, so that no column gets into another. */
static Status import_head(Cx *cx, const Import *import, const SheetRow *row) {
    const DmnPartTable *table = import->table;
    if (row->count != table->column_count) {
        return fault_at_field(cx, STATUS_INVALID, "file", "第一行有 %zu 列，表有 %zu 列",
                              row->count, table->column_count);
    }
    for (size_t i = 0; i < row->count; i++) {
        if (!str_equal(str_trim(row->cells[i].text), str_trim(table->columns[i].label))) {
            return fault_at_field(cx, STATUS_INVALID, "file",
                                  "第一行第 %zu 列是“" STR_FMT "”，表的这一列是“" STR_FMT "”",
                                  i + 1, STR_ARG(row->cells[i].text),
                                  STR_ARG(table->columns[i].label));
        }
    }
    return STATUS_OK;
}

static Status import_row(void *it, Cx *cx, const SheetRow *row) {
    Import *import = it;
    Arena *arena = import->web->cx->arena;
    if (!import->has_head) {
        import->has_head = true;
        return import_head(cx, import, row);
    }
    if (row->count > import->table->column_count) {
        return fault_at_field(cx, STATUS_INVALID, "file", "第 %" PRId64 " 行的列比表多",
                              row->number);
    }
    DraftRow *added = vec_push(arena, &import->rows);
    *added = (DraftRow){.code = STR(""), .note = STR("")};
    added->cells = arena_array(arena, Str, import->table->column_count + 1);
    for (size_t i = 0; i < import->table->column_count; i++) {
        added->cells[i] = i < row->count ? str_trim(str_dup(arena, row->cells[i].text)) : STR("");
    }
    return STATUS_OK;
}

Status grid_import_post(Web *web) {
    GridPlace place;
    CellFaults faults;
    TRY(workshop_grid(web, &place));
    TRY(may_edit(web, &place));
    const HttpField *file = http_file(web->http, "file");
    if (file == NULL || file->value.len == 0) {
        return fault_at_field(web->cx, STATUS_INVALID, "file", "请选择 Excel 或 CSV 文件");
    }
    Import import = {.web = web, .table = table_of(&place)};
    SheetReadOptions options = {
        .on_row = import_row, .it = &import, .rows_max = DRAFT_EDIT_ROWS_MAX};
    TRY(sheet_read(web->cx, file->value, &options, NULL));
    if (import.rows.count == 0) {
        return fault_at_field(web->cx, STATUS_INVALID, "file", "文件里没有规则行");
    }
    TRY(draft_cells_check(web->cx, &place.parts, place.table, import.rows.items, import.rows.count,
                          &faults));
    TRY(faults_give(web, &place, import.rows.items, &faults, false));
    EditWork work = {
        .edit = {.added = import.rows.items,
                 .added_count = import.rows.count,
                 .is_whole = true,
                 .kind = "import",
                 .about = str_print(web->cx->arena, "导入 %zu 行，替换整张表", import.rows.count)}};
    TRY(edit_save(web, &place, &work));
    saved_facts(web, work.revision, work.edit.about);
    return web_redirect(web, grid_path(web, &place, ""),
                        str_print(web->cx->arena, "已导入 %zu 行", import.rows.count));
}
