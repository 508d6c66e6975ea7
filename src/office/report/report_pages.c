/*
 * report_pages.c - the archive that anybody reads, and the desk at which the lead office writes,
 * submits and issues. A report that is not issued is not there for anybody else.
 */
#include "attach/attach.h"
#include "office/report/report_print.h"
#include "office/report/report_store.h"
#include "web/form.h"

#include <inttypes.h>

enum { REPORTS_PER_PAGE = 24, FILE_BYTES_MAX = 32 * 1024 * 1024 };

static const City *city_of(const Web *web) {
    return web->app->house;
}

static bool is_lead(const Web *web) {
    return web->user->role == ROLE_LEAD;
}

static bool is_office(const Web *web) {
    Role role = web->user->role;
    return role == ROLE_OFFICER || role == ROLE_LEAD || role == ROLE_FINANCE ||
           role == ROLE_AUDITOR;
}

static Str path_of(Web *web, int64_t id, const char *tail) {
    return str_print(web->cx->arena, "/monthly/%" PRId64 "%s", id, tail);
}

/* NOT_FOUND for a draft when the person is not of the lead office. */
static Status find(Web *web, Report *out) {
    TRY(report_store_find(web->cx, web->conn, web->ids[0], out));
    return out->state == REPORT_ISSUED || is_lead(web)
               ? STATUS_OK
               : fault(web->cx, STATUS_NOT_FOUND, "没有这份月报");
}

static Status content_read(Web *web, int64_t id, ReportContent *out) {
    *out = (ReportContent){0};
    TRY(report_store_sections(web->cx, web->conn, id, out));
    return report_store_figures(web->cx, web->conn, id, out);
}

static ViewValue state_view(ReportState state) {
    static const ViewTone tones[] = {VIEW_NEUTRAL, VIEW_WARN, VIEW_GOOD};
    return VIEW_BADGE(tones[state], report_state_word(state), report_state_zh(state));
}

/* "2026年10月工作月报", with the edition when it is a correction. */
static Str name_of(Arena *arena, const Report *report) {
    Str month = report_month_zh(arena, report->month);
    return report->edition == 1 ? str_join(arena, month, STR("工作月报"))
                                : str_print(arena, STR_FMT "工作月报（更正第%" PRId64 "次）",
                                            STR_ARG(month), report->edition - 1);
}

/* ---- the list ---- */

static Str last_month(Web *web) {
    DayParts parts = day_parts(day_add_months(web_today(web), -1));
    return str_print(web->cx->arena, "%04" PRId32 "-%02" PRId32, parts.year, parts.month);
}

static const Form *new_form(Web *web) {
    FormField *field = arena_new(web->cx->arena, FormField);
    Form *form = arena_new(web->cx->arena, Form);
    *field = (FormField){.name = "month",
                         .label = "月份",
                         .hint = "从系统汇编这个月的数字和初稿，再逐部分修改",
                         .kind = FIELD_MONTH,
                         .value = last_month(web)};
    *form = (Form){.key = "new",
                   .action = STR("/monthly/new"),
                   .submit = "汇编月报",
                   .fields = field,
                   .field_count = 1};
    return form;
}

static void list_row(Web *web, const Report *report) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_row(view);
    view_cell(view, VIEW_LINK(path_of(web, report->id, ""), name_of(arena, report)));
    view_cell(view, report->number.len > 0 ? VIEW_TEXT(report->number) : VIEW_TEXT(STR("—")));
    view_cell(view,
              report->state == REPORT_ISSUED ? VIEW_DAY(report->issue_day) : VIEW_TEXT(STR("—")));
    view_cell(view, state_view(report->state));
}

/* Printing costs ten times what a page costs: it is for the offices, not for anybody. */
static void put_prints(Web *web) {
    View *view = web->view;
    Role role = web->user->role;
    if (!is_office(web)) {
        return;
    }
    view_section(view, STR("打印"));
    view_link(view, STR("/dashboard/file/pdf"), STR("目标与任务总览（PDF）"), false);
    if (role == ROLE_OFFICER) {
        view_link(view, STR("/my-unit/file/pdf"), STR("本单位任务单（PDF）"), false);
    }
    if (role == ROLE_LEAD) {
        view_link(view, STR("/unit/file/pdf"), STR("各单位任务单，一个单位一页（PDF）"), false);
    }
}

