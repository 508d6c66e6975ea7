/*
 * treasury_setup_pages.c - proposals about the fund tree: the list, the four forms, one proposal
 * with its approval or refusal.
 */
#include "base/vec.h"
#include "office/treasury/treasury_setup.h"
#include "web/form.h"

#include <inttypes.h>

enum { ROWS_PER_PAGE = 50, TREE_NODES_MAX = 2000, BP_DIGITS = 2 };

static ViewValue state_value(const Setup *setup) {
    if (str_equal(setup->state, STR("approved"))) {
        return VIEW_BADGE(VIEW_GOOD, STR("approved"), STR("已批准"));
    }
    if (str_equal(setup->state, STR("refused"))) {
        return VIEW_BADGE(VIEW_BAD, STR("refused"), STR("已退回"));
    }
    return VIEW_BADGE(VIEW_WARN, STR("proposed"), STR("待批准"));
}

static Str setup_href(Web *web, int64_t id) {
    return str_print(web->cx->arena, "/fund/setup/%" PRId64, id);
}

static Status fund_name(Web *web, FundId id, Str *out) {
    if (id.id == 0) {
        *out = STR("最上一级");
        return STATUS_OK;
    }
    FundList path = {0};
    TRY(ledger_fund_path(web->cx, web->conn, id, &path));
    Str text = STR("");
    for (size_t i = 0; i < path.count; i++) {
        text = str_print(web->cx->arena, STR_FMT "%s" STR_FMT, STR_ARG(text), i == 0 ? "" : " › ",
                         STR_ARG(path.items[i].name));
    }
    *out = text;
    return STATUS_OK;
}

/* What is proposed, in a few words. */
static Status subject_text(Web *web, const Setup *setup, Str *out) {
    Str place = STR_NONE;
    TRY(fund_name(web, setup->fund, &place));
    if (setup->kind == SETUP_CREATE) {
        *out = str_print(web->cx->arena, STR_FMT "（" STR_FMT "之下）", STR_ARG(setup->spec.name),
                         STR_ARG(place));
    } else if (setup->kind == SETUP_OPEN) {
        Str programme = city_programme_name(web->app->house, setup->programme);
        *out = str_print(web->cx->arena, STR_FMT "，由“" STR_FMT "”支付", STR_ARG(programme),
                         STR_ARG(place));
    } else {
        *out = place;
    }
    return STATUS_OK;
}

/* ---- the list ---- */

static const ViewColumn columns[] = {
    {"id", "编号", true},
    {"kind", "类型", false},
    {"subject", "内容", false},
    {"amount_fen", "金额", true},
    {"basis", "依据", false},
    {"made_by", "提出人", false},
    {"decided_by", "批准人", false},
    {"state", "状态", false},
};
enum { COLUMN_COUNT = sizeof columns / sizeof columns[0] };

static Status setup_row(Web *web, const Setup *setup) {
    View *view = web->view;
    Str subject = STR_NONE;
    TRY(subject_text(web, setup, &subject));
    view_row(view);
    view_cell(view, VIEW_LINK(setup_href(web, setup->id),
                              str_print(web->cx->arena, "%" PRId64, setup->id)));
    view_cell(view, VIEW_TEXT(setup_kind_zh(setup->kind)));
    view_cell(view, VIEW_TEXT(subject));
    bool has_amount = setup->kind != SETUP_OPEN && setup->kind != SETUP_UNFREEZE;
    view_cell(view, has_amount ? VIEW_MONEY(setup->amount) : VIEW_TEXT(STR("—")));
    view_cell(view, VIEW_TEXT(setup->basis));
    view_cell(view, VIEW_TEXT(setup->made_name));
    view_cell(view, setup->decided_by == 0 ? VIEW_TEXT(STR("—")) : VIEW_TEXT(setup->decided_name));
    view_cell(view, state_value(setup));
    return STATUS_OK;
}

static bool is_state(Str state) {
    return str_equal(state, STR("proposed")) || str_equal(state, STR("approved")) ||
           str_equal(state, STR("refused"));
}

