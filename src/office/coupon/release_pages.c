/*
 * release_pages.c - the hand-out of coupons: what is given when and how, one's own place in it, the
 * draw's published file; for officers the announcing, pausing, closing, revealing and giving.
 */
#include "office/coupon/release.h"
#include "office/mark/mark.h"
#include "web/form.h"

#include <inttypes.h>

enum { GIVE_MAX = 200, HOUR_MS = 3600000 };

static const City *city_of(const Web *web) {
    return web->app->house;
}

static bool is_way(const Release *release, const char *way) {
    return str_equal(release->way, str_of(way));
}

static bool is_in(const Release *release, const char *state) {
    return str_equal(release->state, str_of(state));
}

static Status manager_check(Web *web) {
    return web->user->role == ROLE_LEAD
               ? STATUS_OK
               : release_unit_check(web->cx, web->conn, city_of(web), web->user->unit_id);
}

/* Whether the page offers what the office may do. */
static bool is_manager(Web *web) {
    Cx quiet;
    cx_init(&quiet, web->cx->arena);
    return web->user->role == ROLE_LEAD ||
           (web->user->role == ROLE_OFFICER &&
            release_unit_check(&quiet, web->conn, city_of(web), web->user->unit_id) == STATUS_OK);
}

static Str release_href(Web *web, int64_t id) {
    return str_print(web->cx->arena, "/release/%" PRId64, id);
}

static Str scope_text(const Web *web, const Release *release) {
    Str category = release->category.len == 0
                       ? STR("全部类别")
                       : city_category_name(city_of(web), release->programme, release->category);
    Str town = release->town_code.len == 0 ? STR("全市")
                                           : city_town_name(city_of(web), release->town_code);
    return str_print(web->cx->arena, STR_FMT " · " STR_FMT, STR_ARG(category), STR_ARG(town));
}

/* ---- the list ---- */

static const ViewColumn columns[] = {
    {"name", "名称", false},      {"scope", "范围", false},   {"way", "方式", false},
    {"starts_ms", "开始", false}, {"ends_ms", "结束", false}, {"quota", "总量", true},
    {"given", "已发出", true},    {"state", "状态", false},
};

/* The programmes of this year; who hands out can stop and start them whole. */
static Status pots_table(Web *web, bool may_switch) {
    static const ViewColumn pot_columns[] = {{"programme", "项目", false},
                                             {"year", "年度", true},
                                             {"state", "状态", false},
                                             {"action", "办理", false}};
    View *view = web->view;
    TreasuryPotList pots = {0};
    TRY(treasury_pots(web->cx, web->conn, &pots));
    view_section(view, STR("各项目"));
    view_table_begin(view, "pots", STR("各项目"), pot_columns, may_switch ? 4 : 3);
    for (size_t i = 0; i < pots.count; i++) {
        const TreasuryPot *pot = &pots.items[i];
        if (pot->year != day_parts(web_today(web)).year) {
            continue;
        }
        view_row(view);
        view_cell(view, VIEW_TEXT(city_programme_name(city_of(web), pot->programme)));
        view_cell(view, VIEW_INT(pot->year));
        view_cell(view, pot->is_open ? VIEW_BADGE(VIEW_GOOD, STR("open"), STR("正在发放"))
                                     : VIEW_BADGE(VIEW_WARN, STR("paused"), STR("已暂停")));
        if (may_switch) {
            view_cell_action(
                view,
                str_print(web->cx->arena, "/release/programme/" STR_FMT "/%" PRId64 "/%s",
                          STR_ARG(pot->programme), pot->year, pot->is_open ? "pause" : "resume"),
                pot->is_open ? STR("暂停领取") : STR("恢复领取"),
                pot->is_open ? "暂停后谁都不能领取这个项目，已领的券照常使用，确认暂停？" : NULL);
        }
    }
    view_table_end(view, STR("今年还没有开通项目"));
    return STATUS_OK;
}

