/*
 * open.h - what anyone may see: the start page, the public meter of money, the list of pages, the
 * guide, and the display for elder people.
 */
#ifndef HUANXIN_OFFICE_OPEN_OPEN_H
#define HUANXIN_OFFICE_OPEN_OPEN_H

#include "office/city/city.h"
#include "web/web.h"

Status open_home_page(Web *web);
Status open_meter_page(Web *web);
/* The same as signed JSON (signed.h), and the public key. */
Status open_meter_json(Web *web);
Status open_meter_key(Web *web);
Status open_guide_page(Web *web);
Status open_privacy_page(Web *web);
Status open_pages_page(Web *web);
Status open_display(Web *web);
/* For watchdogs: 200 when the database answers. */
Status open_health(Web *web);

#endif
