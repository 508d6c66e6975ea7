/* todo_pages.c - the work list as a page and as files, and its count in the navigation. */
#include "base/limits.h"
#include "office/todo/todo_cache.h"
#include "sheet/sheet.h"

#include <inttypes.h>

enum { FILE_BYTES_MAX = 4 * 1024 * 1024 };

static const City *city_of(const Web *web) {
    return web->app->house;
}

/* The list, and its count for the navigation of the next pages. */
static Status list_read(Web *web, Cx *cx, TodoList *out) {
    TodoAsk ask = {.city = city_of(web), .user = web->user, .today = web_today(web)};
    TRY(todo_list(cx, web->conn, &ask, out));
    if (web->app->nav_context != NULL) {
        todo_cache_put(web->app->nav_context, web->user->id, web->now_ms, (int64_t)out->count);
    }
    return STATUS_OK;
}

/* A Cx of its own: the page may be about to tell a fault. */
Status todo_nav_count(Web *web, Str href, int64_t *out) {
    bool is_worker = web->user->role == ROLE_OFFICER || web->user->role == ROLE_LEAD;
    bool has_acted = web->flash.len > 0;
    Cx quiet;
    TodoList list;
    *out = -1;
    if (!is_worker || !str_equal(href, STR("/todo"))) {
        return STATUS_OK;
    }
    if (!has_acted && todo_cache_get(web->app->nav_context, web->user->id, web->now_ms, out)) {
        return STATUS_OK;
    }
    *out = -1;
    cx_init(&quiet, web->cx->arena);
    if (web->conn != NULL && list_read(web, &quiet, &list) == STATUS_OK) {
        *out = (int64_t)list.count;
    }
    return STATUS_OK;
}

/* ---- which ---- */

static bool is_in(Web *web, const Todo *item, Str which) {
    Day today = web_today(web);
    bool has_due = item->due.number != DAY_NONE.number;
    if (str_equal(which, STR("late"))) {
        return has_due && day_compare(item->due, today) < 0;
    }
    if (str_equal(which, STR("soon"))) {
        Day soon = day_add_working(&city_of(web)->calendar, today, TODO_SOON_DAYS);
        return has_due && day_compare(item->due, today) >= 0 && day_compare(item->due, soon) <= 0;
    }
    if (str_equal(which, STR("plan")) || str_equal(which, STR("record"))) {
        return str_equal(item->source, which);
    }
    return true;
}

static void pick(Web *web, TodoList *list, Str which) {
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (is_in(web, &list->items[i], which)) {
            list->items[kept++] = list->items[i];
        }
    }
    list->count = kept;
}

static void tabs(Web *web, Str which) {
    static const struct {
        const char *code;
        const char *zh;
    } rows[] = {{"", "全部"},
                {"late", "已逾期"},
                {"soon", "3个工作日内到期"},
                {"plan", "填报、督办和措施"},
                {"record", "台账"}};
    view_tabs_begin(web->view, "范围");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Str code = str_of(rows[i].code);
        view_tab(web->view,
                 code.len == 0 ? STR("/todo")
                               : str_print(web->cx->arena, "/todo?which=%s", rows[i].code),
                 str_of(rows[i].zh), str_equal(which, code));
    }
    view_tabs_end(web->view);
}

/* ---- the page ---- */

static ViewValue left_view(Web *web, Day due) {
    const WorkCalendar *calendar = &city_of(web)->calendar;
    Day today = web_today(web);
    Str text = todo_left_text(web->cx->arena, calendar, today, due);
    if (due.number == DAY_NONE.number) {
        return VIEW_TEXT(STR("—"));
    }
    if (day_compare(due, today) < 0) {
        return VIEW_BADGE(VIEW_BAD, STR("late"), text);
    }
    bool is_soon = day_compare(due, day_add_working(calendar, today, TODO_SOON_DAYS)) <= 0;
    return VIEW_BADGE(is_soon ? VIEW_WARN : VIEW_NEUTRAL, is_soon ? STR("soon") : STR("in_time"),
                      text);
}

static void row_put(Web *web, const Todo *item) {
    View *view = web->view;
    view_row(view);
    view_cell(view, VIEW_DAY(item->due));
    view_cell(view, left_view(web, item->due));
    view_cell(view, VIEW_TEXT(item->kind));
    view_cell(view, VIEW_LINK(item->href, item->title));
    view_cell(view, item->detail.len > 0 ? VIEW_TEXT(item->detail) : VIEW_NONE);
    view_cell(view, item->unit.len > 0 ? VIEW_TEXT(item->unit) : VIEW_NONE);
}

static void facts_put(Web *web, const TodoCount *count) {
    View *view = web->view;
    view_section(view, STR("概况"));
    view_facts_begin(view, "count", true);
    view_fact(view, "all", "待办", VIEW_INT(count->all));
    view_fact(view, "late", "已逾期", VIEW_INT(count->late));
    view_fact(view, "soon", "3个工作日内到期", VIEW_INT(count->soon));
    view_fact(view, "without", "未设置期限", VIEW_INT(count->without));
    view_facts_end(view);
}

