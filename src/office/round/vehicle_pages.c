/* vehicle_pages.c - the recycler's vehicles: what they carry, can do, and when they drive. */
#include "office/round/round_pages.h"
#include "web/form.h"

#include <inttypes.h>

enum {
    FIELD_NAME,
    FIELD_KG,
    FIELD_LITRE,
    FIELD_PIECE,
    FIELD_REFRIGERANT,
    FIELD_TWO,
    FIELD_LIFT,
    FIELD_OPEN,
    FIELD_CLOSE,
    FIELD_BREAK_OPEN,
    FIELD_BREAK,
    FIELD_DEPOT,
    FIELD_DRIVER,
    FIELDS,
    KG_MAX = 20000,
    LITRE_MAX = 100000,
    PIECE_MAX = 500,
    BREAK_MINUTES_MAX = 180,
    DAY_MINUTES = 24 * 60,
};

static Str clock_of(Arena *arena, int64_t minutes) {
    return str_print(arena, "%02" PRId64 ":%02" PRId64, minutes / 60, minutes % 60);
}

/* ---- the table ---- */

static const ViewColumn columns[] = {{"name", "车辆", false},    {"capacity", "装载量", false},
                                     {"skills", "条件", false},  {"shift", "班次", false},
                                     {"depot", "出发地", false}, {"driver", "司机", false},
                                     {"state", "状态", false},   {"action", "办理", false}};

/* A vehicle without a driver drives nowhere: nobody would see its addresses. */
static ViewValue driver_value(const DispatchDesk *desk, const DispatchVehicle *vehicle) {
    for (size_t i = 0; i < desk->drivers.count; i++) {
        if (desk->drivers.items[i].id == vehicle->driver_id) {
            return VIEW_TEXT(desk->drivers.items[i].login);
        }
    }
    return vehicle->driver_id == 0 ? VIEW_BADGE(VIEW_WARN, STR("none"), STR("未登记司机"))
                                   : VIEW_BADGE(VIEW_BAD, STR("gone"), STR("司机账号已停用"));
}

static void row_write(const DispatchDesk *desk, const DispatchVehicle *vehicle) {
    View *view = desk->web->view;
    Arena *arena = desk->web->cx->arena;
    view_row(view);
    view_cell(view, VIEW_LINK(str_print(arena, "/dispatch/vehicle/%" PRId64, vehicle->id),
                              vehicle->name));
    view_cell(view, VIEW_TEXT(str_print(arena, "%" PRId64 " kg，%" PRId64 " 升，%" PRId64 " 件",
                                        vehicle->capacity_kg, vehicle->capacity_litre,
                                        vehicle->capacity_piece)));
    view_cell(view, VIEW_TEXT(dispatch_skills_zh(arena, vehicle->skills)));
    view_cell(view, VIEW_TEXT(str_print(arena, STR_FMT "—" STR_FMT,
                                        STR_ARG(clock_of(arena, vehicle->shift_open_min)),
                                        STR_ARG(clock_of(arena, vehicle->shift_close_min)))));
    view_cell(view, VIEW_TEXT(city_town_name(desk->city, vehicle->depot_town)));
    view_cell(view, driver_value(desk, vehicle));
    view_cell(view, vehicle->is_broken ? VIEW_BADGE(VIEW_BAD, STR("broken"), STR("故障"))
                                       : VIEW_BADGE(VIEW_GOOD, STR("ready"), STR("可用")));
    Str path =
        str_print(arena, "/dispatch/vehicle/%" PRId64 "/%s?day=" STR_FMT, vehicle->id,
                  vehicle->is_broken ? "repaired" : "broken", STR_ARG(day_print(arena, desk->day)));
    view_cell_action(view, path, vehicle->is_broken ? STR("已修复") : STR("车辆故障"),
                     vehicle->is_broken ? NULL : "登记故障后，它的站点马上分给其他车辆。确认？");
}

