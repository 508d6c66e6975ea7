/*
 * test_database.h - where the program of a test keeps its data: with HUANXIN_TEST_DB set to a
 * postgresql:// address a schema of its own there, otherwise the file in its data folder.
 * `tools/pg.sh run` sets the variable.
 */
#ifndef HUANXIN_TESTS_TEST_DATABASE_H
#define HUANXIN_TESTS_TEST_DATABASE_H

#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct TestDatabase {
    char schema[64]; /* empty: SQLite */
    char url[600];   /* for --db; empty: SQLite, in the data folder */
} TestDatabase;

static inline void test_database_sql(const char *sql) {
    char command[1200];
    (void)snprintf(command, sizeof command, "psql -q -v ON_ERROR_STOP=1 -c '%s' '%s' 2>/dev/null",
                   sql, getenv("HUANXIN_TEST_DB"));
    check(system(command) == 0);
}

static inline void test_database_make(TestDatabase *database) {
    static int number = 0;
    const char *server = getenv("HUANXIN_TEST_DB");
    *database = (TestDatabase){0};
    if (server == NULL || server[0] == '\0') {
        return;
    }
    char sql[100];
    (void)snprintf(database->schema, sizeof database->schema, "house_%d_%d", (int)getpid(),
                   ++number);
    (void)snprintf(database->url, sizeof database->url, "%s%coptions=-csearch_path%%3D%s", server,
                   strchr(server, '?') == NULL ? '?' : '&', database->schema);
    (void)snprintf(sql, sizeof sql, "CREATE SCHEMA %s", database->schema);
    test_database_sql(sql);
}

static inline void test_database_drop(const TestDatabase *database) {
    if (database->schema[0] != '\0') {
        char sql[100];
        (void)snprintf(sql, sizeof sql, "DROP SCHEMA %s CASCADE", database->schema);
        test_database_sql(sql);
    }
}

#endif
