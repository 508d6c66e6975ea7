/*
 * claim_pages.c - the applicant's way: programmes and own claims, a draft step by step, everything
 * that is wrong on one page, the receipt. Works without scripts, on a phone, with the back button.
 */
#include "base/codes.h"
#include "office/claim/answers.h"
#include "office/claim/bank.h"
#include "office/claim/claim_store.h"
#include "office/claim/views.h"
#include "office/mark/mark.h"
#include "web/form.h"

#include <inttypes.h>

enum {
    STEP_FIELDS_MAX = 60,
    NOTICE_ROWS = 50,
};

static const City *city_of(const Web *web) {
    return web->app->house;
}

static Status programme_of(Web *web, const Claim *claim, const ClaimProgramme **out) {
    *out = claim_programme(city_of(web), claim->programme);
    return *out != NULL ? STATUS_OK : fault(web->cx, STATUS_NOT_FOUND, "没有这个项目");
}

static Str title_of(const Web *web, Str programme) {
    const ClaimProgramme *declared = claim_programme(city_of(web), programme);
    return declared != NULL ? declared->title : programme;
}

static bool is_in(const Claim *claim, const char *state) {
    return str_equal(claim->state, str_of(state));
}

static bool is_open(const Claim *claim) {
    return is_in(claim, "draft") || is_in(claim, "correction");
}

/* ---- own claims and programmes ---- */

static const ViewColumn own_columns[] = {
    {"id", "申请", false},
    {"programme", "项目", false},
    {"bought_day", "购买日期", false},
    {"amount_fen", "补贴金额", true},
    {"state", "状态", false},
    {"saved_ms", "更新时间", false},
};

/* The organisation for which the signed-in person claims; 0: for herself. */
static int64_t org_of(const Web *web) {
    return web->user->role == ROLE_ENTERPRISE ? web->user->org_id : 0;
}

/* What is written to a claim that was entered for somebody is journaled with both. */
static void acts_for_set(Web *web, const Claim *claim) {
    if (claim->entered_by == web->user->id) {
        web->acts_for_id = claim->person_id;
    }
}

static void own_table(Web *web, const char *key, Str caption, const ClaimList *claims) {
    View *view = web->view;
    view_table_begin(view, key, caption, own_columns, 6);
    for (size_t i = 0; i < claims->count; i++) {
        const Claim *claim = &claims->items[i];
        view_row(view);
        view_cell(view, VIEW_LINK(str_print(web->cx->arena, "/claim/%" PRId64, claim->id),
                                  claim->number.len > 0 ? claim->number : STR("继续填写草稿")));
        view_cell(view, VIEW_TEXT(title_of(web, claim->programme)));
        view_cell(view, VIEW_DAY(claim->bought));
        view_cell(view, claim->amount.fen > 0 ? VIEW_MONEY(claim->amount) : VIEW_NONE);
        view_cell(view, claim_state_view(claim->state));
        view_cell(view, VIEW_INSTANT(claim->saved_ms));
    }
    view_table_end(view, STR("还没有申请"));
}

/* Whether the signed-in person, or the organisation, may claim in a programme. */
static bool is_for_user(const Web *web, const ClaimProgramme *programme) {
    return org_of(web) > 0 ? programme->is_for_org : programme->is_for_person;
}

static void programme_table(Web *web) {
    static const ViewColumn columns[] = {{"programme", "项目", false}, {"about", "说明", false}};
    const ClaimLibrary *library = city_of(web)->claims;
    View *view = web->view;
    view_table_begin(view, "programmes", STR("可以申请的补贴"), columns, 2);
    for (size_t i = 0; i < library->count; i++) {
        const ClaimProgramme *programme = &library->items[i];
        if (!is_for_user(web, programme)) {
            continue;
        }
        view_row(view);
        view_cell(view, VIEW_LINK(str_print(web->cx->arena, "/claim/new?programme=" STR_FMT,
                                            STR_ARG(programme->code)),
                                  programme->title));
        view_cell(view, VIEW_TEXT(programme->about));
    }
    view_table_end(view, STR("现在没有可以申请的项目"));
}

Status claim_list_page(Web *web) {
    view_title(web->view, STR("我的申请"));
    view_lead(web->view, STR("买完以后申请的补贴在这里办。草稿会一直保留，换手机也能接着填。"));
    ClaimList claims;
    ClaimList entered;
    if (org_of(web) > 0) {
        TRY(claim_store_of_org(web->cx, web->conn, org_of(web), &claims));
    } else {
        TRY(claim_store_of_person(web->cx, web->conn, web->user->id, &claims));
    }
    TRY(claim_store_of_entered(web->cx, web->conn, web->user->id, &entered));
    view_section(web->view, STR("办理情况"));
    own_table(web, "claims", STR("我的申请"), &claims);
    if (entered.count > 0) {
        view_section(web->view, STR("我替别人办的"));
        own_table(web, "entered", STR("我替别人办的申请"), &entered);
    }
    if (web->user->role == ROLE_RESIDENT) {
        view_link(web->view, STR("/claim/for"), STR("替家里老人申请"), false);
    }
    view_section(web->view, STR("申请补贴"));
    programme_table(web);
    return STATUS_OK;
}

/* ---- a new claim ---- */

enum { NEW_PROGRAMME, NEW_BOUGHT, NEW_FIELDS };

static const Form *new_form(Web *web) {
    Arena *arena = web->cx->arena;
    const ClaimLibrary *library = city_of(web)->claims;
    FormChoice *choices = arena_array(arena, FormChoice, library->count + 1);
    FormField *fields = arena_array(arena, FormField, NEW_FIELDS);
    size_t choice_count = 0;
    for (size_t i = 0; i < library->count; i++) {
        if (is_for_user(web, &library->items[i])) {
            choices[choice_count++] = (FormChoice){str_c(arena, library->items[i].code),
                                                   str_c(arena, library->items[i].title)};
        }
    }
    const ClaimProgramme *chosen = claim_programme(city_of(web), web_param(web, "programme"));
    const ClaimField *bought = chosen == NULL ? NULL : claim_field(chosen, chosen->bought);
    fields[NEW_PROGRAMME] = (FormField){.name = "programme",
                                        .label = "申请哪一项",
                                        .kind = FIELD_CHOICE,
                                        .choices = choices,
                                        .choice_count = choice_count};
    fields[NEW_BOUGHT] =
        (FormField){.name = "bought",
                    .label = bought == NULL ? "购买日期" : str_c(arena, bought->label),
                    .hint = "看发票；按这个日期选用当年的政策",
                    .kind = FIELD_DAY};
    Form *form = arena_new(arena, Form);
    *form = (Form){.key = "new",
                   .action = STR("/claim/new"),
                   .submit = "开始填写",
                   .fields = fields,
                   .field_count = NEW_FIELDS};
    return form;
}

