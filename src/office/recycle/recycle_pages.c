/*
 * recycle_pages.c - the recycler's books: what waits for its end, certificates, reverse invoices;
 * and the public, masked list behind the recovery target.
 */
#include "office/people/people.h"
#include "office/recycle/recycle_store.h"
#include "web/form.h"

#include <inttypes.h>

static const City *city_of(const Web *web) {
    return web->app->house;
}

static Str category_zh(const Web *web, Str category) {
    return city_category_name(city_of(web), STR("appliance"), category);
}

static Status collect_work(Cx *cx, DbConn *conn, void *input) {
    return recycle_collect(cx, conn, input);
}

Status recycle_collect_post(Web *web) {
    PickupCollect collect;
    TRY(pickup_collect_read(web, &collect));
    TRY(web_write(web, "pickup.collect", collect_work, &collect, NULL));
    return web_redirect(web, STR("/round"), STR("已登记收走，反向开票资料已准备"));
}

/* ---- the recycler's books ---- */

static const ViewColumn book_columns[] = {
    {"id", "编号", false},
    {"category", "类别", false},
    {"town", "镇街", false},
    {"old_serial", "旧机序列号", false},
    {"net_gram", "净重（克）", true},
    {"state", "状态", false},
    {"action", "办理", false},
};

static void book_row(Web *web, const Pickup *pickup) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_row(view);
    view_cell(view, VIEW_INT(pickup->id));
    view_cell(view, VIEW_TEXT(category_zh(web, pickup->category)));
    view_cell(view, VIEW_TEXT(city_town_name(city_of(web), pickup->town_code)));
    view_cell(view, VIEW_TEXT(pickup->old_serial.len > 0 ? pickup->old_serial : STR("—")));
    view_cell(view, VIEW_INT(pickup->net_gram));
    view_cell(view, pickup_state_view(pickup->state));
    if (str_equal(pickup->state, STR("collected"))) {
        view_cell(view, VIEW_LINK(str_print(arena, "/recycle/%" PRId64 "/certify", pickup->id),
                                  STR("登记拆解")));
    } else {
        view_cell(view, VIEW_TEXT(STR("—")));
    }
}

Status recycle_page(Web *web) {
    PickupFilter filter = {.org_id = web->user->org_id,
                           .state = web_param(web, "state"),
                           .page = web_param_int(web, "page", 0),
                           .row_max = RECYCLE_ROWS_PER_PAGE};
    PickupList list;
    TRY(pickup_of_org(web->cx, web->conn, &filter, &list));
    View *view = web->view;
    view_title(view, STR("回收台账"));
    view_lead(view, STR("收走的旧家电在拆解后登记证明，才计入“废旧家电回收量”。"));
    view_link(view, STR("/recycle?state=collected"), STR("只看待拆解"), false);
    view_section(view, STR_NONE);
    view_table_begin(view, "pickups", STR("回收台账"), book_columns, 7);
    for (size_t i = 0; i < list.count; i++) {
        book_row(web, &list.items[i]);
    }
    view_table_end(view, STR("没有记录"));
    view_pager(view,
               filter.state.len == 0
                   ? STR("/recycle")
                   : str_print(web->cx->arena, "/recycle?state=" STR_FMT,
                               STR_ARG(http_url_encode(web->cx->arena, filter.state))),
               filter.page, list.has_more);
    return STATUS_OK;
}

/* ---- the certified end ---- */

enum { CERTIFY_DAY, CERTIFY_METHOD, CERTIFY_FIELDS };

static const Form *certify_form(Web *web) {
    static const FormChoice methods[] = {{"dismantled", "拆解"},
                                         {"refurbished", "检修后再使用"},
                                         {"transferred", "转交有资质的处理企业"}};
    FormField *fields = arena_array(web->cx->arena, FormField, CERTIFY_FIELDS);
    fields[CERTIFY_DAY] = (FormField){.name = "ended_day",
                                      .label = "拆解日期",
                                      .kind = FIELD_DAY,
                                      .value = day_print(web->cx->arena, web_today(web))};
    fields[CERTIFY_METHOD] = (FormField){.name = "method",
                                         .label = "处理方式",
                                         .kind = FIELD_CHOICE,
                                         .choices = methods,
                                         .choice_count = 3};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "certify",
                   .action = str_print(web->cx->arena, "/recycle/%" PRId64 "/certify", web->ids[0]),
                   .submit = "登记并出具证明",
                   .fields = fields,
                   .field_count = CERTIFY_FIELDS};
    return form;
}

static Status own_pickup(Web *web, Pickup *pickup) {
    TRY(pickup_find(web->cx, web->conn, web->ids[0], pickup));
    if (pickup->org_id != web->user->org_id) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这条记录");
    }
    return STATUS_OK;
}

