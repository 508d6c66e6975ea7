/*
 * demo_house.h - a demo city of a few residents, made by the program and opened by the test: for
 * module tests, one house a program. Made in a folder of its own below build/, on SQLite or, with
 * HUANXIN_TEST_DB, on PostgreSQL.
 */
#ifndef HUANXIN_TESTS_DEMO_HOUSE_H
#define HUANXIN_TESTS_DEMO_HOUSE_H

#include "main/house.h"
#include "test.h"
#include "test_database.h"

static char data_folder[] = "build/demo-house-XXXXXX";
static TestDatabase database;
static Arena *arena;
static Cx cx;
static House house;

/* Makes the city as of 2026-11-20 and opens it; a failure fails the group. */
static inline void demo_house_open(int residents) {
    char command[1024];
    assert_non_null(mkdtemp(data_folder));
    test_database_make(&database);
    (void)snprintf(command, sizeof command,
                   PROGRAM_PATH " demo --data %s --db '%s' --residents %d --last 2026-11-20"
                                " --seed 7 --quiet > %s/log 2>&1",
                   data_folder, database.url, residents, data_folder);
    assert_int_equal(system(command), 0);
    arena = arena_create();
    cx_init(&cx, arena);
    char *argv[] = {(char[]){"test"}, (char[]){"--data"}, data_folder,
                    (char[]){"--db"}, database.url,       NULL};
    Settings settings;
    assert_int_equal(settings_read(&cx, 5, argv, &settings), STATUS_OK);
    assert_int_equal(house_open(&cx, &settings, house_clock_ms(NULL), &house), STATUS_OK);
}

/* Closes and removes it: the group's teardown. */
static inline int demo_house_close(void **state) {
    (void)state;
    char command[128];
    house_close(&house);
    arena_free(arena);
    test_database_drop(&database);
    (void)snprintf(command, sizeof command, "rm -rf %s", data_folder);
    return system(command);
}

#endif
