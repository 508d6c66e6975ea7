/*
 * server.c - options, listening sockets, threads; start and stop.
 */
#include "http/engine.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LISTEN_BACKLOG = 1024 };

static uint32_t or_default(uint32_t value, uint32_t otherwise) {
    return value == 0 ? otherwise : value;
}

static Status options_fill(Cx *cx, HttpOptions *options) {
    if (options->plan == NULL) {
        return fault(cx, STATUS_INVALID, "an HTTP server needs a plan function");
    }
    options->loop_count = or_default(options->loop_count, 1);
    options->worker_count = or_default(options->worker_count, 4);
    options->queue_max = or_default(options->queue_max, 1024);
    options->connections_max = or_default(options->connections_max, 4096);
    options->head_ms_max = or_default(options->head_ms_max, 10000);
    options->body_ms_max = or_default(options->body_ms_max, 30000);
    options->idle_ms_max = or_default(options->idle_ms_max, 60000);
    options->send_ms_max = or_default(options->send_ms_max, 30000);
    options->retry_after_s = or_default(options->retry_after_s, 2);
    if (options->bodies_bytes_max == 0) {
        options->bodies_bytes_max = (size_t)64 * 1024 * 1024;
    }
    if (options->address == NULL) {
        options->address = "127.0.0.1";
    }
    if (options->loop_count > HTTP_LOOPS_MAX || options->worker_count > HTTP_WORKERS_MAX) {
        return fault(cx, STATUS_INVALID, "%u loops and %u workers, at most %d and %d allowed",
                     options->loop_count, options->worker_count, HTTP_LOOPS_MAX, HTTP_WORKERS_MAX);
    }
    return STATUS_OK;
}

/* ---- listening ------------------------------------------------------------------------------ */

static uint16_t port_of(int listener) {
    struct sockaddr_storage address;
    socklen_t bytes = sizeof address;
    check(getsockname(listener, (struct sockaddr *)(void *)&address, &bytes) == 0);
    if (address.ss_family == AF_INET6) {
        return ntohs(((struct sockaddr_in6 *)(void *)&address)->sin6_port);
    }
    return ntohs(((struct sockaddr_in *)(void *)&address)->sin_port);
}

static int socket_listening_on(const struct addrinfo *where) {
    int listener = socket(where->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0) {
        return -1;
    }
    int on = 1;
    (void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0 ||
        bind(listener, where->ai_addr, where->ai_addrlen) != 0 ||
        listen(listener, LISTEN_BACKLOG) != 0) {
        int why = errno;
        (void)close(listener);
        errno = why;
        return -1;
    }
    return listener;
}

/* Opens one more listening socket on the server's address. The first chooses the port; only it is
 * tried without SO_REUSEPORT before, so that a second server does not silently share our port. */
static Status listen_on(Cx *cx, const char *address, uint16_t port, int *out) {
    char port_text[8];
    (void)snprintf(port_text, sizeof port_text, "%u", port);
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *where = NULL;
    if (getaddrinfo(address, port_text, &hints, &where) != 0) {
        return fault(cx, STATUS_INVALID, "'%s' is not a numeric address", address);
    }
    *out = socket_listening_on(where);
    int why = errno;
    freeaddrinfo(where);
    if (*out < 0) {
        return fault(cx, STATUS_IO, "cannot listen on %s port %u: %s", address, port,
                     strerror(why));
    }
    return STATUS_OK;
}

/* Refuses a port that another program listens on: SO_REUSEPORT would share it between us. */
static Status port_is_free(Cx *cx, const char *address, uint16_t port) {
    char port_text[8];
    (void)snprintf(port_text, sizeof port_text, "%u", port);
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *where = NULL;
    if (port == 0 || getaddrinfo(address, port_text, &hints, &where) != 0) {
        return STATUS_OK; /* listen_on tells what is wrong */
    }
    int probe = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    (void)setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool is_free = probe < 0 || bind(probe, where->ai_addr, where->ai_addrlen) == 0;
    int why = errno;
    if (probe >= 0) {
        (void)close(probe);
    }
    freeaddrinfo(where);
    return is_free ? STATUS_OK
                   : fault(cx, STATUS_IO, "cannot listen on %s port %u: %s", address, port,
                           strerror(why));
}

/* Each client is a file of this process, and the usual soft limit is 1,024: raises it as far as the
 * system allows. */
