"""Rows of short pieces of text, each in a role; painted without layout, repainted when they change."""

from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from compare_tui.core.sanitize import safe_line

Piece = tuple[str, str]
"""Text and its role, one of the component classes without `lines--`."""
Row = tuple[tuple[Piece, ...], tuple[Piece, ...]]
"""What stands on the left, and on the right."""


def shown(text: str) -> str:
    """Text from outside for one row, its blanks at the ends kept away."""
    return safe_line(text[:500])


class Lines(Widget):
    """Some rows of pieces; the left ones give way when a row is too narrow."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"lines--{role}"
        for role in ("plain", "dim", "strong", "title", "badge", "mark", "good", "warn", "bad", "live", "bar", "key")
    }
    DEFAULT_CSS = """
    Lines {
        height: 1;
        & > .lines--plain { color: $foreground; }
        & > .lines--dim { color: $text-muted; }
        & > .lines--strong { color: $foreground; text-style: bold; }
        & > .lines--title { text-style: bold; }
        & > .lines--badge { color: $text-secondary; }
        & > .lines--mark { color: $text-accent; text-style: bold; }
        & > .lines--good { color: $text-success; }
        & > .lines--warn { color: $text-warning; }
        & > .lines--bad { color: $text-error; text-style: bold; }
        & > .lines--live { color: $text-primary; }
        & > .lines--bar { color: $primary; }
        & > .lines--key { color: $text-accent; text-style: bold; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.lines: tuple[Row, ...] = ()

    def show(self, *lines: Row) -> None:
        """Paints only what is new."""
        if lines != self.lines:
            self.lines = lines
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y >= len(self.lines):
            return Strip.blank(width, self.rich_style)
        left, right = self.lines[y]
        taken = sum(cell_len(text) for text, _ in right)
        segments = self._cut(left, max(0, width - taken))
        used = sum(segment.cell_length for segment in segments)
        segments.append(Segment(" " * max(0, width - taken - used), self.rich_style))
        segments += self._cut(right, width)
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _cut(self, pieces: tuple[Piece, ...], width: int) -> list[Segment]:
        segments: list[Segment] = []
        for text, role in pieces:
            cells = cell_len(text)
            style = self.get_component_rich_style(f"lines--{role}")
            if cells > width:
                if width > 1:
                    segments.append(Segment(set_cell_size(text, width - 1) + "…", style))
                break
            segments.append(Segment(text, style))
            width -= cells
        return segments
