/* declare_field.c - fields: their types, bounds, choices, places in the index, and their rules. */
#include "record/declare.h"

#include <string.h>

static const char *const field_keys[] = {"name",   "title",        "type",    "required", "visible",
                                         "valid",  "message",      "default", "computed", "unit",
                                         "hint",   "min",          "max",     "list",     "search",
                                         "public", "renamed_from", "choices", "digits",   "kind",
                                         "accept", "max_files",    "fields",  "max_rows", NULL};
static const char *const column_keys[] = {"name",         "title",   "type",   "required",
                                          "unit",         "hint",    "min",    "max",
                                          "renamed_from", "choices", "digits", NULL};

/* ---- titles are names in FEEL ---- */

/* Letters, digits and "_": what FEEL reads as one name and people can write without thinking. */
static bool is_name_rune(uint32_t rune, bool is_first) {
    bool is_digit = rune >= '0' && rune <= '9';
    bool is_ascii = (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z') || rune == '_';
    bool is_han = (rune >= 0x3400 && rune <= 0x9fff) || (rune >= 0x20000 && rune <= 0x323af);
    return is_ascii || is_han || (is_digit && !is_first);
}

static void title_check(Reader *reader, const RecordField *field) {
    bool is_right = field->title.len > 0 && field->title.len <= 90;
    for (size_t at = 0; at < field->title.len && is_right;) {
        size_t start = at;
        is_right = is_name_rune(str_rune(field->title, &at), start == 0);
    }
    for (size_t i = 0; i < RULE_NAME_COUNT && is_right; i++) {
        is_right = !str_equal(field->title, str_of(record_rule_names[i]));
    }
    if (!is_right && field->title.len > 0) {
        reader_problem(reader, field->line,
                       "title \"" STR_FMT
                       "\": letters, digits and \"_\", a letter first, not one of "
                       "今天 状态 填报单位 年度 编号, expected (it is the name in rules)",
                       STR_ARG(field->title));
    }
}

static void twins_check(Reader *reader, const RecordField *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        for (size_t other = 0; other < i; other++) {
            if (str_equal(fields[i].name, fields[other].name) ||
                str_equal(fields[i].title, fields[other].title)) {
                reader_problem(reader, fields[i].line,
                               "field \"" STR_FMT "\" (" STR_FMT
                               ") has the name or title of the field on line %lld",
                               STR_ARG(fields[i].name), STR_ARG(fields[i].title),
                               (long long)fields[other].line);
            }
        }
    }
}

/* ---- what a type needs ---- */

static RecordChoice choice_read(Reader *reader, const YamlNode *item, int64_t line) {
    static const char *const keys[] = {"code", "title", "renamed_from", NULL};
    RecordChoice choice = {0};
    if (yaml_is_map(item) && yaml_at(item, "code") == NULL && yaml_key_count(item) == 1) {
        /* code: 标题 without quotes is a mapping of one key */
        choice.code = str_dup(reader->arena, yaml_key(item, 0));
        choice.title = str_dup(reader->arena, str_trim(yaml_scalar(yaml_key_value(item, 0))));
    } else if (yaml_is_map(item)) {
        (void)reader_keys(reader, item, "a choice", keys);
        choice.code = reader_text(reader, item, "code", true);
        choice.title = reader_text(reader, item, "title", true);
        choice.renamed_from = reader_text(reader, item, "renamed_from", false);
    } else {
        Str rest = yaml_scalar(item);
        choice.code = str_dup(reader->arena, str_trim(str_cut(&rest, ':')));
        choice.title = str_dup(reader->arena, str_trim(rest));
    }
    if (!record_is_code(choice.code, 1, 40, "") || choice.title.len == 0) {
        reader_problem(reader, line, "a choice \"code: 标题\" expected, the code in small letters");
    }
    return choice;
}

static void choices_read(Reader *reader, const YamlNode *map, RecordField *field) {
    const YamlNode *list = yaml_at(map, "choices");
    size_t count = yaml_count(list);
    if (count == 0 || count > RECORD_CHOICES_MAX) {
        reader_problem(reader, reader_line(map, "choices"),
                       "key \"choices\": a list of 1 to %d choices expected", RECORD_CHOICES_MAX);
        return;
    }
    RecordChoice *choices = arena_array(reader->arena, RecordChoice, count);
    for (size_t i = 0; i < count; i++) {
        choices[i] = choice_read(reader, yaml_item(list, i), yaml_line(yaml_item(list, i)));
        for (size_t other = 0; other < i; other++) {
            if (str_equal(choices[i].code, choices[other].code) ||
                str_equal(choices[i].title, choices[other].title)) {
                reader_problem(reader, yaml_line(yaml_item(list, i)),
                               "choice \"" STR_FMT "\" stands there already",
                               STR_ARG(choices[i].code));
            }
        }
    }
    field->choices = choices;
    field->choice_count = count;
}

