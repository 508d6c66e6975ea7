/* declare_flow.c - states and acts, unique keys, counters, views. */
#include "record/declare.h"

/* ---- states ---- */

static void state_read(Reader *reader, const YamlNode *map, RecordState *state) {
    static const char *const keys[] = {"code",   "title",   "tone",         "is_start",
                                       "is_end", "is_void", "renamed_from", NULL};
    static const char *const tones[] = {
#define X(name, word) word,
        RECORD_TONE_LIST(X)
#undef X
            NULL};
    if (!reader_keys(reader, map, "a state", keys)) {
        return;
    }
    state->code = reader_code(reader, map, "code", 40, "");
    state->title = reader_text(reader, map, "title", true);
    state->renamed_from = reader_text(reader, map, "renamed_from", false);
    Str tone = reader_text(reader, map, "tone", false);
    state->tone = tone.len == 0 ? RECORD_TONE_NEUTRAL
                                : (RecordTone)reader_word(reader, map, "tone", tone, tones);
    state->is_start = reader_flag(reader, map, "is_start");
    state->is_end = reader_flag(reader, map, "is_end");
    state->is_void = reader_flag(reader, map, "is_void");
}

void declare_states(Reader *reader, const YamlNode *root) {
    size_t count = 0;
    const YamlNode *list = reader_list(reader, root, "states", true, &count);
    RecordKind *kind = reader->kind;
    if (count > RECORD_STATES_MAX) {
        reader_problem(reader, yaml_line(list), "at most %d states expected", RECORD_STATES_MAX);
        count = RECORD_STATES_MAX;
    }
    RecordState *states = arena_array(reader->arena, RecordState, count + 1);
    size_t start_count = 0;
    for (size_t i = 0; i < count; i++) {
        state_read(reader, yaml_item(list, i), &states[i]);
        for (size_t other = 0; other < i; other++) {
            if (str_equal(states[i].code, states[other].code) ||
                str_equal(states[i].title, states[other].title)) {
                reader_problem(reader, yaml_line(yaml_item(list, i)),
                               "state \"" STR_FMT "\" stands there already",
                               STR_ARG(states[i].code));
            }
        }
        if (states[i].is_start) {
            kind->start = i;
            start_count++;
        }
    }
    kind->states = states;
    kind->state_count = count;
    if (count == 0) {
        /* So that rules can still be compiled and their mistakes told. */
        kind->state_count = 1;
    } else if (start_count != 1) {
        reader_problem(reader, yaml_line(list),
                       "exactly one state with \"is_start: true\" expected");
    }
}

/* Codes of states as a set of indexes. */
static uint64_t states_read(Reader *reader, const YamlNode *map, const char *key, bool is_needed) {
    size_t count = 0;
    uint64_t set = 0;
    const Str *codes = reader_texts(reader, map, key, is_needed, &count);
    for (size_t i = 0; i < count; i++) {
        size_t state = record_state_find(reader->kind, codes[i]);
        if (state == SIZE_MAX) {
            reader_problem(reader, reader_line(map, key),
                           "key \"%s\": there is no state \"" STR_FMT "\"", key, STR_ARG(codes[i]));
        } else {
            set |= UINT64_C(1) << state;
        }
    }
    return set;
}

/* ---- tables of conditions ---- */

void declare_tables(Reader *reader, const YamlNode *root) {
    static const char *const keys[] = {"code", "title", "file", "when", NULL};
    size_t count = 0;
    const YamlNode *list = reader_list(reader, root, "tables", false, &count);
    RecordKind *kind = reader->kind;
    if (count > RECORD_CHOICES_MAX) {
        reader_problem(reader, yaml_line(list), "at most %d tables expected", RECORD_CHOICES_MAX);
        count = 0;
    }
    kind->tables = arena_array(reader->arena, RecordRules, count + 1);
    for (size_t i = 0; i < count; i++) {
        const YamlNode *map = yaml_item(list, i);
        RecordRules *table = &kind->tables[kind->table_count];
        if (!reader_keys(reader, map, "a table", keys)) {
            continue;
        }
        table->code = reader_code(reader, map, "code", 40, "");
        table->title = reader_text(reader, map, "title", true);
        table->file = reader_text(reader, map, "file", true);
        table->line = yaml_line(map);
        table->when = reader_rule(reader, reader->scope, map, "when", kind->field_count);
        if (!str_ends(table->file, STR(".dmn")) || str_contains(table->file, STR("/"))) {
            reader_problem(reader, table->line,
                           "key \"file\": a .dmn file beside this one expected");
            continue;
        }
        kind->table_count++;
    }
}

