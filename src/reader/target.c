/*
 * target.c - what the plan promises, clause by clause.
 *
 *   sentence ─▶ clauses (, ;) ─▶ quantities ─▶ is it an amount of the plan?  ─▶ one target each
 *                    └─ no quantity, but a year in force ─▶ a state to reach (全部, 基本, 提升)
 *
 * A figure is a target when something says it is wanted: a year in force, a comparison, a growth
 * verb, 每年, or a verb of doing. It is not when it describes a thing (20年以上的电梯,
 * 500万元以上项目), what there is already (现有, 目前), money given (补贴, 奖励) or how the office
 * works (调度会). Reading order: words, one clause, its quantities, the targets made of them, the
 * walk over nodes.
 */
#include "reader/reader_private.h"

enum { CLAUSE_BYTES_MAX = 1800, QUANTITIES_MAX = 24 };

typedef enum QuantityRole {
    ROLE_VALUE,
    ROLE_ATTRIBUTE, /* says which thing, not how much */
    ROLE_PASSED,
    ROLE_UNSURE
} QuantityRole;

typedef struct Clause {
    Span span; /* without the opening words about years */
    Str text;  /* of span */
    Scope scope;
    bool has_targets;
    Str indicator; /* of the first target, for a following clause without subject */
} Clause;

typedef struct Walk {
    Reader *reader;
    PlanStrVec path;
    Scope scope; /* of the sentence */
    bool is_goal;
    bool is_among;       /* inside a bracket that begins with 其中 */
    bool is_money_given; /* a clause of the sentence spoke of a subsidy */
    int32_t node_depth;
    int32_t year_depth;   /* depth of the node in which the year was named */
    bool year_is_carried; /* the year comes from a paragraph above */
    bool year_is_stale;   /* the sentence before named a year, this one does not */
    Clause last;          /* of the sentence; span empty at its start */
} Walk;

static const char *const DOING[] = {
    "建成",     "建设", "新建", "改建", "扩建", "新增",   "更新", "淘汰", "完成",   "改造",
    "培育",     "实施", "打造", "举办", "组织", "开展",   "发展", "引进", "推广",   "回收",
    "拆解",     "加装", "投放", "制定", "修订", "制修订", "发布", "报废", "购置",   "配备",
    "布局",     "创建", "认定", "遴选", "争创", "销售",   "培训", "处置", "实现",   "设立",
    "布设",     "铺设", "安装", "置换", "升级", "提升",   "整治", "修复", "压减",   "处理",
    "申报",     "入库", "储备", "建立", "认证", "获评",   "形成", "带动", "拉动",   "撬动",
    "策划",     "推出", "推进", "推动", "支持", "扶持",   "替换", "替代", "更换",   "投用",
    "投入",     "投资", "达到", "达",   "增加", "减少",   "发放", "落地", "新改建", "新（改）建",
    "招引",     "开放", "检修", "治理", "拆除", "注销",   "激发", "新上", "筛选",   "征集",
    "参与",     "主导", "开工", "竣工", "投产", "谋划",   "下降", "增长", "提高",   "降低",
    "淘汰更新", "建",   NULL};

static Span part(Span span, size_t from, size_t to) {
    return (Span){span.from + (uint32_t)from, span.from + (uint32_t)to};
}

static bool is_list_break(Str text, size_t at) {
    static const char *const BREAKS[] = {"、", "和", "及", "与", "以及", "并",
                                         ")",  "(",  ".",  ",",  ";",    NULL};
    return at >= text.len || words_at(text, at, BREAKS) > 0;
}

/* ---- one quantity --------------------------------------------------------------------------- */

/* Nothing stands before the quantity but wishes: "力争90%以上的...". */
static bool is_subject(Str text, const Quantity *quantity) {
    static const char *const WISHES[] = {"力争", "确保", "实现", "推动", "带动", "全市",
                                         "全县", "全区", "其中", "累计", "使",   "每年",
                                         "对",   "完成", "引导", NULL};
    size_t at = 0;
    size_t len;
    while (at < quantity->before && (len = words_at(text, at, WISHES)) > 0) {
        at += len;
    }
    return at >= quantity->before;
}

static bool has_signal(const Clause *clause, const Quantity *quantity) {
    const Scope *scope = &clause->scope;
    Str before = str_slice(clause->text, 0, quantity->from);
    return scope->year_count > 0 || scope->period.len > 0 || scope->is_cumulative ||
           quantity->is_op_written || quantity->growth != 0 || words_in(before, DOING);
}

/* A verb of doing right before the number: 淘汰2台..., 改造30公里.... */
static bool is_done_to(Str text, const Quantity *quantity) {
    static const char *const MEASURED[] = {"投资", "达", "支持", NULL};
    size_t at = quantity->before;
    /* Growth words before a counted thing are verbs of doing too: 更新提升6个. */
    return quantity->growth != 0 ||
           (words_before(text, at, DOING) > 0 && words_before(text, at, MEASURED) == 0);
}

/* The words of the clause make its figures something else than an amount to reach. */
static const char *const GIVEN[] = {"补贴", "补助", "奖励", "奖补", "给予", "补偿", "资助", "贴息",
                                    "利率", "税率", "首付", "罚款", "抵免", "抵扣", "减征", "免征",
                                    "返还", "折扣", "优惠", "让利", "单价", "售价", "每件", "每套",
                                    "每户", "每人", "最高", "每台", "每辆", "定额", "利息", NULL};

static bool is_money_given(Str text, const Quantity *quantity) {
    bool is_kind = quantity->measure == MEASURE_MONEY || quantity->measure == MEASURE_PERCENT ||
                   quantity->measure == MEASURE_POINT;
    return is_kind && words_in(text, GIVEN);
}

static bool is_present_state(Str text) {
    static const char *const NOW[] = {"现有", "目前", "截至", "截止",   "已建成", "已完成",
                                      "已有", "已达", "现已", "已累计", "累计已", NULL};
    return words_in(text, NOW);
}

