/*
 * db_scratch.h - a database in a new folder under /tmp for one test, with the migrations of the
 * repository (../migrations from tests/, read from the project's root, where tests run).
 * With TEST_PG set to a postgresql:// address, the same tests run on PostgreSQL: each scratch
 * database is then a schema of its own, dropped at the end.
 */
#ifndef HUANXIN_TESTS_DB_SCRATCH_H
#define HUANXIN_TESTS_DB_SCRATCH_H

#include "base/buf.h"
#include "db/db.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Scratch {
    Arena *arena;
    Cx cx;
    char folder[200];
    char path[240];
    bool is_postgres;
    char schema[64];
    char url[600];
    DbOptions options;
    bool is_base; /* only the tables of the database module and the ledger */
    Db *db;
} Scratch;

/* Reads the migration whose file name begins with ("0001_") or holds ("_base.") the text and gives
 * it a number; false when there is none. */
static inline bool scratch_migration_read(Arena *arena, const char *text, int number,
                                          DbMigration *out) {
    DIR *folder = opendir("migrations");
    check(folder != NULL);
    char path[300] = "";
    for (struct dirent *item = readdir(folder); item != NULL; item = readdir(folder)) {
        if (strstr(item->d_name, text) != NULL) {
            (void)snprintf(path, sizeof path, "migrations/%s", item->d_name);
        }
    }
    closedir(folder);
    FILE *file = path[0] == '\0' ? NULL : fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    Buf *buf = buf_in(arena, 1 << 20);
    char block[4096];
    for (size_t len = fread(block, 1, sizeof block, file); len > 0;
         len = fread(block, 1, sizeof block, file)) {
        buf_put(buf, (Str){block, len});
    }
    fclose(file);
    *out = (DbMigration){.version = number,
                         .name = str_c(arena, str_of(path + strlen("migrations/"))),
                         .sql = str_c(arena, buf_str(buf))};
    return true;
}

static inline size_t scratch_migrations(Arena *arena, DbMigration *out, size_t room) {
    size_t count = 0;
    char prefix[16] = "0001_";
    while (count < room && scratch_migration_read(arena, prefix, (int)count + 1, &out[count])) {
        count++;
        (void)snprintf(prefix, sizeof prefix, "%04d_", (int)count + 1);
    }
    return count;
}

enum { SCRATCH_BASE_COUNT = 3 };

/* The tables of the database module and the ledger, as versions 1 to 3: a test adds its own. */
static inline void scratch_base(Arena *arena, DbMigration *out) {
    check(scratch_migration_read(arena, "_base.", 1, &out[0]));
    check(scratch_migration_read(arena, "_ledger.", 2, &out[1]));
    check(scratch_migration_read(arena, "_idempotency_content.", 3, &out[2]));
}

/* Opens what is in the folder (again) and migrates it. */
static inline void scratch_open(Scratch *scratch) {
    Status status = db_open(&scratch->cx, &scratch->options, &scratch->db);
    if (status != STATUS_OK) {
        fprintf(stderr, "scratch: %s\n", scratch->cx.fault.text);
    }
    check(status == STATUS_OK);
    DbMigration migrations[64];
    size_t count = SCRATCH_BASE_COUNT;
    if (scratch->is_base) {
        scratch_base(scratch->arena, migrations);
    } else {
        count = scratch_migrations(scratch->arena, migrations, 64);
    }
    check(count >= SCRATCH_BASE_COUNT);
    status = db_migrate(&scratch->cx, scratch->db, migrations, count);
    if (status != STATUS_OK) {
        fprintf(stderr, "scratch: %s %s\n", scratch->cx.fault.text, scratch->cx.fault.detail);
    }
    check(status == STATUS_OK);
}

static inline void scratch_close(Scratch *scratch) {
    db_close(scratch->db);
    scratch->db = NULL;
}

/* Makes a new folder in the one given; options may be changed before scratch_open. */
static inline void scratch_init_in(Scratch *scratch, const char *parent) {
    memset(scratch, 0, sizeof *scratch);
    scratch->arena = arena_create();
    cx_init(&scratch->cx, scratch->arena);
    (void)snprintf(scratch->folder, sizeof scratch->folder, "%s/huanxin-test-XXXXXX", parent);
    check(mkdtemp(scratch->folder) != NULL);
    (void)snprintf(scratch->path, sizeof scratch->path, "%s/city.db", scratch->folder);
    scratch->options = (DbOptions){.url = scratch->path, .is_created = true};
}

/* Runs one statement on the server of TEST_PG, with its own command line. */
static inline void scratch_psql(const char *sql) {
    char command[1200];
    (void)snprintf(command, sizeof command, "psql -q -v ON_ERROR_STOP=1 -c '%s' '%s' 2>/dev/null",
                   sql, getenv("TEST_PG"));
    check(system(command) == 0);
}

/* As scratch_init_in, on PostgreSQL: a new schema. */
static inline void scratch_init_postgres(Scratch *scratch) {
    static int number = 0;
    const char *server = getenv("TEST_PG");
    scratch->is_postgres = true;
    (void)snprintf(scratch->schema, sizeof scratch->schema, "test_%d_%d", (int)getpid(), ++number);
    (void)snprintf(scratch->url, sizeof scratch->url, "%s%coptions=-csearch_path%%3D%s", server,
                   strchr(server, '?') == NULL ? '?' : '&', scratch->schema);
    char sql[100];
    (void)snprintf(sql, sizeof sql, "CREATE SCHEMA %s", scratch->schema);
    scratch_psql(sql);
    scratch->options = (DbOptions){.url = scratch->url};
}

static inline void scratch_init(Scratch *scratch) {
    scratch_init_in(scratch, "/tmp");
    if (getenv("TEST_PG") != NULL) {
        scratch_init_postgres(scratch);
    }
}

static inline void scratch_dispose(Scratch *scratch) {
    if (scratch->db != NULL) {
        scratch_close(scratch);
    }
    if (scratch->is_postgres) {
        char sql[100];
        (void)snprintf(sql, sizeof sql, "DROP SCHEMA %s CASCADE", scratch->schema);
        scratch_psql(sql);
    }
    const char *endings[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char path[260];
        (void)snprintf(path, sizeof path, "%s%s", scratch->path, endings[i]);
        (void)unlink(path);
    }
    (void)rmdir(scratch->folder);
    arena_free(scratch->arena);
}

#endif
