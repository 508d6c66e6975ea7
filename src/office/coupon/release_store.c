#include "office/coupon/release_store.h"

#define RELEASE_COLUMNS                                                                            \
    "id, programme, year, category, town_code, name, way, state, starts_ms, ends_ms, quota,"       \
    " day_quota, hour_quota, purchase_until, file_until, commitment, source, seed, public_words,"  \
    " made_by, made_ms"

static Release release_of_row(Arena *arena, const DbRows *rows) {
    return (Release){.id = db_int(rows, 0),
                     .programme = db_text(arena, rows, 1),
                     .year = db_int(rows, 2),
                     .category = db_text(arena, rows, 3),
                     .town_code = db_text(arena, rows, 4),
                     .name = db_text(arena, rows, 5),
                     .way = db_text(arena, rows, 6),
                     .state = db_text(arena, rows, 7),
                     .starts_ms = db_int(rows, 8),
                     .ends_ms = db_int(rows, 9),
                     .quota = db_int(rows, 10),
                     .day_quota = db_int(rows, 11),
                     .hour_quota = db_int(rows, 12),
                     .purchase_until = db_day(rows, 13),
                     .file_until = db_day(rows, 14),
                     .commitment = db_text(arena, rows, 15),
                     .source = db_text(arena, rows, 16),
                     .seed = db_text(arena, rows, 17),
                     .public_words = db_text(arena, rows, 18),
                     .made_by = db_int(rows, 19),
                     .made_ms = db_int(rows, 20)};
}

static DbValue day_or_null(Day day) {
    return day_compare(day, DAY_NONE) == 0 ? DB_NULL : DB_DAY(day);
}

static const char SQL_INSERT[] =
    "INSERT INTO coupon_release (programme, year, category, town_code, name, way, state, starts_ms,"
    " ends_ms, quota, day_quota, hour_quota, purchase_until, file_until, commitment, source, seed,"
    " public_words, made_by, made_ms) VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $9, $10, $11,"
    " $12, $13, $14, $15, '', '', $16, $17) RETURNING id";

Status release_store_insert(Cx *cx, DbConn *conn, const Release *release, int64_t *id) {
    db_memo_forget(conn); /* coupon_claim keeps whether there is one */
    return db_insert(
        cx, conn, SQL_INSERT,
        DB_ARGS(DB_TEXT(release->programme), DB_INT(release->year), DB_TEXT(release->category),
                DB_TEXT(release->town_code), DB_TEXT(release->name), DB_TEXT(release->way),
                DB_INT(release->starts_ms), DB_INT(release->ends_ms), DB_INT(release->quota),
                DB_INT(release->day_quota), DB_INT(release->hour_quota),
                day_or_null(release->purchase_until), day_or_null(release->file_until),
                DB_TEXT(release->commitment), DB_TEXT(release->source), DB_INT(release->made_by),
                DB_INT(release->made_ms)),
        id);
}

static const char SQL_MOVE[] = "UPDATE coupon_release SET state = $1 WHERE id = $2 AND state = $3";

Status release_store_move(Cx *cx, DbConn *conn, int64_t id, Str from, Str to) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_MOVE, DB_ARGS(DB_TEXT(to), DB_INT(id), DB_TEXT(from)), &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这一期发放的状态已经改变");
}

static const char SQL_REVEALED[] =
    "UPDATE coupon_release SET state = 'drawn', seed = $1, public_words = $2"
    " WHERE id = $3 AND state = 'closed'";

Status release_store_revealed(Cx *cx, DbConn *conn, const ReleaseReveal *reveal) {
    int64_t changed = 0;
    TRY(db_exec(
        cx, conn, SQL_REVEALED,
        DB_ARGS(DB_TEXT(reveal->seed), DB_TEXT(reveal->public_words), DB_INT(reveal->release_id)),
        &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这一期发放的状态已经改变");
}

static const char SQL_FIND[] = "SELECT " RELEASE_COLUMNS " FROM coupon_release WHERE id = $1";

Status release_find(Cx *cx, DbConn *conn, int64_t id, Release *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "没有这一期发放");
    }
    *out = release_of_row(cx->arena, rows);
    db_rows_close(rows);
    return STATUS_OK;
}

static void list_read_row(Arena *arena, const DbRows *rows, void *item) {
    *(Release *)item = release_of_row(arena, rows);
}

static Status list_read(Cx *cx, DbRows *rows, ReleaseList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(Release, list_read_row), &got));
    *out = (ReleaseList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_OF[] = "SELECT " RELEASE_COLUMNS " FROM coupon_release"
                             " WHERE programme = $1 AND year = $2 ORDER BY id DESC LIMIT 200";

Status release_store_of(Cx *cx, DbConn *conn, Str programme, int64_t year, ReleaseList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_OF, DB_ARGS(DB_TEXT(programme), DB_INT(year)), &rows));
    return list_read(cx, rows, out);
}

static const char SQL_ANY[] =
    "SELECT 1 FROM coupon_release WHERE programme = $1 AND year = $2 LIMIT 1";

