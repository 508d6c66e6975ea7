/*
 * The work list: what waits for whom, by date; what is done is gone; roles without a list; counts
 * at the borders of the working calendar; reminders only when asked for.
 */
#include "demo_house.h"
#include "office/desk/desk.h"
#include "office/plan/plan.h"
#include "office/todo/todo.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static Day today;
static int64_t now_ms;

static int start(void **state) {
    (void)state;
    demo_house_open(20);
    today = day_of_ymd(2026, 11, 20);
    now_ms = day_start_ms(today) + 10 * 3600 * 1000;
    return 0;
}

static const char SQL_PERSON[] = "SELECT id FROM person WHERE login = $1";
static const char SQL_UNIT[] = "SELECT unit_id FROM person WHERE login = $1";
static const char SQL_TASK[] = "SELECT MIN(task_id) FROM plan_measure WHERE unit_id = $1";

static int64_t number_of(const char *sql, DbValue value) {
    int64_t id = 0;
    DbConn *conn = NULL;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(db_int_or(&cx, conn, sql, DB_ARGS(value), &id), STATUS_OK);
    db_read_end(house.db, conn);
    return id;
}

static WebUser user_of(const char *login, Role role) {
    Str name = str_of(login);
    return (WebUser){.id = number_of(SQL_PERSON, DB_TEXT(name)),
                     .role = role,
                     .name = name,
                     .unit_id = number_of(SQL_UNIT, DB_TEXT(name))};
}

static TodoList list_of(const WebUser *user) {
    TodoList list;
    TodoAsk ask = {.city = &house.city, .user = user, .today = today};
    DbConn *conn = NULL;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(todo_list(&cx, conn, &ask, &list), STATUS_OK);
    db_read_end(house.db, conn);
    return list;
}

/* The item behind an address; with an empty address when it is not in the list. */
static Todo item_of(const TodoList *list, Str href) {
    for (size_t i = 0; i < list->count; i++) {
        if (str_equal(list->items[i].href, href)) {
            return list->items[i];
        }
    }
    return (Todo){.due = DAY_NONE};
}

static bool has(const TodoList *list, Str href) {
    return item_of(list, href).href.len > 0;
}

static Status run(DbWork *work, void *input) {
    DbCommand command = {.name = "test",
                         .actor = {.role = STR("system"), .origin = STR("command")},
                         .work = work,
                         .input = input,
                         .now_ms = now_ms};
    return db_write(&cx, house.db, &command, NULL);
}

/* By date, those without one last, and every link leads somewhere. */
static void test_order(void **state) {
    (void)state;
    WebUser officer = user_of("officer", ROLE_OFFICER);
    TodoList list = list_of(&officer);
    assert_true(list.count > 3);
    bool has_plan = false;
    bool has_record = false;
    for (size_t i = 0; i < list.count; i++) {
        const Todo *item = &list.items[i];
        has_plan = has_plan || str_equal(item->source, STR("plan"));
        has_record = has_record || str_equal(item->source, STR("record"));
        assert_true(item->title.len > 0 && str_starts(item->href, STR("/")));
        if (i > 0 && item->due.number != DAY_NONE.number) {
            assert_true(list.items[i - 1].due.number != DAY_NONE.number);
            assert_true(day_compare(list.items[i - 1].due, item->due) <= 0);
        }
    }
    assert_true(has_plan && has_record);
}

static void test_other_roles_have_none(void **state) {
    (void)state;
    static const Role roles[] = {ROLE_PUBLIC,  ROLE_RESIDENT, ROLE_SHOP, ROLE_FINANCE,
                                 ROLE_AUDITOR, ROLE_ADMIN,    ROLE_BANK};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        WebUser user = user_of("officer", roles[i]);
        assert_int_equal(list_of(&user).count, 0);
    }
}

/* ---- a notice on its way ---- */

typedef struct Walk {
    PlanNoticeNew new;
    PlanNoticeAct act;
    int64_t id;
} Walk;