static void state_tabs(Web *web, Str state) {
    static const char *const tabs[][2] = {
        {"proposed", "待批准"}, {"approved", "已批准"}, {"refused", "已退回"}};
    view_tabs_begin(web->view, "状态");
    view_tab(web->view, STR("/fund/setup"), STR("全部"), state.len == 0);
    for (size_t i = 0; i < 3; i++) {
        view_tab(web->view, str_print(web->cx->arena, "/fund/setup?state=%s", tabs[i][0]),
                 str_of(tabs[i][1]), str_equal(state, str_of(tabs[i][0])));
    }
    view_tabs_end(web->view);
}

static void new_links(Web *web) {
    if (web->user->role != ROLE_FINANCE) {
        return;
    }
    for (int i = 0; i < SETUP_KIND_COUNT; i++) {
        Str word = setup_kind_word((SetupKind)i);
        Str name = setup_kind_zh((SetupKind)i);
        view_link(web->view, str_print(web->cx->arena, "/fund/setup/new/" STR_FMT, STR_ARG(word)),
                  str_print(web->cx->arena, "提出：" STR_FMT, STR_ARG(name)), i == 0);
    }
    view_link(web->view, STR("/fund/limit/new"), STR("提出：镇街预留、单日、小时、商户限额"),
              false);
}

Status setup_list_page(Web *web) {
    View *view = web->view;
    Str state = web_param(web, "state");
    if (!is_state(state)) {
        state = STR("");
    }
    int64_t page = web_param_int(web, "page", 0);
    SetupList list = {0};
    TRY(setup_list(web->cx, web->conn, state, page, ROWS_PER_PAGE, &list));
    view_title(view, STR("资金方案"));
    view_lead(
        view,
        STR("新建资金、下达、开通项目、调剂、收回、解除冻结，都由一人提出、另一人批准；批准的同时办成，"
            "退回的不动一分钱。"));
    new_links(web);
    state_tabs(web, state);
    view_table_begin(view, "setups", STR("资金方案"), columns, COLUMN_COUNT);
    for (size_t i = 0; i < list.count; i++) {
        TRY(setup_row(web, &list.items[i]));
    }
    view_table_end(view, STR("没有资金方案"));
    Str path = state.len == 0
                   ? STR("/fund/setup")
                   : str_print(web->cx->arena, "/fund/setup?state=" STR_FMT, STR_ARG(state));
    view_pager(view, path, page, list.has_more);
    return STATUS_OK;
}

/* ---- one proposal ---- */

static void create_facts(Web *web, const Setup *setup) {
    View *view = web->view;
    const FundSpec *spec = &setup->spec;
    view_fact(view, "name", "名称", VIEW_TEXT(spec->name));
    view_fact(view, "code", "代码", VIEW_TEXT(spec->code));
    view_fact(view, "fund_kind", "层级", VIEW_TEXT(str_of(fund_kind_chinese(spec->kind))));
    view_fact(view, "year", "年度", VIEW_INT(spec->year));
    view_fact(view, "is_cap", "性质",
              VIEW_TEXT(spec->is_cap ? STR("只设限额") : STR("单独安排资金")));
    for (int i = 0; spec->parent.id == 0 && i < LEDGER_LEVEL_COUNT; i++) {
        view_fact(view,
                  str_c(web->cx->arena,
                        str_print(web->cx->arena, "%s_bp", ledger_level_text((LedgerLevel)i))),
                  ledger_level_chinese((LedgerLevel)i), VIEW_PERCENT_BP(spec->rate_bp[i]));
    }
}

static Status kind_facts(Web *web, const Setup *setup) {
    View *view = web->view;
    Str place = STR_NONE;
    TRY(fund_name(web, setup->fund, &place));
    Str href = setup->fund.id == 0 ? STR("/fund")
                                   : str_print(web->cx->arena, "/fund/%" PRId64, setup->fund.id);
    view_fact(view, "fund", setup->kind == SETUP_CREATE ? "上级" : "资金", VIEW_LINK(href, place));
    if (setup->kind == SETUP_CREATE) {
        create_facts(web, setup);
    }
    if (setup->kind == SETUP_OPEN) {
        view_fact(view, "programme", "项目",
                  VIEW_TEXT(city_programme_name(web->app->house, setup->programme)));
        view_fact(view, "validity_days", "有效期（天）", VIEW_INT(setup->validity_days));
        view_fact(view, "claims_max", "每人每类每年最多领取（次）", VIEW_INT(setup->claims_max));
    }
    if (setup->kind == SETUP_MOVE) {
        TRY(fund_name(web, setup->to, &place));
        view_fact(view, "to", "调入",
                  VIEW_LINK(str_print(web->cx->arena, "/fund/%" PRId64, setup->to.id), place));
    }
    return STATUS_OK;
}

