#include "office/offer/offer_store.h"

#include "base/vec.h"

#define OFFER_COLUMNS                                                                              \
    "id, rule, record_id, kind, record_number, programme, unit, town, org_id, owner_name, space,"  \
    " thing, bought_day, version, fired, amount_fen, is_unset, reason, conditions, answers,"       \
    " is_good, state, claim_id, found_ms"

static Offer offer_of_row(Arena *arena, const DbRows *rows) {
    return (Offer){.id = db_int(rows, 0),
                   .rule = db_text(arena, rows, 1),
                   .record_id = db_int(rows, 2),
                   .kind = db_text(arena, rows, 3),
                   .record_number = db_text(arena, rows, 4),
                   .programme = db_text(arena, rows, 5),
                   .unit = db_text(arena, rows, 6),
                   .town = db_text(arena, rows, 7),
                   .org_id = db_int(rows, 8),
                   .owner_name = db_text(arena, rows, 9),
                   .space = db_text(arena, rows, 10),
                   .thing = db_text(arena, rows, 11),
                   .bought = db_day(rows, 12),
                   .version = db_text(arena, rows, 13),
                   .fired = db_text(arena, rows, 14),
                   .amount = db_money(rows, 15),
                   .is_unset = db_int(rows, 16) != 0,
                   .reason = db_text(arena, rows, 17),
                   .conditions = db_text(arena, rows, 18),
                   .answers = db_text(arena, rows, 19),
                   .is_good = db_int(rows, 20) != 0,
                   .state = db_text(arena, rows, 21),
                   .claim_id = db_int(rows, 22),
                   .found_ms = db_int(rows, 23)};
}

static void offers_read_row(Arena *arena, const DbRows *rows, void *item) {
    *(Offer *)item = offer_of_row(arena, rows);
}

static Status offers_read(Cx *cx, DbRows *rows, OfferList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(Offer, offers_read_row), &got));
    *out = (OfferList){.items = got.items, .count = got.count};
    return STATUS_OK;
}

/* ---- lists ---- */

/* An offer stands while the record meets it and nothing has used its thing; what came of it itself
 * is still shown. */
#define SQL_STANDS                                                                                 \
    " WHERE is_good = 1 AND ($1 = '' OR unit = $1) AND ($2 = '' OR programme = $2)"                \
    " AND ($3 = '' OR town = $3) AND ($4 = '' OR state = $4) AND ($5 = 0 OR org_id > 0)"           \
    " AND (state = 'accepted' OR NOT EXISTS (SELECT 1 FROM once_key"                               \
    " WHERE once_key.namespace = offer.space AND once_key.key = offer.thing))"

static const char SQL_LIST[] =
    "SELECT " OFFER_COLUMNS " FROM offer" SQL_STANDS " ORDER BY id DESC LIMIT $6 OFFSET $7";

Status offer_store_list(Cx *cx, DbConn *conn, const OfferFilter *filter, OfferList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_LIST,
                 DB_ARGS(DB_TEXT(filter->unit), DB_TEXT(filter->programme), DB_TEXT(filter->town),
                         DB_TEXT(filter->state), DB_INT(filter->has_owner_only),
                         DB_INT(filter->row_max + 1), DB_INT(filter->page * filter->row_max)),
                 &rows));
    TRY(offers_read(cx, rows, out));
    out->has_more = out->count > (size_t)filter->row_max;
    out->count = out->has_more ? (size_t)filter->row_max : out->count;
    return STATUS_OK;
}

static const char SQL_COUNT[] = "SELECT count(*) FROM offer" SQL_STANDS;

Status offer_store_count(Cx *cx, DbConn *conn, const OfferFilter *filter, int64_t *count) {
    *count = 0;
    return db_int_or(cx, conn, SQL_COUNT,
                     DB_ARGS(DB_TEXT(filter->unit), DB_TEXT(filter->programme),
                             DB_TEXT(filter->town), DB_TEXT(filter->state),
                             DB_INT(filter->has_owner_only)),
                     count);
}

static const char SQL_OF_ORG[] =
    "SELECT " OFFER_COLUMNS " FROM offer WHERE org_id = $1 AND org_id > 0 AND is_good = 1"
    " AND (state = 'accepted' OR (state = 'invited' AND NOT EXISTS (SELECT 1 FROM once_key"
    " WHERE once_key.namespace = offer.space AND once_key.key = offer.thing)))"
    " ORDER BY id DESC LIMIT 200";

Status offer_store_of_org(Cx *cx, DbConn *conn, int64_t org_id, OfferList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_OF_ORG, DB_ARGS(DB_INT(org_id)), &rows));
    return offers_read(cx, rows, out);
}

