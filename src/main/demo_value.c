/*
 * demo_value.c - one value of a demo record, from its field's type and the words of records.yaml
 * (the list of forms stands in demo_records.h). Bottom-up: texts, numbers, days, references, the
 * table of types at the end. Everything invented is marked 演示 or comes from the demo ranges of
 * base/codes.
 */
#include "base/codes.h"
#include "main/demo_records.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    ORG_NUMBER_FIRST = 5000, /* of codes_demo_uscc: after the accounts' firms */
    PERSON_NUMBER_FIRST = 500000,
    TEMPLATE_BYTES_MAX = 1000,
    ROWS_MAX = 12,
    CHOICES_MAX = 3,
};

typedef struct Field {
    DemoBook *book;
    DemoRecord *record;
    const RecordField *field;
    const YamlNode *spec;
    Day day;
    Str prefix; /* of the input's name: "machine.0." in a table of rows */
    size_t row; /* in a table of rows */
} Field;

static Arena *arena_of(const Field *it) {
    return it->book->demo->cx->arena;
}

static Prng *prng_of(const Field *it) {
    return &it->book->prng;
}

static void give_part(const Field *it, const char *part, Str text) {
    Arena *arena = arena_of(it);
    Str name =
        str_print(arena, STR_FMT STR_FMT "%s", STR_ARG(it->prefix), STR_ARG(it->field->name), part);
    *vec_push(arena, &it->record->inputs) = (RecordInput){name, str_dup(arena, text)};
}

static void give(const Field *it, Str text) {
    give_part(it, "", text);
}

Str demo_value_given(const DemoRecord *record, Str name) {
    for (size_t i = record->inputs.count; i > 0; i--) {
        if (str_equal(record->inputs.items[i - 1].name, name)) {
            return record->inputs.items[i - 1].text;
        }
    }
    return STR_NONE;
}

/* As demo_value_given; what a place, a firm or a choice is called. */
static Str given_text(const Field *it, const DemoRecord *record, Str name) {
    const RecordBook *book = it->book->house.book;
    Arena *arena = arena_of(it);
    Str text = demo_value_given(record, name);
    size_t at = record_field_find(record->kind, name);
    if (at == SIZE_MAX) {
        return text;
    }
    const RecordField *field = &record->kind->fields[at];
    if (field->type == RECORD_PLACE) {
        Str town = demo_value_given(record, str_print(arena, STR_FMT ".town", STR_ARG(name)));
        return record_town_name(book, town);
    }
    if (field->type == RECORD_ORG) {
        return demo_value_given(record, str_print(arena, STR_FMT ".name", STR_ARG(name)));
    }
    if (field->type == RECORD_TOWN) {
        return record_town_name(book, text);
    }
    if (field->type == RECORD_UNIT) {
        return record_unit_name(book, text);
    }
    for (size_t i = 0; i < field->choice_count; i++) {
        if (str_equal(field->choices[i].code, text)) {
            return field->choices[i].title;
        }
    }
    return text;
}

/* ---- texts ---- */

static Str any_town(const Field *it) {
    for (size_t i = 0; i < it->record->kind->field_count; i++) {
        const RecordField *field = &it->record->kind->fields[i];
        if (field->type == RECORD_TOWN || field->type == RECORD_PLACE) {
            Str name = given_text(it, it->record, field->name);
            if (name.len > 0) {
                return name;
            }
        }
    }
    return STR("安丘");
}

static const DemoRecord *record_of_number(const DemoBook *book, Str number) {
    for (size_t i = 0; i < book->record_count; i++) {
        if (book->records[i]->id != 0 && str_equal(book->records[i]->number, number)) {
            return book->records[i];
        }
    }
    return NULL;
}

/* The word in braces: {n}, {town}, {FIELD}, {REF.FIELD}. */
static Str brace_text(const Field *it, Str word) {
    if (str_equal(word, STR("n"))) {
        return str_print(arena_of(it), "%zu", it->record->index + 1);
    }
    if (str_equal(word, STR("town"))) {
        return any_town(it);
    }
    size_t dot = str_find(word, STR("."), 0);
    if (dot == SIZE_MAX) {
        return given_text(it, it->record, word);
    }
    Str number = demo_value_given(it->record, str_slice(word, 0, dot));
    const DemoRecord *other = record_of_number(it->book, number);
    return other == NULL ? STR_NONE : given_text(it, other, str_from(word, dot + 1));
}

