"""Sessions as they were: rounds as they were asked, takes as their events."""

import json
import sqlite3
from collections.abc import Iterable

from compare_tui.core import round_data
from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.record import RoundRecord, SessionRecord, TakeRecord
from compare_tui.core.round import Round
from compare_tui.store.kept import Kept
from compare_tui.store.pack import unpack
from compare_tui.store.problems import NotFound


def session_record(
    connection: sqlite3.Connection, id_: str, round_: int | None = None, take: int | None = None
) -> SessionRecord:
    """The session, or a part of it by the numbers."""
    found = connection.execute("SELECT key, created, name, again_of, view FROM session WHERE id = ?", (id_,)).fetchone()
    if found is None:
        raise NotFound(f"there is no session {id_}")
    key, created, name, again_of, view = found
    tags = _tags(connection, key)
    rounds = [
        RoundRecord(one, _takes(connection, key, id_, one.number, take))
        for one in _rounds(connection, key, id_, round_, tags)
    ]
    return SessionRecord(id_, created, name, tags.get(0, {}), again_of, json.loads(view or "{}"), tuple(rounds))


def take_record(connection: sqlite3.Connection, key: int) -> TakeRecord:
    session, round_, number, *told = connection.execute(
        "SELECT session.id, round, number, lane, repeat, origin FROM take JOIN session ON session.key = take.session "
        "WHERE take.key = ?",
        (key,),
    ).fetchone()
    return _take(connection, Kept(connection), f"{session}.{round_}.{number}", key, *told)


def _rounds(
    connection: sqlite3.Connection, key: int, id_: str, wanted: int | None, tags: dict[int, dict[str, str]]
) -> Iterable[Round]:
    kept = Kept(connection)
    rows = connection.execute(
        "SELECT number, asked FROM round WHERE session = ? AND (? IS NULL OR number = ?) ORDER BY number",
        (key, wanted, wanted),
    ).fetchall()
    for number, asked in rows:
        data = {**kept.whole(json.loads(asked)), "tags": tags.get(number, {})}
        yield round_data.from_data(f"{id_}.{number}", data, kept.fetch)


def _tags(connection: sqlite3.Connection, key: int) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for round_, name, value in connection.execute("SELECT round, name, value FROM tag WHERE session = ?", (key,)):
        found.setdefault(round_, {})[name] = value
    return found


def _takes(
    connection: sqlite3.Connection, session: int, id_: str, round_: int, wanted: int | None
) -> tuple[TakeRecord, ...]:
    kept = Kept(connection)
    rows = connection.execute(
        "SELECT number, key, lane, repeat, origin FROM take "
        "WHERE session = ? AND round = ? AND (? IS NULL OR number = ?) ORDER BY number",
        (session, round_, wanted, wanted),
    ).fetchall()
    return tuple(_take(connection, kept, f"{id_}.{round_}.{number}", *told) for number, *told in rows)


def _take(
    connection: sqlite3.Connection, kept: Kept, id_: str, key: int, lane: str, repeat: int, origin: str
) -> TakeRecord:
    pieces = connection.execute("SELECT events FROM chunk WHERE take = ? ORDER BY number", (key,)).fetchall()
    events = [_whole(kept, event) for (piece,) in pieces for event in unpack(piece)]
    return TakeRecord(id_, Lane.parse(lane), repeat, tuple(events), origin)


def _whole(kept: Kept, event: Event) -> Event:
    return event._replace(data=kept.whole(event.data)) if event.kind is Kind.REQUEST else event