Status claim_new_page(Web *web) {
    const ClaimProgramme *chosen = claim_programme(city_of(web), web_param(web, "programme"));
    view_title(web->view, chosen == NULL ? STR("申请补贴") : chosen->title);
    view_lead(web->view, chosen == NULL ? STR("先选项目，再填购买日期。") : chosen->about);
    if (chosen != NULL) {
        view_section(web->view, STR("要准备的材料"));
        static const ViewColumn columns[] = {{"title", "材料", false}, {"need", "是否必需", false}};
        view_table_begin(web->view, "papers", STR("材料"), columns, 2);
        for (size_t i = 0; i < chosen->paper_count; i++) {
            view_row(web->view);
            view_cell(web->view, VIEW_TEXT(chosen->papers[i].title));
            view_cell(web->view,
                      VIEW_TEXT(chosen->papers[i].is_optional ? STR("有就上传") : STR("必需")));
        }
        view_table_end(web->view, STR("不需要材料"));
    }
    view_section(web->view, STR("开始"));
    view_form(web->view, new_form(web));
    return STATUS_OK;
}

typedef struct DraftInput {
    const City *city;
    ClaimDraft draft;
} DraftInput;

static Status draft_work(Cx *cx, DbConn *conn, void *input) {
    DraftInput *in = input;
    int64_t id = 0;
    TRY(claim_draft_make(cx, conn, in->city, &in->draft, &id));
    db_answer(conn, str_print(cx->arena, "%" PRId64, id));
    return STATUS_OK;
}

Status claim_new_post(Web *web) {
    FormValue values[NEW_FIELDS];
    TRY(form_read(web, new_form(web), values));
    DraftInput input = {.city = city_of(web),
                        .draft = {.programme = values[NEW_PROGRAMME].text,
                                  .person_id = web->user->id,
                                  .org_id = org_of(web),
                                  .bought = {(int32_t)values[NEW_BOUGHT].number},
                                  .now_ms = web->now_ms}};
    Str id = STR_NONE;
    TRY(web_write(web, "claim.draft", draft_work, &input, &id));
    return web_redirect(web, str_print(web->cx->arena, "/claim/" STR_FMT "/step/1", STR_ARG(id)),
                        STR("草稿已建立，随时可以离开，回来接着填。"));
}

/* ---- one step ---- */

typedef struct StepForm {
    const ClaimProgramme *programme;
    Claim claim;
    size_t step;
    AttachmentList papers;
    const ClaimField *fields[STEP_FIELDS_MAX];
    size_t field_count;
    bool has_papers; /* the last step takes them */
    const ClaimPaper *declared;
    size_t declared_count;
    Form form;
} StepForm;

static const Attachment *paper_of(const AttachmentList *papers, Str code) {
    for (size_t i = 0; i < papers->count; i++) {
        if (str_equal(papers->items[i].part, code)) {
            return &papers->items[i];
        }
    }
    return NULL;
}

static FieldKind kind_of(ClaimType type) {
    switch (type) {
    case CLAIM_DAY:
        return FIELD_DAY;
    case CLAIM_MONEY:
        return FIELD_MONEY;
    case CLAIM_INT:
        return FIELD_INT;
    case CLAIM_CHOICE:
    case CLAIM_FLAG:
        return FIELD_CHOICE;
    case CLAIM_INVOICE:
        return FIELD_INVOICE;
    case CLAIM_SERIAL:
        return FIELD_SERIAL;
    case CLAIM_GTIN:
        return FIELD_GTIN;
    case CLAIM_TEXT:
    case CLAIM_VIN:
    case CLAIM_PLATE:
    case CLAIM_NAME:
    case CLAIM_CARD:
        break;
    }
    return FIELD_TEXT;
}

static void choices_set(Arena *arena, const ClaimField *field, FormField *out) {
    static const FormChoice flags[] = {{"true", "是"}, {"false", "否"}};
    if (field->type == CLAIM_FLAG) {
        out->choices = flags;
        out->choice_count = 2;
        return;
    }
    FormChoice *choices = arena_array(arena, FormChoice, field->choice_count + 1);
    for (size_t i = 0; i < field->choice_count; i++) {
        const char *text = str_c(arena, field->choices[i]);
        choices[i] = (FormChoice){text, str_equal(field->choices[i], STR("0")) ? "没有" : text};
    }
    out->choices = choices;
    out->choice_count = field->choice_count;
}

/* What is kept only as a proof is not shown again: it need not be typed again either. */
static void kept_set(Web *web, const StepForm *step, const ClaimField *field, FormField *out) {
    Str stored = claim_answer(web->cx, &step->claim, field->code);
    if (field->type == CLAIM_NAME) {
        out->value = STR("");
        if (str_equal(stored, STR("same"))) {
            out->is_optional = true;
            out->hint = "已核对：与申请人一致，不用再填";
        }
    } else if (field->type == CLAIM_CARD) {
        out->value = STR("");
        if (step->claim.account_masked.len > 0) {
            out->is_optional = true;
            out->hint = str_print(web->cx->arena, "已填写 " STR_FMT "，不改不用再填",
                                  STR_ARG(step->claim.account_masked))
                            .at;
        }
    } else if (field->type == CLAIM_MONEY && stored.len > 0) {
        int64_t fen = 0;
        if (str_int64(stored, &fen) == STATUS_OK) {
            out->value = money_print_plain(web->cx->arena, money_of_fen(fen));
        }
    } else {
        out->value = stored;
    }
}

/* When a field is needed that is not always asked: "“更新方式”选“更换电池”时填。17位". */
static const char *when_words(Web *web, const StepForm *step, const ClaimField *field) {
    const ClaimField *other = claim_field(step->programme, field->when_field);
    return str_print(web->cx->arena, "“" STR_FMT "”%s“" STR_FMT "”时填%s" STR_FMT,
                     STR_ARG(other != NULL ? other->label : field->when_field),
                     field->is_unless ? "选的不是" : "选", STR_ARG(field->when_value),
                     field->hint.len > 0 ? "。" : "", STR_ARG(field->hint))
        .at;
}

/* What is said of a person's name and card in a declaration, for an organisation. */
static void org_words(Web *web, const StepForm *step, const ClaimField *field, FormField *out) {
    if (step->claim.org_id == 0) {
        return;
    }
    out->label = field->type == CLAIM_CARD
                     ? str_c(web->cx->arena, claim_field_label(&step->claim, field))
                     : out->label;
    if (field->type == CLAIM_NAME) {
        out->hint = out->is_optional ? out->hint : "须是本单位全称，与营业执照一致";
    } else if (field->type == CLAIM_CARD) {
        out->hint = out->is_optional ? out->hint : "本单位的对公账户";
    }
}