static Status issue_work(Cx *work_cx, DbConn *conn, void *input) {
    Walk *walk = input;
    return plan_notice_issue(work_cx, conn, &walk->new, &walk->id);
}
static Status receive_work(Cx *work_cx, DbConn *conn, void *input) {
    return plan_notice_receive(work_cx, conn, &((Walk *)input)->act);
}
static Status reply_work(Cx *work_cx, DbConn *conn, void *input) {
    return plan_notice_reply(work_cx, conn, &((Walk *)input)->act);
}
static Status close_work(Cx *work_cx, DbConn *conn, void *input) {
    return plan_notice_close(work_cx, conn, &((Walk *)input)->act);
}

static void test_a_notice_moves_from_list_to_list(void **state) {
    (void)state;
    WebUser officer = user_of("officer", ROLE_OFFICER);
    WebUser lead = user_of("lead", ROLE_LEAD);
    WebUser other = user_of("unit07", ROLE_OFFICER);
    Walk walk = {.new = {.task_id = number_of(SQL_TASK, DB_INT(officer.unit_id)),
                         .unit_id = officer.unit_id,
                         .title = STR("请报送安排"),
                         .body = STR("请于期限内报送安排。"),
                         .reply_days = 5,
                         .calendar = &house.city.calendar,
                         .person_id = lead.id,
                         .now_ms = now_ms}};
    assert_int_equal(run(issue_work, &walk), STATUS_OK);
    Str href = str_print(arena, "/notice/%" PRId64, walk.id);
    TodoList list = list_of(&officer);
    Todo item = item_of(&list, href);
    assert_true(item.href.len > 0);
    /* Friday: to be received by Monday. */
    assert_int_equal(item.due.number, day_of_ymd(2026, 11, 23).number);
    assert_true(str_equal(item.detail, STR("签收")));
    list = list_of(&other);
    assert_false(has(&list, href));
    list = list_of(&lead);
    assert_false(has(&list, href));
    walk.act = (PlanNoticeAct){.notice_id = walk.id,
                               .person_id = officer.id,
                               .unit_id = officer.unit_id,
                               .text = STR("已安排"),
                               .calendar = &house.city.calendar,
                               .now_ms = now_ms};
    assert_int_equal(run(receive_work, &walk), STATUS_OK);
    list = list_of(&officer);
    assert_int_equal(item_of(&list, href).due.number, day_of_ymd(2026, 11, 27).number);
    assert_int_equal(run(reply_work, &walk), STATUS_OK);
    list = list_of(&officer);
    assert_false(has(&list, href));
    list = list_of(&lead);
    assert_true(has(&list, href));
    walk.act.is_lead = true;
    assert_int_equal(run(close_work, &walk), STATUS_OK);
    list = list_of(&lead);
    assert_false(has(&list, href));
}

/* ---- a figure on its way ---- */

typedef struct Filing {
    PlanFigureNew new;
    PlanFigureAct act;
    int64_t id;
} Filing;

static Status file_work(Cx *work_cx, DbConn *conn, void *input) {
    Filing *filing = input;
    return plan_figure_file(work_cx, conn, &filing->new, &filing->id);
}
static Status refuse_work(Cx *work_cx, DbConn *conn, void *input) {
    return plan_figure_refuse(work_cx, conn, &((Filing *)input)->act);
}

