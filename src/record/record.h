/*
 * record.h - declared kinds of record: what a city keeps about projects, machines, lifts, standards
 * is declared in cities/<city>/records (docs/reference/record-kinds.md); from the
 * declaration come fields, rules, states, lists, counters, import and export. No page and no HTML
 * here.
 *
 *   YAML ─ record_book_load ─▶ RecordBook (read-only, shared by all threads)
 *   typed text ─ record_draft ─▶ RecordDraft (all values checked, computed, sealed; all errors)
 *        draft ─ record_create / record_edit / record_move ─▶ record · keys · counters · journal
 *   query ─ record_list / record_each ─▶ rows
 *
 * Rules are FEEL over the fields' Chinese titles, compiled at load. A record has a revision; a
 * change names the revision it began from, and a stale one is refused with both versions.
 *
 * Ownership: a RecordBook lives in the arena of the Cx that loaded it and never changes. Records,
 * drafts and lists live in the arena of the Cx that made them. Pointers given are borrowed for the
 * call, except those a RecordDraft holds of its ask, which must live as long as it.
 */
#ifndef HUANXIN_RECORD_RECORD_H
#define HUANXIN_RECORD_RECORD_H

#include "base/cx.h"
#include "base/day.h"
#include "db/db.h"
#include "feel/feel.h"
#include "seal/seal.h"

enum {
    RECORD_KINDS_MAX = 200,
    RECORD_FIELDS_MAX = 60,      /* of a kind; columns of a table of rows count apart */
    RECORD_NUMBER_SLOTS = 8,     /* list columns of number types in a kind */
    RECORD_TEXT_SLOTS = 10,      /* list columns of text types in a kind */
    RECORD_CHOICES_MAX = 60,     /* of a field */
    RECORD_STATES_MAX = 30,      /* of a kind; transitions: twice as many */
    RECORD_ROWS_MAX = 200,       /* of a table of rows */
    RECORD_FILTERS_MAX = 6,      /* of one query */
    RECORD_PAGE_ROWS_MAX = 1000, /* of one call of record_list */
    RECORD_SKIP_MAX = 300000,    /* rows to jump over: 20 to 30 ms */
    RECORD_COUNT_MAX = 10000,    /* counted exactly; above it a list says "more than" */
    RECORD_BODY_BYTES_MAX = 60000,
};

/* ---- the declaration ------------------------------------------------------------------------- */

/* X(name, word in YAML, Chinese name, FEEL type) */
#define RECORD_TYPE_LIST(X)                                                                        \
    X(TEXT, "text", "文本", STRING)                                                                \
    X(LONG_TEXT, "long_text", "多行文本", STRING)                                                  \
    X(INT, "int", "整数", NUMBER)                                                                  \
    X(DECIMAL, "decimal", "数值", NUMBER)                                                          \
    X(MONEY, "money", "金额（元）", NUMBER)                                                        \
    X(DAY, "day", "日期", DATE)                                                                    \
    X(MONTH, "month", "月份", DATE)                                                                \
    X(YEAR, "year", "年份", NUMBER)                                                                \
    X(CHECK, "check", "是或否", BOOLEAN)                                                           \
    X(CHOICE, "choice", "单选", STRING)                                                            \
    X(CHOICES, "choices", "多选", LIST)                                                            \
    X(TOWN, "town", "镇街", STRING)                                                                \
    X(UNIT, "unit", "部门", STRING)                                                                \
    X(PLACE, "place", "地点", CONTEXT)                                                             \
    X(ORG, "org", "单位", CONTEXT)                                                                 \
    X(SERIAL, "serial", "出厂编号", STRING)                                                        \
    X(VIN, "vin", "车辆识别代号", STRING)                                                          \
    X(PLATE, "plate", "号牌", STRING)                                                              \
    X(USCC, "uscc", "统一社会信用代码", STRING)                                                    \
    X(GTIN, "gtin", "商品条码", STRING)                                                            \
    X(IMEI, "imei", "手机串号", STRING)                                                            \
    X(PERSON, "person", "姓名", STRING)                                                            \
    X(PHONE, "phone", "手机号码", STRING)                                                          \
    X(ID_NUMBER, "id_number", "身份证号", STRING)                                                  \
    X(REF, "ref", "关联记录", STRING)                                                              \
    X(FILE, "file", "附件", NUMBER)                                                                \
    X(ROWS, "rows", "明细表", LIST)

