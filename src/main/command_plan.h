/* command_plan.h - `huanxin plan`: reads an action plan, starts a city folder from one. */
#ifndef HUANXIN_MAIN_COMMAND_PLAN_H
#define HUANXIN_MAIN_COMMAND_PLAN_H

/* Runs `plan read FILE [--json]`, `plan new-city FILE DIR` or `plan --help`; argv[0] is "plan".
 * Results go to standard output, faults to standard error. Returns an exit code as status_exit
 * gives it, 2 for wrong arguments. */
int command_plan(int argc, char **argv);

#endif
