/*
 * dryrun_pages.c - the dry run of a draft: on the cases that this city decided, or on a synthetic
 * population; who gains, who loses, by price band and by town, the cost to the fen, and the day on
 * which the pot would be empty. Long work: web/job.h.
 */
#include "base/vec.h"
#include "office/policy/simulate.h"
#include "office/policy/workshop_pages.h"
#include "office/treasury/treasury.h"
#include "sheet/sheet.h"

#include <inttypes.h>
#include <jansson.h>

enum {
    DRYRUN_COUNT = 100 * 1000,
    DRYRUN_COUNT_MAX = 5 * 1000 * 1000,
    DRYRUN_THREADS = 2,
    PACE_DAYS = 28,
    EXPORT_BYTES_MAX = 4 * 1024 * 1024,
};

typedef struct DryInput {
    const WebApp *app;
    PolicyLibrary *library;
    const City *city;
    int64_t draft_id;
    Str base;
    bool is_past;
    int64_t count;
    uint64_t seed;
    Day today;
    int64_t now_ms;
} DryInput;

typedef struct DryResult {
    int64_t draft_id;
    int64_t revision;
    Str draft_title;
    Str base_title;
    bool is_past;
    PolicySimulation sum;
    const City *city;
    Str gain_words;
    Str loss_words;
    bool has_pot;
    Money left;
    int64_t pace_count; /* decided in the last PACE_DAYS days */
    Day empty_day;      /* DAY_NONE: cannot be told */
} DryResult;

/* ---- what was decided ---- */

static size_t town_index(const City *city, Str code) {
    for (size_t i = 0; i < city->town_count; i++) {
        if (str_equal(city->towns[i].code, code)) {
            return i;
        }
    }
    return city->town_count;
}

static Money amount_of(Str outcome_json) {
    json_t *json = json_loadb(outcome_json.at, outcome_json.len, 0, NULL);
    bool is_eligible = json_is_true(json_object_get(json, "eligible"));
    int64_t fen = is_eligible ? json_integer_value(json_object_get(json, "amount_fen")) : 0;
    json_decref(json);
    return money_of_fen(fen);
}

static Status pasts_read(Cx *cx, DbConn *conn, const DryInput *input, Str programme,
                         PolicyPopulation *out) {
    PastList list = {0};
    TRY(draft_store_pasts(cx, conn, programme, DRYRUN_COUNT_MAX, &list));
    PolicyPast *pasts = arena_array(cx->arena, PolicyPast, list.count + 1);
    for (size_t i = 0; i < list.count; i++) {
        pasts[i] = (PolicyPast){.input_json = list.items[i].input_json,
                                .town = town_index(input->city, list.items[i].town_code),
                                .amount = amount_of(list.items[i].outcome_json)};
    }
    out->pasts = pasts;
    out->count = (int64_t)list.count;
    return list.count > 0 ? STATUS_OK
                          : fault(cx, STATUS_NOT_FOUND, "本市还没有这个项目的办件，请改用合成人口");
}

/* Synthetic cases live where this city's residents do. */
static Status towns_weigh(Cx *cx, DbConn *conn, const City *city, PolicyPopulation *out) {
    int64_t *weights = arena_array(cx->arena, int64_t, city->town_count + 1);
    for (size_t i = 0; i < city->town_count; i++) {
        TRY(draft_store_residents(cx, conn, city->towns[i].code, &weights[i]));
    }
    out->town_weights = weights;
    return STATUS_OK;
}

/* ---- the work ---- */

static Str example_words(Cx *cx, const PolicyVersion *version, const PolicyExample *example) {
    Str words = STR("");
    if (example->number < 0) {
        return words;
    }
    json_t *json = json_loadb(example->input_json.at, example->input_json.len, 0, NULL);
    for (size_t i = 0; i < version->question_count; i++) {
        const PolicyQuestion *question = &version->questions[i];
        json_t *value = json_object_get(json, str_c(cx->arena, question->name));
        Str text = json_is_string(value)    ? str_dup(cx->arena, str_of(json_string_value(value)))
                   : json_is_boolean(value) ? (json_is_true(value) ? STR("是") : STR("否"))
                   : json_is_null(value) || value == NULL ? STR("未填")
                   : question->type == POLICY_MONEY
                       ? str_print(cx->arena, STR_FMT " 元",
                                   STR_ARG(money_print(cx->arena,
                                                       money_of_fen(json_integer_value(value)))))
                       : str_print(cx->arena, "%" PRId64, (int64_t)json_integer_value(value));
        words = str_print(cx->arena, STR_FMT "%s" STR_FMT " " STR_FMT, STR_ARG(words),
                          words.len > 0 ? "，" : "", STR_ARG(question->label), STR_ARG(text));
    }
    json_decref(json);
    return str_print(cx->arena, STR_FMT "：由 " STR_FMT " 元变为 " STR_FMT " 元", STR_ARG(words),
                     STR_ARG(money_print(cx->arena, example->before)),
                     STR_ARG(money_print(cx->arena, example->after)));
}

