/*
 * run.c - the requirements graph at work: a node is decided when first asked for and its value kept
 * until the case ends. Knowledge models and services are functions; a service call has an
 * environment of its own, in which only its arguments are given.
 */
#include "dmn/run.h"

/* ---- diagnostics and traces ---- */

void dmn_run_report(DmnRun *run, const DmnPlace *place, DmnMessage message, Str first, Str second) {
    if (run->diagnostics.count < RUN_DIAGNOSTICS_MAX) {
        *vec_push(run->cx->arena, &run->diagnostics) =
            (DmnDiagnostic){.message = (int)message, .text = {first, second}, .place = *place};
    }
}

void dmn_run_drain(DmnRun *run, const DmnPlace *place) {
    size_t count = run->feel->count;
    count = count < FEEL_DIAGNOSTICS_MAX ? count : FEEL_DIAGNOSTICS_MAX;
    for (size_t i = 0; i < count && run->diagnostics.count < RUN_DIAGNOSTICS_MAX; i++) {
        *vec_push(run->cx->arena, &run->diagnostics) = (DmnDiagnostic){
            .message = DMN_MESSAGE_FEEL, .feel = run->feel->items[i], .place = *place};
    }
    run->feel->count = 0;
}

DmnTrace *dmn_run_trace_add(DmnRun *run, size_t node) {
    if (!run->explains) {
        return NULL;
    }
    DmnTrace *trace = arena_new(run->cx->arena, DmnTrace);
    trace->node = node;
    trace->depth = run->trace_depth;
    if (run->trace_last == NULL) {
        run->trace_first = trace;
    } else {
        run->trace_last->next = trace;
    }
    run->trace_last = trace;
    return trace;
}

static DmnPlace place_of_node(const Node *node) {
    return (DmnPlace){.file = node->face.file, .line = node->face.line, .node = node->face.name};
}

/* Simple values of the declared simple type need no look by FEEL. */
static bool is_plainly(const FeelType *type, const FeelValue *value) {
    bool is_simple = type->kind == FEEL_NUMBER || type->kind == FEEL_STRING ||
                     type->kind == FEEL_BOOLEAN || type->kind == FEEL_DATE;
    return type->kind == FEEL_ANY ||
           (is_simple && type->kind == value->kind && type->allowed == NULL);
}

Status dmn_coerce(DmnRun *run, const FeelType *type, const DmnPlace *place, FeelValue *value) {
    if (type == NULL || value->kind == FEEL_NULL ||
        (type->allowed == NULL && is_plainly(type, value))) {
        return STATUS_OK;
    }
    FeelValue coerced = FEEL_NULL_VALUE;
    TRY(feel_coerce(&run->eval, value, type, &coerced));
    *value = coerced;
    if (run->feel->count > 0) {
        dmn_run_drain(run, place);
    }
    return STATUS_OK;
}

/* ---- nodes as functions ---- */

typedef struct Callee {
    DmnRun *run;
    Environment *environment;
    const Node *node;
} Callee;

static Status fill_frame(Frame *frame) {
    const Node *node = frame->node;
    for (size_t i = 0; i < node->requirements.count; i++) {
        TRY(dmn_decide_in(frame->run, frame->environment, node->requirements.items[i].node,
                          &frame->slots[i]));
    }
    return STATUS_OK;
}

static Status call_knowledge(void *host, FeelEval *eval, const FeelValue *arguments, size_t count,
                             FeelValue *out) {
    (void)eval;
    const Callee *callee = host;
    const Node *node = callee->node;
    DmnRun *run = callee->run;
    *out = FEEL_NULL_VALUE;
    if (node->logic == NULL) {
        return STATUS_OK;
    }
    if (run->depth >= DMN_DEPTH_MAX) {
        return fault(run->cx, STATUS_LIMIT, "dmn: calls nested deeper than %d", DMN_DEPTH_MAX);
    }
    Frame frame = {.run = run, .environment = callee->environment, .node = node};
    frame.slot_count = node->frame_count;
    frame.slots = arena_array(run->cx->arena, FeelValue, node->frame_count);
    check(node->requirements.count + count <= node->frame_count);
    run->depth++;
    TRY(fill_frame(&frame));
    for (size_t i = 0; i < count; i++) {
        frame.slots[node->requirements.count + i] = arguments[i];
    }
    TRY(dmn_evaluate(&frame, node->logic, out));
    run->depth--;
    return STATUS_OK;
}

