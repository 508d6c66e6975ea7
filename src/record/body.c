/*
 * body.c - the values of a record as one JSON object, and a reader of JSON for what this module
 * wrote itself (bodies and journal entries). Members are named like the fields, so an auditor can
 * read a body without this program:
 *
 *   {"name":"…","planned":12300,"site":["370784001",36478000,119219000],"firm":["…","91…"],
 *    "contact":["张*","<hash>","<sealed, base64url>"],"part":[17,"XM-2026-00017"],
 *    "papers":[["<digest>","a.pdf","application/pdf",1200]],"machine":[["A1","SN-1",5000],…]}
 *
 * Values of fields that are no longer declared stay in the body, untouched.
 */
#include "record/record_internal.h"

#include <string.h>

/* ---- writing ---- */

void record_json_put(Buf *buf, Str text) {
    static const char hex[] = "0123456789abcdef";
    buf_put_char(buf, '"');
    size_t start = 0;
    text = text.len == 0 ? STR("") : text; /* an absent text has no address */
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c >= 0x20 && c != '"' && c != '\\') {
            continue;
        }
        buf_put(buf, (Str){text.at + start, i - start});
        start = i + 1;
        if (c == '"' || c == '\\') {
            buf_put_char(buf, '\\');
            buf_put_char(buf, (char)c);
        } else {
            const char escape[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
            buf_put(buf, (Str){escape, sizeof escape});
        }
    }
    buf_put(buf, (Str){text.at + start, text.len - start});
    buf_put_char(buf, '"');
}

static void put_int(Buf *buf, int64_t number) {
    buf_print(buf, "%lld", (long long)number);
}

static void put_items(Buf *buf, const RecordField *field, const RecordValue *value);

/* A table's cells are as deep as it goes. */
static void put_value(Buf *buf, Arena *arena, const RecordField *field, const RecordValue *value) {
    if (!value->has_value) {
        buf_put(buf, STR("null"));
        return;
    }
    if (record_type_index(field->type) == TYPE_INDEX_NUMBER) {
        put_int(buf, value->number);
        return;
    }
    if (record_type_is_sealed(field->type)) {
        buf_put_char(buf, '[');
        record_json_put(buf, value->text);
        buf_put_char(buf, ',');
        record_json_put(buf, value->text2);
        buf_put_char(buf, ',');
        record_json_put(buf, seal_base64url(arena, value->sealed));
        buf_put_char(buf, ']');
        return;
    }
    switch ((int)field->type) {
    case RECORD_PLACE:
        buf_put_char(buf, '[');
        record_json_put(buf, value->text);
        if (value->number != RECORD_NO_NUMBER) {
            buf_print(buf, ",%lld,%lld", (long long)value->number, (long long)value->number2);
        }
        buf_put_char(buf, ']');
        break;
    case RECORD_ORG:
        buf_put_char(buf, '[');
        record_json_put(buf, value->text);
        buf_put_char(buf, ',');
        record_json_put(buf, value->text2);
        buf_put_char(buf, ']');
        break;
    case RECORD_REF:
        buf_print(buf, "[%lld,", (long long)value->number);
        record_json_put(buf, value->text);
        buf_put_char(buf, ']');
        break;
    case RECORD_FILE:
        put_items(buf, field, value);
        break;
    case RECORD_ROWS:
        buf_put_char(buf, '[');
        for (size_t i = 0; i < value->item_count; i++) {
            size_t column = i % field->item_count;
            buf_put_c(buf, column > 0 ? "," : i > 0 ? "],[" : "[");
            put_value(buf, arena, &field->items[column], &value->items[i]);
        }
        buf_put_c(buf, value->item_count == 0 ? "]" : "]]");
        break;
    default:
        record_json_put(buf, value->text);
        break;
    }
}

static void put_items(Buf *buf, const RecordField *field, const RecordValue *value) {
    (void)field;
    buf_put_char(buf, '[');
    for (size_t i = 0; i < value->item_count; i++) {
        const RecordValue *file = &value->items[i];
        buf_put_c(buf, i == 0 ? "[" : ",[");
        record_json_put(buf, file->text);
        buf_put_char(buf, ',');
        record_json_put(buf, file->text2);
        buf_put_char(buf, ',');
        record_json_put(buf, file->sealed);
        buf_print(buf, ",%lld]", (long long)file->number);
    }
    buf_put_char(buf, ']');
}

