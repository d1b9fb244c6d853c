"""The rows of an answer with each token in the style of its probability.

A screen shows other characters than the answer has: tabs, signs for what is hidden. Where the two cannot be brought
together a row has no styles, rather than styles in the wrong places.
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from compare_tui.core.logprobs import Token, Weighed
from compare_tui.core.sanitize import safe_display
from compare_tui.ui.reading import whole
from compare_tui.ui.rows import TAB, Place, RawRows
from compare_tui.ui.token_ink import UNKNOWN, step_of

_LINE_ENDS: Final = re.compile("[\n\u2028\u2029]")
_END_SIGN: Final = "↵"
_EXCESS: Final = "·"


class ShownLine(NamedTuple):
    """A line of the answer as the screen has it."""

    text: str
    offsets: Sequence[int]
    """Where each of its characters begins there, and where the last one ends; empty when that is not known."""


class TokenRows(RawRows):
    """Rows as they come, of a text whose tokens are looked up when a row is painted."""

    def __init__(self, width: int = 80) -> None:
        super().__init__(width)
        self.weighed = Weighed()
        self.styles: Mapping[str, Style] = {}
        self.cursor = Style(reverse=True)
        self.current: int | None = None
        """The token that has the cursor."""
        self._starts = array("Q", [0])
        self._indexed = 0

    def index(self) -> None:
        """Find the lines of the text that came since the last time."""
        text = self.weighed.text
        self._starts.extend(found.end() for found in _LINE_ENDS.finditer(text, self._indexed))
        self._indexed = len(text)

    def row_of(self, token: Token) -> int:
        """Where it begins."""
        assert token.start is not None
        number = bisect_right(self._starts, token.start) - 1
        offsets = self._line(number).offsets
        at = token.start - self._starts[number]
        return self.row_at(Place(number, offsets[at] if at < len(offsets) else 0))

    def character_at(self, y: int) -> int:
        """Where in the text the row begins."""
        place = self.place(y)
        if place.line >= len(self._starts):
            return len(self.weighed.text)
        offsets = self._line(place.line).offsets
        return self._starts[place.line] + (bisect_left(offsets, place.offset) if offsets else 0)

    def row(self, y: int) -> Strip:
        place, text = self.place(y), self.plain(y)
        pieces = self._pieces(place, text) if self.weighed.placed and place.line < len(self._starts) else []
        if not pieces:
            return super().row(y)
        segments: list[Segment] = []
        at = 0
        ends_with_cursor = self._ends_with_cursor(place, text)
        if cell_len(text) > self.width:
            text = text[:-1]  # a blank that hangs over the edge
        for start, end, style in pieces:
            start = max(start, at)
            if start > at:
                segments.append(Segment(text[at:start], self.style))
            if end > start:
                segments.append(Segment(text[start:end], style))
            at = max(at, end)
        segments.append(Segment(text[at:], self.style))
        if ends_with_cursor:
            segments.append(Segment(_END_SIGN, self.cursor))
        return Strip(segments)

    def _pieces(self, place: Place, text: str) -> list[tuple[int, int, Style]]:
        """Ranges of the characters of a row with their styles."""
        line = self._line(place.line)
        if line.text[place.offset : place.offset + len(text)] != text or not line.offsets:
            return []
        begin, offsets, weighed = self._starts[place.line], line.offsets, self.weighed
        last = len(offsets) - 1
        low = begin + max(0, bisect_right(offsets, place.offset) - 1)
        high = begin + bisect_left(offsets, place.offset + len(text))
        known = offsets[max(0, min(weighed.known_until - begin, last))] - place.offset
        pieces: list[tuple[int, int, Style]] = []
        behind = 0

        def add(start: int, end: int, style: Style) -> None:
            start, end = max(0, start), min(end, len(text))
            if end > start:
                pieces.append((*whole(text, start, end), style))

        for at in range(weighed.at(low), len(weighed.placed)):
            index = weighed.placed[at]
            token = weighed.tokens[index]
            if token.start is None or token.start >= high:
                break
            start = offsets[max(0, token.start - begin)] - place.offset
            end = offsets[min(token.end - begin, last)] - place.offset
            add(behind, start, self.styles[UNKNOWN])
            add(start, end, self.cursor if index == self.current else self.styles[step_of(token.probability)])
            behind = max(behind, end)
        add(behind, known, self.styles[UNKNOWN])
        return pieces

    def _ends_with_cursor(self, place: Place, text: str) -> bool:
        """The token with the cursor is, or has, the end of this line: there has to be something to see."""
        token = None if self.current is None else self.weighed.tokens[self.current]
        if token is None or token.start is None or place.line + 1 >= len(self._starts):
            return False
        end = self._starts[place.line + 1] - 1
        ends_here = place.offset + len(text) == len(self._line(place.line).text)
        return ends_here and token.start <= end < token.end and cell_len(text) < self.width

    def _line(self, number: int) -> ShownLine:
        begin = self._starts[number]
        text = self.weighed.text
        if number + 1 == len(self._starts):
            return shown_line(text[begin:], "")
        end = self._starts[number + 1] - 1
        return shown_line(text[begin:end], text[end])


@lru_cache(128)
def shown_line(line: str, ended_by: str) -> ShownLine:
    """A line and the character that ends it, as `RawRows` shows them."""
    kept = line.removesuffix("\r") if ended_by == "\n" else line
    text = safe_display(kept).expandtabs(TAB)
    if text == kept:
        offsets: Sequence[int] = range(len(kept) + 1)
    else:
        offsets = _offsets(kept, text)
    if offsets and len(kept) < len(line):
        offsets = [*offsets, len(text)]
    return ShownLine(text + _EXCESS if ended_by in ("\u2028", "\u2029") else text, offsets)


def _offsets(line: str, text: str) -> Sequence[int]:
    """Each character is itself, a sign, blanks up to a column, or gone."""
    offsets = array("I", [0])
    at, is_excess = 0, False
    for character in line:
        sign = character if text.startswith(character, at) else safe_display(character)
        if character == "\t":
            at += TAB - at % TAB
        elif sign == character != text[at : at + 1]:  # one mark too many: the first has a sign, the others none
            at += not is_excess and text.startswith(_EXCESS, at)
            is_excess = True
        else:
            at += len(sign)
            is_excess = False
        offsets.append(at)
    return offsets if at == len(text) else ()