Status report_list_page(Web *web) {
    static const ViewColumn columns[] = {{"name", "月报", false},
                                         {"number", "发文字号", false},
                                         {"issue_day", "成文日期", false},
                                         {"state", "状态", false}};
    View *view = web->view;
    ReportList reports;
    int64_t page = web_param_int(web, "page", 0);
    ReportPage asked = {
        .is_all = is_lead(web), .offset = page * REPORTS_PER_PAGE, .row_max = REPORTS_PER_PAGE + 1};
    TRY(report_store_list(web->cx, web->conn, &asked, &reports));
    size_t shown = reports.count > REPORTS_PER_PAGE ? REPORTS_PER_PAGE : reports.count;
    view_title(view, STR("工作月报"));
    view_lead(view,
              STR("行动方案每月的进展：任务、目标、资金和问题。签发后的月报长期公开，不再改动。"));
    view_section(view, STR("月报"));
    view_table_begin(view, "reports", STR("月报"), columns, 4);
    for (size_t i = 0; i < shown; i++) {
        list_row(web, &reports.items[i]);
    }
    view_table_end(view, STR("还没有签发的月报"));
    view_pager(view, STR("/monthly"), page, reports.count > shown);
    if (is_lead(web)) {
        view_section(view, STR("新的月报"));
        view_form(view, new_form(web));
    }
    put_prints(web);
    return STATUS_OK;
}

/* ---- one report ---- */

static void put_targets(Web *web, const ReportContent *content) {
    static const ViewColumn columns[] = {{"indicator", "目标", false},
                                         {"goal", "要求", false},
                                         {"year", "年度", false},
                                         {"value", "现值", false},
                                         {"light", "状态", false}};
    View *view = web->view;
    view_table_begin(view, "targets", STR("表1　目标完成情况"), columns, 5);
    for (size_t i = 0; i < content->target_count; i++) {
        const PlanTargetDigest *target = &content->targets[i];
        view_row(view);
        view_cell(view, VIEW_TEXT(target->indicator));
        view_cell(view, VIEW_TEXT(target->goal));
        view_cell(view, VIEW_TEXT(target->year.len > 0 ? target->year : STR("—")));
        view_cell(view, target->value.len > 0 ? VIEW_TEXT(target->value) : VIEW_NONE);
        view_cell(view, VIEW_TEXT(target->light));
    }
    view_table_end(view, STR("没有目标"));
}

static void put_money(Web *web, const ReportContent *content) {
    static const ViewColumn columns[] = {{"name", "项目", false},
                                         {"appropriated_fen", "下达", true},
                                         {"reserved_fen", "预占", true},
                                         {"approved_fen", "核定", true},
                                         {"paid_fen", "拨付", true}};
    View *view = web->view;
    view_table_begin(view, "money", STR("表2　资金使用情况"), columns, 5);
    for (size_t i = 0; i < content->money_count; i++) {
        const ReportMoney *row = &content->money[i];
        view_row(view);
        view_cell(view, VIEW_TEXT(row->name));
        view_cell(view, VIEW_MONEY(row->appropriated));
        view_cell(view, VIEW_MONEY(row->reserved));
        view_cell(view, VIEW_MONEY(row->approved));
        view_cell(view, VIEW_MONEY(row->paid));
    }
    view_table_end(view, STR("这一年没有安排资金"));
}

/* The annex: names of files and the way to them are for the offices. */
static void put_evidence(Web *web, const ReportContent *content) {
    static const ViewColumn columns[] = {
        {"what", "内容", false},  {"period", "时期", false},   {"value", "数值", true},
        {"unit", "单位", false},  {"evidence", "依据", false}, {"paper_count", "文件数", true},
        {"papers", "文件", false}};
    View *view = web->view;
    bool has_names = is_office(web);
    view_table_begin(view, "evidence", STR("表3　佐证材料目录"), columns, has_names ? 7 : 6);
    for (size_t i = 0; i < content->evidence_count; i++) {
        const PlanEvidence *row = &content->evidence[i];
        view_row(view);
        view_cell(view, has_names ? VIEW_LINK(row->href, row->what) : VIEW_TEXT(row->what));
        view_cell(view, VIEW_TEXT(row->period));
        view_cell(view, VIEW_TEXT(row->value));
        view_cell(view, VIEW_TEXT(row->unit));
        view_cell(view, VIEW_TEXT(row->evidence.len > 0 ? row->evidence : STR("—")));
        view_cell(view, VIEW_INT(row->paper_count));
        if (has_names) {
            view_cell(view, VIEW_TEXT(row->names.len > 0 ? row->names : STR("—")));
        }
    }
    view_table_end(view, STR("本月没有确认的数值和完成的措施"));
}

