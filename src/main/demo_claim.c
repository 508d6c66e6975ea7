/*
 * demo_claim.c - claims for cars in the demo city: a few a week, most of them clean, some that
 * officers decide, some still waiting, a few frauds; paid by monthly lists. Everything goes through
 * the office's own functions. Also: the labels of all that was planted.
 */
#include "base/codes.h"
#include "base/vec.h"
#include "main/demo.h"
#include "office/claim/claim.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

enum {
    CLAIM_DAYS = 150,
    RESIDENTS_PER_CLAIM = 40,
    CLAIMS_MAX = 120,
    UNLISTED_BP = 900, /* a model that the register does not list: people look */
    FRAUD_CLASS_BP = 300,
    FRAUD_DATES_BP = 300,
    LATEST_UNDECIDED_DAYS = 6, /* of the last days, exceptions still wait: officers find work */
    LIST_EVERY = 30,           /* claims */
};

void demo_label(Demo *demo, const char *kind, const char *subject, const int64_t *id) {
    *vec_push(demo->cx->arena, &demo->labels) = (DemoLabel){kind, subject, id};
}

Status demo_labels_write(Demo *demo) {
    Str path = house_path(demo->cx, demo->settings, "demo-labels.txt");
    mode_t before = umask(0077);
    FILE *file = fopen(str_c(demo->cx->arena, path), "w");
    (void)umask(before);
    if (file == NULL) {
        return fault(demo->cx, STATUS_IO, "cannot write " STR_FMT, STR_ARG(path));
    }
    for (size_t i = 0; i < demo->labels.count; i++) {
        const DemoLabel *label = &demo->labels.items[i];
        if (*label->id != 0) {
            (void)fprintf(file, "%s %s %" PRId64 "\n", label->kind, label->subject, *label->id);
        }
    }
    return fclose(file) == 0 ? STATUS_OK
                             : fault(demo->cx, STATUS_IO, "cannot write " STR_FMT, STR_ARG(path));
}

/* ---- one claim ---- */

typedef struct DemoClaim {
    Demo *demo;
    const ClaimProgramme *programme;
    const DemoResident *resident;
    Day bought;
    int64_t now_ms;
    uint32_t number;
    bool is_unlisted;
    bool is_waiting; /* an exception that nobody has decided yet */
    bool is_wrong_class;
    bool is_backwards;
    PeopleSealed account;
    AttachFile *files; /* one a paper */
    int64_t id;
} DemoClaim;

static Str day_text(const DemoClaim *claim, int32_t shift) {
    return day_print(claim->demo->cx->arena, day_add(claim->bought, shift));
}

static Str claim_answers(const DemoClaim *claim) {
    Arena *arena = claim->demo->cx->arena;
    Prng *prng = &claim->demo->prng;
    Str old_vin = codes_demo_vin(arena, 2009, claim->number * 2);
    Str new_vin = codes_demo_vin(arena, 2026, claim->number * 2 + 1);
    Str recycled = day_text(claim, -6);
    Str cancelled = day_text(claim, claim->is_backwards ? -16 : -4);
    Str bought = day_text(claim, 0);
    Str registered = day_text(claim, 3);
    return str_print(
        arena,
        "{\"old_vin\":\"" STR_FMT "\",\"old_plate\":\"%s\",\"old_owner\":\"same\","
        "\"old_class\":\"true\",\"old_fuel\":\"汽油\",\"old_registered\":\"2010-05-01\","
        "\"old_owned\":\"2012-03-01\",\"recycle_day\":\"" STR_FMT "\",\"cancel_day\":\"" STR_FMT
        "\",\"old_sold\":\"true\",\"old_invoice_day\":\"" STR_FMT "\",\"transfer_day\":\"" STR_FMT
        "\",\"new_vin\":\"" STR_FMT "\",\"invoice\":\"9937%016" PRIu32
        "\",\"invoice_day\":\"" STR_FMT "\",\"new_owner\":\"same\",\"price\":\"%" PRId64
        "\",\"in_province\":\"true\","
        "\"registered_day\":\"" STR_FMT "\",\"registered_here\":\"true\",\"still_own\":\"true\","
        "\"new_class\":\"true\",\"new_kind\":\"新能源\",\"new_model\":\"%s\"}",
        STR_ARG(old_vin), claim->is_wrong_class ? "鲁V1234挂" : "鲁V12345", STR_ARG(recycled),
        STR_ARG(cancelled), STR_ARG(recycled), STR_ARG(cancelled), STR_ARG(new_vin), claim->number,
        STR_ARG(bought), prng_between(prng, 68, 230) * 100000, STR_ARG(registered),
        claim->is_unlisted ? "YS9999BEV99" : "YS7000BEV01");
}