static const char SQL_FIND[] = "SELECT " OFFER_COLUMNS " FROM offer WHERE id = $1";

Status offer_store_find(Cx *cx, DbConn *conn, int64_t id, Offer *out) {
    DbRows *rows = NULL;
    OfferList list;
    TRY(db_query(cx, conn, SQL_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(offers_read(cx, rows, &list));
    if (list.count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "没有这一条");
    }
    *out = list.items[0];
    return STATUS_OK;
}

static const char SQL_OF_RECORD[] =
    "SELECT " OFFER_COLUMNS " FROM offer WHERE rule = $1 AND record_id = $2";

Status offer_store_of_record(Cx *cx, DbConn *conn, Str rule, int64_t record_id, Offer *out) {
    DbRows *rows = NULL;
    OfferList list;
    TRY(db_query(cx, conn, SQL_OF_RECORD, DB_ARGS(DB_TEXT(rule), DB_INT(record_id)), &rows));
    TRY(offers_read(cx, rows, &list));
    *out = list.count > 0 ? list.items[0] : (Offer){0};
    return STATUS_OK;
}

/* ---- changes ---- */

static const char SQL_INSERT[] =
    "INSERT INTO offer (rule, record_id, kind, record_number, programme, unit, town, org_id,"
    " owner_name, space, thing, bought_day, version, fired, amount_fen, is_unset, reason,"
    " conditions, answers, is_good, state, found_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
    " $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 'found', $21)";
static const char SQL_UPDATE[] =
    "UPDATE offer SET kind = $3, record_number = $4, programme = $5, unit = $6, town = $7,"
    " org_id = $8, owner_name = $9, space = $10, thing = $11, bought_day = $12, version = $13,"
    " fired = $14, amount_fen = $15, is_unset = $16, reason = $17, conditions = $18,"
    " answers = $19, is_good = $20 WHERE rule = $1 AND record_id = $2";

#define OFFER_ARGS(o)                                                                              \
    DB_TEXT((o)->rule), DB_INT((o)->record_id), DB_TEXT((o)->kind), DB_TEXT((o)->record_number),   \
        DB_TEXT((o)->programme), DB_TEXT((o)->unit), DB_TEXT((o)->town), DB_INT((o)->org_id),      \
        DB_TEXT((o)->owner_name), DB_TEXT((o)->space), DB_TEXT((o)->thing), DB_DAY((o)->bought),   \
        DB_TEXT((o)->version), DB_TEXT((o)->fired), DB_MONEY((o)->amount), DB_INT((o)->is_unset),  \
        DB_TEXT((o)->reason), DB_TEXT((o)->conditions), DB_TEXT((o)->answers),                     \
        DB_INT((o)->is_good)

Status offer_store_put(Cx *cx, DbConn *conn, const Offer *offer) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_UPDATE, DB_ARGS(OFFER_ARGS(offer)), &changed));
    if (changed > 0) {
        return STATUS_OK;
    }
    return db_exec(cx, conn, SQL_INSERT, DB_ARGS(OFFER_ARGS(offer), DB_INT(offer->found_ms)), NULL);
}

static const char SQL_INVITE[] =
    "UPDATE offer SET state = $3, invited_by = $4, invited_ms = $5 WHERE id = $1 AND state = $2"
    " AND is_good = 1";
static const char SQL_ANSWER[] =
    "UPDATE offer SET state = $3, answered_by = $4, answered_ms = $5, claim_id = $6"
    " WHERE id = $1 AND state = $2 AND is_good = 1";

Status offer_store_move(Cx *cx, DbConn *conn, const OfferMove *move) {
    int64_t changed = 0;
    if (str_equal(move->to, STR("invited"))) {
        TRY(db_exec(cx, conn, SQL_INVITE,
                    DB_ARGS(DB_INT(move->id), DB_TEXT(move->from), DB_TEXT(move->to),
                            DB_INT(move->person_id), DB_INT(move->now_ms)),
                    &changed));
    } else {
        TRY(db_exec(cx, conn, SQL_ANSWER,
                    DB_ARGS(DB_INT(move->id), DB_TEXT(move->from), DB_TEXT(move->to),
                            DB_INT(move->person_id), DB_INT(move->now_ms), DB_INT(move->claim_id)),
                    &changed));
    }
    return changed == 1 ? STATUS_OK
                        : fault(cx, STATUS_CONFLICT, "这一条的状态已经改变，请刷新后再办理");
}

/* ---- whose ---- */

static const char SQL_ORG[] = "SELECT id FROM org WHERE kind = 'enterprise' AND uscc = $1";

