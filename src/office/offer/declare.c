/*
 * declare.c - the rules as data, checked at start: the record's fields, the claim's codes, the
 * states exist, so that the background job never meets half a rule.
 */
#include "office/offer/offer.h"
#include "seal/seal.h"
#include "yaml/yaml.h"

enum { FILE_BYTES_MAX = 64 * 1024 };

typedef struct Reader {
    Cx *cx;
    const City *city;
    Str file;
    OfferRule *out;
} Reader;

static Status wrong(const Reader *reader, const char *what, Str value) {
    return fault(reader->cx, STATUS_INVALID, STR_FMT ": %s: " STR_FMT, STR_ARG(reader->file), what,
                 STR_ARG(value));
}

/* A field of the kind by its name; SIZE_MAX when the key is left out. */
static Status field_of(const Reader *reader, const YamlNode *node, const char *key, size_t *out) {
    Str name = yaml_text_or(reader->cx->arena, node, key, STR(""));
    *out = SIZE_MAX;
    if (name.len == 0) {
        return STATUS_OK;
    }
    *out = record_field_find(reader->out->kind, name);
    return *out != SIZE_MAX ? STATUS_OK : wrong(reader, "no such field of the kind", name);
}

static Status typed_field(const Reader *reader, const YamlNode *node, const char *key,
                          RecordType type, size_t *out) {
    TRY(field_of(reader, node, key, out));
    return *out == SIZE_MAX || reader->out->kind->fields[*out].type == type
               ? STATUS_OK
               : wrong(reader, "the field has another type", str_of(key));
}

static Status states_read(const Reader *reader, const YamlNode *root) {
    const YamlNode *list = yaml_at(root, "states");
    for (size_t i = 0; i < yaml_count(list); i++) {
        Str code = yaml_scalar(yaml_item(list, i));
        size_t state = record_state_find(reader->out->kind, code);
        if (state == SIZE_MAX) {
            return wrong(reader, "no such state", code);
        }
        reader->out->states |= UINT64_C(1) << state;
    }
    return reader->out->states != 0 ? STATUS_OK : wrong(reader, "no states", reader->out->code);
}

static Status wheres_read(const Reader *reader, const YamlNode *root) {
    const YamlNode *map = yaml_at(root, "where");
    OfferRule *out = reader->out;
    out->where_count = map == NULL ? 0 : yaml_key_count(map);
    out->wheres = arena_array(reader->cx->arena, OfferWhere, out->where_count + 1);
    for (size_t i = 0; i < out->where_count; i++) {
        Str name = yaml_key(map, i);
        size_t field = record_field_find(out->kind, name);
        if (field == SIZE_MAX || out->kind->fields[field].type != RECORD_CHOICE) {
            return wrong(reader, "no such choice field", name);
        }
        out->wheres[i] = (OfferWhere){field, yaml_scalar(yaml_key_value(map, i))};
    }
    return STATUS_OK;
}

static void map_read(const Reader *reader, const YamlNode *map, OfferAnswer *answer) {
    answer->map_count = map == NULL ? 0 : yaml_key_count(map);
    answer->from = arena_array(reader->cx->arena, Str, answer->map_count + 1);
    answer->to = arena_array(reader->cx->arena, Str, answer->map_count + 1);
    for (size_t i = 0; i < answer->map_count; i++) {
        answer->from[i] = yaml_key(map, i);
        answer->to[i] = yaml_scalar(yaml_key_value(map, i));
    }
}

static Status answer_read(const Reader *reader, const YamlNode *node, OfferAnswer *answer) {
    TRY(yaml_text(reader->cx, node, "code", &answer->code));
    if (claim_field(reader->out->programme, answer->code) == NULL) {
        return wrong(reader, "no such field of the claim", answer->code);
    }
    answer->value = yaml_text_or(reader->cx->arena, node, "value", STR(""));
    TRY(field_of(reader, node, "field", &answer->field));
    TRY(typed_field(reader, node, "age_at", RECORD_DAY, &answer->age_at));
    answer->add_years = yaml_int_or(node, "add_years", 0);
    map_read(reader, yaml_at(node, "map"), answer);
    return (answer->value.len > 0) != (answer->field != SIZE_MAX)
               ? STATUS_OK
               : wrong(reader, "an answer needs a value or a field", answer->code);
}

