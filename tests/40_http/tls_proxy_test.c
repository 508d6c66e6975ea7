/*
 * tls_proxy_test.c - nginx with docs/operating/nginx/huanxin.conf before a production server, on
 * loopback, with a certificate made here: what the recipe promises. Skipped where nginx, curl or
 * openssl is missing.
 */
#include "server.h"
#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

static char folder[] = "build/tls-test-XXXXXX";
static Server server;
static bool is_skipped;

/* Runs a shell line with the program as $H, the scratch folder as $D and curl by its certificate as
 * $C; the ports are $S (TLS) and $P (plain). */
static unsigned tls_port;
static unsigned plain_port;

static int shell(const char *line, char *out, size_t room) {
    char command[4096];
    (void)snprintf(command, sizeof command,
                   "H=$PWD/%s; D=$PWD/%s; S=%u; P=%u; "
                   "C=\"curl -sS --max-time 20 --cacert $PWD/%s/cert.pem "
                   "--resolve huanxin.test:%u:127.0.0.1 --resolve huanxin.test:%u:127.0.0.1\"; "
                   "{ %s; } 2>&1",
                   PROGRAM_PATH, folder, tls_port, plain_port, folder, tls_port, plain_port, line);
    FILE *pipe_out = popen(command, "r");
    assert_non_null(pipe_out);
    size_t len = fread(out, 1, room - 1, pipe_out);
    out[len] = '\0';
    int status = pclose(pipe_out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void shell_is(int wanted, const char *line, const char *words) {
    static char out[32768];
    int code = shell(line, out, sizeof out);
    if (code != wanted || strstr(out, words) == NULL) {
        fail_msg("%s\nended with %d instead of %d, or without \"%s\":\n%s", line, code, wanted,
                 words, out);
    }
}

static const char make_certificate[] =
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
    "/CN=huanxin.test -addext subjectAltName=DNS:huanxin.test -keyout $D/key.pem -out $D/cert.pem";

/* The recipe, with other ports, name, certificate and server. */
static const char make_config[] =
    "{ echo \"daemon on; pid $D/nginx.pid; error_log $D/error.log; worker_processes 1;\"; "
    "echo \"events { worker_connections 64; } http { access_log off; "
    "client_body_temp_path $D/t1; proxy_temp_path $D/t2; fastcgi_temp_path $D/t3; "
    "uwsgi_temp_path $D/t4; scgi_temp_path $D/t5;\"; "
    "sed -e \"s/listen 80;/listen 127.0.0.1:$P;/; s/listen 443/listen 127.0.0.1:$S/; "
    "s/huanxin.example.gov.cn/huanxin.test/; s#/etc/ssl/huanxin.pem#$D/cert.pem#; "
    "s#/etc/ssl/huanxin.key#$D/key.pem#; s/127.0.0.1:8080/127.0.0.1:$(cat $D/port)/\" "
    "docs/operating/nginx/huanxin.conf; echo '}'; } > $D/nginx.conf; "
    "/usr/sbin/nginx -t -q -c $D/nginx.conf && /usr/sbin/nginx -c $D/nginx.conf";

static const char make_server[] =
    "echo a-long-password | $H account create admin chief Chief --data $D/data && "
    "{ $H serve --production --data $D/data --port 0 > $D/serve.out 2> $D/serve.log & "
    "echo $! > $D/pid; } && for i in $(seq 100); do grep -o '127.0.0.1:[0-9]*' $D/serve.out && "
    "break; sleep 0.1; done | head -1 | cut -d: -f2 > $D/port; test -s $D/port";

/* A port that nobody listens on now. */
static unsigned port_free(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(fd >= 0 && bind(fd, (const struct sockaddr *)&address, len) == 0);
    check(getsockname(fd, (struct sockaddr *)&address, &len) == 0);
    (void)close(fd);
    return ntohs(address.sin_port);
}

static int start(void **state) {
    (void)state;
    static char out[8192];
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    is_skipped = getenv("HUANXIN_TEST_DB") != NULL ||
                 shell("test -x /usr/sbin/nginx && which curl openssl", out, sizeof out) != 0;
    if (is_skipped) {
        print_message("# skipped: nginx, curl or openssl is not installed\n");
        return 0;
    }
    server.arena = arena_create();
    tls_port = port_free();
    plain_port = port_free();
    if (shell(make_certificate, out, sizeof out) != 0 || shell(make_server, out, sizeof out) != 0 ||
        shell(make_config, out, sizeof out) != 0) {
        print_message("# %s\n", out);
        return 1;
    }
    return 0;
}

static int stop(void **state) {
    (void)state;
    static char out[1024];
    if (!is_skipped) {
        (void)shell("kill $(cat $D/nginx.pid); kill $(cat $D/pid); sleep 0.3", out, sizeof out);
        arena_free(server.arena);
    }
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void only_modern_tls_is_spoken(void **state) {
    (void)state;
    if (is_skipped) {
        return;
    }
    shell_is(0, "$C -o /dev/null -w '%{http_code} %{http_version}' https://huanxin.test:$S/health",
             "200 2");
    shell_is(0, "$C --tlsv1.3 -o /dev/null -w '%{http_code}' https://huanxin.test:$S/health",
             "200");
    shell_is(35, "$C --tls-max 1.1 https://huanxin.test:$S/health", "");
    shell_is(0,
             "$C -o /dev/null -w '%{http_code} %{redirect_url}' http://huanxin.test:$P/guide?a=1",
             "301 https://huanxin.test/guide?a=1");
    shell_is(0, "$C -D - -o /dev/null https://huanxin.test:$S/guide", "strict-transport-security");
    /* Without our certificate a client that looks refuses. */
    shell_is(60, "curl -sS --resolve huanxin.test:$S:127.0.0.1 https://huanxin.test:$S/", "");
}

static void a_person_signs_in_through_it(void **state) {
    (void)state;
    if (is_skipped) {
        return;
    }
    static const char form[] = "-d login=chief -d password=a-long-password";
    char line[600];
    (void)snprintf(line, sizeof line,
                   "$C -c $D/jar -D - -o /dev/null -H \"Origin: https://huanxin.test:$S\" %s "
                   "https://huanxin.test:$S/sign-in | tr -d '\\r'",
                   form);
    shell_is(0, line, "HTTP/2 303");
    shell_is(0, "grep hx_session $D/jar | cut -f4", "TRUE"); /* Secure */
    shell_is(0, "$C -b $D/jar https://huanxin.test:$S/account", "chief");
    /* Another origin is refused, as without the proxy. */
    (void)snprintf(line, sizeof line,
                   "$C -H 'Origin: https://evil.test' %s "
                   "https://huanxin.test:$S/sign-in",
                   form);
    shell_is(0, line, "请求不是从本系统的页面发出的");
}

/* Whoever guesses passwords under invented addresses is stopped by the real one. */
static void an_invented_address_does_not_come_through(void **state) {
    (void)state;
    if (is_skipped) {
        return;
    }
    shell_is(0,
             "for i in $(seq 21); do $C -o /dev/null -w '%{http_code} ' "
             "-H \"X-Forwarded-For: 10.1.1.$i\" -H \"Origin: https://huanxin.test:$S\" "
             "-d login=nobody$i -d password=wrong-password https://huanxin.test:$S/sign-in; done",
             "429");
}

static void large_bodies_end_where_pages_say(void **state) {
    (void)state;
    if (is_skipped) {
        return;
    }
    shell_is(0,
             "head -c 36000000 /dev/zero > $D/large; $C -o /dev/null -w '%{http_code}' "
             "-F file=@$D/large https://huanxin.test:$S/sign-in",
             "413");
}

static void a_renewed_certificate_needs_a_reload_only(void **state) {
    (void)state;
    if (is_skipped) {
        return;
    }
    static char out[8192];
    shell_is(0, "cp $D/cert.pem $D/old.pem", "");
    assert_int_equal(shell(make_certificate, out, sizeof out), 0);
    shell_is(0, "/usr/sbin/nginx -s reload -c $D/nginx.conf && sleep 1", "");
    shell_is(0, "$C -o /dev/null -w '%{http_code}' https://huanxin.test:$S/health", "200");
    shell_is(60,
             "curl -sS --cacert $D/old.pem --resolve huanxin.test:$S:127.0.0.1 "
             "https://huanxin.test:$S/health",
             "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_modern_tls_is_spoken),
        cmocka_unit_test(a_person_signs_in_through_it),
        cmocka_unit_test(an_invented_address_does_not_come_through),
        cmocka_unit_test(large_bodies_end_where_pages_say),
        cmocka_unit_test(a_renewed_certificate_needs_a_reload_only),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
