/*
 * measure.c - one quantity in a clause: number, unit, the words of comparison before and after it.
 *
 *   ...较2023年 增长 约 30 %  以上        before ─▶ from ─▶ to ─▶ end
 *              before  from  to   end
 */
#include "reader/reader_private.h"

enum { DIGITS_MAX = 15, SCALE_MAX = 9 };

typedef struct MeasureWord {
    const char *text;
    MeasureClass measure;
} MeasureWord;

/* MEASURE_NONE here: a property of a thing (220千伏, 3A级), never an amount of the plan. */
static const MeasureWord MEASURES[] = {
    {"%", MEASURE_PERCENT},
    {"‰", MEASURE_PERCENT},
    {"个百分点", MEASURE_POINT},
    {"百分点", MEASURE_POINT},
    {"倍", MEASURE_FACTOR},
    {"元", MEASURE_MONEY},
    {"美元", MEASURE_MONEY},
    {"元人民币", MEASURE_MONEY},
    {"吨", MEASURE_PHYSICAL},
    {"吨标准煤", MEASURE_PHYSICAL},
    {"吨标煤", MEASURE_PHYSICAL},
    {"公斤", MEASURE_PHYSICAL},
    {"千克", MEASURE_PHYSICAL},
    {"克", MEASURE_PHYSICAL},
    {"公里", MEASURE_PHYSICAL},
    {"千米", MEASURE_PHYSICAL},
    {"米", MEASURE_PHYSICAL},
    {"平方米", MEASURE_PHYSICAL},
    {"平米", MEASURE_PHYSICAL},
    {"㎡", MEASURE_PHYSICAL},
    {"立方米", MEASURE_PHYSICAL},
    {"立方", MEASURE_PHYSICAL},
    {"方", MEASURE_PHYSICAL},
    {"平方公里", MEASURE_PHYSICAL},
    {"公顷", MEASURE_PHYSICAL},
    {"亩", MEASURE_PHYSICAL},
    {"千瓦", MEASURE_PHYSICAL},
    {"千瓦时", MEASURE_PHYSICAL},
    {"兆瓦", MEASURE_PHYSICAL},
    {"兆瓦时", MEASURE_PHYSICAL},
    {"吉瓦", MEASURE_PHYSICAL},
    {"MW", MEASURE_PHYSICAL},
    {"GW", MEASURE_PHYSICAL},
    {"kW", MEASURE_PHYSICAL},
    {"kWh", MEASURE_PHYSICAL},
    {"度", MEASURE_PHYSICAL},
    {"升", MEASURE_PHYSICAL},
    {"蒸吨", MEASURE_PHYSICAL},
    {"千伏安", MEASURE_PHYSICAL},
    {"吨/日", MEASURE_PHYSICAL},
    {"吨/天", MEASURE_PHYSICAL},
    {"吨/年", MEASURE_PHYSICAL},
    {"立方米/日", MEASURE_PHYSICAL},
    {"克标准煤/千瓦时", MEASURE_PHYSICAL},
    {"吨标准煤/万元", MEASURE_PHYSICAL},
    {"年", MEASURE_TIME},
    {"月", MEASURE_TIME},
    {"日", MEASURE_TIME},
    {"天", MEASURE_TIME},
    {"小时", MEASURE_TIME},
    {"分钟", MEASURE_TIME},
    {"秒", MEASURE_TIME},
    {"个月", MEASURE_TIME},
    {"个工作日", MEASURE_TIME},
    {"工作日", MEASURE_TIME},
    {"个小时", MEASURE_TIME},
    {"周", MEASURE_TIME},
    {"个季度", MEASURE_TIME},
    {"季度", MEASURE_TIME},
    {"千伏", MEASURE_NONE},
    {"kV", MEASURE_NONE},
    {"蒸吨/小时", MEASURE_NONE},
    {"级", MEASURE_NONE},
    {"岁", MEASURE_NONE},
    {"号", MEASURE_NONE},
    {"层", MEASURE_NONE},
    {"星", MEASURE_NONE},
    {"大", MEASURE_NONE},
    {"折", MEASURE_NONE},
    {"类", MEASURE_NONE},
    {"型", MEASURE_NONE},
    {"辆", MEASURE_COUNT},
    {"台", MEASURE_COUNT},
    {"套", MEASURE_COUNT},
    {"家", MEASURE_COUNT},
    {"个", MEASURE_COUNT},
    {"座", MEASURE_COUNT},
    {"场", MEASURE_COUNT},
    {"场次", MEASURE_COUNT},
    {"次", MEASURE_COUNT},
    {"户", MEASURE_COUNT},
    {"户次", MEASURE_COUNT},
    {"处", MEASURE_COUNT},
    {"项", MEASURE_COUNT},
    {"件", MEASURE_COUNT},
    {"部", MEASURE_COUNT},
    {"栋", MEASURE_COUNT},
    {"幢", MEASURE_COUNT},
    {"所", MEASURE_COUNT},
    {"条", MEASURE_COUNT},
    {"艘", MEASURE_COUNT},
    {"架", MEASURE_COUNT},
    {"支", MEASURE_COUNT},
    {"组", MEASURE_COUNT},
    {"把", MEASURE_COUNT},
    {"床", MEASURE_COUNT},
    {"张", MEASURE_COUNT},
    {"间", MEASURE_COUNT},
    {"名", MEASURE_COUNT},
    {"位", MEASURE_COUNT},
    {"款", MEASURE_COUNT},
    {"门", MEASURE_COUNT},
    {"单", MEASURE_COUNT},
    {"份", MEASURE_COUNT},
    {"例", MEASURE_COUNT},
    {"人", MEASURE_COUNT},
    {"人次", MEASURE_COUNT},
    {"车次", MEASURE_COUNT},
    {"辆次", MEASURE_COUNT},
    {"台次", MEASURE_COUNT},
    {"班次", MEASURE_COUNT},
    {"只", MEASURE_COUNT},
    {"眼", MEASURE_COUNT},
    {"口", MEASURE_COUNT},
    {"盏", MEASURE_COUNT},
    {"枪", MEASURE_COUNT},
    {"根", MEASURE_COUNT},
    {"种", MEASURE_COUNT},
    {"期", MEASURE_COUNT},
    {"轮", MEASURE_COUNT},
    {"宗", MEASURE_COUNT},
    {"标台", MEASURE_COUNT},
    {"桩", MEASURE_COUNT},
    {"家次", MEASURE_COUNT},
    {"批次", MEASURE_COUNT},
    {"批", MEASURE_COUNT},
    {"头", MEASURE_COUNT},
    {"棵", MEASURE_COUNT},
    {"株", MEASURE_COUNT},
    {"村", MEASURE_COUNT},
    {"站", MEASURE_COUNT},
};

