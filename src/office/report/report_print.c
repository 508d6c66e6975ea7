#include "office/report/report_print.h"

#include "attach/attach.h"
#include "base/limits.h"
#include "office/report/report_store.h"

#include <inttypes.h>

static const PaperColumn target_columns[] = {{"序号", 2, PAPER_CENTER}, {"目标", 8, PAPER_LEFT},
                                             {"要求", 5, PAPER_LEFT},   {"年度", 2, PAPER_CENTER},
                                             {"现值", 4, PAPER_LEFT},   {"状态", 4, PAPER_CENTER}};
enum { TARGET_COLUMNS = sizeof target_columns / sizeof target_columns[0] };

static Str or_dash(Str text) {
    return text.len > 0 ? text : STR("—");
}

static void put_targets(Cx *cx, Paper *paper, Str caption, const PlanTargetDigest *targets,
                        size_t count) {
    paper_table(paper, caption, target_columns, TARGET_COLUMNS);
    for (size_t i = 0; i < count; i++) {
        const PlanTargetDigest *target = &targets[i];
        const Str cells[TARGET_COLUMNS] = {str_print(cx->arena, "%zu", i + 1),
                                           target->indicator,
                                           target->goal,
                                           or_dash(target->year),
                                           or_dash(target->value),
                                           target->light};
        paper_row(paper, cells);
    }
}

static void put_money(Cx *cx, Paper *paper, const ReportContent *content) {
    static const PaperColumn columns[] = {
        {"项目", 8, PAPER_LEFT},         {"年度", 4, PAPER_CENTER},
        {"下达（元）", 10, PAPER_RIGHT}, {"预占（元）", 9, PAPER_RIGHT},
        {"核定（元）", 9, PAPER_RIGHT},  {"拨付（元）", 10, PAPER_RIGHT}};
    paper_table(paper, STR("表2　资金使用情况"), columns, 6);
    for (size_t i = 0; i < content->money_count; i++) {
        const ReportMoney *row = &content->money[i];
        const Str cells[6] = {row->name,
                              str_print(cx->arena, "%" PRId64, row->year),
                              money_print(cx->arena, row->appropriated),
                              money_print(cx->arena, row->reserved),
                              money_print(cx->arena, row->approved),
                              money_print(cx->arena, row->paid)};
        paper_row(paper, cells);
    }
}

static void put_evidence(Cx *cx, Paper *paper, const ReportContent *content) {
    static const PaperColumn columns[] = {{"序号", 2, PAPER_CENTER}, {"内容", 7, PAPER_LEFT},
                                          {"时期", 3, PAPER_CENTER}, {"数值", 3, PAPER_RIGHT},
                                          {"单位", 4, PAPER_LEFT},   {"依据", 6, PAPER_LEFT},
                                          {"文件", 2, PAPER_CENTER}};
    paper_table(paper, STR("表3　佐证材料目录"), columns, 7);
    for (size_t i = 0; i < content->evidence_count; i++) {
        const PlanEvidence *row = &content->evidence[i];
        const Str cells[7] = {str_print(cx->arena, "%zu", i + 1),
                              row->what,
                              row->period,
                              row->value,
                              row->unit,
                              or_dash(row->evidence),
                              row->paper_count == 0
                                  ? STR("—")
                                  : str_print(cx->arena, "%" PRId64 "个", row->paper_count)};
        paper_row(paper, cells);
    }
}

static void put_sections(Cx *cx, Paper *paper, const ReportContent *content) {
    for (size_t i = 0; i < content->section_count; i++) {
        const ReportSection *section = &content->sections[i];
        paper_heading(paper, (int)section->level, section->heading);
        paper_text(paper, section->body);
        if (str_equal(section->code, STR("targets"))) {
            put_targets(cx, paper, STR("表1　目标完成情况"), content->targets,
                        content->target_count);
        } else if (str_equal(section->code, STR("money")) && content->money_count > 0) {
            put_money(cx, paper, content);
        } else if (str_equal(section->code, STR("evidence")) && content->evidence_count > 0) {
            put_evidence(cx, paper, content);
        }
    }
}

