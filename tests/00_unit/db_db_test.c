#include "db_scratch.h"
#include "test.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

static const char SQL_NOTE_CREATE[] =
    "CREATE TABLE note (id INTEGER PRIMARY KEY, word TEXT UNIQUE, size INTEGER CHECK (size >= 0))";
static const char SQL_NOTE_ADD[] = "INSERT INTO note (word, size) VALUES ($2, $1) RETURNING id";
static const char SQL_NOTE_PUT[] = "INSERT INTO note (word, size) VALUES ($1, 1)";
static const char SQL_NOTE_WORDS[] = "SELECT word, size, id FROM note ORDER BY id";
static const char SQL_NOTE_COUNT[] = "SELECT count(*) FROM note";
static const char SQL_NOTE_BY_WORD[] = "SELECT id FROM note WHERE word = $1";
static const char SQL_NOTE_SIZE_SET[] = "UPDATE note SET size = $1";
static const char SQL_JOURNAL_COUNT[] = "SELECT count(*) FROM journal";
static const char SQL_JOURNAL_LAST[] =
    "SELECT verb, subject, subject_id, after_json, attached, user_id FROM journal "
    "ORDER BY id DESC LIMIT 1";

typedef struct Note {
    Str word;
    int64_t size;
    Status result; /* what the work returns after its insert */
    int64_t id;
    int runs;
} Note;

static Status note_add(Cx *cx, DbConn *conn, void *input) {
    Note *note = input;
    note->runs++;
    TRY(db_insert(cx, conn, SQL_NOTE_ADD, DB_ARGS(DB_INT(note->size), DB_TEXT(note->word)),
                  &note->id));
    db_answer(conn, str_print(cx->arena, "note %lld", (long long)note->id));
    if (note->result != STATUS_OK) {
        return fault_at_field(cx, note->result, "word", "refused on purpose");
    }
    return STATUS_OK;
}

static Status nothing_work(Cx *cx, DbConn *conn, void *input) {
    (void)cx;
    (void)conn;
    (void)input;
    return STATUS_OK;
}

static DbCommand command_of(DbWork *work, void *input, Str key) {
    return (DbCommand){.name = "note.add",
                       .actor = {.user_id = 7, .role = STR("tester"), .origin = STR("test")},
                       .key = key,
                       .work = work,
                       .input = input,
                       .now_ms = 1700000000000};
}

static Status write_note(Scratch *scratch, Note *note, Str key, Str *answer) {
    fault_clear(&scratch->cx);
    const DbCommand command = command_of(note_add, note, key);
    return db_write(&scratch->cx, scratch->db, &command, answer);
}

static int64_t read_int(Scratch *scratch, const char *sql) {
    DbConn *conn = NULL;
    int64_t number = -1;
    fault_clear(&scratch->cx);
    assert_int_equal(db_read_begin(&scratch->cx, scratch->db, &conn), STATUS_OK);
    assert_int_equal(db_int_or(&scratch->cx, conn, sql, DB_NO_ARGS, &number), STATUS_OK);
    db_read_end(scratch->db, conn);
    return number;
}

static DbVerify verify(Scratch *scratch) {
    DbConn *conn = NULL;
    DbVerify result = {0};
    assert_int_equal(db_read_begin(&scratch->cx, scratch->db, &conn), STATUS_OK);
    assert_int_equal(db_journal_verify(&scratch->cx, conn, NULL, NULL, &result), STATUS_OK);
    db_read_end(scratch->db, conn);
    return result;
}

/* The repository's tables and the one of this test. */
static size_t migrations_make(Scratch *scratch, DbMigration out[4]) {
    scratch_base(scratch->arena, out);
    out[3] = (DbMigration){4, "note", SQL_NOTE_CREATE};
    return 4;
}

/* Opens again what start made. */
static void open_again(Scratch *scratch) {
    DbMigration all[4];
    size_t count = migrations_make(scratch, all);
    assert_int_equal(db_open(&scratch->cx, &scratch->options, &scratch->db), STATUS_OK);
    assert_int_equal(db_migrate(&scratch->cx, scratch->db, all, count), STATUS_OK);
}

/* A database with an empty note table and one journal entry. */
static void start(Scratch *scratch) {
    scratch_init(scratch);
    open_again(scratch);
    const DbCommand command = command_of(nothing_work, NULL, STR_NONE);
    assert_int_equal(db_write(&scratch->cx, scratch->db, &command, NULL), STATUS_OK);
}

/* BEGIN of a batch is one statement more on PostgreSQL: its lock. */
static uint64_t begin_statements(const Scratch *scratch) {
    return scratch->is_postgres ? 2 : 1;
}

