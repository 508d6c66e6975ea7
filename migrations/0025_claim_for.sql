-- Claims of organisations, and claims that one person enters for another: who entered it, in which
-- way, with which consent.

ALTER TABLE claim ADD COLUMN org_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE claim ADD COLUMN entered_by INTEGER NOT NULL DEFAULT 0;
ALTER TABLE claim ADD COLUMN entered_as TEXT NOT NULL DEFAULT '';
CREATE INDEX claim_org ON claim (org_id, id) WHERE org_id > 0;
CREATE INDEX claim_entered ON claim (entered_by, id) WHERE entered_by > 0;

-- The person at the counter, or the relative: sealed like all personal data.
CREATE TABLE claim_entry (
    claim_id INTEGER PRIMARY KEY REFERENCES claim (id),
    consent TEXT NOT NULL,
    relation TEXT NOT NULL,
    helper_masked TEXT NOT NULL,
    helper_sealed BLOB,
    helper_id_masked TEXT NOT NULL,
    helper_id_sealed BLOB,
    made_ms INTEGER NOT NULL
);
