/*
 * target_pages.c - the list of targets, one target with its way, its forecast and what feeds it,
 * its baseline, and the rules by which lights are given.
 */
#include "office/plan/evidence.h"
#include "office/plan/forecast.h"
#include "office/plan/pages.h"
#include "record/record.h"
#include "series/series.h"

#include <inttypes.h>
#include <string.h>

enum { WAY_MONTHS = 36, AHEAD_MONTHS_MAX = 30 };

/* ---- shared ---- */

const PlanBook *page_book(const Web *web) {
    const City *city = web->app->house;
    return city->plan_book;
}

Status page_desk(Web *web, TargetDesk *out) {
    return target_desk_open(web->cx, web->conn, page_book(web), web_today(web), out);
}

Str page_path(Web *web, const char *path, int64_t id) {
    return str_print(web->cx->arena, "%s/%" PRId64, path, id);
}

ViewValue page_or_dash(Str text) {
    return VIEW_TEXT(text.len > 0 ? text : STR("—"));
}

Status page_unit_name(Web *web, Str *out) {
    *out = STR_NONE;
    return web->user->unit_id == 0
               ? STATUS_OK
               : plan_store_unit_name(web->cx, web->conn, web->user->unit_id, out);
}

Status page_records_link(Web *web, const BookSeries *series, Str month) {
    const City *city = web->app->house;
    Arena *arena = web->cx->arena;
    Str href = STR_NONE;
    if (series->records.len > 0) {
        view_link(web->view, series->records, STR("查看逐条记录（已脱敏）"), false);
        return STATUS_OK;
    }
    const RecordKind *kind = series->kind.len == 0 || series->counter.len == 0
                                 ? NULL
                                 : record_kind_find(city->records, series->kind);
    if (kind == NULL) {
        return STATUS_OK;
    }
    TRY(page_kind_href(web, kind, &href));
    if (str_starts(href, STR("/record/"))) {
        href =
            str_print(arena, STR_FMT "?counter=" STR_FMT, STR_ARG(href), STR_ARG(series->counter));
        href = month.len == 0
                   ? href
                   : str_print(arena, STR_FMT "&month=" STR_FMT, STR_ARG(href), STR_ARG(month));
    }
    if (href.len > 0) {
        view_link(web->view, href,
                  str_print(arena, "“" STR_FMT "”的逐条记录", STR_ARG(series->name)), false);
    }
    return STATUS_OK;
}

/* ---- the table ---- */

static bool is_picked(const TargetPick *pick, const TargetRow *row, const BookTarget *book) {
    bool is_of_task = pick->task_id == 0 || row->task_id == pick->task_id ||
                      (book != NULL && str_equal(book->clause, pick->clause));
    return is_of_task &&
           (pick->owner.len == 0 || (book != NULL && str_equal(book->owner, pick->owner)));
}

Status page_targets(Web *web, const TargetDesk *desk, const TargetPick *pick, TargetNows *out) {
    TargetList rows;
    TRY(plan_store_targets(web->cx, web->conn, 0, &rows));
    TargetRow *kept = rows.items;
    *out = (TargetNows){.items = arena_array(web->cx->arena, TargetNow, rows.count + 1)};
    for (size_t i = 0; i < rows.count; i++) {
        TRY(cx_step(web->cx));
        if (is_picked(pick, &kept[i], plan_book_target(desk->book, kept[i].code))) {
            TargetAsk ask = {.row = &kept[i], .with_forecast = true};
            TRY(target_now(web->cx, desk, &ask, &out->items[out->count++]));
        }
    }
    return STATUS_OK;
}

static ViewValue source_view(bool is_live) {
    return is_live ? VIEW_BADGE(VIEW_GOOD, STR("live"), STR("系统实时"))
                   : VIEW_BADGE(VIEW_NEUTRAL, STR("reported"), STR("单位填报"));
}

