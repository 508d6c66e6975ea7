/* demo_fraud.h - homes, devices, rings and false filings of the demo city. Private to src/main. */
#ifndef HUANXIN_MAIN_DEMO_FRAUD_H
#define HUANXIN_MAIN_DEMO_FRAUD_H

#include "main/demo.h"

/* Where a resident's goods go and what an application is made with, this time: an address in one
 * of its writings, a device of the person, family, helper or counter. */
typedef struct DemoHome {
    Str address;
    Str address_hash;
    Str device_hash;
} DemoHome;
void demo_home(Demo *demo, const DemoResident *resident, DemoHome *out);

/* People whose names one hand uses, within some days, with one address or one device; or, honestly,
 * one family that buys for its home. */
typedef struct DemoRing {
    const DemoResident *family; /* the first of them, who stand in a row; NULL: a ring */
    bool is_address;            /* else one device */
    Str hash;
    size_t person_count;
    Day first;
    int32_t days;
    int64_t mark_id; /* when it is played; 0: nothing of it came through */
} DemoRing;
DemoRing *demo_rings(Demo *demo, size_t *count);
/* Draws the seed of the generator that plays them. */
uint64_t demo_rings_seed(Demo *demo);

/* Settles homes, plans rings, lets shops file products as better ones: after the city is made. */
MUST_CHECK Status demo_fraud_make(Demo *demo);
/* Labels the rings: after the year is played. */
MUST_CHECK Status demo_rings_label(Demo *demo);

#endif
