/*
 * library.c - reading cities/<city>/policy: the YAML that says what a table means, and the table.
 */
#include "office/policy/library.h"

#include "base/limits.h"
#include "base/vec.h"
#include "office/policy/workshop_cache.h"
#include "yaml/yaml.h"

#include <stdlib.h>

typedef struct PathVec VEC(Str) PathVec;
typedef struct EntryVec VEC(PolicyEntry *) EntryVec;

const PolicyEntry *policy_entry_of(const PolicyVersion *version) {
    return (const PolicyEntry *)(const void *)version;
}

/* ---- finding the files ---- */

/* Adds the paths in a folder that end in suffix (any when empty), sorted. */
static Status names_of(Cx *cx, Str folder, Str suffix, PathVec *paths) {
    YamlNames names;
    TRY(yaml_folder(cx, folder, suffix, &names));
    for (size_t i = 0; i < names.count; i++) {
        *vec_push(cx->arena, paths) =
            str_print(cx->arena, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(names.items[i]));
    }
    return STATUS_OK;
}

/* ---- one description ---- */

static Str texts_join(Arena *arena, const YamlNode *list, const char *member) {
    Str joined = STR("");
    for (size_t i = 0; i < yaml_count(list); i++) {
        const YamlNode *item = yaml_item(list, i);
        Str text = member == NULL ? str_dup(arena, yaml_scalar(item))
                                  : yaml_text_or(arena, item, member, STR(""));
        if (text.len > 0) {
            joined = joined.len == 0
                         ? text
                         : str_print(arena, STR_FMT "、" STR_FMT, STR_ARG(joined), STR_ARG(text));
        }
    }
    return joined;
}

static Status type_of(Cx *cx, const YamlNode *row, PolicyType *out) {
    Str type = STR_NONE;
    TRY(yaml_text(cx, row, "type", &type));
    bool is_money = str_equal(yaml_scalar(yaml_at(row, "unit")), STR("fen"));
    if (str_equal(type, STR("date"))) {
        *out = POLICY_DAY;
    } else if (str_equal(type, STR("boolean"))) {
        *out = POLICY_FLAG;
    } else if (str_equal(type, STR("number"))) {
        *out = is_money ? POLICY_MONEY : POLICY_NUMBER;
    } else if (str_equal(type, STR("string"))) {
        *out = POLICY_TEXT;
    } else {
        return fault(cx, STATUS_INVALID,
                     "type of an input must be date, boolean, number or string");
    }
    return STATUS_OK;
}

static Status question_read(Cx *cx, const YamlNode *row, PolicyQuestion *out) {
    TRY(yaml_text(cx, row, "name", &out->name));
    TRY(yaml_text(cx, row, "label", &out->label));
    TRY(type_of(cx, row, &out->type));
    out->help = yaml_text_or(cx->arena, row, "help", STR(""));
    out->is_asked = str_equal(yaml_scalar(yaml_at(row, "asked")), STR("person"));
    out->assume = yaml_text_or(cx->arena, row, "assume", STR(""));
    const YamlNode *values = yaml_at(row, "values");
    out->choice_count = yaml_count(values);
    out->choices = arena_array(cx->arena, Str, out->choice_count + 1);
    for (size_t i = 0; i < out->choice_count; i++) {
        out->choices[i] = str_dup(cx->arena, yaml_scalar(yaml_item(values, i)));
    }
    return STATUS_OK;
}

static Status questions_read(Cx *cx, const YamlNode *list, PolicyVersion *version) {
    version->question_count = yaml_count(list);
    version->questions = arena_array(cx->arena, PolicyQuestion, version->question_count + 1);
    for (size_t i = 0; i < version->question_count; i++) {
        TRY(question_read(cx, yaml_item(list, i), &version->questions[i]));
    }
    return STATUS_OK;
}

static Status sign_offs_read(Cx *cx, const YamlNode *list, PolicyVersion *version) {
    struct VEC(PolicySignOff) open = {0};
    for (size_t i = 0; i < yaml_count(list); i++) {
        const YamlNode *row = yaml_item(list, i);
        PolicySignOff item = {.blocks_payment = yaml_bool_or(row, "blocks_payment", true)};
        TRY(yaml_text(cx, row, "what", &item.what));
        TRY(yaml_text(cx, row, "who", &item.who));
        if (!yaml_bool_or(row, "signed", false)) {
            *vec_push(cx->arena, &open) = item;
        }
    }
    version->sign_offs = open.items;
    version->sign_off_count = open.count;
    return STATUS_OK;
}

