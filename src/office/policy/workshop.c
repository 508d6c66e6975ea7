/*
 * workshop.c - drafts: their texts, their rows in order, their way to an issued version. Reading
 * order: words, positions of rows, edits, other changes, issuing, reading, the library's shelf.
 * Cells are checked in workshop_cells.c, new texts made in workshop_texts.c.
 */
#include "office/policy/workshop.h"

#include "base/vec.h"
#include "office/policy/cases.h"
#include "office/policy/policy_store.h"
#include "office/policy/workshop_cache.h"
#include "office/policy/workshop_store.h"

#include <inttypes.h>

/* Rows stand apart so that one can be put between two; when no place is left all are placed anew.
 */
#define ROW_STEP INT64_C(1048576)

Str draft_state_code(DraftState state) {
    static const char *const codes[] = {
#define X(name, code, zh) code,
        DRAFT_STATE_LIST(X)
#undef X
    };
    return str_of(codes[state]);
}

Str draft_state_zh(DraftState state) {
    static const char *const words[] = {
#define X(name, code, zh) zh,
        DRAFT_STATE_LIST(X)
#undef X
    };
    return str_of(words[state]);
}

/* ---- noting a change ---- */

typedef struct Note {
    int64_t draft_id;
    const char *kind;
    Str about;
    const DraftActor *actor;
} Note;

/* The next revision, in the list of revisions and in the journal. */
static Status revision_note(Cx *cx, DbConn *conn, const Note *note, int64_t *revision) {
    TRY(draft_store_raise(cx, conn, note->draft_id, note->actor->now_ms, revision));
    TRY(draft_store_revision_insert(cx, conn, note->draft_id, *revision, note->kind, note->about,
                                    note->actor));
    DbEntry entry = {
        .verb = "policy.draft",
        .subject = "policy_draft",
        .subject_id = note->draft_id,
        .after =
            str_print(cx->arena, "{\"revision\":%" PRId64 ",\"kind\":\"%s\",\"about\":" STR_FMT "}",
                      *revision, note->kind, STR_ARG(str_json(cx->arena, note->about)))};
    return db_journal(cx, conn, &entry);
}

/* A draft is its unit's: others may read it, and say what they think. */
static Status owner_check(Cx *cx, DbConn *conn, const Draft *draft, int64_t person_id) {
    bool may_change = false;
    TRY(draft_store_may_change(cx, conn, draft, person_id, &may_change));
    return may_change ? STATUS_OK
                      : fault(cx, STATUS_DENIED, "这份草稿由%s起草，其他部门只能查看",
                              draft->unit.len > 0 ? str_c(cx->arena, draft->unit) : "牵头专班");
}

static Status not_younger(Cx *cx, const Draft *draft, const DraftActor *actor) {
    if (draft->revision > actor->revision) {
        Status status =
            fault(cx, STATUS_CONFLICT,
                  "草稿已被改到第 %" PRId64 " 版，您打开的是第 %" PRId64 " 版，没有保存",
                  draft->revision, actor->revision);
        fault_hint(cx, "请刷新页面，看过别人的修改后再改");
        return status;
    }
    return STATUS_OK;
}

/* ---- positions ---- */

typedef struct Places {
    int64_t first; /* position of the first new row */
    int64_t step;
} Places;

static Status rows_place_anew(Cx *cx, DbConn *conn, const RowsAsk *ask) {
    DraftRows rows = {0};
    TRY(draft_store_rows(cx, conn, ask, &rows));
    for (size_t i = rows.count; i > 0; i--) {
        const DraftRow *row = &rows.items[i - 1];
        TRY(draft_store_row_place(cx, conn, row->id, (int64_t)i * ROW_STEP, row->revision));
    }
    return STATUS_OK;
}

