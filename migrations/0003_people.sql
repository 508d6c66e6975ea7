-- People, organisations, sessions. Personal data is sealed (SM4) and found by keyed hash (HMAC-SM3);
-- no clear text of an ID number, phone or account is ever in a column.

CREATE TABLE unit (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE org (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('shop', 'recycler', 'enterprise', 'bank')),
    name TEXT NOT NULL,
    uscc TEXT NOT NULL,
    town_code TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'removed')),
    is_demo INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL
);
CREATE UNIQUE INDEX org_uscc ON org (kind, uscc);

CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    role TEXT NOT NULL,
    login TEXT NOT NULL UNIQUE,
    password_hash TEXT,
    name_masked TEXT NOT NULL,
    name_hash TEXT,
    name_sealed BLOB,
    id_hash TEXT,
    id_masked TEXT,
    id_sealed BLOB,
    birth_day INTEGER,
    phone_hash TEXT,
    phone_masked TEXT,
    phone_sealed BLOB,
    account_hash TEXT,
    account_masked TEXT,
    account_sealed BLOB,
    town_code TEXT,
    unit_id INTEGER REFERENCES unit (id),
    org_id INTEGER REFERENCES org (id),
    is_demo INTEGER NOT NULL DEFAULT 0,
    failed_count INTEGER NOT NULL DEFAULT 0,
    locked_until_ms INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL
);
CREATE UNIQUE INDEX person_id_hash ON person (id_hash) WHERE id_hash IS NOT NULL;
CREATE INDEX person_org ON person (org_id);
CREATE INDEX person_role ON person (role, id);

CREATE TABLE session (
    token_hash TEXT PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    csrf TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
);
CREATE INDEX session_person ON session (person_id);

CREATE TABLE attachment (
    id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    digest TEXT NOT NULL,
    person_id INTEGER NOT NULL,
    created_ms INTEGER NOT NULL
);
CREATE INDEX attachment_subject ON attachment (subject, subject_id);
CREATE INDEX attachment_digest ON attachment (digest);
