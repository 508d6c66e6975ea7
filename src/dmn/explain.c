/*
 * explain.c - traces and changes, as JSON and in words.
 */
#include "dmn/dmn.h"

/* X(id, Chinese, English) */
#define WORD_LIST(X)                                                                               \
    X(TABLE_OF, "决策表“", "table of \"")                                                          \
    X(TABLE_END, "”：", "\":")                                                                     \
    X(ROW, "第 ", "row ")                                                                          \
    X(ROW_END, " 行命中", "")                                                                      \
    X(GIVES, " → ", " => ")                                                                        \
    X(NO_ROW, "没有任何一行命中", "no row matches")                                                \
    X(DEFAULT, "，采用默认输出", ": the default output")                                           \
    X(BY, "   依据 ", "   by ")                                                                    \
    X(IF, "如果", "if ")                                                                           \
    X(WERE, "是 ", " were ")                                                                       \
    X(IS, "（现在是 ", " (is ")                                                                    \
    X(THEN, "），结果是 ", "): ")

typedef enum Word {
#define X(id, zh, en) WORD_##id,
    WORD_LIST(X)
#undef X
} Word;

static const char *const WORDS[][2] = {
#define X(id, zh, en) {zh, en},
    WORD_LIST(X)
#undef X
};

enum { CHANGE_BYTES_MAX = 64 * 1024 };

/* ---- JSON ---- */

static void put_json_text(Buf *buf, Str text) {
    FeelValue value = feel_string(text);
    feel_put_json(buf, &value);
}

static void put_key(Buf *buf, const char *before, const char *key) {
    buf_print(buf, "%s\"%s\": ", before, key);
}

/* {"label": value, ...}: labels of a column may repeat, so it is a list of pairs. */
static void put_json_pair(Buf *buf, size_t i, Str label, const FeelValue *value) {
    buf_put_c(buf, i > 0 ? ", {" : "{");
    put_key(buf, "", "label");
    put_json_text(buf, label);
    put_key(buf, ", ", "value");
    feel_put_json(buf, value);
    buf_put_c(buf, "}");
}

static void put_json_row(Buf *buf, const DmnTable *table, const DmnFired *fired) {
    const DmnRow *row = &table->rows[fired->row];
    buf_print(buf, "{\"row\": %zu", fired->row + 1);
    put_key(buf, ", ", "id");
    put_json_text(buf, row->id);
    put_key(buf, ", ", "cells");
    for (size_t i = 0; i < table->input_count; i++) {
        buf_put_c(buf, i > 0 ? ", " : "[");
        put_json_text(buf, row->inputs[i].text);
    }
    buf_put_c(buf, table->input_count > 0 ? "]" : "[]");
    put_key(buf, ", ", "outputs");
    buf_put_c(buf, "[");
    for (size_t i = 0; i < table->output_count; i++) {
        put_json_pair(buf, i, table->outputs[i].label, &fired->outputs[i]);
    }
    buf_put_c(buf, "]");
    put_key(buf, ", ", "annotations");
    buf_put_c(buf, "[");
    for (size_t i = 0; i < table->annotation_count; i++) {
        FeelValue note = feel_string(row->annotations[i]);
        put_json_pair(buf, i, table->annotations[i], &note);
    }
    buf_put_c(buf, "]}");
}

static void put_json_table(Buf *buf, const DmnTrace *trace) {
    const DmnTable *table = trace->table;
    put_key(buf, ", ", "inputs");
    buf_put_c(buf, "[");
    for (size_t i = 0; i < table->input_count; i++) {
        put_json_pair(buf, i, table->inputs[i].label, &trace->inputs[i]);
    }
    buf_put_c(buf, "]");
    put_key(buf, ", ", "rows");
    buf_put_c(buf, "[");
    for (size_t i = 0; i < trace->fired_count; i++) {
        buf_put_c(buf, i > 0 ? ", " : "");
        put_json_row(buf, table, &trace->fired[i]);
    }
    buf_print(buf, "], \"default\": %s", trace->used_default ? "true" : "false");
}

void dmn_trace_put_json(Buf *buf, const DmnModel *model, const DmnTrace *trace) {
    bool is_first = true;
    buf_put_c(buf, "[");
    for (; trace != NULL; trace = trace->next) {
        const DmnNode *node = dmn_node_at(model, trace->node);
        buf_print(buf, "%s{\"kind\": \"%s\", \"depth\": %d", is_first ? "" : ",\n  ",
                  trace->table != NULL ? "table" : "decision", trace->depth);
        put_key(buf, ", ", "name");
        put_json_text(buf, node->name);
        if (trace->table != NULL) {
            put_json_table(buf, trace);
        } else {
            put_key(buf, ", ", "text");
            put_json_text(buf, node->expression_text);
        }
        put_key(buf, ", ", "value");
        feel_put_json(buf, &trace->value);
        buf_put_c(buf, "}");
        is_first = false;
    }
    buf_put_c(buf, "]");
}

