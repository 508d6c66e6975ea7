/*
 * pickup_pages.c - the resident books and follows a pick-up; the driver sees the round, weighs and
 * pays.
 */
#include "base/codes.h"
#include "office/mark/mark.h"
#include "office/pickup/pickup_store.h"
#include "web/form.h"

#include <inttypes.h>

static const City *city_of(const Web *web) {
    return web->app->house;
}

static Str slot_text(Arena *arena, const Pickup *pickup) {
    return str_print(arena, STR_FMT " " STR_FMT, STR_ARG(day_print(arena, pickup->slot_day)),
                     STR_ARG(pickup_part_zh(pickup->slot_part)));
}

static Str category_zh(const Web *web, Str category) {
    return city_category_name(city_of(web), STR("appliance"), category);
}

/* ---- the resident ---- */

static const ViewColumn own_columns[] = {{"id", "编号", false},
                                         {"title", "旧物", false},
                                         {"slot", "上门时段", false},
                                         {"state", "状态", false},
                                         {"paid_fen", "回收款", true}};

Status pickup_list_page(Web *web) {
    PickupList list;
    TRY(pickup_store_of_person(web->cx, web->conn, web->user->id, &list));
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_title(view, STR("旧物回收"));
    view_lead(view, STR("线上预约，上门收走，当场称重付款；拆解后可以查到证明。"));
    view_link(view, STR("/pickup/new"), STR("预约上门回收"), true);
    view_section(view, STR("我的预约"));
    view_table_begin(view, "pickups", STR("我的预约"), own_columns, 5);
    for (size_t i = 0; i < list.count; i++) {
        const Pickup *pickup = &list.items[i];
        view_row(view);
        view_cell(view, VIEW_LINK(str_print(arena, "/pickup/%" PRId64, pickup->id),
                                  str_print(arena, "%" PRId64, pickup->id)));
        view_cell(view, VIEW_TEXT(pickup->title));
        view_cell(view, VIEW_TEXT(slot_text(arena, pickup)));
        view_cell(view, pickup_state_view(pickup->state));
        view_cell(view, pickup->collected_ms == 0 ? VIEW_TEXT(STR("—")) : VIEW_MONEY(pickup->paid));
    }
    view_table_end(view, STR("还没有预约"));
    return STATUS_OK;
}

enum { NEW_COUPON, NEW_CATEGORY, NEW_TITLE, NEW_TOWN, NEW_ADDRESS, NEW_SLOT, NEW_FIELDS };

static void choices_of_slots(Web *web, FormField *field) {
    Arena *arena = web->cx->arena;
    FormChoice *choices = arena_array(arena, FormChoice, PICKUP_DAYS_AHEAD * 2);
    for (int32_t i = 0; i < PICKUP_DAYS_AHEAD; i++) {
        Day day = day_add(web_today(web), i + 1);
        Str date = day_print(arena, day);
        choices[i * 2] = (FormChoice){str_print(arena, STR_FMT "/morning", STR_ARG(date)).at,
                                      str_print(arena, STR_FMT " 上午", STR_ARG(date)).at};
        choices[i * 2 + 1] = (FormChoice){str_print(arena, STR_FMT "/afternoon", STR_ARG(date)).at,
                                          str_print(arena, STR_FMT " 下午", STR_ARG(date)).at};
    }
    field->choices = choices;
    field->choice_count = PICKUP_DAYS_AHEAD * 2;
}

static void choices_of_towns(Web *web, FormField *field) {
    const City *city = city_of(web);
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, city->town_count + 1);
    for (size_t i = 0; i < city->town_count; i++) {
        choices[i] = (FormChoice){str_c(web->cx->arena, city->towns[i].code),
                                  str_c(web->cx->arena, city->towns[i].name)};
    }
    field->choices = choices;
    field->choice_count = city->town_count;
    field->value = web->user->town_code;
}

/* Any appliance may be given away, whatever this year's list of subsidies says. */
static void choices_of_categories(Web *web, FormField *field) {
    const City *city = city_of(web);
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, city->category_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < city->category_count; i++) {
        const CityCategory *category = &city->categories[i];
        bool is_known = false;
        for (size_t k = 0; k < count; k++) {
            is_known = is_known || str_equal(str_of(choices[k].code), category->code);
        }
        if (!is_known && str_equal(category->programme, STR("appliance"))) {
            choices[count++] = (FormChoice){str_c(web->cx->arena, category->code),
                                            str_c(web->cx->arena, category->name)};
        }
    }
    field->choices = choices;
    field->choice_count = count;
}