static void steps_view(Web *web, const Setup *setup) {
    View *view = web->view;
    view_section(view, STR("办理过程"));
    view_timeline_begin(view);
    view_moment(view, &(ViewMoment){setup->made_ms, setup->made_name, STR("提出"), setup->basis,
                                    VIEW_INFO});
    if (setup->decided_by != 0) {
        bool is_approved = str_equal(setup->state, STR("approved"));
        view_moment(view, &(ViewMoment){setup->decided_ms, setup->decided_name,
                                        is_approved ? STR("批准并办成") : STR("退回"),
                                        setup->reason, is_approved ? VIEW_GOOD : VIEW_BAD});
    }
    view_timeline_end(view);
}

enum { REFUSE_REASON, REFUSE_FIELDS };

static const Form *refuse_form(Web *web) {
    static const FormField fields[REFUSE_FIELDS] = {
        {.name = "reason", .label = "退回理由", .kind = FIELD_LONG_TEXT, .min = 2, .max = 150}};
    Form *form = arena_new(web->cx->arena, Form);
    *form =
        (Form){.key = "refuse",
               .action = str_print(web->cx->arena, "/fund/setup/%" PRId64 "/refuse", web->ids[0]),
               .submit = "退回",
               .fields = fields,
               .field_count = REFUSE_FIELDS};
    return form;
}

static void decide_view(Web *web, const Setup *setup) {
    bool may = web->user->role == ROLE_FINANCE || web->user->role == ROLE_LEAD;
    if (!may || setup->decided_by != 0) {
        return;
    }
    View *view = web->view;
    view_section(view, STR("办理"));
    if (setup->made_by == web->user->id) {
        view_text(view,
                  STR("您是提出人：须由财政的另一位同事或牵头专班批准；您可以退回（撤回）。"));
    } else {
        view_action(view, str_print(web->cx->arena, "/fund/setup/%" PRId64 "/approve", setup->id),
                    STR("批准并办理"), "批准后立即办成，确认批准？");
    }
    view_form(view, refuse_form(web));
}