static bool is_office_routine(Str text, const Quantity *quantity) {
    static const char *const ROUTINE[] = {"调度",     "例会", "会议", "督导", "通报",
                                          "报送",     "上报", "汇总", "专班", "工作组",
                                          "领导小组", "会商", "检查", NULL};
    return quantity->measure == MEASURE_COUNT && words_in(text, ROUTINE);
}

/* 5方面20项重点任务: the plan counts itself. */
static bool counts_the_plan(Str text, const Quantity *quantity) {
    static const char *const PARTS[] = {
        "方面", "重点任务", "任务", "举措", "措施",     "行动",     "环节", "阶段", "领域", "机制",
        "体系", "问题",     "要求", "工程", "具体任务", "重点领域", "版块", "板块", NULL};
    return quantity->measure == MEASURE_COUNT && words_at(text, quantity->end, PARTS) > 0;
}

/* A noun follows the quantity: is it an amount of it, or a property? */
static QuantityRole role_before_noun(const Clause *clause, const Quantity *quantity) {
    Str text = clause->text;
    bool is_wanted =
        clause->scope.year_count > 0 || clause->scope.period.len > 0 || clause->scope.is_cumulative;
    bool is_done = is_done_to(text, quantity);
    static const char *const REACHED[] = {"覆盖", "完成", "达标", "更新", "淘汰", "实现",
                                          "达到", "得到", "实行", "采用", "使用", "应用",
                                          "纳入", "接入", "配备", NULL};
    switch (quantity->measure) {
    case MEASURE_PERCENT:
        is_done = is_done || words_at(text, quantity->end, REACHED) > 0;
        return is_subject(text, quantity) || is_done ? ROLE_VALUE : ROLE_ATTRIBUTE;
    case MEASURE_COUNT: {
        bool has_verb = words_in(str_slice(text, 0, quantity->from), DOING);
        return is_done || (has_verb && is_wanted) || (is_subject(text, quantity) && is_wanted)
                   ? ROLE_VALUE
                   : ROLE_PASSED;
    }
    case MEASURE_MONEY:
    case MEASURE_PHYSICAL:
        return is_done && quantity->end == quantity->to ? ROLE_VALUE : ROLE_ATTRIBUTE;
    case MEASURE_POINT:
    case MEASURE_FACTOR:
        return quantity->growth != 0 ? ROLE_VALUE : ROLE_PASSED;
    case MEASURE_NONE:
    case MEASURE_TIME:
        return ROLE_PASSED;
    }
    check(false);
    return ROLE_PASSED;
}

static bool is_time_cut(Str text, const Quantity *quantity) {
    static const char *const CUTS[] = {"压缩", "缩短", "压减", "控制在", "提速", NULL};
    return words_in(str_slice(text, 0, quantity->from), CUTS);
}

static QuantityRole role_without_unit(const Clause *clause, const Quantity *quantity) {
    static const char *const MARKS[] = {"、", "和", NULL};
    if (quantity->is_ratio) {
        return ROLE_VALUE;
    }
    /* 分别达到1、2、3万辆: the last one names the unit for all. */
    if (!quantity->is_chinese && words_at(clause->text, quantity->end, MARKS) > 0 &&
        text_has(str_slice(clause->text, 0, quantity->from), "分别")) {
        return ROLE_VALUE;
    }
    bool is_end = is_list_break(clause->text, quantity->end);
    bool is_figure = !quantity->is_chinese && clause->scope.year_count > 0 &&
                     (quantity->growth != 0 || quantity->is_op_written);
    return is_end && is_figure ? ROLE_UNSURE : ROLE_PASSED;
}

static QuantityRole quantity_role(const Walk *walk, const Clause *clause,
                                  const Quantity *quantity) {
    static const char *const DE[] = {"的", NULL};
    static const char *const FINAL[] = {"的水平", "的目标", "的规模", "的速度", "的增速",
                                        "的幅度", "大关",   "关口",   NULL};
    Str text = clause->text;
    if (quantity->is_unit_unknown || quantity->measure == MEASURE_NONE) {
        return quantity->is_unit_unknown || quantity->is_ratio ? role_without_unit(clause, quantity)
                                                               : ROLE_ATTRIBUTE;
    }
    if (quantity->measure == MEASURE_TIME && !is_time_cut(text, quantity)) {
        return ROLE_PASSED;
    }
    if (quantity->is_chinese && quantity->measure == MEASURE_COUNT && !quantity->is_op_written) {
        return ROLE_PASSED;
    }
    if (is_money_given(text, quantity)) {
        return clause->scope.year_count > 0 ? ROLE_UNSURE : ROLE_PASSED;
    }
    if (walk->is_money_given && quantity->measure == MEASURE_MONEY) {
        return ROLE_UNSURE;
    }
    if (is_present_state(text) || is_office_routine(text, quantity) ||
        counts_the_plan(text, quantity) || clause->scope.is_past) {
        return ROLE_PASSED;
    }
    bool is_final = is_list_break(text, quantity->end) || words_at(text, quantity->end, FINAL) > 0;
    if (!is_final && words_at(text, quantity->end, DE) > 0) {
        return quantity->measure == MEASURE_PERCENT && is_subject(text, quantity) ? ROLE_VALUE
                                                                                  : ROLE_ATTRIBUTE;
    }
    if (!is_final) {
        QuantityRole role = role_before_noun(clause, quantity);
        return role == ROLE_VALUE && !has_signal(clause, quantity) ? ROLE_PASSED : role;
    }
    return has_signal(clause, quantity) ? ROLE_VALUE : ROLE_PASSED;
}

/* ---- the quantities of a clause ------------------------------------------------------------- */

/* The byte after a bracket or quotation that begins at byte at; at when there is none in reach. */
static size_t quoted_end(Str text, size_t at) {
    static const struct {
        const char *open;
        const char *close;
    } pairs[] = {{"“", "”"}, {"《", "》"}, {"(", ")"}};
    enum { REACH_BYTES = 400 };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        Str open = str_of(pairs[i].open);
        if (!str_starts(str_from(text, at), open)) {
            continue;
        }
        Str reach = str_slice(text, at + open.len, REACH_BYTES);
        size_t close = str_find(reach, str_of(pairs[i].close), 0);
        return close == SIZE_MAX ? at : at + open.len + close + str_of(pairs[i].close).len;
    }
    return at;
}

