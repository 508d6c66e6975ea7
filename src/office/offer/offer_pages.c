/*
 * offer_pages.c - the officers' list of who already meets a programme, with filters, export and the
 * button that hands an offer on; and the firm's page, where one click begins the claim.
 */
#include "base/limits.h"
#include "office/offer/offer_store.h"
#include "sheet/sheet.h"
#include "web/form.h"

#include <inttypes.h>

enum {
    LIST_ROWS = 50,
    EXPORT_ROWS_MAX = 20000,
    INVITE_ALL_MAX = 500, /* one command; the rest with the next press */
    EXPORT_BYTES_MAX = 32 * 1024 * 1024,
};

static const City *city_of(const Web *web) {
    return web->app->house;
}

static Str title_of(const Web *web, Str programme) {
    const ClaimProgramme *declared = claim_programme(city_of(web), programme);
    return declared != NULL ? declared->title : programme;
}

static ViewValue state_badge(Str state) {
#define X(name, code, zh, tone)                                                                    \
    if (str_equal(state, STR(code))) {                                                             \
        return VIEW_BADGE(VIEW_##tone, STR(code), STR(zh));                                        \
    }
    OFFER_STATE_LIST(X)
#undef X
    return VIEW_TEXT(state);
}

/* ---- the filter ---- */

enum { FILTER_PROGRAMME, FILTER_TOWN, FILTER_STATE, FILTER_UNIT, FILTER_FIELDS };

static void programme_choices(Web *web, FormField *field) {
    const OfferLibrary *library = city_of(web)->offers;
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, library->count + 1);
    for (size_t i = 0; i < library->count; i++) {
        const ClaimProgramme *programme = library->items[i].programme;
        bool is_there = false;
        for (size_t k = 0; k < field->choice_count; k++) {
            is_there = is_there || str_equal(str_of(choices[k].code), programme->code);
        }
        if (!is_there) {
            choices[field->choice_count++] = (FormChoice){str_c(web->cx->arena, programme->code),
                                                          str_c(web->cx->arena, programme->title)};
        }
    }
    field->choices = choices;
}

static void unit_choices(Web *web, FormField *field) {
    const OfferLibrary *library = city_of(web)->offers;
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, library->count + 1);
    for (size_t i = 0; i < library->count; i++) {
        const char *unit = str_c(web->cx->arena, library->items[i].programme->unit);
        bool is_there = false;
        for (size_t k = 0; k < field->choice_count; k++) {
            is_there = is_there || str_equal(str_of(choices[k].code), str_of(unit));
        }
        if (!is_there) {
            choices[field->choice_count++] = (FormChoice){unit, unit};
        }
    }
    field->choices = choices;
}

static void town_choices(Web *web, FormField *field) {
    const City *city = city_of(web);
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, city->town_count + 1);
    for (size_t i = 0; i < city->town_count; i++) {
        choices[i] = (FormChoice){str_c(web->cx->arena, city->towns[i].code),
                                  str_c(web->cx->arena, city->towns[i].name)};
    }
    field->choices = choices;
    field->choice_count = city->town_count;
}

static const Form *filter_form(Web *web) {
    static const FormChoice states[] = {
#define X(name, code, zh, tone) {code, zh},
        OFFER_STATE_LIST(X)
#undef X
    };
    FormField *fields = arena_array(web->cx->arena, FormField, FILTER_FIELDS);
    fields[FILTER_PROGRAMME] = (FormField){
        .name = "programme", .label = "项目", .kind = FIELD_CHOICE, .is_optional = true};
    programme_choices(web, &fields[FILTER_PROGRAMME]);
    fields[FILTER_TOWN] =
        (FormField){.name = "town", .label = "镇街", .kind = FIELD_CHOICE, .is_optional = true};
    town_choices(web, &fields[FILTER_TOWN]);
    fields[FILTER_STATE] = (FormField){.name = "state",
                                       .label = "状态",
                                       .kind = FIELD_CHOICE,
                                       .is_optional = true,
                                       .choices = states,
                                       .choice_count = sizeof states / sizeof states[0]};
    fields[FILTER_UNIT] =
        (FormField){.name = "unit", .label = "办理部门", .kind = FIELD_CHOICE, .is_optional = true};
    unit_choices(web, &fields[FILTER_UNIT]);
    Form *form = arena_new(web->cx->arena, Form);
    *form =
        (Form){.key = "filter",
               .action = STR("/offer"),
               .submit = "筛选",
               .fields = fields,
               .field_count = web->user->role == ROLE_OFFICER ? FILTER_UNIT : (size_t)FILTER_FIELDS,
               .is_get = true,
               .is_bar = true,
               .clear = STR("/offer")};
    return form;
}