/* The value of a service: that of its one output decision, or a context of several. */
static Status service_value(DmnRun *run, Environment *environment, const Node *node,
                            FeelValue *out) {
    if (node->service_outputs.count == 1) {
        return dmn_decide_in(run, environment, node->service_outputs.items[0], out);
    }
    FeelContext *context = feel_context_new(run->cx->arena, node->service_outputs.count);
    for (size_t i = 0; i < node->service_outputs.count; i++) {
        size_t index = node->service_outputs.items[i];
        FeelValue value = FEEL_NULL_VALUE;
        TRY(dmn_decide_in(run, environment, index, &value));
        feel_context_put(run->cx->arena, context, run->model->nodes.items[index]->face.name, value);
    }
    *out = feel_context(context);
    return STATUS_OK;
}

static Status call_service(void *host, FeelEval *eval, const FeelValue *arguments, size_t count,
                           FeelValue *out) {
    (void)eval;
    const Callee *callee = host;
    DmnRun *run = callee->run;
    if (run->depth >= DMN_DEPTH_MAX) {
        return fault(run->cx, STATUS_LIMIT, "dmn: calls nested deeper than %d", DMN_DEPTH_MAX);
    }
    Environment inner = {.states = arena_array(run->cx->arena, NodeState, run->model->nodes.count)};
    for (size_t i = 0; i < count; i++) {
        inner.states[callee->node->service_inputs.items[i]] =
            (NodeState){.generation = run->generation, .stage = STAGE_DONE, .value = arguments[i]};
    }
    run->depth++;
    TRY(service_value(run, &inner, callee->node, out));
    run->depth--;
    return STATUS_OK;
}

static FeelValue function_of(DmnRun *run, Environment *environment, const Node *node) {
    Callee *callee = arena_new(run->cx->arena, Callee);
    Environment *kept = arena_new(run->cx->arena, Environment);
    *kept = *environment;
    *callee = (Callee){.run = run, .environment = kept, .node = node};
    return feel_function_host(
        run->cx->arena, node->face.name, node->parameters, node->parameter_count, node->result,
        node->face.kind == DMN_SERVICE ? call_service : call_knowledge, callee);
}

/* ---- deciding ---- */

static Status decide_decision(DmnRun *run, Environment *environment, const Node *node,
                              FeelValue *out) {
    DmnPlace place = place_of_node(node);
    *out = FEEL_NULL_VALUE;
    if (node->logic == NULL) {
        dmn_run_report(run, &place, DMN_MESSAGE_NO_LOGIC, node->face.name, STR(""));
        return STATUS_OK;
    }
    if (run->depth >= DMN_DEPTH_MAX) {
        return fault(run->cx, STATUS_LIMIT, "dmn: decisions nested deeper than %d", DMN_DEPTH_MAX);
    }
    Frame frame = {.run = run, .environment = environment, .node = node};
    frame.slot_count = node->frame_count;
    frame.slots = arena_array(run->cx->arena, FeelValue, node->frame_count);
    run->depth++;
    run->trace_depth++;
    TRY(fill_frame(&frame));
    run->trace_depth--;
    TRY(dmn_evaluate(&frame, node->logic, out));
    run->depth--;
    TRY(dmn_coerce(run, node->face.type, &node->logic->place, out));
    DmnTrace *trace = dmn_run_trace_add(run, node->face.index);
    if (trace != NULL) {
        trace->value = *out;
    }
    return STATUS_OK;
}

