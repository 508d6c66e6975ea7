-- Time limits of acts of declared kinds, set by the city: proposed by one person with the document,
-- put in force by another. The latest one in force counts; 0 working days takes a limit away.
CREATE TABLE record_clock (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    act TEXT NOT NULL,
    days INTEGER NOT NULL CHECK (days BETWEEN 0 AND 1000),
    source TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'in_force', 'refused')),
    proposed_by INTEGER NOT NULL REFERENCES person (id),
    proposed_ms INTEGER NOT NULL,
    decided_by INTEGER REFERENCES person (id),
    decided_ms INTEGER,
    note TEXT NOT NULL DEFAULT '',
    CHECK (decided_by IS NULL OR decided_by <> proposed_by)
);
CREATE INDEX record_clock_act ON record_clock (kind, act, state, id);
CREATE UNIQUE INDEX record_clock_proposed ON record_clock (kind, act) WHERE state = 'proposed';
