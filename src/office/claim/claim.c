/*
 * claim.c - the life of a claim: draft, submission, exceptions, notice, payment, recovery. Each
 * step moves the claim, its money and its once-only keys in one command, and journals it.
 */
#include "base/codes.h"
#include "office/claim/answers.h"
#include "office/claim/bank.h"
#include "office/claim/claim_store.h"
#include "office/claim/steps.h"
#include "office/once/once.h"
#include "office/plan/plan.h"
#include "office/treasury/treasury.h"

#include <inttypes.h>
#include <string.h>

enum {
    NOTICE_BATCH = 200,
    ACCOUNT_DIGITS_MIN = 8, /* of accounts of organisations */
    ACCOUNT_DIGITS_MAX = 30,
};

ViewValue claim_state_view(Str state) {
#define X(name, code, zh, tone)                                                                    \
    if (str_equal(state, STR(code))) {                                                             \
        return VIEW_BADGE(VIEW_##tone, STR(code), STR(zh));                                        \
    }
    CLAIM_STATE_LIST(X)
#undef X
    return VIEW_TEXT(state);
}

/* ---- small helps ---- */

Status claim_find(Cx *cx, DbConn *conn, int64_t id, Claim *out) {
    return claim_store_find(cx, conn, id, out);
}

Status claim_find_own(Cx *cx, DbConn *conn, int64_t id, int64_t person_id, Claim *out) {
    Claim found;
    bool is_own = false;
    TRY(claim_store_find(cx, conn, id, &found));
    if (found.org_id == 0) {
        is_own = found.person_id == person_id || found.entered_by == person_id;
    } else {
        Person person;
        TRY(people_person_find(cx, conn, person_id, &person));
        is_own = person.org_id == found.org_id && str_equal(person.role, STR("enterprise"));
    }
    if (!is_own) {
        return fault(cx, STATUS_NOT_FOUND, "没有这个申请");
    }
    *out = found;
    return STATUS_OK;
}

Status claim_claimant_name(Cx *cx, DbConn *conn, const Claim *claim, Str *out) {
    Person person;
    Org org;
    if (claim->org_id > 0) {
        TRY(people_org_find(cx, conn, claim->org_id, &org));
        *out = org.name;
        return STATUS_OK;
    }
    TRY(people_person_find(cx, conn, claim->person_id, &person));
    *out = person.name_masked;
    return STATUS_OK;
}

Str claim_field_label(const Claim *claim, const ClaimField *field) {
    return claim->org_id > 0 && field->type == CLAIM_CARD ? STR("单位银行账号") : field->label;
}

Status claim_account_check(Cx *cx, const char *name, const Claim *claim, Str digits) {
    if (claim->org_id == 0) {
        return codes_card_check(cx, name, digits);
    }
    return digits.len >= ACCOUNT_DIGITS_MIN && digits.len <= ACCOUNT_DIGITS_MAX
               ? STATUS_OK
               : fault_at_field(cx, STATUS_INVALID, name, "对公账号应为%d至%d位数字",
                                ACCOUNT_DIGITS_MIN, ACCOUNT_DIGITS_MAX);
}

const ClaimPaper *claim_papers_of(Arena *arena, const ClaimProgramme *programme, const Claim *claim,
                                  size_t *count) {
    *count = programme->paper_count;
    if (claim->entered_by == 0) {
        return programme->papers;
    }
    ClaimPaper *papers = arena_array(arena, ClaimPaper, *count + 1);
    for (size_t i = 0; i < *count; i++) {
        papers[i] = programme->papers[i];
    }
    papers[(*count)++] = (ClaimPaper){.code = STR("consent"),
                                      .title = STR("委托代办同意书"),
                                      .hint = STR("申请人签字或按手印的同意书，拍照或扫描"),
                                      .is_optional = str_equal(claim->entered_as, STR("counter"))};
    return papers;
}

Str claim_answer(Cx *cx, const Claim *claim, Str code) {
    Answers answers;
    Cx quiet;
    cx_init(&quiet, cx->arena);
    return answers_read(&quiet, claim->answers, &answers) == STATUS_OK
               ? answers_text(&answers, code)
               : STR_NONE;
}

bool claim_is_asked(Cx *cx, const Claim *claim, const ClaimField *field) {
    Answers answers;
    Cx quiet;
    cx_init(&quiet, cx->arena);
    return answers_read(&quiet, claim->answers, &answers) == STATUS_OK &&
           answers_is_asked(&answers, field);
}

static bool is_in(const Claim *claim, const char *state) {
    return str_equal(claim->state, str_of(state));
}

static Status state_fault(Cx *cx, const Claim *claim) {
    return fault(cx, STATUS_CONFLICT, "这个申请%s，不能这样办理",
                 str_c(cx->arena, claim_state_view(claim->state).text));
}

static Status journal(Cx *cx, DbConn *conn, const char *verb, const Claim *claim) {
    DbEntry entry = {
        .verb = verb,
        .subject = "claim",
        .subject_id = claim->id,
        .after = str_print(
            cx->arena,
            "{\"programme\":" STR_FMT ",\"state\":\"" STR_FMT "\",\"amount_fen\":%" PRId64
            ",\"decision_id\":%" PRId64 ",\"rule\":" STR_FMT ",\"person_id\":%" PRId64
            ",\"org_id\":%" PRId64 ",\"entered_by\":%" PRId64 "}",
            STR_ARG(str_json(cx->arena, claim->programme)), STR_ARG(claim->state),
            claim->amount.fen, claim->decision_id, STR_ARG(str_json(cx->arena, claim->rule)),
            claim->person_id, claim->org_id, claim->entered_by)};
    return db_journal(cx, conn, &entry);
}

static Status programme_find(Cx *cx, const City *city, Str code, const ClaimProgramme **out) {
    *out = claim_programme(city, code);
    return *out != NULL ? STATUS_OK : fault(cx, STATUS_CONFLICT, "本市现在不受理这个项目");
}

/* Moves a claim on and journals it. */
static Status move(Cx *cx, DbConn *conn, Claim *claim, const char *to, const char *verb) {
    Str from = claim->state;
    claim->state = str_of(to);
    TRY(claim_store_update(cx, conn, claim, from));
    return journal(cx, conn, verb, claim);
}

/* ---- the clock ---- */

static void clock_start(const City *city, Claim *claim, const char *stage, int64_t days,
                        int64_t now_ms) {
    claim->stage = str_of(stage);
    claim->due = days > 0 ? day_add_working(&city->calendar, day_of_instant(now_ms), (int32_t)days)
                          : DAY_NONE;
    claim->left_days = 0;
}

/* Standing still keeps what is left; what is overdue stays so. */
static void clock_stop(const City *city, Claim *claim, int64_t now_ms) {
    if (day_compare(claim->due, DAY_NONE) != 0) {
        claim->left_days = day_working_between(&city->calendar, day_of_instant(now_ms), claim->due);
        claim->due = DAY_NONE;
    }
}

static void clock_resume(const City *city, Claim *claim, int64_t days, int64_t now_ms) {
    if (days > 0 && day_compare(claim->due, DAY_NONE) == 0) {
        Day today = day_of_instant(now_ms);
        claim->due = claim->left_days > 0
                         ? day_add_working(&city->calendar, today, (int32_t)claim->left_days)
                         : today;
        claim->left_days = 0;
    }
}

static void clock_end(Claim *claim) {
    claim->stage = STR("");
    claim->due = DAY_NONE;
    claim->left_days = 0;
}

/* ---- the draft ---- */

static Status draft_year(Cx *cx, const City *city, Claim *claim) {
    const PolicyVersion *version = NULL;
    TRY(policy_version_on(cx, city->policies, claim->programme, claim->bought, &version));
    claim->year = version->year;
    claim->version = version->version;
    return STATUS_OK;
}

/* Whether the programme is for such a claimant. */
static Status claimant_check(Cx *cx, DbConn *conn, const ClaimProgramme *programme,
                             int64_t org_id) {
    if (org_id == 0) {
        return programme->is_for_person ? STATUS_OK
                                        : fault_at_field(cx, STATUS_CONFLICT, "programme",
                                                         "这个项目由企业或单位申请，个人不能申请");
    }
    TRY(people_org_active_check(cx, conn, org_id));
    return programme->is_for_org
               ? STATUS_OK
               : fault_at_field(cx, STATUS_CONFLICT, "programme", "这个项目由个人申请");
}

Status claim_draft_make(Cx *cx, DbConn *conn, const City *city, const ClaimDraft *draft,
                        int64_t *id) {
    const ClaimProgramme *programme = NULL;
    TRY(programme_find(cx, city, draft->programme, &programme));
    TRY(claimant_check(cx, conn, programme, draft->org_id));
    *id = 0;
    if (draft->org_id == 0) {
        TRY(claim_store_draft_of(cx, conn, draft->person_id, draft->programme, id));
    }
    if (*id != 0) {
        return STATUS_OK;
    }
    Buf *answers = buf_in(cx->arena, 1024);
    answers_put(answers, cx->arena, programme->bought, day_print(cx->arena, draft->bought));
    buf_put_char(answers, '}');
    Claim claim = {.programme = programme->code,
                   .person_id = draft->person_id,
                   .org_id = draft->org_id,
                   .entered_by = draft->entered_by,
                   .entered_as = draft->entered_as,
                   .state = STR("draft"),
                   .answers = buf_str(answers),
                   .bought = draft->bought,
                   .created_ms = draft->now_ms};
    Status status = draft_year(cx, city, &claim);
    if (status != STATUS_OK) {
        fault_clear(cx);
        return fault_at_field(cx, STATUS_CONFLICT, "bought", "没有适用于这个购买日期的政策");
    }
    TRY(claim_store_insert(cx, conn, &claim, id));
    claim.id = *id;
    if (draft->entered_by != 0) {
        TRY(claim_store_entry_insert(cx, conn, *id, draft->entry));
    }
    return journal(cx, conn, "claim.draft", &claim);
}

/* ---- for somebody else ---- */

/* The account of the claimant: found by the ID number, or made. Who knows the number but not the
 * name gets no further. */
static Status claimant_put(Cx *cx, DbConn *conn, const PersonNew *claimant, int64_t *id) {
    Person person;
    TRY(people_person_by_id(cx, conn, claimant->id_number.hash, id));
    if (*id == 0) {
        return people_person_create(cx, conn, claimant, id);
    }
    TRY(people_person_find(cx, conn, *id, &person));
    if (!str_equal(person.name_hash, claimant->name.hash)) {
        return fault_at_field(cx, STATUS_INVALID, "name", "姓名与这个身份证号登记的姓名不一致");
    }
    return str_equal(person.role, STR("resident"))
               ? STATUS_OK
               : fault_at_field(cx, STATUS_CONFLICT, "id_number", "这个身份证号不是居民账号");
}

Status claim_enter(Cx *cx, DbConn *conn, const City *city, ClaimEnter *enter, int64_t *id) {
    int64_t person_id = 0;
    Claim claim;
    TRY(claimant_put(cx, conn, &enter->claimant, &person_id));
    if (person_id == enter->draft.entered_by) {
        return fault_at_field(cx, STATUS_CONFLICT, "id_number",
                              "这是您本人的身份证号，请在“我的申请”里申请");
    }
    enter->draft.person_id = person_id;
    TRY(claim_draft_make(cx, conn, city, &enter->draft, id));
    TRY(claim_store_find(cx, conn, *id, &claim));
    return claim.entered_by == enter->draft.entered_by
               ? STATUS_OK
               : fault_at_field(cx, STATUS_CONFLICT, "programme",
                                "申请人在这个项目已有一份草稿，请先提交或删除那一份");
}

static Status open_own(Cx *cx, DbConn *conn, int64_t claim_id, int64_t person_id, Claim *claim) {
    TRY(claim_find_own(cx, conn, claim_id, person_id, claim));
    return is_in(claim, "draft") || is_in(claim, "correction")
               ? STATUS_OK
               : fault(cx, STATUS_CONFLICT, "申请已提交，不能再修改；需要修改的，请先撤回");
}

/* The purchase date chooses version and year. A corrected claim stays in its year: its money is. */
static Status bought_follow(Cx *cx, const City *city, const ClaimProgramme *programme,
                            Claim *claim) {
    Answers answers;
    TRY(answers_read(cx, claim->answers, &answers));
    Day bought = answers_day(&answers, programme->bought);
    if (day_compare(bought, DAY_NONE) == 0) {
        return STATUS_OK;
    }
    int64_t year = claim->year;
    claim->bought = bought;
    if (draft_year(cx, city, claim) != STATUS_OK) {
        fault_clear(cx);
        claim->year = year;
    }
    return claim->submitted_ms == 0 || claim->year == year
               ? STATUS_OK
               : fault_at_field(cx, STATUS_CONFLICT, str_c(cx->arena, programme->bought),
                                "补正不能改到另一个年度，请撤回后重新申请");
}

Status claim_save(Cx *cx, DbConn *conn, const City *city, const ClaimSave *save) {
    Claim claim;
    const ClaimProgramme *programme = NULL;
    TRY(open_own(cx, conn, save->claim_id, save->person_id, &claim));
    TRY(programme_find(cx, city, claim.programme, &programme));
    TRY(answers_merge(cx, claim.answers, save->answers, &claim.answers));
    TRY(bought_follow(cx, city, programme, &claim));
    if (save->account.hash.len > 0) {
        claim.account_hash = save->account.hash;
        claim.account_masked = save->account.masked;
        claim.account_sealed = save->account.sealed;
    }
    claim.saved_ms = save->now_ms;
    TRY(claim_store_update(cx, conn, &claim, claim.state));
    return journal(cx, conn, "claim.save", &claim);
}

Status claim_paper_add(Cx *cx, DbConn *conn, const ClaimPaperNew *paper) {
    Claim claim;
    AttachmentList before;
    TRY(open_own(cx, conn, paper->claim_id, paper->person_id, &claim));
    TRY(attach_list(cx, conn, STR("claim"), claim.id, &before));
    for (size_t i = 0; i < before.count; i++) {
        if (str_equal(before.items[i].part, paper->code)) {
            TRY(attach_end(cx, conn, before.items[i].id, paper->now_ms));
        }
    }
    AttachNew attachment = {.file = paper->file,
                            .subject = STR("claim"),
                            .subject_id = claim.id,
                            .part = paper->code,
                            .name = paper->name,
                            .person_id = claim.person_id,
                            .now_ms = paper->now_ms};
    int64_t id = 0;
    TRY(attach_add(cx, conn, &attachment, &id));
    return journal(cx, conn, "claim.paper", &claim);
}

/* ---- money and keys ---- */

static Status keys_take(Cx *cx, DbConn *conn, const ClaimProgramme *programme, const Claim *claim,
                        int64_t now_ms) {
    Answers answers;
    TRY(answers_read(cx, claim->answers, &answers));
    TRY(once_free(cx, conn, STR("claim"), claim->id));
    for (size_t i = 0; i < programme->field_count; i++) {
        const ClaimField *field = &programme->fields[i];
        Str value = answers_text(&answers, field->code);
        if (field->once.len == 0 || value.len == 0 || !answers_is_asked(&answers, field)) {
            continue;
        }
        OnceKey key = {.space = field->once,
                       .key = value,
                       .subject = STR("claim"),
                       .subject_id = claim->id,
                       .now_ms = now_ms};
        TRY(once_take(cx, conn, &key));
    }
    return STATUS_OK;
}

/* Of the organisation that claims, or else of the person. */
static Status claimant_town(Cx *cx, DbConn *conn, const Claim *claim, Str *out) {
    Org org;
    Person person;
    if (claim->org_id != 0) {
        TRY(people_org_find(cx, conn, claim->org_id, &org));
        *out = org.town_code;
        return STATUS_OK;
    }
    TRY(people_person_find(cx, conn, claim->person_id, &person));
    *out = person.town_code;
    return STATUS_OK;
}

static Status money_reserve(Cx *cx, DbConn *conn, Claim *claim, Money amount) {
    if (claim->hold.id != 0) {
        Hold hold;
        TRY(ledger_hold_get(cx, conn, claim->hold, &hold));
        if (money_compare(money_add(hold.reserved, hold.approved), amount) == 0) {
            return STATUS_OK;
        }
        TRY(ledger_release_all(cx, conn, claim->hold));
    }
    TreasuryPot pot;
    TRY(treasury_pot_find(cx, conn, claim->programme, claim->year, &pot));
    TreasuryAsk ask = {.pot = pot.fund,
                       .town_code = STR(""),
                       .now_ms = db_now_ms(conn),
                       .amount = amount,
                       .case_kind = "claim",
                       .case_id = claim->id};
    TRY(treasury_shape(cx, conn, pot.fund, &ask.shape));
    if (ask.shape.has_towns) {
        TRY(claimant_town(cx, conn, claim, &ask.town_code));
    }
    TRY(treasury_reserve(cx, conn, &ask, &claim->hold));
    claim->amount = amount;
    return STATUS_OK;
}

/* Gives back what a claim held: money not yet paid, and its keys. */
static Status everything_free(Cx *cx, DbConn *conn, const Claim *claim) {
    if (claim->hold.id != 0) {
        TRY(ledger_release_all(cx, conn, claim->hold));
    }
    return once_free(cx, conn, STR("claim"), claim->id);
}

static Status payable_check(Cx *cx, DbConn *conn, const City *city, const Claim *claim) {
    const PolicyVersion *version = NULL;
    bool is_payable = false;
    TRY(policy_version_find(cx, city->policies, claim->version, &version));
    TRY(policy_is_payable(cx, conn, version, &is_payable));
    return is_payable ? STATUS_OK
                      : fault(cx, STATUS_CONFLICT, "这项政策还有内容等待本市签认，不能核准和拨付");
}

static Status counters_add(Cx *cx, DbConn *conn, const Claim *claim, int64_t sign) {
    Day day = day_of_instant(claim->decided_ms);
    Str key = str_print(cx->arena, "claim." STR_FMT ".approved", STR_ARG(claim->programme));
    TRY(plan_count(cx, conn, key, day, sign));
    return plan_count(cx, conn, STR(COUNTER_SUBSIDY_FEN), day, sign * claim->amount.fen);
}

/* Approves in the ledger and starts the clock of payment; with a notice where the city sets one. */
static Status approve(Cx *cx, DbConn *conn, const City *city, Claim *claim, int64_t now_ms) {
    const ClaimProgramme *programme = NULL;
    Hold hold;
    TRY(programme_find(cx, city, claim->programme, &programme));
    TRY(payable_check(cx, conn, city, claim));
    TRY(ledger_hold_get(cx, conn, claim->hold, &hold));
    if (hold.reserved.fen > 0) {
        TRY(ledger_approve(cx, conn, claim->hold, hold.reserved));
    }
    claim->decided_ms = now_ms;
    clock_start(city, claim, "pay", programme->pay_days, now_ms);
    claim->notice_until = DAY_NONE;
    if (programme->notice_days > 0) {
        claim->notice_until = day_add_working(&city->calendar, day_of_instant(now_ms),
                                              (int32_t)programme->notice_days);
    }
    TRY(counters_add(cx, conn, claim, 1));
    return move(cx, conn, claim, programme->notice_days > 0 ? "notice" : "approved",
                "claim.approve");
}

/* ---- submission ---- */

static Status defect_fault(Cx *cx, const ClaimCheck *found) {
    for (size_t i = 0; i < found->issues.count; i++) {
        const ClaimIssue *issue = &found->issues.items[i];
        if (issue->blocks) {
            Status status = fault_at_field(cx, STATUS_INVALID, str_c(cx->arena, issue->field),
                                           STR_FMT, STR_ARG(issue->text));
            fault_hint(cx, STR_FMT, STR_ARG(issue->hint));
            return status;
        }
    }
    return STATUS_OK;
}

static Status issues_store(Cx *cx, DbConn *conn, const Claim *claim, const ClaimCheck *found,
                           int64_t now_ms) {
    TRY(claim_store_issues_end(cx, conn, claim->id, STR("check"), now_ms));
    TRY(claim_store_issues_end(cx, conn, claim->id, STR("officer"), now_ms));
    for (size_t i = 0; i < found->issues.count; i++) {
        TRY(claim_store_issue_insert(cx, conn, claim->id, &found->issues.items[i], 0));
    }
    return STATUS_OK;
}

/* Where a submitted claim goes: approved when nothing stands in its way, else to people. */
static Status route(Cx *cx, DbConn *conn, const City *city, Claim *claim, int64_t now_ms) {
    const ClaimProgramme *programme = NULL;
    TRY(programme_find(cx, city, claim->programme, &programme));
    if (claim->is_clean) {
        return approve(cx, conn, city, claim, now_ms);
    }
    if (claim->correction_count == 0) {
        clock_start(city, claim, "review", programme->review_days, now_ms);
    } else {
        clock_resume(city, claim, programme->review_days, now_ms);
    }
    return move(cx, conn, claim, "review", "claim.submit");
}

static Status number_give(Cx *cx, const ClaimProgramme *programme, Claim *claim, int64_t now_ms) {
    if (claim->submitted_ms == 0) {
        claim->submitted_ms = now_ms;
        claim->number = str_print(cx->arena, STR_FMT "%" PRId64 "%07" PRId64,
                                  STR_ARG(programme->number), claim->year, claim->id);
    }
    return STATUS_OK;
}

Status claim_submit(Cx *cx, DbConn *conn, const City *city, int64_t claim_id, int64_t person_id,
                    int64_t now_ms) {
    Claim claim;
    ClaimCheck found;
    const ClaimProgramme *programme = NULL;
    TRY(open_own(cx, conn, claim_id, person_id, &claim));
    TRY(programme_find(cx, city, claim.programme, &programme));
    TRY(claimant_check(cx, conn, programme, claim.org_id));
    TRY(claim_check(cx, conn, city, &claim, now_ms, &found));
    TRY(defect_fault(cx, &found));
    check(found.has_answer);
    check(found.amount.fen > 0);
    claim.version = found.version->version;
    claim.year = found.version->year;
    TRY(number_give(cx, programme, &claim, now_ms));
    TRY(keys_take(cx, conn, programme, &claim, now_ms));
    TRY(money_reserve(cx, conn, &claim, found.amount));
    claim.rule = found.answer.rule;
    claim.is_clean = found.review_count == 0 && claim.correction_count == 0;
    TRY(policy_decision_store(cx, conn, &found.answer, claim.bought, now_ms, &claim.decision_id));
    TRY(issues_store(cx, conn, &claim, &found, now_ms));
    return route(cx, conn, city, &claim, now_ms);
}

Status claim_withdraw(Cx *cx, DbConn *conn, int64_t claim_id, int64_t person_id, int64_t now_ms) {
    Claim claim;
    (void)now_ms;
    TRY(claim_find_own(cx, conn, claim_id, person_id, &claim));
    bool was_approved = is_in(&claim, "notice") || is_in(&claim, "approved");
    if (!was_approved && !is_in(&claim, "draft") && !is_in(&claim, "review") &&
        !is_in(&claim, "second") && !is_in(&claim, "correction")) {
        return state_fault(cx, &claim);
    }
    TRY(everything_free(cx, conn, &claim));
    if (was_approved) {
        TRY(counters_add(cx, conn, &claim, -1));
    }
    clock_end(&claim);
    return move(cx, conn, &claim, "withdrawn", "claim.withdraw");
}

/* ---- officers ---- */

/* Only officers of the unit that the programme names decide (C5). */
static Status officer_check(Cx *cx, DbConn *conn, const City *city, const Claim *claim,
                            int64_t officer_id) {
    Person officer;
    Str unit = STR_NONE;
    const ClaimProgramme *programme = NULL;
    if (claim->entered_by == officer_id) {
        return fault(cx, STATUS_DENIED, "这件由您代办录入，须由其他经办人办理");
    }
    TRY(programme_find(cx, city, claim->programme, &programme));
    TRY(people_person_find(cx, conn, officer_id, &officer));
    TRY(claim_store_unit_name(cx, conn, officer.unit_id, &unit));
    bool is_own_unit = str_equal(unit, programme->unit);
    return is_own_unit && str_equal(officer.role, STR("officer"))
               ? STATUS_OK
               : fault(cx, STATUS_DENIED, "这个申请由" STR_FMT "办理", STR_ARG(programme->unit));
}

Status claim_propose(Cx *cx, DbConn *conn, const City *city, const ClaimVerdict *verdict) {
    Claim claim;
    TRY(claim_store_find(cx, conn, verdict->claim_id, &claim));
    TRY(officer_check(cx, conn, city, &claim, verdict->officer_id));
    if (!is_in(&claim, "review")) {
        return state_fault(cx, &claim);
    }
    bool is_refusal = str_equal(verdict->verdict, STR("refuse"));
    check(is_refusal || str_equal(verdict->verdict, STR("approve")));
    if (is_refusal && verdict->reason.len == 0) {
        return fault_at_field(cx, STATUS_INVALID, "reason", "不予补贴须写明理由");
    }
    TRY(claim_store_earlier(cx, conn, &claim, &claim.overtaken_count));
    claim.proposed = verdict->verdict;
    claim.proposed_by = verdict->officer_id;
    claim.reason = verdict->reason;
    return move(cx, conn, &claim, "second", "claim.propose");
}

/* The decision that is carried out is the one stored: for an open condition, with it met. */
static Status final_decision(Cx *cx, DbConn *conn, const City *city, Claim *claim, int64_t now_ms) {
    ClaimCheck found;
    TRY(claim_check(cx, conn, city, claim, now_ms, &found));
    TRY(defect_fault(cx, &found));
    TRY(money_reserve(cx, conn, claim, found.amount));
    const PolicyAnswer *answer = found.is_held ? &found.met : &found.answer;
    claim->rule = answer->rule;
    return policy_decision_store(cx, conn, answer, claim->bought, now_ms, &claim->decision_id);
}

static Status refuse(Cx *cx, DbConn *conn, Claim *claim, int64_t now_ms) {
    TRY(everything_free(cx, conn, claim));
    claim->decided_ms = now_ms;
    clock_end(claim);
    return move(cx, conn, claim, "refused", "claim.refuse");
}

static Status disagree(Cx *cx, DbConn *conn, Claim *claim, const ClaimVerdict *verdict) {
    ClaimIssue issue = {.source = STR("check"),
                        .code = STR("second"),
                        .text =
                            str_print(cx->arena, "二审不同意：" STR_FMT, STR_ARG(verdict->reason)),
                        .made_ms = verdict->now_ms};
    if (verdict->reason.len == 0) {
        return fault_at_field(cx, STATUS_INVALID, "reason", "不同意须写明理由");
    }
    TRY(claim_store_issue_insert(cx, conn, claim->id, &issue, verdict->officer_id));
    claim->proposed = STR("");
    claim->proposed_by = 0;
    return move(cx, conn, claim, "review", "claim.disagree");
}

Status claim_confirm(Cx *cx, DbConn *conn, const City *city, const ClaimVerdict *verdict) {
    Claim claim;
    TRY(claim_store_find(cx, conn, verdict->claim_id, &claim));
    TRY(officer_check(cx, conn, city, &claim, verdict->officer_id));
    if (!is_in(&claim, "second")) {
        return state_fault(cx, &claim);
    }
    if (claim.proposed_by == verdict->officer_id) {
        Status status = fault(cx, STATUS_DENIED, "初审和二审须由两人分别办理");
        fault_hint(cx, "请由另一位经办人登录办理二审");
        return status;
    }
    if (str_equal(verdict->verdict, STR("disagree"))) {
        return disagree(cx, conn, &claim, verdict);
    }
    check(str_equal(verdict->verdict, STR("agree")));
    claim.decided_by = verdict->officer_id;
    if (str_equal(claim.proposed, STR("refuse"))) {
        return refuse(cx, conn, &claim, verdict->now_ms);
    }
    TRY(final_decision(cx, conn, city, &claim, verdict->now_ms));
    return approve(cx, conn, city, &claim, verdict->now_ms);
}

Status claim_correct(Cx *cx, DbConn *conn, const City *city, const ClaimCorrection *correction) {
    Claim claim;
    TRY(claim_store_find(cx, conn, correction->claim_id, &claim));
    TRY(officer_check(cx, conn, city, &claim, correction->officer_id));
    if (!is_in(&claim, "review")) {
        return state_fault(cx, &claim);
    }
    if (correction->count == 0) {
        return fault_at_field(cx, STATUS_INVALID, "reason", "请至少指出一处需要补正的内容");
    }
    for (size_t i = 0; i < correction->count; i++) {
        ClaimIssue issue = correction->issues[i];
        issue.source = STR("officer");
        issue.code = STR("correction");
        issue.made_ms = correction->now_ms;
        TRY(claim_store_issue_insert(cx, conn, claim.id, &issue, correction->officer_id));
    }
    claim.correction_count++;
    clock_stop(city, &claim, correction->now_ms);
    return move(cx, conn, &claim, "correction", "claim.correct");
}

/* ---- the notice ---- */

/* What was said waits to be heard: saying it again only hides what others say. */
static Status objected_check(Cx *cx, DbConn *conn, const ClaimObjection *objection) {
    ClaimObjectionList list;
    TRY(claim_store_objections(cx, conn, objection->claim_id, &list));
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i].person_id == objection->person_id &&
            str_equal(list.items[i].state, STR("open"))) {
            return fault(cx, STATUS_CONFLICT, "您对这个申请的异议正在处理，请等待答复");
        }
    }
    return STATUS_OK;
}

