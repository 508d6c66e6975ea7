/*
 * advance_pages.c - the settlement rule: what is in force, proposing a new one, approving it; and
 * taking an advance on that the rule has made.
 */
#include "office/shop/advance_store.h"
#include "web/form.h"

#include <inttypes.h>

enum { RULE_THRESHOLD, RULE_SHARE, RULE_DAYS, RULE_BASIS, RULE_FIELDS };

static const Form *rule_form(Web *web) {
    static const FormField fields[RULE_FIELDS] = {
        {.name = "threshold",
         .label = "预拨线（元）",
         .hint = "一家商户垫付达到这个数就预拨；不预拨则空着",
         .kind = FIELD_MONEY,
         .is_optional = true,
         .min = 1},
        {.name = "share",
         .label = "预拨比例（%）",
         .hint = "预拨到垫付总额的百分之几，例如 80",
         .kind = FIELD_DECIMAL,
         .is_optional = true,
         .digits = 2,
         .min = 1,
         .max = RATE_BP_ONE},
        {.name = "pay_days",
         .label = "到账期限（工作日）",
         .hint = "核销之后多少个工作日之内付给商户；不规定则空着",
         .kind = FIELD_INT,
         .is_optional = true,
         .min = 1,
         .max = ADVANCE_PAY_DAYS_MAX},
        {.name = "basis",
         .label = "依据文件",
         .hint = "文号，例如 安财建〔2026〕1号",
         .kind = FIELD_TEXT,
         .min = 2,
         .max = 60}};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "rule",
                   .action = STR("/settlement/rule"),
                   .submit = "提出规则",
                   .fields = fields,
                   .field_count = RULE_FIELDS};
    return form;
}

static ViewValue threshold_value(const SettlementRule *rule) {
    return rule->threshold.fen == 0 ? VIEW_TEXT(STR("不预拨")) : VIEW_MONEY(rule->threshold);
}

static ViewValue days_value(const SettlementRule *rule) {
    return rule->pay_days == 0 ? VIEW_TEXT(STR("未规定")) : VIEW_INT(rule->pay_days);
}

static void now_view(Web *web, const SettlementRule *rule) {
    View *view = web->view;
    view_section(view, STR("执行中"));
    if (rule->id == 0) {
        view_notice(view, VIEW_INFO,
                    STR("未设置。没有规则时不预拨，也没有到账期限；批次由财政随时生成。"));
        return;
    }
    view_facts_begin(view, "now", true);
    view_fact(view, "threshold_fen", "预拨线", threshold_value(rule));
    view_fact(view, "share_bp", "预拨比例", VIEW_PERCENT_BP(rule->share_bp));
    view_fact(view, "pay_days", "到账期限（工作日）", days_value(rule));
    view_fact(view, "basis", "依据", VIEW_TEXT(rule->basis));
    view_facts_end(view);
}

static ViewValue state_value(const SettlementRule *rule, int64_t now_id) {
    if (str_equal(rule->state, STR("proposed"))) {
        return VIEW_BADGE(VIEW_WARN, STR("proposed"), STR("待批准"));
    }
    if (str_equal(rule->state, STR("refused"))) {
        return VIEW_BADGE(VIEW_BAD, STR("refused"), STR("已退回"));
    }
    return rule->id == now_id ? VIEW_BADGE(VIEW_GOOD, STR("now"), STR("执行中"))
                              : VIEW_BADGE(VIEW_NEUTRAL, STR("over"), STR("已被代替"));
}

