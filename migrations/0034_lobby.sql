-- One waiting room of several servers: how each stands, how far is called, whose place is whose.

CREATE TABLE lobby_server (
    id INTEGER PRIMARY KEY,
    seen_ms INTEGER NOT NULL,
    waiting INTEGER NOT NULL,
    room INTEGER NOT NULL,
    rate INTEGER NOT NULL,
    stride INTEGER NOT NULL,
    marks TEXT NOT NULL
);

-- From from_ms on, every place up to called_to is called, at every server.
CREATE TABLE lobby_call (
    id INTEGER PRIMARY KEY,
    called_to INTEGER NOT NULL,
    from_ms INTEGER NOT NULL,
    made_ms INTEGER NOT NULL
);

-- Appended only; kept for a day.
CREATE TABLE lobby_place (
    id INTEGER PRIMARY KEY,
    server_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    is_used INTEGER NOT NULL,
    made_ms INTEGER NOT NULL
);
