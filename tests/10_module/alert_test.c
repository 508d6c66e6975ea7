/*
 * alert_test.c - each fraud check at its bound: what stands on it says nothing, what is one step
 * beyond it does. Sales of a demo city are rewritten into the pattern, alone in a year of their
 * own.
 */
#include "demo_house.h"
#include "office/alert/alert.h"
#include "office/mark/mark.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int64_t sale_ids[16];

#define BEGIN day_start_ms(day_of_ymd(2030, 1, 1))

static int start(void **state) {
    (void)state;
    demo_house_open(300);
    return 0;
}

static void must(Status status) {
    if (status != STATUS_OK) {
        fail_msg("%s: %s", status_text(status), cx.fault.text);
    }
}

/* ---- patterns ---- */

static const char SQL_SALE_IDS[] = "SELECT id FROM sale WHERE sold_ms < $1 ORDER BY id LIMIT 16";
static const char SQL_SALE_SET[] =
    "UPDATE sale SET org_id = (SELECT min(id) FROM org WHERE kind = 'shop') + $2, gtin = $3,"
    " serial = $4, price_fen = $5, sold_ms = $6, state = $7 WHERE id = $1";
static const char SQL_PRICE_PUT[] =
    "INSERT INTO filed_price (org_id, gtin, title, programme, category, efficiency_level,"
    " price_fen, filed_ms, ended_ms) VALUES ((SELECT min(id) FROM org WHERE kind = 'shop'), $1,"
    " 't', 'appliance', 'tv', 1, $2, $3, $4)";

typedef struct Pattern {
    int64_t shop; /* offset from the first */
    const char *gtin;
    const char *serial;
    int64_t price_fen;
    int64_t hour; /* from BEGIN */
    const char *state;
} Pattern;

typedef struct PatternInput {
    const Pattern *rows;
    size_t count;
    int64_t filed_hour; /* 0: no filings */
    int64_t held_hours; /* of the filing before; 0: since ever */
    int64_t before_fen;
    int64_t filed_fen;
    int64_t step_fen; /* filed for an hour in between; 0: none */
} PatternInput;

static int64_t hour_ms(int64_t hour) {
    return BEGIN + hour * INT64_C(3600000);
}

static Status pattern_work(Cx *work_cx, DbConn *conn, void *input) {
    const PatternInput *in = input;
    for (size_t i = 0; i < in->count; i++) {
        const Pattern *row = &in->rows[i];
        TRY(db_exec(work_cx, conn, SQL_SALE_SET,
                    DB_ARGS(DB_INT(sale_ids[i]), DB_INT(row->shop), DB_TEXT(str_of(row->gtin)),
                            DB_TEXT(str_of(row->serial)), DB_INT(row->price_fen),
                            DB_INT(hour_ms(row->hour)), DB_TEXT(str_of(row->state))),
                    NULL));
    }
    if (in->filed_hour != 0) {
        int64_t filed_ms = hour_ms(in->filed_hour);
        Str gtin = str_of(in->rows[0].gtin);
        if (in->step_fen != 0) {
            TRY(db_exec(work_cx, conn, SQL_PRICE_PUT,
                        DB_ARGS(DB_TEXT(gtin), DB_INT(in->step_fen), DB_INT(filed_ms),
                                DB_INT(hour_ms(in->filed_hour + 1))),
                        NULL));
            TRY(db_exec(work_cx, conn, SQL_PRICE_PUT,
                        DB_ARGS(DB_TEXT(gtin), DB_INT(in->before_fen), DB_INT(1), DB_INT(filed_ms)),
                        NULL));
            return db_exec(work_cx, conn, SQL_PRICE_PUT,
                           DB_ARGS(DB_TEXT(gtin), DB_INT(in->filed_fen),
                                   DB_INT(hour_ms(in->filed_hour + 1)), DB_NULL),
                           NULL);
        }
        TRY(db_exec(
            work_cx, conn, SQL_PRICE_PUT,
            DB_ARGS(DB_TEXT(gtin), DB_INT(in->before_fen),
                    DB_INT(in->held_hours == 0 ? 1 : hour_ms(in->filed_hour - in->held_hours)),
                    DB_INT(filed_ms)),
            NULL));
        TRY(db_exec(work_cx, conn, SQL_PRICE_PUT,
                    DB_ARGS(DB_TEXT(gtin), DB_INT(in->filed_fen), DB_INT(filed_ms), DB_NULL),
                    NULL));
    }
    return STATUS_OK;
}

