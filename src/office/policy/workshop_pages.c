/*
 * workshop_pages.c - the workshop: the list of drafts, a new one, one draft with its revisions, its
 * facts, its border cases, its model's text, the check before issuing, and issuing. The table
 * itself is in grid_pages.c; analysing, trying, comparing and the dry run are in lab_pages.c.
 */
#include "office/policy/workshop_pages.h"

#include "base/limits.h"
#include "office/policy/cases.h"
#include "office/policy/workshop_texts.h"
#include "yaml/yaml.h"

#include <inttypes.h>
#include <string.h>

enum { REVISIONS_SHOWN = 30, PROGRAMMES_MAX = 100, VERSIONS_MAX = 400 };

/* ---- shared ---- */

PolicyLibrary *workshop_library(const Web *web) {
    const City *city = web->app->house;
    return city->policies;
}

Status workshop_draft(Web *web, Draft *out) {
    return draft_find(web->cx, web->conn, web->ids[0], out);
}

Status workshop_grid(Web *web, GridPlace *out) {
    TRY(workshop_draft(web, &out->draft));
    TRY(draft_parts(web->cx, &out->draft, &out->parts));
    if ((uint64_t)web->ids[1] > out->parts.table_count) {
        return fault(web->cx, STATUS_NOT_FOUND, "草稿里没有这张表");
    }
    out->table = (size_t)web->ids[1] - 1;
    return STATUS_OK;
}

bool workshop_is_owner(const Web *web, const Draft *draft) {
    bool is_own_unit = web->user->role == ROLE_OFFICER && draft->unit_id > 0 &&
                       web->user->unit_id == draft->unit_id;
    return web->user->role == ROLE_LEAD || is_own_unit;
}

bool workshop_may_edit(const Web *web, const Draft *draft) {
    return draft->state == DRAFT_OPEN && workshop_is_owner(web, draft);
}

static Str owner_name(const Draft *draft) {
    return draft->unit.len > 0 ? draft->unit : STR("牵头专班");
}

Str workshop_path(const Web *web, int64_t draft_id, const char *rest) {
    return str_print(web->cx->arena, "/workshop/%" PRId64 "%s", draft_id, rest);
}

DraftActor workshop_actor(const Web *web) {
    return (DraftActor){.person_id = web->user->id,
                        .now_ms = web->now_ms,
                        .revision = web_param_int(web, "revision", 0)};
}

FormField workshop_revision_field(Web *web, const Draft *draft) {
    return (FormField){.name = "revision",
                       .label = "版本",
                       .kind = FIELD_HIDDEN,
                       .min = 1,
                       .max = 20,
                       .value = str_print(web->cx->arena, "%" PRId64, draft->revision)};
}

static ViewValue state_badge(DraftState state) {
    ViewTone tone = state == DRAFT_ISSUED      ? VIEW_GOOD
                    : state == DRAFT_SUBMITTED ? VIEW_WARN
                    : state == DRAFT_OPEN      ? VIEW_INFO
                                               : VIEW_NEUTRAL;
    return VIEW_BADGE(tone, draft_state_code(state), draft_state_zh(state));
}

void workshop_head(Web *web, const Draft *draft, const char *what, const char *here) {
    static const struct {
        const char *rest;
        const char *label;
    } tabs[] = {{"", "概况"},           {"/table/1", "表格"},  {"/facts", "说明"},
                {"/cases", "界限用例"}, {"/try", "试一试"},    {"/analyse", "分析"},
                {"/compare", "比较"},   {"/simulate", "试算"}, {"/draw", "画图"},
                {"/model", "模型"},     {"/check", "发布"}};
    view_title(web->view, str_print(web->cx->arena, STR_FMT "：%s", STR_ARG(draft->title), what));
    view_tabs_begin(web->view, "草稿的各页");
    for (size_t i = 0; i < sizeof tabs / sizeof tabs[0]; i++) {
        view_tab(web->view, workshop_path(web, draft->id, tabs[i].rest), str_of(tabs[i].label),
                 strcmp(tabs[i].rest, here) == 0);
    }
    view_tabs_end(web->view);
    if (web->user->role == ROLE_OFFICER && !workshop_is_owner(web, draft)) {
        view_notice(web->view, VIEW_INFO,
                    str_print(web->cx->arena,
                              "这份草稿由" STR_FMT "起草，您可以查看、试算，不能修改。",
                              STR_ARG(owner_name(draft))));
    }
}

/* ---- the list ---- */

