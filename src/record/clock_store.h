/* clock_store.h - the SQL of time limits: private to src/record. */
#ifndef HUANXIN_RECORD_CLOCK_STORE_H
#define HUANXIN_RECORD_CLOCK_STORE_H

#include "record/record_internal.h"

MUST_CHECK Status clock_store_insert(Cx *cx, DbConn *conn, const RecordClock *clock, int64_t *id);
/* NOT_FOUND with a Chinese fault. */
MUST_CHECK Status clock_store_find(Cx *cx, DbConn *conn, int64_t id, RecordClock *out);
MUST_CHECK Status clock_store_has_open(Cx *cx, DbConn *conn, Str kind, Str act, bool *out);
/* *changed 0 when it is decided already. */
MUST_CHECK Status clock_store_decide(Cx *cx, DbConn *conn, const RecordClockAct *act,
                                     int64_t *changed);
/* -1 when none was ever put in force. */
MUST_CHECK Status clock_store_days(Cx *cx, DbConn *conn, Str kind, Str act, int64_t *days);
MUST_CHECK Status clock_store_list(Cx *cx, DbConn *conn, Str kind, RecordClocks *out);

#endif
