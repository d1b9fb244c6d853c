"""Marks on rows: a range of characters in another style, and which character lies under which cell."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from compare_tui.ui.reading import Spot, goes_on, offset_of
from compare_tui.ui.rows import Rows
from compare_tui.ui.wrap import clusters

MOVED: Final = "color: $text-accent; background: $accent-muted; text-style: italic;"
"""How text that stands elsewhere now is marked, in the panes as in the diff: a style sheet's words."""


class Mark(NamedTuple):
    """The characters of a row from `start` up to `end`."""

    start: int
    end: int
    style: Style
    sign: str = ""
    """What is shown instead of them, as wide as they are."""


def marked(segments: Iterable[Segment], marks: Sequence[Mark]) -> list[Segment]:
    """The same text; a later mark lies over an earlier one."""
    edges = sorted({edge for mark in marks for edge in mark[:2]})
    result: list[Segment] = []
    at = 0
    for text, style, _ in segments:
        behind = at + len(text)
        for start, end in pairwise((at, *(edge for edge in edges if at < edge < behind), behind)):
            painted, shown = style or Style.null(), text[start - at : end - at]
            for mark in marks:
                if mark.start <= start < mark.end:
                    painted += mark.style
                    shown = mark.sign or shown
            result.append(Segment(shown, painted))
        at = behind
    return result


def on_whole(text: str, marks: Sequence[Mark]) -> Sequence[Mark]:
    """Widened to whole characters, as a terminal shows them: a flag and a letter with its accents are one."""
    if text.isascii():
        return marks
    edges = [begin for begin, _, _ in clusters(text)] + [len(text)]
    last = len(edges) - 1
    return [
        mark
        if mark.sign
        else mark._replace(
            start=edges[bisect_right(edges, mark.start) - 1], end=edges[min(bisect_left(edges, mark.end), last)]
        )
        for mark in marks
    ]


def pointer_map(rows: Rows, y: int, width: int) -> Strip:
    """A row of single cells, each of which knows the character it shows: what Textual asks for under the mouse.

    Textual counts the characters of a segment by their own widths, which puts it inside or behind joined ones.
    """
    text = rows.plain(y)
    cells: list[Segment] = []
    at = 0
    for begin, _, size in clusters(text):
        at = begin
        cells += [_cell(rows, Spot(y, begin))] * size
    soft = y + 1 < len(rows) and goes_on(rows, y + 1)
    margin = Spot(y, at if soft else len(text))
    cells += [_cell(rows, margin)] * max(1, width - len(cells))
    return Strip(cells, len(cells))


def _cell(rows: Rows, spot: Spot) -> Segment:
    return Segment(" ", Style.from_meta({"offset": offset_of(rows, spot)}))
