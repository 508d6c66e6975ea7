/*
 * meter_pages.c - the public meter: what was appropriated, where it is, what can be given out now,
 * and when it will be gone; as a page, as JSON, and as signed JSON that anybody can check later.
 */
#include "office/open/open.h"
#include "office/open/signed.h"
#include "office/treasury/treasury.h"

#include <inttypes.h>

enum { METER_BYTES_MAX = 512 * 1024 };

static const ViewColumn meter_columns[] = {
    {"programme", "项目", false},     {"year", "年度", false},
    {"left_fen", "还可领取", true},   {"appropriated_fen", "下达", true},
    {"reserved_fen", "已预占", true}, {"approved_fen", "已核定", true},
    {"paid_fen", "已拨付", true},     {"unused_fen", "剩余", true},
    {"runs_out", "预计用完", false},  {"interval", "八成把握的范围", false},
    {"state", "状态", false},
};
enum { METER_COLUMNS = sizeof meter_columns / sizeof meter_columns[0] };

static const char *state_word(const MeterReading *reading) {
    if (reading->is_over) {
        return "over";
    }
    bool is_open = reading->pot.is_open && !reading->fund.is_frozen && !reading->fund.is_closed;
    return is_open ? "open" : "paused";
}

static ViewValue pot_state(const MeterReading *reading) {
    if (reading->is_over) {
        return VIEW_BADGE(VIEW_NEUTRAL, STR("over"), STR("已结束"));
    }
    return str_equal(str_of(state_word(reading)), STR("open"))
               ? VIEW_BADGE(VIEW_GOOD, STR("open"), STR("可领取"))
               : VIEW_BADGE(VIEW_WARN, STR("paused"), STR("暂停"));
}

static ViewValue expected_value(const MeterReading *reading) {
    if (reading->is_over) {
        return VIEW_TEXT(STR("—"));
    }
    return reading->forecast.outlook == METER_RUNS_OUT
               ? VIEW_DAY(reading->forecast.expected)
               : VIEW_TEXT(meter_outlook_zh(reading->forecast.outlook));
}

/* An edge beyond the year or the horizon is said, never made up. */
static Str edge_text(Web *web, Day day) {
    return day_compare(day, DAY_NONE) == 0 ? STR("用不完") : day_print(web->cx->arena, day);
}

static ViewValue interval_value(Web *web, const MeterReading *reading) {
    const MeterForecast *forecast = &reading->forecast;
    bool has = forecast->outlook == METER_RUNS_OUT ||
               (forecast->outlook == METER_LASTS && day_compare(forecast->early, DAY_NONE) != 0);
    if (reading->is_over || !has) {
        return VIEW_TEXT(STR("—"));
    }
    return VIEW_TEXT(str_print(web->cx->arena, STR_FMT " 至 " STR_FMT,
                               STR_ARG(edge_text(web, forecast->early)),
                               STR_ARG(edge_text(web, forecast->late))));
}

static void reading_row(Web *web, const MeterReading *reading) {
    const Fund *fund = &reading->fund;
    View *view = web->view;
    view_row(view);
    view_cell(view, VIEW_TEXT(city_programme_name(web->app->house, reading->pot.programme)));
    view_cell(view, VIEW_INT(reading->pot.year));
    view_cell(view, VIEW_MONEY(reading->left));
    view_cell(view, VIEW_MONEY(fund->appropriated));
    view_cell(view, VIEW_MONEY(fund->reserved));
    view_cell(view, VIEW_MONEY(fund->approved));
    view_cell(view, VIEW_MONEY(fund->paid));
    view_cell(view, VIEW_MONEY(ledger_fund_unused(fund)));
    view_cell(view, expected_value(reading));
    view_cell(view, interval_value(web, reading));
    view_cell(view, pot_state(reading));
}

static void words_view(Web *web) {
    static const char *const words[] = {
        "已预占：已领券、尚未购买；已核定：已核销、尚未付给商家；剩余：下达减去已预占、已核定、已拨付。",
        "还可领取：这一刻就能发放的。过期、退回的资金立即回到这里，又能发放；设了单日、小时限额的，以现在的限额为准；暂停、冻结、上级余额不足时为零。往年的项目已经结束，不能再领取。",
        "预计用完：按最近三周（至少一周）每天净使用的金额推算，即平均每天用多少；到年底或 120 天内用不完的不写日期，数据不足的写“未知”。",
        "八成把握的范围：同样的推算有八成可能落在这两天之间。这是推算，不是承诺；金额以资金账为准。",
    };
    view_section(web->view, STR("说明"));
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        view_text(web->view, str_of(words[i]));
    }
}