typedef enum RecordType {
#define X(name, word, zh, feel) RECORD_##name,
    RECORD_TYPE_LIST(X)
#undef X
} RecordType;

/* X(name, word in YAML); how a state is painted. */
#define RECORD_TONE_LIST(X)                                                                        \
    X(NEUTRAL, "neutral") X(WAIT, "wait") X(INFO, "info") X(GOOD, "good") X(BAD, "bad")
typedef enum RecordTone {
#define X(name, word) RECORD_TONE_##name,
    RECORD_TONE_LIST(X)
#undef X
} RecordTone;

typedef struct RecordKind RecordKind;
typedef struct RecordBook RecordBook;

typedef struct RecordChoice {
    Str code;
    Str title;
    Str renamed_from;
} RecordChoice;

/* Where a list column stands in the index: no slot, number slot 1..8, text slot 1..10. */
typedef struct RecordSlot {
    uint8_t number;
    uint8_t text;
} RecordSlot;

typedef struct RecordField RecordField;
struct RecordField {
    Str name;
    Str title;
    Str hint;
    Str unit;
    RecordType type;
    bool is_required; /* always; see required */
    bool is_public;
    bool is_list;
    bool is_search;
    bool has_min; /* bounds in the stored unit: fen, day number, scaled by digits; characters */
    bool has_max;
    int64_t min;
    int64_t max;
    int32_t digits; /* decimal */
    const RecordChoice *choices;
    size_t choice_count;
    const RecordKind *ref; /* the kind referred to */
    Str ref_code;
    Str accept;         /* file: "image,pdf,office" */
    int32_t item_max;   /* file: files; rows: rows */
    RecordField *items; /* rows: its columns */
    size_t item_count;
    const FeelProgram *required; /* each may be NULL */
    const FeelProgram *visible;
    const FeelProgram *valid;
    const FeelProgram *fallback; /* default */
    const FeelProgram *computed;
    Str message;
    Str renamed_from;
    RecordSlot slot;
    int64_t line; /* of the declaration */
};

typedef struct RecordState {
    Str code;
    Str title;
    Str renamed_from;
    RecordTone tone;
    bool is_start;
    bool is_end;
    bool is_void;
} RecordState;

typedef enum RecordNote { RECORD_NOTE_OPTIONAL, RECORD_NOTE_REQUIRED, RECORD_NOTE_NONE } RecordNote;

typedef struct RecordTransition {
    Str code;
    Str title;
    uint64_t from; /* set of state indexes */
    size_t to;     /* index of the state */
    bool by_filer;
    bool by_owner;
    const Str *roles; /* codes of roles that may, besides */
    size_t role_count;
    const FeelProgram *guard; /* or NULL */
    Str guard_message;
    const size_t *needs; /* indexes of fields */
    size_t need_count;
    const size_t *asks;
    size_t ask_count;
    int32_t clock_days; /* working days; 0: no clock */
    RecordNote note;
    Str confirm; /* empty: not asked */
    Str effect;
    bool is_four_eyes;
    bool has_conditions; /* every binding condition of the tables that apply must be met */
} RecordTransition;

/* A table of conditions, one DMN decision table (condition.c says what its columns mean). */
typedef struct RecordRules {
    Str code;
    Str title;
    Str file; /* beside the declaration */
    int64_t line;
    const FeelProgram *when; /* to which records it applies; NULL: to all */
    const struct DmnModel *model;
    size_t decision; /* node of the model */
} RecordRules;

typedef struct RecordUnique {
    const size_t *fields;  /* indexes; */
    const size_t *columns; /* of the rows field at the same place; SIZE_MAX: the field itself */
    size_t count;
    Str space; /* "across" name, or "kind.field.field" */
    Str message;
} RecordUnique;

typedef struct RecordCounter {
    Str code;
    Str title;
    uint64_t states;          /* set of state indexes */
    const FeelProgram *where; /* or NULL */
    size_t sum;               /* index of a field; SIZE_MAX: counts records */
    size_t sum_column;        /* of a rows field, or SIZE_MAX */
    size_t day;               /* index of a day or month field; SIZE_MAX: the day of filing */
    size_t until;             /* in whose month the record stops counting; SIZE_MAX: never */
    const size_t *by;         /* indexes of fields, or RECORD_BY_OWNER, RECORD_BY_FILING */
    size_t by_count;
} RecordCounter;
#define RECORD_BY_OWNER (SIZE_MAX - 1)
#define RECORD_BY_FILING (SIZE_MAX - 2)

