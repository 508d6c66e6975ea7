/* What commands of one batch share: keys, ids, and what was read for the one before. */
#include "db_scratch.h"
#include "test.h"

#include <semaphore.h>

enum { COMMANDS_MAX = 40 };

static const char SQL_CREATE[] = "CREATE TABLE item (id INTEGER PRIMARY KEY, word TEXT NOT NULL);";
static const char SQL_ADD[] = "INSERT INTO item (id, word) VALUES ($1, $2)";
static const char SQL_LAST[] = "SELECT MAX(id) FROM item";

/* One command: what it does, and what came of it. */
typedef struct Item {
    Str word;
    Status result; /* what the work returns after its insert */
    int64_t id;
    int64_t memo; /* how many commands before it used the same memory */
    bool forgets; /* what is kept, before its own use */
    bool repeats; /* its insert, which a driver may learn of only later */
    int runs;
    Status status;
    char answer[40];
} Item;

/* The first command waits in it, so that the others become one batch. */
typedef struct Gate {
    sem_t held; /* by a command that waits now */
    sem_t open;
} Gate;

typedef struct Batch {
    Scratch scratch;
    Gate gate;
    sem_t ended;
    Item items[COMMANDS_MAX];
    size_t count;
} Batch;

static Status gate_work(Cx *cx, DbConn *conn, void *input) {
    (void)cx;
    (void)conn;
    Gate *gate = input;
    check(sem_post(&gate->held) == 0);
    check(sem_wait(&gate->open) == 0);
    return STATUS_OK;
}

static Status item_work(Cx *cx, DbConn *conn, void *input) {
    Item *item = input;
    if (item->forgets) {
        db_memo_forget(conn);
    }
    int64_t *uses = db_memo(conn, SQL_ADD, sizeof *uses);
    item->runs++;
    item->memo = (*uses)++;
    TRY(db_new_id(cx, conn, SQL_LAST, &item->id));
    TRY(db_exec(cx, conn, SQL_ADD, DB_ARGS(DB_INT(item->id), DB_TEXT(item->word)), NULL));
    if (item->repeats) {
        Status status =
            db_exec(cx, conn, SQL_ADD, DB_ARGS(DB_INT(item->id), DB_TEXT(item->word)), NULL);
        check(status == STATUS_OK || status == STATUS_CONFLICT);
        fault_clear(cx);
    }
    db_answer(conn, str_print(cx->arena, "id %lld", (long long)item->id));
    return item->result == STATUS_OK ? STATUS_OK : fault(cx, item->result, "refused on purpose");
}

static void item_done(Cx *cx, Status status, Str answer, void *context) {
    (void)cx;
    Item *item = context;
    item->status = status;
    check(answer.len < sizeof item->answer);
    memcpy(item->answer, answer.at == NULL ? "" : answer.at, answer.len);
}

static void gate_done(Cx *cx, Status status, Str answer, void *context) {
    (void)cx;
    (void)answer;
    (void)status; /* lost with its transaction where a test asks for that */
    check(sem_post(context) == 0);
}

static Status nothing_work(Cx *cx, DbConn *conn, void *input) {
    (void)cx;
    (void)conn;
    (void)input;
    return STATUS_OK;
}

static void gate_send(Batch *batch, bool is_bulk) {
    Scratch *s = &batch->scratch;
    const DbCommand gate = {
        .name = "gate", .work = gate_work, .input = &batch->gate, .is_bulk = is_bulk};
    assert_int_equal(db_write_later(&s->cx, s->db, &gate, gate_done, &batch->ended), STATUS_OK);
    check(sem_wait(&batch->gate.held) == 0);
}

