/*
 * draw.c - reading the file, its digests, the order, writing and comparing. The text is read so
 * strictly that it can be written again byte by byte: verifying is writing and comparing.
 */
#include "office/coupon/draw.h"

#include "base/buf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const Str FIRST_LINE = {"huanxin-draw 1", 14};
static const Str SEED_TAG = {"huanxin-draw-seed\n", 18};
static const Str LIST_TAG = {"huanxin-draw-list\n", 18};
static const Str PLACE_TAG = {"huanxin-draw-place\n", 19};
static const Str RESULT_TAG = {"huanxin-draw-result\n", 20};

static Str hash_str(const DrawHash *hash) {
    return (Str){(const char *)hash->bytes, sizeof hash->bytes};
}

static int hash_compare(const void *left, const void *right) {
    return memcmp(left, right, sizeof(DrawHash));
}

/* ---- reading ---- */

typedef struct Reader {
    Cx *cx;
    Str rest;
    Str line; /* the current one, without its end */
    int64_t number;
    bool is_at_end;
} Reader;

static Status line_fault(const Reader *reader, const char *words) {
    return fault_at_line(reader->cx, STATUS_INVALID, reader->number, 1, "line %" PRId64 ": %s",
                         reader->number, words);
}

static Status line_next(Reader *reader) {
    TRY(cx_step(reader->cx));
    reader->is_at_end = reader->rest.len == 0;
    if (reader->is_at_end) {
        reader->line = STR("");
        return STATUS_OK;
    }
    reader->number++;
    if (memchr(reader->rest.at, '\n', reader->rest.len) == NULL) {
        return line_fault(reader, "a line ends with a line feed");
    }
    reader->line = str_cut(&reader->rest, '\n');
    return STATUS_OK;
}

static bool line_is(const Reader *reader, const char *word) {
    return !reader->is_at_end && str_starts(reader->line, str_of(word)) &&
           reader->line.len > strlen(word) && reader->line.at[strlen(word)] == ' ';
}

static Str line_value(const Reader *reader, const char *word) {
    return str_from(reader->line, strlen(word) + 1);
}

static Status words_read(Reader *reader, const char *word, Str *out) {
    if (!line_is(reader, word)) {
        return line_fault(reader, str_print(reader->cx->arena, "expected \"%s ...\"", word).at);
    }
    *out = line_value(reader, word);
    if (out->len == 0 || out->len > DRAW_WORDS_BYTES_MAX || !str_is_utf8(*out)) {
        return line_fault(reader, "expected 1 to 200 bytes of text");
    }
    return line_next(reader);
}

