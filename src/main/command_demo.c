/* command_demo.c - `huanxin demo`: fills an empty database with the demo city. */
#include "main/command.h"
#include "main/demo_fraud.h"
#include "main/demo_records.h"
#include "main/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char usage[] =
    "usage: huanxin demo [--seed N] [--residents N] [--last DATE] [--data DIR] [--city DIR]\n"
    "                    [--if-empty] [--quiet]\n"
    "Makes a demo city with a year of activity that ends on DATE (default: today). The same seed,\n"
    "residents and date give the same journal. Prints the sign-ins, with a new random password,\n"
    "and keeps them in DATA/demo-sign-ins.txt (mode 0600).\n";

enum { DAYS_OF_PLAY = 365 };

static void progress(int64_t done, int64_t total) {
    char words[64];
    (void)snprintf(words, sizeof words, "%" PRId64 "/%" PRId64 "%s", done, total,
                   done == total ? "\n" : "");
    terminal_bar(total == 0 ? 10000 : done * 10000 / total, words);
}

/* X(login, Chinese name of the kind) */
static const struct {
    const char *login;
    const char *zh;
} sign_ins[] = {
    {"resident", "居民（王安华）"},
    {"shop", "商家"},
    {"recycler", "回收企业"},
    {"driver", "回收司机"},
    {"enterprise", "企业"},
    {"bank", "银行"},
    {"officer", "市商务局经办"},
    {"lead", "牵头专班（市发改局）"},
    {"lead2", "牵头专班负责人（签发月报）"},
    {"finance", "市财政局"},
    {"finance2", "市财政局复核（入账、批准）"},
    {"auditor", "审计"},
    {"admin", "系统管理员"},
};

static Status sign_ins_write(Demo *demo, Str password) {
    Str path = house_path(demo->cx, demo->settings, "demo-sign-ins.txt");
    mode_t before = umask(0077);
    FILE *file = fopen(str_c(demo->cx->arena, path), "w");
    (void)umask(before);
    if (file == NULL) {
        return fault(demo->cx, STATUS_IO, "cannot write " STR_FMT, STR_ARG(path));
    }
    for (size_t i = 0; i < sizeof sign_ins / sizeof sign_ins[0]; i++) {
        (void)fprintf(file, "  %-12s " STR_FMT "   %s\n", sign_ins[i].login, STR_ARG(password),
                      sign_ins[i].zh);
    }
    return fclose(file) == 0 ? STATUS_OK
                             : fault(demo->cx, STATUS_IO, "cannot write " STR_FMT, STR_ARG(path));
}

/* The two people of each unit, after the others: they are known when the city is made. */
static Status unit_sign_ins_write(Demo *demo, Str password) {
    Str path = house_path(demo->cx, demo->settings, "demo-sign-ins.txt");
    FILE *file = fopen(str_c(demo->cx->arena, path), "a");
    if (file == NULL) {
        return fault(demo->cx, STATUS_IO, "cannot write " STR_FMT, STR_ARG(path));
    }
    for (size_t i = 0; i < demo->officer_count; i++) {
        const DemoOfficer *officer = &demo->officers[i];
        (void)fprintf(file, "  %-12.*s " STR_FMT "   " STR_FMT "经办\n", STR_ARG(officer->login),
                      STR_ARG(password), STR_ARG(officer->name));
        (void)fprintf(file, "  %-12.*s " STR_FMT "   " STR_FMT "负责人\n",
                      STR_ARG(officer->head_login), STR_ARG(password), STR_ARG(officer->name));
    }
    return fclose(file) == 0 ? STATUS_OK
                             : fault(demo->cx, STATUS_IO, "cannot write " STR_FMT, STR_ARG(path));
}

static Status day_choose(Demo *demo) {
    const char *last = demo->settings->text[SETTING_TEXT_LAST];
    demo->last = day_of_instant(house_clock_ms(NULL));
    if (last[0] != '\0') {
        TRY(day_parse(demo->cx, str_of(last), &demo->last));
    }
    demo->first = day_add(demo->last, 1 - DAYS_OF_PLAY);
    return STATUS_OK;
}

static Status description_read(Demo *demo) {
    Str path = str_print(demo->cx->arena, STR_FMT "/demo.yaml", STR_ARG(demo->house->city.folder));
    Str text = STR_NONE;
    TRY(yaml_file(demo->cx, path, 1024 * 1024, &text));
    return yaml_read(demo->cx, path, text, &demo->root);
}

static Status demo_make(Demo *demo) {
    bool is_quiet = demo->settings->flag[SETTING_FLAG_QUIET] || !isatty(STDERR_FILENO);
    Str password = seal_token(demo->cx->arena, 16);
    password = str_slice(password, 0, 12);
    TRY(description_read(demo));
    TRY(seal_password_hash(demo->cx, password, SEAL_PASSWORD_COST_DEFAULT, &demo->password_hash));
    prng_init(&demo->prng, (uint64_t)demo->settings->number[SETTING_SEED]);
    demo->resident_count = (size_t)demo->settings->number[SETTING_RESIDENTS];
    TRY(sign_ins_write(demo, password));
    TRY(demo_city_make(demo));
    TRY(unit_sign_ins_write(demo, password));
    TRY(demo_fraud_make(demo));
    TRY(demo_year_play(demo, is_quiet ? NULL : progress));
    TRY(demo_claims_make(demo));
    TRY(demo_rings_label(demo));
    TRY(demo_labels_write(demo));
    TRY(demo_records_make(demo));
    TRY(demo_bookings_make(demo));
    TRY(demo_plan_make(demo));
    TRY(demo_reports_make(demo));
    printf("演示城市：%zu 位居民，%zu 家商户，%zu 家回收企业；办理 %" PRId64
           " 件，按规则拒绝 %" PRId64 " 件。\n",
           demo->resident_count, demo->shop_count, demo->recycler_count, demo->done_count,
           demo->refused_count);
    return STATUS_OK;
}

static Status demo_run(Cx *cx, const Settings *settings, House *house) {
    bool has_demo = false;
    Demo demo = {.cx = cx, .settings = settings, .house = house};
    TRY(day_choose(&demo));
    /* Everything carries the demo's own time, so that the journal depends on the seed alone. */
    TRY(house_open(cx, settings, day_start_ms(day_add(demo.first, -2)), house));
    TRY(house_has_demo(cx, house, &has_demo));
    if (has_demo && settings->flag[SETTING_FLAG_IF_EMPTY]) {
        return STATUS_OK;
    }
    if (has_demo) {
        Status status = fault(cx, STATUS_CONFLICT, "the database already holds a demo city");
        fault_hint(cx, "use another --data folder, or --if-empty");
        return status;
    }
    return demo_make(&demo);
}

int command_demo(int argc, char **argv) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Settings settings;
    House house = {0};
    int code = 0;
    Status status = settings_read(&cx, argc, argv, &settings);
    if (status == STATUS_OK && settings.flag[SETTING_FLAG_HELP]) {
        (void)fputs(usage, stdout);
    } else {
        status = status == STATUS_OK ? demo_run(&cx, &settings, &house) : status;
        code = status == STATUS_OK ? 0 : command_fault(&cx, status);
    }
    house_close(&house);
    arena_free(arena);
    return code;
}
