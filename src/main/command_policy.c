/*
 * command_policy.c - `huanxin policy`: the tables of a city on the command line, in the words of an
 * office. Reading order: options, test, list, decide, simulate, the table of verbs at the end.
 * It reads files only: no database, no clock but for cases per second; whether a version may pay
 * also depends on signatures, which are in the database.
 */
#include "main/command_policy.h"

#include "base/buf.h"
#include "base/limits.h"
#include "main/command.h"
#include "office/policy/cases.h"
#include "office/policy/policy.h"
#include "office/policy/simulate.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char USAGE[] =
    "用法 usage:\n"
    "  huanxin policy test [--city DIR] [--json]\n"
    "  huanxin policy list [--city DIR] [--json]\n"
    "  huanxin policy decide PROGRAMME --date D --input FILE.json [--explain] [--json]\n"
    "  huanxin policy simulate VERSION [--against VERSION] [--cases N] [--seed N] [--json] [--quiet]\n"
    "    test            逐条验算每个版本的边界用例，打印 N passed, N failed\n"
    "    list            列出政策版本、起止日、是否启用、待签认的内容\n"
    "    decide          按某一天执行的版本判断一个案例\n"
    "    simulate        用合成人口试算一个版本：多少人能补、共多少钱、各价格段\n"
    "    --city DIR      城市目录，缺省 cities/anqiu\n"
    "    --date D        判断日期，如 2026-05-01\n"
    "    --input FILE    案例，JSON 对象，各项是表里问题的名称；\"-\" 是标准输入\n"
    "    --explain       说明依据、要带的材料、换个条件会怎样\n"
    "    --against V     与另一个版本比较：多少人增、多少人减、增减多少钱\n"
    "    --cases N       合成案例数，1 到 100000000，缺省 100000\n"
    "    --seed N        同一个数得到同样的人口，缺省 1\n"
    "    --json          以 JSON 打印；--quiet 不画进度条\n"
    "退出码 exit: 0 成功，2 参数或输入有误，4 没有这个政策或文件，5 有用例不符，7 超出限额，10 读取失败。\n";

enum { CASES_DEFAULT = 100000, BAR_CELLS = 30, OUTPUT_BYTES_MAX = 4 * 1024 * 1024 };

typedef struct Options {
    const char *verb;
    const char *target;
    const char *city;
    const char *date;
    const char *input;
    const char *against;
    int64_t cases;
    int64_t seed;
    bool explains;
    bool is_json;
    bool is_quiet;
    bool is_help;
} Options;

/* ---- options ---- */

static Status number_read(Cx *cx, const char *name, const char *text, int64_t max, int64_t *out) {
    int64_t least = strcmp(name, "--cases") == 0 ? 1 : 0;
    int64_t number = 0;
    if (str_int64(str_of(text), &number) != STATUS_OK || number < least || number > max) {
        return fault(cx, STATUS_INVALID, "%s 应为 %" PRId64 " 到 %" PRId64 " 的整数", name, least,
                     max);
    }
    *out = number;
    return STATUS_OK;
}

static Status value_set(Cx *cx, const char *name, const char *value, Options *out) {
    if (value == NULL) {
        return fault(cx, STATUS_INVALID, "%s 后面缺少值", name);
    }
    if (strcmp(name, "--city") == 0) {
        out->city = value;
    } else if (strcmp(name, "--date") == 0) {
        out->date = value;
    } else if (strcmp(name, "--input") == 0) {
        out->input = value;
    } else if (strcmp(name, "--against") == 0) {
        out->against = value;
    } else if (strcmp(name, "--cases") == 0) {
        return number_read(cx, name, value, POLICY_POPULATION_MAX, &out->cases);
    } else if (strcmp(name, "--seed") == 0) {
        return number_read(cx, name, value, INT64_MAX, &out->seed);
    } else {
        return fault(cx, STATUS_INVALID, "没有 %s 这个选项", name);
    }
    return STATUS_OK;
}

