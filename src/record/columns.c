/* columns.c - the columns of a kind's table: what a person fills in, what an export shows. */
#include "record/record_internal.h"

#include <string.h>

typedef struct ColumnVec VEC(RecordColumn) ColumnVec;

/* ---- what may stand in a column ---- */

static Str choices_hint(Arena *arena, const RecordField *field) {
    Buf *buf = buf_in(arena, 16384);
    buf_put_c(buf, field->type == RECORD_CHOICES ? "可填多项，用“、”分开：" : "填其中一项：");
    for (size_t i = 0; i < field->choice_count; i++) {
        buf_put(buf, i == 0 ? STR("") : STR("、"));
        buf_put(buf, field->choices[i].title);
    }
    return buf_str(buf);
}

static Str rows_hint(Arena *arena, const RecordField *field) {
    Buf *buf = buf_in(arena, 16384);
    buf_put_c(buf, "每行一条，列之间用“|”分开，依次为：");
    for (size_t i = 0; i < field->item_count; i++) {
        buf_put(buf, i == 0 ? STR("") : STR("|"));
        buf_put(buf, field->items[i].title);
    }
    return buf_str(buf);
}

static const char *plain_hint(RecordType type) {
    switch ((int)type) {
    case RECORD_MONEY:
        return "金额，单位：元，最多两位小数";
    case RECORD_DAY:
        return "日期，如2026-05-01";
    case RECORD_MONTH:
        return "月份，如2026-05";
    case RECORD_YEAR:
        return "年份，如2026";
    case RECORD_CHECK:
        return "填“是”或“否”";
    case RECORD_TOWN:
    case RECORD_PLACE:
        return "镇街名称，如“兴安街道”";
    case RECORD_UNIT:
        return "部门名称";
    case RECORD_INT:
        return "整数";
    case RECORD_DECIMAL:
        return "数字";
    case RECORD_REF:
        return "关联记录的编号";
    default:
        return "";
    }
}

static Str hint_of(Arena *arena, const RecordField *field) {
    Str form = field->choice_count > 0      ? choices_hint(arena, field)
               : field->type == RECORD_ROWS ? rows_hint(arena, field)
               : field->type == RECORD_DECIMAL
                   ? str_print(arena, "数字，最多%d位小数", field->digits)
                   : str_of(plain_hint(field->type));
    Str unit = field->unit.len == 0 ? form
                                    : str_print(arena, STR_FMT "%s单位：" STR_FMT, STR_ARG(form),
                                                form.len == 0 ? "" : "；", STR_ARG(field->unit));
    return field->hint.len == 0 ? unit
                                : str_print(arena, STR_FMT "%s" STR_FMT, STR_ARG(unit),
                                            unit.len == 0 ? "" : "；", STR_ARG(field->hint));
}

/* ---- columns ---- */

static RecordColumn *column_add(Arena *arena, ColumnVec *columns, size_t field, const char *part,
                                Str title) {
    RecordColumn *column = vec_push(arena, columns);
    *column = (RecordColumn){.field = field, .part = part, .title = title, .hint = STR("")};
    return column;
}

static void field_add(Arena *arena, const RecordKind *kind, size_t index, ColumnVec *columns) {
    const RecordField *field = &kind->fields[index];
    RecordColumn *column = column_add(arena, columns, index, "", field->title);
    column->hint = hint_of(arena, field);
    column->is_required = field->is_required;
    if (field->type == RECORD_PLACE) {
        Str lat = str_join(arena, field->title, STR(".纬度"));
        Str lon = str_join(arena, field->title, STR(".经度"));
        column_add(arena, columns, index, "lat", lat)->hint = STR("WGS84，度，如36.478；可不填");
        column_add(arena, columns, index, "lon", lon)->hint = STR("WGS84，度，如119.219；可不填");
    } else if (field->type == RECORD_ORG) {
        Str code = str_join(arena, field->title, STR(".代码"));
        column_add(arena, columns, index, "code", code)->hint = STR("统一社会信用代码；可不填");
    }
}

void record_columns_template(Arena *arena, const RecordKind *kind, RecordColumns *out) {
    ColumnVec columns = {0};
    for (size_t i = 0; i < kind->field_count; i++) {
        if (kind->fields[i].computed == NULL && kind->fields[i].type != RECORD_FILE) {
            field_add(arena, kind, i, &columns);
        }
    }
    *out = (RecordColumns){columns.items, columns.count};
}

void record_columns_export(Arena *arena, const RecordKind *kind, bool is_public,
                           RecordColumns *out) {
    ColumnVec columns = {0};
    (void)column_add(arena, &columns, SIZE_MAX, "number", STR("编号"));
    (void)column_add(arena, &columns, SIZE_MAX, "state", STR("状态"));
    if (!is_public) {
        (void)column_add(arena, &columns, SIZE_MAX, "filing", STR("填报单位"));
    }
    (void)column_add(arena, &columns, SIZE_MAX, "owner", STR("负责部门"));
    (void)column_add(arena, &columns, SIZE_MAX, "filed", STR("填报日期"));
    for (size_t i = 0; i < kind->field_count; i++) {
        if (!is_public || kind->fields[i].is_public) {
            field_add(arena, kind, i, &columns);
        }
    }
    *out = (RecordColumns){columns.items, columns.count};
}

static Str head_text(Arena *arena, const RecordBook *book, const char *part, const Record *record) {
    return strcmp(part, "number") == 0  ? record->number
           : strcmp(part, "state") == 0 ? record->kind->states[record->state].title
           : strcmp(part, "owner") == 0 ? record_unit_name(book, record->owner)
           : strcmp(part, "filed") == 0 ? day_print(arena, day_of_instant(record->filed_ms))
                                        : record->filer_name;
}

Str record_column_text(Arena *arena, const RecordBook *book, const RecordColumn *column,
                       const Record *record) {
    if (column->field == SIZE_MAX) {
        return head_text(arena, book, column->part, record);
    }
    const RecordField *field = &record->kind->fields[column->field];
    const RecordValue *value = &record->values[column->field];
    return column->part[0] != '\0' ? record_value_part(arena, field, value, column->part)
                                   : record_value_plain(arena, book, field, value);
}