static Str short_name(Str text) {
    Str mark = STR("演示·");
    return str_starts(text, mark) ? str_from(text, mark.len) : text;
}

static Str template_text(const Field *it, Str words) {
    Buf *out = buf_in(arena_of(it), TEMPLATE_BYTES_MAX);
    size_t at = 0;
    while (at < words.len) {
        size_t open = str_find(words, STR("{"), at);
        size_t close = open == SIZE_MAX ? SIZE_MAX : str_find(words, STR("}"), open);
        if (close == SIZE_MAX) {
            break;
        }
        buf_put(out, str_slice(words, at, open - at));
        Str text = brace_text(it, str_slice(words, open + 1, close - open - 1));
        /* The mark stands once, at the head of what is printed. */
        buf_put(out, open == 0 ? text : short_name(text));
        at = close + 1;
    }
    buf_put(out, str_from(words, at));
    return buf_str(out);
}

static Str person_name(const Field *it) {
    static const char *const parts[] = {"surnames", "given_first", "given_second"};
    Str name = STR("");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const YamlNode *list = yaml_at(it->book->demo->root, parts[i]);
        check(yaml_count(list) > 0);
        size_t at = prng_below(prng_of(it), yaml_count(list));
        name = str_join(arena_of(it), name, yaml_scalar(yaml_item(list, at)));
    }
    return name;
}

/* ---- numbers: as whole numbers scaled by the field's digits ---- */

static int64_t power_of_ten(int32_t digits) {
    int64_t power = 1;
    for (int32_t i = 0; i < digits; i++) {
        power *= 10;
    }
    return power;
}

static int32_t digits_of(const RecordField *field) {
    return field->type == RECORD_DECIMAL ? field->digits : 0;
}

/* "12.5" with 2 digits gives 1250; what is no number gives 0. */
static int64_t scaled(Str text, int32_t digits) {
    Str rest = str_trim(text);
    bool is_negative = str_starts(rest, STR("-"));
    rest = is_negative ? str_from(rest, 1) : rest;
    Str whole = str_cut(&rest, '.');
    int64_t value = 0;
    if (str_int64(whole, &value) != STATUS_OK) {
        return 0;
    }
    value *= power_of_ten(digits);
    int64_t place = power_of_ten(digits);
    for (size_t i = 0; i < rest.len && place > 1 && rest.at[i] >= '0' && rest.at[i] <= '9'; i++) {
        place /= 10;
        value += (rest.at[i] - '0') * place;
    }
    return is_negative ? -value : value;
}

static Str number_text(const Field *it, int64_t value, int32_t digits) {
    int64_t power = power_of_ten(digits);
    if (digits == 0) {
        return str_print(arena_of(it), "%" PRId64, value);
    }
    return str_print(arena_of(it), "%s%" PRId64 ".%0*" PRId64, value < 0 ? "-" : "",
                     (int64_t)llabs(value) / power, (int)digits, (int64_t)llabs(value) % power);
}

/* Cuts "a..b"; false when it is none. */
static bool range_cut(Str words, Str *low, Str *high) {
    size_t dots = str_find(words, STR(".."), 0);
    if (dots == SIZE_MAX) {
        return false;
    }
    *low = str_slice(words, 0, dots);
    *high = str_from(words, dots + 2);
    return true;
}

static int64_t number_between(const Field *it, Str words, int64_t low, int64_t high,
                              int32_t digits) {
    Str first = STR_NONE;
    Str last = STR_NONE;
    if (range_cut(words, &first, &last)) {
        low = scaled(first, digits);
        high = scaled(last, digits);
    } else if (words.len > 0) {
        return scaled(words, digits);
    }
    return prng_between(prng_of(it), low, high < low ? low : high);
}

/* "of FIELD 60..95": percent of another number, whose digits may differ. */
static int64_t number_of_other(const Field *it, Str words, int32_t digits) {
    Str rest = str_from(words, STR("of ").len);
    Str name = str_cut(&rest, ' ');
    int64_t percent = number_between(it, rest, 50, 100, 0);
    /* In a table of rows the other is a column of the same row. */
    Str inside = str_join(arena_of(it), it->prefix, name);
    Str text = demo_value_given(it->record, inside);
    text = text.len > 0 ? text : demo_value_given(it->record, name);
    return scaled(text, digits) * percent / 100;
}