static bool flag_set(const char *name, Options *out) {
    bool *flag = strcmp(name, "--json") == 0      ? &out->is_json
                 : strcmp(name, "--explain") == 0 ? &out->explains
                 : strcmp(name, "--quiet") == 0   ? &out->is_quiet
                 : strcmp(name, "--help") == 0    ? &out->is_help
                                                  : NULL;
    if (flag != NULL) {
        *flag = true;
    }
    return flag != NULL;
}

static Status options_read(Cx *cx, int argc, char **argv, Options *out) {
    *out = (Options){.city = "cities/anqiu", .cases = CASES_DEFAULT, .seed = 1};
    for (int i = 1; i < argc; i++) {
        if (flag_set(argv[i], out)) {
            continue;
        }
        if (strncmp(argv[i], "--", 2) == 0) {
            TRY(value_set(cx, argv[i], i + 1 < argc ? argv[i + 1] : NULL, out));
            i++;
        } else if (out->verb == NULL) {
            out->verb = argv[i];
        } else if (out->target == NULL) {
            out->target = argv[i];
        } else {
            return fault(cx, STATUS_INVALID, "多余的参数 %s", argv[i]);
        }
    }
    return STATUS_OK;
}

static void json_release(void *it) {
    json_decref(it);
}

static json_t *json_of_str(Str text) {
    return json_stringn(text.at, text.len);
}

