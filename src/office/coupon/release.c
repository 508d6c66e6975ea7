#include "office/coupon/draw.h"
#include "office/coupon/release_store.h"
#include "office/people/people.h"

#include <inttypes.h>
#include <string.h>

enum {
    QUOTA_MAX = 2000000,
    NAME_BYTES_MAX = 200,
    RECEIPT_DIGITS = 20,
    HASH_DIGITS = 64,
    HOUR_MS = 3600000,
    CHINA_MS = 8 * HOUR_MS,
};

static bool is_way(const Release *release, const char *way) {
    return str_equal(release->way, str_of(way));
}

static bool is_in(const Release *release, const char *state) {
    return str_equal(release->state, str_of(state));
}

static bool has_day(Day day) {
    return day_compare(day, DAY_NONE) != 0;
}

Str release_way_zh(Str way) {
#define X(name, code, zh)                                                                          \
    if (str_equal(way, STR(code))) {                                                               \
        return STR(zh);                                                                            \
    }
    RELEASE_WAY_LIST(X)
#undef X
    return way;
}

ViewValue release_state_view(const Release *release, int64_t now_ms) {
    if (is_in(release, "open") && now_ms < release->starts_ms) {
        return VIEW_BADGE(VIEW_INFO, STR("planned"), STR("未开始"));
    }
    if (is_in(release, "open") && now_ms >= release->ends_ms) {
        return VIEW_BADGE(VIEW_NEUTRAL, STR("over"), STR("时间已过"));
    }
#define X(name, code, zh, tone)                                                                    \
    if (is_in(release, code)) {                                                                    \
        return VIEW_BADGE(VIEW_##tone, STR(code), STR(zh));                                        \
    }
    RELEASE_STATE_LIST(X)
#undef X
    return VIEW_TEXT(release->state);
}

static Status journal(Cx *cx, DbConn *conn, const char *verb, int64_t id, Str after) {
    DbEntry entry = {.verb = verb, .subject = "release", .subject_id = id, .after = after};
    return db_journal(cx, conn, &entry);
}

/* ---- announcing ---- */

static bool is_hash(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            return false;
        }
    }
    return text.len == HASH_DIGITS;
}

static bool is_one_line(Str text) {
    return text.len >= 1 && text.len <= NAME_BYTES_MAX && str_is_utf8(text) &&
           str_find(text, STR("\n"), 0) == SIZE_MAX;
}

static Status draw_words_check(Cx *cx, const Release *release) {
    if (!is_way(release, "draw")) {
        return STATUS_OK;
    }
    if (!is_hash(release->commitment)) {
        return fault_at_field(cx, STATUS_INVALID, "commitment",
                              "承诺值是 64 位小写十六进制数，由抽签命令生成");
    }
    if (!is_one_line(release->source)) {
        return fault_at_field(cx, STATUS_INVALID, "source",
                              "请写明截止之后的公开随机来源，没有写“-”");
    }
    return STATUS_OK;
}

static Status window_check(Cx *cx, const Release *release) {
    if (release->ends_ms <= release->starts_ms) {
        return fault_at_field(cx, STATUS_INVALID, "ends", "结束须在开始之后");
    }
    if (has_day(release->file_until) && !has_day(release->purchase_until)) {
        return fault_at_field(cx, STATUS_INVALID, "purchase_until",
                              "有核销截止日，须先有购买截止日");
    }
    if (has_day(release->file_until) &&
        day_compare(release->file_until, release->purchase_until) < 0) {
        return fault_at_field(cx, STATUS_INVALID, "file_until", "核销截止日不能早于购买截止日");
    }
    if (has_day(release->purchase_until) &&
        day_compare(release->purchase_until, day_of_instant(release->starts_ms)) < 0) {
        return fault_at_field(cx, STATUS_INVALID, "purchase_until", "购买截止日不能早于发放开始");
    }
    return STATUS_OK;
}

static Status way_check(Cx *cx, const Release *release) {
#define X(name, code, zh)                                                                          \
    if (is_way(release, code)) {                                                                   \
        return STATUS_OK;                                                                          \
    }
    RELEASE_WAY_LIST(X)
#undef X
    return fault_at_field(cx, STATUS_INVALID, "way", "没有这种发放方式");
}

