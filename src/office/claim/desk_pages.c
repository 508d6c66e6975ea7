/*
 * desk_pages.c - the officers' side: the queue by its clock, the desk where one exception after the
 * other is decided (from the keyboard alone if one likes), order kept, objections, pauses.
 */
#include "office/claim/claim_store.h"
#include "office/claim/views.h"
#include "web/form.h"

#include <inttypes.h>

enum { QUEUE_ROWS = 50, DESK_LIST_ROWS = 40, SOON_DAYS = 3 };

static const City *city_of(const Web *web) {
    return web->app->house;
}

static Str title_of(const Web *web, Str programme) {
    const ClaimProgramme *declared = claim_programme(city_of(web), programme);
    return declared != NULL ? declared->title : programme;
}

/* The programmes that the reader decides or may look at, as ",a,b,". */
static Status own_programmes(Web *web, Str *out) {
    const ClaimLibrary *library = city_of(web)->claims;
    Str only = web_param(web, "programme");
    Str unit = STR_NONE;
    Buf *list = buf_in(web->cx->arena, 8192);
    if (web->user->role == ROLE_OFFICER) {
        TRY(claim_store_unit_name(web->cx, web->conn, web->user->unit_id, &unit));
    }
    buf_put_char(list, ',');
    for (size_t i = 0; i < library->count; i++) {
        const ClaimProgramme *programme = &library->items[i];
        bool is_own = web->user->role != ROLE_OFFICER || str_equal(programme->unit, unit);
        if (is_own && (only.len == 0 || str_equal(only, programme->code))) {
            buf_put(list, programme->code);
            buf_put_char(list, ',');
        }
    }
    *out = buf_str(list);
    return STATUS_OK;
}

static bool is_own_programme(Str programmes, Str programme, Arena *arena) {
    return str_contains(programmes, str_print(arena, "," STR_FMT ",", STR_ARG(programme)));
}

/* ---- the queue ---- */

static const ViewColumn queue_columns[] = {
    {"number", "申请编号", false},       {"programme", "项目", false},
    {"submitted_ms", "提交时间", false}, {"amount_fen", "补贴金额", true},
    {"due_day", "最迟日期", false},      {"clock", "时限", false},
};

static ViewValue clock_badge(const Web *web, const Claim *claim) {
    if (day_compare(claim->due, DAY_NONE) == 0) {
        return VIEW_BADGE(VIEW_NEUTRAL, STR("none"), STR("未设置或停计"));
    }
    int32_t left = day_working_between(&city_of(web)->calendar, web_today(web), claim->due);
    if (left < 0) {
        return VIEW_BADGE(VIEW_BAD, STR("late"),
                          str_print(web->cx->arena, "已超期 %" PRId32 " 个工作日", -left));
    }
    return left <= SOON_DAYS
               ? VIEW_BADGE(VIEW_WARN, STR("soon"),
                            str_print(web->cx->arena, "还剩 %" PRId32 " 个工作日", left))
               : VIEW_BADGE(VIEW_GOOD, STR("in_time"),
                            str_print(web->cx->arena, "还剩 %" PRId32 " 个工作日", left));
}

static void queue_table(Web *web, const char *key, Str caption, const ClaimList *claims) {
    View *view = web->view;
    view_table_begin(view, key, caption, queue_columns, 6);
    for (size_t i = 0; i < claims->count; i++) {
        const Claim *claim = &claims->items[i];
        view_row(view);
        view_cell(view,
                  VIEW_LINK(str_print(web->cx->arena, "/claim/desk?claim=%" PRId64, claim->id),
                            claim->number));
        view_cell(view, VIEW_TEXT(title_of(web, claim->programme)));
        view_cell(view, VIEW_INSTANT(claim->submitted_ms));
        view_cell(view, VIEW_MONEY(claim->amount));
        view_cell(view, day_compare(claim->due, DAY_NONE) == 0 ? VIEW_NONE : VIEW_DAY(claim->due));
        view_cell(view, clock_badge(web, claim));
    }
    view_table_end(view, STR("没有"));
}