/* A bound is typed like a value of the field; of a text it counts characters. */
static bool bound_read(Reader *reader, const YamlNode *map, const char *key,
                       const RecordField *field, int64_t *out) {
    if (yaml_at(map, key) == NULL) {
        return false;
    }
    if (field->type == RECORD_TEXT || field->type == RECORD_LONG_TEXT) {
        *out = reader_number(reader, map, key, 0, 20000);
        return true;
    }
    if (record_type_index(field->type) != TYPE_INDEX_NUMBER || field->type == RECORD_CHECK) {
        reader_problem(reader, reader_line(map, key),
                       "key \"%s\": only for numbers, days and texts", key);
        return false;
    }
    RecordValue value = {0};
    RecordField plain = *field;
    plain.has_min = plain.has_max = false;
    Status status = record_value_parse(reader->cx, reader->book, &plain,
                                       reader_text(reader, map, key, true), &value);
    fault_clear(reader->cx);
    if (status != STATUS_OK) {
        reader_problem(reader, reader_line(map, key),
                       "key \"%s\": a value of type " STR_FMT " expected", key,
                       STR_ARG(record_type_word(field->type)));
    }
    *out = value.number;
    return status == STATUS_OK;
}

static void columns_read(Reader *reader, const YamlNode *map, RecordField *field);

static void type_read(Reader *reader, const YamlNode *map, RecordField *field) {
    if (field->type == RECORD_CHOICE || field->type == RECORD_CHOICES) {
        choices_read(reader, map, field);
    } else if (field->type == RECORD_REF) {
        field->ref_code = reader_code(reader, map, "kind", 40, "");
    } else if (field->type == RECORD_FILE) {
        size_t count = 0;
        const Str *words = reader_texts(reader, map, "accept", false, &count);
        static const char *const accepts[] = {"image", "pdf", "office", NULL};
        field->accept = count == 0 ? STR("image,pdf") : STR("");
        for (size_t i = 0; i < count; i++) {
            (void)reader_word(reader, map, "accept", words[i], accepts);
            field->accept = i == 0 ? words[i]
                                   : str_print(reader->arena, STR_FMT "," STR_FMT,
                                               STR_ARG(field->accept), STR_ARG(words[i]));
        }
        field->item_max = (int32_t)reader_number(reader, map, "max_files", 5, 50);
    } else if (field->type == RECORD_ROWS) {
        columns_read(reader, map, field);
        field->item_max =
            (int32_t)reader_number(reader, map, "max_rows", RECORD_ROWS_MAX, RECORD_ROWS_MAX);
    } else if (field->type == RECORD_DECIMAL) {
        field->digits = (int32_t)reader_number(reader, map, "digits", 2, 6);
    }
    field->has_min = bound_read(reader, map, "min", field, &field->min);
    field->has_max = bound_read(reader, map, "max", field, &field->max);
}

/* Keys that say nothing about a field of this type are mistakes too. */
static void strays_check(Reader *reader, const YamlNode *map, const RecordField *field) {
    const struct {
        const char *key;
        bool is_fit;
    } strays[] = {
        {"choices", field->type == RECORD_CHOICE || field->type == RECORD_CHOICES},
        {"digits", field->type == RECORD_DECIMAL},
        {"kind", field->type == RECORD_REF},
        {"accept", field->type == RECORD_FILE},
        {"max_files", field->type == RECORD_FILE},
        {"fields", field->type == RECORD_ROWS},
        {"max_rows", field->type == RECORD_ROWS},
        {"default", record_type_is_simple(field->type) && !record_type_is_sealed(field->type)},
        {"computed", record_type_is_simple(field->type) && !record_type_is_sealed(field->type) &&
                         field->type != RECORD_REF},
        {"public", !record_type_is_sealed(field->type) && field->type != RECORD_FILE &&
                       field->type != RECORD_ROWS},
        {"search", field->type == RECORD_TEXT || field->type == RECORD_LONG_TEXT ||
                       field->type == RECORD_ORG || record_type_is_code(field->type)},
        {"list", record_type_index(field->type) != TYPE_INDEX_NONE},
    };
    for (size_t i = 0; i < sizeof strays / sizeof strays[0]; i++) {
        if (yaml_at(map, strays[i].key) != NULL && !strays[i].is_fit) {
            reader_problem(reader, reader_line(map, strays[i].key),
                           "key \"%s\": not for a field of type " STR_FMT, strays[i].key,
                           STR_ARG(record_type_word(field->type)));
        }
    }
}

static void plain_read(Reader *reader, const YamlNode *map, RecordField *field) {
    field->line = yaml_line(map);
    field->name = reader_code(reader, map, "name", 40, "");
    field->title = reader_text(reader, map, "title", true);
    field->unit = reader_text(reader, map, "unit", false);
    field->hint = reader_text(reader, map, "hint", false);
    field->renamed_from = reader_text(reader, map, "renamed_from", false);
    title_check(reader, field);
    Str word = reader_text(reader, map, "type", true);
    if (word.len > 0 && !record_type_of_word(word, &field->type)) {
        static const char *const words[] = {
#define X(name, word, zh, feel) word,
            RECORD_TYPE_LIST(X)
#undef X
                NULL};
        (void)reader_word(reader, map, "type", word, words);
    }
    /* required: true or FEEL; the latter is compiled with the other rules */
    field->is_required = str_equal(yaml_scalar(yaml_at(map, "required")), STR("true"));
}