/* Room for count rows after a row (0: after the last). */
static Status places_find(Cx *cx, DbConn *conn, const DraftEdit *edit, size_t column_count,
                          Places *out) {
    RowsAsk ask = {.draft_id = edit->draft_id,
                   .table = edit->table,
                   .limit = -1,
                   .column_count = column_count};
    DraftRow last = {.position = INT64_MAX};
    if (edit->after_id == 0) {
        DraftRow before = {0};
        TRY(draft_store_neighbour(cx, conn, &last, &ask, false, &before));
        *out = (Places){before.position + ROW_STEP, ROW_STEP};
        return STATUS_OK;
    }
    for (int round = 0; round < 2; round++) {
        DraftRow after = {0};
        DraftRow next = {0};
        TRY(draft_store_row(cx, conn, edit->draft_id, edit->after_id, column_count, &after));
        TRY(draft_store_neighbour(cx, conn, &after, &ask, true, &next));
        int64_t end = next.id == 0 ? after.position + ROW_STEP * ((int64_t)edit->added_count + 1)
                                   : next.position;
        int64_t step = (end - after.position) / ((int64_t)edit->added_count + 1);
        if (step > 0) {
            *out = (Places){after.position + step, step};
            return STATUS_OK;
        }
        if (round == 0) {
            TRY(rows_place_anew(cx, conn, &ask));
        }
    }
    /* More new rows than the wide step holds between two. */
    return fault(cx, STATUS_LIMIT, "一次插入的行太多，请加到表的末尾");
}

/* ---- edits ---- */

static Status columns_of(Cx *cx, const Draft *draft, int64_t table, DmnPartTable *out) {
    DmnParts parts;
    TRY(draft_parts(cx, draft, &parts));
    if (table < 0 || (uint64_t)table >= parts.table_count) {
        return fault(cx, STATUS_NOT_FOUND, "草稿里没有这张表");
    }
    *out = parts.tables[table];
    return STATUS_OK;
}

static Status row_conflict(Cx *cx, DbConn *conn, const DraftEdit *edit, const DraftRow *row) {
    int64_t rank = 0;
    TRY(draft_store_row_rank(cx, conn, edit->draft_id, edit->table, row->position, &rank));
    Status status = fault(cx, STATUS_CONFLICT,
                          "第 %" PRId64 " 行已被别人修改或删除，您的修改没有保存", rank + 1);
    fault_hint(cx, "请刷新页面，看过新的内容后再改");
    return status;
}

static Status rows_change(Cx *cx, DbConn *conn, const DraftEdit *edit, size_t column_count,
                          int64_t revision) {
    for (size_t i = 0; i < edit->changed_count; i++) {
        DraftRow row = edit->changed[i];
        bool is_changed = false;
        TRY(cx_step(cx));
        row.revision = revision;
        TRY(draft_store_row_update(cx, conn, edit->draft_id, &row, column_count,
                                   edit->actor.revision, &is_changed));
        if (!is_changed) {
            return row_conflict(cx, conn, edit, &row);
        }
    }
    return STATUS_OK;
}

static Status rows_add(Cx *cx, DbConn *conn, const DraftEdit *edit, size_t column_count,
                       int64_t revision) {
    Places places = {0};
    if (edit->added_count == 0) {
        return STATUS_OK;
    }
    TRY(places_find(cx, conn, edit, column_count, &places));
    for (size_t i = 0; i < edit->added_count; i++) {
        DraftRow row = edit->added[i];
        TRY(cx_step(cx));
        row.position = places.first + (int64_t)i * places.step;
        row.revision = revision;
        TRY(draft_store_row_insert(cx, conn, edit->draft_id, edit->table, &row, column_count,
                                   &row.id));
    }
    return STATUS_OK;
}

