/*
 * people.h - persons and organisations: who may sign in, in which role, for which unit or shop.
 * Personal data is sealed by the caller before the write door (people_seal), because a command
 * must not use randomness; in the database stand the sealed bytes, a keyed hash to find them
 * again, and a masked form for pages.
 */
#ifndef HUANXIN_OFFICE_PEOPLE_PEOPLE_H
#define HUANXIN_OFFICE_PEOPLE_PEOPLE_H

#include "office/city/city.h"
#include "web/web.h"

/* One piece of personal data in its three forms. */
typedef struct PeopleSealed {
    Str hash;   /* keyed hash, hex; equal for equal data */
    Str masked; /* e.g. 138****1234 */
    Str sealed; /* bytes */
} PeopleSealed;

typedef enum PeopleDatum {
    PEOPLE_NAME,
    PEOPLE_ID_NUMBER,
    PEOPLE_PHONE,
    PEOPLE_ACCOUNT
} PeopleDatum;

/* Seals a datum; empty text gives empty forms. Normalised text goes in. */
PeopleSealed people_seal(Arena *arena, const City *city, PeopleDatum datum, Str clear);
/* A name as it is compared: without blanks, full-width letters as ASCII in upper case, one kind of
 * dot. O(n). */
Str people_name_normal(Arena *arena, Str name);
/* The keyed hash alone (of a name: of its normal form), for looking somebody up or comparing. */
Str people_hash(Arena *arena, const City *city, PeopleDatum datum, Str clear);
/* Seals free text such as an address; opened with people_open_text. */
Str people_seal_text(Arena *arena, const City *city, Str text);
/* Opens a datum that people_seal closed. Who reads one in clear journals it. */
MUST_CHECK Status people_open(Cx *cx, const City *city, PeopleDatum datum, Str sealed, Str *out);
/* The name of a person in clear, for a pay file. */
MUST_CHECK Status people_payee_name(Cx *cx, DbConn *conn, const City *city, int64_t person_id,
                                    Str *out);
MUST_CHECK Status people_open_text(Cx *cx, const City *city, Str sealed, Str *out);

typedef struct PersonNew {
    Role role;
    Str login;
    Str password_hash; /* empty: no sign-in by password */
    PeopleSealed name;
    PeopleSealed id_number;
    PeopleSealed phone;
    PeopleSealed account;
    Day birth; /* DAY_NONE when unknown */
    Str town_code;
    int64_t unit_id;
    int64_t org_id;
    bool is_demo;
    int64_t now_ms;
    int64_t code_until_ms; /* password_hash is of a one-time code until then; 0: of a password */
} PersonNew;
/* Creates a person inside a write command. CONFLICT with a Chinese fault when the login or the ID
 * number is already known. */
MUST_CHECK Status people_person_create(Cx *cx, DbConn *conn, const PersonNew *person, int64_t *id);

typedef struct OrgNew {
    Str kind; /* "shop", "recycler", "enterprise", "bank" */
    Str name;
    Str uscc;
    Str town_code;
    bool is_demo;
    int64_t now_ms;
} OrgNew;
/* Creates an organisation inside a write command. CONFLICT when kind and code are already known. */
MUST_CHECK Status people_org_create(Cx *cx, DbConn *conn, const OrgNew *org, int64_t *id);

typedef struct Org {
    int64_t id;
    Str kind;
    Str name;
    Str uscc;
    Str town_code;
    Str state;
} Org;
MUST_CHECK Status people_org_find(Cx *cx, DbConn *conn, int64_t id, Org *out);

/* CONFLICT with a Chinese fault when the organisation is suspended or removed. */
MUST_CHECK Status people_org_active_check(Cx *cx, DbConn *conn, int64_t id);
typedef struct OrgStateChange {
    int64_t org_id;
    Str from; /* "active", "suspended" */
    Str to;
    Str reason; /* goes to the journal */
} OrgStateChange;
/* Suspends or resumes an organisation inside a write command. NOT_FOUND; CONFLICT when it is not in
 * `from`. */
MUST_CHECK Status people_org_state_set(Cx *cx, DbConn *conn, const OrgStateChange *change);

typedef struct Person {
    int64_t id;
    Str role;
    Str login;
    Str name_masked;
    Str name_hash;
    Str id_hash;
    Str id_masked;
    Str phone_masked;
    Str town_code;
    Day birth;
    int64_t unit_id;
    int64_t org_id;
    bool is_demo;
} Person;
/* NOT_FOUND with a Chinese fault. */
MUST_CHECK Status people_person_find(Cx *cx, DbConn *conn, int64_t id, Person *out);

/* The person of a hash of an ID number (people_hash); *id 0 when nobody is known by it. */
MUST_CHECK Status people_person_by_id(Cx *cx, DbConn *conn, Str id_hash, int64_t *id);

typedef struct PeopleList {
    Person *items;
    size_t count;
} PeopleList;
/* The persons of an organisation in a role whose accounts are in use, by id; at most 500. */
MUST_CHECK Status people_of_org(Cx *cx, DbConn *conn, int64_t org_id, Role role, PeopleList *out);

/* True when there are demo persons: production must not start with them. */
MUST_CHECK Status people_has_demo(Cx *cx, DbConn *conn, bool *out);

/* Finds or creates a unit by its name. */
MUST_CHECK Status people_unit_put(Cx *cx, DbConn *conn, Str name, int64_t *id);

/* The masked form of a datum, e.g. 张**, 370784********123X. */
Str people_mask(Arena *arena, PeopleDatum datum, Str clear);

/* Pages: sign-in and out, my data, accounts. */
Status people_sign_in_page(Web *web);
Status people_sign_in_post(Web *web);
Status people_sign_out_post(Web *web);
Status people_me_page(Web *web);
Status people_session_end_post(Web *web);
Status people_sessions_end_post(Web *web);
Status people_org_list_page(Web *web);
Status people_org_page(Web *web);
Status people_org_suspend_post(Web *web);
Status people_org_resume_post(Web *web);
Status people_password_page(Web *web);
Status people_password_post(Web *web);

#endif