static void files_allow(uint32_t connections_max) {
    enum { FILES_BESIDES = 256 };
    struct rlimit limit;
    rlim_t wanted = (rlim_t)connections_max + FILES_BESIDES;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < wanted) {
        limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* ---- threads -------------------------------------------------------------------------------- */

static Status loops_make(Cx *cx, HttpServer *server) {
    const HttpOptions *options = &server->options;
    TRY(port_is_free(cx, options->address, options->port));
    server->port = options->port;
    for (uint32_t i = 0; i < options->loop_count; i++) {
        int listener = -1;
        TRY(listen_on(cx, options->address, server->port, &listener));
        server->port = port_of(listener);
        server->loop_count++; /* disposed from here on, also half made */
        TRY(http_loop_init(cx, server, listener, &server->loops[i]));
    }
    return STATUS_OK;
}

static void loops_dispose(HttpServer *server) {
    for (uint32_t i = 0; i < server->loop_count; i++) {
        http_loop_dispose(&server->loops[i]);
    }
}

static void queue_close(HttpServer *server) {
    WorkerQueue *queue = &server->queue;
    check(pthread_mutex_lock(&queue->mutex) == 0);
    queue->is_closed = true;
    check(pthread_cond_broadcast(&queue->has_work) == 0);
    check(pthread_mutex_unlock(&queue->mutex) == 0);
}

static void server_free(HttpServer *server) {
    (void)pthread_mutex_destroy(&server->queue.mutex);
    (void)pthread_cond_destroy(&server->queue.has_work);
    arena_free(server->arena);
}

Status http_server_start(Cx *cx, const HttpOptions *options, HttpServer **out) {
    check(options != NULL);
    check(out != NULL);
    HttpOptions filled = *options;
    TRY(options_fill(cx, &filled));
    files_allow(filled.connections_max);
    Arena *arena = arena_create();
    HttpServer *server = arena_new(arena, HttpServer);
    server->arena = arena;
    server->options = filled;
    server->options.address = str_c(arena, str_of(filled.address));
    server->loops = arena_array(arena, Loop, filled.loop_count);
    server->workers = arena_array(arena, pthread_t, filled.worker_count);
    server->gzips = gzip_pool_new(arena);
    check(pthread_mutex_init(&server->queue.mutex, NULL) == 0);
    check(pthread_cond_init(&server->queue.has_work, NULL) == 0);
    Status status = loops_make(cx, server);
    if (status != STATUS_OK) {
        loops_dispose(server);
        server_free(server);
        return status;
    }
    /* Without its threads a server is nothing, and there is no half way back: crash. */
    for (uint32_t i = 0; i < filled.worker_count; i++) {
        check(pthread_create(&server->workers[i], NULL, http_worker_run, server) == 0);
        server->worker_count++;
    }
    for (uint32_t i = 0; i < server->loop_count; i++) {
        Loop *loop = &server->loops[i];
        check(pthread_create(&loop->thread, NULL, http_loop_run, loop) == 0);
    }
    *out = server;
    return STATUS_OK;
}

uint16_t http_server_port(const HttpServer *server) {
    check(server != NULL);
    return server->port;
}

/* Waits for threads that have just answered and are about to leave http_loop_done. */
static void responders_leave(HttpServer *server) {
    for (uint32_t i = 0; i < server->loop_count; i++) {
        while (atomic_load(&server->loops[i].pushing_count) > 0) {
            (void)sched_yield();
        }
    }
}

/* Counts exchanges that are with somebody and not answered; after all our threads ended. */
static size_t unanswered_count(HttpServer *server) {
    size_t count = 0;
    for (uint32_t i = 0; i < server->loop_count; i++) {
        Loop *loop = &server->loops[i];
        count += loop->exchange_out_count;
        for (Exchange *each = atomic_load(&loop->done); each != NULL; each = each->next) {
            count--;
        }
    }
    return count;
}

/* Ends all threads of ours. */
static void threads_join(HttpServer *server, uint32_t grace_ms) {
    atomic_store(&server->stop_deadline_ms, http_now_ms() + grace_ms);
    atomic_store(&server->is_stopping, true);
    for (uint32_t i = 0; i < server->loop_count; i++) {
        uint64_t one = 1;
        ssize_t written = write(server->loops[i].wake, &one, sizeof one);
        check(written == (ssize_t)sizeof one || errno == EAGAIN);
    }
    for (uint32_t i = 0; i < server->loop_count; i++) {
        check(pthread_join(server->loops[i].thread, NULL) == 0);
    }
    queue_close(server);
    for (uint32_t i = 0; i < server->worker_count; i++) {
        check(pthread_join(server->workers[i], NULL) == 0);
    }
    server->is_joined = true;
}

Status http_server_stop(HttpServer *server, uint32_t grace_ms) {
    check(server != NULL);
    if (!server->is_joined) {
        threads_join(server, grace_ms);
    }
    responders_leave(server);
    if (unanswered_count(server) > 0) {
        return STATUS_BUSY;
    }
    loops_dispose(server);
    server_free(server);
    return STATUS_OK;
}

HttpStats http_server_stats(HttpServer *server) {
    check(server != NULL);
    check(pthread_mutex_lock(&server->queue.mutex) == 0);
    uint32_t waiting_count = server->queue.waiting_count;
    check(pthread_mutex_unlock(&server->queue.mutex) == 0);
    return (HttpStats){.request_count = atomic_load(&server->request_count),
                       .refused_count = atomic_load(&server->refused_count),
                       .connection_count = atomic_load(&server->connection_count),
                       .waiting_count = waiting_count};
}
