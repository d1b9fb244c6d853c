"""The text of an answer as screen rows: what every kind of rows has in common, and the rows of a text as it came."""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from time import perf_counter
from typing import TYPE_CHECKING, Final, Protocol

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from compare_tui.ui.settling import Settling
from compare_tui.ui.wrap import NARROWEST, wrap

if TYPE_CHECKING:
    from compare_tui.ui.marks.on_rows import Stretch

TAB: Final = 4
_SLICE = 4096
"""Characters between two looks at the clock: at most about 8 ms of the slowest wrapping."""
_MANY = 512
"""Pieces kept apart; 100,000 of them, of a text nobody looks at now, would take 6 MB."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a row begins: its line in the text, from 0, and how many shown characters of that line stand before it.

    A row at `(line, offset + len(plain))` of the row before it goes on after a soft wrap: the two are copied without a
    newline between them and found across their boundary. A hard break within a line counts as one character.
    """

    line: int
    offset: int


class Rows(Protocol):
    """The text of one section of a pane, as screen rows of one width."""

    width: int

    def __len__(self) -> int:
        """Rows now; may be an estimate for parts not laid out yet, which asking for their rows corrects."""

    def row(self, y: int) -> Strip:
        """At most `width` cells of sanitised text; its segments joined are `plain` without the spaces at its end."""

    def plain(self, y: int) -> str: ...

    def rewrap(self, width: int) -> None: ...

    def place(self, y: int) -> Place: ...

    def row_at(self, place: Place) -> int:
        """The row in which the place is; the last one for a place after the end."""

    def resumes_at(self, y: int) -> int | None:
        """Where on a row the text goes on that was wrapped at the end of the row before; None where it begins anew."""

    def stretches(self, y: int) -> "Sequence[Stretch]":
        """Which characters of the row are those of the text as it came, and where they stand there."""


class RawRows:
    """The rows of a text as it came. Fed in any cuts, they are the rows of the whole fed at once."""

    def __init__(self, width: int = 80, style: Style | None = None) -> None:
        self.width = max(NARROWEST, width)
        self.style = style
        self.characters = 0
        self._inbox: list[str] = []
        self._settling = Settling()
        self._rows: list[str] = []
        self._offsets = array("I")
        self._lines = array("I", [0])
        """The first row of each line."""
        self._open = ""
        """The final part of the last row; what comes next belongs to it."""
        self._open_row = 0
        self._open_offset = 0

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def pending(self) -> bool:
        return bool(self._inbox)

    def append(self, text: str) -> None:
        """Only kept; `fold` makes rows of it."""
        if not text:
            return
        self._inbox.append(text)
        self.characters += len(text)
        if len(self._inbox) > _MANY:
            self._inbox = ["".join(self._inbox)]

    def fold(self, seconds: float) -> int | None:
        """Make rows of what was appended, for about so long. The first row that changed, None without any."""
        if not self._inbox:
            return None
        until = perf_counter() + seconds
        text = "".join(self._inbox)
        changed, at = self._open_row, 0
        while at < len(text) and (at == 0 or perf_counter() < until):
            self._extend(self._settling.feed(text[at : at + _SLICE]))
            at += _SLICE
        self._inbox = [text[at:]] if at < len(text) else []
        self._show_unsettled()
        return changed

    def row(self, y: int) -> Strip:
        text = self._rows[y].rstrip(" ")
        return Strip([Segment(text, self.style)], cell_len(text))

    def plain(self, y: int) -> str:
        return self._rows[y]

    def place(self, y: int) -> Place:
        return Place(bisect_right(self._lines, y) - 1, self._offsets[y])

    def row_at(self, place: Place) -> int:
        if place.line >= len(self._lines):
            return max(0, len(self._rows) - 1)
        first, behind = self._span(max(0, place.line))
        return max(first, bisect_right(self._offsets, place.offset, first, behind) - 1)

    def resumes_at(self, y: int) -> int | None:
        return 0 if self._offsets[y] else None

    def stretches(self, y: int) -> "Sequence[Stretch]":
        """All of it: these rows are the text."""
        from compare_tui.ui.marks.on_rows import Stretch

        line, offset = bisect_right(self._lines, y) - 1, self._offsets[y]
        return (Stretch(0, len(self._rows[y]), line, offset),)

    def rewrap(self, width: int) -> None:
        width = max(NARROWEST, width)
        if width == self.width:
            return
        self.width = width
        if not self._rows:
            return
        self._cut_back()
        rows = [*self._rows, self._open]
        spans = zip(self._lines, [*self._lines[1:], len(rows)], strict=True)
        lines = [rows[first] if behind - first == 1 else "".join(rows[first:behind]) for first, behind in spans]
        self._rows, self._offsets, self._lines = [], array("I"), array("I", [0])
        self._lay(lines, 0)
        self._keep_open()
        self._show_unsettled()

    def _span(self, line: int) -> tuple[int, int]:
        """The first row of the line and the first one behind it."""
        return self._lines[line], self._lines[line + 1] if line + 1 < len(self._lines) else len(self._rows)

    def _extend(self, text: str) -> None:
        """Final text."""
        self._go_on(text)
        self._keep_open()

    def _show_unsettled(self) -> None:
        """Characters that may still turn into something else are shown as they would be without more."""
        if text := self._settling.unsettled:
            self._go_on(text)

    def _go_on(self, text: str) -> None:
        """Of the rows there are only the open one is wrapped again."""
        self._cut_back()
        if "\t" in text:
            column = (self._open_offset + len(self._open)) % TAB
            text = (" " * column + text).expandtabs(TAB)[column:]
        self._lay((self._open + text).split("\n"), self._open_offset)

    def _keep_open(self) -> None:
        self._open_row = len(self._rows) - 1
        self._open = self._rows[-1]
        self._open_offset = self._offsets[-1]

    def _cut_back(self) -> None:
        """Take away the open row and what was shown behind it."""
        del self._rows[self._open_row :]
        del self._offsets[self._open_row :]
        while self._lines[-1] > self._open_row:
            self._lines.pop()

    def _lay(self, lines: list[str], offset: int) -> None:
        """The first one goes on in the line there is, at this offset."""
        rows, offsets, starts, width = self._rows, self._offsets, self._lines, self.width
        for line in lines:
            wrapped = wrap(line, width)
            rows += wrapped
            if len(wrapped) == 1:
                offsets.append(offset)
            else:
                offsets.extend(accumulate(map(len, wrapped[:-1]), initial=offset))
            starts.append(len(rows))
            offset = 0
        starts.pop()
