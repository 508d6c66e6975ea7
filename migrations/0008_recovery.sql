-- Recovering money that was paid, and two locks on the front door.

-- A sale whose subsidy was recovered stands no more: its unit, invoice and coupon are free again.
-- One that is still being recovered blocks them.
DROP INDEX sale_serial;
DROP INDEX sale_invoice;
DROP INDEX sale_coupon;
CREATE UNIQUE INDEX sale_serial ON sale (serial) WHERE state NOT IN ('returned', 'recovered');
CREATE UNIQUE INDEX sale_invoice ON sale (invoice) WHERE state NOT IN ('returned', 'recovered');
CREATE UNIQUE INDEX sale_coupon ON sale (coupon_id) WHERE state NOT IN ('returned', 'recovered');
CREATE INDEX sale_recovering ON sale (id) WHERE state = 'recovering';

-- Wrong passwords by address, whatever the account: one row per address and ten minutes. The
-- address is kept only as a hash, and only for a day.
CREATE TABLE sign_in_failure (
    address_hash TEXT NOT NULL,
    window_ms INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (address_hash, window_ms)
);

CREATE INDEX session_expiry ON session (expires_ms);