/* The alerts of a kind in the pattern's own time, which ends with its last row's week. */
static int64_t said(PatternInput *input, AlertKind kind) {
    DbConn *conn = NULL;
    DbRows *rows = NULL;
    bool has_row = false;
    AlertList found;
    AlertSpan span = {BEGIN, BEGIN + 400 * DAY_MS};
    cx_init(&cx, arena);
    must(db_read_begin(&cx, house.db, &conn));
    must(db_query(&cx, conn, SQL_SALE_IDS, DB_ARGS(DB_INT(INT64_MAX)), &rows));
    must(db_next(&cx, rows, &has_row));
    for (size_t i = 0; has_row && i < 16; i++) {
        sale_ids[i] = db_int(rows, 0);
        must(db_next(&cx, rows, &has_row));
    }
    db_read_end(house.db, conn);
    DbCommand command = {.name = "test.pattern",
                         .actor = {.role = STR("tester"), .origin = STR("test")},
                         .work = pattern_work,
                         .input = input,
                         .now_ms = BEGIN};
    must(db_write(&cx, house.db, &command, NULL));
    must(db_read_begin(&cx, house.db, &conn));
    must(alert_find(&cx, conn, &house.city, &span, &found));
    db_read_end(house.db, conn);
    int64_t count = 0;
    for (size_t i = 0; i < found.count; i++) {
        assert_true(found.items[i].evidence.len > 0);
        count += str_equal(found.items[i].kind, alert_kind_code(kind));
    }
    return count;
}

/* As said, for a product of its own. */
static int64_t said_of(PatternInput *input, const char *gtin, AlertKind kind) {
    Pattern rows[1] = {input->rows[0]};
    PatternInput other = *input;
    rows[0].gtin = gtin;
    other.rows = rows;
    return said(&other, kind);
}

static void test_median_of_the_shop(void **state) {
    (void)state;
    Pattern rows[] = {{0, "g1", "A1", 100000, 24, "paid"},
                      {0, "g1", "B7", 110000, 48, "paid"},
                      {0, "g1", "C3", 90000, 72, "paid"},
                      {0, "g1", "D9", 110000, 96, "paid"}};
    PatternInput input = {.rows = rows, .count = 4};
    assert_int_equal(said(&input, ALERT_PRICE_MEDIAN), 0); /* a tenth above is not above a tenth */
    rows[3].price_fen = 110001;
    assert_int_equal(said(&input, ALERT_PRICE_MEDIAN), 1);
    rows[0].hour = 96 - 89 * 24;
    assert_int_equal(said(&input, ALERT_PRICE_MEDIAN), 1);
    rows[0].hour = 96 - 90 * 24; /* to the hour: still inside */
    assert_int_equal(said(&input, ALERT_PRICE_MEDIAN), 1);
    rows[0].hour = 96 - 90 * 24 - 1; /* one of three is older than 90 days: too few say nothing */
    assert_int_equal(said(&input, ALERT_PRICE_MEDIAN), 0);
    rows[0].hour = 96 - 91 * 24;
    assert_int_equal(said(&input, ALERT_PRICE_MEDIAN), 0);
}