static const char *const MAGNITUDES[] = {"万亿", "千亿", "百亿", "亿", "千万",
                                         "百万", "万",   "千",   "百", NULL};
static const char *const MORE[] = {"余", "多", NULL};

static bool number_set(Reader *reader, Str digits, PlanNumber *out) {
    Buf *text = buf_in(reader->arena, 64);
    int64_t scaled = 0;
    int count = 0;
    int32_t scale = -1;
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.at[i];
        if (c == ',') {
            continue;
        }
        buf_put_char(text, c);
        if (c == '.') {
            scale = 0;
            continue;
        }
        scaled = scaled * 10 + (c - '0');
        count++;
        scale += scale >= 0 ? 1 : 0;
        if (count > DIGITS_MAX) {
            return false;
        }
    }
    scale = scale < 0 ? 0 : scale;
    /* "007" is no JSON number. */
    Str raw = buf_str(text);
    size_t zeros = 0;
    while (zeros + 1 < raw.len && raw.at[zeros] == '0' && raw.at[zeros + 1] != '.') {
        zeros++;
    }
    if (scale > SCALE_MAX) {
        return false;
    }
    *out = (PlanNumber){str_dup(reader->arena, str_from(raw, zeros)), scaled, scale, true};
    return true;
}

static void number_set_int(Reader *reader, int64_t value, PlanNumber *out) {
    *out = (PlanNumber){str_print(reader->arena, "%lld", (long long)value), value, 0, true};
}

