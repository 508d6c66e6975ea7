/* views.h - parts of pages that applicants and officers share. Private to office/claim. */
#ifndef HUANXIN_OFFICE_CLAIM_VIEWS_H
#define HUANXIN_OFFICE_CLAIM_VIEWS_H

#include "office/claim/claim.h"

/* An answer in words: money in yuan, names and accounts only as proofs. */
Str claim_answer_shown(Web *web, const Claim *claim, const ClaimField *field);
/* All answers by step, with links to change them. */
void claim_answers_view(Web *web, const Claim *claim, const ClaimProgramme *programme,
                        bool is_editable);
Status claim_papers_view(Web *web, const Claim *claim, const ClaimProgramme *programme);
/* Who entered a claim for somebody else, inside a list of facts. */
Status claim_entry_facts(Web *web, const Claim *claim);
/* Which time runs, and until when. */
void claim_clock_facts(View *view, const ClaimProgramme *programme, const Claim *claim);

#endif
