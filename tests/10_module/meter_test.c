/*
 * meter_test.c - the public meter: the run-out day and its interval, the daily counts against the
 * transfers, the signature.
 */
#include "base/prng.h"
#include "office/open/signed.h"
#include "office/treasury/meter.h"

#include <stdlib.h>
#include <string.h>

/* Last: its names are those of a whole program (arena, cx). */
#include "demo_house.h"

static int start(void **state) {
    (void)state;
    demo_house_open(300);
    return 0;
}

static void must(Status status) {
    if (status != STATUS_OK) {
        fail_msg("%s: %s (%s)", status_text(status), cx.fault.text, cx.fault.hint);
    }
}

/* ---- the estimate ---- */

#define TODAY day_of_ymd(2026, 6, 1)

static MeterForecast forecast_of(const int64_t *used, size_t count, int64_t rest) {
    MeterAsk ask = {.used_fen = used,
                    .count = count,
                    .rest = {rest},
                    .today = TODAY,
                    .last = day_of_ymd(2026, 12, 31)};
    return meter_forecast(&ask);
}

static void test_too_little_is_unknown(void **state) {
    (void)state;
    const int64_t used[] = {100, 100, 100, 100, 100, 100};
    assert_int_equal(forecast_of(used, 0, 1000).outlook, METER_UNKNOWN);
    assert_int_equal(forecast_of(used, 6, 1000).outlook, METER_UNKNOWN);
    assert_int_equal(forecast_of(used, 6, 0).outlook, METER_EMPTY);
    const int64_t none[7] = {0};
    assert_int_equal(forecast_of(none, 7, 1000).outlook, METER_IDLE);
    const int64_t back[7] = {5, -9, 1, 0, 0, 0, 0};
    assert_int_equal(forecast_of(back, 7, 1000).outlook, METER_IDLE);
}

/* The same every day: the day is exact, and the interval is that day. */
static void test_even_use(void **state) {
    (void)state;
    int64_t used[30];
    for (size_t i = 0; i < 30; i++) {
        used[i] = 100;
    }
    MeterForecast at = forecast_of(used, 30, 1000);
    assert_int_equal(at.outlook, METER_RUNS_OUT);
    assert_int_equal(at.day_count, 21);
    assert_int_equal(at.expected.number, day_add(TODAY, 9).number);
    assert_int_equal(at.early.number, at.expected.number);
    assert_int_equal(at.late.number, at.expected.number);
    assert_int_equal(forecast_of(used, 30, 1001).expected.number, day_add(TODAY, 10).number);
    assert_int_equal(forecast_of(used, 30, 1).expected.number, TODAY.number);
    assert_int_equal(forecast_of(used, 20, 1000).day_count, 14);
    /* 120 days are the horizon, and the year ends before 214. */
    assert_int_equal(forecast_of(used, 30, 12000).outlook, METER_RUNS_OUT);
    assert_int_equal(forecast_of(used, 30, 12001).outlook, METER_LASTS);
}

static void test_nothing_beyond_the_year(void **state) {
    (void)state;
    int64_t used[21];
    for (size_t i = 0; i < 21; i++) {
        used[i] = 100;
    }
    MeterAsk ask = {.used_fen = used,
                    .count = 21,
                    .rest = {1000},
                    .today = day_of_ymd(2026, 12, 23),
                    .last = day_of_ymd(2026, 12, 31)};
    assert_int_equal(meter_forecast(&ask).outlook, METER_LASTS);
    ask.rest.fen = 900;
    assert_int_equal(meter_forecast(&ask).expected.number, ask.last.number);
}

/* Use as it is: uneven, more at week ends; even on the whole, falling after a launch, rising. How
 * often does the true day lie in the interval, and how far off is the expected one? */
typedef struct Course {
    const char *name;
    int64_t percent_a_week; /* by which use grows */
    int inside_least;       /* of a hundred */
    int64_t miss_most;      /* days, mean */
} Course;

static int64_t use_of_day(Prng *prng, const Course *course, int day) {
    int64_t base = (day % 7 >= 5 ? 1700 : 1000) * prng_between(prng, 40, 160);
    for (int week = 0; week < day / 7; week++) {
        base = base * (100 + course->percent_a_week) / 100;
    }
    return base / 100 + 1;
}

