/*
 * measure_pages.c - measures: the list with its clock and its file, one measure with its history,
 * and the forms of each act.
 */
#include "base/vec.h"
#include "office/plan/evidence.h"
#include "office/plan/pages.h"
#include "sheet/sheet.h"

#include <inttypes.h>

enum { MEASURES_PER_PAGE = 50, FILE_ROWS_MAX = 10000, FILE_BYTES_MAX = 4 * 1024 * 1024 };

/* ---- shared ---- */

const WorkCalendar *page_calendar(const Web *web) {
    const City *city = web->app->house;
    return &city->calendar;
}

Day page_soon_day(const Web *web) {
    return day_add_working(page_calendar(web), web_today(web), WORK_SOON_DAYS);
}

bool page_is_office(const Web *web) {
    return (ROLE_BIT(web->user->role) & (ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_LEAD) |
                                         ROLE_BIT(ROLE_FINANCE) | ROLE_BIT(ROLE_AUDITOR))) != 0;
}

ViewValue page_due(Web *web, Day due, bool is_open) {
    Arena *arena = web->cx->arena;
    if (due.number == DAY_NONE.number) {
        return VIEW_NONE;
    }
    Day today = web_today(web);
    if (!is_open) {
        return VIEW_DAY(due);
    }
    Str date = day_print(arena, due);
    if (day_compare(due, today) < 0) {
        int32_t late = day_working_between(page_calendar(web), due, today);
        return VIEW_BADGE(
            VIEW_BAD, STR("late"),
            str_print(arena, STR_FMT " 已逾期 %" PRId32 " 个工作日", STR_ARG(date), late));
    }
    int32_t left = day_working_between(page_calendar(web), today, due);
    bool is_soon = left <= WORK_SOON_DAYS;
    return VIEW_BADGE(is_soon ? VIEW_WARN : VIEW_NEUTRAL, is_soon ? STR("soon") : STR("in_time"),
                      str_print(arena, STR_FMT " 还有 %" PRId32 " 个工作日", STR_ARG(date), left));
}

ViewValue page_measure_state(Str state) {
    static const struct {
        const char *code;
        ViewTone tone;
        const char *zh;
    } rows[] = {{"open", VIEW_NEUTRAL, "未启动"},
                {"doing", VIEW_INFO, "推进中"},
                {"reported", VIEW_WARN, "已报完成，待确认"},
                {"done", VIEW_GOOD, "已完成"},
                {"dropped", VIEW_NEUTRAL, "已调整取消"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_equal(state, str_of(rows[i].code))) {
            return VIEW_BADGE(rows[i].tone, state, str_of(rows[i].zh));
        }
    }
    return VIEW_NONE;
}

static bool is_open(const Measure *measure) {
    return str_equal(measure->state, STR("open")) || str_equal(measure->state, STR("doing"));
}

/* Only offices get the way to the single measure; its text is the plan's and open to all. */
void page_measure_table(Web *web, const MeasureList *measures) {
    static const ViewColumn columns[] = {{"clause", "条款", false},   {"text", "措施", false},
                                         {"unit", "责任单位", false}, {"due", "期限", false},
                                         {"progress", "进度", true},  {"state", "状态", false}};
    View *view = web->view;
    bool is_office = page_is_office(web);
    view_table_begin(view, "measures", STR("措施"), columns, 6);
    for (size_t i = 0; i < measures->count; i++) {
        const Measure *measure = &measures->items[i];
        view_row(view);
        view_cell(view, VIEW_TEXT(measure->clause));
        view_cell(view, is_office
                            ? VIEW_LINK(page_path(web, "/measure", measure->id), measure->text)
                            : VIEW_TEXT(measure->text));
        view_cell(view, measure->unit_name.len > 0 ? VIEW_TEXT(measure->unit_name) : VIEW_NONE);
        view_cell(view, is_office ? page_due(web, measure->due, is_open(measure))
                                  : VIEW_DAY(measure->due));
        view_cell(view, VIEW_PERCENT_BP(measure->progress_bp));
        view_cell(view, page_measure_state(measure->state));
    }
    view_table_end(view, STR("没有措施"));
}

