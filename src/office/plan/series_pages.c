/*
 * series_pages.c - the monthly series, one series with its forecast and the trial of the method,
 * and the figures on their way: filed, approved, confirmed.
 */
#include "office/plan/evidence.h"
#include "office/plan/forecast.h"
#include "office/plan/pages.h"
#include "series/series.h"
#include "sheet/sheet.h"

#include <inttypes.h>

enum {
    AHEAD_MONTHS = 12,
    SHOWN_MONTHS = 48,
    TRIAL_TRAIN = 24,
    TRIAL_HORIZON = 6,
    FIGURES_PER_PAGE = 50
};

static const ViewColumn figure_columns[] = {
    {"filed_ms", "填报时间", false}, {"what", "内容", false},     {"period", "时期", false},
    {"value", "数值", true},         {"evidence", "依据", false}, {"unit", "填报单位", false},
    {"state", "状态", false},
};

/* ---- figures as rows ---- */

static ViewValue figure_state_view(Str state) {
    static const struct {
        const char *code;
        ViewTone tone;
        const char *zh;
    } rows[] = {{"filed", VIEW_WARN, "待单位负责人审核"},
                {"approved", VIEW_INFO, "待牵头专班确认"},
                {"confirmed", VIEW_GOOD, "已确认"},
                {"refused", VIEW_BAD, "已退回"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_equal(state, str_of(rows[i].code))) {
            return VIEW_BADGE(rows[i].tone, state, str_of(rows[i].zh));
        }
    }
    return VIEW_NONE;
}

static Str figure_what(Web *web, const Figure *figure) {
    return evidence_figure_name(web->cx, page_book(web), figure->series, figure->part);
}

/* The words of the evidence and how many files stand behind them. */
static Str figure_evidence(Web *web, const Figure *figure) {
    return figure->paper_count == 0 ? figure->evidence
                                    : str_print(web->cx->arena, STR_FMT "（文件 %" PRId64 " 个）",
                                                STR_ARG(figure->evidence), figure->paper_count);
}

static void figure_row(Web *web, const Figure *figure) {
    View *view = web->view;
    view_row(view);
    view_cell(view, VIEW_LINK(page_path(web, "/figure", figure->id),
                              instant_print_minute(web->cx->arena, figure->filed_ms)));
    view_cell(view, VIEW_TEXT(figure_what(web, figure)));
    view_cell(view, VIEW_TEXT(figure->period));
    view_cell(view, VIEW_TEXT(figure->value));
    view_cell(view, VIEW_TEXT(figure_evidence(web, figure)));
    view_cell(view, VIEW_TEXT(figure->unit_name.len > 0 ? figure->unit_name : STR("牵头专班")));
    view_cell(view, figure_state_view(figure->state));
}

static void figure_table(Web *web, const FigureRows *figures) {
    view_table_begin(web->view, "figures", STR("填报记录"), figure_columns, 7);
    for (size_t i = 0; i < figures->count; i++) {
        figure_row(web, &figures->items[i]);
    }
    view_table_end(web->view, STR("还没有填报"));
}

Status page_figures(Web *web, Str series, const char *part) {
    FigureRows figures;
    TRY(figure_store_of(web->cx, web->conn, series, part, &figures));
    figure_table(web, &figures);
    return STATUS_OK;
}

/* ---- the list of series ---- */

static Str last_text(Arena *arena, const PlanMonths *months, const SeriesMonths *series) {
    return series->last == MONTHS_NONE ? STR("尚无数据")
                                       : month_print_zh(arena, months->first + series->last);
}

/* What the newest figure rests on; of a series without one, what it could. */
static Str series_origin(const SeriesMonths *series) {
    bool is_counted = series->last == MONTHS_NONE ? series->series->counter.len > 0
                                                  : series->origin[series->last] == MONTH_COUNTED;
    return is_counted ? STR("系统计数") : STR("单位填报");
}

