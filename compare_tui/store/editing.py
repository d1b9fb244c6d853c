"""What users change about sessions: names, tags, what is out of sight, what is gone, what came from a file."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from time import monotonic, sleep
from typing import Any, Final

from compare_tui.core.events import Event, Kind
from compare_tui.core.record import SessionRecord
from compare_tui.core.sanitize import join_surrogates
from compare_tui.core.session import first_words, new_session_id
from compare_tui.store import moments, reading, writing
from compare_tui.store.kept import Kept, forget_unused
from compare_tui.store.places import Place
from compare_tui.store.problems import NotFound, StoreProblem

_PATIENCE_S: Final = 3.0
_STEP_PAGES: Final = 500
"""Of the search index: they take some 0.1 s."""


def change(connection: sqlite3.Connection, id_: str, **values: str | None) -> None:
    """Set columns of a session."""
    changes = ", ".join(f"{name} = :{name}" for name in values)
    told = {name: value and join_surrogates(value) for name, value in values.items()}
    if connection.execute(f"UPDATE session SET {changes} WHERE id = :id", {**told, "id": id_}).rowcount == 0:
        raise NotFound(f"there is no session {id_}")


def tag(connection: sqlite3.Connection, place: Place, name: str, value: str | None) -> None:
    """A tag of a session or of a round; None takes it away."""
    key = _key(connection, place.session)
    if place.round is not None:
        _is_there(connection, key, place)
    if value is None:
        connection.execute(
            "DELETE FROM tag WHERE session = ? AND round = ? AND name = ?",
            (key, place.round or 0, join_surrogates(name)),
        )
    else:
        writing.write_tags(connection, key, place.round or 0, {name: value})


def mark_again(connection: sqlite3.Connection, id_: str, of: str) -> None:
    change(connection, id_, again_of=of)
    connection.execute(
        "INSERT OR IGNORE INTO tag SELECT ?, 0, name, value FROM tag WHERE round = 0 AND session = "
        "(SELECT key FROM session WHERE id = ?)",
        (_key(connection, id_), of),
    )


def keep_view(connection: sqlite3.Connection, id_: str, view: Mapping[str, Any]) -> None:
    """Of a session that is there: one without a round is not."""
    connection.execute("UPDATE session SET view = ? WHERE id = ?", (json.dumps(view), id_))


def add(connection: sqlite3.Connection, record: SessionRecord, *, origin: str | None = None) -> str:
    """A session whose answers were paid for elsewhere, or before; under a new id when its own is taken."""
    taken = connection.execute("SELECT 1 FROM session WHERE id = ?", (record.id,)).fetchone()
    if taken:
        record = record.under(new_session_id())
    at = record.created or moments.now()
    key = writing.session_key(connection, record.id, writing.words_of(one.round for one in record.rounds), at)
    view = json.dumps(record.view) if record.view else None
    connection.execute(
        "UPDATE session SET name = ?, again_of = ?, view = ?, touched = ? WHERE key = ?",
        (record.name and join_surrogates(record.name), record.again_of, view, moments.now(), key),
    )
    writing.write_tags(connection, key, 0, record.tags)
    for one in record.rounds:
        writing.write_round(connection, key, one.round)
        for told in one.takes:
            events = told.events
            take = told.take()
            if take.verdict is None:  # it was on its way when the file was written
                events = (*events, Event(events[-1].t_ns if events else 0, Kind.INTERRUPTED))
                take.apply(events[-1])
            take.origin = origin if origin and take.origin == "live" else take.origin
            place = key, one.round.number
            take_key = writing.write_take(connection, key, take, day=_day(take.started_at))
            writing.append(connection, place, take_key, 0, events)
            writing.finish(connection, take_key, take, spent_here=False)
    return record.id


def duplicate(connection: sqlite3.Connection, id_: str) -> str:
    """What it holds once more. It was paid for once."""
    record = reading.session_record(connection, id_)
    ended = tuple(replace(one, takes=tuple(t for t in one.takes if t.take().verdict)) for one in record.rounds)
    name = f"{record.session().title} (copy)"
    return add(connection, replace(record.under(new_session_id()), rounds=ended, name=name, created=moments.now()))


def purge(connection: sqlite3.Connection, place: Place) -> None:
    """Within a transaction; what is left of it outside of the tables is for `scrub`."""
    key = _key(connection, place.session)
    where, values = "session = ?", [key]
    if place.round is not None:
        _is_there(connection, key, place)
        where, values = "session = ? AND round = ?", [key, place.round]
    if connection.execute(f"SELECT 1 FROM take WHERE {where} AND owner IS NOT NULL", values).fetchone():
        raise StoreProblem(f"{place} is still being answered; stop that first")
    for table in ("doc", "keeps", "tag"):
        connection.execute(f"DELETE FROM {table} WHERE {where}", values)
    if place.round is None:
        connection.execute("DELETE FROM session WHERE key = ?", (key,))
    else:
        connection.execute("DELETE FROM round WHERE session = ? AND number = ?", values)
        _first_words_again(connection, key)
    forget_unused(connection)


def scrub(connection: sqlite3.Connection) -> None:
    """After a purge: the search index forgets for good, and so does the log beside the file.

    In steps, between which others can write: at once it takes a second for 10,000 sessions.
    """
    pages = -_STEP_PAGES  # below 0: begin with everything, as `optimize` does
    merged = True
    while merged:
        before = connection.total_changes
        connection.execute("INSERT INTO word (word, rank) VALUES ('merge', ?)", (pages,))
        merged = connection.total_changes - before > 1
        pages = _STEP_PAGES
    deadline = monotonic() + _PATIENCE_S
    while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if monotonic() > deadline:
            raise StoreProblem("gone from the sessions, but somebody reads now: until that ends, the log has it still")
        sleep(0.02)  # SQLite waits for readers, and not for others that shorten the log


def _first_words_again(connection: sqlite3.Connection, key: int) -> None:
    """The title may have been the words of the round that is gone."""
    first = connection.execute("SELECT asked FROM round WHERE session = ? ORDER BY number", (key,)).fetchone()
    words = first_words(Kept(connection).whole(json.loads(first[0]))["prompt"]["text"]) if first else ""
    connection.execute("UPDATE session SET words = ? WHERE key = ?", (join_surrogates(words), key))


def _key(connection: sqlite3.Connection, id_: str) -> int:
    found = connection.execute("SELECT key FROM session WHERE id = ?", (id_,)).fetchone()
    if found is None:
        raise NotFound(f"there is no session {id_}")
    return int(found[0])


def _is_there(connection: sqlite3.Connection, key: int, place: Place) -> None:
    found = connection.execute("SELECT 1 FROM round WHERE session = ? AND number = ?", (key, place.round))
    if found.fetchone() is None:
        raise NotFound(f"there is no round {place.session}.{place.round}")


def _day(started_at: str | None) -> str | None:
    return started_at[:10] if started_at else None
