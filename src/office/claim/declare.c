/*
 * declare.c - the declared programmes: what is asked, which papers, what is known by itself.
 * Everything is checked at start, so that a claim never meets a half-declared programme.
 */
#include "base/vec.h"
#include "office/claim/claim_store.h"
#include "yaml/yaml.h"

enum { FILE_BYTES_MAX = 256 * 1024, REGISTER_MAX = 100000 };

typedef struct Reader {
    Cx *cx;
    Str folder;
    Str file;
    const PolicyLibrary *policies;
    ClaimProgramme *out;
} Reader;

static Status wrong(const Reader *reader, const char *what, Str value) {
    return fault(reader->cx, STATUS_INVALID, STR_FMT ": %s: " STR_FMT, STR_ARG(reader->file), what,
                 STR_ARG(value));
}

static Str text_or(const Reader *reader, const YamlNode *node, const char *key) {
    return yaml_text_or(reader->cx->arena, node, key, STR(""));
}

/* ---- fields ---- */

/* The question as the newest version that has it asks it. */
static const PolicyQuestion *question_find(const Reader *reader, Str programme, Str name) {
    size_t count = 0;
    const PolicyVersion *const *versions = policy_versions(reader->policies, &count);
    const PolicyQuestion *found = NULL;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < versions[i]->question_count; k++) {
            if (str_equal(versions[i]->programme, programme) &&
                str_equal(versions[i]->questions[k].name, name)) {
                found = &versions[i]->questions[k];
            }
        }
    }
    return found;
}

static ClaimType type_of_question(const PolicyQuestion *question) {
    if (question->choice_count > 0) {
        return CLAIM_CHOICE;
    }
    switch (question->type) {
    case POLICY_NUMBER:
        return CLAIM_INT;
    case POLICY_MONEY:
        return CLAIM_MONEY;
    case POLICY_DAY:
        return CLAIM_DAY;
    case POLICY_FLAG:
        return CLAIM_FLAG;
    case POLICY_TEXT:
        break;
    }
    return CLAIM_TEXT;
}

static Status type_read(const Reader *reader, Str word, ClaimType *out) {
#define X(name, text)                                                                              \
    if (str_equal(word, STR(text))) {                                                              \
        *out = CLAIM_##name;                                                                       \
        return STATUS_OK;                                                                          \
    }
    CLAIM_TYPE_LIST(X)
#undef X
    return wrong(reader, "unknown type", word);
}

static Status field_read(const Reader *reader, const YamlNode *node, ClaimField *field) {
    TRY(yaml_text(reader->cx, node, "code", &field->code));
    field->question = text_or(reader, node, "question");
    field->once = text_or(reader, node, "once");
    field->when_field = text_or(reader, node, "when");
    field->when_value = text_or(reader, node, "is");
    if (text_or(reader, node, "not").len > 0) {
        field->when_value = text_or(reader, node, "not");
        field->is_unless = true;
    }
    field->may_be_future = yaml_bool_or(node, "future", false);
    Str word = text_or(reader, node, "type");
    const PolicyQuestion *question = NULL;
    if (field->question.len > 0) {
        question = question_find(reader, reader->out->code, field->question);
        if (question == NULL) {
            return wrong(reader, "no version asks this question", field->question);
        }
        field->label = question->label;
        field->hint = question->help;
        field->type = type_of_question(question);
        field->choices = question->choices;
        field->choice_count = question->choice_count;
    }
    if (word.len > 0) {
        TRY(type_read(reader, word, &field->type));
    } else if (question == NULL) {
        return wrong(reader, "a field needs a question or a type", field->code);
    }
    field->label = yaml_text_or(reader->cx->arena, node, "label", field->label);
    field->hint = yaml_text_or(reader->cx->arena, node, "hint", field->hint);
    return field->label.len > 0 ? STATUS_OK : wrong(reader, "a field needs a label", field->code);
}

typedef struct FieldVec VEC(ClaimField) FieldVec;