/* A product that was never sold: what the shop had filed counts, from 30 days of it on. */
static void test_median_of_the_filing(void **state) {
    (void)state;
    Pattern rows[] = {{0, "g7", "J1", 110000, 5000, "paid"}};
    PatternInput input = {.rows = rows,
                          .count = 1,
                          .filed_hour = 5000 - 1,
                          .held_hours = 30 * 24 - 2,
                          .before_fen = 100000,
                          .filed_fen = 130000};
    assert_int_equal(said(&input, ALERT_PRICE_MEDIAN), 0); /* a tenth above is not above a tenth */
    rows[0].price_fen = 110001;
    assert_int_equal(said_of(&input, "g8", ALERT_PRICE_MEDIAN), 0); /* an hour short of 30 days */
    input.held_hours = 30 * 24 - 1;
    assert_int_equal(said_of(&input, "g9", ALERT_PRICE_MEDIAN), 1);
    input.held_hours = 200 * 24; /* what was filed before the 90 days does not count */
    assert_int_equal(said_of(&input, "g10", ALERT_PRICE_MEDIAN), 1);
    input.filed_hour = 5000 - 46 * 24; /* for more than half of them the new price stood */
    assert_int_equal(said_of(&input, "g11", ALERT_PRICE_MEDIAN), 0);
    input.filed_hour = 5000 - 44 * 24;
    assert_int_equal(said_of(&input, "g12", ALERT_PRICE_MEDIAN), 1);
}

static void test_price_refiled_before_the_sale(void **state) {
    (void)state;
    Pattern rows[] = {{0, "g2", "E1", 105100, 1000, "paid"}};
    PatternInput input = {.rows = rows,
                          .count = 1,
                          .filed_hour = 1000 - 7 * 24 + 1,
                          .before_fen = 100000,
                          .filed_fen = 105001};
    assert_int_equal(said(&input, ALERT_PRICE_REFILED), 1);
    input.filed_hour = 0;
    rows[0].hour = 1002; /* seven days after the filing and more */
    assert_int_equal(said(&input, ALERT_PRICE_REFILED), 0);
    rows[0].hour = 1000;
    rows[0].price_fen = 100000; /* sold at the old price */
    assert_int_equal(said(&input, ALERT_PRICE_REFILED), 0);
}

/* A rise in steps is one rise; the bound itself says nothing; nor does a rise seven days ago. */
static void test_price_refiled_at_its_bounds(void **state) {
    (void)state;
    Pattern rows[] = {{0, "k1", "E7", 105000, 6000, "paid"}};
    PatternInput input = {.rows = rows,
                          .count = 1,
                          .filed_hour = 6000 - 1,
                          .before_fen = 100000,
                          .filed_fen = 105000};
    assert_int_equal(said_of(&input, "k1", ALERT_PRICE_REFILED), 0); /* 5 % is not above 5 % */
    input.filed_fen = 105001;
    assert_int_equal(said_of(&input, "k2", ALERT_PRICE_REFILED), 1);
    input.filed_hour = 6000 - 7 * 24;
    assert_int_equal(said_of(&input, "k3", ALERT_PRICE_REFILED), 0);
    input.filed_hour++;
    assert_int_equal(said_of(&input, "k4", ALERT_PRICE_REFILED), 1);
    input.step_fen = 103000; /* 3 %, then 2 % more: together above 5 % */
    assert_int_equal(said_of(&input, "k5", ALERT_PRICE_REFILED), 1);
    rows[0].price_fen = 100000;
    assert_int_equal(said_of(&input, "k6", ALERT_PRICE_REFILED), 0);
}

/* ---- one product filed as two ---- */

static const char SQL_CLASS_PUT[] =
    "INSERT INTO filed_price (org_id, gtin, title, programme, category, efficiency_level,"
    " price_fen, filed_ms, ended_ms) VALUES ((SELECT min(id) FROM org WHERE kind = 'shop') + $1,"
    " $2, 't', 'appliance', $3, $4, 100000, $5, $6)";

typedef struct ClassFiling {
    int64_t shop;
    const char *category;
    int64_t level;
} ClassFiling;
typedef struct ClassInput {
    const char *gtin;
    ClassFiling filings[4]; /* up to one without a category */
    int64_t filed_ms;
    int64_t ended_ms; /* of all; 0: in force */
} ClassInput;

static Status class_work(Cx *work_cx, DbConn *conn, void *input) {
    const ClassInput *in = input;
    for (size_t i = 0; i < 4 && in->filings[i].category != NULL; i++) {
        const ClassFiling *row = &in->filings[i];
        TRY(db_exec(work_cx, conn, SQL_CLASS_PUT,
                    DB_ARGS(DB_INT(row->shop), DB_TEXT(str_of(in->gtin)),
                            DB_TEXT(str_of(row->category)), DB_INT(row->level),
                            DB_INT(in->filed_ms),
                            in->ended_ms == 0 ? DB_NULL : DB_INT(in->ended_ms)),
                    NULL));
    }
    return STATUS_OK;
}