static Status quota_check(Cx *cx, const Release *release) {
    if (release->quota < 1 || release->quota > QUOTA_MAX) {
        return fault_at_field(cx, STATUS_INVALID, "quota", "总量应在 1 到 %d 之间", QUOTA_MAX);
    }
    if (release->day_quota < 0 || release->day_quota > release->quota) {
        return fault_at_field(cx, STATUS_INVALID, "day_quota", "每天的量不能超过总量");
    }
    if (release->hour_quota < 0 || release->hour_quota > release->quota) {
        return fault_at_field(cx, STATUS_INVALID, "hour_quota", "每小时的量不能超过总量");
    }
    return STATUS_OK;
}

Status release_create(Cx *cx, DbConn *conn, const Release *release, int64_t *id) {
    TRY(way_check(cx, release));
    if (!is_one_line(release->name)) {
        return fault_at_field(cx, STATUS_INVALID, "name", "名称应为一行，1 到 60 个字");
    }
    if (!is_way(release, "first_come") && release->category.len == 0) {
        return fault_at_field(cx, STATUS_INVALID, "category", "排队登记和抽签须选定一个类别");
    }
    TRY(quota_check(cx, release));
    TRY(window_check(cx, release));
    TRY(draw_words_check(cx, release));
    TreasuryPot pot;
    TRY(treasury_pot_find(cx, conn, release->programme, release->year, &pot));
    TRY(release_store_insert(cx, conn, release, id));
    return journal(
        cx, conn, "release.create", *id,
        str_print(cx->arena,
                  "{\"programme\":" STR_FMT ",\"year\":%" PRId64 ",\"category\":" STR_FMT
                  ",\"town_code\":" STR_FMT ",\"way\":\"" STR_FMT "\",\"quota\":%" PRId64
                  ",\"day_quota\":%" PRId64 ",\"hour_quota\":%" PRId64 ",\"starts_ms\":%" PRId64
                  ",\"ends_ms\":%" PRId64 ",\"commitment\":\"" STR_FMT "\"}",
                  STR_ARG(str_json(cx->arena, release->programme)), release->year,
                  STR_ARG(str_json(cx->arena, release->category)),
                  STR_ARG(str_json(cx->arena, release->town_code)), STR_ARG(release->way),
                  release->quota, release->day_quota, release->hour_quota, release->starts_ms,
                  release->ends_ms, STR_ARG(release->commitment)));
}

Status release_unit_check(Cx *cx, DbConn *conn, const City *city, int64_t unit_id) {
    Str unit = STR("");
    TRY(release_store_unit_name(cx, conn, unit_id, &unit));
    return city->coupon_unit.len == 0 || str_equal(unit, city->coupon_unit)
               ? STATUS_OK
               : fault(cx, STATUS_DENIED, "资格券由" STR_FMT "发放", STR_ARG(city->coupon_unit));
}

Status release_state_set(Cx *cx, DbConn *conn, int64_t id, Str to) {
    Release release;
    TRY(release_find(cx, conn, id, &release));
    bool is_pause = is_in(&release, "open") && str_equal(to, STR("paused"));
    bool is_resume = is_in(&release, "paused") && str_equal(to, STR("open"));
    bool is_close =
        (is_in(&release, "open") || is_in(&release, "paused")) && str_equal(to, STR("closed"));
    if (!is_pause && !is_resume && !is_close) {
        return fault(cx, STATUS_CONFLICT, "这一期发放现在不能这样办理");
    }
    TRY(release_store_move(cx, conn, id, release.state, to));
    return journal(cx, conn, "release.state", id,
                   str_print(cx->arena, "{\"from\":\"" STR_FMT "\",\"to\":\"" STR_FMT "\"}",
                             STR_ARG(release.state), STR_ARG(to)));
}

/* ---- claiming from a release ---- */

/* How narrow a release is; -1: not for this claim. */
static int fit(const Release *release, const CouponClaim *claim, Str town) {
    bool is_category =
        release->category.len == 0 || str_equal(release->category, claim->category->code);
    bool is_town = release->town_code.len == 0 || str_equal(release->town_code, town);
    if (!is_category || !is_town) {
        return -1;
    }
    return 2 * (release->category.len > 0) + (release->town_code.len > 0);
}

static bool gives_now(const Release *release, int64_t now_ms) {
    return is_in(release, "open") && now_ms >= release->starts_ms && now_ms < release->ends_ms;
}

