/*
 * session.c - signing in and out. The token is random; the database keeps only its SM3 hash, so a
 * copy of the database opens no session.
 */
#include "base/day.h"
#include "seal/seal.h"
#include "web/session_store.h"

#include <arpa/inet.h>

enum {
    TOKEN_BYTES = 32,
    FAILURES_BEFORE_LOCK = 5,
    LOCK_MINUTES_FIRST = 1, /* doubles with each further failure */
    LOCK_MINUTES_MAX = 60,
    ADDRESS_FAILURES_MAX = 20, /* a shared counter in a village hall mistypes less often */
    ADDRESS_WINDOW_MS = 10 * 60 * 1000,
};

/* The hash of no password: verifying against it takes as long as for a real account, so that the
 * answer's time does not tell whether a login exists (W6). Made with seal's default cost. */
static const char HASH_OF_NOBODY[] = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$"
                                     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static const struct {
    const char *code;
    const char *zh;
} role_rows[] = {
#define X(name, code, zh) {code, zh},
    ROLE_LIST(X)
#undef X
};

Str role_code(Role role) {
    check(role < ROLE_COUNT);
    return str_of(role_rows[role].code);
}

Str role_zh(Role role) {
    check(role < ROLE_COUNT);
    return str_of(role_rows[role].zh);
}

Status role_of_code(Str code, Role *out) {
    for (int i = 0; i < ROLE_COUNT; i++) {
        if (str_equal(code, str_of(role_rows[i].code))) {
            *out = (Role)i;
            return STATUS_OK;
        }
    }
    return STATUS_NOT_FOUND;
}

static Str token_hash(Arena *arena, Str token) {
    uint8_t digest[SEAL_SM3_BYTES];
    seal_sm3(token, digest);
    return seal_hex(arena, (Str){(const char *)digest, sizeof digest});
}

Status web_session_user(Cx *cx, DbConn *conn, Str token, int64_t now_ms, WebUser *out) {
    *out = (WebUser){.role = ROLE_PUBLIC, .csrf = STR("")};
    if (token.len == 0 || token.len > 100) {
        return STATUS_OK;
    }
    Status status = session_user_find(cx, conn, token_hash(cx->arena, token), now_ms, out);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* ---- wrong passwords ---- */

/* Where the request comes from. A peer on our own machine is the proxy before us: then the last
 * address that it wrote counts, and without one nobody is told apart. */
static Str client_address(const Web *web) {
    Str remote = web->http->remote;
    if (!str_starts(remote, STR("127.")) && !str_equal(remote, STR("::1"))) {
        return remote;
    }
    Str list = http_header(web->http, "X-Forwarded-For");
    Str last = STR_NONE;
    while (list.at != NULL) {
        last = str_trim(str_cut(&list, ','));
    }
    return last;
}

/* A household has a whole /64 of IPv6: its first half is the address. Empty: unknown. */
static Str address_hash(const Web *web) {
    Str address = client_address(web);
    uint8_t parts[16];
    if (address.len == 0 || address.len > 100) {
        return STR_NONE;
    }
    if (inet_pton(AF_INET6, str_c(web->cx->arena, address), parts) == 1) {
        address = (Str){(const char *)parts, 8};
    }
    return token_hash(web->cx->arena, address);
}

static int64_t window_of(int64_t now_ms) {
    return now_ms - now_ms % ADDRESS_WINDOW_MS;
}

static Status address_check(Web *web) {
    Str hash = address_hash(web);
    int64_t count = 0;
    if (hash.len == 0) {
        return STATUS_OK;
    }
    TRY(session_address_count(web->cx, web->conn, hash, window_of(web->now_ms), &count));
    if (count < ADDRESS_FAILURES_MAX) {
        return STATUS_OK;
    }
    web->is_throttled = true;
    return fault(web->cx, STATUS_BUSY, "这个网络地址的登录失败次数过多，请十分钟后再试");
}

typedef struct Failure {
    int64_t person_id; /* 0: no such account */
    Str address_hash;  /* empty: unknown */
    int64_t now_ms;
} Failure;

static int64_t lock_ms(int64_t count) {
    int64_t over = count - FAILURES_BEFORE_LOCK;
    int64_t minutes = over > 6 ? LOCK_MINUTES_MAX : LOCK_MINUTES_FIRST << over;
    return (minutes > LOCK_MINUTES_MAX ? LOCK_MINUTES_MAX : minutes) * 60000;
}

/* The count is raised inside the command: guesses made at the same time all count. */
static Status failure_work(Cx *cx, DbConn *conn, void *input) {
    const Failure *failure = input;
    int64_t count = 0;
    if (failure->address_hash.len > 0) {
        TRY(session_address_add(cx, conn, failure->address_hash, window_of(failure->now_ms),
                                failure->now_ms - DAY_MS));
    }
    if (failure->person_id != 0) {
        TRY(session_failure_add(cx, conn, failure->person_id, failure->now_ms, &count));
    }
    bool is_locked = count >= FAILURES_BEFORE_LOCK;
    if (is_locked) {
        TRY(session_lock(cx, conn, failure->person_id, failure->now_ms + lock_ms(count)));
    }
    DbEntry entry = {
        .verb = is_locked ? "session.lock" : "session.fail",
        .subject = "person",
        .subject_id = failure->person_id,
        .after = str_print(cx->arena, "{\"failed_count\":%lld}", (long long)count),
    };
    return db_journal(cx, conn, &entry);
}

static Status failure_count(Web *web, const SessionPerson *person) {
    Failure failure = {
        .person_id = person->id, .address_hash = address_hash(web), .now_ms = web->now_ms};
    if (failure.person_id == 0 && failure.address_hash.len == 0) {
        return STATUS_OK;
    }
    DbCommand command = {.name = "session.fail",
                         .actor = web_actor(web),
                         .work = failure_work,
                         .input = &failure,
                         .now_ms = web->now_ms};
    return db_write(web->cx, web->app->db, &command, NULL);
}

/* ---- signing in ---- */

static Status session_work(Cx *cx, DbConn *conn, void *input) {
    const SessionNew *session = input;
    TRY(session_insert(cx, conn, session));
    DbEntry entry = {.verb = "session.open", .subject = "person", .subject_id = session->person_id};
    return db_journal(cx, conn, &entry);
}

/* Says the same words for every refusal (W6). */
static Status refuse(Web *web) {
    Status status =
        fault_at_field(web->cx, STATUS_DENIED, "password", "账号或密码不正确，或账号已被暂时锁定");
    fault_hint(web->cx, "请核对后重试；连续输错会暂时锁定，忘记密码请到窗口或联系管理员重置");
    return status;
}

static Status person_check(Web *web, Str login, Str password, SessionPerson *person) {
    *person = (SessionPerson){0};
    TRY(address_check(web));
    Status status = session_person_find(web->cx, web->conn, login, person);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        return status;
    }
    bool can_try = person->password_hash.len > 0 && person->locked_until_ms <= web->now_ms;
    bool is_right =
        seal_password_matches(can_try ? person->password_hash : str_of(HASH_OF_NOBODY), password);
    if (can_try && is_right) {
        return STATUS_OK;
    }
    if (can_try || person->id == 0) {
        TRY(failure_count(web, person));
    }
    return refuse(web);
}

