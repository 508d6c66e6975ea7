/*
 * The pages of declared kinds, asked over HTTP: kind × role, kind × state × act × role, hostile
 * input, two officers on one record, files, drafts, sealed fields, tables. The declarations are
 * read here too, and who may do what is worked out from them anew: the engine is not asked.
 * D1..D7 are the properties of office/desk/desk.h.
 */
#include "record/record.h"
#include "server.h"
#include "sheet/sheet.h"
#include "test.h"

#include <dirent.h>
#include <iconv.h>
#include <inttypes.h>

static Server server;
static RecordBook book;

enum { UNITS = 23, ROLES = 11 };

/* Everybody who knocks: one of each role, and the officer of each unit. */
typedef struct Knocker {
    char login[24];
    const char *role;
    Str unit; /* code, or empty */
    Str name; /* under which they file: the unit's or firm's */
    Str token;
} Knocker;
static Knocker knockers[ROLES + UNITS + 1];
static size_t knocker_count;

static void knocker_add(const char *login, const char *role, Str unit) {
    Knocker *knocker = &knockers[knocker_count++];
    (void)snprintf(knocker->login, sizeof knocker->login, "%s", login);
    knocker->role = role;
    knocker->unit = unit;
    knocker->name = unit.len > 0 ? record_unit_name(&book, unit) : STR_NONE;
    knocker->token = login[0] == '\0' ? STR("") : sign_in(&server, login);
    if (unit.len == 0 && login[0] != '\0') {
        /* A firm's people file under the firm's name. */
        knocker->name = json_member(ask_get(&server, knocker->token, "/me").body, "org");
    }
}

static const char *text(Str str) {
    return str_c(server.arena, str);
}

static const Knocker *knocker(const char *login) {
    for (size_t i = 0; i < knocker_count; i++) {
        if (strcmp(knockers[i].login, login) == 0) {
            return &knockers[i];
        }
    }
    check(!"nobody signs in so");
    return &knockers[0];
}

static Str token_of(const char *login) {
    return knocker(login)->token;
}

static int start(void **state) {
    (void)state;
    static const char *const roles[] = {"resident", "shop", "recycler", "driver",  "enterprise",
                                        "bank",     "lead", "finance",  "auditor", "admin"};
    server_start(&server, "60");
    Cx cx;
    RecordProblems problems = {0};
    cx_init(&cx, server.arena);
    assert_int_equal(record_book_load(&cx, STR("cities/anqiu"), &problems, &book), STATUS_OK);
    knocker_add("", "public", STR_NONE);
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        knocker_add(roles[i], roles[i], STR_NONE);
    }
    for (size_t i = 0; i < book.unit_count; i++) {
        const char *login = text(str_print(server.arena, "unit%02zu", i + 1));
        knocker_add(str_equal(book.units[i].name, STR("市商务局")) ? "officer" : login, "officer",
                    book.units[i].code);
    }
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    return 0;
}

/* ---- who may, worked out from the declaration ---- */

static bool is_in(const Str *list, size_t count, Str word) {
    for (size_t i = 0; i < count; i++) {
        if (word.len > 0 && str_equal(list[i], word)) {
            return true;
        }
    }
    return false;
}

static bool may_file(const RecordKind *kind, const Knocker *who) {
    bool is_role = is_in(kind->filers, kind->filer_count, str_of(who->role));
    return is_role && (who->unit.len == 0 || kind->is_filing_all ||
                       is_in(kind->filing, kind->filing_count, who->unit));
}

static bool sees_all(const RecordKind *kind, const Knocker *who) {
    return is_in(kind->visible_to, kind->visible_count, str_of(who->role)) ||
           strcmp(who->role, "admin") == 0 || is_in(kind->owners, kind->owner_count, who->unit);
}

static int status_of(const Knocker *who, const char *path) {
    return ask_get(&server, who->token, path).status;
}

static void expect(const Knocker *who, const char *path, int wanted) {
    int seen = status_of(who, path);
    if (seen != wanted) {
        fail_msg("%s (%s) GET %s gave %d, not %d", who->login, who->role, path, seen, wanted);
    }
}

static const char *path_print(const RecordKind *kind, const char *more) {
    return text(str_print(server.arena, "/record/" STR_FMT "%s", STR_ARG(kind->code), more));
}

/* ---- kind × role ---- */

static void kind_walk(const RecordKind *kind, const Knocker *who) {
    bool is_public = strcmp(who->role, "public") == 0;
    bool may_enter = may_file(kind, who) || sees_all(kind, who);
    int entered = is_public ? 401 : may_enter ? 200 : 404;
    int filed = entered != 200 ? entered : may_file(kind, who) ? 200 : 403;
    expect(who, path_print(kind, ""), entered);
    expect(who, path_print(kind, "/template"), entered);
    expect(who, path_print(kind, "/export?form=csv"), entered);
    expect(who, path_print(kind, "/map"), entered == 200 && kind->map == SIZE_MAX ? 404 : entered);
    expect(who, path_print(kind, "/new"), filed);
    expect(who, path_print(kind, "/import"), filed);
    Reply refused = ask_post(&server, who->token, path_print(kind, "/new"), STR("desk=1&x=1"));
    if ((filed == 200) != (refused.status == 400) || refused.status == 200) {
        fail_msg("%s POST new %s gave %d", who->login, text(kind->code), refused.status);
    }
}

static void test_every_kind_and_role(void **state) {
    (void)state;
    assert_true(book.kind_count >= 20);
    for (size_t i = 0; i < book.kind_count; i++) {
        const RecordKind *kind = &book.kinds[i];
        for (size_t k = 0; k < knocker_count; k++) {
            kind_walk(kind, &knockers[k]);
        }
        const char *open = text(str_print(server.arena, "/public/" STR_FMT, STR_ARG(kind->code)));
        expect(&knockers[0], open, kind->is_public ? 200 : 404);
        expect(&knockers[1], open, kind->is_public ? 200 : 404);
    }
}

/* ---- records to try on ---- */

static const char GOOD[] =
    "desk=1&side=supply&class=machine&name=CNC&org.name=Testfirm&quantity=2&quantity_unit=set"
    "&request=none&until=2026-12-31&contact=%E5%BC%A0%E4%B8%89&phone=13800138000";

