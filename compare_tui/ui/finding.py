"""Finding in rows: case does not matter, a soft wrap does not hide a match, and text that came later is found too."""

import re
from array import array
from bisect import bisect_left, bisect_right
from time import monotonic
from typing import Final

from compare_tui.ui.reading import follows, goes_on
from compare_tui.ui.rows import Place
from compare_tui.ui.sheet import Sheet

EVERY_S: Final = 0.5
"""Between two searches of text that comes."""
_NOWHERE: Final = Place(-1, 0)


class Finding:
    """The matches of one query, counted from the first row; as positions in the text with its soft wraps undone."""

    def __init__(self, query: str) -> None:
        self.query = query
        self.current: int | None = None
        self._late: int | None = None
        """The first row not searched since it changed."""
        self._searched_at = 0.0
        self._pattern = re.compile(re.escape(query), re.IGNORECASE)
        self._rows = array("L")
        """Where each row begins."""
        self._starts = array("L")
        self._ends = array("L")

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def which(self) -> int | None:
        """The number of the current match, from 1."""
        return None if self.current is None else self.current + 1

    @property
    def is_late(self) -> bool:
        return self._late is not None

    @property
    def is_due(self) -> bool:
        return self._late is not None and monotonic() - self._searched_at >= EVERY_S

    def changed_from(self, row: int) -> None:
        """Rows from this one on are to be searched, not at once: they change 30 times a second."""
        self._late = row if self._late is None else min(row, self._late)

    def catch_up(self, rows: Sheet) -> bool:
        """Search what changed. Whether there are more matches now, or less."""
        before = len(self)
        if self._late is not None:
            self.search(rows, self._late)
        return len(self) != before

    def search(self, rows: Sheet, changed: int = 0) -> None:
        """All of it, or the lines from a changed row on."""
        self._late, self._searched_at = None, monotonic()
        first = max(0, min(changed, len(self._rows) - 1, len(rows) - 1))
        while first > 0 and goes_on(rows, first):
            first = min(first - 1, rows.row_at(Place(rows.place(first).line, 0)))
        position = self._rows[first] if first < len(self._rows) else 0
        del self._rows[first:]
        kept = bisect_left(self._starts, position)
        del self._starts[kept:], self._ends[kept:]
        text = self._joined(rows, first, position)
        for found in self._pattern.finditer(text):
            self._starts.append(position + found.start())
            self._ends.append(position + found.end())
        if self.current is not None and self.current >= len(self):
            self.current = len(self) - 1 if len(self) else None

    def on_row(self, y: int) -> list[tuple[int, int, bool]]:
        """The matches that touch a row: start, end, and whether it is the current one."""
        if y >= len(self._rows):
            return []
        begin = self._rows[y]
        behind = self._rows[y + 1] if y + 1 < len(self._rows) else None
        last = len(self) if behind is None else bisect_left(self._starts, behind)
        return [
            (max(0, self._starts[at] - begin), self._ends[at] - begin, at == self.current)
            for at in range(bisect_right(self._ends, begin), last)
        ]

    def step(self, by: int, row: int) -> int | None:
        """Make another match the current one, from the first row in sight when there is none yet. Its row."""
        if not len(self):
            return None
        if self.current is not None:
            self.current = (self.current + by) % len(self)
        else:
            seen = bisect_left(self._starts, self._rows[min(row, len(self._rows) - 1)])
            self.current = (seen if by > 0 else seen - 1) % len(self)
        return bisect_right(self._rows, self._starts[self.current]) - 1

    def _joined(self, rows: Sheet, first: int, position: int) -> str:
        parts: list[str] = []
        before, length, y = _NOWHERE, 0, first
        while y < len(rows):  # asking for a row may correct how many there are
            text = "" if rows.is_fold(y) else rows.plain(y)
            place = rows.place(y)
            if y > first and not follows(place, before, length):
                parts.append("\n")
                position += 1
            self._rows.append(position)
            parts.append(text)
            before, length, y = place, len(text), y + 1
            position += length
        return "".join(parts)
