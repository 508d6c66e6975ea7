/*
 * compare.h - the database against the model, row by row, and against what must hold by itself: the
 * journal's chain, the ledger's own audit, SQLite's integrity check.
 */
#ifndef HUANXIN_TESTS_SIM_COMPARE_H
#define HUANXIN_TESTS_SIM_COMPARE_H

#include "sim/act.h"

/* Compares everything; a difference is printed and ends the process with code 1. */
void compare_all(Cx *cx, DbConn *conn, const ActCity *city, const Model *model, bool is_sqlite);

/* The numbers of the operations whose keys are in the database, ascending; lives in the arena. */
typedef struct KeyList {
    int64_t *items;
    size_t count;
} KeyList;
void compare_keys(Cx *cx, DbConn *conn, KeyList *out);
/* Whether the key of an operation is there. */
MUST_CHECK Status compare_has_key(Cx *cx, DbConn *conn, int64_t number, bool *is_there);
/* The last entry of an instant in the journal, 0: none. Each operation has an instant of its own.
 */
int64_t compare_journal_place(Cx *cx, DbConn *conn, int64_t at_ms);

/* Prints why the run failed, with what repeats it, and ends the process. */
_Noreturn void sim_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
