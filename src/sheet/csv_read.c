/*
 * csv_read.c - CSV in (RFC 4180, and what spreadsheets really write): the character set is found
 * first, then the delimiter on the first records, then a push parser takes UTF-8 chunks.
 *
 *   bytes ─▶ UTF-8? GB 18030? UTF-16? ─▶ chunk of UTF-8 ─▶ START ─▶ PLAIN ─▶ field, record
 *                                                              ╲─▶ QUOTED ⇄ QUOTE_END ─╱
 */
#include "sheet/sheet_internal.h"

#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <string.h>

enum { SNIFF_BYTES = 64 * 1024, SNIFF_RECORDS = 10, CHUNK_IN_BYTES = 32 * 1024 };

typedef enum CsvState { START, PLAIN, QUOTED, QUOTE_END } CsvState;

typedef struct CsvParser {
    SheetReader *reader;
    char delimiter;
    CsvState state;
    bool after_cr;
    Buf *field;
    int64_t column;
    int64_t line;       /* being read */
    int64_t quote_line; /* on which the open quote stands */
} CsvParser;

/* ---- fields and records ---- */

/* Takes off the one mark that X4 put on: see csv_write.c. */
static Str unguard(Str text) {
    if (text.len > 1 && text.at[0] == '\'' && sheet_csv_is_formula(str_from(text, 1))) {
        return str_from(text, 1);
    }
    if (text.len > 1 && text.at[0] == '\t' && text.at[1] >= '0' && text.at[1] <= '9') {
        return str_from(text, 1);
    }
    return text;
}

static Status end_field(CsvParser *parser) {
    SheetReader *reader = parser->reader;
    Str text = unguard(buf_str(parser->field));
    if (buf_status(parser->field) != STATUS_OK) {
        text.len = SHEET_TEXT_BYTES_MAX + 1; /* sheet_reader_cell says where */
    } else if (text.len > 0) {
        text = str_dup(reader->scratch, text); /* an empty one costs nothing, however many */
    } else {
        text = STR("");
    }
    TRY(sheet_reader_cell(reader, parser->column++, sheet_text(text)));
    buf_clear(parser->field);
    parser->state = START;
    return STATUS_OK;
}

static Status end_record(CsvParser *parser) {
    SheetReader *reader = parser->reader;
    TRY(end_field(parser));
    TRY(sheet_reader_row(reader));
    reader->row.number++;
    reader->row.line = parser->line;
    parser->column = 0;
    return STATUS_OK;
}

static Status after_quote(CsvParser *parser) {
    SheetReader *reader = parser->reader;
    Str place = sheet_place(reader->cx->arena, &reader->row, parser->column);
    (void)fault_at_line(reader->cx, STATUS_INVALID, parser->line, parser->column + 1,
                        STR_FMT "：引号之后还有文字", STR_ARG(place));
    fault_hint(reader->cx, "文字中的引号要写成两个引号");
    return STATUS_INVALID;
}

/* Outside quotes: a delimiter, a line end, or the next character of the field. */
static Status plain_char(CsvParser *parser, char c) {
    if (c == parser->delimiter) {
        return end_field(parser);
    }
    if (c == '\r' || c == '\n') {
        parser->line++;
        parser->after_cr = c == '\r';
        return end_record(parser);
    }
    if (parser->state == QUOTE_END) {
        return after_quote(parser);
    }
    buf_put_char(parser->field, c);
    parser->state = PLAIN;
    return STATUS_OK;
}

/* Inside quotes: everything up to the next quote at once. */
static size_t quoted_span(CsvParser *parser, Str chunk, size_t at) {
    const char *quote = memchr(chunk.at + at, '"', chunk.len - at);
    size_t end = quote == NULL ? chunk.len : (size_t)(quote - chunk.at);
    for (size_t i = at; i < end; i++) {
        bool is_end = chunk.at[i] == '\r' || (chunk.at[i] == '\n' && !parser->after_cr);
        parser->after_cr = chunk.at[i] == '\r';
        parser->line += is_end ? 1 : 0;
    }
    buf_put(parser->field, str_slice(chunk, at, end - at));
    if (quote != NULL) {
        parser->state = QUOTE_END;
        parser->after_cr = false;
        end++;
    }
    return end;
}

static size_t plain_span(CsvParser *parser, Str chunk, size_t at) {
    size_t end = at;
    while (end < chunk.len && chunk.at[end] != parser->delimiter && chunk.at[end] != '\r' &&
           chunk.at[end] != '\n') {
        end++;
    }
    buf_put(parser->field, str_slice(chunk, at, end - at));
    return end;
}

