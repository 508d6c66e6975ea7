/*
 * compare_pages.c - two versions side by side, cell by cell: a draft beside any issued version, or
 * two issued versions.
 */
#include "office/policy/compare.h"
#include "office/policy/workshop_pages.h"

#include <inttypes.h>

enum { CHANGES_SHOWN = 500 };

typedef struct Source {
    Str name;
    DmnParts parts;
} Source;

static Status version_source(Web *web, Str code, Source *out) {
    const PolicyVersion *version = NULL;
    TRY(policy_version_find(web->cx, workshop_library(web), code, &version));
    out->name = str_print(web->cx->arena, STR_FMT "（" STR_FMT "）", STR_ARG(version->title),
                          STR_ARG(version->version));
    return dmn_parts_take(web->cx, version->model_text, &out->parts);
}

static Status draft_source(Web *web, const Draft *draft, Source *out) {
    Str text = STR_NONE;
    TRY(draft_model_text(web->cx, web->conn, draft, &text));
    out->name = str_print(web->cx->arena, "草稿（" STR_FMT "）", STR_ARG(draft->code));
    return dmn_parts_take(web->cx, text, &out->parts);
}

/* ---- showing ---- */

static const ViewColumn change_columns[] = {
    {"change", "变化", false}, {"left_row", "原行", true}, {"right_row", "新行", true},
    {"column", "列", false},   {"left", "原来", false},    {"right", "现在", false},
};

static ViewValue change_badge(RowChange change) {
    switch (change) {
    case ROW_SAME:
        return VIEW_BADGE(VIEW_NEUTRAL, STR("same"), STR("相同"));
    case ROW_MOVED:
        return VIEW_BADGE(VIEW_NEUTRAL, STR("moved"), STR("移动"));
    case ROW_CHANGED:
        return VIEW_BADGE(VIEW_WARN, STR("changed"), STR("修改"));
    case ROW_ADDED:
        return VIEW_BADGE(VIEW_GOOD, STR("added"), STR("新增"));
    case ROW_REMOVED:
        return VIEW_BADGE(VIEW_BAD, STR("removed"), STR("删除"));
    }
    return VIEW_NONE;
}

static ViewValue row_number(size_t row) {
    return row == SIZE_MAX ? VIEW_TEXT(STR("—")) : VIEW_INT((int64_t)row + 1);
}

static void change_row(Web *web, const RowPair *pair, Str column, Str left, Str right) {
    View *view = web->view;
    view_row(view);
    view_cell(view, change_badge(pair->change));
    view_cell(view, row_number(pair->left));
    view_cell(view, row_number(pair->right));
    view_cell(view, VIEW_TEXT(column));
    view_cell(view, VIEW_TEXT(policy_cell_zh(web->cx->arena, left)));
    view_cell(view, VIEW_TEXT(policy_cell_zh(web->cx->arena, right)));
}

/* All cells of a row in one line: of a row that came or went. */
static Str row_words(Web *web, const DmnPartTable *table, size_t row) {
    Buf *out = buf_in(web->cx->arena, 256 * 1024);
    for (size_t i = 0; i < table->column_count; i++) {
        Str cell = table->rows[row].cells[i];
        bool is_said = table->columns[i].kind != DMN_PART_INPUT || !str_equal(cell, STR("-"));
        Str words = policy_cell_zh(web->cx->arena, cell);
        if (is_said && cell.len > 0) {
            buf_print(out, "%s" STR_FMT "：" STR_FMT, out->len > 0 ? "；" : "",
                      STR_ARG(table->columns[i].label), STR_ARG(words));
        }
    }
    return buf_str(out);
}

/* The cells of one pair that differ; returns how many lines were written. */
static size_t changed_cells(Web *web, const TableDiff *diff, const RowPair *pair) {
    size_t written = 0;
    for (size_t i = 0; i < diff->left->column_count; i++) {
        size_t other = diff->column_of_left[i];
        Str left = diff->left->rows[pair->left].cells[i];
        Str right =
            other == SIZE_MAX ? STR("（没有这一列）") : diff->right->rows[pair->right].cells[other];
        if (!str_equal(left, right)) {
            change_row(web, pair, diff->left->columns[i].label, left, right);
            written++;
        }
    }
    for (size_t k = 0; k < diff->right->column_count; k++) {
        if (diff->is_new_column[k]) {
            change_row(web, pair, diff->right->columns[k].label, STR("（没有这一列）"),
                       diff->right->rows[pair->right].cells[k]);
            written++;
        }
    }
    return written;
}

static void rows_view(Web *web, const TableDiff *diff) {
    View *view = web->view;
    size_t written = 0;
    view_table_begin(view, "changes", STR("逐格变化"), change_columns, 6);
    for (size_t i = 0; i < diff->row_count && written < CHANGES_SHOWN; i++) {
        const RowPair *pair = &diff->rows[i];
        switch (pair->change) {
        case ROW_SAME:
            break;
        case ROW_MOVED:
            change_row(web, pair, STR("整行"), STR("内容相同"), STR("位置不同"));
            written++;
            break;
        case ROW_CHANGED:
            written += changed_cells(web, diff, pair);
            break;
        case ROW_ADDED:
            change_row(web, pair, STR("整行"), STR("—"), row_words(web, diff->right, pair->right));
            written++;
            break;
        case ROW_REMOVED:
            change_row(web, pair, STR("整行"), row_words(web, diff->left, pair->left), STR("—"));
            written++;
            break;
        }
    }
    view_table_end(view, STR("没有变化"));
    if (written >= CHANGES_SHOWN) {
        view_notice(view, VIEW_INFO, STR("变化太多，只列出前面的一部分"));
    }
}