Status release_list_page(Web *web) {
    View *view = web->view;
    ReleaseList list;
    TRY(release_list(web->cx, web->conn, &list));
    view_title(view, STR("资格券发放"));
    view_lead(view,
              STR("什么时候发、发多少、怎样发，都在这里。排队登记和公开抽签不用抢：一人一个位置，"
                  "在哪台设备上都一样。"));
    if (is_manager(web)) {
        view_link(view, STR("/release/new"), STR("公布新一期发放"), true);
    }
    view_table_begin(view, "releases", STR("各期发放"), columns, 8);
    for (size_t i = 0; i < list.count; i++) {
        const Release *release = &list.items[i];
        ReleaseCounts counts;
        TRY(release_counts(web->cx, web->conn, release->id, &counts));
        view_row(view);
        view_cell(view, VIEW_LINK(release_href(web, release->id), release->name));
        view_cell(view, VIEW_TEXT(scope_text(web, release)));
        view_cell(view, VIEW_TEXT(release_way_zh(release->way)));
        view_cell(view, VIEW_INSTANT(release->starts_ms));
        view_cell(view, VIEW_INSTANT(release->ends_ms));
        view_cell(view, VIEW_INT(release->quota));
        view_cell(view, VIEW_INT(counts.given));
        view_cell(view, release_state_view(release, web->now_ms));
    }
    view_table_end(view, STR("还没有公布过发放；有资金的项目可以直接领券"));
    return pots_table(web, is_manager(web));
}

/* ---- one release ---- */

static ViewValue day_value(Day day) {
    return day_compare(day, DAY_NONE) == 0 ? VIEW_NONE : VIEW_DAY(day);
}

static ViewValue bound_value(int64_t count) {
    return count == 0 ? VIEW_TEXT(STR("不限")) : VIEW_INT(count);
}

static void facts_view(Web *web, const Release *release, const ReleaseCounts *counts) {
    View *view = web->view;
    view_facts_begin(view, NULL, false);
    view_fact(view, "way", "方式", VIEW_TEXT(release_way_zh(release->way)));
    view_fact(view, "scope", "范围", VIEW_TEXT(scope_text(web, release)));
    view_fact(view, "state", "状态", release_state_view(release, web->now_ms));
    view_fact(view, "starts_ms", "开始", VIEW_INSTANT(release->starts_ms));
    view_fact(view, "ends_ms", "结束", VIEW_INSTANT(release->ends_ms));
    view_fact(view, "quota", "总量（张）", VIEW_INT(release->quota));
    view_fact(view, "given", "已发出（张）", VIEW_INT(counts->given));
    view_fact(view, "left", "还可发（张）", VIEW_INT(release->quota - counts->given));
    if (is_way(release, "first_come")) {
        view_fact(view, "day_quota", "每天最多（张）", bound_value(release->day_quota));
        view_fact(view, "hour_quota", "每小时最多（张）", bound_value(release->hour_quota));
    } else {
        view_fact(view, "joined", "登记（人）", VIEW_INT(counts->joined));
        view_fact(view, "waiting", "等候（人）", VIEW_INT(counts->waiting));
    }
    view_fact(view, "purchase_until", "购买截止日（发票日期）", day_value(release->purchase_until));
    view_fact(view, "file_until", "核销截止日", day_value(release->file_until));
    view_facts_end(view);
}