static bool is_group_comma(Str text, size_t at) {
    for (size_t i = 1; i <= 3; i++) {
        if (!rune_is_digit(rune_at(text, at + i))) {
            return false;
        }
    }
    return !rune_is_digit(rune_at(text, at + 4));
}

/* The bytes of an ASCII number at byte at: 1,234.5 */
static size_t digits_len(Str text, size_t at) {
    size_t end = at;
    while (rune_is_digit(rune_at(text, end)) ||
           (end > at && rune_at(text, end) == ',' && end - at <= 12 && is_group_comma(text, end))) {
        end++;
    }
    if (end > at && rune_at(text, end) == '.' && rune_is_digit(rune_at(text, end + 1))) {
        end++;
        while (rune_is_digit(rune_at(text, end))) {
            end++;
        }
    }
    return end - at;
}

static size_t measure_word(Str text, size_t at, MeasureClass *out) {
    size_t best = 0;
    Str rest = str_from(text, at);
    for (size_t i = 0; i < sizeof MEASURES / sizeof MEASURES[0]; i++) {
        Str word = str_of(MEASURES[i].text);
        if (word.len > best && str_starts(rest, word)) {
            best = word.len;
            *out = MEASURES[i].measure;
        }
    }
    return best;
}

/* 台(套): the bracket holds another measure word and belongs to the unit. */
static size_t measure_bracket(Str text, size_t at) {
    MeasureClass inner;
    if (rune_at(text, at) == '/') {
        size_t len = measure_word(text, at + 1, &inner);
        return len > 0 && (inner == MEASURE_COUNT || inner == MEASURE_TIME) ? len + 1 : 0;
    }
    if (rune_at(text, at) != '(') {
        return 0;
    }
    size_t len = measure_word(text, at + 1, &inner);
    return len > 0 && rune_at(text, at + 1 + len) == ')' ? len + 2 : 0;
}

/* Reads a unit at byte at. Returns its bytes, 0 if none; *more tells 余 or 多. */
static size_t unit_read(Str text, size_t at, MeasureClass *measure, bool *more) {
    size_t start = at;
    size_t len = words_at(text, at, MORE);
    *more = len > 0;
    at += len;
    len = measure_word(text, at, measure);
    if (len == 0) {
        size_t magnitude = words_at(text, at, MAGNITUDES);
        size_t more_len = words_at(text, at + magnitude, MORE);
        len = measure_word(text, at + magnitude + more_len, measure);
        if (len == 0) {
            return 0;
        }
        *more = *more || more_len > 0;
        len += magnitude + more_len;
    }
    at += len;
    return at + measure_bracket(text, at) - start;
}

/* The unit as printed: brackets as in the source, other characters folded, without 余 and 多. */
static Str unit_text(Reader *reader, Span span) {
    Buf *out = buf_in(reader->arena, 256);
    Str fold = text_at(&reader->text, span);
    for (size_t at = 0; at < fold.len;) {
        size_t len = words_at(fold, at, MORE);
        size_t next = at + rune_len_at(fold, at);
        uint32_t rune = rune_at(fold, at);
        if (len == 0 && (rune == '(' || rune == ')')) {
            Span glyph = {span.from + (uint32_t)at, span.from + (uint32_t)next};
            buf_put(out, text_raw(reader->arena, &reader->text, glyph));
        } else if (len == 0) {
            buf_put(out, str_slice(fold, at, next - at));
        }
        at = next;
    }
    return str_dup(reader->arena, buf_str(out));
}

