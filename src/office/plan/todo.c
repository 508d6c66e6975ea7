/* todo.c - what waits for whom in the plan: figures, baselines, measures, notices. */
#include "base/limits.h"
#include "base/vec.h"
#include "office/plan/evidence.h"
#include "office/plan/pages.h"

#include <inttypes.h>

typedef struct Search {
    Cx *cx;
    DbConn *conn;
    const PlanTodoAsk *ask;
    Str unit; /* name of the person's unit */
    bool is_head;
    PlanTodoList *out;
} Search;

static void put(Search *search, PlanTodo todo) {
    *vec_push(search->cx->arena, search->out) = todo;
}

/* ---- figures that are missing ---- */

static Status missing_search(Search *search, const TargetDesk *desk) {
    Arena *arena = search->cx->arena;
    int32_t month = desk->months.first + desk->months.now - 1;
    int64_t report_day = 0;
    TRY(plan_report_day(search->cx, search->conn, search->ask->book, &report_day));
    Day due = plan_report_due(search->ask->calendar, search->ask->today, report_day);
    for (size_t i = 0; i < desk->months.count; i++) {
        const SeriesMonths *months = &desk->months.series[i];
        const BookSeries *series = months->series;
        bool is_on_way = false;
        if (!str_equal(series->owner, search->unit) || !months_is_missing(&desk->months, months)) {
            continue;
        }
        TRY(figure_store_is_filed(search->cx, search->conn, series->id, month_print(arena, month),
                                  &is_on_way));
        if (!is_on_way) {
            Str zh = month_print_zh(arena, month);
            put(search,
                (PlanTodo){.kind = STR("缺报"),
                           .title = series->name,
                           .detail = str_print(arena, "填报" STR_FMT "的数值%s", STR_ARG(zh),
                                               report_day == 0 ? "（未设置报送期限）" : ""),
                           .unit = search->unit,
                           .due = due,
                           .href = str_print(arena, "/series/%zu", series->index + 1)});
        }
    }
    return STATUS_OK;
}

static Status baselines_search(Search *search, const TargetDesk *desk) {
    TargetList targets;
    TRY(plan_store_targets(search->cx, search->conn, 0, &targets));
    for (size_t i = 0; i < targets.count; i++) {
        const TargetRow *row = &targets.items[i];
        const BookTarget *book = plan_book_target(search->ask->book, row->code);
        TargetNow now;
        FigureRows figures;
        if (book == NULL || !book->needs_baseline || !str_equal(book->owner, search->unit) ||
            !str_equal(book->baseline_from, row->code)) {
            continue;
        }
        TRY(target_now(search->cx, desk, &(TargetAsk){.row = row}, &now));
        TRY(figure_store_of(search->cx, search->conn, row->code, "baseline", &figures));
        bool is_on_way = figures.count > 0 && !str_equal(figures.items[0].state, STR("refused"));
        if (!now.has_baseline && !is_on_way) {
            put(search,
                (PlanTodo){.kind = STR("基期"),
                           .title = row->indicator,
                           .detail = STR("填报签认的基期值，没有基期不评价"),
                           .unit = search->unit,
                           .due = DAY_NONE,
                           .href = str_print(search->cx->arena, "/target/%" PRId64, row->id)});
        }
    }
    return STATUS_OK;
}

/* ---- figures on their way ---- */

static void figure_put(Search *search, const Figure *figure, const char *kind, Str detail) {
    put(search,
        (PlanTodo){.kind = str_of(kind),
                   .title = str_print(search->cx->arena, STR_FMT " " STR_FMT,
                                      STR_ARG(evidence_figure_name(search->cx, search->ask->book,
                                                                   figure->series, figure->part)),
                                      STR_ARG(figure->period)),
                   .detail = detail,
                   .unit = figure->unit_name,
                   .due = DAY_NONE,
                   .href = str_print(search->cx->arena, "/figure/%" PRId64, figure->id),
                   .since_ms = figure->filed_ms});
}

static Status figures_search(Search *search, const char *state, Str detail) {
    FigureRows figures;
    FigureAsk ask = {.state = str_of(state),
                     .unit_id = search->ask->is_lead ? 0 : search->ask->unit_id,
                     .limit = LIMIT_PAGE_ROWS_MAX};
    TRY(figure_store_list(search->cx, search->conn, &ask, &figures));
    for (size_t i = 0; i < figures.count; i++) {
        const Figure *figure = &figures.items[i];
        if (figure->filed_by != search->ask->person_id &&
            figure->approved_by != search->ask->person_id) {
            figure_put(search, figure, "填报审核", detail);
        }
    }
    return STATUS_OK;
}

static Status sent_back_search(Search *search) {
    FigureRows figures;
    TRY(figure_store_sent_back(search->cx, search->conn, search->ask->unit_id, &figures));
    for (size_t i = 0; i < figures.count; i++) {
        const Figure *figure = &figures.items[i];
        figure_put(search, figure, "填报退回",
                   str_join(search->cx->arena, STR("重新填报："), figure->note));
    }
    return STATUS_OK;
}

/* ---- measures and notices ---- */

