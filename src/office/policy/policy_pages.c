/*
 * policy_pages.c - the calculator "我能补多少" (questions from the table's own description), the
 * list of versions with their signatures, one version with its table, one stored decision.
 */
#include "base/codes.h"
#include "office/policy/library.h"
#include "office/policy/policy_store.h"
#include "office/policy/workshop_store.h"
#include "web/form.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

static const City *city_of(const Web *web) {
    return web->app->house;
}

/* ---- an answer ---- */

static void outcome_facts(View *view, const PolicyAnswer *answer) {
    view_fact(view, "is_eligible", "结论",
              answer->is_eligible ? VIEW_BADGE(VIEW_GOOD, STR("eligible"), STR("可以补贴"))
                                  : VIEW_BADGE(VIEW_BAD, STR("refused"), STR("不能补贴")));
    view_fact(view, "amount_fen", "补贴金额", VIEW_MONEY(answer->amount));
    view_fact(view, "reason", "说明", VIEW_TEXT(answer->reason));
}

/* Why: the fired row, its document and clause. */
static void basis_facts(View *view, const PolicyAnswer *answer) {
    if (answer->rate_bp > 0) {
        view_fact(view, "rate_bp", "补贴比例", VIEW_PERCENT_BP(answer->rate_bp));
    }
    if (answer->cap.fen > 0) {
        view_fact(view, "cap_fen", "最高", VIEW_MONEY(answer->cap));
    }
    view_fact(view, "rule", "命中规则", VIEW_TEXT(answer->rule));
    view_fact(view, "row", "规则表第几行", VIEW_INT(answer->row));
    view_fact(view, "document", "文件", VIEW_TEXT(answer->document));
    view_fact(view, "clause", "条款", VIEW_TEXT(answer->clause));
    view_fact(view, "version", "政策版本", VIEW_TEXT(answer->version->title));
}

void policy_answer_view(View *view, const PolicyAnswer *answer) {
    view_facts_begin(view, NULL, false);
    outcome_facts(view, answer);
    basis_facts(view, answer);
    view_facts_end(view);
}

/* ---- the calculator ---- */

static void programme_door(Web *web, Html *html, const PolicyProgramme *programme) {
    Arena *arena = web->cx->arena;
    HTML(html, "a.card.card-link", "href",
         str_print(arena, "/calculator?programme=" STR_FMT, STR_ARG(programme->code))) {
        HTML_VOID(html, "img", "alt", "", "src",
                  str_print(arena, "/assets/icons/" STR_FMT, STR_ARG(programme->icon)));
        HTML(html, "span") {
            HTML_LEAF(html, "strong", programme->label);
            HTML_LEAF(html, "span", programme->about);
        }
    }
}

/* Doors for persons or for enterprises, under their heading. */
static void programme_doors(Web *web, Html *html, bool is_for_enterprise) {
    size_t count = 0;
    const PolicyProgramme *programmes = policy_programmes(city_of(web)->policies, &count);
    view_section(web->view, is_for_enterprise ? STR("企业和单位") : STR("个人和家庭"));
    HTML(html, "div.grid.grid-2") {
        for (size_t i = 0; i < count; i++) {
            if (programmes[i].is_for_enterprise == is_for_enterprise) {
                programme_door(web, html, &programmes[i]);
            }
        }
    }
}

static void programme_list(Web *web) {
    static const ViewColumn columns[] = {
        {"programme", "项目", false}, {"about", "范围", false}, {"group", "类别", false}};
    Html *html = view_html(web->view);
    if (html != NULL) {
        programme_doors(web, html, false);
        programme_doors(web, html, true);
        return;
    }
    size_t count = 0;
    const PolicyProgramme *programmes = policy_programmes(city_of(web)->policies, &count);
    view_table_begin(web->view, "programmes", STR("政策项目"), columns, 3);
    for (size_t i = 0; i < count; i++) {
        view_row(web->view);
        view_cell(web->view, VIEW_LINK(str_print(web->cx->arena, "/calculator?programme=" STR_FMT,
                                                 STR_ARG(programmes[i].code)),
                                       programmes[i].label));
        view_cell(web->view, VIEW_TEXT(programmes[i].about));
        view_cell(web->view, VIEW_TEXT(programmes[i].group));
    }
    view_table_end(web->view, STR("没有项目"));
}

enum { QUESTION_PROGRAMME, QUESTION_DAY, QUESTION_FIRST, QUESTIONS_MAX = 40 };
static const char FOLDED_GROUP[] = "其他情况（不填按通常情况计算）";

/* Levels are stored as bare numbers; 0 is "without a label". */
static const char *choice_label(Web *web, const PolicyQuestion *question, size_t index) {
    Str choice = question->choices[index];
    if (str_equal(choice, STR("0"))) {
        return "没有标识";
    }
    bool is_level = choice.len == 1 && choice.at[0] >= '1' && choice.at[0] <= '9';
    return is_level ? str_print(web->cx->arena, STR_FMT " 级", STR_ARG(choice)).at
                    : str_c(web->cx->arena, choice);
}