/* ---- numbers -------------------------------------------------------------------------------- */

static Span clause_part(Span clause, size_t from, size_t to) {
    return (Span){clause.from + (uint32_t)from, clause.from + (uint32_t)to};
}

static bool unit_set(Reader *reader, Span clause, size_t at, Quantity *out) {
    Str text = text_at(&reader->text, clause);
    bool more = false;
    MeasureClass measure = MEASURE_NONE;
    size_t len = unit_read(text, at, &measure, &more);
    out->to = at + len;
    out->measure = measure;
    out->is_unit_unknown = len == 0;
    if (more) {
        out->op = PLAN_OP_GT;
        out->is_op_written = true;
    }
    out->unit = len == 0 ? STR("") : unit_text(reader, clause_part(clause, at, at + len));
    return len > 0;
}

/* 20%-30%, 100至150台, 0.8:1. at is after the first number; fills value2 and the unit. */
static void second_read(Reader *reader, Span clause, size_t at, Quantity *out) {
    static const char *const DASHES[] = {"-", "--", "~", "至", "到", NULL};
    static const char *const COLONS[] = {":", "比", NULL};
    Str text = text_at(&reader->text, clause);
    size_t colon = out->is_unit_unknown ? words_at(text, at, COLONS) : 0;
    /* 1.5万-2万辆: the magnitude is written twice, the measure once. */
    size_t twice = out->is_unit_unknown ? words_at(text, at, MAGNITUDES) : 0;
    size_t dash = words_at(text, out->to + twice, DASHES);
    size_t start = colon > 0 ? at + colon : out->to + twice + dash;
    size_t len = digits_len(text, start);
    PlanNumber second;
    if ((colon == 0 && dash == 0) || len == 0 ||
        !number_set(reader, str_slice(text, start, len), &second)) {
        return;
    }
    Quantity after = *out;
    bool has_unit = unit_set(reader, clause, start + len, &after);
    if (colon > 0) {
        out->value2 = second;
        out->is_ratio = true;
        out->is_unit_unknown = false;
        out->unit = STR(":");
        out->to = start + len;
    } else if (has_unit && (out->is_unit_unknown || after.measure == out->measure)) {
        *out = after;
        out->value2 = second;
    }
}

static bool arabic_read(Reader *reader, Span clause, size_t at, Quantity *out) {
    Str text = text_at(&reader->text, clause);
    size_t len = digits_len(text, at);
    if (len == 0 || !number_set(reader, str_slice(text, at, len), &out->value)) {
        return false;
    }
    out->from = at;
    (void)unit_set(reader, clause, at + len, out);
    second_read(reader, clause, at + len, out);
    static const char *const CHENG[] = {"成", NULL};
    if (out->is_unit_unknown && len == 1 && words_at(text, at + len, CHENG) > 0) {
        number_set_int(reader, out->value.scaled * 10, &out->value);
        out->unit = STR("%");
        out->measure = MEASURE_PERCENT;
        out->is_unit_unknown = false;
        out->to = at + len + 3;
    }
    return true;
}

/* What may stand behind 三成: otherwise 成 begins a word (统一成立). */
static bool tenths_end(Str text, size_t at) {
    static const char *const ENDS[] = {"以上", "以下", "左右", "的", "、",
                                       "和",   ",",    ";",    "。", NULL};
    return at >= text.len || words_at(text, at, ENDS) > 0;
}

/* 超九成, 近六成: with a comparison before it, it is a figure whatever follows. */
static bool tenths_start(Str text, size_t at) {
    static const char *const BEFORE_TENTHS[] = {"超过", "超",   "近",     "约",
                                                "逾",   "达到", "不低于", NULL};
    return words_before(text, at, BEFORE_TENTHS) > 0;
}

