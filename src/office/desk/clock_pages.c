/*
 * clock_pages.c - time limits of acts: which are set and by which document, a proposal, and its
 * sign-off by another person. What no confirmed document says is 未设置 until the city sets it.
 */
#include "base/vec.h"
#include "office/desk/desk_internal.h"

#include <inttypes.h>

/* ---- all kinds ---- */

static bool has_next(const RecordKind *kind, const RecordTransition *act) {
    return !kind->states[act->to].is_end;
}

typedef struct ClockCount {
    int64_t acts;
    int64_t set;
    int64_t open;
} ClockCount;

static Status kind_count(Web *web, const RecordKind *kind, ClockCount *out) {
    RecordClocks clocks;
    *out = (ClockCount){0};
    for (size_t i = 0; i < kind->transition_count; i++) {
        int32_t days = 0;
        if (has_next(kind, &kind->transitions[i])) {
            TRY(record_clock_days(web->cx, web->conn, kind, &kind->transitions[i], &days));
            out->acts++;
            out->set += days > 0 ? 1 : 0;
        }
    }
    TRY(record_clocks(web->cx, web->conn, kind->code, &clocks));
    for (size_t i = 0; i < clocks.count; i++) {
        out->open += str_equal(clocks.items[i].state, STR("proposed")) ? 1 : 0;
    }
    return STATUS_OK;
}

Status desk_clock_list_page(Web *web) {
    static const ViewColumn columns[] = {{"kind", "台账", false},
                                         {"acts", "可设时限的办理", true},
                                         {"set", "已设置", true},
                                         {"open", "待签认", true}};
    const RecordHouse house = desk_house(web->app->house);
    View *view = web->view;
    view_title(view, STR("办理时限"));
    view_lead(
        view,
        STR("每一步办完后，下一步应在几个工作日内办理。没有查到文件依据的一律未设置；本市依据文件设置，由两个人签认。"));
    view_section(view, STR_NONE);
    view_table_begin(view, "clocks", STR("办理时限"), columns, 4);
    for (size_t i = 0; i < house.book->kind_count; i++) {
        const RecordKind *kind = &house.book->kinds[i];
        ClockCount count;
        TRY(kind_count(web, kind, &count));
        view_row(view);
        view_cell(view, VIEW_LINK(str_print(web->cx->arena, "/clock/" STR_FMT, STR_ARG(kind->code)),
                                  kind->title));
        view_cell(view, VIEW_INT(count.acts));
        view_cell(view, count.set > 0 ? VIEW_INT(count.set) : VIEW_TEXT(STR("未设置")));
        view_cell(view, count.open > 0
                            ? VIEW_BADGE(VIEW_WARN, STR("open"),
                                         str_print(web->cx->arena, "%" PRId64, count.open))
                            : VIEW_INT(0));
    }
    view_table_end(view, STR("没有台账"));
    return STATUS_OK;
}

/* ---- one kind ---- */

static Status kind_of_path(Web *web, const RecordKind **out) {
    const RecordHouse house = desk_house(web->app->house);
    *out = record_kind_find(house.book, web->words[0]);
    return *out != NULL ? STATUS_OK : fault(web->cx, STATUS_NOT_FOUND, "没有这一类台账");
}

static ViewValue days_view(Web *web, int64_t days) {
    return days == 0 ? VIEW_TEXT(STR("未设置"))
                     : VIEW_TEXT(str_print(web->cx->arena, "%" PRId64 " 个工作日", days));
}

/* The document behind a limit in force; a declared one stands in the kind's file. */
static Str source_of(const RecordClocks *clocks, const RecordTransition *act, int32_t days) {
    for (size_t i = 0; i < clocks->count; i++) {
        const RecordClock *clock = &clocks->items[i];
        if (str_equal(clock->act, act->code) && str_equal(clock->state, STR("in_force"))) {
            return clock->source;
        }
    }
    return days > 0 ? STR("台账声明") : STR_NONE;
}

static Status acts_table(Web *web, const RecordKind *kind, const RecordClocks *clocks) {
    static const ViewColumn columns[] = {{"act", "办理", false},
                                         {"to", "办理后", false},
                                         {"days", "下一步时限", false},
                                         {"source", "依据", false}};
    View *view = web->view;
    view_section(view, STR("现行时限"));
    view_table_begin(view, "acts", STR("现行时限"), columns, 4);
    for (size_t i = 0; i < kind->transition_count; i++) {
        const RecordTransition *act = &kind->transitions[i];
        int32_t days = 0;
        if (!has_next(kind, act)) {
            continue;
        }
        TRY(record_clock_days(web->cx, web->conn, kind, act, &days));
        Str source = source_of(clocks, act, days);
        view_row(view);
        view_cell(view, VIEW_TEXT(act->title));
        view_cell(view, VIEW_TEXT(kind->states[act->to].title));
        view_cell(view, days_view(web, days));
        view_cell(view, source.len > 0 ? VIEW_TEXT(source) : VIEW_NONE);
    }
    view_table_end(view, STR("没有可设时限的办理"));
    return STATUS_OK;
}

