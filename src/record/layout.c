/* layout.c - layouts as text, what differs between two, and values from one to the other. */
#include "record/layout.h"

#include <string.h>

/* ---- printing ---- */

static Str or_dash(Str text) {
    return text.len == 0 ? STR("-") : text;
}

static Str choices_print(Arena *arena, const RecordField *field) {
    Buf *buf = buf_in(arena, 16384);
    for (size_t i = 0; i < field->choice_count; i++) {
        buf_put(buf, i == 0 ? STR("") : STR(","));
        buf_put(buf, field->choices[i].code);
    }
    return or_dash(buf_str(buf));
}

static Str columns_print(Arena *arena, const RecordField *field) {
    Buf *buf = buf_in(arena, 16384);
    for (size_t i = 0; i < field->item_count; i++) {
        const RecordField *column = &field->items[i];
        buf_print(buf, "%s" STR_FMT ":" STR_FMT ":%d", i == 0 ? "" : ",", STR_ARG(column->name),
                  STR_ARG(record_type_word(column->type)), (int)column->digits);
    }
    return or_dash(buf_str(buf));
}

static void field_print(Buf *buf, Arena *arena, const RecordField *field) {
    Str choices = choices_print(arena, field);
    Str columns = columns_print(arena, field);
    buf_print(buf, "f " STR_FMT " " STR_FMT " %d %d %d %d " STR_FMT " " STR_FMT "\n",
              STR_ARG(field->name), STR_ARG(record_type_word(field->type)), (int)field->digits,
              (int)field->slot.number, (int)field->slot.text, (int)field->is_search,
              STR_ARG(choices), STR_ARG(columns));
}

static void unique_print(Buf *buf, const RecordKind *kind, const RecordUnique *unique) {
    buf_print(buf, "u " STR_FMT " ", STR_ARG(unique->space));
    for (size_t i = 0; i < unique->count; i++) {
        const RecordField *field = &kind->fields[unique->fields[i]];
        buf_put(buf, i == 0 ? STR("") : STR(","));
        buf_put(buf, field->name);
        if (unique->columns[i] != SIZE_MAX) {
            buf_put_char(buf, '.');
            buf_put(buf, field->items[unique->columns[i]].name);
        }
    }
    buf_put_char(buf, '\n');
}

static Str name_of(const RecordKind *kind, size_t field) {
    return field == RECORD_BY_OWNER    ? STR("owner")
           : field == RECORD_BY_FILING ? STR("filing")
           : field == SIZE_MAX         ? STR("-")
                                       : kind->fields[field].name;
}

static void counter_print(Buf *buf, const RecordKind *kind, const RecordCounter *counter) {
    buf_print(buf, "c " STR_FMT " ", STR_ARG(counter->code));
    for (size_t i = 0; i < kind->state_count; i++) {
        if ((counter->states >> i & 1) != 0) {
            buf_print(buf, STR_FMT ",", STR_ARG(kind->states[i].code));
        }
    }
    Str sum = name_of(kind, counter->sum);
    Str day = name_of(kind, counter->day);
    buf_print(buf, " " STR_FMT ".%zu " STR_FMT " ", STR_ARG(sum), counter->sum_column + 1,
              STR_ARG(day));
    if (counter->until != SIZE_MAX) {
        Str until = name_of(kind, counter->until);
        buf_print(buf, "-" STR_FMT " ", STR_ARG(until));
    }
    for (size_t i = 0; i < counter->by_count; i++) {
        Str by = name_of(kind, counter->by[i]);
        buf_print(buf, STR_FMT ",", STR_ARG(by));
    }
    if (counter->where != NULL) {
        Str where = feel_program_text(counter->where);
        buf_print(buf, " where " STR_FMT, STR_ARG(where));
    }
    buf_put_char(buf, '\n');
}

