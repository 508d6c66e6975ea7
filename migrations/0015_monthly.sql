-- Monthly reports of the plan: figures as they were drawn, text section by section with every version,
-- and the act of issuing by a second person. An issued report is never changed: its PDF is stored by
-- digest; a correction is the next edition of its month.

CREATE TABLE monthly_report (
    id INTEGER PRIMARY KEY,
    month TEXT NOT NULL,
    edition INTEGER NOT NULL CHECK (edition >= 1),
    state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'issued')),
    issuer TEXT NOT NULL,
    title TEXT NOT NULL,
    send_to TEXT NOT NULL,
    copies_to TEXT NOT NULL,
    number TEXT,
    issue_day INTEGER,
    revision INTEGER NOT NULL,
    drawn_ms INTEGER NOT NULL,
    made_by INTEGER NOT NULL REFERENCES person (id),
    made_ms INTEGER NOT NULL,
    submitted_by INTEGER REFERENCES person (id),
    submitted_ms INTEGER,
    issued_by INTEGER REFERENCES person (id),
    issued_ms INTEGER,
    pdf_digest TEXT,
    CHECK (state <> 'issued' OR (number IS NOT NULL AND issue_day IS NOT NULL
        AND pdf_digest IS NOT NULL AND issued_by <> submitted_by))
);
CREATE UNIQUE INDEX monthly_report_edition ON monthly_report (month, edition);
CREATE UNIQUE INDEX monthly_report_open ON monthly_report (month) WHERE state <> 'issued';
CREATE UNIQUE INDEX monthly_report_number ON monthly_report (number) WHERE number IS NOT NULL;

-- Version 1 is what the system composed; edited_by is NULL for its words.
CREATE TABLE monthly_section (
    id INTEGER PRIMARY KEY,
    report_id INTEGER NOT NULL REFERENCES monthly_report (id),
    position INTEGER NOT NULL,
    version INTEGER NOT NULL,
    code TEXT NOT NULL,
    level INTEGER NOT NULL CHECK (level IN (1, 2)),
    heading TEXT NOT NULL,
    body TEXT NOT NULL,
    edited_by INTEGER REFERENCES person (id),
    edited_ms INTEGER NOT NULL
);
CREATE UNIQUE INDEX monthly_section_version ON monthly_section (report_id, position, version);

CREATE TABLE monthly_target (
    report_id INTEGER NOT NULL REFERENCES monthly_report (id),
    position INTEGER NOT NULL,
    code TEXT NOT NULL,
    indicator TEXT NOT NULL,
    goal TEXT NOT NULL,
    year_text TEXT NOT NULL,
    value_text TEXT NOT NULL,
    light_code TEXT NOT NULL,
    light TEXT NOT NULL,
    outlook TEXT NOT NULL,
    PRIMARY KEY (report_id, position)
);

CREATE TABLE monthly_task (
    report_id INTEGER NOT NULL REFERENCES monthly_report (id),
    position INTEGER NOT NULL,
    clause TEXT NOT NULL,
    title TEXT NOT NULL,
    lead_text TEXT NOT NULL,
    responsible TEXT NOT NULL,
    progress TEXT NOT NULL,
    PRIMARY KEY (report_id, position)
);

CREATE TABLE monthly_money (
    report_id INTEGER NOT NULL REFERENCES monthly_report (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    year INTEGER NOT NULL,
    appropriated_fen INTEGER NOT NULL,
    reserved_fen INTEGER NOT NULL,
    approved_fen INTEGER NOT NULL,
    paid_fen INTEGER NOT NULL,
    PRIMARY KEY (report_id, position)
);
