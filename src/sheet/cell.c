/*
 * cell.c - cells and their text; names of columns and places.
 */
#include "sheet/sheet.h"

#include <inttypes.h>

SheetCell sheet_text(Str text) {
    return (SheetCell){.kind = str_is_empty(text) ? SHEET_EMPTY : SHEET_TEXT, .text = text};
}

SheetCell sheet_int(int64_t value) {
    return (SheetCell){.kind = SHEET_INT, .value = value};
}

SheetCell sheet_money(Money amount) {
    return (SheetCell){.kind = SHEET_MONEY, .value = amount.fen};
}

SheetCell sheet_percent_bp(int64_t rate_bp) {
    return (SheetCell){.kind = SHEET_PERCENT, .value = rate_bp};
}

SheetCell sheet_day(Day day) {
    return day.number == DAY_NONE.number ? SHEET_CELL_NONE
                                         : (SheetCell){.kind = SHEET_DAY, .value = day.number};
}

SheetCell sheet_instant(int64_t instant_ms) {
    return (SheetCell){.kind = SHEET_INSTANT, .value = instant_ms};
}

SheetCell sheet_bool(bool is_true) {
    return (SheetCell){.kind = SHEET_BOOL, .value = is_true ? 1 : 0};
}

/* -?digits[.digits] */
static bool is_decimal(Str text) {
    size_t at = text.len > 0 && text.at[0] == '-' ? 1 : 0;
    size_t digit_count = 0;
    size_t point_count = 0;
    for (; at < text.len; at++) {
        if (text.at[at] == '.') {
            if (digit_count == 0 || ++point_count > 1 || at + 1 == text.len) {
                return false;
            }
        } else if (text.at[at] < '0' || text.at[at] > '9') {
            return false;
        } else {
            digit_count++;
        }
    }
    return digit_count > 0;
}

SheetCell sheet_number(Str decimal) {
    return is_decimal(decimal) ? (SheetCell){.kind = SHEET_NUMBER, .text = decimal}
                               : sheet_text(decimal);
}

/* 8500 gives "85%", 8512 "85.12%", 50 "0.5%". */
static Str percent_text(Arena *arena, int64_t rate_bp) {
    const char *sign = rate_bp < 0 ? "-" : "";
    uint64_t size = rate_bp < 0 ? 0 - (uint64_t)rate_bp : (uint64_t)rate_bp;
    uint64_t whole = size / 100;
    uint64_t part = size % 100;
    if (part == 0) {
        return str_print(arena, "%s%" PRIu64 "%%", sign, whole);
    }
    if (part % 10 == 0) {
        return str_print(arena, "%s%" PRIu64 ".%" PRIu64 "%%", sign, whole, part / 10);
    }
    return str_print(arena, "%s%" PRIu64 ".%02" PRIu64 "%%", sign, whole, part);
}

Str sheet_cell_text(Arena *arena, const SheetCell *cell) {
    switch (cell->kind) {
    case SHEET_EMPTY:
        return STR("");
    case SHEET_TEXT:
    case SHEET_NUMBER:
    case SHEET_ERROR:
        return cell->text;
    case SHEET_INT:
        return str_print(arena, "%" PRId64, cell->value);
    case SHEET_MONEY:
        return money_print_plain(arena, money_of_fen(cell->value));
    case SHEET_PERCENT:
        return cell->text.len > 0 ? cell->text : percent_text(arena, cell->value);
    case SHEET_DAY:
        return day_print(arena, (Day){(int32_t)cell->value});
    case SHEET_INSTANT:
        return instant_print(arena, cell->value);
    case SHEET_BOOL:
        return cell->value != 0 ? STR("是") : STR("否");
    }
    return STR("");
}

Str sheet_column_name(Arena *arena, size_t column_index) {
    char letters[16];
    size_t at = sizeof letters;
    for (size_t left = column_index + 1; left > 0; left = (left - 1) / 26) {
        letters[--at] = (char)('A' + (left - 1) % 26);
    }
    return str_dup(arena, (Str){letters + at, sizeof letters - at});
}

Str sheet_place(Arena *arena, const SheetRow *row, int64_t column_index) {
    if (row->sheet.len == 0) {
        return column_index < 0 ? str_print(arena, "第 %" PRId64 " 行", row->line)
                                : str_print(arena, "第 %" PRId64 " 行第 %" PRId64 " 列", row->line,
                                            column_index + 1);
    }
    Str place = str_print(arena, "工作表「" STR_FMT "」第 %" PRId64 " 行", STR_ARG(row->sheet),
                          row->number);
    if (column_index < 0) {
        return place;
    }
    Str letters = sheet_column_name(arena, (size_t)column_index);
    return str_print(arena, STR_FMT " " STR_FMT " 列", STR_ARG(place), STR_ARG(letters));
}
