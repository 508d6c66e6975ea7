-- Drafts of forms and personal views of lists, for declared kinds of record. A draft's body may hold
-- personal data that was typed: it is sealed.

CREATE TABLE desk_draft (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL,
    record_id INTEGER NOT NULL DEFAULT 0,
    title TEXT NOT NULL,
    body BLOB NOT NULL,
    changed_ms INTEGER NOT NULL
);
CREATE INDEX desk_draft_person ON desk_draft (person_id, kind, changed_ms);

CREATE TABLE desk_view (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    query TEXT NOT NULL,
    created_ms INTEGER NOT NULL
);
CREATE UNIQUE INDEX desk_view_title ON desk_view (person_id, kind, title);
