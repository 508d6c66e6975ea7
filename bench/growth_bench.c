/*
 * growth_bench.c - what a claim costs when a city, a prefecture, a province has claimed before.
 *
 *   growth_bench [MOST=1000000 [LEAST [FOLDER]]]     (make bench-growth MOST=10000000: 17 GB of
 * disk)
 *
 * With LEAST the sizes between 10,000 and LEAST are left out. FOLDER: data of MOST claims that an
 * earlier run has filled and could not measure.
 *
 * For 10,000, 100,000, ... existing claims: a demo city is made, one claim is done for real, and
 * its rows (idempotency key, decision, hold, transfer, coupon, journal entry under its SM3 chain)
 * are repeated for other residents by bulk load, with all indexes and the funds' totals. Then
 * claims are measured in process through db_write_later, by residents drawn at random from all over
 * the city, and the whole database is proved: the journal's chain is recomputed, every total is the
 * sum of its transfers. A claim that writes a table unknown here ends the program: teach it.
 *
 * The loader's own proof: it makes the row of the real claim's journal entry too and compares.
 * Wall time on a shared machine varies: of five rounds the best is told, beside processor time and
 * bytes written.
 */
#include "base/prng.h"
#include "ledger/ledger.h"
#include "main/house.h"
#include "office/coupon/coupon.h"
#include "office/treasury/treasury.h"

#include <inttypes.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    ROUND_CLAIMS = 3000,
    ROUNDS = 5,
    WARM_CLAIMS = 3000,
    PERSONS_LEAST = 40000,
    WARM_SHARE = 25,
    OUTSTANDING = 1024,
    TABLES_MAX = 200,
    TEXT_BYTES = 2000,
    INDEXES_MAX = 60,
    SIZES_MAX = 4,
};

typedef struct Bench {
    Arena *arena;
    Cx cx;
    char data[64];
    char file[100];
    Settings settings;
    House house;
    int64_t now_ms;
    Day today;
    const CityCategory *category;
    PolicyAnswer answer;
    Prng prng;
    int64_t size;         /* existing claims */
    int64_t person_first; /* of the residents made here: as many as claims */
    int64_t claim_count;  /* measured so far */
    int64_t real_person;  /* who makes the real claim; 0: done */
    int64_t offset;
    const char *wanted; /* category that is claimed */
} Bench;

static int64_t clock_ns(clockid_t clock) {
    struct timespec now;
    check(clock_gettime(clock, &now) == 0);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void must(const Bench *bench, Status status, const char *what) {
    if (status != STATUS_OK) {
        (void)fprintf(stderr, "growth_bench: %s: %s %s\n", what, bench->cx.fault.text,
                      bench->cx.fault.detail);
        exit(1);
    }
}

/* ---- the city ---------------------------------------------------------------------------------
 */

static void city_open(Bench *bench) {
    char *argv[] = {(char[]){"growth"}, (char[]){"--data"}, bench->data, NULL};
    cx_init(&bench->cx, bench->arena);
    must(bench, settings_read(&bench->cx, 3, argv, &bench->settings), "settings");
    must(bench, house_open(&bench->cx, &bench->settings, bench->now_ms, &bench->house), "opening");
    const City *city = &bench->house.city;
    /* Everybody has a fridge's coupon; what is measured is their second, of another category. */
    Str code = bench->person_first == 0 ? STR("fridge") : STR("washer");
    bench->category = city_category(city, STR("appliance"), day_parts(bench->today).year, code);
    check(bench->category != NULL);
    PolicyGoods goods = {.programme = bench->category->programme,
                         .category_name = bench->category->name,
                         .efficiency_level = 1,
                         .price = money_of_yuan(6999),
                         .day = bench->today};
    must(bench, policy_decide_goods(&bench->cx, city->policies, &goods, &bench->answer),
         "deciding");
}

/* Residents: as many as claims, and enough for the measurement. */
static int64_t person_count(int64_t size) {
    return size > PERSONS_LEAST ? size : PERSONS_LEAST;
}

/* Bulk load leaves the pages of an index full; in service they are two thirds full. So first as
 * many claims as make most pages split once. */
static int64_t warm_count(int64_t size) {
    int64_t share = size / WARM_SHARE;
    return share > WARM_CLAIMS ? share : WARM_CLAIMS;
}

static Status money_work(Cx *cx, DbConn *conn, void *input) {
    const Bench *bench = input;
    TreasuryPot pot;
    FundList way = {0};
    Money all = money_of_fen(bench->answer.cap.fen *
                             (bench->size + 10 + warm_count(bench->size) + ROUNDS * ROUND_CLAIMS));
    TRY(treasury_pot_find(cx, conn, STR("appliance"), day_parts(bench->today).year, &pot));
    TRY(ledger_fund_path(cx, conn, pot.fund, &way));
    for (size_t i = 0; i < way.count; i++) {
        TRY(ledger_appropriate(cx, conn, way.items[i].id, all, STR("growth bench")));
    }
    return STATUS_OK;
}

/* ---- bare SQLite ------------------------------------------------------------------------------
 */

static void sql_must(sqlite3 *db, int code, const char *what) {
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) {
        (void)fprintf(stderr, "growth_bench: %s: %s\n", what, sqlite3_errmsg(db));
        exit(1);
    }
}

