"""Greedy wrapping of one logical line into screen rows, in cells; nothing is lost and nothing is added.

Where a row ends is decided by the text from its beginning on and by nothing else. So an answer that streams in has the
rows of an answer that came whole, though only its last row is wrapped again: the property everything here rests on.
A row breaks after the last space or wide character that fits; one space may hang over the edge, unseen.
"""

import re
from collections.abc import Iterator
from typing import Final

from rich.cells import split_graphemes

NARROWEST: Final = 2
"""A row has room for the widest character."""

_ONE_CELL = (
    " -~\xa0-\xac\xae-\u02ff\u0370-\u0377\u0384-\u0482\u048a-\u0513"
    "\u2010-\u2015\u2018-\u201f\u2022\u2026\u2190-\u2193\u2500-\u25a0"
)
_TWO_CELLS = "\u3001-\u3029\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60"
_NARROW: Final = re.compile(f"[{_ONE_CELL}]*")
_PLAIN: Final = re.compile(f"[{_ONE_CELL}{_TWO_CELLS}]*")
_WIDE: Final = re.compile(f"[{_TWO_CELLS}]+")
_SECOND_CELL = "\0"
_LONGEST_CLUSTER = 32
_LONGEST_ROW_PER_CELL = 16


def wrap(text: str, width: int) -> list[str]:
    """The rows of a line. They joined are the text; an empty line is one empty row."""
    if len(text) <= width and text.isascii():
        return [text]
    rows: list[str] = []
    start, end = 0, len(text)
    if text.isascii() or _NARROW.fullmatch(text):
        while end - start > width:
            cut = text.rfind(" ", start, start + width + 1) + 1
            if not cut or (text[start] == " " and not text[start:cut].strip(" ")):
                cut = start + width
            rows.append(text[start:cut])
            start = cut
        if start < end:
            rows.append(text[start:])
        return rows
    while start < end:
        cut = _row_end(text, start, width)
        rows.append(text[start:cut])
        start = cut
    return rows or [""]


def _break(cells: str, width: int) -> int:
    """Where a row that is too long ends, for text of one character per cell."""
    cut = max(cells.rfind(" ", 0, width + 1), cells.rfind(_SECOND_CELL, 0, width)) + 1
    if cut and cells[:cut].strip(" "):
        return cut
    return width - 1 if cells[width] == _SECOND_CELL else width


def _row_end(text: str, start: int, width: int) -> int:
    """Where the row that begins at `start` ends. The window shows one more than fits, and what could join that."""
    window = text[start : start + width + 2]
    if _PLAIN.fullmatch(window):
        cells = _WIDE.sub(_spread, window)
        if len(cells) <= width:
            return start + len(window)
        cut = _break(cells, width)
        return start + cut - cells.count(_SECOND_CELL, 0, cut)
    return start + _cluster_row_end(text, start, width)


def _spread(found: re.Match[str]) -> str:
    """Wide characters with a sign for their second cell, so that positions are cells."""
    return _SECOND_CELL.join(found.group()) + _SECOND_CELL


def _cluster_row_end(text: str, start: int, width: int) -> int:
    """The same for text with characters that join; looks further only while the row is not full."""
    most = width * _LONGEST_ROW_PER_CELL
    reach = width + _LONGEST_CLUSTER
    while True:
        window = text[start : start + min(reach, most + 2 * _LONGEST_CLUSTER)]
        end = _overflow(window, width, most)
        if end is not None:
            return end
        if start + len(window) == len(text):
            return len(window)
        reach *= 2


def _overflow(window: str, width: int, most: int) -> int | None:
    """Where the row has to end, or None when all of the window fits."""
    cells = chance = 0
    inked = False
    for at, end, size in clusters(window):
        space = end - at == 1 and window[at] == " "
        if cells + size > width or end > most:
            if space and inked:
                return end
            return chance or at or end
        cells += size
        inked = inked or not space
        if inked and (space or size == 2):
            chance = end
    return None


def clusters(text: str) -> Iterator[tuple[int, int, int]]:
    """Characters as seen: begin, end, cells. Two regional indicators are one flag; an endless cluster is cut."""
    flag: tuple[int, int] | None = None
    for at, end, size in split_graphemes(text)[0]:
        indicator = end - at == 1 and "\U0001f1e6" <= text[at] <= "\U0001f1ff"
        if flag is not None:
            begin, cells = flag
            flag = None
            if indicator:
                yield begin, end, cells + size
                continue
            yield begin, begin + 1, cells
        if indicator:
            flag = (at, size)
            continue
        while end - at > _LONGEST_CLUSTER:
            yield at, at + _LONGEST_CLUSTER, size
            at, size = at + _LONGEST_CLUSTER, 0
        yield at, end, size
    if flag is not None:
        yield flag[0], flag[0] + 1, flag[1]