Status claim_object(Cx *cx, DbConn *conn, const City *city, const ClaimObjection *objection) {
    Claim claim;
    int64_t id = 0;
    TRY(claim_store_find(cx, conn, objection->claim_id, &claim));
    if (!is_in(&claim, "notice") && !is_in(&claim, "approved")) {
        return fault(cx, STATUS_CONFLICT, "这个申请不在公示期内");
    }
    TRY(objected_check(cx, conn, objection));
    TRY(claim_store_objection_insert(cx, conn, objection, &id));
    clock_stop(city, &claim, objection->made_ms);
    TRY(claim_store_update(cx, conn, &claim, claim.state));
    return journal(cx, conn, "claim.object", &claim);
}

/* Whether another objection to the claim is still to be decided. */
static Status objection_waits(Cx *cx, DbConn *conn, int64_t claim_id, bool *out) {
    ClaimObjectionList list;
    TRY(claim_store_objections(cx, conn, claim_id, &list));
    *out = false;
    for (size_t i = 0; i < list.count; i++) {
        *out = *out || str_equal(list.items[i].state, STR("open"));
    }
    return STATUS_OK;
}

Status claim_objection_decide(Cx *cx, DbConn *conn, const City *city, const ClaimVerdict *verdict,
                              int64_t objection_id) {
    Claim claim;
    const ClaimProgramme *programme = NULL;
    int64_t claim_id = 0;
    bool has_open = false;
    bool is_upheld = str_equal(verdict->verdict, STR("upheld"));
    check(is_upheld || str_equal(verdict->verdict, STR("dismissed")));
    TRY(claim_store_objection_decide(cx, conn, verdict, objection_id, &claim_id));
    TRY(claim_store_find(cx, conn, claim_id, &claim));
    TRY(officer_check(cx, conn, city, &claim, verdict->officer_id));
    TRY(programme_find(cx, city, claim.programme, &programme));
    TRY(objection_waits(cx, conn, claim_id, &has_open));
    if (!is_in(&claim, "notice") && !is_in(&claim, "approved")) {
        return journal(cx, conn, "claim.objection", &claim);
    }
    if (!is_upheld && has_open) {
        return journal(cx, conn, "claim.objection", &claim);
    }
    if (!is_upheld) {
        clock_resume(city, &claim, programme->pay_days, verdict->now_ms);
        TRY(claim_store_update(cx, conn, &claim, claim.state));
        return journal(cx, conn, "claim.objection", &claim);
    }
    ClaimIssue issue = {
        .source = STR("check"),
        .code = STR("objection"),
        .text = str_print(cx->arena, "公示异议成立：" STR_FMT, STR_ARG(verdict->reason)),
        .made_ms = verdict->now_ms};
    TRY(claim_store_issue_insert(cx, conn, claim.id, &issue, verdict->officer_id));
    TRY(counters_add(cx, conn, &claim, -1));
    claim.proposed = STR("");
    claim.proposed_by = 0;
    clock_start(city, &claim, "review", programme->review_days, verdict->now_ms);
    return move(cx, conn, &claim, "review", "claim.reopen");
}

