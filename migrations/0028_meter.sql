-- The public meter's memory: net use of each pot a day, counted once from the transfers.

CREATE TABLE meter_day (
    fund_id INTEGER NOT NULL REFERENCES fund (id),
    day INTEGER NOT NULL,
    used_fen INTEGER NOT NULL,
    PRIMARY KEY (fund_id, day)
);

-- Up to which transfer.
CREATE TABLE meter_mark (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    transfer_id INTEGER NOT NULL,
    counted_ms INTEGER NOT NULL
);
INSERT INTO meter_mark (id, transfer_id, counted_ms) VALUES (1, 0, 0);
