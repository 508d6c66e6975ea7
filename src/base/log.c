#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

enum { LOG_LINE_BYTES_MAX = 2048 };

static LogLevel level_min = LOG_INFO;

void log_level_set(LogLevel level) {
    level_min = level;
}

static const char *level_text(LogLevel level) {
    static const char *const texts[] = {
#define X(name, text) text,
        LOG_LEVEL_LIST(X)
#undef X
    };
    return texts[level];
}

void log_line(LogLevel level, const char *format, ...) {
    if (level < level_min) {
        return;
    }
    char line[LOG_LINE_BYTES_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    for (char *c = line; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ') {
            *c = ' ';
        }
    }
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    struct tm utc;
    (void)gmtime_r(&now.tv_sec, &utc);
    char stamp[32];
    (void)strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &utc);
    (void)fprintf(stderr, "%s.%03ldZ %s %s\n", stamp, now.tv_nsec / 1000000, level_text(level),
                  line);
}
