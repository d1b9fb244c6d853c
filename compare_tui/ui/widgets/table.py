"""A table of figures: the first column stays, the others move in sideways; only rows in sight are ever made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings
from compare_tui.ui.widgets.lines import Lines, Piece, Row, role_styles

_GAP: Final = 2
_CURSOR: Final = "▌"


@dataclass(frozen=True, slots=True)
class Column:
    """Its heading, and how many cells it takes: as few as `width`, up to `most` where there is room."""

    heading: str
    width: int
    most: int = 0
    right: bool = False

    @property
    def widest(self) -> int:
        return max(self.width, self.most)


Made = Callable[[int, int, int], Sequence[Row]]
"""What stands in a cell: its row, its column, its width in cells; one line or several."""


class FiguresTable(Vertical):
    """`offer` gives it its columns, how many rows there are, and who makes a cell."""

    DEFAULT_CSS = """
    FiguresTable { height: 1fr; }
    FiguresTable > Lines { background: $surface; padding: 0 1; }
    FiguresTable > .table--sums { display: none; }
    """

    class Opened(Message):
        """A click on the row that was chosen already; enter is the screen's."""

        def __init__(self, table: "FiguresTable", row: int) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> "FiguresTable":
            return self.table

    def __init__(self, *, lines: int = 1, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self._head = Lines()
        self._foot = Lines(classes="table--sums")
        self.body = TableBody(self, lines)
        self._made: Made | None = None
        self._columns: tuple[Column, ...] = ()
        self._sums: Sequence[Sequence[Row]] = ()
        self.first = 1
        """The first column beside the one that stays."""

    def compose(self) -> ComposeResult:
        yield self._head
        yield self.body
        yield self._foot

    # What it shows

    def offer(self, columns: Sequence[Column], count: int, made: Made, *, chosen: int | None = None) -> None:
        """All of it anew; the row that was chosen stays the one, unless another is named."""
        self._columns, self._made = tuple(columns), made
        self.first = max(1, min(self.first, len(columns) - 1))
        self.body.count = count
        self.body.chosen = max(0, min(self.body.chosen if chosen is None else chosen, count - 1))
        self.renew()
        if chosen is not None:
            self.call_after_refresh(self.body.show_chosen)

    def renew(self, rows: Sequence[int] | None = None) -> None:
        """These rows, or all of them, say something else now."""
        self.body.forget(rows)
        if rows is None:
            self._lay_out()

    def sum_up(self, cells: Sequence[Sequence[Row]]) -> None:
        """Last rows that do not scroll: for each column what stands in them."""
        if cells != self._sums:
            self._sums = cells
            self._foot.display = bool(cells)
            self._foot.styles.height = max(map(len, cells), default=1)
            self._lay_out()

    @property
    def chosen(self) -> int | None:
        return self.body.chosen if self.body.count else None

    @property
    def seen(self) -> tuple[tuple[int, int], ...]:
        """The columns in sight, each with the cells it takes."""
        if not self._columns:
            return ()
        stays, *_ = self._columns
        left = self.body.row_width - stays.width
        seen: list[int] = []
        for at in range(self.first, len(self._columns)):
            left -= self._columns[at].width + _GAP
            if left < 0 and seen:
                break
            seen.append(at)
        return tuple(self._spread((0, *seen)))

    def _spread(self, seen: tuple[int, ...]) -> list[tuple[int, int]]:
        """What is left over goes evenly to those that would take more, then nowhere."""
        widths = {at: self._columns[at].width for at in seen}
        left = self.body.row_width - sum(widths.values()) - _GAP * (len(seen) - 1)
        while left > 0 and (hungry := [at for at in seen if widths[at] < self._columns[at].widest]):
            for at in hungry[:left]:
                widths[at] += 1
            left -= len(hungry[:left])
        return list(widths.items())

    @property
    def hidden(self) -> tuple[int, int]:
        """How many columns stand to the left and to the right of those in sight."""
        seen = [at for at, _ in self.seen]
        return (self.first - 1, len(self._columns) - 1 - seen[-1]) if len(seen) > 1 else (0, 0)

    def _lay_out(self) -> None:
        seen = self.seen
        self._head.show((tuple(self._headings(seen)), ()))
        height = max(map(len, self._sums), default=0)
        self._foot.show(*(self._sum(line, seen) for line in range(height)))

    def _sum(self, line: int, seen: Sequence[tuple[int, int]]) -> Row:
        pieces: list[Piece] = []
        for at, width in seen:
            cell = self._sums[at] if at < len(self._sums) else ()
            pieces += [*fitted(cell[line] if line < len(cell) else ((), ()), width), (" " * _GAP, "plain")]
        return tuple(pieces), ()

    def _headings(self, seen: Sequence[tuple[int, int]]) -> list[Piece]:
        before, behind = self.hidden
        pieces: list[Piece] = []
        for at, width in seen:
            column = self._columns[at]
            words = column.heading
            if at == self.first and before:
                words = f"‹{before} {words}"
            if behind and at == seen[-1][0]:
                words = f"{_short(words, width - len(f' {behind}›'))} {behind}›"
            words = _short(words, width)
            gap = " " * (width - cell_len(words))
            pieces.append((f"{gap}{words}" if column.right else f"{words}{gap}", "title"))
            pieces.append((" " * _GAP, "plain"))
        return pieces

    def cell(self, row: int, column: int, width: int) -> Sequence[Row]:
        assert self._made is not None
        return self._made(row, column, width)

    # Keys

    def sideways(self, by: int) -> None:
        """A column further, as long as one is out of sight there."""
        before, behind = self.hidden
        if (by < 0 and before) or (by > 0 and behind):
            self.first += by
            self.renew()


class TableBody(ScrollView, can_focus=True, inherit_bindings=False):
    """The rows: one of them is chosen; each is painted once and kept."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--chosen"}
    DEFAULT_CSS = """
    TableBody {
        height: 1fr;
        background: $background;
        padding: 0;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        & > .table--chosen { background: $primary-muted; }
        &:ansi > .table--chosen { text-style: reverse; }
    }
    """
    BINDINGS = bindings(Where.TABLES)

    def __init__(self, table: FiguresTable, lines: int) -> None:
        super().__init__()
        self._table = table
        self._lines = lines
        self._strips: dict[int, list[Strip]] = {}
        self._made_for = 0
        self.count = 0
        self.chosen = 0

    @property
    def row_width(self) -> int:
        """Before the first layout that of the screen, so that the first frame is no other than the second."""
        width = self.scrollable_content_region.width or self.app.size.width - self.scrollbar_size_vertical
        return max(0, width - 1)

    def forget(self, rows: Sequence[int] | None) -> None:
        """These rows are made again when they are in sight; nothing is painted for others."""
        made = [row for row in (self._strips if rows is None else rows) if row in self._strips]
        for row in made:
            del self._strips[row]
        self.virtual_size = Size(self.scrollable_content_region.width, self.count * self._lines)
        if made or rows is None:
            self.refresh()

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Looks itself whether its width is another one: a Resize is not sent when a look at a region comes before."""
        if self._made_for != self.row_width:
            self._made_for = self.row_width
            self._strips.clear()
            self.call_after_refresh(self._table.renew)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        row, line = divmod(round(self.scroll_y) + y, self._lines)
        if row >= self.count:
            return Strip.blank(self.size.width, self.rich_style)
        if row not in self._strips:
            self._strips[row] = self._painted(row)
        return self._strips[row][line]

    def _painted(self, row: int) -> list[Strip]:
        is_chosen = row == self.chosen
        ground = self.rich_style
        if is_chosen:
            ground += self.get_component_rich_style("table--chosen", partial=True)
        styles = role_styles(self.app.theme_variables)
        cells = [(width, self._table.cell(row, at, width)) for at, width in self._table.seen]
        strips = []
        for line in range(self._lines):
            segments = [Segment(_CURSOR if is_chosen else " ", ground + styles["mark"])]
            for width, lines in cells:
                pieces = fitted(lines[line], width) if line < len(lines) else [(" " * width, "plain")]
                segments += [Segment(text, ground + styles[role]) for text, role in (*pieces, (" " * _GAP, "plain"))]
            strips.append(Strip(segments).adjust_cell_length(self.size.width, ground))
        return strips

    # Choosing

    def choose(self, row: int) -> None:
        row = max(0, min(row, self.count - 1))
        if row != self.chosen and self.count:
            before, self.chosen = self.chosen, row
            self.forget([before, row])
        self.show_chosen()

    def show_chosen(self) -> None:
        """Scroll until it is in sight."""
        place = Region(0, self.chosen * self._lines, 1, self._lines)
        self.scroll_to_region(place, animate=False, force=True, immediate=True, x_axis=False)

    def action_table_down(self) -> None:
        self.choose(self.chosen + 1)

    def action_table_up(self) -> None:
        self.choose(self.chosen - 1)

    def action_table_page_down(self) -> None:
        self.choose(self.chosen + self._page)

    def action_table_page_up(self) -> None:
        self.choose(self.chosen - self._page)

    def action_table_top(self) -> None:
        self.choose(0)

    def action_table_bottom(self) -> None:
        self.choose(self.count - 1)

    def action_table_left(self) -> None:
        self._table.sideways(-1)

    def action_table_right(self) -> None:
        self._table.sideways(1)

    @property
    def _page(self) -> int:
        return max(1, self.size.height // self._lines - 1)

    def on_click(self, event: events.Click) -> None:
        row = (round(self.scroll_y) + event.y) // self._lines
        if row < self.count:
            if row == self.chosen:
                self._table.post_message(FiguresTable.Opened(self._table, row))
            self.choose(row)


def fitted(row: Row, width: int) -> list[Piece]:
    """Exactly so many cells: what stands on the right keeps its place, the left gives way."""
    left, right = row
    taken = sum(cell_len(text) for text, _ in right)
    room = max(0, width - taken)
    pieces: list[Piece] = []
    apart = 1 if right and room else 0
    room -= apart
    for text, role in left:
        text = _short(text, room)
        room -= cell_len(text)
        pieces.append((text, role))
    pieces.append((" " * (room + apart), "plain"))
    for text, role in right:
        pieces.append((set_cell_size(text, min(cell_len(text), width)), role))
    return pieces


def _short(text: str, cells: int) -> str:
    if cell_len(text) <= cells:
        return text
    return f"{set_cell_size(text, cells - 1).rstrip()}…" if cells > 0 else ""
