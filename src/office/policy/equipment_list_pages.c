/*
 * equipment_list_pages.c - an enterprise's list of equipment, typed in rows or sent as a table: for
 * each thing the programmes that fit, what they give, the row of the table that fired, what would
 * change it, and the papers to bring. Nothing is stored and nobody signs in.
 *
 *   kind, day ─▶ questions of its programmes ─▶ columns of the form and of the XLSX template
 *   rows (form) or table (file) ─▶ Thing: texts by column ─▶ answers ─▶ policy_find ─▶ one page
 *
 * A sum is shown only where the version pays or awaits nothing but its signature; the total counts
 * only versions that pay today.
 */
#include "base/limits.h"
#include "base/vec.h"
#include "office/policy/fit.h"
#include "sheet/sheet.h"
#include "web/form.h"

#include <inttypes.h>

enum {
    THINGS_MAX = 200,
    QUESTIONS_MAX = 60, /* columns of the table in a file, besides the two of the thing itself */
    ASKED_MAX = FORM_COLUMNS_MAX - 2, /* of the form on the page */
    TEXT_RUNES_MAX = 60,
    ERRORS_MAX = 50,
    UNPACKED_BYTES_MAX = 16 * 1024 * 1024, /* what 200 rows come to, many times over */
};

static const City *city_of(const Web *web) {
    return web->app->house;
}

/* ---- the columns ---- */

typedef struct Things {
    const PolicyEquipment *kind;
    Day day;
    const PolicyVersion **versions; /* in force on the day, one a fit; NULL: none */
    const PolicyQuestion **questions;
    Str *titles; /* of the questions, as heads of columns */
    size_t question_count;
    size_t asked_count; /* the first ones, that the form on the page has */
} Things;

typedef struct Thing {
    Str name;
    Str number;
    const Str *texts; /* things->question_count */
    int64_t row;
} Thing;
typedef struct ThingList {
    Thing *items;
    size_t count;
    size_t room;
} ThingList;

static const PolicyEquipment *kind_find(const PolicyLibrary *library, Str code) {
    for (size_t i = 0; i < library->equipment_count; i++) {
        if (str_equal(library->equipment[i].code, code)) {
            return &library->equipment[i];
        }
    }
    return NULL;
}

static bool has_question(const Things *things, Str name) {
    for (size_t i = 0; i < things->question_count; i++) {
        if (str_equal(things->questions[i]->name, name)) {
            return true;
        }
    }
    return false;
}

/* Different questions may have one label; the name then tells them apart. */
static Str title_of(Arena *arena, const Things *things, const PolicyQuestion *question) {
    Str title = question->type == POLICY_MONEY
                    ? str_print(arena, STR_FMT "（元）", STR_ARG(question->label))
                    : question->label;
    for (size_t i = 0; i < things->question_count; i++) {
        if (str_equal(things->titles[i], title)) {
            return str_print(arena, STR_FMT "（" STR_FMT "）", STR_ARG(title),
                             STR_ARG(question->name));
        }
    }
    return title;
}

static void questions_add(Arena *arena, Things *things, const PolicyVersion *version) {
    for (size_t i = 0; i < version->question_count; i++) {
        const PolicyQuestion *question = &version->questions[i];
        if (policy_is_open_question(question) && !has_question(things, question->name) &&
            things->question_count < QUESTIONS_MAX) {
            things->titles[things->question_count] = title_of(arena, things, question);
            things->questions[things->question_count++] = question;
        }
    }
    if (things->question_count <= ASKED_MAX) {
        things->asked_count = things->question_count;
    }
}

