/* book.c - reading order: units, series, formulas, targets, looking up. */
#include "office/plan/book.h"

#include "base/vec.h"
#include "yaml/yaml.h"

#include <inttypes.h>

enum { BOOK_FILE_BYTES_MAX = 1024 * 1024 };

typedef struct SeriesVec VEC(BookSeries) SeriesVec;

typedef struct Loading {
    Cx *cx;
    const char *path; /* of indicators.yaml */
    PlanBook *book;
    SeriesVec series;
    FeelScope *scope;
} Loading;

/* ---- files and messages ---- */

static Status file_read(Cx *cx, Str path, const YamlNode **root) {
    Str text = STR_NONE;
    *root = NULL;
    Status status = yaml_file(cx, path, BOOK_FILE_BYTES_MAX, &text);
    if (status == STATUS_NOT_FOUND) {
        fault_clear(cx);
        return STATUS_OK;
    }
    TRY(status);
    return yaml_read(cx, path, text, root);
}

/* A fault at the line of a member, or of the first thing in the row when it is missing. */
static Status wrong(const Loading *loading, const YamlNode *row, const char *key, Str what) {
    int64_t line = yaml_line(yaml_at(row, key));
    line = line > 0 ? line : yaml_line(row);
    return fault_at_line(loading->cx, STATUS_INVALID, line, 0,
                         "%s line %" PRId64 ": key \"%s\": " STR_FMT, loading->path, line, key,
                         STR_ARG(what));
}

static Str text_of(const Loading *loading, const YamlNode *row, const char *key) {
    return yaml_text_or(loading->cx->arena, row, key, STR_NONE);
}

/* ---- units ---- */

static Status units_load(Cx *cx, Str folder, PlanBook *book) {
    const YamlNode *root = NULL;
    TRY(file_read(cx, str_print(cx->arena, STR_FMT "/units.yaml", STR_ARG(folder)), &root));
    const YamlNode *list = yaml_at(root, "units");
    book->unit_count = yaml_count(list);
    book->units = arena_array(cx->arena, BookUnit, book->unit_count + 1);
    for (size_t i = 0; i < book->unit_count; i++) {
        TRY(yaml_text(cx, yaml_item(list, i), "id", &book->units[i].id));
        TRY(yaml_text(cx, yaml_item(list, i), "name", &book->units[i].name));
    }
    return STATUS_OK;
}

/* The name of the unit that a row names by its id. */
static Status owner_read(const Loading *loading, const YamlNode *row, Str *out) {
    Str id = text_of(loading, row, "owner");
    *out = STR_NONE;
    for (size_t i = 0; i < loading->book->unit_count; i++) {
        if (str_equal(loading->book->units[i].id, id)) {
            *out = loading->book->units[i].name;
        }
    }
    return id.len == 0 || out->len > 0
               ? STATUS_OK
               : wrong(loading, row, "owner", STR("an id of units.yaml expected"));
}

/* ---- series ---- */

static const struct {
    const char *key;
    const char *zh;
} type_rows[] = {
#define X(name, key, zh) {key, zh},
    BOOK_TYPE_LIST(X)
#undef X
};

Str book_type_zh(BookType type) {
    return str_of(type_rows[type].zh);
}

static Status type_read(const Loading *loading, const YamlNode *row, BookType *out) {
    Str key = text_of(loading, row, "type");
    for (size_t i = 0; i < sizeof type_rows / sizeof type_rows[0]; i++) {
        if (str_equal(key, str_of(type_rows[i].key))) {
            *out = (BookType)i;
            return STATUS_OK;
        }
    }
    return wrong(loading, row, "type", STR("flow, stock or level expected"));
}

static bool is_known(const Loading *loading, Str id, Str name) {
    for (size_t i = 0; i < loading->series.count; i++) {
        const BookSeries *series = &loading->series.items[i];
        if (str_equal(series->id, id) || str_equal(series->name, name)) {
            return true;
        }
    }
    return false;
}

static Status series_read(Loading *loading, const YamlNode *row) {
    BookSeries series = {.index = loading->series.count};
    TRY(yaml_text(loading->cx, row, "id", &series.id));
    TRY(yaml_text(loading->cx, row, "name", &series.name));
    TRY(yaml_text(loading->cx, row, "unit", &series.unit));
    TRY(type_read(loading, row, &series.type));
    TRY(owner_read(loading, row, &series.owner));
    if (is_known(loading, series.id, series.name)) {
        return wrong(loading, row, "id", STR("an id and a name that no other series has expected"));
    }
    series.counter = text_of(loading, row, "counter");
    series.kind = text_of(loading, row, "kind");
    series.records = text_of(loading, row, "records");
    series.total = text_of(loading, row, "total");
    series.per = yaml_int_or(row, "per", 1);
    if (series.per < 1) {
        return wrong(loading, row, "per", STR("a whole number above 0 expected"));
    }
    *vec_push(loading->cx->arena, &loading->series) = series;
    return STATUS_OK;
}

