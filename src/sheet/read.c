/*
 * read.c - what XLSX and CSV share when read: which of the two, limits, rows handed on.
 */
#include "sheet/sheet_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS_MAX_DEFAULT = 200000, COLUMNS_MAX_DEFAULT = 256 };
static const size_t BYTES_MAX = (size_t)512 * 1024 * 1024;

static void scratch_release(void *it) {
    arena_free(it);
}

static SheetReader *reader_new(Cx *cx, const SheetReadOptions *options) {
    SheetReader *reader = arena_new(cx->arena, SheetReader);
    reader->cx = cx;
    reader->options = *options;
    SheetReadOptions *set = &reader->options;
    set->rows_max = set->rows_max <= 0 ? ROWS_MAX_DEFAULT : set->rows_max;
    set->columns_max = set->columns_max <= 0 ? COLUMNS_MAX_DEFAULT : set->columns_max;
    set->columns_max = set->columns_max > SHEET_COLUMNS_MAX ? SHEET_COLUMNS_MAX : set->columns_max;
    set->bytes_max = set->bytes_max == 0 || set->bytes_max > BYTES_MAX ? BYTES_MAX : set->bytes_max;
    reader->scratch = arena_create();
    arena_defer(cx->arena, scratch_release, reader->scratch);
    reader->row = (SheetRow){.sheet = STR(""), .number = 1, .line = 1};
    return reader;
}

/* The old binary .xls, and an encrypted .xlsx, are "compound files". */
static bool is_compound_file(Str bytes) {
    return bytes.len >= 8 && memcmp(bytes.at, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0;
}

Status sheet_read(Cx *cx, Str bytes, const SheetReadOptions *options, SheetFacts *facts) {
    check(options->on_row != NULL);
    SheetReader *reader = reader_new(cx, options);
    Status status = STATUS_OK;
    if (bytes.len == 0) {
        return fault(cx, STATUS_INVALID, "文件是空的");
    }
    if (bytes.len > reader->options.bytes_max) {
        return fault(cx, STATUS_LIMIT, "文件超过 %zu MB", reader->options.bytes_max >> 20);
    }
    if (is_compound_file(bytes)) {
        (void)fault(cx, STATUS_INVALID, "这是旧版 .xls 文件或加了密码的文件");
        fault_hint(cx, "请另存为不加密码的 .xlsx 或 CSV 文件");
        return STATUS_INVALID;
    }
    reader->facts.form = pack_is_zip(bytes) ? SHEET_XLSX : SHEET_CSV;
    status = reader->facts.form == SHEET_XLSX ? sheet_xlsx_read(reader, bytes)
                                              : sheet_csv_read(reader, bytes);
    if (facts != NULL) {
        *facts = reader->facts;
    }
    return status;
}

typedef struct Mapped {
    void *at;
    size_t len;
} Mapped;

static void mapped_release(void *it) {
    const Mapped *mapped = it;
    (void)munmap(mapped->at, mapped->len);
}

static Status file_map(Cx *cx, const char *path, int file, Str *out) {
    struct stat stat;
    if (fstat(file, &stat) != 0 || !S_ISREG(stat.st_mode)) {
        return fault(cx, STATUS_IO, "cannot read \"%s\": not a plain file", path);
    }
    if (stat.st_size == 0) {
        *out = STR("");
        return STATUS_OK;
    }
    void *at = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (at == MAP_FAILED) {
        return fault(cx, STATUS_IO, "cannot read \"%s\": %s", path, strerror(errno));
    }
    Mapped *mapped = arena_new(cx->arena, Mapped);
    *mapped = (Mapped){at, (size_t)stat.st_size};
    arena_defer(cx->arena, mapped_release, mapped);
    *out = (Str){at, mapped->len};
    return STATUS_OK;
}

Status sheet_read_file(Cx *cx, const char *path, const SheetReadOptions *options,
                       SheetFacts *facts) {
    Str bytes = STR_NONE;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return fault(cx, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, "cannot open \"%s\": %s",
                     path, strerror(errno));
    }
    Status status = file_map(cx, path, file, &bytes);
    (void)close(file);
    TRY(status);
    return sheet_read(cx, bytes, options, facts);
}

Status sheet_reader_cell(SheetReader *reader, int64_t column_index, SheetCell cell) {
    check(column_index >= 0);
    if (cell.kind == SHEET_EMPTY) {
        return STATUS_OK;
    }
    if (column_index >= reader->options.columns_max) {
        Str place = sheet_place(reader->cx->arena, &reader->row, -1);
        return fault_at_line(reader->cx, STATUS_LIMIT, reader->row.line, column_index + 1,
                             STR_FMT "超过 %" PRId64 " 列", STR_ARG(place),
                             reader->options.columns_max);
    }
    size_t index = (size_t)column_index;
    if (cell.text.len > SHEET_TEXT_BYTES_MAX) {
        Str place = sheet_place(reader->cx->arena, &reader->row, column_index);
        return fault_at_line(reader->cx, STATUS_LIMIT, reader->row.line, column_index + 1,
                             STR_FMT "的文字超过 %d 字节", STR_ARG(place), SHEET_TEXT_BYTES_MAX);
    }
    while (reader->cell_count <= index) {
        reader->cells[reader->cell_count++] = (SheetCell){.text = STR("")};
    }
    reader->cells[index] = cell;
    return STATUS_OK;
}

Status sheet_reader_row(SheetReader *reader) {
    Status status = STATUS_OK;
    if (reader->cell_count > 0) {
        if (reader->facts.row_count == reader->options.rows_max) {
            return fault_at_line(reader->cx, STATUS_LIMIT, reader->row.line, 0,
                                 "超过 %" PRId64 " 行，请分成几个文件", reader->options.rows_max);
        }
        TRY(cx_step(reader->cx));
        reader->facts.row_count++;
        reader->row.cells = reader->cells;
        reader->row.count = reader->cell_count;
        status = reader->options.on_row(reader->options.it, reader->cx, &reader->row);
    }
    reader->cell_count = 0;
    arena_reset(reader->scratch);
    return status;
}
