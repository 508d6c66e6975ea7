/* command_feel.h - `huanxin feel EXPR`: evaluates one FEEL expression and prints its value. */
#ifndef HUANXIN_MAIN_COMMAND_FEEL_H
#define HUANXIN_MAIN_COMMAND_FEEL_H

/* Runs `feel EXPR [--context FILE.json] [--json] [--now ISO]` or `feel --help`; argv[0] is "feel".
 * The value goes to standard output; diagnostics, with a caret under the place, to standard error.
 * now() and today() are null without --now. Returns 0 when the expression could be evaluated (its
 * value may be null), else an exit code as status_exit gives it; 2 for wrong arguments. */
int command_feel(int argc, char **argv);

#endif
