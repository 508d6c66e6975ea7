/* notice.c - a notice of supervision (督办): issued, received, replied, closed; raised when late.
 */
#include "office/plan/evidence.h"
#include "office/plan/plan_store.h"

#include <inttypes.h>

enum { NOTICE_LEVEL_MAX = 3, REPLY_DAYS_MAX = 60 };

static Status act_note(Cx *cx, DbConn *conn, const Notice *notice, const WorkEntry *entry) {
    TRY(work_store_notice_entry(cx, conn, entry));
    DbEntry journal = {
        .verb = str_c(cx->arena, str_print(cx->arena, "notice.%s", entry->verb)),
        .subject = "plan_notice",
        .subject_id = notice->id,
        .after = str_print(cx->arena,
                           "{\"number\":" STR_FMT ",\"state\":\"" STR_FMT "\",\"level\":%" PRId64
                           ",\"reply_due\":\"" STR_FMT "\",\"text\":" STR_FMT "}",
                           STR_ARG(str_json(cx->arena, notice->number)), STR_ARG(notice->state),
                           notice->level, STR_ARG(day_print(cx->arena, notice->reply_due)),
                           STR_ARG(str_json(cx->arena, entry->text)))};
    return db_journal(cx, conn, &journal);
}

static WorkEntry entry_of(const PlanNoticeAct *act, const char *verb) {
    return (WorkEntry){.of = act->notice_id,
                       .verb = verb,
                       .person_id = act->person_id,
                       .text = act->text,
                       .at_ms = act->now_ms};
}

/* The number counts within the calendar year of China. */
static Status number_give(Cx *cx, DbConn *conn, Notice *notice) {
    int64_t count = 0;
    int32_t year = day_parts(day_of_instant(notice->issued_ms)).year;
    TRY(work_store_notice_count(cx, conn, day_start_ms(day_of_ymd(year, 1, 1)), &count));
    notice->number = str_print(cx->arena, "督办〔%" PRId32 "〕%" PRId64 "号", year, count + 1);
    return STATUS_OK;
}

Status plan_notice_issue(Cx *cx, DbConn *conn, const PlanNoticeNew *new, int64_t *id) {
    TaskRow task;
    Day today = day_of_instant(new->now_ms);
    if (new->reply_days < 1 || new->reply_days > REPLY_DAYS_MAX) {
        return fault_at_field(cx, STATUS_INVALID, "reply_days", "回复期限应为 1 至 %d 个工作日",
                              (int)REPLY_DAYS_MAX);
    }
    Notice notice = {.task_id = new->task_id,
                     .measure_id = new->measure_id,
                     .unit_id = new->unit_id,
                     .title = new->title,
                     .body = new->body,
                     .level = 1,
                     .state = STR("issued"),
                     .issued_by = new->person_id,
                     .issued_ms = new->now_ms,
                     .receive_due = day_add_working(new->calendar, today, 1),
                     .reply_due = day_add_working(new->calendar, today, (int32_t) new->reply_days)};
    TRY(plan_store_task_find(cx, conn, new->task_id, &task));
    TRY(number_give(cx, conn, &notice));
    TRY(work_store_notice_insert(cx, conn, &notice, &notice.id));
    *id = notice.id;
    WorkEntry entry = {.of = notice.id,
                       .verb = "issue",
                       .person_id = new->person_id,
                       .text = new->body,
                       .at_ms = new->now_ms};
    return act_note(cx, conn, &notice, &entry);
}

static Status own_check(Cx *cx, const Notice *notice, const PlanNoticeAct *act) {
    return notice->unit_id == act->unit_id
               ? STATUS_OK
               : fault(cx, STATUS_DENIED, "这份督办通知不是发给本单位的");
}

Status plan_notice_receive(Cx *cx, DbConn *conn, const PlanNoticeAct *act) {
    Notice notice;
    TRY(work_store_notice_find(cx, conn, act->notice_id, &notice));
    TRY(own_check(cx, &notice, act));
    notice.state = STR("received");
    notice.received_ms = act->now_ms;
    TRY(work_store_notice_update(cx, conn, &notice, "issued"));
    WorkEntry entry = entry_of(act, "receive");
    return act_note(cx, conn, &notice, &entry);
}

