/*
 * engine.h - the moving parts behind http.h. Private to the module.
 *
 *   Loop (thread) ─ owns ─ Connection ─ has at most one ─ Exchange (request + answer + arena)
 *                                                            │ walks
 *        loop reads it ─▶ worker queue ─▶ handler ─▶ anyone answers ─▶ done stack ─▶ loop sends it
 *
 * An Exchange is touched by one thread at a time; the hand-overs are the worker queue's mutex and
 * the done stack's atomic exchange. Connections are touched by their loop only. An Exchange that
 * is out (in a queue, a handler, a database) keeps its Connection alive, even when the peer left.
 */
#ifndef HUANXIN_HTTP_ENGINE_H
#define HUANXIN_HTTP_ENGINE_H

#include "http/gzip.h"
#include "http/http.h"
#include "http/parse.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
    HEAD_ROOM_BYTES = LIMIT_HEAD_BYTES_MAX + LIMIT_URL_BYTES_MAX,
    SMALL_BODY_BYTES_MAX = 64 * 1024, /* larger bodies grow as they arrive */
    READ_BYTES_MAX = 64 * 1024,
    REMOTE_BYTES_MAX = 64,
    EXCHANGES_KEPT_MAX = 256, /* idle ones per loop, about 40 KiB each */
    ANSWER_HEAD_BYTES_MAX = 64 * 1024,
    ANSWER_PREFIX_BYTES_MAX = 4096,
    CACHE_LINE_BYTES = 64,
};

typedef struct Loop Loop;
typedef struct Connection Connection;
typedef struct Exchange Exchange;

struct Exchange {
    HttpRequest request; /* first: http_respond finds the Exchange by it */
    HttpServer *server;
    Loop *loop;
    Connection *connection;
    Exchange *next; /* in the free list, the worker queue, or the done stack */
    Arena *own;     /* holds this struct and the read buffer */
    HttpPlan plan;
    void (*resume)(HttpRequest *request, void *context); /* of http_resume; NULL otherwise */
    HttpHead head;
    HttpHeader headers[HTTP_HEADERS_MAX];
    int64_t start_ns;
    /* reading */
    size_t in_bytes;
    size_t used_bytes; /* of in, by this request; what follows belongs to the next one */
    HttpScan scan;
    size_t head_bytes;
    char *body_small; /* exact room, for bodies up to SMALL_BODY_BYTES_MAX */
    Buf *body_large;
    size_t body_got;
    size_t body_counted; /* in server->bodies_bytes */
    /* answering */
    uint32_t status;
    Buf out_prefix; /* status line and the server's own headers */
    Buf out_head;   /* header lines of the handler */
    Str out_body;
    Str out_type;
    bool is_plain;         /* never compress */
    bool is_value_refused; /* a header value had control characters: W8 */
    bool is_answered;
    char in[HEAD_ROOM_BYTES]; /* a head, and what came with it */
};

typedef enum ConnectionState {
    CONNECTION_IDLE,    /* keep-alive, nothing read */
    CONNECTION_HEAD,    /* part of a head read */
    CONNECTION_BODY,    /* part of a body read */
    CONNECTION_OUT,     /* the exchange is with a handler */
    CONNECTION_SENDING, /* the answer is on its way */
    CONNECTION_LINGER,  /* answered and closing: read away what the peer still sends */
} ConnectionState;

typedef struct ConnectionList {
    Connection *first;
    Connection *last;
} ConnectionList;

struct Connection {
    Loop *loop;
    ConnectionList *list; /* that it is in */
    Connection *before;
    Connection *after;
    Exchange *exchange;
    struct event read_event;
    struct event write_event;
    int socket;
    ConnectionState state;
    int64_t deadline_ms;
    size_t sent_bytes;
    Buf prefix;          /* status line and the server's own headers */
    bool has_unread;     /* the socket may hold bytes without a new event (edge-triggered) */
    bool is_peer_done;   /* the peer sends no more: read up to the end of file */
    bool is_write_armed; /* waiting until the socket takes more */
    bool closes_after;   /* no keep-alive after this answer */
    bool is_cut_short;   /* answered before the body was read: linger */
    uint32_t streak;     /* requests answered since the last event */
    char remote[REMOTE_BYTES_MAX];
};

