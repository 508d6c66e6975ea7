/*
 * web.h - a request on its way through the house: route, person, form, page or JSON, answer.
 *
 *   http ─▶ web_handle ─▶ row of the route table ─▶ role ─▶ origin and token ─▶ handler
 *                                                                   │
 *              page or JSON, one log line ◀── View ◀── office ◀─────┘
 *
 * One handler serves both faces: it fills a View (web/view.h), which becomes an HTML page, or the
 * JSON object of the same facts when the path begins with /api or JSON is accepted. A POST handler
 * that meets bad input returns the failure; web then shows the form again with every message at its
 * field (WebRoute.again), or gives JSON with the same messages.
 *
 * Security properties, each tested by number in tests/40_http:
 *  W1 a route names its roles; a path without a row is 404, a role not named is 401 or 403
 *  W2 a POST is refused unless it comes from our own origin and carries the session's token
 *  W3 a session token is random, kept only as its hash, dies at sign-out, expiry and new password
 *  W4 a GET handler holds a read-only connection
 *  W5 every answer has a strict Content-Security-Policy and the other headers
 *  W6 five wrong passwords lock the account for a time that grows; the message does not tell
 *     whether the account exists; twenty from one address in ten minutes stop the address
 *  W7 a request key answers again only for the same content; with other content it is refused
 *  W8 who signed in with a one-time code reaches nothing but the form for a new password, and the
 *     code opens one session once; a disabled account has no session, whatever stands in the table
 *  W9 who has sent too many bytes of files in a day gets 429 until the next (web/budget.h)
 *
 * Ownership: a Web and all that hangs on it live in the request's arena.
 */
#ifndef HUANXIN_WEB_WEB_H
#define HUANXIN_WEB_WEB_H

#include "base/cx.h"
#include "db/db.h"
#include "http/http.h"
#include "web/view.h"

/* X(name, code in the database and JSON, Chinese name) */
#define ROLE_LIST(X)                                                                               \
    X(PUBLIC, "public", "访客")                                                                    \
    X(RESIDENT, "resident", "居民")                                                                \
    X(SHOP, "shop", "商家")                                                                        \
    X(RECYCLER, "recycler", "回收企业")                                                            \
    X(DRIVER, "driver", "回收司机")                                                                \
    X(ENTERPRISE, "enterprise", "企业")                                                            \
    X(BANK, "bank", "银行")                                                                        \
    X(OFFICER, "officer", "部门经办")                                                              \
    X(LEAD, "lead", "牵头专班")                                                                    \
    X(FINANCE, "finance", "财政")                                                                  \
    X(AUDITOR, "auditor", "审计")                                                                  \
    X(ADMIN, "admin", "系统管理员")

typedef enum Role {
#define X(name, code, zh) ROLE_##name,
    ROLE_LIST(X)
#undef X
        ROLE_COUNT
} Role;

/* Sets of roles for the route table. */
#define ROLE_BIT(role) (1u << (role))
enum {
    ROLES_ANYONE = (1u << ROLE_COUNT) - 1,
    ROLES_SIGNED_IN = ROLES_ANYONE & ~1u,
};

/* Code ("resident") and Chinese name ("居民") of a role; static text. */
Str role_code(Role role);
Str role_zh(Role role);
/* NOT_FOUND when no role has this code. */
MUST_CHECK Status role_of_code(Str code, Role *out);

/* What a request must prove before it may change anything. */
typedef enum WebGuard {
    WEB_READ,   /* GET: changes nothing, gets a read-only connection */
    WEB_ORIGIN, /* POST from our own origin; for visitors without a session (sign-in) */
    WEB_TOKEN,  /* POST from our own origin with the session's token */
} WebGuard;

typedef struct WebUser {
    int64_t id;
    Role role;
    Str name;        /* masked for residents */
    int64_t unit_id; /* officers; 0 otherwise */
    int64_t org_id;  /* shops, recyclers, drivers, enterprises, banks; 0 otherwise */
    Str town_code;
    Str csrf;
    bool is_demo;
    bool must_change; /* signed in with a one-time code: only a new password is allowed (W8) */
} WebUser;

typedef struct Web Web;
typedef Status WebHandler(Web *web);

enum { WEB_BRACES_MAX = 4, WEB_WORD_BYTES_MAX = 40 };

