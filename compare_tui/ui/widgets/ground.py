"""What lies behind the panes: one colour, and a thin line between two columns, each row of it made once.

Textual styles every row of every container anew for each full frame; three layers of them cost more than the text.
"""

from typing import ClassVar

from rich.segment import Segment
from textual.containers import Grid, Vertical
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

_LINE = "│"


class Ground(Widget):
    """A container without a border of its own. It stands behind a container of Textual, whose styles it would hide."""

    _made: tuple[object, Strip] | None = None

    def edges(self) -> tuple[int, ...]:
        """The columns in which a line stands."""
        return ()

    def notify_style_update(self) -> None:
        self._made = None
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        width, edges = self.size.width, self.edges()
        if self._made is None or self._made[0] != (width, edges):
            self._made = ((width, edges), self._row(width, edges))
        strip = self._made[1]
        return [strip if crop.column_span == (0, width) else strip.crop(*crop.column_span)] * crop.height

    def _row(self, width: int, edges: tuple[int, ...]) -> Strip:
        style = self.rich_style
        line = self.get_component_rich_style("ground--line") if edges else style
        segments: list[Segment] = []
        at = 0
        for edge in edges:
            segments += [Segment(" " * (edge - at), style), Segment(_LINE, line)]
            at = edge + 1
        strip = Strip([*segments, Segment(" " * max(0, width - at), style)])
        for each in self.get_line_filters():
            strip = strip.apply_filter(each, self.background_colors[1])
        return strip


class VerticalGround(Vertical, Ground):
    pass


class PaneGrid(Grid, Ground):
    """A line between the panes that stand side by side."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"ground--line"}
    DEFAULT_CSS = """
    PaneGrid {
        & > .ground--line { color: $foreground-muted 30%; }
        &:ansi > .ground--line { color: $border-blurred; }
    }
    """

    def edges(self) -> tuple[int, ...]:
        left, width = self.region.x, self.size.width
        ends = {child.region.right - left for child in self.children if child.display}
        return tuple(sorted(end for end in ends if 0 < end < width))