Status draft_rows_edit(Cx *cx, DbConn *conn, const DraftEdit *edit, int64_t *revision) {
    Draft draft;
    DmnPartTable table;
    TRY(draft_store_find(cx, conn, edit->draft_id, &draft));
    TRY(owner_check(cx, conn, &draft, edit->actor.person_id));
    TRY(columns_of(cx, &draft, edit->table, &table));
    Note note = {edit->draft_id, edit->kind, edit->about, &edit->actor};
    TRY(revision_note(cx, conn, &note, revision));
    if (edit->is_whole) {
        TRY(not_younger(cx, &draft, &edit->actor));
        TRY(draft_store_rows_delete(cx, conn, edit->draft_id, edit->table));
    }
    TRY(rows_change(cx, conn, edit, table.column_count, *revision));
    return rows_add(cx, conn, edit, table.column_count, *revision);
}

static Status row_swap(Cx *cx, DbConn *conn, const DraftRowMove *move, const DraftRow *row,
                       const RowsAsk *of, int64_t revision) {
    DraftRow other = {0};
    TRY(draft_store_neighbour(cx, conn, row, of, move->act == DRAFT_ROW_DOWN, &other));
    if (other.id == 0) {
        return fault(cx, STATUS_CONFLICT, "这一行已经在表的%s",
                     move->act == DRAFT_ROW_DOWN ? "末尾" : "开头");
    }
    TRY(draft_store_row_place(cx, conn, row->id, other.position, revision));
    return draft_store_row_place(cx, conn, other.id, row->position, revision);
}

Status draft_row_move(Cx *cx, DbConn *conn, const DraftRowMove *move, int64_t *revision) {
    Draft draft;
    DmnPartTable table;
    DraftRow row;
    int64_t rank = 0;
    TRY(draft_store_find(cx, conn, move->draft_id, &draft));
    TRY(owner_check(cx, conn, &draft, move->actor.person_id));
    TRY(columns_of(cx, &draft, move->table, &table));
    TRY(draft_store_row(cx, conn, move->draft_id, move->row_id, table.column_count, &row));
    TRY(draft_store_row_rank(cx, conn, move->draft_id, move->table, row.position, &rank));
    static const char *const words[] = {"删除", "上移", "下移"};
    Str about = str_print(cx->arena, "%s第 %" PRId64 " 行", words[move->act], rank + 1);
    Note note = {move->draft_id, "row", about, &move->actor};
    RowsAsk of = {
        .draft_id = move->draft_id, .table = move->table, .column_count = table.column_count};
    TRY(revision_note(cx, conn, &note, revision));
    if (move->act != DRAFT_ROW_DELETE) {
        return row_swap(cx, conn, move, &row, &of, *revision);
    }
    bool is_changed = false;
    TRY(draft_store_row_delete(cx, conn, move->draft_id, move->row_id, move->actor.revision,
                               &is_changed));
    DraftEdit edit = {.draft_id = move->draft_id, .table = move->table};
    return is_changed ? STATUS_OK : row_conflict(cx, conn, &edit, &row);
}

/* ---- whole texts ---- */

static Status parts_insert(Cx *cx, DbConn *conn, int64_t draft_id, const DmnParts *parts,
                           int64_t revision) {
    for (size_t t = 0; t < parts->table_count; t++) {
        const DmnPartTable *table = &parts->tables[t];
        for (size_t i = 0; i < table->row_count; i++) {
            DraftRow row = {.position = ((int64_t)i + 1) * ROW_STEP,
                            .code = table->rows[i].id,
                            .note = table->rows[i].description,
                            .cells = table->rows[i].cells,
                            .revision = revision};
            TRY(cx_step(cx));
            TRY(draft_store_row_insert(cx, conn, draft_id, (int64_t)t, &row, table->column_count,
                                       &row.id));
        }
    }
    return STATUS_OK;
}

static Status model_put(Cx *cx, DbConn *conn, const DraftText *text, int64_t revision) {
    DmnParts parts;
    TRY(dmn_parts_take(cx, text->text, &parts));
    TRY(draft_store_text(cx, conn, text->draft_id, DRAFT_MODEL, parts.skeleton));
    TRY(draft_store_rows_delete(cx, conn, text->draft_id, -1));
    return parts_insert(cx, conn, text->draft_id, &parts, revision);
}

