/*
 * http.h - an HTTP/1.1 server over libevent: from the socket to a handler and back.
 *
 *   socket ─▶ loop (1 thread each, SO_REUSEPORT)          worker pool
 *             read head ─ check ─ plan(method, path) ──▶ [queue] ─▶ parse form ─▶ handler
 *             read body within the plan's limit     ╲                              │
 *             write answer ◀── done queue ◀──────────╲─ inline handler             │
 *                                 ▲                                                │
 *                                 └──── http_respond: now, or later by any thread ─┘
 *
 * It is not a router (the caller's plan function is), has no sessions and no TLS (a front proxy
 * ends TLS), and does not stream: requests and answers are whole texts within limits.
 *
 * Ownership: the server owns its requests. A request and everything in its arena live until the
 * answer has been sent; the handler (or whoever it passes the request to) must answer each request
 * exactly once and may not touch it after that. One thread at a time uses a request.
 *
 * Security properties (tests/00_unit/http_security_test.c names each by its number):
 *   W1  one reading of where a message ends: Transfer-Encoding with Content-Length 400, alone 411;
 *       repeated, signed, or non-decimal Content-Length 400; the connection is closed
 *   W2  strict lines: CRLF only, no folded headers, no space before the colon, token names,
 *       no control characters, exactly one Host in HTTP/1.1: else 400
 *   W3  head over its limit 431, URL over its limit 414, over HTTP_HEADERS_MAX headers 431
 *   W4  body over the plan's limit 413, answered before the body is read; memory for a body grows
 *       with what has arrived, not with what was announced; all bodies together are bounded (503)
 *   W5  a client that sends head or body too slowly, or does not take its answer, is closed
 *   W6  the path is percent-decoded once and well-formed UTF-8, without NUL, control characters,
 *       backslash, encoded slash, "." or ".." segments: else 400; empty segments are collapsed
 *   W7  bad percent-encoding or ill-formed UTF-8 in query or form fields: 400 before the handler
 *   W8  CR, LF, NUL in an answer's header or cookie values cannot be sent (check in the setter for
 *       names, refusal by 500 for values)
 *   W9  multipart: boundary and part heads within limits, at most HTTP_FIELDS_MAX fields, file
 *       names are plain labels (no path), NUL-free
 *   W10 when the worker queue is full the answer is 503 with Retry-After at once; over the limit of
 *       connections the one that has been idle longest makes room, else the new one is closed
 *   W11 every answer carries X-Content-Type-Options: nosniff and an exact Content-Length
 */
#ifndef HUANXIN_HTTP_HTTP_H
#define HUANXIN_HTTP_HTTP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cx.h"
#include "base/limits.h"
#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HTTP_HEADERS_MAX = 64,
    HTTP_FIELDS_MAX = 1024, /* a table editor's screen has a few hundred cells */
    HTTP_PART_HEAD_BYTES_MAX = 2048,
    HTTP_FILE_NAME_BYTES_MAX = 255,
    HTTP_LOOPS_MAX = 16,
    HTTP_WORKERS_MAX = 256,
};

/* X(name): methods served; any other is answered 501. */
#define HTTP_METHOD_LIST(X) X(GET) X(HEAD) X(POST) X(PUT) X(PATCH) X(DELETE) X(OPTIONS)

typedef enum HttpMethod {
#define X(name) HTTP_##name,
    HTTP_METHOD_LIST(X)
#undef X
} HttpMethod;

/* Returns the method's name, e.g. "GET". */
Str http_method_text(HttpMethod method);

typedef struct HttpHeader {
    Str name;
    Str value;
} HttpHeader;

/* One field of a query, a form, or a multipart body. */
typedef struct HttpField {
    Str name;
    Str value; /* decoded text (UTF-8), or the bytes of a file */
    bool is_file;
    Str file_name; /* as the browser named it, without folders; "" when none was chosen */
    Str type;      /* declared media type of a file, unproved */
} HttpField;

