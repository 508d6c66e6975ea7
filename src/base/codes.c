/* Order: helpers, cleaning, people, firms, vehicles, goods and papers, masking, demo numbers. */
#include "base/codes.h"

#include "base/buf.h"

#include <string.h>

/* ---- helpers ---- */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

static uint32_t digit_value(char c) {
    check(is_digit(c));
    return (uint32_t)(c - '0');
}

static bool all_digits(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.at[i])) {
            return false;
        }
    }
    return text.len > 0;
}

static bool all_alike(Str text) {
    for (size_t i = 1; i < text.len; i++) {
        if (text.at[i] != text.at[0]) {
            return false;
        }
    }
    return true;
}

static int32_t number_at(Str text, size_t from, size_t len) {
    check(from + len <= text.len);
    int32_t number = 0;
    for (size_t i = from; i < from + len; i++) {
        number = number * 10 + (int32_t)digit_value(text.at[i]);
    }
    return number;
}

static Status refuse(Cx *cx, const char *field, const char *sentence, const char *hint) {
    (void)fault_at_field(cx, STATUS_INVALID, field, "%s", sentence);
    fault_hint(cx, "%s", hint);
    return STATUS_INVALID;
}

/* The Luhn sum of digits; the last one counts once, the one before twice, and so on. */
static uint32_t luhn_sum(Str digits) {
    uint32_t sum = 0;
    for (size_t i = 0; i < digits.len; i++) {
        uint32_t value = digit_value(digits.at[digits.len - 1 - i]);
        uint32_t twice = value * 2;
        sum += i % 2 == 0 ? value : twice > 9 ? twice - 9 : twice;
    }
    return sum;
}

/* ---- cleaning ---- */

static uint32_t rune_clean(uint32_t rune) {
    if (rune >= 0xff01 && rune <= 0xff5e) {
        rune -= 0xfee0;
    }
    return rune >= 'a' && rune <= 'z' ? rune - 'a' + 'A' : rune;
}

static bool rune_is_gap(uint32_t rune) {
    return rune == ' ' || rune == '\t' || rune == 0x3000 || rune == 0xa0 || rune == '-' ||
           rune == 0x2010 || rune == 0x2013 || rune == 0x2014;
}

/* Cleaning never makes text longer, so the copy has room. */
static Str clean(Arena *arena, Str text, bool drops_gaps) {
    text = str_trim(text);
    char *out = arena_alloc(arena, text.len + 4);
    size_t len = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t rune = rune_clean(str_rune(text, &at));
        if (!drops_gaps || !rune_is_gap(rune)) {
            char bytes[4];
            size_t bytes_len = str_rune_put(rune, bytes);
            /* An ill-formed byte became U+FFFD, which is longer: keep it as "?". */
            if (rune == 0xfffd) {
                bytes[0] = '?';
                bytes_len = 1;
            }
            memcpy(out + len, bytes, bytes_len);
            len += bytes_len;
        }
    }
    check(len <= text.len);
    return (Str){out, len};
}

Str codes_clean(Arena *arena, Str text) {
    return clean(arena, text, false);
}

Str codes_digits(Arena *arena, Str text) {
    return clean(arena, text, true);
}

/* ---- people ---- */

/* Province-level codes of GB/T 2260, and 91 for foreigners with permanent residence. */
static bool is_province(int32_t code) {
    static const uint8_t codes[] = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                                    35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                                    53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83, 91};
    for (size_t i = 0; i < sizeof codes; i++) {
        if (codes[i] == code) {
            return true;
        }
    }
    return false;
}

/* MOD 11-2 of ISO/IEC 7064 over the first 17 digits. */
static char id_check_char(Str id) {
    check(id.len >= 17);
    static const uint8_t weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    uint32_t sum = 0;
    for (size_t i = 0; i < 17; i++) {
        sum += digit_value(id.at[i]) * weights[i];
    }
    return "10X98765432"[sum % 11];
}

