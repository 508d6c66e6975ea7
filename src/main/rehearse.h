/*
 * rehearse.h - a launch morning, played against the server: persons with their devices, what they
 * do, what became of them. The load is one thread on epoll; the server is another process.
 */
#ifndef HUANXIN_MAIN_REHEARSE_H
#define HUANXIN_MAIN_REHEARSE_H

#include "base/cx.h"
#include "base/prng.h"

#include <sys/types.h>

enum {
    REHEARSE_TOKEN_BYTES = 40,
    REHEARSE_LINES_MAX = 512,
    REHEARSE_MICROS_MAX = 4000000,
    REHEARSE_REASONS_MAX = 12,
};

/* X(NAME, word, Chinese) What a device asks. */
#define REHEARSE_STEP_LIST(X)                                                                      \
    X(PLACE, "place", "取位置")                                                                    \
    X(LOOK, "look", "看位置")                                                                      \
    X(CLAIM, "claim", "领券")

typedef enum RehearseStep {
#define X(name, word, zh) REHEARSE_##name,
    REHEARSE_STEP_LIST(X)
#undef X
        REHEARSE_STEP_COUNT
} RehearseStep;

typedef enum RehearseEnd { REHEARSE_OPEN, REHEARSE_SERVED, REHEARSE_REFUSED } RehearseEnd;

typedef struct RehearsePerson {
    int64_t id;
    int64_t coupon_id;
    int64_t place;       /* the smallest number any of the devices got; 0: none */
    int64_t identity_ms; /* from then on the person can be identified */
    RehearseEnd end;
    bool was_queued;
} RehearsePerson;

typedef struct RehearseReason {
    char text[120];
    int64_t count;
} RehearseReason;

typedef struct RehearseTimes {
    int64_t count;
    uint32_t *micros; /* histogram */
} RehearseTimes;

typedef struct Rehearse {
    Arena *arena;
    Prng prng;
    uint16_t port;
    int64_t seconds;
    RehearsePerson *persons;
    int64_t person_count;
    int64_t device_max; /* of one person */
    /* Called at half time, on the load's thread: kills the server and starts it again. */
    void (*kill_server)(void *context);
    void *context;

    /* What came of it. */
    RehearseTimes times[REHEARSE_STEP_COUNT];
    RehearseReason reasons[REHEARSE_REASONS_MAX];
    size_t reason_count;
    int64_t request_count;
    int64_t device_count;
    int64_t double_count;     /* double clicks */
    int64_t double_different; /* whose two answers named two coupons: must be 0 */
    int64_t queued_answers;   /* 202: told to wait */
    int64_t busy_answers;     /* 503 and 429: asked again later */
    int64_t unknown_answers;  /* others that nobody expects: must be 0 */
    int64_t broken_lines;     /* no answer: the server was gone */
    int64_t inversions;       /* told to wait after a later place was called: must be 0 */
    int64_t later_served;     /* refused for want of money, while a later place was served */
    int64_t spent_ms;
} Rehearse;

/* The session token of a person, and its CSRF value. */
void rehearse_token(int64_t person, char token[REHEARSE_TOKEN_BYTES]);
const char *rehearse_csrf(const char *token);

/* Plays until every device has its end, or for a minute more than three times the seconds. */
void rehearse_play(Rehearse *it);
/* Then: takes count places without signing in, and asks for positions; gives the answer times. */
void rehearse_crowd(Rehearse *it, int64_t count, RehearseTimes *looks);

/* The percentile of a histogram in milliseconds. */
double rehearse_ms(const RehearseTimes *times, int64_t percent);
void rehearse_times_init(Arena *arena, RehearseTimes *times);

#endif