/* What comes first counts. */
static Str form_with(const char *more) {
    return str_print(server.arena, "%s&%s", more, GOOD);
}

static int64_t made(Str token, Str form) {
    Reply reply = ask_post(&server, token, "/record/supply_demand/new", form);
    if (reply.status != 200) {
        fail_msg("new gave %d: %.*s", reply.status, (int)reply.body.len, reply.body.at);
    }
    return json_int(reply.body, "id");
}

static int64_t make_one(Str token, const char *name) {
    return made(token, form_with(text(str_print(server.arena, "name=%s", name))));
}

static const char *record_path(int64_t id, const char *more) {
    return text(str_print(server.arena, "/record/supply_demand/%" PRId64 "%s", id, more));
}

static Reply act(Str token, int64_t id, const char *code, const char *form) {
    Reply page = ask_get(&server, token, record_path(id, ""));
    Str whole = str_print(server.arena, "desk=1&revision=" STR_FMT "&%s",
                          STR_ARG(json_member(page.body, "revision")), form);
    return ask_post(&server, token, record_path(id, text(str_print(server.arena, "/act/%s", code))),
                    whole);
}

static Str state_of(int64_t id) {
    return json_member(ask_get(&server, token_of("admin"), record_path(id, "")).body, "state");
}

/* ---- kind × state × act × role ---- */

typedef struct Found {
    const RecordKind *kind;
    int64_t id;
    size_t state;
    int64_t revision;
    Str owner; /* code */
    Str filer; /* name of the unit or firm */
} Found;

static bool is_filer(const Found *found, const Knocker *who) {
    return who->name.len > 0 && str_equal(found->filer, who->name);
}

static bool is_owner(const Found *found, const Knocker *who) {
    return who->unit.len > 0 && str_equal(found->owner, who->unit);
}

static void act_walk(const Found *found, const RecordTransition *step, const Knocker *who,
                     bool is_seen) {
    bool is_now = (step->from >> found->state & 1) != 0;
    bool is_mine = (step->by_filer && is_filer(found, who)) ||
                   (step->by_owner && is_owner(found, who)) ||
                   is_in(step->roles, step->role_count, str_of(who->role));
    const char *path = text(str_print(server.arena, "/record/" STR_FMT "/%" PRId64 "/act/" STR_FMT,
                                      STR_ARG(found->kind->code), found->id, STR_ARG(step->code)));
    int seen = status_of(who, path);
    bool is_right = !is_seen  ? seen == 404 || seen == 401
                    : !is_now ? seen == 403 || seen == 409
                    : is_mine ? seen == 200 || seen == 409
                              : seen == 403;
    if (!is_right) {
        fail_msg("%s GET %s in %s gave %d", who->login, path,
                 text(found->kind->states[found->state].code), seen);
    }
    if (seen == 200) {
        return; /* may: done for real in the stories below */
    }
    Str form = str_print(server.arena, "desk=1&note=x&revision=%" PRId64, found->revision);
    Reply reply = ask_post(&server, who->token, path, form);
    if (reply.status != seen) {
        fail_msg("%s POST %s gave %d, not %d", who->login, path, reply.status, seen);
    }
}

static void record_walk(const Found *found, const Knocker *who) {
    const RecordKind *kind = found->kind;
    const char *path = text(
        str_print(server.arena, "/record/" STR_FMT "/%" PRId64, STR_ARG(kind->code), found->id));
    bool is_public = strcmp(who->role, "public") == 0;
    bool is_seen = sees_all(kind, who) || (may_file(kind, who) && is_filer(found, who));
    expect(who, path, is_public ? 401 : is_seen ? 200 : 404);
    int edit = status_of(who, text(str_print(server.arena, "%s/edit", path)));
    const RecordState *state = &kind->states[found->state];
    bool may_edit = is_seen && !state->is_end && !state->is_void &&
                    (is_owner(found, who) || (is_filer(found, who) && state->is_start));
    if ((edit == 200) != may_edit || (!is_seen && edit != 404 && edit != 401)) {
        fail_msg("%s GET %s/edit in %s gave %d", who->login, path, text(state->code), edit);
    }
    Reply refused = {0};
    if (!may_edit) {
        Str form = str_print(server.arena, "desk=1&revision=%" PRId64, found->revision);
        refused =
            ask_post(&server, who->token, text(str_print(server.arena, "%s/edit", path)), form);
        assert_int_equal(refused.status, edit);
    }
    for (size_t i = 0; i < kind->transition_count; i++) {
        act_walk(found, &kind->transitions[i], who, is_seen);
    }
    if (is_public) {
        bool is_open = kind->is_public && !state->is_start && !state->is_void;
        expect(who,
               text(str_print(server.arena, "/public/" STR_FMT "/%" PRId64, STR_ARG(kind->code),
                              found->id)),
               is_open ? 200 : 404);
    }
}

/* One record of the kind in this state, as the administrator sees it; false when there is none. */
static bool record_find_in(const RecordKind *kind, size_t state, Found *found) {
    Str admin = token_of("admin");
    Str list = str_print(server.arena, "/record/" STR_FMT "?rows=1&state=" STR_FMT,
                         STR_ARG(kind->code), STR_ARG(kind->states[state].code));
    Reply reply = ask_get(&server, admin, text(list));
    assert_int_equal(reply.status, 200);
    size_t at = str_find(reply.body, STR("\"records\":[{\"number\":\""), 0);
    if (at == SIZE_MAX) {
        return false;
    }
    Str number = json_member(str_from(reply.body, at), "number");
    *found = (Found){.kind = kind, .state = state};
    found->id = json_int(str_from(reply.body, at), "id");
    Reply page = ask_get(&server, admin,
                         text(str_print(server.arena, "/record/" STR_FMT "/%" PRId64,
                                        STR_ARG(kind->code), found->id)));
    assert_int_equal(page.status, 200);
    assert_true(str_contains(page.body, number));
    found->revision = json_int(page.body, "revision");
    found->owner = record_unit_code(&book, json_member(page.body, "owner"));
    found->filer = json_member(page.body, "filing");
    return true;
}

