/*
 * read.c - an archive in. The directory is judged as a whole before anything is unpacked; what is
 * unpacked is counted against the same limit, since a directory can lie about sizes.
 */
#include "pack/pack.h"

#include <string.h>
#include <zip.h>

struct Pack {
    Cx *cx;
    zip_t *zip;
    size_t left_bytes; /* that may still be unpacked */
};

static void pack_release(void *it) {
    Pack *pack = it;
    zip_discard(pack->zip);
}

bool pack_is_zip(Str bytes) {
    return bytes.len >= 4 && memcmp(bytes.at, "PK\003\004", 4) == 0;
}

static Status damaged(Cx *cx) {
    (void)fault(cx, STATUS_INVALID, "文件已损坏，打不开");
    fault_hint(cx, "请用表格软件打开并另存一次，再上传");
    return STATUS_INVALID;
}

static Status entry_check(Cx *cx, const zip_stat_t *stat) {
    const zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_ENCRYPTION_METHOD;
    if ((stat->valid & needed) != needed) {
        return damaged(cx);
    }
    if (stat->encryption_method != ZIP_EM_NONE) {
        return fault(cx, STATUS_INVALID, "文件加了密码，请去掉密码后再上传");
    }
    if (stat->size > PACK_RATIO_FREE_BYTES && stat->size / PACK_RATIO_MAX > stat->comp_size) {
        return fault(cx, STATUS_LIMIT, "文件的压缩比异常，不予打开");
    }
    return STATUS_OK;
}

/* The whole directory, before the first byte is unpacked. */
static Status directory_check(Cx *cx, zip_t *zip, size_t bytes_max) {
    zip_int64_t count = zip_get_num_entries(zip, 0);
    uint64_t total = 0;
    if (count < 0) {
        return damaged(cx);
    }
    if (count > PACK_PARTS_MAX) {
        return fault(cx, STATUS_LIMIT, "文件内部的部件超过 %d 个，不予打开", PACK_PARTS_MAX);
    }
    for (zip_uint64_t i = 0; i < (zip_uint64_t)count; i++) {
        zip_stat_t stat;
        TRY(cx_step(cx));
        zip_stat_init(&stat);
        if (zip_stat_index(zip, i, 0, &stat) != 0) {
            return damaged(cx);
        }
        TRY(entry_check(cx, &stat));
        if (stat.size > bytes_max - total) {
            return fault(cx, STATUS_LIMIT, "文件解压后超过 %zu MB，不予打开", bytes_max >> 20);
        }
        total += stat.size;
    }
    return STATUS_OK;
}

Status pack_read(Cx *cx, Str bytes, size_t unpacked_bytes_max, Pack **out) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.at, bytes.len, 0, &error);
    if (source == NULL) {
        return damaged(cx);
    }
    zip_t *zip = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (zip == NULL) {
        zip_source_free(source);
        zip_error_fini(&error);
        return damaged(cx);
    }
    Pack *pack = arena_new(cx->arena, Pack);
    *pack = (Pack){.cx = cx, .zip = zip, .left_bytes = unpacked_bytes_max};
    arena_defer(cx->arena, pack_release, pack);
    TRY(directory_check(cx, zip, unpacked_bytes_max));
    *out = pack;
    return STATUS_OK;
}

static zip_int64_t find(const Pack *pack, Str name) {
    return zip_name_locate(pack->zip, str_c(pack->cx->arena, name), ZIP_FL_ENC_GUESS);
}

bool pack_has(const Pack *pack, Str name) {
    return find(pack, name) >= 0;
}

static Status stream(Pack *pack, zip_file_t *file, PackPut *on_bytes, void *it) {
    char *chunk = arena_alloc(pack->cx->arena, PACK_CHUNK_BYTES);
    for (;;) {
        TRY(cx_step(pack->cx));
        zip_int64_t len = zip_fread(file, chunk, PACK_CHUNK_BYTES);
        if (len < 0) {
            return damaged(pack->cx);
        }
        if (len == 0) {
            return STATUS_OK;
        }
        if ((size_t)len > pack->left_bytes) {
            return fault(pack->cx, STATUS_LIMIT, "文件解压后过大，不予打开");
        }
        pack->left_bytes -= (size_t)len;
        TRY(on_bytes(it, pack->cx, (Str){chunk, (size_t)len}));
    }
}

Status pack_stream(Pack *pack, Str name, PackPut *on_bytes, void *it) {
    zip_int64_t index = find(pack, name);
    if (index < 0) {
        return fault(pack->cx, STATUS_NOT_FOUND, "文件缺少部件「" STR_FMT "」", STR_ARG(name));
    }
    zip_file_t *file = zip_fopen_index(pack->zip, (zip_uint64_t)index, 0);
    if (file == NULL) {
        return damaged(pack->cx);
    }
    Status status = stream(pack, file, on_bytes, it);
    (void)zip_fclose(file);
    return status;
}

static Status collect(void *it, Cx *cx, Str bytes) {
    Buf *buf = it;
    buf_put(buf, bytes);
    return buf_status(buf) == STATUS_OK ? STATUS_OK
                                        : fault(cx, STATUS_LIMIT, "文件内部的部件过大，不予打开");
}

Status pack_text(Pack *pack, Str name, size_t bytes_max, Str *out) {
    Buf *buf = buf_in(pack->cx->arena, bytes_max);
    TRY(pack_stream(pack, name, collect, buf));
    *out = buf_str(buf);
    return STATUS_OK;
}