Status web_sign_in(Web *web, Str login, Str password, Str *token) {
    SessionPerson person;
    TRY(person_check(web, login, password, &person));
    *token = seal_token(web->cx->arena, TOKEN_BYTES);
    SessionNew session = {
        .token_hash = token_hash(web->cx->arena, *token),
        .person_id = person.id,
        .csrf = seal_token(web->cx->arena, 16),
        .created_ms = web->now_ms,
        .expires_ms = web->now_ms + web->app->session_ms,
    };
    DbCommand command = {
        .name = "session.open",
        .actor = {.user_id = person.id, .role = STR("public"), .origin = STR("web")},
        .work = session_work,
        .input = &session,
        .now_ms = web->now_ms};
    Status status = db_write(web->cx, web->app->db, &command, NULL);
    return status == STATUS_DENIED ? refuse(web) : status;
}

static Status sign_out_work(Cx *cx, DbConn *conn, void *input) {
    TRY(session_delete(cx, conn, *(const Str *)input));
    DbEntry entry = {.verb = "session.close", .subject = "person"};
    return db_journal(cx, conn, &entry);
}

Status web_sign_out(Web *web) {
    Str hash = token_hash(web->cx->arena, web_session_token(web));
    DbCommand command = {.name = "session.close",
                         .actor = web_actor(web),
                         .work = sign_out_work,
                         .input = &hash,
                         .now_ms = web->now_ms};
    return db_write(web->cx, web->app->db, &command, NULL);
}

Status web_session_put(Cx *cx, DbConn *conn, const WebSessionPut *put) {
    SessionNew session = {.token_hash = token_hash(cx->arena, put->token),
                          .person_id = put->person_id,
                          .csrf = put->csrf,
                          .created_ms = put->now_ms,
                          .expires_ms = put->now_ms + put->lasts_ms};
    return session_insert(cx, conn, &session);
}
