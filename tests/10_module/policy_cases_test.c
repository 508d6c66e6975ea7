/*
 * Runs every case of cities/anqiu/policy against its table: the day before, on and after, the fen
 * below, at and above a cap, each exclusion, each answer missing. A version without cases fails, a
 * rule that no case reaches fails, a wrong case is found, and no version that is switched off,
 * unsigned or only advice can pay. The dry run adds up, by band and by rule, and repeats itself.
 */
#include "main/house.h"
#include "office/policy/cases.h"
#include "office/policy/library.h"
#include "office/policy/policy.h"
#include "office/policy/simulate.h"
#include "test.h"
#include "test_database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES_MIN = 8, CASES_TOTAL_MIN = 900, VERSIONS_MIN = 43 };

typedef struct Shelf {
    Arena *arena;
    Cx cx;
    PolicyLibrary *library;
    const PolicyVersion *const *versions;
    size_t count;
} Shelf;

static void shelf_open(Shelf *shelf) {
    shelf->arena = arena_create();
    cx_init(&shelf->cx, shelf->arena);
    if (policy_library_load(&shelf->cx, STR("cities/anqiu"), &shelf->library) != STATUS_OK) {
        fail_msg("%s", shelf->cx.fault.text);
    }
    shelf->versions = policy_versions(shelf->library, &shelf->count);
    assert_true(shelf->count >= VERSIONS_MIN);
}

static void test_cases(void **state) {
    (void)state;
    Shelf shelf;
    shelf_open(&shelf);
    int64_t passed = 0;
    int64_t failed = 0;
    for (size_t i = 0; i < shelf.count; i++) {
        PolicyCasesResult result;
        if (policy_cases_run(&shelf.cx, shelf.versions[i], &result) != STATUS_OK) {
            fail_msg("%s", shelf.cx.fault.text);
        }
        for (int64_t k = 0; k < result.fail_count; k++) {
            const PolicyMiss *miss = &result.misses[k];
            printf("# " STR_FMT ":%lld: " STR_FMT ": wanted " STR_FMT ", got " STR_FMT "\n",
                   STR_ARG(shelf.versions[i]->cases_path), (long long)miss->line,
                   STR_ARG(miss->note), STR_ARG(miss->wanted), STR_ARG(miss->got));
        }
        assert_true(result.pass_count >= CASES_MIN);
        passed += result.pass_count;
        failed += result.fail_count;
    }
    printf("# %lld cases of %zu versions\n", (long long)passed, shelf.count);
    assert_int_equal(failed, 0);
    assert_true(passed >= CASES_TOTAL_MIN);
    arena_free(shelf.arena);
}

/* Every row is reached: a row that no case proves may say anything. */
static void test_each_rule_has_a_case(void **state) {
    (void)state;
    Shelf shelf;
    shelf_open(&shelf);
    int64_t bare = 0;
    for (size_t i = 0; i < shelf.count; i++) {
        const PolicyEntry *entry = policy_entry_of(shelf.versions[i]);
        const DmnTable *table = dmn_node_at(entry->model, entry->decision)->table;
        assert_non_null(table);
        char path[256];
        (void)snprintf(path, sizeof path, STR_FMT, STR_ARG(shelf.versions[i]->cases_path));
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        char *text = calloc(1, 4 * 1024 * 1024);
        assert_non_null(text);
        size_t len = fread(text, 1, 4 * 1024 * 1024 - 1, file);
        (void)fclose(file);
        assert_true(len > 0);
        for (size_t row = 0; row < table->row_count; row++) {
            char wanted[128];
            assert_int_equal(table->annotation_count, 3);
            (void)snprintf(wanted, sizeof wanted, "\"rule_id\": \"" STR_FMT "\"",
                           STR_ARG(table->rows[row].annotations[2]));
            if (strstr(text, wanted) == NULL) {
                printf("# %s: no case for " STR_FMT "\n", path,
                       STR_ARG(table->rows[row].annotations[2]));
                bare++;
            }
        }
        free(text);
    }
    assert_int_equal(bare, 0);
    arena_free(shelf.arena);
}

/* The checker sees a wrong amount, a wrong rule and a line that is no case. */
static void test_wrong_case_is_found(void **state) {
    (void)state;
    Shelf shelf;
    shelf_open(&shelf);
    const PolicyVersion *version = NULL;
    assert_int_equal(policy_version_find(&shelf.cx, shelf.library, STR("digital-2026"), &version),
                     STATUS_OK);
    static const char text[] =
        "# note\n"
        "{\"note\":\"right\",\"in\":{\"发票日期\":\"2026-05-01\",\"品类\":\"手机\",\"成交价分\":"
        "100000},\"rule_id\":\"DIGI-2026\",\"eligible\":true,\"amount_fen\":15000}\n"
        "{\"note\":\"one fen\",\"in\":{\"发票日期\":\"2026-05-01\",\"品类\":\"手机\","
        "\"成交价分\":100000},\"rule_id\":\"DIGI-2026\",\"eligible\":true,\"amount_fen\":15001}\n"
        "{\"note\":\"rule\",\"in\":{\"发票日期\":\"2026-05-01\",\"品类\":\"手机\",\"成交价分\":"
        "100000},\"rule_id\":\"DIGI-2026-Z\",\"eligible\":true,\"amount_fen\":15000}\n"
        "{\"note\":\"cap\",\"in\":{\"发票日期\":\"2026-05-01\",\"品类\":\"手机\",\"成交价分\":"
        "100000},\"rule_id\":\"DIGI-2026\",\"eligible\":true,\"amount_fen\":15000,\"cap_fen\":1}\n";
    PolicyCasesResult result;
    assert_int_equal(policy_cases_check(&shelf.cx, version, str_of(text), &result), STATUS_OK);
    assert_int_equal(result.pass_count, 1);
    assert_int_equal(result.fail_count, 3);
    assert_int_equal(result.misses[0].line, 3);
    assert_int_equal(policy_cases_check(&shelf.cx, version, STR("{\"in\":{}}\n"), &result),
                     STATUS_INVALID);
    arena_free(shelf.arena);
}

