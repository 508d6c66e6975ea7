/*
 * command_plan.c - `huanxin plan`. The reader is pure; this file reads and writes the disk.
 * A city folder is written to a temporary name beside it and renamed, so it is there whole or not.
 */
#include "main/command_plan.h"

#include "base/limits.h"
#include "reader/city.h"
#include "reader/reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { JSON_BYTES_MAX = 64 * 1024 * 1024, PATH_BYTES_MAX = 3800 };

static const char USAGE[] =
    "用法 usage:\n"
    "  huanxin plan read FILE [--json]    读方案：标题、任务、责任单位、目标、存疑处\n"
    "  huanxin plan new-city FILE DIR     从方案建一个城市目录 DIR（不覆盖已有目录），\n"
    "                                     带上 cities/anqiu 的标准记录种类和工作日历\n"
    "  huanxin plan load FILE [--data DIR] [--city DIR]\n"
    "                                     用方案原文替换已载入的摘要（结构须相同）\n"
    "  huanxin plan --help\n"
    "FILE 是 UTF-8 或 GB 18030 纯文本，最多 2 MB；\"-\" 是标准输入。\n";

static int fault_print(const Cx *cx, const char *name) {
    fprintf(stderr, "%s", name);
    if (cx->fault.line > 0) {
        fprintf(stderr, ":%lld:%lld", (long long)cx->fault.line, (long long)cx->fault.column);
    }
    fprintf(stderr, ": %s\n", cx->fault.text);
    if (cx->fault.detail[0] != '\0') {
        fprintf(stderr, "  %s\n", cx->fault.detail);
    }
    if (cx->fault.hint[0] != '\0') {
        fprintf(stderr, "  %s\n", cx->fault.hint);
    }
    return status_exit(cx->fault.status);
}

/* ---- files ---- */

static Status stream_read(Cx *cx, FILE *stream, Str *out) {
    size_t room = (size_t)LIMIT_PLAN_BYTES_MAX + 1;
    char *bytes = arena_alloc(cx->arena, room);
    size_t len = fread(bytes, 1, room, stream);
    if (ferror(stream)) {
        return fault(cx, STATUS_IO, "读不出文件：%s", strerror(errno));
    }
    *out = (Str){bytes, len};
    return STATUS_OK;
}

static Status file_read(Cx *cx, const char *path, Str *out) {
    if (strcmp(path, "-") == 0) {
        return stream_read(cx, stdin, out);
    }
    FILE *stream = fopen(path, "rbe");
    if (stream == NULL) {
        Status status = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
        return fault(cx, status, "打不开文件：%s", strerror(errno));
    }
    struct stat info;
    Status status = STATUS_OK;
    if (fstat(fileno(stream), &info) != 0 || S_ISDIR(info.st_mode)) {
        status = fault(cx, STATUS_INVALID, "这是目录，不是文件");
    } else {
        status = stream_read(cx, stream, out);
    }
    (void)fclose(stream);
    return status;
}

static Status file_write(Cx *cx, const char *dir, const CityFile *file) {
    const char *path = str_c(cx->arena, str_print(cx->arena, "%s/%s", dir, file->name));
    FILE *stream = fopen(path, "wbxe");
    if (stream == NULL) {
        return fault(cx, STATUS_IO, "写不了 %s：%s", path, strerror(errno));
    }
    bool is_written = fwrite(file->text.at, 1, file->text.len, stream) == file->text.len;
    is_written = fflush(stream) == 0 && is_written;
    is_written = fsync(fileno(stream)) == 0 && is_written;
    is_written = fclose(stream) == 0 && is_written;
    return is_written ? STATUS_OK : fault(cx, STATUS_IO, "写不完 %s：%s", path, strerror(errno));
}

/* ---- plan read ---- */

static Status plan_load(Cx *cx, const char *path, PlanText *text, Plan *plan) {
    Str bytes;
    TRY(file_read(cx, path, &bytes));
    TRY(plan_text_decode(cx, bytes, text));
    return plan_read(cx, text, plan);
}

static void list_print(const char *label, const PlanStrVec *list) {
    if (list->count == 0) {
        return;
    }
    printf("  %s", label);
    for (size_t i = 0; i < list->count; i++) {
        printf("%s" STR_FMT, i == 0 ? "" : "、", STR_ARG(list->items[i]));
    }
    putchar('\n');
}

static void path_print(const PlanStrVec *path) {
    for (size_t i = 0; i < path->count; i++) {
        printf("%s" STR_FMT, i == 0 ? "" : "/", STR_ARG(path->items[i]));
    }
}

static void target_print(const PlanTarget *target) {
    printf("- " STR_FMT "\n  [", STR_ARG(target->quote));
    path_print(&target->path);
    printf("] %s", plan_kind_text(target->kind));
    if (target->op != PLAN_OP_NONE) {
        printf(" %s", plan_op_text(target->op));
    }
    if (target->value.is_set) {
        printf(" " STR_FMT, STR_ARG(target->value.text));
    }
    if (target->value2.is_set) {
        printf(" .. " STR_FMT, STR_ARG(target->value2.text));
    }
    printf(" " STR_FMT, STR_ARG(target->unit));
    if (target->year != 0) {
        printf(" %d年", (int)target->year);
    }
    if (target->baseline_year != 0) {
        printf(" 基期%d年", (int)target->baseline_year);
    }
    if (target->period.len > 0) {
        printf(" " STR_FMT, STR_ARG(target->period));
    }
    printf(" (第%lld行)\n", (long long)target->line);
}

