/*
 * A database that an older program made is brought to today's schema by its start: from each
 * version, with rows in it, and the result is the schema of a fresh database. On SQLite every page
 * and reference is looked through afterwards.
 */
#include "db_scratch.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

enum { VERSION_FIRST = 3, MIGRATIONS_MAX = 64 };

/* Rows that every version since the third has a place for; they must come through. */
static const char SQL_UNIT[] = "INSERT INTO unit (name) VALUES ('unit of old')";
static const char SQL_ORG[] =
    "INSERT INTO org (kind, name, uscc, town_code, state, is_demo, created_ms)"
    " VALUES ('recycler', 'org of old', 'CODE', '370784001', 'active', 0, 5)";
static const char SQL_PERSON[] =
    "INSERT INTO person (role, login, password_hash, name_masked, unit_id, is_demo, created_ms)"
    " VALUES ('officer', 'old', 'hash', 'O', 1, 0, 5)";
static const char SQL_SESSION[] =
    "INSERT INTO session (token_hash, person_id, csrf, created_ms, expires_ms)"
    " VALUES ('t', 1, 'c', 5, 6)";
static const char SQL_ATTACHMENT[] =
    "INSERT INTO attachment (subject, subject_id, name, media_type, size_bytes, digest, person_id,"
    " created_ms) VALUES ('sale', 1, 'a', 'image/png', 1, 'd', 1, 5)";
static const char SQL_PICKUP[] =
    "INSERT INTO pickup (person_id, category, title, town_code, address_sealed, slot_day,"
    " slot_part, org_id, state, booked_ms)"
    " VALUES (1, 'tv', 'old tv', '370784001', $1, 20000, 'morning', 1, 'booked', 5)";
static const char SQL_VEHICLE[] =
    "INSERT INTO vehicle (org_id, name, capacity_kg, capacity_litre, capacity_piece, skills,"
    " shift_open_min, shift_close_min, break_open_min, break_min, depot_town, created_ms)"
    " VALUES (1, 'van of old', 1, 1, 1, 0, 1, 2, 1, 0, '370784001', 5)";
static const char SQL_LEFT[] =
    "SELECT count(*) FROM person JOIN unit ON unit.id = person.unit_id JOIN session"
    " ON session.person_id = person.id WHERE person.login = 'old' AND unit.name = 'unit of old'"
    " AND person.must_change = 0 AND person.disabled_ms IS NULL AND person.account_revision = 0";
static const char SQL_PICKUP_LEFT[] =
    "SELECT count(*) FROM pickup WHERE title = 'old tv' AND round_driver_id IS NULL";
static const char SQL_VEHICLE_LEFT[] =
    "SELECT count(*) FROM vehicle WHERE name = 'van of old' AND driver_id IS NULL";
static const char SQL_JOURNAL_COUNT[] = "SELECT count(*) FROM journal";
static const char SQL_SHAPE[] = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master"
                                " WHERE sql IS NOT NULL ORDER BY type, name)";

static Status rows_work(Cx *cx, DbConn *conn, void *input) {
    const size_t version = *(const size_t *)input;
    static const char *const statements[] = {SQL_UNIT, SQL_ORG, SQL_PERSON, SQL_SESSION,
                                             SQL_ATTACHMENT};
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        TRY(db_exec(cx, conn, statements[i], DB_NO_ARGS, NULL));
    }
    if (version >= 6) {
        TRY(db_exec(cx, conn, SQL_PICKUP, DB_ARGS(DB_BLOB(STR("sealed"))), NULL));
    }
    if (version >= 7) {
        TRY(db_exec(cx, conn, SQL_VEHICLE, DB_NO_ARGS, NULL));
    }
    return STATUS_OK;
}

static int64_t count_of(Scratch *scratch, const char *sql) {
    DbConn *conn = NULL;
    int64_t count = -1;
    assert_int_equal(db_read_begin(&scratch->cx, scratch->db, &conn), STATUS_OK);
    assert_int_equal(db_int_or(&scratch->cx, conn, sql, DB_NO_ARGS, &count), STATUS_OK);
    db_read_end(scratch->db, conn);
    return count;
}

static Str shape_of(Scratch *scratch) {
    DbConn *conn = NULL;
    Str shape = STR_NONE;
    Str finding = STR_NONE;
    assert_int_equal(db_read_begin(&scratch->cx, scratch->db, &conn), STATUS_OK);
    assert_int_equal(db_check(&scratch->cx, conn, &finding), STATUS_OK);
    assert_int_equal(finding.len, 0);
    if (!scratch->is_postgres) {
        assert_int_equal(db_text_or(&scratch->cx, conn, SQL_SHAPE, DB_NO_ARGS, &shape), STATUS_OK);
    }
    db_read_end(scratch->db, conn);
    return shape;
}

/* Opens the scratch database as the program of a version did. */
static void open_at(Scratch *scratch, size_t version) {
    DbMigration migrations[MIGRATIONS_MAX];
    const size_t count = scratch_migrations(scratch->arena, migrations, version);
    assert_int_equal(db_open(&scratch->cx, &scratch->options, &scratch->db), STATUS_OK);
    if (db_migrate(&scratch->cx, scratch->db, migrations, count) != STATUS_OK) {
        fail_msg("version %zu: %s", version, scratch->cx.fault.text);
    }
}

static void upgraded_from(size_t version, Str fresh_shape) {
    Scratch scratch;
    scratch_init(&scratch);
    open_at(&scratch, version);
    const DbCommand command = {.name = "test.old",
                               .actor = {.role = STR("system"), .origin = STR("test")},
                               .work = rows_work,
                               .input = &version,
                               .now_ms = 5};
    if (db_write(&scratch.cx, scratch.db, &command, NULL) != STATUS_OK) {
        fail_msg("version %zu: %s", version, scratch.cx.fault.text);
    }
    scratch_close(&scratch);
    open_at(&scratch, MIGRATIONS_MAX);
    assert_int_equal(count_of(&scratch, SQL_LEFT), 1);
    assert_int_equal(count_of(&scratch, SQL_PICKUP_LEFT), version >= 6 ? 1 : 0);
    assert_int_equal(count_of(&scratch, SQL_VEHICLE_LEFT), version >= 7 ? 1 : 0);
    assert_int_equal(count_of(&scratch, SQL_JOURNAL_COUNT), 1);
    Str shape = shape_of(&scratch);
    if (!str_equal(shape, fresh_shape)) {
        fail_msg("version %zu ends with another schema than a fresh database", version);
    }
    DbConn *conn = NULL;
    DbVerify verify;
    assert_int_equal(db_read_begin(&scratch.cx, scratch.db, &conn), STATUS_OK);
    assert_int_equal(db_journal_verify(&scratch.cx, conn, NULL, NULL, &verify), STATUS_OK);
    db_read_end(scratch.db, conn);
    assert_int_equal(verify.bad_id, 0);
    scratch_dispose(&scratch);
}

static void every_old_version_comes_up(void **state) {
    (void)state;
    Scratch fresh;
    scratch_init(&fresh);
    open_at(&fresh, MIGRATIONS_MAX);
    Str shape = shape_of(&fresh);
    DbMigration migrations[MIGRATIONS_MAX];
    const size_t count = scratch_migrations(fresh.arena, migrations, MIGRATIONS_MAX);
    assert_true(count > 20);
    for (size_t version = VERSION_FIRST; version < count; version++) {
        upgraded_from(version, shape);
    }
    scratch_dispose(&fresh);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_old_version_comes_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
