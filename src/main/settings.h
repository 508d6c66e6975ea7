/*
 * settings.h - the one table of settings: name, unit, bounds, default and meaning. Each is a
 * command line option --name VALUE; `huanxin settings` prints the table. None is changed while
 * running.
 */
#ifndef HUANXIN_MAIN_SETTINGS_H
#define HUANXIN_MAIN_SETTINGS_H

#include "base/cx.h"

/* X(NAME, option, unit, min, max, default, meaning) */
#define SETTING_LIST(X)                                                                            \
    X(PORT, "port", "TCP port", 0, 65535, 8080, "where the server listens; 0: any free port")      \
    X(LOOPS, "loops", "threads", 1, 16, 1, "threads that read and write sockets")                  \
    X(WORKERS, "workers", "threads", 1, 256, 64, "threads that run pages; most wait for a commit") \
    X(WAITING, "waiting", "requests", 1, 100000, 1024, "requests that may wait for a worker")      \
    X(BATCH, "batch", "commands", 1, 4096, 256, "commands in one commit")                          \
    X(QUEUE, "queue", "commands", 16, 65536, 8192, "commands that may wait for the writer")        \
    X(LOBBY, "lobby", "claims", 0, 65536, 0,                                                       \
      "claims in work at which others wait in the waiting room; 0: no waiting room")               \
    X(PLACES, "places", "places", 1, 4194304, 262144, "places in the waiting room")                \
    X(SESSION, "session", "minutes", 5, 1440, 480, "how long a sign-in lasts")                     \
    X(WITHIN, "within", "working days", 0, 30, 0,                                                  \
      "remind: due within so many days; 0: reminders are off")                                     \
    X(EXPIRE, "expire", "seconds", 1, 3600, 20, "how often lapsed coupons are looked for")         \
    X(RESIDENTS, "residents", "persons", 20, 200000, 20000, "residents of the demo city")          \
    X(SECONDS, "seconds", "seconds", 2, 3600, 30, "rehearse: how long people keep coming")         \
    X(CROWD, "crowd", "places", 0, 4000000, 0, "rehearse: places taken at the end, to measure")    \
    X(TRAVEL_WAIT, "travel-wait", "seconds", 1, 60, 3, "serve: for an answer of the map server")   \
    X(KEEP, "keep", "backups", 0, 3650, 0, "backup: how many of the newest are kept; 0: all")      \
    X(SEED, "seed", "number", 0, INT64_MAX, 1, "seed of the demo city")

/* X(NAME, option, default, meaning): settings that are text. */
#define SETTING_TEXT_LIST(X)                                                                       \
    X(ADDRESS, "address", "127.0.0.1", "numeric address to listen on")                             \
    X(CITY, "city", "cities/anqiu", "the city's folder")                                           \
    X(DATA, "data", "data", "folder of database, keys and uploaded files")                         \
    X(DB, "db", "", "database; empty: DATA/huanxin.db")                                            \
    X(TODAY, "today", "", "serve: pretend that the server starts on this day; not in production")  \
    X(TRAVEL, "travel", "",                                                                        \
      "serve: map server for ways, osrm:ADDRESS:PORT or valhalla:ADDRESS:PORT; empty: estimates")  \
    X(SINCE, "since", "", "journal verify: an entry and its hash, as ENTRY:HASH")                  \
    X(KEY, "key", "", "restore: the key that goes with the backup")                                \
    X(LAST, "last", "", "last day of the demo city's year; empty: today")                          \
    X(ASSETS, "assets", "", "serve assets from this folder instead of the built-in ones")

/* X(NAME, option, meaning): switches. */
#define SETTING_FLAG_LIST(X)                                                                       \
    X(PRODUCTION, "production", "refuse demo data and demo passwords; cookies only over HTTPS")    \
    X(IF_EMPTY, "if-empty", "demo: do nothing when there is a demo city")                          \
    X(JSON, "json", "print JSON")                                                                  \
    X(LOBBY_SHARED, "lobby-shared",                                                                \
      "serve: several servers on this database share a waiting room")                              \
    X(QUIET, "quiet", "no progress bar")                                                           \
    X(HELP, "help", "print what the command does")

typedef enum SettingName {
#define X(name, ...) SETTING_##name,
    SETTING_LIST(X)
#undef X
        SETTING_COUNT
} SettingName;

typedef enum SettingText {
#define X(name, ...) SETTING_TEXT_##name,
    SETTING_TEXT_LIST(X)
#undef X
        SETTING_TEXT_COUNT
} SettingText;

typedef enum SettingFlag {
#define X(name, ...) SETTING_FLAG_##name,
    SETTING_FLAG_LIST(X)
#undef X
        SETTING_FLAG_COUNT
} SettingFlag;

typedef struct Settings {
    int64_t number[SETTING_COUNT];
    const char *text[SETTING_TEXT_COUNT];
    bool flag[SETTING_FLAG_COUNT];
    /* What is left: the arguments that are no options, borrowed from argv. */
    const char *words[8];
    size_t word_count;
} Settings;

/* Fills in defaults and reads the options after argv[0]. INVALID with the option and its bounds. */
MUST_CHECK Status settings_read(Cx *cx, int argc, char **argv, Settings *out);
/* Prints the table to standard output. */
void settings_print(void);

#endif