static Status state_section(Web *web, const char *state, Str title, Str programmes) {
    ClaimQueue queue = {.state = str_of(state),
                        .programmes = programmes,
                        .by_due = str_equal(web_param(web, "sort"), STR("due")),
                        .page = web_param_int(web, "page", 0),
                        .row_max = QUEUE_ROWS};
    ClaimList claims;
    int64_t count = 0;
    TRY(claim_store_queue(web->cx, web->conn, &queue, &claims));
    TRY(claim_store_queue_count(web->cx, web->conn, &queue, &count));
    view_section(web->view,
                 str_print(web->cx->arena, STR_FMT "（%" PRId64 "）", STR_ARG(title), count));
    queue_table(web, state, title, &claims);
    view_pager(
        web->view,
        str_print(web->cx->arena, "/claim/queue?sort=" STR_FMT, STR_ARG(web_param(web, "sort"))),
        queue.page, claims.has_more);
    return STATUS_OK;
}

static Status objections_section(Web *web, Str programmes) {
    static const ViewColumn columns[] = {
        {"number", "申请编号", false}, {"text", "异议", false}, {"made_ms", "提出时间", false}};
    ClaimObjectionList list;
    TRY(claim_store_objections_open(web->cx, web->conn, programmes, &list));
    view_section(web->view, str_print(web->cx->arena, "公示异议（%zu）", list.count));
    if (list.count == CLAIM_OBJECTIONS_MAX) {
        view_notice(web->view, VIEW_WARN,
                    str_print(web->cx->arena, "只列出最早的 %d 条，办完后再看后面的。",
                              CLAIM_OBJECTIONS_MAX));
    }
    view_table_begin(web->view, "objections", STR("待处理的异议"), columns, 3);
    for (size_t i = 0; i < list.count; i++) {
        Claim claim;
        TRY(claim_find(web->cx, web->conn, list.items[i].claim_id, &claim));
        view_row(web->view);
        view_cell(web->view,
                  VIEW_LINK(str_print(web->cx->arena, "/claim/desk?claim=%" PRId64, claim.id),
                            claim.number));
        view_cell(web->view, VIEW_TEXT(list.items[i].text));
        view_cell(web->view, VIEW_INSTANT(list.items[i].made_ms));
    }
    view_table_end(web->view, STR("没有待处理的异议"));
    return STATUS_OK;
}

Status claim_queue_page(Web *web) {
    Str programmes = STR_NONE;
    TRY(own_programmes(web, &programmes));
    view_title(web->view, STR("申请复核"));
    view_lead(web->view,
              STR("材料齐全、核对一致的申请已自动核准；这里只有需要人看的。先提交的先办。"));
    view_tabs_begin(web->view, "排列");
    bool by_due = str_equal(web_param(web, "sort"), STR("due"));
    view_tab(web->view, STR("/claim/queue"), STR("按提交先后"), !by_due);
    view_tab(web->view, STR("/claim/queue?sort=due"), STR("按到期先后"), by_due);
    view_tabs_end(web->view);
    if (web->user->role == ROLE_OFFICER) {
        view_link(web->view, STR("/claim/desk"), STR("逐件办理初审"), true);
        view_link(web->view, STR("/claim/desk?state=second"), STR("逐件办理二审"), true);
    }
    TRY(state_section(web, "review", STR("待初审"), programmes));
    TRY(state_section(web, "second", STR("待二审"), programmes));
    TRY(state_section(web, "correction", STR("等申请人补正"), programmes));
    TRY(objections_section(web, programmes));
    view_link(web->view, STR("/claim/fifo"), STR("办理先后和超期情况"), false);
    return STATUS_OK;
}

/* ---- first in, first out ---- */

Status claim_fifo_page(Web *web) {
    static const ViewColumn columns[] = {{"programme", "项目", false},
                                         {"waiting_count", "在办", true},
                                         {"late_count", "已超期", true},
                                         {"decided_count", "人工办结", true},
                                         {"overtaking_count", "越位办理的件数", true},
                                         {"inversion_count", "越过的件次", true}};
    ClaimFifoList list;
    TRY(claim_store_fifo(web->cx, web->conn, web_today(web), &list));
    view_title(web->view, STR("办理先后"));
    view_lead(web->view, STR("先提交的先办。越过一件更早而未办的，记一次；等补正的不算。"));
    view_section(web->view, STR_NONE);
    view_table_begin(web->view, "fifo", STR("各项目办理先后"), columns, 6);
    for (size_t i = 0; i < list.count; i++) {
        const ClaimFifoRow *row = &list.items[i];
        view_row(web->view);
        view_cell(web->view, VIEW_TEXT(title_of(web, row->programme)));
        view_cell(web->view, VIEW_INT(row->waiting_count));
        view_cell(web->view, VIEW_INT(row->late_count));
        view_cell(web->view, VIEW_INT(row->decided_count));
        view_cell(web->view, VIEW_INT(row->overtaking_count));
        view_cell(web->view, VIEW_INT(row->inversion_count));
    }
    view_table_end(web->view, STR("还没有申请"));
    return STATUS_OK;
}

