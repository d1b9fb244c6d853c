"""The painted rows of a stream view: each Strip is made once and kept until its text, its marks or the style change."""

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget

from compare_tui.ui.finding import Finding
from compare_tui.ui.marking import MOVED, Mark, marked, on_whole
from compare_tui.ui.reading import Spot
from compare_tui.ui.sheet import Sheet

if TYPE_CHECKING:
    from compare_tui.ui.marks.in_place import Marks

COMPONENTS: Final = {
    "stream--reasoning",
    "stream--fold",
    "stream--below",
    "stream--match",
    "stream--match-current",
    "stream--placeholder",
    "stream--new",
    "stream--number",
    "stream--moved",
    "stream--only",
    "stream--gone",
}
CSS: Final = (
    """
StreamView {
    width: 1fr;
    height: 1fr;
    background: $background;
    color: $foreground;
    overflow-x: hidden;
    overflow-y: scroll;
    scrollbar-size-vertical: 1;
    text-align: center;
    content-align: center middle;

    & > .stream--reasoning { color: $foreground-muted; text-style: italic; }
    & > .stream--fold { color: $foreground-muted; text-style: bold; }
    & > .stream--below { color: $text-primary; background: $primary-muted; text-style: bold; }
    & > .stream--match { color: $text-warning; background: $warning-muted; text-style: underline; }
    & > .stream--match-current { color: $background; background: $warning; text-style: bold underline; }
    & > .stream--placeholder { color: $foreground-muted; }
    & > .stream--new { color: $text-success; background: $success-muted; text-style: underline; }
    & > .stream--number { color: $text-success; background: $success-muted; text-style: bold underline; }
    & > .stream--only { color: $text-accent; background: $accent-muted; text-style: underline; }
    & > .stream--gone { color: $text-error; background: $error-muted; text-style: bold underline; }
}
"""
    + f"StreamView > .stream--moved {{ {MOVED} }}"
)
"""No border and no padding: those would need Textual's own painting. Centred is the placeholder alone."""
_MOST: Final = 256
"""Strips kept, about five screens: a Strip with its caches takes some 4 kB."""
_BELOW = "↓ new text below · G"
_GONE = "▾"


