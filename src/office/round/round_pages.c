/*
 * round_pages.c - the dispatcher's desk: the day's bookings, the plan as map and lists, and what
 * changes it. Reading order: the desk, the parts of its page, one booking, changes of the plan.
 * Vehicles are in vehicle_pages.c, siting in site_pages.c.
 */
#include "office/round/round_pages.h"

#include "office/round/round_map.h"
#include "web/form.h"

#include <inttypes.h>

enum { DEFAULT_SEED = 1, SEED_MAX = 1000000 };

/* ---- the desk ---- */

const City *dispatch_city(const Web *web) {
    return web->app->house;
}

Status dispatch_day_read(Web *web, Day *out) {
    Str text = web_param(web, "day");
    if (text.len == 0) {
        *out = day_add(web_today(web), 1);
        return STATUS_OK;
    }
    Cx quiet;
    cx_init(&quiet, web->cx->arena);
    if (day_parse(&quiet, text, out) != STATUS_OK) {
        return fault_at_field(web->cx, STATUS_INVALID, "day", "日期应写成 2026-01-02 的样子");
    }
    return STATUS_OK;
}

Str dispatch_path(Arena *arena, Day day) {
    return str_print(arena, "/dispatch?day=" STR_FMT, STR_ARG(day_print(arena, day)));
}

Status dispatch_desk_load(Web *web, Day day, DispatchDesk *desk) {
    *desk = (DispatchDesk){.web = web, .city = dispatch_city(web), .day = day};
    int64_t org_id = web->user->org_id;
    TRY(pickup_of_day(web->cx, web->conn, org_id, day, &desk->bookings));
    TRY(dispatch_vehicles(web->cx, web->conn, org_id, &desk->vehicles));
    TRY(people_of_org(web->cx, web->conn, org_id, ROLE_DRIVER, &desk->drivers));
    return dispatch_plan_find(web->cx, web->conn, org_id, day, &desk->plan, &desk->has_plan);
}

DispatchTask dispatch_desk_task(const DispatchDesk *desk) {
    return (DispatchTask){.city = desk->city,
                          .org_id = desk->web->user->org_id,
                          .day = desk->day,
                          .now_ms = desk->web->now_ms,
                          .seed = desk->has_plan ? desk->plan.seed : DEFAULT_SEED,
                          .bookings = &desk->bookings,
                          .vehicles = &desk->vehicles,
                          .before = desk->has_plan ? &desk->plan : NULL};
}

static const DispatchVehicle *vehicle_of(const DispatchDesk *desk, int64_t id) {
    for (size_t i = 0; i < desk->vehicles.count; i++) {
        if (desk->vehicles.items[i].id == id) {
            return &desk->vehicles.items[i];
        }
    }
    return NULL;
}

static Str vehicle_name(const DispatchDesk *desk, int64_t id) {
    const DispatchVehicle *vehicle = vehicle_of(desk, id);
    return vehicle == NULL ? STR("（车辆已不在）") : vehicle->name;
}

/* A booking of the day, or what became of one that was planned. */
static Status booking_of(const DispatchDesk *desk, int64_t id, Pickup *out) {
    for (size_t i = 0; i < desk->bookings.count; i++) {
        if (desk->bookings.items[i].id == id) {
            *out = desk->bookings.items[i];
            return STATUS_OK;
        }
    }
    return pickup_find(desk->web->cx, desk->web->conn, id, out);
}

static const DispatchStop *stop_of(const DispatchDesk *desk, int64_t pickup_id) {
    for (size_t i = 0; desk->has_plan && i < desk->plan.stop_count; i++) {
        const DispatchStop *stop = &desk->plan.stops[i];
        if (stop->kind == DISPATCH_STOP_PICKUP && stop->pickup_id == pickup_id) {
            return stop;
        }
    }
    return NULL;
}

static const DispatchOut *out_of(const DispatchDesk *desk, int64_t pickup_id) {
    for (size_t i = 0; desk->has_plan && i < desk->plan.out_count; i++) {
        if (desk->plan.outs[i].pickup_id == pickup_id) {
            return &desk->plan.outs[i];
        }
    }
    return NULL;
}

/* The how-many-eth fetch of its vehicle a stop is. */
static int64_t place_of(const DispatchDesk *desk, const DispatchStop *wanted) {
    int64_t place = 0;
    for (size_t i = 0; i < desk->plan.stop_count; i++) {
        const DispatchStop *stop = &desk->plan.stops[i];
        bool is_fetch =
            stop->vehicle_id == wanted->vehicle_id && stop->kind == DISPATCH_STOP_PICKUP;
        place += is_fetch && stop->position <= wanted->position ? 1 : 0;
    }
    return place;
}

static Str clock_text(Arena *arena, int64_t instant_ms) {
    return str_from(instant_print_minute(arena, instant_ms), 11);
}

static Str km_text(Arena *arena, int64_t metres) {
    return str_print(arena, "%" PRId64 ".%" PRId64 " km", metres / 1000, metres % 1000 / 100);
}

static Str hours_text(Arena *arena, int64_t seconds) {
    return str_print(arena, "%" PRId64 " 小时 %" PRId64 " 分", seconds / 3600, seconds % 3600 / 60);
}

