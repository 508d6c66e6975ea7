/* audit_pages.c - the journal for auditor and administrator, and its proof. */
#include "office/audit/audit_store.h"
#include "seal/seal.h"
#include "web/form.h"
#include "web/job.h"

#include <inttypes.h>

enum { ENTRIES_PER_PAGE = 50 };

typedef struct Word {
    const char *code;
    const char *zh;
} Word;

/* What the journal's words are called; a word that is not here is shown as it is stored. */
static const Word words[] = {
    {"account.approve", "批准账号申请"},
    {"account.create", "建立账号"},
    {"account.propose", "提出账号申请"},
    {"account.refuse", "退回账号申请"},
    {"account.ask", "提出账号申请"},
    {"account.decide", "办理账号申请"},
    {"account.disable", "停用账号"},
    {"account.sessions", "结束登录"},
    {"alert.decide", "处理风险提示"},
    {"alert.run", "风险检查"},
    {"bank_result.book", "登记银行结果"},
    {"bank_result.drop", "作废银行结果"},
    {"bank_result.read", "读入银行结果"},
    {"certificate.make", "出具拆解证明"},
    {"claim.account", "更正收款账户"},
    {"claim.approve", "核准申请"},
    {"claim.correct", "要求补正"},
    {"claim.desk", "办理申请"},
    {"claim.disagree", "退回复核"},
    {"claim.draft", "填写申请"},
    {"claim.enter", "代办录入申请"},
    {"claim.notice", "送达通知"},
    {"claim.notice_end", "通知到期"},
    {"claim.object", "提出异议"},
    {"claim.objection", "处理异议"},
    {"claim.paper", "上传材料"},
    {"claim.pause", "暂停计时"},
    {"claim.pay", "登记拨付"},
    {"claim.pay_returned", "银行退回"},
    {"claim.propose", "提出审核意见"},
    {"claim.recover", "登记追回"},
    {"claim.recovering", "发起追回"},
    {"claim.refuse", "不予补贴"},
    {"claim.reopen", "重新办理"},
    {"claim.resume", "恢复计时"},
    {"claim.save", "保存申请"},
    {"claim.submit", "提交申请"},
    {"claim.withdraw", "撤回申请"},
    {"claim.write_off", "结束追回"},
    {"claim_batch.file", "生成拨付文件"},
    {"claim_batch.make", "生成拨付批次"},
    {"claim_batch.pay", "登记批次拨付"},
    {"coupon.claim", "领取资格券"},
    {"coupon.expire", "资格券过期"},
    {"coupon.recover", "资格券追回"},
    {"coupon.redeem", "资格券核销"},
    {"coupon.restore", "资格券恢复"},
    {"coupon.return", "资格券退货"},
    {"coupon.settle", "资格券结算"},
    {"coupon.withdraw", "退回资格券"},
    {"demo.units", "演示：部门账号"},
    {"desk.draft", "保存草稿"},
    {"desk.draft.drop", "删除草稿"},
    {"desk.view", "保存视图"},
    {"desk.view.drop", "删除视图"},
    {"figure.approve", "审核填报"},
    {"figure.confirm", "确认填报"},
    {"figure.file", "提交填报"},
    {"figure.refuse", "退回填报"},
    {"fund.appropriate", "下达资金"},
    {"fund.approve", "批准资金变动"},
    {"fund.create", "设立资金"},
    {"fund.freeze", "冻结资金"},
    {"fund.propose", "提出资金变动"},
    {"fund.refuse", "退回资金变动"},
    {"fund.unfreeze", "解除冻结"},
    {"head.set", "设为负责人"},
    {"head.unset", "取消负责人"},
    {"journal.verify", "验证日志"},
    {"measure.add", "添加措施"},
    {"measure.assign", "分派措施"},
    {"measure.confirm", "确认完成"},
    {"measure.drop", "取消措施"},
    {"measure.progress", "登记进展"},
    {"measure.report", "报告完成"},
    {"measure.return", "退回措施"},
    {"meter.count", "清点公示余量"},
    {"monthly.create", "汇编月报"},
    {"monthly.edit", "修改月报"},
    {"monthly.head", "修改月报标题"},
    {"monthly.issue", "签发月报"},
    {"monthly.redraw", "月报重新取数"},
    {"monthly.send_back", "退回月报"},
    {"monthly.submit", "月报送签"},
    {"notice.close", "督办销号"},
    {"notice.issue", "下发督办"},
    {"notice.raise", "升级督办"},
    {"notice.receive", "签收督办"},
    {"notice.reply", "回复督办"},
    {"notice.return", "退回督办"},
    {"offer.accept", "确认免申即享"},
    {"offer.decline", "不申请"},
    {"offer.follow", "更新免申即享名单"},
    {"offer.invite", "告知企业"},
    {"offer.invite_all", "告知全部企业"},
    {"org.create", "登记单位"},
    {"org.resume", "恢复参加"},
    {"org.suspend", "暂停参加"},
    {"person.create", "建立账号"},
    {"person.change", "调整身份或单位"},
    {"person.disable", "停用账号"},
    {"person.enable", "恢复账号"},
    {"person.password", "修改密码"},
    {"person.reset", "重置密码"},
    {"pickup.address", "查看上门地址"},
    {"pickup.book", "预约回收"},
    {"pickup.cancel", "取消预约"},
    {"pickup.certify", "登记拆解"},
    {"pickup.collect", "收走旧物"},
    {"pickup.reroute", "转给其他回收企业"},
    {"plan.load", "载入行动方案"},
    {"plan.replace", "更换行动方案"},
    {"policy.draft", "修改政策草稿"},
    {"policy.draft_state", "政策草稿办理"},
    {"policy.issue", "发布政策版本"},
    {"policy.sign", "登记签认"},
    {"pot.put", "安排项目资金"},
    {"price.file", "备案价格"},
    {"record.create", "填报记录"},
    {"record.edit", "修改记录"},
    {"record.export", "导出台账"},
    {"record.import", "导入台账"},
    {"record.import.undo", "撤回导入"},
    {"record.kind", "台账种类生效"},
    {"record.move", "办理记录"},
    {"record.read", "查看个人信息"},
    {"record.reveal", "查看个人信息"},
    {"report_day.approve", "签认数值报送期限"},
    {"report_day.decide", "数值报送期限变更"},
    {"report_day.propose", "提出数值报送期限"},
    {"report_day.refuse", "退回数值报送期限"},
    {"record_clock.approve", "签认办理期限"},
    {"record_clock.decide", "办理期限变更"},
    {"record_clock.propose", "提出期限变更"},
    {"record_clock.refuse", "退回办理期限"},
    {"release.create", "安排发放"},
    {"release.give", "发放名额"},
    {"release.join", "报名"},
    {"release.leave", "退出报名"},
    {"release.refuse", "不予报名"},
    {"release.reveal", "公布种子"},
    {"release.state", "发放办理"},
    {"report.confirm", "确认填报"},
    {"report.file", "提交填报"},
    {"report.refuse", "退回填报"},
    {"reverse_invoice.block", "反向开票超限"},
    {"reverse_invoice.prepare", "准备反向开票"},
    {"round.free", "放开派车"},
    {"round.hold", "暂缓上门"},
    {"round.pin", "指定派车"},
    {"round.plan", "排定路线"},
    {"round.release", "下发路线"},
    {"sale.recover", "登记追回"},
    {"sale.recovering", "退货待追回"},
    {"sale.redeem", "核销"},
    {"sale.return", "办理退货"},
    {"session.close", "退出登录"},
    {"session.end", "结束登录"},
    {"session.fail", "登录失败"},
    {"session.lock", "账号锁定"},
    {"session.open", "登录"},
    {"settlement.advance", "生成预拨批次"},
    {"settlement.check", "核对预拨批次"},
    {"settlement.make", "生成结算批次"},
    {"settlement.pay", "登记支付"},
    {"settlement_rule.approve", "批准结算规则"},
    {"settlement_rule.propose", "提出结算规则"},
    {"settlement_rule.refuse", "退回结算规则"},
    {"vehicle.broken", "车辆故障"},
    {"vehicle.change", "修改车辆"},
    {"vehicle.create", "登记车辆"},
    {"vehicle.repaired", "车辆修好"},
    /* where it came from */
    {"api", "程序接口"},
    {"command", "命令行"},
    {"job", "定时任务"},
    {"web", "网页"},
    /* what it is about */
    {"account_change", "账号申请"},
    {"alert", "风险提示"},
    {"bank_result", "银行结果"},
    {"certificate", "拆解证明"},
    {"claim", "补贴申请"},
    {"claim_batch", "拨付批次"},
    {"claim_pause", "计时暂停"},
    {"coupon", "资格券"},
    {"desk_draft", "草稿"},
    {"desk_view", "视图"},
    {"filed_price", "备案价格"},
    {"fund", "资金"},
    {"fund_setup", "资金变动"},
    {"journal", "日志"},
    {"ledger_transfer", "资金流水"},
    {"monthly_report", "月报"},
    {"offer", "免申即享"},
    {"org", "单位"},
    {"person", "账号"},
    {"pickup", "回收预约"},
    {"plan", "行动方案"},
    {"plan_figure", "填报"},
    {"plan_measure", "措施"},
    {"plan_notice", "督办"},
    {"plan_report", "填报"},
    {"policy", "政策"},
    {"policy_draft", "政策草稿"},
    {"record", "台账记录"},
    {"record_clock", "办理期限"},
    {"plan_report_day", "数值报送期限"},
    {"record_kind", "台账种类"},
    {"release", "发放"},
    {"reverse_invoice", "反向开票"},
    {"round", "路线"},
    {"sale", "销售"},
    {"session", "登录"},
    {"settlement", "结算批次"},
    {"settlement_rule", "结算规则"},
    {"system", "系统"},
    {"vehicle", "车辆"},
};
enum { WORD_COUNT = sizeof words / sizeof words[0] };

