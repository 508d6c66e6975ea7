/* plan.c - the whole way from checked text to plan, in reading order of the module. */
#include "reader/reader_private.h"

#include <string.h>

const char *plan_op_text(PlanOp op) {
    switch (op) {
#define X(name, text)                                                                              \
    case PLAN_OP_##name:                                                                           \
        return text;
        PLAN_OP_LIST(X)
#undef X
    }
    check(false);
    return "";
}

const char *plan_kind_text(PlanKind kind) {
    switch (kind) {
#define X(name, text)                                                                              \
    case PLAN_KIND_##name:                                                                         \
        return text;
        PLAN_KIND_LIST(X)
#undef X
    }
    check(false);
    return "";
}

/* A text that lost its title is still a plan when somebody is responsible for something, or
 * something is to be reached by a year. */
static bool has_substance(const Plan *plan) {
    for (size_t i = 0; i < plan->targets.count; i++) {
        if (plan->targets.items[i].year != 0) {
            return true;
        }
    }
    return plan->units.count > 0;
}

static Status plan_is_one(Reader *reader) {
    const Plan *plan = reader->plan;
    if (plan->title.len == 0 && !has_substance(plan)) {
        Status status = fault(reader->cx, STATUS_INVALID,
                              "这份文本不像行动方案：没有找到以“方案”“措施”“计划”等结尾的标题");
        fault_hint(reader->cx, "请提供方案全文，标题单独成行，正文按一、（一）1.编号");
        return status;
    }
    if (reader->nodes.count == 0) {
        Status status = fault(reader->cx, STATUS_INVALID,
                              "这份文本不像行动方案：没有找到编号的标题（一、（一）1.）或任务表");
        fault_hint(reader->cx, "请提供方案全文，而不是通知或摘要");
        return status;
    }
    if (plan->tasks.count == 0 && plan->targets.count == 0) {
        Status status =
            fault(reader->cx, STATUS_INVALID, "这份文本不像行动方案：没有找到任何任务或目标");
        fault_hint(reader->cx, "任务要有编号和责任单位，目标要有数值和年份");
        return status;
    }
    return STATUS_OK;
}

/* Doubts come up pass by pass; people read them from the top of the text. Merge sort keeps the
 * order of those at one place and costs O(n log n) on any input. */
static void doubts_merge(PlanDoubt *items, PlanDoubt *room, size_t count) {
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t from = 0; from < count; from += 2 * width) {
            size_t middle = from + width < count ? from + width : count;
            size_t end = from + 2 * width < count ? from + 2 * width : count;
            size_t left = from;
            size_t right = middle;
            for (size_t k = from; k < end; k++) {
                bool takes_left =
                    left < middle && (right >= end || items[left].line < items[right].line ||
                                      (items[left].line == items[right].line &&
                                       items[left].column <= items[right].column));
                room[k] = takes_left ? items[left++] : items[right++];
            }
        }
        memcpy(items, room, count * sizeof *items);
    }
}

static void doubts_sort(Reader *reader) {
    PlanDoubtVec *doubts = &reader->plan->doubts;
    if (doubts->count > 1) {
        PlanDoubt *room = arena_array(reader->arena, PlanDoubt, doubts->count);
        doubts_merge(doubts->items, room, doubts->count);
    }
}

Status plan_read(Cx *cx, const PlanText *text, Plan *out) {
    check(cx != NULL);
    check(text != NULL);
    check(out != NULL);
    Plan plan = {.title = STR(""), .issuer = STR(""), .doc_number = STR(""), .date = DAY_NONE};
    Reader reader = {.cx = cx, .arena = cx->arena, .plan = &plan};
    TRY(text_fold(cx, text->utf8, &reader.text));
    if (reader.text.lines.count == 0) {
        return fault(cx, STATUS_INVALID, "文件里没有文字");
    }
    TRY(head_read(&reader));
    TRY(blocks_build(&reader));
    TRY(tree_build(&reader));
    TRY(tasks_collect(&reader));
    TRY(targets_collect(&reader));
    TRY(plan_is_one(&reader));
    doubts_sort(&reader);
    *out = plan;
    return STATUS_OK;
}
