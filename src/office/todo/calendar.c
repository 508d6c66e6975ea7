/* calendar.c - the work list as iCalendar, RFC 5545: for a phone or a mail program. */
#include "office/todo/todo.h"

#include <inttypes.h>

enum { LINE_OCTETS_MAX = 75 };

/* Writes one content line, folded between characters (3.1). */
static void line_put(Buf *out, Str line) {
    size_t at = 0;
    size_t room = LINE_OCTETS_MAX;
    while (line.len - at > room) {
        size_t end = at + room;
        while (end > at && ((unsigned char)line.at[end] & 0xc0) == 0x80) {
            end--;
        }
        buf_put(out, str_slice(line, at, end - at));
        buf_put_c(out, "\r\n ");
        at = end;
        room = LINE_OCTETS_MAX - 1;
    }
    buf_put(out, str_from(line, at));
    buf_put_c(out, "\r\n");
}

/* A text value (3.3.11): backslash, semicolon, comma and line ends escaped, other controls left
 * out. */
static Str text_escape(Arena *arena, Str text) {
    Buf *buf = buf_in(arena, text.len * 2 + 1);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '\n') {
            buf_put_c(buf, "\\n");
        } else if (c == '\\' || c == ';' || c == ',') {
            buf_put_char(buf, '\\');
            buf_put_char(buf, (char)c);
        } else if (c >= 0x20 && c != 0x7f) {
            buf_put_char(buf, (char)c);
        }
    }
    return buf_str(buf);
}

static Str date_text(Arena *arena, Day day) {
    DayParts parts = day_parts(day);
    return str_print(arena, "%04" PRId32 "%02" PRId32 "%02" PRId32, parts.year, parts.month,
                     parts.day);
}

/* The stamp is UTC (3.3.5). */
static Str stamp_text(Arena *arena, int64_t ms) {
    int64_t of_day = ms / 1000 % 86400;
    Str date = date_text(arena, day_of_instant(ms - CHINA_OFFSET_MS));
    return str_print(arena, STR_FMT "T%02" PRId64 "%02" PRId64 "%02" PRId64 "Z", STR_ARG(date),
                     of_day / 3600, of_day / 60 % 60, of_day % 60);
}

static void property_put(Buf *out, Arena *arena, const char *name, Str value) {
    line_put(out, str_print(arena, "%s:" STR_FMT, name, STR_ARG(value)));
}

/* The address names the matter, so that importing again replaces it. */
static Str uid_of(Arena *arena, const Todo *item) {
    Buf *buf = buf_in(arena, item->href.len + 20);
    for (size_t i = 1; i < item->href.len; i++) {
        buf_put_char(buf, item->href.at[i] == '/' ? '-' : item->href.at[i]);
    }
    buf_put_c(buf, "@huanxin");
    return buf_str(buf);
}

static void event_put(Buf *out, Arena *arena, const TodoCalendar *calendar, const Todo *item) {
    Str summary = str_print(arena, STR_FMT "：" STR_FMT, STR_ARG(item->kind), STR_ARG(item->title));
    line_put(out, STR("BEGIN:VEVENT"));
    property_put(out, arena, "UID", uid_of(arena, item));
    property_put(out, arena, "DTSTAMP", stamp_text(arena, calendar->now_ms));
    property_put(out, arena, "DTSTART;VALUE=DATE", date_text(arena, item->due));
    property_put(out, arena, "SUMMARY", text_escape(arena, summary));
    if (item->detail.len > 0) {
        property_put(out, arena, "DESCRIPTION", text_escape(arena, item->detail));
    }
    if (calendar->host.len > 0) {
        property_put(out, arena, "URL", str_join(arena, calendar->host, item->href));
    }
    line_put(out, STR("TRANSP:TRANSPARENT"));
    line_put(out, STR("END:VEVENT"));
}

void todo_calendar_write(Buf *out, const TodoCalendar *calendar) {
    Arena *arena = arena_create();
    line_put(out, STR("BEGIN:VCALENDAR"));
    line_put(out, STR("VERSION:2.0"));
    line_put(out, STR("PRODID:-//huanxin//todo//ZH"));
    property_put(out, arena, "X-WR-CALNAME",
                 text_escape(arena, str_join(arena, calendar->city_name, STR("焕新待办"))));
    for (size_t i = 0; i < calendar->list->count; i++) {
        if (calendar->list->items[i].due.number != DAY_NONE.number) {
            event_put(out, arena, calendar, &calendar->list->items[i]);
        }
    }
    line_put(out, STR("END:VCALENDAR"));
    arena_free(arena);
}
