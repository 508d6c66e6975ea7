/*
 * Rules of handing out, at their borders: time, quotas a day and an hour and in all, category and
 * town, pause and resume; a waiting list in its order; a draw that the published file proves; the
 * purchase cut-off with its later filing deadline. One place a person, whatever the device.
 */
#include "demo_house.h"
#include "office/coupon/coupon.h"
#include "office/coupon/draw.h"
#include "office/coupon/release.h"
#include "office/people/people.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED_HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
enum { HOUR_MS = 3600000, PEOPLE = 40 };

static int64_t people[PEOPLE];
static int64_t people_used;
static Day today;

static const char SQL_NEWCOMERS[] = "SELECT id FROM person WHERE role = 'resident' AND id NOT IN"
                                    " (SELECT person_id FROM coupon) ORDER BY id LIMIT 40";
static const char SQL_TOWN[] = "SELECT town_code FROM person WHERE id = $1";

static void people_read(void) {
    DbConn *conn = NULL;
    DbRows *rows = NULL;
    bool has_row = true;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(db_query(&cx, conn, SQL_NEWCOMERS, DB_NO_ARGS, &rows), STATUS_OK);
    for (int i = 0; i < PEOPLE; i++) {
        assert_int_equal(db_next(&cx, rows, &has_row), STATUS_OK);
        assert_true(has_row);
        people[i] = db_int(rows, 0);
    }
    db_read_end(house.db, conn);
}

static int start(void **state) {
    (void)state;
    demo_house_open(120);
    today = day_of_ymd(2026, 11, 20);
    people_read();
    return 0;
}

/* ---- acts ---- */

static int64_t at(int hour) {
    return day_start_ms(today) + (int64_t)hour * HOUR_MS;
}

static Status act(DbWork *work, void *input) {
    DbCommand command = {.name = "test.release",
                         .actor = {.role = STR("system"), .origin = STR("job")},
                         .work = work,
                         .input = input,
                         .now_ms = at(9)};
    fault_clear(&cx);
    return db_write(&cx, house.db, &command, NULL);
}

static void must(Status status) {
    if (status != STATUS_OK) {
        fail_msg("%s", cx.fault.text);
    }
}

static int64_t next_person(void) {
    assert_true(people_used < PEOPLE);
    return people[people_used++];
}

static Release release_like(const char *way) {
    return (Release){.programme = STR("appliance"),
                     .year = 2026,
                     .category = STR("fridge"),
                     .town_code = STR(""),
                     .name = STR("测试一期"),
                     .way = str_of(way),
                     .starts_ms = at(8),
                     .ends_ms = at(24),
                     .quota = 100,
                     .purchase_until = DAY_NONE,
                     .file_until = DAY_NONE,
                     .commitment = STR(""),
                     .source = STR(""),
                     .made_by = people[0]};
}

typedef struct Create {
    Release release;
    int64_t id;
} Create;

static Status create_work(Cx *work_cx, DbConn *conn, void *input) {
    Create *in = input;
    return release_create(work_cx, conn, &in->release, &in->id);
}

static int64_t create(const Release *release) {
    Create in = {.release = *release};
    must(act(create_work, &in));
    return in.id;
}

static Status create_status(const Release *release) {
    Create in = {.release = *release};
    return act(create_work, &in);
}

typedef struct Move {
    int64_t id;
    Str to;
} Move;

static Status move_work(Cx *work_cx, DbConn *conn, void *input) {
    const Move *in = input;
    return release_state_set(work_cx, conn, in->id, in->to);
}

static Status move(int64_t id, const char *to) {
    Move in = {id, str_of(to)};
    return act(move_work, &in);
}

typedef struct Claim {
    int64_t person_id;
    const char *category;
    int64_t now_ms;
    int64_t coupon_id;
} Claim;

