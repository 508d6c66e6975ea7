#include "office/people/people.h"
#include "office/plan/book.h"
#include "office/plan/plan_store.h"
#include "office/plan/work.h"

#include <inttypes.h>

/* ---- clauses ---- */

static Str path_head(const PlanTask *task) {
    return task->path.count > 0 ? task->path.items[0] : STR("");
}

static bool same_group(const PlanTask *left, const PlanTask *right) {
    return left->path.count >= 3 && right->path.count >= 3 &&
           str_equal(left->path.items[0], right->path.items[0]) &&
           str_equal(left->path.items[1], right->path.items[1]);
}

/* The title of the heading above a task ("工业更新" above 一是抓技术改造); empty when the plan has
 * none there. */
static Str title_above(const Plan *plan, const PlanTask *task) {
    for (size_t i = 0; i < plan->sections.count; i++) {
        const PlanSection *section = &plan->sections.items[i];
        bool is_above = section->path.count > 0 && section->path.count + 1 == task->path.count;
        for (size_t k = 0; is_above && k < section->path.count; k++) {
            is_above = str_equal(section->path.items[k], task->path.items[k]);
        }
        if (is_above) {
            return section->title;
        }
    }
    return STR("");
}

/* The section that holds most tasks is the one whose groups give the numbers. */
static Str main_section(const Plan *plan) {
    Str best = STR("");
    size_t best_count = 0;
    for (size_t i = 0; i < plan->tasks.count; i++) {
        size_t count = 0;
        for (size_t k = 0; k < plan->tasks.count; k++) {
            count += str_equal(path_head(&plan->tasks.items[k]), path_head(&plan->tasks.items[i]));
        }
        if (count > best_count) {
            best = path_head(&plan->tasks.items[i]);
            best_count = count;
        }
    }
    return best;
}

typedef struct ClauseState {
    Str main;
    Str other; /* the last section besides the main one */
    int64_t group;
    int64_t item;
    int64_t other_section;
    int64_t other_item;
} ClauseState;

static Str clause_of(Arena *arena, const Plan *plan, size_t index, ClauseState *state) {
    const PlanTask *task = &plan->tasks.items[index];
    if (str_equal(path_head(task), state->main)) {
        bool is_same = index > 0 && same_group(&plan->tasks.items[index - 1], task);
        bool is_flat = task->path.count < 3;
        state->group += is_same || (is_flat && state->group > 0) ? 0 : 1;
        state->item = is_same || (is_flat && state->item > 0) ? state->item + 1 : 1;
        return str_print(arena, "%" PRId64 ".%" PRId64, state->group, state->item);
    }
    if (!str_equal(path_head(task), state->other)) {
        state->other = path_head(task);
        state->other_section++;
        state->other_item = 0;
    }
    state->other_item++;
    return state->other_section == 1
               ? str_print(arena, "S%" PRId64, state->other_item)
               : str_print(arena, "S%" PRId64 ".%" PRId64, state->other_section, state->other_item);
}

static Str path_text(Arena *arena, const PlanStrVec *path) {
    Str text = STR("");
    for (size_t i = 0; i < path->count; i++) {
        text = text.len == 0
                   ? path->items[i]
                   : str_print(arena, STR_FMT "/" STR_FMT, STR_ARG(text), STR_ARG(path->items[i]));
    }
    return text;
}

/* ---- loading ---- */

static Status task_units(Cx *cx, DbConn *conn, int64_t task_id, const PlanStrVec *names,
                         const char *part) {
    for (size_t i = 0; i < names->count; i++) {
        TaskUnit row = {.task_id = task_id, .part = part, .position = (int64_t)i};
        TRY(people_unit_put(cx, conn, names->items[i], &row.unit_id));
        TRY(plan_store_task_unit_insert(cx, conn, &row));
    }
    return STATUS_OK;
}

static Status task_store(Cx *cx, DbConn *conn, const TaskRow *row, bool is_new, int64_t *id) {
    if (is_new) {
        return plan_store_task_insert(cx, conn, row, id);
    }
    TRY(plan_store_task_update(cx, conn, row, id));
    return plan_store_task_units_delete(cx, conn, *id);
}

