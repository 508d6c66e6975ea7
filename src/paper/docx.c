/*
 * docx.c - the same document as WordprocessingML (ECMA-376 part 1, clause 17), so that an office
 * can go on writing. Lengths there: twentieths of a point, half points for type, 12,700 a point for
 * pictures. Read from the bottom.
 */
#include "pack/pack.h"
#include "paper/paper_internal.h"

#include <inttypes.h>

#define NS_W "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define NS_OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define NS_PACKAGE "http://schemas.openxmlformats.org/package/2006/"
#define TYPE_W "application/vnd.openxmlformats-officedocument.wordprocessingml."
#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

enum { PART_BYTES_MAX = 64 * 1024 * 1024, PICTURES_MAX = 100 };

typedef struct Docx {
    Paper *paper;
    Cx *cx;
    Buf *body;
    Buf *pictures[PICTURES_MAX];
    size_t picture_count;
    double width; /* of the type area */
} Docx;

static int twips(double points) {
    return (int)(points * 20 + (points < 0 ? -0.5 : 0.5));
}

static bool is_official(const Docx *docx) {
    return docx->paper->options.form == PAPER_OFFICIAL;
}

/* ---- paragraphs ---- */

/* Rounded away from zero: 28 characters must not be wider than the type area. */
static int spacing_of(const Style *style) {
    return style->spacing < 0 ? -(int)(-style->spacing * 20 + 0.99) : twips(style->spacing);
}

/* Text of a run; a line end is a break, a tab a tab. */
static void put_words(Buf *out, Str text) {
    while (text.len > 0) {
        size_t len = 0;
        while (len < text.len && text.at[len] != '\n' && text.at[len] != '\t') {
            len++;
        }
        buf_put_c(out, "<w:t xml:space=\"preserve\">");
        pack_xml_text(out, str_slice(text, 0, len));
        buf_put_c(out, "</w:t>");
        if (len < text.len) {
            buf_put_c(out, text.at[len] == '\n' ? "<w:br/>" : "<w:tab/>");
        }
        text = str_from(text, len + 1);
    }
}

static void put_run(Buf *out, const Style *style, const char *colour, Str text) {
    const char *face = paper_face_name(style->face);
    buf_print(out,
              "<w:r><w:rPr><w:rFonts w:ascii=\"%s\" w:hAnsi=\"%s\" w:eastAsia=\"%s\"/>%s"
              "<w:color w:val=\"%s\"/><w:spacing w:val=\"%d\"/><w:sz w:val=\"%d\"/></w:rPr>",
              face, face, face, style->is_bold ? "<w:b/>" : "", colour, spacing_of(style),
              (int)(style->size * 2 + 0.5));
    put_words(out, text);
    buf_put_c(out, "</w:r>");
}

/* A paragraph of lines of style's pitch; properties come after the spacing, in the order of the
 * schema (pBdr and framePr go before, by `before`). */
typedef struct Properties {
    const char *before;
    const char *align; /* "both", "center", "left", "right" */
    int indent_chars;  /* of the first line, hundredths of a character */
    int left;
    int right;
    int space_before;
    int space_after;
    bool is_kept_with_next;
    bool is_page_break;
} Properties;

static void open_paragraph(Buf *out, const Style *style, const Properties *properties) {
    const char *before = properties->before == NULL ? "" : properties->before;
    buf_print(out,
              "<w:p><w:pPr>%s%s%s<w:autoSpaceDE w:val=\"0\"/><w:autoSpaceDN w:val=\"0\"/>"
              "<w:snapToGrid w:val=\"0\"/><w:spacing w:before=\"%d\" w:after=\"%d\" w:line=\"%d\" "
              "w:lineRule=\"exact\"/>",
              properties->is_kept_with_next ? "<w:keepNext/>" : "",
              properties->is_page_break ? "<w:pageBreakBefore/>" : "", before,
              properties->space_before, properties->space_after, twips(style->pitch));
    buf_print(out, "<w:ind w:left=\"%d\" w:right=\"%d\"", properties->left, properties->right);
    if (properties->indent_chars > 0) {
        buf_print(out, " w:firstLineChars=\"%d\" w:firstLine=\"%d\"", properties->indent_chars,
                  twips(style->size * properties->indent_chars / 100));
    }
    buf_print(out, "/><w:jc w:val=\"%s\"/></w:pPr>", properties->align);
}

