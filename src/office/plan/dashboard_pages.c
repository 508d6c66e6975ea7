/*
 * dashboard_pages.c - how things stand, on one page each: the city, a unit, a town. Anyone sees the
 * city's targets, tasks, money and towns; what is late, urged or waiting only offices see.
 */
#include "base/limits.h"
#include "office/plan/figure_store.h"
#include "office/plan/pages.h"
#include "office/treasury/treasury.h"

#include <inttypes.h>

enum { MAP_MARGIN = 3000, MAP_SHADES = 4, CHANGES_SHOWN = 12, MONTHS_SHOWN = 24 };

static void print_button(Web *web) {
    Html *html = view_html(web->view);
    if (html != NULL) {
        HTML(html, "p.no-print") {
            HTML_LEAF(html, "button.button.small", "打印本页", "type", "button", "data-print", "",
                      "hidden", true);
        }
    }
}

/* ---- lights ---- */

typedef struct LightCount {
    int64_t reached;
    int64_t on_way;
    int64_t at_risk;
    int64_t missed;
    int64_t without;
} LightCount;

static LightCount lights_count(const TargetNows *targets) {
    LightCount out = {0};
    for (size_t i = 0; i < targets->count; i++) {
        TargetLight light = targets->items[i].light;
        out.reached += light == TARGET_REACHED || light == TARGET_EXPECTED;
        out.on_way += light == TARGET_ON_WAY || light == TARGET_TOLD || light == TARGET_LIKELY;
        out.at_risk += light == TARGET_AT_RISK || light == TARGET_UNLIKELY;
        out.missed += light == TARGET_MISSED;
        out.without += light == TARGET_NO_FIGURE || light == TARGET_NO_BASELINE;
    }
    return out;
}

static void lights_section(Web *web, const TargetNows *targets) {
    LightCount lights = lights_count(targets);
    View *view = web->view;
    view_section(view, STR("目标总体"));
    view_facts_begin(view, NULL, true);
    view_fact(view, "reached", "已达到或预计达到", VIEW_INT(lights.reached));
    view_fact(view, "on_way", "推进中", VIEW_INT(lights.on_way));
    view_fact(view, "at_risk", "有风险或预计达不到", VIEW_INT(lights.at_risk));
    view_fact(view, "missed", "未达到", VIEW_INT(lights.missed));
    view_fact(view, "without", "尚无数据或缺基期", VIEW_INT(lights.without));
    view_facts_end(view);
    view_link(view, STR("/lights"), STR("状态是怎样评定的"), false);
    view_link(view, STR("/sources"), STR("数据从哪里来"), false);
}

/* ---- what changed ---- */

static Status changes_section(Web *web, const TargetDesk *desk) {
    static const ViewColumn columns[] = {
        {"code", "编号", false}, {"indicator", "目标", false},        {"before", "上月", true},
        {"now", "现在", true},   {"light_before", "上月状态", false}, {"light", "现在状态", false},
    };
    PlanChangeList changes;
    PlanDigestAsk ask = {.book = page_book(web), .today = web_today(web), .desk = desk};
    View *view = web->view;
    TRY(plan_changes(web->cx, web->conn, &ask, &changes));
    view_section(view, STR("与上月相比"));
    view_table_begin(view, "changes", STR("与上月相比有变化的目标"), columns, 6);
    for (size_t i = 0; i < changes.count && i < CHANGES_SHOWN; i++) {
        const PlanChange *change = &changes.items[i];
        view_row(view);
        view_cell(view, VIEW_TEXT(change->code));
        view_cell(view, VIEW_LINK(page_path(web, "/target", change->target_id), change->indicator));
        view_cell(view, page_or_dash(change->before));
        view_cell(view, page_or_dash(change->now));
        view_cell(view, VIEW_TEXT(change->light_before));
        view_cell(view, VIEW_TEXT(change->light));
    }
    view_table_end(view, STR("没有变化"));
    return STATUS_OK;
}

