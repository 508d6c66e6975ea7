/*
 * record_pages.c - one record: what may be done next, its fields, tables and files, and what has
 * happened to it; the same for printing and, with public fields only, for everybody (D1, D2).
 */
#include "base/vec.h"
#include "office/desk/desk_files.h"
#include "office/desk/desk_store.h"

#include <inttypes.h>

static bool is_shown(const Desk *desk, const RecordField *field) {
    return !desk->is_public || field->is_public;
}

/* ---- next acts ---- */

static void act_row(const Desk *desk, const Record *record, const RecordAct *act, Html *html) {
    Arena *arena = desk->web->cx->arena;
    Str path =
        str_print(arena, STR_FMT "/act/" STR_FMT "%s",
                  STR_ARG(desk_record_path(desk, record->id, "")), STR_ARG(act->transition->code),
                  str_equal(web_param(desk->web, "from"), STR("due")) ? "?from=due" : "");
    HTML(html, "li") {
        if (act->is_open) {
            HTML_LEAF(html, "a.button", act->transition->title, "href", path);
        } else {
            HTML_LEAF(html, "span.mute", act->transition->title);
            html_print(html, "：" STR_FMT, STR_ARG(act->reason));
        }
    }
}

static void acts_json(const Desk *desk, const RecordActs *acts) {
    static const ViewColumn columns[] = {{"code", "代码", false},
                                         {"title", "办理", false},
                                         {"open", "可办", true},
                                         {"reason", "原因", false}};
    View *view = desk->web->view;
    view_table_begin(view, "acts", STR_NONE, columns, 4);
    for (size_t i = 0; i < acts->count; i++) {
        view_row(view);
        view_cell(view, VIEW_TEXT(acts->items[i].transition->code));
        view_cell(view, VIEW_TEXT(acts->items[i].transition->title));
        view_cell(view, VIEW_INT(acts->items[i].is_open));
        view_cell(view, VIEW_TEXT(acts->items[i].reason));
    }
    view_table_end(view, STR_NONE);
}

static bool may_edit(const Desk *desk, const Record *record) {
    Cx quiet;
    cx_init(&quiet, desk->web->cx->arena);
    return record_may_edit(&quiet, record, &desk->actor) == STATUS_OK;
}

static Status acts_write(const Desk *desk, const Record *record) {
    Web *web = desk->web;
    RecordActs acts;
    TRY(record_acts(web->cx, &desk->house, record, &desk->actor, web->now_ms, &acts));
    Html *html = view_html(web->view);
    if (html == NULL) {
        acts_json(desk, &acts);
        return STATUS_OK;
    }
    view_section(web->view, STR("下一步"));
    HTML(html, "ul.acts") {
        for (size_t i = 0; i < acts.count; i++) {
            act_row(desk, record, &acts.items[i], html);
        }
        if (may_edit(desk, record)) {
            HTML(html, "li") {
                HTML_LEAF(html, "a.button.plain", "修改", "href",
                          desk_record_path(desk, record->id, "/edit"));
            }
        }
    }
    if (acts.count == 0 && !may_edit(desk, record)) {
        view_text(web->view, STR("现在没有需要您办理的事项。"));
    }
    return STATUS_OK;
}

/* ---- fields ---- */

static void sealed_fact(const Desk *desk, const Record *record, size_t index) {
    const RecordField *field = &desk->kind->fields[index];
    Arena *arena = desk->web->cx->arena;
    Str text = record_value_text(arena, desk->house.book, field, &record->values[index]);
    Str path = str_print(arena, STR_FMT "/reveal/" STR_FMT,
                         STR_ARG(desk_record_path(desk, record->id, "")), STR_ARG(field->name));
    view_fact(desk->web->view, str_c(arena, field->name), str_c(arena, field->title),
              VIEW_LINK(path, text));
}

static void field_fact(const Desk *desk, const Record *record, size_t index) {
    const RecordField *field = &desk->kind->fields[index];
    Arena *arena = desk->web->cx->arena;
    const RecordValue *value = &record->values[index];
    View *view = desk->web->view;
    const char *key = str_c(arena, field->name);
    if (record_type_is_sealed(field->type) && value->has_value && view_html(view) != NULL) {
        sealed_fact(desk, record, index);
        return;
    }
    view_fact(view, key, str_c(arena, field->title), desk_value(desk, field, value));
    if (field->type == RECORD_ORG && value->text2.len > 0) {
        view_fact(view, str_c(arena, str_print(arena, "%s.code", key)),
                  str_c(arena, str_print(arena, STR_FMT "代码", STR_ARG(field->title))),
                  VIEW_TEXT(value->text2));
    }
    if (field->type == RECORD_PLACE && value->has_value && value->number != INT64_MIN) {
        Str point = str_print(arena, STR_FMT "，" STR_FMT,
                              STR_ARG(record_value_part(arena, field, value, "lat")),
                              STR_ARG(record_value_part(arena, field, value, "lon")));
        view_fact(view, str_c(arena, str_print(arena, "%s.point", key)), "经纬度",
                  VIEW_TEXT(point));
    }
}