Status page_unit_choices(Web *web, bool with_none, UnitChoices *out) {
    PlanUnitList units;
    TRY(plan_units(web->cx, web->conn, 0, &units));
    *out = (UnitChoices){.items = arena_array(web->cx->arena, FormChoice, units.count + 1)};
    if (with_none) {
        out->items[out->count++] = (FormChoice){"0", "未定"};
    }
    for (size_t i = 0; i < units.count; i++) {
        out->items[out->count++] = (FormChoice){
            str_c(web->cx->arena, str_print(web->cx->arena, "%" PRId64, units.items[i].id)),
            str_c(web->cx->arena, units.items[i].name)};
    }
    return STATUS_OK;
}

int64_t page_unit_chosen(const UnitChoices *choices, const FormValue *value) {
    int64_t id = 0;
    if (!value->is_given || value->number < 0 || (uint64_t)value->number >= choices->count) {
        return 0;
    }
    return str_int64(str_of(choices->items[value->number].code), &id) == STATUS_OK ? id : 0;
}

const Form *page_text_form(Web *web, const TextForm *of) {
    FormField *field = arena_new(web->cx->arena, FormField);
    *field = (FormField){.name = of->field,
                         .label = of->label,
                         .kind = FIELD_LONG_TEXT,
                         .is_optional = of->is_optional,
                         .min = 2,
                         .max = 1000};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = of->key,
                   .action = of->action,
                   .submit = of->submit,
                   .fields = field,
                   .field_count = 1};
    return form;
}

static Str act_path(Web *web, const char *act) {
    return str_print(web->cx->arena, "/measure/%" PRId64 "/%s", web->ids[0], act);
}

/* ---- the list ---- */

/* What is asked for by the address: state, unit, words. An officer sees the own unit's first. */
static MeasureAsk ask_read(Web *web) {
    Str state = web_param(web, "state");
    bool is_officer = web->user->role == ROLE_OFFICER;
    bool is_all = str_equal(web_param(web, "who"), STR("all"));
    return (MeasureAsk){.state = state,
                        .unit_id = is_officer && !is_all ? web->user->unit_id
                                                         : web_param_int(web, "unit", 0),
                        .search = web_param(web, "q"),
                        .today = web_today(web),
                        .soon_day = page_soon_day(web)};
}

static Str ask_path(Web *web, const char *base, const MeasureAsk *ask) {
    bool is_all = str_equal(web_param(web, "who"), STR("all"));
    return str_print(web->cx->arena, "%s?state=" STR_FMT "&unit=%" PRId64 "&q=" STR_FMT "%s", base,
                     STR_ARG(ask->state), ask->unit_id,
                     STR_ARG(http_url_encode(web->cx->arena, ask->search)),
                     is_all ? "&who=all" : "");
}

static void state_tabs(Web *web, const MeasureAsk *ask) {
    static const struct {
        const char *code;
        const char *zh;
    } rows[] = {{"", "全部"},       {"late", "已逾期"},       {"soon", "10个工作日内到期"},
                {"open", "未启动"}, {"doing", "推进中"},      {"reported", "待确认"},
                {"done", "已完成"}, {"dropped", "已调整取消"}};
    view_tabs_begin(web->view, "状态");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        MeasureAsk other = *ask;
        other.state = str_of(rows[i].code);
        view_tab(web->view, ask_path(web, "/measure", &other), str_of(rows[i].zh),
                 str_equal(ask->state, other.state));
    }
    view_tabs_end(web->view);
}

static const Form *search_form(Web *web, const MeasureAsk *ask) {
    FormField *fields = arena_array(web->cx->arena, FormField, 2);
    fields[0] = (FormField){.name = "q",
                            .label = "措施包含",
                            .kind = FIELD_TEXT,
                            .is_optional = true,
                            .max = 40,
                            .value = ask->search};
    fields[1] = (FormField){.name = "state",
                            .label = "",
                            .kind = FIELD_HIDDEN,
                            .is_optional = true,
                            .max = 10,
                            .value = ask->state};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "search",
                   .action = STR("/measure"),
                   .submit = "查找",
                   .fields = fields,
                   .field_count = 2,
                   .is_get = true};
    return form;
}

