/*
 * shop_pages.c - the pages of a shop (till, prices, sales, money) and of finance (settlements).
 */
#include "office/mark/mark.h"
#include "office/shop/shop_export.h"
#include "web/form.h"

#include <inttypes.h>

enum { SALES_PER_PAGE = 50 };

static const City *city_of(const Web *web) {
    return web->app->house;
}

/* ---- the till ---- */

enum {
    TILL_CODE,
    TILL_GTIN,
    TILL_SERIAL,
    TILL_INVOICE,
    TILL_INVOICE_DAY,
    TILL_PRICE,
    TILL_BUYER,
    TILL_PAYER,
    TILL_RECIPIENT,
    TILL_TOWN,
    TILL_ADDRESS,
    TILL_PHOTO,
    TILL_FIELDS
};

static const FormChoice *town_choices(Web *web, size_t *count) {
    const City *city = city_of(web);
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, city->town_count + 1);
    for (size_t i = 0; i < city->town_count; i++) {
        choices[i] = (FormChoice){str_c(web->cx->arena, city->towns[i].code),
                                  str_c(web->cx->arena, city->towns[i].name)};
    }
    *count = city->town_count;
    return choices;
}

static const Form *till_form(Web *web) {
    static const FormField shape[TILL_FIELDS] = {
        [TILL_CODE] = {.name = "code",
                       .label = "券码",
                       .hint = "顾客手机“我的资格券”上的 12 位编码",
                       .kind = FIELD_TEXT,
                       .min = 12,
                       .max = 16},
        [TILL_GTIN] = {.name = "gtin",
                       .label = "商品条码",
                       .hint = "包装上的 13 位条码，须已备案价格",
                       .kind = FIELD_GTIN},
        [TILL_SERIAL] = {.name = "serial", .label = "机身序列号（SN）", .kind = FIELD_SERIAL},
        [TILL_INVOICE] = {.name = "invoice",
                          .label = "发票号码",
                          .hint = "一台一票：20 位数电发票号码",
                          .kind = FIELD_INVOICE},
        [TILL_INVOICE_DAY] = {.name = "invoice_day", .label = "开票日期", .kind = FIELD_DAY},
        [TILL_PRICE] = {.name = "price",
                        .label = "成交价（元）",
                        .hint = "扣除各环节优惠后的最终销售价格，不含补贴立减",
                        .kind = FIELD_MONEY,
                        .min = 1},
        [TILL_BUYER] = {.name = "buyer",
                        .label = "发票抬头",
                        .hint = "抬头、付款人、收货人都须是领券人本人",
                        .kind = FIELD_TEXT,
                        .max = 30},
        [TILL_PAYER] = {.name = "payer", .label = "付款人姓名", .kind = FIELD_TEXT, .max = 30},
        [TILL_RECIPIENT] = {.name = "recipient",
                            .label = "收货人姓名",
                            .kind = FIELD_TEXT,
                            .max = 30},
        [TILL_TOWN] = {.name = "town",
                       .label = "送货镇街",
                       .hint = "顾客自提的不选",
                       .kind = FIELD_CHOICE,
                       .is_optional = true},
        [TILL_ADDRESS] = {.name = "address",
                          .label = "送货地址",
                          .hint = "小区、楼号、单元、房间号；只用来比对是否多人共用，不保存原文",
                          .kind = FIELD_TEXT,
                          .is_optional = true,
                          .max = 120},
        [TILL_PHOTO] = {.name = "photo",
                        .label = "商品与序列号照片",
                        .hint = "JPG 或 PNG，不超过 12 MB",
                        .kind = FIELD_FILE},
    };
    FormField *fields = arena_array(web->cx->arena, FormField, TILL_FIELDS);
    for (size_t i = 0; i < TILL_FIELDS; i++) {
        fields[i] = shape[i];
    }
    fields[TILL_TOWN].choices = town_choices(web, &fields[TILL_TOWN].choice_count);
    fields[TILL_INVOICE_DAY].value = day_print(web->cx->arena, web_today(web));
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "till",
                   .action = STR("/till"),
                   .submit = "核销",
                   .fields = fields,
                   .field_count = TILL_FIELDS};
    return form;
}

Status shop_till_page(Web *web) {
    View *view = web->view;
    view_title(view, STR("核销资格券"));
    view_lead(view, STR("核对无误后点“核销”，系统当场算出补贴额，顾客只付差额。"));
    view_section(view, STR_NONE);
    view_form(view, till_form(web));
    return STATUS_OK;
}

typedef struct TillInput {
    const City *city;
    TillSale sale;
    SaleResult result;
} TillInput;

