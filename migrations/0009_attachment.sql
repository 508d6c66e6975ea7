-- Attachments of any record: which paper of it, the sides of a picture and its fingerprint in four
-- bands, so that the same picture is found at another record (see src/attach).

ALTER TABLE attachment ADD COLUMN part TEXT NOT NULL DEFAULT '';
ALTER TABLE attachment ADD COLUMN width INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attachment ADD COLUMN height INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attachment ADD COLUMN print INTEGER;
ALTER TABLE attachment ADD COLUMN band0 INTEGER;
ALTER TABLE attachment ADD COLUMN band1 INTEGER;
ALTER TABLE attachment ADD COLUMN band2 INTEGER;
ALTER TABLE attachment ADD COLUMN band3 INTEGER;
ALTER TABLE attachment ADD COLUMN detail BLOB;
ALTER TABLE attachment ADD COLUMN ended_ms INTEGER;
CREATE INDEX attachment_band0 ON attachment (band0) WHERE band0 IS NOT NULL;
CREATE INDEX attachment_band1 ON attachment (band1) WHERE band1 IS NOT NULL;
CREATE INDEX attachment_band2 ON attachment (band2) WHERE band2 IS NOT NULL;
CREATE INDEX attachment_band3 ON attachment (band3) WHERE band3 IS NOT NULL;
