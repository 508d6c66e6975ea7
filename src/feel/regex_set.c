/*
 * regex_set.c - what a character class contains.
 */
#include "feel/regex_program.h"

uint32_t regex_case_next(uint32_t rune) {
    size_t low = 0;
    size_t high = REGEX_ORBIT_COUNT;
    while (low < high) { /* the last run that starts at or before rune */
        size_t middle = low + (high - low) / 2;
        if (REGEX_ORBITS[middle].start <= rune) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    /* Runs with a stride of 2 may enclose the one behind them: look at two. */
    for (size_t i = low; i > 0 && i + 2 > low; i--) {
        const RegexOrbit *orbit = &REGEX_ORBITS[i - 1];
        uint32_t distance = rune - orbit->start;
        if (distance % orbit->stride == 0 && distance / orbit->stride < orbit->count) {
            return (uint32_t)((int32_t)rune + orbit->delta);
        }
    }
    return rune;
}

static RegexCategory category_of(uint32_t rune) {
    size_t low = 0;
    size_t high = REGEX_CATEGORY_COUNT;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (REGEX_CATEGORIES[middle] >> 5 <= rune) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return (RegexCategory)(REGEX_CATEGORIES[low] & 31);
}

/* Source: XML 1.0 (5th edition), production 4, with the colon. */
static bool is_name_start(uint32_t rune) {
    static const uint32_t RANGES[][2] = {
        {':', ':'},       {'A', 'Z'},       {'_', '_'},       {'a', 'z'},
        {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},    {0x370, 0x37D},
        {0x37F, 0x1FFF},  {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF},
        {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF},
    };
    for (size_t i = 0; i < sizeof RANGES / sizeof RANGES[0]; i++) {
        if (rune >= RANGES[i][0] && rune <= RANGES[i][1]) {
            return true;
        }
    }
    return false;
}

/* Source: XML 1.0 (5th edition), production 4a. */
static bool is_name(uint32_t rune) {
    return is_name_start(rune) || rune == '-' || rune == '.' || (rune >= '0' && rune <= '9') ||
           rune == 0xB7 || (rune >= 0x300 && rune <= 0x36F) || rune == 0x203F || rune == 0x2040;
}

/* A range under "ignore case" holds every case partner of what it holds. */
static bool range_has(const RegexItem *item, uint32_t rune, bool ignores_case) {
    uint32_t partner = rune;
    do {
        if (partner >= item->low && partner <= item->high) {
            return true;
        }
        partner = ignores_case ? regex_case_next(partner) : rune;
    } while (partner != rune);
    return false;
}

static bool item_has(const RegexItem *item, uint32_t rune, bool ignores_case) {
    bool has = false;
    switch (item->kind) {
    case REGEX_ITEM_RANGE:
        has = range_has(item, rune, ignores_case);
        break;
    case REGEX_ITEM_CATEGORIES:
        has = ((item->low >> category_of(rune)) & 1) != 0;
        break;
    case REGEX_ITEM_NAME_START:
        has = is_name_start(rune);
        break;
    case REGEX_ITEM_NAME:
        has = is_name(rune);
        break;
    }
    return has != item->is_negated;
}

/* Subtractions nest as deep as the pattern, which is limited. */
bool regex_set_has(const RegexSet *set, uint32_t rune, bool ignores_case) {
    bool has = false;
    for (size_t i = 0; i < set->count && !has; i++) {
        has = item_has(&set->items[i], rune, ignores_case);
    }
    return has != set->is_negated &&
           (set->minus == NULL || !regex_set_has(set->minus, rune, ignores_case));
}
