/*
 * solve.h - the public face of the rounds engine: the problem as a dispatcher states it, the plan
 * that comes back, and the calls between them.
 *
 * A round is one vehicle's day: it leaves its start place, visits jobs, may unload or load again at
 * a depot and go out for another trip, takes its breaks, and ends at its end place. The engine
 * decides who visits whom and in which order, so that the summed cost is small and as many jobs as
 * possible are served; what is left out is listed with the reason that binds.
 *
 * What it is not: it reads no clock (the caller gives one), no database, no network; it computes no
 * road distances (src/solve/travel.h does); it does not move a job between two customers.
 *
 * Units: seconds, metres, and one unit of cost that the caller chooses (fen, say). The four loads
 * are kg, litres (dm3), pieces and money; the engine only adds and compares them.
 * Ownership: problem and plan are plain structs whose arrays live in the arena of the Cx that made
 * them; the engine borrows the problem and never changes it.
 */
#ifndef HUANXIN_SOLVE_SOLVE_H
#define HUANXIN_SOLVE_SOLVE_H

#include "base/cx.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ROUND_LOAD_COUNT = 4,
    /* Sizes an office can mean; beyond, the matrices alone would not fit a small server. */
    ROUND_JOBS_MAX = 5000,
    ROUND_VEHICLES_MAX = 5000,
    ROUND_PLACES_MAX = 6000,
    ROUND_PROFILES_MAX = 8,
    ROUND_BREAKS_MAX = 3,
    ROUND_WINDOWS_MAX = 16,
    ROUND_SKILLS_MAX = 64,
    ROUND_TOWNS_MAX = 64,
    ROUND_PRIORITY_MAX = 100,
};

/* Bounds of single numbers: sums over a whole plan stay far inside int64. */
#define ROUND_TIME_MAX_S INT64_C(200000000)
#define ROUND_ARC_MAX INT64_C(50000000)
#define ROUND_LOAD_MAX INT64_C(1000000000000)
#define ROUND_PRIZE_MAX INT64_C(1000000000000)
#define ROUND_RATE_MAX INT64_C(1000000000)
/* "No limit" for durations, loads and counts. */
#define ROUND_NO_LIMIT INT64_MAX
/* "None" for indices. */
#define ROUND_NONE (-1)

/* The service may begin at any second from open_s to close_s, both included. */
typedef struct RoundWindow {
    int64_t open_s;
    int64_t close_s;
} RoundWindow;

typedef struct RoundPlace {
    Str name;
    bool has_position;
    double lon; /* degrees, for maps only; the engine never computes with them */
    double lat;
} RoundPlace;

/* Travel between places, row by row: [from * place_count + to]. */
typedef struct RoundProfile {
    Str name;
    const int32_t *duration_s;
    const int32_t *distance_m;
} RoundProfile;

typedef struct RoundJob {
    Str name;
    int32_t place;
    int64_t pickup[ROUND_LOAD_COUNT];   /* loaded at the job, unloaded at the end of the trip */
    int64_t delivery[ROUND_LOAD_COUNT]; /* loaded at the start of the trip, left at the job */
    int64_t service_s;
    const RoundWindow *windows; /* in time order, apart; none: any time */
    int32_t window_count;
    uint64_t skills;  /* bits a vehicle must have */
    int32_t priority; /* 0..100: how much it hurts to leave the job out */
    int64_t prize;    /* >= 0: the job is optional and leaving it out costs this; -1: by priority */
    int32_t town;     /* 0..63 or ROUND_NONE */
    int32_t vehicle;  /* only this vehicle may serve it; ROUND_NONE: any */
} RoundJob;

typedef struct RoundBreak {
    Str name;
    const RoundWindow *windows; /* when it may begin; at least one */
    int32_t window_count;
    int64_t duration_s;
} RoundBreak;

