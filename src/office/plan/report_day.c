/* report_day.c - by which day last month's figures are due: set by two people, with a document. */
#include "office/plan/report_day.h"

#include "office/plan/book.h"

#include <inttypes.h>

enum { DAY_MAX = 28, SOURCE_RUNES_MIN = 6, SOURCE_RUNES_MAX = 200, NOTE_RUNES_MAX = 200 };

static Status journal(Cx *cx, DbConn *conn, const char *verb, const PlanReportDay *rule) {
    Str source = str_json(cx->arena, rule->source);
    Str note = str_json(cx->arena, rule->note);
    DbEntry entry = {.verb = verb,
                     .subject = "plan_report_day",
                     .subject_id = rule->id,
                     .after = str_print(cx->arena,
                                        "{\"day\":%" PRId64 ",\"source\":" STR_FMT
                                        ",\"note\":" STR_FMT "}",
                                        rule->day, STR_ARG(source), STR_ARG(note))};
    return db_journal(cx, conn, &entry);
}

Status plan_report_day_propose(Cx *cx, DbConn *conn, const PlanReportDay *rule, int64_t *id) {
    PlanReportDay new = *rule;
    bool has_open = false;
    if (rule->day < 0 || rule->day > DAY_MAX) {
        return fault_at_field(cx, STATUS_INVALID, "day", "应为每月 1 日至 %d 日，0 表示取消",
                              (int)DAY_MAX);
    }
    new.source = str_trim(rule->source);
    size_t runes = str_rune_count(new.source);
    if (runes < SOURCE_RUNES_MIN || runes > SOURCE_RUNES_MAX) {
        return fault_at_field(cx, STATUS_INVALID, "source", "请写明文件名称和文号，%d 至 %d 个字",
                              (int)SOURCE_RUNES_MIN, (int)SOURCE_RUNES_MAX);
    }
    TRY(report_day_store_has_open(cx, conn, &has_open));
    if (has_open) {
        return fault(cx, STATUS_CONFLICT, "已经有一项报送期限等待签认");
    }
    TRY(report_day_store_insert(cx, conn, &new, &new.id));
    *id = new.id;
    return journal(cx, conn, "report_day.propose", &new);
}

Status plan_report_day_decide(Cx *cx, DbConn *conn, const PlanReportDayAct *act) {
    PlanReportDay rule;
    int64_t changed = 0;
    TRY(report_day_store_find(cx, conn, act->id, &rule));
    if (rule.proposed_by == act->person_id) {
        return fault(cx, STATUS_DENIED, "提出的人不能自己签认，请由另一人办理");
    }
    if (!act->is_approved && str_trim(act->note).len == 0) {
        return fault_at_field(cx, STATUS_INVALID, "note", "请写明退回的原因");
    }
    if (str_rune_count(act->note) > NOTE_RUNES_MAX) {
        return fault_at_field(cx, STATUS_INVALID, "note", "最多 %d 个字", (int)NOTE_RUNES_MAX);
    }
    TRY(report_day_store_decide(cx, conn, act, &changed));
    if (changed != 1) {
        return fault(cx, STATUS_CONFLICT, "这项报送期限已经办理过");
    }
    rule.note = act->note;
    return journal(cx, conn, act->is_approved ? "report_day.approve" : "report_day.refuse", &rule);
}

Status plan_report_day(Cx *cx, DbConn *conn, const struct PlanBook *book, int64_t *out) {
    TRY(report_day_store_now(cx, conn, out));
    *out = *out < 0 ? book->report_day : *out;
    return STATUS_OK;
}

Status plan_report_days(Cx *cx, DbConn *conn, PlanReportDays *out) {
    return report_day_store_list(cx, conn, out);
}

Day plan_report_due(const WorkCalendar *calendar, Day today, int64_t report_day) {
    DayParts parts = day_parts(today);
    if (report_day == 0) {
        return DAY_NONE;
    }
    Day due = day_of_ymd(parts.year, parts.month, (int32_t)report_day);
    while (!day_is_working(calendar, due)) {
        due = day_add(due, 1);
    }
    return due;
}
