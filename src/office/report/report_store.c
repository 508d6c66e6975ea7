#include "office/report/report_store.h"

/* ---- reports ---- */

#define REPORT_COLUMNS                                                                             \
    "id, month, edition, state, issuer, title, send_to, copies_to, number, issue_day, revision,"   \
    " drawn_ms, made_by, made_ms, submitted_by, submitted_ms, issued_by, issued_ms, pdf_digest"

static ReportState state_of(Str word) {
#define X(name, text, zh)                                                                          \
    if (str_equal(word, STR(text))) {                                                              \
        return REPORT_##name;                                                                      \
    }
    REPORT_STATE_LIST(X)
#undef X
    return REPORT_DRAFT;
}

static Report report_read(Arena *arena, const DbRows *rows) {
    return (Report){.id = db_int(rows, 0),
                    .month = db_text(arena, rows, 1),
                    .edition = db_int(rows, 2),
                    .state = state_of(db_text_peek(rows, 3)),
                    .issuer = db_text(arena, rows, 4),
                    .title = db_text(arena, rows, 5),
                    .send_to = db_text(arena, rows, 6),
                    .copies_to = db_text(arena, rows, 7),
                    .number = db_text(arena, rows, 8),
                    .issue_day = db_day(rows, 9),
                    .revision = db_int(rows, 10),
                    .drawn_ms = db_int(rows, 11),
                    .made_by = db_int(rows, 12),
                    .made_ms = db_int(rows, 13),
                    .submitted_by = db_int(rows, 14),
                    .submitted_ms = db_int(rows, 15),
                    .issued_by = db_int(rows, 16),
                    .issued_ms = db_int(rows, 17),
                    .pdf_digest = db_text(arena, rows, 18)};
}

static void reports_row(Arena *arena, const DbRows *rows, void *item) {
    *(Report *)item = report_read(arena, rows);
}

static Status reports_collect(Cx *cx, DbRows *rows, ReportList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(Report, reports_row), &got));
    *out = (ReportList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_LIST[] =
    "SELECT " REPORT_COLUMNS " FROM monthly_report WHERE $1 = 1 OR state = 'issued'"
    " ORDER BY month DESC, edition DESC LIMIT $2 OFFSET $3";
static const char SQL_FIND[] = "SELECT " REPORT_COLUMNS " FROM monthly_report WHERE id = $1";

Status report_store_list(Cx *cx, DbConn *conn, const ReportPage *page, ReportList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_LIST,
                 DB_ARGS(DB_INT(page->is_all ? 1 : 0), DB_INT(page->row_max), DB_INT(page->offset)),
                 &rows));
    return reports_collect(cx, rows, out);
}

