#include "office/coupon/coupon_store.h"
#include "office/coupon/release.h"
#include "office/people/people.h"

#include <inttypes.h>
#include <string.h>

enum {
    CODE_LETTERS = 12,
    SLOTS_MAX = 8,
    EXPIRE_BATCH = 200,
};

Str coupon_code_new(Arena *arena) {
    static const char letters[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    _Static_assert(sizeof letters - 1 == 32, "five random bits choose a letter without bias");
    uint8_t random[CODE_LETTERS];
    seal_random(random, sizeof random);
    char *code = arena_alloc(arena, CODE_LETTERS + 1);
    for (int i = 0; i < CODE_LETTERS; i++) {
        code[i] = letters[random[i] & 31];
    }
    return (Str){code, CODE_LETTERS};
}

ViewValue coupon_state_view(Str state) {
#define X(name, code, zh, tone)                                                                    \
    if (str_equal(state, STR(code))) {                                                             \
        return VIEW_BADGE(VIEW_##tone, STR(code), STR(zh));                                        \
    }
    COUPON_STATE_LIST(X)
#undef X
    return VIEW_TEXT(state);
}

static Status journal(Cx *cx, DbConn *conn, const char *verb, const Coupon *coupon) {
    DbEntry entry = {
        .verb = verb,
        .subject = "coupon",
        .subject_id = coupon->id,
        .after = str_print(cx->arena,
                           "{\"programme\":" STR_FMT ",\"year\":%" PRId64 ",\"category\":\"" STR_FMT
                           "\",\"amount_fen\":%" PRId64 ",\"hold_id\":%" PRId64 "}",
                           STR_ARG(str_json(cx->arena, coupon->programme)), coupon->year,
                           STR_ARG(coupon->category), coupon->amount.fen, coupon->hold.id),
    };
    return db_journal(cx, conn, &entry);
}

/* ---- claiming ---- */

static Status slot_choose(Cx *cx, const CouponClaim *claim, const CouponUse *use,
                          const TreasuryPot *pot, int64_t *slot) {
    const CityCategory *category = claim->category;
    if (use->claim_count >= pot->claims_max * category->limit) {
        return fault(cx, STATUS_CONFLICT,
                     "您今年“" STR_FMT "”的资格券已领取 %" PRId64 " 次，不能再领取",
                     STR_ARG(category->name), use->claim_count);
    }
    for (int64_t i = 1; i <= category->limit && i <= SLOTS_MAX; i++) {
        if ((use->slots & (UINT64_C(1) << i)) == 0) {
            *slot = i;
            return STATUS_OK;
        }
    }
    Status status = fault(cx, STATUS_CONFLICT, "您今年已经领取或使用过“" STR_FMT "”的资格券",
                          STR_ARG(category->name));
    fault_hint(cx, "每人每年每类限 %" PRId64 " 件", category->limit);
    return status;
}

/* A coupon lapses at the end of its last day: the day of claiming counts as the first. It does not
 * outlive its year, because an invoice of the next year is not paid from it. */
static int64_t expires_ms(Day day, int64_t validity_days, int64_t year) {
    Day end = day_add(day, (int32_t)validity_days);
    Day year_end = day_of_ymd((int32_t)year + 1, 1, 1);
    return day_start_ms(day_compare(end, year_end) < 0 ? end : year_end);
}

/* A release with a filing deadline decides itself how long its coupons live. */
static int64_t claim_expires_ms(const CouponClaim *claim, const TreasuryPot *pot,
                                const Release *release) {
    if (day_compare(release->file_until, DAY_NONE) != 0) {
        return day_start_ms(day_add(release->file_until, 1));
    }
    return expires_ms(claim->day, pot->validity_days, claim->category->year);
}

/* What a claim draws on. */
typedef struct ClaimSource {
    TreasuryPot pot;
    TreasuryShape shape;
    Release release; /* id 0: none is needed */
    int64_t slot;
} ClaimSource;

/* Reserves at the node that pays this person: the town is asked for only where it counts. */
static Status reserve(Cx *cx, DbConn *conn, TreasuryAsk *ask, int64_t person_id, HoldId *out) {
    if (ask->shape.has_towns) {
        Person person;
        TRY(people_person_find(cx, conn, person_id, &person));
        ask->town_code = person.town_code;
    }
    return treasury_reserve(cx, conn, ask, out);
}

static Status coupon_create(Cx *cx, DbConn *conn, const CouponClaim *claim,
                            const ClaimSource *source, Coupon *coupon) {
    *coupon = (Coupon){.code = claim->code,
                       .programme = claim->category->programme,
                       .year = claim->category->year,
                       .category = claim->category->code,
                       .person_id = claim->person_id,
                       .amount = claim->answer->cap,
                       .claimed_ms = claim->now_ms,
                       .expires_ms = claim_expires_ms(claim, &source->pot, &source->release)};
    TRY(policy_decision_store(cx, conn, claim->answer, claim->day, claim->now_ms,
                              &coupon->decision_id));
    TreasuryAsk ask = {.pot = source->pot.fund,
                       .shape = source->shape,
                       .now_ms = claim->now_ms,
                       .amount = coupon->amount,
                       .case_kind = "coupon",
                       .case_id = coupon->decision_id};
    TRY(reserve(cx, conn, &ask, claim->person_id, &coupon->hold));
    TRY(coupon_store_insert(cx, conn, coupon, source->slot, &coupon->id));
    TRY(release_granted(cx, conn, coupon->id, &source->release));
    return journal(cx, conn, "coupon.claim", coupon);
}

Status coupon_claim_check(Cx *cx, DbConn *conn, const CouponClaim *claim) {
    TreasuryPot pot;
    CouponUse use;
    int64_t slot = 0;
    TRY(treasury_pot_find(cx, conn, claim->category->programme, claim->category->year, &pot));
    TRY(coupon_store_use(cx, conn, claim, &use));
    return slot_choose(cx, claim, &use, &pot, &slot);
}

/* What holds for all claims of a category, by a version of its policy: read once for a crowd that
 * is served in one transaction. Who changes any of it calls db_memo_forget. */
typedef struct ClaimTerms {
    const PolicyVersion *version; /* NULL: not read yet */
    bool is_payable;
    bool has_releases;
    TreasuryPot pot;
    TreasuryShape shape;
} ClaimTerms;

static Status claim_terms(Cx *cx, DbConn *conn, const CouponClaim *claim, ClaimTerms *out) {
    ClaimTerms *kept = db_memo(conn, claim->category, sizeof *kept);
    const CityCategory *category = claim->category;
    if (kept->version != claim->answer->version) {
        ClaimTerms terms = {.version = claim->answer->version};
        TRY(policy_is_payable(cx, conn, terms.version, &terms.is_payable));
        if (terms.is_payable) {
            TRY(treasury_pot_find(cx, conn, category->programme, category->year, &terms.pot));
            TRY(treasury_shape(cx, conn, terms.pot.fund, &terms.shape));
        }
        TRY(release_exists(cx, conn, category->programme, category->year, &terms.has_releases));
        *kept = terms;
    }
    *out = *kept;
    return STATUS_OK;
}

/* What persons have done, read for a crowd of claims before the first of them. */
enum { FORESEEN_MAX = 256 };
typedef struct Foreseen {
    size_t count;
    const CouponClaim *claims[FORESEEN_MAX]; /* NULL: another claim of the person came between */
    CouponUse uses[FORESEEN_MAX];
} Foreseen;
static const char foreseen_key = 0;

Status coupon_foresee(Cx *cx, DbConn *conn, const CouponClaim *const *claims, size_t count) {
    Foreseen *foreseen = db_memo(conn, &foreseen_key, sizeof *foreseen);
    foreseen->count = 0;
    count = count < FORESEEN_MAX ? count : FORESEEN_MAX;
    TRY(coupon_store_uses(cx, conn, claims, foreseen->uses, count));
    memcpy(foreseen->claims, claims, count * sizeof(claims[0]));
    foreseen->count = count;
    return STATUS_OK;
}

static Status claim_use(Cx *cx, DbConn *conn, const CouponClaim *claim, CouponUse *out) {
    const Foreseen *foreseen = db_memo(conn, &foreseen_key, sizeof *foreseen);
    for (size_t i = 0; i < foreseen->count; i++) {
        if (foreseen->claims[i] == claim) {
            *out = foreseen->uses[i];
            return STATUS_OK;
        }
    }
    return coupon_store_use(cx, conn, claim, out);
}

/* After a coupon was made: what was foreseen for the person's other claims is old. */
static void foreseen_forget(DbConn *conn, int64_t person_id) {
    Foreseen *foreseen = db_memo(conn, &foreseen_key, sizeof *foreseen);
    for (size_t i = 0; i < foreseen->count; i++) {
        if (foreseen->claims[i] != NULL && foreseen->claims[i]->person_id == person_id) {
            foreseen->claims[i] = NULL;
        }
    }
}

Status coupon_claim(Cx *cx, DbConn *conn, const CouponClaim *claim, int64_t *id) {
    check(claim->category != NULL);
    if (!claim->answer->is_eligible || claim->answer->cap.fen <= 0) {
        return fault(cx, STATUS_INVALID, STR_FMT, STR_ARG(claim->answer->reason));
    }
    if (day_parts(claim->day).year != claim->category->year) {
        return fault(cx, STATUS_INVALID, "%" PRId64 " 年度的资格券现在不能领取",
                     claim->category->year);
    }
    ClaimTerms terms;
    TRY(claim_terms(cx, conn, claim, &terms));
    if (!terms.is_payable) {
        return fault(cx, STATUS_CONFLICT, "这项政策还有内容等待本市签认，暂不能领取");
    }
    ClaimSource source = {.pot = terms.pot,
                          .shape = terms.shape,
                          .release = {.file_until = DAY_NONE, .purchase_until = DAY_NONE}};
    if (!source.pot.is_open) {
        return fault(cx, STATUS_CONFLICT, "这个项目的资格券已暂停领取");
    }
    CouponUse use;
    TRY(claim_use(cx, conn, claim, &use));
    TRY(slot_choose(cx, claim, &use, &source.pot, &source.slot));
    if (claim->release_id != 0 || terms.has_releases) {
        TRY(release_take(cx, conn, claim, &source.release));
    }
    Coupon coupon;
    TRY(coupon_create(cx, conn, claim, &source, &coupon));
    foreseen_forget(conn, claim->person_id);
    *id = coupon.id;
    return STATUS_OK;
}

/* ---- lapsing ---- */

static Status coupon_end(Cx *cx, DbConn *conn, const Coupon *coupon, Str to, int64_t now_ms) {
    TRY(coupon_store_move(cx, conn, coupon->id, STR("claimed"), to, now_ms));
    TRY(release_ungranted(cx, conn, coupon->id));
    return ledger_release_all(cx, conn, coupon->hold);
}

Status coupon_withdraw(Cx *cx, DbConn *conn, int64_t coupon_id, int64_t person_id, int64_t now_ms) {
    Coupon coupon;
    TRY(coupon_find(cx, conn, coupon_id, &coupon));
    if (coupon.person_id != person_id) {
        return fault(cx, STATUS_NOT_FOUND, "没有这张资格券");
    }
    TRY(coupon_end(cx, conn, &coupon, STR("withdrawn"), now_ms));
    return journal(cx, conn, "coupon.withdraw", &coupon);
}

Status coupon_expire(Cx *cx, DbConn *conn, int64_t now_ms, int64_t count_max, int64_t *count) {
    CouponList due;
    TRY(coupon_store_due(cx, conn, now_ms, count_max, &due));
    for (size_t i = 0; i < due.count; i++) {
        TRY(cx_step(cx));
        TRY(coupon_end(cx, conn, &due.items[i], STR("expired"), now_ms));
        TRY(journal(cx, conn, "coupon.expire", &due.items[i]));
    }
    *count = (int64_t)due.count;
    return STATUS_OK;
}

typedef struct ExpireRun {
    int64_t now_ms;
    int64_t count;
} ExpireRun;

static Status expire_work(Cx *cx, DbConn *conn, void *input) {
    ExpireRun *run = input;
    return coupon_expire(cx, conn, run->now_ms, EXPIRE_BATCH, &run->count);
}

/* Nothing is written, and so nothing journaled, when nothing is due. */
static Status is_any_due(Cx *cx, const City *city, int64_t now_ms, bool *is_due) {
    DbConn *conn = NULL;
    CouponList due = {0};
    TRY(db_read_begin(cx, city->db, &conn));
    Status status = coupon_store_due(cx, conn, now_ms, 1, &due);
    db_read_end(city->db, conn);
    *is_due = due.count > 0;
    return status;
}

Status coupon_expire_job(Cx *cx, const City *city, int64_t now_ms) {
    bool is_due = true;
    for (;;) {
        TRY(cx_step(cx));
        TRY(is_any_due(cx, city, now_ms, &is_due));
        if (!is_due) {
            return STATUS_OK;
        }
        ExpireRun run = {.now_ms = now_ms};
        DbCommand command = {.name = "coupon.expire",
                             .actor = {.role = STR("system"), .origin = STR("job")},
                             .work = expire_work,
                             .input = &run,
                             .now_ms = now_ms};
        TRY(db_write(cx, city->db, &command, NULL));
    }
}

/* ---- redeeming and returning ---- */

Status coupon_usable(Cx *cx, const Coupon *coupon, int64_t now_ms) {
    if (!str_equal(coupon->state, STR("claimed"))) {
        return fault_at_field(cx, STATUS_CONFLICT, "code", "这张资格券%s，不能核销",
                              str_c(cx->arena, coupon_state_view(coupon->state).text));
    }
    if (coupon->expires_ms <= now_ms) {
        return fault_at_field(cx, STATUS_CONFLICT, "code", "这张资格券已于 " STR_FMT " 过期",
                              STR_ARG(instant_print_minute(cx->arena, coupon->expires_ms)));
    }
    return STATUS_OK;
}

Status coupon_redeem(Cx *cx, DbConn *conn, const Coupon *coupon, Money subsidy, int64_t now_ms) {
    TRY(coupon_usable(cx, coupon, now_ms));
    check(subsidy.fen > 0);
    if (money_compare(subsidy, coupon->amount) > 0) {
        return fault(cx, STATUS_CONFLICT, "应补金额超过这张资格券预留的金额");
    }
    Money rest = money_sub(coupon->amount, subsidy);
    if (rest.fen > 0) {
        TRY(ledger_release(cx, conn, coupon->hold, rest));
    }
    TRY(ledger_approve(cx, conn, coupon->hold, subsidy));
    TRY(coupon_store_move(cx, conn, coupon->id, STR("claimed"), STR("redeemed"), 0));
    TRY(coupon_store_amount(cx, conn, coupon->id, subsidy));
    Coupon after = *coupon;
    after.amount = subsidy;
    return journal(cx, conn, "coupon.redeem", &after);
}

/* Reserves the cap again for a returned coupon; when the pot cannot, the coupon stays returned and
 * the person may claim anew later. */
static Status coupon_restore(Cx *cx, DbConn *conn, const Coupon *coupon, int64_t now_ms) {
    TreasuryPot pot;
    Hold before;
    TRY(treasury_pot_find(cx, conn, coupon->programme, coupon->year, &pot));
    TRY(ledger_hold_get(cx, conn, coupon->hold, &before));
    Coupon again = *coupon;
    again.amount = money_add(before.released, before.recovered);
    TreasuryAsk ask = {.pot = pot.fund,
                       .now_ms = now_ms,
                       .amount = again.amount,
                       .case_kind = "coupon",
                       .case_id = coupon->decision_id};
    TRY(treasury_shape(cx, conn, pot.fund, &ask.shape));
    Status status = reserve(cx, conn, &ask, coupon->person_id, &again.hold);
    if (status == STATUS_CONFLICT) {
        fault_clear(cx);
        return release_ungranted(cx, conn, coupon->id);
    }
    TRY(status);
    again.expires_ms = expires_ms(day_of_instant(now_ms), pot.validity_days, coupon->year);
    TRY(coupon_store_restore(cx, conn, coupon->id, again.hold, again.expires_ms));
    TRY(coupon_store_amount(cx, conn, coupon->id, again.amount));
    return journal(cx, conn, "coupon.restore", &again);
}

static Status restore_by_rule(Cx *cx, DbConn *conn, const Coupon *coupon, int64_t now_ms) {
    bool is_same_year = day_parts(day_of_instant(now_ms)).year == coupon->year;
    if (coupon->year >= COUPON_YEAR_RETURN_RESTORES && is_same_year) {
        return coupon_restore(cx, conn, coupon, now_ms);
    }
    return release_ungranted(cx, conn, coupon->id);
}

Status coupon_return(Cx *cx, DbConn *conn, const Coupon *coupon, int64_t now_ms) {
    TRY(coupon_store_move(cx, conn, coupon->id, STR("redeemed"), STR("returned"), now_ms));
    TRY(ledger_release_all(cx, conn, coupon->hold));
    TRY(journal(cx, conn, "coupon.return", coupon));
    return restore_by_rule(cx, conn, coupon, now_ms);
}

Status coupon_recover(Cx *cx, DbConn *conn, const Coupon *coupon, int64_t now_ms) {
    TRY(coupon_store_move(cx, conn, coupon->id, STR("settled"), STR("returned"), now_ms));
    TRY(ledger_recover(cx, conn, coupon->hold, coupon->amount));
    TRY(journal(cx, conn, "coupon.recover", coupon));
    return restore_by_rule(cx, conn, coupon, now_ms);
}

Status coupon_settle(Cx *cx, DbConn *conn, const Coupon *coupon, int64_t now_ms) {
    TRY(coupon_store_move(cx, conn, coupon->id, STR("redeemed"), STR("settled"), now_ms));
    TRY(ledger_pay(cx, conn, coupon->hold, coupon->amount));
    return journal(cx, conn, "coupon.settle", coupon);
}
