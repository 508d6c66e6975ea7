-- The old thing's way: booked, fetched, weighed, paid, reverse-invoiced, ended with a certificate.

CREATE TABLE pickup (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    coupon_id INTEGER REFERENCES coupon (id),
    category TEXT NOT NULL,
    title TEXT NOT NULL,
    town_code TEXT NOT NULL,
    address_sealed BLOB NOT NULL,
    slot_day INTEGER NOT NULL,
    slot_part TEXT NOT NULL CHECK (slot_part IN ('morning', 'afternoon')),
    org_id INTEGER NOT NULL REFERENCES org (id),
    driver_id INTEGER REFERENCES person (id),
    state TEXT NOT NULL CHECK (state IN ('booked', 'collected', 'certified', 'cancelled')),
    old_serial TEXT,
    gross_gram INTEGER,
    tare_gram INTEGER,
    net_gram INTEGER,
    paid_fen INTEGER,
    booked_ms INTEGER NOT NULL,
    collected_ms INTEGER,
    ended_ms INTEGER
);
CREATE INDEX pickup_slot ON pickup (town_code, slot_day, slot_part) WHERE state <> 'cancelled';
CREATE INDEX pickup_org ON pickup (org_id, slot_day);
CREATE INDEX pickup_person ON pickup (person_id, id);
CREATE UNIQUE INDEX pickup_serial ON pickup (old_serial) WHERE old_serial IS NOT NULL AND state <> 'cancelled';

CREATE TABLE reverse_invoice (
    id INTEGER PRIMARY KEY,
    pickup_id INTEGER NOT NULL UNIQUE REFERENCES pickup (id),
    org_id INTEGER NOT NULL REFERENCES org (id),
    seller_hash TEXT NOT NULL,
    month INTEGER NOT NULL,
    gross_fen INTEGER NOT NULL,
    net_fen INTEGER NOT NULL,
    vat_rate_bp INTEGER NOT NULL,
    vat_fen INTEGER NOT NULL,
    income_tax_fen INTEGER NOT NULL,
    rolling_fen INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('prepared', 'blocked')),
    reason TEXT NOT NULL,
    prepared_ms INTEGER NOT NULL
);
CREATE INDEX reverse_invoice_seller ON reverse_invoice (seller_hash, month);

CREATE TABLE certificate (
    id INTEGER PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    pickup_id INTEGER NOT NULL UNIQUE REFERENCES pickup (id),
    org_id INTEGER NOT NULL REFERENCES org (id),
    category TEXT NOT NULL,
    town_code TEXT NOT NULL,
    old_serial TEXT NOT NULL UNIQUE,
    net_gram INTEGER NOT NULL,
    method TEXT NOT NULL,
    ended_day INTEGER NOT NULL,
    made_by INTEGER NOT NULL,
    made_ms INTEGER NOT NULL
);
CREATE INDEX certificate_day ON certificate (ended_day);