/* For tests of the file itself: true on PostgreSQL, where there is none. */
static bool is_skipped(Scratch *scratch) {
    if (scratch->is_postgres) {
        print_message("# skipped: this test is about the SQLite file\n");
        scratch_dispose(scratch);
    }
    return scratch->is_postgres;
}

/* ---- opening ---- */

static void open_refuses_what_is_no_file(void **state) {
    (void)state;
    Scratch s;
    scratch_init(&s);
    Db *db = NULL;
    const char *wrong[] = {"", ":memory:", "file:x?mode=memory"};
    for (size_t i = 0; i < 3; i++) {
        fault_clear(&s.cx);
        assert_int_equal(db_open(&s.cx, &(DbOptions){.url = wrong[i]}, &db), STATUS_INVALID);
    }
    fault_clear(&s.cx);
    assert_int_equal(db_open(&s.cx, &(DbOptions){.url = s.path}, &db), STATUS_NOT_FOUND);
    fault_clear(&s.cx);
    assert_int_equal(db_open(&s.cx, &(DbOptions){.url = s.folder}, &db), STATUS_DB);
    fault_clear(&s.cx);
    FILE *file = fopen(s.path, "wb");
    for (int i = 0; i < 200; i++) {
        fputs("this is a letter, not a database\n", file);
    }
    fclose(file);
    assert_int_equal(db_open(&s.cx, &(DbOptions){.url = s.path}, &db), STATUS_DB);
    assert_non_null(strstr(s.cx.fault.text, "not a database"));
    fault_clear(&s.cx);
    DbOptions much = {.url = s.path, .batch_max = DB_BATCH_MAX + 1};
    assert_int_equal(db_open(&s.cx, &much, &db), STATUS_INVALID);
    assert_null(db);
    scratch_dispose(&s);
}