Status release_exists(Cx *cx, DbConn *conn, Str programme, int64_t year, bool *out) {
    return db_exists(cx, conn, SQL_ANY, DB_ARGS(DB_TEXT(programme), DB_INT(year)), out);
}

static const char SQL_LIST[] =
    "SELECT " RELEASE_COLUMNS " FROM coupon_release ORDER BY id DESC LIMIT 200";

Status release_list(Cx *cx, DbConn *conn, ReleaseList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_LIST, DB_NO_ARGS, &rows));
    return list_read(cx, rows, out);
}

/* ---- quotas ---- */

static const char SQL_COUNT_FIRST[] =
    "INSERT INTO coupon_release_count (release_id, span, slot, count) VALUES ($1, $2, $3, 0)"
    " ON CONFLICT (release_id, span, slot) DO NOTHING";
static const char SQL_COUNT_ADD[] =
    "UPDATE coupon_release_count SET count = count + 1 WHERE release_id = $1 AND span = $2"
    " AND slot = $3 AND count < $4";

Status release_store_count(Cx *cx, DbConn *conn, const ReleaseSpan *span, bool *is_taken) {
    *is_taken = true;
    if (span->max == 0) {
        return STATUS_OK;
    }
    int64_t changed = 0;
    Str word = str_of(span->span);
    TRY(db_exec(cx, conn, SQL_COUNT_FIRST,
                DB_ARGS(DB_INT(span->release_id), DB_TEXT(word), DB_INT(span->slot)), NULL));
    TRY(db_exec(
        cx, conn, SQL_COUNT_ADD,
        DB_ARGS(DB_INT(span->release_id), DB_TEXT(word), DB_INT(span->slot), DB_INT(span->max)),
        &changed));
    *is_taken = changed == 1;
    return STATUS_OK;
}

static const char SQL_GRANT[] = "INSERT INTO coupon_grant (coupon_id, release_id) VALUES ($1, $2)";

Status release_store_grant(Cx *cx, DbConn *conn, int64_t coupon_id, int64_t release_id) {
    return db_exec(cx, conn, SQL_GRANT, DB_ARGS(DB_INT(coupon_id), DB_INT(release_id)), NULL);
}

static const char SQL_UNGRANT[] =
    "UPDATE coupon_release_count SET count = count - 1 WHERE span = 'all' AND slot = 0"
    " AND count > 0 AND release_id = (SELECT release_id FROM coupon_grant WHERE coupon_id = $1)";

/* Once a coupon: it ends once, and a restored one has not ended. */
Status release_store_ungrant(Cx *cx, DbConn *conn, int64_t coupon_id) {
    return db_exec(cx, conn, SQL_UNGRANT, DB_ARGS(DB_INT(coupon_id)), NULL);
}

static const char SQL_OF_COUPON[] = "SELECT release_id FROM coupon_grant WHERE coupon_id = $1";

Status release_store_of_coupon(Cx *cx, DbConn *conn, int64_t coupon_id, int64_t *id) {
    *id = 0;
    return db_int_or(cx, conn, SQL_OF_COUPON, DB_ARGS(DB_INT(coupon_id)), id);
}

/* ---- places ---- */

#define PLACE_COLUMNS                                                                              \
    "id, release_id, person_id, receipt, hash, state, rank, coalesce(coupon_id, 0), reason,"       \
    " taken_ms"

static Status place_read(Cx *cx, DbRows *rows, ReleasePlace *out) {
    bool has_row = false;
    *out = (ReleasePlace){0};
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return STATUS_OK;
    }
    *out = (ReleasePlace){.id = db_int(rows, 0),
                          .release_id = db_int(rows, 1),
                          .person_id = db_int(rows, 2),
                          .receipt = db_text(cx->arena, rows, 3),
                          .hash = db_text(cx->arena, rows, 4),
                          .state = db_text(cx->arena, rows, 5),
                          .rank = db_int(rows, 6),
                          .coupon_id = db_int(rows, 7),
                          .reason = db_text(cx->arena, rows, 8),
                          .taken_ms = db_int(rows, 9)};
    db_rows_close(rows);
    return STATUS_OK;
}

static const char SQL_PLACE[] = "SELECT " PLACE_COLUMNS " FROM coupon_place WHERE id = $1";

Status release_store_place(Cx *cx, DbConn *conn, int64_t id, ReleasePlace *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_PLACE, DB_ARGS(DB_INT(id)), &rows));
    TRY(place_read(cx, rows, out));
    return out->id == 0 ? fault(cx, STATUS_NOT_FOUND, "没有这个位置") : STATUS_OK;
}

static const char SQL_PLACE_OF[] =
    "SELECT " PLACE_COLUMNS " FROM coupon_place WHERE release_id = $1 AND person_id = $2"
    " AND state <> 'left'";
static const char SQL_AHEAD[] =
    "SELECT count(*) FROM coupon_place WHERE release_id = $1 AND state = 'waiting'"
    " AND (rank < $2 OR (rank = $2 AND id < $3))";

