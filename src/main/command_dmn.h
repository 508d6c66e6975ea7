/* command_dmn.h - `huanxin dmn`: decide, explain, check and prove decision models. */
#ifndef HUANXIN_MAIN_COMMAND_DMN_H
#define HUANXIN_MAIN_COMMAND_DMN_H

/* Runs `dmn tck DIR`, `dmn eval MODEL ...`, `dmn check MODEL ...` or `dmn --help`; argv[0] is
 * "dmn". Results go to standard output, diagnostics to standard error. now() and today() are null
 * without
 * --now. Returns 0 when all went well (tck: the cases were run; check: no errors), else an exit
 * code as status_exit gives it: 2 for wrong arguments or a bad model. */
int command_dmn(int argc, char **argv);

#endif