static ViewValue origin_view(const MonthSource *source, bool is_live) {
    if (source->is_counted && source->is_reported) {
        return VIEW_BADGE(VIEW_INFO, STR("both"), STR("实时和填报"));
    }
    bool is_known = source->is_counted || source->is_reported;
    return source_view(is_known ? source->is_counted : is_live);
}

/* What a value rests on is always marked. */
static ViewValue value_source_view(const TargetNow *now) {
    return origin_view(&now->source, now->is_live);
}

static Str year_text(Arena *arena, const TargetRow *row) {
    return row->year != 0        ? str_print(arena, "%" PRId64, row->year)
           : row->period.len > 0 ? row->period
                                 : STR("—");
}

static Str with_unit(Arena *arena, const TargetRow *row, double value) {
    return str_print(arena, STR_FMT STR_FMT, STR_ARG(target_estimate_text(arena, value)),
                     STR_ARG(target_unit_text(arena, row)));
}

static Str interval_text(Arena *arena, const TargetNow *now) {
    return str_print(arena, STR_FMT "（" STR_FMT " 至 " STR_FMT "）",
                     STR_ARG(with_unit(arena, now->row, now->forecast.mean)),
                     STR_ARG(target_estimate_text(arena, now->forecast.low)),
                     STR_ARG(target_estimate_text(arena, now->forecast.high)));
}

static ViewValue value_view(const TargetNow *now) {
    return now->value_text.len > 0 ? VIEW_TEXT(now->value_text)
           : now->told.len > 0     ? VIEW_TEXT(now->told)
                                   : VIEW_NONE;
}

static void target_row(Web *web, const TargetNow *now) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_row(view);
    view_cell(view, VIEW_TEXT(now->row->code));
    view_cell(view, VIEW_LINK(page_path(web, "/target", now->row->id), now->row->indicator));
    view_cell(view, VIEW_TEXT(target_goal_text(arena, now->row)));
    view_cell(view, VIEW_TEXT(year_text(arena, now->row)));
    view_cell(view, value_view(now));
    view_cell(view,
              now->forecast.is_set ? VIEW_TEXT(interval_text(arena, now)) : VIEW_TEXT(STR("—")));
    view_cell(view, value_source_view(now));
    view_cell(view, target_light_view(now->light));
}

void page_target_table(Web *web, const TargetNows *targets) {
    static const ViewColumn columns[] = {
        {"code", "编号", false},   {"indicator", "目标", false},
        {"goal", "要求", false},   {"year", "年度", false},
        {"value", "现值", true},   {"forecast", "期末预测（80%区间）", true},
        {"source", "来源", false}, {"light", "状态", false},
    };
    view_table_begin(web->view, "targets", STR("目标"), columns, 8);
    for (size_t i = 0; i < targets->count; i++) {
        target_row(web, &targets->items[i]);
    }
    view_table_end(web->view, STR("没有量化目标"));
}

/* ---- one target: now ---- */

static void forecast_facts(Web *web, const TargetNow *now) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    if (!now->forecast.is_set) {
        if (now->forecast.why_not.len > 0) {
            view_fact(view, "forecast", "期末预测", VIEW_TEXT(now->forecast.why_not));
        }
        return;
    }
    view_fact(view, "forecast", "期末预测（80%区间）", VIEW_TEXT(interval_text(arena, now)));
    view_fact(view, "forecast_month", "预测到",
              VIEW_TEXT(month_print_zh(arena, now->forecast.month)));
    if (now->forecast.chance >= 0.0) {
        view_fact(view, "chance", "达到的把握",
                  VIEW_TEXT(str_print(arena, "%.0f%%", now->forecast.chance * 100.0)));
    }
}

/* A target of a past year stands still; what it counts goes on. */
static void year_fact(Web *web, const TargetDesk *desk, const TargetNow *now) {
    int64_t micro = 0;
    const BookSeries *lever = now->book == NULL ? NULL : now->book->lever;
    if (lever == NULL || lever->type != BOOK_FLOW ||
        !months_value(&desk->months.series[lever->index], true, desk->months.now, &micro)) {
        return;
    }
    Str label = str_print(web->cx->arena, "%" PRId32 " 年累计", day_parts(desk->today).year);
    view_fact(web->view, "this_year", label.at,
              micro % 1000000 == 0 ? VIEW_INT(micro / 1000000)
                                   : VIEW_TEXT(target_micro_text(web->cx->arena, micro)));
}

