"""The race strip: one row a lane, a bar of queue, connect, thinking and writing that grows on one time axis."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from compare_tui.core.take import Take
from compare_tui.ui.columns import Column
from compare_tui.ui.counters import state_piece
from compare_tui.ui.figures import Clock, now_ns, ticking
from compare_tui.ui.widgets.lines import Lines, Piece, Row, cut_short, shown

_LONGEST_LABEL = 32
_TIME = 9
_PHASES = (("·", "dim"), ("╌", "warn"), ("░", "badge"), ("█", "bar"))
"""Queue and retries, connect, waiting and thinking, writing: told apart by shape as well."""
_LEGEND = "  ·queue ╌connect ░think █write "
_WORDS_FROM = 80
"""Columns; below there is room for the sign of a verdict alone."""


class RaceStrip(Lines):
    """Hidden until asked for; as high as there are lanes, and a row for the axis."""

    DEFAULT_CSS = """
    RaceStrip { display: none; background: $surface; }
    RaceStrip.-open { display: block; }
    RaceStrip.-no-room { display: none; }
    """

    def __init__(self, *, id: str, clock: Clock = now_ns) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self._clock = clock

    def show_race(self, columns: Sequence[Column], takes: Sequence[Take | None]) -> None:
        if not columns:
            self.show()
            return
        clock = self._clock
        size = self.app.size  # at the end of the app there is no screen any more, and a last tick
        longest = max((_span(take, clock(take)) for take in takes if take is not None), default=0) or 1
        tails = _tails(takes, clock, words=size.width >= _WORDS_FROM)
        labels = _labels(columns, size.width // 3)
        behind = sum(cell_len(text) for text, _ in tails[0])
        if size.width >= _WORDS_FROM:
            behind = max(behind, cell_len(_LEGEND))
        width = max(10, size.width - cell_len(labels[0]) - behind)
        rows: list[Row] = [
            (((label, "plain"), *(_bar(take, longest, width, clock(take)) if take else ())), tail)
            for label, take, tail in zip(labels, takes, tails, strict=True)
        ]
        most = max(3, size.height * 2 // 5) - 1
        if len(rows) > most:
            rows[most - 1 :] = [(((f" and {len(rows) - most + 1} more", "dim"),), ())]
        rows.append(_axis(cell_len(labels[0]), width, size.width, longest))
        if self.styles.height is None or self.styles.height.value != len(rows):
            self.styles.height = len(rows)
        self.show(*rows)


def _labels(columns: Sequence[Column], most: int) -> list[str]:
    labels = [shown(column.label) for column in columns]
    width = min(_LONGEST_LABEL, most, max(map(cell_len, labels)))
    return [f" {set_cell_size(cut_short(label, width), width)} " for label in labels]


def _tails(takes: Sequence[Take | None], clock: Clock, *, words: bool) -> list[tuple[Piece, ...]]:
    """How long it took, what it cost and how it stands, each below its like."""
    states = [state_piece(take) if words else (state_piece(take)[0].split()[0], state_piece(take)[1]) for take in takes]
    costs = [str(take.cost) if take is not None else "" for take in takes]
    widths = [max(map(cell_len, texts)) for texts in (costs, [text for text, _ in states])]
    tails: list[tuple[Piece, ...]] = []
    for take, cost, (state, role) in zip(takes, costs, states, strict=True):
        time = "" if take is None else ticking(_span(take, clock(take)))
        figures = f"{time:>{_TIME}}  {cost:<{widths[0]}}  "
        tails.append(((figures, "plain"), (set_cell_size(state, widths[1]), role), (" ", "plain")))
    return tails


def _bar(take: Take, longest: int, width: int, now: int) -> list[Piece]:
    bar: list[Piece] = []
    drawn = elapsed = 0
    for (mark, role), length in zip(_PHASES, _phases(take, now), strict=True):
        elapsed += length
        cells = round(elapsed / longest * width) - drawn
        bar.append((mark * cells, role))
        drawn += cells
    return bar


def _axis(before: int, width: int, screen: int, longest: int) -> Row:
    """From 0 to the longest take, as wide as its bar; the legend where it has room."""
    end = ticking(longest)
    line = "─" * max(0, width - cell_len(end) - 5)
    legend = _LEGEND if cell_len(_LEGEND) <= screen - before - width else ""
    return ((f"{' ' * before}0 s {line} {end}", "dim"),), ((legend, "dim"),)


def _phases(take: Take, now: int) -> tuple[int, int, int, int]:
    """Nanoseconds of each phase so far."""
    stamps = take.stamps
    end = _end(take, now)
    start = stamps.queued or end
    sent = stamps.sent or end
    connected = stamps.connected or (sent if stamps.headers else end if stamps.sent else sent)
    first = stamps.first_text or end
    return sent - start, connected - sent, max(0, first - connected), max(0, end - first)


def _span(take: Take, now: int) -> int:
    return _end(take, now) - (take.stamps.queued or now)


def _end(take: Take, now: int) -> int:
    """What was interrupted has no end: then it is what was last heard of it."""
    stamps = take.stamps
    if stamps.end is not None or take.verdict is None:
        return stamps.end or now
    return stamps.last_text or stamps.first_delta or stamps.headers or stamps.sent or stamps.queued or now
