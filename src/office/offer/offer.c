/*
 * offer.c - judging records, following their changes, handing an offer on, taking it up. The policy
 * decides as it would decide the claim; the words for what is missing are its own.
 */
#include "office/offer/offer.h"

#include "base/codes.h"
#include "base/vec.h"
#include "office/offer/offer_store.h"
#include "office/once/once.h"

#include <inttypes.h>

enum {
    ANSWERS_BYTES_MAX = 16 * 1024,
    BATCH_ROWS = 200,
    /* Of one round of the job and rule: other jobs wait for it. */
    ROUND_BATCHES = 20,
    /* Entries without a record that may pile up before the place in the journal is stored. */
    JOURNAL_SLACK = 5000,
};

/* ---- a record as answers of the claim ---- */

static const RecordValue *value_of(const Record *record, size_t field) {
    return field != SIZE_MAX && record->values[field].has_value ? &record->values[field] : NULL;
}

static Str mapped(const OfferAnswer *answer, Str code) {
    for (size_t i = 0; i < answer->map_count; i++) {
        if (str_equal(answer->from[i], code)) {
            return answer->to[i];
        }
    }
    return STR_NONE;
}

static Day years_later(Day day, int64_t years) {
    return day_add_months(day, (int32_t)(years * 12));
}

/* The answer as the claim keeps it; STR_NONE when the record does not say it. */
static Str answer_of(Arena *arena, const OfferAnswer *answer, const Record *record) {
    const RecordValue *value = value_of(record, answer->field);
    const RecordValue *until = value_of(record, answer->age_at);
    if (answer->value.len > 0) {
        return answer->value;
    }
    if (value == NULL || (answer->age_at != SIZE_MAX && until == NULL)) {
        return STR_NONE;
    }
    if (until != NULL) {
        int64_t age = day_parts((Day){(int32_t)until->number}).year - value->number;
        return age >= 0 ? str_print(arena, "%" PRId64, age) : STR_NONE;
    }
    switch (record->kind->fields[answer->field].type) {
    case RECORD_CHOICE:
        return mapped(answer, value->text);
    case RECORD_DAY:
        return day_print(arena, years_later((Day){(int32_t)value->number}, answer->add_years));
    case RECORD_INT:
    case RECORD_MONEY:
    case RECORD_YEAR:
        return str_print(arena, "%" PRId64, value->number);
    case RECORD_CHECK:
        return value->number != 0 ? STR("true") : STR("false");
    case RECORD_TEXT:
    case RECORD_SERIAL:
    case RECORD_VIN:
    case RECORD_PLATE:
        return value->text;
    case RECORD_LONG_TEXT:
    case RECORD_DECIMAL:
    case RECORD_MONTH:
    case RECORD_CHOICES:
    case RECORD_TOWN:
    case RECORD_UNIT:
    case RECORD_PLACE:
    case RECORD_ORG:
    case RECORD_USCC:
    case RECORD_GTIN:
    case RECORD_IMEI:
    case RECORD_PERSON:
    case RECORD_PHONE:
    case RECORD_ID_NUMBER:
    case RECORD_REF:
    case RECORD_FILE:
    case RECORD_ROWS:
        break;
    }
    return STR_NONE;
}

static const PolicyQuestion *question_find(const PolicyVersion *version, Str name) {
    for (size_t i = 0; i < version->question_count; i++) {
        if (str_equal(version->questions[i].name, name)) {
            return &version->questions[i];
        }
    }
    return NULL;
}

static void member_put(Buf *out, Arena *arena, Str name, Str json) {
    buf_print(out, "%s" STR_FMT ":" STR_FMT, out->len == 0 ? "{" : ",",
              STR_ARG(str_json(arena, name)), STR_ARG(json));
}

/* The same answer as the policy takes it. A word that this year's table does not know is not said.
 */