static void percent_set(Reader *reader, int64_t percent, Quantity *out) {
    number_set_int(reader, percent, &out->value);
    out->unit = STR("%");
    out->measure = MEASURE_PERCENT;
    out->is_unit_unknown = false;
}

/* 一倍 三成 两场 百分之三十, at a Chinese numeral. */
static bool chinese_number_read(Reader *reader, Span clause, size_t at, Quantity *out) {
    static const char *const CHENG[] = {"成", NULL};
    static const char *const BEI[] = {"倍", NULL};
    static const char *const AFTER_BEI[] = {"增", NULL};
    Str text = text_at(&reader->text, clause);
    int64_t number;
    size_t len = numeral_read(text, at, &number);
    if (len == 0 || number == 0) {
        return false;
    }
    out->from = at;
    out->to = at + len + 3;
    if (number < 10 && words_at(text, at + len, CHENG) > 0) {
        int64_t half = 0;
        size_t rest = numeral_read(text, out->to, &half);
        out->to += half < 10 ? rest : 0;
        percent_set(reader, number * 10 + (half < 10 ? half : 0), out);
        return tenths_end(text, out->to) || tenths_start(text, at);
    }
    if (words_at(text, at + len, BEI) > 0 && words_at(text, out->to, AFTER_BEI) == 0) {
        number_set_int(reader, number, &out->value);
        out->unit = STR("倍");
        out->measure = MEASURE_FACTOR;
        return true;
    }
    number_set_int(reader, number, &out->value);
    return unit_set(reader, clause, at + len, out) && out->measure == MEASURE_COUNT;
}

/* 翻一番 翻番 翻两番 一半 百分之三十 */
static bool word_number_read(Reader *reader, Span clause, size_t at, Quantity *out) {
    static const char *const PERCENT_OF[] = {"百分之", NULL};
    static const char *const TURN[] = {"翻", NULL};
    static const char *const FAN[] = {"番", NULL};
    static const char *const HALF[] = {"一半", NULL};
    Str text = text_at(&reader->text, clause);
    out->from = at;
    if (words_at(text, at, HALF) > 0) {
        percent_set(reader, 50, out);
        out->to = at + 6;
        return true;
    }
    if (words_at(text, at, PERCENT_OF) > 0) {
        int64_t number = 0;
        size_t len = numeral_read(text, at + 9, &number);
        size_t digits = digits_len(text, at + 9);
        percent_set(reader, number, out);
        out->to = at + 9 + (digits > 0 ? digits : len);
        return digits > 0 ? number_set(reader, str_slice(text, at + 9, digits), &out->value)
                          : len > 0;
    }
    if (words_at(text, at, TURN) == 0) {
        return false;
    }
    int64_t times = 1;
    size_t len = digits_len(text, at + 3) == 1 ? 1 : numeral_read(text, at + 3, &times);
    times = len == 1 ? text.at[at + 3] - '0' : times;
    if (words_at(text, at + 3 + len, FAN) == 0 || times < 1 || times > 10) {
        return false;
    }
    percent_set(reader, ((int64_t)1 << times) * 100 - 100, out);
    out->to = at + 3 + len + 3;
    out->growth = 1;
    out->is_doubling = true;
    return true;
}

/* ---- comparison ----------------------------------------------------------------------------- */