/* One condition of a query. name is a field's name with a slot, or "state", "owner", "filing"
 * (codes of units), "due" (a day). low and high are as a person types them (codes or titles, dates,
 * yuan); equal texts ask for equality, an empty end is open; text types know equality only. */
typedef struct RecordFilter {
    Str name;
    Str low;
    Str high;
} RecordFilter;

typedef struct RecordView {
    Str code;
    Str title;
    const Str *states; /* codes */
    size_t state_count;
    const RecordFilter *filters;
    size_t filter_count;
    Str sort; /* as in RecordQuery */
} RecordView;

struct RecordKind {
    Str code;
    Str title;
    Str about;
    Str prefix; /* of numbers: "XM" */
    Str file;   /* path of its declaration */
    Str renamed_from;
    const Str *clauses;
    size_t clause_count;
    const Str *owners; /* ids of units */
    size_t owner_count;
    const FeelProgram *owner_of; /* or NULL */
    const Str *filing;           /* ids of units */
    size_t filing_count;
    bool is_filing_all;
    const Str *filers; /* codes of roles */
    size_t filer_count;
    const Str *visible_to;
    size_t visible_count;
    bool is_public;
    size_t map; /* index of the place field, or SIZE_MAX */
    Str sort;
    RecordField *fields;
    size_t field_count;
    const RecordState *states;
    size_t state_count;
    size_t start; /* index of the start state */
    const RecordTransition *transitions;
    size_t transition_count;
    const RecordUnique *uniques;
    size_t unique_count;
    const RecordCounter *counters;
    size_t counter_count;
    const RecordView *views;
    size_t view_count;
    Str digest;      /* SM3 of the declaration as read, hex */
    size_t index;    /* in the book */
    int64_t *id;     /* in the database, set by record_book_apply; 0 before */
    int64_t *layout; /* private: number of the layout, likewise */
    RecordRules *tables;
    size_t table_count;
};

/* A unit or a town: code and name. */
typedef struct RecordName {
    Str code;
    Str name;
} RecordName;

struct RecordBook {
    const RecordKind *kinds; /* by clause, then by code */
    size_t kind_count;
    const RecordName *units;
    size_t unit_count;
    const RecordName *towns;
    size_t town_count;
};

/* A mistake in a declaration: "project.yaml:12: type: one of text, long_text, … expected". */
typedef struct RecordProblem {
    Str file;
    int64_t line;
    Str text;
} RecordProblem;
typedef struct RecordProblems {
    RecordProblem *items;
    size_t count;
    size_t room;
} RecordProblems;

/* Loads the files .yaml in folder/records with units.yaml and towns.yaml of the folder. Every
 * mistake of every file goes to problems; INVALID when there is one, with the first as the fault. A
 * folder without records gives an empty book. The expressions live as long as cx->arena. O(bytes).
 */
MUST_CHECK Status record_book_load(Cx *cx, Str folder, RecordProblems *problems, RecordBook *out);
/* Reads one declaration from text, for tests and tools; units and towns come from the book. */
MUST_CHECK Status record_kind_read(Cx *cx, Str file, Str text, const RecordBook *book,
                                   RecordProblems *problems, RecordKind **out);

/* Each may be NULL or SIZE_MAX when there is none. O(n). */
const RecordKind *record_kind_find(const RecordBook *book, Str code);
size_t record_field_find(const RecordKind *kind, Str name_or_title);
size_t record_state_find(const RecordKind *kind, Str code);
const RecordTransition *record_transition_find(const RecordKind *kind, Str code);
const RecordView *record_view_find(const RecordKind *kind, Str code);
/* The name of a unit or town, or the code itself. */
Str record_unit_name(const RecordBook *book, Str code);
Str record_town_name(const RecordBook *book, Str code);
/* The unit's code for its name (as in table unit), or STR_NONE. */
Str record_unit_code(const RecordBook *book, Str name);
/* The word in YAML and the Chinese name of a type; static. */
Str record_type_word(RecordType type);
Str record_type_zh(RecordType type);
const char *record_tone_word(RecordTone tone);
/* True for person, phone, id_number. */
bool record_type_is_sealed(RecordType type);

/* ---- values ---------------------------------------------------------------------------------- */