static Status till_work(Cx *cx, DbConn *conn, void *input) {
    TillInput *in = input;
    TRY(shop_redeem(cx, conn, in->city, &in->sale, &in->result));
    db_answer(conn, str_print(cx->arena, "%" PRId64, in->result.sale_id));
    return STATUS_OK;
}

/* For a sale that has failed its checks already: says why. When the same request comes twice, its
 * key gives the answer of the first and this is not run. */
static Status till_refuse_work(Cx *cx, DbConn *conn, void *input) {
    TillInput *in = input;
    TRY(shop_till_check(cx, conn, in->city, &in->sale));
    return fault(cx, STATUS_BUSY, "这张券或商品刚刚发生变化，请重试");
}

static Status till_photo(Web *web, const FormValue *photo, TillSale *sale) {
    if (!photo->is_given) {
        return STATUS_OK;
    }
    AttachFile *file = arena_new(web->cx->arena, AttachFile);
    sale->photo_name = photo->file->file_name;
    sale->photo = file;
    Str folder = city_file_folder(web->cx->arena, city_of(web));
    if (attach_file_put(web->cx, folder, photo->file->value, file) == STATUS_INVALID) {
        Str text = str_dup(web->cx->arena, str_of(web->cx->fault.text));
        Str hint = str_dup(web->cx->arena, str_of(web->cx->fault.hint));
        form_error(web, "photo", text, hint);
    }
    return web->cx->fault.status;
}

static TillSale till_sale(Web *web, const FormValue *values) {
    Arena *arena = web->cx->arena;
    const City *city = city_of(web);
    return (TillSale){
        .org_id = web->user->org_id,
        .sold_by = web->user->id,
        .code = values[TILL_CODE].text,
        .gtin = values[TILL_GTIN].text,
        .serial = values[TILL_SERIAL].text,
        .invoice = values[TILL_INVOICE].text,
        .invoice_day = {(int32_t)values[TILL_INVOICE_DAY].number},
        .price = {values[TILL_PRICE].number},
        .buyer_hash = people_hash(arena, city, PEOPLE_NAME, values[TILL_BUYER].text),
        .payer_hash = people_hash(arena, city, PEOPLE_NAME, values[TILL_PAYER].text),
        .recipient_hash = people_hash(arena, city, PEOPLE_NAME, values[TILL_RECIPIENT].text),
        .address_hash =
            mark_address_hash(arena, city, values[TILL_TOWN].text, values[TILL_ADDRESS].text),
        .now_ms = web->now_ms,
    };
}

Status shop_till_post(Web *web) {
    FormValue values[TILL_FIELDS];
    TRY(form_read(web, till_form(web), values));
    TillInput input = {.city = city_of(web), .sale = till_sale(web, values)};
    /* A photo is kept for a sale that passes, not for whatever is sent. */
    bool is_good = shop_till_check(web->cx, web->conn, city_of(web), &input.sale) == STATUS_OK;
    fault_clear(web->cx);
    if (is_good) {
        TRY(till_photo(web, &values[TILL_PHOTO], &input.sale));
    }
    Str id = STR_NONE;
    TRY(web_write(web, "sale.redeem", is_good ? till_work : till_refuse_work, &input, &id));
    return web_redirect(web, str_print(web->cx->arena, "/shop/sale/" STR_FMT, STR_ARG(id)),
                        str_print(web->cx->arena,
                                  "核销成功，销售编号 " STR_FMT
                                  "。下一步：向顾客收取“顾客实付”的金额，补贴由财政结算给本店。",
                                  STR_ARG(id)));
}

/* ---- filed prices ---- */

enum { PRICE_GTIN, PRICE_TITLE, PRICE_KIND, PRICE_LEVEL, PRICE_PRICE, PRICE_FIELDS };

/* The categories of this year, as "programme:code". */
static const FormChoice *category_choices(Web *web, size_t *count) {
    const City *city = city_of(web);
    int64_t year = day_parts(web_today(web)).year;
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, city->category_count + 1);
    *count = 0;
    for (size_t i = 0; i < city->category_count; i++) {
        const CityCategory *category = &city->categories[i];
        if (category->year == year) {
            choices[(*count)++] = (FormChoice){
                .code = str_print(web->cx->arena, STR_FMT ":" STR_FMT, STR_ARG(category->programme),
                                  STR_ARG(category->code))
                            .at,
                .label = str_c(web->cx->arena, category->name)};
        }
    }
    return choices;
}