Status claim_notice_end(Cx *cx, DbConn *conn, Day today, int64_t count_max, int64_t *count) {
    ClaimList due;
    TRY(claim_store_notice_due(cx, conn, today, count_max, &due));
    for (size_t i = 0; i < due.count; i++) {
        TRY(cx_step(cx));
        TRY(move(cx, conn, &due.items[i], "approved", "claim.notice_end"));
    }
    *count = (int64_t)due.count;
    return STATUS_OK;
}

typedef struct NoticeRun {
    Day today;
    int64_t count;
} NoticeRun;

static Status notice_work(Cx *cx, DbConn *conn, void *input) {
    NoticeRun *run = input;
    return claim_notice_end(cx, conn, run->today, NOTICE_BATCH, &run->count);
}

/* Nothing is written, and so nothing journaled, when nothing is due. */
Status claim_notice_job(Cx *cx, const City *city, int64_t now_ms) {
    NoticeRun run = {.today = day_of_instant(now_ms)};
    for (;;) {
        DbConn *conn = NULL;
        ClaimList due = {0};
        TRY(cx_step(cx));
        TRY(db_read_begin(cx, city->db, &conn));
        Status status = claim_store_notice_due(cx, conn, run.today, 1, &due);
        db_read_end(city->db, conn);
        if (status != STATUS_OK || due.count == 0) {
            return status;
        }
        DbCommand command = {.name = "claim.notice",
                             .actor = {.role = STR("system"), .origin = STR("job")},
                             .work = notice_work,
                             .input = &run,
                             .now_ms = now_ms};
        TRY(db_write(cx, city->db, &command, NULL));
    }
}

