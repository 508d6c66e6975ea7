/*
 * account.h - accounts under an administrator: made, reset, changed, disabled, enabled; and the
 * second person that a role with power over money or accounts needs.
 *
 *   administrator ──ask──▶ done at once                                 (everybody's role)
 *                     └──▶ proposed ──second person──▶ approved │ refused   (guarded role)
 *
 * Rules, checked inside the write command:
 *  1 only an administrator whose account is in use acts; a second person may be the lead office
 *  2 nobody acts on himself, and nobody approves what he proposed or what is about himself
 *  3 giving a guarded role, or a way into an account that has one (reset, enable), needs two
 *    persons; disabling needs one, for it must be quick
 *  4 an account is never deleted: what it did stays signed with its name
 *  5 a password is known to its person only: an administrator gives a one-time code, which opens
 *    one session in which nothing but a new password is allowed
 */
#ifndef HUANXIN_OFFICE_PEOPLE_ACCOUNT_H
#define HUANXIN_OFFICE_PEOPLE_ACCOUNT_H

#include "office/people/people.h"

enum {
    ACCOUNT_CODE_HOURS = 72, /* a slip reaches a town and a weekend passes */
    ACCOUNT_IDLE_DAYS = 180, /* the list's 长期未登录 */
    ACCOUNT_EXPORT_MAX = 20000,
};

/* X(name, code, Chinese name) */
#define ACCOUNT_ACT_LIST(X)                                                                        \
    X(CREATE, "create", "新建账号")                                                                \
    X(CHANGE, "change", "调整身份或单位")                                                          \
    X(RESET, "reset", "重置密码")                                                                  \
    X(ENABLE, "enable", "恢复使用")

typedef enum AccountAct {
#define X(name, code, zh) ACCOUNT_##name,
    ACCOUNT_ACT_LIST(X)
#undef X
        ACCOUNT_ACT_COUNT
} AccountAct;
Str account_act_code(AccountAct act);
Str account_act_zh(AccountAct act);

/* True for roles that pay, approve or administer: 财政, 牵头专班, 系统管理员. */
bool account_is_guarded(Role role);

typedef struct Account {
    int64_t id;
    Role role;
    Str login;
    Str name_masked;
    int64_t unit_id;
    int64_t org_id;
    Str unit_name;
    Str org_name;
    bool is_demo;
    bool has_password;
    bool must_change;
    int64_t code_until_ms; /* 0: no code waits */
    int64_t disabled_ms;   /* 0: in use */
    Str disabled_reason;
    int64_t successor_id;
    int64_t locked_until_ms;
    int64_t last_sign_in_ms; /* 0: never */
    int64_t created_ms;
    int64_t revision; /* counts the changes by administrators: a form tells which one it shows */
} Account;
/* NOT_FOUND with a Chinese fault. */
MUST_CHECK Status account_find(Cx *cx, DbConn *conn, int64_t id, Account *out);
/* The word of an account's state at an instant, and for people: "active" 正常, "disabled" 已停用,
 * "code" 待设密码, "locked" 暂时锁定, "closed" 不能登录 (no password and no code). */
Str account_state(const Account *account, int64_t now_ms);
Str account_state_zh(Str state);

typedef struct AccountFilter {
    Str search;      /* the beginning of a login, or a whole name */
    Str name_hash;   /* of search, as a name; empty with it */
    Str role;        /* code; empty: everybody's but residents' */
    int64_t unit_id; /* 0: any */
    Str state;       /* as account_state, or "idle" 长期未登录; empty: any */
    int64_t now_ms;
    int64_t skip;
    int64_t limit;
} AccountFilter;
typedef struct AccountList {
    Account *items;
    size_t count;
} AccountList;
/* Newest first. A search looks at all roles unless one is named. */
MUST_CHECK Status account_list(Cx *cx, DbConn *conn, const AccountFilter *filter, AccountList *out);

/* A one-time code: its hash, and until when it opens a session. The code itself is shown once, to
 * the one who prints the slip, and stands nowhere. */
typedef struct AccountCode {
    Str hash;
    int64_t until_ms;
} AccountCode;

typedef struct AccountAsk {
    AccountAct act;
    int64_t person_id; /* CREATE: 0 */
    int64_t revision;  /* that the form showed */
    PersonNew person;  /* CREATE: all of it but the password; CHANGE: role, unit_id, org_id */
    AccountCode code;  /* CREATE, RESET */
    Str reason;        /* goes to the journal; without personal data */
} AccountAsk;
typedef struct AccountDone {
    int64_t person_id; /* who has the code now; 0: only proposed, or refused */
    int64_t change_id; /* the proposal; 0: done without one */
} AccountDone;
/* Does what an administrator asks, or notes it as a proposal (rule 3), inside a write command.
 * DENIED by rules 1 and 2; INVALID or CONFLICT at a field for what cannot be; NOT_FOUND. */
MUST_CHECK Status account_ask(Cx *cx, DbConn *conn, const AccountAsk *ask, AccountDone *out);

typedef struct AccountChange {
    int64_t id;
    AccountAct act;
    Str state; /* "proposed", "approved", "refused" */
    int64_t person_id;
    int64_t revision;
    Role role;
    Str login;
    PeopleSealed name;
    int64_t unit_id;
    int64_t org_id;
    Str reason;
    int64_t made_by;
    int64_t made_ms;
    int64_t decided_by;
    int64_t decided_ms;
    Str decided_reason;
    int64_t result_id;
} AccountChange;
typedef struct AccountChangeList {
    AccountChange *items;
    size_t count;
} AccountChangeList;
/* Open proposals first, then newest first. */
MUST_CHECK Status account_change_list(Cx *cx, DbConn *conn, int64_t skip, int64_t limit,
                                      AccountChangeList *out);
MUST_CHECK Status account_change_find(Cx *cx, DbConn *conn, int64_t id, AccountChange *out);

typedef struct AccountDecision {
    int64_t change_id;
    bool is_approved;
    Str reason;       /* of a refusal */
    AccountCode code; /* of an approval of CREATE or RESET */
} AccountDecision;
/* Approves or refuses a proposal as the second person. CONFLICT when it was decided already or the
 * account changed since. */
MUST_CHECK Status account_decide(Cx *cx, DbConn *conn, const AccountDecision *decision,
                                 AccountDone *out);

typedef struct AccountDisable {
    int64_t person_id;
    int64_t revision;
    Str reason;
    int64_t successor_id; /* a colleague of the same unit or organisation who takes over, or 0 */
} AccountDisable;
/* Disables an account and ends its sessions at once. CONFLICT when it is disabled already. */
MUST_CHECK Status account_disable(Cx *cx, DbConn *conn, const AccountDisable *disable);
/* Ends all sessions of an account. */
MUST_CHECK Status account_sessions_end(Cx *cx, DbConn *conn, int64_t person_id);

/* Pages. */
Status account_list_page(Web *web);
Status account_export(Web *web);
Status account_page(Web *web);
Status account_new_page(Web *web);
Status account_new_post(Web *web);
Status account_reset_page(Web *web);
Status account_reset_post(Web *web);
Status account_edit_page(Web *web);
Status account_edit_post(Web *web);
Status account_disable_page(Web *web);
Status account_disable_post(Web *web);
Status account_enable_page(Web *web);
Status account_enable_post(Web *web);
Status account_sessions_post(Web *web);
Status account_change_list_page(Web *web);
Status account_change_page(Web *web);
Status account_change_approve_post(Web *web);
Status account_change_refuse_post(Web *web);

#endif