/* ---- the desk: which claim ---- */

typedef struct Desk {
    Str state; /* of the queue that is worked through */
    Str programmes;
    ClaimList waiting;
    int64_t waiting_count;
    bool has_claim;
    Claim claim;
    const ClaimProgramme *programme;
} Desk;

static Status desk_claim(Web *web, Desk *desk) {
    int64_t id = web_param_int(web, "claim", 0);
    if (id == 0 && desk->waiting.count > 0) {
        id = desk->waiting.items[0].id;
    }
    if (id == 0) {
        return STATUS_OK;
    }
    TRY(claim_find(web->cx, web->conn, id, &desk->claim));
    desk->programme = claim_programme(city_of(web), desk->claim.programme);
    bool is_own = is_own_programme(desk->programmes, desk->claim.programme, web->cx->arena);
    desk->has_claim = desk->programme != NULL && is_own && desk->claim.submitted_ms > 0;
    return desk->has_claim ? STATUS_OK : fault(web->cx, STATUS_NOT_FOUND, "没有这个申请");
}

static Status desk_read(Web *web, Desk *desk) {
    *desk = (Desk){.state = str_equal(web_param(web, "state"), STR("second")) ? STR("second")
                                                                              : STR("review")};
    TRY(own_programmes(web, &desk->programmes));
    ClaimQueue queue = {.state = desk->state,
                        .programmes = desk->programmes,
                        .not_by = str_equal(desk->state, STR("second")) ? web->user->id : 0,
                        .row_max = DESK_LIST_ROWS};
    TRY(claim_store_queue(web->cx, web->conn, &queue, &desk->waiting));
    TRY(claim_store_queue_count(web->cx, web->conn, &queue, &desk->waiting_count));
    return desk_claim(web, desk);
}

/* ---- the desk: what is seen ---- */

static Status issues_section(Web *web, const Desk *desk) {
    static const ViewColumn columns[] = {{"text", "为什么要人看", false}, {"hint", "提示", false}};
    ClaimIssueList issues;
    TRY(claim_store_issues(web->cx, web->conn, desk->claim.id, &issues));
    view_section(web->view, STR("为什么在这里"));
    view_table_begin(web->view, "issues", STR("需要核对的地方"), columns, 2);
    for (size_t i = 0; i < issues.count; i++) {
        view_row(web->view);
        view_cell(web->view, VIEW_TEXT(issues.items[i].text));
        view_cell(web->view,
                  VIEW_TEXT(issues.items[i].hint.len > 0 ? issues.items[i].hint : STR("—")));
    }
    view_table_end(web->view, STR("申请人已补正，请核对"));
    return STATUS_OK;
}

static Status head_section(Web *web, const Desk *desk) {
    Person person;
    Org org = {0};
    Str claimant = STR_NONE;
    const Claim *claim = &desk->claim;
    View *view = web->view;
    TRY(people_person_find(web->cx, web->conn, claim->person_id, &person));
    TRY(claim_claimant_name(web->cx, web->conn, claim, &claimant));
    if (claim->org_id > 0) {
        TRY(people_org_find(web->cx, web->conn, claim->org_id, &org));
    }
    view_section(view, str_print(web->cx->arena, STR_FMT " " STR_FMT, STR_ARG(claim->number),
                                 STR_ARG(desk->programme->title)));
    view_facts_begin(view, "claim", false);
    view_fact(view, "state", "状态", claim_state_view(claim->state));
    view_fact(view, "person", "申请人", VIEW_TEXT(claimant));
    if (claim->org_id > 0) {
        view_fact(view, "uscc", "统一社会信用代码", VIEW_TEXT(org.uscc));
    } else {
        view_fact(view, "id_number", "身份证号", VIEW_TEXT(person.id_masked));
    }
    TRY(claim_entry_facts(web, claim));
    view_fact(view, "amount_fen", "拟补金额", VIEW_MONEY(claim->amount));
    view_fact(view, "rule", "命中规则", VIEW_TEXT(claim->rule));
    view_fact(view, "submitted_ms", "提交时间", VIEW_INSTANT(claim->submitted_ms));
    claim_clock_facts(view, desk->programme, claim);
    if (claim->proposed.len > 0) {
        view_fact(
            view, "proposed", "初审意见",
            VIEW_TEXT(str_print(web->cx->arena, "%s：" STR_FMT,
                                str_equal(claim->proposed, STR("approve")) ? "核准" : "不予补贴",
                                STR_ARG(claim->reason))));
    }
    view_facts_end(view);
    view_link(view, str_print(web->cx->arena, "/decision/%" PRId64, claim->decision_id),
              STR("查看规则判断"), false);
    return STATUS_OK;
}

