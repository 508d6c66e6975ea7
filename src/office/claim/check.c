/*
 * check.c - everything that can be wrong with a claim, found in one go (C1) and told at its field.
 * A defect that the applicant can mend blocks; what only a person can judge sends to review.
 */
#include "base/codes.h"
#include "base/vec.h"
#include "office/claim/answers.h"
#include "office/claim/claim_store.h"
#include "office/once/once.h"
#include "office/treasury/treasury.h"

#include <inttypes.h>
#include <jansson.h>

typedef struct IssueVec VEC(ClaimIssue) IssueVec;

typedef struct Check {
    Cx *cx;
    DbConn *conn;
    const City *city;
    const ClaimProgramme *programme;
    const Claim *claim;
    Answers answers;
    int64_t now_ms;
    int64_t period_days; /* of the claimant's earlier periods of the same thing */
    IssueVec issues;
    ClaimCheck *out;
} Check;

static void issue_add(Check *check, ClaimIssue issue) {
    issue.source = STR("check");
    issue.made_ms = check->now_ms;
    *vec_push(check->cx->arena, &check->issues) = issue;
    check->out->block_count += issue.blocks;
    check->out->review_count += !issue.blocks;
}

static void block(Check *check, const char *code, Str field, Str text, Str hint) {
    issue_add(
        check,
        (ClaimIssue){
            .code = str_of(code), .field = field, .text = text, .hint = hint, .blocks = true});
}

static void look(Check *check, const char *code, Str field, Str text, Str hint) {
    issue_add(check,
              (ClaimIssue){.code = str_of(code), .field = field, .text = text, .hint = hint});
}

static Day today_of(const Check *check) {
    return day_of_instant(check->now_ms);
}

/* ---- fields ---- */

static void name_look(Check *check, const ClaimField *field, Str value) {
    if (!str_equal(value, STR("same"))) {
        block(check, "name", field->code,
              str_print(check->cx->arena, "“" STR_FMT "”与申请人不是同一%s", STR_ARG(field->label),
                        check->claim->org_id > 0 ? "单位" : "人"),
              check->claim->org_id > 0 ? STR("须是申请单位的全称；如填错请改正")
                                       : STR("须是申请人本人；如填错请改正"));
    }
}

static void vin_look(Check *check, const ClaimField *field, Str value) {
    if (codes_vin_rule(value) == CODES_VIN_CHECK_DIGIT) {
        look(check, "vin", field->code,
             str_print(check->cx->arena, "“" STR_FMT "”第9位校验不符", STR_ARG(field->label)),
             STR("部分进口车没有校验位，请对照登记证书照片"));
    }
}

static void day_look(Check *check, const ClaimField *field, Str value) {
    Day day = answers_day(&check->answers, field->code);
    if (value.len > 0 && !field->may_be_future && day_compare(day, today_of(check)) > 0) {
        block(check, "day", field->code,
              str_print(check->cx->arena, "“" STR_FMT "”晚于今天", STR_ARG(field->label)),
              STR("请填写证件上的日期"));
    }
}

static Str missing_hint(const Check *check, const ClaimField *field) {
    bool is_org_account = check->claim->org_id > 0 && field->type == CLAIM_CARD;
    return is_org_account        ? STR("本单位的对公账户")
           : field->hint.len > 0 ? field->hint
                                 : STR("点“去填写”，照证件填上");
}

