/*
 * scope.c - which year a clause speaks of, against which year it measures, how often. "到2025年,"
 * at the opening of a sentence holds for what follows in it; "较2023年" only for its own clause.
 */
#include "reader/reader_private.h"

static const char *const YEAR_TAILS[] = {"年底前", "底前", "末前", "底", "末", "前", "之前",
                                         "以前",   "期间", "度",   "内", "间", "起", NULL};

/* "十四五" with its quotes: the last year of that five-year plan. Returns bytes, 0 if none. */
static size_t five_year_read(Str text, size_t at, int32_t *out) {
    static const struct {
        const char *text;
        int32_t year;
    } plans[] = {
        {"“十二五”", 2015},   {"“十三五”", 2020},   {"“十四五”", 2025},   {"“十五五”", 2030},
        {"\"十三五\"", 2020}, {"\"十四五\"", 2025}, {"\"十五五\"", 2030},
    };
    Str rest = str_from(text, at);
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
        if (str_starts(rest, str_of(plans[i].text))) {
            *out = plans[i].year;
            return str_of(plans[i].text).len;
        }
    }
    return 0;
}

/* "2024-2027年": returns bytes and the last year. */
static size_t year_range_read(Str text, size_t at, int32_t *out) {
    static const char *const DASHES[] = {"-", "--", "~", "至", "到", "年至", "年-", "年到", NULL};
    for (size_t i = 0; i < 4; i++) {
        if (!rune_is_digit(rune_at(text, at + i))) {
            return 0;
        }
    }
    size_t dash = words_at(text, at + 4, DASHES);
    size_t len = dash == 0 ? 0 : year_read(text, at + 4 + dash, out);
    return len == 0 ? 0 : 4 + dash + len;
}

static size_t any_year_read(Str text, size_t at, int32_t *out) {
    size_t len = year_range_read(text, at, out);
    if (len == 0) {
        len = five_year_read(text, at, out);
    }
    return len > 0 ? len : year_read(text, at, out);
}

/* "6月底", "上半年" behind a year. */
static size_t month_len(Str text, size_t at) {
    static const char *const HALVES[] = {"上半年", "下半年", NULL};
    static const char *const YUE[] = {"月份", "月", NULL};
    size_t half = words_at(text, at, HALVES);
    size_t digits = 0;
    while (digits < 2 && rune_is_digit(rune_at(text, at + digits))) {
        digits++;
    }
    size_t yue = digits > 0 ? words_at(text, at + digits, YUE) : 0;
    return yue > 0 ? digits + yue : half;
}

bool scope_covers(Str clause, size_t at, size_t *end) {
    Day day;
    int32_t year;
    size_t len = date_read(clause, at, &day);
    if (len == 0) {
        len = any_year_read(clause, at, &year);
        len += len > 0 ? month_len(clause, at + len) : 0;
    }
    *end = at + len;
    return len > 0;
}

static const char *const AGAINST[] = {"相较于", "相较", "相比", "对比", "较", "比", "与",
                                      "同",     "和",   "以",   "按",   "在", NULL};
static const char *const AGAINST_SURE[] = {"相较于", "相较", "对比", "较", "比", NULL};
static const char *const AGAINST_TAILS[] = {"相比",     "相比较", "末相比", "底相比", "基础上",
                                            "的基础上", "为基数", "为基期", "水平",   NULL};
static const char *const LAST_YEAR[] = {"较上年", "比上年",   "同比",     "较去年",
                                        "比去年", "较上一年", "比上一年", NULL};

static const char *const FROM[] = {"由", "从", NULL};
static const char *const DE[] = {"的", NULL};

/* Is the year at [at, end) a baseline? Gives the byte where the phrase begins. */
static bool year_is_baseline(Str clause, size_t at, size_t end, size_t *start) {
    size_t sure = words_before(clause, at, AGAINST_SURE);
    size_t any = words_before(clause, at, AGAINST);
    *start = at - (sure > 0 ? sure : any);
    if (words_before(clause, at, FROM) > 0) {
        *start = rune_back(clause, at);
        return true; /* 由2023年的0.8万辆提高到... */
    }
    /* "2023年的95%", "2023年的1.5倍"; but "由...提高到2027年的2万辆" names the year to reach. */
    int64_t number;
    size_t de = words_at(clause, end, DE);
    bool is_share = de > 0 && (rune_is_digit(rune_at(clause, end + de)) ||
                               numeral_read(clause, end + de, &number) > 0);
    if (is_share && words_find(clause, FROM, 0) > at) {
        return true;
    }
    return sure > 0 || (any > 0 && words_at(clause, end, AGAINST_TAILS) > 0) ||
           words_at(clause, end, AGAINST_TAILS) >= 9;
}

size_t baseline_find(Str clause, size_t from) {
    size_t best = words_find(clause, LAST_YEAR, from);
    for (size_t at = from; at < clause.len && at < best; at += rune_len_at(clause, at)) {
        int32_t year;
        size_t start;
        size_t len = any_year_read(clause, at, &year);
        if (len > 0 && year_is_baseline(clause, at, at + len, &start) && start >= from) {
            return start;
        }
    }
    return best;
}

