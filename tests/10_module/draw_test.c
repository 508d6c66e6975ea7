/*
 * The draw: a file made by another program is confirmed, the order of the list does not matter, one
 * changed byte is found wherever it stands, a late applicant is found, wrong files are told with
 * their line. Text tables edit the golden file line by line:
 *
 *   LINE = TEXT    puts TEXT in the place of a line      LINE + TEXT   puts TEXT after a line
 *   LINE -         takes a line away
 */
#include "base/buf.h"
#include "base/prng.h"
#include "office/coupon/draw.h"
#include "test.h"
#include "yaml/yaml.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_LINES = 5, APPLICANTS = 8, LIST_LINE = 14, PUBLIC_LINE = 16, LINES = 25 };

static Arena *arena;
static Str golden;

static int start(void **state) {
    (void)state;
    arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    return yaml_file(&cx, STR("tests/golden/draw/example.txt"), 65536, &golden) == STATUS_OK ? 0
                                                                                             : 1;
}

static int stop(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

/* Reads and verifies; the fault's text goes to words. */
static Status verify(Str text, Str *words) {
    Cx cx;
    Draw draw;
    cx_init(&cx, arena);
    Status status = draw_read(&cx, text, &draw);
    if (status == STATUS_OK) {
        status = draw_verify(&cx, &draw);
    }
    *words = str_print(arena, "%s", cx.fault.text);
    return status;
}

/* The lines first .. last of a text, from 1. */
static Str lines(Str text, int first, int last) {
    Buf *buf = buf_in(arena, 1 << 20);
    for (int line = 1; text.len > 0 && line <= last; line++) {
        Str one = str_cut(&text, '\n');
        if (line >= first) {
            buf_print(buf, STR_FMT "\n", STR_ARG(one));
        }
    }
    return buf_str(buf);
}

static Str line_at(Str text, int number) {
    Str line = lines(text, number, number);
    return str_slice(line, 0, line.len - 1);
}

/* The golden file with one edit. */
static Str edited(const char *edit) {
    int number = 0;
    char act = 0;
    int used = 0;
    assert_int_equal(sscanf(edit, "%d %c%n", &number, &act, &used), 2);
    Str text = str_of(edit + used + (edit[used] == ' '));
    Buf *buf = buf_in(arena, 1 << 20);
    buf_put(buf, lines(golden, 1, act == '+' ? number : number - 1));
    if (act != '-') {
        buf_print(buf, STR_FMT "\n", STR_ARG(text));
    }
    buf_put(buf, lines(golden, number + 1, LINES));
    return buf_str(buf);
}

static void test_another_program_agrees(void **state) {
    (void)state;
    Str words = STR_NONE;
    assert_int_equal(verify(golden, &words), STATUS_OK);
    /* And running the sealed stage gives the same bytes. */
    Cx cx;
    Draw draw;
    Str drawn = STR_NONE;
    cx_init(&cx, arena);
    assert_int_equal(draw_read(&cx, lines(golden, 1, PUBLIC_LINE), &draw), STATUS_OK);
    assert_int_equal(draw_run(&cx, &draw, &drawn), STATUS_OK);
    assert_true(str_equal(drawn, golden));
    Str closed = STR_NONE;
    assert_int_equal(draw_read(&cx, lines(golden, 1, LIST_LINE - 1), &draw), STATUS_OK);
    assert_int_equal(draw_close(&cx, &draw, &closed), STATUS_OK);
    assert_true(str_equal(closed, lines(golden, 1, LIST_LINE)));
}

static void test_order_of_the_list_does_not_matter(void **state) {
    (void)state;
    Prng prng;
    prng_init(&prng, 5);
    for (int round = 0; round < 50; round++) {
        int order[APPLICANTS];
        Buf *buf = buf_in(arena, 1 << 20);
        buf_put(buf, lines(golden, 1, HEAD_LINES));
        for (int i = 0; i < APPLICANTS; i++) {
            int at = (int)prng_below(&prng, (uint64_t)i + 1);
            order[i] = order[at];
            order[at] = i;
        }
        for (int i = 0; i < APPLICANTS; i++) {
            buf_put(buf, lines(golden, HEAD_LINES + 1 + order[i], HEAD_LINES + 1 + order[i]));
        }
        buf_put(buf, lines(golden, LIST_LINE, PUBLIC_LINE));
        Cx cx;
        Draw draw;
        Str drawn = STR_NONE;
        cx_init(&cx, arena);
        assert_int_equal(draw_read(&cx, buf_str(buf), &draw), STATUS_OK);
        assert_int_equal(draw_run(&cx, &draw, &drawn), STATUS_OK);
        assert_true(str_equal(lines(drawn, LIST_LINE, LINES), lines(golden, LIST_LINE, LINES)));
    }
}

static void test_one_changed_byte_is_found(void **state) {
    (void)state;
    char *bytes = arena_alloc(arena, golden.len);
    memcpy(bytes, golden.at, golden.len);
    for (size_t i = 0; i < golden.len; i++) {
        static const char flips[] = {1, 2, 0x10, 0x40};
        for (size_t flip = 0; flip < sizeof flips; flip++) {
            Str words = STR_NONE;
            bytes[i] = (char)(golden.at[i] ^ flips[flip]);
            Status status = verify((Str){bytes, golden.len}, &words);
            assert_true(status == STATUS_INVALID || status == STATUS_CONFLICT);
            assert_true(words.len > 0);
        }
        bytes[i] = golden.at[i];
    }
    for (size_t len = 0; len < golden.len; len++) {
        Str words = STR_NONE;
        assert_true(verify(str_slice(golden, 0, len), &words) != STATUS_OK);
    }
}

#define LATE "1111111111111111111111111111111111111111111111111111111111111111"
#define UPPER "E528170D4D222AEF9B932A1524C1932C7D5AE92C6C7B9CBCB2000000000000AB"

static void test_wrong_files_are_told(void **state) {
    (void)state;
    static const struct {
        const char *edit;
        Status status;
        const char *words;
    } rows[] = {
        /* late applicants */
        {"14 + applicant " LATE, STATUS_INVALID, "line 15: an applicant after the list was closed"},
        {"13 + applicant " LATE, STATUS_INVALID,
         "line 15: the list was closed with 8 applicants, 9 stand above"},
        {"13 = applicant " LATE, STATUS_CONFLICT, "this is not the list that was closed"},
        {"13 -", STATUS_INVALID, "line 13: the list was closed with 8 applicants, 7 stand above"},
        {"25 + applicant " LATE, STATUS_CONFLICT, "line 26 is not what the draw gives"},
        {"16 + applicant " LATE, STATUS_INVALID, "line 17: expected \"winner 1 HASH\""},
        /* the head */
        {"1 = huanxin-draw 2", STATUS_INVALID, "line 1: expected \"huanxin-draw 1\""},
        {"2 -", STATUS_INVALID, "line 2: expected \"name ...\""},
        {"2 = name another draw", STATUS_CONFLICT, "this is not the list that was closed"},
        {"3 = quota 0", STATUS_INVALID, "line 3: expected \"quota NUMBER\", 1 to 2000000"},
        {"3 = quota -3", STATUS_INVALID, "line 3: expected \"quota NUMBER\", 1 to 2000000"},
        {"3 = quota 3000000", STATUS_INVALID, "line 3: expected \"quota NUMBER\", 1 to 2000000"},
        {"3 = quota 4", STATUS_CONFLICT, "this is not the list that was closed"},
        {"4 = source -", STATUS_CONFLICT, "this is not the list that was closed"},
        {"5 = commitment " LATE, STATUS_CONFLICT, "this is not the list that was closed"},
        /* hashes */
        {"6 = applicant " UPPER, STATUS_INVALID, "line 6: expected 64 lower-case hex digits"},
        {"6 = applicant 12", STATUS_INVALID, "line 6: expected 64 lower-case hex digits"},
        {"6 = applicant " LATE "1", STATUS_INVALID, "line 6: expected 64 lower-case hex digits"},
        {"6 = someone " LATE, STATUS_INVALID,
         "line 6: expected \"applicant HASH\" or \"list COUNT HASH\""},
        {"14 = list 8 " LATE, STATUS_CONFLICT, "this is not the list that was closed"},
        {"14 -", STATUS_INVALID, "line 14: expected \"applicant HASH\" or \"list COUNT HASH\""},
        /* the draw */
        {"15 = seed " LATE, STATUS_CONFLICT, "the seed does not open the commitment"},
        {"16 = public 01 02 03", STATUS_CONFLICT, "is not what the draw gives"},
        {"17 = winner 1 " LATE, STATUS_CONFLICT, "line 17 is not what the draw gives"},
        {"24 -", STATUS_CONFLICT, "line 24 is not what the draw gives"},
        {"25 = result " LATE, STATUS_CONFLICT, "line 25 is not what the draw gives"},
        {"25 -", STATUS_CONFLICT, "line 25 is not what the draw gives"},
        {"25 + # checked", STATUS_CONFLICT, "line 26 is not what the draw gives"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Str words = STR_NONE;
        Status status = verify(edited(rows[i].edit), &words);
        if (status != rows[i].status || !str_contains(words, str_of(rows[i].words))) {
            fail_msg("%s: %s: %s", rows[i].edit, status_text(status), str_c(arena, words));
        }
    }
}

static void test_an_applicant_stands_once(void **state) {
    (void)state;
    Str words = STR_NONE;
    Str again = str_print(arena, "13 + " STR_FMT, STR_ARG(line_at(golden, HEAD_LINES + 2)));
    assert_int_equal(verify(edited(str_c(arena, again)), &words), STATUS_INVALID);
    assert_true(str_equal(words, STR("line 14: the applicant of line 7 again")));
}

static void test_what_was_published_stays(void **state) {
    (void)state;
    Cx cx;
    Draw draw;
    cx_init(&cx, arena);
    assert_int_equal(draw_read(&cx, golden, &draw), STATUS_OK);
    assert_int_equal(draw_extends(&cx, &draw, lines(golden, 1, HEAD_LINES)), STATUS_OK);
    assert_int_equal(draw_extends(&cx, &draw, lines(golden, 1, LIST_LINE)), STATUS_OK);
    Str other = lines(edited("5 = commitment " LATE), 1, HEAD_LINES);
    assert_int_equal(draw_extends(&cx, &draw, other), STATUS_CONFLICT);
    assert_string_equal(cx.fault.text, "line 5 is not as it was published");
    fault_clear(&cx);
    assert_int_equal(draw_extends(&cx, &draw, str_print(arena, STR_FMT "more", STR_ARG(golden))),
                     STATUS_CONFLICT);
}

static void test_acts_out_of_turn(void **state) {
    (void)state;
    Cx cx;
    Draw draw;
    Str text = STR_NONE;
    cx_init(&cx, arena);
    assert_int_equal(draw_read(&cx, lines(golden, 1, LIST_LINE - 1), &draw), STATUS_OK);
    assert_int_equal(draw_run(&cx, &draw, &text), STATUS_CONFLICT);
    assert_int_equal(draw_verify(&cx, &draw), STATUS_CONFLICT);
    assert_int_equal(draw_read(&cx, lines(golden, 1, LIST_LINE), &draw), STATUS_OK);
    assert_int_equal(draw_run(&cx, &draw, &text), STATUS_CONFLICT);
    assert_int_equal(draw_close(&cx, &draw, &text), STATUS_CONFLICT);
    assert_int_equal(draw_read(&cx, golden, &draw), STATUS_OK);
    assert_int_equal(draw_run(&cx, &draw, &text), STATUS_CONFLICT);
    assert_int_equal(draw_read(&cx, lines(golden, 1, HEAD_LINES), &draw), STATUS_OK);
    assert_int_equal(draw_close(&cx, &draw, &text), STATUS_CONFLICT);
    assert_true(str_is_empty(text));
}

/* Over many seeds every applicant is drawn about equally often: chi-square with 7 degrees of
 * freedom stays below 24.3 but once in a thousand times; the seeds are fixed. */
static void test_everybody_has_the_same_chance(void **state) {
    (void)state;
    enum { ROUNDS = 4000 };
    int64_t won[APPLICANTS] = {0};
    Cx cx;
    Draw draw;
    cx_init(&cx, arena);
    assert_int_equal(draw_read(&cx, lines(golden, 1, PUBLIC_LINE), &draw), STATUS_OK);
    for (int round = 0; round < ROUNDS; round++) {
        Arena *scratch = arena_create();
        Cx own;
        Str drawn = STR_NONE;
        cx_init(&own, scratch);
        memcpy(draw.seed.bytes, &round, sizeof round);
        draw_commitment(&draw.seed, &draw.commitment);
        assert_int_equal(draw_list_digest(&own, &draw, &draw.list), STATUS_OK);
        assert_int_equal(draw_run(&own, &draw, &drawn), STATUS_OK);
        for (int i = 0; i < APPLICANTS; i++) {
            Str hex = seal_hex(scratch, (Str){(const char *)draw.applicants[i].bytes, 32});
            Str line = str_join(scratch, STR(" "), hex);
            size_t at = str_find(drawn, line, str_find(drawn, STR("\nwinner 1"), 0));
            won[i] += at < str_find(drawn, STR("\nwaiting 1"), 0);
        }
        arena_free(scratch);
    }
    int64_t expected = ROUNDS * draw.quota / APPLICANTS;
    int64_t sum = 0;
    for (int i = 0; i < APPLICANTS; i++) {
        sum += (won[i] - expected) * (won[i] - expected);
    }
    assert_true(sum * 10 < expected * 243);
}

static void test_a_hundred_thousand(void **state) {
    (void)state;
    enum { COUNT = 100000 };
    Buf *buf = buf_in(arena, 64 * 1024 * 1024);
    Cx cx;
    Draw draw;
    Str text = STR_NONE;
    Str words = STR_NONE;
    cx_init(&cx, arena);
    buf_put(buf, lines(golden, 1, HEAD_LINES));
    for (int i = 0; i < COUNT; i++) {
        uint8_t digest[SEAL_SM3_BYTES];
        seal_sm3((Str){(const char *)&i, sizeof i}, digest);
        buf_print(buf, "applicant " STR_FMT "\n",
                  STR_ARG(seal_hex(arena, (Str){(const char *)digest, sizeof digest})));
    }
    assert_int_equal(draw_read(&cx, buf_str(buf), &draw), STATUS_OK);
    assert_int_equal(draw_close(&cx, &draw, &text), STATUS_OK);
    text = str_join(arena, text, lines(golden, LIST_LINE + 1, PUBLIC_LINE));
    assert_int_equal(draw_read(&cx, text, &draw), STATUS_OK);
    assert_int_equal(draw_run(&cx, &draw, &text), STATUS_OK);
    assert_int_equal(verify(text, &words), STATUS_OK);
}

/* The command itself: what it prints is what it accepts, and its exit codes. */
static void test_command(void **state) {
    (void)state;
    static const struct {
        const char *line;
        int code;
    } rows[] = {
        {"draw verify tests/golden/draw/example.txt", 0},
        {"draw close tests/golden/draw/example.txt", 5},
        {"draw verify LICENSE", 2},
        {"draw verify tests/golden/draw/nothing.txt", 4},
        {"draw verify tests/golden/draw/example.txt LICENSE", 5},
        {"draw seed", 0},
        {"draw", 2},
        {"draw --help", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char command[300];
        (void)snprintf(command, sizeof command, "%s %s >/dev/null 2>&1", PROGRAM_PATH,
                       rows[i].line);
        int status = system(command);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != rows[i].code) {
            fail_msg("%s: %d", rows[i].line, WEXITSTATUS(status));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_another_program_agrees),
        cmocka_unit_test(test_order_of_the_list_does_not_matter),
        cmocka_unit_test(test_one_changed_byte_is_found),
        cmocka_unit_test(test_wrong_files_are_told),
        cmocka_unit_test(test_an_applicant_stands_once),
        cmocka_unit_test(test_what_was_published_stays),
        cmocka_unit_test(test_acts_out_of_turn),
        cmocka_unit_test(test_everybody_has_the_same_chance),
        cmocka_unit_test(test_a_hundred_thousand),
        cmocka_unit_test(test_command),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
