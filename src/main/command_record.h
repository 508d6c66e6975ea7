/* command_record.h - `huanxin record`: the declared kinds of record on the command line. */
#ifndef HUANXIN_MAIN_COMMAND_RECORD_H
#define HUANXIN_MAIN_COMMAND_RECORD_H

#include "main/house.h"
#include "record/record.h"

/* check, list, export, import; returns an exit code. */
int command_record(int argc, char **argv);

enum { RECORD_OPTION_FILTERS_MAX = RECORD_FILTERS_MAX };

typedef struct RecordOptions {
    const char *verb;
    const char *target; /* check: the city's folder; else the kind */
    const char *file;   /* import */
    const char *data;   /* NULL: no database (check only) */
    const char *db;
    const char *city;
    const char *out;   /* export: NULL is standard output */
    const char *state; /* list, export: only this one; import: rows are filed in it */
    const char *where[RECORD_OPTION_FILTERS_MAX];
    size_t where_count;
    const char *search;
    const char *sort;
    const char *after;
    const char *unit; /* import: in whose name */
    int64_t rows;
    bool is_json;
    bool is_quiet;
    bool is_recount;
    bool is_check; /* import: change nothing */
    bool is_good;  /* import: the good rows */
    bool is_help;
} RecordOptions;

/* command_record_table.c: tables out and in, with the house open. */
MUST_CHECK Status record_command_export(Cx *cx, House *house, const RecordOptions *options);
MUST_CHECK Status record_command_import(Cx *cx, House *house, const RecordOptions *options);
/* The query of the options over a kind, as the administrator sees it. */
MUST_CHECK Status record_command_query(Cx *cx, const House *house, const RecordOptions *options,
                                       RecordQuery *out);

#endif
