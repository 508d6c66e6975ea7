/*
 * desk_files.c - files of a field. A file sent with a form that must be corrected is not sent
 * twice: it is stored at once and named by a token that holds what the engine needs and a proof
 * that this house made it for this person.
 */
#include "office/desk/desk_files.h"

#include "attach/attach.h"
#include "base/vec.h"
#include "seal/seal.h"

#include <inttypes.h>

enum { PROOF_BYTES = 16 };

static Str folder_of(const Desk *desk) {
    return str_print(desk->web->cx->arena, STR_FMT "/files", STR_ARG(desk->city->data_folder));
}

/* ---- tokens ---- */

static Str proof_of(const Desk *desk, Str text) {
    Arena *arena = desk->web->cx->arena;
    uint8_t digest[SEAL_SM3_BYTES];
    Str proved =
        str_print(arena, "desk.file:%" PRId64 ":" STR_FMT, desk->web->user->id, STR_ARG(text));
    seal_hmac_sm3(seal_key_str(&desk->city->hash_key), proved, digest);
    return str_dup(arena, (Str){(const char *)digest, PROOF_BYTES});
}

static const char *token_of(const Desk *desk, Str text) {
    Arena *arena = desk->web->cx->arena;
    return str_c(arena, seal_base64url(arena, str_join(arena, proof_of(desk, text), text)));
}

/* False for a token that we did not make for this person. */
static bool token_open(const Desk *desk, Str token, Str *text) {
    Cx quiet;
    Str bytes = STR_NONE;
    cx_init(&quiet, desk->web->cx->arena);
    if (seal_base64url_decode(&quiet, token, &bytes) != STATUS_OK || bytes.len <= PROOF_BYTES) {
        return false;
    }
    *text = str_from(bytes, PROOF_BYTES);
    return seal_equal(str_slice(bytes, 0, PROOF_BYTES), proof_of(desk, *text));
}

static const char *size_label(Arena *arena, Str name, int64_t bytes) {
    int64_t kilo = (bytes + 1023) / 1024;
    Str text = kilo < 1024 ? str_print(arena, STR_FMT "（%" PRId64 " KB）", STR_ARG(name), kilo)
                           : str_print(arena, STR_FMT "（%" PRId64 ".%" PRId64 " MB）",
                                       STR_ARG(name), kilo / 1024, kilo % 1024 * 10 / 1024);
    return str_c(arena, text);
}

/* text is "digest bytes media_type name". */
static void file_put(const Desk *desk, DeskFiles *out, Str text) {
    Arena *arena = desk->web->cx->arena;
    int64_t bytes = 0;
    Str rest = text;
    (void)str_cut(&rest, ' ');
    (void)(str_int64(str_cut(&rest, ' '), &bytes) == STATUS_OK);
    (void)str_cut(&rest, ' ');
    *vec_push(arena, out) = (DeskFile){
        .text = text, .token = token_of(desk, text), .label = size_label(arena, rest, bytes)};
}

/* ---- what kind of file ---- */

static bool is_office(Str bytes) {
    return str_starts(bytes, STR("PK\x03\x04")) &&
           str_contains(bytes, STR("[Content_Types].xml")) &&
           (str_contains(bytes, STR("word/document")) || str_contains(bytes, STR("xl/workbook")));
}

