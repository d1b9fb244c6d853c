"""The change map: where in the two texts the changes lie, and what part of them is in sight; one column."""

from typing import Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from compare_tui.core.diff.model import How
from compare_tui.ui.diff.rows import DiffRows, Pair

_SIGNS: Final = {How.GONE: "−", How.NEW: "+", How.REPLACED: "~", How.MOVED: "»"}
_NAMES: Final = {"−": "gone", "+": "new", "~": "replaced", "»": "moved"}
_COMPONENTS: Final = {"map--track", "map--thumb", "map--current", *(f"map--{name}" for name in _NAMES.values())}
_TRACK: Final = "│"
_THUMB: Final = "┃"


class ChangeMap(Widget, can_focus=False):
    """Painted by what `show` was told last. A click or a drag says where to go."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = _COMPONENTS
    DEFAULT_CSS = """
    ChangeMap {
        width: 1;
        height: 1fr;
        background: $surface;

        & > .map--track { color: $secondary-muted; }
        & > .map--thumb { color: $primary-muted; background: $primary-muted; }
        & > .map--gone { color: $text-error; text-style: bold; }
        & > .map--new { color: $text-success; text-style: bold; }
        & > .map--replaced { color: $text-warning; text-style: bold; }
        & > .map--moved { color: $text-accent; text-style: bold; }
        & > .map--current { color: $background; background: $accent; text-style: bold; }
        &:ansi > .map--thumb { color: $text-primary; background: $background; }
        &:ansi > .map--current { color: $text-accent; background: $background; text-style: bold reverse; }
    }
    """

    class Chosen(Message):
        """Go there: a share of the whole height."""

        def __init__(self, share: float) -> None:
            super().__init__()
            self.share = share

    def __init__(self) -> None:
        super().__init__()
        self._marks: list[str] = []
        self._marked: tuple[DiffRows | None, int, int] | None = None
        """What the marks were made of."""
        self._thumb = range(0)
        self._current: int | None = None
        self._strips: dict[tuple[str, bool, bool], Strip] = {}

    def show(self, rows: DiffRows | None, seen: range, current: int | None) -> None:
        """`seen` and `current` are rows."""
        height, count = self.size.height, 0 if rows is None else len(rows)
        before = self._cells()
        if self._marked != (made_of := (rows, count, height)):
            self._marked, self._marks = made_of, _marks(rows, height)
        self._thumb = range(_cell(seen.start, count, height), _cell(seen.stop - 1, count, height) + 1)
        if len(seen) >= count:
            self._thumb = range(0)
        self._current = None if current is None else _cell(current, count, height)
        if before != self._cells():
            self.refresh()

    def _cells(self) -> list[tuple[str, bool, bool]]:
        """The sign of each cell, whether it is in sight, and whether it is current."""
        return [(sign, y in self._thumb, y == self._current) for y, sign in enumerate(self._marks)]

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        cells = self._cells()
        cells += [("", False, False)] * (crop.bottom - len(cells))
        return [self._strip(*cells[y]) for y in crop.line_range]

    def _strip(self, sign: str, in_sight: bool, current: bool) -> Strip:
        key = sign, in_sight, current
        if key not in self._strips:
            track = self.get_component_rich_style("map--thumb" if in_sight else "map--track")
            style = track
            if current:
                style = self.get_component_rich_style("map--current")
            elif sign:
                ink = self.get_component_rich_style(f"map--{_NAMES[sign]}")
                style = track + Style(color=ink.color, bold=True)
            segments = [Segment(sign or (_THUMB if in_sight else _TRACK), style)]
            for line_filter in self.get_line_filters():
                segments = line_filter.apply(segments, Color(0, 0, 0))
            self._strips[key] = Strip(segments, 1)
        return self._strips[key]

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self.capture_mouse()
        self._choose(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self.app.mouse_captured is self:
            self._choose(event)

    def on_mouse_up(self) -> None:
        self.release_mouse()

    def _choose(self, event: events.MouseEvent) -> None:
        event.stop()
        self.post_message(self.Chosen(min(1.0, max(0.0, event.y / max(1, self.size.height)))))


def _cell(row: int, rows: int, height: int) -> int:
    """The cell that shows a row: its own where there is one for each."""
    return row if rows <= height else min(row * height // rows, height - 1)


def _marks(rows: DiffRows | None, height: int) -> list[str]:
    """A sign for each cell; where several kinds fall together it says replaced."""
    signs: list[set[str]] = [set() for _ in range(height)]
    if rows is None or not height:
        return [""] * height
    hows = [_SIGNS[change.how] for change in rows.alignment.diff.changes]
    count = len(rows)
    for number, chunk in enumerate(rows.alignment.chunks):
        if not chunk.differs:
            continue
        begin = rows.begin(number)
        pairs = rows.looked_at(number)
        if pairs is None:
            of_all = {hows[change] for changes in chunk.changes for change in changes}
            first, last = (_cell(row, count, height) for row in (begin, begin + rows.height(number) - 1))
            for cell in range(first, last + 1):
                signs[cell] |= of_all
        else:
            for y, pair in enumerate(pairs, begin):
                signs[_cell(y, count, height)].update(hows[change] for change in _changes(pair))
    return ["" if not here else here.pop() if len(here) == 1 else "~" for here in signs]


def _changes(pair: Pair) -> set[int]:
    return {change for row in pair if row is not None for change in row.changes}
