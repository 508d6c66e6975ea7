/*
 * status.h - how a function says that something expected went wrong.
 * A Status is passed up by TRY; the words for people stand in the Fault of the Cx (base/cx.h).
 */
#ifndef HUANXIN_BASE_STATUS_H
#define HUANXIN_BASE_STATUS_H

#include "base/check.h"

/* X(name, text, HTTP status, exit code of the command line) */
#define STATUS_LIST(X)                                                                             \
    X(OK, "ok", 200, 0)                                                                            \
    X(NOT_FOUND, "not found", 404, 4)                                                              \
    X(INVALID, "invalid", 400, 2)                                                                  \
    X(CONFLICT, "conflict", 409, 5)                                                                \
    X(DENIED, "denied", 403, 6)                                                                    \
    X(LIMIT, "limit reached", 413, 7)                                                              \
    X(BUSY, "busy", 503, 8)                                                                        \
    X(DB, "database error", 500, 9)                                                                \
    X(IO, "input or output error", 500, 10)

typedef enum Status {
#define X(name, text, http, exit) STATUS_##name,
    STATUS_LIST(X)
#undef X
} Status;

/* Passes any failure up to the caller. The call is evaluated once. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        Status try_status_ = (call);                                                               \
        if (try_status_ != STATUS_OK) {                                                            \
            return try_status_;                                                                    \
        }                                                                                          \
    } while (0)

/* Returns the English name of a status, e.g. "not found". Static text. */
const char *status_text(Status status);
/* Returns the HTTP answer code that fits a status. */
int status_http(Status status);
/* Returns the process exit code that fits a status (0 for OK, 2 for INVALID, ...). */
int status_exit(Status status);

#endif
