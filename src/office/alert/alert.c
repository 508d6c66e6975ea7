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

static Str yuan(const AlertFinder *finder, int64_t fen) {
    return money_print(finder->cx->arena, money_of_fen(fen));
}

/* ---- prices ---- */

static int number_order(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* The lower median of prices; sorts them. */
static int64_t median_of(int64_t *prices, size_t count) {
    qsort(prices, count, sizeof *prices, number_order);
    return prices[(count - 1) / 2];
}

static bool is_before(const AlertFinder *finder, const AlertSale *other, const AlertSale *sale) {
    return other->id != sale->id && other->sold_ms < sale->sold_ms &&
           other->sold_ms >= sale->sold_ms - finder->bound[ALERT_MEDIAN_DAYS] * DAY_MS;
}

typedef struct Usual {
    int64_t median_fen;
    size_t count;
    bool is_own; /* of the shop itself; else of all shops */
} Usual;

/* What the product cost in the 90 days before a sale: at the shop itself when it sold enough of
 * it, else at all shops. first..end are the sales of the product. */
static Usual usual_before(AlertFinder *finder, const AlertSaleList *sales, size_t index,
                          size_t first, size_t end) {
    const AlertSale *sale = &sales->items[index];
    int64_t *own = arena_array(finder->cx->arena, int64_t, end - first);
    int64_t *all = arena_array(finder->cx->arena, int64_t, end - first);
    size_t own_count = 0;
    size_t all_count = 0;
    for (size_t i = first; i < end; i++) {
        const AlertSale *other = &sales->items[i];
        if (is_before(finder, other, sale)) {
            all[all_count++] = other->price_fen;
            if (other->org_id == sale->org_id) {
                own[own_count++] = other->price_fen;
            }
        }
    }
    if ((int64_t)own_count >= finder->bound[ALERT_MEDIAN_OWN_MIN]) {
        return (Usual){median_of(own, own_count), own_count, true};
    }
    return (Usual){all_count == 0 ? 0 : median_of(all, all_count), all_count, false};
}

static void price_look(AlertFinder *finder, const AlertSale *sale, const Usual *usual) {
    int64_t over_bp = usual->is_own ? finder->bound[ALERT_MEDIAN_OWN_OVER_BP]
                                    : finder->bound[ALERT_MEDIAN_CITY_OVER_BP];
    bool is_enough = usual->is_own || (int64_t)usual->count >= finder->bound[ALERT_MEDIAN_CITY_MIN];
    if (is_enough && sale->price_fen * RATE_BP_ONE > usual->median_fen * (RATE_BP_ONE + over_bp)) {
        Str seen = yuan(finder, sale->price_fen);
        Str median = yuan(finder, usual->median_fen);
        alert_add(finder, ALERT_PRICE_MEDIAN,
                  (Alert){.subject = STR("sale"),
                          .subject_id = sale->id,
                          .org_id = sale->org_id,
                          .evidence = str_print(finder->cx->arena,
                                                "成交价 " STR_FMT " 元；%s同一商品此前90天 %zu 笔的"
                                                "中位价 " STR_FMT " 元；超过 %" PRId64 "%% 即提示",
                                                STR_ARG(seen), usual->is_own ? "本店" : "全市",
                                                usual->count, STR_ARG(median), over_bp / 100)});
    }
}

static void sale_look(AlertFinder *finder, const AlertSale *sale) {
    if (sale->price_fen < finder->bound[ALERT_ZERO_FEN]) {
        Str seen = yuan(finder, sale->price_fen);
        Str least = yuan(finder, finder->bound[ALERT_ZERO_FEN]);
        alert_add(finder, ALERT_ZERO_PRICE,
                  (Alert){.subject = STR("sale"),
                          .subject_id = sale->id,
                          .org_id = sale->org_id,
                          .evidence = str_print(finder->cx->arena,
                                                "成交价 " STR_FMT " 元；低于 " STR_FMT " 元即提示",
                                                STR_ARG(seen), STR_ARG(least))});
    }
    if (str_equal(sale->state, STR("recovering")) || str_equal(sale->state, STR("recovered"))) {
        alert_add(finder, ALERT_PAID_RETURN,
                  (Alert){.subject = STR("sale"),
                          .subject_id = sale->id,
                          .org_id = sale->org_id,
                          .evidence = STR("补贴到账后办理了退货，补贴须追回")});
    }
}

static Status sales_look(AlertFinder *finder) {
    AlertSaleList sales;
    AlertSpan wide = {finder->span->from_ms - finder->bound[ALERT_MEDIAN_DAYS] * DAY_MS,
                      finder->span->to_ms};
    TRY(alert_store_sales(finder->cx, finder->conn, &wide, &sales));
    size_t first = 0;
    size_t end = 0;
    for (size_t i = 0; i < sales.count; i++) {
        if (i == end) {
            first = i;
            while (end < sales.count && str_equal(sales.items[end].gtin, sales.items[i].gtin)) {
                end++;
            }
        }
        TRY(cx_steps(finder->cx, end - first));
        if (sales.items[i].sold_ms >= finder->span->from_ms) {
            ArenaMark mark = arena_mark(finder->cx->arena);
            Usual usual = usual_before(finder, &sales, i, first, end);
            arena_rewind(finder->cx->arena, mark);
            price_look(finder, &sales.items[i], &usual);
            sale_look(finder, &sales.items[i]);
        }
    }
    return STATUS_OK;
}

static Status refiled_look(AlertFinder *finder) {
    AlertRefiledList list;
    AlertRefiledBound bound = {.span = *finder->span,
                               .days = finder->bound[ALERT_REFILED_DAYS],
                               .over_bp = finder->bound[ALERT_REFILED_OVER_BP]};
    TRY(alert_store_refiled(finder->cx, finder->conn, &bound, &list));
    for (size_t i = 0; i < list.count; i++) {
        const AlertRefiled *row = &list.items[i];
        Str before = yuan(finder, row->before_fen);
        Str filed = yuan(finder, row->filed_fen);
        Str seen = yuan(finder, row->price_fen);
        Str when = instant_print_minute(finder->cx->arena, row->filed_ms);
        alert_add(finder, ALERT_PRICE_REFILED,
                  (Alert){.subject = STR("sale"),
                          .subject_id = row->sale_id,
                          .org_id = row->org_id,
                          .evidence = str_print(finder->cx->arena,
                                                "备案价 " STR_FMT " 由 " STR_FMT " 元调为 " STR_FMT
                                                " 元，随后以 " STR_FMT " 元成交；成交前 %" PRId64
                                                " 天内调高超过 %" PRId64 "%% 即提示",
                                                STR_ARG(when), STR_ARG(before), STR_ARG(filed),
                                                STR_ARG(seen), finder->bound[ALERT_REFILED_DAYS],
                                                finder->bound[ALERT_REFILED_OVER_BP] / 100)});
    }
    return STATUS_OK;
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

static bool is_next(const AlertFinder *finder, const AlertSale *one, const AlertSale *two) {
    size_t one_head = 0;
    size_t two_head = 0;
    int64_t one_number = tail_number(one->serial, &one_head);
    int64_t two_number = tail_number(two->serial, &two_head);
    int64_t apart_ms = llabs(one->sold_ms - two->sold_ms);
    return one->org_id == two->org_id && one_number >= 0 && two_number > one_number &&
           two_number <= one_number + finder->bound[ALERT_RUN_GAP_MAX] &&
           str_equal(str_slice(one->serial, 0, one_head), str_slice(two->serial, 0, two_head)) &&
           apart_ms <= finder->bound[ALERT_RUN_DAYS] * DAY_MS;
}

static void run_add(AlertFinder *finder, const AlertSale *sales, size_t count) {
    for (size_t i = 0; i < count; i++) {
        alert_add(finder, ALERT_SERIAL_RUN,
                  (Alert){.subject = STR("sale"),
                          .subject_id = sales[i].id,
                          .org_id = sales[i].org_id,
                          .evidence = str_print(
                              finder->cx->arena,
                              "本店 %zu 台商品序列号连号（" STR_FMT " 至 " STR_FMT
                              "），相邻成交不超过 %" PRId64 " 天；%" PRId64 " 台连号即提示",
                              count, STR_ARG(sales[0].serial), STR_ARG(sales[count - 1].serial),
                              finder->bound[ALERT_RUN_DAYS], finder->bound[ALERT_RUN_UNITS_MIN])});
    }
}

static Status serials_look(AlertFinder *finder) {
    AlertSaleList sales;
    AlertSpan wide = {finder->span->from_ms - finder->bound[ALERT_RUN_DAYS] * DAY_MS,
                      finder->span->to_ms};
    TRY(alert_store_sales(finder->cx, finder->conn, &wide, &sales));
    if (sales.count > 0) {
        qsort(sales.items, sales.count, sizeof *sales.items, serial_order);
    }
    size_t first = 0;
    for (size_t i = 1; i <= sales.count; i++) {
        TRY(cx_step(finder->cx));
        if (i < sales.count && is_next(finder, &sales.items[i - 1], &sales.items[i])) {
            continue;
        }
        if ((int64_t)(i - first) >= finder->bound[ALERT_RUN_UNITS_MIN]) {
            run_add(finder, sales.items + first, i - first);
        }
        first = i;
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
    TRY(sales_look(&finder));
    TRY(refiled_look(&finder));
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

Status alert_decide(Cx *cx, DbConn *conn, const AlertVerdict *verdict) {
    Alert alert;
    TRY(alert_store_find(cx, conn, verdict->alert_id, &alert));
    TRY(alert_store_decide(cx, conn, verdict));
    alert.state = verdict->state;
    return alert_journal(cx, conn, "alert.decide", &alert);
}
