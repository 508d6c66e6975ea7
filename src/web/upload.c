#include "web/upload.h"

#include "attach/attach.h"
#include "base/vec.h"

#include <inttypes.h>

enum { PROOF_BYTES = 16, NAME_RUNES_MAX = 80 };

/* ---- tokens ---- */

static Str proof_of(const Web *web, const UploadRule *rule, Str text) {
    Arena *arena = web->cx->arena;
    uint8_t digest[SEAL_SM3_BYTES];
    Str proved = str_print(arena, "upload:%" PRId64 ":" STR_FMT, web->user->id, STR_ARG(text));
    seal_hmac_sm3(seal_key_str(rule->key), proved, digest);
    return str_dup(arena, (Str){(const char *)digest, PROOF_BYTES});
}

static const char *token_of(const Web *web, const UploadRule *rule, Str text) {
    Arena *arena = web->cx->arena;
    return str_c(arena, seal_base64url(arena, str_join(arena, proof_of(web, rule, text), text)));
}

/* False for a token that we did not make for this person. */
static bool token_open(const Web *web, const UploadRule *rule, Str token, Str *text) {
    Cx quiet;
    Str bytes = STR_NONE;
    cx_init(&quiet, web->cx->arena);
    if (seal_base64url_decode(&quiet, token, &bytes) != STATUS_OK || bytes.len <= PROOF_BYTES) {
        return false;
    }
    *text = str_from(bytes, PROOF_BYTES);
    return seal_equal(str_slice(bytes, 0, PROOF_BYTES), proof_of(web, rule, *text));
}

Str upload_label(Arena *arena, Str name, int64_t bytes) {
    int64_t kilo = (bytes + 1023) / 1024;
    return kilo < 1024 ? str_print(arena, STR_FMT "（%" PRId64 " KB）", STR_ARG(name), kilo)
                       : str_print(arena, STR_FMT "（%" PRId64 ".%" PRId64 " MB）", STR_ARG(name),
                                   kilo / 1024, kilo % 1024 * 10 / 1024);
}

void upload_put(Web *web, const UploadRule *rule, Str text, UploadList *out) {
    Arena *arena = web->cx->arena;
    UploadFile file = {.text = text};
    Str rest = text;
    file.digest = str_cut(&rest, ' ');
    (void)(str_int64(str_cut(&rest, ' '), &file.size_bytes) == STATUS_OK);
    file.media_type = str_cut(&rest, ' ');
    file.name = rest;
    file.token = token_of(web, rule, text);
    file.label = str_c(arena, upload_label(arena, file.name, file.size_bytes));
    *vec_push(arena, out) = file;
}

const FormChoice *upload_choices(Arena *arena, const UploadList *files) {
    FormChoice *choices = arena_array(arena, FormChoice, files->count + 1);
    for (size_t i = 0; i < files->count; i++) {
        choices[i] = (FormChoice){files->items[i].token, files->items[i].label};
    }
    return choices;
}

/* ---- what is taken ---- */

const char *upload_accept(const UploadRule *rule) {
    static const char *const endings[] = {"",
                                          ".jpg,.jpeg,.png,.webp",
                                          ".pdf",
                                          ".jpg,.jpeg,.png,.webp,.pdf",
                                          ".docx,.xlsx",
                                          ".jpg,.jpeg,.png,.webp,.docx,.xlsx",
                                          ".pdf,.docx,.xlsx",
                                          ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx"};
    check(rule->takes < sizeof endings / sizeof endings[0]);
    return endings[rule->takes];
}

const char *upload_hint(Arena *arena, const UploadRule *rule) {
    static const struct {
        unsigned bit;
        const char *words;
    } kinds[] = {{UPLOAD_IMAGE, "照片（JPG、PNG）"},
                 {UPLOAD_PDF, "PDF"},
                 {UPLOAD_OFFICE, "Word（docx）、Excel（xlsx）"}};
    Buf *buf = buf_in(arena, 400);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if ((rule->takes & kinds[i].bit) != 0) {
            buf_put_c(buf, buf->len > 0 ? "、" : "");
            buf_put_c(buf, kinds[i].words);
        }
    }
    buf_print(buf, "，最多 %d 个，每个不超过 %" PRId64 " MB", rule->count_max,
              rule->bytes_max / 1024 / 1024);
    return str_c(arena, buf_str(buf));
}

static bool is_taken(const UploadRule *rule, Str type) {
    return ((rule->takes & UPLOAD_IMAGE) != 0 && str_starts(type, STR("image/"))) ||
           ((rule->takes & UPLOAD_PDF) != 0 && str_equal(type, STR("application/pdf")));
}

/* ---- taking ---- */