static void series_row(Web *web, const PlanMonths *months, const SeriesMonths *series) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    const BookSeries *book = series->series;
    bool has = series->last != MONTHS_NONE;
    view_row(view);
    view_cell(view, VIEW_LINK(page_path(web, "/series", (int64_t)book->index + 1), book->name));
    view_cell(view, page_or_dash(book->unit));
    view_cell(view, VIEW_TEXT(book_type_zh(book->type)));
    view_cell(view, page_or_dash(book->owner));
    view_cell(view, VIEW_TEXT(series_origin(series)));
    view_cell(view, VIEW_TEXT(last_text(arena, months, series)));
    view_cell(view,
              has ? VIEW_TEXT(target_micro_text(arena, series->value[series->last])) : VIEW_NONE);
}

/* By which day last month's figures are due, in the words of the link to that rule. */
static Status report_day_link(Web *web) {
    int64_t day = 0;
    if (web->user->role == ROLE_FINANCE) {
        return STATUS_OK;
    }
    TRY(plan_report_day(web->cx, web->conn, page_book(web), &day));
    Day due = plan_report_due(page_calendar(web), web_today(web), day);
    Str words =
        day == 0 ? STR("数值报送期限：未设置")
                 : str_print(web->cx->arena, "数值报送期限：每月 %" PRId64 " 日前，本月 " STR_FMT,
                             day, STR_ARG(day_print(web->cx->arena, due)));
    view_link(web->view, STR("/report-day"), words, false);
    return STATUS_OK;
}

Status plan_series_list_page(Web *web) {
    static const ViewColumn columns[] = {
        {"name", "数据", false},      {"unit", "单位", false},   {"type", "累计方式", false},
        {"owner", "填报单位", false}, {"source", "来源", false}, {"last", "最近月份", false},
        {"value", "最近数值", true},
    };
    TargetDesk desk;
    Str unit = STR_NONE;
    TRY(page_desk(web, &desk));
    TRY(page_unit_name(web, &unit));
    bool is_mine = str_equal(web_param(web, "who"), STR("mine")) && unit.len > 0;
    View *view = web->view;
    view_title(view, STR("逐月数据"));
    view_lead(view, STR("目标由这些逐月数据按公式算出；点开可以看走势、预测和填报。"));
    TRY(report_day_link(web));
    if (unit.len > 0) {
        view_tabs_begin(view, "范围");
        view_tab(view, STR("/series"), STR("全部"), !is_mine);
        view_tab(view, STR("/series?who=mine"), STR("本单位填报"), is_mine);
        view_tabs_end(view);
    }
    view_section(view, STR_NONE);
    view_table_begin(view, "series", STR("逐月数据"), columns, 7);
    for (size_t i = 0; i < desk.months.count; i++) {
        const SeriesMonths *series = &desk.months.series[i];
        if (!is_mine || str_equal(series->series->owner, unit)) {
            series_row(web, &desk.months, series);
        }
    }
    view_table_end(view, STR("本市还没有声明逐月数据"));
    return STATUS_OK;
}

/* ---- one series ---- */

typedef struct Curve {
    Str *labels;
    Str *values;
    Str *means;
    Str *lows;
    Str *highs;
    size_t count;
} Curve;

static void curve_past(Arena *arena, const PlanMonths *months, const SeriesMonths *series,
                       Curve *curve) {
    int from = months->now - SHOWN_MONTHS + 1;
    from = series->first > from ? series->first : from;
    for (int i = from; i <= months->now; i++) {
        curve->labels[curve->count] = month_print(arena, months->first + i);
        bool has = series->series->type != BOOK_FLOW || series->series->counter.len > 0 ||
                   series->origin[i] != MONTH_EMPTY;
        curve->values[curve->count] = has ? target_micro_text(arena, series->value[i]) : STR_NONE;
        curve->count++;
    }
}

/* The steps begin after the last whole month: the running one has both, what there is and what is
 * expected of it. */
