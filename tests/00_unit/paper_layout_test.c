/* Tests of paper: the layout of GB/T 9704-2012 measured in the finished PDF, by poppler's tools:
 * where ink is, how lines stand, what is on which page. */
#include "pack/pack.h"
#include "paper/paper.h"
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 32 * 1024 * 1024, DOTS_INCH = 120 };

/* Fontconfig and Cairo keep what they have read about fonts until the process ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libfontconfig\nleak:libcairo\nleak:libpango\n";
}

typedef struct Desk {
    Arena *arena;
    Cx cx;
    Paper *paper;
    Buf *bytes;
    PaperFacts facts;
    char path[64];
} Desk;

static void desk_begin(Desk *desk, PaperForm form) {
    desk->arena = arena_create();
    cx_init(&desk->cx, desk->arena);
    PaperOptions options = {.form = form, .title = STR("试样"), .author = STR("专班")};
    options.made_ms = INT64_C(1767225600000);
    options.foot = STR("脚注");
    desk->paper = paper_new(&desk->cx, &options);
    desk->bytes = buf_in(desk->arena, FILE_BYTES_MAX);
    (void)snprintf(desk->path, sizeof desk->path, "/tmp/huanxin-paper-%d.pdf", (int)getpid());
}

static void desk_print(Desk *desk) {
    buf_clear(desk->bytes);
    if (paper_pdf(desk->paper, desk->bytes, &desk->facts) != STATUS_OK) {
        fail_msg("%s", desk->cx.fault.text);
    }
    FILE *file = fopen(desk->path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(desk->bytes->at, 1, desk->bytes->len, file), desk->bytes->len);
    assert_int_equal(fclose(file), 0);
}

static void desk_end(Desk *desk) {
    (void)unlink(desk->path);
    arena_free(desk->arena);
}

/* The output of a tool over the PDF; what may contain one %s for the path. */
static Str tool(Desk *desk, const char *before, const char *after) {
    Buf *out = buf_in(desk->arena, FILE_BYTES_MAX);
    Str command = str_print(desk->arena, "%s %s %s", before, desk->path, after);
    FILE *pipe = popen(str_c(desk->arena, command), "r");
    assert_non_null(pipe);
    char chunk[4096];
    size_t len = 0;
    while ((len = fread(chunk, 1, sizeof chunk, pipe)) > 0) {
        buf_put(out, (Str){chunk, len});
    }
    assert_int_equal(pclose(pipe), 0);
    return buf_str(out);
}

static Str page_text(Desk *desk, int page) {
    Str before = str_print(desk->arena, "pdftotext -layout -f %d -l %d", page, page);
    return tool(desk, str_c(desk->arena, before), "-");
}

/* The rectangle of ink on a page between two heights, in millimetres. */
typedef struct Ink {
    double left, right, top, bottom;
} Ink;

static Ink ink_of(Desk *desk, int page, double from_mm, double to_mm) {
    Str before = str_print(desk->arena, "pdftoppm -gray -r %d -f %d -l %d", DOTS_INCH, page, page);
    Str image = tool(desk, str_c(desk->arena, before), "");
    int width = 0;
    int height = 0;
    int head = 0;
    assert_int_equal(sscanf(image.at, "P5 %d %d 255%n", &width, &height, &head), 2);
    const unsigned char *dots = (const unsigned char *)image.at + head + 1;
    double mm = 25.4 / DOTS_INCH;
    Ink ink = {1e9, 0, 1e9, 0};
    for (int y = 0; y < height; y++) {
        if (y * mm < from_mm || y * mm > to_mm) {
            continue;
        }
        for (int x = 0; x < width; x++) {
            if (dots[y * width + x] < 160) {
                ink.left = fmin(ink.left, x * mm);
                ink.right = fmax(ink.right, (x + 1) * mm);
                ink.top = fmin(ink.top, y * mm);
                ink.bottom = fmax(ink.bottom, (y + 1) * mm);
            }
        }
    }
    return ink;
}

static void near(const char *what, double seen_mm, double wanted_mm, double room_mm) {
    if (fabs(seen_mm - wanted_mm) > room_mm) {
        fail_msg("%s: %.2f mm, wanted %.2f mm", what, seen_mm, wanted_mm);
    }
}

static size_t count_of(Str text, Str needle) {
    size_t count = 0;
    for (size_t at = str_find(text, needle, 0); at != SIZE_MAX;
         at = str_find(text, needle, at + needle.len)) {
        count++;
    }
    return count;
}

/* A paragraph that fills whole lines: 26 characters after the indent, then 28 in each line. */
static Str lines_of(Arena *arena, int line_count) {
    Buf *text = buf_in(arena, FILE_BYTES_MAX);
    for (int i = 0; i < line_count * 28 - 2; i++) {
        buf_put_c(text, "国");
    }
    return buf_str(text);
}