/* An officer sees the offers of her own unit; the others those that they ask for. */
static Status filter_read(Web *web, OfferFilter *out) {
    FormValue values[FILTER_FIELDS] = {0};
    TRY(form_read(web, filter_form(web), values));
    *out = (OfferFilter){
        .programme = values[FILTER_PROGRAMME].is_given ? values[FILTER_PROGRAMME].text : STR(""),
        .town = values[FILTER_TOWN].is_given ? values[FILTER_TOWN].text : STR(""),
        .state = values[FILTER_STATE].is_given ? values[FILTER_STATE].text : STR(""),
        .unit = values[FILTER_UNIT].is_given ? values[FILTER_UNIT].text : STR(""),
        .page = web_param_int(web, "page", 0),
        .row_max = LIST_ROWS};
    if (web->user->role == ROLE_OFFICER) {
        TRY(offer_store_unit(web->cx, web->conn, web->user->id, &out->unit));
        out->unit = out->unit.len > 0 ? out->unit : STR("-");
    }
    return STATUS_OK;
}

static Str filter_query(Web *web, const OfferFilter *filter) {
    return str_print(web->cx->arena,
                     "?programme=" STR_FMT "&town=" STR_FMT "&state=" STR_FMT "&unit=" STR_FMT,
                     STR_ARG(filter->programme), STR_ARG(filter->town), STR_ARG(filter->state),
                     STR_ARG(web->user->role == ROLE_OFFICER ? STR("") : filter->unit));
}

/* ---- the list ---- */

/* The sum as far as it may be said: nothing that nobody has set, and marked where unsigned. */
static Status amount_read(Web *web, const Offer *offer, ViewValue *amount, ViewValue *state) {
    const PolicyVersion *version = NULL;
    bool is_payable = false;
    TRY(policy_version_find(web->cx, city_of(web)->policies, offer->version, &version));
    TRY(policy_is_payable(web->cx, web->conn, version, &is_payable));
    bool is_set = !offer->is_unset && offer->amount.fen > 0 && version->is_enabled;
    *amount = is_set ? VIEW_MONEY(offer->amount) : VIEW_NONE;
    *state = !is_set       ? VIEW_BADGE(VIEW_NEUTRAL, STR("unset"), STR("标准未设置"))
             : !is_payable ? VIEW_BADGE(VIEW_WARN, STR("unsigned"), STR("待签认，不支付"))
             : offer->conditions.len > 0 ? VIEW_BADGE(VIEW_INFO, STR("open"), STR("最多，要补充"))
                                         : VIEW_BADGE(VIEW_GOOD, STR("whole"), STR("记录已齐"));
    return STATUS_OK;
}

static Str why_of(Arena *arena, const Offer *offer) {
    return offer->conditions.len == 0
               ? offer->reason
               : str_print(arena, STR_FMT "。记录里没有、按这些算：" STR_FMT,
                           STR_ARG(offer->reason), STR_ARG(offer->conditions));
}

static const ViewColumn list_columns[] = {
    {"owner", "权利人和镇街", false}, {"thing", "设备", false}, {"record", "依据记录", false},
    {"rule", "规则", false},          {"why", "为什么", false}, {"amount_fen", "金额", true},
    {"pay", "支付", false},           {"state", "状态", false}, {"action", "办理", false},
};
enum { LIST_COLUMNS = 9 };