Status setup_page(Web *web) {
    Setup setup;
    TRY(setup_find(web->cx, web->conn, web->ids[0], &setup));
    View *view = web->view;
    Str kind = setup_kind_zh(setup.kind);
    view_title(
        view, str_print(web->cx->arena, "资金方案 %" PRId64 "：" STR_FMT, setup.id, STR_ARG(kind)));
    view_section(view, STR("内容"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "state", "状态", state_value(&setup));
    TRY(kind_facts(web, &setup));
    if (setup.kind != SETUP_OPEN && setup.kind != SETUP_UNFREEZE) {
        view_fact(view, "amount_fen", "金额", VIEW_MONEY(setup.amount));
    }
    view_fact(view, "basis", "依据", VIEW_TEXT(setup.basis));
    if (setup.result.id != 0) {
        view_fact(view, "result", "已建节点",
                  VIEW_LINK(str_print(web->cx->arena, "/fund/%" PRId64, setup.result.id),
                            setup.spec.name));
    }
    view_facts_end(view);
    steps_view(web, &setup);
    decide_view(web, &setup);
    view_link(view, STR("/fund/setup"), STR("全部资金方案"), false);
    return STATUS_OK;
}

/* ---- the forms ---- */

typedef struct Tree {
    struct VEC(FormChoice) choices;
    struct VEC(FundId) ids;
} Tree;

static Status tree_add(Web *web, Tree *tree, const Fund *fund) {
    Arena *arena = web->cx->arena;
    Str name = STR_NONE;
    TRY(fund_name(web, fund->id, &name));
    Str left = money_print(arena, ledger_fund_free(fund));
    Str label = str_print(arena, STR_FMT "（%" PRId32 " 年，未用 " STR_FMT " 元）", STR_ARG(name),
                          fund->year, STR_ARG(left));
    *vec_push(arena, &tree->choices) =
        (FormChoice){str_c(arena, str_print(arena, "%" PRId64, fund->id.id)), str_c(arena, label)};
    *vec_push(arena, &tree->ids) = fund->id;
    return STATUS_OK;
}

/* All open nodes, parents before their children, but for the caps of shops, days and hours, which
 * are too many for a list (limit_pages.c makes them). */
static Status tree_read(Web *web, Tree *tree) {
    struct VEC(Fund) stack = {0};
    FundList children = {0};
    TRY(ledger_fund_children(web->cx, web->conn, FUND_NONE, &children));
    for (;;) {
        for (size_t i = children.count; i > 0; i--) {
            *vec_push(web->cx->arena, &stack) = children.items[i - 1];
        }
        if (stack.count == 0 || tree->ids.count >= TREE_NODES_MAX) {
            return STATUS_OK;
        }
        TRY(cx_step(web->cx));
        Fund fund = stack.items[--stack.count];
        children = (FundList){0};
        bool is_small = fund.kind == FUND_SHOP || fund.kind == FUND_DAY || fund.kind == FUND_HOUR;
        if (!fund.is_closed && !is_small) {
            TRY(tree_add(web, tree, &fund));
            TRY(ledger_fund_children(web->cx, web->conn, fund.id, &children));
        }
    }
}

static FormField basis_field(void) {
    return (FormField){.name = "basis",
                       .label = "依据文件",
                       .hint = "文号，例如 潍财建〔2026〕1号",
                       .kind = FIELD_TEXT,
                       .min = 2,
                       .max = 60};
}

static FormField fund_field(Web *web, const Tree *tree, const char *name, const char *label) {
    return (FormField){.name = name,
                       .label = label,
                       .kind = FIELD_CHOICE,
                       .choices = tree->choices.items,
                       .choice_count = tree->choices.count,
                       .value = web_param(web, name)};
}

static const FormField amount_field = {
    .name = "amount", .label = "金额（元）", .kind = FIELD_MONEY, .min = 1};

enum {
    CREATE_PARENT,
    CREATE_KIND,
    CREATE_CODE,
    CREATE_NAME,
    CREATE_YEAR,
    CREATE_CAP,
    CREATE_AMOUNT,
    CREATE_BASIS,
    CREATE_SHARE, /* the first of LEDGER_LEVEL_COUNT */
    CREATE_REUSE = CREATE_SHARE + LEDGER_LEVEL_COUNT,
    CREATE_FIELDS
};
enum { OPEN_FUND, OPEN_PROGRAMME, OPEN_DAYS, OPEN_CLAIMS, OPEN_BASIS };
enum { MOVE_FROM, MOVE_TO, MOVE_AMOUNT, MOVE_BASIS };
enum { RECLAIM_FUND, RECLAIM_AMOUNT, RECLAIM_BASIS };
enum { TOP_UP_FUND, TOP_UP_AMOUNT, TOP_UP_BASIS };
enum { UNFREEZE_FUND, UNFREEZE_BASIS };

static const FormChoice kind_choices[] = {
#define X(name, text, zh) {text, zh},
    FUND_KIND_LIST(X)
#undef X
};
/* Those before the towns: what is set aside and limited has a form of its own. */
enum { FUND_KIND_COUNT = FUND_TOWN };

static FormField choice_field(const char *name, const char *label, const FormChoice *choices,
                              size_t count) {
    return (FormField){.name = name,
                       .label = label,
                       .kind = FIELD_CHOICE,
                       .choices = choices,
                       .choice_count = count};
}

static void share_fields(FormField *fields) {
    static const char *const labels[] = {"中央分担（%）", "省级分担（%）", "市级分担（%）",
                                         "县级分担（%）"};
    for (int i = 0; i < LEDGER_LEVEL_COUNT; i++) {
        fields[CREATE_SHARE + i] = (FormField){.name = ledger_level_text((LedgerLevel)i),
                                               .label = labels[i],
                                               .hint = "只有新的资金来源填写，四项合计 100",
                                               .kind = FIELD_DECIMAL,
                                               .is_optional = true,
                                               .digits = BP_DIGITS,
                                               .max = RATE_BP_ONE};
    }
}

static void create_fields(Web *web, Tree *tree, FormField *fields) {
    static const FormChoice caps[] = {{"money", "单独安排资金"}, {"cap", "只设限额"}};
    static const FormChoice reuse[] = {{"no", "追回后退回财政"}, {"yes", "追回后可再使用"}};
    Tree *all = arena_new(web->cx->arena, Tree);
    *vec_push(web->cx->arena, &all->choices) = (FormChoice){"0", "最上一级（新的资金来源）"};
    *vec_push(web->cx->arena, &all->ids) = FUND_NONE;
    for (size_t i = 0; i < tree->ids.count; i++) {
        *vec_push(web->cx->arena, &all->choices) = tree->choices.items[i];
        *vec_push(web->cx->arena, &all->ids) = tree->ids.items[i];
    }
    *tree = *all;
    fields[CREATE_PARENT] = fund_field(web, tree, "parent", "上级");
    fields[CREATE_KIND] = choice_field("kind", "层级", kind_choices, FUND_KIND_COUNT);
    fields[CREATE_CODE] = (FormField){.name = "code",
                                      .label = "代码",
                                      .hint = "同一上级之下不重复，例如 2027-1",
                                      .kind = FIELD_TEXT,
                                      .min = 1,
                                      .max = 40};
    fields[CREATE_NAME] =
        (FormField){.name = "name", .label = "名称", .kind = FIELD_TEXT, .min = 2, .max = 40};
    fields[CREATE_YEAR] = (FormField){.name = "year", .label = "年度", .kind = FIELD_YEAR};
    fields[CREATE_CAP] = choice_field("is_cap", "性质", caps, 2);
    fields[CREATE_CAP].value = STR("money");
    fields[CREATE_AMOUNT] = amount_field;
    fields[CREATE_AMOUNT].is_optional = true;
    fields[CREATE_AMOUNT].hint = "同时下达的金额，或限额；可以以后再下达";
    fields[CREATE_BASIS] = basis_field();
    share_fields(fields);
    fields[CREATE_REUSE] = choice_field("reuse", "追回的资金", reuse, 2);
    fields[CREATE_REUSE].hint = "只对新的资金来源有效，下级随上级";
    fields[CREATE_REUSE].value = STR("no");
}

static void open_fields(Web *web, const Tree *tree, FormField *fields) {
    fields[OPEN_FUND] = fund_field(web, tree, "fund", "由哪一项资金支付");
    fields[OPEN_FUND].hint = "没有下级资金的节点；项目的年度就是它的年度";
    const City *city = web->app->house;
    FormChoice *programmes = arena_array(web->cx->arena, FormChoice, city->programme_count + 1);
    for (size_t i = 0; i < city->programme_count; i++) {
        programmes[i] = (FormChoice){str_c(web->cx->arena, city->programmes[i].code),
                                     str_c(web->cx->arena, city->programmes[i].name)};
    }
    fields[OPEN_PROGRAMME] = choice_field("programme", "项目", programmes, city->programme_count);
    fields[OPEN_DAYS] = (FormField){.name = "validity_days",
                                    .label = "资格券有效期（天）",
                                    .hint = "领取当天是第 1 天",
                                    .kind = FIELD_INT,
                                    .min = 1,
                                    .max = SETUP_VALIDITY_DAYS_MAX};
    fields[OPEN_CLAIMS] = (FormField){.name = "claims_max",
                                      .label = "每人每类每年最多领取（次）",
                                      .kind = FIELD_INT,
                                      .min = 1,
                                      .max = SETUP_CLAIMS_MAX};
    fields[OPEN_BASIS] = basis_field();
}

static size_t fields_fill(Web *web, SetupKind kind, Tree *tree, FormField *fields) {
    switch (kind) {
    case SETUP_CREATE:
        create_fields(web, tree, fields);
        return CREATE_FIELDS;
    case SETUP_OPEN:
        open_fields(web, tree, fields);
        return OPEN_BASIS + 1;
    case SETUP_MOVE:
        fields[MOVE_FROM] = fund_field(web, tree, "fund", "调出");
        fields[MOVE_TO] = fund_field(web, tree, "to", "调入");
        fields[MOVE_TO].hint = "与调出的在同一上级之下";
        fields[MOVE_AMOUNT] = amount_field;
        fields[MOVE_BASIS] = basis_field();
        return MOVE_BASIS + 1;
    case SETUP_RECLAIM:
        fields[RECLAIM_FUND] = fund_field(web, tree, "fund", "从哪一项收回");
        fields[RECLAIM_FUND].hint = "收回到它的上级；资金来源收回到系统之外";
        fields[RECLAIM_AMOUNT] = amount_field;
        fields[RECLAIM_AMOUNT].value = web_param(web, "amount");
        fields[RECLAIM_BASIS] = basis_field();
        return RECLAIM_BASIS + 1;
    case SETUP_TOP_UP:
        fields[TOP_UP_FUND] = fund_field(web, tree, "fund", "下达到哪一项");
        fields[TOP_UP_FUND].hint = "从它的上级来；资金来源从系统之外来；限额只提高限额";
        fields[TOP_UP_AMOUNT] = amount_field;
        fields[TOP_UP_BASIS] = basis_field();
        return TOP_UP_BASIS + 1;
    case SETUP_UNFREEZE:
        fields[UNFREEZE_FUND] = fund_field(web, tree, "fund", "解除哪一项的冻结");
        fields[UNFREEZE_BASIS] = basis_field();
        return UNFREEZE_BASIS + 1;
    case SETUP_KIND_COUNT:
        break;
    }
    check(false);
    return 0;
}

/* The form of the kind named in the path; tree gets the nodes that its lists offer. */
static Status new_form(Web *web, SetupKind *kind, Tree *tree, const Form **out) {
    if (!setup_kind_of(web->words[0], kind)) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这种资金方案");
    }
    TRY(tree_read(web, tree));
    FormField *fields = arena_array(web->cx->arena, FormField, CREATE_FIELDS);
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){
        .key = "setup",
        .action = str_print(web->cx->arena, "/fund/setup/new/" STR_FMT, STR_ARG(web->words[0])),
        .submit = "提出方案",
        .fields = fields,
        .field_count = fields_fill(web, *kind, tree, fields)};
    *out = form;
    return STATUS_OK;
}

