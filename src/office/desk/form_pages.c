/*
 * form_pages.c - the form of a kind: which fields are asked, what stands in them at first, what was
 * typed, and where the engine's messages belong. Reading order: names, files that came before,
 * typed text to the engine's inputs, messages, fields as they are drawn.
 */
#include "attach/attach.h"
#include "base/vec.h"
#include "office/desk/desk_files.h"
#include "office/desk/desk_internal.h"
#include "office/desk/desk_store.h"

#include <inttypes.h>

/* ---- which fields ---- */

/* What an act asks for is usually filled in with it: such fields stand last, under their own
 * heading. */
static bool is_for_later(const DeskForm *form, size_t index) {
    const RecordKind *kind = form->desk->kind;
    bool has_value = form->base != NULL && form->base->values[index].has_value;
    if (form->act != NULL || has_value || kind->fields[index].is_required) {
        return false;
    }
    for (size_t i = 0; i < kind->transition_count; i++) {
        for (size_t k = 0; k < kind->transitions[i].ask_count; k++) {
            if (kind->transitions[i].asks[k] == index) {
                return true;
            }
        }
    }
    return false;
}

static bool is_asked(const DeskForm *form, size_t index) {
    const RecordField *field = &form->desk->kind->fields[index];
    if (field->computed != NULL || (form->only != NULL && !form->only[index])) {
        return false;
    }
    if (form->act == NULL) {
        return true;
    }
    for (size_t i = 0; i < form->act->ask_count; i++) {
        if (form->act->asks[i] == index) {
            return true;
        }
    }
    return false;
}

bool desk_is_posted(const Web *web) {
    return http_form(web->http, "desk").at != NULL;
}

static const char *part_name(const DeskForm *form, Str name, const char *part) {
    Arena *arena = form->desk->web->cx->arena;
    return str_c(arena, str_print(arena, STR_FMT ".%s", STR_ARG(name), part));
}

static Str sent(const DeskForm *form, const char *name) {
    return http_form(form->desk->web->http, name);
}

/* True when the request holds name.part, or the name itself. */
static bool is_sent(const DeskForm *form, const RecordField *field, const char *part) {
    const char *name = part[0] == '\0' ? str_c(form->desk->web->cx->arena, field->name)
                                       : part_name(form, field->name, part);
    return sent(form, name).at != NULL;
}

/* ---- typed text to inputs ---- */

static void input_put(const DeskForm *form, InputVec *out, Str name, Str text) {
    *vec_push(form->desk->web->cx->arena, out) =
        (RecordInput){.name = name, .text = text.at == NULL ? STR("") : text};
}

static void part_put(const DeskForm *form, InputVec *out, Str name, const char *part) {
    const char *whole = part_name(form, name, part);
    Str text = sent(form, whole);
    if (text.at != NULL) {
        input_put(form, out, str_of(whole), text);
    }
}

static void simple_put(const DeskForm *form, InputVec *out, const RecordField *field) {
    Str text = sent(form, str_c(form->desk->web->cx->arena, field->name));
    if (text.at != NULL) {
        input_put(form, out, field->name, text);
    }
}

/* Radios of which none was chosen send nothing: the mark says that they were there. */
static void marked_put(const DeskForm *form, InputVec *out, const RecordField *field) {
    if (sent(form, part_name(form, field->name, "sent")).at != NULL) {
        input_put(form, out, field->name,
                  sent(form, str_c(form->desk->web->cx->arena, field->name)));
    }
}

static void choices_put(const DeskForm *form, InputVec *out, const RecordField *field) {
    const HttpRequest *http = form->desk->web->http;
    Buf *text = buf_in(form->desk->web->cx->arena, LIMIT_FORM_BYTES_MAX);
    if (!is_sent(form, field, "sent") && !is_sent(form, field, "")) {
        return;
    }
    for (size_t i = 0; i < http->form_count; i++) {
        if (str_equal(http->form[i].name, field->name) && http->form[i].value.len > 0) {
            buf_put_c(text, text->len > 0 ? "、" : "");
            buf_put(text, http->form[i].value);
        }
    }
    input_put(form, out, field->name, buf_str(text));
}

