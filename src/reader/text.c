/*
 * text.c - from bytes to folded text: encodings, control characters, full-width and traditional
 * forms, lines. Reading order: decode, then the fold of one rune, then the walk over the source.
 */
#include "base/limits.h"
#include "reader/reader_private.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

const char *plan_encoding_text(PlanEncoding encoding) {
    switch (encoding) {
#define X(name, text)                                                                              \
    case PLAN_ENCODING_##name:                                                                     \
        return text;
        PLAN_ENCODING_LIST(X)
#undef X
    }
    check(false);
    return "";
}

/* ---- decoding ------------------------------------------------------------------------------- */

static Status encoding_fault(Cx *cx) {
    Status status = fault(cx, STATUS_INVALID, "文件既不是 UTF-8 也不是 GB 18030 编码的文本");
    fault_hint(cx, "请把文件另存为 UTF-8 纯文本再试");
    return status;
}

/* Converts GB 18030 to UTF-8 strictly: one bad byte and the text is refused. */
static Status gb18030_decode(Cx *cx, Str bytes, Str *out) {
    size_t room = bytes.len * 2 + 16;
    char *to = arena_alloc(cx->arena, room);
    char *to_at = to;
    size_t to_left = room;
    /* iconv takes a pointer to char *, although it never writes to the input. */
    char *from_at = arena_alloc(cx->arena, bytes.len + 1);
    memcpy(from_at, bytes.at, bytes.len);
    size_t from_left = bytes.len;
    iconv_t handle = iconv_open("UTF-8", "GB18030");
    if (handle == (iconv_t)-1) {
        return fault(cx, STATUS_IO, "系统缺少 GB 18030 编码转换表");
    }
    size_t result = iconv(handle, &from_at, &from_left, &to_at, &to_left);
    int closed = iconv_close(handle);
    if (result == (size_t)-1 || from_left != 0 || closed != 0) {
        return encoding_fault(cx);
    }
    *out = (Str){to, (size_t)(to_at - to)};
    return str_is_utf8(*out) ? STATUS_OK : encoding_fault(cx);
}

static Status known_formats_refuse(Cx *cx, Str bytes) {
    static const struct {
        const char *magic;
        const char *name;
    } formats[] = {
        {"%PDF", "PDF 文件"},
        {"PK\x03\x04", "Word 或压缩文件"},
        {"\xd0\xcf\x11\xe0", "旧版 Word 文件"},
        {"\xff\xfe", "UTF-16 文本"},
        {"\xfe\xff", "UTF-16 文本"},
        {"{\\rtf", "RTF 文件"},
    };
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (str_starts(bytes, str_of(formats[i].magic))) {
            Status status = fault(cx, STATUS_INVALID, "这是%s，不是纯文本", formats[i].name);
            fault_hint(cx, "请先打开它，另存为 UTF-8 纯文本（.txt）");
            return status;
        }
    }
    return STATUS_OK;
}

static bool is_control_refused(unsigned char c) {
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\v') || c == 0x7f;
}

static Status controls_refuse(Cx *cx, Str text) {
    int64_t line = 1;
    int64_t column = 1;
    for (size_t at = 0; at < text.len; at++) {
        unsigned char c = (unsigned char)text.at[at];
        if (c == 0) {
            return fault_at_line(cx, STATUS_INVALID, line, column, "文件里有空字节，不是纯文本");
        }
        if (is_control_refused(c)) {
            return fault_at_line(cx, STATUS_INVALID, line, column,
                                 "文件里有控制字符 0x%02x，不是纯文本", c);
        }
        if (c == '\n') {
            line++;
            column = 1;
        } else if ((c & 0xc0) != 0x80) {
            column++;
        }
    }
    return STATUS_OK;
}