static Status problems_section(Web *web, const TargetDesk *desk, int64_t unit_id) {
    static const ViewColumn columns[] = {{"kind", "类别", false},
                                         {"title", "事项", false},
                                         {"unit", "单位", false},
                                         {"detail", "情况", false}};
    PlanProblemList problems;
    PlanProblemAsk ask = {.book = page_book(web),
                          .calendar = page_calendar(web),
                          .today = web_today(web),
                          .unit_id = unit_id,
                          .desk = desk};
    View *view = web->view;
    TRY(plan_problems(web->cx, web->conn, &ask, &problems));
    view_section(view, STR("需要关注"));
    view_table_begin(view, "problems", STR("需要关注的事项"), columns, 4);
    for (size_t i = 0; i < problems.count; i++) {
        const PlanProblem *problem = &problems.items[i];
        view_row(view);
        view_cell(view, VIEW_TEXT(problem->kind));
        view_cell(view, VIEW_LINK(problem->href, problem->title));
        view_cell(view, page_or_dash(problem->unit));
        view_cell(view, VIEW_TEXT(problem->detail));
    }
    view_table_end(view, STR("没有逾期、督办和有风险的事项"));
    return STATUS_OK;
}

/* ---- money ---- */

static Str wan_text(Arena *arena, Money money) {
    return str_print(arena, "%" PRId64 ".%02" PRId64, money.fen / 1000000,
                     money.fen % 1000000 / 10000);
}

typedef struct MoneyPlot {
    Str *labels;
    Str *paid;
    Str *coming;
    Str *left;
    size_t count;
} MoneyPlot;

static Status pot_add(Web *web, const TreasuryPot *pot, MoneyPlot *plot) {
    Fund fund;
    Money left = MONEY_ZERO;
    Arena *arena = web->cx->arena;
    TRY(ledger_fund_get(web->cx, web->conn, pot->fund, &fund));
    TRY(ledger_left(web->cx, web->conn, pot->fund, &left));
    plot->labels[plot->count] =
        str_print(arena, STR_FMT "（%" PRId64 "年）", STR_ARG(fund.name), pot->year);
    plot->paid[plot->count] = wan_text(arena, fund.paid);
    plot->coming[plot->count] = wan_text(arena, (Money){fund.reserved.fen + fund.approved.fen});
    plot->left[plot->count] = wan_text(arena, left);
    plot->count++;
    return STATUS_OK;
}

static Status money_section(Web *web) {
    TreasuryPotList pots;
    TRY(treasury_pots(web->cx, web->conn, &pots));
    Arena *arena = web->cx->arena;
    MoneyPlot plot = {.labels = arena_array(arena, Str, pots.count + 1),
                      .paid = arena_array(arena, Str, pots.count + 1),
                      .coming = arena_array(arena, Str, pots.count + 1),
                      .left = arena_array(arena, Str, pots.count + 1)};
    for (size_t i = 0; i < pots.count; i++) {
        TRY(pot_add(web, &pots.items[i], &plot));
    }
    if (plot.count == 0) {
        return STATUS_OK;
    }
    const ViewPlotSeries series[] = {{"paid_wan", "已拨付", VIEW_PLOT_BAR, plot.paid},
                                     {"coming_wan", "已预占和核定", VIEW_PLOT_BAR, plot.coming},
                                     {"left_wan", "剩余可用", VIEW_PLOT_BAR, plot.left}};
    view_section(web->view, STR("资金"));
    view_plot(web->view, &(ViewPlot){.key = "money",
                                     .caption = STR("各项补贴资金（万元）"),
                                     .unit = STR("万元"),
                                     .label_title = "项目",
                                     .labels = plot.labels,
                                     .count = plot.count,
                                     .series = series,
                                     .series_count = 3});
    view_link(web->view, STR("/meter"), STR("资金余量公开"), false);
    return STATUS_OK;
}

/* ---- towns ---- */

typedef struct TownValue {
    const CityTown *town;
    int64_t micro;  /* this year */
    int64_t before; /* last year */
} TownValue;

static Status town_sum(Web *web, const BookTownCounter *counter, Str code, int32_t year,
                       int64_t *micro) {
    Arena *arena = web->cx->arena;
    int64_t raw = 0;
    Str key = str_print(arena, STR_FMT "/town=" STR_FMT, STR_ARG(counter->counter), STR_ARG(code));
    Str first = counter->is_stock ? STR("1990-01") : str_print(arena, "%04" PRId32 "-01", year);
    Str last = str_print(arena, "%04" PRId32 "-12", year);
    TRY(plan_counter_sum(web->cx, web->conn, key, first, last, &raw));
    *micro = target_raw_micro(raw, counter->per);
    return STATUS_OK;
}

