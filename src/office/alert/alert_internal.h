/* alert_internal.h - what the files of checks share. Private to office/alert. */
#ifndef HUANXIN_OFFICE_ALERT_INTERNAL_H
#define HUANXIN_OFFICE_ALERT_INTERNAL_H

#include "base/vec.h"
#include "office/alert/alert_store.h"

typedef struct AlertVec VEC(Alert) AlertVec;

typedef struct AlertFinder {
    Cx *cx;
    DbConn *conn;
    const City *city;
    const AlertSpan *span;
    const int64_t *bound; /* by AlertBound */
    AlertVec found;
} AlertFinder;

/* "销售", "人员" ... for a subject of an alert or of a use. */
Str alert_subject_zh(Str subject);

void alert_add(AlertFinder *finder, AlertKind kind, Alert alert);

/* Prices and what products are filed as: prices.c. */
MUST_CHECK Status alert_prices_look(AlertFinder *finder);
/* Phones, cards, addresses and devices behind several persons: shared.c. */
MUST_CHECK Status alert_shared_look(AlertFinder *finder);

#endif