static Str word_zh(Str code) {
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (str_equal(code, str_of(words[i].code))) {
            return str_of(words[i].zh);
        }
    }
    return code;
}

static Str role_name(Str code) {
    Role role = ROLE_PUBLIC;
    return role_of_code(code, &role) == STATUS_OK ? role_zh(role) : STR("系统");
}

static const ViewColumn journal_columns[] = {
    {"id", "序号", false},      {"at_ms", "时间", false},  {"login", "操作人", false},
    {"role", "身份", false},    {"origin", "途径", false}, {"verb", "事项", false},
    {"subject", "对象", false},
};

static void entry_row(Web *web, const JournalRow *entry) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_row(view);
    view_cell(view, VIEW_LINK(str_print(arena, "/journal/%" PRId64, entry->id),
                              str_print(arena, "%" PRId64, entry->id)));
    view_cell(view, VIEW_INSTANT(entry->at_ms));
    view_cell(view, VIEW_TEXT(entry->login.len > 0 ? entry->login : STR("系统")));
    view_cell(view, VIEW_TEXT(role_name(entry->role)));
    view_cell(view, VIEW_BADGE(VIEW_NEUTRAL, entry->origin, word_zh(entry->origin)));
    view_cell(view, VIEW_BADGE(VIEW_INFO, entry->verb, word_zh(entry->verb)));
    view_cell(view, VIEW_LINK(str_print(arena, "/journal?subject=" STR_FMT "&id=%" PRId64,
                                        STR_ARG(entry->subject), entry->subject_id),
                              str_print(arena, STR_FMT " %" PRId64,
                                        STR_ARG(word_zh(entry->subject)), entry->subject_id)));
}

