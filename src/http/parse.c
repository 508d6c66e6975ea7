/*
 * parse.c - the head of a request: lines, headers, path. Strict on purpose: whatever two readers
 * could understand differently is refused (RFC 9112 sections 2 to 6, RFC 9110 section 5).
 */
#include "http/parse.h"

#include <string.h>

enum { CONTENT_LENGTH_DIGITS_MAX = 15 };

bool http_is_token_byte(char c) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
        return true;
    }
    return c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

uint32_t http_scan_head(HttpScan *scan, Str bytes, size_t *head_bytes) {
    *head_bytes = 0;
    while (scan->at < bytes.len) {
        const char *from = bytes.at + scan->at;
        const char *hit = memchr(from, '\n', bytes.len - scan->at);
        if (hit == NULL) {
            scan->at = bytes.len;
            return 0;
        }
        size_t index = (size_t)(hit - bytes.at);
        if (index == 0 || bytes.at[index - 1] != '\r') {
            return 400;
        }
        scan->at = index + 1;
        if (index == scan->line_start + 1) {
            *head_bytes = index + 1;
            return 0;
        }
        scan->line_start = index + 1;
    }
    return 0;
}

/* ---- small readers of header values --------------------------------------------------------- */

static Str trim_blank(Str text) {
    while (text.len > 0 && (text.at[0] == ' ' || text.at[0] == '\t')) {
        text = str_from(text, 1);
    }
    while (text.len > 0 && (text.at[text.len - 1] == ' ' || text.at[text.len - 1] == '\t')) {
        text.len--;
    }
    return text;
}

bool http_has_token(Str value, Str token) {
    Str rest = value;
    while (rest.at != NULL) {
        if (str_equal_ascii_nocase(trim_blank(str_cut(&rest, ',')), token)) {
            return true;
        }
    }
    return false;
}

bool http_takes_gzip(Str accept_encoding) {
    Str rest = accept_encoding;
    while (rest.at != NULL) {
        Str weight = str_cut(&rest, ',');
        Str coding = trim_blank(str_cut(&weight, ';'));
        if (!str_equal_ascii_nocase(coding, STR("gzip")) && !str_equal(coding, STR("*"))) {
            continue;
        }
        weight = trim_blank(weight);
        /* q=0, q=0.0, q=0.000 mean "not this". */
        bool is_zero = str_starts(weight, STR("q=0"));
        for (size_t i = 3; is_zero && i < weight.len; i++) {
            is_zero = weight.at[i] == '.' || weight.at[i] == '0';
        }
        return !is_zero;
    }
    return false;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool http_percent_decode(Arena *arena, Str text, bool plus_is_space, Str *out) {
    bool has_escape = text.len > 0 && (memchr(text.at, '%', text.len) != NULL ||
                                       (plus_is_space && memchr(text.at, '+', text.len) != NULL));
    if (!has_escape) {
        *out = text;
        return true;
    }
    char *decoded = arena_alloc(arena, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '+' && plus_is_space) {
            c = ' ';
        } else if (c == '%') {
            int high = i + 2 < text.len ? hex_digit(text.at[i + 1]) : -1;
            int low = i + 2 < text.len ? hex_digit(text.at[i + 2]) : -1;
            if (high < 0 || low < 0 || high + low == 0) {
                return false;
            }
            c = (char)(high * 16 + low);
            i += 2;
        }
        decoded[len++] = c;
    }
    *out = (Str){decoded, len};
    return true;
}

/* ---- the path (W6) -------------------------------------------------------------------------- */

static bool has_encoded_slash(Str raw) {
    for (size_t i = 0; i + 2 < raw.len; i++) {
        if (raw.at[i] == '%' && ((raw.at[i + 1] == '2' && (raw.at[i + 2] | 0x20) == 'f') ||
                                 (raw.at[i + 1] == '5' && (raw.at[i + 2] | 0x20) == 'c'))) {
            return true;
        }
    }
    return false;
}

static bool has_control_or_backslash(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f || text.at[i] == '\\') {
            return true;
        }
    }
    return false;
}

