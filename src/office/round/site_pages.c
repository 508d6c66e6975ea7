/*
 * site_pages.c - where recycling points and chargers should stand: a question whose answer has an
 * address. Candidates are the towns; the answer says how far everybody has to go, what is proven
 * about it, and what one more point would give. Nothing is stored.
 */
#include "office/round/round_map.h"
#include "office/round/round_pages.h"
#include "office/round/round_store.h"
#include "solve/site.h"
#include "web/form.h"

#include <inttypes.h>

enum {
    FIELD_KIND,
    FIELD_WEIGHT,
    FIELD_GOAL,
    FIELD_POINTS,
    FIELD_KM,
    FIELD_KEEP, /* one tick per town from here */
    POINTS_DEFAULT = 4,
    KM_DEFAULT = 12,
    KM_MAX = 100,
    DEMAND_DAYS = 365,
    SOLVE_ROUNDS = 300,
    SOLVE_SEED = 1,
};

typedef struct Siting {
    Web *web;
    const City *city;
    bool is_charger;
    bool is_live;  /* weights are bookings; else the demo's shares of population */
    bool is_cover; /* cover as many as possible; else shorten the ways */
    int64_t point_count;
    int64_t km;
    SiteRule *rules; /* by town */
    int32_t *weights;
    TravelMatrix ways;
    SiteAnswer answer;
} Siting;

/* ---- the question ---- */

static const FormChoice kind_choices[] = {{"recycle", "回收点、分拣点"}, {"charger", "充电站"}};
static const FormChoice weight_choices[] = {{"share", "演示人口"}, {"booked", "近一年的回收预约"}};
static const FormChoice goal_choices[] = {{"median", "大家走的路最短"}, {"cover", "达标的人最多"}};

static void question_fields(const Siting *siting, FormField *fields) {
    Arena *arena = siting->web->cx->arena;
    fields[FIELD_KIND] = (FormField){.name = "kind",
                                     .label = "建什么",
                                     .kind = FIELD_CHOICE,
                                     .choices = kind_choices,
                                     .choice_count = 2,
                                     .value = STR("recycle")};
    fields[FIELD_WEIGHT] = (FormField){.name = "weight",
                                       .label = "按什么算需求",
                                       .kind = FIELD_CHOICE,
                                       .choices = weight_choices,
                                       .choice_count = 2,
                                       .value = STR("share")};
    fields[FIELD_GOAL] = (FormField){.name = "goal",
                                     .label = "目标",
                                     .kind = FIELD_CHOICE,
                                     .choices = goal_choices,
                                     .choice_count = 2,
                                     .value = STR("median")};
    fields[FIELD_POINTS] = (FormField){.name = "p",
                                       .label = "一共建几处",
                                       .hint = "包括保留的现有点位",
                                       .kind = FIELD_INT,
                                       .min = 1,
                                       .max = (int64_t)siting->city->town_count,
                                       .value = str_print(arena, "%" PRId64, siting->point_count)};
    fields[FIELD_KM] = (FormField){.name = "km",
                                   .label = "距离标准（公里）",
                                   .hint = "到最近点位不超过这个路程算达标",
                                   .kind = FIELD_INT,
                                   .min = 1,
                                   .max = KM_MAX,
                                   .value = str_print(arena, "%d", KM_DEFAULT)};
}

static const Form *question_form(const Siting *siting, bool is_asked) {
    Arena *arena = siting->web->cx->arena;
    size_t count = FIELD_KEEP + siting->city->town_count;
    FormField *fields = arena_array(arena, FormField, count);
    question_fields(siting, fields);
    for (size_t i = 0; i < siting->city->town_count; i++) {
        const CityTown *town = &siting->city->towns[i];
        bool is_kept = !is_asked && siting->rules[i] == SITE_RULE_KEPT;
        fields[FIELD_KEEP + i] =
            (FormField){.name = str_print(arena, "keep_" STR_FMT, STR_ARG(town->code)).at,
                        .label = str_print(arena, "保留现有点位：" STR_FMT, STR_ARG(town->name)).at,
                        .kind = FIELD_CHECK,
                        .is_optional = true,
                        .value = is_kept ? STR("1") : STR_NONE};
    }
    Form *form = arena_new(arena, Form);
    *form = (Form){.key = "siting",
                   .action = STR("/sites"),
                   .submit = "计算",
                   .fields = fields,
                   .field_count = count,
                   .is_get = true};
    return form;
}

