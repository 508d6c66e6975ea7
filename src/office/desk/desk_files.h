/* desk_files.h - the files of a declared field, as the rule by which uploads are taken. */
#ifndef HUANXIN_OFFICE_DESK_DESK_FILES_H
#define HUANXIN_OFFICE_DESK_DESK_FILES_H

#include "office/desk/desk_internal.h"
#include "web/upload.h"

/* What the field takes and where it is kept (D4, D5). */
UploadRule desk_files_rule(const Desk *desk, const RecordField *field);
/* The files of a stored value. */
void desk_files_stored(const Desk *desk, const RecordField *field, const RecordValue *value,
                       UploadList *out);
/* Reads a stored file's bytes back. */
MUST_CHECK Status desk_files_read(const Desk *desk, Str digest, Str *bytes);

#endif
