#include "web/shell.h"

#include "base/limits.h"
#include "web/view_internal.h"

#include <inttypes.h>

typedef struct NavRow {
    uint32_t roles;
    const char *href;
    const char *label;
} NavRow;

/* What each role does most, in the order in which it does it. */
static const NavRow nav_rows[] = {
    {ROLES_ANYONE, "/", "首页"},
    {ROLE_BIT(ROLE_PUBLIC) | ROLE_BIT(ROLE_RESIDENT), "/calculator", "我能补多少"},
    {ROLE_BIT(ROLE_RESIDENT), "/coupon", "我的资格券"},
    {ROLE_BIT(ROLE_RESIDENT) | ROLE_BIT(ROLE_ENTERPRISE), "/claim", "我的申请"},
    {ROLE_BIT(ROLE_RESIDENT), "/pickup", "旧物回收"},
    {ROLE_BIT(ROLE_SHOP), "/till", "核销"},
    {ROLE_BIT(ROLE_SHOP), "/price", "备案价格"},
    {ROLE_BIT(ROLE_SHOP), "/shop/sales", "销售记录"},
    {ROLE_BIT(ROLE_SHOP), "/shop/money", "我的结算"},
    {ROLE_BIT(ROLE_DRIVER), "/round", "今日收运"},
    {ROLE_BIT(ROLE_RECYCLER), "/dispatch", "收运调度"},
    {ROLE_BIT(ROLE_RECYCLER), "/recycle", "回收台账"},
    {ROLE_BIT(ROLE_RECYCLER), "/reverse-invoice", "反向开票"},
    {ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_LEAD), "/todo", "待办"},
    {ROLE_BIT(ROLE_OFFICER), "/my-unit", "本单位任务"},
    {ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_LEAD) | ROLE_BIT(ROLE_FINANCE) |
         ROLE_BIT(ROLE_AUDITOR) | ROLE_BIT(ROLE_ADMIN) | ROLE_BIT(ROLE_ENTERPRISE) |
         ROLE_BIT(ROLE_BANK),
     "/record", "台账"},
    {ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_LEAD), "/claim/queue", "申请复核"},
    {ROLE_BIT(ROLE_LEAD), "/claim/pause", "暂停受理"},
    {ROLE_BIT(ROLE_OFFICER), "/claim/for", "窗口代办"},
    {ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_LEAD), "/offer", "免申即享"},
    {ROLE_BIT(ROLE_ENTERPRISE), "/offer/mine", "免申即享"},
    {ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_FINANCE), "/claim/batch", "申请拨付"},
    {ROLE_BIT(ROLE_FINANCE), "/bank/reconcile", "银行对账"},
    {ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_LEAD) | ROLE_BIT(ROLE_AUDITOR), "/alert", "风险提示"},
    {ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_LEAD) | ROLE_BIT(ROLE_FINANCE) |
         ROLE_BIT(ROLE_AUDITOR) | ROLE_BIT(ROLE_ADMIN),
     "/dashboard", "总览"},
    {ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_LEAD) | ROLE_BIT(ROLE_AUDITOR), "/measure", "措施"},
    {ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_LEAD) | ROLE_BIT(ROLE_AUDITOR), "/figure", "填报审核"},
    {ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_LEAD) | ROLE_BIT(ROLE_AUDITOR), "/notice", "督办"},
    {ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_LEAD), "/workshop", "政策工作台"},
    {ROLE_BIT(ROLE_LEAD), "/sites", "点位选址"},
    {ROLE_BIT(ROLE_FINANCE) | ROLE_BIT(ROLE_LEAD) | ROLE_BIT(ROLE_AUDITOR), "/fund", "资金"},
    {ROLE_BIT(ROLE_FINANCE) | ROLE_BIT(ROLE_AUDITOR), "/settlement", "结算"},
    {ROLE_BIT(ROLE_AUDITOR) | ROLE_BIT(ROLE_ADMIN), "/journal", "日志"},
    {ROLE_BIT(ROLE_ADMIN) | ROLE_BIT(ROLE_AUDITOR), "/account", "账号"},
    {ROLE_BIT(ROLE_PUBLIC) | ROLE_BIT(ROLE_RESIDENT) | ROLE_BIT(ROLE_SHOP), "/meter", "资金余量"},
    {ROLE_BIT(ROLE_PUBLIC) | ROLE_BIT(ROLE_ENTERPRISE) | ROLE_BIT(ROLE_BANK), "/dashboard",
     "目标与任务"},
};

