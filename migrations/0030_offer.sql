-- Who, by the records in the house, already meets a programme's conditions and has no claim: found in
-- the background, handed on by an officer, taken up by the owner with one click.

CREATE TABLE offer (
    id INTEGER PRIMARY KEY,
    rule TEXT NOT NULL,
    record_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    record_number TEXT NOT NULL,
    programme TEXT NOT NULL,
    unit TEXT NOT NULL,
    town TEXT NOT NULL,
    org_id INTEGER NOT NULL,
    owner_name TEXT NOT NULL,
    space TEXT NOT NULL,
    thing TEXT NOT NULL,
    bought_day INTEGER NOT NULL,
    version TEXT NOT NULL,
    fired TEXT NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen >= 0),
    is_unset INTEGER NOT NULL,
    reason TEXT NOT NULL,
    conditions TEXT NOT NULL,
    answers TEXT NOT NULL,
    is_good INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('found', 'invited', 'accepted', 'declined')),
    claim_id INTEGER NOT NULL DEFAULT 0,
    found_ms INTEGER NOT NULL,
    invited_by INTEGER NOT NULL DEFAULT 0,
    invited_ms INTEGER NOT NULL DEFAULT 0,
    answered_by INTEGER NOT NULL DEFAULT 0,
    answered_ms INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX offer_record ON offer (rule, record_id);
CREATE INDEX offer_unit ON offer (unit, state, id);
CREATE INDEX offer_org ON offer (org_id, id) WHERE org_id > 0;

-- How far each rule has read: first all records of its kind, then what the journal says has changed.
-- Another text of the rule or of its policy begins anew.
CREATE TABLE offer_scan (
    rule TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    record_id INTEGER NOT NULL,
    is_walked INTEGER NOT NULL,
    journal_id INTEGER NOT NULL
);