static const Form *new_form(Web *web) {
    FormField *fields = arena_array(web->cx->arena, FormField, NEW_FIELDS);
    fields[NEW_COUPON] = (FormField){
        .name = "coupon", .label = "资格券", .kind = FIELD_HIDDEN, .is_optional = true, .max = 20};
    fields[NEW_CATEGORY] =
        (FormField){.name = "category", .label = "旧物类别", .kind = FIELD_CHOICE};
    choices_of_categories(web, &fields[NEW_CATEGORY]);
    fields[NEW_TITLE] = (FormField){.name = "title",
                                    .label = "旧物说明",
                                    .hint = "例如：双门冰箱，2012 年前后，四楼无电梯",
                                    .kind = FIELD_TEXT,
                                    .min = 2,
                                    .max = 60};
    fields[NEW_TOWN] = (FormField){.name = "town", .label = "所在镇街", .kind = FIELD_CHOICE};
    choices_of_towns(web, &fields[NEW_TOWN]);
    fields[NEW_ADDRESS] = (FormField){.name = "address",
                                      .label = "详细地址",
                                      .hint = "只有上门的司机能看到",
                                      .kind = FIELD_TEXT,
                                      .min = 4,
                                      .max = 100};
    fields[NEW_SLOT] = (FormField){.name = "slot", .label = "上门时段", .kind = FIELD_CHOICE};
    choices_of_slots(web, &fields[NEW_SLOT]);
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "pickup",
                   .action = STR("/pickup/new"),
                   .submit = "提交预约",
                   .fields = fields,
                   .field_count = NEW_FIELDS};
    return form;
}

Status pickup_new_page(Web *web) {
    view_title(web->view, STR("预约上门回收"));
    view_section(web->view, STR_NONE);
    view_form(web->view, new_form(web));
    return STATUS_OK;
}

typedef struct BookInput {
    const City *city;
    Pickup pickup;
} BookInput;

static Status book_work(Cx *cx, DbConn *conn, void *input) {
    BookInput *in = input;
    TRY(pickup_book(cx, conn, in->city, &in->pickup));
    db_answer(conn, str_print(cx->arena, "%" PRId64, in->pickup.id));
    return STATUS_OK;
}

Status pickup_new_post(Web *web) {
    FormValue values[NEW_FIELDS];
    TRY(form_read(web, new_form(web), values));
    Str part = values[NEW_SLOT].text;
    Str date = str_cut(&part, '/');
    BookInput input = {.city = city_of(web)};
    input.pickup = (Pickup){
        .person_id = web->user->id,
        .coupon_id = web_param_int(web, "coupon", 0),
        .category = values[NEW_CATEGORY].text,
        .title = values[NEW_TITLE].text,
        .town_code = values[NEW_TOWN].text,
        .address_sealed = people_seal_text(web->cx->arena, city_of(web), values[NEW_ADDRESS].text),
        .address_hash = mark_address_hash(web->cx->arena, city_of(web), values[NEW_TOWN].text,
                                          values[NEW_ADDRESS].text),
        .slot_part = part,
        .booked_ms = web->now_ms};
    TRY(day_parse(web->cx, date, &input.pickup.slot_day));
    Str id = STR_NONE;
    TRY(web_write(web, "pickup.book", book_work, &input, &id));
    return web_redirect(web, str_print(web->cx->arena, "/pickup/" STR_FMT, STR_ARG(id)),
                        str_print(web->cx->arena,
                                  "预约成功，编号 " STR_FMT
                                  "。下一步：在上门时段等候，司机当场称重付款。",
                                  STR_ARG(id)));
}

static Str sign_zh(PickupSign sign) {
    static const char *const texts[] = {
#define X(name, code, zh) zh,
        PICKUP_SIGN_LIST(X)
#undef X
    };
    return str_of(texts[sign]);
}