static Status objection_list(Web *web, const Desk *desk, int64_t *open_id) {
    static const ViewColumn columns[] = {
        {"text", "异议", false}, {"state", "处理", false}, {"answer", "答复", false}};
    ClaimObjectionList list;
    TRY(claim_store_objections(web->cx, web->conn, desk->claim.id, &list));
    *open_id = 0;
    if (list.count == 0) {
        return STATUS_OK;
    }
    view_section(web->view, STR("公示异议"));
    view_table_begin(web->view, "objections", STR("异议"), columns, 3);
    for (size_t i = 0; i < list.count; i++) {
        bool is_open = str_equal(list.items[i].state, STR("open"));
        *open_id = is_open && *open_id == 0 ? list.items[i].id : *open_id;
        view_row(web->view);
        view_cell(web->view, VIEW_TEXT(list.items[i].text));
        view_cell(web->view,
                  VIEW_TEXT(is_open                                         ? STR("待处理")
                            : str_equal(list.items[i].state, STR("upheld")) ? STR("成立")
                                                                            : STR("不成立")));
        view_cell(web->view,
                  VIEW_TEXT(list.items[i].answer.len > 0 ? list.items[i].answer : STR("—")));
    }
    view_table_end(web->view, STR("没有"));
    return STATUS_OK;
}

/* ---- the desk: what is done ---- */

enum { DESK_ID, DESK_STATE, DESK_REASON, DESK_PLACES, DESK_FIELDS };
enum { PLACE_FIELD, PLACE_TEXT, PLACE_COLUMNS };

static const FormChoice *place_choices(Web *web, const Desk *desk, size_t *count) {
    Arena *arena = web->cx->arena;
    const ClaimProgramme *programme = desk->programme;
    size_t paper_count = 0;
    const ClaimPaper *papers = claim_papers_of(arena, programme, &desk->claim, &paper_count);
    FormChoice *choices = arena_array(arena, FormChoice, programme->field_count + paper_count + 1);
    *count = 0;
    for (size_t i = 0; i < paper_count; i++) {
        choices[(*count)++] =
            (FormChoice){str_c(arena, papers[i].code), str_c(arena, papers[i].title)};
    }
    for (size_t i = 0; i < programme->field_count; i++) {
        choices[(*count)++] = (FormChoice){str_c(arena, programme->fields[i].code),
                                           str_c(arena, programme->fields[i].label)};
    }
    return choices;
}

