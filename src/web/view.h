/*
 * view.h - what a page says, once: an HTML page for people, a JSON object for programs.
 *
 *   view_title(v, ...)  view_fact(v, "left_fen", "剩余可用", VIEW_MONEY(left))
 * view_table_begin(...) HTML: <h1>, <dl>, <table> inside the shell          JSON: {"title":…,
 * "left_fen":…, "rows":[…]}
 *
 * Keys are the names in JSON (English, units last: _fen, _day, _ms, _gram); labels are the Chinese
 * words on the page. Everything is escaped by the HTML writer. Values live until the page is sent:
 * pass text from the request's arena or static text.
 */
#ifndef HUANXIN_WEB_VIEW_H
#define HUANXIN_WEB_VIEW_H

#include "base/buf.h"
#include "base/day.h"
#include "base/money.h"
#include "html/html.h"
#include "http/http.h"

typedef struct View View;
struct Web;
struct Form;

/* How a badge, notice or light speaks: the colour never stands alone, the text says it too. */
typedef enum ViewTone { VIEW_NEUTRAL, VIEW_GOOD, VIEW_WARN, VIEW_BAD, VIEW_INFO } ViewTone;

typedef enum ViewKind {
    VIEW_KIND_NONE,
    VIEW_KIND_TEXT,
    VIEW_KIND_INT,
    VIEW_KIND_MONEY,
    VIEW_KIND_DAY,
    VIEW_KIND_INSTANT,
    VIEW_KIND_LINK,
    VIEW_KIND_BADGE,
    VIEW_KIND_PERCENT_BP,
} ViewKind;

typedef struct ViewValue {
    ViewKind kind;
    int64_t number;
    Str text;
    Str code; /* href of a link; machine word of a badge */
    ViewTone tone;
} ViewValue;

/* An empty value: "未设置" on the page, null in JSON. Never a number that nobody gave. */
#define VIEW_NONE ((ViewValue){.kind = VIEW_KIND_NONE})
#define VIEW_TEXT(str) ((ViewValue){.kind = VIEW_KIND_TEXT, .text = (str)})
#define VIEW_INT(value) ((ViewValue){.kind = VIEW_KIND_INT, .number = (value)})
#define VIEW_MONEY(money) ((ViewValue){.kind = VIEW_KIND_MONEY, .number = (money).fen})
#define VIEW_DAY(day) ((ViewValue){.kind = VIEW_KIND_DAY, .number = (day).number})
#define VIEW_INSTANT(ms) ((ViewValue){.kind = VIEW_KIND_INSTANT, .number = (ms)})
#define VIEW_PERCENT_BP(bp) ((ViewValue){.kind = VIEW_KIND_PERCENT_BP, .number = (bp)})
#define VIEW_LINK(href, label)                                                                     \
    ((ViewValue){.kind = VIEW_KIND_LINK, .code = (href), .text = (label)})
#define VIEW_BADGE(tone_, code_, label)                                                            \
    ((ViewValue){.kind = VIEW_KIND_BADGE, .tone = (tone_), .code = (code_), .text = (label)})

/* The page's heading and window title. Call once, first. */
void view_title(View *view, Str title);
/* A sentence under the heading that says what the page is for. */
void view_lead(View *view, Str text);
/* Opens a part of the page with its own heading; closes the one before. */
void view_section(View *view, Str title);
void view_text(View *view, Str text);
/* A boxed message; danger is read out at once by screen readers. */
void view_notice(View *view, ViewTone tone, Str text);
/* A link on its own line; is_main makes it look like a button. Not in JSON. */
void view_link(View *view, Str href, Str label, bool is_main);

/* A list of names and values. tiles shows them as large figures. In JSON the facts are members of
 * the object `key`, or of the page itself when key is NULL. */
void view_facts_begin(View *view, const char *key, bool is_tiles);
void view_fact(View *view, const char *key, const char *label, ViewValue value);
void view_facts_end(View *view);

typedef struct ViewColumn {
    const char *key;
    const char *label;
    bool is_number; /* right-aligned */
} ViewColumn;
/* A table: begin, then per row view_row and one view_cell per column, then end. empty_text is said
 * when there is no row. On a phone each row becomes a card with the labels. */
void view_table_begin(View *view, const char *key, Str caption, const ViewColumn *columns,
                      size_t column_count);