static void year_add(Scope *scope, int32_t year) {
    if (scope->year_count < SCOPE_YEARS_MAX) {
        scope->years[scope->year_count++] = year;
    }
}

/* Reads "2025年底前" and its like; returns bytes, 0 if none. */
static size_t year_phrase(Str clause, size_t at, int32_t *year) {
    Day day;
    size_t date = date_read(clause, at, &day);
    if (date > 0) {
        *year = day_parts(day).year;
        return date + words_at(clause, at + date, YEAR_TAILS);
    }
    size_t len = any_year_read(clause, at, year);
    if (len == 0) {
        return 0;
    }
    len += month_len(clause, at + len);
    return len + words_at(clause, at + len, YEAR_TAILS);
}

/* "与2023年相比" at the start of a clause. */
static size_t baseline_open(Str clause, Scope *scope) {
    size_t lead = words_at(clause, 0, AGAINST);
    int32_t year;
    size_t len = lead == 0 ? 0 : any_year_read(clause, lead, &year);
    if (len == 0) {
        return 0;
    }
    size_t end = lead + len + words_at(clause, lead + len, YEAR_TAILS);
    size_t tail = words_at(clause, end, AGAINST_TAILS);
    if (end + tail < clause.len) {
        return 0; /* it stands inside the clause and holds for it alone */
    }
    scope->baseline = year;
    return end + tail;
}

size_t scope_open(const Reader *reader, Str clause, Scope *scope) {
    static const char *const WISHES[] = {"力争", "确保", "计划", "预计", "争取", "努力",
                                         "力求", "其中", "即",   "全市", NULL};
    static const char *const UNTIL[] = {"到", "至", "截至", "截止", "截止到", "在", "于", NULL};
    static const char *const AND[] = {"、", "和", "及", "与", NULL};
    size_t baseline = baseline_open(clause, scope);
    if (baseline > 0) {
        return baseline;
    }
    size_t at = 0;
    size_t len;
    while ((len = words_at(clause, at, WISHES)) > 0) {
        at += len;
    }
    at += words_at(clause, at, UNTIL);
    int32_t year;
    size_t end;
    size_t start;
    len = year_phrase(clause, at, &year);
    if (len == 0 || (scope_covers(clause, at, &end) && year_is_baseline(clause, at, end, &start))) {
        return 0;
    }
    scope->year_count = 0;
    while (len > 0) {
        year_add(scope, year);
        at += len;
        size_t and_len = words_at(clause, at, AND);
        size_t until = words_at(clause, at + and_len, UNTIL);
        len = and_len == 0 ? 0 : year_phrase(clause, at + and_len + until, &year);
        at += len > 0 ? and_len + until : 0;
    }
    Day date = reader->plan->date;
    int32_t issued = date.number == DAY_NONE.number ? 0 : day_parts(date).year;
    scope->is_past = issued != 0 && scope->years[scope->year_count - 1] < issued;
    return at;
}

static void years_inside(Str clause, Scope *scope) {
    static const char *const UNTIL[] = {"到", "至", "截至", "于", NULL};
    static const char *const ENDS[] = {"底",     "末",   "前",   "年底", "达到", "完成", "实现",
                                       "突破",   "超过", "建成", "新增", "更新", "淘汰", "不低于",
                                       "不少于", "力争", "累计", "提高", "提升", "增长", "增加",
                                       "下降",   "降低", "减少", "达",   NULL};
    int32_t years[SCOPE_YEARS_MAX] = {0};
    uint32_t count = 0;
    bool is_sure = text_has(clause, "分别");
    for (size_t at = 0; at < clause.len;) {
        int32_t year;
        size_t start;
        Day day;
        size_t date = date_read(clause, at, &day);
        size_t len = date > 0 ? 0 : any_year_read(clause, at, &year);
        if (len > 0 && year_is_baseline(clause, at, at + len, &start)) {
            scope->baseline = year;
        } else if (len > 0 && count < SCOPE_YEARS_MAX) {
            years[count++] = year;
            is_sure = is_sure || words_before(clause, at, UNTIL) > 0 ||
                      words_at(clause, at + len, ENDS) > 0;
        }
        len = date > 0 ? date : len;
        at += len > 0 ? len : rune_len_at(clause, at);
    }
    for (uint32_t i = 0; i < count && is_sure; i++) {
        scope->years[i] = years[i];
        scope->year_count = i + 1;
    }
}

void scope_inside(Str clause, Scope *scope) {
    static const char *const PERIODS[] = {"每年",   "年均", "每季度", "每月", "每半年",
                                          "每两年", "每周", "逐年",   NULL};
    years_inside(clause, scope);
    size_t at = words_find(clause, PERIODS, 0);
    if (at != SIZE_MAX) {
        scope->period = str_slice(clause, at, words_at(clause, at, PERIODS));
    }
    scope->is_cumulative = text_has(clause, "累计");
    if (scope->baseline == 0 && words_in(clause, LAST_YEAR) && scope->year_count == 1) {
        scope->baseline = scope->years[0] - 1;
    }
}