static const Form *desk_form(Web *web, const Desk *desk) {
    static const FormChoice first_buttons[] = {{"refuse", "不予补贴"}, {"correct", "退回补正"}};
    static const FormChoice second_buttons[] = {{"disagree", "不同意，退回初审"}};
    Arena *arena = web->cx->arena;
    bool is_second = str_equal(desk->state, STR("second"));
    FormField *fields = arena_array(arena, FormField, DESK_FIELDS);
    FormField *columns = arena_array(arena, FormField, PLACE_COLUMNS);
    fields[DESK_ID] = (FormField){.name = "claim",
                                  .label = "编号",
                                  .kind = FIELD_HIDDEN,
                                  .min = 1,
                                  .max = 20,
                                  .value = str_print(arena, "%" PRId64, desk->claim.id)};
    fields[DESK_STATE] = (FormField){.name = "state",
                                     .label = "环节",
                                     .kind = FIELD_HIDDEN,
                                     .min = 1,
                                     .max = 20,
                                     .value = desk->state};
    fields[DESK_REASON] = (FormField){.name = "reason",
                                      .label = "意见",
                                      .hint = "核准可以不写；不予补贴、不同意须写明理由",
                                      .kind = FIELD_TEXT,
                                      .is_optional = true,
                                      .max = 200};
    columns[PLACE_FIELD] = (FormField){.name = "place", .label = "位置", .kind = FIELD_CHOICE};
    columns[PLACE_FIELD].choices = place_choices(web, desk, &columns[PLACE_FIELD].choice_count);
    columns[PLACE_TEXT] = (FormField){
        .name = "text", .label = "要补正什么", .kind = FIELD_TEXT, .min = 2, .max = 200};
    fields[DESK_PLACES] = (FormField){.name = "places",
                                      .label = "退回补正的内容（一次说全）",
                                      .kind = FIELD_ROWS,
                                      .is_optional = true,
                                      .columns = columns,
                                      .column_count = PLACE_COLUMNS};
    Form *form = arena_new(arena, Form);
    *form = (Form){.key = "desk",
                   .action = STR("/claim/desk"),
                   .submit = is_second ? "同意" : "核准，送二审",
                   .fields = fields,
                   .field_count = is_second ? DESK_PLACES : DESK_FIELDS,
                   .buttons = is_second ? second_buttons : first_buttons,
                   .button_count = is_second ? 1 : 2};
    return form;
}

/* The keys are declared on the page and work while the focus is inside the desk (WCAG 2.1.4). */
static void keys_write(Html *html, bool is_second) {
    static const char *const first[][3] = {
        {"a", "核准，送二审", "#desk > p.actions > button:first-child"},
        {"x", "不予补贴", "#desk button[value=refuse]"},
        {"c", "退回补正", "#desk button[value=correct]"},
        {"i", "写意见", "#f-reason"},
        {"b", "添加补正内容", "#desk button[value='add:places']"}};
    static const char *const second[][3] = {
        {"a", "同意", "#desk > p.actions > button:first-child"},
        {"x", "不同意，退回初审", "#desk button[value=disagree]"},
        {"i", "写意见", "#f-reason"}};
    size_t count = is_second ? 3 : 5;
    HTML(html, "p.mute", "id", "keys") {
        html_text_c(html, "快捷键：");
        for (size_t i = 0; i < count; i++) {
            const char *const *row = is_second ? second[i] : first[i];
            HTML_LEAF(html, "kbd", row[0], "data-key", row[0], "data-target", row[2]);
            html_print(html, " %s；", row[1]);
        }
        HTML_LEAF(html, "kbd", "j", "data-key", "j", "data-move", "next");
        html_text_c(html, " 下一件，");
        HTML_LEAF(html, "kbd", "k", "data-key", "k", "data-move", "before");
        html_text_c(html, " 上一件，回车打开");
    }
}

static void waiting_list(Web *web, const Desk *desk) {
    Html *html = view_html(web->view);
    view_section(web->view, str_print(web->cx->arena, "还有 %" PRId64 " 件", desk->waiting_count));
    if (html == NULL) {
        queue_table(web, "waiting", STR("排队"), &desk->waiting);
        return;
    }
    HTML(html, "ol", "data-rows", "") {
        for (size_t i = 0; i < desk->waiting.count; i++) {
            const Claim *claim = &desk->waiting.items[i];
            HTML(html, "li") {
                HTML_LEAF(html, "a", claim->number, "href",
                          str_print(web->cx->arena, "/claim/desk?state=" STR_FMT "&claim=%" PRId64,
                                    STR_ARG(desk->state), claim->id),
                          "aria-current",
                          claim->id == desk->claim.id ? "true" : (const char *)NULL);
            }
        }
    }
}

enum { OBJECTION_ID, OBJECTION_VERDICT, OBJECTION_ANSWER, OBJECTION_FIELDS };