static void curve_ahead(Web *web, const PlanMonths *months, const ForecastSeries *past,
                        const SeriesModel *model, Curve *curve) {
    Arena *arena = web->cx->arena;
    for (size_t step = 1; step <= AHEAD_MONTHS; step++) {
        SeriesRange range = series_step(model, step);
        int index = past->last + (int)step;
        size_t row = curve->count;
        Str label = month_print(arena, months->first + index);
        for (size_t i = 0; i < curve->count; i++) {
            row = str_equal(curve->labels[i], label) ? i : row;
        }
        curve->labels[row] = label;
        curve->means[row] = str_print(arena, "%.2f", range.mean > 0.0 ? range.mean : 0.0);
        curve->lows[row] = str_print(arena, "%.2f", range.low > 0.0 ? range.low : 0.0);
        curve->highs[row] = str_print(arena, "%.2f", range.high > 0.0 ? range.high : 0.0);
        curve->count = row == curve->count ? curve->count + 1 : curve->count;
    }
}

static void curve_draw(Web *web, const BookSeries *book, const Curve *curve) {
    const ViewPlotSeries series[] = {
        {"value", "数值", book->type == BOOK_FLOW ? VIEW_PLOT_BAR : VIEW_PLOT_LINE, curve->values},
        {"forecast", "预测", VIEW_PLOT_FORECAST, curve->means},
        {"low", "区间下限", VIEW_PLOT_LOW, curve->lows},
        {"high", "区间上限", VIEW_PLOT_HIGH, curve->highs},
    };
    view_section(web->view, STR("逐月数值和今后12个月"));
    view_plot(web->view, &(ViewPlot){.key = "months",
                                     .caption = book->name,
                                     .unit = book->unit,
                                     .label_title = "月份",
                                     .labels = curve->labels,
                                     .count = curve->count,
                                     .series = series,
                                     .series_count = 4});
}

static void trial_show(Web *web, const SeriesTrial *trial) {
    Arena *arena = web->cx->arena;
    View *view = web->view;
    view_section(view, STR("这个方法过去预测得怎样"));
    view_facts_begin(view, "trial", true);
    view_fact(view, "theta", "平均误差：本方法",
              VIEW_TEXT(target_estimate_text(arena, trial->theta)));
    view_fact(view, "naive", "平均误差：照上月",
              VIEW_TEXT(target_estimate_text(arena, trial->naive)));
    view_fact(view, "seasonal_naive", "平均误差：照去年同月",
              VIEW_TEXT(target_estimate_text(arena, trial->seasonal_naive)));
    view_fact(view, "covered", "落在80%区间内",
              VIEW_TEXT(str_print(arena, "%.0f%%", trial->covered * 100.0)));
    view_facts_end(view);
    view_text(view, str_print(arena, "从历史上每个月出发预测其后6个月，与实际比较，共 %zu 次。",
                              trial->error_count));
}

/* A series too short to be tried is too short only for that. */
static Status trial_section(Web *web, const SeriesIn *in) {
    SeriesTrial trial;
    size_t train = in->count > 2 * (size_t)TRIAL_TRAIN ? TRIAL_TRAIN : in->count / 2 + 1;
    train = train < SERIES_COUNT_MIN ? SERIES_COUNT_MIN : train;
    Status status = series_trial(web->cx, in, (SeriesTrialRule){train, TRIAL_HORIZON}, &trial);
    if (status == STATUS_INVALID) {
        fault_clear(web->cx);
        return STATUS_OK;
    }
    TRY(status);
    trial_show(web, &trial);
    return STATUS_OK;
}

