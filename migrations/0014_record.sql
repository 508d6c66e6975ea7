-- Records of declared kinds (src/record). A record's values are one JSON text; the columns that its
-- declaration lists stand beside it in n1..n8 and t1..t10, each with an index that begins with the
-- kind. A slot that a kind does not use is NULL and in no index; "no value" is the smallest number
-- or the empty text, so that a list sorted by a column holds every record.

-- The declarations under which records are stored: layout says how bodies and slots are to be read;
-- while a changed declaration is rewriting its records, next_layout is the one it goes to.
CREATE TABLE record_kind (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    layout TEXT NOT NULL,
    layout_number INTEGER NOT NULL,
    next_layout TEXT NOT NULL DEFAULT ''
);

-- Running numbers: XM-2026-00001.
CREATE TABLE record_number (
    prefix TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (prefix, year)
);

CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    kind_id INTEGER NOT NULL REFERENCES record_kind (id),
    number TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    owner TEXT NOT NULL,
    unit TEXT NOT NULL,
    org_id INTEGER NOT NULL,
    filer_id INTEGER NOT NULL,
    filer_name TEXT NOT NULL,
    last_id INTEGER NOT NULL,
    due_day INTEGER NOT NULL,
    filed_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    layout INTEGER NOT NULL,
    body TEXT NOT NULL,
    n1 INTEGER, n2 INTEGER, n3 INTEGER, n4 INTEGER,
    n5 INTEGER, n6 INTEGER, n7 INTEGER, n8 INTEGER,
    t1 TEXT, t2 TEXT, t3 TEXT, t4 TEXT, t5 TEXT,
    t6 TEXT, t7 TEXT, t8 TEXT, t9 TEXT, t10 TEXT
);
CREATE INDEX record_by_state ON record (kind_id, state, id);
CREATE INDEX record_by_unit ON record (kind_id, unit, id);
CREATE INDEX record_by_id ON record (kind_id, id);
CREATE INDEX record_by_org ON record (kind_id, org_id, id) WHERE org_id > 0;
CREATE INDEX record_by_filer ON record (kind_id, filer_id, id);
CREATE INDEX record_by_due ON record (kind_id, due_day, id);
CREATE INDEX record_by_n1 ON record (kind_id, n1, id) WHERE n1 IS NOT NULL;
CREATE INDEX record_by_n2 ON record (kind_id, n2, id) WHERE n2 IS NOT NULL;
CREATE INDEX record_by_n3 ON record (kind_id, n3, id) WHERE n3 IS NOT NULL;
CREATE INDEX record_by_n4 ON record (kind_id, n4, id) WHERE n4 IS NOT NULL;
CREATE INDEX record_by_n5 ON record (kind_id, n5, id) WHERE n5 IS NOT NULL;
CREATE INDEX record_by_n6 ON record (kind_id, n6, id) WHERE n6 IS NOT NULL;
CREATE INDEX record_by_n7 ON record (kind_id, n7, id) WHERE n7 IS NOT NULL;
CREATE INDEX record_by_n8 ON record (kind_id, n8, id) WHERE n8 IS NOT NULL;
CREATE INDEX record_by_t1 ON record (kind_id, t1, id) WHERE t1 IS NOT NULL;
CREATE INDEX record_by_t2 ON record (kind_id, t2, id) WHERE t2 IS NOT NULL;
CREATE INDEX record_by_t3 ON record (kind_id, t3, id) WHERE t3 IS NOT NULL;
CREATE INDEX record_by_t4 ON record (kind_id, t4, id) WHERE t4 IS NOT NULL;
CREATE INDEX record_by_t5 ON record (kind_id, t5, id) WHERE t5 IS NOT NULL;
CREATE INDEX record_by_t6 ON record (kind_id, t6, id) WHERE t6 IS NOT NULL;
CREATE INDEX record_by_t7 ON record (kind_id, t7, id) WHERE t7 IS NOT NULL;
CREATE INDEX record_by_t8 ON record (kind_id, t8, id) WHERE t8 IS NOT NULL;
CREATE INDEX record_by_t9 ON record (kind_id, t9, id) WHERE t9 IS NOT NULL;
CREATE INDEX record_by_t10 ON record (kind_id, t10, id) WHERE t10 IS NOT NULL;

-- What a record was before each change, so that two people who change it at once can be shown what
-- each of them began from.
CREATE TABLE record_past (
    record_id INTEGER NOT NULL REFERENCES record (id),
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    layout INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (record_id, revision)
) WITHOUT ROWID;

-- One machine is funded once: a key in a namespace belongs to one record.
CREATE TABLE record_key (
    space TEXT NOT NULL,
    value TEXT NOT NULL,
    record_id INTEGER NOT NULL REFERENCES record (id),
    PRIMARY KEY (space, value)
) WITHOUT ROWID;

-- Pieces of the words that can be searched: two Chinese characters, or three letters or digits.
CREATE TABLE record_gram (
    kind_id INTEGER NOT NULL,
    gram INTEGER NOT NULL,
    record_id INTEGER NOT NULL,
    PRIMARY KEY (kind_id, gram, record_id)
) WITHOUT ROWID;
