-- How soon shops get the money that they have fronted: a rule by two people, and batches that it makes.

-- threshold_fen: money fronted by one shop from which on share_bp of it is paid in advance; 0, no advance.
-- pay_days: working days from the sale within which it is paid; 0, not set.
CREATE TABLE settlement_rule (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'refused')),
    threshold_fen INTEGER NOT NULL CHECK (threshold_fen >= 0),
    share_bp INTEGER NOT NULL CHECK (share_bp >= 0 AND share_bp <= 10000),
    pay_days INTEGER NOT NULL CHECK (pay_days >= 0),
    basis TEXT NOT NULL,
    made_by INTEGER NOT NULL REFERENCES person (id),
    made_ms INTEGER NOT NULL,
    decided_by INTEGER REFERENCES person (id),
    decided_ms INTEGER,
    CHECK (state <> 'approved' OR decided_by <> made_by)
);
CREATE INDEX settlement_rule_state ON settlement_rule (state, id);

-- Made by the rule: made_by is 0 until a person of finance has checked it.
ALTER TABLE settlement ADD COLUMN is_advance INTEGER NOT NULL DEFAULT 0;
CREATE INDEX settlement_advance ON settlement (org_id) WHERE is_advance = 1 AND state = 'approved';
-- What a shop has fronted and not got back.
CREATE INDEX sale_fronted ON sale (org_id) WHERE state IN ('redeemed', 'in_batch');