static void put_section(Web *web, const Report *report, const ReportContent *content,
                        const ReportSection *section) {
    Str rest = section->body;
    view_section(web->view, section->heading);
    while (rest.at != NULL) {
        Str line = str_trim(str_cut(&rest, '\n'));
        if (line.len > 0) {
            view_text(web->view, line);
        }
    }
    if (str_equal(section->code, STR("targets"))) {
        put_targets(web, content);
    } else if (str_equal(section->code, STR("money"))) {
        put_money(web, content);
    } else if (str_equal(section->code, STR("evidence"))) {
        put_evidence(web, content);
    }
    if (is_lead(web) && report->state == REPORT_DRAFT) {
        Str tail = str_print(web->cx->arena, "/section/%" PRId64, section->position);
        view_link(web->view, path_of(web, report->id, str_c(web->cx->arena, tail)),
                  str_print(web->cx->arena, "修改“" STR_FMT "”（第 %" PRId64 " 版）",
                            STR_ARG(section->heading), section->version),
                  false);
    }
}

/* In JSON the words of a page are left out; here they are the matter. */
static void put_sections_json(Web *web, const ReportContent *content) {
    static const ViewColumn columns[] = {{"code", "部分", false},
                                         {"heading", "标题", false},
                                         {"version", "版本", true},
                                         {"body", "文字", false}};
    view_table_begin(web->view, "sections", STR("各部分"), columns, 4);
    for (size_t i = 0; i < content->section_count; i++) {
        const ReportSection *section = &content->sections[i];
        view_row(web->view);
        view_cell(web->view, VIEW_TEXT(section->code));
        view_cell(web->view, VIEW_TEXT(section->heading));
        view_cell(web->view, VIEW_INT(section->version));
        view_cell(web->view, VIEW_TEXT(section->body));
    }
    view_table_end(web->view, STR("没有文字"));
}

static Status person_fact(Web *web, const char *key, const char *label, int64_t person_id) {
    Str name = STR_NONE;
    if (person_id != 0) {
        TRY(report_store_person_name(web->cx, web->conn, person_id, &name));
        view_fact(web->view, key, label, VIEW_TEXT(name));
    }
    return STATUS_OK;
}

static Status put_facts(Web *web, const Report *report) {
    View *view = web->view;
    bool is_issued = report->state == REPORT_ISSUED;
    view_section(view, STR("概要"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "state", "状态", state_view(report->state));
    view_fact(view, "issuer", "发文机关", VIEW_TEXT(report->issuer));
    if (is_issued) {
        view_fact(view, "number", "发文字号", VIEW_TEXT(report->number));
        view_fact(view, "issue_day", "成文日期", VIEW_DAY(report->issue_day));
        view_fact(view, "pdf_sm3", "PDF 文件的 SM3 摘要", VIEW_TEXT(report->pdf_digest));
    }
    view_fact(view, "drawn_ms", "数据截至", VIEW_INSTANT(report->drawn_ms));
    if (is_lead(web)) {
        view_fact(view, "revision", "修改次数", VIEW_INT(report->revision));
        TRY(person_fact(web, "made_by", "起草人", report->made_by));
        TRY(person_fact(web, "submitted_by", "送签人", report->submitted_by));
        TRY(person_fact(web, "issued_by", "签发人", report->issued_by));
    }
    view_facts_end(view);
    view_link(view, path_of(web, report->id, "/pdf"), STR("公文版式（PDF）"), true);
    view_link(view, path_of(web, report->id, "/docx"), STR("文字版（可编辑）"), false);
    view_link(view, path_of(web, report->id, "/xlsx"), STR("数据表（电子表格）"), false);
    return STATUS_OK;
}

/* The report as the person saw it: an act on another revision is refused. */
static Str act_path(Web *web, const Report *report, const char *act) {
    return str_print(web->cx->arena, "/monthly/%" PRId64 "/%s/%" PRId64, report->id, act,
                     report->revision);
}

static const Form *back_form(Web *web, const Report *report) {
    static const FormField field = {
        .name = "note", .label = "退回原因", .kind = FIELD_LONG_TEXT, .min = 2, .max = 500};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "send_back",
                   .action = act_path(web, report, "back"),
                   .submit = "退回修改",
                   .fields = &field,
                   .field_count = 1};
    return form;
}

