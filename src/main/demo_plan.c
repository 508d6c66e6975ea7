/*
 * demo_plan.c - the plan of the demo city at work: heads of units, four years of monthly figures
 * from demo/series.csv, baselines; all through the office's own steps: filed by an officer of the
 * unit, approved by its head, confirmed by the lead office.
 */
#include "base/vec.h"
#include "main/demo.h"
#include "office/plan/plan.h"

#include <inttypes.h>

enum { SERIES_BYTES_MAX = 1024 * 1024, BASELINE_YEAR = 2023 };

typedef struct Row {
    Str series; /* id */
    Str name;
    Str period;
    Str value;
    size_t unit; /* index of the unit that reports it */
} Row;

typedef struct RowVec VEC(Row) RowVec;

/* Figures of one series and one step: one command. */
typedef struct Step {
    Demo *demo;
    const Row *rows;
    int64_t *ids;
    size_t count;
    bool is_baseline;
} Step;

static size_t unit_of(const Demo *demo, Str name) {
    for (size_t i = 0; i < demo->officer_count; i++) {
        if (str_equal(demo->officers[i].name, name)) {
            return i;
        }
    }
    return demo->officer_count;
}

/* ---- the three steps ---- */

static Status file_work(Cx *cx, DbConn *conn, void *input) {
    Step *step = input;
    const Demo *demo = step->demo;
    for (size_t i = 0; i < step->count; i++) {
        const Row *row = &step->rows[i];
        PlanFigureNew new = {
            .series = row->series,
            .is_baseline = step->is_baseline,
            .period = row->period,
            .value = row->value,
            .evidence = str_print(cx->arena, "演示：" STR_FMT " 统计月报", STR_ARG(row->period)),
            .unit_id = demo->officers[row->unit].unit_id,
            .filed_by = demo->officers[row->unit].person_id,
            .now_ms = demo->now_ms};
        TRY(plan_figure_file(cx, conn, &new, &step->ids[i]));
    }
    return STATUS_OK;
}

static Status approve_work(Cx *cx, DbConn *conn, void *input) {
    const Step *step = input;
    for (size_t i = 0; i < step->count; i++) {
        PlanFigureAct act = {.id = step->ids[i],
                             .person_id = step->demo->officers[step->rows[0].unit].head_id,
                             .now_ms = step->demo->now_ms};
        TRY(plan_figure_approve(cx, conn, &act));
    }
    return STATUS_OK;
}

static Status confirm_work(Cx *cx, DbConn *conn, void *input) {
    const Step *step = input;
    for (size_t i = 0; i < step->count; i++) {
        PlanFigureAct act = {.id = step->ids[i],
                             .person_id = step->demo->lead_id,
                             .is_lead = true,
                             .now_ms = step->demo->now_ms};
        TRY(plan_figure_confirm(cx, conn, &act));
    }
    return STATUS_OK;
}

static Status steps_run(Demo *demo, Step *step) {
    const DemoOfficer *unit = &demo->officers[step->rows[0].unit];
    DbActor officer = {
        .user_id = unit->person_id, .role = STR("officer"), .origin = STR("command")};
    DbActor head = {.user_id = unit->head_id, .role = STR("officer"), .origin = STR("command")};
    DbActor lead = {.user_id = demo->lead_id, .role = STR("lead"), .origin = STR("command")};
    step->demo = demo;
    step->ids = arena_array(demo->cx->arena, int64_t, step->count);
    TRY(demo_write(demo, "figure.file", officer, file_work, step));
    TRY(demo_write(demo, "figure.approve", head, approve_work, step));
    return demo_write(demo, "figure.confirm", lead, confirm_work, step);
}

/* ---- the file ---- */

/* Months that are over by the demo's last day. */
static bool is_past(const Demo *demo, Str period) {
    return str_compare(period, str_slice(day_print(demo->cx->arena, demo->last), 0, 7)) < 0;
}