Status setup_new_page(Web *web) {
    SetupKind kind;
    Tree tree = {0};
    const Form *form = NULL;
    TRY(new_form(web, &kind, &tree, &form));
    Str name = setup_kind_zh(kind);
    view_title(web->view, str_print(web->cx->arena, "提出方案：" STR_FMT, STR_ARG(name)));
    view_lead(web->view, STR("提出后由财政的另一位同事或牵头专班批准，批准时才办理。"));
    if (kind != SETUP_CREATE && tree.ids.count == 0) {
        view_notice(web->view, VIEW_INFO, STR("还没有资金，请先新建资金来源。"));
        return STATUS_OK;
    }
    view_form(web->view, form);
    return STATUS_OK;
}

static FundId chosen(const Tree *tree, const FormValue *value) {
    return tree->ids.items[value->number];
}

static void create_of(const Tree *tree, const FormValue *values, Setup *setup) {
    setup->spec = (FundSpec){.parent = chosen(tree, &values[CREATE_PARENT]),
                             .kind = (FundKind)values[CREATE_KIND].number,
                             .is_cap = str_equal(values[CREATE_CAP].text, STR("cap")),
                             .code = values[CREATE_CODE].text,
                             .name = values[CREATE_NAME].text,
                             .year = (int32_t)values[CREATE_YEAR].number};
    if (setup->spec.parent.id == 0) {
        setup->spec.is_recovered_reusable = str_equal(values[CREATE_REUSE].text, STR("yes"));
        for (int i = 0; i < LEDGER_LEVEL_COUNT; i++) {
            setup->spec.rate_bp[i] = values[CREATE_SHARE + i].number;
        }
    }
    setup->amount = money_of_fen(values[CREATE_AMOUNT].number);
    setup->basis = values[CREATE_BASIS].text;
}

