"""Styled text wrapped into rows of a width: what every rendered section is made with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from compare_tui.ui.rows import TAB, Place
from compare_tui.ui.wrap import wrap

Piece = tuple[str, Style]
_NARROWEST = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One row, the spaces that hang over its end, and where it begins in the text."""

    segments: tuple[Segment, ...]
    place: Place
    hanging: int = 0
    in_table: bool = False
    """What it shows is of that line of the text alone, and all of it but the label is."""
    label: int = 0
    """Characters at its beginning that name the column: they stand in the head of the table."""
    margin: int = 0
    """Characters at its beginning that stand left of the block."""
    goes_on: bool = False
    """Where the row before ended, after a soft wrap."""

    @property
    def plain(self) -> str:
        return "".join(segment.text for segment in self.segments) + " " * self.hanging


class Margin:
    """What stands left of a block: bars of quotes, a bullet on the first row and blanks below it."""

    def __init__(self, first: Sequence[Piece] = (), rest: Sequence[Piece] = (), outer: "Margin | None" = None) -> None:
        self._first, self._rest, self._outer = tuple(first), tuple(rest), outer
        own = max(sum(cell_len(text) for text, _ in pieces) for pieces in (first, rest))
        self.width: int = own + (outer.width if outer else 0)

    def take(self) -> tuple[Piece, ...]:
        """The margin of the next row."""
        taken, self._first = self._first, self._rest
        return (self._outer.take() if self._outer else ()) + taken


NO_MARGIN = Margin()


def wrapped(
    pieces: Iterable[Piece], width: int, place: Place, margin: Margin = NO_MARGIN, *, exact: bool = False
) -> list[Line]:
    """The rows of a styled text that begins at a place. Newlines in it begin a row and a line of the text.

    Beside a margin rows do not go on in the next: the two joined would have the margin in the midst of a sentence. So
    the margin counts there, unless places have to be exact because others on the same line follow.
    """
    lines: list[Line] = []
    if width - margin.width < _NARROWEST:
        margin = NO_MARGIN
    room = width - margin.width
    for number, part in enumerate(_parts(pieces)):
        start, offset = 0, 0 if number else place.offset
        for row in wrap("".join(text for text, _ in part), room):
            cut = _cut(part, start, start + len(row))
            left = margin.take()
            size = sum(len(text) for text, _ in left)
            lines.append(
                replace(_line((*left, *cut), Place(place.line + number, offset)), margin=size, goes_on=start > 0)
            )
            start += len(row)
            offset += len(lines[-1].plain) + 1 if margin.width and not exact else len(row)
    return lines


def gap(before: Place, source: str, margin: Margin = NO_MARGIN) -> Line:
    """An empty row that belongs to the end of the line before, whose source this is."""
    return _line(margin.take(), replace(before, offset=before.offset + len(source) + 1))


def _parts(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """The pieces of each line."""
    parts: list[list[Piece]] = [[]]
    for text, style in pieces:
        for number, line in enumerate(text.replace("\t", " " * TAB).split("\n")):
            if number:
                parts.append([])
            if line:
                parts[-1].append((line, style))
    return parts


def _cut(pieces: Sequence[Piece], start: int, end: int) -> Iterable[Piece]:
    at = 0
    for text, style in pieces:
        if at >= end:
            break
        if at + len(text) > start:
            yield text[max(start - at, 0) : end - at], style
        at += len(text)


def _line(pieces: Iterable[Piece], place: Place) -> Line:
    """Neighbours of one style joined, without the spaces at the end."""
    joined: list[Piece] = []
    for text, style in pieces:
        if joined and joined[-1][1] == style:
            joined[-1] = (joined[-1][0] + text, style)
        elif text:
            joined.append((text, style))
    hanging = 0
    while joined and (shown := joined[-1][0].rstrip(" ")) != joined[-1][0]:
        text, style = joined.pop()
        hanging += len(text) - len(shown)
        if shown:
            joined.append((shown, style))
    return Line(tuple(Segment(text, style) for text, style in joined), place, hanging)
