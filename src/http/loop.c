/*
 * loop.c - one thread, one epoll set, many connections. In reading order: taking and giving back
 * memory, closing, sending, reading, accepting, the sweep of deadlines, life and death of a loop.
 *
 * Sockets are watched edge-triggered once and for all, so that a keep-alive request costs one
 * epoll_wait, one recv and one sendmsg; has_unread remembers an edge that came while the
 * connection was busy. Answers come back over a lock-free stack; the first one on an empty stack
 * wakes the loop, so a database that answers 128 requests at once wakes it once.
 */
#include "base/log.h"
#include "http/engine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum {
    ACCEPTS_PER_EVENT_MAX = 64,
    STREAK_MAX = 64, /* pipelined requests served before other sockets get their turn */
    LINGER_MS_MAX = 5000,
    LINGER_READS_MAX = 16, /* per event */
    SWEEP_MS_MIN = 10,
    SWEEP_MS_MAX = 500,
    BODY_SLICE_BYTES = 1024 * 1024,
};

typedef enum Step {
    STEP_ON,   /* there is more to do at once */
    STEP_WAIT, /* an event will come, or the exchange is out */
} Step;

static void loop_drain(Loop *loop);
static void read_on(Connection *connection);
static void on_readable(evutil_socket_t socket, short what, void *it);
static void on_writable(evutil_socket_t socket, short what, void *it);

/* ---- clocks --------------------------------------------------------------------------------- */

