-- How the resident confirmed weight and money at the door; empty: collected before this was asked.

ALTER TABLE pickup ADD COLUMN signed TEXT NOT NULL DEFAULT ''
    CHECK (signed IN ('', 'code', 'paper'));
