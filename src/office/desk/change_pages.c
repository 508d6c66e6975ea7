/*
 * change_pages.c - filing a new record, editing one, doing an act. Reading order: new, edit, act,
 * opening a sealed field. The page of two versions is in conflict_pages.c.
 */
#include "base/vec.h"
#include "office/desk/desk_draft.h"

#include <inttypes.h>
#include <string.h>

/* A form that is sent only to be drawn anew is answered with the form. */
static Status reshaped(Web *web) {
    return web->route->again(web);
}

/* ---- one change through the write door ---- */

typedef struct ChangeInput {
    const Desk *desk;
    const RecordDraft *draft;
    RecordChange change;
    int64_t draft_id;
} ChangeInput;

static void answer_record(Cx *cx, DbConn *conn, const Record *record) {
    db_answer(conn,
              str_print(cx->arena, "%" PRId64 ":" STR_FMT, record->id, STR_ARG(record->number)));
}

static Status draft_end(Cx *cx, DbConn *conn, const ChangeInput *input) {
    return input->draft_id == 0 ? STATUS_OK
                                : desk_store_draft_drop(cx, conn, input->desk->actor.person_id,
                                                        input->draft_id, NULL);
}

static Status create_work(Cx *cx, DbConn *conn, void *it) {
    const ChangeInput *input = it;
    Record record;
    TRY(record_create(cx, conn, &input->desk->house, input->draft, &record));
    TRY(draft_end(cx, conn, input));
    answer_record(cx, conn, &record);
    return STATUS_OK;
}

static Status edit_work(Cx *cx, DbConn *conn, void *it) {
    const ChangeInput *input = it;
    Record record;
    TRY(record_edit(cx, conn, &input->desk->house, &input->change, &record));
    answer_record(cx, conn, &record);
    return STATUS_OK;
}

static Status move_work(Cx *cx, DbConn *conn, void *it) {
    const ChangeInput *input = it;
    Record record;
    TRY(record_move(cx, conn, &input->desk->house, &input->change, &record));
    answer_record(cx, conn, &record);
    return STATUS_OK;
}

/* Reads and checks what was typed; messages go to their fields. */
static Status draft_read(const DeskForm *form, RecordDraft *draft) {
    Web *web = form->desk->web;
    InputVec inputs;
    TRY(desk_inputs(form, &inputs));
    RecordAsk *ask = arena_new(web->cx->arena, RecordAsk);
    *ask = (RecordAsk){.kind = form->desk->kind,
                       .base = form->base,
                       .act = form->act,
                       .inputs = inputs.items,
                       .input_count = inputs.count,
                       .actor = &form->desk->actor,
                       .now_ms = web->now_ms};
    *draft = (RecordDraft){0};
    Status status = record_draft(web->cx, &form->desk->house, ask, draft);
    if (status == STATUS_INVALID) {
        desk_errors_show(form, draft);
    }
    if (status == STATUS_OK && web->error_count > 0) {
        return fault(web->cx, STATUS_INVALID, "填写的内容有误");
    }
    return status;
}

static Status written(const DeskForm *form, Status status) {
    if (status != STATUS_OK && status != STATUS_DB && status != STATUS_IO) {
        desk_fault_show(form);
    }
    return status;
}

static Status done_redirect(const Desk *desk, Str answer, const char *words) {
    Web *web = desk->web;
    int64_t id = 0;
    Str number = answer;
    if (str_int64(str_cut(&number, ':'), &id) != STATUS_OK) {
        return fault(web->cx, STATUS_DB, "a record was stored without an id");
    }
    if (web->is_json) {
        view_facts_begin(web->view, NULL, false);
        view_fact(web->view, "id", "", VIEW_INT(id));
        view_fact(web->view, "number", "", VIEW_TEXT(number));
        view_facts_end(web->view);
    }
    Str said = str_print(web->cx->arena, STR_FMT " %s", STR_ARG(number), words);
    bool is_from_queue = str_equal(web_param(web, "from"), STR("due"));
    return web_redirect(web, is_from_queue ? STR("/record/due") : desk_record_path(desk, id, ""),
                        said);
}

static FormField *hidden_add(Arena *arena, FormField *fields, size_t count, const FormField *more,
                             size_t more_count) {
    FormField *all = arena_array(arena, FormField, count + more_count);
    memcpy(all, fields, count * sizeof *fields);
    memcpy(all + count, more, more_count * sizeof *more);
    return all;
}

/* ---- new ---- */

