/*
 * attach_store.c - the rows of attachments, and the search for pictures that look alike.
 *
 * The 64 bits of a fingerprint are kept in four bands of 16. Two fingerprints that differ in at
 * most seven bits agree in one band but for one bit (7 < 4 * 2), so asking each band for itself and
 * its sixteen neighbours finds all of them, by four indexes.
 */
#include "attach/attach.h"
#include "base/vec.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { BANDS = 4, BAND_BITS = 16, CANDIDATES_MAX = 5000 };

static const char SQL_ATTACHMENT_INSERT[] =
    "INSERT INTO attachment (subject, subject_id, part, name, media_type, size_bytes, digest,"
    " person_id, created_ms, width, height, print, band0, band1, band2, band3, detail)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
    " RETURNING id";

static int64_t band_of(uint64_t hash, int band) {
    return (int64_t)((hash >> (band * BAND_BITS)) & 0xffff);
}

static Status row_insert(Cx *cx, DbConn *conn, const AttachNew *attachment, int64_t *id) {
    const AttachFile *file = attachment->file;
    const AttachPrint *print = &file->print;
    DbValue bands[BANDS];
    for (int i = 0; i < BANDS; i++) {
        bands[i] = print->is_known ? DB_INT(band_of(print->hash, i)) : DB_NULL;
    }
    Str detail = {(const char *)print->detail, sizeof print->detail};
    return db_insert(
        cx, conn, SQL_ATTACHMENT_INSERT,
        DB_ARGS(DB_TEXT(attachment->subject), DB_INT(attachment->subject_id),
                DB_TEXT(attachment->part), DB_TEXT(attachment->name), DB_TEXT(file->media_type),
                DB_INT(file->size_bytes), DB_TEXT(file->digest), DB_INT(attachment->person_id),
                DB_INT(attachment->now_ms), DB_INT(file->width), DB_INT(file->height),
                print->is_known ? DB_INT((int64_t)print->hash) : DB_NULL, bands[0], bands[1],
                bands[2], bands[3], print->is_known ? DB_BLOB(detail) : DB_NULL),
        id);
}

Status attach_add(Cx *cx, DbConn *conn, const AttachNew *attachment, int64_t *id) {
    check(attachment->file->digest.len > 0);
    TRY(row_insert(cx, conn, attachment, id));
    Str subject = str_json(cx->arena, attachment->subject);
    Str part = str_json(cx->arena, attachment->part);
    int64_t journal_id = 0;
    return db_journal_attach(cx, conn,
                             str_print(cx->arena,
                                       "{\"attachment\":%" PRId64 ",\"subject\":" STR_FMT
                                       ",\"subject_id\":%" PRId64 ",\"part\":" STR_FMT
                                       ",\"digest\":\"" STR_FMT "\"}",
                                       *id, STR_ARG(subject), attachment->subject_id, STR_ARG(part),
                                       STR_ARG(attachment->file->digest)),
                             &journal_id);
}

/* ---- reading ---- */

#define ATTACHMENT_COLUMNS                                                                         \
    "id, subject, subject_id, part, name, media_type, size_bytes, digest, person_id, created_ms,"  \
    " width, height, print, detail, ended_ms"

typedef struct AttachmentVec VEC(Attachment) AttachmentVec;

static AttachPrint print_of_row(const DbRows *rows) {
    AttachPrint print = {.is_known = !db_is_null(rows, 12), .hash = (uint64_t)db_int(rows, 12)};
    Str detail = db_text_peek(rows, 13);
    if (print.is_known && detail.len == sizeof print.detail) {
        memcpy(print.detail, detail.at, sizeof print.detail);
    }
    return print;
}

static Attachment attachment_of_row(Arena *arena, const DbRows *rows) {
    return (Attachment){
        .id = db_int(rows, 0),
        .subject = db_text(arena, rows, 1),
        .subject_id = db_int(rows, 2),
        .part = db_text(arena, rows, 3),
        .name = db_text(arena, rows, 4),
        .file = {.media_type = db_text(arena, rows, 5),
                 .size_bytes = db_int(rows, 6),
                 .digest = db_text(arena, rows, 7),
                 .width = db_int(rows, 10),
                 .height = db_int(rows, 11),
                 .print = print_of_row(rows)},
        .person_id = db_int(rows, 8),
        .created_ms = db_int(rows, 9),
        .ended_ms = db_int(rows, 14),
    };
}

static Status rows_read(Cx *cx, DbRows *rows, AttachmentVec *list) {
    bool has_row = false;
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        *vec_push(cx->arena, list) = attachment_of_row(cx->arena, rows);
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}

static const char SQL_ATTACHMENT_FIND[] =
    "SELECT " ATTACHMENT_COLUMNS " FROM attachment WHERE id = $1";

