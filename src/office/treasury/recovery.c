#include "office/treasury/recovery.h"

#include "office/treasury/treasury_store.h"

Str recovery_outcome_zh(Str outcome) {
    return str_equal(outcome, STR("received"))      ? STR("已追回")
           : str_equal(outcome, STR("written_off")) ? STR("已核销")
                                                    : STR("追回中");
}

Status recovery_begin(Cx *cx, DbConn *conn, const Recovery *recovery) {
    Recovery last;
    bool has = false;
    TRY(recovery_find(cx, conn, recovery->subject, recovery->subject_id, &last, &has));
    if (has && last.outcome.len == 0) {
        return fault(cx, STATUS_CONFLICT, "这笔补贴正在追回");
    }
    if (has && str_equal(last.outcome, STR("written_off"))) {
        return fault(cx, STATUS_CONFLICT, "这笔补贴已经核销，不再追回");
    }
    return recovery_store_insert(cx, conn, recovery);
}

Status recovery_end(Cx *cx, DbConn *conn, const Recovery *recovery) {
    Recovery open;
    bool has = false;
    check(str_equal(recovery->outcome, STR("received")) ||
          str_equal(recovery->outcome, STR("written_off")));
    TRY(recovery_find(cx, conn, recovery->subject, recovery->subject_id, &open, &has));
    if (!has || open.outcome.len > 0) {
        return fault(cx, STATUS_CONFLICT, "这笔补贴没有正在办理的追回");
    }
    if (open.begun_by != 0 && open.begun_by == recovery->ended_by) {
        Status status = fault(cx, STATUS_DENIED, "开始追回和登记结果须由两人分别办理");
        fault_hint(cx, "请财政的另一位同事登录，核对银行流水或核销文件后登记");
        return status;
    }
    open.outcome = recovery->outcome;
    open.reference = recovery->reference;
    open.ended_by = recovery->ended_by;
    open.ended_ms = recovery->ended_ms;
    return recovery_store_end(cx, conn, &open);
}
