/* source_pages.c - what each target rests on: single records, sums, reports; and why not more. */
#include "office/plan/pages.h"

#include <inttypes.h>

static Str series_names(Arena *arena, const BookTarget *target) {
    Buf *buf = buf_in(arena, 4000);
    for (size_t i = 0; i < target->series_count; i++) {
        buf_put_c(buf, i > 0 ? "、" : "");
        buf_put(buf, target->series[i]->name);
        buf_print(buf, "（" STR_FMT "）", STR_ARG(book_type_zh(target->series[i]->type)));
    }
    return buf_str(buf);
}

/* Why not every figure is counted from single records; each reason once. */
static Str reason_of(Arena *arena, const BookTarget *target) {
    Buf *buf = buf_in(arena, 4000);
    for (size_t i = 0; i < target->series_count; i++) {
        const BookSeries *series = target->series[i];
        Str why = series->counter.len == 0 ? STR("系统内没有这项记录，由责任单位填报、专班确认")
                                           : series->total;
        if (why.len > 0 && !str_contains(buf_str(buf), why)) {
            buf_put_c(buf, buf->len > 0 ? "；" : "");
            buf_put(buf, why);
        }
    }
    return buf_str(buf);
}

static Str last_of(Arena *arena, const TargetDesk *desk, const BookTarget *target) {
    int last = MONTHS_NONE;
    for (size_t i = 0; i < target->series_count; i++) {
        const SeriesMonths *months = &desk->months.series[target->series[i]->index];
        last = months->last > last ? months->last : last;
    }
    return last == MONTHS_NONE ? STR("尚无数据") : month_print_zh(arena, desk->months.first + last);
}

static ViewValue source_view(BookSource source) {
    static const ViewTone tones[] = {[BOOK_SOURCE_EACH] = VIEW_GOOD,
                                     [BOOK_SOURCE_TOTAL] = VIEW_INFO,
                                     [BOOK_SOURCE_MIXED] = VIEW_INFO,
                                     [BOOK_SOURCE_REPORTED] = VIEW_NEUTRAL};
    static const char *const codes[] = {
#define X(name, code, zh) [BOOK_SOURCE_##name] = code,
        BOOK_SOURCE_LIST(X)
#undef X
    };
    return VIEW_BADGE(tones[source], str_of(codes[source]), plan_book_source_zh(source));
}

/* A confirmed report of a month goes before its count, so that today's value may rest on both. */
static Str now_zh(const TargetNow *now) {
    return now->source.is_counted && now->source.is_reported ? STR("记录和填报")
           : now->source.is_counted                          ? STR("系统记录")
           : now->source.is_reported                         ? STR("单位填报")
                                                             : STR("尚无数据");
}

static Status row_put(Web *web, const TargetDesk *desk, const TargetRow *row) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    const BookTarget *book = plan_book_target(desk->book, row->code);
    view_row(view);
    view_cell(view, VIEW_TEXT(row->code));
    view_cell(view, VIEW_LINK(page_path(web, "/target", row->id), row->indicator));
    if (book == NULL) {
        view_cell(view, VIEW_TEXT(STR("未声明")));
        view_cell(view, VIEW_NONE);
        view_cell(view, VIEW_NONE);
        view_cell(view, VIEW_NONE);
        view_cell(view, VIEW_TEXT(STR("本市还没有声明怎样计算")));
        return STATUS_OK;
    }
    TargetNow now;
    TRY(target_now(web->cx, desk, &(TargetAsk){.row = row}, &now));
    Str reason = reason_of(arena, book);
    view_cell(view, source_view(plan_book_source(book)));
    view_cell(view, VIEW_TEXT(series_names(arena, book)));
    view_cell(view, VIEW_TEXT(last_of(arena, desk, book)));
    view_cell(view, VIEW_TEXT(now_zh(&now)));
    view_cell(view, reason.len > 0 ? VIEW_TEXT(reason) : VIEW_TEXT(STR("—")));
    return STATUS_OK;
}

Status plan_sources_page(Web *web) {
    static const ViewColumn columns[] = {{"code", "编号", false},     {"indicator", "目标", false},
                                         {"source", "来源", false},   {"series", "数据", false},
                                         {"last", "最近月份", false}, {"now", "现值来自", false},
                                         {"why", "说明", false}};
    TargetDesk desk;
    TargetList targets;
    View *view = web->view;
    TRY(page_desk(web, &desk));
    TRY(plan_store_targets(web->cx, web->conn, 0, &targets));
    view_title(view, STR("目标数据来源"));
    view_lead(
        view,
        STR("每个目标的数值从哪里来。存量按月计算：每月新登记的减去每月销号、退出的，不是只有今天的数。"));
    view_section(view, STR_NONE);
    view_table_begin(view, "sources", STR("目标数据来源"), columns, 7);
    for (size_t i = 0; i < targets.count; i++) {
        TRY(row_put(web, &desk, &targets.items[i]));
    }
    view_table_end(view, STR("没有目标"));
    view_text(view, STR("逐条记录：由系统内逐件办理的记录计数。汇总台账：记录里是登记的汇总数。"
                        "单位填报：由责任单位按月填报，单位负责人审核、专班确认。"
                        "某个月有确认的填报时，以填报为准，现值因此可能来自记录、填报或两者。"));
    return STATUS_OK;
}
