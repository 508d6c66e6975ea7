/* ledger_store.c - the SQL of the ledger, and nothing else. */
#include "base/vec.h"
#include "ledger/ledger_internal.h"

#include <inttypes.h>

/* clang-format off */
#define FUND_COLUMNS                                                                               \
    "fund.id, coalesce(fund.parent_id, 0), fund.root_id, fund.kind, fund.is_cap, fund.is_frozen, " \
    "fund.is_closed, fund.is_recovered_reusable, fund.year, fund.depth, fund.code, fund.path, "    \
    "fund.name, fund.appropriated, fund.allocated, fund.reserved, fund.approved, fund.paid, "      \
    "fund.recovered, fund.released, fund.direct, fund.paid_central, fund.paid_province, "          \
    "fund.paid_city, fund.paid_county, fund.central_bp, fund.province_bp, fund.city_bp, "          \
    "fund.county_bp"
enum { FUND_COLUMN_COUNT = 29 };
#define HOLD_COLUMNS                                                                               \
    "ledger_hold.id, ledger_hold.fund_id, ledger_hold.case_kind, ledger_hold.case_id, "            \
    "ledger_hold.reserved, ledger_hold.approved, ledger_hold.paid, ledger_hold.recovered, "        \
    "ledger_hold.released, ledger_hold.created_ms, fund.root_id, fund.central_bp, "                \
    "fund.province_bp, fund.city_bp, fund.county_bp, fund.is_recovered_reusable"
#define TRANSFER_COLUMNS                                                                           \
    "id, kind, fund_id, coalesce(other_id, 0) AS other, coalesce(hold_id, 0) AS hold, amount, "    \
    "central, province, city, county, at_ms, journal_id, basis"
#define TRANSFER_NAMES                                                                             \
    "id, kind, fund_id, other, hold, amount, central, province, city, county, at_ms, journal_id, " \
    "basis"
/* clang-format on */

static const char SQL_FUND_BY_ID[] = "SELECT " FUND_COLUMNS " FROM fund WHERE id = $1";
static const char SQL_FUND_BY_PATH[] = "SELECT " FUND_COLUMNS " FROM fund WHERE path = $1";
static const char SQL_FUND_ROOTS[] =
    "SELECT " FUND_COLUMNS " FROM fund WHERE parent_id IS NULL ORDER BY id";
static const char SQL_FUND_CHILDREN[] =
    "SELECT " FUND_COLUMNS " FROM fund WHERE parent_id = $1 ORDER BY id";
static const char SQL_FUND_ALL[] = "SELECT " FUND_COLUMNS " FROM fund ORDER BY id";
static const char SQL_FUND_WAY[] =
    "SELECT " FUND_COLUMNS ", way.is_direct FROM fund_path AS way "
    "JOIN fund ON fund.id = way.ancestor_id WHERE way.fund_id = $1 ORDER BY fund.depth DESC";
static const char SQL_FUND_INSERT[] =
    "INSERT INTO fund (parent_id, root_id, kind, code, path, name, year, depth, is_cap, "
    "is_recovered_reusable, central_bp, province_bp, city_bp, county_bp) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) "
    "ON CONFLICT (path) DO NOTHING RETURNING id";
static const char SQL_FUND_ROOT_SET[] = "UPDATE fund SET root_id = id WHERE id = $1";
static const char SQL_WAY_SELF_INSERT[] =
    "INSERT INTO fund_path (fund_id, ancestor_id, is_direct) VALUES ($1, $1, 1)";
static const char SQL_WAY_PARENT_INSERT[] =
    "INSERT INTO fund_path (fund_id, ancestor_id, is_direct) "
    "SELECT CAST($1 AS BIGINT), ancestor_id, is_direct * CAST($3 AS BIGINT) "
    "FROM fund_path WHERE fund_id = $2";
static const char SQL_FUND_ADD[] = "UPDATE fund SET appropriated = appropriated + $2, "
                                   "allocated = allocated + $3 WHERE id = $1";
static const char SQL_FUND_RESERVED_ADD[] =
    "UPDATE fund SET reserved = reserved + $2, direct = direct + $3 WHERE id = $1";
static const char SQL_FUND_FLAGS[] = "UPDATE fund SET is_frozen = $2, is_closed = $3 WHERE id = $1";
static const char SQL_FUND_OPEN_CHILD[] =
    "SELECT id FROM fund WHERE parent_id = $1 AND is_closed = 0 LIMIT 1";

