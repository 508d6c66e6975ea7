/*
 * treasury_bankfile_fuzz.c - bytes as a bank's result file: refused with words, or lines within the
 * limits whose amounts add up; matched against lines made of it, every amount is in exactly one
 * verdict, and only what agrees is paid or returned.
 */
#include "base/check.h"
#include "office/treasury/bankfile.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int64_t file_check(const BankFile *file) {
    int64_t sum = 0;
    check(file->count >= 1 && file->count <= BANK_LINES_MAX);
    for (size_t i = 0; i < file->count; i++) {
        const BankLine *line = &file->lines[i];
        check(line->number.len >= 1 && line->number.len <= 60);
        check(line->account.len >= 1 && line->amount.fen > 0);
        check(line->is_paid || line->reason.len > 0);
        check(str_rune_count(line->reason) <= BANK_REASON_RUNES_MAX);
        check(str_is_utf8(line->number) && str_is_utf8(line->reason));
        check(bank_reason_plain(line->reason).len > 0);
        sum += line->amount.fen;
    }
    return sum;
}

static void match_check(Cx *cx, const BankFile *file) {
    BankResult result;
    BankSent *sent = arena_array(cx->arena, BankSent, file->count);
    int64_t sum = 0;
    /* Every second line is ours as it stands, one in six with another amount. */
    size_t count = 0;
    for (size_t i = 0; i < file->count; i += 2) {
        const BankLine *line = &file->lines[i];
        sent[count++] = (BankSent){.id = (int64_t)i,
                                   .number = line->number,
                                   .account = line->account,
                                   .amount = {line->amount.fen + (i % 6 == 0 ? 1 : 0)},
                                   .is_open = i % 4 == 0,
                                   .is_paid = i % 8 == 2};
    }
    if (bank_match(cx, file, sent, count, &result) != STATUS_OK) {
        return;
    }
    check(result.count >= file->count && result.count <= file->count + count);
    for (size_t i = 0; i < result.count; i++) {
        const BankMatch *match = &result.items[i];
        bool is_booked = match->verdict == BANK_PAID || match->verdict == BANK_RETURNED;
        check((match->line == NULL) == (match->verdict == BANK_MISSING));
        sum += match->line == NULL ? 0 : match->line->amount.fen;
        check(!is_booked ||
              (match->sent->is_open && match->sent->amount.fen == match->line->amount.fen &&
               str_equal(match->sent->account, match->line->account)));
    }
    check(sum == file->sum.fen);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Arena *arena = arena_create();
    BankFile file;
    Cx cx;
    cx_init(&cx, arena);
    cx.step_max = 100000;
    Status status = bank_file_read(&cx, (Str){(const char *)bytes, len}, &file);
    if (status == STATUS_OK) {
        check(file_check(&file) == file.sum.fen);
        match_check(&cx, &file);
    } else {
        check(cx.fault.text[0] != '\0');
    }
    arena_free(arena);
    return 0;
}
