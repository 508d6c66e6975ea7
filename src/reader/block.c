/*
 * block.c - lines become blocks: a heading, a paragraph, a line of units, a row of a table.
 *
 * A line begins a block or continues the one before. Texts that were wrapped by hand, copied from a
 * page or damaged break anywhere, so the question is asked of both sides: does this line look like
 * a beginning, and was the block before left open? Then a second pass parts blocks whose line ends
 * were lost ("...(牵头单位:甲局)二是...").
 */
#include "reader/reader_private.h"

#include <string.h>

enum { WRAP_NEAR = 6, HEADING_RUNES_MAX = 45, FRAGMENT_RUNES_MAX = 20 };

typedef struct Builder {
    Reader *reader;
    int32_t last[MARKER_STYLE_COUNT];  /* number seen last, per style */
    int32_t outer[MARKER_STYLE_COUNT]; /* the same when a box began: a box counts for itself */
    bool in_attachment_list;
} Builder;

static Str span_str(const Builder *builder, Span span) {
    return text_at(&builder->reader->text, span);
}

static Block *block_last(Builder *builder) {
    BlockVec *blocks = &builder->reader->blocks;
    return blocks->count == 0 ? NULL : &blocks->items[blocks->count - 1];
}

static bool ends_sentence(Str text) {
    static const char *const STOPS[] = {"。", ";", "!", "?", "。”", "!”", "?”", NULL};
    return words_before(text, text.len, STOPS) > 0;
}

/* "...(牵头单位:甲局)" or "(甲局牵头)": nothing of the paragraph follows. Looks back over a
 * bounded piece only. */
static bool ends_with_units(Str text) {
    enum { LOOK_BYTES_MAX = 1500 };
    static const char *const WORDS[] = {"单位", "部门", "牵头", "负责", NULL};
    if (!str_ends(text, STR(")"))) {
        return false;
    }
    size_t from = text.len > LOOK_BYTES_MAX ? text.len - LOOK_BYTES_MAX : 0;
    size_t at = text.len;
    int depth = 0;
    while (at > from) {
        at--;
        depth += text.at[at] == ')' ? 1 : text.at[at] == '(' ? -1 : 0;
        if (depth == 0) {
            break;
        }
    }
    return words_in(str_from(text, at), WORDS);
}

/* A numbered line without a stop: its text begins on the next line. A comma makes it text, except
 * where lines are wrapped by hand and their width tells more. */
static bool is_heading(const Builder *builder, const Block *block) {
    static const char *const STOPS[] = {"。", ";", "!", "?", NULL};
    Str text = span_str(builder, block->span);
    if (block->marker.style == MARKER_NONE || text.len > (size_t)HEADING_RUNES_MAX * 4 ||
        str_rune_count(text) > HEADING_RUNES_MAX || words_in(text, STOPS)) {
        return false;
    }
    return builder->reader->text.wrap_width > 0 || !text_has(text, ",");
}

static bool line_is_full(const Builder *builder, uint32_t width) {
    uint32_t wrap = builder->reader->text.wrap_width;
    return wrap > 0 && width + WRAP_NEAR >= wrap;
}

/* A short piece without any stop: the end of a broken heading. */
static bool is_fragment(Str text) {
    static const char *const STOPS[] = {"。", ",", ";", "!", "?", ":", "-", NULL};
    return text.len <= (size_t)FRAGMENT_RUNES_MAX * 4 &&
           str_rune_count(text) <= FRAGMENT_RUNES_MAX && !words_in(text, STOPS);
}

static bool is_left_hanging(Str text) {
    static const char *const HANGING[] = {"、", ",", "和", "与", "及", "的", "《", "“", "(", NULL};
    return words_before(text, text.len, HANGING) > 0;
}

static bool heading_continues(const Builder *builder, const Block *block, const Line *line,
                              uint32_t last_width) {
    Str text = span_str(builder, block->span);
    uint32_t wrap = builder->reader->text.wrap_width;
    if (is_left_hanging(text) || (line_is_full(builder, last_width) && !line->is_after_blank)) {
        return true;
    }
    if (text_has(text, ",")) {
        return last_width * 4 >= wrap * 3; /* rather a sentence, unless its line is clearly short */
    }
    return wrap == 0 && !line->is_after_blank && is_fragment(span_str(builder, line->span));
}

static bool units_continue(const Builder *builder, const Block *block, const Line *line) {
    Str text = span_str(builder, block->span);
    Str next = span_str(builder, line->span);
    if (str_ends(text, STR(")")) || ends_sentence(text)) {
        return false;
    }
    if (rune_at(text, 0) == '(' || is_left_hanging(text) || str_ends(text, STR(":")) ||
        units_list_is_open(text)) {
        return true;
    }
    return !line->is_after_blank && !text_has(next, "。") && !units_list_is_open(next);
}