static void table_view(Web *web, const TableDiff *diff) {
    View *view = web->view;
    const DmnPartTable *any = diff->right != NULL ? diff->right : diff->left;
    view_section(view, any->node);
    if (diff->left == NULL || diff->right == NULL) {
        view_notice(view, VIEW_INFO,
                    diff->left == NULL ? STR("这张表是新加的") : STR("这张表已去掉"));
        return;
    }
    view_facts_begin(view, "counts", true);
    view_fact(view, "same", "相同", VIEW_INT((int64_t)diff->counts[ROW_SAME]));
    view_fact(view, "moved", "移动", VIEW_INT((int64_t)diff->counts[ROW_MOVED]));
    view_fact(view, "changed", "修改", VIEW_INT((int64_t)diff->counts[ROW_CHANGED]));
    view_fact(view, "added", "新增", VIEW_INT((int64_t)diff->counts[ROW_ADDED]));
    view_fact(view, "removed", "删除", VIEW_INT((int64_t)diff->counts[ROW_REMOVED]));
    view_facts_end(view);
    rows_view(web, diff);
}

static Status diff_view(Web *web, const Source *left, const Source *right) {
    ModelDiff diff = {0};
    TRY(model_compare(web->cx, &left->parts, &right->parts, &diff));
    view_text(web->view, str_print(web->cx->arena, "原来：" STR_FMT "；现在：" STR_FMT,
                                   STR_ARG(left->name), STR_ARG(right->name)));
    for (size_t i = 0; i < diff.table_count; i++) {
        table_view(web, &diff.tables[i]);
    }
    return STATUS_OK;
}

/* ---- choosing ---- */

static FormField version_field(Web *web, const char *name, const char *label, Str value) {
    size_t count = 0;
    const PolicyVersion *const *versions = policy_versions(workshop_library(web), &count);
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, count + 1);
    for (size_t i = 0; i < count; i++) {
        const PolicyVersion *version = versions[count - 1 - i];
        choices[i] = (FormChoice){str_c(web->cx->arena, version->version),
                                  str_print(web->cx->arena, STR_FMT "（" STR_FMT "）",
                                            STR_ARG(version->title), STR_ARG(version->version))
                                      .at};
    }
    return (FormField){.name = name,
                       .label = label,
                       .kind = FIELD_CHOICE,
                       .choices = choices,
                       .choice_count = count,
                       .value = value};
}

/* The version that a draft is compared with: the one asked for, else the one it was made from. */
static Str version_beside(Web *web, const Draft *draft) {
    Cx quiet;
    const PolicyVersion *version = NULL;
    Str asked = web_param(web, "with");
    Str code = asked.len > 0 ? asked : draft->base;
    cx_init(&quiet, web->cx->arena);
    return policy_version_find(&quiet, workshop_library(web), code, &version) == STATUS_OK
               ? code
               : STR("");
}

Status workshop_compare_page(Web *web) {
    Draft draft;
    TRY(workshop_draft(web, &draft));
    Str code = version_beside(web, &draft);
    FormField fields[1] = {version_field(web, "with", "与哪个版本比较", code)};
    Form form = {.key = "compare",
                 .action = workshop_path(web, draft.id, "/compare"),
                 .submit = "比较",
                 .fields = fields,
                 .field_count = 1,
                 .is_get = true};
    workshop_head(web, &draft, "比较", "/compare");
    view_form(web->view, &form);
    if (code.len == 0) {
        return STATUS_OK;
    }
    Source left;
    Source right;
    TRY(version_source(web, code, &left));
    TRY(draft_source(web, &draft, &right));
    return diff_view(web, &left, &right);
}

Status policy_compare_page(Web *web) {
    Str left_code = web_param(web, "left");
    Str right_code = web_param(web, "right");
    FormField *fields = arena_array(web->cx->arena, FormField, 2);
    fields[0] = version_field(web, "left", "原来的版本", left_code);
    fields[1] = version_field(web, "right", "现在的版本", right_code);
    Form form = {.key = "compare",
                 .action = STR("/policy-compare"),
                 .submit = "比较",
                 .fields = fields,
                 .field_count = 2,
                 .is_get = true};
    /* With one only, the other is still to be chosen. */
    bool is_asked = right_code.len > 0;
    FormValue values[2];
    if (is_asked && web->error_count == 0) {
        TRY(form_read(web, &form, values));
    }
    view_title(web->view, STR("比较两个政策版本"));
    view_lead(web->view, STR("逐格列出新增、删除和修改的规则。"));
    view_form(web->view, &form);
    view_link(web->view, STR("/policy"), STR("政策版本"), false);
    if (!is_asked || web->error_count > 0) {
        return STATUS_OK;
    }
    Source left;
    Source right;
    TRY(version_source(web, left_code, &left));
    TRY(version_source(web, right_code, &right));
    return diff_view(web, &left, &right);
}