static void field_look(Check *check, const ClaimField *field) {
    if (!answers_is_asked(&check->answers, field)) {
        return;
    }
    Str value = answers_text(&check->answers, field->code);
    if (field->type == CLAIM_CARD) {
        value = check->claim->account_hash;
    }
    if (value.len == 0) {
        block(check, "missing", field->code,
              str_print(check->cx->arena, "还没有填写“" STR_FMT "”",
                        STR_ARG(claim_field_label(check->claim, field))),
              missing_hint(check, field));
        return;
    }
    switch (field->type) {
    case CLAIM_NAME:
        name_look(check, field, value);
        break;
    case CLAIM_VIN:
        vin_look(check, field, value);
        break;
    case CLAIM_DAY:
        day_look(check, field, value);
        break;
    case CLAIM_TEXT:
    case CLAIM_PLATE:
    case CLAIM_INVOICE:
    case CLAIM_SERIAL:
    case CLAIM_GTIN:
    case CLAIM_MONEY:
    case CLAIM_INT:
    case CLAIM_CHOICE:
    case CLAIM_FLAG:
    case CLAIM_CARD:
        break;
    }
}

static void orders_look(Check *check) {
    for (size_t i = 0; i < check->programme->order_count; i++) {
        const ClaimOrder *order = &check->programme->orders[i];
        Str first = answers_text(&check->answers, order->first);
        Str then = answers_text(&check->answers, order->then);
        if (first.len > 0 && then.len > 0 &&
            day_compare(answers_day(&check->answers, order->first),
                        answers_day(&check->answers, order->then)) > 0) {
            block(check, "order", order->then, order->message, STR("请对照证件核对两个日期"));
        }
    }
}

/* ---- papers ---- */

static bool has_paper(const AttachmentList *papers, Str code) {
    for (size_t i = 0; i < papers->count; i++) {
        if (str_equal(papers->items[i].part, code)) {
            return true;
        }
    }
    return false;
}

static Status alike_look(Check *check, const Attachment *paper) {
    AttachAlikeList alike;
    TRY(attach_alike(check->cx, check->conn, paper, &alike));
    for (size_t i = 0; i < alike.count; i++) {
        const AttachAlike *row = &alike.items[i];
        if (row->other.person_id == check->claim->person_id) {
            continue; /* one's own identity card serves for many claims */
        }
        const char *kind = str_equal(row->other.subject, STR("sale")) ? "销售" : "申请";
        look(check, "alike", paper->part,
             row->is_same
                 ? str_print(check->cx->arena, "这份材料与%s %" PRId64 " 的材料是同一个文件", kind,
                             row->other.subject_id)
                 : str_print(check->cx->arena, "这份材料与%s %" PRId64 " 的材料相似（相差 %d/256）",
                             kind, row->other.subject_id, row->distance),
             STR("请对照两份材料"));
        return STATUS_OK; /* the nearest says it */
    }
    return STATUS_OK;
}

static Status papers_look(Check *check) {
    AttachmentList papers;
    TRY(attach_list(check->cx, check->conn, STR("claim"), check->claim->id, &papers));
    size_t count = 0;
    const ClaimPaper *declared =
        claim_papers_of(check->cx->arena, check->programme, check->claim, &count);
    for (size_t i = 0; i < count; i++) {
        const ClaimPaper *paper = &declared[i];
        if (!paper->is_optional && !has_paper(&papers, paper->code)) {
            block(check, "paper", paper->code,
                  str_print(check->cx->arena, "还没有上传“" STR_FMT "”", STR_ARG(paper->title)),
                  STR("手机拍照即可，四角齐全、字迹清楚"));
        }
    }
    for (size_t i = 0; i < papers.count; i++) {
        TRY(alike_look(check, &papers.items[i]));
    }
    return STATUS_OK;
}

/* ---- once ---- */

