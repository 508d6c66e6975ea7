-- From the programme's pot to the shop's money: coupons, filed prices, sales, settlements.

-- Which leaf of the fund tree pays which programme of a year.
CREATE TABLE programme_fund (
    programme TEXT NOT NULL,
    year INTEGER NOT NULL,
    fund_id INTEGER NOT NULL,
    validity_days INTEGER NOT NULL,
    claims_max INTEGER NOT NULL,
    is_open INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (programme, year)
);

CREATE TABLE coupon (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    programme TEXT NOT NULL,
    year INTEGER NOT NULL,
    category TEXT NOT NULL,
    slot INTEGER NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id),
    state TEXT NOT NULL CHECK (state IN ('claimed', 'redeemed', 'settled', 'withdrawn', 'expired', 'returned')),
    hold_id INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    decision_id INTEGER NOT NULL,
    claimed_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    ended_ms INTEGER
);
-- One live place per person, year, category and slot (air conditioners of 2025 had three), on any
-- device.
CREATE UNIQUE INDEX coupon_once ON coupon (person_id, year, programme, category, slot)
    WHERE state IN ('claimed', 'redeemed', 'settled');
CREATE INDEX coupon_decision ON coupon (decision_id);
CREATE INDEX coupon_person ON coupon (person_id, id);
CREATE INDEX coupon_expiry ON coupon (expires_ms) WHERE state = 'claimed';

-- A decision can be replayed for ever: version, inputs, fired rows, outcome.
CREATE TABLE decision (
    id INTEGER PRIMARY KEY,
    programme TEXT NOT NULL,
    version TEXT NOT NULL,
    judged_day INTEGER NOT NULL,
    input_json TEXT NOT NULL,
    rule TEXT NOT NULL,
    outcome_json TEXT NOT NULL,
    decided_ms INTEGER NOT NULL
);

CREATE TABLE filed_price (
    id INTEGER PRIMARY KEY,
    org_id INTEGER NOT NULL REFERENCES org (id),
    gtin TEXT NOT NULL,
    title TEXT NOT NULL,
    programme TEXT NOT NULL,
    category TEXT NOT NULL,
    efficiency_level INTEGER NOT NULL,
    price_fen INTEGER NOT NULL CHECK (price_fen > 0),
    filed_ms INTEGER NOT NULL,
    ended_ms INTEGER
);
CREATE UNIQUE INDEX filed_price_live ON filed_price (org_id, gtin) WHERE ended_ms IS NULL;

CREATE TABLE sale (
    id INTEGER PRIMARY KEY,
    coupon_id INTEGER NOT NULL REFERENCES coupon (id),
    org_id INTEGER NOT NULL REFERENCES org (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    programme TEXT NOT NULL,
    category TEXT NOT NULL,
    gtin TEXT NOT NULL,
    serial TEXT NOT NULL,
    invoice TEXT NOT NULL,
    invoice_day INTEGER NOT NULL,
    efficiency_level INTEGER NOT NULL,
    price_fen INTEGER NOT NULL,
    filed_price_fen INTEGER NOT NULL,
    subsidy_fen INTEGER NOT NULL,
    decision_id INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('redeemed', 'in_batch', 'paid', 'returned', 'recovering', 'recovered')),
    settlement_id INTEGER,
    sold_by INTEGER NOT NULL,
    sold_ms INTEGER NOT NULL,
    ended_ms INTEGER
);
-- One unit, one invoice, once, across all programmes and years, while the sale stands.
CREATE UNIQUE INDEX sale_serial ON sale (serial) WHERE state <> 'returned';
CREATE UNIQUE INDEX sale_invoice ON sale (invoice) WHERE state <> 'returned';
CREATE UNIQUE INDEX sale_coupon ON sale (coupon_id) WHERE state <> 'returned';
CREATE INDEX sale_decision ON sale (decision_id);
CREATE INDEX sale_org ON sale (org_id, id);
CREATE INDEX sale_settlement ON sale (settlement_id);
CREATE INDEX sale_open ON sale (org_id) WHERE state = 'redeemed';

CREATE TABLE settlement (
    id INTEGER PRIMARY KEY,
    org_id INTEGER NOT NULL REFERENCES org (id),
    state TEXT NOT NULL CHECK (state IN ('approved', 'paid')),
    sale_count INTEGER NOT NULL,
    total_fen INTEGER NOT NULL,
    made_by INTEGER NOT NULL,
    made_ms INTEGER NOT NULL,
    paid_by INTEGER,
    paid_ms INTEGER,
    bank_reference TEXT
);
CREATE INDEX settlement_org ON settlement (org_id, id);

-- What the city has signed of a policy version, tied to the exact text of its table.
CREATE TABLE policy_signature (
    version TEXT NOT NULL,
    digest TEXT NOT NULL,
    item INTEGER NOT NULL,
    basis TEXT NOT NULL,
    person_id INTEGER NOT NULL,
    signed_ms INTEGER NOT NULL,
    PRIMARY KEY (version, digest, item)
);
