/*
 * digest.c - the plan as it stands, in words: what reports and printed pages say. It computes
 * nothing by itself; a target is worked out by target.c.
 */
#include "office/plan/forecast.h"
#include "office/plan/work.h"

#include <inttypes.h>

/* A product of two figures in millionths. */
__extension__ typedef __int128 Wide;

/* A plan that was read long ago has the number of the heading there, "二", and not its words. */
static Str group_of(Str section) {
    return str_rune_count(section) < 2 ? STR("") : section;
}

static PlanStanding standing_of(TargetLight light) {
    switch (light) {
    case TARGET_REACHED:
    case TARGET_EXPECTED:
        return PLAN_REACHED;
    case TARGET_ON_WAY:
    case TARGET_LIKELY:
    case TARGET_TOLD:
        return PLAN_ON_WAY;
    case TARGET_MISSED:
    case TARGET_AT_RISK:
    case TARGET_UNLIKELY:
        return PLAN_BEHIND;
    case TARGET_NO_FIGURE:
    case TARGET_NO_BASELINE:
        return PLAN_UNKNOWN;
    }
    return PLAN_UNKNOWN;
}

static Str year_text(Arena *arena, const TargetRow *target) {
    return target->year != 0 ? str_print(arena, "%" PRId64, target->year) : target->period;
}

/* How much of the goal there is, where both are figures of the same unit. */
static int64_t share_of(const TargetNow *now) {
    const TargetRow *row = now->row;
    bool is_told = str_equal(row->kind, STR("growth")) || str_equal(row->kind, STR("ratio"));
    if (is_told || !now->has_goal || !now->has_value || now->goal <= 0 || now->value < 0) {
        return -1;
    }
    return now->value >= now->goal ? 10000 : (int64_t)((Wide)now->value * 10000 / now->goal);
}

static Str outlook_of(Arena *arena, const TargetNow *now) {
    if (!now->forecast.is_set) {
        return now->forecast.why_not;
    }
    Str unit = target_unit_text(arena, now->row);
    Str text = str_print(
        arena, "预计到" STR_FMT "为 " STR_FMT STR_FMT "（80%%区间 " STR_FMT " 至 " STR_FMT "）",
        STR_ARG(month_print_zh(arena, now->forecast.month)),
        STR_ARG(target_estimate_text(arena, now->forecast.mean)), STR_ARG(unit),
        STR_ARG(target_estimate_text(arena, now->forecast.low)),
        STR_ARG(target_estimate_text(arena, now->forecast.high)));
    if (!now->need.is_set || now->need.each == 0.0) {
        return text;
    }
    return str_print(arena, STR_FMT "；要达到，" STR_FMT, STR_ARG(text),
                     STR_ARG(target_need_text(arena, &now->need)));
}

static Status target_digest(Cx *cx, const TargetDesk *desk, const TargetRow *target,
                            PlanTargetDigest *out) {
    TargetNow now;
    TRY(target_now(cx, desk, &(TargetAsk){.row = target, .with_forecast = true}, &now));
    ViewValue light = target_light_view(now.light);
    Str clause = target->task_clause;
    if (clause.len == 0 && now.book != NULL) {
        clause = now.book->clause;
    }
    *out = (PlanTargetDigest){.id = target->id,
                              .task_id = target->task_id,
                              .clause = clause,
                              .code = target->code,
                              .indicator = target->indicator,
                              .goal = target_goal_text(cx->arena, target),
                              .year = year_text(cx->arena, target),
                              .value = now.value_text.len > 0 ? now.value_text : now.told,
                              .light = light.text,
                              .light_code = light.code,
                              .outlook = outlook_of(cx->arena, &now),
                              .standing = standing_of(now.light),
                              .is_live = now.source.is_counted && !now.source.is_reported,
                              .share_bp = share_of(&now)};
    return STATUS_OK;
}

/* A target of the whole plan belongs to the unit that answers for it. */
static bool is_of(const TaskList *tasks, const TargetRow *target, const BookTarget *book,
                  Str unit) {
    for (size_t i = 0; i < tasks->count; i++) {
        if (tasks->items[i].id == target->task_id) {
            return true;
        }
    }
    return unit.len > 0 && book != NULL && str_equal(book->owner, unit);
}