Status plan_text_decode(Cx *cx, Str bytes, PlanText *out) {
    check(cx != NULL);
    check(out != NULL);
    if (bytes.len > LIMIT_PLAN_BYTES_MAX) {
        return fault(cx, STATUS_LIMIT, "文件有 %zu 字节，超过上限 %d 字节", bytes.len,
                     (int)LIMIT_PLAN_BYTES_MAX);
    }
    TRY(cx_steps(cx, 1 + bytes.len / 64));
    TRY(known_formats_refuse(cx, bytes));
    PlanText text = {STR_NONE, PLAN_ENCODING_UTF8};
    Str rest = str_starts(bytes, STR("\xef\xbb\xbf")) ? str_from(bytes, 3) : bytes;
    if (memchr(rest.at == NULL ? "" : rest.at, 0, rest.len) != NULL) {
        return controls_refuse(cx, rest);
    }
    if (str_is_utf8(rest)) {
        text.utf8 = str_dup(cx->arena, rest);
    } else {
        TRY(gb18030_decode(cx, rest, &text.utf8));
        text.encoding = PLAN_ENCODING_GB18030;
    }
    TRY(controls_refuse(cx, text.utf8));
    if (str_trim(text.utf8).len == 0) {
        return fault(cx, STATUS_INVALID, "文件是空的");
    }
    *out = text;
    return STATUS_OK;
}

/* ---- folding one rune ----------------------------------------------------------------------- */

/* Pairs traditional, simplified: the words of the grammar, of organs, goods and measures. */
static const char TRADITIONAL[] =
    "發发現现實实業业務务單单責责導导牽牵頭头門门負负職职農农機机車车輛辆萬万億亿個个臺台檯台"
    "場场處处戶户項项達达過过約约較较長长減减壓压縮缩擴扩產产廠厂廢废舊旧換换電电標标準准劃划"
    "動动設设備备規规質质總总體体點点區区縣县鎮镇鄉乡國国辦办廳厅會会聯联團团隊队護护環环態态"
    "財财資资貿贸運运輸输衛卫醫医療疗學学術术監监稅税審审計计統统調调層层樓楼營营銷销購购買买"
    "賣卖貸贷額额歲岁噸吨畝亩號号屆届從从為为於于還还進进遠远選选適适應应開开關关階阶際际險险"
    "隨随雙双離离難难雲云靈灵預预領领題题類类風风飛飞養养驗验龍龙齊齐倉仓傳传優优儲储兩两冊册"
    "則则創创劑剂勞劳勢势協协參参員员問问啟启嚴严園园圍围執执堅坚報报壞坏夠够寫写將将專专對对"
    "屬属島岛師师帶带幣币幾几廣广張张強强後后徑径復复徵征憑凭戰战據据擔担擬拟擇择數数斷断時时"
    "書书條条極极構构樣样檢检權权歐欧歷历歸归殘残氣气決决滅灭滿满滾滚灣湾無无煙烟熱热燈灯爐炉"
    "爭争狀状獎奖獨独畫画異异當当礎础禮礼種种稱称穩稳競竞節节範范築筑簡简籌筹級级紅红納纳純纯"
    "紙纸終终組组細细結结給给絡络經经綠绿維维網网綜综緊紧線线練练續续罰罚義义習习聲声舉举興兴"
    "藝艺藥药虧亏補补裝装製制複复見见視视覽览觀观記记訂订討讨訓训許许評评試试話话該该認认語语"
    "誤误說说課课論论證证識识議议讓让貢贡販贩貨货貫贯費费賽赛贈赠趨趋軌轨軍军軟软載载輔辅輕轻"
    "輪轮轄辖轉转連连遊游遞递遲迟郵邮採采釋释針针鋼钢鐵铁錄录鍋锅鍵键鑑鉴間间陽阳陸陆雜杂須须"
    "頻频顯显飲饮館馆驅驱鮮鲜麥麦黨党齡龄濰潍東东蘇苏遼辽寧宁慶庆漢汉濟济滬沪陝陕贛赣魯鲁貴贵"
    "瓊琼潔洁樁桩橋桥纜缆飼饲蓋盖鑄铸價价彙汇匯汇係系裏里裡里餘余並并佔占佈布週周昇升幹干乾干"
    "製制麵面確确積积溫温濕湿汙污溝沟澤泽漁渔滲渗測测沒没檔档滾滚臨临櫃柜擊击營营轎轿覆覆貼贴";