Status report_store_find(Cx *cx, DbConn *conn, int64_t id, Report *out) {
    DbRows *rows = NULL;
    ReportList reports;
    TRY(db_query(cx, conn, SQL_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(reports_collect(cx, rows, &reports));
    if (reports.count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "没有这份月报");
    }
    *out = reports.items[0];
    return STATUS_OK;
}

static const char SQL_INSERT[] =
    "INSERT INTO monthly_report (month, edition, state, issuer, title, send_to, copies_to,"
    " revision, drawn_ms, made_by, made_ms)"
    " VALUES ($1, $2, 'draft', $3, $4, $5, $6, 1, $7, $8, $7) RETURNING id";

Status report_store_insert(Cx *cx, DbConn *conn, const Report *report, int64_t *id) {
    return db_insert(cx, conn, SQL_INSERT,
                     DB_ARGS(DB_TEXT(report->month), DB_INT(report->edition),
                             DB_TEXT(report->issuer), DB_TEXT(report->title),
                             DB_TEXT(report->send_to), DB_TEXT(report->copies_to),
                             DB_INT(report->made_ms), DB_INT(report->made_by)),
                     id);
}

static const char SQL_OPEN[] = "SELECT id FROM monthly_report WHERE month = $1"
                               " AND state <> 'issued'";
static const char SQL_LAST_EDITION[] = "SELECT MAX(edition) FROM monthly_report WHERE month = $1";
static const char SQL_NUMBER[] = "SELECT 1 FROM monthly_report WHERE number = $1";
static const char SQL_LAST_NUMBER[] =
    "SELECT number FROM monthly_report WHERE state = 'issued' ORDER BY issued_ms DESC, id DESC"
    " LIMIT 1";

Status report_store_open(Cx *cx, DbConn *conn, Str month, int64_t *id) {
    *id = 0;
    return db_int_or(cx, conn, SQL_OPEN, DB_ARGS(DB_TEXT(month)), id);
}

Status report_store_last_edition(Cx *cx, DbConn *conn, Str month, int64_t *edition) {
    *edition = 0;
    return db_int_or(cx, conn, SQL_LAST_EDITION, DB_ARGS(DB_TEXT(month)), edition);
}

static const char SQL_IS_WRITER[] =
    "SELECT 1 FROM monthly_report WHERE id = $1 AND (made_by = $2 OR submitted_by = $2)"
    " UNION ALL SELECT 1 FROM monthly_section WHERE report_id = $1 AND edited_by = $2"
    " UNION ALL SELECT 1 FROM journal WHERE subject = 'monthly_report' AND subject_id = $1"
    " AND user_id = $2 AND verb IN ('monthly.head', 'monthly.redraw') LIMIT 1";

Status report_store_is_writer(Cx *cx, DbConn *conn, int64_t id, int64_t person_id, bool *out) {
    return db_exists(cx, conn, SQL_IS_WRITER, DB_ARGS(DB_INT(id), DB_INT(person_id)), out);
}

Status report_store_number_is_taken(Cx *cx, DbConn *conn, Str number, bool *out) {
    return db_exists(cx, conn, SQL_NUMBER, DB_ARGS(DB_TEXT(number)), out);
}

Status report_store_last_number(Cx *cx, DbConn *conn, Str *number) {
    *number = STR_NONE;
    return db_text_or(cx, conn, SQL_LAST_NUMBER, DB_NO_ARGS, number);
}

static Status changed_one(Cx *cx, int64_t changed) {
    if (changed == 1) {
        return STATUS_OK;
    }
    (void)fault(cx, STATUS_CONFLICT, "这份月报刚刚被改动，或者已经不能这样办理");
    fault_hint(cx, "请回到月报页面查看现在的内容，再办理一次");
    return STATUS_CONFLICT;
}

static const char SQL_TOUCH[] = "UPDATE monthly_report SET revision = revision + 1 WHERE id = $1"
                                " AND state = 'draft'";
static const char SQL_HEAD[] =
    "UPDATE monthly_report SET revision = revision + 1, title = $3, issuer = $4, send_to = $5,"
    " copies_to = $6 WHERE id = $1 AND revision = $2 AND state = 'draft'";
static const char SQL_REDRAWN[] =
    "UPDATE monthly_report SET revision = revision + 1, drawn_ms = $3 WHERE id = $1"
    " AND revision = $2 AND state = 'draft'";
static const char SQL_SUBMIT[] =
    "UPDATE monthly_report SET revision = revision + 1, state = 'submitted', submitted_by = $3,"
    " submitted_ms = $4 WHERE id = $1 AND revision = $2 AND state = 'draft'";
static const char SQL_SEND_BACK[] =
    "UPDATE monthly_report SET revision = revision + 1, state = 'draft', submitted_by = NULL,"
    " submitted_ms = NULL WHERE id = $1 AND revision = $2 AND state = 'submitted'";
static const char SQL_ISSUE[] =
    "UPDATE monthly_report SET revision = revision + 1, state = 'issued', number = $3,"
    " issue_day = $4, pdf_digest = $5, issued_by = $6, issued_ms = $7 WHERE id = $1"
    " AND revision = $2 AND state = 'submitted'";

Status report_store_touch(Cx *cx, DbConn *conn, const Report *report) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_TOUCH, DB_ARGS(DB_INT(report->id)), &changed));
    return changed_one(cx, changed);
}

Status report_store_head(Cx *cx, DbConn *conn, const ReportHeadEdit *edit) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_HEAD,
                DB_ARGS(DB_INT(edit->id), DB_INT(edit->revision), DB_TEXT(edit->title),
                        DB_TEXT(edit->issuer), DB_TEXT(edit->send_to), DB_TEXT(edit->copies_to)),
                &changed));
    return changed_one(cx, changed);
}

Status report_store_redrawn(Cx *cx, DbConn *conn, const ReportAct *act) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_REDRAWN,
                DB_ARGS(DB_INT(act->id), DB_INT(act->revision), DB_INT(act->now_ms)), &changed));
    return changed_one(cx, changed);
}

