/*
 * answer.c - building an answer: status, headers, cookies, body, compression, and the hand-over to
 * the loop that sends it.
 */
#include "base/log.h"
#include "http/engine.h"

#include <string.h>

enum { GZIP_BYTES_MIN = 1024, GZIP_LEVEL = 4 };

/* Every HttpRequest of ours is the first member of an Exchange. */
static Exchange *exchange_of(HttpRequest *request) {
    check(request != NULL);
    return (Exchange *)(void *)request;
}

static Exchange *open_exchange_of(HttpRequest *request) {
    Exchange *exchange = exchange_of(request);
    check(!exchange->is_answered);
    return exchange;
}

/* ---- reason phrases ------------------------------------------------------------------------- */

static const char *reason_of(uint32_t status) {
    static const struct {
        uint32_t status;
        const char *text;
    } REASONS[] = {{200, "OK"},
                   {201, "Created"},
                   {202, "Accepted"},
                   {204, "No Content"},
                   {303, "See Other"},
                   {304, "Not Modified"},
                   {400, "Bad Request"},
                   {401, "Unauthorized"},
                   {403, "Forbidden"},
                   {404, "Not Found"},
                   {405, "Method Not Allowed"},
                   {409, "Conflict"},
                   {411, "Length Required"},
                   {413, "Content Too Large"},
                   {414, "URI Too Long"},
                   {415, "Unsupported Media Type"},
                   {417, "Expectation Failed"},
                   {422, "Unprocessable Content"},
                   {429, "Too Many Requests"},
                   {431, "Request Header Fields Too Large"},
                   {500, "Internal Server Error"},
                   {501, "Not Implemented"},
                   {503, "Service Unavailable"},
                   {505, "HTTP Version Not Supported"}};
    for (size_t i = 0; i < sizeof REASONS / sizeof REASONS[0]; i++) {
        if (REASONS[i].status == status) {
            return REASONS[i].text;
        }
    }
    return "Other"; /* the phrase is for people; clients read the number */
}

bool http_status_is_bodiless(uint32_t status) {
    return status == 204 || status == 304;
}

/* ---- setting -------------------------------------------------------------------------------- */

void http_status(HttpRequest *request, uint32_t status) {
    check(status >= 200);
    check(status <= 599);
    open_exchange_of(request)->status = status;
}

