/* value.c - one value: from what a person types, to what a person reads, equal or not. The table of
 * what each type keeps in RecordValue stands in record.h. */
#include "base/codes.h"
#include "base/limits.h"
#include "record/record_internal.h"

#include <string.h>

enum {
    TEXT_RUNES_MAX = 200,
    LONG_TEXT_RUNES_MAX = 4000,
    PERSON_RUNES_MAX = 40,
    RECORD_YEAR_MIN = 1949,
    RECORD_YEAR_MAX = 2100,
};
#define WHOLE_MAX INT64_C(1000000000000000)

static const int64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};

static RecordValue of_number(int64_t number) {
    return (RecordValue){.has_value = true, .number = number};
}

static RecordValue of_text(Str text) {
    return (RecordValue){.has_value = true, .text = text};
}

/* ---- numbers ---- */

static Status bounds_check(Cx *cx, const RecordBook *book, const RecordField *field,
                           int64_t number) {
    RecordValue bound = {.has_value = true};
    if (field->has_min && number < field->min) {
        bound.number = field->min;
        Str text = record_value_text(cx->arena, book, field, &bound);
        return fault(cx, STATUS_INVALID, "不能小于" STR_FMT, STR_ARG(text));
    }
    if (field->has_max && number > field->max) {
        bound.number = field->max;
        Str text = record_value_text(cx->arena, book, field, &bound);
        return fault(cx, STATUS_INVALID, "不能大于" STR_FMT, STR_ARG(text));
    }
    return STATUS_OK;
}

/* Full-width digits become ASCII, groups of three lose their comma. */
static Str number_clean(Arena *arena, Str text) {
    Str clean = codes_clean(arena, text);
    char *room = arena_alloc(arena, clean.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < clean.len; i++) {
        if (clean.at[i] != ',') {
            room[len++] = clean.at[i];
        }
    }
    return (Str){room, len};
}

static Status decimal_read(Cx *cx, Str text, int32_t digits, int64_t *out) {
    Decimal number;
    Decimal scaled;
    if (!decimal_parse(number_clean(cx->arena, text), &number)) {
        return fault(cx, STATUS_INVALID, digits == 0 ? "应填整数" : "应填数字");
    }
    if (!decimal_multiply(number, decimal_of_int64(powers[digits]), &scaled)) {
        return fault(cx, STATUS_INVALID, "数值太大");
    }
    if (!decimal_is_integer(scaled)) {
        return digits == 0 ? fault(cx, STATUS_INVALID, "应填整数")
                           : fault(cx, STATUS_INVALID, "小数最多%d位", (int)digits);
    }
    if (!decimal_to_int64(scaled, out) || *out > WHOLE_MAX || *out < -WHOLE_MAX) {
        return fault(cx, STATUS_INVALID, "数值太大");
    }
    return STATUS_OK;
}

static Status day_read(Cx *cx, Str text, int64_t *out) {
    Day day = DAY_NONE;
    Str date = text.len > 10 && text.at[10] == ' ' ? str_slice(text, 0, 10) : text;
    TRY(day_parse(cx, date, &day));
    *out = day.number;
    return STATUS_OK;
}

/* "2026-05", "2026/5", "2026年5月", "202605", or a whole date in that month. */
static Status month_read(Cx *cx, Str text, int64_t *out) {
    Cx quiet;
    Day day = DAY_NONE;
    cx_init(&quiet, cx->arena);
    Str clean = codes_clean(cx->arena, text);
    Str dated = clean.len == 6 && str_find(clean, STR("-"), 0) == SIZE_MAX &&
                        str_find(clean, STR("/"), 0) == SIZE_MAX
                    ? str_join(cx->arena, clean, STR("01"))
                : str_ends(clean, STR("月"))    ? str_join(cx->arena, clean, STR("1日"))
                : str_contains(clean, STR("/")) ? str_join(cx->arena, clean, STR("/1"))
                                                : str_join(cx->arena, clean, STR("-01"));
    if (day_parse(&quiet, dated, &day) != STATUS_OK) {
        fault_clear(&quiet);
        if (day_parse(&quiet, clean, &day) != STATUS_OK) {
            return fault(cx, STATUS_INVALID, "应填月份，如2026-05");
        }
    }
    DayParts parts = day_parts(day);
    *out = (int64_t)parts.year * 12 + parts.month - 1;
    return STATUS_OK;
}

