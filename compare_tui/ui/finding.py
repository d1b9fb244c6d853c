"""Finding in rows: case does not matter, a soft wrap does not hide a match, and text that came later is found too.

To look through an answer of 200 kB that is laid out takes a third of a second, so it is done a slice at a time. What
was read of the rows is kept for the next query: the next letter costs a few milliseconds.
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from math import inf
from time import monotonic, thread_time
from typing import Final

from compare_tui.ui.reading import follows
from compare_tui.ui.sheet import Sheet

EVERY_S: Final = 0.5
"""Between two searches of text that comes."""
_AT_ONCE: Final = 1 << 17
"""Characters of a text that was read already; to find 10,000 matches takes 2 ms."""


class Unwrapped:
    """The text of rows with its soft wraps undone, and where in it each row begins."""

    def __init__(self) -> None:
        self.rows = array("L")
        """Where the own text of each row begins."""
        self._lefts = array("L")
        """Where on the row that is: behind the margin of a list or quote that a soft wrap goes on in."""
        self.end = 0
        self.is_whole = False
        """Nothing is left to read, or was not when the last rows came."""
        self._starts: list[int] = []
        self._parts: list[str] = []
        self._changed: int | None = 0

    @property
    def is_behind(self) -> bool:
        return self._changed is not None

    def changed_from(self, row: int) -> None:
        """Rows from this one on are others now; they are read when it is time."""
        self._changed = row if self._changed is None else min(row, self._changed)

    def read(self, rows: Sheet, seconds: float) -> int:
        """Go on for so long. Up to where the text is what it was before."""
        if self._changed is None:
            return self.end
        y = max(0, min(self._changed, len(self.rows), len(rows)))
        kept = self._cut_back(rows, y)
        self._changed = self._read_from(rows, y, seconds)
        self.is_whole = self.is_whole or self._changed is None
        return kept

    def between(self, start: int, end: int) -> str:
        first = max(0, bisect_right(self._starts, start) - 1)
        behind = bisect_left(self._starts, end)
        begin = self._starts[first] if self._starts else 0
        return "".join(self._parts[first:behind])[start - begin : end - begin]

    def begin(self, y: int) -> int:
        """Of a row, where its first character is or would be."""
        return self.rows[y] - self._lefts[y]

    def _cut_back(self, rows: Sheet, y: int) -> int:
        """To the end of the row before this one."""
        if y < len(self.rows):
            self.end = self.rows[y - 1] + _length(rows, y - 1) - self._lefts[y - 1] if y else 0
            del self.rows[y:], self._lefts[y:]
            keep = bisect_left(self._starts, self.end)
            del self._starts[keep:], self._parts[keep:]
            if keep:
                self._parts[-1] = self._parts[-1][: self.end - self._starts[-1]]
        return self.end

    def _read_from(self, rows: Sheet, y: int, seconds: float) -> int | None:
        """The row to go on with, None after the last one. Asking for a row may correct how many there are."""
        until = thread_time() + seconds
        parts: list[str] = []
        start = self.end
        before, length = (rows.place(y - 1), _length(rows, y - 1)) if y else (None, 0)
        while y < len(rows) and (not parts or thread_time() < until):
            text = "" if rows.is_fold(y) else rows.plain(y)
            place, left = rows.place(y), rows.resumes_at(y)
            if before is not None and left is None and not follows(place, before, length):
                parts.append("\n")
                self.end += 1
            self.rows.append(self.end)
            self._lefts.append(left or 0)
            parts.append(text[left:])
            before, length, y = place, len(text), y + 1
            self.end += len(parts[-1])
        if self.end > start:
            self._starts.append(start)
            self._parts.append("".join(parts))
        return y if y < len(rows) else None


def _length(rows: Sheet, y: int) -> int:
    return 0 if rows.is_fold(y) else len(rows.plain(y))


class Finding:
    """The matches of one query, counted from the first row."""

    def __init__(self, query: str, text: Unwrapped, current: int | None = None) -> None:
        self.query = query
        self.text = text
        self.current = current
        self._looked = 0
        """Up to where in the text."""
        self._searched_at = 0.0
        self._pattern = re.compile(re.escape(query), re.IGNORECASE)
        self._starts = array("L")
        self._ends = array("L")

    def __len__(self) -> int:
        return len(self._starts)

    def anew(self) -> "Finding":
        """The same in rows that are all others now."""
        return Finding(self.query, Unwrapped(), self.current)

    @property
    def which(self) -> int | None:
        """The number of the current match, from 1."""
        return None if self.current is None else self.current + 1

    @property
    def is_looking(self) -> bool:
        """There is text, other than what came last, that was not looked through yet."""
        return not self.text.is_whole or not self._searched_at

    @property
    def is_late(self) -> bool:
        return self.text.is_behind or self._looked < self.text.end

    @property
    def is_due(self) -> bool:
        return self.is_late and monotonic() - self._searched_at >= EVERY_S

    def look(self, rows: Sheet, seconds: float = inf) -> int | None:
        """Some more of it, or all. The first row with other matches than before."""
        kept = self.text.read(rows, seconds)
        behind = bisect_right(self._ends, kept)
        dropped = self._starts[behind] if behind < len(self) else None
        del self._starts[behind:], self._ends[behind:]
        self._looked = min(self._looked, kept)
        until = self.text.end if seconds == inf else min(self.text.end, self._looked + _AT_ONCE)
        begin = max(0, self._looked + 1 - len(self.query), self._ends[-1] if self._ends else 0)
        for found in self._pattern.finditer(self.text.between(begin, until)):
            self._starts.append(begin + found.start())
            self._ends.append(begin + found.end())
        self._looked = until
        if not self.is_late:
            self._searched_at = monotonic()
            if self.current is not None and self.current >= len(self):
                self.current = len(self) - 1 if len(self) else None
        other = self._starts[behind] if behind < len(self) else dropped
        return None if other is None else max(0, bisect_right(self.text.rows, min(other, kept)) - 1)

    def on_row(self, y: int) -> list[tuple[int, int, bool]]:
        """The matches that touch a row: start, end, and whether it is the current one."""
        rows = self.text.rows
        if y >= len(rows):
            return []
        first, begin = rows[y], self.text.begin(y)
        last = len(self) if y + 1 == len(rows) else bisect_left(self._starts, rows[y + 1])
        return [
            (max(first, self._starts[at]) - begin, self._ends[at] - begin, at == self.current)
            for at in range(bisect_right(self._ends, first), last)
        ]

    def is_last(self, by: int) -> bool:
        """Whether there is no further match in this direction."""
        return not len(self) or (self.current is not None and not 0 <= self.current + by < len(self))

    def begin(self, by: int) -> None:
        """At the first or the last match is where the next step leads."""
        self.current = -1 if by > 0 else 0

    def step(self, by: int, row: int) -> int | None:
        """Make another match the current one, from the first row in sight when there is none yet. Its row."""
        rows = self.text.rows
        if not len(self):
            return None
        if self.current is not None:
            self.current = (self.current + by) % len(self)
        else:
            seen = bisect_left(self._starts, rows[min(row, len(rows) - 1)])
            self.current = (seen if by > 0 else seen - 1) % len(self)
        return bisect_right(rows, self._starts[self.current]) - 1