/* Drops empty segments but the last ("//a//" becomes "/a/"); false at "." or "..". */
static bool path_normalise(Arena *arena, Str path, Str *out) {
    bool has_empty = str_contains(path, STR("//"));
    char *kept = has_empty ? arena_alloc(arena, path.len) : NULL;
    size_t kept_len = 0;
    Str rest = str_from(path, 1);
    while (rest.at != NULL) {
        Str segment = str_cut(&rest, '/');
        if (str_equal(segment, STR(".")) || str_equal(segment, STR(".."))) {
            return false;
        }
        if (has_empty && (segment.len > 0 || rest.at == NULL)) {
            kept[kept_len++] = '/';
            memcpy(kept + kept_len, segment.at, segment.len);
            kept_len += segment.len;
        }
    }
    *out = has_empty ? (Str){kept, kept_len} : path;
    return true;
}

static uint32_t parse_target(Arena *arena, HttpRequest *request) {
    Str target = request->target;
    if (target.len > LIMIT_URL_BYTES_MAX) {
        return 414;
    }
    if (target.len == 0 || target.at[0] != '/' || memchr(target.at, '#', target.len) != NULL) {
        return 400;
    }
    Str query = target;
    Str raw = str_cut(&query, '?');
    Str decoded = STR_NONE;
    if (has_encoded_slash(raw) || !http_percent_decode(arena, raw, false, &decoded) ||
        has_control_or_backslash(decoded) || !str_is_utf8(decoded) ||
        !path_normalise(arena, decoded, &request->path)) {
        return 400;
    }
    if (query.len == 0) {
        return 0;
    }
    HttpFields fields = {NULL, 0, 0};
    uint32_t refused = http_parse_fields(arena, query, &fields);
    request->query = fields.items;
    request->query_count = fields.count;
    return refused;
}

/* ---- request line and headers (W1, W2, W3) -------------------------------------------------- */

static bool method_of(Str word, HttpMethod *out) {
    static const char *const NAMES[] = {
#define X(name) #name,
        HTTP_METHOD_LIST(X)
#undef X
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (str_equal(word, str_of(NAMES[i]))) {
            *out = (HttpMethod)i;
            return true;
        }
    }
    return false;
}

static bool is_token(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!http_is_token_byte(text.at[i])) {
            return false;
        }
    }
    return text.len > 0;
}

static uint32_t parse_request_line(Str line, HttpRequest *request, HttpHead *head) {
    Str rest = line;
    Str method = str_cut(&rest, ' ');
    request->target = str_cut(&rest, ' ');
    if (!is_token(method) || rest.at == NULL) {
        return 400;
    }
    for (size_t i = 0; i < request->target.len; i++) {
        unsigned char c = (unsigned char)request->target.at[i];
        if (c <= 0x20 || c == 0x7f) {
            return 400;
        }
    }
    head->is_http10 = str_equal(rest, STR("HTTP/1.0"));
    if (!head->is_http10 && !str_equal(rest, STR("HTTP/1.1"))) {
        bool is_other = rest.len == 8 && str_starts(rest, STR("HTTP/")) && rest.at[6] == '.';
        return is_other ? 505 : 400;
    }
    return method_of(method, &request->method) ? 0 : 501;
}

static bool value_is_clean(Str value) {
    bool has_high = false;
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.at[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return false;
        }
        has_high = has_high || c >= 0x80;
    }
    return !has_high || str_is_utf8(value);
}

static bool host_is_clean(Str host) {
    for (size_t i = 0; i < host.len; i++) {
        char c = host.at[i];
        bool is_alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_alnum && (c == 0 || strchr(".-_:[]", c) == NULL)) {
            return false;
        }
    }
    return host.len > 0;
}

/* What the headers said about the message itself, each at most once. */
typedef struct Framing {
    bool has_length;
    bool has_encoding;
    bool has_host;
    bool has_type;
} Framing;

