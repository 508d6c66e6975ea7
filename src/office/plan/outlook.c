/*
 * outlook.c - what changed since last month, and what somebody should look at: for dashboards and
 * reports.
 */
#include "base/limits.h"
#include "base/vec.h"
#include "office/plan/figure_store.h"
#include "office/plan/target.h"
#include "office/plan/work.h"

#include <inttypes.h>

/* ---- changes ---- */

typedef struct ChangeVec VEC(PlanChange) ChangeVec;

static Status desk_take(Cx *cx, DbConn *conn, const PlanDigestAsk *ask, TargetDesk *out) {
    if (ask->desk != NULL) {
        *out = *ask->desk;
        return STATUS_OK;
    }
    return target_desk_open(cx, conn, ask->book, ask->today, out);
}

/* A target as of now, with its forecast. */
static Status now_take(Cx *cx, const TargetDesk *desk, const TargetRow *row, TargetNow *out) {
    for (size_t i = 0; i < desk->known_count; i++) {
        if (desk->known[i].row->id == row->id) {
            *out = desk->known[i];
            return STATUS_OK;
        }
    }
    return target_now(cx, desk, &(TargetAsk){.row = row, .with_forecast = true}, out);
}

static Status change_find(Cx *cx, const TargetDesk *desk, const TargetRow *row, PlanChange *out) {
    TargetNow now;
    TargetNow before;
    TRY(now_take(cx, desk, row, &now));
    TRY(target_now(cx, desk, &(TargetAsk){.row = row, .back = 1, .with_forecast = true}, &before));
    *out = (PlanChange){.target_id = row->id,
                        .code = row->code,
                        .indicator = row->indicator,
                        .before = before.value_text,
                        .now = now.value_text,
                        .light_before = target_light_view(before.light).text,
                        .light = target_light_view(now.light).text};
    return STATUS_OK;
}

Status plan_changes(Cx *cx, DbConn *conn, const PlanDigestAsk *ask, PlanChangeList *out) {
    TargetList targets;
    TargetDesk desk;
    ChangeVec lights = {0};
    ChangeVec values = {0};
    TRY(plan_store_targets(cx, conn, 0, &targets));
    TRY(desk_take(cx, conn, ask, &desk));
    for (size_t i = 0; i < targets.count; i++) {
        PlanChange change;
        TRY(cx_step(cx));
        TRY(change_find(cx, &desk, &targets.items[i], &change));
        if (!str_equal(change.light, change.light_before)) {
            *vec_push(cx->arena, &lights) = change;
        } else if (!str_equal(change.now, change.before)) {
            *vec_push(cx->arena, &values) = change;
        }
    }
    for (size_t i = 0; i < values.count; i++) {
        *vec_push(cx->arena, &lights) = values.items[i];
    }
    *out = (PlanChangeList){lights.items, lights.count};
    return STATUS_OK;
}

/* ---- problems ---- */

typedef struct Search {
    Cx *cx;
    DbConn *conn;
    const PlanProblemAsk *ask;
    Str unit; /* name; empty: all */
    struct VEC(PlanProblem) found;
} Search;

static Str late_text(const Search *search, Day due) {
    int32_t days = day_working_between(search->ask->calendar, due, search->ask->today);
    return str_print(search->cx->arena, "期限 " STR_FMT "，已逾期 %" PRId32 " 个工作日",
                     STR_ARG(day_print(search->cx->arena, due)), days);
}

static bool is_problem(TargetLight light) {
    return light == TARGET_MISSED || light == TARGET_AT_RISK || light == TARGET_UNLIKELY ||
           light == TARGET_NO_BASELINE;
}

static Str target_detail(Arena *arena, const TargetNow *now) {
    Str light = target_light_view(now->light).text;
    if (now->light == TARGET_NO_BASELINE || now->value_text.len == 0) {
        return light;
    }
    Str text = str_print(arena, STR_FMT "：现值 " STR_FMT "，要求" STR_FMT, STR_ARG(light),
                         STR_ARG(now->value_text), STR_ARG(target_goal_text(arena, now->row)));
    if (!now->need.is_set || now->need.each == 0.0) {
        return text;
    }
    return str_print(arena, STR_FMT "；" STR_FMT, STR_ARG(text),
                     STR_ARG(target_need_text(arena, &now->need)));
}

static Str told_until(Arena *arena, const TargetDesk *desk, const SeriesMonths *months) {
    return months->last == MONTHS_NONE
               ? STR("还没有填报")
               : str_print(arena, "只填报到" STR_FMT,
                           STR_ARG(month_print_zh(arena, desk->months.first + months->last)));
}

/* Last month's figure is not there: late once the day of the city has passed; without such a day
 * only what nobody else can count is named. */