static const FormChoice *choices_of(Web *web, const PolicyQuestion *question, size_t *count) {
    static const FormChoice flags[] = {{"true", "是"}, {"false", "否"}};
    if (question->type == POLICY_FLAG) {
        *count = 2;
        return flags;
    }
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, question->choice_count + 1);
    for (size_t i = 0; i < question->choice_count; i++) {
        const char *text = str_c(web->cx->arena, question->choices[i]);
        choices[i] = (FormChoice){text, choice_label(web, question, i)};
    }
    *count = question->choice_count;
    return choices;
}

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

/* The date by which the version is chosen is asked once, at the top. What has a usual answer, or is
 * looked up by the system in a real case, may be answered, so that every row can be tried. */
static bool is_asked_here(const PolicyVersion *version, const PolicyQuestion *question) {
    return (question->is_asked || question->assume.len > 0) &&
           !str_equal(question->name, version->judged_by);
}

/* What is taken when nobody answers, as people say it: 否, 0, 没有改变. */
static Str assumed_words(Web *web, const PolicyQuestion *question) {
    Str text = question->assume;
    if (question->type == POLICY_FLAG) {
        return str_equal(text, STR("true")) ? STR("是") : STR("否");
    }
    if (text.len >= 2 && text.at[0] == '"') {
        return str_slice(text, 1, text.len - 2);
    }
    int64_t fen = 0;
    return question->type == POLICY_MONEY && str_int64(text, &fen) == STATUS_OK
               ? str_print(web->cx->arena, STR_FMT " 元",
                           STR_ARG(money_print(web->cx->arena, money_of_fen(fen))))
               : text;
}

static FormField question_field(Web *web, const PolicyQuestion *question, size_t index) {
    Arena *arena = web->cx->arena;
    FormField field = {.name = str_print(arena, "q%zu", index).at,
                       .label =
                           question->type == POLICY_MONEY
                               ? str_print(arena, STR_FMT "（元）", STR_ARG(question->label)).at
                               : str_c(arena, question->label),
                       .hint = question->help.len > 0 ? str_c(arena, question->help) : NULL,
                       .kind = kind_of(question)};
    field.min = field.kind == FIELD_TEXT ? 1 : 0;
    field.choices = choices_of(web, question, &field.choice_count);
    if (question->assume.len > 0) {
        Str words = assumed_words(web, question);
        field.is_optional = true;
        field.is_folded = true;
        field.group = FOLDED_GROUP;
        field.hint = str_print(arena, STR_FMT "%s不填按“" STR_FMT "”计算", STR_ARG(question->help),
                               question->help.len > 0 ? "；" : "", STR_ARG(words))
                         .at;
    }
    return field;
}

/* Some are judged by the earliest of several dates, which is no question of its own. */
static size_t question_index(const PolicyVersion *version, Str name) {
    size_t i = 0;
    while (i < version->question_count && !str_equal(version->questions[i].name, name)) {
        i++;
    }
    return i;
}

static const Form *question_form(Web *web, const PolicyVersion *version) {
    FormField *fields = arena_array(web->cx->arena, FormField, QUESTIONS_MAX);
    size_t count = QUESTION_FIRST;
    bool is_one_day = question_index(version, version->judged_by) < version->question_count;
    fields[QUESTION_PROGRAMME] = (FormField){.name = "programme",
                                             .label = "项目",
                                             .kind = FIELD_HIDDEN,
                                             .min = 1,
                                             .max = 40,
                                             .value = version->programme};
    fields[QUESTION_DAY] = (FormField){
        .name = "day",
        .label = is_one_day ? str_c(web->cx->arena, version->judged_by) : "按哪一天的政策",
        .hint = is_one_day
                    ? "按这个日期选用当年的政策"
                    : str_print(web->cx->arena, "看" STR_FMT, STR_ARG(version->judged_by)).at,
        .kind = FIELD_DAY,
        .value = day_print(web->cx->arena, web_today(web))};
    /* Those with a usual answer stand last, folded away. */
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < version->question_count && count < QUESTIONS_MAX; i++) {
            const PolicyQuestion *question = &version->questions[i];
            if (is_asked_here(version, question) && (question->assume.len > 0) == (pass == 1)) {
                fields[count++] = question_field(web, question, i);
            }
        }
    }
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "calculator",
                   .action = STR("/calculator"),
                   .submit = version->pays ? "看看能补多少" : "判断一下",
                   .fields = fields,
                   .field_count = count,
                   .is_get = true};
    return form;
}

