-- What a monthly report's figures and finished measures rest on, as it was drawn.
CREATE TABLE monthly_evidence (
    report_id INTEGER NOT NULL REFERENCES monthly_report (id),
    position INTEGER NOT NULL,
    what TEXT NOT NULL,
    period TEXT NOT NULL,
    value_text TEXT NOT NULL,
    unit_text TEXT NOT NULL,
    evidence TEXT NOT NULL,
    names TEXT NOT NULL,
    paper_count INTEGER NOT NULL,
    href TEXT NOT NULL,
    PRIMARY KEY (report_id, position)
);
