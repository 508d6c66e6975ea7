/*
 * lab_pages.c - what a draft would do: the analysis of its tables with an example for each finding,
 * one case tried with the fired row lit. Comparing is in compare_pages.c, the dry run in
 * dryrun_pages.c.
 */
#include "base/codes.h"
#include "base/vec.h"
#include "dmn/analyse.h"
#include "office/policy/workshop_pages.h"
#include "office/policy/workshop_texts.h"
#include "yaml/yaml.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- words ---- */

const PolicyQuestion *workshop_question(const PolicyVersion *version, Str name) {
    for (size_t i = 0; i < version->question_count; i++) {
        if (str_equal(version->questions[i].name, name)) {
            return &version->questions[i];
        }
    }
    return NULL;
}

Str workshop_value_words(Arena *arena, const PolicyQuestion *question, const FeelValue *value) {
    int64_t number = 0;
    if (question != NULL && question->type == POLICY_MONEY && value->kind == FEEL_NUMBER &&
        decimal_to_int64(value->number, &number)) {
        return str_print(arena, STR_FMT " 元", STR_ARG(money_print(arena, money_of_fen(number))));
    }
    if (value->kind == FEEL_BOOLEAN) {
        return value->boolean ? STR("是") : STR("否");
    }
    if (value->kind == FEEL_NULL) {
        return STR("未填");
    }
    if (value->kind == FEEL_STRING) {
        bool is_other = str_equal(value->string, STR("(other)"));
        bool is_any = str_equal(value->string, STR("(any)"));
        return is_other ? STR("其他") : is_any ? STR("任意") : value->string;
    }
    return feel_to_text(arena, value);
}

static Str column_name(const DmnTable *table, size_t column) {
    return str_trim(table->inputs[column].expression.text);
}

Str workshop_case_words(Arena *arena, const PolicyVersion *version, const DmnTable *table,
                        const FeelValue *witness) {
    Str words = STR("");
    for (size_t i = 0; i < table->input_count; i++) {
        const PolicyQuestion *question = workshop_question(version, column_name(table, i));
        Str label = question != NULL ? question->label : table->inputs[i].label;
        Str value = workshop_value_words(arena, question, &witness[i]);
        words = str_print(arena, STR_FMT "%s" STR_FMT " " STR_FMT, STR_ARG(words),
                          words.len > 0 ? "，" : "", STR_ARG(label), STR_ARG(value));
    }
    return words;
}

/* What a person would type for a value: the address of the page that tries a case. */
static Str typed_value(Arena *arena, const PolicyQuestion *question, const FeelValue *value) {
    int64_t number = 0;
    if (value->kind == FEEL_BOOLEAN) {
        return value->boolean ? STR("true") : STR("false");
    }
    if (question->type == POLICY_MONEY && value->kind == FEEL_NUMBER &&
        decimal_to_int64(value->number, &number)) {
        return money_print_plain(arena, money_of_fen(number));
    }
    return value->kind == FEEL_NULL ? STR("") : feel_to_text(arena, value);
}

static Str try_path(Arena *arena, int64_t draft_id, const PolicyVersion *version,
                    const DmnTable *table, const FeelValue *witness) {
    Buf *path = buf_in(arena, 16 * 1024);
    buf_print(path, "/workshop/%" PRId64 "/try?asked=1", draft_id);
    for (size_t i = 0; i < version->question_count; i++) {
        for (size_t k = 0; k < table->input_count; k++) {
            if (str_equal(version->questions[i].name, column_name(table, k))) {
                Str text = typed_value(arena, &version->questions[i], &witness[k]);
                buf_print(path, "&q%zu=" STR_FMT, i, STR_ARG(http_url_encode(arena, text)));
            }
        }
    }
    return buf_status(path) == STATUS_OK ? buf_str(path) : STR_NONE;
}

/* ---- the analysis, as long work ---- */

typedef struct LabFinding {
    DmnFindingKind kind;
    bool is_error;
    Str table; /* its decision */
    int64_t row;
    Str text;
    Str example;
    Str path; /* tries the example; empty when there is none */
} LabFinding;
typedef struct LabFindingVec VEC(LabFinding) LabFindingVec;

