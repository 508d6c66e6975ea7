#include "office/alert/alert_store.h"

/* ---- what is looked at ---- */

static const char SQL_SALES[] =
    "SELECT id, org_id, gtin, serial, price_fen, sold_ms, state FROM sale"
    " WHERE sold_ms >= $1 AND sold_ms < $2 ORDER BY gtin, sold_ms, id";

static void sales_row(Arena *arena, const DbRows *rows, void *item) {
    *(AlertSale *)item = (AlertSale){.id = db_int(rows, 0),
                                     .org_id = db_int(rows, 1),
                                     .gtin = db_text(arena, rows, 2),
                                     .serial = db_text(arena, rows, 3),
                                     .price_fen = db_int(rows, 4),
                                     .sold_ms = db_int(rows, 5),
                                     .state = db_text(arena, rows, 6)};
}

Status alert_store_sales(Cx *cx, DbConn *conn, const AlertSpan *span, AlertSaleList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_SALES, DB_ARGS(DB_INT(span->from_ms), DB_INT(span->to_ms)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(AlertSale, sales_row), &got));
    *out = (AlertSaleList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_FILINGS[] =
    "SELECT org_id, gtin, price_fen, filed_ms, ended_ms FROM filed_price"
    " WHERE filed_ms < $2 AND (ended_ms IS NULL OR ended_ms > $1) ORDER BY gtin, id";

static void filings_row(Arena *arena, const DbRows *rows, void *item) {
    *(AlertFiling *)item =
        (AlertFiling){.org_id = db_int(rows, 0),
                      .gtin = db_text(arena, rows, 1),
                      .price_fen = db_int(rows, 2),
                      .filed_ms = db_int(rows, 3),
                      .ended_ms = db_is_null(rows, 4) ? INT64_MAX : db_int(rows, 4)};
}

Status alert_store_filings(Cx *cx, DbConn *conn, const AlertSpan *span, AlertFilingList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_FILINGS, DB_ARGS(DB_INT(span->from_ms), DB_INT(span->to_ms)),
                 &rows));
    TRY(db_collect(cx, rows, DB_ITEM(AlertFiling, filings_row), &got));
    *out = (AlertFilingList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_CLASSED[] =
    "SELECT min(filed_price.id), filed_price.org_id, filed_price.gtin, filed_price.programme,"
    " filed_price.category, filed_price.efficiency_level,"
    " (SELECT count(*) FROM sale WHERE sale.org_id = filed_price.org_id"
    " AND sale.gtin = filed_price.gtin AND sale.programme = filed_price.programme"
    " AND sale.category = filed_price.category"
    " AND sale.efficiency_level = filed_price.efficiency_level AND sale.state <> 'returned')"
    " FROM filed_price WHERE filed_ms < $2 AND (ended_ms IS NULL OR ended_ms > $1)"
    " AND gtin IN (SELECT gtin FROM filed_price WHERE filed_ms < $2"
    " AND (ended_ms IS NULL OR ended_ms > $1) GROUP BY gtin"
    " HAVING min(programme || ':' || category || ':' || efficiency_level)"
    " <> max(programme || ':' || category || ':' || efficiency_level))"
    " GROUP BY filed_price.org_id, filed_price.gtin, filed_price.programme,"
    " filed_price.category, filed_price.efficiency_level"
    " ORDER BY filed_price.gtin, filed_price.org_id, min(filed_price.id)";

static void classed_row(Arena *arena, const DbRows *rows, void *item) {
    *(AlertClassed *)item = (AlertClassed){.first_id = db_int(rows, 0),
                                           .org_id = db_int(rows, 1),
                                           .gtin = db_text(arena, rows, 2),
                                           .programme = db_text(arena, rows, 3),
                                           .category = db_text(arena, rows, 4),
                                           .level = db_int(rows, 5),
                                           .sale_count = db_int(rows, 6)};
}

Status alert_store_classed(Cx *cx, DbConn *conn, const AlertSpan *span, AlertClassedList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_CLASSED, DB_ARGS(DB_INT(span->from_ms), DB_INT(span->to_ms)),
                 &rows));
    TRY(db_collect(cx, rows, DB_ITEM(AlertClassed, classed_row), &got));
    *out = (AlertClassedList){got.items, got.count};
    return STATUS_OK;
}