static uint32_t read_length(Str value, Framing *framing, HttpHead *head) {
    if (framing->has_length || value.len == 0 || value.len > CONTENT_LENGTH_DIGITS_MAX) {
        return value.len > CONTENT_LENGTH_DIGITS_MAX && !framing->has_length ? 413 : 400;
    }
    framing->has_length = true;
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] < '0' || value.at[i] > '9') {
            return 400;
        }
        head->body_bytes = head->body_bytes * 10 + (uint64_t)(value.at[i] - '0');
    }
    return 0;
}

static uint32_t read_type(Arena *arena, Str value, Framing *framing, HttpRequest *request) {
    if (framing->has_type) {
        return 400;
    }
    framing->has_type = true;
    Str rest = value;
    Str type = trim_blank(str_cut(&rest, ';'));
    char *lower = arena_alloc(arena, type.len);
    for (size_t i = 0; i < type.len; i++) {
        bool is_upper = type.at[i] >= 'A' && type.at[i] <= 'Z';
        lower[i] = (char)(is_upper ? type.at[i] + ('a' - 'A') : type.at[i]);
    }
    request->type = (Str){lower, type.len};
    return 0;
}

/* Headers that decide about the message are read while passing. */
static uint32_t read_header(Arena *arena, HttpHeader header, Framing *framing, HttpRequest *request,
                            HttpHead *head) {
    Str value = header.value;
    if (str_equal_ascii_nocase(header.name, STR("Content-Length"))) {
        return read_length(value, framing, head);
    }
    if (str_equal_ascii_nocase(header.name, STR("Transfer-Encoding"))) {
        framing->has_encoding = true;
    } else if (str_equal_ascii_nocase(header.name, STR("Host"))) {
        if (framing->has_host || !host_is_clean(value)) {
            return 400;
        }
        framing->has_host = true;
        request->host = value;
    } else if (str_equal_ascii_nocase(header.name, STR("Connection"))) {
        head->wants_close = head->wants_close || http_has_token(value, STR("close"));
    } else if (str_equal_ascii_nocase(header.name, STR("Expect"))) {
        if (!str_equal_ascii_nocase(value, STR("100-continue"))) {
            return 417;
        }
        head->expects_continue = true;
    } else if (str_equal_ascii_nocase(header.name, STR("Content-Type"))) {
        return read_type(arena, value, framing, request);
    }
    return 0;
}

static uint32_t parse_header_line(Str line, HttpHeader *out) {
    Str rest = line;
    out->name = str_cut(&rest, ':');
    if (rest.at == NULL || !is_token(out->name)) {
        return 400; /* also a folded line, which begins with a blank */
    }
    out->value = trim_blank(rest);
    return value_is_clean(out->value) ? 0 : 400;
}

/* Cuts one line without its CRLF; the head is known to end in an empty line. */
static Str cut_line(Str *rest) {
    Str line = str_cut(rest, '\n');
    check(line.len > 0);
    line.len--;
    return line;
}

uint32_t http_parse_head(Arena *arena, Str text, HttpHeader *headers, HttpRequest *request,
                         HttpHead *out) {
    check(str_ends(text, STR("\r\n\r\n")));
    Str rest = str_slice(text, 0, text.len - 2);
    *out = (HttpHead){.body_bytes = 0};
    uint32_t refused = parse_request_line(cut_line(&rest), request, out);
    Framing framing = {.has_length = false};
    request->headers = headers;
    request->header_count = 0;
    while (refused == 0 && rest.len > 0) {
        if (request->header_count == HTTP_HEADERS_MAX) {
            return 431;
        }
        HttpHeader *header = &headers[request->header_count++];
        refused = parse_header_line(cut_line(&rest), header);
        if (refused == 0) {
            refused = read_header(arena, *header, &framing, request, out);
        }
    }
    if (refused != 0) {
        return refused;
    }
    if (framing.has_encoding) {
        return framing.has_length || out->is_http10 ? 400 : 411;
    }
    if (!framing.has_host && !out->is_http10) {
        return 400;
    }
    out->wants_close = out->wants_close || out->is_http10;
    return parse_target(arena, request);
}
