/* bounds.c - from which value on a check says something: the usual bounds, and the city's own. */
#include "office/alert/alert.h"
#include "yaml/yaml.h"

enum { BOUNDS_BYTES_MAX = 64 * 1024 };

typedef struct BoundRow {
    const char *key;
    int64_t least;
    int64_t most;
} BoundRow;

static const BoundRow rows[ALERT_BOUND_COUNT] = {
#define X(name, word, low, high, usual) {word, low, high},
    ALERT_BOUND_LIST(X)
#undef X
};

static const AlertBounds usual_bounds = {{
#define X(name, word, low, high, usual) usual,
    ALERT_BOUND_LIST(X)
#undef X
}};

const AlertBounds *alert_bounds(const City *city) {
    return city->alert_bounds == NULL ? &usual_bounds : city->alert_bounds;
}

static Status bound_read(Cx *cx, const YamlNode *root, size_t index, AlertBounds *bounds) {
    Str key = yaml_key(root, index);
    for (size_t i = 0; i < ALERT_BOUND_COUNT; i++) {
        if (!str_equal(key, str_of(rows[i].key))) {
            continue;
        }
        TRY(yaml_int(cx, root, rows[i].key, &bounds->value[i]));
        if (bounds->value[i] < rows[i].least || bounds->value[i] > rows[i].most) {
            return fault(cx, STATUS_INVALID, "alerts.yaml: %s must be %lld to %lld", rows[i].key,
                         (long long)rows[i].least, (long long)rows[i].most);
        }
        return STATUS_OK;
    }
    return fault(cx, STATUS_INVALID, "alerts.yaml: unknown key \"" STR_FMT "\"", STR_ARG(key));
}

Status alert_bounds_load(Cx *cx, Str folder, const struct AlertBounds **out) {
    Str text = STR_NONE;
    const YamlNode *root = NULL;
    AlertBounds *bounds = arena_new(cx->arena, AlertBounds);
    Str path = str_print(cx->arena, STR_FMT "/alerts.yaml", STR_ARG(folder));
    *bounds = usual_bounds;
    Status status = yaml_file(cx, path, BOUNDS_BYTES_MAX, &text);
    if (status == STATUS_NOT_FOUND) {
        fault_clear(cx);
        *out = bounds;
        return STATUS_OK;
    }
    TRY(status);
    TRY(yaml_read(cx, path, text, &root));
    for (size_t i = 0; i < yaml_key_count(root); i++) {
        TRY(bound_read(cx, root, i, bounds));
    }
    *out = bounds;
    return STATUS_OK;
}
