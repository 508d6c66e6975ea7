/*
 * units.c - who leads and who is responsible. Two grammars, often mixed:
 *   labels  牵头单位:甲局、乙局;责任单位:丙局,丁局
 *   verbs   甲局牵头,乙局、丙局按职责分工负责
 * A region is cut into names; names wait until a label or a verb gives them a role. Text without a
 * label must consist of names and verbs only, else it is prose and left alone.
 */
#include "reader/reader_private.h"

typedef enum UnitRole { ROLE_NONE, ROLE_LEAD, ROLE_RESPONSIBLE, ROLE_IGNORED } UnitRole;

typedef struct UnitScan {
    Reader *reader;
    UnitLists lists;
    PlanStrVec pending;
    UnitRole role; /* of the label in force */
    bool has_label;
    bool has_verb;
    bool has_prose;  /* a piece that is no name */
    bool names_work; /* "以上任务由...": it may speak of more than one item */
} UnitScan;

enum { LABEL_BYTES_MAX = 45, NAME_RUNES_MAX = 40, NAME_BYTES_MAX = 200, REGION_BYTES_MAX = 6000 };

/* ---- names and labels ----------------------------------------------------------------------- */

bool unit_is_plausible(Str name) {
    static const char *const ENDS[] = {
        "局",   "委",   "办",   "部",   "中心", "府",   "公司", "院",     "社",   "行",
        "队",   "会",   "镇",   "街道", "厅",   "署",   "协会", "集团",   "学校", "学院",
        "大学", "企业", "区",   "县",   "市",   "站",   "所",   "馆",     "组",   "处",
        "乡",   "联",   "团",   "科协", "专班", "银行", "机构", "团市委", "镇街", "部门",
        "单位", "校",   "室",   "园",   "台",   "电网", "移动", "联通",   "电信", "铁塔",
        "邮政", "城投", "基金", "厂",   "矿",   "旗",   "州",   NULL};
    static const char *const STOPS[] = {"。", ",", ";", "“", "《", "=", "年", NULL};
    static const char *const STARTS[] = {"各", "有关", "相关", "全市", NULL};
    Str core = name;
    if (str_ends(core, STR(")"))) {
        size_t open = str_find(core, STR("("), 0);
        core = open == SIZE_MAX || open == 0 ? core : str_slice(core, 0, open);
    }
    if (core.len < 6 || core.len > NAME_BYTES_MAX || words_in(core, STOPS)) {
        return false;
    }
    return words_before(core, core.len, ENDS) > 0 || words_at(core, 0, STARTS) > 0;
}

static UnitRole label_role(Str label) {
    static const char *const IGNORED[] = {"时限", "时间", "责任人", "联系人", "领导",
                                          "电话", "期限", "分管",   NULL};
    static const char *const LEAD[] = {"牵头", "主办", "主责", "主要责任", NULL};
    static const char *const RESPONSIBLE[] = {"责任", "负责", "分工", "配合", "协办",
                                              "参与", "参加", "落实", "实施", "承办",
                                              "协同", "支持", "协助", "成员", NULL};
    static const char *const NOUNS[] = {"单位", "部门", "主体", "机构", "分工", NULL};
    static const char *const STOPS[] = {"。", ",", ";", "、", "(", NULL};
    if (label.len < 6 || label.len > LABEL_BYTES_MAX || words_in(label, STOPS)) {
        return ROLE_NONE;
    }
    if (words_in(label, IGNORED)) {
        return ROLE_IGNORED;
    }
    bool is_short = label.len <= 6;
    bool has_noun = words_before(label, label.len, NOUNS) > 0;
    if (!has_noun && !is_short) {
        return ROLE_NONE;
    }
    if (words_in(label, LEAD)) {
        return ROLE_LEAD;
    }
    return words_in(label, RESPONSIBLE) ? ROLE_RESPONSIBLE : ROLE_NONE;
}

/* The label at the start of text; returns its bytes with the colon, 0 if none. */
static size_t label_read(Str text, UnitRole *out) {
    Str head = str_slice(text, 0, LABEL_BYTES_MAX + 1);
    size_t colon = str_find(head, STR(":"), 0);
    if (colon == SIZE_MAX) {
        return 0;
    }
    UnitRole role = label_role(str_slice(head, 0, colon));
    if (role == ROLE_NONE) {
        return 0;
    }
    *out = role;
    return colon + 1;
}

bool units_label_starts(Str text) {
    UnitRole role;
    return label_read(text, &role) > 0 && role != ROLE_IGNORED;
}

