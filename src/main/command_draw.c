/* command_draw.c - `huanxin draw`: needs no house and no database, so that it runs anywhere. */
#include "main/command_draw.h"

#include "main/command.h"
#include "office/coupon/draw.h"
#include "yaml/yaml.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: huanxin draw seed                     makes a secret seed and its commitment\n"
    "       huanxin draw close FILE               prints FILE with its list line\n"
    "       huanxin draw run FILE                 prints FILE with every place and the result\n"
    "       huanxin draw verify FILE [PUBLISHED]  recomputes a drawn file; PUBLISHED is what was\n"
    "                                             published before, FILE must begin with it\n"
    "The format: docs/reference/draw.md. Exit code 0: everything agrees; 2: not such a file;\n"
    "5: something was changed.\n";

static Status file_read(Cx *cx, const char *path, Draw *out) {
    Str text = STR_NONE;
    TRY(yaml_file(cx, str_of(path), DRAW_TEXT_BYTES_MAX, &text));
    return draw_read(cx, text, out);
}

static Status seed_make(Cx *cx) {
    DrawHash seed;
    DrawHash commitment;
    seal_random(seed.bytes, sizeof seed.bytes);
    draw_commitment(&seed, &commitment);
    Str hex = seal_hex(cx->arena, (Str){(const char *)seed.bytes, sizeof seed.bytes});
    printf("seed " STR_FMT "\n", STR_ARG(hex));
    hex = seal_hex(cx->arena, (Str){(const char *)commitment.bytes, sizeof commitment.bytes});
    printf("commitment " STR_FMT "\n", STR_ARG(hex));
    return STATUS_OK;
}

static Status text_print(Cx *cx, Str text) {
    bool is_written = fwrite(text.at, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
    return is_written ? STATUS_OK : fault(cx, STATUS_IO, "cannot write the draw");
}

static Status file_close(Cx *cx, const char *path) {
    Draw draw;
    Str text = STR_NONE;
    TRY(file_read(cx, path, &draw));
    TRY(draw_close(cx, &draw, &text));
    return text_print(cx, text);
}

static Status file_run(Cx *cx, const char *path) {
    Draw draw;
    Str text = STR_NONE;
    TRY(file_read(cx, path, &draw));
    TRY(draw_run(cx, &draw, &text));
    return text_print(cx, text);
}

static Status file_verify(Cx *cx, const char *path, const char *published_path) {
    Draw draw;
    TRY(file_read(cx, path, &draw));
    if (published_path != NULL) {
        Str published = STR_NONE;
        TRY(yaml_file(cx, str_of(published_path), DRAW_TEXT_BYTES_MAX, &published));
        TRY(draw_extends(cx, &draw, published));
    }
    TRY(draw_verify(cx, &draw));
    size_t quota = (size_t)draw.quota;
    size_t winner_count = draw.applicant_count < quota ? draw.applicant_count : quota;
    printf("抽签核验相符：" STR_FMT "，申请 %zu 人，中签 %zu 人，候补 %zu 人。\n",
           STR_ARG(draw.name), draw.applicant_count, winner_count,
           draw.applicant_count - winner_count);
    return STATUS_OK;
}

static Status act_run(Cx *cx, int argc, char **argv) {
    const char *act = argc > 1 ? argv[1] : "";
    if (strcmp(act, "seed") == 0 && argc == 2) {
        return seed_make(cx);
    }
    if (strcmp(act, "close") == 0 && argc == 3) {
        return file_close(cx, argv[2]);
    }
    if (strcmp(act, "run") == 0 && argc == 3) {
        return file_run(cx, argv[2]);
    }
    if (strcmp(act, "verify") == 0 && (argc == 3 || argc == 4)) {
        return file_verify(cx, argv[2], argc == 4 ? argv[3] : NULL);
    }
    return fault(cx, STATUS_INVALID, "`huanxin draw --help` tells how it is used");
}

int command_draw(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        (void)fputs(usage, stdout);
        return 0;
    }
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Status status = act_run(&cx, argc, argv);
    int code = status == STATUS_OK ? 0 : command_fault(&cx, status);
    arena_free(arena);
    return code;
}