static void now_section(Web *web, const TargetDesk *desk, const TargetNow *now) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_section(view, STR("现状"));
    view_facts_begin(view, NULL, true);
    view_fact(view, "value", "现值", value_view(now));
    view_fact(view, "month", "截至", VIEW_TEXT(month_print_zh(arena, now->month)));
    view_fact(view, "goal", "要求", VIEW_TEXT(target_goal_text(arena, now->row)));
    view_fact(view, "light", "状态", target_light_view(now->light));
    view_fact(view, "source", "来源", value_source_view(now));
    if (now->book != NULL && now->book->needs_baseline) {
        view_fact(view, "baseline", "基期值",
                  now->has_baseline ? VIEW_TEXT(target_micro_text(arena, now->baseline))
                                    : VIEW_NONE);
    }
    year_fact(web, desk, now);
    forecast_facts(web, now);
    view_facts_end(view);
    if (now->need.is_set && now->need.each != 0.0) {
        view_facts_begin(view, "needed", false);
        view_fact(view, "need", "要达到目标",
                  VIEW_TEXT(target_need_text(web->cx->arena, &now->need)));
        view_facts_end(view);
    }
    if (now->light == TARGET_NO_BASELINE) {
        view_notice(
            view, VIEW_WARN,
            STR("这是增长类目标，基期值还没有经单位负责人签认、牵头专班确认，所以不计算增幅，也不亮绿灯。"));
    }
    view_link(view, STR("/lights"), STR("状态是怎样评定的"), false);
    view_link(view, STR("/sources"), STR("数据从哪里来"), false);
}

static void formula_section(Web *web, const TargetNow *now) {
    View *view = web->view;
    const BookTarget *book = now->book;
    view_section(view, STR("怎样计算"));
    view_text(view, str_print(web->cx->arena, "原文：“" STR_FMT "”", STR_ARG(now->row->quote)));
    if (book == NULL) {
        view_text(view, STR("还没有设定计算办法。"));
        return;
    }
    view_facts_begin(view, "rule", false);
    view_fact(view, "formula", "公式", page_or_dash(book->formula_text));
    view_fact(view, "basis", "口径", page_or_dash(book->basis));
    view_fact(view, "owner", "责任单位", page_or_dash(book->owner));
    view_fact(view, "window", "逐月数据",
              VIEW_TEXT(book->is_year_window ? STR("从当年1月累计")
                                             : STR("最近12个月累计，到期末即全年")));
    view_facts_end(view);
}

/* ---- one target: its way ---- */

typedef struct Way {
    Str *labels;
    Str *values;
    Str *means;
    Str *lows;
    Str *highs;
    Str *goals;
    size_t count;
} Way;

static Way way_new(Arena *arena) {
    size_t room = WAY_MONTHS + AHEAD_MONTHS_MAX + 2;
    return (Way){.labels = arena_array(arena, Str, room),
                 .values = arena_array(arena, Str, room),
                 .means = arena_array(arena, Str, room),
                 .lows = arena_array(arena, Str, room),
                 .highs = arena_array(arena, Str, room),
                 .goals = arena_array(arena, Str, room)};
}

static Status way_past(Web *web, const TargetDesk *desk, const TargetNow *now, Way *way) {
    Arena *arena = web->cx->arena;
    int last = now->month - desk->months.first;
    Str goal = now->has_goal ? target_micro_text(arena, now->goal) : STR_NONE;
    for (int i = last - WAY_MONTHS + 1; i <= last; i++) {
        TargetPoint point;
        TRY(target_at(web->cx, desk, now, i, &point));
        if (!point.is_set && way->count == 0) {
            continue;
        }
        way->labels[way->count] = month_print(arena, desk->months.first + i);
        way->values[way->count] = point.is_set ? target_micro_text(arena, point.micro) : STR_NONE;
        way->goals[way->count] = goal;
        way->count++;
    }
    return STATUS_OK;
}