static Status number_make(const Field *it, Str words) {
    const RecordField *field = it->field;
    int32_t digits = digits_of(field);
    int64_t power = power_of_ten(digits);
    bool is_money = field->type == RECORD_MONEY;
    int64_t low = field->has_min && !is_money ? field->min : is_money ? 1000 : power;
    int64_t high = field->has_max && !is_money ? field->max : is_money ? 900000 : 100 * power;
    high = !is_money && high > low + 1000 * power ? low + 1000 * power : high;
    int64_t value = str_starts(words, STR("of ")) ? number_of_other(it, words, digits)
                                                  : number_between(it, words, low, high, digits);
    /* Sums of plans are round. */
    int64_t unit = is_money && value >= 100000 ? 1000 : is_money && value >= 1000 ? 10 : 1;
    give(it, number_text(it, value / unit * unit, digits));
    return STATUS_OK;
}

static Status year_make(const Field *it, Str words) {
    int32_t year = day_parts(it->day).year;
    give(it, number_text(it, number_between(it, words, year, year, 0), 0));
    return STATUS_OK;
}

/* ---- days ---- */

static Status day_make(const Field *it, Str words) {
    Cx *cx = it->book->demo->cx;
    Day day = it->day;
    Str low = STR_NONE;
    Str high = STR_NONE;
    bool is_after = str_starts(words, STR("after "));
    if (is_after) {
        Str rest = str_from(words, STR("after ").len);
        Str name = str_cut(&rest, ' ');
        TRY(day_parse(cx, demo_value_given(it->record, name), &day));
        words = rest;
    }
    if (range_cut(words, &low, &high) && low.len == 10 && low.at[4] == '-') {
        Day end = DAY_NONE;
        TRY(day_parse(cx, low, &day));
        TRY(day_parse(cx, high, &end));
        day =
            day_add(day, (int32_t)prng_below(prng_of(it), (uint64_t)(end.number - day.number) + 1));
    } else if (words.len > 0) {
        day = day_add(day, (int32_t)number_between(it, words, 0, 0, 0));
    }
    give(it, day_print(arena_of(it), day));
    return STATUS_OK;
}

static Status month_make(const Field *it, Str words) {
    bool is_previous = str_equal(words, STR("previous"));
    DayParts parts = day_parts(is_previous ? day_add_months(it->day, -1) : it->day);
    give(it, str_print(arena_of(it), "%04d-%02d", (int)parts.year, (int)parts.month));
    return STATUS_OK;
}

/* ---- choosing ---- */

/* The item of a list whose turn it is: {cycle: stride, of: list}. */
static size_t turn(const Field *it, size_t count) {
    int64_t stride = yaml_int_or(it->spec, "cycle", 1);
    check(stride > 0 && count > 0);
    return it->record->index / (size_t)stride % count;
}

static bool is_cycle(const Field *it) {
    return yaml_is_map(it->spec) && yaml_at(it->spec, "cycle") != NULL;
}

/* The words of a spec: of a scalar itself, of a list one of its items, of a cycle the next, in a
 * table each row's own. */
static Str words_pick(const Field *it) {
    const YamlNode *spec = it->spec;
    const YamlNode *each = yaml_is_map(spec) ? yaml_at(spec, "each") : NULL;
    if (yaml_count(each) > 0) {
        return yaml_scalar(yaml_item(each, it->row % yaml_count(each)));
    }
    if (is_cycle(it)) {
        const YamlNode *list = yaml_at(spec, "of");
        return yaml_count(list) == 0 ? STR_NONE
                                     : yaml_scalar(yaml_item(list, turn(it, yaml_count(list))));
    }
    if (yaml_is_list(spec) && yaml_count(spec) > 0) {
        return yaml_scalar(yaml_item(spec, prng_below(prng_of(it), yaml_count(spec))));
    }
    return yaml_scalar(spec);
}

static Status check_make(const Field *it, Str words) {
    int64_t percent = 80;
    if (str_ends(words, STR("%")) &&
        str_int64(str_slice(words, 0, words.len - 1), &percent) != STATUS_OK) {
        percent = 80;
    }
    give(it, prng_chance_bp(prng_of(it), (uint32_t)(percent * 100)) ? STR("是") : STR("否"));
    return STATUS_OK;
}