struct Loop {
    HttpServer *server;
    Arena *arena;
    struct event_base *base;
    int listener;
    int wake; /* eventfd */
    struct event *listen_event;
    struct event *wake_event;
    struct event *sweep_event;
    pthread_t thread;    /* for the one who joins */
    pthread_t self;      /* the same, written by the loop itself */
    ConnectionList busy; /* with a request begun, or closing */
    ConnectionList idle; /* keep-alive; the one that waits longest is last */
    Connection *connections_free;
    Exchange *exchanges_free;
    size_t exchange_free_count;
    size_t exchange_out_count; /* with a handler */
    char *scratch;             /* READ_BYTES_MAX */
    int64_t date_s;
    char date[40];
    bool is_draining;
    bool is_stopping;
    bool is_listen_paused;
    char apart[CACHE_LINE_BYTES]; /* other threads write done: keep it from the rest */
    _Atomic(Exchange *) done;
    atomic_uint pushing_count; /* threads inside http_loop_done: the loop must outlive them */
};

typedef struct WorkerQueue {
    pthread_mutex_t mutex;
    pthread_cond_t has_work;
    Exchange *first;
    Exchange *last;
    uint32_t waiting_count;
    uint32_t idle_count;
    bool is_waking; /* a signalled worker has not come yet: it will wake the next by itself */
    bool is_closed;
} WorkerQueue;

struct HttpServer {
    Arena *arena;
    HttpOptions options; /* with defaults filled in */
    uint16_t port;
    Loop *loops;
    uint32_t loop_count; /* started */
    pthread_t *workers;
    uint32_t worker_count; /* started */
    WorkerQueue queue;
    GzipPool *gzips;
    bool is_joined; /* the threads have ended */
    atomic_bool is_stopping;
    _Atomic int64_t stop_deadline_ms;
    atomic_size_t bodies_bytes;
    atomic_uint connection_count;
    _Atomic uint64_t request_count;
    _Atomic uint64_t refused_count;
};

/* ---- loop.c --------------------------------------------------------------------------------- */

/* Prepares a loop that listens on socket; IO when the event machinery cannot be had. */
MUST_CHECK Status http_loop_init(Cx *cx, HttpServer *server, int listener, Loop *loop);
/* Runs until the server stops; the body of a loop's thread. */
void *http_loop_run(void *loop);
/* Hands an answered exchange back to its loop; any thread. */
void http_loop_done(Exchange *exchange);
/* Closes what is left and frees the loop's events and idle exchanges; after its thread ended. */
void http_loop_dispose(Loop *loop);
/* Returns milliseconds of a steady clock. */
int64_t http_now_ms(void);

/* ---- worker.c ------------------------------------------------------------------------------- */

/* Adds an exchange for a worker; false when the queue is full (W10) or closed. */
bool http_queue_push(HttpServer *server, Exchange *exchange);
/* Adds an exchange that was let in before, whatever the length; false when the queue is closed. */
bool http_queue_push_again(HttpServer *server, Exchange *exchange);
/* Takes exchanges and handles them until the queue is closed; the body of a worker's thread. */
void *http_worker_run(void *server);
/* Parses the body's fields and calls the handler; on a worker or on the loop. */
void http_handle(Exchange *exchange);

/* ---- answer.c ------------------------------------------------------------------------------- */

/* Makes an exchange ready for its next request; keeps its memory. */
void http_answer_reset(Exchange *exchange);
/* Fills an exchange with the server's own page for status, without sending it. */
void http_answer_error(Exchange *exchange, uint32_t status);
/* Writes status line and the server's own headers. */
void http_answer_prefix(const Exchange *exchange, bool closes, Str date, Buf *out);
/* True for a status that has no body (204, 304). */
bool http_status_is_bodiless(uint32_t status);

#endif
