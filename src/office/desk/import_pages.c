/*
 * import_pages.c - records from a table in a file: the file is read and every row checked beside
 * the requests; the page of the job says what is wrong and gives the wrong rows back as a table;
 * then all rows are stored, or the good ones.
 */
#include "base/vec.h"
#include "office/desk/desk_internal.h"
#include "sheet/sheet.h"
#include "web/job.h"

#include <inttypes.h>

enum {
    ERRORS_SHOWN_MAX = 50,
    IMPORT_ROWS_MAX = 200000,
};

/* The column that the table of wrong rows has more; it is not read back. */
#define WHY_COLUMN STR("错误说明")

/* ---- the table in memory, as the engine reads it ---- */

typedef struct TableRow {
    int64_t number;
    const Str *cells;
    size_t count;
} TableRow;
typedef struct TableRows {
    TableRow *items;
    size_t count;
    size_t room;
} TableRows;

typedef struct Table {
    Arena *arena;
    TableRows rows; /* with the head */
    size_t at;
    size_t why; /* column of WHY_COLUMN, or SIZE_MAX */
} Table;

static Status row_keep(void *it, Cx *cx, const SheetRow *row) {
    Table *table = it;
    TRY(cx_step(cx));
    if (row->sheet_index > 0) {
        return STATUS_OK; /* the explanation, and whatever people keep beside it */
    }
    Str *cells = arena_array(table->arena, Str, row->count);
    size_t count = 0;
    for (size_t i = 0; i < row->count; i++) {
        if (table->rows.count == 0 && str_equal(str_trim(row->cells[i].text), WHY_COLUMN)) {
            table->why = i;
        }
        if (i != table->why) {
            cells[count++] = str_dup(table->arena, row->cells[i].text);
        }
    }
    *vec_push(table->arena, &table->rows) =
        (TableRow){.number = row->number, .cells = cells, .count = count};
    return STATUS_OK;
}

static Status table_rewind(Cx *cx, void *it) {
    (void)cx;
    ((Table *)it)->at = 0;
    return STATUS_OK;
}

static Status table_next(Cx *cx, void *it, const Str **cells, size_t *count, int64_t *row,
                         bool *has_row) {
    Table *table = it;
    (void)cx;
    *has_row = table->at < table->rows.count;
    if (*has_row) {
        const TableRow *next = &table->rows.items[table->at++];
        *cells = next->cells;
        *count = next->count;
        *row = next->number;
    }
    return STATUS_OK;
}

/* ---- the work ---- */

typedef struct Import {
    const City *city;
    RecordHouse house;
    RecordActor actor;
    const RecordKind *kind;
    Str name;
    Str bytes;
    RecordImportMode mode;
    int64_t now_ms;
    Str key;
    /* what came out */
    Table table;
    RecordImported imported;
} Import;

static void progress(void *job, int64_t done, int64_t total) {
    job_total_set(job, total);
    job_progress(job, done);
}

static Status table_read(Cx *cx, Import *import) {
    import->table = (Table){.arena = cx->arena, .why = SIZE_MAX};
    SheetReadOptions options = {
        .on_row = row_keep, .it = &import->table, .rows_max = IMPORT_ROWS_MAX};
    TRY(sheet_read(cx, import->bytes, &options, NULL));
    return import->table.rows.count > 0 ? STATUS_OK : fault(cx, STATUS_INVALID, "文件里没有内容");
}

static Status import_work(Cx *cx, Job *job) {
    Import *import = job_input(job);
    job_stage_set(job, "正在读取文件");
    TRY(table_read(cx, import));
    job_stage_set(job, import->mode == RECORD_IMPORT_CHECK ? "正在逐行检查" : "正在导入");
    RecordImport ask = {.kind = import->kind,
                        .actor = &import->actor,
                        .origin = STR("job"),
                        .mode = import->mode,
                        .table = {&import->table, table_rewind, table_next},
                        .now_ms = import->now_ms,
                        .key = import->key,
                        .progress = progress,
                        .progress_context = job};
    Status status = record_import(cx, import->city->db, &import->house, &ask, &import->imported);
    /* Wrong rows are a result; a head that cannot be read is a failure. */
    if (status == STATUS_INVALID && import->imported.bad_count > 0) {
        fault_clear(cx);
        status = STATUS_OK;
    }
    if (status == STATUS_OK) {
        job_result_set(job, import);
    }
    return status;
}