static void columns_read(Reader *reader, const YamlNode *map, RecordField *field) {
    size_t count = 0;
    const YamlNode *list = reader_list(reader, map, "fields", true, &count);
    field->items = arena_array(reader->arena, RecordField, count + 1);
    field->item_count = count > RECORD_FIELDS_MAX ? 0 : count;
    for (size_t i = 0; i < field->item_count; i++) {
        const YamlNode *row = yaml_item(list, i);
        RecordField *column = &field->items[i];
        (void)reader_keys(reader, row, "a column of a table", column_keys);
        plain_read(reader, row, column);
        bool is_fit = record_type_is_simple(column->type) && !record_type_is_sealed(column->type) &&
                      column->type != RECORD_LONG_TEXT && column->type != RECORD_REF;
        if (!is_fit) {
            reader_problem(reader, column->line,
                           "a column of type " STR_FMT " cannot stand in a table",
                           STR_ARG(record_type_word(column->type)));
            column->type = RECORD_TEXT;
        }
        type_read(reader, row, column);
    }
    twins_check(reader, field->items, field->item_count);
}

static void field_read(Reader *reader, const YamlNode *map, RecordField *field) {
    if (!reader_keys(reader, map, "a field", field_keys)) {
        field->line = yaml_line(map);
        return;
    }
    plain_read(reader, map, field);
    field->is_list = reader_flag(reader, map, "list");
    field->is_search = reader_flag(reader, map, "search");
    field->is_public = reader_flag(reader, map, "public");
    type_read(reader, map, field);
    strays_check(reader, map, field);
}

/* ---- slots ---- */

static void slots_give(Reader *reader, RecordKind *kind) {
    uint8_t numbers = 0;
    uint8_t texts = 0;
    for (size_t i = 0; i < kind->field_count; i++) {
        RecordField *field = &kind->fields[i];
        TypeIndex index = field->is_list ? record_type_index(field->type) : TYPE_INDEX_NONE;
        if (index == TYPE_INDEX_NUMBER && ++numbers <= RECORD_NUMBER_SLOTS) {
            field->slot.number = numbers;
        } else if (index == TYPE_INDEX_TEXT && ++texts <= RECORD_TEXT_SLOTS) {
            field->slot.text = texts;
        } else if (index != TYPE_INDEX_NONE) {
            reader_problem(reader, field->line,
                           "\"list: true\": at most %d list columns of number types and %d of text "
                           "types expected",
                           RECORD_NUMBER_SLOTS, RECORD_TEXT_SLOTS);
        }
    }
}

void declare_fields(Reader *reader, const YamlNode *root) {
    size_t count = 0;
    const YamlNode *list = reader_list(reader, root, "fields", true, &count);
    RecordKind *kind = reader->kind;
    if (count > RECORD_FIELDS_MAX) {
        reader_problem(reader, yaml_line(list), "at most %d fields expected", RECORD_FIELDS_MAX);
        count = RECORD_FIELDS_MAX;
    }
    kind->fields = arena_array(reader->arena, RecordField, count + 1);
    kind->field_count = count;
    for (size_t i = 0; i < count; i++) {
        field_read(reader, yaml_item(list, i), &kind->fields[i]);
    }
    twins_check(reader, kind->fields, count);
    slots_give(reader, kind);
}

void declare_field_rules(Reader *reader, const YamlNode *root) {
    const YamlNode *list = yaml_at(root, "fields");
    RecordKind *kind = reader->kind;
    for (size_t i = 0; i < kind->field_count; i++) {
        const YamlNode *map = yaml_item(list, i);
        RecordField *field = &kind->fields[i];
        Str required = yaml_scalar(yaml_at(map, "required"));
        size_t all = kind->field_count;
        if (!field->is_required && !str_equal(required, STR("false"))) {
            field->required = reader_rule(reader, reader->scope, map, "required", all);
        }
        field->visible = reader_rule(reader, reader->scope, map, "visible", all);
        field->valid = reader_rule(reader, reader->scope, map, "valid", all);
        field->fallback = reader_rule(reader, reader->scope, map, "default", i);
        field->computed = reader_rule(reader, reader->scope, map, "computed", i);
        field->message = reader_text(reader, map, "message", field->valid != NULL);
        if (field->message.len > 0 && yaml_at(map, "valid") == NULL) {
            reader_problem(reader, reader_line(map, "message"),
                           "key \"message\": a rule \"valid\" beside it expected");
        }
        if (field->computed != NULL && (field->is_required || field->fallback != NULL)) {
            reader_problem(
                reader, reader_line(map, "computed"),
                "key \"computed\": neither \"required\" nor \"default\" beside it expected");
        }
    }
}