static ViewValue stop_link(const DispatchDesk *desk, int64_t pickup_id, Str label) {
    return VIEW_LINK(str_print(desk->web->cx->arena, "/dispatch/stop/%" PRId64, pickup_id), label);
}

/* ---- the figures of the day ---- */

static ViewValue state_view(const DispatchDesk *desk) {
    if (!desk->has_plan) {
        return VIEW_BADGE(VIEW_WARN, STR("none"), STR("未排定"));
    }
    if (str_equal(desk->plan.state, STR("released"))) {
        return VIEW_BADGE(VIEW_GOOD, STR("released"), STR("已发布"));
    }
    return desk->plan.released_ms == 0 ? VIEW_BADGE(VIEW_INFO, STR("draft"), STR("草稿"))
                                       : VIEW_BADGE(VIEW_WARN, STR("changed"), STR("有改动"));
}

/* Bookings that came after the plan, and are in no part of it. */
static size_t new_count(const DispatchDesk *desk) {
    size_t count = 0;
    for (size_t i = 0; desk->has_plan && i < desk->bookings.count; i++) {
        int64_t id = desk->bookings.items[i].id;
        count += stop_of(desk, id) == NULL && out_of(desk, id) == NULL ? 1 : 0;
    }
    return count;
}

static bool is_measured(const DispatchDesk *desk) {
    return desk->has_plan && desk->plan.travel == DISPATCH_TRAVEL_MEASURED;
}

static void figures_view(const DispatchDesk *desk) {
    View *view = desk->web->view;
    Arena *arena = desk->web->cx->arena;
    int64_t metres = 0;
    int64_t planned = 0;
    for (size_t i = 0; desk->has_plan && i < desk->plan.tour_count; i++) {
        metres += desk->plan.tours[i].distance_m;
    }
    for (size_t i = 0; i < desk->bookings.count; i++) {
        planned += stop_of(desk, desk->bookings.items[i].id) != NULL ? 1 : 0;
    }
    DispatchTask task = dispatch_desk_task(desk);
    view_facts_begin(view, NULL, true);
    view_fact(view, "state", "计划", state_view(desk));
    view_fact(view, "booking_count", "待上门预约", VIEW_INT((int64_t)desk->bookings.count));
    view_fact(view, "planned_count", "已排入", VIEW_INT(planned));
    view_fact(view, "out_count", "未排入", VIEW_INT((int64_t)desk->bookings.count - planned));
    view_fact(view, "vehicle_count", "可用车辆",
              VIEW_INT((int64_t)dispatch_vehicles_usable(&task)));
    view_fact(view, "distance", is_measured(desk) ? "总里程" : "总里程（估算）",
              desk->has_plan ? VIEW_TEXT(km_text(arena, metres)) : VIEW_NONE);
    view_facts_end(view);
}

static void warnings_view(const DispatchDesk *desk) {
    View *view = desk->web->view;
    Arena *arena = desk->web->cx->arena;
    bool is_draft = desk->has_plan && str_equal(desk->plan.state, STR("draft"));
    if (is_draft && desk->plan.released_ms != 0) {
        view_notice(view, VIEW_WARN,
                    STR("计划发布以后又改过，司机和居民看到的仍是上次发布的。请核对后重新发布。"));
    }
    if (new_count(desk) > 0) {
        view_notice(view, VIEW_WARN,
                    str_print(arena, "排定以后又有 %zu 单新预约，请重新排定。", new_count(desk)));
    }
    for (size_t i = 0; desk->has_plan && i < desk->plan.tour_count; i++) {
        const DispatchVehicle *vehicle = vehicle_of(desk, desk->plan.tours[i].vehicle_id);
        if (vehicle != NULL && vehicle->is_broken) {
            view_notice(view, VIEW_BAD,
                        str_print(arena, STR_FMT "有故障，计划里还有它的站点，请重新排定。",
                                  STR_ARG(vehicle->name)));
        }
    }
    if (desk->has_plan && desk->plan.travel == DISPATCH_TRAVEL_FALLBACK) {
        view_notice(
            view, VIEW_WARN,
            STR("排定时地图服务器没有给出路程，里程和时间改用估算。服务器恢复后请重新排定。"));
    }
    if (desk->vehicles.count == 0) {
        view_notice(view, VIEW_WARN, STR("还没有登记车辆。先添加车辆，再排定路线。"));
    }
}

static void day_links(const DispatchDesk *desk) {
    Html *html = view_html(desk->web->view);
    Arena *arena = desk->web->cx->arena;
    if (html == NULL) {
        return;
    }
    HTML(html, "p.actions") {
        HTML_LEAF(html, "a", "前一天", "href", dispatch_path(arena, day_add(desk->day, -1)));
        html_text_c(html, " · ");
        HTML_LEAF(html, "a", "今天", "href", dispatch_path(arena, web_today(desk->web)));
        html_text_c(html, " · ");
        HTML_LEAF(html, "a", "后一天", "href", dispatch_path(arena, day_add(desk->day, 1)));
    }
}

