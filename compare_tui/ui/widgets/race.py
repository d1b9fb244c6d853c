"""The race strip: one row a lane, a bar of queue, connect, thinking and writing that grows on one time axis."""

from collections.abc import Sequence
from time import perf_counter_ns

from compare_tui.core.take import Take
from compare_tui.ui.counters import state_piece
from compare_tui.ui.desk import Column
from compare_tui.ui.figures import ticking
from compare_tui.ui.widgets.lines import Lines, Piece, Row, shown

_LABEL = 24
_TAIL = 40
_PHASES = (("·", "dim"), ("╌", "warn"), ("░", "badge"), ("█", "bar"))
"""Queue and retries, connect, waiting and thinking, writing: told apart by shape as well."""
_LEGEND = "· queue ╌ connect ░ think █ write "


class RaceStrip(Lines):
    """Hidden until asked for; as high as there are lanes, and a row for the axis."""

    DEFAULT_CSS = """
    RaceStrip { display: none; height: auto; max-height: 40%; background: $surface; }
    RaceStrip.-open { display: block; }
    """

    def show_race(self, columns: Sequence[Column], takes: Sequence[Take | None]) -> None:
        now = perf_counter_ns()
        longest = max((_span(take, now) for take in takes if take is not None), default=0) or 1
        width = max(10, self.screen.size.width - _LABEL - _TAIL)
        rows = [_row(column, take, longest, width, now) for column, take in zip(columns, takes, strict=True)]
        end = ticking(longest)
        line = "─" * max(0, width - len(end) - 5)
        axis: Row = ((f"{' ' * _LABEL}0 s {line} {end}", "dim"),), ((_LEGEND, "dim"),)
        if self.styles.height is None or self.styles.height.value != len(rows) + 1:
            self.styles.height = len(rows) + 1
        self.show(*rows, axis)


def _row(column: Column, take: Take | None, longest: int, width: int, now: int) -> Row:
    label = f" {shown(column.label)}"[: _LABEL - 1].ljust(_LABEL)
    if take is None:
        return ((label, "plain"), ("not sent", "dim")), ()
    bar: list[Piece] = []
    drawn = elapsed = 0
    for (mark, role), length in zip(_PHASES, _phases(take, now), strict=True):
        elapsed += length
        cells = round(elapsed / longest * width) - drawn
        bar.append((mark * cells, role))
        drawn += cells
    tail = f" {ticking(_span(take, now))}  {take.cost} "
    return ((label, "plain"), *bar), ((tail, "plain"), state_piece(take), (" ", "plain"))


def _phases(take: Take, now: int) -> tuple[int, int, int, int]:
    """Nanoseconds of each phase so far."""
    stamps = take.stamps
    end = stamps.end or now
    start = stamps.queued or end
    sent = stamps.sent or end
    connected = stamps.connected or (sent if stamps.headers else end if stamps.sent else sent)
    first = stamps.first_text or end
    return sent - start, connected - sent, max(0, first - connected), max(0, end - first)


def _span(take: Take, now: int) -> int:
    return (take.stamps.end or now) - (take.stamps.queued or now)
