/*
 * compose.c - first words of a report, made of figures only: what stands where, and who leads it.
 * It promises nothing that is not in the records; the lead office writes the rest.
 */
#include "office/report/report.h"
#include "office/treasury/treasury.h"

#include <inttypes.h>

enum {
    BODY_BYTES_MAX = REPORT_BODY_RUNES_MAX * 4,
    LINES_MAX = 40, /* of one list in a section; more is for the tables of the system */
};

typedef struct Writing {
    Cx *cx;
    const ReportAsk *ask;
    const PlanDigest *digest;
    PlanChangeList changes;
    PlanProblemList problems;
    PlanMeasureList measures;
    ReportContent *out;
    int64_t chapters; /* headings of level 1 so far */
    int64_t parts;    /* of level 2 under the last */
} Writing;

static const char *const numerals[] = {"零",   "一",   "二",   "三",   "四",   "五",   "六",
                                       "七",   "八",   "九",   "十",   "十一", "十二", "十三",
                                       "十四", "十五", "十六", "十七", "十八", "十九", "二十"};

static const char *numeral(int64_t number) {
    size_t count = sizeof numerals / sizeof numerals[0];
    return number >= 0 && (size_t)number < count ? numerals[number] : "…";
}

/* Adds a section; the number of its heading follows from its place. */
static Buf *section_add(Writing *writing, Str code, int64_t level, Str title) {
    Arena *arena = writing->cx->arena;
    ReportContent *out = writing->out;
    check(out->section_count < REPORT_SECTIONS_MAX);
    ReportSection *section = &out->sections[out->section_count++];
    writing->chapters += level == 1 ? 1 : 0;
    writing->parts = level == 1 ? 0 : writing->parts + 1;
    Str heading = level == 1
                      ? str_print(arena, "%s、" STR_FMT, numeral(writing->chapters), STR_ARG(title))
                      : str_print(arena, "（%s）" STR_FMT, numeral(writing->parts), STR_ARG(title));
    *section = (ReportSection){.position = (int64_t)out->section_count,
                               .version = 1,
                               .code = code,
                               .level = level,
                               .heading = heading,
                               .edited_ms = writing->ask->now_ms};
    return buf_in(arena, BODY_BYTES_MAX);
}

/* The body of the section added last; cut where a section may not be longer. */
static void section_end(Writing *writing, Buf *body) {
    Str text = str_trim(buf_str(body));
    writing->out->sections[writing->out->section_count - 1].body =
        text.len == 0 ? STR("本月没有需要说明的情况。") : text;
}

/* ---- overview ---- */

static ReportMoney money_total(const ReportContent *content) {
    ReportMoney total = {0};
    for (size_t i = 0; i < content->money_count; i++) {
        const ReportMoney *row = &content->money[i];
        total.appropriated = money_add(total.appropriated, row->appropriated);
        total.reserved = money_add(total.reserved, row->reserved);
        total.approved = money_add(total.approved, row->approved);
        total.paid = money_add(total.paid, row->paid);
    }
    return total;
}

static void put_money_line(Writing *writing, Buf *body) {
    Arena *arena = writing->cx->arena;
    if (writing->out->money_count == 0) {
        return;
    }
    ReportMoney total = money_total(writing->out);
    Str given = money_print(arena, total.appropriated);
    Str paid = money_print(arena, total.paid);
    Str approved = money_print(arena, total.approved);
    Str reserved = money_print(arena, total.reserved);
    buf_print(body,
              "补贴资金已下达" STR_FMT "元，其中已拨付" STR_FMT "元，已核定待拨付" STR_FMT
              "元，已预占待核销" STR_FMT "元。\n",
              STR_ARG(given), STR_ARG(paid), STR_ARG(approved), STR_ARG(reserved));
}

/* Targets whose light is another than at the end of the month before. */
static void put_changes(const Writing *writing, Buf *body) {
    size_t count = 0;
    for (size_t i = 0; i < writing->changes.count && count < LINES_MAX; i++) {
        const PlanChange *change = &writing->changes.items[i];
        if (str_equal(change->light_before, change->light)) {
            continue;
        }
        buf_print(body, "%s“" STR_FMT "”由" STR_FMT "变为" STR_FMT,
                  count == 0 ? "与上月末相比，" : "；", STR_ARG(change->indicator),
                  STR_ARG(change->light_before), STR_ARG(change->light));
        count++;
    }
    buf_put_c(body, count > 0 ? "。\n" : "");
}

