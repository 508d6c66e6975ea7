/*
 * house.h - the open house: the city's data, its keys, its database, its plan. Shared by the
 * server, the demo city and the commands that look into a database.
 */
#ifndef HUANXIN_MAIN_HOUSE_H
#define HUANXIN_MAIN_HOUSE_H

#include "main/settings.h"
#include "office/city/city.h"

typedef struct House {
    City city;
    Db *db;
    bool is_fresh; /* the database was made just now */
} House;

/* Opens the house: makes the data folder (0700), keys (0600) and database when they are missing,
 * migrates, and loads the plan from CITY/plan.txt at first start (as of now_ms). NOT_FOUND when the
 * key is missing beside a database in use. Everything lives in cx->arena; the caller ends it with
 * house_close. */
MUST_CHECK Status house_open(Cx *cx, const Settings *settings, int64_t now_ms, House *out);
/* Opens an existing database alone, to prove it: no city, no keys, no migration, so that a copy can
 * be verified anywhere and nothing in it changes. NOT_FOUND when there is none. */
MUST_CHECK Status house_open_to_verify(Cx *cx, const Settings *settings, House *out);
/* Reads the city's folder with all its declarations and opens no database. Errors as house_open. */
MUST_CHECK Status house_city_check(Cx *cx, const Settings *settings, House *out);
void house_close(House *house);
/* Takes up policy versions that were issued since, by this server or another. */
MUST_CHECK Status house_issues_load(Cx *cx, const House *house);

/* Reads a plan's text from a file and puts it in the place of the loaded one (plan_replace). */
MUST_CHECK Status house_plan_replace(Cx *cx, House *house, Str path);

/* True when the database holds demo persons. */
MUST_CHECK Status house_has_demo(Cx *cx, const House *house, bool *out);
/* The machine's clock in milliseconds; the only place that reads it. */
int64_t house_clock_ms(void *unused);
/* DATA/name in the arena. */
Str house_path(Cx *cx, const Settings *settings, const char *name);

#endif
