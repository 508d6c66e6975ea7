/*
 * codes.h - numbers that the state and trade give to people, firms, goods and papers: checking,
 * cleaning, masking, and clearly marked numbers for the demo city.
 *
 * It says whether a number is well formed, never whether it was really issued: that is a question
 * to the register that issued it. Each check expects text cleaned by codes_clean or codes_digits
 * (upper case, ASCII) and reports INVALID at the given field with a Chinese sentence and a hint.
 * Messages never repeat the number: it may be personal data.
 * Ownership: arguments are borrowed; results live in the arena passed.
 */
#ifndef HUANXIN_BASE_CODES_H
#define HUANXIN_BASE_CODES_H

#include "base/cx.h"
#include "base/day.h"

enum {
    CODES_ID_LEN = 18,
    CODES_USCC_LEN = 18,
    CODES_VIN_LEN = 17,
    CODES_IMEI_LEN = 15,
    CODES_MOBILE_LEN = 11,
    CODES_CARD_LEN_MIN = 13,
    CODES_CARD_LEN_MAX = 19,
    CODES_SERIAL_LEN_MIN = 4,
    CODES_SERIAL_LEN_MAX = 40,
};

/* ---- cleaning ---- */

/* Cuts white space at both ends, turns full-width ASCII (U+FF01..U+FF5E) into ASCII and ASCII
 * letters into upper case. Other characters stay. O(n). */
Str codes_clean(Arena *arena, Str text);
/* As codes_clean, and drops spaces and hyphens inside, for numbers printed in groups
 * ("138 0013 8000", "6222-0200-..."). O(n). */
Str codes_digits(Arena *arena, Str text);

/* ---- people ---- */

/* Checks a resident identity number: 17 digits and a check character 0-9 or X; a province code in
 * front; a birth date that exists, from 1900 on; check character by MOD 11-2. Does not look the
 * county up: counties come and go, people keep their number. Source: GB 11643-1999. */
MUST_CHECK Status codes_id_check(Cx *cx, const char *field, Str id);
/* Returns the birth date of a checked number. */
Day codes_id_birthday(Str id);
/* True when the 17th digit of a checked number is odd. Source: GB 11643-1999. */
bool codes_id_is_male(Str id);
/* Full years of age on a day (a birthday on 29 February is reached on 1 March in common years);
 * negative before birth. The number is checked. Source: 民法典 art. 200, 1259 (full years). */
int32_t codes_id_age_on(Str id, Day day);
/* Checks a mobile number of mainland China: 11 digits, 1, then 3 to 9.
 * Source: 电信网编号计划 (2017), number segments. */
MUST_CHECK Status codes_mobile_check(Cx *cx, const char *field, Str mobile);
/* Checks a bank card number: 13 to 19 digits, Luhn. Source: ISO/IEC 7812-1. */
MUST_CHECK Status codes_card_check(Cx *cx, const char *field, Str card);

/* ---- firms ---- */

/* Checks a unified social credit code: 18 characters of 0-9 and A-Z without I, O, S, V, Z; a
 * six-digit division; check character by MOD 31 over weights 3^(i-1). Source: GB 32100-2015. */
MUST_CHECK Status codes_uscc_check(Cx *cx, const char *field, Str uscc);

/* ---- vehicles ---- */

/* X(name, sentence in Chinese, hint) */
#define CODES_VIN_RULE_LIST(X)                                                                     \
    X(OK, "", "")                                                                                  \
    X(LENGTH, "车辆识别代号应为17位", "请对照机动车登记证书逐位填写")                              \
    X(CHARACTER, "车辆识别代号只能用数字和大写字母,且不含I、O、Q", "请检查是否把1写成I、0写成O")   \
    X(YEAR, "车辆识别代号第10位(年份)不能是U、Z或0", "请对照机动车登记证书检查第10位")             \
    X(SERIAL, "车辆识别代号最后3位应为数字", "请对照机动车登记证书检查末尾几位")                   \
    X(CHECK_DIGIT, "车辆识别代号第9位校验不符",                                                    \
      "请逐位核对;部分进口车没有校验位,确认无误后可转人工复核")

typedef enum CodesVinRule {
#define X(name, sentence, hint) CODES_VIN_##name,
    CODES_VIN_RULE_LIST(X)
#undef X
} CodesVinRule;

/* Returns the first rule that a vehicle identification number breaks. CHECK_DIGIT is last and
 * alone may be overruled by a person: imports from places without the check digit fail it.
 * Source: GB 16735-2019 (positions and letters), ISO 3779 and 49 CFR 565 (weights). */
CodesVinRule codes_vin_rule(Str vin);
/* INVALID, with the sentence of the rule broken, unless codes_vin_rule says OK. */
MUST_CHECK Status codes_vin_check(Cx *cx, const char *field, Str vin);