/* ---- pauses ---- */

static Status pause_journal(Cx *cx, DbConn *conn, const char *verb, const ClaimPause *pause) {
    DbEntry entry = {.verb = verb,
                     .subject = "claim_pause",
                     .subject_id = pause->id,
                     .after = str_print(cx->arena,
                                        "{\"programme\":" STR_FMT ",\"bought_from\":%" PRId32 "}",
                                        STR_ARG(str_json(cx->arena, pause->programme)),
                                        pause->bought_from.number)};
    return db_journal(cx, conn, &entry);
}

Status claim_pause_set(Cx *cx, DbConn *conn, const ClaimPause *pause, int64_t *id) {
    ClaimPause stored = *pause;
    TRY(claim_store_pause_insert(cx, conn, pause, id));
    stored.id = *id;
    return pause_journal(cx, conn, "claim.pause", &stored);
}

Status claim_pause_end(Cx *cx, DbConn *conn, int64_t pause_id, int64_t person_id, int64_t now_ms) {
    ClaimPause pause = {
        .id = pause_id, .person_id = person_id, .bought_from = DAY_NONE, .now_ms = now_ms};
    TRY(claim_store_pause_end(cx, conn, &pause));
    return pause_journal(cx, conn, "claim.resume", &pause);
}

/* ---- payment ---- */