static Str office_type(Str bytes) {
    return str_contains(bytes, STR("xl/workbook"))
               ? STR("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
               : STR("application/vnd.openxmlformats-officedocument.wordprocessingml.document");
}

static bool is_taken(const RecordField *field, Str type) {
    return (str_contains(field->accept, STR("image")) && str_starts(type, STR("image/"))) ||
           (str_contains(field->accept, STR("pdf")) && str_equal(type, STR("application/pdf")));
}

const char *desk_files_accept(const RecordField *field) {
    bool has_office = str_contains(field->accept, STR("office"));
    bool has_image = str_contains(field->accept, STR("image"));
    bool has_pdf = str_contains(field->accept, STR("pdf"));
    if (has_office) {
        return has_image ? ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx" : ".pdf,.docx,.xlsx";
    }
    return has_image && has_pdf ? ".jpg,.jpeg,.png,.webp,.pdf"
           : has_pdf            ? ".pdf"
                                : ".jpg,.jpeg,.png,.webp";
}

const char *desk_files_hint(Arena *arena, const RecordField *field) {
    Buf *buf = buf_in(arena, 400);
    if (str_contains(field->accept, STR("image"))) {
        buf_put_c(buf, "照片（JPG、PNG）");
    }
    if (str_contains(field->accept, STR("pdf"))) {
        buf_put_c(buf, buf->len > 0 ? "、PDF" : "PDF");
    }
    if (str_contains(field->accept, STR("office"))) {
        buf_put_c(buf,
                  buf->len > 0 ? "、Word（docx）、Excel（xlsx）" : "Word（docx）、Excel（xlsx）");
    }
    buf_print(buf, "，最多 %d 个，每个不超过 %d MB", field->item_max,
              DESK_FILE_BYTES_MAX / 1024 / 1024);
    return str_c(arena, buf_str(buf));
}

/* ---- taking ---- */

/* A name as a label: no line ends, not too long, never empty. */
static Str clean_name(Arena *arena, Str name) {
    Buf *buf = buf_in(arena, 400);
    size_t at = 0;
    for (size_t count = 0; at < name.len && count < 80; count++) {
        uint32_t rune = str_rune(name, &at);
        buf_put_rune(buf, rune < 0x20 || rune == 0x7f ? '_' : rune);
    }
    return buf->len > 0 ? buf_str(buf) : STR("未命名");
}

static void refuse(const Desk *desk, const RecordField *field, Str text, Str hint) {
    Web *web = desk->web;
    for (size_t i = 0; i < web->error_count; i++) {
        if (str_equal(web->errors[i].field, field->name) && str_equal(web->errors[i].text, text)) {
            return; /* said already when the form was read */
        }
    }
    form_error(web, str_c(web->cx->arena, field->name), text, hint);
}

static Status picture_take(const Desk *desk, const RecordField *field, const HttpField *sent,
                           DeskFiles *out) {
    Arena *arena = desk->web->cx->arena;
    Cx cx;
    AttachFile file;
    cx_init(&cx, arena);
    Str name = clean_name(arena, sent->file_name);
    Status status = attach_file_put(&cx, folder_of(desk), sent->value, &file);
    if (status == STATUS_IO) {
        return fault(desk->web->cx, status, "%s", cx.fault.text);
    }
    if (status != STATUS_OK || !is_taken(field, file.media_type)) {
        Str why = status != STATUS_OK ? str_of(cx.fault.text) : STR("这一栏不收这种文件");
        refuse(desk, field, str_print(arena, STR_FMT "：" STR_FMT, STR_ARG(name), STR_ARG(why)),
               str_of(desk_files_hint(arena, field)));
        return STATUS_OK;
    }
    file_put(desk, out,
             str_print(arena, STR_FMT " %" PRId64 " " STR_FMT " " STR_FMT, STR_ARG(file.digest),
                       file.size_bytes, STR_ARG(file.media_type), STR_ARG(name)));
    return STATUS_OK;
}

static Status office_take(const Desk *desk, const HttpField *sent, DeskFiles *out) {
    Web *web = desk->web;
    Str digest = STR_NONE;
    TRY(attach_bytes_put(web->cx, folder_of(desk), sent->value, &digest));
    Str name = clean_name(web->cx->arena, sent->file_name);
    Str type = office_type(sent->value);
    file_put(desk, out,
             str_print(web->cx->arena, STR_FMT " %zu " STR_FMT " " STR_FMT, STR_ARG(digest),
                       sent->value.len, STR_ARG(type), STR_ARG(name)));
    return STATUS_OK;
}

static Status file_take(const Desk *desk, const RecordField *field, const HttpField *sent,
                        DeskFiles *out) {
    if (sent->value.len > DESK_FILE_BYTES_MAX) {
        refuse(desk, field,
               str_print(desk->web->cx->arena, "文件太大：" STR_FMT, STR_ARG(sent->file_name)),
               str_of(desk_files_hint(desk->web->cx->arena, field)));
        return STATUS_OK;
    }
    if (str_contains(field->accept, STR("office")) && is_office(sent->value)) {
        return office_take(desk, sent, out);
    }
    return picture_take(desk, field, sent, out);
}

static void kept_read(const Desk *desk, const RecordField *field, DeskFiles *out) {
    Arena *arena = desk->web->cx->arena;
    const HttpRequest *http = desk->web->http;
    Str name = str_print(arena, STR_FMT ".kept", STR_ARG(field->name));
    Str drop = str_print(arena, "drop:" STR_FMT ":", STR_ARG(field->name));
    Str act = form_act(desk->web);
    int64_t dropped = -1;
    if (str_starts(act, drop) && str_int64(str_from(act, drop.len), &dropped) != STATUS_OK) {
        dropped = -1;
    }
    int64_t index = 0;
    for (size_t i = 0; i < http->form_count; i++) {
        Str text = STR_NONE;
        bool is_kept =
            str_equal(http->form[i].name, name) && token_open(desk, http->form[i].value, &text);
        if (is_kept && index++ != dropped) {
            file_put(desk, out, text);
        }
    }
}

Status desk_files_sent(const Desk *desk, const RecordField *field, DeskFiles *out) {
    const HttpRequest *http = desk->web->http;
    *out = (DeskFiles){0};
    kept_read(desk, field, out);
    for (size_t i = 0; i < http->form_count; i++) {
        const HttpField *sent = &http->form[i];
        if (!sent->is_file || sent->value.len == 0 || !str_equal(sent->name, field->name)) {
            continue;
        }
        if (out->count >= (size_t)field->item_max) {
            refuse(desk, field, str_print(desk->web->cx->arena, "最多 %d 个文件", field->item_max),
                   STR_NONE);
            break;
        }
        TRY(file_take(desk, field, sent, out));
    }
    return STATUS_OK;
}

void desk_files_stored(const Desk *desk, const RecordValue *value, DeskFiles *out) {
    *out = (DeskFiles){0};
    for (size_t i = 0; i < value->item_count; i++) {
        const RecordValue *file = &value->items[i];
        file_put(desk, out,
                 str_print(desk->web->cx->arena, STR_FMT " %" PRId64 " " STR_FMT " " STR_FMT,
                           STR_ARG(file->text), file->number, STR_ARG(file->sealed),
                           STR_ARG(file->text2)));
    }
}

Status desk_files_read(const Desk *desk, Str digest, Str *bytes) {
    return attach_file_get(desk->web->cx, folder_of(desk), digest, bytes);
}