static Status answers_read(const Reader *reader, const YamlNode *root) {
    const YamlNode *list = yaml_at(root, "answers");
    OfferRule *out = reader->out;
    out->answer_count = yaml_count(list);
    out->answers = arena_array(reader->cx->arena, OfferAnswer, out->answer_count + 1);
    for (size_t i = 0; i < out->answer_count; i++) {
        TRY(answer_read(reader, yaml_item(list, i), &out->answers[i]));
    }
    return STATUS_OK;
}

static Status head_read(const Reader *reader, const YamlNode *root) {
    OfferRule *out = reader->out;
    Str kind = STR_NONE;
    Str programme = STR_NONE;
    TRY(yaml_text(reader->cx, root, "code", &out->code));
    TRY(yaml_text(reader->cx, root, "title", &out->title));
    TRY(yaml_text(reader->cx, root, "programme", &programme));
    TRY(yaml_text(reader->cx, root, "kind", &kind));
    TRY(yaml_text(reader->cx, root, "once", &out->once));
    out->programme = claim_programme(reader->city, programme);
    if (out->programme == NULL || !out->programme->is_for_org) {
        return wrong(reader, "no such programme for organisations", programme);
    }
    out->kind = record_kind_find(reader->city->records, kind);
    return out->kind != NULL ? STATUS_OK : wrong(reader, "no such kind", kind);
}

static Status places_read(const Reader *reader, const YamlNode *root) {
    OfferRule *out = reader->out;
    TRY(typed_field(reader, root, "owner", RECORD_ORG, &out->owner));
    TRY(field_of(reader, root, "town", &out->town));
    TRY(field_of(reader, root, "thing", &out->thing));
    if (out->thing == SIZE_MAX) {
        return wrong(reader, "no thing", out->code);
    }
    out->judged = SIZE_MAX;
    if (!str_equal(yaml_text_or(reader->cx->arena, root, "judged", STR("")), STR("today"))) {
        TRY(typed_field(reader, root, "judged", RECORD_DAY, &out->judged));
        return out->judged != SIZE_MAX ? STATUS_OK : wrong(reader, "no judged day", out->code);
    }
    return STATUS_OK;
}

Status offer_rule_read(Cx *cx, const City *city, Str file, Str text, OfferRule *out) {
    const YamlNode *root = NULL;
    uint8_t digest[SEAL_SM3_BYTES];
    Reader reader = {.cx = cx, .city = city, .file = file, .out = out};
    *out = (OfferRule){0};
    TRY(yaml_read(cx, file, text, &root));
    TRY(head_read(&reader, root));
    TRY(states_read(&reader, root));
    TRY(wheres_read(&reader, root));
    TRY(places_read(&reader, root));
    TRY(answers_read(&reader, root));
    SealSm3 *sm3 = seal_sm3_new(cx->arena);
    seal_sm3_add(sm3, text);
    seal_sm3_finish(sm3, digest);
    out->digest = seal_hex(cx->arena, (Str){(const char *)digest, 16});
    return STATUS_OK;
}

/* ---- the folder ---- */

Status offer_library_load(Cx *cx, const City *city, OfferLibrary **out) {
    YamlNames names;
    OfferLibrary *library = arena_new(cx->arena, OfferLibrary);
    Str folder = str_print(cx->arena, STR_FMT "/offer", STR_ARG(city->folder));
    TRY(yaml_folder(cx, folder, STR(".yaml"), &names));
    library->items = arena_array(cx->arena, OfferRule, names.count + 1);
    library->count = names.count;
    for (size_t i = 0; i < names.count; i++) {
        Str text = STR_NONE;
        Str file =
            str_print(cx->arena, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(names.items[i]));
        TRY(yaml_file(cx, file, FILE_BYTES_MAX, &text));
        TRY(offer_rule_read(cx, city, file, text, &library->items[i]));
    }
    *out = library;
    return STATUS_OK;
}
