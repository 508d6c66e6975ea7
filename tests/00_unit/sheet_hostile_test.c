/* Tests of sheet: files made to hurt, and files as other programs write them. Each test names the
 * property of sheet.h that it holds. */
#include "pack/pack.h"
#include "sheet/sheet.h"
#include "test.h"

#include <string.h>

enum { FILE_BYTES_MAX = 64 * 1024 * 1024 };

#define SHEET_HEAD "<worksheet><sheetData>"
#define SHEET_TAIL "</sheetData></worksheet>"

typedef struct Made {
    Arena *arena;
    Cx cx;
    PackWriter *pack;
    Buf *bytes;
} Made;

static Status put_made(void *it, Cx *cx, Str bytes) {
    (void)cx;
    buf_put(it, bytes);
    return STATUS_OK;
}

static void made_begin(Made *made) {
    made->arena = arena_create();
    cx_init(&made->cx, made->arena);
    made->bytes = buf_in(made->arena, FILE_BYTES_MAX);
    assert_int_equal(pack_writer_new(&made->cx, NULL, &made->pack), STATUS_OK);
}

static void made_part(Made *made, const char *name, Str bytes) {
    assert_int_equal(pack_part(made->pack, str_of(name), bytes), STATUS_OK);
}

static void made_workbook(Made *made) {
    made_part(made, "xl/workbook.xml",
              STR("<workbook xmlns:r=\"r\"><sheets><sheet name=\"表\" sheetId=\"1\" r:id=\"a\"/>"
                  "<sheet name=\"藏\" sheetId=\"2\" state=\"hidden\" r:id=\"b\"/></sheets>"
                  "</workbook>"));
    made_part(made, "xl/_rels/workbook.xml.rels",
              STR("<Relationships><Relationship Id=\"a\" Type=\"x/worksheet\" "
                  "Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"b\" Type=\"x/worksheet\" "
                  "Target=\"/xl/worksheets/sheet2.xml\"/><Relationship Id=\"c\" "
                  "Type=\"x/sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"d\" "
                  "Type=\"x/styles\" Target=\"./styles.xml\"/></Relationships>"));
}

static void made_end(Made *made) {
    assert_int_equal(pack_finish(made->pack, put_made, made->bytes), STATUS_OK);
}

static Status show_row(void *it, Cx *cx, const SheetRow *row) {
    Buf *shown = it;
    (void)cx;
    buf_print(shown, "%lld:", (long long)row->number);
    for (size_t i = 0; i < row->count; i++) {
        buf_print(shown, "%d=" STR_FMT "%s|", (int)row->cells[i].kind, STR_ARG(row->cells[i].text),
                  row->cells[i].is_rounded ? "!" : "");
    }
    return STATUS_OK;
}

/* Reads the made file; the rows as text, or the fault. */
static Status made_read(Made *made, SheetReadOptions options, Str *out) {
    Buf *shown = buf_in(made->arena, FILE_BYTES_MAX);
    options.on_row = show_row;
    options.it = shown;
    cx_init(&made->cx, made->arena);
    Status status = sheet_read(&made->cx, buf_str(made->bytes), &options, NULL);
    *out = buf_str(shown);
    return status;
}

