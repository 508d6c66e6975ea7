/*
 * conflict_pages.c - two people edited the same record: field by field, what it was, what I typed,
 * what the other one made of it. What only one of us changed is merged; where both did, I choose.
 * Nothing that was typed is lost: my words stay in the form until it is sent.
 */
#include "base/vec.h"
#include "office/desk/desk_internal.h"

#include <inttypes.h>

typedef struct Side {
    bool is_mine;   /* I changed it */
    bool is_theirs; /* they did, since the revision from which I began */
    bool is_clash;
    Str base;
    Str mine;
    Str now;
} Side;

/* What others changed since a revision: the oldest "before" is what I had before me. */
static Status theirs_read(const Desk *desk, const Record *now, int64_t revision, Side *sides) {
    Web *web = desk->web;
    RecordHistory history;
    TRY(record_history(web->cx, web->conn, desk->house.book, now, DESK_STEPS_MAX, &history));
    for (size_t i = 0; i < history.count && history.items[i].revision > revision; i++) {
        const RecordStep *step = &history.items[i];
        for (size_t k = 0; k < step->field_count; k++) {
            Side *side = &sides[step->fields[k].field];
            side->is_theirs = true;
            side->base = step->fields[k].before;
        }
    }
    return STATUS_OK;
}

static Str plain_of(const Desk *desk, size_t field, const RecordValue *value) {
    return record_value_plain(desk->web->cx->arena, desk->house.book, &desk->kind->fields[field],
                              value);
}

static Str text_of(const Desk *desk, size_t field, const RecordValue *value) {
    return record_value_text(desk->web->cx->arena, desk->house.book, &desk->kind->fields[field],
                             value);
}

static void sides_settle(const Desk *desk, const Record *now, const RecordDraft *mine,
                         Side *sides) {
    for (size_t i = 0; i < desk->kind->field_count; i++) {
        Side *side = &sides[i];
        Str plain = plain_of(desk, i, &mine->values[i]);
        side->now = plain_of(desk, i, &now->values[i]);
        side->mine = plain;
        if (!side->is_theirs) {
            side->is_mine = mine->is_changed[i];
            side->base = side->now;
            continue;
        }
        side->is_mine = !str_equal(plain, side->base) &&
                        !str_equal(text_of(desk, i, &mine->values[i]), side->base);
        side->is_clash = side->is_mine && !str_equal(plain, side->now);
    }
    for (size_t i = 0; i < desk->kind->field_count; i++) {
        if (desk->kind->fields[i].computed != NULL) {
            sides[i] = (Side){0}; /* follows from the others by itself */
        }
    }
}

/* ---- the page ---- */

static void pick_write(const Desk *desk, Html *html, size_t index, bool is_mine) {
    const RecordField *field = &desk->kind->fields[index];
    HTML(html, "label.choice") {
        HTML_VOID(html, "input", "type", "radio", "name",
                  str_print(desk->web->cx->arena, "pick." STR_FMT, STR_ARG(field->name)), "value",
                  is_mine ? "mine" : "theirs", "checked", is_mine);
        HTML(html, "span") {
            html_print(html, "%s", is_mine ? "用我填的" : "用对方的");
            HTML(html, "span.visually-hidden") {
                html_print(html, "：" STR_FMT, STR_ARG(field->title));
            }
        }
    }
}

static void text_cell(Html *html, const char *label, Str text) {
    HTML(html, "td", "data-label", label) {
        if (text.len > 0) {
            html_lines(html, text);
        } else {
            HTML_LEAF(html, "span.unset", "（空）");
        }
    }
}

static void row_write(const Desk *desk, Html *html, size_t index, const Side *side) {
    HTML(html, "tr") {
        HTML_LEAF(html, "th", desk->kind->fields[index].title, "scope", "row");
        text_cell(html, "修改前", side->base);
        text_cell(html, "我填的", side->mine);
        text_cell(html, "现在（对方）", side->now);
        HTML(html, "td", "data-label", "采用") {
            if (side->is_clash) {
                pick_write(desk, html, index, true);
                pick_write(desk, html, index, false);
            } else {
                html_text_c(html, side->is_mine ? "我填的" : "对方的");
            }
        }
    }
}

/* Sends again what I typed in the fields that I changed; the others stay as they are now. */
static void mine_write(const Desk *desk, Html *html, const Side *sides) {
    const HttpRequest *http = desk->web->http;
    for (size_t i = 0; i < http->form_count; i++) {
        Str rest = http->form[i].name;
        size_t field = record_field_find(desk->kind, str_cut(&rest, '.'));
        if (field != SIZE_MAX && sides[field].is_mine && !http->form[i].is_file) {
            HTML_VOID(html, "input", "type", "hidden", "name", http->form[i].name, "value",
                      http->form[i].value);
        }
    }
}