static uint16_t *traditional_table(Arena *arena) {
    uint16_t *table = arena_array(arena, uint16_t, 0x10000);
    Str pairs = {TRADITIONAL, sizeof TRADITIONAL - 1};
    size_t at = 0;
    while (at < pairs.len) {
        uint32_t from = str_rune(pairs, &at);
        check(at < pairs.len);
        uint32_t to = str_rune(pairs, &at);
        check(from <= 0xffff);
        table[from] = (uint16_t)to;
    }
    return table;
}

/* Punctuation that has one spelling in the fold. ASCII forms of U+FF01..U+FF5E are done by
 * arithmetic before this. 0 drops the rune. */
static uint32_t punctuation_fold(uint32_t rune) {
    static const struct {
        uint32_t from;
        uint32_t to;
    } pairs[] = {
        {'<', 0x300a},    {'>', 0x300b},    {'[', '('},       {']', ')'},       {0x3010, '('},
        {0x3011, ')'},    {0x3014, 0x3014}, {0x3008, 0x300a}, {0x3009, 0x300b}, {0x2236, ':'},
        {0xfe30, ':'},    {0xfe55, ':'},    {0x2014, '-'},    {0x2013, '-'},    {0x2015, '-'},
        {0x2500, '-'},    {0x2212, '-'},    {0x2010, '-'},    {0x2011, '-'},    {0x301c, '~'},
        {0x223c, '~'},    {0xfe6a, '%'},    {0xfe50, ','},    {0xfe51, 0x3001}, {0xff64, 0x3001},
        {0xff61, 0x3002}, {0x300c, 0x201c}, {0x300d, 0x201d}, {0x300e, 0x201c}, {0x300f, 0x201d},
        {0x2018, 0x201c}, {0x2019, 0x201d}, {0x25cb, 0x3007}, {0x25ef, 0x3007}, {0xfe59, '('},
        {0xfe5a, ')'},    {0xfe54, ';'},    {0xfe5d, 0x3014}, {0xfe5e, 0x3015}, {0x200b, 0},
        {0x200c, 0},      {0x200d, 0},      {0x2060, 0},      {0xfeff, 0},      {0xad, 0},
        {0xfffd, 0},      {0x2502, '|'},    {0x2503, '|'},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (pairs[i].from == rune) {
            return pairs[i].to;
        }
    }
    return rune;
}

static uint32_t rune_fold(const uint16_t *traditional, uint32_t rune) {
    if (rune >= 0xff01 && rune <= 0xff5e) {
        rune -= 0xfee0;
    }
    if (rune < 0x80 && rune != '<' && rune != '>' && rune != '[' && rune != ']') {
        return rune;
    }
    if (rune >= 0x4e00 && rune <= 0x9fff) {
        return traditional[rune] != 0 ? traditional[rune] : rune;
    }
    return punctuation_fold(rune);
}

static uint32_t space_columns(uint32_t rune) {
    if (rune == ' ' || rune == 0xa0 || (rune >= 0x2000 && rune <= 0x200a) || rune == 0x202f ||
        rune == '\v' || rune == '\f' || rune == 0x1680 || rune == 0x205f) {
        return 1;
    }
    return rune == 0x3000 ? 2 : 0;
}

/* ---- the walk over the source --------------------------------------------------------------- */

typedef struct Folder {
    Cx *cx;
    Text *text;
    const uint16_t *traditional;
    char *fold;
    uint32_t fold_len;
    uint32_t number; /* of the line */
    uint32_t column;
    uint32_t space; /* columns since the last glyph of the line */
    bool has_tab;
    bool is_quoting; /* an ASCII quotation mark is open on this line */
    bool is_after_blank;
    Line line; /* being read */
} Folder;

