/* fetch.c - see fetch.h. Reading order: addresses, the answer, the line, the whole. */
#include "http/fetch.h"

#include "base/buf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_BYTES_MAX = 16 * 1024, PART_BYTES = 16 * 1024 };

/* ---- addresses --------------------------------------------------------------------------------*/

static bool is_local_v4(const char *address) {
    struct in_addr at;
    if (inet_pton(AF_INET, address, &at) != 1) {
        return false;
    }
    uint32_t bits = ntohl(at.s_addr);
    return bits >> 24 == 127 || bits >> 24 == 10 || bits >> 20 == 0xac1 || bits >> 16 == 0xc0a8;
}

static bool is_local_v6(const char *address) {
    struct in6_addr at;
    if (inet_pton(AF_INET6, address, &at) != 1) {
        return false;
    }
    return IN6_IS_ADDR_LOOPBACK(&at) || (at.s6_addr[0] & 0xfe) == 0xfc;
}

static bool part_copy(Str part, char *out, size_t room) {
    if (part.len == 0 || part.len >= room) {
        return false;
    }
    memcpy(out, part.at, part.len);
    out[part.len] = '\0';
    return memchr(out, '\0', part.len) == NULL;
}

Status http_target_parse(Cx *cx, Str text, HttpTarget *out) {
    HttpTarget target = {.address = ""};
    size_t colon = text.len;
    while (colon > 0 && text.at[colon - 1] != ':') {
        colon--;
    }
    Str host = str_slice(text, 0, colon == 0 ? 0 : colon - 1);
    if (str_starts(host, STR("[")) && str_ends(host, STR("]"))) {
        host = str_slice(host, 1, host.len - 2);
    }
    int64_t port = 0;
    bool is_good = part_copy(host, target.address, sizeof target.address) &&
                   part_copy(str_from(text, colon), target.port, sizeof target.port) &&
                   str_int64(str_of(target.port), &port) == STATUS_OK && port >= 1 &&
                   port <= 65535 && (is_local_v4(target.address) || is_local_v6(target.address));
    if (!is_good) {
        return fault(cx, STATUS_INVALID,
                     "\"" STR_FMT "\" is not a numeric address of the local network with a port, "
                     "such as 127.0.0.1:5000",
                     STR_ARG(str_slice(text, 0, 60)));
    }
    *out = target;
    return STATUS_OK;
}

/* ---- the answer -------------------------------------------------------------------------------*/

/* What the head says about the body. */
typedef struct Head {
    size_t bytes;        /* of the head with its empty line */
    int64_t body_length; /* -1: up to the end of the connection */
    Str status;          /* "200" */
    bool is_chunked;
} Head;

static Status head_line(Cx *cx, Str line, Head *head) {
    Str value = line;
    Str name = str_cut(&value, ':');
    value = str_trim(value);
    if (str_equal_ascii_nocase(name, STR("Transfer-Encoding"))) {
        head->is_chunked = !str_equal_ascii_nocase(value, STR("identity"));
    }
    if (!str_equal_ascii_nocase(name, STR("Content-Length"))) {
        return STATUS_OK;
    }
    if (head->body_length >= 0 || str_int64(value, &head->body_length) != STATUS_OK ||
        head->body_length < 0) {
        return fault(cx, STATUS_INVALID, "the server sent a wrong Content-Length");
    }
    return STATUS_OK;
}

/* False while the head is not complete. */
static bool has_head(Str bytes, size_t *end) {
    *end = str_find(bytes, STR("\r\n\r\n"), 0);
    return *end != SIZE_MAX;
}

static Status head_parse(Cx *cx, Str bytes, Head *head) {
    size_t end = 0;
    if (!has_head(bytes, &end) || !str_starts(bytes, STR("HTTP/1."))) {
        return fault(cx, STATUS_INVALID, "the server did not answer with HTTP");
    }
    *head = (Head){.bytes = end + 4, .body_length = -1};
    Str rest = str_slice(bytes, 0, end);
    Str first = str_trim(str_cut(&rest, '\n'));
    (void)str_cut(&first, ' ');
    head->status = str_cut(&first, ' ');
    while (rest.len > 0) {
        TRY(head_line(cx, str_trim(str_cut(&rest, '\n')), head));
    }
    if (!str_equal(head->status, STR("200"))) {
        return fault(cx, STATUS_INVALID, "the server answered with status \"" STR_FMT "\"",
                     STR_ARG(str_slice(head->status, 0, 20)));
    }
    return head->is_chunked ? fault(cx, STATUS_INVALID, "the server answered in chunks")
                            : STATUS_OK;
}

Status http_fetch_parse(Cx *cx, Str bytes, Str *body) {
    Head head = {0};
    TRY(head_parse(cx, bytes, &head));
    Str rest = str_from(bytes, head.bytes);
    if (head.body_length > (int64_t)rest.len) {
        return fault(cx, STATUS_INVALID, "the server stopped in the middle of its answer");
    }
    *body = head.body_length < 0 ? rest : str_slice(rest, 0, (size_t)head.body_length);
    return STATUS_OK;
}