static const Form *price_form(Web *web) {
    static const FormChoice levels[] = {
        {"1", "1 级能效（水效）"}, {"2", "2 级能效（水效）"}, {"0", "无能效标识"}};
    FormField *fields = arena_array(web->cx->arena, FormField, PRICE_FIELDS);
    fields[PRICE_GTIN] = (FormField){.name = "gtin", .label = "商品条码", .kind = FIELD_GTIN};
    fields[PRICE_TITLE] = (FormField){
        .name = "title", .label = "商品名称型号", .kind = FIELD_TEXT, .min = 2, .max = 80};
    fields[PRICE_KIND] = (FormField){.name = "category", .label = "补贴类别", .kind = FIELD_CHOICE};
    fields[PRICE_KIND].choices = category_choices(web, &fields[PRICE_KIND].choice_count);
    fields[PRICE_LEVEL] = (FormField){.name = "level",
                                      .label = "能效等级",
                                      .kind = FIELD_CHOICE,
                                      .choices = levels,
                                      .choice_count = 3};
    fields[PRICE_PRICE] =
        (FormField){.name = "price", .label = "备案价格（元）", .kind = FIELD_MONEY, .min = 1};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "price",
                   .action = STR("/price"),
                   .submit = "备案",
                   .fields = fields,
                   .field_count = PRICE_FIELDS};
    return form;
}

static Status price_table(Web *web) {
    static const ViewColumn columns[] = {
        {"gtin", "商品条码", false},   {"title", "商品", false},
        {"category", "类别", false},   {"efficiency_level", "能效等级", true},
        {"price_fen", "备案价", true}, {"filed_ms", "备案时间", false}};
    View *view = web->view;
    Arena *arena = web->cx->arena;
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(shop_store_prices(web->cx, web->conn, web->user->org_id, &rows));
    view_table_begin(view, "prices", STR("已备案的价格"), columns, 6);
    TRY(db_next(web->cx, rows, &has_row));
    while (has_row) {
        view_row(view);
        view_cell(view, VIEW_TEXT(db_text(arena, rows, 1)));
        view_cell(view, VIEW_TEXT(db_text(arena, rows, 2)));
        view_cell(view, VIEW_TEXT(city_category_name(city_of(web), db_text(arena, rows, 3),
                                                     db_text(arena, rows, 4))));
        view_cell(view, VIEW_INT(db_int(rows, 5)));
        view_cell(view, VIEW_MONEY(db_money(rows, 6)));
        view_cell(view, VIEW_INSTANT(db_int(rows, 7)));
        TRY(db_next(web->cx, rows, &has_row));
    }
    view_table_end(view, STR("还没有备案的商品"));
    return STATUS_OK;
}

Status shop_price_page(Web *web) {
    View *view = web->view;
    view_title(view, STR("备案价格"));
    view_lead(
        view,
        STR("先备案、后核销：成交价不得高于备案价（规则 M1）。重新备案会替换旧价格，历史保留。"));
    view_section(view, STR("备案一件商品"));
    view_form(view, price_form(web));
    view_section(view, STR("已备案"));
    return price_table(web);
}

static Status price_work(Cx *cx, DbConn *conn, void *input) {
    FiledPrice *price = input;
    return shop_price_file(cx, conn, price, &price->id);
}

/* Not a refusal: this shop may be the one that is right. */
static Status otherwise_hint(Web *web, const FiledPrice *price, Str *done) {
    FiledOtherwise other;
    TRY(shop_price_otherwise(web->cx, web->conn, price, &other));
    if (other.shop_count == 0) {
        return STATUS_OK;
    }
    Str name = city_category_name(city_of(web), other.programme, other.category);
    Str level = other.efficiency_level == 0
                    ? STR("无能效标识")
                    : str_print(web->cx->arena, "%" PRId64 " 级", other.efficiency_level);
    *done =
        str_print(web->cx->arena,
                  "价格已备案。请再核对能效标识：另有 %" PRId64 " 家商户把这个条码备案为“" STR_FMT
                  "、" STR_FMT "”；填错的，重新备案即可更正，不更正会由商务局核查。",
                  other.shop_count, STR_ARG(name), STR_ARG(level));
    return STATUS_OK;
}

