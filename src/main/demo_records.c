/*
 * demo_records.c - what is filed in the demo city and how far it comes: reads
 * CITY/demo/records.yaml (the forms of values stand in demo_records.h), puts filings and acts in
 * order of time and works them one after another through the write door. An act that a rule refuses
 * leaves its record where it is, as in real life; a value that the declaration does not allow is a
 * mistake in records.yaml and ends the demo with its place.
 *
 *   - kind: "lift"             a declared kind
 *     count: 24                records in all; a small demo city gets a quarter
 *     every: {months: 1, count: 12}    instead: so many in each month after `from`
 *     from: "2024-08-01"       the first day
 *     filer: "officer"         or enterprise, bank, recycler
 *     units: ["zhujian"]       whose officers file; firms: [..] by name for the others
 *     wait: "5..30"            days between the acts
 *     ways: ["file approve", "file"]    acts after filing; each record goes one of the ways
 *     set: {..}                values by field; at: {act: {..}} values of an act
 *     early: ["field"]         asked for by a later act, yet given at filing
 */
#include "main/demo_records.h"

#include "office/desk/desk.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RECORDS_BYTES_MAX = 1024 * 1024,
    RESIDENTS_OF_A_SMALL_CITY = 1000, /* fewer: a test's city, made in a blink */
    SMALL_DIVIDER = 6,
    SMALL_COUNT_MIN = 4,
    ORGS_MAX = 2000,
    WAY_ACTS_MAX = 12,
    OFFICE_OPENS_S = 9 * 3600,
    OFFICE_HOURS_S = 8 * 3600,
    MONTHS_MAX = 600,
};

/* One step of one record: act is SIZE_MAX for its filing. */
typedef struct Step {
    int64_t at_ms;
    size_t order; /* of planning, so that sorting is total */
    size_t act;
    DemoRecord *record;
} Step;

typedef struct StepVec VEC(Step) StepVec;

typedef struct Plan {
    DemoBook *book;
    StepVec steps;
    struct VEC(DemoRecord *) records;
    const YamlNode *spec;
    const RecordKind *kind;
} Plan;

static Arena *arena_of(const DemoBook *book) {
    return book->demo->cx->arena;
}

static bool is_small(const Demo *demo) {
    return demo->resident_count < RESIDENTS_OF_A_SMALL_CITY;
}

/* ---- who ---- */

static RecordActor actor_of_officer(const DemoOfficer *officer, bool is_head) {
    return (RecordActor){.person_id = is_head ? officer->head_id : officer->person_id,
                         .role = STR("officer"),
                         .unit = officer->unit,
                         .name = officer->name};
}

static const DemoOfficer *officer_of_unit(const Demo *demo, Str unit) {
    for (size_t i = 0; i < demo->officer_count; i++) {
        if (str_equal(demo->officers[i].unit, unit)) {
            return &demo->officers[i];
        }
    }
    return NULL;
}

static RecordActor actor_of_firm(const DemoFirm *firm, const char *role) {
    return (RecordActor){.person_id = firm->user_id,
                         .role = str_of(role),
                         .org_id = firm->org_id,
                         .name = firm->name};
}

/* One of the firms that the spec names, else any. */
static const DemoFirm *firm_pick(Plan *plan, const DemoFirm *firms, size_t count) {
    const YamlNode *names = yaml_at(plan->spec, "firms");
    Prng *prng = &plan->book->prng;
    if (yaml_count(names) == 0) {
        return &firms[prng_below(prng, count)];
    }
    Str name = yaml_scalar(yaml_item(names, prng_below(prng, yaml_count(names))));
    for (size_t i = 0; i < count; i++) {
        if (str_equal(firms[i].name, name)) {
            return &firms[i];
        }
    }
    return &firms[0];
}