typedef struct LabMonotone {
    Str column;
    bool falls;
    bool is_broken;
    bool is_exhaustive;
    int64_t try_count;
    Str first; /* the two cases in words */
    Str second;
    Money values[2];
} LabMonotone;

typedef struct LabInput {
    const WebApp *app;
    PolicyLibrary *library;
    int64_t draft_id;
} LabInput;

typedef struct LabResult {
    int64_t draft_id;
    int64_t revision;
    int64_t row_count;
    int64_t cell_count;
    LabFindingVec findings;
    int64_t error_count;
    LabMonotone *monotones;
    size_t monotone_count;
} LabResult;

static Str row_words(Arena *arena, size_t row) {
    return str_print(arena, "第 %zu 行", row + 1);
}

static Str finding_words(Arena *arena, const DmnFinding *finding) {
    Str row = finding->row == DMN_NONE ? STR("") : row_words(arena, finding->row);
    Str other = finding->other == DMN_NONE ? STR("") : row_words(arena, finding->other);
    Str column =
        finding->column == DMN_NONE ? STR("") : finding->table->inputs[finding->column].label;
    switch (finding->kind) {
    case DMN_FINDING_GAP:
        return STR("没有一行管这种情况");
    case DMN_FINDING_FRACTION_GAP:
        return STR("两个整数之间的小数没有一行管");
    case DMN_FINDING_OVERLAP:
        return str_print(arena, STR_FMT "和" STR_FMT "都管这种情况，表只许一行命中", STR_ARG(row),
                         STR_ARG(other));
    case DMN_FINDING_CONFLICT:
        return str_print(arena, STR_FMT "和" STR_FMT "都管这种情况，结果却不同", STR_ARG(row),
                         STR_ARG(other));
    case DMN_FINDING_MASKED:
        return str_print(arena, STR_FMT "永远轮不到，" STR_FMT "等各行已先命中", STR_ARG(row),
                         STR_ARG(other));
    case DMN_FINDING_UNREACHABLE:
        return str_print(arena, STR_FMT "“" STR_FMT "”的条件不可能满足", STR_ARG(row),
                         STR_ARG(column));
    case DMN_FINDING_NOT_ANALYSABLE:
        return str_print(arena, STR_FMT "“" STR_FMT "”不是固定的条件，没有分析", STR_ARG(row),
                         STR_ARG(column));
    case DMN_FINDING_INCOMPLETE:
        return STR("表太复杂，空缺没有全部找完");
    }
    return STR("");
}

static void finding_keep(Cx *cx, const PolicyEntry *entry, const DmnFinding *finding,
                         LabResult *result) {
    const DmnTable *table = finding->table;
    const DmnNode *node = dmn_node_at(entry->model, table->node);
    LabFinding *kept = vec_push(cx->arena, &result->findings);
    *kept = (LabFinding){.kind = finding->kind,
                         .is_error = finding->is_error,
                         .table = node->name,
                         .row = finding->row == DMN_NONE ? 0 : (int64_t)finding->row + 1,
                         .text = finding_words(cx->arena, finding),
                         .example = STR(""),
                         .path = STR("")};
    result->error_count += finding->is_error ? 1 : 0;
    if (finding->witness != NULL) {
        kept->example = workshop_case_words(cx->arena, &entry->version, table, finding->witness);
        kept->path =
            table->node == entry->decision
                ? try_path(cx->arena, result->draft_id, &entry->version, table, finding->witness)
                : STR("");
    }
}

static Status findings_find(Cx *cx, Job *job, const PolicyEntry *entry, LabResult *result) {
    job_stage_set(job, "正在找空缺、重叠和轮不到的行");
    for (size_t i = 0; i < dmn_node_count(entry->model); i++) {
        const DmnTable *table = dmn_node_at(entry->model, i)->table;
        DmnFindings findings = {0};
        if (table == NULL) {
            continue;
        }
        TRY(dmn_analyse_table(cx, table, &findings));
        for (size_t k = 0; k < findings.count; k++) {
            finding_keep(cx, entry, &findings.items[k], result);
        }
        result->row_count += (int64_t)table->row_count;
        result->cell_count +=
            (int64_t)(table->row_count *
                      (table->input_count + table->output_count + table->annotation_count));
        job_progress(job, (int64_t)i + 1);
    }
    return STATUS_OK;
}

