-- How coupons are handed out: by time and quota, by waiting list, by draw.

-- category and town_code: empty, all of them. day_quota, hour_quota: 0, none. Days of the cut-off: NULL,
-- the pot's validity decides alone. The draw's columns are empty in other ways.
CREATE TABLE coupon_release (
    id INTEGER PRIMARY KEY,
    programme TEXT NOT NULL,
    year INTEGER NOT NULL,
    category TEXT NOT NULL,
    town_code TEXT NOT NULL,
    name TEXT NOT NULL,
    way TEXT NOT NULL CHECK (way IN ('first_come', 'waiting_list', 'draw')),
    state TEXT NOT NULL CHECK (state IN ('open', 'paused', 'closed', 'drawn')),
    starts_ms INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL CHECK (ends_ms > starts_ms),
    quota INTEGER NOT NULL CHECK (quota > 0),
    day_quota INTEGER NOT NULL CHECK (day_quota >= 0),
    hour_quota INTEGER NOT NULL CHECK (hour_quota >= 0),
    purchase_until INTEGER,
    file_until INTEGER,
    commitment TEXT NOT NULL,
    source TEXT NOT NULL,
    seed TEXT NOT NULL,
    public_words TEXT NOT NULL,
    made_by INTEGER NOT NULL REFERENCES person (id),
    made_ms INTEGER NOT NULL
);
CREATE INDEX coupon_release_programme ON coupon_release (programme, year, id);

-- How many were given: slot 0 in all; else the day's number, or the hour's since 1970.
CREATE TABLE coupon_release_count (
    release_id INTEGER NOT NULL REFERENCES coupon_release (id),
    span TEXT NOT NULL CHECK (span IN ('all', 'day', 'hour')),
    slot INTEGER NOT NULL,
    count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (release_id, span, slot)
) WITHOUT ROWID;

-- Which release gave a coupon.
CREATE TABLE coupon_grant (
    coupon_id INTEGER PRIMARY KEY REFERENCES coupon (id),
    release_id INTEGER NOT NULL REFERENCES coupon_release (id)
);
CREATE INDEX coupon_grant_release ON coupon_grant (release_id, coupon_id);

-- One place a person and release, on any device. The order of a waiting list is that of the ids, of a
-- draw that of the ranks. The receipt is random; its SM3 is what is published.
CREATE TABLE coupon_place (
    id INTEGER PRIMARY KEY,
    release_id INTEGER NOT NULL REFERENCES coupon_release (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    receipt TEXT NOT NULL,
    hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'given', 'refused', 'left')),
    rank INTEGER NOT NULL DEFAULT 0,
    coupon_id INTEGER,
    reason TEXT NOT NULL DEFAULT '',
    taken_ms INTEGER NOT NULL,
    ended_ms INTEGER
);
CREATE UNIQUE INDEX coupon_place_once ON coupon_place (release_id, person_id) WHERE state <> 'left';
CREATE INDEX coupon_place_waiting ON coupon_place (release_id, rank, id) WHERE state = 'waiting';
CREATE UNIQUE INDEX coupon_place_hash ON coupon_place (release_id, hash);
