/*
 * Tests of the plan reader as a whole: layouts (golden files), the official text of 安丘 and our
 * digest of it, encodings, refusals, budgets, cost, damage.
 *
 * tests/golden/reader/<case>.txt is read and must give <case>.json; UPDATE=1 rewrites the latter.
 * The official text lies outside the repository, at ../shared/plan from the project's root; its
 * test is skipped when it is not there.
 */
#include "base/limits.h"
#include "base/prng.h"
#include "reader/city.h"
#include "reader/reader.h"
#include "test.h"

#include <dirent.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN_DIR "tests/golden/reader"
#define DIGEST_FILE "cities/anqiu/plan.txt"
#define OFFICIAL_FILE "../shared/plan/anqiu-2024-13.txt"
#define OFFICIAL_GOLD "../shared/plan/anqiu.gold.json"

enum { JSON_MAX = 64 * 1024 * 1024 };

typedef struct Bench {
    Arena *arena;
    Cx cx;
} Bench;

static Bench bench_open(void) {
    Bench bench;
    bench.arena = arena_create();
    cx_init(&bench.cx, bench.arena);
    return bench;
}

/* Reads a file into the arena; at is NULL when there is none. */
static Str file_read(Arena *arena, const char *path) {
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        return STR_NONE;
    }
    Buf *bytes = buf_in(arena, JSON_MAX);
    char chunk[4096];
    size_t len;
    while ((len = fread(chunk, 1, sizeof chunk, stream)) > 0) {
        buf_put(bytes, (Str){chunk, len});
    }
    fclose(stream);
    buf_put_char(bytes, '\0');
    Str text = buf_str(bytes);
    return (Str){text.at, text.len - 1};
}

static Status read_bytes(Cx *cx, Str bytes, Plan *plan) {
    PlanText text;
    TRY(plan_text_decode(cx, bytes, &text));
    return plan_read(cx, &text, plan);
}

static Str json_of(Cx *cx, const Plan *plan) {
    Buf *out = buf_in(cx->arena, JSON_MAX);
    assert_int_equal(plan_write_json(cx, plan, out), STATUS_OK);
    return buf_str(out);
}

/* ---- golden files ---- */

static bool is_update(void) {
    const char *update = getenv("UPDATE");
    return update != NULL && strcmp(update, "1") == 0;
}

static void golden_check(Arena *arena, const char *path, Str json) {
    if (is_update()) {
        FILE *stream = fopen(path, "wb");
        assert_non_null(stream);
        assert_int_equal(fwrite(json.at, 1, json.len, stream), json.len);
        assert_int_equal(fclose(stream), 0);
    }
    Str expected = file_read(arena, path);
    if (expected.at == NULL || !str_equal(expected, json)) {
        print_error("%s differs; UPDATE=1 rewrites it\n", path);
        size_t at = 0;
        while (expected.at != NULL && at < expected.len && at < json.len &&
               expected.at[at] == json.at[at]) {
            at++;
        }
        size_t from = at > 200 ? at - 200 : 0;
        print_error("got: %.*s\n", (int)(json.len - from > 400 ? 400 : json.len - from),
                    json.at + from);
        fail();
    }
}

static int name_compare(const void *left, const void *right) {
    const Str *a = left;
    const Str *b = right;
    return str_compare(*a, *b);
}

static size_t case_names(Arena *arena, Str *names, size_t room) {
    DIR *dir = opendir(GOLDEN_DIR);
    assert_non_null(dir);
    size_t count = 0;
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        Str name = str_of(entry->d_name);
        if (str_ends(name, STR(".txt"))) {
            assert_true(count < room);
            names[count++] = str_dup(arena, str_slice(name, 0, name.len - 4));
        }
    }
    closedir(dir);
    qsort(names, count, sizeof *names, name_compare);
    return count;
}