static void sheet_gives(const char *rows, Status status, const char *wanted) {
    Made made;
    Str seen = STR_NONE;
    made_begin(&made);
    made_workbook(&made);
    made_part(&made, "xl/sharedStrings.xml",
              STR("<sst><si><t>甲</t></si><si><r><t>a</t></r><r><t xml:space=\"preserve\"> b</t>"
                  "</r><rPh><t>ruby</t></rPh></si><si><t>x_x000D_y_x005F_x0041_</t></si></sst>"));
    made_part(&made, "xl/styles.xml",
              STR("<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"yyyy&quot;年&quot;m"
                  "&quot;月&quot;d&quot;日&quot;\"/><numFmt numFmtId=\"171\" formatCode=\"#,##0.00"
                  "&quot;day&quot;\"/><numFmt numFmtId=\"172\" formatCode=\"h:mm\"/></numFmts>"
                  "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/>"
                  "<xf numFmtId=\"170\"/><xf numFmtId=\"171\"/><xf numFmtId=\"22\"/>"
                  "<xf numFmtId=\"9\"/><xf numFmtId=\"172\"/></cellXfs></styleSheet>"));
    Str sheet = str_print(made.arena, SHEET_HEAD "%s" SHEET_TAIL, rows);
    made_part(&made, "xl/worksheets/sheet1.xml", sheet);
    made_part(&made, "xl/worksheets/sheet2.xml", STR("<worksheet/>"));
    made_end(&made);
    Status seen_status = made_read(&made, (SheetReadOptions){0}, &seen);
    Str text = status == STATUS_OK ? seen : str_of(made.cx.fault.text);
    bool is_same =
        status == STATUS_OK ? str_equal(text, str_of(wanted)) : str_contains(text, str_of(wanted));
    if (seen_status != status || !is_same) {
        fail_msg("%s: status %d (%s), rows %.*s", rows, (int)seen_status, made.cx.fault.text,
                 STR_ARG(seen));
    }
    arena_free(made.arena);
}

static void test_cells(void **state) {
    (void)state;
    sheet_gives(
        "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"C2\" t=\"s\"><v>1</v></c></row>",
        STATUS_OK, "2:1=甲|0=|1=a b|");
    sheet_gives("<row><c t=\"s\"><v>2</v></c></row>", STATUS_OK, "1:1=x\ry_x0041_|");
    sheet_gives("<row r=\"1\"><c r=\"A1\"><v>69.989999999999995</v></c>"
                "<c r=\"B1\"><v>1E-3</v></c><c r=\"C1\"><v>1.5E3</v></c></row>",
                STATUS_OK, "1:3=69.99|3=0.001|2=1500|");
    sheet_gives("<row r=\"1\"><c><v>370784199001011234</v></c></row>", STATUS_OK,
                "1:3=370784199001011000!|");
    sheet_gives("<row r=\"1\"><c s=\"1\"><v>45658</v></c><c s=\"2\"><v>45658</v></c>"
                "<c s=\"3\"><v>45658.5</v></c><c s=\"4\"><v>0.855</v></c></row>",
                STATUS_OK, "1:6=2025-01-01|2=45658|7=2025-01-01 12:00:00|5=85.5%|");
    sheet_gives("<row r=\"1\"><c s=\"1\"><v>60</v></c><c s=\"1\"><v>61</v></c><c s=\"5\"><v>0.5</v>"
                "</c></row>",
                STATUS_OK, "1:2=60|6=1900-03-01|1=12:00:00|");
    sheet_gives(
        "<row r=\"1\"><c t=\"b\"><v>1</v></c><c t=\"e\"><v>#N/A</v></c><c t=\"str\"><f>A1</f>"
        "<v>x</v></c><c><f>1+1</f><v>2</v></c><c t=\"inlineStr\"><is><t>行</t></is></c></row>",
        STATUS_OK, "1:8=是|9=#N/A|1=x|2=2|1=行|");
    sheet_gives(
        "<row r=\"1\"><c r=\"B1\" s=\"1\"/></row><row r=\"9\"><c r=\"A9\"><v>1</v></c></row>",
        STATUS_OK, "9:2=1|");
}