/* Against the lowest price in force in those days: a rise in several steps is one rise. */
static const char SQL_REFILED[] =
    "SELECT sale.id, sale.org_id, sale.price_fen, held.price_fen, held.filed_ms,"
    " min(earlier.price_fen)"
    " FROM sale JOIN filed_price held ON held.org_id = sale.org_id AND held.gtin = sale.gtin"
    " AND held.filed_ms <= sale.sold_ms"
    " AND (held.ended_ms IS NULL OR held.ended_ms > sale.sold_ms)"
    " JOIN filed_price earlier ON earlier.org_id = sale.org_id AND earlier.gtin = sale.gtin"
    " AND earlier.ended_ms <= held.filed_ms AND earlier.ended_ms > sale.sold_ms - $3"
    " WHERE sale.sold_ms >= $1 AND sale.sold_ms < $2 AND held.filed_ms > sale.sold_ms - $3"
    " GROUP BY sale.id, sale.org_id, sale.price_fen, held.price_fen, held.filed_ms"
    " HAVING held.price_fen * 10000 > min(earlier.price_fen) * (10000 + $4)"
    " AND sale.price_fen > min(earlier.price_fen) ORDER BY sale.id";

static void refiled_row(Arena *arena, const DbRows *rows, void *item) {
    (void)arena;
    *(AlertRefiled *)item = (AlertRefiled){.sale_id = db_int(rows, 0),
                                           .org_id = db_int(rows, 1),
                                           .price_fen = db_int(rows, 2),
                                           .filed_fen = db_int(rows, 3),
                                           .filed_ms = db_int(rows, 4),
                                           .before_fen = db_int(rows, 5)};
}

Status alert_store_refiled(Cx *cx, DbConn *conn, const AlertRefiledBound *bound,
                           AlertRefiledList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_REFILED,
                 DB_ARGS(DB_INT(bound->span.from_ms), DB_INT(bound->span.to_ms),
                         DB_INT(bound->days * DAY_MS), DB_INT(bound->over_bp)),
                 &rows));
    TRY(db_collect(cx, rows, DB_ITEM(AlertRefiled, refiled_row), &got));
    *out = (AlertRefiledList){got.items, got.count};
    return STATUS_OK;
}

static void shared_read_row(Arena *arena, const DbRows *rows, void *item) {
    *(AlertShared *)item = (AlertShared){.person_id = db_int(rows, 0),
                                         .person_count = db_int(rows, 1),
                                         .masked = db_text(arena, rows, 2)};
}

static Status shared_read(Cx *cx, DbRows *rows, AlertSharedList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(AlertShared, shared_read_row), &got));
    *out = (AlertSharedList){got.items, got.count};
    return STATUS_OK;
}

/* Who neither holds nor used a subsidy is nobody's business here. */
#define SQL_HAS_USED                                                                               \
    " AND (EXISTS (SELECT 1 FROM sale WHERE sale.person_id = person.id)"                           \
    " OR EXISTS (SELECT 1 FROM coupon WHERE coupon.person_id = person.id"                          \
    " AND coupon.state = 'claimed')"                                                               \
    " OR EXISTS (SELECT 1 FROM claim WHERE claim.person_id = person.id"                            \
    " AND claim.submitted_ms IS NOT NULL))"

static const char SQL_SHARED_PHONES[] =
    "SELECT min(id), count(*), min(phone_masked) FROM person"
    " WHERE phone_hash IS NOT NULL AND role = 'resident'" SQL_HAS_USED
    " GROUP BY phone_hash HAVING count(*) >= $1 ORDER BY min(id)";

Status alert_store_shared_phones(Cx *cx, DbConn *conn, int64_t least_count, AlertSharedList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_SHARED_PHONES, DB_ARGS(DB_INT(least_count)), &rows));
    return shared_read(cx, rows, out);
}

static const char SQL_SHARED_ACCOUNTS[] =
    "SELECT min(id), count(*), min(account_masked) FROM person"
    " WHERE account_hash IS NOT NULL AND role = 'resident'" SQL_HAS_USED
    " GROUP BY account_hash HAVING count(*) >= $1 ORDER BY min(id)";

