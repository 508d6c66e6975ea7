-- The day of the month by which units tell last month's figures: a rule of the city, proposed by
-- one person with its document, put in force by another. The latest one in force counts; 0 takes
-- it away.
CREATE TABLE plan_report_day (
    id INTEGER PRIMARY KEY,
    day INTEGER NOT NULL CHECK (day BETWEEN 0 AND 28),
    source TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'in_force', 'refused')),
    proposed_by INTEGER NOT NULL REFERENCES person (id),
    proposed_ms INTEGER NOT NULL,
    decided_by INTEGER REFERENCES person (id),
    decided_ms INTEGER,
    note TEXT NOT NULL DEFAULT '',
    CHECK (decided_by IS NULL OR decided_by <> proposed_by)
);
CREATE INDEX plan_report_day_state ON plan_report_day (state, id);
CREATE UNIQUE INDEX plan_report_day_proposed ON plan_report_day (state) WHERE state = 'proposed';