typedef enum CodesPlateKind {
    CODES_PLATE_NONE,             /* not a plate */
    CODES_PLATE_ORDINARY,         /* province, letter, 5 of letters and digits */
    CODES_PLATE_SPECIAL,          /* as ordinary, last one of 学 挂 警 港 澳 */
    CODES_PLATE_NEW_ENERGY_SMALL, /* 6: D or F family first, then letter or digit, 4 digits */
    CODES_PLATE_NEW_ENERGY_LARGE, /* 6: 5 digits, D or F family last */
} CodesPlateKind;

/* Says what kind of number plate a text has the shape of; a "·" after the second character is
 * allowed. D A B C E stand for battery-electric, F G H J K for other new energy.
 * Source: GA 36-2018 (the letters beyond D and F are from general knowledge, to be confirmed). */
CodesPlateKind codes_plate_kind(Str plate);
/* INVALID when codes_plate_kind says NONE. */
MUST_CHECK Status codes_plate_check(Cx *cx, const char *field, Str plate);
/* True for the two new-energy kinds. The plate decides "new energy" in the 2024 and 2025
 * replacement scheme of 山东. */
bool codes_plate_is_new_energy(Str plate);

/* ---- goods and papers ---- */

/* Checks a GTIN of 8, 12, 13 or 14 digits by its check digit (weights 3 and 1 from the right).
 * Source: GB 12904-2008, GS1 General Specifications. */
MUST_CHECK Status codes_gtin_check(Cx *cx, const char *field, Str gtin);
/* Checks an IMEI: 15 digits, Luhn. Source: 3GPP TS 23.003 annex B. */
MUST_CHECK Status codes_imei_check(Cx *cx, const char *field, Str imei);
/* Checks the shape of a maker's serial number: 4 to 40 printable ASCII characters, no space, not
 * one character repeated. */
MUST_CHECK Status codes_serial_check(Cx *cx, const char *field, Str serial);
/* Checks the number of a fully digital invoice: 20 digits, not all alike. It has no check digit.
 * Source: announcements of the tax administration on 数电票 (digits 1-2 year, 3-4 region). */
MUST_CHECK Status codes_invoice_check(Cx *cx, const char *field, Str number);

typedef struct CodesPaperInvoice {
    Str code;   /* 发票代码: 10 or 12 digits */
    Str number; /* 发票号码: 8 digits */
} CodesPaperInvoice;

/* Checks a paper invoice (also the car sales invoice of before the digital one). */
MUST_CHECK Status codes_paper_invoice_check(Cx *cx, const char *field, CodesPaperInvoice invoice);

/* ---- masking: for pages, lists and exports; any text of unexpected length is wholly starred ----
 */

/* "370784********123X" */
Str codes_id_mask(Arena *arena, Str id);
/* "138****1234" */
Str codes_mobile_mask(Arena *arena, Str mobile);
/* First 4 and last 4 digits. */
Str codes_card_mask(Arena *arena, Str card);
/* First character and one star for each further one: "张*", "欧***". */
Str codes_name_mask(Arena *arena, Str name);
/* Last 4 characters: for serial numbers, VIN, IMEI and invoice numbers on public pages. */
Str codes_tail_mask(Arena *arena, Str code);

/* ---- numbers of the demo city (演示): valid by their check digit, from ranges nobody has ---- */

/* Division 370799 is not assigned in GB/T 2260. */
#define CODES_DEMO_DIVISION "370799"

/* An identity number of the demo city; sequence 0..499 per birthday and sex. */
Str codes_demo_id(Arena *arena, Day birthday, bool is_male, uint32_t sequence);
/* A mobile number in segment 154, which is not in public use as far as known (not verified; in the
 * demo city no message is ever sent). sequence 0..99,999,999. */
Str codes_demo_mobile(Arena *arena, uint32_t sequence);
/* A 19-digit card number with issuer 999999: country 999 is user-assigned in ISO 3166-1, so no
 * bank has it (ISO/IEC 7812-1, first digit 9). */
Str codes_demo_card(Arena *arena, uint32_t sequence);
/* A code of a firm in division 370799; sequence 0..99,999,999. */
Str codes_demo_uscc(Arena *arena, uint32_t sequence);
/* A GTIN-13 with prefix 20: restricted circulation, never given to a product on sale (GS1). */
Str codes_demo_gtin(Arena *arena, uint32_t sequence);
/* A VIN that begins with 0, which no region has (ISO 3780); year is the model year 2001..2030. */
Str codes_demo_vin(Arena *arena, int32_t year, uint32_t sequence);
/* An IMEI that begins with 00: reporting body "test" (GSMA TS.06). */
Str codes_demo_imei(Arena *arena, uint32_t sequence);
/* True when a checked identity number, mobile number, card, firm code, GTIN-13, VIN or IMEI is from
 * the ranges above, so that a server in production refuses it. */
bool codes_is_demo(Str code);

#endif