static json_t *answer_json(const PolicyQuestion *question, const FormValue *value, Arena *arena) {
    if (question->type == POLICY_FLAG) {
        return json_boolean(str_equal(value->text, STR("true")));
    }
    if (question->type == POLICY_NUMBER) {
        int64_t number = 0;
        return str_int64(codes_digits(arena, value->text), &number) == STATUS_OK
                   ? json_integer(number)
                   : json_null();
    }
    if (question->type == POLICY_MONEY) {
        return json_integer(value->number);
    }
    if (question->type == POLICY_DAY) {
        Str day = day_print(arena, (Day){(int32_t)value->number});
        return json_stringn(day.at, day.len);
    }
    return json_stringn(value->text.at, value->text.len);
}

/* An answer in words; what was left out, as it was taken. */
static Str value_words(Web *web, const PolicyQuestion *question, const FormField *field,
                       const FormValue *value) {
    Arena *arena = web->cx->arena;
    if (!value->is_given) {
        return str_print(arena, STR_FMT "（没有填，按通常情况）",
                         STR_ARG(assumed_words(web, question)));
    }
    if (field->kind == FIELD_CHOICE) {
        return str_of(field->choices[value->number].label);
    }
    if (field->kind == FIELD_DAY) {
        return day_print(arena, (Day){(int32_t)value->number});
    }
    return field->kind == FIELD_MONEY
               ? str_print(arena, STR_FMT " 元",
                           STR_ARG(money_print(arena, money_of_fen(value->number))))
               : value->text;
}

static Str case_json(Web *web, const PolicyVersion *version, const Form *form,
                     const FormValue *values) {
    Arena *arena = web->cx->arena;
    json_t *json = json_object();
    Str day = day_print(arena, (Day){(int32_t)values[QUESTION_DAY].number});
    if (question_index(version, version->judged_by) < version->question_count) {
        json_object_set_new(json, str_c(arena, version->judged_by), json_stringn(day.at, day.len));
    }
    for (size_t i = QUESTION_FIRST; i < form->field_count; i++) {
        int64_t index = 0;
        Str name = str_from(str_of(form->fields[i].name), 1);
        check(str_int64(name, &index) == STATUS_OK);
        const PolicyQuestion *question = &version->questions[index];
        if (values[i].is_given || question->assume.len == 0) {
            json_object_set_new(json, str_c(arena, question->name),
                                answer_json(question, &values[i], arena));
        }
    }
    char *text = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
    check(text != NULL);
    Str copy = str_dup(arena, str_of(text));
    free(text);
    json_decref(json);
    return copy;
}

static void nearest_view(Web *web, const PolicyAnswer *answer) {
    static const ViewColumn columns[] = {{"change", "如果", false}};
    Html *html = view_html(web->view);
    if (answer->nearest_count == 0) {
        return;
    }
    view_section(web->view, STR("换个条件会怎样"));
    if (html != NULL) {
        HTML(html, "ul") {
            for (size_t i = 0; i < answer->nearest_count; i++) {
                HTML_LEAF(html, "li", answer->nearest[i]);
            }
        }
        return;
    }
    view_table_begin(web->view, "nearest", STR("换个条件会怎样"), columns, 1);
    for (size_t i = 0; i < answer->nearest_count; i++) {
        view_row(web->view);
        view_cell(web->view, VIEW_TEXT(answer->nearest[i]));
    }
    view_table_end(web->view, STR(""));
}

/* Who has not signed in yet comes back to the path with its answers after doing so. */
static Str signed_in_path(Web *web, Str path) {
    return web->user->role != ROLE_PUBLIC
               ? path
               : str_print(web->cx->arena, "/sign-in?next=" STR_FMT,
                           STR_ARG(http_url_encode(web->cx->arena, path)));
}

/* Who is paid after purchase is led to the claim, its programme and day filled in. */
static void apply_link(Web *web, const PolicyAnswer *answer, Day day) {
    const PolicyProgramme *programme =
        policy_programme_find(city_of(web)->policies, answer->version->programme);
    if (programme == NULL || programme->apply.len == 0 || !answer->version->pays) {
        return;
    }
    Arena *arena = web->cx->arena;
    Str path = str_print(arena, STR_FMT "?programme=" STR_FMT "&bought=" STR_FMT,
                         STR_ARG(programme->apply), STR_ARG(programme->code),
                         STR_ARG(day_print(arena, day)));
    view_link(web->view, signed_in_path(web, path), STR("去申请（材料可以先存草稿）"), true);
}

