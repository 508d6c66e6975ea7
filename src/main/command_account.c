/*
 * command_account.c - `huanxin account create`: makes the first account of a real installation. The
 * password is read from standard input, so that it stands in no process list and no history.
 */
#include "main/command.h"
#include "main/house.h"
#include "office/people/people.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: huanxin account create ROLE LOGIN NAME [--data DIR] [--city DIR] < password\n"
    "ROLE is one of resident shop recycler driver enterprise bank officer lead finance auditor\n"
    "admin. The first line of standard input is the password, at least 10 characters.\n";

enum { PASSWORD_BYTES_MIN = 10 };

static Status password_read(Cx *cx, Str *out) {
    char line[SEAL_PASSWORD_BYTES_MAX + 2];
    if (fgets(line, sizeof line, stdin) == NULL) {
        return fault(cx, STATUS_INVALID, "a password is expected on standard input");
    }
    Str text = str_trim(str_of(line));
    if (text.len < PASSWORD_BYTES_MIN) {
        return fault(cx, STATUS_INVALID, "the password needs at least %d characters",
                     PASSWORD_BYTES_MIN);
    }
    *out = str_dup(cx->arena, text);
    return STATUS_OK;
}

static Status create_work(Cx *cx, DbConn *conn, void *input) {
    int64_t id = 0;
    return people_person_create(cx, conn, input, &id);
}

static Status create(Cx *cx, const Settings *settings, House *house) {
    Str password = STR_NONE;
    PersonNew person = {
        .login = str_of(settings->words[2]), .birth = DAY_NONE, .now_ms = house_clock_ms(NULL)};
    if (role_of_code(str_of(settings->words[1]), &person.role) != STATUS_OK ||
        person.role == ROLE_PUBLIC) {
        return fault(cx, STATUS_INVALID, "unknown role \"%s\"", settings->words[1]);
    }
    TRY(password_read(cx, &password));
    TRY(seal_password_hash(cx, password, SEAL_PASSWORD_COST_DEFAULT, &person.password_hash));
    TRY(house_open(cx, settings, house_clock_ms(NULL), house));
    person.name = people_seal(cx->arena, &house->city, PEOPLE_NAME, str_of(settings->words[3]));
    DbCommand command = {.name = "person.create",
                         .actor = {.role = STR("system"), .origin = STR("command")},
                         .work = create_work,
                         .input = &person,
                         .now_ms = person.now_ms};
    return db_write(cx, house->db, &command, NULL);
}

int command_account(int argc, char **argv) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Settings settings;
    House house = {0};
    Status status = settings_read(&cx, argc, argv, &settings);
    int code = 0;
    bool is_create =
        status == STATUS_OK && settings.word_count == 4 && strcmp(settings.words[0], "create") == 0;
    if (status == STATUS_OK && (settings.flag[SETTING_FLAG_HELP] || !is_create)) {
        (void)fputs(usage, settings.flag[SETTING_FLAG_HELP] ? stdout : stderr);
        code = settings.flag[SETTING_FLAG_HELP] ? 0 : status_exit(STATUS_INVALID);
    } else {
        status = status == STATUS_OK ? create(&cx, &settings, &house) : status;
        code = status == STATUS_OK ? 0 : command_fault(&cx, status);
    }
    house_close(&house);
    arena_free(arena);
    return code;
}
