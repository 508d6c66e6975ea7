/* open_pages.c - the pages without sign-in. */
#include "office/open/open.h"
#include "office/treasury/treasury.h"

#include <inttypes.h>

static int64_t this_year(const Web *web) {
    return day_parts(web_today(web)).year;
}

/* One large figure per programme of this year. */
static Status pots_now(Web *web) {
    TreasuryPotList pots;
    TRY(treasury_pots(web->cx, web->conn, &pots));
    view_facts_begin(web->view, "left_fen", true);
    for (size_t i = 0; i < pots.count; i++) {
        const TreasuryPot *pot = &pots.items[i];
        TreasuryLeft left = {MONEY_ZERO, MONEY_ZERO};
        if (pot->year != this_year(web)) {
            continue;
        }
        if (pot->is_open) {
            TRY(treasury_pot_left(web->cx, web->conn, pot->fund, web->now_ms, &left));
        }
        view_fact(web->view, str_c(web->cx->arena, pot->programme),
                  str_c(web->cx->arena, city_programme_name(web->app->house, pot->programme)),
                  VIEW_MONEY(left.now));
    }
    view_facts_end(web->view);
    return STATUS_OK;
}

/* ---- the start page ---- */

typedef struct Door {
    uint32_t roles;
    const char *href;
    const char *icon;
    const char *label;
    const char *about;
} Door;

/* What a person of a role came for, largest first. */
static const Door doors[] = {
    {ROLE_BIT(ROLE_PUBLIC) | ROLE_BIT(ROLE_RESIDENT), "/calculator", "coin.svg", "我能补多少",
     "不用登录，回答三个问题"},
    {ROLE_BIT(ROLE_PUBLIC) | ROLE_BIT(ROLE_RESIDENT), "/coupon", "fridge.svg", "我的资格券",
     "领取、查看、退回"},
    {ROLE_BIT(ROLE_PUBLIC) | ROLE_BIT(ROLE_RESIDENT), "/claim", "car.svg", "申请补贴",
     "汽车、农机等买完再申请的补贴"},
    {ROLE_BIT(ROLE_PUBLIC) | ROLE_BIT(ROLE_RESIDENT), "/pickup", "truck.svg", "旧物回收",
     "线上预约，上门收走"},
    {ROLE_BIT(ROLE_SHOP), "/till", "coin.svg", "核销", "收银台核销资格券"},
    {ROLE_BIT(ROLE_SHOP), "/shop/money", "coin.svg", "我的结算", "垫付的补贴到哪一步了"},
    {ROLE_BIT(ROLE_SHOP), "/price", "fridge.svg", "备案价格", "先备案，后核销"},
    {ROLE_BIT(ROLE_DRIVER), "/round", "truck.svg", "今日收运", "上门、称重、付款"},
    {ROLE_BIT(ROLE_RECYCLER), "/dispatch", "truck.svg", "收运调度", "排定车辆和路线，发布给司机"},
    {ROLE_BIT(ROLE_RECYCLER), "/recycle", "truck.svg", "回收台账", "登记拆解，出具证明"},
    {ROLE_BIT(ROLE_RECYCLER), "/reverse-invoice", "coin.svg", "反向开票", "税额和 12 个月累计"},
    {ROLE_BIT(ROLE_ENTERPRISE), "/record", "home.svg", "企业台账",
     "设备、更新项目、称号、融资需求、供需信息"},
    {ROLE_BIT(ROLE_ENTERPRISE), "/calculator/all", "coin.svg", "适合我的政策", "一次查看全部补贴"},
    {ROLE_BIT(ROLE_BANK), "/record", "home.svg", "融资对接",
     "企业的融资需求、本行的产品和贴息材料"},
    {ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_LEAD), "/todo", "search.svg", "待办",
     "填报、督办、措施和台账，按期限排列"},
    {ROLE_BIT(ROLE_OFFICER), "/my-unit", "home.svg", "本单位任务", "牵头和负责的任务"},
    {ROLE_BIT(ROLE_OFFICER), "/claim/queue", "people.svg", "申请复核", "等人工复核的补贴申请"},
    {ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_LEAD), "/record", "home.svg", "台账",
     "各条款的项目、设备和名单"},
    {ROLE_BIT(ROLE_LEAD), "/dashboard", "home.svg", "目标与任务", "哪些达到，哪些落后"},
    {ROLE_BIT(ROLE_LEAD), "/sites", "home.svg", "点位选址", "回收点和充电站建在哪里"},
    {ROLE_BIT(ROLE_FINANCE), "/settlement", "coin.svg", "结算", "生成批次，登记支付"},
    {ROLE_BIT(ROLE_FINANCE) | ROLE_BIT(ROLE_LEAD) | ROLE_BIT(ROLE_AUDITOR), "/fund", "coin.svg",
     "资金", "从批次到每一笔"},
    {ROLE_BIT(ROLE_AUDITOR) | ROLE_BIT(ROLE_ADMIN), "/journal", "home.svg", "操作日志",
     "逐条可查，可验证"},
    {ROLE_BIT(ROLE_ADMIN), "/account", "home.svg", "账号", "建立和查看账号"},
    {ROLES_ANYONE & ~ROLE_BIT(ROLE_LEAD), "/dashboard", "home.svg", "目标与任务",
     "行动方案进展到哪一步"},
    {ROLES_ANYONE, "/monthly", "home.svg", "工作月报", "每月的进展、资金和问题"},
    {ROLES_ANYONE, "/meter", "coin.svg", "资金余量公开", "还剩多少，随时可查"},
    {ROLES_ANYONE, "/policy", "home.svg", "政策版本", "规则、文件和条款"},
};