static ViewValue clock_state(Str state) {
    return str_equal(state, STR("proposed"))   ? VIEW_BADGE(VIEW_WARN, state, STR("待签认"))
           : str_equal(state, STR("in_force")) ? VIEW_BADGE(VIEW_GOOD, state, STR("已签认"))
                                               : VIEW_BADGE(VIEW_BAD, state, STR("已退回"));
}

static Str act_title(const RecordKind *kind, Str code) {
    const RecordTransition *act = record_transition_find(kind, code);
    return act == NULL ? code : act->title;
}

static void history_table(Web *web, const RecordKind *kind, const RecordClocks *clocks) {
    static const ViewColumn columns[] = {{"proposed_ms", "提出时间", false},
                                         {"act", "办理", false},
                                         {"days", "时限", false},
                                         {"source", "依据", false},
                                         {"who", "提出人", false},
                                         {"decider", "签认人", false},
                                         {"state", "状态", false}};
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_section(view, STR("提出和签认"));
    view_table_begin(view, "history", STR("提出和签认"), columns, 7);
    for (size_t i = 0; i < clocks->count; i++) {
        const RecordClock *clock = &clocks->items[i];
        view_row(view);
        view_cell(view, VIEW_LINK(str_print(arena, "/clock/" STR_FMT "/%" PRId64,
                                            STR_ARG(kind->code), clock->id),
                                  instant_print_minute(arena, clock->proposed_ms)));
        view_cell(view, VIEW_TEXT(act_title(kind, clock->act)));
        view_cell(view, days_view(web, clock->days));
        view_cell(view, VIEW_TEXT(clock->source));
        view_cell(view, VIEW_TEXT(clock->proposer));
        view_cell(view, clock->decider.len > 0 ? VIEW_TEXT(clock->decider) : VIEW_NONE);
        view_cell(view, clock_state(clock->state));
    }
    view_table_end(view, STR("还没有人提出"));
}

enum { NEW_ACT, NEW_DAYS, NEW_SOURCE, NEW_FIELDS };

static const Form *new_form(Web *web, const RecordKind *kind) {
    Arena *arena = web->cx->arena;
    FormField *fields = arena_array(arena, FormField, NEW_FIELDS);
    FormChoice *acts = arena_array(arena, FormChoice, kind->transition_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < kind->transition_count; i++) {
        const RecordTransition *act = &kind->transitions[i];
        if (has_next(kind, act)) {
            acts[count++] = (FormChoice){str_c(arena, act->code), str_c(arena, act->title)};
        }
    }
    fields[NEW_ACT] = (FormField){.name = "act",
                                  .label = "办完哪一步以后",
                                  .kind = FIELD_CHOICE,
                                  .choices = acts,
                                  .choice_count = count};
    fields[NEW_DAYS] = (FormField){.name = "days",
                                   .label = "下一步时限（工作日）",
                                   .hint = "0 表示取消时限",
                                   .kind = FIELD_INT,
                                   .min = 0,
                                   .max = 1000};
    fields[NEW_SOURCE] = (FormField){.name = "source",
                                     .label = "依据",
                                     .hint = "文件名称、文号和条款",
                                     .kind = FIELD_TEXT,
                                     .min = 6,
                                     .max = 200};
    Form *form = arena_new(arena, Form);
    *form = (Form){.key = "clock",
                   .action = str_print(arena, "/clock/" STR_FMT, STR_ARG(kind->code)),
                   .submit = "提出，等另一人签认",
                   .fields = fields,
                   .field_count = NEW_FIELDS};
    return form;
}

Status desk_clock_page(Web *web) {
    const RecordKind *kind = NULL;
    RecordClocks clocks;
    TRY(kind_of_path(web, &kind));
    TRY(record_clocks(web->cx, web->conn, kind->code, &clocks));
    view_title(web->view, str_print(web->cx->arena, "办理时限：" STR_FMT, STR_ARG(kind->title)));
    view_lead(web->view, STR("签认后从下一次办理起计算；已经在办的不改。"));
    TRY(acts_table(web, kind, &clocks));
    history_table(web, kind, &clocks);
    if (web->user->role == ROLE_LEAD) {
        view_section(web->view, STR("提出时限"));
        view_form(web->view, new_form(web, kind));
    }
    return STATUS_OK;
}

typedef struct Proposal {
    const RecordBook *book;
    RecordClock clock;
    int64_t id;
} Proposal;

static Status propose_work(Cx *cx, DbConn *conn, void *input) {
    Proposal *proposal = input;
    return record_clock_propose(cx, conn, proposal->book, &proposal->clock, &proposal->id);
}