static void the_file_is_for_its_owner_only(void **state) {
    (void)state;
    Scratch s;
    start(&s);
    if (is_skipped(&s)) {
        return;
    }
    struct stat info;
    assert_int_equal(stat(s.path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    scratch_dispose(&s);
}

static void migrations_are_applied_once_and_newer_files_refused(void **state) {
    (void)state;
    Scratch s;
    start(&s);
    const DbMigration some[] = {{1, "0001_base.sql", "syntax error here"}};
    fault_clear(&s.cx);
    assert_int_equal(db_migrate(&s.cx, s.db, some, 1), STATUS_DB);
    assert_non_null(strstr(s.cx.fault.text, "newer than this program"));
    DbMigration all[5];
    size_t count = migrations_make(&s, all);
    fault_clear(&s.cx);
    assert_int_equal(db_migrate(&s.cx, s.db, all, count), STATUS_OK);
    /* A migration that fails half way leaves nothing and can be repaired. */
    all[count] = (DbMigration){(int32_t)count + 1, "bad", "CREATE TABLE half (a INTEGER); BROKEN;"};
    assert_int_equal(db_migrate(&s.cx, s.db, all, count + 1), STATUS_DB);
    assert_non_null(strstr(s.cx.fault.detail, "bad"));
    all[count].sql = "CREATE TABLE half (a INTEGER)";
    fault_clear(&s.cx);
    assert_int_equal(db_migrate(&s.cx, s.db, all, count + 1), STATUS_OK);
    scratch_dispose(&s);
}

/* ---- statements ---- */

static void rows_come_back_as_they_went_in(void **state) {
    (void)state;
    Scratch s;
    start(&s);
    Note first = {.word = STR("安丘"), .size = 12};
    Note second = {.word = STR(""), .size = INT64_MAX};
    assert_int_equal(write_note(&s, &first, STR("a"), NULL), STATUS_OK);
    assert_int_equal(write_note(&s, &second, STR("b"), NULL), STATUS_OK);
    DbConn *conn = NULL;
    DbRows *rows = NULL;
    bool has_row = false;
    assert_int_equal(db_read_begin(&s.cx, s.db, &conn), STATUS_OK);
    assert_int_equal(db_query(&s.cx, conn, SQL_NOTE_WORDS, DB_NO_ARGS, &rows), STATUS_OK);
    assert_int_equal(db_next(&s.cx, rows, &has_row), STATUS_OK);
    assert_true(str_equal(db_text(s.arena, rows, 0), STR("安丘")));
    assert_int_equal(db_int(rows, 1), 12);
    assert_int_equal(db_next(&s.cx, rows, &has_row), STATUS_OK);
    assert_false(db_is_null(rows, 0));
    assert_true(db_text_peek(rows, 0).at != NULL);
    assert_int_equal(db_int(rows, 1), INT64_MAX);
    assert_int_equal(db_next(&s.cx, rows, &has_row), STATUS_OK);
    assert_false(has_row);
    bool is_there = false;
    assert_int_equal(
        db_exists(&s.cx, conn, SQL_NOTE_BY_WORD, DB_ARGS(DB_TEXT(STR("安丘"))), &is_there),
        STATUS_OK);
    assert_true(is_there);
    int64_t id = 99;
    assert_int_equal(db_int_or(&s.cx, conn, SQL_NOTE_BY_WORD, DB_ARGS(DB_TEXT(STR("x"))), &id),
                     STATUS_OK);
    assert_int_equal(id, 99);
    db_read_end(s.db, conn);
    scratch_dispose(&s);
}

static void a_reading_connection_cannot_write(void **state) {
    (void)state;
    Scratch s;
    start(&s);
    DbConn *conn = NULL;
    assert_int_equal(db_read_begin(&s.cx, s.db, &conn), STATUS_OK);
    assert_int_equal(db_exec(&s.cx, conn, SQL_NOTE_SIZE_SET, DB_ARGS(DB_INT(1)), NULL),
                     STATUS_DENIED);
    /* Also by the side door: the file is open for reading only. */
    DbRows *rows = NULL;
    bool has_row = false;
    fault_clear(&s.cx);
    Status status = db_query(&s.cx, conn, SQL_NOTE_SIZE_SET, DB_ARGS(DB_INT(1)), &rows);
    status = status == STATUS_OK ? db_next(&s.cx, rows, &has_row) : status;
    assert_int_equal(status, STATUS_DENIED);
    db_read_end(s.db, conn);
    scratch_dispose(&s);
}

static void a_reading_sees_one_snapshot(void **state) {
    (void)state;
    Scratch s;
    start(&s);
    DbConn *conn = NULL;
    int64_t count = -1;
    assert_int_equal(db_read_begin(&s.cx, s.db, &conn), STATUS_OK);
    assert_int_equal(db_int_or(&s.cx, conn, SQL_NOTE_COUNT, DB_NO_ARGS, &count), STATUS_OK);
    assert_int_equal(count, 0);
    Note note = {.word = STR("later")};
    assert_int_equal(write_note(&s, &note, STR("k"), NULL), STATUS_OK);
    assert_int_equal(db_int_or(&s.cx, conn, SQL_NOTE_COUNT, DB_NO_ARGS, &count), STATUS_OK);
    assert_int_equal(count, 0);
    db_read_end(s.db, conn);
    assert_int_equal(read_int(&s, SQL_NOTE_COUNT), 1);
    scratch_dispose(&s);
}

static void wrong_statements_are_told(void **state) {
    (void)state;
    Scratch s;
    start(&s);
    DbConn *conn = NULL;
    DbRows *rows = NULL;
    assert_int_equal(db_read_begin(&s.cx, s.db, &conn), STATUS_OK);
    const char *wrong[] = {"SELECT nothing FROM nowhere", "SELECT 1; SELECT 2",
                           "SELECT id FROM note WHERE id = ?"};
    for (size_t i = 0; i < 3; i++) {
        fault_clear(&s.cx);
        assert_int_equal(db_query(&s.cx, conn, wrong[i], DB_NO_ARGS, &rows), STATUS_DB);
        db_read_end(s.db, conn);
        assert_int_equal(db_read_begin(&s.cx, s.db, &conn), STATUS_OK);
    }
    fault_clear(&s.cx);
    assert_int_equal(db_query(&s.cx, conn, SQL_NOTE_BY_WORD, DB_NO_ARGS, &rows), STATUS_DB);
    db_read_end(s.db, conn);
    scratch_dispose(&s);
}

static void read_connections_have_a_bound(void **state) {
    (void)state;
    Scratch s;
    scratch_init(&s);
    s.is_base = true;
    s.options.read_max = 2;
    scratch_open(&s);
    DbConn *conns[3] = {NULL};
    assert_int_equal(db_read_begin(&s.cx, s.db, &conns[0]), STATUS_OK);
    assert_int_equal(db_read_begin(&s.cx, s.db, &conns[1]), STATUS_OK);
    assert_int_equal(db_read_begin(&s.cx, s.db, &conns[2]), STATUS_BUSY);
    db_read_end(s.db, conns[0]);
    fault_clear(&s.cx);
    assert_int_equal(db_read_begin(&s.cx, s.db, &conns[2]), STATUS_OK);
    db_read_end(s.db, conns[1]);
    db_read_end(s.db, conns[2]);
    scratch_dispose(&s);
}

/* ---- commands ---- */

static void a_repeated_key_gives_the_first_answer(void **state) {
    (void)state;
    Scratch s;
    start(&s);
    Note note = {.word = STR("once")};
    Str answer = STR_NONE;
    assert_int_equal(write_note(&s, &note, STR("key-1"), &answer), STATUS_OK);
    assert_true(str_equal(answer, STR("note 1")));
    Note again = {.word = STR("twice")};
    assert_int_equal(write_note(&s, &again, STR("key-1"), &answer), STATUS_OK);
    assert_true(str_equal(answer, STR("note 1")));
    assert_int_equal(again.runs, 0);
    assert_int_equal(read_int(&s, SQL_NOTE_COUNT), 1);
    /* Another user who knows the key learns nothing. */
    DbCommand other = command_of(note_add, &again, STR("key-1"));
    other.actor.user_id = 8;
    fault_clear(&s.cx);
    answer = STR_NONE;
    assert_int_equal(db_write(&s.cx, s.db, &other, &answer), STATUS_CONFLICT);
    assert_true(str_is_empty(answer));
    /* Nor does the same user with another content. */
    other.actor.user_id = 7;
    other.content = STR("other");
    fault_clear(&s.cx);
    assert_int_equal(db_write(&s.cx, s.db, &other, &answer), STATUS_CONFLICT);
    assert_string_equal(s.cx.fault.field, "request_key");
    assert_true(str_is_empty(answer));
    other.content = STR_NONE;
    /* The key belongs to its command. */
    other.actor.user_id = 7;
    other.name = "note.other";
    assert_int_equal(db_write(&s.cx, s.db, &other, &answer), STATUS_OK);
    assert_int_equal(read_int(&s, SQL_NOTE_COUNT), 2);
    /* Also after a new start. */
    scratch_close(&s);
    open_again(&s);
    assert_int_equal(write_note(&s, &again, STR("key-1"), &answer), STATUS_OK);
    assert_true(str_equal(answer, STR("note 1")));
    scratch_dispose(&s);
}

static void a_failed_command_leaves_nothing(void **state) {
    (void)state;
    Scratch s;
    start(&s);
    Note note = {.word = STR("word"), .result = STATUS_LIMIT};
    assert_int_equal(write_note(&s, &note, STR("k"), NULL), STATUS_LIMIT);
    assert_string_equal(s.cx.fault.text, "refused on purpose");
    assert_string_equal(s.cx.fault.field, "word");
    assert_int_equal(read_int(&s, SQL_NOTE_COUNT), 0);
    assert_int_equal(read_int(&s, SQL_JOURNAL_COUNT), 1);
    note.result = STATUS_OK;
    assert_int_equal(write_note(&s, &note, STR("k"), NULL), STATUS_OK);
    assert_int_equal(note.runs, 2);
    note = (Note){.word = STR("word")};
    assert_int_equal(write_note(&s, &note, STR("k2"), NULL), STATUS_CONFLICT);
    note = (Note){.word = STR("minus"), .size = -1};
    assert_int_equal(write_note(&s, &note, STR("k3"), NULL), STATUS_CONFLICT);
    char long_key[DB_KEY_BYTES_MAX + 1];
    memset(long_key, 'k', sizeof long_key);
    assert_int_equal(write_note(&s, &note, (Str){long_key, sizeof long_key}, NULL), STATUS_INVALID);
    assert_int_equal(write_note(&s, &note, STR("\xff"), NULL), STATUS_INVALID);
    assert_int_equal(read_int(&s, SQL_NOTE_COUNT), 1);
    assert_int_equal(verify(&s).bad_id, 0);
    scratch_dispose(&s);
}

/* A work that runs into a constraint and tries to go on as if nothing had happened. */
static Status note_stubborn(Cx *cx, DbConn *conn, void *input) {
    Note *note = input;
    int64_t id = 0;
    Status first = db_insert(cx, conn, SQL_NOTE_ADD, DB_ARGS(DB_INT(-1), DB_TEXT(STR("x"))), &id);
    note->result = first;
    fault_clear(cx);
    Status second = db_insert(cx, conn, SQL_NOTE_ADD, DB_ARGS(DB_INT(1), DB_TEXT(STR("y"))), &id);
    assert_int_equal(second, STATUS_DB);
    fault_clear(cx);
    return STATUS_OK;
}

static void a_broken_command_cannot_succeed(void **state) {
    (void)state;
    Scratch s;
    start(&s);
    Note note = {.size = 0};
    const DbCommand command = command_of(note_stubborn, &note, STR("k"));
    assert_int_equal(db_write(&s.cx, s.db, &command, NULL), STATUS_DB);
    assert_int_equal(note.result, STATUS_CONFLICT);
    assert_int_equal(read_int(&s, SQL_NOTE_COUNT), 0);
    scratch_dispose(&s);
}

/* A work that leaves its rows open. */
static Status note_careless(Cx *cx, DbConn *conn, void *input) {
    TRY(note_add(cx, conn, input));
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_NOTE_WORDS, DB_NO_ARGS, &rows));
    return db_next(cx, rows, &has_row);
}