static Status papers_work(Cx *cx, DbConn *conn, const DemoClaim *claim) {
    size_t file = 0;
    for (size_t i = 0; i < claim->programme->paper_count; i++) {
        const ClaimPaper *paper = &claim->programme->papers[i];
        if (paper->is_optional) {
            continue;
        }
        ClaimPaperNew new = {
            .claim_id = claim->id,
            .person_id = claim->resident->id,
            .code = paper->code,
            .name = str_print(cx->arena, STR_FMT "（演示）.PDF", STR_ARG(paper->title)),
            .file = &claim->files[file++],
            .now_ms = claim->now_ms};
        TRY(claim_paper_add(cx, conn, &new));
    }
    return STATUS_OK;
}

static Status claim_work(Cx *cx, DbConn *conn, void *input) {
    DemoClaim *claim = input;
    const City *city = &claim->demo->house->city;
    ClaimDraft draft = {.programme = claim->programme->code,
                        .person_id = claim->resident->id,
                        .bought = claim->bought,
                        .now_ms = claim->now_ms};
    TRY(claim_draft_make(cx, conn, city, &draft, &claim->id));
    ClaimSave save = {.claim_id = claim->id,
                      .person_id = claim->resident->id,
                      .answers = claim_answers(claim),
                      .account = claim->account,
                      .now_ms = claim->now_ms};
    TRY(claim_save(cx, conn, city, &save));
    TRY(papers_work(cx, conn, claim));
    return claim_submit(cx, conn, city, claim->id, claim->resident->id, claim->now_ms);
}

/* Papers are one-page files that say what they are for and that they are invented. */
static Status papers_make(DemoClaim *claim) {
    Demo *demo = claim->demo;
    Arena *arena = demo->cx->arena;
    Str folder = city_file_folder(arena, &demo->house->city);
    claim->files = arena_array(arena, AttachFile, claim->programme->paper_count);
    size_t count = 0;
    for (size_t i = 0; i < claim->programme->paper_count; i++) {
        if (claim->programme->papers[i].is_optional) {
            continue;
        }
        Str bytes = str_print(arena,
                              "%%PDF-1.4\n%% demo paper %" PRIu32
                              "-%zu\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                              "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
                              "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\n"
                              "trailer<</Root 1 0 R>>\n%%%%EOF\n",
                              claim->number, i);
        TRY(attach_file_put(demo->cx, folder, bytes, &claim->files[count++]));
    }
    return STATUS_OK;
}

static Status claim_make(Demo *demo, DemoClaim *claim) {
    Prng *prng = &demo->prng;
    claim->is_unlisted = prng_chance_bp(prng, UNLISTED_BP) || claim->is_waiting;
    claim->is_wrong_class = prng_chance_bp(prng, FRAUD_CLASS_BP);
    claim->is_backwards = prng_chance_bp(prng, FRAUD_DATES_BP);
    claim->account = people_seal(demo->cx->arena, &demo->house->city, PEOPLE_ACCOUNT,
                                 codes_demo_card(demo->cx->arena, claim->number));
    if (claim->is_wrong_class) {
        demo_label(demo, "wrong_class", "claim", &claim->id);
    }
    if (claim->is_backwards) {
        demo_label(demo, "scrap_interval", "claim", &claim->id);
    }
    TRY(papers_make(claim));
    demo->now_ms = claim->now_ms;
    DbActor actor = {
        .user_id = claim->resident->id, .role = STR("resident"), .origin = STR("command")};
    return demo_write(demo, "claim.submit", actor, claim_work, claim);
}

/* ---- officers ---- */

typedef struct VerdictInput {
    const City *city;
    ClaimVerdict verdict;
} VerdictInput;

static Status propose_work(Cx *cx, DbConn *conn, void *input) {
    const VerdictInput *in = input;
    return claim_propose(cx, conn, in->city, &in->verdict);
}

static Status confirm_work(Cx *cx, DbConn *conn, void *input) {
    const VerdictInput *in = input;
    return claim_confirm(cx, conn, in->city, &in->verdict);
}

static const DemoOfficer *officer_of(const Demo *demo, Str unit) {
    for (size_t i = 0; i < demo->officer_count; i++) {
        if (str_equal(demo->officers[i].name, unit)) {
            return &demo->officers[i];
        }
    }
    return &demo->officers[0];
}

