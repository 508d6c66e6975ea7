/* desk_files.h - the files of a field: taken from a form, kept while it is corrected, sent out. */
#ifndef HUANXIN_OFFICE_DESK_DESK_FILES_H
#define HUANXIN_OFFICE_DESK_DESK_FILES_H

#include "office/desk/desk_internal.h"

typedef struct DeskFile {
    Str text;          /* for the engine: "digest bytes media_type name" */
    const char *token; /* names it in the form that is shown again; only we can make it (D5) */
    const char *label; /* name and size, for people */
} DeskFile;
typedef struct DeskFiles {
    DeskFile *items;
    size_t count;
    size_t room;
} DeskFiles;

/* The files of the request: those kept, less the one whose button was pressed, and those sent now,
 * which are stored at once (D4). A file that cannot be taken leaves a message at the field. IO when
 * the disk refuses. */
MUST_CHECK Status desk_files_sent(const Desk *desk, const RecordField *field, DeskFiles *out);
/* The files of a stored value. */
void desk_files_stored(const Desk *desk, const RecordValue *value, DeskFiles *out);
/* What the browser offers to choose, and what people are told. */
const char *desk_files_accept(const RecordField *field);
const char *desk_files_hint(Arena *arena, const RecordField *field);
/* Reads a stored file's bytes back. */
MUST_CHECK Status desk_files_read(const Desk *desk, Str digest, Str *bytes);

#endif