static DayParts id_birth_parts(Str id) {
    return (DayParts){number_at(id, 6, 4), number_at(id, 10, 2), number_at(id, 12, 2)};
}

Status codes_id_check(Cx *cx, const char *field, Str id) {
    if (id.len != CODES_ID_LEN) {
        return refuse(cx, field, "身份证号码应为18位", "请对照居民身份证逐位填写");
    }
    char last = id.at[17];
    if (!all_digits(str_slice(id, 0, 17)) || !(is_digit(last) || last == 'X')) {
        return refuse(cx, field, "身份证号码前17位应为数字,最后一位为数字或X",
                      "请对照居民身份证逐位填写");
    }
    if (!is_province(number_at(id, 0, 2))) {
        return refuse(cx, field, "身份证号码开头的地区代码不存在", "请检查前6位");
    }
    DayParts birth = id_birth_parts(id);
    if (birth.year < 1900 || !day_is_valid(birth)) {
        return refuse(cx, field, "身份证号码中的出生日期不存在", "请检查第7至14位(年月日)");
    }
    if (id_check_char(id) != last) {
        return refuse(cx, field, "身份证号码校验不符,可能有一位写错或两位颠倒",
                      "请对照居民身份证逐位核对");
    }
    return STATUS_OK;
}

Day codes_id_birthday(Str id) {
    check(id.len == CODES_ID_LEN);
    return day_of(id_birth_parts(id));
}

bool codes_id_is_male(Str id) {
    check(id.len == CODES_ID_LEN);
    return digit_value(id.at[16]) % 2 == 1;
}

int32_t codes_id_age_on(Str id, Day day) {
    check(id.len == CODES_ID_LEN);
    DayParts birth = id_birth_parts(id);
    DayParts now = day_parts(day);
    bool before_birthday =
        now.month < birth.month || (now.month == birth.month && now.day < birth.day);
    return now.year - birth.year - (before_birthday ? 1 : 0);
}

Status codes_mobile_check(Cx *cx, const char *field, Str mobile) {
    if (mobile.len != CODES_MOBILE_LEN || !all_digits(mobile)) {
        return refuse(cx, field, "手机号码应为11位数字", "请填写11位手机号码,不加区号和+86");
    }
    if (mobile.at[0] != '1' || mobile.at[1] < '3') {
        return refuse(cx, field, "手机号码应以13至19开头", "请检查前两位;固定电话不能接收短信");
    }
    return STATUS_OK;
}

Status codes_card_check(Cx *cx, const char *field, Str card) {
    if (!all_digits(card) || card.len < CODES_CARD_LEN_MIN || card.len > CODES_CARD_LEN_MAX) {
        return refuse(cx, field, "银行卡号应为13至19位数字", "请对照银行卡正面的卡号填写");
    }
    if (luhn_sum(card) % 10 != 0 || all_alike(card)) {
        return refuse(cx, field, "银行卡号校验不符,可能有一位写错", "请对照银行卡逐位核对");
    }
    return STATUS_OK;
}

/* ---- firms ---- */