/* What a handler reads. Written by the server only. */
typedef struct HttpRequest {
    HttpMethod method; /* HEAD is seen as HEAD; its answer's body is not sent */
    Str path;          /* decoded and normalised, begins with "/" (W6) */
    Str target;        /* as sent: path and query, still encoded */
    Str host;          /* Host header, without check against our name */
    Str remote;        /* numeric address of the peer; a proxy's when there is one */
    Str type;          /* media type of the body in lower case without parameters, or "" */
    Str body;          /* raw bytes; also there when parsed into fields */
    const HttpHeader *headers;
    size_t header_count;
    const HttpField *query; /* fields after "?", in order */
    size_t query_count;
    const HttpField *form; /* fields of an urlencoded or multipart body, in order */
    size_t form_count;
    Arena *arena; /* lives until the answer is sent */
    void *route;  /* from the plan */
    void *user;   /* the handler's own, starts NULL */
} HttpRequest;

/* What to do with a request, decided from its head (method, path, query, headers). */
typedef struct HttpPlan {
    /* Called on a worker, or on the loop when is_inline. Must not be NULL. */
    void (*handle)(HttpRequest *request, void *context);
    void *route;           /* put into request->route */
    size_t body_bytes_max; /* 0 means LIMIT_FORM_BYTES_MAX; at most LIMIT_MODEL_BYTES_MAX */
    bool is_inline;        /* handle never blocks and is short: run it on the loop */
    bool is_body_raw;      /* do not parse the body into form fields */
} HttpPlan;

typedef struct HttpAccess {
    HttpMethod method;
    Str path;
    uint32_t status;
    uint64_t sent_bytes; /* head and body */
    int64_t micros;      /* from the whole request read to the answer sent */
} HttpAccess;

typedef struct HttpOptions {
    const char *address;      /* numeric; NULL means 127.0.0.1 */
    uint16_t port;            /* 0: any free port, ask http_server_port */
    uint32_t loop_count;      /* 0 means 1 */
    uint32_t worker_count;    /* 0 means 4 */
    uint32_t queue_max;       /* requests waiting for a worker; 0 means 1024 */
    uint32_t connections_max; /* over all loops; 0 means 4096 */
    size_t bodies_bytes_max;  /* all request bodies in memory; 0 means 64 MiB */
    uint32_t head_ms_max;     /* from first byte to whole head; 0 means 10,000 */
    uint32_t body_ms_max;     /* for the body, and for each 1 MiB of a longer one; 0: 30,000 */
    uint32_t idle_ms_max;     /* keep-alive without a request; 0 means 60,000 */
    uint32_t send_ms_max;     /* without progress in sending the answer; 0 means 30,000 */
    /* Decides by the head of a request; runs on the loop and must not block. Required. */
    HttpPlan (*plan)(const HttpRequest *request, void *context);
    /* Makes the body (HTML) of an answer that the server gives by itself (400, 413, 503, ...); may
     * be NULL for a line of text. Runs on any thread. */
    Str (*error_page)(Arena *arena, uint32_t status, void *context);
    /* Called on the loop after each answer; may be NULL. */
    void (*access)(const HttpAccess *access, void *context);
    void *context;          /* passed to every callback and handler */
    uint32_t retry_after_s; /* told with 503; 0 means 2 */
} HttpOptions;

typedef struct HttpServer HttpServer;

/* Starts loops and workers and listens. IO when the address cannot be had (fault says why),
 * INVALID for options out of range. Raises the process's soft limit of open files where it is
 * below connections_max. The caller ends it with http_server_stop. */
MUST_CHECK Status http_server_start(Cx *cx, const HttpOptions *options, HttpServer **out);
/* Returns the port listened on. */
uint16_t http_server_port(const HttpServer *server);
/* Stops gracefully: listens no more, closes idle connections, answers what was read, waits up to
 * grace_ms, then closes all, joins the threads and frees the server. BUSY when requests passed to
 * other threads are still unanswered after the grace: then memory stays, because they hold it;
 * calling it again when they have answered frees the server. */
Status http_server_stop(HttpServer *server, uint32_t grace_ms);