/* Why nothing is given: the nearest release to come, or the one that hands out in another way. */
static Status none_gives(Cx *cx, const Release *next, const Release *other) {
    if (other != NULL) {
        Status status = fault(cx, STATUS_CONFLICT, "“" STR_FMT "”按“" STR_FMT "”发放，不用抢",
                              STR_ARG(other->name), STR_ARG(release_way_zh(other->way)));
        fault_hint(cx, "请到“资格券发放”登记");
        return status;
    }
    if (next != NULL) {
        return fault(cx, STATUS_CONFLICT, "下一期“" STR_FMT "” " STR_FMT " 开始发放",
                     STR_ARG(next->name),
                     STR_ARG(instant_print_minute(cx->arena, next->starts_ms)));
    }
    return fault(cx, STATUS_CONFLICT, "现在没有正在发放的资格券");
}

/* The narrowest release that gives now; NULL with a fault when there are only others. */
static Status release_choose(Cx *cx, const ReleaseList *list, const CouponClaim *claim, Str town,
                             const Release **out) {
    const Release *best = NULL;
    const Release *next = NULL;
    const Release *other = NULL;
    int best_fit = -1;
    for (size_t i = 0; i < list->count; i++) {
        const Release *release = &list->items[i];
        int here = fit(release, claim, town);
        bool is_first_come = is_way(release, "first_come");
        if (here < 0) {
            continue;
        }
        if (is_first_come && gives_now(release, claim->now_ms) && here > best_fit) {
            best = release;
            best_fit = here;
        } else if (is_first_come && is_in(release, "open") && release->starts_ms > claim->now_ms &&
                   (next == NULL || release->starts_ms < next->starts_ms)) {
            next = release;
        } else if (!is_first_come && gives_now(release, claim->now_ms)) {
            other = release;
        }
    }
    *out = best;
    return best != NULL ? STATUS_OK : none_gives(cx, next, other);
}

static Status span_take(Cx *cx, DbConn *conn, const ReleaseSpan *span, const char *words) {
    bool is_taken = false;
    TRY(release_store_count(cx, conn, span, &is_taken));
    return is_taken ? STATUS_OK : fault(cx, STATUS_CONFLICT, "%s", words);
}

static Status quotas_take(Cx *cx, DbConn *conn, const Release *release, int64_t now_ms) {
    const ReleaseSpan all = {release->id, "all", 0, release->quota};
    const ReleaseSpan day = {release->id, "day", day_of_instant(now_ms).number, release->day_quota};
    const ReleaseSpan hour = {release->id, "hour", (now_ms + CHINA_MS) / HOUR_MS,
                              release->hour_quota};
    TRY(span_take(cx, conn, &all, "这一期的资格券已经发完"));
    TRY(span_take(cx, conn, &day, "今天的额度已经发完，明天继续发放"));
    return span_take(cx, conn, &hour, "这个小时的额度已经发完，下一个整点继续发放");
}

Status release_take(Cx *cx, DbConn *conn, const CouponClaim *claim, Release *out) {
    *out = (Release){.file_until = DAY_NONE, .purchase_until = DAY_NONE};
    if (claim->release_id != 0) {
        TRY(release_find(cx, conn, claim->release_id, out));
        return quotas_take(cx, conn, out, claim->now_ms);
    }
    ReleaseList list;
    TRY(release_store_of(cx, conn, claim->category->programme, claim->category->year, &list));
    if (list.count == 0) {
        return STATUS_OK;
    }
    Person person;
    TRY(people_person_find(cx, conn, claim->person_id, &person));
    const Release *release = NULL;
    Str town = person.town_code.at == NULL ? STR("") : person.town_code;
    TRY(release_choose(cx, &list, claim, town, &release));
    *out = *release;
    return quotas_take(cx, conn, out, claim->now_ms);
}

Status release_granted(Cx *cx, DbConn *conn, int64_t coupon_id, const Release *release) {
    return release->id == 0 ? STATUS_OK : release_store_grant(cx, conn, coupon_id, release->id);
}

Status release_ungranted(Cx *cx, DbConn *conn, int64_t coupon_id) {
    return release_store_ungrant(cx, conn, coupon_id);
}