static void test_refused_cells(void **state) {
    (void)state;
    sheet_gives("<row r=\"1\"><c r=\"B1\" t=\"s\"><v>9</v></c></row>", STATUS_INVALID,
                "工作表「表」第 1 行 B 列");
    sheet_gives("<row r=\"1\"><c r=\"A1\"><v>nan</v></c></row>", STATUS_INVALID, "不是有效的数字");
    sheet_gives("<row r=\"1\"><c r=\"A1\"><v>1e999</v></c></row>", STATUS_INVALID, "A 列");
    sheet_gives("<row r=\"2\"/><row r=\"1\"/>", STATUS_INVALID, "第 2 行之后");
    sheet_gives("<row r=\"1\"><c r=\"B1\"/><c r=\"A1\"/></row>", STATUS_INVALID, "次序");
    sheet_gives("<row r=\"1\"><c r=\"A2\"/></row>", STATUS_INVALID, "位置");
    sheet_gives("<row r=\"99999999\"/>", STATUS_INVALID, "行号");
    sheet_gives("<row r=\"1\"><c r=\"ZZ1\"><v>1</v></c></row>", STATUS_LIMIT, "256 列");
    sheet_gives("<row r=\"1\"><c r=\"A1\"><v>1</c></row>", STATUS_INVALID, "不是有效的 XML");
}

/* X2 */
static void test_x2_doctype(void **state) {
    (void)state;
    Made made;
    Str seen = STR_NONE;
    made_begin(&made);
    made_workbook(&made);
    made_part(&made, "xl/worksheets/sheet1.xml",
              STR("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><worksheet><sheetData>"
                  "<row r=\"1\"><c t=\"inlineStr\"><is><t>&e;</t></is></c></row></sheetData>"
                  "</worksheet>"));
    made_end(&made);
    assert_int_equal(made_read(&made, (SheetReadOptions){0}, &seen), STATUS_INVALID);
    assert_non_null(strstr(made.cx.fault.text, "DOCTYPE"));
    arena_free(made.arena);
}

/* X1: a part of one repeated byte is beyond the ratio; many parts; more than may be unpacked. */
static void test_x1_bombs(void **state) {
    (void)state;
    Made made;
    Str seen = STR_NONE;
    size_t zero_bytes = 32 * 1024 * 1024;
    made_begin(&made);
    made_workbook(&made);
    made_part(&made, "xl/worksheets/sheet1.xml",
              (Str){arena_alloc(made.arena, zero_bytes), zero_bytes});
    made_end(&made);
    assert_int_equal(made_read(&made, (SheetReadOptions){0}, &seen), STATUS_LIMIT);
    assert_non_null(strstr(made.cx.fault.text, "压缩比"));
    assert_int_equal(made_read(&made, (SheetReadOptions){.bytes_max = 1024 * 1024}, &seen),
                     STATUS_LIMIT);
    assert_non_null(strstr(made.cx.fault.text, "压缩比"));
    arena_free(made.arena);
    made_begin(&made);
    for (int i = 0; i <= PACK_PARTS_MAX; i++) {
        made_part(&made, str_c(made.arena, str_print(made.arena, "p%d", i)), STR("x"));
    }
    made_end(&made);
    assert_int_equal(made_read(&made, (SheetReadOptions){0}, &seen), STATUS_LIMIT);
    assert_non_null(strstr(made.cx.fault.text, "部件"));
    arena_free(made.arena);
}

static size_t find_last(Str bytes, Str needle) {
    size_t last = SIZE_MAX;
    for (size_t at = str_find(bytes, needle, 0); at != SIZE_MAX;
         at = str_find(bytes, needle, at + 1)) {
        last = at;
    }
    return last;
}

/* X1: the directory says less than the part unpacks to, or that it is encrypted. */
static void test_x1_lies(void **state) {
    (void)state;
    Made made;
    Str seen = STR_NONE;
    SheetReadOptions options = {.bytes_max = 256 * 1024};
    made_begin(&made);
    made_workbook(&made);
    made_part(&made, "xl/worksheets/sheet1.xml",
              str_print(made.arena, SHEET_HEAD SHEET_TAIL "%1000000s", ""));
    made_end(&made);
    assert_int_equal(made_read(&made, options, &seen), STATUS_LIMIT);
    size_t entry = find_last(buf_str(made.bytes), STR("PK\001\002"));
    assert_int_not_equal(entry, SIZE_MAX);
    memset(made.bytes->at + entry + 24, 0, 4); /* uncompressed size */
    made.bytes->at[entry + 24] = 99;
    assert_int_equal(made_read(&made, options, &seen), STATUS_LIMIT);
    made.bytes->at[entry + 8] |= 1; /* encrypted */
    assert_int_equal(made_read(&made, options, &seen), STATUS_INVALID);
    assert_non_null(strstr(made.cx.fault.text, "密码"));
    arena_free(made.arena);
}