Status draft_text_put(Cx *cx, DbConn *conn, const DraftText *text, int64_t *revision) {
    static const char *const kinds[] = {"model", "facts", "cases"};
    Draft draft;
    TRY(draft_store_find(cx, conn, text->draft_id, &draft));
    TRY(owner_check(cx, conn, &draft, text->actor.person_id));
    TRY(not_younger(cx, &draft, &text->actor));
    Note note = {text->draft_id, kinds[text->part], text->about, &text->actor};
    TRY(revision_note(cx, conn, &note, revision));
    if (text->title.len > 0) {
        TRY(draft_store_title(cx, conn, text->draft_id, text->title));
    }
    return text->part == DRAFT_MODEL
               ? model_put(cx, conn, text, *revision)
               : draft_store_text(cx, conn, text->draft_id, text->part, text->text);
}

Status draft_create(Cx *cx, DbConn *conn, const DraftNew *new, int64_t *id) {
    DmnParts parts;
    bool is_taken = false;
    TRY(draft_store_issue_has(cx, conn, new->code, &is_taken));
    if (is_taken) {
        return fault_at_field(cx, STATUS_CONFLICT, "code", "版本号 " STR_FMT " 已经发布过",
                              STR_ARG(new->code));
    }
    TRY(dmn_parts_take(cx, new->texts.model, &parts));
    Draft draft = {.code = new->code,
                   .base = new->base,
                   .title = new->title,
                   .skeleton = parts.skeleton,
                   .description = new->texts.description,
                   .cases = new->texts.cases,
                   .author_id = new->person_id,
                   .made_ms = new->now_ms};
    TRY(draft_store_insert(cx, conn, &draft, id));
    TRY(parts_insert(cx, conn, *id, &parts, 1));
    DraftActor actor = {.person_id = new->person_id, .now_ms = new->now_ms};
    Str about = new->base.len > 0 ? str_print(cx->arena, "由 " STR_FMT " 起草", STR_ARG(new->base))
                                  : STR("从空白起草");
    TRY(draft_store_revision_insert(cx, conn, *id, 1, "new", about, &actor));
    DbEntry entry = {.verb = "policy.draft",
                     .subject = "policy_draft",
                     .subject_id = *id,
                     .after = str_print(cx->arena, "{\"code\":" STR_FMT ",\"base\":" STR_FMT "}",
                                        STR_ARG(str_json(cx->arena, new->code)),
                                        STR_ARG(str_json(cx->arena, new->base)))};
    return db_journal(cx, conn, &entry);
}

/* ---- the way to an issued version ---- */

static Status state_move(Cx *cx, DbConn *conn, const DraftStep *step, DraftState from) {
    bool is_moved = false;
    TRY(draft_store_move(cx, conn, step->draft_id, from, step->to, step->actor.now_ms, &is_moved));
    if (!is_moved) {
        return fault(cx, STATUS_CONFLICT, "草稿的状态已变，请刷新页面");
    }
    DbEntry entry = {.verb = "policy.draft_state",
                     .subject = "policy_draft",
                     .subject_id = step->draft_id,
                     .before = str_print(cx->arena, "{\"state\":\"" STR_FMT "\"}",
                                         STR_ARG(draft_state_code(from))),
                     .after = str_print(cx->arena, "{\"state\":\"" STR_FMT "\"}",
                                        STR_ARG(draft_state_code(step->to)))};
    return db_journal(cx, conn, &entry);
}

Status draft_step(Cx *cx, DbConn *conn, const DraftStep *step) {
    Draft draft;
    TRY(draft_store_find(cx, conn, step->draft_id, &draft));
    TRY(owner_check(cx, conn, &draft, step->actor.person_id));
    switch (step->to) {
    case DRAFT_SUBMITTED:
        TRY(not_younger(cx, &draft, &step->actor));
        return state_move(cx, conn, step, DRAFT_OPEN);
    case DRAFT_OPEN:
        return state_move(cx, conn, step, DRAFT_SUBMITTED);
    case DRAFT_DROPPED:
        return state_move(cx, conn, step, DRAFT_OPEN);
    case DRAFT_ISSUED:
        break;
    }
    check(false); /* issuing has a function of its own */
    return STATUS_CONFLICT;
}

