/*
 * Accounts at their borders: who may act on whom, which acts need two persons, a form that shows an
 * old revision, a code that is used twice, late, or by two at once, and what a disabled account can
 * still do.
 */
#include "demo_house.h"
#include "office/people/account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR_MS = 3600000 };

static int64_t admin_id;
static int64_t lead_id;
static int64_t finance_id;
static int64_t officer_id;
static int64_t resident_id;
static int64_t now_ms;

static const char SQL_PERSON[] = "SELECT id FROM person WHERE login = $1";
static const char SQL_SESSIONS[] = "SELECT count(*) FROM session WHERE person_id = $1";
static const char SQL_LAST_VERB[] = "SELECT verb FROM journal ORDER BY id DESC LIMIT 1";
static const char SQL_PERSONS[] = "SELECT count(*) FROM person";

static DbConn *reading(void) {
    DbConn *conn = NULL;
    fault_clear(&cx);
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    return conn;
}

static int64_t id_of(const char *login) {
    DbConn *conn = reading();
    int64_t id = 0;
    assert_int_equal(db_int_or(&cx, conn, SQL_PERSON, DB_ARGS(DB_TEXT(str_of(login))), &id),
                     STATUS_OK);
    db_read_end(house.db, conn);
    return id;
}

static int64_t number(const char *sql, int64_t argument) {
    DbConn *conn = reading();
    int64_t count = -1;
    Status status = argument == 0 ? db_int_or(&cx, conn, sql, DB_NO_ARGS, &count)
                                  : db_int_or(&cx, conn, sql, DB_ARGS(DB_INT(argument)), &count);
    assert_int_equal(status, STATUS_OK);
    db_read_end(house.db, conn);
    return count;
}

static Account account(int64_t id) {
    DbConn *conn = reading();
    Account found;
    assert_int_equal(account_find(&cx, conn, id, &found), STATUS_OK);
    db_read_end(house.db, conn);
    return found;
}

static int start(void **state) {
    (void)state;
    demo_house_open(20);
    now_ms = day_start_ms(day_of_ymd(2026, 11, 20)) + 10 * HOUR_MS;
    admin_id = id_of("admin");
    lead_id = id_of("lead");
    finance_id = id_of("finance");
    officer_id = id_of("officer");
    resident_id = id_of("resident");
    assert_true(admin_id > 0 && lead_id > 0 && finance_id > 0 && officer_id > 0 && resident_id > 0);
    return 0;
}

/* ---- acts as commands ---- */

typedef struct Act {
    AccountAsk ask;
    AccountDecision decision;
    AccountDisable disable;
    WebSessionPut session;
    AccountDone done;
} Act;

static Status ask_work(Cx *work_cx, DbConn *conn, void *input) {
    Act *act = input;
    return account_ask(work_cx, conn, &act->ask, &act->done);
}

static Status decide_work(Cx *work_cx, DbConn *conn, void *input) {
    Act *act = input;
    return account_decide(work_cx, conn, &act->decision, &act->done);
}

static Status disable_work(Cx *work_cx, DbConn *conn, void *input) {
    return account_disable(work_cx, conn, &((Act *)input)->disable);
}

static Status session_work(Cx *work_cx, DbConn *conn, void *input) {
    return web_session_put(work_cx, conn, &((Act *)input)->session);
}

static Status sessions_end_work(Cx *work_cx, DbConn *conn, void *input) {
    return account_sessions_end(work_cx, conn, ((Act *)input)->ask.person_id);
}

static Status run(int64_t user_id, DbWork *work, Act *act) {
    DbCommand command = {.name = "test.account",
                         .actor = {.user_id = user_id, .role = STR("admin"), .origin = STR("web")},
                         .work = work,
                         .input = act,
                         .now_ms = now_ms};
    fault_clear(&cx);
    return db_write(&cx, house.db, &command, NULL);
}

static void must(Status status) {
    if (status != STATUS_OK) {
        fail_msg("%s", cx.fault.text);
    }
}

static void refused(Status status, Status wanted, const char *words) {
    assert_int_equal(status, wanted);
    if (strstr(cx.fault.text, words) == NULL) {
        fail_msg("\"%s\" instead of \"%s\"", cx.fault.text, words);
    }
}

