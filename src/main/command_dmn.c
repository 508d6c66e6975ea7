/* command_dmn.c - `huanxin dmn`: the DMN engine on the command line. Reading order: files, words,
 * eval with its explanation, check, tck, the options at the end. */
#include "main/command_dmn.h"

#include "base/limits.h"
#include "dmn/analyse.h"
#include "dmn/dmn.h"
#include "dmn/tck.h"
#include "main/terminal.h"

#include <stdio.h>
#include <string.h>

static const char USAGE[] =
    "用法 usage:\n"
    "  huanxin dmn eval MODEL --input FILE.json [--decision NAME] [--explain] [--json]\n"
    "                   [--now ISO] [--with MODEL]...\n"
    "  huanxin dmn check MODEL [--json] [--with MODEL]... [--rises OUT:INPUT] [--falls OUT:INPUT]\n"
    "                    [--reaches OUT=VALUE]\n"
    "  huanxin dmn tck DIR [-v]\n"
    "    MODEL             DMN 1.2-1.5 决策模型（XML）\n"
    "    --input FILE      JSON 对象，各项是输入数据的名称；\"-\" 是标准输入\n"
    "    --decision NAME   要求值的决策；缺省为不被其他决策依赖的全部决策\n"
    "    --explain         说明依据：命中的行、单元格、注释，以及会改变结果的最小变化\n"
    "    --json            以 JSON 打印\n"
    "    --now ISO         now() 与 today() 的时间，例如 2026-01-31T08:30:00+08:00\n"
    "    --with MODEL      供导入的其他模型\n"
    "    --rises OUT:IN    寻找反例：输入 IN 增大而结果 OUT（决策或 决策.项目）反而变小\n"
    "    --falls OUT:IN    同上，方向相反；--reaches OUT=VALUE 寻找使结果等于该值的情况\n"
    "    DIR               一致性测试集的目录；-v 列出未通过的用例\n"
    "退出码 exit: 0 成功，2 参数或模型有误，4 文件不存在，7 超出限额。\n";

enum {
    COMMAND_STEPS = 500 * 1000 * 1000,
    OUTPUT_BYTES_MAX = 64 * 1024 * 1024,
    INPUT_BYTES_MAX = LIMIT_UPLOAD_BYTES_MAX,
};
static const size_t COMMAND_BYTES = (size_t)4 * 1024 * 1024 * 1024;

typedef struct Options {
    const char *verb;
    const char *target;
    const char *input_path;
    const char *decision;
    const char *now;
    const char *rises;
    const char *falls;
    const char *reaches;
    const char *others[DMN_SOURCES_MAX];
    size_t other_count;
    bool is_json;
    bool explains;
    bool is_verbose;
} Options;

/* ---- words ---- */

static void print_str(FILE *stream, Str text) {
    (void)fwrite(text.at, 1, text.len, stream);
}

static void print_fault(const Cx *cx) {
    const Fault *found = &cx->fault;
    (void)fprintf(stderr, "huanxin dmn: %s", found->text);
    if (found->line > 0) {
        (void)fprintf(stderr, " (line %lld, column %lld)", (long long)found->line,
                      (long long)found->column);
    }
    (void)fprintf(stderr, "%s%s\n", found->detail[0] != '\0' ? "; " : "", found->detail);
    if (found->hint[0] != '\0') {
        (void)fprintf(stderr, "  hint: %s\n", found->hint);
    }
}

static void print_diagnostics(Arena *arena, FILE *stream, DmnDiagnostics diagnostics) {
    for (size_t i = 0; i < diagnostics.count; i++) {
        const DmnDiagnostic *diagnostic = &diagnostics.items[i];
        Str place = dmn_diagnostic_place(arena, diagnostic, FEEL_ENGLISH);
        Str text = dmn_diagnostic_text(arena, diagnostic, FEEL_ENGLISH);
        Str hint = dmn_diagnostic_hint(diagnostic, FEEL_ENGLISH);
        Str code = dmn_diagnostic_code(arena, diagnostic);
        (void)fprintf(stream, "%s " STR_FMT "\n  " STR_FMT " [" STR_FMT "]\n",
                      diagnostic->is_error ? "error  " : "warning", STR_ARG(place), STR_ARG(text),
                      STR_ARG(code));
        if (!str_is_empty(hint)) {
            (void)fprintf(stream, "  hint: " STR_FMT "\n", STR_ARG(hint));
        }
    }
}