#define POST_SET                                                                                   \
    "UPDATE fund SET reserved = fund.reserved + $2, approved = fund.approved + $3, "               \
    "paid = fund.paid + $4, recovered = fund.recovered + $5, released = fund.released + $6, "      \
    "direct = fund.direct + $7 * way.is_direct, paid_central = fund.paid_central + $8, "           \
    "paid_province = fund.paid_province + $9, paid_city = fund.paid_city + $10, "                  \
    "paid_county = fund.paid_county + $11 FROM fund_path AS way "                                  \
    "WHERE way.fund_id = $1 AND fund.id = way.ancestor_id"
static const char SQL_POST[] = POST_SET;
/* The one atomic conditional step: either no node of the way refuses, and all of them are changed,
 * or nothing is. */
static const char SQL_POST_GUARDED[] = POST_SET
    " AND NOT EXISTS (SELECT 1 FROM fund_path AS step JOIN fund AS node "
    "ON node.id = step.ancestor_id WHERE step.fund_id = $1 AND (node.is_frozen + node.is_closed > "
    "0 OR node.reserved + node.approved + node.paid + $7 > node.appropriated "
    "OR node.allocated + node.direct + $7 * step.is_direct > node.appropriated))";

static const char SQL_HOLD_BY_ID[] =
    "SELECT " HOLD_COLUMNS " FROM ledger_hold JOIN fund ON fund.id = ledger_hold.fund_id "
    "WHERE ledger_hold.id = $1";
static const char SQL_HOLD_ALL[] =
    "SELECT " HOLD_COLUMNS " FROM ledger_hold JOIN fund ON fund.id = ledger_hold.fund_id "
    "ORDER BY ledger_hold.id";
static const char SQL_HOLD_INSERT[] =
    "INSERT INTO ledger_hold (id, fund_id, case_kind, case_id, created_ms, reserved) "
    "VALUES ($1, $2, $3, $4, $5, $6)";
static const char SQL_HOLD_LAST[] = "SELECT MAX(id) FROM ledger_hold";
static const char SQL_HOLD_UPDATE[] =
    "UPDATE ledger_hold SET fund_id = $2, reserved = $3, approved = $4, paid = $5, "
    "recovered = $6, released = $7 WHERE id = $1";
static const char SQL_TRANSFER_INSERT[] =
    "INSERT INTO ledger_transfer (kind, fund_id, other_id, hold_id, amount, central, province, "
    "city, county, at_ms, journal_id, basis) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
static const char SQL_TRANSFER_BY_HOLD[] =
    "SELECT " TRANSFER_COLUMNS " FROM ledger_transfer WHERE hold_id = $1 ORDER BY id";
static const char SQL_TRANSFER_OF_HOLDS[] =
    "SELECT " TRANSFER_COLUMNS " FROM ledger_transfer WHERE hold_id > 0 ORDER BY hold_id, id";
/* Two short walks along two indexes instead of one long one: newest first on both sides. */
static const char SQL_TRANSFER_BY_FUND[] =
    "SELECT " TRANSFER_NAMES " FROM (SELECT " TRANSFER_COLUMNS " FROM ledger_transfer "
    "WHERE fund_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3) AS got UNION "
    "SELECT " TRANSFER_NAMES " FROM (SELECT " TRANSFER_COLUMNS " FROM ledger_transfer "
    "WHERE other_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3) AS gave ORDER BY id DESC LIMIT $3";
static const char SQL_TRANSFER_BY_SUBTREE[] =
    "SELECT " TRANSFER_COLUMNS " FROM ledger_transfer WHERE id < $2 AND "
    "(fund_id IN (SELECT fund_id FROM fund_path WHERE ancestor_id = $1) OR "
    "other_id IN (SELECT fund_id FROM fund_path WHERE ancestor_id = $1)) "
    "ORDER BY id DESC LIMIT $3";
static const char SQL_TRANSFER_SUMS[] =
    "SELECT kind, fund_id, coalesce(other_id, 0), count(*), CAST(sum(amount) AS BIGINT), "
    "CAST(sum(central) AS BIGINT), CAST(sum(province) AS BIGINT), CAST(sum(city) AS BIGINT), "
    "CAST(sum(county) AS BIGINT) FROM ledger_transfer GROUP BY kind, fund_id, coalesce(other_id, 0)";