static void draw_view(Web *web, const Release *release) {
    View *view = web->view;
    view_section(view, STR("公开抽签"));
    view_text(view,
              STR("先公布种子的承诺值，再截止名单，最后公布种子和公开随机数：谁也不能挑选结果。"
                  "文件谁都可以下载，用公开的方法在任何一台电脑上都能重算。"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "commitment", "承诺值", VIEW_TEXT(release->commitment));
    view_fact(view, "source", "公开随机数来源", VIEW_TEXT(release->source));
    view_fact(view, "seed", "种子",
              release->seed.len == 0 ? VIEW_TEXT(STR("开签时公布")) : VIEW_TEXT(release->seed));
    view_facts_end(view);
    view_link(view, str_print(web->cx->arena, "/release/%" PRId64 "/draw", release->id),
              STR("下载抽签文件"), false);
    view_link(view, STR("/draw/verify"), STR("核验抽签结果"), false);
}

static void place_facts(Web *web, const Release *release, const ReleasePlace *place) {
    View *view = web->view;
    bool is_waiting = str_equal(place->state, STR("waiting"));
    view_facts_begin(view, NULL, true);
    if (is_waiting && (is_way(release, "waiting_list") || place->rank > 0)) {
        view_fact(view, "ahead", "您前面还有（人）", VIEW_INT(place->ahead));
    }
    if (place->rank > 0) {
        view_fact(view, "rank", "抽签名次", VIEW_INT(place->rank));
    }
    view_fact(view, "receipt", "回执号", VIEW_TEXT(place->receipt));
    view_facts_end(view);
    view_facts_begin(view, NULL, false);
    view_fact(view, "hash", "名单上的摘要", VIEW_TEXT(place->hash));
    view_fact(view, "taken_ms", "登记时间", VIEW_INSTANT(place->taken_ms));
    view_facts_end(view);
}

static void place_view(Web *web, const Release *release, const ReleasePlace *place) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_section(view, STR("我的位置"));
    if (place->id == 0) {
        view_text(view, STR("您还没有登记。登记不是领取：轮到或中签后才有资格券。"));
        if (is_in(release, "open")) {
            view_action(view, str_print(arena, "/release/%" PRId64 "/join", release->id),
                        STR("登记一个位置"), NULL);
        }
        return;
    }
    place_facts(web, release, place);
    if (str_equal(place->state, STR("given"))) {
        view_notice(view, VIEW_GOOD, STR("您的资格券已经发放，补贴资金已为您预留。"));
        view_link(view, str_print(arena, "/coupon/%" PRId64, place->coupon_id),
                  STR("查看我的资格券"), true);
    } else if (str_equal(place->state, STR("refused"))) {
        view_notice(view, VIEW_BAD, place->reason);
    } else {
        view_action(view, str_print(arena, "/release/%" PRId64 "/leave", release->id),
                    STR("放弃这个位置"), "放弃后不能恢复原来的次序，确认放弃？");
    }
}

enum { REVEAL_SEED, REVEAL_WORDS, REVEAL_FIELDS };

static const Form *reveal_form(Web *web) {
    static const FormField fields[REVEAL_FIELDS] = {
        {.name = "seed",
         .label = "种子",
         .hint = "公布承诺值时保密的那一行，64 位十六进制数",
         .kind = FIELD_TEXT,
         .min = 64,
         .max = 64},
        {.name = "public_words",
         .label = "公开随机数",
         .hint = "截止之后由公布的来源产生；没有来源写“-”",
         .kind = FIELD_TEXT,
         .min = 1,
         .max = 60}};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "reveal",
                   .action = str_print(web->cx->arena, "/release/%" PRId64 "/reveal", web->ids[0]),
                   .submit = "开签",
                   .fields = fields,
                   .field_count = REVEAL_FIELDS};
    return form;
}

enum { GIVE_COUNT, GIVE_FIELDS };

static const Form *give_form(Web *web) {
    static const FormField fields[GIVE_FIELDS] = {{.name = "count",
                                                   .label = "发给前几位",
                                                   .hint = "按次序发，资金或额度用完即停",
                                                   .kind = FIELD_INT,
                                                   .min = 1,
                                                   .max = GIVE_MAX}};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "give",
                   .action = str_print(web->cx->arena, "/release/%" PRId64 "/give", web->ids[0]),
                   .submit = "按次序发放",
                   .fields = fields,
                   .field_count = GIVE_FIELDS};
    return form;
}

static void manage_view(Web *web, const Release *release) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_section(view, STR("办理"));
    if (is_in(release, "open")) {
        view_action(view, str_print(arena, "/release/%" PRId64 "/pause", release->id),
                    STR("暂停发放"), NULL);
    }
    if (is_in(release, "paused")) {
        view_action(view, str_print(arena, "/release/%" PRId64 "/resume", release->id),
                    STR("恢复发放"), NULL);
    }
    if (is_in(release, "open") || is_in(release, "paused")) {
        view_action(view, str_print(arena, "/release/%" PRId64 "/close", release->id), STR("截止"),
                    "截止后不再接受领取和登记，不能恢复，确认截止？");
    }
    if (is_way(release, "draw") && is_in(release, "closed")) {
        view_form(view, reveal_form(web));
    }
    bool can_give =
        is_way(release, "waiting_list") ? !is_in(release, "paused") : is_in(release, "drawn");
    if (!is_way(release, "first_come") && can_give) {
        view_form(view, give_form(web));
    }
}

