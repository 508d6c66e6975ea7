/*
 * regex_match.c - the backtracking matcher: an explicit stack of places to come back to, so the C
 * stack stays flat; every step is counted. Then matches, replace and split on top of one search.
 *
 *   frames: [step, position] = go on there     [register, old value] = undo a save on the way back
 */
#include "base/buf.h"
#include "base/vec.h"
#include "feel/regex_program.h"

enum {
    FRAMES_MAX = 4 * 1024 * 1024,
    RESULT_BYTES_MAX = 64 * 1024 * 1024,
};
#define POSITION_NONE UINT32_MAX

typedef struct Frame {
    bool is_undo;
    uint32_t target; /* step, or register to undo */
    uint32_t position;
} Frame;

typedef struct FrameVec VEC(Frame) FrameVec;

typedef struct Search {
    Cx *cx;
    const Regex *regex;
    Str text;
    uint64_t step_count;
    FrameVec frames;
    uint32_t *registers;
} Search;

static Status too_much(Search *search) {
    return fault(search->cx, STATUS_LIMIT,
                 "regular expression: the search takes too long or too much memory");
}

static Status push(Search *search, bool is_undo, uint32_t target, uint32_t position) {
    if (search->frames.count >= FRAMES_MAX) {
        return too_much(search);
    }
    *vec_push(search->cx->arena, &search->frames) =
        (Frame){.is_undo = is_undo, .target = target, .position = position};
    return STATUS_OK;
}

static bool is_same_rune(uint32_t left, uint32_t right, bool ignores_case) {
    if (left == right || !ignores_case) {
        return left == right;
    }
    for (uint32_t next = regex_case_next(left); next != left; next = regex_case_next(next)) {
        if (next == right) {
            return true;
        }
    }
    return false;
}

static bool set_has(const Regex *regex, uint32_t set_index, uint32_t rune) {
    const RegexSet *set = regex->sets[set_index];
    return rune < REGEX_ASCII_COUNT ? set->ascii[rune]
                                    : regex_set_has(set, rune, regex->ignores_case);
}

/* Moves over one code point if the step takes it. */
static bool take_rune(const Search *search, const RegexStep *step, uint32_t *position) {
    if (*position >= search->text.len) {
        return false;
    }
    size_t at = *position;
    uint32_t rune = str_rune(search->text, &at);
    bool is_taken = true;
    if (step->op == REGEX_CHAR) {
        is_taken = is_same_rune(step->arg, rune, search->regex->ignores_case);
    } else if (step->op == REGEX_ANY) {
        is_taken = rune != '\n' && rune != '\r';
    } else if (step->op == REGEX_SET) {
        is_taken = set_has(search->regex, step->arg, rune);
    }
    if (is_taken) {
        *position = (uint32_t)at;
    }
    return is_taken;
}

/* Moves over what a group matched; a group that did not match counts as empty. */
static bool take_group(const Search *search, uint32_t group, uint32_t *position) {
    uint32_t start = search->registers[2 * group];
    uint32_t end = search->registers[2 * group + 1];
    if (start == POSITION_NONE || end == POSITION_NONE || end < start) {
        return true;
    }
    size_t from = start;
    size_t at = *position;
    while (from < end) {
        if (at >= search->text.len) {
            return false;
        }
        uint32_t wanted = str_rune(search->text, &from);
        if (!is_same_rune(wanted, str_rune(search->text, &at), search->regex->ignores_case)) {
            return false;
        }
    }
    *position = (uint32_t)at;
    return true;
}

static bool is_anchored(const Search *search, RegexOp op, uint32_t position) {
    size_t len = search->text.len;
    const char *at = search->text.at;
    if (op == REGEX_BEGIN) {
        return position == 0;
    }
    if (op == REGEX_END) {
        return position == len;
    }
    if (op == REGEX_LINE_BEGIN) {
        return position == 0 || (at[position - 1] == '\n' && position < len);
    }
    return position == len || at[position] == '\n';
}

/* Goes back to the last open choice: undoes saves on the way. false when none is left. */
static bool come_back(Search *search, uint32_t *step, uint32_t *position) {
    while (search->frames.count > 0) {
        Frame frame = search->frames.items[--search->frames.count];
        if (!frame.is_undo) {
            *step = frame.target;
            *position = frame.position;
            return true;
        }
        search->registers[frame.target] = frame.position;
    }
    return false;
}

