/* command_meter.c - `huanxin meter verify`: needs no house and no database, so that it runs
 * anywhere. */
#include "main/command.h"
#include "office/open/signed.h"
#include "yaml/yaml.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: huanxin meter verify FILE KEY\n"
    "  FILE  signed figures of a public meter, as /meter.json gives them\n"
    "  KEY   the public key: a file as /meter/key gives it, or 64 hexadecimal digits\n"
    "Prints what was signed. Get the key at another time or from another place than the figures:\n"
    "who could change one could change both. Exit code 0: the signature is that key's; 2: not such\n"
    "a file; 5: something was changed, or another key signed.\n";

static Status key_read(Cx *cx, const char *key, Str *out) {
    Str text = str_of(key);
    if (text.len != 2 * SEAL_PUBLIC_BYTES) {
        TRY(yaml_file(cx, str_of(key), SIGNED_BYTES_MAX, &text));
    }
    return signed_key_read(cx, text, out);
}

static Status verify(Cx *cx, const char *path, const char *key) {
    Str json = STR_NONE;
    Str public_key = STR_NONE;
    Str text = STR_NONE;
    TRY(key_read(cx, key, &public_key));
    TRY(yaml_file(cx, str_of(path), SIGNED_BYTES_MAX, &json));
    TRY(signed_read(cx, json, public_key, &text));
    printf(STR_FMT "\n", STR_ARG(text));
    return STATUS_OK;
}

int command_meter(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        (void)fputs(usage, stdout);
        return 0;
    }
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Status status = argc == 4 && strcmp(argv[1], "verify") == 0
                        ? verify(&cx, argv[2], argv[3])
                        : fault(&cx, STATUS_INVALID, "`huanxin meter --help` tells how it is used");
    int code = status == STATUS_OK ? 0 : command_fault(&cx, status);
    arena_free(arena);
    return code;
}