/* How many filings of the product an alert names. */
static int64_t said_of_classes(ClassInput *input) {
    DbConn *conn = NULL;
    AlertList found;
    AlertSpan span = {BEGIN, BEGIN + 400 * DAY_MS};
    DbCommand command = {.name = "test.classes",
                         .actor = {.role = STR("tester"), .origin = STR("test")},
                         .work = class_work,
                         .input = input,
                         .now_ms = BEGIN};
    cx_init(&cx, arena);
    must(db_write(&cx, house.db, &command, NULL));
    must(db_read_begin(&cx, house.db, &conn));
    must(alert_find(&cx, conn, &house.city, &span, &found));
    db_read_end(house.db, conn);
    int64_t count = 0;
    Str words = str_print(arena, "商品条码 %s ", input->gtin);
    for (size_t i = 0; i < found.count; i++) {
        count += str_equal(found.items[i].kind, alert_kind_code(ALERT_GTIN_CLASS)) &&
                 str_contains(found.items[i].evidence, words);
    }
    return count;
}

static void test_one_product_filed_as_two(void **state) {
    (void)state;
    int64_t now_ms = BEGIN + DAY_MS;
    ClassInput same = {"c1", {{0, "tv", 1}, {1, "tv", 1}}, now_ms, 0};
    assert_int_equal(said_of_classes(&same), 0);
    ClassInput one_by_one = {"c2", {{0, "tv", 1}, {1, "tv", 2}}, now_ms, 0};
    assert_int_equal(said_of_classes(&one_by_one), 2); /* nobody knows which */
    ClassInput level = {"c3", {{0, "tv", 1}, {1, "tv", 2}, {2, "tv", 2}}, now_ms, 0};
    assert_int_equal(said_of_classes(&level), 1);
    ClassInput category = {"c4", {{0, "tv", 1}, {1, "fridge", 1}, {2, "tv", 1}}, now_ms, 0};
    assert_int_equal(said_of_classes(&category), 1);
    ClassInput own = {"c5", {{0, "tv", 1}, {0, "tv", 2}}, now_ms, now_ms + 1};
    assert_int_equal(said_of_classes(&own), 0); /* corrected by the shop itself */
    ClassInput over = {"c6", {{0, "tv", 1}, {1, "tv", 2}}, BEGIN - DAY_MS, BEGIN};
    assert_int_equal(said_of_classes(&over), 0); /* ended before the span */
}

static void test_zero_price_and_paid_return(void **state) {
    (void)state;
    Pattern rows[] = {{0, "g3", "F1", 10000, 2000, "paid"},
                      {0, "g4", "F5", 200000, 2000, "returned"}};
    PatternInput input = {.rows = rows, .count = 2};
    assert_int_equal(said(&input, ALERT_ZERO_PRICE), 0);
    assert_int_equal(said(&input, ALERT_PAID_RETURN), 0);
    rows[0].price_fen--;
    rows[1].state = "recovering";
    assert_int_equal(said(&input, ALERT_ZERO_PRICE), 1);
    assert_int_equal(said(&input, ALERT_PAID_RETURN), 1);
}

static void test_serials_in_a_run(void **state) {
    (void)state;
    Pattern rows[] = {{0, "h1", "RUN-000101", 200000, 3000, "paid"},
                      {0, "h2", "RUN-000102", 200000, 3010, "paid"},
                      {0, "h3", "RUN-000104", 200000, 3020, "paid"},
                      {0, "h4", "RUN-000109", 200000, 3030, "paid"}};
    PatternInput input = {.rows = rows, .count = 4};
    assert_int_equal(said(&input, ALERT_SERIAL_RUN), 0); /* four within nine numbers */
    rows[3].serial = "RUN-000108";
    assert_int_equal(said(&input, ALERT_SERIAL_RUN), 4); /* within eight */
    rows[3].shop = 1;                                    /* another shop's unit */
    assert_int_equal(said(&input, ALERT_SERIAL_RUN), 0);
    rows[3].shop = 0;
    rows[3].hour = 3020 + 7 * 24 + 1;
    assert_int_equal(said(&input, ALERT_SERIAL_RUN), 0);
}

