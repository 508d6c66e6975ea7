/*
 * enter_pages.c - a claim for somebody who cannot file it: a clerk enters it at the counter, or a
 * relative at home. The claimant stays the claimant: found by the ID number and the name, paid on
 * her own card; who entered it, and on which consent, is kept, printed and journaled.
 */
#include "base/codes.h"
#include "office/claim/claim_store.h"
#include "web/form.h"

#include <inttypes.h>

enum {
    FOR_NAME,
    FOR_ID,
    FOR_PHONE,
    FOR_TOWN,
    FOR_PROGRAMME,
    FOR_BOUGHT,
    FOR_CONSENT,
    FOR_RELATION,
    FOR_HELPER, /* from here on at the counter only */
    FOR_HELPER_ID,
    FOR_FIELDS
};

static const City *city_of(const Web *web) {
    return web->app->house;
}

static bool is_counter(const Web *web) {
    return web->user->role == ROLE_OFFICER;
}

static void town_choices(Web *web, FormField *field) {
    const City *city = city_of(web);
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, city->town_count + 1);
    for (size_t i = 0; i < city->town_count; i++) {
        choices[i] = (FormChoice){str_c(web->cx->arena, city->towns[i].code),
                                  str_c(web->cx->arena, city->towns[i].name)};
    }
    field->choices = choices;
    field->choice_count = city->town_count;
    field->value = web->user->town_code;
}

static void programme_choices(Web *web, FormField *field) {
    const ClaimLibrary *library = city_of(web)->claims;
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, library->count + 1);
    for (size_t i = 0; i < library->count; i++) {
        if (library->items[i].is_for_person) {
            choices[field->choice_count++] =
                (FormChoice){str_c(web->cx->arena, library->items[i].code),
                             str_c(web->cx->arena, library->items[i].title)};
        }
    }
    field->choices = choices;
}

static const FormField declared[FOR_FIELDS] = {
    {.name = "name",
     .label = "申请人姓名",
     .hint = "补贴给谁就填谁，与身份证一致",
     .kind = FIELD_TEXT,
     .min = 2,
     .max = 40,
     .group = "申请人"},
    {.name = "id_number", .label = "申请人身份证号", .kind = FIELD_ID_NUMBER, .group = "申请人"},
    {.name = "phone",
     .label = "申请人手机号码",
     .hint = "没有手机的不填",
     .kind = FIELD_PHONE,
     .is_optional = true,
     .group = "申请人"},
    {.name = "town", .label = "所在镇街", .kind = FIELD_CHOICE, .group = "申请人"},
    {.name = "programme", .label = "申请哪一项", .kind = FIELD_CHOICE, .group = "申请"},
    {.name = "bought",
     .label = "购买日期",
     .hint = "看发票；按这个日期选用当年的政策",
     .kind = FIELD_DAY,
     .group = "申请"},
    {.name = "consent",
     .label = "代办同意书编号",
     .hint = "申请人签字的纸质同意书上的编号；没有编号的写签字日期",
     .kind = FIELD_TEXT,
     .min = 2,
     .max = 40,
     .group = "代办"},
    {.name = "relation",
     .label = "您与申请人的关系",
     .hint = "例如：儿子、女儿、邻居",
     .kind = FIELD_TEXT,
     .min = 1,
     .max = 20,
     .group = "代办"},
    {.name = "helper",
     .label = "陪同代办人的姓名",
     .hint = "申请人自己来的不填",
     .kind = FIELD_TEXT,
     .is_optional = true,
     .max = 40,
     .group = "代办"},
    {.name = "helper_id",
     .label = "陪同代办人的身份证号",
     .hint = "申请人自己来的不填",
     .kind = FIELD_ID_NUMBER,
     .is_optional = true,
     .group = "代办"}};

static const Form *enter_form(Web *web) {
    FormField *fields = arena_array(web->cx->arena, FormField, FOR_FIELDS);
    for (size_t i = 0; i < FOR_FIELDS; i++) {
        fields[i] = declared[i];
    }
    town_choices(web, &fields[FOR_TOWN]);
    programme_choices(web, &fields[FOR_PROGRAMME]);
    if (is_counter(web)) {
        fields[FOR_RELATION].label = "陪同代办人与申请人的关系";
        fields[FOR_RELATION].hint = "申请人自己来的不填";
        fields[FOR_RELATION].is_optional = true;
    }
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "for",
                   .action = STR("/claim/for"),
                   .submit = "开始填写申请",
                   .fields = fields,
                   .field_count = is_counter(web) ? FOR_FIELDS : FOR_HELPER};
    return form;
}