static RecordActor officer_pick(Plan *plan) {
    const Demo *demo = plan->book->demo;
    const YamlNode *names = yaml_at(plan->spec, "units");
    Prng *prng = &plan->book->prng;
    Str unit = demo->officers[prng_below(prng, demo->officer_count)].unit;
    if (yaml_count(names) > 0) {
        unit = yaml_scalar(yaml_item(names, prng_below(prng, yaml_count(names))));
    } else if (!plan->kind->is_filing_all && plan->kind->filing_count > 0) {
        unit = plan->kind->filing[0];
    } else if (!plan->kind->is_filing_all) {
        unit = plan->kind->owners[0];
    }
    const DemoOfficer *officer = officer_of_unit(demo, unit);
    return actor_of_officer(officer == NULL ? &demo->officers[0] : officer, false);
}

static RecordActor filer_pick(Plan *plan) {
    const Demo *demo = plan->book->demo;
    Str who = yaml_scalar(yaml_at(plan->spec, "filer"));
    if (str_equal(who, STR("enterprise"))) {
        return actor_of_firm(firm_pick(plan, demo->enterprises, demo->enterprise_count),
                             "enterprise");
    }
    if (str_equal(who, STR("bank"))) {
        return actor_of_firm(firm_pick(plan, demo->banks, demo->bank_count), "bank");
    }
    if (str_equal(who, STR("recycler"))) {
        size_t at = prng_below(&plan->book->prng, demo->recycler_count);
        const DemoRecycler *recycler = &demo->recyclers[at];
        return (RecordActor){.person_id = recycler->user_id,
                             .role = STR("recycler"),
                             .org_id = recycler->org_id,
                             .name = recycler->name};
    }
    return officer_pick(plan);
}

static RecordActor actor_of_role(const DemoBook *book, Str role) {
    const Demo *demo = book->demo;
    if (str_equal(role, STR("bank"))) {
        return actor_of_firm(&demo->banks[0], "bank");
    }
    if (str_equal(role, STR("enterprise"))) {
        return actor_of_firm(&demo->enterprises[0], "enterprise");
    }
    int64_t person = str_equal(role, STR("finance")) ? demo->finance_id : demo->lead_id;
    if (str_equal(role, STR("officer"))) {
        return actor_of_officer(&demo->officers[0], false);
    }
    return (RecordActor){.person_id = person, .role = role, .name = STR("市发改局专班")};
}

/* The owner's officer, or the head when the officer had it in hand and the act wants another pair
 * of eyes. */
static RecordActor owner_of(const DemoBook *book, const DemoRecord *record, bool is_four_eyes) {
    const DemoOfficer *officer = officer_of_unit(book->demo, record->owner);
    check(officer != NULL);
    bool is_busy = is_four_eyes &&
                   (officer->person_id == record->filer.person_id || record->is_in_officer_hand);
    return actor_of_officer(officer, is_busy);
}

static RecordActor actor_of_act(const DemoBook *book, const DemoRecord *record,
                                const RecordTransition *act) {
    if (act->by_owner && (!act->by_filer || act->is_four_eyes)) {
        return owner_of(book, record, act->is_four_eyes);
    }
    if (act->by_filer) {
        return record->filer;
    }
    return actor_of_role(book, act->role_count > 0 ? act->roles[0] : STR("lead"));
}

/* ---- planning ---- */

static int64_t instant_in(Plan *plan, Day day) {
    int64_t second = OFFICE_OPENS_S + (int64_t)prng_below(&plan->book->prng, OFFICE_HOURS_S);
    return day_start_ms(day) + second * 1000;
}

static void step_add(Plan *plan, DemoRecord *record, size_t act, Day day) {
    *vec_push(arena_of(plan->book), &plan->steps) =
        (Step){instant_in(plan, day), plan->steps.count, act, record};
}

static Status wait_read(Cx *cx, const YamlNode *spec, int64_t *low, int64_t *high) {
    Str words = yaml_text_or(cx->arena, spec, "wait", STR("5..30"));
    size_t dots = str_find(words, STR(".."), 0);
    Str first = str_slice(words, 0, dots == SIZE_MAX ? words.len : dots);
    if (dots == SIZE_MAX || str_int64(first, low) != STATUS_OK ||
        str_int64(str_from(words, dots + 2), high) != STATUS_OK || *low < 0 || *low > *high) {
        return fault(cx, STATUS_INVALID, "records.yaml:%" PRId64 ": wait: \"5..30\" expected",
                     yaml_line(spec));
    }
    return STATUS_OK;
}