static void known_put(Buf *out, Arena *arena, const PolicyVersion *version, const ClaimField *field,
                      Str text) {
    const PolicyQuestion *question = question_find(version, field->question);
    bool is_known = question != NULL && question->choice_count == 0;
    for (size_t i = 0; question != NULL && i < question->choice_count; i++) {
        is_known = is_known || str_equal(question->choices[i], text);
    }
    if (!is_known) {
        return;
    }
    bool is_bare = question->type == POLICY_FLAG || question->type == POLICY_NUMBER ||
                   question->type == POLICY_MONEY;
    member_put(out, arena, question->name, is_bare ? text : str_json(arena, text));
}

typedef struct Judged {
    Buf *answers; /* of the claim */
    Buf *known;   /* of the policy */
} Judged;

static void answers_build(Arena *arena, const OfferRule *rule, const Record *record,
                          const PolicyVersion *version, Day bought, Judged *out) {
    const ClaimField *dated = claim_field(rule->programme, rule->programme->bought);
    Str day = day_print(arena, bought);
    out->answers = buf_in(arena, ANSWERS_BYTES_MAX);
    out->known = buf_in(arena, ANSWERS_BYTES_MAX);
    member_put(out->answers, arena, dated->code, str_json(arena, day));
    known_put(out->known, arena, version, dated, day);
    for (size_t i = 0; i < rule->answer_count; i++) {
        const OfferAnswer *answer = &rule->answers[i];
        Str text = answer_of(arena, answer, record);
        if (text.len == 0 || str_equal(answer->code, dated->code)) {
            continue;
        }
        member_put(out->answers, arena, answer->code, str_json(arena, text));
        known_put(out->known, arena, version, claim_field(rule->programme, answer->code), text);
    }
    buf_put_char(out->answers, '}');
    buf_put_c(out->known, out->known->len == 0 ? "{}" : "}");
}

/* ---- judging ---- */

static bool is_candidate(const OfferRule *rule, const Record *record) {
    bool is_good = record->kind == rule->kind && ((rule->states >> record->state) & 1) != 0 &&
                   value_of(record, rule->thing) != NULL;
    for (size_t i = 0; is_good && i < rule->where_count; i++) {
        const RecordValue *value = value_of(record, rule->wheres[i].field);
        is_good = value != NULL && str_equal(value->text, rule->wheres[i].code);
    }
    return is_good;
}

static Status owner_find(Cx *cx, DbConn *conn, const OfferRule *rule, const Record *record,
                         Offer *offer) {
    const RecordValue *owner = value_of(record, rule->owner);
    offer->org_id = rule->owner == SIZE_MAX ? record->org_id : 0;
    offer->owner_name = rule->owner == SIZE_MAX ? record->filer_name : STR("");
    if (owner == NULL) {
        return STATUS_OK;
    }
    offer->owner_name = owner->text;
    return offer_store_org(cx, conn, owner->text2, &offer->org_id);
}

static Str town_of(const OfferRule *rule, const Record *record) {
    const RecordValue *town = value_of(record, rule->town);
    return town != NULL ? town->text : STR("");
}

Status offer_judge(Cx *cx, DbConn *conn, const City *city, const OfferRule *rule,
                   const Record *record, Day today, Offer *out, bool *is_offer) {
    const PolicyVersion *version = NULL;
    PolicyFound found = {0};
    Judged judged = {0};
    Cx quiet;
    cx_init(&quiet, cx->arena);
    *is_offer = false;
    if (!is_candidate(rule, record)) {
        return STATUS_OK;
    }
    const RecordValue *day = value_of(record, rule->judged);
    Day bought = rule->judged == SIZE_MAX ? today
                 : day != NULL            ? (Day){(int32_t)day->number}
                                          : DAY_NONE;
    if (day_compare(bought, DAY_NONE) == 0 ||
        policy_version_on(&quiet, city->policies, rule->programme->code, bought, &version) !=
            STATUS_OK) {
        return STATUS_OK; /* nothing was in force */
    }
    answers_build(cx->arena, rule, record, version, bought, &judged);
    TRY(policy_find(cx, version, buf_str(judged.known), false, &found));
    *is_offer = found.is_unset || (found.has_case && found.answer.is_eligible);
    *out = (Offer){.rule = rule->code,
                   .record_id = record->id,
                   .kind = record->kind->code,
                   .record_number = record->number,
                   .programme = rule->programme->code,
                   .unit = rule->programme->unit,
                   .town = town_of(rule, record),
                   .space = rule->once,
                   .thing = codes_clean(cx->arena, record->values[rule->thing].text),
                   .bought = bought,
                   .version = version->version,
                   .fired = found.answer.rule,
                   .amount = found.is_unset ? MONEY_ZERO : found.answer.amount,
                   .is_unset = found.is_unset,
                   .reason = found.answer.reason,
                   .conditions = found.conditions,
                   .answers = buf_str(judged.answers),
                   .is_good = *is_offer,
                   .state = STR("found")};
    return owner_find(cx, conn, rule, record, out);
}

