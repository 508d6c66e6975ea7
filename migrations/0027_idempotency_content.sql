-- What was asked under a key, as a digest: the same key for something else is refused. Keys taken
-- before this have none and are refused for whatever is asked.
ALTER TABLE idempotency ADD COLUMN content TEXT NOT NULL DEFAULT '';