void record_body_put(Buf *buf, Arena *arena, const RecordKind *kind, const RecordValue *values,
                     Str unread) {
    buf_put_char(buf, '{');
    bool is_first = true;
    for (size_t i = 0; i < kind->field_count; i++) {
        if (!values[i].has_value) {
            continue;
        }
        buf_put_c(buf, is_first ? "\"" : ",\"");
        buf_put(buf, kind->fields[i].name);
        buf_put_c(buf, "\":");
        put_value(buf, arena, &kind->fields[i], &values[i]);
        is_first = false;
    }
    if (unread.len > 0) {
        buf_put_c(buf, is_first ? "" : ",");
        buf_put(buf, unread);
    }
    buf_put_char(buf, '}');
}

/* ---- reading: signs ---- */

bool body_take(Json *json, char sign) {
    while (json->at < json->text.len && json->text.at[json->at] == ' ') {
        json->at++;
    }
    if (json->at >= json->text.len || json->text.at[json->at] != sign) {
        return false;
    }
    json->at++;
    return true;
}

static void expect(Json *json, char sign) {
    json->is_bad |= !body_take(json, sign);
}

bool body_more(Json *json, char end, bool *is_first) {
    if (json->is_bad || body_take(json, end)) {
        return false;
    }
    if (!*is_first) {
        expect(json, ',');
    }
    *is_first = false;
    return !json->is_bad;
}

static uint32_t hex4(Json *json) {
    uint32_t rune = 0;
    for (int i = 0; i < 4; i++) {
        char c = json->at < json->text.len ? json->text.at[json->at++] : '?';
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        json->is_bad |= digit > 15;
        rune = rune * 16 + (digit & 15);
    }
    return rune;
}

static void unescape(Json *json, Buf *buf) {
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    char c = json->at < json->text.len ? json->text.at[json->at++] : '\0';
    const char *found = c == '\0' ? NULL : strchr(from, c);
    if (found != NULL) {
        buf_put_char(buf, to[found - from]);
    } else if (c == 'u') {
        buf_put_rune(buf, hex4(json)); /* this module escapes control characters only */
    } else {
        json->is_bad = true;
    }
}

Str body_string(Json *json) {
    expect(json, '"');
    size_t start = json->at;
    while (json->at < json->text.len && json->text.at[json->at] != '"' &&
           json->text.at[json->at] != '\\') {
        json->at++;
    }
    if (json->is_bad || json->at >= json->text.len) {
        json->is_bad = true;
        return STR("");
    }
    Str plain = {json->text.at + start, json->at - start};
    if (body_take(json, '"')) {
        return str_dup(json->arena, plain);
    }
    Buf *buf = buf_in(json->arena, json->text.len + 8);
    buf_put(buf, plain);
    while (!json->is_bad && json->at < json->text.len && json->text.at[json->at] != '"') {
        char c = json->text.at[json->at++];
        if (c == '\\') {
            unescape(json, buf);
        } else {
            buf_put_char(buf, c);
        }
    }
    expect(json, '"');
    return buf_str(buf);
}

Str body_key(Json *json) {
    Str key = body_string(json);
    expect(json, ':');
    return key;
}

int64_t body_int(Json *json) {
    size_t start = json->at;
    while (json->at < json->text.len &&
           (json->text.at[json->at] == '-' ||
            (json->text.at[json->at] >= '0' && json->text.at[json->at] <= '9'))) {
        json->at++;
    }
    int64_t number = 0;
    if (str_int64((Str){json->text.at + start, json->at - start}, &number) != STATUS_OK) {
        json->is_bad = true;
    }
    return number;
}

bool body_is_null(Json *json) {
    if (json->at + 4 <= json->text.len && memcmp(json->text.at + json->at, "null", 4) == 0) {
        json->at += 4;
        return true;
    }
    return false;
}

/* Passes over a value and gives its text. Depth is limited: a table of rows has three levels. */
Str body_skip(Json *json, int depth) {
    size_t start = json->at;
    if (json->is_bad || depth <= 0 || json->at >= json->text.len) {
        json->is_bad = true;
        return STR("");
    }
    char sign = json->text.at[json->at];
    if (sign == '"') {
        (void)body_string(json);
    } else if (sign == '[' || sign == '{') {
        json->at++;
        bool is_first = true;
        while (body_more(json, sign == '[' ? ']' : '}', &is_first)) {
            if (sign == '{') {
                (void)body_key(json);
            }
            (void)body_skip(json, depth - 1);
        }
    } else if (!body_is_null(json)) {
        (void)body_int(json);
    }
    return (Str){json->text.at + start, json->at - start};
}

/* ---- reading: values ---- */

typedef struct ItemVec VEC(RecordValue) ItemVec;

static RecordValue read_value(Json *json, const RecordField *field);

static void read_files(Json *json, RecordValue *value) {
    ItemVec items = {0};
    bool is_first = true;
    expect(json, '[');
    while (body_more(json, ']', &is_first)) {
        RecordValue file = {.has_value = true};
        expect(json, '[');
        file.text = body_string(json);
        expect(json, ',');
        file.text2 = body_string(json);
        expect(json, ',');
        file.sealed = body_string(json);
        expect(json, ',');
        file.number = body_int(json);
        expect(json, ']');
        *vec_push(json->arena, &items) = file;
    }
    value->items = items.items;
    value->item_count = items.count;
}