static void write_overview(Writing *writing) {
    const PlanDigest *digest = writing->digest;
    Buf *body = section_add(writing, STR("overview"), 1, STR("总体情况"));
    Str today = day_print_zh(writing->cx->arena, writing->ask->today);
    buf_print(body,
              "截至" STR_FMT "，方案确定的%zu项任务、%zu项目标中，目标已达到或预计达到%" PRId64
              "项，推进中%" PRId64 "项，未达到或预计达不到%" PRId64 "项，尚无数据或缺基期%" PRId64
              "项。\n",
              STR_ARG(today), digest->task_count, digest->target_count,
              digest->standing_count[PLAN_REACHED], digest->standing_count[PLAN_ON_WAY],
              digest->standing_count[PLAN_BEHIND], digest->standing_count[PLAN_UNKNOWN]);
    put_money_line(writing, body);
    put_changes(writing, body);
    section_end(writing, body);
}

/* ---- tasks ---- */

static bool is_of(const PlanTargetDigest *target, const PlanTaskDigest *task) {
    return target->task_id == task->id || str_equal(target->clause, task->clause);
}

static void put_targets_of(const PlanDigest *digest, const PlanTaskDigest *task, Buf *body) {
    for (size_t i = 0; i < digest->target_count; i++) {
        const PlanTargetDigest *target = &digest->targets[i];
        if (!is_of(target, task)) {
            continue;
        }
        buf_print(body, "“" STR_FMT "”要求" STR_FMT "，", STR_ARG(target->indicator),
                  STR_ARG(target->goal));
        if (target->value.len > 0) {
            buf_print(body, "现值" STR_FMT "，", STR_ARG(target->value));
        }
        buf_print(body, STR_FMT "。", STR_ARG(target->light));
    }
}

static void put_task(const PlanDigest *digest, const PlanTaskDigest *task, Buf *body) {
    buf_print(body, STR_FMT "（条款" STR_FMT "）。", STR_ARG(task->title), STR_ARG(task->clause));
    if (task->lead.len > 0) {
        buf_print(body, "牵头单位：" STR_FMT "。", STR_ARG(task->lead));
    }
    buf_put(body, task->progress);
    put_targets_of(digest, task, body);
    buf_put_char(body, '\n');
}

/* The heading above a task: its path without the last step. */
static Str group_of(const PlanTaskDigest *task) {
    size_t len = task->path.len;
    while (len > 0 && task->path.at[len - 1] != '/') {
        len--;
    }
    return str_slice(task->path, 0, len > 0 ? len - 1 : 0);
}

/* "工业更新（条款1.1至1.4）": the heading of the plan and the clauses of the group that begins with
 * a task. */
static Str group_title(Arena *arena, const PlanDigest *digest, size_t first) {
    size_t last = first;
    Str group = group_of(&digest->tasks[first]);
    while (last + 1 < digest->task_count && str_equal(group_of(&digest->tasks[last + 1]), group)) {
        last++;
    }
    Str from = digest->tasks[first].clause;
    Str to = digest->tasks[last].clause;
    Str clauses = first == last
                      ? str_join(arena, STR("条款"), from)
                      : str_print(arena, "条款" STR_FMT "至" STR_FMT, STR_ARG(from), STR_ARG(to));
    Str title = digest->tasks[first].group;
    return title.len == 0
               ? clauses
               : str_print(arena, STR_FMT "（" STR_FMT "）", STR_ARG(title), STR_ARG(clauses));
}

static void write_tasks(Writing *writing) {
    const PlanDigest *digest = writing->digest;
    Buf *body = section_add(writing, STR("tasks"), 1, STR("任务进展"));
    buf_print(body, "各项任务按方案的部分列出，进展数字来自系统记录和各单位填报。\n");
    section_end(writing, body);
    Str group = STR_NONE;
    bool is_open = false;
    for (size_t i = 0; i < digest->task_count; i++) {
        const PlanTaskDigest *task = &digest->tasks[i];
        bool is_new = !is_open || !str_equal(group, group_of(task));
        bool has_room = writing->out->section_count + 5 < REPORT_SECTIONS_MAX;
        if (is_new && (has_room || !is_open)) {
            if (is_open) {
                section_end(writing, body);
            }
            group = group_of(task);
            is_open = true;
            body = section_add(writing, str_print(writing->cx->arena, "task.%zu", i + 1), 2,
                               group_title(writing->cx->arena, digest, i));
        }
        put_task(digest, task, body);
    }
    if (is_open) {
        section_end(writing, body);
    }
}

/* ---- targets, money ---- */

static void write_targets(Writing *writing) {
    const PlanDigest *digest = writing->digest;
    Buf *body = section_add(writing, STR("targets"), 1, STR("目标完成情况"));
    int64_t live_count = 0;
    for (size_t i = 0; i < digest->target_count; i++) {
        live_count += digest->targets[i].is_live ? 1 : 0;
    }
    buf_print(body,
              "全部%zu项目标的要求、现值和状态见表1，其中%" PRId64
              "项由系统记录实时计算，其余由牵头单位填报、专班确认。\n",
              digest->target_count, live_count);
    section_end(writing, body);
}