static Status steps_read(Reader *reader, const YamlNode *root) {
    const YamlNode *steps = yaml_at(root, "steps");
    ClaimProgramme *out = reader->out;
    FieldVec fields = {0};
    out->step_count = yaml_count(steps);
    out->steps = arena_array(reader->cx->arena, ClaimStep, out->step_count + 1);
    for (size_t i = 0; i < out->step_count; i++) {
        const YamlNode *step = yaml_item(steps, i);
        const YamlNode *list = yaml_at(step, "fields");
        TRY(yaml_text(reader->cx, step, "title", &out->steps[i].title));
        out->steps[i].about = text_or(reader, step, "about");
        for (size_t k = 0; k < yaml_count(list); k++) {
            ClaimField field = {.step = i};
            TRY(field_read(reader, yaml_item(list, k), &field));
            *vec_push(reader->cx->arena, &fields) = field;
        }
    }
    out->fields = fields.items;
    out->field_count = fields.count;
    if (out->step_count == 0 || fields.count == 0) {
        return wrong(reader, "no steps", out->code);
    }
    return claim_field(out, out->bought) != NULL
               ? STATUS_OK
               : wrong(reader, "bought names no field", out->bought);
}

/* Reads one item of a list into the programme, at its place. */
typedef Status ItemRead(const Reader *reader, const YamlNode *node, size_t index);

static Status items_read(const Reader *reader, const YamlNode *list, ItemRead *read) {
    for (size_t i = 0; i < yaml_count(list); i++) {
        TRY(cx_step(reader->cx));
        TRY(read(reader, yaml_item(list, i), i));
    }
    return STATUS_OK;
}

static Status paper_read(const Reader *reader, const YamlNode *node, size_t index) {
    ClaimPaper *paper = &reader->out->papers[index];
    TRY(yaml_text(reader->cx, node, "code", &paper->code));
    TRY(yaml_text(reader->cx, node, "title", &paper->title));
    paper->hint = text_or(reader, node, "hint");
    paper->is_optional = yaml_bool_or(node, "optional", false);
    return STATUS_OK;
}

/* ---- what nobody is asked ---- */

static Status source_read(const Reader *reader, Str word, ClaimSource *out) {
#define X(name, text)                                                                              \
    if (str_equal(word, STR(text))) {                                                              \
        *out = CLAIM_FROM_##name;                                                                  \
        return STATUS_OK;                                                                          \
    }
    CLAIM_SOURCE_LIST(X)
#undef X
    return wrong(reader, "unknown source", word);
}

/* A register of the city: folder/claim/register/<name>.yaml with a list of codes. */
static Status register_read(const Reader *reader, Str name, ClaimSystem *system) {
    Str text = STR_NONE;
    const YamlNode *root = NULL;
    Str path = str_print(reader->cx->arena, STR_FMT "/claim/register/" STR_FMT ".yaml",
                         STR_ARG(reader->folder), STR_ARG(name));
    TRY(yaml_file(reader->cx, path, 8 * FILE_BYTES_MAX, &text));
    TRY(yaml_read(reader->cx, path, text, &root));
    const YamlNode *list = yaml_at(root, "listed");
    system->listed_count = yaml_count(list);
    if (system->listed_count > REGISTER_MAX) {
        return wrong(reader, "too many rows in register", name);
    }
    Str *listed = arena_array(reader->cx->arena, Str, system->listed_count + 1);
    for (size_t i = 0; i < system->listed_count; i++) {
        listed[i] = str_dup(reader->cx->arena, yaml_scalar(yaml_item(list, i)));
    }
    system->listed = listed;
    return STATUS_OK;
}

static Status system_read(const Reader *reader, const YamlNode *node, size_t index) {
    ClaimSystem *system = &reader->out->systems[index];
    Str word = STR_NONE;
    TRY(yaml_text(reader->cx, node, "question", &system->question));
    TRY(yaml_text(reader->cx, node, "from", &word));
    TRY(source_read(reader, word, &system->source));
    system->when_field = text_or(reader, node, "when");
    system->when_value = text_or(reader, node, "is");
    if (system->source == CLAIM_FROM_REGISTER) {
        Str name = STR_NONE;
        TRY(yaml_text(reader->cx, node, "register", &name));
        TRY(yaml_text(reader->cx, node, "field", &system->field));
        TRY(register_read(reader, name, system));
    }
    return STATUS_OK;
}