/* ---- following the records ---- */

typedef struct Round {
    const City *city;
    const OfferRule *rule;
    OfferScan scan;
    int64_t journal_last;
    int64_t now_ms;
    struct OfferVec VEC(Offer) offers; /* what has to be written */
    bool is_worth_writing;
} Round;

static bool is_same(const Offer *left, const Offer *right) {
    return left->is_good == right->is_good && left->org_id == right->org_id &&
           left->amount.fen == right->amount.fen && left->is_unset == right->is_unset &&
           str_equal(left->fired, right->fired) && str_equal(left->version, right->version) &&
           str_equal(left->answers, right->answers) && str_equal(left->town, right->town) &&
           str_equal(left->conditions, right->conditions) && str_equal(left->thing, right->thing) &&
           str_equal(left->owner_name, right->owner_name);
}

static Status record_look(Cx *cx, DbConn *conn, Round *round, int64_t record_id) {
    Record record;
    Offer before;
    Offer now = {0};
    bool is_offer = false;
    Cx quiet;
    cx_init(&quiet, cx->arena);
    if (record_find(&quiet, conn, round->city->records, record_id, &record) != STATUS_OK ||
        record.kind != round->rule->kind) {
        return STATUS_OK; /* taken back, or of another kind */
    }
    TRY(offer_judge(cx, conn, round->city, round->rule, &record, day_of_instant(round->now_ms),
                    &now, &is_offer));
    TRY(offer_store_of_record(cx, conn, round->rule->code, record_id, &before));
    if (!is_offer && (before.id == 0 || !before.is_good)) {
        return STATUS_OK;
    }
    if (!is_offer) {
        now = before;
        now.is_good = false;
    }
    if (before.id != 0 && is_same(&before, &now)) {
        return STATUS_OK;
    }
    now.found_ms = round->now_ms;
    *vec_push(cx->arena, &round->offers) = now;
    return STATUS_OK;
}

/* The rule's text, and that of every version by which it may be judged. */
static Str digest_of(Cx *cx, const Round *round) {
    size_t count = 0;
    const PolicyVersion *const *versions = policy_versions(round->city->policies, &count);
    const PolicyVersion *now = NULL;
    uint8_t digest[SEAL_SM3_BYTES];
    SealSm3 *sm3 = seal_sm3_new(cx->arena);
    Cx quiet;
    cx_init(&quiet, cx->arena);
    seal_sm3_add(sm3, round->rule->digest);
    for (size_t i = 0; i < count; i++) {
        if (str_equal(versions[i]->programme, round->rule->programme->code)) {
            seal_sm3_add(sm3, versions[i]->digest);
        }
    }
    if (round->rule->judged == SIZE_MAX &&
        policy_version_on(&quiet, round->city->policies, round->rule->programme->code,
                          day_of_instant(round->now_ms), &now) == STATUS_OK) {
        seal_sm3_add(sm3, now->version);
    }
    seal_sm3_finish(sm3, digest);
    return seal_hex(cx->arena, (Str){(const char *)digest, 16});
}