static Status entered_table(Web *web) {
    static const ViewColumn columns[] = {{"id", "申请", false},
                                         {"claimant", "申请人", false},
                                         {"programme", "项目", false},
                                         {"state", "状态", false},
                                         {"saved_ms", "更新时间", false}};
    ClaimList claims;
    View *view = web->view;
    TRY(claim_store_of_entered(web->cx, web->conn, web->user->id, &claims));
    view_section(view, STR("我代办的申请"));
    view_table_begin(view, "entered", STR("我代办的申请"), columns, 5);
    for (size_t i = 0; i < claims.count; i++) {
        const Claim *claim = &claims.items[i];
        const ClaimProgramme *programme = claim_programme(city_of(web), claim->programme);
        Str claimant = STR_NONE;
        TRY(claim_claimant_name(web->cx, web->conn, claim, &claimant));
        view_row(view);
        view_cell(view, VIEW_LINK(str_print(web->cx->arena, "/claim/%" PRId64, claim->id),
                                  claim->number.len > 0 ? claim->number : STR("继续填写草稿")));
        view_cell(view, VIEW_TEXT(claimant));
        view_cell(view, VIEW_TEXT(programme != NULL ? programme->title : claim->programme));
        view_cell(view, claim_state_view(claim->state));
        view_cell(view, VIEW_INSTANT(claim->saved_ms));
    }
    view_table_end(view, STR("还没有代办的申请"));
    return STATUS_OK;
}

Status claim_enter_page(Web *web) {
    View *view = web->view;
    view_title(view, is_counter(web) ? STR("窗口代办录入") : STR("替家里老人申请"));
    view_lead(view,
              is_counter(web)
                  ? STR("申请人是居民本人，补贴打到他本人的卡。代办录入的人不能审核这件申请。")
                  : STR("申请人是老人本人，补贴打到老人自己的卡。请准备老人签字的同意书。"));
    view_section(view, STR_NONE);
    view_form(view, enter_form(web));
    return entered_table(web);
}

/* ---- entering ---- */

typedef struct EnterInput {
    const City *city;
    ClaimEntry entry;
    ClaimEnter enter;
} EnterInput;

static Status enter_work(Cx *cx, DbConn *conn, void *input) {
    EnterInput *in = input;
    int64_t id = 0;
    in->enter.draft.entry = &in->entry;
    TRY(claim_enter(cx, conn, in->city, &in->enter, &id));
    db_answer(conn, str_print(cx->arena, "%" PRId64, id));
    return STATUS_OK;
}

/* All or nothing of the person who came along: a name alone proves nothing. */
static Status helper_check(Web *web, const FormValue *values) {
    bool has_name = values[FOR_HELPER].is_given;
    bool has_id = values[FOR_HELPER_ID].is_given;
    bool has_relation = values[FOR_RELATION].is_given;
    if (!is_counter(web) || (has_name == has_id && has_name == has_relation)) {
        return STATUS_OK;
    }
    return fault_at_field(web->cx, STATUS_INVALID,
                          !has_name ? "helper"
                          : !has_id ? "helper_id"
                                    : "relation",
                          "有人陪同代办的，姓名、身份证号和关系都要填");
}

static PersonNew claimant_of(Web *web, const FormValue *values) {
    Arena *arena = web->cx->arena;
    const City *city = city_of(web);
    Str id_number = values[FOR_ID].text;
    PersonNew claimant = {.role = ROLE_RESIDENT,
                          .name = people_seal(arena, city, PEOPLE_NAME, values[FOR_NAME].text),
                          .id_number = people_seal(arena, city, PEOPLE_ID_NUMBER, id_number),
                          .phone = people_seal(arena, city, PEOPLE_PHONE, values[FOR_PHONE].text),
                          .birth = codes_id_birthday(id_number),
                          .town_code = values[FOR_TOWN].text,
                          .is_demo = web->user->is_demo,
                          .now_ms = web->now_ms};
    /* Nobody can sign in with it: there is no password. */
    claimant.login =
        str_print(arena, "for-" STR_FMT, STR_ARG(str_slice(claimant.id_number.hash, 0, 24)));
    return claimant;
}

Status claim_enter_post(Web *web) {
    FormValue values[FOR_FIELDS] = {0};
    Arena *arena = web->cx->arena;
    const City *city = city_of(web);
    TRY(form_read(web, enter_form(web), values));
    TRY(helper_check(web, values));
    EnterInput input = {
        .city = city,
        .entry = {.consent = values[FOR_CONSENT].text,
                  .relation = values[FOR_RELATION].is_given ? values[FOR_RELATION].text : STR(""),
                  .made_ms = web->now_ms},
        .enter = {.draft = {.programme = values[FOR_PROGRAMME].text,
                            .entered_by = web->user->id,
                            .entered_as = is_counter(web) ? STR("counter") : STR("relative"),
                            .bought = {(int32_t)values[FOR_BOUGHT].number},
                            .now_ms = web->now_ms},
                  .claimant = claimant_of(web, values)}};
    if (values[FOR_HELPER].is_given) {
        input.entry.helper = people_seal(arena, city, PEOPLE_NAME, values[FOR_HELPER].text);
        input.entry.helper_id =
            people_seal(arena, city, PEOPLE_ID_NUMBER, values[FOR_HELPER_ID].text);
    }
    Str id = STR_NONE;
    TRY(web_write(web, "claim.enter", enter_work, &input, &id));
    return web_redirect(web, str_print(arena, "/claim/" STR_FMT "/step/1", STR_ARG(id)),
                        STR("已登记代办，接着填写申请。"));
}