static Str action_path(const DispatchDesk *desk, const char *path) {
    Arena *arena = desk->web->cx->arena;
    return str_print(arena, "%s?day=" STR_FMT, path, STR_ARG(day_print(arena, desk->day)));
}

static void plan_buttons(const DispatchDesk *desk) {
    View *view = desk->web->view;
    if (desk->has_plan && str_equal(desk->plan.state, STR("draft"))) {
        view_action(view, action_path(desk, "/dispatch/release"), STR("发布给司机和居民"),
                    "发布以后，司机看到顺序，居民看到预计上门时间。确认发布？");
    }
    if (desk->bookings.count > 0) {
        view_action(view, action_path(desk, "/dispatch/plan"),
                    desk->has_plan ? STR("重新排定") : STR("排定路线"), NULL);
    }
}

/* A day that is over is only looked at. */
static void plan_actions(const DispatchDesk *desk) {
    Html *html = view_html(desk->web->view);
    if (html == NULL || desk->day.number < web_today(desk->web).number) {
        return;
    }
    HTML(html, "div.actions") {
        plan_buttons(desk);
    }
}

/* ---- the map ---- */

static int32_t town_at(const City *city, Str code) {
    const CityTown *town = city_town(city, code);
    return town == NULL ? 0 : (int32_t)(town - city->towns);
}

static Status line_of(const DispatchDesk *desk, const DispatchTour *tour, RoundMapLine *line) {
    int32_t *towns = arena_array(desk->web->cx->arena, int32_t, desk->plan.stop_count + 2);
    const DispatchVehicle *vehicle = vehicle_of(desk, tour->vehicle_id);
    int32_t depot = vehicle == NULL ? 0 : town_at(desk->city, vehicle->depot_town);
    size_t count = 0;
    towns[count++] = depot;
    for (size_t i = 0; i < desk->plan.stop_count; i++) {
        const DispatchStop *stop = &desk->plan.stops[i];
        if (stop->vehicle_id != tour->vehicle_id || stop->kind == DISPATCH_STOP_BREAK) {
            continue;
        }
        Pickup pickup = {.town_code = STR_NONE};
        if (stop->kind == DISPATCH_STOP_PICKUP) {
            TRY(booking_of(desk, stop->pickup_id, &pickup));
        }
        towns[count++] =
            stop->kind == DISPATCH_STOP_UNLOAD ? depot : town_at(desk->city, pickup.town_code);
    }
    towns[count++] = depot;
    line->towns = towns;
    line->town_count = count;
    line->is_numbered = true;
    return STATUS_OK;
}

static const RoundMapMark *marks_of(const DispatchDesk *desk) {
    Arena *arena = desk->web->cx->arena;
    RoundMapMark *marks = arena_array(arena, RoundMapMark, desk->city->town_count + 1);
    for (size_t i = 0; i < desk->city->town_count; i++) {
        int64_t count = 0;
        for (size_t k = 0; k < desk->bookings.count; k++) {
            Str code = desk->bookings.items[k].town_code;
            count += str_equal(code, desk->city->towns[i].code) ? 1 : 0;
        }
        for (size_t k = 0; k < desk->vehicles.count; k++) {
            Str code = desk->vehicles.items[k].depot_town;
            marks[i].is_square = marks[i].is_square || str_equal(code, desk->city->towns[i].code);
        }
        marks[i].is_faint = count == 0;
        marks[i].note = count == 0 ? STR_NONE : str_print(arena, "%" PRId64 " 单", count);
    }
    return marks;
}

static Status map_view(const DispatchDesk *desk) {
    Arena *arena = desk->web->cx->arena;
    if (view_html(desk->web->view) == NULL || desk->bookings.count == 0) {
        return STATUS_OK;
    }
    size_t count = desk->has_plan ? desk->plan.tour_count : 0;
    RoundMapLine *lines = arena_array(arena, RoundMapLine, count + 1);
    Str *legend = arena_array(arena, Str, desk->vehicles.count + 1);
    for (size_t i = 0; i < count; i++) {
        const DispatchTour *tour = &desk->plan.tours[i];
        const DispatchVehicle *vehicle = vehicle_of(desk, tour->vehicle_id);
        TRY(line_of(desk, tour, &lines[i]));
        /* A vehicle keeps its colour when another drops out. */
        lines[i].style = vehicle == NULL ? 0 : (size_t)(vehicle - desk->vehicles.items);
        legend[lines[i].style] = str_print(arena, STR_FMT "：%s，数字是先后",
                                           STR_ARG(vehicle_name(desk, tour->vehicle_id)),
                                           str_c(arena, km_text(arena, tour->distance_m)));
    }
    RoundMap map = {.city = desk->city,
                    .label = STR("当天路线的示意图，内容与下面的表格相同"),
                    .marks = marks_of(desk),
                    .lines = lines,
                    .line_count = count,
                    .legend = legend,
                    .legend_count = desk->vehicles.count};
    view_section(desk->web->view, STR("路线示意图"));
    view_text(desk->web->view, STR("方块是车辆出发的场地，圆点是镇街，下面写着当天的单数。"));
    dispatch_map_write(desk->web->view, &map);
    return STATUS_OK;
}

/* ---- the rounds, as lists ---- */

