#include "office/mark/mark.h"
#include "office/pickup/pickup_store.h"

#include <inttypes.h>

static const char *const sign_words[] = {
#define X(name, code, zh) code,
    PICKUP_SIGN_LIST(X)
#undef X
};

ViewValue pickup_state_view(Str state) {
#define X(name, code, zh, tone)                                                                    \
    if (str_equal(state, STR(code))) {                                                             \
        return VIEW_BADGE(VIEW_##tone, STR(code), STR(zh));                                        \
    }
    PICKUP_STATE_LIST(X)
#undef X
    return VIEW_TEXT(state);
}

Str pickup_part_zh(Str part) {
    return str_equal(part, STR("morning")) ? STR("上午") : STR("下午");
}

Str pickup_window_zh(Arena *arena, const Pickup *pickup) {
    Str from = instant_print_minute(arena, pickup->arrive_ms - PICKUP_WINDOW_MS);
    Str to = instant_print_minute(arena, pickup->arrive_ms + PICKUP_WINDOW_MS);
    /* "2026-01-02 15:04": the day is said elsewhere. */
    return str_print(arena, STR_FMT "–" STR_FMT, STR_ARG(str_from(from, 11)),
                     STR_ARG(str_from(to, 11)));
}

Str pickup_sign_code(Arena *arena, const City *city, int64_t pickup_id) {
    uint8_t digest[SEAL_SM3_BYTES];
    uint32_t number = 0;
    Str text = str_print(arena, "pickup sign %" PRId64, pickup_id);
    seal_hmac_sm3(seal_key_str(&city->hash_key), text, digest);
    for (size_t i = 0; i < 4; i++) {
        number = number << 8 | digest[i];
    }
    return str_print(arena, "%06" PRIu32, number % 1000000);
}

static Status journal(Cx *cx, DbConn *conn, const char *verb, const Pickup *pickup) {
    DbEntry entry = {
        .verb = verb,
        .subject = "pickup",
        .subject_id = pickup->id,
        .after =
            str_print(cx->arena,
                      "{\"category\":" STR_FMT ",\"town\":" STR_FMT ",\"slot_day\":%" PRId32
                      ",\"org_id\":%" PRId64 ",\"net_gram\":%" PRId64 ",\"paid_fen\":%" PRId64
                      ",\"signed\":\"%s\"}",
                      STR_ARG(str_json(cx->arena, pickup->category)),
                      STR_ARG(str_json(cx->arena, pickup->town_code)), pickup->slot_day.number,
                      pickup->org_id, pickup->net_gram, pickup->paid.fen, sign_words[pickup->sign]),
    };
    return db_journal(cx, conn, &entry);
}

static Status slot_check(Cx *cx, DbConn *conn, const City *city, const Pickup *pickup) {
    Day today = day_of_instant(pickup->booked_ms);
    int32_t ahead = pickup->slot_day.number - today.number;
    if (ahead < 1 || ahead > PICKUP_DAYS_AHEAD) {
        return fault_at_field(cx, STATUS_INVALID, "slot", "请选择明天起 %d 天内的时段",
                              PICKUP_DAYS_AHEAD);
    }
    if (city_town(city, pickup->town_code) == NULL) {
        return fault_at_field(cx, STATUS_INVALID, "town", "请选择本市的镇街");
    }
    int64_t count = 0;
    TRY(pickup_store_slot_count(cx, conn, pickup, &count));
    if (count >= PICKUP_PER_SLOT_MAX) {
        return fault_at_field(cx, STATUS_CONFLICT, "slot", "这个时段已约满，请选择其他时段");
    }
    return STATUS_OK;
}

Status pickup_book(Cx *cx, DbConn *conn, const City *city, Pickup *pickup) {
    TRY(slot_check(cx, conn, city, pickup));
    if (pickup->coupon_id != 0) {
        Coupon coupon;
        TRY(coupon_find(cx, conn, pickup->coupon_id, &coupon));
        if (coupon.person_id != pickup->person_id) {
            return fault(cx, STATUS_NOT_FOUND, "没有这张资格券");
        }
    }
    TRY(pickup_store_org_choose(cx, conn, pickup->slot_day, &pickup->org_id));
    if (pickup->org_id == 0) {
        return fault(cx, STATUS_CONFLICT, "目前没有可上门的回收企业");
    }
    TRY(pickup_store_insert(cx, conn, pickup, &pickup->id));
    MarkUse use = {.kind = MARK_ADDRESS,
                   .hash = pickup->address_hash,
                   .subject = STR("pickup"),
                   .subject_id = pickup->id,
                   .person_id = pickup->person_id,
                   .now_ms = pickup->booked_ms};
    TRY(mark_put(cx, conn, &use));
    return journal(cx, conn, "pickup.book", pickup);
}

Status pickup_cancel(Cx *cx, DbConn *conn, int64_t id, int64_t person_id, int64_t now_ms) {
    Pickup pickup;
    TRY(pickup_find(cx, conn, id, &pickup));
    if (pickup.person_id != person_id) {
        return fault(cx, STATUS_NOT_FOUND, "没有这个预约");
    }
    TRY(pickup_store_cancel(cx, conn, id, person_id, now_ms));
    TRY(pickup_find(cx, conn, id, &pickup));
    return journal(cx, conn, "pickup.cancel", &pickup);
}

static Status weights_check(Cx *cx, const PickupCollect *collect) {
    if (collect->gross_gram <= 0 || collect->gross_gram > PICKUP_WEIGHT_GRAM_MAX) {
        return fault_at_field(cx, STATUS_INVALID, "gross", "毛重应大于 0 且不超过 %d 千克",
                              PICKUP_WEIGHT_GRAM_MAX / 1000);
    }
    if (collect->tare_gram < 0 || collect->tare_gram >= collect->gross_gram) {
        return fault_at_field(cx, STATUS_INVALID, "tare", "皮重应小于毛重");
    }
    if (collect->paid.fen < 0 || collect->paid.fen > PICKUP_PAID_FEN_MAX) {
        return fault_at_field(cx, STATUS_INVALID, "paid", "回收款应在 0 至 %d 元之间",
                              PICKUP_PAID_FEN_MAX / 100);
    }
    return STATUS_OK;
}

Status pickup_collect(Cx *cx, DbConn *conn, const PickupCollect *collect) {
    TRY(people_org_active_check(cx, conn, collect->org_id));
    TRY(weights_check(cx, collect));
    if (collect->sign == PICKUP_SIGN_NONE) {
        return fault_at_field(cx, STATUS_INVALID, "sign", "请由居民确认签收");
    }
    int64_t other = 0;
    TRY(pickup_store_serial_used(cx, conn, collect->old_serial, &other));
    if (other != 0) {
        Status status =
            fault_at_field(cx, STATUS_CONFLICT, "old_serial", "旧机序列号 " STR_FMT " 已经回收过",
                           STR_ARG(collect->old_serial));
        fault_hint(cx, "请核对铭牌；无铭牌的按要求粘贴编号后登记编号");
        return status;
    }
    TRY(pickup_store_collect(cx, conn, collect));
    Pickup pickup;
    TRY(pickup_find(cx, conn, collect->pickup_id, &pickup));
    return journal(cx, conn, "pickup.collect", &pickup);
}

Status pickup_certify(Cx *cx, DbConn *conn, int64_t id, int64_t org_id, int64_t now_ms,
                      Pickup *pickup) {
    TRY(pickup_store_certify(cx, conn, id, org_id, now_ms));
    TRY(pickup_find(cx, conn, id, pickup));
    return journal(cx, conn, "pickup.certify", pickup);
}

/* ---- addresses ---- */

static Status address_journal(Cx *cx, DbConn *conn, const Pickup *pickup) {
    DbEntry entry = {.verb = "pickup.address",
                     .subject = "pickup",
                     .subject_id = pickup->id,
                     .after =
                         str_print(cx->arena, "{\"slot_day\":%" PRId32 ",\"org_id\":%" PRId64 "}",
                                   pickup->slot_day.number, pickup->org_id)};
    return db_journal(cx, conn, &entry);
}

Status pickup_addresses_open(Cx *cx, DbConn *conn, PickupOpening *opening) {
    const PickupRoundAsk ask = {.driver_id = opening->driver_id,
                                .org_id = opening->org_id,
                                .today = opening->today,
                                .until = opening->today};
    PickupList list;
    TRY(pickup_store_round(cx, conn, &ask, &list));
    opening->count = 0;
    for (size_t i = 0; i < list.count; i++) {
        bool is_new = false;
        if (day_compare(list.items[i].slot_day, opening->today) != 0) {
            continue;
        }
        TRY(pickup_store_opening_put(cx, conn, list.items[i].id, opening, &is_new));
        if (is_new) {
            TRY(address_journal(cx, conn, &list.items[i]));
            opening->count++;
        }
    }
    return STATUS_OK;
}

Status pickup_address_read(Cx *cx, DbConn *conn, int64_t pickup_id, int64_t org_id) {
    Pickup pickup;
    TRY(pickup_find(cx, conn, pickup_id, &pickup));
    if (pickup.org_id != org_id) {
        return fault(cx, STATUS_NOT_FOUND, "没有这个预约");
    }
    if (!str_equal(pickup.state, STR("booked"))) {
        return fault(cx, STATUS_CONFLICT, "已收走或取消的预约不再显示地址");
    }
    TRY(people_org_active_check(cx, conn, org_id));
    return address_journal(cx, conn, &pickup);
}

/* ---- a recycler that may not work ---- */

static Status reroute_one(Cx *cx, DbConn *conn, const Pickup *pickup) {
    Pickup after = *pickup;
    TRY(pickup_store_org_choose(cx, conn, pickup->slot_day, &after.org_id));
    if (after.org_id == 0) {
        return fault(cx, STATUS_CONFLICT, "目前没有其他可上门的回收企业");
    }
    TRY(pickup_store_org_set(cx, conn, pickup, after.org_id));
    return journal(cx, conn, "pickup.reroute", &after);
}

Status pickup_reroute(Cx *cx, DbConn *conn, PickupReroute *reroute) {
    Org org;
    PickupList list;
    TRY(people_org_find(cx, conn, reroute->org_id, &org));
    if (str_equal(org.state, STR("active"))) {
        return fault(cx, STATUS_CONFLICT, "这家企业正常参加活动，不需要转出");
    }
    TRY(pickup_stranded(cx, conn, &list));
    reroute->count = 0;
    for (size_t i = 0; i < list.count; i++) {
        const Pickup *pickup = &list.items[i];
        if (pickup->org_id == reroute->org_id &&
            day_compare(pickup->slot_day, reroute->from) >= 0) {
            TRY(reroute_one(cx, conn, pickup));
            reroute->count++;
        }
    }
    return STATUS_OK;
}
