/*
 * limit_pages.c - the form for what is set aside for a town and for limits of towns, days, hours
 * and shops: it fills in a proposal of a new node, whose code says for whom it is.
 */
#include "base/vec.h"
#include "office/treasury/treasury_store.h"
#include "web/form.h"

#include <inttypes.h>

enum {
    LIMIT_FUND,
    LIMIT_KIND,
    LIMIT_TOWN,
    LIMIT_SHOP,
    LIMIT_DAY,
    LIMIT_HOUR,
    LIMIT_COUNT,
    LIMIT_AMOUNT,
    LIMIT_BASIS,
    LIMIT_FIELDS
};

/* X(word, Chinese, kind, is a limit only) */
#define LIMIT_KIND_LIST(X)                                                                         \
    X("town_money", "镇街预留：单独安排资金，本镇街居民先用", FUND_TOWN, false)                    \
    X("town", "镇街限额：本镇街居民合计不超过", FUND_TOWN, true)                                   \
    X("day", "单日限额：当天领取合计不超过", FUND_DAY, true)                                       \
    X("hour", "小时限额：单日限额之内，这个小时不超过", FUND_HOUR, true)                           \
    X("shop", "商户限额：在这家商户核销合计不超过", FUND_SHOP, true)

static const FormChoice kind_choices[] = {
#define X(word, zh, kind, is_cap) {word, zh},
    LIMIT_KIND_LIST(X)
#undef X
};
static const struct {
    FundKind kind;
    bool is_cap;
} kinds[] = {
#define X(word, zh, kind, is_cap) {kind, is_cap},
    LIMIT_KIND_LIST(X)
#undef X
};

typedef struct Nodes {
    struct VEC(FormChoice) choices;
    struct VEC(Fund) funds;
} Nodes;

static void node_add(Web *web, Nodes *nodes, const Fund *fund, const char *before) {
    Arena *arena = web->cx->arena;
    Str label = str_print(arena, "%s" STR_FMT "（%" PRId32 " 年，未用 " STR_FMT " 元）", before,
                          STR_ARG(fund->name), fund->year,
                          STR_ARG(money_print(arena, ledger_fund_free(fund))));
    *vec_push(arena, &nodes->choices) =
        (FormChoice){str_c(arena, str_print(arena, "%" PRId64, fund->id.id)), str_c(arena, label)};
    *vec_push(arena, &nodes->funds) = *fund;
}

/* The pots of this year and later, and their towns. */
static Status nodes_read(Web *web, Nodes *nodes) {
    TreasuryPotList pots = {0};
    int64_t year = day_parts(web_today(web)).year;
    TRY(treasury_pots(web->cx, web->conn, &pots));
    for (size_t i = 0; i < pots.count; i++) {
        Fund fund;
        FundList children = {0};
        TRY(ledger_fund_get(web->cx, web->conn, pots.items[i].fund, &fund));
        if (pots.items[i].year < year || fund.is_closed) {
            continue;
        }
        node_add(web, nodes, &fund, "");
        TRY(ledger_fund_children(web->cx, web->conn, fund.id, &children));
        for (size_t at = 0; at < children.count; at++) {
            if (children.items[at].kind == FUND_TOWN && !children.items[at].is_closed) {
                node_add(web, nodes, &children.items[at], "　其中：");
            }
        }
    }
    return STATUS_OK;
}

static void who_fields(Web *web, FormField *fields) {
    const City *city = web->app->house;
    Arena *arena = web->cx->arena;
    FormChoice *towns = arena_array(arena, FormChoice, city->town_count + 1);
    for (size_t i = 0; i < city->town_count; i++) {
        towns[i] =
            (FormChoice){str_c(arena, city->towns[i].code), str_c(arena, city->towns[i].name)};
    }
    fields[LIMIT_TOWN] = (FormField){.name = "town",
                                     .label = "镇街",
                                     .hint = "镇街预留和镇街限额填写",
                                     .kind = FIELD_CHOICE,
                                     .is_optional = true,
                                     .is_unmarked = true,
                                     .choices = towns,
                                     .choice_count = city->town_count};
    fields[LIMIT_SHOP] = (FormField){.name = "shop",
                                     .label = "商户的统一社会信用代码",
                                     .hint = "商户限额填写，18 位",
                                     .kind = FIELD_TEXT,
                                     .is_optional = true,
                                     .is_unmarked = true,
                                     .min = 18,
                                     .max = 18};
}

