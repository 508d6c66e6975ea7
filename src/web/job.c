/*
 * job.c - the threads and the list of jobs. One mutex guards the list, the states and the texts;
 * how far a job is and whether it shall stop are atomic, because the work says it often. A job is
 * counted by who holds it (the list, its thread, each request that looks at it) and is given back
 * by the last.
 */
#include "web/job.h"

#include "base/log.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>

enum { JOBS_LIST_MAX = JOBS_KEPT_MAX + JOBS_WAITING_MAX + JOBS_THREADS };

struct Job {
    Arena *arena;
    const JobKind *kind;
    Cx cx;
    Jobs *jobs; /* NULL until started */
    int64_t id;
    int64_t owner_id;
    Str title;
    Str back;
    Str next;
    void *input;
    const void *result;
    JobState state;
    int64_t created_ms;
    int64_t started_ms;
    int64_t ended_ms;
    size_t holder_count; /* guarded by jobs->mutex */
    _Atomic(const char *) stage;
    _Atomic int64_t done;
    _Atomic int64_t total;
    atomic_bool is_cancelled;
};

struct Jobs {
    JobsOptions options;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_t threads[JOBS_THREADS];
    Arena *arena;
    Job *list[JOBS_LIST_MAX]; /* by rising id */
    size_t count;
    int64_t last_id;
    bool is_stopped;
};

Str job_state_code(JobState state) {
    static const char *const codes[] = {
#define X(name, code, zh) code,
        JOB_STATE_LIST(X)
#undef X
    };
    return str_of(codes[state]);
}

Str job_state_zh(JobState state) {
    static const char *const words[] = {
#define X(name, code, zh) zh,
        JOB_STATE_LIST(X)
#undef X
    };
    return str_of(words[state]);
}

static bool has_ended(const Job *job) {
    return job->state != JOB_WAITING && job->state != JOB_RUNNING;
}

/* ---- one job ---- */

Job *job_new(const JobKind *kind, int64_t owner_id) {
    Arena *arena = arena_create();
    Job *job = arena_new(arena, Job);
    job->arena = arena;
    job->kind = kind;
    job->owner_id = owner_id;
    job->title = str_of(kind->title);
    job->back = kind->back == NULL ? STR_NONE : str_of(kind->back);
    job->state = JOB_WAITING;
    cx_init(&job->cx, arena);
    job->cx.bytes_max = JOB_BYTES_MAX;
    return job;
}

void job_drop(Job *job) {
    check(job->jobs == NULL);
    arena_free(job->arena);
}

Arena *job_arena(Job *job) {
    return job->arena;
}

void job_title_set(Job *job, Str title) {
    job->title = str_dup(job->arena, title);
}

void job_back_set(Job *job, Str path) {
    job->back = str_dup(job->arena, path);
}

void job_input_set(Job *job, void *input) {
    job->input = input;
}

void *job_input(const Job *job) {
    return job->input;
}

void job_total_set(Job *job, int64_t total) {
    atomic_store_explicit(&job->total, total, memory_order_relaxed);
}

void job_progress(void *it, int64_t done) {
    Job *job = it;
    atomic_store_explicit(&job->done, done, memory_order_relaxed);
    if (job_is_cancelled(job)) {
        /* Spent: whatever the work does next, its budget is gone. */
        job->cx.step_max = 1;
        job->cx.step_count = 1;
    }
}

void job_stage_set(Job *job, const char *stage) {
    atomic_store(&job->stage, stage);
}

bool job_is_cancelled(const Job *job) {
    return atomic_load_explicit(&job->is_cancelled, memory_order_relaxed);
}

void job_result_set(Job *job, const void *result) {
    job->result = result;
}

void job_next_set(Job *job, Str path) {
    job->next = str_dup(job->arena, path);
}

const void *job_result(const Job *job) {
    return job->result;
}

/* ---- holding and giving back; all with the mutex held ---- */

static void job_let_go(Job *job) {
    check(job->holder_count > 0);
    if (--job->holder_count == 0) {
        arena_free(job->arena);
    }
}

static void list_remove(Jobs *jobs, size_t index) {
    Job *job = jobs->list[index];
    for (size_t i = index; i + 1 < jobs->count; i++) {
        jobs->list[i] = jobs->list[i + 1];
    }
    jobs->count--;
    job_let_go(job);
}