static const char SQL_TRANSFER_UNJOURNALED[] =
    "SELECT count(*) FROM ledger_transfer LEFT JOIN journal ON journal.id = journal_id "
    "WHERE journal.id IS NULL";

/* ---- reading rows ---- */

static FundKind kind_of(Str text) {
#define X(name, word, chinese)                                                                     \
    if (str_equal(text, STR(word))) {                                                              \
        return FUND_##name;                                                                        \
    }
    FUND_KIND_LIST(X)
#undef X
    check_failed("a stored kind of fund is known", __FILE__, __LINE__);
}

static LedgerShares shares_at(const DbRows *rows, int column) {
    LedgerShares shares;
    for (int i = 0; i < LEDGER_LEVEL_COUNT; i++) {
        shares.part[i] = db_money(rows, column + i);
    }
    return shares;
}

static Fund fund_row(Arena *arena, const DbRows *rows) {
    Fund fund = {
        .id = {db_int(rows, 0)},
        .parent = {db_int(rows, 1)},
        .root = {db_int(rows, 2)},
        .kind = kind_of(db_text_peek(rows, 3)),
        .is_cap = db_int(rows, 4) != 0,
        .is_frozen = db_int(rows, 5) != 0,
        .is_closed = db_int(rows, 6) != 0,
        .is_recovered_reusable = db_int(rows, 7) != 0,
        .year = (int32_t)db_int(rows, 8),
        .depth = (int32_t)db_int(rows, 9),
        .code = db_text(arena, rows, 10),
        .path = db_text(arena, rows, 11),
        .name = db_text(arena, rows, 12),
        .appropriated = db_money(rows, 13),
        .allocated = db_money(rows, 14),
        .reserved = db_money(rows, 15),
        .approved = db_money(rows, 16),
        .paid = db_money(rows, 17),
        .recovered = db_money(rows, 18),
        .released = db_money(rows, 19),
        .direct = db_money(rows, 20),
        .paid_shares = shares_at(rows, 21),
    };
    for (int i = 0; i < LEDGER_LEVEL_COUNT; i++) {
        fund.rate_bp[i] = db_int(rows, 25 + i);
    }
    return fund;
}

static Transfer transfer_row(Arena *arena, const DbRows *rows) {
    return (Transfer){
        .id = db_int(rows, 0),
        .kind = (TransferKind)db_int(rows, 1),
        .fund = {db_int(rows, 2)},
        .other = {db_int(rows, 3)},
        .hold = {db_int(rows, 4)},
        .amount = db_money(rows, 5),
        .shares = shares_at(rows, 6),
        .at_ms = db_int(rows, 10),
        .journal_id = db_int(rows, 11),
        .basis = arena == NULL ? STR_NONE : db_text(arena, rows, 12),
    };
}

HoldRow store_holds_row(Arena *arena, const DbRows *rows) {
    HoldRow row = {
        .hold =
            {
                .id = {db_int(rows, 0)},
                .fund = {db_int(rows, 1)},
                .case_kind = arena == NULL ? STR_NONE : db_text(arena, rows, 2),
                .case_id = db_int(rows, 3),
                .reserved = db_money(rows, 4),
                .approved = db_money(rows, 5),
                .paid = db_money(rows, 6),
                .recovered = db_money(rows, 7),
                .released = db_money(rows, 8),
                .created_ms = db_int(rows, 9),
            },
        .root = {db_int(rows, 10)},
        .is_recovered_reusable = db_int(rows, 15) != 0,
    };
    for (int i = 0; i < LEDGER_LEVEL_COUNT; i++) {
        row.rate_bp[i] = db_int(rows, 11 + i);
    }
    return row;
}

Transfer store_hold_transfers_row(const DbRows *rows) {
    return transfer_row(NULL, rows);
}

/* ---- funds ---- */

/* Reads the one fund of a statement; *is_found false when there is none. */
static Status fund_one(Cx *cx, DbRows *rows, Fund *out, bool *is_found) {
    TRY(db_next(cx, rows, is_found));
    if (*is_found) {
        *out = fund_row(cx->arena, rows);
        db_rows_close(rows);
    }
    return STATUS_OK;
}

