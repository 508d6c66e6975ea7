/*
 * digest.c - the plan as it stands, in words: what reports and printed pages say. It computes
 * nothing by itself; a target is worked out by target.c.
 */
#include "office/plan/target.h"

#include <inttypes.h>

/* A product of two figures in millionths. */
__extension__ typedef __int128 Wide;

static PlanStanding standing_of(TargetLight light) {
    switch (light) {
    case TARGET_REACHED:
        return PLAN_REACHED;
    case TARGET_ON_WAY:
    case TARGET_TOLD:
        return PLAN_ON_WAY;
    case TARGET_MISSED:
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
static int64_t share_of(const TargetRow *target, Str value) {
    int64_t goal = 0;
    int64_t now = 0;
    Str figure = str_cut(&value, ' ');
    bool is_told = str_equal(target->kind, STR("growth")) || str_equal(target->kind, STR("ratio"));
    if (is_told || !target_micro(target->value, &goal) || !target_micro(figure, &now) ||
        goal <= 0 || now < 0) {
        return -1;
    }
    return now >= goal ? 10000 : (int64_t)((Wide)now * 10000 / goal);
}

static Status target_digest(Cx *cx, DbConn *conn, const TargetRow *target, Day today,
                            PlanTargetDigest *out) {
    TargetNow now;
    TRY(target_now(cx, conn, target, today, &now));
    ViewValue light = target_light_view(now.light);
    *out = (PlanTargetDigest){.id = target->id,
                              .task_id = target->task_id,
                              .clause = target->task_clause,
                              .code = target->code,
                              .indicator = target->indicator,
                              .goal = target_goal_text(cx->arena, target),
                              .year = year_text(cx->arena, target),
                              .value = now.value,
                              .light = light.text,
                              .light_code = light.code,
                              .standing = standing_of(now.light),
                              .is_live = now.source == TARGET_LIVE,
                              .share_bp = share_of(target, now.value)};
    return STATUS_OK;
}

static bool is_of_tasks(const TaskList *tasks, int64_t task_id) {
    for (size_t i = 0; i < tasks->count; i++) {
        if (tasks->items[i].id == task_id) {
            return true;
        }
    }
    return false;
}

static Status targets_digest(Cx *cx, DbConn *conn, const TaskList *tasks, Day today,
                             PlanDigest *out) {
    TargetList targets;
    bool is_whole = tasks == NULL;
    TRY(plan_store_targets(cx, conn, 0, &targets));
    PlanTargetDigest *items = arena_array(cx->arena, PlanTargetDigest, targets.count);
    for (size_t i = 0; i < targets.count; i++) {
        TRY(cx_step(cx));
        if (!is_whole && !is_of_tasks(tasks, targets.items[i].task_id)) {
            continue;
        }
        PlanTargetDigest *item = &items[out->target_count++];
        TRY(target_digest(cx, conn, &targets.items[i], today, item));
        out->standing_count[item->standing]++;
    }
    out->targets = items;
    return STATUS_OK;
}

/* What the records say of a task: how its targets stand. */
static Str progress_of(Arena *arena, const PlanDigest *digest, int64_t task_id) {
    static const char *const words[PLAN_STANDING_COUNT] = {
        "已达到或预计达到", "推进中", "未达到或预计达不到", "尚无数据或缺基期"};
    int64_t counts[PLAN_STANDING_COUNT] = {0};
    int64_t total = 0;
    Buf *text = buf_in(arena, 1024);
    for (size_t i = 0; i < digest->target_count; i++) {
        if (digest->targets[i].task_id == task_id) {
            counts[digest->targets[i].standing]++;
            total++;
        }
    }
    if (total == 0) {
        return STR("本条没有量化目标。");
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

static void tasks_digest(Arena *arena, const TaskList *tasks, PlanDigest *out) {
    PlanTaskDigest *items = arena_array(arena, PlanTaskDigest, tasks->count);
    for (size_t i = 0; i < tasks->count; i++) {
        const TaskRow *task = &tasks->items[i];
        items[i] = (PlanTaskDigest){.id = task->id,
                                    .clause = task->clause,
                                    .path = task->path,
                                    .title = task->title,
                                    .lead = task->lead,
                                    .responsible = task->responsible,
                                    .progress = progress_of(arena, out, task->id)};
    }
    out->tasks = items;
    out->task_count = tasks->count;
}

Status plan_digest(Cx *cx, DbConn *conn, Day today, int64_t unit_id, PlanDigest *out) {
    PlanHead head;
    TaskList tasks;
    *out = (PlanDigest){0};
    TRY(plan_store_head(cx, conn, &head));
    TRY(plan_store_tasks(cx, conn, unit_id, &tasks));
    TRY(targets_digest(cx, conn, unit_id == 0 ? NULL : &tasks, today, out));
    tasks_digest(cx->arena, &tasks, out);
    out->title = head.title;
    out->doc_number = head.doc_number;
    return STATUS_OK;
}