static Status once_look(Check *check, const ClaimField *field) {
    Str value = answers_text(&check->answers, field->code);
    if (field->once.len == 0 || value.len == 0) {
        return STATUS_OK;
    }
    OnceHolder holder;
    TRY(once_holder(check->cx, check->conn, field->once, value, &holder));
    bool is_claim = str_equal(holder.subject, STR("claim"));
    if (holder.subject.len == 0 || (is_claim && holder.subject_id == check->claim->id)) {
        return STATUS_OK;
    }
    Str where = STR("另一笔补贴");
    if (is_claim) {
        Claim other;
        TRY(claim_store_find(check->cx, check->conn, holder.subject_id, &other));
        if (other.org_id == check->claim->org_id &&
            (other.org_id > 0 || other.person_id == check->claim->person_id)) {
            where = str_print(check->cx->arena, "%s的另一个申请 " STR_FMT,
                              other.org_id > 0 ? "本单位" : "您", STR_ARG(other.number));
        }
    }
    block(check, "once", field->code,
          str_print(check->cx->arena, "“" STR_FMT "”已用于" STR_FMT, STR_ARG(field->label),
                    STR_ARG(where)),
          STR("同一辆车、同一张发票、同一台商品只补贴一次；如认为有误，请带原件到窗口核对"));
    return STATUS_OK;
}

/* Two fields of one namespace may not hold the same thing either: old and new vehicle. */
static void twins_look(Check *check) {
    const ClaimProgramme *programme = check->programme;
    for (size_t i = 0; i < programme->field_count; i++) {
        for (size_t k = 0; k < i; k++) {
            const ClaimField *one = &programme->fields[i];
            const ClaimField *two = &programme->fields[k];
            Str value = answers_text(&check->answers, one->code);
            if (one->once.len > 0 && str_equal(one->once, two->once) && value.len > 0 &&
                str_equal(value, answers_text(&check->answers, two->code))) {
                block(check, "twin", one->code,
                      str_print(check->cx->arena, "“" STR_FMT "”与“" STR_FMT "”相同",
                                STR_ARG(one->label), STR_ARG(two->label)),
                      STR("请分别填写"));
            }
        }
    }
}

/* ---- periods ---- */

static int64_t days_said(const Answers *answers, const ClaimPeriod *period) {
    int64_t days = 0;
    return str_int64(answers_text(answers, period->days), &days) == STATUS_OK && days > 0 ? days
                                                                                          : 0;
}

static bool is_overlap(const Answers *own, const Answers *other, const ClaimPeriod *period) {
    return day_compare(answers_day(own, period->from), answers_day(other, period->to)) <= 0 &&
           day_compare(answers_day(other, period->from), answers_day(own, period->to)) <= 0;
}

static void period_length_look(Check *check, const ClaimPeriod *period) {
    Day from = answers_day(&check->answers, period->from);
    Day to = answers_day(&check->answers, period->to);
    int64_t length = (int64_t)to.number - from.number + 1;
    if (length > 0 && days_said(&check->answers, period) > length) {
        block(check, "period", period->days,
              str_print(check->cx->arena, "天数多于本期的 %" PRId64 " 天", length),
              STR("本期起止两天都算在内"));
    }
}

static void other_period_look(Check *check, const ClaimPeriod *period, const Claim *other,
                              const Answers *answers) {
    if (!str_equal(answers_text(answers, period->same),
                   answers_text(&check->answers, period->same))) {
        return;
    }
    check->period_days += days_said(answers, period);
    if (is_overlap(&check->answers, answers, period)) {
        block(check, "period", period->from,
              str_print(check->cx->arena,
                        "本期与申请 " STR_FMT " 的 " STR_FMT " 至 " STR_FMT " 重叠",
                        STR_ARG(other->number), STR_ARG(answers_text(answers, period->from)),
                        STR_ARG(answers_text(answers, period->to))),
              STR("同一天只补贴一次，请改正本期的起止日期"));
    }
}

/* One thing, period by period: no day twice, and the days before are counted. */
static Status period_look(Check *check) {
    const ClaimPeriod *period = &check->programme->period;
    ClaimList others;
    bool is_said = period->same.len > 0 && answers_text(&check->answers, period->same).len > 0 &&
                   answers_text(&check->answers, period->from).len > 0 &&
                   answers_text(&check->answers, period->to).len > 0;
    if (!is_said) {
        return STATUS_OK;
    }
    period_length_look(check, period);
    TRY(claim_store_standing(check->cx, check->conn, check->claim, &others));
    for (size_t i = 0; i < others.count; i++) {
        Answers answers;
        TRY(cx_step(check->cx));
        TRY(answers_read(check->cx, others.items[i].answers, &answers));
        other_period_look(check, period, &others.items[i], &answers);
    }
    return STATUS_OK;
}