Status store_fund(Cx *cx, DbConn *conn, FundId fund, Fund *out) {
    DbRows *rows = NULL;
    bool is_found = false;
    TRY(crowd_end(cx, conn));
    TRY(db_query(cx, conn, SQL_FUND_BY_ID, DB_ARGS(DB_INT(fund.id)), &rows));
    TRY(fund_one(cx, rows, out, &is_found));
    if (!is_found) {
        return fault(cx, STATUS_NOT_FOUND, "没有编号为 %lld 的资金池", (long long)fund.id);
    }
    return STATUS_OK;
}

Status store_fund_by_path(Cx *cx, DbConn *conn, Str path, Fund *out) {
    DbRows *rows = NULL;
    bool is_found = false;
    TRY(crowd_end(cx, conn));
    TRY(db_query(cx, conn, SQL_FUND_BY_PATH, DB_ARGS(DB_TEXT(path)), &rows));
    TRY(fund_one(cx, rows, out, &is_found));
    if (!is_found) {
        return fault(cx, STATUS_NOT_FOUND, "没有代码为“" STR_FMT "”的资金池",
                     STR_ARG(str_head(path, 200)));
    }
    return STATUS_OK;
}

static Status fund_list(Cx *cx, DbRows *rows, FundList *out) {
    struct VEC(Fund) list = {0};
    for (;;) {
        bool has_row = false;
        TRY(cx_step(cx));
        TRY(db_next(cx, rows, &has_row));
        if (!has_row) {
            break;
        }
        *vec_push(cx->arena, &list) = fund_row(cx->arena, rows);
    }
    *out = (FundList){list.items, list.count};
    return STATUS_OK;
}

Status store_children(Cx *cx, DbConn *conn, FundId fund, FundList *out) {
    DbRows *rows = NULL;
    TRY(crowd_end(cx, conn));
    if (fund.id == 0) {
        TRY(db_query(cx, conn, SQL_FUND_ROOTS, DB_NO_ARGS, &rows));
    } else {
        TRY(db_query(cx, conn, SQL_FUND_CHILDREN, DB_ARGS(DB_INT(fund.id)), &rows));
    }
    return fund_list(cx, rows, out);
}

Status store_all_funds(Cx *cx, DbConn *conn, FundList *out) {
    DbRows *rows = NULL;
    TRY(crowd_end(cx, conn));
    TRY(db_query(cx, conn, SQL_FUND_ALL, DB_NO_ARGS, &rows));
    return fund_list(cx, rows, out);
}

Status store_path(Cx *cx, DbConn *conn, FundId fund, Path *out) {
    TRY(crowd_end(cx, conn));
    return store_path_read(cx, conn, fund, out);
}

Status store_path_read(Cx *cx, DbConn *conn, FundId fund, Path *out) {
    DbRows *rows = NULL;
    PathNode *nodes = arena_array(cx->arena, PathNode, FUND_DEPTH_MAX);
    size_t count = 0;
    TRY(db_query(cx, conn, SQL_FUND_WAY, DB_ARGS(DB_INT(fund.id)), &rows));
    for (;;) {
        bool has_row = false;
        TRY(db_next(cx, rows, &has_row));
        if (!has_row) {
            break;
        }
        check(count < FUND_DEPTH_MAX);
        nodes[count++] = (PathNode){fund_row(cx->arena, rows), db_int(rows, FUND_COLUMN_COUNT)};
    }
    *out = (Path){nodes, count};
    return STATUS_OK;
}

static DbValue id_or_null(int64_t id) {
    return id == 0 ? DB_NULL : DB_INT(id);
}

static Status way_insert(Cx *cx, DbConn *conn, const Fund *fund, FundId id) {
    TRY(db_exec(cx, conn, SQL_WAY_SELF_INSERT, DB_ARGS(DB_INT(id.id)), NULL));
    if (fund->parent.id == 0) {
        return db_exec(cx, conn, SQL_FUND_ROOT_SET, DB_ARGS(DB_INT(id.id)), NULL);
    }
    return db_exec(cx, conn, SQL_WAY_PARENT_INSERT,
                   DB_ARGS(DB_INT(id.id), DB_INT(fund->parent.id), DB_INT(fund->is_cap)), NULL);
}

