"""What one pane shows as one run of rows: the fold of the reasoning, the reasoning if unfolded, and the answer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from compare_tui.ui.rows import Place, RawRows, Rows

if TYPE_CHECKING:
    from compare_tui.ui.marks.on_rows import Stretch

_ABOVE: Final = 1 << 40
"""Lines of the reasoning are counted from so far below zero: places stay in order and never move."""
_FOLD: Final = Place(-2 * _ABOVE, 0)


class Sheet:
    """Itself rows, so that reading, marking and finding need not know of sections."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.reasoning = RawRows(width)
        self.answer = RawRows(width)
        self.unfolded = False
        self.fold_style: Style | None = None
        self._rendered: Rows | None = None
        self._counted = 0
        """Characters the fold row speaks of."""

    def __len__(self) -> int:
        return self._head + len(self._shown)

    @property
    def _head(self) -> int:
        """Rows above the answer."""
        return (1 + (len(self.reasoning) if self.unfolded else 0)) if self._counted else 0

    @property
    def _shown(self) -> Rows:
        return self.answer if self._rendered is None else self._rendered

    @property
    def has_fold(self) -> bool:
        return self._counted > 0

    @property
    def is_rendered(self) -> bool:
        return self._rendered is not None

    @property
    def pending(self) -> bool:
        news = self.reasoning.characters != self._counted
        return news or self.answer.pending or (self.unfolded and self.reasoning.pending)

    def fold(self, seconds: float) -> int | None:
        """Make rows of what was appended. The first row that changed, the fold aside, which always may."""
        news = self.reasoning.characters - self._counted
        changed = [0] if news and not self._counted else []
        self._counted += news
        if self.unfolded and (first := self.reasoning.fold(seconds)) is not None:
            changed.append(1 + first)
        if (first := self.answer.fold(seconds)) is not None and self._rendered is None:
            changed.append(self._head + first)
        return min(changed, default=len(self) if news else None)

    def show_rendered(self, rows: Rows | None) -> None:
        self._rendered = rows
        self._shown.rewrap(self.width)

    def rewrap(self, width: int) -> None:
        """What is not shown now is wrapped when it is."""
        self.width = width
        self._shown.rewrap(width)
        if self.unfolded:
            self.reasoning.rewrap(width)

    def unfold(self, unfolded: bool) -> None:
        self.unfolded = unfolded
        self.reasoning.rewrap(self.width)

    def correct(self, rows: range) -> bool:
        """Have these rows laid out, which corrects estimates. Whether there are more rows now, or less."""
        before = len(self)
        for y in rows:
            if y < len(self):
                self.row(y)
        return len(self) != before

    def row(self, y: int) -> Strip:
        if self.is_fold(y):
            text = self.plain(y)
            return Strip([Segment(text, self.fold_style)], cell_len(text))
        rows, y = self._section(y)
        return rows.row(y)

    def plain(self, y: int) -> str:
        if self.is_fold(y):
            return self._fold_text()
        rows, y = self._section(y)
        return rows.plain(y)

    def place(self, y: int) -> Place:
        if self.is_fold(y):
            return _FOLD
        rows, local = self._section(y)
        place = rows.place(local)
        return Place(place.line - _ABOVE, place.offset) if rows is self.reasoning else place

    def row_at(self, place: Place) -> int:
        if place.line >= 0:
            return self._head + self._shown.row_at(place)
        if place.line <= _FOLD.line or not self.unfolded:
            return 0
        return 1 + self.reasoning.row_at(Place(place.line + _ABOVE, place.offset))

    def resumes_at(self, y: int) -> int | None:
        if self.is_fold(y):
            return None
        rows, local = self._section(y)
        return rows.resumes_at(local)

    def stretches(self, y: int) -> "Sequence[Stretch]":
        """None of the fold and the reasoning: what is marked is the answer."""
        rows, local = self._section(y)
        return () if y < self._head else rows.stretches(local)

    def is_fold(self, y: int) -> bool:
        return y == 0 and self._counted > 0

    def _section(self, y: int) -> tuple[Rows, int]:
        head = self._head
        return (self._shown, y - head) if y >= head else (self.reasoning, y - 1)

    def _fold_text(self) -> str:
        """As many of its words as there is room for."""
        sign, says = ("▾", "t folds") if self.unfolded else ("▸", "t unfolds")
        text, *more = (f"{sign} reasoning", f" · {self._counted:,} characters", f" · {says}")
        for words in more:
            if len(text) + len(words) <= self.width:
                text += words
        return text[: self.width]
