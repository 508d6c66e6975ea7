/*
 * money.h - amounts of yuan in fen (1/100), int64, never binary floating point.
 * Arithmetic checks for overflow and crashes: amounts are bounded by LIMIT_MONEY_FEN_MAX when they
 * enter, so an overflow is our mistake.
 */
#ifndef HUANXIN_BASE_MONEY_H
#define HUANXIN_BASE_MONEY_H

#include "base/cx.h"

typedef struct Money {
    int64_t fen;
} Money;

#define MONEY_ZERO ((Money){0})

enum { MONEY_SHARES_MAX = 64, RATE_BP_ONE = 10000 };

Money money_of_fen(int64_t fen);
Money money_of_yuan(int64_t yuan);
Money money_add(Money left, Money right);
Money money_sub(Money left, Money right);
/* Compares: <0, 0, >0. */
int money_compare(Money left, Money right);
Money money_min(Money left, Money right);
/* Takes rate_bp (basis points, 0..10000) of amount, rounded down to the fen; amount >= 0. */
Money money_share_down(Money amount, int64_t rate_bp);

/* Parses "1234", "1,234.5", "￥6,999.00", "6999元" into fen. INVALID with a Chinese fault for empty
 * or malformed text, more than two decimals, a sign, or more than LIMIT_MONEY_FEN_MAX. */
MUST_CHECK Status money_parse(Cx *cx, Str text, Money *out);
/* Prints "1,234.50" (always two decimals, grouped by three) into the arena. */
Str money_print(Arena *arena, Money amount);
/* Prints "1234.50" without grouping, for files and JSON. */
Str money_print_plain(Arena *arena, Money amount);
/* Prints the amount in capital characters for vouchers: "人民币壹仟零伍元整",
 * "人民币叁佰贰拾伍元零肆分"; "负" in front of a negative one. Source: 支付结算办法 附一
 * (正确填写票据和结算凭证的基本规定); where it leaves a choice, 零 is written between digits and 整
 * only after 元. */
Str money_print_capital(Arena *arena, Money amount);

/* Splits amount over shares_bp (basis points, count 1..64, sum 10000) so the parts add up exactly;
 * each part is rounded towards zero and the remainder goes to the largest share, ties to the lowest
 * index. Writes count values to out. LIMIT if count is out of range, INVALID if a share is negative
 * or the sum differs. O(count). Source: docs/adr/0009-money.md. */
MUST_CHECK Status money_split(Cx *cx, Money amount, const int64_t *shares_bp, size_t count,
                              Money *out);

#endif
