/*
 * parse.h - bytes to request: the pure part of http, without sockets and threads. Private to the
 * module, its tests and its fuzz targets.
 *
 * Every function returns 0, or the HTTP status that refuses the input. Results are views into the
 * input where nothing had to be decoded, else they live in the arena.
 */
#ifndef HUANXIN_HTTP_PARSE_H
#define HUANXIN_HTTP_PARSE_H

#include "http/http.h"

/* What the server must know of a head beyond the request itself. */
typedef struct HttpHead {
    uint64_t body_bytes; /* Content-Length, 0 when absent */
    bool is_http10;
    bool wants_close;
    bool expects_continue;
} HttpHead;

/* Where the search for the end of a head stands; starts zeroed. */
typedef struct HttpScan {
    size_t at;
    size_t line_start;
} HttpScan;

/* Looks for the empty line that ends a head in the bytes so far, going on where scan stopped.
 * Writes the length of the head with that line, or 0 when it has not come yet. 400 for a line feed
 * without carriage return (W2). O(bytes) over all calls. */
uint32_t http_scan_head(HttpScan *scan, Str bytes, size_t *head_bytes);

/* Parses a whole head into request (method, target, path, query, host, type, headers); headers has
 * room for HTTP_HEADERS_MAX and must live as long as the request. W1, W2, W3, W6, W7. */
uint32_t http_parse_head(Arena *arena, Str head, HttpHeader *headers, HttpRequest *request,
                         HttpHead *out);

typedef struct HttpFields {
    HttpField *items;
    size_t count;
    size_t room;
} HttpFields;

/* Parses application/x-www-form-urlencoded text (W7). Empty pieces between & are skipped. */
uint32_t http_parse_fields(Arena *arena, Str text, HttpFields *out);
/* Parses a multipart/form-data body; type_header is the whole Content-Type value (W9). */
uint32_t http_parse_multipart(Arena *arena, Str type_header, Str body, HttpFields *out);

/* Decodes %xx (and + as space when plus_is_space) into *out; a view when there is nothing to do.
 * False for a broken escape or %00. */
bool http_percent_decode(Arena *arena, Str text, bool plus_is_space, Str *out);
/* True when a comma-separated header value contains the token, in any case. */
bool http_has_token(Str value, Str token);
/* True when an Accept-Encoding value takes gzip. */
bool http_takes_gzip(Str accept_encoding);
/* True when c may stand in a token (RFC 9110 section 5.6.2). */
bool http_is_token_byte(char c);

#endif
