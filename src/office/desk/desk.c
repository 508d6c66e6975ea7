/*
 * desk.c - what all pages of declared kinds share: who asks, which kind, which record, the words
 * for its values. No SQL, no HTML.
 */
#include "office/desk/desk.h"

#include "office/desk/desk_internal.h"
#include "office/desk/desk_store.h"

#include <inttypes.h>

RecordHouse desk_house(const City *city) {
    check(city->records != NULL);
    return (RecordHouse){.book = city->records,
                         .calendar = &city->calendar,
                         .seal_key = &city->seal_key,
                         .hash_key = &city->hash_key};
}

Status desk_actor(Cx *cx, DbConn *conn, const WebUser *user, const RecordBook *book,
                  RecordActor *out) {
    Str unit = STR_NONE;
    Str name = user->name;
    if (user->unit_id > 0) {
        TRY(desk_store_unit_name(cx, conn, user->unit_id, &unit));
        name = unit;
    }
    if (user->org_id > 0) {
        TRY(desk_store_org_name(cx, conn, user->org_id, &name));
    }
    *out = (RecordActor){.person_id = user->id,
                         .role = role_code(user->role),
                         .unit = record_unit_code(book, unit),
                         .org_id = user->org_id,
                         .name = name};
    return STATUS_OK;
}

static Status kind_choose(Web *web, Desk *desk) {
    desk->kind = record_kind_find(desk->house.book, web->words[0]);
    return desk->kind != NULL ? STATUS_OK
                              : fault(web->cx, STATUS_NOT_FOUND, "没有这一类台账：" STR_FMT,
                                      STR_ARG(web->words[0]));
}

Status desk_open(Web *web, bool has_kind, Desk *out) {
    const City *city = web->app->house;
    *out = (Desk){.web = web, .city = city, .house = desk_house(city)};
    TRY(desk_actor(web->cx, web->conn, web->user, out->house.book, &out->actor));
    if (!has_kind) {
        return STATUS_OK;
    }
    TRY(kind_choose(web, out));
    if (!record_may_enter(out->kind, &out->actor)) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这一类台账：" STR_FMT, STR_ARG(web->words[0]));
    }
    return STATUS_OK;
}

Status desk_open_public(Web *web, Desk *out) {
    const City *city = web->app->house;
    *out = (Desk){.web = web, .city = city, .house = desk_house(city), .is_public = true};
    /* Whoever asks sees here what everybody sees. */
    out->actor = (RecordActor){.role = role_code(ROLE_PUBLIC)};
    TRY(kind_choose(web, out));
    if (!out->kind->is_public) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这一类公开台账：" STR_FMT,
                     STR_ARG(web->words[0]));
    }
    return STATUS_OK;
}

Status desk_record(const Desk *desk, RecordSight least, Record *out) {
    Web *web = desk->web;
    Record record;
    TRY(record_find(web->cx, web->conn, desk->house.book, web->ids[0], &record));
    if (record.kind != desk->kind || record_sight(&record, &desk->actor) < least) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这条记录");
    }
    *out = record;
    return STATUS_OK;
}

Str desk_kind_path(const Desk *desk, const char *more) {
    return str_print(desk->web->cx->arena, "%s/" STR_FMT "%s",
                     desk->is_public ? "/public" : "/record", STR_ARG(desk->kind->code), more);
}

Str desk_record_path(const Desk *desk, int64_t id, const char *more) {
    return str_print(desk->web->cx->arena, "%s/" STR_FMT "/%" PRId64 "%s",
                     desk->is_public ? "/public" : "/record", STR_ARG(desk->kind->code), id, more);
}

Str desk_path_with(Arena *arena, Str path, const char *name, Str value) {
    return str_print(arena, STR_FMT "%s%s=" STR_FMT, STR_ARG(path),
                     str_contains(path, STR("?")) ? "&" : "?", name, STR_ARG(value));
}

ViewTone desk_tone(RecordTone tone) {
    switch (tone) {
    case RECORD_TONE_NEUTRAL:
        return VIEW_NEUTRAL;
    case RECORD_TONE_WAIT:
        return VIEW_WARN;
    case RECORD_TONE_INFO:
        return VIEW_INFO;
    case RECORD_TONE_GOOD:
        return VIEW_GOOD;
    case RECORD_TONE_BAD:
        return VIEW_BAD;
    }
    return VIEW_NEUTRAL;
}

ViewValue desk_state_badge(const Record *record) {
    const RecordState *state = &record->kind->states[record->state];
    return VIEW_BADGE(desk_tone(state->tone), state->code, state->title);
}

static bool is_naming(const RecordField *field, bool is_public) {
    bool is_words = field->type == RECORD_TEXT || field->type == RECORD_ORG ||
                    field->type == RECORD_SERIAL || field->type == RECORD_VIN ||
                    field->type == RECORD_PLATE;
    return is_words && (!is_public || field->is_public);
}

static Str name_of(Arena *arena, const RecordBook *book, const Record *record, bool is_public) {
    for (size_t i = 0; i < record->kind->field_count; i++) {
        const RecordField *field = &record->kind->fields[i];
        if (is_naming(field, is_public) && record->values[i].has_value) {
            return record_value_text(arena, book, field, &record->values[i]);
        }
    }
    return STR_NONE;
}

Str desk_name_of(Arena *arena, const RecordBook *book, const Record *record) {
    return name_of(arena, book, record, false);
}

Str desk_record_name(const Desk *desk, const Record *record) {
    return name_of(desk->web->cx->arena, desk->house.book, record, desk->is_public);
}

ViewValue desk_value(const Desk *desk, const RecordField *field, const RecordValue *value) {
    Arena *arena = desk->web->cx->arena;
    if (!value->has_value) {
        return VIEW_NONE;
    }
    if (field->type == RECORD_DAY) {
        return VIEW_DAY((Day){(int32_t)value->number});
    }
    if (field->type == RECORD_MONEY) {
        return VIEW_MONEY((Money){value->number});
    }
    Str text = record_value_text(arena, desk->house.book, field, value);
    if (field->type == RECORD_REF && !desk->is_public && value->number > 0) {
        return VIEW_LINK(str_print(arena, "/record/" STR_FMT "/%" PRId64, STR_ARG(field->ref_code),
                                   value->number),
                         text);
    }
    bool has_unit = field->unit.len > 0 && !str_ends(text, field->unit);
    return VIEW_TEXT(
        has_unit ? str_print(arena, STR_FMT " " STR_FMT, STR_ARG(text), STR_ARG(field->unit))
                 : text);
}