Status shop_price_post(Web *web) {
    FormValue values[PRICE_FIELDS];
    TRY(form_read(web, price_form(web), values));
    Str category = values[PRICE_KIND].text;
    Str programme = str_cut(&category, ':');
    static const int64_t levels[] = {1, 2, 0};
    FiledPrice price = {.org_id = web->user->org_id,
                        .gtin = values[PRICE_GTIN].text,
                        .title = values[PRICE_TITLE].text,
                        .programme = programme,
                        .category = category,
                        .efficiency_level = levels[values[PRICE_LEVEL].number],
                        .price = {values[PRICE_PRICE].number},
                        .filed_ms = web->now_ms};
    Str done = STR("价格已备案，现在可以核销这件商品。");
    TRY(otherwise_hint(web, &price, &done));
    TRY(web_write(web, "price.file", price_work, &price, NULL));
    return web_redirect(web, STR("/price"), done);
}

/* ---- sales ---- */

static const ViewColumn sale_columns[] = {
    {"id", "编号", false},       {"sold_ms", "核销时间", false}, {"category", "类别", false},
    {"serial", "序列号", false}, {"price_fen", "成交价", true},  {"subsidy_fen", "补贴", true},
    {"state", "状态", false},
};

static void sales_table(Web *web, const char *key, const SaleList *sales) {
    View *view = web->view;
    view_table_begin(view, key, STR("销售记录"), sale_columns, 7);
    for (size_t i = 0; i < sales->count; i++) {
        const Sale *sale = &sales->items[i];
        view_row(view);
        view_cell(view, VIEW_LINK(str_print(web->cx->arena, "/shop/sale/%" PRId64, sale->id),
                                  str_print(web->cx->arena, "%" PRId64, sale->id)));
        view_cell(view, VIEW_INSTANT(sale->sold_ms));
        view_cell(view,
                  VIEW_TEXT(city_category_name(city_of(web), sale->programme, sale->category)));
        view_cell(view, VIEW_TEXT(sale->serial));
        view_cell(view, VIEW_MONEY(sale->price));
        view_cell(view, VIEW_MONEY(sale->subsidy));
        view_cell(view, shop_sale_state_view(sale->state));
    }
    view_table_end(view, STR("还没有销售"));
}

Status shop_sales_page(Web *web) {
    SalePage page = {.org_id = web->user->org_id,
                     .state = web_param(web, "state"),
                     .page = web_param_int(web, "page", 0),
                     .row_max = SALES_PER_PAGE};
    SaleList sales;
    TRY(shop_store_sales(web->cx, web->conn, &page, &sales));
    view_title(web->view, STR("销售记录"));
    view_section(web->view, STR_NONE);
    sales_table(web, "sales", &sales);
    view_pager(web->view,
               page.state.len == 0
                   ? STR("/shop/sales")
                   : str_print(web->cx->arena, "/shop/sales?state=" STR_FMT,
                               STR_ARG(http_url_encode(web->cx->arena, page.state))),
               page.page, sales.has_more);
    return STATUS_OK;
}

static Status sale_for_reader(Web *web, Sale *sale) {
    TRY(shop_store_sale_find(web->cx, web->conn, web->ids[0], sale));
    if (web->user->role == ROLE_SHOP && sale->org_id != web->user->org_id) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这笔销售");
    }
    return STATUS_OK;
}

static void sale_facts(Web *web, const Sale *sale) {
    View *view = web->view;
    view_facts_begin(view, NULL, true);
    view_fact(view, "to_pay_fen", "顾客实付", VIEW_MONEY(money_sub(sale->price, sale->subsidy)));
    view_fact(view, "subsidy_fen", "补贴立减", VIEW_MONEY(sale->subsidy));
    view_fact(view, "price_fen", "成交价", VIEW_MONEY(sale->price));
    view_fact(view, "state", "状态", shop_sale_state_view(sale->state));
    view_facts_end(view);
    view_facts_begin(view, NULL, false);
    view_fact(view, "category", "类别",
              VIEW_TEXT(city_category_name(city_of(web), sale->programme, sale->category)));
    view_fact(view, "gtin", "商品条码", VIEW_TEXT(sale->gtin));
    view_fact(view, "serial", "序列号", VIEW_TEXT(sale->serial));
    view_fact(view, "invoice", "发票号码", VIEW_TEXT(sale->invoice));
    view_fact(view, "invoice_day", "开票日期", VIEW_DAY(sale->invoice_day));
    view_fact(view, "filed_price_fen", "备案价", VIEW_MONEY(sale->filed_price));
    view_fact(view, "sold_ms", "核销时间", VIEW_INSTANT(sale->sold_ms));
    view_fact(view, "decision", "政策依据",
              VIEW_LINK(str_print(web->cx->arena, "/decision/%" PRId64, sale->decision_id),
                        STR("查看命中的条款")));
    view_facts_end(view);
}

enum { RECOVER_REFERENCE, RECOVER_FIELDS };

