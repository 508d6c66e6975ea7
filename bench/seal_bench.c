/*
 * seal_bench.c - what the secrets cost on this machine: digests of a journal line, sealed fields,
 * keyed hashes, signatures, one password.
 *
 *   seal_bench
 */
#include "seal/seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 50000, LINE_BYTES = 300 };

static int64_t now_ns(void) {
    struct timespec now;
    check(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

typedef struct Bench {
    Arena *arena;
    Cx cx;
    SealKey key;
    SealSm3 *sm3;
    Str line;
    Str sealed;
    uint8_t out[SEAL_SIGNATURE_BYTES];
} Bench;

static void one_digest(Bench *bench) {
    seal_sm3(bench->line, bench->out);
}

static void kept_digest(Bench *bench) {
    seal_sm3_add(bench->sm3, bench->line);
    seal_sm3_finish(bench->sm3, bench->out);
}

static void keyed_hash(Bench *bench) {
    seal_hmac_sm3(seal_key_str(&bench->key), STR("13800000000"), bench->out);
}

static void seal_field(Bench *bench) {
    (void)seal_field_close(bench->arena, &bench->key, STR("person/4711/phone"), STR("13800000000"));
}

static void open_field(Bench *bench) {
    Str text = STR_NONE;
    check(seal_field_open(&bench->cx, &bench->key, STR("person/4711/phone"), bench->sealed,
                          &text) == STATUS_OK);
}

static void sign(Bench *bench) {
    seal_sign(&bench->key, bench->line, bench->out);
}

static void token(Bench *bench) {
    (void)seal_token(bench->arena, 32);
}

static void password(Bench *bench) {
    Str hash = STR_NONE;
    check(seal_password_hash(&bench->cx, STR("correct horse"), SEAL_PASSWORD_COST_DEFAULT, &hash) ==
          STATUS_OK);
}

static void measure(Bench *bench, const char *name, void (*act)(Bench *bench), int rounds) {
    int64_t best_ns = INT64_MAX;
    for (int turn = 0; turn < 3; turn++) {
        int64_t start_ns = now_ns();
        for (int i = 0; i < rounds; i++) {
            ArenaMark mark = arena_mark(bench->arena);
            act(bench);
            arena_rewind(bench->arena, mark);
        }
        int64_t each_ns = (now_ns() - start_ns) / rounds;
        best_ns = each_ns < best_ns ? each_ns : best_ns;
    }
    printf("%-44s %10" PRId64 " ns\n", name, best_ns);
}

int main(void) {
    char line[LINE_BYTES];
    memset(line, 'x', sizeof line);
    Bench bench = {.arena = arena_create(), .line = {line, sizeof line}};
    cx_init(&bench.cx, bench.arena);
    seal_key_new(&bench.key);
    bench.sm3 = seal_sm3_new(bench.arena);
    bench.sealed =
        seal_field_close(bench.arena, &bench.key, STR("person/4711/phone"), STR("13800000000"));
    measure(&bench, "SM3 of 300 bytes, at once", one_digest, ROUNDS);
    measure(&bench, "SM3 of 300 bytes, digest kept", kept_digest, ROUNDS);
    measure(&bench, "HMAC-SM3 of a phone number", keyed_hash, ROUNDS);
    measure(&bench, "seal a phone number", seal_field, ROUNDS);
    measure(&bench, "open a phone number", open_field, ROUNDS);
    measure(&bench, "Ed25519 signature of 300 bytes", sign, ROUNDS / 50);
    measure(&bench, "token of 32 random bytes", token, ROUNDS);
    measure(&bench, "argon2id, default cost", password, 5);
    arena_free(bench.arena);
    return 0;
}
