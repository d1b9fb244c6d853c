"""Takes whose process is gone: what came of them until then is all there is, and that is what they become."""

import sqlite3
from pathlib import Path

from compare_tui.core.events import Event, Kind
from compare_tui.core.record import TakeRecord
from compare_tui.store import reading, writing
from compare_tui.store.database import transaction
from compare_tui.store.owners import is_alive
from compare_tui.store.pack import Unreadable


def recover(connection: sqlite3.Connection, running: Path) -> list[str]:
    """End every take that nobody will; the ids of the sessions they belong to."""
    owners = [owner for (owner,) in connection.execute("SELECT DISTINCT owner FROM take WHERE owner IS NOT NULL")]
    found: dict[str, None] = {}
    for owner in owners:
        if not is_alive(running, owner):
            found |= dict.fromkeys(_end_all(connection, owner))
    return list(found)


def _end_all(connection: sqlite3.Connection, owner: str) -> list[str]:
    with transaction(connection):
        left = connection.execute(
            "SELECT session.id, take.key FROM take JOIN session ON session.key = take.session WHERE take.owner = ? "
            "ORDER BY take.key",
            (owner,),
        ).fetchall()
        for _, key in left:
            try:
                _end(connection, key, reading.take_record(connection, key))
            except Unreadable:  # one damaged answer must not keep all others from being opened
                connection.execute("UPDATE take SET owner = NULL, verdict = 'interrupted' WHERE key = ?", (key,))
    return [session for session, _ in left]


def _end(connection: sqlite3.Connection, key: int, record: TakeRecord) -> None:
    """At the moment of its last event: when the process ended is known to nobody."""
    take = record.take()
    if take.verdict is None:
        last = Event(record.events[-1].t_ns if record.events else 0, Kind.INTERRUPTED)
        take.apply(last)
        writing.append_last(connection, key, last)
    writing.finish(connection, key, take)