static void run(sqlite3 *db, const char *sql) {
    sql_must(db, sqlite3_exec(db, sql, NULL, NULL, NULL), sql);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *stmt = NULL;
    sql_must(db, sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), sql);
    return stmt;
}

static int64_t number(sqlite3 *db, const char *sql) {
    sqlite3_stmt *stmt = prepare(db, sql);
    sql_must(db, sqlite3_step(stmt), sql);
    int64_t found = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return found;
}

static void step(sqlite3 *db, sqlite3_stmt *stmt) {
    sql_must(db, sqlite3_step(stmt), "filling");
    (void)sqlite3_reset(stmt);
}

static void bind_text(sqlite3_stmt *stmt, int at, const char *text) {
    (void)sqlite3_bind_text(stmt, at, text, -1, SQLITE_TRANSIENT);
}

/* ---- which tables a claim writes ---------------------------------------------------------------
 */

typedef struct Counts {
    char names[TABLES_MAX][64];
    int64_t rows[TABLES_MAX];
    int count;
} Counts;

static void counts_read(const char *file, Counts *out) {
    sqlite3 *db = NULL;
    check(sqlite3_open(file, &db) == SQLITE_OK);
    sqlite3_stmt *stmt = prepare(db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name "
                                     "NOT LIKE 'sqlite_%' ORDER BY name");
    out->count = 0;
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        check(out->count < TABLES_MAX);
        char *name = out->names[out->count];
        char sql[120];
        (void)snprintf(name, 64, "%s", (const char *)sqlite3_column_text(stmt, 0));
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", name);
        out->rows[out->count++] = number(db, sql);
    }
    sqlite3_finalize(stmt);
    (void)sqlite3_close(db);
}

/* One row in each of the six tables, and nothing anywhere else. */
static void counts_check(const Counts *before, const Counts *after) {
    static const char *const known[] = {"coupon",  "decision",    "idempotency",
                                        "journal", "ledger_hold", "ledger_transfer"};
    int found = 0;
    for (int i = 0; i < before->count; i++) {
        int64_t grown = after->rows[i] - before->rows[i];
        bool is_known = false;
        for (int k = 0; k < 6; k++) {
            is_known = is_known || strcmp(known[k], after->names[i]) == 0;
        }
        if (grown != is_known) {
            (void)fprintf(stderr, "growth_bench: a claim wrote %" PRId64 " rows of %s\n", grown,
                          after->names[i]);
            exit(1);
        }
        found += is_known;
    }
    check(found == 6);
}

/* ---- the loader --------------------------------------------------------------------------------
 */

/* A text with one number in it: head, number, tail. */
typedef struct Around {
    char head[TEXT_BYTES];
    char tail[TEXT_BYTES];
} Around;

static void around_split(const char *text, const char *name, Around *out) {
    const char *at = strstr(text, name);
    check(at != NULL);
    at += strlen(name);
    (void)snprintf(out->head, sizeof out->head, "%.*s", (int)(at - text), text);
    (void)snprintf(out->tail, sizeof out->tail, "%s", at + strspn(at, "0123456789"));
}

static int around_join(const Around *around, int64_t value, char out[2 * TEXT_BYTES]) {
    return snprintf(out, 2 * TEXT_BYTES, "%s%" PRId64 "%s", around->head, value, around->tail);
}

/* The real claim, as the loader repeats it. */
typedef struct Pattern {
    int64_t journal;
    int64_t decision;
    int64_t hold;
    int64_t transfer;
    int64_t coupon;
    int64_t person;
    int64_t at_ms;
    char role[40];
    char origin[40];
    Around after;
    Around attached;
    uint8_t hash_before[SEAL_SM3_BYTES];
    uint8_t hash[SEAL_SM3_BYTES];
} Pattern;

