/* life.c - see life.h. */
#include "sim/life.h"

#include "base/prng.h"
#include "sim/compare.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OPEN_TRIES = 40, FENCE_TRIES = 400, PAUSE_MS = 25, SESSIONS_MAX = 16 };

/* The life's own state; there is one a process. */
static struct {
    LifeOptions options;
    Db *db;
    sem_t held; /* the gate came to its end, or holds the writer */
    bool is_held;
    sem_t go;   /* the writer may go on: the next batch is queued */
    sem_t done; /* the last command of the batch was answered */
    Act acts[LIFE_BATCH_MAX];
    Prng prng;
    pthread_mutex_t calm; /* held by whoever strikes, or wants nothing to be struck */
    pid_t sessions[SESSIONS_MAX];
    size_t session_count;
} life;

static void pause_ms(int64_t ms) {
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    (void)nanosleep(&time, NULL);
}

/* ---- the batch ---- */

static void wait_for(sem_t *sem) {
    while (sem_wait(sem) != 0) {
        check(errno == EINTR);
    }
}

static void on_done(Cx *cx, Status status, Str answer, void *context) {
    LifeResult *result = context;
    result->status = status;
    result->is_there = false;
    if (status != STATUS_OK) {
        answer = str_of(cx->fault.text);
    }
    (void)snprintf(result->answer, sizeof result->answer, STR_FMT, STR_ARG(answer));
    if (result == &life.options.shared->results[life.options.shared->count - 1]) {
        (void)sem_post(&life.done);
        if (life.options.is_sqlite) {
            wait_for(&life.go);
        }
    }
}

static Status gate_work(Cx *cx, DbConn *conn, void *input) {
    (void)conn;
    (void)input;
    life.is_held = true;
    (void)sem_post(&life.held);
    wait_for(&life.go);
    return fault(cx, STATUS_INVALID, "only a gate");
}

static void gate_done(Cx *cx, Status status, Str answer, void *context) {
    (void)cx;
    (void)status;
    (void)answer;
    (void)context;
    if (!life.is_held) {
        (void)sem_post(&life.held);
    }
}

/* Holds the writer back before the first batch, as each batch's last answer does before the next. A
 * fault may strike the gate itself: then another. */
static void gate_close(Cx *cx) {
    static const DbCommand gate = {.name = "gate", .work = gate_work};
    while (!life.is_held) {
        check(db_write_later(cx, life.db, &gate, gate_done, NULL) == STATUS_OK);
        wait_for(&life.held);
    }
}

static Status fence_work(Cx *cx, DbConn *conn, void *input) {
    (void)cx;
    (void)conn;
    (void)input;
    return STATUS_OK;
}

Status life_fence(Cx *cx, Db *db) {
    static const DbCommand fence = {.name = "fence",
                                    .actor = {.role = {"system", 6}, .origin = {"job", 3}},
                                    .work = fence_work};
    Status status = STATUS_DB;
    for (int try = 0; try < FENCE_TRIES && status != STATUS_OK; try++) {
        fault_clear(cx);
        status = db_write(cx, db, &fence, NULL);
        if (status != STATUS_OK) {
            pause_ms(PAUSE_MS);
        }
    }
    return status;
}

/* Asks in one reading which operations of the batch are there. */
static Status there_read(Cx *cx) {
    LifeShared *shared = life.options.shared;
    DbConn *conn = NULL;
    fault_clear(cx);
    Status status = db_read_begin(cx, life.db, &conn);
    for (int i = 0; i < shared->count && status == STATUS_OK; i++) {
        status = compare_has_key(cx, conn, shared->ops[i].number, &shared->results[i].is_there);
    }
    db_read_end(life.db, conn);
    return status;
}

/* After a failure nobody knows what took place until the database is asked. The answer may be cut
 * off too, by a fault that struck before it was asked: then again, as any caller would. */
static void failed_ask(Cx *cx) {
    LifeShared *shared = life.options.shared;
    bool is_any = false;
    for (int i = 0; i < shared->count; i++) {
        is_any = is_any || shared->results[i].status == STATUS_DB ||
                 shared->results[i].status == STATUS_BUSY;
    }
    if (!is_any) {
        return;
    }
    disk_faults(false);
    (void)pthread_mutex_lock(&life.calm);
    if (!life.options.is_sqlite && life_fence(cx, life.db) != STATUS_OK) {
        sim_fail("the database did not come back: %s", cx->fault.text);
    }
    Status status = there_read(cx);
    for (int try = 0; try < FENCE_TRIES && status != STATUS_OK; try++) {
        pause_ms(PAUSE_MS);
        status = there_read(cx);
    }
    if (status != STATUS_OK) {
        sim_fail("the database does not answer: %s", cx->fault.text);
    }
    (void)pthread_mutex_unlock(&life.calm);
    disk_faults(life.options.has_faults && life.options.is_sqlite);
}