static Status decide_fresh(DmnRun *run, Environment *environment, const Node *node,
                           FeelValue *out) {
    switch (node->face.kind) {
    case DMN_INPUT:
        *out = FEEL_NULL_VALUE;
        return STATUS_OK;
    case DMN_DECISION:
        return decide_decision(run, environment, node, out);
    case DMN_KNOWLEDGE:
    case DMN_SERVICE:
        *out = function_of(run, environment, node);
        return STATUS_OK;
    }
    return STATUS_OK;
}

Status dmn_decide_in(DmnRun *run, Environment *environment, size_t index, FeelValue *out) {
    check(index < run->model->nodes.count);
    const Node *node = run->model->nodes.items[index];
    NodeState *state = &environment->states[index];
    NodeStage stage = state->generation == run->generation ? state->stage : STAGE_NONE;
    if (stage == STAGE_DONE) {
        *out = state->value;
        return STATUS_OK;
    }
    TRY(cx_step(run->cx));
    if (stage == STAGE_OPEN) {
        DmnPlace place = place_of_node(node);
        dmn_run_report(run, &place, DMN_MESSAGE_CIRCULAR_DECISION, node->face.name, STR(""));
        *out = FEEL_NULL_VALUE;
        return STATUS_OK;
    }
    FeelValue value = state->value;
    if (stage == STAGE_GIVEN) {
        DmnPlace place = place_of_node(node);
        TRY(dmn_coerce(run, node->face.type, &place, &value));
    } else {
        state->generation = run->generation;
        state->stage = STAGE_OPEN;
        TRY(decide_fresh(run, environment, node, &value));
    }
    state->stage = STAGE_DONE;
    state->value = value;
    *out = value;
    return STATUS_OK;
}

/* ---- the public face ---- */

DmnRun *dmn_run_new(Arena *arena, const DmnModel *model) {
    DmnRun *run = arena_new(arena, DmnRun);
    run->model = model;
    run->feel = arena_new(arena, FeelDiagnostics);
    run->base.states = arena_array(arena, NodeState, model->nodes.count);
    return run;
}

void dmn_run_begin(DmnRun *run, Cx *cx, const Temporal *now, bool explains) {
    run->cx = cx;
    run->generation++;
    run->depth = 0;
    run->trace_depth = 0;
    run->explains = explains;
    run->trace_first = NULL;
    run->trace_last = NULL;
    run->diagnostics = (DiagnosticVec){0};
    run->feel->count = 0;
    feel_eval_init(&run->eval, cx, now, run->model->zones, run->feel);
}

void dmn_run_input(DmnRun *run, size_t node, FeelValue value) {
    check(node < run->model->nodes.count);
    run->base.states[node] =
        (NodeState){.generation = run->generation, .stage = STAGE_GIVEN, .value = value};
}

static Status unknown_input(DmnRun *run, Str name) {
    Status status = fault_at_field(run->cx, STATUS_INVALID, "",
                                   "dmn: \"" STR_FMT "\" is no input of the model", STR_ARG(name));
    fault_hint(run->cx, "see the names of its input data");
    return status;
}

Status dmn_run_inputs(DmnRun *run, const FeelContext *inputs) {
    for (size_t i = 0; i < inputs->count; i++) {
        const FeelEntry *entry = &inputs->entries[i];
        TRY(cx_step(run->cx));
        size_t node = dmn_node_find(run->model, entry->key, STR(""));
        if (node == DMN_NONE) {
            return unknown_input(run, entry->key);
        }
        dmn_run_input(run, node,
                      dmn_value_adapt(run->cx->arena, run->model->zones,
                                      run->model->nodes.items[node]->face.type, entry->value));
    }
    return STATUS_OK;
}

Status dmn_run_inputs_json(DmnRun *run, Str json) {
    FeelValue value = FEEL_NULL_VALUE;
    TRY(feel_parse_json(run->cx, json, &value));
    if (value.kind != FEEL_CONTEXT) {
        return fault(run->cx, STATUS_INVALID, "dmn: the inputs must be a JSON object");
    }
    return dmn_run_inputs(run, value.context);
}

