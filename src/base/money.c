#include "base/money.h"

#include "base/buf.h"
#include "base/limits.h"

#include <inttypes.h>

Money money_of_fen(int64_t fen) {
    return (Money){fen};
}

Money money_of_yuan(int64_t yuan) {
    int64_t fen = 0;
    check(!__builtin_mul_overflow(yuan, 100, &fen));
    return (Money){fen};
}

Money money_add(Money left, Money right) {
    int64_t fen = 0;
    check(!__builtin_add_overflow(left.fen, right.fen, &fen));
    return (Money){fen};
}

Money money_sub(Money left, Money right) {
    int64_t fen = 0;
    check(!__builtin_sub_overflow(left.fen, right.fen, &fen));
    return (Money){fen};
}

int money_compare(Money left, Money right) {
    return left.fen < right.fen ? -1 : left.fen > right.fen;
}

Money money_min(Money left, Money right) {
    return left.fen < right.fen ? left : right;
}

Money money_share_down(Money amount, int64_t rate_bp) {
    check(amount.fen >= 0);
    check(rate_bp >= 0 && rate_bp <= RATE_BP_ONE);
    int64_t whole = amount.fen / RATE_BP_ONE * rate_bp;
    int64_t rest = amount.fen % RATE_BP_ONE * rate_bp / RATE_BP_ONE;
    return (Money){whole + rest};
}

/* Cuts the marks that people write around an amount: yuan signs before, 元 after. */
static Str amount_trim(Str text) {
    static const Str before[] = {{"￥", 3}, {"¥", 2}};
    text = str_trim(text);
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
        if (str_starts(text, before[i])) {
            text = str_from(text, before[i].len);
        }
    }
    if (str_ends(text, STR("元"))) {
        text.len -= STR("元").len;
    }
    return str_trim(text);
}

typedef struct AmountScan {
    int64_t fen;
    int decimals; /* digits seen after the point; -1 before it */
    int digits;
    bool is_bad;
} AmountScan;

static void amount_digit(AmountScan *scan, int digit) {
    scan->digits++;
    if (scan->decimals >= 0 && ++scan->decimals > 2) {
        scan->is_bad = true;
        return;
    }
    scan->fen = scan->fen * 10 + digit;
    if (scan->fen > LIMIT_MONEY_FEN_MAX) {
        scan->is_bad = true;
    }
}

static AmountScan amount_scan(Str text) {
    AmountScan scan = {.decimals = -1};
    for (size_t i = 0; i < text.len && !scan.is_bad; i++) {
        char c = text.at[i];
        if (c >= '0' && c <= '9') {
            amount_digit(&scan, c - '0');
        } else if (c == '.' && scan.decimals < 0 && scan.digits > 0) {
            scan.decimals = 0;
        } else if (c != ',' || scan.decimals >= 0 || scan.digits == 0) {
            scan.is_bad = true;
        }
    }
    for (int i = scan.decimals < 0 ? 0 : scan.decimals; i < 2; i++) {
        scan.fen *= 10;
    }
    return scan;
}

Status money_parse(Cx *cx, Str text, Money *out) {
    Str digits = amount_trim(text);
    AmountScan scan = amount_scan(digits);
    if (scan.is_bad || scan.digits == 0 || scan.fen > LIMIT_MONEY_FEN_MAX) {
        Status status =
            fault(cx, STATUS_INVALID, "“" STR_FMT "”不是有效的金额", STR_ARG(str_head(text, 40)));
        fault_hint(cx, "请填写数字，最多两位小数，例如 6999 或 6,999.00");
        return status;
    }
    *out = (Money){scan.fen};
    return STATUS_OK;
}

Str money_print_plain(Arena *arena, Money amount) {
    uint64_t fen = amount.fen < 0 ? 0 - (uint64_t)amount.fen : (uint64_t)amount.fen;
    return str_print(arena, "%s%" PRIu64 ".%02" PRIu64, amount.fen < 0 ? "-" : "", fen / 100,
                     fen % 100);
}