class Painting:
    """Knows the colours of the view; whoever changes what a row shows drops it here."""

    def __init__(self, view: Widget) -> None:
        self._view = view
        self._strips: dict[int, Strip] = {}
        self._base: Style | None = None
        self._components: dict[str, Style] = {}
        self._background = Color(0, 0, 0)
        self._inked: Sheet | None = None
        """The sheet that has the styles of this theme."""
        self._in_place: Marks | None = None

    @property
    def in_place(self) -> "Marks | None":
        """What is marked in the answer against another one."""
        return self._in_place

    @in_place.setter
    def in_place(self, marks: "Marks | None") -> None:
        self._in_place = marks
        self._strips.clear()

    def restyle(self) -> None:
        """Another theme: looked up when the next row is painted, for now Textual is still at it."""
        self._base = self._inked = None
        self._components.clear()
        self._strips.clear()

    def drop(self, first: int = 0) -> None:
        """The rows from this one on, and the fold, have changed."""
        if first == 0:
            self._strips.clear()
        else:
            self._strips = {y: strip for y, strip in self._strips.items() if 0 < y < first}

    def has(self, rows: range) -> bool:
        return all(y in self._strips for y in rows)

    def row(self, sheet: Sheet, y: int, selected: tuple[Spot, Spot] | None, finding: Finding | None) -> Strip:
        strip = self._strips.get(y)
        if strip is None:
            while len(self._strips) >= _MOST:
                del self._strips[next(iter(self._strips))]
            strip = self._strips[y] = self._painted(sheet, y, selected, finding)
        return strip

    def _painted(self, sheet: Sheet, y: int, selected: tuple[Spot, Spot] | None, finding: Finding | None) -> Strip:
        base = self._styles(sheet)
        if y >= len(sheet):
            return self._finished([], 0, base)
        strip = sheet.row(y)
        segments: list[Segment] = list(strip)
        cells = strip.cell_length
        marks = [*self._marked(sheet, y), *self._matches(y, finding), *self._selection(sheet, y, selected)]
        if marks:
            length = sum(len(segment.text) for segment in segments)
            behind = max((mark.end for mark in marks if mark.sign), default=0) - length
            if behind > 0:
                segments.append(Segment(" " * behind))
                cells += behind
            segments = marked(segments, on_whole(sheet.plain(y), marks))
        return self._finished(list(Segment.apply_style(segments, base)), cells, base)

    def _finished(self, segments: list[Segment], cells: int, base: Style) -> Strip:
        """Padded to the width of the view and filtered: once here, not in every frame."""
        width = self._view.outer_size.width
        if cells < width:
            segments.append(Segment(" " * (width - cells), base))
        return Strip(self._filtered(segments), max(cells, width)).crop(0, width)

    def _filtered(self, segments: list[Segment]) -> list[Segment]:
        for line_filter in self._view.get_line_filters():
            segments = line_filter.apply(segments, self._background)
        return segments

    def _styles(self, sheet: Sheet) -> Style:
        if sheet is not self._inked:
            self._inked = sheet
            sheet.fold_style = self._component("fold")
            sheet.reasoning.style = self._component("reasoning")
        return self._looked_up()

    def _looked_up(self) -> Style:
        if self._base is None:
            self._base = self._view.rich_style
            self._background = self._view.background_colors[1]
        return self._base

    def _component(self, name: str) -> Style:
        """Whole, with the background: a muted colour is a mixture with it. Kept: to work it out takes 0.1 ms."""
        if name not in self._components:
            self._components[name] = self._view.get_component_rich_style(f"stream--{name}")
        return self._components[name]

    def _marked(self, sheet: Sheet, y: int) -> list[Mark]:
        if self._in_place is None:
            return []
        from compare_tui.ui.marks.on_rows import on_row

        found = on_row(self._in_place, sheet.plain(y), sheet.stretches(y), sheet.width)
        return [Mark(start, end, self._component(why.value), _GONE if sign else "") for start, end, why, sign in found]

    def _matches(self, y: int, finding: Finding | None) -> list[Mark]:
        if finding is None:
            return []
        names = {True: "match-current", False: "match"}
        return [Mark(start, end, self._component(names[current])) for start, end, current in finding.on_row(y)]

    def _selection(self, sheet: Sheet, y: int, selected: tuple[Spot, Spot] | None) -> list[Mark]:
        if selected is None or sheet.is_fold(y) or not selected[0].row <= y <= selected[1].row:
            return []
        text = sheet.plain(y)
        start = selected[0].at if y == selected[0].row else 0
        end = selected[1].at if y == selected[1].row else len(text)
        return [Mark(start, end, self._view.screen.get_component_rich_style("screen--selection"))]

    def with_note(self, strip: Strip, columns: int) -> Strip:
        """That there is more below, over the end of a row."""
        note = f" {_BELOW} "
        left = columns - cell_len(note)
        if left < 0:
            return strip
        segments = self._filtered([Segment(note, self._looked_up() + self._component("below"))])
        return Strip.join([strip.crop(0, left), Strip(segments, columns - left), strip.crop(columns)])

    def blank(self, placeholder: Content | None, columns: int, crop: Region) -> list[Strip]:
        """The whole view without text: the placeholder in its middle."""
        view = self._view
        height = view.outer_size.height
        base = self._looked_up()
        if placeholder is None:
            return [self._finished([], 0, base)] * crop.height
        style = view.get_visual_style("stream--placeholder")
        lines = Visual.to_strips(view, placeholder, columns, height, style, apply_selection=False)
        return [self._finished(list(line), line.cell_length, base) for line in lines[crop.y : crop.bottom]]
