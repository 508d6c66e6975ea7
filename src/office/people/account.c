#include "office/people/account_store.h"
#include "office/people/people_store.h"

#include <inttypes.h>

static const struct {
    const char *code;
    const char *zh;
} act_rows[] = {
#define X(name, code, zh) {code, zh},
    ACCOUNT_ACT_LIST(X)
#undef X
};

Str account_act_code(AccountAct act) {
    check(act < ACCOUNT_ACT_COUNT);
    return str_of(act_rows[act].code);
}

Str account_act_zh(AccountAct act) {
    check(act < ACCOUNT_ACT_COUNT);
    return str_of(act_rows[act].zh);
}

bool account_is_guarded(Role role) {
    return role == ROLE_FINANCE || role == ROLE_LEAD || role == ROLE_ADMIN;
}

/* ---- reading ---- */

Status account_find(Cx *cx, DbConn *conn, int64_t id, Account *out) {
    bool found = false;
    TRY(account_store_find(cx, conn, id, out, &found));
    return found ? STATUS_OK : fault(cx, STATUS_NOT_FOUND, "没有这个账号");
}

Str account_state(const Account *account, int64_t now_ms) {
    return account->disabled_ms != 0           ? STR("disabled")
           : account->must_change              ? STR("code")
           : account->locked_until_ms > now_ms ? STR("locked")
           : !account->has_password            ? STR("closed")
                                               : STR("active");
}

Str account_state_zh(Str state) {
    return str_equal(state, STR("disabled")) ? STR("已停用")
           : str_equal(state, STR("code"))   ? STR("待设密码")
           : str_equal(state, STR("locked")) ? STR("暂时锁定")
           : str_equal(state, STR("closed")) ? STR("不能登录")
           : str_equal(state, STR("idle"))   ? STR("长期未登录")
                                             : STR("正常");
}

Status account_list(Cx *cx, DbConn *conn, const AccountFilter *filter, AccountList *out) {
    return account_store_list(cx, conn, filter, out);
}

Status account_change_list(Cx *cx, DbConn *conn, int64_t skip, int64_t limit,
                           AccountChangeList *out) {
    return account_store_change_list(cx, conn, skip, limit, out);
}

Status account_change_find(Cx *cx, DbConn *conn, int64_t id, AccountChange *out) {
    bool found = false;
    TRY(account_store_change_find(cx, conn, id, out, &found));
    return found ? STATUS_OK : fault(cx, STATUS_NOT_FOUND, "没有这项申请");
}

/* ---- rules 1 and 2: who acts on whom ---- */

/* The page has asked the role already, but an account may have been disabled since. user_id 0 is
 * the command line, on the machine itself. */
static Status actor_check(Cx *cx, DbConn *conn, bool is_second) {
    const DbActor *actor = db_actor(conn);
    Account self;
    if (actor->user_id == 0) {
        return STATUS_OK;
    }
    TRY(account_find(cx, conn, actor->user_id, &self));
    bool may = self.role == ROLE_ADMIN || (is_second && self.role == ROLE_LEAD);
    if (!may || self.disabled_ms != 0) {
        return fault(cx, STATUS_DENIED, "只有在用的系统管理员账号可以办理");
    }
    return STATUS_OK;
}

static Status other_check(Cx *cx, DbConn *conn, int64_t person_id) {
    if (person_id != 0 && person_id == db_actor(conn)->user_id) {
        Status status = fault(cx, STATUS_DENIED, "不能办理自己的账号");
        fault_hint(cx, "请由另一位系统管理员办理；修改自己的密码请到“我的信息”");
        return status;
    }
    return STATUS_OK;
}

/* Reads the account that is acted on. */
static Status target_read(Cx *cx, DbConn *conn, AccountAt at, Account *out) {
    TRY(actor_check(cx, conn, false));
    TRY(other_check(cx, conn, at.id));
    TRY(account_find(cx, conn, at.id, out));
    if (out->revision != at.revision) {
        return fault(cx, STATUS_CONFLICT, "这个账号刚才被别人改动过，请刷新后核对再办理");
    }
    return STATUS_OK;
}