/* The form names the objection it answers: the next one is not decided unread. */
static const Form *objection_form(Web *web, const Desk *desk, int64_t objection_id) {
    static const FormChoice verdicts[] = {{"dismissed", "不成立，继续拨付"},
                                          {"upheld", "成立，退回复核"}};
    static const FormField texts[OBJECTION_FIELDS - 1] = {
        {.name = "verdict",
         .label = "处理结果",
         .kind = FIELD_CHOICE,
         .choices = verdicts,
         .choice_count = 2},
        {.name = "answer", .label = "答复", .kind = FIELD_LONG_TEXT, .min = 2, .max = 500}};
    FormField *fields = arena_array(web->cx->arena, FormField, OBJECTION_FIELDS);
    fields[OBJECTION_ID] =
        (FormField){.name = "objection",
                    .label = "异议",
                    .kind = FIELD_HIDDEN,
                    .min = 1,
                    .max = 20,
                    .value = str_print(web->cx->arena, "%" PRId64, objection_id)};
    for (size_t i = OBJECTION_VERDICT; i < OBJECTION_FIELDS; i++) {
        fields[i] = texts[i - OBJECTION_VERDICT];
    }
    Form *form = arena_new(web->cx->arena, Form);
    *form =
        (Form){.key = "objection",
               .action = str_print(web->cx->arena, "/claim/%" PRId64 "/objection", desk->claim.id),
               .submit = "登记处理结果",
               .fields = fields,
               .field_count = OBJECTION_FIELDS};
    return form;
}

static Status act_section(Web *web, const Desk *desk, int64_t open_id) {
    bool is_waiting = str_equal(desk->claim.state, desk->state);
    if (web->user->role != ROLE_OFFICER) {
        return STATUS_OK;
    }
    if (open_id != 0) {
        view_form(web->view, objection_form(web, desk, open_id));
    }
    if (!is_waiting) {
        return STATUS_OK;
    }
    bool is_second = str_equal(desk->state, STR("second"));
    view_section(web->view, is_second ? STR("二审") : STR("初审"));
    if (desk->claim.entered_by == web->user->id) {
        view_notice(web->view, VIEW_WARN, STR("这件由您代办录入，须由其他经办人办理。"));
        return STATUS_OK;
    }
    if (is_second && desk->claim.proposed_by == web->user->id) {
        view_notice(web->view, VIEW_WARN, STR("这件由您初审，须由另一位经办人二审。"));
        return STATUS_OK;
    }
    Html *html = view_html(web->view);
    if (html != NULL) {
        keys_write(html, is_second);
    }
    view_form(web->view, desk_form(web, desk));
    return STATUS_OK;
}

Status claim_desk_page(Web *web) {
    Desk desk;
    int64_t open_id = 0;
    TRY(desk_read(web, &desk));
    bool is_second = str_equal(desk.state, STR("second"));
    view_title(web->view, is_second ? STR("逐件办理：二审") : STR("逐件办理：初审"));
    if (!desk.has_claim) {
        view_section(web->view, STR_NONE);
        view_notice(web->view, VIEW_GOOD, STR("没有等待办理的申请。"));
        view_link(web->view, STR("/claim/queue"), STR("返回申请复核"), true);
        return STATUS_OK;
    }
    TRY(head_section(web, &desk));
    TRY(issues_section(web, &desk));
    TRY(objection_list(web, &desk, &open_id));
    TRY(act_section(web, &desk, open_id));
    TRY(claim_papers_view(web, &desk.claim, desk.programme));
    claim_answers_view(web, &desk.claim, desk.programme, false);
    waiting_list(web, &desk);
    return STATUS_OK;
}

/* ---- the desk: a word ---- */

typedef struct DeskInput {
    const City *city;
    ClaimVerdict verdict;
    ClaimCorrection correction;
    int64_t objection_id;
} DeskInput;

static Status propose_work(Cx *cx, DbConn *conn, void *input) {
    const DeskInput *in = input;
    return claim_propose(cx, conn, in->city, &in->verdict);
}

static Status confirm_work(Cx *cx, DbConn *conn, void *input) {
    const DeskInput *in = input;
    return claim_confirm(cx, conn, in->city, &in->verdict);
}

static Status correct_work(Cx *cx, DbConn *conn, void *input) {
    const DeskInput *in = input;
    return claim_correct(cx, conn, in->city, &in->correction);
}

static void correction_read(Web *web, const FormValue *rows, DeskInput *input) {
    ClaimIssue *issues = arena_array(web->cx->arena, ClaimIssue, rows->row_count + 1);
    for (size_t i = 0; i < rows->row_count; i++) {
        issues[i] = (ClaimIssue){.field = rows->cells[i * PLACE_COLUMNS + PLACE_FIELD].text,
                                 .text = rows->cells[i * PLACE_COLUMNS + PLACE_TEXT].text};
    }
    input->correction = (ClaimCorrection){.claim_id = input->verdict.claim_id,
                                          .officer_id = web->user->id,
                                          .issues = issues,
                                          .count = rows->row_count,
                                          .now_ms = web->now_ms};
}