static void open_rows_are_closed_with_the_command(void **state) {
    (void)state;
    Scratch s;
    start(&s);
    for (int i = 0; i < 3; i++) {
        char word[32];
        (void)snprintf(word, sizeof word, "w%d", i);
        Note note = {.word = str_of(word)};
        const DbCommand command = command_of(note_careless, &note, STR_NONE);
        assert_int_equal(db_write(&s.cx, s.db, &command, NULL), STATUS_OK);
    }
    assert_int_equal(read_int(&s, SQL_NOTE_COUNT), 3);
    scratch_dispose(&s);
}

typedef struct Later {
    pthread_mutex_t lock;
    int done;
    int ok;
    int64_t order;
    bool is_in_order;
} Later;

typedef struct LaterNote {
    Note note;
    char word[32];
    int64_t number;
    Later *later;
} LaterNote;

static void later_done(Cx *cx, Status status, Str answer, void *context) {
    (void)cx;
    (void)answer;
    LaterNote *item = context;
    pthread_mutex_lock(&item->later->lock);
    item->later->done++;
    item->later->ok += status == STATUS_OK;
    item->later->is_in_order = item->later->is_in_order && item->number == item->later->order + 1;
    item->later->order = item->number;
    pthread_mutex_unlock(&item->later->lock);
}

