/*
 * session.c - signing in and out. The token is random; the database keeps only its SM3 hash, so a
 * copy of the database opens no session.
 */
#include "base/day.h"
#include "base/vec.h"
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
    CODE_DIGITS = 12,             /* a billion years of guessing at five tries a lock */
    CODE_SESSION_MS = 30 * 60000, /* long enough to think of a new password */
    AGENT_BYTES_MAX = 400,        /* of the header that is looked at */
    SESSION_NUMBER_DIGITS = 12,   /* hexadecimal, of the token's hash */
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

/* ---- what is said about a session ---- */

typedef struct AgentWord {
    const char *mark; /* in the header; the first that is found counts */
    const char *zh;
} AgentWord;

static Str agent_word(Str agent, const AgentWord *words, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (str_contains(agent, str_of(words[i].mark))) {
            return str_of(words[i].zh);
        }
    }
    return STR_NONE;
}

/* Enough to tell one's own devices apart; browsers name themselves after others, so the order of
 * the rows matters. */
static Str agent_words(Str header, Arena *arena) {
    static const AgentWord programs[] = {{"MicroMessenger", "微信"},
                                         {"Edg", "微软浏览器"},
                                         {"Firefox", "火狐浏览器"},
                                         {"Chrome", "谷歌浏览器"},
                                         {"Safari", "苹果浏览器"}};
    static const AgentWord devices[] = {
        {"iPhone", "手机"},  {"Mobile", "手机"},    {"iPad", "平板"}, {"Android", "平板"},
        {"Windows", "电脑"}, {"Macintosh", "电脑"}, {"Linux", "电脑"}};
    Str agent = str_slice(header, 0, AGENT_BYTES_MAX);
    Str program = agent_word(agent, programs, sizeof programs / sizeof programs[0]);
    Str device = agent_word(agent, devices, sizeof devices / sizeof devices[0]);
    if (agent.len == 0) {
        return STR_NONE;
    }
    return program.len == 0 ? STR("接口程序")
                            : str_print(arena, STR_FMT "%s" STR_FMT, STR_ARG(program),
                                        device.len == 0 ? "" : "，", STR_ARG(device));
}

/* The network, not the whole address: the first two parts. */
static Str place_words(Arena *arena, Str address) {
    const char sign = str_contains(address, STR(":")) ? ':' : '.';
    Str rest = address;
    if (address.len == 0 || address.len > 100 || !str_is_utf8(address)) {
        return STR_NONE;
    }
    Str first = str_cut(&rest, sign);
    Str second = rest.at == NULL ? STR_NONE : str_cut(&rest, sign);
    return sign == ':'
               ? str_print(arena, STR_FMT ":" STR_FMT ":*", STR_ARG(first), STR_ARG(second))
               : str_print(arena, STR_FMT "." STR_FMT ".*.*", STR_ARG(first), STR_ARG(second));
}

Str web_code_new(Arena *arena) {
    uint64_t random = 0;
    seal_random(&random, sizeof random);
    /* 2^64 is 18 million times 10^12: no code is noticeably likelier than another. */
    random %= UINT64_C(1000000000000);
    return str_print(arena, "%04u %04u %04u", (unsigned)(random / 100000000),
                     (unsigned)(random / 10000 % 10000), (unsigned)(random % 10000));
}

Str web_code_plain(Arena *arena, Str typed) {
    Buf *plain = buf_in(arena, CODE_DIGITS + 1);
    for (size_t i = 0; i < typed.len && buf_str(plain).len <= CODE_DIGITS; i++) {
        if (typed.at[i] >= '0' && typed.at[i] <= '9') {
            buf_put(plain, str_slice(typed, i, 1));
        }
    }
    return buf_str(plain);
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
    bool can_try = person->password_hash.len > 0 && person->locked_until_ms <= web->now_ms &&
                   !person->is_disabled &&
                   (person->code_until_ms == 0 || person->code_until_ms > web->now_ms);
    Str typed = person->code_until_ms == 0 ? password : web_code_plain(web->cx->arena, password);
    bool is_right =
        seal_password_matches(can_try ? person->password_hash : str_of(HASH_OF_NOBODY), typed);
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
    const int64_t lasts_ms = person.code_until_ms == 0 ? web->app->session_ms : CODE_SESSION_MS;
    SessionNew session = {
        .token_hash = token_hash(web->cx->arena, *token),
        .person_id = person.id,
        .csrf = seal_token(web->cx->arena, 16),
        .created_ms = web->now_ms,
        .expires_ms = web->now_ms + lasts_ms,
        .password_hash = person.password_hash,
        .agent = agent_words(http_header(web->http, "User-Agent"), web->cx->arena),
        .place = place_words(web->cx->arena, client_address(web)),
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

/* ---- the sessions of a person ---- */

/* A part of the hash names the session: it leads back to no token. */
static int64_t number_of(Str hash) {
    int64_t number = 0;
    for (size_t i = 0; i < SESSION_NUMBER_DIGITS && i < hash.len; i++) {
        const char c = hash.at[i];
        number = number * 16 + (c >= 'a' ? c - 'a' + 10 : c - '0');
    }
    return number + 1; /* never 0 */
}

Status web_session_list(Cx *cx, DbConn *conn, int64_t person_id, Str token, int64_t now_ms,
                        WebSessionList *out) {
    struct VEC(WebSession) list = {0};
    Str here = token.len == 0 ? STR_NONE : token_hash(cx->arena, token);
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(session_rows(cx, conn, person_id, now_ms, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        Str hash = db_text_peek(rows, 0);
        *vec_push(cx->arena, &list) = (WebSession){.number = number_of(hash),
                                                   .created_ms = db_int(rows, 1),
                                                   .expires_ms = db_int(rows, 2),
                                                   .agent = db_text(cx->arena, rows, 3),
                                                   .place = db_text(cx->arena, rows, 4),
                                                   .is_this = str_equal(hash, here)};
        TRY(db_next(cx, rows, &has_row));
    }
    *out = (WebSessionList){list.items, list.count};
    return STATUS_OK;
}

static Status session_number_end(Cx *cx, DbConn *conn, const WebSessionEnd *end) {
    DbRows *rows = NULL;
    bool has_row = false;
    Str found = STR_NONE;
    TRY(session_rows(cx, conn, end->person_id, db_now_ms(conn), &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        if (number_of(db_text_peek(rows, 0)) == end->number) {
            found = db_text(cx->arena, rows, 0);
        }
        TRY(db_next(cx, rows, &has_row));
    }
    return found.len == 0 ? fault(cx, STATUS_NOT_FOUND, "这次登录已经结束")
                          : session_delete(cx, conn, found);
}

Status web_session_end(Cx *cx, DbConn *conn, const WebSessionEnd *end) {
    if (end->number != 0) {
        TRY(session_number_end(cx, conn, end));
    } else {
        Str keep = end->keep_token.len == 0 ? STR("") : token_hash(cx->arena, end->keep_token);
        TRY(session_delete_others(cx, conn, end->person_id, keep));
    }
    DbEntry entry = {.verb = end->number != 0 ? "session.end" : "session.end_all",
                     .subject = "person",
                     .subject_id = end->person_id};
    return db_journal(cx, conn, &entry);
}
