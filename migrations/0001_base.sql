-- The journal (who changed what, chained by SM3) and the keys that make a command happen once.
-- Journal ids have no gaps: entry n + 1 is hashed over the hash of entry n (see src/db/db.h).

CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    role TEXT NOT NULL,
    origin TEXT NOT NULL,
    helper_id INTEGER NOT NULL,
    verb TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    before_json TEXT NOT NULL,
    after_json TEXT NOT NULL,
    attached TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX journal_by_subject ON journal (subject, subject_id, id);

CREATE TABLE idempotency (
    command TEXT NOT NULL,
    key TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (command, key)
) STRICT, WITHOUT ROWID;