static int later_count(Later *later) {
    pthread_mutex_lock(&later->lock);
    int done = later->done;
    pthread_mutex_unlock(&later->lock);
    return done;
}

static void a_batch_keeps_order_and_loses_only_the_refused(void **state) {
    (void)state;
    Scratch s;
    start(&s);
    enum { COUNT = 600 };
    Later later = {.is_in_order = true};
    pthread_mutex_init(&later.lock, NULL);
    LaterNote *items = arena_array(s.arena, LaterNote, COUNT);
    for (int i = 0; i < COUNT; i++) {
        (void)snprintf(items[i].word, sizeof items[i].word, "w%d", i);
        items[i].note = (Note){.word = str_of(items[i].word),
                               .result = i % 3 == 0 ? STATUS_CONFLICT : STATUS_OK};
        items[i].number = i + 1;
        items[i].later = &later;
        const DbCommand command = command_of(note_add, &items[i].note, str_of(items[i].word));
        assert_int_equal(db_write_later(&s.cx, s.db, &command, later_done, &items[i]), STATUS_OK);
    }
    scratch_close(&s);
    assert_int_equal(later.done, COUNT);
    assert_int_equal(later.ok, COUNT / 3 * 2);
    assert_true(later.is_in_order);
    open_again(&s);
    assert_int_equal(read_int(&s, SQL_NOTE_COUNT), COUNT / 3 * 2);
    const DbVerify result = verify(&s);
    assert_int_equal(result.bad_id, 0);
    assert_int_equal(result.entry_count, COUNT / 3 * 2 + 1);
    pthread_mutex_destroy(&later.lock);
    scratch_dispose(&s);
}

/* Holds the writer until the test lets it go, and tells when it is held. */
typedef struct Gate {
    sem_t held;
    sem_t open;
} Gate;

static Status gate_work(Cx *cx, DbConn *conn, void *input) {
    Gate *gate = input;
    (void)cx;
    (void)conn;
    sem_post(&gate->held);
    sem_wait(&gate->open);
    /* Stays open for whoever comes next. */
    sem_post(&gate->open);
    return STATUS_OK;
}

static void nothing_done(Cx *cx, Status status, Str answer, void *context) {
    (void)cx;
    (void)status;
    (void)answer;
    (void)context;
}

static void a_full_queue_answers_busy(void **state) {
    (void)state;
    Scratch s;
    scratch_init(&s);
    s.is_base = true;
    s.options.queue_max = 3;
    s.options.batch_max = 1;
    scratch_open(&s);
    Gate gate;
    sem_init(&gate.held, 0, 0);
    sem_init(&gate.open, 0, 0);
    const DbCommand command = command_of(gate_work, &gate, STR_NONE);
    int accepted = 0;
    Status status = STATUS_OK;
    while (status == STATUS_OK && accepted < 10) {
        status = db_write_later(&s.cx, s.db, &command, nothing_done, NULL);
        accepted += status == STATUS_OK;
    }
    assert_int_equal(status, STATUS_BUSY);
    assert_true(accepted == 3 || accepted == 4);
    sem_post(&gate.open);
    scratch_dispose(&s);
}

