#include "web/budget.h"

#include "base/check.h"

#include <pthread.h>

typedef struct Place {
    int64_t person_id; /* 0: free */
    int64_t bytes;
    int32_t day;
} Place;

struct Budget {
    pthread_mutex_t mutex;
    Place *places;
};

static void budget_release(void *it) {
    Budget *budget = it;
    (void)pthread_mutex_destroy(&budget->mutex);
}

Budget *budget_create(Arena *arena) {
    Budget *budget = arena_new(arena, Budget);
    check(pthread_mutex_init(&budget->mutex, NULL) == 0);
    budget->places = arena_array(arena, Place, BUDGET_PLACES);
    arena_defer(arena, budget_release, budget);
    return budget;
}

static int64_t today_of(const Place *place, int32_t day) {
    return place->day == day ? place->bytes : 0;
}

/* The person's place, else the one counted least today among those where it may stand. */
static Place *place_of(Budget *budget, const BudgetTake *take) {
    uint64_t hash = (uint64_t)take->person_id * UINT64_C(0x9e3779b97f4a7c15);
    size_t first = (size_t)(hash >> 32) % BUDGET_PLACES;
    Place *least = NULL;
    for (size_t i = 0; i < BUDGET_NEAR; i++) {
        Place *place = &budget->places[(first + i) % BUDGET_PLACES];
        if (place->person_id == take->person_id) {
            return place;
        }
        if (least == NULL || today_of(place, take->day) < today_of(least, take->day)) {
            least = place;
        }
    }
    *least = (Place){.person_id = take->person_id, .day = take->day};
    return least;
}

bool budget_take(Budget *budget, const BudgetTake *take) {
    check(take->person_id > 0 && take->bytes >= 0);
    pthread_mutex_lock(&budget->mutex);
    Place *place = place_of(budget, take);
    int64_t sent = today_of(place, take->day);
    bool is_within = take->bytes <= take->bytes_max - sent;
    if (is_within) {
        place->day = take->day;
        place->bytes = sent + take->bytes;
    }
    pthread_mutex_unlock(&budget->mutex);
    return is_within;
}
