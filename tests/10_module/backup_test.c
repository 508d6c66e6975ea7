/*
 * Backup, restore and doctor: a copy is made and proved while a house is open and written to, each
 * kind of damage is named, and what is restored is what was there. On PostgreSQL the commands say
 * that its own tools do it.
 */
#include "attach/attach.h"
#include "demo_house.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char place[] = "build/backup-test-XXXXXX";
static bool is_postgres;

/* Runs a shell line with the program as $H, the data as $D and the place of backups as $B. */
static int shell(const char *line, char *out, size_t room) {
    char command[4096];
    (void)snprintf(command, sizeof command, "H=%s; D=%s; B=%s; { %s; } 2>&1", PROGRAM_PATH,
                   data_folder, place, line);
    FILE *pipe_out = popen(command, "r");
    assert_non_null(pipe_out);
    size_t len = fread(out, 1, room - 1, pipe_out);
    out[len] = '\0';
    int status = pclose(pipe_out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void shell_is(int wanted, const char *line, const char *words) {
    static char out[16384];
    int code = shell(line, out, sizeof out);
    if (code != wanted || strstr(out, words) == NULL) {
        fail_msg("%s\nended with %d instead of %d, or without \"%s\":\n%s", line, code, wanted,
                 words, out);
    }
}

typedef struct Photo {
    AttachFile file;
} Photo;

static Status photo_work(Cx *work_cx, DbConn *conn, void *input) {
    const Photo *photo = input;
    const AttachNew attachment = {.file = &photo->file,
                                  .subject = STR("test"),
                                  .subject_id = 1,
                                  .part = STR("photo"),
                                  .name = STR("a.png"),
                                  .person_id = 1,
                                  .now_ms = db_now_ms(conn)};
    int64_t id = 0;
    return attach_add(work_cx, conn, &attachment, &id);
}

static Status command_run(Cx *work_cx, DbWork *work, void *input) {
    const DbCommand command = {.name = "test.backup",
                               .actor = {.role = STR("system"), .origin = STR("test")},
                               .work = work,
                               .input = input,
                               .now_ms = house_clock_ms(NULL)};
    return db_write(work_cx, house.db, &command, NULL);
}

static void photo_put(unsigned seed) {
    Photo photo;
    Str folder = city_file_folder(arena, &house.city);
    Str bytes = str_print(arena, "the bytes of photo %u", seed);
    photo.file = (AttachFile){.media_type = STR("text/plain"), .size_bytes = (int64_t)bytes.len};
    assert_int_equal(attach_bytes_put(&cx, folder, bytes, &photo.file.digest), STATUS_OK);
    assert_int_equal(command_run(&cx, photo_work, &photo), STATUS_OK);
}

static int start(void **state) {
    (void)state;
    assert_non_null(mkdtemp(place));
    demo_house_open(20);
    is_postgres = strncmp(database.url, "postgres", 8) == 0;
    for (unsigned seed = 1; seed <= 3; seed++) {
        photo_put(seed);
    }
    return 0;
}

static int stop(void **state) {
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf %s", place);
    int code = system(command);
    return demo_house_close(state) + code;
}

/* ---- writing meanwhile ---- */

static atomic_bool is_writing;
static atomic_int written_count;

static Status entry_work(Cx *work_cx, DbConn *conn, void *input) {
    (void)input;
    const DbEntry entry = {.verb = "test.entry", .subject = "test", .subject_id = 1};
    return db_journal(work_cx, conn, &entry);
}

static void *writer_main(void *unused) {
    Arena *own = arena_create();
    while (atomic_load(&is_writing)) {
        Cx own_cx;
        cx_init(&own_cx, own);
        check(command_run(&own_cx, entry_work, NULL) == STATUS_OK);
        atomic_fetch_add(&written_count, 1);
        arena_reset(own);
    }
    arena_free(own);
    return unused;
}

static void a_copy_is_made_while_others_write(void **state) {
    (void)state;
    if (is_postgres) {
        shell_is(2, "$H backup $B/pg --data $D --db postgresql://localhost/none", "pg_dump");
        return;
    }
    pthread_t writer;
    atomic_store(&is_writing, true);
    assert_int_equal(pthread_create(&writer, NULL, writer_main, NULL), 0);
    while (atomic_load(&written_count) < 20) {
        (void)usleep(1000);
    }
    for (int i = 0; i < 3; i++) {
        shell_is(0, "$H backup $B/busy --data $D --quiet && sleep 1", "备份完成并已验证");
    }
    atomic_store(&is_writing, false);
    (void)pthread_join(writer, NULL);
    assert_true(atomic_load(&written_count) > 20);
    shell_is(0, "ls $B/busy | grep -c Z", "3");
    shell_is(0, "diff -r $D/files $B/busy/files", "");
    shell_is(0, "$H backup $B/busy --data $D --quiet --keep 2 && ls $B/busy | grep -c Z", "\n2\n");
    shell_is(0, "stat -c %a $B/busy $B/busy/2*/huanxin.db | sort -u | tr '\\n' ' '", "600 700 ");
    shell_is(0, "! find $B/busy -name master.key | grep .", "");
}

static void what_was_backed_up_comes_back(void **state) {
    (void)state;
    if (is_postgres) {
        return;
    }
    shell_is(0,
             "N=$(find $D/files -type f | wc -l); $H backup $B/good --data $D --quiet --json | "
             "grep \"\\\"files_copied\\\":$N,\"",
             "");
    shell_is(0, "$H restore $B/good/2* --data $B/new --key $D/master.key --quiet",
             "恢复完成并已验证");
    shell_is(0,
             "A=$($H journal verify --data $D --json); Z=$($H journal verify --data $B/new --json);"
             " test \"$A\" = \"$Z\" && echo same",
             "same");
    shell_is(0, "diff -r $D/files $B/new/files && stat -c %a $B/new/master.key", "600");
    shell_is(0, "$H doctor --data $B/new", "相配");
    /* The restored city starts. */
    shell_is(124, "timeout 3 $H serve --data $B/new --port 0", "http://127.0.0.1");
    /* Nothing is put over a city in use. */
    shell_is(5, "$H restore $B/good/2* --data $B/new", "already");
    shell_is(2, "$H restore", "usage");
    shell_is(4, "$H restore $B/nothing --data $B/none", "nothing");
    shell_is(0, "test ! -e $B/none", "");
}

static void damage_is_named(void **state) {
    (void)state;
    if (is_postgres) {
        return;
    }
    shell_is(0, "$H backup $B/hurt --data $D --quiet", "");
    shell_is(0, "head -c 32 /dev/urandom | sha256sum | cut -c1-64 > $B/key2 && chmod 600 $B/key2",
             "");
    shell_is(5, "$H restore $B/hurt/2* --data $B/h1 --key $B/key2", "not the one of the backup");
    /* A byte in the middle of the copy; a photo that is not what it was; one that is gone. */
    shell_is(5,
             "rm -rf $B/h1; cp -r $B/hurt $B/hurt2; F=$(ls $B/hurt2/2*/huanxin.db); "
             "printf X | dd of=$F bs=1 seek=200000 conv=notrunc 2>/dev/null; "
             "$H restore $B/hurt2/2* --data $B/h2",
             "changed or is damaged");
    shell_is(5,
             "cp -r $B/hurt $B/hurt3; for f in $B/hurt3/files/*/*; do printf x >> $f; done; "
             "$H restore $B/hurt3/2* --data $B/h3",
             "missing or damaged");
    shell_is(4, "cp -r $B/hurt $B/hurt4; rm -r $B/hurt4/files; $H restore $B/hurt4/2* --data $B/h4",
             "missing or damaged");
    /* A backup that says something else about itself. */
    shell_is(5,
             "cp -r $B/hurt $B/hurt5; sed -i 's/\"entries\":[0-9]*/\"entries\":1/' "
             "$B/hurt5/2*/backup.json; $H restore $B/hurt5/2* --data $B/h5",
             "not what the backup says");
    /* A photo lost in the house itself: no backup is named one. */
    shell_is(4,
             "cp -r $D $B/lost && rm -rf $B/lost/files && $H backup $B/of_lost --data $B/lost "
             "--quiet",
             "missing or damaged");
    shell_is(0, "! ls -d $B/of_lost/*Z 2>/dev/null", "");
    shell_is(5, "$H doctor --data $B/lost", "有误  照片和附件");
}

static void the_doctor_names_what_is_wrong(void **state) {
    (void)state;
    if (is_postgres) {
        return;
    }
    shell_is(0, "$H doctor --data $D --json", "\"check\":\"schema\",\"verdict\":\"good\"");
    shell_is(5, "$H doctor --data $D --production", "不能用于正式环境");
    shell_is(5, "$H doctor --data $B/nowhere", "没有这个目录");
    shell_is(0, "test ! -e $B/nowhere", "");
    shell_is(5, "cp -r $D $B/d1 && chmod 644 $B/d1/master.key && $H doctor --data $B/d1", "密钥");
    shell_is(5,
             "head -c 32 /dev/urandom | sha256sum | cut -c1-64 > $B/d1/master.key && "
             "chmod 600 $B/d1/master.key && $H doctor --data $B/d1",
             "打不开");
    shell_is(5, "$H doctor --data $D --city $B/no-city", "城市目录");
    shell_is(2, "$H doctor extra", "usage");
    shell_is(0, "$H doctor --help", "Changes nothing");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_is_made_while_others_write),
        cmocka_unit_test(what_was_backed_up_comes_back),
        cmocka_unit_test(damage_is_named),
        cmocka_unit_test(the_doctor_names_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