Status alert_store_shared_accounts(Cx *cx, DbConn *conn, int64_t least_count,
                                   AlertSharedList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_SHARED_ACCOUNTS, DB_ARGS(DB_INT(least_count)), &rows));
    return shared_read(cx, rows, out);
}

static const char SQL_CLAIM_ACCOUNTS[] =
    "SELECT min(person_id), count(DISTINCT person_id), min(account_masked) FROM claim"
    " WHERE account_hash <> '' AND submitted_ms IS NOT NULL GROUP BY account_hash"
    " HAVING count(DISTINCT person_id) >= $1 ORDER BY min(person_id)";

Status alert_store_claim_accounts(Cx *cx, DbConn *conn, int64_t least_count, AlertSharedList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_CLAIM_ACCOUNTS, DB_ARGS(DB_INT(least_count)), &rows));
    return shared_read(cx, rows, out);
}

/* ---- uses ---- */

static void uses_read_row(Arena *arena, const DbRows *rows, void *item) {
    *(AlertUse *)item = (AlertUse){.mark_id = db_int(rows, 0),
                                   .subject = db_text(arena, rows, 1),
                                   .subject_id = db_int(rows, 2),
                                   .person_id = db_int(rows, 3),
                                   .used_ms = db_int(rows, 4),
                                   .name_masked = db_text(arena, rows, 5)};
}

static Status uses_read(Cx *cx, DbRows *rows, AlertUseList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(AlertUse, uses_read_row), &got));
    *out = (AlertUseList){.items = got.items, .count = got.count};
    return STATUS_OK;
}

static const char SQL_USES[] =
    "SELECT mark_use.mark_id, mark_use.subject, mark_use.subject_id, mark_use.person_id,"
    " mark_use.used_ms, '' FROM mark_use JOIN mark ON mark.id = mark_use.mark_id"
    " WHERE mark.kind = $1 AND mark_use.used_ms >= $2 AND mark_use.used_ms < $3"
    " AND mark_use.mark_id IN (SELECT mark_id FROM mark_use WHERE used_ms >= $2 AND used_ms < $3"
    " GROUP BY mark_id HAVING count(DISTINCT person_id) >= $4)"
    " ORDER BY mark_use.mark_id, mark_use.used_ms, mark_use.subject, mark_use.subject_id";

Status alert_store_uses(Cx *cx, DbConn *conn, const AlertUseAsk *ask, AlertUseList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_USES,
                 DB_ARGS(DB_TEXT(ask->kind), DB_INT(ask->span.from_ms), DB_INT(ask->span.to_ms),
                         DB_INT(ask->persons_min)),
                 &rows));
    return uses_read(cx, rows, out);
}

static Status uses_page(Cx *cx, DbConn *conn, const char *sql, const int64_t of_and_max[2],
                        AlertUseList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, sql, DB_ARGS(DB_INT(of_and_max[0]), DB_INT(of_and_max[1] + 1)), &rows));
    TRY(uses_read(cx, rows, out));
    out->has_more = (int64_t)out->count > of_and_max[1];
    out->count = out->has_more ? (size_t)of_and_max[1] : out->count;
    return STATUS_OK;
}

static const char SQL_MARK_USES[] =
    "SELECT mark_use.mark_id, mark_use.subject, mark_use.subject_id, mark_use.person_id,"
    " mark_use.used_ms, person.name_masked FROM mark_use JOIN person ON person.id ="
    " mark_use.person_id WHERE mark_use.mark_id = $1"
    " ORDER BY mark_use.used_ms DESC, mark_use.subject, mark_use.subject_id LIMIT $2";

Status alert_store_mark_uses(Cx *cx, DbConn *conn, int64_t mark_id, int64_t row_max,
                             AlertUseList *out) {
    return uses_page(cx, conn, SQL_MARK_USES, (int64_t[]){mark_id, row_max}, out);
}

