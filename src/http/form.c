/*
 * form.c - fields from a query, an urlencoded body, and a multipart/form-data body (RFC 7578 and
 * the HTML standard's form submission, which is what browsers do).
 */
#include "http/parse.h"

#include <string.h>

enum { BOUNDARY_BYTES_MAX = 70, PART_HEADERS_MAX = 16 };

/* Appends a field; false when there are too many. Grows by doubling in the arena. */
static bool field_push(Arena *arena, HttpFields *fields, HttpField field) {
    if (fields->count == HTTP_FIELDS_MAX) {
        return false;
    }
    if (fields->count == fields->room) {
        size_t room = fields->room == 0 ? 8 : fields->room * 2;
        HttpField *items = arena_array(arena, HttpField, room);
        if (fields->count > 0) {
            memcpy(items, fields->items, fields->count * sizeof *items);
        }
        fields->items = items;
        fields->room = room;
    }
    fields->items[fields->count++] = field;
    return true;
}

/* ---- urlencoded ----------------------------------------------------------------------------- */

uint32_t http_parse_fields(Arena *arena, Str text, HttpFields *out) {
    Str rest = text;
    while (rest.at != NULL && rest.len > 0) {
        Str value = str_cut(&rest, '&');
        if (value.len == 0) {
            continue;
        }
        HttpField field = {.name = STR(""), .file_name = STR(""), .type = STR("")};
        Str name = str_cut(&value, '=');
        if (!http_percent_decode(arena, name, true, &field.name) ||
            !http_percent_decode(arena, value, true, &field.value) || !str_is_utf8(field.name) ||
            !str_is_utf8(field.value) || memchr(name.at, 0, name.len) != NULL) {
            return 400;
        }
        if (value.at == NULL) {
            field.value = STR(""); /* "a" alone is a field, and not absent */
        } else if (value.len > 0 && memchr(value.at, 0, value.len) != NULL) {
            return 400;
        }
        if (!field_push(arena, out, field)) {
            return 413;
        }
    }
    return 0;
}

/* ---- multipart ------------------------------------------------------------------------------ */

/* Reads one parameter value, quoted or a token, from *rest and moves past it. In quotes only \"
 * and \\ are escapes: old browsers send whole Windows paths. */
static bool cut_value(Arena *arena, Str *rest, Str *out) {
    if (rest->len == 0 || rest->at[0] != '"') {
        size_t len = 0;
        while (len < rest->len && http_is_token_byte(rest->at[len])) {
            len++;
        }
        *out = str_slice(*rest, 0, len);
        *rest = str_from(*rest, len);
        return len > 0;
    }
    char *text = arena_alloc(arena, rest->len);
    size_t len = 0;
    for (size_t i = 1; i < rest->len; i++) {
        char c = rest->at[i];
        if (c == '"') {
            *out = (Str){text, len};
            *rest = str_from(*rest, i + 1);
            return true;
        }
        bool is_escape =
            c == '\\' && i + 1 < rest->len && (rest->at[i + 1] == '"' || rest->at[i + 1] == '\\');
        i += is_escape;
        text[len++] = rest->at[i];
    }
    return false;
}

static void skip_blank(Str *rest) {
    while (rest->len > 0 && (rest->at[0] == ' ' || rest->at[0] == '\t')) {
        *rest = str_from(*rest, 1);
    }
}

typedef struct Params {
    Str boundary;
    Str name;
    Str file_name;
} Params;

/* Reads "; key=value" pairs; those we do not know are read and dropped. False when malformed or
 * when one we know comes twice. */
static bool read_params(Arena *arena, Str rest, Params *out) {
    skip_blank(&rest);
    while (rest.len > 0) {
        if (rest.at[0] != ';') {
            return false;
        }
        rest = str_from(rest, 1);
        skip_blank(&rest);
        size_t len = 0;
        while (len < rest.len && http_is_token_byte(rest.at[len])) {
            len++;
        }
        Str key = str_slice(rest, 0, len);
        rest = str_from(rest, len);
        Str value = STR_NONE;
        if (len == 0 || rest.len == 0 || rest.at[0] != '=') {
            return false;
        }
        rest = str_from(rest, 1);
        if (!cut_value(arena, &rest, &value)) {
            return false;
        }
        Str *known = str_equal_ascii_nocase(key, STR("boundary"))   ? &out->boundary
                     : str_equal_ascii_nocase(key, STR("name"))     ? &out->name
                     : str_equal_ascii_nocase(key, STR("filename")) ? &out->file_name
                                                                    : NULL;
        if (known != NULL && known->at != NULL) {
            return false;
        }
        if (known != NULL) {
            *known = value;
        }
        skip_blank(&rest);
    }
    return true;
}

/* Browsers write a quote and line ends in names as %22, %0D and %0A, and nothing else. */
static Str undo_name_escapes(Arena *arena, Str text) {
    if (text.len == 0 || memchr(text.at, '%', text.len) == NULL) {
        return text;
    }
    char *plain = arena_alloc(arena, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        Str escape = str_slice(text, i, 3);
        char c = str_equal(escape, STR("%22"))                ? '"'
                 : str_equal_ascii_nocase(escape, STR("%0d")) ? '\r'
                 : str_equal_ascii_nocase(escape, STR("%0a")) ? '\n'
                                                              : 0;
        plain[len++] = c == 0 ? text.at[i] : c;
        i += c == 0 ? 0 : 2;
    }
    return (Str){plain, len};
}