/* ---- does the amount rise with the price ---- */

/* "rises" or "falls" as the description declares for an input, or empty. */
static Str monotone_declared(const YamlNode *root, Arena *arena, Str name) {
    return yaml_text_or(arena, yaml_at(root, "monotone"), str_c(arena, name), STR(""));
}

static Str answer_words(Arena *arena, const PolicyEntry *entry, const DmnAnswer *answer,
                        const FeelValue *values) {
    Str words = STR("");
    for (size_t i = 0; i < answer->node_count; i++) {
        const DmnNode *node = dmn_node_at(entry->model, answer->nodes[i]);
        const PolicyQuestion *question = workshop_question(&entry->version, node->name);
        Str label = question != NULL ? question->label : node->name;
        words = str_print(arena, STR_FMT "%s" STR_FMT " " STR_FMT, STR_ARG(words),
                          words.len > 0 ? "，" : "", STR_ARG(label),
                          STR_ARG(workshop_value_words(arena, question, &values[i])));
    }
    return words;
}

static Money fen_of(const FeelValue *value) {
    int64_t fen = 0;
    const FeelValue *amount =
        value->kind == FEEL_CONTEXT ? feel_context_get(value->context, STR("amount_fen")) : value;
    bool is_number =
        amount != NULL && amount->kind == FEEL_NUMBER && decimal_to_int64(amount->number, &fen);
    return money_of_fen(is_number ? fen : 0);
}

static Status monotone_check(Cx *cx, const PolicyEntry *entry, const PolicyQuestion *question,
                             bool falls, LabMonotone *out) {
    DmnAnswer answer = {0};
    DmnMonotone ask = {.node = entry->decision,
                       .member = STR("amount_fen"),
                       .input = dmn_node_find(entry->model, question->name, STR("")),
                       .falls = falls,
                       .seed = 1};
    *out = (LabMonotone){.column = question->label, .falls = falls};
    if (ask.input == DMN_NONE) {
        return STATUS_OK;
    }
    TRY(dmn_monotone(cx, entry->model, &ask, &answer));
    out->is_broken = answer.is_found;
    out->is_exhaustive = answer.is_exhaustive;
    out->try_count = (int64_t)answer.try_count;
    if (answer.is_found) {
        out->first = answer_words(cx->arena, entry, &answer, answer.first);
        out->second = answer_words(cx->arena, entry, &answer, answer.second);
        out->values[0] = fen_of(&answer.values[0]);
        out->values[1] = fen_of(&answer.values[1]);
    }
    return STATUS_OK;
}

static Status monotones_check(Cx *cx, Job *job, const PolicyEntry *entry, LabResult *result) {
    const YamlNode *root = NULL;
    const PolicyVersion *version = &entry->version;
    TRY(yaml_read(cx, version->version, entry->description_text, &root));
    job_stage_set(job, "正在检查金额是否随条件升降");
    result->monotones = arena_array(cx->arena, LabMonotone, version->question_count + 1);
    for (size_t i = 0; i < version->question_count; i++) {
        Str declared = monotone_declared(root, cx->arena, version->questions[i].name);
        bool falls = str_equal(declared, STR("falls"));
        if (falls || str_equal(declared, STR("rises"))) {
            TRY(monotone_check(cx, entry, &version->questions[i], falls,
                               &result->monotones[result->monotone_count++]));
        }
    }
    return STATUS_OK;
}