static void column_copy(sqlite3_stmt *stmt, int column, char *out, size_t room) {
    (void)snprintf(out, room, "%s", (const char *)sqlite3_column_text(stmt, column));
}

static void hash_read(sqlite3 *db, int64_t id, uint8_t out[SEAL_SM3_BYTES]) {
    sqlite3_stmt *stmt = prepare(db, "SELECT hash FROM journal WHERE id = ?1");
    (void)sqlite3_bind_int64(stmt, 1, id);
    check(sqlite3_step(stmt) == SQLITE_ROW);
    check(sqlite3_column_bytes(stmt, 0) == SEAL_SM3_BYTES);
    memcpy(out, sqlite3_column_blob(stmt, 0), SEAL_SM3_BYTES);
    sqlite3_finalize(stmt);
}

static void pattern_read(sqlite3 *db, Pattern *out) {
    out->journal = number(db, "SELECT max(id) FROM journal");
    out->decision = number(db, "SELECT max(id) FROM decision");
    out->hold = number(db, "SELECT max(id) FROM ledger_hold");
    out->transfer = number(db, "SELECT max(id) FROM ledger_transfer");
    out->coupon = number(db, "SELECT max(id) FROM coupon");
    hash_read(db, out->journal - 1, out->hash_before);
    hash_read(db, out->journal, out->hash);
    sqlite3_stmt *stmt = prepare(db, "SELECT user_id, at_ms, role, origin, after_json, attached "
                                     "FROM journal WHERE id = ?1");
    (void)sqlite3_bind_int64(stmt, 1, out->journal);
    check(sqlite3_step(stmt) == SQLITE_ROW);
    char text[2 * TEXT_BYTES];
    out->person = sqlite3_column_int64(stmt, 0);
    out->at_ms = sqlite3_column_int64(stmt, 1);
    column_copy(stmt, 2, out->role, sizeof out->role);
    column_copy(stmt, 3, out->origin, sizeof out->origin);
    column_copy(stmt, 4, text, sizeof text);
    around_split(text, "\"hold_id\":", &out->after);
    column_copy(stmt, 5, text, sizeof text);
    around_split(text, "\"hold\":", &out->attached);
    sqlite3_finalize(stmt);
}

static size_t put(char *out, size_t at, const char *text, int len) {
    return at + (size_t)sprintf(out + at, "%d:%s,", len, text);
}

static size_t put_number(char *out, size_t at, int64_t value) {
    char text[24];
    int len = snprintf(text, sizeof text, "%" PRId64, value);
    return put(out, at, text, len);
}

/* The canonical form of db.h, written here a second time on purpose. i: 0 is the real claim. */
static void chain_next(const Pattern *pattern, int64_t i, int64_t person, const char *after,
                       const char *attached, uint8_t hash[SEAL_SM3_BYTES]) {
    char text[6 * TEXT_BYTES];
    memcpy(text, hash, SEAL_SM3_BYTES);
    size_t at = SEAL_SM3_BYTES;
    at = put_number(text, at, pattern->journal + i);
    at = put_number(text, at, pattern->at_ms);
    at = put_number(text, at, person);
    at = put(text, at, pattern->role, (int)strlen(pattern->role));
    at = put(text, at, pattern->origin, (int)strlen(pattern->origin));
    at = put_number(text, at, 0);
    at = put(text, at, "coupon.claim", 12);
    at = put(text, at, "coupon", 6);
    at = put_number(text, at, pattern->coupon + i);
    at = put(text, at, "", 0);
    at = put(text, at, after, (int)strlen(after));
    at = put(text, at, attached, (int)strlen(attached));
    seal_sm3((Str){text, at}, hash);
}

enum { FILL_DECISION, FILL_HOLD, FILL_TRANSFER, FILL_COUPON, FILL_JOURNAL, FILL_KEY, FILL_COUNT };

/* ?1 the row's number, ?2 and ?3 the ids it names; everything else is the real claim's. The keys go
 * to a table of their own first: their order is that of text. */
