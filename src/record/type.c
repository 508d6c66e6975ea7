/* type.c - words and properties of the types of field: one table. */
#include "record/record_internal.h"

static const struct TypeRow {
    const char *word;
    const char *zh;
} types[] = {
#define X(name, word, zh, feel) {word, zh},
    RECORD_TYPE_LIST(X)
#undef X
};

Str record_type_word(RecordType type) {
    return str_of(types[type].word);
}

Str record_type_zh(RecordType type) {
    return str_of(types[type].zh);
}

bool record_type_of_word(Str word, RecordType *out) {
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (str_equal(word, str_of(types[i].word))) {
            *out = (RecordType)i;
            return true;
        }
    }
    return false;
}

const FeelType *record_type_feel(RecordType type) {
    static const FeelType *const feel_types[] = {
#define X(name, word, zh, feel) &FEEL_TYPE_##feel,
        RECORD_TYPE_LIST(X)
#undef X
    };
    return feel_types[type];
}

const char *record_tone_word(RecordTone tone) {
    static const char *const words[] = {
#define X(name, word) word,
        RECORD_TONE_LIST(X)
#undef X
    };
    return words[tone];
}

bool record_type_is_sealed(RecordType type) {
    return type == RECORD_PERSON || type == RECORD_PHONE || type == RECORD_ID_NUMBER;
}

bool record_type_is_code(RecordType type) {
    return type == RECORD_SERIAL || type == RECORD_VIN || type == RECORD_PLATE ||
           type == RECORD_USCC || type == RECORD_GTIN || type == RECORD_IMEI;
}

bool record_type_is_simple(RecordType type) {
    return type != RECORD_PLACE && type != RECORD_ORG && type != RECORD_ROWS && type != RECORD_FILE;
}

TypeIndex record_type_index(RecordType type) {
    switch (type) {
    case RECORD_INT:
    case RECORD_DECIMAL:
    case RECORD_MONEY:
    case RECORD_DAY:
    case RECORD_MONTH:
    case RECORD_YEAR:
    case RECORD_CHECK:
        return TYPE_INDEX_NUMBER;
    case RECORD_TEXT:
    case RECORD_CHOICE:
    case RECORD_TOWN:
    case RECORD_UNIT:
    case RECORD_PLACE:
    case RECORD_ORG:
    case RECORD_SERIAL:
    case RECORD_VIN:
    case RECORD_PLATE:
    case RECORD_USCC:
    case RECORD_GTIN:
    case RECORD_IMEI:
    case RECORD_REF:
        return TYPE_INDEX_TEXT;
    case RECORD_LONG_TEXT:
    case RECORD_CHOICES:
    case RECORD_PERSON:
    case RECORD_PHONE:
    case RECORD_ID_NUMBER:
    case RECORD_FILE:
    case RECORD_ROWS:
        return TYPE_INDEX_NONE;
    }
    return TYPE_INDEX_NONE;
}