Str record_layout_print(Arena *arena, const RecordKind *kind) {
    Buf *buf = buf_in(arena, 512 * 1024);
    for (size_t i = 0; i < kind->field_count; i++) {
        field_print(buf, arena, &kind->fields[i]);
    }
    for (size_t i = 0; i < kind->state_count; i++) {
        buf_print(buf, "s " STR_FMT "%s\n", STR_ARG(kind->states[i].code),
                  kind->states[i].is_void ? " void" : "");
    }
    for (size_t i = 0; i < kind->unique_count; i++) {
        unique_print(buf, kind, &kind->uniques[i]);
    }
    for (size_t i = 0; i < kind->counter_count; i++) {
        counter_print(buf, kind, &kind->counters[i]);
    }
    return buf_str(buf);
}

/* ---- reading ---- */

typedef struct FieldVec VEC(RecordField) FieldVec;
typedef struct ChoiceVec VEC(RecordChoice) ChoiceVec;
typedef struct StateVec VEC(RecordState) StateVec;
typedef struct CounterVec VEC(RecordCounter) CounterVec;

static bool int_cut(Str *rest, char end, int64_t *out) {
    return str_int64(str_cut(rest, end), out) == STATUS_OK;
}

static bool columns_read(Arena *arena, Str text, RecordField *field) {
    FieldVec columns = {0};
    Str rest = str_equal(text, STR("-")) ? STR("") : text;
    while (rest.len > 0) {
        Str item = str_cut(&rest, ',');
        RecordField *column = vec_push(arena, &columns);
        int64_t digits = 0;
        column->name = str_cut(&item, ':');
        if (!record_type_of_word(str_cut(&item, ':'), &column->type) ||
            str_int64(item, &digits) != STATUS_OK) {
            return false;
        }
        column->digits = (int32_t)digits;
    }
    field->items = columns.items;
    field->item_count = columns.count;
    return true;
}

static bool field_read(Arena *arena, Str rest, RecordField *field) {
    ChoiceVec choices = {0};
    int64_t numbers[4];
    field->name = str_cut(&rest, ' ');
    bool is_right = record_type_of_word(str_cut(&rest, ' '), &field->type);
    for (size_t i = 0; i < 4 && is_right; i++) {
        is_right = int_cut(&rest, ' ', &numbers[i]);
    }
    if (!is_right) {
        return false;
    }
    field->digits = (int32_t)numbers[0];
    field->slot = (RecordSlot){(uint8_t)numbers[1], (uint8_t)numbers[2]};
    field->is_search = numbers[3] != 0;
    Str codes = str_cut(&rest, ' ');
    while (codes.len > 0 && !str_equal(codes, STR("-"))) {
        vec_push(arena, &choices)->code = str_cut(&codes, ',');
    }
    field->choices = choices.items;
    field->choice_count = choices.count;
    return columns_read(arena, rest, field);
}

Status record_layout_read(Cx *cx, Str text, RecordKind *out) {
    FieldVec fields = {0};
    StateVec states = {0};
    CounterVec counters = {0};
    Str rest = text;
    bool is_right = true;
    while (rest.len > 0 && is_right) {
        Str line = str_cut(&rest, '\n');
        Str letter = str_cut(&line, ' ');
        if (str_equal(letter, STR("f"))) {
            is_right = field_read(cx->arena, line, vec_push(cx->arena, &fields));
        } else if (str_equal(letter, STR("s"))) {
            RecordState *state = vec_push(cx->arena, &states);
            state->code = str_cut(&line, ' ');
            state->is_void = line.len > 0;
        } else if (str_equal(letter, STR("c"))) {
            vec_push(cx->arena, &counters)->code = str_cut(&line, ' ');
        }
    }
    *out = (RecordKind){.fields = fields.items,
                        .field_count = fields.count,
                        .states = states.items,
                        .state_count = states.count,
                        .counters = counters.items,
                        .counter_count = counters.count};
    return is_right ? STATUS_OK : fault(cx, STATUS_DB, "the stored layout of a kind is damaged");
}

/* ---- comparing ---- */

