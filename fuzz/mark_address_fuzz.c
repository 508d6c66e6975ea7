/*
 * mark_address_fuzz.c - what people type as an address. The normal form is the same for the same
 * text in full width, in small letters and with a blank before each sign; it is UTF-8 and begins
 * with a town.
 */
#include "base/check.h"
#include "office/mark/mark.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static CityTown towns[] = {{.code = {"370784001", 9}, .name = {"兴安街道", 12}},
                           {.code = {"370784100", 9}, .name = {"景芝镇", 9}}};
static const City city = {.name = {"安丘市", 9},
                          .province = {"山东省", 9},
                          .prefecture = {"潍坊市", 9},
                          .towns = towns,
                          .town_count = 2};

/* The same address as another hand writes it. */
static Str rewritten(Arena *arena, Str text) {
    Buf *out = buf_in(arena, text.len * 8 + 8);
    for (size_t at = 0; at < text.len;) {
        uint32_t rune = str_rune(text, &at);
        bool is_letter = (rune >= 'A' && rune <= 'Z') || (rune >= '0' && rune <= '9');
        buf_put_c(out, rune == '-' ? " " : "");
        buf_put_rune(out, is_letter ? rune + 0xfee0 : rune);
    }
    return buf_str(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Str text = {(const char *)bytes, len};
    if (len > MARK_ADDRESS_BYTES_MAX / 4 || !str_is_utf8(text)) {
        return 0;
    }
    Arena *arena = arena_create();
    Str normal = mark_address_normal(arena, &city, STR("370784001"), text);
    Str other = mark_address_normal(arena, &city, STR("370784001"), rewritten(arena, text));
    check(str_equal(normal, other));
    check(str_is_utf8(normal));
    check(normal.len == 0 || str_starts(normal, STR("370784001:")) ||
          str_starts(normal, STR("370784100:")));
    arena_free(arena);
    return 0;
}