static const char USCC_ALPHABET[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/* The place of a character in the 31 of GB 32100, or 31 when it is not one of them. */
static uint32_t uscc_value(char c) {
    const char *hit = c == '\0' ? NULL : strchr(USCC_ALPHABET, c);
    return hit == NULL ? 31 : (uint32_t)(hit - USCC_ALPHABET);
}

static char uscc_check_char(Str uscc) {
    check(uscc.len >= 17);
    uint32_t sum = 0;
    uint32_t weight = 1;
    for (size_t i = 0; i < 17; i++) {
        sum += uscc_value(uscc.at[i]) * weight;
        weight = weight * 3 % 31;
    }
    return USCC_ALPHABET[(31 - sum % 31) % 31];
}

Status codes_uscc_check(Cx *cx, const char *field, Str uscc) {
    if (uscc.len != CODES_USCC_LEN) {
        return refuse(cx, field, "统一社会信用代码应为18位", "请对照营业执照填写");
    }
    for (size_t i = 0; i < uscc.len; i++) {
        if (uscc_value(uscc.at[i]) == 31) {
            return refuse(cx, field, "统一社会信用代码只能用数字和大写字母,且不含I、O、S、V、Z",
                          "请检查是否把1写成I、0写成O、5写成S、2写成Z");
        }
    }
    if (!all_digits(str_slice(uscc, 2, 6))) {
        return refuse(cx, field, "统一社会信用代码第3至8位(地区)应为数字", "请对照营业执照填写");
    }
    if (uscc_check_char(uscc) != uscc.at[17]) {
        return refuse(cx, field, "统一社会信用代码校验不符,可能有一位写错",
                      "请对照营业执照逐位核对");
    }
    return STATUS_OK;
}

/* ---- vehicles ---- */

/* The value of a letter or digit in the VIN sum; 0 also stands for what may not occur. */
static uint32_t vin_value(char c) {
    static const uint8_t values[26] = {1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4,
                                       5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9};
    return is_digit(c) ? digit_value(c) : values[c - 'A'];
}

static char vin_check_char(Str vin) {
    check(vin.len == CODES_VIN_LEN);
    static const uint8_t weights[17] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    uint32_t sum = 0;
    for (size_t i = 0; i < CODES_VIN_LEN; i++) {
        sum += vin_value(vin.at[i]) * weights[i];
    }
    return "0123456789X"[sum % 11];
}

static bool vin_has_only_its_characters(Str vin) {
    for (size_t i = 0; i < vin.len; i++) {
        char c = vin.at[i];
        if (!is_digit(c) && (!is_upper(c) || c == 'I' || c == 'O' || c == 'Q')) {
            return false;
        }
    }
    return true;
}

CodesVinRule codes_vin_rule(Str vin) {
    if (vin.len != CODES_VIN_LEN) {
        return CODES_VIN_LENGTH;
    }
    if (!vin_has_only_its_characters(vin)) {
        return CODES_VIN_CHARACTER;
    }
    char year = vin.at[9];
    if (year == 'U' || year == 'Z' || year == '0') {
        return CODES_VIN_YEAR;
    }
    if (!all_digits(str_from(vin, 14))) {
        return CODES_VIN_SERIAL;
    }
    return vin_check_char(vin) == vin.at[8] ? CODES_VIN_OK : CODES_VIN_CHECK_DIGIT;
}

Status codes_vin_check(Cx *cx, const char *field, Str vin) {
    static const struct {
        const char *sentence;
        const char *hint;
    } rows[] = {
#define X(name, sentence, hint) {sentence, hint},
        CODES_VIN_RULE_LIST(X)
#undef X
    };
    CodesVinRule rule = codes_vin_rule(vin);
    if (rule == CODES_VIN_OK) {
        return STATUS_OK;
    }
    check((size_t)rule < sizeof rows / sizeof rows[0]);
    return refuse(cx, field, rows[rule].sentence, rows[rule].hint);
}

static bool is_plate_letter(char c) {
    return is_upper(c) && c != 'I' && c != 'O';
}

static bool is_plate_char(char c) {
    return is_digit(c) || is_plate_letter(c);
}

static bool is_new_energy_letter(char c) {
    return (c >= 'A' && c <= 'H') || c == 'J' || c == 'K';
}

/* Takes the province character off the front; false when there is none. */
static bool plate_cut_province(Str *plate) {
    static const char provinces[] =
        "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新";
    enum { HAN_BYTES = 3 };
    Str head = str_slice(*plate, 0, HAN_BYTES);
    for (size_t at = 0; at + HAN_BYTES < sizeof provinces; at += HAN_BYTES) {
        if (str_equal(head, (Str){provinces + at, HAN_BYTES})) {
            *plate = str_from(*plate, HAN_BYTES);
            return true;
        }
    }
    return false;
}

static CodesPlateKind plate_kind_of_six(Str six) {
    if (is_new_energy_letter(six.at[0]) && is_plate_char(six.at[1]) &&
        all_digits(str_from(six, 2))) {
        return CODES_PLATE_NEW_ENERGY_SMALL;
    }
    if (all_digits(str_slice(six, 0, 5)) && is_new_energy_letter(six.at[5])) {
        return CODES_PLATE_NEW_ENERGY_LARGE;
    }
    return CODES_PLATE_NONE;
}

static bool all_plate_chars(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!is_plate_char(text.at[i])) {
            return false;
        }
    }
    return true;
}

