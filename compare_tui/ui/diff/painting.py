"""The painted rows of a diff: each Strip is made once and kept until its text, its marks or the style change.

Every meaning has a sign or an attribute of its own beside its colour: struck is gone, underlined is new, italic has
moved, bold and reverse is a number that stands against another one, the accent as ground, with a bar before the row, is
the current change. A reader first sees where, by the ground of the row and the sign before it, and then what, by the
marks within.
"""

from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget

from compare_tui.core.diff.model import Change, How, Kind
from compare_tui.ui.diff.lines import NEW, OLD, Look, Row
from compare_tui.ui.diff.rows import DiffRows
from compare_tui.ui.diff.selecting import GUTTER, Columns, Selected
from compare_tui.ui.marking import MOVED, Mark, marked

_KINDS: Final = ("gone", "new", "moved")
COMPONENTS: Final = {
    *("diff--rule", "diff--filler", "diff--current", "diff--alike", "diff--open", "diff--placeholder"),
    *(f"diff--line-{kind}{current}" for kind in _KINDS for current in ("", "-current")),
    *(f"diff--{kind}{more}" for kind in _KINDS for more in ("", "-number", "-current")),
}
CSS: Final = (
    """
DiffText {
    width: 1fr;
    height: 1fr;
    background: $background;
    color: $foreground;
    overflow: hidden hidden;
    text-align: center;
    content-align: center middle;

    & > .diff--rule { color: $secondary-muted; }
    & > .diff--filler { background: $surface; }
    & > .diff--current { color: $accent; text-style: bold; }
    & > .diff--alike { color: $foreground-muted; text-style: underline; }
    & > .diff--open { color: $foreground-muted; }
    & > .diff--placeholder { color: $foreground-muted; }

    & > .diff--line-gone { background: $error 12%; }
    & > .diff--line-new { background: $success 12%; }
    & > .diff--line-moved { background: $accent 12%; text-style: italic; }
    & > .diff--line-gone-current { background: $error 20%; }
    & > .diff--line-new-current { background: $success 20%; }
    & > .diff--line-moved-current { background: $accent 20%; text-style: italic; }

    & > .diff--gone { color: $text-error; background: $error-muted; text-style: strike; }
    & > .diff--new { color: $text-success; background: $success-muted; text-style: underline; }
    & > .diff--gone-current { color: $background; background: $accent; text-style: strike; }
    & > .diff--new-current { color: $background; background: $accent; text-style: underline; }
    & > .diff--moved-current { color: $background; background: $accent; text-style: italic; }

    &:ansi {
        & > .diff--filler { background: $background; }
        & > .diff--line-gone, & > .diff--line-gone-current { background: $background; }
        & > .diff--line-new, & > .diff--line-new-current { background: $background; }
        & > .diff--line-moved, & > .diff--line-moved-current { background: $background; }
        & > .diff--gone-current { color: $text-accent; background: $background; text-style: strike reverse; }
        & > .diff--new-current { color: $text-accent; background: $background; text-style: underline reverse; }
        & > .diff--moved-current { color: $text-accent; background: $background; text-style: italic reverse; }
    }
}
"""
    + f"DiffText > .diff--moved {{ {MOVED} }}"
)
"""No border and no padding: those would need Textual's own painting. Centred is the placeholder alone."""

_MOST: Final = 256
_BREAK: Final = "↵"
_BOLD: Final = Style(bold=True)
_CALLED_OUT: Final = Style(bold=True, reverse=True)