static void head_facts(const Desk *desk, const Record *record) {
    View *view = desk->web->view;
    view_fact(view, "number", "编号", VIEW_TEXT(record->number));
    view_fact(view, "state", "状态", desk_state_badge(record));
    if (!desk->is_public) {
        view_fact(view, "id", "序号", VIEW_INT(record->id));
        view_fact(view, "revision", "版本", VIEW_INT(record->revision));
        view_fact(view, "filing", "填报单位", VIEW_TEXT(record->filer_name));
        view_fact(view, "owner", "主管单位",
                  VIEW_TEXT(record_unit_name(desk->house.book, record->owner)));
        if (record->due.number != DAY_NONE.number) {
            view_fact(view, "due_day", "办理时限", VIEW_DAY(record->due));
        }
    }
    view_fact(view, "filed_ms", "填报时间", VIEW_INSTANT(record->filed_ms));
    view_fact(view, "changed_ms", "最近修改", VIEW_INSTANT(record->changed_ms));
}

static void fields_write(const Desk *desk, const Record *record, const bool *is_visible) {
    View *view = desk->web->view;
    view_section(view, STR("内容"));
    view_facts_begin(view, "fields", false);
    for (size_t i = 0; i < desk->kind->field_count; i++) {
        const RecordField *field = &desk->kind->fields[i];
        bool is_fact = field->type != RECORD_ROWS && field->type != RECORD_FILE;
        if (is_fact && is_visible[i] && is_shown(desk, field)) {
            field_fact(desk, record, i);
        }
    }
    view_facts_end(view);
}

/* ---- tables of rows ---- */

static void rows_table(const Desk *desk, const RecordField *field, const RecordValue *value) {
    Arena *arena = desk->web->cx->arena;
    View *view = desk->web->view;
    ViewColumn *columns = arena_array(arena, ViewColumn, field->item_count);
    for (size_t i = 0; i < field->item_count; i++) {
        RecordType type = field->items[i].type;
        columns[i] =
            (ViewColumn){str_c(arena, field->items[i].name), str_c(arena, field->items[i].title),
                         type == RECORD_INT || type == RECORD_DECIMAL || type == RECORD_MONEY};
    }
    view_section(view, field->title);
    view_table_begin(view, str_c(arena, field->name), field->title, columns, field->item_count);
    for (size_t i = 0; i < value->item_count; i++) {
        if (i % field->item_count == 0) {
            view_row(view);
        }
        view_cell(view, desk_value(desk, &field->items[i % field->item_count], &value->items[i]));
    }
    view_table_end(view, STR("没有明细"));
}

/* ---- files ---- */

static void file_link(const Desk *desk, const Record *record, size_t index, size_t at, Html *html) {
    const RecordField *field = &desk->kind->fields[index];
    const RecordValue *file = &record->values[index].items[at];
    Arena *arena = desk->web->cx->arena;
    Str path =
        str_print(arena, STR_FMT "/file/" STR_FMT "/%zu",
                  STR_ARG(desk_record_path(desk, record->id, "")), STR_ARG(field->name), at + 1);
    HTML(html, "li") {
        HTML_LEAF(html, "a", file->text2, "href", path);
        html_print(html, "（%" PRId64 " KB）", (file->number + 1023) / 1024);
    }
}

static void files_write(const Desk *desk, const Record *record, size_t index) {
    const RecordField *field = &desk->kind->fields[index];
    const RecordValue *value = &record->values[index];
    Html *html = view_html(desk->web->view);
    view_section(desk->web->view, field->title);
    if (html == NULL) {
        return;
    }
    HTML(html, "ul.files") {
        for (size_t i = 0; i < value->item_count; i++) {
            file_link(desk, record, index, i, html);
        }
    }
    if (value->item_count == 0) {
        HTML_LEAF(html, "p.empty", "还没有附件");
    }
}

