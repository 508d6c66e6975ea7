/* access.h - who may do what: private to src/record. */
#ifndef HUANXIN_RECORD_ACCESS_H
#define HUANXIN_RECORD_ACCESS_H

#include "record/record_internal.h"

/* True for people who act for a unit of the administration. */
bool record_is_of_unit(const RecordActor *actor);
/* True when the actor filed the record, or acts for the firm or unit that did. */
bool record_is_filer(const Record *record, const RecordActor *actor);
bool record_is_owner(const Record *record, const RecordActor *actor);
/* True when the act is one that this actor does at all. */
bool record_act_is_for(const Record *record, const RecordTransition *act, const RecordActor *actor);
/* State, person, four eyes: DENIED or CONFLICT with the reason. The guard is asked apart. */
MUST_CHECK Status record_act_check(Cx *cx, const Record *record, const RecordTransition *act,
                                   const RecordActor *actor);

#endif