static const BookTownCounter *counter_asked(Web *web) {
    const PlanBook *book = page_book(web);
    Str asked = web_param(web, "town");
    for (size_t i = 0; i < book->town_counter_count; i++) {
        if (str_equal(book->town_counters[i].counter, asked)) {
            return &book->town_counters[i];
        }
    }
    return book->town_counter_count > 0 ? &book->town_counters[0] : NULL;
}

/* 0: nothing, then quarters of the largest. The colour never stands alone: the figure is there. */
static int shade_of(int64_t value, int64_t most) {
    return value <= 0 || most <= 0 ? 0 : 1 + (int)((value - 1) * MAP_SHADES / most);
}

static void town_mark(Web *web, Html *html, const TownValue *value, int64_t most) {
    const CityTown *town = value->town;
    int shade = shade_of(value->micro, most);
    Str tag = str_print(web->cx->arena, "circle.shade-%d", shade > MAP_SHADES ? MAP_SHADES : shade);
    HTML(html, "a", "href",
         str_print(web->cx->arena, "/dashboard/town/" STR_FMT, STR_ARG(town->code))) {
        HTML(html, tag, "cx", town->x, "cy", -town->y, "r", 1500) {
        }
        HTML(html, "text", "x", town->x, "y", -town->y + 2600) {
            html_print(html, STR_FMT " " STR_FMT, STR_ARG(town->name),
                       STR_ARG(target_micro_text(web->cx->arena, value->micro)));
        }
    }
}

static void map_draw(Web *web, const TownValue *values, size_t count) {
    Html *html = view_html(web->view);
    int32_t low_x = INT32_MAX;
    int32_t high_x = INT32_MIN;
    int32_t low_y = INT32_MAX;
    int32_t high_y = INT32_MIN;
    int64_t most = 0;
    for (size_t i = 0; i < count; i++) {
        const CityTown *town = values[i].town;
        low_x = town->x < low_x ? town->x : low_x;
        high_x = town->x > high_x ? town->x : high_x;
        low_y = town->y < low_y ? town->y : low_y;
        high_y = town->y > high_y ? town->y : high_y;
        most = values[i].micro > most ? values[i].micro : most;
    }
    if (html == NULL || count == 0 || high_x - low_x < MAP_MARGIN) {
        return;
    }
    Str box = str_print(web->cx->arena, "%" PRId32 " %" PRId32 " %" PRId32 " %" PRId32,
                        low_x - MAP_MARGIN, -high_y - MAP_MARGIN, high_x - low_x + 2 * MAP_MARGIN,
                        high_y - low_y + 2 * MAP_MARGIN);
    HTML(html, "svg.town-map", "viewBox", box, "role", "group", "aria-label",
         "各镇街示意图，位置为示意，数字见下表") {
        for (size_t i = 0; i < count; i++) {
            town_mark(web, html, &values[i], most);
        }
    }
    HTML_LEAF(html, "p.hint", "示意图：位置不是测绘坐标；颜色越深数值越大。");
}

static void town_table(Web *web, const BookTownCounter *counter, const TownValue *values,
                       size_t count) {
    static const ViewColumn columns[] = {
        {"town", "镇街", false}, {"value", "今年", true}, {"before", "去年", true}};
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_table_begin(view, "towns",
                     str_print(arena, STR_FMT "（" STR_FMT "）", STR_ARG(counter->title),
                               STR_ARG(counter->unit)),
                     columns, 3);
    for (size_t i = 0; i < count; i++) {
        view_row(view);
        view_cell(view, VIEW_LINK(str_print(arena, "/dashboard/town/" STR_FMT,
                                            STR_ARG(values[i].town->code)),
                                  values[i].town->name));
        view_cell(view, VIEW_TEXT(target_micro_text(arena, values[i].micro)));
        view_cell(view, VIEW_TEXT(target_micro_text(arena, values[i].before)));
    }
    view_table_end(view, STR("没有镇街"));
}

