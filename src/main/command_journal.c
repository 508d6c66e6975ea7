/* command_journal.c - `huanxin journal verify`: proves the journal and the fund tree offline. */
#include "ledger/ledger.h"
#include "main/command.h"
#include "main/house.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: huanxin journal verify [--since ENTRY:HASH] [--data DIR] [--db FILE] [--json]\n"
    "Recomputes every hash of the journal and every total of the fund tree. With --since only the\n"
    "entries after one whose hash was noted elsewhere: of an earlier run, ENTRY is last, HASH head.\n"
    "Exit code 0: everything agrees; 5: something was changed.\n";

static void progress(void *context, int64_t done) {
    (void)context;
    if (isatty(STDERR_FILENO)) {
        (void)fprintf(stderr, "\r%" PRId64 " entries", done);
    }
}

/* "1234:9f…", the entry and its hash in hexadecimal. */
static Status since_read(Cx *cx, const char *text, DbMark *out) {
    Str rest = str_of(text);
    if (rest.len == 0) {
        return STATUS_OK;
    }
    Str number = str_cut(&rest, ':');
    bool is_good = str_int64(number, &out->id) == STATUS_OK && out->id > 0 &&
                   rest.len == 2 * SEAL_SM3_BYTES &&
                   seal_hex_decode(cx, rest, &out->hash) == STATUS_OK;
    return is_good ? STATUS_OK
                   : fault(cx, STATUS_INVALID,
                           "--since is ENTRY:HASH, an entry's number and its "
                           "hash of 64 hexadecimal digits");
}

static Status verify(Cx *cx, const Settings *settings, DbVerify *journal, LedgerAudit *ledger) {
    House house;
    DbMark mark = {0};
    TRY(since_read(cx, settings->text[SETTING_TEXT_SINCE], &mark));
    Status status = house_open_to_verify(cx, settings, &house);
    DbConn *conn = NULL;
    if (status == STATUS_OK) {
        status = db_read_begin(cx, house.db, &conn);
    }
    if (status == STATUS_OK) {
        status = db_journal_verify_since(cx, conn, mark, (DbProgress){progress, NULL}, journal);
    }
    if (status == STATUS_OK) {
        status = ledger_audit(cx, conn, ledger);
    }
    if (conn != NULL) {
        db_read_end(house.db, conn);
    }
    house_close(&house);
    return status;
}

static void print(const Settings *settings, const DbVerify *journal, const LedgerAudit *ledger) {
    if (settings->flag[SETTING_FLAG_JSON]) {
        printf("{\"entries\":%" PRId64 ",\"bad_id\":%" PRId64 ",\"last\":%" PRId64
               ",\"head\":\"" STR_FMT "\",\"transfers\":%" PRId64 ",\"findings\":%" PRId64 "}\n",
               journal->entry_count, journal->bad_id, journal->head_id, STR_ARG(journal->head_hash),
               ledger->transfer_count, ledger->finding_count);
        return;
    }
    printf("日志 %" PRId64 " 条：%s\n", journal->entry_count,
           journal->bad_id == 0 ? "完整" : "链条断裂");
    if (journal->bad_id != 0) {
        printf("第一条不符：%" PRId64 "\n", journal->bad_id);
    }
    printf("最后一条：%" PRId64 "，链值：" STR_FMT "\n", journal->head_id,
           STR_ARG(journal->head_hash));
    printf("资金流水 %" PRId64 " 笔：%s\n", ledger->transfer_count,
           ledger->finding_count == 0 ? "相符" : "有不符");
    for (size_t i = 0; i < ledger->finding_shown; i++) {
        printf("  " STR_FMT "\n", STR_ARG(ledger->findings[i]));
    }
}

int command_journal(int argc, char **argv) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Settings settings;
    DbVerify journal = {0};
    LedgerAudit ledger = {0};
    Status status = settings_read(&cx, argc, argv, &settings);
    int code = 0;
    if (status == STATUS_OK && (settings.flag[SETTING_FLAG_HELP] || settings.word_count != 1 ||
                                strcmp(settings.words[0], "verify") != 0)) {
        (void)fputs(usage, settings.flag[SETTING_FLAG_HELP] ? stdout : stderr);
        code = settings.flag[SETTING_FLAG_HELP] ? 0 : status_exit(STATUS_INVALID);
        arena_free(arena);
        return code;
    }
    if (status == STATUS_OK) {
        status = verify(&cx, &settings, &journal, &ledger);
    }
    if (status != STATUS_OK) {
        code = command_fault(&cx, status);
    } else {
        print(&settings, &journal, &ledger);
        bool is_good = journal.bad_id == 0 && ledger.finding_count == 0;
        code = is_good ? 0 : status_exit(STATUS_CONFLICT);
    }
    arena_free(arena);
    return code;
}