/* The last name of a list, as far as a name can reach back. */
static Str name_last(Str list) {
    static const char *const SEPARATORS[] = {"、", ",", ";", ":", "(", NULL};
    size_t at = list.len;
    size_t floor = list.len > NAME_BYTES_MAX ? list.len - NAME_BYTES_MAX : 0;
    while (at > floor && words_before(list, at, SEPARATORS) == 0) {
        at = rune_back(list, at);
    }
    return str_from(list, at);
}

bool units_list_is_open(Str list) {
    Str last = name_last(list);
    return last.len > 0 && !unit_is_plausible(last);
}

void units_add(Arena *arena, PlanStrVec *list, Str name) {
    for (size_t i = 0; i < list->count; i++) {
        if (str_equal(list->items[i], name)) {
            return;
        }
    }
    *vec_push(arena, list) = name;
}

/* ---- scanning a region ---------------------------------------------------------------------- */

static void pending_flush(UnitScan *scan, UnitRole role) {
    enum { UNITS_MAX = 200 };
    PlanStrVec *list = role == ROLE_LEAD ? &scan->lists.lead : &scan->lists.responsible;
    for (size_t i = 0; i < scan->pending.count && role != ROLE_IGNORED; i++) {
        if (list->count < UNITS_MAX) {
            units_add(scan->reader->arena, list, scan->pending.items[i]);
        }
    }
    scan->pending.count = 0;
}

static Span span_part(Span span, size_t from, size_t len) {
    return (Span){span.from + (uint32_t)from, span.from + (uint32_t)(from + len)};
}

/* "市农业农村局和各镇政府": two names, while "市自然资源和规划局" is one. */
static size_t conjunction_find(Str name, size_t *len) {
    static const char *const AND[] = {"以及", "和", "及", "与", NULL};
    static const char *const STARTS[] = {"市", "县", "区", "省", "各", "有关", "相关", "镇", NULL};
    size_t at = 0;
    while (at < name.len) {
        size_t found = words_at(name, at, AND);
        if (found > 0 && unit_is_plausible(str_slice(name, 0, at)) &&
            words_at(name, at + found, STARTS) > 0) {
            *len = found;
            return at;
        }
        at += rune_len_at(name, at);
    }
    return SIZE_MAX;
}

static void name_add(UnitScan *scan, Span span) {
    Text *text = &scan->reader->text;
    span = span_trim(text, span);
    Str name = text_at(text, span);
    if (name.len == 0) {
        return;
    }
    size_t len = 0;
    size_t at = name.len <= NAME_BYTES_MAX ? conjunction_find(name, &len) : SIZE_MAX;
    if (at != SIZE_MAX) {
        name_add(scan, span_part(span, 0, at));
        span = span_part(span, at + len, name.len - at - len);
        name = text_at(text, span);
    }
    static const char *const LEADS[] = {"(牵头)", "(牵头单位)", "(牵头部门)", NULL};
    size_t lead = words_before(name, name.len, LEADS);
    if (lead > 0 && lead < name.len) {
        span = span_part(span, 0, name.len - lead);
        units_add(scan->reader->arena, &scan->lists.lead,
                  text_raw(scan->reader->arena, text, span));
        scan->has_verb = true;
        return;
    }
    if (!unit_is_plausible(name)) {
        scan->has_prose = true;
        if (scan->has_label && scan->role != ROLE_IGNORED) {
            doubt_add(scan->reader, span, "责任分工里的这一段不像单位名称，请核对");
        }
        if (name.len > NAME_BYTES_MAX) {
            return;
        }
    }
    *vec_push(scan->reader->arena, &scan->pending) = text_raw(scan->reader->arena, text, span);
}

/* Takes a verb phrase off the end of a piece; returns the role it gives. */
static UnitRole verb_take(Str *piece) {
    static const char *const LEAD[] = {"牵头负责", "牵头组织实施", "牵头组织", "牵头实施",
                                       "牵头落实", "牵头推进",     "负责牵头", "共同牵头",
                                       "牵头抓总", "牵头",         NULL};
    static const char *const RESPONSIBLE[] = {"按照各自职责分工负责",
                                              "按各自职责分工负责",
                                              "按照职责分工负责",
                                              "按职责分工负责",
                                              "按照职责分工落实",
                                              "按职责分工落实",
                                              "按职责分工配合",
                                              "按照职责分工配合",
                                              "按职责分工推进",
                                              "按职责分工抓好落实",
                                              "按照职责分工",
                                              "按职责分工",
                                              "按照各自职责负责",
                                              "按各自职责负责",
                                              "按照职责负责",
                                              "按职责负责",
                                              "按职责配合",
                                              "按职责落实",
                                              "依职责负责",
                                              "依职责分工负责",
                                              "分工负责",
                                              "共同负责",
                                              "分别负责",
                                              "具体负责",
                                              "配合落实",
                                              "协同配合",
                                              "积极配合",
                                              "共同配合",
                                              "负责落实",
                                              "组织实施",
                                              "抓好落实",
                                              "负责",
                                              "配合",
                                              "参与",
                                              "协助",
                                              "参加",
                                              "协同",
                                              "落实",
                                              "协办",
                                              NULL};
    size_t len = words_before(*piece, piece->len, LEAD);
    UnitRole role = ROLE_LEAD;
    if (len == 0) {
        len = words_before(*piece, piece->len, RESPONSIBLE);
        role = ROLE_RESPONSIBLE;
    }
    *piece = str_slice(*piece, 0, piece->len - len);
    return len > 0 ? role : ROLE_NONE;
}