Status dmn_run_decide(DmnRun *run, size_t node, FeelValue *out) {
    return dmn_decide_in(run, &run->base, node, out);
}

Status dmn_run_call(DmnRun *run, size_t node, const FeelArgument *arguments, size_t count,
                    FeelValue *out) {
    check(node < run->model->nodes.count);
    const Node *callee = run->model->nodes.items[node];
    if (callee->face.kind != DMN_SERVICE && callee->face.kind != DMN_KNOWLEDGE) {
        return fault(run->cx, STATUS_INVALID, "dmn: \"" STR_FMT "\" cannot be called",
                     STR_ARG(callee->face.name));
    }
    DmnPlace place = place_of_node(callee);
    FeelValue function = FEEL_NULL_VALUE;
    TRY(dmn_decide_in(run, &run->base, node, &function));
    TRY(feel_call_named(&run->eval, &function, arguments, count, out));
    dmn_run_drain(run, &place);
    return STATUS_OK;
}

DmnDiagnostics dmn_run_diagnostics(const DmnRun *run) {
    return (DmnDiagnostics){run->diagnostics.items, run->diagnostics.count};
}

const DmnTrace *dmn_run_trace(const DmnRun *run) {
    return run->trace_first;
}

/* ---- values from JSON ---- */

static bool parse_as(ZoneSet *zones, FeelKind kind, Str text, Temporal *out) {
    if (kind == FEEL_DATE) {
        return temporal_parse_date(text, out);
    }
    if (kind == FEEL_TIME) {
        return temporal_parse_time(zones, text, out);
    }
    if (kind == FEEL_DATE_TIME) {
        return temporal_parse_date_time(zones, text, out);
    }
    return (kind == FEEL_DAYS || kind == FEEL_MONTHS) && temporal_parse_duration(text, out);
}

static const FeelType *entry_type(const FeelType *type, Str name) {
    for (size_t i = 0; i < type->entry_count; i++) {
        if (str_equal(type->entries[i].name, name)) {
            return type->entries[i].type;
        }
    }
    return NULL;
}

/* JSON was limited in depth when it was parsed, so this recursion is too. */
FeelValue dmn_value_adapt(Arena *arena, ZoneSet *zones, const FeelType *type, FeelValue value) {
    if (type == NULL) {
        return value;
    }
    if (value.kind == FEEL_STRING) {
        Temporal temporal = {0};
        bool is_temporal = parse_as(zones, type->kind, value.string, &temporal);
        return is_temporal ? feel_temporal(arena, &temporal) : value;
    }
    if (value.kind == FEEL_LIST && type->kind == FEEL_LIST && type->item != NULL) {
        FeelList *list = feel_list_new(arena, value.list->count);
        for (size_t i = 0; i < value.list->count; i++) {
            list->items[i] = dmn_value_adapt(arena, zones, type->item, value.list->items[i]);
        }
        return feel_list(list);
    }
    if (value.kind == FEEL_CONTEXT && type->kind == FEEL_CONTEXT && type->entry_count > 0) {
        FeelContext *context = feel_context_new(arena, value.context->count);
        for (size_t i = 0; i < value.context->count; i++) {
            const FeelEntry *entry = &value.context->entries[i];
            feel_context_put(
                arena, context, entry->key,
                dmn_value_adapt(arena, zones, entry_type(type, entry->key), entry->value));
        }
        return feel_context(context);
    }
    return value;
}

Status dmn_value_of_json(Cx *cx, ZoneSet *zones, const FeelType *type, Str json, FeelValue *out) {
    FeelValue value = FEEL_NULL_VALUE;
    TRY(feel_parse_json(cx, json, &value));
    *out = dmn_value_adapt(cx->arena, zones, type, value);
    return STATUS_OK;
}
