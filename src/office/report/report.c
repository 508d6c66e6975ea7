/* report.c - the rules of the monthly report: states, versions, two persons. */
#include "office/report/report_store.h"

#include <inttypes.h>

Str report_state_word(ReportState state) {
    switch (state) {
#define X(name, word, zh)                                                                          \
    case REPORT_##name:                                                                            \
        return STR(word);
        REPORT_STATE_LIST(X)
#undef X
    }
    return STR("");
}

Str report_state_zh(ReportState state) {
    switch (state) {
#define X(name, word, zh)                                                                          \
    case REPORT_##name:                                                                            \
        return STR(zh);
        REPORT_STATE_LIST(X)
#undef X
    }
    return STR("");
}

static Status journal(Cx *cx, DbConn *conn, const char *verb, int64_t id, Str after) {
    DbEntry entry = {.verb = verb, .subject = "monthly_report", .subject_id = id, .after = after};
    return db_journal(cx, conn, &entry);
}

/* ---- months ---- */

/* "2026-10": year 2000..2100, month 1..12. */
static bool month_parts(Str month, int64_t *year, int64_t *number) {
    return month.len == 7 && month.at[4] == '-' &&
           str_int64(str_slice(month, 0, 4), year) == STATUS_OK &&
           str_int64(str_from(month, 5), number) == STATUS_OK && *year >= 2000 && *year <= 2100 &&
           *number >= 1 && *number <= 12;
}

Str report_month_zh(Arena *arena, Str month) {
    int64_t year = 0;
    int64_t number = 0;
    return month_parts(month, &year, &number)
               ? str_print(arena, "%" PRId64 "年%" PRId64 "月", year, number)
               : month;
}

/* ---- drafts ---- */

static Status month_check(Cx *cx, DbConn *conn, const ReportNew *new) {
    int64_t year = 0;
    int64_t number = 0;
    int64_t open_id = 0;
    DayParts today = day_parts(new->today);
    if (!month_parts(new->month, &year, &number)) {
        return fault_at_field(cx, STATUS_INVALID, "month", "月份应为 2026-10 的形式");
    }
    if (year > today.year || (year == today.year && number > today.month)) {
        return fault_at_field(cx, STATUS_INVALID, "month", "这个月还没有开始");
    }
    TRY(report_store_open(cx, conn, new->month, &open_id));
    return open_id == 0 ? STATUS_OK
                        : fault_at_field(cx, STATUS_CONFLICT, "month",
                                         "这个月已经有一份没有签发的月报，请在那一份上修改");
}

Status report_create(Cx *cx, DbConn *conn, ReportNew *new) {
    Report report = {.month = new->month, .made_by = new->made_by, .made_ms = new->now_ms};
    TRY(month_check(cx, conn, new));
    TRY(report_store_last_edition(cx, conn, new->month, &report.edition));
    report.edition++;
    report.issuer = str_join(cx->arena, new->city_name, STR("设备更新和以旧换新工作专班"));
    report.title =
        str_join(cx->arena, new->city_name, STR("推动大规模设备更新和\n消费品以旧换新工作月报"));
    report.send_to = STR("各镇人民政府、街道办事处，市直有关部门");
    report.copies_to = STR("");
    TRY(report_store_insert(cx, conn, &report, &new->id));
    for (size_t i = 0; i < new->content->section_count; i++) {
        TRY(report_store_section_insert(cx, conn, new->id, &new->content->sections[i]));
    }
    TRY(report_store_figures_put(cx, conn, new->id, new->content));
    db_answer(conn, str_print(cx->arena, "%" PRId64, new->id));
    return journal(cx, conn, "monthly.create", new->id,
                   str_print(cx->arena, "{\"month\":\"" STR_FMT "\",\"edition\":%" PRId64 "}",
                             STR_ARG(new->month), report.edition));
}

/* The system's new words replace its old ones; what a person wrote stays. */
static Status sections_redraw(Cx *cx, DbConn *conn, const ReportAct *act) {
    ReportContent now = {0};
    TRY(report_store_sections(cx, conn, act->id, &now));
    for (size_t i = 0; i < now.section_count; i++) {
        ReportSection *old = &now.sections[i];
        for (size_t k = 0; k < act->content->section_count && old->edited_by == 0; k++) {
            ReportSection next = act->content->sections[k];
            bool is_same = str_equal(next.code, old->code);
            if (!is_same || str_equal(next.body, old->body)) {
                continue;
            }
            next.position = old->position;
            next.version = old->version + 1;
            TRY(report_store_section_insert(cx, conn, act->id, &next));
        }
    }
    return STATUS_OK;
}

Status report_redraw(Cx *cx, DbConn *conn, const ReportAct *act) {
    TRY(report_store_redrawn(cx, conn, act));
    TRY(sections_redraw(cx, conn, act));
    TRY(report_store_figures_put(cx, conn, act->id, act->content));
    return journal(cx, conn, "monthly.redraw", act->id, STR_NONE);
}