/* ---- words ---- */

static void put_word(Buf *buf, Word word, FeelLanguage language) {
    buf_put_c(buf, WORDS[word][language]);
}

static void put_indent(Buf *buf, int depth) {
    buf_print(buf, "%*s", 2 * depth, "");
}

static void put_text_row(Arena *arena, Buf *buf, const DmnTrace *trace, const DmnFired *fired,
                         FeelLanguage language) {
    const DmnTable *table = trace->table;
    const DmnRow *row = &table->rows[fired->row];
    put_indent(buf, trace->depth + 1);
    put_word(buf, WORD_ROW, language);
    buf_print(buf, "%zu", fired->row + 1);
    put_word(buf, WORD_ROW_END, language);
    for (size_t i = 0; i < table->input_count; i++) {
        buf_put_c(buf, " | ");
        buf_put(buf, row->inputs[i].text);
    }
    for (size_t i = 0; i < table->output_count; i++) {
        put_word(buf, WORD_GIVES, language);
        buf_put(buf, table->outputs[i].label);
        buf_put_char(buf, ' ');
        buf_put(buf, feel_print(arena, &fired->outputs[i]));
    }
    for (size_t i = 0; i < table->annotation_count; i++) {
        if (!str_is_empty(row->annotations[i])) {
            buf_print(buf, " (" STR_FMT ": " STR_FMT ")", STR_ARG(table->annotations[i]),
                      STR_ARG(row->annotations[i]));
        }
    }
    buf_put_char(buf, '\n');
}

static void put_text_table(Arena *arena, Buf *buf, const DmnModel *model, const DmnTrace *trace,
                           FeelLanguage language) {
    const DmnTable *table = trace->table;
    put_indent(buf, trace->depth);
    put_word(buf, WORD_TABLE_OF, language);
    buf_put(buf, dmn_node_at(model, trace->node)->name);
    put_word(buf, WORD_TABLE_END, language);
    buf_put_char(buf, '\n');
    for (size_t i = 0; i < table->input_count; i++) {
        put_indent(buf, trace->depth + 1);
        buf_put(buf, table->inputs[i].label);
        buf_put_c(buf, " = ");
        buf_put(buf, feel_print(arena, &trace->inputs[i]));
        buf_put_char(buf, '\n');
    }
    for (size_t i = 0; i < trace->fired_count; i++) {
        put_text_row(arena, buf, trace, &trace->fired[i], language);
    }
    if (trace->fired_count == 0) {
        put_indent(buf, trace->depth + 1);
        put_word(buf, WORD_NO_ROW, language);
        if (trace->used_default) {
            put_word(buf, WORD_DEFAULT, language);
        }
        buf_put_char(buf, '\n');
    }
}

void dmn_trace_put_text(Arena *arena, Buf *buf, const DmnModel *model, const DmnTrace *trace,
                        FeelLanguage language) {
    for (; trace != NULL; trace = trace->next) {
        if (trace->table != NULL) {
            put_text_table(arena, buf, model, trace, language);
            continue;
        }
        const DmnNode *node = dmn_node_at(model, trace->node);
        put_indent(buf, trace->depth);
        buf_put(buf, node->name);
        buf_put_c(buf, " = ");
        buf_put(buf, feel_print(arena, &trace->value));
        if (!str_is_empty(node->expression_text)) {
            put_word(buf, WORD_BY, language);
            buf_put(buf, node->expression_text);
        }
        buf_put_char(buf, '\n');
    }
}

Str dmn_change_text(Arena *arena, const DmnModel *model, const DmnChange *change,
                    FeelLanguage language) {
    Buf buf;
    buf_init(&buf, CHANGE_BYTES_MAX);
    put_word(&buf, WORD_IF, language);
    buf_put(&buf, dmn_node_at(model, change->node)->name);
    buf_put_c(&buf, str_is_empty(change->member) ? "" : ".");
    buf_put(&buf, change->member);
    put_word(&buf, WORD_WERE, language);
    buf_put(&buf, feel_print(arena, &change->to));
    put_word(&buf, WORD_IS, language);
    buf_put(&buf, feel_print(arena, &change->from));
    put_word(&buf, WORD_THEN, language);
    buf_put(&buf, feel_print(arena, &change->value));
    Str text = str_dup(arena, buf_str(&buf));
    buf_dispose(&buf);
    return text;
}
