-- What looks like fraud, once for each thing and kind, and what an officer found.

CREATE TABLE alert (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    org_id INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'dismissed')),
    found_ms INTEGER NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    decided_by INTEGER,
    decided_ms INTEGER
);
CREATE UNIQUE INDEX alert_thing ON alert (kind, subject, subject_id);
CREATE INDEX alert_state ON alert (state, id);
CREATE INDEX sale_sold ON sale (sold_ms);
CREATE INDEX filed_price_history ON filed_price (org_id, gtin, filed_ms);