static Status year_read(Cx *cx, Str text, int64_t *out) {
    Str clean = codes_clean(cx->arena, text);
    if (str_ends(clean, STR("年"))) {
        clean = str_slice(clean, 0, clean.len - STR("年").len);
    }
    if (str_int64(clean, out) != STATUS_OK || *out < RECORD_YEAR_MIN || *out > RECORD_YEAR_MAX) {
        return fault(cx, STATUS_INVALID, "应填%d到%d的年份", RECORD_YEAR_MIN, RECORD_YEAR_MAX);
    }
    return STATUS_OK;
}

static Status check_read(Cx *cx, Str text, int64_t *out) {
    static const char *const yes[] = {"是", "1", "true", "on", "yes", "√", "有"};
    static const char *const no[] = {"否", "0", "false", "off", "no", "×", "无"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        bool is_yes = str_equal_ascii_nocase(text, str_of(yes[i]));
        if (is_yes || str_equal_ascii_nocase(text, str_of(no[i]))) {
            *out = is_yes;
            return STATUS_OK;
        }
    }
    return fault(cx, STATUS_INVALID, "应填“是”或“否”");
}

static Status number_parse(Cx *cx, const RecordBook *book, const RecordField *field, Str text,
                           RecordValue *out) {
    int64_t number = 0;
    Money money = MONEY_ZERO;
    switch ((int)field->type) {
    case RECORD_INT:
        TRY(decimal_read(cx, text, 0, &number));
        break;
    case RECORD_DECIMAL:
        TRY(decimal_read(cx, text, field->digits, &number));
        break;
    case RECORD_MONEY:
        TRY(money_parse(cx, text, &money));
        number = money.fen;
        break;
    case RECORD_DAY:
        TRY(day_read(cx, text, &number));
        break;
    case RECORD_MONTH:
        TRY(month_read(cx, text, &number));
        break;
    case RECORD_YEAR:
        TRY(year_read(cx, text, &number));
        break;
    default:
        TRY(check_read(cx, text, &number));
        break;
    }
    TRY(bounds_check(cx, book, field, number));
    *out = of_number(number);
    return STATUS_OK;
}

/* ---- names from lists ---- */

static const RecordChoice *choice_find(const RecordField *field, Str text) {
    for (size_t i = 0; i < field->choice_count; i++) {
        if (str_equal(field->choices[i].code, text) || str_equal(field->choices[i].title, text)) {
            return &field->choices[i];
        }
    }
    return NULL;
}

static Status choice_missing(Cx *cx, const RecordField *field, Str text) {
    Buf *buf = buf_in(cx->arena, 300);
    for (size_t i = 0; i < field->choice_count; i++) {
        buf_put(buf, i == 0 ? STR("") : STR("、"));
        buf_put(buf, field->choices[i].title);
    }
    (void)fault(cx, STATUS_INVALID, "没有“" STR_FMT "”这个选项", STR_ARG(str_slice(text, 0, 60)));
    if (buf_status(buf) == STATUS_OK) {
        fault_hint(cx, "可填：" STR_FMT, STR_ARG(buf_str(buf)));
    }
    return STATUS_INVALID;
}

static Status choice_read(Cx *cx, const RecordField *field, Str text, Str *out) {
    const RecordChoice *choice = choice_find(field, text);
    if (choice == NULL) {
        return choice_missing(cx, field, text);
    }
    *out = choice->code;
    return STATUS_OK;
}