static Status round_read(Cx *cx, DbConn *conn, Round *round) {
    OfferIds ids;
    TRY(offer_store_scan(cx, conn, round->rule->code, &round->scan));
    TRY(offer_store_journal_last(cx, conn, &round->journal_last));
    Str digest = digest_of(cx, round);
    if (!str_equal(round->scan.digest, digest)) {
        round->scan = (OfferScan){
            .rule = round->rule->code, .digest = digest, .journal_id = round->journal_last};
        round->is_worth_writing = true;
    }
    if (!round->scan.is_walked) {
        TRY(offer_store_walk(cx, conn, *round->rule->kind->id, round->scan.record_id, BATCH_ROWS,
                             &ids));
        round->scan.is_walked = ids.count < BATCH_ROWS;
        round->scan.record_id = ids.last;
        round->is_worth_writing = true;
    } else {
        TRY(offer_store_changed(cx, conn, round->scan.journal_id, round->journal_last, BATCH_ROWS,
                                &ids));
        round->is_worth_writing =
            ids.count > 0 || round->journal_last - round->scan.journal_id > JOURNAL_SLACK;
        round->scan.journal_id = ids.count < BATCH_ROWS ? round->journal_last : ids.last;
    }
    for (size_t i = 0; i < ids.count; i++) {
        TRY(cx_step(cx));
        TRY(record_look(cx, conn, round, ids.items[i]));
    }
    return STATUS_OK;
}

static Status round_work(Cx *cx, DbConn *conn, void *input) {
    const Round *round = input;
    for (size_t i = 0; i < round->offers.count; i++) {
        TRY(offer_store_put(cx, conn, &round->offers.items[i]));
    }
    return offer_store_scan_put(cx, conn, &round->scan);
}

/* One batch of one rule; *is_more when there is another. */
static Status rule_follow(Cx *cx, const City *city, const OfferRule *rule, int64_t now_ms,
                          bool *is_more) {
    Round round = {.city = city, .rule = rule, .now_ms = now_ms};
    DbConn *conn = NULL;
    *is_more = false;
    TRY(db_read_begin(cx, city->db, &conn));
    Status status = round_read(cx, conn, &round);
    db_read_end(city->db, conn);
    TRY(status);
    if (!round.is_worth_writing) {
        return STATUS_OK;
    }
    DbCommand command = {.name = "offer.follow",
                         .actor = {.role = STR("system"), .origin = STR("job")},
                         .work = round_work,
                         .input = &round,
                         .now_ms = now_ms};
    *is_more = !round.scan.is_walked || round.scan.journal_id < round.journal_last;
    return db_write(cx, city->db, &command, NULL);
}

Status offer_job(Cx *cx, const City *city, int64_t now_ms) {
    for (size_t i = 0; city->offers != NULL && i < city->offers->count; i++) {
        bool is_more = true;
        for (size_t k = 0; is_more && k < ROUND_BATCHES; k++) {
            /* A batch's memory ends with it: a long walk costs no more than a short one. */
            Arena *arena = arena_create();
            Cx own;
            cx_init(&own, arena);
            Status status = rule_follow(&own, city, &city->offers->items[i], now_ms, &is_more);
            if (status != STATUS_OK) {
                status = fault(cx, status, "%s", own.fault.text);
                arena_free(arena);
                return status;
            }
            arena_free(arena);
        }
    }
    return STATUS_OK;
}

/* ---- handing on, taking up ---- */

static Status journal(Cx *cx, DbConn *conn, const char *verb, const Offer *offer,
                      int64_t claim_id) {
    DbEntry entry = {.verb = verb,
                     .subject = "offer",
                     .subject_id = offer->id,
                     .after = str_print(
                         cx->arena,
                         "{\"rule\":" STR_FMT ",\"record_id\":%" PRId64 ",\"programme\":" STR_FMT
                         ",\"org_id\":%" PRId64 ",\"claim_id\":%" PRId64 "}",
                         STR_ARG(str_json(cx->arena, offer->rule)), offer->record_id,
                         STR_ARG(str_json(cx->arena, offer->programme)), offer->org_id, claim_id)};
    return db_journal(cx, conn, &entry);
}