Status offer_store_org(Cx *cx, DbConn *conn, Str uscc, int64_t *id) {
    *id = 0;
    return db_int_or(cx, conn, SQL_ORG, DB_ARGS(DB_TEXT(uscc)), id);
}

static const char SQL_UNIT[] = "SELECT unit.name FROM person JOIN unit ON unit.id = person.unit_id"
                               " WHERE person.id = $1";

Status offer_store_unit(Cx *cx, DbConn *conn, int64_t person_id, Str *out) {
    *out = STR("");
    return db_text_or(cx, conn, SQL_UNIT, DB_ARGS(DB_INT(person_id)), out);
}

/* ---- how far ---- */

static const char SQL_SCAN[] =
    "SELECT digest, record_id, is_walked, journal_id FROM offer_scan WHERE rule = $1";

Status offer_store_scan(Cx *cx, DbConn *conn, Str rule, OfferScan *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    *out = (OfferScan){.rule = rule, .digest = STR("")};
    TRY(db_query(cx, conn, SQL_SCAN, DB_ARGS(DB_TEXT(rule)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (has_row) {
        out->digest = db_text(cx->arena, rows, 0);
        out->record_id = db_int(rows, 1);
        out->is_walked = db_int(rows, 2) != 0;
        out->journal_id = db_int(rows, 3);
        db_rows_close(rows);
    }
    return STATUS_OK;
}

static const char SQL_SCAN_UPDATE[] =
    "UPDATE offer_scan SET digest = $2, record_id = $3, is_walked = $4, journal_id = $5"
    " WHERE rule = $1";
static const char SQL_SCAN_INSERT[] =
    "INSERT INTO offer_scan (rule, digest, record_id, is_walked, journal_id)"
    " VALUES ($1, $2, $3, $4, $5)";

Status offer_store_scan_put(Cx *cx, DbConn *conn, const OfferScan *scan) {
    int64_t changed = 0;
#define SCAN_ARGS                                                                                  \
    DB_ARGS(DB_TEXT(scan->rule), DB_TEXT(scan->digest), DB_INT(scan->record_id),                   \
            DB_INT(scan->is_walked), DB_INT(scan->journal_id))
    TRY(db_exec(cx, conn, SQL_SCAN_UPDATE, SCAN_ARGS, &changed));
    return changed > 0 ? STATUS_OK : db_exec(cx, conn, SQL_SCAN_INSERT, SCAN_ARGS, NULL);
#undef SCAN_ARGS
}

static const char SQL_WALK[] =
    "SELECT id, id FROM record WHERE kind_id = $1 AND id > $2 ORDER BY id LIMIT $3";
/* The empty text keeps the index by subject out of it: the walk follows the journal's own order
 * from where it stood, and reads only what is new. */
static const char SQL_CHANGED[] =
    "SELECT subject_id, id FROM journal WHERE id > $1 AND id <= $2 AND subject || '' = 'record'"
    " ORDER BY id LIMIT $3";
static const char SQL_JOURNAL_LAST[] = "SELECT MAX(id) FROM journal";

static Status ids_read(Cx *cx, DbRows *rows, OfferIds *out) {
    struct VEC(int64_t) list = {0};
    bool has_row = false;
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        *vec_push(cx->arena, &list) = db_int(rows, 0);
        out->last = db_int(rows, 1);
        TRY(db_next(cx, rows, &has_row));
    }
    out->items = list.items;
    out->count = list.count;
    return STATUS_OK;
}

Status offer_store_walk(Cx *cx, DbConn *conn, int64_t kind_id, int64_t after, int64_t row_max,
                        OfferIds *out) {
    DbRows *rows = NULL;
    *out = (OfferIds){.last = after};
    TRY(db_query(cx, conn, SQL_WALK, DB_ARGS(DB_INT(kind_id), DB_INT(after), DB_INT(row_max)),
                 &rows));
    return ids_read(cx, rows, out);
}

Status offer_store_changed(Cx *cx, DbConn *conn, int64_t after, int64_t up_to, int64_t row_max,
                           OfferIds *out) {
    DbRows *rows = NULL;
    *out = (OfferIds){.last = after};
    TRY(db_query(cx, conn, SQL_CHANGED, DB_ARGS(DB_INT(after), DB_INT(up_to), DB_INT(row_max)),
                 &rows));
    return ids_read(cx, rows, out);
}

Status offer_store_journal_last(Cx *cx, DbConn *conn, int64_t *id) {
    *id = 0;
    return db_int_or(cx, conn, SQL_JOURNAL_LAST, DB_NO_ARGS, id);
}