static const ViewColumn columns[] = {
    {"id", "编号", true},
    {"threshold_fen", "预拨线", true},
    {"share_bp", "比例", true},
    {"pay_days", "到账期限", true},
    {"basis", "依据", false},
    {"made_by", "提出人", false},
    {"decided_by", "批准人", false},
    {"state", "状态", false},
    {"approve", "批准", false},
    {"refuse", "退回", false},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static void rule_row(Web *web, const SettlementRule *rule, int64_t now_id) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    bool is_open = str_equal(rule->state, STR("proposed")) && web->user->role != ROLE_AUDITOR;
    bool may_approve = is_open && rule->made_by != web->user->id;
    view_row(view);
    view_cell(view, VIEW_INT(rule->id));
    view_cell(view, threshold_value(rule));
    view_cell(view, VIEW_PERCENT_BP(rule->share_bp));
    view_cell(view, days_value(rule));
    view_cell(view, VIEW_TEXT(rule->basis));
    view_cell(view, VIEW_TEXT(rule->made_name));
    view_cell(view, VIEW_TEXT(rule->decided_by == 0 ? STR("—") : rule->decided_name));
    view_cell(view, state_value(rule, now_id));
    view_cell_action(view, str_print(arena, "/settlement/rule/%" PRId64 "/approve", rule->id),
                     may_approve ? STR("批准") : STR_NONE, "批准后立即执行，确认批准？");
    view_cell_action(view, str_print(arena, "/settlement/rule/%" PRId64 "/refuse", rule->id),
                     is_open ? STR("退回") : STR_NONE, NULL);
}

Status advance_rule_page(Web *web) {
    SettlementRule now;
    SettlementRuleList list;
    View *view = web->view;
    TRY(advance_rule_now(web->cx, web->conn, &now));
    TRY(advance_rules(web->cx, web->conn, &list));
    view_title(view, STR("结算规则"));
    view_lead(view, STR("商户垫付达到预拨线，系统自动生成预拨批次，排在最前面；到账期限到了没有付的"
                        "标红。规则由一人提出、另一人批准。"));
    now_view(web, &now);
    if (web->user->role == ROLE_FINANCE) {
        view_section(view, STR("提出新的规则"));
        view_form(view, rule_form(web));
    }
    view_section(view, STR("历次规则"));
    view_table_begin(view, "rules", STR("历次规则"), columns, COLUMNS);
    for (size_t i = 0; i < list.count; i++) {
        rule_row(web, &list.items[i], now.id);
    }
    view_table_end(view, STR("还没有提出过规则"));
    if (web->user->role != ROLE_LEAD) {
        view_link(view, STR("/settlement"), STR("返回结算"), false);
    }
    return STATUS_OK;
}

static Status propose_work(Cx *cx, DbConn *conn, void *input) {
    int64_t id = 0;
    return advance_rule_propose(cx, conn, input, &id);
}

Status advance_rule_post(Web *web) {
    FormValue values[RULE_FIELDS];
    TRY(form_read(web, rule_form(web), values));
    SettlementRule rule = {
        .threshold = {values[RULE_THRESHOLD].is_given ? values[RULE_THRESHOLD].number : 0},
        .share_bp = values[RULE_SHARE].is_given ? values[RULE_SHARE].number : 0,
        .pay_days = values[RULE_DAYS].is_given ? values[RULE_DAYS].number : 0,
        .basis = values[RULE_BASIS].text};
    TRY(web_write_once(web, "settlement_rule.propose", propose_work, &rule, NULL));
    return web_redirect(web, STR("/settlement/rule"), STR("规则已提出，等待另一人批准"));
}

typedef struct Decide {
    int64_t id;
    bool is_approved;
} Decide;

static Status decide_work(Cx *cx, DbConn *conn, void *input) {
    const Decide *decide = input;
    return advance_rule_decide(cx, conn, decide->id, decide->is_approved);
}

static Status decide_post(Web *web, bool is_approved, Str done) {
    Decide decide = {web->ids[0], is_approved};
    TRY(web_write(web, "settlement_rule.decide", decide_work, &decide, NULL));
    return web_redirect(web, STR("/settlement/rule"), done);
}

Status advance_approve_post(Web *web) {
    return decide_post(web, true, STR("规则已批准，立即执行"));
}

Status advance_refuse_post(Web *web) {
    return decide_post(web, false, STR("规则已退回"));
}

static Status check_work(Cx *cx, DbConn *conn, void *input) {
    return advance_check(cx, conn, *(const int64_t *)input);
}

Status advance_check_post(Web *web) {
    int64_t id = web->ids[0];
    TRY(web_write(web, "settlement.check", check_work, &id, NULL));
    return web_redirect(web, str_print(web->cx->arena, "/settlement/%" PRId64, id),
                        STR("已核对。付款后由另一位同事登记银行流水号。"));
}
