"""The single lines around the panes: the session above, how the round stands below, the price under the prompt."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.cells import cell_len

from compare_tui.core.pricing import Cost, format_usd
from compare_tui.core.sanitize import safe_line
from compare_tui.core.take import Take
from compare_tui.core.tally import Tally, best
from compare_tui.core.verdict import Verdict
from compare_tui.ui.columns import Column
from compare_tui.ui.counters import detail, verdict_role
from compare_tui.ui.widgets.lines import Lines, Piece, shown

if TYPE_CHECKING:
    from compare_tui.engine.forecast import Forecast

_NAMED_FROM = 80
"""Columns; below there is no room for the name of the program."""
_LEAST_TITLE = 10
"""Columns of the title before which what stands dim on the right is left out."""
_BLANK: Piece = (" ", "plain")


class TopBar(Lines):
    """Title, round, what the session has cost against the cap, the date of the rates."""

    DEFAULT_CSS = "TopBar { background: $surface; }"

    def tell(
        self, title: str, where: str, cost: Cost, cap: Decimal | None, card_date: str, *, simulated: bool, marks: str
    ) -> None:
        left: list[Piece] = [(" compare-tui ", "title")] if self.app.size.width >= _NAMED_FROM else []
        left += [(f" {mark} ", "mark") for mark in ("simulated answers" if simulated else "", marks) if mark]
        spent = f" {cost} " if cost.amount is not None else f" cost {cost} "
        right: list[Piece] = [(f" {where} ", "plain"), (spent, "strong")] if where else []
        if cap is not None:
            right.append((f" cap {format_usd(cap)} a send ", "dim"))
        if card_date:
            right.append((f" rates {card_date} ", "dim"))
        room = self.app.size.width - _LEAST_TITLE
        while right and right[-1][1] == "dim" and _cells(left) + _cells(right) > room:
            right.pop()
        left.append((f" {shown(title) or 'new session'} ", "plain"))  # last, for it gives way
        self.show((tuple(left), tuple(right)))


class StatusLine(Lines):
    """Two lines: who is ahead once all are done, and the figures of the pane with the focus."""

    DEFAULT_CSS = "StatusLine { height: 2; background: $background; }"

    def tell(self, columns: Sequence[Column], running: int, chosen: Take | None, *, one_line: bool) -> None:
        summary = _summary(columns, running)
        details = (((" ", "plain"), (detail(chosen), "dim")), ()) if chosen is not None else ((), ())
        if not one_line:
            self.show(summary, details)
        elif running or chosen is None:
            self.show(summary)
        else:
            self.show(details)


def _summary(columns: Sequence[Column], running: int) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    takes = [take for column in columns for take in column.takes]
    if not takes:
        return (), ()
    fates = _fates(takes)
    if running:
        return tuple(fates), ()
    tallies = []
    for column in columns:
        if column.takes:
            tally = Tally(column.lane, column.label)
            for take in column.takes:
                tally.add(take)
            tallies.append(tally)
    won = best(tallies)
    if len(fates) > 1:
        return (*fates, *([(f" · {won}", "strong")] if won else [])), ()
    return ((f" {won}", "strong") if won else (" all done", "dim"),), ()


def _fates(takes: Sequence[Take]) -> list[Piece]:
    """How many are done, and what became of the others."""
    counted = Counter(take.verdict for take in takes)
    pieces: list[Piece] = [(f" {counted[Verdict.DONE]} of {len(takes)} done", "dim")]
    pieces += [
        (f" · {counted[verdict]} {verdict.value}", verdict_role(verdict))
        for verdict in Verdict
        if verdict is not Verdict.DONE and counted[verdict]
    ]
    return pieces


class PriceLine(Lines):
    """What sending this prompt to these lanes comes to, and what the rate card has to say against it."""

    DEFAULT_CSS = "PriceLine { background: $surface; }"

    def __init__(self, *, id: str) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self._told: tuple[Sequence[Forecast], str] = ((), "")

    def tell(self, found: "Sequence[Forecast]", problem: str) -> None:
        self._told = found, problem
        if not found:
            self.show(((_BLANK, (safe_line(problem), "warn")), ()))
            return
        tokens = max(one.input_tokens for one in found)
        size = f"{_requests(found)} · ~{tokens:,} tokens · " if tokens else f"{_requests(found)} · "
        prices = _prices(found) if tokens else [("write a prompt to see what it costs", "dim")]
        if len(prices) > 1 and _cells(prices) >= self.size.width:
            prices = [(prices[1][0].removeprefix(" · "), prices[1][1]), *prices[2:]]
        warned = list(dict.fromkeys((*filter(None, [problem]), *(text for one in found for text in one.cautions))))
        if warned:
            more = f"(+{len(warned) - 1}) " if len(warned) > 1 else ""
            prices.append((f"  ⚠ {more}{safe_line(warned[0])}", "warn"))
        fits = cell_len(size) + _cells(prices) < self.size.width
        self.show(((_BLANK, (size if fits else "", "dim"), *prices), ()))

    def on_resize(self) -> None:
        """The size of the prompt gives way to the prices, that of the input to the dearer ones."""
        self.tell(*self._told)


def _cells(pieces: Sequence[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)


def foreseen(one: "Forecast") -> str:
    """What sending to this lane alone comes to, and what speaks against it."""
    price = "" if one.blocked else "".join(text for text, _ in _prices([one]))
    return "\n\n".join(filter(None, (price, *(f"⚠ {safe_line(text)}" for text in one.cautions))))


def _requests(found: "Sequence[Forecast]") -> str:
    requests = sum(one.takes for one in found)
    return f"{requests} request{'' if requests == 1 else 's'}"


def _prices(found: "Sequence[Forecast]") -> list[Piece]:
    """Input, expected with its n, worst case; only what is known of every lane."""
    if all(one.free for one in found):
        return [("free", "strong")]
    pieces: list[Piece] = []
    inputs, likely, worst = ([getattr(one, name) for one in found] for name in ("input", "likely", "worst"))
    if None in inputs:
        unpriced = sum(1 for amount in inputs if amount is None)
        return [(f"no price for {unpriced} of {len(found)} lanes" if len(found) > 1 else "no price", "warn")]
    pieces.append((f"input ~{format_usd(sum(inputs, Decimal(0)))}", "strong"))
    if None not in likely:
        n = min(one.expected.n for one in found if one.expected) if any(one.expected for one in found) else 0
        pieces.append((f" · expected {format_usd(sum(likely, Decimal(0)))} (n {n})", "strong"))
    bound = format_usd(sum(worst, Decimal(0))) if None not in worst else "unbounded"
    pieces.append((f" · worst case {bound}", "plain"))
    return pieces
