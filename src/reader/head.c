/*
 * head.c - the head of an official text: document number, issuer, date, title. A plan usually comes
 * inside a notice (关于印发《...》的通知) that is signed and dated, then the plan's own title
 * stands alone. Each is looked for by form and place; the notice is the fallback for the title.
 */
#include "reader/reader_private.h"

enum { TITLE_LINES_MAX = 5, TITLE_RUNES_MAX = 60, ORGAN_RUNES_MAX = 40 };

#define NO_LINE UINT32_MAX

static const char *const TITLE_WORDS[] = {
    "方案", "措施", "举措", "计划",   "意见", "细则", "规划",   "办法", "要点", "分解",
    "行动", "清单", "分工", "任务书", "政策", "安排", "任务表", "规定", NULL};

typedef struct Head {
    Reader *reader;
    const Text *text;
    uint32_t numbered_line; /* first line that is surely inside the body */
    uint32_t signed_line;   /* line of the date under the notice, NO_LINE if none */
    uint32_t title_first;
    uint32_t title_last;
} Head;

static Str line_str(const Head *head, uint32_t index) {
    return text_at(head->text, head->text->lines.items[index].span);
}

bool line_is_date(const Text *text, const Line *line, Day *out) {
    Str words = text_at(text, line->span);
    if (words.len > 60) {
        return false;
    }
    if (str_starts(words, STR("(")) && str_ends(words, STR(")")) && words.len > 2) {
        words = str_slice(words, 1, words.len - 2);
    }
    size_t len = date_read(words, 0, out);
    return len > 0 && (len == words.len || str_equal(str_from(words, len), STR("印发")));
}

bool line_is_organ(const Text *text, const Line *line) {
    static const char *const ENDS[] = {"政府",   "办公室", "办公厅", "国务院", "管委会",
                                       "委员会", "局",     "厅",     "部",     "委",
                                       "小组",   "专班",   NULL};
    static const char *const STOPS[] = {"。",   ",",    ":",  ";",  "关于",
                                        "方案", "通知", "各", "、", NULL};
    Str words = text_at(text, line->span);
    return words.len >= 9 && words.len <= (size_t)ORGAN_RUNES_MAX * 3 && !words_in(words, STOPS) &&
           marker_read(words).style == MARKER_NONE && words_before(words, words.len, ENDS) > 0;
}

/* ---- issuer and date ------------------------------------------------------------------------ */

/* The bytes of an organ's name before a date on the same line ("某市政府 2024年7月1日"). */
static size_t organ_before_date(const Head *head, uint32_t index, Day *day) {
    Str words = line_str(head, index);
    if (words.len > 150) {
        return 0;
    }
    for (size_t at = 9; at < words.len; at += rune_len_at(words, at)) {
        size_t len = date_read(words, at, day);
        bool is_end = at + len == words.len || str_equal(str_from(words, at + len), STR("印发"));
        if (len > 0 && is_end) {
            Line organ = head->text->lines.items[index];
            organ.span.to = organ.span.from + (uint32_t)at;
            return line_is_organ(head->text, &organ) ? at : 0;
        }
    }
    return 0;
}

static Str raw_of(const Head *head, Span span) {
    return text_raw(head->reader->arena, head->text, span);
}

/* The organs that sign above the date; joint ones stand on lines of their own. */
static Str organs_above(const Head *head, uint32_t index) {
    enum { ORGANS_MAX = 8 };
    Str names = STR("");
    for (uint32_t i = index; i > 0 && index - i < ORGANS_MAX; i--) {
        const Line *line = &head->text->lines.items[i - 1];
        if (!line_is_organ(head->text, line)) {
            break;
        }
        Str name = raw_of(head, line->span);
        if (names.len == 0) {
            names = name;
        } else {
            names =
                str_print(head->reader->arena, STR_FMT "、" STR_FMT, STR_ARG(name), STR_ARG(names));
        }
    }
    return names;
}

/* Looks for a signature among lines [from, to); the first that names an organ wins, else the first
 * date. */