static const Form *recover_form(Web *web) {
    static const FormField fields[RECOVER_FIELDS] = {{.name = "bank_reference",
                                                      .label = "退款流水号",
                                                      .hint = "商户退回补贴的银行回单流水号",
                                                      .kind = FIELD_TEXT,
                                                      .min = 4,
                                                      .max = 60}};
    Form *form = arena_new(web->cx->arena, Form);
    *form =
        (Form){.key = "recover",
               .action = str_print(web->cx->arena, "/shop/sale/%" PRId64 "/recover", web->ids[0]),
               .submit = "登记追回",
               .confirm = "登记后这笔补贴记为已追回，确认？",
               .fields = fields,
               .field_count = RECOVER_FIELDS};
    return form;
}

static Status photo_link(Web *web, const Sale *sale) {
    AttachmentList photos;
    TRY(attach_list(web->cx, web->conn, STR("sale"), sale->id, &photos));
    for (size_t i = 0; i < photos.count; i++) {
        view_link(web->view, str_print(web->cx->arena, "/attachment/%" PRId64, photos.items[i].id),
                  STR("查看照片"), false);
    }
    return STATUS_OK;
}

Status shop_sale_page(Web *web) {
    Sale sale;
    TRY(sale_for_reader(web, &sale));
    Arena *arena = web->cx->arena;
    view_title(web->view, str_print(arena, "销售 %" PRId64, sale.id));
    view_section(web->view, STR("核销结果"));
    sale_facts(web, &sale);
    TRY(photo_link(web, &sale));
    if (web->user->role == ROLE_FINANCE && str_equal(sale.state, STR("recovering"))) {
        view_form(web->view, recover_form(web));
    }
    bool can_return = str_equal(sale.state, STR("redeemed")) || str_equal(sale.state, STR("paid"));
    if (web->user->role == ROLE_SHOP && can_return) {
        view_action(web->view, str_print(arena, "/shop/sale/%" PRId64 "/return", sale.id),
                    STR("办理退货"), "退货后补贴退回资金池（已到账的须退还），确认办理？");
    }
    if (web->user->role == ROLE_SHOP) {
        view_link(web->view, STR("/till"), STR("核销下一张"), true);
    }
    return STATUS_OK;
}

typedef struct ReturnInput {
    int64_t sale_id;
    int64_t org_id;
    int64_t now_ms;
} ReturnInput;

static Status return_work(Cx *cx, DbConn *conn, void *input) {
    const ReturnInput *in = input;
    return shop_return(cx, conn, in->sale_id, in->org_id, in->now_ms);
}

Status shop_return_post(Web *web) {
    ReturnInput input = {
        .sale_id = web->ids[0], .org_id = web->user->org_id, .now_ms = web->now_ms};
    TRY(web_write(web, "sale.return", return_work, &input, NULL));
    return web_redirect(web, str_print(web->cx->arena, "/shop/sale/%" PRId64, web->ids[0]),
                        STR("退货已办理：补贴已退回，顾客的资格券按当年规定恢复。"));
}

static Status recover_work(Cx *cx, DbConn *conn, void *input) {
    return shop_recover(cx, conn, input);
}

Status shop_recover_post(Web *web) {
    FormValue values[RECOVER_FIELDS];
    TRY(form_read(web, recover_form(web), values));
    SaleRecover recover = {.sale_id = web->ids[0],
                           .bank_reference = values[RECOVER_REFERENCE].text,
                           .now_ms = web->now_ms};
    TRY(web_write(web, "sale.recover", recover_work, &recover, NULL));
    return web_redirect(web, str_print(web->cx->arena, "/shop/sale/%" PRId64, web->ids[0]),
                        STR("已登记追回，资金账已更正"));
}

/* ---- the photo of a sale ---- */

/* Only what was checked at upload is shown, under its checked type; web adds nosniff and a policy
 * without scripts, and shows nothing but images in the page's own window. */
Status shop_attachment_page(Web *web) {
    Attachment attachment;
    Sale sale;
    TRY(attach_find(web->cx, web->conn, web->ids[0], &attachment));
    if (!str_equal(attachment.subject, STR("sale"))) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这个附件");
    }
    TRY(shop_store_sale_find(web->cx, web->conn, attachment.subject_id, &sale));
    if (web->user->role == ROLE_SHOP && sale.org_id != web->user->org_id) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这个附件");
    }
    Str bytes = STR_NONE;
    TRY(attach_file_get(web->cx, city_file_folder(web->cx->arena, city_of(web)),
                        attachment.file.digest, &bytes));
    return web_file(web, attachment.name, attachment.file.media_type, bytes);
}