Status plan_measure_list_page(Web *web) {
    MeasureList measures;
    MeasureAsk ask = ask_read(web);
    int64_t page = web_param_int(web, "page", 0);
    ask.skip = page * MEASURES_PER_PAGE;
    ask.limit = MEASURES_PER_PAGE + 1;
    TRY(work_store_measures(web->cx, web->conn, &ask, &measures));
    bool has_more = measures.count > MEASURES_PER_PAGE;
    measures.count = has_more ? MEASURES_PER_PAGE : measures.count;
    View *view = web->view;
    view_title(view, STR("措施"));
    view_lead(view,
              STR("方案各条任务分解出的措施：责任单位、期限、进度和佐证。临近期限的排在前面。"));
    if (web->user->role == ROLE_OFFICER) {
        bool is_all = str_equal(web_param(web, "who"), STR("all"));
        view_tabs_begin(view, "范围");
        view_tab(view, STR("/measure"), STR("本单位"), !is_all);
        view_tab(view, STR("/measure?who=all"), STR("全部单位"), is_all);
        view_tabs_end(view);
    }
    state_tabs(web, &ask);
    view_section(view, STR_NONE);
    view_form(view, search_form(web, &ask));
    page_measure_table(web, &measures);
    view_pager(view, ask_path(web, "/measure", &ask), page, has_more);
    view_link(view, ask_path(web, "/measure/file", &ask), STR("导出表格"), false);
    return STATUS_OK;
}

static Status file_row(SheetWriter *writer, const Measure *measure) {
    ViewValue state = page_measure_state(measure->state);
    const SheetCell cells[] = {sheet_text(measure->clause), sheet_text(measure->task_title),
                               sheet_text(measure->text),   sheet_text(measure->unit_name),
                               sheet_day(measure->due),     sheet_percent_bp(measure->progress_bp),
                               sheet_text(state.text),      sheet_day(measure->done_day)};
    return sheet_row(writer, cells, sizeof cells / sizeof cells[0]);
}

static Status file_write(Web *web, const MeasureList *measures, Buf *out) {
    static const SheetColumn columns[] = {{"条款", SHEET_TEXT, 8},  {"任务", SHEET_TEXT, 24},
                                          {"措施", SHEET_TEXT, 60}, {"责任单位", SHEET_TEXT, 24},
                                          {"期限", SHEET_DAY, 12},  {"进度", SHEET_PERCENT, 8},
                                          {"状态", SHEET_TEXT, 18}, {"完成日期", SHEET_DAY, 12}};
    Str titles[] = {STR("行动方案措施台账")};
    SheetTable table = {.name = STR("措施"),
                        .titles = titles,
                        .title_count = 1,
                        .columns = columns,
                        .column_count = sizeof columns / sizeof columns[0],
                        .is_landscape = true};
    SheetWriteOptions options = {.form = SHEET_XLSX, .made_ms = web->now_ms};
    SheetWriter *writer = NULL;
    TRY(sheet_writer_new(web->cx, &options, sheet_sink_buf(out), &writer));
    TRY(sheet_begin(writer, &table));
    for (size_t i = 0; i < measures->count; i++) {
        TRY(file_row(writer, &measures->items[i]));
    }
    return sheet_finish(writer);
}

Status plan_measure_file(Web *web) {
    MeasureList measures;
    MeasureAsk ask = ask_read(web);
    Buf *out = buf_in(web->cx->arena, FILE_BYTES_MAX);
    ask.limit = FILE_ROWS_MAX;
    TRY(work_store_measures(web->cx, web->conn, &ask, &measures));
    TRY(file_write(web, &measures, out));
    Str name = str_print(web->cx->arena, "措施台账-" STR_FMT ".xlsx",
                         STR_ARG(day_print(web->cx->arena, web_today(web))));
    return web_file(web, name, sheet_form_type(SHEET_XLSX, SHEET_UTF8), buf_str(out));
}

