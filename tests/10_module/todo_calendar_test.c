/* todo_calendar_test.c - iCalendar: folding at 75 octets between characters, escaping, no
 * event without a date (RFC 5545, 3.1 and 3.3.11). */
#include "office/todo/todo.h"
#include "test.h"

static Str written(Arena *arena, Todo *items, size_t count) {
    TodoList list = {.items = items, .count = count};
    Buf *out = buf_in(arena, 100000);
    todo_calendar_write(out, &(TodoCalendar){.list = &list,
                                             .city_name = STR("安丘市"),
                                             .host = STR("https://hx.example"),
                                             .now_ms = INT64_C(1763600000000)});
    return buf_str(out);
}

static void test_one_event(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Todo item = {.kind = STR("督办"),
                 .title = STR("一,二;三\\四\n五"),
                 .detail = STR("签收"),
                 .due = day_of_ymd(2026, 2, 28),
                 .href = STR("/notice/12")};
    Str text = written(arena, &item, 1);
    assert_true(str_starts(text, STR("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")));
    assert_true(str_contains(text, STR("UID:notice-12@huanxin\r\n")));
    assert_true(str_contains(text, STR("DTSTAMP:20251120T005320Z\r\n")));
    assert_true(str_contains(text, STR("DTSTART;VALUE=DATE:20260228\r\n")));
    assert_true(str_contains(text, STR("SUMMARY:督办：一\\,二\\;三\\\\四\\n五\r\n")));
    assert_true(str_contains(text, STR("URL:https://hx.example/notice/12\r\n")));
    assert_true(str_ends(text, STR("END:VCALENDAR\r\n")));
    arena_free(arena);
}

/* Every line has at most 75 octets and is whole characters; unfolded it is the text again. */
static void test_long_lines_are_folded(void **state) {
    (void)state;
    Arena *arena = arena_create();
    for (size_t extra = 0; extra < 4; extra++) {
        Buf *title = buf_in(arena, 1000);
        for (size_t i = 0; i < 60; i++) {
            buf_put_c(title, i < extra ? "a" : "更");
        }
        Todo item = {.kind = STR("措施"),
                     .title = buf_str(title),
                     .due = day_of_ymd(2026, 12, 31),
                     .href = STR("/measure/1")};
        Str rest = written(arena, &item, 1);
        Buf *joined = buf_in(arena, 10000);
        while (rest.len > 0) {
            Str line = str_cut(&rest, '\n');
            assert_true(str_ends(line, STR("\r")));
            line = str_slice(line, 0, line.len - 1);
            assert_true(line.len <= 75);
            assert_true(str_is_utf8(line));
            if (!str_starts(line, STR(" "))) {
                buf_put_c(joined, "\n");
            }
            buf_put(joined, str_starts(line, STR(" ")) ? str_from(line, 1) : line);
        }
        assert_true(
            str_contains(buf_str(joined), str_join(arena, STR("SUMMARY:措施："), buf_str(title))));
    }
    arena_free(arena);
}

static void test_without_a_date_no_event(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Todo item = {
        .kind = STR("措施"), .title = STR("x"), .due = DAY_NONE, .href = STR("/measure/1")};
    assert_false(str_contains(written(arena, &item, 1), STR("VEVENT")));
    assert_false(str_contains(written(arena, &item, 0), STR("VEVENT")));
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_event),
        cmocka_unit_test(test_long_lines_are_folded),
        cmocka_unit_test(test_without_a_date_no_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