/* A record is chosen among those found; whoever typed its number and sent the form means it too. */
static void ref_put(const DeskForm *form, InputVec *out, const RecordField *field) {
    Str chosen = sent(form, str_c(form->desk->web->cx->arena, field->name));
    Str words = sent(form, part_name(form, field->name, "find"));
    if (is_sent(form, field, "sent") || chosen.at != NULL) {
        input_put(form, out, field->name, chosen.len > 0 ? chosen : words);
    }
}

static FormField rows_field(const DeskForm *form, const RecordField *field) {
    return (FormField){.name = str_c(form->desk->web->cx->arena, field->name),
                       .kind = FIELD_ROWS,
                       .column_count = field->item_count};
}

static const char *cell_name(const DeskForm *form, const RecordField *field, Str key,
                             size_t column) {
    Arena *arena = form->desk->web->cx->arena;
    return form_cell_name(arena, str_c(arena, field->name), key,
                          str_c(arena, field->items[column].name));
}

static bool is_row_empty(const DeskForm *form, const RecordField *field, Str key) {
    for (size_t i = 0; i < field->item_count; i++) {
        if (str_trim(sent(form, cell_name(form, field, key, i))).len > 0) {
            return false;
        }
    }
    return true;
}

typedef struct KeyVec VEC(Str) KeyVec;

/* The rows in which something is typed, in their order: the engine counts them from 0. */
static KeyVec filled_rows(const DeskForm *form, const RecordField *field) {
    KeyVec filled = {0};
    size_t count = 0;
    FormField rows = rows_field(form, field);
    const Str *keys = form_row_keys(form->desk->web, &rows, &count);
    for (size_t i = 0; i < count; i++) {
        if (!is_row_empty(form, field, keys[i])) {
            *vec_push(form->desk->web->cx->arena, &filled) = keys[i];
        }
    }
    return filled;
}

static void rows_put(const DeskForm *form, InputVec *out, const RecordField *field) {
    Arena *arena = form->desk->web->cx->arena;
    if (!is_sent(form, field, "sent") && !is_sent(form, field, "row")) {
        return;
    }
    KeyVec rows = filled_rows(form, field);
    if (rows.count == 0) {
        input_put(form, out, field->name, STR(""));
    }
    for (size_t i = 0; i < rows.count; i++) {
        for (size_t k = 0; k < field->item_count; k++) {
            Str name = str_print(arena, STR_FMT ".%zu." STR_FMT, STR_ARG(field->name), i,
                                 STR_ARG(field->items[k].name));
            input_put(form, out, name, sent(form, cell_name(form, field, rows.items[i], k)));
        }
    }
}

static Status files_put(const DeskForm *form, InputVec *out, const RecordField *field) {
    if (!is_sent(form, field, "sent")) {
        return STATUS_OK;
    }
    UploadList files;
    UploadRule rule = desk_files_rule(form->desk, field);
    TRY(upload_read(form->desk->web, &rule, &files));
    if (files.count == 0) {
        input_put(form, out, field->name, STR(""));
    }
    for (size_t i = 0; i < files.count; i++) {
        input_put(form, out,
                  str_print(form->desk->web->cx->arena, STR_FMT ".%zu", STR_ARG(field->name), i),
                  files.items[i].text);
    }
    return STATUS_OK;
}