static bool is_label(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f) {
            return false;
        }
    }
    return str_is_utf8(text);
}

/* W9: the last piece of a path, of either kind; "." and ".." name nothing. */
static bool file_label(Str name, Str *out) {
    size_t from = 0;
    for (size_t i = 0; i < name.len; i++) {
        from = name.at[i] == '/' || name.at[i] == '\\' ? i + 1 : from;
    }
    *out = str_from(name, from);
    return out->len <= HTTP_FILE_NAME_BYTES_MAX && is_label(*out) && !str_equal(*out, STR(".")) &&
           !str_equal(*out, STR(".."));
}

static bool read_disposition(Arena *arena, Str value, HttpField *field) {
    Params params = {STR_NONE, STR_NONE, STR_NONE};
    Str prefix = STR("form-data");
    if (!str_equal_ascii_nocase(str_slice(value, 0, prefix.len), prefix) ||
        !read_params(arena, str_from(value, prefix.len), &params) || params.name.at == NULL) {
        return false;
    }
    field->name = undo_name_escapes(arena, params.name);
    field->is_file = params.file_name.at != NULL;
    Str file_name = undo_name_escapes(arena, params.file_name);
    return is_label(field->name) && (!field->is_file || file_label(file_name, &field->file_name));
}

/* Reads the head of one part: lines up to the empty one. */
static bool read_part_head(Arena *arena, Str head, HttpField *field) {
    bool has_disposition = false;
    size_t line_count = 0;
    while (head.len > 0) {
        size_t end = str_find(head, STR("\r\n"), 0);
        Str line = str_slice(head, 0, end);
        head = end == SIZE_MAX ? STR_NONE : str_from(head, end + 2);
        Str value = line;
        Str name = str_cut(&value, ':');
        if (value.at == NULL || ++line_count > PART_HEADERS_MAX ||
            memchr(line.at, 0, line.len) != NULL) {
            return false;
        }
        skip_blank(&value);
        if (str_equal_ascii_nocase(name, STR("Content-Disposition"))) {
            if (has_disposition || !read_disposition(arena, value, field)) {
                return false;
            }
            has_disposition = true;
        } else if (str_equal_ascii_nocase(name, STR("Content-Type"))) {
            field->type = is_label(value) ? value : STR("");
        } else if (str_equal_ascii_nocase(name, STR("Content-Transfer-Encoding"))) {
            return false; /* not sent by browsers, and not decoded by us */
        }
    }
    return has_disposition;
}

/* Returns the index of the next needle at or after from, or SIZE_MAX. memmem is linear. */
static size_t find_bytes(Str bytes, Str needle, size_t from) {
    if (from > bytes.len) {
        return SIZE_MAX;
    }
    const char *hit = memmem(bytes.at + from, bytes.len - from, needle.at, needle.len);
    return hit == NULL ? SIZE_MAX : (size_t)(hit - bytes.at);
}

static bool read_boundary(Arena *arena, Str type_header, Str *delimiter) {
    Params params = {STR_NONE, STR_NONE, STR_NONE};
    Str rest = type_header;
    (void)str_cut(&rest, ';');
    if (rest.at == NULL) {
        return false;
    }
    rest = str_from(type_header, (size_t)(rest.at - type_header.at) - 1);
    if (!read_params(arena, rest, &params) || params.boundary.len == 0 ||
        params.boundary.len > BOUNDARY_BYTES_MAX || !is_label(params.boundary)) {
        return false;
    }
    *delimiter = str_join(arena, STR("\r\n--"), params.boundary);
    return true;
}

/* Reads the part that begins at *at; leaves *at behind its delimiter. */
static uint32_t read_part(Arena *arena, Str body, Str delimiter, size_t *at, HttpFields *out) {
    size_t window_bytes = (size_t)HTTP_PART_HEAD_BYTES_MAX + 4;
    size_t head_end = find_bytes(str_slice(body, *at, window_bytes), STR("\r\n\r\n"), 0);
    if (head_end == SIZE_MAX) {
        return 400;
    }
    HttpField field = {.file_name = STR(""), .type = STR("")};
    if (!read_part_head(arena, str_slice(body, *at, head_end), &field)) {
        return 400;
    }
    size_t data = *at + head_end + 4;
    /* An empty part's delimiter may share the line end of the head's empty line. */
    size_t end = find_bytes(body, delimiter, data - 2);
    if (end == SIZE_MAX) {
        return 400;
    }
    field.value = end < data ? STR("") : str_slice(body, data, end - data);
    if (!field.is_file &&
        (!str_is_utf8(field.value) || memchr(field.value.at, 0, field.value.len) != NULL)) {
        return 400;
    }
    *at = end + delimiter.len;
    return field_push(arena, out, field) ? 0 : 413;
}

uint32_t http_parse_multipart(Arena *arena, Str type_header, Str body, HttpFields *out) {
    Str delimiter = STR_NONE;
    if (!read_boundary(arena, type_header, &delimiter)) {
        return 400;
    }
    Str first = str_from(delimiter, 2);
    if (!str_starts(body, first)) {
        return 400;
    }
    size_t at = first.len;
    while (!str_equal(str_slice(body, at, 2), STR("--"))) {
        if (!str_equal(str_slice(body, at, 2), STR("\r\n"))) {
            return 400;
        }
        at += 2;
        uint32_t refused = read_part(arena, body, delimiter, &at, out);
        if (refused != 0) {
            return refused;
        }
    }
    return 0;
}