/* The example of the thread: 6,999 yuan, level 1, by the policy of each year. */
static void test_fridge(void **state) {
    (void)state;
    Shelf shelf;
    shelf_open(&shelf);
    static const struct {
        int32_t year;
        int64_t fen;
        int64_t cap_fen;
    } rows[] = {{2024, 139980, 200000}, {2025, 139980, 200000}, {2026, 104985, 150000}};
    for (size_t i = 0; i < 3; i++) {
        PolicyGoods goods = {.programme = STR("appliance"),
                             .category_name = STR("冰箱"),
                             .efficiency_level = 1,
                             .price = {699900},
                             .day = day_of_ymd(rows[i].year, 10, 15)};
        PolicyAnswer answer;
        assert_int_equal(policy_decide_goods(&shelf.cx, shelf.library, &goods, &answer), STATUS_OK);
        assert_true(answer.is_eligible);
        assert_int_equal(answer.amount.fen, rows[i].fen);
        assert_int_equal(answer.cap.fen, rows[i].cap_fen);
        assert_true(answer.document.len > 0 && answer.clause.len > 0 && answer.rule.len > 0);
    }
    arena_free(shelf.arena);
}

/* Versions of one programme do not overlap: a day has one judge. */
static void test_one_version_a_day(void **state) {
    (void)state;
    Shelf shelf;
    shelf_open(&shelf);
    for (size_t i = 0; i < shelf.count; i++) {
        assert_true(day_compare(shelf.versions[i]->first, shelf.versions[i]->last) <= 0);
        for (size_t k = 0; k < i; k++) {
            if (!str_equal(shelf.versions[i]->programme, shelf.versions[k]->programme)) {
                continue;
            }
            if (day_compare(shelf.versions[i]->first, shelf.versions[k]->last) <= 0 &&
                day_compare(shelf.versions[k]->first, shelf.versions[i]->last) <= 0) {
                fail_msg(STR_FMT " and " STR_FMT " judge the same day",
                         STR_ARG(shelf.versions[i]->version), STR_ARG(shelf.versions[k]->version));
            }
        }
    }
    arena_free(shelf.arena);
}

/* ---- what may pay ---- */

/* Switched off or advice: never, whoever signs. Waiting for a signature: not yet. */
static void payable_check(House *house, Cx *cx, bool is_signed_expected) {
    size_t count = 0;
    size_t payable = 0;
    DbConn *conn = NULL;
    const PolicyVersion *const *versions = policy_versions(house->city.policies, &count);
    assert_true(count >= VERSIONS_MIN);
    assert_int_equal(db_read_begin(cx, house->db, &conn), STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        const PolicyVersion *version = versions[i];
        bool is_payable = true;
        bool is_blocked = false;
        for (size_t k = 0; k < version->sign_off_count; k++) {
            is_blocked = is_blocked || version->sign_offs[k].blocks_payment;
        }
        assert_int_equal(policy_is_payable(cx, conn, version, &is_payable), STATUS_OK);
        bool is_never = !version->is_enabled || !version->pays;
        if (is_payable && (is_never || (is_blocked && !is_signed_expected))) {
            fail_msg(STR_FMT " may pay", STR_ARG(version->version));
        }
        payable += is_payable ? 1 : 0;
    }
    db_read_end(house->db, conn);
    printf("# %zu of %zu versions may pay, %s\n", payable, count,
           is_signed_expected ? "all signed" : "none signed");
    assert_true(payable > 0 && payable < count);
}

static char data_folder[] = "build/policy-pay-XXXXXX";

typedef struct SignWork {
    House *house;
    int64_t person_id;
} SignWork;

/* Signs everything there is to sign, of the switched-off versions too. */
static Status sign_all(Cx *cx, DbConn *conn, void *input) {
    const SignWork *work = input;
    size_t count = 0;
    const PolicyVersion *const *versions = policy_versions(work->house->city.policies, &count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < versions[i]->sign_off_count; k++) {
            PolicySigning signing = {.version = versions[i],
                                     .item = k,
                                     .person_id = work->person_id,
                                     .basis = STR("test"),
                                     .now_ms = 1000};
            TRY(policy_sign(cx, conn, &signing));
        }
    }
    return STATUS_OK;
}