Status claim_desk_post(Web *web) {
    Desk desk;
    FormValue values[DESK_FIELDS] = {0};
    TRY(desk_read(web, &desk));
    if (!desk.has_claim) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这个申请");
    }
    if (form_is_reshaped(web)) {
        return web->route->again(web);
    }
    TRY(form_read(web, desk_form(web, &desk), values));
    Str word = form_act(web);
    bool is_second = str_equal(desk.state, STR("second"));
    Str fallback = is_second ? STR("agree") : STR("approve");
    DeskInput input = {.city = city_of(web),
                       .verdict = {.claim_id = desk.claim.id,
                                   .officer_id = web->user->id,
                                   .verdict = word.len > 0 ? word : fallback,
                                   .reason = values[DESK_REASON].text,
                                   .now_ms = web->now_ms}};
    bool is_correction = !is_second && str_equal(word, STR("correct"));
    bool is_known = word.len == 0 || is_correction ||
                    (is_second ? str_equal(word, STR("disagree")) : str_equal(word, STR("refuse")));
    if (!is_known) {
        return fault(web->cx, STATUS_INVALID, "没有这种办理");
    }
    correction_read(web, &values[DESK_PLACES], &input);
    TRY(web_write(web, "claim.desk",
                  is_correction ? correct_work
                  : is_second   ? confirm_work
                                : propose_work,
                  &input, NULL));
    return web_redirect(
        web, is_second ? STR("/claim/desk?state=second") : STR("/claim/desk"),
        str_print(web->cx->arena, STR_FMT " 已办理，下面是下一件", STR_ARG(desk.claim.number)));
}

static Status objection_work(Cx *cx, DbConn *conn, void *input) {
    const DeskInput *in = input;
    return claim_objection_decide(cx, conn, in->city, &in->verdict, in->objection_id);
}

/* Decides the oldest open objection of a claim. */
Status claim_objection_post(Web *web) {
    FormValue values[OBJECTION_FIELDS];
    Desk desk = {0};
    ClaimObjectionList list;
    TRY(claim_find(web->cx, web->conn, web->ids[0], &desk.claim));
    TRY(form_read(web, objection_form(web, &desk, 0), values));
    TRY(claim_store_objections(web->cx, web->conn, desk.claim.id, &list));
    DeskInput input = {.city = city_of(web),
                       .verdict = {.claim_id = desk.claim.id,
                                   .officer_id = web->user->id,
                                   .verdict = values[OBJECTION_VERDICT].text,
                                   .reason = values[OBJECTION_ANSWER].text,
                                   .now_ms = web->now_ms}};
    for (size_t i = 0; i < list.count && input.objection_id == 0; i++) {
        input.objection_id = str_equal(list.items[i].state, STR("open")) ? list.items[i].id : 0;
    }
    Str oldest = str_print(web->cx->arena, "%" PRId64, input.objection_id);
    if (!str_equal(oldest, values[OBJECTION_ID].text)) {
        return fault(web->cx, STATUS_CONFLICT, "这条异议已经处理，请刷新后再办理");
    }
    TRY(web_write(web, "claim.objection", objection_work, &input, NULL));
    return web_redirect(web, STR("/claim/queue"), STR("异议已处理"));
}

/* ---- pauses ---- */

enum { PAUSE_PROGRAMME, PAUSE_FROM, PAUSE_FILE_BY, PAUSE_BASIS, PAUSE_FIELDS };