static void doors_write(Web *web, Html *html) {
    HTML(html, "div.grid.grid-3") {
        for (size_t i = 0; i < sizeof doors / sizeof doors[0]; i++) {
            const Door *door = &doors[i];
            if ((door->roles & ROLE_BIT(web->user->role)) == 0) {
                continue;
            }
            HTML(html, "a.card.card-link", "href", door->href) {
                HTML_VOID(html, "img", "alt", "", "src",
                          str_print(web->cx->arena, "/assets/icons/%s", door->icon));
                HTML(html, "span") {
                    HTML_LEAF(html, "strong", door->label);
                    HTML_LEAF(html, "span", door->about);
                }
            }
        }
    }
}

Status open_home_page(Web *web) {
    View *view = web->view;
    Html *html = view_html(view);
    bool is_for_people = web->user->role == ROLE_PUBLIC || web->user->role == ROLE_RESIDENT;
    view_title(view, is_for_people ? STR("旧的交得放心，新的补得明白") : STR("请选择要办的事"));
    view_lead(view, is_for_people
                        ? STR("回答几个问题，就知道能补多少；每一分钱都写明依据哪份文件、哪一条。")
                        : STR("常办的事排在前面，办完的每一步都有记录可查。"));
    if (html != NULL) {
        doors_write(web, html);
    }
    view_section(view, STR("今年还可领取"));
    TRY(pots_now(web));
    view_link(view, STR("/meter"), STR("查看资金明细"), false);
    return STATUS_OK;
}

/* ---- guide, list of pages, display, health ---- */

Status open_guide_page(Web *web) {
    View *view = web->view;
    view_title(view, STR("办事指南"));
    view_section(view, STR("家电以旧换新怎么办"));
    static const char *const steps[] = {
        "一、在“我能补多少”里看看能补多少、依据是哪一条。",
        "二、登录后领取资格券：补贴资金当场为您预留，过期或退回立即释放。",
        "三、到参加活动的商家购买，出示券码；购买人、付款人、收货人须是您本人。",
        "四、付款时直接减去补贴，只付差额；发票抬头写您的姓名，一台一票。",
        "五、旧家电可以在线上预约上门回收，当场称重付款。",
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        view_text(view, str_of(steps[i]));
    }
    view_section(view, STR("不会用手机怎么办"));
    view_text(view,
              STR("可以到镇街便民服务窗口办理，由工作人员协助；点页面上方“长辈版”，字会变大。"));
    return STATUS_OK;
}

