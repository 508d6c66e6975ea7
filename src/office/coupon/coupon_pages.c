/*
 * coupon_pages.c - the resident's coupons: claim (after the calculator's questions), list, one
 * coupon with its number in large letters, give back.
 */
#include "base/codes.h"
#include "office/coupon/coupon_store.h"
#include "office/coupon/wait.h"
#include "office/mark/mark.h"
#include "office/people/people.h"
#include "web/form.h"

#include <inttypes.h>

static const City *city_of(const Web *web) {
    return web->app->house;
}

static Str category_name(const Web *web, const Coupon *coupon) {
    return city_category_name(city_of(web), coupon->programme, coupon->category);
}

/* A coupon lapses at the midnight that ends its last day. */
static Day last_day(const Coupon *coupon) {
    return day_of_instant(coupon->expires_ms - 1);
}

static const ViewColumn coupon_columns[] = {
    {"code", "券码", false},           {"category", "类别", false},
    {"state", "状态", false},          {"amount_fen", "金额", true},
    {"claimed_ms", "领取时间", false}, {"last_day", "最后一天", false},
};

Status coupon_list_page(Web *web) {
    CouponList list;
    TRY(coupon_store_of_person(web->cx, web->conn, web->user->id, &list));
    View *view = web->view;
    view_title(view, STR("我的资格券"));
    view_lead(view, STR("一类商品一张券。先看能补多少，再领券；点券码可以出示给商家。"));
    view_link(view, STR("/calculator"), STR("看看我能补多少，再领券"), true);
    view_link(view, STR("/release"), STR("各期发放：什么时候发、怎样发"), false);
    view_section(view, STR("全部资格券"));
    view_table_begin(view, "coupons", STR("我的资格券"), coupon_columns, 6);
    for (size_t i = 0; i < list.count; i++) {
        const Coupon *coupon = &list.items[i];
        view_row(view);
        view_cell(view, VIEW_LINK(str_print(web->cx->arena, "/coupon/%" PRId64, coupon->id),
                                  coupon->code));
        view_cell(view, VIEW_TEXT(category_name(web, coupon)));
        view_cell(view, coupon_state_view(coupon->state));
        view_cell(view, VIEW_MONEY(coupon->amount));
        view_cell(view, VIEW_INSTANT(coupon->claimed_ms));
        view_cell(view, VIEW_DAY(last_day(coupon)));
    }
    view_table_end(view, STR("您还没有领取过资格券"));
    return STATUS_OK;
}

static Str code_grouped(Arena *arena, Str code) {
    if (code.len != 12) {
        return code;
    }
    return str_print(arena, STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(str_slice(code, 0, 4)),
                     STR_ARG(str_slice(code, 4, 4)), STR_ARG(str_slice(code, 8, 4)));
}

static Status own_coupon(Web *web, Coupon *coupon) {
    TRY(coupon_find(web->cx, web->conn, web->ids[0], coupon));
    if (coupon->person_id != web->user->id) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这张资格券");
    }
    return STATUS_OK;
}

/* The number as it is read out at the till: large, in groups of four. */
static void code_write(Html *html, Arena *arena, const Coupon *coupon) {
    HTML(html, "div.answer.show-code") {
        HTML_LEAF(html, "p.mute", "付款时把这个券码给商家看");
        HTML_LEAF(html, "strong.coupon-code", code_grouped(arena, coupon->code), "id", "code");
        HTML_LEAF(html, "button.button.small", "复制券码", "type", "button", "data-copy", "#code",
                  "hidden", true);
    }
}

static const char *amount_label(const Coupon *coupon) {
    if (str_equal(coupon->state, STR("claimed"))) {
        return "已为您预留（最高）";
    }
    bool is_used =
        str_equal(coupon->state, STR("redeemed")) || str_equal(coupon->state, STR("settled"));
    return is_used ? "补贴金额" : "曾预留（已释放）";
}

static void coupon_facts(Web *web, const Coupon *coupon) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    bool is_open = str_equal(coupon->state, STR("claimed"));
    Html *html = view_html(view);
    if (html != NULL && is_open) {
        code_write(html, arena, coupon);
    }
    view_facts_begin(view, NULL, false);
    if (html == NULL || !is_open) {
        view_fact(view, "code", "券码", VIEW_TEXT(code_grouped(arena, coupon->code)));
    }
    view_fact(view, "category", "类别", VIEW_TEXT(category_name(web, coupon)));
    view_fact(view, "state", "状态", coupon_state_view(coupon->state));
    view_fact(view, "amount_fen", amount_label(coupon), VIEW_MONEY(coupon->amount));
    view_fact(view, "last_day", "最后一天（含当天）", VIEW_DAY(last_day(coupon)));
    view_fact(view, "decision", "政策依据",
              VIEW_LINK(str_print(arena, "/decision/%" PRId64, coupon->decision_id),
                        STR("查看命中的条款")));
    view_facts_end(view);
}

