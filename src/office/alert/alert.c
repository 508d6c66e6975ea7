/*
 * alert.c - the checks. Each names in its evidence the value seen, what it was compared with, and
 * the bound, so that an officer can judge without a calculator.
 */
#include "base/codes.h"
#include "office/alert/alert_internal.h"
#include "office/claim/claim.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

Str alert_kind_code(AlertKind kind) {
    static const char *const codes[] = {
#define X(name, code, zh) code,
        ALERT_KIND_LIST(X)
#undef X
    };
    check(kind < ALERT_KIND_COUNT);
    return str_of(codes[kind]);
}

Str alert_kind_zh(Str code) {
#define X(name, word, zh)                                                                          \
    if (str_equal(code, STR(word))) {                                                              \
        return STR(zh);                                                                            \
    }
    ALERT_KIND_LIST(X)
#undef X
    return code;
}

void alert_add(AlertFinder *finder, AlertKind kind, Alert alert) {
    alert.kind = alert_kind_code(kind);
    *vec_push(finder->cx->arena, &finder->found) = alert;
}

/* ---- serial numbers ---- */

/* The number at the end of a serial, up to 9 digits, and where it begins. */
static int64_t tail_number(Str serial, size_t *head_len) {
    size_t at = serial.len;
    int64_t number = 0;
    int64_t unit = 1;
    while (at > 0 && serial.len - at < 9 && serial.at[at - 1] >= '0' && serial.at[at - 1] <= '9') {
        number += unit * (serial.at[--at] - '0');
        unit *= 10;
    }
    *head_len = at;
    return at == serial.len ? -1 : number;
}

static int serial_order(const void *left, const void *right) {
    const AlertSale *a = left;
    const AlertSale *b = right;
    if (a->org_id != b->org_id) {
        return a->org_id < b->org_id ? -1 : 1;
    }
    size_t a_head = 0;
    size_t b_head = 0;
    int64_t a_number = tail_number(a->serial, &a_head);
    int64_t b_number = tail_number(b->serial, &b_head);
    int order = str_compare(str_slice(a->serial, 0, a_head), str_slice(b->serial, 0, b_head));
    return order != 0 ? order : (a_number > b_number) - (a_number < b_number);
}

static int64_t tail_span(const AlertSale *one, const AlertSale *two) {
    size_t head = 0;
    return tail_number(two->serial, &head) - tail_number(one->serial, &head);
}

/* Two units of one shop and one series, neighbours by number, sold near each other in time. */
static bool is_neighbour(const AlertFinder *finder, const AlertSale *one, const AlertSale *two) {
    size_t one_head = 0;
    size_t two_head = 0;
    int64_t one_number = tail_number(one->serial, &one_head);
    int64_t two_number = tail_number(two->serial, &two_head);
    return one->org_id == two->org_id && one_number >= 0 && two_number >= one_number &&
           two_number - one_number < finder->bound[ALERT_RUN_SPAN] &&
           str_equal(str_slice(one->serial, 0, one_head), str_slice(two->serial, 0, two_head)) &&
           llabs(one->sold_ms - two->sold_ms) <= finder->bound[ALERT_RUN_DAYS] * DAY_MS;
}

static void run_add(AlertFinder *finder, const AlertSale *sales, size_t count) {
    for (size_t i = 0; i < count; i++) {
        alert_add(finder, ALERT_SERIAL_RUN,
                  (Alert){.subject = STR("sale"),
                          .subject_id = sales[i].id,
                          .org_id = sales[i].org_id,
                          .evidence = str_print(
                              finder->cx->arena,
                              "本店 %zu 台商品序列号相连（" STR_FMT " 至 " STR_FMT
                              "），相邻成交不超过 %" PRId64 " 天；%" PRId64 " 个号内有 %" PRId64
                              " 台即提示",
                              count, STR_ARG(sales[0].serial), STR_ARG(sales[count - 1].serial),
                              finder->bound[ALERT_RUN_DAYS], finder->bound[ALERT_RUN_SPAN],
                              finder->bound[ALERT_RUN_UNITS_MIN])});
    }
}

/* Made-up units stand close together in a series even when the till has refused some of them: so
 * many within a stretch of numbers, not one after another. Returns the end of the run of dense
 * stretches that begins at first, or first when none does. */
