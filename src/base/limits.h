/*
 * limits.h - every limit of the house in one place: name, value, unit in the name, and the reason.
 * None can be switched off. A setting may lower what it names in src/main/settings.c, never raise
 * it above the bound here.
 */
#ifndef HUANXIN_BASE_LIMITS_H
#define HUANXIN_BASE_LIMITS_H

enum {
    /* A form is a screenful of fields; documents are sent as multipart files, counted apart. */
    LIMIT_FORM_BYTES_MAX = 256 * 1024,
    /* A phone's photo is 2 to 8 MB; 12 MB leaves room without letting one request fill memory. */
    LIMIT_UPLOAD_BYTES_MAX = 12 * 1024 * 1024,
    /* The form of a record with two or three photos of a phone. */
    LIMIT_RECORD_FORM_BYTES_MAX = 32 * 1024 * 1024,
    /* A table of 100,000 records is about 20 MB as CSV, 8 MB as XLSX. */
    LIMIT_TABLE_BYTES_MAX = 32 * 1024 * 1024,
    /* Longest header block a browser of ours sends is below 8 KB with cookies. */
    LIMIT_HEAD_BYTES_MAX = 16 * 1024,
    LIMIT_URL_BYTES_MAX = 4 * 1024,
    /* A page of 200 rows is about 200 KB; a page beyond 4 MB is a mistake of ours. */
    LIMIT_PAGE_BYTES_MAX = 4 * 1024 * 1024,
    /* The longest official plan text known is below 200 KB. */
    LIMIT_PLAN_BYTES_MAX = 2 * 1024 * 1024,
    /* A decision model of 50,000 cells is about 15 MB of XML. */
    LIMIT_MODEL_BYTES_MAX = 64 * 1024 * 1024,
    /* Nesting of expressions, contexts, XML and JSON; deep enough for people, shallow for the C
     * stack (about 300 bytes a level in the deepest walker). */
    LIMIT_NESTING_MAX = 200,
    /* One write command holds up every other. The largest of the demo city and of the tests take
     * 1,600 steps and 160 KB; a policy decision of 50,000 cells stays below 100,000 steps. */
    LIMIT_COMMAND_STEPS_MAX = 1000 * 1000,
    LIMIT_COMMAND_BYTES_MAX = 64 * 1024 * 1024,
    /* What one command may let the database do, in its own small steps: about one second. */
    LIMIT_COMMAND_SQL_STEPS_MAX = 100 * 1000 * 1000,
    /* A command that takes longer is named in the log. */
    LIMIT_COMMAND_SLOW_MS = 250,
    /* A form below this is not counted in a day's files. */
    LIMIT_DAY_FREE_BYTES = 256 * 1024,
    /* What a person at home sends in a day: ten claims with eight papers of 8 MB and retries. */
    LIMIT_DAY_PERSON_MB = 1024,
    /* A shop with a photo at each of 1,000 sales, an officer who imports tables all day. */
    LIMIT_DAY_OFFICE_MB = 16 * 1024,
    /* Rows on one page of a list; more is for exports. */
    LIMIT_PAGE_ROWS_MAX = 200,
};

/* Yuan amounts up to 10 trillion: far above a province, far below INT64_MAX fen. */
#define LIMIT_MONEY_FEN_MAX INT64_C(1000000000000000)

_Static_assert(LIMIT_FORM_BYTES_MAX < LIMIT_UPLOAD_BYTES_MAX, "a form is smaller than a file");
_Static_assert(LIMIT_COMMAND_BYTES_MAX > 2 * LIMIT_UPLOAD_BYTES_MAX, "a command takes an upload");
_Static_assert(LIMIT_NESTING_MAX <= 1000, "the C stack holds the deepest walker");

#endif
