/*
 * session.c - signing in and out. The token is random; the database keeps only its SM3 hash, so a
 * copy of the database opens no session.
 */
#include "seal/seal.h"
#include "web/session_store.h"

enum {
    TOKEN_BYTES = 32,
    FAILURES_BEFORE_LOCK = 5,
    LOCK_MINUTES_FIRST = 1, /* doubles with each further failure */
    LOCK_MINUTES_MAX = 60,
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

typedef struct Failure {
    int64_t person_id;
    int64_t count;
    int64_t locked_until_ms;
} Failure;

static Status failure_work(Cx *cx, DbConn *conn, void *input) {
    const Failure *failure = input;
    TRY(session_failure_store(cx, conn, failure->person_id, failure->count,
                              failure->locked_until_ms));
    DbEntry entry = {
        .verb = failure->locked_until_ms > 0 ? "session.lock" : "session.fail",
        .subject = "person",
        .subject_id = failure->person_id,
        .after = str_print(cx->arena, "{\"failed_count\":%lld}", (long long)failure->count),
    };
    return db_journal(cx, conn, &entry);
}

static Status failure_count(Web *web, const SessionPerson *person) {
    Failure failure = {.person_id = person->id, .count = person->failed_count + 1};
    int64_t over = failure.count - FAILURES_BEFORE_LOCK;
    if (over >= 0) {
        int64_t minutes = over > 6 ? LOCK_MINUTES_MAX : LOCK_MINUTES_FIRST << over;
        minutes = minutes > LOCK_MINUTES_MAX ? LOCK_MINUTES_MAX : minutes;
        failure.locked_until_ms = web->now_ms + minutes * 60000;
    }
    DbCommand command = {.name = "session.fail",
                         .actor = web_actor(web),
                         .work = failure_work,
                         .input = &failure,
                         .now_ms = web->now_ms};
    return db_write(web->cx, web->app->db, &command, NULL);
}

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
    if (can_try) {
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
    return db_write(web->cx, web->app->db, &command, NULL);
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