static bool is_special_ending(Str ending) {
    return str_equal(ending, STR("学")) || str_equal(ending, STR("挂")) ||
           str_equal(ending, STR("警")) || str_equal(ending, STR("港")) ||
           str_equal(ending, STR("澳"));
}

CodesPlateKind codes_plate_kind(Str plate) {
    if (!plate_cut_province(&plate) || plate.len < 2 || !is_plate_letter(plate.at[0])) {
        return CODES_PLATE_NONE;
    }
    Str rest = str_from(plate, 1);
    if (str_starts(rest, STR("·"))) {
        rest = str_from(rest, STR("·").len);
    }
    if (rest.len == 5 && all_plate_chars(rest)) {
        return CODES_PLATE_ORDINARY;
    }
    if (rest.len == 6) {
        return plate_kind_of_six(rest);
    }
    bool is_special = rest.len == 7 && all_plate_chars(str_slice(rest, 0, 4)) &&
                      is_special_ending(str_from(rest, 4));
    return is_special ? CODES_PLATE_SPECIAL : CODES_PLATE_NONE;
}

Status codes_plate_check(Cx *cx, const char *field, Str plate) {
    if (codes_plate_kind(plate) == CODES_PLATE_NONE) {
        return refuse(cx, field, "号牌号码格式不符",
                      "普通号牌如鲁G加5位,新能源号牌如鲁GD加5位;字母不含I和O");
    }
    return STATUS_OK;
}

bool codes_plate_is_new_energy(Str plate) {
    CodesPlateKind kind = codes_plate_kind(plate);
    return kind == CODES_PLATE_NEW_ENERGY_SMALL || kind == CODES_PLATE_NEW_ENERGY_LARGE;
}

/* ---- goods and papers ---- */