static const char *const fill_sql[FILL_COUNT] = {
    "INSERT INTO decision (id, programme, version, judged_day, input_json, rule, outcome_json, "
    "decided_ms) SELECT ?1, programme, version, judged_day, input_json, rule, outcome_json, "
    "decided_ms FROM temp.one_decision",
    "INSERT INTO ledger_hold (id, fund_id, case_kind, case_id, created_ms, reserved) SELECT ?1, "
    "fund_id, case_kind, ?2, created_ms, reserved FROM temp.one_hold",
    "INSERT INTO ledger_transfer (id, kind, fund_id, other_id, hold_id, amount, central, province, "
    "city, county, at_ms, journal_id, basis) SELECT ?1, kind, fund_id, other_id, ?2, amount, "
    "central, province, city, county, at_ms, ?3, basis FROM temp.one_transfer",
    "INSERT INTO coupon (id, code, programme, year, category, slot, person_id, state, hold_id, "
    "amount_fen, decision_id, claimed_ms, expires_ms) SELECT ?1, ?4, programme, year, category, "
    "slot, ?5, state, ?2, amount_fen, ?3, claimed_ms, expires_ms FROM temp.one_coupon",
    "INSERT INTO journal (id, at_ms, user_id, role, origin, helper_id, verb, subject, subject_id, "
    "before_json, after_json, attached, hash) SELECT ?1, at_ms, ?2, role, origin, helper_id, verb, "
    "subject, ?3, before_json, ?4, ?5, ?6 FROM temp.one_journal",
    "INSERT INTO fill_key (key, user_id, answer) VALUES (?1, ?2, ?3)",
};

static const char *const pattern_sql =
    "CREATE TEMP TABLE one_decision AS SELECT programme, version, judged_day, input_json, rule, "
    "outcome_json, decided_ms FROM decision ORDER BY id DESC LIMIT 1;"
    "CREATE TEMP TABLE one_hold AS SELECT fund_id, case_kind, created_ms, reserved FROM "
    "ledger_hold ORDER BY id DESC LIMIT 1;"
    "CREATE TEMP TABLE one_transfer AS SELECT kind, fund_id, other_id, amount, central, province, "
    "city, county, at_ms, basis FROM ledger_transfer ORDER BY id DESC LIMIT 1;"
    "CREATE TEMP TABLE one_coupon AS SELECT programme, year, category, slot, state, amount_fen, "
    "claimed_ms, expires_ms FROM coupon ORDER BY id DESC LIMIT 1;"
    "CREATE TEMP TABLE one_journal AS SELECT at_ms, role, origin, helper_id, verb, subject, "
    "before_json FROM journal ORDER BY id DESC LIMIT 1;"
    "CREATE TABLE fill_key (key TEXT, user_id INTEGER, answer TEXT);";