static Status description_read(Cx *cx, const YamlNode *root, PolicyVersion *version) {
    TRY(yaml_text(cx, root, "programme", &version->programme));
    TRY(yaml_text(cx, root, "version", &version->version));
    TRY(yaml_text(cx, root, "title", &version->title));
    TRY(yaml_int(cx, root, "year", &version->year));
    TRY(yaml_day(cx, root, "effective_from", &version->first));
    TRY(yaml_day(cx, root, "effective_to", &version->last));
    TRY(yaml_text(cx, root, "judged_by", &version->judged_by));
    version->rounding = yaml_text_or(cx->arena, root, "rounding", STR(""));
    version->is_enabled = yaml_bool_or(root, "enabled", false);
    version->pays = yaml_bool_or(root, "pays", true);
    version->documents = texts_join(cx->arena, yaml_at(root, "documents"), "number");
    version->papers = texts_join(cx->arena, yaml_at(root, "papers"), NULL);
    TRY(questions_read(cx, yaml_at(root, "inputs"), version));
    return sign_offs_read(cx, yaml_at(root, "sign_off"), version);
}

/* ---- the model ---- */

static Str digest_of(Arena *arena, Str first, Str second) {
    uint8_t digest[SEAL_SM3_BYTES];
    SealSm3 *sm3 = seal_sm3_new(arena);
    seal_sm3_add(sm3, first);
    seal_sm3_add(sm3, second);
    seal_sm3_finish(sm3, digest);
    return seal_hex(arena, (Str){(const char *)digest, sizeof digest});
}

static Status model_errors(Cx *cx, const DmnModel *model, const PolicyTexts *texts) {
    DmnDiagnostics diagnostics = dmn_model_diagnostics(model);
    for (size_t i = 0; i < diagnostics.count; i++) {
        const DmnDiagnostic *diagnostic = &diagnostics.items[i];
        if (diagnostic->is_error) {
            return fault(cx, STATUS_INVALID, STR_FMT ": " STR_FMT ": " STR_FMT,
                         STR_ARG(texts->name),
                         STR_ARG(dmn_diagnostic_place(cx->arena, diagnostic, texts->language)),
                         STR_ARG(dmn_diagnostic_text(cx->arena, diagnostic, texts->language)));
        }
    }
    return STATUS_OK;
}

static Status model_read(Cx *cx, const PolicyTexts *texts, const YamlNode *root,
                         PolicyEntry *entry) {
    Str decision = STR_NONE;
    TRY(yaml_text(cx, root, "decision", &decision));
    DmnSource source = {.name = texts->name, .text = texts->model};
    DmnLoadOptions options = {.sources = &source, .source_count = 1};
    TRY(dmn_load(cx, &options, &entry->model));
    TRY(model_errors(cx, entry->model, texts));
    entry->decision = dmn_node_find(entry->model, decision, STR(""));
    if (entry->decision == DMN_NONE) {
        return fault(cx, STATUS_INVALID, STR_FMT ": no decision \"" STR_FMT "\"",
                     STR_ARG(texts->name), STR_ARG(decision));
    }
    return STATUS_OK;
}

Status policy_entry_read(Cx *cx, const PolicyTexts *texts, PolicyEntry *out) {
    const YamlNode *root = NULL;
    PolicyEntry entry = {.version = {.model_text = texts->model, .cases_text = texts->cases},
                         .description_text = texts->description};
    TRY(yaml_read(cx, texts->name, texts->description, &root));
    TRY(description_read(cx, root, &entry.version));
    TRY(model_read(cx, texts, root, &entry));
    entry.version.digest = digest_of(cx->arena, texts->model, texts->description);
    *out = entry;
    return STATUS_OK;
}

/* The file named by a member of the description, in its folder. */
static Status path_of(Cx *cx, Str folder, const YamlNode *root, const char *member, Str *out) {
    Str name = STR_NONE;
    TRY(yaml_text(cx, root, member, &name));
    *out = str_print(cx->arena, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(name));
    return STATUS_OK;
}

