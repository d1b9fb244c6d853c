"""A finished answer as rendered rows: Markdown, JSON and tool calls, laid out a section at a time when looked at.

`settle` works ahead in slices. A view shows the rows once they are `ready`: then the whole text is cut in sections and
every place has its row. How many rows a section has is estimated until one of them is asked for, so a view that asks
holds the place it shows: `place = rows.place(top)` before, `top = rows.row_at(place)` after. `settle` wants the same.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from time import perf_counter
from typing import TYPE_CHECKING, Final

from textual.strip import Strip

from compare_tui.core.sanitize import safe_line
from compare_tui.core.take import ToolCall
from compare_tui.ui.ink import Ink
from compare_tui.ui.rendered.json import is_json, json_sections
from compare_tui.ui.rendered.lines import Line, gap
from compare_tui.ui.rendered.sections import (
    CallSection,
    MarkdownSplitter,
    Section,
    link_targets,
    plain_sections,
    safe_lines,
)
from compare_tui.ui.rows import Place
from compare_tui.ui.wrap import NARROWEST

if TYPE_CHECKING:
    from compare_tui.ui.marks.on_rows import Stretch

_BUDGET_MS: Final = 6.0
_MOST_AHEAD: Final = 4_000
_MOST_KEPT: Final = 8_000
"""Rows: laid out before anyone looks, and kept. A thousand take about 0.5 MiB."""


def rendered(text: str, tools: Sequence[ToolCall], width: int, ink: Ink) -> "RenderedRows":
    """Rows of an answer and of the calls it asks for. Nothing is read before `settle`, or before a row is asked for."""
    return RenderedRows(_sections(text, tools), width, ink, text)


def warm() -> None:
    """Load what rendering needs: 50 ms that a thread should spend before the first answer is done."""
    from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]  # it ships no types

    from compare_tui.ui.rendered.markdown import markdown_parser

    markdown_parser().parse("**warm**")
    get_lexer_by_name("python")


class RenderedRows:
    """The sections of an answer, and the rows of those that were looked at last."""

    def __init__(self, sections: Iterator[Section], width: int, ink: Ink, text: str = "") -> None:
        self.width = max(NARROWEST, width)
        self._text = text
        self._source: list[str] = []
        """The lines of the text, once it is asked which of its words stand on a row."""
        self._stretches: dict[int, list[list[Stretch]]] = {}
        self._ink = ink
        self._unread: Iterator[Section] | None = sections
        self._sections: list[Section] = []
        self._places: list[Place] = []
        self._lines: dict[int, list[Line]] = {}
        self._kept = 0
        self._exact = bytearray()
        self._heights: list[int] = []
        self._ends: list[int] = []
        """The row behind each section, as far as counted."""

    def __len__(self) -> int:
        return self._counted()[-1] if self._counted() else 0

    @property
    def ready(self) -> bool:
        """Whether the whole text has been cut into sections."""
        return self._unread is None

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do ahead. What is very long stays an estimate until it is looked at."""
        return self.ready and (self._kept >= _MOST_AHEAD or False not in self._exact)

    def settle(self, budget_ms: float = _BUDGET_MS) -> bool:
        """Go on for so long. Whether rows have other numbers now."""
        deadline, laid_out = perf_counter() + budget_ms / 1000, False
        while not self.settled and perf_counter() < deadline:
            if self._unread is not None:
                self._read(self._unread)
            else:
                self._rendered(self._exact.index(False))
                laid_out = True
        return laid_out

    def row(self, y: int) -> Strip:
        return Strip(self._line(y).segments)

    def plain(self, y: int) -> str:
        return self._line(y).plain

    def place(self, y: int) -> Place:
        return self._line(y).place

    def resumes_at(self, y: int) -> int | None:
        line = self._line(y)
        return line.margin if line.goes_on else None

    def stretches(self, y: int) -> "Sequence[Stretch]":
        """Of the text as it came, without the calls."""
        from compare_tui.ui.marks.on_rows import aligned

        self._line(y)
        number = bisect_right(self._ends, y)
        if not self._source:
            self._source = list(safe_lines(self._text))
        if number >= len(self._sections):
            return ()
        if number not in self._stretches:
            section = self._sections[number]
            line, size = section.place.line, len(section.source)
            source = self._source[line : line + section.source.count("\n") + 1]
            self._stretches[number] = aligned(source, section.place, size, self._rendered(number))
        known, at = self._stretches[number], y - self._begin(number)
        return known[at] if at < len(known) else ()

    def row_at(self, place: Place) -> int:
        if not len(self):
            return 0
        number = max(bisect_right(self._places, place) - 1, 0)
        places = [line.place for line in self._rendered(number)]
        at = bisect_left(places, place)
        same_line = at < len(places) and places[at].line == place.line
        begins = same_line and (places[at] == place or not at or places[at - 1].line < place.line)
        return min(self._begin(number) + (at if begins else max(at - 1, 0)), len(self) - 1)

    def rewrap(self, width: int) -> None:
        width = max(NARROWEST, width)
        if width != self.width:
            self.width, self._kept = width, 0
            self._lines.clear()
            self._stretches.clear()
            self._ends.clear()
            self._exact = bytearray(len(self._sections))
            self._heights = [self._estimate(section) for section in self._sections]

    def _line(self, y: int) -> Line:
        """An empty one where laying out showed that there are not so many."""
        while y < len(self):
            number = bisect_right(self._ends, y)
            lines = self._rendered(number)
            if y < self._begin(number) + len(lines):
                return lines[y - self._begin(number)]
        return Line((), self._places[-1] if self._places else Place(0, 0))

    def _read(self, sections: Iterator[Section]) -> None:
        section = next(sections, None)
        if section is None:
            self._unread = None
            return
        self._sections.append(section)
        self._places.append(_gap_before(section).place if section.gap else section.place)
        self._heights.append(self._estimate(section))
        self._exact.append(False)

    def _rendered(self, number: int) -> list[Line]:
        lines = self._lines.get(number)
        if lines is None:
            section = self._sections[number]
            lines = section.render(self.width, self._ink)
            if section.gap and lines:
                lines.insert(0, _gap_before(section))
            self._keep(number, lines)
        return lines

    def _keep(self, number: int, lines: list[Line]) -> None:
        if not self._exact[number]:
            self._exact[number] = True
            self._heights[number] = len(lines)
            del self._ends[number:]
        while self._lines and self._kept + len(lines) > _MOST_KEPT:
            dropped = next(iter(self._lines))
            self._kept -= len(self._lines.pop(dropped))
            self._stretches.pop(dropped, None)
        self._lines[number] = lines
        self._kept += len(lines)

    def _estimate(self, section: Section) -> int:
        return section.gap + section.height + len(section.source) // self.width

    def _begin(self, number: int) -> int:
        return self._counted()[number - 1] if number else 0

    def _counted(self) -> list[int]:
        while self._unread is not None:
            self._read(self._unread)
        missing = self._heights[len(self._ends) :]
        if missing:
            self._ends += accumulate(missing[1:], initial=missing[0] + (self._ends[-1] if self._ends else 0))
        return self._ends


def _gap_before(section: Section) -> Line:
    """At the end of the line before, or just before it on its own line."""
    line, offset = section.place.line, section.place.offset
    return gap(Place(line, offset - 2) if offset else Place(line - 1, 0), "")


def _sections(text: str, tools: Sequence[ToolCall]) -> Iterator[Section]:
    if is_json(text):
        yield from json_sections(text, Place(0, 0))
    elif text:
        yield from MarkdownSplitter(text, link_targets(text)).sections()
    line = text.count("\n") + 1 if text else 0
    for call in tools:
        yield from _call(call, line)
        line += sum(part.count("\n") for part in call.arguments) + 1


def _call(call: ToolCall, line: int) -> Iterator[Section]:
    """On the lines where it stands behind the text as it came."""
    name, id_, arguments = safe_line(call.name), safe_line(call.id), "".join(call.arguments)
    heading = f"→ call {name}  {id_}"
    yield CallSection(heading, Place(line, 1 if line else 0), name, id_, line > 0)
    place = Place(line, 1 + len(heading))
    yield from json_sections(arguments, place) if is_json(arguments) else plain_sections(arguments, place)