/* A name as a label: no line ends, not too long, never empty. */
static Str clean_name(Arena *arena, Str name) {
    Buf *buf = buf_in(arena, 400);
    size_t at = 0;
    for (size_t count = 0; at < name.len && count < NAME_RUNES_MAX; count++) {
        uint32_t rune = str_rune(name, &at);
        buf_put_rune(buf, rune < 0x20 || rune == 0x7f ? '_' : rune);
    }
    return buf->len > 0 ? buf_str(buf) : STR("未命名");
}

static void refuse(Web *web, const UploadRule *rule, Str text, Str hint) {
    for (size_t i = 0; i < web->error_count; i++) {
        if (str_equal(web->errors[i].field, str_of(rule->field)) &&
            str_equal(web->errors[i].text, text)) {
            return; /* said already when the form was read */
        }
    }
    form_error(web, rule->field, text, hint);
}

static Str text_of(Arena *arena, const AttachFile *file, Str name) {
    return str_print(arena, STR_FMT " %" PRId64 " " STR_FMT " " STR_FMT, STR_ARG(file->digest),
                     file->size_bytes, STR_ARG(file->media_type), STR_ARG(name));
}

static Status picture_take(Web *web, const UploadRule *rule, const HttpField *sent,
                           UploadList *out) {
    Arena *arena = web->cx->arena;
    Cx cx;
    AttachFile file;
    cx_init(&cx, arena);
    Str name = clean_name(arena, sent->file_name);
    Str type = attach_type(sent->value);
    Status status = type.len > 0 && !is_taken(rule, type)
                        ? fault(&cx, STATUS_INVALID, "这一栏不收这种文件")
                        : attach_file_put(&cx, rule->folder, sent->value, &file);
    if (status == STATUS_IO) {
        return fault(web->cx, status, "%s", cx.fault.text);
    }
    if (status != STATUS_OK) {
        refuse(web, rule, str_print(arena, STR_FMT "：%s", STR_ARG(name), cx.fault.text),
               str_of(upload_hint(arena, rule)));
        return STATUS_OK;
    }
    upload_put(web, rule, text_of(arena, &file, name), out);
    return STATUS_OK;
}

static Status office_take(Web *web, const UploadRule *rule, const HttpField *sent,
                          UploadList *out) {
    AttachFile file = {.media_type = attach_office_type(sent->value),
                       .size_bytes = (int64_t)sent->value.len};
    TRY(attach_bytes_put(web->cx, rule->folder, sent->value, &file.digest));
    Str name = clean_name(web->cx->arena, sent->file_name);
    upload_put(web, rule, text_of(web->cx->arena, &file, name), out);
    return STATUS_OK;
}

static Status file_take(Web *web, const UploadRule *rule, const HttpField *sent, UploadList *out) {
    if (sent->value.len > (size_t)rule->bytes_max) {
        refuse(web, rule, str_print(web->cx->arena, "文件太大：" STR_FMT, STR_ARG(sent->file_name)),
               str_of(upload_hint(web->cx->arena, rule)));
        return STATUS_OK;
    }
    if ((rule->takes & UPLOAD_OFFICE) != 0 && attach_office_type(sent->value).len > 0) {
        return office_take(web, rule, sent, out);
    }
    return picture_take(web, rule, sent, out);
}

static void kept_read(Web *web, const UploadRule *rule, UploadList *out) {
    Arena *arena = web->cx->arena;
    const HttpRequest *http = web->http;
    Str name = str_print(arena, "%s.kept", rule->field);
    Str drop = str_print(arena, "drop:%s:", rule->field);
    Str act = form_act(web);
    int64_t dropped = -1;
    if (str_starts(act, drop) && str_int64(str_from(act, drop.len), &dropped) != STATUS_OK) {
        dropped = -1;
    }
    int64_t index = 0;
    for (size_t i = 0; i < http->form_count && out->count < (size_t)rule->count_max; i++) {
        Str text = STR_NONE;
        bool is_kept = str_equal(http->form[i].name, name) &&
                       token_open(web, rule, http->form[i].value, &text);
        if (is_kept && index++ != dropped) {
            upload_put(web, rule, text, out);
        }
    }
}

Status upload_read(Web *web, const UploadRule *rule, UploadList *out) {
    const HttpRequest *http = web->http;
    check(rule->count_max > 0 && rule->key != NULL);
    *out = (UploadList){0};
    kept_read(web, rule, out);
    for (size_t i = 0; i < http->form_count; i++) {
        const HttpField *sent = &http->form[i];
        if (!sent->is_file || sent->value.len == 0 || !str_equal(sent->name, str_of(rule->field))) {
            continue;
        }
        if (out->count >= (size_t)rule->count_max) {
            refuse(web, rule, str_print(web->cx->arena, "最多 %d 个文件", rule->count_max),
                   STR_NONE);
            break;
        }
        TRY(file_take(web, rule, sent, out));
    }
    return STATUS_OK;
}