static Status curve_section(Web *web, const TargetDesk *desk, const SeriesMonths *months) {
    Arena *arena = web->cx->arena;
    size_t room = SHOWN_MONTHS + AHEAD_MONTHS + 2;
    Curve curve = {.labels = arena_array(arena, Str, room),
                   .values = arena_array(arena, Str, room),
                   .means = arena_array(arena, Str, room),
                   .lows = arena_array(arena, Str, room),
                   .highs = arena_array(arena, Str, room)};
    SeriesModel model;
    ForecastSeries past = forecast_series(arena, months, desk->months.now - 1);
    SeriesIn in = {
        past.values, past.count,
        (size_t)((desk->months.first + past.last + 1 - (int32_t)past.count + 1200) % 12)};
    curve_past(arena, &desk->months, months, &curve);
    Status status = series_fit(web->cx, &in, &model);
    if (status == STATUS_INVALID) {
        fault_clear(web->cx);
        curve_draw(web, months->series, &curve);
        view_text(web->view, STR("连续数据不足6个月，暂不预测。"));
        return STATUS_OK;
    }
    TRY(status);
    curve_ahead(web, &desk->months, &past, &model, &curve);
    curve_draw(web, months->series, &curve);
    return trial_section(web, &in);
}

enum { FIGURE_PERIOD, FIGURE_VALUE, FIGURE_EVIDENCE, FIGURE_PAPERS, FIGURE_FIELDS };

static Status figure_form(Web *web, const BookSeries *series, const Form **out) {
    FormField *fields = arena_array(web->cx->arena, FormField, FIGURE_FIELDS);
    fields[FIGURE_PERIOD] = (FormField){.name = "period",
                                        .label = "月份",
                                        .hint = "例如 2026-06；全年数填 2025",
                                        .kind = FIELD_TEXT,
                                        .min = 4,
                                        .max = 7};
    Str hint = str_print(web->cx->arena, "只填数字，单位：" STR_FMT "（" STR_FMT "）",
                         STR_ARG(series->unit.len > 0 ? series->unit : STR("见方案")),
                         STR_ARG(series->type == BOOK_FLOW ? STR("当月数") : STR("月末数")));
    fields[FIGURE_VALUE] = (FormField){.name = "value",
                                       .label = "数值",
                                       .hint = str_c(web->cx->arena, hint),
                                       .kind = FIELD_TEXT,
                                       .min = 1,
                                       .max = 20};
    fields[FIGURE_EVIDENCE] = (FormField){.name = "evidence",
                                          .label = "依据",
                                          .hint = "统计报表、文件名称和文号",
                                          .kind = FIELD_TEXT,
                                          .min = 4,
                                          .max = 120};
    TRY(evidence_field(web, &fields[FIGURE_PAPERS]));
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "figure",
                   .action = str_print(web->cx->arena, "/series/%" PRId64 "/figure", web->ids[0]),
                   .submit = "提交填报",
                   .fields = fields,
                   .field_count = FIGURE_FIELDS};
    *out = form;
    return STATUS_OK;
}

/* The unit that the series names, and the lead office; while no unit is named, every unit. */
static Status may_file(Web *web, const BookSeries *series, bool *out) {
    Str unit = STR_NONE;
    TRY(page_unit_name(web, &unit));
    *out = web->user->role == ROLE_LEAD ||
           (web->user->role == ROLE_OFFICER &&
            (series->owner.len == 0 || str_equal(series->owner, unit)));
    return STATUS_OK;
}

static Status series_of_path(Web *web, const BookSeries **out) {
    const PlanBook *book = page_book(web);
    if (web->ids[0] < 1 || (uint64_t)web->ids[0] > book->series_count) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这项逐月数据");
    }
    *out = &book->series[web->ids[0] - 1];
    return STATUS_OK;
}