static Status field_put(const DeskForm *form, InputVec *out, const RecordField *field) {
    switch (field->type) {
    case RECORD_FILE:
        return files_put(form, out, field);
    case RECORD_ROWS:
        rows_put(form, out, field);
        return STATUS_OK;
    case RECORD_PLACE:
        part_put(form, out, field->name, "town");
        part_put(form, out, field->name, "lat");
        part_put(form, out, field->name, "lon");
        return STATUS_OK;
    case RECORD_ORG:
        part_put(form, out, field->name, "name");
        part_put(form, out, field->name, "code");
        return STATUS_OK;
    case RECORD_CHOICES:
        choices_put(form, out, field);
        return STATUS_OK;
    case RECORD_REF:
        ref_put(form, out, field);
        return STATUS_OK;
    case RECORD_CHECK:
        marked_put(form, out, field);
        break;
    case RECORD_TEXT:
    case RECORD_LONG_TEXT:
    case RECORD_INT:
    case RECORD_DECIMAL:
    case RECORD_MONEY:
    case RECORD_DAY:
    case RECORD_MONTH:
    case RECORD_YEAR:
    case RECORD_CHOICE:
    case RECORD_TOWN:
    case RECORD_UNIT:
    case RECORD_SERIAL:
    case RECORD_VIN:
    case RECORD_PLATE:
    case RECORD_USCC:
    case RECORD_GTIN:
    case RECORD_IMEI:
    case RECORD_PERSON:
    case RECORD_PHONE:
    case RECORD_ID_NUMBER:
        break;
    }
    simple_put(form, out, field);
    return STATUS_OK;
}

Status desk_inputs(const DeskForm *form, InputVec *out) {
    *out = (InputVec){0};
    for (size_t i = 0; i < form->desk->kind->field_count; i++) {
        if (is_asked(form, i)) {
            TRY(field_put(form, out, &form->desk->kind->fields[i]));
        }
    }
    return STATUS_OK;
}

/* ---- messages ---- */

/* The control on the page at which a message of the engine belongs. */
static Str place_of_error(const DeskForm *form, Str name) {
    Arena *arena = form->desk->web->cx->arena;
    Str rest = name;
    Str head = str_cut(&rest, '.');
    size_t index = record_field_find(form->desk->kind, head);
    if (index == SIZE_MAX) {
        return name;
    }
    const RecordField *field = &form->desk->kind->fields[index];
    if (field->type == RECORD_PLACE || field->type == RECORD_FILE) {
        return head;
    }
    if (field->type == RECORD_ORG) {
        return rest.len > 0 ? name : str_print(arena, STR_FMT ".name", STR_ARG(head));
    }
    int64_t row = 0;
    Str number = str_cut(&rest, '.');
    if (field->type != RECORD_ROWS || str_int64(number, &row) != STATUS_OK || rest.len == 0) {
        return head;
    }
    KeyVec rows = filled_rows(form, field);
    if (row < 0 || (size_t)row >= rows.count) {
        return head;
    }
    return str_print(arena, STR_FMT "." STR_FMT "." STR_FMT, STR_ARG(head),
                     STR_ARG(rows.items[row]), STR_ARG(rest));
}

/* In the summary above the form a message must say which field it means. */
static Str named_message(const DeskForm *form, Str name, Str text) {
    Arena *arena = form->desk->web->cx->arena;
    Str rest = name;
    Str head = str_cut(&rest, '.');
    size_t index = record_field_find(form->desk->kind, head);
    if (index == SIZE_MAX) {
        return text;
    }
    const RecordField *field = &form->desk->kind->fields[index];
    int64_t row = 0;
    bool is_cell = field->type == RECORD_ROWS &&
                   str_int64(str_cut(&rest, '.'), &row) == STATUS_OK && rest.len > 0;
    for (size_t i = 0; is_cell && i < field->item_count; i++) {
        if (str_equal(field->items[i].name, rest)) {
            return str_print(arena, STR_FMT "第%" PRId64 "行" STR_FMT "：" STR_FMT,
                             STR_ARG(field->title), row + 1, STR_ARG(field->items[i].title),
                             STR_ARG(text));
        }
    }
    return str_contains(text, field->title)
               ? text
               : str_print(arena, STR_FMT "：" STR_FMT, STR_ARG(field->title), STR_ARG(text));
}

void desk_errors_show(const DeskForm *form, const RecordDraft *draft) {
    Web *web = form->desk->web;
    for (size_t i = 0; i < draft->error_count; i++) {
        const RecordError *error = &draft->errors[i];
        form_error(web, str_c(web->cx->arena, place_of_error(form, error->field)),
                   named_message(form, error->field, error->text), error->hint);
    }
}