static Status lab_run(Cx *cx, DbConn *conn, Job *job, const LabInput *input, LabResult *result) {
    Draft draft;
    const PolicyEntry *entry = NULL;
    job_stage_set(job, "正在编译");
    TRY(draft_find(cx, conn, input->draft_id, &draft));
    TRY(draft_compile(cx, conn, input->library, &draft, &entry));
    result->draft_id = draft.id;
    result->revision = draft.revision;
    job_total_set(job, (int64_t)dmn_node_count(entry->model) + 1);
    TRY(findings_find(cx, job, entry, result));
    return monotones_check(cx, job, entry, result);
}

static Status lab_work(Cx *cx, Job *job) {
    const LabInput *input = job_input(job);
    LabResult *result = arena_new(cx->arena, LabResult);
    DbConn *conn = NULL;
    TRY(db_read_begin(cx, input->app->db, &conn));
    Status status = lab_run(cx, conn, job, input, result);
    db_read_end(input->app->db, conn);
    job_result_set(job, result);
    return status;
}

static void findings_view(Web *web, const LabResult *result) {
    static const ViewColumn columns[] = {{"table", "表", false},      {"row", "行", false},
                                         {"severity", "程度", false}, {"text", "问题", false},
                                         {"example", "例如", false},  {"path", "试一试", false}};
    View *view = web->view;
    view_section(view, STR("发现的问题"));
    view_table_begin(view, "findings", STR("发现的问题"), columns, 6);
    for (size_t i = 0; i < result->findings.count; i++) {
        const LabFinding *finding = &result->findings.items[i];
        view_row(view);
        view_cell(view, VIEW_TEXT(finding->table));
        view_cell(view, finding->row == 0
                            ? VIEW_TEXT(STR("—"))
                            : VIEW_LINK(str_print(web->cx->arena,
                                                  "/workshop/%" PRId64 "/table/1?row=%" PRId64,
                                                  result->draft_id, finding->row),
                                        str_print(web->cx->arena, "%" PRId64, finding->row)));
        view_cell(view, finding->is_error ? VIEW_BADGE(VIEW_BAD, STR("error"), STR("错误"))
                                          : VIEW_BADGE(VIEW_WARN, STR("warning"), STR("留意")));
        view_cell(view, VIEW_TEXT(finding->text));
        view_cell(view, VIEW_TEXT(finding->example.len > 0 ? finding->example : STR("—")));
        view_cell(view, finding->path.len > 0 ? VIEW_LINK(finding->path, STR("试这一例"))
                                              : VIEW_TEXT(STR("—")));
    }
    view_table_end(view, STR("没有空缺、重叠和轮不到的行"));
}

static void monotones_view(Web *web, const LabResult *result) {
    static const ViewColumn columns[] = {{"column", "条件", false},
                                         {"rule", "要求", false},
                                         {"state", "结论", false},
                                         {"example", "反例", false}};
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_section(view, STR("金额随条件升降"));
    view_table_begin(view, "monotones", STR("金额随条件升降"), columns, 4);
    for (size_t i = 0; i < result->monotone_count; i++) {
        const LabMonotone *one = &result->monotones[i];
        view_row(view);
        view_cell(view, VIEW_TEXT(one->column));
        view_cell(view,
                  VIEW_TEXT(one->falls ? STR("越高，金额不应增加") : STR("越高，金额不应减少")));
        view_cell(view, one->is_broken ? VIEW_BADGE(VIEW_BAD, STR("broken"), STR("不符合"))
                        : one->is_exhaustive
                            ? VIEW_BADGE(VIEW_GOOD, STR("kept"), STR("符合（各界限全部试过）"))
                            : VIEW_BADGE(VIEW_GOOD, STR("kept_sampled"),
                                         str_print(arena, "抽试 %" PRId64 " 例，没有反例",
                                                   one->try_count)));
        view_cell(
            view,
            VIEW_TEXT(
                one->is_broken
                    ? str_print(arena, STR_FMT "：" STR_FMT " 元；" STR_FMT "：" STR_FMT " 元",
                                STR_ARG(one->first), STR_ARG(money_print(arena, one->values[0])),
                                STR_ARG(one->second), STR_ARG(money_print(arena, one->values[1])))
                    : STR("—")));
    }
    view_table_end(view, STR("没有声明要求；在“分析”页面声明"));
}

