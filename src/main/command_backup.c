/*
 * command_backup.c - `huanxin backup` and `huanxin restore`. A backup is proved before it is named
 * one: pages, journal, ledger and every attachment. A restore that does not say what the backup
 * said is none.
 */
#include "attach/attach.h"
#include "main/command.h"
#include "main/keep.h"
#include "main/terminal.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char backup_usage[] =
    "usage: huanxin backup TO [--data DIR] [--keep N] [--json] [--quiet]\n"
    "Copies the database to TO/TIME/huanxin.db while the server runs, and photos that are not there\n"
    "yet to TO/files. Proves the copy (pages, journal, ledger, every photo) and notes count and head\n"
    "of the journal in TO/TIME/backup.json. --keep N removes all but the newest N afterwards.\n"
    "The key is not copied: keep DATA/master.key elsewhere, once.\n"
    "Exit code 0: proved; 5: something is damaged; 2: PostgreSQL, which pg_dump backs up.\n";
static const char restore_usage[] =
    "usage: huanxin restore TO/TIME --data DIR [--key FILE] [--json] [--quiet]\n"
    "Puts a backup into a folder without a database, with the photos of TO/files and the key FILE,\n"
    "and proves that it is what was backed up. Without --key put the key there before the start.\n"
    "Exit code 0: proved; 5: not what was backed up, or DIR is in use.\n";

typedef struct Keep {
    Cx *cx;
    const Settings *settings;
    KeepFacts facts;
    AttachDigests digests; /* of files that must be there */
    Str place;             /* the folder of this backup */
    int64_t copied_count;
} Keep;

static const char *path_in(Keep *keep, Str folder, const char *name) {
    return str_c(keep->cx->arena, str_print(keep->cx->arena, STR_FMT "/%s", STR_ARG(folder), name));
}

static Status folder_make(Cx *cx, const char *path) {
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        return fault(cx, STATUS_IO, "cannot make folder \"%.300s\": %s", path, strerror(errno));
    }
    return STATUS_OK;
}

static void bar(void *context, int64_t done, int64_t total) {
    const Settings *settings = context;
    if (!settings->flag[SETTING_FLAG_QUIET] && isatty(STDERR_FILENO) && total > 0) {
        terminal_bar(done * 10000 / total, "database");
    }
}

/* One file, checked against its digest on the way. */
static Status file_copy(Cx *cx, Str from, Str to, Str digest) {
    Str bytes = STR_NONE;
    Str written = STR_NONE;
    TRY(attach_file_get(cx, from, digest, &bytes));
    TRY(attach_bytes_put(cx, to, bytes, &written));
    return str_equal(written, digest) ? STATUS_OK : fault(cx, STATUS_CONFLICT, "damaged");
}

static Status missing(Keep *keep, Status status, Str digest) {
    return fault(keep->cx, status, "file " STR_FMT " is missing or damaged", STR_ARG(digest));
}

/* Everything that is there; then everything that the copied database names must be. */
static Status files_copy(Keep *keep, Str from, Str to) {
    AttachDigests there = {0};
    Status status = STATUS_OK;
    TRY(attach_file_list(keep->cx, from, &there));
    Arena *scratch = arena_create();
    for (size_t i = 0; status == STATUS_OK && i < there.count; i++) {
        Cx cx;
        arena_reset(scratch);
        cx_init(&cx, scratch);
        if (!attach_file_is_stored(scratch, to, there.items[i])) {
            status = file_copy(&cx, from, to, there.items[i]);
            keep->copied_count++;
        }
        if (status != STATUS_OK) {
            status = missing(keep, status, there.items[i]);
        }
    }
    for (size_t i = 0; status == STATUS_OK && i < keep->digests.count; i++) {
        if (!attach_file_is_stored(scratch, to, keep->digests.items[i])) {
            status = missing(keep, STATUS_NOT_FOUND, keep->digests.items[i]);
        }
    }
    arena_free(scratch);
    keep->facts.file_count = (int64_t)there.count;
    return status;
}

static Str stamp_of(Arena *arena, int64_t now_ms) {
    struct tm parts;
    char text[KEEP_STAMP_BYTES + 1] = "";
    const time_t seconds = (time_t)(now_ms / 1000);
    if (gmtime_r(&seconds, &parts) != NULL) {
        (void)strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts);
    }
    return str_dup(arena, str_of(text));
}

/* ---- backup ---- */

static void key_mark_read(Keep *keep) {
    Cx quiet;
    SealKey master;
    cx_init(&quiet, keep->cx->arena);
    Str path = house_path(keep->cx, keep->settings, "master.key");
    if (seal_key_file_load(&quiet, path, &master) == STATUS_OK) {
        keep->facts.key = keep_key_mark(keep->cx->arena, &master);
        seal_key_wipe(&master);
    }
}