Status release_page(Web *web) {
    Release release;
    ReleaseCounts counts;
    TRY(release_find(web->cx, web->conn, web->ids[0], &release));
    TRY(release_counts(web->cx, web->conn, release.id, &counts));
    view_title(web->view, release.name);
    facts_view(web, &release, &counts);
    if (is_way(&release, "draw")) {
        draw_view(web, &release);
    }
    if (web->user->role == ROLE_RESIDENT && !is_way(&release, "first_come")) {
        ReleasePlace place;
        TRY(release_place_of(web->cx, web->conn, release.id, web->user->id, &place));
        place_view(web, &release, &place);
    }
    if (is_way(&release, "first_come") && !is_manager(web)) {
        view_link(web->view, STR("/calculator"), STR("看看我能补多少，再领券"), true);
    }
    if (web->user->role == ROLE_PUBLIC && !is_way(&release, "first_come")) {
        view_link(web->view,
                  str_print(web->cx->arena, "/sign-in?next=/release/%" PRId64, release.id),
                  STR("登录后登记"), true);
    }
    if (is_manager(web)) {
        manage_view(web, &release);
    }
    return STATUS_OK;
}

Status release_draw_file(Web *web) {
    Release release;
    Str text = STR_NONE;
    TRY(release_find(web->cx, web->conn, web->ids[0], &release));
    TRY(release_draw_text(web->cx, web->conn, &release, &text));
    return web_file(web, str_print(web->cx->arena, "draw-%" PRId64 ".txt", release.id),
                    STR("text/plain; charset=utf-8"), text);
}

/* ---- announcing ---- */

enum {
    NEW_NAME,
    NEW_CATEGORY,
    NEW_TOWN,
    NEW_WAY,
    NEW_STARTS,
    NEW_START_HOUR,
    NEW_ENDS,
    NEW_QUOTA,
    NEW_DAY_QUOTA,
    NEW_HOUR_QUOTA,
    NEW_PURCHASE,
    NEW_FILE,
    NEW_COMMITMENT,
    NEW_SOURCE,
    NEW_FIELDS
};

/* "appliance:fridge"; "appliance:" for all of a programme. */
static const FormChoice *category_choices(Web *web, size_t *count) {
    const City *city = city_of(web);
    Arena *arena = web->cx->arena;
    int64_t year = day_parts(web_today(web)).year;
    FormChoice *choices = arena_array(arena, FormChoice, city->category_count + 2);
    *count = 0;
    choices[(*count)++] = (FormChoice){"appliance:", "家电：全部类别"};
    choices[(*count)++] = (FormChoice){"digital:", "数码：全部类别"};
    for (size_t i = 0; i < city->category_count; i++) {
        const CityCategory *category = &city->categories[i];
        bool is_goods = str_equal(category->programme, STR("appliance")) ||
                        str_equal(category->programme, STR("digital"));
        if (category->year == year && is_goods) {
            choices[(*count)++] = (FormChoice){
                str_c(arena, str_print(arena, STR_FMT ":" STR_FMT, STR_ARG(category->programme),
                                       STR_ARG(category->code))),
                str_c(arena, category->name)};
        }
    }
    return choices;
}

static const FormChoice *town_choices(Web *web, size_t *count) {
    const City *city = city_of(web);
    Arena *arena = web->cx->arena;
    FormChoice *choices = arena_array(arena, FormChoice, city->town_count + 1);
    choices[0] = (FormChoice){"all", "全市"};
    for (size_t i = 0; i < city->town_count; i++) {
        choices[i + 1] =
            (FormChoice){str_c(arena, city->towns[i].code), str_c(arena, city->towns[i].name)};
    }
    *count = city->town_count + 1;
    return choices;
}

static void what_fields(Web *web, FormField *fields) {
    static const FormChoice ways[] = {
#define X(name, code, zh) {code, zh},
        RELEASE_WAY_LIST(X)
#undef X
    };
    fields[NEW_NAME] =
        (FormField){.name = "name", .label = "名称", .kind = FIELD_TEXT, .min = 2, .max = 60};
    fields[NEW_CATEGORY] =
        (FormField){.name = "category", .label = "项目和类别", .kind = FIELD_CHOICE};
    fields[NEW_CATEGORY].choices = category_choices(web, &fields[NEW_CATEGORY].choice_count);
    fields[NEW_TOWN] = (FormField){.name = "town", .label = "镇街", .kind = FIELD_CHOICE};
    fields[NEW_TOWN].choices = town_choices(web, &fields[NEW_TOWN].choice_count);
    fields[NEW_WAY] = (FormField){.name = "way",
                                  .label = "发放方式",
                                  .kind = FIELD_CHOICE,
                                  .choices = ways,
                                  .choice_count = sizeof ways / sizeof *ways};
}