static const Form *pause_form(Web *web) {
    Arena *arena = web->cx->arena;
    const ClaimLibrary *library = city_of(web)->claims;
    FormChoice *choices = arena_array(arena, FormChoice, library->count + 1);
    FormField *fields = arena_array(arena, FormField, PAUSE_FIELDS);
    for (size_t i = 0; i < library->count; i++) {
        choices[i] = (FormChoice){str_c(arena, library->items[i].code),
                                  str_c(arena, library->items[i].title)};
    }
    fields[PAUSE_PROGRAMME] = (FormField){.name = "programme",
                                          .label = "项目",
                                          .kind = FIELD_CHOICE,
                                          .choices = choices,
                                          .choice_count = library->count};
    fields[PAUSE_FROM] = (FormField){.name = "bought_from",
                                     .label = "从哪天起的购买不受理",
                                     .hint = "按发票日期，含当天",
                                     .kind = FIELD_DAY};
    fields[PAUSE_FILE_BY] = (FormField){.name = "file_by",
                                        .label = "更早的购买最迟哪天提交",
                                        .hint = "不填就不另设截止日",
                                        .kind = FIELD_DAY,
                                        .is_optional = true};
    fields[PAUSE_BASIS] = (FormField){.name = "basis",
                                      .label = "依据",
                                      .hint = "通知名称和文号，会显示给申请人",
                                      .kind = FIELD_TEXT,
                                      .min = 2,
                                      .max = 100};
    Form *form = arena_new(arena, Form);
    *form = (Form){.key = "pause",
                   .action = STR("/claim/pause"),
                   .submit = "暂停受理",
                   .confirm = "暂停后申请人立即看到，确认？",
                   .fields = fields,
                   .field_count = PAUSE_FIELDS};
    return form;
}

Status claim_pause_page(Web *web) {
    static const ViewColumn columns[] = {{"programme", "项目", false},
                                         {"bought_from", "从哪天起的购买不受理", false},
                                         {"file_by", "更早的购买最迟提交", false},
                                         {"basis", "依据", false},
                                         {"action", "办理", false}};
    ClaimPauseList list;
    TRY(claim_store_pauses(web->cx, web->conn, STR(""), &list));
    view_title(web->view, STR("暂停和恢复受理"));
    view_lead(web->view, STR("按购买日期暂停：已经买了的人仍有时间提交。"));
    view_section(web->view, STR("正在暂停"));
    view_table_begin(web->view, "pauses", STR("正在暂停的项目"), columns, 5);
    for (size_t i = 0; i < list.count; i++) {
        const ClaimPause *pause = &list.items[i];
        view_row(web->view);
        view_cell(web->view, VIEW_TEXT(title_of(web, pause->programme)));
        view_cell(web->view, VIEW_DAY(pause->bought_from));
        view_cell(web->view, day_compare(pause->file_by, DAY_NONE) == 0 ? VIEW_NONE
                                                                        : VIEW_DAY(pause->file_by));
        view_cell(web->view, VIEW_TEXT(pause->basis));
        view_cell_action(web->view,
                         str_print(web->cx->arena, "/claim/pause/%" PRId64 "/end", pause->id),
                         STR("恢复受理"), "恢复后草稿可以直接提交，确认？");
    }
    view_table_end(web->view, STR("没有暂停的项目"));
    view_section(web->view, STR("暂停一个项目"));
    view_form(web->view, pause_form(web));
    return STATUS_OK;
}

static Status pause_work(Cx *cx, DbConn *conn, void *input) {
    ClaimPause *pause = input;
    return claim_pause_set(cx, conn, pause, &pause->id);
}

Status claim_pause_post(Web *web) {
    FormValue values[PAUSE_FIELDS];
    TRY(form_read(web, pause_form(web), values));
    ClaimPause pause = {.programme = values[PAUSE_PROGRAMME].text,
                        .bought_from = {(int32_t)values[PAUSE_FROM].number},
                        .file_by = values[PAUSE_FILE_BY].is_given
                                       ? (Day){(int32_t)values[PAUSE_FILE_BY].number}
                                       : DAY_NONE,
                        .basis = values[PAUSE_BASIS].text,
                        .person_id = web->user->id,
                        .now_ms = web->now_ms};
    TRY(web_write(web, "claim.pause", pause_work, &pause, NULL));
    return web_redirect(web, STR("/claim/pause"), STR("已暂停受理"));
}

static Status pause_end_work(Cx *cx, DbConn *conn, void *input) {
    const ClaimPause *pause = input;
    return claim_pause_end(cx, conn, pause->id, pause->person_id, pause->now_ms);
}

Status claim_pause_end_post(Web *web) {
    ClaimPause pause = {.id = web->ids[0], .person_id = web->user->id, .now_ms = web->now_ms};
    TRY(web_write(web, "claim.resume", pause_end_work, &pause, NULL));
    return web_redirect(web, STR("/claim/pause"), STR("已恢复受理"));
}