static void put_paragraph(Buf *out, const Style *style, const Properties *properties, Str text) {
    open_paragraph(out, style, properties);
    put_run(out, style, "000000", text);
    buf_put_c(out, "</w:p>");
}

/* ---- the head ---- */

static void put_head(Docx *docx, const PaperHead *head) {
    Style text = paper_style_text(docx->paper);
    Style mark = {FACE_TITLE, 46, 0, 52, false};
    size_t count = str_rune_count(head->issuer);
    /* A little less than the width, for fonts whose characters are wider than their size. */
    double fits = count == 0 ? mark.size : 0.97 * OFFICIAL_WIDTH / (double)count;
    mark.size = fits < mark.size ? fits : mark.size;
    Properties properties = {.align = "center", .space_before = twips(35 * MM)};
    open_paragraph(docx->body, &mark, &properties);
    put_run(docx->body, &mark, "FF3333", head->issuer);
    buf_put_c(docx->body, "</w:p>");
    Str number = head->number;
    if (head->signer.len > 0) {
        number = str_print(docx->cx->arena, STR_FMT "　　签发人：" STR_FMT, STR_ARG(number),
                           STR_ARG(head->signer));
    }
    properties =
        (Properties){.align = "center",
                     .space_before = twips(2 * OFFICIAL_PITCH),
                     .space_after = twips(2 * OFFICIAL_PITCH),
                     .before = "<w:pBdr><w:bottom w:val=\"single\" w:sz=\"8\" w:space=\"8\" "
                               "w:color=\"FF3333\"/></w:pBdr>"};
    put_paragraph(docx->body, &text, &properties, number);
}

/* ---- tables ---- */

static void put_cell(Docx *docx, const Style *style, Str text, int width, const char *align) {
    Properties properties = {.align = align};
    buf_print(docx->body,
              "<w:tc><w:tcPr><w:tcW w:w=\"%d\" w:type=\"dxa\"/><w:vAlign w:val=\"center\"/>"
              "</w:tcPr>",
              width);
    do {
        put_paragraph(docx->body, style, &properties, str_cut(&text, '\n'));
    } while (text.at != NULL);
    buf_put_c(docx->body, "</w:tc>");
}

static void put_table_row(Docx *docx, const Block *block, const Str *cells, bool is_head,
                          bool is_bold) {
    static const char *const aligns[] = {"left", "center", "right"};
    Style style = paper_style_cell(docx->paper, is_head || is_bold);
    int total = 0;
    for (size_t i = 0; i < block->count; i++) {
        total += block->columns[i].share;
    }
    buf_print(docx->body, "<w:tr><w:trPr><w:cantSplit/>%s</w:trPr>",
              is_head ? "<w:tblHeader/>" : "");
    for (size_t i = 0; i < block->count; i++) {
        int width = twips(docx->width * block->columns[i].share / total);
        put_cell(docx, &style, cells[i], width,
                 is_head ? "center" : aligns[block->columns[i].align]);
    }
    buf_put_c(docx->body, "</w:tr>");
}

static void put_table(Docx *docx, const Block *block) {
    Style caption = paper_style_cell(docx->paper, true);
    Str labels[PAPER_COLUMNS_MAX];
    int total = 0;
    caption.size = SIZE_5;
    caption.pitch = SIZE_5 * 1.8;
    if (block->text.len > 0) {
        Properties properties = {.align = "center", .is_kept_with_next = true};
        put_paragraph(docx->body, &caption, &properties, block->text);
    }
    buf_print(docx->body, "<w:tbl><w:tblPr><w:tblW w:w=\"%d\" w:type=\"dxa\"/><w:tblBorders>",
              twips(docx->width));
    static const char *const edges[] = {"top", "left", "bottom", "right", "insideH", "insideV"};
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        buf_print(docx->body,
                  "<w:%s w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>", edges[i]);
    }
    buf_put_c(
        docx->body,
        "</w:tblBorders><w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"60\" w:type=\"dxa\"/>"
        "<w:right w:w=\"60\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>");
    for (size_t i = 0; i < block->count; i++) {
        labels[i] = str_of(block->columns[i].label);
        total += block->columns[i].share;
    }
    for (size_t i = 0; i < block->count; i++) {
        buf_print(docx->body, "<w:gridCol w:w=\"%d\"/>",
                  twips(docx->width * block->columns[i].share / total));
    }
    buf_put_c(docx->body, "</w:tblGrid>");
    put_table_row(docx, block, labels, true, true);
    for (const TableRow *row = block->rows; row != NULL; row = row->next) {
        put_table_row(docx, block, row->cells, false, row->is_total);
    }
    buf_put_c(docx->body, "</w:tbl>");
    /* Two tables in a row would become one without a paragraph between. */
    put_paragraph(docx->body, &caption, &(Properties){.align = "left"}, STR(""));
}

