"""What a report says, as rows of values: named as in the CSV where it has the name, unknown is None."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from compare_tui.core.lane import Lane
from compare_tui.core.pairing import FIGURES, Pair, Side
from compare_tui.core.pricing import Cost, CostState, total
from compare_tui.core.sanitize import join_surrogates
from compare_tui.core.session import Session, first_words
from compare_tui.core.spending import answer_cost, cached_share, mean
from compare_tui.core.take import Take
from compare_tui.core.tally import FEWEST_FOR_PERCENTILES, Tally
from compare_tui.export.rows import digits

if TYPE_CHECKING:
    from compare_tui.store.store import Spent

Value = str | int | float | Decimal | None | Mapping[str, int]
Row = dict[str, Value]

_DIGITS: Final = 3


def lane_tallies(session: Session, labels: Mapping[Lane, str]) -> list[tuple[Tally, list[Take]]]:
    """Each configuration with its takes that have ended. Those from the store are in no figure of the tally."""
    takes: dict[Lane, list[Take]] = {}
    for take in session.takes():
        if take.verdict is not None:
            takes.setdefault(take.lane.configuration, []).append(take)
    found = []
    for lane, mine in takes.items():
        tally = Tally(lane, labels[lane])
        for take in mine:
            if take.origin != "store":
                tally.add(take)
        found.append((tally, mine))
    return found


def lane_row(session: Session, tally: Tally, takes: Sequence[Take]) -> Row:
    """A lane of a session: medians with their range and number, from twenty on the 95th percentile."""
    sent = [take for take in takes if take.origin != "store"]
    read, cached, out = tokens(sent)
    answers = [cost for take in sent if (cost := answer_cost(take)) is not None]
    return {
        "session": session.id,
        "lane": str(tally.lane),
        "takes": len(takes),
        "from_store": len(takes) - len(sent),
        "verdicts": dict(tally.verdicts),
        **_spread("ttft_ms", tally.ttft_ms),
        **_spread("ttfa_ms", tally.ttfa_ms),
        **_spread("total_ms", tally.total_ms),
        **_spread("tokens_per_s", tally.tokens_per_s),
        "in_tokens": read,
        "cached_tokens": cached,
        "cached_share": cached_share(read or 0, cached or 0) if cached is not None else None,
        "out_tokens": out,
        "cost_per_answer_usd": mean(answers).amount,
        **_cost(total(tally.costs)),
    }


def tokens(takes: Iterable[Take]) -> tuple[int | None, int | None, int | None]:
    """Input, cached and output as reported; None when no take says."""
    told = [take.usage for take in takes if take.usage is not None]
    return (
        _sum(usage.input for usage in told),
        _sum(usage.cached for usage in told if usage.input is not None),
        _sum(usage.output for usage in told),
    )


def _sum(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _spread(name: str, figures: list[float]) -> Row:
    import statistics

    enough = len(figures) >= FEWEST_FOR_PERCENTILES
    return {
        name: _rounded(statistics.median(figures)) if figures else None,
        f"{name}_low": _rounded(min(figures)) if figures else None,
        f"{name}_high": _rounded(max(figures)) if figures else None,
        f"{name}_p95": _rounded(statistics.quantiles(figures, n=20, method="inclusive")[18]) if enough else None,
        f"{name}_n": len(figures),
    }


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, _DIGITS)


def _cost(cost: Cost) -> Row:
    known = cost.state is not CostState.NO_PRICE
    return {"cost_usd": cost.amount, "cost_state": cost.state.value if known else None}


# One session against another

_COMPARED: Final = {
    "ttft_ms": "TTFT",
    "ttfa_ms": "TTFA",
    "total_ms": "total",
    "cost_usd": "cost",
    "out_tokens": "out tok",
}
"""The names in the CSV of the figures that pairs are compared by."""


def pair_row(new: Session, old: Session, pair: Pair) -> Row:
    """`old_` is before what it was, `_change` behind a share of that: 0.25 is a quarter more.

    Figures are those that can be compared: of answers, measured, neither estimated nor from the store.
    """
    row: Row = {"session": new.id, "old_session": old.id, "prompt_id": pair.side.round.prompt_id}
    row |= _places(pair.new, "") | _places(pair.old, "old_")
    row |= {"lane": str(pair.lane), "repeat": pair.side.take.repeat}
    row |= {"verdict": _verdict(pair.new), "old_verdict": _verdict(pair.old), "worse": pair.verdict}
    row["likeness"] = pair.likeness
    for name, figure in _COMPARED.items():
        old_value, new_value = (None if side is None else FIGURES[figure](side.take) for side in (pair.old, pair.new))
        row |= {name: _tidy(new_value), f"old_{name}": _tidy(old_value)}
        row[f"{name.rpartition('_')[0]}_change"] = _rounded(pair.changes[figure].by)
    row["prompt"] = join_surrogates(first_words(pair.side.round.prompt.text))
    return row


def _tidy(value: float | Decimal | None) -> float | Decimal | None:
    return _rounded(value) if isinstance(value, float) else value


def _places(side: Side | None, before: str) -> Row:
    return {f"{before}take": None if side is None else side.take.id}


def _verdict(side: Side | None) -> str | None:
    return None if side is None or side.take.verdict is None else side.take.verdict.value


# What was spent


def spent_row(by: str, spent: "Spent") -> Row:
    return {
        "by": by,
        "value": join_surrogates(spent.key) or None,
        "simulated": spent.simulated,
        "takes": spent.takes,
        "in_tokens": spent.input,
        "cached_tokens": spent.cached,
        "cached_share": _rounded(cached_share(spent.input, spent.cached)),
        "out_tokens": spent.output,
        **_cost(spent.cost),
    }


# As text


def as_json(row: Row) -> str:
    import json

    return json.dumps({name: float(value) if isinstance(value, Decimal) else value for name, value in row.items()})


def as_csv(rows: Sequence[Row]) -> str:
    """A spreadsheet runs no cell of it."""
    import csv
    import io

    from compare_tui.export.csv import safe_cell

    def cell(value: Value) -> str:
        if value is None:
            return ""
        if isinstance(value, Mapping):
            return ";".join(f"{name}={count}" for name, count in value.items())
        if isinstance(value, bool):
            return str(value).lower()
        return safe_cell(value) if isinstance(value, str) else digits(value)

    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(rows[0] if rows else ())
    lines.writerows([cell(value) for value in row.values()] for row in rows)
    return text.getvalue()
