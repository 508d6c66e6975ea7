/*
 * rehearse.c - the load of a rehearsal. In reading order: times, the heap of what is due, requests,
 * answers, lines, the play, the crowd.
 */
#include "main/rehearse.h"

#include "base/str.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PLACE_BYTES = 80, EVENTS_MAX = 256, SLOW_PAUSE_MS = 200, DEVICES_A_PERSON = 4 };

typedef struct Device {
    int64_t person;
    char place[PLACE_BYTES]; /* the ticket */
    int64_t number;
    bool is_slow;
    bool is_double;
    bool is_ended;
    int64_t coupon_id; /* that the first of two clicks was told */
} Device;

/* What is due when. */
typedef struct Due {
    int64_t at_ms;
    int64_t device; /* or -1 - line: the rest of a slow request */
    RehearseStep step;
} Due;

typedef struct Line {
    int socket; /* -1: not connected */
    int64_t device;
    RehearseStep step;
    bool is_busy;
    int64_t sent_ns;
    char out[1200];
    size_t out_bytes;
    size_t out_done;
    char in[16384];
    size_t in_bytes;
} Line;

typedef struct Play {
    Rehearse *it;
    Device *devices;
    int64_t device_count;
    int64_t open_count;
    Due *heap;
    size_t heap_count;
    size_t heap_room;
    Due *waiting; /* due, but no line is free: a ring */
    size_t waiting_first;
    size_t waiting_count;
    Line lines[REHEARSE_LINES_MAX];
    size_t free_lines[REHEARSE_LINES_MAX];
    size_t free_count;
    int watch;
    int64_t start_ms;
    int64_t called_number; /* the largest place that was called, since the last restart */
    int64_t called_ns;     /* when we knew */
    int64_t restart_ns;    /* answers to earlier questions are the old server's */
} Play;

