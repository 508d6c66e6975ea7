/* web_job_test.c - long work: states, progress, cancelling, owners, bounds of the list. */
#include "test.h"
#include "web/job.h"

#include <stdatomic.h>
#include <unistd.h>

static int64_t clock_now(void *clock) {
    return ++*(int64_t *)clock;
}

typedef struct Fixture {
    Arena *arena;
    Cx cx;
    Jobs *jobs;
    int64_t clock;
} Fixture;

static void fixture_open(Fixture *fixture) {
    *fixture = (Fixture){.arena = arena_create()};
    cx_init(&fixture->cx, fixture->arena);
    fixture->jobs = jobs_create(&(JobsOptions){.clock_ms = clock_now, .clock = &fixture->clock});
}

static void fixture_close(Fixture *fixture) {
    arena_reset(fixture->arena);
    jobs_destroy(fixture->jobs);
    arena_free(fixture->arena);
}

/* ---- kinds of work ---- */

static Status sum_work(Cx *cx, Job *job) {
    const int64_t *count = job_input(job);
    int64_t *sum = arena_new(cx->arena, int64_t);
    job_total_set(job, *count);
    for (int64_t i = 1; i <= *count; i++) {
        TRY(cx_step(cx));
        *sum += i;
        job_progress(job, i);
    }
    job_result_set(job, sum);
    return STATUS_OK;
}

static Status endless_work(Cx *cx, Job *job) {
    for (int64_t i = 0;; i++) {
        TRY(cx_step(cx));
        job_progress(job, i);
        (void)usleep(200);
    }
}

static Status failing_work(Cx *cx, Job *job) {
    job_result_set(job, job);
    return fault(cx, STATUS_INVALID, "第 3 行写错了");
}

static const JobKind sum_kind = {.name = "sum", .title = "求和", .work = sum_work};
static const JobKind endless_kind = {.name = "endless", .title = "不停", .work = endless_work};
static const JobKind failing_kind = {.name = "fail", .title = "出错", .work = failing_work};

static Job *sum_new(int64_t owner, int64_t count) {
    Job *job = job_new(&sum_kind, owner);
    int64_t *input = arena_new(job_arena(job), int64_t);
    *input = count;
    job_input_set(job, input);
    return job;
}

static Job *job_wait(Fixture *fixture, int64_t id, int64_t owner, JobState state) {
    Job *job = NULL;
    assert_int_equal(job_find(&fixture->cx, fixture->jobs, id, owner, &job), STATUS_OK);
    for (int i = 0; i < 20000 && job_view(job).state != state; i++) {
        (void)usleep(500);
    }
    assert_int_equal(job_view(job).state, state);
    return job;
}

/* ---- the tests ---- */

static void test_done(void **state) {
    (void)state;
    Fixture fixture;
    fixture_open(&fixture);
    int64_t id = 0;
    assert_int_equal(jobs_start(&fixture.cx, fixture.jobs, sum_new(7, 1000), &id), STATUS_OK);
    Job *job = job_wait(&fixture, id, 7, JOB_DONE);
    const int64_t *sum = job_result(job);
    assert_int_equal(*sum, 500500);
    JobView view = job_view(job);
    assert_int_equal(view.done, 1000);
    assert_int_equal(view.total, 1000);
    assert_true(view.created_ms < view.started_ms);
    assert_true(view.started_ms < view.ended_ms);
    assert_ptr_equal(jobs_latest(&fixture.cx, fixture.jobs, &sum_kind, 7), job);
    fixture_close(&fixture);
}

static void test_another_person_sees_nothing(void **state) {
    (void)state;
    Fixture fixture;
    fixture_open(&fixture);
    int64_t id = 0;
    Job *job = NULL;
    JobView *views = NULL;
    size_t count = 9;
    assert_int_equal(jobs_start(&fixture.cx, fixture.jobs, sum_new(7, 10), &id), STATUS_OK);
    (void)job_wait(&fixture, id, 7, JOB_DONE);
    assert_int_equal(job_find(&fixture.cx, fixture.jobs, id, 8, &job), STATUS_NOT_FOUND);
    fault_clear(&fixture.cx);
    assert_int_equal(job_find(&fixture.cx, fixture.jobs, id + 1, 7, &job), STATUS_NOT_FOUND);
    assert_null(jobs_latest(&fixture.cx, fixture.jobs, &sum_kind, 8));
    assert_int_equal(jobs_of(&fixture.cx, fixture.jobs, 8, &views, &count), STATUS_OK);
    assert_int_equal(count, 0);
    fixture_close(&fixture);
}

static void test_failure_has_its_words_and_no_result(void **state) {
    (void)state;
    Fixture fixture;
    fixture_open(&fixture);
    int64_t id = 0;
    assert_int_equal(jobs_start(&fixture.cx, fixture.jobs, job_new(&failing_kind, 7), &id),
                     STATUS_OK);
    Job *job = job_wait(&fixture, id, 7, JOB_FAILED);
    assert_true(str_equal(job_view(job).fault, STR("第 3 行写错了")));
    assert_null(job_result(job));
    assert_null(jobs_latest(&fixture.cx, fixture.jobs, &failing_kind, 7));
    fixture_close(&fixture);
}

