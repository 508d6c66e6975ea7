/* rule.c - FEEL over the fields of a kind: the scope in which rules are compiled, the values they
 * see, and what their results mean. Names are the fields' Chinese titles; money is in yuan. */
#include "record/record_internal.h"

#include <string.h>

const char *const record_rule_names[RULE_NAME_COUNT] = {
    [RULE_TODAY] = "今天", [RULE_STATE] = "状态",  [RULE_FILER] = "填报单位",
    [RULE_YEAR] = "年度",  [RULE_NUMBER] = "编号",
};

/* ---- types ---- */

static const FeelType *context_type(Arena *arena, const FeelTypeEntry *entries, size_t count) {
    FeelType *type = arena_new(arena, FeelType);
    *type = (FeelType){.kind = FEEL_CONTEXT, .entries = entries, .entry_count = count};
    return type;
}

static const FeelType *field_type(Arena *arena, const RecordField *field);

static const FeelType *rows_type(Arena *arena, const RecordField *field) {
    FeelTypeEntry *entries = arena_array(arena, FeelTypeEntry, field->item_count + 1);
    for (size_t i = 0; i < field->item_count; i++) {
        entries[i] = (FeelTypeEntry){field->items[i].title, field_type(arena, &field->items[i])};
    }
    return feel_type_list(arena, context_type(arena, entries, field->item_count));
}

static const FeelType *field_type(Arena *arena, const RecordField *field) {
    static const FeelTypeEntry place[] = {{{"镇街", 6}, &FEEL_TYPE_STRING},
                                          {{"纬度", 6}, &FEEL_TYPE_NUMBER},
                                          {{"经度", 6}, &FEEL_TYPE_NUMBER}};
    static const FeelTypeEntry org[] = {{{"名称", 6}, &FEEL_TYPE_STRING},
                                        {{"代码", 6}, &FEEL_TYPE_STRING}};
    switch ((int)field->type) {
    case RECORD_PLACE:
        return context_type(arena, place, 3);
    case RECORD_ORG:
        return context_type(arena, org, 2);
    case RECORD_ROWS:
        return rows_type(arena, field);
    case RECORD_CHOICES:
        return feel_type_list(arena, &FEEL_TYPE_STRING);
    default:
        return record_type_feel(field->type);
    }
}

FeelScope *record_rule_scope(Cx *cx, const RecordKind *kind, bool is_timeless) {
    static const FeelType *const types[RULE_NAME_COUNT] = {
        [RULE_TODAY] = &FEEL_TYPE_DATE,    [RULE_STATE] = &FEEL_TYPE_STRING,
        [RULE_FILER] = &FEEL_TYPE_STRING,  [RULE_YEAR] = &FEEL_TYPE_NUMBER,
        [RULE_NUMBER] = &FEEL_TYPE_STRING,
    };
    FeelScope *scope = feel_scope_new(cx->arena, NULL);
    for (size_t i = 0; i < kind->field_count; i++) {
        (void)feel_scope_add(scope, kind->fields[i].title, field_type(cx->arena, &kind->fields[i]));
    }
    for (size_t i = 0; i < RULE_NAME_COUNT && !is_timeless; i++) {
        (void)feel_scope_add(scope, str_of(record_rule_names[i]), types[i]);
    }
    return scope;
}

/* ---- values in ---- */

static FeelValue day_value(Arena *arena, int64_t day) {
    Temporal date = {.kind = TEMPORAL_DATE, .day = day};
    return feel_temporal(arena, &date);
}

static FeelValue month_value(Arena *arena, int64_t month) {
    return day_value(arena, day_of_ymd((int32_t)(month / 12), (int32_t)(month % 12) + 1, 1).number);
}

static Str choice_title(const RecordField *field, Str code) {
    for (size_t i = 0; i < field->choice_count; i++) {
        if (str_equal(field->choices[i].code, code)) {
            return field->choices[i].title;
        }
    }
    return code;
}

static FeelValue choices_value(Arena *arena, const RecordField *field, Str codes) {
    size_t count = 0;
    for (Str rest = codes; rest.len > 0; count++) {
        (void)str_cut(&rest, ',');
    }
    FeelList *list = feel_list_new(arena, count);
    Str rest = codes;
    for (size_t i = 0; i < count; i++) {
        list->items[i] = feel_string(choice_title(field, str_cut(&rest, ',')));
    }
    return feel_list(list);
}