static const ViewColumn stop_columns[] = {
    {"place", "顺序", false}, {"arrive", "预计到达", false}, {"town", "镇街", false},
    {"title", "旧物", false}, {"pickup_id", "预约", false},  {"load_kg", "离开时装载（kg）", true},
    {"pin", "固定", false},   {"action", "调整", false}};

static Status stop_row(const DispatchDesk *desk, const DispatchStop *stop) {
    View *view = desk->web->view;
    Arena *arena = desk->web->cx->arena;
    Pickup pickup = {.state = STR_NONE};
    view_row(view);
    if (stop->kind != DISPATCH_STOP_PICKUP) {
        view_cell(view, VIEW_TEXT(STR("—")));
        view_cell(view, VIEW_TEXT(clock_text(arena, stop->arrive_ms)));
        view_cell(view, VIEW_TEXT(STR("—")));
        view_cell(view,
                  VIEW_TEXT(stop->kind == DISPATCH_STOP_UNLOAD ? STR("回场卸货") : STR("休息")));
        view_cell(view, VIEW_TEXT(STR("—")));
        view_cell(view, VIEW_INT(stop->load_kg));
        view_cell(view, VIEW_TEXT(STR("—")));
        view_cell(view, VIEW_TEXT(STR("—")));
        return STATUS_OK;
    }
    TRY(booking_of(desk, stop->pickup_id, &pickup));
    bool is_booked = str_equal(pickup.state, STR("booked"));
    view_cell(view, VIEW_INT(place_of(desk, stop)));
    view_cell(view, VIEW_TEXT(clock_text(arena, stop->arrive_ms)));
    view_cell(view, VIEW_TEXT(city_town_name(desk->city, pickup.town_code)));
    view_cell(view, VIEW_TEXT(pickup.title));
    view_cell(view, VIEW_INT(stop->pickup_id));
    view_cell(view, VIEW_INT(stop->load_kg));
    view_cell(view,
              is_booked ? VIEW_TEXT(dispatch_pin_zh(stop->pin)) : pickup_state_view(pickup.state));
    view_cell(view, is_booked ? stop_link(desk, stop->pickup_id, STR("固定或移出"))
                              : VIEW_TEXT(STR("—")));
    return STATUS_OK;
}

static void tour_facts(const DispatchDesk *desk, const DispatchTour *tour) {
    View *view = desk->web->view;
    Arena *arena = desk->web->cx->arena;
    const DispatchVehicle *vehicle = vehicle_of(desk, tour->vehicle_id);
    if (vehicle == NULL) {
        return;
    }
    view_facts_begin(view, str_c(arena, str_print(arena, "tour_%" PRId64, vehicle->id)), false);
    view_fact(view, "hours", "出车和收车",
              VIEW_TEXT(str_print(arena, STR_FMT " 至 " STR_FMT,
                                  STR_ARG(clock_text(arena, tour->start_ms)),
                                  STR_ARG(clock_text(arena, tour->end_ms)))));
    view_fact(view, "distance", is_measured(desk) ? "里程" : "里程（估算）",
              VIEW_TEXT(km_text(arena, tour->distance_m)));
    view_fact(view, "driving", is_measured(desk) ? "行车" : "行车（估算）",
              VIEW_TEXT(hours_text(arena, tour->travel_s)));
    view_fact(
        view, "load", "最多装载",
        VIEW_TEXT(str_print(arena,
                            "%" PRId64 " / %" PRId64 " kg，%" PRId64 " / %" PRId64 " 升，%" PRId64
                            " / %" PRId64 " 件",
                            tour->load_kg, vehicle->capacity_kg, tour->load_litre,
                            vehicle->capacity_litre, tour->load_piece, vehicle->capacity_piece)));
    view_fact(view, "trip_count", "趟数", VIEW_INT(tour->trip_count));
    view_facts_end(view);
    bool is_room_tighter =
        tour->load_litre * vehicle->capacity_kg > tour->load_kg * vehicle->capacity_litre;
    view_progress(view, is_room_tighter ? STR("装载（按容积）") : STR("装载（按载重）"),
                  is_room_tighter ? tour->load_litre : tour->load_kg,
                  is_room_tighter ? vehicle->capacity_litre : vehicle->capacity_kg);
}

static Status tour_view(const DispatchDesk *desk, const DispatchTour *tour) {
    View *view = desk->web->view;
    Arena *arena = desk->web->cx->arena;
    Str name = vehicle_name(desk, tour->vehicle_id);
    view_section(view, str_print(arena, STR_FMT "的路线", STR_ARG(name)));
    tour_facts(desk, tour);
    view_table_begin(view, str_c(arena, str_print(arena, "stops_%" PRId64, tour->vehicle_id)),
                     str_print(arena, STR_FMT "的站点", STR_ARG(name)), stop_columns, 8);
    for (size_t i = 0; i < desk->plan.stop_count; i++) {
        if (desk->plan.stops[i].vehicle_id == tour->vehicle_id) {
            TRY(stop_row(desk, &desk->plan.stops[i]));
        }
    }
    view_table_end(view, STR("没有站点"));
    const DispatchVehicle *vehicle = vehicle_of(desk, tour->vehicle_id);
    if (vehicle != NULL && !vehicle->is_broken) {
        Str path = str_print(arena, "/dispatch/vehicle/%" PRId64 "/broken", tour->vehicle_id);
        view_action(view, action_path(desk, str_c(arena, path)), STR("车辆故障"),
                    "登记故障后，它的站点马上分给其他车辆。确认？");
    }
    return STATUS_OK;
}