static void head_write(Html *html) {
    static const char *const heads[] = {"项目", "修改前", "我填的", "现在（对方）", "采用"};
    HTML(html, "thead") {
        HTML(html, "tr") {
            for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
                HTML_LEAF(html, "th", heads[i], "scope", "col");
            }
        }
    }
}

static void table_write(const Desk *desk, Html *html, const Side *sides) {
    HTML(html, "div.table-wrap") {
        HTML(html, "table.cards.conflict") {
            head_write(html);
            HTML(html, "tbody") {
                for (size_t i = 0; i < desk->kind->field_count; i++) {
                    if (sides[i].is_mine || sides[i].is_theirs) {
                        row_write(desk, html, i, &sides[i]);
                    }
                }
            }
        }
    }
}

static void form_write(const Desk *desk, const Record *now, const Side *sides) {
    Web *web = desk->web;
    Html *html = view_html(web->view);
    HTML(html, "form.stacked", "id", "merge", "method", "post", "data-once", "", "action",
         desk_record_path(desk, now->id, "/edit")) {
        view_form_secrets(web->view, html);
        HTML_VOID(html, "input", "type", "hidden", "name", "desk", "value", "1");
        HTML_VOID(html, "input", "type", "hidden", "name", "revision", "value", now->revision);
        mine_write(desk, html, sides);
        table_write(desk, html, sides);
        HTML(html, "p.actions") {
            HTML_LEAF(html, "button.button", "按选择保存", "type", "submit");
            HTML_LEAF(html, "button.button.plain", "带着我填的内容回到表单", "type", "submit",
                      "name", "form_act", "value", "refresh");
            HTML_LEAF(html, "a", "放弃我的修改", "href", desk_record_path(desk, now->id, ""));
        }
    }
}

static const ViewColumn conflict_columns[] = {{"field", "项目", false},
                                              {"base", "修改前", false},
                                              {"mine", "我填的", false},
                                              {"theirs", "现在", false},
                                              {"is_clash", "冲突", true}};

static void sides_json(const Desk *desk, const Record *now, const Side *sides) {
    View *view = desk->web->view;
    view_facts_begin(view, NULL, false);
    view_fact(view, "revision", "", VIEW_INT(now->revision));
    view_facts_end(view);
    view_table_begin(view, "conflict", STR_NONE, conflict_columns, 5);
    for (size_t i = 0; i < desk->kind->field_count; i++) {
        if (sides[i].is_mine || sides[i].is_theirs) {
            view_row(view);
            view_cell(view, VIEW_TEXT(desk->kind->fields[i].name));
            view_cell(view, VIEW_TEXT(sides[i].base));
            view_cell(view, VIEW_TEXT(sides[i].mine));
            view_cell(view, VIEW_TEXT(sides[i].now));
            view_cell(view, VIEW_INT(sides[i].is_clash));
        }
    }
    view_table_end(view, STR_NONE);
}

static Status page_write(const Desk *desk, const Record *now, const Side *sides, size_t clashes) {
    Web *web = desk->web;
    web->answer_status = 409;
    view_title(web->view, str_print(web->cx->arena, "有人先改了 " STR_FMT, STR_ARG(now->number)));
    view_lead(
        web->view,
        STR("您打开修改页面以后，别人保存了新的内容。您填的都还在，没有丢失，也还没有保存。"));
    if (web->is_json) {
        sides_json(desk, now, sides);
        return STATUS_OK;
    }
    view_notice(web->view, VIEW_WARN,
                clashes > 0 ? str_print(web->cx->arena,
                                        "%zu 项两边都改了，请逐项选择；其余自动合并。", clashes)
                            : STR("两边改的不是同一项，保存后两边的修改都保留。"));
    view_section(web->view, STR("逐项对照"));
    form_write(desk, now, sides);
    return STATUS_OK;
}

Status desk_conflict_show(const DeskForm *form, const Record *now, int64_t revision) {
    const Desk *desk = form->desk;
    Web *web = desk->web;
    InputVec inputs;
    RecordDraft draft = {0};
    TRY(desk_inputs(form, &inputs));
    RecordAsk ask = {.kind = desk->kind,
                     .base = now,
                     .inputs = inputs.items,
                     .input_count = inputs.count,
                     .actor = &desk->actor,
                     .now_ms = web->now_ms};
    Status status = record_draft(web->cx, &desk->house, &ask, &draft);
    if (status != STATUS_OK) {
        desk_errors_show(form, &draft);
        return status;
    }
    Side *sides = arena_array(web->cx->arena, Side, desk->kind->field_count);
    TRY(theirs_read(desk, now, revision, sides));
    sides_settle(desk, now, &draft, sides);
    size_t clashes = 0;
    for (size_t i = 0; i < desk->kind->field_count; i++) {
        clashes += sides[i].is_clash;
    }
    return page_write(desk, now, sides, clashes);
}