/* Does one step: moves *at and *position, or says that this way failed. */
static Status do_step(Search *search, uint32_t *at, uint32_t *position, bool *is_good) {
    const RegexStep *step = &search->regex->steps[*at];
    *is_good = true;
    *at += 1;
    switch (step->op) {
    case REGEX_CHAR:
    case REGEX_ANY:
    case REGEX_ANY_LINE:
    case REGEX_SET:
        *is_good = take_rune(search, step, position);
        return STATUS_OK;
    case REGEX_BEGIN:
    case REGEX_END:
    case REGEX_LINE_BEGIN:
    case REGEX_LINE_END:
        *is_good = is_anchored(search, step->op, *position);
        return STATUS_OK;
    case REGEX_BACK:
        *is_good = take_group(search, step->arg, position);
        return STATUS_OK;
    case REGEX_SAVE:
        TRY(push(search, true, step->arg, search->registers[step->arg]));
        search->registers[step->arg] = *position;
        return STATUS_OK;
    case REGEX_MOVED:
        *at = search->registers[step->arg] == *position ? step->target : *at;
        return STATUS_OK;
    case REGEX_SPLIT:
        return push(search, false, step->target, *position);
    case REGEX_SPLIT_LAZY:
        TRY(push(search, false, *at, *position));
        *at = step->target;
        return STATUS_OK;
    case REGEX_JUMP:
        *at = step->target;
        return STATUS_OK;
    case REGEX_FOUND:
        return STATUS_OK;
    }
    return STATUS_OK;
}

/* Tries a match that starts exactly at start. */
static Status match_here(Search *search, uint32_t start, bool *is_found) {
    uint32_t at = 0;
    uint32_t position = start;
    search->frames.count = 0;
    for (size_t i = 0; i < search->regex->register_count; i++) {
        search->registers[i] = POSITION_NONE;
    }
    *is_found = false;
    while (!*is_found) {
        bool is_good = true;
        if (++search->step_count > REGEX_STEPS_MAX) {
            return too_much(search);
        }
        if (search->step_count % 1024 == 0) {
            TRY(cx_steps(search->cx, 1024));
        }
        if (search->regex->steps[at].op == REGEX_FOUND) {
            *is_found = true;
            search->registers[0] = start;
            search->registers[1] = position;
            break;
        }
        TRY(do_step(search, &at, &position, &is_good));
        if (!is_good && !come_back(search, &at, &position)) {
            break;
        }
    }
    return STATUS_OK;
}

/* Finds the first match at or after from. */
static Status find(Search *search, size_t from, bool *is_found) {
    bool starts_at_begin = search->regex->steps[0].op == REGEX_BEGIN;
    for (size_t start = from; start <= search->text.len;) {
        TRY(match_here(search, (uint32_t)start, is_found));
        if (*is_found || starts_at_begin || start == search->text.len) {
            return STATUS_OK;
        }
        (void)str_rune(search->text, &start);
    }
    return STATUS_OK;
}

static Status search_init(Search *search, Cx *cx, const Regex *regex, Str text) {
    if (text.len >= POSITION_NONE) {
        return fault(cx, STATUS_LIMIT, "regular expression: text too long");
    }
    *search = (Search){.cx = cx, .regex = regex, .text = text};
    search->registers = arena_array(cx->arena, uint32_t, regex->register_count);
    return STATUS_OK;
}

Status regex_matches(Cx *cx, const Regex *regex, Str text, bool *out) {
    ArenaMark mark = arena_mark(cx->arena);
    Search search;
    bool is_found = false;
    Status status = search_init(&search, cx, regex, text);
    if (status == STATUS_OK) {
        status = find(&search, 0, &is_found);
    }
    arena_rewind(cx->arena, mark);
    if (status == STATUS_OK) {
        *out = is_found;
    }
    return status;
}

/* XPath forbids patterns that match the empty text in replace and tokenize (FORX0003). */
static Status refuse_empty(Cx *cx, const Regex *regex) {
    bool is_found = false;
    TRY(regex_matches(cx, regex, STR(""), &is_found));
    if (is_found) {
        return fault(cx, STATUS_INVALID, "regular expression: matches the empty text");
    }
    return STATUS_OK;
}

/* ---- replace ---- */

