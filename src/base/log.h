/*
 * log.h - one line per event to standard error: time, level, words, key=value pairs. No personal
 * data ever: names of people, ID numbers, phones and accounts do not enter a log line.
 */
#ifndef HUANXIN_BASE_LOG_H
#define HUANXIN_BASE_LOG_H

#include "base/check.h"

#define LOG_LEVEL_LIST(X) X(DEBUG, "debug") X(INFO, "info") X(WARN, "warn") X(ERROR, "error")

typedef enum LogLevel {
#define X(name, text) LOG_##name,
    LOG_LEVEL_LIST(X)
#undef X
} LogLevel;

/* Drops lines below level; starts at INFO. Set once at start, before threads. */
void log_level_set(LogLevel level);
/* Writes one line, thread-safe; control characters in the text become spaces. */
void log_line(LogLevel level, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