/* ---- forms ---- */

enum { NEW_TEXT, NEW_UNIT, NEW_DUE, NEW_FIELDS };

static Status new_form(Web *web, UnitChoices *units, const Form **out) {
    FormField *fields = arena_array(web->cx->arena, FormField, NEW_FIELDS);
    TRY(page_unit_choices(web, true, units));
    fields[NEW_TEXT] =
        (FormField){.name = "text", .label = "措施", .kind = FIELD_LONG_TEXT, .min = 4, .max = 500};
    fields[NEW_UNIT] = (FormField){.name = "unit",
                                   .label = "责任单位",
                                   .kind = FIELD_CHOICE,
                                   .choices = units->items,
                                   .choice_count = units->count};
    fields[NEW_DUE] =
        (FormField){.name = "due", .label = "完成期限", .kind = FIELD_DAY, .is_optional = true};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "new",
                   .action = str_print(web->cx->arena, "/task/%" PRId64 "/measure", web->ids[0]),
                   .submit = "添加措施",
                   .fields = fields,
                   .field_count = NEW_FIELDS};
    *out = form;
    return STATUS_OK;
}

enum { ASSIGN_UNIT, ASSIGN_DUE, ASSIGN_TEXT, ASSIGN_FIELDS };

static Status assign_form(Web *web, const Measure *measure, UnitChoices *units, const Form **out) {
    FormField *fields = arena_array(web->cx->arena, FormField, ASSIGN_FIELDS);
    TRY(page_unit_choices(web, false, units));
    Str now = measure == NULL ? STR_NONE : str_print(web->cx->arena, "%" PRId64, measure->unit_id);
    bool has_due = measure != NULL && measure->due.number != DAY_NONE.number;
    fields[ASSIGN_UNIT] = (FormField){.name = "unit",
                                      .label = "责任单位",
                                      .kind = FIELD_CHOICE,
                                      .choices = units->items,
                                      .choice_count = units->count,
                                      .value = now};
    fields[ASSIGN_DUE] =
        (FormField){.name = "due",
                    .label = "完成期限",
                    .kind = FIELD_DAY,
                    .value = has_due ? day_print(web->cx->arena, measure->due) : STR_NONE};
    fields[ASSIGN_TEXT] = (FormField){
        .name = "text", .label = "说明", .kind = FIELD_TEXT, .is_optional = true, .max = 200};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "assign",
                   .action = act_path(web, "assign"),
                   .submit = "确定责任单位和期限",
                   .fields = fields,
                   .field_count = ASSIGN_FIELDS};
    *out = form;
    return STATUS_OK;
}

enum { PROGRESS_TEXT, PROGRESS_EVIDENCE, PROGRESS_PAPERS, PROGRESS_PERCENT, PROGRESS_FIELDS };

/* A joint unit tells its part with a figure of its own; the measure's figure is the owner's. */
static Status progress_form(Web *web, bool is_owner, const Form **out) {
    FormField *fields = arena_array(web->cx->arena, FormField, PROGRESS_FIELDS);
    fields[PROGRESS_TEXT] = (FormField){
        .name = "text", .label = "进展情况", .kind = FIELD_LONG_TEXT, .min = 4, .max = 1000};
    fields[PROGRESS_EVIDENCE] = (FormField){.name = "evidence",
                                            .label = "佐证材料",
                                            .hint = "文件名称、文号或记录编号",
                                            .kind = FIELD_TEXT,
                                            .is_optional = true,
                                            .max = 200};
    TRY(evidence_field(web, &fields[PROGRESS_PAPERS]));
    fields[PROGRESS_PERCENT] = (FormField){
        .name = "percent",
        .label = is_owner ? "完成进度（%）" : "本单位配合进度（%）",
        .hint = is_owner ? NULL : "本单位承担的部分完成了多少；措施的总进度由责任单位报",
        .kind = FIELD_INT,
        .min = 0,
        .max = is_owner ? 99 : 100};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "progress",
                   .action = act_path(web, "progress"),
                   .submit = is_owner ? "报进展" : "报本单位配合情况",
                   .fields = fields,
                   .field_count = PROGRESS_FIELDS};
    *out = form;
    return STATUS_OK;
}