Status workshop_list_page(Web *web) {
    static const ViewColumn columns[] = {
        {"title", "草稿", false},         {"code", "版本号", false},   {"base", "由何起草", false},
        {"state", "状态", false},         {"unit", "起草部门", false}, {"author", "起草人", false},
        {"changed_ms", "最近修改", false}};
    DraftList drafts = {0};
    TRY(draft_store_list(web->cx, web->conn, &drafts));
    View *view = web->view;
    view_title(view, STR("政策工作台"));
    view_lead(view, STR("在草稿里改规则表，分析、试算、比较之后由另一位同事发布。已发布的版本"
                        "不再修改，只会被新版本接替。"));
    if (web->user->role != ROLE_AUDITOR) {
        view_link(view, STR("/workshop/new"), STR("起草新版本"), true);
    }
    view_section(view, STR("草稿"));
    view_table_begin(view, "drafts", STR("草稿"), columns, 7);
    for (size_t i = 0; i < drafts.count; i++) {
        const Draft *draft = &drafts.items[i];
        view_row(view);
        view_cell(view, VIEW_LINK(workshop_path(web, draft->id, ""), draft->title));
        view_cell(view, VIEW_TEXT(draft->code));
        view_cell(view, VIEW_TEXT(draft->base.len > 0 ? draft->base : STR("空白")));
        view_cell(view, state_badge(draft->state));
        view_cell(view, VIEW_TEXT(owner_name(draft)));
        view_cell(view, VIEW_TEXT(draft->author));
        view_cell(view, VIEW_INSTANT(draft->changed_ms));
    }
    view_table_end(view, STR("还没有草稿"));
    return STATUS_OK;
}

/* ---- a new draft ---- */

enum {
    NEW_BASE,
    NEW_CODE,
    NEW_TITLE,
    NEW_FIRST,
    NEW_LAST,
    NEW_PROGRAMME,
    NEW_QUESTIONS,
    NEW_FIELDS
};

static const FormChoice *base_choices(Web *web, size_t *count) {
    size_t version_count = 0;
    const PolicyVersion *const *versions = policy_versions(workshop_library(web), &version_count);
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, version_count + 1);
    size_t at = 0;
    choices[at++] = (FormChoice){"blank", "空白（从头写）"};
    for (size_t i = version_count; i > 0; i--) {
        const PolicyVersion *version = versions[i - 1];
        choices[at++] = (FormChoice){str_c(web->cx->arena, version->version),
                                     str_print(web->cx->arena, STR_FMT "（" STR_FMT "）",
                                               STR_ARG(version->title), STR_ARG(version->version))
                                         .at};
    }
    *count = at;
    return choices;
}

static const FormChoice *programme_choices(Web *web, size_t *count) {
    size_t programme_count = 0;
    const PolicyProgramme *programmes = policy_programmes(workshop_library(web), &programme_count);
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, programme_count + 1);
    for (size_t i = 0; i < programme_count; i++) {
        choices[i] = (FormChoice){str_c(web->cx->arena, programmes[i].code),
                                  str_c(web->cx->arena, programmes[i].label)};
    }
    *count = programme_count;
    return choices;
}

static const Form *new_form(Web *web) {
    FormField *fields = arena_array(web->cx->arena, FormField, NEW_FIELDS);
    Day tomorrow = {web_today(web).number + 1};
    fields[NEW_BASE] = (FormField){.name = "base",
                                   .label = "由哪个版本起草",
                                   .kind = FIELD_CHOICE,
                                   .value = web_param(web, "base")};
    fields[NEW_BASE].choices = base_choices(web, &fields[NEW_BASE].choice_count);
    fields[NEW_CODE] =
        (FormField){.name = "code",
                    .label = "新版本号",
                    .hint = "小写字母开头，可用小写字母、数字、_ 和 -，如 appliance-2027",
                    .kind = FIELD_TEXT,
                    .min = 3,
                    .max = 40};
    fields[NEW_TITLE] =
        (FormField){.name = "title", .label = "名称", .kind = FIELD_TEXT, .min = 2, .max = 60};
    fields[NEW_FIRST] = (FormField){.name = "first",
                                    .label = "生效日",
                                    .kind = FIELD_DAY,
                                    .value = day_print(web->cx->arena, tomorrow)};
    fields[NEW_LAST] =
        (FormField){.name = "last",
                    .label = "截止日（含当日）",
                    .kind = FIELD_DAY,
                    .value = str_print(web->cx->arena, "%d-12-31", (int)day_parts(tomorrow).year)};
    fields[NEW_PROGRAMME] = (FormField){.name = "programme",
                                        .label = "项目（空白起草时选）",
                                        .kind = FIELD_CHOICE,
                                        .is_optional = true};
    fields[NEW_PROGRAMME].choices = programme_choices(web, &fields[NEW_PROGRAMME].choice_count);
    fields[NEW_QUESTIONS] = (FormField){
        .name = "questions",
        .label = "条件（空白起草时写，一行一个）",
        .hint =
            "写成“名称:类型”，类型是日期、文字、数、金额、是否，如 发票日期:日期、成交价分:金额",
        .kind = FIELD_LONG_TEXT,
        .is_optional = true,
        .max = 4000};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "draft",
                   .action = STR("/workshop/new"),
                   .submit = "起草",
                   .fields = fields,
                   .field_count = NEW_FIELDS};
    return form;
}

Status workshop_new_page(Web *web) {
    view_title(web->view, STR("起草新版本"));
    view_lead(web->view, STR("由已有版本起草时，表、说明和界限用例都照抄过来，再改新规定。"));
    view_form(web->view, new_form(web));
    view_link(web->view, STR("/workshop"), STR("返回工作台"), false);
    return STATUS_OK;
}

static bool is_code(Str text) {
    bool is_good = text.len > 0 && text.at[0] >= 'a' && text.at[0] <= 'z';
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        is_good =
            is_good && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-');
    }
    return is_good;
}