static Status claim_work(Cx *work_cx, DbConn *conn, void *input) {
    Claim *in = input;
    PolicyAnswer answer;
    CouponClaim claim = {
        .person_id = in->person_id,
        .category = city_category(&house.city, STR("appliance"), 2026, str_of(in->category)),
        .answer = &answer,
        .code = coupon_code_new(work_cx->arena),
        .day = day_of_instant(in->now_ms),
        .now_ms = in->now_ms};
    PolicyGoods goods = {.programme = STR("appliance"),
                         .category_name = claim.category->name,
                         .efficiency_level = 1,
                         .price = {699900},
                         .day = claim.day};
    TRY(policy_decide_goods(work_cx, house.city.policies, &goods, &answer));
    return coupon_claim(work_cx, conn, &claim, &in->coupon_id);
}

static Status claim_at(int64_t person_id, const char *category, int64_t now_ms) {
    Claim in = {.person_id = person_id, .category = category, .now_ms = now_ms};
    return act(claim_work, &in);
}

/* A test leaves no release behind that gives. */
static void end(int64_t id) {
    must(move(id, "closed"));
}

static Coupon coupon_get(int64_t id) {
    DbConn *conn = NULL;
    Coupon coupon;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    must(coupon_find(&cx, conn, id, &coupon));
    db_read_end(house.db, conn);
    return coupon;
}

static ReleasePlace place_of(int64_t release_id, int64_t person_id) {
    DbConn *conn = NULL;
    ReleasePlace place;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    must(release_place_of(&cx, conn, release_id, person_id, &place));
    db_read_end(house.db, conn);
    return place;
}

typedef struct Give {
    ReleaseGive give;
} Give;

static Status give_work(Cx *work_cx, DbConn *conn, void *input) {
    Give *in = input;
    in->give.code = coupon_code_new(work_cx->arena);
    return release_give(work_cx, conn, &in->give);
}

static Status give(int64_t place_id, bool *is_refused) {
    Give in = {.give = {.city = &house.city, .place_id = place_id, .day = today, .now_ms = at(12)}};
    Status status = act(give_work, &in);
    *is_refused = in.give.is_refused;
    return status;
}

static Status join_work(Cx *work_cx, DbConn *conn, void *input) {
    int64_t id = 0;
    return release_join(work_cx, conn, input, &id);
}

static Status join_at(int64_t release_id, int64_t person_id, int64_t now_ms) {
    ReleaseJoin in = {.release_id = release_id,
                      .person_id = person_id,
                      .receipt = release_receipt_new(arena),
                      .now_ms = now_ms};
    return act(join_work, &in);
}

typedef struct Leave {
    int64_t release_id;
    int64_t person_id;
} Leave;

static Status leave_work(Cx *work_cx, DbConn *conn, void *input) {
    const Leave *in = input;
    return release_leave(work_cx, conn, in->release_id, in->person_id, at(13));
}

static Status leave(int64_t release_id, int64_t person_id) {
    Leave in = {release_id, person_id};
    return act(leave_work, &in);
}

/* ---- first come ---- */

static void without_releases_the_pot_decides(void **state) {
    (void)state;
    must(claim_at(next_person(), "fridge", at(9)));
}

static void time_and_pause(void **state) {
    (void)state;
    Release release = release_like("first_come");
    int64_t id = create(&release);
    int64_t person = next_person();
    assert_int_equal(claim_at(person, "fridge", at(8) - 1), STATUS_CONFLICT);
    assert_non_null(strstr(cx.fault.text, "测试一期"));
    assert_int_equal(claim_at(person, "fridge", at(24)), STATUS_CONFLICT);
    must(move(id, "paused"));
    assert_int_equal(claim_at(person, "fridge", at(9)), STATUS_CONFLICT);
    assert_int_equal(move(id, "paused"), STATUS_CONFLICT);
    must(move(id, "open"));
    must(claim_at(person, "fridge", at(8)));
    must(claim_at(next_person(), "fridge", at(24) - 1));
    /* Another category has no release that gives. */
    assert_int_equal(claim_at(person, "tv", at(9)), STATUS_CONFLICT);
    end(id);
    assert_int_equal(claim_at(next_person(), "fridge", at(9)), STATUS_CONFLICT);
    assert_int_equal(move(id, "open"), STATUS_CONFLICT);
}

