/*
 * alert.h - what looks like fraud, with its evidence: found by fixed checks over sales, filed
 * prices, persons and claims; decided by an officer with a reason. An alert accuses nobody and
 * stops nothing by itself.
 *
 * The patterns are those of the audits of 2024 and 2025 (docs/reference/fraud-checks.md). Labels of
 * the demo city are never read here: bench/fraud_bench.c compares afterwards.
 */
#ifndef HUANXIN_OFFICE_ALERT_ALERT_H
#define HUANXIN_OFFICE_ALERT_ALERT_H

#include "office/city/city.h"
#include "web/web.h"

/* X(NAME, stored word, Chinese) */
#define ALERT_KIND_LIST(X)                                                                         \
    X(PRICE_MEDIAN, "price_median", "成交价高于同商品90天中位价")                                  \
    X(PRICE_REFILED, "price_refiled", "成交前刚调高备案价（先涨后补）")                            \
    X(GTIN_CLASS, "gtin_class", "同一商品备案的类别或能效与别家不同")                              \
    X(ZERO_PRICE, "zero_price", "成交价过低")                                                      \
    X(PAID_RETURN, "paid_return", "补贴到账后退货")                                                \
    X(SERIAL_RUN, "serial_run", "短期内序列号连号")                                                \
    X(SHARED_PHONE, "shared_phone", "一个手机号对应多人")                                          \
    X(SHARED_ACCOUNT, "shared_account", "一张银行卡对应多人")                                      \
    X(SHARED_ADDRESS, "shared_address", "一个收货或取货地址对应多人")                              \
    X(SHARED_DEVICE, "shared_device", "一台设备为多人办理")                                        \
    X(WRONG_CLASS, "wrong_class", "号牌与所报车辆类别不符")                                        \
    X(SCRAP_INTERVAL, "scrap_interval", "旧车过户到报废间隔过短")

typedef enum AlertKind {
#define X(name, code, zh) ALERT_##name,
    ALERT_KIND_LIST(X)
#undef X
        ALERT_KIND_COUNT
} AlertKind;

/* X(NAME, key in cities/<city>/alerts.yaml, least, most, usual). _bp: ten-thousandths; _fen. */
#define ALERT_BOUND_LIST(X)                                                                        \
    X(MEDIAN_DAYS, "median_days", 7, 365, 90)                                                      \
    X(MEDIAN_OWN_MIN, "median_own_min", 1, 1000, 3)                                                \
    X(MEDIAN_OWN_OVER_BP, "median_own_over_bp", 0, 100000, 1000)                                   \
    X(MEDIAN_CITY_MIN, "median_city_min", 1, 1000, 8)                                              \
    X(MEDIAN_CITY_OVER_BP, "median_city_over_bp", 0, 100000, 2000)                                 \
    X(FILED_DAYS_MIN, "filed_days_min", 1, 365, 30)                                                \
    X(REFILED_DAYS, "refiled_days", 1, 90, 7)                                                      \
    X(REFILED_OVER_BP, "refiled_over_bp", 0, 100000, 500)                                          \
    X(ZERO_FEN, "zero_fen", 1, 10000000, 10000)                                                    \
    X(RUN_UNITS_MIN, "run_units_min", 2, 1000, 4)                                                  \
    X(RUN_DAYS, "run_days", 1, 90, 7)                                                              \
    X(RUN_SPAN, "run_span", 2, 1000, 8)                                                            \
    X(PHONE_PERSONS_MIN, "phone_persons_min", 2, 1000, 5)                                          \
    X(ACCOUNT_PERSONS_MIN, "account_persons_min", 2, 1000, 3)                                      \
    X(ADDRESS_PERSONS_MIN, "address_persons_min", 2, 1000, 6)                                      \
    X(ADDRESS_DAYS, "address_days", 1, 365, 30)                                                    \
    X(DEVICE_PERSONS_MIN, "device_persons_min", 2, 1000, 5)                                        \
    X(DEVICE_DAYS, "device_days", 1, 365, 7)                                                       \
    X(SCRAP_OWNED_DAYS, "scrap_owned_days", 1, 3650, 180)

typedef enum AlertBound {
#define X(name, key, least, most, usual) ALERT_##name,
    ALERT_BOUND_LIST(X)
#undef X
        ALERT_BOUND_COUNT
} AlertBound;

typedef struct AlertBounds {
    int64_t value[ALERT_BOUND_COUNT];
} AlertBounds;
/* The usual bounds, and those that folder/alerts.yaml says otherwise. INVALID with file, key and
 * range for a number outside it or an unknown key. A city without the file has the usual ones. */
MUST_CHECK Status alert_bounds_load(Cx *cx, Str folder, const struct AlertBounds **out);
/* Of a city; static. */
const AlertBounds *alert_bounds(const City *city);

typedef struct Alert {
    int64_t id;
    Str kind;
    Str subject; /* "sale", "claim", "person", "mark" (office/mark), "filed_price" */
    int64_t subject_id;
    int64_t org_id; /* of a sale; 0 */
    Str evidence;   /* in Chinese: the values compared and the bound */
    Str state;      /* "open", "confirmed", "dismissed" */
    int64_t found_ms;
    Str reason;
    int64_t decided_ms;
} Alert;

typedef struct AlertList {
    Alert *items;
    size_t count;
    bool has_more;
} AlertList;

typedef struct AlertSpan {
    int64_t from_ms; /* sales and claims of from_ms..to_ms are judged */
    int64_t to_ms;
} AlertSpan;
/* Runs every check on a reading connection; stores nothing. O(sales in span * sales of the
 * same product in span and the 90 days before it). */
MUST_CHECK Status alert_find(Cx *cx, DbConn *conn, const City *city, const AlertSpan *span,
                             AlertList *out);
/* Stores what is new inside a write command; *count gets how many. */
MUST_CHECK Status alert_store(Cx *cx, DbConn *conn, const AlertList *found, int64_t now_ms,
                              int64_t *count);
/* Finds and stores, as the job of the night and as the officer's button. */
MUST_CHECK Status alert_run(Cx *cx, const City *city, const AlertSpan *span, int64_t now_ms,
                            int64_t *count);
/* The last two days, in the background. */
MUST_CHECK Status alert_job(Cx *cx, const City *city, int64_t now_ms);

typedef struct AlertVerdict {
    int64_t alert_id;
    int64_t officer_id;
    Str state; /* "confirmed", "dismissed" */
    Str reason;
    int64_t now_ms;
} AlertVerdict;
/* Decides an alert inside a write command; CONFLICT when it is decided. */
MUST_CHECK Status alert_decide(Cx *cx, DbConn *conn, const AlertVerdict *verdict);

/* The unit whose officers look at an alert: of a claim that of its programme, else the one that
 * hands out coupons; empty: every unit's. */
MUST_CHECK Status alert_unit(Cx *cx, DbConn *conn, const City *city, const Alert *alert, Str *out);
/* True for the lead office and for officers of the unit in charge. */
MUST_CHECK Status alert_may_decide(Cx *cx, DbConn *conn, const City *city, const Alert *alert,
                                   const WebUser *user, bool *out);

Str alert_kind_code(AlertKind kind);
Str alert_kind_zh(Str code);

Status alert_list_page(Web *web);
Status alert_page(Web *web);
Status alert_post(Web *web);
Status alert_run_post(Web *web);

#endif