/* ---- acts ---- */

static void actors_read(Reader *reader, const YamlNode *map, RecordTransition *act) {
    size_t count = 0;
    const Str *words = reader_texts(reader, map, "by", true, &count);
    Str *roles = arena_array(reader->arena, Str, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (str_equal(words[i], STR("filer"))) {
            act->by_filer = true;
        } else if (str_equal(words[i], STR("owner"))) {
            act->by_owner = true;
        } else {
            roles[act->role_count++] = words[i];
        }
    }
    act->roles = roles;
    reader_roles(reader, map, "by", roles, act->role_count);
}

/* What an act asks must be something that a person types. */
static void asks_check(Reader *reader, const YamlNode *map, const RecordTransition *act) {
    for (size_t i = 0; i < act->ask_count; i++) {
        const RecordField *field = &reader->kind->fields[act->asks[i]];
        if (field->computed != NULL) {
            reader_problem(reader, reader_line(map, "asks"),
                           "key \"asks\": \"" STR_FMT "\" is computed", STR_ARG(field->name));
        }
    }
}

static void act_read(Reader *reader, const YamlNode *map, RecordTransition *act) {
    static const char *const keys[] = {
        "code", "title",      "from", "to",      "by",        "guard",  "guard_message", "needs",
        "asks", "clock_days", "note", "confirm", "four_eyes", "effect", "conditions",    NULL};
    static const char *const notes[] = {"optional", "required", "none", NULL};
    if (!reader_keys(reader, map, "a transition", keys)) {
        return;
    }
    act->code = reader_code(reader, map, "code", 40, "");
    act->title = reader_text(reader, map, "title", true);
    act->from = states_read(reader, map, "from", true);
    Str to = reader_text(reader, map, "to", true);
    size_t state = record_state_find(reader->kind, to);
    if (state == SIZE_MAX && to.len > 0) {
        reader_problem(reader, reader_line(map, "to"),
                       "key \"to\": there is no state \"" STR_FMT "\"", STR_ARG(to));
    }
    act->to = state == SIZE_MAX ? 0 : state;
    actors_read(reader, map, act);
    act->guard = reader_rule(reader, reader->scope, map, "guard", reader->kind->field_count);
    act->guard_message = reader_text(reader, map, "guard_message", act->guard != NULL);
    act->needs = reader_fields(reader, map, "needs", &act->need_count);
    act->asks = reader_fields(reader, map, "asks", &act->ask_count);
    asks_check(reader, map, act);
    act->clock_days = (int32_t)reader_number(reader, map, "clock_days", 0, 1000);
    Str note = reader_text(reader, map, "note", false);
    act->note = note.len == 0 ? RECORD_NOTE_OPTIONAL
                              : (RecordNote)reader_word(reader, map, "note", note, notes);
    act->confirm = reader_text(reader, map, "confirm", false);
    act->effect = reader_text(reader, map, "effect", false);
    act->is_four_eyes = reader_flag(reader, map, "four_eyes");
    act->has_conditions = reader_flag(reader, map, "conditions");
    if (act->has_conditions && reader->kind->table_count == 0) {
        reader_problem(reader, reader_line(map, "conditions"),
                       "key \"conditions\": the kind declares no \"tables\"");
    }
}

/* Every state is reached from the start, and every state that is no end can be left. */
static void ways_check(Reader *reader, const YamlNode *root) {
    const RecordKind *kind = reader->kind;
    uint64_t reached = UINT64_C(1) << kind->start;
    uint64_t left = 0;
    for (size_t round = 0; round < kind->state_count; round++) {
        for (size_t i = 0; i < kind->transition_count; i++) {
            left |= kind->transitions[i].from;
            if ((kind->transitions[i].from & reached) != 0) {
                reached |= UINT64_C(1) << kind->transitions[i].to;
            }
        }
    }
    for (size_t i = 0; i < kind->state_count; i++) {
        uint64_t bit = UINT64_C(1) << i;
        if ((reached & bit) == 0) {
            reader_problem(reader, reader_line(root, "states"),
                           "state \"" STR_FMT "\" is reached by no transition",
                           STR_ARG(kind->states[i].code));
        }
        if ((left & bit) == 0 && !kind->states[i].is_end) {
            reader_problem(reader, reader_line(root, "states"),
                           "state \"" STR_FMT "\" has no transition out: \"is_end: true\" expected",
                           STR_ARG(kind->states[i].code));
        }
    }
}