/* ---- targets ---- */

/* A target without a formula is what its unit reports month by month. */
static Status own_series_add(Loading *loading, const YamlNode *row, BookTarget *target) {
    Str kind = text_of(loading, row, "kind");
    bool is_growth = str_equal(kind, STR("growth"));
    BookSeries series = {.id = target->code,
                         .name = target->title,
                         .unit = is_growth ? STR_NONE : text_of(loading, row, "unit"),
                         .type = is_growth ? BOOK_FLOW : BOOK_LEVEL,
                         .owner = target->owner,
                         .per = 1,
                         .target_code = target->code,
                         .index = loading->series.count};
    if (is_known(loading, series.id, series.name)) {
        series.name = str_print(loading->cx->arena, STR_FMT STR_FMT, STR_ARG(target->code),
                                STR_ARG(target->title));
    }
    *vec_push(loading->cx->arena, &loading->series) = series;
    return STATUS_OK;
}

static Status target_head_read(Loading *loading, const YamlNode *row, BookTarget *target) {
    TRY(yaml_text(loading->cx, row, "id", &target->code));
    TRY(yaml_text(loading->cx, row, "title", &target->title));
    TRY(owner_read(loading, row, &target->owner));
    target->formula_text = text_of(loading, row, "formula");
    target->clause = text_of(loading, row, "clause");
    target->goal_op = text_of(loading, row, "goal_op");
    target->goal_value = text_of(loading, row, "goal_value");
    target->basis = text_of(loading, row, "basis");
    target->unit = text_of(loading, row, "unit");
    target->baseline_from = yaml_text_or(loading->cx->arena, row, "baseline_from", target->code);
    target->is_year_window = !str_equal(text_of(loading, row, "kind"), STR("growth"));
    if (target->formula_text.len == 0) {
        return own_series_add(loading, row, target);
    }
    return STATUS_OK;
}

static void scope_make(Loading *loading) {
    loading->scope = feel_scope_new(loading->cx->arena, NULL);
    for (size_t i = 0; i < loading->series.count; i++) {
        /* A title of a plan may hold anything; the code of a target is a name. */
        const BookSeries *series = &loading->series.items[i];
        (void)feel_scope_add(loading->scope,
                             series->target_code.len > 0 ? series->id : series->name,
                             &FEEL_TYPE_NUMBER);
    }
    loading->book->baseline_slot = feel_scope_add(loading->scope, STR("基期值"), &FEEL_TYPE_NUMBER);
}

static Status formula_compile(const Loading *loading, const YamlNode *row, BookTarget *target) {
    FeelDiagnostics *diagnostics = arena_new(loading->cx->arena, FeelDiagnostics);
    Status status = feel_compile(loading->cx, loading->scope, target->formula_text, diagnostics,
                                 &target->formula);
    if (status == STATUS_LIMIT) {
        return status;
    }
    if (status != STATUS_OK || diagnostics->count > 0) {
        fault_clear(loading->cx);
        Str what =
            diagnostics->count == 0
                ? STR("an expression in FEEL expected")
                : feel_diagnostic_text(loading->cx->arena, &diagnostics->items[0], FEEL_CHINESE);
        return wrong(loading, row, "formula", what);
    }
    return STATUS_OK;
}

static void series_collect(const Loading *loading, BookTarget *target) {
    const PlanBook *book = loading->book;
    target->series = arena_array(loading->cx->arena, const BookSeries *, book->series_count + 1);
    for (size_t i = 0; i < book->series_count; i++) {
        if (feel_program_uses(target->formula, i)) {
            target->series[target->series_count++] = &book->series[i];
        }
    }
    target->needs_baseline = feel_program_uses(target->formula, book->baseline_slot);
}

static Status lever_read(const Loading *loading, const YamlNode *row, BookTarget *target) {
    Str name = text_of(loading, row, "lever");
    target->lever = target->series_count == 1 ? target->series[0] : NULL;
    for (size_t i = 0; name.len > 0 && i < target->series_count; i++) {
        if (str_equal(target->series[i]->name, name)) {
            target->lever = target->series[i];
            return STATUS_OK;
        }
    }
    return name.len == 0 ? STATUS_OK
                         : wrong(loading, row, "lever", STR("a series of the formula expected"));
}

/* The words of a formula that only takes over what the unit reports. */
static Str own_formula(Arena *arena, const BookSeries *own) {
    return own->type == BOOK_FLOW
               ? str_print(arena, "(" STR_FMT " / 基期值 - 1) * 100", STR_ARG(own->id))
               : own->id;
}