Paper *report_paper(Cx *cx, const Report *report, const ReportContent *content) {
    bool is_draft = report->number.len == 0;
    PaperOptions options = {.form = PAPER_OFFICIAL,
                            .title = report->title,
                            .author = report->issuer,
                            .made_ms =
                                is_draft ? report->drawn_ms : day_start_ms(report->issue_day)};
    Paper *paper = paper_new(cx, &options);
    PaperHead head = {.issuer = str_join(cx->arena, report->issuer, STR("文件")),
                      .number = is_draft ? STR("（草稿，未签发）") : report->number};
    Str month = report_month_zh(cx->arena, report->month);
    Str edition = report->edition > 1
                      ? str_print(cx->arena, "，更正第%" PRId64 "次", report->edition - 1)
                      : STR("");
    paper_head(paper, &head);
    paper_title(paper, report->title);
    paper_subtitle(
        paper, str_print(cx->arena, "（" STR_FMT STR_FMT "）", STR_ARG(month), STR_ARG(edition)));
    if (report->send_to.len > 0) {
        paper_to(paper, report->send_to);
    }
    put_sections(cx, paper, content);
    if (!is_draft) {
        paper_sign(paper, report->issuer, report->issue_day);
        paper_imprint(paper, report->copies_to, str_join(cx->arena, report->issuer, STR("办公室")),
                      report->issue_day);
    }
    return paper;
}

Status report_issue_print(Cx *cx, DbConn *conn, const City *city, ReportIssue *issue) {
    Report report;
    ReportContent content = {0};
    AttachFile file;
    TRY(report_store_find(cx, conn, issue->id, &report));
    TRY(report_store_sections(cx, conn, issue->id, &content));
    TRY(report_store_figures(cx, conn, issue->id, &content));
    report.number = issue->number;
    report.issue_day = issue->day;
    Buf *pdf = buf_in(cx->arena, LIMIT_UPLOAD_BYTES_MAX);
    TRY(paper_pdf(report_paper(cx, &report, &content), pdf, NULL));
    TRY(attach_file_put(cx, city_file_folder(cx->arena, city), buf_str(pdf), &file));
    issue->pdf_digest = file.digest;
    return STATUS_OK;
}

/* ---- tables ---- */

static Status targets_sheet(SheetWriter *writer, const Str *titles, const ReportContent *content) {
    static const SheetColumn columns[] = {{"编号", SHEET_TEXT, 10}, {"目标", SHEET_TEXT, 40},
                                          {"要求", SHEET_TEXT, 24}, {"年度", SHEET_TEXT, 10},
                                          {"现值", SHEET_TEXT, 20}, {"状态", SHEET_TEXT, 16},
                                          {"展望", SHEET_TEXT, 40}};
    SheetTable table = {.name = STR("目标"),
                        .titles = titles,
                        .title_count = 2,
                        .columns = columns,
                        .column_count = 7,
                        .is_landscape = true};
    TRY(sheet_begin(writer, &table));
    for (size_t i = 0; i < content->target_count; i++) {
        const PlanTargetDigest *target = &content->targets[i];
        const SheetCell cells[7] = {sheet_text(target->code),   sheet_text(target->indicator),
                                    sheet_text(target->goal),   sheet_text(target->year),
                                    sheet_text(target->value),  sheet_text(target->light),
                                    sheet_text(target->outlook)};
        TRY(sheet_row(writer, cells, 7));
    }
    return STATUS_OK;
}

static Status tasks_sheet(SheetWriter *writer, const Str *titles, const ReportContent *content) {
    static const SheetColumn columns[] = {{"条款", SHEET_TEXT, 8},
                                          {"任务", SHEET_TEXT, 40},
                                          {"牵头单位", SHEET_TEXT, 20},
                                          {"责任单位", SHEET_TEXT, 40},
                                          {"进展", SHEET_TEXT, 50}};
    SheetTable table = {.name = STR("任务"),
                        .titles = titles,
                        .title_count = 2,
                        .columns = columns,
                        .column_count = 5,
                        .is_landscape = true};
    TRY(sheet_begin(writer, &table));
    for (size_t i = 0; i < content->task_count; i++) {
        const PlanTaskDigest *task = &content->tasks[i];
        const SheetCell cells[5] = {sheet_text(task->clause), sheet_text(task->title),
                                    sheet_text(task->lead), sheet_text(task->responsible),
                                    sheet_text(task->progress)};
        TRY(sheet_row(writer, cells, 5));
    }
    return STATUS_OK;
}