Status report_store_submit(Cx *cx, DbConn *conn, const ReportAct *act) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_SUBMIT,
                DB_ARGS(DB_INT(act->id), DB_INT(act->revision), DB_INT(act->person_id),
                        DB_INT(act->now_ms)),
                &changed));
    return changed_one(cx, changed);
}

Status report_store_send_back(Cx *cx, DbConn *conn, const ReportAct *act) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_SEND_BACK, DB_ARGS(DB_INT(act->id), DB_INT(act->revision)),
                &changed));
    return changed_one(cx, changed);
}

Status report_store_issue(Cx *cx, DbConn *conn, const ReportIssue *issue) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_ISSUE,
                DB_ARGS(DB_INT(issue->id), DB_INT(issue->revision), DB_TEXT(issue->number),
                        DB_DAY(issue->day), DB_TEXT(issue->pdf_digest), DB_INT(issue->person_id),
                        DB_INT(issue->now_ms)),
                &changed));
    return changed_one(cx, changed);
}

/* ---- sections ---- */

static const char SQL_SECTION_INSERT[] =
    "INSERT INTO monthly_section (report_id, position, version, code, level, heading, body,"
    " edited_by, edited_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

Status report_store_section_insert(Cx *cx, DbConn *conn, int64_t report_id,
                                   const ReportSection *section) {
    return db_exec(cx, conn, SQL_SECTION_INSERT,
                   DB_ARGS(DB_INT(report_id), DB_INT(section->position), DB_INT(section->version),
                           DB_TEXT(section->code), DB_INT(section->level),
                           DB_TEXT(section->heading), DB_TEXT(section->body),
                           section->edited_by == 0 ? DB_NULL : DB_INT(section->edited_by),
                           DB_INT(section->edited_ms)),
                   NULL);
}

#define SECTION_COLUMNS "position, version, code, level, heading, body, edited_by, edited_ms"

static void sections_row(Arena *arena, const DbRows *rows, void *item) {
    *(ReportSection *)item = (ReportSection){.position = db_int(rows, 0),
                                             .version = db_int(rows, 1),
                                             .code = db_text(arena, rows, 2),
                                             .level = db_int(rows, 3),
                                             .heading = db_text(arena, rows, 4),
                                             .body = db_text(arena, rows, 5),
                                             .edited_by = db_int(rows, 6),
                                             .edited_ms = db_int(rows, 7)};
}

static Status sections_collect(Cx *cx, DbRows *rows, ReportContent *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(ReportSection, sections_row), &got));
    out->sections = got.items;
    out->section_count = got.count;
    return STATUS_OK;
}

static const char SQL_SECTIONS[] =
    "SELECT " SECTION_COLUMNS " FROM monthly_section AS s WHERE report_id = $1 AND version ="
    " (SELECT MAX(version) FROM monthly_section AS v WHERE v.report_id = s.report_id"
    " AND v.position = s.position) ORDER BY position";
static const char SQL_VERSIONS[] =
    "SELECT " SECTION_COLUMNS " FROM monthly_section WHERE report_id = $1 AND position = $2"
    " ORDER BY version DESC LIMIT 100";

Status report_store_sections(Cx *cx, DbConn *conn, int64_t report_id, ReportContent *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_SECTIONS, DB_ARGS(DB_INT(report_id)), &rows));
    return sections_collect(cx, rows, out);
}

Status report_store_versions(Cx *cx, DbConn *conn, int64_t report_id, int64_t position,
                             ReportContent *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_VERSIONS, DB_ARGS(DB_INT(report_id), DB_INT(position)), &rows));
    TRY(sections_collect(cx, rows, out));
    return out->section_count > 0 ? STATUS_OK : fault(cx, STATUS_NOT_FOUND, "这份月报没有这一部分");
}

/* ---- figures ---- */

static const char SQL_TARGETS_DELETE[] = "DELETE FROM monthly_target WHERE report_id = $1";
static const char SQL_TASKS_DELETE[] = "DELETE FROM monthly_task WHERE report_id = $1";
static const char SQL_MONEY_DELETE[] = "DELETE FROM monthly_money WHERE report_id = $1";
static const char SQL_TARGET_INSERT[] =
    "INSERT INTO monthly_target (report_id, position, code, indicator, goal, year_text,"
    " value_text, light_code, light, outlook) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