static Status things_open(Web *web, Things *things) {
    const PolicyLibrary *library = city_of(web)->policies;
    Arena *arena = web->cx->arena;
    Cx quiet;
    cx_init(&quiet, arena);
    *things = (Things){.kind = kind_find(library, web_param(web, "kind")), .day = web_today(web)};
    if (things->kind == NULL) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这类设备");
    }
    Day day = DAY_NONE;
    if (day_parse(&quiet, web_param(web, "day"), &day) == STATUS_OK) {
        things->day = day;
    }
    fault_clear(&quiet);
    things->versions = arena_array(arena, const PolicyVersion *, things->kind->fit_count + 1);
    things->questions = arena_array(arena, const PolicyQuestion *, QUESTIONS_MAX);
    things->titles = arena_array(arena, Str, QUESTIONS_MAX);
    for (size_t i = 0; i < things->kind->fit_count; i++) {
        const PolicyFit *fit = &things->kind->fits[i];
        const PolicyVersion *version = NULL;
        if (!fit->is_for_firm && policy_version_on(&quiet, library, fit->programme, things->day,
                                                   &version) == STATUS_OK) {
            things->versions[i] = version;
            questions_add(arena, things, version);
        }
        fault_clear(&quiet);
    }
    return STATUS_OK;
}

/* ---- the form ---- */

enum { LIST_KIND, LIST_DAY, LIST_THINGS, LIST_FILE, LIST_FIELDS };
enum { THING_NAME, THING_NUMBER, THING_FIRST };

static FieldKind kind_of(const PolicyQuestion *question) {
    if (question->type == POLICY_FLAG || question->choice_count > 0) {
        return FIELD_CHOICE;
    }
    switch (question->type) {
    case POLICY_MONEY:
        return FIELD_MONEY;
    case POLICY_NUMBER:
        return FIELD_INT;
    case POLICY_DAY:
        return FIELD_DAY;
    case POLICY_TEXT:
    case POLICY_FLAG:
        break;
    }
    return FIELD_TEXT;
}

static const FormChoice *choices_of(Arena *arena, const PolicyQuestion *question, size_t *count) {
    static const FormChoice flags[] = {{"是", "是"}, {"否", "否"}};
    if (question->choice_count == 0) {
        *count = question->type == POLICY_FLAG ? 2 : 0;
        return flags;
    }
    FormChoice *choices = arena_array(arena, FormChoice, question->choice_count);
    for (size_t i = 0; i < question->choice_count; i++) {
        const char *text = str_c(arena, question->choices[i]);
        choices[i] = (FormChoice){text, text};
    }
    *count = question->choice_count;
    return choices;
}

static FormField question_column(Arena *arena, const Things *things, size_t index) {
    const PolicyQuestion *question = things->questions[index];
    FormField field = {.name = str_print(arena, "q%zu", index).at,
                       .label = str_c(arena, things->titles[index]),
                       .hint = question->help.len > 0 ? str_c(arena, question->help) : NULL,
                       .kind = kind_of(question),
                       .is_optional = true};
    field.choices = choices_of(arena, question, &field.choice_count);
    field.max = field.kind == FIELD_TEXT ? TEXT_RUNES_MAX : 0;
    return field;
}

