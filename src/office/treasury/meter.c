#include "office/treasury/meter.h"

#include "office/treasury/meter_store.h"

#include <inttypes.h>
#include <math.h>

/* Standard normal quantile at 0.9: an interval of 80 %. */
#define METER_Z80 1.2815515655446004

static const struct {
    const char *word;
    const char *zh;
} outlooks[] = {
#define X(name, word, zh) {word, zh},
    METER_OUTLOOK_LIST(X)
#undef X
};

Str meter_outlook_word(MeterOutlook outlook) {
    return str_of(outlooks[outlook].word);
}

Str meter_outlook_zh(MeterOutlook outlook) {
    return str_of(outlooks[outlook].zh);
}

/* ---- the estimate ---- */

/* The first day on which an edge of the sum reaches the rest. */
typedef struct Reach {
    Day mean, low, high;
} Reach;

typedef struct Spread {
    double mean; /* net use a day */
    double sd;   /* of one day */
    double count;
} Spread;

static Spread spread_of(const int64_t *used, size_t count) {
    Spread spread = {.count = (double)count};
    double squares = 0;
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += used[i];
    }
    spread.mean = (double)sum / spread.count;
    for (size_t i = 0; i < count; i++) {
        double off = (double)used[i] - spread.mean;
        squares += off * off;
    }
    spread.sd = sqrt(squares / (spread.count - 1));
    return spread;
}

static void reached(Day *day, double sum, double rest, Day now) {
    if (day_compare(*day, DAY_NONE) == 0 && sum >= rest) {
        *day = now;
    }
}

static Reach reach_find(const Spread *spread, const MeterAsk *ask) {
    Reach reach = {DAY_NONE, DAY_NONE, DAY_NONE};
    double rest = (double)ask->rest.fen;
    for (int32_t step = 1; step <= METER_HORIZON; step++) {
        Day day = day_add(ask->today, step - 1);
        double steps = step;
        double mean = spread->mean * steps;
        /* Of the days to come, and of the mean itself, which is wrong on all of them. */
        double sd = spread->sd * sqrt(steps + steps * steps / spread->count);
        if (day_compare(day, ask->last) > 0) {
            break;
        }
        reached(&reach.mean, mean, rest, day);
        reached(&reach.low, mean - METER_Z80 * sd, rest, day);
        reached(&reach.high, mean + METER_Z80 * sd, rest, day);
    }
    return reach;
}

static void estimate(const MeterAsk *ask, const int64_t *used, size_t count, MeterForecast *out) {
    Spread spread = spread_of(used, count);
    if (spread.mean <= 0) {
        out->outlook = METER_IDLE;
        return;
    }
    Reach reach = reach_find(&spread, ask);
    out->expected = reach.mean;
    out->early = reach.high;
    out->late = reach.low;
    out->outlook = day_compare(reach.mean, DAY_NONE) == 0 ? METER_LASTS : METER_RUNS_OUT;
}

MeterForecast meter_forecast(const MeterAsk *ask) {
    MeterForecast out = (MeterForecast){
        .outlook = METER_UNKNOWN, .expected = DAY_NONE, .early = DAY_NONE, .late = DAY_NONE};
    if (ask->rest.fen <= 0) {
        out.outlook = METER_EMPTY;
        return out;
    }
    size_t count = ask->count < METER_DAYS_MAX ? ask->count : METER_DAYS_MAX;
    /* Whole weeks, so that each day of the week counts the same. */
    count -= count % 7;
    if (count < METER_DAYS_MIN) {
        return out;
    }
    out.day_count = (int64_t)count;
    estimate(ask, ask->used_fen + (ask->count - count), count, &out);
    return out;
}

/* ---- reading ---- */

