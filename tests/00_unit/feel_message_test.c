/* feel_message_test.c - the catalogue: each row has a code of its own, words and hints in both
 * languages, and names the same things in both. */
#include "feel/message.h"
#include "test.h"

static FeelDiagnostic sample(int message) {
    return (FeelDiagnostic){
        .message = message, .source = STR("a + b"), .text = {STR("<one>"), STR("<two>")}};
}

static void test_rows(void **state) {
    (void)state;
    Arena *arena = arena_create();
    for (int i = 0; i < FEEL_MESSAGE_COUNT; i++) {
        FeelDiagnostic one = sample(i);
        Str chinese = feel_diagnostic_text(arena, &one, FEEL_CHINESE);
        Str english = feel_diagnostic_text(arena, &one, FEEL_ENGLISH);
        assert_true(str_starts(feel_diagnostic_code(&one), STR("feel.")));
        assert_true(str_is_utf8(chinese));
        assert_false(str_contains(chinese, STR("{")));
        assert_false(str_contains(english, STR("{")));
        assert_false(str_equal(chinese, english));
        assert_int_equal(str_contains(chinese, STR("<one>")), str_contains(english, STR("<one>")));
        assert_int_equal(str_contains(chinese, STR("<two>")), str_contains(english, STR("<two>")));
        assert_true(feel_diagnostic_hint(&one, FEEL_CHINESE).len > 0);
        assert_true(feel_diagnostic_hint(&one, FEEL_ENGLISH).len > 0);
        for (int j = 0; j < i; j++) {
            FeelDiagnostic other = sample(j);
            assert_false(str_equal(feel_diagnostic_code(&one), feel_diagnostic_code(&other)));
        }
    }
    arena_free(arena);
}

/* A text of a megabyte makes a message of a line. */
static void test_long_text(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Buf *buf = buf_in(arena, 4 * 1024 * 1024);
    while (buf->len < 1024 * 1024) {
        buf_put(buf, STR("补贴"));
    }
    FeelDiagnostic one = sample(FEEL_SAY_UNKNOWN_NAME);
    one.text[0] = buf_str(buf);
    Str text = feel_diagnostic_text(arena, &one, FEEL_CHINESE);
    assert_true(text.len < 500);
    assert_true(str_is_utf8(text));
    assert_true(str_contains(text, STR("...")));
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_long_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