/* ---- what can be known to be wrong before anything is done ---- */

static const char *org_kind_of(Role role) {
    switch (role) {
    case ROLE_SHOP:
        return "shop";
    case ROLE_RECYCLER:
    case ROLE_DRIVER:
        return "recycler";
    case ROLE_ENTERPRISE:
        return "enterprise";
    case ROLE_BANK:
        return "bank";
    case ROLE_PUBLIC:
    case ROLE_RESIDENT:
    case ROLE_OFFICER:
    case ROLE_LEAD:
    case ROLE_FINANCE:
    case ROLE_AUDITOR:
    case ROLE_ADMIN:
    case ROLE_COUNT:
        return NULL;
    }
    return NULL;
}

static Status org_check(Cx *cx, DbConn *conn, const PersonNew *person) {
    const char *kind = org_kind_of(person->role);
    Org org;
    if (kind == NULL) {
        return person->org_id == 0 ? STATUS_OK
                                   : fault_at_field(cx, STATUS_INVALID, "org",
                                                    "这个身份不属于企业，请不要选择企业");
    }
    if (person->org_id == 0) {
        return fault_at_field(cx, STATUS_INVALID, "org", "这个身份须选择所属企业");
    }
    TRY(people_org_find(cx, conn, person->org_id, &org));
    return str_equal(org.kind, str_of(kind))
               ? STATUS_OK
               : fault_at_field(cx, STATUS_INVALID, "org", "“" STR_FMT "”与身份“" STR_FMT "”不相符",
                                STR_ARG(org.name), STR_ARG(role_zh(person->role)));
}

static bool is_of_unit(Role role) {
    return role == ROLE_OFFICER || role == ROLE_LEAD || role == ROLE_FINANCE ||
           role == ROLE_AUDITOR || role == ROLE_ADMIN;
}

static Status unit_check(Cx *cx, DbConn *conn, const PersonNew *person) {
    Str name = STR_NONE;
    if (person->unit_id == 0) {
        return person->role == ROLE_OFFICER
                   ? fault_at_field(cx, STATUS_INVALID, "unit", "部门经办须选择部门")
                   : STATUS_OK;
    }
    if (!is_of_unit(person->role)) {
        return fault_at_field(cx, STATUS_INVALID, "unit", "这个身份不属于部门，请不要选择部门");
    }
    TRY(account_store_unit_name(cx, conn, person->unit_id, &name));
    return name.len > 0 ? STATUS_OK : fault_at_field(cx, STATUS_INVALID, "unit", "没有这个部门");
}

static Status place_check(Cx *cx, DbConn *conn, const PersonNew *person) {
    if (person->role == ROLE_PUBLIC || person->role >= ROLE_COUNT) {
        return fault_at_field(cx, STATUS_INVALID, "role", "请选择身份");
    }
    TRY(org_check(cx, conn, person));
    return unit_check(cx, conn, person);
}

/* What a person types at a counter and a form sends back unchanged: no blanks, no signs. */
static Status login_check(Cx *cx, Str login) {
    for (size_t i = 0; i < login.len; i++) {
        const unsigned char c = (unsigned char)login.at[i];
        bool is_good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '.' || c == '_' || c == '-' || c >= 0x80;
        if (!is_good) {
            return fault_at_field(cx, STATUS_INVALID, "login",
                                  "账号由汉字、字母、数字、点、横线或下划线组成，不含空格");
        }
    }
    return STATUS_OK;
}

static Status create_check(Cx *cx, DbConn *conn, const PersonNew *person) {
    bool is_taken = false;
    TRY(login_check(cx, person->login));
    TRY(place_check(cx, conn, person));
    TRY(account_store_login_exists(cx, conn, person->login, &is_taken));
    if (!is_taken) {
        TRY(account_store_change_waits(cx, conn, 0, person->login, &is_taken));
    }
    return is_taken ? fault_at_field(cx, STATUS_CONFLICT, "login", "该账号已经登记或正在申请")
                    : STATUS_OK;
}

/* A resident's claims, coupons and pick-ups hang on the account: another role would read them with
 * other eyes. */