void dispatch_vehicles_view(const DispatchDesk *desk) {
    View *view = desk->web->view;
    view_section(view, STR("车辆"));
    view_table_begin(view, "vehicles", STR("车辆"), columns, 8);
    for (size_t i = 0; i < desk->vehicles.count; i++) {
        row_write(desk, &desk->vehicles.items[i]);
    }
    view_table_end(view, STR("还没有登记车辆"));
    view_link(view, STR("/dispatch/vehicle/new"), STR("添加车辆"), false);
}

/* ---- the form ---- */

static void depot_choices(Web *web, FormField *field) {
    const City *city = dispatch_city(web);
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, city->town_count + 1);
    for (size_t i = 0; i < city->town_count; i++) {
        choices[i] = (FormChoice){str_c(web->cx->arena, city->towns[i].code),
                                  str_c(web->cx->arena, city->towns[i].name)};
    }
    field->choices = choices;
    field->choice_count = city->town_count;
}

static const FormField shape[FIELDS] = {
    [FIELD_NAME] = {.name = "name",
                    .label = "车辆名称",
                    .hint = "例如：一号厢式货车",
                    .kind = FIELD_TEXT,
                    .min = 2,
                    .max = 20},
    [FIELD_KG] =
        {.name = "kg", .label = "载重（千克）", .kind = FIELD_INT, .min = 1, .max = KG_MAX},
    [FIELD_LITRE] = {.name = "litre",
                     .label = "容积（升）",
                     .hint = "1 立方米是 1000 升",
                     .kind = FIELD_INT,
                     .min = 1,
                     .max = LITRE_MAX},
    [FIELD_PIECE] =
        {.name = "piece", .label = "一趟最多几件", .kind = FIELD_INT, .min = 1, .max = PIECE_MAX},
    [FIELD_REFRIGERANT] = {.name = "refrigerant",
                           .label = "能回收制冷剂（冰箱、空调需要）",
                           .kind = FIELD_CHECK,
                           .is_optional = true},
    [FIELD_TWO] = {.name = "two",
                   .label = "两人一组（冰箱、洗衣机需要）",
                   .kind = FIELD_CHECK,
                   .is_optional = true},
    [FIELD_LIFT] = {.name = "lift",
                    .label = "有尾板或爬楼机",
                    .kind = FIELD_CHECK,
                    .is_optional = true},
    [FIELD_OPEN] = {.name = "shift_open", .label = "上班时间", .kind = FIELD_TEXT, .max = 5},
    [FIELD_CLOSE] = {.name = "shift_close", .label = "下班时间", .kind = FIELD_TEXT, .max = 5},
    [FIELD_BREAK_OPEN] = {.name = "break_open",
                          .label = "休息开始",
                          .hint = "在这之后一小时内开始休息",
                          .kind = FIELD_TEXT,
                          .max = 5},
    [FIELD_BREAK] = {.name = "break_minutes",
                     .label = "休息几分钟",
                     .hint = "不休息填 0",
                     .kind = FIELD_INT,
                     .max = BREAK_MINUTES_MAX},
    [FIELD_DEPOT] = {.name = "depot", .label = "出发和卸货的镇街", .kind = FIELD_CHOICE},
    [FIELD_DRIVER] = {.name = "driver",
                      .label = "司机账号",
                      .hint = "只有他能看到这辆车当天的地址；换司机后立即生效",
                      .kind = FIELD_CHOICE,
                      .is_optional = true},
};

static void values_fill(Arena *arena, FormField *fields, const DispatchVehicle *vehicle) {
    fields[FIELD_NAME].value = vehicle->name;
    fields[FIELD_KG].value = str_print(arena, "%" PRId64, vehicle->capacity_kg);
    fields[FIELD_LITRE].value = str_print(arena, "%" PRId64, vehicle->capacity_litre);
    fields[FIELD_PIECE].value = str_print(arena, "%" PRId64, vehicle->capacity_piece);
    fields[FIELD_OPEN].value = clock_of(arena, vehicle->shift_open_min);
    fields[FIELD_CLOSE].value = clock_of(arena, vehicle->shift_close_min);
    fields[FIELD_BREAK_OPEN].value = clock_of(arena, vehicle->break_open_min);
    fields[FIELD_BREAK].value = str_print(arena, "%" PRId64, vehicle->break_min);
    fields[FIELD_DEPOT].value = vehicle->depot_town;
    static const struct {
        int field;
        int64_t skill;
    } ticks[] = {{FIELD_REFRIGERANT, DISPATCH_SKILL_REFRIGERANT},
                 {FIELD_TWO, DISPATCH_SKILL_TWO},
                 {FIELD_LIFT, DISPATCH_SKILL_LIFT}};
    for (size_t i = 0; i < 3; i++) {
        fields[ticks[i].field].value =
            (vehicle->skills & ticks[i].skill) != 0 ? STR("1") : STR_NONE;
    }
}