static void glyph_add(Folder *folder, Span raw, uint32_t rune) {
    Text *text = folder->text;
    if (folder->line.span.from == folder->fold_len) {
        folder->line.indent = folder->space;
    }
    Glyph *glyph = &text->glyphs[text->glyph_count];
    *glyph = (Glyph){.raw_at = raw.from,
                     .line = folder->number,
                     .column = folder->column,
                     .raw_len = (uint8_t)(raw.to - raw.from)};
    uint32_t space = folder->space > SPACE_MAX ? SPACE_MAX : folder->space;
    glyph->is_line_start = folder->line.span.from == folder->fold_len;
    glyph->space = folder->has_tab ? SPACE_TAB : (uint8_t)space;
    char bytes[4];
    size_t len = str_rune_put(rune, bytes);
    check(len > 0);
    for (size_t i = 0; i < len; i++) {
        folder->fold[folder->fold_len] = bytes[i];
        text->glyph_of_byte[folder->fold_len] = text->glyph_count;
        folder->fold_len++;
    }
    folder->line.width += folder->space + (rune < 0x80 ? 1 : 2);
    text->glyph_count++;
    folder->space = 0;
    folder->has_tab = false;
}

/* A line that holds only a page number, as printed from a page layout: "- 3 -". */
static bool line_is_page_number(Str line) {
    if (line.len < 3 || line.at[0] != '-' || line.at[line.len - 1] != '-') {
        return false;
    }
    for (size_t i = 0; i < line.len; i++) {
        if (line.at[i] != '-' && !rune_is_digit((unsigned char)line.at[i])) {
            return false;
        }
    }
    return true;
}

static void line_end(Folder *folder) {
    Text *text = folder->text;
    Span span = {folder->line.span.from, folder->fold_len};
    Str fold = {folder->fold + span.from, span.to - span.from};
    if (fold.len == 0) {
        folder->is_after_blank = true;
    } else if (line_is_page_number(fold)) {
        /* Its glyphs leave the fold, so that a paragraph runs on over the page. */
        text->glyph_count = text->glyph_of_byte[span.from];
        folder->fold_len = span.from;
    } else {
        folder->line.span = span;
        folder->line.number = folder->number;
        folder->line.is_after_blank = folder->is_after_blank;
        *vec_push(folder->cx->arena, &text->lines) = folder->line;
        folder->is_after_blank = false;
    }
    folder->line = (Line){.span = {folder->fold_len, folder->fold_len}};
    folder->number++;
    folder->column = 0;
    folder->is_quoting = false;
    folder->space = 0;
    folder->has_tab = false;
}

static void rune_read(Folder *folder, Span raw, uint32_t rune) {
    folder->column++;
    if (rune == '\n' || rune == 0x2028 || rune == 0x2029 || rune == 0x85) {
        line_end(folder);
        return;
    }
    if (rune == '\t') {
        folder->has_tab = true;
        folder->space += 4;
        return;
    }
    uint32_t columns = space_columns(rune);
    bool is_at_start = folder->line.span.from == folder->fold_len;
    /* Marks of Markdown: headings and bold. */
    bool is_mark = rune == '*' || (rune == '#' && is_at_start);
    uint32_t folded = rune == '\r' || is_mark ? 0 : rune_fold(folder->traditional, rune);
    if (rune == '"' || rune == '\'' || rune == 0xff02) {
        folded = folder->is_quoting ? 0x201d : 0x201c;
        folder->is_quoting = !folder->is_quoting;
    }
    if (columns > 0) {
        folder->space += columns;
    } else if (folded != 0) {
        glyph_add(folder, raw, folded);
    }
}

/* The width at which a text was wrapped by hand: many lines come close to the longest. */
static uint32_t wrap_width(const LineVec *lines) {
    enum { WIDTH_MAX = 130, WIDTH_MIN = 24, NEAR = 6, LINES_MIN = 6 };
    uint32_t longest = 0;
    for (size_t i = 0; i < lines->count; i++) {
        longest = lines->items[i].width > longest ? lines->items[i].width : longest;
    }
    if (longest > WIDTH_MAX || longest < WIDTH_MIN || lines->count < LINES_MIN) {
        return 0;
    }
    size_t near_count = 0;
    for (size_t i = 0; i < lines->count; i++) {
        near_count += lines->items[i].width + NEAR >= longest ? 1 : 0;
    }
    return near_count * 4 >= lines->count ? longest : 0;
}