static size_t run_end(const AlertFinder *finder, const AlertSaleList *sales, size_t first) {
    size_t least = (size_t)finder->bound[ALERT_RUN_UNITS_MIN];
    size_t end = first;
    for (size_t at = first; at + least <= sales->count; at++) {
        const AlertSale *units = sales->items + at;
        bool is_dense = true;
        for (size_t i = 1; i < least && is_dense; i++) {
            is_dense = is_neighbour(finder, &units[i - 1], &units[i]) &&
                       tail_span(&units[0], &units[i]) < finder->bound[ALERT_RUN_SPAN];
        }
        if (!is_dense) {
            return end;
        }
        end = at + least;
    }
    return end;
}

static Status serials_look(AlertFinder *finder) {
    AlertSaleList sales;
    AlertSpan wide = {finder->span->from_ms - finder->bound[ALERT_RUN_DAYS] * DAY_MS,
                      finder->span->to_ms};
    TRY(alert_store_sales(finder->cx, finder->conn, &wide, &sales));
    if (sales.count > 0) {
        qsort(sales.items, sales.count, sizeof *sales.items, serial_order);
    }
    for (size_t first = 0; first < sales.count;) {
        TRY(cx_step(finder->cx));
        size_t end = run_end(finder, &sales, first);
        if (end > first) {
            run_add(finder, sales.items + first, end - first);
        }
        first = end > first ? end : first + 1;
    }
    return STATUS_OK;
}

/* ---- claims ---- */

static void claim_add(AlertFinder *finder, AlertKind kind, const AlertClaim *claim, Str evidence) {
    alert_add(finder, kind,
              (Alert){.subject = STR("claim"), .subject_id = claim->id, .evidence = evidence});
}

/* What a plate says about the vehicle against what the claim says. */
static void class_look(AlertFinder *finder, const AlertClaim *claim, const Claim *answers) {
    Str plate = claim_answer(finder->cx, answers, STR("old_plate"));
    Str fuel = claim_answer(finder->cx, answers, STR("old_fuel"));
    CodesPlateKind kind = codes_plate_kind(plate);
    bool is_truck = kind == CODES_PLATE_NEW_ENERGY_LARGE || str_ends(plate, STR("挂")) ||
                    str_ends(plate, STR("学"));
    bool is_other_fuel =
        fuel.len > 0 && codes_plate_is_new_energy(plate) != str_equal(fuel, STR("新能源"));
    if (plate.len > 0 && (is_truck || is_other_fuel)) {
        claim_add(finder, ALERT_WRONG_CLASS, claim,
                  str_print(finder->cx->arena, "旧车号牌 " STR_FMT " 的式样与所报类别（%s%s）不符",
                            STR_ARG(codes_tail_mask(finder->cx->arena, plate)),
                            is_truck ? "小型、微型载客汽车" : "燃料：",
                            is_truck ? "" : str_c(finder->cx->arena, fuel)));
    }
}

static Day day_answer(AlertFinder *finder, const Claim *answers, Str code) {
    Cx quiet;
    Day day = DAY_NONE;
    cx_init(&quiet, finder->cx->arena);
    return day_parse(&quiet, claim_answer(finder->cx, answers, code), &day) == STATUS_OK ? day
                                                                                         : DAY_NONE;
}

static void interval_look(AlertFinder *finder, const AlertClaim *claim, const Claim *answers) {
    Day owned = day_answer(finder, answers, STR("old_owned"));
    Day ended = day_answer(finder, answers, STR("recycle_day"));
    Day cancelled = day_answer(finder, answers, STR("cancel_day"));
    Day none = DAY_NONE;
    if (day_compare(owned, none) == 0 || day_compare(ended, none) == 0) {
        return;
    }
    int32_t held = ended.number - owned.number;
    bool is_backwards = day_compare(cancelled, none) != 0 && day_compare(cancelled, ended) < 0;
    if (held < finder->bound[ALERT_SCRAP_OWNED_DAYS] || is_backwards) {
        claim_add(finder, ALERT_SCRAP_INTERVAL, claim,
                  is_backwards ? STR("旧车注销日期早于交车日期")
                               : str_print(finder->cx->arena,
                                           "旧车登记到本人名下 %" PRId32
                                           " 天后即报废；少于 %" PRId64 " 天即提示",
                                           held, finder->bound[ALERT_SCRAP_OWNED_DAYS]));
    }
}

static Status claims_look(AlertFinder *finder) {
    AlertClaimList list;
    TRY(alert_store_claims(finder->cx, finder->conn, finder->span, &list));
    for (size_t i = 0; i < list.count; i++) {
        TRY(cx_step(finder->cx));
        const AlertClaim *claim = &list.items[i];
        Claim answers = {.answers = claim->answers};
        class_look(finder, claim, &answers);
        interval_look(finder, claim, &answers);
    }
    return STATUS_OK;
}

/* ---- all ---- */

