-- Up to where the journal was proved, signed by this house: the next proof may begin there.
CREATE TABLE journal_checkpoint (
    id INTEGER PRIMARY KEY,
    entry_id INTEGER NOT NULL,
    hash BLOB NOT NULL,
    is_whole INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    person_id INTEGER REFERENCES person (id),
    signature BLOB NOT NULL
);