static Status batch_journal(Cx *cx, DbConn *conn, const char *verb, const ClaimBatch *batch) {
    DbEntry entry = {.verb = verb,
                     .subject = "claim_batch",
                     .subject_id = batch->id,
                     .after = str_print(cx->arena,
                                        "{\"programme\":" STR_FMT ",\"year\":%" PRId64
                                        ",\"claim_count\":%" PRId64 ",\"total_fen\":%" PRId64 "}",
                                        STR_ARG(str_json(cx->arena, batch->programme)), batch->year,
                                        batch->claim_count, batch->total.fen)};
    return db_journal(cx, conn, &entry);
}

Status claim_batch_make(Cx *cx, DbConn *conn, const ClaimBatch *batch, int64_t *id) {
    ClaimList claims;
    ClaimBatch made = *batch;
    TRY(claim_store_approved(cx, conn, batch->programme, batch->year, CLAIM_BATCH_MAX, &claims));
    if (claims.count == 0) {
        return fault(cx, STATUS_CONFLICT, "没有待拨付的申请");
    }
    made.claim_count = (int64_t)claims.count;
    made.total = MONEY_ZERO;
    for (size_t i = 0; i < claims.count; i++) {
        made.total = money_add(made.total, claims.items[i].amount);
    }
    TRY(claim_store_batch_insert(cx, conn, &made, &made.id));
    for (size_t i = 0; i < claims.count; i++) {
        TRY(cx_step(cx));
        claims.items[i].batch_id = made.id;
        TRY(move(cx, conn, &claims.items[i], "in_batch", "claim.batch"));
    }
    TRY(bank_lines_make(cx, conn, made.id, claims.items, claims.count));
    *id = made.id;
    return batch_journal(cx, conn, "claim_batch.make", &made);
}

