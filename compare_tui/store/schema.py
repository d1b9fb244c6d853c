"""The tables, version by version: each step makes the next one of a file."""

import sqlite3
from collections.abc import Callable
from typing import Final

APPLICATION_ID: Final = 0x63745549
"""`ctUI`: what tells our file from another one."""

_SESSIONS: Final = """
CREATE TABLE session (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL,      -- UTC, ISO 8601, milliseconds, Z; so are all moments
    touched TEXT NOT NULL,      -- the last round or answer
    words TEXT NOT NULL,        -- how the first prompt begins
    name TEXT,
    again_of TEXT,
    view TEXT,                  -- JSON
    owner TEXT,                 -- the process that writes to it
    deleted TEXT                -- out of sight since
);
CREATE INDEX session_touched ON session (touched, key);

CREATE TABLE round (
    key INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    number INTEGER NOT NULL,
    asked TEXT NOT NULL,        -- JSON: the round but for its id and tags
    UNIQUE (session, number)
);

CREATE TABLE tag (
    session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    round INTEGER NOT NULL,     -- its number; 0 is the session
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (session, round, name)
) WITHOUT ROWID;
CREATE INDEX tag_name ON tag (name, value);

CREATE TABLE take (
    key INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    round INTEGER NOT NULL,     -- its number
    number INTEGER NOT NULL,
    lane TEXT NOT NULL,
    configuration TEXT NOT NULL,  -- the lane without its name, repeats and timeout
    repeat INTEGER NOT NULL,
    origin TEXT NOT NULL,       -- live, store, batch, import
    owner TEXT,                 -- the process whose take it is, while it runs
    model TEXT NOT NULL,
    effort TEXT,
    tier TEXT,
    verdict TEXT,
    cost TEXT,                  -- decimal USD
    cost_state TEXT,
    billed INTEGER NOT NULL DEFAULT 0,  -- spent from here
    simulated INTEGER NOT NULL DEFAULT 0,  -- by the embedded endpoint: counts apart from money
    held TEXT,                  -- decimal USD that it may still cost
    day TEXT,                   -- local date of its sending
    in_tokens INTEGER,
    cached_tokens INTEGER,
    out_tokens INTEGER,
    likeness BLOB,              -- digest of what was asked of what; only of good answers
    UNIQUE (session, round, number),
    FOREIGN KEY (session, round) REFERENCES round (session, number) ON DELETE CASCADE
);
CREATE INDEX take_running ON take (owner) WHERE owner IS NOT NULL;
CREATE INDEX take_configuration ON take (configuration, key);
CREATE INDEX take_day ON take (day) WHERE day IS NOT NULL;
CREATE INDEX take_likeness ON take (likeness) WHERE likeness IS NOT NULL;

CREATE TABLE chunk (
    key INTEGER PRIMARY KEY,
    take INTEGER NOT NULL REFERENCES take ON DELETE CASCADE,
    number INTEGER NOT NULL,
    events BLOB NOT NULL,       -- as `pack` writes them
    UNIQUE (take, number)
);

CREATE TABLE kept (             -- pictures and long texts, each once
    digest TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
);
CREATE TABLE keeps (
    session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    round INTEGER NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (session, round, digest),
    FOREIGN KEY (session, round) REFERENCES round (session, number) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX keeps_digest ON keeps (digest);

CREATE TABLE doc (              -- what a search looks through: prompts (take 0) and answers
    key INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    round INTEGER NOT NULL,
    take INTEGER NOT NULL,      -- its number
    text TEXT NOT NULL,
    UNIQUE (session, round, take),
    FOREIGN KEY (session, round) REFERENCES round (session, number) ON DELETE CASCADE
);
CREATE VIRTUAL TABLE word USING fts5 (
    text, content = 'doc', content_rowid = 'key', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER doc_added AFTER INSERT ON doc BEGIN
    INSERT INTO word (rowid, text) VALUES (new.key, new.text);
END;
CREATE TRIGGER doc_gone AFTER DELETE ON doc BEGIN
    INSERT INTO word (word, rowid, text) VALUES ('delete', old.key, old.text);
END;
"""


def _first(connection: sqlite3.Connection) -> None:
    for statement in _statements(_SESSIONS):
        connection.execute(statement)


Step = Callable[[sqlite3.Connection], None]

STEPS: Final[tuple[Step, ...]] = (_first,)
"""Step n makes version n + 1 of version n. What was released is never changed again: a further step is."""


def _statements(script: str) -> list[str]:
    """`executescript` would commit before the first one."""
    found, begun = [], ""
    for line in script.splitlines():
        begun += f"{line}\n"
        if line.rstrip().endswith(";") and sqlite3.complete_statement(begun):
            found.append(begun)
            begun = ""
    return found