/* Takes the next of several choices: they are separated by any of the usual commas. */
static Str choice_cut(Str *rest) {
    static const char *const commas[] = {"、", "，", "；", ",", ";", "\n", "|"};
    size_t end = rest->len;
    size_t width = 0;
    for (size_t i = 0; i < sizeof commas / sizeof commas[0]; i++) {
        size_t at = str_find(*rest, str_of(commas[i]), 0);
        if (at < end) {
            end = at;
            width = strlen(commas[i]);
        }
    }
    Str item = str_trim(str_slice(*rest, 0, end));
    *rest = str_from(*rest, end + width);
    return item;
}

/* Codes in the order of the declaration, each once. */
static Status choices_read(Cx *cx, const RecordField *field, Str text, Str *out) {
    bool *is_chosen = arena_array(cx->arena, bool, field->choice_count + 1);
    Str rest = text;
    while (rest.len > 0) {
        Str item = choice_cut(&rest);
        const RecordChoice *choice = item.len == 0 ? NULL : choice_find(field, item);
        if (item.len > 0 && choice == NULL) {
            return choice_missing(cx, field, item);
        }
        if (choice != NULL) {
            is_chosen[choice - field->choices] = true;
        }
    }
    Buf *buf = buf_in(cx->arena, RECORD_BODY_BYTES_MAX);
    for (size_t i = 0; i < field->choice_count; i++) {
        if (is_chosen[i]) {
            buf_put(buf, buf->len == 0 ? STR("") : STR(","));
            buf_put(buf, field->choices[i].code);
        }
    }
    *out = buf_str(buf);
    return STATUS_OK;
}

static Status name_read(Cx *cx, const RecordName *names, size_t count, Str text, Str *out) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(names[i].code, text) || str_equal(names[i].name, text)) {
            *out = names[i].code;
            return STATUS_OK;
        }
    }
    return fault(cx, STATUS_INVALID, "没有“" STR_FMT "”", STR_ARG(str_slice(text, 0, 60)));
}

/* ---- texts ---- */

static bool is_control(unsigned char sign, bool is_long) {
    return sign == 0x7f || (sign < 0x20 && !(is_long && (sign == '\n' || sign == '\t')));
}

/* Line ends as browsers send them become one sign; other control signs are refused. */
static Status text_clean(Cx *cx, Str text, bool is_long, Str *out) {
    char *room = arena_alloc(cx->arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\r') {
            continue;
        }
        if (is_control((unsigned char)text.at[i], is_long)) {
            return fault(cx, STATUS_INVALID, "含有不能使用的字符（换行或控制字符）");
        }
        room[len++] = text.at[i];
    }
    *out = (Str){room, len};
    return STATUS_OK;
}

static Status text_parse(Cx *cx, const RecordField *field, Str text, RecordValue *out) {
    bool is_long = field->type == RECORD_LONG_TEXT;
    int64_t max = field->has_max ? field->max : is_long ? LONG_TEXT_RUNES_MAX : TEXT_RUNES_MAX;
    Str clean;
    TRY(text_clean(cx, text, is_long, &clean));
    int64_t count = (int64_t)str_rune_count(clean);
    if (count > max) {
        return fault(cx, STATUS_INVALID, "最多%lld个字，现在是%lld个", (long long)max,
                     (long long)count);
    }
    if (field->has_min && count < field->min) {
        return fault(cx, STATUS_INVALID, "至少%lld个字", (long long)field->min);
    }
    *out = of_text(clean);
    return STATUS_OK;
}

/* "鲁A·12345" and "鲁A12345" are one plate. */
static Str plate_clean(Arena *arena, Str text) {
    Str clean = codes_digits(arena, text);
    size_t dot = str_find(clean, STR("·"), 0);
    return dot == SIZE_MAX
               ? clean
               : str_join(arena, str_slice(clean, 0, dot), str_from(clean, dot + STR("·").len));
}