Status desk_clock_post(Web *web) {
    const RecordKind *kind = NULL;
    FormValue values[NEW_FIELDS];
    TRY(kind_of_path(web, &kind));
    TRY(form_read(web, new_form(web, kind), values));
    Proposal proposal = {.book = desk_house(web->app->house).book,
                         .clock = {.kind = kind->code,
                                   .act = values[NEW_ACT].text,
                                   .days = values[NEW_DAYS].number,
                                   .source = values[NEW_SOURCE].text,
                                   .proposed_by = web->user->id,
                                   .proposed_ms = web->now_ms}};
    TRY(web_write(web, "record_clock.propose", propose_work, &proposal, NULL));
    return web_redirect(web, str_print(web->cx->arena, "/clock/" STR_FMT, STR_ARG(kind->code)),
                        STR("已提出，等专班的另一人签认"));
}

/* ---- one proposal ---- */

static Status clock_of_path(Web *web, const RecordKind *kind, RecordClock *out) {
    RecordClocks clocks;
    TRY(record_clocks(web->cx, web->conn, kind->code, &clocks));
    for (size_t i = 0; i < clocks.count; i++) {
        if (clocks.items[i].id == web->ids[0]) {
            *out = clocks.items[i];
            return STATUS_OK;
        }
    }
    return fault(web->cx, STATUS_NOT_FOUND, "没有这项时限");
}

static Str act_path(Web *web, const char *act) {
    return str_print(web->cx->arena, "/clock/" STR_FMT "/%" PRId64 "/%s", STR_ARG(web->words[0]),
                     web->ids[0], act);
}

static const Form *refuse_form(Web *web) {
    static const FormField field = {
        .name = "note", .label = "退回原因", .kind = FIELD_TEXT, .min = 2, .max = 200};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "refuse",
                   .action = act_path(web, "refuse"),
                   .submit = "退回",
                   .fields = &field,
                   .field_count = 1};
    return form;
}

Status desk_clock_one_page(Web *web) {
    const RecordKind *kind = NULL;
    RecordClock clock;
    View *view = web->view;
    TRY(kind_of_path(web, &kind));
    TRY(clock_of_path(web, kind, &clock));
    view_title(view, str_print(web->cx->arena, "办理时限：" STR_FMT, STR_ARG(kind->title)));
    view_section(view, STR("内容"));
    view_facts_begin(view, "clock", false);
    view_fact(view, "act", "办完哪一步以后", VIEW_TEXT(act_title(kind, clock.act)));
    view_fact(view, "days", "下一步时限", days_view(web, clock.days));
    view_fact(view, "source", "依据", VIEW_TEXT(clock.source));
    view_fact(view, "state", "状态", clock_state(clock.state));
    view_fact(view, "proposer", "提出人", VIEW_TEXT(clock.proposer));
    view_fact(view, "proposed_ms", "提出时间", VIEW_INSTANT(clock.proposed_ms));
    if (clock.decider.len > 0) {
        view_fact(view, "decider", "签认人", VIEW_TEXT(clock.decider));
        view_fact(view, "decided_ms", "签认时间", VIEW_INSTANT(clock.decided_ms));
    }
    if (clock.note.len > 0) {
        view_fact(view, "note", "原因", VIEW_TEXT(clock.note));
    }
    view_facts_end(view);
    bool is_open = str_equal(clock.state, STR("proposed")) && web->user->role == ROLE_LEAD;
    if (is_open && clock.proposed_by == web->user->id) {
        view_notice(view, VIEW_INFO, STR("由专班的另一人签认。"));
    } else if (is_open) {
        view_section(view, STR("签认"));
        view_action(view, act_path(web, "approve"), STR("签认"), "核对过依据，签认这项时限？");
        view_form(view, refuse_form(web));
    }
    return STATUS_OK;
}

static Status decide_work(Cx *cx, DbConn *conn, void *input) {
    return record_clock_decide(cx, conn, input);
}

static Status decide(Web *web, RecordClockAct *act, Str done) {
    const RecordKind *kind = NULL;
    RecordClock clock;
    TRY(kind_of_path(web, &kind));
    TRY(clock_of_path(web, kind, &clock));
    act->id = clock.id;
    act->person_id = web->user->id;
    act->now_ms = web->now_ms;
    TRY(web_write(web, "record_clock.decide", decide_work, act, NULL));
    return web_redirect(web, str_print(web->cx->arena, "/clock/" STR_FMT, STR_ARG(kind->code)),
                        done);
}

Status desk_clock_approve_post(Web *web) {
    RecordClockAct act = {.is_approved = true};
    return decide(web, &act, STR("已签认，从下一次办理起计算"));
}

Status desk_clock_refuse_post(Web *web) {
    FormValue value;
    TRY(form_read(web, refuse_form(web), &value));
    RecordClockAct act = {.note = value.text};
    return decide(web, &act, STR("已退回"));
}
