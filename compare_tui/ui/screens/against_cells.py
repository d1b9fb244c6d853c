"""What has changed from one session to another, as the cells of a table: then in the upper line, now in the lower."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from compare_tui.core.pairing import Change, LaneShift, Pair, Shift, Side
from compare_tui.core.pricing import format_usd
from compare_tui.core.sanitize import safe_line
from compare_tui.core.session import first_words
from compare_tui.core.tally import DASH, in_percent, seconds
from compare_tui.ui.counters import state_piece
from compare_tui.ui.widgets.lines import Piece, Row, shown
from compare_tui.ui.widgets.table import Column

_BLANK: Row = ((), ())
_NOTHING: Row = (((DASH, "dim"),), ())


def dollars(amount: float) -> str:
    return format_usd(Decimal(str(amount)))


def tokens(number: float) -> str:
    return f"{number:,.0f}"


@dataclass(frozen=True, slots=True)
class Figure:
    """How a figure is written, and whether more of it is worse."""

    column: Column
    written: Callable[[float], str]
    more_is_worse: bool = True


_SHOWN: Final = {
    "cost": Figure(Column("cost", 16, 22), dollars),
    "TTFT": Figure(Column("TTFT", 16, 26), seconds),
    "total": Figure(Column("total", 16, 26), seconds),
    "out tok": Figure(Column("output tokens", 16, 22), tokens, more_is_worse=False),
    "TTFA": Figure(Column("TTFA", 16, 26), seconds),
}
_WITH_P95: Final = 23
_FIRST: Final = (Column("then · now", 24, 60), Column("verdict", 14, 18), Column("text", 11, 16))


def figures_of(found: Sequence[Pair]) -> tuple[str, ...]:
    """Those worth a column: TTFA only where it is not TTFT."""
    apart = any(pair.changes["TTFA"] != pair.changes["TTFT"] for pair in found)
    return tuple(name for name in _SHOWN if apart or name != "TTFA")


def columns(figures: Sequence[str], *, roomy: bool) -> tuple[Column, ...]:
    """With room enough the summed up times have their percentiles beside them."""
    found = [_SHOWN[name].column for name in figures]
    return (*_FIRST, *(replace(one, width=_WITH_P95) if roomy and one.most > _WITH_P95 else one for one in found))


def percent(by: float | None) -> str:
    """`=` for nearly the same."""
    return "" if by is None else "=" if by == 0 else in_percent(by, "+")


def pair_cell(pair: Pair, label: str, figures: Sequence[str], column: int) -> Sequence[Row]:
    if column == 0:
        return _whose(pair, label)
    if column == 1:
        return _verdict(pair.old, None), _verdict(pair.new, pair.verdict)
    if column == 2:
        return _BLANK, (((_likeness(pair),), ()) if pair.is_whole else _BLANK)
    name = figures[column - len(_FIRST)]
    change = pair.changes[name]
    return _figure(change, _SHOWN[name])


def _whose(pair: Pair, label: str) -> Sequence[Row]:
    side = pair.side
    number: Piece = (f"{side.round.number:>3}  ", "key")
    words = shown(first_words(side.round.prompt.text)) or "(no text)"
    repeat = f" · {side.take.repeat}" if side.take.repeat > 1 else ""
    alone = "" if pair.is_whole else " · only now" if pair.new else " · only then"
    return ((number, (words, "plain")), ()), (
        (("     ", "plain"), (f"{shown(label)}{repeat}", "dim"), (alone, "warn")),
        (),
    )


def _verdict(side: Side | None, worse: int | None) -> Row:
    if side is None:
        return _NOTHING
    text, role = state_piece(side.take)
    mark = " ▲" if worse and worse > 0 else ""
    return ((text, "dim" if worse is None else role), (mark, "bad")), ()


def _likeness(pair: Pair) -> Piece:
    """Worked out elsewhere, for a long text takes its time."""
    if "likeness" not in vars(pair):
        return "…", "dim"
    if pair.likeness is None:
        return DASH, "dim"
    return ("same", "dim") if pair.same_text else (f"{pair.likeness} % alike", "plain")


def _figure(change: Change, figure: Figure) -> Sequence[Row]:
    old, new = (DASH if value is None else figure.written(value) for value in (change.old, change.new))
    return (((old, "dim"),), ()), (((new, "plain"),), _changed(change.by, figure, noise=False))


def _changed(by: float | None, figure: Figure, *, noise: bool) -> tuple[Piece, ...]:
    if not by or noise or not figure.more_is_worse:
        return ((percent(by), "dim"),)
    return ((percent(by), "warn" if by > 0 else "good"),)


def lane_cell(shift: LaneShift, label: str, figures: Sequence[str], column: int, width: int) -> Sequence[Row]:
    """All pairs of a lane: medians, how many pairs they are of, and whether the change is more than noise."""
    if column == 0:
        alone = f", {shift.unpaired} without" if shift.unpaired else ""
        return (((f"  ∑  {shown(label)}", "title"),), ()), (((f"     {told(shift.pairs)}{alone}", "dim"),), ())
    if column == 1:
        return _verdicts(shift)
    if column == 2:
        differ = f"{shift.differing} of {shift.compared}" if shift.compared else DASH
        return (((differ, "strong" if shift.differing else "dim"),), ()), ((("differ", "dim"),), ())
    name = figures[column - len(_FIRST)]
    return _shift(shift.figures[name], _SHOWN[name], width)


def told(pairs: int) -> str:
    return f"{pairs} {'pair' if pairs == 1 else 'pairs'}"


def _verdicts(shift: LaneShift) -> Sequence[Row]:
    worse: Piece = (f"{shift.worse} worse", "bad" if shift.worse else "dim")
    better: Piece = (f"{shift.better} better", "good" if shift.better else "dim")
    return ((worse,), ()), ((better,), ())


def _shift(shift: Shift, figure: Figure, width: int) -> Sequence[Row]:
    if shift.old is None or shift.new is None:
        return _NOTHING, _BLANK
    before, now = figure.written(shift.old), figure.written(shift.new)
    if shift.old_p95 is not None and shift.new_p95 is not None and width >= _WITH_P95:
        before += f" p95 {figure.written(shift.old_p95)}"
        now += f" p95 {figure.written(shift.new_p95)}"
    (words, role), *_ = _changed(shift.by, figure, noise=shift.is_noise)
    words = f"({words})" if shift.is_noise and shift.by else words
    return (
        (((before, "dim"),), ((f"n {shift.n}", "dim"),)),
        (((now, "strong"),), ((words, role),)),
    )


def session_name(title: str, id_: str) -> str:
    return f"{safe_line(title[:80]) or 'a session'} ({id_})"