static const Form *list_form(Web *web, const Things *things) {
    Arena *arena = web->cx->arena;
    FormField *fields = arena_array(arena, FormField, LIST_FIELDS);
    FormField *columns = arena_array(arena, FormField, FORM_COLUMNS_MAX);
    columns[THING_NAME] = (FormField){
        .name = "name", .label = "设备名称", .kind = FIELD_TEXT, .min = 1, .max = TEXT_RUNES_MAX};
    columns[THING_NUMBER] = (FormField){.name = "number",
                                        .label = "编号",
                                        .hint = "车架号、出厂编号或登记证号",
                                        .kind = FIELD_TEXT,
                                        .is_optional = true,
                                        .max = TEXT_RUNES_MAX};
    for (size_t i = 0; i < things->asked_count; i++) {
        columns[THING_FIRST + i] = question_column(arena, things, i);
    }
    fields[LIST_KIND] = (FormField){.name = "kind",
                                    .label = "设备类别",
                                    .kind = FIELD_HIDDEN,
                                    .min = 1,
                                    .max = 40,
                                    .value = things->kind->code};
    fields[LIST_DAY] = (FormField){.name = "day",
                                   .label = "哪一天购置、报废或办理",
                                   .hint = "清单里没有写日期的设备按这一天算",
                                   .kind = FIELD_DAY,
                                   .value = day_print(arena, things->day)};
    fields[LIST_THINGS] = (FormField){.name = "thing",
                                      .label = "设备（一台一行，不知道的可以不填）",
                                      .kind = FIELD_ROWS,
                                      .is_optional = true,
                                      .columns = columns,
                                      .column_count = THING_FIRST + things->asked_count,
                                      .values = arena_array(arena, Str, FORM_COLUMNS_MAX),
                                      .value_count = THING_FIRST + things->asked_count};
    fields[LIST_FILE] =
        (FormField){.name = "file",
                    .label = "或者上传表格",
                    .hint = "Excel（xlsx）或 CSV，不超过 2 MB、200 台；上传了表格就不看上面的行",
                    .kind = FIELD_FILES,
                    .is_optional = true,
                    .accept = ".xlsx,.csv"};
    Form *form = arena_new(arena, Form);
    *form = (Form){.key = "things",
                   .action = STR("/calculator/list"),
                   .submit = "逐台计算",
                   .fields = fields,
                   .field_count = LIST_FIELDS,
                   .is_wide = true};
    return form;
}

/* ---- what was typed, what was sent ---- */

static void things_of_rows(Web *web, const Things *things, const FormValue *rows, ThingList *out) {
    size_t width = THING_FIRST + things->asked_count;
    for (size_t i = 0; i < rows->row_count; i++) {
        const FormValue *cells = &rows->cells[i * width];
        Str *texts = arena_array(web->cx->arena, Str, things->question_count + 1);
        for (size_t k = 0; k < things->asked_count; k++) {
            texts[k] = cells[THING_FIRST + k].text;
        }
        *vec_push(web->cx->arena, out) = (Thing){.name = cells[THING_NAME].text,
                                                 .number = cells[THING_NUMBER].text,
                                                 .texts = texts,
                                                 .row = (int64_t)i + 1};
    }
}

/* A table being read: the head says which column answers what. */
typedef struct Reading {
    Web *web;
    const Things *things;
    size_t *targets; /* by column: 0 name, 1 number, 2.. a question; SIZE_MAX: not ours */
    size_t column_count;
    bool has_head;
    bool has_name;
    ThingList *out;
} Reading;

static size_t target_of(const Things *things, Str title) {
    if (str_equal(title, STR("设备名称"))) {
        return THING_NAME;
    }
    if (str_equal(title, STR("编号"))) {
        return THING_NUMBER;
    }
    for (size_t i = 0; i < things->question_count; i++) {
        if (str_equal(title, things->titles[i]) || str_equal(title, things->questions[i]->label)) {
            return THING_FIRST + i;
        }
    }
    return SIZE_MAX;
}

static Status head_read(Cx *cx, Reading *reading, const SheetRow *row) {
    reading->targets = arena_array(reading->web->cx->arena, size_t, row->count + 1);
    reading->column_count = row->count;
    reading->has_head = true;
    for (size_t i = 0; i < row->count; i++) {
        Str title = str_trim(row->cells[i].text);
        reading->targets[i] = target_of(reading->things, title);
        reading->has_name = reading->has_name || reading->targets[i] == THING_NAME;
        if (reading->targets[i] == SIZE_MAX && title.len > 0) {
            return fault(cx, STATUS_INVALID, "没有“" STR_FMT "”这一栏，请用下载的空表填写",
                         STR_ARG(title));
        }
    }
    return reading->has_name ? STATUS_OK
                             : fault(cx, STATUS_INVALID, "表格第一行应有“设备名称”一栏");
}

