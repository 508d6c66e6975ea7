#include "base/status.h"

typedef struct StatusRow {
    const char *text;
    int http;
    int exit;
} StatusRow;

static const StatusRow status_rows[] = {
#define X(name, text, http, exit) {text, http, exit},
    STATUS_LIST(X)
#undef X
};

static const StatusRow *row_of(Status status) {
    check((unsigned)status < sizeof status_rows / sizeof status_rows[0]);
    return &status_rows[status];
}

const char *status_text(Status status) {
    return row_of(status)->text;
}

int status_http(Status status) {
    return row_of(status)->http;
}

int status_exit(Status status) {
    return row_of(status)->exit;
}
