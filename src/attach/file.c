/*
 * file.c - bytes by their digest below one folder: written whole or not at all, private (A4).
 */
#include "attach/attach.h"
#include "attach/print.h"
#include "base/limits.h"
#include "base/vec.h"
#include "seal/seal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Str attach_type(Str bytes) {
    static const struct {
        Str magic;
        Str type;
    } rows[] = {
        {{"\xff\xd8\xff", 3}, {"image/jpeg", 10}},
        {{"\x89PNG\r\n\x1a\n", 8}, {"image/png", 9}},
        {{"%PDF-", 5}, {"application/pdf", 15}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_starts(bytes, rows[i].magic)) {
            return rows[i].type;
        }
    }
    bool is_webp = bytes.len > 12 && str_starts(bytes, STR("RIFF")) &&
                   str_equal(str_slice(bytes, 8, 4), STR("WEBP"));
    return is_webp ? STR("image/webp") : STR_NONE;
}

Str attach_office_type(Str bytes) {
    if (!str_starts(bytes, STR("PK\x03\x04")) || !str_contains(bytes, STR("[Content_Types].xml"))) {
        return STR_NONE;
    }
    if (str_contains(bytes, STR("xl/workbook"))) {
        return STR("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    }
    return str_contains(bytes, STR("word/document"))
               ? STR("application/vnd.openxmlformats-officedocument.wordprocessingml.document")
               : STR_NONE;
}

/* A PDF ends with its mark (ISO 32000-1, 7.5.5); readers look for it in the last 1024 bytes. What
 * is in it is not read. */
static bool is_pdf_whole(Str bytes) {
    enum { TAIL = 1024 };
    size_t from = bytes.len > TAIL ? bytes.len - TAIL : 0;
    return str_contains(str_from(bytes, from), STR("%%EOF"));
}

Status attach_check(Cx *cx, Str bytes, AttachFile *out) {
    AttachFile file = {.media_type = attach_type(bytes), .size_bytes = (int64_t)bytes.len};
    if (bytes.len > LIMIT_UPLOAD_BYTES_MAX) {
        return fault(cx, STATUS_LIMIT, "文件超过 %d MB", LIMIT_UPLOAD_BYTES_MAX / 1024 / 1024);
    }
    if (file.media_type.len == 0) {
        Status status = fault(cx, STATUS_INVALID, "文件类型不能使用");
        fault_hint(cx, "请上传 JPG、PNG、WebP 照片或 PDF 文件");
        return status;
    }
    uint8_t hash[SEAL_SM3_BYTES];
    seal_sm3(bytes, hash);
    file.digest = seal_hex(cx->arena, (Str){(const char *)hash, sizeof hash});
    if (!str_equal(file.media_type, STR("application/pdf"))) {
        picture_gate_enter();
        Arena *scratch = arena_create();
        Picture picture = {0};
        Status status = picture_decode(cx, scratch, file.media_type, bytes, &file, &picture);
        if (status == STATUS_OK) {
            file.print = picture_print(&picture);
        }
        arena_free(scratch);
        picture_gate_leave();
        TRY(status);
    } else if (!is_pdf_whole(bytes)) {
        Status status = fault(cx, STATUS_INVALID, "这份 PDF 不完整，可能没有传完");
        fault_hint(cx, "请重新导出或重新上传");
        return status;
    }
    *out = file;
    return STATUS_OK;
}

/* ---- the folder ---- */

static Status folder_make(Cx *cx, Str path) {
    if (mkdir(str_c(cx->arena, path), 0700) != 0 && errno != EEXIST) {
        return fault(cx, STATUS_IO, "cannot make folder " STR_FMT ": %s", STR_ARG(path),
                     strerror(errno));
    }
    return STATUS_OK;
}

/* Writes and syncs an open file; it is gone again when the disk refuses. */
static Status bytes_write(Cx *cx, int fd, const char *path, Str bytes) {
    size_t done = 0;
    while (done < bytes.len) {
        ssize_t wrote = write(fd, bytes.at + done, bytes.len - done);
        if (wrote <= 0) {
            break;
        }
        done += (size_t)wrote;
    }
    bool is_safe = done == bytes.len && fsync(fd) == 0;
    if (close(fd) != 0 || !is_safe) {
        (void)unlink(path);
        return fault(cx, STATUS_IO, "cannot store an uploaded file");
    }
    return STATUS_OK;
}

/* A name in a folder is durable when the folder is. */
static Status folder_sync(Cx *cx, Str folder) {
    int fd = open(str_c(cx->arena, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_safe = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        (void)close(fd);
    }
    return is_safe ? STATUS_OK : fault(cx, STATUS_IO, "cannot store an uploaded file");
}

/* A file gets its name when all its bytes are on the disk: a power cut leaves no half evidence
 * under a whole digest. mkostemp makes it with mode 0600. */
static Status file_write(Cx *cx, Str folder, Str path, Str bytes) {
    char *draft = arena_alloc(cx->arena, path.len + 8);
    (void)snprintf(draft, path.len + 8, STR_FMT ".XXXXXX", STR_ARG(path));
    int fd = mkostemp(draft, O_CLOEXEC);
    if (fd < 0) {
        return fault(cx, STATUS_IO, "cannot write " STR_FMT ": %s", STR_ARG(path), strerror(errno));
    }
    TRY(bytes_write(cx, fd, draft, bytes));
    if (rename(draft, str_c(cx->arena, path)) != 0) {
        (void)unlink(draft);
        return fault(cx, STATUS_IO, "cannot write " STR_FMT ": %s", STR_ARG(path), strerror(errno));
    }
    return folder_sync(cx, folder);
}

static bool is_digest(Str digest) {
    bool is_hex = digest.len == (size_t)SEAL_SM3_BYTES * 2;
    for (size_t i = 0; is_hex && i < digest.len; i++) {
        char c = digest.at[i];
        is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    return is_hex;
}

static Str file_folder(Arena *arena, Str folder, Str digest) {
    return str_print(arena, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(str_slice(digest, 0, 2)));
}

static Str file_path(Arena *arena, Str folder, Str digest) {
    Str below = file_folder(arena, folder, digest);
    return str_print(arena, STR_FMT "/" STR_FMT, STR_ARG(below), STR_ARG(digest));
}

Status attach_bytes_put(Cx *cx, Str folder, Str bytes, Str *digest) {
    if (bytes.len > LIMIT_UPLOAD_BYTES_MAX) {
        return fault(cx, STATUS_LIMIT, "文件超过 %d MB", LIMIT_UPLOAD_BYTES_MAX / 1024 / 1024);
    }
    uint8_t hash[SEAL_SM3_BYTES];
    seal_sm3(bytes, hash);
    Str name = seal_hex(cx->arena, (Str){(const char *)hash, sizeof hash});
    TRY(folder_make(cx, folder));
    Str below = file_folder(cx->arena, folder, name);
    TRY(folder_make(cx, below));
    TRY(file_write(cx, below, file_path(cx->arena, folder, name), bytes));
    *digest = name;
    return STATUS_OK;
}

Status attach_file_put(Cx *cx, Str folder, Str bytes, AttachFile *out) {
    AttachFile file;
    TRY(attach_check(cx, bytes, &file));
    TRY(attach_bytes_put(cx, folder, bytes, &file.digest));
    *out = file;
    return STATUS_OK;
}

static Status file_read(Cx *cx, int fd, Str *bytes) {
    struct stat seen;
    if (fstat(fd, &seen) != 0 || !S_ISREG(seen.st_mode) || seen.st_size > LIMIT_UPLOAD_BYTES_MAX) {
        return fault(cx, STATUS_IO, "a stored file is no file of ours");
    }
    char *at = arena_alloc(cx->arena, (size_t)seen.st_size + 1);
    size_t done = 0;
    while (done < (size_t)seen.st_size) {
        ssize_t got = read(fd, at + done, (size_t)seen.st_size - done);
        if (got <= 0) {
            return fault(cx, STATUS_IO, "a stored file cannot be read");
        }
        done += (size_t)got;
    }
    *bytes = (Str){at, done};
    return STATUS_OK;
}

bool attach_file_is_stored(Arena *arena, Str folder, Str digest) {
    struct stat seen;
    return is_digest(digest) && lstat(str_c(arena, file_path(arena, folder, digest)), &seen) == 0 &&
           S_ISREG(seen.st_mode);
}

Status attach_file_get(Cx *cx, Str folder, Str digest, Str *bytes) {
    if (!is_digest(digest)) {
        return fault(cx, STATUS_NOT_FOUND, "没有这个附件");
    }
    int fd = open(str_c(cx->arena, file_path(cx->arena, folder, digest)),
                  O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return fault(cx, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, "没有这个附件的文件");
    }
    Status status = file_read(cx, fd, bytes);
    (void)close(fd);
    return status;
}

/* ---- listing ---- */

typedef struct Digests VEC(Str) Digests;

static Status names_read(Cx *cx, Str folder, Digests *out) {
    DIR *listing = opendir(str_c(cx->arena, folder));
    if (listing == NULL) {
        return errno == ENOENT ? STATUS_OK
                               : fault(cx, STATUS_IO, "cannot list " STR_FMT ": %s",
                                       STR_ARG(folder), strerror(errno));
    }
    for (struct dirent *item = readdir(listing); item != NULL; item = readdir(listing)) {
        *vec_push(cx->arena, out) = str_dup(cx->arena, str_of(item->d_name));
    }
    (void)closedir(listing);
    return STATUS_OK;
}

Status attach_file_list(Cx *cx, Str folder, AttachDigests *out) {
    Digests below = {0};
    Digests names = {0};
    TRY(names_read(cx, folder, &below));
    for (size_t i = 0; i < below.count; i++) {
        Str name = below.items[i];
        if (name.len == 2 && name.at[0] != '.') {
            TRY(names_read(
                cx, str_print(cx->arena, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(name)),
                &names));
        }
    }
    /* A draft of a file that is being written has another name. */
    size_t count = 0;
    for (size_t i = 0; i < names.count; i++) {
        if (is_digest(names.items[i])) {
            names.items[count++] = names.items[i];
        }
    }
    *out = (AttachDigests){names.items, count};
    return STATUS_OK;
}