static void tail_take(Str *piece) {
    static const char *const TAILS[] = {"等有关部门", "等相关部门", "等有关单位",
                                        "等相关单位", "等部门",     "等单位",
                                        "等部门单位", "等",         NULL};
    *piece = str_slice(*piece, 0, piece->len - words_before(*piece, piece->len, TAILS));
}

static void piece_add(UnitScan *scan, Span span) {
    static const char *const BY[] = {"由", NULL};
    static const char *const WORK[] = {"任务", "工作", "以上", "上述", "事项", NULL};
    Text *text = &scan->reader->text;
    span = span_trim(text, span);
    UnitRole label = ROLE_NONE;
    size_t label_len = label_read(text_at(text, span), &label);
    if (label_len > 0) {
        pending_flush(scan, scan->role);
        scan->role = label;
        scan->has_label = true;
        span.from += (uint32_t)label_len;
    }
    Str piece = text_at(text, span);
    UnitRole verb = verb_take(&piece);
    tail_take(&piece);
    size_t by = words_at(piece, 0, BY);
    size_t all = by > 0 ? SIZE_MAX : words_find(str_slice(piece, 0, 60), BY, 0);
    if (all != SIZE_MAX && words_in(str_slice(piece, 0, all), WORK)) {
        by = all + 3;
        scan->names_work = true;
    }
    size_t with = str_find(piece, STR("会同"), 0);
    if (with != SIZE_MAX) {
        name_add(scan, span_part(span, by, with - by));
        pending_flush(scan, ROLE_LEAD);
        scan->role = ROLE_RESPONSIBLE;
        scan->has_verb = true;
        by = with + 6;
        verb = verb == ROLE_LEAD ? ROLE_RESPONSIBLE : verb;
    }
    name_add(scan, span_part(span, by, piece.len - by));
    if (verb != ROLE_NONE && scan->role != ROLE_IGNORED) {
        scan->has_verb = true;
        pending_flush(scan, verb);
    }
}

/* May blanks or a line's end part two names here? "市发改局 市工信局" yes, "安丘市 住建局" no; at a
 * line's end the next must begin as a name or a label does ("市政府|办公室" is one). */
static bool blank_parts(const Text *text, Span piece, uint32_t at, Str rest) {
    static const char *const AREAS[] = {"市", "县", "区", "省", "镇", "乡", NULL};
    static const char *const STARTS[] = {"市", "县", "区", "省", "各", "国", NULL};
    const Glyph *glyph = text_glyph(text, at);
    UnitRole role;
    bool is_line_end =
        glyph->is_line_start && (words_at(rest, 0, STARTS) > 0 || label_read(rest, &role) > 0);
    if (glyph->space == 0 && !is_line_end) {
        return false;
    }
    Str name = text_at(text, piece);
    return unit_is_plausible(name) && words_before(name, name.len, AREAS) == 0;
}

static bool is_list_separator(uint32_t rune) {
    return rune == 0x3001 || rune == ',' || rune == ';' || rune == 0x3002 || rune == '.';
}

