/* command_record.c - `huanxin record`: checks declarations, lists, imports and exports records. */
#include "main/command_record.h"

#include "main/command.h"
#include "record/record.h"

#include <stdio.h>
#include <string.h>

static const char USAGE[] =
    "用法 usage:\n"
    "  huanxin record check DIR [--json]\n"
    "    check           检查城市目录 DIR 里 records/*.yaml 的声明，一次列出全部错误：文件:行号: 应为什么\n"
    "    --json          以 JSON 打印\n"
    "退出码 exit: 0 没有错误，2 参数或声明有误，10 读取失败。\n";

static void json_text(Cx *cx, const char *key, Str text, bool is_last) {
    Str json = str_json(cx->arena, text);
    printf("\"%s\":" STR_FMT "%s", key, STR_ARG(json), is_last ? "" : ",");
}

static void check_json(Cx *cx, const RecordBook *book, const RecordProblems *problems) {
    printf("{\"kinds\":[");
    for (size_t i = 0; i < book->kind_count; i++) {
        printf("%s{", i == 0 ? "" : ",");
        json_text(cx, "kind", book->kinds[i].code, false);
        json_text(cx, "title", book->kinds[i].title, false);
        printf("\"fields\":%zu,\"states\":%zu}", book->kinds[i].field_count,
               book->kinds[i].state_count);
    }
    printf("],\"problems\":[");
    for (size_t i = 0; i < problems->count; i++) {
        printf("%s{", i == 0 ? "" : ",");
        json_text(cx, "file", problems->items[i].file, false);
        printf("\"line\":%lld,", (long long)problems->items[i].line);
        json_text(cx, "text", problems->items[i].text, true);
        printf("}");
    }
    printf("]}\n");
}

static void check_print(const RecordBook *book, const RecordProblems *problems) {
    for (size_t i = 0; i < problems->count; i++) {
        const RecordProblem *problem = &problems->items[i];
        printf(STR_FMT ":%lld: " STR_FMT "\n", STR_ARG(problem->file), (long long)problem->line,
               STR_ARG(problem->text));
    }
    printf("%zu 种记录，%zu 个错误\n", book->kind_count, problems->count);
}

static int verb_check(Cx *cx, const char *folder, bool is_json) {
    RecordBook book = {0};
    RecordProblems problems = {0};
    Status status = record_book_load(cx, str_of(folder), &problems, &book);
    if (status != STATUS_OK && problems.count == 0) {
        return command_fault(cx, status);
    }
    if (is_json) {
        check_json(cx, &book, &problems);
    } else {
        check_print(&book, &problems);
    }
    return status_exit(status);
}

int command_record(int argc, char **argv) {
    const char *words[2] = {NULL, NULL};
    size_t word_count = 0;
    bool is_json = false;
    bool is_help = false;
    bool is_wrong = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            is_json = true;
        } else if (strcmp(argv[i], "--help") == 0) {
            is_help = true;
        } else if (argv[i][0] != '-' && word_count < 2) {
            words[word_count++] = argv[i];
        } else {
            is_wrong = true;
        }
    }
    if (is_help || is_wrong || word_count != 2 || strcmp(words[0], "check") != 0) {
        (void)fputs(USAGE, is_help ? stdout : stderr);
        return is_help ? 0 : status_exit(STATUS_INVALID);
    }
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    int code = verb_check(&cx, words[1], is_json);
    arena_free(arena);
    return code;
}
