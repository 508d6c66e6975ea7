/*
 * seal_key.c - randomness of the operating system, keys for one purpose each, and key files.
 */
#include "seal/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEX_BYTES = 2 * SEAL_KEY_BYTES, FILE_BYTES = HEX_BYTES + 1 };

void seal_random(void *out, size_t bytes) {
    check(sodium_init() >= 0);
    randombytes_buf(out, bytes);
}

void seal_key_new(SealKey *out) {
    check(out != NULL);
    seal_random(out->bytes, sizeof out->bytes);
}

void seal_key_derive(const SealKey *master, Str purpose, SealKey *out) {
    check(out != NULL);
    check(purpose.len > 0);
    seal_hmac_sm3(seal_key_str(master), purpose, out->bytes);
}

Str seal_key_str(const SealKey *key) {
    check(key != NULL);
    return (Str){(const char *)key->bytes, sizeof key->bytes};
}

void seal_key_wipe(SealKey *key) {
    check(key != NULL);
    explicit_bzero(key->bytes, sizeof key->bytes);
}

/* Writes all bytes or says why not. */
static Status write_all(Cx *cx, int file, const char *at, size_t bytes, Str path) {
    while (bytes > 0) {
        ssize_t count = write(file, at, bytes);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return fault(cx, STATUS_IO, "key file '" STR_FMT "' cannot be written: %s",
                         STR_ARG(path), strerror(errno));
        }
        at += count;
        bytes -= (size_t)count;
    }
    if (fsync(file) != 0) {
        return fault(cx, STATUS_IO, "key file '" STR_FMT "' cannot be synced: %s", STR_ARG(path),
                     strerror(errno));
    }
    return STATUS_OK;
}

Status seal_key_file_create(Cx *cx, Str path, SealKey *out) {
    check(out != NULL);
    const char *path_c = str_c(cx->arena, path);
    int file = open(path_c, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST) {
        return fault(cx, STATUS_CONFLICT, "key file '" STR_FMT "' exists already", STR_ARG(path));
    }
    if (file < 0) {
        return fault(cx, STATUS_IO, "key file '" STR_FMT "' cannot be created: %s", STR_ARG(path),
                     strerror(errno));
    }
    SealKey key;
    seal_key_new(&key);
    char line[HEX_BYTES + 1];
    (void)sodium_bin2hex(line, sizeof line, key.bytes, sizeof key.bytes);
    line[HEX_BYTES] = '\n';
    Status status = write_all(cx, file, line, FILE_BYTES, path);
    explicit_bzero(line, sizeof line);
    (void)close(file);
    if (status == STATUS_OK) {
        *out = key;
    } else {
        (void)unlink(path_c); /* half a key is worse than none */
    }
    seal_key_wipe(&key);
    return status;
}

/* S4: a key that others can read is no longer a key. */
static Status file_is_private(Cx *cx, int file, Str path) {
    struct stat facts;
    if (fstat(file, &facts) != 0) {
        return fault(cx, STATUS_IO, "key file '" STR_FMT "' cannot be examined: %s", STR_ARG(path),
                     strerror(errno));
    }
    if (!S_ISREG(facts.st_mode)) {
        return fault(cx, STATUS_DENIED, "key file '" STR_FMT "' is not a plain file",
                     STR_ARG(path));
    }
    if ((facts.st_mode & 077) != 0) {
        (void)fault(cx, STATUS_DENIED, "key file '" STR_FMT "' has mode %04o: others can reach it",
                    STR_ARG(path), (unsigned)(facts.st_mode & 07777));
        fault_hint(cx, "chmod 600 the file, and replace the key if others may have read it");
        return STATUS_DENIED;
    }
    if (facts.st_uid != geteuid() && facts.st_uid != 0) {
        return fault(cx, STATUS_DENIED, "key file '" STR_FMT "' belongs to another user",
                     STR_ARG(path));
    }
    return STATUS_OK;
}

static Status key_read(Cx *cx, int file, Str path, SealKey *out) {
    TRY(file_is_private(cx, file, path));
    char line[FILE_BYTES + 1];
    ssize_t count = read(file, line, sizeof line);
    if (count < 0) {
        return fault(cx, STATUS_IO, "key file '" STR_FMT "' cannot be read: %s", STR_ARG(path),
                     strerror(errno));
    }
    SealKey key;
    size_t key_bytes = 0;
    bool is_key =
        count == FILE_BYTES && line[HEX_BYTES] == '\n' &&
        sodium_hex2bin(key.bytes, sizeof key.bytes, line, HEX_BYTES, NULL, &key_bytes, NULL) == 0 &&
        key_bytes == sizeof key.bytes;
    explicit_bzero(line, sizeof line);
    if (!is_key) {
        return fault(cx, STATUS_INVALID, "key file '" STR_FMT "' does not hold one key in hex",
                     STR_ARG(path));
    }
    *out = key;
    seal_key_wipe(&key);
    return STATUS_OK;
}

Status seal_key_file_load(Cx *cx, Str path, SealKey *out) {
    check(out != NULL);
    /* O_NONBLOCK: a pipe in the file's place must not hold us before it is refused. */
    int file = open(str_c(cx->arena, path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 && errno == ENOENT) {
        return fault(cx, STATUS_NOT_FOUND, "key file '" STR_FMT "' not found", STR_ARG(path));
    }
    if (file < 0) {
        return fault(cx, errno == EACCES ? STATUS_DENIED : STATUS_IO,
                     "key file '" STR_FMT "' cannot be opened: %s", STR_ARG(path), strerror(errno));
    }
    Status status = key_read(cx, file, path, out);
    (void)close(file);
    return status;
}