/* Codes in ascending order over the whole space, so that new ones fall anywhere between them. */
static void code_write(int64_t i, int64_t size, char out[16]) {
    static const char letters[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    uint64_t code = (UINT64_C(1) << 60) / (uint64_t)(size + 1) * (uint64_t)i + 12345;
    for (int at = 11; at >= 0; at--) {
        out[at] = letters[code & 31];
        code >>= 5;
    }
    out[12] = '\0';
}

static void persons_fill(Bench *bench, sqlite3 *db) {
    run(db, "CREATE TEMP TABLE one_person AS SELECT role, name_masked, name_hash, name_sealed, "
            "id_masked, id_sealed, birth_day, phone_hash, phone_masked, phone_sealed, town_code, "
            "created_ms FROM person WHERE role = 'resident' ORDER BY id DESC LIMIT 1");
    sqlite3_stmt *stmt = prepare(
        db, "INSERT INTO person (id, role, login, name_masked, name_hash, name_sealed, id_hash, "
            "id_masked, id_sealed, birth_day, phone_hash, phone_masked, phone_sealed, town_code, "
            "is_demo, created_ms) SELECT ?1, role, ?2, name_masked, name_hash, name_sealed, ?3, "
            "id_masked, id_sealed, birth_day, phone_hash, phone_masked, phone_sealed, town_code, "
            "1, created_ms FROM temp.one_person");
    bench->person_first = number(db, "SELECT max(id) + 1 FROM person");
    for (int64_t i = 0; i < person_count(bench->size); i++) {
        char login[32];
        char hash[72];
        (void)snprintf(login, sizeof login, "grow%010" PRId64, i);
        (void)snprintf(hash, sizeof hash, "%016" PRIx64 "%048d",
                       UINT64_MAX / (uint64_t)person_count(bench->size) * (uint64_t)i, 0);
        (void)sqlite3_bind_int64(stmt, 1, bench->person_first + i);
        bind_text(stmt, 2, login);
        bind_text(stmt, 3, hash);
        step(db, stmt);
    }
    sqlite3_finalize(stmt);
}

/* The rows of one claim. */
static void claim_fill(sqlite3 *db, sqlite3_stmt **stmts, const Pattern *pattern, int64_t i,
                       int64_t person, const char *code, uint8_t hash[SEAL_SM3_BYTES]) {
    char after[2 * TEXT_BYTES];
    char attached[2 * TEXT_BYTES];
    char text[120];
    const int64_t ids[FILL_KEY][3] = {
        {pattern->decision + i, 0, 0},
        {pattern->hold + i, pattern->decision + i, 0},
        {pattern->transfer + i, pattern->hold + i, pattern->journal + i},
        {pattern->coupon + i, pattern->hold + i, pattern->decision + i},
        {pattern->journal + i, person, pattern->coupon + i}};
    for (int k = 0; k < FILL_KEY; k++) {
        int count = sqlite3_bind_parameter_count(stmts[k]);
        for (int at = 1; at <= 3 && at <= count; at++) {
            (void)sqlite3_bind_int64(stmts[k], at, ids[k][at - 1]);
        }
    }
    (void)around_join(&pattern->after, pattern->hold + i, after);
    (void)around_join(&pattern->attached, pattern->hold + i, attached);
    chain_next(pattern, i, person, after, attached, hash);
    bind_text(stmts[FILL_COUPON], 4, code);
    (void)sqlite3_bind_int64(stmts[FILL_COUPON], 5, person);
    bind_text(stmts[FILL_JOURNAL], 4, after);
    bind_text(stmts[FILL_JOURNAL], 5, attached);
    (void)sqlite3_bind_blob(stmts[FILL_JOURNAL], 6, hash, SEAL_SM3_BYTES, SQLITE_STATIC);
    (void)snprintf(text, sizeof text, "%" PRId64 ":%016" PRIx64 "%016" PRIx64 ":%032d", person,
                   (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15), (uint64_t)i, 0);
    bind_text(stmts[FILL_KEY], 1, text);
    (void)sqlite3_bind_int64(stmts[FILL_KEY], 2, person);
    (void)snprintf(text, sizeof text, "%" PRId64, pattern->coupon + i);
    bind_text(stmts[FILL_KEY], 3, text);
    for (int k = 0; k < FILL_COUNT; k++) {
        step(db, stmts[k]);
    }
}

static void claims_fill(Bench *bench, sqlite3 *db, const Pattern *pattern) {
    sqlite3_stmt *stmts[FILL_COUNT];
    uint8_t hash[SEAL_SM3_BYTES];
    memcpy(hash, pattern->hash, sizeof hash);
    for (int k = 0; k < FILL_COUNT; k++) {
        stmts[k] = prepare(db, fill_sql[k]);
    }
    for (int64_t i = 1; i <= bench->size; i++) {
        char code[16];
        code_write(i, bench->size, code);
        claim_fill(db, stmts, pattern, i,
                   bench->person_first + (i - 1) * person_count(bench->size) / bench->size, code,
                   hash);
    }
    for (int k = 0; k < FILL_COUNT; k++) {
        sqlite3_finalize(stmts[k]);
    }
    run(db,
        "INSERT INTO idempotency (command, key, user_id, at_ms, answer) SELECT 'coupon.claim', "
        "key, user_id, (SELECT at_ms FROM temp.one_journal), answer FROM fill_key ORDER BY key");
    run(db, "DROP TABLE fill_key");
    char sql[400];
    (void)snprintf(sql, sizeof sql,
                   "UPDATE fund SET reserved = fund.reserved + %" PRId64
                   ", direct = fund.direct + %" PRId64
                   " * way.is_direct FROM fund_path AS way, temp.one_hold AS one WHERE way.fund_id "
                   "= one.fund_id AND fund.id = way.ancestor_id",
                   bench->size * bench->answer.cap.fen, bench->size * bench->answer.cap.fen);
    run(db, sql);
}

/* The loader makes the real claim's entry as well: it must come out the same, to the bit. */
static void pattern_check(const Pattern *pattern) {
    uint8_t hash[SEAL_SM3_BYTES];
    char after[2 * TEXT_BYTES];
    char attached[2 * TEXT_BYTES];
    memcpy(hash, pattern->hash_before, sizeof hash);
    (void)around_join(&pattern->after, pattern->hold, after);
    (void)around_join(&pattern->attached, pattern->hold, attached);
    chain_next(pattern, 0, pattern->person, after, attached, hash);
    check(memcmp(hash, pattern->hash, sizeof hash) == 0);
}

/* Fills without indexes, then makes them again from their own words. */
static void fill(Bench *bench) {
    sqlite3 *db = NULL;
    static char indexes[INDEXES_MAX][600];
    int index_count = 0;
    check(sqlite3_open(bench->file, &db) == SQLITE_OK);
    run(db, "PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "PRAGMA cache_size = -1000000; PRAGMA foreign_keys = OFF; PRAGMA temp_store = FILE;"
            "PRAGMA threads = 1; PRAGMA locking_mode = EXCLUSIVE");
    sqlite3_stmt *stmt = prepare(
        db, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND "
            "tbl_name IN ('coupon', 'decision', 'journal', 'ledger_hold', 'ledger_transfer', "
            "'person')");
    char drops[INDEXES_MAX][100];
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        check(index_count < INDEXES_MAX);
        (void)snprintf(drops[index_count], 100, "DROP INDEX %s",
                       (const char *)sqlite3_column_text(stmt, 0));
        column_copy(stmt, 1, indexes[index_count++], 600);
    }
    sqlite3_finalize(stmt);
    for (int i = 0; i < index_count; i++) {
        run(db, drops[i]);
    }
    Pattern *pattern = arena_new(bench->arena, Pattern);
    pattern_read(db, pattern);
    pattern_check(pattern);
    run(db, pattern_sql);
    run(db, "BEGIN");
    persons_fill(bench, db);
    claims_fill(bench, db, pattern);
    run(db, "COMMIT");
    for (int i = 0; i < index_count; i++) {
        run(db, indexes[i]);
    }
    check(sqlite3_close(db) == SQLITE_OK);
}

