/* workshop_pages.h - what the pages of the workshop share. Private to office/policy. */
#ifndef HUANXIN_OFFICE_POLICY_WORKSHOP_PAGES_H
#define HUANXIN_OFFICE_POLICY_WORKSHOP_PAGES_H

#include "office/policy/workshop.h"
#include "office/policy/workshop_store.h"
#include "web/form.h"
#include "web/job.h"

PolicyLibrary *workshop_library(const Web *web);
/* The draft of the first number in the path. */
MUST_CHECK Status workshop_draft(Web *web, Draft *out);
/* The draft and the table (from 1 in the path) of the second number. */
typedef struct GridPlace {
    Draft draft;
    DmnParts parts;
    size_t table;
} GridPlace;
MUST_CHECK Status workshop_grid(Web *web, GridPlace *out);
/* True when this person may change this draft at all: of the author's unit, or the lead office. */
bool workshop_is_owner(const Web *web, const Draft *draft);
/* True when this person may change this draft now. */
bool workshop_may_edit(const Web *web, const Draft *draft);
/* "/workshop/5" with the rest of the path. */
Str workshop_path(const Web *web, int64_t draft_id, const char *rest);
/* Heading and the links between a draft's pages; here is the rest of the present one's path. */
void workshop_head(Web *web, const Draft *draft, const char *what, const char *here);
/* Who acts, against the revision that the form was shown with. */
DraftActor workshop_actor(const Web *web);
/* A hidden field with the revision that the page shows. */
FormField workshop_revision_field(Web *web, const Draft *draft);
/* A case in words: 品类 冰箱、成交价 6,999.00 元. The inputs are those of a table. */
Str workshop_case_words(Arena *arena, const PolicyVersion *version, const DmnTable *table,
                        const FeelValue *witness);
/* One value as an official reads it. */
Str workshop_value_words(Arena *arena, const PolicyQuestion *question, const FeelValue *value);
/* The question of a name, or NULL. */
const PolicyQuestion *workshop_question(const PolicyVersion *version, Str name);

#endif