static FormField field_form(Web *web, const StepForm *step, const ClaimField *field) {
    Arena *arena = web->cx->arena;
    FormField out = {.name = str_c(arena, field->code),
                     .label = field->type == CLAIM_MONEY
                                  ? str_print(arena, STR_FMT "（元）", STR_ARG(field->label)).at
                                  : str_c(arena, field->label),
                     .hint = field->hint.len > 0 ? str_c(arena, field->hint) : NULL,
                     .kind = kind_of(field->type),
                     .is_optional = field->when_field.len > 0};
    out.max = out.kind == FIELD_TEXT ? 60 : 0;
    choices_set(arena, field, &out);
    kept_set(web, step, field, &out);
    org_words(web, step, field, &out);
    if (field->when_field.len > 0) {
        out.hint = when_words(web, step, field);
        out.is_unmarked = true;
    }
    return out;
}

static FormField paper_form(Web *web, const StepForm *step, const ClaimPaper *paper) {
    Arena *arena = web->cx->arena;
    const Attachment *have = paper_of(&step->papers, paper->code);
    Str how = paper->hint.len > 0 ? paper->hint : STR("拍照或PDF，不超过 12 MB");
    Str hint =
        paper->is_optional
            ? how
            : str_print(arena, STR_FMT "。必须有；手头没有的可以先保存，以后再传", STR_ARG(how));
    if (have != NULL) {
        hint = str_print(arena, "已上传：" STR_FMT "；再选一个文件就会替换", STR_ARG(have->name));
    }
    return (FormField){.name = str_print(arena, "paper_" STR_FMT, STR_ARG(paper->code)).at,
                       .label = str_c(arena, paper->title),
                       .hint = str_c(arena, hint),
                       .kind = FIELD_FILE,
                       /* A draft may be kept without: the check says what is missing. */
                       .is_optional = true,
                       .is_unmarked = !paper->is_optional};
}

static void step_fields(Web *web, StepForm *step) {
    FormField *fields = arena_array(web->cx->arena, FormField, STEP_FIELDS_MAX);
    const ClaimProgramme *programme = step->programme;
    for (size_t i = 0; i < programme->field_count && step->field_count < STEP_FIELDS_MAX; i++) {
        if (programme->fields[i].step == step->step) {
            step->fields[step->field_count] = &programme->fields[i];
            fields[step->field_count++] = field_form(web, step, &programme->fields[i]);
        }
    }
    size_t count = step->field_count;
    for (size_t i = 0; step->has_papers && i < step->declared_count && count < STEP_FIELDS_MAX;
         i++) {
        fields[count++] = paper_form(web, step, &step->declared[i]);
    }
    static const FormChoice buttons[] = {{"draft", "先存草稿"}};
    step->form = (Form){.key = "step",
                        .action = str_print(web->cx->arena, "/claim/%" PRId64 "/step/%" PRId64,
                                            step->claim.id, (int64_t)step->step + 1),
                        .submit = step->has_papers ? "保存，去核对" : "保存，下一步",
                        .fields = fields,
                        .field_count = count,
                        .buttons = buttons,
                        .button_count = 1};
}

static Status step_read(Web *web, StepForm *step) {
    *step = (StepForm){0};
    TRY(claim_find_own(web->cx, web->conn, web->ids[0], web->user->id, &step->claim));
    TRY(programme_of(web, &step->claim, &step->programme));
    if (web->ids[1] < 1 || (size_t)web->ids[1] > step->programme->step_count) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这一步");
    }
    if (!is_open(&step->claim)) {
        return fault(web->cx, STATUS_CONFLICT, "申请已提交，不能再修改；需要修改的，请先撤回");
    }
    step->step = (size_t)web->ids[1] - 1;
    step->has_papers = step->step + 1 == step->programme->step_count;
    step->declared =
        claim_papers_of(web->cx->arena, step->programme, &step->claim, &step->declared_count);
    acts_for_set(web, &step->claim);
    TRY(attach_list(web->cx, web->conn, STR("claim"), step->claim.id, &step->papers));
    step_fields(web, step);
    return STATUS_OK;
}

static bool is_of_step(const StepForm *step, Str field) {
    for (size_t i = 0; i < step->field_count; i++) {
        if (str_equal(step->fields[i]->code, field)) {
            return true;
        }
    }
    return step->has_papers && claim_field(step->programme, field) == NULL && field.len > 0;
}

/* What an officer asked to correct here, before the form. */
static Status officer_words(Web *web, const StepForm *step) {
    ClaimIssueList issues;
    TRY(claim_store_issues(web->cx, web->conn, step->claim.id, &issues));
    for (size_t i = 0; i < issues.count; i++) {
        const ClaimIssue *issue = &issues.items[i];
        if (issue->blocks && is_of_step(step, issue->field)) {
            view_notice(web->view, VIEW_WARN,
                        str_print(web->cx->arena, "请补正：" STR_FMT, STR_ARG(issue->text)));
        }
    }
    return STATUS_OK;
}

Status claim_step_page(Web *web) {
    StepForm step;
    TRY(step_read(web, &step));
    const ClaimStep *declared = &step.programme->steps[step.step];
    view_title(web->view, str_print(web->cx->arena, "第 %zu 步，共 %zu 步：" STR_FMT, step.step + 1,
                                    step.programme->step_count, STR_ARG(declared->title)));
    view_lead(web->view, declared->about.len > 0 ? declared->about : step.programme->title);
    view_section(web->view, STR_NONE);
    TRY(officer_words(web, &step));
    view_form(web->view, &step.form);
    view_link(web->view, str_print(web->cx->arena, "/claim/%" PRId64, step.claim.id),
              STR("看看还缺什么"), false);
    return STATUS_OK;
}

/* ---- saving a step ---- */

typedef struct SaveInput {
    const City *city;
    ClaimSave save;
    ClaimPaperNew *papers;
    size_t paper_count;
} SaveInput;

static Status save_work(Cx *cx, DbConn *conn, void *input) {
    SaveInput *in = input;
    TRY(claim_save(cx, conn, in->city, &in->save));
    for (size_t i = 0; i < in->paper_count; i++) {
        TRY(claim_paper_add(cx, conn, &in->papers[i]));
    }
    return STATUS_OK;
}

static bool has_error(const Web *web, const char *name) {
    for (size_t i = 0; i < web->error_count; i++) {
        if (str_equal(web->errors[i].field, str_of(name))) {
            return true;
        }
    }
    return false;
}

static void checked(Web *web, Cx *cx, const char *name, Status status) {
    if (status != STATUS_OK) {
        form_error(web, name, str_of(cx->fault.text), str_of(cx->fault.hint));
    }
}

