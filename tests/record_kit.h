/*
 * record_kit.h - two declared kinds and a house for tests of src/record: the project of the
 * reference page (docs/reference/record-kinds.md) and a grant that refers to it and shares its
 * namespace of machines.
 */
#ifndef HUANXIN_TESTS_RECORD_KIT_H
#define HUANXIN_TESTS_RECORD_KIT_H

#include "db_scratch.h"
#include "record/record.h"
#include "yaml/yaml.h"

#include <sys/stat.h>

#define KIT_NOW_MS INT64_C(1772499600000) /* 2026-03-03 09:00 in China */

typedef struct Kit {
    Scratch scratch;
    char folder[220];
    RecordBook book;
    RecordHouse house;
    WorkCalendar calendar;
    SealKey seal_key;
    SealKey hash_key;
    RecordActor firm;     /* files */
    RecordActor officer;  /* decides */
    RecordActor officer2; /* of the same unit */
    int64_t now_ms;
} Kit;

static const char KIT_GRANT[] =
    "kind: \"grant\"\n"
    "title: \"补助\"\n"
    "about: \"给一台设备的补助\"\n"
    "clauses: [\"1.1\"]\n"
    "number: \"BZ\"\n"
    "owner: [\"gongxin\", \"zhujian\"]\n"
    "owner_of: \"if 领域 = \\\"建筑\\\" then \\\"zhujian\\\" else \\\"gongxin\\\"\"\n"
    "filing: [\"all\"]\n"
    "filers: [\"officer\", \"enterprise\"]\n"
    "fields:\n"
    "- {name: \"part\", title: \"所属项目\", type: \"ref\", kind: \"project\", list: true}\n"
    "- {name: \"field\", title: \"领域\", type: \"choice\", choices: [\"a: 工业\", \"b: 建筑\"], "
    "required: true, list: true}\n"
    "- {name: \"serial\", title: \"出厂编号\", type: \"serial\", required: true, list: true, "
    "search: true}\n"
    "- {name: \"amount\", title: \"金额\", type: \"money\", required: true, list: true}\n"
    "- {name: \"town\", title: \"镇街\", type: \"town\", list: true}\n"
    "- {name: \"month\", title: \"发放月份\", type: \"month\", list: true}\n"
    "- {name: \"note\", title: \"说明\", type: \"text\", search: true}\n"
    "unique:\n"
    "- {fields: [\"serial\"], across: \"funded_machine\", message: \"该设备已享受补助\"}\n"
    "states:\n"
    "- {code: \"draft\", title: \"草稿\", is_start: true}\n"
    "- {code: \"paid\", title: \"已发放\", tone: \"good\"}\n"
    "- {code: \"void\", title: \"已作废\", is_end: true, is_void: true}\n"
    "transitions:\n"
    "- {code: \"pay\", title: \"发放\", from: [\"draft\"], to: \"paid\", by: [\"owner\"]}\n"
    "- {code: \"back\", title: \"撤回\", from: [\"paid\"], to: \"draft\", by: [\"owner\"]}\n"
    "- {code: \"drop\", title: \"作废\", from: [\"draft\", \"paid\"], to: \"void\", by: "
    "[\"owner\", \"filer\"]}\n"
    "- {code: \"revive\", title: \"恢复\", from: [\"void\"], to: \"draft\", by: [\"owner\"]}\n"
    "counters:\n"
    "- {code: \"grant.count\", title: \"补助数\", by: [\"town\", \"field\", \"owner\"]}\n"
    "- {code: \"grant.large_fen\", title: \"大额补助\", states: [\"paid\"], where: \"金额 > "
    "5000\", sum: \"amount\", day: \"month\", by: [\"town\"]}\n";

static inline void kit_file(const char *folder, const char *name, Str text) {
    char path[400];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    check(file != NULL);
    check(fwrite(text.at, 1, text.len, file) == text.len);
    check(fclose(file) == 0);
}

/* The first YAML block of the reference page. */
static inline Str kit_example(Cx *cx) {
    Str page = STR_NONE;
    check(yaml_file(cx, STR("docs/reference/record-kinds.md"), 1 << 20, &page) == STATUS_OK);
    size_t start = str_find(page, STR("```yaml\n"), 0) + 8;
    return str_slice(page, start, str_find(page, STR("```"), start) - start);
}

/* text with one piece put in the place of another. */
static inline Str kit_with(Arena *arena, Str text, const char *from, const char *to) {
    size_t at = str_find(text, str_of(from), 0);
    check(at != SIZE_MAX);
    return str_print(arena, STR_FMT "%s" STR_FMT, STR_ARG(str_slice(text, 0, at)), to,
                     STR_ARG(str_from(text, at + strlen(from))));
}