static bool is_walker(const Found *found, const Knocker *who) {
    /* All roles; of the units' officers the owner, the filer, and two who have nothing to do. */
    return who->unit.len == 0 || is_owner(found, who) || is_filer(found, who) ||
           strcmp(who->login, "unit20") == 0 || strcmp(who->login, "unit14") == 0;
}

static void test_every_state_act_and_role(void **state) {
    (void)state;
    size_t pairs = 0;
    int64_t id = make_one(token_of("unit02"), "walked");
    assert_int_equal(act(token_of("unit02"), id, "file", "").status, 200);
    (void)make_one(token_of("unit02"), "walked2");
    for (size_t i = 0; i < book.kind_count; i++) {
        for (size_t s = 0; s < book.kinds[i].state_count; s++) {
            Found found;
            if (!record_find_in(&book.kinds[i], s, &found)) {
                continue;
            }
            pairs++;
            for (size_t k = 0; k < knocker_count; k++) {
                if (is_walker(&found, &knockers[k])) {
                    record_walk(&found, &knockers[k]);
                }
            }
            Reply after = ask_get(&server, token_of("admin"),
                                  text(str_print(server.arena, "/record/" STR_FMT "/%" PRId64,
                                                 STR_ARG(found.kind->code), found.id)));
            assert_int_equal(json_int(after.body, "revision"), found.revision);
        }
    }
    print_message("# %zu pairs of kind and state walked\n", pairs);
    assert_true(pairs >= 2);
}

/* ---- a record's life: every act by the one who may ---- */

static void test_life(void **state) {
    (void)state;
    Str firm = token_of("enterprise");
    Str owner = token_of("unit02");
    int64_t id = make_one(firm, "life");
    assert_true(str_equal(state_of(id), STR("draft")));
    assert_int_equal(act(owner, id, "file", "").status, 403);
    assert_int_equal(act(firm, id, "list", "listed=2026-11-20").status, 409);
    assert_int_equal(act(firm, id, "file", "").status, 200);
    assert_int_equal(act(firm, id, "list", "listed=2026-11-20").status, 403);
    assert_int_equal(act(owner, id, "list", "").status, 400);
    assert_int_equal(act(owner, id, "refuse", "").status, 400);
    assert_true(str_equal(state_of(id), STR("filed")));
    assert_int_equal(act(owner, id, "list", "listed=2026-11-20").status, 200);
    assert_int_equal(act(owner, id, "list", "listed=2026-11-20").status, 409);
    /* D2: everybody sees it now, without the person. */
    const char *open = text(str_print(server.arena, "/public/supply_demand/%" PRId64, id));
    Reply seen = ask_get(&server, STR(""), open);
    assert_int_equal(seen.status, 200);
    assert_true(str_contains(seen.body, STR("Testfirm")));
    assert_false(str_contains(seen.body, STR("contact")));
    assert_false(str_contains(seen.body, STR("138")));
    Reply list = ask_get(&server, STR(""), "/public/supply_demand");
    assert_true(str_contains(list.body, STR("life")));
    assert_false(str_contains(list.body, STR("contact")));
    Reply csv = ask_get(&server, STR(""), "/public/supply_demand/export?form=csv");
    assert_true(str_contains(csv.body, STR("life")));
    assert_false(str_contains(csv.body, STR("联系人")));
    /* The timeline has each step with who did it. */
    Reply page = ask_get(&server, firm, record_path(id, ""));
    assert_true(str_contains(page.body, STR("审核发布 → 已发布")));
    assert_true(str_contains(page.body, STR("市工信局")));
    assert_int_equal(act(firm, id, "close", "note=done").status, 200);
    assert_int_equal(ask_get(&server, owner, record_path(id, "/edit")).status, 409);
}

/* ---- two officers ---- */

static Reply edit(Str token, int64_t id, int revision, const char *form) {
    return ask_post(&server, token, record_path(id, "/edit"),
                    str_print(server.arena, "desk=1&revision=%d&%s", revision, form));
}

static Str member_of(int64_t id, const char *key) {
    return json_member(ask_get(&server, token_of("unit02"), record_path(id, "")).body, key);
}

static void test_two_officers(void **state) {
    (void)state;
    Str first = token_of("unit02");
    Str second = sign_in(&server, "head02");
    int64_t id = make_one(first, "conflict");
    assert_int_equal(edit(first, id, 1, "quantity=3&price=100").status, 200);
    Reply stale = edit(second, id, 1, "quantity=5&name=conflict2");
    assert_int_equal(stale.status, 409);
    assert_true(str_contains(stale.body, STR("\"conflict\":[")));
    assert_true(str_contains(stale.body, STR("\"mine\":\"5")));
    assert_true(str_equal(member_of(id, "name"), STR("conflict")));
    assert_int_equal(json_int(stale.body, "revision"), 2);
    /* What only the second changed and what was chosen is stored; the first's price stays. */
    assert_int_equal(edit(second, id, 2, "quantity=5&name=conflict2&pick.quantity=theirs").status,
                     200);
    assert_true(str_equal(member_of(id, "name"), STR("conflict2")));
    Str page = ask_get(&server, first, record_path(id, "")).body;
    assert_true(str_contains(page, STR("\"price\":10000")));
    assert_true(str_contains(page, STR("\"quantity\":\"3")));
    /* A revision that does not exist yet, or none, is refused. */
    assert_int_equal(edit(first, id, 99, "quantity=6").status, 400);
    assert_int_equal(edit(first, id, 0, "quantity=6").status, 400);
    assert_int_equal(edit(first, id, -1, "quantity=6").status, 400);
    /* An act from a stale page is refused too. */
    Reply old = ask_post(&server, first, record_path(id, "/act/file"), STR("desk=1&revision=1"));
    assert_int_equal(old.status, 409);
    assert_true(str_equal(state_of(id), STR("draft")));
}

/* ---- files ---- */

#define BOUNDARY "----deskboundary"

