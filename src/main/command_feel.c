/* command_feel.c - `huanxin feel`: the FEEL engine on the command line. */
#include "main/command_feel.h"

#include "base/limits.h"
#include "feel/feel.h"
#include "main/terminal.h"

#include <stdio.h>
#include <string.h>

static const char USAGE[] =
    "用法 usage:\n"
    "  huanxin feel EXPR [--context FILE.json] [--json] [--now ISO]\n"
    "    EXPR              FEEL 1.5 表达式，例如 'min(6999 * 0.2, 1500)'\n"
    "    --context FILE    JSON 对象，其中各项可作为名称使用；\"-\" 是标准输入\n"
    "    --json            以 JSON 打印结果\n"
    "    --now ISO         now() 与 today() 的时间，例如 2026-01-31T08:30:00+08:00\n"
    "  huanxin feel --help\n"
    "退出码 exit: 0 已求值（结果可为 null），2 表达式或参数有误，7 超出限额。\n";

enum {
    FEEL_COMMAND_STEPS = 50 * 1000 * 1000,
    FEEL_COMMAND_BYTES = 512 * 1024 * 1024,
    CONTEXT_BYTES_MAX = LIMIT_UPLOAD_BYTES_MAX,
    OUTPUT_BYTES_MAX = 64 * 1024 * 1024,
};

typedef struct Options {
    const char *expression;
    const char *context_path;
    const char *now;
    bool is_json;
} Options;

/* ---- arguments ---- */

static bool options_read(int argc, char **argv, Options *out) {
    for (int i = 1; i < argc; i++) {
        bool has_value = i + 1 < argc;
        if (strcmp(argv[i], "--json") == 0) {
            out->is_json = true;
        } else if (strcmp(argv[i], "--context") == 0 && has_value) {
            out->context_path = argv[++i];
        } else if (strcmp(argv[i], "--now") == 0 && has_value) {
            out->now = argv[++i];
        } else if (out->expression == NULL && strncmp(argv[i], "--", 2) != 0) {
            out->expression = argv[i];
        } else {
            return false;
        }
    }
    return out->expression != NULL;
}

static Status context_read(Cx *cx, const char *path, FeelScope *scope, const FeelValue **slots) {
    static const FeelValue NONE = {.kind = FEEL_NULL};
    Str json = STR_NONE;
    FeelValue value = FEEL_NULL_VALUE;
    *slots = &NONE;
    if (path == NULL) {
        return STATUS_OK;
    }
    TRY(terminal_file_read(cx, path, CONTEXT_BYTES_MAX, &json));
    TRY(feel_parse_json(cx, json, &value));
    if (value.kind != FEEL_CONTEXT) {
        return fault(cx, STATUS_INVALID, "%s holds no JSON object", path);
    }
    FeelValue *frame = arena_array(cx->arena, FeelValue, value.context->count);
    for (size_t i = 0; i < value.context->count; i++) {
        size_t slot = feel_scope_add(scope, value.context->entries[i].key, NULL);
        frame[slot] = value.context->entries[i].value;
    }
    *slots = frame;
    return STATUS_OK;
}

/* ---- diagnostics ---- */

static Str line_of(Str source, size_t offset) {
    size_t start = offset;
    while (start > 0 && source.at[start - 1] != '\n') {
        start--;
    }
    Str rest = str_from(source, start);
    return str_cut(&rest, '\n');
}

/* Chinese characters are two columns wide on a terminal. */
static void caret_print(Str line, int64_t column) {
    enum { WIDE_FROM = 0x1100 };
    size_t at = 0;
    fputs("    ", stderr);
    for (int64_t i = 1; i < column && at < line.len; i++) {
        fputs(str_rune(line, &at) >= WIDE_FROM ? "  " : " ", stderr);
    }
    fputs("^\n", stderr);
}