enum { REPORT_TEXT, REPORT_EVIDENCE, REPORT_PAPERS, REPORT_FIELDS };

static Status report_form(Web *web, const Form **out) {
    FormField *fields = arena_array(web->cx->arena, FormField, REPORT_FIELDS);
    fields[REPORT_TEXT] = (FormField){
        .name = "text", .label = "完成情况", .kind = FIELD_LONG_TEXT, .min = 4, .max = 1000};
    fields[REPORT_EVIDENCE] = (FormField){.name = "evidence",
                                          .label = "佐证材料",
                                          .hint = "文件名称、文号或记录编号",
                                          .kind = FIELD_TEXT,
                                          .min = 2,
                                          .max = 200};
    TRY(evidence_field(web, &fields[REPORT_PAPERS]));
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "report",
                   .action = act_path(web, "report"),
                   .submit = "报送完成",
                   .confirm = "报送后由牵头专班确认，确定报送？",
                   .fields = fields,
                   .field_count = REPORT_FIELDS};
    *out = form;
    return STATUS_OK;
}

static const Form *reason_form(Web *web, const char *act, const char *label, const char *submit) {
    TextForm of = {.key = act,
                   .action = act_path(web, act),
                   .field = "text",
                   .label = label,
                   .submit = submit};
    return page_text_form(web, &of);
}

/* ---- one measure ---- */

static Str verb_zh(Str verb) {
    static const struct {
        const char *code;
        const char *zh;
    } rows[] = {{"add", "列入"},        {"assign", "确定责任单位和期限"},
                {"progress", "报进展"}, {"joint", "配合单位报进展"},
                {"report", "报送完成"}, {"confirm", "确认完成"},
                {"return", "退回"},     {"drop", "调整取消"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_equal(verb, str_of(rows[i].code))) {
            return str_of(rows[i].zh);
        }
    }
    return verb;
}

static Status measure_moments(Web *web, const Measure *measure) {
    WorkMomentList moments;
    Arena *arena = web->cx->arena;
    TRY(work_store_measure_moments(web->cx, web->conn, measure->id, &moments));
    view_section(web->view, STR("办理过程"));
    view_timeline_begin(web->view);
    for (size_t i = 0; i < moments.count; i++) {
        const WorkMoment *moment = &moments.items[i];
        Str what = verb_zh(moment->verb);
        if (moment->progress_bp >= 0) {
            what = str_print(arena, STR_FMT "，进度 %" PRId64 "%%", STR_ARG(what),
                             moment->progress_bp / 100);
        }
        Str who = moment->unit_name.len == 0
                      ? moment->person
                      : str_print(arena, STR_FMT "（" STR_FMT "）", STR_ARG(moment->person),
                                  STR_ARG(moment->unit_name));
        Str note = moment->evidence.len == 0
                       ? moment->text
                       : str_print(arena, STR_FMT "（佐证：" STR_FMT "）", STR_ARG(moment->text),
                                   STR_ARG(moment->evidence));
        view_moment(web->view,
                    &(ViewMoment){.at_ms = moment->at_ms, .who = who, .what = what, .note = note});
    }
    view_timeline_end(web->view);
    if (moments.count == 0) {
        view_text(web->view, STR("还没有办理记录。"));
    }
    return STATUS_OK;
}

/* The last word of a unit on a measure; NULL: it has not told anything. */
static const WorkMoment *last_of_unit(const WorkMomentList *moments, Str unit) {
    const WorkMoment *last = NULL;
    for (size_t i = 0; i < moments->count; i++) {
        const WorkMoment *moment = &moments->items[i];
        bool is_report = str_equal(moment->verb, STR("progress")) ||
                         str_equal(moment->verb, STR("joint")) ||
                         str_equal(moment->verb, STR("report"));
        if (is_report && str_equal(moment->unit_name, unit)) {
            last = moment;
        }
    }
    return last;
}