/* Skips what looks like a number but is a name: 第5次, S9, 5G, 2025年. Returns the byte to go on.
 */
static size_t not_a_quantity(Str text, size_t at) {
    size_t end = at;
    size_t quoted = quoted_end(text, at);
    if (quoted > at) {
        return quoted;
    }
    if (scope_covers(text, at, &end)) {
        return end;
    }
    uint32_t rune = rune_at(text, at);
    uint32_t before = at == 0 ? 0 : rune_at(text, rune_back(text, at));
    bool is_name = before == 0x7b2c || rune_is_letter(before); /* 第 */
    if (!is_name || (!rune_is_digit(rune) && !rune_is_han(rune))) {
        return at;
    }
    while (end < text.len && (rune_is_digit(rune_at(text, end)) || rune_at(text, end) == '.')) {
        end++;
    }
    return end;
}

/* A letter right after the digits makes a name of them (5G, 3A级), except units such as MW. */
static bool is_letter_name(Str text, const Quantity *quantity) {
    return quantity->is_unit_unknown && rune_is_letter(rune_at(text, quantity->to));
}

static Status quantities_read(Walk *walk, const Clause *clause, Quantity *out, size_t *count) {
    Reader *reader = walk->reader;
    Str text = clause->text;
    *count = 0;
    size_t at = 0;
    TRY(cx_steps(reader->cx, 1 + text.len / 16));
    while (at < text.len) {
        size_t skip = not_a_quantity(text, at);
        Quantity quantity;
        if (skip > at) {
            at = skip;
            continue;
        }
        if (!quantity_read(reader, clause->span, at, &quantity)) {
            at += rune_len_at(text, at);
            continue;
        }
        at = quantity.end;
        TRY(cx_step(reader->cx));
        QuantityRole role =
            is_letter_name(text, &quantity) ? ROLE_PASSED : quantity_role(walk, clause, &quantity);
        if (role == ROLE_UNSURE) {
            doubt_add(reader, clause->span,
                      quantity.is_unit_unknown ? "数字没有单位，没有当作目标"
                                               : "像补贴或奖励金额，没有当作目标");
        } else if (role == ROLE_VALUE && *count < QUANTITIES_MAX) {
            out[(*count)++] = quantity;
        } else if (role == ROLE_VALUE) {
            doubt_add(reader, clause->span, "一句里的数字太多，后面的没有读");
            return STATUS_OK;
        }
    }
    return STATUS_OK;
}

static bool has_digit(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (rune_is_digit((unsigned char)text.at[i])) {
            return true;
        }
    }
    return false;
}

/* ---- from quantity to target ---------------------------------------------------------------- */

static void value_negate(Arena *arena, PlanNumber *value) {
    if (value->is_set && value->scaled > 0) {
        value->scaled = -value->scaled;
        value->text = str_print(arena, "-" STR_FMT, STR_ARG(value->text));
    }
}

static PlanOp op_mirrored(PlanOp op) {
    switch (op) {
    case PLAN_OP_GT:
        return PLAN_OP_LT;
    case PLAN_OP_GE:
        return PLAN_OP_LE;
    case PLAN_OP_LT:
        return PLAN_OP_GT;
    case PLAN_OP_LE:
        return PLAN_OP_GE;
    case PLAN_OP_NONE:
    case PLAN_OP_EQ:
    case PLAN_OP_ABOUT:
    case PLAN_OP_ALL:
        return op;
    }
    check(false);
    return op;
}

static PlanKind kind_of(const Quantity *quantity, bool has_baseline, bool is_followed) {
    bool is_relative = quantity->measure == MEASURE_PERCENT || quantity->measure == MEASURE_POINT ||
                       quantity->measure == MEASURE_FACTOR;
    if (quantity->is_ratio) {
        return PLAN_KIND_RATIO;
    }
    if (quantity->growth != 0 && (is_relative || has_baseline || !is_followed)) {
        return PLAN_KIND_GROWTH;
    }
    if (quantity->measure == MEASURE_POINT) {
        return PLAN_KIND_GROWTH;
    }
    if (quantity->measure == MEASURE_FACTOR) {
        return PLAN_KIND_RATIO;
    }
    return quantity->measure == MEASURE_COUNT ? PLAN_KIND_COUNT : PLAN_KIND_LEVEL;
}

/* 增加一倍 is 100 %; 增长1.5倍 is 150 %. */
static void factor_to_percent(Arena *arena, PlanNumber *value) {
    if (!value->is_set) {
        return;
    }
    int64_t scaled = value->scaled * 100;
    int32_t scale = value->scale;
    while (scale > 0 && scaled % 10 == 0) {
        scaled /= 10;
        scale--;
    }
    value->scaled = scaled;
    value->scale = scale;
    if (scale == 0) {
        value->text = str_print(arena, "%lld", (long long)scaled);
        return;
    }
    int64_t power = 1;
    for (int32_t i = 0; i < scale; i++) {
        power *= 10;
    }
    value->text = str_print(arena, "%lld.%0*lld", (long long)(scaled / power), (int)scale,
                            (long long)(scaled % power));
}

static Str strip_wishes(Str text) {
    static const char *const WISHES[] = {"力争", "确保", "实现", "推动", "其中", "使", "到",
                                         "争取", "努力", "--",   "累计", "每年", NULL};
    size_t at = 0;
    size_t len;
    while ((len = words_at(text, at, WISHES)) > 0) {
        at += len;
    }
    return str_from(text, at);
}

