#include "office/recycle/recycle_store.h"

static const char SQL_SELLER_SUM[] =
    "SELECT SUM(net_fen) FROM reverse_invoice"
    " WHERE seller_hash = $1 AND month >= $2 AND month <= $3 AND state = 'prepared'";

Status recycle_store_seller_sum(Cx *cx, DbConn *conn, Str seller_hash, int64_t first, int64_t last,
                                Money *out) {
    out->fen = 0;
    return db_int_or(cx, conn, SQL_SELLER_SUM,
                     DB_ARGS(DB_TEXT(seller_hash), DB_INT(first), DB_INT(last)), &out->fen);
}

static const char SQL_INVOICE_INSERT[] =
    "INSERT INTO reverse_invoice (pickup_id, org_id, seller_hash, month, gross_fen, net_fen,"
    " vat_rate_bp, vat_fen, income_tax_fen, rolling_fen, state, reason, prepared_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id";

Status recycle_store_invoice_insert(Cx *cx, DbConn *conn, const ReverseInvoice *invoice,
                                    int64_t now_ms, int64_t *id) {
    return db_insert(cx, conn, SQL_INVOICE_INSERT,
                     DB_ARGS(DB_INT(invoice->pickup_id), DB_INT(invoice->org_id),
                             DB_TEXT(invoice->seller_hash), DB_INT(invoice->month),
                             DB_MONEY(invoice->gross), DB_MONEY(invoice->net),
                             DB_INT(invoice->vat_rate_bp), DB_MONEY(invoice->vat),
                             DB_MONEY(invoice->income_tax), DB_MONEY(invoice->rolling),
                             DB_TEXT(invoice->is_blocked ? STR("blocked") : STR("prepared")),
                             DB_TEXT(invoice->reason), DB_INT(now_ms)),
                     id);
}

static const char SQL_INVOICES[] =
    "SELECT reverse_invoice.id, pickup_id, person.name_masked, person.id_masked, month, gross_fen,"
    " net_fen, vat_rate_bp, vat_fen, income_tax_fen, rolling_fen, reverse_invoice.state, reason,"
    " prepared_ms FROM reverse_invoice JOIN pickup ON pickup.id = reverse_invoice.pickup_id"
    " JOIN person ON person.id = pickup.person_id WHERE reverse_invoice.org_id = $1"
    " ORDER BY reverse_invoice.id DESC LIMIT $2 OFFSET $3";

Status recycle_store_invoices(Cx *cx, DbConn *conn, int64_t org_id, int64_t page, DbRows **out) {
    return db_query(cx, conn, SQL_INVOICES,
                    DB_ARGS(DB_INT(org_id), DB_INT(RECYCLE_ROWS_PER_PAGE + 1),
                            DB_INT(page * RECYCLE_ROWS_PER_PAGE)),
                    out);
}

static const char SQL_CERTIFICATE_INSERT[] =
    "INSERT INTO certificate (number, pickup_id, org_id, category, town_code, old_serial, net_gram,"
    " method, ended_day, made_by, made_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    " RETURNING id";

Status recycle_store_certificate_insert(Cx *cx, DbConn *conn, const Certificate *certificate,
                                        int64_t *id) {
    return db_insert(cx, conn, SQL_CERTIFICATE_INSERT,
                     DB_ARGS(DB_TEXT(certificate->number), DB_INT(certificate->pickup_id),
                             DB_INT(certificate->org_id), DB_TEXT(certificate->category),
                             DB_TEXT(certificate->town_code), DB_TEXT(certificate->old_serial),
                             DB_INT(certificate->net_gram), DB_TEXT(certificate->method),
                             DB_DAY(certificate->ended_day), DB_INT(certificate->made_by),
                             DB_INT(certificate->made_ms)),
                     id);
}

#define CERTIFICATE_COLUMNS                                                                        \
    "id, number, pickup_id, org_id, category, town_code, old_serial, net_gram, method, ended_day," \
    " made_by, made_ms"

static Certificate certificate_of_row(Arena *arena, const DbRows *rows) {
    return (Certificate){.id = db_int(rows, 0),
                         .number = db_text(arena, rows, 1),
                         .pickup_id = db_int(rows, 2),
                         .org_id = db_int(rows, 3),
                         .category = db_text(arena, rows, 4),
                         .town_code = db_text(arena, rows, 5),
                         .old_serial = db_text(arena, rows, 6),
                         .net_gram = db_int(rows, 7),
                         .method = db_text(arena, rows, 8),
                         .ended_day = db_day(rows, 9),
                         .made_by = db_int(rows, 10),
                         .made_ms = db_int(rows, 11)};
}

static const char SQL_CERTIFICATE_FIND[] =
    "SELECT " CERTIFICATE_COLUMNS " FROM certificate WHERE id = $1";

Status recycle_store_certificate_find(Cx *cx, DbConn *conn, int64_t id, Certificate *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_CERTIFICATE_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "没有这份拆解证明");
    }
    *out = certificate_of_row(cx->arena, rows);
    db_rows_close(rows);
    return STATUS_OK;
}

static const char SQL_CERTIFICATES[] =
    "SELECT " CERTIFICATE_COLUMNS " FROM certificate WHERE ended_day >= $1 AND ended_day <= $2"
    " ORDER BY ended_day DESC, id DESC LIMIT $3 OFFSET $4";

static void certificates_row(Arena *arena, const DbRows *rows, void *item) {
    *(Certificate *)item = certificate_of_row(arena, rows);
}

Status recycle_store_certificates(Cx *cx, DbConn *conn, Day first, Day last, int64_t page,
                                  CertificateList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_CERTIFICATES,
                 DB_ARGS(DB_DAY(first), DB_DAY(last), DB_INT(RECYCLE_ROWS_PER_PAGE + 1),
                         DB_INT(page * RECYCLE_ROWS_PER_PAGE)),
                 &rows));
    TRY(db_collect(cx, rows, DB_ITEM(Certificate, certificates_row), &got));
    out->has_more = got.count > RECYCLE_ROWS_PER_PAGE;
    out->items = got.items;
    out->count = out->has_more ? RECYCLE_ROWS_PER_PAGE : got.count;
    return STATUS_OK;
}
