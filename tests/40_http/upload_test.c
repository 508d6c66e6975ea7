/*
 * Files made to hurt at every door that takes files: pictures that announce or inflate to billions
 * of points or bytes, cut ones, wrong and double kinds, empty ones, a hundred at once; tables as
 * archives, entities and endless rows. Each is refused at its field with nothing kept, in a second
 * or so, and the server's memory stays below a bound that is measured. Properties A1-A3
 * (attach.h), X1, X2 (sheet.h), of the whole program.
 */
#include "base/codes.h"
#include "base/day.h"
#include "pack/pack.h"
#include "photo.h"
#include "server.h"
#include "test.h"

#include <inttypes.h>
#include <pthread.h>
#include <time.h>
#include <zlib.h>

enum {
    BODY_MAX = 32 * 1024 * 1024,
    /* Above the server at rest: a few pictures of 24 million points, bodies, an unpacked table. */
    PEAK_OVER_REST_KB_MAX = 300 * 1024,
    SECONDS_MAX = 12,
    CROWD = 12,
    NAMES = 100,
};

static Server server;
static Str resident;
static Str unit;
static Str finance;
static int64_t claim;
static int64_t rest_kb;

/* ---- the server's memory and folder ---- */

/* A line of /proc/PID/status in kB: "VmHWM:", "VmRSS:". */
static int64_t memory_kb(const char *line) {
    char path[64];
    char text[256];
    long long value = -1;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)server.pid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(text, sizeof text, file) != NULL) {
        if (strncmp(text, line, strlen(line)) == 0) {
            assert_int_equal(sscanf(text + strlen(line), "%lld", &value), 1);
        }
    }
    (void)fclose(file);
    return value;
}

/* Files that are kept. */
static int64_t kept_count(void) {
    char command[160];
    long long count = -1;
    (void)snprintf(command, sizeof command, "find %s/files -type f 2>/dev/null | wc -l",
                   server.data);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_int_equal(fscanf(pipe, "%lld", &count), 1);
    assert_int_equal(pclose(pipe), 0);
    return count;
}

static int start(void **state) {
    (void)state;
    server_start(&server, "60");
    resident = sign_in(&server, "resident");
    unit = sign_in(&server, "unit07");
    finance = sign_in(&server, "finance");
    Reply made =
        ask_post(&server, resident, "/claim/new", STR("programme=car_scrap&bought=2026-10-30"));
    check(made.status == 200);
    Str place = json_member(made.body, "location");
    Str rest = str_from(place, STR("/claim/").len);
    check(str_int64(str_cut(&rest, '/'), &claim) == STATUS_OK);
    rest_kb = memory_kb("VmRSS:");
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    return 0;
}

/* ---- requests ---- */

typedef struct Door {
    const char *path;
    const char *field;
    Str token;
    const char *act; /* the form's act; NULL: none */
} Door;

static Str request(Arena *arena, const Door *door, Str bytes, size_t count) {
    Buf *body = buf_in(arena, BODY_MAX + 1024 * 1024);
    if (door->act != NULL) {
        buf_print(body, "--XX\r\nContent-Disposition: form-data; name=\"form_act\"\r\n\r\n%s\r\n",
                  door->act);
    }
    /* So a form of records says that its files were on the page. */
    buf_print(body, "--XX\r\nContent-Disposition: form-data; name=\"%s.sent\"\r\n\r\n1\r\n",
              door->field);
    for (size_t i = 0; i < count; i++) {
        buf_print(body,
                  "--XX\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%zu.png\"\r\n"
                  "Content-Type: image/png\r\n\r\n",
                  door->field, i);
        buf_put(body, bytes);
        buf_put_c(body, "\r\n");
    }
    buf_put_c(body, "--XX--\r\n");
    Str head = str_print(arena,
                         "POST /api%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                         "Authorization: Bearer " STR_FMT
                         "\r\nContent-Type: multipart/form-data; boundary=XX\r\n"
                         "Content-Length: %zu\r\n\r\n",
                         door->path, STR_ARG(door->token), body->len);
    return str_join(arena, head, buf_str(body));
}