/* 5.2.1, 5.2.3: a page of text has 22 lines of 28 characters that fill 156 x 225 mm. */
static void test_page_of_text(void **state) {
    (void)state;
    Desk desk;
    desk_begin(&desk, PAPER_OFFICIAL);
    paper_text(desk.paper, lines_of(desk.arena, 44));
    desk_print(&desk);
    assert_int_equal(desk.facts.page_count, 2);
    assert_int_equal(desk.facts.line_count, 44);
    assert_int_equal(desk.facts.missing_count, 0);
    for (int page = 1; page <= 2; page++) {
        Str text = page_text(&desk, page);
        assert_int_equal(count_of(text, STR("国")), page == 1 ? 22 * 28 - 2 : 22 * 28);
        Ink ink = ink_of(&desk, page, 0, 265);
        near("left edge", ink.left, 28, 1);
        near("right edge", ink.right, 28 + 156, 1);
        near("upper edge", ink.top, 37, 1);
        near("lower edge", ink.bottom, 37 + 225, 1);
    }
    Str info = tool(&desk, "pdfinfo", "");
    assert_true(str_contains(info, STR("595.276 x 841.89 pts (A4)")));
    desk_end(&desk);
}

/* A third page begins with the 45th line. */
static void test_next_page(void **state) {
    (void)state;
    Desk desk;
    desk_begin(&desk, PAPER_OFFICIAL);
    paper_text(desk.paper, lines_of(desk.arena, 45));
    desk_print(&desk);
    assert_int_equal(desk.facts.page_count, 3);
    assert_int_equal(count_of(page_text(&desk, 3), STR("国")), 28);
    desk_end(&desk);
}

/* 7.5: odd pages right, even left, one character in, 7 mm under the type area. */
static void test_page_number(void **state) {
    (void)state;
    Desk desk;
    desk_begin(&desk, PAPER_OFFICIAL);
    paper_text(desk.paper, lines_of(desk.arena, 44));
    desk_print(&desk);
    assert_true(str_contains(page_text(&desk, 1), STR("—1—")));
    assert_true(str_contains(page_text(&desk, 2), STR("—2—")));
    Ink odd = ink_of(&desk, 1, 263.5, 290);
    Ink even = ink_of(&desk, 2, 263.5, 290);
    near("odd number's right edge", odd.right, 28 + 156 - 5.6, 1);
    near("even number's left edge", even.left, 28 + 5.6, 1);
    near("number's middle", (odd.top + odd.bottom) / 2, 37 + 225 + 7, 1);
    desk_end(&desk);
}

/* 7.2.4: the issuer's upper edge 35 mm under the type area's; 7.2.7: a red line as wide as the type
 * area; 7.4: the imprint ends with the type area; 7.3.5.2: the signature's place. */
static void test_head_and_end(void **state) {
    (void)state;
    Desk desk;
    desk_begin(&desk, PAPER_OFFICIAL);
    PaperHead head = {.issuer = STR("安丘市工作专班文件"), .number = STR("安更新〔2026〕3号")};
    paper_head(desk.paper, &head);
    paper_title(desk.paper, STR("关于报送月报的通知"));
    paper_to(desk.paper, STR("各有关部门"));
    paper_text(desk.paper, STR("正文。"));
    paper_sign(desk.paper, STR("安丘市工作专班办公室甲乙丙丁"), day_of_ymd(2026, 4, 5));
    paper_imprint(desk.paper, STR("市委办公室"), STR("专班办公室"), day_of_ymd(2026, 4, 5));
    desk_print(&desk);
    Ink issuer = ink_of(&desk, 1, 40, 95);
    near("issuer's upper edge", issuer.top, 37 + 35, 2);
    Ink imprint = ink_of(&desk, 1, 240, 263.4);
    near("imprint's lower edge", imprint.bottom, 37 + 225, 1);
    near("imprint's left edge", imprint.left, 28, 1);
    near("imprint's right edge", imprint.right, 28 + 156, 1);
    Str text = page_text(&desk, 1);
    assert_true(str_contains(text, STR("各有关部门：")));
    assert_true(str_contains(text, STR("抄送：市委办公室。")));
    assert_true(str_contains(text, STR("2026年4月5日印发")));
    assert_int_equal(desk.facts.page_count, 1);
    desk_end(&desk);
}

/* Bug: a report whose text or table filled its page had a last page with the signature alone. */
static void test_signature_is_not_alone(void **state) {
    (void)state;
    static const PaperColumn narrow[] = {{"序号", 1, PAPER_CENTER}, {"名称", 6, PAPER_LEFT}};
    for (int i = 0; i < 10; i++) {
        Desk desk;
        desk_begin(&desk, PAPER_OFFICIAL);
        if (i < 6) {
            paper_text(desk.paper, lines_of(desk.arena, 18 + i));
        } else {
            paper_table(desk.paper, STR("表1"), narrow, 2);
            for (int row = 0; row < 29 + i; row++) {
                const Str cells[2] = {STR("1"), STR("国")};
                paper_row(desk.paper, cells);
            }
        }
        paper_sign(desk.paper, STR("专班"), day_of_ymd(2026, 4, 5));
        desk_print(&desk);
        Str last = page_text(&desk, desk.facts.page_count);
        assert_true(str_contains(last, STR("2026年4月5日")));
        assert_true(str_contains(last, STR("国")));
        desk_end(&desk);
    }
}