static Status series_facts(Web *web, const TargetDesk *desk, const SeriesMonths *months) {
    const BookSeries *series = months->series;
    View *view = web->view;
    view_section(view, STR("说明"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "unit", "单位", page_or_dash(series->unit));
    view_fact(view, "type", "累计方式", VIEW_TEXT(book_type_zh(series->type)));
    view_fact(view, "owner", "填报单位", page_or_dash(series->owner));
    view_fact(view, "source", "来源",
              VIEW_TEXT(series->counter.len > 0
                            ? STR("系统内记录的计数；启用前的月份可以补报，已确认的填报优先")
                            : STR("单位填报")));
    view_fact(view, "last", "最近月份",
              VIEW_TEXT(last_text(web->cx->arena, &desk->months, months)));
    view_facts_end(view);
    return page_records_link(web, series, STR_NONE);
}

Status plan_series_page(Web *web) {
    const BookSeries *series = NULL;
    TargetDesk desk;
    bool may = false;
    TRY(series_of_path(web, &series));
    TRY(page_desk(web, &desk));
    const SeriesMonths *months = &desk.months.series[series->index];
    view_title(web->view, series->name);
    TRY(series_facts(web, &desk, months));
    if (months->first != MONTHS_NONE) {
        TRY(curve_section(web, &desk, months));
        view_link(web->view, str_print(web->cx->arena, "/series/%" PRId64 "/file", web->ids[0]),
                  STR("导出表格"), false);
    }
    TRY(may_file(web, series, &may));
    if (web->user->role == ROLE_OFFICER && !may) {
        return STATUS_OK; /* what another unit filed is its own and the lead office's */
    }
    view_section(web->view, STR("填报"));
    TRY(page_figures(web, series->id, "value"));
    if (may) {
        const Form *form = NULL;
        TRY(figure_form(web, series, &form));
        view_form(web->view, form);
    }
    return STATUS_OK;
}

/* ---- the file ---- */

enum { SERIES_FILE_BYTES_MAX = 1024 * 1024 };

static const char *origin_zh(MonthOrigin origin) {
    switch (origin) {
    case MONTH_COUNTED:
        return "系统计数";
    case MONTH_REPORTED:
        return "单位填报";
    case MONTH_EMPTY:
        return "";
    }
    return "";
}

static Status series_rows(Web *web, const PlanMonths *table, const SeriesMonths *months,
                          SheetWriter *writer) {
    Arena *arena = web->cx->arena;
    for (int i = months->first; months->first != MONTHS_NONE && i <= table->now; i++) {
        int64_t micro = months->value[i];
        const SheetCell cells[] = {
            sheet_text(month_print(arena, table->first + i)),
            sheet_number(decimal_print(arena, decimal_of(micro, 6))),
            sheet_text(str_of(origin_zh(months->origin[i]))),
        };
        TRY(sheet_row(writer, cells, 3));
    }
    return STATUS_OK;
}

Status plan_series_file(Web *web) {
    static const SheetColumn columns[] = {
        {"月份", SHEET_TEXT, 12}, {"数值", SHEET_NUMBER, 16}, {"来源", SHEET_TEXT, 14}};
    const BookSeries *series = NULL;
    TargetDesk desk;
    SheetWriter *writer = NULL;
    TRY(series_of_path(web, &series));
    TRY(page_desk(web, &desk));
    Str titles[] = {str_print(web->cx->arena, STR_FMT "（" STR_FMT "）", STR_ARG(series->name),
                              STR_ARG(series->unit))};
    SheetTable table = {.name = series->name,
                        .titles = titles,
                        .title_count = 1,
                        .columns = columns,
                        .column_count = 3};
    SheetWriteOptions options = {.form = SHEET_XLSX, .made_ms = web->now_ms};
    Buf *out = buf_in(web->cx->arena, SERIES_FILE_BYTES_MAX);
    TRY(sheet_writer_new(web->cx, &options, sheet_sink_buf(out), &writer));
    TRY(sheet_begin(writer, &table));
    TRY(series_rows(web, &desk.months, &desk.months.series[series->index], writer));
    TRY(sheet_finish(writer));
    Str name = str_print(web->cx->arena, STR_FMT ".xlsx", STR_ARG(series->name));
    return web_file(web, name, sheet_form_type(SHEET_XLSX, SHEET_UTF8), buf_str(out));
}

/* A target without figures in the plan is told in words, one with figures in numbers. */
static Status is_in_words(Web *web, const BookSeries *series, bool *out) {
    TargetList targets;
    *out = false;
    if (series->target_code.len == 0) {
        return STATUS_OK;
    }
    TRY(plan_store_targets(web->cx, web->conn, 0, &targets));
    for (size_t i = 0; i < targets.count; i++) {
        *out = *out || (str_equal(targets.items[i].code, series->target_code) &&
                        str_equal(targets.items[i].kind, STR("qualitative")));
    }
    return STATUS_OK;
}

static Status file_work(Cx *cx, DbConn *conn, void *input) {
    int64_t id = 0;
    return plan_figure_file(cx, conn, input, &id);
}

Status plan_series_figure_post(Web *web) {
    const BookSeries *series = NULL;
    bool may = false;
    const Form *form = NULL;
    FormValue values[FIGURE_FIELDS];
    PlanFigureNew new = {
        .unit_id = web->user->unit_id, .filed_by = web->user->id, .now_ms = web->now_ms};
    TRY(series_of_path(web, &series));
    TRY(may_file(web, series, &may));
    if (!may) {
        return fault(web->cx, STATUS_DENIED, "这项数据不由本单位填报");
    }
    if (form_is_reshaped(web)) {
        return plan_series_page(web);
    }
    TRY(is_in_words(web, series, &new.is_words));
    TRY(figure_form(web, series, &form));
    TRY(form_read(web, form, values));
    TRY(evidence_read(web, &new.papers));
    new.series = series->id;
    new.period = values[FIGURE_PERIOD].text;
    new.value = values[FIGURE_VALUE].text;
    new.evidence = values[FIGURE_EVIDENCE].text;
    TRY(web_write(web, "figure.file", file_work, &new, NULL));
    return web_redirect(web, page_path(web, "/series", web->ids[0]),
                        STR("已提交，等待单位负责人审核、牵头专班确认"));
}

/* ---- figures on their way ---- */

static void state_tabs(Web *web, Str state) {
    static const struct {
        const char *code;
        const char *zh;
    } rows[] = {{"filed", "待单位审核"},
                {"approved", "待专班确认"},
                {"confirmed", "已确认"},
                {"refused", "已退回"},
                {"", "全部"}};
    view_tabs_begin(web->view, "状态");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Str code = str_of(rows[i].code);
        view_tab(
            web->view,
            str_print(web->cx->arena, "/figure?state=%s", code.len == 0 ? "all" : rows[i].code),
            str_of(rows[i].zh), str_equal(state, code));
    }
    view_tabs_end(web->view);
}