static Status change_check(Cx *cx, DbConn *conn, const Account *now, const PersonNew *to) {
    if (now->role == to->role && now->unit_id == to->unit_id && now->org_id == to->org_id) {
        return fault_at_field(cx, STATUS_INVALID, "role", "身份和单位都没有改动");
    }
    if (now->role == ROLE_RESIDENT || to->role == ROLE_RESIDENT) {
        return fault_at_field(cx, STATUS_CONFLICT, "role",
                              "居民账号与工作账号不能互改，请另建账号");
    }
    return place_check(cx, conn, to);
}

static Status target_check(Cx *cx, DbConn *conn, const AccountAsk *ask, const Account *now) {
    if (ask->act == ACCOUNT_ENABLE) {
        return now->disabled_ms != 0 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这个账号没有停用");
    }
    if (now->disabled_ms != 0) {
        return fault(cx, STATUS_CONFLICT, "这个账号已停用，请先恢复使用");
    }
    return ask->act == ACCOUNT_CHANGE ? change_check(cx, conn, now, &ask->person) : STATUS_OK;
}

/* ---- doing it ---- */

static Str belonging_json(Arena *arena, Role role, int64_t unit_id, int64_t org_id) {
    return str_print(arena, "{\"role\":" STR_FMT ",\"unit_id\":%" PRId64 ",\"org_id\":%" PRId64 "}",
                     STR_ARG(str_json(arena, role_code(role))), unit_id, org_id);
}

static Str reason_json(Arena *arena, Str reason) {
    return str_print(arena, "{\"reason\":" STR_FMT "}", STR_ARG(str_json(arena, reason)));
}

static Status create_do(Cx *cx, DbConn *conn, const AccountAsk *ask, int64_t *id) {
    PersonNew person = ask->person;
    person.password_hash = ask->code.hash;
    person.code_until_ms = ask->code.until_ms;
    person.now_ms = db_now_ms(conn);
    return people_person_create(cx, conn, &person, id);
}

static Status sessions_drop(Cx *cx, DbConn *conn, int64_t person_id) {
    const WebSessionEnd end = {.person_id = person_id};
    return web_session_end(cx, conn, &end);
}

static Status reset_do(Cx *cx, DbConn *conn, const AccountAsk *ask) {
    TRY(account_store_code(cx, conn, (AccountAt){ask->person_id, ask->revision}, &ask->code));
    TRY(sessions_drop(cx, conn, ask->person_id));
    DbEntry entry = {.verb = "person.reset",
                     .subject = "person",
                     .subject_id = ask->person_id,
                     .after = reason_json(cx->arena, ask->reason)};
    return db_journal(cx, conn, &entry);
}

static Status enable_do(Cx *cx, DbConn *conn, const AccountAsk *ask, const Account *now) {
    TRY(account_store_enable(cx, conn, (AccountAt){ask->person_id, ask->revision}));
    DbEntry entry = {.verb = "person.enable",
                     .subject = "person",
                     .subject_id = ask->person_id,
                     .before = reason_json(cx->arena, now->disabled_reason),
                     .after = reason_json(cx->arena, ask->reason)};
    return db_journal(cx, conn, &entry);
}

/* Sessions end, so that nothing that was opened in the old role is sent in the new one. */
static Status change_do(Cx *cx, DbConn *conn, const AccountAsk *ask, const Account *now) {
    const PersonNew *to = &ask->person;
    TRY(account_store_place(cx, conn, (AccountAt){ask->person_id, ask->revision}, to));
    TRY(sessions_drop(cx, conn, ask->person_id));
    Str after = belonging_json(cx->arena, to->role, to->unit_id, to->org_id);
    DbEntry entry = {.verb = "person.change",
                     .subject = "person",
                     .subject_id = ask->person_id,
                     .before = belonging_json(cx->arena, now->role, now->unit_id, now->org_id),
                     .after = str_print(cx->arena, STR_FMT ",\"reason\":" STR_FMT "}",
                                        STR_ARG(str_slice(after, 0, after.len - 1)),
                                        STR_ARG(str_json(cx->arena, ask->reason)))};
    return db_journal(cx, conn, &entry);
}