static Status exception_decide(Demo *demo, const DemoClaim *claim, const DemoOfficer *officer) {
    VerdictInput input = {.city = &demo->house->city,
                          .verdict = {.claim_id = claim->id,
                                      .officer_id = officer->person_id,
                                      .verdict = STR("approve"),
                                      .reason = STR("已按最新目录核对（演示）"),
                                      .now_ms = claim->now_ms + DAY_MS}};
    DbActor actor = {
        .user_id = officer->person_id, .role = STR("officer"), .origin = STR("command")};
    demo->now_ms = input.verdict.now_ms;
    TRY(demo_write(demo, "claim.propose", actor, propose_work, &input));
    input.verdict.officer_id = officer->head_id;
    input.verdict.verdict = STR("agree");
    actor.user_id = officer->head_id;
    return demo_write(demo, "claim.confirm", actor, confirm_work, &input);
}

typedef struct ListInput {
    const City *city;
    ClaimBatch batch;
    int64_t finance_id;
} ListInput;

static Status list_work(Cx *cx, DbConn *conn, void *input) {
    ListInput *in = input;
    int64_t id = 0;
    TRY(claim_batch_make(cx, conn, &in->batch, &id));
    ClaimBatch paid = {.id = id,
                       .made_by = in->finance_id,
                       .paid_ms = in->batch.made_ms + DAY_MS / 4,
                       .bank_reference = str_print(cx->arena, "YS%012" PRId64, id)};
    return claim_batch_pay(cx, conn, in->city, &paid);
}

static Status list_make(Demo *demo, const DemoClaim *claim, const DemoOfficer *officer) {
    ListInput input = {.city = &demo->house->city,
                       .batch = {.programme = claim->programme->code,
                                 .year = day_parts(claim->bought).year,
                                 .made_by = officer->person_id,
                                 .made_ms = claim->now_ms + DAY_MS / 2},
                       .finance_id = demo->finance_id};
    DbActor actor = {.user_id = demo->finance_id, .role = STR("finance"), .origin = STR("command")};
    demo->now_ms = input.batch.made_ms;
    Status status = demo_write(demo, "claim_batch.pay", actor, list_work, &input);
    if (status == STATUS_CONFLICT) {
        fault_clear(demo->cx); /* nothing of that programme waits */
        return STATUS_OK;
    }
    return status;
}

/* ---- all ---- */

/* A claim that an office refuses, as it must for some dates, is counted like any other refusal. */
static Status claim_play(Demo *demo, DemoClaim *claim, size_t index) {
    const DemoOfficer *officer = officer_of(demo, claim->programme->unit);
    Status status = claim_make(demo, claim);
    if (status == STATUS_INVALID || status == STATUS_CONFLICT) {
        fault_clear(demo->cx);
        demo->refused_count++;
        claim->id = 0;
        return STATUS_OK;
    }
    TRY(status);
    demo->done_count++;
    if (claim->is_unlisted && !claim->is_waiting) {
        TRY(exception_decide(demo, claim, officer));
    }
    /* Two in a row: the programmes take turns, and each gets its list. */
    return index % LIST_EVERY >= LIST_EVERY - 2 ? list_make(demo, claim, officer) : STATUS_OK;
}

Status demo_claims_make(Demo *demo) {
    static const char *const codes[] = {"car_scrap", "car_replace"};
    size_t count = demo->resident_count / RESIDENTS_PER_CLAIM;
    count = count < CLAIMS_MAX ? count : CLAIMS_MAX;
    /* One claim a person: from the end of the list, so that the visitor's year stays empty. */
    for (size_t i = 0; i < count && i + 1 < demo->resident_count; i++) {
        TRY(cx_step(demo->cx));
        DemoClaim *claim = arena_new(demo->cx->arena, DemoClaim);
        int32_t days_ago = (int32_t)(CLAIM_DAYS - 1 - (int64_t)i * CLAIM_DAYS / (int64_t)count);
        Day filed = day_add(demo->last, -days_ago);
        *claim = (DemoClaim){.demo = demo,
                             .programme = claim_programme(&demo->house->city, str_of(codes[i % 2])),
                             .resident = &demo->residents[demo->resident_count - 1 - i],
                             .bought = day_add(filed, -(int32_t)prng_between(&demo->prng, 5, 20)),
                             .now_ms = day_start_ms(filed) +
                                       prng_between(&demo->prng, 8, 20) * INT64_C(3600000),
                             .number = (uint32_t)i + 500000};
        if (claim->programme != NULL) {
            claim->is_waiting = days_ago <= LATEST_UNDECIDED_DAYS;
            TRY(claim_play(demo, claim, i));
        }
    }
    return STATUS_OK;
}