/* Prints and releases. */
static void json_show(json_t *json) {
    (void)json_dumpf(json, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    (void)fputc('\n', stdout);
    json_decref(json);
}

static const char *plain_amount(Cx *cx, Money amount) {
    return str_c(cx->arena, money_print(cx->arena, amount));
}

/* ---- test ---- */

static json_t *cases_json(const PolicyVersion *version, const PolicyCasesResult *result) {
    json_t *misses = json_array();
    for (int64_t i = 0; i < result->fail_count; i++) {
        const PolicyMiss *miss = &result->misses[i];
        json_array_append_new(misses,
                              json_pack("{s:I,s:o,s:o,s:o}", "line", (json_int_t)miss->line, "note",
                                        json_of_str(miss->note), "wanted",
                                        json_of_str(miss->wanted), "got", json_of_str(miss->got)));
    }
    return json_pack("{s:o,s:I,s:I,s:o}", "version", json_of_str(version->version), "passed",
                     (json_int_t)result->pass_count, "failed", (json_int_t)result->fail_count,
                     "misses", misses);
}

static void cases_print(const PolicyVersion *version, const PolicyCasesResult *result) {
    for (int64_t i = 0; i < result->fail_count; i++) {
        const PolicyMiss *miss = &result->misses[i];
        printf(STR_FMT ":%" PRId64 ": " STR_FMT "\n  应为 " STR_FMT "\n  得到 " STR_FMT "\n",
               STR_ARG(version->cases_path), miss->line, STR_ARG(miss->note), STR_ARG(miss->wanted),
               STR_ARG(miss->got));
    }
}

static Status verb_test(Cx *cx, const PolicyLibrary *library, const Options *options, int *code) {
    size_t count = 0;
    const PolicyVersion *const *versions = policy_versions(library, &count);
    json_t *list = json_array();
    arena_defer(cx->arena, json_release, list);
    int64_t pass_count = 0;
    int64_t fail_count = 0;
    for (size_t i = 0; i < count; i++) {
        PolicyCasesResult result;
        TRY(policy_cases_run(cx, versions[i], &result));
        pass_count += result.pass_count;
        fail_count += result.fail_count;
        if (options->is_json) {
            json_array_append_new(list, cases_json(versions[i], &result));
        } else {
            cases_print(versions[i], &result);
        }
    }
    if (options->is_json) {
        json_show(json_pack("{s:I,s:I,s:O}", "passed", (json_int_t)pass_count, "failed",
                            (json_int_t)fail_count, "versions", list));
    } else {
        printf("%" PRId64 " passed, %" PRId64 " failed\n", pass_count, fail_count);
    }
    *code = fail_count == 0 && pass_count > 0 ? 0 : status_exit(STATUS_CONFLICT);
    return STATUS_OK;
}

/* ---- list ---- */

static size_t blocking_count(const PolicyVersion *version) {
    size_t count = 0;
    for (size_t i = 0; i < version->sign_off_count; i++) {
        count += version->sign_offs[i].blocks_payment ? 1 : 0;
    }
    return count;
}

static const char *state_of(const PolicyVersion *version) {
    return !version->pays                ? "只供判断"
           : !version->is_enabled        ? "未启用"
           : blocking_count(version) > 0 ? "待签认"
                                         : "已启用";
}

static json_t *version_json(Cx *cx, const PolicyVersion *version) {
    json_t *open = json_array();
    for (size_t i = 0; i < version->sign_off_count; i++) {
        json_array_append_new(
            open, json_pack("{s:o,s:o,s:b}", "what", json_of_str(version->sign_offs[i].what), "who",
                            json_of_str(version->sign_offs[i].who), "blocks_payment",
                            version->sign_offs[i].blocks_payment ? 1 : 0));
    }
    return json_pack(
        "{s:o,s:o,s:o,s:o,s:o,s:o,s:b,s:b,s:s,s:o,s:o,s:o}", "version",
        json_of_str(version->version), "programme", json_of_str(version->programme), "title",
        json_of_str(version->title), "first", json_of_str(day_print(cx->arena, version->first)),
        "last", json_of_str(day_print(cx->arena, version->last)), "judged_by",
        json_of_str(version->judged_by), "enabled", version->is_enabled ? 1 : 0, "pays",
        version->pays ? 1 : 0, "state", state_of(version), "documents",
        json_of_str(version->documents), "digest", json_of_str(version->digest), "sign_offs", open);
}

static Status verb_list(Cx *cx, const PolicyLibrary *library, const Options *options, int *code) {
    size_t count = 0;
    const PolicyVersion *const *versions = policy_versions(library, &count);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const PolicyVersion *version = versions[i];
        if (options->is_json) {
            json_array_append_new(list, version_json(cx, version));
            continue;
        }
        printf("%-24s %s 至 %s  %s  " STR_FMT "\n", str_c(cx->arena, version->version),
               str_c(cx->arena, day_print(cx->arena, version->first)),
               str_c(cx->arena, day_print(cx->arena, version->last)), state_of(version),
               STR_ARG(version->title));
        for (size_t k = 0; k < version->sign_off_count; k++) {
            printf("%26s待签认：" STR_FMT "（" STR_FMT "）\n", "",
                   STR_ARG(version->sign_offs[k].what), STR_ARG(version->sign_offs[k].who));
        }
    }
    if (options->is_json) {
        json_show(list);
    } else {
        json_decref(list);
        printf("共 %zu 个版本\n", count);
    }
    *code = 0;
    return STATUS_OK;
}

/* ---- decide ---- */

static Status input_read(Cx *cx, const char *path, Str *out) {
    FILE *stream = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
    if (stream == NULL) {
        Status status = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
        return fault(cx, status, "打不开 %s：%s", path, strerror(errno));
    }
    Buf *buf = buf_in(cx->arena, LIMIT_FORM_BYTES_MAX);
    char piece[4096];
    size_t len = 0;
    while ((len = fread(piece, 1, sizeof piece, stream)) > 0) {
        buf_put(buf, (Str){piece, len});
    }
    bool is_failed = ferror(stream) != 0;
    if (stream != stdin) {
        (void)fclose(stream);
    }
    if (is_failed) {
        return fault(cx, STATUS_IO, "读不出 %s", path);
    }
    TRY(buf_status(buf));
    *out = buf_str(buf);
    return STATUS_OK;
}

