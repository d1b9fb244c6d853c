"""How the width of a diff is shared, which character lies under which cell, and the text from one to another."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset
from textual.selection import Selection
from textual.strip import Strip

from compare_tui.ui.diff.chunks import Spot
from compare_tui.ui.diff.lines import NEW, OLD, Row, shown
from compare_tui.ui.diff.rows import DiffRows, Pair, Place
from compare_tui.ui.reading import whole
from compare_tui.ui.wrap import clusters

GUTTER: Final = 3
"""A bar where the current change is, a sign, a space."""
_MARGIN: Final = 1
"""Between a text and what is right of it, where a sign for a line break that differs finds room."""
_NEW_LINES: Final = 1 << 40
"""Lines of the new side are counted from here on: an offset tells its side, and those of one side stay in order."""
_END: Final = Spot(_NEW_LINES, 0)


@dataclass(frozen=True, slots=True)
class Columns:
    """Both texts get as much; one cell between them is a rule."""

    width: int
    unified: bool

    @property
    def left(self) -> int:
        return self.width if self.unified else (self.width - 1) // 2

    @property
    def right(self) -> int:
        return self.width - self.left - 1

    @property
    def text(self) -> int:
        return self.left - GUTTER - _MARGIN

    def side_at(self, x: int, pair: Pair) -> int:
        """The text under a cell of a row."""
        if self.unified:
            return OLD if pair.new is None else NEW
        return OLD if x <= self.left else NEW


class Selected(NamedTuple):
    """From one character of a side up to another."""

    side: int
    start: Spot
    end: Spot

    def on(self, row: Row) -> tuple[int, int] | None:
        """Those of a row of that side, whole characters."""
        begin, behind = Spot(row.line, row.offset), Spot(row.line, row.end)
        start, end = max(self.start, begin), min(self.end, behind)
        return whole(row.text, start.at - row.offset, end.at - row.offset) if start < end else None


def pointer_map(rows: DiffRows, y: int, columns: Columns) -> Strip:
    """A row of single cells, each of which knows the character it shows: what Textual asks for under the mouse."""
    pair, below = rows.pair(y), rows.pair(y + 1)
    if columns.unified:
        cells = _cells(pair, below, columns.side_at(0, pair), columns.width)
    else:
        cells = [*_cells(pair, below, OLD, columns.left + 1), *_cells(pair, below, NEW, columns.right)]
    return Strip(cells, len(cells))


def _cells(pair: Pair, below: Pair, side: int, width: int) -> list[Segment]:
    """Of one column. Where a row goes on in the next one, what is behind its text counts as its last character."""
    row, follows = pair[side], below[side]
    if row is None:
        other = pair[1 - side]
        return [_cell(1 - side, other, other.offset) if other else _cell(NEW, None, 0)] * width
    cells = [_cell(side, row, row.offset)] * GUTTER
    last = row.offset
    for begin, _, size in clusters(row.text):
        last = row.offset + begin
        cells += [_cell(side, row, last)] * size
    goes_on = follows is not None and (follows.line, follows.offset) == (row.line, row.end)
    cells += [_cell(side, row, last if goes_on else row.end)] * (width - len(cells))
    return cells[:width]


def _cell(side: int, row: Row | None, at: int) -> Segment:
    line = side * _NEW_LINES + (row.line if row is not None else 0)
    return Segment(" ", Style.from_meta({"offset": Offset(at, line)}))


def selected_of(rows: DiffRows, selection: Selection, side: int) -> Selected:
    """What is selected of the side where the mouse went down; an end that is None lies outside."""
    start = Spot(0, 0) if selection.start is None else _spot(rows, selection.start, side)
    end = _END if selection.end is None else _spot(rows, selection.end, side)
    return Selected(side, min(start, end), max(start, end))


def _spot(rows: DiffRows, offset: Offset, side: int) -> Spot:
    """On the other side, that is the edge of the column at that height."""
    of, line = divmod(offset.y, _NEW_LINES)
    if of == side:
        return Spot(line, offset.x)
    for y in range(rows.row_at(Place(of, line, offset.x)), -1, -1):
        row = rows.pair(y)[side]
        if row is not None:
            return Spot(row.line, row.end if side == OLD else row.offset)
    return Spot(0, 0)


def text_of(rows: DiffRows, selected: Selected) -> str:
    """Without the soft wraps."""
    side, start, end = selected
    alignment = rows.alignment
    parts: list[str] = []
    for chunk in alignment.chunks[alignment.chunk_at(side, start) :]:
        line, at = chunk.begins[side]
        if (line, at) >= end:
            break
        for parts_of_line in (chunk.old, chunk.new)[side]:
            if parts and at == 0:
                parts.append("\n")
            text = shown(parts_of_line)
            first = start.at - at if start.line == line else 0
            last = end.at - at if end.line == line else len(text)
            if start.line <= line <= end.line:
                parts.append(text[slice(*whole(text, max(0, first), max(0, min(last, len(text)))))])
            line, at = line + 1, 0
    return "".join(parts).removesuffix("\n" if end == _END else "")