/* Sends a file so many times in one form; fails when it is not refused at its field in time. */
static void refused(const Door *door, const char *name, Str bytes, size_t count) {
    Arena *arena = arena_create();
    struct timespec began;
    struct timespec ended;
    (void)clock_gettime(CLOCK_MONOTONIC, &began);
    Reply reply = client_ask(arena, server.port, request(arena, door, bytes, count));
    (void)clock_gettime(CLOCK_MONOTONIC, &ended);
    bool is_named =
        str_contains(reply.body, str_print(arena, "\"field\":\"%s\",\"message\":\"", door->field));
    bool is_refused = (reply.status == 400 && is_named) || reply.status == 413;
    if (!is_refused || ended.tv_sec - began.tv_sec > SECONDS_MAX) {
        fail_msg("%s at %s: %d after %ld s: " STR_FMT, name, door->path, reply.status,
                 (long)(ended.tv_sec - began.tv_sec), STR_ARG(str_slice(reply.body, 0, 2000)));
    }
    arena_free(arena);
}

static void memory_is_bounded(const char *what) {
    int64_t over = memory_kb("VmHWM:") - rest_kb;
    print_message("# %s: peak %" PRId64 " MB above %" PRId64 " MB at rest\n", what, over / 1024,
                  rest_kb / 1024);
    assert_true(over < PEAK_OVER_REST_KB_MAX);
}

/* ---- pictures made to hurt ---- */

static void put32(Buf *out, uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        buf_put_char(out, (char)(number >> shift));
    }
}

static void png_part(Buf *out, const char *type, Str bytes) {
    uLong crc = crc32(crc32(0, (const Bytef *)type, 4), (const Bytef *)bytes.at, (uInt)bytes.len);
    put32(out, (uint32_t)bytes.len);
    buf_put_c(out, type);
    buf_put(out, bytes);
    put32(out, (uint32_t)crc);
}

/* So many zeros, deflated. */
static Str zeros(Arena *arena, size_t count) {
    enum { CHUNK = 1 << 20 };
    static Bytef blank[CHUNK];
    z_stream stream = {0};
    Buf *out = buf_in(arena, count / 500 + 4096);
    Bytef room[65536];
    check(deflateInit(&stream, 9) == Z_OK);
    int code = Z_OK;
    while (code != Z_STREAM_END) {
        size_t now = count < CHUNK ? count : CHUNK;
        stream.next_in = stream.avail_in == 0 ? blank : stream.next_in;
        if (stream.avail_in == 0) {
            stream.avail_in = (uInt)now;
            count -= now;
        }
        stream.next_out = room;
        stream.avail_out = sizeof room;
        code = deflate(&stream, count == 0 ? Z_FINISH : Z_NO_FLUSH);
        check(code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR);
        buf_put(out, (Str){(const char *)room, sizeof room - stream.avail_out});
    }
    (void)deflateEnd(&stream);
    return buf_str(out);
}

typedef struct PngSpec {
    uint32_t width;
    uint32_t height;
    char depth;
    char colour; /* 0 grey, 6 RGBA */
    size_t raw;  /* bytes that the points inflate to */
    Str extra;   /* whole parts before the points */
} PngSpec;

static Str png_of(Arena *arena, PngSpec spec) {
    Buf *head = buf_in(arena, 64);
    Str points = zeros(arena, spec.raw);
    Buf *out = buf_in(arena, spec.extra.len + points.len + 4096);
    put32(head, spec.width);
    put32(head, spec.height);
    buf_put(head, (Str){(const char[]){spec.depth, spec.colour, 0, 0, 0}, 5});
    buf_put(out, (Str){"\x89PNG\r\n\x1a\n", 8});
    png_part(out, "IHDR", buf_str(head));
    buf_put(out, spec.extra);
    png_part(out, "IDAT", points);
    png_part(out, "IEND", STR(""));
    return buf_str(out);
}

/* A text of 7 KB that inflates to 7 MB, so many times. */
static Str texts(Arena *arena, size_t count) {
    Str packed = zeros(arena, (size_t)7 << 20);
    Buf *part = buf_in(arena, packed.len + 16);
    buf_put(part, (Str){"a\0\0", 3});
    buf_put(part, packed);
    Buf *out = buf_in(arena, (part->len + 16) * count + 16);
    for (size_t i = 0; i < count; i++) {
        png_part(out, "zTXt", buf_str(part));
    }
    return buf_str(out);
}

/* A photo whose head says other sides: the frame of a JPEG. */
static Str jpeg_announcing(Arena *arena, unsigned side) {
    Str small =
        photo_jpeg(arena, (PhotoSpec){.seed = 2, .width = 64, .height = 48, .quality = 80}, false);
    Str copy = str_dup(arena, small);
    char *at = (char *)(uintptr_t)copy.at;
    for (size_t i = 2; i + 9 < copy.len; i++) {
        if ((unsigned char)at[i] == 0xff && (unsigned char)at[i + 1] == 0xc0) {
            at[i + 5] = at[i + 7] = (char)(side >> 8);
            at[i + 6] = at[i + 8] = (char)side;
            break;
        }
    }
    return copy;
}