static void signature_find(Head *head, uint32_t from, uint32_t to) {
    Plan *plan = head->reader->plan;
    for (uint32_t i = from; i < to; i++) {
        Day day = DAY_NONE;
        Str organ = STR("");
        size_t same_line = 0;
        if (line_is_date(head->text, &head->text->lines.items[i], &day)) {
            organ = organs_above(head, i);
        } else if ((same_line = organ_before_date(head, i, &day)) > 0) {
            Span span = head->text->lines.items[i].span;
            span.to = span.from + (uint32_t)same_line;
            organ = raw_of(head, span);
        } else {
            continue;
        }
        if (head->signed_line == NO_LINE || organ.len > 0) {
            head->signed_line = i;
            plan->date = day;
            plan->issuer = organ;
        }
        if (organ.len > 0) {
            return;
        }
    }
}

static size_t dashed_number(Str text, size_t at, int32_t *out) {
    size_t len = 0;
    int32_t value = 0;
    while (len < 4 && rune_is_digit(rune_at(text, at + len))) {
        value = value * 10 + (text.at[at + len] - '0');
        len++;
    }
    *out = value;
    return len;
}

/* "2024-07-10" or "2024/7/10" at byte at. */
static bool dashed_date_read(Str text, size_t at, Day *out) {
    DayParts parts;
    size_t len = dashed_number(text, at, &parts.year);
    char separator = at + len < text.len ? text.at[at + len] : '\0';
    if (len != 4 || (separator != '-' && separator != '/' && separator != '.')) {
        return false;
    }
    at += len + 1;
    len = dashed_number(text, at, &parts.month);
    if (len == 0 || at + len >= text.len || text.at[at + len] != separator) {
        return false;
    }
    len = dashed_number(text, at + len + 1, &parts.day);
    if (len == 0 || !day_is_valid(parts)) {
        return false;
    }
    *out = day_of(parts);
    return true;
}

/* "成文日期:2024-07-10" as web pages of governments print above the text. */
static void date_from_label(Head *head) {
    static const char *const LABELS[] = {"成文日期", "发文日期", "印发日期", "生成日期",
                                         "发布日期", "发布时间", NULL};
    uint32_t end = head->numbered_line;
    for (uint32_t i = 0; i < end; i++) {
        Str words = line_str(head, i);
        size_t at = words.len > 2000 ? SIZE_MAX : words_find(words, LABELS, 0);
        if (at == SIZE_MAX || at + 13 > words.len) {
            continue;
        }
        at += 12;
        at += rune_at(words, at) == ':' ? 1 : 0;
        Day day;
        if (dashed_date_read(words, at, &day) || date_read(words, at, &day) > 0) {
            head->reader->plan->date = day;
            return;
        }
    }
}

/* "发文机关:某市人民政府" as web pages of governments print above the text. */
static void issuer_from_label(Head *head, uint32_t end) {
    static const char *const LABELS[] = {
        "发文机关:", "发布机构:", "制发机关:", "发文单位:", "发布机关:", "成文机关:", NULL};
    Plan *plan = head->reader->plan;
    for (uint32_t i = 0; i < end && plan->issuer.len == 0; i++) {
        Line line = head->text->lines.items[i];
        Str words = text_at(head->text, line.span);
        size_t at = words.len > 600 ? SIZE_MAX : words_find(words, LABELS, 0);
        if (at == SIZE_MAX) {
            continue;
        }
        line.span.from += (uint32_t)(at + 13);
        uint32_t to = line.span.from;
        while (to < line.span.to &&
               (to == line.span.from || text_glyph(head->text, to)->space == 0)) {
            to += (uint32_t)rune_len_at(words, to - head->text->lines.items[i].span.from);
        }
        line.span.to = to;
        plan->issuer = line_is_organ(head->text, &line) ? raw_of(head, line.span) : STR("");
    }
}

