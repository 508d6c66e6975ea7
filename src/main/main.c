/*
 * main.c - the commands of huanxin in one table. `huanxin help` prints it.
 */
#include "main/command.h"
#include "main/command_dmn.h"
#include "main/command_draw.h"
#include "main/command_feel.h"
#include "main/command_plan.h"
#include "main/command_policy.h"
#include "main/command_record.h"
#include "main/command_solve.h"
#include "main/settings.h"
#include "seal/seal.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

typedef struct CommandRow {
    const char *name;
    const char *about;
    int (*run)(int argc, char **argv);
} CommandRow;

static int command_help(int argc, char **argv);
static int command_plan_any(int argc, char **argv);
static int command_settings(int argc, char **argv);
static int command_version(int argc, char **argv);

static const CommandRow commands[] = {
    {"serve", "runs the city's office on http://127.0.0.1:8080", command_serve},
    {"demo", "fills an empty database with a demo city and a year of activity", command_demo},
    {"journal", "verify: proves the journal and the fund tree offline", command_journal},
    {"backup", "copies and proves database and photos while the server runs", command_backup},
    {"restore", "puts a backup into an empty folder and proves it", command_restore},
    {"doctor", "looks whether data, key, disk and city are as they must be", command_doctor},
    {"account", "create: makes an account; the password comes from standard input",
     command_account},
    {"remind", "prints what is due for whom, for a gateway that the city connects", command_remind},
    {"rehearse", "plays a launch morning against a scratch city and reports", command_rehearse},
    {"plan", "read: reads an action plan; new-city: makes a city folder; load: puts it in force",
     command_plan_any},
    {"policy", "test, list, decide, simulate: the policy tables of a city", command_policy},
    {"record", "check, list, import, export: declared kinds of record", command_record},
    {"dmn", "eval, check, tck: decision models", command_dmn},
    {"feel", "evaluates a FEEL expression", command_feel},
    {"draw", "seed, close, run, verify: a draw that anybody can recompute", command_draw},
    {"meter", "verify: proves signed figures of a public meter", command_meter},
    {"solve", "rounds, sites: plans rounds and places points", command_solve},
    {"settings", "lists every option with its bounds and default", command_settings},
    {"version", "prints the version", command_version},
    {"help", "prints this list", command_help},
};

static void commands_print(FILE *out) {
    (void)fputs("usage: huanxin COMMAND [OPTIONS]\n\n", out);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        (void)fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].about);
    }
    (void)fputs("\n`huanxin COMMAND --help` says more.\n", out);
}

static int command_help(int argc, char **argv) {
    (void)argc;
    (void)argv;
    commands_print(stdout);
    return 0;
}

/* `plan load` opens a house; the other plan commands need none. */
static int command_plan_any(int argc, char **argv) {
    bool is_load = argc > 1 && strcmp(argv[1], "load") == 0;
    return is_load ? command_load(argc, argv) : command_plan(argc, argv);
}

static int command_settings(int argc, char **argv) {
    (void)argc;
    (void)argv;
    settings_print();
    return 0;
}

static int command_version(int argc, char **argv) {
    (void)argc;
    (void)argv;
    puts("huanxin " HUANXIN_VERSION);
    return 0;
}

int command_fault(const Cx *cx, Status status) {
    const Fault *fault = &cx->fault;
    (void)fprintf(stderr, "huanxin: %s\n",
                  fault->text[0] != '\0' ? fault->text : status_text(status));
    if (fault->detail[0] != '\0') {
        (void)fprintf(stderr, "  %s\n", fault->detail);
    }
    if (fault->hint[0] != '\0') {
        (void)fprintf(stderr, "  hint: %s\n", fault->hint);
    }
    return status_exit(status);
}

/* Large blocks (a document with its fonts, an export) go back to the system when they are done
 * with. Left alone, glibc raises this bound to 32 MB and keeps them in the heap of each of many
 * threads: 24 documents at once left 560 MB behind, with the bound fixed 60 MB. */
static void memory_settle(void) {
    enum { LARGE_BLOCK_BYTES = 256 * 1024 };
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES);
}

int main(int argc, char **argv) {
    memory_settle();
    if (argc < 2) {
        commands_print(stderr);
        return status_exit(STATUS_INVALID);
    }
    const char *name = strcmp(argv[1], "--help") == 0      ? "help"
                       : strcmp(argv[1], "--version") == 0 ? "version"
                                                           : argv[1];
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(name, commands[i].name) == 0) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    (void)fprintf(stderr, "huanxin: unknown command \"%s\"\n\n", name);
    commands_print(stderr);
    return status_exit(STATUS_INVALID);
}