static void script_write(const Web *web, Html *html, const char *name) {
    HTML(html, "script", "src",
         str_print(web->cx->arena, "/assets/%s?v=" STR_FMT, name, STR_ARG(web->app->asset_version)),
         "defer", true) {
    }
}

static void head_write(const Web *web, Html *html, Str title) {
    HTML(html, "head") {
        HTML_VOID(html, "meta", "charset", "utf-8");
        HTML_VOID(html, "meta", "name", "viewport", "content",
                  "width=device-width, initial-scale=1");
        HTML(html, "title") {
            html_print(html, STR_FMT " · " STR_FMT "焕新", STR_ARG(title),
                       STR_ARG(web->app->city_name));
        }
        HTML_VOID(html, "link", "rel", "stylesheet", "href",
                  str_print(web->cx->arena, "/assets/app.css?v=" STR_FMT,
                            STR_ARG(web->app->asset_version)));
        HTML_VOID(html, "link", "rel", "icon", "href", "/assets/icon.svg", "type", "image/svg+xml");
        script_write(web, html, "app.js");
        if (web->view->has_map) {
            HTML_VOID(html, "link", "rel", "stylesheet", "href",
                      str_print(web->cx->arena, "/assets/leaflet.css?v=" STR_FMT,
                                STR_ARG(web->app->asset_version)));
            script_write(web, html, "leaflet.js");
            script_write(web, html, "map.js");
        }
        if (web->view->has_plot) {
            script_write(web, html, "echarts.js");
            script_write(web, html, "plot.js");
        }
    }
}

/* A count that cannot be had is left out: the page itself is worth more. */
static void nav_count_write(Web *web, Html *html, const char *href) {
    int64_t count = -1;
    bool has_count =
        web->app->nav_count != NULL && web->app->nav_count(web, str_of(href), &count) == STATUS_OK;
    if (has_count && count > 0) {
        HTML(html, "span.nav-count") {
            html_print(html, "%" PRId64, count);
            HTML_LEAF(html, "span.visually-hidden", "件");
        }
    }
}

static void nav_write(Web *web, Html *html) {
    HTML(html, "nav.site-nav", "aria-label", "主导航") {
        HTML(html, "ul") {
            for (size_t i = 0; i < sizeof nav_rows / sizeof nav_rows[0]; i++) {
                const NavRow *row = &nav_rows[i];
                if ((row->roles & ROLE_BIT(web->user->role)) == 0) {
                    continue;
                }
                bool is_here = str_equal(web->path, str_of(row->href));
                HTML(html, "li") {
                    HTML(html, "a", "href", row->href, "aria-current",
                         is_here ? "page" : (const char *)NULL) {
                        html_text_c(html, row->label);
                        nav_count_write(web, html, row->href);
                    }
                }
            }
        }
    }
}

static void user_write(const Web *web, Html *html) {
    HTML(html, "div.site-user") {
        bool is_elder = str_equal(http_cookie(web->http, "hx_elder"), STR("1"));
        HTML_LEAF(html, "a.site-size", is_elder ? "标准版" : "长辈版", "href",
                  str_print(web->cx->arena, "/display?size=%s&back=" STR_FMT,
                            is_elder ? "normal" : "large",
                            STR_ARG(http_url_encode(web->cx->arena, web->path))));
        if (web->user->role == ROLE_PUBLIC) {
            HTML_LEAF(html, "a", "登录", "href", "/sign-in");
            break;
        }
        HTML(html, "a", "href", "/me") {
            html_text(html, web->user->name);
            html_print(html, "（" STR_FMT "）", STR_ARG(role_zh(web->user->role)));
        }
        HTML(html, "form.inline", "method", "post", "action", "/sign-out") {
            view_form_secrets(web->view, html);
            HTML_LEAF(html, "button.link", "退出", "type", "submit");
        }
    }
}

static void header_write(Web *web, Html *html) {
    HTML_LEAF(html, "a.skip-link", "跳到正文", "href", "#main");
    HTML(html, "header.site-header") {
        HTML(html, "div.site-brand") {
            HTML(html, "a", "href", "/") {
                html_text(html, web->app->city_name);
                HTML_LEAF(html, "strong", "焕新");
            }
        }
        user_write(web, html);
    }
    nav_write(web, html);
    if (web->app->is_demo) {
        HTML_LEAF(html, "p.demo-banner",
                  "演示环境：人员、单位、金额和记录都是生成的，不代表真实情况。", "role", "note");
    }
}

