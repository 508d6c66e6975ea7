/*
 * upload.h - the files of a form's field (FIELD_FILES): taken as they come, kept while the form is
 * corrected. A file is stored at once and named by a token that holds what the office needs and a
 * proof that this house made it for this person, so that nobody sends it twice, and nobody names
 * another's file.
 *
 *   sent ─ type by first bytes, size ─ stored by digest ─▶ UploadFile ─ token ─▶ form shown again
 *
 * Security properties: U1 a token opens only for the person for whom it was made; U2 what is no
 * picture, PDF or office document by its own bytes is not stored.
 *
 * Everything lives in web->cx->arena.
 */
#ifndef HUANXIN_WEB_UPLOAD_H
#define HUANXIN_WEB_UPLOAD_H

#include "seal/seal.h"
#include "web/form.h"

enum { UPLOAD_IMAGE = 1, UPLOAD_PDF = 2, UPLOAD_OFFICE = 4 };

typedef struct UploadRule {
    const char *field;  /* name of the field */
    unsigned takes;     /* UPLOAD_IMAGE | ... */
    int count_max;      /* 1.. */
    int64_t bytes_max;  /* of one file, at most LIMIT_UPLOAD_BYTES_MAX */
    Str folder;         /* where files stand: city_file_folder */
    const SealKey *key; /* under which tokens are made */
} UploadRule;

typedef struct UploadFile {
    Str text; /* "digest bytes media_type name" */
    Str digest;
    int64_t size_bytes;
    Str media_type;
    Str name;
    const char *token; /* names it in the form that is shown again (U1) */
    const char *label; /* name and size, for people */
} UploadFile;

typedef struct UploadList {
    UploadFile *items;
    size_t count;
    size_t room;
} UploadList;

/* The files of the request: those kept, less the one whose button was pressed, and those sent now,
 * which are stored at once (U2). A file that cannot be taken leaves a message at the field; a
 * message that is there already is not said twice. IO when the disk refuses. */
MUST_CHECK Status upload_read(Web *web, const UploadRule *rule, UploadList *out);
/* Adds a file of which the text is known, with its token and label. */
void upload_put(Web *web, const UploadRule *rule, Str text, UploadList *out);
/* The files as the choices of a FIELD_FILES, so that the form shows them as kept. */
const FormChoice *upload_choices(Arena *arena, const UploadList *files);
/* The endings that the browser offers, and the words for people. */
const char *upload_accept(const UploadRule *rule);
const char *upload_hint(Arena *arena, const UploadRule *rule);
/* "报表.xlsx（12 KB）". */
Str upload_label(Arena *arena, Str name, int64_t bytes);

#endif
