/*
 * audit.h - the auditor reads everything and changes nothing: the journal, entry by entry, and the
 * proof that nobody changed it afterwards.
 */
#ifndef HUANXIN_OFFICE_AUDIT_AUDIT_H
#define HUANXIN_OFFICE_AUDIT_AUDIT_H

#include "ledger/ledger.h"
#include "office/city/city.h"
#include "web/web.h"

Status audit_journal_page(Web *web);
Status audit_entry_page(Web *web);
Status audit_verify_page(Web *web);
Status audit_verify_post(Web *web);

#endif