/* A person who can have a coupon now is led to it with the answers given. */
static void claim_link(Web *web, const PolicyAnswer *answer) {
    const City *city = city_of(web);
    json_t *input = json_loadb(answer->input_json.at, answer->input_json.len, 0, NULL);
    Str name = str_of(json_string_value(json_object_get(input, "品类")));
    int64_t level = json_integer_value(json_object_get(input, "能效等级"));
    int64_t price = json_integer_value(json_object_get(input, "成交价分"));
    int64_t year = day_parts(web_today(web)).year;
    for (size_t i = 0; i < city->category_count; i++) {
        const CityCategory *category = &city->categories[i];
        if (category->year == year && answer->version->year == year &&
            str_equal(category->programme, answer->version->programme) &&
            str_equal(category->name, name)) {
            Arena *arena = web->cx->arena;
            Str path = str_print(arena,
                                 "/coupon/claim?programme=" STR_FMT "&category=" STR_FMT
                                 "&level=%" PRId64 "&price=" STR_FMT,
                                 STR_ARG(category->programme), STR_ARG(category->code), level,
                                 STR_ARG(money_print_plain(arena, money_of_fen(price))));
            view_link(web->view, signed_in_path(web, path), STR("领取资格券"), true);
        }
    }
    json_decref(input);
}

static const char *heading_of(const PolicyAnswer *answer) {
    if (!answer->version->pays) {
        return answer->is_eligible ? "符合（只供判断，不是补贴）" : "不符合";
    }
    return answer->is_eligible ? "可以补" : "这次不能补";
}

/* The answer in large letters, as a person reads it first. */
static void answer_write(Html *html, Arena *arena, const PolicyAnswer *answer) {
    HTML(html, answer->is_eligible ? "div.answer" : "div.answer.answer-no") {
        HTML_LEAF(html, "p.mute", heading_of(answer));
        if (answer->is_eligible && (answer->version->pays || answer->amount.fen > 0)) {
            HTML(html, "p") {
                HTML_LEAF(
                    html, "span.money.money-big",
                    str_print(arena, STR_FMT " 元", STR_ARG(money_print(arena, answer->amount))));
            }
        }
        HTML_LEAF(html, "p", answer->reason);
    }
}

/* What was answered and what was taken instead: the printed page says by what it was computed. */
static void taken_view(Web *web, const Form *form, const FormValue *values,
                       const PolicyAnswer *answer) {
    View *view = web->view;
    const PolicyVersion *version = answer->version;
    view_section(view, STR("按这些情况计算"));
    view_facts_begin(view, "taken", false);
    view_fact(view, "day", form->fields[QUESTION_DAY].label,
              VIEW_DAY(((Day){(int32_t)values[QUESTION_DAY].number})));
    for (size_t i = QUESTION_FIRST; i < form->field_count; i++) {
        int64_t index = 0;
        const FormField *field = &form->fields[i];
        check(str_int64(str_from(str_of(field->name), 1), &index) == STATUS_OK);
        view_fact(view, field->name, str_c(web->cx->arena, version->questions[index].label),
                  VIEW_TEXT(value_words(web, &version->questions[index], field, &values[i])));
    }
    view_facts_end(view);
}

static void answer_view(Web *web, const PolicyAnswer *answer, Day day) {
    View *view = web->view;
    view_section(view, answer->version->pays ? STR("计算结果") : STR("判断结果"));
    Html *html = view_html(view);
    if (html != NULL) {
        answer_write(html, web->cx->arena, answer);
    }
    if (answer->is_eligible) {
        claim_link(web, answer);
        apply_link(web, answer, day);
    }
    view_facts_begin(view, NULL, false);
    if (html == NULL) {
        outcome_facts(view, answer);
    }
    basis_facts(view, answer);
    view_facts_end(view);
    if (html != NULL) {
        HTML_LEAF(html, "button.button.plain", "打印这个结果", "type", "button", "data-print", "",
                  "hidden", true);
    }
    nearest_view(web, answer);
    view_section(view, STR("要带的材料"));
    view_text(view, answer->version->papers.len > 0 ? answer->version->papers : STR("未设置"));
}

static Status calculate(Web *web, const PolicyVersion *version, const Form *form) {
    FormValue values[QUESTIONS_MAX];
    if (form_read(web, form, values) != STATUS_OK) {
        fault_clear(web->cx);
        return STATUS_INVALID;
    }
    PolicyCase input = {.programme = version->programme,
                        .day = {(int32_t)values[QUESTION_DAY].number},
                        .input_json = case_json(web, version, form, values),
                        .explains = true};
    PolicyAnswer answer;
    TRY(policy_decide(web->cx, city_of(web)->policies, &input, &answer));
    answer_view(web, &answer, input.day);
    taken_view(web, form, values, &answer);
    return STATUS_OK;
}