static Status choice_make(const Field *it, Str words) {
    size_t at = prng_below(prng_of(it), it->field->choice_count);
    give(it, words.len > 0 ? words : it->field->choices[at].code);
    return STATUS_OK;
}

static Status choices_make(const Field *it, Str words) {
    (void)words;
    size_t count = yaml_is_list(it->spec) ? yaml_count(it->spec) : it->field->choice_count;
    size_t wanted = (size_t)prng_between(prng_of(it), 1, CHOICES_MAX);
    size_t start = prng_below(prng_of(it), count);
    Buf *out = buf_in(arena_of(it), TEMPLATE_BYTES_MAX);
    for (size_t i = 0; i < wanted && i < count; i++) {
        size_t at = (start + i) % count;
        buf_put_c(out, i == 0 ? "" : "、");
        buf_put(out, yaml_is_list(it->spec) ? yaml_scalar(yaml_item(it->spec, at))
                                            : it->field->choices[at].code);
    }
    give(it, buf_str(out));
    return STATUS_OK;
}

static const CityTown *town_pick(const Field *it, Str words) {
    const City *city = &it->book->demo->house->city;
    check(city->town_count > 0);
    if (words.len > 0) {
        for (size_t i = 0; i < city->town_count; i++) {
            if (str_equal(city->towns[i].name, words)) {
                return &city->towns[i];
            }
        }
    }
    size_t at =
        is_cycle(it) ? turn(it, city->town_count) : prng_below(prng_of(it), city->town_count);
    return &city->towns[at];
}

static Status town_make(const Field *it, Str words) {
    Str name = template_text(it, words);
    give(it, town_pick(it, name)->code);
    return STATUS_OK;
}

/* The schematic grid of towns.yaml laid roughly where the city lies; a point stands within 1.5 km
 * of its town. Invented, as the towns' positions are. */
static Status place_make(const Field *it, Str words) {
    enum {
        LATITUDE_MICRO = 36262000, /* of the grid's origin */
        LONGITUDE_MICRO = 118995000,
        MICRO_PER_M_1000 = 9009, /* 1 m is 9.009 millionths of a degree north */
        MICRO_EAST_1000 = 11200,
        AROUND_M = 1500,
    };
    const CityTown *town = town_pick(it, template_text(it, words));
    int64_t x = town->x + prng_between(prng_of(it), -AROUND_M, AROUND_M);
    int64_t y = town->y + prng_between(prng_of(it), -AROUND_M, AROUND_M);
    give_part(it, ".town", town->code);
    give_part(it, ".lat", number_text(it, LATITUDE_MICRO + y * MICRO_PER_M_1000 / 1000, 6));
    give_part(it, ".lon", number_text(it, LONGITUDE_MICRO + x * MICRO_EAST_1000 / 1000, 6));
    return STATUS_OK;
}

static Status unit_make(const Field *it, Str words) {
    const Str *units = it->record->kind->owners;
    give(it, words.len > 0 ? words : units[prng_below(prng_of(it), it->record->kind->owner_count)]);
    return STATUS_OK;
}

/* ---- organisations ---- */

static Str code_of_account(const Demo *demo, Str name) {
    for (size_t i = 0; i < demo->enterprise_count + demo->bank_count; i++) {
        const DemoFirm *firm = i < demo->enterprise_count
                                   ? &demo->enterprises[i]
                                   : &demo->banks[i - demo->enterprise_count];
        if (str_equal(firm->name, name)) {
            return firm->uscc;
        }
    }
    for (size_t i = 0; i < demo->recycler_count; i++) {
        if (str_equal(demo->recyclers[i].name, name)) {
            return demo->recyclers[i].uscc;
        }
    }
    return STR_NONE;
}

/* One name, one code: that of its account, or the next of the demo range. */
static Str org_code(const Field *it, Str name) {
    DemoBook *book = it->book;
    Str code = code_of_account(book->demo, name);
    if (code.len > 0) {
        return code;
    }
    size_t at = 0;
    while (at < book->org_count && !str_equal(book->org_names[at], name)) {
        at++;
    }
    if (at == book->org_count) {
        check(book->org_count < book->org_room);
        book->org_names[book->org_count++] = str_dup(arena_of(it), name);
    }
    return codes_demo_uscc(arena_of(it), (uint32_t)(ORG_NUMBER_FIRST + at));
}

