-- The keys of one record: an import that is taken back removes records.
CREATE INDEX record_key_record ON record_key (record_id);
