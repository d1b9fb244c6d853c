"""What processes write to a store in tests: answers without an endpoint, and versions of the file yet to come."""

import itertools
import os
import signal
import sqlite3
from collections.abc import Callable
from typing import Final

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt
from compare_tui.core.session import SentRound, Session
from compare_tui.core.take import Take
from compare_tui.store.journal import Journal
from compare_tui.store.schema import STEPS, Step
from tests.store_samples import told

LANE = Lane.parse("gpt-5.5 low")


class Diary:
    """One session, written round by round. What a take was told is `said`: numbered words, each of them once."""

    def __init__(self, journal: Journal, word: str, session: str | None = None) -> None:
        self.word = word
        self.said = ""
        self.take = Take("?", LANE)
        self._journal = journal
        self._session = Session(session) if session else Session()
        self._numbers = itertools.count()

    @property
    def session(self) -> str:
        return self._session.id

    def begin(self) -> None:
        round_ = self._session.next_round(Prompt(f"{self.word}?"), (LANE,), {})
        (self.take,) = round_.takes()
        self._session.rounds.append(SentRound(round_, [self.take]))
        self.said = ""
        self._journal.begin(round_, [Take(self.take.id, LANE)], ())
        self._tell(*told("", verdict="running")[:-1])

    def record(self, words: int = 1) -> None:
        for number in itertools.islice(self._numbers, words):
            word = f"{self.word} {number} "
            self.said += word
            self._tell(Event(2_000_000_000 + number, Kind.TEXT, word))

    def end(self) -> None:
        self._tell(*told("")[-3:])
        self._journal.ended(self.take)

    def _tell(self, *events: Event) -> None:
        self._journal.record(self.take.id, list(events))
        self.take.apply_all(events)


def _colours(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE session ADD COLUMN colour TEXT")
    connection.execute("UPDATE session SET colour = 'grey'")


def _pieces(connection: sqlite3.Connection) -> None:
    """A table made anew, as SQLite wants it for most changes."""
    connection.execute(
        "CREATE TABLE piece (key INTEGER PRIMARY KEY, take INTEGER NOT NULL REFERENCES take, events BLOB)"
    )
    for key, take, events in connection.execute("SELECT key, take, events FROM chunk").fetchall():
        connection.execute("INSERT INTO piece VALUES (?, ?, ?)", (key, take, events))
    connection.execute("DROP TABLE chunk")
    connection.execute("CREATE INDEX piece_take ON piece (take)")


def _forgets(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM tag")
    connection.execute("DROP INDEX tag_name")


FURTHER_STEPS: Final[tuple[Step, ...]] = (*STEPS, _colours, _pieces, _forgets)
"""As later versions may have them."""


def deadly_steps(after: int, *, between: bool) -> tuple[Step, ...]:
    """Those that kill the process when so many statements were begun for them, or SQLite has done so much."""
    left = after

    def count(_: object = None) -> int:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    return tuple(watched_step(step, count, between=between) for step in FURTHER_STEPS)


def watched_step(step: Step, count: Callable[..., int], *, between: bool) -> Step:
    """One that begins to count, statements or work done; what follows it on this connection is counted as well."""

    def run(connection: sqlite3.Connection) -> None:
        if between:
            connection.set_trace_callback(count)
        else:
            connection.set_progress_handler(count, 10)
        step(connection)

    return run