typedef struct WebRoute {
    const char *method; /* "GET" or "POST" */
    /* "/coupon/{id}": a segment in braces matches a positive integer; "/record/{kind:word}": a name
     * of a-z, 0-9, _ and - that begins with a letter. The first row that fits is taken. */
    const char *path;
    uint32_t roles; /* set of ROLE_BIT, never 0 */
    WebGuard guard;
    WebHandler *handler;
    WebHandler *again;     /* POST: the GET handler that shows the form again, or NULL */
    size_t body_bytes_max; /* 0: LIMIT_FORM_BYTES_MAX */
    const char *about;     /* one line for the list of pages and the API reference */
} WebRoute;

/* One message at one field ("" for the whole form). */
typedef struct WebError {
    Str field;
    Str text;
    Str hint;
} WebError;

struct Jobs;
struct Lobby;
struct Budget;

/* What the whole program shares with its pages; borrowed by every request. */
typedef struct WebApp {
    Db *db;
    const WebRoute *routes;
    size_t route_count;
    void *house;   /* the offices' shared context: office/city/city.h */
    Str city_name; /* "安丘市" */
    Str asset_version;
    bool is_secure; /* cookies only over HTTPS */
    bool is_demo;   /* shows the demo banner */
    int64_t (*clock_ms)(void *clock);
    void *clock;
    int64_t session_ms;
    /* The asset of a name below /assets/, or NULL. */
    const HttpAsset *(*asset)(void *assets, Str name);
    void *assets;
    struct Jobs *jobs;     /* long work: web/job.h */
    struct Lobby *lobby;   /* the waiting room: web/lobby.h; NULL: none */
    struct Budget *budget; /* bytes a person may send in a day: web/budget.h; NULL: any */
    /* How many matters wait behind a link of the navigation; -1: no count. NULL: none has. */
    Status (*nav_count)(Web *web, Str href, int64_t *out);
    void *nav_context;
} WebApp;

struct Web {
    Cx *cx;
    const WebApp *app;
    HttpRequest *http;
    Str path; /* without the /api in front */
    const WebRoute *route;
    DbConn *conn;        /* read-only */
    const WebUser *user; /* role PUBLIC when nobody is signed in */
    int64_t acts_for_id; /* the person for whom the signed-in one acts, or 0: in the journal the
                            former is the user and the latter the helper */
    int64_t now_ms;
    int64_t ids[WEB_BRACES_MAX]; /* the integers matched by braces in the path, in order */
    Str words[WEB_BRACES_MAX];   /* the names matched by {…:word}, in order */
    View *view;
    WebError *errors; /* of the POST that is shown again */
    size_t error_count;
    size_t error_room;
    bool is_json;
    /* What the handler answers: a page (the view), a redirect, or a file. */
    Str redirect;
    Str done;  /* the message of the redirect */
    Str flash; /* the message that the last redirect left for this page */
    Str file_name;
    Str file_type;
    Str file_bytes;
    bool is_download;       /* the file is saved, never shown, whatever its type */
    uint32_t answer_status; /* of the page, where it is not a refusal: 409 with both versions */
    bool is_public_cacheable;
    bool is_throttled;      /* a BUSY that the client caused by itself: 429 */
    struct WebLater *later; /* web_write_then's command, not yet sent; NULL: none */
};

/* Chooses the route of a request by its head: the plan callback of http; context is the WebApp.
 * The handler it names answers every request: a failure becomes a page or JSON. Thread-safe. */
HttpPlan web_plan(const HttpRequest *request, void *context);
/* The page for an answer that http gives by itself; context is the WebApp. */
Str web_error_page(Arena *arena, uint32_t status, void *context);

/* Today in China Standard Time, by the request's instant. */
Day web_today(const Web *web);
/* A query or form value, trimmed; STR_NONE when absent. */
Str web_param(const Web *web, const char *name);
/* The largest number taken from a query: a page or an id times a page's rows stays far from
 * overflow. */
#define WEB_PARAM_INT_MAX INT64_C(1000000000000)
/* The integer 0..WEB_PARAM_INT_MAX in a query parameter, or fallback. */
int64_t web_param_int(const Web *web, const char *name, int64_t fallback);

/* True for a path of our own that may follow an act: "/..." without "//", backslash, blanks and
 * control characters, all of which browsers read as the way to another house. */
bool web_path_is_own(Str path);
/* Answers with 303 to path and a message shown once on the next page. In JSON:
 * {"ok":true,"location":path,"message":text} beside what the view already holds. */