static void part_put(Buf *body, const char *name, const char *file, Str value) {
    buf_print(body, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%s\"", name);
    if (file != NULL) {
        buf_print(body, "; filename=\"%s\"\r\nContent-Type: image/png", file);
    }
    buf_put_c(body, "\r\n\r\n");
    buf_put(body, value);
    buf_put_c(body, "\r\n");
}

static Reply post_multipart(Str token, const char *path, Buf *body, bool is_page) {
    buf_put_c(body, "--" BOUNDARY "--\r\n");
    Str head = str_print(server.arena,
                         "POST %s%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                         "Origin: http://localhost\r\nAuthorization: Bearer " STR_FMT
                         "\r\nContent-Type: multipart/form-data; boundary=" BOUNDARY
                         "\r\nContent-Length: %zu\r\n\r\n",
                         is_page ? "" : "/api", path, STR_ARG(token), body->len);
    return client_ask(server.arena, server.port, str_join(server.arena, head, buf_str(body)));
}

/* The form of a village clinic with one file sent as a photo. */
static Reply clinic_post(const char *name, const char *file, Str bytes, bool is_page) {
    static const char *const rows[][2] = {
        {"desk", "1"},  {"village", "v"}, {"people", "900"},
        {"area", "80"}, {"doctors", "2"}, {"photos.sent", "1"},
    };
    Buf *body = buf_in(server.arena, 40 * 1024 * 1024);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        part_put(body, rows[i][0], NULL, str_of(rows[i][1]));
    }
    part_put(body, "name", NULL, str_of(name));
    part_put(body, "site.town", NULL, book.towns[0].code);
    part_put(body, "photos", file, bytes);
    return post_multipart(token_of("unit15"), "/record/village_clinic/new", body, is_page);
}

/* The smallest PNG that decodes: one grey point. */
static const char PNG[] =
    "\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x01\x00\x00"
    "\x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55\x00\x00\x00\x0a\x49\x44\x41\x54\x78\x9c\x63"
    "\x68\x00\x00\x00\x82\x00\x81\x77\xcd\x72\xb6\x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60"
    "\x82";

static size_t files_stored(void) {
    char command[200];
    char line[32] = "";
    (void)snprintf(command, sizeof command, "find %s/files -type f 2>/dev/null | wc -l",
                   server.data);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(line, sizeof line, pipe));
    (void)pclose(pipe);
    return (size_t)strtoul(line, NULL, 10);
}

/* D4: what a file is, its first bytes say. */
static void test_files_by_their_bytes(void **state) {
    (void)state;
    static const struct {
        const char *name;
        Str bytes;
    } bad[] = {
        {"a.png", {"<html><script>alert(1)</script></html>", 38}},
        {"a.png", {"MZ\x90\0\3\0\0\0", 8}},
        {"a.svg", {"<svg xmlns='http://www.w3.org/2000/svg'/>", 41}},
        {"a.png", {"\x89PNG\r\n\x1a\nnot a picture", 21}},
        {"a.png", {"PK\3\4 [Content_Types].xml word/document", 39}},
        {"a.png", {"%PDF-1.7\n", 9}}, /* this field takes pictures only */
    };
    size_t before = files_stored();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        Reply reply = clinic_post("bad", bad[i].name, bad[i].bytes, false);
        if (reply.status != 400 || !str_contains(reply.body, STR("\"field\":\"photos\""))) {
            fail_msg("file %zu gave %d: %s", i, reply.status, text(reply.body));
        }
    }
    assert_true(files_stored() <= before + 1); /* the PDF is a file, but not one of this field */
    Reply list = ask_get(&server, token_of("unit15"), "/record/village_clinic?q=bad");
    assert_int_equal(json_int(list.body, "total"), 0);
}

static void test_file_is_sent_safely(void **state) {
    (void)state;
    Reply reply = clinic_post("clinic1", "<b>x.png", (Str){PNG, sizeof PNG - 1}, false);
    if (reply.status != 200) {
        fail_msg("gave %d: %s", reply.status, text(reply.body));
    }
    int64_t id = json_int(reply.body, "id");
    const char *path =
        text(str_print(server.arena, "/record/village_clinic/%" PRId64 "/file/photos/1", id));
    Reply file = ask_get(&server, token_of("unit15"), path);
    assert_int_equal(file.status, 200);
    assert_true(str_equal(reply_header(&file, "Content-Type"), STR("image/png")));
    assert_true(str_equal(reply_header(&file, "X-Content-Type-Options"), STR("nosniff")));
    assert_true(str_starts(reply_header(&file, "Content-Disposition"), STR("attachment")));
    assert_true(
        str_contains(reply_header(&file, "Content-Security-Policy"), STR("default-src 'none'")));
    assert_true(str_equal(file.body, (Str){PNG, sizeof PNG - 1}));
    /* D1: who does not see the record does not see its files. */
    assert_int_equal(ask_get(&server, token_of("enterprise"), path).status, 404);
    assert_int_equal(ask_get(&server, token_of("unit02"), path).status, 404);
    assert_int_equal(ask_get(&server, STR(""), path).status, 401);
    static const char *const none[] = {"photos/2", "photos/99999999999", "name/1", "zz/1"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        Str other =
            str_print(server.arena, "/record/village_clinic/%" PRId64 "/file/%s", id, none[i]);
        assert_int_equal(ask_get(&server, token_of("unit15"), text(other)).status, 404);
    }
}

/* D5: a token of a kept file is worth nothing when it is changed, or for another person. */
static void test_tokens_of_files(void **state) {
    (void)state;
    Reply page = clinic_post("", "kept.png", (Str){PNG, sizeof PNG - 1}, true);
    assert_int_equal(page.status, 400);
    size_t at = str_find(page.body, STR("name=\"photos.kept\" value=\""), 0);
    assert_true(at != SIZE_MAX);
    Str rest = str_from(page.body, at + strlen("name=\"photos.kept\" value=\""));
    Str token = str_cut(&rest, '"');
    Str town = book.towns[0].code;
    char bent[2000];
    (void)snprintf(bent, sizeof bent, "%s", text(token));
    bent[10] = bent[10] == 'A' ? 'B' : 'A';
    const char *const names[] = {"kept-bent", "kept-other", "kept-good"};
    const char *const tokens[] = {bent, text(token), text(token)};
    Str people[] = {token_of("unit15"), sign_in(&server, "head15"), token_of("unit15")};
    for (size_t i = 0; i < 3; i++) {
        Buf *body = buf_in(server.arena, 10000);
        buf_print(body,
                  "desk=1&village=v&people=900&area=80&doctors=2&photos.sent=1&site.town=%s"
                  "&name=%s&photos.kept=%s",
                  text(town), names[i], tokens[i]);
        Reply reply = ask_post(&server, people[i], "/record/village_clinic/new", buf_str(body));
        assert_int_equal(reply.status, 200);
        Str path = str_print(server.arena, "/record/village_clinic/%" PRId64 "/file/photos/1",
                             json_int(reply.body, "id"));
        assert_int_equal(ask_get(&server, token_of("unit15"), text(path)).status,
                         i == 2 ? 200 : 404);
    }
}