static Status lab_show(Web *web, const Job *job) {
    const LabResult *result = job_result(job);
    View *view = web->view;
    view_facts_begin(view, "analysis", false);
    view_fact(view, "revision", "分析的是第几次修改", VIEW_INT(result->revision));
    view_fact(view, "row_count", "行", VIEW_INT(result->row_count));
    view_fact(view, "cell_count", "格", VIEW_INT(result->cell_count));
    view_fact(view, "finding_count", "发现", VIEW_INT((int64_t)result->findings.count));
    view_fact(view, "error_count", "其中错误", VIEW_INT(result->error_count));
    view_facts_end(view);
    findings_view(web, result);
    monotones_view(web, result);
    return STATUS_OK;
}

static const JobKind lab_kind = {
    .name = "policy.analyse", .title = "分析规则表", .work = lab_work, .show = lab_show};

Status workshop_analyse_post(Web *web) {
    Draft draft;
    TRY(workshop_draft(web, &draft));
    Job *job = job_new(&lab_kind, web->user->id);
    LabInput *input = arena_new(job_arena(job), LabInput);
    *input = (LabInput){web->app, workshop_library(web), draft.id};
    job_input_set(job, input);
    job_title_set(job, str_print(web->cx->arena, "分析：" STR_FMT, STR_ARG(draft.title)));
    job_back_set(job, workshop_path(web, draft.id, "/analyse"));
    return web_job_start(web, job);
}

/* ---- declaring what must hold ---- */

enum { MONOTONE_MAX = 40 };

static const FormChoice monotone_choices[] = {
    {"none", "不要求"}, {"rises", "越高，金额不应减少"}, {"falls", "越高，金额不应增加"}};

static bool is_ordered(const PolicyQuestion *question) {
    return question->type == POLICY_MONEY ||
           (question->type == POLICY_NUMBER && question->choice_count == 0);
}

/* The questions that have an order, one list each; index holds which question a field is. */
static const Form *monotone_form(Web *web, const Draft *draft, const PolicyEntry *entry,
                                 size_t *index) {
    FormField *fields = arena_array(web->cx->arena, FormField, MONOTONE_MAX + 1);
    const YamlNode *root = NULL;
    Cx quiet;
    size_t count = 0;
    cx_init(&quiet, web->cx->arena);
    if (yaml_read(&quiet, draft->code, entry->description_text, &root) != STATUS_OK) {
        root = NULL;
    }
    fields[count++] = workshop_revision_field(web, draft);
    for (size_t i = 0; i < entry->version.question_count && count <= MONOTONE_MAX; i++) {
        const PolicyQuestion *question = &entry->version.questions[i];
        if (!is_ordered(question)) {
            continue;
        }
        Str declared = monotone_declared(root, web->cx->arena, question->name);
        index[count] = i;
        fields[count++] = (FormField){.name = str_print(web->cx->arena, "m%zu", i).at,
                                      .label = str_c(web->cx->arena, question->label),
                                      .kind = FIELD_CHOICE,
                                      .choices = monotone_choices,
                                      .choice_count = 3,
                                      .value = declared.len > 0 ? declared : STR("none")};
    }
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "monotone",
                   .action = workshop_path(web, draft->id, "/monotone"),
                   .submit = "保存要求",
                   .fields = fields,
                   .field_count = count};
    return form;
}

Status workshop_analyse_page(Web *web) {
    Draft draft;
    const PolicyEntry *entry = NULL;
    TRY(workshop_draft(web, &draft));
    View *view = web->view;
    workshop_head(web, &draft, "分析", "/analyse");
    view_lead(view, STR("找没有一行管的情况、重叠的行、永远轮不到的行，并检查金额是否随价格等升降；"
                        "每个问题都举一例。在后台进行。"));
    if (web->user->role != ROLE_AUDITOR) {
        view_action(view, workshop_path(web, draft.id, "/analyse"), STR("开始分析"), NULL);
    }
    Status status = draft_compile(web->cx, web->conn, workshop_library(web), &draft, &entry);
    if (status == STATUS_INVALID) {
        view_notice(view, VIEW_BAD, str_dup(web->cx->arena, str_of(web->cx->fault.text)));
        fault_clear(web->cx);
        return STATUS_OK;
    }
    TRY(status);
    if (workshop_may_edit(web, &draft)) {
        size_t index[MONOTONE_MAX + 2];
        view_section(view, STR("金额随条件升降的要求"));
        view_form(view, monotone_form(web, &draft, entry, index));
    }
    Job *last = jobs_latest(web->cx, web->app->jobs, &lab_kind, web->user->id);
    const LabResult *result = last == NULL ? NULL : job_result(last);
    return result != NULL && result->draft_id == draft.id ? lab_show(web, last) : STATUS_OK;
}