static Status code_check(Web *web, Str code) {
    Cx quiet;
    const PolicyVersion *taken = NULL;
    if (!is_code(code)) {
        return fault_at_field(web->cx, STATUS_INVALID, "code",
                              "版本号以小写字母开头，只用小写字母、数字、_ 和 -");
    }
    cx_init(&quiet, web->cx->arena);
    if (policy_version_find(&quiet, workshop_library(web), code, &taken) == STATUS_OK) {
        return fault_at_field(web->cx, STATUS_CONFLICT, "code", "版本号 " STR_FMT " 已在使用",
                              STR_ARG(code));
    }
    return STATUS_OK;
}

/* The days of the form stand in the description as typed. */
static void days_set(Arena *arena, const FormValue *values, PolicyTexts *texts) {
    Str first = day_print(arena, (Day){(int32_t)values[NEW_FIRST].number});
    Str last = day_print(arena, (Day){(int32_t)values[NEW_LAST].number});
    texts->description = description_line_set(arena, texts->description, STR("effective_from"),
                                              str_json(arena, first));
    texts->description =
        description_line_set(arena, texts->description, STR("effective_to"), str_json(arena, last));
    texts->description = description_line_set(
        arena, texts->description, STR("year"),
        str_print(arena, "%d", (int)day_parts((Day){(int32_t)values[NEW_FIRST].number}).year));
}

static Status new_texts(Web *web, const FormValue *values, DraftNew *new) {
    Str base = values[NEW_BASE].text;
    if (str_equal(base, STR("blank"))) {
        DraftBlank blank = {.code = new->code,
                            .title = new->title,
                            .programme = values[NEW_PROGRAMME].text,
                            .questions = values[NEW_QUESTIONS].text,
                            .first = {(int32_t)values[NEW_FIRST].number},
                            .last = {(int32_t)values[NEW_LAST].number}};
        if (!values[NEW_PROGRAMME].is_given) {
            return fault_at_field(web->cx, STATUS_INVALID, "programme", "请选择项目");
        }
        return draft_blank(web->cx, &blank, &new->texts);
    }
    const PolicyVersion *version = NULL;
    TRY(policy_version_find(web->cx, workshop_library(web), base, &version));
    new->base = version->version;
    TRY(draft_from_version(web->cx, version, new->code, new->title, &new->texts));
    days_set(web->cx->arena, values, &new->texts);
    return STATUS_OK;
}

static Status new_work(Cx *cx, DbConn *conn, void *input) {
    int64_t id = 0;
    TRY(draft_create(cx, conn, input, &id));
    db_answer(conn, str_print(cx->arena, "%" PRId64, id));
    return STATUS_OK;
}

Status workshop_new_post(Web *web) {
    FormValue values[NEW_FIELDS];
    Str id = STR_NONE;
    TRY(form_read(web, new_form(web), values));
    DraftNew new = {.code = values[NEW_CODE].text,
                    .base = STR(""),
                    .title = values[NEW_TITLE].text,
                    .person_id = web->user->id,
                    .now_ms = web->now_ms};
    if (values[NEW_LAST].number < values[NEW_FIRST].number) {
        return fault_at_field(web->cx, STATUS_INVALID, "last", "截止日早于生效日");
    }
    TRY(code_check(web, new.code));
    TRY(new_texts(web, values, &new));
    TRY(web_write(web, "policy.draft", new_work, &new, &id));
    return web_redirect(web, str_print(web->cx->arena, "/workshop/" STR_FMT, STR_ARG(id)),
                        STR("已建立草稿"));
}

/* ---- one draft ---- */

static void tables_view(Web *web, const Draft *draft, const DmnParts *parts,
                        const int64_t *row_counts) {
    static const ViewColumn columns[] = {
        {"node", "决策", false},   {"hit_policy", "命中方式", false}, {"column_count", "列", true},
        {"row_count", "行", true}, {"cell_count", "格", true},        {"path", "打开", false}};
    View *view = web->view;
    view_section(view, STR("表"));
    view_table_begin(view, "tables", STR("草稿里的表"), columns, 6);
    for (size_t i = 0; i < parts->table_count; i++) {
        const DmnPartTable *table = &parts->tables[i];
        bool is_first = str_equal(table->hit_policy, STR("FIRST"));
        view_row(view);
        view_cell(view, VIEW_TEXT(table->node));
        view_cell(view, VIEW_TEXT(is_first                    ? STR("自上而下，第一行")
                                  : table->hit_policy.len > 0 ? table->hit_policy
                                                              : STR("只能有一行命中")));
        view_cell(view, VIEW_INT((int64_t)table->column_count));
        view_cell(view, VIEW_INT(row_counts[i]));
        view_cell(view, VIEW_INT(row_counts[i] * (int64_t)table->column_count));
        view_cell(view, VIEW_LINK(str_print(web->cx->arena, "/workshop/%" PRId64 "/table/%zu",
                                            draft->id, i + 1),
                                  STR("编辑")));
    }
    view_table_end(view, STR("没有表"));
}