typedef struct Hurt {
    const char *name;
    Str bytes;
} Hurt;

enum { HURT_MAX = 24 };

static size_t pictures(Arena *arena, Hurt *out) {
    Str photo = photo_png(arena, (PhotoSpec){.seed = 3, .width = 80, .height = 60});
    Str webp = photo_webp(arena, (PhotoSpec){.seed = 3, .width = 80, .height = 60, .quality = 80});
    Hurt rows[] = {
        {"png of 841 million points", png_of(arena, (PngSpec){29000, 29000, 1, 0, 1 << 20, {0}})},
        {"png of four billion by four",
         png_of(arena, (PngSpec){0x7fffffff, 0x7fffffff, 8, 0, 64, {0}})},
        {"png without points", png_of(arena, (PngSpec){4800, 4800, 16, 6, 64, {0}})},
        {"png of no width", png_of(arena, (PngSpec){0, 100, 8, 0, 64, {0}})},
        {"png cut", str_slice(photo, 0, photo.len / 2)},
        {"png head alone", str_slice(photo, 0, 8)},
        {"jpeg of four billion points", jpeg_announcing(arena, 65500)},
        {"jpeg head alone", STR("\xff\xd8\xff\xe0")},
        {"jpeg that is a page", STR("\xff\xd8\xff<html><script>alert(1)</script></html>")},
        {"webp cut", str_slice(webp, 0, 30)},
        {"webp head alone", STR("RIFF\x10\0\0\0WEBPVP8 ")},
        {"gif", STR("GIF89a\x01\0\x01\0\0\0\0;")},
        {"svg", STR("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>")},
        {"page", STR("<html><script>alert(1)</script></html>")},
        {"program", STR("\x7f"
                        "ELF\x02\x01\x01")},
        {"one byte", STR("x")},
    };
    memcpy(out, rows, sizeof rows);
    return sizeof rows / sizeof rows[0];
}

static const char *step_path(void) {
    return str_c(server.arena, str_print(server.arena, "/claim/%" PRId64 "/step/3", claim));
}

/* ---- the tests ---- */

static void test_a1_a2_a3_pictures_at_every_door(void **state) {
    (void)state;
    const Door doors[] = {{step_path(), "paper_recycle", resident, NULL},
                          {step_path(), "paper_recycle", resident, "draft"},
                          {"/record/lift/new", "papers", unit, NULL}};
    Arena *arena = arena_create();
    Hurt hurts[HURT_MAX];
    size_t count = pictures(arena, hurts);
    int64_t kept = kept_count();
    for (size_t door = 0; door < sizeof doors / sizeof doors[0]; door++) {
        for (size_t i = 0; i < count; i++) {
            refused(&doors[door], hurts[i].name, hurts[i].bytes, 1);
        }
        refused(&doors[door], "pdf head alone", STR("%PDF-"), 1);
        refused(&doors[door], "pdf cut", STR("%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n"), 1);
    }
    assert_int_equal(kept_count(), kept);
    Reply seen =
        ask_get(&server, resident, str_c(arena, str_print(arena, "/claim/%" PRId64, claim)));
    assert_false(str_contains(seen.body, STR("0.png")));
    arena_free(arena);
    memory_is_bounded("pictures");
}

/* What inflates is refused or costs next to nothing; the form is refused for its other fields. */
static void test_a3_parts_that_inflate(void **state) {
    (void)state;
    Door door = {step_path(), "paper_recycle", resident, NULL};
    Arena *arena = arena_create();
    Str small = STR_NONE;
    const Str files[] = {
        png_of(arena, (PngSpec){64, 48, 8, 0, (64 + 1) * 48, texts(arena, 200)}),
        png_of(arena, (PngSpec){64, 48, 8, 0, (size_t)1 << 30, small}),
        png_of(arena, (PngSpec){4800, 4800, 16, 6, (4800 * 8 + 1) * (size_t)4800, small})};
    for (size_t i = 0; i < 3; i++) {
        time_t began = time(NULL);
        Reply reply = client_ask(arena, server.port, request(arena, &door, files[i], 1));
        assert_int_equal(reply.status, 400); /* the account is missing */
        assert_true(time(NULL) - began <= SECONDS_MAX);
    }
    arena_free(arena);
    memory_is_bounded("parts that inflate");
}

/* A good photo in a form that is refused for something else is not kept either: nobody fills the
 * disk with forms that fail. */