/* ---- marks ---- */

typedef struct MarkPattern {
    MarkKind kind;
    const char *hash;
    int64_t persons; /* the first residents, one use each */
    int64_t apart_ms;
    int64_t from_ms;
} MarkPattern;

static const char SQL_RESIDENTS[] =
    "SELECT id FROM person WHERE role = 'resident' ORDER BY id LIMIT $1";

static Status marks_work(Cx *work_cx, DbConn *conn, void *input) {
    const MarkPattern *in = input;
    DbRows *rows = NULL;
    bool has_row = false;
    int64_t count = 0;
    int64_t persons[16];
    TRY(db_query(work_cx, conn, SQL_RESIDENTS, DB_ARGS(DB_INT(in->persons)), &rows));
    TRY(db_next(work_cx, rows, &has_row));
    while (has_row) {
        persons[count++] = db_int(rows, 0);
        TRY(db_next(work_cx, rows, &has_row));
    }
    for (int64_t i = 0; i < count; i++) {
        MarkUse use = {.kind = in->kind,
                       .hash = str_of(in->hash),
                       .subject = STR("coupon"),
                       .subject_id = 900000 + i,
                       .person_id = persons[i],
                       .now_ms = in->from_ms + i * in->apart_ms};
        TRY(mark_put(work_cx, conn, &use));
    }
    return STATUS_OK;
}

/* The alerts of a kind in a span, after a pattern of marks. */
static int64_t said_of_marks(MarkPattern *pattern, const AlertSpan *span, AlertKind kind) {
    DbConn *conn = NULL;
    AlertList found;
    DbCommand command = {.name = "test.marks",
                         .actor = {.role = STR("tester"), .origin = STR("test")},
                         .work = marks_work,
                         .input = pattern,
                         .now_ms = BEGIN};
    cx_init(&cx, arena);
    must(db_write(&cx, house.db, &command, NULL));
    must(db_read_begin(&cx, house.db, &conn));
    must(alert_find(&cx, conn, &house.city, span, &found));
    db_read_end(house.db, conn);
    int64_t count = 0;
    for (size_t i = 0; i < found.count; i++) {
        const Alert *alert = &found.items[i];
        if (str_equal(alert->kind, alert_kind_code(kind))) {
            count++;
            assert_true(str_equal(alert->subject, STR("mark")));
            assert_true(str_contains(alert->evidence, STR("资格券 900000（")));
            assert_false(str_contains(alert->evidence, str_of(pattern->hash)));
        }
    }
    return count;
}

static void test_one_device_for_many(void **state) {
    (void)state;
    const int64_t *bound = alert_bounds(&house.city)->value;
    int64_t least = bound[ALERT_DEVICE_PERSONS_MIN];
    int64_t from_ms = BEGIN + 2000 * DAY_MS;
    int64_t last_ms = bound[ALERT_DEVICE_DAYS] * DAY_MS - 1; /* the last instant inside */
    AlertSpan span = {from_ms, from_ms + 100 * DAY_MS};
    MarkPattern few = {MARK_DEVICE, "d-few", least - 1, 1000, from_ms};
    assert_int_equal(said_of_marks(&few, &span, ALERT_SHARED_DEVICE), 0);
    MarkPattern slow = {MARK_DEVICE, "d-slow", least, last_ms / (least - 1) + 1, from_ms};
    assert_int_equal(said_of_marks(&slow, &span, ALERT_SHARED_DEVICE), 0);
    MarkPattern many = {MARK_DEVICE, "d-many", least, last_ms / (least - 1), from_ms};
    assert_int_equal(said_of_marks(&many, &span, ALERT_SHARED_DEVICE), 1);
    assert_int_equal(said_of_marks(&many, &span, ALERT_SHARED_ADDRESS), 0);
    MarkPattern home = {MARK_ADDRESS, "d-many", bound[ALERT_ADDRESS_PERSONS_MIN], 1000, from_ms};
    assert_int_equal(said_of_marks(&home, &span, ALERT_SHARED_ADDRESS), 1);
    assert_int_equal(said_of_marks(&home, &span, ALERT_SHARED_DEVICE), 1);
}