/* ---- pictures ---- */

static Status put_picture(Docx *docx, const Block *block) {
    double width = block->kind == BLOCK_CODE ? block->level * MM + 20 : docx->width;
    double height = 0;
    if (docx->picture_count == PICTURES_MAX) {
        return fault(docx->cx, STATUS_LIMIT, "图形超过 %d 个", PICTURES_MAX);
    }
    Buf *png = buf_in(docx->cx->arena, PART_BYTES_MAX);
    TRY(paper_block_png(docx->paper, block, width, &height, png));
    docx->pictures[docx->picture_count++] = png;
    size_t id = docx->picture_count;
    int64_t across = (int64_t)(width * 12700);
    int64_t down = (int64_t)(height * 12700);
    buf_print(docx->body,
              "<w:p><w:pPr><w:spacing w:line=\"240\" w:lineRule=\"auto\"/><w:jc w:val=\"%s\"/>"
              "</w:pPr><w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\">"
              "<wp:extent cx=\"%" PRId64 "\" cy=\"%" PRId64
              "\"/><wp:docPr id=\"%zu\" name=\"图%zu\" "
              "descr=\"",
              block->kind == BLOCK_CODE ? "right" : "left", across, down, id, id);
    pack_xml_text(docx->body, block->text);
    buf_print(docx->body,
              "\"/><a:graphic><a:graphicData "
              "uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic>"
              "<pic:nvPicPr><pic:cNvPr id=\"%zu\" name=\"图%zu\"/><pic:cNvPicPr/></pic:nvPicPr>"
              "<pic:blipFill><a:blip r:embed=\"rIdP%zu\"/><a:stretch><a:fillRect/></a:stretch>"
              "</pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"%" PRId64
              "\" cy=\"%" PRId64 "\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom>"
              "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
              "</w:p>",
              id, id, id, across, down);
    return STATUS_OK;
}

/* ---- blocks ---- */

static void put_annexes(Docx *docx, const Block *block) {
    Style style = paper_style_text(docx->paper);
    for (size_t i = 0; i < block->count; i++) {
        const char *label = i == 0 ? "附件：" : "　　　";
        Properties properties = {.align = "left", .indent_chars = 200};
        properties.space_before = i == 0 ? twips(style.pitch) : 0;
        Str line = block->count == 1 ? str_join(docx->cx->arena, str_of(label), block->names[i])
                                     : str_print(docx->cx->arena, "%s%zu. " STR_FMT, label, i + 1,
                                                 STR_ARG(block->names[i]));
        put_paragraph(docx->body, &style, &properties, line);
    }
}

static void put_sign(Docx *docx, const Block *block) {
    Style style = paper_style_text(docx->paper);
    Properties properties = {.align = "right", .right = twips(4 * style.size)};
    properties.space_before = twips(style.pitch);
    put_paragraph(docx->body, &style, &properties, block->text);
    properties.space_before = 0;
    put_paragraph(docx->body, &style, &properties, day_print_zh(docx->cx->arena, block->day));
}

/* A frame that stands at the lower edge of the type area. */
static void put_imprint(Docx *docx, const Block *block) {
    Style style = {FACE_FANGSONG, SIZE_4, 0, SIZE_4 * 1.7, false};
    Arena *arena = docx->cx->arena;
    const char *frame = "<w:framePr w:w=\"8845\" w:wrap=\"around\" w:vAnchor=\"margin\" "
                        "w:hAnchor=\"margin\" w:xAlign=\"left\" w:yAlign=\"bottom\"/>";
    const char *thick = "w:val=\"single\" w:sz=\"8\" w:space=\"2\" w:color=\"000000\"/>";
    const char *thin = "w:val=\"single\" w:sz=\"6\" w:space=\"2\" w:color=\"000000\"/>";
    Properties properties = {.align = "left", .left = twips(SIZE_4), .right = twips(SIZE_4)};
    if (block->more.len > 0) {
        Str before =
            str_print(arena, "%s<w:pBdr><w:top %s<w:bottom %s</w:pBdr>", frame, thick, thin);
        properties.before = str_c(arena, before);
        put_paragraph(docx->body, &style, &properties,
                      str_print(arena, "抄送：" STR_FMT "。", STR_ARG(block->more)));
    }
    Str before =
        str_print(arena, "%s<w:pBdr>%s%s<w:bottom %s</w:pBdr>", frame,
                  block->more.len > 0 ? "" : "<w:top ", block->more.len > 0 ? "" : thick, thick);
    properties.before = str_c(arena, before);
    Str day = day_print_zh(arena, block->day);
    put_paragraph(
        docx->body, &style, &properties,
        str_print(arena, STR_FMT "\t" STR_FMT "印发", STR_ARG(block->text), STR_ARG(day)));
}