static Status driver_choices(Web *web, const DispatchVehicle *vehicle, FormField *field) {
    PeopleList drivers;
    TRY(people_of_org(web->cx, web->conn, web->user->org_id, ROLE_DRIVER, &drivers));
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, drivers.count + 1);
    for (size_t i = 0; i < drivers.count; i++) {
        const Person *driver = &drivers.items[i];
        Str label = str_print(web->cx->arena, STR_FMT "（" STR_FMT "）", STR_ARG(driver->login),
                              STR_ARG(driver->name_masked));
        choices[i] =
            (FormChoice){str_c(web->cx->arena, str_print(web->cx->arena, "%" PRId64, driver->id)),
                         str_c(web->cx->arena, label)};
        if (driver->id == vehicle->driver_id) {
            field->value = str_of(choices[i].code);
        }
    }
    field->choices = choices;
    field->choice_count = drivers.count;
    return STATUS_OK;
}

static Status vehicle_form(Web *web, const DispatchVehicle *vehicle, const Form **out) {
    Arena *arena = web->cx->arena;
    FormField *fields = arena_array(arena, FormField, FIELDS);
    for (size_t i = 0; i < FIELDS; i++) {
        fields[i] = shape[i];
    }
    depot_choices(web, &fields[FIELD_DEPOT]);
    TRY(driver_choices(web, vehicle, &fields[FIELD_DRIVER]));
    values_fill(arena, fields, vehicle);
    if (web->http->method == HTTP_POST) {
        /* Shown again: a box that was not ticked was not sent, and must not look ticked. */
        for (size_t i = FIELD_REFRIGERANT; i <= FIELD_LIFT; i++) {
            fields[i].value = STR_NONE;
        }
    }
    Form *form = arena_new(arena, Form);
    *form = (Form){.key = "vehicle",
                   .action = vehicle->id == 0
                                 ? STR("/dispatch/vehicle/new")
                                 : str_print(arena, "/dispatch/vehicle/%" PRId64, vehicle->id),
                   .submit = "保存车辆",
                   .fields = fields,
                   .field_count = FIELDS};
    *out = form;
    return STATUS_OK;
}

/* A usual box van, as a first suggestion. */
static DispatchVehicle usual(const Web *web) {
    return (DispatchVehicle){.org_id = web->user->org_id,
                             .capacity_kg = 1500,
                             .capacity_litre = 9000,
                             .capacity_piece = 30,
                             .shift_open_min = 7 * 60 + 30,
                             .shift_close_min = 18 * 60,
                             .break_open_min = 12 * 60,
                             .break_min = 45};
}

Status dispatch_vehicle_new_page(Web *web) {
    DispatchVehicle vehicle = usual(web);
    const Form *form = NULL;
    TRY(vehicle_form(web, &vehicle, &form));
    view_title(web->view, STR("添加车辆"));
    view_section(web->view, STR_NONE);
    view_form(web->view, form);
    return STATUS_OK;
}

Status dispatch_vehicle_page(Web *web) {
    DispatchVehicle vehicle;
    const Form *form = NULL;
    TRY(dispatch_vehicle_find(web->cx, web->conn, web->user->org_id, web->ids[0], &vehicle));
    TRY(vehicle_form(web, &vehicle, &form));
    view_title(web->view, str_print(web->cx->arena, "车辆：" STR_FMT, STR_ARG(vehicle.name)));
    view_section(web->view, STR_NONE);
    view_form(web->view, form);
    view_link(web->view, STR("/dispatch"), STR("返回调度"), false);
    return STATUS_OK;
}