/*   type          number              number2     text              text2      items
 *   int           value
 *   decimal       value * 10^digits
 *   money         fen
 *   day           Day.number
 *   month         year * 12 + month-1
 *   year, check   year; 0 or 1
 *   choice        -                               code
 *   choices       -                               codes "a,b"
 *   town, unit    -                               code
 *   place         latitude, millionths longitude  town code
 *   org           -                               name              code
 *   text, codes   -                               text
 *   sealed        -                               masked            keyed hash (sealed: bytes)
 *   ref           record's id                     its number
 *   file          -                               -                 -          files
 *   rows          -                               -                 -          cells, row by row
 * A place without coordinates has number == number2 == INT64_MIN. A file item has the digest (hex)
 * in text, its name in text2, its media type in sealed and its bytes in number. */
typedef struct RecordValue RecordValue;
struct RecordValue {
    bool has_value;
    int64_t number;
    int64_t number2;
    Str text;
    Str text2;
    Str sealed;
    RecordValue *items;
    size_t item_count;
};

/* A value as people read it ("1,234.50", "2026年5月", the title of a choice, 张**); files by their
 * names, a table of rows as "3行". Empty for no value. */
Str record_value_text(Arena *arena, const RecordBook *book, const RecordField *field,
                      const RecordValue *value);
/* As a person types it, so that record_draft reads it back: for form fields and export. A sealed
 * value gives its masked form, which record_draft takes as "unchanged". */
Str record_value_plain(Arena *arena, const RecordBook *book, const RecordField *field,
                       const RecordValue *value);
/* One component of a plain value: "town", "lat", "lon" of a place; "name", "code" of an org. */
Str record_value_part(Arena *arena, const RecordField *field, const RecordValue *value,
                      const char *part);

/* Who acts. unit is a code of units.yaml (map table unit by name with record_unit_code). */
typedef struct RecordActor {
    int64_t person_id;
    Str role; /* "officer", ... */
    Str unit;
    int64_t org_id;
    Str name; /* of the unit or firm, as it is shown: 填报单位 */
} RecordActor;

/* What the city gives to every act; borrowed, shared by all threads. */
typedef struct RecordHouse {
    const RecordBook *book;
    const WorkCalendar *calendar;
    const SealKey *seal_key;
    const SealKey *hash_key;
} RecordHouse;

/* ---- a record ---- */

typedef struct Record {
    int64_t id;
    const RecordKind *kind;
    Str number; /* "XM-2026-00001" */
    int64_t revision;
    size_t state; /* index into kind->states */
    Str owner;    /* code of the unit that decides */
    Str unit;     /* code of the unit that filed, or empty */
    Str filer_name;
    int64_t org_id;
    int64_t filer_id;
    int64_t last_id;      /* who changed it last */
    const int64_t *hands; /* who edited it or acted in the running round; only from record_find */
    size_t hand_count;
    Day due; /* DAY_NONE: no clock */
    int64_t filed_ms;
    int64_t changed_ms;
    RecordValue *values; /* kind->field_count */
    Str unread;          /* private: stored values of fields that are no longer declared */
} Record;

/* How much of a record an actor may see. */
typedef enum RecordSight { RECORD_SIGHT_NONE, RECORD_SIGHT_PUBLIC, RECORD_SIGHT_FULL } RecordSight;
RecordSight record_sight(const Record *record, const RecordActor *actor);
bool record_may_file(const RecordKind *kind, const RecordActor *actor);
/* Whether the actor may edit it in its state: DENIED or CONFLICT with the reason. */
MUST_CHECK Status record_may_edit(Cx *cx, const Record *record, const RecordActor *actor);
/* True when the kind's page has anything for the actor: files, sees or decides. */
bool record_may_enter(const RecordKind *kind, const RecordActor *actor);
/* Which fields are visible now, by the FEEL rules: field_count flags. */
MUST_CHECK Status record_fields_visible(Cx *cx, const RecordHouse *house, const Record *record,
                                        int64_t now_ms, bool *out);

/* ---- typed text becomes a draft ---------------------------------------------------------------
 */

/* One thing typed. name is the field's, or "site.town", "site.lat", "site.lon", "firm.name",
 * "firm.code", "machine.0.serial" (rows from 0; a row in which all is empty is left out), for a
 * file "papers.0" with "digest bytes media_type name". A field not among the inputs keeps its value
 * (base) or takes its default; an empty text empties it. For rows, choices and files one mention
 * replaces all. */
typedef struct RecordInput {
    Str name;
    Str text;
} RecordInput;

typedef struct RecordError {
    Str field; /* as RecordInput.name; "" for the whole */
    Str text;
    Str hint;
} RecordError;

