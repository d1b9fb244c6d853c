"""What a run shows on stderr while it goes on: a line a lane on a terminal, a line for every ended take elsewhere."""

from collections import Counter
from collections.abc import Iterable
from time import perf_counter_ns

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from compare_tui.cli.plan import Plan
from compare_tui.cli.summary import figures_table
from compare_tui.core.lane import Lane
from compare_tui.core.pricing import total
from compare_tui.core.sanitize import safe_line
from compare_tui.core.take import Take
from compare_tui.core.tally import DASH, Tally, notices, seconds
from compare_tui.core.verdict import Verdict

FRAMES_PER_S = 10
QUIET_S = 30.0


class Progress:
    """Fed with the takes under way and those that ended."""

    def __init__(self, console: Console, plan: Plan) -> None:
        self.tallies = {lane: Tally(lane, label) for lane, label in plan.labels.items()}
        self._console = console
        self._name = plan.names()
        self._takes = plan.takes
        self._per_lane = Counter[Lane]()
        for round_ in plan.rounds:
            for lane in round_.lanes:
                self._per_lane[lane] += lane.repeat or 1
        self._ended = 0
        self._live: Live | None = None
        self._painted_ns = 0
        self._said_ns = perf_counter_ns()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        self.hide()

    def hide(self) -> None:
        """Make room on the terminal; the next tick shows it again."""
        if self._live:
            self._live.stop()
            self._live = None

    def ended(self, take: Take) -> None:
        self._ended += 1
        self.tallies[take.lane].add(take)
        if not self._console.is_terminal:
            self._say(self._line(take))

    def tick(self, under_way: Iterable[Take]) -> None:
        now = perf_counter_ns()
        if not self._console.is_terminal:
            if now - self._said_ns >= QUIET_S * 1e9:
                self._say(self._waiting(list(under_way), now))
        elif now - self._painted_ns >= 1e9 / FRAMES_PER_S:
            self._painted_ns = now
            self._display().update(self._table(list(under_way), now), refresh=True)

    def _say(self, line: str) -> None:
        self._said_ns = perf_counter_ns()
        self._console.print(Text(line), soft_wrap=True)

    def _waiting(self, under_way: list[Take], now: int) -> str:
        """A sign of life when nothing has ended for long."""
        oldest = min(under_way, key=lambda take: take.stamps.queued or now, default=None)
        if oldest is None:
            return f"[{self._ended}/{self._takes}] …"
        waited = seconds((now - (oldest.stamps.queued or now)) / 1e6)
        what = f"{len(under_way)} under way, {self._name(oldest)} {oldest.state} for {waited}"
        return safe_line(f"[{self._ended}/{self._takes}] {what} (timeout=SECONDS on a lane ends that)")

    def _display(self) -> Live:
        """A new one after each interruption: one that starts again clears as many lines as it once had."""
        if self._live is None:
            self._live = Live(
                console=self._console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
            )
            self._live.start()
        return self._live

    def _line(self, take: Take) -> str:
        assert take.verdict is not None
        parts = [
            f"[{self._ended}/{self._takes}] {self._name(take)}",
            take.verdict.value,
            f"TTFT {_ms(take.stamps.ttft_ns)}",
            f"total {_ms(take.stamps.total_ns)}",
            f"{take.usage.output} tok" if take.usage and take.usage.output is not None else f"{DASH} tok",
            str(take.cost),
            *notices(take),
        ]
        return " · ".join(map(safe_line, parts))

    def _table(self, under_way: list[Take], now: int) -> Table:
        table = figures_table("lane", "ended", "state", "TTFT", "TTFA", "out tok", "cost")
        for lane, tally in self.tallies.items():
            mine = [take for take in under_way if take.lane == lane and take.verdict is None]
            last = mine[-1] if mine else None
            table.add_row(
                Text(safe_line(tally.label), no_wrap=True, overflow="ellipsis"),
                f"{tally.ended}/{self._per_lane[lane]}",
                _state(last, tally),
                self._first(last, now, "first_delta") or _last(tally.ttft_ms),
                self._first(last, now, "first_text") or _last(tally.ttfa_ms),
                f"~{last.output_tokens:,}" if last else f"{sum(tally.output_tokens):,}",
                str(total([*tally.costs, *(take.cost for take in mine)])),
            )
        return table

    @staticmethod
    def _first(take: Take | None, now: int, stamp: str) -> str | None:
        """Ticks until it is known."""
        if take is None or take.stamps.sent is None:
            return None
        at = getattr(take.stamps, stamp)
        return seconds(((at or now) - take.stamps.sent) / 1e6) + ("" if at else " …")


def _state(take: Take | None, tally: Tally) -> str:
    if take is None:
        word = tally.verdicts.most_common(1)[0][0] if tally.verdicts else "queued"
        return f"{Verdict(word).glyph} {word}" if tally.verdicts else word
    if take.retrying is not None:
        of = f"/{take.retrying['of']}" if take.retrying.get("of") else ""
        return f"retry {take.retrying['attempt']}{of} in {take.retrying['wait_ms'] / 1000:.0f} s"
    return take.state


def _last(figures: list[float]) -> str:
    return seconds(figures[-1]) if figures else DASH


def _ms(ns: int | None) -> str:
    return seconds(None if ns is None else ns / 1e6)