static void test_a_refused_form_keeps_no_file(void **state) {
    (void)state;
    Door door = {step_path(), "paper_recycle", resident, NULL};
    Arena *arena = arena_create();
    int64_t kept = kept_count();
    Str photo = photo_png(arena, (PhotoSpec){.seed = 77, .width = 90, .height = 70});
    Reply reply = client_ask(arena, server.port, request(arena, &door, photo, 1));
    assert_int_equal(reply.status, 400);
    assert_int_equal(kept_count(), kept);
    door.act = "draft";
    reply = client_ask(arena, server.port, request(arena, &door, photo, 1));
    assert_int_equal(reply.status, 200);
    assert_int_equal(kept_count(), kept + 1);
    arena_free(arena);
}

typedef struct Sender {
    pthread_t thread;
    Str bytes;
    int status;
} Sender;

static void *sender_run(void *it) {
    Sender *sender = it;
    Arena *arena = arena_create();
    Client client = client_open(arena, server.port);
    (void)client_send(&client, sender->bytes);
    sender->status = client_reply(&client).status;
    client_close(&client);
    arena_free(arena);
    return NULL;
}

/* Many large pictures at once wait for each other instead of for memory. */
static void test_a3_a_crowd_of_pictures(void **state) {
    (void)state;
    Door door = {step_path(), "paper_recycle", resident, NULL};
    Arena *arena = arena_create();
    Str big = png_of(arena, (PngSpec){4800, 4800, 8, 0, 4801 * (size_t)4800, {0}});
    Sender senders[CROWD];
    Str bytes = request(arena, &door, big, 1);
    for (size_t i = 0; i < CROWD; i++) {
        senders[i] = (Sender){.bytes = bytes};
        assert_int_equal(pthread_create(&senders[i].thread, NULL, sender_run, &senders[i]), 0);
    }
    for (size_t i = 0; i < CROWD; i++) {
        assert_int_equal(pthread_join(senders[i].thread, NULL), 0);
    }
    for (size_t i = 0; i < CROWD; i++) {
        assert_int_equal(senders[i].status, 400);
    }
    arena_free(arena);
    memory_is_bounded("a crowd of pictures");
}

static void test_a_hundred_files(void **state) {
    (void)state;
    Door records = {"/record/lift/new", "papers", unit, NULL};
    Arena *arena = arena_create();
    Str photo = photo_png(arena, (PhotoSpec){.seed = 9, .width = 64, .height = 48});
    refused(&records, "a hundred files", photo, NAMES);
    Door nobody = {"/record/lift/new", "papers", STR("no-such-session"), NULL};
    Reply reply = client_ask(arena, server.port, request(arena, &nobody, photo, NAMES));
    assert_int_equal(reply.status, 401);
    arena_free(arena);
}

/* ---- tables made to hurt ---- */

static Status put_made(void *it, Cx *cx, Str bytes) {
    (void)cx;
    buf_put(it, bytes);
    return STATUS_OK;
}

/* A workbook with one worksheet of these bytes. */
static Str workbook(Arena *arena, Str sheet) {
    Cx cx;
    PackWriter *pack = NULL;
    Buf *out = buf_in(arena, BODY_MAX);
    cx_init(&cx, arena);
    check(pack_writer_new(&cx, NULL, &pack) == STATUS_OK);
    check(pack_part(pack, STR("[Content_Types].xml"), STR("<Types/>")) == STATUS_OK);
    check(pack_part(pack, STR("xl/workbook.xml"),
                    STR("<workbook xmlns:r=\"r\"><sheets><sheet name=\"a\" sheetId=\"1\" "
                        "r:id=\"a\"/></sheets></workbook>")) == STATUS_OK);
    check(pack_part(pack, STR("xl/_rels/workbook.xml.rels"),
                    STR("<Relationships><Relationship Id=\"a\" Type=\"x/worksheet\" "
                        "Target=\"worksheets/sheet1.xml\"/></Relationships>")) == STATUS_OK);
    check(pack_part(pack, STR("xl/worksheets/sheet1.xml"), sheet) == STATUS_OK);
    check(pack_finish(pack, put_made, out) == STATUS_OK);
    return buf_str(out);
}

static Str many(Arena *arena, const char *before, const char *word, size_t count) {
    Buf *out = buf_in(arena, strlen(before) + strlen(word) * count + 16);
    buf_put_c(out, before);
    for (size_t i = 0; i < count; i++) {
        buf_put_c(out, word);
    }
    return buf_str(out);
}

