/* desk_draft.h - what was typed and not yet filed, kept for the person who typed it (D6). */
#ifndef HUANXIN_OFFICE_DESK_DESK_DRAFT_H
#define HUANXIN_OFFICE_DESK_DESK_DRAFT_H

#include "office/desk/desk_internal.h"
#include "office/desk/desk_store.h"

/* Stores what the request typed as the draft of its field "draft", or as a new one; gives its id.
 * LIMIT when the person has too many. */
MUST_CHECK Status desk_draft_keep(const Desk *desk, int64_t *id);
/* Shows the draft id as if its form had been sent. NOT_FOUND when the person has none of that id.
 */
MUST_CHECK Status desk_draft_restore(const Desk *desk, int64_t id);

#endif
