/* routes.h - the one table of pages and API calls. */
#ifndef HUANXIN_MAIN_ROUTES_H
#define HUANXIN_MAIN_ROUTES_H

#include "web/web.h"

extern const WebRoute routes[];
extern const size_t route_count;

#endif
