#include "office/treasury/meter_store.h"

static const char SQL_NEXT[] =
    "SELECT transfer_id, counted_ms, (SELECT COALESCE(MAX(id), 0) FROM ledger_transfer)"
    " FROM meter_mark WHERE id = 1";

Status meter_store_next(Cx *cx, DbConn *conn, int64_t now_ms, MeterCount *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    *out = (MeterCount){.now_ms = now_ms};
    TRY(db_query(cx, conn, SQL_NEXT, DB_NO_ARGS, &rows));
    TRY(db_next(cx, rows, &has_row));
    check(has_row); /* the migration's row */
    out->from = db_int(rows, 0);
    int64_t since_ms = now_ms - db_int(rows, 1);
    int64_t last = db_int(rows, 2);
    db_rows_close(rows);
    /* A clock that was set back must not stop the count: only a short while ago is too early. */
    bool is_early =
        since_ms >= 0 && since_ms < METER_EVERY_MS && last - out->from < METER_COUNT_MAX;
    out->to = is_early                             ? out->from
              : last - out->from > METER_COUNT_MAX ? out->from + METER_COUNT_MAX
                                                   : last;
    return STATUS_OK;
}

/* kind: the numbers of TRANSFER_KIND_LIST. Day in China Standard Time. What moves between two nodes
 * of one pot adds up to nothing. */
static const char SQL_SUMS[] =
    "SELECT p.ancestor_id, x.day, SUM(x.used) FROM ("
    "SELECT t.fund_id, (t.at_ms + 28800000) / 86400000 AS day, CASE"
    " WHEN t.kind IN (4, 10, 11) THEN t.amount WHEN t.kind IN (8, 9) THEN -t.amount"
    " WHEN t.kind = 7 AND f.is_recovered_reusable = 1 THEN -t.amount ELSE 0 END AS used"
    " FROM ledger_transfer AS t JOIN fund AS f ON f.id = t.fund_id"
    " WHERE t.id > $1 AND t.id <= $2"
    " UNION ALL SELECT t.other_id, (t.at_ms + 28800000) / 86400000, -t.amount"
    " FROM ledger_transfer AS t WHERE t.id > $1 AND t.id <= $2 AND t.kind IN (10, 11)) AS x"
    " JOIN fund_path AS p ON p.fund_id = x.fund_id"
    " WHERE p.ancestor_id IN (SELECT fund_id FROM programme_fund)"
    " GROUP BY p.ancestor_id, x.day";

static void sums_row(Arena *arena, const DbRows *rows, void *item) {
    (void)arena;
    *(MeterSum *)item = (MeterSum){{db_int(rows, 0)}, {(int32_t)db_int(rows, 1)}, db_int(rows, 2)};
}

Status meter_store_sums(Cx *cx, DbConn *conn, MeterCount *count) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_SUMS, DB_ARGS(DB_INT(count->from), DB_INT(count->to)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(MeterSum, sums_row), &got));
    count->sums = got.items;
    count->sum_count = got.count;
    return STATUS_OK;
}

static const char SQL_MARK_MOVE[] =
    "UPDATE meter_mark SET transfer_id = $1, counted_ms = $2 WHERE id = 1 AND transfer_id = $3";

Status meter_store_mark_move(Cx *cx, DbConn *conn, const MeterCount *count, bool *is_first) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_MARK_MOVE,
                DB_ARGS(DB_INT(count->to), DB_INT(count->now_ms), DB_INT(count->from)), &changed));
    *is_first = changed == 1;
    return STATUS_OK;
}

static const char SQL_DAY_ADD[] =
    "INSERT INTO meter_day (fund_id, day, used_fen) VALUES ($1, $2, $3)"
    " ON CONFLICT (fund_id, day) DO UPDATE SET used_fen = meter_day.used_fen + excluded.used_fen";

Status meter_store_day_add(Cx *cx, DbConn *conn, const MeterSum *sum) {
    return db_exec(cx, conn, SQL_DAY_ADD,
                   DB_ARGS(DB_INT(sum->fund.id), DB_DAY(sum->day), DB_INT(sum->used_fen)), NULL);
}

static const char SQL_FIRST[] = "SELECT MIN(day) FROM meter_day WHERE fund_id = $1";
static const char SQL_DAYS[] =
    "SELECT day, used_fen FROM meter_day WHERE fund_id = $1 AND day >= $2 AND day <= $3";

Status meter_store_days(Cx *cx, DbConn *conn, FundId fund, Day from, Day today, MeterDays *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    int64_t first = today.number;
    *out = (MeterDays){0};
    TRY(db_int_or(cx, conn, SQL_FIRST, DB_ARGS(DB_INT(fund.id)), &first));
    first = first > from.number ? first : from.number;
    out->count = first < today.number ? (size_t)(today.number - first) : 0;
    check(out->count <= METER_DAYS_MAX);
    TRY(db_query(cx, conn, SQL_DAYS, DB_ARGS(DB_INT(fund.id), DB_INT(first), DB_INT(today.number)),
                 &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        int64_t day = db_int(rows, 0);
        if (day == today.number) {
            out->today_fen = db_int(rows, 1);
        } else {
            out->used_fen[day - first] = db_int(rows, 1);
        }
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}