/* "某市人民政府(办公室)关于印发..." or a line above it, or the red head "某市人民政府文件". */
static void issuer_from_notice(Head *head, uint32_t end) {
    Plan *plan = head->reader->plan;
    for (uint32_t i = 0; i < end && plan->issuer.len == 0; i++) {
        Line line = head->text->lines.items[i];
        Str words = text_at(head->text, line.span);
        size_t at = words.len > 600 ? SIZE_MAX : str_find(words, STR("关于印发"), 0);
        if (at == 0 && i > 0) {
            line = head->text->lines.items[i - 1];
        } else if (at != SIZE_MAX) {
            line.span.to = line.span.from + (uint32_t)at;
        } else if (str_ends(words, STR("文件"))) {
            line.span.to -= 6;
        } else {
            continue;
        }
        if (line_is_organ(head->text, &line)) {
            plan->issuer = raw_of(head, line.span);
        }
    }
}

/* ---- document number ------------------------------------------------------------------------ */

static size_t digits_back(Str text, size_t end) {
    size_t at = end;
    while (at > 0 && rune_is_digit((unsigned char)text.at[at - 1])) {
        at--;
    }
    return end - at;
}

/* Reads back from the 号 at byte hao: prefix, bracket, year, bracket, number. Returns the byte
 * where the prefix begins, SIZE_MAX when this is not a document number. */
static size_t number_start(Str words, size_t hao, Span *year, Span *serial) {
    static const char *const CLOSE[] = {"〕", ")", "》", "}", NULL};
    static const char *const OPEN[] = {"〔", "(", "《", "{", NULL};
    size_t serial_len = digits_back(words, hao);
    size_t at = hao - serial_len;
    size_t close = words_before(words, at, CLOSE);
    size_t year_end = at - close;
    size_t open = close == 0 || digits_back(words, year_end) != 4
                      ? 0
                      : words_before(words, year_end - 4, OPEN);
    if (serial_len == 0 || serial_len > 5 || open == 0) {
        return SIZE_MAX;
    }
    *year = (Span){(uint32_t)(year_end - 4), (uint32_t)year_end};
    *serial = (Span){(uint32_t)at, (uint32_t)hao};
    size_t prefix_end = year_end - 4 - open;
    size_t from = prefix_end;
    while (from > 0 && prefix_end - from < 45) {
        size_t back = rune_back(words, from);
        if (!rune_is_han(rune_at(words, back))) {
            break;
        }
        from = back;
    }
    return prefix_end - from >= 6 ? from : SIZE_MAX;
}

/* Below the title only a line of its own counts: the text quotes other documents' numbers. */
static bool doc_number_in_line(Head *head, const Line *line, uint32_t body_at) {
    static const char *const PROSE[] = {"按照", "根据", "依据", "贯彻", "落实", "关于", NULL};
    Str words = text_at(head->text, line->span);
    if (words.len > 600) {
        return false;
    }
    size_t hao = 0;
    while ((hao = str_find(words, STR("号"), hao)) != SIZE_MAX) {
        Span year;
        Span serial;
        size_t from = number_start(words, hao, &year, &serial);
        if (from != SIZE_MAX) {
            const Glyph *glyph = text_glyph(head->text, line->span.from + (uint32_t)from);
            bool is_in_head = line->span.from < body_at;
            bool is_alone = is_in_head && (from == 0 || glyph->space > 0 ||
                                           words.at[from - 1] == ':' || words.at[from - 1] == '|');
            bool is_bracketed = from == 1 && words.at[0] == '(' && str_ends(words, STR(")"));
            size_t tail = words.len - hao - 3;
            is_alone = is_alone || (from == 0 && tail == 0) || (is_bracketed && tail == 1);
            Str prefix = str_slice(words, from, year.from - from);
            if (is_alone && !words_in(prefix, PROSE)) {
                size_t open_len = year.from - rune_back(words, year.from);
                Span raw = {line->span.from + (uint32_t)from,
                            line->span.from + year.from - (uint32_t)open_len};
                Str number = str_slice(words, year.from, 4);
                head->reader->plan->doc_number =
                    str_print(head->reader->arena, STR_FMT "〔" STR_FMT "〕" STR_FMT "号",
                              STR_ARG(raw_of(head, raw)), STR_ARG(number),
                              STR_ARG(str_slice(words, serial.from, serial.to - serial.from)));
                return true;
            }
        }
        hao += 3;
    }
    return false;
}

/* ---- title ---------------------------------------------------------------------------------- */

