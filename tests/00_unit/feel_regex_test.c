/*
 * feel_regex_test.c - regular expressions: what matches, what is refused, replace, split, limits.
 */
#include "feel/regex.h"
#include "test.h"

static Arena *arena;
static Cx cx;

static int setup(void **state) {
    (void)state;
    arena = arena_create();
    cx_init(&cx, arena);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

/* 1 match, 0 none, -1 refused. */
static int matches(const char *text, const char *pattern, const char *flags) {
    const Regex *regex = NULL;
    bool is_found = false;
    fault_clear(&cx);
    if (regex_compile(&cx, str_of(pattern), str_of(flags), &regex) != STATUS_OK) {
        return -1;
    }
    assert_int_equal(regex_matches(&cx, regex, str_of(text), &is_found), STATUS_OK);
    return is_found ? 1 : 0;
}

static void matching(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *pattern;
        const char *flags;
        int expected;
    } rows[] = {
        {"abracadabra", "bra", "", 1},
        {"abracadabra", "^a.*a$", "", 1},
        {"abracadabra", "^bra", "", 0},
        {"", "", "", 1},
        {"abc", "", "", 1},
        {"\nabcd\ndefg\n", "^$", "m", 1},
        {"abcd\n", "^$", "m", 0},
        {"abc\ndef", "^def$", "m", 1},
        {"abc\ndef", "^def$", "", 0},
        {"a\rb", "a.b", "", 0},
        {"a\rb", "a.b", "s", 1},
        {"abc", "ABC", "i", 1},
        {"\xE2\x84\xAA", "k", "i", 1}, /* KELVIN SIGN */
        {"x", "[A-Z-[OI]]", "i", 1},
        {"O", "[A-Z-[OI]]", "i", 0},
        {"i", "[A-Z-[OI]]", "i", 0},
        {"q", "[^Q]", "i", 0},
        {"aA", "(a)\\1", "i", 1},
        {"aA", "(a)\\1", "", 0},
        {"hello world", "he ll o[ ]worl d", "x", 1},
        {"hello world", "\\p{ I s B a s i c L a t i n }+", "x", 1},
        {"hello world", "\\p{ IsBasicLatin}+", "", -1},
        {"hello world", "hello\\ sworld", "x", 1},
        {"a.b", "a.b", "q", 1},
        {"axb", "a.b", "q", 0},
        {"A.B", "a.b", "qi", 1},
        {"安丘市", "^\\p{IsCJKUnifiedIdeographs}{3}$", "", 1},
        {"安丘市", "^.{3}$", "", 1},
        {"é", "^\\p{Ll}$", "", 1},
        {"é", "^\\P{Ll}$", "", 0},
        {"3", "\\d", "", 1},
        {"٣", "\\d", "", 1},
        {"_x", "^\\i\\c$", "", 1},
        {"-", "^\\i", "", 0},
        {"+", "\\w", "", 1},
        {"-", "\\w", "", 0},
        {"a b", "a\\sb", "", 1},
        {"ab", "[^\\S]", "", 0},
        {"a b", "[^\\S]", "", 1},
        {"abab", "^(ab){2}$", "", 1},
        {"ababab", "^(ab){2}$", "", 0},
        {"aaa", "^a{2,}$", "", 1},
        {"a", "^a{2,3}$", "", 0},
        {"foofoo", "^(?:foo)+$", "", 1},
        {"aaaa", "^(a*)*$", "", 1},
        {"aaab", "^(a|aa)+?b$", "", 1},
        {"-", "[a-]", "", 1},
        {"-", "[-a]", "", 1},
        {"]", "[\\]]", "", 1},
        {"^", "[a^]", "", 1},
        {"abcdefghijklk", "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)l\\11", "", 1},
        {"ab1", "(a)(b)\\11", "", 0},
        {"aba1", "(a)(b)\\11", "", 1},
        {"b", "(a)?b\\1", "", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int got = matches(rows[i].text, rows[i].pattern, rows[i].flags);
        if (got != rows[i].expected) {
            fail_msg("matches(%s, %s, %s) gave %d", rows[i].text, rows[i].pattern, rows[i].flags,
                     got);
        }
    }
}

static void refusals(void **state) {
    (void)state;
    static const char *const rows[] = {
        "(",     ")",       "[",          "[]",      "[^]",       "a**",   "*a",
        "+",     "a{2",     "a{",         "a{2,1}",  "a{,2}",     "}",     "]",
        "\\",    "\\q",     "\\1",        "(a)\\2",  "(a\\1)",    "[\\1]", "(asd)[asd\\0]",
        "[z-a]", "[a-c-e]", "[a-z-[b]c]", "\\p{Xx}", "\\p{IsNo}", "\\pL",  "\\p{L",
        "(?=a)", "[a-\\d]", "(?i)a",      "a|*",     "[a[b]]",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (matches("abc", rows[i], "") != -1) {
            fail_msg("taken: %s", rows[i]);
        }
        assert_int_equal(cx.fault.status, STATUS_INVALID);
        assert_true(cx.fault.column >= 1);
    }
    assert_int_equal(matches("abc", "a", "p"), -1);
    assert_int_equal(matches("abc", "a", " "), -1);
}

static const char *replaced(const char *text, const char *pattern, const char *replacement,
                            const char *flags) {
    const Regex *regex = NULL;
    Str out = STR_NONE;
    fault_clear(&cx);
    assert_int_equal(regex_compile(&cx, str_of(pattern), str_of(flags), &regex), STATUS_OK);
    Status status = regex_replace(&cx, regex, str_of(text), str_of(replacement), &out);
    return status == STATUS_OK ? str_c(arena, out) : "(refused)";
}

static void replacing(void **state) {
    (void)state;
    static const char *const rows[][5] = {
        {"abracadabra", "bra", "*", "", "a*cada*"},
        {"abracadabra", "a.*a", "*", "", "*"},
        {"abracadabra", "a.*?a", "*", "", "*c*bra"},
        {"abracadabra", "a", "", "", "brcdbr"},
        {"abracadabra", "a(.)", "a$1$1", "", "abbraccaddabbra"},
        {"abracadabra", ".*?", "$1", "", "(refused)"},
        {"AAAA", "A+", "b", "", "b"},
        {"AAAA", "A+?", "b", "", "bbbb"},
        {"darted", "^(.*?)d(.*)$", "$1c$2", "", "carted"},
        {"abc", "b", "[$0]", "", "a[b]c"},
        {"abc", "(b)", "$12", "", "ab2c"},
        {"abc", "b", "$5", "", "ac"},
        {"abc", "b", "\\$\\\\", "", "a$\\c"},
        {"abc", "b", "$", "", "(refused)"},
        {"abc", "b", "$x", "", "(refused)"},
        {"abc", "b", "\\x", "", "(refused)"},
        {"a.c", ".", "$1", "q", "a$1c"},
        {"补贴百分之二十", "百分之(二十)", "$1%", "", "补贴二十%"},
        {"", "a", "b", "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(replaced(rows[i][0], rows[i][1], rows[i][2], rows[i][3]), rows[i][4]);
    }
}

static void splitting(void **state) {
    (void)state;
    const Regex *regex = NULL;
    RegexPieces pieces = {0};
    assert_int_equal(regex_compile(&cx, STR(";"), STR(""), &regex), STATUS_OK);
    assert_int_equal(regex_split(&cx, regex, STR("a;b;c;;"), &pieces), STATUS_OK);
    assert_int_equal(pieces.count, 5);
    assert_true(str_equal(pieces.items[2], STR("c")));
    assert_int_equal(pieces.items[4].len, 0);
    assert_int_equal(regex_split(&cx, regex, STR("abc"), &pieces), STATUS_OK);
    assert_int_equal(pieces.count, 1);
    assert_int_equal(regex_split(&cx, regex, STR(""), &pieces), STATUS_OK);
    assert_int_equal(pieces.count, 0);
    assert_int_equal(regex_compile(&cx, STR(";*"), STR(""), &regex), STATUS_OK);
    assert_int_equal(regex_split(&cx, regex, STR("a"), &pieces), STATUS_INVALID);
}

static void limits(void **state) {
    (void)state;
    const Regex *regex = NULL;
    bool is_found = false;
    /* Exponential backtracking ends at the step limit. */
    assert_int_equal(regex_compile(&cx, STR("^(a+)+$"), STR(""), &regex), STATUS_OK);
    assert_int_equal(
        regex_matches(&cx, regex, STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"), &is_found),
        STATUS_LIMIT);
    fault_clear(&cx);
    assert_int_equal(regex_compile(&cx, STR("((a{1000}){1000}){1000}"), STR(""), &regex),
                     STATUS_LIMIT);
    fault_clear(&cx);
    assert_int_equal(regex_compile(&cx, STR("a{65536}"), STR(""), &regex), STATUS_LIMIT);
    fault_clear(&cx);
    char deep[2001];
    for (size_t i = 0; i < 1000; i++) {
        deep[i] = '(';
        deep[1000 + i] = ')';
    }
    deep[2000] = '\0';
    assert_int_equal(regex_compile(&cx, str_of(deep), STR(""), &regex), STATUS_LIMIT);
    for (size_t i = 0; i < 2000; i++) {
        deep[i] = '[';
    }
    fault_clear(&cx);
    assert_int_equal(regex_compile(&cx, str_of(deep), STR(""), &regex), STATUS_INVALID);
}

/* Each step of compiling and searching may be the last: it ends with LIMIT and nothing else. */
static void every_step_can_fail(void **state) {
    (void)state;
    Status status = STATUS_LIMIT;
    for (uint64_t n = 1; status == STATUS_LIMIT; n++) {
        assert_true(n < 1000);
        const Regex *regex = NULL;
        Str out = STR_NONE;
        cx_init(&cx, arena);
        cx.step_fail_at = n;
        status = regex_compile(&cx, STR("(a|b)+[c-e-[d]]?"), STR("i"), &regex);
        if (status == STATUS_OK) {
            status = regex_replace(&cx, regex, STR("xABcy"), STR("$1"), &out);
        }
        assert_true(status == STATUS_LIMIT || str_equal(out, STR("xBy")));
    }
    assert_int_equal(status, STATUS_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(matching, setup, teardown),
        cmocka_unit_test_setup_teardown(refusals, setup, teardown),
        cmocka_unit_test_setup_teardown(replacing, setup, teardown),
        cmocka_unit_test_setup_teardown(splitting, setup, teardown),
        cmocka_unit_test_setup_teardown(limits, setup, teardown),
        cmocka_unit_test_setup_teardown(every_step_can_fail, setup, teardown),
    };
    return cmocka_run_group_tests_name("feel_regex", tests, NULL, NULL);
}