Status coupon_page(Web *web) {
    Coupon coupon;
    TRY(own_coupon(web, &coupon));
    Arena *arena = web->cx->arena;
    View *view = web->view;
    view_title(view, str_print(arena, STR_FMT "资格券", STR_ARG(category_name(web, &coupon))));
    view_section(view, STR("券面"));
    coupon_facts(web, &coupon);
    if (str_equal(coupon.state, STR("claimed"))) {
        view_notice(view, VIEW_INFO,
                    STR("购买人、付款人、收货人须是您本人；实际补贴按成交价计算，"
                        "用不完的部分自动退回资金池；过了最后一天自动失效，可以重新领取。"));
        view_action(view, str_print(arena, "/coupon/%" PRId64 "/withdraw", coupon.id),
                    STR("不用了，退回资格券"), "退回后预留的资金立即释放，确认退回？");
    } else if (str_equal(coupon.state, STR("redeemed")) ||
               str_equal(coupon.state, STR("settled"))) {
        view_link(view, str_print(arena, "/pickup/new?coupon=%" PRId64, coupon.id),
                  STR("预约上门回收旧家电"), true);
    } else {
        view_link(view, STR("/calculator"), STR("重新领取"), true);
    }
    return STATUS_OK;
}

/* ---- claiming ---- */

enum { CLAIM_PROGRAMME, CLAIM_CATEGORY, CLAIM_LEVEL, CLAIM_PRICE, CLAIM_AGREE, CLAIM_FIELDS };

static const Form *claim_form(Web *web) {
    FormField *fields = arena_array(web->cx->arena, FormField, CLAIM_FIELDS);
    fields[CLAIM_PROGRAMME] = (FormField){
        .name = "programme", .label = "项目", .kind = FIELD_HIDDEN, .min = 1, .max = 40};
    fields[CLAIM_CATEGORY] =
        (FormField){.name = "category", .label = "类别", .kind = FIELD_HIDDEN, .min = 1, .max = 40};
    fields[CLAIM_LEVEL] = (FormField){
        .name = "level", .label = "能效等级", .kind = FIELD_HIDDEN, .is_optional = true, .max = 1};
    fields[CLAIM_PRICE] =
        (FormField){.name = "price", .label = "成交价", .kind = FIELD_HIDDEN, .min = 1, .max = 20};
    fields[CLAIM_AGREE] =
        (FormField){.name = "agree",
                    .label = "我承诺：由本人购买、付款、收货，一券一件，不转让、不套补",
                    .kind = FIELD_CHECK};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "claim",
                   .action = STR("/coupon/claim"),
                   .submit = "领取资格券",
                   .fields = fields,
                   .field_count = CLAIM_FIELDS};
    return form;
}

/* Judges the case by the price that the person expects; the coupon then reserves the table's cap,
 * because the final price is not known yet. */
static Status claim_case(Web *web, const CityCategory **category, PolicyAnswer *answer) {
    Str programme = web_param(web, "programme");
    Str code = web_param(web, "category");
    int64_t year = day_parts(web_today(web)).year;
    *category = city_category(city_of(web), programme, year, code);
    if (*category == NULL) {
        return fault(web->cx, STATUS_INVALID, "%" PRId64 " 年没有这个补贴类别", year);
    }
    PolicyGoods goods = {.programme = programme,
                         .category_name = (*category)->name,
                         .efficiency_level = web_param_int(web, "level", 0),
                         .day = web_today(web)};
    TRY(money_parse(web->cx, web_param(web, "price"), &goods.price));
    return policy_decide_goods(web->cx, city_of(web)->policies, &goods, answer);
}