Status release_place_of(Cx *cx, DbConn *conn, int64_t release_id, int64_t person_id,
                        ReleasePlace *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_PLACE_OF, DB_ARGS(DB_INT(release_id), DB_INT(person_id)), &rows));
    TRY(place_read(cx, rows, out));
    if (out->id == 0) {
        return STATUS_OK;
    }
    return db_int_or(cx, conn, SQL_AHEAD,
                     DB_ARGS(DB_INT(release_id), DB_INT(out->rank), DB_INT(out->id)), &out->ahead);
}

static const char SQL_PLACE_INSERT[] =
    "INSERT INTO coupon_place (release_id, person_id, receipt, hash, state, taken_ms)"
    " VALUES ($1, $2, $3, $4, 'waiting', $5) ON CONFLICT DO NOTHING RETURNING id";

Status release_store_place_insert(Cx *cx, DbConn *conn, const ReleaseJoin *join, Str hash,
                                  int64_t *id, bool *is_new) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_PLACE_INSERT,
                 DB_ARGS(DB_INT(join->release_id), DB_INT(join->person_id), DB_TEXT(join->receipt),
                         DB_TEXT(hash), DB_INT(join->now_ms)),
                 &rows));
    TRY(db_next(cx, rows, is_new));
    if (*is_new) {
        *id = db_int(rows, 0);
        db_rows_close(rows);
    }
    return STATUS_OK;
}

static const char SQL_PLACE_END[] =
    "UPDATE coupon_place SET state = $1, coupon_id = $2, reason = $3, ended_ms = $4"
    " WHERE id = $5 AND state = 'waiting'";

Status release_store_place_end(Cx *cx, DbConn *conn, const PlaceEnd *end) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_PLACE_END,
                DB_ARGS(DB_TEXT(end->to), end->coupon_id == 0 ? DB_NULL : DB_INT(end->coupon_id),
                        DB_TEXT(end->reason), DB_INT(end->now_ms), DB_INT(end->id)),
                &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这个位置已经办理过");
}

static const char SQL_RANK[] =
    "UPDATE coupon_place SET rank = $1 WHERE release_id = $2 AND hash = $3";

Status release_store_rank(Cx *cx, DbConn *conn, int64_t release_id, Str hash, int64_t rank) {
    return db_exec(cx, conn, SQL_RANK, DB_ARGS(DB_INT(rank), DB_INT(release_id), DB_TEXT(hash)),
                   NULL);
}

static const char SQL_HASHES[] =
    "SELECT hash FROM coupon_place WHERE release_id = $1 AND state <> 'left' ORDER BY id";

static void hashes_row(Arena *arena, const DbRows *rows, void *item) {
    *(Str *)item = db_text(arena, rows, 0);
}

Status release_store_hashes(Cx *cx, DbConn *conn, int64_t release_id, Str **out, size_t *count) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_HASHES, DB_ARGS(DB_INT(release_id)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(Str, hashes_row), &got));
    *out = got.items;
    *count = got.count;
    return STATUS_OK;
}

static const char SQL_TURN[] = "SELECT id FROM coupon_place WHERE release_id = $1 AND"
                               " state = 'waiting' AND rank >= $2 ORDER BY rank, id LIMIT $3";

static void release_turn_row(Arena *arena, const DbRows *rows, void *item) {
    (void)arena;
    *(int64_t *)item = db_int(rows, 0);
}

Status release_turn(Cx *cx, DbConn *conn, const Release *release, int64_t count_max,
                    ReleaseTurn *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    bool is_draw = str_equal(release->way, STR("draw"));
    TRY(db_query(cx, conn, SQL_TURN,
                 DB_ARGS(DB_INT(release->id), DB_INT(is_draw ? 1 : 0), DB_INT(count_max)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(int64_t, release_turn_row), &got));
    *out = (ReleaseTurn){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_GIVEN[] =
    "SELECT count FROM coupon_release_count WHERE release_id = $1 AND span = 'all' AND slot = 0";
static const char SQL_WAITING[] =
    "SELECT count(*) FROM coupon_place WHERE release_id = $1 AND state = 'waiting'";
static const char SQL_JOINED[] =
    "SELECT count(*) FROM coupon_place WHERE release_id = $1 AND state <> 'left'";

Status release_counts(Cx *cx, DbConn *conn, int64_t id, ReleaseCounts *out) {
    *out = (ReleaseCounts){0};
    TRY(db_int_or(cx, conn, SQL_GIVEN, DB_ARGS(DB_INT(id)), &out->given));
    TRY(db_int_or(cx, conn, SQL_WAITING, DB_ARGS(DB_INT(id)), &out->waiting));
    return db_int_or(cx, conn, SQL_JOINED, DB_ARGS(DB_INT(id)), &out->joined);
}

static const char SQL_UNIT_NAME[] = "SELECT name FROM unit WHERE id = $1";

Status release_store_unit_name(Cx *cx, DbConn *conn, int64_t unit_id, Str *out) {
    *out = STR("");
    return db_text_or(cx, conn, SQL_UNIT_NAME, DB_ARGS(DB_INT(unit_id)), out);
}