static const FormChoice draft_button[] = {{"draft", "存为草稿"}};

static Status may_file(const Desk *desk) {
    if (record_may_file(desk->kind, &desk->actor)) {
        return STATUS_OK;
    }
    return fault(desk->web->cx, STATUS_DENIED, "您的身份或单位不能填报“" STR_FMT "”",
                 STR_ARG(desk->kind->title));
}

static Status new_show(const Desk *desk) {
    Web *web = desk->web;
    DeskForm form = {.desk = desk};
    FormField *fields = NULL;
    size_t count = 0;
    TRY(desk_fields(&form, &fields, &count));
    FormField more[] = {
        {.name = "draft", .label = "", .kind = FIELD_HIDDEN, .value = web_param(web, "draft")}};
    view_title(web->view, str_print(web->cx->arena, "填报：" STR_FMT, STR_ARG(desk->kind->title)));
    view_lead(web->view, desk->kind->about);
    view_section(web->view, STR_NONE);
    Form drawn = {.key = "record",
                  .action = desk_kind_path(desk, "/new"),
                  .submit = "保存",
                  .is_wide = true,
                  .fields = hidden_add(web->cx->arena, fields, count, more, 1),
                  .field_count = count + 1,
                  .buttons = draft_button,
                  .button_count = 1};
    view_form(web->view, &drawn);
    view_link(web->view, desk_kind_path(desk, ""), STR("返回列表"), false);
    return STATUS_OK;
}

Status desk_new_page(Web *web) {
    Desk desk;
    TRY(desk_open(web, true, &desk));
    TRY(may_file(&desk));
    int64_t draft = web_param_int(web, "draft", 0);
    if (draft > 0 && !desk_is_posted(web)) {
        TRY(desk_draft_restore(&desk, draft));
    }
    return new_show(&desk);
}

static Status draft_post(const Desk *desk) {
    int64_t id = 0;
    TRY(desk_draft_keep(desk, &id));
    return web_redirect(desk->web,
                        str_print(desk->web->cx->arena, STR_FMT "?draft=%" PRId64,
                                  STR_ARG(desk_kind_path(desk, "/new")), id),
                        STR("草稿已保存，还没有提交。其他人看不到草稿。"));
}

Status desk_new_post(Web *web) {
    Desk desk;
    TRY(desk_open(web, true, &desk));
    TRY(may_file(&desk));
    if (form_is_reshaped(web)) {
        return reshaped(web);
    }
    if (str_equal(form_act(web), STR("draft"))) {
        return draft_post(&desk);
    }
    DeskForm form = {.desk = &desk};
    RecordDraft draft;
    Str answer = STR_NONE;
    TRY(draft_read(&form, &draft));
    ChangeInput input = {
        .desk = &desk, .draft = &draft, .draft_id = web_param_int(web, "draft", 0)};
    TRY(written(&form, web_write(web, "record.create", create_work, &input, &answer)));
    return done_redirect(&desk, answer, "已保存");
}

static Status draft_drop_work(Cx *cx, DbConn *conn, void *it) {
    const DeskDraft *key = it;
    int64_t count = 0;
    TRY(desk_store_draft_drop(cx, conn, key->person_id, key->id, &count));
    return count == 1 ? STATUS_OK : fault(cx, STATUS_NOT_FOUND, "没有这份草稿");
}

Status desk_draft_drop_post(Web *web) {
    Desk desk;
    TRY(desk_open(web, true, &desk));
    DeskDraft key = {.id = web->ids[0], .person_id = web->user->id};
    TRY(web_write(web, "desk.draft.drop", draft_drop_work, &key, NULL));
    return web_redirect(web, desk_kind_path(&desk, ""), STR("草稿已删除"));
}

/* ---- edit ---- */

static int64_t posted_revision(const Web *web, const Record *now) {
    int64_t revision = web_param_int(web, "revision", 0);
    /* The API may leave it out only when nobody else could have been meant. */
    return revision > 0 ? revision : (now->revision == 1 ? 1 : 0);
}

