/*
 * server.h - runs the program for a test: a scratch data folder, a demo city, a free port, and the
 * demo password. Everything is ended and removed by server_stop. With HUANXIN_TEST_DB the program
 * runs on PostgreSQL (tests/test_database.h).
 */
#ifndef HUANXIN_TESTS_SERVER_H
#define HUANXIN_TESTS_SERVER_H

#include "client.h"
#include "test_database.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

/* The day of the server's clock: the tests must not depend on the day on which they run. */
#define SERVER_TODAY "2026-11-20"

typedef struct Server {
    Arena *arena;
    TestDatabase database;
    char data[64];
    char password[64];
    const char *today; /* of the clock; NULL: SERVER_TODAY */
    pid_t pid;
    uint16_t port;
} Server;

/* Runs a program and waits; its exit code. */
static UNUSED int program_run(char *const argv[], const char *out_path) {
    pid_t pid = fork();
    check(pid >= 0);
    if (pid == 0) {
        if (freopen(out_path, "a", stdout) == NULL || freopen(out_path, "a", stderr) == NULL) {
            _exit(126);
        }
        (void)execv(argv[0], argv);
        _exit(127);
    }
    int status = 0;
    check(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static UNUSED char *word(const char *text) {
    return (char *)(uintptr_t)text;
}

static UNUSED void server_password_read(Server *server) {
    char path[128];
    char line[256];
    (void)snprintf(path, sizeof path, "%s/demo-sign-ins.txt", server->data);
    FILE *file = fopen(path, "r");
    check(file != NULL);
    check(fgets(line, sizeof line, file) != NULL);
    check(sscanf(line, "%*s %63s", server->password) == 1);
    (void)fclose(file);
}

/* More words of the command line, at most SERVER_MORE_MAX. */
enum { SERVER_MORE_MAX = 8, SERVER_WORDS = 12 };

/* Serves the data with the declarations of another city folder, and more options (NULL at their
 * end). */
static UNUSED void server_serve_with(Server *server, const char *city, const char *const *more) {
    int pipe_ends[2];
    check(pipe(pipe_ends) == 0);
    server->pid = fork();
    check(server->pid >= 0);
    if (server->pid == 0) {
        (void)dup2(pipe_ends[1], STDOUT_FILENO);
        (void)close(pipe_ends[0]);
        if (freopen("build/test-log/server.log", "a", stderr) == NULL) {
            _exit(126);
        }
        char *argv[SERVER_WORDS + SERVER_MORE_MAX + 1] = {
            word(PROGRAM_PATH), word("serve"),
            word("--data"),     server->data,
            word("--port"),     word("0"),
            word("--db"),       server->database.url,
            word("--today"),    word(server->today == NULL ? SERVER_TODAY : server->today),
            word("--city"),     word(city)};
        for (size_t i = 0; more != NULL && more[i] != NULL && i < SERVER_MORE_MAX; i++) {
            argv[SERVER_WORDS + i] = word(more[i]);
        }
        (void)execv(argv[0], argv);
        _exit(127);
    }
    (void)close(pipe_ends[1]);
    FILE *out = fdopen(pipe_ends[0], "r");
    char line[512];
    unsigned port = 0;
    while (port == 0 && fgets(line, sizeof line, out) != NULL) {
        const char *at = strstr(line, "http://127.0.0.1:");
        port = at == NULL ? 0 : (unsigned)strtoul(at + 17, NULL, 10);
    }
    check(port > 0 && port < 65536);
    server->port = (uint16_t)port;
    /* The pipe stays open: the server may print more. */
}

static UNUSED void server_serve_city(Server *server, const char *city) {
    server_serve_with(server, city, NULL);
}

static UNUSED void server_serve(Server *server) {
    server_serve_city(server, "cities/anqiu");
}

/* Makes a demo city of a few residents and serves it. */
static UNUSED void server_start(Server *server, const char *residents) {
    *server = (Server){.arena = arena_create()};
    (void)snprintf(server->data, sizeof server->data, "build/test-data-XXXXXX");
    check(mkdtemp(server->data) != NULL);
    test_database_make(&server->database);
    char *const argv[] = {word(PROGRAM_PATH),   word("demo"),
                          word("--data"),       server->data,
                          word("--residents"),  word(residents),
                          word("--seed"),       word("7"),
                          word("--quiet"),      word("--db"),
                          server->database.url, word("--last"),
                          word(SERVER_TODAY),   NULL};
    check(program_run(argv, "build/test-log/server.log") == 0);
    server_password_read(server);
    server_serve(server);
}

/* Ends the process alone; the data stay. */
static UNUSED void server_end(const Server *server) {
    int status = 0;
    (void)kill(server->pid, SIGTERM);
    check(waitpid(server->pid, &status, 0) == server->pid);
}

static UNUSED void server_stop(Server *server) {
    server_end(server);
    test_database_drop(&server->database);
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf %s", server->data);
    check(system(command) == 0);
    arena_free(server->arena);
}

/* ---- requests ---- */

/* A GET of the JSON of a path, with a token ("" for none). */
static UNUSED Reply ask_get(const Server *server, Str token, const char *path) {
    Str bytes = str_print(server->arena,
                          "GET /api%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                          "%s" STR_FMT "%s\r\n",
                          path, token.len > 0 ? "Authorization: Bearer " : "", STR_ARG(token),
                          token.len > 0 ? "\r\n" : "");
    return client_ask(server->arena, server->port, bytes);
}

/* A POST of an urlencoded form to the JSON face. */
static UNUSED Reply ask_post(const Server *server, Str token, const char *path, Str form) {
    Str bytes = str_print(
        server->arena,
        "POST /api%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        "Origin: http://localhost\r\n%s" STR_FMT "%s"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n" STR_FMT,
        path, token.len > 0 ? "Authorization: Bearer " : "", STR_ARG(token),
        token.len > 0 ? "\r\n" : "", form.len, STR_ARG(form));
    return client_ask(server->arena, server->port, bytes);
}

/* The text of a JSON member "key":"..." or the digits of "key":123, wherever it stands first. */
static UNUSED Str json_member(Str body, const char *key) {
    char quoted[64];
    (void)snprintf(quoted, sizeof quoted, "\"%s\":", key);
    size_t at = str_find(body, str_of(quoted), 0);
    if (at == SIZE_MAX) {
        return STR_NONE;
    }
    Str rest = str_from(body, at + strlen(quoted));
    if (str_starts(rest, STR("\""))) {
        rest = str_from(rest, 1);
        return str_slice(rest, 0, str_find(rest, STR("\""), 0));
    }
    size_t len = 0;
    while (len < rest.len && strchr("-0123456789", rest.at[len]) != NULL) {
        len++;
    }
    return str_slice(rest, 0, len);
}

static UNUSED int64_t json_int(Str body, const char *key) {
    int64_t number = -1;
    check(str_int64(json_member(body, key), &number) == STATUS_OK);
    return number;
}

/* Signs in and gives the token. */
static UNUSED Str sign_in(const Server *server, const char *login) {
    Reply reply =
        ask_post(server, STR(""), "/sign-in",
                 str_print(server->arena, "login=%s&password=%s", login, server->password));
    check(reply.status == 200);
    return json_member(reply.body, "token");
}

/* A new account by the administrator, whose person then signs in with the code and sets the demo
 * password; fields are those of the form but login. */
static UNUSED void person_make(const Server *server, Str admin, const char *login,
                               const char *fields) {
    Reply slip =
        ask_post(server, admin, "/account/new",
                 str_print(server->arena, "login=%s&%s&request_key=make-%s", login, fields, login));
    check(slip.status == 200);
    Str code = json_member(slip.body, "code");
    check(code.len > 0);
    Reply in =
        ask_post(server, STR(""), "/sign-in",
                 str_print(server->arena, "login=%s&password=" STR_FMT, login, STR_ARG(code)));
    check(in.status == 200);
    Reply set = ask_post(server, json_member(in.body, "token"), "/me/password",
                         str_print(server->arena, "new=%s&again=%s&request_key=set-%s",
                                   server->password, server->password, login));
    check(set.status == 200);
}

/* Starts long work by a POST and waits for its end: the page of the job, or what refused it. */
static UNUSED Reply ask_job(const Server *server, Str token, const char *path, const char *form) {
    Reply reply = ask_post(server, token, path, str_of(form));
    if (reply.status != 200) {
        return reply;
    }
    const char *place = str_c(server->arena, json_member(reply.body, "location"));
    for (int round = 0; round < 3000; round++) {
        reply = ask_get(server, token, place);
        Str state = json_member(reply.body, "state");
        if (!str_equal(state, STR("waiting")) && !str_equal(state, STR("running"))) {
            return reply;
        }
        (void)usleep(10 * 1000);
    }
    return reply;
}

#endif
