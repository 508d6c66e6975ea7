/*
 * command_remind.c - `huanxin remind`: messages about what is due, for a gateway that the city
 * connects. It prints them and sends nothing; with --within 0, the default, it prints none.
 */
#include "main/command.h"
#include "main/house.h"
#include "office/todo/todo.h"

#include <inttypes.h>
#include <stdio.h>

static const char usage[] =
    "usage: huanxin remind --within N [--data DIR] [--city DIR] [--db FILE] [--today D] [--json]\n"
    "Prints one message for every officer who has something late or due within N working days.\n"
    "It sends nothing: a gateway of the city takes the messages from here. N is 0 by default:\n"
    "reminders are off. The id of a message is day and sign-in name, to send it once.\n"
    "Exit code 0, also when nothing is due.\n";

static Status today_read(Cx *cx, const Settings *settings, Day *out) {
    const char *today = settings->text[SETTING_TEXT_TODAY];
    *out = day_of_instant(house_clock_ms(NULL));
    return today[0] == '\0' ? STATUS_OK : day_parse(cx, str_of(today), out);
}

static Status reminders_read(Cx *cx, const Settings *settings, TodoReminderList *out) {
    House house;
    DbConn *conn = NULL;
    Day today;
    TRY(today_read(cx, settings, &today));
    TRY(house_open(cx, settings, house_clock_ms(NULL), &house));
    Status status = db_read_begin(cx, house.db, &conn);
    if (status == STATUS_OK) {
        status = todo_reminders(cx, conn, &house.city, today,
                                (int32_t)settings->number[SETTING_WITHIN], out);
        db_read_end(house.db, conn);
    }
    house_close(&house);
    return status;
}

static void print_json(Arena *arena, const TodoReminder *row) {
    Str name = str_json(arena, row->name);
    Str unit = str_json(arena, row->unit);
    Str text = str_json(arena, row->text);
    printf("{\"id\":" STR_FMT ",\"login\":" STR_FMT ",\"name\":" STR_FMT ",\"unit\":" STR_FMT
           ",\"all\":%" PRId64 ",\"late\":%" PRId64 ",\"soon\":%" PRId64 ",\"text\":" STR_FMT "}\n",
           STR_ARG(str_json(arena, row->id)), STR_ARG(str_json(arena, row->login)), STR_ARG(name),
           STR_ARG(unit), row->count.all, row->count.late, row->count.soon, STR_ARG(text));
}

static void print(Arena *arena, const Settings *settings, const TodoReminderList *list) {
    for (size_t i = 0; i < list->count; i++) {
        const TodoReminder *row = &list->items[i];
        if (settings->flag[SETTING_FLAG_JSON]) {
            print_json(arena, row);
        } else {
            printf(STR_FMT "\t" STR_FMT "\t" STR_FMT "\n", STR_ARG(row->login), STR_ARG(row->unit),
                   STR_ARG(row->text));
        }
    }
}

int command_remind(int argc, char **argv) {
    Arena *arena = arena_create();
    Cx cx;
    Settings settings;
    TodoReminderList list = {0};
    cx_init(&cx, arena);
    Status status = settings_read(&cx, argc, argv, &settings);
    int code = 0;
    if (status == STATUS_OK && (settings.flag[SETTING_FLAG_HELP] || settings.word_count > 0)) {
        (void)fputs(usage, settings.flag[SETTING_FLAG_HELP] ? stdout : stderr);
        code = settings.flag[SETTING_FLAG_HELP] ? 0 : status_exit(STATUS_INVALID);
        arena_free(arena);
        return code;
    }
    if (status == STATUS_OK && settings.number[SETTING_WITHIN] > 0) {
        status = reminders_read(&cx, &settings, &list);
    } else if (status == STATUS_OK) {
        (void)fputs("提醒没有开启：用 --within N 指明提前几个工作日\n", stderr);
    }
    if (status != STATUS_OK) {
        code = command_fault(&cx, status);
    } else {
        print(arena, &settings, &list);
    }
    arena_free(arena);
    return code;
}