/* Codes that the form does not know: their check digits, at the field. */
static Str code_check(Web *web, const Claim *claim, const ClaimField *field, const char *name,
                      Str text) {
    Cx cx;
    cx_init(&cx, web->cx->arena);
    Str clean = codes_clean(web->cx->arena, text);
    if (field->type == CLAIM_VIN) {
        /* A check digit that fails is for a person: some imports have none. */
        bool is_good = codes_vin_rule(clean) == CODES_VIN_CHECK_DIGIT;
        checked(web, &cx, name, is_good ? STATUS_OK : codes_vin_check(&cx, name, clean));
    } else if (field->type == CLAIM_PLATE) {
        checked(web, &cx, name, codes_plate_check(&cx, name, clean));
    } else if (field->type == CLAIM_CARD) {
        clean = codes_digits(web->cx->arena, text);
        checked(web, &cx, name, claim_account_check(&cx, name, claim, clean));
    }
    return clean;
}

/* The claimant of a step: the person, or the organisation by its name. */
typedef struct Claimant {
    const Claim *claim;
    Person person;
    Org org;
} Claimant;

static Str name_proof(Web *web, const Claimant *claimant, Str text) {
    Arena *arena = web->cx->arena;
    const Person *person = &claimant->person;
    if (claimant->claim->org_id > 0) {
        return str_equal(people_name_normal(arena, text),
                         people_name_normal(arena, claimant->org.name))
                   ? STR("same")
                   : STR("other");
    }
    Str hash = people_hash(web->cx->arena, city_of(web), PEOPLE_NAME, text);
    return str_equal(hash, person->name_hash) ? STR("same") : STR("other");
}

/* The normalised text of one answer; STR_NONE takes it away. */
static Str answer_text(Web *web, const ClaimField *field, const char *name, const FormValue *value,
                       const Claimant *claimant) {
    Arena *arena = web->cx->arena;
    switch (field->type) {
    case CLAIM_DAY:
        return day_print(arena, (Day){(int32_t)value->number});
    case CLAIM_MONEY:
    case CLAIM_INT:
        return str_print(arena, "%" PRId64, value->number);
    case CLAIM_NAME:
        return name_proof(web, claimant, value->text);
    case CLAIM_VIN:
    case CLAIM_PLATE:
    case CLAIM_CARD:
        return code_check(web, claimant->claim, field, name, value->text);
    case CLAIM_TEXT:
    case CLAIM_INVOICE:
    case CLAIM_SERIAL:
    case CLAIM_GTIN:
    case CLAIM_CHOICE:
    case CLAIM_FLAG:
        break;
    }
    return value->text;
}

static void patch_build(Web *web, const StepForm *step, const FormValue *values,
                        const Claimant *claimant, SaveInput *input) {
    Arena *arena = web->cx->arena;
    Buf *patch = buf_in(arena, 256 * 1024);
    for (size_t i = 0; i < step->field_count; i++) {
        const ClaimField *field = step->fields[i];
        const char *name = step->form.fields[i].name;
        bool is_kept = field->type == CLAIM_NAME || field->type == CLAIM_CARD;
        if (has_error(web, name) || (is_kept && !values[i].is_given)) {
            continue;
        }
        Str text =
            values[i].is_given ? answer_text(web, field, name, &values[i], claimant) : STR_NONE;
        if (has_error(web, name)) {
            continue;
        }
        if (field->type == CLAIM_CARD) {
            input->save.account = people_seal(arena, city_of(web), PEOPLE_ACCOUNT, text);
        } else {
            answers_put(patch, arena, field->code, text);
        }
    }
    buf_put_c(patch, patch->len == 0 ? "{}" : "}");
    input->save.answers = buf_str(patch);
}

/* Looks at every paper that came, and keeps nothing yet: a form that is refused leaves no file. */
static Status papers_check(Web *web, const StepForm *step, const FormValue *values,
                           SaveInput *input) {
    Arena *arena = web->cx->arena;
    input->papers = arena_array(arena, ClaimPaperNew, step->declared_count + 1);
    for (size_t i = step->field_count; i < step->form.field_count; i++) {
        if (!values[i].is_given || has_error(web, step->form.fields[i].name)) {
            continue;
        }
        AttachFile *file = arena_new(arena, AttachFile);
        Status status = attach_check(web->cx, values[i].file->value, file);
        if (status == STATUS_INVALID || status == STATUS_LIMIT) {
            form_error(web, step->form.fields[i].name, str_of(web->cx->fault.text),
                       str_of(web->cx->fault.hint));
            fault_clear(web->cx);
            continue;
        }
        TRY(status);
        input->papers[input->paper_count++] =
            (ClaimPaperNew){.claim_id = step->claim.id,
                            .person_id = web->user->id,
                            .code = step->declared[i - step->field_count].code,
                            .name = values[i].file->file_name,
                            .file = file,
                            .now_ms = web->now_ms};
    }
    return STATUS_OK;
}

/* Stores the bytes of the papers; their rows are written with the answers. */
static Status papers_keep(Web *web, const StepForm *step, const FormValue *values) {
    Str folder = city_file_folder(web->cx->arena, city_of(web));
    for (size_t i = step->field_count; i < step->form.field_count; i++) {
        Str digest = STR_NONE;
        if (values[i].is_given && !has_error(web, step->form.fields[i].name)) {
            TRY(attach_bytes_put(web->cx, folder, values[i].file->value, &digest));
        }
    }
    return STATUS_OK;
}

static Str after_step(Web *web, const StepForm *step, bool is_draft) {
    if (is_draft) {
        return web->user->role == ROLE_OFFICER ? STR("/claim/for") : STR("/claim");
    }
    return step->has_papers ? str_print(web->cx->arena, "/claim/%" PRId64, step->claim.id)
                            : str_print(web->cx->arena, "/claim/%" PRId64 "/step/%zu",
                                        step->claim.id, step->step + 2);
}

/* A file that was refused is gone from the browser: a draft does not pass over it. */
static bool has_paper_error(const Web *web, const StepForm *step) {
    bool has = false;
    for (size_t i = step->field_count; i < step->form.field_count; i++) {
        has = has || has_error(web, step->form.fields[i].name);
    }
    return has;
}

/* A draft keeps what is right, and says what it did not keep. */
static Str draft_words(Web *web, const StepForm *step) {
    Buf *out = buf_in(web->cx->arena, 4096);
    buf_put_c(out, "草稿已保存，还没有提交。");
    const char *before = "下面几项填写有误，没有保存：";
    for (size_t i = 0; i < step->field_count; i++) {
        const FormField *field = &step->form.fields[i];
        if (has_error(web, field->name) && http_form(web->http, field->name).len > 0) {
            buf_print(out, "%s%s", before, field->label);
            before = "、";
        }
    }
    return buf_str(out);
}