static void batch_do(void) {
    LifeShared *shared = life.options.shared;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    for (int i = 0; i < shared->count; i++) {
        act_prepare(&life.acts[i], life.options.city, &shared->ops[i]);
        check(db_write_later(&cx, life.db, &life.acts[i].command, on_done, &shared->results[i]) ==
              STATUS_OK);
    }
    if (life.options.is_sqlite) {
        (void)sem_post(&life.go);
    }
    wait_for(&life.done);
    shared->is_lied = shared->disk.has_lied;
    failed_ask(&cx);
    arena_free(arena);
}

/* ---- chaos on PostgreSQL ---- */

static const char SQL_SESSIONS[] =
    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
    " AND pid <> pg_backend_pid() ORDER BY pid LIMIT 16";

static void sessions_read(Cx *cx) {
    DbConn *conn = NULL;
    DbRows *rows = NULL;
    bool has_row = false;
    life.session_count = 0;
    check(db_read_begin(cx, life.db, &conn) == STATUS_OK);
    check(db_query(cx, conn, SQL_SESSIONS, DB_NO_ARGS, &rows) == STATUS_OK);
    check(db_next(cx, rows, &has_row) == STATUS_OK);
    while (has_row) {
        life.sessions[life.session_count++] = (pid_t)db_int(rows, 0);
        check(db_next(cx, rows, &has_row) == STATUS_OK);
    }
    db_read_end(life.db, conn);
}

/* Shuts every connection of this process down, as a pulled cable would. */
static void lines_cut(void) {
    DIR *folder = opendir("/proc/self/fd");
    check(folder != NULL);
    for (struct dirent *item = readdir(folder); item != NULL; item = readdir(folder)) {
        int file = (int)strtol(item->d_name, NULL, 10);
        int type = 0;
        socklen_t len = sizeof type;
        if (file > 2 && getsockopt(file, SOL_SOCKET, SO_TYPE, &type, &len) == 0) {
            (void)shutdown(file, SHUT_RDWR);
        }
    }
    (void)closedir(folder);
}

/* The sessions may not make any file longer than this: writing the log then fails as on a full
 * disk, the server gives up and recovers. No privileges beyond the server's own are needed. */
static void database_full(void) {
    const struct rlimit small = {65536, RLIM_INFINITY};
    for (size_t i = 0; i < life.session_count; i++) {
        (void)prlimit(life.sessions[i], RLIMIT_FSIZE, &small, NULL);
    }
}

static void server_kill(void) {
    const char *restart = getenv("PG_RESTART");
    const char *pid_file = getenv("PG_PID_FILE");
    FILE *file = pid_file == NULL ? NULL : fopen(pid_file, "r");
    char line[32] = "";
    if (file == NULL || fgets(line, sizeof line, file) == NULL) {
        return;
    }
    (void)fclose(file);
    (void)kill((pid_t)strtol(line, NULL, 10), SIGKILL);
    pause_ms(300);
    check(restart != NULL && system(restart) == 0);
}

static void chaos_do(Chaos chaos) {
    life.options.shared->chaos[chaos]++;
    switch (chaos) {
    case CHAOS_KILL:
        (void)kill(getpid(), SIGKILL);
        break;
    case CHAOS_SESSION:
        if (life.session_count > 0) {
            (void)kill(life.sessions[prng_below(&life.prng, life.session_count)], SIGKILL);
        }
        break;
    case CHAOS_LINE:
        lines_cut();
        break;
    case CHAOS_FULL:
        database_full();
        break;
    case CHAOS_SERVER:
        server_kill();
        break;
    case CHAOS_COUNT:
        break;
    }
}