/* "0.8:" and "1" on the next line. */
static bool ratio_is_broken(Str text, Str next) {
    return text.len >= 2 && str_ends(text, STR(":")) &&
           rune_is_digit((unsigned char)text.at[text.len - 2]) && rune_is_digit(rune_at(next, 0));
}

/* Does the line run on from the block before it? */
static bool line_continues(Builder *builder, const Line *line, uint32_t last_width) {
    const Block *block = block_last(builder);
    if (block == NULL || block->kind == BLOCK_ROW) {
        return false;
    }
    if (block->kind == BLOCK_UNITS) {
        return units_continue(builder, block, line);
    }
    Str text = span_str(builder, block->span);
    if (ratio_is_broken(text, span_str(builder, line->span))) {
        return true;
    }
    if (ends_sentence(text) || str_ends(text, STR(":")) || ends_with_units(text)) {
        return false;
    }
    if (block->marker.style == MARKER_ATTACHMENT || block->marker.style == MARKER_BOX) {
        return false;
    }
    if (is_heading(builder, block)) {
        return heading_continues(builder, block, line, last_width);
    }
    return true;
}

/* A number that fits: the first or the next of its style. Some styles are their own proof. */
static bool number_fits(const Builder *builder, const Marker *marker) {
    if (marker->style == MARKER_ATTACHMENT || marker->style == MARKER_BOX ||
        marker->style == MARKER_DECIMAL || marker->style == MARKER_CHAPTER) {
        return true;
    }
    return marker->number == 1 || marker->number == builder->last[marker->style] + 1 ||
           (builder->outer[marker->style] > 0 &&
            marker->number == builder->outer[marker->style] + 1);
}

static bool marker_begins(Builder *builder, const Line *line, const Marker *marker,
                          uint32_t last_width) {
    if (marker->style == MARKER_NONE) {
        return false;
    }
    if (number_fits(builder, marker)) {
        return true;
    }
    if (marker->style == MARKER_CN_IS) {
        return false; /* 二是 without 一是 before it: the middle of a paragraph */
    }
    return !line_continues(builder, line, last_width);
}

static void block_begin(Builder *builder, const Line *line, Marker marker) {
    Reader *reader = builder->reader;
    Block *block = vec_push(reader->arena, &reader->blocks);
    block->span = line->span;
    block->marker = marker;
    Str text = span_str(builder, line->span);
    size_t skip = rune_at(text, 0) == '(' ? 1 : 0;
    if (marker.style == MARKER_NONE && units_label_starts(str_from(text, skip))) {
        block->kind = BLOCK_UNITS;
    }
    if (marker.style == MARKER_NONE) {
        return;
    }
    if (!number_fits(builder, &marker)) {
        doubt_add(reader, line->span, "编号与前文不连续，按新的一项处理");
    }
    if (marker.style == MARKER_BOX) {
        memcpy(builder->outer, builder->last, sizeof builder->outer);
    }
    builder->last[marker.style] = marker.number;
}

/* Lines that are not part of the plan: the signature and what stands under it. */
static bool line_is_tail(const Builder *builder, size_t index) {
    static const char *const OPENERS[] = {"(此件", "抄送:", "抄送", "(联系人", NULL};
    const Text *text = &builder->reader->text;
    const Line *line = &text->lines.items[index];
    Day day;
    Str words = text_at(text, line->span);
    if (words_at(words, 0, OPENERS) > 0 || line_is_date(text, line, &day) ||
        str_ends(words, STR("印发"))) {
        return true;
    }
    return line_is_organ(text, line) && index + 1 < text->lines.count &&
           line_is_date(text, line + 1, &day);
}

/* "附件:1.分工表" and the numbered lines under it name attachments; they are not tasks. */
static bool attachment_list_covers(Builder *builder, const Line *line, const Marker *marker) {
    Str text = span_str(builder, line->span);
    if (marker->style == MARKER_ATTACHMENT && marker->number == 0 && marker->len < text.len) {
        builder->in_attachment_list = true;
        return true;
    }
    if (!builder->in_attachment_list) {
        return false;
    }
    bool is_entry = marker->style == MARKER_ARABIC && !text_has(text, "。") &&
                    text.len <= (size_t)HEADING_RUNES_MAX * 4;
    builder->in_attachment_list = is_entry;
    return is_entry;
}

/* The byte after the last bracket of text that is still open, SIZE_MAX if none is in reach. */
static size_t bracket_open_at(Str text) {
    enum { LOOK_BYTES_MAX = 1500 };
    size_t floor = text.len > LOOK_BYTES_MAX ? text.len - LOOK_BYTES_MAX : 0;
    int depth = 0;
    for (size_t at = text.len; at > floor; at--) {
        depth += text.at[at - 1] == ')' ? 1 : text.at[at - 1] == '(' ? -1 : 0;
        if (depth < 0) {
            return at;
        }
    }
    return SIZE_MAX;
}

/* A bracket stays open until it closes, whatever the next line begins with: one about units always,
 * any other for a short way unless the line is about units. */