/* ---- drafts and views are one person's ---- */

static void test_drafts_are_private(void **state) {
    (void)state;
    Str mine = token_of("unit02");
    Str form = form_with("name=secretdraft&form_act=draft");
    Reply kept = ask_post(&server, mine, "/record/supply_demand/new", form);
    assert_int_equal(kept.status, 200);
    Str place = json_member(kept.body, "location");
    assert_int_equal(ask_get(&server, mine, text(place)).status, 200);
    assert_int_equal(ask_get(&server, sign_in(&server, "head02"), text(place)).status, 404);
    assert_int_equal(ask_get(&server, token_of("admin"), text(place)).status, 403);
    Str id = str_from(place, str_find(place, STR("draft="), 0) + 6);
    Str drop = str_print(server.arena, "/record/supply_demand/draft/" STR_FMT "/drop", STR_ARG(id));
    assert_int_equal(ask_post(&server, token_of("unit01"), text(drop), STR("x=1")).status, 404);
    Reply list = ask_get(&server, mine, "/record/supply_demand");
    assert_true(str_contains(list.body, STR("secretdraft")));
    assert_false(str_contains(ask_get(&server, token_of("unit01"), "/record/supply_demand").body,
                              STR("secretdraft")));
    /* D6: sealed at rest. */
    char command[200];
    (void)snprintf(command, sizeof command, "cat %s/* 2>/dev/null | grep -ac 13800138000",
                   server.data);
    FILE *pipe = popen(command, "r");
    char line[32] = "";
    assert_non_null(pipe);
    bool is_read = fgets(line, sizeof line, pipe) != NULL;
    (void)pclose(pipe);
    assert_true(is_read);
    assert_int_equal(strtol(line, NULL, 10), 0);
    assert_int_equal(ask_post(&server, mine, text(drop), STR("x=1")).status, 200);
}

/* A draft comes back as it was typed, its table of rows too. */
static void test_draft_comes_back(void **state) {
    (void)state;
    Str mine = token_of("unit15");
    Reply kept = ask_post(&server, mine, "/record/village_clinic/new",
                          STR("desk=1&name=drafted&equipment.sent=1&equipment.row=4"
                              "&equipment.4.name=AED&equipment.4.count=2&rooms.sent=1&rooms=exam"
                              "&form_act=draft"));
    assert_int_equal(kept.status, 200);
    Str page = str_print(server.arena,
                         "GET " STR_FMT " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                         "Authorization: Bearer " STR_FMT "\r\n\r\n",
                         STR_ARG(json_member(kept.body, "location")), STR_ARG(mine));
    Reply shown = client_ask(server.arena, server.port, page);
    assert_int_equal(shown.status, 200);
    assert_true(str_contains(shown.body, STR("name=\"equipment.4.name\"")));
    assert_true(str_contains(shown.body, STR("value=\"AED\"")));
    assert_true(str_contains(shown.body, STR("value=\"exam\" checked")));
}

static void test_views_are_private(void **state) {
    (void)state;
    Str mine = token_of("unit02");
    assert_int_equal(ask_post(&server, mine, "/record/supply_demand/view",
                              STR("title=Mine&query=state%3Dfiled%26sort%3Dname"))
                         .status,
                     200);
    static const char *const bad[] = {"title=X&query=%22%3E%3Cscript%3E", "title=X&query=%0d%0aX:1",
                                      "title=&query=a", "title=X&query=javascript:alert(1)"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(
            ask_post(&server, mine, "/record/supply_demand/view", str_of(bad[i])).status, 400);
    }
    assert_int_equal(
        ask_post(&server, token_of("unit01"), "/record/supply_demand/view/1/drop", STR("x=1"))
            .status,
        404);
}

/* ---- D7: personal data ---- */

static void test_sealed_fields(void **state) {
    (void)state;
    Str firm = token_of("enterprise");
    Str owner = token_of("unit02");
    int64_t id = make_one(firm, "sealed");
    Reply page = ask_get(&server, owner, record_path(id, ""));
    assert_int_equal(page.status, 200);
    assert_false(str_contains(page.body, STR("13800138000")));
    assert_true(str_contains(page.body, STR("138****8000")));
    Reply csv = ask_get(&server, owner, "/record/supply_demand/export?form=csv&q=sealed");
    assert_false(str_contains(csv.body, STR("13800138000")));
    /* An edit that leaves the masked text in place keeps the value. */
    assert_int_equal(edit(firm, id, 1, "phone=138****8000&quantity=9").status, 200);
    const char *reveal = record_path(id, "/reveal/phone");
    assert_int_equal(ask_post(&server, owner, reveal, STR("reason=")).status, 400);
    Reply clear = ask_post(&server, owner, reveal, STR("reason=call"));
    assert_int_equal(clear.status, 200);
    assert_true(str_contains(clear.body, STR("13800138000")));
    assert_int_equal(ask_get(&server, owner, record_path(id, "/reveal/name")).status, 404);
    Reply timeline = ask_get(&server, owner, record_path(id, ""));
    assert_true(str_contains(timeline.body, STR("查看个人信息")));
    assert_int_equal(ask_post(&server, token_of("resident"), reveal, STR("reason=xx")).status, 404);
}

/* ---- hostile input ---- */