static void when_fields(FormField *fields) {
    fields[NEW_STARTS] = (FormField){.name = "starts", .label = "开始日期", .kind = FIELD_DAY};
    fields[NEW_START_HOUR] = (FormField){
        .name = "start_hour", .label = "开始钟点", .kind = FIELD_INT, .min = 0, .max = 23};
    fields[NEW_ENDS] = (FormField){
        .name = "ends", .label = "最后一天", .hint = "到这一天的 24 点", .kind = FIELD_DAY};
    fields[NEW_PURCHASE] = (FormField){.name = "purchase_until",
                                       .label = "购买截止日",
                                       .hint = "以发票日期为准；不设则空着",
                                       .kind = FIELD_DAY,
                                       .is_optional = true};
    fields[NEW_FILE] = (FormField){.name = "file_until",
                                   .label = "核销截止日",
                                   .hint = "可晚于购买截止日；不设则空着",
                                   .kind = FIELD_DAY,
                                   .is_optional = true};
}

static void how_many_fields(FormField *fields) {
    fields[NEW_QUOTA] = (FormField){
        .name = "quota", .label = "总量（张）", .kind = FIELD_INT, .min = 1, .max = 2000000};
    fields[NEW_DAY_QUOTA] = (FormField){.name = "day_quota",
                                        .label = "每天最多（张）",
                                        .hint = "不限则空着",
                                        .kind = FIELD_INT,
                                        .is_optional = true,
                                        .max = 2000000};
    fields[NEW_HOUR_QUOTA] = fields[NEW_DAY_QUOTA];
    fields[NEW_HOUR_QUOTA].name = "hour_quota";
    fields[NEW_HOUR_QUOTA].label = "每小时最多（张）";
    fields[NEW_COMMITMENT] = (FormField){.name = "commitment",
                                         .label = "种子的承诺值（抽签用）",
                                         .hint = "由抽签命令生成，64 位十六进制数；种子自己留好",
                                         .kind = FIELD_TEXT,
                                         .is_optional = true,
                                         .min = 64,
                                         .max = 64};
    fields[NEW_SOURCE] = (FormField){.name = "source",
                                     .label = "公开随机数来源（抽签用）",
                                     .hint = "写明截止之后哪一天、哪里的公开号码；没有写“-”",
                                     .kind = FIELD_TEXT,
                                     .is_optional = true,
                                     .min = 1,
                                     .max = 60};
}

static const Form *new_form(Web *web) {
    FormField *fields = arena_array(web->cx->arena, FormField, NEW_FIELDS);
    what_fields(web, fields);
    when_fields(fields);
    how_many_fields(fields);
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "release",
                   .action = STR("/release/new"),
                   .submit = "公布",
                   .confirm = "公布后不能修改，只能暂停或截止，确认公布？",
                   .fields = fields,
                   .field_count = NEW_FIELDS,
                   .is_wide = true};
    return form;
}

Status release_new_page(Web *web) {
    TRY(manager_check(web));
    view_title(web->view, STR("公布新一期发放"));
    view_lead(web->view,
              STR("公布之后，这个项目只按各期发放领券；没有公布过的项目仍按资金池直接领。"));
    view_form(web->view, new_form(web));
    return STATUS_OK;
}

static Day day_given(const FormValue *value) {
    return value->is_given ? (Day){(int32_t)value->number} : DAY_NONE;
}

static Status create_work(Cx *cx, DbConn *conn, void *input) {
    const Release *release = input;
    int64_t id = 0;
    TRY(release_create(cx, conn, release, &id));
    db_answer(conn, str_print(cx->arena, "%" PRId64, id));
    return STATUS_OK;
}