static const ViewColumn out_columns[] = {{"pickup_id", "预约", false}, {"town", "镇街", false},
                                         {"slot", "时段", false},      {"title", "旧物", false},
                                         {"reason", "原因", false},    {"action", "调整", false}};

static Status outs_view(const DispatchDesk *desk) {
    View *view = desk->web->view;
    Arena *arena = desk->web->cx->arena;
    view_section(view, STR("没有排入的预约"));
    view_table_begin(view, "outs", STR("没有排入的预约"), out_columns, 6);
    for (size_t i = 0; i < desk->bookings.count; i++) {
        const Pickup *pickup = &desk->bookings.items[i];
        if (stop_of(desk, pickup->id) != NULL) {
            continue;
        }
        const DispatchOut *out = out_of(desk, pickup->id);
        view_row(view);
        view_cell(view, VIEW_INT(pickup->id));
        view_cell(view, VIEW_TEXT(city_town_name(desk->city, pickup->town_code)));
        view_cell(view, VIEW_TEXT(pickup_part_zh(pickup->slot_part)));
        view_cell(view, VIEW_TEXT(pickup->title));
        view_cell(view, VIEW_TEXT(out == NULL ? STR("排定以后的新预约")
                                              : dispatch_reason_zh(out->reason)));
        view_cell(view, out == NULL ? VIEW_TEXT(STR("请重新排定"))
                                    : stop_link(desk, pickup->id, STR("固定或放回")));
    }
    view_table_end(view, STR("当天的预约都排进去了"));
    if (desk->plan.out_count > 0) {
        view_text(view, str_print(arena, "可以添加车辆、延长班次，或请居民改约，再重新排定。"));
    }
    return STATUS_OK;
}

/* ---- bookings and vehicles ---- */

static const ViewColumn booking_columns[] = {
    {"pickup_id", "预约", false}, {"town", "镇街", false}, {"slot", "时段", false},
    {"title", "旧物", false},     {"need", "估算", false}, {"skills", "需要", false}};

static void bookings_table(const DispatchDesk *desk) {
    View *view = desk->web->view;
    Arena *arena = desk->web->cx->arena;
    view_table_begin(view, "bookings", STR("当天的预约"), booking_columns, 6);
    for (size_t i = 0; i < desk->bookings.count; i++) {
        const Pickup *pickup = &desk->bookings.items[i];
        const DispatchNeed *need = dispatch_need(pickup->category);
        view_row(view);
        view_cell(view, VIEW_INT(pickup->id));
        view_cell(view, VIEW_TEXT(city_town_name(desk->city, pickup->town_code)));
        view_cell(view, VIEW_TEXT(pickup_part_zh(pickup->slot_part)));
        view_cell(view, VIEW_TEXT(pickup->title));
        view_cell(view,
                  VIEW_TEXT(str_print(arena, "%" PRId64 " kg，%" PRId64 " 升，%" PRId64 " 分钟",
                                      need->kg, need->litre, need->service_min)));
        view_cell(view, VIEW_TEXT(dispatch_skills_zh(arena, need->skills)));
    }
    view_table_end(view, STR("这一天没有待上门的预约"));
}

/* Once they are planned, the bookings stand in the rounds: the whole list is folded away. */
static void bookings_view(const DispatchDesk *desk) {
    Html *html = view_html(desk->web->view);
    view_section(desk->web->view, STR("当天的预约"));
    if (html == NULL || !desk->has_plan) {
        bookings_table(desk);
        return;
    }
    HTML(html, "details") {
        HTML_LEAF(html, "summary", "看全部预约和估算的重量、容积、时间");
        bookings_table(desk);
    }
}

/* ---- the page ---- */

static Status plan_view(const DispatchDesk *desk) {
    View *view = desk->web->view;
    Arena *arena = desk->web->cx->arena;
    TRY(outs_view(desk));
    for (size_t i = 0; i < desk->plan.tour_count; i++) {
        TRY(tour_view(desk, &desk->plan.tours[i]));
    }
    view_section(view, STR("怎么算的"));
    view_facts_begin(view, "plan", false);
    view_fact(view, "version", "第几版", VIEW_INT(desk->plan.version));
    view_fact(view, "seed", "随机种子", VIEW_INT(desk->plan.seed));
    view_fact(view, "iteration_count", "搜索次数", VIEW_INT(desk->plan.iteration_count));
    view_fact(view, "travel", "路程来源", VIEW_TEXT(dispatch_travel_zh(desk->plan.travel)));
    view_fact(view, "made", "排定时间", VIEW_INSTANT(desk->plan.made_ms));
    view_fact(view, "released", "上次发布", VIEW_INSTANT(desk->plan.released_ms));
    view_facts_end(view);
    view_text(view, is_measured(desk)
                        ? STR("镇街之间的里程和时间由地图服务器给出。")
                        : STR("里程和时间是估算：镇街之间按直线距离乘 1.3、街道 25 公里、镇间 45 "
                              "公里时速。"));
    view_text(view, str_print(arena,
                              "同一镇街两户之间按 %d 米、%d 分钟。"
                              "上午 8:00—12:00、下午 13:00—18:00 上门。"
                              "同样的预约、车辆、种子和次数，结果相同。",
                              DISPATCH_IN_TOWN_M, DISPATCH_IN_TOWN_S / 60));
    return STATUS_OK;
}