static Status revisions_view(Web *web, const Draft *draft) {
    static const ViewColumn columns[] = {{"revision", "修改", true},
                                         {"about", "内容", false},
                                         {"person", "修改人", false},
                                         {"made_ms", "时间", false}};
    RevisionList revisions = {0};
    TRY(draft_store_revisions(web->cx, web->conn, draft->id, REVISIONS_SHOWN, &revisions));
    View *view = web->view;
    view_section(view, STR("修改记录"));
    view_table_begin(view, "revisions", STR("最近的修改"), columns, 4);
    for (size_t i = 0; i < revisions.count; i++) {
        const Revision *revision = &revisions.items[i];
        view_row(view);
        view_cell(view, VIEW_INT(revision->revision));
        view_cell(view, VIEW_TEXT(revision->about));
        view_cell(view, VIEW_TEXT(revision->person));
        view_cell(view, VIEW_INSTANT(revision->made_ms));
    }
    view_table_end(view, STR("没有修改"));
    return STATUS_OK;
}

Status workshop_page(Web *web) {
    Draft draft;
    DmnParts parts;
    TRY(workshop_draft(web, &draft));
    TRY(draft_parts(web->cx, &draft, &parts));
    int64_t *counts = arena_array(web->cx->arena, int64_t, parts.table_count + 1);
    for (size_t i = 0; i < parts.table_count; i++) {
        TRY(draft_store_row_count(web->cx, web->conn, draft.id, (int64_t)i, &counts[i]));
    }
    View *view = web->view;
    workshop_head(web, &draft, "草稿", "");
    view_section(view, STR("概况"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "code", "版本号", VIEW_TEXT(draft.code));
    view_fact(view, "base", "由何起草", VIEW_TEXT(draft.base.len > 0 ? draft.base : STR("空白")));
    view_fact(view, "state", "状态", state_badge(draft.state));
    view_fact(view, "revision", "修改到第几次", VIEW_INT(draft.revision));
    view_fact(view, "unit", "起草部门", VIEW_TEXT(owner_name(&draft)));
    view_fact(view, "author", "起草人", VIEW_TEXT(draft.author));
    view_fact(view, "changed_ms", "最近修改", VIEW_INSTANT(draft.changed_ms));
    view_facts_end(view);
    tables_view(web, &draft, &parts, counts);
    return revisions_view(web, &draft);
}

/* ---- facts ---- */

enum {
    FACT_REVISION,
    FACT_TITLE,
    FACT_FIRST,
    FACT_LAST,
    FACT_JUDGED_BY,
    FACT_ROUNDING,
    FACT_TEXT,
    FACT_FIELDS
};

static Str description_value(Web *web, const YamlNode *root, const char *key) {
    return yaml_text_or(web->cx->arena, root, key, STR(""));
}

static const Form *facts_form(Web *web, const Draft *draft) {
    const YamlNode *root = NULL;
    Cx quiet;
    cx_init(&quiet, web->cx->arena);
    if (yaml_read(&quiet, draft->code, draft->description, &root) != STATUS_OK) {
        root = NULL;
    }
    FormField *fields = arena_array(web->cx->arena, FormField, FACT_FIELDS);
    fields[FACT_REVISION] = workshop_revision_field(web, draft);
    fields[FACT_TITLE] = (FormField){.name = "title",
                                     .label = "名称",
                                     .kind = FIELD_TEXT,
                                     .min = 2,
                                     .max = 60,
                                     .value = draft->title};
    fields[FACT_FIRST] = (FormField){.name = "first",
                                     .label = "生效日",
                                     .kind = FIELD_DAY,
                                     .value = description_value(web, root, "effective_from")};
    fields[FACT_LAST] = (FormField){.name = "last",
                                    .label = "截止日（含当日）",
                                    .kind = FIELD_DAY,
                                    .value = description_value(web, root, "effective_to")};
    fields[FACT_JUDGED_BY] = (FormField){.name = "judged_by",
                                         .label = "按哪个日期判断",
                                         .kind = FIELD_TEXT,
                                         .min = 1,
                                         .max = 60,
                                         .value = description_value(web, root, "judged_by")};
    fields[FACT_ROUNDING] = (FormField){.name = "rounding",
                                        .label = "取整",
                                        .kind = FIELD_TEXT,
                                        .is_optional = true,
                                        .max = 100,
                                        .value = description_value(web, root, "rounding")};
    fields[FACT_TEXT] = (FormField){
        .name = "text",
        .label = "说明全文",
        .hint = "条件、文件、材料、需要签认的内容；格式见城市目录的说明。上面几项以上面所填为准",
        .kind = FIELD_LONG_TEXT,
        .min = 1,
        .max = 100000,
        .value = draft->description};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "facts",
                   .action = workshop_path(web, draft->id, "/facts"),
                   .submit = "保存说明",
                   .fields = fields,
                   .field_count = FACT_FIELDS};
    return form;
}

Status workshop_facts_page(Web *web) {
    Draft draft;
    TRY(workshop_draft(web, &draft));
    workshop_head(web, &draft, "说明", "/facts");
    view_lead(web->view, STR("这一版判断哪些天、按哪个日期、要什么材料、谁来签认。"));
    if (workshop_may_edit(web, &draft)) {
        view_form(web->view, facts_form(web, &draft));
        return STATUS_OK;
    }
    view_section(web->view, STR("说明全文"));
    Html *html = view_html(web->view);
    if (html != NULL) {
        HTML_LEAF(html, "pre.code", draft.description, "tabindex", "0");
    }
    view_facts_begin(web->view, NULL, false);
    if (html == NULL) {
        view_fact(web->view, "text", "说明全文", VIEW_TEXT(draft.description));
    }
    view_facts_end(web->view);
    return STATUS_OK;
}