Status claim_step_post(Web *web) {
    StepForm step;
    FormValue values[STEP_FIELDS_MAX] = {0};
    TRY(step_read(web, &step));
    Claimant claimant = {.claim = &step.claim};
    TRY(people_person_find(web->cx, web->conn, step.claim.person_id, &claimant.person));
    if (step.claim.org_id > 0) {
        TRY(people_org_find(web->cx, web->conn, step.claim.org_id, &claimant.org));
    }
    bool is_draft = str_equal(form_act(web), STR("draft"));
    Status status = form_read(web, &step.form, values);
    if (status != STATUS_OK && status != STATUS_INVALID) {
        return status;
    }
    fault_clear(web->cx);
    SaveInput input = {
        .city = city_of(web),
        .save = {.claim_id = step.claim.id, .person_id = web->user->id, .now_ms = web->now_ms}};
    patch_build(web, &step, values, &claimant, &input);
    TRY(papers_check(web, &step, values, &input));
    if (web->error_count > 0 && (!is_draft || has_paper_error(web, &step))) {
        return fault(web->cx, STATUS_INVALID, "有 %zu 处需要改正", web->error_count);
    }
    TRY(papers_keep(web, &step, values));
    Str done = is_draft ? draft_words(web, &step) : STR("已保存");
    web->error_count = 0;
    TRY(web_write(web, "claim.save", save_work, &input, NULL));
    return web_redirect(web, after_step(web, &step, is_draft), done);
}

/* ---- one claim: what is missing, or the receipt ---- */

static Str step_path(Web *web, const Claim *claim, const ClaimProgramme *programme, Str field) {
    const ClaimField *found = claim_field(programme, field);
    Str name = found != NULL ? field : str_print(web->cx->arena, "paper_" STR_FMT, STR_ARG(field));
    size_t step = found != NULL ? found->step : programme->step_count - 1;
    return str_print(web->cx->arena, "/claim/%" PRId64 "/step/%zu#f-" STR_FMT, claim->id, step + 1,
                     STR_ARG(name));
}

static void issue_row(Web *web, const Claim *claim, const ClaimProgramme *programme,
                      const ClaimIssue *issue) {
    View *view = web->view;
    view_row(view);
    view_cell(view, VIEW_TEXT(issue->text));
    view_cell(view, VIEW_TEXT(issue->hint.len > 0 ? issue->hint : STR("—")));
    view_cell(view, issue->field.len == 0
                        ? VIEW_TEXT(STR("—"))
                        : VIEW_LINK(step_path(web, claim, programme, issue->field), STR("去填写")));
}

static const ViewColumn issue_columns[] = {
    {"text", "问题", false}, {"hint", "怎么办", false}, {"field", "位置", false}};

static void blocks_table(Web *web, const Claim *claim, const ClaimProgramme *programme,
                         const ClaimCheck *found) {
    if (found->block_count == 0) {
        return;
    }
    view_section(web->view,
                 str_print(web->cx->arena, "提交前还有 %zu 处要处理", found->block_count));
    view_table_begin(web->view, "issues", STR("要处理的地方，一次说全"), issue_columns, 3);
    for (size_t i = 0; i < found->issues.count; i++) {
        if (found->issues.items[i].blocks) {
            issue_row(web, claim, programme, &found->issues.items[i]);
        }
    }
    view_table_end(web->view, STR("没有"));
}

/* What an officer asked for, and what has been changed since is still to be sent. */
static Status officer_table(Web *web, const Claim *claim, const ClaimProgramme *programme) {
    ClaimIssueList issues;
    size_t count = 0;
    TRY(claim_store_issues(web->cx, web->conn, claim->id, &issues));
    for (size_t i = 0; i < issues.count; i++) {
        count += issues.items[i].blocks;
    }
    if (!is_in(claim, "correction") || count == 0) {
        return STATUS_OK;
    }
    view_section(web->view, STR("经办人要求补正"));
    view_table_begin(web->view, "corrections", STR("补正内容，一次说全"), issue_columns, 3);
    for (size_t i = 0; i < issues.count; i++) {
        if (issues.items[i].blocks) {
            issue_row(web, claim, programme, &issues.items[i]);
        }
    }
    view_table_end(web->view, STR("没有"));
    return STATUS_OK;
}

Str claim_answer_shown(Web *web, const Claim *claim, const ClaimField *field) {
    Arena *arena = web->cx->arena;
    Str text = claim_answer(web->cx, claim, field->code);
    int64_t fen = 0;
    if (field->type == CLAIM_CARD) {
        return claim->account_masked.len > 0 ? claim->account_masked : STR("—");
    }
    if (text.len == 0) {
        return STR("—");
    }
    if (field->type == CLAIM_NAME) {
        return str_equal(text, STR("same")) ? STR("与申请人一致") : STR("与申请人不一致");
    }
    if (field->type == CLAIM_FLAG) {
        return str_equal(text, STR("true")) ? STR("是") : STR("否");
    }
    if (field->type == CLAIM_MONEY && str_int64(text, &fen) == STATUS_OK) {
        return str_print(arena, STR_FMT " 元", STR_ARG(money_print(arena, money_of_fen(fen))));
    }
    return text;
}

void claim_answers_view(Web *web, const Claim *claim, const ClaimProgramme *programme,
                        bool is_editable) {
    for (size_t i = 0; i < programme->step_count; i++) {
        view_section(web->view, programme->steps[i].title);
        view_facts_begin(web->view, str_print(web->cx->arena, "step_%zu", i + 1).at, false);
        for (size_t k = 0; k < programme->field_count; k++) {
            const ClaimField *field = &programme->fields[k];
            if (field->step == i && claim_is_asked(web->cx, claim, field)) {
                view_fact(web->view, str_c(web->cx->arena, field->code),
                          str_c(web->cx->arena, claim_field_label(claim, field)),
                          VIEW_TEXT(claim_answer_shown(web, claim, field)));
            }
        }
        view_facts_end(web->view);
        if (is_editable) {
            view_link(
                web->view,
                str_print(web->cx->arena, "/claim/%" PRId64 "/step/%zu", claim->id, i + 1),
                str_print(web->cx->arena, "修改“" STR_FMT "”", STR_ARG(programme->steps[i].title)),
                false);
        }
    }
}

/* The pictures themselves, so that an officer need not open one after the other. */
static void pictures_write(Web *web, const Claim *claim, const ClaimProgramme *programme,
                           const AttachmentList *papers) {
    Html *html = view_html(web->view);
    size_t count = 0;
    const ClaimPaper *declared = claim_papers_of(web->cx->arena, programme, claim, &count);
    if (html == NULL) {
        return;
    }
    HTML(html, "div.grid.grid-2") {
        for (size_t i = 0; i < count; i++) {
            const Attachment *paper = paper_of(papers, declared[i].code);
            if (paper == NULL || !str_starts(paper->file.media_type, STR("image/"))) {
                continue;
            }
            HTML_VOID(html, "img", "alt", declared[i].title, "loading", "lazy", "src",
                      str_print(web->cx->arena, "/claim/%" PRId64 "/paper/%" PRId64, claim->id,
                                paper->id));
        }
    }
}