/* The acts of one of the ways, which must be acts of the kind. */
static Status way_pick(Plan *plan, DemoRecord *record) {
    Cx *cx = plan->book->demo->cx;
    const YamlNode *ways = yaml_at(plan->spec, "ways");
    if (yaml_count(ways) == 0) {
        return STATUS_OK;
    }
    /* The ways come in turn, so that even few records show each of them. */
    Str rest = yaml_scalar(yaml_item(ways, record->index % yaml_count(ways)));
    Str *acts = arena_array(cx->arena, Str, WAY_ACTS_MAX);
    while (rest.len > 0) {
        Str code = str_cut(&rest, ' ');
        if (record->way_count == WAY_ACTS_MAX || record_transition_find(plan->kind, code) == NULL) {
            return fault(cx, STATUS_INVALID,
                         "records.yaml: kind " STR_FMT ": no act \"" STR_FMT "\"",
                         STR_ARG(plan->kind->code), STR_ARG(code));
        }
        acts[record->way_count++] = code;
    }
    record->ways = acts;
    return STATUS_OK;
}

static Status record_plan(Plan *plan, size_t index, Day filed) {
    Cx *cx = plan->book->demo->cx;
    int64_t low = 0;
    int64_t high = 0;
    DemoRecord *record = arena_new(cx->arena, DemoRecord);
    *record = (DemoRecord){.kind = plan->kind,
                           .spec = plan->spec,
                           .index = index,
                           .filed = filed,
                           .filer = filer_pick(plan)};
    TRY(wait_read(cx, plan->spec, &low, &high));
    TRY(way_pick(plan, record));
    *vec_push(cx->arena, &plan->records) = record;
    step_add(plan, record, SIZE_MAX, filed);
    Day day = filed;
    for (size_t i = 0; i < record->way_count; i++) {
        /* The first act is filing in earnest: on the same day as the draft, or soon. */
        int64_t wait = i == 0 ? prng_between(&plan->book->prng, 1, 3)
                              : prng_between(&plan->book->prng, low, high);
        day = day_add(day, (int32_t)(wait > 0 ? wait : 1));
        step_add(plan, record, i, day);
    }
    return STATUS_OK;
}

static size_t scaled_count(const Demo *demo, int64_t count) {
    if (!is_small(demo)) {
        return (size_t)count;
    }
    int64_t fewer = count / SMALL_DIVIDER;
    int64_t least = count < SMALL_COUNT_MIN ? count : SMALL_COUNT_MIN;
    return (size_t)(fewer > least ? fewer : least);
}

/* So many in each period of months, from the given day of the month on. */
static Status periods_plan(Plan *plan, const YamlNode *every, Day from) {
    const Demo *demo = plan->book->demo;
    int64_t months = yaml_int_or(every, "months", 1);
    int64_t count = yaml_int_or(every, "count", 1);
    size_t index = 0;
    check(months > 0 && months <= MONTHS_MAX && count > 0);
    for (int32_t period = 0; period < MONTHS_MAX; period++) {
        Day begin = day_add_months(from, period * (int32_t)months);
        for (size_t i = 0; i < scaled_count(demo, count); i++) {
            Day day = day_add(begin, (int32_t)prng_below(&plan->book->prng, 8));
            if (day_compare(day, demo->last) > 0) {
                return STATUS_OK;
            }
            TRY(record_plan(plan, index++, day));
        }
    }
    return STATUS_OK;
}

/* Spread over the time from the first day to the last, in the order of their index. */
static Status spread_plan(Plan *plan, Day from) {
    Demo *demo = plan->book->demo;
    size_t count = scaled_count(demo, yaml_int_or(plan->spec, "count", 12));
    int64_t days = demo->last.number - from.number;
    for (size_t i = 0; i < count && days > 0; i++) {
        TRY(cx_step(demo->cx));
        int64_t share = days / (int64_t)count;
        int64_t at = days * (int64_t)i / (int64_t)count;
        at += (int64_t)prng_below(&plan->book->prng, (uint64_t)(share > 0 ? share : 1));
        TRY(record_plan(plan, i, day_add(from, (int32_t)at)));
    }
    return STATUS_OK;
}