/* The version of the day that was asked, or the latest one when that day has none. */
static Status version_for(Web *web, Str programme, const PolicyVersion **version) {
    Cx quiet;
    cx_init(&quiet, web->cx->arena);
    Day day = web_today(web);
    Str asked = web_param(web, "day");
    if (asked.len > 0 && day_parse(&quiet, asked, &day) != STATUS_OK) {
        day = web_today(web);
    }
    cx_init(&quiet, web->cx->arena);
    if (policy_version_on(&quiet, city_of(web)->policies, programme, day, version) == STATUS_OK) {
        return STATUS_OK;
    }
    size_t count = 0;
    const PolicyVersion *const *versions = policy_versions(city_of(web)->policies, &count);
    for (size_t i = 0; i < count; i++) {
        if (str_equal(versions[i]->programme, programme)) {
            *version = versions[i];
        }
    }
    return *version == NULL ? fault(web->cx, STATUS_NOT_FOUND, "没有这个补贴项目") : STATUS_OK;
}

/* A link may name programme and day; an answer to a question asks for the result, and a day that is
 * none is told. */
static bool is_answered(Web *web, const Form *form) {
    for (size_t i = QUESTION_FIRST; i < form->field_count; i++) {
        if (http_query(web->http, form->fields[i].name).at != NULL) {
            return true;
        }
    }
    Cx quiet;
    Day day = DAY_NONE;
    Str text = web_param(web, "day");
    cx_init(&quiet, web->cx->arena);
    return text.len > 0 &&
           (form->field_count == QUESTION_FIRST || day_parse(&quiet, text, &day) != STATUS_OK);
}

Status policy_calculator_page(Web *web) {
    View *view = web->view;
    Str code = web_param(web, "programme");
    if (code.len == 0) {
        view_title(view, STR("我能补多少"));
        view_lead(view, STR("不用登录，回答几个问题就知道能补多少、依据是哪一条、要带什么材料。"));
        view_link(view, STR("/calculator/all"), STR("一次看全：几个问题，所有项目一起算"), true);
        programme_list(web);
        view_link(view, STR("/calculator/equipment"), STR("企业：按设备清单看适用哪些政策"), false);
        return STATUS_OK;
    }
    const PolicyProgramme *programme = policy_programme_find(city_of(web)->policies, code);
    if (programme == NULL) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这个补贴项目");
    }
    const PolicyVersion *version = NULL;
    TRY(version_for(web, code, &version));
    const Form *form = question_form(web, version);
    bool is_asked = is_answered(web, form);
    bool is_again = web->error_count > 0;
    Status status = is_again ? STATUS_INVALID : STATUS_OK;
    if (is_asked && !is_again) {
        /* The messages stand above the page, so the form is read before the heading is written. */
        FormValue values[QUESTIONS_MAX];
        status = form_read(web, form, values);
        if (status != STATUS_OK && web->route->again != NULL) {
            return status; /* shown again with 400 */
        }
        fault_clear(web->cx);
    }
    view_title(view,
               str_print(web->cx->arena, "%s：" STR_FMT, version->pays ? "我能补多少" : "政策判断",
                         STR_ARG(programme->label)));
    if (is_asked && status == STATUS_OK) {
        status = calculate(web, version, form);
        if (status != STATUS_OK && status != STATUS_INVALID) {
            return status;
        }
        if (web->cx->fault.status != STATUS_OK) {
            view_notice(view, VIEW_BAD, str_dup(web->cx->arena, str_of(web->cx->fault.text)));
            fault_clear(web->cx);
        }
    }
    view_section(view, STR("请回答"));
    view_form(view, form);
    view_link(view, STR("/calculator"), STR("换一个项目"), false);
    return STATUS_OK;
}

/* ---- versions ---- */

static const ViewColumn version_columns[] = {
    {"version", "版本", false},         {"first", "起", false},       {"last", "止", false},
    {"judged_by", "按哪个日期", false}, {"documents", "文件", false}, {"state", "状态", false},
};

Status policy_version_state(Web *web, const PolicyVersion *version, ViewValue *out) {
    bool is_payable = false;
    TRY(policy_is_payable(web->cx, web->conn, version, &is_payable));
    *out = !version->pays        ? VIEW_BADGE(VIEW_NEUTRAL, STR("advice"), STR("只供判断"))
           : is_payable          ? VIEW_BADGE(VIEW_GOOD, STR("payable"), STR("可以支付"))
           : version->is_enabled ? VIEW_BADGE(VIEW_WARN, STR("unsigned"), STR("待签认，不支付"))
                                 : VIEW_BADGE(VIEW_NEUTRAL, STR("disabled"), STR("未启用"));
    return STATUS_OK;
}

