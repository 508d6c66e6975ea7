/*
 * round_levels.h - time with windows and breaks.
 *
 * A time is an array with one entry for each number of breaks taken so far (levels). A break turns
 * an entry of level b into one of level b + 1; the least (forward) or greatest (backward) of the
 * ways to reach a level is kept. So all places of all breaks are tried in one pass over a route.
 * Entries of never (or -never) mean that the level cannot be reached.
 * Private to the rounds engine; inline because the scan lives on it.
 */
#ifndef HUANXIN_SOLVE_ROUND_LEVELS_H
#define HUANXIN_SOLVE_ROUND_LEVELS_H

#include "solve/round_state.h"

typedef struct Levels {
    int32_t at[ROUND_BREAKS_MAX + 1];
} Levels;

/* The first moment >= t inside a window, or never. */
static inline int32_t window_next(const RoundWindow *windows, int32_t count, int32_t t) {
    for (int32_t i = 0; i < count; i++) {
        if (t <= windows[i].close_s) {
            return t < windows[i].open_s ? (int32_t)windows[i].open_s : t;
        }
    }
    return count == 0 ? t : STATE_NEVER_S;
}

/* The last moment u such that window_next(u) <= t, or -never. */
static inline int32_t window_last(const RoundWindow *windows, int32_t count, int32_t t) {
    for (int32_t i = count - 1; i >= 0; i--) {
        if (t >= windows[i].open_s) {
            return t < windows[i].close_s ? t : (int32_t)windows[i].close_s;
        }
    }
    return count == 0 ? t : -STATE_NEVER_S;
}

static inline int32_t time_add(int32_t t, int32_t seconds) {
    return t >= STATE_NEVER_S ? STATE_NEVER_S : t + seconds;
}

static inline int32_t time_back(int32_t t, int32_t seconds) {
    return t <= -STATE_NEVER_S ? -STATE_NEVER_S : t - seconds;
}

static inline int32_t break_take(const ModelBreak *rest, int32_t t) {
    return time_add(window_next(rest->windows, rest->window_count, t), rest->duration);
}

static inline int32_t break_untake(const ModelBreak *rest, int32_t t) {
    return window_last(rest->windows, rest->window_count, time_back(t, rest->duration));
}

static inline void breaks_forward(const ModelVehicle *vehicle, Levels *times) {
    for (int32_t b = 0; b < vehicle->break_count; b++) {
        int32_t taken = break_take(&vehicle->breaks[b], times->at[b]);
        times->at[b + 1] = taken < times->at[b + 1] ? taken : times->at[b + 1];
    }
}

static inline void breaks_backward(const ModelVehicle *vehicle, Levels *times) {
    for (int32_t b = vehicle->break_count - 1; b >= 0; b--) {
        int32_t untaken = break_untake(&vehicle->breaks[b], times->at[b + 1]);
        times->at[b] = untaken > times->at[b] ? untaken : times->at[b];
    }
}

/* From departures at one stop to the moments the next stop could begin. */
static inline void drive_forward(const ModelVehicle *vehicle, int32_t way, Levels *times) {
    breaks_forward(vehicle, times);
    for (int32_t b = 0; b <= vehicle->break_count; b++) {
        times->at[b] = time_add(times->at[b], way);
    }
    breaks_forward(vehicle, times);
}

static inline void drive_backward(const ModelVehicle *vehicle, int32_t way, Levels *times) {
    breaks_backward(vehicle, times);
    for (int32_t b = 0; b <= vehicle->break_count; b++) {
        times->at[b] = time_back(times->at[b], way);
    }
    breaks_backward(vehicle, times);
}

static inline int32_t stop_service(const Model *model, const ModelVehicle *vehicle, int32_t node) {
    return round_is_job(model, node) ? model->jobs[node].service : vehicle->reload_s;
}

static inline void serve_forward(const Model *model, const ModelVehicle *vehicle, int32_t node,
                                 Levels *times) {
    int32_t service = stop_service(model, vehicle, node);
    for (int32_t b = 0; b <= vehicle->break_count; b++) {
        int32_t begin = times->at[b];
        if (round_is_job(model, node)) {
            begin = window_next(model->jobs[node].windows, model->jobs[node].window_count, begin);
        }
        begin = time_add(begin, service);
        times->at[b] = begin > STATE_NEVER_S ? STATE_NEVER_S : begin;
    }
}

static inline void serve_backward(const Model *model, const ModelVehicle *vehicle, int32_t node,
                                  Levels *times) {
    int32_t service = stop_service(model, vehicle, node);
    for (int32_t b = 0; b <= vehicle->break_count; b++) {
        int32_t begin = time_back(times->at[b], service);
        if (round_is_job(model, node)) {
            begin = window_last(model->jobs[node].windows, model->jobs[node].window_count, begin);
        }
        times->at[b] = begin < -STATE_NEVER_S ? -STATE_NEVER_S : begin;
    }
}

static inline Levels levels_start(const ModelVehicle *vehicle) {
    Levels times;
    for (int32_t b = 0; b <= ROUND_BREAKS_MAX; b++) {
        times.at[b] = STATE_NEVER_S;
    }
    times.at[0] = vehicle->open;
    return times;
}

static inline Levels levels_end(const ModelVehicle *vehicle, int32_t close) {
    Levels times;
    for (int32_t b = 0; b <= ROUND_BREAKS_MAX; b++) {
        times.at[b] = -STATE_NEVER_S;
    }
    times.at[vehicle->break_count] = close;
    return times;
}

static inline int32_t way_time(const Model *model, const ModelVehicle *vehicle, int32_t from,
                               int32_t to) {
    return vehicle->class->time[(size_t)from * (size_t)model->node_count + (size_t)to];
}

#endif