/* ---- money ---- */

static ViewValue settlement_state(const Settlement *settlement) {
    if (str_equal(settlement->state, STR("paid"))) {
        return VIEW_BADGE(VIEW_GOOD, STR("paid"), STR("已支付"));
    }
    return settlement->made_by == 0 ? VIEW_BADGE(VIEW_WARN, STR("unchecked"), STR("预拨待核对"))
                                    : VIEW_BADGE(VIEW_INFO, STR("approved"), STR("待支付"));
}

static Str settlement_kind(const Settlement *settlement) {
    return settlement->is_advance ? STR("预拨") : STR("结算");
}

static const ViewColumn settlement_columns[] = {
    {"id", "批次", false},          {"org", "商户", false},         {"kind", "类型", false},
    {"made_ms", "生成时间", false}, {"sale_count", "笔数", true},   {"total_fen", "合计", true},
    {"state", "状态", false},       {"paid_ms", "支付时间", false},
};

static Status settlement_table(Web *web, int64_t org_id) {
    SettlementList list;
    TRY(shop_store_settlements(web->cx, web->conn, org_id, &list));
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_table_begin(view, "settlements", STR("结算批次"), settlement_columns, 8);
    for (size_t i = 0; i < list.count; i++) {
        const Settlement *settlement = &list.items[i];
        Org org;
        TRY(people_org_find(web->cx, web->conn, settlement->org_id, &org));
        view_row(view);
        view_cell(view, VIEW_LINK(str_print(arena, "/settlement/%" PRId64, settlement->id),
                                  str_print(arena, "%" PRId64, settlement->id)));
        view_cell(view, VIEW_TEXT(org.name));
        view_cell(view, VIEW_TEXT(settlement_kind(settlement)));
        view_cell(view, VIEW_INSTANT(settlement->made_ms));
        view_cell(view, VIEW_INT(settlement->sale_count));
        view_cell(view, VIEW_MONEY(settlement->total));
        view_cell(view, settlement_state(settlement));
        view_cell(view, settlement->paid_ms == 0 ? VIEW_TEXT(STR("—"))
                                                 : VIEW_INSTANT(settlement->paid_ms));
    }
    view_table_end(view, STR("还没有结算批次"));
    return STATUS_OK;
}

/* In one look: what is mine and not here yet, and when it comes. */
static void fronted_view(Web *web, const Fronted *fronted, const OpenTotal *open,
                         const SettlementRule *rule) {
    View *view = web->view;
    Day due = advance_due(city_of(web), rule, fronted->oldest_ms);
    view_facts_begin(view, NULL, true);
    view_fact(view, "fronted_fen", "垫付还没到账", VIEW_MONEY(fronted->total));
    view_fact(view, "open_fen", "其中待结算", VIEW_MONEY(open->total));
    view_fact(view, "in_batch_fen", "其中结算中", VIEW_MONEY(fronted->in_batch));
    view_fact(view, "due_day", "最早一笔应到账",
              fronted->count == 0               ? VIEW_TEXT(STR("—"))
              : day_compare(due, DAY_NONE) == 0 ? VIEW_TEXT(STR("未规定期限"))
                                                : VIEW_DAY(due));
    view_facts_end(view);
    view_facts_begin(view, NULL, false);
    view_fact(view, "fronted_count", "垫付笔数", VIEW_INT(fronted->count));
    view_fact(view, "open_count", "待结算笔数", VIEW_INT(open->count));
    view_fact(view, "oldest_ms", "最早一笔核销",
              fronted->count == 0 ? VIEW_TEXT(STR("—")) : VIEW_INSTANT(fronted->oldest_ms));
    view_facts_end(view);
}

static void advance_view(Web *web, const Fronted *fronted, const SettlementRule *rule) {
    View *view = web->view;
    if (rule->id == 0 || rule->threshold.fen == 0) {
        return;
    }
    Str line = money_print(web->cx->arena, rule->threshold);
    view_section(view, STR("预拨"));
    view_text(view, str_print(web->cx->arena,
                              "垫付达到 " STR_FMT " 元，财政不等结算周期，先付一部分，不用您申请。",
                              STR_ARG(line)));
    view_progress(view, STR("离预拨线"),
                  fronted->total.fen < rule->threshold.fen ? fronted->total.fen
                                                           : rule->threshold.fen,
                  rule->threshold.fen);
}

