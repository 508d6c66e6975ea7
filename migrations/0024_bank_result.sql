-- What was sent to the bank, line by line, and what the bank says of it.

-- One payment of one claim. number is the claim's, with "-2" and so on when it is paid again after a
-- return: a payment is known by it for ever. answered_ms: the applicant has seen to the account.
CREATE TABLE pay_line (
    id INTEGER PRIMARY KEY,
    batch_id INTEGER NOT NULL REFERENCES claim_batch (id),
    claim_id INTEGER NOT NULL REFERENCES claim (id),
    number TEXT NOT NULL,
    account_hash TEXT NOT NULL,
    account_masked TEXT NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    state TEXT NOT NULL CHECK (state IN ('sent', 'paid', 'returned')),
    reason TEXT NOT NULL DEFAULT '',
    result_id INTEGER,
    ended_ms INTEGER,
    answered_ms INTEGER
);
CREATE UNIQUE INDEX pay_line_number ON pay_line (number);
CREATE INDEX pay_line_batch ON pay_line (batch_id, id);
CREATE INDEX pay_line_claim ON pay_line (claim_id, id);
INSERT INTO pay_line (batch_id, claim_id, number, account_hash, account_masked, amount_fen, state,
        ended_ms)
    SELECT batch_id, id, number, account_hash, account_masked, amount_fen,
        CASE WHEN state = 'in_batch' THEN 'sent' ELSE 'paid' END, paid_ms
    FROM claim WHERE batch_id IS NOT NULL AND amount_fen > 0;

-- Each time that accounts went out in clear: whoever did it does not book what comes back.
CREATE TABLE pay_file (
    id INTEGER PRIMARY KEY,
    batch_id INTEGER NOT NULL REFERENCES claim_batch (id),
    form TEXT NOT NULL,
    line_count INTEGER NOT NULL,
    total_fen INTEGER NOT NULL,
    made_by INTEGER NOT NULL REFERENCES person (id),
    made_ms INTEGER NOT NULL
);
CREATE INDEX pay_file_batch ON pay_file (batch_id, id);

-- A result file. digest is SM3 of its bytes: the same file counts once.
CREATE TABLE bank_result (
    id INTEGER PRIMARY KEY,
    batch_id INTEGER NOT NULL REFERENCES claim_batch (id),
    digest TEXT NOT NULL,
    file_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('read', 'booked', 'dropped')),
    line_count INTEGER NOT NULL,
    total_fen INTEGER NOT NULL,
    stated_fen INTEGER,
    made_by INTEGER NOT NULL REFERENCES person (id),
    made_ms INTEGER NOT NULL,
    booked_by INTEGER REFERENCES person (id),
    booked_ms INTEGER,
    problem_count INTEGER NOT NULL DEFAULT 0,
    paid_count INTEGER NOT NULL DEFAULT 0,
    paid_fen INTEGER NOT NULL DEFAULT 0,
    returned_count INTEGER NOT NULL DEFAULT 0,
    returned_fen INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX bank_result_digest ON bank_result (digest) WHERE state <> 'dropped';
CREATE INDEX bank_result_batch ON bank_result (batch_id, id);

-- verdict: as booked, empty before.
CREATE TABLE bank_result_line (
    id INTEGER PRIMARY KEY,
    result_id INTEGER NOT NULL REFERENCES bank_result (id),
    file_row INTEGER NOT NULL,
    number TEXT NOT NULL,
    account_hash TEXT NOT NULL,
    account_masked TEXT NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    is_paid INTEGER NOT NULL,
    reason TEXT NOT NULL,
    verdict TEXT NOT NULL DEFAULT ''
);
CREATE INDEX bank_result_line_result ON bank_result_line (result_id, id);