static void test_unsigned_never_pays(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    TestDatabase database;
    House house;
    Settings settings;
    cx_init(&cx, arena);
    assert_non_null(mkdtemp(data_folder));
    test_database_make(&database);
    char *argv[] = {(char[]){"test"}, (char[]){"--data"}, data_folder,
                    (char[]){"--db"}, database.url,       NULL};
    assert_int_equal(settings_read(&cx, 5, argv, &settings), STATUS_OK);
    if (house_open(&cx, &settings, 1000, &house) != STATUS_OK) {
        fail_msg("%s", cx.fault.text);
    }
    payable_check(&house, &cx, false);
    SignWork work = {.house = &house, .person_id = 1};
    DbCommand command = {.name = "policy.sign",
                         .actor = {.role = STR("lead"), .origin = STR("command")},
                         .work = sign_all,
                         .input = &work,
                         .now_ms = 1000};
    if (db_write(&cx, house.db, &command, NULL) != STATUS_OK) {
        fail_msg("%s", cx.fault.text);
    }
    payable_check(&house, &cx, true);
    house_close(&house);
    test_database_drop(&database);
    char remove[128];
    (void)snprintf(remove, sizeof remove, "rm -rf '%s'", data_folder);
    assert_int_equal(system(remove), 0);
    arena_free(arena);
}

/* No row that is waiting for a value (…-U1) or for a person (…-M1) says that money is due. */
static void test_unset_rows_give_nothing(void **state) {
    (void)state;
    Shelf shelf;
    shelf_open(&shelf);
    size_t checked = 0;
    for (size_t i = 0; i < shelf.count; i++) {
        const PolicyEntry *entry = policy_entry_of(shelf.versions[i]);
        const DmnTable *table = dmn_node_at(entry->model, entry->decision)->table;
        for (size_t row = 0; row < table->row_count; row++) {
            Str rule = table->rows[row].annotations[2];
            const char *mark = strrchr(str_c(shelf.arena, rule), '-');
            if (mark == NULL || (mark[1] != 'U' && mark[1] != 'M')) {
                continue;
            }
            assert_true(str_equal(table->rows[row].outputs[0].text, STR("false")));
            assert_true(str_equal(table->rows[row].outputs[3].text, STR("0")));
            checked++;
        }
    }
    assert_true(checked >= 30);
    arena_free(shelf.arena);
}

/* ---- the dry run ---- */

static void test_simulate(void **state) {
    (void)state;
    Shelf shelf;
    shelf_open(&shelf);
    for (size_t i = 0; i < shelf.count; i++) {
        PolicyPopulation population = {.version = shelf.versions[i], .count = 9000, .seed = 7};
        PolicySimulation first;
        PolicySimulation again;
        assert_int_equal(policy_simulate(&shelf.cx, &population, &first), STATUS_OK);
        assert_int_equal(policy_simulate(&shelf.cx, &population, &again), STATUS_OK);
        assert_int_equal(first.all.case_count, 9000);
        assert_int_equal(first.all.total.fen, again.all.total.fen);
        assert_int_equal(first.all.eligible_count, again.all.eligible_count);
        PolicyTally bands = {0};
        for (size_t k = 0; k < POLICY_BAND_COUNT; k++) {
            bands.case_count += first.bands[k].tally.case_count;
            bands.total = money_add(bands.total, first.bands[k].tally.total);
        }
        PolicyTally rules = {0};
        for (size_t k = 0; k < first.rule_count; k++) {
            rules.case_count += first.rules[k].tally.case_count;
            rules.total = money_add(rules.total, first.rules[k].tally.total);
        }
        assert_int_equal(bands.case_count, 9000);
        assert_int_equal(bands.total.fen, first.all.total.fen);
        assert_int_equal(rules.case_count, 9000);
        assert_int_equal(rules.total.fen, first.all.total.fen);
    }
    /* By hand: every paid digital purchase is at most 500 yuan, and two seeds differ. */
    const PolicyVersion *version = NULL;
    assert_int_equal(policy_version_find(&shelf.cx, shelf.library, STR("digital-2026"), &version),
                     STATUS_OK);
    PolicyPopulation population = {.version = version, .count = 20000, .seed = 1};
    PolicySimulation one;
    PolicySimulation two;
    assert_int_equal(policy_simulate(&shelf.cx, &population, &one), STATUS_OK);
    population.seed = 2;
    assert_int_equal(policy_simulate(&shelf.cx, &population, &two), STATUS_OK);
    assert_true(one.all.total.fen != two.all.total.fen);
    assert_true(one.all.eligible_count > 0 && one.all.eligible_count < 20000);
    assert_true(one.all.total.fen <= one.all.eligible_count * 50000);
    arena_free(shelf.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_each_rule_has_a_case),
        cmocka_unit_test(test_wrong_case_is_found),
        cmocka_unit_test(test_fridge),
        cmocka_unit_test(test_one_version_a_day),
        cmocka_unit_test(test_unsigned_never_pays),
        cmocka_unit_test(test_unset_rows_give_nothing),
        cmocka_unit_test(test_simulate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
