/*
 * feel_regex_fuzz.c - pattern, flags and text from one input, cut at line ends.
 */
#include "feel/regex.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Str rest = {(const char *)bytes, len};
    if (!str_is_utf8(rest)) {
        return 0;
    }
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    cx.step_max = 200000;
    cx.bytes_max = 64 * 1024 * 1024;
    Str pattern = str_cut(&rest, '\n');
    Str flags = str_cut(&rest, '\n');
    Str replacement = str_cut(&rest, '\n');
    const Regex *regex = NULL;
    if (regex_compile(&cx, pattern, flags, &regex) == STATUS_OK) {
        bool is_found = false;
        Str out = STR_NONE;
        RegexPieces pieces = {0};
        (void)!regex_matches(&cx, regex, rest, &is_found);
        (void)!regex_replace(&cx, regex, rest, replacement, &out);
        (void)!regex_split(&cx, regex, rest, &pieces);
    }
    arena_free(arena);
    return 0;
}