static void plan_print(Cx *cx, const Plan *plan) {
    bool has_date = plan->date.number != DAY_NONE.number;
    Str date = has_date ? day_print_zh(cx->arena, plan->date) : STR("日期不明");
    printf(STR_FMT "\n" STR_FMT " " STR_FMT " " STR_FMT "\n\n", STR_ARG(plan->title),
           STR_ARG(plan->issuer), STR_ARG(plan->doc_number), STR_ARG(date));
    printf("任务 %zu 项\n", plan->tasks.count);
    for (size_t i = 0; i < plan->tasks.count; i++) {
        const PlanTask *task = &plan->tasks.items[i];
        printf("- [");
        path_print(&task->path);
        printf("] " STR_FMT " (第%lld行，措施 %zu 条)\n", STR_ARG(task->title),
               (long long)task->line, task->measures.count);
        list_print("牵头 ", &task->lead);
        list_print("责任 ", &task->responsible);
    }
    printf("\n目标 %zu 个\n", plan->targets.count);
    for (size_t i = 0; i < plan->targets.count; i++) {
        target_print(&plan->targets.items[i]);
    }
    printf("\n单位 %zu 个\n", plan->units.count);
    list_print("", &plan->units);
    printf("\n存疑 %zu 处\n", plan->doubts.count);
    for (size_t i = 0; i < plan->doubts.count; i++) {
        const PlanDoubt *doubt = &plan->doubts.items[i];
        printf("- 第%lld行第%lld字 " STR_FMT "：“" STR_FMT "”\n", (long long)doubt->line,
               (long long)doubt->column, STR_ARG(doubt->reason), STR_ARG(doubt->quote));
    }
}

static Status json_print(Cx *cx, const Plan *plan) {
    Buf *out = buf_in(cx->arena, JSON_BYTES_MAX);
    TRY(plan_write_json(cx, plan, out));
    Str text = buf_str(out);
    if (fwrite(text.at, 1, text.len, stdout) != text.len) {
        return fault(cx, STATUS_IO, "写不了标准输出：%s", strerror(errno));
    }
    return STATUS_OK;
}

static Status read_run(Cx *cx, const char *path, bool as_json) {
    PlanText text;
    Plan plan;
    TRY(plan_load(cx, path, &text, &plan));
    if (as_json) {
        TRY(json_print(cx, &plan));
    } else {
        plan_print(cx, &plan);
    }
    if (fflush(stdout) != 0) {
        return fault(cx, STATUS_IO, "写不了标准输出：%s", strerror(errno));
    }
    return STATUS_OK;
}

/* ---- plan new-city ---- */

/* Takes back what was written when a later file failed. */
static void folder_remove(Cx *cx, const char *dir, const CityFiles *files) {
    for (size_t i = 0; i < files->count; i++) {
        (void)unlink(str_c(cx->arena, str_print(cx->arena, "%s/%s", dir, files->items[i].name)));
    }
    (void)rmdir(dir);
}

static Status folder_write(Cx *cx, const char *dir, const CityFiles *files) {
    if (mkdir(dir, 0755) != 0) {
        return fault(cx, STATUS_IO, "建不了目录 %s：%s", dir, strerror(errno));
    }
    for (size_t i = 0; i < files->count; i++) {
        TRY(file_write(cx, dir, &files->items[i]));
    }
    return STATUS_OK;
}

/* Renames without replacing, even when somebody made the folder in the meantime. */
static Status folder_place(Cx *cx, const char *fresh, const char *target) {
    if (renameat2(AT_FDCWD, fresh, AT_FDCWD, target, RENAME_NOREPLACE) == 0) {
        return STATUS_OK;
    }
    /* Some network file systems know no such flag; plain rename refuses a folder with files too. */
    if (errno == EINVAL && rename(fresh, target) == 0) {
        return STATUS_OK;
    }
    Status status = errno == EEXIST || errno == ENOTEMPTY ? STATUS_CONFLICT : STATUS_IO;
    return fault(cx, status, "放不到 %s：%s", target, strerror(errno));
}

/* ---- what every city shares ---- */

/* The folder whose kinds of record and calendar a new city begins with, when it is there. */
static const char STANDARD_CITY[] = "cities/anqiu";

static Status file_copy(Cx *cx, const char *from_dir, const char *to_dir, const char *name) {
    CityFile file = {.name = name};
    TRY(file_read(cx, str_c(cx->arena, str_print(cx->arena, "%s/%s", from_dir, name)), &file.text));
    return file_write(cx, to_dir, &file);
}