void declare_transitions(Reader *reader, const YamlNode *root) {
    size_t count = 0;
    const YamlNode *list = reader_list(reader, root, "transitions", false, &count);
    RecordKind *kind = reader->kind;
    if (count > 2 * RECORD_STATES_MAX) {
        reader_problem(reader, yaml_line(list), "at most %d transitions expected",
                       2 * RECORD_STATES_MAX);
        count = 2 * RECORD_STATES_MAX;
    }
    RecordTransition *acts = arena_array(reader->arena, RecordTransition, count + 1);
    for (size_t i = 0; i < count; i++) {
        act_read(reader, yaml_item(list, i), &acts[i]);
        for (size_t other = 0; other < i; other++) {
            if (str_equal(acts[i].code, acts[other].code)) {
                reader_problem(reader, yaml_line(yaml_item(list, i)),
                               "transition \"" STR_FMT "\" stands there already",
                               STR_ARG(acts[i].code));
            }
        }
    }
    kind->transitions = acts;
    kind->transition_count = count;
    if (yaml_count(yaml_at(root, "states")) > 0) {
        ways_check(reader, root);
    }
}

/* ---- unique keys ---- */

/* "serial" or "machine.serial" as index of the field and of the column in its table. */
static bool path_find(Reader *reader, const YamlNode *map, const char *key, Str path, size_t *field,
                      size_t *column) {
    Str rest = path;
    Str name = str_cut(&rest, '.');
    *field = record_field_find(reader->kind, name);
    *column = SIZE_MAX;
    const RecordField *found = *field == SIZE_MAX ? NULL : &reader->kind->fields[*field];
    if (found != NULL && rest.len > 0) {
        for (size_t i = 0; i < found->item_count; i++) {
            if (str_equal(found->items[i].name, rest)) {
                *column = i;
            }
        }
    }
    bool is_right = found != NULL && (found->type == RECORD_ROWS) == (rest.len > 0) &&
                    (rest.len == 0 || *column != SIZE_MAX);
    if (!is_right) {
        reader_problem(reader, reader_line(map, key),
                       "key \"%s\": there is no field \"" STR_FMT
                       "\" (a column is \"table.column\")",
                       key, STR_ARG(path));
    }
    return is_right;
}

static void unique_read(Reader *reader, const YamlNode *map, RecordUnique *unique) {
    static const char *const keys[] = {"fields", "across", "message", NULL};
    if (!reader_keys(reader, map, "a unique key", keys)) {
        return;
    }
    size_t count = 0;
    const Str *paths = reader_texts(reader, map, "fields", true, &count);
    size_t *fields = arena_array(reader->arena, size_t, count + 1);
    size_t *columns = arena_array(reader->arena, size_t, count + 1);
    Str space = reader->kind->code;
    size_t tables = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = unique->count;
        space = str_print(reader->arena, STR_FMT "." STR_FMT, STR_ARG(space), STR_ARG(paths[i]));
        if (path_find(reader, map, "fields", paths[i], &fields[at], &columns[at])) {
            bool is_other = at > 0 && columns[at] != SIZE_MAX && fields[at] != fields[0];
            tables += is_other;
            unique->count++;
        }
    }
    if (tables > 0) {
        reader_problem(reader, reader_line(map, "fields"),
                       "key \"fields\": columns of one table only, and these first, expected");
    }
    unique->fields = fields;
    unique->columns = columns;
    Str across = reader_text(reader, map, "across", false);
    if (across.len > 0 && !record_is_code(across, 2, 40, "")) {
        reader_problem(reader, reader_line(map, "across"),
                       "key \"across\": small letters, digits and \"_\", at most 40, expected");
    }
    unique->space = across.len > 0 ? across : space;
    unique->message = reader_text(reader, map, "message", true);
}

