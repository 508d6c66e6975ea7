/*
 * Handing out over HTTP, each step as its person: the officer announces, pauses and closes;
 * residents take a place, one each, and see their position; coupons come by the list's order and by
 * the draw; wrong input is refused at its field and changes nothing; the waiting room stands beside
 * it.
 */
#include "server.h"
#include "test.h"

#include <inttypes.h>

static Server server;

static int start(void **state) {
    (void)state;
    server_start(&server, "100");
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    return 0;
}

static Reply post(Str token, const char *path, const char *form) {
    return ask_post(&server, token, path, str_of(form));
}

#define FORM_START                                                                                 \
    "&town=all&starts=2026-11-20&start_hour=0&ends=2026-11-25&quota=5&name=%%E6%%B5%%8B%%E8%%AF%%95"

static int next_key = 1;

static int64_t announce(Str officer, const char *more) {
    char form[900];
    (void)snprintf(form, sizeof form, "request_key=announce-%d" FORM_START "&%s", next_key++, more);
    Reply reply = post(officer, "/release/new", form);
    if (reply.status != 200) {
        print_error(STR_FMT "\n", STR_ARG(reply.body));
    }
    assert_int_equal(reply.status, 200);
    Str place = json_member(reply.body, "location");
    int64_t id = 0;
    assert_int_equal(str_int64(str_from(place, strlen("/release/")), &id), STATUS_OK);
    return id;
}

static const char *path_of(int64_t id, const char *act) {
    return str_c(server.arena, str_print(server.arena, "/release/%" PRId64 "%s", id, act));
}

static int act(Str token, int64_t id, const char *what, const char *form) {
    char keyed[600];
    (void)snprintf(keyed, sizeof keyed, "request_key=act-%d&%s", next_key++, form);
    return (int)post(token, path_of(id, what), keyed).status;
}

static void a_waiting_list_from_joining_to_the_coupon(void **state) {
    (void)state;
    Str officer = sign_in(&server, "officer");
    Str resident = sign_in(&server, "resident");
    int64_t id = announce(officer, "category=appliance:fridge&way=waiting_list");
    Reply page = ask_get(&server, STR(""), path_of(id, ""));
    assert_int_equal(page.status, 200);
    assert_int_equal(json_int(page.body, "joined"), 0);
    /* Who may not: visitors and officers take no place, residents do not manage. */
    assert_int_equal(act(STR(""), id, "/join", ""), 401);
    assert_int_equal(act(officer, id, "/join", ""), 403);
    assert_int_equal(act(resident, id, "/pause", ""), 403);
    /* Nor does another unit's officer: a release stops everybody's claims. */
    Str other = sign_in(&server, "unit15");
    assert_int_equal(act(other, id, "/pause", ""), 403);
    assert_int_equal(act(other, id, "/close", ""), 403);
    assert_int_equal(act(other, id, "/give", "count=5"), 403);
    assert_int_equal(ask_get(&server, other, "/release/new").status, 403);
    assert_int_equal(post(other, "/release/new", "request_key=other&name=x").status, 403);
    assert_int_equal(act(officer, id, "/pause", ""), 200);
    assert_int_equal(act(resident, id, "/join", ""), 409);
    assert_int_equal(act(officer, id, "/resume", ""), 200);
    assert_int_equal(act(resident, id, "/join", ""), 200);
    /* On another device, in another session: the same place. */
    Str second = sign_in(&server, "resident");
    assert_int_equal(act(second, id, "/join", ""), 409);
    page = ask_get(&server, second, path_of(id, ""));
    assert_int_equal(json_int(page.body, "joined"), 1);
    assert_int_equal(json_int(page.body, "ahead"), 0);
    assert_int_equal(json_member(page.body, "receipt").len, 20);
    /* Claiming past the list is refused with words. */
    Reply claim = post(resident, "/coupon/claim",
                       "request_key=past&programme=appliance&category=fridge&level=1&price=6999"
                       "&agree=1");
    assert_int_equal(claim.status, 409);
    assert_true(str_find(claim.body, STR("排队登记"), 0) != SIZE_MAX);
    /* Given: the coupon is there. */
    assert_int_equal(act(officer, id, "/give", "count=0"), 400);
    assert_int_equal(act(officer, id, "/give", "count=5"), 200);
    assert_int_equal(act(officer, id, "/give", "count=5"), 409);
    page = ask_get(&server, resident, path_of(id, ""));
    assert_int_equal(json_int(page.body, "given"), 1);
    page = ask_get(&server, resident, "/coupon");
    assert_true(str_find(page.body, STR("待使用"), 0) != SIZE_MAX ||
                str_find(page.body, STR("claimed"), 0) != SIZE_MAX);
    assert_int_equal(act(officer, id, "/close", ""), 200);
    assert_int_equal(act(officer, id, "/resume", ""), 409);
}