Status report_edit(Cx *cx, DbConn *conn, const ReportEdit *edit) {
    ReportContent versions = {0};
    Report report = {.id = edit->id};
    TRY(report_store_versions(cx, conn, edit->id, edit->position, &versions));
    ReportSection next = versions.sections[0];
    if (next.version != edit->version) {
        (void)fault_at_field(cx, STATUS_CONFLICT, "body",
                             "您编辑期间，这一部分已有第 %" PRId64 " 版，您的文字没有保存",
                             next.version);
        fault_hint(cx, "请把您的文字复制出来，与新版合并后再保存");
        return STATUS_CONFLICT;
    }
    if (str_equal(next.body, edit->body)) {
        return fault_at_field(cx, STATUS_CONFLICT, "body", "文字没有变化");
    }
    TRY(report_store_touch(cx, conn, &report));
    next.version++;
    next.body = edit->body;
    next.edited_by = edit->person_id;
    next.edited_ms = edit->now_ms;
    TRY(report_store_section_insert(cx, conn, edit->id, &next));
    return journal(cx, conn, "monthly.edit", edit->id,
                   str_print(cx->arena, "{\"section\":\"" STR_FMT "\",\"version\":%" PRId64 "}",
                             STR_ARG(next.code), next.version));
}

Status report_head_edit(Cx *cx, DbConn *conn, const ReportHeadEdit *edit) {
    TRY(report_store_head(cx, conn, edit));
    return journal(cx, conn, "monthly.head", edit->id,
                   str_print(cx->arena, "{\"title\":" STR_FMT ",\"issuer\":" STR_FMT "}",
                             STR_ARG(str_json(cx->arena, edit->title)),
                             STR_ARG(str_json(cx->arena, edit->issuer))));
}

Status report_submit(Cx *cx, DbConn *conn, const ReportAct *act) {
    TRY(report_store_submit(cx, conn, act));
    return journal(cx, conn, "monthly.submit", act->id, STR_NONE);
}

Status report_send_back(Cx *cx, DbConn *conn, const ReportAct *act) {
    TRY(report_store_send_back(cx, conn, act));
    return journal(
        cx, conn, "monthly.send_back", act->id,
        str_print(cx->arena, "{\"note\":" STR_FMT "}", STR_ARG(str_json(cx->arena, act->note))));
}

/* ---- issuing ---- */

/* 发文字号: the office's short name, the year in 〔〕, the number, 号 (GB/T 9704-2012, 7.2.5). */
static bool is_number(Arena *arena, Str number, int32_t year) {
    int64_t count = 0;
    Str mark = str_print(arena, "〔%" PRId32 "〕", year);
    size_t open = str_find(number, mark, 0);
    if (open == SIZE_MAX || open == 0 || !str_ends(number, STR("号"))) {
        return false;
    }
    size_t from = open + mark.len;
    Str digits = str_slice(number, from, number.len - from - STR("号").len);
    bool is_plain = digits.len > 0 && digits.at[0] >= '1' && digits.at[0] <= '9';
    return is_plain && str_int64(digits, &count) == STATUS_OK && count <= 9999;
}

Status report_issue_check(Cx *cx, const ReportIssue *issue) {
    if (day_compare(issue->day, issue->today) > 0) {
        return fault_at_field(cx, STATUS_INVALID, "day", "成文日期不能晚于今天");
    }
    int32_t year = day_parts(issue->day).year;
    if (!is_number(cx->arena, issue->number, year)) {
        return fault_at_field(
            cx, STATUS_INVALID, "number",
            "发文字号应为“机关代字〔%" PRId32 "〕序号号”的形式，年份与成文日期一致", year);
    }
    return STATUS_OK;
}

Status report_issue(Cx *cx, DbConn *conn, const ReportIssue *issue) {
    Report report;
    bool is_taken = false;
    bool is_writer = false;
    TRY(report_issue_check(cx, issue));
    TRY(report_store_find(cx, conn, issue->id, &report));
    TRY(report_store_is_writer(cx, conn, issue->id, issue->person_id, &is_writer));
    if (is_writer) {
        (void)fault(cx, STATUS_DENIED, "起草、修改过或者送签的人不能自己签发");
        fault_hint(cx, "请由专班的另一位同志签发");
        return STATUS_DENIED;
    }
    TRY(report_store_number_is_taken(cx, conn, issue->number, &is_taken));
    if (is_taken) {
        return fault_at_field(cx, STATUS_CONFLICT, "number", "这个发文字号已经用过");
    }
    TRY(report_store_issue(cx, conn, issue));
    return journal(cx, conn, "monthly.issue", issue->id,
                   str_print(cx->arena, "{\"number\":" STR_FMT ",\"pdf\":\"" STR_FMT "\"}",
                             STR_ARG(str_json(cx->arena, issue->number)),
                             STR_ARG(issue->pdf_digest)));
}