static void quotas(void **state) {
    (void)state;
    Release release = release_like("first_come");
    release.quota = 4;
    release.day_quota = 3;
    release.hour_quota = 2;
    release.ends_ms = at(72);
    int64_t id = create(&release);
    must(claim_at(next_person(), "fridge", at(9)));
    must(claim_at(next_person(), "fridge", at(10) - 1));
    int64_t person = next_person();
    assert_int_equal(claim_at(person, "fridge", at(10) - 1), STATUS_CONFLICT);
    assert_non_null(strstr(cx.fault.text, "小时"));
    must(claim_at(person, "fridge", at(10)));
    person = next_person();
    assert_int_equal(claim_at(person, "fridge", at(24) - 1), STATUS_CONFLICT);
    assert_non_null(strstr(cx.fault.text, "今天"));
    must(claim_at(person, "fridge", at(24)));
    assert_int_equal(claim_at(next_person(), "fridge", at(25)), STATUS_CONFLICT);
    assert_non_null(strstr(cx.fault.text, "发完"));
    end(id);
}

/* ---- what comes back is given again ---- */

typedef struct Back {
    int64_t coupon_id;
    int64_t person_id;
    FundId frozen; /* before it is returned; 0: none */
} Back;

static Status withdraw_work(Cx *work_cx, DbConn *conn, void *input) {
    const Back *in = input;
    return coupon_withdraw(work_cx, conn, in->coupon_id, in->person_id, at(9));
}

static Status expire_work(Cx *work_cx, DbConn *conn, void *input) {
    int64_t count = 0;
    return coupon_expire(work_cx, conn, *(int64_t *)input, 1000, &count);
}

static Status return_work(Cx *work_cx, DbConn *conn, void *input) {
    const Back *in = input;
    Coupon coupon;
    TRY(coupon_find(work_cx, conn, in->coupon_id, &coupon));
    TRY(coupon_redeem(work_cx, conn, &coupon, (Money){50000}, at(9)));
    TRY(coupon_find(work_cx, conn, in->coupon_id, &coupon));
    if (in->frozen.id == 0) {
        return coupon_return(work_cx, conn, &coupon, at(9));
    }
    TRY(ledger_freeze(work_cx, conn, in->frozen, STR("测试")));
    TRY(coupon_return(work_cx, conn, &coupon, at(9)));
    return ledger_unfreeze(work_cx, conn, in->frozen, STR("测试"));
}

static int64_t claimed(int64_t person_id, int64_t now_ms) {
    Claim in = {.person_id = person_id, .category = "fridge", .now_ms = now_ms};
    must(act(claim_work, &in));
    return in.coupon_id;
}

static int64_t given(int64_t release_id) {
    DbConn *conn = NULL;
    ReleaseCounts counts;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    must(release_counts(&cx, conn, release_id, &counts));
    db_read_end(house.db, conn);
    return counts.given;
}

static FundId pot_fund(void) {
    DbConn *conn = NULL;
    TreasuryPot pot;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    must(treasury_pot_find(&cx, conn, STR("appliance"), 2026, &pot));
    db_read_end(house.db, conn);
    return pot.fund;
}

static void what_comes_back_is_given_again(void **state) {
    (void)state;
    Release release = release_like("first_come");
    release.quota = 1;
    release.ends_ms = at(24 * 10);
    int64_t id = create(&release);
    Back first = {.person_id = next_person()};
    int64_t next = next_person();
    first.coupon_id = claimed(first.person_id, at(9));
    assert_int_equal(claim_at(next, "fridge", at(9)), STATUS_CONFLICT);
    must(act(withdraw_work, &first));
    assert_int_equal(given(id), 0);
    /* Once: a coupon that has ended does not end again. */
    assert_int_equal(act(withdraw_work, &first), STATUS_CONFLICT);
    Back second = {.person_id = next, .coupon_id = claimed(next, at(9))};
    assert_int_equal(given(id), 1);
    int64_t lapsed = coupon_get(second.coupon_id).expires_ms;
    int64_t early = lapsed - 1;
    must(act(expire_work, &early));
    assert_int_equal(given(id), 1);
    must(act(expire_work, &lapsed));
    assert_int_equal(given(id), 0);
    end(id);
}