typedef struct Loading {
    const PlanLoad *load;
    int64_t plan_id;
    bool is_new;       /* else the texts of a loaded plan are replaced */
    int64_t *task_ids; /* by index of the plan's tasks */
} Loading;

/* The plan's own sentences are the first measures; the first lead unit answers for them until the
 * lead office decides otherwise. Their dates are not in the plan. */
static Status measures_load(Cx *cx, DbConn *conn, const Loading *loading, size_t index) {
    const PlanTask *task = &loading->load->plan->tasks.items[index];
    const PlanStrVec *names = task->lead.count > 0 ? &task->lead : &task->responsible;
    Measure measure = {.task_id = loading->task_ids[index], .due = DAY_NONE};
    int64_t last = 0;
    /* A task that is worked keeps its measures when the official text comes. */
    TRY(work_store_measure_position(cx, conn, measure.task_id, &last));
    if (last > 0) {
        return STATUS_OK;
    }
    if (names->count > 0) {
        TRY(people_unit_put(cx, conn, names->items[0], &measure.unit_id));
    }
    for (size_t i = 0; i < task->measures.count; i++) {
        int64_t id = 0;
        measure.position = (int64_t)i + 1;
        measure.text = task->measures.items[i];
        TRY(work_store_measure_insert(cx, conn, &measure, loading->load->now_ms, &id));
    }
    return STATUS_OK;
}

static Status tasks_load(Cx *cx, DbConn *conn, const Loading *loading) {
    const Plan *plan = loading->load->plan;
    ClauseState state = {.main = main_section(plan)};
    for (size_t i = 0; i < plan->tasks.count; i++) {
        TRY(cx_step(cx));
        const PlanTask *task = &plan->tasks.items[i];
        int64_t *id = &loading->task_ids[i];
        TaskRow row = {.plan_id = loading->plan_id,
                       .position = (int64_t)i + 1,
                       .clause = clause_of(cx->arena, plan, i, &state),
                       .section = title_above(loading->load->plan, task),
                       .path = path_text(cx->arena, &task->path),
                       .title = task->title,
                       .body = task->body};
        TRY(task_store(cx, conn, &row, loading->is_new, id));
        TRY(task_units(cx, conn, *id, &task->lead, "lead"));
        TRY(task_units(cx, conn, *id, &task->responsible, "responsible"));
        TRY(measures_load(cx, conn, loading, i));
    }
    return STATUS_OK;
}

static bool same_path(const PlanStrVec *left, const PlanStrVec *right) {
    bool is_same = left->count == right->count;
    for (size_t i = 0; is_same && i < left->count; i++) {
        is_same = str_equal(left->items[i], right->items[i]);
    }
    return is_same;
}

static int64_t task_of_target(const Loading *loading, const PlanTarget *target) {
    const Plan *plan = loading->load->plan;
    for (size_t i = 0; i < plan->tasks.count; i++) {
        if (same_path(&plan->tasks.items[i].path, &target->path)) {
            return loading->task_ids[i];
        }
    }
    return 0;
}

static TargetRow target_row(Arena *arena, const Loading *loading, size_t index) {
    const PlanTarget *target = &loading->load->plan->targets.items[index];
    Str code = str_print(arena, "T%02zu", index + 1);
    return (TargetRow){.plan_id = loading->plan_id,
                       .position = (int64_t)index + 1,
                       .task_id = task_of_target(loading, target),
                       .code = code,
                       .indicator = target->indicator,
                       .quote = target->quote,
                       .kind = str_of(plan_kind_text(target->kind)),
                       .op = str_of(plan_op_text(target->op)),
                       .value = target->value.is_set ? target->value.text : STR_NONE,
                       .value2 = target->value2.is_set ? target->value2.text : STR_NONE,
                       .unit = target->unit,
                       .year = target->year,
                       .baseline_year = target->baseline_year,
                       .period = target->period};
}

static Status targets_load(Cx *cx, DbConn *conn, const Loading *loading) {
    for (size_t i = 0; i < loading->load->plan->targets.count; i++) {
        TRY(cx_step(cx));
        TargetRow row = target_row(cx->arena, loading, i);
        TRY(loading->is_new ? plan_store_target_insert(cx, conn, &row)
                            : plan_store_target_update(cx, conn, &row));
    }
    return STATUS_OK;
}