static Status rows_read(Demo *demo, Str text, RowVec *rows) {
    while (text.len > 0) {
        Str line = str_trim(str_cut(&text, '\n'));
        Str name = str_cut(&line, ',');
        (void)str_cut(&line, ',');
        Row row = {.name = name, .period = str_cut(&line, ','), .value = line};
        PlanSeriesName series;
        TRY(cx_step(demo->cx));
        if (row.period.len != 7 || !is_past(demo, row.period) ||
            !plan_series_find(demo->house->city.plan_book, name, &series)) {
            continue;
        }
        row.series = series.id;
        row.unit = unit_of(demo, series.owner);
        if (row.unit < demo->officer_count) {
            *vec_push(demo->cx->arena, rows) = row;
        }
    }
    return STATUS_OK;
}

static Status figures_make(Demo *demo, const RowVec *rows) {
    size_t first = 0;
    for (size_t i = 1; i <= rows->count; i++) {
        if (i == rows->count || !str_equal(rows->items[i].series, rows->items[first].series)) {
            Step step = {.rows = &rows->items[first], .count = i - first};
            TRY(steps_run(demo, &step));
            first = i;
        }
    }
    return STATUS_OK;
}

/* ---- baselines ---- */

/* A decimal text in hundredths: the demo's figures have at most two decimals. */
static int64_t hundredths(Str text) {
    int64_t whole = 0;
    int64_t part = 0;
    Str head = str_cut(&text, '.');
    bool is_good = str_int64(head, &whole) == STATUS_OK;
    if (text.len > 0) {
        is_good = is_good && str_int64(text, &part) == STATUS_OK;
        part = text.len == 1 ? part * 10 : part;
    }
    return is_good ? whole * 100 + part : 0;
}

typedef struct Base {
    const char *target;
    const char *series; /* its sum over the year */
    const char *owner;
} Base;

/* The recovered appliances have none, as in many a city: their growth cannot be said. */
static Status baselines_make(Demo *demo, const RowVec *rows) {
    static const Base bases[] = {{"T07", "设备投资", "市发改局"},
                                 {"T12", "报废汽车回收量", "市商务局"},
                                 {"T13", "二手车交易量", "市商务局"}};
    Str year = str_print(demo->cx->arena, "%d", (int)BASELINE_YEAR);
    for (size_t k = 0; k < sizeof bases / sizeof bases[0]; k++) {
        int64_t sum = 0;
        for (size_t i = 0; i < rows->count; i++) {
            bool is_it = str_equal(rows->items[i].name, str_of(bases[k].series)) &&
                         str_starts(rows->items[i].period, year);
            sum += is_it ? hundredths(rows->items[i].value) : 0;
        }
        Row row = {.series = str_of(bases[k].target),
                   .period = year,
                   .value =
                       str_print(demo->cx->arena, "%" PRId64 ".%02" PRId64, sum / 100, sum % 100),
                   .unit = unit_of(demo, str_of(bases[k].owner))};
        Step step = {.rows = &row, .count = 1, .is_baseline = true};
        if (sum > 0 && row.unit < demo->officer_count) {
            TRY(steps_run(demo, &step));
        }
    }
    return STATUS_OK;
}

/* ---- heads ---- */

static Status head_work(Cx *cx, DbConn *conn, void *input) {
    return plan_head_set(cx, conn, input);
}

static Status heads_make(Demo *demo) {
    DbActor lead = {.user_id = demo->lead_id, .role = STR("lead"), .origin = STR("command")};
    for (size_t i = 0; i < demo->officer_count; i++) {
        PlanHeadSet set = {.unit_id = demo->officers[i].unit_id,
                           .person_id = demo->officers[i].head_id,
                           .is_head = true,
                           .set_by = demo->lead_id,
                           .now_ms = demo->now_ms};
        TRY(demo_write(demo, "head.set", lead, head_work, &set));
    }
    return STATUS_OK;
}

Status demo_plan_make(Demo *demo) {
    Str path =
        str_print(demo->cx->arena, STR_FMT "/demo/series.csv", STR_ARG(demo->house->city.folder));
    Str text = STR_NONE;
    RowVec rows = {0};
    demo->now_ms = day_start_ms(demo->last) + 8 * 3600 * 1000;
    TRY(heads_make(demo));
    Status status = yaml_file(demo->cx, path, SERIES_BYTES_MAX, &text);
    if (status == STATUS_NOT_FOUND) {
        fault_clear(demo->cx);
        return STATUS_OK;
    }
    TRY(status);
    TRY(rows_read(demo, text, &rows));
    TRY(figures_make(demo, &rows));
    return baselines_make(demo, &rows);
}