static Str pool_name(const Field *it, Str pool) {
    Arena *arena = arena_of(it);
    const YamlNode *pools = yaml_at(it->book->root, "pools");
    const YamlNode *list = yaml_at(pools, str_c(arena, pool));
    check(yaml_count(list) > 0);
    size_t at =
        is_cycle(it) ? turn(it, yaml_count(list)) : prng_below(prng_of(it), yaml_count(list));
    return str_print(arena, "演示·" STR_FMT, STR_ARG(yaml_scalar(yaml_item(list, at))));
}

/* A firm's own record is about the firm; else a name of a pool or of the words. */
static Status org_make(const Field *it, Str words) {
    bool is_own = it->record->filer.org_id != 0 && it->spec == NULL;
    Str name = STR_NONE;
    if (is_own) {
        name = it->record->filer.name;
    } else if (yaml_is_map(it->spec) && yaml_at(it->spec, "pool") != NULL) {
        name = pool_name(it, yaml_scalar(yaml_at(it->spec, "pool")));
    } else if (words.len > 0) {
        name = template_text(it, words);
    } else {
        name = pool_name(it, STR("firm"));
    }
    give_part(it, ".name", name);
    give_part(it, ".code", org_code(it, name));
    return STATUS_OK;
}

/* ---- codes and persons ---- */

static Status code_make(const Field *it, Str words) {
    Arena *arena = arena_of(it);
    uint32_t number = it->book->serial_next++;
    int32_t year = day_parts(it->day).year;
    bool is_energy = str_equal(words, STR("energy"));
    switch ((int)it->field->type) {
    case RECORD_VIN:
        give(it, codes_demo_vin(arena, is_energy ? year : year - 9, number));
        break;
    case RECORD_PLATE: /* 鲁Z is not given out */
        give(it, is_energy ? str_print(arena, "鲁ZD%05u", number % 100000)
                           : str_print(arena, "鲁Z%05u", number % 100000));
        break;
    case RECORD_GTIN:
        give(it, codes_demo_gtin(arena, 700000 + number));
        break;
    case RECORD_USCC:
        give(it, codes_demo_uscc(arena, ORG_NUMBER_FIRST + number));
        break;
    default:
        give(it,
             str_print(arena, "YS-" STR_FMT "-%05u", STR_ARG(it->record->kind->prefix), number));
        break;
    }
    return STATUS_OK;
}

static Status person_make(const Field *it, Str words) {
    (void)words;
    Arena *arena = arena_of(it);
    uint32_t number = it->book->person_next++;
    if (it->field->type == RECORD_PHONE) {
        give(it, codes_demo_mobile(arena, PERSON_NUMBER_FIRST + number));
    } else if (it->field->type == RECORD_ID_NUMBER) {
        Day birth = day_add(day_of_ymd(1960, 1, 1), (int32_t)(number % 14000));
        give(it, codes_demo_id(arena, birth, number % 2 == 0, number % 500));
    } else {
        give(it, person_name(it));
    }
    return STATUS_OK;
}

static Status text_make(const Field *it, Str words) {
    Arena *arena = arena_of(it);
    if (words.len > 0) {
        Str text = template_text(it, words);
        if (text.len > 0) {
            give(it, text);
        }
    } else if (it->field->has_min && it->field->has_max && it->field->min == it->field->max) {
        give(it, str_print(arena, "YS%0*u", (int)it->field->min - 2, it->book->serial_next++));
    } else {
        give(it, str_print(arena, "演示" STR_FMT "%zu", STR_ARG(it->field->title),
                           it->record->index + 1));
    }
    return STATUS_OK;
}

/* ---- records referred to ---- */

static bool is_in(const YamlNode *list, Str text) {
    for (size_t i = 0; i < yaml_count(list); i++) {
        if (str_equal(yaml_scalar(yaml_item(list, i)), text)) {
            return true;
        }
    }
    return false;
}