Status claim_papers_view(Web *web, const Claim *claim, const ClaimProgramme *programme) {
    static const ViewColumn columns[] = {
        {"title", "材料", false}, {"file", "文件", false}, {"created_ms", "上传时间", false}};
    AttachmentList papers;
    TRY(attach_list(web->cx, web->conn, STR("claim"), claim->id, &papers));
    size_t count = 0;
    const ClaimPaper *declared = claim_papers_of(web->cx->arena, programme, claim, &count);
    view_section(web->view, STR("材料"));
    view_table_begin(web->view, "papers", STR("已上传的材料"), columns, 3);
    for (size_t i = 0; i < count; i++) {
        const Attachment *paper = paper_of(&papers, declared[i].code);
        if (paper == NULL) {
            continue;
        }
        view_row(web->view);
        view_cell(web->view, VIEW_TEXT(declared[i].title));
        view_cell(web->view,
                  VIEW_LINK(str_print(web->cx->arena, "/claim/%" PRId64 "/paper/%" PRId64,
                                      claim->id, paper->id),
                            paper->name.len > 0 ? paper->name : STR("查看")));
        view_cell(web->view, VIEW_INSTANT(paper->created_ms));
    }
    view_table_end(web->view, STR("还没有上传材料"));
    if (web->user->role == ROLE_OFFICER) {
        pictures_write(web, claim, programme, &papers);
    }
    return STATUS_OK;
}

static void estimate_view(Web *web, const ClaimCheck *found) {
    if (!found->has_answer || found->amount.fen <= 0) {
        return;
    }
    view_section(web->view, STR("按政策计算"));
    view_facts_begin(web->view, NULL, true);
    view_fact(web->view, "amount_fen", "补贴金额", VIEW_MONEY(found->amount));
    view_fact(web->view, "rule", "命中规则", VIEW_TEXT(found->answer.rule));
    view_fact(web->view, "version", "政策版本", VIEW_TEXT(found->answer.version->title));
    view_facts_end(web->view);
    if (found->review_count > 0) {
        view_notice(web->view, VIEW_INFO, STR("提交后需要经办人核对，核对完会在这里告诉您结果。"));
    }
}

/* The one thing to do here, and as large as that. */
static void submit_write(Web *web, const Claim *claim) {
    Html *html = view_html(web->view);
    if (html == NULL) {
        return;
    }
    HTML(html, "form", "method", "post", "action",
         str_print(web->cx->arena, "/claim/%" PRId64 "/submit", claim->id), "data-once", "") {
        view_form_secrets(web->view, html);
        HTML_LEAF(html, "button.button", "核对无误，提交申请", "type", "submit");
    }
}

static Status draft_view(Web *web, const Claim *claim, const ClaimProgramme *programme) {
    ClaimCheck found;
    TRY(claim_check(web->cx, web->conn, city_of(web), claim, web->now_ms, &found));
    view_notice(web->view, VIEW_WARN,
                is_in(claim, "draft") ? STR("这是草稿，还没有提交。")
                                      : STR("补正后须再次提交，经办人才能看到。"));
    TRY(officer_table(web, claim, programme));
    blocks_table(web, claim, programme, &found);
    estimate_view(web, &found);
    if (found.block_count == 0) {
        view_section(web->view, STR("提交"));
        view_text(web->view, STR("我保证所填内容和材料真实。同一辆车、同一张发票只申请一次。"));
        submit_write(web, claim);
    }
    return STATUS_OK;
}

/* ---- the receipt ---- */

static Str next_of(Web *web, const Claim *claim) {
    static const char *const rows[][2] = {
        {"review", "经办人核对材料。需要补正的，会在这里一次说全。"},
        {"second", "经办人已核对，等待二审。"},
        {"notice", "正在公示，公示期满无异议就送财政拨付。"},
        {"approved", "已核准，等待送财政拨付。您不用再办什么。"},
        {"in_batch", "财政正在拨付到您填写的银行卡。"},
        {"paid", "补贴已拨付，请查收。"},
        {"refused", "不予补贴。对结果有异议的，可以向办理部门申请复核。"},
        {"withdrawn", "申请已撤回。需要时可以重新申请。"},
        {"recovering", "请按通知退回补贴。"},
        {"recovered", "补贴已退回。"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_equal(claim->state, str_of(rows[i][0]))) {
            return str_of(rows[i][1]);
        }
    }
    (void)web;
    return STR("");
}

void claim_clock_facts(View *view, const ClaimProgramme *programme, const Claim *claim) {
    bool is_paying = str_equal(claim->stage, STR("pay"));
    int64_t days = is_paying ? programme->pay_days : programme->review_days;
    if (claim->stage.len == 0) {
        return;
    }
    view_fact(view, "stage", "当前期限", VIEW_TEXT(is_paying ? STR("拨付") : STR("审核")));
    view_fact(view, "due_day", "最迟日期",
              day_compare(claim->due, DAY_NONE) != 0 ? VIEW_DAY(claim->due)
              : days > 0 ? VIEW_TEXT(STR("停计（等待补正或异议处理）"))
                         : VIEW_NONE);
}

Status claim_entry_facts(Web *web, const Claim *claim) {
    ClaimEntry entry;
    Person clerk;
    View *view = web->view;
    if (claim->entered_by == 0) {
        return STATUS_OK;
    }
    bool is_counter = str_equal(claim->entered_as, STR("counter"));
    TRY(claim_entry_find(web->cx, web->conn, claim->id, &entry));
    TRY(people_person_find(web->cx, web->conn, claim->entered_by, &clerk));
    view_fact(view, "entered_as", "怎样办的",
              VIEW_TEXT(is_counter ? STR("窗口代办录入") : STR("亲属代办")));
    view_fact(view, "entered_by", is_counter ? "窗口经办人" : "代办人",
              VIEW_TEXT(clerk.name_masked));
    if (entry.helper.masked.len > 0) {
        view_fact(
            view, "helper", "陪同的代办人",
            VIEW_TEXT(str_print(web->cx->arena, STR_FMT " " STR_FMT, STR_ARG(entry.helper.masked),
                                STR_ARG(entry.helper_id.masked))));
    }
    if (entry.relation.len > 0) {
        view_fact(view, "relation", "与申请人的关系", VIEW_TEXT(entry.relation));
    }
    view_fact(view, "consent", "同意书编号", VIEW_TEXT(entry.consent));
    return STATUS_OK;
}

