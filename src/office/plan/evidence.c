#include "office/plan/evidence.h"

#include "attach/attach.h"
#include "base/limits.h"
#include "base/vec.h"
#include "office/plan/book.h"

#include <inttypes.h>

Status evidence_add(Cx *cx, DbConn *conn, const EvidenceOf *of, const PlanPapers *papers) {
    if (papers->count > PLAN_PAPERS_MAX) {
        return fault(cx, STATUS_LIMIT, "最多 %d 个文件", (int)PLAN_PAPERS_MAX);
    }
    for (size_t i = 0; i < papers->count; i++) {
        const PlanPaper *paper = &papers->items[i];
        AttachFile file = {.digest = paper->digest,
                           .media_type = paper->media_type,
                           .size_bytes = paper->size_bytes};
        AttachNew new = {.file = &file,
                         .subject = str_of(of->subject),
                         .subject_id = of->subject_id,
                         .part = str_of(of->part),
                         .name = paper->name,
                         .person_id = of->person_id,
                         .now_ms = of->now_ms};
        int64_t id = 0;
        TRY(attach_add(cx, conn, &new, &id));
    }
    return STATUS_OK;
}

Str evidence_figure_name(Cx *cx, const PlanBook *book, Str series, Str part) {
    if (str_equal(part, STR("baseline"))) {
        const BookTarget *target = plan_book_target(book, series);
        return str_print(cx->arena, "基期值：" STR_FMT,
                         STR_ARG(target == NULL ? series : target->title));
    }
    const BookSeries *known = plan_book_series(book, series);
    return known == NULL ? series : known->name;
}

/* ---- what a month rests on ---- */

static Status span_of(Cx *cx, Str month, EvidenceSpan *out) {
    int64_t year = 0;
    int64_t number = 0;
    bool is_month = month.len == 7 && month.at[4] == '-' &&
                    str_int64(str_slice(month, 0, 4), &year) == STATUS_OK &&
                    str_int64(str_from(month, 5), &number) == STATUS_OK && year >= 2000 &&
                    year <= 2100 && number >= 1 && number <= 12;
    if (!is_month) {
        return fault(cx, STATUS_INVALID, "月份应为 2026-10 的形式");
    }
    Day first = day_of_ymd((int32_t)year, (int32_t)number, 1);
    Day next = day_add_months(first, 1);
    *out = (EvidenceSpan){.month = month,
                          .from_ms = day_start_ms(first),
                          .to_ms = day_start_ms(next),
                          .first = first,
                          .last = {next.number - 1}};
    return STATUS_OK;
}

static Status names_put(Cx *cx, DbConn *conn, const EvidenceRow *row, PlanEvidence *out) {
    AttachmentList files;
    Buf *names = buf_in(cx->arena, LIMIT_PAGE_BYTES_MAX);
    Str subject = row->is_figure ? STR(EVIDENCE_FIGURE) : STR(EVIDENCE_MEASURE);
    TRY(attach_list(cx, conn, subject, row->id, &files));
    for (size_t i = 0; i < files.count; i++) {
        buf_put_c(names, i > 0 ? "；" : "");
        buf_put(names, files.items[i].name);
    }
    out->names = buf_str(names);
    out->paper_count = (int64_t)files.count;
    return STATUS_OK;
}

Status plan_evidence(Cx *cx, DbConn *conn, const PlanEvidenceAsk *ask, PlanEvidenceList *out) {
    EvidenceSpan span;
    EvidenceRows rows;
    struct VEC(PlanEvidence) found = {0};
    TRY(span_of(cx, ask->month, &span));
    TRY(evidence_store_rows(cx, conn, &span, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const EvidenceRow *row = &rows.items[i];
        PlanEvidence evidence = {
            .what = row->is_figure ? evidence_figure_name(cx, ask->book, row->series, row->part)
                                   : row->text,
            .period = row->period,
            .value = row->value,
            .unit = row->unit.len > 0 ? row->unit : STR("牵头专班"),
            .evidence = row->evidence,
            .href = str_print(cx->arena, "/%s/%" PRId64, row->is_figure ? "figure" : "measure",
                              row->id)};
        TRY(cx_step(cx));
        TRY(names_put(cx, conn, row, &evidence));
        *vec_push(cx->arena, &found) = evidence;
    }
    *out = (PlanEvidenceList){found.items, found.count};
    return STATUS_OK;
}
