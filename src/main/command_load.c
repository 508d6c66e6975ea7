/* command_load.c - `huanxin plan load FILE`: the official text takes the digest's place. */
#include "main/command.h"
#include "main/house.h"

#include <stdio.h>

static Status load(Cx *cx, int argc, char **argv, House *house) {
    Settings settings;
    TRY(settings_read(cx, argc, argv, &settings));
    if (settings.word_count != 2) {
        return fault(cx, STATUS_INVALID, "usage: huanxin plan load FILE [--data DIR] [--city DIR]");
    }
    TRY(house_open(cx, &settings, house_clock_ms(NULL), house));
    return house_plan_replace(cx, house, str_of(settings.words[1]));
}

int command_load(int argc, char **argv) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    House house = {0};
    Status status = load(&cx, argc, argv, &house);
    int code = status == STATUS_OK ? 0 : command_fault(&cx, status);
    if (status == STATUS_OK) {
        puts("方案原文已载入，任务、单位和目标按条款更新。");
    }
    house_close(&house);
    arena_free(arena);
    return code;
}