Status coupon_claim_page(Web *web) {
    const CityCategory *category = NULL;
    PolicyAnswer answer;
    TRY(claim_case(web, &category, &answer));
    TreasuryPot pot;
    TRY(treasury_pot_find(web->cx, web->conn, category->programme, category->year, &pot));
    Money left = MONEY_ZERO;
    Person person;
    TRY(people_person_find(web->cx, web->conn, web->user->id, &person));
    TreasuryAsk ask = {.pot = pot.fund, .town_code = person.town_code, .now_ms = web->now_ms};
    TRY(treasury_left(web->cx, web->conn, &ask, &left));
    View *view = web->view;
    view_title(view, str_print(web->cx->arena, "领取" STR_FMT "资格券", STR_ARG(category->name)));
    view_section(view, STR("您将得到"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "category", "类别", VIEW_TEXT(category->name));
    view_fact(view, "cap_fen", "为您预留（最高补贴）", VIEW_MONEY(answer.cap));
    view_fact(view, "validity_days", "有效天数（含领取当天）", VIEW_INT(pot.validity_days));
    view_fact(view, "left_fen", "资金还剩（大家共用）", VIEW_MONEY(left));
    view_fact(view, "rule", "政策编号", VIEW_TEXT(answer.rule));
    view_fact(view, "document", "文件", VIEW_TEXT(answer.document));
    view_facts_end(view);
    if (!answer.is_eligible) {
        view_notice(view, VIEW_BAD, answer.reason);
        return STATUS_OK;
    }
    view_form(view, claim_form(web));
    return STATUS_OK;
}

typedef struct ClaimInput {
    CouponClaim claim;
    Str device_hash;
    int64_t id;
} ClaimInput;

static Status claim_work(Cx *cx, DbConn *conn, void *input) {
    ClaimInput *in = input;
    TRY(coupon_claim(cx, conn, &in->claim, &in->id));
    MarkUse use = {.kind = MARK_DEVICE,
                   .hash = in->device_hash,
                   .subject = STR("coupon"),
                   .subject_id = in->id,
                   .person_id = in->claim.person_id,
                   .now_ms = in->claim.now_ms};
    TRY(mark_put(cx, conn, &use));
    db_answer(conn, str_print(cx->arena, "%" PRId64, in->id));
    return STATUS_OK;
}

static Status claim_foresee(Cx *cx, DbConn *conn, void *const *inputs, size_t count) {
    const CouponClaim **claims = arena_array(cx->arena, const CouponClaim *, count);
    for (size_t i = 0; i < count; i++) {
        const ClaimInput *in = inputs[i];
        claims[i] = &in->claim;
    }
    return coupon_foresee(cx, conn, claims, count);
}

/* Reads the form and judges the case. */
static Status claim_read(Web *web, ClaimInput **out) {
    FormValue values[CLAIM_FIELDS];
    TRY(form_read(web, claim_form(web), values));
    const CityCategory *category = NULL;
    PolicyAnswer *answer = arena_new(web->cx->arena, PolicyAnswer);
    TRY(claim_case(web, &category, answer));
    *out = arena_new(web->cx->arena, ClaimInput);
    (*out)->claim = (CouponClaim){.person_id = web->user->id,
                                  .category = category,
                                  .answer = answer,
                                  .code = coupon_code_new(web->cx->arena),
                                  .day = web_today(web),
                                  .now_ms = web->now_ms};
    (*out)->device_hash = mark_device(web);
    return STATUS_OK;
}

/* The end of the act, however it went. */
static Status claim_then(Web *web, Status status, Str id) {
    coupon_wait_done(web, status);
    TRY(status);
    view_facts_begin(web->view, NULL, false);
    view_fact(web->view, "coupon_id", "编号", VIEW_TEXT(id));
    view_facts_end(web->view);
    return web_redirect(web, str_print(web->cx->arena, "/coupon/" STR_FMT, STR_ARG(id)),
                        str_print(web->cx->arena,
                                  "领取成功，编号 " STR_FMT
                                  "，补贴资金已为您预留。下一步：到参加活动的商家出示券码。",
                                  STR_ARG(id)));
}

static const DbCrowd claim_crowd = {.foresee = claim_foresee};
static const WebAct claim_act = {"coupon.claim", claim_work, claim_then, &claim_crowd};

/* When too many come at once, everybody waits for their turn: web/lobby.h. */
Status coupon_claim_post(Web *web) {
    bool may = false;
    TRY(coupon_wait_pass(web, &may));
    if (!may) {
        return STATUS_OK;
    }
    ClaimInput *input = NULL;
    Status status = claim_read(web, &input);
    return status == STATUS_OK ? web_write_then(web, &claim_act, input)
                               : claim_then(web, status, STR_NONE);
}

typedef struct WithdrawInput {
    int64_t coupon_id;
    int64_t person_id;
    int64_t now_ms;
} WithdrawInput;

static Status withdraw_work(Cx *cx, DbConn *conn, void *input) {
    const WithdrawInput *in = input;
    return coupon_withdraw(cx, conn, in->coupon_id, in->person_id, in->now_ms);
}

Status coupon_withdraw_post(Web *web) {
    WithdrawInput input = {
        .coupon_id = web->ids[0], .person_id = web->user->id, .now_ms = web->now_ms};
    TRY(web_write(web, "coupon.withdraw", withdraw_work, &input, NULL));
    return web_redirect(web, STR("/coupon"),
                        STR("资格券已退回，预留的资金已经释放。需要时可以重新领取。"));
}