Status store_fund_insert(Cx *cx, DbConn *conn, const Fund *fund, FundId *out, bool *is_taken) {
    DbRows *rows = NULL;
    bool has_row = false;
    FundId id = FUND_NONE;
    TRY(db_query(cx, conn, SQL_FUND_INSERT,
                 DB_ARGS(id_or_null(fund->parent.id), DB_INT(fund->root.id),
                         DB_TEXT(str_of(fund_kind_text(fund->kind))), DB_TEXT(fund->code),
                         DB_TEXT(fund->path), DB_TEXT(fund->name), DB_INT(fund->year),
                         DB_INT(fund->depth), DB_INT(fund->is_cap),
                         DB_INT(fund->is_recovered_reusable), DB_INT(fund->rate_bp[LEDGER_CENTRAL]),
                         DB_INT(fund->rate_bp[LEDGER_PROVINCE]), DB_INT(fund->rate_bp[LEDGER_CITY]),
                         DB_INT(fund->rate_bp[LEDGER_COUNTY])),
                 &rows));
    TRY(db_next(cx, rows, &has_row));
    *is_taken = !has_row;
    if (!has_row) {
        return STATUS_OK;
    }
    id.id = db_int(rows, 0);
    db_rows_close(rows);
    TRY(way_insert(cx, conn, fund, id));
    *out = id;
    return STATUS_OK;
}

Status store_fund_add(Cx *cx, DbConn *conn, FundId fund, int64_t appropriated_fen,
                      int64_t allocated_fen) {
    TRY(crowd_end(cx, conn));
    return db_exec(cx, conn, SQL_FUND_ADD,
                   DB_ARGS(DB_INT(fund.id), DB_INT(appropriated_fen), DB_INT(allocated_fen)), NULL);
}

Status store_reserved_add(Cx *cx, DbConn *conn, FundId fund, int64_t reserved_fen,
                          int64_t direct_fen) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_FUND_RESERVED_ADD,
                DB_ARGS(DB_INT(fund.id), DB_INT(reserved_fen), DB_INT(direct_fen)), &changed));
    return changed == 1
               ? STATUS_OK
               : fault(cx, STATUS_DB, "the fund %" PRId64 " of a reservation is gone", fund.id);
}

Status store_fund_flags(Cx *cx, DbConn *conn, FundId fund, bool is_frozen, bool is_closed) {
    TRY(crowd_end(cx, conn));
    return db_exec(cx, conn, SQL_FUND_FLAGS,
                   DB_ARGS(DB_INT(fund.id), DB_INT(is_frozen), DB_INT(is_closed)), NULL);
}

Status store_open_child_exists(Cx *cx, DbConn *conn, FundId fund, bool *out) {
    return db_exists(cx, conn, SQL_FUND_OPEN_CHILD, DB_ARGS(DB_INT(fund.id)), out);
}

/* ---- postings ---- */

Status store_post(Cx *cx, DbConn *conn, FundId fund, const Delta *delta, bool is_guarded,
                  bool *is_done) {
    int64_t changed = 0;
    const int64_t used = delta->reserved + delta->approved + delta->paid;
    const Money *parts = delta->paid_shares.part;
    TRY(crowd_end(cx, conn));
    TRY(db_exec(cx, conn, is_guarded ? SQL_POST_GUARDED : SQL_POST,
                DB_ARGS(DB_INT(fund.id), DB_INT(delta->reserved), DB_INT(delta->approved),
                        DB_INT(delta->paid), DB_INT(delta->recovered), DB_INT(delta->released),
                        DB_INT(used), DB_MONEY(parts[0]), DB_MONEY(parts[1]), DB_MONEY(parts[2]),
                        DB_MONEY(parts[3])),
                &changed));
    *is_done = changed > 0;
    return STATUS_OK;
}

Status store_hold_insert(Cx *cx, DbConn *conn, const HoldSpec *spec, HoldId *out) {
    TRY(db_new_id(cx, conn, SQL_HOLD_LAST, &out->id));
    return db_exec(cx, conn, SQL_HOLD_INSERT,
                   DB_ARGS(DB_INT(out->id), DB_INT(spec->fund.id), DB_TEXT(str_of(spec->case_kind)),
                           DB_INT(spec->case_id), DB_INT(db_now_ms(conn)), DB_MONEY(spec->amount)),
                   NULL);
}

Status store_hold_update(Cx *cx, DbConn *conn, const Hold *hold) {
    return db_exec(cx, conn, SQL_HOLD_UPDATE,
                   DB_ARGS(DB_INT(hold->id.id), DB_INT(hold->fund.id), DB_MONEY(hold->reserved),
                           DB_MONEY(hold->approved), DB_MONEY(hold->paid),
                           DB_MONEY(hold->recovered), DB_MONEY(hold->released)),
                   NULL);
}

