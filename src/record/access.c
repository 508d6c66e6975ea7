/* access.c - who sees, files, edits and acts: the rules of docs/reference/record-kinds.md, "The
 * kind" and "States and transitions", and nothing else. */
#include "record/access.h"

static bool is_listed(const Str *list, size_t count, Str word) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(list[i], word)) {
            return true;
        }
    }
    return false;
}

bool record_is_of_unit(const RecordActor *actor) {
    return actor->unit.len > 0 &&
           (str_equal(actor->role, STR("officer")) || str_equal(actor->role, STR("lead")) ||
            str_equal(actor->role, STR("finance")));
}

bool record_is_filer(const Record *record, const RecordActor *actor) {
    bool is_person = actor->person_id != 0 && record->filer_id == actor->person_id;
    bool is_firm = actor->org_id != 0 && record->org_id == actor->org_id;
    bool is_unit =
        record_is_of_unit(actor) && record->unit.len > 0 && str_equal(record->unit, actor->unit);
    return is_person || is_firm || is_unit;
}

bool record_is_owner(const Record *record, const RecordActor *actor) {
    return record_is_of_unit(actor) && str_equal(record->owner, actor->unit);
}

bool record_may_file(const RecordKind *kind, const RecordActor *actor) {
    if (!is_listed(kind->filers, kind->filer_count, actor->role)) {
        return false;
    }
    return !record_is_of_unit(actor) || kind->is_filing_all ||
           is_listed(kind->filing, kind->filing_count, actor->unit);
}

static bool sees_all(const RecordKind *kind, const RecordActor *actor) {
    return is_listed(kind->visible_to, kind->visible_count, actor->role) ||
           str_equal(actor->role, STR("admin")) ||
           (record_is_of_unit(actor) && is_listed(kind->owners, kind->owner_count, actor->unit));
}

bool record_may_enter(const RecordKind *kind, const RecordActor *actor) {
    return record_may_file(kind, actor) || sees_all(kind, actor);
}

RecordSight record_sight(const Record *record, const RecordActor *actor) {
    const RecordState *state = &record->kind->states[record->state];
    if (sees_all(record->kind, actor) || record_is_filer(record, actor)) {
        return RECORD_SIGHT_FULL;
    }
    return record->kind->is_public && !state->is_start && !state->is_void ? RECORD_SIGHT_PUBLIC
                                                                          : RECORD_SIGHT_NONE;
}

Status record_may_edit(Cx *cx, const Record *record, const RecordActor *actor) {
    const RecordState *state = &record->kind->states[record->state];
    bool is_filer = record_is_filer(record, actor) && state->is_start;
    if (state->is_end || state->is_void) {
        return fault(cx, STATUS_CONFLICT, "“" STR_FMT "”的记录不能再修改", STR_ARG(state->title));
    }
    if (!is_filer && !record_is_owner(record, actor)) {
        return record_is_filer(record, actor)
                   ? fault(cx, STATUS_DENIED, "已提交的记录由负责部门修改；需要改动请联系退回")
                   : fault(cx, STATUS_DENIED, "您不能修改这条记录");
    }
    return STATUS_OK;
}

RecordQuery record_query_for(const RecordKind *kind, const RecordActor *actor) {
    RecordScope scope = RECORD_SCOPE_NONE;
    if (sees_all(kind, actor)) {
        scope = RECORD_SCOPE_ALL;
    } else if (record_is_of_unit(actor) && record_may_file(kind, actor)) {
        scope = RECORD_SCOPE_UNIT;
    } else if (actor->org_id != 0) {
        scope = RECORD_SCOPE_ORG;
    } else if (actor->person_id != 0 && record_may_file(kind, actor)) {
        scope = RECORD_SCOPE_PERSON;
    } else if (kind->is_public) {
        scope = RECORD_SCOPE_PUBLIC;
    }
    return (RecordQuery){
        .kind = kind, .scope = scope, .actor = actor, .sort = kind->sort, .row_max = 50};
}

bool record_act_is_for(const Record *record, const RecordTransition *act,
                       const RecordActor *actor) {
    return (act->by_filer && record_is_filer(record, actor)) ||
           (act->by_owner && record_is_owner(record, actor)) ||
           is_listed(act->roles, act->role_count, actor->role);
}

/* True for whoever filed the record, changed it last, or edited it or acted in this round. */
static bool has_had(const Record *record, int64_t person_id) {
    if (record->filer_id == person_id) {
        return true;
    }
    for (size_t i = 0; i < record->hand_count; i++) {
        if (record->hands[i] == person_id) {
            return true;
        }
    }
    /* Sending back is a step of the round before. */
    return record->last_id == person_id && record->state != record->kind->start;
}

Status record_act_check(Cx *cx, const Record *record, const RecordTransition *act,
                        const RecordActor *actor) {
    if (!record_act_is_for(record, act, actor)) {
        return fault(cx, STATUS_DENIED, "您不能办理“" STR_FMT "”", STR_ARG(act->title));
    }
    if ((act->from >> record->state & 1) == 0) {
        return fault(cx, STATUS_CONFLICT, "“" STR_FMT "”的记录不能办理“" STR_FMT "”",
                     STR_ARG(record->kind->states[record->state].title), STR_ARG(act->title));
    }
    if (act->is_four_eyes && has_had(record, actor->person_id)) {
        return fault(cx, STATUS_CONFLICT, "“" STR_FMT "”须由没有经手过的另一人办理",
                     STR_ARG(act->title));
    }
    return STATUS_OK;
}