static json_t *nearest_json(const PolicyAnswer *answer) {
    json_t *list = json_array();
    for (size_t i = 0; i < answer->nearest_count; i++) {
        json_array_append_new(list, json_of_str(answer->nearest[i]));
    }
    return list;
}

static void answer_json(const PolicyAnswer *answer, bool explains) {
    const PolicyVersion *version = answer->version;
    json_t *json = json_pack(
        "{s:o,s:o,s:b,s:I,s:I,s:I,s:o,s:I,s:o,s:o,s:o,s:s}", "programme",
        json_of_str(version->programme), "version", json_of_str(version->version), "eligible",
        answer->is_eligible ? 1 : 0, "amount_fen", (json_int_t)answer->amount.fen, "cap_fen",
        (json_int_t)answer->cap.fen, "rate_bp", (json_int_t)answer->rate_bp, "rule_id",
        json_of_str(answer->rule), "row", (json_int_t)answer->row, "reason",
        json_of_str(answer->reason), "document", json_of_str(answer->document), "clause",
        json_of_str(answer->clause), "state", state_of(version));
    if (explains) {
        json_object_set_new(json, "nearest", nearest_json(answer));
        json_object_set_new(json, "papers", json_of_str(version->papers));
        json_object_set_new(json, "input",
                            json_loadb(answer->input_json.at, answer->input_json.len, 0, NULL));
    }
    json_show(json);
}

static void answer_print(Cx *cx, const PolicyAnswer *answer, bool explains) {
    const PolicyVersion *version = answer->version;
    printf("结论：%s\n", answer->is_eligible ? "符合" : "不符合");
    printf("金额：%s 元%s\n", plain_amount(cx, answer->amount),
           version->pays ? "" : "（不是本市补贴）");
    printf("理由：" STR_FMT "\n", STR_ARG(answer->reason));
    printf("规则：" STR_FMT "，第 %" PRId64 " 行\n", STR_ARG(answer->rule), answer->row);
    printf("版本：" STR_FMT "（%s）\n", STR_ARG(version->title), state_of(version));
    if (!explains) {
        return;
    }
    printf("文件：" STR_FMT "\n条款：" STR_FMT "\n", STR_ARG(answer->document),
           STR_ARG(answer->clause));
    if (answer->cap.fen > 0) {
        printf("最高：%s 元\n", plain_amount(cx, answer->cap));
    }
    printf("材料：" STR_FMT "\n", STR_ARG(version->papers));
    for (size_t i = 0; i < answer->nearest_count; i++) {
        printf("如果" STR_FMT "\n", STR_ARG(answer->nearest[i]));
    }
}

static Status verb_decide(Cx *cx, const PolicyLibrary *library, const Options *options, int *code) {
    if (options->target == NULL || options->date == NULL || options->input == NULL) {
        return fault(cx, STATUS_INVALID, "decide 需要 PROGRAMME、--date 和 --input");
    }
    PolicyCase input = {.programme = str_of(options->target), .explains = options->explains};
    if (policy_programme_find(library, input.programme) == NULL) {
        Status status = fault(cx, STATUS_NOT_FOUND, "没有 %s 这个政策项目", options->target);
        fault_hint(cx, "huanxin policy list 列出全部");
        return status;
    }
    TRY(day_parse(cx, str_of(options->date), &input.day));
    TRY(input_read(cx, options->input, &input.input_json));
    PolicyAnswer answer;
    TRY(policy_decide(cx, library, &input, &answer));
    if (options->is_json) {
        answer_json(&answer, options->explains);
    } else {
        answer_print(cx, &answer, options->explains);
    }
    *code = 0;
    return STATUS_OK;
}

/* ---- simulate ---- */

typedef struct Bar {
    int64_t count;
} Bar;