typedef struct DescriptionWork {
    DraftText text;
    int64_t revision;
} DescriptionWork;

static Status description_work(Cx *cx, DbConn *conn, void *input) {
    DescriptionWork *work = input;
    return draft_text_put(cx, conn, &work->text, &work->revision);
}

Status workshop_monotone_post(Web *web) {
    Draft draft;
    const PolicyEntry *entry = NULL;
    size_t index[MONOTONE_MAX + 2];
    FormValue values[MONOTONE_MAX + 2];
    TRY(workshop_draft(web, &draft));
    TRY(draft_compile(web->cx, web->conn, workshop_library(web), &draft, &entry));
    const Form *form = monotone_form(web, &draft, entry, index);
    TRY(form_read(web, form, values));
    Str line = STR("{");
    for (size_t i = 1; i < form->field_count; i++) {
        if (!str_equal(values[i].text, STR("none"))) {
            line = str_print(
                web->cx->arena, STR_FMT "%s" STR_FMT ": " STR_FMT, STR_ARG(line),
                line.len > 1 ? ", " : "",
                STR_ARG(str_json(web->cx->arena, entry->version.questions[index[i]].name)),
                STR_ARG(values[i].text));
        }
    }
    line = str_join(web->cx->arena, line, STR("}"));
    DescriptionWork work = {.text = {.draft_id = draft.id,
                                     .part = DRAFT_DESCRIPTION,
                                     .text = description_line_set(web->cx->arena, draft.description,
                                                                  STR("monotone"), line),
                                     .about = STR("修改金额升降的要求"),
                                     .actor = workshop_actor(web)}};
    TRY(web_write(web, "policy.draft", description_work, &work, NULL));
    return web_redirect(web, workshop_path(web, draft.id, "/analyse"), STR("已保存要求"));
}

/* ---- one case ---- */

enum { TRY_FIELDS_MAX = 60, LIT_ROWS_AROUND = 4 };

static FieldKind try_kind(const PolicyQuestion *question) {
    if (question->type == POLICY_FLAG || question->choice_count > 0) {
        return FIELD_CHOICE;
    }
    switch (question->type) {
    case POLICY_MONEY:
        return FIELD_MONEY;
    case POLICY_NUMBER:
    case POLICY_TEXT:
    case POLICY_FLAG:
        return FIELD_TEXT;
    case POLICY_DAY:
        return FIELD_DAY;
    }
    return FIELD_TEXT;
}

static const FormChoice *try_choices(Web *web, const PolicyQuestion *question, size_t *count) {
    static const FormChoice flags[] = {{"true", "是"}, {"false", "否"}};
    if (question->type == POLICY_FLAG) {
        *count = 2;
        return flags;
    }
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, question->choice_count + 1);
    for (size_t i = 0; i < question->choice_count; i++) {
        const char *text = str_c(web->cx->arena, question->choices[i]);
        choices[i] = (FormChoice){text, text};
    }
    *count = question->choice_count;
    return choices;
}

