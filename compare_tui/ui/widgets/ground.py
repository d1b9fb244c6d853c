"""What lies behind the panes: one colour, and a thin line between two columns, each row of it made once.

Textual styles every row of every container anew for each full frame; three layers of them cost more than the text.
"""

from rich.segment import Segment
from rich.style import Style
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

    def render_lines(self, crop: Region) -> list[Strip]:
        width, style, edges = self.size.width, self.rich_style, self.edges()
        key = (width, style, edges, self.app.no_color)
        if self._made is None or self._made[0] != key:
            self._made = (key, self._row(width, style, edges))
        strip = self._made[1]
        return [strip if crop.column_span == (0, width) else strip.crop(*crop.column_span)] * crop.height

    def _row(self, width: int, style: Style, edges: tuple[int, ...]) -> Strip:
        segments: list[Segment] = []
        at = 0
        for edge in edges:
            segments += [Segment(" " * (edge - at), style), Segment(_LINE, style + Style(dim=True))]
            at = edge + 1
        strip = Strip([*segments, Segment(" " * max(0, width - at), style)])
        for each in self.get_line_filters():
            strip = strip.apply_filter(each, self.background_colors[1])
        return strip


class VerticalGround(Vertical, Ground):
    pass


class PaneGrid(Grid, Ground):
    """A line between the panes that stand side by side."""

    def edges(self) -> tuple[int, ...]:
        left, width = self.region.x, self.size.width
        ends = {child.region.right - left for child in self.children if child.display}
        return tuple(sorted(end for end in ends if 0 < end < width))