static Status code_parse(Cx *cx, const RecordField *field, Str text, RecordValue *out) {
    Str clean = field->type == RECORD_SERIAL  ? codes_clean(cx->arena, text)
                : field->type == RECORD_PLATE ? plate_clean(cx->arena, text)
                                              : codes_digits(cx->arena, text);
    switch ((int)field->type) {
    case RECORD_SERIAL:
        TRY(codes_serial_check(cx, "", clean));
        break;
    case RECORD_VIN:
        TRY(codes_vin_check(cx, "", clean));
        break;
    case RECORD_PLATE:
        TRY(codes_plate_check(cx, "", clean));
        break;
    case RECORD_USCC:
        TRY(codes_uscc_check(cx, "", clean));
        break;
    case RECORD_GTIN:
        TRY(codes_gtin_check(cx, "", clean));
        break;
    default:
        TRY(codes_imei_check(cx, "", clean));
        break;
    }
    *out = of_text(clean);
    return STATUS_OK;
}

/* A mobile number, or area code and number of a fixed line: 0 and 9 to 11 further digits. */
static Status phone_check(Cx *cx, Str digits) {
    bool is_fixed = digits.len >= 10 && digits.len <= 12 && digits.at[0] == '0';
    for (size_t i = 0; i < digits.len && is_fixed; i++) {
        is_fixed = digits.at[i] >= '0' && digits.at[i] <= '9';
    }
    return is_fixed ? STATUS_OK : codes_mobile_check(cx, "", digits);
}

static Status sealed_parse(Cx *cx, const RecordField *field, Str text, RecordValue *out) {
    Str clean = codes_digits(cx->arena, text);
    if (field->type == RECORD_PERSON) {
        TRY(text_clean(cx, text, false, &clean));
        size_t count = str_rune_count(clean);
        if (count < 2 || count > PERSON_RUNES_MAX) {
            return fault(cx, STATUS_INVALID, "姓名应为2到%d个字", PERSON_RUNES_MAX);
        }
    } else if (field->type == RECORD_PHONE) {
        TRY(phone_check(cx, clean));
    } else {
        TRY(codes_id_check(cx, "", clean));
    }
    *out = of_text(clean);
    return STATUS_OK;
}

static Status listed_parse(Cx *cx, const RecordBook *book, const RecordField *field, Str text,
                           RecordValue *out) {
    Str code = STR_NONE;
    switch ((int)field->type) {
    case RECORD_CHOICE:
        TRY(choice_read(cx, field, text, &code));
        break;
    case RECORD_CHOICES:
        TRY(choices_read(cx, field, text, &code));
        break;
    case RECORD_TOWN:
        TRY(name_read(cx, book->towns, book->town_count, text, &code));
        break;
    default:
        TRY(name_read(cx, book->units, book->unit_count, text, &code));
        break;
    }
    *out = code.len == 0 ? (RecordValue){0} : of_text(code);
    return STATUS_OK;
}

Status record_value_parse(Cx *cx, const RecordBook *book, const RecordField *field, Str text,
                          RecordValue *out) {
    check(record_type_is_simple(field->type));
    Str trimmed = str_trim(text);
    *out = (RecordValue){0};
    if (trimmed.len == 0) {
        return STATUS_OK;
    }
    if (!str_is_utf8(trimmed)) {
        return fault(cx, STATUS_INVALID, "不是有效的文字");
    }
    if (record_type_index(field->type) == TYPE_INDEX_NUMBER) {
        return number_parse(cx, book, field, trimmed, out);
    }
    if (record_type_is_code(field->type)) {
        return code_parse(cx, field, trimmed, out);
    }
    if (record_type_is_sealed(field->type)) {
        return sealed_parse(cx, field, trimmed, out);
    }
    if (field->type == RECORD_TEXT || field->type == RECORD_LONG_TEXT) {
        return text_parse(cx, field, trimmed, out);
    }
    if (field->type == RECORD_REF) {
        *out = of_text(codes_clean(cx->arena, trimmed)); /* the command looks it up */
        return STATUS_OK;
    }
    return listed_parse(cx, book, field, trimmed, out);
}

/* ---- personal data ---- */