typedef struct TextWork {
    DraftText text;
    int64_t revision;
} TextWork;

static Status text_work(Cx *cx, DbConn *conn, void *input) {
    TextWork *work = input;
    return draft_text_put(cx, conn, &work->text, &work->revision);
}

/* Windows and forms end lines with two signs; texts are kept with one. */
static Str lines_plain(Arena *arena, Str text) {
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != '\r') {
            out[len++] = text.at[i];
        }
    }
    out[len++] = '\n';
    return (Str){out, len};
}

static Str facts_text(Web *web, const FormValue *values) {
    Arena *arena = web->cx->arena;
    Str text = lines_plain(arena, values[FACT_TEXT].text);
    Str first = day_print(arena, (Day){(int32_t)values[FACT_FIRST].number});
    Str last = day_print(arena, (Day){(int32_t)values[FACT_LAST].number});
    text =
        description_line_set(arena, text, STR("title"), str_json(arena, values[FACT_TITLE].text));
    text = description_line_set(arena, text, STR("effective_from"), str_json(arena, first));
    text = description_line_set(arena, text, STR("effective_to"), str_json(arena, last));
    text = description_line_set(arena, text, STR("judged_by"),
                                str_json(arena, values[FACT_JUDGED_BY].text));
    return description_line_set(arena, text, STR("rounding"),
                                str_json(arena, values[FACT_ROUNDING].text));
}

/* A description that cannot be read is refused at its field, with its line. */
static Status description_check(Web *web, const Draft *draft, Str text) {
    Cx own;
    const YamlNode *root = NULL;
    cx_init(&own, web->cx->arena);
    if (yaml_read(&own, draft->code, text, &root) != STATUS_OK) {
        return fault_at_field(web->cx, STATUS_INVALID, "text", "说明第 %" PRId64 " 行写法有误：%s",
                              own.fault.line, own.fault.text);
    }
    return STATUS_OK;
}

Status workshop_facts_post(Web *web) {
    Draft draft;
    FormValue values[FACT_FIELDS];
    TRY(workshop_draft(web, &draft));
    TRY(form_read(web, facts_form(web, &draft), values));
    if (values[FACT_LAST].number < values[FACT_FIRST].number) {
        return fault_at_field(web->cx, STATUS_INVALID, "last", "截止日早于生效日");
    }
    TextWork work = {.text = {.draft_id = draft.id,
                              .part = DRAFT_DESCRIPTION,
                              .text = facts_text(web, values),
                              .title = values[FACT_TITLE].text,
                              .about = STR("修改说明"),
                              .actor = workshop_actor(web)}};
    TRY(description_check(web, &draft, work.text.text));
    TRY(web_write(web, "policy.draft", text_work, &work, NULL));
    return web_redirect(web, workshop_path(web, draft.id, "/facts"), STR("已保存"));
}

/* ---- border cases ---- */

static const Form *cases_form(Web *web, const Draft *draft) {
    FormField *fields = arena_array(web->cx->arena, FormField, 2);
    fields[0] = workshop_revision_field(web, draft);
    fields[1] = (FormField){
        .name = "text",
        .label = "界限用例",
        .hint =
            "一行一个 JSON 对象：说明、各条件的值、应得的规则号、是否符合、金额（分）；写法照已有的行",
        .kind = FIELD_LONG_TEXT,
        .is_optional = true,
        .max = 200000,
        .value = draft->cases};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "cases",
                   .action = workshop_path(web, draft->id, "/cases"),
                   .submit = "保存界限用例",
                   .fields = fields,
                   .field_count = 2};
    return form;
}

static void misses_view(Web *web, const PolicyCasesResult *result) {
    static const ViewColumn columns[] = {{"line", "行", true},
                                         {"note", "用例", false},
                                         {"wanted", "应得", false},
                                         {"got", "现在的表给出", false}};
    View *view = web->view;
    view_facts_begin(view, NULL, true);
    view_fact(view, "pass_count", "相符", VIEW_INT(result->pass_count));
    view_fact(view, "fail_count", "不符", VIEW_INT(result->fail_count));
    view_facts_end(view);
    view_table_begin(view, "misses", STR("不符的用例"), columns, 4);
    for (int64_t i = 0; i < result->fail_count && i < 200; i++) {
        view_row(view);
        view_cell(view, VIEW_INT(result->misses[i].line));
        view_cell(view, VIEW_TEXT(result->misses[i].note));
        view_cell(view, VIEW_TEXT(result->misses[i].wanted));
        view_cell(view, VIEW_TEXT(result->misses[i].got));
    }
    view_table_end(view, STR("没有不符的用例"));
}