Status policy_list_page(Web *web) {
    size_t count = 0;
    const PolicyVersion *const *versions = policy_versions(city_of(web)->policies, &count);
    View *view = web->view;
    view_title(view, STR("政策版本"));
    view_lead(view, STR("规则就是程序：每个版本是一张决策表，公布后不再修改，只会被新版本接替。"));
    view_section(view, STR_NONE);
    view_table_begin(view, "versions", STR("政策版本"), version_columns, 6);
    for (size_t i = 0; i < count; i++) {
        ViewValue state;
        TRY(policy_version_state(web, versions[i], &state));
        view_row(view);
        view_cell(view,
                  VIEW_LINK(policy_version_path(web->cx->arena, versions[i]), versions[i]->title));
        view_cell(view, VIEW_DAY(versions[i]->first));
        view_cell(view, VIEW_DAY(versions[i]->last));
        view_cell(view, VIEW_TEXT(versions[i]->judged_by));
        view_cell(view, VIEW_TEXT(versions[i]->documents));
        view_cell(view, state);
    }
    view_table_end(view, STR("还没有政策"));
    return STATUS_OK;
}

Str policy_version_path(Arena *arena, const PolicyVersion *version) {
    return str_print(arena, "/policy/" STR_FMT, STR_ARG(version->version));
}

static Status version_of_path(Web *web, const PolicyVersion **version) {
    return policy_version_find(web->cx, city_of(web)->policies, web->words[0], version);
}

static Status sign_section(Web *web, const PolicyVersion *version) {
    static const ViewColumn columns[] = {{"what", "内容", false},
                                         {"who", "谁签认", false},
                                         {"state", "状态", false},
                                         {"action", "办理", false}};
    bool *is_signed = arena_array(web->cx->arena, bool, version->sign_off_count + 1);
    TRY(policy_store_signatures(web->cx, web->conn, version, is_signed));
    View *view = web->view;
    view_section(view, STR("签认"));
    view_table_begin(view, "sign_offs", STR("需要本市签认的内容"), columns, 4);
    for (size_t i = 0; i < version->sign_off_count; i++) {
        bool can_sign = !is_signed[i] && web->user->role == ROLE_LEAD;
        view_row(view);
        view_cell(view, VIEW_TEXT(version->sign_offs[i].what));
        view_cell(view, VIEW_TEXT(version->sign_offs[i].who));
        view_cell(view, is_signed[i] ? VIEW_BADGE(VIEW_GOOD, STR("signed"), STR("已签认"))
                                     : VIEW_BADGE(VIEW_WARN, STR("unsigned"), STR("待签认")));
        view_cell_action(view,
                         str_print(web->cx->arena, "/policy/" STR_FMT "/sign/%zu",
                                   STR_ARG(version->version), i + 1),
                         can_sign ? STR("登记签认") : STR_NONE,
                         "确认已取得该单位的书面签认？登记后这项内容即可用于支付。");
    }
    view_table_end(view, STR("没有需要签认的内容"));
    return STATUS_OK;
}

/* How the signs of a rule's cell are said in Chinese; the longer ones first. */
static const struct {
    const char *sign;
    const char *words;
} sign_rows[] = {
    {"date(\"", ""},   {"\")", ""},         {"\",\"", "、"},       {"\"", ""},
    {"..", " 至 "},    {"false", "否"},     {"true", "是"},        {"min(", "取小("},
    {"max(", "取大("}, {"floor(", "去尾("}, {"ceiling(", "进一("},
};

static size_t sign_put(Buf *out, Str rest) {
    for (size_t i = 0; i < sizeof sign_rows / sizeof sign_rows[0]; i++) {
        if (str_starts(rest, str_of(sign_rows[i].sign))) {
            buf_put_c(out, sign_rows[i].words);
            return str_of(sign_rows[i].sign).len;
        }
    }
    buf_put_char(out, rest.at[0]);
    return 1;
}

Str policy_cell_zh(Arena *arena, Str text) {
    enum { CELL_BYTES_MAX = 64 * 1024 };
    if (str_equal(text, STR("-"))) {
        return STR("不限");
    }
    Buf *out = buf_in(arena, CELL_BYTES_MAX);
    if (str_starts(text, STR("not(")) && str_ends(text, STR(")"))) {
        buf_put_c(out, "除外：");
        text = str_slice(text, 4, text.len - 5);
    }
    for (size_t i = 0; i < text.len;) {
        i += sign_put(out, str_from(text, i));
    }
    return buf_status(out) == STATUS_OK ? buf_str(out) : text;
}

static void cell_write(Html *html, Str text) {
    enum { LONG_CELL_BYTES = 36 };
    HTML_LEAF(html, text.len > LONG_CELL_BYTES ? "td.long" : "td", text);
}

static void cells_write(Web *web, const DmnTable *table, const DmnRow *row) {
    Html *html = view_html(web->view);
    for (size_t i = 0; i < table->input_count; i++) {
        cell_write(html, policy_cell_zh(web->cx->arena, row->inputs[i].text));
    }
    for (size_t i = 0; i < table->output_count; i++) {
        cell_write(html, policy_cell_zh(web->cx->arena, row->outputs[i].text));
    }
    for (size_t i = 0; i < table->annotation_count; i++) {
        cell_write(html, row->annotations[i]);
    }
}

