/* ledger_words.c - the words of the ledger's lists. */
#include "ledger/ledger.h"

const char *fund_kind_text(FundKind kind) {
    static const char *const words[] = {
#define X(name, text, chinese) [FUND_##name] = text,
        FUND_KIND_LIST(X)
#undef X
    };
    check((size_t)kind < sizeof words / sizeof *words);
    return words[kind];
}

const char *fund_kind_chinese(FundKind kind) {
    static const char *const words[] = {
#define X(name, text, chinese) [FUND_##name] = chinese,
        FUND_KIND_LIST(X)
#undef X
    };
    check((size_t)kind < sizeof words / sizeof *words);
    return words[kind];
}

const char *ledger_level_text(LedgerLevel level) {
    static const char *const words[] = {
#define X(name, text, chinese) [LEDGER_##name] = text,
        LEDGER_LEVEL_LIST(X)
#undef X
    };
    check((size_t)level < LEDGER_LEVEL_COUNT);
    return words[level];
}

const char *ledger_level_chinese(LedgerLevel level) {
    static const char *const words[] = {
#define X(name, text, chinese) [LEDGER_##name] = chinese,
        LEDGER_LEVEL_LIST(X)
#undef X
    };
    check((size_t)level < LEDGER_LEVEL_COUNT);
    return words[level];
}

const char *transfer_kind_text(TransferKind kind) {
    switch (kind) {
#define X(name, number, text, chinese)                                                             \
    case TRANSFER_##name:                                                                          \
        return text;
        TRANSFER_KIND_LIST(X)
#undef X
    }
    return "unknown";
}

const char *transfer_kind_chinese(TransferKind kind) {
    switch (kind) {
#define X(name, number, text, chinese)                                                             \
    case TRANSFER_##name:                                                                          \
        return chinese;
        TRANSFER_KIND_LIST(X)
#undef X
    }
    return "未知";
}
