/*
 * prices.c - what a sale cost against what the product cost before: at the shop, by its filings, in
 * the city; prices filed up just before a sale; sales for next to nothing and sales taken back;
 * one product filed as two.
 */
#include "office/alert/alert_internal.h"

#include <inttypes.h>
#include <stdlib.h>

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

typedef enum UsualKind { USUAL_NONE, USUAL_OWN_SALES, USUAL_OWN_FILING, USUAL_CITY } UsualKind;

typedef struct Usual {
    UsualKind kind;
    int64_t median_fen;
    int64_t count; /* sales, or days of the filings */
} Usual;

/* Filings and sales are in order of product; *at moves to the first filing of a product. */
static size_t filings_at(const AlertFilingList *filings, Str gtin, size_t *at) {
    while (*at < filings->count && str_compare(filings->items[*at].gtin, gtin) < 0) {
        (*at)++;
    }
    size_t end = *at;
    while (end < filings->count && str_equal(filings->items[end].gtin, gtin)) {
        end++;
    }
    return end;
}

static int price_order(const void *left, const void *right) {
    return number_order(&((const AlertFiling *)left)->price_fen,
                        &((const AlertFiling *)right)->price_fen);
}

/* The price that the shop had filed for half of the days before, of those on which it had one. */
static Usual filed_usual(AlertFinder *finder, const AlertSale *sale, const AlertFiling *filings,
                         size_t count) {
    int64_t from_ms = sale->sold_ms - finder->bound[ALERT_MEDIAN_DAYS] * DAY_MS;
    AlertFiling *held = arena_array(finder->cx->arena, AlertFiling, count + 1);
    size_t held_count = 0;
    int64_t total_ms = 0;
    for (size_t i = 0; i < count; i++) {
        AlertFiling one = filings[i];
        one.filed_ms = one.filed_ms < from_ms ? from_ms : one.filed_ms;
        one.ended_ms = one.ended_ms > sale->sold_ms ? sale->sold_ms : one.ended_ms;
        if (one.org_id == sale->org_id && one.ended_ms > one.filed_ms) {
            total_ms += one.ended_ms - one.filed_ms;
            held[held_count++] = one;
        }
    }
    if (total_ms < finder->bound[ALERT_FILED_DAYS_MIN] * DAY_MS) {
        return (Usual){0};
    }
    qsort(held, held_count, sizeof *held, price_order);
    int64_t passed_ms = 0;
    size_t at = 0;
    while ((passed_ms += held[at].ended_ms - held[at].filed_ms) * 2 < total_ms) {
        at++;
    }
    return (Usual){USUAL_OWN_FILING, held[at].price_fen, total_ms / DAY_MS};
}

/* The sales and filings of one product. */
typedef struct Product {
    const AlertSale *sales;
    size_t sale_count;
    const AlertFiling *filings;
    size_t filing_count;
} Product;

/* What the product cost in the 90 days before a sale: at the shop itself when it sold enough of it,
 * else by what it had filed, else at all shops. */
static Usual usual_before(AlertFinder *finder, const Product *product, const AlertSale *sale) {
    int64_t *own = arena_array(finder->cx->arena, int64_t, product->sale_count);
    int64_t *all = arena_array(finder->cx->arena, int64_t, product->sale_count);
    size_t own_count = 0;
    size_t all_count = 0;
    for (size_t i = 0; i < product->sale_count; i++) {
        const AlertSale *other = &product->sales[i];
        if (is_before(finder, other, sale)) {
            all[all_count++] = other->price_fen;
            if (other->org_id == sale->org_id) {
                own[own_count++] = other->price_fen;
            }
        }
    }
    if ((int64_t)own_count >= finder->bound[ALERT_MEDIAN_OWN_MIN]) {
        return (Usual){USUAL_OWN_SALES, median_of(own, own_count), (int64_t)own_count};
    }
    Usual filed = filed_usual(finder, sale, product->filings, product->filing_count);
    if (filed.kind != USUAL_NONE) {
        return filed;
    }
    return (int64_t)all_count >= finder->bound[ALERT_MEDIAN_CITY_MIN]
               ? (Usual){USUAL_CITY, median_of(all, all_count), (int64_t)all_count}
               : (Usual){0};
}

static Str usual_words(AlertFinder *finder, const Usual *usual) {
    int64_t days = finder->bound[ALERT_MEDIAN_DAYS];
    if (usual->kind == USUAL_OWN_FILING) {
        return str_print(finder->cx->arena, "本店此前%" PRId64 "天内备案 %" PRId64 " 天的中位价",
                         days, usual->count);
    }
    return str_print(finder->cx->arena, "%s同一商品此前%" PRId64 "天 %" PRId64 " 笔的中位价",
                     usual->kind == USUAL_CITY ? "全市" : "本店", days, usual->count);
}

