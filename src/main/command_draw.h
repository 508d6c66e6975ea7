/*
 * command_draw.h - `huanxin draw seed|close|run|verify`: a draw that anybody can recompute.
 */
#ifndef HUANXIN_MAIN_COMMAND_DRAW_H
#define HUANXIN_MAIN_COMMAND_DRAW_H

/* Runs the command; argv[0] is "draw", argv[1] the act. Files go to standard output, errors to
 * standard error. Returns the process exit code: 0, or status_exit of what went wrong. */
int command_draw(int argc, char **argv);

#endif
