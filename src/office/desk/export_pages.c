/*
 * export_pages.c - records as tables in files: the empty table to fill in, and exports of what a
 * list shows. Up to DESK_EXPORT_DIRECT_MAX records are written while the person waits, more beside
 * the requests; both go through a file, so that memory does not grow with the records.
 */
#include "base/vec.h"
#include "office/desk/desk_internal.h"
#include "sheet/sheet.h"
#include "web/job.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- cells ---- */

/* Numbers and days as such, so that a table can be added up and sorted; codes stay text. */
static SheetCell cell_of(Arena *arena, const RecordBook *book, const RecordColumn *column,
                         const Record *record) {
    Str text = record_column_text(arena, book, column, record);
    if (column->field == SIZE_MAX || column->part[0] != '\0' || text.len == 0) {
        return text.len == 0 ? SHEET_CELL_NONE : sheet_text(text);
    }
    const RecordValue *value = &record->values[column->field];
    switch (record->kind->fields[column->field].type) {
    case RECORD_INT:
        return sheet_int(value->number);
    case RECORD_MONEY:
        return sheet_money((Money){value->number});
    case RECORD_DECIMAL:
        return sheet_number(text);
    case RECORD_DAY:
        return sheet_day((Day){(int32_t)value->number});
    case RECORD_TEXT:
    case RECORD_LONG_TEXT:
    case RECORD_MONTH:
    case RECORD_YEAR:
    case RECORD_CHECK:
    case RECORD_CHOICE:
    case RECORD_CHOICES:
    case RECORD_TOWN:
    case RECORD_UNIT:
    case RECORD_PLACE:
    case RECORD_ORG:
    case RECORD_SERIAL:
    case RECORD_VIN:
    case RECORD_PLATE:
    case RECORD_USCC:
    case RECORD_GTIN:
    case RECORD_IMEI:
    case RECORD_PERSON:
    case RECORD_PHONE:
    case RECORD_ID_NUMBER:
    case RECORD_REF:
    case RECORD_FILE:
    case RECORD_ROWS:
        break;
    }
    return sheet_text(text);
}

static SheetKind sheet_kind_of(const RecordKind *kind, const RecordColumn *column) {
    if (column->field == SIZE_MAX || column->part[0] != '\0') {
        return SHEET_TEXT;
    }
    RecordType type = kind->fields[column->field].type;
    return type == RECORD_INT       ? SHEET_INT
           : type == RECORD_MONEY   ? SHEET_MONEY
           : type == RECORD_DECIMAL ? SHEET_NUMBER
           : type == RECORD_DAY     ? SHEET_DAY
                                    : SHEET_TEXT;
}

static SheetColumn *sheet_columns(Arena *arena, const RecordKind *kind,
                                  const RecordColumns *columns) {
    SheetColumn *out = arena_array(arena, SheetColumn, columns->count);
    for (size_t i = 0; i < columns->count; i++) {
        out[i] = (SheetColumn){.label = str_c(arena, columns->items[i].title),
                               .kind = sheet_kind_of(kind, &columns->items[i])};
    }
    return out;
}

/* ---- writing records to a file ---- */

typedef struct Export {
    const City *city;
    RecordHouse house;
    RecordActor actor;
    RecordQuery query;
    bool is_public;
    SheetForm form;
    SheetCharset charset;
    int64_t now_ms;
    char path[300]; /* of the file */
    /* while it runs */
    RecordColumns columns;
    SheetWriter *writer;
    Job *job;
    int64_t row_count;
} Export;

static Status each_row(Cx *cx, void *context, const Record *record) {
    Export *export = context;
    SheetCell *cells = arena_array(cx->arena, SheetCell, export->columns.count);
    TRY(cx_step(cx));
    for (size_t i = 0; i < export->columns.count; i++) {
        cells[i] = cell_of(cx->arena, export->house.book, &export->columns.items[i], record);
    }
    TRY(sheet_row(export->writer, cells, export->columns.count));
    export->row_count++;
    if (export->job != NULL && export->row_count % 500 == 0) {
        job_progress(export->job, export->row_count);
    }
    return STATUS_OK;
}

static Status rows_write(Cx *cx, DbConn *conn, Export *export, FILE *file) {
    const RecordKind *kind = export->query.kind;
    record_columns_export(cx->arena, kind, export->is_public, &export->columns);
    SheetWriteOptions options = {.form = export->form,
                                 .charset = export->charset,
                                 .folder = str_c(cx->arena, export->city->data_folder),
                                 .made_ms = export->now_ms,
                                 .author = export->city->name};
    SheetTable table = {.name = kind->title,
                        .columns = sheet_columns(cx->arena, kind, &export->columns),
                        .column_count = export->columns.count,
                        .is_landscape = true};
    TRY(sheet_writer_new(cx, &options, sheet_sink_file(file), &export->writer));
    TRY(sheet_begin(export->writer, &table));
    TRY(record_each(cx, conn, &export->house, &export->query, each_row, export));
    return sheet_finish(export->writer);
}