Status coupon_purchase_check(Cx *cx, DbConn *conn, int64_t coupon_id, Day invoice_day,
                             int64_t now_ms) {
    int64_t id = 0;
    TRY(release_store_of_coupon(cx, conn, coupon_id, &id));
    if (id == 0) {
        return STATUS_OK;
    }
    Release release;
    TRY(release_find(cx, conn, id, &release));
    if (has_day(release.purchase_until) && day_compare(invoice_day, release.purchase_until) > 0) {
        Status status = fault_at_field(cx, STATUS_CONFLICT, "invoice_day",
                                       "这张券只用于 " STR_FMT " 及以前的购买（以发票日期为准）",
                                       STR_ARG(day_print(cx->arena, release.purchase_until)));
        fault_hint(cx, "请核对发票日期；以后购买的可申领新一期资格券");
        return status;
    }
    if (has_day(release.file_until) &&
        day_compare(day_of_instant(now_ms), release.file_until) > 0) {
        return fault_at_field(cx, STATUS_CONFLICT, "invoice_day",
                              "这张券的核销截止日 " STR_FMT " 已过",
                              STR_ARG(day_print(cx->arena, release.file_until)));
    }
    return STATUS_OK;
}

/* ---- places ---- */

Str release_receipt_new(Arena *arena) {
    char *text = arena_alloc(arena, RECEIPT_DIGITS);
    for (int i = 0; i < RECEIPT_DIGITS;) {
        uint8_t random = 0;
        seal_random(&random, 1);
        /* Below 250 every digit is as likely. */
        if (random < 250) {
            text[i++] = (char)('0' + random % 10);
        }
    }
    return (Str){text, RECEIPT_DIGITS};
}

static Str receipt_hash(Arena *arena, Str receipt) {
    uint8_t digest[SEAL_SM3_BYTES];
    seal_sm3(receipt, digest);
    return seal_hex(arena, (Str){(const char *)digest, sizeof digest});
}

Status release_join(Cx *cx, DbConn *conn, const ReleaseJoin *join, int64_t *place_id) {
    Release release;
    Person person;
    bool is_new = false;
    TRY(release_find(cx, conn, join->release_id, &release));
    if (is_way(&release, "first_come")) {
        return fault(cx, STATUS_INVALID, "这一期先到先得，直接领取即可");
    }
    if (!gives_now(&release, join->now_ms)) {
        return fault(cx, STATUS_CONFLICT, "这一期现在不接受登记");
    }
    TRY(people_person_find(cx, conn, join->person_id, &person));
    if (release.town_code.len > 0 && !str_equal(release.town_code, person.town_code)) {
        return fault(cx, STATUS_CONFLICT, "这一期只面向指定镇街的居民");
    }
    TRY(release_store_place_insert(cx, conn, join, receipt_hash(cx->arena, join->receipt), place_id,
                                   &is_new));
    if (!is_new) {
        return fault(cx, STATUS_CONFLICT, "您在这一期已经登记过，一人一个位置");
    }
    return journal(cx, conn, "release.join", release.id,
                   str_print(cx->arena, "{\"place_id\":%" PRId64 "}", *place_id));
}

Status release_leave(Cx *cx, DbConn *conn, int64_t release_id, int64_t person_id, int64_t now_ms) {
    Release release;
    ReleasePlace place;
    TRY(release_find(cx, conn, release_id, &release));
    TRY(release_place_of(cx, conn, release_id, person_id, &place));
    if (place.id == 0) {
        return fault(cx, STATUS_CONFLICT, "您在这一期没有登记");
    }
    bool is_fixed =
        is_way(&release, "draw") && !is_in(&release, "open") && !is_in(&release, "paused");
    if (is_fixed) {
        return fault(cx, STATUS_CONFLICT, "抽签名单已经截止公布，不能再改");
    }
    PlaceEnd end = {.id = place.id, .to = STR("left"), .reason = STR(""), .now_ms = now_ms};
    TRY(release_store_place_end(cx, conn, &end));
    return journal(cx, conn, "release.leave", release_id,
                   str_print(cx->arena, "{\"place_id\":%" PRId64 "}", place.id));
}

/* ---- the draw ---- */