/* The day on which the pot is empty when cases go on as in the last weeks and cost what the dry run
 * says on average. */
static Status pot_find(Cx *cx, DbConn *conn, const DryInput *input, const PolicyVersion *version,
                       DryResult *result) {
    TreasuryPot pot;
    int64_t since_ms = input->now_ms - PACE_DAYS * DAY_MS;
    result->empty_day = DAY_NONE;
    Status status =
        treasury_pot_find(cx, conn, version->programme, day_parts(version->first).year, &pot);
    if (status == STATUS_NOT_FOUND) {
        fault_clear(cx);
        return STATUS_OK;
    }
    TRY(status);
    TRY(ledger_left(cx, conn, pot.fund, &result->left));
    TRY(draft_store_pace(cx, conn, version->programme, since_ms, &result->pace_count));
    result->has_pot = true;
    int64_t cost = result->sum.all.total.fen;
    int64_t cases = result->sum.all.case_count;
    if (result->pace_count == 0 || cost <= 0 || cases == 0) {
        return STATUS_OK;
    }
    /* left / (cost per case * cases per day), in whole days, without overflow. */
    __extension__ typedef __int128 Wide;
    Wide days = (Wide)result->left.fen * cases * PACE_DAYS / ((Wide)cost * result->pace_count);
    if (days < 3660) {
        result->empty_day = (Day){input->today.number + (int32_t)days};
    }
    return STATUS_OK;
}

static Status dry_run(Cx *cx, DbConn *conn, Job *job, const DryInput *input, DryResult *result) {
    Draft draft;
    const PolicyEntry *entry = NULL;
    PolicyPopulation population = {.count = input->count,
                                   .seed = input->seed,
                                   .thread_count = DRYRUN_THREADS,
                                   .town_count = input->city->town_count,
                                   .progress = job_progress,
                                   .context = job};
    job_stage_set(job, "正在编译");
    TRY(draft_find(cx, conn, input->draft_id, &draft));
    TRY(draft_compile(cx, conn, input->library, &draft, &entry));
    population.version = &entry->version;
    if (input->is_past) {
        TRY(pasts_read(cx, conn, input, entry->version.programme, &population));
    } else {
        TRY(policy_version_find(cx, input->library, input->base, &population.base));
        TRY(towns_weigh(cx, conn, input->city, &population));
    }
    *result = (DryResult){.draft_id = draft.id,
                          .revision = draft.revision,
                          .draft_title = draft.title,
                          .base_title = input->is_past ? STR("当时的决定") : population.base->title,
                          .is_past = input->is_past,
                          .city = input->city};
    job_total_set(job, population.count);
    job_stage_set(job, "正在逐例试算");
    TRY(policy_simulate(cx, &population, &result->sum));
    result->gain_words = example_words(cx, &entry->version, &result->sum.gain);
    result->loss_words = example_words(cx, &entry->version, &result->sum.loss);
    return pot_find(cx, conn, input, &entry->version, result);
}

static Status dry_work(Cx *cx, Job *job) {
    const DryInput *input = job_input(job);
    DryResult *result = arena_new(cx->arena, DryResult);
    DbConn *conn = NULL;
    TRY(db_read_begin(cx, input->app->db, &conn));
    Status status = dry_run(cx, conn, job, input, result);
    db_read_end(input->app->db, conn);
    job_result_set(job, result);
    return status;
}

/* ---- showing ---- */