static Status database_copy(Keep *keep, const char *draft) {
    const char *url = keep->settings->text[SETTING_TEXT_DB];
    Str path = url[0] != '\0' ? str_of(url) : house_path(keep->cx, keep->settings, "huanxin.db");
    const DbCopy copy = {.from = str_c(keep->cx->arena, path),
                         .to = draft,
                         .progress = bar,
                         .context = (void *)(uintptr_t)keep->settings};
    return db_copy(keep->cx, &copy);
}

static Status database_prove(Keep *keep, const char *path) {
    struct stat info;
    TRY(keep_prove(keep->cx, path, &keep->facts, &keep->digests));
    TRY(keep_digest_of(keep->cx, path, &keep->facts.db_digest));
    if (stat(path, &info) != 0) {
        return fault(keep->cx, STATUS_IO, "cannot read \"%.300s\"", path);
    }
    keep->facts.db_bytes = info.st_size;
    return STATUS_OK;
}

/* A folder that a backup died in has another name and is never taken for one. */
static Status backup(Keep *keep) {
    Cx *cx = keep->cx;
    Str to = str_of(keep->settings->words[0]);
    keep->facts.made_ms = house_clock_ms(NULL);
    Str stamp = stamp_of(cx->arena, keep->facts.made_ms);
    keep->place = str_print(cx->arena, STR_FMT "/" STR_FMT, STR_ARG(to), STR_ARG(stamp));
    const char *draft =
        str_c(cx->arena, str_print(cx->arena, STR_FMT ".part", STR_ARG(keep->place)));
    TRY(folder_make(cx, str_c(cx->arena, to)));
    TRY(folder_make(cx, draft));
    TRY(database_copy(keep, path_in(keep, str_of(draft), "huanxin.db")));
    TRY(database_prove(keep, path_in(keep, str_of(draft), "huanxin.db")));
    TRY(files_copy(keep, house_path(cx, keep->settings, "files"),
                   str_print(cx->arena, STR_FMT "/files", STR_ARG(to))));
    key_mark_read(keep);
    TRY(keep_manifest_write(cx, path_in(keep, str_of(draft), "backup.json"), &keep->facts));
    if (rename(draft, str_c(cx->arena, keep->place)) != 0) {
        return fault(cx, STATUS_CONFLICT, "there is a backup of this second already");
    }
    return STATUS_OK;
}

static bool is_stamp(const char *name) {
    return strlen(name) == KEEP_STAMP_BYTES && name[8] == 'T' && name[15] == 'Z' &&
           strspn(name, "0123456789TZ") == KEEP_STAMP_BYTES;
}

static int stamp_filter(const struct dirent *item) {
    return is_stamp(item->d_name);
}

/* Only what backup itself made: its two files and their folder. */
static Status older_remove(Keep *keep) {
    struct dirent **items = NULL;
    const int64_t wanted = keep->settings->number[SETTING_KEEP];
    const char *to = keep->settings->words[0];
    int count = wanted == 0 ? 0 : scandir(to, &items, stamp_filter, alphasort);
    for (int i = 0; i < count; i++) {
        Str folder = str_print(keep->cx->arena, "%s/%s", to, items[i]->d_name);
        if (i < count - wanted) {
            (void)unlink(path_in(keep, folder, "huanxin.db"));
            (void)unlink(path_in(keep, folder, "backup.json"));
            (void)rmdir(str_c(keep->cx->arena, folder));
        }
        free(items[i]);
    }
    free(items);
    return count < 0 ? fault(keep->cx, STATUS_IO, "cannot list \"%.300s\"", to) : STATUS_OK;
}

/* ---- restore ---- */

static Status target_check(Keep *keep) {
    Str path = house_path(keep->cx, keep->settings, "huanxin.db");
    if (access(str_c(keep->cx->arena, path), F_OK) == 0) {
        return fault(keep->cx, STATUS_CONFLICT, "there is a database at " STR_FMT " already",
                     STR_ARG(path));
    }
    return folder_make(keep->cx, keep->settings->text[SETTING_TEXT_DATA]);
}

static Status key_put(Keep *keep, const KeepFacts *said) {
    const char *from = keep->settings->text[SETTING_TEXT_KEY];
    SealKey master;
    Str bytes = STR_NONE;
    if (from[0] == '\0') {
        return STATUS_OK;
    }
    TRY(seal_key_file_load(keep->cx, str_of(from), &master));
    Str mark = keep_key_mark(keep->cx->arena, &master);
    seal_key_wipe(&master);
    if (said->key.len > 0 && !str_equal(mark, said->key)) {
        return fault(keep->cx, STATUS_CONFLICT, "this key is not the one of the backup");
    }
    const char *to = str_c(keep->cx->arena, house_path(keep->cx, keep->settings, "master.key"));
    TRY(terminal_file_read(keep->cx, from, 4096, &bytes));
    const mode_t before = umask(0077);
    Status status = terminal_file_write(keep->cx, to, bytes);
    (void)umask(before);
    return status;
}