static void put_plain(Docx *docx, const Block *block) {
    Style style = paper_style_text(docx->paper);
    Properties properties = {.align = "both", .indent_chars = 200};
    if (block->kind == BLOCK_TITLE) {
        style = paper_style_title(docx->paper);
        properties = (Properties){.align = "center", .space_after = twips(style.pitch)};
        if (block->next != NULL && block->next->kind == BLOCK_SUBTITLE) {
            properties.space_after = 0;
        }
    } else if (block->kind == BLOCK_SUBTITLE) {
        style.face = FACE_KAI;
        properties = (Properties){.align = "center", .space_after = twips(style.pitch)};
    } else if (block->kind == BLOCK_TO) {
        properties = (Properties){.align = "left"};
    } else if (block->kind == BLOCK_HEADING) {
        style = paper_style_heading(docx->paper, block->level);
        properties.is_kept_with_next = true;
        properties.indent_chars = is_official(docx) ? 200 : 0;
    } else if (block->kind == BLOCK_BREAK) {
        properties = (Properties){.align = "left", .is_page_break = true};
        style.pitch = 1;
    }
    put_paragraph(docx->body, &style, &properties, block->text);
}

static Status put_block(Docx *docx, const Block *block) {
    switch (block->kind) {
    case BLOCK_HEAD:
        if (is_official(docx)) {
            put_head(docx, &block->head);
        }
        break;
    case BLOCK_TITLE:
    case BLOCK_SUBTITLE:
    case BLOCK_TO:
    case BLOCK_TEXT:
    case BLOCK_HEADING:
    case BLOCK_BREAK:
        put_plain(docx, block);
        break;
    case BLOCK_ANNEXES:
        put_annexes(docx, block);
        break;
    case BLOCK_SIGN:
        put_sign(docx, block);
        break;
    case BLOCK_IMPRINT:
        put_imprint(docx, block);
        break;
    case BLOCK_TABLE:
        put_table(docx, block);
        break;
    case BLOCK_BARS:
    case BLOCK_CODE:
        return put_picture(docx, block);
    }
    return STATUS_OK;
}

/* ---- parts ---- */

/* Page, margins, feet, lines. The 28 characters of a line come from the spacing of each run: a grid
 * of characters is read differently by different programs. */
static void put_section(Docx *docx) {
    bool is_across = !is_official(docx) && docx->paper->options.is_landscape;
    int width = twips(is_across ? PAGE_HEIGHT : PAGE_WIDTH);
    int height = twips(is_across ? PAGE_WIDTH : PAGE_HEIGHT);
    buf_put_c(docx->body, "<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId3\"/>"
                          "<w:footerReference w:type=\"even\" r:id=\"rId4\"/>");
    buf_print(docx->body, "<w:pgSz w:w=\"%d\" w:h=\"%d\"%s/>", width, height,
              is_across ? " w:orient=\"landscape\"" : "");
    if (is_official(docx)) {
        buf_print(docx->body,
                  "<w:pgMar w:top=\"%d\" w:right=\"%d\" w:bottom=\"%d\" w:left=\"%d\" "
                  "w:header=\"851\" w:footer=\"%d\" w:gutter=\"0\"/>",
                  twips(37 * MM), twips(26 * MM), twips(35 * MM), twips(28 * MM),
                  twips(28 * MM - SIZE_4));
        buf_print(docx->body, "<w:docGrid w:type=\"lines\" w:linePitch=\"%d\"/>",
                  twips(OFFICIAL_PITCH));
    } else {
        int margin = twips(18 * MM);
        buf_print(docx->body,
                  "<w:pgMar w:top=\"%d\" w:right=\"%d\" w:bottom=\"%d\" w:left=\"%d\" "
                  "w:header=\"500\" w:footer=\"500\" w:gutter=\"0\"/>",
                  margin, margin, margin, margin);
    }
    buf_put_c(docx->body, "</w:sectPr>");
}