static int64_t now_ns(void) {
    struct timespec now;
    check(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t play_ms(const Play *play) {
    return now_ns() / 1000000 - play->start_ms;
}

/* ---- times ---- */

void rehearse_times_init(Arena *arena, RehearseTimes *times) {
    *times = (RehearseTimes){.micros = arena_array(arena, uint32_t, REHEARSE_MICROS_MAX + 1)};
}

static void times_add(RehearseTimes *times, int64_t ns) {
    int64_t micros = ns / 1000;
    times->micros[micros < REHEARSE_MICROS_MAX ? micros : REHEARSE_MICROS_MAX]++;
    times->count++;
}

double rehearse_ms(const RehearseTimes *times, int64_t percent) {
    int64_t wanted = times->count * percent / 100;
    int64_t seen = 0;
    for (size_t i = 0; i <= REHEARSE_MICROS_MAX; i++) {
        seen += times->micros[i];
        if (seen > wanted) {
            return (double)i / 1000;
        }
    }
    return 0;
}

/* ---- what is due ---- */

static void due_add(Play *play, int64_t device, RehearseStep step, int64_t at_ms) {
    check(play->heap_count < play->heap_room);
    size_t at = play->heap_count++;
    while (at > 0 && play->heap[(at - 1) / 2].at_ms > at_ms) {
        play->heap[at] = play->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    play->heap[at] = (Due){at_ms, device, step};
}

static Due due_take(Play *play) {
    Due first = play->heap[0];
    Due last = play->heap[--play->heap_count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= play->heap_count) {
            break;
        }
        child +=
            child + 1 < play->heap_count && play->heap[child + 1].at_ms < play->heap[child].at_ms;
        if (play->heap[child].at_ms >= last.at_ms) {
            break;
        }
        play->heap[at] = play->heap[child];
        at = child;
    }
    play->heap[at] = last;
    return first;
}

static void again(Play *play, int64_t device, RehearseStep step, int64_t in_ms) {
    due_add(play, device, step, play_ms(play) + in_ms);
}

/* ---- requests ---- */

void rehearse_token(int64_t person, char token[REHEARSE_TOKEN_BYTES]) {
    (void)snprintf(token, REHEARSE_TOKEN_BYTES, "rehearse%024" PRId64, person * 7919 + 13);
}

const char *rehearse_csrf(const char *token) {
    return token + 8;
}

static void request_write(Play *play, Line *line) {
    const Device *device = &play->devices[line->device];
    const RehearsePerson *person = &play->it->persons[device->person];
    bool is_known = play_ms(play) >= person->identity_ms;
    char token[REHEARSE_TOKEN_BYTES];
    char cookie[2 * PLACE_BYTES + REHEARSE_TOKEN_BYTES];
    char form[300] = "";
    rehearse_token(device->person, token);
    (void)snprintf(cookie, sizeof cookie, "%s%s%s%s", is_known ? "hx_session=" : "a=b",
                   is_known ? token : "",
                   device->place[0] == '\0' ? "" : "; hx_place=", device->place);
    if (line->step == REHEARSE_CLAIM) {
        (void)snprintf(form, sizeof form,
                       "csrf=%s&request_key=rehearse-%012" PRId64
                       "&programme=appliance&category=fridge&level=1&price=6999&agree=1",
                       rehearse_csrf(token), line->device);
    }
    static const char *const paths[] = {"/api/wait", "/api/wait", "/api/coupon/claim"};
    int len = snprintf(line->out, sizeof line->out,
                       "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\n"
                       "Cookie: %s\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                       "Content-Length: %zu\r\n\r\n%s",
                       line->step == REHEARSE_LOOK ? "GET" : "POST", paths[line->step], cookie,
                       strlen(form), form);
    check(len > 0 && (size_t)len < sizeof line->out);
    line->out_bytes = (size_t)len;
    line->out_done = 0;
}

static bool line_connect(Play *play, Line *line) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(play->it->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    line->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(line->socket >= 0);
    if (connect(line->socket, (struct sockaddr *)&address, sizeof address) != 0) {
        (void)close(line->socket);
        line->socket = -1;
        return false;
    }
    int one = 1;
    (void)setsockopt(line->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    check(fcntl(line->socket, F_SETFL, O_NONBLOCK) == 0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = line};
    check(epoll_ctl(play->watch, EPOLL_CTL_ADD, line->socket, &event) == 0);
    return true;
}

static void line_free(Play *play, Line *line) {
    line->is_busy = false;
    play->free_lines[play->free_count++] = (size_t)(line - play->lines);
}

/* No answer came: nobody knows what took place; the same key asked again tells. */
static void line_break(Play *play, Line *line) {
    if (line->socket >= 0) {
        (void)close(line->socket);
        line->socket = -1;
    }
    play->it->broken_lines++;
    if (line->device < play->device_count) {
        again(play, line->device, line->step, prng_between(&play->it->prng, 200, 1200));
    }
    line_free(play, line);
}

static void line_push(Play *play, Line *line, size_t bytes) {
    size_t rest = line->out_bytes - line->out_done;
    bytes = bytes < rest ? bytes : rest;
    ssize_t len = send(line->socket, line->out + line->out_done, bytes, MSG_NOSIGNAL);
    if (len < 0) {
        line_break(play, line);
        return;
    }
    line->out_done += (size_t)len;
    /* A slow phone's own time is not ours. */
    line->sent_ns = now_ns();
    if (line->out_done < line->out_bytes) {
        due_add(play, -1 - (int64_t)(line - play->lines), line->step,
                play_ms(play) + SLOW_PAUSE_MS);
    }
}

static void ask(Play *play, const Due *due) {
    Line *line = &play->lines[play->free_lines[--play->free_count]];
    line->is_busy = true;
    line->device = due->device;
    line->step = due->step;
    line->in_bytes = 0;
    play->it->request_count++;
    request_write(play, line);
    if (line->socket < 0 && !line_connect(play, line)) {
        line_break(play, line);
        return;
    }
    line_push(play, line,
              play->devices[due->device].is_slow ? line->out_bytes / 3 + 1 : line->out_bytes);
}

/* ---- answers ---- */

static void device_end(Play *play, Device *device) {
    play->open_count -= !device->is_ended;
    device->is_ended = true;
}

static void reason_add(Rehearse *it, const char *text) {
    size_t at = 0;
    while (at < it->reason_count && strcmp(it->reasons[at].text, text) != 0) {
        at++;
    }
    if (at == REHEARSE_REASONS_MAX) {
        return;
    }
    if (at == it->reason_count) {
        (void)snprintf(it->reasons[at].text, sizeof it->reasons[at].text, "%s", text);
        it->reason_count++;
    }
    it->reasons[at].count++;
}

static void served(Play *play, Device *device, const json_t *root) {
    RehearsePerson *person = &play->it->persons[device->person];
    const char *text = json_string_value(json_object_get(root, "coupon_id"));
    int64_t coupon = text == NULL ? 0 : strtoll(text, NULL, 10);
    check(coupon > 0);
    if (person->end == REHEARSE_SERVED && person->coupon_id != coupon) {
        play->it->double_different++;
    }
    person->end = REHEARSE_SERVED;
    person->coupon_id = coupon;
    device_end(play, device);
}

/* Sums and numbers differ from person to person: the words without digits are the reason. */
static void reason_words(const char *message, char out[120]) {
    size_t at = 0;
    for (const char *c = message; *c != '\0' && at < 110; c++) {
        bool is_digit = (*c >= '0' && *c <= '9') || *c == '.' || *c == ',';
        bool is_again = at > 0 && out[at - 1] == '#';
        if (!is_digit) {
            out[at++] = *c;
        } else if (!is_again) {
            out[at++] = '#';
        }
    }
    /* Whole characters only. */
    while (at > 0 && ((unsigned char)out[at - 1] & 0xc0) == 0x80 && at >= 108) {
        at--;
    }
    out[at] = '\0';
}

static void refused(Play *play, Device *device, const json_t *root) {
    RehearsePerson *person = &play->it->persons[device->person];
    const json_t *first = json_array_get(json_object_get(root, "errors"), 0);
    const char *message = json_string_value(json_object_get(first, "message"));
    char words[120];
    reason_words(message == NULL ? "?" : message, words);
    reason_add(play->it, words);
    /* Another device of the same person was quicker: not a refusal of the person. */
    if (person->end == REHEARSE_OPEN && strstr(words, "已经领取") == NULL) {
        person->end = REHEARSE_REFUSED;
    }
    device_end(play, device);
}

static void place_note(Play *play, const Line *line, Device *device, const json_t *root) {
    int64_t number = json_integer_value(json_object_get(root, "number"));
    const json_t *state = json_object_get(root, "state");
    const char *word = json_is_string(state) ? json_string_value(state)
                                             : json_string_value(json_object_get(state, "code"));
    bool is_called = word != NULL && strcmp(word, "called") == 0;
    RehearsePerson *person = &play->it->persons[device->person];
    device->number = number;
    if (number > 0 && (person->place == 0 || number < person->place)) {
        person->place = number;
    }
    person->was_queued = true;
    if (is_called && number > play->called_number && line->sent_ns > play->restart_ns) {
        play->called_number = number;
        play->called_ns = now_ns();
    }
    /* Asked after we knew that a later place was called, and still told to wait. */
    if (!is_called && number > 0 && number < play->called_number &&
        line->sent_ns > play->called_ns) {
        play->it->inversions++;
    }
    int64_t poll_ms = json_integer_value(json_object_get(root, "poll_ms"));
    bool is_known = play_ms(play) >= person->identity_ms;
    if (number == 0 || (is_called && is_known)) {
        again(play, line->device, is_known ? REHEARSE_CLAIM : REHEARSE_PLACE,
              number == 0 ? 200 : 0);
        return;
    }
    again(play, line->device, REHEARSE_LOOK, poll_ms > 0 ? poll_ms : 1000);
}

static void cookie_keep(Device *device, Str head) {
    size_t at = str_find(head, STR("hx_place="), 0);
    if (at != SIZE_MAX) {
        Str rest = str_from(head, at + 9);
        Str value = str_cut(&rest, ';');
        (void)snprintf(device->place, sizeof device->place, STR_FMT, STR_ARG(value));
    }
}

static void answer_take(Play *play, Line *line, Str head, Str body) {
    Rehearse *it = play->it;
    Device *device = &play->devices[line->device];
    int status = (int)strtol(line->in + 9, NULL, 10);
    times_add(&it->times[line->step], now_ns() - line->sent_ns);
    cookie_keep(device, head);
    if (status == 503 || status == 429) {
        it->busy_answers++;
        again(play, line->device, line->step, prng_between(&it->prng, 500, 1500));
        return;
    }
    json_t *root = json_loadb(body.at, body.len, 0, NULL);
    bool is_claim = line->step == REHEARSE_CLAIM;
    if (status == 200 && is_claim) {
        served(play, device, root);
    } else if (status == 409 && is_claim) {
        refused(play, device, root);
    } else if (status == 200 || status == 202) {
        it->queued_answers += status == 202;
        place_note(play, line, device, root);
    } else {
        it->unknown_answers++;
        reason_add(it, str_c(it->arena, str_slice(head, 0, 30)));
        device_end(play, device);
    }
    json_decref(root);
}

static void on_bytes(Play *play, Line *line) {
    ssize_t len =
        recv(line->socket, line->in + line->in_bytes, sizeof line->in - 1 - line->in_bytes, 0);
    if (len <= 0) {
        if (len < 0 && errno == EAGAIN) {
            return;
        }
        if (line->is_busy) {
            line_break(play, line);
        } else {
            (void)close(line->socket);
            line->socket = -1;
        }
        return;
    }
    line->in_bytes += (size_t)len;
    line->in[line->in_bytes] = '\0';
    Str got = {line->in, line->in_bytes};
    size_t end = str_find(got, STR("\r\n\r\n"), 0);
    size_t at = end == SIZE_MAX ? SIZE_MAX : str_find(got, STR("Content-Length: "), 0);
    if (at == SIZE_MAX) {
        return;
    }
    size_t body_bytes = strtoul(line->in + at + 16, NULL, 10);
    if (line->in_bytes < end + 4 + body_bytes) {
        return;
    }
    answer_take(play, line, str_slice(got, 0, end), str_slice(got, end + 4, body_bytes));
    bool is_closing = str_find(str_slice(got, 0, end), STR("Connection: close"), 0) != SIZE_MAX;
    if (is_closing) {
        (void)close(line->socket);
        line->socket = -1;
    }
    line_free(play, line);
}

/* ---- the play ---- */

static void due_start(Play *play, const Due *due) {
    if (due->device < 0) {
        Line *line = &play->lines[-1 - due->device];
        if (line->is_busy && line->socket >= 0 && line->out_done < line->out_bytes) {
            line_push(play, line, line->out_bytes / 3 + 1);
        }
        return;
    }
    const Device *device = &play->devices[due->device];
    if (device->is_ended) {
        return;
    }
    if (play->free_count == 0) {
        size_t at = (play->waiting_first + play->waiting_count++) % play->heap_room;
        play->waiting[at] = *due;
        return;
    }
    ask(play, due);
}

static void lines_feed(Play *play) {
    while (play->waiting_count > 0 && play->free_count > 0) {
        Due due = play->waiting[play->waiting_first];
        play->waiting_first = (play->waiting_first + 1) % play->heap_room;
        play->waiting_count--;
        due_start(play, &due);
    }
}

static void round_play(Play *play) {
    struct epoll_event events[EVENTS_MAX];
    int64_t next_ms = play->heap_count == 0 ? 50 : play->heap[0].at_ms - play_ms(play);
    int64_t wait_ms = next_ms < 0 ? 0 : next_ms;
    int count = epoll_wait(play->watch, events, EVENTS_MAX, (int)(wait_ms < 50 ? wait_ms : 50));
    for (int i = 0; i < count; i++) {
        on_bytes(play, events[i].data.ptr);
    }
    lines_feed(play);
    int64_t now_ms = play_ms(play);
    while (play->heap_count > 0 && play->heap[0].at_ms <= now_ms) {
        Due due = due_take(play);
        due_start(play, &due);
    }
}

static void play_init(Play *play, Rehearse *it, int64_t device_room) {
    *play = (Play){.it = it, .start_ms = now_ns() / 1000000};
    play->devices = arena_array(it->arena, Device, (size_t)device_room);
    play->heap_room = (size_t)device_room * 3 + 2 * REHEARSE_LINES_MAX;
    play->heap = arena_array(it->arena, Due, play->heap_room);
    play->waiting = arena_array(it->arena, Due, play->heap_room);
    play->watch = epoll_create1(EPOLL_CLOEXEC);
    check(play->watch >= 0);
    for (size_t i = 0; i < REHEARSE_LINES_MAX; i++) {
        play->lines[i].socket = -1;
        play->free_lines[play->free_count++] = i;
    }
}

static void play_end(Play *play) {
    for (size_t i = 0; i < REHEARSE_LINES_MAX; i++) {
        if (play->lines[i].socket >= 0) {
            (void)close(play->lines[i].socket);
        }
    }
    (void)close(play->watch);
}

/* When somebody comes: half of all in the first tenth, in bursts of a second's first moments. */
static int64_t arrival_draw(Rehearse *it) {
    int64_t all_ms = it->seconds * 1000;
    int64_t until_ms = prng_chance_bp(&it->prng, 5000) ? all_ms / 10 : all_ms * 8 / 10;
    int64_t at_ms = prng_between(&it->prng, 0, until_ms);
    return prng_chance_bp(&it->prng, 5000) ? at_ms / 1000 * 1000 + at_ms % 100 : at_ms;
}

static void person_come(Play *play, int64_t index) {
    Rehearse *it = play->it;
    RehearsePerson *person = &it->persons[index];
    int64_t devices = prng_chance_bp(&it->prng, 1000) ? it->device_max : 1;
    /* The identity service is down until a third of the time is over, for a fifth of all. */
    bool is_unknown = prng_chance_bp(&it->prng, 2000);
    person->identity_ms = is_unknown ? it->seconds * 1000 / 3 : 0;
    int64_t at_ms = arrival_draw(it);
    for (int64_t i = 0; i < devices; i++) {
        Device *device = &play->devices[play->device_count];
        *device = (Device){.person = index,
                           .is_slow = prng_chance_bp(&it->prng, 500),
                           .is_double = prng_chance_bp(&it->prng, 2000)};
        int64_t come_ms = at_ms + prng_between(&it->prng, 0, 300) * (i > 0);
        RehearseStep step = come_ms < person->identity_ms ? REHEARSE_PLACE : REHEARSE_CLAIM;
        due_add(play, play->device_count, step, come_ms);
        if (device->is_double && step == REHEARSE_CLAIM) {
            due_add(play, play->device_count, step, come_ms + prng_between(&it->prng, 0, 30));
            it->double_count++;
        }
        play->device_count++;
        play->open_count++;
    }
}

/* Refused for want of money, while somebody with a later place was served. */
static void order_judge(Rehearse *it) {
    int64_t last_served = 0;
    for (int64_t i = 0; i < it->person_count; i++) {
        const RehearsePerson *person = &it->persons[i];
        if (person->end == REHEARSE_SERVED && person->place > last_served) {
            last_served = person->place;
        }
    }
    for (int64_t i = 0; i < it->person_count; i++) {
        const RehearsePerson *person = &it->persons[i];
        it->later_served +=
            person->end == REHEARSE_REFUSED && person->place > 0 && person->place < last_served;
    }
}

void rehearse_play(Rehearse *it) {
    Play *play = arena_new(it->arena, Play);
    play_init(play, it, it->person_count * DEVICES_A_PERSON);
    for (int64_t i = 0; i < it->person_count; i++) {
        person_come(play, i);
    }
    it->device_count = play->device_count;
    bool is_killed = it->kill_server == NULL;
    while (play->open_count > 0 && play_ms(play) < it->seconds * 3000 + 60000) {
        round_play(play);
        if (!is_killed && play_ms(play) >= it->seconds * 500) {
            is_killed = true;
            it->kill_server(it->context);
            /* The room begins anew: those who were called are called again, in their order. */
            play->called_number = 0;
            play->restart_ns = now_ns();
        }
    }
    it->spent_ms = play_ms(play);
    play_end(play);
    order_judge(it);
}

/* ---- the crowd ---- */

void rehearse_crowd(Rehearse *it, int64_t count, RehearseTimes *looks) {
    Play *play = arena_new(it->arena, Play);
    play_init(play, it, count);
    RehearsePerson *nobody = arena_new(it->arena, RehearsePerson);
    RehearsePerson *held = it->persons;
    nobody->identity_ms = INT64_MAX;
    it->persons = nobody;
    RehearseTimes before = it->times[REHEARSE_LOOK];
    it->times[REHEARSE_LOOK] = *looks;
    for (int64_t i = 0; i < count; i++) {
        play->devices[i].person = 0;
        due_add(play, i, REHEARSE_PLACE, 0);
    }
    play->device_count = count;
    play->open_count = count;
    /* Until all have a place; each asks again when it is told to. */
    int64_t before_count = it->times[REHEARSE_PLACE].count;
    int64_t had = 0;
    while (had < count && play_ms(play) < 600000) {
        round_play(play);
        had = it->times[REHEARSE_PLACE].count - before_count;
    }
    int64_t until_ms = play_ms(play) + 5000;
    while (play_ms(play) < until_ms) {
        round_play(play);
    }
    *looks = it->times[REHEARSE_LOOK];
    it->times[REHEARSE_LOOK] = before;
    it->persons = held;
    play_end(play);
}