static void counter_tabs(Web *web, const BookTownCounter *now) {
    const PlanBook *book = page_book(web);
    view_tabs_begin(web->view, "镇街数据");
    for (size_t i = 0; i < book->town_counter_count; i++) {
        const BookTownCounter *counter = &book->town_counters[i];
        view_tab(web->view,
                 str_print(web->cx->arena, "/dashboard?town=" STR_FMT, STR_ARG(counter->counter)),
                 counter->title, counter == now);
    }
    view_tabs_end(web->view);
}

static Status towns_section(Web *web) {
    const City *city = web->app->house;
    const BookTownCounter *counter = counter_asked(web);
    if (city->town_count == 0 || counter == NULL) {
        return STATUS_OK;
    }
    int32_t year = day_parts(web_today(web)).year;
    TownValue *values = arena_array(web->cx->arena, TownValue, city->town_count);
    for (size_t i = 0; i < city->town_count; i++) {
        values[i].town = &city->towns[i];
        TRY(town_sum(web, counter, city->towns[i].code, year, &values[i].micro));
        TRY(town_sum(web, counter, city->towns[i].code, year - 1, &values[i].before));
    }
    view_section(web->view, STR("各镇街"));
    counter_tabs(web, counter);
    map_draw(web, values, city->town_count);
    town_table(web, counter, values, city->town_count);
    return STATUS_OK;
}

/* ---- tasks as bars ---- */

static Status progress_plot(Web *web, int64_t unit_id) {
    TaskList tasks;
    TaskWorkList work;
    Arena *arena = web->cx->arena;
    TRY(plan_store_tasks(web->cx, web->conn, unit_id, &tasks));
    TRY(work_store_tasks(web->cx, web->conn, web_today(web), &work));
    Str *labels = arena_array(arena, Str, tasks.count + 1);
    Str *values = arena_array(arena, Str, tasks.count + 1);
    for (size_t i = 0; i < tasks.count; i++) {
        TaskWork of = work_of_task(&work, tasks.items[i].id);
        labels[i] = tasks.items[i].clause;
        values[i] = str_print(arena, "%" PRId64, of.progress_bp / 100);
    }
    if (tasks.count == 0) {
        return STATUS_OK;
    }
    const ViewPlotSeries series[] = {
        {"progress_percent", "措施平均进度（%）", VIEW_PLOT_BAR, values}};
    view_plot(web->view, &(ViewPlot){.key = "progress",
                                     .caption = STR("各项任务的措施进度"),
                                     .unit = STR("%"),
                                     .label_title = "条款",
                                     .labels = labels,
                                     .count = tasks.count,
                                     .series = series,
                                     .series_count = 1});
    return STATUS_OK;
}

/* ---- the city ---- */

static Status units_table(Web *web) {
    static const ViewColumn columns[] = {{"unit", "单位", false}};
    PlanUnitList units;
    if (web->user->role != ROLE_LEAD && web->user->role != ROLE_AUDITOR &&
        web->user->role != ROLE_FINANCE) {
        return STATUS_OK;
    }
    TRY(plan_units(web->cx, web->conn, 0, &units));
    view_section(web->view, STR("各单位"));
    view_table_begin(web->view, "units", STR("单位看板"), columns, 1);
    for (size_t i = 0; i < units.count; i++) {
        view_row(web->view);
        view_cell(web->view, VIEW_LINK(page_path(web, "/dashboard/unit", units.items[i].id),
                                       units.items[i].name));
    }
    view_table_end(web->view, STR("没有单位"));
    return STATUS_OK;
}

Status plan_dashboard_page(Web *web) {
    PlanHead head;
    TargetDesk desk;
    TargetNows targets;
    TRY(plan_store_head(web->cx, web->conn, &head));
    TRY(page_desk(web, &desk));
    TRY(page_targets(web, &desk, &(TargetPick){0}, &targets));
    desk.known = targets.items;
    desk.known_count = targets.count;
    View *view = web->view;
    view_title(view, STR("目标与任务总览"));
    view_lead(view, str_print(web->cx->arena, STR_FMT "（" STR_FMT "）", STR_ARG(head.title),
                              STR_ARG(head.doc_number)));
    print_button(web);
    lights_section(web, &targets);
    if (page_is_office(web)) {
        view_link(view, STR("/dashboard/file/pdf"), STR("目标与任务总览（PDF）"), false);
        TRY(problems_section(web, &desk, 0));
        TRY(changes_section(web, &desk));
    }
    view_section(view, STR("目标"));
    page_target_table(web, &targets);
    view_section(view, STR("任务"));
    TRY(progress_plot(web, 0));
    TRY(page_task_table(web, 0));
    TRY(money_section(web));
    TRY(towns_section(web));
    return units_table(web);
}

