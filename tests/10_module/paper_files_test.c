/* Tests of paper: a DOCX is well-formed in all its parts and says what the model says; every
 * character of the city's own texts has a glyph. */
#include "pack/pack.h"
#include "paper/paper.h"
#include "test.h"
#include "yaml/yaml.h"

#include <expat.h>
#include <string.h>

enum { FILE_BYTES_MAX = 32 * 1024 * 1024 };

/* Fontconfig and Cairo keep what they have read about fonts until the process ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libfontconfig\nleak:libcairo\nleak:libpango\n";
}

static const PaperColumn columns[] = {{"名称<&>", 3, PAPER_LEFT}, {"金额", 1, PAPER_RIGHT}};

static Paper *sample(Cx *cx, PaperForm form) {
    const PaperBar bars[] = {{STR("甲"), 5000, STR("50%"), 'g'}};
    const Str annexes[] = {STR("附表一"), STR("附表二")};
    PaperOptions options = {.form = form, .title = STR("样本 <&>"), .author = STR("专班")};
    Paper *paper = paper_new(cx, &options);
    PaperHead head = {.issuer = STR("安丘市工作专班文件"), .number = STR("安更新〔2026〕3号")};
    head.signer = STR("王某");
    paper_head(paper, &head);
    paper_title(paper, STR("关于\"报送\"月报的通知"));
    paper_subtitle(paper, STR("（2026年3月）"));
    paper_to(paper, STR("各有关部门"));
    paper_heading(paper, 1, STR("一、进展"));
    paper_text(paper, STR("第一段 <b>&amp;\n第二段\x01"));
    paper_table(paper, STR("表1"), columns, 2);
    paper_row(paper, (Str[]){STR("设备\n二行"), STR("69.99")});
    paper_total(paper, (Str[]){STR("合计"), STR("69.99")});
    paper_bars(paper, STR("图1"), bars, 1);
    assert_int_equal(paper_code(paper, STR("https://example.cn/1"), STR("核验"), 25), STATUS_OK);
    paper_break(paper);
    paper_annexes(paper, annexes, 2);
    paper_sign(paper, STR("安丘市工作专班"), day_of_ymd(2026, 4, 5));
    paper_imprint(paper, STR("市委办公室"), STR("专班办公室"), day_of_ymd(2026, 4, 5));
    return paper;
}

static void well_formed(const char *name, Str part) {
    XML_Parser parser = XML_ParserCreateNS(NULL, '|');
    if (XML_Parse(parser, part.at, (int)part.len, 1) != XML_STATUS_OK) {
        fail_msg("%s line %lu: %s", name, XML_GetCurrentLineNumber(parser),
                 XML_ErrorString(XML_GetErrorCode(parser)));
    }
    XML_ParserFree(parser);
}

static void test_docx(void **state) {
    (void)state;
    static const char *const parts[] = {"[Content_Types].xml", "_rels/.rels",
                                        "docProps/core.xml",   "word/_rels/document.xml.rels",
                                        "word/document.xml",   "word/footer1.xml",
                                        "word/footer2.xml",    "word/settings.xml",
                                        "word/styles.xml"};
    static const char *const words[] = {"w:top=\"2098\"",
                                        "w:left=\"1587\"",
                                        "w:type=\"lines\"",
                                        "<w:tblHeader/>",
                                        "第一段 &lt;b&gt;&amp;amp;",
                                        "附表二",
                                        "2026年4月5日",
                                        "签发人：王某",
                                        "w:eastAsia=\"黑体\"",
                                        "rIdP2"};
    for (int form = 0; form < 2; form++) {
        Arena *arena = arena_create();
        Cx cx;
        Pack *pack = NULL;
        cx_init(&cx, arena);
        Buf *file = buf_in(arena, FILE_BYTES_MAX);
        Paper *paper = sample(&cx, form == 0 ? PAPER_OFFICIAL : PAPER_SHEET);
        assert_int_equal(paper_docx(paper, NULL, file), STATUS_OK);
        assert_int_equal(pack_read(&cx, buf_str(file), FILE_BYTES_MAX, &pack), STATUS_OK);
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
            Str part = STR_NONE;
            assert_int_equal(pack_text(pack, str_of(parts[i]), FILE_BYTES_MAX, &part), STATUS_OK);
            well_formed(parts[i], part);
        }
        Str document = STR_NONE;
        assert_int_equal(pack_text(pack, STR("word/document.xml"), FILE_BYTES_MAX, &document),
                         STATUS_OK);
        for (size_t i = 0; form == 0 && i < sizeof words / sizeof words[0]; i++) {
            if (!str_contains(document, str_of(words[i]))) {
                fail_msg("%s is missing", words[i]);
            }
        }
        assert_true(pack_has(pack, STR("word/media/image2.png")));
        Buf *again = buf_in(arena, FILE_BYTES_MAX);
        assert_int_equal(paper_docx(paper, NULL, again), STATUS_OK);
        assert_true(str_equal(buf_str(file), buf_str(again)));
        arena_free(arena);
    }
}

/* The city's plan and demo: every character, in each face that prints it. */
static void test_glyphs(void **state) {
    (void)state;
    static const char *const files[] = {"cities/anqiu/plan.txt", "cities/anqiu/demo.yaml",
                                        "docs/glossary.md"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        Arena *arena = arena_create();
        Cx cx;
        Str text = STR_NONE;
        PaperFacts facts = {0};
        cx_init(&cx, arena);
        assert_int_equal(yaml_file(&cx, str_of(files[i]), FILE_BYTES_MAX, &text), STATUS_OK);
        Paper *paper = paper_new(&cx, &(PaperOptions){.form = PAPER_OFFICIAL});
        paper_text(paper, text);
        while (text.len > 0) {
            Str line = str_trim(str_cut(&text, '\n'));
            for (int level = 1; level <= 2 && line.len > 0; level++) {
                paper_heading(paper, level, line);
            }
        }
        Buf *file = buf_in(arena, FILE_BYTES_MAX);
        assert_int_equal(paper_pdf(paper, file, &facts), STATUS_OK);
        if (facts.missing_count != 0) {
            fail_msg("%s: %d characters without a glyph", files[i], facts.missing_count);
        }
        arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_docx),
        cmocka_unit_test(test_glyphs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