Status plan_notice_reply(Cx *cx, DbConn *conn, const PlanNoticeAct *act) {
    Notice notice;
    TRY(work_store_notice_find(cx, conn, act->notice_id, &notice));
    TRY(own_check(cx, &notice, act));
    if (str_equal(notice.state, STR("issued"))) {
        return fault(cx, STATUS_CONFLICT, "请先签收，再回复");
    }
    notice.state = STR("replied");
    notice.replied_ms = act->now_ms;
    TRY(work_store_notice_update(cx, conn, &notice, "received"));
    EvidenceOf of = {.subject = EVIDENCE_NOTICE,
                     .subject_id = notice.id,
                     .part = "reply",
                     .person_id = act->person_id,
                     .now_ms = act->now_ms};
    TRY(evidence_add(cx, conn, &of, &act->papers));
    WorkEntry entry = entry_of(act, "reply");
    return act_note(cx, conn, &notice, &entry);
}

static Status lead_check(Cx *cx, const PlanNoticeAct *act) {
    return act->is_lead ? STATUS_OK : fault(cx, STATUS_DENIED, "督办由牵头专班办理");
}

/* Closed, or sent back with a new date for the reply. */
Status plan_notice_close(Cx *cx, DbConn *conn, const PlanNoticeAct *act) {
    Notice notice;
    TRY(work_store_notice_find(cx, conn, act->notice_id, &notice));
    TRY(lead_check(cx, act));
    notice.state = STR("closed");
    notice.closed_ms = act->now_ms;
    TRY(work_store_notice_update(cx, conn, &notice, "replied"));
    WorkEntry entry = entry_of(act, "close");
    return act_note(cx, conn, &notice, &entry);
}

static Status reason_check(Cx *cx, const PlanNoticeAct *act) {
    if (act->text.len == 0) {
        return fault_at_field(cx, STATUS_INVALID, "text", "请写明原因");
    }
    if (act->reply_days < 1 || act->reply_days > REPLY_DAYS_MAX) {
        return fault_at_field(cx, STATUS_INVALID, "reply_days", "回复期限应为 1 至 %d 个工作日",
                              (int)REPLY_DAYS_MAX);
    }
    return STATUS_OK;
}

Status plan_notice_return(Cx *cx, DbConn *conn, const PlanNoticeAct *act) {
    Notice notice;
    TRY(work_store_notice_find(cx, conn, act->notice_id, &notice));
    TRY(lead_check(cx, act));
    TRY(reason_check(cx, act));
    notice.state = STR("received");
    notice.replied_ms = 0;
    notice.reply_due =
        day_add_working(act->calendar, day_of_instant(act->now_ms), (int32_t)act->reply_days);
    TRY(work_store_notice_update(cx, conn, &notice, "replied"));
    WorkEntry entry = entry_of(act, "return");
    return act_note(cx, conn, &notice, &entry);
}

bool plan_notice_is_late(Str state, Day receive_due, Day reply_due, Day today) {
    bool is_issued = str_equal(state, STR("issued"));
    bool is_waiting = is_issued || str_equal(state, STR("received"));
    return (is_issued && day_compare(receive_due, today) < 0) ||
           (is_waiting && day_compare(reply_due, today) < 0);
}

/* Only what is late is raised, by one level, with a new date. */
Status plan_notice_raise(Cx *cx, DbConn *conn, const PlanNoticeAct *act) {
    Notice notice;
    Day today = day_of_instant(act->now_ms);
    TRY(work_store_notice_find(cx, conn, act->notice_id, &notice));
    TRY(lead_check(cx, act));
    TRY(reason_check(cx, act));
    if (!plan_notice_is_late(notice.state, notice.receive_due, notice.reply_due, today)) {
        return fault(cx, STATUS_CONFLICT, "还没有超过签收或回复期限，不能升级");
    }
    if (notice.level >= NOTICE_LEVEL_MAX) {
        return fault(cx, STATUS_CONFLICT, "已经是最高一级");
    }
    const char *from = str_c(cx->arena, notice.state);
    notice.level++;
    notice.receive_due = day_add_working(act->calendar, today, 1);
    notice.reply_due = day_add_working(act->calendar, today, (int32_t)act->reply_days);
    TRY(work_store_notice_update(cx, conn, &notice, from));
    WorkEntry entry = entry_of(act, "raise");
    return act_note(cx, conn, &notice, &entry);
}