/* The words of [from, to) of the clause as an indicator; falls back to the noun after the value. */
static Str indicator_of(Walk *walk, const Clause *clause, const Quantity *quantity, size_t from,
                        size_t to) {
    Reader *reader = walk->reader;
    Span span = part(clause->span, from, to);
    Str fold = text_at(&reader->text, span);
    size_t skip = fold.len - strip_wishes(fold).len;
    span = span_trim(&reader->text, part(span, skip, fold.len));
    if (span.from < span.to) {
        return text_raw(reader->arena, &reader->text, span);
    }
    span = part(clause->span, quantity->end, clause->text.len);
    static const char *const DE[] = {"的", NULL};
    span.from += (uint32_t)words_at(text_at(&reader->text, span), 0, DE);
    span = span_trim(&reader->text, span);
    if (span.from < span.to && !is_list_break(clause->text, quantity->end)) {
        return text_raw(reader->arena, &reader->text, span);
    }
    return walk->last.has_targets ? walk->last.indicator : STR("");
}

static PlanTarget *target_add(Walk *walk, const Clause *clause, Span quote) {
    Reader *reader = walk->reader;
    const Scope *scope = &clause->scope;
    PlanTarget *target = vec_push(reader->arena, &reader->plan->targets);
    quote = span_trim(&reader->text, quote);
    const Glyph *glyph = text_glyph(&reader->text, quote.from);
    target->quote = text_raw(reader->arena, &reader->text, quote);
    target->path = walk->path;
    target->line = glyph->line;
    target->column = glyph->column;
    target->year = scope->year_count > 0 ? scope->years[scope->year_count - 1] : 0;
    target->baseline_year = scope->baseline;
    target->period = scope->period;
    target->is_cumulative = scope->is_cumulative;
    target->unit = STR("");
    target->note = STR("");
    if (target->year == 0 && target->period.len == 0 && reader->title_year != 0) {
        target->year = reader->title_year;
        target->note = STR("年份取自方案标题");
    }
    if (walk->year_is_carried && target->year != 0) {
        doubt_add(reader, quote, "年份沿用上一段的");
    }
    if (target->year == 0 && target->period.len == 0) {
        doubt_add(reader, quote,
                  walk->year_is_stale ? "本句没有年份，前一句有；没有沿用"
                                      : "这个目标没有写明完成年份");
    }
    return target;
}

static void target_measure(Walk *walk, PlanTarget *target, const Clause *clause,
                           const Quantity *quantity) {
    Arena *arena = walk->reader->arena;
    bool is_followed = !is_list_break(clause->text, quantity->end);
    target->value = quantity->value;
    target->value2 = quantity->value2;
    target->unit = quantity->unit;
    target->op = quantity->op == PLAN_OP_NONE ? PLAN_OP_EQ : quantity->op;
    target->kind = kind_of(quantity, target->baseline_year != 0, is_followed);
    if (target->kind != PLAN_KIND_GROWTH) {
        return;
    }
    if (quantity->measure == MEASURE_FACTOR) {
        factor_to_percent(arena, &target->value);
        factor_to_percent(arena, &target->value2);
        target->unit = STR("%");
    }
    if (quantity->growth < 0) {
        value_negate(arena, &target->value);
        value_negate(arena, &target->value2);
        target->op = op_mirrored(target->op);
        target->note = STR("降幅，记为负增长");
    }
}

/* ---- lists in one clause -------------------------------------------------------------------- */

/* Where the subject of a quantity ends: before the comparison, or before words about a baseline. */
static size_t subject_end(Str text, size_t from, const Quantity *quantity) {
    static const char *const RESPECTIVELY[] = {"分别", NULL};
    size_t baseline = baseline_find(text, from);
    size_t end = baseline < quantity->before ? baseline : quantity->before;
    size_t respectively = words_find(text, RESPECTIVELY, from);
    end = respectively < end ? respectively : end;
    return end < from ? from : end;
}

/* A second value in 分别 lists takes over what only the first (or the last) says. */
static void list_share(Quantity *quantities, size_t count) {
    Quantity *first = &quantities[0];
    const Quantity *last = &quantities[count - 1];
    for (size_t i = 1; i < count; i++) {
        Quantity *quantity = &quantities[i];
        quantity->growth = quantity->growth == 0 ? first->growth : quantity->growth;
        bool has_op = quantity->op != PLAN_OP_NONE;
        quantity->op = has_op ? quantity->op : first->op;
    }
    bool is_last_only = last->end > last->to && first->end == first->to;
    for (size_t i = 0; i < count; i++) {
        Quantity *quantity = &quantities[i];
        bool is_weak = quantity->op == PLAN_OP_NONE || quantity->op == PLAN_OP_EQ;
        quantity->op = is_last_only && is_weak ? last->op : quantity->op;
        bool is_point = last->measure == MEASURE_POINT && quantity->measure == MEASURE_COUNT;
        if (is_point || quantity->is_unit_unknown) { /* 15个、13个百分点; 1、2、3万辆 */
            quantity->measure = last->measure;
            quantity->unit = last->unit;
        }
    }
}

enum { NAMES_MAX = 24 };

/* Cuts the subject of a 分别 list into names; returns their number. */
static size_t names_split(const Walk *walk, Span subject, Span *names) {
    static const char *const MARKS[] = {"、", NULL};
    static const char *const MARKS_AND[] = {"、", "和", "以及", "及", "与", NULL};
    Str text = text_at(&walk->reader->text, subject);
    size_t count = 0;
    size_t from = 0;
    bool has_mark = words_in(text, MARKS);
    for (size_t at = 0; at < text.len && count < NAMES_MAX - 1;) {
        /* With 、 in the list only the last 和 parts names; inside names it belongs to them. */
        size_t len = words_at(text, at, has_mark && count == 0 ? MARKS : MARKS_AND);
        if (len > 0 && at > from) {
            names[count++] = part(subject, from, at);
            from = at + len;
        }
        at += len > 0 ? len : rune_len_at(text, at);
    }
    names[count++] = part(subject, from, text.len);
    return count;
}