static Status targets_digest(Cx *cx, DbConn *conn, const PlanDigestAsk *ask, const TaskList *tasks,
                             PlanDigest *out) {
    TargetList targets;
    TargetDesk desk;
    Str unit = STR_NONE;
    TRY(plan_store_targets(cx, conn, 0, &targets));
    TRY(target_desk_open(cx, conn, ask->book, ask->today, &desk));
    if (ask->unit_id != 0) {
        TRY(plan_store_unit_name(cx, conn, ask->unit_id, &unit));
    }
    PlanTargetDigest *items = arena_array(cx->arena, PlanTargetDigest, targets.count + 1);
    for (size_t i = 0; i < targets.count; i++) {
        const TargetRow *row = &targets.items[i];
        TRY(cx_step(cx));
        if (ask->unit_id != 0 && !is_of(tasks, row, plan_book_target(ask->book, row->code), unit)) {
            continue;
        }
        PlanTargetDigest *item = &items[out->target_count++];
        TRY(target_digest(cx, &desk, row, item));
        out->standing_count[item->standing]++;
    }
    out->targets = items;
    return STATUS_OK;
}

/* What the records say of a task: its measures, and how its targets stand. */
static Str progress_of(Arena *arena, const PlanDigest *digest, const TaskRow *task,
                       const TaskWork *work) {
    static const char *const words[PLAN_STANDING_COUNT] = {
        "已达到或预计达到", "推进中", "未达到或预计达不到", "尚无数据或缺基期"};
    int64_t counts[PLAN_STANDING_COUNT] = {0};
    int64_t total = 0;
    Buf *text = buf_in(arena, 1024);
    for (size_t i = 0; i < digest->target_count; i++) {
        const PlanTargetDigest *target = &digest->targets[i];
        if (target->task_id == task->id || str_equal(target->clause, task->clause)) {
            counts[target->standing]++;
            total++;
        }
    }
    if (work->total > 0) {
        buf_print(text, "措施 %" PRId64 " 项，完成 %" PRId64 " 项，平均进度 %" PRId64 "%%",
                  work->total, work->done, work->progress_bp / 100);
        if (work->late > 0) {
            buf_print(text, "，逾期 %" PRId64 " 项", work->late);
        }
        buf_put_c(text, "。");
    }
    if (total == 0) {
        buf_put_c(text, "本条没有量化目标。");
        return buf_str(text);
    }
    buf_print(text, "本条目标 %" PRId64 " 项", total);
    for (size_t i = 0; i < PLAN_STANDING_COUNT; i++) {
        if (counts[i] > 0) {
            buf_print(text, "，%s %" PRId64 " 项", words[i], counts[i]);
        }
    }
    buf_put_c(text, "。");
    return buf_str(text);
}

static void tasks_digest(Arena *arena, const TaskList *tasks, const TaskWorkList *works,
                         PlanDigest *out) {
    PlanTaskDigest *items = arena_array(arena, PlanTaskDigest, tasks->count);
    for (size_t i = 0; i < tasks->count; i++) {
        const TaskRow *task = &tasks->items[i];
        TaskWork work = work_of_task(works, task->id);
        items[i] = (PlanTaskDigest){.id = task->id,
                                    .clause = task->clause,
                                    .path = task->path,
                                    .group = group_of(task->section),
                                    .title = task->title,
                                    .lead = task->lead,
                                    .responsible = task->responsible,
                                    .progress = progress_of(arena, out, task, &work)};
    }
    out->tasks = items;
    out->task_count = tasks->count;
}

Status plan_digest(Cx *cx, DbConn *conn, const PlanDigestAsk *ask, PlanDigest *out) {
    PlanHead head;
    TaskList tasks;
    TaskWorkList works;
    *out = (PlanDigest){0};
    TRY(plan_store_head(cx, conn, &head));
    TRY(plan_store_tasks(cx, conn, ask->unit_id, &tasks));
    TRY(targets_digest(cx, conn, ask, &tasks, out));
    TRY(work_store_tasks(cx, conn, ask->today, &works));
    tasks_digest(cx->arena, &tasks, &works, out);
    out->title = head.title;
    out->doc_number = head.doc_number;
    return STATUS_OK;
}