static void test_layouts_match_golden(void **state) {
    (void)state;
    Bench bench = bench_open();
    Str names[128];
    size_t count = case_names(bench.arena, names, 128);
    assert_true(count >= 12);
    for (size_t i = 0; i < count; i++) {
        const char *in = str_c(
            bench.arena, str_print(bench.arena, GOLDEN_DIR "/" STR_FMT ".txt", STR_ARG(names[i])));
        const char *out = str_c(
            bench.arena, str_print(bench.arena, GOLDEN_DIR "/" STR_FMT ".json", STR_ARG(names[i])));
        Plan plan;
        Status status = read_bytes(&bench.cx, file_read(bench.arena, in), &plan);
        if (status != STATUS_OK) {
            print_error("%s: %s\n", in, bench.cx.fault.text);
        }
        assert_int_equal(status, STATUS_OK);
        golden_check(bench.arena, out, json_of(&bench.cx, &plan));
    }
    arena_free(bench.arena);
}

/* ---- the plan of 安丘 ---- */

static void mentions_count(const Plan *plan, size_t *lead, size_t *responsible) {
    *lead = 0;
    *responsible = 0;
    for (size_t i = 0; i < plan->tasks.count; i++) {
        *lead += plan->tasks.items[i].lead.count;
        *responsible += plan->tasks.items[i].responsible.count;
    }
}

static void anqiu_counts_check(const Plan *plan) {
    size_t lead;
    size_t responsible;
    mentions_count(plan, &lead, &responsible);
    assert_int_equal(plan->tasks.count, 22);
    assert_int_equal(lead, 34);
    assert_int_equal(responsible, 54);
    assert_int_equal(plan->units.count, 23);
    assert_int_equal(plan->targets.count, 22);
    assert_int_equal(plan->doubts.count, 0);
}

static void line_list(Buf *out, int indent, const char *key, const PlanStrVec *list) {
    if (list->count == 0) {
        buf_print(out, "%*s\"%s\": []\n", indent, "", key);
        return;
    }
    buf_print(out, "%*s\"%s\": [\n", indent, "", key);
    for (size_t i = 0; i < list->count; i++) {
        buf_print(out, "%*s\"" STR_FMT "\"\n", indent + 1, "", STR_ARG(list->items[i]));
    }
    buf_print(out, "%*s]\n", indent, "");
}

static void line_text(Buf *out, int indent, const char *key, Str text) {
    if (text.len == 0) {
        buf_print(out, "%*s\"%s\": null\n", indent, "", key);
    } else {
        buf_print(out, "%*s\"%s\": \"" STR_FMT "\"\n", indent, "", key, STR_ARG(text));
    }
}

static void line_plain(Buf *out, const char *key, Str text) {
    buf_print(out, "   \"%s\": " STR_FMT "\n", key, STR_ARG(text));
}

static Str year_text(Arena *arena, int32_t year) {
    return year == 0 ? STR("null") : str_print(arena, "%d", (int)year);
}

static void target_lines(Arena *arena, Buf *out, const PlanTarget *target, bool with_quote) {
    buf_put_c(out, "  {\n");
    if (with_quote) {
        line_text(out, 3, "quote", target->quote);
    }
    line_plain(out, "value", target->value.is_set ? target->value.text : STR("null"));
    line_plain(out, "value2", target->value2.is_set ? target->value2.text : STR("null"));
    line_text(out, 3, "unit", target->unit);
    line_text(out, 3, "op", str_of(plan_op_text(target->op)));
    line_plain(out, "year", year_text(arena, target->year));
    line_plain(out, "baseline_year", year_text(arena, target->baseline_year));
    line_text(out, 3, "kind", str_of(plan_kind_text(target->kind)));
    line_list(out, 3, "path", &target->path);
    buf_put_c(out, "  }\n");
}

/* The plan in the lines of the gold file, without commas and without what may be worded freely. */
static Str plan_lines(Arena *arena, const Plan *plan, bool with_words) {
    Buf *out = buf_in(arena, JSON_MAX);
    buf_put_c(out, "{\n");
    line_text(out, 1, "title", plan->title);
    line_text(out, 1, "issuer", plan->issuer);
    line_text(out, 1, "doc_number", plan->doc_number);
    line_text(out, 1, "date", day_print(arena, plan->date));
    buf_put_c(out, " \"tasks\": [\n");
    for (size_t i = 0; i < plan->tasks.count; i++) {
        const PlanTask *task = &plan->tasks.items[i];
        buf_put_c(out, "  {\n");
        line_list(out, 3, "path", &task->path);
        if (with_words) {
            line_text(out, 3, "title", task->title);
        }
        line_list(out, 3, "lead", &task->lead);
        line_list(out, 3, "responsible", &task->responsible);
        buf_put_c(out, "  }\n");
    }
    buf_put_c(out, " ]\n \"targets\": [\n");
    for (size_t i = 0; i < plan->targets.count; i++) {
        target_lines(arena, out, &plan->targets.items[i], with_words);
    }
    buf_put_c(out, " ]\n");
    return buf_str(out);
}