static Status edit_show(const Desk *desk, const Record *record) {
    Web *web = desk->web;
    DeskForm form = {.desk = desk, .base = record};
    FormField *fields = NULL;
    size_t count = 0;
    TRY(desk_fields(&form, &fields, &count));
    Str revision = str_print(web->cx->arena, "%" PRId64, record->revision);
    FormField more[] = {{.name = "revision", .label = "", .kind = FIELD_HIDDEN, .value = revision}};
    view_title(web->view, str_print(web->cx->arena, "修改 " STR_FMT, STR_ARG(record->number)));
    view_lead(web->view, desk->kind->title);
    view_section(web->view, STR_NONE);
    Form drawn = {.key = "record",
                  .action = desk_record_path(desk, record->id, "/edit"),
                  .submit = "保存修改",
                  .is_wide = true,
                  .fields = hidden_add(web->cx->arena, fields, count, more, 1),
                  .field_count = count + 1};
    view_form(web->view, &drawn);
    view_link(web->view, desk_record_path(desk, record->id, ""), STR("不修改，返回"), false);
    return STATUS_OK;
}

Status desk_edit_page(Web *web) {
    Desk desk;
    Record record;
    TRY(desk_open(web, true, &desk));
    TRY(desk_record(&desk, RECORD_SIGHT_FULL, &record));
    TRY(record_may_edit(web->cx, &record, &desk.actor));
    return edit_show(&desk, &record);
}

/* Where the person chose the other one's words, mine are not sent. */
static const bool *picked_fields(const Desk *desk) {
    Arena *arena = desk->web->cx->arena;
    bool *only = arena_array(arena, bool, desk->kind->field_count);
    for (size_t i = 0; i < desk->kind->field_count; i++) {
        Str name = str_print(arena, "pick." STR_FMT, STR_ARG(desk->kind->fields[i].name));
        only[i] = !str_equal(http_form(desk->web->http, str_c(arena, name)), STR("theirs"));
    }
    return only;
}

static Status edit_write(const Desk *desk, const Record *record, Str *answer) {
    Web *web = desk->web;
    DeskForm form = {.desk = desk, .base = record, .only = picked_fields(desk)};
    RecordDraft draft;
    TRY(draft_read(&form, &draft));
    ChangeInput input = {.desk = desk,
                         .change = {.id = record->id,
                                    .revision = record->revision,
                                    .draft = &draft,
                                    .actor = &desk->actor}};
    return written(&form, web_write(web, "record.edit", edit_work, &input, answer));
}

/* Somebody was faster between reading and writing: the record is read again. */
static Status raced(const Desk *desk, const Record *before, Status status) {
    Web *web = desk->web;
    Record now;
    Cx quiet;
    cx_init(&quiet, web->cx->arena);
    if (status != STATUS_CONFLICT || web->conn == NULL ||
        record_find(&quiet, web->conn, desk->house.book, before->id, &now) != STATUS_OK ||
        now.revision == before->revision) {
        return status;
    }
    fault_clear(web->cx);
    web->error_count = 0;
    DeskForm form = {.desk = desk, .base = &now, .only = picked_fields(desk)};
    return desk_conflict_show(&form, &now, before->revision);
}

Status desk_edit_post(Web *web) {
    Desk desk;
    Record record;
    Str answer = STR_NONE;
    TRY(desk_open(web, true, &desk));
    TRY(desk_record(&desk, RECORD_SIGHT_FULL, &record));
    TRY(record_may_edit(web->cx, &record, &desk.actor));
    if (form_is_reshaped(web)) {
        return reshaped(web);
    }
    int64_t revision = posted_revision(web, &record);
    if (revision <= 0 || revision > record.revision) {
        return fault_at_field(web->cx, STATUS_INVALID, "revision",
                              "没有说明是从第几版开始修改的，请重新打开修改页面");
    }
    if (revision < record.revision) {
        DeskForm form = {.desk = &desk, .base = &record, .only = picked_fields(&desk)};
        return desk_conflict_show(&form, &record, revision);
    }
    Status status = edit_write(&desk, &record, &answer);
    if (status != STATUS_OK) {
        return raced(&desk, &record, status);
    }
    return done_redirect(&desk, answer, "已修改");
}

/* ---- acts ---- */

static Status act_find(const Desk *desk, const Record *record, RecordAct *out) {
    Web *web = desk->web;
    RecordActs acts;
    TRY(record_acts(web->cx, &desk->house, record, &desk->actor, web->now_ms, &acts));
    for (size_t i = 0; i < acts.count; i++) {
        if (str_equal(acts.items[i].transition->code, web->words[1])) {
            *out = acts.items[i];
            return STATUS_OK;
        }
    }
    const RecordTransition *act = record_transition_find(desk->kind, web->words[1]);
    if (act == NULL) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这种办理");
    }
    if ((act->from >> record->state & 1) == 0) {
        return fault(web->cx, STATUS_CONFLICT, "现在的状态是“" STR_FMT "”，不能办理“" STR_FMT "”",
                     STR_ARG(desk->kind->states[record->state].title), STR_ARG(act->title));
    }
    return fault(web->cx, STATUS_DENIED, "您不能办理“" STR_FMT "”", STR_ARG(act->title));
}