/* Finished jobs beyond what is kept go, the oldest first. */
static void list_trim(Jobs *jobs) {
    size_t ended = 0;
    size_t bytes = 0;
    for (size_t i = jobs->count; i > 0; i--) {
        if (!has_ended(jobs->list[i - 1])) {
            continue;
        }
        ended++;
        bytes += arena_bytes(jobs->list[i - 1]->arena);
        /* The newest result stays, however large it is: somebody waits for it. */
        if (ended > JOBS_KEPT_MAX || (ended > 1 && bytes > JOBS_KEPT_BYTES_MAX)) {
            list_remove(jobs, i - 1);
        }
    }
}

/* ---- the threads ---- */

static Job *next_take(Jobs *jobs) {
    for (size_t i = 0; i < jobs->count; i++) {
        Job *job = jobs->list[i];
        if (job->state == JOB_WAITING) {
            job->state = JOB_RUNNING;
            job->started_ms = jobs->options.clock_ms(jobs->options.clock);
            job->holder_count++;
            return job;
        }
    }
    return NULL;
}

static void job_end(Jobs *jobs, Job *job, Status status) {
    job->ended_ms = jobs->options.clock_ms(jobs->options.clock);
    job->state = job_is_cancelled(job) ? JOB_CANCELLED
                 : status == STATUS_OK ? JOB_DONE
                                       : JOB_FAILED;
    if (job->state == JOB_FAILED) {
        log_line(LOG_WARN, "job %s %" PRId64 ": %s", job->kind->name, job->id, job->cx.fault.text);
    }
    if (job->state != JOB_DONE) {
        job->result = NULL;
        job->next = STR_NONE;
    }
    list_trim(jobs);
    job_let_go(job);
}

static void *thread_run(void *it) {
    Jobs *jobs = it;
    pthread_mutex_lock(&jobs->mutex);
    while (!jobs->is_stopped) {
        Job *job = next_take(jobs);
        if (job == NULL) {
            pthread_cond_wait(&jobs->wake, &jobs->mutex);
            continue;
        }
        pthread_mutex_unlock(&jobs->mutex);
        Status status = job->kind->work(&job->cx, job);
        pthread_mutex_lock(&jobs->mutex);
        job_end(jobs, job, status);
    }
    pthread_mutex_unlock(&jobs->mutex);
    return NULL;
}

Jobs *jobs_create(const JobsOptions *options) {
    Arena *arena = arena_create();
    Jobs *jobs = arena_new(arena, Jobs);
    jobs->arena = arena;
    jobs->options = *options;
    check(pthread_mutex_init(&jobs->mutex, NULL) == 0);
    check(pthread_cond_init(&jobs->wake, NULL) == 0);
    for (size_t i = 0; i < JOBS_THREADS; i++) {
        check(pthread_create(&jobs->threads[i], NULL, thread_run, jobs) == 0);
    }
    return jobs;
}

void jobs_destroy(Jobs *jobs) {
    if (jobs == NULL) {
        return;
    }
    pthread_mutex_lock(&jobs->mutex);
    jobs->is_stopped = true;
    for (size_t i = 0; i < jobs->count; i++) {
        atomic_store(&jobs->list[i]->is_cancelled, true);
    }
    pthread_cond_broadcast(&jobs->wake);
    pthread_mutex_unlock(&jobs->mutex);
    for (size_t i = 0; i < JOBS_THREADS; i++) {
        (void)pthread_join(jobs->threads[i], NULL);
    }
    while (jobs->count > 0) {
        list_remove(jobs, jobs->count - 1);
    }
    pthread_cond_destroy(&jobs->wake);
    pthread_mutex_destroy(&jobs->mutex);
    arena_free(jobs->arena);
}

/* ---- starting and looking ---- */

static Status room_check(Cx *cx, const Jobs *jobs, int64_t owner_id) {
    size_t waiting = 0;
    size_t own = 0;
    for (size_t i = 0; i < jobs->count; i++) {
        const Job *job = jobs->list[i];
        waiting += job->state == JOB_WAITING ? 1 : 0;
        own += !has_ended(job) && job->owner_id == owner_id ? 1 : 0;
    }
    if (own >= JOBS_OWNER_MAX) {
        return fault(cx, STATUS_BUSY, "您已有 %d 项后台任务没有完成，请等其中一项结束再提交",
                     JOBS_OWNER_MAX);
    }
    if (waiting >= JOBS_WAITING_MAX) {
        return fault(cx, STATUS_BUSY, "后台任务太多，请稍后再试");
    }
    return STATUS_OK;
}