static bool is_left_out(Str line, bool with_words) {
    static const char *const FREE[] = {"   \"indicator\":", "   \"note\":", "   \"period\":"};
    for (size_t i = 0; i < 3; i++) {
        if (str_starts(line, str_of(FREE[i]))) {
            return true;
        }
    }
    return !with_words &&
           (str_starts(line, STR("   \"quote\":")) || str_starts(line, STR("   \"title\":")));
}

static Str gold_lines(Arena *arena, Str gold, bool with_words) {
    Buf *out = buf_in(arena, JSON_MAX);
    Str rest = gold;
    while (rest.at != NULL) {
        Str line = str_cut(&rest, '\n');
        if (str_starts(line, STR(" \"non_targets\""))) {
            break;
        }
        if (!is_left_out(line, with_words)) {
            buf_put(out, str_ends(line, STR(",")) ? str_slice(line, 0, line.len - 1) : line);
            buf_put_char(out, '\n');
        }
    }
    return buf_str(out);
}

static void lines_equal(Str got, Str expected) {
    while (got.at != NULL || expected.at != NULL) {
        Str left = str_cut(&got, '\n');
        Str right = str_cut(&expected, '\n');
        if (!str_equal(left, right)) {
            print_error("got      " STR_FMT "\nexpected " STR_FMT "\n", STR_ARG(left),
                        STR_ARG(right));
            fail();
        }
    }
}

static void test_official_text_equals_gold(void **state) {
    (void)state;
    Bench bench = bench_open();
    Str bytes = file_read(bench.arena, OFFICIAL_FILE);
    Str gold = file_read(bench.arena, OFFICIAL_GOLD);
    if (bytes.at == NULL || gold.at == NULL) {
        print_message("# skip: " OFFICIAL_FILE " is not here\n");
        arena_free(bench.arena);
        return;
    }
    Plan plan;
    assert_int_equal(read_bytes(&bench.cx, bytes, &plan), STATUS_OK);
    anqiu_counts_check(&plan);
    lines_equal(plan_lines(bench.arena, &plan, true), gold_lines(bench.arena, gold, true));
    arena_free(bench.arena);
}

/* Our digest says the same in other words: same structure, units and figures. */
static void test_digest_reads_as_the_plan(void **state) {
    (void)state;
    Bench bench = bench_open();
    Plan plan;
    assert_int_equal(read_bytes(&bench.cx, file_read(bench.arena, DIGEST_FILE), &plan), STATUS_OK);
    anqiu_counts_check(&plan);
    golden_check(bench.arena, GOLDEN_DIR "/anqiu-digest.json", json_of(&bench.cx, &plan));
    Str gold = file_read(bench.arena, OFFICIAL_GOLD);
    if (gold.at == NULL) {
        print_message("# skip: " OFFICIAL_GOLD " is not here\n");
    } else {
        lines_equal(plan_lines(bench.arena, &plan, false), gold_lines(bench.arena, gold, false));
    }
    arena_free(bench.arena);
}

/* ---- encodings and refusals ---- */

static Str digest_json(Bench *bench, Str bytes) {
    Plan plan;
    Status status = read_bytes(&bench->cx, bytes, &plan);
    if (status != STATUS_OK) {
        print_error("%s\n", bench->cx.fault.text);
    }
    assert_int_equal(status, STATUS_OK);
    return json_of(&bench->cx, &plan);
}

static Str to_gb18030(Arena *arena, Str text) {
    size_t room = text.len * 2;
    char *out = arena_alloc(arena, room);
    char *out_at = out;
    char *in = arena_alloc(arena, text.len);
    memcpy(in, text.at, text.len);
    size_t in_left = text.len;
    size_t out_left = room;
    iconv_t handle = iconv_open("GB18030", "UTF-8");
    assert_true(handle != (iconv_t)-1);
    assert_true(iconv(handle, &in, &in_left, &out_at, &out_left) != (size_t)-1);
    iconv_close(handle);
    return (Str){out, room - out_left};
}