static FeelValue text_or_null(Str text) {
    return text.len == 0 ? FEEL_NULL_VALUE : feel_string(text);
}

static FeelValue degrees(int64_t millionths) {
    return millionths == RECORD_NO_NUMBER ? FEEL_NULL_VALUE
                                          : feel_number(decimal_of(millionths, 6));
}

static FeelValue place_value(Arena *arena, const RecordBook *book, const RecordValue *value) {
    FeelContext *place = feel_context_new(arena, 3);
    feel_context_put(arena, place, STR("镇街"), text_or_null(record_town_name(book, value->text)));
    feel_context_put(arena, place, STR("纬度"), degrees(value->number));
    feel_context_put(arena, place, STR("经度"), degrees(value->number2));
    return feel_context(place);
}

static FeelValue org_value(Arena *arena, const RecordValue *value) {
    FeelContext *org = feel_context_new(arena, 2);
    feel_context_put(arena, org, STR("名称"), text_or_null(value->text));
    feel_context_put(arena, org, STR("代码"), text_or_null(value->text2));
    return feel_context(org);
}

static FeelValue value_of(Arena *arena, const RecordBook *book, const RecordField *field,
                          const RecordValue *value);

static FeelValue rows_value(Arena *arena, const RecordBook *book, const RecordField *field,
                            const RecordValue *value) {
    size_t row_count = field->item_count == 0 ? 0 : value->item_count / field->item_count;
    FeelList *list = feel_list_new(arena, row_count);
    for (size_t row = 0; row < row_count; row++) {
        FeelContext *context = feel_context_new(arena, field->item_count);
        for (size_t i = 0; i < field->item_count; i++) {
            feel_context_put(arena, context, field->items[i].title,
                             value_of(arena, book, &field->items[i],
                                      &value->items[row * field->item_count + i]));
        }
        list->items[row] = feel_context(context);
    }
    return feel_list(list);
}

/* A table is as deep as values go: its columns are simple. */
static FeelValue value_of(Arena *arena, const RecordBook *book, const RecordField *field,
                          const RecordValue *value) {
    if (!value->has_value) {
        return field->type == RECORD_FILE   ? feel_integer(0)
               : field->type == RECORD_ROWS ? feel_list(feel_list_new(arena, 0))
                                            : FEEL_NULL_VALUE;
    }
    switch ((int)field->type) {
    case RECORD_INT:
    case RECORD_YEAR:
        return feel_integer(value->number);
    case RECORD_DECIMAL:
        return feel_number(decimal_of(value->number, (int)field->digits));
    case RECORD_MONEY:
        return feel_number(decimal_of(value->number, 2));
    case RECORD_DAY:
        return day_value(arena, value->number);
    case RECORD_MONTH:
        return month_value(arena, value->number);
    case RECORD_CHECK:
        return feel_boolean(value->number != 0);
    case RECORD_CHOICE:
        return feel_string(choice_title(field, value->text));
    case RECORD_CHOICES:
        return choices_value(arena, field, value->text);
    case RECORD_TOWN:
        return feel_string(record_town_name(book, value->text));
    case RECORD_UNIT:
        return feel_string(record_unit_name(book, value->text));
    case RECORD_PLACE:
        return place_value(arena, book, value);
    case RECORD_ORG:
        return org_value(arena, value);
    case RECORD_FILE:
        return feel_integer((int64_t)value->item_count);
    case RECORD_ROWS:
        return rows_value(arena, book, field, value);
    default:
        return feel_string(value->text);
    }
}

void record_frame_set(RuleFrame *frame, size_t field, const RecordValue *value) {
    frame->slots[field] =
        value_of(frame->eval.cx->arena, frame->book, &frame->kind->fields[field], value);
}

void record_frame_set_all(RuleFrame *frame, const RecordValue *values) {
    for (size_t i = 0; i < frame->kind->field_count; i++) {
        record_frame_set(frame, i, &values[i]);
    }
}

