/*
 * draft.c - typed text becomes a whole record: parsed, defaulted, computed, checked, sealed.
 * Reading order from the end: record_draft is the sequence, the parts stand above it.
 */
#include "base/codes.h"
#include "record/record_internal.h"

#include <string.h>

typedef struct InputVec VEC(const RecordInput *) InputVec;

/* The work on one draft. */
typedef struct Work {
    Cx *cx;
    Arena *arena;
    const RecordHouse *house;
    const RecordAsk *ask;
    const RecordKind *kind;
    RecordDraft *draft;
    InputVec *inputs; /* of each field */
    bool *is_clear;   /* sealed values that still are in clear */
    bool *is_wrong;   /* fields that have a message already */
    RuleFrame frame;
} Work;

/* ---- messages ---- */

void record_draft_error(Arena *arena, RecordDraft *draft, Str field, Str text, Str hint) {
    draft->errors = vec_grow(arena, draft->errors, draft->error_count, &draft->error_room,
                             sizeof *draft->errors);
    draft->errors[draft->error_count++] = (RecordError){field, text, hint};
}

static void error_add(Work *work, size_t field, Str name, const char *text) {
    if (field != SIZE_MAX) {
        work->is_wrong[field] = true;
    }
    record_draft_error(work->arena, work->draft, name, str_dup(work->arena, str_of(text)), STR(""));
}

/* Takes the fault of a failed parse as the message of a field. */
static void error_take(Work *work, size_t field, Str name) {
    Cx *cx = work->cx;
    work->is_wrong[field] = true;
    record_draft_error(work->arena, work->draft, name, str_dup(work->arena, str_of(cx->fault.text)),
                       str_dup(work->arena, str_of(cx->fault.hint)));
    fault_clear(cx);
}

/* ---- inputs to values ---- */

static Str rest_of_name(const RecordInput *input) {
    Str rest = input->name;
    (void)str_cut(&rest, '.');
    return rest;
}

static bool is_asked(const RecordAsk *ask, size_t field) {
    if (ask->act == NULL) {
        return true;
    }
    for (size_t i = 0; i < ask->act->ask_count; i++) {
        if (ask->act->asks[i] == field) {
            return true;
        }
    }
    return false;
}

static void inputs_sort(Work *work) {
    for (size_t i = 0; i < work->ask->input_count; i++) {
        const RecordInput *input = &work->ask->inputs[i];
        Str rest = input->name;
        size_t field = record_field_find(work->kind, str_cut(&rest, '.'));
        if (field == SIZE_MAX) {
            error_add(work, SIZE_MAX, input->name, "没有这个字段");
        } else if (is_asked(work->ask, field) && work->kind->fields[field].computed == NULL) {
            *vec_push(work->arena, &work->inputs[field]) = input;
        }
    }
}

static void simple_take(Work *work, size_t index) {
    const RecordField *field = &work->kind->fields[index];
    const InputVec *inputs = &work->inputs[index];
    RecordValue *value = &work->draft->values[index];
    /* Of several mentions the last counts, as with a hidden "否" before a box "是"; choices add up.
     */
    Str text = STR("");
    for (size_t i = 0; i < inputs->count; i++) {
        Str next = inputs->items[i]->text;
        text = i == 0 || field->type != RECORD_CHOICES
                   ? next
                   : str_print(work->arena, STR_FMT "、" STR_FMT, STR_ARG(text), STR_ARG(next));
    }
    bool is_sealed = record_type_is_sealed(field->type);
    if (is_sealed && value->has_value && str_equal(str_trim(text), value->text)) {
        return; /* the masked form came back: unchanged */
    }
    RecordValue parsed = {0};
    if (record_value_parse(work->cx, work->house->book, field, text, &parsed) != STATUS_OK) {
        error_take(work, index, field->name);
        return;
    }
    *value = parsed;
    work->is_clear[index] = is_sealed && parsed.has_value;
}

/* The text of a part ("lat"), or of the field itself for the part named "". */
static Str part_of(const InputVec *inputs, const char *part) {
    for (size_t i = 0; i < inputs->count; i++) {
        if (str_equal(rest_of_name(inputs->items[i]), str_of(part))) {
            return str_trim(inputs->items[i]->text);
        }
    }
    return STR("");
}

