/* workshop_texts.c - the texts of a new draft: from a version, or from nothing. */
#include "office/policy/workshop_texts.h"

#include "base/vec.h"

/* ---- lines of a description ---- */

/* The bytes of the top-level line of a key, without its line end; false when there is none. */
static bool line_find(Str text, Str key, size_t *from, size_t *to) {
    for (size_t at = 0; at < text.len;) {
        size_t end = str_find(text, STR("\n"), at);
        end = end == SIZE_MAX ? text.len : end;
        Str line = str_slice(text, at, end - at);
        if (str_starts(line, key) && str_starts(str_from(line, key.len), STR(":"))) {
            *from = at;
            *to = end;
            return true;
        }
        at = end + 1;
    }
    return false;
}

Str description_line_set(Arena *arena, Str text, Str key, Str value) {
    size_t from = text.len;
    size_t to = text.len;
    bool is_there = line_find(text, key, &from, &to);
    const char *start = is_there || text.len == 0 || str_ends(text, STR("\n")) ? "" : "\n";
    return str_print(arena, STR_FMT "%s" STR_FMT ": " STR_FMT "%s" STR_FMT,
                     STR_ARG(str_slice(text, 0, from)), start, STR_ARG(key), STR_ARG(value),
                     is_there ? "" : "\n", STR_ARG(str_from(text, to)));
}

/* Every sign-off of the older text must be given anew. */
static Str unsigned_text(Arena *arena, Str text) {
    Str from = STR("signed: true");
    for (size_t at = str_find(text, from, 0); at != SIZE_MAX; at = str_find(text, from, at)) {
        text = str_print(arena, STR_FMT "signed: false" STR_FMT, STR_ARG(str_slice(text, 0, at)),
                         STR_ARG(str_from(text, at + from.len)));
    }
    return text;
}

Status draft_from_version(Cx *cx, const PolicyVersion *version, Str code, Str title,
                          PolicyTexts *out) {
    Arena *arena = cx->arena;
    Str description = unsigned_text(arena, policy_entry_of(version)->description_text);
    description = description_line_set(arena, description, STR("version"), str_json(arena, code));
    description = description_line_set(arena, description, STR("title"), str_json(arena, title));
    *out = (PolicyTexts){.name = code,
                         .model = version->model_text,
                         .description = description,
                         .language = FEEL_CHINESE};
    return policy_cases_text(cx, version, &out->cases);
}

/* ---- a blank draft ---- */

typedef struct Question {
    Str name;
    Str type; /* of FEEL */
    bool is_money;
} Question;
typedef struct QuestionVec VEC(Question) QuestionVec;

static Status question_read(Cx *cx, Str line, int64_t number, Question *out) {
    static const struct {
        const char *feel;
        const char *zh;
    } types[] = {{"date", "日期"},
                 {"string", "文字"},
                 {"number", "数"},
                 {"boolean", "是否"},
                 {"money", "金额"}};
    Str rest = line;
    Str name = str_trim(str_cut(&rest, ':'));
    Str type = str_trim(rest);
    if (rest.at == NULL) { /* the colon of a Chinese keyboard */
        size_t at = str_find(line, STR("："), 0);
        name = str_trim(str_slice(line, 0, at));
        type = at == SIZE_MAX ? STR("") : str_trim(str_from(line, at + STR("：").len));
    }
    *out = (Question){.name = name, .type = STR("")};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (str_equal(type, str_of(types[i].feel)) || str_equal(type, str_of(types[i].zh))) {
            out->is_money = str_equal(str_of(types[i].feel), STR("money"));
            out->type = out->is_money ? STR("number") : str_of(types[i].feel);
        }
    }
    bool is_type = out->type.len > 0;
    bool is_name = name.len > 0 && name.len <= 90;
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.at[i];
        is_name = is_name && (c >= 0x80 || c == '_' || (c >= 'a' && c <= 'z') ||
                              (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9' && i > 0));
    }
    if (!is_type || !is_name) {
        Status status = fault_at_field(cx, STATUS_INVALID, "questions",
                                       "第 %lld 行应写成“名称:类型”", (long long)number);
        fault_hint(cx, "类型是日期、文字、数、金额（以分计）或是否；名称用汉字或字母，不含空格");
        return status;
    }
    return STATUS_OK;
}