/* ---- a unit ---- */

static Status unit_facts(Web *web, int64_t unit_id, const TargetNows *targets) {
    MeasureList late;
    MeasureList soon;
    NoticeList notices;
    int64_t filed = 0;
    MeasureAsk ask = {.unit_id = unit_id,
                      .state = STR("late"),
                      .today = web_today(web),
                      .soon_day = page_soon_day(web),
                      .limit = LIMIT_PAGE_ROWS_MAX};
    NoticeAsk open = {.is_open_only = true, .unit_id = unit_id, .limit = LIMIT_PAGE_ROWS_MAX};
    TRY(work_store_measures(web->cx, web->conn, &ask, &late));
    ask.state = STR("soon");
    TRY(work_store_measures(web->cx, web->conn, &ask, &soon));
    TRY(work_store_notices(web->cx, web->conn, &open, &notices));
    TRY(figure_store_count(web->cx, web->conn, "filed", unit_id, &filed));
    LightCount lights = lights_count(targets);
    View *view = web->view;
    view_section(view, STR("总体"));
    view_facts_begin(view, NULL, true);
    view_fact(view, "targets", "负责的目标", VIEW_INT((int64_t)targets->count));
    view_fact(view, "reached", "已达到或预计达到", VIEW_INT(lights.reached));
    view_fact(view, "at_risk", "有风险或未达到", VIEW_INT(lights.at_risk + lights.missed));
    view_fact(view, "late", "逾期措施", VIEW_INT((int64_t)late.count));
    view_fact(view, "soon", "10个工作日内到期", VIEW_INT((int64_t)soon.count));
    view_fact(view, "notices", "未办结督办", VIEW_INT((int64_t)notices.count));
    view_fact(view, "filed", "待审核填报", VIEW_INT(filed));
    view_facts_end(view);
    return STATUS_OK;
}

/* What the unit has to do itself, as leader or as one of several. */
static Status unit_measures(Web *web, int64_t unit_id) {
    MeasureList measures;
    MeasureAsk ask = {.unit_id = unit_id,
                      .today = web_today(web),
                      .soon_day = page_soon_day(web),
                      .limit = LIMIT_PAGE_ROWS_MAX};
    TRY(work_store_measures(web->cx, web->conn, &ask, &measures));
    view_section(web->view, STR("本单位的措施"));
    page_measure_table(web, &measures);
    return STATUS_OK;
}

/* The unit's code in the declarations; of a unit that they do not know, a word that none has. */
static Str unit_code(const PlanBook *book, Str name) {
    for (size_t i = 0; i < book->unit_count; i++) {
        if (str_equal(book->units[i].name, name)) {
            return book->units[i].id;
        }
    }
    return STR("-");
}

Status plan_unit_dashboard_page(Web *web) {
    PlanUnitList units;
    TargetDesk desk;
    TargetNows targets;
    int64_t id = web->ids[0];
    if (web->user->role == ROLE_OFFICER && web->user->unit_id != id) {
        return fault(web->cx, STATUS_DENIED, "部门账号只能看本单位的看板");
    }
    TRY(plan_units(web->cx, web->conn, id, &units));
    if (units.count == 0) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这个单位");
    }
    TRY(page_desk(web, &desk));
    TRY(page_targets(web, &desk, &(TargetPick){.owner = units.items[0].name}, &targets));
    desk.known = targets.items;
    desk.known_count = targets.count;
    view_title(web->view, units.items[0].name);
    print_button(web);
    TRY(unit_facts(web, id, &targets));
    TRY(problems_section(web, &desk, id));
    view_section(web->view, STR("负责的目标"));
    page_target_table(web, &targets);
    view_section(web->view, STR("牵头或负责的任务"));
    TRY(progress_plot(web, id));
    TRY(page_task_table(web, id));
    TRY(unit_measures(web, id));
    view_section(web->view, STR("本单位台账"));
    return page_kind_table(web,
                           &(KindPick){.owner = unit_code(page_book(web), units.items[0].name)});
}