static Status ask_do(Cx *cx, DbConn *conn, const AccountAsk *ask, const Account *now,
                     int64_t *person_id) {
    *person_id = ask->person_id;
    switch (ask->act) {
    case ACCOUNT_CREATE:
        return create_do(cx, conn, ask, person_id);
    case ACCOUNT_CHANGE:
        return change_do(cx, conn, ask, now);
    case ACCOUNT_RESET:
        return reset_do(cx, conn, ask);
    case ACCOUNT_ENABLE:
        return enable_do(cx, conn, ask, now);
    case ACCOUNT_ACT_COUNT:
        break;
    }
    check(false);
    return STATUS_INVALID;
}

/* ---- asking ---- */

static Status ask_check(Cx *cx, DbConn *conn, const AccountAsk *ask, Account *now) {
    if (ask->act == ACCOUNT_CREATE) {
        TRY(actor_check(cx, conn, false));
        return create_check(cx, conn, &ask->person);
    }
    TRY(target_read(cx, conn, (AccountAt){ask->person_id, ask->revision}, now));
    return target_check(cx, conn, ask, now);
}

static bool needs_second(const DbActor *actor, const AccountAsk *ask, const Account *now) {
    if (actor->user_id == 0) {
        return false;
    }
    return ask->act == ACCOUNT_CREATE || ask->act == ACCOUNT_CHANGE
               ? account_is_guarded(ask->person.role)
               : account_is_guarded(now->role);
}

static Status propose(Cx *cx, DbConn *conn, const AccountAsk *ask, const Account *now,
                      AccountDone *out) {
    bool waits = false;
    if (ask->person_id != 0) {
        TRY(account_store_change_waits(cx, conn, ask->person_id, STR(""), &waits));
    }
    if (waits) {
        return fault(cx, STATUS_CONFLICT, "这个账号已有一项申请等待第二人批准");
    }
    int64_t id = 0;
    TRY(account_store_change_insert(cx, conn, ask, now, &id));
    *out = (AccountDone){.change_id = id};
    DbEntry entry = {.verb = "account.propose",
                     .subject = "account_change",
                     .subject_id = id,
                     .after = str_print(cx->arena,
                                        "{\"kind\":" STR_FMT ",\"person_id\":%" PRId64
                                        ",\"reason\":" STR_FMT "}",
                                        STR_ARG(str_json(cx->arena, account_act_code(ask->act))),
                                        ask->person_id, STR_ARG(str_json(cx->arena, ask->reason)))};
    return db_journal(cx, conn, &entry);
}

Status account_ask(Cx *cx, DbConn *conn, const AccountAsk *ask, AccountDone *out) {
    Account now = {0};
    check(ask->act < ACCOUNT_ACT_COUNT);
    check((ask->act == ACCOUNT_CREATE) == (ask->person_id == 0));
    TRY(ask_check(cx, conn, ask, &now));
    if (needs_second(db_actor(conn), ask, &now)) {
        return propose(cx, conn, ask, &now, out);
    }
    *out = (AccountDone){0};
    return ask_do(cx, conn, ask, &now, &out->person_id);
}

/* ---- the second person ---- */

static AccountAsk ask_of_change(const AccountChange *change, const AccountCode *code) {
    return (AccountAsk){.act = change->act,
                        .person_id = change->person_id,
                        .revision = change->revision,
                        .person = {.role = change->role,
                                   .login = change->login,
                                   .name = change->name,
                                   .birth = DAY_NONE,
                                   .unit_id = change->unit_id,
                                   .org_id = change->org_id},
                        .code = *code,
                        .reason = change->reason};
}

static Status second_check(Cx *cx, DbConn *conn, const AccountDecision *decision,
                           AccountChange *change) {
    TRY(actor_check(cx, conn, true));
    TRY(account_change_find(cx, conn, decision->change_id, change));
    if (!str_equal(change->state, STR("proposed"))) {
        return fault(cx, STATUS_CONFLICT, "这项申请已经有人办理");
    }
    TRY(other_check(cx, conn, change->person_id));
    if (decision->is_approved && change->made_by == db_actor(conn)->user_id) {
        return fault(cx, STATUS_DENIED, "须由提出人以外的第二人批准");
    }
    return STATUS_OK;
}