static void footer_write(const Web *web, Html *html) {
    HTML(html, "footer.site-footer") {
        HTML(html, "p") {
            html_text(html, web->app->city_name);
            html_text_c(html, "推动大规模设备更新和消费品以旧换新");
        }
        HTML(html, "p") {
            HTML_LEAF(html, "a", "办事指南", "href", "/guide");
            html_text_c(html, " · ");
            HTML_LEAF(html, "a", "资金余量公开", "href", "/meter");
            html_text_c(html, " · ");
            HTML_LEAF(html, "a", "目标与任务", "href", "/dashboard");
            html_text_c(html, " · ");
            HTML_LEAF(html, "a", "公开台账", "href", "/public");
            html_text_c(html, " · ");
            HTML_LEAF(html, "a", "个人信息说明", "href", "/privacy");
            html_text_c(html, " · ");
            HTML_LEAF(html, "a", "全部页面", "href", "/pages");
        }
    }
}

Status shell_write(Web *web, Str title, Str main, Str *document) {
    Buf *out = buf_in(web->cx->arena, LIMIT_PAGE_BYTES_MAX);
    Html page;
    Html *html = &page;
    html_init(html, out);
    html_doctype(html);
    bool is_elder = str_equal(http_cookie(web->http, "hx_elder"), STR("1"));
    HTML(html, is_elder ? "html.elder" : "html", "lang", "zh-CN") {
        head_write(web, html, title);
        HTML(html, "body") {
            header_write(web, html);
            HTML(html, "main", "id", "main", "tabindex", "-1") {
                html_raw(html, main);
            }
            footer_write(web, html);
        }
    }
    TRY(html_finish(html));
    *document = buf_str(out);
    return STATUS_OK;
}

/* Says whether something can be put right on this page. */
static bool has_field_error(const Web *web) {
    for (size_t i = 0; i < web->error_count; i++) {
        if (web->errors[i].field.len > 0) {
            return true;
        }
    }
    return false;
}

void shell_errors_write(View *view) {
    const Web *web = view->web;
    Html *html = &view->html;
    if (web->flash.len > 0) {
        HTML(html, "div.notice.good", "role", "status") {
            HTML_LEAF(html, "p", web->flash);
        }
    }
    if (web->error_count == 0) {
        return;
    }
    HTML(html, "div.error-summary", "role", "alert", "tabindex", "-1", "id", "errors") {
        HTML_LEAF(html, "h2", has_field_error(web) ? "请先处理下面的问题" : "没有办成");
        HTML(html, "ul") {
            for (size_t i = 0; i < web->error_count; i++) {
                const WebError *error = &web->errors[i];
                HTML(html, "li") {
                    if (error->field.len > 0) {
                        HTML_LEAF(html, "a", error->text, "href",
                                  str_print(web->cx->arena, "#f-" STR_FMT, STR_ARG(error->field)));
                    } else {
                        html_text(html, error->text);
                    }
                    if (error->hint.len > 0) {
                        html_print(html, "（" STR_FMT "）", STR_ARG(error->hint));
                    }
                }
            }
        }
    }
}

static const char *plain_words(uint32_t status) {
    switch (status) {
    case 413:
        return "提交的内容太大，请压缩照片后再试。";
    case 503:
        return "现在办理的人较多，请稍等片刻再试，已提交的内容不受影响。";
    case 404:
        return "没有这个页面。";
    default:
        return status >= 500 ? "系统暂时无法处理，请稍后再试。" : "请求的格式不正确。";
    }
}

Str shell_plain_page(Arena *arena, Str city_name, uint32_t status) {
    Buf *out = buf_in(arena, LIMIT_PAGE_BYTES_MAX);
    Html page;
    Html *html = &page;
    html_init(html, out);
    html_doctype(html);
    HTML(html, "html", "lang", "zh-CN") {
        HTML(html, "head") {
            HTML_VOID(html, "meta", "charset", "utf-8");
            HTML_VOID(html, "meta", "name", "viewport", "content",
                      "width=device-width, initial-scale=1");
            HTML_LEAF(html, "title", "提示");
            HTML_VOID(html, "link", "rel", "stylesheet", "href", "/assets/app.css");
        }
        HTML(html, "body") {
            HTML(html, "main", "id", "main") {
                HTML(html, "h1") {
                    html_print(html, STR_FMT "焕新", STR_ARG(city_name));
                }
                HTML_LEAF(html, "p", plain_words(status), "role", "alert");
                HTML(html, "p") {
                    HTML_LEAF(html, "a", "返回首页", "href", "/");
                }
            }
        }
    }
    return html_finish(html) == STATUS_OK ? buf_str(out) : STR("error");
}