static size_t named(const RecordField *fields, size_t count, Str old_name) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(fields[i].name, old_name)) {
            return i;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (str_equal(fields[i].renamed_from, old_name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

size_t record_layout_field(const RecordKind *kind, Str old_name) {
    return named(kind->fields, kind->field_count, old_name);
}

size_t record_layout_state(const RecordKind *kind, Str old_code) {
    size_t state = record_state_find(kind, old_code);
    for (size_t i = 0; i < kind->state_count && state == SIZE_MAX; i++) {
        state = str_equal(kind->states[i].renamed_from, old_code) ? i : SIZE_MAX;
    }
    return state;
}

static const RecordChoice *choice_now(const RecordField *field, Str old_code) {
    const RecordChoice *found = NULL;
    for (size_t i = 0; i < field->choice_count; i++) {
        if (str_equal(field->choices[i].code, old_code)) {
            return &field->choices[i];
        }
        found = str_equal(field->choices[i].renamed_from, old_code) ? &field->choices[i] : found;
    }
    return found;
}

/* Values of the old type can be read as the new one. */
static bool is_convertible(const RecordField *old, const RecordField *field) {
    if (old->type == field->type) {
        return old->digits <= field->digits;
    }
    return (old->type == RECORD_TEXT && field->type == RECORD_LONG_TEXT) ||
           (old->type == RECORD_INT && field->type == RECORD_DECIMAL) ||
           (old->type == RECORD_CHOICE && field->type == RECORD_CHOICES);
}

static void refuse(LayoutChange *change, Str text) {
    change->refusal = change->refusal.len == 0 ? text : change->refusal;
}

/* Columns may be added, moved, renamed; not removed or given another type. */
static void columns_compare(Arena *arena, const RecordField *old, const RecordField *field,
                            LayoutChange *change) {
    for (size_t i = 0; i < old->item_count; i++) {
        size_t at = named(field->items, field->item_count, old->items[i].name);
        if (at == SIZE_MAX || !is_convertible(&old->items[i], &field->items[at])) {
            refuse(change,
                   str_print(arena,
                             "明细表“" STR_FMT "”的列 " STR_FMT
                             " 被删除或改了类型；请保留该列，或用 renamed_from 说明它的新名字",
                             STR_ARG(field->title), STR_ARG(old->items[i].name)));
        }
        change->is_rewrite |= at != i || !str_equal(field->items[i].name, old->items[i].name) ||
                              field->items[i].digits != old->items[i].digits ||
                              field->items[i].type != old->items[i].type;
        if (at == SIZE_MAX) {
            return;
        }
    }
}

static void field_compare(Arena *arena, const RecordField *old, const RecordField *field,
                          LayoutChange *change) {
    if (!is_convertible(old, field)) {
        Str old_type = record_type_word(old->type);
        Str type = record_type_word(field->type);
        refuse(change, str_print(arena,
                                 "字段 " STR_FMT " 由 " STR_FMT "（%d位小数）改为 " STR_FMT
                                 "（%d位小数），已有的值无法转换；请另设一个新字段",
                                 STR_ARG(field->name), STR_ARG(old_type), (int)old->digits,
                                 STR_ARG(type), (int)field->digits));
        return;
    }
    change->is_rewrite |= old->type != field->type || old->digits != field->digits ||
                          !str_equal(old->name, field->name) ||
                          old->slot.number != field->slot.number ||
                          old->slot.text != field->slot.text || old->is_search != field->is_search;
    for (size_t i = 0; i < old->choice_count; i++) {
        const RecordChoice *choice = choice_now(field, old->choices[i].code);
        change->needs_scan |= choice == NULL;
        change->is_rewrite |= choice != NULL && !str_equal(choice->code, old->choices[i].code);
    }
    columns_compare(arena, old, field, change);
}

static void new_field_compare(Arena *arena, const RecordField *field, LayoutChange *change) {
    if (field->is_required && field->fallback == NULL) {
        refuse(change, str_print(arena,
                                 "新增的必填字段 " STR_FMT
                                 " 没有 default，已有的记录无值可填；请写 default，或不设为必填",
                                 STR_ARG(field->name)));
    }
    change->is_rewrite |= field->slot.number > 0 || field->slot.text > 0 || field->is_search ||
                          field->fallback != NULL || field->computed != NULL;
}

/* The lines of a layout that begin with one of the letters. */
static Str lines_of(Arena *arena, Str layout, const char *letters) {
    Buf *buf = buf_in(arena, layout.len + 1);
    Str rest = layout;
    while (rest.len > 0) {
        Str line = str_cut(&rest, '\n');
        if (line.len > 0 && strchr(letters, line.at[0]) != NULL) {
            buf_put(buf, line);
            buf_put_char(buf, '\n');
        }
    }
    return buf_str(buf);
}

void record_layout_compare(Arena *arena, const RecordKind *old, Str old_text,
                           const RecordKind *kind, LayoutChange *out) {
    *out = (LayoutChange){.refusal = STR("")};
    Str text = record_layout_print(arena, kind);
    bool *is_old = arena_array(arena, bool, kind->field_count + 1);
    for (size_t i = 0; i < old->field_count; i++) {
        size_t field = record_layout_field(kind, old->fields[i].name);
        if (field == SIZE_MAX) {
            const RecordField *gone = &old->fields[i];
            out->is_rewrite |= gone->slot.number > 0 || gone->slot.text > 0 || gone->is_search;
            continue;
        }
        is_old[field] = true;
        field_compare(arena, &old->fields[i], &kind->fields[field], out);
    }
    for (size_t i = 0; i < kind->field_count; i++) {
        if (!is_old[i]) {
            new_field_compare(arena, &kind->fields[i], out);
        }
    }
    for (size_t i = 0; i < old->state_count; i++) {
        size_t state = record_layout_state(kind, old->states[i].code);
        out->is_rewrite |=
            state != SIZE_MAX && (!str_equal(kind->states[state].code, old->states[i].code) ||
                                  kind->states[state].is_void != old->states[i].is_void);
    }
    out->is_kept_rest = str_equal(lines_of(arena, old_text, "uc"), lines_of(arena, text, "uc"));
    out->is_rewrite |= !out->is_kept_rest;
}

/* ---- converting ---- */

static const int64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};

static bool choices_convert(Arena *arena, const RecordField *field, Str codes, Str *out,
                            Str *lost) {
    Str rest = codes;
    *out = STR("");
    while (rest.len > 0) {
        Str code = str_cut(&rest, ',');
        const RecordChoice *choice = choice_now(field, code);
        if (choice == NULL) {
            *lost = str_print(arena, STR_FMT "=" STR_FMT, STR_ARG(field->name), STR_ARG(code));
            return false;
        }
        *out = out->len == 0
                   ? choice->code
                   : str_print(arena, STR_FMT "," STR_FMT, STR_ARG(*out), STR_ARG(choice->code));
    }
    return true;
}

static bool value_convert(Arena *arena, const RecordField *old, const RecordField *field,
                          const RecordValue *from, RecordValue *to, Str *lost) {
    *to = *from;
    if (!from->has_value) {
        return true;
    }
    if (field->type == RECORD_DECIMAL) {
        to->number = from->number * powers[field->digits - old->digits];
    }
    if (field->type == RECORD_CHOICE || field->type == RECORD_CHOICES) {
        return choices_convert(arena, field, from->text, &to->text, lost);
    }
    if (field->type != RECORD_ROWS) {
        return true;
    }
    size_t row_count = from->item_count / old->item_count;
    to->item_count = row_count * field->item_count;
    to->items = arena_array(arena, RecordValue, to->item_count + 1);
    for (size_t i = 0; i < from->item_count; i++) {
        const RecordField *column = &old->items[i % old->item_count];
        size_t at = named(field->items, field->item_count, column->name);
        if (at != SIZE_MAX &&
            !value_convert(arena, column, &field->items[at], &from->items[i],
                           &to->items[i / old->item_count * field->item_count + at], lost)) {
            return false;
        }
    }
    return true;
}

bool record_layout_convert(Arena *arena, const RecordKind *old, const RecordKind *kind,
                           const RecordValue *from, RecordValue *to, Str *lost) {
    for (size_t i = 0; i < old->field_count; i++) {
        size_t field = record_layout_field(kind, old->fields[i].name);
        if (field != SIZE_MAX && !value_convert(arena, &old->fields[i], &kind->fields[field],
                                                &from[i], &to[field], lost)) {
            return false;
        }
    }
    return true;
}