static Status part_add(Docx *docx, PackWriter *pack, const char *name, const Buf *part) {
    return buf_status(part) == STATUS_OK ? pack_part(pack, str_of(name), buf_str(part))
                                         : fault(docx->cx, STATUS_LIMIT, "文件过大，请缩小范围");
}

static Status put_types(Docx *docx, PackWriter *pack) {
    Buf *part = buf_in(docx->cx->arena, PART_BYTES_MAX);
    static const char *const rows[][2] = {{"document", "document.main"},
                                          {"styles", "styles"},
                                          {"settings", "settings"},
                                          {"footer1", "footer"},
                                          {"footer2", "footer"}};
    buf_put_c(part, XML_HEAD "<Types xmlns=\"" NS_PACKAGE "content-types\"><Default "
                             "Extension=\"rels\" ContentType=\"application/"
                             "vnd.openxmlformats-package.relationships+xml\"/>"
                             "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
                             "<Default Extension=\"png\" ContentType=\"image/png\"/>"
                             "<Override PartName=\"/docProps/core.xml\" ContentType=\"application/"
                             "vnd.openxmlformats-package.core-properties+xml\"/>");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buf_print(part, "<Override PartName=\"/word/%s.xml\" ContentType=\"" TYPE_W "%s+xml\"/>",
                  rows[i][0], rows[i][1]);
    }
    buf_put_c(part, "</Types>");
    return part_add(docx, pack, "[Content_Types].xml", part);
}

static Status put_relations(Docx *docx, PackWriter *pack) {
    Buf *part = buf_in(docx->cx->arena, PART_BYTES_MAX);
    TRY(pack_part(pack, STR("_rels/.rels"),
                  STR(XML_HEAD "<Relationships xmlns=\"" NS_PACKAGE "relationships\">"
                               "<Relationship Id=\"rId1\" Type=\"" NS_OFFICE
                               "/officeDocument\" Target=\"word/document.xml\"/>"
                               "<Relationship Id=\"rId2\" Type=\"" NS_PACKAGE
                               "relationships/metadata/core-properties\" "
                               "Target=\"docProps/core.xml\"/></Relationships>")));
    buf_put_c(part, XML_HEAD
              "<Relationships xmlns=\"" NS_PACKAGE "relationships\">"
              "<Relationship Id=\"rId1\" Type=\"" NS_OFFICE "/styles\" Target=\"styles.xml\"/>"
              "<Relationship Id=\"rId2\" Type=\"" NS_OFFICE "/settings\" Target=\"settings.xml\"/>"
              "<Relationship Id=\"rId3\" Type=\"" NS_OFFICE "/footer\" Target=\"footer1.xml\"/>"
              "<Relationship Id=\"rId4\" Type=\"" NS_OFFICE "/footer\" Target=\"footer2.xml\"/>");
    for (size_t i = 1; i <= docx->picture_count; i++) {
        buf_print(part,
                  "<Relationship Id=\"rIdP%zu\" Type=\"" NS_OFFICE
                  "/image\" Target=\"media/image%zu.png\"/>",
                  i, i);
    }
    buf_put_c(part, "</Relationships>");
    return part_add(docx, pack, "word/_rels/document.xml.rels", part);
}

/* 7.5: odd pages at the right, even at the left, one character in; a plain page in the middle. */
static Status put_foot(Docx *docx, PackWriter *pack, const char *name, bool is_odd) {
    Buf *part = buf_in(docx->cx->arena, PART_BYTES_MAX);
    Style style = {FACE_SONG, is_official(docx) ? SIZE_4 : SIZE_SMALL_5, 0, SIZE_4 * 1.3, false};
    Properties properties = {.align = !is_official(docx) ? "center"
                                      : is_odd           ? "right"
                                                         : "left",
                             .left = twips(SIZE_3),
                             .right = twips(SIZE_3)};
    buf_put_c(part, XML_HEAD "<w:ftr xmlns:w=\"" NS_W "\">");
    open_paragraph(part, &style, &properties);
    put_run(part, &style, "000000", STR("—"));
    buf_print(part,
              "<w:fldSimple w:instr=\" PAGE \"><w:r><w:rPr><w:sz w:val=\"%d\"/></w:rPr>"
              "<w:t>1</w:t></w:r></w:fldSimple>",
              (int)(style.size * 2));
    put_run(part, &style, "000000", STR("—"));
    buf_put_c(part, "</w:p></w:ftr>");
    return part_add(docx, pack, name, part);
}