static Status money_sheet(SheetWriter *writer, const Str *titles, const ReportContent *content) {
    static const SheetColumn columns[] = {
        {"项目", SHEET_TEXT, 30},       {"年度", SHEET_INT, 8},
        {"下达（元）", SHEET_MONEY, 0}, {"预占（元）", SHEET_MONEY, 0},
        {"核定（元）", SHEET_MONEY, 0}, {"拨付（元）", SHEET_MONEY, 0}};
    SheetTable table = {.name = STR("资金"),
                        .titles = titles,
                        .title_count = 2,
                        .columns = columns,
                        .column_count = 6,
                        .is_landscape = true};
    TRY(sheet_begin(writer, &table));
    for (size_t i = 0; i < content->money_count; i++) {
        const ReportMoney *row = &content->money[i];
        const SheetCell cells[6] = {sheet_text(row->name),          sheet_int(row->year),
                                    sheet_money(row->appropriated), sheet_money(row->reserved),
                                    sheet_money(row->approved),     sheet_money(row->paid)};
        TRY(sheet_row(writer, cells, 6));
    }
    return STATUS_OK;
}

/* Anybody reads the report: the count of the files is for all, their names are for the offices. */
static Status evidence_sheet(SheetWriter *writer, const Str *titles, const ReportContent *content) {
    static const SheetColumn columns[] = {{"内容", SHEET_TEXT, 40}, {"时期", SHEET_TEXT, 12},
                                          {"数值", SHEET_TEXT, 16}, {"单位", SHEET_TEXT, 24},
                                          {"依据", SHEET_TEXT, 40}, {"文件数", SHEET_INT, 8}};
    SheetTable table = {.name = STR("佐证材料"),
                        .titles = titles,
                        .title_count = 2,
                        .columns = columns,
                        .column_count = 6,
                        .is_landscape = true};
    TRY(sheet_begin(writer, &table));
    for (size_t i = 0; i < content->evidence_count; i++) {
        const PlanEvidence *row = &content->evidence[i];
        const SheetCell cells[6] = {sheet_text(row->what),     sheet_text(row->period),
                                    sheet_text(row->value),    sheet_text(row->unit),
                                    sheet_text(row->evidence), sheet_int(row->paper_count)};
        TRY(sheet_row(writer, cells, 6));
    }
    return STATUS_OK;
}

/* A title on one line. */
static Str flat(Arena *arena, Str title) {
    Str rest = title;
    Str first = str_cut(&rest, '\n');
    return rest.at == NULL ? first : str_join(arena, first, flat(arena, rest));
}

Status report_sheets(Cx *cx, const Report *report, const ReportContent *content, Buf *out) {
    SheetWriter *writer = NULL;
    SheetWriteOptions options = {
        .form = SHEET_XLSX, .made_ms = report->drawn_ms, .author = report->issuer};
    Str month = report_month_zh(cx->arena, report->month);
    Str state = report->number.len > 0 ? report->number : STR("草稿，未签发");
    Str drawn = instant_print_minute(cx->arena, report->drawn_ms);
    const Str titles[2] = {flat(cx->arena, report->title),
                           str_print(cx->arena, STR_FMT "　" STR_FMT "　数据截至 " STR_FMT,
                                     STR_ARG(month), STR_ARG(state), STR_ARG(drawn))};
    TRY(sheet_writer_new(cx, &options, sheet_sink_buf(out), &writer));
    TRY(targets_sheet(writer, titles, content));
    TRY(tasks_sheet(writer, titles, content));
    TRY(money_sheet(writer, titles, content));
    TRY(evidence_sheet(writer, titles, content));
    return sheet_finish(writer);
}

/* ---- dashboard and units ---- */

static Str foot_of(Cx *cx, const PrintHead *head) {
    Str now = instant_print_minute(cx->arena, head->now_ms);
    return str_print(cx->arena, STR_FMT "焕新　打印于 " STR_FMT "%s", STR_ARG(head->city_name),
                     STR_ARG(now), head->is_demo ? "　演示数据" : "");
}

