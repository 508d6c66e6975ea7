/*
 * view_plot.c - a chart of several series with its data table. The table is the truth: it is what
 * a screen reader, a printer and a browser without scripts get; plot.js draws from its cells.
 */
#include "web/view_internal.h"

static const char *const kind_codes[] = {
    [VIEW_PLOT_LINE] = "line", [VIEW_PLOT_BAR] = "bar",   [VIEW_PLOT_FORECAST] = "forecast",
    [VIEW_PLOT_LOW] = "low",   [VIEW_PLOT_HIGH] = "high", [VIEW_PLOT_GOAL] = "goal",
};

static void plot_json(View *view, const ViewPlot *plot) {
    json_t *rows = json_array();
    json_object_set_new(view->root, plot->key, rows);
    for (size_t i = 0; i < plot->count; i++) {
        json_t *row = json_object();
        json_array_append_new(rows, row);
        view_json_text(row, "label", plot->labels[i]);
        for (size_t k = 0; k < plot->series_count; k++) {
            Str text = plot->series[k].texts[i];
            if (text.len == 0) {
                json_object_set_new(row, plot->series[k].key, json_null());
            } else {
                view_json_text(row, plot->series[k].key, text);
            }
        }
    }
}

static void head_write(Html *html, const ViewPlot *plot) {
    HTML(html, "thead") {
        HTML(html, "tr") {
            HTML_LEAF(html, "th", plot->label_title, "scope", "col");
            for (size_t k = 0; k < plot->series_count; k++) {
                HTML_LEAF(html, "th.number", plot->series[k].label, "scope", "col", "data-plot-as",
                          kind_codes[plot->series[k].kind]);
            }
        }
    }
}

static void rows_write(Html *html, const ViewPlot *plot) {
    HTML(html, "tbody") {
        for (size_t i = 0; i < plot->count; i++) {
            HTML(html, "tr") {
                HTML_LEAF(html, "th", plot->labels[i], "scope", "row");
                for (size_t k = 0; k < plot->series_count; k++) {
                    HTML_LEAF(html, "td.number", plot->series[k].texts[i], "data-label",
                              plot->series[k].label);
                }
            }
        }
    }
}

/* The table stands in a fold under the drawing; without scripts the fold is open. */
void view_plot(View *view, const ViewPlot *plot) {
    if (view->root != NULL) {
        plot_json(view, plot);
        return;
    }
    Html *html = &view->html;
    view->has_plot = true;
    HTML(html, "figure.plot", "data-plot", plot->key, "data-unit", plot->unit) {
        HTML_LEAF(html, "figcaption", plot->caption);
        HTML(html, "div.plot-canvas", "role", "img", "aria-label",
             str_print(view->arena, STR_FMT "，数字见下表", STR_ARG(plot->caption)), "hidden",
             true) {
        }
        HTML(html, "details", "open", true) {
            HTML_LEAF(html, "summary", "数据表");
            HTML(html, "div.table-wrap", "role", "region", "aria-label", plot->caption, "tabindex",
                 "0") {
                HTML(html, "table") {
                    head_write(html, plot);
                    rows_write(html, plot);
                }
            }
        }
    }
}