static Status four_eyes(Cx *cx, DbConn *conn, const DraftIssue *issue) {
    bool is_author = false;
    TRY(draft_store_is_author(cx, conn, issue->draft_id, issue->actor.person_id, &is_author));
    if (is_author) {
        Status status = fault(cx, STATUS_DENIED, "您改过这份草稿，不能由您发布");
        fault_hint(cx, "请没有参加修改的另一位同事复核后发布");
        return status;
    }
    return STATUS_OK;
}

Status draft_issue(Cx *cx, DbConn *conn, const DraftIssue *issue, int64_t *issue_id) {
    Draft draft;
    bool is_taken = false;
    DraftStep step = {.draft_id = issue->draft_id, .to = DRAFT_ISSUED, .actor = issue->actor};
    TRY(draft_store_find(cx, conn, issue->draft_id, &draft));
    TRY(owner_check(cx, conn, &draft, issue->actor.person_id));
    TRY(four_eyes(cx, conn, issue));
    TRY(not_younger(cx, &draft, &issue->actor));
    TRY(draft_store_issue_has(cx, conn, issue->code, &is_taken));
    if (is_taken) {
        return fault(cx, STATUS_CONFLICT, "版本号 " STR_FMT " 已经发布过", STR_ARG(issue->code));
    }
    TRY(state_move(cx, conn, &step, DRAFT_SUBMITTED));
    TRY(draft_store_issue_insert(cx, conn, issue, draft.author_id, issue_id));
    DbEntry entry = {
        .verb = "policy.issue",
        .subject = "policy_draft",
        .subject_id = issue->draft_id,
        .after = str_print(cx->arena, "{\"code\":" STR_FMT ",\"digest\":\"" STR_FMT "\"}",
                           STR_ARG(str_json(cx->arena, issue->code)), STR_ARG(issue->digest))};
    return db_journal(cx, conn, &entry);
}

/* ---- reading ---- */

Status draft_find(Cx *cx, DbConn *conn, int64_t id, Draft *out) {
    return draft_store_find(cx, conn, id, out);
}

Status draft_parts(Cx *cx, const Draft *draft, DmnParts *out) {
    return dmn_parts_take(cx, draft->skeleton, out);
}

Status draft_model_text(Cx *cx, DbConn *conn, const Draft *draft, Str *out) {
    DmnParts parts;
    TRY(draft_parts(cx, draft, &parts));
    for (size_t t = 0; t < parts.table_count; t++) {
        DmnPartTable *table = &parts.tables[t];
        RowsAsk ask = {.draft_id = draft->id,
                       .table = (int64_t)t,
                       .limit = -1,
                       .column_count = table->column_count};
        DraftRows rows;
        TRY(draft_store_rows(cx, conn, &ask, &rows));
        table->rows = arena_array(cx->arena, DmnPartRow, rows.count + 1);
        table->row_count = rows.count;
        for (size_t i = 0; i < rows.count; i++) {
            const DraftRow *row = &rows.items[i];
            Str id = row->code.len > 0 ? row->code : str_print(cx->arena, "row-%" PRId64, row->id);
            table->rows[i] = (DmnPartRow){.id = id, .description = row->note, .cells = row->cells};
        }
    }
    return dmn_parts_put(cx, &parts, out);
}

static Status draft_texts(Cx *cx, DbConn *conn, const Draft *draft, PolicyTexts *out) {
    *out = (PolicyTexts){.name = draft->code,
                         .description = draft->description,
                         .cases = draft->cases,
                         .language = FEEL_CHINESE};
    return draft_model_text(cx, conn, draft, &out->model);
}

