-- Who has had a record in hand in the round that runs: whoever decides with four eyes is none of
-- them. A round begins with the start state and with a decision. What was done before counts for
-- the running round.
CREATE TABLE record_hand (
    record_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    PRIMARY KEY (record_id, person_id)
) WITHOUT ROWID;

INSERT INTO record_hand (record_id, person_id)
SELECT DISTINCT journal.subject_id, journal.user_id FROM journal
JOIN record ON record.id = journal.subject_id
WHERE journal.subject = 'record' AND journal.verb IN ('record.edit', 'record.move')
AND journal.user_id > 0;