static Status import_show(Web *web, const Job *job);

static const JobKind check_kind = {.name = "record.import.check",
                                   .title = "检查导入表格",
                                   .work = import_work,
                                   .show = import_show};
static const JobKind commit_kind = {
    .name = "record.import", .title = "导入台账", .work = import_work, .show = import_show};

/* ---- what came out ---- */

static Str import_path(Web *web, const Import *import, const char *more) {
    return str_print(web->cx->arena, "/record/" STR_FMT "/import/%" PRId64 "%s",
                     STR_ARG(import->kind->code), web->ids[0], more);
}

static void numbers_show(View *view, const Import *import) {
    const RecordImported *imported = &import->imported;
    view_facts_begin(view, "import", true);
    view_fact(view, "rows", "共", VIEW_INT(imported->row_count));
    view_fact(view, "good", "正确", VIEW_INT(imported->good_count));
    view_fact(view, "bad", "有错误", VIEW_INT(imported->bad_count));
    if (import->mode != RECORD_IMPORT_CHECK) {
        view_fact(view, "stored", "已导入", VIEW_INT(imported->stored_count));
    }
    view_facts_end(view);
}

static void errors_show(View *view, const Import *import) {
    static const ViewColumn columns[] = {
        {"row", "行", true}, {"column", "栏目", false}, {"text", "问题", false}};
    const RecordImported *imported = &import->imported;
    view_table_begin(view, "errors", STR("有错误的行"), columns, 3);
    for (size_t i = 0; i < imported->error_count && i < ERRORS_SHOWN_MAX; i++) {
        view_row(view);
        view_cell(view, VIEW_INT(imported->errors[i].row));
        view_cell(view, VIEW_TEXT(imported->errors[i].column.len > 0 ? imported->errors[i].column
                                                                     : STR("整行")));
        view_cell(view, VIEW_TEXT(imported->errors[i].text));
    }
    view_table_end(view, STR("没有错误"));
}

static void mode_form(Web *web, const Import *import, const char *mode, Str label) {
    Html *html = view_html(web->view);
    if (html == NULL) {
        return;
    }
    HTML(html, "form.inline", "method", "post", "action", import_path(web, import, "/commit"),
         "data-once", "") {
        view_form_secrets(web->view, html);
        HTML_VOID(html, "input", "type", "hidden", "name", "mode", "value", mode);
        HTML_LEAF(html, "button.button", label, "type", "submit");
    }
}

static Status import_show(Web *web, const Job *job) {
    const Import *import = job_result(job);
    const RecordImported *imported = &import->imported;
    View *view = web->view;
    bool is_check = import->mode == RECORD_IMPORT_CHECK;
    view_text(view, str_print(web->cx->arena, "文件：" STR_FMT, STR_ARG(import->name)));
    numbers_show(view, import);
    if (!is_check) {
        view_notice(view, imported->stored_count > 0 ? VIEW_GOOD : VIEW_WARN,
                    str_print(web->cx->arena, "已导入 %" PRId64 " 条。", imported->stored_count));
        view_link(view, str_print(web->cx->arena, "/record/" STR_FMT, STR_ARG(import->kind->code)),
                  STR("查看台账"), true);
    } else if (imported->bad_count == 0 && imported->good_count > 0) {
        view_notice(view, VIEW_GOOD, STR("全部正确，还没有导入。"));
        mode_form(web, import, "all",
                  str_print(web->cx->arena, "导入全部 %" PRId64 " 条", imported->good_count));
    } else if (imported->good_count > 0) {
        view_notice(view, VIEW_WARN,
                    STR("还没有导入。可以改好错误后重新上传，也可以先导入正确的行。"));
        mode_form(web, import, "good",
                  str_print(web->cx->arena, "只导入正确的 %" PRId64 " 条", imported->good_count));
    }
    if (imported->bad_count > 0) {
        view_link(view, import_path(web, import, "/errors"), STR("下载错误表（改好可直接再上传）"),
                  false);
        errors_show(view, import);
    }
    return STATUS_OK;
}

/* ---- upload ---- */

static const FormField upload_fields[] = {
    {.name = "file",
     .label = "表格文件",
     .hint = "Excel（xlsx）或 CSV（UTF-8、GB 18030 编码），不超过 32 MB、20 万行，第一行是栏目名称",
     .kind = FIELD_FILES,
     .accept = ".xlsx,.csv"}};

