/*
 * command_solve_sites.h - `huanxin solve sites FILE.json`: reads a siting problem, solves it,
 * prints the answer. The dialect: docs/reference/sites-json.md.
 */
#ifndef HUANXIN_MAIN_COMMAND_SOLVE_SITES_H
#define HUANXIN_MAIN_COMMAND_SOLVE_SITES_H

/* Runs the command. argv[0] is its word ("sites"), the arguments follow; argc counts both. Writes
 * the answer to standard output, progress (on a terminal only) and errors to standard error.
 * Returns the process exit code: 0, or status_exit of what went wrong. */
int command_solve_sites(int argc, char **argv);

#endif