/* Decides all cases of the draft as it stands; a draft that does not compile says so. */
static Status cases_view(Web *web, const Draft *draft) {
    const PolicyEntry *entry = NULL;
    PolicyCasesResult result = {0};
    view_section(web->view, STR("逐条验算"));
    Status status = draft_compile(web->cx, web->conn, workshop_library(web), draft, &entry);
    if (status == STATUS_OK) {
        status = policy_cases_check(web->cx, &entry->version, draft->cases, &result);
    }
    if (status == STATUS_INVALID) {
        view_notice(web->view, VIEW_BAD, str_dup(web->cx->arena, str_of(web->cx->fault.text)));
        fault_clear(web->cx);
        return STATUS_OK;
    }
    TRY(status);
    misses_view(web, &result);
    return STATUS_OK;
}

Status workshop_cases_page(Web *web) {
    Draft draft;
    TRY(workshop_draft(web, &draft));
    workshop_head(web, &draft, "界限用例", "/cases");
    view_lead(web->view, STR("每个界限的前一日、当日、后一日，每个上限的上下一分，都写一个用例。"
                             "全部相符才能发布。"));
    TRY(cases_view(web, &draft));
    if (workshop_may_edit(web, &draft)) {
        view_section(web->view, STR("修改用例"));
        view_form(web->view, cases_form(web, &draft));
    }
    return STATUS_OK;
}

Status workshop_cases_post(Web *web) {
    Draft draft;
    FormValue values[2];
    TRY(workshop_draft(web, &draft));
    TRY(form_read(web, cases_form(web, &draft), values));
    TextWork work = {.text = {.draft_id = draft.id,
                              .part = DRAFT_CASES,
                              .text = lines_plain(web->cx->arena, values[1].text),
                              .about = STR("修改界限用例"),
                              .actor = workshop_actor(web)}};
    TRY(web_write(web, "policy.draft", text_work, &work, NULL));
    return web_redirect(web, workshop_path(web, draft.id, "/cases"), STR("已保存"));
}

/* ---- the model's text ---- */

enum { MODEL_SHOWN_BYTES_MAX = 200 * 1000 };

static const Form *model_form(Web *web, const Draft *draft, Str text) {
    FormField *fields = arena_array(web->cx->arena, FormField, 2);
    fields[0] = workshop_revision_field(web, draft);
    fields[1] = (FormField){.name = "text",
                            .label = "模型文本（DMN 1.5，XML）",
                            .kind = FIELD_LONG_TEXT,
                            .min = 1,
                            .max = LIMIT_UPLOAD_BYTES_MAX,
                            .value = text};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "model",
                   .action = workshop_path(web, draft->id, "/model"),
                   .submit = "保存模型",
                   .fields = fields,
                   .field_count = 2};
    return form;
}

Status workshop_model_page(Web *web) {
    Draft draft;
    Str text = STR_NONE;
    TRY(workshop_draft(web, &draft));
    TRY(draft_model_text(web->cx, web->conn, &draft, &text));
    View *view = web->view;
    workshop_head(web, &draft, "模型", "/model");
    view_lead(view, STR("增减列、改命中方式、画决策图在这里；单元格在“表格”里改更方便。"));
    view_link(view, workshop_path(web, draft.id, "/model/file"), STR("下载模型文件"), false);
    view_facts_begin(view, NULL, false);
    view_fact(view, "revision", "修改到第几次", VIEW_INT(draft.revision));
    view_fact(view, "size_bytes", "大小（字节）", VIEW_INT((int64_t)text.len));
    view_facts_end(view);
    if (text.len > MODEL_SHOWN_BYTES_MAX) {
        view_notice(view, VIEW_INFO,
                    STR("模型太大，不在页面上显示全文；请在“表格”里改，或下载后用别的工具改。"));
        return STATUS_OK;
    }
    if (workshop_may_edit(web, &draft)) {
        view_section(view, STR("模型文本"));
        view_form(view, model_form(web, &draft, text));
    }
    return STATUS_OK;
}

Status workshop_model_file(Web *web) {
    Draft draft;
    Str text = STR_NONE;
    TRY(workshop_draft(web, &draft));
    TRY(draft_model_text(web->cx, web->conn, &draft, &text));
    return web_file(web, str_print(web->cx->arena, STR_FMT ".dmn", STR_ARG(draft.code)),
                    STR("application/xml"), text);
}

/* What dmn-js bears (measured, docs/adr) and understands: boxed expressions of DMN 1.4 and later
 * would be lost on the way back. */
enum { DRAW_CELLS_MAX = 6000 };

static bool holds_newer_expressions(Str text) {
    static const char *const names[] = {"conditional>", "filter>", "for>", "some>", "every>"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_contains(text, str_of(names[i]))) {
            return true;
        }
    }
    return false;
}

static Str asset_path(const Web *web, const char *name) {
    return str_print(web->cx->arena, "/assets/%s?v=" STR_FMT, name,
                     STR_ARG(web->app->asset_version));
}

static void draw_write(Web *web, const Draft *draft) {
    Html *html = view_html(web->view);
    if (html == NULL) {
        return;
    }
    HTML_VOID(html, "link", "rel", "stylesheet", "href", asset_path(web, "dmn-js.css"));
    HTML(html, "form.grid-bar", "method", "post", "action", workshop_path(web, draft->id, "/model"),
         "data-draw-form", "") {
        view_form_secrets(web->view, html);
        HTML_VOID(html, "input", "type", "hidden", "name", "revision", "value", draft->revision);
        HTML_LEAF(html, "button.button", "保存模型", "type", "submit", "data-draw-save", "");
        HTML_LEAF(html, "span", "正在打开…", "role", "status", "data-draw-status", "");
    }
    HTML(html, "div.draw", "data-draw", workshop_path(web, draft->id, ""), "role", "region",
         "aria-label", "决策模型编辑器", "tabindex", "0") {
    }
    HTML(html, "script", "src", asset_path(web, "dmn-js.js"), "defer", true) {
    }
    HTML(html, "script", "src", asset_path(web, "draw.js"), "defer", true) {
    }
}

