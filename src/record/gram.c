/*
 * gram.c - finding a record by any part of a word: its texts are cut into pieces that overlap, two
 * characters of Chinese, three letters, digits or hyphens, and each piece points to the record.
 *
 *   "安丘Haas-20"  ->  安丘 | HAA AAS AS- S-2 -20
 *
 * A run shorter than a piece is a piece of its own, found only as a whole word.
 */
#include "base/codes.h"
#include "record/change.h"

#include <stdlib.h>

enum { GRAMS_OF_RECORD_MAX = 400 };

typedef enum RuneClass { RUNE_SPACE, RUNE_ASCII, RUNE_OTHER } RuneClass;

static RuneClass class_of(uint32_t rune) {
    bool is_ascii = (rune >= '0' && rune <= '9') || (rune >= 'A' && rune <= 'Z') || rune == '-';
    /* Latin punctuation, general punctuation, CJK punctuation, full-width signs. */
    bool is_sign = rune < 0x80 || (rune >= 0x2000 && rune <= 0x206f) ||
                   (rune >= 0x3000 && rune <= 0x303f) || (rune >= 0xff00 && rune <= 0xffef);
    return is_ascii ? RUNE_ASCII : is_sign ? RUNE_SPACE : RUNE_OTHER;
}

static int gram_order(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void grams_unique(GramVec *grams) {
    if (grams->count < 2) {
        return;
    }
    qsort(grams->items, grams->count, sizeof *grams->items, gram_order);
    size_t kept = 1;
    for (size_t i = 1; i < grams->count; i++) {
        if (grams->items[i] != grams->items[kept - 1]) {
            grams->items[kept++] = grams->items[i];
        }
    }
    grams->count = kept;
}

/* A run of one class that ends: pieces were pushed while it grew; a short one is pushed whole. */
typedef struct Run {
    RuneClass class;
    size_t len;
    int64_t last; /* its last runes, 21 bits each */
} Run;

static void run_end(Arena *arena, const Run *run, bool is_query, GramVec *out) {
    size_t width = run->class == RUNE_ASCII ? 3 : 2;
    if (run->class != RUNE_SPACE && run->len > 0 && run->len < width && !is_query) {
        *vec_push(arena, out) = run->last;
    }
}

static void runs_cut(Arena *arena, Str text, bool is_query, GramVec *out) {
    Run run = {0};
    for (size_t at = 0; at < text.len && out->count < GRAMS_OF_RECORD_MAX;) {
        uint32_t rune = str_rune(text, &at);
        RuneClass class = class_of(rune);
        if (class != run.class) {
            run_end(arena, &run, is_query, out);
            run = (Run){.class = class};
        }
        run.len++;
        int64_t mask = class == RUNE_ASCII ? (INT64_C(1) << 42) - 1 : (INT64_C(1) << 21) - 1;
        run.last = (run.last & mask) << 21 | rune;
        if (class != RUNE_SPACE && run.len >= (class == RUNE_ASCII ? 3U : 2U)) {
            *vec_push(arena, out) = run.last;
        }
    }
    run_end(arena, &run, is_query, out);
}

void record_grams_of_text(Arena *arena, Str text, bool is_query, GramVec *out) {
    runs_cut(arena, codes_clean(arena, text), is_query, out);
    grams_unique(out);
}

static void grams_of_record(Arena *arena, const Record *record, GramVec *out) {
    *out = (GramVec){0};
    for (size_t i = 0; i < record->kind->field_count; i++) {
        const RecordValue *value = &record->values[i];
        if (record->kind->fields[i].is_search && value->has_value) {
            runs_cut(arena, codes_clean(arena, value->text), false, out);
            runs_cut(arena, codes_clean(arena, value->text2), false, out);
        }
    }
    grams_unique(out);
}

bool record_contains(Arena *arena, const Record *record, Str text, bool is_public) {
    Str wanted = codes_clean(arena, text);
    if (str_contains(record->number, wanted)) {
        return true;
    }
    for (size_t i = 0; i < record->kind->field_count; i++) {
        const RecordValue *value = &record->values[i];
        const RecordField *field = &record->kind->fields[i];
        if (field->is_search && (field->is_public || !is_public) && value->has_value &&
            (str_contains(codes_clean(arena, value->text), wanted) ||
             str_contains(codes_clean(arena, value->text2), wanted))) {
            return true;
        }
    }
    return false;
}

Status record_grams_move(Cx *cx, DbConn *conn, const Record *before, const Record *after) {
    GramVec old = {0};
    GramVec new = {0};
    if (before != NULL) {
        grams_of_record(cx->arena, before, &old);
    }
    grams_of_record(cx->arena, after, &new);
    int64_t kind_id = *after->kind->id;
    size_t at = 0;
    for (size_t i = 0; i < new.count; i++) {
        for (; at < old.count && old.items[at] < new.items[i]; at++) {
            TRY(record_store_gram_remove(cx, conn, kind_id, old.items[at], after->id));
        }
        if (at < old.count && old.items[at] == new.items[i]) {
            at++;
        } else {
            TRY(record_store_gram_put(cx, conn, kind_id, new.items[i], after->id));
        }
    }
    for (; at < old.count; at++) {
        TRY(record_store_gram_remove(cx, conn, kind_id, old.items[at], after->id));
    }
    return STATUS_OK;
}

/* ---- many records ---- */

void record_grams_pile(Cx *cx, GramPile *pile, const Record *record) {
    GramVec grams = {0};
    grams_of_record(cx->arena, record, &grams);
    for (size_t i = 0; i < grams.count; i++) {
        *vec_push(pile->arena, pile) = (struct GramOf){grams.items[i], record->id};
    }
}

void record_grams_append(GramPile *pile, const GramPile *more) {
    for (size_t i = 0; i < more->count; i++) {
        *vec_push(pile->arena, pile) = more->items[i];
    }
}

static int pile_order(const void *left, const void *right) {
    const struct GramOf *a = left;
    const struct GramOf *b = right;
    int order = (a->gram > b->gram) - (a->gram < b->gram);
    return order != 0 ? order : (a->record_id > b->record_id) - (a->record_id < b->record_id);
}

Status record_grams_flush(Cx *cx, DbConn *conn, int64_t kind_id, GramPile *pile) {
    if (pile->count > 1) {
        qsort(pile->items, pile->count, sizeof *pile->items, pile_order);
    }
    for (size_t i = 0; i < pile->count; i++) {
        TRY(cx_step(cx));
        TRY(record_store_gram_put(cx, conn, kind_id, pile->items[i].gram,
                                  pile->items[i].record_id));
    }
    pile->count = 0;
    return STATUS_OK;
}
