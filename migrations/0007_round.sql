-- The recycler's day: its vehicles, the plan of who goes where in which order, and what is left out.

CREATE TABLE vehicle (
    id INTEGER PRIMARY KEY,
    org_id INTEGER NOT NULL REFERENCES org (id),
    name TEXT NOT NULL,
    capacity_kg INTEGER NOT NULL,
    capacity_litre INTEGER NOT NULL,
    capacity_piece INTEGER NOT NULL,
    skills INTEGER NOT NULL,
    shift_open_min INTEGER NOT NULL,
    shift_close_min INTEGER NOT NULL,
    break_open_min INTEGER NOT NULL,
    break_min INTEGER NOT NULL,
    depot_town TEXT NOT NULL,
    is_broken INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL
);
CREATE UNIQUE INDEX vehicle_name ON vehicle (org_id, name);

-- One plan for a recycler and day; version counts its changes.
CREATE TABLE round_plan (
    id INTEGER PRIMARY KEY,
    org_id INTEGER NOT NULL REFERENCES org (id),
    day INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'released')),
    version INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    iteration_count INTEGER NOT NULL,
    made_by INTEGER NOT NULL REFERENCES person (id),
    made_ms INTEGER NOT NULL,
    released_ms INTEGER
);
CREATE UNIQUE INDEX round_plan_day ON round_plan (org_id, day);

CREATE TABLE round_stop (
    id INTEGER PRIMARY KEY,
    round_id INTEGER NOT NULL REFERENCES round_plan (id),
    vehicle_id INTEGER NOT NULL REFERENCES vehicle (id),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('pickup', 'unload', 'break')),
    pickup_id INTEGER REFERENCES pickup (id),
    arrive_ms INTEGER NOT NULL,
    depart_ms INTEGER NOT NULL,
    load_kg INTEGER NOT NULL,
    load_litre INTEGER NOT NULL,
    load_piece INTEGER NOT NULL,
    is_pinned TEXT NOT NULL CHECK (is_pinned IN ('free', 'vehicle', 'order'))
);
CREATE UNIQUE INDEX round_stop_place ON round_stop (round_id, vehicle_id, position);
CREATE UNIQUE INDEX round_stop_pickup ON round_stop (round_id, pickup_id) WHERE pickup_id IS NOT NULL;

CREATE TABLE round_tour (
    round_id INTEGER NOT NULL REFERENCES round_plan (id),
    vehicle_id INTEGER NOT NULL REFERENCES vehicle (id),
    start_ms INTEGER NOT NULL,
    end_ms INTEGER NOT NULL,
    distance_m INTEGER NOT NULL,
    travel_s INTEGER NOT NULL,
    trip_count INTEGER NOT NULL,
    load_kg INTEGER NOT NULL,
    load_litre INTEGER NOT NULL,
    load_piece INTEGER NOT NULL,
    PRIMARY KEY (round_id, vehicle_id)
);

CREATE TABLE round_out (
    round_id INTEGER NOT NULL REFERENCES round_plan (id),
    pickup_id INTEGER NOT NULL REFERENCES pickup (id),
    reason TEXT NOT NULL,
    PRIMARY KEY (round_id, pickup_id)
);

-- What the released plan tells the driver and the resident.
ALTER TABLE pickup ADD COLUMN arrive_ms INTEGER;
ALTER TABLE pickup ADD COLUMN round_vehicle TEXT;
ALTER TABLE pickup ADD COLUMN round_place INTEGER;