static void bar_draw(void *context, int64_t done) {
    const Bar *bar = context;
    char cells[BAR_CELLS + 1];
    int64_t full = done * BAR_CELLS / bar->count;
    for (int64_t i = 0; i < BAR_CELLS; i++) {
        cells[i] = i < full ? '#' : '.';
    }
    cells[BAR_CELLS] = '\0';
    (void)fprintf(stderr, "\r[%s] %3" PRId64 " %%  %" PRId64 " 例 ", cells, done * 100 / bar->count,
                  done);
    if (done == bar->count) {
        (void)fputc('\n', stderr);
    }
}

static int64_t clock_us(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static json_t *tally_json(json_t *json, const PolicyTally *tally) {
    json_object_set_new(json, "cases", json_integer(tally->case_count));
    json_object_set_new(json, "eligible", json_integer(tally->eligible_count));
    json_object_set_new(json, "total_fen", json_integer(tally->total.fen));
    return json;
}

static void simulation_json(const PolicyVersion *version, const PolicySimulation *simulation,
                            int64_t cases_per_s) {
    json_t *bands = json_array();
    json_t *rules = json_array();
    for (size_t i = 0; i < POLICY_BAND_COUNT && simulation->band_question.len > 0; i++) {
        const PolicyBand *band = &simulation->bands[i];
        json_array_append_new(
            bands,
            tally_json(json_pack("{s:I}", "low_fen", (json_int_t)band->low.fen), &band->tally));
    }
    for (size_t i = 0; i < simulation->rule_count; i++) {
        const PolicyRuleTally *rule = &simulation->rules[i];
        json_array_append_new(
            rules,
            tally_json(json_pack("{s:o}", "rule_id", json_of_str(rule->rule)), &rule->tally));
    }
    json_t *json =
        tally_json(json_pack("{s:o}", "version", json_of_str(version->version)), &simulation->all);
    json_object_set_new(json, "cases_per_second", json_integer(cases_per_s));
    json_object_set_new(json, "band_question", json_of_str(simulation->band_question));
    if (simulation->has_diff) {
        const PolicyDiff *diff = &simulation->diff;
        json_object_set_new(
            json, "against",
            json_pack("{s:I,s:I,s:I,s:I,s:I,s:I}", "gain", (json_int_t)diff->gain_count, "loss",
                      (json_int_t)diff->loss_count, "new", (json_int_t)diff->new_count, "shut_out",
                      (json_int_t)diff->shut_out_count, "before_fen", (json_int_t)diff->before.fen,
                      "after_fen", (json_int_t)diff->after.fen));
    }
    json_object_set_new(json, "bands", bands);
    json_object_set_new(json, "rules", rules);
    json_show(json);
}

static void tally_print(Cx *cx, Str name, const PolicyTally *tally) {
    printf("%12" PRId64 " 例 %12" PRId64 " 符合 %20s 元  " STR_FMT "\n", tally->case_count,
           tally->eligible_count, plain_amount(cx, tally->total), STR_ARG(name));
}

static Str band_name(Cx *cx, const PolicySimulation *simulation, size_t band) {
    int64_t low = simulation->bands[band].low.fen / 100;
    if (band + 1 == POLICY_BAND_COUNT) {
        return str_print(cx->arena, "%" PRId64 " 元以上", low);
    }
    return str_print(cx->arena, "%" PRId64 " 至不足 %" PRId64 " 元", low,
                     simulation->bands[band + 1].low.fen / 100);
}

static void simulation_print(Cx *cx, const PolicyVersion *version,
                             const PolicySimulation *simulation, int64_t cases_per_s) {
    printf(STR_FMT "（%s）：合成人口试算，不是预测\n", STR_ARG(version->title), state_of(version));
    tally_print(cx, STR("合计"), &simulation->all);
    if (simulation->band_question.len > 0) {
        printf("按“" STR_FMT "”分段\n", STR_ARG(simulation->band_question));
    }
    for (size_t i = 0; i < POLICY_BAND_COUNT && simulation->band_question.len > 0; i++) {
        if (simulation->bands[i].tally.case_count > 0) {
            tally_print(cx, band_name(cx, simulation, i), &simulation->bands[i].tally);
        }
    }
    printf("按规则\n");
    for (size_t i = 0; i < simulation->rule_count; i++) {
        tally_print(cx, simulation->rules[i].rule, &simulation->rules[i].tally);
    }
    if (simulation->has_diff) {
        const PolicyDiff *diff = &simulation->diff;
        printf("与另一版本比较：增加 %" PRId64 " 例，减少 %" PRId64 " 例，其中新得 %" PRId64
               " 例、不再得 %" PRId64 " 例\n",
               diff->gain_count, diff->loss_count, diff->new_count, diff->shut_out_count);
        printf("  原来 %s 元，现在 %s 元\n", plain_amount(cx, diff->before),
               plain_amount(cx, diff->after));
    }
    printf("每秒 %" PRId64 " 例\n", cases_per_s);
}

/* As many threads as the machine has processors. */
static int threads_of_machine(void) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > POLICY_THREADS_MAX ? POLICY_THREADS_MAX : (int)count;
}