/* One step of a plan that already exists: a job, or a reload at a depot. */
typedef struct RoundStep {
    int32_t job;    /* index, or ROUND_NONE for a reload */
    int32_t reload; /* place of the reload, or ROUND_NONE */
} RoundStep;

typedef struct RoundVehicle {
    Str name;
    int32_t profile;
    int32_t start_place; /* ROUND_NONE: begins at its first job */
    int32_t end_place;   /* ROUND_NONE: ends at its last job */
    int64_t capacity[ROUND_LOAD_COUNT];
    int64_t load[ROUND_LOAD_COUNT]; /* already on board when it starts */
    uint64_t skills;
    RoundWindow shift;      /* the whole round lies inside */
    int64_t duration_max_s; /* from leaving the start to reaching the end */
    int64_t travel_max_s;   /* driving only */
    int64_t distance_max_m;
    int64_t job_count_max;
    int32_t trip_count_max; /* 1: no reload */
    const int32_t *reload_places;
    int32_t reload_place_count;
    int64_t reload_s;         /* time to unload and load at a reload */
    const RoundBreak *breaks; /* in the order they are taken; each is taken once if it drives */
    int32_t break_count;
    int64_t fixed_cost;     /* when it drives at all */
    int64_t hour_cost;      /* per 3600 s of driving */
    int64_t km_cost;        /* per 1000 m */
    int32_t speed_percent;  /* 100: as the profile; 200: half the driving time */
    uint64_t towns;         /* its own territory as bits; 0: everywhere */
    const RoundStep *steps; /* the plan that runs or ran yesterday, in order */
    int32_t step_count;
    int32_t frozen_count; /* the first steps that must stay as they are */
} RoundVehicle;

typedef struct RoundProblem {
    const RoundPlace *places;
    int32_t place_count;
    const RoundProfile *profiles;
    int32_t profile_count;
    const RoundJob *jobs;
    int32_t job_count;
    const RoundVehicle *vehicles;
    int32_t vehicle_count;
    int64_t territory_cost; /* per job served outside a vehicle's towns */
    int64_t fairness_cost;  /* fairness_cost * work_s^2 / 3600^2 is added per vehicle */
} RoundProblem;

/* Milliseconds that only grow; state is the caller's. */
typedef int64_t (*RoundClock)(void *state);
typedef struct RoundProgress {
    double share_done; /* 0..1 of the budget */
    int64_t iteration_count;
    int64_t cost_best;
    int32_t unserved_count;
} RoundProgress;
/* Called a few times a second from the calling thread; returning false stops the search, and the
 * best plan so far is given back. */
typedef bool (*RoundWatch)(void *state, const RoundProgress *progress);

typedef struct RoundOptions {
    uint64_t seed;
    int64_t iteration_max; /* > 0: stop after so many: the same seed gives the same plan */
    int64_t time_max_ms;   /* > 0: stop after so long; needs clock */
    int32_t thread_count;  /* 1 or 2 */
    RoundClock clock;
    void *clock_state;
    RoundWatch watch; /* may be NULL */
    void *watch_state;
} RoundOptions;

/* X(name, text): why a job is left out; the first that holds. */
#define ROUND_REASON_LIST(X)                                                                       \
    X(NO_VEHICLE, "there is no vehicle")                                                           \
    X(VEHICLE, "its vehicle cannot take it")                                                       \
    X(SKILL, "no vehicle has the skills it needs")                                                 \
    X(CAPACITY, "it is larger than any vehicle that has the skills")                               \
    X(WINDOW, "no vehicle reaches it inside its time windows")                                     \
    X(SHIFT, "no shift is long enough to go there and return")                                     \
    X(LIMIT, "a vehicle's limit on driving, distance, duration or jobs forbids it")                \
    X(CAPACITY_FULL, "the vehicles that could come are full with other jobs")                      \
    X(TIME_FULL, "the vehicles that could come have no time left beside other jobs")               \
    X(LIMIT_FULL, "the vehicles that could come have reached a limit with other jobs")             \
    X(LOWER_PRIORITY, "jobs of higher priority fill the vehicles that could come")                 \
    X(NOT_WORTH, "serving it costs more than its prize")                                           \
    X(SEARCH, "the search found no place for it; more time may")