/* ---- window, pause, version, pot ---- */

static void file_by_look(Check *check, Day file_by) {
    if (day_compare(file_by, DAY_NONE) != 0 && day_compare(today_of(check), file_by) > 0) {
        block(check, "deadline", check->programme->bought,
              str_print(check->cx->arena, "这个购买日期的申请已于 " STR_FMT " 截止",
                        STR_ARG(day_print_zh(check->cx->arena, file_by))),
              STR("截止日当天 24:00 前提交有效"));
    }
}

static void window_look(Check *check) {
    for (size_t i = 0; i < check->programme->window_count; i++) {
        const ClaimWindow *window = &check->programme->windows[i];
        if (day_compare(check->claim->bought, window->bought_from) >= 0 &&
            day_compare(check->claim->bought, window->bought_to) <= 0) {
            file_by_look(check, window->file_by);
            return;
        }
    }
    block(check, "window", check->programme->bought,
          str_print(check->cx->arena, "购买日期 " STR_FMT " 不在受理范围内",
                    STR_ARG(day_print_zh(check->cx->arena, check->claim->bought))),
          STR("请核对发票上的开票日期"));
}

static Status pause_look(Check *check) {
    ClaimPauseList pauses;
    TRY(claim_store_pauses(check->cx, check->conn, check->programme->code, &pauses));
    for (size_t i = 0; i < pauses.count; i++) {
        const ClaimPause *pause = &pauses.items[i];
        if (day_compare(check->claim->bought, pause->bought_from) >= 0) {
            block(check, "pause", check->programme->bought,
                  str_print(check->cx->arena,
                            "本项目已暂停受理 " STR_FMT " 起的购买（" STR_FMT "）",
                            STR_ARG(day_print_zh(check->cx->arena, pause->bought_from)),
                            STR_ARG(pause->basis)),
                  STR("草稿会保留，恢复受理后可以直接提交"));
        } else {
            file_by_look(check, pause->file_by);
        }
    }
    return STATUS_OK;
}

/* Finds the version that judges the day; its absence is a defect, not a failure. */
static void version_look(Check *check) {
    Cx quiet;
    cx_init(&quiet, check->cx->arena);
    if (policy_version_on(&quiet, check->city->policies, check->programme->code,
                          check->claim->bought, &check->out->version) != STATUS_OK) {
        check->out->version = NULL;
        block(check, "version", check->programme->bought, STR("没有适用于这个购买日期的政策"),
              STR("请核对发票上的开票日期"));
    }
}

static Status payable_look(Check *check) {
    bool is_payable = false;
    if (check->out->version == NULL) {
        return STATUS_OK;
    }
    TRY(policy_is_payable(check->cx, check->conn, check->out->version, &is_payable));
    if (!is_payable) {
        block(check, "unsigned", check->programme->bought,
              STR("这项政策还有内容等待本市签认，暂不能提交"),
              STR("草稿会保留，政策生效后可以直接提交"));
    }
    return STATUS_OK;
}

static Status pot_look(Check *check) {
    TreasuryPot pot;
    Cx quiet;
    cx_init(&quiet, check->cx->arena);
    if (check->out->version == NULL) {
        return STATUS_OK;
    }
    Status status = treasury_pot_find(&quiet, check->conn, check->programme->code,
                                      check->out->version->year, &pot);
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && !pot.is_open)) {
        block(check, "pot", check->programme->bought, STR("本项目当年的资金还没有开放"),
              STR("草稿会保留，资金到位后可以直接提交"));
        return STATUS_OK;
    }
    return status;
}

/* ---- the decision ---- */