static void test_hostile_addresses(void **state) {
    (void)state;
    static const char *const paths[] = {
        "/record/supply_demand?sort=nothing",
        "/record/supply_demand?sort=%27%3B--",
        "/record/supply_demand?c=%00",
        "/record/supply_demand?c=AAAA&c=BBBB&p=99999999999999",
        "/record/supply_demand?c=9223372036854775807",
        "/record/supply_demand?f.class=%27&state=%27",
        "/record/supply_demand?f.until.a=9999-99-99&f.until.b=x",
        "/record/supply_demand?q=%25%25%25%25&rows=-1",
        "/record/supply_demand?q=%27%22%3Cscript%3E&rows=999999999999",
        "/record/supply_demand?v=nothing&my=9223372036854775807",
        "/record/supply_demand/export?form=exe",
        "/record/supply_demand/export?form=csv&sort=nothing",
        "/record/supply_demand/map?x=1",
        "/record/supply_demand/9223372036854775807",
        "/record/supply_demand/1/act/nothing",
        "/record/supply_demand/1/reveal/nothing",
        "/record/supply_demand/new?draft=9223372036854775807",
        "/record/supply_demand/import/9223372036854775807/errors",
        "/record/supply_demand/export/1",
        "/record/zz_nothing",
        "/public/supply_demand?sort=contact&f.contact=x&q=138",
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        Reply reply = ask_get(&server, token_of("unit02"), paths[i]);
        if (reply.status == 0 || reply.status >= 500) {
            fail_msg("GET %s gave %d", paths[i], reply.status);
        }
        Str page = str_print(server.arena,
                             "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                             "Authorization: Bearer " STR_FMT "\r\n\r\n",
                             paths[i], STR_ARG(token_of("unit02")));
        reply = client_ask(server.arena, server.port, page);
        assert_true(reply.status != 0 && reply.status < 500);
        assert_false(str_contains(reply.body, STR("<script>alert")));
    }
    /* A filter that names no public field finds nothing out. */
    assert_int_equal(ask_get(&server, STR(""), "/public/supply_demand?sort=contact").status, 400);
}

static void test_hostile_forms(void **state) {
    (void)state;
    Str token = token_of("unit02");
    static const char *const bad[] = {
        "quantity=1e12",  "quantity=-1",      "quantity=999999999999999999999999",
        "class=nothing",  "until=2026-02-30", "phone=12",
        "name=",          "org.code=1234",    "product=GX-2026-99999",
        "side=supply%00",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        Reply reply = ask_post(&server, token, "/record/supply_demand/new", form_with(bad[i]));
        if (reply.status != 400) {
            fail_msg("%s gave %d", bad[i], reply.status);
        }
    }
    /* Fields that are not asked, computed ones and the state cannot be set by hand. */
    int64_t id = made(token, form_with("name=hand&state=listed&owner=fagai&number=GX-1&id=7"));
    assert_true(str_equal(state_of(id), STR("draft")));
    /* Markup stays text. */
    id = make_one(token, "%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    Str page = str_print(server.arena,
                         "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                         "Authorization: Bearer " STR_FMT "\r\n\r\n",
                         record_path(id, ""), STR_ARG(token));
    Reply reply = client_ask(server.arena, server.port, page);
    assert_int_equal(reply.status, 200);
    assert_false(str_contains(reply.body, STR("<script>alert")));
    /* A cookie without the form's token changes nothing (W2). */
    Str forged = str_print(server.arena,
                           "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                           "Cookie: hx_session=" STR_FMT "\r\nOrigin: http://evil.example\r\n"
                           "Content-Type: application/x-www-form-urlencoded\r\n"
                           "Content-Length: 17\r\n\r\ndesk=1&revision=1",
                           record_path(id, "/act/file"), STR_ARG(token));
    assert_int_equal(client_ask(server.arena, server.port, forged).status, 403);
}

/* The same request key files one record. */
static void test_a_form_sent_twice(void **state) {
    (void)state;
    Str token = token_of("unit02");
    Str form = form_with("name=twice&request_key=desk-twice-1");
    Reply first = ask_post(&server, token, "/record/supply_demand/new", form);
    Reply second = ask_post(&server, token, "/record/supply_demand/new", form);
    assert_int_equal(first.status, 200);
    assert_int_equal(second.status, 200);
    assert_int_equal(json_int(first.body, "id"), json_int(second.body, "id"));
}

/* ---- tables ---- */

static Reply import_post(Str token, Str table) {
    Buf *body = buf_in(server.arena, 40 * 1024 * 1024);
    part_put(body, "file", "t.csv", table);
    Reply reply = post_multipart(token, "/record/supply_demand/import", body, false);
    if (reply.status != 200) {
        return reply;
    }
    const char *place = text(json_member(reply.body, "location"));
    for (int round = 0; round < 500; round++) {
        reply = ask_get(&server, token, place);
        Str state = json_member(reply.body, "state");
        if (!str_equal(state, STR("waiting")) && !str_equal(state, STR("running"))) {
            reply.head = json_member(str_of(place), "none");
            reply.head = str_from(str_of(place), str_find(str_of(place), STR("/job/"), 0) + 5);
            return reply;
        }
        (void)usleep(10 * 1000);
    }
    return reply;
}

static const char HEAD[] =
    "供需方向,类别,品名,单位,数量,数量单位,技术和交付要求,信息有效期至,联系人,联系电话\r\n";

static Str table_of(const char *rows) {
    return str_print(server.arena, "%s%s", HEAD, rows);
}

static Reply job_wait(Str token, Reply reply) {
    const char *place = text(json_member(reply.body, "location"));
    for (int round = 0; round < 500; round++) {
        reply = ask_get(&server, token, place);
        Str state = json_member(reply.body, "state");
        if (!str_equal(state, STR("waiting")) && !str_equal(state, STR("running"))) {
            break;
        }
        (void)usleep(10 * 1000);
    }
    return reply;
}