/* Writes the file; it is gone again when something fails. */
static Status export_write(Cx *cx, DbConn *conn, Export *export) {
    int len = snprintf(export->path, sizeof export->path, STR_FMT "/export-XXXXXX",
                       STR_ARG(export->city->data_folder));
    check(len > 0 && (size_t)len < sizeof export->path);
    int fd = mkstemp(export->path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (file == NULL) {
        return fault(cx, STATUS_IO, "cannot write %s", export->path);
    }
    Status status = rows_write(cx, conn, export, file);
    if (fclose(file) != 0 && status == STATUS_OK) {
        status = fault(cx, STATUS_IO, "cannot write %s", export->path);
    }
    if (status != STATUS_OK) {
        (void)unlink(export->path);
    }
    return status;
}

static Str file_name(Arena *arena, const Export *export) {
    return str_print(arena, STR_FMT " " STR_FMT STR_FMT, STR_ARG(export->query.kind->title),
                     STR_ARG(day_print(arena, day_of_instant(export->now_ms))),
                     STR_ARG(sheet_form_ending(export->form)));
}

static Status file_send(Web *web, const Export *export, bool is_gone) {
    web->is_download = true;
    return web_file_path(web, file_name(web->cx->arena, export),
                         sheet_form_type(export->form, export->charset), export->path, is_gone);
}

/* ---- beside the requests ---- */

static void file_drop(void *it) {
    (void)unlink(it);
}

static Status export_work(Cx *cx, Job *job) {
    Export *export = job_input(job);
    DbConn *conn = NULL;
    export->job = job;
    job_stage_set(job, "正在导出");
    TRY(db_read_begin(cx, export->city->db, &conn));
    Status status = export_write(cx, conn, export);
    db_read_end(export->city->db, conn);
    if (status == STATUS_OK) {
        arena_defer(cx->arena, file_drop, export->path);
        job_result_set(job, export);
    }
    return status;
}

static Status export_show(Web *web, const Job *job) {
    const Export *export = job_result(job);
    view_facts_begin(web->view, NULL, false);
    view_fact(web->view, "rows", "记录数", VIEW_INT(export->row_count));
    view_facts_end(web->view);
    view_link(web->view,
              str_print(web->cx->arena, "/record/" STR_FMT "/export/%" PRId64,
                        STR_ARG(export->query.kind->code), web->ids[0]),
              STR("下载文件"), true);
    return STATUS_OK;
}

static const JobKind export_kind = {
    .name = "record.export", .title = "导出台账", .work = export_work, .show = export_show};

static RecordFilter *filters_dup(Arena *arena, const RecordQuery *query) {
    RecordFilter *filters = arena_array(arena, RecordFilter, query->filter_count);
    for (size_t i = 0; i < query->filter_count; i++) {
        filters[i] = (RecordFilter){.name = str_dup(arena, query->filters[i].name),
                                    .low = str_dup(arena, query->filters[i].low),
                                    .high = str_dup(arena, query->filters[i].high)};
    }
    return filters;
}

/* The request's texts do not outlive it. */
static void export_dup(Arena *arena, Export *export) {
    RecordQuery *query = &export->query;
    Str *states = arena_array(arena, Str, query->state_count);
    for (size_t i = 0; i < query->state_count; i++) {
        states[i] = str_dup(arena, query->states[i]);
    }
    query->states = states;
    query->filters = filters_dup(arena, query);
    query->search = str_dup(arena, query->search);
    query->sort = str_dup(arena, query->sort);
    query->after = STR_NONE;
    export->actor.role = str_dup(arena, export->actor.role);
    export->actor.unit = str_dup(arena, export->actor.unit);
    export->actor.name = str_dup(arena, export->actor.name);
    query->actor = &export->actor;
}

static Status export_later(Web *web, const Export *asked) {
    Job *job = job_new(&export_kind, web->user->id);
    Export *export = arena_new(job_arena(job), Export);
    *export = *asked;
    export_dup(job_arena(job), export);
    job_input_set(job, export);
    job_back_set(job, str_dup(job_arena(job), str_print(web->cx->arena, "/record/" STR_FMT,
                                                        STR_ARG(asked->query.kind->code))));
    return web_job_start(web, job);
}

Status desk_export_file(Web *web) {
    Desk desk;
    Job *job = NULL;
    TRY(desk_open(web, true, &desk));
    TRY(job_find(web->cx, web->app->jobs, web->ids[0], web->user->id, &job));
    const Export *export = job_view(job).kind == &export_kind ? job_result(job) : NULL;
    if (export == NULL || export->query.kind != desk.kind) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这个导出文件");
    }
    return file_send(web, export, false);
}