static Str act_path(const Desk *desk, const Record *record, const RecordTransition *act) {
    return str_print(desk->web->cx->arena, STR_FMT "/act/" STR_FMT,
                     STR_ARG(desk_record_path(desk, record->id, "")), STR_ARG(act->code));
}

/* The note, the revision, and the way back, after the act's own fields. */
static void act_form(const Desk *desk, const Record *record, const RecordTransition *act,
                     FormField *fields, size_t count) {
    Web *web = desk->web;
    Str revision = str_print(web->cx->arena, "%" PRId64, record->revision);
    FormField more[] = {
        {.name = "revision", .label = "", .kind = FIELD_HIDDEN, .value = revision},
        {.name = "from", .label = "", .kind = FIELD_HIDDEN, .value = web_param(web, "from")},
        {.name = "note",
         .label = act->note == RECORD_NOTE_REQUIRED ? "意见" : "备注",
         .hint = "写入办理过程，申报人可以看到",
         .kind = FIELD_LONG_TEXT,
         .is_optional = act->note != RECORD_NOTE_REQUIRED}};
    size_t more_count = act->note == RECORD_NOTE_NONE ? 2 : 3;
    /* What is asked comes before the hidden mark; the note is the last that is read. */
    Form form = {.key = "act",
                 .action = act_path(desk, record, act),
                 .submit = str_c(web->cx->arena, act->title),
                 .fields = hidden_add(web->cx->arena, fields, count, more, more_count),
                 .field_count = count + more_count};
    view_form(web->view, &form);
}

static Status act_show(const Desk *desk, const Record *record, const RecordAct *act) {
    Web *web = desk->web;
    const RecordTransition *step = act->transition;
    DeskForm form = {.desk = desk, .base = record, .act = step};
    FormField *fields = NULL;
    size_t count = 0;
    int32_t days = 0;
    TRY(desk_fields(&form, &fields, &count));
    TRY(record_clock_days(web->cx, web->conn, desk->kind, step, &days));
    view_title(web->view, str_print(web->cx->arena, STR_FMT "：" STR_FMT, STR_ARG(step->title),
                                    STR_ARG(record->number)));
    view_lead(web->view, desk_record_name(desk, record));
    if (step->confirm.len > 0) {
        view_notice(web->view, VIEW_WARN, step->confirm);
    }
    view_section(web->view, STR_NONE);
    view_facts_begin(web->view, "act", false);
    view_fact(web->view, "state", "现在的状态", desk_state_badge(record));
    view_fact(web->view, "to", "办理后", VIEW_TEXT(desk->kind->states[step->to].title));
    if (days > 0) {
        view_fact(web->view, "clock_days", "下一步时限（工作日）", VIEW_INT(days));
    }
    view_facts_end(web->view);
    act_form(desk, record, step, fields, count);
    view_link(web->view, desk_record_path(desk, record->id, ""), STR("不办理，返回"), false);
    return STATUS_OK;
}

static Status act_open(Web *web, Desk *desk, Record *record, RecordAct *act) {
    TRY(desk_open(web, true, desk));
    TRY(desk_record(desk, RECORD_SIGHT_FULL, record));
    TRY(act_find(desk, record, act));
    return act->is_open ? STATUS_OK
                        : fault(web->cx, STATUS_CONFLICT, STR_FMT, STR_ARG(act->reason));
}

Status desk_act_page(Web *web) {
    Desk desk;
    Record record;
    RecordAct act;
    TRY(act_open(web, &desk, &record, &act));
    return act_show(&desk, &record, &act);
}

static Status act_write(const Desk *desk, const Record *record, const RecordTransition *act,
                        Str *answer) {
    Web *web = desk->web;
    DeskForm form = {.desk = desk, .base = record, .act = act};
    RecordDraft draft;
    Str note = web_param(web, "note");
    if (act->ask_count > 0) {
        TRY(draft_read(&form, &draft));
    }
    if (str_rune_count(note) > 1000) {
        return fault_at_field(web->cx, STATUS_INVALID, "note", "意见最多 1000 个字");
    }
    ChangeInput input = {.desk = desk,
                         .change = {.id = record->id,
                                    .revision = posted_revision(web, record),
                                    .draft = act->ask_count > 0 ? &draft : NULL,
                                    .act = act,
                                    .note = note,
                                    .actor = &desk->actor}};
    return written(&form, web_write(web, "record.move", move_work, &input, answer));
}

