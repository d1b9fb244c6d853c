"""Reads the pieces of a comparison into the lines of both texts, and finds where both begin or end one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, NamedTuple

from compare_tui.core.diff.model import Diff, Kind, Piece

_ONE_SIDED: Final = (Kind.GONE, Kind.NEW, Kind.OPEN)


class Part(NamedTuple):
    """A stretch of one line, of one kind. An empty one stands for a line break that differs, or for an empty line."""

    text: str
    kind: Kind
    change: int
    number: bool


Line = tuple[Part, ...]
"""At least one part, and no "\\n"."""


EMPTY: Final[Line] = (Part("", Kind.SAME, -1, False),)
"""An empty line like the other side's."""


@dataclass(slots=True)
class Side:
    """The lines of one text, as far as it has been read."""

    text: str
    at: int = 0
    lines: list[Line] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    opened: dict[int, Part] = field(default_factory=dict)
    """Lines that only this side begins there, by what the break before them is."""

    @property
    def begins(self) -> int | None:
        """The number of the line that begins here."""
        return len(self.lines) if not self.at or self.text[self.at - 1] == "\n" else None

    @property
    def ends(self) -> int | None:
        """The number of the line after the one that ends here."""
        if not self.text:
            return 0
        return len(self.lines) + 1 if self.at == len(self.text) or self.text[self.at] == "\n" else None

    def add(self, part: Part) -> None:
        if part.text:
            self.parts.append(part)
            self.at += len(part.text)

    def break_line(self, by: Part) -> None:
        """`by`: an empty part of the kind of the break."""
        if by.kind is not Kind.SAME:
            if not self.parts or self.parts[-1][1:3] != by[1:3]:
                self.parts.append(by)
            self.opened[len(self.lines) + 1] = by
        self.lines.append(tuple(self.parts) or EMPTY)
        self.parts.clear()
        self.at += 1

    def finish(self) -> None:
        if self.text:
            self.lines.append(tuple(self.parts) or EMPTY)


class Reading:
    """Reads the pieces of a diff into lines, and notes where a line begins, or ends, on both sides at once."""

    def __init__(self, diff: Diff) -> None:
        self.old, self.new = Side(diff.old), Side(diff.new)
        self.cuts: list[tuple[int, int]] = [(0, 0)]
        for run in _runs(diff.pieces):
            self._point()
            self._read(run)
        self._point()
        self.old.finish()
        self.new.finish()
        self._cut(len(self.old.lines), len(self.new.lines))

    def _cut(self, old: int | None, new: int | None) -> None:
        if old is None or new is None:
            return
        last = self.cuts[-1]
        if old >= last[0] and new >= last[1] and (old, new) != last:
            self.cuts.append((old, new))

    def _point(self) -> None:
        self._cut(self.old.begins, self.new.begins)
        self._cut(self.old.ends, self.new.ends)

    def _read(self, run: list[Piece]) -> None:
        first = run[0]
        if first.kind is Kind.SAME:
            self._same(self.old.text[first.old : first.old_end], _part(first))
            return
        if first.kind is Kind.ALIKE:
            self._alike(first)
            return
        olds = [piece for piece in run if piece.old_end > piece.old]
        news = [piece for piece in run if piece.new_end > piece.new]
        if olds and news:
            _fill(self.old, ((self.old.text[piece.old : piece.old_end], _part(piece)) for piece in olds))
            _fill(self.new, ((self.new.text[piece.new : piece.new_end], _part(piece)) for piece in news))
        elif olds:
            self._alone([(self.old.text[piece.old : piece.old_end], _part(piece)) for piece in olds], of_old=True)
        else:
            self._alone([(self.new.text[piece.new : piece.new_end], _part(piece)) for piece in news], of_old=False)

    def _same(self, text: str, part: Part) -> None:
        """Lines that are the same from end to end are one and the same object on both sides."""
        if "\n" not in text:
            self._both(text, part)
            return
        first, *whole, last = text.split("\n")
        self._both(first, part)
        lines = [(Part(line, *part[1:]),) if line else EMPTY for line in whole]
        for side in (self.old, self.new):
            side.break_line(part)
            side.lines += lines
            side.at += len(text) - len(first) - len(last) - 1
        olds, news = len(self.old.lines), len(self.new.lines)
        self._cut(olds - len(lines), news - len(lines))
        self.cuts += zip(range(olds - len(lines) + 1, olds + 1), range(news - len(lines) + 1, news + 1), strict=True)
        self._both(last, part)

    def _both(self, text: str, part: Part) -> None:
        if text:
            same = Part(text, *part[1:])
            for side in (self.old, self.new):
                side.parts.append(same)
                side.at += len(text)

    def _alike(self, piece: Piece) -> None:
        """White space, or words that differ in what is ignored: line breaks that both have are taken as the same."""
        part = _part(piece)
        texts = self.old.text[piece.old : piece.old_end], self.new.text[piece.new : piece.new_end]
        old, new = (text.split("\n") for text in texts)
        spaces = all(not text or text.isspace() for text in texts)
        paired = min(len(old), len(new)) - 1 if spaces or len(old) == len(new) else 0
        for same, run in groupby(range(paired), lambda at: old[at] == new[at]):
            places = list(run)
            if same:  # there may be half a million of them
                self._same("\n".join([*old[places[0] : places[-1] + 1], ""]), Part("", Kind.SAME, -1, False))
            else:
                self._paired(old, new, places, part)
        rest = "\n".join(old[paired:]), "\n".join(new[paired:])
        if all(rest):
            _fill(self.old, [(rest[0], part)])
            _fill(self.new, [(rest[1], part)])
        else:
            self._alone([(rest[0] or rest[1], part)], of_old=bool(rest[0]))

    def _paired(self, old: Sequence[str], new: Sequence[str], places: Iterable[int], part: Part) -> None:
        for at in places:
            for side, lines in ((self.old, old), (self.new, new)):
                side.add(Part(lines[at], *part[1:]))
                side.break_line(part)
            self._cut(len(self.old.lines), len(self.new.lines))

    def _alone(self, texts: Iterable[tuple[str, Part]], *, of_old: bool) -> None:
        """What one side has and the other has nothing for: each line of it stands by itself."""
        side, other = (self.old, self.new) if of_old else (self.new, self.old)
        by_beginnings = side.begins is not None and other.begins is not None
        for text, part in texts:
            *whole, last = text.split("\n")
            for line in whole:
                side.add(Part(line, *part[1:]))
                if not by_beginnings:
                    self._sided_cut(side.ends, other.ends, of_old)
                side.break_line(part)
                if by_beginnings:
                    self._sided_cut(side.begins, other.begins, of_old)
            side.add(Part(last, *part[1:]))

    def _sided_cut(self, mine: int | None, others: int | None, of_old: bool) -> None:
        self._cut(*(mine, others) if of_old else (others, mine))


def _part(piece: Piece) -> Part:
    return Part("", piece.kind, piece.change, piece.number)


def _fill(side: Side, texts: Iterable[tuple[str, Part]]) -> None:
    for text, part in texts:
        *whole, last = text.split("\n")
        for line in whole:
            side.add(Part(line, *part[1:]))
            side.break_line(part)
        side.add(Part(last, *part[1:]))


def _runs(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """What stands at one place and belongs to one change goes together: the old of it beside the new of it."""
    run: list[Piece] = []
    for piece in pieces:
        if run and (piece.kind not in _ONE_SIDED or run[-1].kind not in _ONE_SIDED or piece.change != run[-1].change):
            yield run
            run = []
        run.append(piece)
    if run:
        yield run