static void *chaos_main(void *it) {
    (void)it;
    /* Restarting the database costs seconds: seldom. */
    static const Chaos chances[] = {CHAOS_KILL, CHAOS_KILL,  CHAOS_KILL, CHAOS_KILL,
                                    CHAOS_KILL, CHAOS_LINE,  CHAOS_LINE, CHAOS_SESSION,
                                    CHAOS_FULL, CHAOS_SERVER};
    bool can_restart = getenv("PG_RESTART") != NULL;
    for (;;) {
        pause_ms(prng_between(&life.prng, 1, life.options.calm_ms_max));
        Chaos chaos = chances[prng_below(&life.prng, sizeof chances / sizeof *chances)];
        bool is_hard = chaos == CHAOS_SESSION || chaos == CHAOS_FULL || chaos == CHAOS_SERVER;
        if (!is_hard || (can_restart && prng_chance_bp(&life.prng, 4000))) {
            (void)pthread_mutex_lock(&life.calm);
            chaos_do(chaos);
            (void)pthread_mutex_unlock(&life.calm);
        }
    }
    return NULL;
}

/* ---- the life ---- */

static void open_or_die(Cx *cx) {
    /* Lives are short: with a log as long as a city's they would never meet a checkpoint. */
    DbOptions options = {.url = life.options.url, .batch_max = LIFE_BATCH_MAX, .log_pages = 2000};
    Status status = STATUS_DB;
    for (int try = 0; try < OPEN_TRIES && status != STATUS_OK; try++) {
        fault_clear(cx);
        status = db_open(cx, &options, &life.db);
        if (status != STATUS_OK) {
            life.options.shared->open_failures++;
            if (!life.options.is_sqlite) {
                pause_ms(PAUSE_MS * 8);
            }
        }
    }
    if (status != STATUS_OK) {
        sim_fail("a life cannot open the database: %s", cx->fault.text);
    }
}

static _Noreturn void life_run(int from, int to) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    check(pthread_mutex_init(&life.calm, NULL) == 0);
    check(sem_init(&life.held, 0, 0) == 0);
    check(sem_init(&life.go, 0, 0) == 0);
    check(sem_init(&life.done, 0, 0) == 0);
    prng_init(&life.prng, life.options.seed);
    /* Thousands of failures that are meant would be told there. */
    if (life.options.has_faults && getenv("SIM_LOG") == NULL) {
        check(freopen("/dev/null", "w", stderr) != NULL);
    }
    bool has_disk = life.options.is_sqlite && life.options.has_faults;
    if (has_disk) {
        disk_start(life.options.url, life.options.seed, &life.options.shared->disk);
    }
    open_or_die(&cx);
    if (!life.options.is_sqlite && life.options.has_faults) {
        pthread_t thread;
        sessions_read(&cx);
        check(pthread_create(&thread, NULL, chaos_main, NULL) == 0);
    }
    if (life.options.is_sqlite) {
        gate_close(&cx);
    }
    char order = 'Q';
    while (read(from, &order, 1) == 1 && order == 'B') {
        batch_do();
        if (write(to, "D", 1) != 1) {
            _exit(3);
        }
    }
    (void)sem_post(&life.go);
    db_close(life.db);
    _exit(0);
}

void life_start(const LifeOptions *options, Life *out) {
    int down[2];
    int up[2];
    /* Not for the database server that a life may start. */
    check(pipe2(down, O_CLOEXEC) == 0 && pipe2(up, O_CLOEXEC) == 0);
    (void)fflush(NULL);
    options->shared->disk.ended_by = -1;
    options->shared->disk.has_lied = false;
    pid_t pid = fork();
    check(pid >= 0);
    if (pid == 0) {
        (void)close(down[1]);
        (void)close(up[0]);
        life.options = *options;
        life_run(down[0], up[1]);
    }
    (void)close(down[0]);
    (void)close(up[1]);
    *out = (Life){.pid = pid, .to = down[1], .from = up[0]};
}

bool life_batch(Life *it) {
    char answer = 0;
    if (write(it->to, "B", 1) != 1) {
        return false;
    }
    ssize_t len = 0;
    do {
        len = read(it->from, &answer, 1);
    } while (len < 0 && errno == EINTR);
    return len == 1 && answer == 'D';
}

bool life_end(Life *it) {
    int status = 0;
    /* The life may be dead: then nobody reads this. */
    (void)!write(it->to, "Q", 1);
    (void)close(it->to);
    check(waitpid(it->pid, &status, 0) == it->pid);
    (void)close(it->from);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
        return false;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        sim_fail("a life ended with status 0x%x", (unsigned)status);
    }
    return true;
}