static Status put_core(Docx *docx, PackWriter *pack) {
    Buf *part = buf_in(docx->cx->arena, PART_BYTES_MAX);
    Str made = instant_print(docx->cx->arena, docx->paper->options.made_ms);
    buf_put_c(part,
              XML_HEAD "<cp:coreProperties xmlns:cp=\"" NS_PACKAGE "metadata/core-properties\" "
                       "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
                       "xmlns:dcterms=\"http://purl.org/dc/terms/\" "
                       "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>");
    pack_xml_text(part, docx->paper->options.title);
    buf_put_c(part, "</dc:title><dc:creator>");
    pack_xml_text(part, docx->paper->options.author);
    buf_print(part,
              "</dc:creator><dcterms:created xsi:type=\"dcterms:W3CDTF\">" STR_FMT "T" STR_FMT
              "+08:00</dcterms:created></cp:coreProperties>",
              STR_ARG(str_slice(made, 0, 10)), STR_ARG(str_from(made, 11)));
    return part_add(docx, pack, "docProps/core.xml", part);
}

static Status put_small_parts(Docx *docx, PackWriter *pack) {
    TRY(put_types(docx, pack));
    TRY(put_relations(docx, pack));
    TRY(pack_part(pack, STR("word/styles.xml"),
                  STR(XML_HEAD "<w:styles xmlns:w=\"" NS_W "\"><w:docDefaults><w:rPrDefault><w:rPr>"
                               "<w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:rPr>"
                               "</w:rPrDefault></w:docDefaults><w:style w:type=\"paragraph\" "
                               "w:default=\"1\" w:styleId=\"a\"><w:name w:val=\"Normal\"/>"
                               "<w:rPr><w:sz w:val=\"32\"/></w:rPr></w:style></w:styles>")));
    TRY(pack_part(pack, STR("word/settings.xml"),
                  is_official(docx) ? STR(XML_HEAD "<w:settings xmlns:w=\"" NS_W
                                                   "\"><w:evenAndOddHeaders/></w:settings>")
                                    : STR(XML_HEAD "<w:settings xmlns:w=\"" NS_W "\"/>")));
    TRY(put_foot(docx, pack, "word/footer1.xml", true));
    TRY(put_foot(docx, pack, "word/footer2.xml", false));
    TRY(put_core(docx, pack));
    for (size_t i = 0; i < docx->picture_count; i++) {
        Str name = str_print(docx->cx->arena, "word/media/image%zu.png", i + 1);
        TRY(pack_part(pack, name, buf_str(docx->pictures[i])));
    }
    return STATUS_OK;
}

static Status put_out(void *it, Cx *cx, Str bytes) {
    Buf *out = it;
    buf_put(out, bytes);
    return buf_status(out) == STATUS_OK ? STATUS_OK
                                        : fault(cx, STATUS_LIMIT, "文件过大，请缩小范围");
}

Status paper_docx(Paper *paper, const char *folder, Buf *out) {
    Docx *docx = arena_new(paper->cx->arena, Docx);
    PackWriter *pack = NULL;
    bool is_across = paper->options.is_landscape;
    docx->paper = paper;
    docx->cx = paper->cx;
    docx->body = buf_in(paper->cx->arena, PART_BYTES_MAX);
    docx->width =
        is_official(docx) ? OFFICIAL_WIDTH : (is_across ? PAGE_HEIGHT : PAGE_WIDTH) - 36 * MM;
    buf_put_c(docx->body,
              XML_HEAD "<w:document xmlns:w=\"" NS_W "\" xmlns:r=\"" NS_OFFICE
                       "\" xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/"
                       "wordprocessingDrawing\" xmlns:a=\"http://schemas.openxmlformats.org/"
                       "drawingml/2006/main\" xmlns:pic=\"http://schemas.openxmlformats.org/"
                       "drawingml/2006/picture\"><w:body>");
    for (const Block *block = paper->blocks; block != NULL; block = block->next) {
        TRY(cx_step(paper->cx));
        TRY(put_block(docx, block));
    }
    put_section(docx);
    buf_put_c(docx->body, "</w:body></w:document>");
    TRY(pack_writer_new(paper->cx, folder, &pack));
    TRY(part_add(docx, pack, "word/document.xml", docx->body));
    TRY(put_small_parts(docx, pack));
    return pack_finish(pack, put_out, out);
}