static AccountCode code(void) {
    return (AccountCode){.hash = STR("test-hash"), .until_ms = now_ms + HOUR_MS};
}

static AccountAsk create_ask(const char *login, Role role) {
    return (AccountAsk){
        .act = ACCOUNT_CREATE,
        .person = {.role = role,
                   .login = str_of(login),
                   .name = people_seal(arena, &house.city, PEOPLE_NAME, STR("演示新人")),
                   .birth = DAY_NONE,
                   .unit_id = role == ROLE_OFFICER ? account(officer_id).unit_id : 0},
        .code = code(),
        .reason = STR("测试")};
}

static AccountAsk about(AccountAct kind, int64_t id) {
    return (AccountAsk){.act = kind,
                        .person_id = id,
                        .revision = account(id).revision,
                        .code = code(),
                        .reason = STR("测试")};
}

static int64_t made(const char *login, Role role) {
    Act act = {.ask = create_ask(login, role)};
    must(run(admin_id, ask_work, &act));
    assert_true(act.done.person_id > 0 && act.done.change_id == 0);
    return act.done.person_id;
}

static void session_of(int64_t person_id, const char *token) {
    Act act = {.session = {.token = str_of(token),
                           .csrf = STR("csrf"),
                           .person_id = person_id,
                           .now_ms = now_ms,
                           .lasts_ms = HOUR_MS}};
    must(run(0, session_work, &act));
}

/* ---- tests ---- */

static void only_an_administrator_acts_and_never_on_himself(void **state) {
    (void)state;
    Act act = {.ask = about(ACCOUNT_RESET, officer_id)};
    refused(run(lead_id, ask_work, &act), STATUS_DENIED, "系统管理员");
    refused(run(finance_id, ask_work, &act), STATUS_DENIED, "系统管理员");
    refused(run(officer_id, ask_work, &act), STATUS_DENIED, "系统管理员");
    act.ask = about(ACCOUNT_RESET, admin_id);
    refused(run(admin_id, ask_work, &act), STATUS_DENIED, "自己");
    act.ask = about(ACCOUNT_CHANGE, admin_id);
    act.ask.person.role = ROLE_FINANCE;
    refused(run(admin_id, ask_work, &act), STATUS_DENIED, "自己");
    act.disable = (AccountDisable){.person_id = admin_id, .revision = account(admin_id).revision};
    refused(run(admin_id, disable_work, &act), STATUS_DENIED, "自己");
    refused(run(admin_id, sessions_end_work, &act), STATUS_DENIED, "自己");
    assert_int_equal(account(admin_id).disabled_ms, 0);
}

static void what_cannot_be_is_told_at_its_field(void **state) {
    (void)state;
    const int64_t count = number(SQL_PERSONS, 0);
    Act act = {.ask = create_ask("officer", ROLE_OFFICER)};
    refused(run(admin_id, ask_work, &act), STATUS_CONFLICT, "已经登记");
    assert_string_equal(cx.fault.field, "login");
    act.ask = create_ask("with blank", ROLE_OFFICER);
    refused(run(admin_id, ask_work, &act), STATUS_INVALID, "不含空格");
    act.ask = create_ask("fresh", ROLE_OFFICER);
    act.ask.person.unit_id = 0;
    refused(run(admin_id, ask_work, &act), STATUS_INVALID, "须选择部门");
    act.ask.person.unit_id = 99999;
    refused(run(admin_id, ask_work, &act), STATUS_INVALID, "没有这个部门");
    act.ask = create_ask("fresh", ROLE_SHOP);
    refused(run(admin_id, ask_work, &act), STATUS_INVALID, "所属企业");
    act.ask.person.org_id = account(id_of("recycler")).org_id;
    refused(run(admin_id, ask_work, &act), STATUS_INVALID, "不相符");
    act.ask = create_ask("fresh", ROLE_OFFICER);
    act.ask.person.org_id = account(id_of("shop")).org_id;
    refused(run(admin_id, ask_work, &act), STATUS_INVALID, "不属于企业");
    act.ask = about(ACCOUNT_CHANGE, officer_id);
    act.ask.person.role = ROLE_OFFICER;
    act.ask.person.unit_id = account(officer_id).unit_id;
    refused(run(admin_id, ask_work, &act), STATUS_INVALID, "没有改动");
    act.ask = about(ACCOUNT_CHANGE, resident_id);
    act.ask.person.role = ROLE_AUDITOR;
    refused(run(admin_id, ask_work, &act), STATUS_CONFLICT, "不能互改");
    act.ask = about(ACCOUNT_CHANGE, officer_id);
    act.ask.person.role = ROLE_RESIDENT;
    refused(run(admin_id, ask_work, &act), STATUS_CONFLICT, "不能互改");
    act.ask = about(ACCOUNT_ENABLE, officer_id);
    refused(run(admin_id, ask_work, &act), STATUS_CONFLICT, "没有停用");
    act.ask.person_id = 99999999;
    refused(run(admin_id, ask_work, &act), STATUS_NOT_FOUND, "没有这个账号");
    assert_int_equal(number(SQL_PERSONS, 0), count);
}