Status text_fold(Cx *cx, Str source, Text *out) {
    check(source.len <= UINT32_MAX / 4);
    check(out != NULL);
    Text text = {.source = source};
    /* The fold is never longer than the source, except 3 bytes for '<' and '>'. */
    size_t room = source.len * 3 + 4;
    text.glyphs = arena_array(cx->arena, Glyph, source.len + 1);
    text.glyph_of_byte = arena_array(cx->arena, uint32_t, room + 1);
    Folder folder = {.cx = cx, .text = &text, .number = 1};
    folder.fold = arena_alloc(cx->arena, room);
    folder.traditional = traditional_table(cx->arena);
    size_t at = 0;
    while (at < source.len) {
        TRY(cx_step(cx));
        Span raw = {.from = (uint32_t)at};
        uint32_t rune = str_rune(source, &at);
        raw.to = (uint32_t)at;
        rune_read(&folder, raw, rune);
    }
    line_end(&folder);
    text.fold = (Str){folder.fold, folder.fold_len};
    text.glyph_of_byte[folder.fold_len] = text.glyph_count;
    text.wrap_width = wrap_width(&text.lines);
    *out = text;
    return STATUS_OK;
}

Str text_at(const Text *text, Span span) {
    check(span.from <= span.to);
    check(span.to <= text->fold.len);
    return (Str){text->fold.at + span.from, span.to - span.from};
}

const Glyph *text_glyph(const Text *text, uint32_t at) {
    check(at < text->fold.len);
    return &text->glyphs[text->glyph_of_byte[at]];
}

static bool is_ascii_word(char c) {
    unsigned char byte = (unsigned char)c;
    return rune_is_digit(byte) || rune_is_letter(byte);
}

Str text_raw(Arena *arena, const Text *text, Span span) {
    check(span.from <= span.to);
    if (span.from == span.to) {
        return STR("");
    }
    uint32_t first = text->glyph_of_byte[span.from];
    uint32_t last = text->glyph_of_byte[span.to - 1];
    char *out = arena_alloc(arena, (size_t)(last - first + 1) * 5 + 1);
    size_t len = 0;
    for (uint32_t i = first; i <= last; i++) {
        const Glyph *glyph = &text->glyphs[i];
        const char *raw = text->source.at + glyph->raw_at;
        if (len > 0 && glyph->space > 0 && is_ascii_word(out[len - 1]) && is_ascii_word(raw[0])) {
            out[len++] = ' ';
        }
        memcpy(out + len, raw, glyph->raw_len);
        len += glyph->raw_len;
    }
    return (Str){out, len};
}

Span span_trim(const Text *text, Span span) {
    static const char *const EDGES[] = {"、", ",", ";", "。", ":", ".", "|", "!", "?", NULL};
    size_t len;
    while (span.from < span.to && (len = words_at(text_at(text, span), 0, EDGES)) > 0) {
        span.from += (uint32_t)len;
    }
    while (span.from < span.to &&
           (len = words_before(text_at(text, span), span.to - span.from, EDGES)) > 0) {
        span.to -= (uint32_t)len;
    }
    return span;
}

void doubt_add(Reader *reader, Span span, const char *reason) {
    enum { QUOTE_BYTES_MAX = 240 };
    if (span.from >= reader->text.fold.len) {
        return;
    }
    const Glyph *glyph = text_glyph(&reader->text, span.from);
    Span quote = span;
    if (quote.to - quote.from > QUOTE_BYTES_MAX) {
        size_t end = quote.from + QUOTE_BYTES_MAX;
        while (end > quote.from && ((unsigned char)reader->text.fold.at[end] & 0xc0) == 0x80) {
            end--;
        }
        quote.to = (uint32_t)end;
    }
    PlanDoubt *doubt = vec_push(reader->arena, &reader->plan->doubts);
    doubt->line = glyph->line;
    doubt->column = glyph->column;
    doubt->quote = text_raw(reader->arena, &reader->text, quote);
    doubt->reason = str_of(reason);
}