static void list_emit(Walk *walk, Clause *clause, Quantity *quantities, size_t count) {
    Reader *reader = walk->reader;
    size_t end = subject_end(clause->text, 0, &quantities[0]);
    Str fold = str_slice(clause->text, 0, end);
    size_t skip = fold.len - strip_wishes(fold).len;
    Span subject = span_trim(&reader->text, part(clause->span, skip, end));
    Span names[NAMES_MAX];
    size_t name_count = names_split(walk, subject, names);
    bool is_by_year = clause->scope.year_count == count && count > 1;
    if (!is_by_year && name_count != count) {
        doubt_add(reader, clause->span, "“分别”前的指标个数与数值个数不一致，请核对指标名称");
    }
    list_share(quantities, count);
    for (size_t i = 0; i < count; i++) {
        PlanTarget *target = target_add(walk, clause, clause->span);
        target_measure(walk, target, clause, &quantities[i]);
        target->year = is_by_year ? clause->scope.years[i] : target->year;
        size_t index = name_count >= count ? name_count - count + i : 0;
        Span name = is_by_year || name_count < count ? subject : names[index];
        target->indicator = text_raw(reader->arena, &reader->text, name);
    }
}

/* Byte after the separator that parts two values of a clause, SIZE_MAX when nothing parts them. */
static size_t separator_between(Str text, const Quantity *left, const Quantity *right,
                                size_t *end) {
    static const char *const MARKS[] = {"、", "和", "以及", "及", "与", "并", ".", NULL};
    for (size_t at = left->end; at < right->before; at += rune_len_at(text, at)) {
        size_t len = words_at(text, at, MARKS);
        if (len > 0) {
            *end = at;
            return at + len;
        }
    }
    return SIZE_MAX;
}

/* Values that each have words of their own: 培育绿色工厂74家、绿色园区9个. */
static void series_emit(Walk *walk, Clause *clause, const Quantity *quantities, size_t count) {
    size_t from = 0;
    size_t shared = 0; /* values before i in the same piece */
    for (size_t i = 0; i < count; i++) {
        size_t end = clause->text.len;
        size_t next = SIZE_MAX;
        if (i + 1 < count) {
            next = separator_between(clause->text, &quantities[i], &quantities[i + 1], &end);
        }
        if (next == SIZE_MAX && i + 1 < count) {
            shared++;
            continue;
        }
        for (size_t k = i - shared; k <= i; k++) {
            size_t words = k > i - shared ? quantities[k - 1].end : from;
            Clause piece = *clause;
            from += k == i - shared
                        ? scope_open(walk->reader, str_slice(clause->text, from, end - from),
                                     &piece.scope)
                        : 0;
            scope_inside(str_slice(clause->text, from, end - from), &piece.scope);
            piece.scope.period = clause->scope.period;
            piece.scope.is_cumulative = clause->scope.is_cumulative;
            PlanTarget *target = target_add(walk, &piece, part(clause->span, from, end));
            target_measure(walk, target, clause, &quantities[k]);
            size_t subject = subject_end(clause->text, words, &quantities[k]);
            target->indicator = indicator_of(walk, clause, &quantities[k], words, subject);
        }
        from = next;
        shared = 0;
    }
}

/* 35%、50% without 分别: two values, one subject. */
static bool is_bare_list(Str text, const Quantity *quantities, size_t count) {
    for (size_t i = 1; i < count; i++) {
        size_t end;
        size_t next = separator_between(text, &quantities[i - 1], &quantities[i], &end);
        if (next != SIZE_MAX && quantities[i - 1].end == end && quantities[i].before <= next) {
            return true;
        }
    }
    return false;
}

/* 由35%提高到50%: the first value is where it starts from. */
static bool starts_from(Str text, const Quantity *quantities, size_t count) {
    static const char *const FROM[] = {"由", "从", NULL};
    static const char *const TO[] = {"提高到", "提升到", "增加到", "增长到", "上升到", "降到",
                                     "降至",   "提高至", "提升至", "增加至", "增长至", "上升至",
                                     "扩大到", "下降到", "降低到", "下降至", "降低至", "减少到",
                                     "压减到", "压缩至", "压缩到", "到",     "至",     NULL};
    if (count != 2 || words_before(text, quantities[0].before, FROM) == 0) {
        return false;
    }
    return words_before(text, quantities[1].from, TO) > 0;
}

/* 2024年、2025年各完成50台: one value for each year. Without 各 the last year is taken. */
static void years_emit(Walk *walk, Clause *clause, const Quantity *quantity) {
    static const char *const EACH[] = {"各", "均", "都", NULL};
    uint32_t count = clause->scope.year_count;
    bool is_each = words_in(str_slice(clause->text, 0, quantity->from), EACH);
    if (!is_each) {
        doubt_add(walk->reader, clause->span, "一个数值前有几个年份，按最后一个年份处理");
    }
    for (uint32_t i = is_each ? 0 : count - 1; i < count; i++) {
        PlanTarget *target = target_add(walk, clause, clause->span);
        target_measure(walk, target, clause, quantity);
        target->year = clause->scope.years[i];
        size_t subject = subject_end(clause->text, 0, quantity);
        target->indicator = indicator_of(walk, clause, quantity, 0, subject);
    }
}

static void values_emit(Walk *walk, Clause *clause, Quantity *quantities, size_t count) {
    static const char *const RESPECTIVELY[] = {"分别", NULL};
    Str text = clause->text;
    if (starts_from(text, quantities, count)) {
        size_t end = words_find(text, (const char *const[]){"由", "从", NULL}, 0);
        PlanTarget *target = target_add(walk, clause, clause->span);
        target_measure(walk, target, clause, &quantities[1]);
        target->indicator = indicator_of(walk, clause, &quantities[0], 0, end);
        target->note = str_print(walk->reader->arena, "起点 " STR_FMT STR_FMT,
                                 STR_ARG(quantities[0].value.text), STR_ARG(quantities[0].unit));
        return;
    }
    if (count == 1 && clause->scope.year_count > 1) {
        years_emit(walk, clause, &quantities[0]);
        return;
    }
    size_t respectively = words_find(text, RESPECTIVELY, 0);
    bool is_list = count > 1 && respectively < quantities[0].from;
    if (is_list) {
        list_emit(walk, clause, quantities, count);
    } else if (count > 1 && is_bare_list(text, quantities, count)) {
        doubt_add(walk->reader, clause->span, "几个数值并列而没有“分别”，按分别对应处理");
        list_emit(walk, clause, quantities, count);
    } else {
        series_emit(walk, clause, quantities, count);
    }
}

