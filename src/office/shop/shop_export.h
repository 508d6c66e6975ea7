/* shop_export.h - what pages and files of a settlement share. Private to office/shop. */
#ifndef HUANXIN_OFFICE_SHOP_EXPORT_H
#define HUANXIN_OFFICE_SHOP_EXPORT_H

#include "office/shop/shop_store.h"

/* The settlement of the address and its shop; NOT_FOUND for another shop's. */
MUST_CHECK Status shop_settlement_read(Web *web, Settlement *settlement, Org *org);

#endif
