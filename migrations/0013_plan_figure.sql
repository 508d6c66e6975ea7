-- Monthly figures and baselines that units file with evidence. Never edited: filed by the unit's
-- officer, approved by the unit's head, confirmed by the lead office; the latest confirmed one of a
-- month counts. The figures of plan_report belonged to targets; those of targets that have a formula
-- now stay as history.
CREATE TABLE plan_figure (
    id INTEGER PRIMARY KEY,
    series TEXT NOT NULL,
    part TEXT NOT NULL CHECK (part IN ('value', 'baseline')),
    period TEXT NOT NULL,
    value_text TEXT NOT NULL,
    evidence TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('filed', 'approved', 'confirmed', 'refused')),
    unit_id INTEGER REFERENCES unit (id),
    filed_by INTEGER NOT NULL,
    filed_ms INTEGER NOT NULL,
    approved_by INTEGER,
    approved_ms INTEGER,
    decided_by INTEGER,
    decided_ms INTEGER,
    note TEXT
);
CREATE INDEX plan_figure_confirmed ON plan_figure (part, state, series, period, id);
CREATE INDEX plan_figure_series ON plan_figure (series, id);
CREATE INDEX plan_figure_waiting ON plan_figure (unit_id, id) WHERE state IN ('filed', 'approved');

INSERT INTO plan_figure (series, part, period, value_text, evidence, state, unit_id, filed_by,
    filed_ms, decided_by, decided_ms)
SELECT target_code, part, period, value_text, evidence, state, unit_id, filed_by, filed_ms,
    decided_by, decided_ms FROM plan_report;
DROP TABLE plan_report;

-- Who signs for a unit.
CREATE TABLE plan_head (
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    set_by INTEGER NOT NULL,
    set_ms INTEGER NOT NULL,
    PRIMARY KEY (unit_id, person_id)
);
CREATE INDEX plan_head_person ON plan_head (person_id);