static const char SQL_TASK_INSERT[] =
    "INSERT INTO monthly_task (report_id, position, clause, title, lead_text, responsible,"
    " progress) VALUES ($1, $2, $3, $4, $5, $6, $7)";
static const char SQL_MONEY_INSERT[] =
    "INSERT INTO monthly_money (report_id, position, name, year, appropriated_fen, reserved_fen,"
    " approved_fen, paid_fen) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/* The driver stores a text without bytes as NULL where it has no address. */
static DbValue text(Str value) {
    return DB_TEXT(value.at == NULL ? STR("") : value);
}

static Status targets_put(Cx *cx, DbConn *conn, int64_t report_id, const ReportContent *content) {
    TRY(db_exec(cx, conn, SQL_TARGETS_DELETE, DB_ARGS(DB_INT(report_id)), NULL));
    for (size_t i = 0; i < content->target_count; i++) {
        const PlanTargetDigest *row = &content->targets[i];
        TRY(db_exec(cx, conn, SQL_TARGET_INSERT,
                    DB_ARGS(DB_INT(report_id), DB_INT((int64_t)i + 1), text(row->code),
                            text(row->indicator), text(row->goal), text(row->year),
                            text(row->value), text(row->light_code), text(row->light),
                            text(row->outlook)),
                    NULL));
    }
    return STATUS_OK;
}

static Status tasks_put(Cx *cx, DbConn *conn, int64_t report_id, const ReportContent *content) {
    TRY(db_exec(cx, conn, SQL_TASKS_DELETE, DB_ARGS(DB_INT(report_id)), NULL));
    for (size_t i = 0; i < content->task_count; i++) {
        const PlanTaskDigest *row = &content->tasks[i];
        TRY(db_exec(cx, conn, SQL_TASK_INSERT,
                    DB_ARGS(DB_INT(report_id), DB_INT((int64_t)i + 1), text(row->clause),
                            text(row->title), text(row->lead), text(row->responsible),
                            text(row->progress)),
                    NULL));
    }
    return STATUS_OK;
}

static const char SQL_EVIDENCE_DELETE[] = "DELETE FROM monthly_evidence WHERE report_id = $1";
static const char SQL_EVIDENCE_INSERT[] =
    "INSERT INTO monthly_evidence (report_id, position, what, period, value_text, unit_text,"
    " evidence, names, paper_count, href) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

static Status evidence_put(Cx *cx, DbConn *conn, int64_t report_id, const ReportContent *content) {
    TRY(db_exec(cx, conn, SQL_EVIDENCE_DELETE, DB_ARGS(DB_INT(report_id)), NULL));
    for (size_t i = 0; i < content->evidence_count; i++) {
        const PlanEvidence *row = &content->evidence[i];
        TRY(db_exec(cx, conn, SQL_EVIDENCE_INSERT,
                    DB_ARGS(DB_INT(report_id), DB_INT((int64_t)i + 1), text(row->what),
                            text(row->period), text(row->value), text(row->unit),
                            text(row->evidence), text(row->names), DB_INT(row->paper_count),
                            text(row->href)),
                    NULL));
    }
    return STATUS_OK;
}

Status report_store_figures_put(Cx *cx, DbConn *conn, int64_t report_id,
                                const ReportContent *content) {
    TRY(targets_put(cx, conn, report_id, content));
    TRY(tasks_put(cx, conn, report_id, content));
    TRY(evidence_put(cx, conn, report_id, content));
    TRY(db_exec(cx, conn, SQL_MONEY_DELETE, DB_ARGS(DB_INT(report_id)), NULL));
    for (size_t i = 0; i < content->money_count; i++) {
        const ReportMoney *row = &content->money[i];
        TRY(db_exec(cx, conn, SQL_MONEY_INSERT,
                    DB_ARGS(DB_INT(report_id), DB_INT((int64_t)i + 1), text(row->name),
                            DB_INT(row->year), DB_MONEY(row->appropriated), DB_MONEY(row->reserved),
                            DB_MONEY(row->approved), DB_MONEY(row->paid)),
                    NULL));
    }
    return STATUS_OK;
}

static const char SQL_TARGETS[] =
    "SELECT code, indicator, goal, year_text, value_text, light_code, light, outlook"
    " FROM monthly_target WHERE report_id = $1 ORDER BY position";