static bool is_wanted(const Field *it, const DemoRecord *other) {
    if (other->id == 0 || other->kind != it->field->ref || other == it->record) {
        return false;
    }
    if (!yaml_is_map(it->spec)) {
        return true;
    }
    const YamlNode *states = yaml_at(it->spec, "states");
    if (states != NULL && !is_in(states, other->state)) {
        return false;
    }
    const YamlNode *with = yaml_at(it->spec, "with");
    for (size_t i = 0; i < yaml_key_count(with); i++) {
        Str name = yaml_key(with, i);
        if (!str_equal(demo_value_given(other, name), yaml_scalar(yaml_key_value(with, i)))) {
            return false;
        }
    }
    return true;
}

static Status ref_make(const Field *it, Str words) {
    (void)words;
    size_t count = 0;
    for (size_t i = 0; i < it->book->record_count; i++) {
        count += is_wanted(it, it->book->records[i]);
    }
    if (count == 0) {
        return it->field->is_required ? STATUS_NOT_FOUND : STATUS_OK;
    }
    size_t at = is_cycle(it) ? turn(it, count) : prng_below(prng_of(it), count);
    for (size_t i = 0; i < it->book->record_count; i++) {
        if (is_wanted(it, it->book->records[i]) && at-- == 0) {
            give(it, it->book->records[i]->number);
            break;
        }
    }
    return STATUS_OK;
}

/* ---- tables of rows, and the table of types ---- */

static Status value_make(Field *it);

static Status rows_make(const Field *it, Str words) {
    (void)words;
    const YamlNode *cols = yaml_at(it->spec, "cols");
    Str range = yaml_scalar(yaml_at(it->spec, "rows"));
    int64_t count = number_between(it, range, 1, 3, 0);
    for (int64_t row = 0; row < count && row < ROWS_MAX; row++) {
        for (size_t i = 0; i < it->field->item_count; i++) {
            Field cell = *it;
            cell.field = &it->field->items[i];
            cell.row = (size_t)row;
            cell.spec = yaml_at(cols, str_c(arena_of(it), cell.field->name));
            cell.prefix =
                str_print(arena_of(it), STR_FMT ".%" PRId64 ".", STR_ARG(it->field->name), row);
            if (cell.spec != NULL || cell.field->is_required) {
                TRY(value_make(&cell));
            }
        }
    }
    return STATUS_OK;
}

static Status nothing_make(const Field *it, Str words) {
    (void)it;
    (void)words;
    return STATUS_OK;
}

typedef Status Make(const Field *it, Str words);

static Make *make_of(RecordType type) {
    switch ((int)type) {
    case RECORD_INT:
    case RECORD_DECIMAL:
    case RECORD_MONEY:
        return number_make;
    case RECORD_DAY:
        return day_make;
    case RECORD_MONTH:
        return month_make;
    case RECORD_YEAR:
        return year_make;
    case RECORD_CHECK:
        return check_make;
    case RECORD_CHOICE:
        return choice_make;
    case RECORD_CHOICES:
        return choices_make;
    case RECORD_TOWN:
        return town_make;
    case RECORD_UNIT:
        return unit_make;
    case RECORD_PLACE:
        return place_make;
    case RECORD_ORG:
        return org_make;
    case RECORD_PERSON:
    case RECORD_PHONE:
    case RECORD_ID_NUMBER:
        return person_make;
    case RECORD_REF:
        return ref_make;
    case RECORD_ROWS:
        return rows_make;
    case RECORD_FILE:
        return nothing_make;
    case RECORD_TEXT:
    case RECORD_LONG_TEXT:
        return text_make;
    default:
        return code_make;
    }
}

static Status value_make(Field *it) {
    const YamlNode *chance = yaml_is_map(it->spec) ? yaml_at(it->spec, "chance") : NULL;
    if (chance != NULL) {
        if (!prng_chance_bp(prng_of(it), (uint32_t)yaml_int_or(it->spec, "chance", 50) * 100)) {
            return STATUS_OK;
        }
        it->spec = yaml_at(it->spec, "of");
    }
    Str words = words_pick(it);
    if (yaml_is_scalar(it->spec) && words.len == 0) {
        return STATUS_OK; /* "": left empty */
    }
    return make_of(it->field->type)(it, words);
}

Status demo_value_make(DemoBook *book, DemoRecord *record, const RecordField *field,
                       const YamlNode *spec, Day day) {
    Field it = {book, record, field, spec, day, STR(""), 0};
    return value_make(&it);
}