static void put_counts(Cx *cx, Paper *paper, const PlanDigest *digest) {
    const int64_t *counts = digest->standing_count;
    paper_text(paper, str_print(cx->arena,
                                "任务 %zu 项，目标 %zu 项：已达到或预计达到 %" PRId64
                                " 项，推进中 %" PRId64 " 项，未达到或预计达不到 %" PRId64
                                " 项，尚无数据或缺基期 %" PRId64 " 项。",
                                digest->task_count, digest->target_count, counts[PLAN_REACHED],
                                counts[PLAN_ON_WAY], counts[PLAN_BEHIND], counts[PLAN_UNKNOWN]));
}

static char light_of(PlanStanding standing) {
    static const char lights[PLAN_STANDING_COUNT] = {'g', ' ', 'r', 'y'};
    return lights[standing];
}

/* Bars of those targets whose value can be laid beside the goal. */
static void put_bars(Cx *cx, Paper *paper, const PlanDigest *digest) {
    PaperBar *bars = arena_array(cx->arena, PaperBar, digest->target_count);
    size_t count = 0;
    for (size_t i = 0; i < digest->target_count; i++) {
        const PlanTargetDigest *target = &digest->targets[i];
        if (target->share_bp >= 0) {
            bars[count++] =
                (PaperBar){.label = target->indicator,
                           .share_bp = target->share_bp,
                           .text = str_print(cx->arena, STR_FMT "　" STR_FMT,
                                             STR_ARG(target->value), STR_ARG(target->light)),
                           .light = light_of(target->standing)};
        }
    }
    if (count > 0) {
        paper_bars(paper, STR("现值占目标的比例"), bars, count);
    }
}

static void put_tasks(Paper *paper, const PlanDigest *digest) {
    static const PaperColumn columns[] = {{"条款", 2, PAPER_CENTER},
                                          {"任务", 7, PAPER_LEFT},
                                          {"牵头单位", 4, PAPER_LEFT},
                                          {"责任单位", 6, PAPER_LEFT},
                                          {"进展", 6, PAPER_LEFT}};
    paper_table(paper, STR("任务"), columns, 5);
    for (size_t i = 0; i < digest->task_count; i++) {
        const PlanTaskDigest *task = &digest->tasks[i];
        const Str cells[5] = {task->clause, task->title, or_dash(task->lead),
                              or_dash(task->responsible), task->progress};
        paper_row(paper, cells);
    }
}

static Paper *plain_paper(Cx *cx, const PrintHead *head, Str title) {
    PaperOptions options = {.form = PAPER_SHEET,
                            .title = title,
                            .author = head->city_name,
                            .made_ms = head->now_ms,
                            .foot = foot_of(cx, head)};
    return paper_new(cx, &options);
}

Paper *report_dashboard_paper(Cx *cx, const PrintHead *head, const PlanDigest *digest) {
    Paper *paper = plain_paper(cx, head, STR("目标与任务总览"));
    paper_title(paper, str_join(cx->arena, head->city_name, STR("目标与任务总览")));
    paper_subtitle(paper, str_print(cx->arena, STR_FMT "（" STR_FMT "）", STR_ARG(digest->title),
                                    STR_ARG(digest->doc_number)));
    put_counts(cx, paper, digest);
    put_bars(cx, paper, digest);
    put_targets(cx, paper, STR("目标"), digest->targets, digest->target_count);
    put_tasks(paper, digest);
    return paper;
}

Paper *report_units_paper(Cx *cx, const PrintHead *head) {
    return plain_paper(cx, head, STR("单位任务单"));
}

/* How the measures stand; how the targets do is in their own table. */
static Str measures_only(Str progress) {
    size_t at = str_find(progress, STR("本条"), 0);
    return at == SIZE_MAX || at == 0 ? progress : str_slice(progress, 0, at);
}

/* The tasks that the unit leads as a table, those that it only shares in as one sentence: a unit
 * stays on one page. */