/* Declarations and the tables of conditions beside them. */
static bool is_declaration(const char *name) {
    return str_ends(str_of(name), STR(".yaml")) || str_ends(str_of(name), STR(".dmn"));
}

static Status records_copy(Cx *cx, const char *fresh, size_t *count) {
    const char *from = str_c(cx->arena, str_print(cx->arena, "%s/records", STANDARD_CITY));
    const char *to = str_c(cx->arena, str_print(cx->arena, "%s/records", fresh));
    DIR *folder = opendir(from);
    if (folder == NULL) {
        return STATUS_OK;
    }
    Status status = mkdir(to, 0755) == 0
                        ? STATUS_OK
                        : fault(cx, STATUS_IO, "建不了目录 %s：%s", to, strerror(errno));
    for (struct dirent *entry = readdir(folder); entry != NULL && status == STATUS_OK;
         entry = readdir(folder)) {
        if (is_declaration(entry->d_name)) {
            status = file_copy(cx, from, to, entry->d_name);
            *count += str_ends(str_of(entry->d_name), STR(".yaml")) ? 1 : 0;
        }
    }
    (void)closedir(folder);
    return status;
}

static Status standards_copy(Cx *cx, const char *fresh, size_t *count) {
    Status status = file_copy(cx, STANDARD_CITY, fresh, "calendar.yaml");
    if (status == STATUS_NOT_FOUND) {
        fault_clear(cx);
        status = STATUS_OK;
    }
    TRY(status);
    return records_copy(cx, fresh, count);
}

static void records_remove(Cx *cx, const char *fresh) {
    const char *records = str_c(cx->arena, str_print(cx->arena, "%s/records", fresh));
    DIR *folder = opendir(records);
    for (struct dirent *entry = folder == NULL ? NULL : readdir(folder); entry != NULL;
         entry = readdir(folder)) {
        if (is_declaration(entry->d_name)) {
            (void)unlink(str_c(cx->arena, str_print(cx->arena, "%s/%s", records, entry->d_name)));
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
        (void)rmdir(records);
    }
    (void)unlink(str_c(cx->arena, str_print(cx->arena, "%s/calendar.yaml", fresh)));
}

static Status new_city_run(Cx *cx, const char *path, const char *dir) {
    size_t len = strlen(dir);
    while (len > 1 && dir[len - 1] == '/') {
        len--;
    }
    if (len == 0 || len > PATH_BYTES_MAX) {
        return fault(cx, STATUS_INVALID, "目录名是空的或太长");
    }
    const char *target = str_c(cx->arena, (Str){dir, len});
    struct stat info;
    if (lstat(target, &info) == 0) {
        return fault(cx, STATUS_CONFLICT, "%s 已经存在，不覆盖", target);
    }
    PlanText text;
    Plan plan;
    CityFiles files;
    TRY(plan_load(cx, path, &text, &plan));
    TRY(city_files_make(cx, &text, &plan, &files));
    const char *fresh =
        str_c(cx->arena, str_print(cx->arena, "%s.new-%ld", target, (long)getpid()));
    size_t kinds = 0;
    Status status = folder_write(cx, fresh, &files);
    status = status == STATUS_OK ? standards_copy(cx, fresh, &kinds) : status;
    status = status == STATUS_OK ? folder_place(cx, fresh, target) : status;
    if (status != STATUS_OK) {
        records_remove(cx, fresh);
        folder_remove(cx, fresh, &files);
        return status;
    }
    printf(
        "%s：任务 %zu 项，单位 %zu 个，目标 %zu 个，存疑 %zu 处，标准记录种类 %zu 个；先读 %s/README\n",
        target, plan.tasks.count, plan.units.count, plan.targets.count, plan.doubts.count, kinds,
        target);
    return STATUS_OK;
}

/* ---- arguments ---- */

static int usage_print(FILE *stream, int code) {
    fputs(USAGE, stream);
    return code;
}

static Status dispatch(Cx *cx, int argc, char **argv, bool *is_usage) {
    if (argc >= 3 && strcmp(argv[1], "read") == 0) {
        bool is_json_last = argc == 4 && strcmp(argv[3], "--json") == 0;
        bool is_json_first = argc == 4 && strcmp(argv[2], "--json") == 0;
        if (argc == 3 || is_json_last || is_json_first) {
            return read_run(cx, is_json_first ? argv[3] : argv[2], argc == 4);
        }
    }
    if (argc == 4 && strcmp(argv[1], "new-city") == 0) {
        return new_city_run(cx, argv[2], argv[3]);
    }
    *is_usage = true;
    return STATUS_INVALID;
}

int command_plan(int argc, char **argv) {
    if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        return usage_print(stdout, 0);
    }
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    bool is_usage = false;
    Status status = dispatch(&cx, argc, argv, &is_usage);
    int code = status_exit(status);
    if (is_usage) {
        code = usage_print(stderr, status_exit(STATUS_INVALID));
    } else if (status != STATUS_OK) {
        bool is_json_first = strcmp(argv[2], "--json") == 0;
        code = fault_print(&cx, is_json_first ? argv[3] : argv[2]);
    }
    arena_free(arena);
    return code;
}
