/*
 * An invented county with a plan of another layout becomes a working office without a line of C:
 * its folder is made from the text, its people sign in, its unit reports, its head approves, the
 * lead office confirms, a measure gets its day, and the standard kinds of record are there.
 */
#include "server.h"
#include "test.h"

#include <sys/wait.h>

static Server server;
static char city[96];

/* Numbers as a county would write them; "1." and "(一)" are exchanged against the sample city. */
static const char PLAN[] =
    "青禾县推动设备更新和消费品以旧换新工作措施\n"
    "青禾县人民政府办公室\n"
    "青政办发〔2025〕6号\n"
    "2025年3月18日\n"
    "为落实国家和省市部署，制定如下措施。\n"
    "一、总体目标\n"
    "到2027年，全县设备投资规模较2023年增长25%以上；农作物耕种收综合机械化率达到88%以上。\n"
    "二、重点任务\n"
    "1.更新工业设备。支持食品加工企业更换高效设备。建设数字化车间，到2027年建成数字化车间6家以上。（责任单位：县工信局、县发改局）\n"
    "2.更新农业机械。加快报废更新老旧农机。建设粮食烘干点。（责任单位：县农业农村局）\n"
    "3.做好汽车以旧换新。每年组织汽车促销活动3场以上。（责任单位：县商务局、县公安局）\n"
    "三、保障措施\n"
    "1.加强组织领导。建立工作专班，按月调度。（责任单位：县发改局）\n";

static void plan_make(void) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/plan-text", server.data);
    FILE *file = fopen(path, "w");
    check(file != NULL);
    check(fputs(PLAN, file) >= 0);
    check(fclose(file) == 0);
    char *const argv[] = {word(PROGRAM_PATH), word("plan"), word("new-city"), path, city, NULL};
    check(program_run(argv, "build/test-log/server.log") == 0);
}

static void account_make(const char *role, const char *login) {
    char command[1500];
    (void)snprintf(command, sizeof command,
                   "echo '%s' | " PROGRAM_PATH
                   " account create %s %s 演示%s --data %s --city %s --db '%s' >/dev/null 2>&1",
                   server.password, role, login, login, server.data, city, server.database.url);
    check(system(command) == 0);
}

static int start(void **state) {
    (void)state;
    server = (Server){.arena = arena_create()};
    (void)snprintf(server.data, sizeof server.data, "build/test-data-XXXXXX");
    check(mkdtemp(server.data) != NULL);
    test_database_make(&server.database);
    (void)snprintf(server.password, sizeof server.password, "a long password");
    (void)snprintf(city, sizeof city, "%s/city", server.data);
    plan_make();
    account_make("admin", "admin");
    account_make("lead", "lead");
    server_serve_city(&server, city);
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    return 0;
}

static size_t occurrences(Str body, Str needle) {
    size_t count = 0;
    for (size_t at = str_find(body, needle, 0); at != SIZE_MAX;
         at = str_find(body, needle, at + 1)) {
        count++;
    }
    return count;
}

static void test_declarations_hold(void **state) {
    (void)state;
    char command[600];
    (void)snprintf(command, sizeof command,
                   PROGRAM_PATH
                   " record check %s | grep -q '，0 个错误' && test -f %s/calendar.yaml",
                   city, city);
    assert_int_equal(system(command), 0);
}

/* Nothing that people of another county read names the sample city, its prefecture or its offices;
 * conditions that name a unit must hold for a county's units too. */
static void test_no_word_of_the_sample_city(void **state) {
    (void)state;
    char command[300];
    (void)snprintf(command, sizeof command, "grep -rEq '安丘|潍坊|anqiu' %s", city);
    assert_int_equal(WEXITSTATUS(system(command)), 1);
    static const char *const paths[] = {"/",       "/dashboard", "/public",    "/meter",
                                        "/policy", "/monthly",   "/sources",   "/lights",
                                        "/record", "/pages",     "/todo",      "/measure",
                                        "/series", "/notice",    "/report-day"};
    Str lead = sign_in(&server, "lead");
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        Reply page = ask_get(&server, lead, paths[i]);
        assert_int_equal(page.status, 200);
        assert_false(str_contains(page.body, STR("安丘")) || str_contains(page.body, STR("潍坊")));
    }
}