static bool line_is_title_part(const Head *head, uint32_t index) {
    static const char *const STOPS[] = {"。",       ",",     ";",    ":", "|",
                                        "关于印发", "(此件", "通知", NULL};
    static const char *const ENDS[] = {"文件", "号", "人民政府", "办公室", "办公厅", NULL};
    const Line *line = &head->text->lines.items[index];
    Str words = text_at(head->text, line->span);
    Day day;
    return words.len <= (size_t)TITLE_RUNES_MAX * 3 && !words_in(words, STOPS) &&
           words_before(words, words.len, ENDS) == 0 && !line_is_date(head->text, line, &day) &&
           marker_read(words).style == MARKER_NONE;
}

/* The length of words without a bracket at the end: "...方案(2024-2027年)". */
static size_t len_without_bracket(Str words) {
    if (str_ends(words, STR("》"))) {
        return words.len - 3;
    }
    if (!str_ends(words, STR(")"))) {
        return words.len;
    }
    for (size_t at = words.len; at > 0; at--) {
        if (words.at[at - 1] == '(') {
            return at - 1;
        }
    }
    return words.len;
}

static bool line_is_title_end(const Head *head, uint32_t index) {
    Str words = line_str(head, index);
    return line_is_title_part(head, index) &&
           words_before(words, len_without_bracket(words), TITLE_WORDS) > 0;
}

/* A line "(2024-2027年)" or "(试行)" under the title. */
static bool line_is_title_tail(const Head *head, uint32_t index) {
    static const char *const WORDS[] = {"年", "试行", "修订", NULL};
    Str words = line_str(head, index);
    Day day;
    return words.len < 60 && str_starts(words, STR("(")) && str_ends(words, STR(")")) &&
           words_in(words, WORDS) &&
           !line_is_date(head->text, &head->text->lines.items[index], &day);
}

static bool title_find(Head *head, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        if (!line_is_title_end(head, i)) {
            continue;
        }
        uint32_t first = i;
        while (first > from && i - first + 1 < TITLE_LINES_MAX &&
               line_is_title_part(head, first - 1) && !line_is_title_end(head, first - 1)) {
            first--;
        }
        Str above = first > 0 ? line_str(head, first - 1) : STR("");
        if (text_has(above, "关于印发") && !text_has(above, "通知")) {
            continue; /* the middle of the notice's own title */
        }
        head->title_first = first;
        head->title_last = i;
        if (i + 1 < head->text->lines.count && line_is_title_tail(head, i + 1)) {
            head->title_last = i + 1;
        }
        return true;
    }
    return false;
}

/* The title inside "关于印发《...》的通知" or "关于印发...的通知". Empty if there is none. */
static Span notice_title(const Head *head, uint32_t end_line) {
    enum { NOTICE_BYTES_MAX = 400 };
    const Text *text = head->text;
    uint32_t end = end_line < text->lines.count ? text->lines.items[end_line].span.from
                                                : (uint32_t)text->fold.len;
    Str words = text_at(text, (Span){0, end});
    size_t at = str_find(words, STR("关于印发"), 0);
    if (at == SIZE_MAX) {
        return (Span){0, 0};
    }
    size_t from = at + 12;
    Str rest = str_slice(words, from, NOTICE_BYTES_MAX);
    size_t close = str_find(rest, STR("的通知"), 0);
    if (close == SIZE_MAX) {
        return (Span){0, 0};
    }
    Str inner = str_slice(rest, 0, close);
    if (str_starts(inner, STR("《"))) {
        from += 3;
        inner = str_from(inner, 3);
    }
    if (str_ends(inner, STR("》"))) {
        inner = str_slice(inner, 0, inner.len - 3);
    }
    if (words_before(inner, len_without_bracket(inner), TITLE_WORDS) == 0) {
        return (Span){0, 0};
    }
    return (Span){(uint32_t)from, (uint32_t)(from + inner.len)};
}

static bool marker_opens_body(const Marker *marker) {
    return marker->number == 1 && (marker->style == MARKER_CN || marker->style == MARKER_CN_PAREN ||
                                   marker->style == MARKER_CHAPTER);
}