static void test_import(void **state) {
    (void)state;
    Str token = token_of("unit02");
    Str table = table_of("供应,设备,表一,甲厂,1,台,无,2026-12-31,李四,13900139000\r\n"
                         "供应,没有,表二,甲厂,1,台,无,2026-12-31,李四,13900139000\r\n");
    Reply checked = import_post(token, table);
    assert_int_equal(checked.status, 200);
    assert_int_equal(json_int(checked.body, "good"), 1);
    assert_int_equal(json_int(checked.body, "bad"), 1);
    Str job = checked.head;
    Str errors =
        str_print(server.arena, "/record/supply_demand/import/" STR_FMT "/errors", STR_ARG(job));
    Reply sheet = ask_get(&server, token, text(errors));
    assert_int_equal(sheet.status, 200);
    assert_true(str_starts(sheet.body, STR("PK")));
    /* Nobody else's business, and not yet stored. */
    assert_int_equal(ask_get(&server, token_of("unit01"), text(errors)).status, 404);
    Reply none = ask_get(&server, token, "/record/supply_demand?q=%E8%A1%A8%E4%B8%80");
    assert_int_equal(json_int(none.body, "total"), 0);
    const char *commit = text(
        str_print(server.arena, "/record/supply_demand/import/" STR_FMT "/commit", STR_ARG(job)));
    assert_int_equal(ask_post(&server, token_of("unit01"), commit, STR("mode=good")).status, 404);
    assert_int_equal(ask_post(&server, token, commit, STR("mode=x")).status, 400);
    Reply all = job_wait(token, ask_post(&server, token, commit, STR("mode=all")));
    assert_int_equal(json_int(all.body, "stored"), 0);
    Reply good = job_wait(token, ask_post(&server, token, commit, STR("mode=good")));
    assert_int_equal(json_int(good.body, "stored"), 1);
    Reply found = ask_get(&server, token, "/record/supply_demand?q=%E8%A1%A8%E4%B8%80");
    assert_int_equal(json_int(found.body, "total"), 1);
}

/* What Excel of a Chinese Windows saves as CSV. */
static Str as_gb18030(Str text) {
    iconv_t cd = iconv_open("GB18030", "UTF-8");
    size_t room = text.len * 2;
    char *bytes = arena_alloc(server.arena, room);
    char *in = arena_alloc(server.arena, text.len);
    char *out = bytes;
    size_t rest = text.len;
    memcpy(in, text.at, text.len);
    assert_true(cd != (iconv_t)-1);
    assert_int_equal(iconv(cd, &in, &rest, &out, &room), 0);
    assert_int_equal(iconv_close(cd), 0);
    return (Str){bytes, (size_t)(out - bytes)};
}

static Reply import_all(Str token, Reply checked) {
    const char *commit = text(str_print(
        server.arena, "/record/supply_demand/import/" STR_FMT "/commit", STR_ARG(checked.head)));
    return job_wait(token, ask_post(&server, token, commit, STR("mode=all")));
}

static void test_import_gb18030(void **state) {
    (void)state;
    Str token = token_of("unit02");
    Reply checked = import_post(
        token,
        as_gb18030(table_of("供应,设备,㐂字号䶮牌,甲厂,1,台,无,2026-12-31,李四,13900139000\r\n")));
    assert_int_equal(json_int(checked.body, "good"), 1);
    assert_int_equal(json_int(import_all(token, checked).body, "stored"), 1);
    Reply found =
        ask_get(&server, token, "/record/supply_demand?q=%E3%90%82%E5%AD%97%E5%8F%B7%E4%B6%AE");
    assert_int_equal(json_int(found.body, "total"), 1);
    assert_true(str_contains(found.body, STR("㐂字号䶮牌")));
}

/* ---- the template ---- */

typedef struct Heads {
    SheetColumn columns[60];
    size_t count;
} Heads;

static Status heads_keep(void *it, Cx *cx, const SheetRow *row) {
    Heads *heads = it;
    for (size_t i = 0; row->sheet_index == 0 && heads->count < 60 && i < row->count; i++) {
        const char *label = str_c(server.arena, str_dup(server.arena, row->cells[i].text));
        heads->columns[heads->count++] = (SheetColumn){.label = label, .kind = SHEET_TEXT};
    }
    (void)cx;
    return STATUS_OK;
}

static SheetCell template_cell(const char *label) {
    static const char *const values[][2] = {{"供需方向", "供应"},
                                            {"类别", "设备"},
                                            {"品名", "模板一号"},
                                            {"单位", "乙厂"},
                                            {"数量", "2"},
                                            {"数量单位", "台"},
                                            {"技术和交付要求", "无"},
                                            {"信息有效期至", "2026-12-31"},
                                            {"联系人", "李四"},
                                            {"联系电话", "13900139000"}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        if (str_equal(str_of(label), str_of(values[i][0]))) {
            return sheet_text(str_of(values[i][1]));
        }
    }
    return SHEET_CELL_NONE;
}

/* The empty table as it is downloaded, with one row filled in. */
static Str template_filled(Cx *cx, const Heads *heads) {
    SheetCell cells[60];
    SheetWriter *writer = NULL;
    Buf *buf = buf_in(cx->arena, 1 << 20);
    SheetWriteOptions options = {.form = SHEET_XLSX};
    SheetTable table = {.name = STR("表"), .columns = heads->columns, .column_count = heads->count};
    for (size_t i = 0; i < heads->count; i++) {
        cells[i] = template_cell(heads->columns[i].label);
    }
    assert_int_equal(sheet_writer_new(cx, &options, sheet_sink_buf(buf), &writer), STATUS_OK);
    assert_int_equal(sheet_begin(writer, &table), STATUS_OK);
    assert_int_equal(sheet_row(writer, cells, heads->count), STATUS_OK);
    assert_int_equal(sheet_finish(writer), STATUS_OK);
    return buf_str(buf);
}

static void test_template_reads_back(void **state) {
    (void)state;
    Str token = token_of("unit02");
    Heads heads = {0};
    Cx cx;
    cx_init(&cx, server.arena);
    Reply sheet = ask_get(&server, token, "/record/supply_demand/template");
    assert_int_equal(sheet.status, 200);
    SheetReadOptions options = {.on_row = heads_keep, .it = &heads, .rows_max = 100};
    assert_int_equal(sheet_read(&cx, sheet.body, &options, NULL), STATUS_OK);
    assert_true(heads.count >= 10);
    Reply checked = import_post(token, template_filled(&cx, &heads));
    assert_int_equal(json_int(checked.body, "bad"), 0);
    assert_int_equal(json_int(import_all(token, checked).body, "stored"), 1);
    Reply found = ask_get(&server, token, "/record/supply_demand?q=%E6%A8%A1%E6%9D%BF%E4%B8%80");
    assert_int_equal(json_int(found.body, "total"), 1);
}