static void course_play(const Course *course) {
    enum { RUNS = 400 };
    int inside = 0;
    int64_t missed_days = 0;
    for (uint64_t run = 1; run <= RUNS; run++) {
        Prng prng;
        int64_t used[21];
        int true_day = 0;
        prng_init(&prng, run);
        for (int i = 0; i < 21; i++) {
            used[i] = use_of_day(&prng, course, i);
        }
        int64_t wanted = prng_between(&prng, 5000, 40000);
        int64_t rest = wanted - use_of_day(&prng, course, 21);
        while (rest > 0 && true_day < METER_HORIZON) {
            true_day++;
            rest -= use_of_day(&prng, course, 21 + true_day);
        }
        MeterForecast at = forecast_of(used, 21, wanted);
        int32_t day = day_add(TODAY, true_day).number;
        bool is_in = day_compare(at.early, DAY_NONE) != 0 && day >= at.early.number &&
                     (day_compare(at.late, DAY_NONE) == 0 || day <= at.late.number);
        inside += is_in ? 1 : 0;
        missed_days +=
            at.outlook == METER_RUNS_OUT ? labs((long)(day - at.expected.number)) : METER_HORIZON;
    }
    print_message("%s: inside the interval %d of %d, mean miss %.2f days\n", course->name, inside,
                  RUNS, (double)missed_days / RUNS);
    assert_true(inside * 100 >= course->inside_least * RUNS);
    assert_true(missed_days <= course->miss_most * RUNS);
}

static void test_the_interval_holds(void **state) {
    (void)state;
    /* A steady fall or rise is followed late: what is published is renewed every day. */
    static const Course courses[] = {
        {"even", 0, 80, 2}, {"falling", -10, 0, 15}, {"rising", 10, 50, 4}};
    for (size_t i = 0; i < sizeof courses / sizeof courses[0]; i++) {
        course_play(&courses[i]);
    }
}

/* ---- counting ---- */

static const char SQL_USED[] =
    "SELECT COALESCE(SUM(used_fen), 0) FROM meter_day WHERE fund_id = $1";
static const char SQL_COUNTS[] = "SELECT COUNT(*) FROM journal WHERE verb = 'meter.count'";

static int64_t number(const char *sql, int64_t fund) {
    DbConn *conn = NULL;
    int64_t value = 0;
    cx_init(&cx, arena);
    must(db_read_begin(&cx, house.db, &conn));
    if (fund == 0) {
        must(db_int_or(&cx, conn, sql, DB_NO_ARGS, &value));
    } else {
        must(db_int_or(&cx, conn, sql, DB_ARGS(DB_INT(fund)), &value));
    }
    db_read_end(house.db, conn);
    return value;
}

#define LATER_MS (day_start_ms(day_of_ymd(2026, 11, 21)) + INT64_C(36000000))

static void readings(MeterReadingList *out) {
    DbConn *conn = NULL;
    cx_init(&cx, arena);
    must(db_read_begin(&cx, house.db, &conn));
    must(meter_read(&cx, conn, LATER_MS, out));
    db_read_end(house.db, conn);
}

/* What was counted a day adds up to what the ledger says is in use, for every pot. */
static void test_days_add_up_to_the_ledger(void **state) {
    (void)state;
    MeterReadingList list;
    size_t used_count = 0;
    cx_init(&cx, arena);
    must(meter_job(&cx, house.db, LATER_MS));
    readings(&list);
    assert_true(list.count >= 3);
    for (size_t i = 0; i < list.count; i++) {
        const MeterReading *reading = &list.items[i];
        int64_t used = ledger_fund_used(&reading->fund).fen;
        assert_int_equal(number(SQL_USED, reading->pot.fund.id), used);
        used_count += used > 0 ? 1 : 0;
    }
    assert_true(used_count >= 2);
}

typedef struct Reserve {
    FundId fund;
    int64_t fen;
} Reserve;

static Status reserve_step(Cx *step_cx, DbConn *conn, void *input) {
    const Reserve *in = input;
    HoldId hold;
    HoldSpec spec = {.fund = in->fund, .amount = {in->fen}, .case_kind = "test", .case_id = 1};
    TRY(ledger_reserve(step_cx, conn, &spec, &hold));
    return ledger_release(step_cx, conn, hold, (Money){in->fen / 4});
}