void declare_uniques(Reader *reader, const YamlNode *root) {
    size_t count = 0;
    const YamlNode *list = reader_list(reader, root, "unique", false, &count);
    RecordUnique *uniques = arena_array(reader->arena, RecordUnique, count + 1);
    for (size_t i = 0; i < count; i++) {
        unique_read(reader, yaml_item(list, i), &uniques[i]);
    }
    reader->kind->uniques = uniques;
    reader->kind->unique_count = count;
}

/* ---- counters ---- */

static bool is_summed(const RecordField *field) {
    return field->type == RECORD_INT || field->type == RECORD_DECIMAL ||
           field->type == RECORD_MONEY || field->type == RECORD_CHECK;
}

static void sum_read(Reader *reader, const YamlNode *map, RecordCounter *counter) {
    counter->sum = SIZE_MAX;
    counter->sum_column = SIZE_MAX;
    Str path = reader_text(reader, map, "sum", false);
    if (path.len == 0 ||
        !path_find(reader, map, "sum", path, &counter->sum, &counter->sum_column)) {
        counter->sum = SIZE_MAX;
        return;
    }
    const RecordField *field = &reader->kind->fields[counter->sum];
    field = counter->sum_column == SIZE_MAX ? field : &field->items[counter->sum_column];
    if (!is_summed(field)) {
        reader_problem(reader, reader_line(map, "sum"),
                       "key \"sum\": a field of type int, decimal, money or check expected");
    }
}

static void by_read(Reader *reader, const YamlNode *map, RecordCounter *counter) {
    size_t count = 0;
    const Str *names = reader_texts(reader, map, "by", false, &count);
    size_t *by = arena_array(reader->arena, size_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        by[i] = str_equal(names[i], STR("owner"))    ? RECORD_BY_OWNER
                : str_equal(names[i], STR("filing")) ? RECORD_BY_FILING
                                                     : record_field_find(reader->kind, names[i]);
        RecordType type =
            by[i] < reader->kind->field_count ? reader->kind->fields[by[i]].type : RECORD_UNIT;
        if (by[i] == SIZE_MAX || (type != RECORD_TOWN && type != RECORD_UNIT &&
                                  type != RECORD_CHOICE && type != RECORD_PLACE)) {
            reader_problem(
                reader, reader_line(map, "by"),
                "key \"by\": \"" STR_FMT
                "\": owner, filing or a field of type town, place, unit or choice expected",
                STR_ARG(names[i]));
            by[i] = RECORD_BY_OWNER;
        }
    }
    counter->by = by;
    counter->by_count = count;
}

static uint64_t living_states(const RecordKind *kind) {
    uint64_t set = 0;
    for (size_t i = 0; i < kind->state_count; i++) {
        set |= kind->states[i].is_void ? 0 : UINT64_C(1) << i;
    }
    return set;
}

/* A field that says a month; SIZE_MAX when the key is absent. */
static size_t day_field_read(Reader *reader, const YamlNode *map, const char *key) {
    size_t count = 0;
    const size_t *days = reader_fields(reader, map, key, &count);
    RecordType type = count == 0 ? RECORD_DAY : reader->kind->fields[days[0]].type;
    if (type != RECORD_DAY && type != RECORD_MONTH) {
        reader_problem(reader, reader_line(map, key),
                       "key \"%s\": a field of type day or month expected", key);
    }
    return count == 0 ? SIZE_MAX : days[0];
}

static void counter_read(Reader *reader, const YamlNode *map, const FeelScope *scope,
                         RecordCounter *counter) {
    static const char *const keys[] = {"code", "title", "states", "where", "sum",
                                       "day",  "until", "by",     NULL};
    if (!reader_keys(reader, map, "a counter", keys)) {
        return;
    }
    counter->code = reader_code(reader, map, "code", 60, ".");
    counter->title = reader_text(reader, map, "title", true);
    counter->states = yaml_at(map, "states") == NULL ? living_states(reader->kind)
                                                     : states_read(reader, map, "states", true);
    counter->where = reader_rule(reader, scope, map, "where", reader->kind->field_count);
    sum_read(reader, map, counter);
    by_read(reader, map, counter);
    counter->day = day_field_read(reader, map, "day");
    counter->until = day_field_read(reader, map, "until");
}