/* What is there today, as far as records tell: the places that vehicles start from. */
static Status existing_load(Siting *siting) {
    siting->rules = arena_array(siting->web->cx->arena, SiteRule, siting->city->town_count + 1);
    for (size_t i = 0; i < siting->city->town_count; i++) {
        bool is_there = false;
        siting->rules[i] = SITE_RULE_FREE;
        TRY(dispatch_store_depot_exists(siting->web->cx, siting->web->conn,
                                        siting->city->towns[i].code, &is_there));
        if (is_there) {
            siting->rules[i] = SITE_RULE_KEPT;
        }
    }
    return STATUS_OK;
}

static int64_t kept_count(const Siting *siting) {
    int64_t count = 0;
    for (size_t i = 0; i < siting->city->town_count; i++) {
        count += siting->rules[i] == SITE_RULE_KEPT ? 1 : 0;
    }
    return count;
}

/* Reads what was asked; every message stands at its field. */
static Status question_read(Siting *siting, const Form *form) {
    Web *web = siting->web;
    FormValue *values = arena_array(web->cx->arena, FormValue, form->field_count);
    TRY(form_read(web, form, values));
    siting->is_charger = values[FIELD_KIND].number == 1;
    siting->is_live = values[FIELD_WEIGHT].number == 1;
    siting->is_cover = values[FIELD_GOAL].number == 1;
    siting->point_count = values[FIELD_POINTS].number;
    siting->km = values[FIELD_KM].number;
    for (size_t i = 0; i < siting->city->town_count; i++) {
        siting->rules[i] = values[FIELD_KEEP + i].is_given ? SITE_RULE_KEPT : SITE_RULE_FREE;
    }
    if (kept_count(siting) > siting->point_count) {
        form_error(web, "p",
                   str_print(web->cx->arena, "要保留 %" PRId64 " 处现有点位，总数不能更少",
                             kept_count(siting)),
                   STR_NONE);
        return fault(web->cx, STATUS_INVALID, "填写的内容有误");
    }
    return STATUS_OK;
}

/* ---- the answer ---- */

static Status weights_load(Siting *siting) {
    Web *web = siting->web;
    Day today = web_today(web);
    siting->weights = arena_array(web->cx->arena, int32_t, siting->city->town_count + 1);
    for (size_t i = 0; i < siting->city->town_count; i++) {
        const CityTown *town = &siting->city->towns[i];
        int64_t count = town->demo_share_bp;
        if (siting->is_live) {
            TRY(pickup_town_count(web->cx, web->conn, town->code, day_add(today, -DEMAND_DAYS),
                                  day_add(today, PICKUP_DAYS_AHEAD), &count));
        }
        siting->weights[i] = (int32_t)(count < SITE_WEIGHT_MAX ? count : SITE_WEIGHT_MAX);
    }
    return STATUS_OK;
}

static Status answer_make(Siting *siting) {
    Web *web = siting->web;
    size_t count = siting->city->town_count;
    TRY(weights_load(siting));
    TRY(dispatch_town_matrix(web->cx, siting->city, &siting->ways));
    int32_t *reach = arena_array(web->cx->arena, int32_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        reach[i] = (int32_t)(siting->km * 1000);
    }
    SiteProblem problem = {.goal = siting->is_cover ? SITE_GOAL_COVER : SITE_GOAL_MEDIAN,
                           .client_count = (int32_t)count,
                           .site_count = (int32_t)count,
                           .open_max = (int32_t)siting->point_count,
                           .distance = siting->ways.metres,
                           .weight = siting->weights,
                           .reach = reach,
                           .rule = siting->rules,
                           .budget = SITE_NO_BUDGET};
    SiteOptions options = {.seed = SOLVE_SEED, .round_max = SOLVE_ROUNDS, .with_one_more = true};
    return site_solve(web->cx, &problem, &options, &siting->answer);
}

static int32_t way_of(const Siting *siting, size_t town) {
    size_t site = (size_t)siting->answer.site_of_client[town];
    return siting->ways.metres[site * siting->city->town_count + town];
}

static bool is_covered(const Siting *siting, size_t town) {
    return way_of(siting, town) <= siting->km * 1000;
}

static Str km_text(Arena *arena, int64_t metres) {
    return str_print(arena, "%" PRId64 ".%" PRId64 " 公里", metres / 1000, metres % 1000 / 100);
}

static int64_t share_bp(int64_t part, int64_t whole) {
    return whole == 0 ? 0 : part * 10000 / whole;
}

static int64_t weight_covered(const Siting *siting) {
    int64_t sum = 0;
    for (size_t i = 0; i < siting->city->town_count; i++) {
        sum += is_covered(siting, i) ? siting->weights[i] : 0;
    }
    return sum;
}