static void price_look(AlertFinder *finder, const AlertSale *sale, const Usual *usual) {
    int64_t over_bp = usual->kind == USUAL_CITY ? finder->bound[ALERT_MEDIAN_CITY_OVER_BP]
                                                : finder->bound[ALERT_MEDIAN_OWN_OVER_BP];
    if (usual->kind == USUAL_NONE ||
        sale->price_fen * RATE_BP_ONE <= usual->median_fen * (RATE_BP_ONE + over_bp)) {
        return;
    }
    Str seen = yuan(finder, sale->price_fen);
    Str median = yuan(finder, usual->median_fen);
    Str words = usual_words(finder, usual);
    alert_add(finder, ALERT_PRICE_MEDIAN,
              (Alert){.subject = STR("sale"),
                      .subject_id = sale->id,
                      .org_id = sale->org_id,
                      .evidence = str_print(finder->cx->arena,
                                            "成交价 " STR_FMT " 元；" STR_FMT " " STR_FMT
                                            " 元；超过 %" PRId64 "%% 即提示",
                                            STR_ARG(seen), STR_ARG(words), STR_ARG(median),
                                            over_bp / 100)});
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

static Status product_look(AlertFinder *finder, const Product *product) {
    TRY(cx_steps(finder->cx, product->sale_count * product->sale_count));
    for (size_t i = 0; i < product->sale_count; i++) {
        const AlertSale *sale = &product->sales[i];
        if (sale->sold_ms >= finder->span->from_ms) {
            ArenaMark mark = arena_mark(finder->cx->arena);
            Usual usual = usual_before(finder, product, sale);
            arena_rewind(finder->cx->arena, mark);
            price_look(finder, sale, &usual);
            sale_look(finder, sale);
        }
    }
    return STATUS_OK;
}

static Status sales_look(AlertFinder *finder) {
    AlertSaleList sales;
    AlertFilingList filings;
    AlertSpan wide = {finder->span->from_ms - finder->bound[ALERT_MEDIAN_DAYS] * DAY_MS,
                      finder->span->to_ms};
    TRY(alert_store_sales(finder->cx, finder->conn, &wide, &sales));
    TRY(alert_store_filings(finder->cx, finder->conn, &wide, &filings));
    size_t filing = 0;
    for (size_t first = 0; first < sales.count;) {
        Str gtin = sales.items[first].gtin;
        size_t end = first;
        while (end < sales.count && str_equal(sales.items[end].gtin, gtin)) {
            end++;
        }
        size_t filing_end = filings_at(&filings, gtin, &filing);
        Product product = {.sales = sales.items + first,
                           .sale_count = end - first,
                           .filings = filings.items + filing,
                           .filing_count = filing_end - filing};
        TRY(product_look(finder, &product));
        first = end;
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

/* ---- one product filed as two ---- */

static bool is_same_class(const AlertClassed *one, const AlertClassed *two) {
    return str_equal(one->programme, two->programme) && str_equal(one->category, two->category) &&
           one->level == two->level;
}

static Str class_words(const AlertFinder *finder, const AlertClassed *row) {
    Str name = city_category_name(finder->city, row->programme, row->category);
    return row->level == 0 ? str_print(finder->cx->arena, STR_FMT "、无能效标识", STR_ARG(name))
                           : str_print(finder->cx->arena, STR_FMT "、%" PRId64 " 级", STR_ARG(name),
                                       row->level);
}

/* Says something of a filing when more other shops file the product in one other way than in its
 * own. Of two shops that disagree nobody knows which is right: both are looked at. */
static void class_judge(AlertFinder *finder, const AlertClassed *rows, size_t count, size_t at) {
    const AlertClassed *row = &rows[at];
    const AlertClassed *most = NULL;
    int64_t agree_count = 0;
    int64_t most_count = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t like_count = 0;
        for (size_t k = 0; k < count; k++) {
            like_count += rows[k].org_id != row->org_id && is_same_class(&rows[k], &rows[i]);
        }
        if (is_same_class(&rows[i], row)) {
            agree_count = like_count;
        } else if (like_count > most_count) {
            most = &rows[i];
            most_count = like_count;
        }
    }
    if (most == NULL || most_count <= agree_count) {
        return;
    }
    Str own = class_words(finder, row);
    Str other = class_words(finder, most);
    Str words = str_print(
        finder->cx->arena,
        "商品条码 " STR_FMT " 本店备案为“" STR_FMT "”，另有 %" PRId64 " 家备案为“" STR_FMT
        "”，与本店一致的有 %" PRId64 " 家；本店已按此核销 %" PRId64 " 台",
        STR_ARG(row->gtin), STR_ARG(own), most_count, STR_ARG(other), agree_count, row->sale_count);
    alert_add(finder, ALERT_GTIN_CLASS,
              (Alert){.subject = STR("filed_price"),
                      .subject_id = row->first_id,
                      .org_id = row->org_id,
                      .evidence = words});
}

static Status classes_look(AlertFinder *finder) {
    AlertClassedList list;
    TRY(alert_store_classed(finder->cx, finder->conn, finder->span, &list));
    for (size_t first = 0; first < list.count;) {
        size_t end = first;
        while (end < list.count && str_equal(list.items[end].gtin, list.items[first].gtin)) {
            end++;
        }
        TRY(cx_steps(finder->cx, (end - first) * (end - first)));
        for (size_t i = first; i < end; i++) {
            class_judge(finder, list.items + first, end - first, i - first);
        }
        first = end;
    }
    return STATUS_OK;
}

Status alert_prices_look(AlertFinder *finder) {
    TRY(sales_look(finder));
    TRY(refiled_look(finder));
    return classes_look(finder);
}
