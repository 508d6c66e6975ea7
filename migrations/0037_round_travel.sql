-- Where the ways of a plan came from: estimated, a map server, or estimated because it failed.

ALTER TABLE round_plan ADD COLUMN travel TEXT NOT NULL DEFAULT 'estimated'
    CHECK (travel IN ('estimated', 'measured', 'fallback'));