Status recycle_certify_page(Web *web) {
    Pickup pickup;
    TRY(own_pickup(web, &pickup));
    View *view = web->view;
    view_title(view, STR("登记拆解"));
    view_section(view, STR("旧物"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "category", "类别", VIEW_TEXT(category_zh(web, pickup.category)));
    view_fact(view, "old_serial", "旧机序列号", VIEW_TEXT(pickup.old_serial));
    view_fact(view, "net_gram", "净重（克）", VIEW_INT(pickup.net_gram));
    view_fact(view, "state", "状态", pickup_state_view(pickup.state));
    view_facts_end(view);
    if (str_equal(pickup.state, STR("collected"))) {
        view_form(view, certify_form(web));
    }
    return STATUS_OK;
}

static Status certify_work(Cx *cx, DbConn *conn, void *input) {
    int64_t id = 0;
    TRY(recycle_certify(cx, conn, input, &id));
    db_answer(conn, str_print(cx->arena, "%" PRId64, id));
    return STATUS_OK;
}

Status recycle_certify_post(Web *web) {
    FormValue values[CERTIFY_FIELDS];
    TRY(form_read(web, certify_form(web), values));
    CertificateNew new = {.pickup_id = web->ids[0],
                          .org_id = web->user->org_id,
                          .made_by = web->user->id,
                          .method = values[CERTIFY_METHOD].text,
                          .ended_day = {(int32_t)values[CERTIFY_DAY].number},
                          .now_ms = web->now_ms};
    Str id = STR_NONE;
    TRY(web_write(web, "certificate.make", certify_work, &new, &id));
    return web_redirect(web, str_print(web->cx->arena, "/certificate/" STR_FMT, STR_ARG(id)),
                        STR("证明已出具，回收量已更新"));
}

static Str method_zh(Str method) {
    return str_equal(method, STR("dismantled"))    ? STR("拆解")
           : str_equal(method, STR("refurbished")) ? STR("检修后再使用")
                                                   : STR("转交有资质的处理企业");
}

/* The middle of a serial number is nobody's business on a public page. */
static Str serial_shown(const Web *web, const Certificate *certificate) {
    bool is_own = web->user->role == ROLE_AUDITOR || web->user->org_id == certificate->org_id;
    Str serial = certificate->old_serial;
    if (is_own || serial.len < 6) {
        return serial;
    }
    return str_print(web->cx->arena, STR_FMT "****" STR_FMT, STR_ARG(str_slice(serial, 0, 2)),
                     STR_ARG(str_from(serial, serial.len - 3)));
}

Status recycle_certificate_page(Web *web) {
    Certificate certificate;
    Org org;
    TRY(recycle_store_certificate_find(web->cx, web->conn, web->ids[0], &certificate));
    TRY(people_org_find(web->cx, web->conn, certificate.org_id, &org));
    View *view = web->view;
    view_title(view, str_print(web->cx->arena, "拆解证明 " STR_FMT, STR_ARG(certificate.number)));
    view_section(view, STR("证明内容"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "number", "证明编号", VIEW_TEXT(certificate.number));
    view_fact(view, "org", "回收企业", VIEW_TEXT(org.name));
    view_fact(view, "category", "类别", VIEW_TEXT(category_zh(web, certificate.category)));
    view_fact(view, "old_serial", "旧机序列号", VIEW_TEXT(serial_shown(web, &certificate)));
    view_fact(view, "net_gram", "净重（克）", VIEW_INT(certificate.net_gram));
    view_fact(view, "method", "处理方式", VIEW_TEXT(method_zh(certificate.method)));
    view_fact(view, "town", "来源镇街",
              VIEW_TEXT(city_town_name(city_of(web), certificate.town_code)));
    view_fact(view, "ended_day", "拆解日期", VIEW_DAY(certificate.ended_day));
    view_facts_end(view);
    return STATUS_OK;
}

static const ViewColumn certificate_columns[] = {
    {"number", "证明编号", false},       {"ended_day", "拆解日期", false},
    {"category", "类别", false},         {"town", "来源镇街", false},
    {"old_serial", "旧机序列号", false}, {"net_gram", "净重（克）", true},
};

enum { MONTH_YEAR_MIN = 2000, MONTH_YEAR_MAX = 2100 };

static Status month_span(Web *web, Day *first, Day *last) {
    Str month = web_param(web, "month");
    DayParts today = day_parts(web_today(web));
    *first = day_of_ymd(today.year, 1, 1);
    *last = day_of_ymd(today.year, 12, 31);
    if (month.len == 0) {
        return STATUS_OK;
    }
    TRY(day_parse(web->cx, str_print(web->cx->arena, STR_FMT "-01", STR_ARG(month)), first));
    if (day_parts(*first).year < MONTH_YEAR_MIN || day_parts(*first).year > MONTH_YEAR_MAX) {
        return fault_at_field(web->cx, STATUS_INVALID, "month", "月份应在 %d 至 %d 年之间",
                              MONTH_YEAR_MIN, MONTH_YEAR_MAX);
    }
    *last = day_add(day_add_months(*first, 1), -1);
    return STATUS_OK;
}

Status recycle_certificate_list_page(Web *web) {
    Day first = DAY_NONE;
    Day last = DAY_NONE;
    TRY(month_span(web, &first, &last));
    int64_t page = web_param_int(web, "page", 0);
    CertificateList list;
    TRY(recycle_store_certificates(web->cx, web->conn, first, last, page, &list));
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_title(view, STR("废旧家电拆解证明"));
    view_lead(view, str_print(arena, STR_FMT " 至 " STR_FMT, STR_ARG(day_print_zh(arena, first)),
                              STR_ARG(day_print_zh(arena, last))));
    view_section(view, STR_NONE);
    view_table_begin(view, "certificates", STR("拆解证明"), certificate_columns, 6);
    for (size_t i = 0; i < list.count; i++) {
        const Certificate *certificate = &list.items[i];
        view_row(view);
        view_cell(view, VIEW_LINK(str_print(arena, "/certificate/%" PRId64, certificate->id),
                                  certificate->number));
        view_cell(view, VIEW_DAY(certificate->ended_day));
        view_cell(view, VIEW_TEXT(category_zh(web, certificate->category)));
        view_cell(view, VIEW_TEXT(city_town_name(city_of(web), certificate->town_code)));
        view_cell(view, VIEW_TEXT(serial_shown(web, certificate)));
        view_cell(view, VIEW_INT(certificate->net_gram));
    }
    view_table_end(view, STR("这段时间没有拆解证明"));
    Str month = web_param(web, "month");
    view_pager(view,
               month.len == 0 ? STR("/certificate")
                              : str_print(arena, "/certificate?month=" STR_FMT,
                                          STR_ARG(http_url_encode(arena, month))),
               page, list.has_more);
    return STATUS_OK;
}

/* ---- reverse invoices ---- */

static const ViewColumn invoice_columns[] = {
    {"id", "编号", false},
    {"month", "月份", false},
    {"seller", "出售者", false},
    {"gross_fen", "付款", true},
    {"net_fen", "不含税", true},
    {"vat_fen", "增值税", true},
    {"income_tax_fen", "个人所得税", true},
    {"rolling_fen", "12 个月累计", true},
    {"state", "状态", false},
};

static void invoice_row(Web *web, const DbRows *rows) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    int64_t month = db_int(rows, 4);
    bool is_blocked = str_equal(db_text_peek(rows, 11), STR("blocked"));
    view_row(view);
    view_cell(view, VIEW_INT(db_int(rows, 0)));
    view_cell(view,
              VIEW_TEXT(str_print(arena, "%04" PRId64 "-%02" PRId64, month / 12, month % 12 + 1)));
    view_cell(view,
              VIEW_TEXT(str_print(arena, STR_FMT " " STR_FMT, STR_ARG(db_text(arena, rows, 2)),
                                  STR_ARG(db_text(arena, rows, 3)))));
    view_cell(view, VIEW_MONEY(db_money(rows, 5)));
    view_cell(view, VIEW_MONEY(db_money(rows, 6)));
    view_cell(view, VIEW_MONEY(db_money(rows, 8)));
    view_cell(view, VIEW_MONEY(db_money(rows, 9)));
    view_cell(view, VIEW_MONEY(db_money(rows, 10)));
    view_cell(view, is_blocked ? VIEW_BADGE(VIEW_BAD, STR("blocked"), db_text(arena, rows, 12))
                               : VIEW_BADGE(VIEW_GOOD, STR("prepared"), STR("资料齐备，可开票")));
}

Status recycle_invoice_page(Web *web) {
    int64_t page = web_param_int(web, "page", 0);
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(recycle_store_invoices(web->cx, web->conn, web->user->org_id, page, &rows));
    View *view = web->view;
    view_title(view, STR("反向开票"));
    view_lead(
        view,
        STR("向自然人收购报废产品时由回收企业开票。连续 12 个月累计不超过 500 万元（不含税），"
            "本页只合计本系统内的企业，最终以税务系统为准。"));
    view_section(view, STR_NONE);
    view_table_begin(view, "invoices", STR("反向开票资料"), invoice_columns, 9);
    int64_t count = 0;
    TRY(db_next(web->cx, rows, &has_row));
    while (has_row && count < RECYCLE_ROWS_PER_PAGE) {
        invoice_row(web, rows);
        count++;
        TRY(db_next(web->cx, rows, &has_row));
    }
    if (has_row) {
        db_rows_close(rows);
    }
    view_table_end(view, STR("还没有收购记录"));
    view_pager(view, STR("/reverse-invoice"), page, has_row);
    return STATUS_OK;
}