static void test_tasks_units_and_targets(void **state) {
    (void)state;
    Reply page = ask_get(&server, STR(""), "/dashboard");
    assert_int_equal(page.status, 200);
    assert_int_equal(occurrences(page.body, STR("\"code\":\"T")), 4);
    assert_int_equal(occurrences(page.body, STR("\"clause\":\"")), 4);
    assert_true(str_contains(page.body, STR("县农业农村局")));
    /* Growth without a baseline is not green here either. */
    assert_true(str_contains(page.body, STR("\"light\":\"no_baseline\"")));
    Reply task = ask_get(&server, STR(""), "/task/1");
    assert_true(str_contains(task.body, STR("更换高效设备")));
    Str lead = sign_in(&server, "lead");
    Reply board = ask_get(&server, lead, "/dashboard");
    assert_true(str_contains(board.body, STR("\"problems\":[")));
    Reply kinds = ask_get(&server, lead, "/record");
    assert_int_equal(kinds.status, 200);
    assert_true(str_contains(kinds.body, STR("会议议定事项")));
    assert_int_equal(ask_get(&server, lead, "/record/decision").status, 200);
    assert_int_equal(ask_get(&server, lead, "/calendar?year=2026").status, 200);
}

static void officer_make(Str admin, const char *login, Str unit) {
    person_make(
        &server, admin, login,
        str_c(server.arena,
              str_print(server.arena, "role=officer&name=%%E6%%BC%%94%%E7%%A4%%BA&unit=" STR_FMT,
                        STR_ARG(unit))));
}

static int post(Str token, const char *path, const char *form) {
    static int number = 0;
    return ask_post(&server, token, path,
                    str_print(server.arena, "%s&request_key=n%d", form, ++number))
        .status;
}

static void test_office_at_work(void **state) {
    (void)state;
    Str admin = sign_in(&server, "admin");
    Str lead = sign_in(&server, "lead");
    /* Units are numbered in the order in which the plan names them. */
    Str unit = STR("3");
    assert_true(
        str_contains(ask_get(&server, lead, "/dashboard/unit/3").body, STR("县农业农村局")));
    officer_make(admin, "farm", unit);
    officer_make(admin, "farmhead", unit);
    Str heads = ask_get(&server, lead, "/unit-head").body;
    assert_int_equal(occurrences(heads, STR("/unit-head/")), 2);
    /* Persons: admin 1, lead 2, farm 3, farmhead 4. */
    assert_int_equal(post(lead, "/unit-head/4/set", "x=1"), 200);
    Str officer = sign_in(&server, "farm");
    Str head = sign_in(&server, "farmhead");
    /* The second target of the plan, mechanisation, is the second series; nobody owns it yet. */
    assert_int_equal(
        post(officer, "/series/2/figure", "period=2025-12&value=88.6&evidence=table+1"), 200);
    assert_int_equal(post(lead, "/figure/1/confirm", "x=1"), 409);
    assert_int_equal(post(head, "/figure/1/approve", "x=1"), 200);
    assert_int_equal(post(lead, "/figure/1/confirm", "x=1"), 200);
    Reply target = ask_get(&server, STR(""), "/target/2");
    assert_true(str_equal(json_member(target.body, "value"), STR("88.6%")));
    /* A measure of the plan gets its day, its unit reports, the lead office confirms. */
    Str measures = ask_get(&server, officer, "/measure").body;
    assert_true(str_contains(measures, STR("老旧农机")));
    Reply task = ask_get(&server, officer, "/task/2");
    size_t at = str_find(task.body, STR("\"state\":\"open\""), 0);
    assert_true(at != SIZE_MAX);
    Str assign = str_print(server.arena, "unit=" STR_FMT "&due=2026-12-31", STR_ARG(unit));
    const char *words = str_c(server.arena, assign);
    char path[64];
    int measure = 0;
    for (int id = 1; id <= 12 && measure == 0; id++) {
        (void)snprintf(path, sizeof path, "/measure/%d", id);
        Reply page = ask_get(&server, officer, path);
        measure = str_contains(page.body, STR("老旧农机")) ? id : 0;
    }
    assert_true(measure > 0);
    (void)snprintf(path, sizeof path, "/measure/%d/assign", measure);
    assert_int_equal(post(lead, path, words), 200);
    (void)snprintf(path, sizeof path, "/measure/%d/report", measure);
    assert_int_equal(post(officer, path, "text=finished&evidence=list+of+machines"), 200);
    (void)snprintf(path, sizeof path, "/measure/%d/confirm", measure);
    assert_int_equal(post(lead, path, "x=1"), 200);
    (void)snprintf(path, sizeof path, "/measure/%d", measure);
    assert_true(str_equal(json_member(ask_get(&server, lead, path).body, "state"), STR("done")));
}