void declare_counters(Reader *reader, const YamlNode *root) {
    size_t count = 0;
    const YamlNode *list = reader_list(reader, root, "counters", false, &count);
    RecordCounter *counters = arena_array(reader->arena, RecordCounter, count + 1);
    const FeelScope *scope = count == 0 ? NULL : record_rule_scope(reader->cx, reader->kind, true);
    for (size_t i = 0; i < count; i++) {
        counter_read(reader, yaml_item(list, i), scope, &counters[i]);
    }
    reader->kind->counters = counters;
    reader->kind->counter_count = count;
}

/* ---- views ---- */

static void sort_check(Reader *reader, const YamlNode *map, Str sort) {
    Str name = str_starts(sort, STR("-")) ? str_from(sort, 1) : sort;
    size_t field = record_field_find(reader->kind, name);
    bool is_listed = field != SIZE_MAX && str_equal(reader->kind->fields[field].name, name) &&
                     reader->kind->fields[field].is_list;
    if (!is_listed && !str_equal(name, STR("id")) && !str_equal(name, STR("due"))) {
        reader_problem(reader, reader_line(map, "sort"),
                       "key \"sort\": a field with \"list: true\", id or due expected, \"-\" "
                       "in front for descending");
    }
}

static RecordFilter filter_read(Reader *reader, const YamlNode *where, size_t index) {
    RecordFilter filter = {.name = str_dup(reader->arena, yaml_key(where, index))};
    Str text = str_dup(reader->arena, str_trim(yaml_scalar(yaml_key_value(where, index))));
    size_t field = record_field_find(reader->kind, filter.name);
    bool is_listed = field != SIZE_MAX && reader->kind->fields[field].is_list;
    bool is_head = str_equal(filter.name, STR("owner")) || str_equal(filter.name, STR("filing"));
    if ((!is_listed && !is_head) || text.len == 0) {
        reader_problem(reader, yaml_key_line(where, index),
                       "key \"where\": a field with \"list: true\" and a value expected");
    }
    size_t dots = str_find(text, STR(".."), 0);
    filter.low = dots == SIZE_MAX ? text : str_slice(text, 0, dots);
    filter.high = dots == SIZE_MAX ? text : str_from(text, dots + 2);
    return filter;
}

static void view_read(Reader *reader, const YamlNode *map, RecordView *view) {
    static const char *const keys[] = {"code", "title", "states", "where", "sort", NULL};
    if (!reader_keys(reader, map, "a view", keys)) {
        return;
    }
    view->code = reader_code(reader, map, "code", 40, "");
    view->title = reader_text(reader, map, "title", true);
    (void)states_read(reader, map, "states", false);
    view->states = reader_texts(reader, map, "states", false, &view->state_count);
    const YamlNode *where = yaml_at(map, "where");
    if (where != NULL && (!yaml_is_map(where) || yaml_key_count(where) > RECORD_FILTERS_MAX)) {
        reader_problem(reader, reader_line(map, "where"),
                       "key \"where\": a mapping of at most %d fields and values expected",
                       RECORD_FILTERS_MAX);
        where = NULL;
    }
    view->filter_count = yaml_key_count(where);
    RecordFilter *filters = arena_array(reader->arena, RecordFilter, view->filter_count + 1);
    for (size_t i = 0; i < view->filter_count; i++) {
        filters[i] = filter_read(reader, where, i);
    }
    view->filters = filters;
    view->sort = reader_text(reader, map, "sort", false);
    if (view->sort.len == 0) {
        view->sort = reader->kind->sort;
    } else {
        sort_check(reader, map, view->sort);
    }
}

void declare_views(Reader *reader, const YamlNode *root) {
    RecordKind *kind = reader->kind;
    kind->sort = reader_text(reader, root, "sort", false);
    if (kind->sort.len == 0) {
        kind->sort = STR("-id");
    } else {
        sort_check(reader, root, kind->sort);
    }
    size_t count = 0;
    const YamlNode *list = reader_list(reader, root, "views", false, &count);
    RecordView *views = arena_array(reader->arena, RecordView, count + 1);
    for (size_t i = 0; i < count; i++) {
        view_read(reader, yaml_item(list, i), &views[i]);
    }
    kind->views = views;
    kind->view_count = count;
}