static void degrees_take(Work *work, size_t index, const char *part, int64_t limit, int64_t *out) {
    static const RecordField degrees = {.type = RECORD_DECIMAL, .digits = 6};
    Str text = part_of(&work->inputs[index], part);
    RecordValue value = {0};
    *out = RECORD_NO_NUMBER;
    Str name = str_print(work->arena, STR_FMT ".%s", STR_ARG(work->kind->fields[index].name), part);
    if (record_value_parse(work->cx, work->house->book, &degrees, text, &value) != STATUS_OK) {
        error_take(work, index, name);
    } else if (value.has_value && (value.number > limit || value.number < -limit)) {
        error_add(work, index, name, "超出范围");
    } else if (value.has_value) {
        *out = value.number;
    }
}

static void place_take(Work *work, size_t index) {
    static const RecordField town = {.type = RECORD_TOWN};
    const RecordField *field = &work->kind->fields[index];
    RecordValue value = {0};
    Str name = part_of(&work->inputs[index], "town");
    name = name.len > 0 ? name : part_of(&work->inputs[index], "");
    if (record_value_parse(work->cx, work->house->book, &town, name, &value) != STATUS_OK) {
        error_take(work, index, str_print(work->arena, STR_FMT ".town", STR_ARG(field->name)));
        return;
    }
    degrees_take(work, index, "lat", 90000000, &value.number);
    degrees_take(work, index, "lon", 180000000, &value.number2);
    bool has_lat = value.number != RECORD_NO_NUMBER;
    bool has_lon = value.number2 != RECORD_NO_NUMBER;
    if (has_lat != has_lon && !work->is_wrong[index]) {
        error_add(
            work, index,
            str_print(work->arena, STR_FMT ".%s", STR_ARG(field->name), has_lat ? "lon" : "lat"),
            "纬度和经度应一起填写");
    } else if (!value.has_value && has_lat) {
        error_add(work, index, str_print(work->arena, STR_FMT ".town", STR_ARG(field->name)),
                  "请选择镇街");
    }
    work->draft->values[index] = value.has_value ? value : (RecordValue){0};
}

static void org_take(Work *work, size_t index) {
    static const RecordField name_field = {.type = RECORD_TEXT, .has_max = true, .max = 100};
    static const RecordField code_field = {.type = RECORD_USCC};
    const RecordField *field = &work->kind->fields[index];
    RecordValue name = {0};
    RecordValue code = {0};
    Str text = part_of(&work->inputs[index], "name");
    text = text.len > 0 ? text : part_of(&work->inputs[index], "");
    if (record_value_parse(work->cx, work->house->book, &name_field, text, &name) != STATUS_OK) {
        error_take(work, index, str_print(work->arena, STR_FMT ".name", STR_ARG(field->name)));
    }
    if (record_value_parse(work->cx, work->house->book, &code_field,
                           part_of(&work->inputs[index], "code"), &code) != STATUS_OK) {
        error_take(work, index, str_print(work->arena, STR_FMT ".code", STR_ARG(field->name)));
    }
    if (!name.has_value && code.has_value && !work->is_wrong[index]) {
        error_add(work, index, str_print(work->arena, STR_FMT ".name", STR_ARG(field->name)),
                  "请填写单位名称");
    }
    name.text2 = code.text;
    work->draft->values[index] = name;
}

/* ---- tables ---- */

typedef struct Cells {
    Str *texts; /* row by row; STR_NONE: empty */
    size_t row_count;
} Cells;

/* "machine.12.serial": row 12, column serial. */
static void cell_put(Work *work, size_t index, const RecordInput *input, Cells *cells) {
    const RecordField *field = &work->kind->fields[index];
    Str rest = rest_of_name(input);
    int64_t row = -1;
    Str number = str_cut(&rest, '.');
    size_t column = 0;
    while (column < field->item_count && !str_equal(field->items[column].name, rest)) {
        column++;
    }
    if (str_int64(number, &row) != STATUS_OK || row < 0 || row >= field->item_max ||
        column == field->item_count) {
        error_add(work, index, input->name, "表格里没有这一格");
        return;
    }
    cells->texts[(size_t)row * field->item_count + column] = input->text;
    cells->row_count = (size_t)row + 1 > cells->row_count ? (size_t)row + 1 : cells->row_count;
}

