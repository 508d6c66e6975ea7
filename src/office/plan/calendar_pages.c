/* calendar_pages.c - the working calendar as published, and counting working days by hand. */
#include "office/plan/pages.h"

#include <inttypes.h>

enum { DAYS_MAX = 366, MONTHS_OF_YEAR = 12 };

static const CityYear *year_find(const City *city, int64_t year) {
    for (size_t i = 0; i < city->year_count; i++) {
        if (city->years[i].year == year) {
            return &city->years[i];
        }
    }
    return NULL;
}

static const char *const weekday_zh[] = {"",     "周一", "周二", "周三",
                                         "周四", "周五", "周六", "周日"};

static Str day_words(Arena *arena, Day day) {
    return str_print(arena, STR_FMT "（%s）", STR_ARG(day_print(arena, day)),
                     weekday_zh[day_weekday(day)]);
}

/* ---- a year ---- */

static void holidays_table(Web *web, const CityYear *year) {
    static const ViewColumn columns[] = {{"name", "节日", false},
                                         {"first", "放假自", false},
                                         {"last", "至", false},
                                         {"days", "天数", true}};
    View *view = web->view;
    view_table_begin(view, "holidays", STR("放假"), columns, 4);
    for (size_t i = 0; i < year->holiday_count; i++) {
        const CityHoliday *holiday = &year->holidays[i];
        view_row(view);
        view_cell(view, VIEW_TEXT(holiday->name));
        view_cell(view, VIEW_TEXT(day_words(web->cx->arena, holiday->first)));
        view_cell(view, VIEW_TEXT(day_words(web->cx->arena, holiday->last)));
        view_cell(view, VIEW_INT(holiday->last.number - holiday->first.number + 1));
    }
    view_table_end(view, STR("没有放假安排"));
}

static void worked_table(Web *web, const CityYear *year) {
    static const ViewColumn columns[] = {{"day", "调休上班", false}};
    View *view = web->view;
    view_table_begin(view, "worked", STR("调休上班"), columns, 1);
    for (size_t i = 0; i < year->worked_count; i++) {
        view_row(view);
        view_cell(view, VIEW_TEXT(day_words(web->cx->arena, year->worked[i])));
    }
    view_table_end(view, STR("没有调休上班"));
}

static void months_table(Web *web, int64_t year) {
    static const ViewColumn columns[] = {{"month", "月份", false}, {"days", "工作日", true}};
    View *view = web->view;
    int64_t total = 0;
    view_table_begin(view, "months", STR("各月工作日"), columns, 2);
    for (int32_t month = 1; month <= MONTHS_OF_YEAR; month++) {
        Day first = day_of_ymd((int32_t)year, month, 1);
        int32_t days = day_working_between(page_calendar(web), day_add(first, -1),
                                           day_add(first, days_in_month((int32_t)year, month) - 1));
        total += days;
        view_row(view);
        view_cell(view, VIEW_TEXT(str_print(web->cx->arena, "%" PRId32 "月", month)));
        view_cell(view, VIEW_INT(days));
    }
    view_row(view);
    view_cell(view, VIEW_TEXT(STR("全年")));
    view_cell(view, VIEW_INT(total));
    view_table_end(view, STR(""));
}

static void year_sections(Web *web, const CityYear *year) {
    View *view = web->view;
    view_section(view, str_print(web->cx->arena, "%" PRId64 " 年", year->year));
    view_facts_begin(view, NULL, false);
    view_fact(view, "document", "依据", page_or_dash(year->document));
    view_fact(view, "document_day", "发文日期", page_or_dash(year->document_day));
    view_fact(view, "source", "来源",
              year->source.len > 0 ? VIEW_LINK(year->source, STR("查看公开来源")) : VIEW_NONE);
    view_facts_end(view);
    holidays_table(web, year);
    worked_table(web, year);
    view_section(view, STR("各月工作日"));
    months_table(web, year->year);
}

/* ---- counting ---- */

enum { COUNT_FROM, COUNT_DAYS, COUNT_FIELDS };

static const Form *count_form(Web *web) {
    FormField *fields = arena_array(web->cx->arena, FormField, COUNT_FIELDS);
    Str from = web_param(web, "from");
    Str days = web_param(web, "days");
    fields[COUNT_FROM] =
        (FormField){.name = "from",
                    .label = "起算日",
                    .hint = "起算日当天不计入（民法典第二百零一条）",
                    .kind = FIELD_DAY,
                    .value = from.len > 0 ? from : day_print(web->cx->arena, web_today(web))};
    fields[COUNT_DAYS] = (FormField){.name = "days",
                                     .label = "工作日数",
                                     .kind = FIELD_INT,
                                     .min = 0,
                                     .max = DAYS_MAX,
                                     .value = days.len > 0 ? days : STR("10")};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "count",
                   .action = STR("/calendar"),
                   .submit = "算期限",
                   .fields = fields,
                   .field_count = COUNT_FIELDS,
                   .is_get = true};
    return form;
}

static Status count_section(Web *web) {
    View *view = web->view;
    const WorkCalendar *calendar = page_calendar(web);
    view_section(view, STR("算期限"));
    view_form(view, count_form(web));
    if (web_param(web, "from").len == 0 || web->error_count > 0) {
        return STATUS_OK;
    }
    FormValue values[COUNT_FIELDS];
    TRY(form_read(web, count_form(web), values));
    Day from = {(int32_t)values[COUNT_FROM].number};
    Day end = day_add_working(calendar, from, (int32_t)values[COUNT_DAYS].number);
    view_facts_begin(view, "count", true);
    view_fact(view, "end", "期限届满", VIEW_TEXT(day_words(web->cx->arena, end)));
    view_facts_end(view);
    if (day_compare(end, calendar->last) > 0 || day_compare(from, calendar->first) < 0) {
        view_notice(view, VIEW_WARN,
                    STR("期限超出已公布的放假安排，公布以前按周一至周五计算，结果可能改变。"));
    }
    return STATUS_OK;
}

Status plan_calendar_page(Web *web) {
    const City *city = web->app->house;
    int64_t today_year = day_parts(web_today(web)).year;
    int64_t asked = web_param_int(web, "year", today_year);
    const CityYear *year = year_find(city, asked);
    View *view = web->view;
    view_title(view, STR("工作日历"));
    view_lead(view, STR("所有“几个工作日内”的期限都按这里的放假和调休上班计算。"));
    view_tabs_begin(view, "年份");
    for (size_t i = 0; i < city->year_count; i++) {
        int64_t other = city->years[i].year;
        view_tab(view, str_print(web->cx->arena, "/calendar?year=%" PRId64, other),
                 str_print(web->cx->arena, "%" PRId64, other), other == asked);
    }
    view_tabs_end(view);
    TRY(count_section(web));
    if (year == NULL) {
        view_section(view, str_print(web->cx->arena, "%" PRId64 " 年", asked));
        view_text(view, STR("这一年的放假安排还没有载入；按周一至周五计算工作日。"));
        return STATUS_OK;
    }
    year_sections(web, year);
    return STATUS_OK;
}
