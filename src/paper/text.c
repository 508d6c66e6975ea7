/*
 * text.c - Pango breaks lines (Unicode line breaking keeps 。 off the start of a line), shapes them
 * and finds glyphs; where a line stands is decided here, by the size of type and not by the metrics
 * of a font, so that another font does not move a line.
 */
#include "paper/text.h"

#include <string.h>

/* The square of a Chinese character reaches from 0.88 above the baseline to 0.12 below. */
static const double BASELINE = 0.88;

typedef struct FaceFont {
    const char *families[4]; /* the first that is installed is used; the last stands for it */
    bool is_bold;            /* of the last */
} FaceFont;

static const FaceFont FONTS[FACE_COUNT] = {
    [FACE_FANGSONG] = {{"FangSong", "仿宋", "STFangsong", "Noto Serif CJK SC"}, false},
    [FACE_TITLE] = {{"FZXiaoBiaoSong-B05S", "方正小标宋简体", "FZXiaoBiaoSong-B05",
                     "Noto Serif CJK SC"},
                    true},
    [FACE_KAI] = {{"KaiTi", "楷体", "STKaiti", "AR PL UKai CN"}, false},
    [FACE_HEI] = {{"SimHei", "黑体", "STHeiti", "Noto Sans CJK SC"}, false},
    [FACE_SONG] = {{"Noto Serif CJK SC", "SimSun", "宋体", "Noto Serif CJK SC"}, false},
};

static bool has_family(PangoFontMap *map, const char *family) {
    return pango_font_map_get_family(map, family) != NULL;
}

/* Noto stands behind each choice, for characters that a smaller font has not. */
static PangoFontDescription *font_new(PangoFontMap *map, const FaceFont *face, bool is_bold) {
    size_t last = sizeof face->families / sizeof face->families[0] - 1;
    size_t index = 0;
    char families[256];
    while (index < last && !has_family(map, face->families[index])) {
        index++;
    }
    (void)snprintf(families, sizeof families, "%s,Noto Serif CJK SC", face->families[index]);
    PangoFontDescription *font = pango_font_description_new();
    bool is_heavy = is_bold || (index == last && face->is_bold);
    pango_font_description_set_family(font, families);
    pango_font_description_set_weight(font, is_heavy ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    return font;
}

Status typist_init(Typist *typist, Cx *cx, cairo_t *cairo) {
    PangoFontFamily **families = NULL;
    int family_count = 0;
    /* A map of its own: the default one would stay with every thread that ever printed, 20 MB each.
     */
    PangoFontMap *map = pango_cairo_font_map_new();
    *typist = (Typist){.cx = cx, .cairo = cairo, .map = map};
    pango_font_map_list_families(map, &families, &family_count);
    g_free(families);
    if (family_count == 0) {
        return fault(cx, STATUS_IO, "this machine has no font: install fonts-noto-cjk");
    }
    for (size_t i = 0; i < FACE_COUNT; i++) {
        typist->fonts[i][0] = font_new(map, &FONTS[i], false);
        typist->fonts[i][1] = font_new(map, &FONTS[i], true);
    }
    PangoContext *context = pango_font_map_create_context(map);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    pango_cairo_context_set_font_options(context, options);
    pango_cairo_context_set_resolution(context, 72);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_language(context, pango_language_from_string("zh-cn"));
    pango_cairo_update_context(cairo, context);
    typist->layout = pango_layout_new(context);
    cairo_font_options_destroy(options);
    g_object_unref(context);
    return STATUS_OK;
}

void typist_dispose(Typist *typist) {
    for (size_t i = 0; i < FACE_COUNT; i++) {
        for (size_t k = 0; k < 2; k++) {
            if (typist->fonts[i][k] != NULL) {
                pango_font_description_free(typist->fonts[i][k]);
            }
        }
    }
    if (typist->layout != NULL) {
        g_object_unref(typist->layout);
    }
    g_object_unref(typist->map);
}

static void set_spacing(PangoLayout *layout, double spacing) {
    PangoAttrList *list = pango_attr_list_new();
    pango_attr_list_insert(list, pango_attr_letter_spacing_new((int)(spacing * PANGO_SCALE)));
    pango_layout_set_attributes(layout, list);
    pango_attr_list_unref(list);
}

int typist_set(Typist *typist, const Style *style, Str text, double width, double indent) {
    PangoLayout *layout = typist->layout;
    PangoFontDescription *font = typist->fonts[style->face][style->is_bold ? 1 : 0];
    pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    set_spacing(layout, style->spacing);
    /* Half a point more than the width, since spacing is rounded to 1/1024 point. */
    pango_layout_set_width(layout, width > 0 ? (int)((width + 0.5) * PANGO_SCALE) : -1);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_indent(layout, (int)(indent * PANGO_SCALE));
    pango_layout_set_text(layout, text.at == NULL ? "" : text.at, (int)text.len);
    typist->missing_count += pango_layout_get_unknown_glyphs_count(layout);
    return pango_layout_get_line_count(layout);
}

double typist_width(Typist *typist, const Style *style, Str text) {
    PangoRectangle box;
    (void)typist_set(typist, style, text, 0, 0);
    pango_layout_get_extents(typist->layout, NULL, &box);
    return (double)box.width / PANGO_SCALE;
}

double typist_line_width(Typist *typist, int index) {
    PangoLayoutLine *line = pango_layout_get_line_readonly(typist->layout, index);
    PangoRectangle box = {0};
    if (line != NULL) {
        pango_layout_line_get_extents(line, NULL, &box);
    }
    return (double)box.width / PANGO_SCALE;
}

static void draw(Typist *typist, const Style *style, PangoLayoutLine *line, double x, double y) {
    if (typist->is_silent) {
        return;
    }
    cairo_move_to(typist->cairo, x, y + style->size * BASELINE);
    pango_cairo_show_layout_line(typist->cairo, line);
}

void typist_line(Typist *typist, const Style *style, int index, double x, double y) {
    PangoLayoutLine *line = pango_layout_get_line_readonly(typist->layout, index);
    if (line != NULL) {
        draw(typist, style, line, x, y);
    }
}

void typist_put(Typist *typist, const Style *style, Str text, double x, double y) {
    (void)typist_set(typist, style, text, 0, 0);
    typist_line(typist, style, 0, x, y);
}

/* The line is set again alone, with the room that is left shared between its characters. A line
 * that is far too short (before a long word) stays as it is. */
void typist_line_spread(Typist *typist, const Style *style, int index, double x, double y,
                        double width) {
    PangoLayoutLine *line = pango_layout_get_line_readonly(typist->layout, index);
    PangoRectangle box;
    if (line == NULL) {
        return;
    }
    const char *text = pango_layout_get_text(typist->layout) + line->start_index;
    int count = (int)g_utf8_strlen(text, line->length);
    pango_layout_line_get_extents(line, NULL, &box);
    double room = width - (double)box.width / PANGO_SCALE;
    if (count < 2 || room > 4 * style->size) {
        draw(typist, style, line, x, y);
        return;
    }
    PangoLayout *alone = pango_layout_copy(typist->layout);
    pango_layout_set_width(alone, -1);
    pango_layout_set_indent(alone, 0);
    pango_layout_set_text(alone, text, line->length);
    set_spacing(alone, style->spacing + room / (count - 1));
    draw(typist, style, pango_layout_get_line_readonly(alone, 0), x, y);
    g_object_unref(alone);
}