static Status pickup_facts(Web *web, const Pickup *pickup) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_facts_begin(view, NULL, false);
    view_fact(view, "state", "状态", pickup_state_view(pickup->state));
    view_fact(view, "category", "类别", VIEW_TEXT(category_zh(web, pickup->category)));
    view_fact(view, "title", "说明", VIEW_TEXT(pickup->title));
    view_fact(view, "town", "镇街", VIEW_TEXT(city_town_name(city_of(web), pickup->town_code)));
    view_fact(view, "slot", "上门时段", VIEW_TEXT(slot_text(arena, pickup)));
    if (pickup->arrive_ms != 0 && str_equal(pickup->state, STR("booked"))) {
        view_fact(view, "window", "预计上门", VIEW_TEXT(pickup_window_zh(arena, pickup)));
    }
    Org org;
    TRY(people_org_find(web->cx, web->conn, pickup->org_id, &org));
    view_fact(view, "org", "回收企业", VIEW_TEXT(org.name));
    if (str_equal(pickup->state, STR("booked")) && !str_equal(org.state, STR("active"))) {
        view_fact(view, "org_state", "说明",
                  VIEW_TEXT(STR("这家企业已暂停参加，正在为您转给其他企业，日期和时段不变")));
    }
    if (pickup->collected_ms != 0) {
        view_fact(view, "old_serial", "旧机序列号", VIEW_TEXT(pickup->old_serial));
        view_fact(view, "net_gram", "净重（克）", VIEW_INT(pickup->net_gram));
        view_fact(view, "paid_fen", "回收款", VIEW_MONEY(pickup->paid));
        view_fact(view, "signed", "签收", VIEW_TEXT(sign_zh(pickup->sign)));
    }
    view_facts_end(view);
    return STATUS_OK;
}

Status pickup_page(Web *web) {
    Pickup pickup;
    TRY(pickup_find(web->cx, web->conn, web->ids[0], &pickup));
    if (pickup.person_id != web->user->id) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这个预约");
    }
    Arena *arena = web->cx->arena;
    view_title(web->view, str_print(arena, "回收预约 %" PRId64, pickup.id));
    view_section(web->view, STR("预约情况"));
    TRY(pickup_facts(web, &pickup));
    if (str_equal(pickup.state, STR("booked"))) {
        view_facts_begin(web->view, NULL, true);
        view_fact(web->view, "sign_code", "签收码",
                  VIEW_TEXT(pickup_sign_code(arena, city_of(web), pickup.id)));
        view_facts_end(web->view);
        view_text(
            web->view,
            STR("司机称重付款后，核对重量和金额，再把签收码告诉司机；也可以在纸质单上签字。"));
        view_action(web->view, str_print(arena, "/pickup/%" PRId64 "/cancel", pickup.id),
                    STR("取消预约"), "确认取消这个预约？");
    }
    return STATUS_OK;
}

typedef struct CancelInput {
    int64_t id;
    int64_t person_id;
    int64_t now_ms;
} CancelInput;

static Status cancel_work(Cx *cx, DbConn *conn, void *input) {
    const CancelInput *in = input;
    return pickup_cancel(cx, conn, in->id, in->person_id, in->now_ms);
}

Status pickup_cancel_post(Web *web) {
    CancelInput input = {.id = web->ids[0], .person_id = web->user->id, .now_ms = web->now_ms};
    TRY(web_write(web, "pickup.cancel", cancel_work, &input, NULL));
    return web_redirect(web, STR("/pickup"), STR("预约已取消"));
}

/* ---- the driver ---- */

enum { ROUND_DAYS_MAX = 31 };

static const ViewColumn round_columns[] = {
    {"place", "顺序", false},   {"arrive", "预计到达", false}, {"slot", "时段", false},
    {"town", "镇街", false},    {"address", "地址", false},    {"title", "旧物", false},
    {"vehicle", "车辆", false}, {"action", "办理", false}};

/* Only on the day of the round, and only after the driver has opened it: that is journaled. */
static Status address_value(Web *web, const Pickup *pickup, ViewValue *out) {
    const int order = day_compare(pickup->slot_day, web_today(web));
    Str address = STR_NONE;
    if (order != 0) {
        *out =
            VIEW_BADGE(order > 0 ? VIEW_NEUTRAL : VIEW_BAD, order > 0 ? STR("later") : STR("over"),
                       order > 0 ? STR("当天可打开") : STR("已过期，请调度员重新排定"));
        return STATUS_OK;
    }
    if (!pickup->is_opened) {
        *out = VIEW_BADGE(VIEW_WARN, STR("closed"), STR("未打开"));
        return STATUS_OK;
    }
    TRY(people_open_text(web->cx, city_of(web), pickup->address_sealed, &address));
    *out = VIEW_TEXT(address);
    return STATUS_OK;
}