static const PaperColumn columns[] = {
    {"序号", 1, PAPER_CENTER}, {"名称", 6, PAPER_LEFT}, {"金额", 2, PAPER_RIGHT}};

/* The head of a table stands on each page; every row once; a row longer than a page is whole. */
static void test_table(void **state) {
    (void)state;
    for (int form = 0; form < 2; form++) {
        Desk desk;
        desk_begin(&desk, form == 0 ? PAPER_OFFICIAL : PAPER_SHEET);
        paper_table(desk.paper, STR("表1"), columns, 3);
        for (int i = 1; i <= 150; i++) {
            Str cells[3] = {str_print(desk.arena, "%d", i), STR("设备行"), STR("69.99")};
            if (i == 75) {
                cells[1] = lines_of(desk.arena, 200);
            }
            paper_row(desk.paper, cells);
        }
        desk_print(&desk);
        Str all = tool(&desk, "pdftotext -layout", "-");
        assert_int_equal(count_of(all, STR("序号")), desk.facts.page_count);
        assert_int_equal(count_of(all, STR("设备行")), 149);
        assert_int_equal(count_of(all, STR("国")), 200 * 28 - 2);
        assert_int_equal(count_of(all, STR("69.99")), 150);
        assert_int_equal(desk.facts.missing_count, 0);
        desk_end(&desk);
    }
}

static void test_sheet(void **state) {
    (void)state;
    Desk desk;
    const PaperBar bars[] = {{STR("甲"), 5000, STR("50%"), 'g'},
                             {STR("乙"), 12000, STR("120%"), 'r'}};
    desk_begin(&desk, PAPER_SHEET);
    paper_title(desk.paper, STR("结算单"));
    for (int i = 0; i < 60; i++) {
        paper_text(desk.paper, STR("一行文字。"));
    }
    paper_bars(desk.paper, STR("进度"), bars, 2);
    assert_int_equal(paper_code(desk.paper, STR("https://example.cn/1"), STR("核验"), 25),
                     STATUS_OK);
    desk_print(&desk);
    assert_int_equal(desk.facts.page_count, 2);
    Str text = tool(&desk, "pdftotext -layout", "-");
    assert_true(str_contains(text, STR("第 1 页，共 2 页")));
    assert_true(str_contains(text, STR("第 2 页，共 2 页")));
    assert_int_equal(count_of(text, STR("脚注")), 2);
    assert_true(str_contains(text, STR("120%")));
    desk_end(&desk);
}

/* Nothing but the model, the fonts and made_ms is in the bytes. */
static void test_same_bytes(void **state) {
    (void)state;
    Desk desk;
    desk_begin(&desk, PAPER_OFFICIAL);
    Buf *second = buf_in(desk.arena, FILE_BYTES_MAX);
    paper_title(desk.paper, STR("标题"));
    paper_text(desk.paper, STR("正文Abc 123。"));
    desk_print(&desk);
    assert_int_equal(paper_pdf(desk.paper, second, NULL), STATUS_OK);
    assert_true(str_equal(buf_str(desk.bytes), buf_str(second)));
    Str info = tool(&desk, "TZ=UTC-8 pdfinfo -isodates", "");
    assert_true(str_contains(info, STR("CreationDate:    2026-01-01T08:00:00+08")));
    desk_end(&desk);
}

/* A character that no font has is counted, so that a caller can say so. */
static void test_missing(void **state) {
    (void)state;
    Desk desk;
    desk_begin(&desk, PAPER_OFFICIAL);
    paper_text(desk.paper, STR("安\xf3\xb0\x80\x80丘")); /* U+F0000: private use */
    desk_print(&desk);
    assert_true(desk.facts.missing_count >= 1);
    desk_end(&desk);
}

/* ISO/IEC 18004: width is 17 + 4 x version; three finder patterns of 7 x 7. */
static void test_code(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    PaperCode code;
    cx_init(&cx, arena);
    assert_int_equal(paper_code_make(&cx, STR("https://example.cn/report/3"), &code), STATUS_OK);
    assert_int_equal((code.width - 17) % 4, 0);
    for (int i = 0; i < 7; i++) {
        assert_true(code.modules[i]);
        assert_true(code.modules[code.width - 1 - i]);
        assert_true(code.modules[(code.width - 1) * code.width + i]);
    }
    assert_int_equal(paper_code_make(&cx, STR(""), &code), STATUS_LIMIT);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_of_text), cmocka_unit_test(test_next_page),
        cmocka_unit_test(test_page_number),  cmocka_unit_test(test_head_and_end),
        cmocka_unit_test(test_table),        cmocka_unit_test(test_sheet),
        cmocka_unit_test(test_same_bytes),   cmocka_unit_test(test_missing),
        cmocka_unit_test(test_code),         cmocka_unit_test(test_signature_is_not_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