Status release_new_post(Web *web) {
    FormValue values[NEW_FIELDS];
    TRY(manager_check(web));
    TRY(form_read(web, new_form(web), values));
    Str category = values[NEW_CATEGORY].text;
    Str programme = str_cut(&category, ':');
    bool is_all = str_equal(values[NEW_TOWN].text, STR("all"));
    Release release = {
        .programme = programme,
        .year = day_parts((Day){(int32_t)values[NEW_STARTS].number}).year,
        .category = category.at == NULL ? STR("") : category,
        .town_code = is_all ? STR("") : values[NEW_TOWN].text,
        .name = values[NEW_NAME].text,
        .way = values[NEW_WAY].text,
        .starts_ms = day_start_ms((Day){(int32_t)values[NEW_STARTS].number}) +
                     values[NEW_START_HOUR].number * HOUR_MS,
        .ends_ms = day_start_ms(day_add((Day){(int32_t)values[NEW_ENDS].number}, 1)),
        .quota = values[NEW_QUOTA].number,
        .day_quota = values[NEW_DAY_QUOTA].is_given ? values[NEW_DAY_QUOTA].number : 0,
        .hour_quota = values[NEW_HOUR_QUOTA].is_given ? values[NEW_HOUR_QUOTA].number : 0,
        .purchase_until = day_given(&values[NEW_PURCHASE]),
        .file_until = day_given(&values[NEW_FILE]),
        .commitment = values[NEW_COMMITMENT].is_given ? values[NEW_COMMITMENT].text : STR(""),
        .source = values[NEW_SOURCE].is_given ? values[NEW_SOURCE].text : STR(""),
        .made_by = web->user->id,
        .made_ms = web->now_ms};
    Str id = STR_NONE;
    TRY(web_write_once(web, "release.create", create_work, &release, &id));
    return web_redirect(web, str_print(web->cx->arena, "/release/" STR_FMT, STR_ARG(id)),
                        STR("已公布"));
}

/* ---- pausing, closing ---- */

typedef struct StateInput {
    int64_t id;
    Str to;
} StateInput;

static Status state_work(Cx *cx, DbConn *conn, void *input) {
    const StateInput *in = input;
    return release_state_set(cx, conn, in->id, in->to);
}

static Status state_post(Web *web, Str to, Str done) {
    StateInput input = {web->ids[0], to};
    TRY(manager_check(web));
    TRY(web_write(web, "release.state", state_work, &input, NULL));
    return web_redirect(web, release_href(web, web->ids[0]), done);
}

Status release_pause_post(Web *web) {
    return state_post(web, STR("paused"), STR("已暂停发放"));
}

Status release_resume_post(Web *web) {
    return state_post(web, STR("open"), STR("已恢复发放"));
}

static Status pot_work(Cx *cx, DbConn *conn, void *input) {
    return treasury_pot_switch(cx, conn, input);
}

static Status pot_post(Web *web, bool is_open, Str done) {
    TreasuryPotSwitch to = {.programme = web->words[0], .year = web->ids[0], .is_open = is_open};
    TRY(manager_check(web));
    TRY(web_write(web, "pot.switch", pot_work, &to, NULL));
    return web_redirect(web, STR("/release"), done);
}

Status release_pot_pause_post(Web *web) {
    return pot_post(web, false, STR("项目已暂停领取，立即生效；已领的券照常使用"));
}

Status release_pot_resume_post(Web *web) {
    return pot_post(web, true, STR("项目已恢复领取"));
}

Status release_close_post(Web *web) {
    return state_post(web, STR("closed"), STR("已截止"));
}

/* ---- the draw ---- */

static Status reveal_work(Cx *cx, DbConn *conn, void *input) {
    return release_reveal(cx, conn, input);
}

Status release_reveal_post(Web *web) {
    FormValue values[REVEAL_FIELDS];
    TRY(manager_check(web));
    TRY(form_read(web, reveal_form(web), values));
    ReleaseReveal reveal = {.release_id = web->ids[0],
                            .seed = values[REVEAL_SEED].text,
                            .public_words = values[REVEAL_WORDS].text,
                            .now_ms = web->now_ms};
    TRY(web_write_once(web, "release.reveal", reveal_work, &reveal, NULL));
    return web_redirect(web, release_href(web, web->ids[0]),
                        STR("已开签，名次已经公布。下一步：按名次发放。"));
}

/* ---- giving ---- */