static Status round_row(Web *web, const Pickup *pickup) {
    ViewValue address = VIEW_NONE;
    TRY(address_value(web, pickup, &address));
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_row(view);
    view_cell(view, VIEW_INT(pickup->round_place));
    view_cell(view, VIEW_TEXT(str_from(instant_print_minute(arena, pickup->arrive_ms), 11)));
    view_cell(view, VIEW_TEXT(slot_text(arena, pickup)));
    view_cell(view, VIEW_TEXT(city_town_name(city_of(web), pickup->town_code)));
    view_cell(view, address);
    view_cell(view, VIEW_TEXT(pickup->title));
    view_cell(view, VIEW_TEXT(pickup->round_vehicle));
    view_cell(view, VIEW_LINK(str_print(arena, "/round/%" PRId64, pickup->id), STR("称重付款")));
    return STATUS_OK;
}

/* Stops of one vehicle and day stand together, in the order in which they are driven; the SQL
 * gives them so. */
static bool is_same_round(const Pickup *left, const Pickup *right) {
    return left->slot_day.number == right->slot_day.number &&
           str_equal(left->round_vehicle, right->round_vehicle);
}

static Str round_caption(Arena *arena, const Pickup *pickup) {
    Str day = day_print(arena, pickup->slot_day);
    return str_print(arena, STR_FMT " " STR_FMT "：按发布的顺序", STR_ARG(day),
                     STR_ARG(pickup->round_vehicle));
}

/* One table for a program; for a driver one per vehicle and day. */
static Status round_tables(Web *web, const PickupList *list) {
    View *view = web->view;
    for (size_t i = 0; i < list->count; i++) {
        bool is_first =
            i == 0 || (!web->is_json && !is_same_round(&list->items[i - 1], &list->items[i]));
        if (is_first && i > 0) {
            view_table_end(view, STR_NONE);
        }
        if (is_first) {
            Str caption = round_caption(web->cx->arena, &list->items[i]);
            view_section(view, caption);
            view_table_begin(view, "stops", caption, round_columns, 8);
        }
        TRY(round_row(web, &list->items[i]));
    }
    if (list->count == 0) {
        view_section(view, STR_NONE);
        view_table_begin(view, "stops", STR("待上门"), round_columns, 8);
    }
    view_table_end(view, STR("没有待上门的预约"));
    return STATUS_OK;
}

/* Where to go now: the first stop of today that is left. */
static Status next_view(Web *web, const PickupList *list) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    const Pickup *next = NULL;
    ViewValue address = VIEW_NONE;
    for (size_t i = 0; i < list->count && next == NULL; i++) {
        bool is_today = day_compare(list->items[i].slot_day, web_today(web)) == 0;
        next = is_today ? &list->items[i] : NULL;
    }
    if (next == NULL) {
        return STATUS_OK;
    }
    TRY(address_value(web, next, &address));
    view_section(view, STR("下一站"));
    view_facts_begin(view, "next", false);
    view_fact(view, "place", "顺序",
              VIEW_TEXT(str_print(arena, STR_FMT " 第 %" PRId64 " 站", STR_ARG(next->round_vehicle),
                                  next->round_place)));
    view_fact(view, "window", "预计上门", VIEW_TEXT(pickup_window_zh(arena, next)));
    view_fact(view, "town", "镇街", VIEW_TEXT(city_town_name(city_of(web), next->town_code)));
    view_fact(view, "address", "地址", address);
    view_fact(view, "title", "旧物", VIEW_TEXT(next->title));
    view_facts_end(view);
    view_link(view, str_print(arena, "/round/%" PRId64, next->id), STR("称重付款"), true);
    return STATUS_OK;
}

static size_t closed_count(const Web *web, const PickupList *list) {
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const Pickup *pickup = &list->items[i];
        count += day_compare(pickup->slot_day, web_today(web)) == 0 && !pickup->is_opened ? 1 : 0;
    }
    return count;
}

