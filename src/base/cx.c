#include "base/cx.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void cx_init(Cx *cx, Arena *arena) {
    check(cx != NULL);
    check(arena != NULL);
    memset(cx, 0, sizeof *cx);
    cx->arena = arena;
}

Status cx_step(Cx *cx) {
    return cx_steps(cx, 1);
}

Status cx_steps(Cx *cx, uint64_t count) {
    uint64_t before = cx->step_count;
    cx->step_count += count;
    if (cx->step_fail_at > before && cx->step_fail_at <= cx->step_count) {
        return fault(cx, STATUS_LIMIT, "step limit of the test reached");
    }
    if (cx->step_max != 0 && cx->step_count > cx->step_max) {
        return fault(cx, STATUS_LIMIT, "too much work: more than %llu steps",
                     (unsigned long long)cx->step_max);
    }
    if (cx->bytes_max != 0 && arena_bytes(cx->arena) > cx->bytes_max) {
        return fault(cx, STATUS_LIMIT, "too much memory: more than %zu bytes", cx->bytes_max);
    }
    return STATUS_OK;
}

/* Cuts a text that vsnprintf truncated back to a whole UTF-8 character. */
static void cut_to_rune(char *text, size_t room, int wanted) {
    if (wanted < 0 || (size_t)wanted < room) {
        return;
    }
    size_t len = room - 1;
    while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) {
        len--;
    }
    text[len] = '\0';
    if (!str_is_utf8(str_of(text))) {
        text[0] = '\0';
    }
}

static void PRINTF_LIKE(3, 0) text_write(char *out, size_t room, const char *format, va_list args) {
    int wanted = vsnprintf(out, room, format, args);
    out[room - 1] = '\0';
    cut_to_rune(out, room, wanted);
}

static bool fault_open(Cx *cx, Status status) {
    check(status != STATUS_OK);
    if (cx->fault.status != STATUS_OK) {
        return false;
    }
    cx->fault.status = status;
    return true;
}

Status fault(Cx *cx, Status status, const char *format, ...) {
    if (fault_open(cx, status)) {
        va_list args;
        va_start(args, format);
        text_write(cx->fault.text, sizeof cx->fault.text, format, args);
        va_end(args);
    }
    return status;
}

Status fault_at_field(Cx *cx, Status status, const char *field, const char *format, ...) {
    if (fault_open(cx, status)) {
        (void)snprintf(cx->fault.field, sizeof cx->fault.field, "%s", field);
        va_list args;
        va_start(args, format);
        text_write(cx->fault.text, sizeof cx->fault.text, format, args);
        va_end(args);
    }
    return status;
}

Status fault_at_line(Cx *cx, Status status, int64_t line, int64_t column, const char *format, ...) {
    if (fault_open(cx, status)) {
        cx->fault.line = line;
        cx->fault.column = column;
        va_list args;
        va_start(args, format);
        text_write(cx->fault.text, sizeof cx->fault.text, format, args);
        va_end(args);
    }
    return status;
}

void fault_hint(Cx *cx, const char *format, ...) {
    if (cx->fault.status == STATUS_OK || cx->fault.hint[0] != '\0') {
        return;
    }
    va_list args;
    va_start(args, format);
    text_write(cx->fault.hint, sizeof cx->fault.hint, format, args);
    va_end(args);
}

void fault_detail(Cx *cx, const char *format, ...) {
    if (cx->fault.status == STATUS_OK) {
        return;
    }
    size_t used = strlen(cx->fault.detail);
    if (used > 0 && used + 3 < sizeof cx->fault.detail) {
        memcpy(cx->fault.detail + used, "; ", 3);
        used += 2;
    }
    va_list args;
    va_start(args, format);
    text_write(cx->fault.detail + used, sizeof cx->fault.detail - used, format, args);
    va_end(args);
}

void fault_clear(Cx *cx) {
    memset(&cx->fault, 0, sizeof cx->fault);
}
