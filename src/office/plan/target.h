/*
 * target.h - a target as an object: where its value comes from, what it is now, and its light.
 * Private to office/plan.
 */
#ifndef HUANXIN_OFFICE_PLAN_TARGET_H
#define HUANXIN_OFFICE_PLAN_TARGET_H

#include "office/plan/plan_store.h"

typedef enum TargetSource { TARGET_LIVE, TARGET_REPORTED } TargetSource;

typedef enum TargetLight {
    TARGET_NO_FIGURE,   /* nothing counted or reported yet */
    TARGET_NO_BASELINE, /* growth without a confirmed baseline: never green */
    TARGET_REACHED,
    TARGET_ON_WAY, /* not reached, its year is not over */
    TARGET_MISSED, /* not reached, its year is over */
    TARGET_TOLD,   /* qualitative: what the unit reported */
} TargetLight;

typedef struct TargetNow {
    TargetSource source;
    TargetLight light;
    Str value;    /* as people read it, with its unit; empty: none */
    Str baseline; /* empty: none */
    int64_t raw;  /* of a live counter: the sum in the counted year */
    int64_t year; /* the counted year: the target's own, or this one while it is to come */
} TargetNow;

/* A decimal text in millionths ("0.8" gives 800000); false when it is none or too large. */
bool target_micro(Str text, int64_t *out);
/* Compares a value with the target's by its operator; both in millionths. */
bool target_is_reached(Str op, int64_t value, int64_t goal);
/* Growth of value over baseline in millionths of a percent; false when baseline is not above 0. */
bool target_growth_micro(int64_t value, int64_t baseline, int64_t *out);

/* Works out a target as of today from its counter or the confirmed figures. */
MUST_CHECK Status target_now(Cx *cx, DbConn *conn, const TargetRow *target, Day today,
                             TargetNow *out);
/* The light in words. */
ViewValue target_light_view(TargetLight light);
/* "≥ 1.8 万辆", "增长 15%" ...: the goal as people read it. */
Str target_goal_text(Arena *arena, const TargetRow *target);

#endif