static void part_row(Web *web, const WorkMoment *last, Str unit, Str part) {
    View *view = web->view;
    view_row(view);
    view_cell(view, VIEW_TEXT(unit));
    view_cell(view, VIEW_TEXT(part));
    view_cell(view, last != NULL && last->progress_bp >= 0 ? VIEW_PERCENT_BP(last->progress_bp)
                                                           : VIEW_TEXT(STR("未报")));
    view_cell(view, last == NULL ? VIEW_TEXT(STR("—")) : VIEW_TEXT(last->text));
    view_cell(view, last == NULL ? VIEW_TEXT(STR("—"))
                                 : VIEW_TEXT(instant_print_minute(web->cx->arena, last->at_ms)));
}

/* Every unit of the task, the owner first, with the last that it told. */
static Status parts_section(Web *web, const Measure *measure) {
    static const ViewColumn columns[] = {{"unit", "单位", false},
                                         {"part", "分工", false},
                                         {"progress", "进度", true},
                                         {"text", "最近一次情况", false},
                                         {"told", "报送时间", false}};
    TaskRow task;
    WorkMomentList moments;
    TRY(plan_store_task_find(web->cx, web->conn, measure->task_id, &task));
    TRY(work_store_measure_moments(web->cx, web->conn, measure->id, &moments));
    Str units = task.responsible.len == 0
                    ? task.lead
                    : str_print(web->cx->arena, STR_FMT "、" STR_FMT, STR_ARG(task.lead),
                                STR_ARG(task.responsible));
    view_section(web->view, STR("各单位进展"));
    view_table_begin(web->view, "parts", STR("各单位进展"), columns, 5);
    if (measure->unit_name.len > 0) {
        part_row(web, last_of_unit(&moments, measure->unit_name), measure->unit_name, STR("责任"));
    }
    while (units.len > 0) {
        size_t at = str_find(units, STR("、"), 0);
        Str unit = at == SIZE_MAX ? units : str_slice(units, 0, at);
        units = at == SIZE_MAX ? STR_NONE : str_from(units, at + STR("、").len);
        if (unit.len > 0 && !str_equal(unit, measure->unit_name)) {
            part_row(web, last_of_unit(&moments, unit), unit, STR("配合"));
        }
    }
    view_table_end(web->view, STR("没有确定单位"));
    return STATUS_OK;
}

/* An officer reads the history of what the own unit leads or works with. */
static Status may_read(Web *web, const Measure *measure, bool *out) {
    bool is_officer = web->user->role == ROLE_OFFICER;
    *out = !is_officer || measure->unit_id == web->user->unit_id;
    return *out ? STATUS_OK
                : plan_store_task_is_of(web->cx, web->conn, measure->task_id, web->user->unit_id,
                                        out);
}

static Status lead_acts(Web *web, const Measure *measure) {
    UnitChoices units;
    const Form *assign = NULL;
    if (str_equal(measure->state, STR("reported"))) {
        view_section(web->view, STR("确认完成"));
        view_action(web->view, act_path(web, "confirm"), STR("确认完成"), "确认这项措施已经完成？");
        view_form(web->view, reason_form(web, "return", "退回原因", "退回继续办理"));
    }
    if (is_open(measure) || str_equal(measure->state, STR("reported"))) {
        view_section(web->view, STR("责任单位和期限"));
        TRY(assign_form(web, measure, &units, &assign));
        view_form(web->view, assign);
        view_section(web->view, STR("督办和调整"));
        view_link(web->view,
                  str_print(web->cx->arena, "/notice/new?task=%" PRId64 "&measure=%" PRId64,
                            measure->task_id, measure->id),
                  STR("签发督办通知"), true);
        view_form(web->view, reason_form(web, "drop", "调整取消的原因", "调整取消"));
    }
    return STATUS_OK;
}