static void diff_facts(View *view, const DryResult *result) {
    const PolicyDiff *diff = &result->sum.diff;
    view_facts_begin(view, "diff", true);
    view_fact(view, "case_count", "试算例数", VIEW_INT(diff->case_count));
    view_fact(view, "gain_count", "补得更多", VIEW_INT(diff->gain_count));
    view_fact(view, "loss_count", "补得更少", VIEW_INT(diff->loss_count));
    view_fact(view, "new_count", "原来没有、现在有", VIEW_INT(diff->new_count));
    view_fact(view, "shut_out_count", "原来有、现在没有", VIEW_INT(diff->shut_out_count));
    view_fact(view, "before_fen", "原来共补", VIEW_MONEY(diff->before));
    view_fact(view, "after_fen", "草稿共补", VIEW_MONEY(diff->after));
    view_fact(view, "change_fen", "增减", VIEW_MONEY(money_sub(diff->after, diff->before)));
    view_facts_end(view);
}

static void pot_facts(View *view, const DryResult *result) {
    view_section(view, STR("资金"));
    view_facts_begin(view, "pot", false);
    view_fact(view, "left_fen", "项目资金剩余",
              result->has_pot ? VIEW_MONEY(result->left) : VIEW_NONE);
    view_fact(view, "pace_count", "最近 28 天办件",
              result->has_pot ? VIEW_INT(result->pace_count) : VIEW_NONE);
    view_fact(view, "empty_day", "照此办件速度和草稿的平均金额，用完的日子",
              result->empty_day.number != DAY_NONE.number ? VIEW_DAY(result->empty_day)
                                                          : VIEW_TEXT(STR("不能推算")));
    view_facts_end(view);
}

static const ViewColumn diff_columns[] = {
    {"name", "范围", false},          {"case_count", "例数", true},
    {"gain_count", "更多", true},     {"loss_count", "更少", true},
    {"new_count", "新得", true},      {"shut_out_count", "不再得", true},
    {"before_fen", "原来共补", true}, {"after_fen", "草稿共补", true},
};
enum { DIFF_COLUMNS = sizeof diff_columns / sizeof diff_columns[0] };

static void diff_row(View *view, Str name, const PolicyDiff *diff) {
    view_row(view);
    view_cell(view, VIEW_TEXT(name));
    view_cell(view, VIEW_INT(diff->case_count));
    view_cell(view, VIEW_INT(diff->gain_count));
    view_cell(view, VIEW_INT(diff->loss_count));
    view_cell(view, VIEW_INT(diff->new_count));
    view_cell(view, VIEW_INT(diff->shut_out_count));
    view_cell(view, VIEW_MONEY(diff->before));
    view_cell(view, VIEW_MONEY(diff->after));
}

static Str band_name(Arena *arena, const PolicySimulation *sum, size_t band) {
    int64_t low = sum->bands[band].low.fen / 100;
    return band + 1 == POLICY_BAND_COUNT ? str_print(arena, "%" PRId64 " 元及以上", low)
                                         : str_print(arena, "%" PRId64 " 至不足 %" PRId64 " 元",
                                                     low, sum->bands[band + 1].low.fen / 100);
}

static Str town_name(const City *city, size_t town) {
    return town < city->town_count ? city->towns[town].name : STR("镇街不明");
}

static void bands_view(Web *web, const DryResult *result) {
    Str labels[POLICY_BAND_COUNT];
    int64_t values[POLICY_BAND_COUNT];
    size_t count = 0;
    View *view = web->view;
    view_section(view, STR("按价格段"));
    view_table_begin(view, "bands", STR("按价格段"), diff_columns, DIFF_COLUMNS);
    for (size_t i = 0; i < POLICY_BAND_COUNT; i++) {
        const PolicyDiff *diff = &result->sum.band_diffs[i];
        if (diff->case_count > 0) {
            labels[count] = band_name(web->cx->arena, &result->sum, i);
            values[count++] = diff->gain_count + diff->loss_count;
            diff_row(view, labels[count - 1], diff);
        }
    }
    view_table_end(view, STR("没有价格"));
    view_chart(view, "band_changes", STR("各价格段有增减的例数"), labels, values, count);
}

static void towns_view(Web *web, const DryResult *result) {
    View *view = web->view;
    view_section(view, STR("按镇街"));
    view_table_begin(view, "towns", STR("按镇街"), diff_columns, DIFF_COLUMNS);
    for (size_t i = 0; i <= result->city->town_count; i++) {
        if (result->sum.town_diffs[i].case_count > 0) {
            diff_row(view, town_name(result->city, i), &result->sum.town_diffs[i]);
        }
    }
    view_table_end(view, STR("没有镇街"));
}