Status plan_figure_list_page(Web *web) {
    FigureRows figures;
    int64_t page = web_param_int(web, "page", 0);
    Str asked = web_param(web, "state");
    Str usual = web->user->role == ROLE_OFFICER ? STR("filed") : STR("approved");
    Str state = asked.len == 0 ? usual : str_equal(asked, STR("all")) ? STR("") : asked;
    FigureAsk ask = {.state = state,
                     .unit_id = web->user->role == ROLE_OFFICER ? web->user->unit_id : 0,
                     .skip = page * FIGURES_PER_PAGE,
                     .limit = FIGURES_PER_PAGE + 1};
    TRY(figure_store_list(web->cx, web->conn, &ask, &figures));
    bool has_more = figures.count > FIGURES_PER_PAGE;
    figures.count = has_more ? FIGURES_PER_PAGE : figures.count;
    view_title(web->view, STR("填报审核"));
    view_lead(web->view, STR("单位经办填报，单位负责人审核，牵头专班确认；三步由三个人办理。"));
    TRY(report_day_link(web));
    state_tabs(web, state);
    view_section(web->view, STR_NONE);
    figure_table(web, &figures);
    view_pager(web->view,
               str_print(web->cx->arena, "/figure?state=" STR_FMT,
                         STR_ARG(state.len == 0 ? STR("all") : state)),
               page, has_more);
    return STATUS_OK;
}

