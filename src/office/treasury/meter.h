/*
 * meter.h - the public meter's memory: how much of each programme's pot was used a day, and when it
 * will be empty. Shown through treasury.h.
 *
 *   ledger_transfer ──counted once, in the background──▶ meter_day (pot × day) ──▶ run-out day
 *
 * A request reads at most METER_DAYS_MAX rows a pot, whatever the number of claims. Used is net:
 * reserved, less what was released or came back to be given out again.
 *
 * Method (docs/adr/0034-meter.md): the mean of the last METER_DAYS_MAX whole days, whole weeks
 * only, summed day by day from today until it reaches what is left; the interval of 80 % is where
 * the upper and the lower edge of the sum reach it, with the spread of the days and of the mean
 * itself (R. J. Hyndman, G. Athanasopoulos, "Forecasting: principles and practice", 3rd ed.,
 * sections 5.2 and 5.5, for a sum). Doubles: an estimate; no money is posted by it.
 */
#ifndef HUANXIN_OFFICE_TREASURY_METER_H
#define HUANXIN_OFFICE_TREASURY_METER_H

#include "office/treasury/treasury.h"

enum {
    METER_DAYS_MIN = 7,      /* fewer whole days say too little: 未知 */
    METER_DAYS_MAX = 21,     /* three whole weeks */
    METER_HORIZON = 120,     /* days ahead */
    METER_COUNT_MAX = 50000, /* transfers counted in one command */
    METER_EVERY_MS = 30000,
};

/* X(NAME, word, Chinese) */
#define METER_OUTLOOK_LIST(X)                                                                      \
    X(UNKNOWN, "unknown", "未知（数据不足 7 天）")                                                 \
    X(IDLE, "idle", "未知（近来没有净使用）")                                                      \
    X(LASTS, "lasts", "年底前或 120 天内用不完")                                                   \
    X(RUNS_OUT, "runs_out", "会用完")                                                              \
    X(STOPPED, "stopped", "暂停，不作预计")                                                        \
    X(EMPTY, "empty", "已用完")

typedef enum MeterOutlook {
#define X(name, word, zh) METER_##name,
    METER_OUTLOOK_LIST(X)
#undef X
} MeterOutlook;

Str meter_outlook_word(MeterOutlook outlook);
Str meter_outlook_zh(MeterOutlook outlook);

typedef struct MeterForecast {
    MeterOutlook outlook;
    Day expected; /* RUNS_OUT: the day on which the last fen goes */
    Day early;    /* the interval; DAY_NONE: not before the end of the year or the horizon */
    Day late;
    int64_t day_count; /* whole days that it rests on */
} MeterForecast;

typedef struct MeterAsk {
    const int64_t *used_fen; /* net use a day, oldest first, to yesterday */
    size_t count;
    Money rest; /* at the beginning of today */
    Day today;
    Day last; /* the pot's last day: 31 December of its year */
} MeterAsk;
/* Estimates. O(count + METER_HORIZON). */
MeterForecast meter_forecast(const MeterAsk *ask);

typedef struct MeterReading {
    TreasuryPot pot;
    Fund fund;
    Money left;       /* what can be given out at this moment; zero when closed, frozen or over */
    Money money_left; /* the same without the limits of the day and the hour */
    bool is_over;
    MeterForecast forecast;
} MeterReading;

typedef struct MeterReadingList {
    MeterReading *items;
    size_t count;
} MeterReadingList;

/* All pots, newest year first. O(pots × METER_DAYS_MAX). */
MUST_CHECK Status meter_read(Cx *cx, DbConn *conn, int64_t now_ms, MeterReadingList *out);
/* Counts transfers that were not yet counted: in the background, every METER_EVERY_MS at most. The
 * sums are made on a read connection; the command only adds them, and nothing when another server
 * was faster. */
MUST_CHECK Status meter_job(Cx *cx, Db *db, int64_t now_ms);

#endif
