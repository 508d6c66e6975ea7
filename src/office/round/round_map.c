#include "office/round/round_map.h"

enum {
    MAP_SIDE = 370, /* units of the drawing; text of 13 units stays readable on a phone */
    MAP_MARGIN = 38,
    MAP_SHIFT = 4, /* lines of different styles run beside each other */
    STYLE_COUNT = 6,
};

/* Dark on white, told apart by dashes too. */
static const char *const colours[STYLE_COUNT] = {"#0b529f", "#b4410e", "#0d5a33",
                                                 "#7a2b86", "#6b4300", "#8f1515"};
static const char *const dashes[STYLE_COUNT] = {NULL, "8 4", "2 4", "10 3 2 3", "5 5", "1 3"};

typedef struct Spot {
    int32_t x;
    int32_t y;
} Spot;

typedef struct Frame {
    int32_t x_min;
    int32_t y_max;
    int32_t span;
} Frame;

static Frame frame_of(const City *city) {
    int32_t x_min = INT32_MAX;
    int32_t x_max = INT32_MIN;
    int32_t y_min = INT32_MAX;
    int32_t y_max = INT32_MIN;
    for (size_t i = 0; i < city->town_count; i++) {
        const CityTown *town = &city->towns[i];
        x_min = town->x < x_min ? town->x : x_min;
        x_max = town->x > x_max ? town->x : x_max;
        y_min = town->y < y_min ? town->y : y_min;
        y_max = town->y > y_max ? town->y : y_max;
    }
    int32_t span = x_max - x_min > y_max - y_min ? x_max - x_min : y_max - y_min;
    return (Frame){x_min, y_max, span > 0 ? span : 1};
}

/* North is up. */
static Spot spot_of(const Frame *frame, const CityTown *town) {
    int64_t room = MAP_SIDE - 2 * MAP_MARGIN;
    return (Spot){MAP_MARGIN + (int32_t)((town->x - frame->x_min) * room / frame->span),
                  MAP_MARGIN + (int32_t)((frame->y_max - town->y) * room / frame->span)};
}

static void leg_write(Html *html, const RoundMapLine *line, Spot from, Spot to) {
    int32_t shift = (int32_t)(line->style % STYLE_COUNT) * MAP_SHIFT;
    HTML(html, "line", "x1", from.x + shift, "y1", from.y + shift, "x2", to.x + shift, "y2",
         to.y + shift, "stroke", colours[line->style % STYLE_COUNT], "stroke-width", 3,
         "stroke-dasharray", dashes[line->style % STYLE_COUNT]) {
    }
}

static void number_write(Html *html, const RoundMapLine *line, Spot from, Spot to, int64_t number) {
    int32_t shift = (int32_t)(line->style % STYLE_COUNT) * MAP_SHIFT;
    /* Two thirds on the way: there and back do not cover each other. */
    int32_t x = from.x + (to.x - from.x) * 2 / 3 + shift;
    int32_t y = from.y + (to.y - from.y) * 2 / 3 + shift;
    HTML(html, "circle", "cx", x, "cy", y, "r", 8, "fill", "#ffffff", "stroke",
         colours[line->style % STYLE_COUNT], "stroke-width", 1) {
    }
    HTML(html, "text", "x", x, "y", y + 4, "font-size", 11, "text-anchor", "middle", "fill",
         colours[line->style % STYLE_COUNT]) {
        html_int(html, number);
    }
}

static void line_write(Html *html, const RoundMap *map, const RoundMapLine *line) {
    Frame frame = frame_of(map->city);
    for (int pass = 0; pass < 2; pass++) {
        int64_t number = 0;
        for (size_t i = 1; i < line->town_count; i++) {
            if (line->towns[i] == line->towns[i - 1]) {
                continue;
            }
            number++;
            Spot from = spot_of(&frame, &map->city->towns[line->towns[i - 1]]);
            Spot to = spot_of(&frame, &map->city->towns[line->towns[i]]);
            if (pass == 0) {
                leg_write(html, line, from, to);
            } else if (line->is_numbered) {
                number_write(html, line, from, to, number);
            }
        }
    }
}

static void mark_write(Html *html, const CityTown *town, const RoundMapMark *mark, Spot spot) {
    const char *fill = mark->is_faint ? "#ffffff" : "#17202b";
    if (mark->is_square) {
        HTML(html, "rect", "x", spot.x - 8, "y", spot.y - 8, "width", 16, "height", 16, "fill",
             "#c8912b", "stroke", "#17202b", "stroke-width", 2) {
        }
    } else {
        HTML(html, "circle", "cx", spot.x, "cy", spot.y, "r", 5, "fill", fill, "stroke", "#17202b",
             "stroke-width", 1) {
        }
    }
    /* A white edge keeps the words readable on the lines. */
    HTML(html, "text", "x", spot.x, "y", spot.y - 12, "font-size", 13, "text-anchor", "middle",
         "fill", "#17202b", "stroke", "#ffffff", "stroke-width", 3, "paint-order", "stroke") {
        html_text(html, town->name);
    }
    if (mark->note.len > 0) {
        HTML(html, "text", "x", spot.x, "y", spot.y + 22, "font-size", 12, "text-anchor", "middle",
             "fill", "#3a4757", "stroke", "#ffffff", "stroke-width", 3, "paint-order", "stroke") {
            html_text(html, mark->note);
        }
    }
}

static void legend_write(Html *html, const RoundMap *map) {
    HTML(html, "ul") {
        for (size_t i = 0; i < map->legend_count; i++) {
            if (map->legend[i].len == 0) {
                continue;
            }
            HTML(html, "li") {
                HTML(html, "svg", "viewbox", "0 0 46 10", "width", 46, "height", 10, "aria-hidden",
                     true) {
                    HTML(html, "line", "x1", 1, "y1", 5, "x2", 45, "y2", 5, "stroke",
                         colours[i % STYLE_COUNT], "stroke-width", 3, "stroke-dasharray",
                         dashes[i % STYLE_COUNT]) {
                    }
                }
                html_text_c(html, " ");
                html_text(html, map->legend[i]);
            }
        }
    }
}

static bool is_schematic(const City *city) {
    for (size_t i = 0; i < city->town_count; i++) {
        if (city->towns[i].is_schematic) {
            return true;
        }
    }
    return false;
}

void dispatch_map_write(View *view, const RoundMap *map) {
    Html *html = view_html(view);
    if (html == NULL || map->city->town_count == 0) {
        return;
    }
    Frame frame = frame_of(map->city);
    view_map(view);
    HTML(html, "figure", "data-drawing", "map") {
        HTML(html, "svg", "viewbox", "0 0 370 370", "width", 620, "height", 620, "role", "img",
             "aria-label", map->label) {
            HTML(html, "rect", "width", MAP_SIDE, "height", MAP_SIDE, "rx", 6, "fill", "#f3f6fa") {
            }
            for (size_t i = 0; i < map->line_count; i++) {
                line_write(html, map, &map->lines[i]);
            }
            for (size_t i = 0; i < map->city->town_count; i++) {
                const CityTown *town = &map->city->towns[i];
                mark_write(html, town, &map->marks[i], spot_of(&frame, town));
            }
        }
        HTML_LEAF(html, "figcaption",
                  is_schematic(map->city)
                      ? "示意图：镇街的位置是示意的，不是测绘坐标；连线表示先后，不是道路。"
                      : "连线表示先后，不是道路。");
    }
    if (map->legend_count > 0) {
        legend_write(html, map);
    }
}