static Status unit_acts(Web *web, const Measure *measure) {
    bool is_of_task = false;
    bool is_owner = measure->unit_id != 0 && measure->unit_id == web->user->unit_id;
    TRY(plan_store_task_is_of(web->cx, web->conn, measure->task_id, web->user->unit_id,
                              &is_of_task));
    if (!is_open(measure) || (!is_owner && !is_of_task)) {
        return STATUS_OK;
    }
    view_section(web->view, is_owner ? STR("报进展") : STR("本单位配合情况"));
    const Form *form = NULL;
    TRY(progress_form(web, is_owner, &form));
    view_form(web->view, form);
    if (is_owner) {
        view_section(web->view, STR("报送完成"));
        TRY(report_form(web, &form));
        view_form(web->view, form);
    }
    return STATUS_OK;
}

Status plan_measure_page(Web *web) {
    Measure measure;
    TRY(work_store_measure_find(web->cx, web->conn, web->ids[0], &measure));
    View *view = web->view;
    view_title(view, measure.text);
    view_section(view, STR("现状"));
    view_facts_begin(view, NULL, true);
    view_fact(view, "state", "状态", page_measure_state(measure.state));
    view_fact(view, "progress_bp", "进度", VIEW_PERCENT_BP(measure.progress_bp));
    view_fact(view, "due", "期限", page_due(web, measure.due, is_open(&measure)));
    view_fact(view, "unit", "责任单位",
              measure.unit_name.len > 0 ? VIEW_TEXT(measure.unit_name) : VIEW_NONE);
    view_fact(view, "task", "所属任务",
              VIEW_LINK(page_path(web, "/task", measure.task_id),
                        str_print(web->cx->arena, STR_FMT " " STR_FMT, STR_ARG(measure.clause),
                                  STR_ARG(measure.task_title))));
    view_facts_end(view);
    bool is_open_to = false;
    TRY(may_read(web, &measure, &is_open_to));
    if (!is_open_to) {
        view_text(view, STR("办理过程对责任单位、配合单位和牵头专班开放。"));
        return STATUS_OK;
    }
    TRY(parts_section(web, &measure));
    TRY(evidence_table(web, EVIDENCE_MEASURE, measure.id));
    TRY(measure_moments(web, &measure));
    if (web->user->role == ROLE_LEAD) {
        return lead_acts(web, &measure);
    }
    return web->user->role == ROLE_OFFICER ? unit_acts(web, &measure) : STATUS_OK;
}

Status plan_measure_new_page(Web *web) {
    TaskRow task;
    UnitChoices units;
    const Form *form = NULL;
    TRY(plan_store_task_find(web->cx, web->conn, web->ids[0], &task));
    TRY(new_form(web, &units, &form));
    view_title(web->view, STR("添加措施"));
    view_lead(web->view, str_print(web->cx->arena, STR_FMT " " STR_FMT, STR_ARG(task.clause),
                                   STR_ARG(task.title)));
    view_form(web->view, form);
    return STATUS_OK;
}

/* ---- acts ---- */

static Status add_work(Cx *cx, DbConn *conn, void *input) {
    int64_t id = 0;
    return plan_measure_add(cx, conn, input, &id);
}

Status plan_measure_new_post(Web *web) {
    UnitChoices units;
    const Form *form = NULL;
    FormValue values[NEW_FIELDS];
    TRY(new_form(web, &units, &form));
    TRY(form_read(web, form, values));
    PlanMeasureNew new = {.task_id = web->ids[0],
                          .text = values[NEW_TEXT].text,
                          .unit_id = page_unit_chosen(&units, &values[NEW_UNIT]),
                          .due = values[NEW_DUE].is_given ? (Day){(int32_t)values[NEW_DUE].number}
                                                          : DAY_NONE,
                          .person_id = web->user->id,
                          .now_ms = web->now_ms};
    TRY(web_write(web, "measure.add", add_work, &new, NULL));
    return web_redirect(web, page_path(web, "/task", web->ids[0]), STR("措施已添加"));
}

static PlanMeasureAct act_of(const Web *web) {
    return (PlanMeasureAct){.measure_id = web->ids[0],
                            .person_id = web->user->id,
                            .unit_id = web->user->unit_id,
                            .is_lead = web->user->role == ROLE_LEAD,
                            .due = DAY_NONE,
                            .now_ms = web->now_ms};
}