static Status manual_read(const Reader *reader, const YamlNode *node, size_t index) {
    ClaimManual *manual = &reader->out->manuals[index];
    TRY(yaml_text(reader->cx, node, "rule", &manual->rule));
    TRY(yaml_text(reader->cx, node, "question", &manual->question));
    return yaml_text(reader->cx, node, "value", &manual->value);
}

static Status order_read(const Reader *reader, const YamlNode *node, size_t index) {
    ClaimOrder *order = &reader->out->orders[index];
    TRY(yaml_text(reader->cx, node, "first", &order->first));
    TRY(yaml_text(reader->cx, node, "then", &order->then));
    TRY(yaml_text(reader->cx, node, "message", &order->message));
    bool is_known = claim_field(reader->out, order->first) != NULL &&
                    claim_field(reader->out, order->then) != NULL;
    return is_known ? STATUS_OK : wrong(reader, "order names no field", order->message);
}

static Status window_read(const Reader *reader, const YamlNode *node, size_t index) {
    ClaimWindow *window = &reader->out->windows[index];
    TRY(yaml_day(reader->cx, node, "bought_from", &window->bought_from));
    TRY(yaml_day(reader->cx, node, "bought_to", &window->bought_to));
    window->file_by = DAY_NONE;
    return text_or(reader, node, "file_by").len > 0
               ? yaml_day(reader->cx, node, "file_by", &window->file_by)
               : STATUS_OK;
}

static Status period_read(const Reader *reader, const YamlNode *root) {
    const YamlNode *node = yaml_at(root, "period");
    ClaimProgramme *out = reader->out;
    if (node == NULL) {
        return STATUS_OK;
    }
    TRY(yaml_text(reader->cx, node, "same", &out->period.same));
    TRY(yaml_text(reader->cx, node, "from", &out->period.from));
    TRY(yaml_text(reader->cx, node, "to", &out->period.to));
    TRY(yaml_text(reader->cx, node, "days", &out->period.days));
    const Str codes[] = {out->period.same, out->period.from, out->period.to, out->period.days};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (claim_field(out, codes[i]) == NULL) {
            return wrong(reader, "period names no field", codes[i]);
        }
    }
    return STATUS_OK;
}

static Status lists_read(const Reader *reader, const YamlNode *root) {
    Arena *arena = reader->cx->arena;
    ClaimProgramme *out = reader->out;
    const YamlNode *papers = yaml_at(root, "papers");
    const YamlNode *systems = yaml_at(root, "system");
    const YamlNode *manuals = yaml_at(root, "manual");
    const YamlNode *orders = yaml_at(root, "order");
    const YamlNode *windows = yaml_at(root, "windows");
    out->paper_count = yaml_count(papers);
    out->papers = arena_array(arena, ClaimPaper, out->paper_count + 1);
    out->system_count = yaml_count(systems);
    out->systems = arena_array(arena, ClaimSystem, out->system_count + 1);
    out->manual_count = yaml_count(manuals);
    out->manuals = arena_array(arena, ClaimManual, out->manual_count + 1);
    out->order_count = yaml_count(orders);
    out->orders = arena_array(arena, ClaimOrder, out->order_count + 1);
    out->window_count = yaml_count(windows);
    out->windows = arena_array(arena, ClaimWindow, out->window_count + 1);
    TRY(items_read(reader, papers, paper_read));
    TRY(items_read(reader, systems, system_read));
    TRY(items_read(reader, manuals, manual_read));
    TRY(items_read(reader, orders, order_read));
    return items_read(reader, windows, window_read);
}

/* ---- one file ---- */

static bool is_answered(const ClaimProgramme *programme, Str question) {
    for (size_t i = 0; i < programme->field_count; i++) {
        if (str_equal(programme->fields[i].question, question)) {
            return true;
        }
    }
    for (size_t i = 0; i < programme->system_count; i++) {
        if (str_equal(programme->systems[i].question, question)) {
            return true;
        }
    }
    return false;
}

/* A table is never answered by what its description assumes for a calculator. */
static Status questions_check(const Reader *reader) {
    size_t count = 0;
    const PolicyVersion *const *versions = policy_versions(reader->policies, &count);
    for (size_t i = 0; i < count; i++) {
        const PolicyVersion *version = versions[i];
        if (!version->pays || !str_equal(version->programme, reader->out->code)) {
            continue;
        }
        for (size_t k = 0; k < version->question_count; k++) {
            if (!is_answered(reader->out, version->questions[k].name)) {
                return fault(reader->cx, STATUS_INVALID,
                             STR_FMT ": question of " STR_FMT " is not answered: " STR_FMT,
                             STR_ARG(reader->file), STR_ARG(version->version),
                             STR_ARG(version->questions[k].name));
            }
        }
    }
    return STATUS_OK;
}