static void wrong_announcements_are_refused_at_their_field(void **state) {
    (void)state;
    Str officer = sign_in(&server, "officer");
    static const struct {
        const char *form;
        const char *field;
    } rows[] = {
        {"category=appliance:fridge&way=raffle", "way"},
        {"category=appliance:nothing&way=first_come", "category"},
        {"category=appliance:&way=waiting_list", "category"},
        {"category=appliance:fridge&way=draw&commitment=12", "commitment"},
        {"category=appliance:fridge&way=draw", "commitment"},
        {"category=appliance:fridge&way=first_come&day_quota=6", "day_quota"},
        {"category=appliance:fridge&way=first_come&file_until=2026-12-01", "purchase_until"},
        {"category=appliance:fridge&way=first_come&purchase_until=2026-12-05"
         "&file_until=2026-12-01",
         "file_until"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char form[900];
        (void)snprintf(form, sizeof form, "request_key=wrong-%zu" FORM_START "&%s", i,
                       rows[i].form);
        Reply reply = post(officer, "/release/new", form);
        assert_int_equal(reply.status, 400);
        char field[64];
        (void)snprintf(field, sizeof field, "\"field\":\"%s\"", rows[i].field);
        if (str_find(reply.body, str_of(field), 0) == SIZE_MAX) {
            print_error("%s: " STR_FMT "\n", rows[i].field, STR_ARG(reply.body));
        }
        assert_true(str_find(reply.body, str_of(field), 0) != SIZE_MAX);
    }
    assert_int_equal(post(officer, "/release/new", "name=x").status, 400);
    assert_int_equal(ask_get(&server, officer, "/release/99999").status, 404);
}

/* A fresh seed and its commitment, made by the program itself. */
static void seed_make(char seed[65], char commitment[65]) {
    FILE *out = popen(PROGRAM_PATH " draw seed", "r");
    char line[200];
    seed[0] = commitment[0] = '\0';
    assert_non_null(out);
    while (fgets(line, sizeof line, out) != NULL) {
        (void)sscanf(line, "seed %64s", seed);
        (void)sscanf(line, "commitment %64s", commitment);
    }
    assert_int_equal(pclose(out), 0);
    assert_int_equal(strlen(seed), 64);
    assert_int_equal(strlen(commitment), 64);
}

/* Uploads a drawn file, and what was published before it when that is not empty. */
static Reply verify(Str drawn, Str published) {
    Buf *body = buf_in(server.arena, 1024 * 1024);
    const Str files[] = {drawn, published};
    static const char *const names[] = {"file", "published"};
    for (int i = 0; i < 2; i++) {
        if (files[i].len > 0) {
            buf_put(body, str_print(server.arena,
                                    "--XX\r\nContent-Disposition: form-data; name=\"%s\";"
                                    " filename=\"draw.txt\"\r\nContent-Type: text/plain\r\n\r\n",
                                    names[i]));
            buf_put(body, files[i]);
            buf_put_c(body, "\r\n");
        }
    }
    buf_put_c(body, "--XX--\r\n");
    Str head = str_print(server.arena,
                         "POST /api/draw/verify HTTP/1.1\r\nHost: localhost\r\n"
                         "Connection: close\r\nOrigin: http://localhost\r\n"
                         "Content-Type: multipart/form-data; boundary=XX\r\n"
                         "Content-Length: %zu\r\n\r\n",
                         body->len);
    return client_ask(server.arena, server.port, str_join(server.arena, head, buf_str(body)));
}

/* Anybody recomputes it on a page: the whole, one changed place, another list before it, no draw.
 */
static void verified_on_the_page(Str closed, Str drawn) {
    Str changed = str_dup(server.arena, drawn);
    char *digit = (char *)(uintptr_t)changed.at + str_find(changed, STR("winner 1 "), 0) + 9;
    *digit = *digit == '0' ? '1' : '0';
    assert_int_equal(verify(drawn, STR("")).status, 200);
    assert_int_equal(verify(drawn, closed).status, 200);
    assert_int_equal(verify(changed, STR("")).status, 400);
    assert_int_equal(verify(drawn, changed).status, 400);
    assert_int_equal(verify(closed, STR("")).status, 400);
    assert_int_equal(verify(STR("hello"), STR("")).status, 400);
    assert_int_equal(verify(STR(""), STR("")).status, 400);
}

static void a_draw_is_proved_with_the_published_files(void **state) {
    (void)state;
    Str officer = sign_in(&server, "officer");
    Str resident = sign_in(&server, "resident");
    char more[300];
    char seed[65];
    char commitment[65];
    char reveal[200];
    seed_make(seed, commitment);
    (void)snprintf(more, sizeof more, "category=appliance:tv&way=draw&source=-&commitment=%s",
                   commitment);
    (void)snprintf(reveal, sizeof reveal, "seed=%s&public_words=-", seed);
    int64_t id = announce(officer, more);
    assert_int_equal(act(resident, id, "/join", ""), 200);
    assert_int_equal(act(officer, id, "/reveal", reveal), 409);
    assert_int_equal(act(officer, id, "/close", ""), 200);
    assert_int_equal(act(resident, id, "/leave", ""), 409);
    Reply closed = ask_get(&server, STR(""), path_of(id, "/draw"));
    assert_int_equal(closed.status, 200);
    assert_true(str_starts(closed.body, STR("huanxin-draw 1\n")));
    assert_int_equal(act(officer, id, "/give", "count=1"), 409);
    assert_int_equal(act(officer, id, "/reveal",
                         "seed=ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                         "&public_words=-"),
                     409);
    assert_int_equal(act(officer, id, "/reveal", reveal), 200);
    Reply drawn = ask_get(&server, STR(""), path_of(id, "/draw"));
    char path[2][200];
    const Str texts[] = {closed.body, drawn.body};
    for (int i = 0; i < 2; i++) {
        (void)snprintf(path[i], sizeof path[i], "%s/draw-%d.txt", server.data, i);
        FILE *file = fopen(path[i], "w");
        assert_non_null(file);
        assert_int_equal(fwrite(texts[i].at, 1, texts[i].len, file), texts[i].len);
        (void)fclose(file);
    }
    char command[600];
    (void)snprintf(command, sizeof command, PROGRAM_PATH " draw verify %s %s >/dev/null", path[1],
                   path[0]);
    assert_int_equal(system(command), 0);
    verified_on_the_page(closed.body, drawn.body);
    assert_int_equal(act(officer, id, "/give", "count=5"), 200);
    Reply page = ask_get(&server, resident, path_of(id, ""));
    assert_int_equal(json_int(page.body, "rank"), 1);
    assert_int_equal(json_int(page.body, "given"), 1);
    /* The resident's hash stands in the file. */
    assert_true(str_find(drawn.body, json_member(page.body, "hash"), 0) != SIZE_MAX);
}

static void the_waiting_room_is_open_to_all(void **state) {
    (void)state;
    /* This server has no waiting room: the page says so, and a place is not needed. */
    Reply page = ask_get(&server, STR(""), "/wait");
    assert_int_equal(page.status, 200);
    assert_int_equal(post(STR(""), "/wait", "").status, 200);
}

/* A programme is stopped whole and started again, by those who hand its coupons out. */
static void a_programme_is_paused_and_resumed(void **state) {
    (void)state;
    static const char pause[] = "/release/programme/digital/2026/pause";
    static const char resume[] = "/release/programme/digital/2026/resume";
    static const char claim[] = "programme=digital&category=phone&level=0&price=3999&agree=1";
    Str officer = sign_in(&server, "officer");
    Str resident = sign_in(&server, "resident");
    Str other = sign_in(&server, "unit15");
    assert_int_equal(post(other, pause, "request_key=pp1").status, 403);
    assert_int_equal(post(resident, pause, "request_key=pp2").status, 403);
    assert_int_equal(post(officer, resume, "request_key=pp3").status, 409);
    assert_int_equal(post(officer, pause, "request_key=pp4").status, 200);
    assert_int_equal(post(officer, pause, "request_key=pp5").status, 409);
    Reply refused = post(resident, "/coupon/claim", claim);
    assert_int_equal(refused.status, 409);
    assert_true(str_contains(refused.body, STR("已暂停领取")));
    assert_true(str_contains(ask_get(&server, STR(""), "/release").body, STR("paused")));
    assert_int_equal(post(officer, resume, "request_key=pp6").status, 200);
    assert_int_equal(post(resident, "/coupon/claim", claim).status, 200);
    assert_int_equal(post(officer, "/release/programme/none/2026/pause", "request_key=pp7").status,
                     404);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_waiting_list_from_joining_to_the_coupon),
        cmocka_unit_test(a_programme_is_paused_and_resumed),
        cmocka_unit_test(wrong_announcements_are_refused_at_their_field),
        cmocka_unit_test(a_draw_is_proved_with_the_published_files),
        cmocka_unit_test(the_waiting_room_is_open_to_all),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