Status dispatch_page(Web *web) {
    Day day = DAY_NONE;
    DispatchDesk desk;
    TRY(dispatch_day_read(web, &day));
    TRY(dispatch_desk_load(web, day, &desk));
    View *view = web->view;
    view_title(view, str_print(web->cx->arena, "收运调度 " STR_FMT,
                               STR_ARG(day_print(web->cx->arena, day))));
    view_lead(view, STR("把当天的预约排给车辆：谁去、先后、几点到；排不进的写明原因。"));
    day_links(&desk);
    warnings_view(&desk);
    view_section(view, STR_NONE);
    figures_view(&desk);
    plan_actions(&desk);
    TRY(map_view(&desk));
    if (desk.has_plan) {
        TRY(plan_view(&desk));
    }
    bookings_view(&desk);
    dispatch_vehicles_view(&desk);
    return STATUS_OK;
}

/* ---- one booking ---- */

enum { PIN_VEHICLE, PIN_PLACE, PIN_FIELDS };

static const Form *pin_form(const DispatchDesk *desk, int64_t pickup_id) {
    Arena *arena = desk->web->cx->arena;
    FormField *fields = arena_array(arena, FormField, PIN_FIELDS);
    FormChoice *choices = arena_array(arena, FormChoice, desk->vehicles.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < desk->vehicles.count; i++) {
        const DispatchVehicle *vehicle = &desk->vehicles.items[i];
        if (!vehicle->is_broken) {
            choices[count++] = (FormChoice){str_print(arena, "%" PRId64, vehicle->id).at,
                                            str_c(arena, vehicle->name)};
        }
    }
    const DispatchStop *stop = stop_of(desk, pickup_id);
    fields[PIN_VEHICLE] = (FormField){.name = "vehicle",
                                      .label = "车辆",
                                      .kind = FIELD_CHOICE,
                                      .choices = choices,
                                      .choice_count = count};
    if (stop != NULL) {
        fields[PIN_VEHICLE].value = str_print(arena, "%" PRId64, stop->vehicle_id);
    }
    fields[PIN_PLACE] = (FormField){.name = "place",
                                    .label = "第几站",
                                    .hint = "不填：只固定车辆。填写后，排在它前面的站也一并固定",
                                    .kind = FIELD_INT,
                                    .is_optional = true,
                                    .min = 1,
                                    .max = DISPATCH_BOOKINGS_MAX};
    Form *form = arena_new(arena, Form);
    *form = (Form){.key = "pin",
                   .action = str_print(arena, "/dispatch/stop/%" PRId64 "/pin", pickup_id),
                   .submit = "固定并重新排定",
                   .fields = fields,
                   .field_count = PIN_FIELDS};
    return form;
}

/* The booking of the path, and the desk of its day; another recycler's is not there. */
static Status stop_desk(Web *web, Pickup *pickup, DispatchDesk *desk) {
    TRY(pickup_find(web->cx, web->conn, web->ids[0], pickup));
    if (pickup->org_id != web->user->org_id) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这个预约");
    }
    return dispatch_desk_load(web, pickup->slot_day, desk);
}

static void stop_facts(const DispatchDesk *desk, const Pickup *pickup) {
    View *view = desk->web->view;
    Arena *arena = desk->web->cx->arena;
    const DispatchStop *stop = stop_of(desk, pickup->id);
    const DispatchOut *out = out_of(desk, pickup->id);
    view_facts_begin(view, NULL, false);
    view_fact(view, "state", "状态", pickup_state_view(pickup->state));
    view_fact(view, "town", "镇街", VIEW_TEXT(city_town_name(desk->city, pickup->town_code)));
    view_fact(view, "title", "旧物", VIEW_TEXT(pickup->title));
    view_fact(
        view, "slot", "时段",
        VIEW_TEXT(str_print(arena, STR_FMT " " STR_FMT, STR_ARG(day_print(arena, pickup->slot_day)),
                            STR_ARG(pickup_part_zh(pickup->slot_part)))));
    if (stop != NULL) {
        view_fact(view, "vehicle", "排在", VIEW_TEXT(vehicle_name(desk, stop->vehicle_id)));
        view_fact(view, "place", "第几站", VIEW_INT(place_of(desk, stop)));
        view_fact(view, "arrive", "预计到达", VIEW_TEXT(clock_text(arena, stop->arrive_ms)));
        view_fact(view, "pin", "固定", VIEW_TEXT(dispatch_pin_zh(stop->pin)));
    } else if (out != NULL) {
        view_fact(view, "reason", "没有排入", VIEW_TEXT(dispatch_reason_zh(out->reason)));
    }
    view_facts_end(view);
}