/* From 2026 on the coupon is restored and keeps its own; where it cannot be, its release gets it.
 */
static void a_return_keeps_or_gives_back(void **state) {
    (void)state;
    Release release = release_like("first_come");
    int64_t id = create(&release);
    Back kept = {.coupon_id = claimed(next_person(), at(9))};
    must(act(return_work, &kept));
    assert_true(str_equal(coupon_get(kept.coupon_id).state, STR("claimed")));
    assert_int_equal(given(id), 1);
    Back lost = {.coupon_id = claimed(next_person(), at(9)), .frozen = pot_fund()};
    assert_int_equal(given(id), 2);
    must(act(return_work, &lost));
    assert_true(str_equal(coupon_get(lost.coupon_id).state, STR("returned")));
    assert_int_equal(given(id), 1);
    end(id);
}

static void towns_and_the_narrowest_release(void **state) {
    (void)state;
    DbConn *conn = NULL;
    Str town = STR_NONE;
    int64_t person = next_person();
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    must(db_text_or(&cx, conn, SQL_TOWN, DB_ARGS(DB_INT(person)), &town));
    db_read_end(house.db, conn);
    Release all = release_like("first_come");
    all.category = STR("");
    all.quota = 1;
    Release mine = release_like("first_come");
    mine.town_code = town;
    Release other = release_like("first_come");
    other.town_code = STR("no such town");
    int64_t other_id = create(&other);
    assert_int_equal(claim_at(person, "fridge", at(9)), STATUS_CONFLICT);
    int64_t all_id = create(&all);
    int64_t mine_id = create(&mine);
    /* The town's own release gives, and the general one keeps its only coupon for somebody else. */
    must(claim_at(person, "fridge", at(9)));
    must(claim_at(person, "tv", at(9)));
    assert_int_equal(claim_at(person, "washer", at(9)), STATUS_CONFLICT);
    end(other_id);
    end(all_id);
    end(mine_id);
}

/* ---- waiting list ---- */

static void a_waiting_list_gives_in_its_order(void **state) {
    (void)state;
    Release release = release_like("waiting_list");
    release.quota = 2;
    int64_t id = create(&release);
    int64_t first = next_person();
    int64_t second = next_person();
    int64_t third = next_person();
    bool is_refused = false;
    assert_int_equal(join_at(id, first, at(8) - 1), STATUS_CONFLICT);
    must(join_at(id, first, at(9)));
    assert_int_equal(join_at(id, first, at(9)), STATUS_CONFLICT);
    must(join_at(id, second, at(9)));
    must(join_at(id, third, at(9)));
    assert_int_equal(place_of(id, third).ahead, 2);
    assert_int_equal(claim_at(first, "fridge", at(9)), STATUS_CONFLICT);
    assert_non_null(strstr(cx.fault.text, "排队登记"));
    assert_int_equal(give(place_of(id, second).id, &is_refused), STATUS_CONFLICT);
    /* The first gives up and comes again: last in the list. */
    must(leave(id, first));
    assert_int_equal(leave(id, first), STATUS_CONFLICT);
    must(join_at(id, first, at(10)));
    assert_int_equal(place_of(id, first).ahead, 2);
    must(give(place_of(id, second).id, &is_refused));
    assert_false(is_refused);
    ReleasePlace given = place_of(id, second);
    assert_string_equal(str_c(arena, given.state), "given");
    assert_int_equal(coupon_get(given.coupon_id).person_id, second);
    assert_int_equal(give(given.id, &is_refused), STATUS_CONFLICT);
    must(give(place_of(id, third).id, &is_refused));
    /* Two of two are given. */
    assert_int_equal(give(place_of(id, first).id, &is_refused), STATUS_CONFLICT);
    assert_string_equal(str_c(arena, place_of(id, first).state), "waiting");
    end(id);
}

