"""The single lines around the panes: the session above, how the round stands below, the price under the prompt."""

from collections.abc import Sequence
from decimal import Decimal

from compare_tui.core.pricing import Cost, format_usd
from compare_tui.core.sanitize import safe_line
from compare_tui.core.take import Take
from compare_tui.core.tally import Tally, best
from compare_tui.engine.forecast import Forecast
from compare_tui.ui.counters import detail
from compare_tui.ui.desk import Column
from compare_tui.ui.widgets.lines import Lines, Piece, shown


class TopBar(Lines):
    """Title, round, what the session has cost against the cap, the date of the rates."""

    DEFAULT_CSS = "TopBar { background: $surface; }"

    def tell(
        self, title: str, where: str, cost: Cost, cap: Decimal | None, card_date: str, *, simulated: bool, marks: str
    ) -> None:
        left: list[Piece] = [(" compare-tui ", "title"), (f" {shown(title) or 'new session'} ", "plain")]
        if simulated:
            left.append((" simulated answers ", "mark"))
        if marks:
            left.append((f" {marks} ", "mark"))
        spent = f"{cost}" if cap is None else f"{cost} of {format_usd(cap)} a send"
        right: list[Piece] = [(f" {where} ", "plain"), (f" {spent} ", "strong")]
        if card_date:
            right.append((f" rates {card_date} ", "dim"))
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
    if running:
        return ((" ", "plain"), (f"{len(takes) - running} of {len(takes)} done", "dim")), ()
    tallies = []
    for column in columns:
        if column.takes:
            tally = Tally(column.lane, column.label)
            for take in column.takes:
                tally.add(take)
            tallies.append(tally)
    won = best(tallies)
    return ((" ", "plain"), (won or "all done", "strong" if won else "dim")), ()


class PriceLine(Lines):
    """What sending this prompt to these lanes comes to, and what the rate card has to say against it."""

    DEFAULT_CSS = "PriceLine { background: $surface; }"

    def tell(self, found: Sequence[Forecast], lanes: int, *, opening: str) -> None:
        if opening:
            self.show((((" ", "plain"), (opening, "dim")), ()))
            return
        if not found:
            self.show((((" ", "plain"), ("no lane to send to · f2 adds one", "warn")), ()))
            return
        left: list[Piece] = [(f" {_requests(found)} · ~{max(one.input_tokens for one in found):,} tokens · ", "dim")]
        left += _prices(found)
        warned = list(dict.fromkeys(text for one in found for text in one.cautions))
        if warned:
            more = f" (+{len(warned) - 1})" if len(warned) > 1 else ""
            left.append((f"  ⚠ {safe_line(warned[0])}{more}", "warn"))
        elif lanes > len(found):
            left.append((f"  ⚠ {lanes - len(found)} without an endpoint", "warn"))
        self.show((tuple(left), ()))


def _requests(found: Sequence[Forecast]) -> str:
    requests = sum(one.takes for one in found)
    return f"{requests} request{'' if requests == 1 else 's'}"


def _prices(found: Sequence[Forecast]) -> list[Piece]:
    """Input, expected with its n, worst case; only what is known of every lane."""
    if all(one.free for one in found):
        return [("free", "strong")]
    pieces: list[Piece] = []
    inputs, likely, worst = ([getattr(one, name) for one in found] for name in ("input", "likely", "worst"))
    if None in inputs:
        unpriced = sum(1 for amount in inputs if amount is None)
        return [(f"no price for {unpriced} of {len(found)} lanes", "warn")]
    pieces.append((f"input ~{format_usd(sum(inputs, Decimal(0)))}", "strong"))
    if None not in likely:
        n = min(one.expected.n for one in found if one.expected) if any(one.expected for one in found) else 0
        pieces.append((f" · expected {format_usd(sum(likely, Decimal(0)))} (n {n})", "strong"))
    bound = format_usd(sum(worst, Decimal(0))) if None not in worst else "unbounded"
    pieces.append((f" · worst case {bound}", "plain"))
    return pieces