static void proof_view(Web *web) {
    View *view = web->view;
    uint8_t key[SEAL_PUBLIC_BYTES];
    seal_sign_public(&((const City *)web->app->house)->sign_key, key);
    view_section(view, STR("可以验证的数据"));
    view_text(view, STR("下载的数据带有本系统的签名：谁都可以在以后证明某一刻公布过什么。"));
    view_facts_begin(view, "proof", false);
    view_fact(view, "public_key", "公钥",
              VIEW_TEXT(seal_hex(web->cx->arena, (Str){(const char *)key, sizeof key})));
    view_facts_end(view);
    view_link(view, STR("/meter.json"), STR("下载签名的数据"), false);
    view_link(view, STR("/meter/key"), STR("下载公钥"), false);
}

Status open_meter_page(Web *web) {
    MeterReadingList list;
    View *view = web->view;
    TRY(meter_read(web->cx, web->conn, web->now_ms, &list));
    view_title(view, STR("资金余量公开"));
    view_lead(view, str_print(web->cx->arena, "数字直接来自资金账，截至 " STR_FMT "。",
                              STR_ARG(instant_print(web->cx->arena, web->now_ms))));
    view_section(view, STR("各项目"));
    view_table_begin(view, "pots", STR("各项目资金"), meter_columns, METER_COLUMNS);
    for (size_t i = 0; i < list.count; i++) {
        reading_row(web, &list.items[i]);
    }
    view_table_end(view, STR("还没有安排资金"));
    words_view(web);
    proof_view(web);
    return STATUS_OK;
}

/* ---- signed JSON ---- */

static void day_put(Buf *buf, Arena *arena, const char *name, Day day) {
    if (day_compare(day, DAY_NONE) == 0) {
        buf_put(buf, str_print(arena, ",\"%s\":null", name));
    } else {
        buf_put(buf,
                str_print(arena, ",\"%s\":\"" STR_FMT "\"", name, STR_ARG(day_print(arena, day))));
    }
}

static void reading_put(Buf *buf, Arena *arena, const MeterReading *reading) {
    const Fund *fund = &reading->fund;
    const MeterForecast *forecast = &reading->forecast;
    buf_put(buf, str_print(arena,
                           "{\"programme\":" STR_FMT ",\"year\":%" PRId64
                           ",\"appropriated_fen\":%" PRId64 ",\"reserved_fen\":%" PRId64
                           ",\"approved_fen\":%" PRId64 ",\"paid_fen\":%" PRId64
                           ",\"unused_fen\":%" PRId64 ",\"left_fen\":%" PRId64
                           ",\"released_fen\":%" PRId64 ",\"state\":\"%s\"",
                           STR_ARG(str_json(arena, reading->pot.programme)), reading->pot.year,
                           fund->appropriated.fen, fund->reserved.fen, fund->approved.fen,
                           fund->paid.fen, ledger_fund_unused(fund).fen, reading->left.fen,
                           fund->released.fen, state_word(reading)));
    if (!reading->is_over) {
        buf_put(buf,
                str_print(arena, ",\"outlook\":\"" STR_FMT "\",\"days_used\":%" PRId64,
                          STR_ARG(meter_outlook_word(forecast->outlook)), forecast->day_count));
        day_put(buf, arena, "runs_out_day", forecast->expected);
        day_put(buf, arena, "early_day", forecast->early);
        day_put(buf, arena, "late_day", forecast->late);
    }
    buf_put_char(buf, '}');
}

Status open_meter_json(Web *web) {
    Arena *arena = web->cx->arena;
    const City *city = web->app->house;
    MeterReadingList list;
    Buf *buf = buf_in(arena, METER_BYTES_MAX);
    TRY(meter_read(web->cx, web->conn, web->now_ms, &list));
    buf_put(buf, str_print(arena,
                           "{\"kind\":\"huanxin.meter.1\",\"city\":" STR_FMT ",\"at_ms\":%" PRId64
                           ",\"at\":\"" STR_FMT "\",\"is_demo\":%s"
                           ",\"method\":\"mean-daily-21\",\"interval\":\"0.8\",\"pots\":[",
                           STR_ARG(str_json(arena, web->app->city_name)), web->now_ms,
                           STR_ARG(instant_print(arena, web->now_ms)),
                           web->app->is_demo ? "true" : "false"));
    for (size_t i = 0; i < list.count; i++) {
        buf_put_c(buf, i == 0 ? "" : ",");
        reading_put(buf, arena, &list.items[i]);
    }
    buf_put_c(buf, "]}");
    return web_file(web, STR("meter.json"), STR("application/json"),
                    signed_write(arena, &city->sign_key, buf_str(buf)));
}

Status open_meter_key(Web *web) {
    const City *city = web->app->house;
    return web_file(web, STR("meter-key.json"), STR("application/json"),
                    signed_key_write(web->cx->arena, &city->sign_key));
}