static void who_has_one_already_is_passed_over(void **state) {
    (void)state;
    Release first_come = release_like("first_come");
    int64_t other = create(&first_come);
    int64_t has = next_person();
    int64_t next = next_person();
    must(claim_at(has, "fridge", at(9)));
    end(other);
    Release release = release_like("waiting_list");
    int64_t id = create(&release);
    bool is_refused = false;
    must(join_at(id, has, at(9)));
    must(join_at(id, next, at(9)));
    must(give(place_of(id, has).id, &is_refused));
    assert_true(is_refused);
    assert_non_null(strstr(str_c(arena, place_of(id, has).reason), "已经领取"));
    must(give(place_of(id, next).id, &is_refused));
    assert_false(is_refused);
    end(id);
}

/* ---- draw ---- */

static Status reveal_work(Cx *work_cx, DbConn *conn, void *input) {
    return release_reveal(work_cx, conn, input);
}

static Str draw_text(int64_t id) {
    DbConn *conn = NULL;
    Release release;
    Str text = STR_NONE;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    must(release_find(&cx, conn, id, &release));
    must(release_draw_text(&cx, conn, &release, &text));
    db_read_end(house.db, conn);
    return text;
}

static Str commitment_of_seed(void) {
    DrawHash seed;
    DrawHash commitment;
    for (int i = 0; i < DRAW_SEED_BYTES; i++) {
        seed.bytes[i] = (uint8_t)i;
    }
    draw_commitment(&seed, &commitment);
    return seal_hex(arena, (Str){(const char *)commitment.bytes, sizeof commitment.bytes});
}