static void test_a_figure_moves_from_list_to_list(void **state) {
    (void)state;
    WebUser officer = user_of("officer", ROLE_OFFICER);
    WebUser head = user_of("head04", ROLE_OFFICER);
    Filing filing = {.new = {.series = STR("used_car.trade"),
                             .period = STR("2026-11"),
                             .value = STR("12"),
                             .evidence = STR("test"),
                             .unit_id = officer.unit_id,
                             .filed_by = officer.id,
                             .now_ms = now_ms}};
    assert_int_equal(run(file_work, &filing), STATUS_OK);
    Str href = str_print(arena, "/figure/%" PRId64, filing.id);
    TodoList list = list_of(&officer);
    assert_false(has(&list, href));
    list = list_of(&head);
    assert_true(has(&list, href));
    filing.act = (PlanFigureAct){
        .id = filing.id, .person_id = head.id, .now_ms = now_ms, .note = STR("单位不对")};
    assert_int_equal(run(refuse_work, &filing), STATUS_OK);
    list = list_of(&officer);
    Todo item = item_of(&list, href);
    assert_true(item.href.len > 0);
    assert_true(str_contains(item.detail, STR("单位不对")));
    /* Filed again: no longer sent back. */
    Filing again = {.new = filing.new};
    assert_int_equal(run(file_work, &again), STATUS_OK);
    list = list_of(&officer);
    assert_false(has(&list, href));
}

/* ---- counts ---- */

/* Friday 20 November: three working days on is Wednesday the 25th. */
static void test_counts_at_the_borders(void **state) {
    (void)state;
    Todo items[] = {{.due = day_of_ymd(2026, 11, 19)},
                    {.due = day_of_ymd(2026, 11, 20)},
                    {.due = day_of_ymd(2026, 11, 25)},
                    {.due = day_of_ymd(2026, 11, 26)},
                    {.due = DAY_NONE}};
    TodoList list = {.items = items, .count = 5};
    TodoCount count = todo_count(&list, &house.city.calendar, today);
    assert_int_equal(count.all, 5);
    assert_int_equal(count.late, 1);
    assert_int_equal(count.soon, 2);
    assert_int_equal(count.without, 1);
    const WorkCalendar *calendar = &house.city.calendar;
    assert_true(
        str_equal(todo_left_text(arena, calendar, today, items[0].due), STR("已逾期 1 个工作日")));
    assert_true(str_equal(todo_left_text(arena, calendar, today, items[1].due), STR("今天到期")));
    assert_true(
        str_equal(todo_left_text(arena, calendar, today, items[2].due), STR("还有 3 个工作日")));
    assert_true(str_equal(todo_left_text(arena, calendar, today, DAY_NONE), STR("未设置期限")));
}

static void test_reminders(void **state) {
    (void)state;
    TodoReminderList few;
    TodoReminderList many;
    DbConn *conn = NULL;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(todo_reminders(&cx, conn, &house.city, today, 1, &few), STATUS_OK);
    assert_int_equal(todo_reminders(&cx, conn, &house.city, today, 30, &many), STATUS_OK);
    db_read_end(house.db, conn);
    assert_true(many.count >= few.count && many.count > 0);
    for (size_t i = 0; i < many.count; i++) {
        const TodoReminder *row = &many.items[i];
        assert_true(row->count.late + row->count.soon > 0);
        assert_true(str_starts(row->id, STR("2026-11-20:")));
        assert_true(str_ends(row->id, row->login));
    }
}

/* ---- time limits ---- */

typedef struct Limit {
    RecordClock clock;
    RecordClockAct act;
    int64_t id;
} Limit;

static Status propose_work(Cx *work_cx, DbConn *conn, void *input) {
    Limit *limit = input;
    return record_clock_propose(work_cx, conn, house.city.records, &limit->clock, &limit->id);
}
static Status decide_work(Cx *work_cx, DbConn *conn, void *input) {
    return record_clock_decide(work_cx, conn, &((Limit *)input)->act);
}

static Limit limit_of(const char *act, int64_t days, const char *source, int64_t person) {
    return (Limit){.clock = {.kind = STR("recognition"),
                             .act = str_of(act),
                             .days = days,
                             .source = str_of(source),
                             .proposed_by = person,
                             .proposed_ms = now_ms}};
}

static Status decide_as(Limit *limit, int64_t person, bool is_approved, const char *note) {
    limit->act = (RecordClockAct){.id = limit->id,
                                  .person_id = person,
                                  .is_approved = is_approved,
                                  .note = str_of(note),
                                  .now_ms = now_ms};
    return run(decide_work, limit);
}

