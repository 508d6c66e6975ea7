/* evidence_pages.c - the field for files in a form, the table of files, and a file itself. */
#include "attach/attach.h"
#include "office/plan/evidence.h"
#include "office/plan/pages.h"
#include "office/plan/plan_store.h"
#include "web/upload.h"

#include <inttypes.h>

enum { PAPER_BYTES_MAX = 10 * 1024 * 1024 };

static UploadRule rule_of(Web *web) {
    const City *city = web->app->house;
    return (UploadRule){.field = "papers",
                        .takes = UPLOAD_IMAGE | UPLOAD_PDF | UPLOAD_OFFICE,
                        .count_max = PLAN_PAPERS_MAX,
                        .bytes_max = PAPER_BYTES_MAX,
                        .folder = city_file_folder(web->cx->arena, city),
                        .key = &city->hash_key};
}

Status evidence_field(Web *web, FormField *out) {
    UploadList files;
    UploadRule rule = rule_of(web);
    TRY(upload_read(web, &rule, &files));
    *out = (FormField){.name = "papers",
                       .label = "佐证文件",
                       .hint = upload_hint(web->cx->arena, &rule),
                       .kind = FIELD_FILES,
                       .is_optional = true,
                       .accept = upload_accept(&rule),
                       .choices = upload_choices(web->cx->arena, &files),
                       .choice_count = files.count};
    return STATUS_OK;
}

Status evidence_read(Web *web, PlanPapers *out) {
    UploadList files;
    UploadRule rule = rule_of(web);
    TRY(upload_read(web, &rule, &files));
    if (web->error_count > 0) {
        return fault(web->cx, STATUS_INVALID, "填写的内容有误");
    }
    PlanPaper *papers = arena_array(web->cx->arena, PlanPaper, files.count + 1);
    for (size_t i = 0; i < files.count; i++) {
        const UploadFile *file = &files.items[i];
        papers[i] = (PlanPaper){.digest = file->digest,
                                .size_bytes = file->size_bytes,
                                .media_type = file->media_type,
                                .name = file->name};
    }
    *out = (PlanPapers){papers, files.count};
    return STATUS_OK;
}

static const char *part_zh(Str part) {
    static const struct {
        const char *code;
        const char *zh;
    } rows[] = {
        {"file", "填报"}, {"progress", "报进展"}, {"report", "报送完成"}, {"reply", "回复"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_equal(part, str_of(rows[i].code))) {
            return rows[i].zh;
        }
    }
    return "";
}

Status evidence_table(Web *web, const char *subject, int64_t subject_id) {
    static const ViewColumn columns[] = {{"name", "文件", false},
                                         {"part", "环节", false},
                                         {"created_ms", "上传时间", false},
                                         {"sm3", "SM3 摘要", false}};
    AttachmentList files;
    View *view = web->view;
    TRY(attach_list(web->cx, web->conn, str_of(subject), subject_id, &files));
    view_section(view, STR("佐证文件"));
    view_table_begin(view, "papers", STR("佐证文件"), columns, 4);
    for (size_t i = 0; i < files.count; i++) {
        const Attachment *file = &files.items[i];
        view_row(view);
        view_cell(view, VIEW_LINK(page_path(web, "/paper", file->id),
                                  upload_label(web->cx->arena, file->name, file->file.size_bytes)));
        view_cell(view, VIEW_TEXT(str_of(part_zh(file->part))));
        view_cell(view, VIEW_INSTANT(file->created_ms));
        view_cell(view, VIEW_TEXT(file->file.digest));
    }
    view_table_end(view, STR("没有附文件，只有文字说明"));
    return STATUS_OK;
}

/* E1: an officer reads what the own unit filed, works on or was asked. */
static Status is_mine(Web *web, const Attachment *file, bool *out) {
    int64_t unit_id = web->user->unit_id;
    if (str_equal(file->subject, STR(EVIDENCE_FIGURE))) {
        Figure figure;
        TRY(figure_store_find(web->cx, web->conn, file->subject_id, &figure));
        *out = figure.unit_id == unit_id;
        return STATUS_OK;
    }
    if (str_equal(file->subject, STR(EVIDENCE_MEASURE))) {
        Measure measure;
        TRY(work_store_measure_find(web->cx, web->conn, file->subject_id, &measure));
        *out = measure.unit_id == unit_id;
        return *out ? STATUS_OK
                    : plan_store_task_is_of(web->cx, web->conn, measure.task_id, unit_id, out);
    }
    Notice notice;
    TRY(work_store_notice_find(web->cx, web->conn, file->subject_id, &notice));
    *out = notice.unit_id == unit_id;
    return STATUS_OK;
}

static bool is_ours(const Attachment *file) {
    return str_equal(file->subject, STR(EVIDENCE_FIGURE)) ||
           str_equal(file->subject, STR(EVIDENCE_MEASURE)) ||
           str_equal(file->subject, STR(EVIDENCE_NOTICE));
}

Status plan_paper_file(Web *web) {
    Attachment file;
    bool may_read = web->user->role != ROLE_OFFICER;
    Str bytes = STR_NONE;
    TRY(attach_find(web->cx, web->conn, web->ids[0], &file));
    if (!is_ours(&file)) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这个附件");
    }
    if (!may_read) {
        TRY(is_mine(web, &file, &may_read));
    }
    if (!may_read) {
        return fault(web->cx, STATUS_DENIED, "这是其他单位的佐证文件");
    }
    const City *city = web->app->house;
    TRY(attach_file_get(web->cx, city_file_folder(web->cx->arena, city), file.file.digest, &bytes));
    web->is_download = true; /* E2 */
    return web_file(web, file.name, file.file.media_type, bytes);
}