static const Form *try_form(Web *web, const Draft *draft, const PolicyVersion *version) {
    FormField *fields = arena_array(web->cx->arena, FormField, TRY_FIELDS_MAX + 1);
    size_t count = 0;
    for (size_t i = 0; i < version->question_count && count < TRY_FIELDS_MAX; i++) {
        const PolicyQuestion *question = &version->questions[i];
        FormField *field = &fields[count++];
        *field = (FormField){
            .name = str_print(web->cx->arena, "q%zu", i).at,
            .label = question->type == POLICY_MONEY
                         ? str_print(web->cx->arena, STR_FMT "（元）", STR_ARG(question->label)).at
                         : str_c(web->cx->arena, question->label),
            .kind = try_kind(question),
            .is_optional = true,
            .max = try_kind(question) == FIELD_TEXT ? 200 : 0};
        field->choices = try_choices(web, question, &field->choice_count);
    }
    fields[count++] = (FormField){
        .name = "asked", .label = "已问", .kind = FIELD_HIDDEN, .max = 2, .value = STR("1")};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "try",
                   .action = workshop_path(web, draft->id, "/try"),
                   .submit = "试一试",
                   .fields = fields,
                   .field_count = count,
                   .is_get = true};
    return form;
}

static json_t *try_answer(Arena *arena, const PolicyQuestion *question, const FormValue *value) {
    int64_t number = 0;
    if (!value->is_given) {
        return json_null();
    }
    if (question->type == POLICY_FLAG) {
        return json_boolean(str_equal(value->text, STR("true")));
    }
    if (question->type == POLICY_MONEY) {
        return json_integer(value->number);
    }
    if (question->type == POLICY_DAY) {
        Str day = day_print(arena, (Day){(int32_t)value->number});
        return json_stringn(day.at, day.len);
    }
    Str digits = codes_digits(arena, value->text);
    if (question->type == POLICY_NUMBER) {
        return str_int64(digits, &number) == STATUS_OK ? json_integer(number) : json_null();
    }
    return json_stringn(value->text.at, value->text.len);
}

/* The case as JSON; what was left empty is not answered, so that the description's value counts. */
static Str try_json(Web *web, const PolicyVersion *version, const FormValue *values) {
    json_t *json = json_object();
    for (size_t i = 0; i < version->question_count && i < TRY_FIELDS_MAX; i++) {
        if (values[i].is_given || version->questions[i].assume.len == 0) {
            json_object_set_new(json, str_c(web->cx->arena, version->questions[i].name),
                                try_answer(web->cx->arena, &version->questions[i], &values[i]));
        }
    }
    char *text = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
    check(text != NULL);
    Str copy = str_dup(web->cx->arena, str_of(text));
    free(text);
    json_decref(json);
    return copy;
}

static void lit_cells_write(Web *web, Html *html, const DmnTable *table, const DmnRow *row) {
    for (size_t i = 0; i < table->input_count; i++) {
        HTML_LEAF(html, "td", policy_cell_zh(web->cx->arena, row->inputs[i].text));
    }
    for (size_t i = 0; i < table->output_count; i++) {
        HTML_LEAF(html, "td", policy_cell_zh(web->cx->arena, row->outputs[i].text));
    }
}

static void lit_head_write(Html *html, const DmnTable *table) {
    HTML(html, "thead") {
        HTML(html, "tr") {
            HTML_LEAF(html, "th", "行", "scope", "col");
            for (size_t i = 0; i < table->input_count; i++) {
                HTML_LEAF(html, "th", table->inputs[i].label, "scope", "col");
            }
            for (size_t i = 0; i < table->output_count; i++) {
                HTML_LEAF(html, "th", table->outputs[i].label, "scope", "col");
            }
        }
    }
}

/* The fired row with those around it. */
static void lit_write(Web *web, const DmnTable *table, size_t fired, Str caption) {
    Html *html = view_html(web->view);
    size_t first = fired > LIT_ROWS_AROUND ? fired - LIT_ROWS_AROUND : 0;
    size_t last = fired + LIT_ROWS_AROUND + 1;
    last = last > table->row_count ? table->row_count : last;
    HTML(html, "div.table-wrap", "role", "region", "aria-label", caption, "tabindex", "0") {
        HTML(html, "table.table.table-dense") {
            HTML_LEAF(html, "caption", caption);
            lit_head_write(html, table);
            HTML(html, "tbody") {
                for (size_t i = first; i < last; i++) {
                    bool is_lit = i == fired;
                    HTML(html, is_lit ? "tr.grid-lit" : "tr", "aria-current",
                         is_lit ? "true" : (const char *)NULL) {
                        HTML(html, "th", "scope", "row") {
                            html_print(html, is_lit ? "%zu 命中" : "%zu", i + 1);
                        }
                        lit_cells_write(web, html, table, &table->rows[i]);
                    }
                }
            }
        }
    }
}