/* ---- when things break ---- */

/* Of each: SAVEPOINT, key, insert, journal, key with the answer, RELEASE. Up to eight keys are
 * asked for together on PostgreSQL. */
static uint64_t command_statements(const Scratch *scratch, uint64_t count) {
    return scratch->is_postgres ? 1 + count * 5 : count * 6;
}

/* Each statement of the write path fails once, in turn, until a run passes: whatever fails, either
 * everything is there and acknowledged, or nothing is. */
static void the_nth_statement_fails(void **state) {
    (void)state;
    Scratch s;
    start(&s);
    int64_t count_before = 0;
    uint64_t nth = 0;
    for (;;) {
        nth++;
        char word[32];
        (void)snprintf(word, sizeof word, "n%llu", (unsigned long long)nth);
        Note note = {.word = str_of(word)};
        db_fail_at(s.db, nth);
        Status status = write_note(&s, &note, str_of(word), NULL);
        db_fail_at(s.db, 0);
        assert_int_equal(read_int(&s, SQL_NOTE_COUNT), count_before + (status == STATUS_OK));
        if (status == STATUS_OK) {
            break;
        }
        assert_int_equal(status, STATUS_DB);
        Note again = {.word = str_of(word)};
        assert_int_equal(write_note(&s, &again, str_of(word), NULL), STATUS_OK);
        count_before++;
    }
    /* BEGIN, chain, SAVEPOINT, key, insert, journal, answer, RELEASE, COMMIT, and it passes. */
    assert_int_equal(nth, begin_statements(&s) + 9);
    assert_int_equal(verify(&s).bad_id, 0);
    scratch_dispose(&s);
}

static void a_failing_commit_loses_the_whole_batch(void **state) {
    (void)state;
    Scratch s;
    start(&s);
    Gate gate;
    sem_init(&gate.held, 0, 0);
    sem_init(&gate.open, 0, 0);
    const DbCommand block = command_of(gate_work, &gate, STR_NONE);
    assert_int_equal(db_write_later(&s.cx, s.db, &block, nothing_done, NULL), STATUS_OK);
    Later later = {.is_in_order = true};
    pthread_mutex_init(&later.lock, NULL);
    LaterNote items[5];
    memset(items, 0, sizeof items);
    sem_wait(&gate.held); /* the writer has the first command, alone */
    for (int i = 0; i < 5; i++) {
        (void)snprintf(items[i].word, sizeof items[i].word, "c%d", i);
        items[i].note = (Note){.word = str_of(items[i].word)};
        items[i].number = i + 1;
        items[i].later = &later;
        const DbCommand command = command_of(note_add, &items[i].note, str_of(items[i].word));
        assert_int_equal(db_write_later(&s.cx, s.db, &command, later_done, &items[i]), STATUS_OK);
    }
    /* First batch: journal, RELEASE, COMMIT; second: BEGIN, chain, what five commands do, COMMIT.
     */
    db_fail_at(s.db, 3 + begin_statements(&s) + 1 + command_statements(&s, 5) + 1);
    sem_post(&gate.open);
    while (later_count(&later) < 5) {
        usleep(1000);
    }
    assert_int_equal(later.ok, 0);
    assert_int_equal(read_int(&s, SQL_NOTE_COUNT), 0);
    Note note = {.word = str_of("after")};
    assert_int_equal(write_note(&s, &note, STR("after"), NULL), STATUS_OK);
    assert_int_equal(verify(&s).bad_id, 0);
    pthread_mutex_destroy(&later.lock);
    scratch_dispose(&s);
}

/* Adds the word twice without asking for a result: a driver may learn of the failure only later. */
static Status note_twice(Cx *cx, DbConn *conn, void *input) {
    const Note *note = input;
    for (int i = 0; i < 2; i++) {
        Status status = db_exec(cx, conn, SQL_NOTE_PUT, DB_ARGS(DB_TEXT(note->word)), NULL);
        fault_clear(cx);
        assert_true(status == STATUS_OK || status == STATUS_CONFLICT);
    }
    return note->result == STATUS_OK ? STATUS_OK : fault(cx, note->result, "refused on purpose");
}