void desk_fault_show(const DeskForm *form) {
    Web *web = form->desk->web;
    const Fault *fault = &web->cx->fault;
    if (web->error_count == 0 && fault->text[0] != '\0') {
        form_error(web, str_c(web->cx->arena, place_of_error(form, str_of(fault->field))),
                   named_message(form, str_of(fault->field), str_of(fault->text)),
                   str_of(fault->hint));
    }
}

/* ---- fields as they are drawn ---- */

typedef struct FieldVec VEC(FormField) FieldVec;

typedef struct Drawing {
    const DeskForm *form;
    Arena *arena;
    const RecordValue *values;
    const bool *is_visible;
    FieldVec fields;
} Drawing;

static FieldKind kind_of(RecordType type) {
    switch (type) {
    case RECORD_LONG_TEXT:
        return FIELD_LONG_TEXT;
    case RECORD_INT:
        return FIELD_INT;
    case RECORD_DECIMAL:
        return FIELD_DECIMAL;
    case RECORD_MONEY:
        return FIELD_MONEY;
    case RECORD_DAY:
        return FIELD_DAY;
    case RECORD_MONTH:
        return FIELD_MONTH;
    case RECORD_YEAR:
        return FIELD_YEAR;
    case RECORD_CHECK:
    case RECORD_CHOICE:
    case RECORD_TOWN:
    case RECORD_UNIT:
        return FIELD_CHOICE;
    case RECORD_CHOICES:
        return FIELD_CHOICES;
    case RECORD_PLACE:
        return FIELD_PLACE;
    case RECORD_PHONE:
        return FIELD_PHONE;
    case RECORD_REF:
        return FIELD_REF;
    case RECORD_FILE:
        return FIELD_FILES;
    case RECORD_ROWS:
        return FIELD_ROWS;
    case RECORD_TEXT:
    case RECORD_ORG:
    case RECORD_SERIAL:
    case RECORD_VIN:
    case RECORD_PLATE:
    case RECORD_USCC:
    case RECORD_GTIN:
    case RECORD_IMEI:
    case RECORD_PERSON:
    case RECORD_ID_NUMBER:
        break;
    }
    return FIELD_TEXT;
}

static const FormChoice yes_no[] = {{"是", "是"}, {"否", "否"}};

static void names_set(Arena *arena, FormField *out, const RecordName *names, size_t count) {
    FormChoice *choices = arena_array(arena, FormChoice, count);
    for (size_t i = 0; i < count; i++) {
        choices[i] = (FormChoice){str_c(arena, names[i].code), str_c(arena, names[i].name)};
    }
    out->choices = choices;
    out->choice_count = count;
}

void desk_choices_set(const Desk *desk, const RecordField *field, FormField *out) {
    Arena *arena = desk->web->cx->arena;
    const RecordBook *book = desk->house.book;
    if (field->type == RECORD_CHECK) {
        out->choices = yes_no;
        out->choice_count = 2;
    } else if (field->type == RECORD_TOWN || field->type == RECORD_PLACE) {
        names_set(arena, out, book->towns, book->town_count);
    } else if (field->type == RECORD_UNIT) {
        names_set(arena, out, book->units, book->unit_count);
    } else if (field->choice_count > 0) {
        FormChoice *choices = arena_array(arena, FormChoice, field->choice_count);
        for (size_t i = 0; i < field->choice_count; i++) {
            choices[i] = (FormChoice){str_c(arena, field->choices[i].code),
                                      str_c(arena, field->choices[i].title)};
        }
        out->choices = choices;
        out->choice_count = field->choice_count;
    }
}

/* Lists are chosen by codes, the rest stands as a person types it. */
static Str shown_plain(const Drawing *drawing, const RecordField *field, const RecordValue *value) {
    if (!value->has_value) {
        return STR("");
    }
    bool is_code =
        field->type == RECORD_CHOICE || field->type == RECORD_TOWN || field->type == RECORD_UNIT;
    return is_code
               ? value->text
               : record_value_plain(drawing->arena, drawing->form->desk->house.book, field, value);
}

