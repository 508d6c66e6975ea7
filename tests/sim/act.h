/*
 * act.h - an operation of the model done for real, through the write door and the functions of the
 * offices and of the ledger; and the city in which it is done.
 */
#ifndef HUANXIN_TESTS_SIM_ACT_H
#define HUANXIN_TESTS_SIM_ACT_H

#include "office/city/city.h"
#include "office/policy/policy.h"
#include "sim/model.h"

enum { ACT_ANSWER_BYTES = 200 };

/* The city: loaded once, the same in every process and life. */
typedef struct ActCity {
    City city;
    const CityCategory *categories[MODEL_CATEGORIES];
    PolicyAnswer answers[MODEL_CATEGORIES]; /* of a claim */
    int64_t persons[MODEL_PERSONS];
    int64_t shops[MODEL_SHOPS];
} ActCity;

/* Reads cities/anqiu. */
void act_city_load(Cx *cx, ActCity *out);
/* Puts the persons, shops, prices, signatures and funds of the start into a fresh database. */
void act_city_build(Cx *cx, Db *db, ActCity *city);
/* Finds them again in a database that has them. */
void act_city_find(Cx *cx, Db *db, ActCity *city);

typedef struct Act {
    const ActCity *city;
    Op op;
    char key[24];
    DbCommand command;
} Act;
/* Fills in the command of an act; the act must live until the command is done. */
void act_prepare(Act *act, const ActCity *city, const Op *op);
/* The key of an operation. */
void act_key(int64_t number, char out[24]);
/* The instant at which the model's year begins: 2026-01-02 08:00. */
int64_t act_start_ms(void);

#endif
