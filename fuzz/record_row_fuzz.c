/*
 * record_row_fuzz.c - rows of an import as anybody may type them: lines "name=text" become a draft.
 * Every message stands at a name that was typed or declared; a draft without messages can be stored
 * and read back, value by value, and what it shows can be typed again.
 */
#include "record/record_internal.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char KIND[] =
    "kind: \"row\"\ntitle: \"行\"\nabout: \"行\"\nclauses: [\"1.1\"]\nnumber: \"HH\"\n"
    "owner: [\"gongxin\"]\nfields:\n"
    "- {name: \"a\", title: \"名称\", type: \"text\", required: true, search: true, list: true}\n"
    "- {name: \"b\", title: \"说明\", type: \"long_text\"}\n"
    "- {name: \"c\", title: \"件数\", type: \"int\", min: 0, max: 100}\n"
    "- {name: \"d\", title: \"功率\", type: \"decimal\", digits: 3}\n"
    "- {name: \"e\", title: \"金额\", type: \"money\"}\n"
    "- {name: \"f\", title: \"日期\", type: \"day\", valid: \"日期 <= 今天\", message: \"晚了\"}\n"
    "- {name: \"g\", title: \"月份\", type: \"month\"}\n"
    "- {name: \"h\", title: \"年份\", type: \"year\"}\n"
    "- {name: \"i\", title: \"是否\", type: \"check\"}\n"
    "- {name: \"j\", title: \"单选\", type: \"choice\", choices: [\"x: 甲\", \"y: 乙\"]}\n"
    "- {name: \"k\", title: \"多选\", type: \"choices\", choices: [\"x: 甲\", \"y: 乙\"]}\n"
    "- {name: \"l\", title: \"镇街\", type: \"town\"}\n"
    "- {name: \"m\", title: \"部门\", type: \"unit\"}\n"
    "- {name: \"n\", title: \"地点\", type: \"place\"}\n"
    "- {name: \"o\", title: \"企业\", type: \"org\"}\n"
    "- {name: \"p\", title: \"编码\", type: \"serial\"}\n"
    "- {name: \"q\", title: \"号牌\", type: \"plate\"}\n"
    "- {name: \"r\", title: \"联系人\", type: \"person\"}\n"
    "- {name: \"s\", title: \"电话\", type: \"phone\"}\n"
    "- {name: \"t\", title: \"附件\", type: \"file\"}\n"
    "- name: \"u\"\n  title: \"表\"\n  type: \"rows\"\n  fields:\n"
    "  - {name: \"x\", title: \"品名\", type: \"text\", required: true}\n"
    "  - {name: \"y\", title: \"价\", type: \"money\"}\n"
    "- {name: \"v\", title: \"比\", type: \"decimal\", digits: 1, computed: \"if 件数 > 0 then 金额 / 件数 else null\"}\n"
    "states:\n- {code: \"draft\", title: \"草稿\", is_start: true, is_end: true}\n";

enum { INPUTS_MAX = 200 };

static size_t inputs_cut(Arena *arena, Str text, RecordInput *out) {
    size_t count = 0;
    Str rest = text;
    while (rest.len > 0 && count < INPUTS_MAX) {
        Str line = str_cut(&rest, '\n');
        Str name = str_dup(arena, str_cut(&line, '='));
        out[count++] = (RecordInput){name, str_dup(arena, line)};
    }
    return count;
}

static void body_check(Cx *cx, const RecordKind *kind, const RecordValue *values) {
    RecordValue *back = arena_array(cx->arena, RecordValue, kind->field_count);
    Buf *buf = buf_in(cx->arena, 1 << 22);
    Str unread = STR("");
    record_body_put(buf, cx->arena, kind, values, STR(""));
    check(record_body_read(cx, kind, buf_str(buf), back, &unread) == STATUS_OK);
    check(unread.len == 0);
    for (size_t i = 0; i < kind->field_count; i++) {
        check(record_value_equal(&kind->fields[i], &values[i], &back[i]));
    }
}

static void plain_check(Cx *cx, const RecordBook *book, const RecordKind *kind,
                        const RecordValue *values) {
    for (size_t i = 0; i < kind->field_count; i++) {
        const RecordField *field = &kind->fields[i];
        if (!record_type_is_simple(field->type) || record_type_is_sealed(field->type)) {
            continue;
        }
        RecordValue back = {0};
        Str plain = record_value_plain(cx->arena, book, field, &values[i]);
        check(record_value_parse(cx, book, field, plain, &back) == STATUS_OK);
        check(record_value_equal(field, &values[i], &back));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static const RecordName units[] = {{{"gongxin", 7}, {"市工信局", 12}}};
    static const RecordName towns[] = {{{"370784001", 9}, {"兴安街道", 12}}};
    static const SealKey key = {{7}};
    const RecordBook book = {.units = units, .unit_count = 1, .towns = towns, .town_count = 1};
    const RecordHouse house = {.book = &book, .seal_key = &key, .hash_key = &key};
    const RecordActor actor = {.person_id = 1, .role = {"officer", 7}, .unit = {"gongxin", 7}};
    Arena *arena = arena_create();
    RecordProblems problems = {0};
    RecordKind *kind = NULL;
    RecordDraft draft;
    Cx cx;
    cx_init(&cx, arena);
    check(record_kind_read(&cx, STR("row.yaml"), str_of(KIND), &book, &problems, &kind) ==
          STATUS_OK);
    RecordInput *inputs = arena_array(arena, RecordInput, INPUTS_MAX);
    const RecordAsk ask = {.kind = kind,
                           .inputs = inputs,
                           .input_count =
                               inputs_cut(arena, (Str){(const char *)bytes, len}, inputs),
                           .actor = &actor,
                           .now_ms = INT64_C(1772499600000)};
    Status status = record_draft(&cx, &house, &ask, &draft);
    check((status == STATUS_OK) == (draft.error_count == 0));
    if (status == STATUS_OK) {
        body_check(&cx, kind, draft.values);
        plain_check(&cx, &book, kind, draft.values);
    }
    arena_free(arena);
    return 0;
}