static void put_json_text(Buf *buf, const char *key, Str text) {
    FeelValue value = feel_string(text);
    buf_print(buf, "\"%s\": ", key);
    feel_put_json(buf, &value);
}

static void put_json_diagnostics(Arena *arena, Buf *buf, DmnDiagnostics diagnostics) {
    buf_put_c(buf, "[");
    for (size_t i = 0; i < diagnostics.count; i++) {
        const DmnDiagnostic *diagnostic = &diagnostics.items[i];
        buf_print(buf, "%s\n    {\"error\": %s, ", i > 0 ? "," : "",
                  diagnostic->is_error ? "true" : "false");
        put_json_text(buf, "code", dmn_diagnostic_code(arena, diagnostic));
        buf_put_c(buf, ", ");
        put_json_text(buf, "place", dmn_diagnostic_place(arena, diagnostic, FEEL_ENGLISH));
        buf_put_c(buf, ", ");
        put_json_text(buf, "text", dmn_diagnostic_text(arena, diagnostic, FEEL_ENGLISH));
        buf_put_c(buf, ", ");
        put_json_text(buf, "文字", dmn_diagnostic_text(arena, diagnostic, FEEL_CHINESE));
        buf_put_c(buf, ", ");
        put_json_text(buf, "提示", dmn_diagnostic_hint(diagnostic, FEEL_CHINESE));
        buf_put_c(buf, "}");
    }
    buf_put_c(buf, diagnostics.count > 0 ? "\n  ]" : "]");
}

static Status load(Cx *cx, const Options *options, const DmnModel **out) {
    DmnSource *sources = arena_array(cx->arena, DmnSource, options->other_count + 1);
    sources[0].name = str_of(options->target);
    TRY(terminal_file_read(cx, options->target, LIMIT_MODEL_BYTES_MAX, &sources[0].text));
    for (size_t i = 0; i < options->other_count; i++) {
        sources[i + 1].name = str_of(options->others[i]);
        TRY(terminal_file_read(cx, options->others[i], LIMIT_MODEL_BYTES_MAX,
                               &sources[i + 1].text));
    }
    DmnLoadOptions load_options = {.sources = sources,
                                   .source_count = options->other_count + 1,
                                   .zones = zone_set_in(cx->arena, NULL)};
    return dmn_load(cx, &load_options, out);
}

/* ---- eval ---- */

/* Decisions that nothing else in the first model rests on. */
static bool is_top(const DmnModel *model, size_t index) {
    const DmnNode *node = dmn_node_at(model, index);
    if (node->kind != DMN_DECISION || !str_equal(node->namespace_uri, dmn_model_namespace(model))) {
        return false;
    }
    for (size_t i = 0; i < dmn_node_count(model); i++) {
        const DmnNode *other = dmn_node_at(model, i);
        for (size_t k = 0; other->kind == DMN_DECISION && k < other->requirement_count; k++) {
            if (other->requirements[k] == index) {
                return false;
            }
        }
    }
    return true;
}

static Status print_decision(DmnRun *run, Cx *cx, const DmnModel *model, size_t node,
                             const Options *options) {
    FeelValue value = FEEL_NULL_VALUE;
    DmnChanges changes = {0};
    TRY(dmn_run_decide(run, node, &value));
    Str name = dmn_node_at(model, node)->name;
    Str text = feel_print(cx->arena, &value);
    if (!options->explains) {
        printf(STR_FMT " = " STR_FMT "\n", STR_ARG(name), STR_ARG(text));
        return STATUS_OK;
    }
    Buf *buf = buf_in(cx->arena, OUTPUT_BYTES_MAX);
    dmn_trace_put_text(cx->arena, buf, model, dmn_run_trace(run), FEEL_ENGLISH);
    TRY(dmn_nearest_changes(run, node, &changes));
    for (size_t i = 0; i < changes.count; i++) {
        buf_put(buf, dmn_change_text(cx->arena, model, &changes.items[i], FEEL_ENGLISH));
        buf_put_char(buf, '\n');
    }
    print_str(stdout, buf_str(buf));
    return STATUS_OK;
}

