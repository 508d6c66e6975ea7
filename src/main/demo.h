/*
 * demo.h - a believable 安丘 for trying things out: people, shops, recyclers, a year of claims,
 * sales, fetches and settlements, with seasons and a few labelled frauds. Everything goes through
 * the same office functions as real use. The same seed, residents and last day give the same
 * journal, entry for entry; only what is sealed differs, because sealing is random by purpose.
 * Private to src/main.
 */
#ifndef HUANXIN_MAIN_DEMO_H
#define HUANXIN_MAIN_DEMO_H

#include "base/prng.h"
#include "base/vec.h"
#include "main/house.h"
#include "office/people/people.h"
#include "office/shop/shop.h"
#include "yaml/yaml.h"

typedef struct DemoResident {
    int64_t id;
    Str name_hash;
    Str town_code;
} DemoResident;

typedef struct DemoProduct {
    const CityCategory *category; /* of any year: code and programme count */
    Str gtin;
    Str title;
    int64_t level;
    Money price;
    int64_t old_gram;
} DemoProduct;

typedef struct DemoShop {
    int64_t org_id;
    int64_t user_id;
    bool is_digital;
    int64_t serial_next;
    const DemoProduct **products; /* filed by this shop */
    Money *prices;
    size_t product_count;
} DemoShop;

typedef struct DemoRecycler {
    int64_t org_id;
    int64_t user_id;
    int64_t driver_id;
    Str name;
    Str uscc;
} DemoRecycler;

/* Two people of each unit, because what one files or checks another must confirm. */
typedef struct DemoOfficer {
    Str unit;  /* id in units.yaml */
    Str name;  /* of the unit */
    Str login; /* of the officer; the head's is "head" and the same number */
    Str head_login;
    int64_t unit_id;
    int64_t person_id;
    int64_t head_id;
} DemoOfficer;

typedef struct DemoFirm {
    Str name;
    Str uscc;
    int64_t org_id;
    int64_t user_id;
} DemoFirm;

/* What the demo planted, for bench/fraud_bench.c; no check of the house reads it. */
typedef struct DemoLabel {
    const char *kind; /* as in office/alert */
    const char *subject;
    const int64_t *id; /* known when the case has been played; 0: it never came so far */
} DemoLabel;
typedef struct DemoLabelVec VEC(DemoLabel) DemoLabelVec;

typedef struct DemoFraud DemoFraud;

typedef struct Demo {
    Cx *cx;
    const Settings *settings;
    House *house;
    const YamlNode *root; /* demo.yaml */
    Prng prng;
    Day last;
    Day first;
    int64_t now_ms; /* of the command being built */
    Str password_hash;
    DemoResident *residents;
    size_t resident_count;
    DemoShop *shops;
    size_t shop_count;
    DemoRecycler *recyclers;
    size_t recycler_count;
    DemoProduct *products;
    size_t product_count;
    DemoOfficer *officers; /* of units.yaml, in its order */
    size_t officer_count;
    DemoFirm *enterprises;
    size_t enterprise_count;
    DemoFirm *banks;
    size_t bank_count;
    int64_t finance_id;
    int64_t finance2_id; /* books what finance has sent */
    int64_t lead_id;
    int64_t lead2_id;      /* signs what lead has written */
    int64_t refused_count; /* events that an office refused, as it must */
    int64_t done_count;
    DemoLabelVec labels;
    DemoFraud *fraud; /* homes, devices, rings: demo_fraud.h */
} Demo;

/* Makes units' officers, organisations, residents, funds, pots, signatures and filed prices. */
MUST_CHECK Status demo_city_make(Demo *demo);
/* Plays the year. progress(done, total) is called now and then. */
MUST_CHECK Status demo_year_play(Demo *demo, void (*progress)(int64_t done, int64_t total));
/* Plays claims for cars: clean ones, exceptions that officers decide, a few frauds. */
MUST_CHECK Status demo_claims_make(Demo *demo);
/* Writes what was planted to DATA/demo-labels.txt: kind, subject, id. */
MUST_CHECK Status demo_labels_write(Demo *demo);
void demo_label(Demo *demo, const char *kind, const char *subject, const int64_t *id);
/* Books fetches for the day after the last one, so that a dispatcher has something to plan. */
MUST_CHECK Status demo_bookings_make(Demo *demo);
/* Puts the plan to work: heads of units, monthly figures, baselines. */
MUST_CHECK Status demo_plan_make(Demo *demo);
/* Issues the reports of the months before the last one, by the two of the lead office. */
MUST_CHECK Status demo_reports_make(Demo *demo);
/* Runs a command as a user and waits for it. */
MUST_CHECK Status demo_write(Demo *demo, const char *name, DbActor actor, DbWork *work,
                             void *input);

#endif