Status attach_find(Cx *cx, DbConn *conn, int64_t id, Attachment *out) {
    DbRows *rows = NULL;
    AttachmentVec list = {0};
    TRY(db_query(cx, conn, SQL_ATTACHMENT_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(rows_read(cx, rows, &list));
    if (list.count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "没有这个附件");
    }
    *out = list.items[0];
    return STATUS_OK;
}

static const char SQL_ATTACHMENT_LIST[] =
    "SELECT " ATTACHMENT_COLUMNS " FROM attachment"
    " WHERE subject = $1 AND subject_id = $2 AND ended_ms IS NULL ORDER BY id";

Status attach_list(Cx *cx, DbConn *conn, Str subject, int64_t subject_id, AttachmentList *out) {
    DbRows *rows = NULL;
    AttachmentVec list = {0};
    TRY(db_query(cx, conn, SQL_ATTACHMENT_LIST, DB_ARGS(DB_TEXT(subject), DB_INT(subject_id)),
                 &rows));
    TRY(rows_read(cx, rows, &list));
    *out = (AttachmentList){list.items, list.count};
    return STATUS_OK;
}

static const char SQL_ATTACHMENT_END[] =
    "UPDATE attachment SET ended_ms = $2 WHERE id = $1 AND ended_ms IS NULL";

Status attach_end(Cx *cx, DbConn *conn, int64_t id, int64_t now_ms) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_ATTACHMENT_END, DB_ARGS(DB_INT(id), DB_INT(now_ms)), &changed));
    if (changed == 0) {
        return fault(cx, STATUS_CONFLICT, "这个附件已经撤下");
    }
    int64_t journal_id = 0;
    return db_journal_attach(
        cx, conn, str_print(cx->arena, "{\"attachment\":%" PRId64 ",\"ended\":true}", id),
        &journal_id);
}

/* ---- alike ---- */

static const char SQL_SAME_DIGEST[] = "SELECT " ATTACHMENT_COLUMNS " FROM attachment"
                                      " WHERE digest = $1 AND (subject <> $2 OR subject_id <> $3)"
                                      " ORDER BY id LIMIT $4";

#define SQL_BAND(column)                                                                           \
    "SELECT " ATTACHMENT_COLUMNS " FROM attachment WHERE " column                                  \
    " IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"             \
    " AND digest <> $18 AND (subject <> $19 OR subject_id <> $20) ORDER BY id DESC LIMIT $21"
static const char SQL_BAND_0[] = SQL_BAND("band0");
static const char SQL_BAND_1[] = SQL_BAND("band1");
static const char SQL_BAND_2[] = SQL_BAND("band2");
static const char SQL_BAND_3[] = SQL_BAND("band3");
static const char *const SQL_BANDS[BANDS] = {SQL_BAND_0, SQL_BAND_1, SQL_BAND_2, SQL_BAND_3};

typedef struct AlikeVec VEC(AttachAlike) AlikeVec;

static bool is_listed(const AlikeVec *found, int64_t id) {
    for (size_t i = 0; i < found->count; i++) {
        if (found->items[i].other.id == id) {
            return true;
        }
    }
    return false;
}

static void candidates_take(Cx *cx, const Attachment *own, const AttachmentVec *list,
                            AlikeVec *found) {
    for (size_t i = 0; i < list->count; i++) {
        const Attachment *other = &list->items[i];
        int distance = attach_print_distance(&own->file.print, &other->file.print);
        int bits = __builtin_popcountll(own->file.print.hash ^ other->file.print.hash);
        if (distance >= 0 && distance <= ATTACH_ALIKE_DETAIL_BITS_MAX &&
            bits <= ATTACH_ALIKE_BITS_MAX && !is_listed(found, other->id)) {
            *vec_push(cx->arena, found) = (AttachAlike){.other = *other, .distance = distance};
        }
    }
}

static Status band_search(Cx *cx, DbConn *conn, const Attachment *own, int band, AlikeVec *found) {
    enum { NEIGHBOURS = BAND_BITS + 1 };
    DbValue args[NEIGHBOURS + 4];
    int64_t value = band_of(own->file.print.hash, band);
    for (int i = 0; i < NEIGHBOURS; i++) {
        args[i] = DB_INT(i < BAND_BITS ? value ^ (INT64_C(1) << i) : value);
    }
    args[NEIGHBOURS] = DB_TEXT(own->file.digest);
    args[NEIGHBOURS + 1] = DB_TEXT(own->subject);
    args[NEIGHBOURS + 2] = DB_INT(own->subject_id);
    args[NEIGHBOURS + 3] = DB_INT(CANDIDATES_MAX);
    DbRows *rows = NULL;
    AttachmentVec list = {0};
    TRY(db_query(cx, conn, SQL_BANDS[band], args, NEIGHBOURS + 4, &rows));
    TRY(rows_read(cx, rows, &list));
    candidates_take(cx, own, &list, found);
    return STATUS_OK;
}

static int alike_order(const void *left, const void *right) {
    const AttachAlike *a = left;
    const AttachAlike *b = right;
    if (a->is_same != b->is_same) {
        return a->is_same ? -1 : 1;
    }
    if (a->distance != b->distance) {
        return a->distance < b->distance ? -1 : 1;
    }
    return (a->other.id > b->other.id) - (a->other.id < b->other.id);
}

Status attach_alike(Cx *cx, DbConn *conn, const Attachment *attachment, AttachAlikeList *out) {
    DbRows *rows = NULL;
    AttachmentVec same = {0};
    AlikeVec found = {0};
    TRY(db_query(cx, conn, SQL_SAME_DIGEST,
                 DB_ARGS(DB_TEXT(attachment->file.digest), DB_TEXT(attachment->subject),
                         DB_INT(attachment->subject_id), DB_INT(ATTACH_ALIKE_ROWS_MAX)),
                 &rows));
    TRY(rows_read(cx, rows, &same));
    for (size_t i = 0; i < same.count; i++) {
        *vec_push(cx->arena, &found) = (AttachAlike){.other = same.items[i], .is_same = true};
    }
    for (int band = 0; attachment->file.print.is_known && band < BANDS; band++) {
        TRY(band_search(cx, conn, attachment, band, &found));
    }
    if (found.count > 0) {
        qsort(found.items, found.count, sizeof *found.items, alike_order);
    }
    size_t count = found.count < ATTACH_ALIKE_ROWS_MAX ? found.count : ATTACH_ALIKE_ROWS_MAX;
    *out = (AttachAlikeList){found.items, count};
    return STATUS_OK;
}