/* ---- states to reach ------------------------------------------------------------------------ */

static const char *const DIRECTIONS[] = {"提升", "提高", "增长", "增加", "上升", "下降",
                                         "降低", "减少", "扩大", "改善", NULL};

/* Where the words of direction begin at the end of text (大幅提升); text.len if there are none. */
static size_t direction_start(Str text) {
    static const char *const ADVERBS[] = {"大幅", "明显", "显著", "持续", "进一步",   "稳步",
                                          "不断", "稳定", "逐步", "有序", "较大幅度", "逐年",
                                          "有效", "有所", "得到", "快速", NULL};
    size_t end = text.len - words_before(text, text.len, DIRECTIONS);
    size_t len = end < text.len ? words_before(text, end, ADVERBS) : 0;
    while (len > 0) {
        end -= len;
        len = words_before(text, end, ADVERBS);
    }
    return end;
}

/* "...的产能比例(大幅)提升": a quantity and where it goes. */
static bool is_direction(Str text) {
    static const char *const MEASURED[] = {"比例", "占比", "比重", "率",   "量",
                                           "规模", "数量", "份额", "额",   "收入",
                                           "产值", "总量", "强度", "面积", NULL};
    size_t end = direction_start(text);
    return end < text.len && words_before(text, end, MEASURED) > 0;
}

static bool is_all(Str text) {
    static const char *const ALL[] = {"全部",     "全面完成", "全面淘汰", "全面实现", "全面消除",
                                      "全覆盖",   "清零",     "应改尽改", "应换尽换", "应收尽收",
                                      "应退尽退", "应淘尽淘", "应装尽装", "应更尽更", "全面达到",
                                      "全面建成", NULL};
    return words_in(text, ALL);
}

static bool is_almost(Str text) {
    static const char *const ALMOST[] = {"基本淘汰", "基本完成", "基本建成", "基本建立", "基本形成",
                                         "基本实现", "基本达到", "基本消除", "基本健全", "基本普及",
                                         "基本覆盖", "基本退出", "基本更新", "基本满足", "基本解决",
                                         "基本改造", NULL};
    return words_in(text, ALMOST);
}

/* "不低于全省平均水平": compared with something that has no figure here. */
static bool is_against_others(Str text, PlanOp *op) {
    static const char *const ENDS[] = {"水平", "水平以上", "标准", "标准以上",
                                       "要求", "前列",     NULL};
    static const struct {
        const char *text;
        PlanOp op;
    } words[] = {{"不低于", PLAN_OP_GE},
                 {"高于", PLAN_OP_GT},
                 {"超过", PLAN_OP_GT},
                 {"优于", PLAN_OP_GT},
                 {"达到", PLAN_OP_EQ}};
    if (words_before(text, text.len, ENDS) == 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (text_has(text, words[i].text)) {
            *op = words[i].op;
            return true;
        }
    }
    return false;
}

/* The words of a state without its degree: 基本淘汰 -> 淘汰, 占比大幅提升 -> 占比. */
static Str state_indicator(Walk *walk, const Clause *clause) {
    static const char *const DEGREES[] = {"基本", "全部", NULL};
    Reader *reader = walk->reader;
    Str text = clause->text;
    size_t from = text.len - strip_wishes(text).len;
    size_t to = is_direction(text) ? direction_start(text) : text.len;
    size_t degree = words_find(text, DEGREES, from);
    if (degree >= to) {
        return text_raw(reader->arena, &reader->text, part(clause->span, from, to));
    }
    Span left = part(clause->span, from, degree);
    Span right = part(clause->span, degree + 6, to);
    return str_join(reader->arena, text_raw(reader->arena, &reader->text, left),
                    text_raw(reader->arena, &reader->text, right));
}

static void state_try(Walk *walk, Clause *clause) {
    Str text = clause->text;
    if (clause->scope.year_count == 0 || clause->scope.is_past || is_present_state(text) ||
        text.len < 12) {
        return;
    }
    PlanOp op = PLAN_OP_NONE;
    const char *note = NULL;
    if (is_all(text)) {
        op = PLAN_OP_ALL;
        note = "全部完成，没有数值";
    } else if (is_almost(text)) {
        op = PLAN_OP_ABOUT;
        note = "基本完成，没有数值";
    } else if (is_direction(text)) {
        note = "只有方向，没有数值";
    } else if (is_against_others(text, &op)) {
        note = "与他处水平相比，文中没有数值";
    } else {
        return;
    }
    PlanTarget *target = target_add(walk, clause, clause->span);
    target->kind = PLAN_KIND_QUALITATIVE;
    target->op = op;
    target->note = str_of(note);
    target->indicator = state_indicator(walk, clause);
    clause->has_targets = true;
    clause->indicator = target->indicator;
}

/* ---- clauses and sentences ------------------------------------------------------------------ */

/* A clause that begins with its verb continues the one before: "...数控化率,达到75%". */
static void subject_borrow(Walk *walk, Clause *clause, Quantity *quantities, size_t count) {
    const Clause *last = &walk->last;
    size_t end = subject_end(clause->text, 0, &quantities[0]);
    bool is_bare = strip_wishes(str_slice(clause->text, 0, end)).len == 0 &&
                   is_list_break(clause->text, quantities[count - 1].end);
    bool is_near = last->span.from < last->span.to && !last->has_targets &&
                   clause->span.to - last->span.from < CLAUSE_BYTES_MAX;
    if (!is_bare || !is_near) {
        return;
    }
    size_t shift = clause->span.from - last->span.from;
    clause->span.from = last->span.from;
    clause->text = text_at(&walk->reader->text, clause->span);
    for (size_t i = 0; i < count; i++) {
        quantities[i].from += shift;
        quantities[i].to += shift;
        quantities[i].end += shift;
        quantities[i].before += shift;
    }
}

/* A year inside a clause holds for it alone when the sentence opened with one; else it goes on to
 * the clauses that follow. */