static Status put_acts(Web *web, const Report *report) {
    View *view = web->view;
    bool is_writer = false;
    if (!is_lead(web) || report->state == REPORT_ISSUED) {
        return STATUS_OK;
    }
    view_section(view, STR("办理"));
    if (report->state == REPORT_DRAFT) {
        view_link(view, path_of(web, report->id, "/head"), STR("修改标题、发文机关、主送和抄送"),
                  false);
        view_action(view, act_path(web, report, "redraw"), STR("重新取数"),
                    "数字和没有人改过的部分会换成现在的，继续？");
        view_action(view, act_path(web, report, "submit"), STR("送签"),
                    "送签后不能再改文字，继续？");
        return STATUS_OK;
    }
    TRY(report_store_is_writer(web->cx, web->conn, report->id, web->user->id, &is_writer));
    if (is_writer) {
        view_notice(view, VIEW_INFO,
                    STR("已送签。您起草、修改或送签过这份月报，由专班的另一位同志签发。"));
    } else {
        view_link(view, path_of(web, report->id, "/issue"), STR("编号并签发"), true);
    }
    view_form(view, back_form(web, report));
    return STATUS_OK;
}

Status report_page(Web *web) {
    Report report;
    ReportContent content;
    TRY(find(web, &report));
    TRY(content_read(web, report.id, &content));
    view_title(web->view, name_of(web->cx->arena, &report));
    TRY(put_facts(web, &report));
    TRY(put_acts(web, &report));
    if (view_html(web->view) == NULL) {
        put_sections_json(web, &content);
    }
    for (size_t i = 0; i < content.section_count; i++) {
        put_section(web, &report, &content, &content.sections[i]);
    }
    return STATUS_OK;
}

/* ---- drafts ---- */

static ReportAsk ask_of(const Web *web, Str month) {
    return (ReportAsk){.book = city_of(web)->plan_book,
                       .calendar = &city_of(web)->calendar,
                       .month = month,
                       .today = web_today(web),
                       .now_ms = web->now_ms};
}

static Status create_work(Cx *cx, DbConn *conn, void *input) {
    return report_create(cx, conn, input);
}

Status report_new_post(Web *web) {
    FormValue value;
    Str answer = STR_NONE;
    ReportContent content;
    TRY(form_read(web, new_form(web), &value));
    ReportAsk ask = ask_of(web, value.text);
    TRY(report_compose(web->cx, web->conn, &ask, &content));
    ReportNew new = {.month = value.text,
                     .city_name = city_of(web)->name,
                     .today = ask.today,
                     .made_by = web->user->id,
                     .now_ms = web->now_ms,
                     .content = &content};
    TRY(web_write(web, "monthly.create", create_work, &new, &answer));
    return web_redirect(web, str_join(web->cx->arena, STR("/monthly/"), answer),
                        STR("已汇编，请逐部分核对和修改"));
}

static Status redraw_work(Cx *cx, DbConn *conn, void *input) {
    return report_redraw(cx, conn, input);
}

static Status submit_work(Cx *cx, DbConn *conn, void *input) {
    return report_submit(cx, conn, input);
}

static Status send_back_work(Cx *cx, DbConn *conn, void *input) {
    return report_send_back(cx, conn, input);
}

static ReportAct act_of(const Web *web, const Report *report) {
    return (ReportAct){.id = report->id,
                       .revision = web->ids[1],
                       .person_id = web->user->id,
                       .now_ms = web->now_ms};
}

Status report_redraw_post(Web *web) {
    Report report;
    ReportContent content;
    TRY(find(web, &report));
    ReportAsk ask = ask_of(web, report.month);
    TRY(report_compose(web->cx, web->conn, &ask, &content));
    ReportAct act = act_of(web, &report);
    act.content = &content;
    TRY(web_write(web, "monthly.redraw", redraw_work, &act, NULL));
    return web_redirect(web, path_of(web, report.id, ""), STR("数字已更新；有人改过的部分没有动"));
}

