/*
 * draw.h - a draw that anybody can recompute: who gets one of a few coupons when more people ask.
 *
 *   open    name · quota · source · commitment = SM3 of a secret seed        published first
 *   close   + the applicants' hashes · list = SM3 over all of the above       published second
 *   drawn   + the seed · public words from the source, after closing · order · result
 *
 * Each applicant's place is decided by SM3 over seed, list digest, public words and its hash; the
 * smallest are drawn, the others wait in that order. So the order of the list does not matter; who
 * knows the seed cannot steer the draw by adding applicants, because the public words come after
 * the list; and nobody can change a byte, or come later, without the file telling.
 *
 * Pure: text in, text out; no database, no clock, no randomness. The file format stands in
 * docs/reference/draw.md. It is not the hashing of applicants: they are any 32 bytes.
 * Ownership: results live in cx->arena and borrow the text they were read from.
 */
#ifndef HUANXIN_OFFICE_COUPON_DRAW_H
#define HUANXIN_OFFICE_COUPON_DRAW_H

#include "base/cx.h"
#include "seal/seal.h"

enum {
    DRAW_APPLICANTS_MAX = 2000000,
    DRAW_TEXT_BYTES_MAX = 320 * 1024 * 1024,
    DRAW_WORDS_BYTES_MAX = 200, /* of name, source and public words */
    DRAW_SEED_BYTES = 32,
};

typedef struct DrawHash {
    uint8_t bytes[SEAL_SM3_BYTES];
} DrawHash;

typedef struct Draw {
    Str text; /* what was read */
    Str name;
    int64_t quota;
    Str source; /* of the public words: "2026-03-02 双色球开奖号码"; "-": none */
    DrawHash commitment;
    DrawHash *applicants; /* in the order of the file */
    size_t applicant_count;
    bool is_closed; /* the list line is there */
    DrawHash list;
    bool has_seed;
    DrawHash seed;
    Str public_words; /* "-": none */
    bool is_drawn;    /* places and result are there */
} Draw;

/* Reads a file at any stage. INVALID with line and what was expected: a word out of place, a hash
 * that is not 64 lower-case hex digits, an applicant twice or after the closing, a wrong count;
 * LIMIT above DRAW_APPLICANTS_MAX. O(n log n). */
MUST_CHECK Status draw_read(Cx *cx, Str text, Draw *out);

/* What must be published before the list: SM3 of "huanxin-draw-seed\n" and the seed's 32 bytes. */
void draw_commitment(const DrawHash *seed, DrawHash *out);
/* The digest of name, quota, source, commitment and the sorted applicants. O(n log n). */
MUST_CHECK Status draw_list_digest(Cx *cx, const Draw *draw, DrawHash *out);

/* Writes the file with its list line. CONFLICT when it is closed already. */
MUST_CHECK Status draw_close(Cx *cx, const Draw *draw, Str *out);
/* Draws: writes the whole file with every place and the result. CONFLICT when the file is not
 * closed, has no seed, was drawn, the list is not the one that was closed, or the seed does not
 * open the commitment. O(n log n). */
MUST_CHECK Status draw_run(Cx *cx, const Draw *draw, Str *out);
/* Recomputes a drawn file and compares every byte. CONFLICT with the line that differs, or what of
 * list and commitment does not hold. */
MUST_CHECK Status draw_verify(Cx *cx, const Draw *draw);
/* Proves that a file still begins with what was published before (the open or closed stage of the
 * same draw): so seed, list and rules were fixed when it was said. CONFLICT with the first line
 * that was changed. */
MUST_CHECK Status draw_extends(Cx *cx, const Draw *draw, Str published);

#endif