void record_frame_init(Cx *cx, RuleFrame *frame, const RecordBook *book, const RecordKind *kind,
                       const RuleFacts *facts) {
    *frame = (RuleFrame){.book = book, .kind = kind};
    frame->now = temporal_of_instant(day_start_ms(facts->today), (int32_t)(CHINA_OFFSET_MS / 1000));
    feel_eval_init(&frame->eval, cx, &frame->now, NULL, NULL);
    frame->slots = arena_array(cx->arena, FeelValue, kind->field_count + RULE_NAME_COUNT);
    FeelValue *names = frame->slots + kind->field_count;
    names[RULE_TODAY] = day_value(cx->arena, facts->today.number);
    names[RULE_STATE] = feel_string(kind->states[facts->state].title);
    names[RULE_FILER] = text_or_null(facts->filer_name);
    names[RULE_YEAR] = feel_integer(facts->year);
    names[RULE_NUMBER] = text_or_null(facts->number);
}

Status record_frame_value(RuleFrame *frame, const FeelProgram *program, FeelValue *out) {
    /* The frame may have been copied since: now is its own. */
    frame->eval.now = &frame->now;
    return feel_evaluate(&frame->eval, program, frame->slots, out);
}

Status record_frame_true(RuleFrame *frame, const FeelProgram *program, bool *out) {
    FeelValue value;
    TRY(record_frame_value(frame, program, &value));
    *out = value.kind == FEEL_BOOLEAN && value.boolean;
    return STATUS_OK;
}

/* ---- results out ---- */

static Status number_of_feel(Cx *cx, const RecordField *field, const FeelValue *result,
                             int64_t *out) {
    static const int64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    int64_t digits = field->type == RECORD_MONEY     ? 2
                     : field->type == RECORD_DECIMAL ? field->digits
                                                     : 0;
    Decimal rounded;
    Decimal scaled;
    if (result->kind != FEEL_NUMBER ||
        !decimal_round(result->number, digits, DECIMAL_HALF_UP, &rounded) ||
        !decimal_multiply(rounded, decimal_of_int64(powers[digits]), &scaled) ||
        !decimal_to_int64(scaled, out)) {
        return fault(cx, STATUS_INVALID, "计算结果不是可用的数字");
    }
    return STATUS_OK;
}

static Status date_of_feel(Cx *cx, const RecordField *field, const FeelValue *result,
                           int64_t *out) {
    bool is_date = result->kind == FEEL_DATE || result->kind == FEEL_DATE_TIME;
    if (!is_date || result->temporal->day < day_of_ymd(1, 1, 1).number ||
        result->temporal->day > day_of_ymd(DAY_YEAR_MAX, 12, 31).number) {
        return fault(cx, STATUS_INVALID, "计算结果不是日期");
    }
    DayParts parts = day_parts((Day){(int32_t)result->temporal->day});
    *out = field->type == RECORD_DAY ? result->temporal->day
                                     : (int64_t)parts.year * 12 + parts.month - 1;
    return STATUS_OK;
}

/* Titles of a list, joined as a person types them. */
static Str text_of_feel(Arena *arena, const FeelValue *result) {
    if (result->kind != FEEL_LIST) {
        return feel_to_text(arena, result);
    }
    Str text = STR("");
    for (size_t i = 0; i < result->list->count; i++) {
        Str item = feel_to_text(arena, &result->list->items[i]);
        text = i == 0 ? item : str_print(arena, STR_FMT "、" STR_FMT, STR_ARG(text), STR_ARG(item));
    }
    return text;
}

Status record_value_of_feel(Cx *cx, const RecordBook *book, const RecordField *field,
                            const FeelValue *result, RecordValue *out) {
    *out = (RecordValue){0};
    if (feel_is_null(*result)) {
        return STATUS_OK;
    }
    int64_t number = 0;
    switch ((int)field->type) {
    case RECORD_INT:
    case RECORD_DECIMAL:
    case RECORD_MONEY:
    case RECORD_YEAR:
        TRY(number_of_feel(cx, field, result, &number));
        break;
    case RECORD_DAY:
    case RECORD_MONTH:
        TRY(date_of_feel(cx, field, result, &number));
        break;
    case RECORD_CHECK:
        if (result->kind != FEEL_BOOLEAN) {
            return fault(cx, STATUS_INVALID, "计算结果不是“是”或“否”");
        }
        number = result->boolean;
        break;
    default:
        return record_value_parse(cx, book, field, text_of_feel(cx->arena, result), out);
    }
    *out = (RecordValue){.has_value = true, .number = number};
    return STATUS_OK;
}