static void a_new_account_waits_for_its_person(void **state) {
    (void)state;
    const int64_t id = made("newcomer", ROLE_OFFICER);
    Account now = account(id);
    assert_true(now.must_change && now.has_password);
    assert_int_equal(now.code_until_ms, now_ms + HOUR_MS);
    assert_true(str_equal(account_state(&now, now_ms), STR("code")));
    assert_int_equal(now.last_sign_in_ms, 0);
}

static void an_old_form_is_refused(void **state) {
    (void)state;
    const int64_t id = made("revised", ROLE_OFFICER);
    Act old = {.ask = about(ACCOUNT_RESET, id)};
    Act act = {.ask = about(ACCOUNT_RESET, id)};
    must(run(admin_id, ask_work, &act));
    refused(run(admin_id, ask_work, &old), STATUS_CONFLICT, "刚才被别人改动");
    old.disable = (AccountDisable){.person_id = id, .revision = 0, .reason = STR("测试")};
    refused(run(admin_id, disable_work, &old), STATUS_CONFLICT, "刚才被别人改动");
}

static void a_role_with_power_needs_two(void **state) {
    (void)state;
    static const Role roles[] = {ROLE_FINANCE, ROLE_LEAD, ROLE_ADMIN};
    const int64_t count = number(SQL_PERSONS, 0);
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        char login[32];
        (void)snprintf(login, sizeof login, "second%zu", i);
        Act act = {.ask = create_ask(login, roles[i])};
        must(run(admin_id, ask_work, &act));
        assert_true(act.done.change_id > 0 && act.done.person_id == 0);
        assert_int_equal(number(SQL_PERSONS, 0), count + (int64_t)i);
        /* The same login cannot be asked for twice. */
        Act again = {.ask = create_ask(login, ROLE_OFFICER)};
        refused(run(admin_id, ask_work, &again), STATUS_CONFLICT, "正在申请");
        act.decision =
            (AccountDecision){.change_id = act.done.change_id, .is_approved = true, .code = code()};
        refused(run(admin_id, decide_work, &act), STATUS_DENIED, "第二人");
        refused(run(finance_id, decide_work, &act), STATUS_DENIED, "系统管理员");
        must(run(lead_id, decide_work, &act));
        assert_int_equal(account(act.done.person_id).role, roles[i]);
        refused(run(lead_id, decide_work, &act), STATUS_CONFLICT, "已经有人办理");
    }
}

static void a_way_into_a_powerful_account_needs_two(void **state) {
    (void)state;
    Act act = {.ask = about(ACCOUNT_RESET, finance_id)};
    must(run(admin_id, ask_work, &act));
    assert_true(act.done.change_id > 0);
    assert_false(account(finance_id).must_change);
    Act again = {.ask = about(ACCOUNT_RESET, finance_id)};
    refused(run(admin_id, ask_work, &again), STATUS_CONFLICT, "已有一项申请");
    /* Refusing is for everybody who could approve, and the proposer. */
    act.decision = (AccountDecision){.change_id = act.done.change_id, .reason = STR("不需要")};
    must(run(admin_id, decide_work, &act));
    assert_false(account(finance_id).must_change);
    /* An officer raised to finance. */
    const int64_t id = made("raised", ROLE_OFFICER);
    Act raise = {.ask = about(ACCOUNT_CHANGE, id)};
    raise.ask.person.role = ROLE_FINANCE;
    must(run(admin_id, ask_work, &raise));
    assert_int_equal(account(id).role, ROLE_OFFICER);
    raise.decision = (AccountDecision){.change_id = raise.done.change_id, .is_approved = true};
    session_of(id, "raised-token");
    must(run(lead_id, decide_work, &raise));
    assert_int_equal(account(id).role, ROLE_FINANCE);
    assert_int_equal(number(SQL_SESSIONS, id), 0);
}