static void test_hostile_tables(void **state) {
    (void)state;
    Str token = token_of("unit02");
    static const Str bad[] = {
        {"\xff\xfe\0\0junk", 8},
        {"PK\3\4not a workbook", 18},
        {"a,b\r\n1,2\r\n", 10},
        {"\0\0\0\0", 4},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        Reply reply = import_post(token, bad[i]);
        assert_true(reply.status == 200 || reply.status == 400);
        assert_false(str_equal(json_member(reply.body, "state"), STR("done")));
    }
    assert_int_equal(import_post(token, STR("")).status, 400);
    assert_int_equal(import_post(token_of("resident"), STR("a,b")).status, 404);
    assert_int_equal(import_post(token_of("lead"), STR("a,b")).status, 403);
}

/* D2: words of a field that is not public cannot be guessed by searching for them. */
static void test_public_search(void **state) {
    (void)state;
    Str token = token_of("unit07");
    Str form = str_print(server.arena,
                         "desk=1&plan=renew&estate=Guessing&building=1&site.town=" STR_FMT
                         "&floors=9&households=20&code=30103707842005019999&used_since=2005"
                         "&budget=400000",
                         STR_ARG(book.towns[0].code));
    Reply reply = ask_post(&server, token, "/record/lift/new", form);
    assert_int_equal(reply.status, 200);
    Str path =
        str_print(server.arena, "/record/lift/%" PRId64 "/act/list", json_int(reply.body, "id"));
    assert_int_equal(ask_post(&server, token, text(path), STR("desk=1&revision=1")).status, 200);
    Reply own = ask_get(&server, token, "/record/lift?q=30103707842005019999");
    assert_int_equal(json_int(own.body, "total"), 1);
    Reply named = ask_get(&server, STR(""), "/public/lift?q=Guessing");
    assert_int_equal(json_int(named.body, "total"), 1);
    Reply guessed = ask_get(&server, STR(""), "/public/lift?q=30103707842005019999");
    assert_int_equal(json_int(guessed.body, "total"), 0);
}

/* ---- the clock ---- */

/* Another city folder: the same one, but filing supply and demand starts a clock of five working
 * days. The records stay: only an act has changed. */
static void server_serve_with_clock(void) {
    char command[600];
    (void)snprintf(command, sizeof command,
                   "cp -r cities/anqiu %s/city && sed -i "
                   "'s/to: \"filed\", by: \\[\"filer\"\\]}/to: \"filed\", by: [\"filer\"], "
                   "clock_days: 5}/' %s/city/records/supply_demand.yaml && "
                   "grep -q clock_days %s/city/records/supply_demand.yaml",
                   server.data, server.data, server.data);
    assert_int_equal(system(command), 0);
    server_end(&server);
    char city[128];
    (void)snprintf(city, sizeof city, "%s/city", server.data);
    server_serve_city(&server, city);
}

/* The numbers of the queue in their order. */
static size_t queue_place(Str body, Str number) {
    return str_find(body, str_print(server.arena, "\"" STR_FMT "\"", STR_ARG(number)), 0);
}

static void test_queue_by_the_clock(void **state) {
    (void)state;
    Str owner = token_of("unit02");
    Str firm = token_of("enterprise");
    int64_t early = make_one(firm, "queue1");
    int64_t late = make_one(firm, "queue2");
    assert_int_equal(act(firm, early, "file", "").status, 200);
    server_serve_with_clock();
    assert_int_equal(act(firm, late, "file", "").status, 200);
    Reply page = ask_get(&server, owner, record_path(late, ""));
    /* Five working days after Friday, 20 November 2026. */
    assert_true(str_equal(json_member(page.body, "due_day"), STR("2026-11-27")));
    Str first = json_member(page.body, "number");
    Str second = json_member(ask_get(&server, owner, record_path(early, "")).body, "number");
    Reply queue = ask_get(&server, owner, "/record/due");
    assert_int_equal(queue.status, 200);
    size_t first_at = queue_place(queue.body, first);
    size_t second_at = queue_place(queue.body, second);
    assert_true(first_at != SIZE_MAX && second_at != SIZE_MAX);
    assert_true(first_at < second_at); /* a clock comes before none, though it began later */
    assert_true(str_contains(queue.body, STR("\"due\":[{\"left\":\"ok\"")));
    /* Nobody else's queue has it; done, it is gone. */
    assert_int_equal(queue_place(ask_get(&server, token_of("unit07"), "/record/due").body, first),
                     SIZE_MAX);
    assert_int_equal(act(owner, late, "list", "listed=2026-11-20").status, 200);
    assert_int_equal(queue_place(ask_get(&server, owner, "/record/due").body, first), SIZE_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_and_role),
        cmocka_unit_test(test_every_state_act_and_role),
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_two_officers),
        cmocka_unit_test(test_files_by_their_bytes),
        cmocka_unit_test(test_file_is_sent_safely),
        cmocka_unit_test(test_tokens_of_files),
        cmocka_unit_test(test_drafts_are_private),
        cmocka_unit_test(test_draft_comes_back),
        cmocka_unit_test(test_views_are_private),
        cmocka_unit_test(test_sealed_fields),
        cmocka_unit_test(test_hostile_addresses),
        cmocka_unit_test(test_hostile_forms),
        cmocka_unit_test(test_a_form_sent_twice),
        cmocka_unit_test(test_import),
        cmocka_unit_test(test_import_gb18030),
        cmocka_unit_test(test_template_reads_back),
        cmocka_unit_test(test_hostile_tables),
        cmocka_unit_test(test_public_search),
        cmocka_unit_test(test_queue_by_the_clock), /* last: another city folder from here on */
    };
    return cmocka_run_group_tests(tests, start, stop);
}
