/*
 * nginx.h - nginx `return 200` on a port of its own, the yardstick of the HTTP benchmarks. Its
 * files stand in build/bench-nginx; it is ended by its process id.
 */
#ifndef HUANXIN_BENCH_NGINX_H
#define HUANXIN_BENCH_NGINX_H

#include "base/check.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NGINX_WAIT_MS = 5000 };

/* A connection to a port of this machine without Nagle's delay; -1 when nobody listens. */
static inline int bench_connect(uint16_t port) {
    int line = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(line >= 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(line, (struct sockaddr *)(void *)&address, sizeof address) != 0) {
        (void)close(line);
        return -1;
    }
    int on = 1;
    (void)setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return line;
}

static inline uint16_t bench_free_port(void) {
    int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t bytes = sizeof address;
    check(probe >= 0);
    check(bind(probe, (struct sockaddr *)(void *)&address, bytes) == 0);
    check(getsockname(probe, (struct sockaddr *)(void *)&address, &bytes) == 0);
    (void)close(probe);
    return ntohs(address.sin_port);
}

static inline void nginx_config_write(const char *path, const char *folder, const char *answer,
                                      uint16_t port) {
    FILE *file = fopen(path, "w");
    check(file != NULL);
    (void)fprintf(file,
                  "daemon off;\nworker_processes 2;\npid %s/nginx.pid;\n"
                  "error_log %s/error.log crit;\nevents { worker_connections 8192; }\n"
                  "http {\n  access_log off;\n  keepalive_requests 100000000;\n"
                  "  client_body_temp_path %s/body;\n  proxy_temp_path %s/proxy;\n"
                  "  fastcgi_temp_path %s/fastcgi;\n  uwsgi_temp_path %s/uwsgi;\n"
                  "  scgi_temp_path %s/scgi;\n  default_type text/html;\n"
                  "  server {\n    listen 127.0.0.1:%u reuseport;\n    location / { return 200 '",
                  folder, folder, folder, folder, folder, folder, folder, port);
    /* nginx writes the text as it stands; the page has no quote and no dollar in it. */
    (void)fprintf(file, "%s'; }\n  }\n}\n", answer);
    check(fclose(file) == 0);
}

static inline _Noreturn void nginx_exec(const char *folder, const char *config) {
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    int quiet = open("/dev/null", O_WRONLY);
    (void)dup2(quiet, STDERR_FILENO);
    (void)execlp("nginx", "nginx", "-p", folder, "-c", config, (char *)NULL);
    (void)execl("/usr/sbin/nginx", "nginx", "-p", folder, "-c", config, (char *)NULL);
    _exit(127);
}

/* Starts nginx, two workers, each request answered with the text; 0 when it is not installed. */
static inline pid_t nginx_start(Arena *arena, const char *answer, uint16_t *port) {
    char folder[] = "build/bench-nginx";
    (void)mkdir("build", 0755);
    (void)mkdir(folder, 0755);
    char *here = getcwd(NULL, 0);
    check(here != NULL);
    Str absolute = str_print(arena, "%s/%s", here, folder);
    free(here);
    Str config = str_print(arena, STR_FMT "/nginx.conf", STR_ARG(absolute));
    *port = bench_free_port();
    nginx_config_write(config.at, absolute.at, answer, *port);
    pid_t child = fork();
    check(child >= 0);
    if (child == 0) {
        nginx_exec(absolute.at, config.at);
    }
    for (int wait_ms = 0; wait_ms < NGINX_WAIT_MS; wait_ms += 20) {
        struct timespec nap = {0, 20 * 1000000};
        (void)nanosleep(&nap, NULL);
        int line = bench_connect(*port);
        if (line >= 0) {
            (void)close(line);
            return child;
        }
        if (waitpid(child, NULL, WNOHANG) == child) {
            return 0;
        }
    }
    (void)kill(child, SIGTERM);
    (void)waitpid(child, NULL, 0);
    return 0;
}

#endif