/* Every table that fired, what the decision rests on first. */
static Status fired_view(Web *web, const PolicyEntry *entry, Str input_json) {
    static const ViewColumn columns[] = {{"table", "表", false}, {"row", "命中第几行", true}};
    FeelValue value;
    DmnRun *run = dmn_run_new(web->cx->arena, entry->model);
    dmn_run_begin(run, web->cx, NULL, true);
    TRY(dmn_run_inputs_json(run, input_json));
    TRY(dmn_run_decide(run, entry->decision, &value));
    view_section(web->view, STR("命中的行"));
    view_table_begin(web->view, "fired", STR("命中的行"), columns, 2);
    for (const DmnTrace *trace = dmn_run_trace(run); trace != NULL; trace = trace->next) {
        for (size_t i = 0; trace->table != NULL && i < trace->fired_count; i++) {
            view_row(web->view);
            view_cell(web->view, VIEW_TEXT(dmn_node_at(entry->model, trace->node)->name));
            view_cell(web->view, VIEW_INT((int64_t)trace->fired[i].row + 1));
        }
    }
    view_table_end(web->view, STR("没有一行命中"));
    for (const DmnTrace *trace = dmn_run_trace(run); trace != NULL; trace = trace->next) {
        if (trace->table != NULL && trace->fired_count > 0 && view_html(web->view) != NULL) {
            lit_write(web, trace->table, trace->fired[0].row,
                      str_print(web->cx->arena, STR_FMT "：第 %zu 行命中",
                                STR_ARG(dmn_node_at(entry->model, trace->node)->name),
                                trace->fired[0].row + 1));
        }
    }
    return STATUS_OK;
}

static Status try_decide(Web *web, const PolicyEntry *entry, const FormValue *values) {
    PolicyAnswer answer;
    PolicyCase input = {.programme = entry->version.programme,
                        .input_json = try_json(web, &entry->version, values)};
    View *view = web->view;
    view_section(view, STR("结果"));
    Status status = policy_decide_by(web->cx, &entry->version, &input, &answer);
    if (status == STATUS_INVALID) {
        view_notice(view, VIEW_WARN, str_dup(web->cx->arena, str_of(web->cx->fault.text)));
        fault_clear(web->cx);
        return STATUS_OK;
    }
    TRY(status);
    policy_answer_view(view, &answer);
    return fired_view(web, entry, answer.input_json);
}

Status workshop_try_page(Web *web) {
    Draft draft;
    const PolicyEntry *entry = NULL;
    FormValue values[TRY_FIELDS_MAX + 1];
    TRY(workshop_draft(web, &draft));
    Status compiled = draft_compile(web->cx, web->conn, workshop_library(web), &draft, &entry);
    if (compiled == STATUS_INVALID) {
        workshop_head(web, &draft, "试一试", "/try");
        view_notice(web->view, VIEW_BAD, str_dup(web->cx->arena, str_of(web->cx->fault.text)));
        fault_clear(web->cx);
        return STATUS_OK;
    }
    TRY(compiled);
    const Form *form = try_form(web, &draft, &entry->version);
    bool is_asked = web_param(web, "asked").len > 0 && web->error_count == 0;
    if (is_asked) {
        TRY(form_read(web, form, values));
    }
    workshop_head(web, &draft, "试一试", "/try");
    view_lead(web->view, STR("填一个人的情况，看草稿怎样判断、哪一行命中。没有填的按未知判断。"));
    if (is_asked) {
        TRY(try_decide(web, entry, values));
    }
    view_section(web->view, STR("情况"));
    view_form(web->view, form);
    return STATUS_OK;
}
