/*
 * Tests of `huanxin solve` as it is used at a terminal: plans with ways from a map server that
 * answers, is silent, refuses or talks nonsense; instances of the public sets; wrong files.
 */
#include "base/cx.h"
#include "http/fetch.h"
#include "test.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef enum Mood { MOOD_GOOD, MOOD_SILENT, MOOD_NONSENSE, MOOD_SMALL, MOOD_REFUSING } Mood;

typedef struct MapServer {
    int listener;
    int port;
    atomic_int mood;
    atomic_int asked;
    pthread_t thread;
} MapServer;

static char folder[] = "build/solve-test-XXXXXX";
static MapServer map_server;

/* Every way of three places is 10 minutes and 7 km. */
static const char OSRM[] = "{\"code\":\"Ok\",\"durations\":[[0,600,600],[600,0,600],[600,600,0]],"
                           "\"distances\":[[0,7000,7000],[7000,0,7000],[7000,7000,0]]}";
static const char VALHALLA[] =
    "{\"sources_to_targets\":{\"durations\":[[0,600,600],[600,0,600],[600,600,0]],"
    "\"distances\":[[0,7,7],[7,0,7],[7,7,0]]}}";

static void answer(int line, const char *status, const char *body) {
    char text[1024];
    int len = snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", status,
                       strlen(body), body);
    ssize_t sent = send(line, text, (size_t)len, MSG_NOSIGNAL);
    (void)sent;
}

static void line_serve(MapServer *server, int line) {
    char text[8192] = "";
    ssize_t got = recv(line, text, sizeof text - 1, 0);
    atomic_fetch_add(&server->asked, 1);
    bool is_osrm = got > 0 && strstr(text, "/table/v1/driving/119.2") != NULL;
    switch ((Mood)atomic_load(&server->mood)) {
    case MOOD_GOOD:
        answer(line, "200 OK", is_osrm ? OSRM : VALHALLA);
        break;
    case MOOD_SILENT: /* until the client gives up and closes */
        while (recv(line, text, sizeof text, 0) > 0) {
        }
        break;
    case MOOD_NONSENSE:
        answer(line, "200 OK", "<html>");
        break;
    case MOOD_SMALL:
        answer(line, "200 OK", "{\"code\":\"Ok\",\"durations\":[[0]],\"distances\":[[0]]}");
        break;
    case MOOD_REFUSING:
        answer(line, "503 Service Unavailable", "{}");
        break;
    }
    (void)close(line);
}

static void *serve(void *it) {
    MapServer *server = it;
    for (int line = accept(server->listener, NULL, NULL); line >= 0;
         line = accept(server->listener, NULL, NULL)) {
        line_serve(server, line);
    }
    return NULL;
}

static int start(void **state) {
    (void)state;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    map_server.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(map_server.listener, (struct sockaddr *)&at, size) != 0 ||
        listen(map_server.listener, 8) != 0 ||
        getsockname(map_server.listener, (struct sockaddr *)&at, &size) != 0) {
        return 1;
    }
    map_server.port = ntohs(at.sin_port);
    return mkdtemp(folder) == NULL ||
           pthread_create(&map_server.thread, NULL, serve, &map_server) != 0;
}