static void start_open(Batch *batch) {
    Scratch *s = &batch->scratch;
    memset(batch, 0, sizeof *batch);
    scratch_init(s);
    check(sem_init(&batch->gate.held, 0, 0) == 0);
    check(sem_init(&batch->gate.open, 0, 0) == 0);
    check(sem_init(&batch->ended, 0, 0) == 0);
    DbMigration all[SCRATCH_BASE_COUNT + 1];
    scratch_base(s->arena, all);
    all[SCRATCH_BASE_COUNT] = (DbMigration){SCRATCH_BASE_COUNT + 1, "item", SQL_CREATE};
    assert_int_equal(db_open(&s->cx, &s->options, &s->db), STATUS_OK);
    assert_int_equal(db_migrate(&s->cx, s->db, all, SCRATCH_BASE_COUNT + 1), STATUS_OK);
}

static void start(Batch *batch) {
    start_open(batch);
    gate_send(batch, false);
}

static Item *send_as(Batch *batch, DbCommand command, Status result) {
    Scratch *s = &batch->scratch;
    check(batch->count < COMMANDS_MAX);
    Item *item = &batch->items[batch->count++];
    *item = (Item){.word = STR("word"), .result = result, .status = STATUS_BUSY};
    command.actor = (DbActor){.user_id = 7};
    command.work = item_work;
    command.input = item;
    assert_int_equal(db_write_later(&s->cx, s->db, &command, item_done, item), STATUS_OK);
    return item;
}

static Item *send(Batch *batch, const char *name, const char *key, const char *content,
                  Status result) {
    return send_as(batch, (DbCommand){.name = name, .key = str_of(key), .content = str_of(content)},
                   result);
}

static Item *send_bulk(Batch *batch, const char *key, Status result) {
    return send_as(batch, (DbCommand){.name = "item.bulk", .key = str_of(key), .is_bulk = true},
                   result);
}

/* Lets the batch run and waits for its end. */
static void finish_as(Batch *batch, bool is_bulk) {
    Scratch *s = &batch->scratch;
    const DbCommand last = {.name = "last", .work = nothing_work, .is_bulk = is_bulk};
    assert_int_equal(db_write_later(&s->cx, s->db, &last, gate_done, &batch->ended), STATUS_OK);
    check(sem_post(&batch->gate.open) == 0);
    check(sem_post(&batch->gate.open) == 0); /* for a second run */
    check(sem_wait(&batch->ended) == 0);
    check(sem_wait(&batch->ended) == 0);
}

static void finish(Batch *batch) {
    finish_as(batch, false);
}

static void a_key_acts_once_within_a_batch(void **state) {
    (void)state;
    Batch batch;
    start(&batch);
    const Item *first = send(&batch, "item.add", "k1", "a", STATUS_OK);
    const Item *again = send(&batch, "item.add", "k1", "a", STATUS_OK);
    const Item *other = send(&batch, "item.add", "k1", "b", STATUS_OK);
    const Item *command = send(&batch, "item.put", "k1", "b", STATUS_OK);
    const Item *failed = send(&batch, "item.add", "k2", "a", STATUS_LIMIT);
    const Item *retried = send(&batch, "item.add", "k2", "a", STATUS_OK);
    finish(&batch);
    assert_int_equal(first->status, STATUS_OK);
    assert_string_equal(first->answer, "id 1");
    assert_int_equal(again->status, STATUS_OK);
    assert_int_equal(again->runs, 0);
    assert_string_equal(again->answer, "id 1");
    assert_int_equal(other->status, STATUS_CONFLICT);
    assert_int_equal(other->runs, 0);
    assert_string_equal(command->answer, "id 2");
    assert_int_equal(failed->status, STATUS_LIMIT);
    assert_string_equal(retried->answer, "id 3");
    scratch_dispose(&batch.scratch);
}

