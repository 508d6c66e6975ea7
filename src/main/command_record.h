/* command_record.h - `huanxin record`: the declared kinds of record on the command line. */
#ifndef HUANXIN_MAIN_COMMAND_RECORD_H
#define HUANXIN_MAIN_COMMAND_RECORD_H

/* check, list, import, export; returns an exit code. */
int command_record(int argc, char **argv);

#endif
