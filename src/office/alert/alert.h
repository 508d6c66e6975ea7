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
    X(ZERO_PRICE, "zero_price", "成交价过低")                                                      \
    X(PAID_RETURN, "paid_return", "补贴到账后退货")                                                \
    X(SERIAL_RUN, "serial_run", "短期内序列号连号")                                                \
    X(SHARED_PHONE, "shared_phone", "一个手机号对应多人")                                          \
    X(SHARED_ACCOUNT, "shared_account", "一张银行卡对应多人")                                      \
    X(WRONG_CLASS, "wrong_class", "号牌与所报车辆类别不符")                                        \
    X(SCRAP_INTERVAL, "scrap_interval", "旧车过户到报废间隔过短")

typedef enum AlertKind {
#define X(name, code, zh) ALERT_##name,
    ALERT_KIND_LIST(X)
#undef X
        ALERT_KIND_COUNT
} AlertKind;

enum {
    ALERT_MEDIAN_DAYS = 90,
    ALERT_MEDIAN_OWN_MIN = 3,        /* sales of the shop itself; fewer say nothing */
    ALERT_MEDIAN_OWN_OVER_BP = 1000, /* above the median by a tenth */
    ALERT_MEDIAN_CITY_MIN = 8,       /* else of all shops, whose prices differ more */
    ALERT_MEDIAN_CITY_OVER_BP = 2000,
    ALERT_REFILED_DAYS = 7,
    ALERT_REFILED_OVER_BP = 500,
    ALERT_ZERO_FEN = 10000,
    ALERT_RUN_UNITS_MIN = 4,
    ALERT_RUN_DAYS = 7,
    ALERT_RUN_GAP_MAX = 2,         /* one number may be missing: a sale that was refused */
    ALERT_PHONE_PERSONS_MIN = 5,   /* a village helper's phone serves a few old people */
    ALERT_ACCOUNT_PERSONS_MIN = 3, /* money of three people on one card has no good reason */
    ALERT_SCRAP_OWNED_DAYS = 180,
};

typedef struct Alert {
    int64_t id;
    Str kind;
    Str subject; /* "sale", "claim", "person" */
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
MUST_CHECK Status alert_find(Cx *cx, DbConn *conn, const AlertSpan *span, AlertList *out);
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

Str alert_kind_code(AlertKind kind);
Str alert_kind_zh(Str code);

Status alert_list_page(Web *web);
Status alert_page(Web *web);
Status alert_post(Web *web);
Status alert_run_post(Web *web);

#endif