Status offer_invite(Cx *cx, DbConn *conn, const OfferAct *act) {
    Offer offer;
    Str unit = STR_NONE;
    OnceHolder holder;
    TRY(offer_store_find(cx, conn, act->offer_id, &offer));
    TRY(offer_store_unit(cx, conn, act->person_id, &unit));
    if (!str_equal(unit, offer.unit)) {
        return fault(cx, STATUS_DENIED, "这一条由" STR_FMT "办理", STR_ARG(offer.unit));
    }
    if (offer.org_id == 0) {
        return fault(cx, STATUS_CONFLICT, "权利人还没有在本系统开通企业账号，请电话或上门告知");
    }
    TRY(once_holder(cx, conn, offer.space, offer.thing, &holder));
    if (holder.subject.len > 0) {
        return fault(cx, STATUS_CONFLICT, "这台设备已经有申请");
    }
    OfferMove move = {.id = offer.id,
                      .from = STR("found"),
                      .to = STR("invited"),
                      .person_id = act->person_id,
                      .now_ms = act->now_ms};
    TRY(offer_store_move(cx, conn, &move));
    return journal(cx, conn, "offer.invite", &offer, 0);
}

static Status own_offer(Cx *cx, DbConn *conn, const OfferAct *act, Offer *offer) {
    Person person;
    TRY(offer_store_find(cx, conn, act->offer_id, offer));
    TRY(people_person_find(cx, conn, act->person_id, &person));
    bool is_own = offer->org_id > 0 && person.org_id == offer->org_id &&
                  str_equal(person.role, STR("enterprise"));
    return is_own && !str_equal(offer->state, STR("found"))
               ? STATUS_OK
               : fault(cx, STATUS_NOT_FOUND, "没有这一条");
}

/* Submits what is whole: then one click was all. */
static Status submit_if_whole(Cx *cx, DbConn *conn, const City *city, const OfferAct *act,
                              int64_t claim_id) {
    Claim claim;
    ClaimCheck found;
    TRY(claim_find(cx, conn, claim_id, &claim));
    TRY(claim_check(cx, conn, city, &claim, act->now_ms, &found));
    return found.block_count > 0
               ? STATUS_OK
               : claim_submit(cx, conn, city, claim_id, act->person_id, act->now_ms);
}

Status offer_accept(Cx *cx, DbConn *conn, const City *city, const OfferAct *act,
                    int64_t *claim_id) {
    Offer offer;
    TRY(own_offer(cx, conn, act, &offer));
    ClaimDraft draft = {.programme = offer.programme,
                        .person_id = act->person_id,
                        .org_id = offer.org_id,
                        .bought = offer.bought,
                        .now_ms = act->now_ms};
    TRY(claim_draft_make(cx, conn, city, &draft, claim_id));
    ClaimSave save = {.claim_id = *claim_id,
                      .person_id = act->person_id,
                      .answers = offer.answers,
                      .now_ms = act->now_ms};
    TRY(claim_save(cx, conn, city, &save));
    OfferMove move = {.id = offer.id,
                      .from = STR("invited"),
                      .to = STR("accepted"),
                      .person_id = act->person_id,
                      .claim_id = *claim_id,
                      .now_ms = act->now_ms};
    TRY(offer_store_move(cx, conn, &move));
    TRY(submit_if_whole(cx, conn, city, act, *claim_id));
    return journal(cx, conn, "offer.accept", &offer, *claim_id);
}

Status offer_decline(Cx *cx, DbConn *conn, const OfferAct *act) {
    Offer offer;
    TRY(own_offer(cx, conn, act, &offer));
    OfferMove move = {.id = offer.id,
                      .from = STR("invited"),
                      .to = STR("declined"),
                      .person_id = act->person_id,
                      .now_ms = act->now_ms};
    TRY(offer_store_move(cx, conn, &move));
    return journal(cx, conn, "offer.decline", &offer, 0);
}