int64_t http_now_ms(void) {
    struct timespec now;
    check(clock_gettime(CLOCK_MONOTONIC_COARSE, &now) == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t now_ns(void) {
    struct timespec now;
    check(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The Date header's text (RFC 9110 section 5.6.7), made once a second. */
static Str date_text(Loop *loop) {
    static const char *const DAYS[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t now = time(NULL);
    if (loop->date_s != (int64_t)now) {
        struct tm parts;
        check(gmtime_r(&now, &parts) != NULL);
        (void)snprintf(loop->date, sizeof loop->date, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                       DAYS[parts.tm_wday], parts.tm_mday, MONTHS[parts.tm_mon],
                       parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
        loop->date_s = (int64_t)now;
    }
    return str_of(loop->date);
}

/* ---- memory --------------------------------------------------------------------------------- */

static Exchange *exchange_new(Loop *loop) {
    Arena *own = arena_create();
    Exchange *exchange = arena_new(own, Exchange);
    exchange->own = own;
    exchange->server = loop->server;
    exchange->loop = loop;
    exchange->request.arena = arena_create();
    /* The first block stays over resets: make it a small one, whatever the first request is. */
    (void)arena_alloc(exchange->request.arena, 1);
    buf_init(&exchange->out_prefix, ANSWER_PREFIX_BYTES_MAX);
    buf_init(&exchange->out_head, ANSWER_HEAD_BYTES_MAX);
    return exchange;
}

static void exchange_free(Exchange *exchange) {
    buf_dispose(&exchange->out_prefix);
    buf_dispose(&exchange->out_head);
    arena_free(exchange->request.arena);
    arena_free(exchange->own);
}

static void body_release(Exchange *exchange) {
    if (exchange->body_counted > 0) {
        atomic_fetch_sub(&exchange->server->bodies_bytes, exchange->body_counted);
        exchange->body_counted = 0;
    }
}

static void exchange_take(Connection *connection) {
    Loop *loop = connection->loop;
    Exchange *exchange = loop->exchanges_free;
    if (exchange != NULL) {
        loop->exchanges_free = exchange->next;
        loop->exchange_free_count--;
    } else {
        exchange = exchange_new(loop);
    }
    exchange->next = NULL;
    exchange->connection = connection;
    exchange->in_bytes = 0;
    http_answer_reset(exchange);
    connection->exchange = exchange;
}

static void exchange_give_back(Connection *connection) {
    Loop *loop = connection->loop;
    Exchange *exchange = connection->exchange;
    connection->exchange = NULL;
    body_release(exchange);
    if (loop->exchange_free_count >= EXCHANGES_KEPT_MAX) {
        exchange_free(exchange);
        return;
    }
    http_answer_reset(exchange);
    exchange->next = loop->exchanges_free;
    loop->exchanges_free = exchange;
    loop->exchange_free_count++;
}

/* ---- connections ---------------------------------------------------------------------------- */

static void list_remove(Connection *connection) {
    ConnectionList *list = connection->list;
    if (list == NULL) {
        return;
    }
    *(connection->before == NULL ? &list->first : &connection->before->after) = connection->after;
    *(connection->after == NULL ? &list->last : &connection->after->before) = connection->before;
    connection->list = NULL;
}

static void list_put_first(ConnectionList *list, Connection *connection) {
    list_remove(connection);
    connection->list = list;
    connection->before = NULL;
    connection->after = list->first;
    *(list->first == NULL ? &list->last : &list->first->before) = connection;
    list->first = connection;
}

static Connection *connection_new(Loop *loop) {
    Connection *connection = loop->connections_free;
    if (connection != NULL) {
        loop->connections_free = connection->after;
        *connection = (Connection){.loop = loop};
    } else {
        connection = arena_new(loop->arena, Connection);
        connection->loop = loop;
    }
    return connection;
}

/* Closes the socket and recycles the struct. Not while its exchange is out. */
static void connection_close(Connection *connection) {
    check(connection->state != CONNECTION_OUT);
    Loop *loop = connection->loop;
    (void)event_del(&connection->read_event);
    (void)event_del(&connection->write_event);
    (void)close(connection->socket);
    if (connection->exchange != NULL) {
        exchange_give_back(connection);
    }
    list_remove(connection);
    connection->after = loop->connections_free;
    loop->connections_free = connection;
    atomic_fetch_sub(&loop->server->connection_count, 1);
}

/* W10: makes room for a new client by the one that has been quiet longest; false without one. */
static bool close_longest_idle(Loop *loop) {
    if (loop->idle.last == NULL) {
        return false;
    }
    connection_close(loop->idle.last);
    return true;
}

static void deadline_in(Connection *connection, int64_t wait_ms) {
    connection->deadline_ms = http_now_ms() + wait_ms;
}

static void become_idle(Connection *connection) {
    connection->state = CONNECTION_IDLE;
    list_put_first(&connection->loop->idle, connection);
    deadline_in(connection, connection->loop->server->options.idle_ms_max);
}

/* ---- sending -------------------------------------------------------------------------------- */

/* Ends our side and reads away what the peer still sends, so that it sees the answer before a
 * reset. */
static void linger(Connection *connection) {
    (void)shutdown(connection->socket, SHUT_WR);
    connection->state = CONNECTION_LINGER;
    deadline_in(connection, LINGER_MS_MAX);
    exchange_give_back(connection);
    connection->has_unread = true;
    event_active(&connection->read_event, EV_READ, 0);
}

/* Goes on with what the client has sent behind the answered request. */
static void next_request(Connection *connection) {
    Exchange *exchange = connection->exchange;
    check(exchange->used_bytes <= exchange->in_bytes);
    size_t left_bytes = exchange->in_bytes - exchange->used_bytes;
    body_release(exchange);
    if (left_bytes == 0) {
        exchange_give_back(connection);
        become_idle(connection);
        if (!connection->has_unread) {
            return;
        }
    } else {
        memmove(exchange->in, exchange->in + exchange->used_bytes, left_bytes);
        http_answer_reset(exchange);
        exchange->in_bytes = left_bytes;
        connection->state = CONNECTION_HEAD;
        deadline_in(connection, connection->loop->server->options.head_ms_max);
    }
    if (++connection->streak >= STREAK_MAX) {
        event_active(&connection->read_event, EV_READ, 0);
        return;
    }
    read_on(connection);
}

static void answer_is_sent(Connection *connection) {
    Exchange *exchange = connection->exchange;
    const HttpOptions *options = &connection->loop->server->options;
    if (options->access != NULL) {
        HttpAccess access = {.method = exchange->request.method,
                             .path = exchange->request.path,
                             .status = exchange->status,
                             .sent_bytes = connection->sent_bytes,
                             .micros = (now_ns() - exchange->start_ns) / 1000};
        options->access(&access, options->context);
    }
    if (!connection->closes_after) {
        next_request(connection);
        return;
    }
    bool has_more = connection->is_cut_short || connection->has_unread ||
                    exchange->in_bytes > exchange->used_bytes;
    if (has_more && !connection->is_peer_done) {
        linger(connection);
    } else {
        connection_close(connection);
    }
}

/* Lists what is still to be sent; returns the number of parts. */
static int parts_left(const Connection *connection, struct iovec parts[4], size_t *total_bytes) {
    const Exchange *exchange = connection->exchange;
    bool has_body =
        exchange->request.method != HTTP_HEAD && !http_status_is_bodiless(exchange->status);
    Str texts[4] = {buf_str(&exchange->out_prefix), buf_str(&exchange->out_head), STR("\r\n"),
                    has_body ? exchange->out_body : STR_NONE};
    size_t skip_bytes = connection->sent_bytes;
    int count = 0;
    *total_bytes = 0;
    for (size_t i = 0; i < 4; i++) {
        *total_bytes += texts[i].len;
        size_t skipped = skip_bytes < texts[i].len ? skip_bytes : texts[i].len;
        skip_bytes -= skipped;
        if (texts[i].len > skipped) {
            const char *from = texts[i].at + skipped;
            memcpy(&parts[count].iov_base, &from, sizeof from); /* iovec has no const */
            parts[count].iov_len = texts[i].len - skipped;
            count++;
        }
    }
    return count;
}

static void send_on(Connection *connection) {
    for (;;) {
        struct iovec parts[4];
        size_t total_bytes = 0;
        int count = parts_left(connection, parts, &total_bytes);
        if (connection->sent_bytes == total_bytes) {
            break;
        }
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = (size_t)count};
        ssize_t sent = sendmsg(connection->socket, &message, MSG_NOSIGNAL);
        if (sent > 0) {
            connection->sent_bytes += (size_t)sent;
            deadline_in(connection, connection->loop->server->options.send_ms_max);
        } else if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            if (!connection->is_write_armed) {
                check(event_add(&connection->write_event, NULL) == 0);
                connection->is_write_armed = true;
            }
            return;
        } else if (sent < 0 && errno != EINTR) {
            connection_close(connection);
            return;
        }
    }
    if (connection->is_write_armed) {
        (void)event_del(&connection->write_event);
        connection->is_write_armed = false;
    }
    answer_is_sent(connection);
}

static void answer_begin(Exchange *exchange) {
    Connection *connection = exchange->connection;
    Loop *loop = connection->loop;
    check(connection->state == CONNECTION_OUT);
    check(exchange->is_answered);
    loop->exchange_out_count--;
    connection->state = CONNECTION_SENDING;
    connection->sent_bytes = 0;
    connection->closes_after = connection->closes_after || loop->is_stopping;
    deadline_in(connection, loop->server->options.send_ms_max);
    http_answer_prefix(exchange, connection->closes_after, date_text(loop), &exchange->out_prefix);
    send_on(connection);
}

void http_loop_done(Exchange *exchange) {
    Loop *loop = exchange->loop;
    /* After the exchange is on the stack it may be gone at any time: ask first. */
    bool is_own_thread = pthread_equal(pthread_self(), loop->self) != 0;
    atomic_fetch_add(&loop->pushing_count, 1);
    Exchange *top = atomic_load_explicit(&loop->done, memory_order_relaxed);
    do {
        exchange->next = top;
    } while (!atomic_compare_exchange_weak_explicit(&loop->done, &top, exchange,
                                                    memory_order_release, memory_order_relaxed));
    if (top == NULL && !is_own_thread) {
        uint64_t one = 1;
        ssize_t written = write(loop->wake, &one, sizeof one);
        check(written == (ssize_t)sizeof one || errno == EAGAIN);
    }
    atomic_fetch_sub(&loop->pushing_count, 1);
}

/* Sends all answers that are ready, oldest first; those made meanwhile on this thread too. */
static void loop_drain(Loop *loop) {
    if (loop->is_draining) {
        return;
    }
    loop->is_draining = true;
    Exchange *stack = NULL;
    while ((stack = atomic_exchange_explicit(&loop->done, NULL, memory_order_acquire)) != NULL) {
        Exchange *queue = NULL;
        while (stack != NULL) {
            Exchange *next = stack->next;
            stack->next = queue;
            queue = stack;
            stack = next;
        }
        while (queue != NULL) {
            Exchange *next = queue->next;
            queue->next = NULL;
            answer_begin(queue);
            queue = next;
        }
    }
    loop->is_draining = false;
}

static bool is_empty(const Loop *loop) {
    return loop->busy.first == NULL && loop->idle.first == NULL;
}

/* Ends every event: sends what is ready, and leaves when a stopping loop has nobody left. */
static void loop_settle(Loop *loop) {
    loop_drain(loop);
    if (loop->is_stopping && is_empty(loop)) {
        (void)event_base_loopbreak(loop->base);
    }
}

/* ---- reading -------------------------------------------------------------------------------- */

/* Hands the exchange to its answer by way of the done stack. */
static void refuse(Connection *connection, uint32_t status) {
    connection->state = CONNECTION_OUT;
    connection->loop->exchange_out_count++;
    connection->closes_after = true;
    connection->is_cut_short = true;
    connection->exchange->used_bytes = connection->exchange->in_bytes;
    http_respond_error(&connection->exchange->request, status);
}

/* Reads into at; the count, or 0 when there is nothing now, the peer left, or it failed. */
static size_t receive(Connection *connection, char *at, size_t room, bool *is_closed) {
    while (connection->has_unread) {
        ssize_t got = recv(connection->socket, at, room, 0);
        if (got > 0) {
            connection->has_unread = (size_t)got == room || connection->is_peer_done;
            return (size_t)got;
        }
        if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
            *is_closed = true;
            return 0;
        }
        connection->has_unread = errno == EINTR;
    }
    return 0;
}

static void dispatch(Connection *connection) {
    Exchange *exchange = connection->exchange;
    HttpServer *server = connection->loop->server;
    connection->state = CONNECTION_OUT;
    connection->loop->exchange_out_count++;
    exchange->start_ns = now_ns();
    atomic_fetch_add_explicit(&server->request_count, 1, memory_order_relaxed);
    if (exchange->plan.is_inline) {
        http_handle(exchange);
    } else if (!http_queue_push(server, exchange)) {
        atomic_fetch_add_explicit(&server->refused_count, 1, memory_order_relaxed);
        http_respond_error(&exchange->request, 503);
    }
}

/* Counts arrived body bytes against the bound for all bodies; false when they are too many. */
static bool body_count(Exchange *exchange, size_t bytes) {
    size_t before = atomic_fetch_add(&exchange->server->bodies_bytes, bytes);
    exchange->body_counted += bytes;
    return before + bytes <= exchange->server->options.bodies_bytes_max;
}

/* Keeps body bytes that arrived; false when memory for bodies is used up. */
static bool body_put(Exchange *exchange, Str bytes) {
    if (!body_count(exchange, bytes.len)) {
        return false;
    }
    exchange->body_got += bytes.len;
    if (exchange->body_large != NULL) {
        buf_put(exchange->body_large, bytes);
    } else if (bytes.len > 0) {
        memcpy(exchange->body_small + exchange->body_got - bytes.len, bytes.at, bytes.len);
    }
    return true;
}

/* The body did not come whole with the head: makes room, moves what is there, waits for more. */
static void body_begin(Connection *connection) {
    Exchange *exchange = connection->exchange;
    size_t total = (size_t)exchange->head.body_bytes;
    Str part = {exchange->in + exchange->head_bytes, exchange->in_bytes - exchange->head_bytes};
    Arena *arena = exchange->request.arena;
    if (total <= SMALL_BODY_BYTES_MAX) {
        exchange->body_small = arena_alloc(arena, total);
    } else {
        exchange->body_large = buf_in(arena, total);
    }
    exchange->used_bytes = exchange->in_bytes;
    connection->state = CONNECTION_BODY;
    int64_t slices = 1 + (int64_t)(total / BODY_SLICE_BYTES);
    deadline_in(connection, slices * connection->loop->server->options.body_ms_max);
    if (!body_put(exchange, part)) {
        refuse(connection, 503);
        return;
    }
    if (exchange->head.expects_continue && part.len == 0) {
        Str go_on = STR("HTTP/1.1 100 Continue\r\n\r\n");
        /* An empty send buffer takes 25 bytes; a client that does not see them sends anyway. */
        (void)send(connection->socket, go_on.at, go_on.len, MSG_NOSIGNAL);
    }
}

static void head_is_whole(Connection *connection) {
    Exchange *exchange = connection->exchange;
    HttpServer *server = connection->loop->server;
    HttpRequest *request = &exchange->request;
    request->remote = str_of(connection->remote);
    exchange->start_ns = now_ns();
    uint32_t refused = http_parse_head(request->arena, (Str){exchange->in, exchange->head_bytes},
                                       exchange->headers, request, &exchange->head);
    if (refused != 0) {
        refuse(connection, refused);
        return;
    }
    exchange->plan = server->options.plan(request, server->options.context);
    check(exchange->plan.handle != NULL);
    check(exchange->plan.body_bytes_max <= LIMIT_MODEL_BYTES_MAX);
    request->route = exchange->plan.route;
    size_t body_bytes_max =
        exchange->plan.body_bytes_max == 0 ? LIMIT_FORM_BYTES_MAX : exchange->plan.body_bytes_max;
    if (exchange->head.body_bytes > body_bytes_max) {
        refuse(connection, 413);
        return;
    }
    connection->closes_after = exchange->head.wants_close;
    size_t body_bytes = (size_t)exchange->head.body_bytes;
    if (body_bytes > exchange->in_bytes - exchange->head_bytes) {
        body_begin(connection);
        return;
    }
    request->body = (Str){exchange->in + exchange->head_bytes, body_bytes};
    exchange->used_bytes = exchange->head_bytes + body_bytes;
    dispatch(connection);
}

/* RFC 9112 section 2.2: an empty line before the request line is ignored. */
static void drop_leading_line_end(Exchange *exchange) {
    while (exchange->scan.line_start == 0 && exchange->in_bytes >= 2 &&
           memcmp(exchange->in, "\r\n", 2) == 0) {
        exchange->in_bytes -= 2;
        memmove(exchange->in, exchange->in + 2, exchange->in_bytes);
        exchange->scan = (HttpScan){0, 0};
    }
}

static Step read_head(Connection *connection) {
    Exchange *exchange = connection->exchange;
    drop_leading_line_end(exchange);
    Str bytes = {exchange->in, exchange->in_bytes};
    uint32_t refused = http_scan_head(&exchange->scan, bytes, &exchange->head_bytes);
    if (refused == 0 && exchange->head_bytes == 0 && exchange->in_bytes == HEAD_ROOM_BYTES) {
        refused = exchange->scan.line_start == 0 ? 414 : 431;
    }
    if (refused != 0) {
        refuse(connection, refused);
        return STEP_WAIT;
    }
    if (exchange->head_bytes > 0) {
        head_is_whole(connection);
        return STEP_ON;
    }
    bool is_closed = false;
    size_t got = receive(connection, exchange->in + exchange->in_bytes,
                         HEAD_ROOM_BYTES - exchange->in_bytes, &is_closed);
    exchange->in_bytes += got;
    if (is_closed) {
        connection_close(connection);
    }
    return got > 0 ? STEP_ON : STEP_WAIT;
}

static Step read_body(Connection *connection) {
    Exchange *exchange = connection->exchange;
    size_t want = (size_t)exchange->head.body_bytes - exchange->body_got;
    bool is_closed = false;
    char *scratch = connection->loop->scratch;
    size_t got =
        receive(connection, scratch, want < READ_BYTES_MAX ? want : READ_BYTES_MAX, &is_closed);
    if (is_closed) {
        connection_close(connection);
        return STEP_WAIT;
    }
    if (!body_put(exchange, (Str){scratch, got})) {
        refuse(connection, 503);
        return STEP_WAIT;
    }
    if (exchange->body_got < exchange->head.body_bytes) {
        return got > 0 ? STEP_ON : STEP_WAIT;
    }
    exchange->request.body = exchange->body_large != NULL
                                 ? buf_str(exchange->body_large)
                                 : (Str){exchange->body_small, exchange->body_got};
    /* The last read may have ended exactly at the body's end with more behind it. */
    connection->has_unread = true;
    dispatch(connection);
    return STEP_WAIT;
}

static void read_away(Connection *connection) {
    bool is_closed = false;
    for (int i = 0; i < LINGER_READS_MAX; i++) {
        if (receive(connection, connection->loop->scratch, READ_BYTES_MAX, &is_closed) == 0) {
            break;
        }
    }
    if (is_closed) {
        connection_close(connection);
    } else if (connection->has_unread) {
        event_active(&connection->read_event, EV_READ, 0);
    }
}

/* Reads and goes on until the exchange is out, the socket is empty, or the connection is gone. */
static void read_on(Connection *connection) {
    if (connection->state == CONNECTION_IDLE) {
        exchange_take(connection);
        connection->state = CONNECTION_HEAD;
        list_put_first(&connection->loop->busy, connection);
        deadline_in(connection, connection->loop->server->options.head_ms_max);
    }
    Step step = STEP_ON;
    while (step == STEP_ON) {
        if (connection->state == CONNECTION_HEAD) {
            step = read_head(connection);
        } else if (connection->state == CONNECTION_BODY) {
            step = read_body(connection);
        } else {
            return;
        }
    }
}

/* ---- events --------------------------------------------------------------------------------- */

static void on_readable(evutil_socket_t socket, short what, void *it) {
    (void)socket;
    Connection *connection = it;
    Loop *loop = connection->loop;
    connection->has_unread = true;
    connection->is_peer_done = connection->is_peer_done || (what & EV_CLOSED) != 0;
    connection->streak = 0;
    switch (connection->state) {
    case CONNECTION_IDLE:
    case CONNECTION_HEAD:
    case CONNECTION_BODY:
        read_on(connection);
        break;
    case CONNECTION_LINGER:
        read_away(connection);
        break;
    case CONNECTION_OUT:
    case CONNECTION_SENDING:
        break; /* has_unread remembers it */
    }
    loop_settle(loop);
}

static void on_writable(evutil_socket_t socket, short what, void *it) {
    (void)socket;
    (void)what;
    Connection *connection = it;
    Loop *loop = connection->loop;
    if (connection->state == CONNECTION_SENDING) {
        send_on(connection);
    }
    loop_settle(loop);
}

static void remote_write(const struct sockaddr_storage *address, char out[REMOTE_BYTES_MAX]) {
    const void *host = NULL;
    if (address->ss_family == AF_INET) {
        host = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    } else if (address->ss_family == AF_INET6) {
        host = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    }
    if (host == NULL || inet_ntop(address->ss_family, host, out, REMOTE_BYTES_MAX) == NULL) {
        out[0] = '\0';
    }
}

static void connection_begin(Loop *loop, int socket, const struct sockaddr_storage *address) {
    int on = 1;
    (void)setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Connection *connection = connection_new(loop);
    connection->socket = socket;
    become_idle(connection);
    remote_write(address, connection->remote);
    short watch = EV_READ | EV_CLOSED | EV_ET | EV_PERSIST;
    check(event_assign(&connection->read_event, loop->base, socket, watch, on_readable,
                       connection) == 0);
    check(event_assign(&connection->write_event, loop->base, socket, EV_WRITE | EV_PERSIST,
                       on_writable, connection) == 0);
    check(event_add(&connection->read_event, NULL) == 0);
}

/* The process has no more sockets: waiting clients stay in the kernel's queue until the next sweep,
 * unless one of ours is idle and can go. */
static bool out_of_sockets(Loop *loop, int why) {
    if (close_longest_idle(loop)) {
        return true;
    }
    log_line(LOG_WARN, "http: cannot accept: %s", strerror(why));
    (void)event_del(loop->listen_event);
    loop->is_listen_paused = true;
    return false;
}

/* Takes one waiting client; false when there is none, or none can be taken now. */
static bool accept_one(Loop *loop) {
    HttpServer *server = loop->server;
    struct sockaddr_storage address;
    socklen_t address_bytes = sizeof address;
    int socket = accept4(loop->listener, (struct sockaddr *)(void *)&address, &address_bytes,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) {
        int why = errno;
        bool is_full = why == EMFILE || why == ENFILE || why == ENOBUFS || why == ENOMEM;
        return is_full ? out_of_sockets(loop, why) : why == EINTR || why == ECONNABORTED;
    }
    if (atomic_fetch_add(&server->connection_count, 1) >= server->options.connections_max &&
        !close_longest_idle(loop)) {
        atomic_fetch_sub(&server->connection_count, 1);
        (void)close(socket);
        return true;
    }
    connection_begin(loop, socket, &address);
    return true;
}

static void on_accept(evutil_socket_t socket, short what, void *it) {
    (void)socket;
    (void)what;
    for (int i = 0; i < ACCEPTS_PER_EVENT_MAX; i++) {
        if (!accept_one(it)) {
            return;
        }
    }
}

/* Closes a list's connections that are past their deadline, or all of them. Those whose exchange is
 * out have no deadline: the handler will answer. */
static void close_late(ConnectionList *list, int64_t now_ms, bool closes_all) {
    Connection *each = list->first;
    while (each != NULL) {
        Connection *after = each->after;
        bool is_over = now_ms > each->deadline_ms || closes_all;
        if (is_over && each->state != CONNECTION_OUT) {
            connection_close(each);
        }
        each = after;
    }
}

static void stop_begin(Loop *loop) {
    loop->is_stopping = true;
    (void)event_del(loop->listen_event);
    (void)close(loop->listener);
    loop->listener = -1;
}

static void on_sweep(evutil_socket_t socket, short what, void *it) {
    (void)socket;
    (void)what;
    Loop *loop = it;
    HttpServer *server = loop->server;
    if (atomic_load(&server->is_stopping) && !loop->is_stopping) {
        stop_begin(loop);
    }
    int64_t now_ms = http_now_ms();
    bool is_grace_over = loop->is_stopping && now_ms > atomic_load(&server->stop_deadline_ms);
    close_late(&loop->busy, now_ms, is_grace_over);
    close_late(&loop->idle, now_ms, loop->is_stopping);
    if (loop->is_listen_paused && !loop->is_stopping) {
        loop->is_listen_paused = false;
        (void)event_add(loop->listen_event, NULL);
    }
    if (loop->is_stopping && (is_empty(loop) || is_grace_over)) {
        (void)event_base_loopbreak(loop->base);
    }
}

static void on_wake(evutil_socket_t socket, short what, void *it) {
    (void)what;
    Loop *loop = it;
    uint64_t count = 0;
    ssize_t got = read((int)socket, &count, sizeof count);
    check(got == (ssize_t)sizeof count || errno == EAGAIN);
    loop_settle(loop);
    if (atomic_load(&loop->server->is_stopping)) {
        on_sweep(-1, 0, loop);
    }
}

/* ---- life ----------------------------------------------------------------------------------- */

/* A quarter of the shortest time to be kept, so that no client is more than a quarter late. */
static struct timeval sweep_interval(const HttpOptions *options) {
    const uint32_t times_ms[] = {options->head_ms_max, options->body_ms_max, options->idle_ms_max,
                                 options->send_ms_max};
    uint32_t shortest_ms = SWEEP_MS_MAX * 4;
    for (size_t i = 0; i < sizeof times_ms / sizeof times_ms[0]; i++) {
        shortest_ms = times_ms[i] < shortest_ms ? times_ms[i] : shortest_ms;
    }
    uint32_t every_ms = shortest_ms / 4 < SWEEP_MS_MIN ? SWEEP_MS_MIN : shortest_ms / 4;
    return (struct timeval){.tv_sec = every_ms / 1000,
                            .tv_usec = (suseconds_t)(every_ms % 1000) * 1000};
}

static struct event_base *base_new(void) {
    struct event_config *config = event_config_new();
    if (config == NULL) {
        return NULL;
    }
    struct event_base *base = NULL;
    if (event_config_require_features(config, EV_FEATURE_ET | EV_FEATURE_EARLY_CLOSE) == 0 &&
        event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) == 0) {
        base = event_base_new_with_config(config);
    }
    event_config_free(config);
    return base;
}

Status http_loop_init(Cx *cx, HttpServer *server, int listener, Loop *loop) {
    loop->server = server;
    loop->listener = listener;
    loop->wake = -1;
    loop->arena = arena_create();
    loop->scratch = arena_alloc(loop->arena, READ_BYTES_MAX);
    atomic_init(&loop->done, NULL);
    loop->base = base_new();
    loop->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (loop->base == NULL || loop->wake < 0) {
        return fault(cx, STATUS_IO, "cannot watch sockets: %s", strerror(errno));
    }
    short often = EV_READ | EV_PERSIST;
    loop->listen_event = event_new(loop->base, listener, often, on_accept, loop);
    loop->wake_event = event_new(loop->base, loop->wake, often, on_wake, loop);
    loop->sweep_event = event_new(loop->base, -1, EV_PERSIST, on_sweep, loop);
    struct timeval every = sweep_interval(&server->options);
    if (loop->listen_event == NULL || loop->wake_event == NULL || loop->sweep_event == NULL ||
        event_add(loop->listen_event, NULL) != 0 || event_add(loop->wake_event, NULL) != 0 ||
        event_add(loop->sweep_event, &every) != 0) {
        return fault(cx, STATUS_IO, "cannot watch sockets: no memory");
    }
    return STATUS_OK;
}

void *http_loop_run(void *it) {
    Loop *loop = it;
    loop->self = pthread_self();
    if (event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY) != 0) {
        log_line(LOG_ERROR, "http: a loop ended with an error");
    }
    return NULL;
}

static void event_drop(struct event *event) {
    if (event != NULL) {
        event_free(event);
    }
}

void http_loop_dispose(Loop *loop) {
    while (loop->busy.first != NULL) {
        loop->busy.first->state = CONNECTION_IDLE; /* an answer on the done stack is not sent */
        connection_close(loop->busy.first);
    }
    while (close_longest_idle(loop)) {
    }
    while (loop->exchanges_free != NULL) {
        Exchange *exchange = loop->exchanges_free;
        loop->exchanges_free = exchange->next;
        exchange_free(exchange);
    }
    event_drop(loop->listen_event);
    event_drop(loop->wake_event);
    event_drop(loop->sweep_event);
    if (loop->base != NULL) {
        event_base_free(loop->base);
    }
    if (loop->listener >= 0) {
        (void)close(loop->listener);
    }
    if (loop->wake >= 0) {
        (void)close(loop->wake);
    }
    arena_free(loop->arena);
}
