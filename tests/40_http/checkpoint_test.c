/*
 * checkpoint_test.c - proofs of the journal that begin where the last one ended: what they look at,
 * what they find, and that a checkpoint which this house did not sign is not believed.
 */
#include "server.h"
#include "test.h"

static Server server;
static Str auditor;
static bool is_skipped;

static int start(void **state) {
    (void)state;
    server_start(&server, "20");
    auditor = sign_in(&server, "auditor");
    /* The tampering needs SQLite's own tool beside the server. */
    is_skipped = getenv("HUANXIN_TEST_DB") != NULL || system("which sqlite3 > /dev/null") != 0;
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    return 0;
}

static Reply prove(bool is_since) {
    Reply reply = ask_job(&server, auditor,
                          is_since ? "/journal/verify?since=checkpoint" : "/journal/verify", "x=1");
    assert_int_equal(reply.status, 200);
    return reply;
}

static void sql(const char *text) {
    char command[600];
    (void)snprintf(command, sizeof command, "sqlite3 -cmd '.timeout 5000' %s/huanxin.db \"%s\"",
                   server.data, text);
    assert_int_equal(system(command), 0);
}

static void the_next_proof_begins_where_the_last_ended(void **state) {
    (void)state;
    Reply none = ask_post(&server, auditor, "/journal/verify?since=checkpoint", STR("x=1"));
    assert_int_equal(none.status, 409);
    Reply whole = prove(false);
    const int64_t entries = json_int(whole.body, "entry_count");
    assert_true(entries > 1000);
    Reply page = ask_get(&server, auditor, "/journal/verify");
    assert_int_equal(json_int(page.body, "entry_id"), entries);
    (void)sign_in(&server, "officer");
    Reply part = prove(true);
    const int64_t added = json_int(part.body, "entry_count");
    /* The note of the first proof, the sign-in, and whatever else happened meanwhile. */
    assert_true(added >= 2 && added < 100);
    assert_true(str_contains(part.body, STR("上次验证之后的部分")));
    page = ask_get(&server, auditor, "/journal/verify");
    assert_int_equal(json_int(page.body, "entry_id"), entries + added);
    assert_int_equal(
        ask_post(&server, sign_in(&server, "officer"), "/journal/verify", STR("x=1")).status, 403);
}

static void what_was_changed_after_it_is_found(void **state) {
    (void)state;
    if (is_skipped) {
        print_message("# skipped: sqlite3 is not installed\n");
        return;
    }
    (void)prove(true);
    const int64_t marked = json_int(ask_get(&server, auditor, "/journal/verify").body, "entry_id");
    char text[200];
    (void)snprintf(text, sizeof text, "UPDATE journal SET verb = verb || 'x' WHERE id = %lld",
                   (long long)marked + 1);
    sql(text);
    Reply part = prove(true);
    assert_int_equal(json_int(part.body, "bad_id"), marked + 1);
    (void)snprintf(text, sizeof text, "UPDATE journal SET verb = rtrim(verb, 'x') WHERE id = %lld",
                   (long long)marked + 1);
    sql(text);
    part = prove(true);
    assert_true(str_equal(json_member(part.body, "is_good"), STR("good")));
}

static void a_foreign_checkpoint_is_not_believed(void **state) {
    (void)state;
    if (is_skipped) {
        return;
    }
    sql("UPDATE journal_checkpoint SET entry_id = entry_id - 1 WHERE id ="
        " (SELECT max(id) FROM journal_checkpoint)");
    Reply page = ask_get(&server, auditor, "/journal/verify");
    assert_true(str_contains(page.body, STR("\"bad\"")));
    Reply refused = ask_post(&server, auditor, "/journal/verify?since=checkpoint", STR("x=1"));
    assert_int_equal(refused.status, 409);
    Reply whole = prove(false);
    assert_true(str_equal(json_member(whole.body, "is_good"), STR("good")));
    assert_int_equal(ask_job(&server, auditor, "/journal/verify?since=checkpoint", "x=1").status,
                     200);
}

/* The command: from a noted pair on, with a wrong one, with words that are none. */
static void the_command_takes_a_noted_pair(void **state) {
    (void)state;
    if (getenv("HUANXIN_TEST_DB") != NULL) {
        return;
    }
    char command[1200];
    (void)snprintf(command, sizeof command,
                   "H=%s; D=%s; J=$($H journal verify --data $D --json 2>/dev/null) || exit 1; "
                   "L=$(echo $J | sed 's/.*\"last\":\\([0-9]*\\).*/\\1/'); "
                   "X=$(echo $J | sed 's/.*\"head\":\"\\([0-9a-f]*\\)\".*/\\1/'); "
                   "$H journal verify --data $D --json --since $L:$X | grep -q '\"bad_id\":0' || "
                   "exit 2; Y=$(echo $X | tr 0-9a-f 1-9a-f0); "
                   "$H journal verify --data $D --json --since $L:$Y >/dev/null 2>&1; "
                   "test $? = 5 || exit 3; $H journal verify --data $D --since 7 >/dev/null 2>&1; "
                   "test $? = 2 || exit 4",
                   PROGRAM_PATH, server.data);
    int status = system(command);
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_proof_begins_where_the_last_ended),
        cmocka_unit_test(what_was_changed_after_it_is_found),
        cmocka_unit_test(a_foreign_checkpoint_is_not_believed),
        cmocka_unit_test(the_command_takes_a_noted_pair),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