static Status put_decision(DmnRun *run, Buf *buf, const DmnModel *model, size_t node) {
    FeelValue name = feel_string(dmn_node_at(model, node)->name);
    FeelValue value = FEEL_NULL_VALUE;
    TRY(dmn_run_decide(run, node, &value));
    feel_put_json(buf, &name);
    buf_put_c(buf, ": ");
    feel_put_json(buf, &value);
    return STATUS_OK;
}

static Status decide_all(DmnRun *run, Cx *cx, const DmnModel *model, const Options *options) {
    Buf *buf = buf_in(cx->arena, OUTPUT_BYTES_MAX);
    size_t wanted = DMN_NONE;
    size_t count = 0;
    if (options->decision != NULL) {
        wanted = dmn_node_find(model, str_of(options->decision), STR(""));
        if (wanted == DMN_NONE) {
            return fault(cx, STATUS_NOT_FOUND, "no decision \"%s\" in the model",
                         options->decision);
        }
    }
    for (size_t i = 0; i < dmn_node_count(model); i++) {
        if (wanted != DMN_NONE ? i != wanted : !is_top(model, i)) {
            continue;
        }
        if (options->is_json) {
            buf_put_c(buf, count > 0 ? ", " : "");
            TRY(put_decision(run, buf, model, i));
        } else {
            TRY(print_decision(run, cx, model, i, options));
        }
        count++;
    }
    if (options->is_json) {
        Buf *all = buf_in(cx->arena, OUTPUT_BYTES_MAX);
        buf_put_c(all, "{\"decisions\": {");
        buf_put(all, buf_str(buf));
        if (options->explains) {
            buf_put_c(all, "},\n  \"explanation\": ");
            dmn_trace_put_json(all, model, dmn_run_trace(run));
            buf_put_c(all, ",\n  \"diagnostics\": ");
        } else {
            buf_put_c(all, "}, \"diagnostics\": ");
        }
        put_json_diagnostics(cx->arena, all, dmn_run_diagnostics(run));
        buf_put_c(all, "}\n");
        print_str(stdout, buf_str(all));
    }
    return STATUS_OK;
}

static Status command_eval(Cx *cx, const Options *options) {
    const DmnModel *model = NULL;
    Temporal now = {0};
    Str json = STR("{}");
    TRY(load(cx, options, &model));
    print_diagnostics(cx->arena, stderr, dmn_model_diagnostics(model));
    if (options->input_path != NULL) {
        TRY(terminal_file_read(cx, options->input_path, INPUT_BYTES_MAX, &json));
    }
    if (options->now != NULL && !temporal_parse_date_time(NULL, str_of(options->now), &now)) {
        return fault(cx, STATUS_INVALID,
                     "--now needs a date and time such as "
                     "2026-01-31T08:30:00+08:00");
    }
    DmnRun *run = dmn_run_new(cx->arena, model);
    dmn_run_begin(run, cx, options->now != NULL ? &now : NULL, options->explains);
    TRY(dmn_run_inputs_json(run, json));
    TRY(decide_all(run, cx, model, options));
    if (!options->is_json) {
        print_diagnostics(cx->arena, stderr, dmn_run_diagnostics(run));
    }
    return STATUS_OK;
}

/* ---- check ---- */

/* Splits DECISION or DECISION.member and finds the decision. */
static Status find_outcome(Cx *cx, const DmnModel *model, Str text, size_t *node, Str *member) {
    *member = STR("");
    *node = dmn_node_find(model, text, STR(""));
    for (size_t i = text.len; *node == DMN_NONE && i > 0; i--) {
        if (text.at[i - 1] == '.') {
            *node = dmn_node_find(model, str_slice(text, 0, i - 1), STR(""));
            *member = str_from(text, i);
        }
    }
    if (*node == DMN_NONE) {
        return fault(cx, STATUS_NOT_FOUND, "no decision \"" STR_FMT "\" in the model",
                     STR_ARG(text));
    }
    return STATUS_OK;
}