static void an_approval_of_what_changed_is_refused(void **state) {
    (void)state;
    const int64_t id = made("moving", ROLE_OFFICER);
    Act raise = {.ask = about(ACCOUNT_CHANGE, id)};
    raise.ask.person.role = ROLE_LEAD;
    must(run(admin_id, ask_work, &raise));
    Act disable = {
        .disable = {.person_id = id, .revision = account(id).revision, .reason = STR("离职")}};
    must(run(admin_id, disable_work, &disable));
    raise.decision = (AccountDecision){.change_id = raise.done.change_id, .is_approved = true};
    refused(run(lead_id, decide_work, &raise), STATUS_CONFLICT, "有过改动");
    assert_int_equal(account(id).role, ROLE_OFFICER);
    /* About oneself nobody decides: an account of the lead office cannot let itself in. */
    Act reset = {.ask = about(ACCOUNT_RESET, lead_id)};
    must(run(admin_id, ask_work, &reset));
    reset.decision =
        (AccountDecision){.change_id = reset.done.change_id, .is_approved = true, .code = code()};
    refused(run(lead_id, decide_work, &reset), STATUS_DENIED, "自己");
}

static void disabling_ends_everything_at_once(void **state) {
    (void)state;
    const int64_t id = made("leaver", ROLE_OFFICER);
    const int64_t heir = made("heir", ROLE_OFFICER);
    session_of(id, "leaver-token");
    assert_int_equal(number(SQL_SESSIONS, id), 1);
    Act act = {.disable = {.person_id = id,
                           .revision = account(id).revision,
                           .reason = STR("离职"),
                           .successor_id = finance_id}};
    refused(run(admin_id, disable_work, &act), STATUS_INVALID, "接手人");
    act.disable.successor_id = id;
    refused(run(admin_id, disable_work, &act), STATUS_INVALID, "接手人");
    act.disable.successor_id = heir;
    must(run(admin_id, disable_work, &act));
    assert_int_equal(number(SQL_SESSIONS, id), 0);
    Account now = account(id);
    assert_int_equal(now.disabled_ms, now_ms);
    assert_int_equal(now.successor_id, heir);
    /* No way in by any door: not a session, not a code. */
    Act session = {.session = {.token = STR("again"),
                               .csrf = STR("csrf"),
                               .person_id = id,
                               .now_ms = now_ms,
                               .lasts_ms = HOUR_MS}};
    assert_int_equal(run(0, session_work, &session), STATUS_DENIED);
    Act reset = {.ask = about(ACCOUNT_RESET, id)};
    refused(run(admin_id, ask_work, &reset), STATUS_CONFLICT, "已停用");
    act.disable.revision = now.revision;
    refused(run(admin_id, disable_work, &act), STATUS_CONFLICT, "已经停用");
    Act enable = {.ask = about(ACCOUNT_ENABLE, id)};
    must(run(admin_id, ask_work, &enable));
    assert_int_equal(account(id).disabled_ms, 0);
    session_of(id, "leaver-back");
    assert_int_equal(number(SQL_SESSIONS, id), 1);
}

/* An administrator who is disabled while his page is open does nothing more. */
static void a_disabled_administrator_is_out(void **state) {
    (void)state;
    Act act = {.ask = create_ask("admin2", ROLE_ADMIN)};
    must(run(admin_id, ask_work, &act));
    act.decision =
        (AccountDecision){.change_id = act.done.change_id, .is_approved = true, .code = code()};
    must(run(lead_id, decide_work, &act));
    const int64_t second = act.done.person_id;
    Act disable = {.disable = {.person_id = second,
                               .revision = account(second).revision,
                               .reason = STR("测试")}};
    must(run(admin_id, disable_work, &disable));
    disable.disable =
        (AccountDisable){.person_id = admin_id, .revision = account(admin_id).revision};
    refused(run(second, disable_work, &disable), STATUS_DENIED, "在用");
    /* To open a powerful account again takes two, and the second may be the lead office. */
    Act enable = {.ask = about(ACCOUNT_ENABLE, second)};
    must(run(admin_id, ask_work, &enable));
    assert_true(enable.done.change_id > 0 && account(second).disabled_ms != 0);
    enable.decision = (AccountDecision){.change_id = enable.done.change_id, .is_approved = true};
    must(run(lead_id, decide_work, &enable));
    assert_int_equal(account(second).disabled_ms, 0);
}

