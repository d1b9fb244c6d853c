"""How panes share a space: side by side first, a second row where it stays readable, pages for the rest."""

from dataclasses import dataclass

NARROWEST = 38
FEWEST_ROWS = 8
HEAD_ROWS = 2
GUTTER = 1
ONE_PANE_BELOW = 80


@dataclass(frozen=True, slots=True)
class Arrangement:
    columns: int
    rows: int
    pages: int

    @property
    def per_page(self) -> int:
        return self.columns * self.rows


def arrange(panes: int, width: int, height: int) -> Arrangement:
    """The space is that of the panes alone, without a strip of tabs."""
    panes = max(1, panes)
    fitting = 1 if width < ONE_PANE_BELOW else max(1, (width + GUTTER) // (NARROWEST + GUTTER))
    columns = min(panes, fitting)
    rows = 1
    if panes > columns and height // 2 >= HEAD_ROWS + FEWEST_ROWS and width >= ONE_PANE_BELOW:
        rows = 2
        columns = min(columns, -(-panes // rows)) if panes <= columns * rows else columns
    return Arrangement(columns, rows, -(-panes // (columns * rows)))