static Status may_import(const Desk *desk) {
    return record_may_file(desk->kind, &desk->actor)
               ? STATUS_OK
               : fault(desk->web->cx, STATUS_DENIED, "您的身份或单位不能填报“" STR_FMT "”",
                       STR_ARG(desk->kind->title));
}

static void columns_show(const Desk *desk) {
    static const ViewColumn heads[] = {
        {"title", "栏目", false}, {"required", "必填", false}, {"hint", "填写要求", false}};
    View *view = desk->web->view;
    RecordColumns columns;
    record_columns_template(desk->web->cx->arena, desk->kind, &columns);
    view_section(view, STR("表格的栏目"));
    view_table_begin(view, "columns", STR("表格的栏目"), heads, 3);
    for (size_t i = 0; i < columns.count; i++) {
        view_row(view);
        view_cell(view, VIEW_TEXT(columns.items[i].title));
        view_cell(view, VIEW_TEXT(columns.items[i].is_required ? STR("必填") : STR("选填")));
        view_cell(view, VIEW_TEXT(columns.items[i].hint));
    }
    view_table_end(view, STR_NONE);
}

Status desk_import_page(Web *web) {
    Desk desk;
    TRY(desk_open(web, true, &desk));
    TRY(may_import(&desk));
    View *view = web->view;
    view_title(view, str_print(web->cx->arena, "导入：" STR_FMT, STR_ARG(desk.kind->title)));
    view_lead(view, STR("先检查、后导入：上传后逐行检查，确认了才写入台账。附件不能导入。"));
    view_section(view, STR("上传"));
    view_link(view, desk_kind_path(&desk, "/template"), STR("下载空表和填写说明"), false);
    Form form = {.key = "import",
                 .action = desk_kind_path(&desk, "/import"),
                 .submit = "上传并检查",
                 .fields = upload_fields,
                 .field_count = 1};
    view_form(view, &form);
    columns_show(&desk);
    view_link(view, desk_kind_path(&desk, ""), STR("返回列表"), false);
    return STATUS_OK;
}

static RecordActor actor_dup(Arena *arena, const RecordActor *actor) {
    RecordActor copy = *actor;
    copy.role = str_dup(arena, actor->role);
    copy.unit = str_dup(arena, actor->unit);
    copy.name = str_dup(arena, actor->name);
    return copy;
}

static Status import_start(const Desk *desk, const Import *asked) {
    Web *web = desk->web;
    Job *job =
        job_new(asked->mode == RECORD_IMPORT_CHECK ? &check_kind : &commit_kind, web->user->id);
    Arena *arena = job_arena(job);
    Import *import = arena_new(arena, Import);
    *import = (Import){.city = desk->city,
                       .house = desk->house,
                       .actor = actor_dup(arena, &desk->actor),
                       .kind = desk->kind,
                       .name = str_dup(arena, asked->name),
                       .bytes = str_dup(arena, asked->bytes),
                       .mode = asked->mode,
                       .now_ms = web->now_ms,
                       .key = str_print(arena, "%" PRId64 ":%" PRId64 ":" STR_FMT, web->user->id,
                                        web->now_ms, STR_ARG(desk->kind->code))};
    job_input_set(job, import);
    job_back_set(job, str_dup(arena, desk_kind_path(desk, "/import")));
    return web_job_start(web, job);
}

Status desk_import_post(Web *web) {
    Desk desk;
    FormValue value;
    Form form = {.fields = upload_fields, .field_count = 1};
    TRY(desk_open(web, true, &desk));
    TRY(may_import(&desk));
    TRY(form_read(web, &form, &value));
    Import asked = {.name = value.files[0]->file_name,
                    .bytes = value.files[0]->value,
                    .mode = RECORD_IMPORT_CHECK};
    return import_start(&desk, &asked);
}

/* The job of the path when it is an import of this kind by this person that is done. */
static Status import_find(const Desk *desk, const JobKind *kind, const Import **out) {
    Web *web = desk->web;
    Job *job = NULL;
    TRY(job_find(web->cx, web->app->jobs, web->ids[0], web->user->id, &job));
    const JobKind *found = job_view(job).kind;
    bool is_import = kind != NULL ? found == kind : found == &check_kind || found == &commit_kind;
    *out = is_import ? job_result(job) : NULL;
    return *out != NULL && (*out)->kind == desk->kind
               ? STATUS_OK
               : fault(web->cx, STATUS_NOT_FOUND, "没有这次导入，请重新上传");
}

