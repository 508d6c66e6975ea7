/* command.h - the commands of the program; the table is in main.c. */
#ifndef HUANXIN_MAIN_COMMAND_H
#define HUANXIN_MAIN_COMMAND_H

#include "base/cx.h"

/* Each takes its own name in argv[0] and returns an exit code (base/status.h). */
int command_serve(int argc, char **argv);
int command_journal(int argc, char **argv);
int command_demo(int argc, char **argv);
int command_load(int argc, char **argv);
int command_rehearse(int argc, char **argv);
int command_account(int argc, char **argv);
int command_remind(int argc, char **argv);
int command_meter(int argc, char **argv);
int command_backup(int argc, char **argv);
int command_restore(int argc, char **argv);
int command_doctor(int argc, char **argv);

/* Prints a fault to standard error: text, detail, hint. Returns the exit code that fits. */
int command_fault(const Cx *cx, Status status);

#endif
