/*
 * job.h - long work beside the requests: an analysis, a dry run, an import, a proof of the journal.
 * A request starts it and is answered at once; the page /job/{id} shows how far it is, survives
 * being reloaded, and shows the result.
 *
 *   POST ─▶ job_new ─▶ jobs_start ─▶ waiting ─▶ running ─▶ done | failed | cancelled
 *                         303 ─▶ /job/{id} ─▶ progress … result (JobKind.show)
 *
 * A job belongs to the person who started it and is seen by nobody else. Jobs are kept in memory
 * only: a restart forgets them, so what must last is written through db_write by the work itself
 * (the actor's origin is "job"). At most JOBS_THREADS run at once, JOBS_OWNER_MAX wait or run for
 * one person; finished ones are kept up to JOBS_KEPT_MAX and JOBS_KEPT_BYTES_MAX, the oldest go
 * first.
 * Ownership: a job has an arena of its own; input and result live in it. job_find lends a job until
 * the arena of the Cx is reset.
 */
#ifndef HUANXIN_WEB_JOB_H
#define HUANXIN_WEB_JOB_H

#include "web/web.h"

typedef struct Jobs Jobs;
typedef struct Job Job;

enum {
    JOBS_THREADS = 2,
    JOBS_OWNER_MAX = 4,
    JOBS_WAITING_MAX = 64,
    JOBS_KEPT_MAX = 64,
    /* One job's own memory; the arenas of finished jobs together. */
    JOB_BYTES_MAX = 1024 * 1024 * 1024,
    JOBS_KEPT_BYTES_MAX = 256 * 1024 * 1024,
};

/* X(name, code, Chinese name) */
#define JOB_STATE_LIST(X)                                                                          \
    X(WAITING, "waiting", "排队中")                                                                \
    X(RUNNING, "running", "进行中")                                                                \
    X(DONE, "done", "已完成")                                                                      \
    X(FAILED, "failed", "没有完成")                                                                \
    X(CANCELLED, "cancelled", "已取消")
typedef enum JobState {
#define X(name, code, zh) JOB_##name,
    JOB_STATE_LIST(X)
#undef X
} JobState;
Str job_state_code(JobState state);
Str job_state_zh(JobState state);

/* A kind of work; static. */
typedef struct JobKind {
    const char *name;  /* "journal.verify" */
    const char *title; /* "验证全部日志" */
    /* Does it, on a thread of its own; cx->arena is the job's. Calls job_progress now and then. */
    Status (*work)(Cx *cx, Job *job);
    /* Fills the page with the result of a job that is done; may redirect. */
    Status (*show)(Web *web, const Job *job);
    const char *back; /* path of the page it was started from; may be NULL */
} JobKind;

/* Starts the threads. clock_ms and clock as in WebApp. */
typedef struct JobsOptions {
    int64_t (*clock_ms)(void *clock);
    void *clock;
} JobsOptions;
Jobs *jobs_create(const JobsOptions *options);
/* Cancels what runs and waits, joins the threads, gives everything back. NULL is allowed. */
void jobs_destroy(Jobs *jobs);

/* A job of a person, not started; its input is made in job_arena. title may be empty: that of the
 * kind. Given to jobs_start, or to job_drop. */
Job *job_new(const JobKind *kind, int64_t owner_id);
void job_drop(Job *job);
Arena *job_arena(Job *job);
void job_title_set(Job *job, Str title);
/* The page to go back to instead of that of the kind. */
void job_back_set(Job *job, Str path);
void job_input_set(Job *job, void *input);
/* Takes the job. BUSY with a Chinese fault when the person or the house has too many; the job is
 * dropped then. */
MUST_CHECK Status jobs_start(Cx *cx, Jobs *jobs, Job *job, int64_t *id);

/* ---- for the work ---- */

void *job_input(const Job *job);
/* Sets how much there is to do; 0: unknown. */
void job_total_set(Job *job, int64_t total);
/* Says how far it is. After a cancel the next cx_step of the job's Cx fails with LIMIT. The first
 * parameter is the Job: fits progress callbacks. */
void job_progress(void *job, int64_t done);
/* What is being done, in Chinese: "正在找空缺"; static text. */
void job_stage_set(Job *job, const char *stage);
bool job_is_cancelled(const Job *job);
/* The result, in the job's arena. */
void job_result_set(Job *job, const void *result);
/* Where to go when it is done, instead of showing the result at /job/{id}. */
void job_next_set(Job *job, Str path);

/* ---- for pages ---- */

typedef struct JobView {
    int64_t id;
    JobState state;
    const JobKind *kind;
    Str title;
    const char *stage; /* NULL when not said */
    int64_t done;
    int64_t total;
    int64_t created_ms;
    int64_t started_ms; /* 0: not yet */
    int64_t ended_ms;   /* 0: not yet */
    Str fault;          /* of a failed one, for people */
    Str next;
    Str back;
} JobView;
/* A job of this person; NOT_FOUND for others. */
MUST_CHECK Status job_find(Cx *cx, Jobs *jobs, int64_t id, int64_t owner_id, Job **out);
/* As it stands now; texts live as long as the job is lent. */
JobView job_view(Job *job);
/* NULL until it is done. */
const void *job_result(const Job *job);
/* The jobs of a person, the newest first, as they stand; in the Cx's arena. */
MUST_CHECK Status jobs_of(Cx *cx, Jobs *jobs, int64_t owner_id, JobView **out, size_t *count);
/* The newest job of a kind by this person that is done, or NULL; lent like job_find. */
Job *jobs_latest(Cx *cx, Jobs *jobs, const JobKind *kind, int64_t owner_id);
/* Asks it to stop; nothing when it has ended. */
void job_cancel(Jobs *jobs, Job *job);

/* Starts the job for the signed-in person and answers with 303 to its page. Takes the job. */
Status web_job_start(Web *web, Job *job);

Status job_list_page(Web *web);
Status job_page(Web *web);
Status job_cancel_post(Web *web);

#endif