static const char SQL_TASKS[] = "SELECT clause, title, lead_text, responsible, progress"
                                " FROM monthly_task WHERE report_id = $1 ORDER BY position";
static const char SQL_MONEY[] =
    "SELECT name, year, appropriated_fen, reserved_fen, approved_fen, paid_fen"
    " FROM monthly_money WHERE report_id = $1 ORDER BY position";

static void targets_read_row(Arena *arena, const DbRows *rows, void *item) {
    *(PlanTargetDigest *)item = (PlanTargetDigest){.code = db_text(arena, rows, 0),
                                                   .indicator = db_text(arena, rows, 1),
                                                   .goal = db_text(arena, rows, 2),
                                                   .year = db_text(arena, rows, 3),
                                                   .value = db_text(arena, rows, 4),
                                                   .light_code = db_text(arena, rows, 5),
                                                   .light = db_text(arena, rows, 6),
                                                   .outlook = db_text(arena, rows, 7)};
}

static Status targets_read(Cx *cx, DbConn *conn, int64_t report_id, ReportContent *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_TARGETS, DB_ARGS(DB_INT(report_id)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(PlanTargetDigest, targets_read_row), &got));
    out->targets = got.items;
    out->target_count = got.count;
    return STATUS_OK;
}

static void tasks_read_row(Arena *arena, const DbRows *rows, void *item) {
    *(PlanTaskDigest *)item = (PlanTaskDigest){.clause = db_text(arena, rows, 0),
                                               .title = db_text(arena, rows, 1),
                                               .lead = db_text(arena, rows, 2),
                                               .responsible = db_text(arena, rows, 3),
                                               .progress = db_text(arena, rows, 4)};
}

static Status tasks_read(Cx *cx, DbConn *conn, int64_t report_id, ReportContent *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_TASKS, DB_ARGS(DB_INT(report_id)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(PlanTaskDigest, tasks_read_row), &got));
    out->tasks = got.items;
    out->task_count = got.count;
    return STATUS_OK;
}

static const char SQL_EVIDENCE[] =
    "SELECT what, period, value_text, unit_text, evidence, names, paper_count, href"
    " FROM monthly_evidence WHERE report_id = $1 ORDER BY position";

static void evidence_read_row(Arena *arena, const DbRows *rows, void *item) {
    *(PlanEvidence *)item = (PlanEvidence){.what = db_text(arena, rows, 0),
                                           .period = db_text(arena, rows, 1),
                                           .value = db_text(arena, rows, 2),
                                           .unit = db_text(arena, rows, 3),
                                           .evidence = db_text(arena, rows, 4),
                                           .names = db_text(arena, rows, 5),
                                           .paper_count = db_int(rows, 6),
                                           .href = db_text(arena, rows, 7)};
}

static Status evidence_read(Cx *cx, DbConn *conn, int64_t report_id, ReportContent *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_EVIDENCE, DB_ARGS(DB_INT(report_id)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(PlanEvidence, evidence_read_row), &got));
    out->evidence = got.items;
    out->evidence_count = got.count;
    return STATUS_OK;
}

static void figures_row(Arena *arena, const DbRows *rows, void *item) {
    *(ReportMoney *)item = (ReportMoney){.name = db_text(arena, rows, 0),
                                         .year = db_int(rows, 1),
                                         .appropriated = db_money(rows, 2),
                                         .reserved = db_money(rows, 3),
                                         .approved = db_money(rows, 4),
                                         .paid = db_money(rows, 5)};
}

Status report_store_figures(Cx *cx, DbConn *conn, int64_t report_id, ReportContent *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(targets_read(cx, conn, report_id, out));
    TRY(tasks_read(cx, conn, report_id, out));
    TRY(evidence_read(cx, conn, report_id, out));
    TRY(db_query(cx, conn, SQL_MONEY, DB_ARGS(DB_INT(report_id)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(ReportMoney, figures_row), &got));
    out->money = got.items;
    out->money_count = got.count;
    return STATUS_OK;
}

static const char SQL_PERSON_NAME[] = "SELECT name_masked FROM person WHERE id = $1";

Status report_store_person_name(Cx *cx, DbConn *conn, int64_t person_id, Str *out) {
    *out = STR("");
    return db_text_or(cx, conn, SQL_PERSON_NAME, DB_ARGS(DB_INT(person_id)), out);
}