/* The whole table in one text: a line a row, columns separated by "|". */
static void cells_split(Work *work, size_t index, Str text, Cells *cells) {
    const RecordField *field = &work->kind->fields[index];
    Str rest = text;
    while (rest.len > 0) {
        Str line = str_cut(&rest, '\n');
        if (str_trim(line).len == 0) {
            continue;
        }
        if (cells->row_count == (size_t)field->item_max) {
            error_add(work, index, field->name, "行数太多");
            return;
        }
        for (size_t i = 0; i < field->item_count; i++) {
            cells->texts[cells->row_count * field->item_count + i] = str_cut(&line, '|');
        }
        if (line.at != NULL) {
            error_add(work, index, field->name, "表格每行的列数应与表头一致，列之间用|分开");
        }
        cells->row_count++;
    }
}

static void cell_take(Work *work, size_t index, size_t at, Str text, RecordValue *out) {
    const RecordField *field = &work->kind->fields[index];
    const RecordField *column = &field->items[at % field->item_count];
    Str name = str_print(work->arena, STR_FMT ".%zu." STR_FMT, STR_ARG(field->name),
                         at / field->item_count, STR_ARG(column->name));
    if (record_value_parse(work->cx, work->house->book, column, text, out) != STATUS_OK) {
        error_take(work, index, name);
    } else if (!out->has_value && column->is_required) {
        error_add(work, index, name, "此项必填");
    }
}

static void table_take(Work *work, size_t index) {
    const RecordField *field = &work->kind->fields[index];
    const InputVec *inputs = &work->inputs[index];
    Cells cells = {.texts =
                       arena_array(work->arena, Str, (size_t)field->item_max * field->item_count)};
    for (size_t i = 0; i < inputs->count; i++) {
        if (rest_of_name(inputs->items[i]).len > 0) {
            cell_put(work, index, inputs->items[i], &cells);
        } else {
            cells_split(work, index, inputs->items[i]->text, &cells);
        }
    }
    RecordValue value = {0};
    value.items = arena_array(work->arena, RecordValue, cells.row_count * field->item_count + 1);
    for (size_t row = 0; row < cells.row_count; row++) {
        size_t first = row * field->item_count;
        bool is_empty = true;
        for (size_t i = first; i < first + field->item_count; i++) {
            is_empty &= str_trim(cells.texts[i]).len == 0;
        }
        for (size_t i = first; i < first + field->item_count && !is_empty; i++) {
            cell_take(work, index, i, cells.texts[i], &value.items[value.item_count++]);
        }
    }
    value.has_value = value.item_count > 0;
    work->draft->values[index] = value;
}

/* ---- files ---- */

/* "digest bytes media_type name" as the caller stored it; an empty text is no file. */
static bool file_read(Arena *arena, Str text, RecordValue *out) {
    Str rest = text;
    Str digest = str_cut(&rest, ' ');
    Str bytes = str_cut(&rest, ' ');
    Str type = str_cut(&rest, ' ');
    bool is_right = digest.len == 2 * (size_t)SEAL_SM3_BYTES && type.len > 0 && rest.len > 0 &&
                    rest.len <= 255 && str_is_utf8(rest);
    for (size_t i = 0; i < digest.len && is_right; i++) {
        is_right = strchr("0123456789abcdef", digest.at[i]) != NULL;
    }
    *out = (RecordValue){.has_value = true,
                         .text = str_dup(arena, digest),
                         .text2 = str_dup(arena, rest),
                         .sealed = str_dup(arena, type)};
    return is_right && str_int64(bytes, &out->number) == STATUS_OK && out->number >= 0;
}

static void files_take(Work *work, size_t index) {
    const RecordField *field = &work->kind->fields[index];
    const InputVec *inputs = &work->inputs[index];
    RecordValue value = {.items = arena_array(work->arena, RecordValue, inputs->count + 1)};
    for (size_t i = 0; i < inputs->count; i++) {
        Str text = str_trim(inputs->items[i]->text);
        if (text.len == 0) {
            continue;
        }
        if (!file_read(work->arena, text, &value.items[value.item_count])) {
            error_add(work, index, field->name, "不是已上传的文件");
            return;
        }
        value.item_count++;
    }
    if (value.item_count > (size_t)field->item_max) {
        error_add(work, index, field->name, "文件太多");
    }
    value.has_value = value.item_count > 0;
    work->draft->values[index] = value;
}

