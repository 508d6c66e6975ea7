/*
 * replay.c - runs a fuzz target over files, without a fuzzer: what was ever found stays found. Each
 * argument is a file or a folder (read recursively). Prints one TAP line per target.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_BYTES_MAX = 1024 * 1024, PATH_BYTES_MAX = 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static long input_count;

static void file_run(const char *path) {
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = file == NULL ? NULL : malloc(FILE_BYTES_MAX);
    if (bytes == NULL) {
        return;
    }
    size_t len = fread(bytes, 1, FILE_BYTES_MAX, file);
    (void)fclose(file);
    /* An exact copy, so that a sanitizer sees a read past the end. */
    uint8_t *exact = malloc(len + 1);
    memcpy(exact, bytes, len);
    (void)LLVMFuzzerTestOneInput(exact, len);
    /* Cut in half: the shape in which truncated files come. */
    (void)LLVMFuzzerTestOneInput(exact, len / 2);
    input_count += 2;
    free(exact);
    free(bytes);
}

static void path_run(const char *path, int depth) {
    struct stat info;
    if (depth > 8 || stat(path, &info) != 0) {
        return;
    }
    if (S_ISREG(info.st_mode)) {
        file_run(path);
        return;
    }
    DIR *dir = opendir(path);
    if (dir == NULL) {
        return;
    }
    for (struct dirent *row = readdir(dir); row != NULL; row = readdir(dir)) {
        char inner[PATH_BYTES_MAX];
        int len = snprintf(inner, sizeof inner, "%s/%s", path, row->d_name);
        if (row->d_name[0] != '.' && len > 0 && (size_t)len < sizeof inner) {
            path_run(inner, depth + 1);
        }
    }
    (void)closedir(dir);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        path_run(argv[i], 0);
    }
    const char *name = strrchr(argv[0], '/');
    printf("%s 1 - %s over %ld inputs\n", input_count > 0 ? "ok" : "not ok",
           name == NULL ? argv[0] : name + 1, input_count);
    return input_count > 0 ? 0 : 1;
}