Status report_submit_post(Web *web) {
    Report report;
    TRY(find(web, &report));
    ReportAct act = act_of(web, &report);
    TRY(web_write(web, "monthly.submit", submit_work, &act, NULL));
    return web_redirect(web, path_of(web, report.id, ""), STR("已送签"));
}

Status report_send_back_post(Web *web) {
    Report report;
    FormValue value;
    TRY(find(web, &report));
    TRY(form_read(web, back_form(web, &report), &value));
    ReportAct act = act_of(web, &report);
    act.note = value.text;
    TRY(web_write(web, "monthly.send_back", send_back_work, &act, NULL));
    return web_redirect(web, path_of(web, report.id, ""), STR("已退回修改"));
}

/* ---- one section and its versions ---- */

enum { SECTION_BODY, SECTION_VERSION, SECTION_FIELDS };

static const Form *section_form(Web *web, const ReportSection *section) {
    FormField *fields = arena_array(web->cx->arena, FormField, SECTION_FIELDS);
    Form *form = arena_new(web->cx->arena, Form);
    fields[SECTION_BODY] = (FormField){.name = "body",
                                       .label = "正文",
                                       .hint = "一行一段；标题、编号和表格由系统排版",
                                       .kind = FIELD_LONG_TEXT,
                                       .min = 1,
                                       .max = REPORT_BODY_RUNES_MAX,
                                       .value = section->body};
    fields[SECTION_VERSION] =
        (FormField){.name = "version",
                    .label = "版本",
                    .kind = FIELD_HIDDEN,
                    .value = str_print(web->cx->arena, "%" PRId64, section->version)};
    *form = (Form){.key = "section",
                   .action = str_print(web->cx->arena, "/monthly/%" PRId64 "/section/%" PRId64,
                                       web->ids[0], web->ids[1]),
                   .submit = "保存为新版",
                   .fields = fields,
                   .field_count = SECTION_FIELDS};
    return form;
}

static Status put_versions(Web *web, const ReportContent *versions) {
    static const ViewColumn columns[] = {{"version", "版本", true},
                                         {"edited_ms", "时间", false},
                                         {"editor", "作者", false},
                                         {"body", "文字", false}};
    View *view = web->view;
    view_section(view, STR("以前的版本"));
    view_table_begin(view, "versions", STR("版本"), columns, 4);
    for (size_t i = 0; i < versions->section_count; i++) {
        const ReportSection *section = &versions->sections[i];
        Str editor = STR("系统汇编");
        if (section->edited_by != 0) {
            TRY(report_store_person_name(web->cx, web->conn, section->edited_by, &editor));
        }
        view_row(view);
        view_cell(view, VIEW_INT(section->version));
        view_cell(view, VIEW_INSTANT(section->edited_ms));
        view_cell(view, VIEW_TEXT(editor));
        view_cell(view, VIEW_TEXT(section->body));
    }
    view_table_end(view, STR("没有版本"));
    return STATUS_OK;
}

Status report_section_page(Web *web) {
    Report report;
    ReportContent versions = {0};
    TRY(find(web, &report));
    TRY(report_store_versions(web->cx, web->conn, report.id, web->ids[1], &versions));
    const ReportSection *section = &versions.sections[0];
    view_title(web->view, section->heading);
    view_lead(web->view, name_of(web->cx->arena, &report));
    view_section(web->view, STR("修改"));
    if (report.state == REPORT_DRAFT) {
        view_form(web->view, section_form(web, section));
    } else {
        view_notice(web->view, VIEW_INFO, STR("月报已送签或签发，文字不能再改。"));
    }
    view_link(web->view, path_of(web, report.id, ""), STR("回到月报"), false);
    return put_versions(web, &versions);
}

static Status edit_work(Cx *cx, DbConn *conn, void *input) {
    return report_edit(cx, conn, input);
}

