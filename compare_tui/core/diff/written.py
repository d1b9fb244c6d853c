"""Writes two texts at once and notes, stretch by stretch, what is the same in them and what is not."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from compare_tui.core.diff.model import Change, Diff, How, Ignoring, Kind, Piece, Span, Unit

_WORDS: Final = re.compile(r"\w+")


class Writer:
    """Both texts as far as they are written, with the pieces and changes of a Diff."""

    def __init__(self) -> None:
        self._texts: tuple[list[str], list[str]] = [], []
        self._at = [0, 0]
        self._unchanged: list[str] = []
        self._pieces: list[Piece] = []
        self._changes: list[tuple[How, tuple[tuple[str, str], ...], str]] = []
        self._spans: list[list[Span | None]] = []
        self.alike = 0
        self.coarse = False

    @property
    def changes(self) -> int:
        return len(self._changes)

    def same(self, text: str) -> None:
        self._unchanged.append(text)

    def other_layout(self, old: str, new: str) -> None:
        """What differs says nothing of the values, such as a comma behind the last of them."""
        if old == new:
            self.same(old)
        else:
            self._write(Kind.ALIKE, old, new)

    def change(self, how: How, path: str, numbers: tuple[tuple[str, str], ...] = ()) -> int:
        """The number of a new change; what belongs to it is written after."""
        self._changes.append((how, numbers, path))
        self._spans.append([None, None])
        return len(self._changes) - 1

    def gone(self, text: str, change: int, *, number: bool = False) -> None:
        self._write(Kind.GONE, text, "", change, number)

    def new(self, text: str, change: int, *, number: bool = False) -> None:
        self._write(Kind.NEW, "", text, change, number)

    def compared(self, diff: Diff, path: str, written: Callable[[str], str] = str) -> None:
        """A whole comparison, at this place; `written`: what becomes of a character of it."""
        first = len(self._changes)
        for one in diff.changes:
            self.change(one.how, path, one.numbers)
        for kind, old, old_end, new, new_end, change, number in diff.pieces:
            at = change if change < 0 else first + change
            self._write(kind, written(diff.old[old:old_end]), written(diff.new[new:new_end]), at, number)
        self.alike += diff.alike
        self.coarse |= diff.coarse

    def _write(self, kind: Kind, old: str, new: str, change: int = -1, number: bool = False) -> None:
        if not (old or new):
            return
        if kind is Kind.SAME:
            self._unchanged.append(old)
            return
        self._end_unchanged()
        starts = tuple(self._at)
        self._place(old, new)
        if change >= 0:
            self._widen(change, kind, starts)
        last = self._pieces[-1] if self._pieces else None
        if last and (last.kind, last.change, last.number) == (kind, change, number):
            self._pieces[-1] = last._replace(old_end=self._at[0], new_end=self._at[1])
        else:
            self._pieces.append(Piece(kind, starts[0], self._at[0], starts[1], self._at[1], change, number))

    def _end_unchanged(self) -> None:
        """What is the same comes in many small stretches, and is one piece."""
        text = "".join(self._unchanged)
        self._unchanged.clear()
        if text:
            old, new = self._at
            self._place(text, text)
            self._pieces.append(Piece(Kind.SAME, old, self._at[0], new, self._at[1]))

    def _place(self, old: str, new: str) -> None:
        for side, text in enumerate((old, new)):
            self._texts[side].append(text)
            self._at[side] += len(text)

    def _widen(self, change: int, kind: Kind, starts: Sequence[int]) -> None:
        side = 0 if kind is Kind.GONE else 1
        span = self._spans[change][side]
        self._spans[change][side] = Span(starts[side] if span is None else span.start, self._at[side])
        if self._spans[change][1 - side] is None and self._changes[change][0] is not How.MOVED:
            self._spans[change][1 - side] = Span(starts[1 - side], starts[1 - side])

    def diff(self, unit: Unit, ignoring: Ignoring, structure: str) -> Diff:
        """Texts that came in other words, and do not differ here, differ in how they are laid out."""
        self._end_unchanged()
        old, new = ("".join(texts) for texts in self._texts)
        changes = tuple(
            Change(how, spans[0] or Span(0, 0), spans[1] or Span(0, 0), numbers, path)
            for (how, numbers, path), spans in zip(self._changes, self._spans, strict=True)
        )
        both, olds, news = self._words(old, new)
        common = (2 * both) / (olds + news) if olds + news else 1.0
        alike = self.alike or (0 if changes else 1)
        return Diff(
            old, new, tuple(self._pieces), changes, unit, ignoring, common, olds, news, alike, structure, self.coarse
        )

    def _words(self, old: str, new: str) -> tuple[int, int, int]:
        """How many both have, what is moved among them, and how many each has."""
        both = olds = news = 0
        for piece in self._pieces:
            gone = len(_WORDS.findall(old, piece.old, piece.old_end))
            added = gone if piece.kind is Kind.SAME else len(_WORDS.findall(new, piece.new, piece.new_end))
            olds, news = olds + gone, news + added
            if piece.kind in (Kind.SAME, Kind.ALIKE):
                both += min(gone, added)
            elif piece.kind is Kind.NEW and self._changes[piece.change][0] is How.MOVED:
                both += added
        return both, olds, news