Status desk_act_post(Web *web) {
    Desk desk;
    Record record;
    RecordAct act;
    Str answer = STR_NONE;
    TRY(act_open(web, &desk, &record, &act));
    if (form_is_reshaped(web)) {
        return reshaped(web);
    }
    TRY(act_write(&desk, &record, act.transition, &answer));
    return done_redirect(&desk, answer,
                         str_c(web->cx->arena, str_print(web->cx->arena, "已办理：" STR_FMT,
                                                         STR_ARG(act.transition->title))));
}

/* ---- opening a sealed field (D7) ---- */

static const FormField reveal_fields[] = {{.name = "reason",
                                           .label = "查看原因",
                                           .hint = "查看个人信息会记入日志",
                                           .kind = FIELD_TEXT,
                                           .min = 2,
                                           .max = 200}};

static Form reveal_form(const Desk *desk, const Record *record) {
    Str action =
        str_print(desk->web->cx->arena, STR_FMT "/reveal/" STR_FMT,
                  STR_ARG(desk_record_path(desk, record->id, "")), STR_ARG(desk->web->words[1]));
    return (Form){.key = "reveal",
                  .action = action,
                  .submit = "查看",
                  .fields = reveal_fields,
                  .field_count = 1};
}

static Status reveal_open(Web *web, Desk *desk, Record *record, size_t *field) {
    TRY(desk_open(web, true, desk));
    TRY(desk_record(desk, RECORD_SIGHT_FULL, record));
    *field = record_field_find(desk->kind, web->words[1]);
    if (*field == SIZE_MAX || !record_type_is_sealed(desk->kind->fields[*field].type) ||
        !record->values[*field].has_value) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这一项个人信息");
    }
    return STATUS_OK;
}

Status desk_reveal_page(Web *web) {
    Desk desk;
    Record record;
    size_t field = 0;
    TRY(reveal_open(web, &desk, &record, &field));
    view_title(web->view,
               str_print(web->cx->arena, "查看" STR_FMT, STR_ARG(desk.kind->fields[field].title)));
    view_lead(web->view, str_print(web->cx->arena, STR_FMT " · " STR_FMT, STR_ARG(record.number),
                                   STR_ARG(desk_record_name(&desk, &record))));
    view_section(web->view, STR_NONE);
    Form form = reveal_form(&desk, &record);
    view_form(web->view, &form);
    view_link(web->view, desk_record_path(&desk, record.id, ""), STR("返回"), false);
    return STATUS_OK;
}

typedef struct RevealInput {
    const Desk *desk;
    int64_t id;
    size_t field;
    Str reason;
    char text[400]; /* the command's own memory does not outlive it */
} RevealInput;

static Status reveal_work(Cx *cx, DbConn *conn, void *it) {
    RevealInput *input = it;
    Str clear = STR_NONE;
    TRY(record_open_sealed(cx, conn, &input->desk->house, input->id, input->field, input->reason,
                           &input->desk->actor, &clear));
    size_t len = clear.len < sizeof input->text ? clear.len : sizeof input->text - 1;
    memcpy(input->text, clear.at, len);
    input->text[len] = '\0';
    return STATUS_OK;
}

Status desk_reveal_post(Web *web) {
    Desk desk;
    Record record;
    size_t field = 0;
    TRY(reveal_open(web, &desk, &record, &field));
    FormValue reason;
    Form form = reveal_form(&desk, &record);
    TRY(form_read(web, &form, &reason));
    RevealInput *input = arena_new(web->cx->arena, RevealInput);
    input->desk = &desk;
    input->id = record.id;
    input->field = field;
    input->reason = reason.text;
    const RecordField *declared = &desk.kind->fields[field];
    TRY(web_write(web, "record.reveal", reveal_work, input, NULL));
    view_title(web->view, declared->title);
    view_lead(web->view, record.number);
    view_section(web->view, STR_NONE);
    view_facts_begin(web->view, NULL, false);
    /* The same request again opens nothing: each reading is journaled once. */
    view_fact(web->view, "value", str_c(web->cx->arena, declared->title),
              input->text[0] != '\0' ? VIEW_TEXT(str_of(input->text)) : VIEW_NONE);
    view_facts_end(web->view);
    view_link(web->view, desk_record_path(&desk, record.id, ""), STR("返回记录"), true);
    return STATUS_OK;
}