static Status reports_search(Search *search, const TargetDesk *desk) {
    Arena *arena = search->cx->arena;
    int64_t report_day = 0;
    TRY(plan_report_day(search->cx, search->conn, search->ask->book, &report_day));
    Day due = plan_report_due(search->ask->calendar, search->ask->today, report_day);
    Str month = month_print(arena, desk->months.first + desk->months.now - 1);
    for (size_t i = 0; i < desk->months.count; i++) {
        const SeriesMonths *months = &desk->months.series[i];
        const BookSeries *series = months->series;
        bool is_on_way = false;
        bool is_late = report_day > 0 && due.number < search->ask->today.number;
        bool is_asked = report_day > 0 ? is_late : series->counter.len == 0;
        if (!is_asked || series->owner.len == 0 || !months_is_missing(&desk->months, months) ||
            (search->unit.len > 0 && !str_equal(series->owner, search->unit))) {
            continue;
        }
        TRY(figure_store_is_filed(search->cx, search->conn, series->id, month, &is_on_way));
        if (!is_on_way) {
            Str last = told_until(arena, desk, months);
            *vec_push(arena, &search->found) = (PlanProblem){
                .kind = STR("缺报"),
                .title = series->name,
                .unit = series->owner,
                .detail = !is_late ? last
                                   : str_print(arena, STR_FMT "；" STR_FMT, STR_ARG(last),
                                               STR_ARG(late_text(search, due))),
                .href = str_print(arena, "/series/%zu", series->index + 1)};
        }
    }
    return STATUS_OK;
}

static Status targets_search(Search *search) {
    TargetList targets;
    TargetDesk desk;
    Arena *arena = search->cx->arena;
    TRY(plan_store_targets(search->cx, search->conn, 0, &targets));
    const PlanDigestAsk ask = {
        .book = search->ask->book, .today = search->ask->today, .desk = search->ask->desk};
    TRY(desk_take(search->cx, search->conn, &ask, &desk));
    TRY(reports_search(search, &desk));
    for (size_t i = 0; i < targets.count; i++) {
        const TargetRow *row = &targets.items[i];
        const BookTarget *book = plan_book_target(search->ask->book, row->code);
        TargetNow now;
        TRY(cx_step(search->cx));
        if (search->unit.len > 0 && (book == NULL || !str_equal(book->owner, search->unit))) {
            continue;
        }
        TRY(now_take(search->cx, &desk, row, &now));
        if (is_problem(now.light)) {
            *vec_push(arena, &search->found) =
                (PlanProblem){.kind = now.light == TARGET_NO_BASELINE ? STR("基期") : STR("目标"),
                              .title = row->indicator,
                              .unit = book == NULL ? STR_NONE : book->owner,
                              .detail = target_detail(arena, &now),
                              .href = str_print(arena, "/target/%" PRId64, row->id)};
        }
    }
    return STATUS_OK;
}

static Status measures_search(Search *search) {
    MeasureList late;
    Arena *arena = search->cx->arena;
    MeasureAsk ask = {.state = STR("late"),
                      .unit_id = search->ask->unit_id,
                      .today = search->ask->today,
                      .soon_day = search->ask->today,
                      .limit = LIMIT_PAGE_ROWS_MAX};
    TRY(work_store_measures(search->cx, search->conn, &ask, &late));
    for (size_t i = 0; i < late.count; i++) {
        const Measure *measure = &late.items[i];
        *vec_push(arena, &search->found) =
            (PlanProblem){.kind = STR("措施"),
                          .title = measure->text,
                          .unit = measure->unit_name,
                          .detail = late_text(search, measure->due),
                          .href = str_print(arena, "/measure/%" PRId64, measure->id)};
    }
    return STATUS_OK;
}

static Status notices_search(Search *search) {
    NoticeList notices;
    Arena *arena = search->cx->arena;
    NoticeAsk ask = {
        .is_open_only = true, .unit_id = search->ask->unit_id, .limit = LIMIT_PAGE_ROWS_MAX};
    TRY(work_store_notices(search->cx, search->conn, &ask, &notices));
    for (size_t i = 0; i < notices.count; i++) {
        const Notice *notice = &notices.items[i];
        bool is_issued = str_equal(notice->state, STR("issued"));
        if (!plan_notice_is_late(notice->state, notice->receive_due, notice->reply_due,
                                 search->ask->today)) {
            continue;
        }
        *vec_push(arena, &search->found) = (PlanProblem){
            .kind = STR("督办"),
            .title = str_print(arena, STR_FMT " " STR_FMT, STR_ARG(notice->number),
                               STR_ARG(notice->title)),
            .unit = notice->unit_name,
            .detail = str_print(
                arena, "%s，" STR_FMT, is_issued ? "未签收" : "未回复",
                STR_ARG(late_text(search, is_issued ? notice->receive_due : notice->reply_due))),
            .href = str_print(arena, "/notice/%" PRId64, notice->id)};
    }
    return STATUS_OK;
}

Status plan_problems(Cx *cx, DbConn *conn, const PlanProblemAsk *ask, PlanProblemList *out) {
    Search search = {.cx = cx, .conn = conn, .ask = ask};
    if (ask->unit_id != 0) {
        TRY(plan_store_unit_name(cx, conn, ask->unit_id, &search.unit));
    }
    TRY(notices_search(&search));
    TRY(measures_search(&search));
    TRY(targets_search(&search));
    *out = (PlanProblemList){search.found.items, search.found.count};
    return STATUS_OK;
}