static void put_own_tasks(Cx *cx, Paper *paper, Str unit_name, const PlanDigest *digest) {
    static const PaperColumn columns[] = {
        {"条款", 2, PAPER_CENTER}, {"牵头的任务", 9, PAPER_LEFT}, {"进展", 13, PAPER_LEFT}};
    Buf *shared = buf_in(cx->arena, PAPER_TEXT_BYTES_MAX);
    bool has_table = false;
    for (size_t i = 0; i < digest->task_count; i++) {
        const PlanTaskDigest *task = &digest->tasks[i];
        if (!str_contains(task->lead, unit_name)) {
            buf_print(shared, "%s" STR_FMT "（" STR_FMT "）", buf_str(shared).len > 0 ? "、" : "",
                      STR_ARG(task->title), STR_ARG(task->clause));
            continue;
        }
        if (!has_table) {
            paper_table(paper, STR("任务"), columns, 3);
            has_table = true;
        }
        const Str cells[3] = {task->clause, task->title, measures_only(task->progress)};
        paper_row(paper, cells);
    }
    if (buf_str(shared).len > 0) {
        paper_text(paper, str_print(cx->arena, "作为责任单位参加：" STR_FMT "。",
                                    STR_ARG(buf_str(shared))));
    }
}

/* What the unit itself must see to: its targets that are behind or cannot be judged. */
static void put_duties(Cx *cx, Paper *paper, const PlanDigest *digest) {
    Buf *text = buf_in(cx->arena, PAPER_TEXT_BYTES_MAX);
    size_t count = 0;
    paper_heading(paper, 1, STR("需要办理"));
    for (size_t i = 0; i < digest->target_count; i++) {
        const PlanTargetDigest *target = &digest->targets[i];
        if (target->standing == PLAN_BEHIND || target->standing == PLAN_UNKNOWN) {
            buf_print(text, "%s%zu. " STR_FMT "：" STR_FMT, count > 0 ? "；" : "", count + 1,
                      STR_ARG(target->indicator), STR_ARG(target->light));
            count++;
        }
    }
    buf_put_c(text, count > 0 ? "。" : "目前没有落后或缺数据的目标。");
    paper_text(paper, buf_str(text));
}

/* What the unit still has to do itself, by when and how far it is; what is done or waits for the
 * lead office is counted, so that a unit stays on one page. */
static void put_measures(Cx *cx, Paper *paper, const PlanMeasureList *measures) {
    static const PaperColumn columns[] = {{"条款", 2, PAPER_CENTER},
                                          {"措施", 16, PAPER_LEFT},
                                          {"期限", 4, PAPER_CENTER},
                                          {"进度", 2, PAPER_RIGHT}};
    int64_t done = 0;
    int64_t reported = 0;
    int64_t open = 0;
    for (size_t i = 0; i < measures->count; i++) {
        Str state = measures->items[i].state;
        done += str_equal(state, STR("done"));
        reported += str_equal(state, STR("reported"));
        open += str_equal(state, STR("open")) || str_equal(state, STR("doing"));
    }
    if (open > 0) {
        paper_table(paper, STR("本单位未办结的措施"), columns, 4);
    }
    for (size_t i = 0; i < measures->count && open > 0; i++) {
        const PlanMeasure *measure = &measures->items[i];
        bool has_due = measure->due.number != DAY_NONE.number;
        const Str cells[4] = {measure->clause, measure->text,
                              has_due ? day_print(cx->arena, measure->due) : STR("未设置"),
                              str_print(cx->arena, "%" PRId64 "%%", measure->progress_bp / 100)};
        if (str_equal(measure->state, STR("open")) || str_equal(measure->state, STR("doing"))) {
            paper_row(paper, cells);
        }
    }
    if (done + reported > 0) {
        paper_text(paper, str_print(cx->arena,
                                    "另有 %" PRId64 " 项措施已经确认完成，%" PRId64
                                    " 项已报完成、等待专班确认。",
                                    done, reported));
    }
}

void report_unit_put(Cx *cx, Paper *paper, const PrintUnit *unit) {
    const PlanDigest *digest = unit->digest;
    paper_title(paper, unit->name);
    put_counts(cx, paper, digest);
    put_own_tasks(cx, paper, unit->name, digest);
    put_measures(cx, paper, unit->measures);
    if (digest->target_count > 0) {
        put_targets(cx, paper, STR("目标"), digest->targets, digest->target_count);
    }
    put_duties(cx, paper, digest);
}