static const Form *refuse_form(Web *web) {
    static const FormField fields[] = {
        {.name = "note", .label = "退回原因", .kind = FIELD_TEXT, .min = 2, .max = 200}};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "refuse",
                   .action = str_print(web->cx->arena, "/figure/%" PRId64 "/refuse", web->ids[0]),
                   .submit = "退回",
                   .fields = fields,
                   .field_count = 1};
    return form;
}

static void figure_moments(Web *web, const Figure *figure) {
    View *view = web->view;
    view_section(view, STR("办理过程"));
    view_timeline_begin(view);
    view_moment(view, &(ViewMoment){.at_ms = figure->filed_ms,
                                    .who = figure->filer,
                                    .what = STR("填报"),
                                    .note = figure->evidence});
    if (figure->approved_ms != 0) {
        view_moment(view, &(ViewMoment){.at_ms = figure->approved_ms,
                                        .who = figure->approver,
                                        .what = STR("单位负责人审核通过"),
                                        .tone = VIEW_GOOD});
    }
    if (figure->decided_ms != 0) {
        bool is_good = str_equal(figure->state, STR("confirmed"));
        view_moment(view, &(ViewMoment){.at_ms = figure->decided_ms,
                                        .who = figure->decider,
                                        .what = is_good ? STR("确认") : STR("退回"),
                                        .note = figure->note,
                                        .tone = is_good ? VIEW_GOOD : VIEW_BAD});
    }
    view_timeline_end(view);
}

static Status figure_acts(Web *web, const Figure *figure) {
    bool is_head = false;
    bool is_filed = str_equal(figure->state, STR("filed"));
    bool is_approved = str_equal(figure->state, STR("approved"));
    bool is_lead = web->user->role == ROLE_LEAD;
    TRY(head_store_is(web->cx, web->conn, figure->unit_id, web->user->id, &is_head));
    if (is_filed && is_head && figure->filed_by != web->user->id) {
        view_section(web->view, STR("审核"));
        view_action(web->view, str_print(web->cx->arena, "/figure/%" PRId64 "/approve", figure->id),
                    STR("审核通过"), "审核通过这个数值？");
        view_form(web->view, refuse_form(web));
    } else if (is_approved && is_lead && figure->filed_by != web->user->id) {
        view_section(web->view, STR("确认"));
        view_action(web->view, str_print(web->cx->arena, "/figure/%" PRId64 "/confirm", figure->id),
                    STR("确认"), "确认这个数值？");
        view_form(web->view, refuse_form(web));
    }
    return STATUS_OK;
}

/* An officer sees what the own unit filed. */
static Status figure_of_path(Web *web, Figure *out) {
    TRY(figure_store_find(web->cx, web->conn, web->ids[0], out));
    bool is_foreign = web->user->role == ROLE_OFFICER && out->unit_id != web->user->unit_id;
    return is_foreign ? fault(web->cx, STATUS_DENIED, "这是其他单位的填报") : STATUS_OK;
}