static void print_case(Arena *arena, const DmnModel *model, const DmnAnswer *answer,
                       const FeelValue *values, const FeelValue *outcome) {
    Str result = feel_print(arena, outcome);
    printf("  " STR_FMT " when", STR_ARG(result));
    for (size_t i = 0; i < answer->node_count; i++) {
        Str name = dmn_node_at(model, answer->nodes[i])->name;
        Str value = feel_print(arena, &values[i]);
        printf("%s " STR_FMT " = " STR_FMT, i > 0 ? "," : "", STR_ARG(name), STR_ARG(value));
    }
    printf("\n");
}

static void print_answer(Arena *arena, const DmnModel *model, const char *question,
                         const DmnAnswer *answer, bool wants_case) {
    printf("%s: %s (%zu decisions, %s)\n", question,
           answer->is_found == wants_case ? "yes"
           : wants_case                   ? "not found"
                                          : "no, here is a counter-example",
           answer->try_count,
           answer->is_exhaustive ? "all borders of the tables" : "a sample of the borders");
    if (answer->first != NULL) {
        print_case(arena, model, answer, answer->first, &answer->values[0]);
    }
    if (answer->second != NULL) {
        print_case(arena, model, answer, answer->second, &answer->values[1]);
    }
}

static Status ask_monotone(Cx *cx, const DmnModel *model, const char *text, bool falls) {
    Str input = str_of(text);
    Str outcome = str_cut(&input, ':');
    DmnMonotone question = {.falls = falls, .seed = 1};
    DmnAnswer answer = {0};
    TRY(find_outcome(cx, model, outcome, &question.node, &question.member));
    question.input = dmn_node_find(model, input, STR(""));
    if (question.input == DMN_NONE) {
        return fault(cx, STATUS_NOT_FOUND, "no input \"" STR_FMT "\" in the model", STR_ARG(input));
    }
    TRY(dmn_monotone(cx, model, &question, &answer));
    print_answer(cx->arena, model, text, &answer, false);
    return STATUS_OK;
}

static Status ask_reach(Cx *cx, const DmnModel *model, const char *text) {
    Str value = str_of(text);
    Str outcome = str_cut(&value, '=');
    DmnReach question = {.seed = 1};
    DmnAnswer answer = {0};
    TRY(find_outcome(cx, model, outcome, &question.node, &question.member));
    TRY(dmn_value_of_json(cx, NULL, NULL, value, &question.value));
    TRY(dmn_reach(cx, model, &question, &answer));
    print_answer(cx->arena, model, text, &answer, true);
    return STATUS_OK;
}

static Status ask_all(Cx *cx, const DmnModel *model, const Options *options) {
    if (options->rises != NULL) {
        TRY(ask_monotone(cx, model, options->rises, false));
    }
    if (options->falls != NULL) {
        TRY(ask_monotone(cx, model, options->falls, true));
    }
    return options->reaches == NULL ? STATUS_OK : ask_reach(cx, model, options->reaches);
}

static Status command_check(Cx *cx, const Options *options) {
    const DmnModel *model = NULL;
    DmnFindings findings = {0};
    TRY(load(cx, options, &model));
    TRY(dmn_analyse(cx, model, &findings));
    bool is_bad = dmn_model_has_errors(model);
    for (size_t i = 0; i < findings.count; i++) {
        is_bad = is_bad || findings.items[i].is_error;
    }
    if (options->is_json) {
        Buf *buf = buf_in(cx->arena, OUTPUT_BYTES_MAX);
        buf_put_c(buf, "{\"diagnostics\": ");
        put_json_diagnostics(cx->arena, buf, dmn_model_diagnostics(model));
        buf_put_c(buf, ",\n  \"findings\": ");
        dmn_findings_put_json(cx->arena, buf, model, findings);
        buf_put_c(buf, "}\n");
        print_str(stdout, buf_str(buf));
    } else {
        print_diagnostics(cx->arena, stdout, dmn_model_diagnostics(model));
        for (size_t i = 0; i < findings.count; i++) {
            print_str(stdout, dmn_finding_text(cx->arena, model, &findings.items[i], FEEL_ENGLISH));
            printf("\n");
        }
        TRY(ask_all(cx, model, options));
        printf("%s: %zu nodes, %zu diagnostics, %zu findings\n", is_bad ? "errors" : "good",
               dmn_node_count(model), dmn_model_diagnostics(model).count, findings.count);
    }
    if (is_bad) {
        return fault(cx, STATUS_INVALID, "the model has errors");
    }
    return STATUS_OK;
}