static Str proof_text(const Siting *siting) {
    Arena *arena = siting->web->cx->arena;
    if (siting->answer.is_optimal) {
        return STR("已证明没有更好的方案");
    }
    int64_t hundredths = (siting->answer.gap_ppm + 99) / 100;
    return str_print(arena, "已证明与最好的方案相差不超过 %" PRId64 ".%02" PRId64 "%%",
                     hundredths / 100, hundredths % 100);
}

static Str one_more_text(const Siting *siting) {
    const SiteAnswer *answer = &siting->answer;
    Arena *arena = siting->web->cx->arena;
    if (!answer->one_more.is_known || answer->one_more.site < 0 || answer->weight_sum == 0) {
        return STR("没有可以再增加的点位");
    }
    Str name = siting->city->towns[answer->one_more.site].name;
    int64_t bp = share_bp(answer->one_more.site_gain, answer->weight_sum);
    if (siting->is_cover) {
        return str_print(arena,
                         "再建一处，加在" STR_FMT "最有用：达标的需求再增加 %" PRId64 ".%02" PRId64
                         " 个百分点",
                         STR_ARG(name), bp / 100, bp % 100);
    }
    return str_print(arena, "再建一处，加在" STR_FMT "最有用：平均路程缩短 " STR_FMT, STR_ARG(name),
                     STR_ARG(km_text(arena, answer->one_more.site_gain / answer->weight_sum)));
}

static void answer_facts(const Siting *siting) {
    View *view = siting->web->view;
    const SiteAnswer *answer = &siting->answer;
    Arena *arena = siting->web->cx->arena;
    int64_t mean = answer->weight_sum == 0 ? 0 : answer->distance_sum / answer->weight_sum;
    view_facts_begin(view, NULL, true);
    view_fact(view, "open_count", "点位", VIEW_INT(answer->open_count));
    view_fact(view, "mean", siting->ways.is_estimated ? "平均路程（估算）" : "平均路程",
              VIEW_TEXT(km_text(arena, mean)));
    view_fact(view, "covered_bp", "达标的需求",
              VIEW_PERCENT_BP(share_bp(weight_covered(siting), answer->weight_sum)));
    view_facts_end(view);
    view_facts_begin(view, NULL, false);
    view_fact(view, "proof", "这个方案有多好", VIEW_TEXT(proof_text(siting)));
    view_fact(view, "one_more", "再建一处", VIEW_TEXT(one_more_text(siting)));
    view_facts_end(view);
}

/* ---- the map and the tables ---- */

static bool is_open(const Siting *siting, size_t town) {
    for (int32_t i = 0; i < siting->answer.open_count; i++) {
        if ((size_t)siting->answer.open[i] == town) {
            return true;
        }
    }
    return false;
}

static void map_view(const Siting *siting) {
    Arena *arena = siting->web->cx->arena;
    size_t count = siting->city->town_count;
    RoundMapMark *marks = arena_array(arena, RoundMapMark, count + 1);
    RoundMapLine *lines = arena_array(arena, RoundMapLine, count + 1);
    size_t line_count = 0;
    for (size_t i = 0; i < count; i++) {
        marks[i].is_square = is_open(siting, i);
        marks[i].is_faint = !is_covered(siting, i);
        marks[i].note = marks[i].is_square ? STR_NONE : km_text(arena, way_of(siting, i));
        if (!marks[i].is_square) {
            int32_t *ends = arena_array(arena, int32_t, 2);
            ends[0] = (int32_t)i;
            ends[1] = siting->answer.site_of_client[i];
            lines[line_count++] = (RoundMapLine){.towns = ends, .town_count = 2};
        }
    }
    RoundMap map = {.city = siting->city,
                    .label = STR("点位和各镇街去哪里的示意图，内容与下面的表格相同"),
                    .marks = marks,
                    .lines = lines,
                    .line_count = line_count};
    view_text(siting->web->view,
              STR("方块是点位；黑点达标，白点超过距离标准；下面写着到点位的路程。"));
    dispatch_map_write(siting->web->view, &map);
}

static const ViewColumn town_columns[] = {{"town", "镇街", false},
                                          {"weight", "需求", true},
                                          {"site", "去哪里", false},
                                          {"metres", "路程（米，估算）", true},
                                          {"covered", "达标", false}};

static void towns_view(const Siting *siting) {
    View *view = siting->web->view;
    view_section(view, STR("各镇街去哪里"));
    view_table_begin(view, "towns", STR("各镇街去哪里"), town_columns, 5);
    for (size_t i = 0; i < siting->city->town_count; i++) {
        size_t site = (size_t)siting->answer.site_of_client[i];
        bool covered = is_covered(siting, i);
        view_row(view);
        view_cell(view, VIEW_TEXT(siting->city->towns[i].name));
        view_cell(view, VIEW_INT(siting->weights[i]));
        view_cell(view, VIEW_TEXT(siting->city->towns[site].name));
        view_cell(view, VIEW_INT(way_of(siting, i)));
        view_cell(view, covered ? VIEW_BADGE(VIEW_GOOD, STR("yes"), STR("达标"))
                                : VIEW_BADGE(VIEW_WARN, STR("no"), STR("未达标")));
    }
    view_table_end(view, STR("没有镇街"));
}