static void years_adopt(Walk *walk, const Clause *clause) {
    const Scope *scope = &clause->scope;
    uint32_t count = scope->year_count;
    bool is_own = count != walk->scope.year_count ||
                  (count > 0 && scope->years[count - 1] != walk->scope.years[count - 1]);
    if (!is_own) {
        return;
    }
    walk->year_is_carried = false;
    if (walk->scope.year_count > 0) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        walk->scope.years[i] = scope->years[i];
    }
    walk->scope.year_count = count;
    walk->year_depth = walk->node_depth;
}

static Status clause_read(Walk *walk, Span span);

/* "达2万个(其中快充桩5000个)": the bracket is a clause of its own. One level, no deeper. */
static Status among_read(Walk *walk, Span clause) {
    Str text = text_at(&walk->reader->text, clause);
    size_t open = walk->is_among ? SIZE_MAX : str_find(text, STR("(其中"), 0);
    size_t close = open == SIZE_MAX ? SIZE_MAX : str_find(text, STR(")"), open);
    if (close == SIZE_MAX) {
        return STATUS_OK;
    }
    walk->is_among = true;
    Status status = clause_read(walk, part(clause, open + 1, close));
    walk->is_among = false;
    return status;
}

static Status clause_read(Walk *walk, Span span) {
    static const char *const AMONG[] = {"其中", NULL};
    static const char *const BULLETS[] = {"-", "·", "•", "●", "◆", "■", "▪", "○", NULL};
    Reader *reader = walk->reader;
    size_t bullet;
    while ((bullet = words_at(text_at(&reader->text, span), 0, BULLETS)) > 0) {
        span.from += (uint32_t)bullet;
    }
    Str whole = text_at(&reader->text, span);
    if (whole.len > CLAUSE_BYTES_MAX) {
        if (has_digit(whole)) {
            doubt_add(reader, span, "句子太长，没有在其中找目标");
        }
        return STATUS_OK;
    }
    Str period = walk->last.scope.period;
    size_t opened = scope_open(reader, whole, &walk->scope);
    walk->year_is_carried = walk->year_is_carried && opened == 0;
    walk->year_depth = opened > 0 ? walk->node_depth : walk->year_depth;
    span.from += (uint32_t)opened;
    span = span_trim(&reader->text, span);
    Clause clause = {.span = span, .text = text_at(&reader->text, span), .scope = walk->scope};
    clause.scope.period = STR("");
    scope_inside(clause.text, &clause.scope);
    if (clause.scope.period.len == 0) {
        bool is_among = words_at(clause.text, 0, AMONG) > 0;
        clause.scope.period = is_among ? period : walk->scope.period;
    }
    bool was_carried = walk->year_is_carried;
    years_adopt(walk, &clause);
    Quantity quantities[QUANTITIES_MAX];
    size_t count = 0;
    TRY(quantities_read(walk, &clause, quantities, &count));
    if (count == 0) {
        state_try(walk, &clause);
    } else {
        subject_borrow(walk, &clause, quantities, count);
        size_t first = reader->plan->targets.count;
        values_emit(walk, &clause, quantities, count);
        clause.has_targets = true;
        clause.indicator = reader->plan->targets.items[first].indicator;
    }
    walk->is_money_given = walk->is_money_given || words_in(clause.text, GIVEN);
    if (clause.text.len > 0) {
        walk->last = clause;
    } else {
        walk->scope.period = clause.scope.period;
    }
    walk->year_is_carried = was_carried;
    return among_read(walk, span);
}

/* A comma between digits belongs to a number when it groups thousands and is printed in ASCII. */
static bool comma_is_in_number(const Reader *reader, Span sentence, size_t at) {
    Str text = text_at(&reader->text, sentence);
    const Glyph *glyph = text_glyph(&reader->text, sentence.from + (uint32_t)at);
    if (glyph->raw_len != 1 || at == 0 || !rune_is_digit((unsigned char)text.at[at - 1])) {
        return false;
    }
    for (size_t i = 1; i <= 3; i++) {
        if (!rune_is_digit(rune_at(text, at + i))) {
            return false;
        }
    }
    return !rune_is_digit(rune_at(text, at + 4));
}

/* "分别超过92%,75%": the comma stands for 、. */
static bool comma_is_in_list(Walk *walk, Span sentence, size_t from, size_t at) {
    Str text = text_at(&walk->reader->text, sentence);
    size_t end;
    Quantity quantity;
    if (at - from > CLAUSE_BYTES_MAX || !rune_is_digit(rune_at(text, at + 1)) ||
        scope_covers(text, at + 1, &end) || !text_has(str_slice(text, from, at - from), "分别") ||
        !quantity_read(walk->reader, sentence, at + 1, &quantity)) {
        return false;
    }
    return !quantity.is_unit_unknown &&
           (quantity.end >= text.len || text.at[quantity.end] == ',' ||
            text.at[quantity.end] == ';' || is_list_break(text, quantity.end));
}

/* "...超过30%、再生材料占比明显提升": a figure, then a state. */
static bool state_follows(Str text, size_t from, size_t at) {
    static const char *const STOPS[] = {",", ";", "、", NULL};
    static const char *const ENDS[] = {"%", "以上", "左右", "辆", "台", "家", "个", NULL};
    if (words_before(text, at, ENDS) == 0 || !has_digit(str_slice(text, from, at - from))) {
        return false;
    }
    Str right = str_slice(text, at + 3, CLAUSE_BYTES_MAX);
    size_t stop = words_find(right, STOPS, 0);
    right = stop == SIZE_MAX ? right : str_slice(right, 0, stop);
    return !has_digit(right) && (is_all(right) || is_almost(right) || is_direction(right));
}