static Status thing_read(void *it, Cx *cx, const SheetRow *row) {
    Reading *reading = it;
    Arena *arena = reading->web->cx->arena;
    if (row->sheet_index > 0) {
        return STATUS_OK; /* the explanation */
    }
    if (!reading->has_head) {
        return head_read(cx, reading, row);
    }
    if (reading->out->count == THINGS_MAX) {
        return fault(cx, STATUS_LIMIT, "一次最多算 %d 台，请分几次上传", THINGS_MAX);
    }
    Str *texts = arena_array(arena, Str, reading->things->question_count + 1);
    Thing thing = {.texts = texts, .row = row->number};
    for (size_t i = 0; i < row->count && i < reading->column_count; i++) {
        Str text = str_dup(arena, str_trim(row->cells[i].text));
        size_t target = reading->targets[i];
        if (target == THING_NAME) {
            thing.name = text;
        } else if (target == THING_NUMBER) {
            thing.number = text;
        } else if (target != SIZE_MAX) {
            texts[target - THING_FIRST] = text;
        }
    }
    *vec_push(arena, reading->out) = thing;
    return STATUS_OK;
}

static Status things_of_file(Web *web, const Things *things, Str bytes, ThingList *out) {
    Reading reading = {.web = web, .things = things, .out = out};
    SheetReadOptions options = {.on_row = thing_read,
                                .it = &reading,
                                .rows_max = THINGS_MAX * 2,
                                .bytes_max = UNPACKED_BYTES_MAX};
    Status status = sheet_read(web->cx, bytes, &options, NULL);
    if (status == STATUS_INVALID || status == STATUS_LIMIT) {
        form_error(web, "file", str_of(web->cx->fault.text), str_of(web->cx->fault.hint));
        return STATUS_INVALID;
    }
    TRY(status);
    if (out->count == 0) {
        return fault_at_field(web->cx, STATUS_INVALID, "file", "表格里没有设备");
    }
    return STATUS_OK;
}

/* ---- answers ---- */

/* The answers of one thing for one version. Texts that are no answer are said with row and column;
 * the same mistake is met by each version that asks, and said once. */
static Status answers_build(Web *web, const Things *things, const Thing *thing, Str *out) {
    Arena *arena = web->cx->arena;
    Buf *json = buf_in(arena, LIMIT_FORM_BYTES_MAX);
    for (size_t i = 0; i < things->question_count; i++) {
        Str value = STR_NONE;
        Cx cx;
        cx_init(&cx, arena);
        if (thing->texts[i].len == 0) {
            continue;
        }
        if (policy_answer_parse(&cx, things->questions[i], thing->texts[i], &value) != STATUS_OK) {
            if (web->error_count < ERRORS_MAX) {
                form_error(web, "file",
                           str_print(arena, "第 %" PRId64 " 行“" STR_FMT "”：%s", thing->row,
                                     STR_ARG(things->titles[i]), cx.fault.text),
                           STR(""));
            }
            continue;
        }
        buf_print(json, "%s" STR_FMT ":" STR_FMT, json->len == 0 ? "{" : ",",
                  STR_ARG(str_json(arena, things->questions[i]->name)), STR_ARG(value));
    }
    buf_put_c(json, json->len == 0 ? "{}" : "}");
    TRY(buf_status(json));
    *out = buf_str(json);
    return STATUS_OK;
}

static Str thing_text(const Things *things, const Thing *thing, Str question) {
    for (size_t i = 0; i < things->question_count; i++) {
        if (str_equal(things->questions[i]->name, question)) {
            return thing->texts[i];
        }
    }
    return STR("");
}

/* The day by which a thing is judged chooses the version; what the version calls it is answered by
 * the page's day where the thing has none of its own. */
