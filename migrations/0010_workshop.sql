-- The workshop: drafts of policy versions, row by row, and what was issued from them.

CREATE TABLE policy_draft (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    base TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'submitted', 'issued', 'dropped')),
    skeleton TEXT NOT NULL,
    description TEXT NOT NULL,
    cases TEXT NOT NULL,
    revision INTEGER NOT NULL,
    author_id INTEGER NOT NULL REFERENCES person (id),
    made_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL
);

-- A row of a draft's table; cells is a JSON array of texts: inputs, outputs, annotations.
CREATE TABLE policy_draft_row (
    id INTEGER PRIMARY KEY,
    draft_id INTEGER NOT NULL REFERENCES policy_draft (id),
    table_number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    code TEXT NOT NULL,
    note TEXT NOT NULL,
    cells TEXT NOT NULL,
    revision INTEGER NOT NULL
);
CREATE INDEX policy_draft_row_order ON policy_draft_row (draft_id, table_number, position);

-- What was changed, by whom, one line a saved change.
CREATE TABLE policy_draft_revision (
    draft_id INTEGER NOT NULL REFERENCES policy_draft (id),
    revision INTEGER NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id),
    made_ms INTEGER NOT NULL,
    PRIMARY KEY (draft_id, revision)
);

-- Issued versions: never changed afterwards, like the files of the city.
CREATE TABLE policy_issue (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    draft_id INTEGER NOT NULL REFERENCES policy_draft (id),
    model TEXT NOT NULL,
    description TEXT NOT NULL,
    cases TEXT NOT NULL,
    digest TEXT NOT NULL,
    author_id INTEGER NOT NULL REFERENCES person (id),
    issuer_id INTEGER NOT NULL REFERENCES person (id),
    issued_ms INTEGER NOT NULL,
    CHECK (author_id <> issuer_id)
);