Status shop_money_page(Web *web) {
    OpenTotal open;
    Fronted fronted;
    SettlementRule rule;
    TRY(shop_store_open_total(web->cx, web->conn, web->user->org_id, &open));
    TRY(advance_fronted(web->cx, web->conn, web->user->org_id, &fronted));
    TRY(advance_rule_now(web->cx, web->conn, &rule));
    View *view = web->view;
    view_title(view, STR("我的结算"));
    view_lead(view, STR("垫付的补贴在这里：待结算、结算中、已到账，每一笔都能查到。"));
    view_section(view, STR("垫付情况"));
    fronted_view(web, &fronted, &open, &rule);
    view_link(view, STR("/shop/sales?state=redeemed"), STR("看待结算的每一笔"), false);
    advance_view(web, &fronted, &rule);
    view_section(view, STR("结算批次"));
    return settlement_table(web, web->user->org_id);
}

static ViewValue due_value(Web *web, Day due) {
    if (day_compare(due, DAY_NONE) == 0) {
        return VIEW_TEXT(STR("未规定"));
    }
    bool is_late = day_compare(due, web_today(web)) < 0;
    Str day = day_print(web->cx->arena, due);
    return is_late ? VIEW_BADGE(VIEW_BAD, day,
                                str_print(web->cx->arena, STR_FMT " 已超期", STR_ARG(day)))
                   : VIEW_DAY(due);
}

static Status open_table(Web *web) {
    static const ViewColumn columns[] = {
        {"org", "商户", false},       {"count", "待结算笔数", true},
        {"total_fen", "合计", true},  {"oldest_ms", "最早一笔", false},
        {"due_day", "应到账", false}, {"action", "办理", false}};
    OpenTotalList list;
    SettlementRule rule;
    TRY(shop_store_open_totals(web->cx, web->conn, &list));
    TRY(advance_rule_now(web->cx, web->conn, &rule));
    View *view = web->view;
    view_table_begin(view, "open", STR("待结算商户"), columns, 6);
    for (size_t i = 0; i < list.count; i++) {
        const OpenTotal *open = &list.items[i];
        view_row(view);
        view_cell(view, VIEW_TEXT(open->name));
        view_cell(view, VIEW_INT(open->count));
        view_cell(view, VIEW_MONEY(open->total));
        view_cell(view, VIEW_INSTANT(open->oldest_ms));
        view_cell(view, due_value(web, advance_due(city_of(web), &rule, open->oldest_ms)));
        bool is_finance = web->user->role == ROLE_FINANCE;
        view_cell_action(view, str_print(web->cx->arena, "/settlement/make/%" PRId64, open->org_id),
                         is_finance ? STR("生成批次") : STR_NONE, "确认为这家商户生成结算批次？");
    }
    view_table_end(view, STR("没有待结算的商户"));
    return STATUS_OK;
}

static Status recovering_section(Web *web) {
    SaleList sales;
    TRY(shop_store_recovering(web->cx, web->conn, &sales));
    if (sales.count > 0) {
        view_section(web->view, STR("待追回"));
        sales_table(web, "recovering", &sales);
    }
    return STATUS_OK;
}

Status shop_settlement_list_page(Web *web) {
    view_title(web->view, STR("结算"));
    view_lead(web->view, STR("等待最久的商户排在最前面。"));
    view_section(web->view, STR("待结算"));
    TRY(open_table(web));
    view_link(web->view, STR("/settlement/rule"), STR("结算规则：预拨线、到账期限"), false);
    TRY(recovering_section(web));
    view_section(web->view, STR("批次"));
    return settlement_table(web, 0);
}

typedef struct MakeInput {
    int64_t org_id;
    int64_t made_by;
    int64_t now_ms;
} MakeInput;

static Status make_work(Cx *cx, DbConn *conn, void *input) {
    const MakeInput *in = input;
    int64_t id = 0;
    TRY(shop_settlement_make(cx, conn, in->org_id, in->made_by, in->now_ms, &id));
    db_answer(conn, str_print(cx->arena, "%" PRId64, id));
    return STATUS_OK;
}

Status shop_settlement_post(Web *web) {
    MakeInput input = {.org_id = web->ids[0], .made_by = web->user->id, .now_ms = web->now_ms};
    Str id = STR_NONE;
    TRY(web_write(web, "settlement.make", make_work, &input, &id));
    return web_redirect(
        web, str_print(web->cx->arena, "/settlement/" STR_FMT, STR_ARG(id)),
        STR("结算批次已生成。下一步：打印结算单或下载明细交付款；付款后由另一位同事登记银行流水号。"));
}

/* ---- one settlement ---- */

enum { PAID_REFERENCE, PAID_FIELDS };

