/* wait.h - the waiting room before the claim. See web/lobby.h for its rules. */
#ifndef HUANXIN_OFFICE_COUPON_WAIT_H
#define HUANXIN_OFFICE_COUPON_WAIT_H

#include "web/web.h"

/* One's place, or the offer of one. For everybody: no sign-in is needed. */
Status coupon_wait_page(Web *web);
Status coupon_wait_post(Web *web);

/* *may false: the person must wait, has a place now, and the answer is set (202 in JSON, else the
 * way to /wait). With *may true the caller ends the act with coupon_wait_done. */
MUST_CHECK Status coupon_wait_pass(Web *web, bool *may);
/* status: how the act ended. A claim or a lawful refusal uses the place up; a failure of ours does
 * not. */
void coupon_wait_done(Web *web, Status status);

#endif