static void write_money(Writing *writing) {
    Buf *body = section_add(writing, STR("money"), 1, STR("资金使用情况"));
    if (writing->out->money_count > 0) {
        buf_put_c(body, "各项目资金的下达、预占、核定和拨付见表2，数字取自资金账。\n");
        put_money_line(writing, body);
    }
    section_end(writing, body);
}

/* ---- problems and what follows from them ---- */

static size_t problem_count(const PlanProblemList *problems, Str kind) {
    size_t count = 0;
    for (size_t i = 0; i < problems->count; i++) {
        count += str_equal(problems->items[i].kind, kind) ? 1 : 0;
    }
    return count;
}

static void put_problem(const PlanProblem *problem, Buf *body) {
    buf_print(body, "“" STR_FMT "”", STR_ARG(problem->title));
    if (problem->unit.len > 0) {
        buf_print(body, "（" STR_FMT "）", STR_ARG(problem->unit));
    }
    if (problem->detail.len > 0) {
        buf_print(body, "：" STR_FMT, STR_ARG(problem->detail));
    }
    buf_put_c(body, "。\n");
}

/* All problems of a kind under one sentence that counts them. */
static void put_problems(const Writing *writing, Str kind, const char *sentence, Buf *body) {
    const PlanProblemList *problems = &writing->problems;
    size_t count = problem_count(problems, kind);
    size_t shown = 0;
    if (count == 0) {
        return;
    }
    buf_print(body, "%s%zu项：\n", sentence, count);
    for (size_t i = 0; i < problems->count && shown < LINES_MAX; i++) {
        if (str_equal(problems->items[i].kind, kind)) {
            put_problem(&problems->items[i], body);
            shown++;
        }
    }
    if (shown < count) {
        buf_print(body, "其余%zu项见系统。\n", count - shown);
    }
}

static void write_problems(Writing *writing) {
    Buf *body = section_add(writing, STR("problems"), 1, STR("存在的问题"));
    put_problems(writing, STR("目标"), "没有达到要求或者预计达不到要求的目标", body);
    put_problems(writing, STR("基期"), "基期值没有确认、无法评价的目标", body);
    put_problems(writing, STR("措施"), "超过完成日期的措施", body);
    put_problems(writing, STR("督办"), "超过答复期限的督办事项", body);
    section_end(writing, body);
}

/* The first day of the month after the report's. */
static Day next_month(const ReportAsk *ask) {
    int64_t year = 0;
    int64_t month = 1;
    (void)!str_int64(str_slice(ask->month, 0, 4), &year);
    (void)!str_int64(str_from(ask->month, 5), &month);
    return day_add_months(day_of_ymd((int32_t)year, (int32_t)month, 1), 1);
}

static bool is_due_next(const Writing *writing, const PlanMeasure *measure) {
    Day first = next_month(writing->ask);
    bool is_open =
        !str_equal(measure->state, STR("done")) && !str_equal(measure->state, STR("dropped"));
    return is_open && measure->due.number != DAY_NONE.number &&
           day_compare(measure->due, first) >= 0 &&
           day_compare(measure->due, day_add_months(first, 1)) < 0;
}

/* A sentence without its full stop. */
static Str unstopped(Str text) {
    return str_ends(text, STR("。")) ? str_slice(text, 0, text.len - STR("。").len) : text;
}

/* Measures that are to be done in the next month, each with its unit and day. */
static void put_due(const Writing *writing, Buf *body) {
    size_t count = 0;
    for (size_t i = 0; i < writing->measures.count; i++) {
        count += is_due_next(writing, &writing->measures.items[i]) ? 1 : 0;
    }
    if (count == 0) {
        return;
    }
    buf_print(body, "下月到期的措施%zu项：\n", count);
    for (size_t i = 0, shown = 0; i < writing->measures.count && shown < LINES_MAX; i++) {
        const PlanMeasure *measure = &writing->measures.items[i];
        if (is_due_next(writing, measure)) {
            Str due = day_print_zh(writing->cx->arena, measure->due);
            Str text = unstopped(measure->text);
            buf_print(body, STR_FMT "（条款" STR_FMT "，" STR_FMT "），" STR_FMT "前完成。\n",
                      STR_ARG(text), STR_ARG(measure->clause),
                      STR_ARG(measure->unit.len > 0 ? measure->unit : STR("单位待定")),
                      STR_ARG(due));
            shown++;
        }
    }
}

