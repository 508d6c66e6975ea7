/*
 * wait_pages.c - the waiting room before the claim: a place, how many are before it, when it is its
 * turn. The rules are in web/lobby.h; here they meet the request: the ticket is a cookie, so that a
 * place can be had without signing in.
 */
#include "office/coupon/wait.h"
#include "web/form.h"
#include "web/lobby.h"

#include <inttypes.h>

enum { TICKET_SECONDS = 24 * 3600 };

static Str ticket_of(const Web *web) {
    return http_cookie(web->http, "hx_place");
}

/* Who stands here: residents by their person, everybody else by the ticket alone. */
static int64_t person_of(const Web *web) {
    return web->user->role == ROLE_RESIDENT ? web->user->id : 0;
}

static void ticket_give(Web *web, const LobbyPlace *place) {
    http_cookie_add(web->http, (HttpCookie){.name = STR("hx_place"),
                                            .value = lobby_ticket(web->app->lobby, web->cx->arena,
                                                                  place->number),
                                            .max_age_s = TICKET_SECONDS,
                                            .is_secure = web->app->is_secure});
}

static Str wait_words(Arena *arena, const LobbyPlace *place) {
    if (place->wait_s < 0) {
        return STR("正在估算");
    }
    if (place->wait_s < 60) {
        return STR("不到 1 分钟");
    }
    return str_print(arena, "约 %" PRId64 " 分钟", (place->wait_s + 59) / 60);
}

static void place_view(Web *web, const LobbyPlace *place) {
    View *view = web->view;
    view_facts_begin(view, NULL, true);
    view_fact(view, "state", "状态",
              place->is_called ? VIEW_BADGE(VIEW_GOOD, STR("called"), STR("轮到您了"))
                               : VIEW_BADGE(VIEW_INFO, STR("waiting"), STR("排队中")));
    view_fact(view, "ahead", "前面还有（人）", VIEW_INT(place->ahead));
    view_fact(view, "wait_s", "预计等候",
              web->is_json ? VIEW_INT(place->wait_s)
                           : VIEW_TEXT(wait_words(web->cx->arena, place)));
    view_fact(view, "number", "排队号", VIEW_INT(place->number));
    view_facts_end(view);
    if (web->is_json) {
        view_facts_begin(view, NULL, false);
        view_fact(view, "poll_ms", "", VIEW_INT(place->poll_ms));
        view_facts_end(view);
        return;
    }
    if (place->is_called) {
        view_notice(view, VIEW_GOOD, STR("轮到您了。不用着急，您的位置一直有效。"));
        view_link(view, STR("/calculator"), STR("去领取资格券"), true);
        return;
    }
    view_text(view, STR("这个页面会自动更新。您可以先登录、先算一算能补多少，位置不会丢。"
                        "一个人在几台设备上排队，只算最早的一个位置。"));
    http_header_add(web->http, "Refresh",
                    str_print(web->cx->arena, "%" PRId64, (place->poll_ms + 999) / 1000));
}

static const Form wait_form = {.key = "wait", .action = {"/wait", 5}, .submit = "取一个位置"};

Status coupon_wait_page(Web *web) {
    View *view = web->view;
    LobbyPlace place = {0};
    view_title(view, STR("排队领券"));
    if (web->app->lobby == NULL) {
        view_lead(view, STR("现在不用排队，可以直接领取。"));
        view_link(view, STR("/calculator"), STR("去领取资格券"), true);
        return STATUS_OK;
    }
    lobby_look(web->app->lobby, ticket_of(web), person_of(web), web->now_ms, &place);
    if (place.number != 0) {
        place_view(web, &place);
        return STATUS_OK;
    }
    view_lead(view, STR("同时领券的人多时，按先后排队。取一个位置，不用登录。"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "waiting", "正在排队（人）", VIEW_INT((int64_t)lobby_waiting(web->app->lobby)));
    view_facts_end(view);
    view_form(view, &wait_form);
    return STATUS_OK;
}

Status coupon_wait_post(Web *web) {
    LobbyPlace place = {0};
    if (web->app->lobby == NULL) {
        return web_redirect(web, STR("/wait"), STR("现在不用排队，可以直接领取。"));
    }
    TRY(lobby_enter(web->cx, web->app->lobby, ticket_of(web), person_of(web), web->now_ms, &place));
    ticket_give(web, &place);
    if (web->is_json) {
        place_view(web, &place);
        return STATUS_OK;
    }
    return web_redirect(web, STR("/wait"), STR("已为您留好位置。"));
}

Status coupon_wait_pass(Web *web, bool *may) {
    LobbyPlace place = {0};
    *may = true;
    if (web->app->lobby == NULL ||
        lobby_begin(web->app->lobby, ticket_of(web), person_of(web), web->now_ms)) {
        return STATUS_OK;
    }
    *may = false;
    TRY(lobby_enter(web->cx, web->app->lobby, ticket_of(web), person_of(web), web->now_ms, &place));
    ticket_give(web, &place);
    if (web->is_json) {
        view_title(web->view, STR("排队领券"));
        place_view(web, &place);
        web->answer_status = 202;
        return STATUS_OK;
    }
    return web_redirect(web, STR("/wait"),
                        STR("领券的人较多，已为您留好位置，还没有领取成功。轮到您时再领取。"));
}

void coupon_wait_done(Web *web, Status status) {
    if (web->app->lobby != NULL) {
        bool is_finished = status == STATUS_OK || status == STATUS_CONFLICT;
        lobby_done(web->app->lobby, person_of(web), is_finished, web->now_ms);
    }
}