static int digit_of(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static Status hash_read(const Reader *reader, Str text, DrawHash *out) {
    bool is_hex = text.len == 2 * sizeof out->bytes;
    for (size_t i = 0; is_hex && i < sizeof out->bytes; i++) {
        int high = digit_of(text.at[2 * i]);
        int low = digit_of(text.at[2 * i + 1]);
        is_hex = high >= 0 && low >= 0;
        out->bytes[i] = is_hex ? (uint8_t)(high * 16 + low) : 0;
    }
    return is_hex ? STATUS_OK : line_fault(reader, "expected 64 lower-case hex digits");
}

static Status hash_line_read(Reader *reader, const char *word, DrawHash *out) {
    if (!line_is(reader, word)) {
        return line_fault(reader, str_print(reader->cx->arena, "expected \"%s HASH\"", word).at);
    }
    TRY(hash_read(reader, line_value(reader, word), out));
    return line_next(reader);
}

static Status head_read(Reader *reader, Draw *draw) {
    Str quota = STR_NONE;
    TRY(line_next(reader));
    if (!str_equal(reader->line, FIRST_LINE)) {
        return line_fault(reader, "expected \"huanxin-draw 1\"");
    }
    TRY(line_next(reader));
    TRY(words_read(reader, "name", &draw->name));
    quota = line_is(reader, "quota") ? line_value(reader, "quota") : STR("");
    if (str_int64(quota, &draw->quota) != STATUS_OK || draw->quota < 1 ||
        draw->quota > DRAW_APPLICANTS_MAX) {
        return line_fault(reader, "expected \"quota NUMBER\", 1 to 2000000");
    }
    TRY(line_next(reader));
    TRY(words_read(reader, "source", &draw->source));
    return hash_line_read(reader, "commitment", &draw->commitment);
}

/* A pair for finding the line of an applicant that stands twice. */
typedef struct Placed {
    DrawHash hash;
    int64_t line;
} Placed;

static int placed_compare(const void *left, const void *right) {
    const Placed *a = left;
    const Placed *b = right;
    int order = hash_compare(&a->hash, &b->hash);
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static Status twice_check(Cx *cx, const Draw *draw, int64_t first_line) {
    Placed *sorted = arena_array(cx->arena, Placed, draw->applicant_count + 1);
    for (size_t i = 0; i < draw->applicant_count; i++) {
        sorted[i] = (Placed){draw->applicants[i], first_line + (int64_t)i};
    }
    qsort(sorted, draw->applicant_count, sizeof *sorted, placed_compare);
    for (size_t i = 1; i < draw->applicant_count; i++) {
        TRY(cx_step(cx));
        if (hash_compare(&sorted[i - 1].hash, &sorted[i].hash) == 0) {
            return fault_at_line(cx, STATUS_INVALID, sorted[i].line, 1,
                                 "line %" PRId64 ": the applicant of line %" PRId64 " again",
                                 sorted[i].line, sorted[i - 1].line);
        }
    }
    return STATUS_OK;
}

static Status applicants_read(Reader *reader, Draw *draw) {
    static const char word[] = "applicant";
    int64_t first_line = reader->number;
    /* No line of an applicant is shorter, so this is room for all. */
    size_t room = (reader->rest.len + reader->line.len + 1) / (sizeof word + 2 * SEAL_SM3_BYTES);
    room = room < DRAW_APPLICANTS_MAX ? room : DRAW_APPLICANTS_MAX;
    draw->applicants = arena_array(reader->cx->arena, DrawHash, room + 1);
    while (line_is(reader, word)) {
        if (draw->applicant_count >= room) {
            return room < DRAW_APPLICANTS_MAX
                       ? line_fault(reader, "expected 64 lower-case hex digits")
                       : fault(reader->cx, STATUS_LIMIT, "more than %d applicants",
                               DRAW_APPLICANTS_MAX);
        }
        TRY(hash_line_read(reader, word, &draw->applicants[draw->applicant_count]));
        draw->applicant_count++;
    }
    return twice_check(reader->cx, draw, first_line);
}

static Status list_read(Reader *reader, Draw *draw) {
    int64_t count = 0;
    if (!line_is(reader, "list")) {
        return line_fault(reader, "expected \"applicant HASH\" or \"list COUNT HASH\"");
    }
    Str value = line_value(reader, "list");
    Str number = str_cut(&value, ' ');
    if (str_int64(number, &count) != STATUS_OK || count != (int64_t)draw->applicant_count) {
        return line_fault(
            reader, str_print(reader->cx->arena,
                              "the list was closed with " STR_FMT " applicants, %zu stand above",
                              STR_ARG(str_slice(number, 0, 20)), draw->applicant_count)
                        .at);
    }
    TRY(hash_read(reader, value, &draw->list));
    draw->is_closed = true;
    TRY(line_next(reader));
    return line_is(reader, "applicant")
               ? line_fault(reader, "an applicant after the list was closed")
               : STATUS_OK;
}

/* What follows the public words is compared, not read: it must be what the draw gives. */
static Status stages_read(Reader *reader, Draw *draw) {
    if (reader->is_at_end) {
        return STATUS_OK;
    }
    TRY(list_read(reader, draw));
    if (reader->is_at_end) {
        return STATUS_OK;
    }
    TRY(hash_line_read(reader, "seed", &draw->seed));
    TRY(words_read(reader, "public", &draw->public_words));
    draw->has_seed = true;
    draw->is_drawn = !reader->is_at_end;
    bool has_place = line_is(reader, "winner") || line_is(reader, "waiting");
    return draw->is_drawn && !has_place ? line_fault(reader, "expected \"winner 1 HASH\"")
                                        : STATUS_OK;
}

Status draw_read(Cx *cx, Str text, Draw *out) {
    if (text.len > DRAW_TEXT_BYTES_MAX) {
        return fault(cx, STATUS_LIMIT, "a draw has at most %d bytes", DRAW_TEXT_BYTES_MAX);
    }
    Draw draw = {.text = text};
    Reader reader = {.cx = cx, .rest = text};
    TRY(head_read(&reader, &draw));
    TRY(applicants_read(&reader, &draw));
    TRY(stages_read(&reader, &draw));
    *out = draw;
    return STATUS_OK;
}

/* ---- digests ---- */

void draw_commitment(const DrawHash *seed, DrawHash *out) {
    char bytes[64];
    memcpy(bytes, SEED_TAG.at, SEED_TAG.len);
    memcpy(bytes + SEED_TAG.len, seed->bytes, sizeof seed->bytes);
    seal_sm3((Str){bytes, SEED_TAG.len + sizeof seed->bytes}, out->bytes);
}

/* Lines end with a line feed, so that no two heads have the same bytes. */
static void line_add(SealSm3 *sm3, Str text) {
    seal_sm3_add(sm3, text);
    seal_sm3_add(sm3, STR("\n"));
}

Status draw_list_digest(Cx *cx, const Draw *draw, DrawHash *out) {
    DrawHash *sorted = arena_array(cx->arena, DrawHash, draw->applicant_count + 1);
    memcpy(sorted, draw->applicants, draw->applicant_count * sizeof *sorted);
    qsort(sorted, draw->applicant_count, sizeof *sorted, hash_compare);
    SealSm3 *sm3 = seal_sm3_new(cx->arena);
    seal_sm3_add(sm3, LIST_TAG);
    line_add(sm3, draw->name);
    line_add(sm3, str_print(cx->arena, "%" PRId64, draw->quota));
    line_add(sm3, draw->source);
    seal_sm3_add(sm3, hash_str(&draw->commitment));
    seal_sm3_add(sm3, (Str){(const char *)sorted, draw->applicant_count * sizeof *sorted});
    seal_sm3_finish(sm3, out->bytes);
    return STATUS_OK;
}

/* ---- the order ---- */

typedef struct Place {
    DrawHash key;
    DrawHash applicant;
} Place;

static int place_compare(const void *left, const void *right) {
    return memcmp(left, right, sizeof(Place));
}

static Status places_draw(Cx *cx, const Draw *draw, Place **out) {
    Place *places = arena_array(cx->arena, Place, draw->applicant_count + 1);
    SealSm3 *sm3 = seal_sm3_new(cx->arena);
    for (size_t i = 0; i < draw->applicant_count; i++) {
        TRY(cx_step(cx));
        places[i].applicant = draw->applicants[i];
        seal_sm3_add(sm3, PLACE_TAG);
        seal_sm3_add(sm3, hash_str(&draw->seed));
        seal_sm3_add(sm3, hash_str(&draw->list));
        line_add(sm3, draw->public_words);
        seal_sm3_add(sm3, hash_str(&places[i].applicant));
        seal_sm3_finish(sm3, places[i].key.bytes);
    }
    qsort(places, draw->applicant_count, sizeof *places, place_compare);
    *out = places;
    return STATUS_OK;
}

/* ---- writing ---- */

static void hash_put(Cx *cx, Buf *buf, const char *words, const DrawHash *hash) {
    Str hex = seal_hex(cx->arena, hash_str(hash));
    buf_print(buf, "%s " STR_FMT "\n", words, STR_ARG(hex));
}

static void head_put(Cx *cx, Buf *buf, const Draw *draw) {
    buf_print(buf, STR_FMT "\nname " STR_FMT "\nquota %" PRId64 "\nsource " STR_FMT "\n",
              STR_ARG(FIRST_LINE), STR_ARG(draw->name), draw->quota, STR_ARG(draw->source));
    hash_put(cx, buf, "commitment", &draw->commitment);
    for (size_t i = 0; i < draw->applicant_count; i++) {
        hash_put(cx, buf, "applicant", &draw->applicants[i]);
    }
}

static void list_put(Cx *cx, Buf *buf, const Draw *draw, const DrawHash *list) {
    char words[40];
    (void)snprintf(words, sizeof words, "list %zu", draw->applicant_count);
    hash_put(cx, buf, words, list);
}

Status draw_close(Cx *cx, const Draw *draw, Str *out) {
    DrawHash list;
    if (draw->is_closed) {
        return fault(cx, STATUS_CONFLICT, "the list is closed already");
    }
    if (draw->applicant_count == 0) {
        return fault(cx, STATUS_CONFLICT, "the list has no applicant");
    }
    TRY(draw_list_digest(cx, draw, &list));
    Buf *buf = buf_in(cx->arena, DRAW_TEXT_BYTES_MAX);
    head_put(cx, buf, draw);
    list_put(cx, buf, draw, &list);
    *out = buf_str(buf);
    return buf_status(buf);
}

static void places_put(Cx *cx, Buf *buf, const Draw *draw, const Place *places) {
    SealSm3 *sm3 = seal_sm3_new(cx->arena);
    DrawHash result;
    seal_sm3_add(sm3, RESULT_TAG);
    for (size_t i = 0; i < draw->applicant_count; i++) {
        bool is_winner = (int64_t)i < draw->quota;
        char words[40];
        (void)snprintf(words, sizeof words, "%s %zu", is_winner ? "winner" : "waiting",
                       is_winner ? i + 1 : i + 1 - (size_t)draw->quota);
        hash_put(cx, buf, words, &places[i].applicant);
        seal_sm3_add(sm3, hash_str(&places[i].key));
    }
    seal_sm3_finish(sm3, result.bytes);
    hash_put(cx, buf, "result", &result);
}

static Status proofs_check(Cx *cx, const Draw *draw) {
    DrawHash list;
    DrawHash commitment;
    if (!draw->is_closed || !draw->has_seed) {
        return fault(cx, STATUS_CONFLICT, "the draw has no %s yet",
                     draw->is_closed ? "seed" : "closed list");
    }
    TRY(draw_list_digest(cx, draw, &list));
    if (hash_compare(&list, &draw->list) != 0) {
        Status status = fault(cx, STATUS_CONFLICT, "this is not the list that was closed");
        fault_hint(cx, "an applicant or a line of the head was changed after the closing");
        return status;
    }
    draw_commitment(&draw->seed, &commitment);
    if (hash_compare(&commitment, &draw->commitment) != 0) {
        return fault(cx, STATUS_CONFLICT, "the seed does not open the commitment");
    }
    return STATUS_OK;
}

static Status drawn_write(Cx *cx, const Draw *draw, Str *out) {
    Place *places = NULL;
    TRY(proofs_check(cx, draw));
    TRY(places_draw(cx, draw, &places));
    Buf *buf = buf_in(cx->arena, DRAW_TEXT_BYTES_MAX);
    head_put(cx, buf, draw);
    list_put(cx, buf, draw, &draw->list);
    hash_put(cx, buf, "seed", &draw->seed);
    buf_print(buf, "public " STR_FMT "\n", STR_ARG(draw->public_words));
    places_put(cx, buf, draw, places);
    *out = buf_str(buf);
    return buf_status(buf);
}

Status draw_run(Cx *cx, const Draw *draw, Str *out) {
    if (draw->is_drawn) {
        return fault(cx, STATUS_CONFLICT, "the file holds its places already");
    }
    return drawn_write(cx, draw, out);
}

/* ---- comparing ---- */

/* The first line in which two texts differ; 0 when they are the same. */
static int64_t line_differing(Str left, Str right) {
    int64_t line = 1;
    size_t len = left.len < right.len ? left.len : right.len;
    for (size_t i = 0; i < len; i++) {
        if (left.at[i] != right.at[i]) {
            return line;
        }
        line += left.at[i] == '\n';
    }
    return left.len == right.len ? 0 : line;
}

Status draw_verify(Cx *cx, const Draw *draw) {
    Str again = STR_NONE;
    if (!draw->is_drawn) {
        return fault(cx, STATUS_CONFLICT, "the draw was not held yet: there are no places");
    }
    TRY(drawn_write(cx, draw, &again));
    int64_t line = line_differing(draw->text, again);
    if (line != 0) {
        return fault_at_line(cx, STATUS_CONFLICT, line, 1,
                             "line %" PRId64 " is not what the draw gives", line);
    }
    return STATUS_OK;
}

Status draw_extends(Cx *cx, const Draw *draw, Str published) {
    if (str_starts(draw->text, published)) {
        return STATUS_OK;
    }
    int64_t line = line_differing(str_slice(draw->text, 0, published.len), published);
    return fault_at_line(cx, STATUS_CONFLICT, line, 1,
                         "line %" PRId64 " is not as it was published", line);
}