static bool bracket_is_open(const Builder *builder, const Block *block, bool line_is_label) {
    enum { SHORT_BYTES = 300 };
    static const char *const WORDS[] = {"牵头", "责任", "配合", "负责", "单位", NULL};
    if (block == NULL || block->kind == BLOCK_ROW) {
        return false;
    }
    Str text = span_str(builder, block->span);
    size_t open = bracket_open_at(text);
    if (open == SIZE_MAX) {
        return false;
    }
    Str inner = str_from(text, open);
    return inner.len == 0 || words_in(inner, WORDS) || (!line_is_label && inner.len <= SHORT_BYTES);
}

static void line_place(Builder *builder, size_t index) {
    Reader *reader = builder->reader;
    const Line *line = &reader->text.lines.items[index];
    uint32_t last_width = index > 0 ? reader->text.lines.items[index - 1].width : 0;
    Str text = span_str(builder, line->span);
    Marker marker = marker_read(text);
    if (attachment_list_covers(builder, line, &marker) || line_is_tail(builder, index)) {
        return;
    }
    Marker none = {.style = MARKER_NONE};
    if (marker_begins(builder, line, &marker, last_width)) {
        block_begin(builder, line, marker);
        return;
    }
    size_t skip = rune_at(text, 0) == '(' ? 1 : 0;
    bool is_label = units_label_starts(str_from(text, skip));
    bool is_open = bracket_is_open(builder, block_last(builder), is_label);
    bool is_opener = !is_open && (is_label || str_starts(text, STR("--")));
    Block *last = block_last(builder);
    bool is_joinable = last != NULL && !is_opener && last->span.to == line->span.from;
    if (last != NULL && is_joinable && (is_open || line_continues(builder, line, last_width))) {
        last->span.to = line->span.to;
    } else {
        block_begin(builder, line, none);
    }
}

/* ---- lost line ends ------------------------------------------------------------------------- */

/* May a new block begin at byte at, after the text read so far? */
static bool split_fits(const Builder *builder, const Block *block, size_t at,
                       const Marker *marker) {
    Str text = span_str(builder, block->span);
    Str head = str_slice(text, 0, at);
    bool is_after_stop = str_ends(head, STR("。")) || str_ends(head, STR(")"));
    bool is_next = marker->number == builder->last[marker->style] + 1;
    const Text *all = &builder->reader->text;
    bool is_after_space = text_glyph(all, block->span.from + (uint32_t)at)->space > 0;
    if (marker->style == MARKER_CN || marker->style == MARKER_CN_PAREN) {
        return (is_next || marker->number == 1) && (is_after_stop || is_after_space);
    }
    if (marker->style == MARKER_CN_IS || marker->style == MARKER_ARABIC) {
        return is_next && is_after_stop && block->marker.style == marker->style;
    }
    return false;
}

static Status block_split(Builder *builder, Block block, BlockVec *out) {
    Reader *reader = builder->reader;
    Str text = span_str(builder, block.span);
    size_t at = block.marker.len;
    TRY(cx_steps(reader->cx, 1 + text.len / 16));
    builder->last[block.marker.style] = block.marker.number;
    while (at < text.len) {
        size_t next = at;
        (void)str_rune(text, &next);
        Marker marker = at == block.marker.len ? (Marker){.style = MARKER_NONE}
                                               : marker_read(str_from(text, at));
        if (marker.style != MARKER_NONE && split_fits(builder, &block, at, &marker)) {
            Block *head = vec_push(reader->arena, out);
            *head = block;
            head->span.to = block.span.from + (uint32_t)at;
            block.span.from = head->span.to;
            block.marker = marker;
            builder->last[marker.style] = marker.number;
            text = span_str(builder, block.span);
            next = marker.len;
        }
        at = next;
    }
    *vec_push(reader->arena, out) = block;
    return STATUS_OK;
}

static Status blocks_split(Reader *reader) {
    Builder builder = {.reader = reader};
    BlockVec parts = {0};
    for (size_t i = 0; i < reader->blocks.count; i++) {
        const Block *block = &reader->blocks.items[i];
        if (block->kind == BLOCK_TEXT) {
            TRY(block_split(&builder, *block, &parts));
        } else {
            *vec_push(reader->arena, &parts) = *block;
        }
    }
    reader->blocks = parts;
    return STATUS_OK;
}

Status blocks_build(Reader *reader) {
    Builder builder = {.reader = reader};
    const LineVec *lines = &reader->text.lines;
    size_t index = reader->body_line;
    while (index < lines->count) {
        TRY(cx_step(reader->cx));
        TableHead head;
        if (table_head_read(&reader->text, &lines->items[index], &head)) {
            reader->has_table = true;
            index++;
            TRY(table_read(reader, &head, &index));
        } else {
            line_place(&builder, index);
            index++;
        }
    }
    return blocks_split(reader);
}