/* The words under which office/people keeps the same data, so that equal data has equal hashes. */
static const char *datum_name(RecordType type) {
    return type == RECORD_PERSON  ? "person.name"
           : type == RECORD_PHONE ? "person.phone"
                                  : "person.id_number";
}

Str record_value_normal(Arena *arena, RecordType type, Str clear) {
    return type == RECORD_PERSON ? codes_digits(arena, clear) : clear;
}

static Str mask(Arena *arena, RecordType type, Str clear) {
    return type == RECORD_PERSON  ? codes_name_mask(arena, clear)
           : type == RECORD_PHONE ? codes_mobile_mask(arena, clear)
                                  : codes_id_mask(arena, clear);
}

void record_value_seal(Arena *arena, const RecordHouse *house, const RecordField *field,
                       RecordValue *value) {
    check(record_type_is_sealed(field->type));
    uint8_t digest[SEAL_SM3_BYTES];
    Str clear = value->text;
    Str normal = record_value_normal(arena, field->type, clear);
    Str text = str_print(arena, "%s:" STR_FMT, datum_name(field->type), STR_ARG(normal));
    seal_hmac_sm3(seal_key_str(house->hash_key), text, digest);
    value->text = mask(arena, field->type, clear);
    value->text2 = seal_hex(arena, (Str){(const char *)digest, sizeof digest});
    value->sealed =
        seal_field_close(arena, house->seal_key, str_of(datum_name(field->type)), clear);
}

Status record_value_unseal(Cx *cx, const RecordHouse *house, const RecordField *field,
                           const RecordValue *value, Str *out) {
    return seal_field_open(cx, house->seal_key, str_of(datum_name(field->type)), value->sealed,
                           out);
}

/* ---- printing ---- */

static Str decimal_text(Arena *arena, int64_t number, int32_t digits) {
    return decimal_print(arena, decimal_of(number, (int)digits));
}

static Str month_text(Arena *arena, int64_t number, bool is_zh) {
    long long year = (long long)(number / 12);
    long long month = (long long)(number % 12) + 1;
    return str_print(arena, is_zh ? "%lld年%lld月" : "%04lld-%02lld", year, month);
}

static Str choices_text(Arena *arena, const RecordField *field, Str codes) {
    Buf *buf = buf_in(arena, RECORD_BODY_BYTES_MAX);
    Str rest = codes;
    while (rest.len > 0) {
        Str code = str_cut(&rest, ',');
        const RecordChoice *choice = choice_find(field, code);
        buf_put(buf, buf->len == 0 ? STR("") : STR("、"));
        buf_put(buf, choice == NULL ? code : choice->title);
    }
    return buf_str(buf);
}

static Str degrees_text(Arena *arena, int64_t millionths) {
    return millionths == RECORD_NO_NUMBER ? STR("") : decimal_text(arena, millionths, 6);
}

Str record_value_part(Arena *arena, const RecordField *field, const RecordValue *value,
                      const char *part) {
    if (!value->has_value) {
        return STR("");
    }
    if (field->type == RECORD_ORG) {
        return strcmp(part, "code") == 0 ? value->text2 : value->text;
    }
    return strcmp(part, "lat") == 0   ? degrees_text(arena, value->number)
           : strcmp(part, "lon") == 0 ? degrees_text(arena, value->number2)
                                      : value->text;
}

static Str files_text(Arena *arena, const RecordValue *value) {
    Buf *buf = buf_in(arena, RECORD_BODY_BYTES_MAX);
    for (size_t i = 0; i < value->item_count; i++) {
        buf_put(buf, i == 0 ? STR("") : STR("、"));
        buf_put(buf, value->items[i].text2);
    }
    return buf_str(buf);
}

static Str number_text(Arena *arena, const RecordField *field, int64_t number, bool is_plain) {
    switch ((int)field->type) {
    case RECORD_DECIMAL:
        return decimal_text(arena, number, field->digits);
    case RECORD_MONEY:
        return is_plain ? money_print_plain(arena, money_of_fen(number))
                        : money_print(arena, money_of_fen(number));
    case RECORD_DAY:
        return day_print(arena, (Day){(int32_t)number});
    case RECORD_MONTH:
        return month_text(arena, number, !is_plain);
    case RECORD_CHECK:
        return number == 0 ? STR("否") : STR("是");
    default:
        return str_print(arena, "%lld", (long long)number);
    }
}

