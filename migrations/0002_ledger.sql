-- The fund tree, the holds of single cases, and the transfers that explain every total.
-- The CHECK constraints repeat what src/ledger holds: they are the second lock on the same door.

CREATE TABLE fund (
    id INTEGER PRIMARY KEY,
    parent_id INTEGER REFERENCES fund (id),
    root_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    year INTEGER NOT NULL,
    depth INTEGER NOT NULL,
    is_cap INTEGER NOT NULL,
    is_recovered_reusable INTEGER NOT NULL,
    is_frozen INTEGER NOT NULL DEFAULT 0,
    is_closed INTEGER NOT NULL DEFAULT 0,
    central_bp INTEGER NOT NULL,
    province_bp INTEGER NOT NULL,
    city_bp INTEGER NOT NULL,
    county_bp INTEGER NOT NULL,
    appropriated INTEGER NOT NULL DEFAULT 0,
    allocated INTEGER NOT NULL DEFAULT 0 CHECK (allocated >= 0),
    reserved INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    approved INTEGER NOT NULL DEFAULT 0 CHECK (approved >= 0),
    paid INTEGER NOT NULL DEFAULT 0 CHECK (paid >= 0),
    recovered INTEGER NOT NULL DEFAULT 0 CHECK (recovered >= 0),
    released INTEGER NOT NULL DEFAULT 0 CHECK (released >= 0),
    direct INTEGER NOT NULL DEFAULT 0 CHECK (direct >= 0),
    paid_central INTEGER NOT NULL DEFAULT 0,
    paid_province INTEGER NOT NULL DEFAULT 0,
    paid_city INTEGER NOT NULL DEFAULT 0,
    paid_county INTEGER NOT NULL DEFAULT 0,
    CHECK (reserved + approved + paid <= appropriated),
    CHECK (allocated + direct <= appropriated),
    CHECK (central_bp + province_bp + city_bp + county_bp = 10000),
    CHECK (paid_central + paid_province + paid_city + paid_county = paid)
) STRICT;

CREATE INDEX fund_by_parent ON fund (parent_id, id);

-- The way from each fund to its root, itself included. is_direct: every node strictly below the
-- ancestor on this way is a cap, so what is used at the fund is used out of the ancestor's own money.
CREATE TABLE fund_path (
    fund_id INTEGER NOT NULL REFERENCES fund (id),
    ancestor_id INTEGER NOT NULL REFERENCES fund (id),
    is_direct INTEGER NOT NULL,
    PRIMARY KEY (fund_id, ancestor_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX fund_path_by_ancestor ON fund_path (ancestor_id, fund_id);

CREATE TABLE ledger_hold (
    id INTEGER PRIMARY KEY,
    fund_id INTEGER NOT NULL REFERENCES fund (id),
    case_kind TEXT NOT NULL,
    case_id INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    approved INTEGER NOT NULL DEFAULT 0 CHECK (approved >= 0),
    paid INTEGER NOT NULL DEFAULT 0 CHECK (paid >= 0),
    recovered INTEGER NOT NULL DEFAULT 0 CHECK (recovered >= 0),
    released INTEGER NOT NULL DEFAULT 0 CHECK (released >= 0),
    CHECK (recovered <= paid)
) STRICT;

CREATE INDEX ledger_hold_by_case ON ledger_hold (case_kind, case_id);

-- kind: the numbers of TRANSFER_KIND_LIST in src/ledger/ledger.h. Rows are never changed.
CREATE TABLE ledger_transfer (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    fund_id INTEGER NOT NULL REFERENCES fund (id),
    other_id INTEGER REFERENCES fund (id),
    hold_id INTEGER REFERENCES ledger_hold (id),
    amount INTEGER NOT NULL CHECK (amount > 0),
    central INTEGER NOT NULL,
    province INTEGER NOT NULL,
    city INTEGER NOT NULL,
    county INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    journal_id INTEGER NOT NULL,
    basis TEXT NOT NULL
) STRICT;

CREATE INDEX ledger_transfer_by_fund ON ledger_transfer (fund_id, id);
CREATE INDEX ledger_transfer_by_other ON ledger_transfer (other_id, id) WHERE other_id IS NOT NULL;
CREATE INDEX ledger_transfer_by_hold ON ledger_transfer (hold_id, id);
