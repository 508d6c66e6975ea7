/*
 * round_map.h - a schematic map of the city's towns as inline SVG: no tiles, no scripts. What it
 * shows is always in a table beside it. Private to office/round.
 */
#ifndef HUANXIN_OFFICE_ROUND_MAP_H
#define HUANXIN_OFFICE_ROUND_MAP_H

#include "office/city/city.h"
#include "web/view.h"

/* What stands at a town: a circle, or a square when it is a depot or a site; two short texts. */
typedef struct RoundMapMark {
    bool is_square;
    bool is_faint; /* nothing happens here */
    Str note;      /* under the name, e.g. "3 单"; empty: none */
} RoundMapMark;

/* A way through towns in order; legs are numbered when asked for. */
typedef struct RoundMapLine {
    const int32_t *towns; /* indices of city->towns */
    size_t town_count;
    size_t style; /* 0..: colour and dashes, as in the legend */
    bool is_numbered;
} RoundMapLine;

typedef struct RoundMap {
    const City *city;
    Str label;                 /* what a screen reader says */
    const RoundMapMark *marks; /* one per town */
    const RoundMapLine *lines;
    size_t line_count;
    const Str *legend; /* of the styles 0..legend_count - 1; empty: not said */
    size_t legend_count;
} RoundMap;

/* Writes the map and its legend; nothing in JSON. O(towns + legs). */
void dispatch_map_write(View *view, const RoundMap *map);

#endif