static FormField field_base(const Drawing *drawing, const RecordField *field) {
    Arena *arena = drawing->arena;
    FormField out = {.name = str_c(arena, field->name),
                     .label = str_c(arena, field->title),
                     .hint = field->hint.len > 0 ? str_c(arena, field->hint) : NULL,
                     .unit = field->unit.len > 0 ? str_c(arena, field->unit) : NULL,
                     .kind = kind_of(field->type),
                     .is_optional = !field->is_required && field->required == NULL,
                     .digits = field->digits};
    if (field->type == RECORD_MONEY) {
        out.unit = "元";
    }
    desk_choices_set(drawing->form->desk, field, &out);
    return out;
}

/* A firm that files is most often the firm that is meant: the first such field begins with it. */
static Status own_org(Drawing *drawing, const RecordField *field, Str *name, Str *code) {
    const Desk *desk = drawing->form->desk;
    bool is_first = true;
    for (const RecordField *other = desk->kind->fields; other < field; other++) {
        is_first = is_first && other->type != RECORD_ORG;
    }
    if (drawing->form->base != NULL || desk->actor.org_id == 0 || !is_first || name->len > 0) {
        return STATUS_OK;
    }
    *name = desk->actor.name;
    return desk_store_org_code(desk->web->cx, desk->web->conn, desk->actor.org_id, code);
}

static Status org_draw(Drawing *drawing, const RecordField *field, const RecordValue *value) {
    Arena *arena = drawing->arena;
    FormField name = field_base(drawing, field);
    FormField code = {.name = part_name(drawing->form, field->name, "code"),
                      .label = str_c(arena, str_print(arena, STR_FMT "的统一社会信用代码",
                                                      STR_ARG(field->title))),
                      .kind = FIELD_TEXT,
                      .is_optional = true,
                      .value = record_value_part(arena, field, value, "code")};
    name.name = part_name(drawing->form, field->name, "name");
    name.value = record_value_part(arena, field, value, "name");
    TRY(own_org(drawing, field, &name.value, &code.value));
    *vec_push(arena, &drawing->fields) = name;
    *vec_push(arena, &drawing->fields) = code;
    return STATUS_OK;
}

static Status rows_draw(Drawing *drawing, const RecordField *field, const RecordValue *value) {
    Arena *arena = drawing->arena;
    FormField out = field_base(drawing, field);
    FormField *columns = arena_array(arena, FormField, field->item_count);
    for (size_t i = 0; i < field->item_count; i++) {
        columns[i] = field_base(drawing, &field->items[i]);
    }
    Str *cells = arena_array(arena, Str, value->item_count);
    for (size_t i = 0; i < value->item_count; i++) {
        cells[i] = shown_plain(drawing, &field->items[i % field->item_count], &value->items[i]);
    }
    out.columns = columns;
    out.column_count = field->item_count;
    out.values = cells;
    out.value_count = value->item_count;
    *vec_push(arena, &drawing->fields) = out;
    return STATUS_OK;
}

/* The codes "a,b" of several choices. */
static Status choices_draw(Drawing *drawing, const RecordField *field, const RecordValue *value) {
    Arena *arena = drawing->arena;
    FormField out = field_base(drawing, field);
    Str *codes = arena_array(arena, Str, RECORD_CHOICES_MAX);
    Str rest = value->text;
    while (rest.len > 0 && out.value_count < RECORD_CHOICES_MAX) {
        codes[out.value_count++] = str_cut(&rest, ',');
    }
    out.values = codes;
    *vec_push(arena, &drawing->fields) = out;
    return STATUS_OK;
}

static Status files_draw(Drawing *drawing, const RecordField *field, const RecordValue *value) {
    const DeskForm *form = drawing->form;
    FormField out = field_base(drawing, field);
    UploadList files;
    UploadRule rule = desk_files_rule(form->desk, field);
    if (is_sent(form, field, "sent")) {
        TRY(upload_read(form->desk->web, &rule, &files));
    } else {
        desk_files_stored(form->desk, field, value, &files);
    }
    out.choices = upload_choices(drawing->arena, &files);
    out.choice_count = files.count;
    out.accept = upload_accept(&rule);
    if (out.hint == NULL) {
        out.hint = upload_hint(drawing->arena, &rule);
    }
    *vec_push(drawing->arena, &drawing->fields) = out;
    return STATUS_OK;
}