static Status same_check(Cx *cx, const KeepFacts *said, const KeepFacts *found) {
    bool is_same = said->entry_count == found->entry_count &&
                   str_equal(said->head_hash, found->head_hash) &&
                   said->transfer_count == found->transfer_count &&
                   said->schema_version == found->schema_version;
    return is_same ? STATUS_OK
                   : fault(cx, STATUS_CONFLICT,
                           "the restored database is not what the backup says: %" PRId64
                           " entries instead of %" PRId64,
                           found->entry_count, said->entry_count);
}

static Status restore(Keep *keep) {
    Cx *cx = keep->cx;
    KeepFacts said = {0};
    Str digest = STR_NONE;
    keep->place = str_of(keep->settings->words[0]);
    const char *from = path_in(keep, keep->place, "huanxin.db");
    const char *to = str_c(cx->arena, house_path(cx, keep->settings, "huanxin.db"));
    TRY(keep_manifest_read(cx, path_in(keep, keep->place, "backup.json"), &said));
    TRY(target_check(keep));
    TRY(keep_digest_of(cx, from, &digest));
    if (!str_equal(digest, said.db_digest)) {
        return fault(cx, STATUS_CONFLICT, "the database of the backup was changed or is damaged");
    }
    TRY(key_put(keep, &said));
    const DbCopy copy = {.from = from, .to = to};
    TRY(db_copy(cx, &copy));
    TRY(keep_prove(cx, to, &keep->facts, &keep->digests));
    TRY(same_check(cx, &said, &keep->facts));
    keep->facts.made_ms = said.made_ms;
    keep->facts.key = said.key;
    return files_copy(keep, str_print(cx->arena, STR_FMT "/../files", STR_ARG(keep->place)),
                      house_path(cx, keep->settings, "files"));
}

/* ---- printing ---- */

static void print(const Keep *keep, const char *zh) {
    const KeepFacts *facts = &keep->facts;
    if (keep->settings->flag[SETTING_FLAG_JSON]) {
        printf("{\"place\":" STR_FMT ",\"made_ms\":%" PRId64 ",\"schema_version\":%" PRId64
               ",\"entries\":%" PRId64 ",\"head\":\"" STR_FMT "\",\"transfers\":%" PRId64
               ",\"files\":%" PRId64 ",\"files_copied\":%" PRId64 ",\"key\":\"" STR_FMT "\"}\n",
               STR_ARG(str_json(keep->cx->arena, keep->place)), facts->made_ms,
               facts->schema_version, facts->entry_count, STR_ARG(facts->head_hash),
               facts->transfer_count, facts->file_count, keep->copied_count, STR_ARG(facts->key));
        return;
    }
    printf("%s：" STR_FMT "\n日志 %" PRId64 " 条，链值 " STR_FMT "\n资金流水 %" PRId64
           " 笔相符；照片 %" PRId64 " 份，新复制 %" PRId64 " 份；密钥标记 " STR_FMT "\n",
           zh, STR_ARG(keep->place), facts->entry_count, STR_ARG(facts->head_hash),
           facts->transfer_count, facts->file_count, keep->copied_count,
           STR_ARG(facts->key.len > 0 ? facts->key : STR("未知")));
}

typedef struct Words {
    const char *usage;
    const char *done_zh;
    Status (*run)(Keep *keep);
} Words;

static int run(int argc, char **argv, const Words *words) {
    Arena *arena = arena_create();
    Cx cx;
    Settings settings;
    cx_init(&cx, arena);
    Keep keep = {.cx = &cx, .settings = &settings};
    Status status = settings_read(&cx, argc, argv, &settings);
    int code = 0;
    if (status == STATUS_OK && (settings.flag[SETTING_FLAG_HELP] || settings.word_count != 1)) {
        bool is_help = settings.flag[SETTING_FLAG_HELP];
        (void)fputs(words->usage, is_help ? stdout : stderr);
        code = is_help ? 0 : status_exit(STATUS_INVALID);
        arena_free(arena);
        return code;
    }
    status = status == STATUS_OK ? words->run(&keep) : status;
    if (status == STATUS_OK) {
        print(&keep, words->done_zh);
    } else {
        code = command_fault(&cx, status);
    }
    arena_free(arena);
    return code;
}

static Status backup_run(Keep *keep) {
    TRY(backup(keep));
    return older_remove(keep);
}

int command_backup(int argc, char **argv) {
    const Words words = {backup_usage, "备份完成并已验证", backup_run};
    return run(argc, argv, &words);
}

int command_restore(int argc, char **argv) {
    const Words words = {restore_usage, "恢复完成并已验证", restore};
    return run(argc, argv, &words);
}