static void test_cancel_while_running_and_while_waiting(void **state) {
    (void)state;
    Fixture fixture;
    fixture_open(&fixture);
    int64_t ids[JOBS_THREADS + 1] = {0};
    for (int i = 0; i <= JOBS_THREADS; i++) {
        assert_int_equal(jobs_start(&fixture.cx, fixture.jobs, job_new(&endless_kind, 7), &ids[i]),
                         STATUS_OK);
    }
    Job *running = job_wait(&fixture, ids[0], 7, JOB_RUNNING);
    Job *waiting = job_wait(&fixture, ids[JOBS_THREADS], 7, JOB_WAITING);
    job_cancel(fixture.jobs, waiting);
    (void)job_wait(&fixture, ids[JOBS_THREADS], 7, JOB_CANCELLED);
    job_cancel(fixture.jobs, running);
    (void)job_wait(&fixture, ids[0], 7, JOB_CANCELLED);
    /* The second endless one is ended by the house closing. */
    fixture_close(&fixture);
}

static void test_bounds(void **state) {
    (void)state;
    Fixture fixture;
    fixture_open(&fixture);
    int64_t id = 0;
    for (int i = 0; i < JOBS_OWNER_MAX; i++) {
        assert_int_equal(jobs_start(&fixture.cx, fixture.jobs, job_new(&endless_kind, 7), &id),
                         STATUS_OK);
    }
    assert_int_equal(jobs_start(&fixture.cx, fixture.jobs, sum_new(7, 1), &id), STATUS_BUSY);
    fault_clear(&fixture.cx);
    /* Another person is not hindered by the number of this one. */
    assert_int_equal(jobs_start(&fixture.cx, fixture.jobs, sum_new(8, 1), &id), STATUS_OK);
    int started = 0;
    for (int64_t owner = 100; owner < 200; owner++) {
        Status status = jobs_start(&fixture.cx, fixture.jobs, sum_new(owner, 1), &id);
        started += status == STATUS_OK ? 1 : 0;
        fault_clear(&fixture.cx);
    }
    assert_true(started <= JOBS_WAITING_MAX);
    assert_true(started >= JOBS_WAITING_MAX - JOBS_OWNER_MAX - 1);
    fixture_close(&fixture);
}

static void test_old_results_go(void **state) {
    (void)state;
    Fixture fixture;
    fixture_open(&fixture);
    int64_t first = 0;
    int64_t id = 0;
    assert_int_equal(jobs_start(&fixture.cx, fixture.jobs, sum_new(7, 1), &first), STATUS_OK);
    Job *lent = job_wait(&fixture, first, 7, JOB_DONE);
    for (int i = 0; i < JOBS_KEPT_MAX + 3; i++) {
        assert_int_equal(jobs_start(&fixture.cx, fixture.jobs, sum_new(7, 1), &id), STATUS_OK);
        (void)job_wait(&fixture, id, 7, JOB_DONE);
    }
    Job *gone = NULL;
    assert_int_equal(job_find(&fixture.cx, fixture.jobs, first, 7, &gone), STATUS_NOT_FOUND);
    /* Who looks at it still has it. */
    assert_int_equal(*(const int64_t *)job_result(lent), 1);
    fixture_close(&fixture);
}

/* Withdrawing what waits makes no room for more than the list holds: the oldest ended go. */
static void test_cancelled_while_waiting_are_not_kept_for_ever(void **state) {
    (void)state;
    Fixture fixture;
    fixture_open(&fixture);
    int64_t id = 0;
    for (int i = 0; i < JOBS_THREADS; i++) {
        assert_int_equal(jobs_start(&fixture.cx, fixture.jobs, job_new(&endless_kind, 7), &id),
                         STATUS_OK);
        (void)job_wait(&fixture, id, 7, JOB_RUNNING);
    }
    for (int i = 0; i < JOBS_KEPT_MAX + JOBS_WAITING_MAX + JOBS_THREADS; i++) {
        Job *waiting = NULL;
        assert_int_equal(jobs_start(&fixture.cx, fixture.jobs, sum_new(8, 1), &id), STATUS_OK);
        assert_int_equal(job_find(&fixture.cx, fixture.jobs, id, 8, &waiting), STATUS_OK);
        job_cancel(fixture.jobs, waiting);
        assert_int_equal(job_view(waiting).state, JOB_CANCELLED);
    }
    JobView *views = NULL;
    size_t count = 0;
    assert_int_equal(jobs_of(&fixture.cx, fixture.jobs, 8, &views, &count), STATUS_OK);
    assert_int_equal(count, JOBS_KEPT_MAX);
    fixture_close(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_done),
        cmocka_unit_test(test_another_person_sees_nothing),
        cmocka_unit_test(test_failure_has_its_words_and_no_result),
        cmocka_unit_test(test_cancel_while_running_and_while_waiting),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_old_results_go),
        cmocka_unit_test(test_cancelled_while_waiting_are_not_kept_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