typedef struct HttpStats {
    uint64_t request_count;
    uint64_t refused_count; /* 503 for a full queue */
    uint32_t connection_count;
    uint32_t waiting_count; /* in the worker queue now */
} HttpStats;
HttpStats http_server_stats(HttpServer *server);

/* ---- reading a request ---------------------------------------------------------------------- */

/* Returns a header's value (name in any case), or STR_NONE. */
Str http_header(const HttpRequest *request, const char *name);
/* Returns a cookie's value, or STR_NONE. Quotes are kept. O(length of Cookie). */
Str http_cookie(const HttpRequest *request, const char *name);
/* Returns the first query field of that name, or STR_NONE (at == NULL) when absent. */
Str http_query(const HttpRequest *request, const char *name);
/* Returns the first form field (not file) of that name, or STR_NONE (at == NULL) when absent. */
Str http_form(const HttpRequest *request, const char *name);
/* Returns the first file of that name, or NULL. */
const HttpField *http_file(const HttpRequest *request, const char *name);

/* ---- answering: set what is needed, then http_respond once ---------------------------------- */

/* Sets the status, 200..599; without it, 200. */
void http_status(HttpRequest *request, uint32_t status);
/* Adds a header. The name must be a token (check); a value with control characters turns the
 * answer into 500 (W8). Not for Content-Length, Connection, Date, Transfer-Encoding (check). */
void http_header_add(HttpRequest *request, const char *name, Str value);

typedef struct HttpCookie {
    Str name;
    Str value;
    const char *path;    /* NULL means "/" */
    int64_t max_age_s;   /* 0: until the browser closes; negative: delete it */
    bool is_for_scripts; /* leaves out HttpOnly */
    bool is_secure;
    bool is_lax; /* SameSite=Lax instead of Strict */
} HttpCookie;
/* Adds a Set-Cookie header: HttpOnly, SameSite=Strict, Path=/ unless told otherwise. A value with
 * characters outside RFC 6265 cookie-octet turns the answer into 500. */
void http_cookie_add(HttpRequest *request, HttpCookie cookie);
/* Sets type and body; the body must live as long as request->arena (its own arena, or static). */
void http_body(HttpRequest *request, Str type, Str body);
/* Sends no compressed body, for pages whose secrets must not be guessed by length. */
void http_body_plain(HttpRequest *request);
/* Sends the answer; the request may not be touched after. From any thread, once. Text bodies over
 * 1 KiB are compressed with gzip when the client takes it. O(body). */
void http_respond(HttpRequest *request);
/* Gives a request that waited for something, and is not answered, back to the workers: one of them
 * calls handle with the server's context. From any thread; the request may not be touched after.
 * Never refused: it was let in before. */
void http_resume(HttpRequest *request, void (*handle)(HttpRequest *request, void *context));

/* Status, type, body and http_respond in one. */
void http_respond_with(HttpRequest *request, uint32_t status, Str type, Str body);
/* 303 See Other to a path of ours ("/..." but not "//", "/\"; check) and http_respond. */
void http_respond_see_other(HttpRequest *request, Str path);
/* Answers with the server's own error page for status. */
void http_respond_error(HttpRequest *request, uint32_t status);

/* ---- assets: bytes that do not change while the server runs --------------------------------- */

typedef struct HttpAsset {
    Str type;
    Str bytes;
    Str gzip; /* "" when not smaller */
    Str etag; /* quoted */
    const char *cache_control;
} HttpAsset;

/* Prepares an asset once: entity tag from its bytes, gzip for text types. bytes are borrowed.
 * cache_control is a literal, NULL means "public, max-age=3600". */
HttpAsset *http_asset_new(Arena *arena, Str type, Str bytes, const char *cache_control);
/* Answers with the asset: 304 when If-None-Match fits, gzip when taken. */
void http_respond_asset(HttpRequest *request, const HttpAsset *asset);
/* Returns the media type for a file name's ending, e.g. "text/css; charset=utf-8";
 * "application/octet-stream" for others. */
Str http_type_of(Str file_name);

/* Returns text percent-encoded for one segment or query value of a URL. */
Str http_url_encode(Arena *arena, Str text);

#endif