static Status version_of(Web *web, const Things *things, size_t fit, const Thing *thing,
                         const PolicyVersion **version, Str *answers) {
    Arena *arena = web->cx->arena;
    Cx quiet;
    cx_init(&quiet, arena);
    const PolicyVersion *found = things->versions[fit];
    Day day = DAY_NONE;
    Str own = thing_text(things, thing, found->judged_by);
    *version = found;
    if (own.len > 0 && day_parse(&quiet, own, &day) == STATUS_OK) {
        return policy_version_on(&quiet, city_of(web)->policies, found->programme, day, version) ==
                       STATUS_OK
                   ? STATUS_OK
                   : STATUS_NOT_FOUND;
    }
    bool is_question = has_question(things, found->judged_by);
    if (is_question && own.len == 0) {
        *answers = str_print(arena, "{" STR_FMT ":\"" STR_FMT "\"%s" STR_FMT,
                             STR_ARG(str_json(arena, found->judged_by)),
                             STR_ARG(day_print(arena, things->day)), answers->len > 2 ? "," : "",
                             STR_ARG(str_from(*answers, 1)));
    }
    return STATUS_OK;
}

/* ---- the result ---- */

typedef struct Result {
    const Things *things;
    const ThingList *list;
    Money paid; /* by versions that pay today, without open conditions */
    int64_t paid_count;
    int64_t *vague; /* one a fit: things of which too little is said */
} Result;

/* Advice is not guessed: what a border case says of another thing helps nobody. */
static bool is_vague(const PolicyFound *found) {
    return found->has_case && !found->answer.version->pays && found->conditions.len > 0;
}

static ViewValue state_of(const PolicyFound *found, bool is_payable) {
    if (!found->has_case || found->is_unset) {
        return VIEW_BADGE(VIEW_NEUTRAL, STR("unset"), STR("标准未设置"));
    }
    if (!found->answer.is_eligible) {
        return VIEW_BADGE(VIEW_NEUTRAL, STR("refused"), STR("不适用"));
    }
    if (!found->answer.version->pays) {
        return VIEW_BADGE(VIEW_INFO, STR("holds"), STR("政策适用，不是补贴"));
    }
    if (!is_payable) {
        return VIEW_BADGE(VIEW_WARN, STR("unsigned"), STR("待本市签认，现在不支付"));
    }
    return found->conditions.len > 0 ? VIEW_BADGE(VIEW_INFO, STR("open"), STR("补齐条件后可以补"))
                                     : VIEW_BADGE(VIEW_GOOD, STR("eligible"), STR("可以补"));
}

static Str changes_of(Arena *arena, const PolicyAnswer *answer) {
    Buf *out = buf_in(arena, 4000);
    for (size_t i = 0; i < answer->nearest_count && i < 2; i++) {
        buf_put_c(out, i == 0 ? "" : "；");
        buf_put(out, answer->nearest[i]);
    }
    return out->len == 0 || buf_status(out) != STATUS_OK ? STR("—") : buf_str(out);
}

static Str why_of(Arena *arena, const PolicyFound *found) {
    if (!found->has_case) {
        return STR("本市还没有公布这一项的标准");
    }
    if (found->conditions.len == 0) {
        bool has_figure = !found->answer.version->pays && found->answer.amount.fen > 0;
        return has_figure
                   ? str_print(arena, STR_FMT "（" STR_FMT " 元）", STR_ARG(found->answer.reason),
                               STR_ARG(money_print(arena, found->answer.amount)))
                   : found->answer.reason;
    }
    return str_print(arena, STR_FMT "。按这些条件算：" STR_FMT, STR_ARG(found->answer.reason),
                     STR_ARG(found->conditions));
}

static const ViewColumn result_columns[] = {
    {"name", "设备", false},       {"programme", "项目", false}, {"state", "结果", false},
    {"amount_fen", "金额", true},  {"why", "理由和条件", false}, {"rule", "规则", false},
    {"changes", "换个条件", false}};
enum { RESULT_COLUMNS = 7 };

