/*
 * calculator_pages.c - "一次看全": three to five questions, and every programme answers at once
 * what it would give, on which conditions, with which papers.
 *
 * Most tables ask more than five questions. What was not asked is taken from a border case of the
 * version that pays, and said beside the answer as a condition: the answer is "up to, when this
 * holds", never a promise. The programme's own calculator asks everything.
 */
#include "office/policy/fit.h"
#include "office/policy/policy_store.h"
#include "web/form.h"

#include <inttypes.h>

enum { ASK_WHO, ASK_DAY, ASK_PRICE, ASK_LEVEL, ASK_CAR, ASK_FIELDS };
enum { KNOWN_BYTES_MAX = 4000 };

static const City *city_of(const Web *web) {
    return web->app->house;
}

static const Form *ask_form(Web *web) {
    static const FormChoice who[] = {{"person", "个人或家庭"}, {"enterprise", "企业或单位"}};
    static const FormChoice levels[] = {{"1", "1 级"}, {"2", "2 级"}, {"0", "不清楚或没有"}};
    static const FormChoice cars[] = {{"新能源", "新能源"}, {"燃油", "燃油"}};
    FormField *fields = arena_array(web->cx->arena, FormField, ASK_FIELDS);
    fields[ASK_WHO] = (FormField){.name = "who",
                                  .label = "谁来申请",
                                  .kind = FIELD_CHOICE,
                                  .choices = who,
                                  .choice_count = 2,
                                  .value = STR("person")};
    fields[ASK_DAY] = (FormField){.name = "day",
                                  .label = "打算哪天买（已买的填发票日期）",
                                  .kind = FIELD_DAY,
                                  .value = day_print(web->cx->arena, web_today(web))};
    fields[ASK_PRICE] = (FormField){.name = "price",
                                    .label = "大约多少钱（元）",
                                    .hint = "新买的东西的成交价；买车填发票价税合计",
                                    .kind = FIELD_MONEY,
                                    .min = 1};
    fields[ASK_LEVEL] = (FormField){.name = "level",
                                    .label = "能效或水效等级",
                                    .hint = "家电才用填，看机身标签",
                                    .kind = FIELD_CHOICE,
                                    .is_optional = true,
                                    .choices = levels,
                                    .choice_count = 3};
    fields[ASK_CAR] = (FormField){.name = "car",
                                  .label = "新车类型",
                                  .hint = "买车才用填",
                                  .kind = FIELD_CHOICE,
                                  .is_optional = true,
                                  .choices = cars,
                                  .choice_count = 2};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "all",
                   .action = STR("/calculator/all"),
                   .submit = "看看都能补多少",
                   .fields = fields,
                   .field_count = ASK_FIELDS,
                   .is_get = true};
    return form;
}

/* ---- the case ---- */

typedef struct Asked {
    Day day;
    Money price;
    int64_t level; /* -1: not said */
    Str car;       /* empty: not said */
} Asked;

/* What was asked, as answers by the names of the version's questions. */
static Str known_json(Web *web, const PolicyVersion *version, const Asked *asked) {
    Arena *arena = web->cx->arena;
    Buf *out = buf_in(arena, KNOWN_BYTES_MAX);
    for (size_t i = 0; i < version->question_count; i++) {
        Str name = version->questions[i].name;
        Str value = STR_NONE;
        if (str_equal(name, STR("成交价分")) || str_equal(name, STR("价税合计分")) ||
            str_equal(name, STR("同型号上月均价分"))) {
            value = str_print(arena, "%" PRId64, asked->price.fen);
        } else if (str_equal(name, STR("能效等级")) && asked->level >= 0) {
            value = str_print(arena, "%" PRId64, asked->level);
        } else if (str_equal(name, STR("新车类型")) && asked->car.len > 0) {
            value = str_json(arena, asked->car);
        }
        if (value.len > 0) {
            buf_print(out, "%s" STR_FMT ":" STR_FMT, out->len == 0 ? "{" : ",",
                      STR_ARG(str_json(arena, name)), STR_ARG(value));
        }
    }
    buf_put_c(out, out->len == 0 ? "{}" : "}");
    return buf_str(out);
}

/* ---- the page ---- */

static const ViewColumn columns[] = {
    {"programme", "项目", false},     {"result", "结果", false},
    {"amount_fen", "最多可补", true}, {"conditions", "条件或理由", false},
    {"papers", "要带的材料", false},  {"rule", "依据", false},
};
enum { COLUMN_COUNT = 6 };

static ViewValue result_of(const PolicyFound *shown, bool is_payable) {
    if (!shown->answer.is_eligible) {
        return VIEW_BADGE(VIEW_NEUTRAL, STR("refused"), STR("这次不适用"));
    }
    if (!shown->answer.version->pays) {
        return VIEW_BADGE(VIEW_INFO, STR("holds"), STR("政策适用"));
    }
    return is_payable ? VIEW_BADGE(VIEW_GOOD, STR("eligible"), STR("可以补"))
                      : VIEW_BADGE(VIEW_WARN, STR("unsigned"), STR("待本市签认"));
}

/* A programme whose sums nobody has set: said so, never a number. */
static void unset_row(Web *web, const PolicyProgramme *programme, const PolicyVersion *version) {
    View *view = web->view;
    view_row(view);
    view_cell(view, VIEW_TEXT(programme->label));
    view_cell(view, VIEW_BADGE(VIEW_NEUTRAL, STR("unset"), STR("标准未设置")));
    view_cell(view, VIEW_NONE);
    view_cell(view, VIEW_TEXT(STR("本市还没有公布这一项的标准")));
    view_cell(view, VIEW_TEXT(version->papers.len > 0 ? version->papers : STR("未设置")));
    view_cell(view, VIEW_LINK(policy_version_path(web->cx->arena, version), version->title));
}