static void parts_write(const Desk *desk, const Record *record, const bool *is_visible) {
    for (size_t i = 0; i < desk->kind->field_count; i++) {
        const RecordField *field = &desk->kind->fields[i];
        if (!is_visible[i] || !is_shown(desk, field)) {
            continue;
        }
        if (field->type == RECORD_ROWS) {
            rows_table(desk, field, &record->values[i]);
        } else if (field->type == RECORD_FILE) {
            files_write(desk, record, i);
        }
    }
}

Status desk_file(Web *web) {
    Desk desk;
    Record record;
    TRY(desk_open(web, true, &desk));
    TRY(desk_record(&desk, RECORD_SIGHT_FULL, &record));
    size_t index = record_field_find(desk.kind, web->words[1]);
    if (index == SIZE_MAX || desk.kind->fields[index].type != RECORD_FILE ||
        web->ids[1] > (int64_t)record.values[index].item_count) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这个附件");
    }
    const RecordValue *file = &record.values[index].items[web->ids[1] - 1];
    Str bytes = STR_NONE;
    TRY(desk_files_read(&desk, file->text, &bytes));
    web->is_download = true;
    return web_file(web, file->text2, file->sealed, bytes);
}

/* ---- what has happened ---- */

static Str who_text(const Desk *desk, const RecordStep *step, const DeskPerson *person) {
    Arena *arena = desk->web->cx->arena;
    Str house = person->unit.len > 0 ? person->unit : person->org;
    Role role = ROLE_PUBLIC;
    Str role_words = role_of_code(step->role, &role) == STATUS_OK ? role_zh(role) : STR("系统");
    if (house.len > 0 && str_starts(person->name, house)) {
        return person->name;
    }
    if (house.len > 0) {
        return str_print(arena, STR_FMT " " STR_FMT, STR_ARG(house), STR_ARG(person->name));
    }
    return str_print(arena, STR_FMT " " STR_FMT, STR_ARG(role_words), STR_ARG(person->name));
}

static Str what_text(const Desk *desk, const RecordStep *step) {
    Arena *arena = desk->web->cx->arena;
    const RecordTransition *act = record_transition_find(desk->kind, step->act);
    if (act != NULL) {
        return str_print(arena, STR_FMT " → " STR_FMT, STR_ARG(act->title),
                         STR_ARG(desk->kind->states[act->to].title));
    }
    return str_equal(step->verb, STR("record.create")) ? STR("填报")
           : str_equal(step->verb, STR("record.edit")) ? STR("修改")
           : str_equal(step->verb, STR("record.read")) ? STR("查看个人信息")
                                                       : STR("办理");
}

static void step_write(const Desk *desk, const RecordStep *step, const DeskPerson *person) {
    View *view = desk->web->view;
    view_moment(view, &(ViewMoment){.at_ms = step->at_ms,
                                    .who = who_text(desk, step, person),
                                    .what = what_text(desk, step),
                                    .note = step->note,
                                    .tone = VIEW_NEUTRAL});
    bool is_first = str_equal(step->verb, STR("record.create"));
    for (size_t i = 0; i < step->field_count && !is_first; i++) {
        view_change(view, desk->kind->fields[step->fields[i].field].title, step->fields[i].before,
                    step->fields[i].after);
    }
}

static Status timeline_write(const Desk *desk, const Record *record) {
    Web *web = desk->web;
    RecordHistory history;
    TRY(record_history(web->cx, web->conn, desk->house.book, record, DESK_STEPS_MAX, &history));
    view_section(web->view, STR("办理过程"));
    view_timeline_begin(web->view);
    for (size_t i = 0; i < history.count; i++) {
        DeskPerson person;
        TRY(desk_store_person(web->cx, web->conn, history.items[i].user_id, &person));
        step_write(desk, &history.items[i], &person);
    }
    view_timeline_end(web->view);
    return STATUS_OK;
}

/* ---- the page ---- */

static void title_write(const Desk *desk, const Record *record) {
    View *view = desk->web->view;
    view_title(view, str_print(desk->web->cx->arena, STR_FMT " " STR_FMT, STR_ARG(record->number),
                               STR_ARG(desk_record_name(desk, record))));
    view_lead(view, desk->kind->title);
}

static void head_write(const Desk *desk, const Record *record) {
    View *view = desk->web->view;
    view_section(view, STR_NONE);
    view_facts_begin(view, "record", false);
    head_facts(desk, record);
    view_facts_end(view);
}

/* ---- conditions ---- */