static void test_encodings_give_one_plan(void **state) {
    (void)state;
    Bench bench = bench_open();
    Str bytes = file_read(bench.arena, DIGEST_FILE);
    Str plain = digest_json(&bench, bytes);
    Str gb = to_gb18030(bench.arena, bytes);
    assert_false(str_is_utf8(gb));
    assert_true(str_equal(plain, digest_json(&bench, gb)));
    PlanText text;
    assert_int_equal(plan_text_decode(&bench.cx, gb, &text), STATUS_OK);
    assert_int_equal(text.encoding, PLAN_ENCODING_GB18030);
    Str marked = str_join(bench.arena, STR("\xef\xbb\xbf"), bytes);
    assert_true(str_equal(plain, digest_json(&bench, marked)));
    Buf *crlf = buf_in(bench.arena, JSON_MAX);
    for (size_t i = 0; i < bytes.len; i++) {
        buf_put_c(crlf, bytes.at[i] == '\n' ? "\r" : "");
        buf_put_char(crlf, bytes.at[i]);
    }
    assert_true(str_equal(plain, digest_json(&bench, buf_str(crlf))));
    arena_free(bench.arena);
}

static void refuse(Str bytes, Status expected, const char *words, int64_t line) {
    Bench bench = bench_open();
    Plan plan;
    memset(&plan, 0x5a, sizeof plan);
    Plan before = plan;
    assert_int_equal(read_bytes(&bench.cx, bytes, &plan), expected);
    assert_memory_equal(&plan, &before, sizeof plan);
    if (strstr(bench.cx.fault.text, words) == NULL) {
        print_error("fault is: %s\n", bench.cx.fault.text);
        fail();
    }
    assert_int_equal(bench.cx.fault.line, line);
    arena_free(bench.arena);
}

static void test_refusals(void **state) {
    (void)state;
    refuse(STR(""), STATUS_INVALID, "空的", 0);
    refuse(STR(" \r\n\t　\n"), STATUS_INVALID, "空的", 0);
    refuse(STR("一、\0总体"), STATUS_INVALID, "空字节", 1);
    refuse(STR("甲市方案\n一、总体\x01目标"), STATUS_INVALID, "控制字符 0x01", 2);
    refuse(STR("\xff\xfe\x31\x00"), STATUS_INVALID, "UTF-16", 0);
    refuse(STR("%PDF-1.7\n"), STATUS_INVALID, "PDF", 0);
    refuse(STR("PK\x03\x04xx"), STATUS_INVALID, "Word", 0);
    refuse(STR("\xb0\xb2\x80\xff\xff"), STATUS_INVALID, "既不是 UTF-8", 0);
    refuse(STR("春眠不觉晓，处处闻啼鸟。\n"), STATUS_INVALID, "不像行动方案", 0);
    refuse(STR("红烧肉\n一、材料\n1.五花肉500克。\n二、做法\n1.焯水。\n"), STATUS_INVALID,
           "没有找到以", 0);
    refuse(STR("甲市推动设备更新行动方案\n正文另行印发。\n"), STATUS_INVALID, "编号的标题", 0);
    refuse(STR("甲市旅行计划\n一、出发\n早起。\n"), STATUS_INVALID, "任何任务或目标", 0);
}

static void test_size_limit(void **state) {
    (void)state;
    Bench bench = bench_open();
    size_t len = LIMIT_PLAN_BYTES_MAX;
    char *bytes = arena_alloc(bench.arena, len + 1);
    memset(bytes, 'a', len + 1);
    PlanText text;
    assert_int_equal(plan_text_decode(&bench.cx, (Str){bytes, len}, &text), STATUS_OK);
    assert_int_equal(plan_text_decode(&bench.cx, (Str){bytes, len + 1}, &text), STATUS_LIMIT);
    arena_free(bench.arena);
}

/* Breaks every line after width characters, with a blank line in between if asked: as text copied
 * from a page or an e-mail. */