enum { FILTER_VERB, FILTER_FIELDS };

/* The kinds of act are the words with a dot: "coupon.claim". */
static void choices_of_acts(Web *web, FormField *field) {
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, WORD_COUNT);
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (str_contains(str_of(words[i].code), STR("."))) {
            choices[field->choice_count++] = (FormChoice){words[i].code, words[i].zh};
        }
    }
    field->choices = choices;
}

static const Form *filter_form(Web *web) {
    FormField *fields = arena_array(web->cx->arena, FormField, FILTER_FIELDS);
    fields[FILTER_VERB] =
        (FormField){.name = "verb", .label = "事项", .kind = FIELD_CHOICE, .is_optional = true};
    choices_of_acts(web, &fields[FILTER_VERB]);
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "filter",
                   .action = STR("/journal"),
                   .submit = "查询",
                   .fields = fields,
                   .field_count = FILTER_FIELDS,
                   .is_get = true};
    return form;
}

Status audit_journal_page(Web *web) {
    JournalFilter filter = {.verb = web_param(web, "verb"),
                            .subject = web_param(web, "subject"),
                            .subject_id = web_param_int(web, "id", 0),
                            .before_id = web_param_int(web, "before", 0),
                            .row_max = ENTRIES_PER_PAGE};
    filter.verb.at = filter.verb.at == NULL ? "" : filter.verb.at;
    JournalList list;
    TRY(audit_store_journal(web->cx, web->conn, &filter, &list));
    View *view = web->view;
    view_title(view, STR("操作日志"));
    view_lead(view,
              STR("每一次变更都在同一个事务里记入日志，并用 SM3 逐条链接，事后改动会被发现。"));
    view_link(view, STR("/journal/verify"), STR("验证全部日志"), true);
    view_section(view, STR("查询"));
    view_form(view, filter_form(web));
    view_section(view, STR("日志"));
    view_table_begin(view, "entries", STR("操作日志"), journal_columns, 7);
    for (size_t i = 0; i < list.count; i++) {
        entry_row(web, &list.items[i]);
    }
    view_table_end(view, STR("没有日志"));
    if (list.has_more) {
        view_link(view,
                  str_print(web->cx->arena, "/journal?before=%" PRId64 "&verb=" STR_FMT,
                            list.items[list.count - 1].id,
                            STR_ARG(http_url_encode(web->cx->arena, filter.verb))),
                  STR("更早的日志"), false);
    }
    return STATUS_OK;
}