static int32_t days_after(const char *act) {
    int32_t days = -1;
    DbConn *conn = NULL;
    const RecordKind *kind = record_kind_find(house.city.records, STR("recognition"));
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(
        record_clock_days(&cx, conn, kind, record_transition_find(kind, str_of(act)), &days),
        STATUS_OK);
    db_read_end(house.db, conn);
    return days;
}

static Status proposed(const char *act, int64_t days, const char *source, int64_t person) {
    Limit limit = limit_of(act, days, source, person);
    Status status = run(propose_work, &limit);
    fault_clear(&cx);
    return status;
}

/* One proposes with the document, another puts it in force; until then nothing counts. */
static void test_limits_take_two_people(void **state) {
    (void)state;
    WebUser lead = user_of("lead", ROLE_LEAD);
    WebUser lead2 = user_of("lead2", ROLE_LEAD);
    assert_int_equal(proposed("file", -1, "演示办法第一条", lead.id), STATUS_INVALID);
    assert_int_equal(proposed("file", 1001, "演示办法第一条", lead.id), STATUS_INVALID);
    assert_int_equal(proposed("file", 5, "五个字呢", lead.id), STATUS_INVALID);
    assert_int_equal(proposed("none", 5, "演示办法第一条", lead.id), STATUS_NOT_FOUND);
    assert_int_equal(days_after("return"), 0);
    Limit limit = limit_of("return", 5, "演示办法第一条", lead.id);
    assert_int_equal(run(propose_work, &limit), STATUS_OK);
    assert_int_equal(proposed("return", 6, "演示办法第二条", lead2.id), STATUS_CONFLICT);
    assert_int_equal(days_after("return"), 0);
    assert_int_equal(decide_as(&limit, lead.id, true, ""), STATUS_DENIED);
    fault_clear(&cx);
    assert_int_equal(decide_as(&limit, lead2.id, false, " "), STATUS_INVALID);
    fault_clear(&cx);
    assert_int_equal(decide_as(&limit, lead2.id, true, ""), STATUS_OK);
    assert_int_equal(days_after("return"), 5);
    assert_int_equal(decide_as(&limit, lead2.id, false, "x"), STATUS_CONFLICT);
    fault_clear(&cx);
    Limit refused = limit_of("return", 9, "演示办法第三条", lead.id);
    assert_int_equal(run(propose_work, &refused), STATUS_OK);
    assert_int_equal(decide_as(&refused, lead2.id, false, "不是这一条"), STATUS_OK);
    assert_int_equal(days_after("return"), 5);
}

typedef struct Return {
    RecordHouse house;
    RecordActor actor;
    int64_t id;
    Record after;
} Return;

static Status return_work(Cx *work_cx, DbConn *conn, void *input) {
    Return *it = input;
    Record now;
    TRY(record_find(work_cx, conn, it->house.book, it->id, &now));
    RecordChange change = {.id = now.id,
                           .revision = now.revision,
                           .act = record_transition_find(now.kind, STR("return")),
                           .note = STR("请补正"),
                           .actor = &it->actor};
    return record_move(work_cx, conn, &it->house, &change, &it->after);
}

/* The limit that was put in force runs from the next act on: Friday and five working days. */
static void test_a_limit_gives_a_date(void **state) {
    (void)state;
    static const Str filed[] = {{"filed", 5}};
    Return it = {.house = desk_house(&house.city)};
    const RecordKind *kind = record_kind_find(it.house.book, STR("recognition"));
    RecordPage page;
    DbConn *conn = NULL;
    it.actor = (RecordActor){
        .person_id = 900001, .role = STR("lead"), .unit = STR("fagai"), .name = STR("演示")};
    RecordQuery query = record_query_for(kind, &it.actor);
    query.states = filed;
    query.state_count = 1;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(record_list(&cx, conn, &it.house, &query, &page), STATUS_OK);
    db_read_end(house.db, conn);
    assert_true(page.count > 0);
    assert_int_equal(page.items[0].due.number, DAY_NONE.number);
    it.id = page.items[0].id;
    it.actor.role = STR("officer");
    it.actor.unit = page.items[0].owner;
    assert_int_equal(run(return_work, &it), STATUS_OK);
    assert_int_equal(it.after.due.number, day_of_ymd(2026, 11, 27).number);
}