static Setup setup_of(SetupKind kind, const Tree *tree, const FormValue *values) {
    Setup setup = {.kind = kind};
    switch (kind) {
    case SETUP_CREATE:
        create_of(tree, values, &setup);
        break;
    case SETUP_OPEN:
        setup.fund = chosen(tree, &values[OPEN_FUND]);
        setup.programme = values[OPEN_PROGRAMME].text;
        setup.validity_days = values[OPEN_DAYS].number;
        setup.claims_max = values[OPEN_CLAIMS].number;
        setup.basis = values[OPEN_BASIS].text;
        break;
    case SETUP_MOVE:
        setup.fund = chosen(tree, &values[MOVE_FROM]);
        setup.to = chosen(tree, &values[MOVE_TO]);
        setup.amount = money_of_fen(values[MOVE_AMOUNT].number);
        setup.basis = values[MOVE_BASIS].text;
        break;
    case SETUP_RECLAIM:
        setup.fund = chosen(tree, &values[RECLAIM_FUND]);
        setup.amount = money_of_fen(values[RECLAIM_AMOUNT].number);
        setup.basis = values[RECLAIM_BASIS].text;
        break;
    case SETUP_TOP_UP:
        setup.fund = chosen(tree, &values[TOP_UP_FUND]);
        setup.amount = money_of_fen(values[TOP_UP_AMOUNT].number);
        setup.basis = values[TOP_UP_BASIS].text;
        break;
    case SETUP_UNFREEZE:
        setup.fund = chosen(tree, &values[UNFREEZE_FUND]);
        setup.basis = values[UNFREEZE_BASIS].text;
        break;
    case SETUP_KIND_COUNT:
        break;
    }
    return setup;
}