static const Form *paid_form(Web *web) {
    static const FormField fields[PAID_FIELDS] = {{.name = "bank_reference",
                                                   .label = "银行流水号",
                                                   .hint = "支付回单上的流水号",
                                                   .kind = FIELD_TEXT,
                                                   .min = 4,
                                                   .max = 60}};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "paid",
                   .action = str_print(web->cx->arena, "/settlement/%" PRId64 "/paid", web->ids[0]),
                   .submit = "登记已支付",
                   .confirm = "登记后资金记为已拨付，确认？",
                   .fields = fields,
                   .field_count = PAID_FIELDS};
    return form;
}

/* Who made the batch is told who registers the payment, instead of a form that would refuse. */
static void paying_view(Web *web, const Settlement *settlement) {
    Cx quiet;
    cx_init(&quiet, web->cx->arena);
    if (web->user->role != ROLE_FINANCE || !str_equal(settlement->state, STR("approved"))) {
        return;
    }
    if (settlement->made_by == 0) {
        view_text(web->view,
                  STR("这是系统按结算规则生成的预拨批次。请核对商户和明细；核对的人不登记支付。"));
        view_action(web->view,
                    str_print(web->cx->arena, "/settlement/%" PRId64 "/check", settlement->id),
                    STR("核对无误"), NULL);
        return;
    }
    if (shop_settlement_second_check(&quiet, settlement, web->user->id) == STATUS_OK) {
        view_form(web->view, paid_form(web));
    } else {
        view_notice(web->view, VIEW_INFO,
                    str_print(web->cx->arena, "%s。%s。", quiet.fault.text, quiet.fault.hint));
    }
}

Status shop_settlement_page(Web *web) {
    Settlement settlement;
    Org org;
    TRY(shop_settlement_read(web, &settlement, &org));
    Arena *arena = web->cx->arena;
    View *view = web->view;
    view_title(view, str_print(arena, "结算批次 %" PRId64, settlement.id));
    view_section(view, STR("合计"));
    view_facts_begin(view, NULL, true);
    view_fact(view, "org", "商户", VIEW_TEXT(org.name));
    view_fact(view, "kind", "类型", VIEW_TEXT(settlement_kind(&settlement)));
    view_fact(view, "sale_count", "笔数", VIEW_INT(settlement.sale_count));
    view_fact(view, "total_fen", "合计", VIEW_MONEY(settlement.total));
    view_fact(view, "state", "状态", settlement_state(&settlement));
    view_fact(view, "bank_reference", "银行流水号",
              settlement.bank_reference.len > 0 ? VIEW_TEXT(settlement.bank_reference)
                                                : VIEW_TEXT(STR("—")));
    view_facts_end(view);
    view_link(view, str_print(arena, "/settlement/%" PRId64 "/file/pdf", settlement.id),
              STR("打印结算单（PDF）"), false);
    view_link(view, str_print(arena, "/settlement/%" PRId64 "/file/xlsx", settlement.id),
              STR("下载明细（电子表格）"), false);
    view_link(view, str_print(arena, "/settlement/%" PRId64 "/file", settlement.id),
              STR("下载明细（CSV）"), false);
    view_link(view, str_print(arena, "/settlement/%" PRId64 "/file/csv_gb", settlement.id),
              STR("下载明细（CSV，国标编码）"), false);
    paying_view(web, &settlement);
    SalePage page = {.settlement_id = settlement.id,
                     .page = web_param_int(web, "page", 0),
                     .row_max = SALES_PER_PAGE};
    SaleList sales;
    TRY(shop_store_sales(web->cx, web->conn, &page, &sales));
    view_section(view, STR("明细"));
    sales_table(web, "sales", &sales);
    view_pager(view, str_print(arena, "/settlement/%" PRId64, settlement.id), page.page,
               sales.has_more);
    return STATUS_OK;
}

static Status paid_work(Cx *cx, DbConn *conn, void *input) {
    return shop_settlement_pay(cx, conn, input);
}

Status shop_settlement_paid_post(Web *web) {
    FormValue values[PAID_FIELDS];
    TRY(form_read(web, paid_form(web), values));
    SettlementPaid paid = {.settlement_id = web->ids[0],
                           .paid_by = web->user->id,
                           .bank_reference = values[PAID_REFERENCE].text,
                           .now_ms = web->now_ms};
    TRY(web_write(web, "settlement.pay", paid_work, &paid, NULL));
    return web_redirect(web, str_print(web->cx->arena, "/settlement/%" PRId64, web->ids[0]),
                        STR("已登记支付，商户可以看到"));
}