static bool is_listed(const ClaimSystem *system, Str key) {
    for (size_t i = 0; i < system->listed_count; i++) {
        if (str_equal(system->listed[i], key)) {
            return true;
        }
    }
    return false;
}

static json_t *assumed_json(const PolicyQuestion *question) {
    json_t *value = json_loadb(question->assume.at, question->assume.len, JSON_DECODE_ANY, NULL);
    return value != NULL ? value : json_null();
}

static json_t *register_json(Check *check, const ClaimSystem *system,
                             const PolicyQuestion *question) {
    bool is_due = system->when_field.len == 0 ||
                  str_equal(answers_text(&check->answers, system->when_field), system->when_value);
    if (!is_due) {
        return json_false();
    }
    if (!is_listed(system, answers_text(&check->answers, system->field))) {
        look(check, "register", system->field,
             str_print(check->cx->arena, "没有在本市登记表中查到：" STR_FMT,
                       STR_ARG(question->label)),
             STR("请按最新目录人工核对"));
    }
    return json_true();
}

static Status system_json(Check *check, const ClaimSystem *system, const PolicyQuestion *question,
                          json_t **out) {
    int64_t count = 0;
    Day day = check->claim->submitted_ms > 0 ? day_of_instant(check->claim->submitted_ms)
                                             : today_of(check);
    switch (system->source) {
    case CLAIM_FROM_COUNT:
        TRY(claim_store_count(check->cx, check->conn, check->claim, &count));
        *out = json_integer(count);
        break;
    case CLAIM_FROM_NO:
        *out = json_false();
        break;
    case CLAIM_FROM_TODAY:
        *out = json_string(str_c(check->cx->arena, day_print(check->cx->arena, day)));
        break;
    case CLAIM_FROM_REGISTER:
        *out = register_json(check, system, question);
        break;
    case CLAIM_FROM_PERIOD:
        look(check, "officer", STR(""),
             str_print(check->cx->arena, "须由部门核对：" STR_FMT "（本系统内 %" PRId64 " 天）",
                       STR_ARG(question->label), check->period_days),
             STR("启用本系统以前的各期，请对照档案；清单和再贷款请对照主管部门和银行的通知"));
        *out = json_integer(check->period_days);
        break;
    case CLAIM_FROM_OFFICER:
        look(check, "officer", STR(""),
             str_print(check->cx->arena, "须由部门核对：" STR_FMT, STR_ARG(question->label)),
             question->help);
        *out = assumed_json(question);
        break;
    }
    return STATUS_OK;
}

static Status question_json(Check *check, const PolicyQuestion *question, json_t **out) {
    const ClaimProgramme *programme = check->programme;
    for (size_t i = 0; i < programme->field_count; i++) {
        if (str_equal(programme->fields[i].question, question->name)) {
            *out = answers_json(&check->answers, &programme->fields[i], question);
            return STATUS_OK;
        }
    }
    for (size_t i = 0; i < programme->system_count; i++) {
        if (str_equal(programme->systems[i].question, question->name)) {
            return system_json(check, &programme->systems[i], question, out);
        }
    }
    *out = json_null();
    return STATUS_OK;
}

static Status input_build(Check *check, json_t *json) {
    const PolicyVersion *version = check->out->version;
    for (size_t i = 0; i < version->question_count; i++) {
        json_t *value = NULL;
        TRY(question_json(check, &version->questions[i], &value));
        json_object_set_new(json, str_c(check->cx->arena, version->questions[i].name), value);
    }
    return STATUS_OK;
}

static Status decide(Check *check, const json_t *input, bool explains, PolicyAnswer *out) {
    PolicyCase policy_case = {.programme = check->programme->code,
                              .day = check->claim->bought,
                              .input_json = answers_dump(check->cx->arena, input),
                              .explains = explains};
    return policy_decide_by(check->cx, check->out->version, &policy_case, out);
}