typedef struct RecordAsk {
    const RecordKind *kind;
    const Record *base;          /* the record that is changed; NULL: a new one */
    const RecordTransition *act; /* the act whose form this is (only its asks are read); or NULL */
    const RecordInput *inputs;
    size_t input_count;
    const RecordActor *actor;
    int64_t now_ms;
} RecordAsk;

typedef struct RecordDraft {
    const RecordAsk *ask;
    RecordValue *values; /* kind->field_count; the whole record as it would be */
    bool *is_changed;    /* against base; all set ones for a new record */
    RecordError *errors;
    size_t error_count;
    size_t error_room;
} RecordDraft;

/* Parses, defaults, computes, checks and seals; every mistake is collected. INVALID when there is
 * one (the first is the fault, at its field). Draws random numbers for sealing: call it before the
 * write door. No database: what is unique and which records exist is asked by the command.
 * O(fields). */
MUST_CHECK Status record_draft(Cx *cx, const RecordHouse *house, const RecordAsk *ask,
                               RecordDraft *out);
/* The values a new form begins with: defaults, computed ones. */
MUST_CHECK Status record_proposal(Cx *cx, const RecordHouse *house, const RecordAsk *ask,
                                  RecordDraft *out);

/* ---- changing: inside a write command ----------------------------------------------------------
 */

/* Files a new record; gives its id, and its number by db_answer when the command has no answer of
 * its own. DENIED when the actor may not; CONFLICT at the field for a key that another record
 * holds; INVALID for a ref that does not exist. */
MUST_CHECK Status record_create(Cx *cx, DbConn *conn, const RecordHouse *house,
                                const RecordDraft *draft, Record *out);

typedef struct RecordChange {
    int64_t id;
    int64_t revision;            /* the one the change began from */
    const RecordDraft *draft;    /* record_move: may be NULL when the act asks nothing */
    const RecordTransition *act; /* record_move only */
    Str note;                    /* record_move: what is said about it, up to 1000 characters */
    const RecordActor *actor;
} RecordChange;
/* Stores an edit. CONFLICT when the revision is stale (record_conflict tells the difference),
 * otherwise as record_create. Gives the record as it is now. */
MUST_CHECK Status record_edit(Cx *cx, DbConn *conn, const RecordHouse *house,
                              const RecordChange *change, Record *out);
/* Does an act: fields of its form, guard, four eyes, clock, state. DENIED when the actor may not,
 * CONFLICT when the state, the guard, the four eyes or the revision refuse, INVALID at the field or
 * at "note" for what is missing. */
MUST_CHECK Status record_move(Cx *cx, DbConn *conn, const RecordHouse *house,
                              const RecordChange *change, Record *out);

/* An act that starts from the record's state, for the page: whether this actor may do it now, and
 * why not. Acts that the actor's role never does are left out. */
typedef struct RecordAct {
    const RecordTransition *transition;
    bool is_open;
    Str reason; /* when it is not */
} RecordAct;
typedef struct RecordActs {
    RecordAct *items;
    size_t count;
} RecordActs;
MUST_CHECK Status record_acts(Cx *cx, const RecordHouse *house, const Record *record,
                              const RecordActor *actor, int64_t now_ms, RecordActs *out);

/* ---- conditions ---- */

/* X(NAME, code, Chinese) */
#define RECORD_VERDICT_LIST(X)                                                                     \
    X(MET, "met", "符合")                                                                          \
    X(MISSING, "missing", "不符合")                                                                \
    X(OPEN, "open", "未填写")                                                                      \
    X(UNSET, "unset", "未设置")
typedef enum RecordVerdict {
#define X(name, code, zh) RECORD_##name,
    RECORD_VERDICT_LIST(X)
#undef X
} RecordVerdict;

/* One row of a table that applies to a record. */
typedef struct RecordCondition {
    const RecordRules *table;
    int64_t row; /* of the table, 1-based */
    Str words;   /* the condition */
    Str basis;   /* document */
    Str status;  /* "confirmed", "single", "not found" */
    RecordVerdict verdict;
    bool is_binding; /* only what a confirmed document says stops somebody */
} RecordCondition;
typedef struct RecordConditions {
    RecordCondition *items;
    size_t count;
    size_t room;
} RecordConditions;
/* The conditions that apply to a record as it stands, table by table, in the order of their rows: a
 * row that fires is met, one whose cells ask for a value that is not there is open, one without a
 * document is unset. Empty when the kind declares no table. O(rows). */