static const ViewColumn site_columns[] = {{"site", "点位", false},
                                          {"state", "来源", false},
                                          {"town_count", "服务镇街", true},
                                          {"weight", "服务的需求", true}};

static void sites_view(const Siting *siting) {
    View *view = siting->web->view;
    view_section(view, siting->is_charger ? STR("充电站") : STR("回收点、分拣点"));
    view_table_begin(view, "sites", STR("点位"), site_columns, 4);
    for (int32_t i = 0; i < siting->answer.open_count; i++) {
        int32_t site = siting->answer.open[i];
        int64_t towns = 0;
        int64_t weight = 0;
        for (size_t k = 0; k < siting->city->town_count; k++) {
            bool is_here = siting->answer.site_of_client[k] == site;
            towns += is_here ? 1 : 0;
            weight += is_here ? siting->weights[k] : 0;
        }
        view_row(view);
        view_cell(view, VIEW_TEXT(siting->city->towns[site].name));
        view_cell(view, siting->rules[site] == SITE_RULE_KEPT
                            ? VIEW_BADGE(VIEW_NEUTRAL, STR("kept"), STR("保留现有"))
                            : VIEW_BADGE(VIEW_INFO, STR("new"), STR("新增")));
        view_cell(view, VIEW_INT(towns));
        view_cell(view, VIEW_INT(weight));
    }
    view_table_end(view, STR("没有点位"));
}

static void basis_view(const Siting *siting) {
    View *view = siting->web->view;
    view_section(view, STR("怎么算的"));
    view_text(view, siting->is_live
                        ? STR("需求是近一年和未来七天没有取消的回收预约单数，按镇街实时统计。")
                        : STR("需求是演示人口在各镇街的份额（万分比），不是统计数字。"));
    bool is_estimated = siting->ways.metres == NULL || siting->ways.is_estimated;
    view_text(view, is_estimated
                        ? STR("候选点位是各镇街；路程按镇街之间的直线距离乘 1.3 "
                              "估算，镇街以内按 0 计。同样的问题，答案相同。")
                        : STR("候选点位是各镇街；路程由地图服务器给出，镇街以内按 0 计。"));
    if (siting->is_charger) {
        view_text(view, STR("系统里没有现有充电站的登记，请勾选要保留的镇街。"));
    } else {
        view_text(view, STR("第一次打开时，已有回收车辆出发场地的镇街按现有点位保留。"));
    }
}

Status siting_page(Web *web) {
    Siting siting = {
        .web = web, .city = dispatch_city(web), .point_count = POINTS_DEFAULT, .km = KM_DEFAULT};
    if (siting.city->town_count == 0) {
        return fault(web->cx, STATUS_NOT_FOUND, "本市还没有镇街资料");
    }
    if (siting.point_count > (int64_t)siting.city->town_count) {
        siting.point_count = (int64_t)siting.city->town_count;
    }
    TRY(existing_load(&siting));
    bool is_asked = http_query(web->http, "p").at != NULL;
    if (kept_count(&siting) > siting.point_count) {
        siting.point_count = kept_count(&siting);
    }
    const Form *form = question_form(&siting, is_asked);
    Status status = STATUS_OK;
    if (is_asked) {
        /* The messages stand above the page, so the form is read before the heading is written. */
        status = question_read(&siting, form);
        if (status != STATUS_OK && web->is_json) {
            return status;
        }
        fault_clear(web->cx);
    }
    View *view = web->view;
    view_title(view, STR("点位选址"));
    view_lead(view, STR("回收点和充电站建在哪些镇街，大家走的路最短，或达标的人最多。"));
    if (status == STATUS_OK) {
        TRY(answer_make(&siting));
        view_section(view, STR("方案"));
        if (dispatch_travel_of(&siting.ways) == DISPATCH_TRAVEL_FALLBACK) {
            view_notice(view, VIEW_WARN, STR("地图服务器没有给出路程，这里改用估算。"));
        }
        answer_facts(&siting);
        map_view(&siting);
        sites_view(&siting);
        towns_view(&siting);
    }
    view_section(view, STR("换一个问法"));
    view_form(view, form);
    basis_view(&siting);
    return STATUS_OK;
}