class DiffPainting:
    """Knows the colours of the view; whoever changes what a row shows drops it here."""

    def __init__(self, view: Widget) -> None:
        self._view = view
        self._strips: dict[tuple[int, int], Strip] = {}
        self._base: Style | None = None
        self._background = Color(0, 0, 0)
        self.columns = Columns(0, unified=False)
        self.current: int | None = None
        self.selected: Selected | None = None

    def restyle(self) -> None:
        """Another theme: looked up when the next row is painted, for now Textual is still at it."""
        self._base = None
        self._strips.clear()

    def drop(self, first: int = 0) -> None:
        """The chunks from this one on have changed."""
        self._strips = {key: strip for key, strip in self._strips.items() if key[0] < first}

    def drop_current(self, rows: DiffRows) -> None:
        """What is marked as the current change, or no longer is."""
        chunks = rows.alignment.chunks
        self._strips = {
            key: strip
            for key, strip in self._strips.items()
            if not any(self.current in changes for changes in chunks[key[0]].changes)
        }

    def row(self, rows: DiffRows, y: int) -> Strip:
        number = rows.chunk(y)
        key = number, y - rows.begin(number)
        strip = self._strips.get(key)
        if strip is None:
            while len(self._strips) >= _MOST:
                del self._strips[next(iter(self._strips))]
            strip = self._strips[key] = self._painted(rows, y)
        return strip

    def _painted(self, rows: DiffRows, y: int) -> Strip:
        changes, columns = rows.alignment.diff.changes, self.columns
        pair = rows.pair(y)
        if pair.old is pair.new is None:
            return self._finished([Segment(" " * columns.width, self._looked_up())], columns.width)
        if columns.unified:
            side = OLD if pair.new is None else NEW
            return self._finished(list(self._column(pair[side], side, columns.width, changes)), columns.width)
        segments = [
            *self._column(pair.old, OLD, columns.left, changes),
            Segment("│", self._component("rule")),
            *self._column(pair.new, NEW, columns.right, changes),
        ]
        return self._finished(segments, columns.width)

    def _column(self, row: Row | None, side: int, width: int, changes: tuple[Change, ...]) -> Iterator[Segment]:
        """One side of a row, exactly so wide."""
        if row is None:
            yield Segment(" " * width, self._component("filler"))
            return
        current = self.current is not None and self.current in row.changes
        style = self._row_style(row, current=current)
        yield Segment("▌", style + self._ink("current")) if current else Segment(" ", style)
        yield Segment(f"{row.sign or ' '} ", style + self._sign_style(row))
        text, cells = row.text, cell_len(row.text)
        if cells > self.columns.text:
            text, cells = text[:-1], cells - 1
        marks = [*self._marks(row, style, changes), *self._selection(row, side)]
        plain = Segment(text, style)
        yield from marked([plain], marks) if marks else [plain]
        left = width - GUTTER - cells
        if row.ending is not None and row.ending.kind is not Kind.OPEN:
            yield Segment(_BREAK, self._look_style(row.ending, style, changes))
            left -= 1
        yield Segment(" " * left, style)

    def _marks(self, row: Row, style: Style, changes: tuple[Change, ...]) -> Iterator[Mark]:
        for start, end, look in row.runs:
            if not row.whole:
                yield Mark(start, end, self._look_style(look, style, changes))
            elif look.number:
                yield Mark(start, end, style + _number_style(changes[look.change]))

    def _selection(self, row: Row, side: int) -> Iterator[Mark]:
        selected = self.selected
        if selected is not None and selected.side == side and (span := selected.on(row)) is not None:
            yield Mark(*span, self._view.screen.get_component_rich_style("screen--selection"))

    # Styles

    def _row_style(self, row: Row, *, current: bool) -> Style:
        if row.tone not in _KINDS:
            return self._looked_up()
        style = self._component(f"line-{row.tone}{'-current' if current else ''}")
        return style + Style(color=self._component(row.tone).color) if row.whole else style

    def _sign_style(self, row: Row) -> Style:
        return Style(color=self._component(row.tone).color, bold=True) if row.tone else Style.null()

    def _look_style(self, look: Look, row: Style, changes: tuple[Change, ...]) -> Style:
        if look.kind is Kind.ALIKE or look.kind is Kind.OPEN:
            return row + self._ink(look.kind.value)
        change = changes[look.change]
        kind = "moved" if change.how is How.MOVED else look.kind.value
        if look.change == self.current:
            style = self._component(f"{kind}-current")
            return style + _BOLD if look.number else style
        return self._component(kind) + _number_style(change) if look.number else self._component(kind)

    def _component(self, name: str) -> Style:
        """Whole, with the background: a muted colour is a mixture with it."""
        return self._view.get_component_rich_style(f"diff--{name}")

    def _ink(self, name: str) -> Style:
        """Its colour and attributes, on whatever ground."""
        style = self._component(name)
        return Style(color=style.color, dim=style.dim, underline=style.underline, bold=style.bold)

    def _looked_up(self) -> Style:
        if self._base is None:
            self._base = self._view.rich_style
            self._background = self._view.background_colors[1]
        return self._base

    def _finished(self, segments: list[Segment], cells: int) -> Strip:
        """Filtered once here, not in every frame."""
        self._looked_up()
        for line_filter in self._view.get_line_filters():
            segments = line_filter.apply(segments, self._background)
        return Strip(segments, cells)

    def blank(self, placeholder: Content | None, crop: Region) -> list[Strip]:
        """The whole view without a diff: the placeholder in its middle."""
        width, height = self._view.outer_size
        base = self._looked_up()
        empty = self._finished([Segment(" " * width, base)], width)
        if placeholder is None:
            return [empty] * crop.height
        style = self._view.get_visual_style("diff--placeholder")
        lines = Visual.to_strips(self._view, placeholder, width, height, style, apply_selection=False)
        strips = [self._finished(list(line.adjust_cell_length(width, base)), width) for line in lines]
        return (strips + [empty] * height)[crop.y : crop.bottom]


def _number_style(change: Change) -> Style:
    """A number in what only one text has differs from nothing: it is no more than bold."""
    return _CALLED_OUT if any(old and new for old, new in change.numbers) else _BOLD