static void way_end(Web *web, const TargetNow *now, Way *way) {
    Arena *arena = web->cx->arena;
    if (!now->forecast.is_set || way->count == 0 || now->forecast.month <= now->month ||
        now->forecast.month > now->month + AHEAD_MONTHS_MAX) {
        return;
    }
    /* The interval opens from the last figure. */
    Str last = way->values[way->count - 1];
    way->means[way->count - 1] = last;
    way->lows[way->count - 1] = last;
    way->highs[way->count - 1] = last;
    for (int32_t month = now->month + 1; month < now->forecast.month; month++) {
        way->labels[way->count] = month_print(arena, month);
        way->goals[way->count] = way->goals[0];
        way->count++;
    }
    way->labels[way->count] = month_print(arena, now->forecast.month);
    way->means[way->count] = str_print(arena, "%.2f", now->forecast.mean);
    way->lows[way->count] = str_print(arena, "%.2f", now->forecast.low);
    way->highs[way->count] = str_print(arena, "%.2f", now->forecast.high);
    way->goals[way->count] = now->has_goal ? target_micro_text(arena, now->goal) : STR_NONE;
    way->count++;
}

static Status way_section(Web *web, const TargetDesk *desk, const TargetNow *now) {
    Way way = way_new(web->cx->arena);
    TRY(way_past(web, desk, now, &way));
    way_end(web, now, &way);
    if (way.count == 0) {
        return STATUS_OK;
    }
    const ViewPlotSeries series[] = {
        {"value", "现值", VIEW_PLOT_LINE, way.values},
        {"forecast", "预测", VIEW_PLOT_FORECAST, way.means},
        {"low", "区间下限", VIEW_PLOT_LOW, way.lows},
        {"high", "区间上限", VIEW_PLOT_HIGH, way.highs},
        {"goal", "要求", VIEW_PLOT_GOAL, way.goals},
    };
    view_section(web->view, STR("逐月走势"));
    view_plot(web->view, &(ViewPlot){.key = "way",
                                     .caption = now->row->indicator,
                                     .unit = now->row->unit,
                                     .label_title = "月份",
                                     .labels = way.labels,
                                     .count = way.count,
                                     .series = series,
                                     .series_count = 5});
    return STATUS_OK;
}

/* ---- one target: what feeds it ---- */

static Status feeds_section(Web *web, const TargetDesk *desk, const TargetNow *now) {
    static const ViewColumn columns[] = {{"name", "数据", false},
                                         {"unit", "单位", false},
                                         {"value", "计入现值", true},
                                         {"source", "来源", false},
                                         {"owner", "填报单位", false}};
    const BookTarget *book = now->book;
    View *view = web->view;
    Arena *arena = web->cx->arena;
    if (book == NULL || book->series_count == 0) {
        return STATUS_OK;
    }
    view_section(view, STR("数据从哪里来"));
    view_table_begin(view, "series", STR("组成数据"), columns, 5);
    for (size_t i = 0; i < book->series_count; i++) {
        const BookSeries *series = book->series[i];
        int64_t micro = 0;
        bool is_set = months_value(&desk->months.series[series->index], book->is_year_window,
                                   now->month - desk->months.first, &micro);
        view_row(view);
        view_cell(view,
                  VIEW_LINK(page_path(web, "/series", (int64_t)series->index + 1), series->name));
        view_cell(view, page_or_dash(series->unit));
        view_cell(view, is_set ? VIEW_TEXT(target_micro_text(arena, micro)) : VIEW_NONE);
        MonthSource source = {0};
        target_source(desk, now, series, &source);
        view_cell(view, origin_view(&source, series->counter.len > 0));
        view_cell(view, page_or_dash(series->owner));
    }
    view_table_end(view, STR(""));
    for (size_t i = 0; i < book->series_count; i++) {
        bool is_flow = book->series[i]->type == BOOK_FLOW;
        TRY(page_records_link(web, book->series[i],
                              is_flow ? str_print(arena, "%" PRId32, now->month / 12) : STR_NONE));
    }
    return STATUS_OK;
}