bool units_read(Reader *reader, Span region, UnitLists *out) {
    if (region.to - region.from > REGION_BYTES_MAX) {
        return false;
    }
    UnitScan scan = {.reader = reader};
    size_t doubts = reader->plan->doubts.count;
    Str text = text_at(&reader->text, region);
    int depth = 0;
    Span piece = {region.from, region.from};
    size_t at = 0;
    while (at < text.len) {
        uint32_t here = region.from + (uint32_t)at;
        uint32_t rune = str_rune(text, &at);
        depth += rune == '(' ? 1 : rune == ')' && depth > 0 ? -1 : 0;
        bool is_separator = depth == 0 && is_list_separator(rune);
        if (is_separator || (depth == 0 && blank_parts(&reader->text, piece, here,
                                                       str_from(text, here - region.from)))) {
            piece_add(&scan, piece);
            piece.from = is_separator ? region.from + (uint32_t)at : here;
        }
        piece.to = region.from + (uint32_t)at;
    }
    piece_add(&scan, piece);
    bool has_rest = scan.pending.count > 0 && scan.role == ROLE_NONE;
    pending_flush(&scan, scan.role == ROLE_NONE ? ROLE_RESPONSIBLE : scan.role);
    bool is_units = scan.has_label || (scan.has_verb && !scan.has_prose && !has_rest);
    bool has_names = scan.lists.lead.count + scan.lists.responsible.count > 0;
    if (!is_units || !has_names) {
        reader->plan->doubts.count = doubts;
        return false;
    }
    if (scan.names_work) {
        doubt_add(reader, region, "这句分工说的是哪几项任务不明确，只记在最近的一项上");
    }
    *out = scan.lists;
    return true;
}

/* Cuts one line of a cell into names. */
static PlanStrVec cell_names(Reader *reader, Span span) {
    UnitScan scan = {.reader = reader, .role = ROLE_RESPONSIBLE, .has_label = true};
    Str text = text_at(&reader->text, span);
    Span piece = span;
    size_t at = 0;
    int depth = 0;
    while (at < text.len) {
        uint32_t here = span.from + (uint32_t)at;
        uint32_t rune = str_rune(text, &at);
        depth += rune == '(' ? 1 : rune == ')' && depth > 0 ? -1 : 0;
        bool is_separator = depth == 0 && is_list_separator(rune);
        piece.to = here;
        if (is_separator || (depth == 0 && blank_parts(&reader->text, piece, here,
                                                       str_from(text, here - span.from)))) {
            piece_add(&scan, piece);
            piece.from = is_separator ? span.from + (uint32_t)at : here;
        }
    }
    piece.to = span.to;
    piece_add(&scan, piece);
    pending_flush(&scan, ROLE_RESPONSIBLE);
    return scan.lists.responsible;
}

void units_cell_read(Reader *reader, const SpanVec *cell, PlanStrVec *out) {
    enum { CELL_BYTES_MAX = 2000 };
    bool is_open = false; /* the line before broke a name */
    PlanStrVec all = {0};
    for (size_t i = 0; i < cell->count; i++) {
        Str text = text_at(&reader->text, cell->items[i]);
        if (text.len > CELL_BYTES_MAX) {
            doubt_add(reader, cell->items[i], "单位一栏太长，没有读");
            continue;
        }
        size_t doubts = reader->plan->doubts.count;
        PlanStrVec names = cell_names(reader, cell->items[i]);
        size_t k = 0;
        if (is_open && all.count > 0 && names.count > 0) {
            Str *last = &all.items[all.count - 1];
            *last = str_join(reader->arena, *last, names.items[0]);
            k = 1;
        }
        for (; k < names.count; k++) {
            *vec_push(reader->arena, &all) = names.items[k];
        }
        is_open = units_list_is_open(text);
        bool is_broken = i + 1 < cell->count || i > 0;
        reader->plan->doubts.count = is_broken ? doubts : reader->plan->doubts.count;
    }
    for (size_t i = 0; i < all.count; i++) {
        units_add(reader->arena, out, all.items[i]);
    }
}

/* ---- finding regions in a paragraph --------------------------------------------------------- */

typedef struct Split {
    Reader *reader;
    Span span;
    Str text;
    size_t start; /* of the piece of text being collected */
    SpanVec *pieces;
    UnitLists *units;
} Split;

static void lists_merge(Split *split, const UnitLists *more) {
    Arena *arena = split->reader->arena;
    for (size_t i = 0; i < more->lead.count; i++) {
        units_add(arena, &split->units->lead, more->lead.items[i]);
    }
    for (size_t i = 0; i < more->responsible.count; i++) {
        units_add(arena, &split->units->responsible, more->responsible.items[i]);
    }
}

static void piece_close(Split *split, size_t end) {
    if (end > split->start) {
        *vec_push(split->reader->arena, split->pieces) =
            span_part(split->span, split->start, end - split->start);
    }
}

/* The byte after the bracket that closes the one at byte open; SIZE_MAX when it stays open. */
static size_t bracket_end(Str text, size_t open) {
    int depth = 0;
    size_t limit = text.len - open > REGION_BYTES_MAX ? open + REGION_BYTES_MAX : text.len;
    for (size_t at = open; at < limit; at++) {
        depth += text.at[at] == '(' ? 1 : text.at[at] == ')' ? -1 : 0;
        if (depth == 0) {
            return at + 1;
        }
    }
    return SIZE_MAX;
}