static void when_fields(FormField *fields) {
    fields[LIMIT_DAY] = (FormField){.name = "day",
                                    .label = "日期",
                                    .hint = "单日限额和小时限额填写",
                                    .kind = FIELD_DAY,
                                    .is_optional = true,
                                    .is_unmarked = true};
    fields[LIMIT_HOUR] = (FormField){.name = "hour",
                                     .label = "钟点",
                                     .hint = "小时限额填写：9 表示 9:00 到 9:59",
                                     .kind = FIELD_INT,
                                     .is_optional = true,
                                     .is_unmarked = true,
                                     .max = 23};
    fields[LIMIT_COUNT] = (FormField){.name = "count",
                                      .label = "连续几天（几小时）",
                                      .hint = "每一天（每个小时）都是同样的限额",
                                      .kind = FIELD_INT,
                                      .is_optional = true,
                                      .is_unmarked = true,
                                      .min = 1,
                                      .max = SETUP_VALIDITY_DAYS_MAX,
                                      .value = STR("1")};
}

static const Form *limit_form(Web *web, const Nodes *nodes) {
    FormField *fields = arena_array(web->cx->arena, FormField, LIMIT_FIELDS);
    fields[LIMIT_FUND] = (FormField){.name = "fund",
                                     .label = "哪一项资金",
                                     .kind = FIELD_CHOICE,
                                     .choices = nodes->choices.items,
                                     .choice_count = nodes->choices.count,
                                     .value = web_param(web, "fund")};
    fields[LIMIT_KIND] = (FormField){.name = "kind",
                                     .label = "设什么",
                                     .kind = FIELD_CHOICE,
                                     .choices = kind_choices,
                                     .choice_count = sizeof kind_choices / sizeof *kind_choices};
    who_fields(web, fields);
    when_fields(fields);
    fields[LIMIT_AMOUNT] =
        (FormField){.name = "amount", .label = "金额（元）", .kind = FIELD_MONEY, .min = 1};
    fields[LIMIT_BASIS] = (FormField){.name = "basis",
                                      .label = "依据文件",
                                      .hint = "文号，例如 安财建〔2026〕1号",
                                      .kind = FIELD_TEXT,
                                      .min = 2,
                                      .max = 60};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "limit",
                   .action = STR("/fund/limit/new"),
                   .submit = "提出方案",
                   .fields = fields,
                   .field_count = LIMIT_FIELDS};
    return form;
}

Status limit_new_page(Web *web) {
    Nodes nodes = {0};
    TRY(nodes_read(web, &nodes));
    view_title(web->view, STR("提出方案：预留和限额"));
    view_lead(web->view,
              STR("领券时先用本镇街预留的，再用项目的；有单日、小时限额的，到了限额当天（这个小时）"
                  "就不再发。核销时看商户限额。没有设的就没有限额。由另一人批准后立即生效。"));
    if (nodes.funds.count == 0) {
        view_notice(web->view, VIEW_INFO, STR("今年还没有开通项目，请先开通项目。"));
        return STATUS_OK;
    }
    view_form(web->view, limit_form(web, &nodes));
    return STATUS_OK;
}

/* ---- reading the form ---- */

static Status needed(Web *web, const FormValue *value, const char *field, const char *words) {
    return value->is_given ? STATUS_OK
                           : fault_at_field(web->cx, STATUS_INVALID, field, "%s", words);
}

static Status town_spec(Web *web, const FormValue *values, FundSpec *spec) {
    TRY(needed(web, &values[LIMIT_TOWN], "town", "请选择镇街"));
    spec->code = values[LIMIT_TOWN].text;
    spec->name =
        setup_limit_name(web->cx->arena, spec, city_town_name(web->app->house, spec->code));
    return STATUS_OK;
}

