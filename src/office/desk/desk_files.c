#include "office/desk/desk_files.h"

#include "attach/attach.h"

#include <inttypes.h>

static Str folder_of(const Desk *desk) {
    return city_file_folder(desk->web->cx->arena, desk->city);
}

UploadRule desk_files_rule(const Desk *desk, const RecordField *field) {
    unsigned takes = 0;
    takes |= str_contains(field->accept, STR("image")) ? UPLOAD_IMAGE : 0U;
    takes |= str_contains(field->accept, STR("pdf")) ? UPLOAD_PDF : 0U;
    takes |= str_contains(field->accept, STR("office")) ? UPLOAD_OFFICE : 0U;
    return (UploadRule){.field = str_c(desk->web->cx->arena, field->name),
                        .takes = takes,
                        .count_max = field->item_max,
                        .bytes_max = DESK_FILE_BYTES_MAX,
                        .folder = folder_of(desk),
                        .key = &desk->city->hash_key};
}

void desk_files_stored(const Desk *desk, const RecordField *field, const RecordValue *value,
                       UploadList *out) {
    UploadRule rule = desk_files_rule(desk, field);
    *out = (UploadList){0};
    for (size_t i = 0; i < value->item_count; i++) {
        const RecordValue *file = &value->items[i];
        upload_put(desk->web, &rule,
                   str_print(desk->web->cx->arena, STR_FMT " %" PRId64 " " STR_FMT " " STR_FMT,
                             STR_ARG(file->text), file->number, STR_ARG(file->sealed),
                             STR_ARG(file->text2)),
                   out);
    }
}

Status desk_files_read(const Desk *desk, Str digest, Str *bytes) {
    return attach_file_get(desk->web->cx, folder_of(desk), digest, bytes);
}
