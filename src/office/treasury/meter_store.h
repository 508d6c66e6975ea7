/* meter_store.h - the SQL of the public meter's memory. Private to office/treasury. */
#ifndef HUANXIN_OFFICE_TREASURY_METER_STORE_H
#define HUANXIN_OFFICE_TREASURY_METER_STORE_H

#include "office/treasury/meter.h"

typedef struct MeterSum {
    FundId fund;
    Day day;
    int64_t used_fen;
} MeterSum;

typedef struct MeterCount {
    int64_t from; /* the last transfer that was counted */
    int64_t to;   /* the last one of this count */
    int64_t now_ms;
    MeterSum *sums;
    size_t sum_count;
} MeterCount;

/* What is to be counted now; to == from: nothing, or too early. */
MUST_CHECK Status meter_store_next(Cx *cx, DbConn *conn, int64_t now_ms, MeterCount *out);
/* Sums of the transfers from..to by pot and day. O(to - from). */
MUST_CHECK Status meter_store_sums(Cx *cx, DbConn *conn, MeterCount *count);
/* *is_first false: the mark does not stand at from any more. */
MUST_CHECK Status meter_store_mark_move(Cx *cx, DbConn *conn, const MeterCount *count,
                                        bool *is_first);
MUST_CHECK Status meter_store_day_add(Cx *cx, DbConn *conn, const MeterSum *sum);

typedef struct MeterDays {
    int64_t used_fen[METER_DAYS_MAX]; /* oldest first, to yesterday; days without use are 0 */
    size_t count;
    int64_t today_fen;
} MeterDays;
/* From `from`, or the pot's first day of use if that is later, to today. */
MUST_CHECK Status meter_store_days(Cx *cx, DbConn *conn, FundId fund, Day from, Day today,
                                   MeterDays *out);

#endif
