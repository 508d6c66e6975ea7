/*
 * solve_file.h - what `huanxin solve` reads: its own JSON, or an instance of the public sets, told
 * apart by how the text begins.
 */
#ifndef HUANXIN_MAIN_SOLVE_FILE_H
#define HUANXIN_MAIN_SOLVE_FILE_H

#include "solve/read_round_json.h"
#include "solve/read_scan.h"
#include "solve/site_json.h"

typedef struct SolveFormat {
    Str rounding;   /* "nearest", "tenth" or "thousandth"; empty: tenth for Solomon, else nearest */
    int64_t number; /* which problem of a file with several, from 1 */
    int64_t open_max; /* sites to open in an instance; 0: what the file says */
} SolveFormat;

/* Reads JSON, a Solomon or a VRPLIB text. INVALID or LIMIT as the readers; travel as in
 * read_round_json. */
MUST_CHECK Status solve_rounds_read(Cx *cx, Str text, const SolveFormat *format,
                                    const TravelOptions *travel, RoundFile *out);
/* Reads JSON, an OR-Library pmed or pmedcap, or a TSPLIB text (which needs open_max). */
MUST_CHECK Status solve_sites_read(Cx *cx, Str text, const SolveFormat *format,
                                   const TravelOptions *travel, SiteFile *out);

#endif