static const struct {
    const char *text;
    PlanOp op;
} BEFORE[] = {
    {"不少于", PLAN_OP_GE},   {"不低于", PLAN_OP_GE},     {"不小于", PLAN_OP_GE},
    {"不得少于", PLAN_OP_GE}, {"不得低于", PLAN_OP_GE},   {"至少", PLAN_OP_GE},
    {"最少", PLAN_OP_GE},     {"保底", PLAN_OP_GE},       {"不超过", PLAN_OP_LE},
    {"不高于", PLAN_OP_LE},   {"不多于", PLAN_OP_LE},     {"不大于", PLAN_OP_LE},
    {"控制在", PLAN_OP_LE},   {"不得超过", PLAN_OP_LE},   {"超过", PLAN_OP_GT},
    {"突破", PLAN_OP_GT},     {"达到或超过", PLAN_OP_GE}, {"达到并超过", PLAN_OP_GE},
    {"大于", PLAN_OP_GT},     {"高于", PLAN_OP_GT},       {"多于", PLAN_OP_GT},
    {"超", PLAN_OP_GT},       {"逾", PLAN_OP_GT},         {"低于", PLAN_OP_LT},
    {"少于", PLAN_OP_LT},     {"小于", PLAN_OP_LT},       {"约为", PLAN_OP_ABOUT},
    {"大约", PLAN_OP_ABOUT},  {"约", PLAN_OP_ABOUT},      {"约占", PLAN_OP_ABOUT},
    {"占", PLAN_OP_EQ},       {"约达", PLAN_OP_ABOUT},    {"接近", PLAN_OP_ABOUT},
    {"将近", PLAN_OP_ABOUT},  {"近", PLAN_OP_ABOUT},      {"基本达到", PLAN_OP_ABOUT},
    {"达到", PLAN_OP_EQ},     {"达", PLAN_OP_EQ},         {"保持在", PLAN_OP_EQ},
    {"稳定在", PLAN_OP_EQ},   {"为", PLAN_OP_EQ},         {"是", PLAN_OP_EQ},
    {"到", PLAN_OP_EQ},       {"至", PLAN_OP_EQ},         {"≥", PLAN_OP_GE},
    {"≤", PLAN_OP_LE},        {"分别", PLAN_OP_NONE},     {"在", PLAN_OP_NONE},
};

static size_t before_word(Str text, size_t end, PlanOp *out) {
    size_t best = 0;
    Str head = str_slice(text, 0, end);
    for (size_t i = 0; i < sizeof BEFORE / sizeof BEFORE[0]; i++) {
        Str word = str_of(BEFORE[i].text);
        if (word.len > best && str_ends(head, word)) {
            best = word.len;
            *out = BEFORE[i].op;
        }
    }
    return best;
}

/* 提高到, 降至: the number is a level. */
static bool reaches_level(Str text, size_t end) {
    static const char *const WORDS[] = {
        "提高到", "提升到", "增加到", "增长到", "上升到", "扩大到", "提高至", "提升至",
        "增加至", "增长至", "上升至", "扩大至", "下降到", "降低到", "减少到", "压减到",
        "压缩到", "缩短到", "下降至", "降低至", "减少至", "压减至", "压缩至", "缩短至",
        "降到",   "降至",   "增至",   "升至",   "提高为", "调整为", "达到",   NULL};
    return words_before(text, end, WORDS) > 0;
}

static int growth_word(Str text, size_t *end) {
    static const char *const UP[] = {"增长",     "增加",   "提高", "提升",   "上升",
                                     "扩大",     "增幅",   "增速", "增长率", "增长幅度",
                                     "增长速度", "同比增", "递增", NULL};
    static const char *const DOWN[] = {"下降", "降低", "减少",   "压减",     "削减", "缩减", "降幅",
                                       "压缩", "缩短", "下降率", "下降幅度", "降",   NULL};
    size_t up = words_before(text, *end, UP);
    size_t down = words_before(text, *end, DOWN);
    *end -= up > 0 ? up : down;
    return up > 0 ? 1 : down > 0 ? -1 : 0;
}

/* "不高于2023年的95%": the words of comparison stand before the year. */
static size_t base_year_skip(Str text, size_t end) {
    enum { YEAR_BYTES = 4 + 3 + 3 }; /* 2023年的 */
    int32_t year;
    if (!str_ends(str_slice(text, 0, end), STR("年的")) || end < YEAR_BYTES) {
        return end;
    }
    return year_read(text, end - YEAR_BYTES, &year) > 0 ? end - YEAR_BYTES : end;
}

