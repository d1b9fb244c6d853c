"""A diff as screen rows of one width: two columns or one, laid out chunk by chunk when looked at.

How many rows a chunk has is estimated until one of them is asked for. So who shows them keeps a place of the text:
`place = rows.place(top)` before, `top = rows.row_at(place)` after.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from compare_tui.core.diff.blocks import Line
from compare_tui.core.diff.model import Kind
from compare_tui.ui.diff.chunks import Alignment, Chunk, Spot
from compare_tui.ui.diff.lines import NEW, OLD, Laying, Row, laid
from compare_tui.ui.wrap import NARROWEST

_MOST_KEPT: Final = 8_000
"""Rows: a thousand take about 0.6 MiB."""
_WIDE: Final = re.compile("[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\U0001f300-\U0003fffd]+")


class Pair(NamedTuple):
    """A row of the screen: what stands left and right, or, in one column, either of them."""

    old: Row | None
    new: Row | None


class Place(NamedTuple):
    """Where a row begins: a side, its line, and how many characters of that are shown before it."""

    side: int
    line: int
    offset: int


_NOTHING: Final = Pair(None, None)


class DiffRows:
    """Rows of an alignment, those that were looked at last."""

    def __init__(self, alignment: Alignment, width: int, *, unified: bool, before: "DiffRows | None" = None) -> None:
        self.alignment = alignment
        self.width = max(NARROWEST, width)
        self.unified = unified
        self._laid: dict[int, list[Pair]] = {}
        self._kept = 0
        self._exact = bytearray(len(alignment.chunks))
        self._heights: list[int] = []
        self._ends: list[int] = []
        """The row behind each chunk, as far as counted."""
        self.unchanged = 0 if before is None else self._take_over(before)
        """Chunks, from the first one on, that are those of the rows before."""
        self._heights += map(self._estimate, alignment.chunks[self.unchanged :])

    def __len__(self) -> int:
        return self._counted()[-1] if self._heights else 0

    def pair(self, y: int) -> Pair:
        """Nothing where laying out showed that there are not so many."""
        while y < len(self):
            number = self.chunk(y)
            pairs = self._rows(number)
            if y - self.begin(number) < len(pairs):
                return pairs[y - self.begin(number)]
        return _NOTHING

    def chunk(self, y: int) -> int:
        """The chunk that has this row."""
        return min(bisect_right(self._counted(), y), len(self._heights) - 1)

    def begin(self, number: int) -> int:
        """The first row of a chunk."""
        return self._counted()[number - 1] if number else 0

    def height(self, number: int) -> int:
        return self._heights[number]

    def looked_at(self, number: int) -> Sequence[Pair] | None:
        """The rows of a chunk, if they are laid out."""
        return self._laid.get(number)

    @property
    def rows_laid_out(self) -> int:
        return self._kept

    def lay_out(self, rows: range) -> bool:
        """Have these laid out. Whether others have other numbers now."""
        before = len(self)
        for y in rows:
            if 0 <= y < len(self):
                self.pair(y)
        return len(self) != before

    def place(self, y: int) -> Place:
        """Told by the new text where it has something in the row."""
        old, new = self.pair(y)
        if new is not None:
            return Place(NEW, new.line, new.offset)
        return Place(NEW, 0, 0) if old is None else Place(OLD, old.line, old.offset)

    def row_at(self, place: Place) -> int:
        """The row in which the place is; where it is not shown, the first row of what stands for it."""
        if not self._heights:
            return 0
        number = self.alignment.chunk_at(place.side, Spot(place.line, place.offset))
        found = 0
        for at, pair in enumerate(self._rows(number)):
            row = pair[place.side]
            if row is not None and (row.line, row.offset) <= place[1:]:
                found = at
        return self.begin(number) + found

    def span(self, change: int, side: int) -> range | None:
        """From the first row of a change on a side to the last one, None where that has nothing of it."""
        chunks = self.alignment.places[side].get(change)
        if chunks is None:
            return None
        first, last = self._rows_of(change, side, chunks[0]), self._rows_of(change, side, chunks[-1])
        return range(self.begin(chunks[0]) + first[0], self.begin(chunks[-1]) + last[-1] + 1)

    def _rows_of(self, change: int, side: int, number: int) -> list[int]:
        """Of one chunk; one that changed in nothing but line breaks may have none, and is then at its beginning."""
        pairs = enumerate(self._rows(number))
        return [at for at, pair in pairs if (row := pair[side]) is not None and change in row.changes] or [0]

    # Laying out

    def _rows(self, number: int) -> list[Pair]:
        pairs = self._laid.get(number)
        if pairs is None:
            pairs = self._paired(self.alignment.chunks[number])
            self._keep(number, pairs)
        return pairs

    def _paired(self, chunk: Chunk) -> list[Pair]:
        old, new = self._side(chunk, OLD), self._side(chunk, NEW)
        if self.unified:
            return [*(Pair(row, None) for row in old), *(Pair(None, row) for row in new)] or [_NOTHING]
        height = max(len(old), len(new), 1)
        return [Pair(old[at] if at < len(old) else None, new[at] if at < len(new) else None) for at in range(height)]

    def _side(self, chunk: Chunk, side: int) -> list[Row]:
        if self.unified and not chunk.differs and side != _alone(chunk):
            return []
        line, at = chunk.begins[side]
        how = Laying(side, self.width, self.alignment.diff.changes, told=self.unified and chunk.differs)
        rows: list[Row] = []
        for parts in (chunk.old, chunk.new)[side]:
            rows += laid(parts, line, at, how)
            line, at = line + 1, 0
        return rows

    def _keep(self, number: int, pairs: list[Pair]) -> None:
        if not self._exact[number]:
            self._exact[number] = True
            if self._heights[number] != len(pairs):
                self._heights[number] = len(pairs)
                del self._ends[number:]
        while self._laid and self._kept + len(pairs) > _MOST_KEPT:
            self._kept -= len(self._laid.pop(next(iter(self._laid))))
        self._laid[number] = pairs
        self._kept += len(pairs)

    def _take_over(self, before: "DiffRows") -> int:
        if (before.width, before.unified) != (self.width, self.unified):
            return 0
        unchanged = self.alignment.as_before(before.alignment)
        self._laid = {number: pairs for number, pairs in before._laid.items() if number < unchanged}
        self._kept = sum(map(len, self._laid.values()))
        self._exact[:unchanged] = before._exact[:unchanged]
        self._heights = before._heights[:unchanged]
        return unchanged

    def _estimate(self, chunk: Chunk) -> int:
        sides = _rows_in(chunk.old, self.width), _rows_in(chunk.new, self.width)
        if not self.unified:
            return max(*sides, 1)
        return max(1, sum(sides) if chunk.differs else sides[_alone(chunk)])

    def _counted(self) -> list[int]:
        missing = self._heights[len(self._ends) :]
        if missing:
            self._ends += accumulate(missing[1:], initial=missing[0] + (self._ends[-1] if self._ends else 0))
        return self._ends


def _alone(chunk: Chunk) -> int:
    """The side that stands for both where they do not differ: the new one, unless the old one goes on alone."""
    goes_on = [any(part.kind is Kind.OPEN for line in lines for part in line) for lines in (chunk.old, chunk.new)]
    return OLD if not chunk.new or goes_on == [True, False] else NEW


def _rows_in(lines: Sequence[Line], width: int) -> int:
    """About how many rows they take."""
    return sum(1 + _cells(line) // width for line in lines)


def _cells(line: Line) -> int:
    cells = 0
    for part in line:
        text = part.text
        cells += len(text) if text.isascii() else 2 * len(text) - len(_WIDE.sub("", text))
    return cells
