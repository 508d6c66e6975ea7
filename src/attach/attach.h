/*
 * attach.h - photos and scans that belong to a record: checked, stored once by digest, found again
 * when the same or nearly the same picture comes back with another case.
 *
 *   bytes ─ type by first bytes ─ size ─ decoded within pixel limits ─ file by SM3 digest (0600)
 *                                              └─▶ fingerprint ─▶ row: subject, id, part, who, when
 *
 * Not here: who may see a file (the office asks that before it answers with web_file, which sends
 * nosniff and a policy without scripts), and what a likeness means: it is shown to an officer, it
 * refuses nothing by itself.
 *
 * Security properties (tests/00_unit/attach_attach_test.c names each by its number):
 *   A1  the type comes from the first bytes; name and declared type are not believed
 *   A2  a picture that does not decode is refused; what is stored opens; a PDF has its end
 *   A3  pixels, and the memory for them, are bounded before anything is decoded; few pictures are
 *       decoded at once; of a PNG only its own parts are read
 *   A4  files lie below one folder, named by their digest only, readable by the program's user only
 *   A5  a digest that is not 64 lower-case hex digits reads nothing
 *
 * Ownership: arguments are borrowed; results live in cx->arena.
 */
#ifndef HUANXIN_ATTACH_ATTACH_H
#define HUANXIN_ATTACH_ATTACH_H

#include "base/cx.h"
#include "db/db.h"

enum {
    /* A phone's photo has 12 to 50 million points. */
    ATTACH_PIXELS_MAX = 64 * 1000 * 1000,
    /* Kinds of coding that must be held as a whole while they are decoded. */
    ATTACH_PIXELS_WHOLE_MAX = 24 * 1000 * 1000,
    ATTACH_SIDE_MAX = 30000,
    ATTACH_DETAIL_BYTES = 32,
    /* Bits of 64 and of 256 in which two fingerprints of one picture may differ. */
    ATTACH_ALIKE_BITS_MAX = 7,
    ATTACH_ALIKE_DETAIL_BITS_MAX = 24,
    ATTACH_ALIKE_ROWS_MAX = 20,
};

/* The fingerprint of a picture (difference hash): whether brightness falls from each cell of a grid
 * to its right neighbour. 8 by 8 to find by, 16 by 16 to be sure. It outlives scaling, another
 * quality, another format and a change of brightness; not turning and not cropping. */
typedef struct AttachPrint {
    bool is_known; /* false for PDF and for pictures without contrast */
    uint64_t hash;
    uint8_t detail[ATTACH_DETAIL_BYTES];
} AttachPrint;

typedef struct AttachFile {
    Str digest; /* SM3, 64 hex digits */
    Str media_type;
    int64_t size_bytes;
    int64_t width; /* 0 for PDF */
    int64_t height;
    AttachPrint print;
} AttachFile;

/* The media type by the first bytes (JPEG, PNG, WebP, PDF), or STR_NONE. A1. O(1). */
Str attach_type(Str bytes);
/* The media type of a Word or Excel document (docx, xlsx) by the parts that its archive names, or
 * STR_NONE. What is in it is not read; it is given out as a download only. O(bytes). */
Str attach_office_type(Str bytes);
/* Checks and fingerprints a file without storing it. INVALID with a Chinese fault for a type not
 * taken, a damaged picture, too many points; LIMIT above LIMIT_UPLOAD_BYTES_MAX. */
MUST_CHECK Status attach_check(Cx *cx, Str bytes, AttachFile *out);
/* attach_check, then stores the bytes by digest below folder (made with 0700 when missing); the
 * same bytes are stored once. Durable when it returns. IO when the disk refuses. */
MUST_CHECK Status attach_file_put(Cx *cx, Str folder, Str bytes, AttachFile *out);
/* Stores bytes whose kind the caller has checked itself (a text document, a table), as
 * attach_file_put does. LIMIT above LIMIT_UPLOAD_BYTES_MAX. */
MUST_CHECK Status attach_bytes_put(Cx *cx, Str folder, Str bytes, Str *digest);
/* True when a file of this digest is there; its bytes are not read. O(1). */
bool attach_file_is_stored(Arena *arena, Str folder, Str digest);
/* The digests of all files below a folder, in no order: what is there, whoever refers to it. A
 * folder that is not there has none. IO when it cannot be listed. O(files). */
typedef struct AttachDigests {
    Str *items;
    size_t count;
} AttachDigests;
MUST_CHECK Status attach_file_list(Cx *cx, Str folder, AttachDigests *out);
/* Reads a stored file back. NOT_FOUND when there is none. */
MUST_CHECK Status attach_file_get(Cx *cx, Str folder, Str digest, Str *bytes);

/* Bits of the detailed fingerprints that differ, 0..256; -1 when either is not known. */
int attach_print_distance(const AttachPrint *left, const AttachPrint *right);

typedef struct AttachNew {
    const AttachFile *file;
    Str subject; /* kind of record: "sale", "claim" */
    int64_t subject_id;
    Str part; /* which paper of it: "invoice"; may be empty */
    Str name; /* as the person's device calls it */
    int64_t person_id;
    int64_t now_ms;
} AttachNew;
/* Notes a stored file at its record inside a write command. The digest is attached to the command's
 * next journal entry. */
MUST_CHECK Status attach_add(Cx *cx, DbConn *conn, const AttachNew *attachment, int64_t *id);

typedef struct Attachment {
    int64_t id;
    Str subject;
    int64_t subject_id;
    Str part;
    Str name;
    AttachFile file;
    int64_t person_id;
    int64_t created_ms;
    int64_t ended_ms; /* replaced or taken out; 0: valid. The file stays. */
} Attachment;
/* NOT_FOUND with a Chinese fault. */
MUST_CHECK Status attach_find(Cx *cx, DbConn *conn, int64_t id, Attachment *out);

typedef struct AttachmentList {
    Attachment *items;
    size_t count;
} AttachmentList;
/* The valid files of a record, oldest first. */
MUST_CHECK Status attach_list(Cx *cx, DbConn *conn, Str subject, int64_t subject_id,
                              AttachmentList *out);
/* Takes a file out of its record inside a write command; CONFLICT when it is out already. */
MUST_CHECK Status attach_end(Cx *cx, DbConn *conn, int64_t id, int64_t now_ms);

typedef struct AttachAlike {
    Attachment other;
    bool is_same; /* the same bytes */
    int distance; /* of the detailed fingerprints; 0 when is_same */
} AttachAlike;
typedef struct AttachAlikeList {
    AttachAlike *items; /* nearest first, then oldest */
    size_t count;
} AttachAlikeList;
/* The same or nearly the same picture at other records (not at attachment's own), at most
 * ATTACH_ALIKE_ROWS_MAX. By index: about 70 look-ups, and one comparison for each picture that
 * shares 15 of 16 bits of a quarter of the fingerprint. */
MUST_CHECK Status attach_alike(Cx *cx, DbConn *conn, const Attachment *attachment,
                               AttachAlikeList *out);

#endif