/* $ and digits: the longest number that names a group; a single digit beyond is empty. */
static void put_group(const Search *search, Str replacement, size_t *at, Buf *out) {
    size_t group = (size_t)(replacement.at[*at] - '0');
    *at += 1;
    while (*at < replacement.len && replacement.at[*at] >= '0' && replacement.at[*at] <= '9' &&
           group * 10 + (size_t)(replacement.at[*at] - '0') <= search->regex->group_count) {
        group = group * 10 + (size_t)(replacement.at[*at] - '0');
        *at += 1;
    }
    if (group > search->regex->group_count) {
        return;
    }
    uint32_t start = search->registers[2 * group];
    uint32_t end = search->registers[2 * group + 1];
    if (start != POSITION_NONE && end != POSITION_NONE && end >= start) {
        buf_put(out, str_slice(search->text, start, end - start));
    }
}

static void put_replacement(const Search *search, Str replacement, Buf *out) {
    if (search->regex->is_literal) {
        buf_put(out, replacement);
        return;
    }
    for (size_t i = 0; i < replacement.len;) {
        char c = replacement.at[i++];
        if (c == '$') {
            put_group(search, replacement, &i, out);
        } else {
            buf_put_char(out, c == '\\' ? replacement.at[i++] : c);
        }
    }
}

static Status check_replacement(Cx *cx, const Regex *regex, Str replacement) {
    for (size_t i = 0; i < replacement.len && !regex->is_literal; i++) {
        char c = replacement.at[i];
        char next = i + 1 < replacement.len ? replacement.at[i + 1] : '\0';
        bool is_good = c == '$' ? next >= '0' && next <= '9' : next == '\\' || next == '$';
        if ((c == '$' || c == '\\') && !is_good) {
            return fault_at_line(cx, STATUS_INVALID, 1, (int64_t)i + 1,
                                 "replacement: %c must be followed by %s", c,
                                 c == '$' ? "a digit" : "\\ or $");
        }
        i += c == '\\' ? 1 : 0;
    }
    return STATUS_OK;
}

static Status replace_all(Search *search, Str replacement, Buf *out) {
    size_t from = 0;
    bool is_found = true;
    for (;;) {
        TRY(cx_step(search->cx));
        TRY(find(search, from, &is_found));
        if (!is_found) {
            break;
        }
        uint32_t end = search->registers[1];
        buf_put(out, str_slice(search->text, from, search->registers[0] - from));
        put_replacement(search, replacement, out);
        if (end == search->registers[0]) { /* an anchor matched nothing: move on by one */
            size_t next = end;
            if (next == search->text.len) {
                from = next;
                break;
            }
            (void)str_rune(search->text, &next);
            buf_put(out, str_slice(search->text, end, next - end));
            end = (uint32_t)next;
        }
        from = end;
    }
    buf_put(out, str_from(search->text, from));
    return buf_status(out) == STATUS_OK
               ? STATUS_OK
               : fault(search->cx, STATUS_LIMIT, "replace: result too long");
}

Status regex_replace(Cx *cx, const Regex *regex, Str text, Str replacement, Str *out) {
    TRY(refuse_empty(cx, regex));
    TRY(check_replacement(cx, regex, replacement));
    ArenaMark mark = arena_mark(cx->arena);
    Search search;
    Buf buf;
    buf_init(&buf, RESULT_BYTES_MAX);
    Status status = search_init(&search, cx, regex, text);
    if (status == STATUS_OK) {
        status = replace_all(&search, replacement, &buf);
    }
    arena_rewind(cx->arena, mark);
    if (status == STATUS_OK) {
        *out = str_dup(cx->arena, buf_str(&buf));
    }
    buf_dispose(&buf);
    return status;
}

/* ---- split ---- */

typedef struct PieceVec VEC(Str) PieceVec;

Status regex_split(Cx *cx, const Regex *regex, Str text, RegexPieces *out) {
    TRY(refuse_empty(cx, regex));
    PieceVec pieces = {0};
    Search search;
    TRY(search_init(&search, cx, regex, text));
    size_t from = 0;
    size_t next = 0; /* where to search; beyond from after an empty match of an anchor */
    bool is_found = text.len > 0;
    while (is_found) {
        TRY(cx_step(cx));
        TRY(find(&search, next, &is_found));
        if (is_found && search.registers[0] == search.registers[1]) {
            next = search.registers[1];
            is_found = next < text.len;
            if (is_found) {
                (void)str_rune(text, &next);
                continue;
            }
        }
        size_t end = is_found ? search.registers[0] : text.len;
        *vec_push(cx->arena, &pieces) = str_slice(text, from, end - from);
        from = next = is_found ? search.registers[1] : text.len;
    }
    *out = (RegexPieces){pieces.items, pieces.count};
    return STATUS_OK;
}
