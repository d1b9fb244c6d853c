"""Takes in the tables of the store, and reservations made there by a thread of its own, as a journal makes them."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

from compare_tui.config import Caps
from compare_tui.core.caps import Refusal
from compare_tui.core.lane import Lane
from compare_tui.core.take import Take
from compare_tui.store.caps import reserve
from compare_tui.store.database import transaction
from compare_tui.store.schema import STEPS
from compare_tui.store.writing import write_take

TODAY = date(2026, 3, 17)


def opened(path: Path | str) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)


def takes_table(path: Path | str = ":memory:") -> sqlite3.Connection:
    """A file of the store with one session and no takes."""
    connection = opened(path)
    with transaction(connection):
        for step in STEPS:
            step(connection)
        connection.execute("INSERT INTO session (key, id, created, touched, words) VALUES (1, 'abcdef', '', '', '')")
        connection.execute("INSERT INTO round (key, session, number, asked) VALUES (1, 1, 1, '{}')")
    return connection


def add_take(
    connection: sqlite3.Connection,
    *,
    day: str = "2026-03-17",
    cost: str | None = None,
    state: str | None = None,
    held: str | None = None,
    owner: str | None = None,
    billed: bool = True,
    origin: str = "live",
    simulated: bool = False,
) -> int:
    """A take that has ended, or runs while it has an owner; its key."""
    number = connection.execute("SELECT count(*) + 1 FROM take").fetchone()[0]
    take = Take(f"abcdef.1.{number}", Lane("m"), origin=origin)
    key = write_take(connection, 1, take, owner=owner, day=day, simulated=simulated)
    connection.execute(
        "UPDATE take SET cost = ?, cost_state = ?, billed = ?, held = ? WHERE key = ?", (cost, state, billed, held, key)
    )
    return key


class Till:
    """One process on the store: takes by name, each reservation a transaction of its own."""

    def __init__(self, connection: sqlite3.Connection, caps: Caps, owner: str, *, today: date = TODAY) -> None:
        self._connection = connection
        self._caps = caps
        self._owner = owner
        self._today = today
        self._keys: dict[str, int] = {}
        self._thread = ThreadPoolExecutor(1)
        self.asked: list[str] = []
        self.is_alive: Callable[[str], bool] = lambda owner: True

    def __enter__(self) -> "Till":
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown()
        self._connection.close()

    def begin(self, name: str) -> None:
        with transaction(self._connection):
            self._keys[name] = add_take(self._connection, owner=self._owner, billed=False)

    def reserve(self, name: str, amount: Decimal | None) -> "Future[Refusal | None]":
        self.asked.append(name)
        return self._thread.submit(self._reserved, self._keys[name], amount)

    def ended(self, name: str, cost: str | None = None, state: str = "final", *, billed: bool = True) -> None:
        self._thread.submit(self._end, self._keys[name], cost, state, billed).result()

    def held(self, name: str) -> str | None:
        row = self._connection.execute("SELECT held FROM take WHERE key = ?", (self._keys[name],)).fetchone()
        found: str | None = row[0]
        return found

    def _reserved(self, key: int, amount: Decimal | None) -> Refusal | None:
        with transaction(self._connection) as open_:
            refusal = reserve(open_, self._caps, key, amount, self._today, is_alive=self.is_alive)
            if refusal is None:
                open_.execute("UPDATE take SET held = ? WHERE key = ?", (str(amount), key))
        return refusal

    def _end(self, key: int, cost: str | None, state: str, billed: bool) -> None:
        with transaction(self._connection) as open_:
            open_.execute(
                "UPDATE take SET owner = NULL, cost = ?, cost_state = ?, billed = ? WHERE key = ?",
                (cost, state, billed, key),
            )