static Status entry_load(Cx *cx, Str folder, Str path, PolicyEntry *entry) {
    const YamlNode *root = NULL;
    Str cases = STR_NONE;
    PolicyTexts texts = {.language = FEEL_ENGLISH, .cases = STR("")};
    TRY(yaml_file(cx, path, LIMIT_FORM_BYTES_MAX, &texts.description));
    TRY(yaml_read(cx, path, texts.description, &root));
    TRY(path_of(cx, folder, root, "model", &texts.name));
    TRY(path_of(cx, folder, root, "cases", &cases));
    TRY(yaml_file(cx, texts.name, LIMIT_MODEL_BYTES_MAX, &texts.model));
    TRY(policy_entry_read(cx, &texts, entry));
    entry->version.cases_path = cases;
    return STATUS_OK;
}

Status policy_cases_text(Cx *cx, const PolicyVersion *version, Str *out) {
    if (version->cases_path.len > 0) {
        return yaml_file(cx, version->cases_path, LIMIT_MODEL_BYTES_MAX, out);
    }
    *out = version->cases_text;
    return STATUS_OK;
}

static Status year_load(Cx *cx, Str folder, EntryVec *entries) {
    PathVec files = {0};
    TRY(names_of(cx, folder, STR(".yaml"), &files));
    for (size_t i = 0; i < files.count; i++) {
        PolicyEntry *entry = arena_new(cx->arena, PolicyEntry);
        TRY(entry_load(cx, folder, files.items[i], entry));
        *vec_push(cx->arena, entries) = entry;
    }
    return STATUS_OK;
}

/* ---- the programmes ---- */

static Status programme_read(Cx *cx, const YamlNode *row, PolicyProgramme *out) {
    Str audience = STR_NONE;
    TRY(yaml_text(cx, row, "code", &out->code));
    TRY(yaml_text(cx, row, "label", &out->label));
    TRY(yaml_text(cx, row, "about", &out->about));
    TRY(yaml_text(cx, row, "icon", &out->icon));
    TRY(yaml_text(cx, row, "group", &out->group));
    TRY(yaml_text(cx, row, "audience", &audience));
    out->apply = yaml_text_or(cx->arena, row, "apply", STR(""));
    out->is_for_enterprise = str_equal(audience, STR("enterprise"));
    if (!out->is_for_enterprise && !str_equal(audience, STR("person"))) {
        return fault(cx, STATUS_INVALID,
                     "programme \"" STR_FMT "\": audience must be person or enterprise",
                     STR_ARG(out->code));
    }
    return STATUS_OK;
}

static Status programmes_load(Cx *cx, Str policy, PolicyLibrary *library) {
    Str path = str_print(cx->arena, STR_FMT "/programmes.yaml", STR_ARG(policy));
    Str text = STR_NONE;
    const YamlNode *root = NULL;
    TRY(yaml_file(cx, path, LIMIT_FORM_BYTES_MAX, &text));
    TRY(yaml_read(cx, path, text, &root));
    const YamlNode *list = yaml_at(root, "programmes");
    library->programme_count = yaml_count(list);
    library->programmes = arena_array(cx->arena, PolicyProgramme, library->programme_count + 1);
    for (size_t i = 0; i < library->programme_count; i++) {
        TRY(programme_read(cx, yaml_item(list, i), &library->programmes[i]));
    }
    const PolicyShelf *shelf = atomic_load(&library->shelf);
    for (size_t i = 0; i < shelf->count; i++) {
        const PolicyVersion *version = shelf->versions[i];
        if (policy_programme_find(library, version->programme) == NULL) {
            return fault(cx, STATUS_INVALID,
                         STR_FMT ": no programme \"" STR_FMT "\" of version " STR_FMT,
                         STR_ARG(path), STR_ARG(version->programme), STR_ARG(version->version));
        }
    }
    return STATUS_OK;
}

/* ---- kinds of equipment ---- */

