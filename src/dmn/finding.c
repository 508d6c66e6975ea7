/*
 * finding.c - findings in words and as JSON.
 */
#include "dmn/analyse.h"

typedef struct Words {
    const char *code;
    const char *text[2]; /* by FeelLanguage */
} Words;

static const Words WORDS[] = {
#define X(name, code, is_error, zh, en) {code, {zh, en}},
    DMN_FINDING_LIST(X)
#undef X
};

enum { TEXT_BYTES_MAX = 4096 };

Str dmn_finding_code(Arena *arena, const DmnFinding *finding) {
    return str_print(arena, "dmn.%s", WORDS[finding->kind].code);
}

static void put_case(Arena *arena, Buf *buf, const DmnFinding *finding) {
    for (size_t i = 0; finding->witness != NULL && i < finding->table->input_count; i++) {
        Str value = feel_print(arena, &finding->witness[i]);
        buf_print(buf, "%s" STR_FMT " = " STR_FMT, i > 0 ? ", " : "",
                  STR_ARG(finding->table->inputs[i].label), STR_ARG(value));
    }
}

static void put_field(Arena *arena, Buf *buf, const DmnFinding *finding, Str name) {
    if (str_equal(name, STR("case"))) {
        put_case(arena, buf, finding);
        return;
    }
    size_t number = str_equal(name, STR("row"))     ? finding->row
                    : str_equal(name, STR("other")) ? finding->other
                                                    : finding->column;
    buf_print(buf, "%zu", number + 1);
}

Str dmn_finding_text(Arena *arena, const DmnModel *model, const DmnFinding *finding,
                     FeelLanguage language) {
    const DmnNode *node = dmn_node_at(model, finding->table->node);
    Buf buf;
    buf_init(&buf, TEXT_BYTES_MAX);
    buf_print(&buf, language == FEEL_CHINESE ? "“" STR_FMT "”：" : "\"" STR_FMT "\": ",
              STR_ARG(node->name));
    Str pattern = str_of(WORDS[finding->kind].text[language]);
    while (!str_is_empty(pattern)) {
        size_t open = str_find(pattern, STR("{"), 0);
        size_t close = open == SIZE_MAX ? SIZE_MAX : str_find(pattern, STR("}"), open);
        if (close == SIZE_MAX) {
            buf_put(&buf, pattern);
            break;
        }
        buf_put(&buf, str_slice(pattern, 0, open));
        put_field(arena, &buf, finding, str_slice(pattern, open + 1, close - open - 1));
        pattern = str_from(pattern, close + 1);
    }
    Str text = str_dup(arena, buf_str(&buf));
    buf_dispose(&buf);
    return text;
}

static void put_json_text(Buf *buf, const char *key, Str text) {
    FeelValue value = feel_string(text);
    buf_print(buf, ", \"%s\": ", key);
    feel_put_json(buf, &value);
}

static void put_json_number(Buf *buf, const char *key, size_t index) {
    if (index != DMN_NONE) {
        buf_print(buf, ", \"%s\": %zu", key, index + 1);
    }
}

void dmn_findings_put_json(Arena *arena, Buf *buf, const DmnModel *model, DmnFindings findings) {
    buf_put_c(buf, "[");
    for (size_t i = 0; i < findings.count; i++) {
        const DmnFinding *finding = &findings.items[i];
        buf_print(buf, "%s\n    {\"error\": %s", i > 0 ? "," : "",
                  finding->is_error ? "true" : "false");
        put_json_text(buf, "code", dmn_finding_code(arena, finding));
        put_json_text(buf, "decision", dmn_node_at(model, finding->table->node)->name);
        put_json_number(buf, "row", finding->row);
        put_json_number(buf, "other", finding->other);
        put_json_number(buf, "column", finding->column);
        put_json_text(buf, "text", dmn_finding_text(arena, model, finding, FEEL_ENGLISH));
        put_json_text(buf, "文字", dmn_finding_text(arena, model, finding, FEEL_CHINESE));
        if (finding->witness != NULL) {
            FeelList witness = {.count = finding->table->input_count};
            FeelList *list = feel_list_new(arena, witness.count);
            for (size_t k = 0; k < witness.count; k++) {
                list->items[k] = finding->witness[k];
            }
            FeelValue value = feel_list(list);
            buf_put_c(buf, ", \"case\": ");
            feel_put_json(buf, &value);
        }
        buf_put_c(buf, "}");
    }
    buf_put_c(buf, findings.count > 0 ? "\n  ]" : "]");
}