typedef enum RoundReason {
#define X(name, text) ROUND_REASON_##name,
    ROUND_REASON_LIST(X)
#undef X
} RoundReason;
/* Returns the English sentence of a reason. Static text. */
const char *round_reason_text(RoundReason reason);
/* Returns the reason's short name in lower case, for files ("capacity_full"). Static text. */
const char *round_reason_name(RoundReason reason);

typedef enum RoundStopKind {
    ROUND_STOP_START,
    ROUND_STOP_JOB,
    ROUND_STOP_RELOAD,
    ROUND_STOP_BREAK,
    ROUND_STOP_END,
} RoundStopKind;

typedef struct RoundStop {
    RoundStopKind kind;
    int32_t job;         /* of a JOB */
    int32_t place;       /* ROUND_NONE only at the open end of a round without stops */
    int32_t break_index; /* of a BREAK */
    int64_t arrival_s;
    int64_t start_s;                /* service begins; start_s - arrival_s is waiting */
    int64_t depart_s;               /* service over */
    int64_t load[ROUND_LOAD_COUNT]; /* on board when leaving */
    int64_t distance_m;             /* since the start */
} RoundStop;

typedef struct RoundRoute {
    int32_t vehicle;
    RoundStop *stops; /* START ... END */
    int32_t stop_count;
    int32_t job_count;
    int32_t trip_count;
    int64_t cost; /* fixed, driving, territory, fairness */
    int64_t distance_m;
    int64_t travel_s;
    int64_t service_s; /* jobs and reloads */
    int64_t wait_s;
    int64_t slack_s; /* how much later every stop could begin without breaking a promise */
} RoundRoute;

typedef struct RoundUnserved {
    int32_t job;
    RoundReason reason;
} RoundUnserved;

typedef struct RoundPlan {
    RoundRoute *routes; /* only vehicles that drive, in the order of vehicles */
    int32_t route_count;
    RoundUnserved *unserved; /* in the order of jobs */
    int32_t unserved_count;
    int64_t cost;       /* of the routes */
    int64_t prize_lost; /* prizes of optional jobs left out */
    int64_t iteration_count;
    int64_t improved_ms; /* when the last improvement came; 0 without a clock */
} RoundPlan;

/* Fills a problem's vehicle with the neutral values (no limits, no cost but one per second of
 * driving, open shift, one trip). */
RoundVehicle round_vehicle_neutral(void);
/* Fills a job with the neutral values (no load, any time, any vehicle, priority 0). */
RoundJob round_job_neutral(void);

/* Checks a problem: indices in range, windows in order, numbers inside the bounds above, steps that
 * name each job once, frozen steps first. INVALID naming the job or vehicle and what is wrong;
 * LIMIT when it is larger than the engine takes. O(size). */
MUST_CHECK Status round_problem_check(Cx *cx, const RoundProblem *problem);

/* Plans the rounds. Validates first (errors as round_problem_check), then searches until a limit of
 * the options is reached or the watch says stop. The plan lives in cx's arena. The same problem,
 * seed, thread count and iteration_max give the same plan. INVALID also when the options have no
 * limit, or a frozen or pinned start is impossible (names the vehicle).
 * Cost: memory about 12 bytes * jobs^2 plus 12 bytes * jobs * vehicles per thread.
 * Source of the method: J. Christiaens and G. Vanden Berghe, Slack Induction by String Removals,
 * Transportation Science 54(2), 2020; segments: T. Vidal et al., Computers & OR 40, 2013. */
MUST_CHECK Status round_solve(Cx *cx, const RoundProblem *problem, const RoundOptions *options,
                              RoundPlan **out);

#endif
