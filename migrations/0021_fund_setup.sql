-- What finance proposes about the fund tree and a second person approves or refuses.

-- kind create: fund_id is the parent, or NULL for a new source; open: the leaf; move: the giver, to_id the
-- taker; reclaim: the node. result_id: the node that an approved proposal made.
CREATE TABLE fund_setup (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('create', 'open', 'move', 'reclaim')),
    state TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'refused')),
    fund_id INTEGER REFERENCES fund (id),
    to_id INTEGER REFERENCES fund (id),
    fund_kind TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    year INTEGER NOT NULL,
    is_cap INTEGER NOT NULL,
    is_recovered_reusable INTEGER NOT NULL,
    central_bp INTEGER NOT NULL,
    province_bp INTEGER NOT NULL,
    city_bp INTEGER NOT NULL,
    county_bp INTEGER NOT NULL,
    programme TEXT NOT NULL,
    validity_days INTEGER NOT NULL,
    claims_max INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    basis TEXT NOT NULL,
    made_by INTEGER NOT NULL REFERENCES person (id),
    made_ms INTEGER NOT NULL,
    decided_by INTEGER REFERENCES person (id),
    decided_ms INTEGER,
    reason TEXT NOT NULL DEFAULT '',
    result_id INTEGER REFERENCES fund (id),
    CHECK (state <> 'approved' OR decided_by <> made_by)
);
CREATE INDEX fund_setup_state ON fund_setup (state, id);