Str money_print(Arena *arena, Money amount) {
    Str plain = money_print_plain(arena, amount);
    char *out = arena_alloc(arena, plain.len * 2);
    size_t len = 0;
    size_t sign = amount.fen < 0 ? 1 : 0;
    for (size_t i = 0; i < plain.len; i++) {
        size_t to_point = plain.len - 3 - i; /* whole digits left, this one included */
        if (i > sign && i < plain.len - 3 && to_point % 3 == 0) {
            out[len++] = ',';
        }
        out[len++] = plain.at[i];
    }
    return (Str){out, len};
}

/* Whole yuan by fours: 亿 stands whenever there is something before it, 万 only in a group that has
 * digits. */
static void capital_yuan(Buf *out, uint64_t yuan) {
    static const char *const digits[] = {"零", "壹", "贰", "叁", "肆",
                                         "伍", "陆", "柒", "捌", "玖"};
    static const char *const units[] = {"", "拾", "佰", "仟"};
    bool has_zero = false;
    bool has_group = false;
    bool is_begun = false;
    uint64_t scale = UINT64_C(1000000000000000000);
    for (int place = 18; place >= 0; place--, scale /= 10) {
        uint64_t digit = yuan / scale % 10;
        if (digit != 0) {
            buf_put_c(out, has_zero ? "零" : "");
            buf_put_c(out, digits[digit]);
            buf_put_c(out, units[place % 4]);
            has_group = is_begun = true;
        }
        has_zero = digit == 0 && is_begun;
        if (place % 8 == 4 && has_group) {
            buf_put_c(out, "万");
        } else if (place % 8 == 0 && place > 0 && is_begun) {
            buf_put_c(out, "亿");
        }
        has_group = place % 4 == 0 ? false : has_group;
    }
    buf_put_c(out, is_begun ? "元" : "");
}

Str money_print_capital(Arena *arena, Money amount) {
    static const char *const digits[] = {"", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};
    uint64_t fen = amount.fen < 0 ? 0 - (uint64_t)amount.fen : (uint64_t)amount.fen;
    Buf *out = buf_in(arena, 1024);
    buf_put_c(out, amount.fen < 0 ? "人民币负" : "人民币");
    capital_yuan(out, fen / 100);
    if (fen % 100 == 0) {
        buf_put_c(out, fen == 0 ? "零元整" : "整");
        return buf_str(out);
    }
    if (fen / 10 % 10 != 0) {
        buf_print(out, "%s角", digits[fen / 10 % 10]);
    } else if (fen >= 100) {
        buf_put_c(out, "零");
    }
    if (fen % 10 != 0) {
        buf_print(out, "%s分", digits[fen % 10]);
    }
    return buf_str(out);
}

static Status shares_check(Cx *cx, const int64_t *shares_bp, size_t count, size_t *largest) {
    if (count < 1 || count > MONEY_SHARES_MAX) {
        return fault(cx, STATUS_LIMIT, "%zu shares, allowed are 1 to %d", count, MONEY_SHARES_MAX);
    }
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (shares_bp[i] < 0 || shares_bp[i] > RATE_BP_ONE) {
            return fault(cx, STATUS_INVALID, "share %zu is out of range", i);
        }
        sum += shares_bp[i];
        *largest = shares_bp[i] > shares_bp[*largest] ? i : *largest;
    }
    if (sum != RATE_BP_ONE) {
        return fault(cx, STATUS_INVALID, "shares sum to %" PRId64 " instead of 10000", sum);
    }
    return STATUS_OK;
}

Status money_split(Cx *cx, Money amount, const int64_t *shares_bp, size_t count, Money *out) {
    size_t largest = 0;
    TRY(shares_check(cx, shares_bp, count, &largest));
    int64_t rest = amount.fen;
    for (size_t i = 0; i < count; i++) {
        int64_t part = amount.fen / RATE_BP_ONE * shares_bp[i] +
                       amount.fen % RATE_BP_ONE * shares_bp[i] / RATE_BP_ONE;
        out[i] = (Money){part};
        rest -= part;
    }
    out[largest].fen += rest;
    return STATUS_OK;
}