static Status list_row(Web *web, const Offer *offer) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    ViewValue amount;
    ViewValue pay;
    const PolicyVersion *version = NULL;
    TRY(amount_read(web, offer, &amount, &pay));
    TRY(policy_version_find(web->cx, city_of(web)->policies, offer->version, &version));
    view_row(view);
    view_cell(view, VIEW_TEXT(str_print(
                        arena, STR_FMT "，" STR_FMT,
                        STR_ARG(offer->owner_name.len > 0 ? offer->owner_name : STR("未登记")),
                        STR_ARG(city_town_name(city_of(web), offer->town)))));
    view_cell(view, VIEW_TEXT(offer->thing));
    view_cell(view, VIEW_LINK(str_print(arena, "/record/" STR_FMT "/%" PRId64, STR_ARG(offer->kind),
                                        offer->record_id),
                              offer->record_number));
    view_cell(view, VIEW_LINK(policy_version_path(arena, version), offer->fired));
    view_cell(view, VIEW_TEXT(why_of(arena, offer)));
    view_cell(view, amount);
    view_cell(view, pay);
    view_cell(view, state_badge(offer->state));
    if (web->user->role == ROLE_OFFICER && offer->org_id > 0 &&
        str_equal(offer->state, STR("found"))) {
        view_cell_action(view, str_print(arena, "/offer/%" PRId64 "/invite", offer->id),
                         STR("告知企业"), NULL);
    } else {
        view_cell(view, VIEW_TEXT(offer->org_id > 0 ? STR("—") : STR("没有账号，请电话或上门")));
    }
    return STATUS_OK;
}

static void invite_all_write(Web *web, const OfferFilter *filter) {
    Html *html = view_html(web->view);
    if (html == NULL || web->user->role != ROLE_OFFICER) {
        return;
    }
    HTML(html, "form", "method", "post", "action", "/offer/invite", "data-once", "") {
        view_form_secrets(web->view, html);
        HTML_VOID(html, "input", "type", "hidden", "name", "programme", "value", filter->programme);
        HTML_VOID(html, "input", "type", "hidden", "name", "town", "value", filter->town);
        HTML_LEAF(html, "button.button.plain", "告知筛选出的全部企业", "type", "submit");
    }
}

Status offer_list_page(Web *web) {
    OfferFilter filter;
    OfferList list;
    int64_t count = 0;
    View *view = web->view;
    view_title(view, STR("免申即享名单"));
    view_lead(view,
              STR("按已经登记的记录，已符合项目条件、还没有申请的。后台随记录更新，点“告知企业”后，"
                  "企业登录就能看到，确认一次即生成申请。"));
    TRY(filter_read(web, &filter));
    TRY(offer_store_count(web->cx, web->conn, &filter, &count));
    TRY(offer_store_list(web->cx, web->conn, &filter, &list));
    view_section(view, str_print(web->cx->arena, "名单（%" PRId64 "）", count));
    view_form(view, filter_form(web));
    view_link(view,
              str_print(web->cx->arena, "/offer/file" STR_FMT, STR_ARG(filter_query(web, &filter))),
              STR("导出名单（Excel）"), false);
    view_table_begin(view, "offers", STR("免申即享名单"), list_columns, LIST_COLUMNS);
    for (size_t i = 0; i < list.count; i++) {
        TRY(cx_step(web->cx));
        TRY(list_row(web, &list.items[i]));
    }
    view_table_end(view, STR("现在没有符合条件而未申请的记录"));
    view_pager(view,
               str_print(web->cx->arena, "/offer" STR_FMT, STR_ARG(filter_query(web, &filter))),
               filter.page, list.has_more);
    invite_all_write(web, &filter);
    return STATUS_OK;
}

/* ---- the list as a file ---- */

static Status file_row(Web *web, SheetWriter *writer, const Offer *offer) {
    ViewValue amount;
    ViewValue pay;
    TRY(amount_read(web, offer, &amount, &pay));
    SheetCell cells[] = {sheet_text(offer->owner_name),
                         sheet_text(city_town_name(city_of(web), offer->town)),
                         sheet_text(title_of(web, offer->programme)),
                         sheet_text(offer->thing),
                         sheet_text(offer->record_number),
                         sheet_text(offer->fired),
                         sheet_text(why_of(web->cx->arena, offer)),
                         amount.kind == VIEW_KIND_MONEY ? sheet_money(offer->amount)
                                                        : SHEET_CELL_NONE,
                         sheet_text(pay.text),
                         sheet_text(state_badge(offer->state).text),
                         sheet_text(offer->unit)};
    return sheet_row(writer, cells, sizeof cells / sizeof cells[0]);
}