static Status dry_show(Web *web, const Job *job) {
    const DryResult *result = job_result(job);
    View *view = web->view;
    view_text(view,
              str_print(web->cx->arena, "草稿（第 %" PRId64 " 次修改）与“" STR_FMT "”比较。%s",
                        result->revision, STR_ARG(result->base_title),
                        result->is_past ? "用的是本市已办的案件。" : "用的是合成人口，不是预测。"));
    diff_facts(view, result);
    if (result->gain_words.len > 0) {
        view_notice(
            view, VIEW_GOOD,
            str_print(web->cx->arena, "增加最多的一例：" STR_FMT, STR_ARG(result->gain_words)));
    }
    if (result->loss_words.len > 0) {
        view_notice(
            view, VIEW_WARN,
            str_print(web->cx->arena, "减少最多的一例：" STR_FMT, STR_ARG(result->loss_words)));
    }
    pot_facts(view, result);
    bands_view(web, result);
    towns_view(web, result);
    view_link(view,
              str_print(web->cx->arena, "/workshop/%" PRId64 "/simulate/file?job=%" PRId64,
                        result->draft_id, web->ids[0]),
              STR("导出为 Excel"), false);
    return STATUS_OK;
}

static const JobKind dry_kind = {
    .name = "policy.simulate", .title = "试算草稿", .work = dry_work, .show = dry_show};

/* ---- asking ---- */

enum { DRY_SOURCE, DRY_BASE, DRY_COUNT, DRY_SEED, DRY_FIELDS };

static const Form *dry_form(Web *web, const Draft *draft) {
    static const FormChoice sources[] = {{"past", "本市已办的案件（与当时的决定比较）"},
                                         {"synthetic", "合成人口（与下面的版本比较）"}};
    size_t count = 0;
    const PolicyVersion *const *versions = policy_versions(workshop_library(web), &count);
    FormChoice *bases = arena_array(web->cx->arena, FormChoice, count + 1);
    for (size_t i = 0; i < count; i++) {
        bases[i] = (FormChoice){str_c(web->cx->arena, versions[count - 1 - i]->version),
                                str_c(web->cx->arena, versions[count - 1 - i]->title)};
    }
    FormField *fields = arena_array(web->cx->arena, FormField, DRY_FIELDS);
    fields[DRY_SOURCE] = (FormField){.name = "source",
                                     .label = "用什么试算",
                                     .kind = FIELD_CHOICE,
                                     .choices = sources,
                                     .choice_count = 2,
                                     .value = STR("synthetic")};
    fields[DRY_BASE] = (FormField){.name = "base",
                                   .label = "与哪个版本比较",
                                   .kind = FIELD_CHOICE,
                                   .choices = bases,
                                   .choice_count = count,
                                   .value = draft->base};
    fields[DRY_COUNT] = (FormField){.name = "count",
                                    .label = "合成例数",
                                    .kind = FIELD_INT,
                                    .min = 1,
                                    .max = DRYRUN_COUNT_MAX,
                                    .value = str_print(web->cx->arena, "%d", DRYRUN_COUNT)};
    fields[DRY_SEED] = (FormField){.name = "seed",
                                   .label = "种子（同一个数得到同样的人口）",
                                   .kind = FIELD_INT,
                                   .min = 1,
                                   .max = 1000000,
                                   .value = STR("1")};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "simulate",
                   .action = workshop_path(web, draft->id, "/simulate"),
                   .submit = "开始试算",
                   .fields = fields,
                   .field_count = DRY_FIELDS};
    return form;
}

Status workshop_simulate_page(Web *web) {
    Draft draft;
    TRY(workshop_draft(web, &draft));
    workshop_head(web, &draft, "试算", "/simulate");
    view_lead(web->view, STR("把草稿用到已办的案件或合成人口上：谁多得、谁少得、共多少钱、资金何时"
                             "用完。在后台进行。"));
    if (web->user->role != ROLE_AUDITOR) {
        view_form(web->view, dry_form(web, &draft));
    }
    return STATUS_OK;
}