static size_t tables(Arena *arena, Hurt *out) {
    static const char laughs[] =
        "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
        "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\">"
        "<!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;\"><!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;&e;\">]>"
        "<worksheet><sheetData><row r=\"1\"><c t=\"inlineStr\"><is><t>&f;</t></is></c></row>"
        "</sheetData></worksheet>";
    static const char outside[] =
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><worksheet><sheetData>"
        "<row r=\"1\"><c t=\"inlineStr\"><is><t>&x;</t></is></c></row></sheetData></worksheet>";
    Str whole = workbook(arena, STR("<worksheet><sheetData/></worksheet>"));
    Hurt rows[] = {
        {"entities", workbook(arena, str_of(laughs))},
        {"entity of a file", workbook(arena, str_of(outside))},
        {"archive bomb", workbook(arena, many(arena, "<worksheet>", " ", 60 * 1024 * 1024))},
        {"deep", workbook(arena, many(arena, "<worksheet><sheetData>", "<a>", 1000000))},
        {"archive cut", str_slice(whole, 0, whole.len / 2)},
        {"archive head alone", STR("PK\x03\x04")},
        {"one long line", many(arena, "", "a", 8 * 1024 * 1024)},
        {"one quote", STR("\"")},
        {"commas", many(arena, "", ",", 8 * 1024 * 1024)},
        {"lines", many(arena, "", "\n", 8 * 1024 * 1024)},
        {"bytes of no text", STR("a,b\0c\n")},
        {"a picture", photo_png(arena, (PhotoSpec){.seed = 1, .width = 64, .height = 48})},
    };
    memcpy(out, rows, sizeof rows);
    return sizeof rows / sizeof rows[0];
}

/* An import is judged by a job: its page says why it ended. */
static void import_refused(const Hurt *hurt) {
    Door door = {"/record/lift/import", "file", unit, NULL};
    Arena *arena = arena_create();
    Reply reply = client_ask(arena, server.port, request(arena, &door, hurt->bytes, 1));
    if (reply.status == 200) {
        const char *place = str_c(server.arena, json_member(reply.body, "location"));
        for (int round = 0; round < 3000; round++) {
            reply = ask_get(&server, unit, place);
            Str state = json_member(reply.body, "state");
            if (!str_equal(state, STR("waiting")) && !str_equal(state, STR("running"))) {
                break;
            }
            (void)usleep(10 * 1000);
        }
        if (!str_equal(json_member(reply.body, "state"), STR("failed"))) {
            fail_msg("%s: " STR_FMT, hurt->name, STR_ARG(str_slice(reply.body, 0, 400)));
        }
    } else {
        assert_int_equal(reply.status, 400);
    }
    assert_false(str_contains(reply.body, STR("root:")));
    arena_free(arena);
}

static void test_x1_x2_tables_at_every_door(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Hurt hurts[HURT_MAX];
    size_t count = tables(arena, hurts);
    const Door bank = {"/claim/batch/1/result", "file", finance, NULL};
    for (size_t i = 0; i < count; i++) {
        import_refused(&hurts[i]);
        refused(&bank, hurts[i].name, hurts[i].bytes, 1);
    }
    arena_free(arena);
    memory_is_bounded("tables");
}

/* W9: files without end get an end, others go on. */
static void test_w9_a_day_has_its_most(void **state) {
    (void)state;
    enum { FILE_BYTES = 30 * 1024 * 1024, ROUNDS_MAX = 60 };
    Door door = {step_path(), "paper_recycle", resident, NULL};
    Arena *arena = arena_create();
    char *much = arena_alloc(arena, FILE_BYTES);
    memset(much, 'x', FILE_BYTES);
    Str bytes = request(arena, &door, (Str){much, FILE_BYTES}, 1);
    int status = 400;
    int rounds = 0;
    for (; status == 400 && rounds < ROUNDS_MAX; rounds++) {
        Arena *one = arena_create();
        status = client_ask(one, server.port, bytes).status;
        arena_free(one);
    }
    assert_int_equal(status, 429);
    assert_true(rounds > 1024 / 30 - 10);
    assert_int_equal(ask_get(&server, resident, "/me").status, 200);
    Str small = photo_png(arena, (PhotoSpec){.seed = 8, .width = 64, .height = 48});
    Reply reply = client_ask(arena, server.port, request(arena, &door, small, 1));
    assert_int_equal(reply.status, 400); /* a small form is still looked at */
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a1_a2_a3_pictures_at_every_door),
        cmocka_unit_test(test_a3_parts_that_inflate),
        cmocka_unit_test(test_a_refused_form_keeps_no_file),
        cmocka_unit_test(test_a3_a_crowd_of_pictures),
        cmocka_unit_test(test_a_hundred_files),
        cmocka_unit_test(test_x1_x2_tables_at_every_door),
        cmocka_unit_test(test_w9_a_day_has_its_most),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