/* Who may claim; a list left out means persons alone. */
static Status claimants_read(Reader *reader, const YamlNode *root) {
    const YamlNode *list = yaml_at(root, "claimants");
    ClaimProgramme *out = reader->out;
    out->is_for_person = yaml_count(list) == 0;
    for (size_t i = 0; i < yaml_count(list); i++) {
        Str word = yaml_scalar(yaml_item(list, i));
        if (str_equal(word, STR("person"))) {
            out->is_for_person = true;
        } else if (str_equal(word, STR("enterprise"))) {
            out->is_for_org = true;
        } else {
            return wrong(reader, "unknown claimant", word);
        }
    }
    return STATUS_OK;
}

static Status head_read(Reader *reader, const YamlNode *root) {
    ClaimProgramme *out = reader->out;
    TRY(yaml_text(reader->cx, root, "programme", &out->code));
    TRY(yaml_text(reader->cx, root, "title", &out->title));
    TRY(yaml_text(reader->cx, root, "about", &out->about));
    TRY(yaml_text(reader->cx, root, "unit", &out->unit));
    TRY(yaml_text(reader->cx, root, "number", &out->number));
    TRY(yaml_text(reader->cx, root, "bought", &out->bought));
    out->phone = text_or(reader, root, "phone");
    const YamlNode *clock = yaml_at(root, "clock");
    out->accept_days = yaml_int_or(clock, "accept_days", 0);
    out->review_days = yaml_int_or(clock, "review_days", 0);
    out->pay_days = yaml_int_or(clock, "pay_days", 0);
    out->notice_days = yaml_int_or(root, "notice_days", 0);
    return claimants_read(reader, root);
}

Status claim_programme_read(Cx *cx, const ClaimPlace *place, Str text, ClaimProgramme *out) {
    const YamlNode *root = NULL;
    Reader reader = {.cx = cx,
                     .folder = place->folder,
                     .file = place->file,
                     .policies = place->policies,
                     .out = out};
    *out = (ClaimProgramme){0};
    TRY(yaml_read(cx, place->file, text, &root));
    TRY(head_read(&reader, root));
    TRY(steps_read(&reader, root));
    TRY(lists_read(&reader, root));
    TRY(period_read(&reader, root));
    return questions_check(&reader);
}

/* ---- the folder ---- */

Status claim_library_load(Cx *cx, Str folder, const PolicyLibrary *policies, ClaimLibrary **out) {
    YamlNames names;
    ClaimLibrary *library = arena_new(cx->arena, ClaimLibrary);
    Str below = str_print(cx->arena, STR_FMT "/claim", STR_ARG(folder));
    TRY(yaml_folder(cx, below, STR(".yaml"), &names));
    library->items = arena_array(cx->arena, ClaimProgramme, names.count + 1);
    library->count = names.count;
    for (size_t i = 0; i < names.count; i++) {
        Str text = STR_NONE;
        ClaimPlace place = {.folder = folder,
                            .file = str_print(cx->arena, STR_FMT "/" STR_FMT, STR_ARG(below),
                                              STR_ARG(names.items[i])),
                            .policies = policies};
        TRY(yaml_file(cx, place.file, FILE_BYTES_MAX, &text));
        TRY(claim_programme_read(cx, &place, text, &library->items[i]));
    }
    *out = library;
    return STATUS_OK;
}

const ClaimProgramme *claim_programme(const City *city, Str code) {
    for (size_t i = 0; city->claims != NULL && i < city->claims->count; i++) {
        if (str_equal(city->claims->items[i].code, code)) {
            return &city->claims->items[i];
        }
    }
    return NULL;
}

const ClaimField *claim_field(const ClaimProgramme *programme, Str code) {
    for (size_t i = 0; i < programme->field_count; i++) {
        if (str_equal(programme->fields[i].code, code)) {
            return &programme->fields[i];
        }
    }
    return NULL;
}