/* ---- a town ---- */

static const CityTown *town_of_path(const Web *web) {
    const City *city = web->app->house;
    for (size_t i = 0; i < city->town_count; i++) {
        int64_t code = 0;
        if (str_int64(city->towns[i].code, &code) == STATUS_OK && code == web->ids[0]) {
            return &city->towns[i];
        }
    }
    return NULL;
}

static Status town_facts(Web *web, const CityTown *town) {
    static const ViewColumn columns[] = {{"title", "事项", false},
                                         {"unit", "单位", false},
                                         {"value", "今年", true},
                                         {"before", "去年", true},
                                         {"total", "全市今年", true}};
    const PlanBook *book = page_book(web);
    Arena *arena = web->cx->arena;
    int32_t year = day_parts(web_today(web)).year;
    View *view = web->view;
    view_section(view, STR("主要数据"));
    view_table_begin(view, "counters", STR("主要数据"), columns, 5);
    for (size_t i = 0; i < book->town_counter_count; i++) {
        const BookTownCounter *counter = &book->town_counters[i];
        int64_t now = 0;
        int64_t before = 0;
        int64_t raw = 0;
        TRY(town_sum(web, counter, town->code, year, &now));
        TRY(town_sum(web, counter, town->code, year - 1, &before));
        TRY(plan_counter_sum(web->cx, web->conn, counter->counter,
                             counter->is_stock ? STR("1990-01")
                                               : str_print(arena, "%04" PRId32 "-01", year),
                             str_print(arena, "%04" PRId32 "-12", year), &raw));
        view_row(view);
        view_cell(view, VIEW_TEXT(counter->title));
        view_cell(view, VIEW_TEXT(counter->unit));
        view_cell(view, VIEW_TEXT(target_micro_text(arena, now)));
        view_cell(view, VIEW_TEXT(target_micro_text(arena, before)));
        view_cell(view, VIEW_TEXT(target_micro_text(arena, target_raw_micro(raw, counter->per))));
    }
    view_table_end(view, STR("没有按镇街统计的数据"));
    return STATUS_OK;
}

static Status town_months(Web *web, const CityTown *town, const BookTownCounter *counter) {
    MonthList months;
    Arena *arena = web->cx->arena;
    Str key =
        str_print(arena, STR_FMT "/town=" STR_FMT, STR_ARG(counter->counter), STR_ARG(town->code));
    TRY(plan_store_counter_months(web->cx, web->conn, key, &months));
    size_t from = months.count > MONTHS_SHOWN ? months.count - MONTHS_SHOWN : 0;
    size_t count = months.count - from;
    if (count == 0) {
        return STATUS_OK;
    }
    Str *labels = arena_array(arena, Str, count);
    Str *values = arena_array(arena, Str, count);
    for (size_t i = 0; i < count; i++) {
        labels[i] = months.items[from + i].month;
        values[i] =
            target_micro_text(arena, target_raw_micro(months.items[from + i].value, counter->per));
    }
    const ViewPlotSeries series[] = {{"value", "数值", VIEW_PLOT_BAR, values}};
    view_plot(web->view, &(ViewPlot){.key = str_c(arena, counter->counter),
                                     .caption = counter->title,
                                     .unit = counter->unit,
                                     .label_title = "月份",
                                     .labels = labels,
                                     .count = count,
                                     .series = series,
                                     .series_count = 1});
    return STATUS_OK;
}

Status plan_town_dashboard_page(Web *web) {
    const CityTown *town = town_of_path(web);
    const PlanBook *book = page_book(web);
    if (town == NULL) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这个镇街");
    }
    view_title(web->view, town->name);
    view_lead(web->view, STR("本镇街在行动方案中的主要数据，由系统内的记录实时计数。"));
    print_button(web);
    TRY(town_facts(web, town));
    view_section(web->view, STR("逐月"));
    for (size_t i = 0; i < book->town_counter_count; i++) {
        TRY(town_months(web, town, &book->town_counters[i]));
    }
    return STATUS_OK;
}