static void table_head(Html *html, const DmnTable *table) {
    HTML(html, "thead") {
        HTML(html, "tr") {
            HTML_LEAF(html, "th", "行", "scope", "col");
            for (size_t i = 0; i < table->input_count; i++) {
                HTML_LEAF(html, "th", table->inputs[i].label, "scope", "col");
            }
            for (size_t i = 0; i < table->output_count; i++) {
                HTML_LEAF(html, "th", table->outputs[i].label, "scope", "col");
            }
            for (size_t i = 0; i < table->annotation_count; i++) {
                HTML_LEAF(html, "th", table->annotations[i], "scope", "col");
            }
        }
    }
}

/* A page of a long table: what a browser and a reader bear at once. */
enum { VERSION_ROWS = 200 };

static size_t first_row_shown(const Web *web, const DmnTable *table) {
    int64_t page = web_param_int(web, "page", 0);
    int64_t last = table->row_count == 0 ? 0 : ((int64_t)table->row_count - 1) / VERSION_ROWS;
    return (size_t)(page > last ? last : page) * VERSION_ROWS;
}

static void table_write(Html *html, Web *web, const DmnTable *table, Str caption) {
    size_t first = first_row_shown(web, table);
    HTML(html, "div.table-wrap", "role", "region", "aria-label", caption, "tabindex", "0") {
        HTML(html, "table.table.table-dense") {
            HTML_LEAF(html, "caption", caption);
            table_head(html, table);
            HTML(html, "tbody") {
                for (size_t i = first; i < table->row_count && i < first + VERSION_ROWS; i++) {
                    HTML(html, "tr") {
                        HTML(html, "th", "scope", "row") {
                            html_int(html, (int64_t)i + 1);
                        }
                        cells_write(web, table, &table->rows[i]);
                    }
                }
            }
        }
    }
}

/* The decision table as officials know it, then the tables it rests on. */
static void table_section(Web *web, const PolicyVersion *version) {
    const PolicyEntry *entry = policy_entry_of(version);
    const DmnNode *main_node = dmn_node_at(entry->model, entry->decision);
    Html *html = view_html(web->view);
    if (html == NULL || main_node->table == NULL) {
        return;
    }
    view_section(web->view, STR("决策表"));
    table_write(html, web, main_node->table, STR("自上而下，命中第一行即为结果；金额单位为分"));
    for (size_t i = 0; i < dmn_node_count(entry->model); i++) {
        const DmnNode *node = dmn_node_at(entry->model, i);
        if (i != entry->decision && node->kind == DMN_DECISION && node->table != NULL) {
            table_write(html, web, node->table,
                        str_print(web->cx->arena, "下级表：" STR_FMT, STR_ARG(node->name)));
        }
    }
    size_t first = first_row_shown(web, main_node->table);
    view_pager(web->view, policy_version_path(web->cx->arena, version),
               (int64_t)(first / VERSION_ROWS), first + VERSION_ROWS < main_node->table->row_count);
}

/* Who wrote and who issued a version of the workshop. */
static Status issue_facts(Web *web, const PolicyVersion *version) {
    IssueFacts facts;
    View *view = web->view;
    if (!version->is_issued) {
        return STATUS_OK;
    }
    TRY(draft_store_issue_facts(web->cx, web->conn, version->version, &facts));
    view_facts_begin(view, "issue", false);
    view_fact(view, "author", "起草", VIEW_TEXT(facts.author));
    view_fact(view, "issuer", "发布", VIEW_TEXT(facts.issuer));
    view_fact(view, "issued_ms", "发布时间", VIEW_INSTANT(facts.issued_ms));
    view_facts_end(view);
    return STATUS_OK;
}

/* What an officer does with a version: a new one from it, or a look at what differs. */
static void version_links(Web *web, const PolicyVersion *version) {
    Arena *arena = web->cx->arena;
    if (web->user->role == ROLE_OFFICER || web->user->role == ROLE_LEAD) {
        view_link(web->view,
                  str_print(arena, "/workshop/new?base=" STR_FMT, STR_ARG(version->version)),
                  STR("由这一版起草新版本"), false);
    }
    view_link(web->view,
              str_print(arena, "/policy-compare?left=" STR_FMT, STR_ARG(version->version)),
              STR("与另一版比较"), false);
}

