/* desk_internal.h - what the files of office/desk share. */
#ifndef HUANXIN_OFFICE_DESK_DESK_INTERNAL_H
#define HUANXIN_OFFICE_DESK_DESK_INTERNAL_H

#include "office/desk/desk.h"
#include "web/form.h"

enum {
    DESK_ROWS_PER_PAGE = 50,
    DESK_STEPS_MAX = 200, /* of a record's timeline */
    DESK_DUE_MAX = 100,   /* rows of the work queue */
    DESK_MAP_MAX = 1000,  /* points on a map */
    DESK_FOUND_MAX = 10,  /* records found for a reference */
    DESK_FILE_BYTES_MAX = 12 * 1024 * 1024,
    DESK_EXPORT_DIRECT_MAX = 10000, /* records: more are written beside the requests */
    DESK_DRAFTS_MAX = 50,           /* of one person */
    DESK_VIEWS_MAX = 30,            /* of one person in one kind */
};

/* One request about a kind: what every handler needs first. */
typedef struct Desk {
    Web *web;
    const City *city;
    RecordHouse house;
    RecordActor actor;
    const RecordKind *kind; /* of the path; NULL where it has none */
    bool is_public;         /* a page of /public */
} Desk;
/* Reads actor and kind. NOT_FOUND for a kind that is not declared or has nothing for the actor. */
MUST_CHECK Status desk_open(Web *web, bool has_kind, Desk *out);
/* As desk_open, for pages of /public: NOT_FOUND for kinds that are not public. */
MUST_CHECK Status desk_open_public(Web *web, Desk *out);
/* The record of the path, with at least this sight (D1). NOT_FOUND otherwise. */
MUST_CHECK Status desk_record(const Desk *desk, RecordSight least, Record *out);

/* Paths: /record/kind, /record/kind/7, /record/kind/7/more. */
Str desk_kind_path(const Desk *desk, const char *more);
Str desk_record_path(const Desk *desk, int64_t id, const char *more);
/* The tone of a state on a page. */
ViewTone desk_tone(RecordTone tone);
ViewValue desk_state_badge(const Record *record);
/* The words by which people know a record: its first text, firm or code that may be shown. */
Str desk_record_name(const Desk *desk, const Record *record);
/* The value as a cell or fact: VIEW_NONE when there is none. */
ViewValue desk_value(const Desk *desk, const RecordField *field, const RecordValue *value);

/* ---- forms (form_pages.c) ---- */

typedef struct InputVec {
    RecordInput *items;
    size_t count;
    size_t room;
} InputVec;

/* Which fields a form has. */
typedef struct DeskForm {
    const Desk *desk;
    const Record *base;          /* NULL: a new record */
    const RecordTransition *act; /* its asked fields alone; NULL: all that may be filled in */
    const bool *only;            /* NULL, or flags of the fields to ask */
} DeskForm;
/* What the request typed, in the engine's names. New files are stored and named by tokens in the
 * request's form, so that they are not lost when it is shown again (D4, D5). */
MUST_CHECK Status desk_inputs(const DeskForm *form, InputVec *out);
/* Messages of the engine at the fields of the page. */
void desk_errors_show(const DeskForm *form, const RecordDraft *draft);
/* The same for the fault of a command. */
void desk_fault_show(const DeskForm *form);
/* The choices of a field of a limited set: towns, units, yes and no. */
void desk_choices_set(const Desk *desk, const RecordField *field, FormField *out);
/* The fields as they are drawn: visible ones, with what stands in them at first. */
MUST_CHECK Status desk_fields(const DeskForm *form, FormField **fields, size_t *count);
/* Shows both versions of an edit that met another one, with 409. now is the record as it is. */
MUST_CHECK Status desk_conflict_show(const DeskForm *form, const Record *now, int64_t revision);
/* True when the request posted this form (or a draft is shown as if it had). */
bool desk_is_posted(const Web *web);

/* ---- lists (list_pages.c) ---- */

typedef struct DeskList {
    RecordQuery query;
    Str path; /* with filters, without sort and page */
    Str sort; /* as asked */
    const RecordView *view;
    int64_t page;     /* from 0 */
    int64_t from_end; /* the last page is 1; 0: counted from the beginning */
    bool is_jump;     /* a page was asked for by its number */
} DeskList;
/* Reads view, filters, search, sort and cursor from the address. */
void desk_list_read(const Desk *desk, Str base_path, DeskList *out);
/* The address of a list with one more parameter. */
Str desk_path_with(Arena *arena, Str path, const char *name, Str value);

#endif