Status draft_compile(Cx *cx, DbConn *conn, PolicyLibrary *library, const Draft *draft,
                     const PolicyEntry **out) {
    PolicyTexts texts;
    *out = workshop_cache_find(cx, library->cache, draft->id, draft->revision);
    if (*out != NULL) {
        return STATUS_OK;
    }
    TRY(draft_texts(cx, conn, draft, &texts));
    return workshop_cache_put(cx, library->cache, draft->id, draft->revision, &texts, out);
}

static void fault_add(DraftFaults *faults, Str text) {
    if (faults->count < sizeof faults->items / sizeof faults->items[0]) {
        faults->items[faults->count++] = text;
    }
}

static void version_check(Cx *cx, const PolicyLibrary *library, const Draft *draft,
                          const PolicyVersion *version, DraftFaults *out) {
    Cx quiet;
    const PolicyVersion *taken = NULL;
    cx_init(&quiet, cx->arena);
    if (!str_equal(version->version, draft->code)) {
        fault_add(out, str_print(cx->arena, "说明里的版本号 " STR_FMT " 与草稿的 " STR_FMT " 不同",
                                 STR_ARG(version->version), STR_ARG(draft->code)));
    }
    if (policy_version_find(&quiet, library, draft->code, &taken) == STATUS_OK) {
        fault_add(out, str_print(cx->arena, "版本号 " STR_FMT " 已在使用，请换一个",
                                 STR_ARG(draft->code)));
    }
    if (policy_programme_find(library, version->programme) == NULL) {
        fault_add(out,
                  str_print(cx->arena, "没有这个补贴项目：" STR_FMT, STR_ARG(version->programme)));
    }
    if (day_compare(version->last, version->first) < 0) {
        fault_add(out, STR("截止日早于生效日"));
    }
}

Status draft_check(Cx *cx, DbConn *conn, PolicyLibrary *library, const Draft *draft, Day today,
                   DraftFaults *out) {
    const PolicyEntry *entry = NULL;
    PolicyCasesResult cases = {0};
    *out = (DraftFaults){0};
    Status status = draft_compile(cx, conn, library, draft, &entry);
    if (status == STATUS_INVALID) {
        fault_add(out, str_dup(cx->arena, str_of(cx->fault.text)));
        fault_clear(cx);
        return STATUS_OK;
    }
    TRY(status);
    version_check(cx, library, draft, &entry->version, out);
    if (day_compare(entry->version.first, today) < 0) {
        fault_add(out, str_print(cx->arena,
                                 "生效日 " STR_FMT " 已过；发布不溯及以往，生效日应为今天或以后",
                                 STR_ARG(day_print(cx->arena, entry->version.first))));
    }
    status = policy_cases_check(cx, &entry->version, draft->cases, &cases);
    if (status == STATUS_INVALID) {
        fault_add(out, str_print(cx->arena, "界限用例：%s", cx->fault.text));
        fault_clear(cx);
        return STATUS_OK;
    }
    TRY(status);
    if (cases.fail_count > 0) {
        fault_add(out,
                  str_print(cx->arena, "%" PRId64 " 个界限用例与表的结果不符", cases.fail_count));
    }
    if (cases.pass_count + cases.fail_count == 0) {
        fault_add(out, STR("没有界限用例；至少写一个，证明表的结果是想要的"));
    }
    return STATUS_OK;
}

/* ---- the library's shelf ---- */

Status policy_issues_load(Cx *cx, DbConn *conn, PolicyLibrary *library) {
    IssueList issues = {0};
    pthread_mutex_lock(&library->mutex);
    int64_t last = library->last_issue_id;
    pthread_mutex_unlock(&library->mutex);
    TRY(draft_store_issues(cx, conn, last, &issues));
    for (size_t i = 0; i < issues.count; i++) {
        TRY(policy_library_add(cx, library, &issues.items[i]));
    }
    return STATUS_OK;
}
