/*
 * desk_draft.c - drafts: the fields of a form, packed and sealed. A draft is not a record: nothing
 * is checked, nobody else sees it.
 */
#include "office/desk/desk_draft.h"

#include "base/vec.h"
#include "seal/seal.h"

#include <inttypes.h>

#define DRAFT_PLACE STR("desk_draft/body")

/* ---- packing ---- */

static bool is_kept(const HttpField *field) {
    static const char *const ours[] = {"csrf", "request_key", "form_act", "draft", "revision"};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        if (str_equal(field->name, str_of(ours[i]))) {
            return false;
        }
    }
    return !field->is_file;
}

/* What the form holds; files sent now come as tokens, like those that came before. */
static Status pack(const Desk *desk, Str *out) {
    const HttpRequest *http = desk->web->http;
    Buf *buf = buf_in(desk->web->cx->arena, LIMIT_FORM_BYTES_MAX * 2);
    FormField *fields = NULL;
    size_t count = 0;
    DeskForm form = {.desk = desk};
    for (size_t i = 0; i < http->form_count; i++) {
        if (is_kept(&http->form[i]) && !str_ends(http->form[i].name, STR(".kept"))) {
            form_pack(buf, http->form[i].name, http->form[i].value);
        }
    }
    TRY(desk_fields(&form, &fields, &count));
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; fields[i].kind == FIELD_FILES && k < fields[i].choice_count; k++) {
            form_pack(buf, str_print(desk->web->cx->arena, "%s.kept", fields[i].name),
                      str_of(fields[i].choices[k].code));
        }
    }
    *out = buf_str(buf);
    return buf_status(buf) == STATUS_OK ? STATUS_OK
                                        : fault(desk->web->cx, STATUS_LIMIT, "草稿太长，不能保存");
}

/* ---- keeping ---- */

/* The first words that were typed into a field that is not personal data. */
static Str title_of(const Desk *desk) {
    Arena *arena = desk->web->cx->arena;
    for (size_t i = 0; i < desk->kind->field_count; i++) {
        const RecordField *field = &desk->kind->fields[i];
        if (field->type == RECORD_TEXT || field->type == RECORD_ORG) {
            const char *name =
                str_c(arena, field->type == RECORD_ORG
                                 ? str_print(arena, STR_FMT ".name", STR_ARG(field->name))
                                 : field->name);
            Str text = str_trim(http_form(desk->web->http, name));
            if (text.len > 0) {
                return text;
            }
        }
    }
    return desk->kind->title;
}

static Status keep_work(Cx *cx, DbConn *conn, void *input) {
    const DeskDraft *draft = input;
    int64_t id = 0;
    TRY(desk_store_draft_put(cx, conn, draft, &id));
    TRY(db_journal(cx, conn,
                   &(DbEntry){.verb = "desk.draft", .subject = "desk_draft", .subject_id = id}));
    db_answer(conn, str_print(cx->arena, "%" PRId64, id));
    return STATUS_OK;
}

Status desk_draft_keep(const Desk *desk, int64_t *id) {
    Web *web = desk->web;
    Str text = STR_NONE;
    Str answer = STR_NONE;
    DeskDrafts drafts;
    DeskDraft draft = {.id = web_param_int(web, "draft", 0),
                       .person_id = web->user->id,
                       .kind = desk->kind->code,
                       .title = title_of(desk),
                       .changed_ms = web->now_ms};
    TRY(desk_store_draft_list(web->cx, web->conn, web->user->id, STR_NONE, &drafts));
    if (draft.id == 0 && drafts.count >= DESK_DRAFTS_MAX) {
        return fault(web->cx, STATUS_LIMIT, "草稿最多 %d 份，请先提交或删除", DESK_DRAFTS_MAX);
    }
    TRY(pack(desk, &text));
    draft.body = seal_field_close(web->cx->arena, &desk->city->seal_key, DRAFT_PLACE, text);
    TRY(web_write(web, "desk.draft", keep_work, &draft, &answer));
    return str_int64(answer, id) == STATUS_OK
               ? STATUS_OK
               : fault(web->cx, STATUS_DB, "a draft was stored without an id");
}

Status desk_draft_restore(const Desk *desk, int64_t id) {
    Web *web = desk->web;
    DeskDraft draft;
    Str text = STR_NONE;
    HttpField *fields = NULL;
    size_t count = 0;
    DeskDraft key = {.id = id, .person_id = web->user->id, .kind = desk->kind->code};
    TRY(desk_store_draft_find(web->cx, web->conn, &key, &draft));
    TRY(seal_field_open(web->cx, &desk->city->seal_key, DRAFT_PLACE, draft.body, &text));
    TRY(form_unpack(web->cx, text, &fields, &count));
    form_restore(web, fields, count);
    return STATUS_OK;
}
