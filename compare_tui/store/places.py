"""Places in the store: a session, a round of it, a take of that, and how users name them."""

import re
import sqlite3
from dataclasses import dataclass, replace

from compare_tui.core.sanitize import safe_line
from compare_tui.store.problems import NotFound

_NAMED = re.compile(r"([a-z0-9]+)((?:\.\d{1,9}){0,3})")
_NEAR = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Written `SESSION`, `SESSION.R` or `SESSION.R.T`, numbers from 1."""

    session: str
    round: int | None = None
    take: int | None = None

    def __str__(self) -> str:
        return ".".join(str(part) for part in (self.session, self.round, self.take) if part is not None)


def resolve(connection: sqlite3.Connection, text: str) -> Place:
    """An id, a beginning that only one session has, or `last`, each with `.R` and `.R.T` behind it."""
    shown = safe_line(text)[:80]
    named = _NAMED.fullmatch(text.strip())
    if named is None:
        raise NotFound(f"{shown} is no id of a session, round or take")
    numbers = [int(number) for number in named[2].split(".") if number]
    if len(numbers) > 2:
        raise NotFound(f"{shown} names a step; no take has steps yet")
    place = Place(_session(connection, named[1], shown), *numbers)
    if numbers and not is_there(connection, place):
        raise NotFound(f"there is no {place}; {_what_is_there(connection, place)}")
    return place


def _session(connection: sqlite3.Connection, word: str, shown: str) -> str:
    if word == "last":
        newest = connection.execute(
            "SELECT id FROM session WHERE deleted IS NULL ORDER BY touched DESC, key DESC LIMIT 1"
        ).fetchone()
        if newest is None:
            raise NotFound("there is no session yet")
        return str(newest[0])
    if connection.execute("SELECT 1 FROM session WHERE id = ?", (word,)).fetchone():
        return word
    near = [id_ for (id_,) in connection.execute("SELECT id FROM session WHERE id >= ? ORDER BY id LIMIT 5", (word,))]
    meant = [id_ for id_ in near if id_.startswith(word)]
    if len(meant) == 1:
        return str(meant[0])
    if meant:
        raise NotFound(f"{shown} is the beginning of several sessions: {', '.join(meant[:_NEAR])}")
    raise NotFound(f"there is no session {shown}; compare-tui sessions list shows them")


def is_there(connection: sqlite3.Connection, place: Place) -> bool:
    table, number = ("round", place.round) if place.take is None else ("take", place.take)
    inside = "" if place.take is None else "AND round = :round"
    found = connection.execute(
        f"SELECT 1 FROM {table} WHERE session = (SELECT key FROM session WHERE id = :session) "
        f"{inside} AND number = :number",
        {"session": place.session, "round": place.round, "number": number},
    )
    return found.fetchone() is not None


def _what_is_there(connection: sqlite3.Connection, place: Place) -> str:
    in_round = replace(place, take=None)
    if place.take is not None and is_there(connection, in_round):
        (last,) = connection.execute(
            "SELECT max(number) FROM take WHERE session = (SELECT key FROM session WHERE id = ?) AND round = ?",
            (place.session, place.round),
        ).fetchone()
        return f"the takes of {in_round} go to {last}" if last else f"{in_round} has no takes"
    (last,) = connection.execute(
        "SELECT max(number) FROM round WHERE session = (SELECT key FROM session WHERE id = ?)", (place.session,)
    ).fetchone()
    return f"the rounds of {place.session} go to {last}" if last else f"{place.session} has no rounds"