/* Sales, coupons not yet used, and claims of the persons that a condition names. */
#define SQL_USES_OF(who, whose_claim)                                                              \
    "SELECT 0, 'sale', sale.id, person.id, sale.sold_ms AS used_ms, person.name_masked"            \
    " FROM sale JOIN person ON person.id = sale.person_id WHERE " who                              \
    " UNION ALL SELECT 0, 'coupon', coupon.id, person.id, coupon.claimed_ms, person.name_masked"   \
    " FROM coupon JOIN person ON person.id = coupon.person_id"                                     \
    " WHERE coupon.state = 'claimed' AND " who                                                     \
    " UNION ALL SELECT 0, 'claim', claim.id, person.id, claim.submitted_ms, person.name_masked"    \
    " FROM claim JOIN person ON person.id = claim.person_id"                                       \
    " WHERE claim.submitted_ms IS NOT NULL AND " whose_claim " ORDER BY 5 DESC, 2, 3 LIMIT $2"

#define SQL_SAME_PHONE                                                                             \
    "person.role = 'resident' AND person.phone_hash ="                                             \
    " (SELECT phone_hash FROM person WHERE id = $1)"
static const char SQL_PHONE_USES[] = SQL_USES_OF(SQL_SAME_PHONE, SQL_SAME_PHONE);

Status alert_store_phone_uses(Cx *cx, DbConn *conn, int64_t person_id, int64_t row_max,
                              AlertUseList *out) {
    return uses_page(cx, conn, SQL_PHONE_USES, (int64_t[]){person_id, row_max}, out);
}

/* A card can be a person's own, or one typed into a claim. */
#define SQL_SAME_ACCOUNT                                                                           \
    "person.role = 'resident' AND person.account_hash ="                                           \
    " (SELECT account_hash FROM person WHERE id = $1)"
static const char SQL_ACCOUNT_USES[] =
    SQL_USES_OF(SQL_SAME_ACCOUNT, "(" SQL_SAME_ACCOUNT " OR claim.account_hash IN"
                                  " (SELECT account_hash FROM claim WHERE person_id = $1"
                                  " AND account_hash <> ''))");

Status alert_store_account_uses(Cx *cx, DbConn *conn, int64_t person_id, int64_t row_max,
                                AlertUseList *out) {
    return uses_page(cx, conn, SQL_ACCOUNT_USES, (int64_t[]){person_id, row_max}, out);
}

static const char SQL_CLAIMS[] =
    "SELECT id, programme, answers FROM claim WHERE submitted_ms >= $1 AND submitted_ms < $2"
    " ORDER BY id";

static void claims_row(Arena *arena, const DbRows *rows, void *item) {
    *(AlertClaim *)item = (AlertClaim){.id = db_int(rows, 0),
                                       .programme = db_text(arena, rows, 1),
                                       .answers = db_text(arena, rows, 2)};
}

Status alert_store_claims(Cx *cx, DbConn *conn, const AlertSpan *span, AlertClaimList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_CLAIMS, DB_ARGS(DB_INT(span->from_ms), DB_INT(span->to_ms)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(AlertClaim, claims_row), &got));
    *out = (AlertClaimList){got.items, got.count};
    return STATUS_OK;
}

