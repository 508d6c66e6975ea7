-- Accounts under an administrator: disabled, one-time code, last sign-in; where a session was opened; and the
-- changes that need a second person.

-- code_until_ms: the password is a one-time code until then; must_change: nothing but a new password is allowed.
ALTER TABLE person ADD COLUMN code_until_ms INTEGER;
ALTER TABLE person ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN disabled_ms INTEGER;
ALTER TABLE person ADD COLUMN disabled_reason TEXT;
ALTER TABLE person ADD COLUMN successor_id INTEGER REFERENCES person (id);
ALTER TABLE person ADD COLUMN last_sign_in_ms INTEGER;
ALTER TABLE person ADD COLUMN account_revision INTEGER NOT NULL DEFAULT 0;
CREATE INDEX person_name ON person (name_hash);
CREATE INDEX person_unit ON person (unit_id, id) WHERE unit_id IS NOT NULL;
CREATE INDEX person_disabled ON person (disabled_ms) WHERE disabled_ms IS NOT NULL;

-- The program and the network from which a session was opened, in words; no whole address.
ALTER TABLE session ADD COLUMN agent TEXT;
ALTER TABLE session ADD COLUMN place TEXT;

-- person_id: whom it is about, NULL for a new account; result_id: the account that an approval made.
CREATE TABLE account_change (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('create', 'change', 'reset', 'enable')),
    state TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'refused')),
    person_id INTEGER REFERENCES person (id),
    revision INTEGER NOT NULL,
    role TEXT NOT NULL,
    login TEXT NOT NULL,
    name_masked TEXT NOT NULL,
    name_hash TEXT,
    name_sealed BLOB,
    unit_id INTEGER REFERENCES unit (id),
    org_id INTEGER REFERENCES org (id),
    reason TEXT NOT NULL,
    made_by INTEGER NOT NULL REFERENCES person (id),
    made_ms INTEGER NOT NULL,
    decided_by INTEGER REFERENCES person (id),
    decided_ms INTEGER,
    decided_reason TEXT NOT NULL DEFAULT '',
    result_id INTEGER REFERENCES person (id),
    CHECK (state <> 'approved' OR decided_by <> made_by)
);
CREATE INDEX account_change_state ON account_change (state, id);
CREATE INDEX account_change_person ON account_change (person_id, id);