/* More keys than are asked for together, some of them known from before. */
static void known_keys_are_found_in_a_large_batch(void **state) {
    (void)state;
    Batch batch;
    char keys[20][16];
    start(&batch);
    for (int i = 0; i < 20; i++) {
        (void)snprintf(keys[i], sizeof keys[i], "k%d", i);
        if (i % 3 == 0) {
            (void)send(&batch, "item.add", keys[i], "a", STATUS_OK);
        }
    }
    finish(&batch);
    gate_send(&batch, false);
    const Item *items[20];
    for (int i = 0; i < 20; i++) {
        items[i] = send(&batch, "item.add", keys[i], "a", STATUS_OK);
    }
    finish(&batch);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(items[i]->status, STATUS_OK);
        assert_int_equal(items[i]->runs, i % 3 == 0 ? 0 : 1);
        assert_true(items[i]->answer[0] != '\0');
    }
    scratch_dispose(&batch.scratch);
}

static void ids_follow_each_other_and_are_given_back(void **state) {
    (void)state;
    Batch batch;
    start(&batch);
    const Item *first = send(&batch, "item.add", "", "", STATUS_OK);
    const Item *failed = send(&batch, "item.add", "", "", STATUS_CONFLICT);
    const Item *second = send(&batch, "item.add", "", "", STATUS_OK);
    finish(&batch);
    assert_int_equal(first->id, 1);
    assert_int_equal(failed->id, 2);
    assert_int_equal(second->id, 2);
    assert_int_equal(second->status, STATUS_OK);
    scratch_dispose(&batch.scratch);
}

static void memory_is_shared_by_commands_of_one_name(void **state) {
    (void)state;
    Batch batch;
    start(&batch);
    const Item *first = send(&batch, "item.add", "", "", STATUS_OK);
    const Item *second = send(&batch, "item.add", "", "", STATUS_OK);
    const Item *other = send(&batch, "item.put", "", "", STATUS_OK);
    const Item *third = send(&batch, "item.add", "", "", STATUS_OK);
    finish(&batch);
    assert_int_equal(first->memo, 0);
    assert_int_equal(second->memo, 1);
    assert_int_equal(other->memo, 0);
    assert_int_equal(third->memo, 0);
    scratch_dispose(&batch.scratch);
}

/* Forgetting holds at once, and what is kept after it is forgotten again with an undone command. */
static void memory_is_forgotten_when_somebody_says_so(void **state) {
    (void)state;
    Batch batch;
    start(&batch);
    const Item *first = send(&batch, "item.add", "", "", STATUS_OK);
    Item *changer = send(&batch, "item.add", "", "", STATUS_OK);
    changer->forgets = true;
    const Item *second = send(&batch, "item.add", "", "", STATUS_OK);
    const Item *third = send(&batch, "item.add", "", "", STATUS_OK);
    Item *failed = send(&batch, "item.add", "", "", STATUS_CONFLICT);
    failed->forgets = true;
    const Item *fourth = send(&batch, "item.add", "", "", STATUS_OK);
    const Item *refused = send(&batch, "item.add", "", "", STATUS_CONFLICT);
    const Item *fifth = send(&batch, "item.add", "", "", STATUS_OK);
    finish(&batch);
    assert_int_equal(first->memo, 0);
    assert_int_equal(changer->memo, 0);
    assert_int_equal(second->memo, 1);
    assert_int_equal(third->memo, 2);
    assert_int_equal(failed->memo, 0);
    assert_int_equal(fourth->memo, 0);
    assert_int_equal(refused->memo, 1);
    assert_int_equal(fifth->memo, 2);
    scratch_dispose(&batch.scratch);
}

/* ---- bulk commands ---- */

static void a_bulk_command_gives_way(void **state) {
    (void)state;
    Batch batch;
    start(&batch);
    const Item *first = send_bulk(&batch, "", STATUS_OK);
    const Item *second = send_bulk(&batch, "", STATUS_OK);
    const Item *other = send(&batch, "item.add", "", "", STATUS_OK);
    finish_as(&batch, true);
    /* One in turn with the others, so that it is not starved; then whoever waits. */
    assert_int_equal(first->id, 1);
    assert_int_equal(other->id, 2);
    assert_int_equal(second->id, 3);
    assert_int_equal(second->status, STATUS_OK);
    scratch_dispose(&batch.scratch);
}