static Status kind_plan(Plan *plan, const YamlNode *spec) {
    Demo *demo = plan->book->demo;
    Str code = STR_NONE;
    Day from = day_of_ymd(2024, 8, 1); /* a week after the plan was issued */
    TRY(yaml_text(demo->cx, spec, "kind", &code));
    plan->spec = spec;
    plan->kind = record_kind_find(plan->book->house.book, code);
    if (plan->kind == NULL) {
        return fault(demo->cx, STATUS_INVALID, "records.yaml: no kind \"" STR_FMT "\"",
                     STR_ARG(code));
    }
    if (yaml_at(spec, "from") != NULL) {
        TRY(yaml_day(demo->cx, spec, "from", &from));
    }
    const YamlNode *every = yaml_at(spec, "every");
    return every != NULL ? periods_plan(plan, every, from) : spread_plan(plan, from);
}

/* ---- working ----
 *
 * Steps of different records are sent one after another without waiting for each commit. A step
 * waits for the one before of its own record, and a record that refers to others for all steps of
 * their kinds, so that what is chosen depends on the seed and not on the speed of the disk. */

enum { IN_FLIGHT_MAX = 128, MISTAKE_BYTES_MAX = 600 };

typedef struct DemoFlight {
    pthread_mutex_t mutex;
    pthread_cond_t landed;
    int64_t in_flight;
    int64_t *of_kind; /* in flight, by the kind's place in the book */
    int64_t done_count;
    int64_t refused_count;
    Status broken; /* a mistake in records.yaml, or a database that fails: the play stops */
    char words[MISTAKE_BYTES_MAX];
} DemoFlight;

typedef struct Work {
    DemoBook *book;
    DemoRecord *record;
    const RecordTransition *act; /* NULL: filing */
    RecordActor actor;
    RecordAsk ask;
    RecordDraft draft;
    const RecordInput *inputs;
    size_t input_count;
    int64_t now_ms;
} Work;

/* A round begins at the start and with a decision, as the engine has it. */
static void hand_remember(Work *work, const Record *now) {
    DemoRecord *record = work->record;
    const DemoOfficer *officer = officer_of_unit(work->book->demo, now->owner);
    bool is_officer = officer != NULL && officer->person_id == work->actor.person_id;
    if (work->act == NULL || now->state == now->kind->start) {
        record->is_in_officer_hand = false;
    } else if (work->act->is_four_eyes) {
        record->is_in_officer_hand = is_officer;
    } else {
        record->is_in_officer_hand = record->is_in_officer_hand || is_officer;
    }
}

static void remember(Work *work, const Record *now) {
    DemoRecord *record = work->record;
    record->id = now->id;
    record->revision = now->revision;
    hand_remember(work, now);
    check(now->number.len < sizeof record->number_room);
    memcpy(record->number_room, now->number.at, now->number.len);
    record->number = (Str){record->number_room, now->number.len};
    for (size_t i = 0; i < now->kind->owner_count; i++) {
        if (str_equal(now->kind->owners[i], now->owner)) {
            record->owner = now->kind->owners[i];
        }
    }
    record->state = now->kind->states[now->state].code;
}

static Status file_work(Cx *cx, DbConn *conn, void *input) {
    Work *work = input;
    Record out = {0};
    TRY(record_create(cx, conn, &work->book->house, &work->draft, &out));
    remember(work, &out);
    return STATUS_OK;
}