Status report_section_post(Web *web) {
    Report report;
    ReportContent versions = {0};
    FormValue values[SECTION_FIELDS];
    int64_t version = 0;
    TRY(find(web, &report));
    TRY(report_store_versions(web->cx, web->conn, report.id, web->ids[1], &versions));
    TRY(form_read(web, section_form(web, &versions.sections[0]), values));
    if (str_int64(values[SECTION_VERSION].text, &version) != STATUS_OK) {
        return fault_at_field(web->cx, STATUS_INVALID, "version", "请从修改页面保存");
    }
    ReportEdit edit = {.id = report.id,
                       .position = web->ids[1],
                       .version = version,
                       .body = values[SECTION_BODY].text,
                       .person_id = web->user->id,
                       .now_ms = web->now_ms};
    TRY(web_write(web, "monthly.edit", edit_work, &edit, NULL));
    return web_redirect(web, path_of(web, report.id, ""), STR("已保存为新版"));
}

/* ---- the head ---- */

enum { HEAD_TITLE, HEAD_ISSUER, HEAD_TO, HEAD_COPIES, HEAD_REVISION, HEAD_FIELDS };

static const Form *head_form(Web *web, const Report *report) {
    FormField *fields = arena_array(web->cx->arena, FormField, HEAD_FIELDS);
    Form *form = arena_new(web->cx->arena, Form);
    fields[HEAD_TITLE] = (FormField){.name = "title",
                                     .label = "标题",
                                     .hint = "分行的地方就是排版时换行的地方",
                                     .kind = FIELD_LONG_TEXT,
                                     .min = 4,
                                     .max = 80,
                                     .value = report->title};
    fields[HEAD_ISSUER] = (FormField){.name = "issuer",
                                      .label = "发文机关",
                                      .kind = FIELD_TEXT,
                                      .min = 4,
                                      .max = 30,
                                      .value = report->issuer};
    fields[HEAD_TO] = (FormField){.name = "send_to",
                                  .label = "主送机关",
                                  .kind = FIELD_LONG_TEXT,
                                  .is_optional = true,
                                  .max = 200,
                                  .value = report->send_to};
    fields[HEAD_COPIES] = (FormField){.name = "copies_to",
                                      .label = "抄送机关",
                                      .kind = FIELD_LONG_TEXT,
                                      .is_optional = true,
                                      .max = 200,
                                      .value = report->copies_to};
    fields[HEAD_REVISION] =
        (FormField){.name = "revision",
                    .label = "版本",
                    .kind = FIELD_HIDDEN,
                    .value = str_print(web->cx->arena, "%" PRId64, report->revision)};
    *form = (Form){.key = "head",
                   .action = path_of(web, report->id, "/head"),
                   .submit = "保存",
                   .fields = fields,
                   .field_count = HEAD_FIELDS};
    return form;
}

Status report_head_page(Web *web) {
    Report report;
    TRY(find(web, &report));
    view_title(web->view, STR("标题和发送范围"));
    view_lead(web->view, name_of(web->cx->arena, &report));
    view_section(web->view, STR_NONE);
    view_form(web->view, head_form(web, &report));
    return STATUS_OK;
}

static Status head_work(Cx *cx, DbConn *conn, void *input) {
    return report_head_edit(cx, conn, input);
}

Status report_head_post(Web *web) {
    Report report;
    FormValue values[HEAD_FIELDS];
    int64_t revision = 0;
    TRY(find(web, &report));
    TRY(form_read(web, head_form(web, &report), values));
    if (str_int64(values[HEAD_REVISION].text, &revision) != STATUS_OK) {
        return fault_at_field(web->cx, STATUS_INVALID, "revision", "请从修改页面保存");
    }
    ReportHeadEdit edit = {.id = report.id,
                           .revision = revision,
                           .title = values[HEAD_TITLE].text,
                           .issuer = values[HEAD_ISSUER].text,
                           .send_to = values[HEAD_TO].text,
                           .copies_to = values[HEAD_COPIES].text,
                           .person_id = web->user->id,
                           .now_ms = web->now_ms};
    TRY(web_write(web, "monthly.head", head_work, &edit, NULL));
    return web_redirect(web, path_of(web, report.id, ""), STR("已保存"));
}

/* ---- issuing ---- */

enum { ISSUE_NUMBER, ISSUE_DAY, ISSUE_REVISION, ISSUE_FIELDS };

