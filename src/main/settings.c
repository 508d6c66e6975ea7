#include "main/settings.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct NumberRow {
    const char *option;
    const char *unit;
    int64_t min;
    int64_t max;
    int64_t fallback;
    const char *about;
} NumberRow;

static const NumberRow number_rows[] = {
#define X(name, option, unit, min, max, fallback, about) {option, unit, min, max, fallback, about},
    SETTING_LIST(X)
#undef X
};

typedef struct TextRow {
    const char *option;
    const char *fallback;
    const char *about;
} TextRow;

static const TextRow text_rows[] = {
#define X(name, option, fallback, about) {option, fallback, about},
    SETTING_TEXT_LIST(X)
#undef X
};

static const struct {
    const char *option;
    const char *about;
} flag_rows[] = {
#define X(name, option, about) {option, about},
    SETTING_FLAG_LIST(X)
#undef X
};

static Status number_set(Cx *cx, size_t row, const char *value, Settings *out) {
    int64_t number = 0;
    const NumberRow *setting = &number_rows[row];
    if (value == NULL || str_int64(str_of(value), &number) != STATUS_OK || number < setting->min ||
        number > setting->max) {
        return fault(cx, STATUS_INVALID, "--%s takes a number from %" PRId64 " to %" PRId64,
                     setting->option, setting->min, setting->max);
    }
    out->number[row] = number;
    return STATUS_OK;
}

/* Reads one option; *used gets how many arguments it took. */
static Status option_read(Cx *cx, const char *name, const char *value, Settings *out, int *used) {
    *used = 2;
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (strcmp(name, number_rows[i].option) == 0) {
            return number_set(cx, i, value, out);
        }
    }
    for (size_t i = 0; i < SETTING_TEXT_COUNT; i++) {
        if (strcmp(name, text_rows[i].option) == 0) {
            out->text[i] = value;
            return value != NULL ? STATUS_OK
                                 : fault(cx, STATUS_INVALID, "--%s needs a value", name);
        }
    }
    *used = 1;
    for (size_t i = 0; i < SETTING_FLAG_COUNT; i++) {
        if (strcmp(name, flag_rows[i].option) == 0) {
            out->flag[i] = true;
            return STATUS_OK;
        }
    }
    Status status = fault(cx, STATUS_INVALID, "unknown option --%s", name);
    fault_hint(cx, "`huanxin settings` lists the options");
    return status;
}

Status settings_read(Cx *cx, int argc, char **argv, Settings *out) {
    *out = (Settings){0};
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        out->number[i] = number_rows[i].fallback;
    }
    for (size_t i = 0; i < SETTING_TEXT_COUNT; i++) {
        out->text[i] = text_rows[i].fallback;
    }
    for (int i = 1; i < argc;) {
        if (strncmp(argv[i], "--", 2) == 0) {
            int used = 0;
            TRY(option_read(cx, argv[i] + 2, i + 1 < argc ? argv[i + 1] : NULL, out, &used));
            i += used;
        } else if (out->word_count < sizeof out->words / sizeof out->words[0]) {
            out->words[out->word_count++] = argv[i++];
        } else {
            return fault(cx, STATUS_INVALID, "too many arguments");
        }
    }
    return STATUS_OK;
}

void settings_print(void) {
    for (size_t i = 0; i < SETTING_TEXT_COUNT; i++) {
        printf("--%-12s %-24s %s\n", text_rows[i].option, text_rows[i].fallback,
               text_rows[i].about);
    }
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const NumberRow *row = &number_rows[i];
        printf("--%-12s %-8" PRId64 " %-15s %s (%" PRId64 " to %" PRId64 ")\n", row->option,
               row->fallback, row->unit, row->about, row->min, row->max);
    }
    for (size_t i = 0; i < SETTING_FLAG_COUNT; i++) {
        printf("--%-12s %-24s %s\n", flag_rows[i].option, "", flag_rows[i].about);
    }
}