/* ---- pages ---- */

static Status form_read_export(Web *web, Export *export) {
    Str form = web_param(web, "form");
    bool is_xlsx = str_equal(form, STR("xlsx"));
    bool is_gb = str_equal(form, STR("gb"));
    if (!is_xlsx && !is_gb && !str_equal(form, STR("csv")) && form.len > 0) {
        return fault(web->cx, STATUS_INVALID, "导出格式应为 xlsx、csv 或 gb");
    }
    export->form = is_xlsx || form.len == 0 ? SHEET_XLSX : SHEET_CSV;
    export->charset = is_gb ? SHEET_GB18030 : SHEET_UTF8_BOM;
    return STATUS_OK;
}

static Status export_answer(const Desk *desk) {
    Web *web = desk->web;
    DeskList list;
    desk_list_read(desk, desk_kind_path(desk, ""), &list);
    Export *export = arena_new(web->cx->arena, Export);
    *export = (Export){.city = desk->city,
                       .house = desk->house,
                       .actor = desk->actor,
                       .query = list.query,
                       .is_public = desk->is_public || list.query.scope == RECORD_SCOPE_PUBLIC,
                       .now_ms = web->now_ms};
    export->query.after = STR_NONE;
    if (desk->is_public) {
        export->query.scope = RECORD_SCOPE_PUBLIC;
    }
    TRY(form_read_export(web, export));
    int64_t count = 0;
    bool is_more = false;
    TRY(record_count(web->cx, web->conn, &desk->house, &export->query, &count, &is_more));
    if (is_more && desk->is_public) {
        return fault(web->cx, STATUS_LIMIT, "公开数据一次最多导出 %d 条，请加上筛选条件",
                     DESK_EXPORT_DIRECT_MAX);
    }
    if (is_more) {
        return export_later(web, export);
    }
    TRY(export_write(web->cx, web->conn, export));
    return file_send(web, export, true);
}

Status desk_export(Web *web) {
    Desk desk;
    TRY(desk_open(web, true, &desk));
    return export_answer(&desk);
}

Status desk_public_export(Web *web) {
    Desk desk;
    TRY(desk_open_public(web, &desk));
    return export_answer(&desk);
}

/* ---- the empty table ---- */

static const SheetColumn help_columns[] = {
    {"栏目", SHEET_TEXT, 30}, {"是否必填", SHEET_TEXT, 10}, {"填写要求", SHEET_TEXT, 70}};

static Status template_write(Cx *cx, const Desk *desk, Buf *buf) {
    RecordColumns columns;
    SheetWriter *writer = NULL;
    record_columns_template(cx->arena, desk->kind, &columns);
    SheetWriteOptions options = {.form = SHEET_XLSX,
                                 .folder = str_c(cx->arena, desk->city->data_folder),
                                 .made_ms = desk->web->now_ms,
                                 .author = desk->city->name};
    SheetColumn *heads = sheet_columns(cx->arena, desk->kind, &columns);
    SheetTable table = {.name = desk->kind->title,
                        .columns = heads,
                        .column_count = columns.count,
                        .is_landscape = true};
    SheetTable help = {.name = STR("填写说明"), .columns = help_columns, .column_count = 3};
    TRY(sheet_writer_new(cx, &options, sheet_sink_buf(buf), &writer));
    TRY(sheet_begin(writer, &table));
    TRY(sheet_begin(writer, &help));
    for (size_t i = 0; i < columns.count; i++) {
        SheetCell cells[] = {sheet_text(columns.items[i].title),
                             sheet_text(columns.items[i].is_required ? STR("必填") : STR("选填")),
                             sheet_text(columns.items[i].hint)};
        TRY(sheet_row(writer, cells, 3));
    }
    return sheet_finish(writer);
}

Status desk_template(Web *web) {
    Desk desk;
    TRY(desk_open(web, true, &desk));
    Buf *buf = buf_in(web->cx->arena, LIMIT_PAGE_BYTES_MAX);
    TRY(template_write(web->cx, &desk, buf));
    web->is_download = true;
    return web_file(web,
                    str_print(web->cx->arena, STR_FMT "（空表）.xlsx", STR_ARG(desk.kind->title)),
                    sheet_form_type(SHEET_XLSX, SHEET_UTF8), buf_str(buf));
}
