-- The plan as read from its text: tasks by clause, the units that own them, the targets, and the
-- counters from which live targets are computed.

CREATE TABLE plan (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    issuer TEXT NOT NULL,
    doc_number TEXT NOT NULL,
    issue_day INTEGER,
    digest TEXT NOT NULL,
    is_digest INTEGER NOT NULL DEFAULT 0,
    loaded_ms INTEGER NOT NULL
);

CREATE TABLE plan_task (
    id INTEGER PRIMARY KEY,
    plan_id INTEGER NOT NULL REFERENCES plan (id),
    position INTEGER NOT NULL,
    clause TEXT NOT NULL,
    section TEXT NOT NULL,
    path TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX plan_task_clause ON plan_task (plan_id, clause);

CREATE TABLE plan_task_unit (
    task_id INTEGER NOT NULL REFERENCES plan_task (id),
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    part TEXT NOT NULL CHECK (part IN ('lead', 'responsible')),
    position INTEGER NOT NULL,
    PRIMARY KEY (task_id, unit_id, part)
);
CREATE INDEX plan_task_unit_unit ON plan_task_unit (unit_id);

CREATE TABLE plan_target (
    id INTEGER PRIMARY KEY,
    plan_id INTEGER NOT NULL REFERENCES plan (id),
    position INTEGER NOT NULL,
    task_id INTEGER REFERENCES plan_task (id),
    code TEXT NOT NULL,
    indicator TEXT NOT NULL,
    quote TEXT NOT NULL,
    kind TEXT NOT NULL,
    op TEXT,
    value_text TEXT,
    value2_text TEXT,
    unit_text TEXT,
    year INTEGER,
    baseline_year INTEGER,
    period TEXT,
    counter_key TEXT
);
CREATE UNIQUE INDEX plan_target_code ON plan_target (plan_id, code);

-- Figures entered by a unit with evidence: baselines and reported values. Never edited; the latest
-- confirmed one counts.
CREATE TABLE plan_report (
    id INTEGER PRIMARY KEY,
    target_code TEXT NOT NULL,
    part TEXT NOT NULL CHECK (part IN ('baseline', 'value')),
    period TEXT NOT NULL,
    value_text TEXT NOT NULL,
    evidence TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('filed', 'confirmed', 'refused')),
    unit_id INTEGER REFERENCES unit (id),
    filed_by INTEGER NOT NULL,
    filed_ms INTEGER NOT NULL,
    decided_by INTEGER,
    decided_ms INTEGER
);
CREATE INDEX plan_report_target ON plan_report (target_code, part, period);

-- A counter moves in the same command as the record that moves it; pages only read it.
CREATE TABLE counter (
    key TEXT NOT NULL,
    period TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (key, period)
);