static Status give_work(Cx *cx, DbConn *conn, void *input) {
    ReleaseGive *give = input;
    TRY(release_give(cx, conn, give));
    db_answer(conn, give->is_refused ? STR("refused") : STR("given"));
    return STATUS_OK;
}

/* Each place is a command of its own, so that what was given stays when the money ends. */
static Status give_one(Web *web, int64_t place_id, bool *is_given) {
    ReleaseGive give = {.city = city_of(web),
                        .place_id = place_id,
                        .code = coupon_code_new(web->cx->arena),
                        .day = web_today(web),
                        .now_ms = web->now_ms};
    DbCommand command = {.name = "release.give",
                         .actor = web_actor(web),
                         .key = str_print(web->cx->arena, "place:%" PRId64, place_id),
                         .work = give_work,
                         .input = &give,
                         .now_ms = web->now_ms};
    Str answer = STR_NONE;
    TRY(db_write(web->cx, web->app->db, &command, &answer));
    *is_given = str_equal(answer, STR("given"));
    return STATUS_OK;
}

Status release_give_post(Web *web) {
    FormValue values[GIVE_FIELDS];
    TRY(manager_check(web));
    TRY(form_read(web, give_form(web), values));
    Release release;
    ReleaseTurn turn;
    int64_t given_count = 0;
    int64_t refused_count = 0;
    TRY(release_find(web->cx, web->conn, web->ids[0], &release));
    TRY(release_turn(web->cx, web->conn, &release, values[GIVE_COUNT].number, &turn));
    if (turn.count == 0) {
        return fault(web->cx, STATUS_CONFLICT, "没有等候的人，或还没有开签");
    }
    for (size_t i = 0; i < turn.count; i++) {
        bool is_given = false;
        Status status = give_one(web, turn.place_ids[i], &is_given);
        if (status != STATUS_OK && given_count + refused_count == 0) {
            return status;
        }
        if (status != STATUS_OK) {
            break;
        }
        given_count += is_given;
        refused_count += !is_given;
    }
    Str why = str_of(web->cx->fault.text);
    Str words =
        str_print(web->cx->arena, "已发放 %" PRId64 " 张，%" PRId64 " 人不符合条件%s" STR_FMT,
                  given_count, refused_count, why.len > 0 ? "；已停止：" : "", STR_ARG(why));
    fault_clear(web->cx);
    return web_redirect(web, release_href(web, web->ids[0]), words);
}

/* ---- joining ---- */

typedef struct JoinInput {
    ReleaseJoin join;
    Str device_hash;
} JoinInput;

static Status join_work(Cx *cx, DbConn *conn, void *input) {
    const JoinInput *in = input;
    int64_t id = 0;
    TRY(release_join(cx, conn, &in->join, &id));
    MarkUse use = {.kind = MARK_DEVICE,
                   .hash = in->device_hash,
                   .subject = STR("place"),
                   .subject_id = id,
                   .person_id = in->join.person_id,
                   .now_ms = in->join.now_ms};
    TRY(mark_put(cx, conn, &use));
    db_answer(conn, str_print(cx->arena, "%" PRId64, id));
    return STATUS_OK;
}

Status release_join_post(Web *web) {
    JoinInput input = {.join = {.release_id = web->ids[0],
                                .person_id = web->user->id,
                                .receipt = release_receipt_new(web->cx->arena),
                                .now_ms = web->now_ms},
                       .device_hash = mark_device(web)};
    TRY(web_write(web, "release.join", join_work, &input, NULL));
    return web_redirect(web, release_href(web, web->ids[0]),
                        STR("登记成功，位置已经记下。这还不是领取：轮到或中签后会发给您。"));
}

typedef struct LeaveInput {
    int64_t release_id;
    int64_t person_id;
    int64_t now_ms;
} LeaveInput;

static Status leave_work(Cx *cx, DbConn *conn, void *input) {
    const LeaveInput *in = input;
    return release_leave(cx, conn, in->release_id, in->person_id, in->now_ms);
}

Status release_leave_post(Web *web) {
    LeaveInput input = {web->ids[0], web->user->id, web->now_ms};
    TRY(web_write(web, "release.leave", leave_work, &input, NULL));
    return web_redirect(web, release_href(web, web->ids[0]), STR("已放弃这个位置"));
}