static bool value_can_be_sent(Str value) {
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.at[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return true;
}

static bool name_is_ours(Str name) {
    return str_equal_ascii_nocase(name, STR("Content-Length")) ||
           str_equal_ascii_nocase(name, STR("Connection")) ||
           str_equal_ascii_nocase(name, STR("Date")) ||
           str_equal_ascii_nocase(name, STR("Transfer-Encoding"));
}

void http_header_add(HttpRequest *request, const char *name, Str value) {
    Exchange *exchange = open_exchange_of(request);
    Str name_str = str_of(name);
    check(name_str.len > 0);
    for (size_t i = 0; i < name_str.len; i++) {
        check(http_is_token_byte(name_str.at[i]));
    }
    check(!name_is_ours(name_str));
    if (!value_can_be_sent(value)) {
        exchange->is_value_refused = true;
        return;
    }
    buf_put(&exchange->out_head, name_str);
    buf_put(&exchange->out_head, STR(": "));
    buf_put(&exchange->out_head, value);
    buf_put(&exchange->out_head, STR("\r\n"));
}

/* cookie-octet of RFC 6265 section 4.1.1. */
static bool is_cookie_byte(char c) {
    unsigned char u = (unsigned char)c;
    return u > 0x20 && u < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
}

void http_cookie_add(HttpRequest *request, HttpCookie cookie) {
    Exchange *exchange = open_exchange_of(request);
    check(cookie.name.len > 0);
    for (size_t i = 0; i < cookie.name.len; i++) {
        check(http_is_token_byte(cookie.name.at[i]));
    }
    for (size_t i = 0; i < cookie.value.len; i++) {
        if (!is_cookie_byte(cookie.value.at[i])) {
            exchange->is_value_refused = true;
            return;
        }
    }
    Str path = cookie.path == NULL ? STR("/") : str_of(cookie.path);
    check(path.len > 0 && path.at[0] == '/');
    for (size_t i = 0; i < path.len; i++) {
        check(is_cookie_byte(path.at[i]));
    }
    Buf *out = &exchange->out_head;
    buf_print(out, "Set-Cookie: " STR_FMT "=" STR_FMT "; Path=" STR_FMT, STR_ARG(cookie.name),
              STR_ARG(cookie.value), STR_ARG(path));
    if (cookie.max_age_s != 0) {
        int64_t max_age_s = cookie.max_age_s < 0 ? 0 : cookie.max_age_s;
        buf_print(out, "; Max-Age=%lld", (long long)max_age_s);
    }
    buf_put(out, cookie.is_lax ? STR("; SameSite=Lax") : STR("; SameSite=Strict"));
    buf_put(out, cookie.is_for_scripts ? STR("") : STR("; HttpOnly"));
    buf_put(out, cookie.is_secure ? STR("; Secure\r\n") : STR("\r\n"));
}

void http_body(HttpRequest *request, Str type, Str body) {
    Exchange *exchange = open_exchange_of(request);
    check(value_can_be_sent(type));
    exchange->out_type = type;
    exchange->out_body = body;
}

void http_body_plain(HttpRequest *request) {
    open_exchange_of(request)->is_plain = true;
}

/* ---- answering ------------------------------------------------------------------------------ */

static bool is_text_type(Str type) {
    return str_starts(type, STR("text/")) || str_starts(type, STR("application/json")) ||
           str_starts(type, STR("application/javascript")) ||
           str_starts(type, STR("application/xml")) || str_starts(type, STR("image/svg+xml"));
}

static void compress(Exchange *exchange) {
    if (exchange->is_plain || exchange->out_body.len <= GZIP_BYTES_MIN ||
        !is_text_type(exchange->out_type)) {
        return;
    }
    buf_put(&exchange->out_head, STR("Vary: Accept-Encoding\r\n"));
    if (!http_takes_gzip(http_header(&exchange->request, "Accept-Encoding"))) {
        return;
    }
    Str packed =
        gzip_text(exchange->server->gzips, exchange->request.arena, exchange->out_body, GZIP_LEVEL);
    if (packed.at != NULL) {
        exchange->out_body = packed;
        buf_put(&exchange->out_head, STR("Content-Encoding: gzip\r\n"));
    }
}

void http_respond(HttpRequest *request) {
    Exchange *exchange = open_exchange_of(request);
    if (exchange->is_value_refused || buf_status(&exchange->out_head) != STATUS_OK) {
        log_line(LOG_ERROR, "http: an answer's headers could not be sent path=" STR_FMT,
                 STR_ARG(request->path));
        http_answer_error(exchange, 500);
    }
    compress(exchange);
    exchange->is_answered = true;
    http_loop_done(exchange);
}

void http_resume(HttpRequest *request, void (*handle)(HttpRequest *request, void *context)) {
    Exchange *exchange = open_exchange_of(request);
    check(exchange->resume == NULL);
    exchange->resume = handle;
    if (!http_queue_push_again(exchange->server, exchange)) {
        /* The workers have gone home: who brought it answers it. */
        exchange->resume = NULL;
        handle(request, exchange->server->options.context);
    }
}

void http_respond_with(HttpRequest *request, uint32_t status, Str type, Str body) {
    http_status(request, status);
    http_body(request, type, body);
    http_respond(request);
}

void http_respond_see_other(HttpRequest *request, Str path) {
    check(path.len > 0 && path.at[0] == '/');
    check(path.len == 1 || (path.at[1] != '/' && path.at[1] != '\\'));
    http_status(request, 303);
    http_header_add(request, "Location", path);
    http_body(request, STR_NONE, STR_NONE);
    http_respond(request);
}

void http_answer_error(Exchange *exchange, uint32_t status) {
    HttpServer *server = exchange->server;
    exchange->status = status;
    exchange->is_value_refused = false;
    buf_clear(&exchange->out_head);
    if (status == 503) {
        buf_print(&exchange->out_head, "Retry-After: %u\r\n", server->options.retry_after_s);
    }
    buf_put(&exchange->out_head, STR("Cache-Control: no-store\r\n"));
    if (server->options.error_page != NULL) {
        exchange->out_type = STR("text/html; charset=utf-8");
        exchange->out_body =
            server->options.error_page(exchange->request.arena, status, server->options.context);
        return;
    }
    exchange->out_type = STR("text/plain; charset=utf-8");
    exchange->out_body = str_print(exchange->request.arena, "%u %s\n", status, reason_of(status));
}

void http_respond_error(HttpRequest *request, uint32_t status) {
    check(status >= 400);
    check(status <= 599);
    http_answer_error(open_exchange_of(request), status);
    http_respond(request);
}

/* Writes a number; printf would take longer than the rest of the head. */
static void put_number(Buf *out, uint64_t number) {
    char digits[20];
    size_t from = sizeof digits;
    do {
        digits[--from] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    buf_put(out, (Str){digits + from, sizeof digits - from});
}

void http_answer_prefix(const Exchange *exchange, bool closes, Str date, Buf *out) {
    buf_clear(out);
    buf_put(out, STR("HTTP/1.1 "));
    put_number(out, exchange->status);
    buf_put_char(out, ' ');
    buf_put_c(out, reason_of(exchange->status));
    buf_put(out, STR("\r\nDate: "));
    buf_put(out, date);
    if (!http_status_is_bodiless(exchange->status)) {
        buf_put(out, STR("\r\nContent-Length: "));
        put_number(out, exchange->out_body.len);
    }
    if (exchange->out_body.len > 0 && exchange->out_type.len > 0) {
        buf_put(out, STR("\r\nContent-Type: "));
        buf_put(out, exchange->out_type);
    }
    buf_put(out, STR("\r\nX-Content-Type-Options: nosniff\r\n"));
    if (closes) {
        buf_put(out, STR("Connection: close\r\n"));
    }
}

void http_answer_reset(Exchange *exchange) {
    Arena *arena = exchange->request.arena;
    arena_reset(arena);
    exchange->request = (HttpRequest){.arena = arena,
                                      .target = STR(""),
                                      .path = STR("/"),
                                      .host = STR(""),
                                      .type = STR(""),
                                      .body = STR("")};
    exchange->plan = (HttpPlan){.handle = NULL};
    exchange->resume = NULL;
    exchange->head = (HttpHead){.body_bytes = 0};
    exchange->scan = (HttpScan){0, 0};
    exchange->head_bytes = 0;
    exchange->used_bytes = 0;
    exchange->body_small = NULL;
    exchange->body_large = NULL;
    exchange->body_got = 0;
    exchange->body_counted = 0;
    exchange->status = 200;
    buf_clear(&exchange->out_head);
    exchange->out_body = STR_NONE;
    exchange->out_type = STR_NONE;
    exchange->is_plain = false;
    exchange->is_value_refused = false;
    exchange->is_answered = false;
}
