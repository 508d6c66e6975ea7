-- Which address or device lies behind a coupon, sale, claim or pick-up: a keyed hash, nothing that reads.

CREATE TABLE mark (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('address', 'device')),
    hash TEXT NOT NULL,
    first_ms INTEGER NOT NULL
);
CREATE UNIQUE INDEX mark_hash ON mark (kind, hash);

CREATE TABLE mark_use (
    mark_id INTEGER NOT NULL REFERENCES mark (id),
    subject TEXT NOT NULL CHECK (subject IN ('coupon', 'place', 'sale', 'claim', 'pickup')),
    subject_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id),
    used_ms INTEGER NOT NULL,
    PRIMARY KEY (mark_id, subject, subject_id)
) WITHOUT ROWID;
CREATE INDEX mark_use_time ON mark_use (used_ms, mark_id);