static void a_late_failure_breaks_only_its_command(void **state) {
    (void)state;
    Scratch s;
    start(&s);
    Gate gate;
    sem_init(&gate.held, 0, 0);
    sem_init(&gate.open, 0, 0);
    const DbCommand block = command_of(gate_work, &gate, STR_NONE);
    assert_int_equal(db_write_later(&s.cx, s.db, &block, nothing_done, NULL), STATUS_OK);
    Later later = {.is_in_order = true};
    pthread_mutex_init(&later.lock, NULL);
    LaterNote items[6];
    memset(items, 0, sizeof items);
    for (int i = 0; i < 6; i++) {
        (void)snprintf(items[i].word, sizeof items[i].word, "l%d", i);
        items[i].note =
            (Note){.word = str_of(items[i].word), .result = i == 4 ? STATUS_LIMIT : STATUS_OK};
        items[i].number = i + 1;
        items[i].later = &later;
        DbWork *work = i == 1 || i == 4 ? note_twice : note_add;
        const DbCommand command = command_of(work, &items[i].note, str_of(items[i].word));
        assert_int_equal(db_write_later(&s.cx, s.db, &command, later_done, &items[i]), STATUS_OK);
    }
    sem_post(&gate.open);
    while (later_count(&later) < 6) {
        usleep(1000);
    }
    assert_int_equal(later.ok, 4);
    assert_int_equal(read_int(&s, SQL_NOTE_COUNT), 4);
    assert_int_equal(verify(&s).bad_id, 0);
    pthread_mutex_destroy(&later.lock);
    scratch_dispose(&s);
}

/* A real full disk: the size of files is limited, so SQLite's writes fail in earnest. */
static void a_full_disk_acknowledges_nothing_and_passes(void **state) {
    (void)state;
    Scratch s;
    start(&s);
    if (is_skipped(&s)) {
        return;
    }
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before;
    sigaction(SIGXFSZ, &ignore, &before);
    struct rlimit limit_before;
    getrlimit(RLIMIT_FSIZE, &limit_before);
    struct stat info;
    char wal[260];
    (void)snprintf(wal, sizeof wal, "%s-wal", s.path);
    assert_int_equal(stat(wal, &info), 0);
    struct rlimit limit = limit_before;
    limit.rlim_cur = (rlim_t)info.st_size + 100000;
    setrlimit(RLIMIT_FSIZE, &limit);
    int ok = 0;
    int failed = 0;
    char words[40][32];
    for (int i = 0; i < 40; i++) {
        (void)snprintf(words[i], sizeof words[i], "d%d", i);
        Note note = {.word = str_of(words[i])};
        Status status = write_note(&s, &note, str_of(words[i]), NULL);
        assert_true(status == STATUS_OK || status == STATUS_DB);
        ok += status == STATUS_OK;
        failed += status == STATUS_DB;
    }
    setrlimit(RLIMIT_FSIZE, &limit_before);
    sigaction(SIGXFSZ, &before, NULL);
    assert_true(ok > 0);
    assert_true(failed > 0);
    assert_int_equal(read_int(&s, SQL_NOTE_COUNT), ok);
    for (int i = 0; i < 40; i++) {
        Note note = {.word = str_of(words[i])};
        assert_int_equal(write_note(&s, &note, str_of(words[i]), NULL), STATUS_OK);
    }
    assert_int_equal(read_int(&s, SQL_NOTE_COUNT), 40);
    assert_int_equal(verify(&s).bad_id, 0);
    scratch_dispose(&s);
}

/* ---- the journal ---- */

static Status journal_work(Cx *cx, DbConn *conn, void *input) {
    int64_t *first = input;
    int64_t id = 0;
    TRY(db_journal_attach(cx, conn, STR("line 1"), first));
    TRY(db_journal_attach(cx, conn, STR("line 2"), &id));
    assert_int_equal(*first, id);
    const DbEntry entry = {.verb = "note.write",
                           .subject = "note",
                           .subject_id = 5,
                           .before = STR("{}"),
                           .after = STR("{\"size\":3}")};
    TRY(db_journal(cx, conn, &entry));
    TRY(db_journal_attach(cx, conn, STR("line 3"), &id));
    assert_int_equal(id, *first + 1);
    return STATUS_OK;
}

static void entries_carry_what_was_attached(void **state) {
    (void)state;
    Scratch s;
    start(&s);
    int64_t first = 0;
    const DbCommand command = command_of(journal_work, &first, STR("k"));
    assert_int_equal(db_write(&s.cx, s.db, &command, NULL), STATUS_OK);
    assert_int_equal(first, 2);
    DbConn *conn = NULL;
    Str verb = STR_NONE;
    assert_int_equal(db_read_begin(&s.cx, s.db, &conn), STATUS_OK);
    assert_int_equal(db_text_or(&s.cx, conn, SQL_JOURNAL_LAST, DB_NO_ARGS, &verb), STATUS_OK);
    assert_true(str_equal(verb, STR("note.add")));
    static const char sql[] = "SELECT attached FROM journal WHERE id = $1";
    Str attached = STR_NONE;
    assert_int_equal(db_text_or(&s.cx, conn, sql, DB_ARGS(DB_INT(2)), &attached), STATUS_OK);
    assert_true(str_equal(attached, STR("line 1\nline 2\n")));
    db_read_end(s.db, conn);
    assert_int_equal(verify(&s).entry_count, 3);
    scratch_dispose(&s);
}