Status claim_step_paid(Cx *cx, DbConn *conn, const City *city, Claim *claim, int64_t now_ms) {
    TRY(payable_check(cx, conn, city, claim));
    TRY(ledger_pay(cx, conn, claim->hold, claim->amount));
    claim->paid_ms = now_ms;
    clock_end(claim);
    return move(cx, conn, claim, "paid", "claim.pay");
}

Status claim_step_returned(Cx *cx, DbConn *conn, const City *city, Claim *claim, int64_t now_ms) {
    claim->batch_id = 0;
    clock_stop(city, claim, now_ms);
    return move(cx, conn, claim, "approved", "claim.pay_returned");
}

Status claim_step_account(Cx *cx, DbConn *conn, const City *city, Claim *claim,
                          const PeopleSealed *account, int64_t now_ms) {
    const ClaimProgramme *programme = NULL;
    TRY(programme_find(cx, city, claim->programme, &programme));
    claim->account_hash = account->hash;
    claim->account_masked = account->masked;
    claim->account_sealed = account->sealed;
    clock_resume(city, claim, programme->pay_days, now_ms);
    TRY(claim_store_update(cx, conn, claim, claim->state));
    return journal(cx, conn, "claim.account", claim);
}

Status claim_batch_pay(Cx *cx, DbConn *conn, const City *city, const ClaimBatch *paid) {
    ClaimBatch batch;
    ClaimList claims;
    TRY(claim_store_batch_find(cx, conn, paid->id, &batch));
    TRY(bank_second_check(cx, conn, &batch, paid->made_by));
    TRY(claim_store_batch_paid(cx, conn, paid));
    TRY(bank_all_paid(cx, conn, paid->id));
    TRY(claim_store_batch_rows(cx, conn, paid->id, &claims));
    for (size_t i = 0; i < claims.count; i++) {
        TRY(cx_step(cx));
        TRY(claim_step_paid(cx, conn, city, &claims.items[i], paid->paid_ms));
    }
    return batch_journal(cx, conn, "claim_batch.pay", &batch);
}