/* The number after the last one, when that was of this year. */
static Status next_number(Web *web, Str *out) {
    Str last = STR_NONE;
    int64_t count = 0;
    TRY(report_store_last_number(web->cx, web->conn, &last));
    int32_t year = day_parts(web_today(web)).year;
    Str mark = str_print(web->cx->arena, "〔%" PRId32 "〕", year);
    size_t at = str_find(last, mark, 0);
    *out = STR("");
    if (at == SIZE_MAX) {
        return STATUS_OK;
    }
    Str head = str_slice(last, 0, at + mark.len);
    Str digits = str_slice(last, head.len, last.len - head.len - STR("号").len);
    if (str_int64(digits, &count) == STATUS_OK) {
        *out = str_print(web->cx->arena, STR_FMT "%" PRId64 "号", STR_ARG(head), count + 1);
    }
    return STATUS_OK;
}

static Status issue_form(Web *web, const Report *report, const Form **out) {
    FormField *fields = arena_array(web->cx->arena, FormField, ISSUE_FIELDS);
    Form *form = arena_new(web->cx->arena, Form);
    Str number = STR_NONE;
    TRY(next_number(web, &number));
    fields[ISSUE_NUMBER] =
        (FormField){.name = "number",
                    .label = "发文字号",
                    .hint = "机关代字、六角括号里的年份、序号，例如 安更新〔2026〕3号",
                    .kind = FIELD_TEXT,
                    .min = 6,
                    .max = 40,
                    .value = number};
    fields[ISSUE_DAY] = (FormField){.name = "day",
                                    .label = "成文日期",
                                    .kind = FIELD_DAY,
                                    .value = day_print(web->cx->arena, web_today(web))};
    fields[ISSUE_REVISION] =
        (FormField){.name = "revision",
                    .label = "版本",
                    .kind = FIELD_HIDDEN,
                    .value = str_print(web->cx->arena, "%" PRId64, report->revision)};
    *form = (Form){.key = "issue",
                   .action = path_of(web, report->id, "/issue"),
                   .submit = "签发",
                   .confirm = "签发后内容不能再改，并立即公开。签发？",
                   .fields = fields,
                   .field_count = ISSUE_FIELDS};
    *out = form;
    return STATUS_OK;
}

Status report_issue_page(Web *web) {
    Report report;
    const Form *form = NULL;
    TRY(find(web, &report));
    TRY(issue_form(web, &report, &form));
    view_title(web->view, STR("编号并签发"));
    view_lead(web->view, name_of(web->cx->arena, &report));
    view_section(web->view, STR_NONE);
    view_link(web->view, path_of(web, report.id, "/pdf"), STR("先看版式（PDF）"), false);
    if (report.state != REPORT_SUBMITTED) {
        view_notice(web->view, VIEW_WARN, STR("这份月报还没有送签，或者已经签发。"));
        return STATUS_OK;
    }
    view_form(web->view, form);
    return STATUS_OK;
}

static Status issue_work(Cx *cx, DbConn *conn, void *input) {
    return report_issue(cx, conn, input);
}

Status report_issue_post(Web *web) {
    Report report;
    const Form *form = NULL;
    FormValue values[ISSUE_FIELDS];
    int64_t revision = 0;
    TRY(find(web, &report));
    TRY(issue_form(web, &report, &form));
    TRY(form_read(web, form, values));
    if (str_int64(values[ISSUE_REVISION].text, &revision) != STATUS_OK) {
        return fault_at_field(web->cx, STATUS_INVALID, "revision", "请从签发页面办理");
    }
    ReportIssue issue = {.id = report.id,
                         .revision = revision,
                         .number = values[ISSUE_NUMBER].text,
                         .day = {(int32_t)values[ISSUE_DAY].number},
                         .today = web_today(web),
                         .person_id = web->user->id,
                         .now_ms = web->now_ms};
    TRY(report_issue_check(web->cx, &issue));
    TRY(report_issue_print(web->cx, web->conn, city_of(web), &issue));
    TRY(web_write(web, "monthly.issue", issue_work, &issue, NULL));
    return web_redirect(web, path_of(web, report.id, ""), STR("已签发，任何人都可以阅读"));
}

/* ---- files ---- */

static Str file_name(Web *web, const Report *report, const char *ending) {
    Str name = name_of(web->cx->arena, report);
    return str_print(web->cx->arena, STR_FMT "%s%s", STR_ARG(name),
                     report->state == REPORT_ISSUED ? "" : "（草稿）", ending);
}