static void test_counted_once_and_not_too_often(void **state) {
    (void)state;
    MeterReadingList list;
    int64_t counts = number(SQL_COUNTS, 0);
    assert_true(counts >= 1);
    readings(&list);
    size_t at = 0;
    while (at < list.count && list.items[at].left.fen == 0) {
        at++;
    }
    assert_true(at < list.count);
    const MeterReading *open = &list.items[at];
    int64_t before = number(SQL_USED, open->pot.fund.id);
    Reserve reserve = {open->pot.fund, 1000};
    DbCommand command = {.name = "test.reserve",
                         .actor = {.role = STR("tester"), .origin = STR("test")},
                         .work = reserve_step,
                         .input = &reserve,
                         .now_ms = LATER_MS};
    cx_init(&cx, arena);
    must(db_write(&cx, house.db, &command, NULL));
    must(meter_job(&cx, house.db, LATER_MS + METER_EVERY_MS - 1));
    assert_int_equal(number(SQL_USED, open->pot.fund.id), before);
    must(meter_job(&cx, house.db, LATER_MS + METER_EVERY_MS));
    assert_int_equal(number(SQL_USED, open->pot.fund.id), before + 750);
    must(meter_job(&cx, house.db, LATER_MS + 10 * METER_EVERY_MS));
    assert_int_equal(number(SQL_USED, open->pot.fund.id), before + 750);
    assert_int_equal(number(SQL_COUNTS, 0), counts + 1);
}

/* ---- the signature ---- */

static void test_signed(void **state) {
    (void)state;
    SealKey key;
    SealKey other;
    uint8_t bytes[SEAL_PUBLIC_BYTES];
    uint8_t bytes2[SEAL_PUBLIC_BYTES];
    Str text = STR_NONE;
    cx_init(&cx, arena);
    seal_key_new(&key);
    seal_key_new(&other);
    seal_sign_public(&key, bytes);
    seal_sign_public(&other, bytes2);
    Str public_key = {(const char *)bytes, sizeof bytes};
    Str json = signed_write(arena, &key, STR("{\"left_fen\":1}"));
    must(signed_read(&cx, json, public_key, &text));
    assert_true(str_equal(text, STR("{\"left_fen\":1}")));
    assert_int_equal(signed_read(&cx, json, (Str){(const char *)bytes2, sizeof bytes2}, &text),
                     STATUS_CONFLICT);
    fault_clear(&cx);
    Str forged = signed_write(arena, &other, STR("{\"left_fen\":2}"));
    assert_int_equal(signed_read(&cx, forged, public_key, &text), STATUS_CONFLICT);
    fault_clear(&cx);
    Str read = STR_NONE;
    must(signed_key_read(&cx, signed_key_write(arena, &key), &read));
    assert_true(str_equal(read, public_key));
    must(signed_key_read(&cx, seal_hex(arena, public_key), &read));
    assert_true(str_equal(read, public_key));
    assert_int_equal(signed_key_read(&cx, STR("{}"), &read), STATUS_INVALID);
}

/* Every byte changed in turn: never the same text under another signature. */
static void test_any_change_is_seen(void **state) {
    (void)state;
    SealKey key;
    uint8_t bytes[SEAL_PUBLIC_BYTES];
    Str text = STR_NONE;
    seal_key_new(&key);
    seal_sign_public(&key, bytes);
    Str json = signed_write(arena, &key, STR("{\"a\":1}"));
    char *copy = arena_array(arena, char, json.len + 1);
    for (size_t i = 0; i + 1 < json.len; i++) {
        memcpy(copy, json.at, json.len);
        copy[i] = copy[i] == 'A' ? 'B' : 'A';
        cx_init(&cx, arena);
        Status status =
            signed_read(&cx, (Str){copy, json.len}, (Str){(const char *)bytes, 32}, &text);
        assert_int_not_equal(status, STATUS_OK);
    }
    static const char *const bad[] = {
        "", "[]", "{", "{\"payload\":1}",
        "{\"payload\":\"\",\"protected\":\"\",\"signature\":\"\"}",
        /* {"alg":"none"} */
        "{\"payload\":\"e30\",\"protected\":\"eyJhbGciOiJub25lIn0\",\"signature\":\"\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cx_init(&cx, arena);
        assert_int_equal(signed_read(&cx, str_of(bad[i]), (Str){(const char *)bytes, 32}, &text),
                         STATUS_INVALID);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_too_little_is_unknown),
        cmocka_unit_test(test_even_use),
        cmocka_unit_test(test_nothing_beyond_the_year),
        cmocka_unit_test(test_the_interval_holds),
        cmocka_unit_test(test_days_add_up_to_the_ledger),
        cmocka_unit_test(test_counted_once_and_not_too_often),
        cmocka_unit_test(test_signed),
        cmocka_unit_test(test_any_change_is_seen),
    };
    return cmocka_run_group_tests(tests, start, demo_house_close);
}