typedef struct ChoiceVec VEC(FormChoice) ChoiceVec;

static void found_put(const Desk *desk, ChoiceVec *found, const Record *record) {
    Arena *arena = desk->web->cx->arena;
    Str name = desk_record_name(desk, record);
    *vec_push(arena, found) =
        (FormChoice){str_c(arena, record->number),
                     str_c(arena, str_print(arena, STR_FMT " " STR_FMT, STR_ARG(record->number),
                                            STR_ARG(name)))};
}

static Status ref_search(const Desk *desk, const RecordField *field, Str words, ChoiceVec *found) {
    Web *web = desk->web;
    RecordQuery query = record_query_for(field->ref, &desk->actor);
    query.search = words;
    query.row_max = DESK_FOUND_MAX;
    RecordPage page;
    TRY(record_list(web->cx, web->conn, &desk->house, &query, &page));
    for (size_t i = 0; i < page.count; i++) {
        found_put(desk, found, &page.items[i]);
    }
    return STATUS_OK;
}

static Status ref_draw(Drawing *drawing, const RecordField *field, const RecordValue *value) {
    const Desk *desk = drawing->form->desk;
    FormField out = field_base(drawing, field);
    ChoiceVec found = {0};
    Str now = sent(drawing->form, out.name);
    now = now.at != NULL ? now : value->text;
    Str words = str_trim(sent(drawing->form, part_name(drawing->form, field->name, "find")));
    Str act = str_print(drawing->arena, "find:%s", out.name);
    if (words.len > 0 && field->ref != NULL && str_equal(form_act(desk->web), act)) {
        TRY(ref_search(desk, field, words, &found));
    }
    bool is_there = now.len == 0;
    for (size_t i = 0; i < found.count; i++) {
        is_there = is_there || str_equal(str_of(found.items[i].code), now);
    }
    if (!is_there) {
        *vec_push(drawing->arena, &found) =
            (FormChoice){str_c(drawing->arena, now), str_c(drawing->arena, now)};
    }
    out.value = now;
    out.choices = found.items;
    out.choice_count = found.count;
    *vec_push(drawing->arena, &drawing->fields) = out;
    return STATUS_OK;
}

static Status place_draw(Drawing *drawing, const RecordField *field, const RecordValue *value) {
    FormField out = field_base(drawing, field);
    out.value = value->text;
    out.lat = record_value_part(drawing->arena, field, value, "lat");
    out.lon = record_value_part(drawing->arena, field, value, "lon");
    *vec_push(drawing->arena, &drawing->fields) = out;
    return STATUS_OK;
}

/* True when the answer to this field decides what else is asked or proposed. */
static bool is_refreshing(const RecordKind *kind, size_t index) {
    for (size_t i = 0; i < kind->field_count; i++) {
        const RecordField *other = &kind->fields[i];
        const FeelProgram *programs[] = {other->visible, other->required, other->fallback};
        for (size_t k = 0; k < sizeof programs / sizeof programs[0]; k++) {
            /* Slot i of a kind's rules is field i. */
            if (i != index && programs[k] != NULL && feel_program_uses(programs[k], index)) {
                return true;
            }
        }
    }
    return false;
}

/* Types that are more than one box; all others are one. */
static const struct {
    RecordType type;
    Status (*draw)(Drawing *drawing, const RecordField *field, const RecordValue *value);
} drawers[] = {{RECORD_ORG, org_draw},    {RECORD_ROWS, rows_draw}, {RECORD_CHOICES, choices_draw},
               {RECORD_FILE, files_draw}, {RECORD_REF, ref_draw},   {RECORD_PLACE, place_draw}};