static Status propose_work(Cx *cx, DbConn *conn, void *input) {
    int64_t id = 0;
    TRY(setup_propose(cx, conn, input, &id));
    db_answer(conn, str_print(cx->arena, "%" PRId64, id));
    return STATUS_OK;
}

Status setup_new_post(Web *web) {
    SetupKind kind;
    Tree tree = {0};
    const Form *form = NULL;
    TRY(new_form(web, &kind, &tree, &form));
    FormValue values[CREATE_FIELDS];
    TRY(form_read(web, form, values));
    Setup setup = setup_of(kind, &tree, values);
    Str answer = STR_NONE;
    TRY(web_write_once(web, "fund.propose", propose_work, &setup, &answer));
    return web_redirect(web, str_print(web->cx->arena, "/fund/setup/" STR_FMT, STR_ARG(answer)),
                        STR("方案已提出，等待另一人批准"));
}

typedef struct Decide {
    int64_t id;
    Str reason;
} Decide;

static Status approve_work(Cx *cx, DbConn *conn, void *input) {
    return setup_approve(cx, conn, ((const Decide *)input)->id);
}

static Status refuse_work(Cx *cx, DbConn *conn, void *input) {
    const Decide *decide = input;
    return setup_refuse(cx, conn, decide->id, decide->reason);
}

Status setup_approve_post(Web *web) {
    Decide decide = {.id = web->ids[0]};
    TRY(web_write(web, "fund.approve", approve_work, &decide, NULL));
    return web_redirect(web, setup_href(web, decide.id), STR("方案已批准并办成"));
}

Status setup_refuse_post(Web *web) {
    FormValue values[REFUSE_FIELDS];
    TRY(form_read(web, refuse_form(web), values));
    Decide decide = {.id = web->ids[0], .reason = values[REFUSE_REASON].text};
    TRY(web_write(web, "fund.refuse", refuse_work, &decide, NULL));
    return web_redirect(web, setup_href(web, decide.id), STR("方案已退回"));
}