static Status fits_read(Cx *cx, const PolicyLibrary *library, const YamlNode *list,
                        PolicyEquipment *out) {
    out->fit_count = yaml_count(list);
    out->fits = arena_array(cx->arena, PolicyFit, out->fit_count + 1);
    for (size_t i = 0; i < out->fit_count; i++) {
        TRY(yaml_text(cx, yaml_item(list, i), "programme", &out->fits[i].programme));
        TRY(yaml_text(cx, yaml_item(list, i), "why", &out->fits[i].why));
        out->fits[i].is_for_firm = str_equal(
            yaml_text_or(cx->arena, yaml_item(list, i), "judges", STR("thing")), STR("firm"));
        if (policy_programme_find(library, out->fits[i].programme) == NULL) {
            return fault(cx, STATUS_INVALID,
                         "equipment \"" STR_FMT "\": no programme \"" STR_FMT "\"",
                         STR_ARG(out->code), STR_ARG(out->fits[i].programme));
        }
    }
    return STATUS_OK;
}

/* A city without the list has no kinds. */
static Status equipment_load(Cx *cx, Str policy, PolicyLibrary *library) {
    Str path = str_print(cx->arena, STR_FMT "/equipment.yaml", STR_ARG(policy));
    Str text = STR_NONE;
    const YamlNode *root = NULL;
    Status status = yaml_file(cx, path, LIMIT_FORM_BYTES_MAX, &text);
    if (status == STATUS_NOT_FOUND) {
        fault_clear(cx);
        return STATUS_OK;
    }
    TRY(status);
    TRY(yaml_read(cx, path, text, &root));
    const YamlNode *list = yaml_at(root, "kinds");
    library->equipment_count = yaml_count(list);
    library->equipment = arena_array(cx->arena, PolicyEquipment, library->equipment_count + 1);
    for (size_t i = 0; i < library->equipment_count; i++) {
        const YamlNode *row = yaml_item(list, i);
        TRY(yaml_text(cx, row, "code", &library->equipment[i].code));
        TRY(yaml_text(cx, row, "label", &library->equipment[i].label));
        TRY(fits_read(cx, library, yaml_at(row, "programmes"), &library->equipment[i]));
    }
    return STATUS_OK;
}

static const PolicyShelf *shelf_new(Arena *arena, PolicyEntry **entries, size_t count,
                                    size_t file_count) {
    PolicyShelf *shelf = arena_new(arena, PolicyShelf);
    shelf->entries = entries;
    shelf->count = count;
    shelf->file_count = file_count;
    shelf->versions = arena_array(arena, const PolicyVersion *, count + 1);
    for (size_t i = 0; i < count; i++) {
        shelf->versions[i] = &entries[i]->version;
    }
    return shelf;
}

static void arena_release(void *it) {
    arena_free(it);
}

static PolicyLibrary *library_new(Arena *arena) {
    PolicyLibrary *library = arena_new(arena, PolicyLibrary);
    library->arena = arena_create();
    arena_defer(arena, arena_release, library->arena);
    check(pthread_mutex_init(&library->mutex, NULL) == 0);
    library->cache = workshop_cache_new(library->arena);
    return library;
}

Status policy_library_load(Cx *cx, Str folder, PolicyLibrary **out) {
    PathVec years = {0};
    EntryVec entries = {0};
    Str policy = str_print(cx->arena, STR_FMT "/policy", STR_ARG(folder));
    TRY(names_of(cx, policy, STR(""), &years));
    for (size_t i = 0; i < years.count; i++) {
        TRY(year_load(cx, years.items[i], &entries));
    }
    PolicyLibrary *library = library_new(cx->arena);
    atomic_store(&library->shelf,
                 shelf_new(cx->arena, entries.items, entries.count, entries.count));
    /* A city that has no policies yet needs no list of programmes. */
    if (entries.count > 0) {
        TRY(programmes_load(cx, policy, library));
        TRY(equipment_load(cx, policy, library));
    }
    *out = library;
    return STATUS_OK;
}

/* ---- what is issued while running ---- */

static Str programme_missing(const PolicyLibrary *library, const PolicyVersion *version) {
    return policy_programme_find(library, version->programme) == NULL ? version->programme
                                                                      : STR_NONE;
}