/* An issued report is the stored file, byte for byte. */
Status report_pdf(Web *web) {
    Report report;
    ReportContent content;
    Str bytes = STR_NONE;
    TRY(find(web, &report));
    if (report.state == REPORT_ISSUED) {
        TRY(attach_file_get(web->cx, city_file_folder(web->cx->arena, city_of(web)),
                            report.pdf_digest, &bytes));
    } else {
        Buf *pdf = buf_in(web->cx->arena, FILE_BYTES_MAX);
        TRY(content_read(web, report.id, &content));
        TRY(paper_pdf(report_paper(web->cx, &report, &content), pdf, NULL));
        bytes = buf_str(pdf);
    }
    return web_file(web, file_name(web, &report, ".pdf"), STR("application/pdf"), bytes);
}

Status report_docx(Web *web) {
    Report report;
    ReportContent content;
    Buf *docx = buf_in(web->cx->arena, FILE_BYTES_MAX);
    TRY(find(web, &report));
    TRY(content_read(web, report.id, &content));
    TRY(paper_docx(report_paper(web->cx, &report, &content), NULL, docx));
    return web_file(web, file_name(web, &report, ".docx"),
                    STR("application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
                    buf_str(docx));
}

Status report_xlsx(Web *web) {
    Report report;
    ReportContent content;
    Buf *xlsx = buf_in(web->cx->arena, FILE_BYTES_MAX);
    TRY(find(web, &report));
    TRY(content_read(web, report.id, &content));
    TRY(report_sheets(web->cx, &report, &content, xlsx));
    return web_file(web, file_name(web, &report, ".xlsx"), sheet_form_type(SHEET_XLSX, SHEET_UTF8),
                    buf_str(xlsx));
}

/* ---- dashboard and units ---- */

static PrintHead head_of(const Web *web) {
    return (PrintHead){
        .city_name = web->app->city_name, .now_ms = web->now_ms, .is_demo = web->app->is_demo};
}

/* The last word of the address; a list of plain pages then does not run into a file. */
static Status form_check(Web *web) {
    return str_equal(web->words[0], STR("pdf")) ? STATUS_OK
                                                : fault(web->cx, STATUS_NOT_FOUND, "没有这种文件");
}

static Status digest_of(Web *web, int64_t unit_id, PlanDigest *out) {
    PlanDigestAsk ask = {
        .book = city_of(web)->plan_book, .today = web_today(web), .unit_id = unit_id};
    return plan_digest(web->cx, web->conn, &ask, out);
}

static Status paper_answer(Web *web, Paper *paper, Str name) {
    Buf *pdf = buf_in(web->cx->arena, FILE_BYTES_MAX);
    TRY(paper_pdf(paper, pdf, NULL));
    return web_file(web, name, STR("application/pdf"), buf_str(pdf));
}

Status report_dashboard_pdf(Web *web) {
    PlanDigest digest;
    PrintHead head = head_of(web);
    TRY(form_check(web));
    TRY(digest_of(web, 0, &digest));
    return paper_answer(web, report_dashboard_paper(web->cx, &head, &digest),
                        STR("目标与任务总览.pdf"));
}

static Status units_answer(Web *web, int64_t unit_id, Str name) {
    PlanUnitList units;
    PrintHead head = head_of(web);
    Paper *paper = report_units_paper(web->cx, &head);
    TRY(form_check(web));
    TRY(plan_units(web->cx, web->conn, unit_id, &units));
    if (units.count == 0) {
        return fault(web->cx, STATUS_NOT_FOUND, "方案里没有分给这个单位的任务");
    }
    for (size_t i = 0; i < units.count; i++) {
        PlanDigest digest;
        PlanMeasureList measures;
        TRY(digest_of(web, units.items[i].id, &digest));
        TRY(plan_measures(web->cx, web->conn, units.items[i].id, &measures));
        if (i > 0) {
            paper_break(paper);
        }
        PrintUnit unit = {.name = units.items[i].name, .digest = &digest, .measures = &measures};
        report_unit_put(web->cx, paper, &unit);
    }
    return paper_answer(web, paper, name);
}

Status report_my_unit_pdf(Web *web) {
    if (web->user->unit_id == 0) {
        return fault(web->cx, STATUS_NOT_FOUND, "您的账号没有对应的单位");
    }
    return units_answer(web, web->user->unit_id, STR("本单位任务单.pdf"));
}

Status report_units_pdf(Web *web) {
    return units_answer(web, 0, STR("各单位任务单.pdf"));
}