static Status not_a_table(SheetReader *reader) {
    (void)fault(reader->cx, STATUS_INVALID, "这不是表格文件");
    fault_hint(reader->cx, "可以上传 .xlsx 或 CSV 文件");
    return STATUS_INVALID;
}

static Status feed(CsvParser *parser, Str chunk) {
    size_t at = 0;
    if (chunk.len > 0 && memchr(chunk.at, '\0', chunk.len) != NULL) {
        return not_a_table(parser->reader);
    }
    while (at < chunk.len) {
        char c = chunk.at[at];
        if (parser->state == QUOTED) {
            at = quoted_span(parser, chunk, at);
        } else if (parser->after_cr && c == '\n') {
            parser->after_cr = false;
            at++;
        } else if (c == '"' && parser->state != PLAIN) {
            if (parser->state == QUOTE_END) {
                buf_put_char(parser->field, '"');
            } else {
                parser->quote_line = parser->line;
            }
            parser->after_cr = false;
            parser->state = QUOTED;
            at++;
        } else {
            parser->after_cr = false;
            TRY(plain_char(parser, c));
            at++;
            at = parser->state == PLAIN ? plain_span(parser, chunk, at) : at;
        }
    }
    return STATUS_OK;
}

static Status feed_end(CsvParser *parser) {
    if (parser->state == QUOTED) {
        return fault_at_line(parser->reader->cx, STATUS_INVALID, parser->quote_line, 0,
                             "第 %" PRId64 " 行的引号没有关上", parser->quote_line);
    }
    if (parser->column > 0 || parser->state != START) {
        return end_record(parser);
    }
    return STATUS_OK;
}

/* ---- the delimiter ---- */

typedef struct Count {
    size_t least; /* delimiters in a record */
    size_t most;
    size_t record_count;
} Count;

static void count_record(Count *count, size_t found) {
    count->least = count->record_count == 0 || found < count->least ? found : count->least;
    count->most = found > count->most ? found : count->most;
    count->record_count++;
}

static Count count_delimiter(Str text, char delimiter) {
    Count count = {0};
    size_t found = 0;
    size_t bytes = 0; /* of the record */
    bool is_quoted = false;
    for (size_t i = 0; i < text.len && count.record_count < SNIFF_RECORDS; i++) {
        char c = text.at[i];
        is_quoted = c == '"' ? !is_quoted : is_quoted;
        bytes++;
        if (!is_quoted && c == delimiter) {
            found++;
        } else if (!is_quoted && (c == '\n' || c == '\r')) {
            if (bytes > 1) {
                count_record(&count, found);
            }
            found = bytes = 0;
        }
    }
    if (bytes > 0 && count.record_count < SNIFF_RECORDS) {
        count_record(&count, found);
    }
    return count;
}

/* Most delimiters in every record wins; then most in any; then the comma. */
static char find_delimiter(Str text) {
    static const char candidates[] = {',', '\t', ';', '|'};
    char best = ',';
    Count best_count = {0};
    for (size_t i = 0; i < sizeof candidates; i++) {
        Count count = count_delimiter(text, candidates[i]);
        if (count.least > best_count.least ||
            (count.least == best_count.least && count.most > best_count.most)) {
            best = candidates[i];
            best_count = count;
        }
    }
    return best;
}

/* "sep=;" on the first line is Excel's own way of saying it. Returns the bytes of that line. */
static size_t read_separator_line(Str text, char *delimiter) {
    if (!str_starts(text, STR("sep=")) || text.len < 6) {
        return 0;
    }
    size_t len = text.at[5] == '\n' ? 6 : str_starts(str_from(text, 5), STR("\r\n")) ? 7 : 0;
    *delimiter = len > 0 ? text.at[4] : *delimiter;
    return len;
}

/* ---- character sets ---- */

static Status begin(CsvParser *parser, Str first_chunk, size_t *skip_bytes) {
    Str sample = str_slice(first_chunk, 0, SNIFF_BYTES);
    parser->delimiter = find_delimiter(sample);
    *skip_bytes = read_separator_line(sample, &parser->delimiter);
    if (*skip_bytes > 0) {
        parser->line++;
        parser->reader->row.line = parser->line;
    }
    parser->reader->facts.delimiter = parser->delimiter;
    return STATUS_OK;
}

static Status read_utf8(CsvParser *parser, Str text) {
    size_t skip = 0;
    TRY(begin(parser, text, &skip));
    /* In pieces, so that the budget of the Cx is asked in time. */
    for (size_t at = skip; at < text.len; at += PACK_CHUNK_BYTES) {
        TRY(cx_step(parser->reader->cx));
        TRY(feed(parser, str_slice(text, at, PACK_CHUNK_BYTES)));
    }
    return feed_end(parser);
}

