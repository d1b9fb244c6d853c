"""Rows of short pieces of text, each in a role; painted without layout, repainted when they change."""

from collections.abc import Mapping
from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from compare_tui.core.sanitize import safe_line
from compare_tui.ui.ink import coloured, muted

Piece = tuple[str, str]
"""Text and its role, one of those below."""
Row = tuple[tuple[Piece, ...], tuple[Piece, ...]]
"""What stands on the left, and on the right."""


_ROLES = {
    "plain": ("", False),
    "dim": ("", False),
    "strong": ("", True),
    "title": ("", True),
    "badge": ("text-secondary", False),
    "mark": ("text-accent", True),
    "good": ("text-success", False),
    "warn": ("text-warning", False),
    "bad": ("text-error", True),
    "live": ("text-primary", False),
    "bar": ("primary", False),
    "key": ("text-accent", True),
}
"""The colour of the theme, none for that of the text, and whether it is bold."""
_COLOURS = ("foreground", "background", *sorted({colour for colour, _ in _ROLES.values() if colour}))


def role_styles(variables: Mapping[str, str]) -> Mapping[str, Style]:
    """The roles in a theme. Component classes would do the same, and cost 45 ms of the first paint."""
    return _styles(tuple((name, variables.get(name, "")) for name in _COLOURS))


@lru_cache(8)
def _styles(variables: tuple[tuple[str, str], ...]) -> Mapping[str, Style]:
    known = dict(variables)
    styles = {role: coloured(known, colour) + Style(bold=bold or None) for role, (colour, bold) in _ROLES.items()}
    return {**styles, "dim": muted(known)}


def shown(text: str) -> str:
    """Text from outside for one row, its blanks at the ends kept away."""
    return safe_line(text[:500])


def cut_short(text: str, cells: int) -> str:
    """At most so many cells, and a sign where something is missing."""
    return text if cell_len(text) <= cells else f"{set_cell_size(text, max(0, cells - 1)).rstrip()}…"


class Lines(Widget):
    """Some rows of pieces; the left ones give way when a row is too narrow."""

    DEFAULT_CSS = "Lines { height: 1; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 (Textual's name)
        self._ground: Style | None = None
        super().__init__(id=id, classes=classes)
        self.lines: tuple[Row, ...] = ()

    def show(self, *lines: Row) -> None:
        """Paints only what is new."""
        if lines != self.lines:
            self.lines = lines
            self.refresh()

    def notify_style_update(self) -> None:
        self._ground = None
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if self._ground is None:  # kept: to work it out takes 0.2 ms
            self._ground = self.rich_style
        ground = self._ground
        if y >= len(self.lines):
            return Strip.blank(width, ground)
        left, right = self.lines[y]
        taken = sum(cell_len(text) for text, _ in right)
        segments = self._cut(left, max(0, width - taken), ground)
        used = sum(segment.cell_length for segment in segments)
        segments.append(Segment(" " * max(0, width - taken - used), ground))
        segments += self._cut(right, width, ground)
        return Strip(segments).adjust_cell_length(width, ground)

    def _cut(self, pieces: tuple[Piece, ...], width: int, ground: Style) -> list[Segment]:
        segments: list[Segment] = []
        styles = role_styles(self.app.theme_variables)
        for text, role in pieces:
            cells = cell_len(text)
            style = ground + styles[role]
            if cells > width:
                if width > 1:
                    segments.append(Segment(set_cell_size(text, width - 1) + "…", style))
                break
            segments.append(Segment(text, style))
            width -= cells
        return segments