static Status shop_spec(Web *web, const FormValue *values, FundSpec *spec) {
    Str name = STR_NONE;
    TRY(needed(web, &values[LIMIT_SHOP], "shop", "请填写商户的统一社会信用代码"));
    TRY(setup_store_shop_name(web->cx, web->conn, values[LIMIT_SHOP].text, &name));
    if (name.len == 0) {
        return fault_at_field(web->cx, STATUS_INVALID, "shop", "没有这个代码的商户，请核对");
    }
    spec->code = values[LIMIT_SHOP].text;
    spec->name = setup_limit_name(web->cx->arena, spec, name);
    return STATUS_OK;
}

static Status day_spec(Web *web, const FormValue *values, FundSpec *spec) {
    TRY(needed(web, &values[LIMIT_DAY], "day", "请选择日期"));
    spec->code = treasury_day_code(web->cx->arena, (Day){(int32_t)values[LIMIT_DAY].number});
    spec->name = setup_limit_name(web->cx->arena, spec, STR(""));
    return STATUS_OK;
}

/* Of the day whose limit the hour is part of. */
static Status hour_spec(Web *web, const FormValue *values, FundSpec *spec) {
    FundList children = {0};
    TRY(needed(web, &values[LIMIT_DAY], "day", "请选择日期"));
    TRY(needed(web, &values[LIMIT_HOUR], "hour", "请填写钟点"));
    Str day = treasury_day_code(web->cx->arena, (Day){(int32_t)values[LIMIT_DAY].number});
    TRY(ledger_fund_children(web->cx, web->conn, spec->parent, &children));
    for (size_t i = 0; i < children.count; i++) {
        if (children.items[i].kind == FUND_DAY && str_equal(children.items[i].code, day)) {
            spec->parent = children.items[i].id;
        }
    }
    spec->code = treasury_hour_code(web->cx->arena, values[LIMIT_HOUR].number);
    spec->name = setup_limit_name(web->cx->arena, spec, STR(""));
    return STATUS_OK;
}

static Status spec_of(Web *web, const Nodes *nodes, const FormValue *values, FundSpec *spec) {
    const Fund *parent = &nodes->funds.items[values[LIMIT_FUND].number];
    size_t kind = (size_t)values[LIMIT_KIND].number;
    *spec = (FundSpec){.parent = parent->id,
                       .kind = kinds[kind].kind,
                       .is_cap = kinds[kind].is_cap,
                       .year = parent->year};
    if (spec->kind == FUND_TOWN) {
        return town_spec(web, values, spec);
    }
    if (spec->kind == FUND_SHOP) {
        return shop_spec(web, values, spec);
    }
    return spec->kind == FUND_DAY ? day_spec(web, values, spec) : hour_spec(web, values, spec);
}

static Status propose_work(Cx *cx, DbConn *conn, void *input) {
    int64_t id = 0;
    TRY(setup_propose(cx, conn, input, &id));
    db_answer(conn, str_print(cx->arena, "%" PRId64, id));
    return STATUS_OK;
}

Status limit_new_post(Web *web) {
    Nodes nodes = {0};
    FormValue values[LIMIT_FIELDS];
    Setup setup = {.kind = SETUP_CREATE};
    Str answer = STR_NONE;
    TRY(nodes_read(web, &nodes));
    TRY(form_read(web, limit_form(web, &nodes), values));
    TRY(spec_of(web, &nodes, values, &setup.spec));
    setup.validity_days = values[LIMIT_COUNT].is_given ? values[LIMIT_COUNT].number : 1;
    setup.amount = money_of_fen(values[LIMIT_AMOUNT].number);
    setup.basis = values[LIMIT_BASIS].text;
    TRY(web_write_once(web, "fund.propose", propose_work, &setup, &answer));
    return web_redirect(web, str_print(web->cx->arena, "/fund/setup/" STR_FMT, STR_ARG(answer)),
                        STR("方案已提出，等待另一人批准"));
}