Status pickup_round_page(Web *web) {
    PickupList list;
    int64_t days = web_param_int(web, "days", 1);
    const PickupRoundAsk ask = {
        .driver_id = web->user->id,
        .org_id = web->user->org_id,
        .today = web_today(web),
        .until = day_add(web_today(web), (int32_t)(days < ROUND_DAYS_MAX ? days : ROUND_DAYS_MAX))};
    TRY(pickup_store_round(web->cx, web->conn, &ask, &list));
    View *view = web->view;
    view_title(view, STR("今日收运"));
    view_lead(view, str_print(web->cx->arena,
                              "您的车辆到 " STR_FMT " 为止待上门 %zu 单，按发布的路线先后。"
                              "地址只在当天显示，打开地址会写入日志。",
                              STR_ARG(day_print(web->cx->arena, ask.until)), list.count));
    if (closed_count(web, &list) > 0) {
        view_action(view, STR("/round/open"), STR("打开今天的地址"), NULL);
    }
    if (list.count == 0) {
        view_text(view,
                  STR("没有发布给您的路线：调度员登记您驾驶的车辆并发布路线后，这里会显示。"));
    }
    TRY(next_view(web, &list));
    TRY(round_tables(web, &list));
    view_link(view, STR("/round?days=7"), STR("看未来七天"), false);
    return STATUS_OK;
}

static Status open_work(Cx *cx, DbConn *conn, void *input) {
    return pickup_addresses_open(cx, conn, input);
}

Status pickup_open_post(Web *web) {
    PickupOpening opening = {
        .driver_id = web->user->id, .org_id = web->user->org_id, .today = web_today(web)};
    TRY(web_write(web, "pickup.address", open_work, &opening, NULL));
    return web_redirect(web, STR("/round"), STR("今天的地址已打开，已写入日志"));
}

/* ---- pick-ups of a recycler that may not work ---- */

static Status stranded_table(Web *web, const PickupList *list, int64_t org_id) {
    static const ViewColumn columns[] = {{"id", "编号", true},
                                         {"slot", "时段", false},
                                         {"town", "镇街", false},
                                         {"title", "旧物", false}};
    View *view = web->view;
    view_table_begin(view, "pickups", STR("待上门预约"), columns, 4);
    for (size_t i = 0; i < list->count; i++) {
        const Pickup *pickup = &list->items[i];
        if (pickup->org_id == org_id) {
            view_row(view);
            view_cell(view, VIEW_INT(pickup->id));
            view_cell(view, VIEW_TEXT(slot_text(web->cx->arena, pickup)));
            view_cell(view, VIEW_TEXT(city_town_name(city_of(web), pickup->town_code)));
            view_cell(view, VIEW_TEXT(pickup->title));
        }
    }
    view_table_end(view, STR("没有"));
    return STATUS_OK;
}

Status pickup_stranded_page(Web *web) {
    PickupList list;
    TRY(pickup_stranded(web->cx, web->conn, &list));
    View *view = web->view;
    view_title(view, STR("暂停企业的待上门预约"));
    view_lead(
        view,
        STR("企业暂停后不能上门。转给正常参加的企业后，居民的日期和时段不变，由新的企业排定路线；"
            "日期已过的请联系居民改约。"));
    int64_t org_id = 0;
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i].org_id == org_id) {
            continue;
        }
        Org org;
        org_id = list.items[i].org_id;
        TRY(people_org_find(web->cx, web->conn, org_id, &org));
        view_section(view, org.name);
        TRY(stranded_table(web, &list, org_id));
        view_action(view, str_print(web->cx->arena, "/pickup/stranded/%" PRId64, org_id),
                    STR("转给其他回收企业"), "今天及以后的预约全部转给其他企业，确认？");
    }
    if (list.count == 0) {
        view_section(view, STR_NONE);
        view_text(view, STR("没有暂停企业的待上门预约。"));
    }
    return STATUS_OK;
}

static Status reroute_work(Cx *cx, DbConn *conn, void *input) {
    return pickup_reroute(cx, conn, input);
}

Status pickup_reroute_post(Web *web) {
    PickupReroute reroute = {.org_id = web->ids[0], .from = web_today(web)};
    TRY(web_write(web, "pickup.reroute", reroute_work, &reroute, NULL));
    return web_redirect(web, STR("/pickup/stranded"), STR("已转给其他回收企业"));
}