/* What is kept of a person, why, who sees it: in the order in which people ask. */
Status open_privacy_page(Web *web) {
    static const struct {
        const char *title;
        const char *words[3];
    } parts[] = {
        {"保存哪些信息",
         {"姓名、身份证号、手机、银行卡、上门回收的地址：加密保存，页面上只显示一部分，办理补贴和上门回收时使用。",
          "申请材料的照片和文件：只供申请人本人、受理部门、财政和审计查看。", NULL}},
        {"送货和取货地址怎么比对",
         {"地址先化为统一写法，再算出只有本系统能重算的密码特征，用来发现很多人共用一个地址。",
          "特征不能还原为地址；商家核销时填的送货地址不保存原文。", NULL}},
        {"浏览器里放什么（Cookie）",
         {"hx_session：登录后的会话，退出或到期即失效；同时记下浏览器的名称和大致网络，供本人查看自己的登录。hx_elder：长辈版的选择。hx_done、hx_place：下一页的提示和排队的位置，很快失效。",
          "hx_device：登录时发给这台设备的一个随机数，一年有效，网页脚本读不到，也不发给别的网站。系统只保存它的密码特征，用来发现一台设备为很多人办理。",
          "不收集设备型号、屏幕、字体、位置等任何识别信息；清除浏览器数据后，下次登录换成新的随机数。"}},
        {"比对的结果怎么用",
         {"只提示经办人看一看，不自动拒绝、不影响正在办理的补贴；核查结果写明理由并留有记录。",
          "帮家人、邻居代办是可以的；便民服务窗口的设备为很多人办理，核查后即排除。", NULL}},
    };
    View *view = web->view;
    view_title(view, STR("个人信息说明"));
    view_lead(view, STR("保存哪些信息、为什么、谁能看到。"));
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        view_section(view, str_of(parts[i].title));
        for (size_t k = 0; k < 3 && parts[i].words[k] != NULL; k++) {
            view_text(view, str_of(parts[i].words[k]));
        }
    }
    return STATUS_OK;
}

Status open_pages_page(Web *web) {
    static const ViewColumn columns[] = {{"path", "地址", false}, {"about", "用途", false}};
    View *view = web->view;
    view_title(view, STR("全部页面"));
    view_lead(view, STR("您现在的身份可以打开的页面；在地址前加 /api 可以得到同样内容的 JSON。"));
    view_section(view, STR_NONE);
    view_table_begin(view, "pages", STR("全部页面"), columns, 2);
    for (size_t i = 0; i < web->app->route_count; i++) {
        const WebRoute *route = &web->app->routes[i];
        bool is_get = str_equal(str_of(route->method), STR("GET"));
        bool is_plain = !str_contains(str_of(route->path), STR("{"));
        if (!is_get || !is_plain || (route->roles & ROLE_BIT(web->user->role)) == 0) {
            continue;
        }
        view_row(view);
        view_cell(view, VIEW_LINK(str_of(route->path), str_of(route->path)));
        view_cell(view, VIEW_TEXT(str_of(route->about)));
    }
    view_table_end(view, STR("没有页面"));
    return STATUS_OK;
}

Status open_display(Web *web) {
    bool is_large = str_equal(web_param(web, "size"), STR("large"));
    Str back = web_param(web, "back");
    http_cookie_add(web->http, (HttpCookie){.name = STR("hx_elder"),
                                            .value = is_large ? STR("1") : STR("0"),
                                            .max_age_s = 365 * 24 * 3600,
                                            .is_lax = true,
                                            .is_secure = web->app->is_secure});
    return web_redirect(web, web_path_is_own(back) ? back : STR("/"), STR_NONE);
}

Status open_health(Web *web) {
    view_title(web->view, STR("正常"));
    view_facts_begin(web->view, NULL, false);
    view_fact(web->view, "now_ms", "时间", VIEW_INSTANT(web->now_ms));
    view_facts_end(web->view);
    return STATUS_OK;
}