Status offer_list_file(Web *web) {
    static const SheetColumn columns[] = {
        {"权利人", SHEET_TEXT, 30}, {"镇街", SHEET_TEXT, 12},     {"项目", SHEET_TEXT, 26},
        {"设备", SHEET_TEXT, 22},   {"依据记录", SHEET_TEXT, 18}, {"规则", SHEET_TEXT, 18},
        {"为什么", SHEET_TEXT, 60}, {"金额", SHEET_MONEY, 14},    {"能不能支付", SHEET_TEXT, 22},
        {"状态", SHEET_TEXT, 22},   {"办理部门", SHEET_TEXT, 18}};
    OfferFilter filter;
    OfferList list;
    SheetWriter *writer = NULL;
    TRY(filter_read(web, &filter));
    filter.page = 0;
    filter.row_max = EXPORT_ROWS_MAX;
    TRY(offer_store_list(web->cx, web->conn, &filter, &list));
    if (list.has_more) {
        return fault(web->cx, STATUS_LIMIT, "一次最多导出 %d 条，请加上筛选条件", EXPORT_ROWS_MAX);
    }
    Buf *buf = buf_in(web->cx->arena, EXPORT_BYTES_MAX);
    SheetWriteOptions options = {.form = SHEET_XLSX,
                                 .folder = str_c(web->cx->arena, city_of(web)->data_folder),
                                 .made_ms = web->now_ms,
                                 .author = city_of(web)->name};
    SheetTable table = {.name = STR("免申即享名单"),
                        .columns = columns,
                        .column_count = sizeof columns / sizeof columns[0],
                        .is_landscape = true};
    TRY(sheet_writer_new(web->cx, &options, sheet_sink_buf(buf), &writer));
    TRY(sheet_begin(writer, &table));
    for (size_t i = 0; i < list.count; i++) {
        TRY(cx_step(web->cx));
        TRY(file_row(web, writer, &list.items[i]));
    }
    TRY(sheet_finish(writer));
    web->is_download = true;
    return web_file(web, STR("免申即享名单.xlsx"), sheet_form_type(SHEET_XLSX, SHEET_UTF8),
                    buf_str(buf));
}

/* ---- handing on ---- */

static Status invite_work(Cx *cx, DbConn *conn, void *input) {
    return offer_invite(cx, conn, input);
}

Status offer_invite_post(Web *web) {
    OfferAct act = {web->ids[0], web->user->id, web->now_ms};
    TRY(web_write(web, "offer.invite", invite_work, &act, NULL));
    return web_redirect(web, STR("/offer"), STR("已告知，企业登录后在“免申即享”里能看到。"));
}

typedef struct InviteAll {
    OfferFilter filter;
    OfferAct act;
} InviteAll;

static Status invite_all_work(Cx *cx, DbConn *conn, void *input) {
    InviteAll *in = input;
    OfferList list;
    TRY(offer_store_list(cx, conn, &in->filter, &list));
    for (size_t i = 0; i < list.count; i++) {
        TRY(cx_step(cx));
        in->act.offer_id = list.items[i].id;
        TRY(offer_invite(cx, conn, &in->act));
    }
    db_answer(conn, str_print(cx->arena, "%zu", list.count));
    return STATUS_OK;
}

Status offer_invite_all_post(Web *web) {
    Str count = STR_NONE;
    InviteAll input = {.act = {.person_id = web->user->id, .now_ms = web->now_ms}};
    TRY(filter_read(web, &input.filter));
    input.filter.state = STR("found");
    input.filter.has_owner_only = true;
    input.filter.page = 0;
    input.filter.row_max = INVITE_ALL_MAX;
    TRY(web_write(web, "offer.invite_all", invite_all_work, &input, &count));
    return web_redirect(web, STR("/offer"),
                        str_print(web->cx->arena, "已告知 " STR_FMT " 条", STR_ARG(count)));
}

/* ---- the firm ---- */