static Status questions_read(Cx *cx, Str text, QuestionVec *out) {
    int64_t number = 0;
    Str rest = text;
    while (rest.at != NULL) {
        Str line = str_trim(str_cut(&rest, '\n'));
        number++;
        if (line.len > 0) {
            TRY(question_read(cx, line, number, vec_push(cx->arena, out)));
        }
    }
    return out->count > 0 && out->count <= 40
               ? STATUS_OK
               : fault_at_field(cx, STATUS_INVALID, "questions", "请写 1 至 40 个条件");
}

/* What a policy's outcome says, as every version of the library says it. */
static const struct {
    const char *name;
    const char *label;
    const char *type;
} outcome_rows[] = {
    {"eligible", "符合条件", "boolean"}, {"rate_bp", "比例（基点，10000=100%）", "number"},
    {"cap_fen", "上限（分）", "number"}, {"amount_fen", "金额（分）", "number"},
    {"rule_id", "规则号", "string"},     {"reason", "理由", "string"},
};
enum { OUTCOME_COUNT = sizeof outcome_rows / sizeof outcome_rows[0] };

static void model_head_put(Buf *out, const QuestionVec *questions) {
    buf_put_c(out, "  <itemDefinition id=\"t-outcome\" name=\"决定结果\">\n");
    for (size_t i = 0; i < OUTCOME_COUNT; i++) {
        buf_print(out,
                  "    <itemComponent id=\"t-%s\" name=\"%s\" label=\"%s\"><typeRef>%s</typeRef>"
                  "</itemComponent>\n",
                  outcome_rows[i].name, outcome_rows[i].name, outcome_rows[i].label,
                  outcome_rows[i].type);
    }
    buf_put_c(out, "  </itemDefinition>\n");
    for (size_t i = 0; i < questions->count; i++) {
        const Question *question = &questions->items[i];
        buf_print(out,
                  "  <inputData id=\"i%zu\" name=\"" STR_FMT
                  "\"><variable id=\"v%zu\" name=\"" STR_FMT "\" typeRef=\"" STR_FMT
                  "\"/></inputData>\n",
                  i + 1, STR_ARG(question->name), i + 1, STR_ARG(question->name),
                  STR_ARG(question->type));
    }
}