static Status target_finish(const Loading *loading, const YamlNode *row, BookTarget *target) {
    for (size_t i = 0; i < loading->book->series_count; i++) {
        if (str_equal(loading->book->series[i].target_code, target->code)) {
            target->formula_text = own_formula(loading->cx->arena, &loading->book->series[i]);
        }
    }
    TRY(formula_compile(loading, row, target));
    series_collect(loading, target);
    return lever_read(loading, row, target);
}

static Status targets_load(Loading *loading, const YamlNode *list) {
    PlanBook *book = loading->book;
    book->target_count = yaml_count(list);
    book->targets = arena_array(loading->cx->arena, BookTarget, book->target_count + 1);
    for (size_t i = 0; i < book->target_count; i++) {
        TRY(target_head_read(loading, yaml_item(list, i), &book->targets[i]));
    }
    book->series = loading->series.items;
    book->series_count = loading->series.count;
    scope_make(loading);
    for (size_t i = 0; i < book->target_count; i++) {
        TRY(cx_step(loading->cx));
        TRY(target_finish(loading, yaml_item(list, i), &book->targets[i]));
    }
    return STATUS_OK;
}

static Status town_counters_load(Loading *loading, const YamlNode *list) {
    PlanBook *book = loading->book;
    book->town_counter_count = yaml_count(list);
    book->town_counters =
        arena_array(loading->cx->arena, BookTownCounter, book->town_counter_count + 1);
    for (size_t i = 0; i < book->town_counter_count; i++) {
        const YamlNode *row = yaml_item(list, i);
        BookTownCounter *counter = &book->town_counters[i];
        TRY(yaml_text(loading->cx, row, "counter", &counter->counter));
        TRY(yaml_text(loading->cx, row, "title", &counter->title));
        TRY(yaml_text(loading->cx, row, "unit", &counter->unit));
        counter->per = yaml_int_or(row, "per", 1);
        counter->is_stock = str_equal(text_of(loading, row, "type"), STR("stock"));
        if (counter->per < 1) {
            return wrong(loading, row, "per", STR("a whole number above 0 expected"));
        }
    }
    return STATUS_OK;
}

Status plan_book_load(Cx *cx, Str folder, struct PlanBook **out) {
    const YamlNode *root = NULL;
    Str path = str_print(cx->arena, STR_FMT "/indicators.yaml", STR_ARG(folder));
    Loading loading = {
        .cx = cx, .path = str_c(cx->arena, path), .book = arena_new(cx->arena, PlanBook)};
    TRY(units_load(cx, folder, loading.book));
    TRY(file_read(cx, path, &root));
    const YamlNode *series = yaml_at(root, "series");
    for (size_t i = 0; i < yaml_count(series); i++) {
        TRY(series_read(&loading, yaml_item(series, i)));
    }
    TRY(targets_load(&loading, yaml_at(root, "indicators")));
    TRY(town_counters_load(&loading, yaml_at(root, "town_counters")));
    loading.book->report_day = yaml_int_or(root, "report_day", 0);
    if (loading.book->report_day < 0 || loading.book->report_day > 28) {
        return wrong(&loading, root, "report_day", STR("a day of the month, 1 to 28, expected"));
    }
    *out = loading.book;
    return STATUS_OK;
}

/* ---- looking up ---- */

BookSource plan_book_source(const BookTarget *target) {
    size_t counted = 0;
    size_t totals = 0;
    for (size_t i = 0; i < target->series_count; i++) {
        counted += target->series[i]->counter.len > 0 ? 1 : 0;
        totals += target->series[i]->total.len > 0 ? 1 : 0;
    }
    return counted == 0                     ? BOOK_SOURCE_REPORTED
           : counted < target->series_count ? BOOK_SOURCE_MIXED
           : totals > 0                     ? BOOK_SOURCE_TOTAL
                                            : BOOK_SOURCE_EACH;
}

Str plan_book_source_zh(BookSource source) {
    switch (source) {
#define X(name, code, zh)                                                                          \
    case BOOK_SOURCE_##name:                                                                       \
        return STR(zh);
        BOOK_SOURCE_LIST(X)
#undef X
    }
    return STR("");
}

const BookTarget *plan_book_target(const PlanBook *book, Str code) {
    for (size_t i = 0; i < book->target_count; i++) {
        if (str_equal(book->targets[i].code, code)) {
            return &book->targets[i];
        }
    }
    return NULL;
}

const BookSeries *plan_book_series(const PlanBook *book, Str id) {
    for (size_t i = 0; i < book->series_count; i++) {
        if (str_equal(book->series[i].id, id)) {
            return &book->series[i];
        }
    }
    return NULL;
}

bool book_target_is_live(const BookTarget *target) {
    for (size_t i = 0; i < target->series_count; i++) {
        if (target->series[i]->counter.len > 0) {
            return true;
        }
    }
    return false;
}