static Status visible_draw(Drawing *drawing, const RecordField *field, const RecordValue *value) {
    for (size_t i = 0; i < sizeof drawers / sizeof drawers[0]; i++) {
        if (drawers[i].type == field->type) {
            return drawers[i].draw(drawing, field, value);
        }
    }
    FormField out = field_base(drawing, field);
    out.value = shown_plain(drawing, field, value);
    *vec_push(drawing->arena, &drawing->fields) = out;
    return STATUS_OK;
}

static Status field_draw(Drawing *drawing, size_t index) {
    const RecordField *field = &drawing->form->desk->kind->fields[index];
    size_t before = drawing->fields.count;
    if (drawing->is_visible[index]) {
        TRY(visible_draw(drawing, field, &drawing->values[index]));
        for (size_t i = before; i < drawing->fields.count; i++) {
            drawing->fields.items[i].is_refreshing =
                is_refreshing(drawing->form->desk->kind, index);
        }
        return STATUS_OK;
    }
    /* What was typed before another answer hid it comes back with that answer. */
    Str typed = sent(drawing->form, str_c(drawing->arena, field->name));
    if (typed.len > 0 && field->type != RECORD_CHOICES) {
        *vec_push(drawing->arena, &drawing->fields) =
            (FormField){.name = str_c(drawing->arena, field->name),
                        .label = "",
                        .kind = FIELD_HIDDEN,
                        .value = typed};
    }
    return STATUS_OK;
}

static Status fields_draw(Drawing *drawing, bool is_later) {
    const DeskForm *form = drawing->form;
    size_t before = drawing->fields.count;
    for (size_t i = 0; i < form->desk->kind->field_count; i++) {
        if (is_asked(form, i) && is_for_later(form, i) == is_later) {
            TRY(field_draw(drawing, i));
        }
    }
    for (size_t i = before; is_later && i < drawing->fields.count; i++) {
        drawing->fields.items[i].group = "以后办理时填写（现在可以不填）";
    }
    return STATUS_OK;
}

/* The values on which the form depends now: what was typed over what is stored or proposed. */
static Status values_now(const DeskForm *form, RecordDraft *draft) {
    Web *web = form->desk->web;
    InputVec inputs = {0};
    if (desk_is_posted(web)) {
        TRY(desk_inputs(form, &inputs));
    }
    RecordAsk *ask = arena_new(web->cx->arena, RecordAsk);
    *ask = (RecordAsk){.kind = form->desk->kind,
                       .base = form->base,
                       .act = form->act,
                       .inputs = inputs.items,
                       .input_count = inputs.count,
                       .actor = &form->desk->actor,
                       .now_ms = web->now_ms};
    Cx quiet;
    cx_init(&quiet, web->cx->arena);
    /* What is wrong is said when the form is sent; here only its values count. */
    (void)(record_proposal(&quiet, &form->desk->house, ask, draft) == STATUS_OK);
    return draft->values != NULL ? STATUS_OK
                                 : fault(web->cx, STATUS_INVALID, "%s", quiet.fault.text);
}

Status desk_fields(const DeskForm *form, FormField **fields, size_t *count) {
    Web *web = form->desk->web;
    const RecordKind *kind = form->desk->kind;
    RecordDraft draft = {0};
    TRY(values_now(form, &draft));
    Record record = form->base != NULL
                        ? *form->base
                        : (Record){.kind = kind, .state = kind->start, .due = DAY_NONE};
    record.values = draft.values;
    bool *is_visible = arena_array(web->cx->arena, bool, kind->field_count);
    TRY(record_fields_visible(web->cx, &form->desk->house, &record, web->now_ms, is_visible));
    Drawing drawing = {
        .form = form, .arena = web->cx->arena, .values = draft.values, .is_visible = is_visible};
    TRY(fields_draw(&drawing, false));
    TRY(fields_draw(&drawing, true));
    *vec_push(drawing.arena, &drawing.fields) =
        (FormField){.name = "desk", .label = "", .kind = FIELD_HIDDEN, .value = STR("1")};
    *fields = drawing.fields.items;
    *count = drawing.fields.count;
    return STATUS_OK;
}
