/*
 * command_doctor.c - `huanxin doctor`: one line for each thing that must be so before and while a
 * server runs. It changes nothing: no migration, no key, no folder.
 */
#include "attach/attach.h"
#include "main/command.h"
#include "main/embedded.h"
#include "main/keep.h"
#include "main/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const char usage[] =
    "usage: huanxin doctor [--data DIR] [--city DIR] [--db FILE] [--production] [--json]\n"
    "Looks at the data folder, the database (pages, references, schema), the key, the photos, the\n"
    "free disk, the log of the database and the city's declarations. Changes nothing; may run\n"
    "beside a server. Exit code 0: all is well; 5: something is wrong; warnings do not count.\n";

typedef enum Verdict { GOOD, WARN, BAD } Verdict;

enum {
    FREE_BYTES_MIN = 1024 * 1024 * 1024, /* a day of a county, its log and room to act */
    LOG_BYTES_WARN = 256 * 1024 * 1024, /* the log is folded at 64 MB: beyond that a reader hangs */
    FINDING_ROWS_MAX = 24,
};

typedef struct Finding {
    Verdict verdict;
    const char *code;
    const char *zh;
    Str detail;
} Finding;

typedef struct Visit {
    Cx *cx;
    const Settings *settings;
    Finding findings[FINDING_ROWS_MAX];
    size_t count;
    int64_t db_bytes;
    bool has_database;
    SealKey key;
    bool has_key;
} Visit;

static void note(Visit *visit, Verdict verdict, const char *code, const char *zh, Str detail) {
    check(visit->count < FINDING_ROWS_MAX);
    visit->findings[visit->count++] = (Finding){verdict, code, zh, detail};
}

/* A fault becomes a finding; the visit goes on. */
static void note_fault(Visit *visit, const char *code, const char *zh) {
    note(visit, BAD, code, zh, str_dup(visit->cx->arena, str_of(visit->cx->fault.text)));
    fault_clear(visit->cx);
}

static const char *path_of(Visit *visit, const char *name) {
    return str_c(visit->cx->arena, house_path(visit->cx, visit->settings, name));
}

/* ---- folder and disk ---- */

static void folder_look(Visit *visit) {
    struct stat info;
    const char *data = visit->settings->text[SETTING_TEXT_DATA];
    if (stat(data, &info) != 0 || !S_ISDIR(info.st_mode)) {
        note(visit, BAD, "folder", "数据目录", STR("没有这个目录"));
        return;
    }
    bool is_private = (info.st_mode & 077) == 0;
    note(visit, is_private ? GOOD : WARN, "folder", "数据目录",
         str_print(visit->cx->arena, "%s 权限 %04o", data, (unsigned)(info.st_mode & 07777)));
}

static void disk_look(Visit *visit) {
    struct statvfs disk;
    if (statvfs(visit->settings->text[SETTING_TEXT_DATA], &disk) != 0) {
        return;
    }
    const int64_t free_bytes = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    bool is_enough = free_bytes > FREE_BYTES_MIN && free_bytes > 2 * visit->db_bytes;
    note(visit, is_enough ? GOOD : WARN, "disk", "剩余空间",
         str_print(visit->cx->arena, "%" PRId64 " MB，数据库 %" PRId64 " MB",
                   free_bytes / 1024 / 1024, visit->db_bytes / 1024 / 1024));
}

static void log_look(Visit *visit) {
    struct stat info;
    if (stat(path_of(visit, "huanxin.db-wal"), &info) == 0) {
        note(visit, info.st_size < LOG_BYTES_WARN ? GOOD : WARN, "log", "数据库日志文件",
             str_print(visit->cx->arena, "%lld MB", (long long)info.st_size / 1024 / 1024));
    }
}

/* ---- key ---- */

static void key_look(Visit *visit) {
    Cx *cx = visit->cx;
    Status status = seal_key_file_load(cx, str_of(path_of(visit, "master.key")), &visit->key);
    if (status != STATUS_OK) {
        note_fault(visit, "key", "密钥");
        return;
    }
    visit->has_key = true;
    note(visit, GOOD, "key", "密钥",
         str_print(cx->arena, "标记 " STR_FMT, STR_ARG(keep_key_mark(cx->arena, &visit->key))));
}

/* ---- database ---- */

static void schema_look(Visit *visit, DbConn *conn) {
    int64_t version = 0;
    const int64_t own = (int64_t)embedded_migration_count;
    if (keep_schema_version(visit->cx, conn, &version) != STATUS_OK) {
        note_fault(visit, "schema", "数据库结构");
        return;
    }
    Str detail =
        str_print(visit->cx->arena, "第 %" PRId64 " 版，程序第 %" PRId64 " 版%s", version, own,
                  version < own   ? "，启动时升级，升级前请备份"
                  : version > own ? "，数据由更新的程序写过，不能启动"
                                  : "");
    note(visit, version == own ? GOOD : version < own ? WARN : BAD, "schema", "数据库结构", detail);
}

static void pages_look(Visit *visit, DbConn *conn) {
    Str finding = STR_NONE;
    if (db_check(visit->cx, conn, &finding) != STATUS_OK) {
        note_fault(visit, "pages", "数据库文件");
        return;
    }
    note(visit, finding.len == 0 ? GOOD : BAD, "pages", "数据库文件",
         finding.len == 0 ? STR("各页、索引和引用完好") : finding);
}