/* ---- many that wait for nobody ---- */

/* So many wait that no narrow condition helps. */
enum { IN_USE = 4000, DUE = 2100, LOOKED_AT_MAX = 1500 };

typedef struct Machines {
    int64_t at; /* -1: the head */
    int64_t count;
    const char *prefix;
    char serial[40];
    Str cells[10];
} Machines;

static Status machines_rewind(Cx *inner, void *it) {
    (void)inner;
    ((Machines *)it)->at = -1;
    return STATUS_OK;
}

static Status machines_next(Cx *inner, void *it, const Str **cells, size_t *count, int64_t *row,
                            bool *has_row) {
    static const char *const heads[10] = {"企业",     "所在镇街", "设备品种", "设备名称",
                                          "规格型号", "出厂编号", "出厂年份", "能效水平",
                                          "核查日期", "核查发现"};
    static const char *const values[10] = {"演示泵厂", "兴安街道", "水泵",       "离心泵", "Y1", "",
                                           "2010",     "节能水平", "2026-10-01", "无问题"};
    Machines *machines = it;
    (void)inner;
    *has_row = machines->at < machines->count;
    (void)snprintf(machines->serial, sizeof machines->serial, "%s%05lld", machines->prefix,
                   (long long)machines->at);
    for (size_t i = 0; i < 10; i++) {
        machines->cells[i] = str_of(machines->at < 0 ? heads[i]
                                    : i == 5         ? machines->serial
                                                     : values[i]);
    }
    *cells = machines->cells;
    *count = 10;
    *row = ++machines->at + 1;
    return STATUS_OK;
}

static void machines_import(const char *prefix, int64_t count, const char *state) {
    RecordHouse records = desk_house(&house.city);
    const RecordActor lead = {
        .person_id = 1, .role = STR("admin"), .unit = STR("gongxin"), .name = STR("演示")};
    Machines machines = {.prefix = prefix, .count = count};
    RecordImported imported;
    RecordImport import = {.kind = record_kind_find(records.book, STR("equipment")),
                           .actor = &lead,
                           .origin = STR("command"),
                           .mode = RECORD_IMPORT_GOOD,
                           .table = {&machines, machines_rewind, machines_next},
                           .now_ms = now_ms,
                           .state = str_of(state)};
    assert_int_equal(record_import(&cx, house.db, &records, &import, &imported), STATUS_OK);
    assert_int_equal(imported.bad_count, 0);
    assert_int_equal(imported.stored_count, count);
}

/* What waits is found behind all that is in use, and they are not looked at. */
static void test_many_in_use(void **state) {
    (void)state;
    const WebUser officer = user_of("unit02", ROLE_OFFICER);
    uint64_t before = cx.step_count;
    const size_t few = list_of(&officer).count;
    const uint64_t steps = cx.step_count - before;
    machines_import("USE", IN_USE, "used");
    machines_import("DUE", DUE, "due");
    before = cx.step_count;
    const TodoList list = list_of(&officer);
    assert_true(cx.step_count - before < steps + LOOKED_AT_MAX);
    assert_true(list.count >= few + TODO_RECORDS_MAX / 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_take_two_people),
        cmocka_unit_test(test_a_limit_gives_a_date),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_other_roles_have_none),
        cmocka_unit_test(test_a_notice_moves_from_list_to_list),
        cmocka_unit_test(test_a_figure_moves_from_list_to_list),
        cmocka_unit_test(test_counts_at_the_borders),
        cmocka_unit_test(test_reminders),
        cmocka_unit_test(test_many_in_use),
    };
    return cmocka_run_group_tests(tests, start, demo_house_close);
}
