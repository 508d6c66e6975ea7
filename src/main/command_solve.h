/*
 * command_solve.h - `huanxin solve rounds|sites FILE.json`: the planners at the command line.
 */
#ifndef HUANXIN_MAIN_COMMAND_SOLVE_H
#define HUANXIN_MAIN_COMMAND_SOLVE_H

/* Runs the command; argv[0] is "solve", argv[1] the planner. Rounds are written to standard output,
 * progress (on a terminal only) and errors to standard error. Returns the process exit code: 0, or
 * status_exit of what went wrong. */
int command_solve(int argc, char **argv);

#endif