static Status measures_search(Search *search, const char *state, Str detail) {
    MeasureList measures;
    const PlanTodoAsk *asked = search->ask;
    MeasureAsk ask = {.state = str_of(state),
                      .unit_id = asked->is_lead ? 0 : asked->unit_id,
                      .today = asked->today,
                      .soon_day = day_add_working(asked->calendar, asked->today, WORK_SOON_DAYS),
                      .limit = LIMIT_PAGE_ROWS_MAX};
    TRY(work_store_measures(search->cx, search->conn, &ask, &measures));
    for (size_t i = 0; i < measures.count; i++) {
        const Measure *measure = &measures.items[i];
        put(search,
            (PlanTodo){.kind = STR("措施"),
                       .title = measure->text,
                       .detail = detail,
                       .unit = measure->unit_name,
                       .due = measure->due,
                       .href = str_print(search->cx->arena, "/measure/%" PRId64, measure->id)});
    }
    return STATUS_OK;
}

static void notice_put(Search *search, const Notice *notice, Str detail, Day due) {
    put(search, (PlanTodo){.kind = STR("督办"),
                           .title = str_print(search->cx->arena, STR_FMT " " STR_FMT,
                                              STR_ARG(notice->number), STR_ARG(notice->title)),
                           .detail = detail,
                           .unit = notice->unit_name,
                           .due = due,
                           .href = str_print(search->cx->arena, "/notice/%" PRId64, notice->id),
                           .since_ms = notice->issued_ms});
}

static Status notices_search(Search *search) {
    NoticeList notices;
    const PlanTodoAsk *asked = search->ask;
    NoticeAsk ask = {.is_open_only = true,
                     .unit_id = asked->is_lead ? 0 : asked->unit_id,
                     .limit = LIMIT_PAGE_ROWS_MAX};
    TRY(work_store_notices(search->cx, search->conn, &ask, &notices));
    for (size_t i = 0; i < notices.count; i++) {
        const Notice *notice = &notices.items[i];
        bool is_issued = str_equal(notice->state, STR("issued"));
        bool is_replied = str_equal(notice->state, STR("replied"));
        Day due = is_issued ? notice->receive_due : notice->reply_due;
        if (!asked->is_lead && !is_replied) {
            notice_put(search, notice, is_issued ? STR("签收") : STR("回复"), due);
        } else if (asked->is_lead && is_replied) {
            notice_put(search, notice, STR("审阅回复，办结或退回"), DAY_NONE);
        } else if (asked->is_lead && plan_notice_is_late(notice->state, notice->receive_due,
                                                         notice->reply_due, asked->today)) {
            notice_put(search, notice, STR("承办单位逾期，催办或升级"), due);
        }
    }
    return STATUS_OK;
}

/* ---- the lead office's own rules ---- */

static Status rules_search(Search *search) {
    PlanReportDays rules;
    TRY(plan_report_days(search->cx, search->conn, &rules));
    for (size_t i = 0; i < rules.count; i++) {
        const PlanReportDay *rule = &rules.items[i];
        if (str_equal(rule->state, STR("proposed")) &&
            rule->proposed_by != search->ask->person_id) {
            put(search, (PlanTodo){.kind = STR("报送期限"),
                                   .title = rule->source,
                                   .detail = STR("签认或退回"),
                                   .due = DAY_NONE,
                                   .href = STR("/report-day"),
                                   .since_ms = rule->proposed_ms});
        }
    }
    return STATUS_OK;
}

/* ---- the whole ---- */

static Status officer_search(Search *search) {
    TargetDesk desk;
    const PlanTodoAsk *ask = search->ask;
    TRY(plan_store_unit_name(search->cx, search->conn, ask->unit_id, &search->unit));
    TRY(head_store_is(search->cx, search->conn, ask->unit_id, ask->person_id, &search->is_head));
    TRY(target_desk_open(search->cx, search->conn, ask->book, ask->today, &desk));
    TRY(missing_search(search, &desk));
    TRY(baselines_search(search, &desk));
    TRY(sent_back_search(search));
    if (search->is_head) {
        TRY(figures_search(search, "filed", STR("负责人审核")));
    }
    TRY(measures_search(search, "late", STR("办理并报进展，或报送完成")));
    TRY(measures_search(search, "soon", STR("办理并报进展，或报送完成")));
    return notices_search(search);
}

Status plan_todo(Cx *cx, DbConn *conn, const PlanTodoAsk *ask, PlanTodoList *out) {
    Search search = {.cx = cx, .conn = conn, .ask = ask, .out = out};
    bool is_loaded = false;
    *out = (PlanTodoList){0};
    TRY(plan_is_loaded(cx, conn, &is_loaded));
    if (!is_loaded) {
        return STATUS_OK;
    }
    if (!ask->is_lead) {
        return ask->unit_id == 0 ? STATUS_OK : officer_search(&search);
    }
    TRY(rules_search(&search));
    TRY(figures_search(&search, "approved", STR("专班确认")));
    TRY(measures_search(&search, "reported", STR("确认完成或退回")));
    return notices_search(&search);
}