static Status act_work(Cx *cx, DbConn *conn, void *input) {
    Work *work = input;
    Record now = {0};
    Record out = {0};
    TRY(record_find(cx, conn, work->book->house.book, work->record->id, &now));
    RecordAsk ask = {.kind = work->record->kind,
                     .base = &now,
                     .act = work->act,
                     .inputs = work->inputs,
                     .input_count = work->input_count,
                     .actor = &work->actor,
                     .now_ms = work->now_ms};
    /* An act of the demo asks for nothing that is sealed: no random number is drawn here. */
    RecordDraft draft = {0};
    TRY(record_draft(cx, &work->book->house, &ask, &draft));
    RecordChange change = {.id = now.id,
                           .revision = now.revision,
                           .draft = &draft,
                           .act = work->act,
                           .actor = &work->actor,
                           .note = work->act->note == RECORD_NOTE_REQUIRED ? STR("演示：按规定办理")
                                                                           : STR("")};
    TRY(record_move(cx, conn, &work->book->house, &change, &out));
    remember(work, &out);
    return STATUS_OK;
}

/* What a declaration does not allow is a mistake of records.yaml; tells which record it was. */
static void mistake_note(DemoFlight *flight, const DemoRecord *record, const Fault *fault) {
    Str code = record->kind->code;
    (void)snprintf(flight->words, sizeof flight->words, "records.yaml: " STR_FMT " %zu: %s: %s",
                   STR_ARG(code), record->index + 1, fault->field, fault->text);
}

/* Runs on the writer's thread. */
static void work_done(Cx *cx, Status status, Str answer, void *context) {
    (void)answer;
    Work *work = context;
    DemoFlight *flight = work->book->flight;
    /* An act for which something is missing is refused; a filing like that is a mistake. */
    bool is_refused = status == STATUS_CONFLICT || status == STATUS_DENIED ||
                      (status == STATUS_INVALID && work->act != NULL);
    pthread_mutex_lock(&flight->mutex);
    flight->in_flight--;
    flight->of_kind[work->record->kind->index]--;
    work->record->is_in_flight = false;
    work->record->is_stopped = status != STATUS_OK;
    flight->done_count += status == STATUS_OK;
    flight->refused_count += is_refused;
    if (status != STATUS_OK && !is_refused && flight->broken == STATUS_OK) {
        flight->broken = status;
        mistake_note(flight, work->record, &cx->fault);
    }
    pthread_cond_signal(&flight->landed);
    pthread_mutex_unlock(&flight->mutex);
}

static bool has_landed(const DemoFlight *flight, const DemoRecord *record) {
    const RecordKind *kind = record->kind;
    for (size_t i = 0; i < kind->field_count; i++) {
        const RecordKind *other = kind->fields[i].ref;
        if (other != NULL && flight->of_kind[other->index] > 0) {
            return false;
        }
    }
    return !record->is_in_flight;
}

/* Waits until the record's own steps and those of all records that it may refer to have landed, or
 * with NULL until nothing is in flight. */
static Status flight_wait(DemoBook *book, const DemoRecord *record) {
    DemoFlight *flight = book->flight;
    pthread_mutex_lock(&flight->mutex);
    while (flight->in_flight > (record == NULL ? 0 : IN_FLIGHT_MAX) ||
           (record != NULL && !has_landed(flight, record))) {
        pthread_cond_wait(&flight->landed, &flight->mutex);
    }
    Status broken = flight->broken;
    pthread_mutex_unlock(&flight->mutex);
    return broken == STATUS_OK ? broken : fault(book->demo->cx, broken, "%s", flight->words);
}

static bool is_asked(const RecordKind *kind, size_t field) {
    for (size_t i = 0; i < kind->transition_count; i++) {
        for (size_t k = 0; k < kind->transitions[i].ask_count; k++) {
            if (kind->transitions[i].asks[k] == field) {
                return true;
            }
        }
    }
    return false;
}

/* In which turn a field gets its value: texts speak of the others, firms of places. */
static int turn_of(RecordType type) {
    switch ((int)type) {
    case RECORD_REF:
        return 0;
    case RECORD_CHOICE:
    case RECORD_TOWN:
    case RECORD_PLACE:
    case RECORD_UNIT:
        return 1;
    case RECORD_ORG:
        return 2;
    case RECORD_TEXT:
    case RECORD_LONG_TEXT:
        return 4;
    default:
        return 3;
    }
}