static void inputs_take(Work *work) {
    for (size_t i = 0; i < work->kind->field_count; i++) {
        RecordType type = work->kind->fields[i].type;
        if (work->inputs[i].count == 0) {
            continue;
        }
        if (type == RECORD_PLACE) {
            place_take(work, i);
        } else if (type == RECORD_ORG) {
            org_take(work, i);
        } else if (type == RECORD_ROWS) {
            table_take(work, i);
        } else if (type == RECORD_FILE) {
            files_take(work, i);
        } else {
            simple_take(work, i);
        }
    }
}

/* ---- rules ---- */

static Status program_take(Work *work, size_t index, const FeelProgram *program) {
    FeelValue result;
    TRY(record_frame_value(&work->frame, program, &result));
    RecordValue value = {0};
    if (record_value_of_feel(work->cx, work->house->book, &work->kind->fields[index], &result,
                             &value) != STATUS_OK) {
        error_take(work, index, work->kind->fields[index].name);
        value = (RecordValue){0};
    }
    work->draft->values[index] = value;
    record_frame_set(&work->frame, index, &value);
    return STATUS_OK;
}

/* A new record's fields that nobody typed: a mentioned but empty field stays empty. */
static Status defaults_take(Work *work) {
    for (size_t i = 0; i < work->kind->field_count && work->ask->base == NULL; i++) {
        const RecordField *field = &work->kind->fields[i];
        if (field->fallback != NULL && work->inputs[i].count == 0) {
            TRY(program_take(work, i, field->fallback));
        }
    }
    return STATUS_OK;
}

static Status computed_take(Work *work) {
    for (size_t i = 0; i < work->kind->field_count; i++) {
        if (work->kind->fields[i].computed != NULL && !work->is_wrong[i]) {
            TRY(program_take(work, i, work->kind->fields[i].computed));
        }
    }
    return STATUS_OK;
}

/* Empties what is not visible. A field may hide another that hides a third: twice is enough for
 * what people declare, and once more changes nothing that they see. */
static Status hidden_clear(Work *work, bool *is_visible) {
    for (int round = 0; round < 2; round++) {
        TRY(computed_take(work));
        for (size_t i = 0; i < work->kind->field_count; i++) {
            const RecordField *field = &work->kind->fields[i];
            is_visible[i] = true;
            if (field->visible != NULL) {
                TRY(record_frame_true(&work->frame, field->visible, &is_visible[i]));
            }
            if (!is_visible[i]) {
                work->draft->values[i] = (RecordValue){0};
                work->is_clear[i] = false;
                record_frame_set(&work->frame, i, &work->draft->values[i]);
            }
        }
    }
    return STATUS_OK;
}

static bool is_needed(const RecordAsk *ask, size_t field) {
    for (size_t i = 0; ask->act != NULL && i < ask->act->need_count; i++) {
        if (ask->act->needs[i] == field) {
            return true;
        }
    }
    return false;
}

static Status field_check(Work *work, size_t index) {
    const RecordField *field = &work->kind->fields[index];
    bool has_value = work->draft->values[index].has_value;
    bool is_missing = is_needed(work->ask, index);
    if (is_asked(work->ask, index)) {
        is_missing |= field->is_required;
        if (!is_missing && field->required != NULL) {
            TRY(record_frame_true(&work->frame, field->required, &is_missing));
        }
    }
    if (!has_value) {
        if (is_missing) {
            error_add(work, index, field->name, "此项必填");
        }
        return STATUS_OK;
    }
    bool is_valid = true;
    if (field->valid != NULL && is_asked(work->ask, index)) {
        TRY(record_frame_true(&work->frame, field->valid, &is_valid));
    }
    if (!is_valid) {
        error_add(work, index, field->name, str_c(work->arena, field->message));
    }
    return STATUS_OK;
}

static Status rules_check(Work *work, const bool *is_visible) {
    for (size_t i = 0; i < work->kind->field_count; i++) {
        if (is_visible[i] && !work->is_wrong[i]) {
            TRY(field_check(work, i));
        }
    }
    return STATUS_OK;
}

/* ---- the sequence ---- */

RuleFacts record_facts_of(const RecordAsk *ask) {
    const Record *base = ask->base;
    Day today = day_of_instant(ask->now_ms);
    Day filed = base == NULL ? today : day_of_instant(base->filed_ms);
    return (RuleFacts){
        .today = today,
        .state = ask->act != NULL ? ask->act->to
                 : base != NULL   ? base->state
                                  : ask->kind->start,
        .filer_name = base != NULL ? base->filer_name : ask->actor->name,
        .year = day_parts(filed).year,
        .number = base == NULL ? STR("") : base->number,
    };
}