static Status verb_simulate(Cx *cx, const PolicyLibrary *library, const Options *options,
                            int *code) {
    if (options->target == NULL) {
        return fault(cx, STATUS_INVALID, "simulate 需要 VERSION，如 appliance-2026");
    }
    Bar bar = {.count = options->cases};
    bool has_bar = !options->is_quiet && isatty(STDERR_FILENO) == 1;
    PolicyPopulation population = {.count = options->cases,
                                   .seed = (uint64_t)options->seed,
                                   .progress = has_bar ? bar_draw : NULL,
                                   .context = &bar};
    population.thread_count = threads_of_machine();
    TRY(policy_version_find(cx, library, str_of(options->target), &population.version));
    if (options->against != NULL) {
        TRY(policy_version_find(cx, library, str_of(options->against), &population.base));
    }
    PolicySimulation simulation;
    int64_t started_us = clock_us();
    TRY(policy_simulate(cx, &population, &simulation));
    int64_t taken_us = clock_us() - started_us;
    int64_t cases_per_s = options->cases * 1000000 / (taken_us > 0 ? taken_us : 1);
    if (options->is_json) {
        simulation_json(population.version, &simulation, cases_per_s);
    } else {
        simulation_print(cx, population.version, &simulation, cases_per_s);
    }
    *code = 0;
    return STATUS_OK;
}

/* ---- the verbs ---- */

static const struct {
    const char *name;
    Status (*run)(Cx *cx, const PolicyLibrary *library, const Options *options, int *code);
} verbs[] = {
    {"test", verb_test},
    {"list", verb_list},
    {"decide", verb_decide},
    {"simulate", verb_simulate},
};

static Status run(Cx *cx, const Options *options, int *code) {
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (options->verb != NULL && strcmp(options->verb, verbs[i].name) == 0) {
            PolicyLibrary *library = NULL;
            TRY(policy_library_load(cx, str_of(options->city), &library));
            size_t count = 0;
            (void)policy_versions(library, &count);
            if (count == 0) {
                return fault(cx, STATUS_NOT_FOUND, "%s 里没有政策版本", options->city);
            }
            return verbs[i].run(cx, library, options, code);
        }
    }
    (void)fputs(USAGE, stderr);
    return fault(cx, STATUS_INVALID, "请写 test、list、decide 或 simulate");
}

int command_policy(int argc, char **argv) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Options options;
    int code = 0;
    Status status = options_read(&cx, argc, argv, &options);
    if (status == STATUS_OK && options.is_help) {
        (void)fputs(USAGE, stdout);
    } else if (status == STATUS_OK) {
        status = run(&cx, &options, &code);
    }
    if (status != STATUS_OK) {
        code = command_fault(&cx, status);
    }
    arena_free(arena);
    return code;
}