static Status text_open(Cx *cx, DbConn *conn, const Release *release, Buf *text) {
    Str *hashes = NULL;
    size_t count = 0;
    buf_print(text,
              "huanxin-draw 1\nname " STR_FMT "\nquota %" PRId64 "\nsource " STR_FMT
              "\ncommitment " STR_FMT "\n",
              STR_ARG(release->name), release->quota, STR_ARG(release->source),
              STR_ARG(release->commitment));
    bool is_open = is_in(release, "open") || is_in(release, "paused");
    if (!is_open) {
        TRY(release_store_hashes(cx, conn, release->id, &hashes, &count));
    }
    for (size_t i = 0; i < count; i++) {
        buf_print(text, "applicant " STR_FMT "\n", STR_ARG(hashes[i]));
    }
    return buf_status(text);
}

Status release_draw_text(Cx *cx, DbConn *conn, const Release *release, Str *out) {
    Draw draw;
    Buf *text = buf_in(cx->arena, DRAW_TEXT_BYTES_MAX);
    if (!is_way(release, "draw")) {
        return fault(cx, STATUS_NOT_FOUND, "这一期不是抽签");
    }
    TRY(text_open(cx, conn, release, text));
    *out = buf_str(text);
    if (is_in(release, "open") || is_in(release, "paused")) {
        return STATUS_OK;
    }
    TRY(draw_read(cx, buf_str(text), &draw));
    TRY(draw_close(cx, &draw, out));
    if (!is_in(release, "drawn")) {
        return STATUS_OK;
    }
    Str sealed = str_print(cx->arena, STR_FMT "seed " STR_FMT "\npublic " STR_FMT "\n",
                           STR_ARG(*out), STR_ARG(release->seed), STR_ARG(release->public_words));
    TRY(draw_read(cx, sealed, &draw));
    return draw_run(cx, &draw, out);
}

/* Stores the rank of every line "winner N HASH" and "waiting N HASH". */
static Status ranks_store(Cx *cx, DbConn *conn, const Release *release, Str drawn) {
    int64_t rank = 0;
    while (drawn.len > 0) {
        TRY(cx_step(cx));
        Str line = str_cut(&drawn, '\n');
        Str word = str_cut(&line, ' ');
        if (str_equal(word, STR("winner")) || str_equal(word, STR("waiting"))) {
            (void)str_cut(&line, ' ');
            TRY(release_store_rank(cx, conn, release->id, line, ++rank));
        }
    }
    return rank > 0 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "没有人登记，不用抽签");
}

Status release_reveal(Cx *cx, DbConn *conn, const ReleaseReveal *reveal) {
    Release release;
    Str drawn = STR_NONE;
    TRY(release_find(cx, conn, reveal->release_id, &release));
    if (!is_way(&release, "draw") || !is_in(&release, "closed")) {
        return fault(cx, STATUS_CONFLICT, "只有已经截止的抽签才能开签");
    }
    if (!is_hash(reveal->seed)) {
        return fault_at_field(cx, STATUS_INVALID, "seed", "种子是 64 位小写十六进制数");
    }
    if (!is_one_line(reveal->public_words)) {
        return fault_at_field(cx, STATUS_INVALID, "public_words", "请写公开随机数，没有写“-”");
    }
    Str bytes = STR_NONE;
    DrawHash seed;
    DrawHash commitment;
    TRY(seal_hex_decode(cx, reveal->seed, &bytes));
    memcpy(seed.bytes, bytes.at, sizeof seed.bytes);
    draw_commitment(&seed, &commitment);
    Str given = seal_hex(cx->arena, (Str){(const char *)commitment.bytes, sizeof commitment.bytes});
    if (!str_equal(given, release.commitment)) {
        return fault_at_field(cx, STATUS_CONFLICT, "seed", "种子与公布的承诺值不符");
    }
    release.state = STR("drawn");
    release.seed = reveal->seed;
    release.public_words = reveal->public_words;
    TRY(release_draw_text(cx, conn, &release, &drawn));
    TRY(release_store_revealed(cx, conn, reveal));
    TRY(ranks_store(cx, conn, &release, drawn));
    return journal(cx, conn, "release.reveal", release.id,
                   str_print(cx->arena, "{\"seed\":\"" STR_FMT "\",\"digest\":\"" STR_FMT "\"}",
                             STR_ARG(reveal->seed), STR_ARG(receipt_hash(cx->arena, drawn))));
}

/* ---- giving ---- */

