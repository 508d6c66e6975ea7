-- Subsidies paid after purchase: what has been used once, claims, their defects, pauses, objections,
-- payment lists.

-- One namespace over all programmes and years: a unit, an invoice, a vehicle, a machine gets one
-- subsidy. The row is taken in the command of the sale or claim and freed when that stands no more.
CREATE TABLE once_key (
    namespace TEXT NOT NULL,
    key TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    taken_ms INTEGER NOT NULL,
    PRIMARY KEY (namespace, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX once_key_subject ON once_key (subject, subject_id);
INSERT INTO once_key (namespace, key, subject, subject_id, taken_ms)
    SELECT 'serial', serial, 'sale', id, sold_ms FROM sale
    WHERE state NOT IN ('returned', 'recovered');
INSERT INTO once_key (namespace, key, subject, subject_id, taken_ms)
    SELECT 'invoice', invoice, 'sale', id, sold_ms FROM sale
    WHERE state NOT IN ('returned', 'recovered');

CREATE TABLE claim (
    id INTEGER PRIMARY KEY,
    programme TEXT NOT NULL,
    year INTEGER NOT NULL,
    version TEXT NOT NULL,
    number TEXT,
    person_id INTEGER NOT NULL REFERENCES person (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'review', 'second', 'correction', 'notice',
        'approved', 'in_batch', 'paid', 'refused', 'withdrawn', 'recovering', 'recovered')),
    answers TEXT NOT NULL,
    bought_day INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL DEFAULT 0 CHECK (amount_fen >= 0),
    hold_id INTEGER NOT NULL DEFAULT 0,
    decision_id INTEGER NOT NULL DEFAULT 0,
    rule TEXT NOT NULL DEFAULT '',
    is_clean INTEGER NOT NULL DEFAULT 0,
    correction_count INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL,
    saved_ms INTEGER NOT NULL,
    submitted_ms INTEGER,
    stage TEXT NOT NULL DEFAULT '',
    due_day INTEGER,
    left_days INTEGER,
    proposed TEXT,
    proposed_by INTEGER,
    proposed_ms INTEGER,
    reason TEXT NOT NULL DEFAULT '',
    decided_by INTEGER,
    decided_ms INTEGER,
    overtaken_count INTEGER NOT NULL DEFAULT 0,
    notice_until INTEGER,
    batch_id INTEGER,
    paid_ms INTEGER,
    account_hash TEXT NOT NULL DEFAULT '',
    account_masked TEXT NOT NULL DEFAULT '',
    account_sealed BLOB
);
CREATE UNIQUE INDEX claim_number ON claim (number) WHERE number IS NOT NULL;
CREATE INDEX claim_person ON claim (person_id, id);
CREATE INDEX claim_account ON claim (account_hash) WHERE account_hash <> '';
CREATE INDEX claim_decision ON claim (decision_id);
CREATE INDEX claim_queue ON claim (state, submitted_ms, id);
CREATE INDEX claim_due ON claim (due_day) WHERE due_day IS NOT NULL;
CREATE INDEX claim_batch_rows ON claim (batch_id, id) WHERE batch_id IS NOT NULL;
CREATE INDEX claim_live ON claim (person_id, programme, year)
    WHERE state NOT IN ('draft', 'refused', 'withdrawn', 'recovered');

-- What stands in the way of a claim: found by the checks, or said by an officer at its place.
CREATE TABLE claim_issue (
    id INTEGER PRIMARY KEY,
    claim_id INTEGER NOT NULL REFERENCES claim (id),
    source TEXT NOT NULL CHECK (source IN ('check', 'officer')),
    code TEXT NOT NULL,
    field TEXT NOT NULL,
    text TEXT NOT NULL,
    hint TEXT NOT NULL,
    made_by INTEGER NOT NULL,
    made_ms INTEGER NOT NULL,
    ended_ms INTEGER
);
CREATE INDEX claim_issue_claim ON claim_issue (claim_id, id);

-- From bought_from on, purchases are not taken; earlier ones until the end of file_by.
CREATE TABLE claim_pause (
    id INTEGER PRIMARY KEY,
    programme TEXT NOT NULL,
    bought_from INTEGER NOT NULL,
    file_by INTEGER,
    basis TEXT NOT NULL,
    made_by INTEGER NOT NULL,
    made_ms INTEGER NOT NULL,
    ended_by INTEGER,
    ended_ms INTEGER
);
CREATE INDEX claim_pause_live ON claim_pause (programme) WHERE ended_ms IS NULL;

CREATE TABLE claim_objection (
    id INTEGER PRIMARY KEY,
    claim_id INTEGER NOT NULL REFERENCES claim (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    text TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'upheld', 'dismissed')),
    answer TEXT NOT NULL DEFAULT '',
    made_ms INTEGER NOT NULL,
    decided_by INTEGER,
    decided_ms INTEGER
);
CREATE INDEX claim_objection_claim ON claim_objection (claim_id);
CREATE INDEX claim_objection_open ON claim_objection (id) WHERE state = 'open';

CREATE TABLE claim_batch (
    id INTEGER PRIMARY KEY,
    programme TEXT NOT NULL,
    year INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('made', 'paid')),
    claim_count INTEGER NOT NULL,
    total_fen INTEGER NOT NULL,
    made_by INTEGER NOT NULL,
    made_ms INTEGER NOT NULL,
    paid_by INTEGER,
    paid_ms INTEGER,
    bank_reference TEXT
);