static Status fit_view(Web *web, Result *result, const Thing *thing, size_t fit, Str answers) {
    const PolicyVersion *version = NULL;
    PolicyFound found = {0};
    bool is_payable = false;
    View *view = web->view;
    Arena *arena = web->cx->arena;
    if (version_of(web, result->things, fit, thing, &version, &answers) != STATUS_OK) {
        return STATUS_OK; /* nothing in force on the day of this thing */
    }
    TRY(policy_find(web->cx, version, answers, true, &found));
    TRY(policy_is_payable(web->cx, web->conn, version, &is_payable));
    bool has_amount = found.has_case && found.answer.is_eligible && found.answer.amount.fen > 0 &&
                      version->pays && version->is_enabled;
    const PolicyProgramme *programme =
        policy_programme_find(city_of(web)->policies, version->programme);
    if (is_vague(&found)) {
        result->vague[fit]++;
        return STATUS_OK;
    }
    if (has_amount && is_payable && found.conditions.len == 0) {
        result->paid = money_add(result->paid, found.answer.amount);
        result->paid_count++;
    }
    view_row(view);
    view_cell(view, VIEW_TEXT(thing->number.len == 0
                                  ? thing->name
                                  : str_print(arena, STR_FMT " " STR_FMT, STR_ARG(thing->name),
                                              STR_ARG(thing->number))));
    view_cell(view, VIEW_TEXT(programme->label));
    view_cell(view, state_of(&found, is_payable));
    view_cell(view, has_amount ? VIEW_MONEY(found.answer.amount) : VIEW_TEXT(STR("—")));
    view_cell(view, VIEW_TEXT(why_of(arena, &found)));
    view_cell(view, VIEW_LINK(policy_version_path(arena, version),
                              found.has_case ? found.answer.rule : version->title));
    view_cell(view, VIEW_TEXT(found.has_case ? changes_of(arena, &found.answer) : STR("—")));
    return STATUS_OK;
}

/* Advice for which too little was said: what it asks, once and not for every thing. */
static void vague_view(Web *web, const Result *result) {
    static const ViewColumn columns[] = {
        {"programme", "项目", false}, {"count", "台数", true}, {"questions", "再填这些", false}};
    const Things *things = result->things;
    View *view = web->view;
    int64_t count = 0;
    for (size_t i = 0; i < things->kind->fit_count; i++) {
        count += result->vague[i];
    }
    if (count == 0) {
        return;
    }
    view_section(view, STR("还要说明几项才能判断"));
    view_table_begin(view, "vague", STR("还要说明几项才能判断的项目"), columns, 3);
    for (size_t i = 0; i < things->kind->fit_count; i++) {
        const PolicyVersion *version = things->versions[i];
        if (result->vague[i] == 0) {
            continue;
        }
        Buf *out = buf_in(web->cx->arena, 4000);
        for (size_t k = 0; k < version->question_count; k++) {
            if (policy_is_open_question(&version->questions[k])) {
                buf_put_c(out, out->len == 0 ? "" : "、");
                buf_put(out, version->questions[k].label);
            }
        }
        view_row(view);
        view_cell(
            view,
            VIEW_TEXT(policy_programme_find(city_of(web)->policies, version->programme)->label));
        view_cell(view, VIEW_INT(result->vague[i]));
        view_cell(view, VIEW_TEXT(buf_str(out)));
    }
    view_table_end(view, STR("没有"));
}

static Status papers_view(Web *web, const Things *things) {
    static const ViewColumn columns[] = {
        {"programme", "项目", false}, {"papers", "要带的材料", false}, {"version", "依据", false}};
    View *view = web->view;
    view_section(view, STR("材料"));
    view_table_begin(view, "papers", STR("各项目要带的材料"), columns, 3);
    for (size_t i = 0; i < things->kind->fit_count; i++) {
        const PolicyVersion *version = things->versions[i];
        if (version == NULL) {
            continue;
        }
        view_row(view);
        view_cell(
            view,
            VIEW_TEXT(policy_programme_find(city_of(web)->policies, version->programme)->label));
        view_cell(view, VIEW_TEXT(version->papers.len > 0 ? version->papers : STR("未设置")));
        view_cell(view, VIEW_TEXT(version->documents.len > 0 ? version->documents : STR("未设置")));
    }
    view_table_end(view, STR("这一天没有执行中的政策"));
    return STATUS_OK;
}

