#include "office/treasury/treasury_store.h"

Status treasury_pot_put(Cx *cx, DbConn *conn, const TreasuryPot *pot) {
    check(pot->validity_days >= 1);
    check(pot->claims_max >= 1);
    TRY(treasury_store_pot_put(cx, conn, pot));
    DbEntry entry = {
        .verb = "pot.put",
        .subject = "fund",
        .subject_id = pot->fund.id,
        .after = str_print(cx->arena,
                           "{\"programme\":" STR_FMT ",\"year\":%lld,\"validity_days\":%lld,"
                           "\"claims_max\":%lld,\"is_open\":%s}",
                           STR_ARG(str_json(cx->arena, pot->programme)), (long long)pot->year,
                           (long long)pot->validity_days, (long long)pot->claims_max,
                           pot->is_open ? "true" : "false"),
    };
    return db_journal(cx, conn, &entry);
}

Status treasury_pot_switch(Cx *cx, DbConn *conn, const TreasuryPotSwitch *to) {
    TreasuryPot pot;
    TRY(treasury_pot_find(cx, conn, to->programme, to->year, &pot));
    if (pot.is_open == to->is_open) {
        return fault(cx, STATUS_CONFLICT,
                     to->is_open ? "这个项目正在发放，不用恢复" : "这个项目已经暂停");
    }
    pot.is_open = to->is_open;
    return treasury_pot_put(cx, conn, &pot);
}