Status web_redirect(Web *web, Str path, Str done);
/* Answers with a file to be saved under name (UTF-8), or shown when type is an image or PDF. */
Status web_file(Web *web, Str name, Str media_type, Str bytes);

/* As web_file, for a file on the disk: mapped and not loaded, so that an export of any length costs
 * no memory. is_gone unlinks it at once; the answer still holds it. IO when it cannot be read. */
Status web_file_path(Web *web, Str name, Str media_type, const char *path, bool is_gone);

/* Runs a write command for the signed-in person, with the form's request key as idempotency key
 * (or the header Idempotency-Key of the API), and waits until it is durable. The same key with the
 * same path and fields gives the first answer again; with others CONFLICT, and nothing is done.
 * After it has succeeded web->conn is gone (NULL): a handler reads what it needs before, or takes
 * the command's answer. */
Status web_write(Web *web, const char *name, DbWork *work, void *input, Str *answer);
/* As web_write, for acts that a retry would double: INVALID without a key. */
Status web_write_once(Web *web, const char *name, DbWork *work, void *input, Str *answer);
/* As web_write, without holding a thread while the command waits for its commit: for acts that
 * a crowd does at the same moment. The handler calls it last and returns its status; then is called
 * afterwards on some worker, also when the command failed, and returns what the handler would have:
 * status, or OK with the answer made. It must not write: while the program stops it may run on the
 * writer's own thread. input and all it points to live in web->cx->arena. */
typedef Status WebThen(Web *web, Status status, Str answer);
typedef struct WebAct {
    const char *name; /* of the command */
    DbWork *work;
    WebThen *then;
    const DbCrowd *crowd; /* NULL: it does not come in crowds */
} WebAct;
Status web_write_then(Web *web, const WebAct *act, void *input);
/* The actor of the request, for commands built by hand. */
DbActor web_actor(const Web *web);

/* ---- sessions (session.c, session_store.c) ---- */

/* Checks login and password and opens a session; the token goes out as a cookie and is returned for
 * the API. DENIED with a Chinese fault for a wrong pair or a locked account (same words). */
Status web_sign_in(Web *web, Str login, Str password, Str *token);
/* The session token that the request carries (cookie, or "Authorization: Bearer"), or STR_NONE. */
Str web_session_token(const Web *web);
/* Opens a session with a given token, inside a write command and without a password: for a
 * rehearsal's invented persons, never from a page. */
typedef struct WebSessionPut {
    Str token;
    Str csrf;
    int64_t person_id;
    int64_t now_ms;
    int64_t lasts_ms;
} WebSessionPut;
MUST_CHECK Status web_session_put(Cx *cx, DbConn *conn, const WebSessionPut *put);
/* Ends the current session. */
Status web_sign_out(Web *web);

/* An open session as its person and the administrator see it. */
typedef struct WebSession {
    int64_t number; /* names it among its person's; tells nothing about the token */
    int64_t created_ms;
    int64_t expires_ms;
    Str agent; /* "谷歌浏览器，电脑"; empty: unknown */
    Str place; /* "10.2.*.*"; empty: unknown */
    bool is_this;
} WebSession;
typedef struct WebSessionList {
    WebSession *items;
    size_t count;
} WebSessionList;
/* The open sessions of a person, newest first; token is of the one that asks, or empty. */
MUST_CHECK Status web_session_list(Cx *cx, DbConn *conn, int64_t person_id, Str token,
                                   int64_t now_ms, WebSessionList *out);
/* Ends sessions of a person inside a write command, journaled: the one of a number, or with 0 all
 * but the one of keep_token (empty: all). NOT_FOUND with a Chinese fault for an unknown number. */
typedef struct WebSessionEnd {
    int64_t person_id;
    int64_t number;
    Str keep_token;
} WebSessionEnd;
MUST_CHECK Status web_session_end(Cx *cx, DbConn *conn, const WebSessionEnd *end);
/* A one-time code for a sign-in: 12 digits in three groups, from the system's randomness. */
Str web_code_new(Arena *arena);
/* The code as it is hashed: digits alone, however it was typed. */
Str web_code_plain(Arena *arena, Str typed);
/* Reads the person of a session token; role PUBLIC when it is unknown or expired. */
Status web_session_user(Cx *cx, DbConn *conn, Str token, int64_t now_ms, WebUser *out);

#endif