/* ---- measuring ---------------------------------------------------------------------------------
 */

typedef struct Place {
    struct Round *round;
    Arena *arena;
    CouponClaim claim;
    char key[100];
    int64_t id;
    atomic_bool is_busy;
} Place;

typedef struct Round {
    Bench *bench;
    sem_t free_places;
    Place places[OUTSTANDING];
} Round;

static Status place_work(Cx *cx, DbConn *conn, void *input) {
    Place *place = input;
    TRY(coupon_claim(cx, conn, &place->claim, &place->id));
    db_answer(conn, str_print(cx->arena, "%" PRId64, place->id));
    return STATUS_OK;
}

static void place_done(Cx *cx, Status status, Str answer, void *context) {
    Place *place = context;
    (void)answer;
    if (status != STATUS_OK) {
        (void)fprintf(stderr, "growth_bench: %s\n", cx->fault.text);
        exit(1);
    }
    atomic_store(&place->is_busy, false);
    check(sem_post(&place->round->free_places) == 0);
}

/* The next resident of a walk that comes to everybody once, in no order of their numbers. */
static int64_t claimant(Bench *bench) {
    const int64_t stride = 7368787; /* a prime that divides no size */
    int64_t at = (bench->offset + bench->claim_count++ * stride) % person_count(bench->size);
    return bench->person_first + at;
}

static void place_send(Round *round, Place *place) {
    Bench *bench = round->bench;
    arena_reset(place->arena);
    Cx cx;
    cx_init(&cx, place->arena);
    int64_t person = bench->real_person != 0 ? bench->real_person : claimant(bench);
    place->claim = (CouponClaim){.person_id = person,
                                 .category = bench->category,
                                 .answer = &bench->answer,
                                 .code = coupon_code_new(place->arena),
                                 .day = bench->today,
                                 .now_ms = bench->now_ms};
    uint64_t random = prng_next(&bench->prng);
    int len =
        snprintf(place->key, sizeof place->key, "%" PRId64 ":%016" PRIx64 "%016" PRIx64 ":%032d",
                 person, random, random >> 16, 0);
    DbCommand command = {
        .name = "coupon.claim",
        .actor = {.user_id = person, .role = STR("resident"), .origin = STR("api")},
        .key = {place->key, (size_t)len},
        .work = place_work,
        .input = place,
        .now_ms = bench->now_ms};
    atomic_store(&place->is_busy, true);
    must(bench, db_write_later(&cx, bench->house.db, &command, place_done, place), "queueing");
}

typedef struct Cost {
    double wall_us;
    double cpu_us;
    double written_kb;
} Cost;