Status alert_find(Cx *cx, DbConn *conn, const City *city, const AlertSpan *span, AlertList *out) {
    AlertFinder finder = {
        .cx = cx, .conn = conn, .city = city, .span = span, .bound = alert_bounds(city)->value};
    TRY(alert_prices_look(&finder));
    TRY(serials_look(&finder));
    TRY(alert_shared_look(&finder));
    TRY(claims_look(&finder));
    *out = (AlertList){.items = finder.found.items, .count = finder.found.count};
    return STATUS_OK;
}

static Status alert_journal(Cx *cx, DbConn *conn, const char *verb, const Alert *alert) {
    Str kind = str_json(cx->arena, alert->kind);
    Str subject = str_json(cx->arena, alert->subject);
    DbEntry entry = {.verb = verb,
                     .subject = "alert",
                     .subject_id = alert->id,
                     .after = str_print(cx->arena,
                                        "{\"kind\":" STR_FMT ",\"subject\":" STR_FMT
                                        ",\"subject_id\":%" PRId64 ",\"state\":\"" STR_FMT "\"}",
                                        STR_ARG(kind), STR_ARG(subject), alert->subject_id,
                                        STR_ARG(alert->state))};
    return db_journal(cx, conn, &entry);
}

Status alert_store(Cx *cx, DbConn *conn, const AlertList *found, int64_t now_ms, int64_t *count) {
    *count = 0;
    for (size_t i = 0; i < found->count; i++) {
        bool is_new = false;
        TRY(cx_step(cx));
        TRY(alert_store_insert(cx, conn, &found->items[i], now_ms, &is_new));
        *count += is_new;
    }
    DbEntry entry = {.verb = "alert.run",
                     .subject = "alert",
                     .after = str_print(cx->arena, "{\"new\":%" PRId64 "}", *count)};
    return db_journal(cx, conn, &entry);
}

typedef struct StoreInput {
    AlertList found;
    int64_t now_ms;
    int64_t count;
} StoreInput;

static Status store_work(Cx *cx, DbConn *conn, void *input) {
    StoreInput *in = input;
    return alert_store(cx, conn, &in->found, in->now_ms, &in->count);
}

Status alert_run(Cx *cx, const City *city, const AlertSpan *span, int64_t now_ms, int64_t *count) {
    DbConn *conn = NULL;
    StoreInput input = {.now_ms = now_ms};
    *count = 0;
    TRY(db_read_begin(cx, city->db, &conn));
    Status status = alert_find(cx, conn, city, span, &input.found);
    db_read_end(city->db, conn);
    if (status != STATUS_OK || input.found.count == 0) {
        return status;
    }
    DbCommand command = {.name = "alert.run",
                         .actor = {.role = STR("system"), .origin = STR("job")},
                         .work = store_work,
                         .input = &input,
                         .now_ms = now_ms};
    TRY(db_write(cx, city->db, &command, NULL));
    *count = input.count;
    return STATUS_OK;
}

Status alert_job(Cx *cx, const City *city, int64_t now_ms) {
    AlertSpan span = {now_ms - 2 * DAY_MS, now_ms + DAY_MS};
    int64_t count = 0;
    return alert_run(cx, city, &span, now_ms, &count);
}

Status alert_unit(Cx *cx, DbConn *conn, const City *city, const Alert *alert, Str *out) {
    Str programme = STR_NONE;
    *out = city->coupon_unit;
    if (!str_equal(alert->subject, STR("claim"))) {
        return STATUS_OK;
    }
    TRY(alert_store_claim_programme(cx, conn, alert->subject_id, &programme));
    const ClaimProgramme *found = claim_programme(city, programme);
    *out = found == NULL ? *out : found->unit;
    return STATUS_OK;
}

Status alert_may_decide(Cx *cx, DbConn *conn, const City *city, const Alert *alert,
                        const WebUser *user, bool *out) {
    Str charged = STR_NONE;
    Str own = STR_NONE;
    *out = user->role == ROLE_LEAD;
    if (user->role != ROLE_OFFICER) {
        return STATUS_OK;
    }
    TRY(alert_unit(cx, conn, city, alert, &charged));
    TRY(alert_store_unit_name(cx, conn, user->unit_id, &own));
    *out = charged.len == 0 || str_equal(own, charged);
    return STATUS_OK;
}

Status alert_decide(Cx *cx, DbConn *conn, const AlertVerdict *verdict) {
    Alert alert;
    TRY(alert_store_find(cx, conn, verdict->alert_id, &alert));
    TRY(alert_store_decide(cx, conn, verdict));
    alert.state = verdict->state;
    return alert_journal(cx, conn, "alert.decide", &alert);
}
