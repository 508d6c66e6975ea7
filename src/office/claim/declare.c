/*
 * declare.c - the declared programmes: what is asked, which papers, what is known by itself.
 * Everything is checked at start, so that a claim never meets a half-declared programme.
 */
#include "base/vec.h"
#include "office/claim/claim_store.h"
#include "yaml/yaml.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 256 * 1024, FILES_MAX = 100, REGISTER_MAX = 100000 };

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

static Status papers_read(Reader *reader, const YamlNode *root) {
    const YamlNode *list = yaml_at(root, "papers");
    ClaimProgramme *out = reader->out;
    out->paper_count = yaml_count(list);
    out->papers = arena_array(reader->cx->arena, ClaimPaper, out->paper_count + 1);
    for (size_t i = 0; i < out->paper_count; i++) {
        const YamlNode *node = yaml_item(list, i);
        TRY(yaml_text(reader->cx, node, "code", &out->papers[i].code));
        TRY(yaml_text(reader->cx, node, "title", &out->papers[i].title));
        out->papers[i].hint = text_or(reader, node, "hint");
        out->papers[i].is_optional = yaml_bool_or(node, "optional", false);
    }
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

static Status systems_read(Reader *reader, const YamlNode *root) {
    const YamlNode *list = yaml_at(root, "system");
    ClaimProgramme *out = reader->out;
    out->system_count = yaml_count(list);
    out->systems = arena_array(reader->cx->arena, ClaimSystem, out->system_count + 1);
    for (size_t i = 0; i < out->system_count; i++) {
        const YamlNode *node = yaml_item(list, i);
        ClaimSystem *system = &out->systems[i];
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
    }
    return STATUS_OK;
}

static Status manuals_read(Reader *reader, const YamlNode *root) {
    const YamlNode *list = yaml_at(root, "manual");
    ClaimProgramme *out = reader->out;
    out->manual_count = yaml_count(list);
    out->manuals = arena_array(reader->cx->arena, ClaimManual, out->manual_count + 1);
    for (size_t i = 0; i < out->manual_count; i++) {
        const YamlNode *node = yaml_item(list, i);
        TRY(yaml_text(reader->cx, node, "rule", &out->manuals[i].rule));
        TRY(yaml_text(reader->cx, node, "question", &out->manuals[i].question));
        TRY(yaml_text(reader->cx, node, "value", &out->manuals[i].value));
    }
    return STATUS_OK;
}

static Status orders_read(Reader *reader, const YamlNode *root) {
    const YamlNode *list = yaml_at(root, "order");
    ClaimProgramme *out = reader->out;
    out->order_count = yaml_count(list);
    out->orders = arena_array(reader->cx->arena, ClaimOrder, out->order_count + 1);
    for (size_t i = 0; i < out->order_count; i++) {
        const YamlNode *node = yaml_item(list, i);
        ClaimOrder *order = &out->orders[i];
        TRY(yaml_text(reader->cx, node, "first", &order->first));
        TRY(yaml_text(reader->cx, node, "then", &order->then));
        TRY(yaml_text(reader->cx, node, "message", &order->message));
        if (claim_field(out, order->first) == NULL || claim_field(out, order->then) == NULL) {
            return wrong(reader, "order names no field", order->message);
        }
    }
    return STATUS_OK;
}

static Status windows_read(Reader *reader, const YamlNode *root) {
    const YamlNode *list = yaml_at(root, "windows");
    ClaimProgramme *out = reader->out;
    out->window_count = yaml_count(list);
    out->windows = arena_array(reader->cx->arena, ClaimWindow, out->window_count + 1);
    for (size_t i = 0; i < out->window_count; i++) {
        const YamlNode *node = yaml_item(list, i);
        ClaimWindow *window = &out->windows[i];
        TRY(yaml_day(reader->cx, node, "bought_from", &window->bought_from));
        TRY(yaml_day(reader->cx, node, "bought_to", &window->bought_to));
        window->file_by = DAY_NONE;
        if (text_or(reader, node, "file_by").len > 0) {
            TRY(yaml_day(reader->cx, node, "file_by", &window->file_by));
        }
    }
    return STATUS_OK;
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

static Status programme_read(Reader *reader) {
    Str text = STR_NONE;
    const YamlNode *root = NULL;
    TRY(yaml_file(reader->cx, reader->file, FILE_BYTES_MAX, &text));
    TRY(yaml_read(reader->cx, reader->file, text, &root));
    TRY(head_read(reader, root));
    TRY(steps_read(reader, root));
    TRY(papers_read(reader, root));
    TRY(systems_read(reader, root));
    TRY(manuals_read(reader, root));
    TRY(orders_read(reader, root));
    TRY(windows_read(reader, root));
    return questions_check(reader);
}

/* ---- the folder ---- */

static int name_order(const void *left, const void *right) {
    return str_compare(*(const Str *)left, *(const Str *)right);
}

static Status names_read(Cx *cx, Str folder, Str *names, size_t *count) {
    DIR *dir = opendir(str_c(cx->arena, folder));
    *count = 0;
    if (dir == NULL) {
        return STATUS_OK; /* a city without programmes of this kind */
    }
    for (struct dirent *item = readdir(dir); item != NULL; item = readdir(dir)) {
        Str name = str_of(item->d_name);
        if (str_ends(name, STR(".yaml")) && *count < FILES_MAX) {
            names[(*count)++] = str_dup(cx->arena, name);
        }
    }
    (void)closedir(dir);
    qsort(names, *count, sizeof *names, name_order);
    return STATUS_OK;
}

Status claim_library_load(Cx *cx, Str folder, const PolicyLibrary *policies, ClaimLibrary **out) {
    Str names[FILES_MAX];
    ClaimLibrary *library = arena_new(cx->arena, ClaimLibrary);
    Str below = str_print(cx->arena, STR_FMT "/claim", STR_ARG(folder));
    TRY(names_read(cx, below, names, &library->count));
    library->items = arena_array(cx->arena, ClaimProgramme, library->count + 1);
    for (size_t i = 0; i < library->count; i++) {
        Reader reader = {
            .cx = cx,
            .folder = folder,
            .file = str_print(cx->arena, STR_FMT "/" STR_FMT, STR_ARG(below), STR_ARG(names[i])),
            .policies = policies,
            .out = &library->items[i]};
        TRY(programme_read(&reader));
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