Status desk_import_commit_post(Web *web) {
    Desk desk;
    const Import *checked = NULL;
    TRY(desk_open(web, true, &desk));
    TRY(may_import(&desk));
    TRY(import_find(&desk, &check_kind, &checked));
    bool is_good = str_equal(web_param(web, "mode"), STR("good"));
    if (!is_good && !str_equal(web_param(web, "mode"), STR("all"))) {
        return fault(web->cx, STATUS_INVALID, "请选择导入全部或只导入正确的行");
    }
    Import asked = {.name = checked->name,
                    .bytes = checked->bytes,
                    .mode = is_good ? RECORD_IMPORT_GOOD : RECORD_IMPORT_ALL};
    return import_start(&desk, &asked);
}

/* ---- the wrong rows as a table ---- */

static Str why_of(Arena *arena, const RecordImported *imported, int64_t row, size_t *at) {
    Buf *buf = buf_in(arena, 8000);
    while (*at < imported->error_count && imported->errors[*at].row < row) {
        (*at)++;
    }
    for (; *at < imported->error_count && imported->errors[*at].row == row; (*at)++) {
        const RecordRowError *error = &imported->errors[*at];
        buf_put_c(buf, buf->len > 0 ? "；" : "");
        buf_put(buf, error->column);
        buf_put_c(buf, error->column.len > 0 ? "：" : "");
        buf_put(buf, error->text);
    }
    return buf_str(buf);
}

static Status errors_write(Cx *cx, const Import *import, SheetWriter *writer) {
    const TableRows *rows = &import->table.rows;
    size_t width = rows->items[0].count;
    size_t at = 0;
    SheetCell *cells = arena_array(cx->arena, SheetCell, width + 1);
    for (size_t i = 1; i < rows->count; i++) {
        const TableRow *row = &rows->items[i];
        TRY(cx_step(cx));
        Str why = why_of(cx->arena, &import->imported, row->number, &at);
        if (why.len == 0) {
            continue;
        }
        for (size_t k = 0; k < width; k++) {
            cells[k] = k < row->count ? sheet_text(row->cells[k]) : SHEET_CELL_NONE;
        }
        cells[width] = sheet_text(why);
        TRY(sheet_row(writer, cells, width + 1));
    }
    return sheet_finish(writer);
}

static Status errors_sheet(const Desk *desk, const Import *import, Buf *buf) {
    Cx *cx = desk->web->cx;
    const TableRow *head = &import->table.rows.items[0];
    SheetColumn *columns = arena_array(cx->arena, SheetColumn, head->count + 1);
    for (size_t i = 0; i < head->count; i++) {
        columns[i] = (SheetColumn){.label = str_c(cx->arena, head->cells[i]), .kind = SHEET_TEXT};
    }
    columns[head->count] =
        (SheetColumn){.label = str_c(cx->arena, WHY_COLUMN), .kind = SHEET_TEXT, .width = 60};
    SheetWriteOptions options = {.form = SHEET_XLSX,
                                 .folder = str_c(cx->arena, desk->city->data_folder),
                                 .made_ms = desk->web->now_ms};
    SheetTable table = {.name = STR("有错误的行"),
                        .columns = columns,
                        .column_count = head->count + 1,
                        .is_landscape = true};
    SheetWriter *writer = NULL;
    TRY(sheet_writer_new(cx, &options, sheet_sink_buf(buf), &writer));
    TRY(sheet_begin(writer, &table));
    return errors_write(cx, import, writer);
}

Status desk_import_errors(Web *web) {
    Desk desk;
    const Import *import = NULL;
    TRY(desk_open(web, true, &desk));
    TRY(import_find(&desk, NULL, &import));
    Buf *buf = buf_in(web->cx->arena, LIMIT_MODEL_BYTES_MAX);
    TRY(errors_sheet(&desk, import, buf));
    web->is_download = true;
    return web_file(
        web, str_print(web->cx->arena, STR_FMT "（有错误的行）.xlsx", STR_ARG(desk.kind->title)),
        sheet_form_type(SHEET_XLSX, SHEET_UTF8), buf_str(buf));
}