/* ---- weighing ---- */

enum {
    COLLECT_SERIAL,
    COLLECT_GROSS,
    COLLECT_TARE,
    COLLECT_PAID,
    COLLECT_SIGN,
    COLLECT_CODE,
    COLLECT_FIELDS
};

/* In the order of PICKUP_SIGN_LIST, without its first. */
static const FormChoice sign_choices[] = {{"code", "居民出示签收码"},
                                          {"paper", "居民在纸质单上签字"}};

static const Form *collect_form(Web *web) {
    static const FormField shape[COLLECT_FIELDS] = {
        {.name = "old_serial",
         .label = "旧机序列号",
         .hint = "铭牌上的编号；没有铭牌的，登记现场粘贴的编号",
         .kind = FIELD_SERIAL},
        {.name = "gross",
         .label = "毛重（克）",
         .hint = "例如 62 千克填 62000",
         .kind = FIELD_INT,
         .min = 1,
         .max = PICKUP_WEIGHT_GRAM_MAX},
        {.name = "tare",
         .label = "皮重（克）",
         .hint = "托盘、包装的重量，没有填 0",
         .kind = FIELD_INT,
         .min = 0,
         .max = PICKUP_WEIGHT_GRAM_MAX},
        {.name = "paid",
         .label = "付给居民（元）",
         .kind = FIELD_MONEY,
         .min = 0,
         .max = PICKUP_PAID_FEN_MAX},
        {.name = "sign",
         .label = "居民签收",
         .hint = "请居民核对重量和金额",
         .kind = FIELD_CHOICE,
         .choices = sign_choices,
         .choice_count = 2},
        {.name = "sign_code",
         .label = "签收码",
         .hint = "居民的预约页面上的六位数字；纸质签字的不填",
         .kind = FIELD_TEXT,
         .is_optional = true,
         .max = 6},
    };
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "collect",
                   .action = str_print(web->cx->arena, "/round/%" PRId64, web->ids[0]),
                   .submit = "确认收走并付款",
                   .fields = shape,
                   .field_count = COLLECT_FIELDS};
    return form;
}

static Status round_pickup(Web *web, Pickup *pickup) {
    TRY(pickup_find(web->cx, web->conn, web->ids[0], pickup));
    if (pickup->org_id != web->user->org_id || pickup->round_driver_id != web->user->id) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这个预约");
    }
    return STATUS_OK;
}

Status pickup_collect_page(Web *web) {
    Pickup pickup;
    TRY(round_pickup(web, &pickup));
    view_title(web->view, str_print(web->cx->arena, "称重付款：" STR_FMT, STR_ARG(pickup.title)));
    view_section(web->view, STR("预约情况"));
    TRY(pickup_facts(web, &pickup));
    if (str_equal(pickup.state, STR("booked"))) {
        view_section(web->view, STR("现场登记"));
        view_form(web->view, collect_form(web));
    }
    return STATUS_OK;
}

Status pickup_collect_read(Web *web, PickupCollect *collect) {
    Pickup pickup;
    TRY(round_pickup(web, &pickup));
    FormValue values[COLLECT_FIELDS];
    TRY(form_read(web, collect_form(web), values));
    bool is_code = str_equal(values[COLLECT_SIGN].text, STR("code"));
    Str code = pickup_sign_code(web->cx->arena, city_of(web), pickup.id);
    if (is_code && !str_equal(values[COLLECT_CODE].text, code)) {
        return fault_at_field(web->cx, STATUS_INVALID, "sign_code",
                              "签收码不对，请看居民预约页面上的六位数字");
    }
    *collect = (PickupCollect){.pickup_id = pickup.id,
                               .driver_id = web->user->id,
                               .is_on_round = true,
                               .org_id = web->user->org_id,
                               .old_serial = values[COLLECT_SERIAL].text,
                               .gross_gram = values[COLLECT_GROSS].number,
                               .tare_gram = values[COLLECT_TARE].number,
                               .paid = {values[COLLECT_PAID].number},
                               .sign = is_code ? PICKUP_SIGN_CODE : PICKUP_SIGN_PAPER,
                               .now_ms = web->now_ms};
    return STATUS_OK;
}
