"""What was spent: by model, tier, day or tag, over the whole store or one session."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from compare_tui.core.lane import Lane
from compare_tui.core.pricing import Cost, CostState, total
from compare_tui.core.sanitize import join_surrogates
from compare_tui.core.verdict import Verdict

_HISTORY = 20
_ANSWERS = ", ".join(f"'{verdict}'" for verdict in Verdict if verdict.is_answer)
_COLUMNS = {"model": "take.model", "tier": "coalesce(take.tier, '')", "day": "coalesce(take.day, '')"}
_FROM_TAKES = (
    "FROM take JOIN session ON session.key = take.session WHERE take.billed = 1 AND (:session IS NULL OR id = :session)"
)


@dataclass(frozen=True, slots=True)
class Spent:
    """Of takes that were sent from here; tokens as reported. An empty key stands for those without one.

    What the embedded endpoint simulated stands apart from money.
    """

    key: str
    takes: int
    input: int
    cached: int
    output: int
    cost: Cost
    simulated: bool = False


def spent(connection: sqlite3.Connection, by: str, session: str | None = None) -> list[Spent]:
    """By `model`, `tier`, `day`, or the values of the tag of that name. A round's tag goes before its session's."""
    key = _COLUMNS.get(by)
    if key is None:
        key = (
            "coalesce((SELECT value FROM tag WHERE tag.session = take.session AND tag.round IN (0, take.round) "
            "AND tag.name = :tag ORDER BY tag.round DESC LIMIT 1), '')"
        )
    rows = connection.execute(
        f"SELECT {key}, simulated, in_tokens, cached_tokens, out_tokens, cost, cost_state {_FROM_TAKES}",
        {"session": session, "tag": join_surrogates(by)},
    )
    groups: dict[tuple[str, int], list[tuple[Any, ...]]] = {}
    for name, simulated, *told in rows:
        groups.setdefault((name, simulated), []).append(tuple(told))
    found = [_summed(name, takes, bool(simulated)) for (name, simulated), takes in groups.items()]
    if by == "day":
        return sorted(found, key=lambda one: (one.simulated, one.key), reverse=True)
    return sorted(found, key=lambda one: (one.simulated, -(one.cost.amount or Decimal(0))))


def history(connection: sqlite3.Connection, lane: Lane, *, simulated: bool, besides: str = "") -> list[int]:
    rows = connection.execute(
        "SELECT out_tokens FROM take WHERE configuration = ? AND simulated = ? AND billed "
        f"AND out_tokens IS NOT NULL AND verdict IN ({_ANSWERS}) "
        "AND session IS NOT (SELECT key FROM session WHERE id = ?) "
        f"ORDER BY key DESC LIMIT {_HISTORY}",
        (str(lane.configuration), simulated, besides),
    )
    return [tokens for (tokens,) in rows][::-1]


def _summed(name: str, takes: Iterable[tuple[Any, ...]], simulated: bool) -> Spent:
    told = list(takes)
    tokens = [sum(one[at] or 0 for one in told) for at in range(3)]
    costs = [Cost(None if one[3] is None else Decimal(one[3]), CostState(one[4])) for one in told]
    return Spent(name, len(told), tokens[0], tokens[1], tokens[2], total(costs), simulated)