/* Loads what stands in the folder and brings the database to it. */
static inline Status kit_load(Kit *kit) {
    RecordProblems problems;
    Cx *cx = &kit->scratch.cx;
    fault_clear(cx);
    Status status = record_book_load(cx, str_of(kit->folder), &problems, &kit->book);
    for (size_t i = 0; i < problems.count; i++) {
        fprintf(stderr, "%.*s:%lld: %.*s\n", STR_ARG(problems.items[i].file),
                (long long)problems.items[i].line, STR_ARG(problems.items[i].text));
    }
    check(status == STATUS_OK);
    return record_book_apply(cx, kit->scratch.db, &kit->house, kit->now_ms, NULL, NULL);
}

static inline void kit_declare(Kit *kit, const char *name, Str text) {
    char folder[260];
    (void)snprintf(folder, sizeof folder, "%s/records", kit->folder);
    kit_file(folder, name, text);
}

static inline void kit_files(Kit *kit) {
    char folder[260];
    (void)snprintf(kit->folder, sizeof kit->folder, "%s/city", kit->scratch.folder);
    check(mkdir(kit->folder, 0700) == 0);
    (void)snprintf(folder, sizeof folder, "%s/records", kit->folder);
    check(mkdir(folder, 0700) == 0);
    kit_file(kit->folder, "units.yaml",
             STR("units:\n- {id: \"gongxin\", name: \"市工信局\"}\n"
                 "- {id: \"zhujian\", name: \"市住建局\"}\n"));
    kit_file(kit->folder, "towns.yaml",
             STR("towns:\n- {code: \"370784001\", name: \"兴安街道\"}\n"
                 "- {code: \"370784003\", name: \"新安街道\"}\n"));
    kit_declare(kit, "project.yaml", kit_example(&kit->scratch.cx));
    kit_declare(kit, "grant.yaml", str_of(KIT_GRANT));
}

static inline void kit_init(Kit *kit) {
    memset(kit, 0, sizeof *kit);
    scratch_init(&kit->scratch);
    scratch_open(&kit->scratch);
    memset(&kit->seal_key, 7, sizeof kit->seal_key);
    memset(&kit->hash_key, 9, sizeof kit->hash_key);
    kit->calendar =
        (WorkCalendar){.first = day_of_ymd(2026, 1, 1), .last = day_of_ymd(2026, 12, 31)};
    kit->house = (RecordHouse){.book = &kit->book,
                               .calendar = &kit->calendar,
                               .seal_key = &kit->seal_key,
                               .hash_key = &kit->hash_key};
    kit->now_ms = KIT_NOW_MS;
    kit->firm = (RecordActor){
        .person_id = 11, .role = STR("enterprise"), .org_id = 5, .name = STR("演示机械厂")};
    kit->officer = (RecordActor){
        .person_id = 21, .role = STR("officer"), .unit = STR("gongxin"), .name = STR("市工信局")};
    kit->officer2 = kit->officer;
    kit->officer2.person_id = 22;
    kit_files(kit);
    Status status = kit_load(kit);
    if (status != STATUS_OK) {
        fprintf(stderr, "kit: %s %s\n", kit->scratch.cx.fault.text, kit->scratch.cx.fault.detail);
    }
    check(status == STATUS_OK);
}

static inline void kit_dispose(Kit *kit) {
    char command[300];
    char folder[200];
    (void)snprintf(folder, sizeof folder, "%s", kit->scratch.folder);
    scratch_dispose(&kit->scratch);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    check(system(command) == 0);
}

/* ---- acts ---- */

typedef struct KitInput {
    const char *name;
    const char *text;
} KitInput;

static inline RecordInput *kit_inputs(Arena *arena, const KitInput *inputs, size_t *count) {
    size_t at = 0;
    while (inputs[at].name != NULL) {
        at++;
    }
    RecordInput *out = arena_array(arena, RecordInput, at + 1);
    for (size_t i = 0; i < at; i++) {
        out[i] = (RecordInput){str_of(inputs[i].name), str_of(inputs[i].text)};
    }
    *count = at;
    return out;
}

typedef struct KitAct {
    Kit *kit;
    const RecordDraft *draft;
    RecordChange change;
    enum { KIT_CREATE, KIT_EDIT, KIT_MOVE } what;
    Record out;
} KitAct;

static inline Status kit_work(Cx *cx, DbConn *conn, void *input) {
    KitAct *act = input;
    Status status =
        act->what == KIT_CREATE ? record_create(cx, conn, &act->kit->house, act->draft, &act->out)
        : act->what == KIT_EDIT ? record_edit(cx, conn, &act->kit->house, &act->change, &act->out)
                                : record_move(cx, conn, &act->kit->house, &act->change, &act->out);
    if (status == STATUS_OK) {
        act->out.number = str_dup(act->kit->scratch.arena, act->out.number);
        act->out.owner = str_dup(act->kit->scratch.arena, act->out.owner);
        act->out.values = NULL; /* they lived in the command's arena */
    }
    return status;
}

