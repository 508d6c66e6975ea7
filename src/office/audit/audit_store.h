/* audit_store.h - the SQL of reading the journal. Private to office/audit. */
#ifndef HUANXIN_OFFICE_AUDIT_STORE_H
#define HUANXIN_OFFICE_AUDIT_STORE_H

#include "office/audit/audit.h"
#include "office/audit/checkpoint.h"

typedef struct JournalRow {
    int64_t id;
    int64_t at_ms;
    int64_t user_id;
    Str login;
    Str role;
    Str origin;
    Str verb;
    Str subject;
    int64_t subject_id;
    Str before;
    Str after;
    Str hash; /* hex */
} JournalRow;
typedef struct JournalList {
    JournalRow *items;
    size_t count;
    bool has_more;
} JournalList;
typedef struct JournalFilter {
    Str verb;    /* begins with this; empty: all */
    Str subject; /* with subject_id: of one thing; empty: all */
    int64_t subject_id;
    int64_t before_id; /* entries below; 0: from the newest */
    int64_t row_max;
} JournalFilter;
/* Newest first. */
MUST_CHECK Status audit_store_journal(Cx *cx, DbConn *conn, const JournalFilter *filter,
                                      JournalList *out);
MUST_CHECK Status audit_store_entry(Cx *cx, DbConn *conn, int64_t id, JournalRow *out);
MUST_CHECK Status audit_store_checkpoint_insert(Cx *cx, DbConn *conn, const Checkpoint *checkpoint);
MUST_CHECK Status audit_store_checkpoint_latest(Cx *cx, DbConn *conn, Checkpoint *out, bool *found);
/* How many entries the journal has. */
MUST_CHECK Status audit_store_entry_count(Cx *cx, DbConn *conn, int64_t *out);

#endif