/* ---- saving ---- */

/* "07:30" or "7:30" into minutes; a message at the field otherwise. */
static void clock_read(Web *web, const FormField *field, const FormValue *value, int64_t *minutes) {
    if (!value->is_given) {
        return; /* form_read has said so */
    }
    Str rest = value->text;
    Str hour_text = str_cut(&rest, ':');
    int64_t hour = -1;
    int64_t minute = -1;
    bool is_time = rest.len == 2 && str_int64(hour_text, &hour) == STATUS_OK &&
                   str_int64(rest, &minute) == STATUS_OK && hour >= 0 && hour <= 24 &&
                   minute >= 0 && minute < 60 && hour * 60 + minute <= DAY_MINUTES;
    if (!is_time) {
        form_error(web, field->name,
                   str_print(web->cx->arena, "%s应写成 07:30 的样子", field->label), STR_NONE);
        return;
    }
    *minutes = hour * 60 + minute;
}

static Status form_to_vehicle(Web *web, const Form *form, DispatchVehicle *vehicle) {
    FormValue values[FIELDS];
    size_t before = web->error_count;
    Status status = form_read(web, form, values);
    vehicle->name = values[FIELD_NAME].text;
    vehicle->capacity_kg = values[FIELD_KG].number;
    vehicle->capacity_litre = values[FIELD_LITRE].number;
    vehicle->capacity_piece = values[FIELD_PIECE].number;
    vehicle->skills = (values[FIELD_REFRIGERANT].is_given ? DISPATCH_SKILL_REFRIGERANT : 0) |
                      (values[FIELD_TWO].is_given ? DISPATCH_SKILL_TWO : 0) |
                      (values[FIELD_LIFT].is_given ? DISPATCH_SKILL_LIFT : 0);
    vehicle->break_min = values[FIELD_BREAK].number;
    vehicle->depot_town = values[FIELD_DEPOT].text;
    clock_read(web, &shape[FIELD_OPEN], &values[FIELD_OPEN], &vehicle->shift_open_min);
    clock_read(web, &shape[FIELD_CLOSE], &values[FIELD_CLOSE], &vehicle->shift_close_min);
    clock_read(web, &shape[FIELD_BREAK_OPEN], &values[FIELD_BREAK_OPEN], &vehicle->break_open_min);
    if (web->error_count == before && vehicle->shift_close_min <= vehicle->shift_open_min) {
        form_error(web, "shift_close", STR("下班时间应晚于上班时间"), STR_NONE);
    }
    if (status == STATUS_OK && web->error_count > before) {
        status = fault(web->cx, STATUS_INVALID, "填写的内容有误");
    }
    return status;
}

static Status put_work(Cx *cx, DbConn *conn, void *input) {
    DispatchVehicle vehicle = *(const DispatchVehicle *)input;
    return dispatch_vehicle_put(cx, conn, &vehicle, db_now_ms(conn));
}

static Status vehicle_save(Web *web, DispatchVehicle *vehicle) {
    const Form *form = NULL;
    TRY(vehicle_form(web, vehicle, &form));
    TRY(form_to_vehicle(web, form, vehicle));
    vehicle->driver_id = web_param_int(web, "driver", 0);
    TRY(web_write(web, vehicle->id == 0 ? "vehicle.create" : "vehicle.change", put_work, vehicle,
                  NULL));
    return web_redirect(
        web, STR("/dispatch"),
        str_print(web->cx->arena, "已保存" STR_FMT "，重新排定后生效", STR_ARG(vehicle->name)));
}

Status dispatch_vehicle_new_post(Web *web) {
    DispatchVehicle vehicle = usual(web);
    return vehicle_save(web, &vehicle);
}

Status dispatch_vehicle_post(Web *web) {
    DispatchVehicle vehicle;
    TRY(dispatch_vehicle_find(web->cx, web->conn, web->user->org_id, web->ids[0], &vehicle));
    return vehicle_save(web, &vehicle);
}