/* Alone they share one savepoint; a refused one makes them run again, each in its own, and takes
 * nothing from its neighbours. */
static void a_refused_bulk_command_leaves_nothing(void **state) {
    (void)state;
    Batch batch;
    start_open(&batch);
    gate_send(&batch, true);
    const Item *first = send_bulk(&batch, "k1", STATUS_OK);
    const Item *again = send_bulk(&batch, "k1", STATUS_OK);
    const Item *refused = send_bulk(&batch, "k2", STATUS_CONFLICT);
    const Item *last = send_bulk(&batch, "k3", STATUS_OK);
    finish_as(&batch, true);
    assert_int_equal(first->status, STATUS_OK);
    assert_int_equal(first->id, 1);
    assert_int_equal(first->runs, 2);
    assert_int_equal(again->status, STATUS_OK);
    assert_int_equal(again->runs, 0);
    assert_string_equal(again->answer, "id 1");
    assert_int_equal(refused->status, STATUS_CONFLICT);
    assert_int_equal(refused->runs, 2);
    assert_int_equal(last->status, STATUS_OK);
    assert_int_equal(last->id, 2);
    scratch_dispose(&batch.scratch);
}

/* A statement that was only sent fails when it is waited for: that is before COMMIT. */
static void a_bulk_command_that_fails_late_fails_alone(void **state) {
    (void)state;
    Batch batch;
    start_open(&batch);
    gate_send(&batch, true);
    const Item *first = send_bulk(&batch, "k1", STATUS_OK);
    Item *late = send_bulk(&batch, "k2", STATUS_OK);
    late->repeats = true;
    const Item *last = send_bulk(&batch, "k3", STATUS_OK);
    finish_as(&batch, true);
    assert_int_equal(first->status, STATUS_OK);
    assert_int_not_equal(late->status, STATUS_OK);
    assert_int_equal(last->status, STATUS_OK);
    assert_int_equal(last->id, 2);
    scratch_dispose(&batch.scratch);
}

/* A disk that refuses once: the second run saves what the first could not, unless it was the
 * transaction itself that failed. Its outcome may be unknown, so it is told and not tried again. */
static void a_bulk_batch_survives_one_failure(void **state) {
    (void)state;
    int lost_count = 0;
    for (uint64_t nth = 1; nth < 20; nth++) {
        Batch batch;
        start_open(&batch);
        gate_send(&batch, true);
        const Item *first = send_bulk(&batch, "", STATUS_OK);
        const Item *second = send_bulk(&batch, "", STATUS_OK);
        db_fail_at(batch.scratch.db, nth);
        finish_as(&batch, true);
        db_fail_at(batch.scratch.db, 0);
        if (first->status == STATUS_DB) {
            lost_count++;
            assert_int_equal(second->status, STATUS_DB);
        } else {
            assert_int_equal(first->status, STATUS_OK);
            assert_int_equal(second->status, STATUS_OK);
            assert_int_equal(first->id, 1);
            assert_int_equal(second->id, 2);
        }
        scratch_dispose(&batch.scratch);
    }
    /* The transaction has begun before: what is left to fail of it is COMMIT. */
    assert_int_equal(lost_count, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_acts_once_within_a_batch),
        cmocka_unit_test(known_keys_are_found_in_a_large_batch),
        cmocka_unit_test(ids_follow_each_other_and_are_given_back),
        cmocka_unit_test(memory_is_shared_by_commands_of_one_name),
        cmocka_unit_test(memory_is_forgotten_when_somebody_says_so),
        cmocka_unit_test(a_bulk_command_gives_way),
        cmocka_unit_test(a_refused_bulk_command_leaves_nothing),
        cmocka_unit_test(a_bulk_command_that_fails_late_fails_alone),
        cmocka_unit_test(a_bulk_batch_survives_one_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