Status store_hold(Cx *cx, DbConn *conn, HoldId hold, HoldRow *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_HOLD_BY_ID, DB_ARGS(DB_INT(hold.id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "没有编号为 %lld 的资金占用", (long long)hold.id);
    }
    *out = store_holds_row(cx->arena, rows);
    db_rows_close(rows);
    return STATUS_OK;
}

Status store_transfer_insert(Cx *cx, DbConn *conn, const Transfer *transfer) {
    const Money *parts = transfer->shares.part;
    return db_exec(cx, conn, SQL_TRANSFER_INSERT,
                   DB_ARGS(DB_INT((int64_t)transfer->kind), DB_INT(transfer->fund.id),
                           id_or_null(transfer->other.id), id_or_null(transfer->hold.id),
                           DB_MONEY(transfer->amount), DB_MONEY(parts[0]), DB_MONEY(parts[1]),
                           DB_MONEY(parts[2]), DB_MONEY(parts[3]), DB_INT(transfer->at_ms),
                           DB_INT(transfer->journal_id), DB_TEXT(transfer->basis)),
                   NULL);
}

/* ---- lists ---- */

static Status transfer_list(Cx *cx, DbRows *rows, size_t row_max, TransferList *out) {
    struct VEC(Transfer) list = {0};
    bool has_row = true;
    while (list.count < row_max) {
        TRY(cx_step(cx));
        TRY(db_next(cx, rows, &has_row));
        if (!has_row) {
            break;
        }
        *vec_push(cx->arena, &list) = transfer_row(cx->arena, rows);
    }
    bool has_more = false;
    if (has_row) {
        TRY(db_next(cx, rows, &has_more));
        db_rows_close(rows);
    }
    *out = (TransferList){list.items, list.count, has_more};
    return STATUS_OK;
}

Status store_transfers_of_fund(Cx *cx, DbConn *conn, FundId fund, const TransferPage *page,
                               TransferList *out) {
    DbRows *rows = NULL;
    const int64_t before = page->before_id == 0 ? INT64_MAX : page->before_id;
    /* One row more than asked tells whether there is another page. */
    TRY(db_query(cx, conn, page->is_with_subtree ? SQL_TRANSFER_BY_SUBTREE : SQL_TRANSFER_BY_FUND,
                 DB_ARGS(DB_INT(fund.id), DB_INT(before), DB_INT((int64_t)page->row_max + 1)),
                 &rows));
    return transfer_list(cx, rows, page->row_max, out);
}

Status store_transfers_of_hold(Cx *cx, DbConn *conn, HoldId hold, TransferList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_TRANSFER_BY_HOLD, DB_ARGS(DB_INT(hold.id)), &rows));
    return transfer_list(cx, rows, SIZE_MAX, out);
}

Status store_transfer_sums(Cx *cx, DbConn *conn, TransferSumList *out) {
    DbRows *rows = NULL;
    struct VEC(TransferSum) list = {0};
    TRY(db_query(cx, conn, SQL_TRANSFER_SUMS, DB_NO_ARGS, &rows));
    for (;;) {
        bool has_row = false;
        TRY(cx_step(cx));
        TRY(db_next(cx, rows, &has_row));
        if (!has_row) {
            break;
        }
        *vec_push(cx->arena, &list) = (TransferSum){
            .kind = (TransferKind)db_int(rows, 0),
            .fund = {db_int(rows, 1)},
            .other = {db_int(rows, 2)},
            .count = db_int(rows, 3),
            .amount = db_money(rows, 4),
            .shares = shares_at(rows, 5),
        };
    }
    *out = (TransferSumList){list.items, list.count};
    return STATUS_OK;
}

Status store_unjournaled_count(Cx *cx, DbConn *conn, int64_t *out) {
    return db_int_or(cx, conn, SQL_TRANSFER_UNJOURNALED, DB_NO_ARGS, out);
}

Status store_holds_open(Cx *cx, DbConn *conn, DbRows **out) {
    return db_query(cx, conn, SQL_HOLD_ALL, DB_NO_ARGS, out);
}

Status store_hold_transfers_open(Cx *cx, DbConn *conn, DbRows **out) {
    return db_query(cx, conn, SQL_TRANSFER_OF_HOLDS, DB_NO_ARGS, out);
}
