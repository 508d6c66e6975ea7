/*
 * shared.c - one phone, card, address or device behind several persons. Evidence names what they
 * have in common by number and day; the phone and card masked, address and device never shown.
 */
#include "office/alert/alert_internal.h"
#include "office/mark/mark.h"

#include <inttypes.h>

enum { NAMED_MAX = 6 }; /* things that the sentence names; the page lists them all */

static Str subject_zh(Str subject) {
    return str_equal(subject, STR("coupon"))   ? STR("资格券")
           : str_equal(subject, STR("place"))  ? STR("排队登记")
           : str_equal(subject, STR("sale"))   ? STR("销售")
           : str_equal(subject, STR("claim"))  ? STR("申请")
           : str_equal(subject, STR("pickup")) ? STR("上门回收")
                                               : subject;
}

Str alert_subject_zh(Str subject) {
    return str_equal(subject, STR("mark"))     ? STR("共用标记")
           : str_equal(subject, STR("person")) ? STR("人员")
                                               : subject_zh(subject);
}

static void person_add(AlertFinder *finder, AlertKind kind, const AlertSharedList *list,
                       AlertBound bound) {
    const char *what = kind == ALERT_SHARED_PHONE ? "手机号" : "银行卡";
    for (size_t i = 0; i < list->count; i++) {
        const AlertShared *row = &list->items[i];
        Str words = str_print(finder->cx->arena,
                              "%s " STR_FMT " 对应 %" PRId64
                              " 个领取或享受过补贴的人；达到 %" PRId64 " 人即提示",
                              what, STR_ARG(row->masked), row->person_count, finder->bound[bound]);
        alert_add(
            finder, kind,
            (Alert){.subject = STR("person"), .subject_id = row->person_id, .evidence = words});
    }
}

static Status persons_look(AlertFinder *finder) {
    AlertSharedList list;
    Cx *cx = finder->cx;
    TRY(alert_store_shared_phones(cx, finder->conn, finder->bound[ALERT_PHONE_PERSONS_MIN], &list));
    person_add(finder, ALERT_SHARED_PHONE, &list, ALERT_PHONE_PERSONS_MIN);
    int64_t least = finder->bound[ALERT_ACCOUNT_PERSONS_MIN];
    TRY(alert_store_shared_accounts(cx, finder->conn, least, &list));
    person_add(finder, ALERT_SHARED_ACCOUNT, &list, ALERT_ACCOUNT_PERSONS_MIN);
    TRY(alert_store_claim_accounts(cx, finder->conn, least, &list));
    person_add(finder, ALERT_SHARED_ACCOUNT, &list, ALERT_ACCOUNT_PERSONS_MIN);
    return STATUS_OK;
}

/* ---- marks ---- */

/* What one kind of mark is looked at with. */
typedef struct Look {
    AlertKind kind;
    MarkKind mark;
    AlertBound persons;
    AlertBound days;
} Look;

/* Persons among uses, each counted once. O(n²) of the uses of one mark in one window. */
static int64_t persons_count(const AlertUse *uses, size_t count) {
    int64_t persons = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_first = true;
        for (size_t k = 0; k < i && is_first; k++) {
            is_first = uses[k].person_id != uses[i].person_id;
        }
        persons += is_first;
    }
    return persons;
}

static Str named(AlertFinder *finder, const AlertUse *uses, size_t count) {
    Buf *out = buf_in(finder->cx->arena, 2048);
    for (size_t i = 0; i < count && i < NAMED_MAX; i++) {
        Str day = day_print(finder->cx->arena, day_of_instant(uses[i].used_ms));
        buf_print(out, "%s" STR_FMT " %" PRId64 "（" STR_FMT "）", i == 0 ? "" : "、",
                  STR_ARG(subject_zh(uses[i].subject)), uses[i].subject_id, STR_ARG(day));
    }
    buf_put_c(out, count > NAMED_MAX ? "等" : "");
    return buf_str(out);
}

static void mark_add(AlertFinder *finder, const Look *look, const AlertUse *uses, size_t count) {
    Str what = mark_kind_zh(mark_kind_code(look->mark));
    Str list = named(finder, uses, count);
    Str words = str_print(finder->cx->arena,
                          "同一" STR_FMT "在 %" PRId64 " 天内为 %" PRId64 " 人办理 %zu 笔：" STR_FMT
                          "；达到 %" PRId64 " 人即提示",
                          STR_ARG(what), finder->bound[look->days], persons_count(uses, count),
                          count, STR_ARG(list), finder->bound[look->persons]);
    alert_add(finder, look->kind,
              (Alert){.subject = STR("mark"), .subject_id = uses[0].mark_id, .evidence = words});
}

/* Slides the window over the uses of one mark: the first with enough persons says something. */
static void mark_look(AlertFinder *finder, const Look *look, const AlertUse *uses, size_t count) {
    int64_t long_ms = finder->bound[look->days] * DAY_MS;
    size_t first = 0;
    for (size_t end = 0; end < count; end++) {
        while (uses[end].used_ms - uses[first].used_ms >= long_ms) {
            first++;
        }
        size_t inside = end - first + 1;
        bool may = (int64_t)inside >= finder->bound[look->persons];
        if (may && persons_count(uses + first, inside) >= finder->bound[look->persons]) {
            while (end + 1 < count && uses[end + 1].used_ms - uses[first].used_ms < long_ms) {
                end++;
            }
            mark_add(finder, look, uses + first, end - first + 1);
            return;
        }
    }
}

static Status marks_look(AlertFinder *finder, const Look *look) {
    AlertUseList list;
    AlertUseAsk ask = {
        .kind = mark_kind_code(look->mark),
        .span = {finder->span->from_ms - finder->bound[look->days] * DAY_MS, finder->span->to_ms},
        .persons_min = finder->bound[look->persons]};
    TRY(alert_store_uses(finder->cx, finder->conn, &ask, &list));
    size_t first = 0;
    for (size_t i = 1; i <= list.count; i++) {
        TRY(cx_step(finder->cx));
        if (i < list.count && list.items[i].mark_id == list.items[first].mark_id) {
            continue;
        }
        mark_look(finder, look, list.items + first, i - first);
        first = i;
    }
    return STATUS_OK;
}

Status alert_shared_look(AlertFinder *finder) {
    static const Look looks[] = {
        {ALERT_SHARED_ADDRESS, MARK_ADDRESS, ALERT_ADDRESS_PERSONS_MIN, ALERT_ADDRESS_DAYS},
        {ALERT_SHARED_DEVICE, MARK_DEVICE, ALERT_DEVICE_PERSONS_MIN, ALERT_DEVICE_DAYS}};
    TRY(persons_look(finder));
    TRY(marks_look(finder, &looks[0]));
    return marks_look(finder, &looks[1]);
}