/* True when nothing more needs to be read. A wrong head is complete: the parser says why. */
static bool is_whole(Arena *arena, Str bytes) {
    size_t end = 0;
    if (!has_head(bytes, &end)) {
        return bytes.len > HEAD_BYTES_MAX;
    }
    Head head = {0};
    Cx quiet;
    cx_init(&quiet, arena);
    if (head_parse(&quiet, bytes, &head) != STATUS_OK) {
        return true;
    }
    return head.body_length >= 0 && (int64_t)(bytes.len - head.bytes) >= head.body_length;
}

/* ---- the line ---------------------------------------------------------------------------------*/

typedef struct Line {
    Cx *cx;
    const HttpFetch *fetch;
    int socket;
    int64_t deadline_ms;
} Line;

static int64_t now_ms(void) {
    struct timespec now;
    check(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static Status broken(const Line *line, const char *what) {
    return fault(line->cx, STATUS_IO, "%s:%s: %s: %s", line->fetch->target->address,
                 line->fetch->target->port, what, strerror(errno));
}

static Status wait_for(const Line *line, short events) {
    while (true) {
        int64_t left_ms = line->deadline_ms - now_ms();
        struct pollfd watch = {.fd = line->socket, .events = events};
        int got = left_ms <= 0 ? 0 : poll(&watch, 1, (int)left_ms);
        if (got > 0) {
            return STATUS_OK;
        }
        if (got == 0) {
            return fault(line->cx, STATUS_BUSY, "%s:%s did not answer within %lld ms",
                         line->fetch->target->address, line->fetch->target->port,
                         (long long)line->fetch->time_ms_max);
        }
        if (errno != EINTR) {
            return broken(line, "cannot wait");
        }
    }
}

static Status line_connect(Line *line) {
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *where = NULL;
    const HttpTarget *target = line->fetch->target;
    if (getaddrinfo(target->address, target->port, &hints, &where) != 0) {
        return fault(line->cx, STATUS_INVALID, "%s:%s is no address", target->address,
                     target->port);
    }
    line->socket = socket(where->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int got = line->socket < 0 ? -1 : connect(line->socket, where->ai_addr, where->ai_addrlen);
    freeaddrinfo(where);
    if (got == 0) {
        return STATUS_OK;
    }
    if (line->socket < 0 || errno != EINPROGRESS) {
        return broken(line, "cannot connect");
    }
    TRY(wait_for(line, POLLOUT));
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(line->socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
        errno = error != 0 ? error : errno;
        return broken(line, "cannot connect");
    }
    return STATUS_OK;
}

static Status line_send(const Line *line, Str bytes) {
    while (bytes.len > 0) {
        ssize_t sent = send(line->socket, bytes.at, bytes.len, MSG_NOSIGNAL);
        if (sent > 0) {
            bytes = str_from(bytes, (size_t)sent);
        } else if (sent < 0 && errno != EAGAIN && errno != EINTR) {
            return broken(line, "cannot send");
        } else {
            TRY(wait_for(line, POLLOUT));
        }
    }
    return STATUS_OK;
}

static Status line_read(const Line *line, Buf *in) {
    char part[PART_BYTES];
    while (!is_whole(line->cx->arena, buf_str(in))) {
        ssize_t got = recv(line->socket, part, sizeof part, 0);
        if (got == 0) {
            return STATUS_OK;
        }
        if (got < 0 && errno != EAGAIN && errno != EINTR) {
            return broken(line, "cannot read");
        }
        if (got < 0) {
            TRY(wait_for(line, POLLIN));
            continue;
        }
        buf_put(in, (Str){part, (size_t)got});
        if (buf_status(in) != STATUS_OK) {
            return fault(line->cx, STATUS_LIMIT, "%s:%s sent more than %zu bytes",
                         line->fetch->target->address, line->fetch->target->port,
                         line->fetch->bytes_max);
        }
        if (now_ms() >= line->deadline_ms) {
            TRY(wait_for(line, POLLIN)); /* a server that drips must not hold the line */
        }
    }
    return STATUS_OK;
}

/* ---- the whole --------------------------------------------------------------------------------*/

static Str request_text(Cx *cx, const HttpFetch *fetch) {
    if (fetch->body.len == 0) {
        return str_print(cx->arena,
                         "GET " STR_FMT " HTTP/1.0\r\nHost: %s\r\nAccept: application/json\r\n\r\n",
                         STR_ARG(fetch->path), fetch->target->address);
    }
    return str_print(cx->arena,
                     "POST " STR_FMT " HTTP/1.0\r\nHost: %s\r\nAccept: application/json\r\n"
                     "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n" STR_FMT,
                     STR_ARG(fetch->path), fetch->target->address, fetch->body.len,
                     STR_ARG(fetch->body));
}

Status http_fetch(Cx *cx, const HttpFetch *fetch, Str *body) {
    check(fetch->time_ms_max > 0);
    check(str_starts(fetch->path, STR("/")));
    Line line = {
        .cx = cx, .fetch = fetch, .socket = -1, .deadline_ms = now_ms() + fetch->time_ms_max};
    Buf *in = buf_in(cx->arena, fetch->bytes_max + HEAD_BYTES_MAX);
    Status status = line_connect(&line);
    if (status == STATUS_OK) {
        status = line_send(&line, request_text(cx, fetch));
    }
    if (status == STATUS_OK) {
        status = line_read(&line, in);
    }
    if (line.socket >= 0) {
        (void)close(line.socket);
    }
    TRY(status);
    return http_fetch_parse(cx, buf_str(in), body);
}
