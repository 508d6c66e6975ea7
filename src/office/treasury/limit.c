/*
 * limit.c - set-asides and limits as proposals: what each kind may be and where it may stand, so
 * that place.c finds it; and making the nodes, one, or one a day or an hour.
 */
#include "office/treasury/treasury_setup.h"

#include <inttypes.h>

enum { HOURS = 24 };

bool setup_is_limit(FundKind kind) {
    return kind == FUND_TOWN || kind == FUND_DAY || kind == FUND_HOUR || kind == FUND_SHOP;
}

static int64_t node_count(const Setup *setup) {
    bool is_row = setup->spec.kind == FUND_DAY || setup->spec.kind == FUND_HOUR;
    return is_row ? setup->validity_days : 1;
}

Str setup_limit_name(Arena *arena, const FundSpec *spec, Str who) {
    if (spec->kind == FUND_DAY) {
        return str_print(arena, STR_FMT " 单日限额", STR_ARG(spec->code));
    }
    if (spec->kind == FUND_HOUR) {
        return str_print(arena, STR_FMT " 时限额", STR_ARG(spec->code));
    }
    return str_print(arena, STR_FMT "%s", STR_ARG(str_slice(who, 0, 100)),
                     spec->is_cap ? "限额" : "预留");
}

/* ---- what may be ---- */

static Status days_check(Cx *cx, const Setup *setup) {
    Day first;
    if (day_parse(cx, setup->spec.code, &first) != STATUS_OK ||
        day_parts(first).year != setup->spec.year) {
        fault_clear(cx);
        return fault_at_field(cx, STATUS_INVALID, "day", "日期应在这项资金的年度 %" PRId32 " 之内",
                              setup->spec.year);
    }
    bool is_good =
        setup->validity_days >= 1 && setup->validity_days <= SETUP_VALIDITY_DAYS_MAX &&
        day_parts(day_add(first, (int32_t)setup->validity_days - 1)).year == setup->spec.year;
    return is_good ? STATUS_OK
                   : fault_at_field(cx, STATUS_INVALID, "count", "连续天数不能超出这个年度");
}

static Status hours_check(Cx *cx, const Setup *setup, const Fund *parent) {
    int64_t hour = 0;
    if (parent->kind != FUND_DAY) {
        return fault_at_field(cx, STATUS_CONFLICT, "day", "请先设这一天的单日限额，再设其中的小时");
    }
    if (str_int64(setup->spec.code, &hour) != STATUS_OK || hour < 0 || hour >= HOURS) {
        fault_clear(cx);
        return fault_at_field(cx, STATUS_INVALID, "hour", "钟点应为 0 到 23");
    }
    return setup->validity_days >= 1 && hour + setup->validity_days <= HOURS
               ? STATUS_OK
               : fault_at_field(cx, STATUS_INVALID, "count", "连续小时不能超出这一天");
}

static Status kind_check(Cx *cx, const Setup *setup, const Fund *parent) {
    const FundSpec *spec = &setup->spec;
    bool is_under_limit = setup_is_limit(parent->kind) && parent->kind != FUND_TOWN;
    if (spec->kind != FUND_TOWN && !spec->is_cap) {
        return fault_at_field(cx, STATUS_INVALID, "kind", "只有镇街可以单独预留资金");
    }
    if (spec->kind == FUND_HOUR) {
        return hours_check(cx, setup, parent);
    }
    if (is_under_limit || (spec->kind == FUND_TOWN && parent->kind == FUND_TOWN) ||
        (spec->kind == FUND_SHOP && parent->is_cap)) {
        return fault_at_field(cx, STATUS_INVALID, "fund", "“" STR_FMT "”之下不能设这种预留或限额",
                              STR_ARG(parent->name));
    }
    return spec->kind == FUND_DAY ? days_check(cx, setup) : STATUS_OK;
}

/* A hold stands at one node: limits of two kinds side by side would leave one of them out. */
static Status siblings_check(Cx *cx, DbConn *conn, const Setup *setup, const Fund *parent) {
    FundList children = {0};
    TRY(ledger_fund_children(cx, conn, parent->id, &children));
    for (size_t i = 0; setup->spec.is_cap && i < children.count; i++) {
        const Fund *fund = &children.items[i];
        if (fund->is_cap && !fund->is_closed && fund->kind != setup->spec.kind) {
            Status status = fault_at_field(cx, STATUS_CONFLICT, "kind",
                                           "“" STR_FMT "”已有按%s的限额，只能再设同一种",
                                           STR_ARG(parent->name), fund_kind_chinese(fund->kind));
            fault_hint(cx, "小时限额设在单日限额之下，单日限额也可以设在镇街之下");
            return status;
        }
    }
    return STATUS_OK;
}

static const char *field_of(FundKind kind) {
    return kind == FUND_TOWN   ? "town"
           : kind == FUND_SHOP ? "shop"
           : kind == FUND_HOUR ? "hour"
                               : "day";
}

/* The code of the i-th node. */
static Status code_of(Cx *cx, const Setup *setup, int64_t i, Str *out) {
    const FundSpec *spec = &setup->spec;
    *out = spec->code;
    if (spec->kind == FUND_DAY) {
        Day day;
        TRY(day_parse(cx, spec->code, &day));
        *out = treasury_day_code(cx->arena, day_add(day, (int32_t)i));
    } else if (spec->kind == FUND_HOUR) {
        int64_t hour = 0;
        TRY(str_int64(spec->code, &hour));
        *out = treasury_hour_code(cx->arena, hour + i);
    }
    return STATUS_OK;
}

static Status free_code_check(Cx *cx, DbConn *conn, const Setup *setup, const Fund *parent) {
    FundList children = {0};
    TRY(ledger_fund_children(cx, conn, parent->id, &children));
    for (int64_t i = 0; i < node_count(setup); i++) {
        Str code = STR_NONE;
        TRY(cx_step(cx));
        TRY(code_of(cx, setup, i, &code));
        for (size_t at = 0; at < children.count; at++) {
            if (str_equal(children.items[at].code, code)) {
                return fault_at_field(cx, STATUS_CONFLICT, field_of(setup->spec.kind),
                                      "已经有“" STR_FMT
                                      "”；要改金额，请在它的页面提出下达（提高）或收回（降低）",
                                      STR_ARG(children.items[at].name));
            }
        }
    }
    return STATUS_OK;
}

Status setup_limit_check(Cx *cx, DbConn *conn, const Setup *setup, const Fund *parent) {
    if (setup->amount.fen < 1) {
        return fault_at_field(cx, STATUS_INVALID, "amount", "金额应大于 0");
    }
    TRY(kind_check(cx, setup, parent));
    TRY(siblings_check(cx, conn, setup, parent));
    return free_code_check(cx, conn, setup, parent);
}

/* ---- making ---- */

Status setup_limit_do(Cx *cx, DbConn *conn, Setup *setup) {
    for (int64_t i = 0; i < node_count(setup); i++) {
        FundSpec spec = setup->spec;
        FundId id = FUND_NONE;
        TRY(cx_step(cx));
        TRY(code_of(cx, setup, i, &spec.code));
        if (spec.kind == FUND_DAY || spec.kind == FUND_HOUR) {
            spec.name = setup_limit_name(cx->arena, &spec, STR(""));
        }
        TRY(ledger_fund_create(cx, conn, &spec, &id));
        TRY(ledger_appropriate(cx, conn, id, setup->amount, setup->basis));
        setup->result = i == 0 ? id : setup->result;
    }
    return STATUS_OK;
}