Status workshop_draw_page(Web *web) {
    Draft draft;
    DmnParts parts;
    int64_t cell_count = 0;
    TRY(workshop_draft(web, &draft));
    TRY(draft_parts(web->cx, &draft, &parts));
    for (size_t i = 0; i < parts.table_count; i++) {
        int64_t rows = 0;
        TRY(draft_store_row_count(web->cx, web->conn, draft.id, (int64_t)i, &rows));
        cell_count += rows * (int64_t)parts.tables[i].column_count;
    }
    View *view = web->view;
    workshop_head(web, &draft, "画图", "/draw");
    view_lead(view,
              STR("用图形编辑器画决策图、增减列、改命中方式；须启用脚本，没有脚本时请用“模型”。"));
    if (!workshop_may_edit(web, &draft)) {
        view_notice(view, VIEW_INFO, STR("草稿不在起草中，不能编辑。"));
    } else if (cell_count > DRAW_CELLS_MAX) {
        view_notice(view, VIEW_INFO,
                    str_print(web->cx->arena,
                              "这份草稿有 %" PRId64
                              " 格，超过图形编辑器能流畅编辑的 %d 格；请用“表格”。",
                              cell_count, DRAW_CELLS_MAX));
    } else if (holds_newer_expressions(draft.skeleton)) {
        view_notice(view, VIEW_INFO, STR("模型里有图形编辑器不认识的表达式，请用“模型”编辑文本。"));
    } else {
        draw_write(web, &draft);
    }
    return STATUS_OK;
}

/* A model with errors may be saved, so that work in progress is not lost; one that is no DMN, or
 * holds no table, is refused. */
static Status model_check(Web *web, Str text) {
    Cx own;
    DmnParts parts;
    cx_init(&own, web->cx->arena);
    Status status = dmn_parts_take(&own, text, &parts);
    if (status != STATUS_OK) {
        return fault_at_field(web->cx, status, "text",
                              "第 %" PRId64 " 行：不是有效的 DMN 模型（%s）", own.fault.line,
                              own.fault.text);
    }
    return parts.table_count > 0
               ? STATUS_OK
               : fault_at_field(web->cx, STATUS_INVALID, "text", "模型里没有决策表");
}

Status workshop_model_post(Web *web) {
    Draft draft;
    FormValue values[2];
    TRY(workshop_draft(web, &draft));
    TRY(form_read(web, model_form(web, &draft, STR_NONE), values));
    TextWork work = {.text = {.draft_id = draft.id,
                              .part = DRAFT_MODEL,
                              .text = lines_plain(web->cx->arena, values[1].text),
                              .about = STR("修改模型"),
                              .actor = workshop_actor(web)}};
    TRY(model_check(web, work.text.text));
    TRY(web_write(web, "policy.draft", text_work, &work, NULL));
    view_facts_begin(web->view, NULL, false);
    view_fact(web->view, "revision", "修改到第几次", VIEW_INT(work.revision));
    view_facts_end(web->view);
    return web_redirect(web, workshop_path(web, draft.id, "/model"), STR("已保存"));
}

/* ---- the check, and issuing ---- */

static void step_form(Web *web, const Draft *draft, const char *act, const char *words,
                      const char *confirm) {
    Html *html = view_html(web->view);
    if (html == NULL) {
        return;
    }
    HTML(html, "form.inline", "method", "post", "action", workshop_path(web, draft->id, "/state"),
         "data-once", "", "data-confirm", confirm) {
        view_form_secrets(web->view, html);
        HTML_VOID(html, "input", "type", "hidden", "name", "revision", "value", draft->revision);
        HTML_VOID(html, "input", "type", "hidden", "name", "act", "value", act);
        HTML_LEAF(html, "button.button", words, "type", "submit");
    }
}

static void steps_view(Web *web, const Draft *draft, bool is_author) {
    View *view = web->view;
    bool may_act = workshop_is_owner(web, draft);
    view_section(view, STR("办理"));
    if (may_act && draft->state == DRAFT_OPEN) {
        step_form(web, draft, "submit", "提交发布", NULL);
        step_form(web, draft, "drop", "作废草稿", "确认作废这份草稿？作废后不能再改。");
    }
    if (may_act && draft->state == DRAFT_SUBMITTED) {
        step_form(web, draft, "reopen", "退回修改", NULL);
    }
    if (draft->state == DRAFT_SUBMITTED && web->user->role == ROLE_LEAD && !is_author) {
        step_form(web, draft, "issue", "发布", "确认发布？发布后这一版不再修改。");
    }
    if (draft->state == DRAFT_SUBMITTED && is_author) {
        view_notice(view, VIEW_INFO, STR("您改过这份草稿，须由没有参加修改的另一位同事发布。"));
    }
    if (draft->state == DRAFT_ISSUED) {
        view_link(view, str_print(web->cx->arena, "/policy/" STR_FMT, STR_ARG(draft->code)),
                  STR("查看已发布的版本"), true);
    }
}