static Status act_run(Web *web, const char *name, DbWork *work, PlanMeasureAct *act) {
    TRY(web_write(web, name, work, act, NULL));
    return web_redirect(web, page_path(web, "/measure", web->ids[0]), STR("已办理"));
}

static Status assign_work(Cx *cx, DbConn *conn, void *input) {
    return plan_measure_assign(cx, conn, input);
}

Status plan_measure_assign_post(Web *web) {
    UnitChoices units;
    const Form *form = NULL;
    FormValue values[ASSIGN_FIELDS];
    PlanMeasureAct act = act_of(web);
    TRY(assign_form(web, NULL, &units, &form));
    TRY(form_read(web, form, values));
    act.new_unit_id = page_unit_chosen(&units, &values[ASSIGN_UNIT]);
    act.due = (Day){(int32_t)values[ASSIGN_DUE].number};
    act.text = values[ASSIGN_TEXT].text;
    return act_run(web, "measure.assign", assign_work, &act);
}

static Status progress_work(Cx *cx, DbConn *conn, void *input) {
    return plan_measure_progress(cx, conn, input);
}

Status plan_measure_progress_post(Web *web) {
    Measure measure;
    FormValue values[PROGRESS_FIELDS] = {0};
    PlanMeasureAct act = act_of(web);
    TRY(work_store_measure_find(web->cx, web->conn, web->ids[0], &measure));
    bool is_owner = measure.unit_id != 0 && measure.unit_id == web->user->unit_id;
    if (form_is_reshaped(web)) {
        return plan_measure_page(web);
    }
    const Form *form = NULL;
    TRY(progress_form(web, is_owner, &form));
    TRY(form_read(web, form, values));
    TRY(evidence_read(web, &act.papers));
    act.text = values[PROGRESS_TEXT].text;
    act.evidence = values[PROGRESS_EVIDENCE].text;
    act.progress_bp = values[PROGRESS_PERCENT].number * 100;
    return act_run(web, "measure.progress", progress_work, &act);
}

static Status report_work(Cx *cx, DbConn *conn, void *input) {
    return plan_measure_report(cx, conn, input);
}

Status plan_measure_report_post(Web *web) {
    const Form *form = NULL;
    FormValue values[REPORT_FIELDS];
    PlanMeasureAct act = act_of(web);
    if (form_is_reshaped(web)) {
        return plan_measure_page(web);
    }
    TRY(report_form(web, &form));
    TRY(form_read(web, form, values));
    TRY(evidence_read(web, &act.papers));
    act.text = values[REPORT_TEXT].text;
    act.evidence = values[REPORT_EVIDENCE].text;
    return act_run(web, "measure.report", report_work, &act);
}

static Status confirm_work(Cx *cx, DbConn *conn, void *input) {
    return plan_measure_decide(cx, conn, input, true);
}

static Status return_work(Cx *cx, DbConn *conn, void *input) {
    return plan_measure_decide(cx, conn, input, false);
}

static Status drop_work(Cx *cx, DbConn *conn, void *input) {
    return plan_measure_drop(cx, conn, input);
}

Status plan_measure_confirm_post(Web *web) {
    PlanMeasureAct act = act_of(web);
    return act_run(web, "measure.confirm", confirm_work, &act);
}

Status plan_measure_return_post(Web *web) {
    FormValue values[1];
    PlanMeasureAct act = act_of(web);
    TRY(form_read(web, reason_form(web, "return", "退回原因", "退回继续办理"), values));
    act.text = values[0].text;
    return act_run(web, "measure.return", return_work, &act);
}

Status plan_measure_drop_post(Web *web) {
    FormValue values[1];
    PlanMeasureAct act = act_of(web);
    TRY(form_read(web, reason_form(web, "drop", "调整取消的原因", "调整取消"), values));
    act.text = values[0].text;
    return act_run(web, "measure.drop", drop_work, &act);
}