Status workshop_simulate_post(Web *web) {
    Draft draft;
    FormValue values[DRY_FIELDS];
    TRY(workshop_draft(web, &draft));
    TRY(form_read(web, dry_form(web, &draft), values));
    Job *job = job_new(&dry_kind, web->user->id);
    DryInput *input = arena_new(job_arena(job), DryInput);
    *input = (DryInput){.app = web->app,
                        .library = workshop_library(web),
                        .city = web->app->house,
                        .draft_id = draft.id,
                        .base = str_dup(job_arena(job), values[DRY_BASE].text),
                        .is_past = str_equal(values[DRY_SOURCE].text, STR("past")),
                        .count = values[DRY_COUNT].number,
                        .seed = (uint64_t)values[DRY_SEED].number,
                        .today = web_today(web),
                        .now_ms = web->now_ms};
    job_input_set(job, input);
    job_title_set(job, str_print(web->cx->arena, "试算：" STR_FMT, STR_ARG(draft.title)));
    job_back_set(job, workshop_path(web, draft.id, "/simulate"));
    return web_job_start(web, job);
}

/* ---- the file ---- */

static Status file_row(SheetWriter *writer, Str part, Str name, const PolicyDiff *diff) {
    SheetCell cells[] = {sheet_text(part),
                         sheet_text(name),
                         sheet_int(diff->case_count),
                         sheet_int(diff->gain_count),
                         sheet_int(diff->loss_count),
                         sheet_int(diff->new_count),
                         sheet_int(diff->shut_out_count),
                         sheet_money(diff->before),
                         sheet_money(diff->after),
                         sheet_money(money_sub(diff->after, diff->before))};
    return sheet_row(writer, cells, sizeof cells / sizeof cells[0]);
}

static Status file_rows(Web *web, const DryResult *result, SheetWriter *writer) {
    TRY(file_row(writer, STR("合计"), STR("全部"), &result->sum.diff));
    for (size_t i = 0; i < POLICY_BAND_COUNT; i++) {
        if (result->sum.band_diffs[i].case_count > 0) {
            TRY(file_row(writer, STR("价格段"), band_name(web->cx->arena, &result->sum, i),
                         &result->sum.band_diffs[i]));
        }
    }
    for (size_t i = 0; i <= result->city->town_count; i++) {
        if (result->sum.town_diffs[i].case_count > 0) {
            TRY(file_row(writer, STR("镇街"), town_name(result->city, i),
                         &result->sum.town_diffs[i]));
        }
    }
    return STATUS_OK;
}

Status workshop_simulate_file(Web *web) {
    static const SheetColumn columns[] = {
        {"分类", SHEET_TEXT, 0},    {"范围", SHEET_TEXT, 0},      {"例数", SHEET_INT, 0},
        {"补得更多", SHEET_INT, 0}, {"补得更少", SHEET_INT, 0},   {"新得", SHEET_INT, 0},
        {"不再得", SHEET_INT, 0},   {"原来共补", SHEET_MONEY, 0}, {"草稿共补", SHEET_MONEY, 0},
        {"增减", SHEET_MONEY, 0},
    };
    Job *job = NULL;
    TRY(job_find(web->cx, web->app->jobs, web_param_int(web, "job", 0), web->user->id, &job));
    if (job_view(job).kind != &dry_kind || job_result(job) == NULL) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这次试算");
    }
    const DryResult *result = job_result(job);
    Str titles[] = {str_print(web->cx->arena, "试算：" STR_FMT, STR_ARG(result->draft_title)),
                    str_print(web->cx->arena, "与“" STR_FMT "”比较，第 %" PRId64 " 次修改",
                              STR_ARG(result->base_title), result->revision)};
    bool is_csv = str_equal(web_param(web, "form"), STR("csv"));
    SheetWriteOptions options = {
        .form = is_csv ? SHEET_CSV : SHEET_XLSX, .made_ms = web->now_ms, .author = STR("")};
    SheetTable table = {.name = STR("试算"),
                        .titles = titles,
                        .title_count = 2,
                        .columns = columns,
                        .column_count = sizeof columns / sizeof columns[0],
                        .is_landscape = true};
    Buf *out = buf_in(web->cx->arena, EXPORT_BYTES_MAX);
    SheetWriter *writer = NULL;
    TRY(sheet_writer_new(web->cx, &options, sheet_sink_buf(out), &writer));
    TRY(sheet_begin(writer, &table));
    TRY(file_rows(web, result, writer));
    TRY(sheet_finish(writer));
    return web_file(web,
                    str_print(web->cx->arena, "dry-run-%" PRId64 STR_FMT, result->draft_id,
                              STR_ARG(sheet_form_ending(options.form))),
                    sheet_form_type(options.form, options.charset), buf_str(out));
}