MUST_CHECK Status record_conditions(Cx *cx, const RecordHouse *house, const Record *record,
                                    int64_t now_ms, RecordConditions *out);

/* ---- time limits that the city sets ---- */

/* A limit in working days for what follows an act. Two persons: one proposes with the document,
 * another puts it in force. */
typedef struct RecordClock {
    int64_t id;
    Str kind;
    Str act;
    int64_t days; /* 0: no limit */
    Str source;   /* document and article */
    Str state;    /* "proposed", "in_force", "refused" */
    int64_t proposed_by;
    Str proposer; /* masked */
    int64_t proposed_ms;
    Str decider; /* masked; empty: not decided */
    int64_t decided_ms;
    Str note;
} RecordClock;
typedef struct RecordClocks {
    RecordClock *items;
    size_t count;
    size_t room;
} RecordClocks;
/* Puts a proposal down inside a write command. INVALID at "days" (0..1000) or "source" (6..200
 * characters), NOT_FOUND for an unknown act, CONFLICT while another waits. */
MUST_CHECK Status record_clock_propose(Cx *cx, DbConn *conn, const RecordBook *book,
                                       const RecordClock *clock, int64_t *id);
typedef struct RecordClockAct {
    int64_t id;
    int64_t person_id;
    bool is_approved;
    Str note; /* needed to refuse */
    int64_t now_ms;
} RecordClockAct;
/* Inside a write command. DENIED for whoever proposed it; CONFLICT when it is decided. */
MUST_CHECK Status record_clock_decide(Cx *cx, DbConn *conn, const RecordClockAct *act);
/* Working days that follow an act: what is in force, else what is declared; 0: none. */
MUST_CHECK Status record_clock_days(Cx *cx, DbConn *conn, const RecordKind *kind,
                                    const RecordTransition *act, int32_t *out);
/* All proposals of a kind (empty: of all kinds), newest first, at most 500. */
MUST_CHECK Status record_clocks(Cx *cx, DbConn *conn, Str kind, RecordClocks *out);

/* Opens a sealed value for an actor with full sight, inside a write command: the reading is
 * journaled with its reason (1..200 characters). */
MUST_CHECK Status record_open_sealed(Cx *cx, DbConn *conn, const RecordHouse *house, int64_t id,
                                     size_t field, Str reason, const RecordActor *actor, Str *out);

/* ---- reading ----------------------------------------------------------------------------------
 */

/* NOT_FOUND with a Chinese fault. The caller asks record_sight before it shows anything. */
MUST_CHECK Status record_find(Cx *cx, DbConn *conn, const RecordBook *book, int64_t id,
                              Record *out);
MUST_CHECK Status record_find_number(Cx *cx, DbConn *conn, const RecordBook *book, Str number,
                                     Record *out);

/* The record as it was at an earlier revision: its state and values; head columns are those of now.
 * For an edit that began from it: record_draft with this base, record_edit, and on CONFLICT
 * record_conflict. NOT_FOUND also when its kind was declared anew since. */
MUST_CHECK Status record_find_at(Cx *cx, DbConn *conn, const RecordBook *book, int64_t id,
                                 int64_t revision, Record *out);

/* Whose records: set from the actor by record_query_for, so that a list cannot show too much. */
typedef enum RecordScope {
    RECORD_SCOPE_ALL,
    RECORD_SCOPE_UNIT,   /* filed by the actor's unit */
    RECORD_SCOPE_ORG,    /* filed by the actor's firm */
    RECORD_SCOPE_PERSON, /* filed by the actor */
    RECORD_SCOPE_PUBLIC, /* states that are neither start nor void; public fields only */
    RECORD_SCOPE_NONE,
} RecordScope;

typedef struct RecordQuery {
    const RecordKind *kind;
    RecordScope scope;
    const RecordActor *actor;
    const Str *states; /* codes; none: all */
    size_t state_count;
    const RecordFilter *filters;
    size_t filter_count;
    Str search; /* any part of a search field, or a number; empty: none */
    Str sort;   /* a list field's name, "id" or "due"; "-" in front: descending */
    Str after;  /* the cursor of the page before (RecordPage.next), or empty */
    /* Towards the beginning: the rows before the cursor, or the last ones; in their usual order. */
    bool is_backward;
    int64_t skip; /* without a cursor: rows passed over, 0..RECORD_SKIP_MAX */
    size_t row_max;
} RecordQuery;