/* The work list, notices, what targets rest on, time limits by two people and tables of conditions:
 * all of it from the plan's text and the standard kinds. */
static void test_what_is_due(void **state) {
    (void)state;
    Str lead = sign_in(&server, "lead");
    Str officer = sign_in(&server, "farm");
    assert_int_equal(post(lead, "/notice/new",
                          "task=2&measure=&unit=3&title=urged+matter&body=please+answer"
                          "&reply_days=5"),
                     200);
    Reply todo = ask_get(&server, officer, "/todo");
    assert_int_equal(todo.status, 200);
    assert_true(str_contains(todo.body, STR("urged matter")));
    assert_false(str_contains(ask_get(&server, lead, "/todo").body, STR("urged matter")));
    Reply calendar = ask_get(&server, officer, "/todo/file/ics");
    assert_true(str_contains(calendar.body, STR("urged matter")));
    assert_int_equal(ask_get(&server, officer, "/todo/file/xlsx").status, 200);
    assert_int_equal(ask_get(&server, lead, "/notice/file/pdf").status, 200);
    assert_int_equal(post(officer, "/notice/1/receive", "x=1"), 200);
    assert_int_equal(post(officer, "/notice/1/reply", "text=it+is+done"), 200);
    assert_false(str_contains(ask_get(&server, officer, "/todo").body, STR("urged matter")));
    assert_true(str_contains(ask_get(&server, lead, "/todo").body, STR("urged matter")));
    /* Nothing is counted until the city declares how: every target is told by its unit. */
    Reply sources = ask_get(&server, STR(""), "/sources");
    assert_int_equal(occurrences(sources.body, STR("\"source\":\"reported\"")), 4);
    /* A limit of a standard kind, by two of the lead office. */
    account_make("lead", "second");
    Str second = sign_in(&server, "second");
    assert_int_equal(post(lead, "/clock/meeting", "act=none&days=3&source=county+rule+1"), 400);
    Str page = ask_get(&server, lead, "/clock/recognition").body;
    assert_true(str_contains(page, STR("未设置")));
    assert_int_equal(
        post(lead, "/clock/recognition", "act=file&days=7&source=county+rule+1+article+2"), 200);
    assert_int_equal(post(lead, "/clock/recognition/1/approve", "x=1"), 403);
    assert_int_equal(post(officer, "/clock/recognition/1/approve", "x=1"), 403);
    assert_int_equal(post(second, "/clock/recognition/1/approve", "x=1"), 200);
    assert_true(str_contains(ask_get(&server, lead, "/clock/recognition").body, STR("7 个工作日")));
    assert_int_equal(ask_get(&server, lead, "/record/recognition").status, 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_declarations_hold),
        cmocka_unit_test(test_no_word_of_the_sample_city),
        cmocka_unit_test(test_tasks_units_and_targets),
        cmocka_unit_test(test_office_at_work),
        cmocka_unit_test(test_what_is_due),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