static Status receipt_view(Web *web, const Claim *claim, const ClaimProgramme *programme) {
    Str claimant = STR_NONE;
    View *view = web->view;
    TRY(claim_claimant_name(web->cx, web->conn, claim, &claimant));
    view_section(view, STR("回执"));
    view_facts_begin(view, NULL, true);
    view_fact(view, "number", "申请编号", VIEW_TEXT(claim->number));
    view_fact(view, "state", "状态", claim_state_view(claim->state));
    view_fact(view, "amount_fen", "补贴金额", VIEW_MONEY(claim->amount));
    view_facts_end(view);
    view_facts_begin(view, "receipt", false);
    view_fact(view, "programme", "项目", VIEW_TEXT(programme->title));
    view_fact(view, "claimant", "申请人", VIEW_TEXT(claimant));
    TRY(claim_entry_facts(web, claim));
    view_fact(view, "submitted_ms", "提交时间", VIEW_INSTANT(claim->submitted_ms));
    view_fact(view, "accepted_ms", "受理时间", VIEW_INSTANT(claim->submitted_ms));
    view_fact(view, "unit", "办理部门", VIEW_TEXT(programme->unit));
    view_fact(view, "account", "收款账户", VIEW_TEXT(claim->account_masked));
    claim_clock_facts(view, programme, claim);
    if (claim->reason.len > 0 && is_in(claim, "refused")) {
        view_fact(view, "reason", "理由", VIEW_TEXT(claim->reason));
    }
    view_fact(view, "next", "下一步", VIEW_TEXT(next_of(web, claim)));
    view_facts_end(view);
    Html *html = view_html(view);
    if (html != NULL) {
        HTML_LEAF(html, "button.button.plain", "打印回执", "type", "button", "data-print", "",
                  "hidden", true);
    }
    view_link(view, str_print(web->cx->arena, "/decision/%" PRId64, claim->decision_id),
              STR("为什么是这个金额：依据和条款"), false);
    return STATUS_OK;
}

/* The bank sent the money back: what it said, what that means, and the way on. */
static Status returned_view(Web *web, const Claim *claim) {
    PayLine line;
    bool has = false;
    TRY(bank_return_of(web->cx, web->conn, claim->id, &line, &has));
    if (!has || !is_in(claim, "approved")) {
        return STATUS_OK;
    }
    view_notice(web->view, VIEW_WARN,
                str_print(web->cx->arena,
                          "银行没有付成，补贴退了回来，给您留着。银行的原因：" STR_FMT "。" STR_FMT,
                          STR_ARG(line.reason), STR_ARG(bank_reason_plain(line.reason))));
    view_link(web->view, str_print(web->cx->arena, "/claim/%" PRId64 "/account", claim->id),
              STR("更正收款账户"), true);
    return STATUS_OK;
}

static bool can_withdraw(const Claim *claim) {
    return is_open(claim) || is_in(claim, "review") || is_in(claim, "second") ||
           is_in(claim, "notice") || is_in(claim, "approved");
}

Status claim_page(Web *web) {
    Claim claim;
    const ClaimProgramme *programme = NULL;
    TRY(claim_find_own(web->cx, web->conn, web->ids[0], web->user->id, &claim));
    TRY(programme_of(web, &claim, &programme));
    view_title(web->view, is_in(&claim, "draft") ? str_print(web->cx->arena, "核对：" STR_FMT,
                                                             STR_ARG(programme->title))
                                                 : programme->title);
    if (claim.number.len > 0) {
        view_lead(web->view, str_print(web->cx->arena, "申请编号 " STR_FMT, STR_ARG(claim.number)));
    }
    if (is_open(&claim)) {
        TRY(draft_view(web, &claim, programme));
    }
    if (claim.submitted_ms > 0) {
        TRY(returned_view(web, &claim));
        TRY(receipt_view(web, &claim, programme));
    } else if (claim.entered_by != 0) {
        view_section(web->view, STR("代办"));
        view_facts_begin(web->view, "entry", false);
        TRY(claim_entry_facts(web, &claim));
        view_facts_end(web->view);
    }
    claim_answers_view(web, &claim, programme, is_open(&claim));
    TRY(claim_papers_view(web, &claim, programme));
    if (can_withdraw(&claim)) {
        view_section(web->view, STR("撤回"));
        view_action(web->view, str_print(web->cx->arena, "/claim/%" PRId64 "/withdraw", claim.id),
                    is_in(&claim, "draft") ? STR("删除草稿") : STR("撤回申请"),
                    "撤回后预留的资金会退回资金池，确认？");
    }
    return STATUS_OK;
}

typedef struct OwnInput {
    const City *city;
    int64_t claim_id;
    int64_t person_id;
    int64_t now_ms;
} OwnInput;

typedef struct SubmitInput {
    OwnInput own;
    int64_t claimant_id;
    Str device_hash;
} SubmitInput;

static Status submit_work(Cx *cx, DbConn *conn, void *input) {
    const SubmitInput *in = input;
    MarkUse use = {.kind = MARK_DEVICE,
                   .hash = in->device_hash,
                   .subject = STR("claim"),
                   .subject_id = in->own.claim_id,
                   .person_id = in->claimant_id,
                   .now_ms = in->own.now_ms};
    TRY(claim_submit(cx, conn, in->own.city, in->own.claim_id, in->own.person_id, in->own.now_ms));
    return mark_put(cx, conn, &use);
}

/* Own, or entered for somebody: then the journal names both. */
static Status own_open(Web *web, Claim *claim) {
    TRY(claim_find_own(web->cx, web->conn, web->ids[0], web->user->id, claim));
    acts_for_set(web, claim);
    return STATUS_OK;
}

Status claim_submit_post(Web *web) {
    Claim claim;
    TRY(own_open(web, &claim));
    /* A clerk's machine serves everybody by its purpose, and the journal names the clerk. */
    SubmitInput input = {.own = {city_of(web), web->ids[0], web->user->id, web->now_ms},
                         .claimant_id = claim.person_id,
                         .device_hash =
                             web->user->role == ROLE_OFFICER ? STR_NONE : mark_device(web)};
    TRY(web_write(web, "claim.submit", submit_work, &input, NULL));
    return web_redirect(web, str_print(web->cx->arena, "/claim/%" PRId64, web->ids[0]),
                        STR("申请已提交。编号和下一步写在回执上，可以打印或截图保存。"));
}

static Status withdraw_work(Cx *cx, DbConn *conn, void *input) {
    const OwnInput *in = input;
    return claim_withdraw(cx, conn, in->claim_id, in->person_id, in->now_ms);
}

Status claim_withdraw_post(Web *web) {
    Claim claim;
    TRY(own_open(web, &claim));
    OwnInput input = {city_of(web), web->ids[0], web->user->id, web->now_ms};
    TRY(web_write(web, "claim.withdraw", withdraw_work, &input, NULL));
    return web_redirect(web, web->user->role == ROLE_OFFICER ? STR("/claim/for") : STR("/claim"),
                        STR("已撤回"));
}

/* ---- a paper ---- */