static Status forecast_of(Cx *cx, DbConn *conn, Day today, MeterReading *reading) {
    MeterDays days;
    FundId fund = reading->pot.fund;
    reading->forecast.outlook =
        ledger_fund_unused(&reading->fund).fen <= 0 ? METER_EMPTY : METER_STOPPED;
    if (reading->money_left.fen == 0) {
        return STATUS_OK;
    }
    TRY(meter_store_days(cx, conn, fund, day_add(today, -METER_DAYS_MAX), today, &days));
    MeterAsk ask = {.used_fen = days.used_fen,
                    .count = days.count,
                    .rest = money_add(reading->money_left, (Money){days.today_fen}),
                    .today = today,
                    .last = day_of_ymd((int32_t)reading->pot.year, 12, 31)};
    reading->forecast = meter_forecast(&ask);
    return STATUS_OK;
}

static Status reading_of(Cx *cx, DbConn *conn, int64_t now_ms, MeterReading *reading) {
    const TreasuryPot *pot = &reading->pot;
    Day today = day_of_instant(now_ms);
    TreasuryLeft left;
    TRY(ledger_fund_get(cx, conn, pot->fund, &reading->fund));
    TRY(treasury_pot_left(cx, conn, pot->fund, now_ms, &left));
    reading->left = left.now;
    reading->money_left = left.money;
    reading->is_over = pot->year < day_parts(today).year;
    /* What is over or closed cannot be given out, whatever the account still holds. */
    if (reading->is_over || !pot->is_open) {
        reading->left = MONEY_ZERO;
        reading->money_left = MONEY_ZERO;
    }
    if (reading->is_over) {
        return STATUS_OK;
    }
    return forecast_of(cx, conn, today, reading);
}

Status meter_read(Cx *cx, DbConn *conn, int64_t now_ms, MeterReadingList *out) {
    TreasuryPotList pots;
    TRY(treasury_pots(cx, conn, &pots));
    *out = (MeterReadingList){.items = arena_array(cx->arena, MeterReading, pots.count + 1)};
    for (size_t i = 0; i < pots.count; i++) {
        MeterReading *reading = &out->items[out->count++];
        TRY(cx_step(cx));
        *reading =
            (MeterReading){.pot = pots.items[i],
                           .forecast = {.expected = DAY_NONE, .early = DAY_NONE, .late = DAY_NONE}};
        TRY(reading_of(cx, conn, now_ms, reading));
    }
    return STATUS_OK;
}

/* ---- counting ---- */

static Status count_work(Cx *cx, DbConn *conn, void *input) {
    const MeterCount *count = input;
    bool is_first = false;
    TRY(meter_store_mark_move(cx, conn, count, &is_first));
    if (!is_first) {
        return fault(cx, STATUS_CONFLICT, "counted by another server");
    }
    for (size_t i = 0; i < count->sum_count; i++) {
        TRY(cx_step(cx));
        TRY(meter_store_day_add(cx, conn, &count->sums[i]));
    }
    DbEntry entry = {.verb = "meter.count",
                     .subject = "ledger_transfer",
                     .subject_id = count->to,
                     .after = str_print(cx->arena, "{\"from\":%" PRId64 ",\"to\":%" PRId64 "}",
                                        count->from, count->to)};
    return db_journal(cx, conn, &entry);
}

static Status sums_read(Cx *cx, Db *db, int64_t now_ms, MeterCount *out) {
    DbConn *conn = NULL;
    TRY(db_read_begin(cx, db, &conn));
    Status status = meter_store_next(cx, conn, now_ms, out);
    if (status == STATUS_OK && out->to > out->from) {
        status = meter_store_sums(cx, conn, out);
    }
    db_read_end(db, conn);
    return status;
}

Status meter_job(Cx *cx, Db *db, int64_t now_ms) {
    for (;;) {
        MeterCount count = {0};
        TRY(cx_step(cx));
        TRY(sums_read(cx, db, now_ms, &count));
        if (count.to <= count.from) {
            return STATUS_OK;
        }
        DbCommand command = {.name = "meter.count",
                             .actor = {.role = STR("system"), .origin = STR("job")},
                             .work = count_work,
                             .input = &count,
                             .now_ms = now_ms};
        Status status = db_write(cx, db, &command, NULL);
        if (status == STATUS_CONFLICT) {
            fault_clear(cx);
            return STATUS_OK;
        }
        TRY(status);
    }
}