static Status text_find(Cx *cx, DbConn *conn, const char *sql, int64_t id, Str *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    *out = STR("");
    TRY(db_query(cx, conn, sql, DB_ARGS(DB_INT(id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (has_row) {
        *out = db_text(cx->arena, rows, 0);
        db_rows_close(rows);
    }
    return STATUS_OK;
}

static const char SQL_CLAIM_PROGRAMME[] = "SELECT programme FROM claim WHERE id = $1";

Status alert_store_claim_programme(Cx *cx, DbConn *conn, int64_t claim_id, Str *out) {
    return text_find(cx, conn, SQL_CLAIM_PROGRAMME, claim_id, out);
}

static const char SQL_UNIT_NAME[] = "SELECT name FROM unit WHERE id = $1";

Status alert_store_unit_name(Cx *cx, DbConn *conn, int64_t unit_id, Str *out) {
    return text_find(cx, conn, SQL_UNIT_NAME, unit_id, out);
}

/* ---- alerts ---- */

static const char SQL_ALERT_INSERT[] =
    "INSERT INTO alert (kind, subject, subject_id, org_id, evidence, state, found_ms)"
    " VALUES ($1, $2, $3, $4, $5, 'open', $6) ON CONFLICT (kind, subject, subject_id) DO NOTHING";

Status alert_store_insert(Cx *cx, DbConn *conn, const Alert *alert, int64_t now_ms, bool *is_new) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_ALERT_INSERT,
                DB_ARGS(DB_TEXT(alert->kind), DB_TEXT(alert->subject), DB_INT(alert->subject_id),
                        DB_INT(alert->org_id), DB_TEXT(alert->evidence), DB_INT(now_ms)),
                &changed));
    *is_new = changed == 1;
    return STATUS_OK;
}

#define ALERT_COLUMNS                                                                              \
    "id, kind, subject, subject_id, org_id, evidence, state, found_ms, reason, decided_ms"

static void alerts_read_row(Arena *arena, const DbRows *rows, void *item) {
    *(Alert *)item = (Alert){.id = db_int(rows, 0),
                             .kind = db_text(arena, rows, 1),
                             .subject = db_text(arena, rows, 2),
                             .subject_id = db_int(rows, 3),
                             .org_id = db_int(rows, 4),
                             .evidence = db_text(arena, rows, 5),
                             .state = db_text(arena, rows, 6),
                             .found_ms = db_int(rows, 7),
                             .reason = db_text(arena, rows, 8),
                             .decided_ms = db_int(rows, 9)};
}

static Status alerts_read(Cx *cx, DbRows *rows, AlertList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(Alert, alerts_read_row), &got));
    *out = (AlertList){.items = got.items, .count = got.count};
    return STATUS_OK;
}

static const char SQL_ALERT_FIND[] = "SELECT " ALERT_COLUMNS " FROM alert WHERE id = $1";

Status alert_store_find(Cx *cx, DbConn *conn, int64_t id, Alert *out) {
    DbRows *rows = NULL;
    AlertList list;
    TRY(db_query(cx, conn, SQL_ALERT_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(alerts_read(cx, rows, &list));
    if (list.count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "没有这条风险提示");
    }
    *out = list.items[0];
    return STATUS_OK;
}

static const char SQL_ALERT_DECIDE[] =
    "UPDATE alert SET state = $2, reason = $3, decided_by = $4, decided_ms = $5"
    " WHERE id = $1 AND state = 'open'";

Status alert_store_decide(Cx *cx, DbConn *conn, const AlertVerdict *verdict) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_ALERT_DECIDE,
                DB_ARGS(DB_INT(verdict->alert_id), DB_TEXT(verdict->state),
                        DB_TEXT(verdict->reason), DB_INT(verdict->officer_id),
                        DB_INT(verdict->now_ms)),
                &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这条风险提示已经处理");
}

static const char SQL_ALERT_LIST[] =
    "SELECT " ALERT_COLUMNS " FROM alert WHERE ($1 = '' OR kind = $1) AND ($2 = '' OR state = $2)"
    " ORDER BY id DESC LIMIT $3 OFFSET $4";

Status alert_store_list(Cx *cx, DbConn *conn, const AlertPage *page, AlertList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_ALERT_LIST,
                 DB_ARGS(DB_TEXT(page->kind), DB_TEXT(page->state), DB_INT(page->row_max + 1),
                         DB_INT(page->page * page->row_max)),
                 &rows));
    TRY(alerts_read(cx, rows, out));
    out->has_more = out->count > (size_t)page->row_max;
    out->count = out->has_more ? (size_t)page->row_max : out->count;
    return STATUS_OK;
}

static const char SQL_TALLY[] =
    "SELECT kind, sum(CASE WHEN state = 'open' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN state = 'confirmed' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN state = 'dismissed' THEN 1 ELSE 0 END) FROM alert GROUP BY kind ORDER BY kind";

static void tally_row(Arena *arena, const DbRows *rows, void *item) {
    *(AlertTally *)item = (AlertTally){.kind = db_text(arena, rows, 0),
                                       .open_count = db_int(rows, 1),
                                       .confirmed_count = db_int(rows, 2),
                                       .dismissed_count = db_int(rows, 3)};
}

Status alert_store_tally(Cx *cx, DbConn *conn, AlertTallyList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_TALLY, DB_NO_ARGS, &rows));
    TRY(db_collect(cx, rows, DB_ITEM(AlertTally, tally_row), &got));
    *out = (AlertTallyList){got.items, got.count};
    return STATUS_OK;
}