static void diagnostic_print(Arena *arena, const FeelDiagnostic *diagnostic) {
    int64_t line = 0;
    int64_t column = 0;
    feel_diagnostic_place(diagnostic, &line, &column);
    Str text = feel_diagnostic_text(arena, diagnostic, FEEL_ENGLISH);
    Str hint = feel_diagnostic_hint(diagnostic, FEEL_ENGLISH);
    Str code = feel_diagnostic_code(diagnostic);
    Str source = line_of(diagnostic->source, diagnostic->offset);
    fprintf(stderr, "%lld:%lld: " STR_FMT " [" STR_FMT "]\n    " STR_FMT "\n", (long long)line,
            (long long)column, STR_ARG(text), STR_ARG(code), STR_ARG(source));
    caret_print(source, column);
    if (hint.len > 0) {
        fprintf(stderr, "    hint: " STR_FMT "\n", STR_ARG(hint));
    }
}

static void diagnostics_print(Arena *arena, const FeelDiagnostics *diagnostics) {
    size_t kept = diagnostics->count < FEEL_DIAGNOSTICS_MAX ? diagnostics->count
                                                            : (size_t)FEEL_DIAGNOSTICS_MAX;
    for (size_t i = 0; i < kept; i++) {
        diagnostic_print(arena, &diagnostics->items[i]);
    }
    if (diagnostics->count > kept) {
        fprintf(stderr, "and %zu more\n", diagnostics->count - kept);
    }
}

/* ---- running ---- */

typedef struct Run {
    Cx cx;
    FeelDiagnostics diagnostics;
    FeelValue value;
} Run;

static Status evaluate(Run *run, const Options *options) {
    Cx *cx = &run->cx;
    ZoneSet *zones = zone_set_in(cx->arena, NULL);
    FeelScope *scope = feel_scope_new(cx->arena, zones);
    const FeelValue *slots = NULL;
    const FeelProgram *program = NULL;
    Temporal now;
    if (options->now != NULL && !temporal_parse_date_time(zones, str_of(options->now), &now)) {
        return fault(cx, STATUS_INVALID, "--now %s is no date and time", options->now);
    }
    TRY(context_read(cx, options->context_path, scope, &slots));
    TRY(feel_compile(cx, scope, str_of(options->expression), &run->diagnostics, &program));
    /* Unknown names are said again, with the same words, where they are met. */
    run->diagnostics.count = 0;
    FeelEval eval;
    feel_eval_init(&eval, cx, options->now == NULL ? NULL : &now, zones, &run->diagnostics);
    return feel_evaluate(&eval, program, slots, &run->value);
}

/* A fault that is no diagnostic: a file, a limit, JSON (with its place). */
static void fault_print(const Fault *fault) {
    fprintf(stderr, "huanxin feel: %s", fault->text);
    if (fault->line > 0) {
        fprintf(stderr, " (line %lld, column %lld)", (long long)fault->line,
                (long long)fault->column);
    }
    fputc('\n', stderr);
}

static int report(Run *run, Status status, const Options *options) {
    diagnostics_print(run->cx.arena, &run->diagnostics);
    if (status != STATUS_OK) {
        if (run->diagnostics.count == 0) {
            fault_print(&run->cx.fault);
        }
        return status_exit(status);
    }
    Buf *buf = buf_in(run->cx.arena, OUTPUT_BYTES_MAX);
    if (options->is_json) {
        feel_put_json(buf, &run->value);
    } else {
        feel_put(buf, &run->value);
    }
    if (buf_status(buf) != STATUS_OK) {
        fprintf(stderr, "huanxin feel: the value is longer than %d bytes\n", (int)OUTPUT_BYTES_MAX);
        return status_exit(STATUS_LIMIT);
    }
    Str text = buf_str(buf);
    fwrite(text.at, 1, text.len, stdout);
    fputc('\n', stdout);
    return 0;
}

int command_feel(int argc, char **argv) {
    Options options = {0};
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(USAGE, stdout);
        return 0;
    }
    if (!options_read(argc, argv, &options)) {
        fputs(USAGE, stderr);
        return status_exit(STATUS_INVALID);
    }
    Arena *arena = arena_create();
    Run *run = arena_new(arena, Run);
    cx_init(&run->cx, arena);
    run->cx.step_max = FEEL_COMMAND_STEPS;
    run->cx.bytes_max = FEEL_COMMAND_BYTES;
    Status status = evaluate(run, &options);
    int code = report(run, status, &options);
    arena_free(arena);
    return code;
}