/* "...基本达到节能水平、先进能效占比超过30%": a state, then something of its own. */
static bool state_ends(Str text, size_t from, size_t at) {
    static const char *const ENDS[] = {"水平", "水平以上", "标准",   "提升", "提高",
                                       "下降", "淘汰",     "全覆盖", "清零", NULL};
    static const char *const STOPS[] = {",", ";", "、", NULL};
    static const char *const VERBS[] = {"超过", "达到", "不低于", "提升", "提高",
                                        "增长", "下降", "全部",   "基本", NULL};
    static const char *const DE[] = {"的", NULL};
    PlanOp op;
    if (at - from > CLAUSE_BYTES_MAX) {
        return false;
    }
    if (state_follows(text, from, at)) {
        return true;
    }
    if (words_before(text, at, ENDS) == 0) {
        return false;
    }
    Str left = str_slice(text, from, at - from);
    Str right = str_slice(text, at + 3, CLAUSE_BYTES_MAX);
    size_t stop = words_find(right, STOPS, 0);
    right = stop == SIZE_MAX ? right : str_slice(right, 0, stop);
    bool is_state =
        is_all(left) || is_almost(left) || is_direction(left) || is_against_others(left, &op);
    size_t verb = words_find(right, VERBS, 0);
    return is_state && verb != SIZE_MAX && verb > 0 && words_find(right, DE, 0) > verb;
}

static bool is_clause_end(Walk *walk, Span sentence, size_t from, size_t at) {
    Str text = text_at(&walk->reader->text, sentence);
    char c = text.at[at];
    if (c == ';') {
        return true;
    }
    if (rune_at(text, at) == 0x3001) {
        return state_ends(text, from, at);
    }
    bool is_between_digits = at > 0 && rune_is_digit((unsigned char)text.at[at - 1]) &&
                             rune_is_digit(rune_at(text, at + 1));
    if (c == ':') {
        return !is_between_digits;
    }
    return c == ',' && !comma_is_in_number(walk->reader, sentence, at) &&
           !comma_is_in_list(walk, sentence, from, at);
}

static Status sentence_read(Walk *walk, Span sentence) {
    Str text = text_at(&walk->reader->text, sentence);
    size_t from = 0;
    size_t at = 0;
    walk->last = (Clause){.scope = {.period = STR("")}};
    walk->is_money_given = false;
    while (at < text.len) {
        size_t quoted = quoted_end(text, at);
        if (quoted > at) {
            at = quoted;
        } else if (is_clause_end(walk, sentence, from, at)) {
            TRY(clause_read(walk, part(sentence, from, at)));
            at += rune_len_at(text, at);
            from = at;
        } else {
            at += rune_len_at(text, at);
        }
    }
    return clause_read(walk, part(sentence, from, text.len));
}

/* A full stop printed as an ASCII point: "...的水平." */
static size_t stop_len(Str text, size_t at) {
    static const char *const STOPS[] = {"。", "!", "?", NULL};
    size_t len = words_at(text, at, STOPS);
    if (len > 0 || text.at[at] != '.') {
        return len;
    }
    uint32_t before = at == 0 ? 0 : rune_at(text, rune_back(text, at));
    bool is_stop = rune_is_han(before) || before == '%' || before == ')' || before == 0x201d;
    return is_stop ? 1 : 0;
}

/* A new sentence: in a section of goals the year goes on, elsewhere it must be named again. */
static void scope_next(Walk *walk) {
    walk->year_is_stale = walk->scope.year_count > 0;
    if (walk->is_goal) {
        walk->scope.period = STR("");
        walk->scope.baseline = 0;
        return;
    }
    walk->scope = (Scope){.period = STR("")};
}

static Status piece_read(Walk *walk, Span span) {
    Str text = text_at(&walk->reader->text, span);
    TRY(cx_steps(walk->reader->cx, 1 + text.len / 16));
    size_t from = 0;
    for (size_t at = 0; at < text.len;) {
        size_t stop = stop_len(text, at);
        if (stop > 0) {
            TRY(sentence_read(walk, part(span, from, at)));
            scope_next(walk);
            from = at + stop;
        }
        at += stop > 0 ? stop : rune_len_at(text, at);
    }
    return from < text.len ? sentence_read(walk, part(span, from, text.len)) : STATUS_OK;
}

static Status pieces_read(Walk *walk, const PieceVec *pieces) {
    for (size_t i = 0; i < pieces->count; i++) {
        const Piece *piece = &pieces->items[i];
        uint32_t at = piece->span.from;
        const char *fold = walk->reader->text.fold.at;
        /* After a colon or a semicolon the sentence goes on over the line's end. */
        bool goes_on = at > 0 && (fold[at - 1] == ':' || fold[at - 1] == ';');
        bool is_listed = piece->is_title || fold[at] == '-' || goes_on;
        if (piece->starts_paragraph && walk->is_goal && !is_listed) {
            walk->year_is_carried = walk->scope.year_count > 0;
        }
        if (piece->starts_paragraph && !walk->is_goal && !goes_on) {
            walk->scope = (Scope){.period = STR("")};
            walk->year_is_stale = false;
        }
        TRY(piece_read(walk, piece->span));
    }
    return STATUS_OK;
}

Status targets_collect(Reader *reader) {
    Walk walk = {.reader = reader, .scope = {.period = STR("")}};
    bool was_goal = false;
    TRY(pieces_read(&walk, &reader->preface));
    for (size_t i = 0; i < reader->nodes.count; i++) {
        TRY(cx_step(reader->cx));
        const Node *node = &reader->nodes.items[i];
        bool carries = node->is_goal && was_goal;
        was_goal = node->is_goal;
        if (!carries) {
            walk.scope = (Scope){.period = STR("")};
        }
        /* The paragraph that opens a section of tasks tells its goals. */
        walk.is_goal = node->is_goal || (node->child_count > 0 && !node->has_units);
        walk.year_is_stale = false;
        /* From a heading above the year comes down; from a sibling it is only likely. */
        walk.node_depth = node->depth;
        walk.year_is_carried = walk.scope.year_count > 0 && node->depth <= walk.year_depth;
        if (node->year != 0) {
            walk.year_is_carried = false;
            walk.scope.years[0] = node->year;
            walk.scope.year_count = 1;
        }
        walk.path = node_path(reader, (int32_t)i);
        TRY(pieces_read(&walk, &node->pieces));
    }
    return STATUS_OK;
}