/* "至少新增三千个": a verb may stand between the comparison and the number. */
static size_t verb_skip(Str text, size_t end) {
    static const char *const VERBS[] = {"新增", "新建", "建成", "培育", "更新",
                                        "完成", "举办", "淘汰", "改造", NULL};
    size_t len = words_before(text, end, VERBS);
    PlanOp op = PLAN_OP_NONE;
    size_t word = len == 0 ? 0 : before_word(text, end - len, &op);
    bool is_comparison = word > 0 && (op == PLAN_OP_GE || op == PLAN_OP_GT || op == PLAN_OP_LE);
    return is_comparison ? end - len : end;
}

/* Reads the words before the number, from the number backwards. */
static void before_read(Str text, Quantity *out) {
    enum { WORDS_MAX = 4 };
    size_t end = base_year_skip(text, out->from);
    bool is_level = false;
    for (int i = 0; i < WORDS_MAX; i++) {
        end = verb_skip(text, end);
        PlanOp op = PLAN_OP_NONE;
        is_level = is_level ||
                   (reaches_level(text, end) && !str_ends(str_slice(text, 0, end), STR("达到")));
        size_t len = before_word(text, end, &op);
        if (len == 0) {
            break;
        }
        end -= len;
        bool is_stronger = out->op == PLAN_OP_NONE || out->op == PLAN_OP_EQ;
        out->op = is_stronger && op != PLAN_OP_NONE ? op : out->op;
        out->is_op_written = out->is_op_written || op != PLAN_OP_NONE;
    }
    size_t growth_end = end;
    int growth = growth_word(text, &growth_end);
    if (growth != 0 && !is_level) {
        out->growth = growth;
    }
    out->before = growth != 0 ? growth_end : end;
}

static void after_read(Str text, Quantity *out) {
    static const char *const RATES[] = {"的速度增长", "的速度递增", "的增速", NULL};
    out->growth = words_at(text, out->to, RATES) > 0 ? 1 : out->growth;
    static const struct {
        const char *text;
        PlanOp op;
    } words[] = {
        {"及以上", PLAN_OP_GE},  {"以上", PLAN_OP_GE}, {"左右", PLAN_OP_ABOUT},
        {"上下", PLAN_OP_ABOUT}, {"以内", PLAN_OP_LE}, {"之内", PLAN_OP_LE},
        {"及以下", PLAN_OP_LE},  {"以下", PLAN_OP_LE},
    };
    out->end = out->to;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        Str word = str_of(words[i].text);
        if (str_starts(str_from(text, out->to), word)) {
            out->end = out->to + word.len;
            bool is_weaker = out->op == PLAN_OP_NONE || out->op == PLAN_OP_EQ ||
                             out->op == PLAN_OP_ABOUT || out->op == PLAN_OP_GT;
            out->op = is_weaker ? words[i].op : out->op;
            out->is_op_written = true;
            return;
        }
    }
}

bool quantity_read(Reader *reader, Span clause, size_t at, Quantity *out) {
    Str text = text_at(&reader->text, clause);
    Quantity quantity = {.from = at};
    uint32_t rune = rune_at(text, at);
    bool is_found = rune_is_digit(rune) && arabic_read(reader, clause, at, &quantity);
    if (!is_found && rune_is_han(rune)) {
        quantity = (Quantity){.from = at};
        is_found = word_number_read(reader, clause, at, &quantity);
        if (!is_found) {
            quantity = (Quantity){.from = at};
            is_found = chinese_number_read(reader, clause, at, &quantity);
        }
        quantity.is_chinese = true;
    }
    if (!is_found) {
        return false;
    }
    before_read(text, &quantity);
    after_read(text, &quantity);
    check(quantity.before <= quantity.from);
    check(quantity.from < quantity.to);
    check(quantity.to <= quantity.end);
    *out = quantity;
    return true;
}