typedef struct Decoder {
    iconv_t handle;
    Str left; /* bytes not decoded yet */
} Decoder;

static void decoder_release(void *it) {
    (void)iconv_close((iconv_t)it);
}

/* Decodes the next piece into out; EINVAL at the end of the piece leaves its last bytes for the
 * next. */
static Status decode(CsvParser *parser, Decoder *decoder, Buf *out) {
    SheetReader *reader = parser->reader;
    char in[CHUNK_IN_BYTES];
    char decoded[4 * CHUNK_IN_BYTES];
    size_t piece = decoder->left.len < sizeof in ? decoder->left.len : sizeof in;
    char *from = in;
    char *to = decoded;
    size_t from_left = piece;
    size_t to_left = sizeof decoded;
    memcpy(in, decoder->left.at, piece);
    size_t done = iconv(decoder->handle, &from, &from_left, &to, &to_left);
    bool is_cut = done == (size_t)-1 && errno == EINVAL && piece < decoder->left.len;
    if (done == (size_t)-1 && !is_cut) {
        (void)fault_at_line(reader->cx, STATUS_INVALID, parser->line, 0,
                            "第 %" PRId64 " 行附近有无法识别的字符", parser->line);
        fault_hint(reader->cx, "请另存为 UTF-8 编码的 CSV 或 .xlsx 文件");
        return STATUS_INVALID;
    }
    decoder->left = str_from(decoder->left, piece - from_left);
    buf_put(out, (Str){decoded, sizeof decoded - to_left});
    return STATUS_OK;
}

static Status read_encoded(CsvParser *parser, const char *charset, Str bytes) {
    SheetReader *reader = parser->reader;
    Decoder decoder = {iconv_open("UTF-8", charset), bytes};
    Buf *chunk = buf_in(reader->cx->arena, 4 * CHUNK_IN_BYTES);
    bool is_first = true;
    if (decoder.handle == (iconv_t)-1) {
        return fault(reader->cx, STATUS_IO, "this system has no %s for iconv", charset);
    }
    arena_defer(reader->cx->arena, decoder_release, decoder.handle);
    while (decoder.left.len > 0) {
        size_t skip = 0;
        TRY(cx_step(reader->cx));
        buf_clear(chunk);
        TRY(decode(parser, &decoder, chunk));
        if (is_first) {
            TRY(begin(parser, buf_str(chunk), &skip));
            is_first = false;
        }
        TRY(feed(parser, str_from(buf_str(chunk), skip)));
    }
    return feed_end(parser);
}

/* "a\0b\0": ASCII in UTF-16 without its mark. */
static bool is_bare_utf16(Str bytes, size_t zero_at) {
    return bytes.len >= 4 && bytes.len % 2 == 0 && bytes.at[zero_at] == '\0' &&
           bytes.at[zero_at + 2] == '\0' && bytes.at[1 - zero_at] != '\0';
}

Status sheet_csv_read(SheetReader *reader, Str bytes) {
    CsvParser parser = {.reader = reader, .line = 1};
    parser.field = buf_in(reader->cx->arena, SHEET_TEXT_BYTES_MAX + 2);
    reader->facts.sheet_count = 1;
    reader->facts.is_utf16 = true;
    if (str_starts(bytes, STR("\xff\xfe"))) {
        return read_encoded(&parser, "UTF-16LE", str_from(bytes, 2));
    }
    if (str_starts(bytes, STR("\xfe\xff"))) {
        return read_encoded(&parser, "UTF-16BE", str_from(bytes, 2));
    }
    if (is_bare_utf16(bytes, 1) || is_bare_utf16(bytes, 0)) {
        return read_encoded(&parser, bytes.at[1] == '\0' ? "UTF-16LE" : "UTF-16BE", bytes);
    }
    reader->facts.is_utf16 = false;
    if (memchr(bytes.at, '\0', bytes.len) != NULL) {
        return not_a_table(reader);
    }
    if (str_starts(bytes, STR("\xef\xbb\xbf"))) {
        reader->facts.charset = SHEET_UTF8_BOM;
        bytes = str_from(bytes, 3);
    } else {
        reader->facts.charset = SHEET_UTF8;
    }
    if (str_is_utf8(bytes)) {
        return read_utf8(&parser, bytes);
    }
    reader->facts.charset = SHEET_GB18030;
    return read_encoded(&parser, "GB18030", bytes);
}
