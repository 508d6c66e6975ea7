-- The work behind a task: measures with owner, date and evidence, and notices of supervision with
-- receipt, reply and clock. Meetings and their decisions are declared kinds of record.
CREATE TABLE plan_measure (
    id INTEGER PRIMARY KEY,
    task_id INTEGER NOT NULL REFERENCES plan_task (id),
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    unit_id INTEGER REFERENCES unit (id),
    due_day INTEGER,
    state TEXT NOT NULL CHECK (state IN ('open', 'doing', 'reported', 'done', 'dropped')),
    progress_bp INTEGER NOT NULL CHECK (progress_bp BETWEEN 0 AND 10000),
    done_day INTEGER,
    changed_ms INTEGER NOT NULL
);
CREATE INDEX plan_measure_task ON plan_measure (task_id, position);
CREATE INDEX plan_measure_unit ON plan_measure (unit_id, state, due_day);
CREATE INDEX plan_measure_state ON plan_measure (state, due_day);

CREATE TABLE plan_measure_entry (
    id INTEGER PRIMARY KEY,
    measure_id INTEGER NOT NULL REFERENCES plan_measure (id),
    verb TEXT NOT NULL,
    unit_id INTEGER REFERENCES unit (id),
    person_id INTEGER NOT NULL,
    text TEXT NOT NULL,
    evidence TEXT,
    progress_bp INTEGER,
    at_ms INTEGER NOT NULL
);
CREATE INDEX plan_measure_entry_measure ON plan_measure_entry (measure_id, id);

CREATE TABLE plan_notice (
    id INTEGER PRIMARY KEY,
    number TEXT NOT NULL,
    task_id INTEGER NOT NULL REFERENCES plan_task (id),
    measure_id INTEGER REFERENCES plan_measure (id),
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),
    state TEXT NOT NULL CHECK (state IN ('issued', 'received', 'replied', 'closed')),
    issued_by INTEGER NOT NULL,
    issued_ms INTEGER NOT NULL,
    receive_due_day INTEGER NOT NULL,
    reply_due_day INTEGER NOT NULL,
    received_ms INTEGER,
    replied_ms INTEGER,
    closed_ms INTEGER
);
CREATE UNIQUE INDEX plan_notice_number ON plan_notice (number);
CREATE INDEX plan_notice_task ON plan_notice (task_id, id);
CREATE INDEX plan_notice_unit ON plan_notice (unit_id, state, id);

CREATE TABLE plan_notice_entry (
    id INTEGER PRIMARY KEY,
    notice_id INTEGER NOT NULL REFERENCES plan_notice (id),
    verb TEXT NOT NULL,
    person_id INTEGER NOT NULL,
    text TEXT NOT NULL,
    at_ms INTEGER NOT NULL
);
CREATE INDEX plan_notice_entry_notice ON plan_notice_entry (notice_id, id);