/* A query of the whole kind within what the actor may see. */
RecordQuery record_query_for(const RecordKind *kind, const RecordActor *actor);

typedef struct RecordPage {
    Record *items;
    size_t count;
    Str next;      /* cursor to go on in the same direction, or empty: it may stand in an address */
    Str edge;      /* cursor to turn round from here, or empty when there is no row */
    bool is_cut;   /* a search found more than it sorts: the newest 2,000 are shown */
    bool is_short; /* conditions that rarely meet: next goes on behind what was looked at */
} RecordPage;
/* One page in order. INVALID with a Chinese fault for an unknown filter, sort or cursor. With an
 * index for every list column a page of 1,000,000 records costs some milliseconds at any depth; one
 * looks at no more than 6,000 records (10,000 after a skip) and is short, even empty, when too few
 * of them pass. A skip of rows that all pass costs 0.1 us each. */
MUST_CHECK Status record_list(Cx *cx, DbConn *conn, const RecordHouse *house,
                              const RecordQuery *query, RecordPage *out);
/* Counts up to RECORD_COUNT_MAX; *is_more when there are more. Several conditions that each meet
 * many are counted among 3,000 records: then *out is a lower bound and *is_more is true. */
MUST_CHECK Status record_count(Cx *cx, DbConn *conn, const RecordHouse *house,
                               const RecordQuery *query, int64_t *out, bool *is_more);
/* Calls each(cx, context, record) for every record of the query in its order, in constant memory:
 * the record, and what each takes from the arena of the cx that it is given, live until the page is
 * done. A failure of each ends it. For export. */
typedef Status RecordEach(Cx *cx, void *context, const Record *record);
MUST_CHECK Status record_each(Cx *cx, DbConn *conn, const RecordHouse *house,
                              const RecordQuery *query, RecordEach *each, void *context);

/* A step in the life of a record, from the journal. */
typedef struct RecordStep {
    int64_t journal_id;
    int64_t at_ms;
    int64_t user_id;
    Str role;
    Str verb; /* "record.create", "record.edit", "record.move", "record.read" */
    Str act;  /* code of the transition */
    int64_t revision;
    Str state; /* code after it */
    Str note;
    struct RecordStepField {
        size_t field;
        Str before; /* plain text; sealed values masked */
        Str after;
    } * fields;
    size_t field_count;
} RecordStep;
typedef struct RecordHistory {
    RecordStep *items; /* the newest first */
    size_t count;
} RecordHistory;
MUST_CHECK Status record_history(Cx *cx, DbConn *conn, const RecordBook *book, const Record *record,
                                 size_t step_max, RecordHistory *out);

/* What a stale change meets: for each field that either side changed, the text before, mine and
 * theirs. is_clash when both changed it differently; otherwise the two can be merged: sending mine
 * again with the record's revision of now keeps both. */
typedef struct RecordDifference {
    size_t field;
    Str base;
    Str mine;
    Str theirs;
    bool is_clash;
} RecordDifference;
typedef struct RecordConflict {
    Record now;
    RecordDifference *items;
    size_t count;
    bool has_clash;
} RecordConflict;
/* draft was made from a base of an older revision. */
MUST_CHECK Status record_conflict(Cx *cx, DbConn *conn, const RecordBook *book,
                                  const RecordDraft *draft, RecordConflict *out);

/* ---- counters ---------------------------------------------------------------------------------
 */

/* The sum of a counter over the months first..last ("2026-01".."2026-12"); by (may be empty) is
 * "town=370784001" for a part. O(months). */
MUST_CHECK Status record_counter_sum(Cx *cx, DbConn *conn, Str code, Str by, Str first, Str last,
                                     int64_t *out);
/* All parts of a counter by one field over the months, for charts and maps. */
typedef struct RecordPart {
    Str value; /* code */
    int64_t sum;
} RecordPart;
typedef struct RecordParts {
    RecordPart *items;
    size_t count;
} RecordParts;
MUST_CHECK Status record_counter_parts(Cx *cx, DbConn *conn, Str code, Str field, Str first,
                                       Str last, RecordParts *out);
/* Counts a kind again by reading every record and compares: *wrong_count keys differ (0: all is
 * well). For checks and tests, not for pages. O(records). */
MUST_CHECK Status record_counters_verify(Cx *cx, DbConn *conn, const RecordHouse *house,
                                         const RecordKind *kind, int64_t *wrong_count);

/* ---- changed declarations ----------------------------------------------------------------------
 */

