"""What is written for a session, a round and a take: plain functions within a transaction that is open."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from compare_tui.core import round_data
from compare_tui.core.events import Data, Event, Kind
from compare_tui.core.pricing import plain
from compare_tui.core.round import Round
from compare_tui.core.sanitize import join_surrogates
from compare_tui.core.session import first_words
from compare_tui.core.take import Take
from compare_tui.store.kept import Keeper
from compare_tui.store.pack import merge, pack

_PROMPT: Final = 0
"""The number under which a prompt stands among the texts that are searched."""


def session_key(connection: sqlite3.Connection, id_: str, words: str, at: str, owner: str | None = None) -> int:
    """The session of that id, made if there is none."""
    connection.execute(
        "INSERT INTO session (id, created, touched, words, owner) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET touched = max(touched, excluded.touched), owner = excluded.owner, "
        "words = coalesce(nullif(words, ''), excluded.words)",  # all it had may have been purged
        (id_, at, at, join_surrogates(words), owner),
    )
    return int(connection.execute("SELECT key FROM session WHERE id = ?", (id_,)).fetchone()[0])


def write_round(connection: sqlite3.Connection, session: int, round_: Round) -> None:
    """Once: what was asked does not change. A round that follows another may be asked of a further lane."""
    new = connection.execute(
        "INSERT OR IGNORE INTO round (session, number, asked) VALUES (?, ?, '{}')", (session, round_.number)
    ).rowcount
    if not new and round_.follows is None:
        return
    keeper = Keeper(connection, session, round_.number)
    asked = keeper.lean({**round_data.to_data(round_, keeper.keep), "tags": {}})
    connection.execute(
        "UPDATE round SET asked = ? WHERE session = ? AND number = ?",
        (json.dumps(asked, separators=(",", ":")), session, round_.number),
    )
    if new:
        write_tags(connection, session, round_.number, round_.tags)
        searched = "\n\n".join(filter(None, (round_.prompt.text, round_.prompt.system)))
        write_doc(connection, session, round_.number, _PROMPT, searched)


def write_tags(connection: sqlite3.Connection, session: int, round_: int, tags: Mapping[str, str]) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO tag VALUES (?, ?, ?, ?)",
        [(session, round_, join_surrogates(name), join_surrogates(value)) for name, value in tags.items()],
    )


def write_doc(connection: sqlite3.Connection, session: int, round_: int, take: int, text: str) -> None:
    if text.strip():
        connection.execute(
            "INSERT OR IGNORE INTO doc (session, round, take, text) VALUES (?, ?, ?, ?)",
            (session, round_, take, join_surrogates(text)),
        )


def write_take(
    connection: sqlite3.Connection,
    session: int,
    take: Take,
    *,
    owner: str | None = None,
    day: str | None = None,
    simulated: bool = False,
) -> int:
    """A take that is about to be sent, or was elsewhere. Its key."""
    _, round_, number = take.id.rsplit(".", 2)
    lane, place = take.lane, (session, int(round_), int(number))
    connection.execute(
        "INSERT OR IGNORE INTO take "
        "(session, round, number, lane, configuration, repeat, origin, owner, model, effort, tier, day, simulated) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(*place, *map(_text, (str(lane), str(lane.configuration))), take.repeat, take.origin, owner),
            *(*map(_text, (lane.model, lane.effort, lane.tier)), day, simulated),
        ),
    )
    found = connection.execute("SELECT key FROM take WHERE session = ? AND round = ? AND number = ?", place).fetchone()
    return int(found[0])


def append(
    connection: sqlite3.Connection, place: tuple[int, int], key: int, number: int, events: Sequence[Event]
) -> None:
    """What happened to a take since; the same number again is the same piece once more, and stands in its place."""

    def lean(event: Event) -> Data:
        return Keeper(connection, *place).lean(event.data) if event.kind is Kind.REQUEST else event.data

    connection.execute(
        "INSERT OR REPLACE INTO chunk (take, number, events) VALUES (?, ?, ?)", (key, number, pack(events, lean))
    )


def append_last(connection: sqlite3.Connection, key: int, event: Event) -> None:
    """An event behind those that are written."""
    connection.execute(
        "INSERT INTO chunk (take, number, events) "
        "SELECT :take, coalesce(max(number), -1) + 1, :events FROM chunk WHERE take = :take",
        {"take": key, "events": pack([event])},
    )


def finish(
    connection: sqlite3.Connection, key: int, take: Take, *, likeness: bytes | None = None, spent_here: bool = True
) -> None:
    """The figures of a take that has ended beside its events, and its pieces as one."""
    pieces = connection.execute("SELECT events FROM chunk WHERE take = ? ORDER BY number", (key,)).fetchall()
    connection.execute("DELETE FROM chunk WHERE take = ?", (key,))
    connection.execute(
        "INSERT INTO chunk (take, number, events) VALUES (?, 0, ?)", (key, merge([piece for (piece,) in pieces]))
    )
    cost, usage = take.cost, take.usage
    billed = spent_here and take.origin == "live" and take.may_be_billed
    figures = {
        "owner": None,
        "origin": take.origin,
        "verdict": take.verdict.value if take.verdict else None,
        "cost": None if cost.amount is None else plain(cost.amount),
        "cost_state": cost.state.value,
        "billed": int(billed),
        "in_tokens": usage.input if usage else None,
        "cached_tokens": usage.cached if usage else None,
        "out_tokens": usage.output if usage else None,
        "likeness": likeness,
    }
    changes = ", ".join(f"{name} = :{name}" for name in figures)
    connection.execute(f"UPDATE take SET {changes} WHERE key = :key", {**figures, "key": key})
    session, round_, number = connection.execute(
        "SELECT session, round, number FROM take WHERE key = ?", (key,)
    ).fetchone()
    write_doc(connection, session, round_, number, searched_text(take))


def searched_text(take: Take) -> str:
    """What a search finds an answer by."""
    calls = [f"{call.name} {''.join(call.arguments)}" for call in take.tools.values()]
    return "\n\n".join(filter(None, (take.text, *calls)))


def words_of(rounds: Iterable[Round]) -> str:
    first = next(iter(rounds), None)
    return "" if first is None else first_words(first.prompt.text)


def _text(value: str | None) -> str | None:
    return None if value is None else join_surrogates(value)