static Status result_view(Web *web, const Things *things, const ThingList *list) {
    Result result = {.things = things,
                     .list = list,
                     .paid = MONEY_ZERO,
                     .vague = arena_array(web->cx->arena, int64_t, things->kind->fit_count + 1)};
    View *view = web->view;
    Str *answers = arena_array(web->cx->arena, Str, list->count + 1);
    for (size_t i = 0; i < list->count; i++) {
        TRY(answers_build(web, things, &list->items[i], &answers[i]));
    }
    if (web->error_count > 0) {
        return fault(web->cx, STATUS_INVALID, "有 %zu 处要改", web->error_count);
    }
    view_section(view, str_print(web->cx->arena, "%zu 台设备的结果", list->count));
    view_table_begin(view, "results", STR("逐台结果"), result_columns, RESULT_COLUMNS);
    for (size_t i = 0; i < list->count; i++) {
        for (size_t k = 0; k < things->kind->fit_count; k++) {
            TRY(cx_step(web->cx));
            if (things->versions[k] != NULL) {
                TRY(fit_view(web, &result, &list->items[i], k, answers[i]));
            }
        }
    }
    view_table_end(view, STR("这一天没有执行中的政策"));
    view_facts_begin(view, "total", false);
    view_fact(view, "paid_fen", "现在就能申请的补贴合计", VIEW_MONEY(result.paid));
    view_fact(view, "paid_count", "现在就能申请的笔数", VIEW_INT(result.paid_count));
    view_facts_end(view);
    view_text(view, STR("合计只算本市已经签认、条件都已填明的；其他金额只供参考，不是承诺。"));
    vague_view(web, &result);
    TRY(papers_view(web, things));
    Html *html = view_html(view);
    if (html != NULL) {
        HTML_LEAF(html, "button.button.plain", "打印这一页", "type", "button", "data-print", "",
                  "hidden", true);
    }
    return STATUS_OK;
}

/* ---- the page ---- */

static void head_view(Web *web, const Things *things) {
    view_title(web->view,
               str_print(web->cx->arena, "逐台计算：" STR_FMT, STR_ARG(things->kind->label)));
    view_lead(web->view, STR("一台一行，或者上传表格，一次算出每台适用什么政策、能补多少、为什么。"
                             "不用登录，不留记录。"));
}

static void form_view(Web *web, const Things *things, Str title) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_section(view, title);
    if (things->question_count > things->asked_count) {
        view_notice(view, VIEW_INFO,
                    STR("这类设备的问题较多，页面上只问一部分；全部问题在空表里，可以填好上传。"));
    }
    view_link(view,
              str_print(arena, "/calculator/list/file?kind=" STR_FMT "&day=" STR_FMT,
                        STR_ARG(things->kind->code), STR_ARG(day_print(arena, things->day))),
              STR("下载空表"), false);
    view_form(view, list_form(web, things));
    view_link(view, STR("/calculator/equipment"), STR("换一类设备"), false);
}

/* Nobody has said which kind of equipment: one link a kind. */
static Status kinds_view(Web *web) {
    static const ViewColumn columns[] = {{"kind", "设备", false}};
    const PolicyLibrary *library = city_of(web)->policies;
    view_title(web->view, STR("设备清单：逐台计算"));
    view_lead(web->view, STR("先选一类设备，再一台一行填写，或者上传表格。不用登录。"));
    view_section(web->view, STR_NONE);
    view_table_begin(web->view, "kinds", STR("设备种类"), columns, 1);
    for (size_t i = 0; i < library->equipment_count; i++) {
        view_row(web->view);
        view_cell(web->view, VIEW_LINK(str_print(web->cx->arena, "/calculator/list?kind=" STR_FMT,
                                                 STR_ARG(library->equipment[i].code)),
                                       library->equipment[i].label));
    }
    view_table_end(web->view, STR("本市还没有设备清单"));
    return STATUS_OK;
}