static void every_act_is_in_the_journal(void **state) {
    (void)state;
    const int64_t id = made("logged", ROLE_OFFICER);
    DbConn *conn = reading();
    Str verb = STR_NONE;
    assert_int_equal(db_text_or(&cx, conn, SQL_LAST_VERB, DB_NO_ARGS, &verb), STATUS_OK);
    db_read_end(house.db, conn);
    assert_true(str_equal(verb, STR("person.create")));
    Act act = {.ask = about(ACCOUNT_RESET, id)};
    must(run(admin_id, ask_work, &act));
    conn = reading();
    assert_int_equal(db_text_or(&cx, conn, SQL_LAST_VERB, DB_NO_ARGS, &verb), STATUS_OK);
    DbVerify verify;
    assert_int_equal(db_journal_verify(&cx, conn, NULL, NULL, &verify), STATUS_OK);
    db_read_end(house.db, conn);
    assert_true(str_equal(verb, STR("person.reset")));
    assert_int_equal(verify.bad_id, 0);
}

static void the_list_finds_by_every_filter(void **state) {
    (void)state;
    DbConn *conn = reading();
    AccountList list;
    AccountFilter filter = {.now_ms = now_ms, .limit = 1000};
    assert_int_equal(account_list(&cx, conn, &filter, &list), STATUS_OK);
    assert_true(list.count > 10);
    for (size_t i = 0; i < list.count; i++) {
        assert_true(list.items[i].role != ROLE_RESIDENT);
        assert_true(i == 0 || list.items[i].id < list.items[i - 1].id);
    }
    filter.role = STR("resident");
    assert_int_equal(account_list(&cx, conn, &filter, &list), STATUS_OK);
    assert_int_equal(list.count, 20);
    filter.role = STR("");
    filter.search = STR("admin");
    assert_int_equal(account_list(&cx, conn, &filter, &list), STATUS_OK);
    assert_int_equal(list.count, 2);
    filter.search = STR("王安华");
    filter.name_hash = people_hash(arena, &house.city, PEOPLE_NAME, filter.search);
    assert_int_equal(account_list(&cx, conn, &filter, &list), STATUS_OK);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].id, resident_id);
    filter.search = filter.name_hash = STR("");
    static const char *const states[] = {"active", "disabled", "code", "locked", "closed", "idle"};
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        filter.state = str_of(states[i]);
        assert_int_equal(account_list(&cx, conn, &filter, &list), STATUS_OK);
        for (size_t n = 0; n < list.count && i < 5; n++) {
            assert_true(str_equal(account_state(&list.items[n], now_ms), filter.state));
        }
    }
    filter.state = STR("");
    filter.unit_id = account(officer_id).unit_id;
    conn = (db_read_end(house.db, conn), reading());
    assert_int_equal(account_list(&cx, conn, &filter, &list), STATUS_OK);
    assert_true(list.count > 3);
    for (size_t n = 0; n < list.count; n++) {
        assert_int_equal(list.items[n].unit_id, filter.unit_id);
    }
    db_read_end(house.db, conn);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_an_administrator_acts_and_never_on_himself),
        cmocka_unit_test(what_cannot_be_is_told_at_its_field),
        cmocka_unit_test(a_new_account_waits_for_its_person),
        cmocka_unit_test(an_old_form_is_refused),
        cmocka_unit_test(a_role_with_power_needs_two),
        cmocka_unit_test(a_way_into_a_powerful_account_needs_two),
        cmocka_unit_test(an_approval_of_what_changed_is_refused),
        cmocka_unit_test(disabling_ends_everything_at_once),
        cmocka_unit_test(a_disabled_administrator_is_out),
        cmocka_unit_test(every_act_is_in_the_journal),
        cmocka_unit_test(the_list_finds_by_every_filter),
    };
    return cmocka_run_group_tests(tests, start, demo_house_close);
}