/* No version judges that day: said so, with the days of those that there are. */
static void absent_row(Web *web, const PolicyProgramme *programme) {
    View *view = web->view;
    size_t count = 0;
    const PolicyVersion *last = NULL;
    const PolicyVersion *const *versions = policy_versions(city_of(web)->policies, &count);
    for (size_t i = 0; i < count; i++) {
        if (str_equal(versions[i]->programme, programme->code)) {
            last = versions[i];
        }
    }
    if (last == NULL || !last->pays) {
        return;
    }
    view_row(view);
    view_cell(view, VIEW_TEXT(programme->label));
    view_cell(view, VIEW_BADGE(VIEW_NEUTRAL, STR("absent"), STR("这一天没有政策")));
    view_cell(view, VIEW_TEXT(STR("—")));
    view_cell(view, VIEW_TEXT(str_print(web->cx->arena, "最近一版适用 " STR_FMT " 至 " STR_FMT,
                                        STR_ARG(day_print(web->cx->arena, last->first)),
                                        STR_ARG(day_print(web->cx->arena, last->last)))));
    view_cell(view, VIEW_TEXT(STR("—")));
    view_cell(view, VIEW_LINK(policy_version_path(web->cx->arena, last), last->title));
}

static Status programme_row(Web *web, const PolicyProgramme *programme, const Asked *asked) {
    Cx quiet;
    cx_init(&quiet, web->cx->arena);
    const PolicyVersion *version = NULL;
    if (policy_version_on(&quiet, city_of(web)->policies, programme->code, asked->day, &version) !=
        STATUS_OK) {
        absent_row(web, programme);
        return STATUS_OK;
    }
    if (!version->pays && !programme->is_for_enterprise) {
        return STATUS_OK; /* a condition or a limit is no answer to "how much do I get" */
    }
    PolicyFound shown = {0};
    bool is_payable = false;
    TRY(policy_find(web->cx, version, known_json(web, version, asked), false, &shown));
    TRY(policy_is_payable(web->cx, web->conn, version, &is_payable));
    View *view = web->view;
    if (!shown.has_case) {
        unset_row(web, programme, version);
        return STATUS_OK;
    }
    bool is_good = shown.answer.is_eligible;
    view_row(view);
    view_cell(view,
              VIEW_LINK(str_print(web->cx->arena, "/calculator?programme=" STR_FMT "&day=" STR_FMT,
                                  STR_ARG(programme->code),
                                  STR_ARG(day_print(web->cx->arena, asked->day))),
                        programme->label));
    view_cell(view, result_of(&shown, is_payable));
    view_cell(view, is_good && version->pays && shown.answer.amount.fen > 0
                        ? VIEW_MONEY(shown.answer.amount)
                        : VIEW_TEXT(STR("—")));
    view_cell(view, VIEW_TEXT(!is_good                   ? shown.answer.reason
                              : shown.conditions.len > 0 ? shown.conditions
                                                         : STR("—")));
    view_cell(view, VIEW_TEXT(version->papers.len > 0 ? version->papers : STR("未设置")));
    view_cell(view, VIEW_LINK(policy_version_path(web->cx->arena, version), shown.answer.rule));
    return STATUS_OK;
}

static Status answers_section(Web *web, const Asked *asked, bool is_for_enterprise) {
    size_t count = 0;
    const PolicyProgramme *programmes = policy_programmes(city_of(web)->policies, &count);
    Html *html = view_html(web->view);
    view_section(web->view, STR("所有项目的结果"));
    view_text(web->view, STR("“最多可补”按右边的条件计算，不是承诺；点项目名称可以逐项细算，并看到"
                             "换个条件会怎样。"));
    view_table_begin(web->view, "programmes", STR("各项目结果"), columns, COLUMN_COUNT);
    for (size_t i = 0; i < count; i++) {
        if (programmes[i].is_for_enterprise == is_for_enterprise) {
            TRY(programme_row(web, &programmes[i], asked));
        }
    }
    view_table_end(web->view, STR("这一天没有执行中的政策"));
    if (html != NULL) {
        HTML_LEAF(html, "button.button.plain", "打印这一页", "type", "button", "data-print", "",
                  "hidden", true);
    }
    return STATUS_OK;
}

Status policy_calculator_all_page(Web *web) {
    const Form *form = ask_form(web);
    view_title(web->view, STR("我能补多少：一次看全"));
    view_lead(web->view, STR("回答几个问题，所有项目一起算。不用登录，不留记录。"));
    FormValue values[ASK_FIELDS] = {0};
    if (web_param(web, "who").len == 0) {
        view_section(web->view, STR_NONE);
        view_form(web->view, form);
        return STATUS_OK;
    }
    TRY(form_read(web, form, values));
    static const int64_t levels[] = {1, 2, 0};
    Asked asked = {.day = {(int32_t)values[ASK_DAY].number},
                   .price = {values[ASK_PRICE].number},
                   .level = values[ASK_LEVEL].is_given ? levels[values[ASK_LEVEL].number] : -1,
                   .car = values[ASK_CAR].is_given ? values[ASK_CAR].text : STR("")};
    TRY(answers_section(web, &asked, str_equal(values[ASK_WHO].text, STR("enterprise"))));
    view_section(web->view, STR("改一改再算"));
    view_form(web->view, form);
    return STATUS_OK;
}