/* The check digit that belongs behind body. */
static char gtin_check_char(Str body) {
    uint32_t sum = 0;
    for (size_t i = 0; i < body.len; i++) {
        sum += digit_value(body.at[body.len - 1 - i]) * (i % 2 == 0 ? 3 : 1);
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

Status codes_gtin_check(Cx *cx, const char *field, Str gtin) {
    bool has_a_length = gtin.len == 8 || (gtin.len >= 12 && gtin.len <= 14);
    if (!has_a_length || !all_digits(gtin)) {
        return refuse(cx, field, "商品条码应为8、12、13或14位数字", "请扫描或照抄包装上的条码数字");
    }
    char last = gtin.at[gtin.len - 1];
    if (gtin_check_char(str_slice(gtin, 0, gtin.len - 1)) != last || all_alike(gtin)) {
        return refuse(cx, field, "商品条码校验不符,可能有一位写错", "请重新扫描条码");
    }
    return STATUS_OK;
}

Status codes_imei_check(Cx *cx, const char *field, Str imei) {
    if (imei.len != CODES_IMEI_LEN || !all_digits(imei)) {
        return refuse(cx, field, "IMEI应为15位数字", "在手机上拨*#06#可以查看IMEI");
    }
    if (luhn_sum(imei) % 10 != 0 || all_alike(imei)) {
        return refuse(cx, field, "IMEI校验不符,可能有一位写错", "在手机上拨*#06#重新核对");
    }
    return STATUS_OK;
}

Status codes_serial_check(Cx *cx, const char *field, Str serial) {
    if (serial.len < CODES_SERIAL_LEN_MIN || serial.len > CODES_SERIAL_LEN_MAX) {
        return refuse(cx, field, "序列号(SN)应为4至40位", "请扫描或照抄机身铭牌上的序列号");
    }
    for (size_t i = 0; i < serial.len; i++) {
        if (serial.at[i] <= ' ' || serial.at[i] > '~') {
            return refuse(cx, field, "序列号(SN)只能用字母、数字和常用符号,不含空格和汉字",
                          "请扫描或照抄机身铭牌上的序列号");
        }
    }
    if (all_alike(serial)) {
        return refuse(cx, field, "序列号(SN)不能全部是同一个字符", "请照抄机身铭牌上的序列号");
    }
    return STATUS_OK;
}

Status codes_invoice_check(Cx *cx, const char *field, Str number) {
    if (number.len != 20 || !all_digits(number)) {
        return refuse(cx, field, "数电发票号码应为20位数字",
                      "请照抄发票右上角的发票号码;纸质发票请同时填写发票代码");
    }
    if (all_alike(number)) {
        return refuse(cx, field, "数电发票号码不能全部是同一个数字", "请照抄发票右上角的发票号码");
    }
    return STATUS_OK;
}

Status codes_paper_invoice_check(Cx *cx, const char *field, CodesPaperInvoice invoice) {
    if ((invoice.code.len != 10 && invoice.code.len != 12) || !all_digits(invoice.code)) {
        return refuse(cx, field, "纸质发票的发票代码应为10位或12位数字",
                      "请照抄发票左上角的发票代码");
    }
    if (invoice.number.len != 8 || !all_digits(invoice.number)) {
        return refuse(cx, field, "纸质发票的发票号码应为8位数字", "请照抄发票右上角的发票号码");
    }
    return STATUS_OK;
}

/* ---- masking ---- */

/* Keeps head and tail bytes of ASCII text and stars the rest; stars all when little would remain.
 */
static Str mask(Arena *arena, Str text, size_t head, size_t tail) {
    char *out = arena_alloc(arena, text.len + 1);
    bool is_safe = text.len >= head + tail + 4;
    for (size_t i = 0; i < text.len; i++) {
        bool is_shown = is_safe && (i < head || i + tail >= text.len) && text.at[i] > 0;
        out[i] = is_shown ? text.at[i] : '*';
    }
    return (Str){out, text.len};
}

Str codes_id_mask(Arena *arena, Str id) {
    return id.len == CODES_ID_LEN ? mask(arena, id, 6, 4) : mask(arena, id, id.len, 0);
}

Str codes_mobile_mask(Arena *arena, Str mobile) {
    return mobile.len == CODES_MOBILE_LEN ? mask(arena, mobile, 3, 4)
                                          : mask(arena, mobile, mobile.len, 0);
}

Str codes_card_mask(Arena *arena, Str card) {
    return card.len >= CODES_CARD_LEN_MIN ? mask(arena, card, 4, 4)
                                          : mask(arena, card, card.len, 0);
}

Str codes_name_mask(Arena *arena, Str name) {
    if (name.len == 0) {
        return STR("");
    }
    size_t at = 0;
    uint32_t first = str_rune(name, &at);
    size_t star_count = str_rune_count(str_from(name, at));
    /* One character would be the whole name; an ill-formed one must not reach a page. */
    if (star_count == 0 || first == 0xfffd) {
        return STR("*");
    }
    char *out = arena_alloc(arena, at + star_count);
    memcpy(out, name.at, at);
    memset(out + at, '*', star_count);
    return (Str){out, at + star_count};
}

Str codes_tail_mask(Arena *arena, Str code) {
    return mask(arena, code, 0, 4);
}

/* ---- demo numbers ---- */

static const char DEMO_MOBILE[] = "154";
static const char DEMO_CARD[] = "999999";
static const char DEMO_USCC[] = "92" CODES_DEMO_DIVISION;
static const char DEMO_GTIN[] = "20";
static const char DEMO_VIN[] = "0HX";
static const char DEMO_IMEI[] = "00";

static Str with_last(Arena *arena, Str body, char last) {
    return str_join(arena, body, (Str){&last, 1});
}

static Str with_luhn(Arena *arena, Str body) {
    Str trial = with_last(arena, body, '0');
    return with_last(arena, body, (char)('0' + (10 - luhn_sum(trial) % 10) % 10));
}

Str codes_demo_id(Arena *arena, Day birthday, bool is_male, uint32_t sequence) {
    check(sequence < 500);
    DayParts birth = day_parts(birthday);
    check(birth.year >= 1900);
    Str body = str_print(arena, CODES_DEMO_DIVISION "%04d%02d%02d%03u", (int)birth.year,
                         (int)birth.month, (int)birth.day, sequence * 2 + (is_male ? 1u : 0u));
    return with_last(arena, body, id_check_char(body));
}

Str codes_demo_mobile(Arena *arena, uint32_t sequence) {
    check(sequence < 100000000);
    return str_print(arena, "%s%08u", DEMO_MOBILE, sequence);
}

Str codes_demo_card(Arena *arena, uint32_t sequence) {
    return with_luhn(arena, str_print(arena, "%s%012u", DEMO_CARD, sequence));
}

/* The entity part carries its own check character. Source: GB 11714-1997. */
static char entity_check_char(Str entity) {
    check(entity.len == 8);
    static const uint8_t weights[8] = {3, 7, 9, 10, 5, 8, 4, 2};
    uint32_t sum = 0;
    for (size_t i = 0; i < entity.len; i++) {
        sum += digit_value(entity.at[i]) * weights[i];
    }
    return "0123456789X0"[11 - sum % 11];
}

Str codes_demo_uscc(Arena *arena, uint32_t sequence) {
    check(sequence < 100000000);
    Str entity = str_print(arena, "%08u", sequence);
    Str body = str_join(arena, STR("92" CODES_DEMO_DIVISION),
                        with_last(arena, entity, entity_check_char(entity)));
    return with_last(arena, body, uscc_check_char(body));
}

Str codes_demo_gtin(Arena *arena, uint32_t sequence) {
    Str body = str_print(arena, "%s%010u", DEMO_GTIN, sequence);
    return with_last(arena, body, gtin_check_char(body));
}

Str codes_demo_vin(Arena *arena, int32_t year, uint32_t sequence) {
    check(year >= 2001);
    check(year <= 2030);
    check(sequence < 10000000);
    /* Model years 2001 to 2030: the cycle of 30 characters of ISO 3779, from 1 to Y. */
    static const char years[] = "123456789ABCDEFGHJKLMNPRSTVWXY";
    char vin[CODES_VIN_LEN];
    Str tail = str_print(arena, "%07u", sequence);
    memcpy(vin, DEMO_VIN, 3);
    memset(vin + 3, 'A', 6);
    vin[9] = years[year - 2001];
    memcpy(vin + 10, tail.at, 7);
    vin[8] = vin_check_char((Str){vin, sizeof vin});
    return str_dup(arena, (Str){vin, sizeof vin});
}

Str codes_demo_imei(Arena *arena, uint32_t sequence) {
    return with_luhn(arena, str_print(arena, "%s%012u", DEMO_IMEI, sequence));
}

bool codes_is_demo(Str code) {
    switch (code.len) {
    case CODES_ID_LEN:
        return str_starts(code, STR(CODES_DEMO_DIVISION)) || str_starts(code, str_of(DEMO_USCC));
    case CODES_MOBILE_LEN:
        return str_starts(code, str_of(DEMO_MOBILE));
    case 19:
        return str_starts(code, str_of(DEMO_CARD));
    case 13:
        return str_starts(code, str_of(DEMO_GTIN));
    case CODES_VIN_LEN:
        return str_starts(code, str_of(DEMO_VIN));
    case CODES_IMEI_LEN:
        return str_starts(code, str_of(DEMO_IMEI));
    default:
        return false;
    }
}