/* What stands between the declarations and the records stored under them. */
typedef struct RecordShift {
    const RecordKind *kind; /* NULL: a kind that is no longer declared */
    Str code;
    Str text; /* what will be done, or why it cannot be */
    bool is_refused;
    bool is_rebuild; /* records must be rewritten */
    int64_t record_count;
} RecordShift;
typedef struct RecordShifts {
    RecordShift *items;
    size_t count;
    size_t room;
} RecordShifts;
/* Compares without changing anything. CONFLICT when one is refused; out then has all of them. The
 * book knows its kinds' places in the database afterwards. */
MUST_CHECK Status record_book_compare(Cx *cx, DbConn *conn, const RecordBook *book,
                                      RecordShifts *out);
/* Brings the database to the book: registers kinds, rewrites records in batches through the write
 * door. Must have succeeded before any other act: at start. CONFLICT when a change is refused:
 * nothing is done then. progress may be NULL. */
typedef void RecordProgress(void *context, int64_t done, int64_t total);
MUST_CHECK Status record_book_apply(Cx *cx, Db *db, const RecordHouse *house, int64_t now_ms,
                                    RecordProgress *progress, void *context);

/* ---- import -----------------------------------------------------------------------------------
 */

/* A table of text cells that can be read more than once: XLSX or CSV by src/sheet, or a test. */
typedef struct RecordTable {
    void *it;
    MUST_CHECK Status (*rewind)(Cx *cx, void *it);
    /* The next row: cells live until the next call; *has_row false at the end. row is the number
     * that the person sees in the sheet. */
    MUST_CHECK Status (*next)(Cx *cx, void *it, const Str **cells, size_t *count, int64_t *row,
                              bool *has_row);
} RecordTable;

typedef struct RecordRowError {
    int64_t row;
    Str column; /* title of the column, or empty for the row */
    Str text;
} RecordRowError;

typedef enum RecordImportMode {
    RECORD_IMPORT_CHECK, /* changes nothing */
    RECORD_IMPORT_ALL,   /* all or nothing */
    RECORD_IMPORT_GOOD,  /* the good rows; the others are listed */
} RecordImportMode;

typedef struct RecordImport {
    const RecordKind *kind;
    const RecordActor *actor;
    Str origin; /* "web", "command" */
    RecordImportMode mode;
    RecordTable table;
    int64_t now_ms;
    Str key;   /* of this import, at most 70 bytes: sending it twice stores it once */
    Str state; /* code of the state that rows are filed in; empty: the start state. Other
                  states only for leads and admins (taking over old lists) */
    RecordProgress *progress;
    void *progress_context;
} RecordImport;

typedef struct RecordImported {
    int64_t row_count;
    int64_t good_count; /* would be, or were, stored */
    int64_t bad_count;
    int64_t stored_count;
    RecordRowError *errors; /* the first 10,000, by row */
    size_t error_count;
    size_t error_room;
} RecordImported;
/* Checks every row (values, rules, keys among themselves and in the database, references) and, by
 * mode, stores. Up to 500 rows share a command. progress gets total 0 while rows are counted. ALL:
 * nothing is stored when one row is wrong; when a key is taken by somebody else while it runs, what
 * was stored is taken back. INVALID when the head has unknown columns or lacks a required one, or
 * in ALL when a row is wrong: the errors are in out. */
MUST_CHECK Status record_import(Cx *cx, Db *db, const RecordHouse *house,
                                const RecordImport *import, RecordImported *out);

/* The columns of a kind's table: for templates, import and export. */
typedef struct RecordColumn {
    size_t field;     /* index, or SIZE_MAX for the head columns below */
    const char *part; /* "", "lat", "lon", "code"; "number", "state", "owner", "filing", "filed" */
    Str title;
    Str hint; /* what may stand in it */
    bool is_required;
} RecordColumn;
typedef struct RecordColumns {
    RecordColumn *items;
    size_t count;
} RecordColumns;
/* Columns that a person fills in (no computed fields, no files). */
void record_columns_template(Arena *arena, const RecordKind *kind, RecordColumns *out);
/* Columns of an export: number, state, filing unit, day, then the fields; public: only those. */
void record_columns_export(Arena *arena, const RecordKind *kind, bool is_public,
                           RecordColumns *out);
/* The text of a record in a column, as record_value_plain. */
Str record_column_text(Arena *arena, const RecordBook *book, const RecordColumn *column,
                       const Record *record);

#endif
