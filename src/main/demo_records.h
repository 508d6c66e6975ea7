/*
 * demo_records.h - records of every declared kind for the demo city: what is filed, by whom, and
 * how far it comes, as CITY/demo/records.yaml describes it; the values come from the field types
 * and that file. Private to src/main.
 *
 *   records.yaml ─ plan ─▶ filings and acts in order of time ─▶ record_create, record_move
 *
 * A value in records.yaml (`set`, and `at` of an act) is written as
 *
 *   "100..2000"            a number between (yuan for money)
 *   "of FIELD 60..95"      so many percent of another number field
 *   "-400..-30"            a day so many days after the day of the act
 *   "after FIELD 30..90"   a day so many days after another field's
 *   "2010-01-01..2016-12-31"
 *   "70%"                  chance that a check is set
 *   "text with {FIELD}, {REF.FIELD}, {town}, {n}"
 *   ["a", "b", "b"]        one of them; for choices: some of them
 *   {cycle: 12, of: [..]}  in turn, the next one every 12 records; towns and refs need no `of`
 *   {pool: "firm"}         an organisation of the list `pools.firm`
 *   {rows: "1..3", cols: {..}}    a column may be {each: [..]}: the first row takes the first word
 *   {with: {FIELD: ".."}, states: [..]}   a record referred to
 *   {chance: 40, of: ..}   in so many percent of the records, else left empty
 *   ""                     left empty
 */
#ifndef HUANXIN_MAIN_DEMO_RECORDS_H
#define HUANXIN_MAIN_DEMO_RECORDS_H

#include "base/vec.h"
#include "main/demo.h"
#include "record/record.h"

enum { DEMO_NUMBER_BYTES = 40 };

typedef struct DemoInputs VEC(RecordInput) DemoInputs;

typedef struct DemoRecord {
    const RecordKind *kind;
    const YamlNode *spec; /* of the kind in records.yaml */
    const Str *ways;      /* codes of the acts after filing, in order */
    size_t way_count;
    size_t index; /* among the records of its kind, from 0 */
    Day filed;
    RecordActor filer;
    DemoInputs inputs;
    /* What the writer's thread tells after each step; read when none of its steps is in flight. */
    int64_t id; /* 0: not filed */
    int64_t revision;
    Str number; /* in number_room */
    Str owner;  /* unit that decides; of the declaration */
    Str state;
    bool is_in_officer_hand; /* the owner's officer acted in the running round */
    char number_room[DEMO_NUMBER_BYTES];
    bool is_in_flight;
    bool is_stopped; /* an act was refused: it stays where it is */
} DemoRecord;

typedef struct DemoBook {
    Demo *demo;
    RecordHouse house;
    const YamlNode *root;
    DemoRecord **records; /* in order of filing */
    size_t record_count;
    Prng prng;
    uint32_t serial_next;
    uint32_t person_next;
    Str *org_names; /* invented organisations in order of use; the place gives the code */
    size_t org_count;
    size_t org_room;
    struct DemoFlight *flight;
} DemoBook;

/* Makes the records through the office's own functions; nothing without records.yaml. */
MUST_CHECK Status demo_records_make(Demo *demo);

/* What a field gets in an act (NULL: at filing) on a day; nothing is added for a field that stays
 * empty. NOT_FOUND when a record that is needed is not there. */
MUST_CHECK Status demo_value_make(DemoBook *book, DemoRecord *record, const RecordField *field,
                                  const YamlNode *spec, Day day);
/* The text that a field was given, or STR_NONE. */
Str demo_value_given(const DemoRecord *record, Str name);

#endif