static Str wrapped(Arena *arena, Str text, size_t width, bool with_blanks) {
    Buf *out = buf_in(arena, JSON_MAX);
    size_t column = 0;
    for (size_t at = 0; at < text.len;) {
        size_t next = at;
        uint32_t rune = str_rune(text, &next);
        if (rune == '\n' || column == width) {
            buf_put_c(out, with_blanks ? "\n\n" : "\n");
            column = 0;
        }
        if (rune != '\n') {
            buf_put(out, str_slice(text, at, next - at));
            column++;
        }
        at = next;
    }
    return buf_str(out);
}

static void test_wrapping_changes_nothing(void **state) {
    (void)state;
    static const size_t WIDTHS[] = {18, 21, 25, 33, 40, 46};
    Bench bench = bench_open();
    Str bytes = file_read(bench.arena, DIGEST_FILE);
    Plan plan;
    assert_int_equal(read_bytes(&bench.cx, bytes, &plan), STATUS_OK);
    Str plain = plan_lines(bench.arena, &plan, true);
    for (size_t i = 0; i < 2 * sizeof WIDTHS / sizeof WIDTHS[0]; i++) {
        Str text = wrapped(bench.arena, bytes, WIDTHS[i / 2], i % 2 == 1);
        assert_int_equal(read_bytes(&bench.cx, text, &plan), STATUS_OK);
        lines_equal(plan_lines(bench.arena, &plan, true), plain);
    }
    arena_free(bench.arena);
}

/* ---- budget, cost, damage ---- */

static const char SMALL[] =
    "甲县设备更新实施方案\n甲政发〔2024〕1号\n甲县人民政府\n2024年5月1日\n"
    "一、目标\n到2027年，设备投资较2023年增长25%以上，数控化率、普及率分别达到70%、80%。\n"
    "二、任务\n（一）更新农机。每年报废老旧农机20台。（牵头单位：县农业农村局；"
    "责任单位：县财政局）\n序号\t任务\t牵头单位\n1\t更新公交\t县交通局\n";

/* Every n-th step fails once: LIMIT comes out, the plan stays untouched, nothing leaks (the debug
 * build says so). */
static void test_every_step_can_fail(void **state) {
    (void)state;
    Str bytes = {SMALL, sizeof SMALL - 1};
    uint64_t n = 1;
    for (;; n++) {
        Bench bench = bench_open();
        bench.cx.step_fail_at = n;
        Plan plan;
        CityFiles files;
        memset(&plan, 0x5a, sizeof plan);
        Plan before = plan;
        PlanText text;
        Status status = plan_text_decode(&bench.cx, bytes, &text);
        if (status == STATUS_OK) {
            status = plan_read(&bench.cx, &text, &plan);
        }
        if (status != STATUS_OK) {
            assert_memory_equal(&plan, &before, sizeof plan);
        } else {
            status = plan_write_json(&bench.cx, &plan, buf_in(bench.arena, JSON_MAX));
        }
        if (status == STATUS_OK) {
            status = city_files_make(&bench.cx, &text, &plan, &files);
        }
        arena_free(bench.arena);
        if (status == STATUS_OK) {
            break;
        }
        assert_int_equal(status, STATUS_LIMIT);
    }
    assert_true(n > 100);
}

static uint64_t steps_for(Str head, Str unit, size_t repeat) {
    Bench bench = bench_open();
    Buf *text = buf_in(bench.arena, LIMIT_PLAN_BYTES_MAX);
    buf_put(text, head);
    for (size_t i = 0; i < repeat; i++) {
        buf_put(text, unit);
    }
    assert_int_equal(buf_status(text), STATUS_OK);
    Plan plan;
    Status status = read_bytes(&bench.cx, buf_str(text), &plan);
    if (status != STATUS_OK) {
        print_error("%s\n", bench.cx.fault.text);
    }
    assert_int_equal(status, STATUS_OK);
    uint64_t steps = bench.cx.step_count;
    arena_free(bench.arena);
    return steps;
}