static int stop(void **state) {
    (void)state;
    char command[128];
    (void)shutdown(map_server.listener, SHUT_RDWR);
    (void)pthread_join(map_server.thread, NULL);
    (void)close(map_server.listener);
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

/* Runs a shell line with the program as $H, the scratch folder as $D and the map server as $M. */
static int shell(const char *line, char *out, size_t room) {
    char command[4096];
    (void)snprintf(command, sizeof command, "H=%s; D=%s; M=127.0.0.1:%d; { %s; } 2>&1",
                   PROGRAM_PATH, folder, map_server.port, line);
    FILE *pipe_out = popen(command, "r");
    assert_non_null(pipe_out);
    size_t len = fread(out, 1, room - 1, pipe_out);
    out[len] = '\0';
    int status = pclose(pipe_out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void want(const char *line, int code, const char *words) {
    static char out[65536];
    int got = shell(line, out, sizeof out);
    if (got != code || strstr(out, words) == NULL) {
        fail_msg("%s\nexit %d, wanted %d and \"%s\":\n%s", line, got, code, words, out);
    }
}

#define ROUNDS                                                                                     \
    "echo '{\"vehicles\": [{\"id\": \"v\", \"start\": [119.2, 36.4], \"end\": [119.2, 36.4]}],"    \
    " \"jobs\": [{\"id\": 1, \"location\": [119.3, 36.4]},"                                        \
    " {\"id\": 2, \"location\": [119.3, 36.5]}]}' | $H solve rounds - --iterations 100 "

#define SITES                                                                                      \
    "echo '{\"goal\": \"median\", \"open_max\": 1, \"clients\":"                                   \
    " [{\"id\": 1, \"location\": [119.2, 36.4]}, {\"id\": 2, \"location\": [119.3, 36.4]},"        \
    " {\"id\": 3, \"location\": [119.3, 36.5]}], \"sites\":"                                       \
    " [{\"id\": 1, \"location\": [119.2, 36.4]}, {\"id\": 2, \"location\": [119.3, 36.4]},"        \
    " {\"id\": 3, \"location\": [119.3, 36.5]}]}' | $H solve sites - --seconds 0.1 "

static void test_ways_from_a_server(void **state) {
    (void)state;
    atomic_store(&map_server.mood, MOOD_GOOD);
    atomic_store(&map_server.asked, 0);
    want(ROUNDS "--json", 0, "\"is_estimated\": true"); /* off by default */
    assert_int_equal(atomic_load(&map_server.asked), 0);
    want(ROUNDS "--travel osrm:$M", 0, "21.0 km, driving 30 min");
    assert_int_equal(atomic_load(&map_server.asked), 1);
    want(ROUNDS "--travel osrm:$M --json", 0, "\"is_estimated\": false");
    want(ROUNDS "--travel valhalla:$M", 0, "21.0 km, driving 30 min");
    want(SITES "--travel osrm:$M", 0, "weighted distance 14000");
    want(SITES "--travel valhalla:$M --json", 0, "\"is_estimated\": false");
}

/* Whatever goes wrong, the plan is made with estimates and says so, soon. */
static void test_a_failing_server_is_told(void **state) {
    (void)state;
    atomic_store(&map_server.mood, MOOD_SILENT);
    want("s=$(date +%s); " ROUNDS "--travel osrm:$M --wait 1; test $(($(date +%s) - s)) -le 4", 0,
         "did not answer within 1000 ms");
    want(SITES "--travel valhalla:$M --wait 1 --json", 0, "did not answer within 1000 ms");
    atomic_store(&map_server.mood, MOOD_NONSENSE);
    want(ROUNDS "--travel osrm:$M", 0, "is not JSON");
    want(ROUNDS "--travel osrm:$M", 0, "travel estimated: great circle x detour factor");
    atomic_store(&map_server.mood, MOOD_SMALL);
    want(ROUNDS "--travel osrm:$M --json", 0, "\"why_estimated\": \"the travel server sent no");
    atomic_store(&map_server.mood, MOOD_REFUSING);
    want(SITES "--travel osrm:$M", 0, "the map server was not used: the server answered with");
    want(ROUNDS "--travel osrm:127.0.0.1:1", 0, "cannot connect");
    want(ROUNDS "--travel osrm:$M --json", 0, "\"is_estimated\": true");
}

static void test_wrong_servers_are_refused(void **state) {
    (void)state;
    want(ROUNDS "--travel google:1.2.3.4:80", 2, "must be osrm:ADDRESS:PORT");
    want(ROUNDS "--travel osrm:8.8.8.8:80", 2, "not a numeric address of the local network");
    want(ROUNDS "--travel osrm:localhost:5000", 2, "not a numeric address of the local network");
    want(ROUNDS "--travel osrm:127.0.0.1", 2, "not a numeric address of the local network");
    want(ROUNDS "--travel osrm:127.0.0.1:0", 2, "not a numeric address of the local network");
    want(SITES "--travel osrm:172.32.0.1:5000", 2, "not a numeric address of the local network");
    want(ROUNDS "--travel osrm:$M --wait 0", 2, "--wait 0: must be from 1");
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    HttpTarget target = {.address = ""};
    assert_int_equal(http_target_parse(&cx, STR("[fd00::7]:8002"), &target), STATUS_OK);
    assert_string_equal(target.address, "fd00::7");
    assert_int_equal(http_target_parse(&cx, STR("10.1.2.3:65535"), &target), STATUS_OK);
    assert_int_equal(http_target_parse(&cx, STR("10.1.2.3:65536"), &target), STATUS_INVALID);
    arena_free(arena);
}

#define SOLOMON                                                                                    \
    "TINY\\r\\n\\r\\nVEHICLE\\r\\nNUMBER CAPACITY\\r\\n 2 10\\r\\n\\r\\nCUSTOMER\\r\\n"            \
    "CUST NO. X Y DEMAND READY DUE SERVICE\\r\\n0 0 0 0 0 100 0\\r\\n1 3 4 5 0 50 2\\r\\n"         \
    "2 0 9 5 10 60 2\\r\\n"
#define VRPLIB                                                                                     \
    "NAME : t\\nDIMENSION : 4\\nEDGE_WEIGHT_TYPE : EUC_2D\\nCAPACITY : 10\\nNODE_COORD_SECTION\\n" \
    "1 0 0\\n2 0 5\\n3 0 7\\n4 5 0\\nDEMAND_SECTION\\n2 5\\n3 5\\n4 5\\nEOF\\n"

static void test_public_instances(void **state) {
    (void)state;
    want("printf '" SOLOMON "' | $H solve rounds - --iterations 50", 0, "cost 198, 1 rounds");
    want("printf '" SOLOMON "' | $H solve rounds - --iterations 50 --rounding nearest", 0,
         "cost 20, 1 rounds");
    want("printf '" VRPLIB "' | $H solve rounds - --iterations 50 --json", 0, "\"cost\": 24");
    want("printf '" VRPLIB "' | $H solve rounds - --rounding half", 2, "must be nearest");
    want("printf '3 3 1\\n1 2 5\\n2 3 4\\n2 1 7\\n' | $H solve sites - --seconds 0.1", 0,
         "weighted distance 11");
    want("printf '3 3 1\\n1 2 5\\n2 3 4\\n2 1 7\\n' | $H solve sites - --seconds 0.1 --open 2", 0,
         "weighted distance 4");
    want("printf '2\\n1 713\\n2 1 120\\n1 2 62 3\\n2 80 25 14\\n2 7\\n1 1 9\\n1 4 4 5\\n' | "
         "$H solve sites - --seconds 0.1 --problem 1",
         0, "weighted distance 86");
    want("printf '" VRPLIB "' | $H solve sites - --seconds 0.1 --open 1", 0, "weighted distance");
    want("printf '" VRPLIB "' | $H solve sites -", 2, "give --open N");
}

static void test_wrong_files_name_what_is_wrong(void **state) {
    (void)state;
    want("$H solve rounds $D/none.json", 4, "none.json");
    want("echo '{\"jobs\": [{\"id\": \"A-17\"}]}' | $H solve rounds -", 2, "job \"A-17\"");
    want("echo '{\"vehicles\": [{\"id\": \"van\", \"capacity\": [-1]}]}' | $H solve rounds -", 2,
         "vehicle \"van\"");
    want("echo 'plan this' | $H solve rounds -", 2, "\"plan\" is not known");
    want("echo '{\"jobs\": [' | $H solve rounds -", 2, "line 2");
    want("head -c 100000 /dev/urandom | $H solve rounds -", 2, "-: ");
    want("echo '{\"goal\": \"cover\"}' | $H solve sites -", 2, "\"clients\" must be a list");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ways_from_a_server),
        cmocka_unit_test(test_a_failing_server_is_told),
        cmocka_unit_test(test_wrong_servers_are_refused),
        cmocka_unit_test(test_public_instances),
        cmocka_unit_test(test_wrong_files_name_what_is_wrong),
    };
    return cmocka_run_group_tests_name("solve", tests, start, stop);
}
