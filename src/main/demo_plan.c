/*
 * demo_plan.c - the plan of the demo city at work: heads of units, four years of monthly figures
 * from demo/series.csv, baselines; all through the office's own steps: filed by an officer of the
 * unit, approved by its head, confirmed by the lead office.
 */
#include "attach/attach.h"
#include "base/vec.h"
#include "main/demo.h"
#include "office/plan/plan.h"
#include "paper/paper.h"

#include <inttypes.h>

enum { SERIES_BYTES_MAX = 1024 * 1024, BASELINE_YEAR = 2023, PAPER_ROWS = 6 };

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
    PlanPaper paper; /* behind the last PAPER_ROWS of them */
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
            .papers = {&step->paper, i + PAPER_ROWS >= step->count ? 1 : 0},
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

/* A page that says what it proves and that it is invented. */
static Status paper_make(Demo *demo, const Row *row, bool is_baseline, PlanPaper *out) {
    enum { PDF_BYTES_MAX = 1024 * 1024 };
    Arena *arena = demo->cx->arena;
    Str title = str_print(arena, "演示：截至 " STR_FMT " 的统计报表", STR_ARG(row->period));
    PaperOptions options = {.form = PAPER_SHEET,
                            .title = title,
                            .author = demo->officers[row->unit].name,
                            .made_ms = demo->now_ms,
                            .foot = STR("演示数据，全部为虚构")};
    Paper *paper = paper_new(demo->cx, &options);
    Buf *pdf = buf_in(arena, PDF_BYTES_MAX);
    AttachFile file;
    paper_title(paper, title);
    paper_text(paper, str_print(arena, STR_FMT "%s：" STR_FMT,
                                STR_ARG(is_baseline ? STR("目标 ") : row->name),
                                is_baseline ? str_c(arena, row->series) : "", STR_ARG(row->value)));
    TRY(paper_pdf(paper, pdf, NULL));
    TRY(attach_file_put(demo->cx, city_file_folder(arena, &demo->house->city), buf_str(pdf),
                        &file));
    *out =
        (PlanPaper){.digest = file.digest,
                    .size_bytes = file.size_bytes,
                    .media_type = file.media_type,
                    .name = str_print(arena, "演示统计报表" STR_FMT ".PDF", STR_ARG(row->period))};
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
    TRY(paper_make(demo, &step->rows[step->count - 1], step->is_baseline, &step->paper));
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

/* ---- measures and notices ---- */

enum { DUE_SPREAD = 400, DUE_LATE = 30, NOTICES = 3 };

/* One step on one measure or notice, by one person. */
typedef struct Act {
    PlanMeasureAct measure;
    PlanNoticeAct notice;
    PlanNoticeNew new;
    int64_t id;
} Act;

static Status assign_work(Cx *cx, DbConn *conn, void *input) {
    return plan_measure_assign(cx, conn, &((Act *)input)->measure);
}

static Status progress_work(Cx *cx, DbConn *conn, void *input) {
    return plan_measure_progress(cx, conn, &((Act *)input)->measure);
}

static Status report_work(Cx *cx, DbConn *conn, void *input) {
    return plan_measure_report(cx, conn, &((Act *)input)->measure);
}

static Status confirm_done_work(Cx *cx, DbConn *conn, void *input) {
    return plan_measure_decide(cx, conn, &((Act *)input)->measure, true);
}

static Status issue_work(Cx *cx, DbConn *conn, void *input) {
    Act *act = input;
    return plan_notice_issue(cx, conn, &act->new, &act->id);
}

static Status receive_work(Cx *cx, DbConn *conn, void *input) {
    return plan_notice_receive(cx, conn, &((Act *)input)->notice);
}

static Status reply_work(Cx *cx, DbConn *conn, void *input) {
    return plan_notice_reply(cx, conn, &((Act *)input)->notice);
}

static const DemoOfficer *officer_of(const Demo *demo, int64_t unit_id) {
    for (size_t i = 0; i < demo->officer_count; i++) {
        if (demo->officers[i].unit_id == unit_id) {
            return &demo->officers[i];
        }
    }
    return NULL;
}

static Status as_lead(Demo *demo, const char *name, DbWork *work, Act *act) {
    DbActor actor = {.user_id = demo->lead_id, .role = STR("lead"), .origin = STR("command")};
    act->measure.person_id = demo->lead_id;
    act->measure.is_lead = true;
    act->measure.unit_id = 0;
    act->measure.now_ms = demo->now_ms;
    return demo_write(demo, name, actor, work, act);
}

static Status as_unit(Demo *demo, const char *name, DbWork *work, Act *act) {
    const DemoOfficer *officer = officer_of(demo, act->measure.new_unit_id);
    if (officer == NULL) {
        return fault(demo->cx, STATUS_NOT_FOUND, "the demo has no officer of this unit");
    }
    DbActor actor = {
        .user_id = officer->person_id, .role = STR("officer"), .origin = STR("command")};
    act->measure.person_id = officer->person_id;
    act->measure.unit_id = officer->unit_id;
    act->measure.is_lead = false;
    act->measure.now_ms = demo->now_ms;
    act->notice.person_id = officer->person_id;
    act->notice.unit_id = officer->unit_id;
    act->notice.now_ms = demo->now_ms;
    return demo_write(demo, name, actor, work, act);
}

/* A unit that only shares in the task tells its own part. */
static Status joint_play(Demo *demo, const PlanMeasure *measure, Act act) {
    size_t joint = unit_of(demo, STR("市工信局"));
    if (!str_equal(measure->clause, STR("1.2")) || joint == demo->officer_count) {
        return STATUS_OK;
    }
    act.measure.new_unit_id = demo->officers[joint].unit_id;
    act.measure.progress_bp = 4000;
    act.measure.text = STR("演示：已向企业摸排需求，推荐依托单位3家");
    act.measure.evidence = STR("演示：推荐名单");
    return as_unit(demo, "measure.progress", progress_work, &act);
}

/* A third is done, most of the rest is on its way; a few dates have just passed. */
static Status measure_play(Demo *demo, const PlanMeasure *measure, size_t index) {
    int32_t shift = (int32_t)(index * 37 % DUE_SPREAD) - DUE_LATE;
    Act act = {.measure = {.measure_id = measure->id,
                           .new_unit_id = measure->unit_id,
                           .due = day_add(demo->last, shift),
                           .text = STR("演示：按季度调度会确定")}};
    if (officer_of(demo, measure->unit_id) == NULL) {
        return STATUS_OK;
    }
    TRY(as_lead(demo, "measure.assign", assign_work, &act));
    if (index % 7 == 6) {
        return STATUS_OK;
    }
    act.measure.text = STR("演示：已制定方案并开展摸底，正在组织实施");
    act.measure.evidence = STR("演示：工作进展月报");
    act.measure.progress_bp = (int64_t)(20 + index * 13 % 70) * 100;
    TRY(as_unit(demo, "measure.progress", progress_work, &act));
    TRY(joint_play(demo, measure, act));
    if (index % 3 != 0) {
        return STATUS_OK;
    }
    act.measure.text = STR("演示：措施已落实");
    act.measure.evidence = STR("演示：工作总结和台账");
    TRY(as_unit(demo, "measure.report", report_work, &act));
    act.measure.text = STR_NONE;
    return index % 6 == 0 ? as_lead(demo, "measure.confirm", confirm_done_work, &act) : STATUS_OK;
}

/* The first is only issued, the second received, the third answered. */
static Status notice_play(Demo *demo, const PlanMeasure *measure, size_t step) {
    Act act = {
        .new = {.task_id = measure->task_id,
                .measure_id = measure->id,
                .unit_id = measure->unit_id,
                .title = STR("演示：请加快推进逾期措施"),
                .body = STR("该措施已超过完成期限，请说明原因，提出补救办法和新的完成时间。"),
                .reply_days = 5,
                .calendar = &demo->house->city.calendar,
                .person_id = demo->lead_id,
                .now_ms = demo->now_ms}};
    TRY(as_lead(demo, "notice.issue", issue_work, &act));
    act.notice = (PlanNoticeAct){.notice_id = act.id, .calendar = &demo->house->city.calendar};
    act.measure.new_unit_id = measure->unit_id;
    if (step >= 1) {
        TRY(as_unit(demo, "notice.receive", receive_work, &act));
    }
    if (step >= 2) {
        act.notice.text = STR("演示：因设备到货推迟，已与供货单位重新确定时间，两周内完成");
        TRY(as_unit(demo, "notice.reply", reply_work, &act));
    }
    return STATUS_OK;
}

static Status measures_read(Demo *demo, PlanMeasureList *out) {
    DbConn *conn = NULL;
    TRY(db_read_begin(demo->cx, demo->house->db, &conn));
    Status status = plan_measures(demo->cx, conn, 0, out);
    db_read_end(demo->house->db, conn);
    return status;
}

static Status measures_play(Demo *demo) {
    PlanMeasureList measures;
    size_t noticed = 0;
    TRY(measures_read(demo, &measures));
    for (size_t i = 0; i < measures.count; i++) {
        TRY(cx_step(demo->cx));
        TRY(measure_play(demo, &measures.items[i], i));
    }
    TRY(measures_read(demo, &measures));
    for (size_t i = 0; i < measures.count && noticed < NOTICES; i++) {
        const PlanMeasure *measure = &measures.items[i];
        bool is_open = str_equal(measure->state, STR("doing"));
        if (is_open && measure->due.number < demo->last.number) {
            TRY(notice_play(demo, measure, noticed++));
        }
    }
    return STATUS_OK;
}

/* ---- by which day figures are due ---- */

static Status rule_propose_work(Cx *cx, DbConn *conn, void *input) {
    PlanReportDay *rule = input;
    return plan_report_day_propose(cx, conn, rule, &rule->id);
}

static Status rule_decide_work(Cx *cx, DbConn *conn, void *input) {
    return plan_report_day_decide(cx, conn, input);
}

/* Invented as all of the demo: a real city's lead office sets its own. */
static Status report_day_make(Demo *demo) {
    DbActor lead = {.user_id = demo->lead_id, .role = STR("lead"), .origin = STR("command")};
    DbActor second = {.user_id = demo->lead2_id, .role = STR("lead"), .origin = STR("command")};
    PlanReportDay rule = {.day = 10,
                          .source = STR("演示：工作专班月调度约定（虚构）"),
                          .proposed_by = demo->lead_id,
                          .proposed_ms = demo->now_ms};
    TRY(demo_write(demo, "report_day.propose", lead, rule_propose_work, &rule));
    PlanReportDayAct act = {
        .id = rule.id, .person_id = demo->lead2_id, .is_approved = true, .now_ms = demo->now_ms};
    return demo_write(demo, "report_day.decide", second, rule_decide_work, &act);
}

Status demo_plan_make(Demo *demo) {
    Str path =
        str_print(demo->cx->arena, STR_FMT "/demo/series.csv", STR_ARG(demo->house->city.folder));
    Str text = STR_NONE;
    RowVec rows = {0};
    demo->now_ms = day_start_ms(demo->last) + 8 * 3600 * 1000;
    TRY(heads_make(demo));
    TRY(report_day_make(demo));
    TRY(measures_play(demo));
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