Status claim_recover_begin(Cx *cx, DbConn *conn, const ClaimVerdict *verdict) {
    Claim claim;
    TRY(claim_store_find(cx, conn, verdict->claim_id, &claim));
    if (!is_in(&claim, "paid")) {
        return state_fault(cx, &claim);
    }
    if (verdict->reason.len == 0) {
        return fault_at_field(cx, STATUS_INVALID, "reason", "追回须写明理由");
    }
    Recovery recovery = {.subject = STR("claim"),
                         .subject_id = claim.id,
                         .reason = verdict->reason,
                         .begun_by = verdict->officer_id,
                         .begun_ms = verdict->now_ms};
    TRY(recovery_begin(cx, conn, &recovery));
    claim.reason = verdict->reason;
    TRY(counters_add(cx, conn, &claim, -1));
    return move(cx, conn, &claim, "recovering", "claim.recovering");
}

/* Written off, the money stays paid in the books, and what the claim has used stays used. */
Status claim_recover_end(Cx *cx, DbConn *conn, const ClaimVerdict *verdict) {
    Claim claim;
    bool is_written_off = str_equal(verdict->verdict, STR("written_off"));
    TRY(claim_store_find(cx, conn, verdict->claim_id, &claim));
    if (!is_in(&claim, "recovering")) {
        return state_fault(cx, &claim);
    }
    Recovery recovery = {.subject = STR("claim"),
                         .subject_id = claim.id,
                         .outcome = is_written_off ? STR("written_off") : STR("received"),
                         .reference = verdict->reason,
                         .ended_by = verdict->officer_id,
                         .ended_ms = verdict->now_ms};
    TRY(recovery_end(cx, conn, &recovery));
    claim.reason = str_print(cx->arena, STR_FMT "；%s " STR_FMT, STR_ARG(claim.reason),
                             is_written_off ? "核销依据" : "银行流水号", STR_ARG(verdict->reason));
    if (is_written_off) {
        return move(cx, conn, &claim, "paid", "claim.write_off");
    }
    TRY(ledger_recover(cx, conn, claim.hold, claim.amount));
    TRY(once_free(cx, conn, STR("claim"), claim.id));
    return move(cx, conn, &claim, "recovered", "claim.recover");
}