/* Cells of a table in one text: a line a row, columns separated by "|" (what an import reads). */
static Str rows_text(Arena *arena, const RecordBook *book, const RecordField *field,
                     const RecordValue *value) {
    Buf *buf = buf_in(arena, RECORD_BODY_BYTES_MAX);
    for (size_t i = 0; i < value->item_count; i++) {
        size_t column = i % field->item_count;
        buf_put(buf, i == 0 ? STR("") : column == 0 ? STR("\n") : STR("|"));
        buf_put(buf, record_value_plain(arena, book, &field->items[column], &value->items[i]));
    }
    return buf_str(buf);
}

static Str shown(Arena *arena, const RecordBook *book, const RecordField *field,
                 const RecordValue *value, bool is_plain) {
    if (!value->has_value) {
        return STR("");
    }
    if (record_type_index(field->type) == TYPE_INDEX_NUMBER) {
        return number_text(arena, field, value->number, is_plain);
    }
    switch ((int)field->type) {
    case RECORD_CHOICE:
    case RECORD_CHOICES:
        return choices_text(arena, field, value->text);
    case RECORD_TOWN:
    case RECORD_PLACE:
        return record_town_name(book, value->text);
    case RECORD_UNIT:
        return record_unit_name(book, value->text);
    case RECORD_FILE:
        return files_text(arena, value);
    case RECORD_ROWS:
        return is_plain ? rows_text(arena, book, field, value)
                        : str_print(arena, "%zu行", value->item_count / field->item_count);
    default:
        return value->text;
    }
}

Str record_value_text(Arena *arena, const RecordBook *book, const RecordField *field,
                      const RecordValue *value) {
    return shown(arena, book, field, value, false);
}

Str record_value_plain(Arena *arena, const RecordBook *book, const RecordField *field,
                       const RecordValue *value) {
    return shown(arena, book, field, value, true);
}

/* ---- equal, copy ---- */

bool record_value_equal(const RecordField *field, const RecordValue *left,
                        const RecordValue *right) {
    if (left->has_value != right->has_value || left->item_count != right->item_count) {
        return false;
    }
    if (record_type_is_sealed(field->type)) {
        return str_equal(left->text2, right->text2);
    }
    bool is_equal = left->number == right->number && left->number2 == right->number2 &&
                    str_equal(left->text, right->text) && str_equal(left->text2, right->text2);
    for (size_t i = 0; i < left->item_count && is_equal; i++) {
        const RecordField *item =
            field->item_count == 0 ? field : &field->items[i % field->item_count];
        is_equal = field->type == RECORD_ROWS
                       ? record_value_equal(item, &left->items[i], &right->items[i])
                       : str_equal(left->items[i].text, right->items[i].text) &&
                             str_equal(left->items[i].text2, right->items[i].text2);
    }
    return is_equal;
}

RecordValue record_value_dup(Arena *arena, const RecordValue *value) {
    RecordValue copy = *value;
    copy.text = str_dup(arena, value->text);
    copy.text2 = str_dup(arena, value->text2);
    copy.sealed = str_dup(arena, value->sealed);
    copy.items = value->item_count == 0 ? NULL : arena_array(arena, RecordValue, value->item_count);
    for (size_t i = 0; i < value->item_count; i++) {
        copy.items[i] = record_value_dup(arena, &value->items[i]);
    }
    return copy;
}

RecordValue *record_values_dup(Arena *arena, const RecordKind *kind, const RecordValue *values) {
    RecordValue *copy = arena_array(arena, RecordValue, kind->field_count + 1);
    for (size_t i = 0; i < kind->field_count; i++) {
        copy[i] = record_value_dup(arena, &values[i]);
    }
    return copy;
}
