/* type.c - words and properties of the types of field. */
#include "record/record.h"

static const struct {
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