static void model_table_put(Buf *out, const QuestionVec *questions) {
    buf_put_c(out, "    <decisionTable id=\"table\" hitPolicy=\"FIRST\">\n");
    for (size_t i = 0; i < questions->count; i++) {
        const Question *question = &questions->items[i];
        buf_print(out,
                  "      <input id=\"c%zu\" label=\"" STR_FMT "\"><inputExpression id=\"e%zu\""
                  " typeRef=\"" STR_FMT "\"><text>" STR_FMT "</text></inputExpression></input>\n",
                  i + 1, STR_ARG(question->name), i + 1, STR_ARG(question->type),
                  STR_ARG(question->name));
    }
    for (size_t i = 0; i < OUTCOME_COUNT; i++) {
        buf_print(out, "      <output id=\"o-%s\" name=\"%s\" label=\"%s\" typeRef=\"%s\"/>\n",
                  outcome_rows[i].name, outcome_rows[i].name, outcome_rows[i].label,
                  outcome_rows[i].type);
    }
    buf_put_c(out,
              "      <annotation name=\"文号\"/>\n      <annotation name=\"条款（本市用语）\"/>\n"
              "      <annotation name=\"规则号\"/>\n"
              "      <rule id=\"row1\">");
    for (size_t i = 0; i < questions->count; i++) {
        buf_put_c(out, "<inputEntry><text>-</text></inputEntry>");
    }
    static const char *const first[OUTCOME_COUNT] = {"false", "0",         "0",
                                                     "0",     "\"NEW-X\"", "\"没有规定\""};
    for (size_t i = 0; i < OUTCOME_COUNT; i++) {
        buf_print(out, "<outputEntry><text>%s</text></outputEntry>", first[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        buf_print(out, "<annotationEntry><text>%s</text></annotationEntry>",
                  i == 2 ? "NEW-X" : "未设置");
    }
    buf_put_c(out, "</rule>\n    </decisionTable>\n");
}

static Str model_make(Arena *arena, const DraftBlank *blank, const QuestionVec *questions) {
    enum { MODEL_BYTES_MAX = 256 * 1024 };
    Buf *out = buf_in(arena, MODEL_BYTES_MAX);
    buf_print(out,
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
              "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" id=\"" STR_FMT
              "\" name=\"决定\"\n    namespace=\"https://huanxin.example/policy/" STR_FMT "\">\n",
              STR_ARG(blank->code), STR_ARG(blank->code));
    model_head_put(out, questions);
    buf_put_c(out, "  <decision id=\"decision\" name=\"决定\">\n    <variable id=\"v-decision\""
                   " name=\"决定\" typeRef=\"决定结果\"/>\n");
    for (size_t i = 0; i < questions->count; i++) {
        buf_print(out,
                  "    <informationRequirement id=\"r%zu\"><requiredInput href=\"#i%zu\"/>"
                  "</informationRequirement>\n",
                  i + 1, i + 1);
    }
    model_table_put(out, questions);
    buf_put_c(out, "  </decision>\n</definitions>\n");
    check(buf_status(out) == STATUS_OK);
    return buf_str(out);
}

static Str description_make(Arena *arena, const DraftBlank *blank, const QuestionVec *questions) {
    enum { DESCRIPTION_BYTES_MAX = 64 * 1024 };
    Buf *out = buf_in(arena, DESCRIPTION_BYTES_MAX);
    Str judged_by = questions->items[0].name;
    for (size_t i = questions->count; i > 0; i--) {
        judged_by = str_equal(questions->items[i - 1].type, STR("date"))
                        ? questions->items[i - 1].name
                        : judged_by;
    }
    buf_print(out,
              "programme: " STR_FMT "\nversion: " STR_FMT "\ntitle: " STR_FMT "\nyear: %d\n"
              "enabled: true\ndecision: \"决定\"\neffective_from: \"" STR_FMT
              "\"\neffective_to: \"" STR_FMT "\"\njudged_by: " STR_FMT
              "\nrounding: \"\"\ninputs:\n",
              STR_ARG(str_json(arena, blank->programme)), STR_ARG(str_json(arena, blank->code)),
              STR_ARG(str_json(arena, blank->title)), (int)day_parts(blank->first).year,
              STR_ARG(day_print(arena, blank->first)), STR_ARG(day_print(arena, blank->last)),
              STR_ARG(str_json(arena, judged_by)));
    for (size_t i = 0; i < questions->count; i++) {
        const Question *question = &questions->items[i];
        Str name = str_json(arena, question->name);
        buf_print(out,
                  "- name: " STR_FMT "\n  type: \"" STR_FMT "\"\n  label: " STR_FMT
                  "\n  asked: \"person\"\n%s",
                  STR_ARG(name), STR_ARG(question->type), STR_ARG(name),
                  question->is_money ? "  unit: \"fen\"\n" : "");
    }
    buf_put_c(out, "documents: []\npapers: []\nsign_off:\n- what: \"本版本的全部规定\"\n"
                   "  who: \"牵头专班\"\n  signed: false\n  blocks_payment: true\n");
    check(buf_status(out) == STATUS_OK);
    return buf_str(out);
}

Status draft_blank(Cx *cx, const DraftBlank *blank, PolicyTexts *out) {
    QuestionVec questions = {0};
    TRY(questions_read(cx, blank->questions, &questions));
    *out = (PolicyTexts){.name = blank->code,
                         .model = model_make(cx->arena, blank, &questions),
                         .description = description_make(cx->arena, blank, &questions),
                         .cases = STR(""),
                         .language = FEEL_CHINESE};
    return STATUS_OK;
}