static bool is_early(const YamlNode *spec, Str name) {
    const YamlNode *early = yaml_at(spec, "early");
    for (size_t i = 0; i < yaml_count(early); i++) {
        if (str_equal(yaml_scalar(yaml_item(early, i)), name)) {
            return true;
        }
    }
    return false;
}

/* At filing: what is required, and what the spec names unless an act asks for it later. */
static bool is_filed(const DemoRecord *record, size_t at, const YamlNode *spec) {
    const RecordField *field = &record->kind->fields[at];
    bool is_later = is_asked(record->kind, at) && !is_early(record->spec, field->name);
    bool is_due = field->is_required || field->required != NULL || (spec != NULL && !is_later);
    return field->computed == NULL && is_due;
}

static Status filing_values(DemoBook *book, DemoRecord *record) {
    enum { TURNS = 5 };
    const RecordKind *kind = record->kind;
    const YamlNode *set = yaml_at(record->spec, "set");
    for (int turn = 0; turn < TURNS; turn++) {
        for (size_t i = 0; i < kind->field_count; i++) {
            const RecordField *field = &kind->fields[i];
            const YamlNode *spec = yaml_at(set, str_c(arena_of(book), field->name));
            if (turn_of(field->type) == turn && is_filed(record, i, spec)) {
                TRY(demo_value_make(book, record, field, spec, record->filed));
            }
        }
    }
    return STATUS_OK;
}

static bool is_needed(const RecordTransition *act, size_t field) {
    for (size_t i = 0; i < act->need_count; i++) {
        if (act->needs[i] == field) {
            return true;
        }
    }
    return false;
}

/* In an act: what `at` says; else what has no value yet and is needed or named by `set`. */
static Status act_values(DemoBook *book, DemoRecord *record, const RecordTransition *act, Day day) {
    Arena *arena = arena_of(book);
    const YamlNode *set = yaml_at(record->spec, "set");
    const YamlNode *at = yaml_at(yaml_at(record->spec, "at"), str_c(arena, act->code));
    for (size_t i = 0; i < act->ask_count; i++) {
        const RecordField *field = &record->kind->fields[act->asks[i]];
        const char *name = str_c(arena, field->name);
        const YamlNode *spec = yaml_at(at, name);
        bool has_value = demo_value_given(record, field->name).len > 0;
        if (spec == NULL && has_value) {
            continue;
        }
        spec = spec != NULL ? spec : yaml_at(set, name);
        if (spec != NULL || is_needed(act, act->asks[i])) {
            TRY(demo_value_make(book, record, field, spec, day));
        }
    }
    return STATUS_OK;
}

static Status work_send(Work *work, DbWork *run) {
    Demo *demo = work->book->demo;
    DemoFlight *flight = work->book->flight;
    DbCommand command = {.name = work->act == NULL ? "record.create" : "record.move",
                         .actor = {.user_id = work->actor.person_id,
                                   .role = work->actor.role,
                                   .origin = STR("command")},
                         .work = run,
                         .input = work,
                         .now_ms = work->now_ms};
    pthread_mutex_lock(&flight->mutex);
    flight->in_flight++;
    flight->of_kind[work->record->kind->index]++;
    work->record->is_in_flight = true;
    pthread_mutex_unlock(&flight->mutex);
    return db_write_later(demo->cx, demo->house->db, &command, work_done, work);
}

static Work *work_new(DemoBook *book, DemoRecord *record, int64_t now_ms) {
    Work *work = arena_new(arena_of(book), Work);
    *work = (Work){.book = book, .record = record, .actor = record->filer, .now_ms = now_ms};
    return work;
}

