/* account_pages.h - what the two files of account pages share. Private to office/people. */
#ifndef HUANXIN_OFFICE_PEOPLE_ACCOUNT_PAGES_H
#define HUANXIN_OFFICE_PEOPLE_ACCOUNT_PAGES_H

#include "office/people/account.h"
#include "web/form.h"

/* "/account/7" with a tail such as "/reset" or "". */
Str account_path(Web *web, int64_t id, const char *tail);
/* The account's state as a badge. */
ViewValue account_state_value(const Account *account, int64_t now_ms);
/* Where an account belongs: its unit or its organisation. */
ViewValue account_place_value(const Account *account);
/* A person as a link to the account, where the reader may open it; its login. */
Status account_person_value(Web *web, int64_t id, ViewValue *out);
/* Units and organisations as choices, code = id. */
Status account_unit_choices(Web *web, FormField *field);
Status account_org_choices(Web *web, FormField *field);
/* What an account is, in a few facts: over every form about it. */
void account_facts(Web *web, const Account *account);

#endif