static void write_next(Writing *writing) {
    Buf *body = section_add(writing, STR("next"), 1, STR("下月工作安排"));
    const char *problems = numeral(writing->chapters - 1);
    size_t behind = problem_count(&writing->problems, STR("目标"));
    size_t late = problem_count(&writing->problems, STR("措施")) +
                  problem_count(&writing->problems, STR("督办"));
    int64_t unknown = writing->digest->standing_count[PLAN_UNKNOWN];
    put_due(writing, body);
    if (behind > 0) {
        buf_print(body, "对第%s部分所列%zu项落后的目标，由牵头单位逐项提出措施和完成时限。\n",
                  problems, behind);
    }
    if (late > 0) {
        buf_print(body, "对第%s部分所列%zu项逾期的措施和督办事项，由责任单位限期办结。\n", problems,
                  late);
    }
    if (unknown > 0) {
        buf_print(body,
                  "对尚无数据或者缺基期的%" PRId64 "项目标，由牵头单位填报数值和依据，专班确认。\n",
                  unknown);
    }
    section_end(writing, body);
}

/* ---- what it rests on ---- */

static void write_evidence(Writing *writing) {
    const ReportContent *content = writing->out;
    Buf *body = section_add(writing, STR("evidence"), 1, STR("佐证材料目录"));
    size_t without = 0;
    for (size_t i = 0; i < content->evidence_count; i++) {
        without += content->evidence[i].paper_count == 0 ? 1 : 0;
    }
    if (content->evidence_count > 0) {
        buf_print(body, "本月确认的数值和完成的措施共%zu项，依据见表3。", content->evidence_count);
    }
    if (without > 0) {
        buf_print(body, "其中%zu项只有文字依据，没有附文件。", without);
    }
    section_end(writing, body);
}

/* ---- the whole ---- */

/* The pots of the report's year. */
static Status money_draw(Cx *cx, DbConn *conn, const ReportAsk *ask, ReportContent *out) {
    TreasuryPotList pots;
    int64_t year = 0;
    TRY(treasury_pots(cx, conn, &pots));
    (void)!str_int64(str_slice(ask->month, 0, 4), &year);
    out->money = arena_array(cx->arena, ReportMoney, pots.count);
    for (size_t i = 0; i < pots.count; i++) {
        Fund fund;
        const TreasuryPot *pot = &pots.items[i];
        if (pot->year != year) {
            continue;
        }
        TRY(ledger_fund_get(cx, conn, pot->fund, &fund));
        out->money[out->money_count++] = (ReportMoney){.name = fund.name,
                                                       .year = pot->year,
                                                       .appropriated = fund.appropriated,
                                                       .reserved = fund.reserved,
                                                       .approved = fund.approved,
                                                       .paid = fund.paid};
    }
    return STATUS_OK;
}

static void digest_copy(Arena *arena, const PlanDigest *digest, ReportContent *out) {
    out->targets = arena_array(arena, PlanTargetDigest, digest->target_count);
    out->tasks = arena_array(arena, PlanTaskDigest, digest->task_count);
    for (size_t i = 0; i < digest->target_count; i++) {
        out->targets[out->target_count++] = digest->targets[i];
    }
    for (size_t i = 0; i < digest->task_count; i++) {
        out->tasks[out->task_count++] = digest->tasks[i];
    }
}

Status report_compose(Cx *cx, DbConn *conn, const ReportAsk *ask, ReportContent *out) {
    PlanDigest digest;
    *out = (ReportContent){0};
    PlanDigestAsk plan = {.book = ask->book, .today = ask->today};
    TRY(plan_digest(cx, conn, &plan, &digest));
    PlanEvidenceList evidence;
    PlanEvidenceAsk month = {.book = ask->book, .month = ask->month};
    TRY(money_draw(cx, conn, ask, out));
    TRY(plan_evidence(cx, conn, &month, &evidence));
    out->evidence = evidence.items;
    out->evidence_count = evidence.count;
    digest_copy(cx->arena, &digest, out);
    out->sections = arena_array(cx->arena, ReportSection, REPORT_SECTIONS_MAX);
    Writing writing = {.cx = cx, .ask = ask, .digest = &digest, .out = out};
    PlanProblemAsk problems = {.book = ask->book, .calendar = ask->calendar, .today = ask->today};
    TRY(plan_changes(cx, conn, &plan, &writing.changes));
    TRY(plan_problems(cx, conn, &problems, &writing.problems));
    TRY(plan_measures(cx, conn, 0, &writing.measures));
    write_overview(&writing);
    write_tasks(&writing);
    write_targets(&writing);
    write_money(&writing);
    write_problems(&writing);
    write_next(&writing);
    write_evidence(&writing);
    return STATUS_OK;
}
