-- Each index of a coupon that is ordered by person dirties a page of its own for every claim, because
-- neighbours in time are no neighbours in it. One now serves both: all coupons of a person, and that
-- a place is held once. Ended coupons differ by their id.
DROP INDEX coupon_person;
DROP INDEX coupon_once;
CREATE UNIQUE INDEX coupon_once ON coupon (person_id, year, programme, category, slot,
    (CASE WHEN state IN ('claimed', 'redeemed', 'settled') THEN 0 ELSE id END));

-- Nobody looks a hold up by its case: the case keeps the hold's id.
DROP INDEX ledger_hold_by_case;
