/*
 * client.h - a small HTTP client for tests: raw bytes out, one reply in. It sends exactly what the
 * test says, also what no decent client would.
 */
#ifndef HUANXIN_TESTS_CLIENT_H
#define HUANXIN_TESTS_CLIENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENT_REPLY_BYTES_MAX = 32 * 1024 * 1024, CLIENT_WAIT_MS = 10000 };

typedef struct Reply {
    int status; /* 0 when the connection closed without a whole reply */
    Str head;
    Str body;
} Reply;

/* A connection, and bytes read beyond the last reply. */
typedef struct Client {
    Arena *arena;
    int socket;
    char *rest;
    size_t rest_len;
} Client;

static UNUSED Client client_open(Arena *arena, uint16_t port) {
    Client client = {.arena = arena, .socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    check(client.socket >= 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(connect(client.socket, (struct sockaddr *)(void *)&address, sizeof address) == 0);
    return client;
}

static UNUSED void client_close(Client *client) {
    (void)close(client->socket);
    client->socket = -1;
}

/* Sends all bytes; false when the server closed meanwhile. */
static UNUSED bool client_send(Client *client, Str bytes) {
    while (bytes.len > 0) {
        ssize_t sent = send(client->socket, bytes.at, bytes.len, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes = str_from(bytes, (size_t)sent);
    }
    return true;
}

/* Reads some bytes; 0 when closed, -1 when nothing came in wait_ms. */
static UNUSED ssize_t client_read(Client *client, char *at, size_t room, int wait_ms) {
    struct pollfd watched = {.fd = client->socket, .events = POLLIN};
    if (poll(&watched, 1, wait_ms) <= 0) {
        return -1;
    }
    ssize_t got = recv(client->socket, at, room, 0);
    return got < 0 ? 0 : got;
}

/* Returns a header's value in a reply's head, or STR_NONE. */
static UNUSED Str reply_header(const Reply *reply, const char *name) {
    Str rest = reply->head;
    while (rest.at != NULL) {
        Str value = str_cut(&rest, '\n');
        Str key = str_cut(&value, ':');
        if (value.at != NULL && str_equal_ascii_nocase(key, str_of(name))) {
            return str_trim(value);
        }
    }
    return STR_NONE;
}

static UNUSED size_t reply_body_bytes(const Reply *reply, bool is_head_only) {
    int64_t bytes = 0;
    Str text = reply_header(reply, "Content-Length");
    bool has_body = !is_head_only && reply->status != 204 && reply->status != 304;
    return has_body && str_int64(text, &bytes) == STATUS_OK ? (size_t)bytes : 0;
}

/* Reads one reply. */
static UNUSED Reply client_reply_to(Client *client, bool is_head_only) {
    Buf *buf = buf_in(client->arena, CLIENT_REPLY_BYTES_MAX);
    buf_put(buf, (Str){client->rest, client->rest_len});
    Reply reply = {0, STR_NONE, STR_NONE};
    char chunk[16384];
    for (;;) {
        size_t head_end = str_find(buf_str(buf), STR("\r\n\r\n"), 0);
        if (head_end != SIZE_MAX) {
            reply.head = str_slice(buf_str(buf), 0, head_end + 2);
            check(str_starts(reply.head, STR("HTTP/1.1 ")));
            reply.status = (int)strtol(reply.head.at + 9, NULL, 10);
            size_t total = head_end + 4 + reply_body_bytes(&reply, is_head_only);
            if (buf->len >= total) {
                reply.body = str_slice(buf_str(buf), head_end + 4, total - head_end - 4);
                client->rest = buf->at + total;
                client->rest_len = buf->len - total;
                return reply;
            }
        }
        ssize_t got = client_read(client, chunk, sizeof chunk, CLIENT_WAIT_MS);
        if (got <= 0) {
            return (Reply){0, STR_NONE, STR_NONE};
        }
        buf_put(buf, (Str){chunk, (size_t)got});
    }
}

static UNUSED Reply client_reply(Client *client) {
    return client_reply_to(client, false);
}

/* True when the server closes the connection within wait_ms without sending anything more. */
static UNUSED bool client_is_closed(Client *client, int wait_ms) {
    char byte[16];
    return client_read(client, byte, sizeof byte, wait_ms) == 0;
}

/* One request on a connection of its own. */
static UNUSED Reply client_ask(Arena *arena, uint16_t port, Str bytes) {
    Client client = client_open(arena, port);
    (void)client_send(&client, bytes);
    Reply reply = client_reply_to(&client, str_starts(bytes, STR("HEAD ")));
    client_close(&client);
    return reply;
}

/* GET path with extra header lines ("Name: value\r\n"...), then close. */
static UNUSED Reply client_get(Arena *arena, uint16_t port, const char *path, const char *headers) {
    return client_ask(arena, port,
                      str_print(arena, "GET %s HTTP/1.1\r\nHost: t\r\n%s\r\n", path, headers));
}

/* POST a body of a type. */
static UNUSED Reply client_post(Arena *arena, uint16_t port, const char *path, const char *type,
                                Str body) {
    Str head = str_print(arena,
                         "POST %s HTTP/1.1\r\nHost: t\r\nContent-Type: %s\r\n"
                         "Content-Length: %zu\r\n\r\n",
                         path, type, body.len);
    return client_ask(arena, port, str_join(arena, head, body));
}

#endif