static Status record_file(DemoBook *book, DemoRecord *record, int64_t now_ms) {
    Work *work = work_new(book, record, now_ms);
    TRY(flight_wait(book, record));
    Status status = filing_values(book, record);
    if (status == STATUS_NOT_FOUND) {
        record->is_stopped = true; /* nothing yet that it could refer to */
        return STATUS_OK;
    }
    TRY(status);
    work->ask = (RecordAsk){.kind = record->kind,
                            .inputs = record->inputs.items,
                            .input_count = record->inputs.count,
                            .actor = &work->actor,
                            .now_ms = now_ms};
    status = record_draft(book->demo->cx, &book->house, &work->ask, &work->draft);
    if (status != STATUS_OK) {
        fault_detail(book->demo->cx, "records.yaml: " STR_FMT " %zu", STR_ARG(record->kind->code),
                     record->index + 1);
        return status;
    }
    return work_send(work, file_work);
}

static Status record_act(DemoBook *book, DemoRecord *record, size_t act, int64_t now_ms) {
    Work *work = work_new(book, record, now_ms);
    work->act = record_transition_find(record->kind, record->ways[act]);
    TRY(flight_wait(book, record));
    if (record->is_stopped) {
        return STATUS_OK;
    }
    size_t before = record->inputs.count;
    work->actor = actor_of_act(book, record, work->act);
    TRY(act_values(book, record, work->act, day_of_instant(now_ms)));
    work->inputs = record->inputs.items + before;
    work->input_count = record->inputs.count - before;
    return work_send(work, act_work);
}

static int step_order(const void *left, const void *right) {
    const Step *a = left;
    const Step *b = right;
    if (a->at_ms != b->at_ms) {
        return a->at_ms < b->at_ms ? -1 : 1;
    }
    return a->order < b->order ? -1 : a->order > b->order;
}

static Status steps_play(Plan *plan) {
    Demo *demo = plan->book->demo;
    int64_t end_ms = day_start_ms(day_add(demo->last, 1));
    qsort(plan->steps.items, plan->steps.count, sizeof *plan->steps.items, step_order);
    for (size_t i = 0; i < plan->steps.count && plan->steps.items[i].at_ms < end_ms; i++) {
        const Step *step = &plan->steps.items[i];
        TRY(cx_step(demo->cx));
        TRY(step->act == SIZE_MAX ? record_file(plan->book, step->record, step->at_ms)
                                  : record_act(plan->book, step->record, step->act, step->at_ms));
    }
    return STATUS_OK;
}

static Status records_play(DemoBook *book) {
    Plan plan = {.book = book};
    const YamlNode *kinds = yaml_at(book->root, "kinds");
    for (size_t i = 0; i < yaml_count(kinds); i++) {
        TRY(kind_plan(&plan, yaml_item(kinds, i)));
    }
    book->records = plan.records.items;
    book->record_count = plan.records.count;
    book->org_names = arena_array(arena_of(book), Str, ORGS_MAX);
    book->org_room = ORGS_MAX;
    DemoFlight flight = {.mutex = PTHREAD_MUTEX_INITIALIZER, .landed = PTHREAD_COND_INITIALIZER};
    flight.of_kind = arena_array(arena_of(book), int64_t, book->house.book->kind_count + 1);
    book->flight = &flight;
    Status status = steps_play(&plan);
    /* Nothing may be in flight when the records go away, also after a failure. */
    Status landed = flight_wait(book, NULL);
    book->demo->done_count += flight.done_count;
    book->demo->refused_count += flight.refused_count;
    return status != STATUS_OK ? status : landed;
}

Status demo_records_make(Demo *demo) {
    Cx *cx = demo->cx;
    DemoBook book = {.demo = demo, .serial_next = 1, .person_next = 1};
    Str path =
        str_print(cx->arena, STR_FMT "/demo/records.yaml", STR_ARG(demo->house->city.folder));
    Str text = STR_NONE;
    Status status = yaml_file(cx, path, RECORDS_BYTES_MAX, &text);
    if (status == STATUS_NOT_FOUND) {
        fault_clear(cx);
        return STATUS_OK;
    }
    TRY(status);
    TRY(yaml_read(cx, path, text, &book.root));
    book.house = desk_house(&demo->house->city);
    /* Their own numbers: the year of claims stays as it is when records are added. */
    prng_init(&book.prng, (uint64_t)demo->settings->number[SETTING_SEED] + 0x5ec0);
    return records_play(&book);
}