Status audit_entry_page(Web *web) {
    JournalRow entry;
    TRY(audit_store_entry(web->cx, web->conn, web->ids[0], &entry));
    View *view = web->view;
    view_title(view, str_print(web->cx->arena, "日志 %" PRId64, entry.id));
    view_section(view, STR("内容"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "at_ms", "时间", VIEW_INSTANT(entry.at_ms));
    view_fact(view, "login", "操作人", VIEW_TEXT(entry.login.len > 0 ? entry.login : STR("系统")));
    view_fact(view, "role", "身份", VIEW_BADGE(VIEW_NEUTRAL, entry.role, role_name(entry.role)));
    view_fact(view, "origin", "途径",
              VIEW_BADGE(VIEW_NEUTRAL, entry.origin, word_zh(entry.origin)));
    view_fact(view, "verb", "事项", VIEW_BADGE(VIEW_INFO, entry.verb, word_zh(entry.verb)));
    view_fact(view, "subject", "对象",
              VIEW_BADGE(VIEW_NEUTRAL, entry.subject, word_zh(entry.subject)));
    view_fact(view, "subject_id", "对象编号", VIEW_INT(entry.subject_id));
    view_fact(view, "before", "变更前", VIEW_TEXT(entry.before.len > 0 ? entry.before : STR("—")));
    view_fact(view, "after", "变更后", VIEW_TEXT(entry.after.len > 0 ? entry.after : STR("—")));
    view_fact(view, "hash", "链值（SM3）", VIEW_TEXT(entry.hash));
    view_facts_end(view);
    return STATUS_OK;
}

/* ---- the proof, as long work ---- */

/* What a proof is asked for; lives in the job's arena. */
typedef struct ProofAsk {
    Db *db;
    const City *city;
    int64_t person_id;
    int64_t now_ms;
    DbMark mark; /* id 0: the whole journal */
} ProofAsk;

typedef struct Proof {
    DbVerify journal;
    LedgerAudit ledger;
    int64_t since_id; /* 0: from the first entry */
} Proof;

static Status proof_run(Cx *cx, DbConn *conn, Job *job, Proof *proof) {
    const ProofAsk *ask = job_input(job);
    int64_t entry_count = 0;
    TRY(audit_store_entry_count(cx, conn, &entry_count));
    job_total_set(job, entry_count - ask->mark.id);
    job_stage_set(job, "正在验证日志链");
    TRY(db_journal_verify_since(cx, conn, ask->mark, (DbProgress){job_progress, job},
                                &proof->journal));
    job_stage_set(job, "正在核对资金账");
    return ledger_audit(cx, conn, &proof->ledger);
}

static Status checkpoint_work(Cx *cx, DbConn *conn, void *input) {
    return checkpoint_put(cx, conn, input);
}

/* A good proof is noted, so that the next may begin where this one ended. */
static Status proof_note(Cx *cx, const ProofAsk *ask, const Proof *proof) {
    Str hash = STR_NONE;
    if (proof->journal.bad_id != 0 || proof->ledger.finding_count != 0 ||
        proof->journal.entry_count == 0) {
        return STATUS_OK;
    }
    TRY(seal_hex_decode(cx, proof->journal.head_hash, &hash));
    CheckpointPut put = {.city = ask->city,
                         .checkpoint = {.entry_id = proof->journal.head_id,
                                        .hash = hash,
                                        .is_whole = ask->mark.id == 0,
                                        .at_ms = ask->now_ms,
                                        .person_id = ask->person_id}};
    DbCommand command = {
        .name = "journal.verify",
        .actor = {.user_id = ask->person_id, .role = STR("auditor"), .origin = STR("job")},
        .work = checkpoint_work,
        .input = &put,
        .now_ms = ask->now_ms};
    return db_write(cx, ask->db, &command, NULL);
}

static Status proof_work(Cx *cx, Job *job) {
    const ProofAsk *ask = job_input(job);
    DbConn *conn = NULL;
    Proof *proof = arena_new(cx->arena, Proof);
    proof->since_id = ask->mark.id;
    TRY(db_read_begin(cx, ask->db, &conn));
    Status status = proof_run(cx, conn, job, proof);
    db_read_end(ask->db, conn);
    job_result_set(job, proof);
    TRY(status);
    return proof_note(cx, ask, proof);
}

static void chain_view(View *view, const Proof *proof) {
    const DbVerify *verify = &proof->journal;
    view_section(view, STR("日志链"));
    view_facts_begin(view, "journal", false);
    view_fact(view, "since_id", "范围",
              proof->since_id == 0 ? VIEW_TEXT(STR("从第一条起"))
                                   : VIEW_TEXT(STR("上次验证之后的部分")));
    view_fact(view, "is_good", "结论",
              verify->bad_id == 0 ? VIEW_BADGE(VIEW_GOOD, STR("good"), STR("完整，未被改动"))
                                  : VIEW_BADGE(VIEW_BAD, STR("bad"), STR("链条断裂")));
    view_fact(view, "entry_count", "条数", VIEW_INT(verify->entry_count));
    view_fact(view, "bad_id", "第一条不符",
              verify->bad_id == 0 ? VIEW_TEXT(STR("—")) : VIEW_INT(verify->bad_id));
    view_fact(view, "head_hash", "最后一条链值", VIEW_TEXT(verify->head_hash));
    view_facts_end(view);
}

static void ledger_view(View *view, const LedgerAudit *audit) {
    view_section(view, STR("资金账"));
    view_facts_begin(view, "ledger", false);
    view_fact(view, "is_good", "结论",
              audit->finding_count == 0 ? VIEW_BADGE(VIEW_GOOD, STR("good"), STR("全部相符"))
                                        : VIEW_BADGE(VIEW_BAD, STR("bad"), STR("有不符")));
    view_fact(view, "fund_count", "资金节点", VIEW_INT(audit->fund_count));
    view_fact(view, "hold_count", "事项", VIEW_INT(audit->hold_count));
    view_fact(view, "transfer_count", "流水", VIEW_INT(audit->transfer_count));
    view_facts_end(view);
    for (size_t i = 0; i < audit->finding_shown; i++) {
        view_notice(view, VIEW_BAD, audit->findings[i]);
    }
}

static Status proof_show(Web *web, const Job *job) {
    const Proof *proof = job_result(job);
    chain_view(web->view, proof);
    ledger_view(web->view, &proof->ledger);
    return STATUS_OK;
}

static const JobKind proof_kind = {.name = "journal.verify",
                                   .title = "验证日志和资金账",
                                   .work = proof_work,
                                   .show = proof_show,
                                   .back = "/journal/verify"};

/* "since": the new part, from the last signed proof on. */
static const char SINCE[] = "/journal/verify?since=checkpoint";

static Status checkpoint_view(Web *web) {
    Checkpoint checkpoint;
    bool is_good = false;
    View *view = web->view;
    TRY(checkpoint_latest(web->cx, web->conn, web->app->house, &checkpoint, &is_good));
    if (checkpoint.id == 0) {
        return STATUS_OK;
    }
    view_section(view, STR("已验证到"));
    view_facts_begin(view, "checkpoint", false);
    view_fact(view, "entry_id", "日志序号", VIEW_INT(checkpoint.entry_id));
    view_fact(view, "hash", "链值", VIEW_TEXT(seal_hex(web->cx->arena, checkpoint.hash)));
    view_fact(view, "at_ms", "验证时间", VIEW_INSTANT(checkpoint.at_ms));
    view_fact(view, "is_whole", "方式",
              VIEW_TEXT(checkpoint.is_whole ? STR("从第一条起") : STR("接着上次")));
    view_fact(view, "is_signed", "签名",
              is_good ? VIEW_BADGE(VIEW_GOOD, STR("good"), STR("相符"))
                      : VIEW_BADGE(VIEW_BAD, STR("bad"), STR("不是本系统签的，只能从头验证")));
    view_facts_end(view);
    if (is_good) {
        view_action(view, str_of(SINCE), STR("只验证新增部分"), NULL);
    }
    return STATUS_OK;
}

Status audit_verify_page(Web *web) {
    View *view = web->view;
    view_title(view, STR("验证"));
    view_lead(
        view,
        STR("重新计算日志链的每一个链值，并由流水重新算出每个资金节点的合计。从第一条起最可靠；"
            "平日可以接着上次验证过的地方，只验证新增部分。日志越长用时越长，在后台进行。"));
    view_action(view, STR("/journal/verify"), STR("开始验证"), NULL);
    TRY(checkpoint_view(web));
    Job *last = jobs_latest(web->cx, web->app->jobs, &proof_kind, web->user->id);
    if (last == NULL) {
        return STATUS_OK;
    }
    view_section(view, STR("上次验证"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "ended_ms", "完成时间", VIEW_INSTANT(job_view(last).ended_ms));
    view_facts_end(view);
    return proof_show(web, last);
}

Status audit_verify_post(Web *web) {
    Checkpoint checkpoint = {0};
    bool is_good = false;
    if (str_equal(http_query(web->http, "since"), STR("checkpoint"))) {
        TRY(checkpoint_latest(web->cx, web->conn, web->app->house, &checkpoint, &is_good));
        if (!is_good) {
            return fault(web->cx, STATUS_CONFLICT, "没有可以接着验证的结果，请从头验证");
        }
    }
    Job *job = job_new(&proof_kind, web->user->id);
    ProofAsk *ask = arena_new(job_arena(job), ProofAsk);
    *ask = (ProofAsk){
        .db = web->app->db,
        .city = web->app->house,
        .person_id = web->user->id,
        .now_ms = web->now_ms,
        .mark = {.id = checkpoint.entry_id, .hash = str_dup(job_arena(job), checkpoint.hash)}};
    job_input_set(job, ask);
    return web_job_start(web, job);
}