Status plan_figure_page(Web *web) {
    Figure figure;
    TRY(figure_of_path(web, &figure));
    View *view = web->view;
    view_title(view, figure_what(web, &figure));
    view_section(view, STR("填报内容"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "period", "时期", VIEW_TEXT(figure.period));
    view_fact(view, "value", "数值", VIEW_TEXT(figure.value));
    view_fact(view, "evidence", "依据", VIEW_TEXT(figure.evidence));
    view_fact(view, "unit", "填报单位",
              VIEW_TEXT(figure.unit_name.len > 0 ? figure.unit_name : STR("牵头专班")));
    view_fact(view, "state", "状态", figure_state_view(figure.state));
    view_facts_end(view);
    TRY(evidence_table(web, EVIDENCE_FIGURE, figure.id));
    figure_moments(web, &figure);
    return figure_acts(web, &figure);
}

static Status approve_work(Cx *cx, DbConn *conn, void *input) {
    return plan_figure_approve(cx, conn, input);
}

static Status confirm_work(Cx *cx, DbConn *conn, void *input) {
    return plan_figure_confirm(cx, conn, input);
}

static Status refuse_work(Cx *cx, DbConn *conn, void *input) {
    return plan_figure_refuse(cx, conn, input);
}

static Status figure_act(Web *web, const char *name, DbWork *work, Str done) {
    Figure figure;
    PlanFigureAct act = {.id = web->ids[0],
                         .person_id = web->user->id,
                         .is_lead = web->user->role == ROLE_LEAD,
                         .now_ms = web->now_ms,
                         .note = web_param(web, "note")};
    TRY(figure_of_path(web, &figure));
    TRY(web_write(web, name, work, &act, NULL));
    return web_redirect(web, STR("/figure"), done);
}

Status plan_figure_approve_post(Web *web) {
    return figure_act(web, "figure.approve", approve_work, STR("已审核通过，等待牵头专班确认"));
}

Status plan_figure_confirm_post(Web *web) {
    return figure_act(web, "figure.confirm", confirm_work, STR("数值已确认"));
}

Status plan_figure_refuse_post(Web *web) {
    FormValue values[1];
    TRY(form_read(web, refuse_form(web), values));
    return figure_act(web, "figure.refuse", refuse_work, STR("已退回"));
}

/* ---- who signs for a unit ---- */

Status plan_head_page(Web *web) {
    static const ViewColumn columns[] = {{"unit", "单位", false},
                                         {"name", "姓名", false},
                                         {"head", "负责人", false},
                                         {"act", "设置", false}};
    OfficerList officers;
    TRY(head_store_officers(web->cx, web->conn, &officers));
    View *view = web->view;
    view_title(view, STR("单位负责人"));
    view_lead(view,
              STR("单位负责人审核本单位的填报、签认基期值、报告任务完成。每个单位至少登记一人。"));
    view_section(view, STR_NONE);
    view_table_begin(view, "officers", STR("部门账号"), columns, 4);
    for (size_t i = 0; i < officers.count; i++) {
        const OfficerRow *row = &officers.items[i];
        view_row(view);
        view_cell(view, VIEW_TEXT(row->unit_name));
        view_cell(view, VIEW_TEXT(row->name));
        view_cell(view, row->is_head ? VIEW_BADGE(VIEW_GOOD, STR("head"), STR("负责人"))
                                     : VIEW_TEXT(STR("—")));
        view_cell_action(view,
                         str_print(web->cx->arena, "/unit-head/%" PRId64 "/%s", row->person_id,
                                   row->is_head ? "unset" : "set"),
                         row->is_head ? STR("取消") : STR("设为负责人"), "确定？");
    }
    view_table_end(view, STR("还没有部门账号"));
    return STATUS_OK;
}

static Status head_work(Cx *cx, DbConn *conn, void *input) {
    return plan_head_set(cx, conn, input);
}

static Status head_post(Web *web, bool is_head) {
    PlanHeadSet set = {.person_id = web->ids[0],
                       .is_head = is_head,
                       .set_by = web->user->id,
                       .now_ms = web->now_ms};
    TRY(head_store_unit_of(web->cx, web->conn, set.person_id, &set.unit_id));
    if (set.unit_id == 0) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这个部门账号");
    }
    TRY(web_write(web, is_head ? "head.set" : "head.unset", head_work, &set, NULL));
    return web_redirect(web, STR("/unit-head"), is_head ? STR("已设为负责人") : STR("已取消"));
}

Status plan_head_set_post(Web *web) {
    return head_post(web, true);
}

Status plan_head_unset_post(Web *web) {
    return head_post(web, false);
}
