/* json.c - the plan as JSON (RFC 8259), written by hand so that decimals stay exact. */
#include "reader/reader.h"

static void text_put(Buf *out, Str text) {
    buf_put_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '"' || c == '\\') {
            buf_put_char(out, '\\');
            buf_put_char(out, (char)c);
        } else if (c < 0x20) {
            buf_print(out, "\\u%04x", c);
        } else {
            buf_put_char(out, (char)c);
        }
    }
    buf_put_char(out, '"');
}

static void key_put(Buf *out, int depth, const char *key) {
    buf_print(out, "%*s\"%s\": ", depth * 2, "", key);
}

/* depth is the indent of the member; every member but the last of an object ends with a comma. */
static void member_text(Buf *out, int depth, const char *key, Str text) {
    key_put(out, depth, key);
    text_put(out, text);
    buf_put_c(out, ",\n");
}

static void member_text_or_null(Buf *out, int depth, const char *key, Str text) {
    key_put(out, depth, key);
    if (text.len == 0) {
        buf_put_c(out, "null");
    } else {
        text_put(out, text);
    }
    buf_put_c(out, ",\n");
}

static void member_number(Buf *out, int depth, const char *key, const PlanNumber *number) {
    key_put(out, depth, key);
    buf_put(out, number->is_set ? number->text : STR("null"));
    buf_put_c(out, ",\n");
}

static void member_year(Buf *out, int depth, const char *key, int32_t year) {
    key_put(out, depth, key);
    if (year == 0) {
        buf_put_c(out, "null,\n");
    } else {
        buf_print(out, "%d,\n", (int)year);
    }
}

static void member_list(Buf *out, int depth, const char *key, const PlanStrVec *list) {
    key_put(out, depth, key);
    buf_put_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        buf_put_c(out, i == 0 ? "" : ", ");
        text_put(out, list->items[i]);
    }
    buf_put_c(out, "],\n");
}

static void place_put(Buf *out, int depth, int64_t line, int64_t column) {
    key_put(out, depth, "line");
    buf_print(out, "%lld,\n", (long long)line);
    key_put(out, depth, "column");
    buf_print(out, "%lld\n", (long long)column);
}

static void item_open(Buf *out, size_t index) {
    buf_put_c(out, index == 0 ? "\n    {\n" : ",\n    {\n");
}

static void array_open(Buf *out, const char *key) {
    key_put(out, 1, key);
    buf_put_char(out, '[');
}

static void array_close(Buf *out, size_t count, bool is_last) {
    buf_put_c(out, count == 0 ? "]" : "\n  ]");
    buf_put_c(out, is_last ? "\n" : ",\n");
}

static void section_put(Buf *out, const PlanSection *section) {
    member_list(out, 3, "path", &section->path);
    member_text(out, 3, "title", section->title);
    place_put(out, 3, section->line, section->column);
    buf_put_c(out, "    }");
}

static void task_put(Buf *out, const PlanTask *task) {
    member_list(out, 3, "path", &task->path);
    member_text(out, 3, "title", task->title);
    member_list(out, 3, "lead", &task->lead);
    member_list(out, 3, "responsible", &task->responsible);
    member_list(out, 3, "measures", &task->measures);
    place_put(out, 3, task->line, task->column);
    buf_put_c(out, "    }");
}

static void target_put(Buf *out, const PlanTarget *target) {
    member_text(out, 3, "quote", target->quote);
    member_text(out, 3, "indicator", target->indicator);
    member_number(out, 3, "value", &target->value);
    member_number(out, 3, "value2", &target->value2);
    member_text_or_null(out, 3, "unit", target->unit);
    member_text_or_null(out, 3, "op", str_of(plan_op_text(target->op)));
    member_year(out, 3, "year", target->year);
    member_year(out, 3, "baseline_year", target->baseline_year);
    member_text(out, 3, "kind", str_of(plan_kind_text(target->kind)));
    member_list(out, 3, "path", &target->path);
    member_text_or_null(out, 3, "period", target->period);
    key_put(out, 3, "cumulative");
    buf_put_c(out, target->is_cumulative ? "true,\n" : "false,\n");
    member_text_or_null(out, 3, "note", target->note);
    place_put(out, 3, target->line, target->column);
    buf_put_c(out, "    }");
}

static void doubt_put(Buf *out, const PlanDoubt *doubt) {
    member_text(out, 3, "quote", doubt->quote);
    member_text(out, 3, "reason", doubt->reason);
    place_put(out, 3, doubt->line, doubt->column);
    buf_put_c(out, "    }");
}

Status plan_write_json(Cx *cx, const Plan *plan, Buf *out) {
    buf_put_c(out, "{\n");
    member_text(out, 1, "title", plan->title);
    member_text_or_null(out, 1, "issuer", plan->issuer);
    member_text_or_null(out, 1, "doc_number", plan->doc_number);
    bool has_date = plan->date.number != DAY_NONE.number;
    member_text_or_null(out, 1, "date", has_date ? day_print(cx->arena, plan->date) : STR(""));
    member_list(out, 1, "units", &plan->units);
    array_open(out, "sections");
    for (size_t i = 0; i < plan->sections.count; i++) {
        TRY(cx_step(cx));
        item_open(out, i);
        section_put(out, &plan->sections.items[i]);
    }
    array_close(out, plan->sections.count, false);
    array_open(out, "tasks");
    for (size_t i = 0; i < plan->tasks.count; i++) {
        TRY(cx_step(cx));
        item_open(out, i);
        task_put(out, &plan->tasks.items[i]);
    }
    array_close(out, plan->tasks.count, false);
    array_open(out, "targets");
    for (size_t i = 0; i < plan->targets.count; i++) {
        TRY(cx_step(cx));
        item_open(out, i);
        target_put(out, &plan->targets.items[i]);
    }
    array_close(out, plan->targets.count, false);
    array_open(out, "doubts");
    for (size_t i = 0; i < plan->doubts.count; i++) {
        TRY(cx_step(cx));
        item_open(out, i);
        doubt_put(out, &plan->doubts.items[i]);
    }
    array_close(out, plan->doubts.count, true);
    buf_put_c(out, "}\n");
    if (buf_status(out) != STATUS_OK) {
        return fault(cx, STATUS_LIMIT, "JSON 超过 %zu 字节", out->bytes_max);
    }
    return STATUS_OK;
}