/* "(市工信局、市发改局)" at the end of a paragraph: names only, no word on who leads. */
static bool names_only_read(Split *split, Span region, UnitLists *out) {
    static const char *const STARTS[] = {"市", "县", "区", "省", "各", NULL};
    Str text = text_at(&split->reader->text, region);
    if (words_at(text, 0, STARTS) == 0 || text.len > 600) {
        return false;
    }
    UnitScan scan = {.reader = split->reader};
    size_t from = 0;
    for (size_t at = 0; at <= text.len;) {
        uint32_t rune = rune_at(text, at);
        if (at == text.len || is_list_separator(rune)) {
            piece_add(&scan, span_part(region, from, at - from));
            from = at + rune_len_at(text, at);
        }
        at += at == text.len ? 1 : rune_len_at(text, at);
    }
    for (size_t i = 0; i < scan.pending.count; i++) {
        scan.has_prose = scan.has_prose || words_at(scan.pending.items[i], 0, STARTS) == 0;
    }
    if (scan.has_prose || scan.has_verb || scan.pending.count == 0) {
        return false;
    }
    pending_flush(&scan, ROLE_RESPONSIBLE);
    doubt_add(split->reader, region, "括号里只有单位名称，没有写牵头还是责任，按责任单位处理");
    *out = scan.lists;
    return true;
}

/* A bracket at byte open: takes it as a unit clause or gives the byte where to go on. */
static size_t bracket_take(Split *split, size_t open) {
    static const char *const WORDS[] = {"单位", "部门", "牵头", "负责", "配合", "责任", NULL};
    size_t end = bracket_end(split->text, open);
    bool is_broken = end == SIZE_MAX;
    if (is_broken && !units_label_starts(str_from(split->text, open + 1))) {
        return open + 1;
    }
    end = is_broken ? split->text.len : end;
    size_t inner = end - open - (is_broken ? 1 : 2);
    UnitLists lists = {0};
    Span region = span_part(split->span, open + 1, inner);
    bool is_units = inner <= REGION_BYTES_MAX &&
                    words_in(str_slice(split->text, open + 1, inner), WORDS) &&
                    units_read(split->reader, region, &lists);
    bool is_last = split->text.len - end <= 3;
    if (!is_units && !(is_last && !is_broken && names_only_read(split, region, &lists))) {
        return end;
    }
    if (is_broken) {
        doubt_add(split->reader, span_part(split->span, open, end - open),
                  "括号没有收尾，按到段末处理");
    }
    piece_close(split, open);
    lists_merge(split, &lists);
    split->start = end;
    return end;
}

/* A sentence made of units only, at byte at; returns the byte after it, or at. */
static size_t sentence_take(Split *split, size_t at) {
    enum { SENTENCE_BYTES_MAX = 1200 };
    static const char *const VERBS[] = {"负责", "牵头", "配合", "落实", "参与", "协助", NULL};
    Str rest = str_slice(split->text, at, SENTENCE_BYTES_MAX);
    size_t stop = str_find(rest, STR("。"), 0);
    size_t end = stop == SIZE_MAX ? rest.len : stop;
    bool is_labelled = units_label_starts(rest);
    if (!is_labelled && words_before(rest, end, VERBS) == 0) {
        return at;
    }
    UnitLists lists = {0};
    if (!units_read(split->reader, span_part(split->span, at, end), &lists)) {
        return at;
    }
    piece_close(split, at);
    lists_merge(split, &lists);
    split->start = at + (stop == SIZE_MAX ? end : end + 3);
    return split->start;
}

Status units_split(Reader *reader, Span span, SpanVec *pieces, UnitLists *units) {
    Split split = {reader, span, text_at(&reader->text, span), 0, pieces, units};
    size_t at = 0;
    bool is_sentence_start = true;
    TRY(cx_steps(reader->cx, 1 + split.text.len / 16));
    while (at < split.text.len) {
        uint32_t rune = rune_at(split.text, at);
        if (rune == '(') {
            at = bracket_take(&split, at);
            is_sentence_start = true;
            TRY(cx_step(reader->cx));
            continue;
        }
        size_t taken = is_sentence_start ? sentence_take(&split, at) : at;
        if (taken > at) {
            at = taken;
            continue;
        }
        is_sentence_start = rune == 0x3002 || rune == ';';
        at += rune_len_at(split.text, at);
    }
    piece_close(&split, split.text.len);
    return STATUS_OK;
}