static Status rows_load(Cx *cx, DbConn *conn, Loading *loading, const char *verb) {
    const Plan *plan = loading->load->plan;
    loading->task_ids = arena_array(cx->arena, int64_t, plan->tasks.count + 1);
    for (size_t i = 0; i < plan->units.count; i++) {
        int64_t unit_id = 0;
        TRY(people_unit_put(cx, conn, plan->units.items[i], &unit_id));
    }
    TRY(tasks_load(cx, conn, loading));
    TRY(targets_load(cx, conn, loading));
    DbEntry entry = {.verb = verb,
                     .subject = "plan",
                     .subject_id = loading->plan_id,
                     .after = str_print(cx->arena,
                                        "{\"digest\":" STR_FMT ",\"tasks\":%zu,\"targets\":%zu}",
                                        STR_ARG(str_json(cx->arena, loading->load->digest)),
                                        plan->tasks.count, plan->targets.count)};
    return db_journal(cx, conn, &entry);
}

Status plan_load(Cx *cx, DbConn *conn, const PlanLoad *load) {
    bool is_loaded = false;
    TRY(plan_is_loaded(cx, conn, &is_loaded));
    if (is_loaded) {
        return fault(cx, STATUS_CONFLICT, "已经载入了一份行动方案");
    }
    Loading loading = {.load = load, .is_new = true};
    TRY(plan_store_head_insert(cx, conn, load, &loading.plan_id));
    return rows_load(cx, conn, &loading, "plan.load");
}

/* The same number of tasks and targets, or nothing is touched. */
static Status shape_check(Cx *cx, DbConn *conn, const Plan *plan) {
    TaskList tasks;
    TargetList targets;
    TRY(plan_store_tasks(cx, conn, 0, &tasks));
    TRY(plan_store_targets(cx, conn, 0, &targets));
    if (tasks.count != plan->tasks.count || targets.count != plan->targets.count) {
        Status status =
            fault(cx, STATUS_CONFLICT,
                  "两份方案结构不同：已载入 %zu 项任务、%zu 个目标，新文本 %zu 项、%zu 个",
                  tasks.count, targets.count, plan->tasks.count, plan->targets.count);
        fault_hint(cx, "请核对是否同一份方案；另一份方案应使用新的数据目录");
        return status;
    }
    return STATUS_OK;
}

Status plan_replace(Cx *cx, DbConn *conn, const PlanLoad *load) {
    PlanHead head;
    TRY(plan_store_head(cx, conn, &head));
    TRY(shape_check(cx, conn, load->plan));
    Loading loading = {.load = load, .plan_id = head.id};
    TRY(plan_store_head_update(cx, conn, load, head.id));
    return rows_load(cx, conn, &loading, "plan.replace");
}

/* ---- counters ---- */

Status plan_count(Cx *cx, DbConn *conn, Str key, Day day, int64_t change) {
    DayParts parts = day_parts(day);
    Str month = str_print(cx->arena, "%04" PRId32 "-%02" PRId32, parts.year, parts.month);
    return plan_store_counter_add(cx, conn, key, month, change);
}

Status plan_count_town(Cx *cx, DbConn *conn, const PlanCount *count) {
    TRY(plan_count(cx, conn, count->key, count->day, count->change));
    if (count->town_code.len == 0) {
        return STATUS_OK;
    }
    Str key = str_print(cx->arena, STR_FMT "/town=" STR_FMT, STR_ARG(count->key),
                        STR_ARG(count->town_code));
    return plan_count(cx, conn, key, count->day, count->change);
}

/* ---- series ---- */

bool plan_series_find(const struct PlanBook *book, Str name, PlanSeriesName *out) {
    for (size_t i = 0; i < book->series_count; i++) {
        const BookSeries *series = &book->series[i];
        if (str_equal(series->name, name)) {
            *out = (PlanSeriesName){series->id, series->name, series->unit, series->owner};
            return true;
        }
    }
    return false;
}