static uint32_t numbered_line_find(const Head *head) {
    uint32_t count = (uint32_t)head->text->lines.count;
    uint32_t arabic = count;
    for (uint32_t i = 0; i < count; i++) {
        Marker marker = marker_read(line_str(head, i));
        TableHead table;
        if (marker_opens_body(&marker) ||
            table_head_read(head->text, &head->text->lines.items[i], &table)) {
            return i;
        }
        if (marker.style == MARKER_ARABIC && marker.number == 1 && arabic == count) {
            arabic = i;
        }
    }
    return arabic;
}

static void title_read(Head *head) {
    uint32_t count = (uint32_t)head->text->lines.count;
    uint32_t from = head->signed_line == NO_LINE ? 0 : head->signed_line + 1;
    bool has_title = title_find(head, from, head->numbered_line);
    if (!has_title && head->signed_line != NO_LINE && from > head->numbered_line) {
        /* The notice itself was numbered: the title follows its signature. */
        uint32_t to = from + 8 < count ? from + 8 : count;
        has_title = title_find(head, from, to);
    }
    has_title = has_title || title_find(head, 0, head->numbered_line);
    Span notice = notice_title(head, head->numbered_line);
    Span title = notice;
    if (has_title) {
        title = (Span){head->text->lines.items[head->title_first].span.from,
                       head->text->lines.items[head->title_last].span.to};
        Str alone = text_at(head->text, title);
        Str named = text_at(head->text, notice);
        bool is_cut = named.len > alone.len && str_ends(named, alone);
        title = is_cut ? notice : title;
        head->reader->body_line = head->title_last + 1;
    } else {
        head->reader->body_line =
            head->signed_line != NO_LINE && head->signed_line < head->numbered_line
                ? head->signed_line + 1
                : head->numbered_line;
    }
    Str words = text_at(head->text, title);
    if (str_starts(words, STR("《")) && str_ends(words, STR("》"))) {
        title = (Span){title.from + 3, title.to - 3};
        words = text_at(head->text, title);
    }
    head->reader->plan->title = raw_of(head, title);
    /* 2025-2027年 names a span, not a year. */
    size_t dash = str_find(words, STR("-"), 0);
    head->reader->title_year = dash == SIZE_MAX && !text_has(words, "至") ? only_year(words) : 0;
}

Status head_read(Reader *reader) {
    enum { TAIL_LINES = 30 };
    Head head = {.reader = reader, .text = &reader->text, .signed_line = NO_LINE};
    uint32_t count = (uint32_t)reader->text.lines.count;
    TRY(cx_steps(reader->cx, 1 + count));
    head.numbered_line = numbered_line_find(&head);
    signature_find(&head, 0, head.numbered_line);
    title_read(&head);
    uint32_t end = reader->body_line < head.numbered_line ? reader->body_line : head.numbered_line;
    uint32_t body_at = end < count ? reader->text.lines.items[end].span.from : UINT32_MAX;
    for (uint32_t i = 0; i < head.numbered_line; i++) {
        if (doc_number_in_line(&head, &reader->text.lines.items[i], body_at)) {
            break;
        }
    }
    if (head.signed_line == NO_LINE) {
        date_from_label(&head);
        uint32_t tail = count > TAIL_LINES ? count - TAIL_LINES : 0;
        signature_find(&head, tail > reader->body_line ? tail : reader->body_line, count);
    }
    if (reader->plan->issuer.len == 0) {
        issuer_from_label(&head, end);
        issuer_from_notice(&head, end);
    }
    Span first = {0, reader->text.lines.items[0].span.to};
    if (reader->plan->title.len == 0) {
        doubt_add(reader, first, "没有找到方案标题");
    }
    if (reader->plan->issuer.len == 0) {
        doubt_add(reader, first, "没有找到发文机关");
    }
    if (reader->plan->doc_number.len == 0) {
        doubt_add(reader, first, "没有找到发文字号");
    }
    if (reader->plan->date.number == DAY_NONE.number) {
        doubt_add(reader, first, "没有找到成文日期");
    }
    return STATUS_OK;
}