Status todo_page(Web *web) {
    static const ViewColumn columns[] = {{"due", "期限", false},        {"left", "剩余", false},
                                         {"kind", "类别", false},       {"title", "事项", false},
                                         {"detail", "要做的事", false}, {"unit", "单位", false}};
    TodoList list;
    View *view = web->view;
    Str which = web_param(web, "which");
    TRY(list_read(web, web->cx, &list));
    TodoCount count = todo_count(&list, &city_of(web)->calendar, web_today(web));
    view_title(view, STR("待办"));
    view_lead(view, STR("等您办理的事，按期限排列，期限按工作日计算；办完自动消失。"));
    facts_put(web, &count);
    tabs(web, which);
    pick(web, &list, which);
    size_t shown = list.count < TODO_ROWS_MAX ? list.count : TODO_ROWS_MAX;
    view_section(view, STR_NONE);
    view_table_begin(view, "todo", STR("待办事项"), columns, 6);
    for (size_t i = 0; i < shown; i++) {
        row_put(web, &list.items[i]);
    }
    view_table_end(view, STR("没有待办事项"));
    if (list.count > shown) {
        view_text(view, str_print(web->cx->arena, "只显示最先到期的 %d 件。", TODO_ROWS_MAX));
    }
    view_section(view, STR("导出"));
    view_link(view, STR("/todo/file/xlsx"), STR("导出表格"), false);
    view_link(view, STR("/todo/file/ics"), STR("导出日历（手机、邮件程序可以打开）"), false);
    if (web->user->role == ROLE_OFFICER) {
        view_link(view, STR("/record/due"), STR("逐件办理台账"), false);
    }
    return STATUS_OK;
}

/* ---- files ---- */

static Status sheet_put(Web *web, const TodoList *list, Buf *out) {
    static const SheetColumn columns[] = {{"期限", SHEET_DAY, 12},      {"剩余", SHEET_TEXT, 20},
                                          {"类别", SHEET_TEXT, 20},     {"事项", SHEET_TEXT, 50},
                                          {"要做的事", SHEET_TEXT, 30}, {"单位", SHEET_TEXT, 24}};
    Arena *arena = web->cx->arena;
    Str titles[] = {str_print(arena, STR_FMT "的待办（" STR_FMT "）", STR_ARG(web->user->name),
                              STR_ARG(day_print(arena, web_today(web))))};
    SheetTable table = {.name = STR("待办"),
                        .titles = titles,
                        .title_count = 1,
                        .columns = columns,
                        .column_count = 6,
                        .is_landscape = true};
    SheetWriteOptions options = {.form = SHEET_XLSX, .made_ms = web->now_ms};
    SheetWriter *writer = NULL;
    TRY(sheet_writer_new(web->cx, &options, sheet_sink_buf(out), &writer));
    TRY(sheet_begin(writer, &table));
    for (size_t i = 0; i < list->count && i < TODO_ROWS_MAX; i++) {
        const Todo *item = &list->items[i];
        const SheetCell cells[] = {
            sheet_day(item->due),
            sheet_text(todo_left_text(arena, &city_of(web)->calendar, web_today(web), item->due)),
            sheet_text(item->kind),
            sheet_text(item->title),
            sheet_text(item->detail),
            sheet_text(item->unit)};
        TRY(sheet_row(writer, cells, 6));
    }
    return sheet_finish(writer);
}

/* Links need the address by which the person came: the own origin of the request. */
static Str host_of(Web *web) {
    Str host = http_header(web->http, "Host");
    return host.len == 0 ? STR("")
                         : str_print(web->cx->arena, "%s://" STR_FMT,
                                     web->app->is_secure ? "https" : "http", STR_ARG(host));
}

Status todo_file(Web *web) {
    TodoList list;
    Buf *out = buf_in(web->cx->arena, FILE_BYTES_MAX);
    Str day = day_print(web->cx->arena, web_today(web));
    TRY(list_read(web, web->cx, &list));
    if (str_equal(web->words[0], STR("xlsx"))) {
        TRY(sheet_put(web, &list, out));
        return web_file(web, str_print(web->cx->arena, "待办-" STR_FMT ".xlsx", STR_ARG(day)),
                        sheet_form_type(SHEET_XLSX, SHEET_UTF8), buf_str(out));
    }
    if (!str_equal(web->words[0], STR("ics"))) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这种文件");
    }
    list.count = list.count < TODO_ROWS_MAX ? list.count : TODO_ROWS_MAX;
    todo_calendar_write(out, &(TodoCalendar){.list = &list,
                                             .city_name = city_of(web)->name,
                                             .host = host_of(web),
                                             .now_ms = web->now_ms});
    web->is_download = true;
    return web_file(web, str_print(web->cx->arena, "待办-" STR_FMT ".ics", STR_ARG(day)),
                    STR("text/calendar; charset=utf-8"), buf_str(out));
}