/* Twice the text must cost about twice the counted steps, on texts that invite quadratic work. */
static void test_cost_is_linear(void **state) {
    (void)state;
    static const char *const UNITS[] = {"到2027年，车辆达到1万辆，",
                                        "（",
                                        "（市工信局",
                                        "“",
                                        "12、",
                                        "分别达到1%,",
                                        "1.",
                                        "(一)甲。(牵头单位:甲局)",
                                        "甲\n",
                                        "\n一、甲\n",
                                        "责任单位：甲局、\n",
                                        "翻一番",
                                        "，",
                                        "《",
                                        "较2023年增长5%、",
                                        "①甲。",
                                        "1.甲。\n（责任单位：乙局）\n",
                                        "号〔2024〕1号",
                                        "序号\t任务\t牵头单位\n1\t甲\t乙局\n",
                                        "（市甲局、",
                                        "由5%",
                                        "2025年",
                                        "超九成",
                                        "全部、",
                                        "专栏1\n1.甲。\n",
                                        "附件1\n",
                                        "“",
                                        "、"};
    Str head = STR(
        "甲县设备更新方案\n一、目标\n到2027年，车辆达到1万辆。\n二、任务\n（一）更新。更新10台。"
        "（牵头单位：县工信局）\n");
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++) {
        uint64_t once = steps_for(head, str_of(UNITS[i]), 2000);
        uint64_t twice = steps_for(head, str_of(UNITS[i]), 4000);
        if (twice > once * 23 / 10) {
            print_error("%s: %llu then %llu steps\n", UNITS[i], (unsigned long long)once,
                        (unsigned long long)twice);
            fail();
        }
    }
}

/* The start of the character at or before byte at, so that damage leaves UTF-8. */
static size_t rune_floor(Str text, size_t at) {
    at = at < text.len ? at : text.len;
    while (at > 0 && at < text.len && ((unsigned char)text.at[at] & 0xc0) == 0x80) {
        at--;
    }
    return at;
}

static Str rune_slice(Str text, size_t from, size_t len) {
    from = rune_floor(text, from);
    return str_slice(text, from, rune_floor(text, from + len) - from);
}

/* Puts one character of three bytes in the place of another. */
static void rune_swap(Prng *prng, Buf *text) {
    Str all = buf_str(text);
    size_t at = rune_floor(all, (size_t)prng_below(prng, all.len));
    size_t other = rune_floor(all, (size_t)prng_below(prng, all.len));
    if (((unsigned char)all.at[at] & 0xf0) == 0xe0 &&
        ((unsigned char)all.at[other] & 0xf0) == 0xe0) {
        memmove(text->at + at, text->at + other, 3);
    }
}

/* Damaged copies of the digest: cut, bytes changed, pieces doubled. Any answer but a crash; what is
 * read must have its places inside the text. */
static void test_damage_never_crashes(void **state) {
    (void)state;
    Bench keep = bench_open();
    Str bytes = file_read(keep.arena, DIGEST_FILE);
    assert_non_null(bytes.at);
    Prng prng;
    prng_init(&prng, 20240723);
    size_t read_count = 0;
    for (int round = 0; round < 150; round++) {
        Bench bench = bench_open();
        Buf *text = buf_in(bench.arena, LIMIT_PLAN_BYTES_MAX);
        size_t from = (size_t)prng_below(&prng, bytes.len / 2);
        size_t len = (size_t)prng_below(&prng, bytes.len);
        buf_put(text, prng_chance_bp(&prng, 5000) ? bytes : rune_slice(bytes, 0, len));
        buf_put(text, rune_slice(bytes, from, (size_t)prng_below(&prng, 3000)));
        for (int i = 0; i < 40; i++) {
            rune_swap(&prng, text);
        }
        Plan plan;
        Status status = read_bytes(&bench.cx, buf_str(text), &plan);
        assert_true(status == STATUS_OK || status == STATUS_INVALID);
        for (size_t i = 0; status == STATUS_OK && i < plan.targets.count; i++) {
            assert_true(plan.targets.items[i].line > 0);
            assert_true(plan.targets.items[i].column > 0);
        }
        read_count += status == STATUS_OK ? 1 : 0;
        arena_free(bench.arena);
    }
    assert_true(read_count > 50);
    arena_free(keep.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layouts_match_golden),
        cmocka_unit_test(test_official_text_equals_gold),
        cmocka_unit_test(test_digest_reads_as_the_plan),
        cmocka_unit_test(test_encodings_give_one_plan),
        cmocka_unit_test(test_wrapping_changes_nothing),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_size_limit),
        cmocka_unit_test(test_every_step_can_fail),
        cmocka_unit_test(test_cost_is_linear),
        cmocka_unit_test(test_damage_never_crashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