Status workshop_check_page(Web *web) {
    Draft draft;
    DraftFaults faults;
    bool is_author = false;
    TRY(workshop_draft(web, &draft));
    TRY(draft_store_is_author(web->cx, web->conn, draft.id, web->user->id, &is_author));
    View *view = web->view;
    workshop_head(web, &draft, "发布", "/check");
    view_lead(view, STR("起草人提交，另一位没有改过草稿的牵头专班同事发布。发布后从生效日起判断，"
                        "需要签认的内容逐项签认后才会支付。"));
    view_section(view, STR("发布前检查"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "state", "状态", state_badge(draft.state));
    view_fact(view, "revision", "修改到第几次", VIEW_INT(draft.revision));
    view_facts_end(view);
    if (draft.state == DRAFT_OPEN || draft.state == DRAFT_SUBMITTED) {
        TRY(draft_check(web->cx, web->conn, workshop_library(web), &draft, web_today(web),
                        &faults));
        static const ViewColumn columns[] = {{"text", "还差什么", false}};
        view_table_begin(view, "faults", STR("发布前要解决的问题"), columns, 1);
        for (size_t i = 0; i < faults.count; i++) {
            view_row(view);
            view_cell(view, VIEW_TEXT(faults.items[i]));
        }
        view_table_end(view, STR("检查通过：能编译，界限用例全部相符，生效日在今天或以后"));
    }
    steps_view(web, &draft, is_author);
    return STATUS_OK;
}

static Status step_work(Cx *cx, DbConn *conn, void *input) {
    return draft_step(cx, conn, input);
}

typedef struct IssueWork {
    DraftIssue issue;
    int64_t id;
} IssueWork;

static Status issue_work(Cx *cx, DbConn *conn, void *input) {
    IssueWork *work = input;
    return draft_issue(cx, conn, &work->issue, &work->id);
}

static Status not_ready(Web *web, const DraftFaults *faults) {
    return fault(web->cx, STATUS_CONFLICT, "还不能发布：" STR_FMT, STR_ARG(faults->items[0]));
}

static Status issued_load(Web *web) {
    DbConn *conn = NULL;
    TRY(db_read_begin(web->cx, web->app->db, &conn));
    Status status = policy_issues_load(web->cx, conn, workshop_library(web));
    db_read_end(web->app->db, conn);
    return status;
}

static Status issue_do(Web *web, const Draft *draft) {
    DraftFaults faults;
    const PolicyEntry *entry = NULL;
    if (web->user->role != ROLE_LEAD) {
        return fault(web->cx, STATUS_DENIED, "由牵头专班发布");
    }
    TRY(draft_check(web->cx, web->conn, workshop_library(web), draft, web_today(web), &faults));
    if (faults.count > 0) {
        return not_ready(web, &faults);
    }
    TRY(draft_compile(web->cx, web->conn, workshop_library(web), draft, &entry));
    IssueWork work = {.issue = {.draft_id = draft->id,
                                .code = draft->code,
                                .texts = {.name = draft->code,
                                          .model = entry->version.model_text,
                                          .description = entry->description_text,
                                          .cases = draft->cases},
                                .digest = entry->version.digest,
                                .actor = workshop_actor(web)}};
    /* What was compiled is what is issued: no number in a form makes a younger text of it. */
    if (work.issue.actor.revision > draft->revision) {
        work.issue.actor.revision = draft->revision;
    }
    TRY(web_write(web, "policy.issue", issue_work, &work, NULL));
    TRY(issued_load(web));
    return web_redirect(web, str_print(web->cx->arena, "/policy/" STR_FMT, STR_ARG(draft->code)),
                        STR("已发布；需要签认的内容签认后才会支付"));
}

Status workshop_state_post(Web *web) {
    static const struct {
        const char *act;
        DraftState to;
        const char *done;
    } acts[] = {{"submit", DRAFT_SUBMITTED, "已提交，等待另一位同事发布"},
                {"reopen", DRAFT_OPEN, "已退回修改"},
                {"drop", DRAFT_DROPPED, "已作废"}};
    Draft draft;
    Str act = web_param(web, "act");
    TRY(workshop_draft(web, &draft));
    if (str_equal(act, STR("issue"))) {
        return issue_do(web, &draft);
    }
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (str_equal(act, str_of(acts[i].act))) {
            DraftFaults faults = {0};
            DraftStep step = {.draft_id = draft.id, .to = acts[i].to, .actor = workshop_actor(web)};
            if (step.to == DRAFT_SUBMITTED) {
                TRY(draft_check(web->cx, web->conn, workshop_library(web), &draft, web_today(web),
                                &faults));
            }
            if (faults.count > 0) {
                return not_ready(web, &faults);
            }
            TRY(web_write(web, "policy.draft_state", step_work, &step, NULL));
            return web_redirect(web, workshop_path(web, draft.id, "/check"), str_of(acts[i].done));
        }
    }
    return fault(web->cx, STATUS_INVALID, "没有这种办理");
}