/* Bytes that this process has handed to the kernel so far. */
static int64_t written_bytes(void) {
    FILE *file = fopen("/proc/self/io", "r");
    char line[100];
    int64_t bytes = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "wchar: ", 7) == 0) {
            bytes = strtoll(line + 7, NULL, 10);
        }
    }
    check(file != NULL && fclose(file) == 0);
    return bytes;
}

static Cost round_run(Bench *bench, int64_t count) {
    Round *round = arena_new(bench->arena, Round);
    round->bench = bench;
    check(sem_init(&round->free_places, 0, OUTSTANDING) == 0);
    for (size_t i = 0; i < OUTSTANDING; i++) {
        round->places[i].round = round;
        round->places[i].arena = arena_create();
    }
    int64_t cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    int64_t start_bytes = written_bytes();
    int64_t start_ns = clock_ns(CLOCK_MONOTONIC);
    size_t at = 0;
    for (int64_t i = 0; i < count; i++, at = (at + 1) % OUTSTANDING) {
        check(sem_wait(&round->free_places) == 0);
        while (atomic_load(&round->places[at].is_busy)) {
            at = (at + 1) % OUTSTANDING;
        }
        place_send(round, &round->places[at]);
    }
    for (int i = 0; i < OUTSTANDING; i++) {
        check(sem_wait(&round->free_places) == 0);
    }
    Cost cost = {(double)(clock_ns(CLOCK_MONOTONIC) - start_ns) / 1e3 / (double)count,
                 (double)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_ns) / 1e3 / (double)count,
                 (double)(written_bytes() - start_bytes) / 1024 / (double)count};
    for (size_t i = 0; i < OUTSTANDING; i++) {
        arena_free(round->places[i].arena);
    }
    check(sem_destroy(&round->free_places) == 0);
    return cost;
}

static void real_claim(Bench *bench) {
    static const char SQL_RESIDENT[] =
        "SELECT id FROM person WHERE role = 'resident' AND id NOT IN (SELECT person_id FROM coupon) "
        "ORDER BY id DESC LIMIT 1";
    DbConn *conn = NULL;
    int64_t person = 0;
    must(bench, db_read_begin(&bench->cx, bench->house.db, &conn), "reading");
    must(bench, db_int_or(&bench->cx, conn, SQL_RESIDENT, DB_NO_ARGS, &person), "a resident");
    db_read_end(bench->house.db, conn);
    check(person > 0);
    bench->real_person = person;
    (void)round_run(bench, 1);
    bench->real_person = 0;
}

/* Nothing lost, nothing over, the chain whole. */
static double prove(Bench *bench) {
    Cx *cx = &bench->cx;
    DbConn *conn = NULL;
    DbVerify verify;
    LedgerAudit audit;
    int64_t start_ns = clock_ns(CLOCK_MONOTONIC);
    must(bench, db_read_begin(cx, bench->house.db, &conn), "reading");
    must(bench, db_journal_verify(cx, conn, NULL, NULL, &verify), "verifying");
    must(bench, ledger_audit(cx, conn, &audit), "auditing");
    db_read_end(bench->house.db, conn);
    check(verify.bad_id == 0);
    check(audit.finding_count == 0);
    check(audit.hold_count > bench->size + bench->claim_count);
    return (double)(clock_ns(CLOCK_MONOTONIC) - start_ns) / 1e9;
}

static double file_gib(const Bench *bench) {
    FILE *file = fopen(bench->file, "r");
    check(file != NULL && fseeko(file, 0, SEEK_END) == 0);
    double size = (double)ftello(file) / (1024.0 * 1024 * 1024);
    (void)fclose(file);
    return size;
}

/* The best of the rounds: what others do on the machine only adds. */
static Cost best(const Cost *costs) {
    Cost least = costs[0];
    for (int i = 1; i < ROUNDS; i++) {
        least.wall_us = costs[i].wall_us < least.wall_us ? costs[i].wall_us : least.wall_us;
        least.cpu_us = costs[i].cpu_us < least.cpu_us ? costs[i].cpu_us : least.cpu_us;
        least.written_kb =
            costs[i].written_kb < least.written_kb ? costs[i].written_kb : least.written_kb;
    }
    return least;
}