static void work_init(Cx *cx, const RecordHouse *house, const RecordAsk *ask, RecordDraft *draft,
                      Work *work) {
    const RecordKind *kind = ask->kind;
    *draft = (RecordDraft){.ask = ask};
    draft->values = ask->base != NULL ? record_values_dup(cx->arena, kind, ask->base->values)
                                      : arena_array(cx->arena, RecordValue, kind->field_count + 1);
    draft->is_changed = arena_array(cx->arena, bool, kind->field_count + 1);
    *work = (Work){
        .cx = cx, .arena = cx->arena, .house = house, .ask = ask, .kind = kind, .draft = draft};
    work->inputs = arena_array(cx->arena, InputVec, kind->field_count + 1);
    work->is_clear = arena_array(cx->arena, bool, kind->field_count + 1);
    work->is_wrong = arena_array(cx->arena, bool, kind->field_count + 1);
    RuleFacts facts = record_facts_of(ask);
    record_frame_init(cx, &work->frame, house->book, kind, &facts);
}

/* The wish as it would be stored: clear personal data is sealed last, when rules have seen it. */
static void finish(Work *work) {
    RecordDraft *draft = work->draft;
    for (size_t i = 0; i < work->kind->field_count; i++) {
        const RecordField *field = &work->kind->fields[i];
        if (work->is_clear[i]) {
            record_value_seal(work->arena, work->house, field, &draft->values[i]);
        }
        static const RecordValue none = {0};
        const RecordValue *before = work->ask->base == NULL ? &none : &work->ask->base->values[i];
        draft->is_changed[i] = !record_value_equal(field, before, &draft->values[i]);
        /* The same name typed again keeps its old bytes: sealing is different each time. */
        if (!draft->is_changed[i] && work->is_clear[i]) {
            draft->values[i] = record_value_dup(work->arena, before);
        }
    }
}

static Status draft_make(Work *work, bool is_checked) {
    bool *is_visible = arena_array(work->arena, bool, work->kind->field_count + 1);
    inputs_sort(work);
    inputs_take(work);
    record_frame_set_all(&work->frame, work->draft->values);
    TRY(defaults_take(work));
    TRY(hidden_clear(work, is_visible));
    if (is_checked) {
        TRY(rules_check(work, is_visible));
    }
    finish(work);
    return STATUS_OK;
}

Status record_draft(Cx *cx, const RecordHouse *house, const RecordAsk *ask, RecordDraft *out) {
    Work work;
    check(ask->kind != NULL);
    check(ask->actor != NULL);
    work_init(cx, house, ask, out, &work);
    TRY(draft_make(&work, true));
    if (out->error_count > 0) {
        const RecordError *first = &out->errors[0];
        (void)fault_at_field(cx, STATUS_INVALID, str_c(cx->arena, first->field), STR_FMT,
                             STR_ARG(first->text));
        if (first->hint.len > 0) {
            fault_hint(cx, STR_FMT, STR_ARG(first->hint));
        }
        return STATUS_INVALID;
    }
    return STATUS_OK;
}

Status record_proposal(Cx *cx, const RecordHouse *house, const RecordAsk *ask, RecordDraft *out) {
    Work work;
    work_init(cx, house, ask, out, &work);
    return draft_make(&work, false);
}

Status record_fields_visible(Cx *cx, const RecordHouse *house, const Record *record, int64_t now_ms,
                             bool *out) {
    const RecordActor nobody = {0};
    const RecordAsk ask = {
        .kind = record->kind, .base = record, .actor = &nobody, .now_ms = now_ms};
    RuleFacts facts = record_facts_of(&ask);
    RuleFrame frame;
    record_frame_init(cx, &frame, house->book, record->kind, &facts);
    record_frame_set_all(&frame, record->values);
    for (size_t i = 0; i < record->kind->field_count; i++) {
        const RecordField *field = &record->kind->fields[i];
        out[i] = true;
        if (field->visible != NULL) {
            TRY(record_frame_true(&frame, field->visible, &out[i]));
        }
    }
    return STATUS_OK;
}