/* A row that is shorter than the table (a column was added since) is filled up. */
static void read_rows(Json *json, const RecordField *field, RecordValue *value) {
    ItemVec items = {0};
    bool is_first = true;
    expect(json, '[');
    while (body_more(json, ']', &is_first)) {
        bool is_first_cell = true;
        size_t column = 0;
        expect(json, '[');
        while (body_more(json, ']', &is_first_cell)) {
            if (column < field->item_count) {
                *vec_push(json->arena, &items) = read_value(json, &field->items[column]);
            } else {
                (void)body_skip(json, 4);
            }
            column++;
        }
        for (; column < field->item_count; column++) {
            *vec_push(json->arena, &items) = (RecordValue){0};
        }
    }
    value->items = items.items;
    value->item_count = items.count;
}

static void read_place(Json *json, RecordValue *value) {
    expect(json, '[');
    value->text = body_string(json);
    value->number = value->number2 = RECORD_NO_NUMBER;
    if (body_take(json, ',')) {
        value->number = body_int(json);
        expect(json, ',');
        value->number2 = body_int(json);
    }
    expect(json, ']');
}

static void read_sealed(Json *json, RecordValue *value) {
    Cx quiet;
    cx_init(&quiet, json->arena);
    expect(json, '[');
    value->text = body_string(json);
    expect(json, ',');
    value->text2 = body_string(json);
    expect(json, ',');
    json->is_bad |= seal_base64url_decode(&quiet, body_string(json), &value->sealed) != STATUS_OK;
    expect(json, ']');
}

static RecordValue read_value(Json *json, const RecordField *field) {
    RecordValue value = {.has_value = true};
    if (body_is_null(json)) {
        return (RecordValue){0};
    }
    if (record_type_index(field->type) == TYPE_INDEX_NUMBER) {
        value.number = body_int(json);
        return value;
    }
    if (record_type_is_sealed(field->type)) {
        read_sealed(json, &value);
        return value;
    }
    switch ((int)field->type) {
    case RECORD_PLACE:
        read_place(json, &value);
        break;
    case RECORD_ORG:
        expect(json, '[');
        value.text = body_string(json);
        expect(json, ',');
        value.text2 = body_string(json);
        expect(json, ']');
        break;
    case RECORD_REF:
        expect(json, '[');
        value.number = body_int(json);
        expect(json, ',');
        value.text = body_string(json);
        expect(json, ']');
        break;
    case RECORD_FILE:
        read_files(json, &value);
        break;
    case RECORD_ROWS:
        read_rows(json, field, &value);
        break;
    default:
        value.text = body_string(json);
        break;
    }
    return value;
}

static size_t field_of_name(const RecordKind *kind, Str name, size_t hint) {
    for (size_t i = 0; i < kind->field_count; i++) {
        size_t at = (hint + i) % kind->field_count; /* members stand in the order of the fields */
        if (str_equal(kind->fields[at].name, name)) {
            return at;
        }
    }
    return SIZE_MAX;
}

/* Reads a member into its field; false when the value has another shape: a field of this name was
 * once declared with another type, and what it held then stays unread. */
static bool member_read(Json *json, const RecordField *field, RecordValue *out) {
    size_t start = json->at;
    RecordValue value = read_value(json, field);
    if (!json->is_bad) {
        *out = value;
        return true;
    }
    json->at = start;
    json->is_bad = false;
    return false;
}

Status record_body_read(Cx *cx, const RecordKind *kind, Str body, RecordValue *values,
                        Str *unread) {
    Json json = {.arena = cx->arena, .text = body};
    size_t next = 0;
    bool is_first = true;
    *unread = STR("");
    expect(&json, '{');
    while (body_more(&json, '}', &is_first)) {
        Str name = body_key(&json);
        size_t field = json.is_bad ? SIZE_MAX : field_of_name(kind, name, next);
        if (field != SIZE_MAX && member_read(&json, &kind->fields[field], &values[field])) {
            next = field + 1;
            continue;
        }
        Str raw = body_skip(&json, 6);
        *unread = str_print(cx->arena, STR_FMT "%s\"" STR_FMT "\":" STR_FMT, STR_ARG(*unread),
                            unread->len == 0 ? "" : ",", STR_ARG(name), STR_ARG(raw));
    }
    return json.is_bad ? fault(cx, STATUS_DB, "a stored record of kind " STR_FMT " is damaged",
                               STR_ARG(kind->code))
                       : STATUS_OK;
}
