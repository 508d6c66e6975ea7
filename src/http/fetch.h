/*
 * fetch.h - asks a server in the same house one question: a numeric address that does not leave the
 * local network, one request, one answer, a deadline for the whole. Not a browser: no names, no
 * TLS, no redirects, no chunks (HTTP/1.0 is spoken, which knows none).
 *
 * Security properties: (1) only loopback and private addresses are asked, so that a setting cannot
 * send a resident's whereabouts abroad; (2) the answer ends at its limit of bytes or at the
 * deadline, whatever the server does; (3) only status 200 gives a body. Ownership: results live in
 * the arena of the Cx.
 */
#ifndef HUANXIN_HTTP_FETCH_H
#define HUANXIN_HTTP_FETCH_H

#include "base/cx.h"

typedef struct HttpTarget {
    char address[48]; /* numeric, IPv4 or IPv6 */
    char port[8];
} HttpTarget;

typedef struct HttpFetch {
    const HttpTarget *target;
    Str path;
    Str body; /* sent as JSON by POST; empty: GET */
    int64_t time_ms_max;
    size_t bytes_max;
} HttpFetch;

/* Reads "127.0.0.1:5000" or "[::1]:5000". INVALID when it is no such address, or one outside
 * 127/8, 10/8, 172.16/12, 192.168/16, ::1 and fc00::/7. */
MUST_CHECK Status http_target_parse(Cx *cx, Str text, HttpTarget *out);

/* Sends the request and gives the body of a 200 answer. IO when there is no connection or it
 * breaks, BUSY when time_ms_max is over, LIMIT beyond bytes_max, INVALID for another answer. Blocks
 * the calling thread for at most time_ms_max. */
MUST_CHECK Status http_fetch(Cx *cx, const HttpFetch *fetch, Str *body);

/* Finds the body of a whole answer; borrows bytes. INVALID when it is not HTTP, not 200, in chunks
 * or shorter than it says. */
MUST_CHECK Status http_fetch_parse(Cx *cx, Str bytes, Str *body);

#endif