static void bench_make(Bench *bench, int64_t size) {
    Arena *arena = arena_create();
    *bench = (Bench){.arena = arena, .size = size, .now_ms = house_clock_ms(NULL)};
    bench->today = day_of_instant(bench->now_ms);
    prng_init(&bench->prng, 20240723);
    (void)snprintf(bench->data, sizeof bench->data, "build/growth-XXXXXX");
    check(mkdtemp(bench->data) != NULL);
    (void)snprintf(bench->file, sizeof bench->file, "%s/huanxin.db", bench->data);
    char command[300];
    (void)snprintf(command, sizeof command,
                   PROGRAM_PATH " demo --data %s --residents 100 --quiet >/dev/null 2>&1",
                   bench->data);
    check(system(command) == 0);
}

static void write_one(Bench *bench, DbWork *work) {
    DbCommand command = {.name = "growth",
                         .actor = {.role = STR("system"), .origin = STR("command")},
                         .work = work,
                         .input = bench,
                         .now_ms = bench->now_ms};
    must(bench, db_write(&bench->cx, bench->house.db, &command, NULL), "staging");
}

/* Takes a city that an earlier run has filled, instead of filling one. */
static void city_reuse(Bench *bench, int64_t size, const char *folder) {
    sqlite3 *db = NULL;
    Arena *arena = arena_create();
    *bench = (Bench){.arena = arena, .size = size, .now_ms = house_clock_ms(NULL)};
    bench->today = day_of_instant(bench->now_ms);
    prng_init(&bench->prng, (uint64_t)bench->now_ms);
    (void)snprintf(bench->data, sizeof bench->data, "%s", folder);
    (void)snprintf(bench->file, sizeof bench->file, "%s/huanxin.db", bench->data);
    check(sqlite3_open(bench->file, &db) == SQLITE_OK);
    bench->person_first = number(db, "SELECT id FROM person WHERE login = 'grow0000000000'");
    (void)sqlite3_close(db);
}

static void city_fill(Bench *bench, int64_t size) {
    static Counts before;
    static Counts after;
    bench_make(bench, size);
    city_open(bench);
    write_one(bench, money_work);
    counts_read(bench->file, &before);
    real_claim(bench);
    counts_read(bench->file, &after);
    counts_check(&before, &after);
    house_close(&bench->house);
    fill(bench);
}

static Cost size_run(int64_t size, const Cost *first, const char *folder) {
    Bench bench;
    Cost costs[ROUNDS];
    int64_t start_ns = clock_ns(CLOCK_MONOTONIC);
    if (folder != NULL) {
        city_reuse(&bench, size, folder);
    } else {
        city_fill(&bench, size);
    }
    double fill_s = (double)(clock_ns(CLOCK_MONOTONIC) - start_ns) / 1e9;
    city_open(&bench);
    write_one(&bench, money_work);
    (void)round_run(&bench, warm_count(size));
    for (int i = 0; i < ROUNDS; i++) {
        costs[i] = round_run(&bench, ROUND_CLAIMS);
    }
    Cost cost = best(costs);
    double proof_s = prove(&bench);
    house_close(&bench.house);
    printf("%10" PRId64 " %8.2f %8.0f %8.0f %9.1f %12.1f %10.1f %8.2f %8.2f\n", size,
           file_gib(&bench), fill_s, proof_s, cost.wall_us, cost.cpu_us, cost.written_kb,
           first == NULL ? 1.0 : cost.wall_us / first->wall_us,
           first == NULL ? 1.0 : cost.cpu_us / first->cpu_us);
    (void)fflush(stdout);
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf %s", bench.data);
    check(system(command) == 0);
    arena_free(bench.arena);
    return cost;
}

int main(int argc, char **argv) {
    int64_t most = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000;
    int64_t least = argc > 2 ? strtoll(argv[2], NULL, 10) : 0;
    double load[1] = {0};
    (void)getloadavg(load, 1);
    printf("cost of a claim in process, durable, batches of 256; load %.1f\n", load[0]);
    printf("%10s %8s %8s %8s %9s %12s %10s %8s %8s\n", "existing", "GiB", "fill s", "proof s",
           "wall us", "processor us", "written KB", "wall x", "cpu x");
    Cost first = {0};
    Cost last = {0};
    for (int64_t size = 10000; size <= most; size *= 10) {
        bool is_alone = argc > 3;
        if (size < least && (size != 10000 || is_alone)) {
            continue;
        }
        last = size_run(size, first.wall_us == 0 ? NULL : &first,
                        size == most && argc > 3 ? argv[3] : NULL);
        first = first.wall_us == 0 ? last : first;
    }
    bool is_good = last.wall_us < 2 * first.wall_us;
    printf("cost grows less than 2x: %s\n", is_good ? "yes" : "NO");
    return is_good ? 0 : 1;
}