/* Changes the closed file behind the program's back. */
static void tamper(Scratch *scratch, const char *sql) {
    sqlite3 *handle = NULL;
    assert_int_equal(sqlite3_open(scratch->path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

static void every_tampering_is_found_at_its_place(void **state) {
    (void)state;
    const struct {
        const char *sql;
        int64_t bad_id;
    } cases[] = {
        {"UPDATE journal SET user_id = 8 WHERE id = 3", 3},
        {"UPDATE journal SET after_json = '{}' WHERE id = 2", 2},
        {"UPDATE journal SET at_ms = at_ms + 1 WHERE id = 1", 1},
        {"UPDATE journal SET verb = subject, subject = verb WHERE id = 4", 4},
        {"UPDATE journal SET attached = 'x' WHERE id = 4", 4},
        {"UPDATE journal SET hash = zeroblob(32) WHERE id = 4", 4},
        {"UPDATE journal SET hash = x'00' WHERE id = 2", 2},
        {"DELETE FROM journal WHERE id = 3", 4},
        {"UPDATE journal SET id = 100 WHERE id = 3", 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Scratch s;
        start(&s);
        if (is_skipped(&s)) {
            return;
        }
        for (int n = 0; n < 5; n++) {
            char word[32];
            (void)snprintf(word, sizeof word, "t%d", n);
            Note note = {.word = str_of(word)};
            assert_int_equal(write_note(&s, &note, str_of(word), NULL), STATUS_OK);
        }
        const DbVerify clean = verify(&s);
        assert_int_equal(clean.bad_id, 0);
        assert_int_equal(clean.entry_count, 6);
        assert_int_equal(clean.head_hash.len, 64);
        scratch_close(&s);
        tamper(&s, cases[i].sql);
        open_again(&s);
        assert_int_equal(verify(&s).bad_id, cases[i].bad_id);
        scratch_dispose(&s);
    }
}

static void another_process_may_write_between_batches(void **state) {
    (void)state;
    Scratch s;
    start(&s);
    Db *second = NULL;
    assert_int_equal(db_open(&s.cx, &s.options, &second), STATUS_OK);
    for (int i = 0; i < 20; i++) {
        char word[32];
        (void)snprintf(word, sizeof word, "p%d", i);
        Note note = {.word = str_of(word)};
        const DbCommand command = command_of(note_add, &note, str_of(word));
        assert_int_equal(db_write(&s.cx, i % 2 == 0 ? s.db : second, &command, NULL), STATUS_OK);
    }
    db_close(second);
    const DbVerify result = verify(&s);
    assert_int_equal(result.bad_id, 0);
    assert_int_equal(result.entry_count, 21);
    scratch_dispose(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_refuses_what_is_no_file),
        cmocka_unit_test(the_file_is_for_its_owner_only),
        cmocka_unit_test(migrations_are_applied_once_and_newer_files_refused),
        cmocka_unit_test(rows_come_back_as_they_went_in),
        cmocka_unit_test(a_reading_connection_cannot_write),
        cmocka_unit_test(a_reading_sees_one_snapshot),
        cmocka_unit_test(wrong_statements_are_told),
        cmocka_unit_test(read_connections_have_a_bound),
        cmocka_unit_test(a_repeated_key_gives_the_first_answer),
        cmocka_unit_test(a_failed_command_leaves_nothing),
        cmocka_unit_test(a_broken_command_cannot_succeed),
        cmocka_unit_test(open_rows_are_closed_with_the_command),
        cmocka_unit_test(a_batch_keeps_order_and_loses_only_the_refused),
        cmocka_unit_test(a_full_queue_answers_busy),
        cmocka_unit_test(the_nth_statement_fails),
        cmocka_unit_test(a_failing_commit_loses_the_whole_batch),
        cmocka_unit_test(a_late_failure_breaks_only_its_command),
        cmocka_unit_test(a_full_disk_acknowledges_nothing_and_passes),
        cmocka_unit_test(entries_carry_what_was_attached),
        cmocka_unit_test(every_tampering_is_found_at_its_place),
        cmocka_unit_test(another_process_may_write_between_batches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
