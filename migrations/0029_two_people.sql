-- Money out and money back by two people: top-ups and the lifting of a freeze are proposals, too; who
-- began a recovery does not end it.

-- More kinds of proposal: the column again, with its wider check.
ALTER TABLE fund_setup ADD COLUMN wider TEXT NOT NULL DEFAULT 'create'
    CHECK (wider IN ('create', 'open', 'move', 'reclaim', 'top_up', 'unfreeze'));
UPDATE fund_setup SET wider = kind;
ALTER TABLE fund_setup DROP COLUMN kind;
ALTER TABLE fund_setup RENAME COLUMN wider TO kind;

-- One row a recovery; at most one open for a subject. outcome: the money came back, or it never will.
CREATE TABLE recovery (
    id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    reason TEXT NOT NULL,
    begun_by INTEGER REFERENCES person (id),
    begun_ms INTEGER NOT NULL,
    outcome TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'received', 'written_off')),
    reference TEXT NOT NULL DEFAULT '',
    ended_by INTEGER REFERENCES person (id),
    ended_ms INTEGER,
    CHECK (begun_by IS NULL OR ended_by IS NULL OR begun_by <> ended_by)
);
CREATE UNIQUE INDEX recovery_open ON recovery (subject, subject_id) WHERE outcome = '';
CREATE INDEX recovery_subject ON recovery (subject, subject_id, id);

-- Those that run already: the journal knows who began them.
INSERT INTO recovery (subject, subject_id, reason, begun_by, begun_ms)
    SELECT 'claim', claim.id, claim.reason, (SELECT person.id FROM person WHERE person.id =
        (SELECT MAX(journal.user_id) FROM journal WHERE journal.id =
            (SELECT MAX(last.id) FROM journal AS last WHERE last.verb = 'claim.recovering'
                AND last.subject = 'claim' AND last.subject_id = claim.id))), COALESCE(claim.paid_ms, 0)
    FROM claim WHERE claim.state = 'recovering';
INSERT INTO recovery (subject, subject_id, reason, begun_by, begun_ms)
    SELECT 'sale', sale.id, '退货', (SELECT person.id FROM person WHERE person.id =
        (SELECT MAX(journal.user_id) FROM journal WHERE journal.id =
            (SELECT MAX(last.id) FROM journal AS last WHERE last.verb = 'sale.recovering'
                AND last.subject = 'sale' AND last.subject_id = sale.id))), COALESCE(sale.ended_ms, 0)
    FROM sale WHERE sale.state = 'recovering';