Status dispatch_stop_page(Web *web) {
    Pickup pickup;
    DispatchDesk desk;
    TRY(stop_desk(web, &pickup, &desk));
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_title(view, str_print(arena, "调整预约 %" PRId64, pickup.id));
    view_section(view, STR("现在的安排"));
    stop_facts(&desk, &pickup);
    const DispatchStop *stop = stop_of(&desk, pickup.id);
    const DispatchOut *out = out_of(&desk, pickup.id);
    bool is_held = out != NULL && str_equal(out->reason, STR("held"));
    if (!desk.has_plan || !str_equal(pickup.state, STR("booked"))) {
        view_text(view, STR("还没有排定路线，或者这个预约已经不在待上门之列，不能调整。"));
    } else {
        if (is_held || (stop != NULL && stop->pin != DISPATCH_PIN_FREE)) {
            view_action(view, str_print(arena, "/dispatch/stop/%" PRId64 "/free", pickup.id),
                        is_held ? STR("放回计划") : STR("取消固定"), NULL);
        }
        if (!is_held) {
            view_action(view, str_print(arena, "/dispatch/stop/%" PRId64 "/hold", pickup.id),
                        STR("移出计划"), "移出后当天不上门，请另行联系居民改约。确认？");
        }
        view_section(view, STR("固定"));
        view_form(view, pin_form(&desk, pickup.id));
    }
    if (str_equal(pickup.state, STR("booked"))) {
        view_section(view, STR("地址"));
        view_text(view,
                  STR("地址加密保存，查看一次写入日志一次。司机只在当天看到自己车辆的地址。"));
        view_action(view, str_print(arena, "/dispatch/stop/%" PRId64 "/address", pickup.id),
                    STR("查看地址"), NULL);
    }
    view_link(view, dispatch_path(arena, pickup.slot_day), STR("返回当天调度"), false);
    return STATUS_OK;
}

typedef struct AddressInput {
    int64_t pickup_id;
    int64_t org_id;
} AddressInput;

static Status address_work(Cx *cx, DbConn *conn, void *input) {
    const AddressInput *in = input;
    return pickup_address_read(cx, conn, in->pickup_id, in->org_id);
}

Status dispatch_address_post(Web *web) {
    Pickup pickup;
    DispatchDesk desk;
    TRY(stop_desk(web, &pickup, &desk));
    AddressInput input = {.pickup_id = pickup.id, .org_id = web->user->org_id};
    Str address = STR_NONE;
    TRY(people_open_text(web->cx, desk.city, pickup.address_sealed, &address));
    TRY(web_write(web, "pickup.address", address_work, &input, NULL));
    View *view = web->view;
    view_title(view, str_print(web->cx->arena, "预约 %" PRId64 " 的地址", pickup.id));
    view_section(view, STR_NONE);
    view_facts_begin(view, NULL, false);
    view_fact(view, "town", "镇街", VIEW_TEXT(city_town_name(desk.city, pickup.town_code)));
    view_fact(view, "address", "地址", VIEW_TEXT(address));
    view_facts_end(view);
    view_text(view, STR("这次查看已写入日志。"));
    view_link(view, dispatch_path(web->cx->arena, pickup.slot_day), STR("返回当天调度"), false);
    return STATUS_OK;
}

/* ---- changes of the plan ---- */

typedef struct SaveInput {
    DispatchPlan plan;
    DispatchChange change;
    const DispatchVehicle *broken; /* marked in the same command; NULL: none */
} SaveInput;

static Status save_work(Cx *cx, DbConn *conn, void *input) {
    const SaveInput *in = input;
    DispatchPlan plan = in->plan;
    if (in->broken != NULL) {
        TRY(dispatch_vehicle_mark(cx, conn, in->broken, true));
    }
    return dispatch_plan_save(cx, conn, &plan, in->change);
}

/* Plans on this thread, then stores the plan (and the breakdown that caused it) by one command. */
static Status desk_replan(DispatchDesk *desk, DispatchChange change, int64_t seed,
                          const DispatchVehicle *broken) {
    Web *web = desk->web;
    SaveInput input = {.change = change, .broken = broken};
    DispatchTask task = dispatch_desk_task(desk);
    task.seed = seed;
    TRY(dispatch_plan_make(web->cx, &task, &input.plan));
    input.plan.made_by = web->user->id;
    input.plan.made_ms = web->now_ms;
    TRY(web_write(web, broken == NULL ? change.verb : "vehicle.broken", save_work, &input, NULL));
    Str done =
        str_print(web->cx->arena, "%s已经排定，", broken == NULL ? "" : "已登记故障，其余车辆");
    done = input.plan.out_count == 0
               ? str_join(web->cx->arena, done, STR("当天的预约都排进去了"))
               : str_print(web->cx->arena, STR_FMT "有 %zu 单没有排入，原因见页面", STR_ARG(done),
                           input.plan.out_count);
    return web_redirect(web, dispatch_path(web->cx->arena, desk->day), done);
}