Status jobs_start(Cx *cx, Jobs *jobs, Job *job, int64_t *id) {
    pthread_mutex_lock(&jobs->mutex);
    Status status = room_check(cx, jobs, job->owner_id);
    if (status == STATUS_OK) {
        check(jobs->count < JOBS_LIST_MAX);
        job->jobs = jobs;
        job->id = ++jobs->last_id;
        job->created_ms = jobs->options.clock_ms(jobs->options.clock);
        job->holder_count = 1;
        jobs->list[jobs->count++] = job;
        *id = job->id;
        pthread_cond_signal(&jobs->wake);
    }
    pthread_mutex_unlock(&jobs->mutex);
    if (status != STATUS_OK) {
        job_drop(job);
    }
    return status;
}

static void lent_release(void *it) {
    Job *job = it;
    Jobs *jobs = job->jobs;
    pthread_mutex_lock(&jobs->mutex);
    job_let_go(job);
    pthread_mutex_unlock(&jobs->mutex);
}

/* With the mutex held. */
static Job *lend(Cx *cx, Job *job) {
    job->holder_count++;
    arena_defer(cx->arena, lent_release, job);
    return job;
}

Status job_find(Cx *cx, Jobs *jobs, int64_t id, int64_t owner_id, Job **out) {
    Job *found = NULL;
    pthread_mutex_lock(&jobs->mutex);
    for (size_t i = 0; i < jobs->count && found == NULL; i++) {
        if (jobs->list[i]->id == id && jobs->list[i]->owner_id == owner_id) {
            found = lend(cx, jobs->list[i]);
        }
    }
    pthread_mutex_unlock(&jobs->mutex);
    if (found == NULL) {
        Status status = fault(cx, STATUS_NOT_FOUND, "没有这项后台任务");
        fault_hint(cx, "系统重新启动后，后台任务不再保留，请重新提交");
        return status;
    }
    *out = found;
    return STATUS_OK;
}

Job *jobs_latest(Cx *cx, Jobs *jobs, const JobKind *kind, int64_t owner_id) {
    Job *found = NULL;
    pthread_mutex_lock(&jobs->mutex);
    for (size_t i = jobs->count; i > 0 && found == NULL; i--) {
        Job *job = jobs->list[i - 1];
        if (job->kind == kind && job->owner_id == owner_id && job->state == JOB_DONE) {
            found = lend(cx, job);
        }
    }
    pthread_mutex_unlock(&jobs->mutex);
    return found;
}

/* With the mutex held. */
static JobView view_of(const Job *job) {
    return (JobView){.id = job->id,
                     .state = job->state,
                     .kind = job->kind,
                     .title = job->title,
                     .stage = atomic_load(&job->stage),
                     .done = atomic_load(&job->done),
                     .total = atomic_load(&job->total),
                     .created_ms = job->created_ms,
                     .started_ms = job->started_ms,
                     .ended_ms = job->ended_ms,
                     .fault = job->state == JOB_FAILED ? str_of(job->cx.fault.text) : STR_NONE,
                     .next = has_ended(job) ? job->next : STR_NONE,
                     .back = job->back};
}

JobView job_view(Job *job) {
    pthread_mutex_lock(&job->jobs->mutex);
    JobView view = view_of(job);
    pthread_mutex_unlock(&job->jobs->mutex);
    return view;
}

Status jobs_of(Cx *cx, Jobs *jobs, int64_t owner_id, JobView **out, size_t *count) {
    pthread_mutex_lock(&jobs->mutex);
    JobView *views = arena_array(cx->arena, JobView, jobs->count + 1);
    size_t found = 0;
    for (size_t i = jobs->count; i > 0; i--) {
        Job *job = jobs->list[i - 1];
        if (job->owner_id == owner_id) {
            views[found++] = view_of(lend(cx, job));
        }
    }
    pthread_mutex_unlock(&jobs->mutex);
    *out = views;
    *count = found;
    return STATUS_OK;
}

void job_cancel(Jobs *jobs, Job *job) {
    pthread_mutex_lock(&jobs->mutex);
    if (!has_ended(job)) {
        atomic_store(&job->is_cancelled, true);
    }
    if (job->state == JOB_WAITING) {
        job->state = JOB_CANCELLED;
        job->ended_ms = jobs->options.clock_ms(jobs->options.clock);
        /* No thread will end it; the caller still holds it. */
        list_trim(jobs);
    }
    pthread_mutex_unlock(&jobs->mutex);
}