/* ---- the baseline ---- */

enum { BASE_YEAR, BASE_VALUE, BASE_EVIDENCE, BASE_PAPERS, BASE_FIELDS };

static Status baseline_form(Web *web, const Form **out) {
    static const FormField asked[BASE_PAPERS] = {
        {.name = "period",
         .label = "基期年份",
         .hint = "例如 2023",
         .kind = FIELD_TEXT,
         .min = 4,
         .max = 4},
        {.name = "value",
         .label = "基期值",
         .hint = "只填数字，单位与逐月数据相同",
         .kind = FIELD_TEXT,
         .min = 1,
         .max = 20},
        {.name = "evidence",
         .label = "依据",
         .hint = "统计报表、文件名称和文号",
         .kind = FIELD_TEXT,
         .min = 4,
         .max = 120},
    };
    FormField *fields = arena_array(web->cx->arena, FormField, BASE_FIELDS);
    memcpy(fields, asked, sizeof asked);
    TRY(evidence_field(web, &fields[BASE_PAPERS]));
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "baseline",
                   .action = str_print(web->cx->arena, "/target/%" PRId64 "/baseline", web->ids[0]),
                   .submit = "提交基期值",
                   .fields = fields,
                   .field_count = BASE_FIELDS};
    *out = form;
    return STATUS_OK;
}

/* The lead office and the unit that answers for the target; while that is not decided, every unit.
 */
static Status may_file_baseline(Web *web, const BookTarget *book, bool *out) {
    Str unit = STR_NONE;
    TRY(page_unit_name(web, &unit));
    bool is_owner =
        web->user->role == ROLE_OFFICER && (book->owner.len == 0 || str_equal(book->owner, unit));
    *out = web->user->role == ROLE_LEAD || is_owner;
    return STATUS_OK;
}

static Status baseline_section(Web *web, const TargetNow *now) {
    bool may_file = false;
    bool is_closed = web->user->role != ROLE_LEAD && !page_is_office(web);
    if (now->book == NULL || !now->book->needs_baseline || is_closed) {
        return STATUS_OK;
    }
    view_section(web->view, STR("基期值"));
    if (!str_equal(now->book->baseline_from, now->row->code)) {
        view_text(web->view, str_print(web->cx->arena, "与目标 " STR_FMT " 使用同一个基期值。",
                                       STR_ARG(now->book->baseline_from)));
        return STATUS_OK;
    }
    TRY(may_file_baseline(web, now->book, &may_file));
    if (may_file || web->user->role != ROLE_OFFICER) {
        TRY(page_figures(web, now->row->code, "baseline"));
    } else {
        view_text(web->view, STR("基期值由责任单位填报。"));
    }
    if (may_file) {
        const Form *form = NULL;
        TRY(baseline_form(web, &form));
        view_form(web->view, form);
    }
    return STATUS_OK;
}

Status plan_target_page(Web *web) {
    TargetRow row;
    TargetDesk desk;
    TargetNow now;
    TRY(plan_store_target_find(web->cx, web->conn, web->ids[0], &row));
    TRY(page_desk(web, &desk));
    TRY(target_now(web->cx, &desk, &(TargetAsk){.row = &row, .with_forecast = true}, &now));
    view_title(web->view, row.indicator);
    now_section(web, &desk, &now);
    TRY(way_section(web, &desk, &now));
    formula_section(web, &now);
    TRY(feeds_section(web, &desk, &now));
    return baseline_section(web, &now);
}

static Status figure_work(Cx *cx, DbConn *conn, void *input) {
    int64_t id = 0;
    return plan_figure_file(cx, conn, input, &id);
}