void view_row(View *view);
void view_cell(View *view, ViewValue value);
/* A cell with a one-button form (POST to path): confirmed by the browser when confirm is not NULL.
 */
void view_cell_action(View *view, Str path, Str label, const char *confirm);
void view_table_end(View *view, Str empty_text);
/* Links to the page before and after; page is 0-based, has_more tells whether another follows. */
void view_pager(View *view, Str path, int64_t page, bool has_more);

/* Lets heads of the next table sort it: links to path with sort=key, or sort=-key where it is
 * sorted by key now. keys are those that can be sorted by; path holds the filters. */
void view_table_sort(View *view, Str path, Str now, const char *const *keys, size_t key_count);
/* Where one stands in a long list, and the ways on; an address may be empty. */
typedef struct ViewPages {
    int64_t page; /* 0-based */
    int64_t rows_per_page;
    int64_t total;
    bool is_at_least; /* there are more than total: they were not counted */
    int64_t from_end; /* counted from the end, the last page is 1; 0: page counts */
    Str first, before, after, last;
    /* A box for a page's number (from 1, field "n") up to jump_max; 0 or 1: none. Its form goes to
     * jump_path with the fields of the present address, without those that say a place: n, c, b,
     * p, e. */
    int64_t jump_max;
    Str jump_path;
    const HttpField *jump_fields;
    size_t jump_field_count;
} ViewPages;
void view_pages(View *view, const ViewPages *pages);
/* A row of short links, the present one marked: saved views, exports. Not in JSON. */
void view_tabs_begin(View *view, const char *label);
void view_tab(View *view, Str href, Str label, bool is_here);
void view_tabs_end(View *view);

/* What happened, in its order: who, when, what changed. In JSON: "timeline". */
typedef struct ViewMoment {
    int64_t at_ms;
    Str who;
    Str what;
    Str note;
    ViewTone tone;
} ViewMoment;
void view_timeline_begin(View *view);
void view_moment(View *view, const ViewMoment *moment);
/* One thing that the moment changed; an empty text was or is nothing. */
void view_change(View *view, Str label, Str before, Str after);
void view_timeline_end(View *view);

/* A bar of done out of total with its words. */
void view_progress(View *view, Str label, int64_t done, int64_t total);
/* One button that posts to path. */
void view_action(View *view, Str path, Str label, const char *confirm);
/* A form with the posted values and messages when it is shown again. */
void view_form(View *view, const struct Form *form);
/* How many cases stand in each range: an accessible table, drawn as bars by the browser when it
 * can. labels and values have count items. */
void view_chart(View *view, const char *key, Str caption, const Str *labels, const int64_t *values,
                size_t count);
/* The hidden fields of every form that changes something, for forms written by hand: token and
 * request key. */
void view_form_secrets(View *view, Html *html);
/* Lets the page draw maps with Leaflet (assets/map.js): elements with data-map, and the svg of
 * figures with data-drawing. Without scripts the page stays as it is. */
void view_map(View *view);
/* A chart of several series, drawn by ECharts (plot.js) where scripts run, with its data table. */
typedef enum ViewPlotKind {
    VIEW_PLOT_LINE,
    VIEW_PLOT_BAR,
    VIEW_PLOT_FORECAST, /* dashed */
    VIEW_PLOT_LOW,      /* LOW and HIGH together are drawn as a band */
    VIEW_PLOT_HIGH,
    VIEW_PLOT_GOAL, /* a line across */
} ViewPlotKind;
typedef struct ViewPlotSeries {
    const char *key; /* in JSON */
    const char *label;
    ViewPlotKind kind;
    const Str *texts; /* one a label, plain decimals; empty: nothing there */
} ViewPlotSeries;
typedef struct ViewPlot {
    const char *key;
    Str caption;
    Str unit;
    const char *label_title; /* "月份" */
    const Str *labels;
    size_t count;
    const ViewPlotSeries *series;
    size_t series_count;
} ViewPlot;
void view_plot(View *view, const ViewPlot *plot);
/* The writer itself, for parts that only HTML has; NULL when JSON is asked for. */
Html *view_html(View *view);

/* ---- for web.c ---- */
View *view_create(struct Web *web);
/* Finishes the page: the whole document or the JSON text, in the request's arena. */
MUST_CHECK Status view_finish(View *view, Str *body);

#endif