/* For the applicant, officers of the unit in charge, finance and audit. */
static Status paper_reader_check(Web *web, const Claim *claim) {
    Str unit = STR_NONE;
    const ClaimProgramme *programme = NULL;
    Claim own;
    switch (web->user->role) {
    case ROLE_RESIDENT:
    case ROLE_ENTERPRISE:
        return claim_find_own(web->cx, web->conn, claim->id, web->user->id, &own);
    case ROLE_OFFICER:
        if (claim->entered_by == web->user->id) {
            return STATUS_OK;
        }
        TRY(programme_of(web, claim, &programme));
        TRY(claim_store_unit_name(web->cx, web->conn, web->user->unit_id, &unit));
        return str_equal(unit, programme->unit) ? STATUS_OK
                                                : fault(web->cx, STATUS_NOT_FOUND, "没有这个附件");
    case ROLE_FINANCE:
    case ROLE_AUDITOR:
        return STATUS_OK;
    case ROLE_PUBLIC:
    case ROLE_SHOP:
    case ROLE_RECYCLER:
    case ROLE_DRIVER:
    case ROLE_BANK:
    case ROLE_LEAD:
    case ROLE_ADMIN:
    case ROLE_COUNT:
        break;
    }
    return fault(web->cx, STATUS_NOT_FOUND, "没有这个附件");
}

Status claim_paper_page(Web *web) {
    Claim claim;
    Attachment paper;
    Str bytes = STR_NONE;
    TRY(claim_find(web->cx, web->conn, web->ids[0], &claim));
    TRY(paper_reader_check(web, &claim));
    TRY(attach_find(web->cx, web->conn, web->ids[1], &paper));
    if (!str_equal(paper.subject, STR("claim")) || paper.subject_id != claim.id) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这个附件");
    }
    TRY(attach_file_get(web->cx, city_file_folder(web->cx->arena, city_of(web)), paper.file.digest,
                        &bytes));
    return web_file(web, paper.name, paper.file.media_type, bytes);
}

/* ---- the public notice ---- */

static const ViewColumn notice_columns[] = {
    {"number", "申请编号", false},    {"programme", "项目", false},
    {"name", "申请人", false},        {"vehicle", "车架号或编号", false},
    {"amount_fen", "补贴金额", true}, {"decided_day", "核准日期", false},
    {"state", "状态", false},         {"object", "异议", false},
};

/* The first once-only code of a claim, by its last letters. */
static Str thing_of(Web *web, const Claim *claim) {
    const ClaimProgramme *programme = claim_programme(city_of(web), claim->programme);
    for (size_t i = 0; programme != NULL && i < programme->field_count; i++) {
        const ClaimField *field = &programme->fields[i];
        Str text = claim_answer(web->cx, claim, field->code);
        if (field->once.len > 0 && !str_equal(field->once, STR("invoice")) && text.len > 0) {
            return codes_tail_mask(web->cx->arena, text);
        }
    }
    return STR("—");
}

static Status notice_row(Web *web, const Claim *claim) {
    View *view = web->view;
    Str claimant = STR_NONE;
    TRY(claim_claimant_name(web->cx, web->conn, claim, &claimant));
    bool can_object = is_in(claim, "notice") || is_in(claim, "approved");
    view_row(view);
    view_cell(view, VIEW_TEXT(claim->number));
    view_cell(view, VIEW_TEXT(title_of(web, claim->programme)));
    view_cell(view, VIEW_TEXT(claimant));
    view_cell(view, VIEW_TEXT(thing_of(web, claim)));
    view_cell(view, VIEW_MONEY(claim->amount));
    view_cell(view, VIEW_DAY(day_of_instant(claim->decided_ms)));
    view_cell(view, claim_state_view(claim->state));
    view_cell(view, can_object ? VIEW_LINK(str_print(web->cx->arena, "/claim/%" PRId64 "/object",
                                                     claim->id),
                                           STR("提出异议"))
                               : VIEW_TEXT(STR("—")));
    return STATUS_OK;
}

Status claim_notice_page(Web *web) {
    int64_t page = web_param_int(web, "page", 0);
    ClaimList claims;
    TRY(claim_store_notice(web->cx, web->conn, page, NOTICE_ROWS, &claims));
    view_title(web->view, STR("补贴公示"));
    view_lead(web->view,
              STR("已核准的申请，姓名和编号已脱敏。对公示内容有异议的，登录后可以提出。"));
    view_section(web->view, STR_NONE);
    view_table_begin(web->view, "notice", STR("公示名单"), notice_columns, 8);
    for (size_t i = 0; i < claims.count; i++) {
        TRY(cx_step(web->cx));
        TRY(notice_row(web, &claims.items[i]));
    }
    view_table_end(web->view, STR("还没有已核准的申请"));
    view_pager(web->view, STR("/claim/notice"), page, claims.has_more);
    return STATUS_OK;
}

enum { OBJECT_TEXT, OBJECT_FIELDS };

static const Form *object_form(Web *web) {
    static const FormField fields[OBJECT_FIELDS] = {
        {.name = "text",
         .label = "异议内容",
         .hint = "写清哪里不实、有什么线索；您的身份只有办理部门能看到",
         .kind = FIELD_LONG_TEXT,
         .min = 5,
         .max = 1000}};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "object",
                   .action = str_print(web->cx->arena, "/claim/%" PRId64 "/object", web->ids[0]),
                   .submit = "提出异议",
                   .fields = fields,
                   .field_count = OBJECT_FIELDS};
    return form;
}

Status claim_object_page(Web *web) {
    Claim claim;
    TRY(claim_find(web->cx, web->conn, web->ids[0], &claim));
    if (!is_in(&claim, "notice") && !is_in(&claim, "approved")) {
        return fault(web->cx, STATUS_NOT_FOUND, "这个申请不在公示");
    }
    view_title(web->view,
               str_print(web->cx->arena, "对 " STR_FMT " 提出异议", STR_ARG(claim.number)));
    view_section(web->view, STR_NONE);
    view_form(web->view, object_form(web));
    return STATUS_OK;
}

typedef struct ObjectInput {
    const City *city;
    ClaimObjection objection;
} ObjectInput;

static Status object_work(Cx *cx, DbConn *conn, void *input) {
    const ObjectInput *in = input;
    return claim_object(cx, conn, in->city, &in->objection);
}

Status claim_object_post(Web *web) {
    FormValue values[OBJECT_FIELDS];
    TRY(form_read(web, object_form(web), values));
    ObjectInput input = {.city = city_of(web),
                         .objection = {.claim_id = web->ids[0],
                                       .person_id = web->user->id,
                                       .text = values[OBJECT_TEXT].text,
                                       .made_ms = web->now_ms}};
    TRY(web_write(web, "claim.object", object_work, &input, NULL));
    return web_redirect(web, STR("/claim/notice"), STR("异议已收到，处理前这笔补贴不会拨付。"));
}