/* The declared way in which an open condition is met, for the rule that fired. */
static Status manual_look(Check *check, json_t *input, bool *is_manual) {
    const ClaimProgramme *programme = check->programme;
    *is_manual = false;
    for (size_t i = 0; i < programme->manual_count; i++) {
        const ClaimManual *manual = &programme->manuals[i];
        if (!str_equal(manual->rule, check->out->answer.rule)) {
            continue;
        }
        json_t *value = json_loadb(manual->value.at, manual->value.len, JSON_DECODE_ANY, NULL);
        json_object_set_new(input, str_c(check->cx->arena, manual->question),
                            value != NULL ? value : json_null());
        PolicyAnswer met;
        TRY(decide(check, input, false, &met));
        *is_manual = met.is_eligible;
        check->out->amount = met.is_eligible ? met.amount : MONEY_ZERO;
        check->out->is_held = met.is_eligible;
        check->out->met = met;
        return STATUS_OK;
    }
    return STATUS_OK;
}

static Status refusal_look(Check *check, json_t *input) {
    const PolicyAnswer *answer = &check->out->answer;
    bool is_manual = false;
    TRY(manual_look(check, input, &is_manual));
    if (is_manual) {
        look(check, "manual", STR(""), answer->reason, answer->rule);
        return STATUS_OK;
    }
    PolicyAnswer why;
    TRY(decide(check, input, true, &why));
    Str hint =
        why.nearest_count > 0 ? why.nearest[0] : STR("如填写有误请改正；确不符合的，不能补贴");
    block(check, "refused", STR(""),
          str_print(check->cx->arena, "按政策不能补贴：" STR_FMT "（规则 " STR_FMT "）",
                    STR_ARG(answer->reason), STR_ARG(answer->rule)),
          hint);
    return STATUS_OK;
}

static void json_release(void *it) {
    json_decref(it);
}

static Status decision_look(Check *check) {
    json_t *input = json_object();
    arena_defer(check->cx->arena, json_release, input);
    TRY(input_build(check, input));
    TRY(decide(check, input, false, &check->out->answer));
    check->out->has_answer = true;
    check->out->amount = check->out->answer.amount;
    if (!check->out->answer.is_eligible || check->out->answer.amount.fen <= 0) {
        return refusal_look(check, input);
    }
    return STATUS_OK;
}

static bool is_complete(const Check *check) {
    for (size_t i = 0; i < check->issues.count; i++) {
        if (str_equal(check->issues.items[i].code, STR("missing"))) {
            return false;
        }
    }
    return true;
}

Status claim_check(Cx *cx, DbConn *conn, const City *city, const Claim *claim, int64_t now_ms,
                   ClaimCheck *out) {
    *out = (ClaimCheck){0};
    const ClaimProgramme *programme = claim_programme(city, claim->programme);
    if (programme == NULL) {
        return fault(cx, STATUS_CONFLICT, "本市现在不受理这个项目");
    }
    Check check = {.cx = cx,
                   .conn = conn,
                   .city = city,
                   .programme = programme,
                   .claim = claim,
                   .now_ms = now_ms,
                   .out = out};
    TRY(answers_read(cx, claim->answers, &check.answers));
    for (size_t i = 0; i < programme->field_count; i++) {
        TRY(cx_step(cx));
        field_look(&check, &programme->fields[i]);
        TRY(once_look(&check, &programme->fields[i]));
    }
    twins_look(&check);
    orders_look(&check);
    TRY(period_look(&check));
    TRY(papers_look(&check));
    if (claim->submitted_ms == 0) {
        window_look(&check);
        TRY(pause_look(&check));
    }
    version_look(&check);
    TRY(payable_look(&check));
    TRY(pot_look(&check));
    if (out->version != NULL && is_complete(&check)) {
        TRY(decision_look(&check));
    }
    out->issues = (ClaimIssueList){check.issues.items, check.issues.count};
    return STATUS_OK;
}
