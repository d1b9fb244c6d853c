"""The caps that all processes share: whether one more take fits under them, decided within a transaction.

Exact decimals are summed here and not by SQLite, which would add them as floats.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, localcontext
from typing import Final, NamedTuple

from compare_tui.config import Caps
from compare_tui.core.caps import Refusal, counted
from compare_tui.core.pricing import EXACT

_PAID: Final = """
SELECT day, cost, cost_state, held, owner FROM take
WHERE day >= ? AND origin IN ('live', 'batch') AND (billed OR owner IS NOT NULL) AND key <> ? AND simulated = ?
"""
_NO_KEY: Final = 0


class _Paid(NamedTuple):
    """A take that cost something, or may: it runs while it has an owner."""

    day: str
    cost: str | None
    cost_state: str | None
    held: str | None
    owner: str | None

    def counted(self) -> Decimal:
        cost, held = (None if text is None else Decimal(text) for text in (self.cost, self.held))
        return counted(cost, self.cost_state or "", held)


def reserve(
    connection: sqlite3.Connection,
    caps: Caps,
    take_key: int,
    amount: Decimal | None,
    today: date,
    *,
    is_alive: Callable[[str], bool] = lambda owner: True,
) -> Refusal | None:
    """Why this take may not be sent, or None: then the caller writes down the amount as held.

    What the takes of an owner that is not alive may have cost counts as spent: nobody will give it back.
    """
    if not caps.over_time:
        return None
    if amount is None:
        setting = caps.over_time[0].setting
        return Refusal(f"nothing says what this may cost (no price, or no max=N), so {setting} cannot hold it")
    since = min(cap.span.since(today) for cap in caps.over_time)
    paid = _paid(connection, since, take_key, simulated=_is_simulated(connection, take_key))
    waits = None
    with localcontext(EXACT):
        for cap in caps.over_time:
            spent, held = _sums(one for one in paid if one.day >= cap.span.since(today).isoformat())
            if cap.refuses(spent, amount, held=sum(held.values(), Decimal(0))) is None:
                continue
            spent += sum(held.pop(owner) for owner in list(held) if not is_alive(owner))
            if why := cap.refuses(spent, amount):
                return Refusal(why)
            if why := cap.refuses(spent, amount, held=sum(held.values(), Decimal(0))):
                waits = Refusal(why, passes=True)
    return waits


def spent_since(connection: sqlite3.Connection, day: date, *, simulated: bool = False) -> Decimal:
    """What the takes sent since this day count for, without those under way."""
    with localcontext(EXACT):
        return _sums(_paid(connection, day, _NO_KEY, simulated=simulated))[0]


def _is_simulated(connection: sqlite3.Connection, take_key: int) -> bool:
    """Its prices are no money: they count among themselves."""
    return connection.execute("SELECT 1 FROM take WHERE key = ? AND simulated", (take_key,)).fetchone() is not None


def _paid(connection: sqlite3.Connection, since: date, but_for: int, *, simulated: bool) -> list[_Paid]:
    return [_Paid(*row) for row in connection.execute(_PAID, (since.isoformat(), but_for, simulated))]


def _sums(paid: Iterable[_Paid]) -> tuple[Decimal, dict[str, Decimal]]:
    """What is spent, and what each owner holds for takes under way."""
    spent = Decimal(0)
    held: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in paid:
        if one.owner is None:
            spent += one.counted()
        elif one.held is not None:
            held[one.owner] += Decimal(one.held)
    return spent, held