/* The best case of a category: its cap is what a coupon reserves, because the price comes later. */
static Status best_answer(Cx *cx, const City *city, const CouponClaim *claim, PolicyAnswer *out) {
    static const int64_t prices_fen[] = {1000000, 600000, 350000};
    PolicyAnswer best = {0};
    for (size_t i = 0; i < sizeof prices_fen / sizeof *prices_fen; i++) {
        PolicyGoods goods = {.programme = claim->category->programme,
                             .category_name = claim->category->name,
                             .efficiency_level = 1,
                             .price = {prices_fen[i]},
                             .day = claim->day};
        PolicyAnswer answer;
        TRY(policy_decide_goods(cx, city->policies, &goods, &answer));
        if (i == 0 || (answer.is_eligible && answer.cap.fen > best.cap.fen)) {
            best = answer;
        }
    }
    *out = best;
    return STATUS_OK;
}

static Status turn_check(Cx *cx, DbConn *conn, const Release *release, const ReleasePlace *place) {
    ReleaseTurn turn;
    bool is_ready =
        is_way(release, "waiting_list") ? !is_in(release, "paused") : is_in(release, "drawn");
    if (!is_ready) {
        return fault(cx, STATUS_CONFLICT, is_way(release, "draw") ? "还没有开签" : "这一期已暂停");
    }
    TRY(release_turn(cx, conn, release, 1, &turn));
    if (turn.count == 0 || turn.place_ids[0] != place->id) {
        return fault(cx, STATUS_CONFLICT, "还没有轮到这个位置");
    }
    return STATUS_OK;
}

/* Whether the person can have one at all: asked before anything is changed, so that a refusal of
 * the person does not end the command. */
static Status person_check(Cx *cx, DbConn *conn, const CouponClaim *claim, ReleaseGive *give,
                           Str *reason) {
    Status status = coupon_claim_check(cx, conn, claim);
    give->is_refused = status == STATUS_CONFLICT || status == STATUS_INVALID;
    if (!give->is_refused) {
        return status;
    }
    *reason = str_dup(cx->arena, str_of(cx->fault.text));
    fault_clear(cx);
    return STATUS_OK;
}

static Status pot_check(Cx *cx, DbConn *conn, const CouponClaim *claim) {
    TreasuryPot pot;
    Person person;
    Money left;
    TRY(treasury_pot_find(cx, conn, claim->category->programme, claim->category->year, &pot));
    TRY(people_person_find(cx, conn, claim->person_id, &person));
    TreasuryAsk ask = {.pot = pot.fund, .town_code = person.town_code, .now_ms = claim->now_ms};
    TRY(treasury_left(cx, conn, &ask, &left));
    if (!pot.is_open) {
        return fault(cx, STATUS_CONFLICT, "这个项目的资格券已暂停领取");
    }
    return money_compare(left, claim->answer->cap) < 0
               ? fault(cx, STATUS_CONFLICT, "资金池剩余不够再发一张，请追加资金后继续")
               : STATUS_OK;
}

Status release_give(Cx *cx, DbConn *conn, ReleaseGive *give) {
    ReleasePlace place;
    Release release;
    PolicyAnswer answer;
    PlaceEnd end = {
        .id = give->place_id, .to = STR("given"), .reason = STR(""), .now_ms = give->now_ms};
    TRY(release_store_place(cx, conn, give->place_id, &place));
    TRY(release_find(cx, conn, place.release_id, &release));
    TRY(turn_check(cx, conn, &release, &place));
    CouponClaim claim = {
        .person_id = place.person_id,
        .category = city_category(give->city, release.programme, release.year, release.category),
        .code = give->code,
        .day = give->day,
        .now_ms = give->now_ms,
        .release_id = release.id};
    if (claim.category == NULL) {
        return fault(cx, STATUS_CONFLICT, "这个类别今年已经不补贴");
    }
    TRY(best_answer(cx, give->city, &claim, &answer));
    claim.answer = &answer;
    TRY(pot_check(cx, conn, &claim));
    TRY(person_check(cx, conn, &claim, give, &end.reason));
    if (give->is_refused) {
        end.to = STR("refused");
    } else {
        TRY(coupon_claim(cx, conn, &claim, &end.coupon_id));
    }
    TRY(release_store_place_end(cx, conn, &end));
    return journal(cx, conn, give->is_refused ? "release.refuse" : "release.give", release.id,
                   str_print(cx->arena, "{\"place_id\":%" PRId64 ",\"coupon_id\":%" PRId64 "}",
                             place.id, end.coupon_id));
}