Status plan_target_baseline_post(Web *web) {
    TargetRow row;
    bool may_file = false;
    FormValue values[BASE_FIELDS];
    TRY(plan_store_target_find(web->cx, web->conn, web->ids[0], &row));
    const BookTarget *book = plan_book_target(page_book(web), row.code);
    if (book == NULL || !book->needs_baseline || !str_equal(book->baseline_from, row.code)) {
        return fault(web->cx, STATUS_CONFLICT, "这个目标不用单独填报基期值");
    }
    TRY(may_file_baseline(web, book, &may_file));
    if (!may_file) {
        return fault(web->cx, STATUS_DENIED, "基期值由责任单位填报");
    }
    if (form_is_reshaped(web)) {
        return plan_target_page(web);
    }
    PlanPapers papers;
    const Form *form = NULL;
    TRY(baseline_form(web, &form));
    TRY(form_read(web, form, values));
    TRY(evidence_read(web, &papers));
    PlanFigureNew new = {.series = row.code,
                         .is_baseline = true,
                         .period = values[BASE_YEAR].text,
                         .value = values[BASE_VALUE].text,
                         .evidence = values[BASE_EVIDENCE].text,
                         .papers = papers,
                         .unit_id = web->user->unit_id,
                         .filed_by = web->user->id,
                         .now_ms = web->now_ms};
    TRY(web_write(web, "figure.file", figure_work, &new, NULL));
    return web_redirect(web, page_path(web, "/target", row.id),
                        STR("已提交，等待单位负责人审核、牵头专班确认"));
}

/* ---- the rules ---- */

Status plan_lights_page(Web *web) {
    static const ViewColumn columns[] = {{"light", "状态", false}, {"rule", "评定办法", false}};
    static const struct {
        TargetLight light;
        const char *rule;
    } rows[] = {
        {TARGET_REACHED, "期限已过且达到要求；计数类目标只增不减，达到即算达到"},
        {TARGET_EXPECTED, "达到的把握在90%以上"},
        {TARGET_LIKELY, "达到的把握在50%以上、不到90%"},
        {TARGET_AT_RISK, "达到的把握在10%以上、不到50%"},
        {TARGET_UNLIKELY, "达到的把握不到10%"},
        {TARGET_MISSED, "期限已过，没有达到要求"},
        {TARGET_ON_WAY, "有数据，但连续数据不足6个月，不作预测"},
        {TARGET_TOLD, "方案没有给出数值，只列出现在的数值"},
        {TARGET_NO_BASELINE, "增长类目标没有经签认、确认的基期值：不算增幅，不亮绿灯"},
        {TARGET_NO_FIGURE, "还没有任何数据"},
    };
    View *view = web->view;
    view_title(view, STR("目标状态的评定办法"));
    view_lead(view, STR("所有目标按同一办法自动评定，不能手工改灯。"));
    view_section(view, STR("状态"));
    view_table_begin(view, "lights", STR("状态和评定办法"), columns, 2);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        view_row(view);
        view_cell(view, target_light_view(rows[i].light));
        view_cell(view, VIEW_TEXT(str_of(rows[i].rule)));
    }
    view_table_end(view, STR(""));
    view_section(view, STR("预测办法"));
    view_text(
        view,
        STR("每项逐月数据用西塔法预测（2000年发表的公开方法，出处和检验见系统参考文档）：去掉季节因素，用指数平滑跟踪当前水平，再加一半的长期趋势。满24个月且12个月相关显著时才考虑季节。"));
    view_text(
        view,
        STR("按预测误差的分布取200组数，逐组代入目标公式：从小到大第10%和第90%处是80%区间，达到要求的组数占比是“达到的把握”。同样的数据总是得到同样的结果。"));
    view_text(
        view,
        STR("每项数据的页面上列出这个方法过去六个月预测的平均误差，并与“照上月”“照去年同月”两种简单办法比较。"));
    return STATUS_OK;
}
