/*
 * write.c - an archive out. Each long part waits in an unnamed temporary file; libzip compresses
 * all of them into one named file, which is unlinked as soon as it is open for reading.
 */
#include "pack/pack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

/* 2000-01-01T00:00:00Z: any fixed instant makes equal parts equal bytes. */
static const time_t ENTRY_TIME = 946684800;

struct PackWriter {
    Cx *cx;
    const char *folder;
    zip_t *zip;
    char path[512];
    FILE *part; /* the long part being written; libzip owns it once it is added */
    Str part_name;
    bool is_made; /* path exists */
};

static void writer_release(void *it) {
    PackWriter *writer = it;
    if (writer->part != NULL) {
        (void)fclose(writer->part);
    }
    if (writer->zip != NULL) {
        zip_discard(writer->zip);
    }
    if (writer->is_made) {
        (void)unlink(writer->path);
    }
}

static Status fail_io(PackWriter *writer, const char *what) {
    return fault(writer->cx, STATUS_IO, "cannot %s a temporary file in %s: %s", what,
                 writer->folder, strerror(errno));
}

/* Opens a new file in the folder for reading and writing. */
static FILE *temporary(PackWriter *writer, char path[512]) {
    (void)snprintf(path, 512, "%s/huanxin-XXXXXX", writer->folder);
    int handle = mkstemp(path);
    if (handle < 0) {
        return NULL;
    }
    FILE *file = fdopen(handle, "w+b");
    if (file == NULL) {
        (void)close(handle);
        (void)unlink(path);
    }
    return file;
}

Status pack_writer_new(Cx *cx, const char *folder, PackWriter **out) {
    PackWriter *writer = arena_new(cx->arena, PackWriter);
    int error = 0;
    writer->cx = cx;
    writer->folder = folder == NULL ? "/tmp" : folder;
    arena_defer(cx->arena, writer_release, writer);
    FILE *file = temporary(writer, writer->path);
    if (file == NULL) {
        return fail_io(writer, "make");
    }
    (void)fclose(file);
    writer->is_made = true;
    writer->zip = zip_open(writer->path, ZIP_CREATE | ZIP_TRUNCATE, &error);
    if (writer->zip == NULL) {
        return fault(cx, STATUS_IO, "cannot start an archive: error %d of libzip", error);
    }
    *out = writer;
    return STATUS_OK;
}

/* Adds a source, which libzip owns from here. */
static Status add(PackWriter *writer, Str name, zip_source_t *source) {
    zip_int64_t index = -1;
    if (source != NULL) {
        index = zip_file_add(writer->zip, str_c(writer->cx->arena, name), source, ZIP_FL_ENC_UTF_8);
        if (index < 0) {
            zip_source_free(source);
        }
    }
    if (index < 0) {
        return fault(writer->cx, STATUS_IO, "cannot add \"" STR_FMT "\" to an archive: %s",
                     STR_ARG(name), zip_strerror(writer->zip));
    }
    /* Level 3 writes a worksheet twice as fast as 6 and about a tenth longer. */
    if (zip_set_file_compression(writer->zip, (zip_uint64_t)index, ZIP_CM_DEFLATE, 3) != 0 ||
        zip_file_set_mtime(writer->zip, (zip_uint64_t)index, ENTRY_TIME, 0) != 0) {
        return fault(writer->cx, STATUS_IO, "cannot set an archive's entry: %s",
                     zip_strerror(writer->zip));
    }
    return STATUS_OK;
}

static Status part_close(PackWriter *writer) {
    FILE *file = writer->part;
    if (file == NULL) {
        return STATUS_OK;
    }
    if (fflush(file) != 0 || fseek(file, 0, SEEK_SET) != 0) {
        return fail_io(writer, "write");
    }
    zip_source_t *source = zip_source_filep(writer->zip, file, 0, -1);
    if (source != NULL) {
        writer->part = NULL;
    }
    return add(writer, writer->part_name, source);
}

Status pack_part(PackWriter *writer, Str name, Str bytes) {
    TRY(part_close(writer));
    return add(writer, name, zip_source_buffer(writer->zip, bytes.at, bytes.len, 0));
}

Status pack_open_part(PackWriter *writer, Str name) {
    char path[512];
    TRY(part_close(writer));
    writer->part = temporary(writer, path);
    if (writer->part == NULL) {
        return fail_io(writer, "make");
    }
    (void)unlink(path);
    writer->part_name = str_dup(writer->cx->arena, name);
    return STATUS_OK;
}

Status pack_put(PackWriter *writer, Str bytes) {
    check(writer->part != NULL);
    if (bytes.len > 0 && fwrite(bytes.at, 1, bytes.len, writer->part) != bytes.len) {
        return fail_io(writer, "write");
    }
    return STATUS_OK;
}

static Status hand_out(PackWriter *writer, FILE *file, PackPut *put, void *it) {
    char *chunk = arena_alloc(writer->cx->arena, PACK_CHUNK_BYTES);
    size_t len = 0;
    while ((len = fread(chunk, 1, PACK_CHUNK_BYTES, file)) > 0) {
        TRY(put(it, writer->cx, (Str){chunk, len}));
    }
    return ferror(file) ? fail_io(writer, "read") : STATUS_OK;
}

Status pack_finish(PackWriter *writer, PackPut *put, void *it) {
    TRY(part_close(writer));
    if (zip_close(writer->zip) != 0) {
        return fault(writer->cx, STATUS_IO, "cannot write an archive: %s",
                     zip_strerror(writer->zip));
    }
    writer->zip = NULL;
    FILE *file = fopen(writer->path, "rb");
    if (file == NULL) {
        return fail_io(writer, "open");
    }
    (void)unlink(writer->path);
    writer->is_made = false;
    Status status = hand_out(writer, file, put, it);
    (void)fclose(file);
    return status;
}

static const char *escape_of(char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return NULL;
    }
}

/* U+FFFE and U+FFFF are EF BF BE and EF BF BF. */
static bool is_noncharacter(Str text, size_t at) {
    const unsigned char *bytes = (const unsigned char *)text.at + at;
    return at + 2 < text.len && bytes[0] == 0xef && bytes[1] == 0xbf && bytes[2] >= 0xbe;
}

void pack_xml_text(Buf *buf, Str text) {
    size_t from = 0;
    for (size_t at = 0; at < text.len; at++) {
        char c = text.at[at];
        const char *escape = escape_of(c);
        bool is_left_out = ((unsigned char)c < 0x20 && c != '\t' && c != '\n') || c == 0x7f;
        size_t skip = is_noncharacter(text, at) ? 3 : 1;
        if (escape == NULL && !is_left_out && skip == 1) {
            continue;
        }
        buf_put(buf, str_slice(text, from, at - from));
        if (escape != NULL) {
            buf_put_c(buf, escape);
        }
        at += skip - 1;
        from = at + 1;
    }
    buf_put(buf, str_from(text, from));
}