Status policy_list_things_page(Web *web) {
    Things things;
    if (web_param(web, "kind").len == 0) {
        return kinds_view(web);
    }
    TRY(things_open(web, &things));
    head_view(web, &things);
    form_view(web, &things, STR("设备清单"));
    return STATUS_OK;
}

Status policy_list_things_post(Web *web) {
    Things things;
    FormValue values[LIST_FIELDS] = {0};
    ThingList list = {0};
    TRY(things_open(web, &things));
    if (form_is_reshaped(web)) {
        return web->route->again(web);
    }
    TRY(form_read(web, list_form(web, &things), values));
    if (values[LIST_FILE].is_given) {
        TRY(things_of_file(web, &things, values[LIST_FILE].files[0]->value, &list));
    } else {
        things_of_rows(web, &things, &values[LIST_THINGS], &list);
    }
    if (list.count == 0) {
        return fault_at_field(web->cx, STATUS_INVALID, "thing", "请至少填写一台设备，或者上传表格");
    }
    head_view(web, &things);
    TRY(result_view(web, &things, &list));
    form_view(web, &things, STR("改一改再算"));
    return STATUS_OK;
}

/* ---- the empty table ---- */

static Status table_write(Web *web, const Things *things, Buf *buf) {
    static const SheetColumn help_columns[] = {{"栏目", SHEET_TEXT, 30},
                                               {"填写要求", SHEET_TEXT, 70}};
    Arena *arena = web->cx->arena;
    size_t count = THING_FIRST + things->question_count;
    SheetColumn *columns = arena_array(arena, SheetColumn, count);
    columns[THING_NAME] = (SheetColumn){"设备名称", SHEET_TEXT, 20};
    columns[THING_NUMBER] = (SheetColumn){"编号", SHEET_TEXT, 20};
    for (size_t i = 0; i < things->question_count; i++) {
        columns[THING_FIRST + i] = (SheetColumn){str_c(arena, things->titles[i]), SHEET_TEXT, 16};
    }
    SheetWriteOptions options = {.form = SHEET_XLSX,
                                 .folder = str_c(arena, city_of(web)->data_folder),
                                 .made_ms = web->now_ms,
                                 .author = city_of(web)->name};
    SheetTable table = {.name = things->kind->label,
                        .columns = columns,
                        .column_count = count,
                        .is_landscape = true};
    SheetTable help = {.name = STR("填写说明"), .columns = help_columns, .column_count = 2};
    SheetWriter *writer = NULL;
    TRY(sheet_writer_new(web->cx, &options, sheet_sink_buf(buf), &writer));
    TRY(sheet_begin(writer, &table));
    TRY(sheet_begin(writer, &help));
    for (size_t i = 0; i < things->question_count; i++) {
        const PolicyQuestion *question = things->questions[i];
        size_t choice_count = 0;
        Buf *hint = buf_in(arena, LIMIT_FORM_BYTES_MAX);
        const FormChoice *choices = choices_of(arena, question, &choice_count);
        buf_put(hint, question->help);
        for (size_t k = 0; k < choice_count; k++) {
            buf_print(hint, "%s%s",
                      hint->len == 0 ? "填："
                      : k == 0       ? "；填："
                                     : "、",
                      choices[k].code);
        }
        SheetCell cells[] = {sheet_text(things->titles[i]), sheet_text(buf_str(hint))};
        TRY(sheet_row(writer, cells, 2));
    }
    return sheet_finish(writer);
}

Status policy_list_things_file(Web *web) {
    Things things;
    TRY(things_open(web, &things));
    Buf *buf = buf_in(web->cx->arena, LIMIT_PAGE_BYTES_MAX);
    TRY(table_write(web, &things, buf));
    web->is_download = true;
    return web_file(web,
                    str_print(web->cx->arena, STR_FMT "（空表）.xlsx", STR_ARG(things.kind->label)),
                    sheet_form_type(SHEET_XLSX, SHEET_UTF8), buf_str(buf));
}