static inline Status kit_run(Kit *kit, KitAct *act) {
    Cx *cx = &kit->scratch.cx;
    fault_clear(cx);
    act->kit = kit;
    const DbCommand command = {
        .name = "record.test", .work = kit_work, .input = act, .now_ms = kit->now_ms};
    return db_write(cx, kit->scratch.db, &command, NULL);
}

static inline Record kit_find(Kit *kit, int64_t id) {
    DbConn *conn = NULL;
    Record record = {0};
    Cx *cx = &kit->scratch.cx;
    fault_clear(cx);
    check(db_read_begin(cx, kit->scratch.db, &conn) == STATUS_OK);
    check(record_find(cx, conn, &kit->book, id, &record) == STATUS_OK);
    db_read_end(kit->scratch.db, conn);
    return record;
}

/* Drafts and files a record; the draft's failure comes back as it is. */
static inline Status kit_create(Kit *kit, const char *kind, const RecordActor *actor,
                                const KitInput *inputs, int64_t *id) {
    RecordAsk ask = {
        .kind = record_kind_find(&kit->book, str_of(kind)), .actor = actor, .now_ms = kit->now_ms};
    RecordDraft draft;
    ask.inputs = kit_inputs(kit->scratch.arena, inputs, &ask.input_count);
    fault_clear(&kit->scratch.cx);
    TRY(record_draft(&kit->scratch.cx, &kit->house, &ask, &draft));
    KitAct act = {.draft = &draft, .what = KIT_CREATE};
    TRY(kit_run(kit, &act));
    *id = act.out.id;
    return STATUS_OK;
}

/* Edits what stands now, or a record read before (base not NULL). */
static inline Status kit_edit(Kit *kit, int64_t id, const RecordActor *actor, const Record *base,
                              const KitInput *inputs) {
    Record now = base != NULL ? *base : kit_find(kit, id);
    RecordAsk ask = {.kind = now.kind, .base = &now, .actor = actor, .now_ms = kit->now_ms};
    RecordDraft draft;
    ask.inputs = kit_inputs(kit->scratch.arena, inputs, &ask.input_count);
    fault_clear(&kit->scratch.cx);
    TRY(record_draft(&kit->scratch.cx, &kit->house, &ask, &draft));
    KitAct act = {.what = KIT_EDIT,
                  .change = {.id = id, .revision = now.revision, .draft = &draft, .actor = actor}};
    return kit_run(kit, &act);
}

static inline Status kit_move(Kit *kit, int64_t id, const char *code, const RecordActor *actor,
                              const KitInput *inputs) {
    Record now = kit_find(kit, id);
    const RecordTransition *transition = record_transition_find(now.kind, str_of(code));
    RecordAsk ask = {
        .kind = now.kind, .base = &now, .act = transition, .actor = actor, .now_ms = kit->now_ms};
    RecordDraft draft;
    check(transition != NULL);
    KitAct act = {.what = KIT_MOVE,
                  .change = {.id = id,
                             .revision = now.revision,
                             .act = transition,
                             .note = STR("测试"),
                             .actor = actor}};
    fault_clear(&kit->scratch.cx);
    if (inputs != NULL) {
        ask.inputs = kit_inputs(kit->scratch.arena, inputs, &ask.input_count);
        TRY(record_draft(&kit->scratch.cx, &kit->house, &ask, &draft));
        act.change.draft = &draft;
    }
    return kit_run(kit, &act);
}

static inline int64_t kit_counter(Kit *kit, const char *code, const char *by) {
    DbConn *conn = NULL;
    int64_t sum = 0;
    Cx *cx = &kit->scratch.cx;
    check(db_read_begin(cx, kit->scratch.db, &conn) == STATUS_OK);
    check(record_counter_sum(cx, conn, str_of(code), str_of(by), STR("2000-01"), STR("2099-12"),
                             &sum) == STATUS_OK);
    db_read_end(kit->scratch.db, conn);
    return sum;
}

/* Differences between the counters of a kind and a recount. */
static inline int64_t kit_wrong(Kit *kit, const char *kind) {
    DbConn *conn = NULL;
    int64_t wrong = -1;
    Cx *cx = &kit->scratch.cx;
    check(db_read_begin(cx, kit->scratch.db, &conn) == STATUS_OK);
    check(record_counters_verify(cx, conn, &kit->house, record_kind_find(&kit->book, str_of(kind)),
                                 &wrong) == STATUS_OK);
    db_read_end(kit->scratch.db, conn);
    return wrong;
}

#endif