/* A span that begins inside a window still sees the whole of it; one after it, nothing. */
static void test_windows_reach_back_from_the_span(void **state) {
    (void)state;
    const int64_t *bound = alert_bounds(&house.city)->value;
    int64_t least = bound[ALERT_DEVICE_PERSONS_MIN];
    int64_t from_ms = BEGIN + 4000 * DAY_MS;
    MarkPattern many = {MARK_DEVICE, "d-window", least, DAY_MS, from_ms};
    AlertSpan last_day = {from_ms + (least - 1) * DAY_MS, from_ms + least * DAY_MS};
    AlertSpan later = {from_ms + 60 * DAY_MS, from_ms + 61 * DAY_MS};
    assert_int_equal(said_of_marks(&many, &last_day, ALERT_SHARED_DEVICE), 1);
    assert_int_equal(said_of_marks(&many, &later, ALERT_SHARED_DEVICE), 0);
}

static void test_bounds_of_the_city(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *words; /* of the refusal; NULL: taken */
    } rows[] = {{"device_persons_min: 2\n", NULL},
                {"device_persons_min: 1\n", "2 to 1000"},
                {"device_persons_min: 1001\n", "2 to 1000"},
                {"device_person: 3\n", "unknown key"}};
    const AlertBounds *bounds = NULL;
    char path[200];
    (void)snprintf(path, sizeof path, "%s/alerts.yaml", data_folder);
    cx_init(&cx, arena);
    must(alert_bounds_load(&cx, str_of(data_folder), &bounds));
    assert_int_equal(bounds->value[ALERT_DEVICE_PERSONS_MIN], 5);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_true(fputs(rows[i].text, file) >= 0);
        assert_int_equal(fclose(file), 0);
        cx_init(&cx, arena);
        Status status = alert_bounds_load(&cx, str_of(data_folder), &bounds);
        assert_int_equal(status, rows[i].words == NULL ? STATUS_OK : STATUS_INVALID);
        assert_true(rows[i].words == NULL ||
                    str_contains(str_of(cx.fault.text), str_of(rows[i].words)));
    }
}

static Status decide_work(Cx *work_cx, DbConn *conn, void *input) {
    return alert_decide(work_cx, conn, input);
}

static void test_found_once_decided_once(void **state) {
    (void)state;
    AlertSpan span = {0, BEGIN + 400 * DAY_MS};
    int64_t count = 0;
    int64_t again = -1;
    cx_init(&cx, arena);
    must(alert_run(&cx, &house.city, &span, BEGIN, &count));
    assert_true(count > 0);
    must(alert_run(&cx, &house.city, &span, BEGIN, &again));
    assert_int_equal(again, 0);
    AlertVerdict verdict = {.alert_id = 1,
                            .officer_id = 1,
                            .state = STR("dismissed"),
                            .reason = STR("核对无误"),
                            .now_ms = BEGIN};
    DbCommand command = {.name = "test.decide",
                         .actor = {.role = STR("tester"), .origin = STR("test")},
                         .work = decide_work,
                         .input = &verdict,
                         .now_ms = BEGIN};
    must(db_write(&cx, house.db, &command, NULL));
    cx_init(&cx, arena);
    assert_int_equal(db_write(&cx, house.db, &command, NULL), STATUS_CONFLICT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_median_of_the_shop),
        cmocka_unit_test(test_price_refiled_before_the_sale),
        cmocka_unit_test(test_median_of_the_filing),
        cmocka_unit_test(test_price_refiled_at_its_bounds),
        cmocka_unit_test(test_one_product_filed_as_two),
        cmocka_unit_test(test_zero_price_and_paid_return),
        cmocka_unit_test(test_serials_in_a_run),
        cmocka_unit_test(test_one_device_for_many),
        cmocka_unit_test(test_windows_reach_back_from_the_span),
        cmocka_unit_test(test_bounds_of_the_city),
        cmocka_unit_test(test_found_once_decided_once),
    };
    return cmocka_run_group_tests(tests, start, demo_house_close);
}
