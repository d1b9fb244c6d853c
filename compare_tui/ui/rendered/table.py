"""Tables: a grid where it fits, one row below the other as `column: value` where it does not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.segment import Segment

from compare_tui.ui.ink import Ink
from compare_tui.ui.rendered.lines import Line, Margin, Piece, wrapped
from compare_tui.ui.rows import TAB, Place

_BETWEEN = " │ "
_CROSS = "─┼─"
_NARROWEST = 6
_LONGEST_WORD = 16
_MEASURED = 300
_APART = "───"
_NOWHERE = Place(0, 0)

Cell = list[Piece]


@dataclass(frozen=True, slots=True)
class TableRow:
    cells: tuple[Cell, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table or a part of one: `columns` are the widths of the whole then, and only the first part is `headed`."""

    header: TableRow
    rows: Sequence[TableRow]
    aligned: Sequence[str]
    columns: tuple[int, ...] = ()
    headed: bool = True

    def lines(self, width: int, ink: Ink, margin: Margin) -> list[Line]:
        widths = self._widths(width - margin.width)
        lines = self._records(width, ink, margin) if widths is None else self._grids(widths, width, ink, margin)
        return [replace(line, in_table=True) for line in lines]

    def _grids(self, widths: Sequence[int], width: int, ink: Ink, margin: Margin) -> list[Line]:
        lines = []
        if self.headed:
            lines += self._grid(self.header, widths, ink, margin, width)
            rule = _CROSS.join("─" * size for size in widths)
            lines += wrapped([(rule, ink.muted)], width, Place(self.header.line + 1, 0), margin)
        for row in self.rows:
            lines += self._grid(row, widths, ink, margin, width)
        return lines

    def _widths(self, room: int) -> list[int] | None:
        """As wide as the cells are, or as the room lets them be; None when words would have to be broken up."""
        everything = [self.header, *self.rows]
        count = range(len(self.header.cells))
        words = [min(max(_longest(row.cells[n], None) for row in everything), _LONGEST_WORD) for n in count]
        if self.columns:
            natural = list(self.columns)
            least = [min(size, _LONGEST_WORD) for size in natural]
        else:
            natural = [max(1, *(_longest(row.cells[n], "\n") for row in everything)) for n in count]
            least = [min(size, max(_NARROWEST, word)) for size, word in zip(natural, words, strict=True)]
        room -= len(_BETWEEN) * (len(natural) - 1)
        if sum(least) > room:
            return None
        return _shared(natural, least, room)

    def _grid(self, row: TableRow, widths: Sequence[int], ink: Ink, margin: Margin, width: int) -> list[Line]:
        columns = [
            [line.segments for line in wrapped(cell, size, _NOWHERE)]
            for cell, size in zip(row.cells, widths, strict=True)
        ]
        lines = []
        for n in range(max(map(len, columns))):
            pieces: list[Piece] = []
            for number, (column, size) in enumerate(zip(columns, widths, strict=True)):
                pieces += [(_BETWEEN, ink.muted)] if number else []
                pieces += _aligned(column[n] if n < len(column) else (), size, self.aligned[number], ink)
            lines += wrapped(pieces, width, Place(row.line, 2 * n * width), margin)
        return lines

    def _records(self, width: int, ink: Ink, margin: Margin) -> list[Line]:
        lines: list[Line] = []
        for row in self.rows or [self.header]:
            place = Place(row.line, 0)
            if lines or not self.headed:
                lines += wrapped([(_APART, ink.muted)], width, place, margin)
                place = Place(row.line, len(_APART) + 1)
            for name, value in zip(self.header.cells, row.cells, strict=True):
                label = [*name, (": ", ink.muted)]
                lines += _labelled(wrapped([*label, *value], width, place, margin), label)
                place = Place(row.line, lines[-1].place.offset + len(lines[-1].plain) + 1)
        return lines


def _labelled(lines: Sequence[Line], label: Sequence[Piece]) -> Iterator[Line]:
    """The rows of a record's field, each of which knows how much of it is the name of the column."""
    left = sum(len(text.replace("\t", " " * TAB)) for text, _ in label)
    for line in lines:
        own = max(0, len(line.plain) - line.margin)
        yield replace(line, label=line.margin + min(own, left)) if left else line
        left = max(0, left - own)


def natural_widths(lines: Sequence[str]) -> tuple[int, ...]:
    """About how wide the columns of a long table want to be, read off its source."""
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines[:_MEASURED]]
    del cells[1]
    return tuple(max(cell_len(row[n]) for row in cells if n < len(row)) for n in range(len(cells[0])))


def _longest(cell: Cell, separator: str | None) -> int:
    return max(map(cell_len, "".join(text for text, _ in cell).split(separator)), default=0)


def _shared(natural: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Narrow columns keep their width; the wide ones share what is left."""
    widths = list(natural)
    while (over := sum(widths) - room) > 0:
        widest = max((size - low, n) for n, (size, low) in enumerate(zip(widths, least, strict=True)))[1]
        widths[widest] -= max(1, min(over, (widths[widest] - least[widest]) // 2))
    return widths


def _aligned(segments: Sequence[Segment], size: int, how: str, ink: Ink) -> list[Piece]:
    pieces = [(text, style or ink.text) for text, style, _ in segments]
    blank = size - sum(cell_len(text) for text, _ in pieces)
    left = blank if how == "right" else blank // 2 if how == "center" else 0
    return [(" " * left, ink.text), *pieces, (" " * (blank - left), ink.text)]