Status policy_version_page(Web *web) {
    const PolicyVersion *version = NULL;
    TRY(version_of_path(web, &version));
    ViewValue state;
    TRY(policy_version_state(web, version, &state));
    View *view = web->view;
    view_title(view, version->title);
    view_section(view, STR("说明"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "version", "版本", VIEW_TEXT(version->version));
    view_fact(view, "state", "状态", state);
    view_fact(view, "first", "起", VIEW_DAY(version->first));
    view_fact(view, "last", "止（含当日）", VIEW_DAY(version->last));
    view_fact(view, "judged_by", "按哪个日期判断", VIEW_TEXT(version->judged_by));
    view_fact(view, "documents", "文件", VIEW_TEXT(version->documents));
    view_fact(view, "papers", "材料", VIEW_TEXT(version->papers));
    view_fact(view, "rounding", "取整",
              version->rounding.len > 0 ? VIEW_TEXT(version->rounding) : VIEW_NONE);
    view_fact(view, "digest", "文本摘要（SM3）", VIEW_TEXT(str_slice(version->digest, 0, 16)));
    view_facts_end(view);
    TRY(issue_facts(web, version));
    version_links(web, version);
    TRY(sign_section(web, version));
    table_section(web, version);
    return STATUS_OK;
}

static Status sign_work(Cx *cx, DbConn *conn, void *input) {
    return policy_sign(cx, conn, input);
}

Status policy_sign_post(Web *web) {
    const PolicyVersion *version = NULL;
    TRY(version_of_path(web, &version));
    if ((uint64_t)web->ids[0] > version->sign_off_count) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这一项");
    }
    PolicySigning signing = {.version = version,
                             .item = (size_t)web->ids[0] - 1,
                             .person_id = web->user->id,
                             .basis = STR("页面登记"),
                             .now_ms = web->now_ms};
    TRY(web_write(web, "policy.sign", sign_work, &signing, NULL));
    return web_redirect(web, policy_version_path(web->cx->arena, version), STR("已登记签认"));
}

/* ---- a stored decision ---- */

static Status may_read(Web *web, const DecisionRow *decision) {
    Role role = web->user->role;
    bool is_firm = role == ROLE_SHOP || role == ROLE_ENTERPRISE;
    if (role != ROLE_RESIDENT && !is_firm) {
        return STATUS_OK;
    }
    bool is_own = false;
    TRY(policy_store_decision_is_of(web->cx, web->conn, decision->id, web->user->id,
                                    is_firm ? web->user->org_id : 0, &is_own));
    return is_own ? STATUS_OK : fault(web->cx, STATUS_NOT_FOUND, "没有这个决定");
}

/* Decides the stored inputs again: the same version must give the same outcome for ever. */
static Status replay(Web *web, const DecisionRow *row, bool *is_same, PolicyAnswer *answer) {
    PolicyCase input = {
        .programme = row->programme, .day = row->judged_day, .input_json = row->input_json};
    const PolicyVersion *version = NULL;
    TRY(policy_version_stored(web->cx, city_of(web)->policies, row->version, &version));
    if (version == NULL) {
        TRY(policy_decide(web->cx, city_of(web)->policies, &input, answer));
    } else {
        TRY(policy_decide_by(web->cx, version, &input, answer));
    }
    *is_same = str_equal(answer->outcome_json, row->outcome_json);
    return STATUS_OK;
}

static void inputs_view(Web *web, const DecisionRow *decision) {
    static const ViewColumn columns[] = {{"name", "内容", false}, {"value", "所填", false}};
    json_t *json = json_loadb(decision->input_json.at, decision->input_json.len, 0, NULL);
    view_section(web->view, STR("当时的输入"));
    view_table_begin(web->view, "inputs", STR("当时的输入"), columns, 2);
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(json, key, value) {
        char *text = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY);
        view_row(web->view);
        view_cell(web->view, VIEW_TEXT(str_dup(web->cx->arena, str_of(key))));
        view_cell(web->view,
                  VIEW_TEXT(str_dup(web->cx->arena,
                                    str_of(text == NULL ? json_string_value(value) : text))));
        free(text);
    }
    view_table_end(web->view, STR("没有输入"));
    json_decref(json);
}

Status policy_decision_page(Web *web) {
    DecisionRow decision;
    TRY(policy_store_decision_find(web->cx, web->conn, web->ids[0], &decision));
    TRY(may_read(web, &decision));
    bool is_same = false;
    PolicyAnswer answer;
    TRY(replay(web, &decision, &is_same, &answer));
    View *view = web->view;
    view_title(view, str_print(web->cx->arena, "决定 %" PRId64, decision.id));
    view_section(view, STR("结果"));
    policy_answer_view(view, &answer);
    view_facts_begin(view, "replay", false);
    view_fact(view, "stored_version", "当时的版本", VIEW_TEXT(decision.version));
    view_fact(view, "decided_ms", "决定时间", VIEW_INSTANT(decision.decided_ms));
    view_fact(view, "is_same", "现在重算",
              is_same ? VIEW_BADGE(VIEW_GOOD, STR("same"), STR("与当时一致"))
                      : VIEW_BADGE(VIEW_BAD, STR("different"), STR("与当时不一致")));
    view_facts_end(view);
    inputs_view(web, &decision);
    return STATUS_OK;
}