/* With the mutex held: compiles in the library's own arena, which is never given back. */
static Status issue_add(Cx *cx, PolicyLibrary *library, const PolicyIssue *issue) {
    const PolicyShelf *shelf = atomic_load(&library->shelf);
    if (issue->id <= library->last_issue_id) {
        return STATUS_OK;
    }
    PolicyTexts texts = {.name = str_dup(cx->arena, issue->texts.name),
                         .model = str_dup(cx->arena, issue->texts.model),
                         .description = str_dup(cx->arena, issue->texts.description),
                         .cases = str_dup(cx->arena, issue->texts.cases),
                         .language = issue->texts.language};
    PolicyEntry *entry = arena_new(cx->arena, PolicyEntry);
    TRY(policy_entry_read(cx, &texts, entry));
    entry->version.is_issued = true;
    Str missing = programme_missing(library, &entry->version);
    if (missing.at != NULL) {
        return fault(cx, STATUS_INVALID, "没有这个补贴项目：" STR_FMT, STR_ARG(missing));
    }
    PolicyEntry **entries = arena_array(cx->arena, PolicyEntry *, shelf->count + 1);
    for (size_t i = 0; i < shelf->count; i++) {
        entries[i] = shelf->entries[i];
    }
    entries[shelf->count] = entry;
    atomic_store(&library->shelf,
                 shelf_new(cx->arena, entries, shelf->count + 1, shelf->file_count));
    library->last_issue_id = issue->id;
    return STATUS_OK;
}

Status policy_library_add(Cx *cx, PolicyLibrary *library, const PolicyIssue *issue) {
    Cx own;
    pthread_mutex_lock(&library->mutex);
    cx_init(&own, library->arena);
    Status status = issue_add(&own, library, issue);
    pthread_mutex_unlock(&library->mutex);
    return status == STATUS_OK ? STATUS_OK : fault(cx, status, "%s", own.fault.text);
}

/* ---- looking things up ---- */

const PolicyVersion *const *policy_versions(const PolicyLibrary *library, size_t *count) {
    const PolicyShelf *shelf = atomic_load(&library->shelf);
    *count = shelf->count;
    return shelf->versions;
}

const PolicyProgramme *policy_programmes(const PolicyLibrary *library, size_t *count) {
    *count = library->programme_count;
    return library->programmes;
}

const PolicyProgramme *policy_programme_find(const PolicyLibrary *library, Str code) {
    for (size_t i = 0; i < library->programme_count; i++) {
        if (str_equal(library->programmes[i].code, code)) {
            return &library->programmes[i];
        }
    }
    return NULL;
}

static bool judges(const PolicyVersion *version, Str programme, Day day) {
    return str_equal(version->programme, programme) && day_compare(version->first, day) <= 0 &&
           day_compare(day, version->last) <= 0;
}

/* What was issued last takes the place of what was there before, from its first day on. */
Status policy_version_on(Cx *cx, const PolicyLibrary *library, Str programme, Day day,
                         const PolicyVersion **out) {
    const PolicyShelf *shelf = atomic_load(&library->shelf);
    for (size_t i = shelf->count; i > shelf->file_count; i--) {
        if (judges(shelf->versions[i - 1], programme, day)) {
            *out = shelf->versions[i - 1];
            return STATUS_OK;
        }
    }
    for (size_t i = 0; i < shelf->file_count; i++) {
        if (judges(shelf->versions[i], programme, day)) {
            *out = shelf->versions[i];
            return STATUS_OK;
        }
    }
    return fault(cx, STATUS_NOT_FOUND, STR_FMT " 这一天没有执行中的这项政策",
                 STR_ARG(day_print_zh(cx->arena, day)));
}

Status policy_version_find(Cx *cx, const PolicyLibrary *library, Str version,
                           const PolicyVersion **out) {
    size_t count = 0;
    const PolicyVersion *const *versions = policy_versions(library, &count);
    for (size_t i = 0; i < count; i++) {
        if (str_equal(versions[i]->version, version)) {
            *out = versions[i];
            return STATUS_OK;
        }
    }
    return fault(cx, STATUS_NOT_FOUND, "没有这个政策版本");
}

Status policy_version_stored(Cx *cx, const PolicyLibrary *library, Str stored,
                             const PolicyVersion **out) {
    size_t count = 0;
    const PolicyVersion *const *versions = policy_versions(library, &count);
    Str digest = stored;
    Str name = str_cut(&digest, '@');
    *out = NULL;
    for (size_t i = 0; i < count && digest.len > 0; i++) {
        TRY(cx_step(cx));
        if (str_equal(versions[i]->version, name) && str_starts(versions[i]->digest, digest)) {
            *out = versions[i];
        }
    }
    return STATUS_OK;
}