static void accept_write(Web *web, const Offer *offer) {
    Html *html = view_html(web->view);
    if (html == NULL) {
        return;
    }
    HTML(html, "form", "method", "post", "action",
         str_print(web->cx->arena, "/offer/%" PRId64 "/accept", offer->id), "data-once", "") {
        view_form_secrets(web->view, html);
        HTML(html, "p.actions") {
            HTML_LEAF(html, "button.button", "确认申请，按记录填好", "type", "submit");
        }
    }
}

static Status own_row(Web *web, const Offer *offer) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    ViewValue amount;
    ViewValue pay;
    const PolicyVersion *version = NULL;
    TRY(amount_read(web, offer, &amount, &pay));
    TRY(policy_version_find(web->cx, city_of(web)->policies, offer->version, &version));
    bool is_open = str_equal(offer->state, STR("invited"));
    view_section(view, title_of(web, offer->programme));
    view_facts_begin(view, str_print(arena, "offer_%" PRId64, offer->id).at, false);
    view_fact(view, "thing", "设备", VIEW_TEXT(offer->thing));
    view_fact(view, "amount_fen", offer->conditions.len > 0 ? "最多可补" : "可补", amount);
    view_fact(view, "pay", "能不能支付", pay);
    view_fact(view, "why", "为什么找到您", VIEW_TEXT(why_of(arena, offer)));
    view_fact(view, "record", "依据记录", VIEW_TEXT(offer->record_number));
    view_fact(view, "rule", "规则", VIEW_LINK(policy_version_path(arena, version), offer->fired));
    view_fact(view, "papers", "材料", VIEW_TEXT(version->papers));
    view_fact(view, "state", "状态", state_badge(offer->state));
    view_facts_end(view);
    if (is_open) {
        accept_write(web, offer);
        view_action(view, str_print(arena, "/offer/%" PRId64 "/decline", offer->id), STR("不申请"),
                    "不申请后这一条不再提示，确认？");
    } else if (offer->claim_id > 0) {
        view_link(view, str_print(arena, "/claim/%" PRId64, offer->claim_id), STR("查看申请"),
                  true);
    }
    return STATUS_OK;
}

Status offer_own_page(Web *web) {
    OfferList list;
    View *view = web->view;
    TRY(offer_store_of_org(web->cx, web->conn, web->user->org_id, &list));
    view_title(view, STR("免申即享"));
    view_lead(view, STR("按您已经登记的设备和车辆，下面这些可以申请。确认一次，申请就按记录填好；"
                        "还缺的内容和材料会一次说全。"));
    for (size_t i = 0; i < list.count; i++) {
        TRY(cx_step(web->cx));
        TRY(own_row(web, &list.items[i]));
    }
    if (list.count == 0) {
        view_section(view, STR_NONE);
        view_notice(view, VIEW_INFO, STR("现在没有要您确认的项目。"));
        view_link(view, STR("/calculator/equipment"), STR("按设备清单看看适用哪些政策"), false);
    }
    return STATUS_OK;
}

typedef struct AnswerInput {
    const City *city;
    OfferAct act;
} AnswerInput;

static Status accept_work(Cx *cx, DbConn *conn, void *input) {
    const AnswerInput *in = input;
    int64_t claim_id = 0;
    TRY(offer_accept(cx, conn, in->city, &in->act, &claim_id));
    db_answer(conn, str_print(cx->arena, "%" PRId64, claim_id));
    return STATUS_OK;
}

Status offer_accept_post(Web *web) {
    Str id = STR_NONE;
    AnswerInput input = {city_of(web), {web->ids[0], web->user->id, web->now_ms}};
    TRY(web_write(web, "offer.accept", accept_work, &input, &id));
    return web_redirect(web, str_print(web->cx->arena, "/claim/" STR_FMT, STR_ARG(id)),
                        STR("申请已按记录填好。还缺什么，看下面。"));
}

static Status decline_work(Cx *cx, DbConn *conn, void *input) {
    return offer_decline(cx, conn, input);
}

Status offer_decline_post(Web *web) {
    OfferAct act = {web->ids[0], web->user->id, web->now_ms};
    TRY(web_write(web, "offer.decline", decline_work, &act, NULL));
    return web_redirect(web, STR("/offer/mine"), STR("已记下，不再提示。"));
}