static Status approve_do(Cx *cx, DbConn *conn, const AccountChange *change, const AccountCode *code,
                         int64_t *person_id) {
    const AccountAsk ask = ask_of_change(change, code);
    Account now = {0};
    bool is_taken = false;
    if (ask.act == ACCOUNT_CREATE) {
        TRY(place_check(cx, conn, &ask.person));
        TRY(account_store_login_exists(cx, conn, ask.person.login, &is_taken));
        if (is_taken) {
            return fault(cx, STATUS_CONFLICT, "该账号已经登记，请退回这项申请");
        }
        return ask_do(cx, conn, &ask, &now, person_id);
    }
    TRY(account_find(cx, conn, ask.person_id, &now));
    if (now.revision != ask.revision) {
        return fault(cx, STATUS_CONFLICT, "申请之后这个账号有过改动，请退回后重新提出");
    }
    TRY(target_check(cx, conn, &ask, &now));
    return ask_do(cx, conn, &ask, &now, person_id);
}

Status account_decide(Cx *cx, DbConn *conn, const AccountDecision *decision, AccountDone *out) {
    AccountChange change;
    int64_t person_id = 0;
    TRY(second_check(cx, conn, decision, &change));
    if (decision->is_approved) {
        TRY(approve_do(cx, conn, &change, &decision->code, &person_id));
    }
    TRY(account_store_change_decide(cx, conn, decision, person_id));
    *out = (AccountDone){.person_id = person_id, .change_id = change.id};
    DbEntry entry = {.verb = decision->is_approved ? "account.approve" : "account.refuse",
                     .subject = "account_change",
                     .subject_id = change.id,
                     .after =
                         str_print(cx->arena, "{\"person_id\":%" PRId64 ",\"reason\":" STR_FMT "}",
                                   person_id, STR_ARG(str_json(cx->arena, decision->reason)))};
    return db_journal(cx, conn, &entry);
}

/* ---- disabling ---- */

/* Whoever takes over sees the same: the same unit, or the same organisation. */
static Status successor_check(Cx *cx, DbConn *conn, const Account *now, int64_t successor_id) {
    Account other;
    if (successor_id == 0) {
        return STATUS_OK;
    }
    TRY(account_find(cx, conn, successor_id, &other));
    bool is_same = other.id != now->id && other.role == now->role &&
                   other.unit_id == now->unit_id && other.org_id == now->org_id;
    if (!is_same || other.disabled_ms != 0) {
        return fault_at_field(cx, STATUS_INVALID, "successor",
                              "接手人应是同一身份、同一单位的在用账号");
    }
    return STATUS_OK;
}

Status account_disable(Cx *cx, DbConn *conn, const AccountDisable *disable) {
    Account now;
    TRY(target_read(cx, conn, (AccountAt){disable->person_id, disable->revision}, &now));
    if (now.disabled_ms != 0) {
        return fault(cx, STATUS_CONFLICT, "这个账号已经停用");
    }
    TRY(successor_check(cx, conn, &now, disable->successor_id));
    TRY(account_store_disable(cx, conn, disable));
    TRY(sessions_drop(cx, conn, disable->person_id));
    DbEntry entry = {
        .verb = "person.disable",
        .subject = "person",
        .subject_id = disable->person_id,
        .after = str_print(cx->arena, "{\"reason\":" STR_FMT ",\"successor_id\":%" PRId64 "}",
                           STR_ARG(str_json(cx->arena, disable->reason)), disable->successor_id)};
    return db_journal(cx, conn, &entry);
}

Status account_sessions_end(Cx *cx, DbConn *conn, int64_t person_id) {
    Account now;
    TRY(actor_check(cx, conn, false));
    TRY(other_check(cx, conn, person_id));
    TRY(account_find(cx, conn, person_id, &now));
    return sessions_drop(cx, conn, person_id);
}