static void photos_look(Visit *visit, DbConn *conn) {
    AttachDigests digests = {0};
    int64_t missing = 0;
    if (keep_digests(visit->cx, conn, &digests) != STATUS_OK) {
        note_fault(visit, "files", "照片和附件");
        return;
    }
    Str folder = house_path(visit->cx, visit->settings, "files");
    for (size_t i = 0; i < digests.count; i++) {
        missing += attach_file_is_stored(visit->cx->arena, folder, digests.items[i]) ? 0 : 1;
    }
    note(visit, missing == 0 ? GOOD : BAD, "files", "照片和附件",
         str_print(visit->cx->arena, "%zu 份，缺 %" PRId64 " 份", digests.count, missing));
}

/* The key may be a key, and not this city's. */
static void opens_look(Visit *visit, DbConn *conn) {
    Cx *cx = visit->cx;
    Str sealed = STR_NONE;
    Str clear = STR_NONE;
    SealKey field;
    if (!visit->has_key || keep_sealed_name(cx, conn, &sealed) != STATUS_OK || sealed.len == 0) {
        fault_clear(cx);
        return;
    }
    seal_key_derive(&visit->key, STR("personal data"), &field);
    Status status = seal_field_open(cx, &field, STR("person.name"), sealed, &clear);
    seal_key_wipe(&field);
    fault_clear(cx);
    note(visit, status == STATUS_OK ? GOOD : BAD, "opens", "密钥与数据",
         status == STATUS_OK ? STR("相配") : STR("这把密钥打不开这个数据库的姓名"));
}

static void demo_look(Visit *visit, DbConn *conn) {
    bool is_demo = false;
    if (keep_has_demo(visit->cx, conn, &is_demo) != STATUS_OK) {
        fault_clear(visit->cx);
        return;
    }
    bool is_wrong = is_demo && visit->settings->flag[SETTING_FLAG_PRODUCTION];
    note(visit, is_wrong ? BAD : GOOD, "demo", "演示人员",
         is_demo ? STR("有，不能用于正式环境") : STR("没有"));
}

static void database_look(Visit *visit) {
    House house = {0};
    DbConn *conn = NULL;
    struct stat info;
    if (stat(path_of(visit, "huanxin.db"), &info) == 0) {
        visit->db_bytes = info.st_size;
    }
    Status status = house_open_to_verify(visit->cx, visit->settings, &house);
    if (status == STATUS_OK) {
        status = db_read_begin(visit->cx, house.db, &conn);
    }
    if (status != STATUS_OK) {
        note_fault(visit, "database", "数据库");
    } else {
        schema_look(visit, conn);
        pages_look(visit, conn);
        photos_look(visit, conn);
        opens_look(visit, conn);
        demo_look(visit, conn);
        db_read_end(house.db, conn);
    }
    house_close(&house);
}

/* ---- city ---- */

static void city_look(Visit *visit) {
    House *house = arena_new(visit->cx->arena, House);
    Status status = house_city_check(visit->cx, visit->settings, house);
    if (status != STATUS_OK) {
        note_fault(visit, "city", "城市目录");
        return;
    }
    note(visit, GOOD, "city", "城市目录", house->city.name);
}

/* ---- printing ---- */

static const char *const verdict_codes[] = {"good", "warn", "bad"};
static const char *const verdict_zh[] = {"正常", "注意", "有误"};

static void print(const Visit *visit) {
    Arena *arena = visit->cx->arena;
    bool is_json = visit->settings->flag[SETTING_FLAG_JSON];
    (void)fputs(is_json ? "{\"checks\":[" : "", stdout);
    for (size_t i = 0; i < visit->count; i++) {
        const Finding *row = &visit->findings[i];
        if (is_json) {
            printf("%s{\"check\":\"%s\",\"verdict\":\"%s\",\"detail\":" STR_FMT "}",
                   i == 0 ? "" : ",", row->code, verdict_codes[row->verdict],
                   STR_ARG(str_json(arena, row->detail)));
        } else {
            printf("%s  %s：" STR_FMT "\n", verdict_zh[row->verdict], row->zh,
                   STR_ARG(row->detail));
        }
    }
    (void)fputs(is_json ? "]}\n" : "", stdout);
}

static int visit_run(Visit *visit) {
    folder_look(visit);
    key_look(visit);
    database_look(visit);
    disk_look(visit);
    log_look(visit);
    city_look(visit);
    seal_key_wipe(&visit->key);
    print(visit);
    for (size_t i = 0; i < visit->count; i++) {
        if (visit->findings[i].verdict == BAD) {
            return status_exit(STATUS_CONFLICT);
        }
    }
    return 0;
}

int command_doctor(int argc, char **argv) {
    Arena *arena = arena_create();
    Cx cx;
    Settings settings;
    cx_init(&cx, arena);
    Visit visit = {.cx = &cx, .settings = &settings};
    Status status = settings_read(&cx, argc, argv, &settings);
    int code = 0;
    if (status != STATUS_OK) {
        code = command_fault(&cx, status);
    } else if (settings.flag[SETTING_FLAG_HELP] || settings.word_count != 0) {
        (void)fputs(usage, settings.flag[SETTING_FLAG_HELP] ? stdout : stderr);
        code = settings.flag[SETTING_FLAG_HELP] ? 0 : status_exit(STATUS_INVALID);
    } else {
        code = visit_run(&visit);
    }
    arena_free(arena);
    return code;
}