/* Every way to cut a good file is refused, and none crashes. */
static void test_truncated(void **state) {
    (void)state;
    Made made;
    Str seen = STR_NONE;
    made_begin(&made);
    made_workbook(&made);
    made_part(&made, "xl/worksheets/sheet1.xml", STR(SHEET_HEAD SHEET_TAIL));
    made_end(&made);
    size_t whole = made.bytes->len;
    for (size_t len = 4; len < whole; len += 3) {
        made.bytes->len = len;
        assert_int_equal(made_read(&made, (SheetReadOptions){0}, &seen), STATUS_INVALID);
    }
    arena_free(made.arena);
}

static void test_sheet_choice(void **state) {
    (void)state;
    Made made;
    Str seen = STR_NONE;
    made_begin(&made);
    made_workbook(&made);
    made_part(&made, "xl/worksheets/sheet1.xml",
              STR(SHEET_HEAD "<row r=\"1\"><c><v>1</v></c></row>" SHEET_TAIL));
    made_part(&made, "xl/worksheets/sheet2.xml",
              STR(SHEET_HEAD "<row r=\"1\"><c><v>2</v></c></row>" SHEET_TAIL));
    made_end(&made);
    assert_int_equal(made_read(&made, (SheetReadOptions){0}, &seen), STATUS_OK);
    assert_true(str_equal(seen, STR("1:2=1|")));
    SheetReadOptions hidden = {.sheet_only = STR("藏")};
    assert_int_equal(made_read(&made, hidden, &seen), STATUS_OK);
    assert_true(str_equal(seen, STR("1:2=2|")));
    SheetReadOptions absent = {.sheet_only = STR("无")};
    assert_int_equal(made_read(&made, absent, &seen), STATUS_NOT_FOUND);
    arena_free(made.arena);
    made_begin(&made);
    made_part(&made, "word/document.xml", STR("<x/>"));
    made_end(&made);
    assert_int_equal(made_read(&made, (SheetReadOptions){0}, &seen), STATUS_INVALID);
    assert_non_null(strstr(made.cx.fault.text, "不是 .xlsx"));
    arena_free(made.arena);
}

/* Files of another program (openpyxl 3.0.9, and its rows as this reader shows them). */
static void test_foreign_file(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Buf *shown = buf_in(arena, FILE_BYTES_MAX);
    SheetReadOptions options = {.on_row = show_row, .it = shown};
    assert_int_equal(sheet_read_file(&cx, "tests/golden/sheet/openpyxl.xlsx", &options, NULL),
                     STATUS_OK);
    assert_true(str_equal(buf_str(shown), STR("1:1=名称|1=台数|1=金额|1=日期|1=时间|1=比例|1=是否|"
                                              "2:1=62220012345678901234|2=3|3=69.99|6=2026-01-02|"
                                              "7=2026-01-02 15:04:05|5=85%|8=否|"
                                              "4:1=甲\n乙 <&> \"丙\"|2=-7|3=9999999999999.99|")));
    assert_int_equal(sheet_read_file(&cx, "tests/golden/sheet/absent.xlsx", &options, NULL),
                     STATUS_NOT_FOUND);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),        cmocka_unit_test(test_refused_cells),
        cmocka_unit_test(test_x1_bombs),     cmocka_unit_test(test_x1_lies),
        cmocka_unit_test(test_x2_doctype),   cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_sheet_choice), cmocka_unit_test(test_foreign_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