/* ---- tck ---- */

static void print_failure(void *host, Str line) {
    const Options *options = host;
    if (options->is_verbose) {
        print_str(stdout, line);
        printf("\n");
    }
}

static Status command_tck(Cx *cx, const Options *options) {
    TckScore score = {0};
    Options host = *options;
    ZoneSet *zones = zone_set_in(cx->arena, NULL);
    Status status = tck_run_tree(options->target, zones, print_failure, &host, &score);
    if (status != STATUS_OK) {
        return fault(cx, status, "no test directories in %s", options->target);
    }
    printf("cases %zu/%zu  non-null %zu/%zu  directories %zu/%zu\n", score.case_passed,
           score.case_count, score.valued_passed, score.valued_count, score.directory_passed,
           score.directory_count);
    return STATUS_OK;
}

/* ---- options ---- */

static bool options_read(int argc, char **argv, Options *out) {
    for (int i = 1; i < argc; i++) {
        bool has_value = i + 1 < argc;
        const char *text = argv[i];
        if (strcmp(text, "--json") == 0) {
            out->is_json = true;
        } else if (strcmp(text, "--explain") == 0) {
            out->explains = true;
        } else if (strcmp(text, "-v") == 0) {
            out->is_verbose = true;
        } else if (strcmp(text, "--input") == 0 && has_value) {
            out->input_path = argv[++i];
        } else if (strcmp(text, "--decision") == 0 && has_value) {
            out->decision = argv[++i];
        } else if (strcmp(text, "--now") == 0 && has_value) {
            out->now = argv[++i];
        } else if (strcmp(text, "--rises") == 0 && has_value) {
            out->rises = argv[++i];
        } else if (strcmp(text, "--falls") == 0 && has_value) {
            out->falls = argv[++i];
        } else if (strcmp(text, "--reaches") == 0 && has_value) {
            out->reaches = argv[++i];
        } else if (strcmp(text, "--with") == 0 && has_value &&
                   out->other_count < DMN_SOURCES_MAX - 1) {
            out->others[out->other_count++] = argv[++i];
        } else if (text[0] == '-') {
            return false;
        } else if (out->verb == NULL) {
            out->verb = text;
        } else if (out->target == NULL) {
            out->target = text;
        } else {
            return false;
        }
    }
    return out->verb != NULL && out->target != NULL;
}

typedef Status (*Verb)(Cx *cx, const Options *options);

static Verb find_verb(const char *name) {
    static const struct {
        const char *name;
        Verb verb;
    } VERBS[] = {{"eval", command_eval}, {"check", command_check}, {"tck", command_tck}};
    for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++) {
        if (strcmp(name, VERBS[i].name) == 0) {
            return VERBS[i].verb;
        }
    }
    return NULL;
}

int command_dmn(int argc, char **argv) {
    Options options = {0};
    if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        (void)fputs(USAGE, stdout);
        return 0;
    }
    Verb verb = options_read(argc, argv, &options) ? find_verb(options.verb) : NULL;
    if (verb == NULL) {
        (void)fputs(USAGE, stderr);
        return status_exit(STATUS_INVALID);
    }
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    cx.step_max = COMMAND_STEPS;
    cx.bytes_max = COMMAND_BYTES;
    Status status = verb(&cx, &options);
    if (status != STATUS_OK) {
        print_fault(&cx);
    }
    arena_free(arena);
    return status_exit(status);
}