Status dispatch_plan_post(Web *web) {
    Day day = DAY_NONE;
    DispatchDesk desk;
    TRY(dispatch_day_read(web, &day));
    TRY(dispatch_desk_load(web, day, &desk));
    DispatchTask task = dispatch_desk_task(&desk);
    if (desk.bookings.count == 0) {
        return fault(web->cx, STATUS_CONFLICT, "这一天没有待上门的预约");
    }
    if (dispatch_vehicles_usable(&task) == 0) {
        Status status =
            fault(web->cx, STATUS_CONFLICT,
                  desk.vehicles.count == 0 ? "还没有登记车辆" : "车辆都有故障，或班次已经结束");
        fault_hint(web->cx, "请先添加车辆或登记修复");
        return status;
    }
    int64_t seed = web_param_int(web, "seed", task.seed);
    if (seed < 1 || seed > SEED_MAX) {
        return fault_at_field(web->cx, STATUS_INVALID, "seed", "随机种子应在 1 至 %d 之间",
                              SEED_MAX);
    }
    return desk_replan(&desk, (DispatchChange){"round.plan", 0}, seed, NULL);
}

Status dispatch_pin_post(Web *web) {
    Pickup pickup;
    DispatchDesk desk;
    FormValue values[PIN_FIELDS];
    TRY(stop_desk(web, &pickup, &desk));
    TRY(form_read(web, pin_form(&desk, pickup.id), values));
    int64_t vehicle_id = 0;
    /* One of the choices, which are ids. */
    Status status = str_int64(values[PIN_VEHICLE].text, &vehicle_id);
    check(status == STATUS_OK);
    TRY(dispatch_pin(web->cx, &desk.plan, pickup.id, vehicle_id, values[PIN_PLACE].number));
    return desk_replan(&desk, (DispatchChange){"round.pin", pickup.id}, desk.plan.seed, NULL);
}

Status dispatch_hold_post(Web *web) {
    Pickup pickup;
    DispatchDesk desk;
    TRY(stop_desk(web, &pickup, &desk));
    TRY(dispatch_hold(web->cx, &desk.plan, pickup.id));
    return desk_replan(&desk, (DispatchChange){"round.hold", pickup.id}, desk.plan.seed, NULL);
}

Status dispatch_free_post(Web *web) {
    Pickup pickup;
    DispatchDesk desk;
    TRY(stop_desk(web, &pickup, &desk));
    TRY(dispatch_free(web->cx, &desk.plan, pickup.id));
    return desk_replan(&desk, (DispatchChange){"round.free", pickup.id}, desk.plan.seed, NULL);
}

typedef struct MarkInput {
    const DispatchVehicle *vehicle;
    bool is_broken;
} MarkInput;

static Status mark_work(Cx *cx, DbConn *conn, void *input) {
    const MarkInput *in = input;
    return dispatch_vehicle_mark(cx, conn, in->vehicle, in->is_broken);
}

Status dispatch_broken_post(Web *web) {
    Day day = DAY_NONE;
    DispatchDesk desk;
    DispatchVehicle vehicle;
    TRY(dispatch_day_read(web, &day));
    TRY(dispatch_vehicle_find(web->cx, web->conn, web->user->org_id, web->ids[0], &vehicle));
    TRY(dispatch_desk_load(web, day, &desk));
    bool is_over = day.number < web_today(web).number;
    if (!desk.has_plan || is_over) {
        MarkInput input = {&vehicle, true};
        TRY(web_write(web, "vehicle.broken", mark_work, &input, NULL));
        return web_redirect(web, dispatch_path(web->cx->arena, day), STR("已登记故障"));
    }
    for (size_t i = 0; i < desk.vehicles.count; i++) {
        desk.vehicles.items[i].is_broken =
            desk.vehicles.items[i].is_broken || desk.vehicles.items[i].id == vehicle.id;
    }
    return desk_replan(&desk, (DispatchChange){"round.plan", 0}, desk.plan.seed, &vehicle);
}

Status dispatch_repaired_post(Web *web) {
    Day day = DAY_NONE;
    DispatchVehicle vehicle;
    TRY(dispatch_day_read(web, &day));
    TRY(dispatch_vehicle_find(web->cx, web->conn, web->user->org_id, web->ids[0], &vehicle));
    MarkInput input = {&vehicle, false};
    TRY(web_write(web, "vehicle.repaired", mark_work, &input, NULL));
    return web_redirect(web, dispatch_path(web->cx->arena, day),
                        STR("已登记修复，重新排定后就会用到它"));
}

static Status release_work(Cx *cx, DbConn *conn, void *input) {
    return dispatch_release(cx, conn, input);
}

Status dispatch_release_post(Web *web) {
    Day day = DAY_NONE;
    DispatchDesk desk;
    TRY(dispatch_day_read(web, &day));
    TRY(dispatch_desk_load(web, day, &desk));
    if (!desk.has_plan) {
        return fault(web->cx, STATUS_CONFLICT, "还没有排定路线，不能发布");
    }
    desk.plan.released_ms = web->now_ms;
    TRY(web_write(web, "round.release", release_work, &desk.plan, NULL));
    return web_redirect(web, dispatch_path(web->cx->arena, day),
                        STR("已发布，司机看到顺序，居民看到预计上门时间"));
}
