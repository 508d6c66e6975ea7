#include "base/codes.h"
#include "office/people/people_store.h"

/* One key and one place per kind of datum: a phone can never be read as an account. */
static const char *const datum_names[] = {
    [PEOPLE_NAME] = "person.name",
    [PEOPLE_ID_NUMBER] = "person.id_number",
    [PEOPLE_PHONE] = "person.phone",
    [PEOPLE_ACCOUNT] = "person.account",
};

/* The signs that people type for the dot inside a name such as 阿依古丽·买买提. */
static bool is_name_dot(Str text) {
    static const char *const dots[] = {"·", "•", "・", "‧", "．", "."};
    for (size_t i = 0; i < sizeof dots / sizeof dots[0]; i++) {
        if (str_starts(text, str_of(dots[i]))) {
            return true;
        }
    }
    return false;
}

Str people_name_normal(Arena *arena, Str name) {
    Buf *buf = buf_in(arena, name.len * 2 + 8);
    Str rest = name;
    while (rest.len > 0) {
        size_t len = 1;
        while (len < rest.len && ((unsigned char)rest.at[len] & 0xc0) == 0x80) {
            len++;
        }
        Str letter = str_slice(rest, 0, len);
        bool is_blank = (len == 1 && (unsigned char)letter.at[0] <= 0x20) ||
                        str_equal(letter, STR("\u3000")) || str_equal(letter, STR("\u00a0"));
        if (is_name_dot(letter)) {
            buf_put_c(buf, "·");
        } else if (!is_blank) {
            buf_put(buf, letter);
        }
        rest = str_from(rest, len);
    }
    return codes_clean(arena, buf_str(buf));
}

Str people_hash(Arena *arena, const City *city, PeopleDatum datum, Str clear) {
    if (clear.len == 0) {
        return STR_NONE;
    }
    uint8_t digest[SEAL_SM3_BYTES];
    Str normal = datum == PEOPLE_NAME ? people_name_normal(arena, clear) : clear;
    Str text = str_print(arena, "%s:" STR_FMT, datum_names[datum], STR_ARG(normal));
    seal_hmac_sm3(seal_key_str(&city->hash_key), text, digest);
    return seal_hex(arena, (Str){(const char *)digest, sizeof digest});
}

Str people_mask(Arena *arena, PeopleDatum datum, Str clear) {
    switch (datum) {
    case PEOPLE_NAME:
        return codes_name_mask(arena, clear);
    case PEOPLE_ID_NUMBER:
        return codes_id_mask(arena, clear);
    case PEOPLE_PHONE:
        return codes_mobile_mask(arena, clear);
    case PEOPLE_ACCOUNT:
        return codes_card_mask(arena, clear);
    }
    return STR("****");
}

PeopleSealed people_seal(Arena *arena, const City *city, PeopleDatum datum, Str clear) {
    if (clear.len == 0) {
        return (PeopleSealed){0};
    }
    return (PeopleSealed){
        .hash = people_hash(arena, city, datum, clear),
        .masked = people_mask(arena, datum, clear),
        .sealed = seal_field_close(arena, &city->seal_key, str_of(datum_names[datum]), clear),
    };
}

Str people_seal_text(Arena *arena, const City *city, Str text) {
    return seal_field_close(arena, &city->seal_key, STR("text"), text);
}

Status people_open(Cx *cx, const City *city, PeopleDatum datum, Str sealed, Str *out) {
    return seal_field_open(cx, &city->seal_key, str_of(datum_names[datum]), sealed, out);
}

Status people_open_text(Cx *cx, const City *city, Str sealed, Str *out) {
    return seal_field_open(cx, &city->seal_key, STR("text"), sealed, out);
}

Status people_person_create(Cx *cx, DbConn *conn, const PersonNew *person, int64_t *id) {
    Status status = people_store_person_insert(cx, conn, person, id);
    if (status == STATUS_CONFLICT) {
        fault_clear(cx);
        return fault_at_field(cx, STATUS_CONFLICT, "login", "该账号或身份证号已经登记");
    }
    TRY(status);
    DbEntry entry = {
        .verb = "person.create",
        .subject = "person",
        .subject_id = *id,
        .after = str_print(cx->arena, "{\"role\":" STR_FMT ",\"unit_id\":%lld,\"org_id\":%lld}",
                           STR_ARG(str_json(cx->arena, role_code(person->role))),
                           (long long)person->unit_id, (long long)person->org_id),
    };
    return db_journal(cx, conn, &entry);
}

Status people_org_create(Cx *cx, DbConn *conn, const OrgNew *org, int64_t *id) {
    Status status = people_store_org_insert(cx, conn, org, id);
    if (status == STATUS_CONFLICT) {
        fault_clear(cx);
        return fault_at_field(cx, STATUS_CONFLICT, "uscc", "该统一社会信用代码已经登记");
    }
    TRY(status);
    DbEntry entry = {
        .verb = "org.create",
        .subject = "org",
        .subject_id = *id,
        .after = str_print(cx->arena, "{\"kind\":" STR_FMT ",\"uscc\":" STR_FMT "}",
                           STR_ARG(str_json(cx->arena, org->kind)),
                           STR_ARG(str_json(cx->arena, org->uscc))),
    };
    return db_journal(cx, conn, &entry);
}

Status people_org_active_check(Cx *cx, DbConn *conn, int64_t id) {
    Org org;
    TRY(people_org_find(cx, conn, id, &org));
    return str_equal(org.state, STR("active"))
               ? STATUS_OK
               : fault(cx, STATUS_CONFLICT, "“" STR_FMT "”已暂停参加活动，不能办理（规则 M12）",
                       STR_ARG(org.name));
}

Status people_org_state_set(Cx *cx, DbConn *conn, const OrgStateChange *change) {
    Org org;
    TRY(people_org_find(cx, conn, change->org_id, &org));
    TRY(people_store_org_state(cx, conn, change));
    DbEntry entry = {
        .verb = str_equal(change->to, STR("active")) ? "org.resume" : "org.suspend",
        .subject = "org",
        .subject_id = change->org_id,
        .before = str_print(cx->arena, "{\"state\":" STR_FMT "}",
                            STR_ARG(str_json(cx->arena, change->from))),
        .after = str_print(cx->arena, "{\"state\":" STR_FMT ",\"reason\":" STR_FMT "}",
                           STR_ARG(str_json(cx->arena, change->to)),
                           STR_ARG(str_json(cx->arena, change->reason))),
    };
    return db_journal(cx, conn, &entry);
}

Status people_unit_put(Cx *cx, DbConn *conn, Str name, int64_t *id) {
    TRY(people_store_unit_find(cx, conn, name, id));
    return *id != 0 ? STATUS_OK : people_store_unit_insert(cx, conn, name, id);
}