static ViewValue verdict_badge(const RecordCondition *condition) {
    static const struct {
        const char *code;
        const char *zh;
    } rows[] = {
#define X(name, code, zh) [RECORD_##name] = {code, zh},
        RECORD_VERDICT_LIST(X)
#undef X
    };
    static const ViewTone tones[] = {[RECORD_MET] = VIEW_GOOD,
                                     [RECORD_MISSING] = VIEW_BAD,
                                     [RECORD_OPEN] = VIEW_WARN,
                                     [RECORD_UNSET] = VIEW_NEUTRAL};
    ViewTone tone = condition->is_binding || condition->verdict == RECORD_MET
                        ? tones[condition->verdict]
                        : VIEW_NEUTRAL;
    return VIEW_BADGE(tone, str_of(rows[condition->verdict].code),
                      str_of(rows[condition->verdict].zh));
}

static Str effect_zh(const RecordCondition *condition) {
    return condition->is_binding                            ? STR("必须符合")
           : str_equal(condition->status, STR("not found")) ? STR("待本市填写")
                                                            : STR("提示，待签认");
}

/* Which rows of the tables that apply have fired. */
static Status conditions_write(const Desk *desk, const Record *record) {
    static const ViewColumn columns[] = {{"row", "行", true},
                                         {"words", "条件", false},
                                         {"verdict", "结果", false},
                                         {"effect", "作用", false},
                                         {"basis", "依据", false}};
    Web *web = desk->web;
    RecordConditions conditions;
    const RecordRules *table = NULL;
    TRY(record_conditions(web->cx, &desk->house, record, web->now_ms, &conditions));
    for (size_t i = 0; i < conditions.count; i++) {
        const RecordCondition *condition = &conditions.items[i];
        if (condition->table != table) {
            if (table != NULL) {
                view_table_end(web->view, STR("没有条件"));
            }
            table = condition->table;
            view_section(web->view, table->title);
            view_table_begin(web->view, str_c(web->cx->arena, table->code), table->title, columns,
                             5);
        }
        view_row(web->view);
        view_cell(web->view, VIEW_INT(condition->row));
        view_cell(web->view, VIEW_TEXT(condition->words));
        view_cell(web->view, verdict_badge(condition));
        view_cell(web->view, VIEW_TEXT(effect_zh(condition)));
        view_cell(web->view, VIEW_TEXT(condition->basis));
    }
    if (table != NULL) {
        view_table_end(web->view, STR("没有条件"));
    }
    return STATUS_OK;
}

static Status body_write(const Desk *desk, const Record *record) {
    bool *is_visible = arena_array(desk->web->cx->arena, bool, desk->kind->field_count);
    TRY(record_fields_visible(desk->web->cx, &desk->house, record, desk->web->now_ms, is_visible));
    fields_write(desk, record, is_visible);
    parts_write(desk, record, is_visible);
    return desk->is_public ? STATUS_OK : conditions_write(desk, record);
}

Status desk_record_page(Web *web) {
    Desk desk;
    Record record;
    TRY(desk_open(web, true, &desk));
    TRY(desk_record(&desk, RECORD_SIGHT_FULL, &record));
    title_write(&desk, &record);
    view_tabs_begin(web->view, "本记录");
    view_tab(web->view, desk_kind_path(&desk, ""), desk.kind->title, false);
    view_tab(web->view, desk_record_path(&desk, record.id, ""), record.number, true);
    view_tab(web->view, desk_record_path(&desk, record.id, "/print"), STR("打印页"), false);
    view_tabs_end(web->view);
    head_write(&desk, &record);
    TRY(acts_write(&desk, &record));
    TRY(body_write(&desk, &record));
    return timeline_write(&desk, &record);
}

Status desk_print_page(Web *web) {
    Desk desk;
    Record record;
    TRY(desk_open(web, true, &desk));
    TRY(desk_record(&desk, RECORD_SIGHT_FULL, &record));
    title_write(&desk, &record);
    Html *html = view_html(web->view);
    if (html != NULL) {
        HTML(html, "p.actions.no-print") {
            HTML_LEAF(html, "button.button", "打印", "type", "button", "data-print", "", "hidden",
                      true);
            HTML_LEAF(html, "a", "返回记录", "href", desk_record_path(&desk, record.id, ""));
        }
    }
    head_write(&desk, &record);
    TRY(body_write(&desk, &record));
    return timeline_write(&desk, &record);
}

Status desk_public_record_page(Web *web) {
    Desk desk;
    Record record;
    TRY(desk_open_public(web, &desk));
    TRY(desk_record(&desk, RECORD_SIGHT_PUBLIC, &record));
    title_write(&desk, &record);
    head_write(&desk, &record);
    TRY(body_write(&desk, &record));
    view_link(web->view, desk_kind_path(&desk, ""), STR("返回列表"), false);
    return STATUS_OK;
}