static void a_draw_is_proved_by_its_file(void **state) {
    (void)state;
    Release release = release_like("draw");
    release.quota = 2;
    release.commitment = commitment_of_seed();
    release.source = STR("2026-11-21 公开号码");
    int64_t id = create(&release);
    int64_t persons[5];
    Str open = draw_text(id);
    for (int i = 0; i < 5; i++) {
        persons[i] = next_person();
        must(join_at(id, persons[i], at(9)));
    }
    ReleaseReveal reveal = {.release_id = id,
                            .seed = STR(SEED_HEX),
                            .public_words = STR("03 11 19 22 30 33 08"),
                            .now_ms = at(20)};
    assert_int_equal(act(reveal_work, &reveal), STATUS_CONFLICT);
    must(leave(id, persons[4]));
    end(id);
    assert_int_equal(leave(id, persons[3]), STATUS_CONFLICT);
    assert_int_equal(join_at(id, persons[4], at(21)), STATUS_CONFLICT);
    Str closed = draw_text(id);
    ReleaseReveal wrong = reveal;
    wrong.seed = STR("ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    assert_int_equal(act(reveal_work, &wrong), STATUS_CONFLICT);
    wrong.seed = STR("xyz");
    assert_int_equal(act(reveal_work, &wrong), STATUS_INVALID);
    must(act(reveal_work, &reveal));
    Draw draw;
    Str drawn = draw_text(id);
    must(draw_read(&cx, drawn, &draw));
    must(draw_verify(&cx, &draw));
    must(draw_extends(&cx, &draw, open));
    must(draw_extends(&cx, &draw, closed));
    assert_int_equal(draw.applicant_count, 4);
    /* Given by rank, and only as many as were drawn. */
    bool is_refused = false;
    for (int64_t rank = 1; rank <= 3; rank++) {
        for (int i = 0; i < 4; i++) {
            ReleasePlace place = place_of(id, persons[i]);
            if (place.rank == rank) {
                Str winner = str_print(arena, "%s %" PRId64 " " STR_FMT "\n",
                                       rank <= 2 ? "winner" : "waiting",
                                       rank <= 2 ? rank : rank - 2, STR_ARG(place.hash));
                assert_true(str_find(drawn, winner, 0) != SIZE_MAX);
                assert_int_equal(give(place.id, &is_refused),
                                 rank <= 2 ? STATUS_OK : STATUS_CONFLICT);
            }
        }
    }
}

/* ---- cut-off ---- */

typedef struct Purchase {
    int64_t coupon_id;
    Day invoice_day;
    int64_t now_ms;
} Purchase;

static Status purchase(const Purchase *it) {
    DbConn *conn = NULL;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    fault_clear(&cx);
    Status status = coupon_purchase_check(&cx, conn, it->coupon_id, it->invoice_day, it->now_ms);
    db_read_end(house.db, conn);
    return status;
}

static void a_cut_off_of_purchase_and_a_later_deadline(void **state) {
    (void)state;
    Release release = release_like("first_come");
    release.purchase_until = day_add(today, 5);
    release.file_until = day_add(today, 20);
    int64_t id = create(&release);
    Claim claim = {.person_id = next_person(), .category = "fridge", .now_ms = at(9)};
    must(act(claim_work, &claim));
    Coupon coupon = coupon_get(claim.coupon_id);
    assert_int_equal(coupon.expires_ms, day_start_ms(day_add(today, 21)));
    Purchase it = {claim.coupon_id, day_add(today, 5), day_start_ms(day_add(today, 21)) - 1};
    must(purchase(&it));
    it.invoice_day = day_add(today, 6);
    assert_int_equal(purchase(&it), STATUS_CONFLICT);
    assert_string_equal(cx.fault.field, "invoice_day");
    it.invoice_day = day_add(today, 5);
    it.now_ms = day_start_ms(day_add(today, 21));
    assert_int_equal(purchase(&it), STATUS_CONFLICT);
    end(id);
}

/* ---- what cannot be announced ---- */

static void wrong_releases_are_refused_at_their_field(void **state) {
    (void)state;
    const Release good = release_like("first_come");
    Release bad[10];
    static const char *const fields[] = {"way",        "name",      "category",   "quota",
                                         "quota",      "day_quota", "hour_quota", "ends",
                                         "file_until", "commitment"};
    for (int i = 0; i < 10; i++) {
        bad[i] = good;
    }
    bad[0].way = STR("raffle");
    bad[1].name = STR("two\nlines");
    bad[2].way = STR("waiting_list");
    bad[2].category = STR("");
    bad[3].quota = 0;
    bad[4].quota = 2000001;
    bad[5].day_quota = 101;
    bad[6].hour_quota = -1;
    bad[7].ends_ms = bad[7].starts_ms;
    bad[8].purchase_until = day_add(today, 5);
    bad[8].file_until = day_add(today, 4);
    bad[9].way = STR("draw");
    bad[9].commitment = STR("ABC");
    for (int i = 0; i < 10; i++) {
        assert_int_equal(create_status(&bad[i]), STATUS_INVALID);
        assert_string_equal(cx.fault.field, fields[i]);
    }
    bad[0] = good;
    bad[0].programme = STR("no such programme");
    assert_int_equal(create_status(&bad[0]), STATUS_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_releases_the_pot_decides),
        cmocka_unit_test(time_and_pause),
        cmocka_unit_test(quotas),
        cmocka_unit_test(what_comes_back_is_given_again),
        cmocka_unit_test(a_return_keeps_or_gives_back),
        cmocka_unit_test(towns_and_the_narrowest_release),
        cmocka_unit_test(a_waiting_list_gives_in_its_order),
        cmocka_unit_test(who_has_one_already_is_passed_over),
        cmocka_unit_test(a_draw_is_proved_by_its_file),
        cmocka_unit_test(a_cut_off_of_purchase_and_a_later_deadline),
        cmocka_unit_test(wrong_releases_are_refused_at_their_field),
    };
    return cmocka_run_group_tests(tests, start, demo_house_close);
}
