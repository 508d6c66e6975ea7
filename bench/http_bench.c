/*
 * http_bench.c - requests per second and latency of the HTTP server on this machine, with nginx
 * `return 200` beside it when it is installed. The load generator is one thread with keep-alive
 * connections that each wait for their answer; it shares the machine with the server, which runs
 * in a process of its own. Nothing is left behind: both servers are ended by their process ids.
 *
 *   http_bench [CONNECTIONS=256] [SECONDS=3]
 */
#include "base/arena.h"
#include "base/log.h"
#include "http/http.h"
#include "nginx.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    ANSWER_BYTES = 200,
    CONNECTIONS_MAX = 4096,
    MICROS_MAX = 1000000, /* one counter for each microsecond up to a second */
    EVENTS_MAX = 512,
    COMMIT_NS = 1000000, /* about what one synced write takes on a fast disk */
};

static const char ANSWER[ANSWER_BYTES + 1] =
    "<!DOCTYPE html><html lang=\"zh-CN\"><title>huanxin</title><p>"
    "0123456789012345678901234567890123456789012345678901234567890123456789"
    "0123456789012345678901234567890123456789012345678901234567890123456789\n";

static int64_t now_ns(void) {
    struct timespec now;
    check(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- the load ------------------------------------------------------------------------------- */

typedef struct Line {
    int socket;
    int64_t sent_ns;
    size_t got_bytes;
} Line;

typedef struct Load {
    Str request;
    size_t reply_bytes; /* every reply is as long as the first */
    Line lines[CONNECTIONS_MAX];
    uint32_t micros[MICROS_MAX + 1];
    uint64_t answer_count;
    int64_t spent_ns;
} Load;

static void ask(Load *load, Line *line) {
    line->got_bytes = 0;
    line->sent_ns = now_ns();
    ssize_t sent = send(line->socket, load->request.at, load->request.len, MSG_NOSIGNAL);
    check(sent == (ssize_t)load->request.len);
}

/* Learns the length of a reply from the first one. */
static void learn(Load *load, uint16_t port) {
    int line = bench_connect(port);
    check(line >= 0);
    check(send(line, load->request.at, load->request.len, 0) == (ssize_t)load->request.len);
    char reply[4096];
    size_t got_bytes = 0;
    size_t total = SIZE_MAX;
    while (got_bytes < total) {
        ssize_t got = recv(line, reply + got_bytes, sizeof reply - got_bytes, 0);
        check(got > 0);
        got_bytes += (size_t)got;
        size_t end = str_find((Str){reply, got_bytes}, STR("\r\n\r\n"), 0);
        total = end == SIZE_MAX ? SIZE_MAX : end + 4 + ANSWER_BYTES;
    }
    check(got_bytes == total);
    check(str_starts((Str){reply, got_bytes}, STR("HTTP/1.1 200")));
    load->reply_bytes = total;
    (void)close(line);
}

static void count_answer(Load *load, Line *line) {
    int64_t micros = (now_ns() - line->sent_ns) / 1000;
    load->micros[micros < MICROS_MAX ? micros : MICROS_MAX]++;
    load->answer_count++;
}

/* Reads what came; asks again after a whole reply. */
static void on_bytes(Load *load, Line *line) {
    char bytes[4096];
    ssize_t got = recv(line->socket, bytes, sizeof bytes, 0);
    check(got > 0);
    if (line->got_bytes == 0) {
        check(str_starts((Str){bytes, (size_t)got}, STR("HTTP/1.1 200")));
    }
    line->got_bytes += (size_t)got;
    check(line->got_bytes <= load->reply_bytes);
    if (line->got_bytes == load->reply_bytes) {
        count_answer(load, line);
        ask(load, line);
    }
}

static void load_run(Load *load, uint16_t port, size_t connection_count, int64_t seconds) {
    learn(load, port);
    int watch = epoll_create1(EPOLL_CLOEXEC);
    check(watch >= 0);
    for (size_t i = 0; i < connection_count; i++) {
        load->lines[i].socket = bench_connect(port);
        check(load->lines[i].socket >= 0);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &load->lines[i]};
        check(epoll_ctl(watch, EPOLL_CTL_ADD, load->lines[i].socket, &event) == 0);
    }
    int64_t start_ns = now_ns();
    for (size_t i = 0; i < connection_count; i++) {
        ask(load, &load->lines[i]);
    }
    while (now_ns() - start_ns < seconds * 1000000000) {
        struct epoll_event events[EVENTS_MAX];
        int count = epoll_wait(watch, events, EVENTS_MAX, 1000);
        for (int i = 0; i < count; i++) {
            on_bytes(load, events[i].data.ptr);
        }
    }
    load->spent_ns = now_ns() - start_ns;
    for (size_t i = 0; i < connection_count; i++) {
        (void)close(load->lines[i].socket);
    }
    (void)close(watch);
}

/* Returns the latency that parts of 10000 answers stay within, in microseconds. */
static uint32_t percentile(const Load *load, uint64_t parts) {
    uint64_t wanted = load->answer_count * parts / 10000;
    uint64_t seen = 0;
    for (uint32_t i = 0; i <= MICROS_MAX; i++) {
        seen += load->micros[i];
        if (seen > wanted) {
            return i;
        }
    }
    return MICROS_MAX;
}

/* Loads a port, prints one row, returns requests per second. */
static uint64_t measure(const char *name, uint16_t port, const char *path, size_t connection_count,
                        int64_t seconds) {
    Arena *arena = arena_create();
    Load *load = arena_new(arena, Load);
    load->request = str_print(arena, "GET %s HTTP/1.1\r\nHost: bench\r\n\r\n", path);
    load_run(load, port, connection_count, seconds);
    uint64_t rate =
        (uint64_t)((double)load->answer_count * 1e9 / (double)load->spent_ns); /* a report */
    printf("%-38s %8" PRIu64 " /s   p50 %6u us   p99 %6u us   p99.9 %6u us\n", name, rate,
           percentile(load, 5000), percentile(load, 9900), percentile(load, 9990));
    arena_free(arena);
    return rate;
}

/* ---- our server ----------------------------------------------------------------------------- */

static void answer(HttpRequest *request, void *context) {
    (void)context;
    http_respond_with(request, 200, STR("text/html; charset=utf-8"), (Str){ANSWER, ANSWER_BYTES});
}

/* A writer as the database has one: takes all that wait, "commits", then lets all answer. */
typedef struct Writer {
    pthread_mutex_t mutex;
    pthread_cond_t has_work;
    HttpRequest *waiting[CONNECTIONS_MAX];
    size_t count;
} Writer;

static void queue_write(HttpRequest *request, void *context) {
    Writer *writer = context;
    check(pthread_mutex_lock(&writer->mutex) == 0);
    check(writer->count < CONNECTIONS_MAX);
    writer->waiting[writer->count++] = request;
    bool is_first = writer->count == 1;
    check(pthread_mutex_unlock(&writer->mutex) == 0);
    if (is_first) {
        check(pthread_cond_signal(&writer->has_work) == 0);
    }
}

static void *write_all(void *it) {
    Writer *writer = it;
    HttpRequest *batch[CONNECTIONS_MAX];
    for (;;) {
        check(pthread_mutex_lock(&writer->mutex) == 0);
        while (writer->count == 0) {
            check(pthread_cond_wait(&writer->has_work, &writer->mutex) == 0);
        }
        size_t count = writer->count;
        memcpy(batch, writer->waiting, count * sizeof batch[0]);
        writer->count = 0;
        check(pthread_mutex_unlock(&writer->mutex) == 0);
        struct timespec commit = {0, COMMIT_NS};
        (void)nanosleep(&commit, NULL);
        for (size_t i = 0; i < count; i++) {
            answer(batch[i], NULL);
        }
    }
}

static HttpPlan plan(const HttpRequest *request, void *context) {
    (void)context;
    if (str_equal(request->path, STR("/write"))) {
        return (HttpPlan){.handle = queue_write, .is_inline = true};
    }
    return (HttpPlan){.handle = answer, .is_inline = str_equal(request->path, STR("/inline"))};
}

/* Runs the server in a child; the port comes back through a pipe. */
static pid_t server_start(uint32_t loop_count, uint32_t worker_count, uint16_t *port) {
    int ends[2];
    check(pipe(ends) == 0);
    pid_t child = fork();
    check(child >= 0);
    if (child != 0) {
        (void)close(ends[1]);
        check(read(ends[0], port, sizeof *port) == (ssize_t)sizeof *port);
        (void)close(ends[0]);
        return child;
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Writer *writer = arena_new(arena, Writer);
    pthread_t thread;
    check(pthread_mutex_init(&writer->mutex, NULL) == 0);
    check(pthread_cond_init(&writer->has_work, NULL) == 0);
    check(pthread_create(&thread, NULL, write_all, writer) == 0);
    HttpOptions options = {.plan = plan,
                           .context = writer,
                           .loop_count = loop_count,
                           .worker_count = worker_count,
                           .queue_max = CONNECTIONS_MAX};
    HttpServer *server = NULL;
    check(http_server_start(&cx, &options, &server) == STATUS_OK);
    uint16_t own_port = http_server_port(server);
    check(write(ends[1], &own_port, sizeof own_port) == (ssize_t)sizeof own_port);
    for (;;) {
        (void)pause();
    }
}

static void server_end(pid_t child, const char *name) {
    struct rusage used;
    check(kill(child, SIGTERM) == 0);
    check(wait4(child, NULL, 0, &used) == child);
    if (name != NULL) {
        printf("  %s: at most %ld KiB of memory\n", name, used.ru_maxrss);
    }
}

/* ---- the table ------------------------------------------------------------------------------ */

static size_t argument(int count, char **arguments, int index, size_t otherwise, size_t most) {
    int64_t number = 0;
    if (index >= count) {
        return otherwise;
    }
    if (str_int64(str_of(arguments[index]), &number) != STATUS_OK || number < 1 ||
        (size_t)number > most) {
        (void)fprintf(stderr, "usage: http_bench [connections 1..%d] [seconds 1..600]\n",
                      CONNECTIONS_MAX);
        exit(2);
    }
    return (size_t)number;
}

int main(int count, char **arguments) {
    size_t connections = argument(count, arguments, 1, 256, CONNECTIONS_MAX);
    int64_t seconds = (int64_t)argument(count, arguments, 2, 3, 600);
    check(strlen(ANSWER) == ANSWER_BYTES);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    printf("%zu keep-alive connections, %d-byte page, %" PRId64 " s each\n", connections,
           ANSWER_BYTES, seconds);
    uint16_t port = 0;
    uint64_t best = 0;
    for (uint32_t loop_count = 1; loop_count <= 2; loop_count++) {
        Arena *arena = arena_create();
        pid_t child = server_start(loop_count, 2, &port);
        Str name = str_print(arena, "inline, %u loop(s)", loop_count);
        uint64_t rate = measure(name.at, port, "/inline", connections, seconds);
        best = rate > best ? rate : best;
        name = str_print(arena, "worker pool of 2, %u loop(s)", loop_count);
        (void)measure(name.at, port, "/pool", connections, seconds);
        name = str_print(arena, "one writer, 1 ms a batch, %u loop(s)", loop_count);
        (void)measure(name.at, port, "/write", connections, seconds);
        server_end(child, "server");
        arena_free(arena);
    }
    Arena *arena = arena_create();
    pid_t nginx = nginx_start(arena, ANSWER, &port);
    if (nginx == 0) {
        printf("nginx is not installed or did not start\n");
    } else {
        uint64_t peer = measure("nginx return 200, 2 workers", port, "/", connections, seconds);
        server_end(nginx, NULL);
        printf("inline is %.2f x nginx\n", (double)best / (double)(peer == 0 ? 1 : peer));
    }
    arena_free(arena);
    return 0;
}
