"""The board: the panes of the round that is looked at, side by side, in two rows, or page by page."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.message import Message

from compare_tui.core.events import Event
from compare_tui.core.take import Take
from compare_tui.ui.actions import Where
from compare_tui.ui.arrange import arrange
from compare_tui.ui.bindings import bindings
from compare_tui.ui.columns import Column
from compare_tui.ui.counters import state_piece
from compare_tui.ui.widgets.ground import PaneGrid, VerticalGround
from compare_tui.ui.widgets.lines import Lines, Piece, cut_short, shown
from compare_tui.ui.widgets.pane import Pane

if TYPE_CHECKING:
    from compare_tui.engine.forecast import Forecast

_SHORTEST_TAB = 8
"""A label cut to less tells nothing."""


class Board(VerticalGround, can_focus=True):
    """Holds as many panes as there are columns; keys act on the `focused_pane`.

    The board has Textual's focus: moving that from pane to pane would style and paint both anew at every key.
    """

    WHERE = Where.PANES
    BINDINGS = bindings(Where.PANES, "screen.")
    DEFAULT_CSS = """
    Board {
        height: 1fr;
        & > #tabs { display: none; background: $surface; }
        & > #tabs.-needed { display: block; }
        & > #panes { height: 1fr; grid-gutter: 0 1; }
        & > #panes > Pane.-away { display: none; }
    }
    """

    class PaneChosen(Message):
        """Another pane has the focus, or shows another take."""

    tabs_rows: ClassVar[int] = 1

    def __init__(self, columns: Sequence[Column], make_pane: Callable[[int], Pane] = Pane) -> None:
        """The first panes are there from the first frame on."""
        super().__init__(id="board")
        self._make_pane = make_pane
        self.panes = [make_pane(number) for number in range(1, len(columns) + 1)]
        self.page = 0
        self.zoomed = False
        self._chosen = 0
        self._tabs = Lines(id="tabs")
        self._grid = PaneGrid(id="panes")

    def compose(self) -> ComposeResult:
        yield self._tabs
        width, height = self.app.size  # the board is less high, which the first resize puts right
        self._grid.styles.grid_size_columns = arrange(len(self.panes), width, height).columns
        with self._grid:
            yield from self.panes

    # What is shown

    async def show(self, columns: Sequence[Column], *, newest: bool = True) -> None:
        """One pane for each column; a pane keeps its take while that is among the column's takes."""
        fresh = [self._make_pane(number) for number in range(len(self.panes) + 1, len(columns) + 1)]
        if fresh:
            await self._grid.mount_all(fresh)
        left_over = self.panes[len(columns) :]
        self.panes = [*self.panes, *fresh][: len(columns)]
        self._chosen = min(self._chosen, max(0, len(self.panes) - 1))
        self._grid.display = bool(self.panes)
        for pane, column in zip(self.panes, columns, strict=True):
            kept = pane.take if pane.take in column.takes and not newest else None
            pane.show(column, kept or (column.takes[-1] if column.takes else None))
        self.rearrange()
        self._mark_chosen()
        for pane in left_over:
            await pane.remove()

    def foretell(self, found: "Sequence[Forecast]") -> None:
        """What sending would come to, for the panes of lanes that were not sent to yet."""
        by_lane = {one.lane: one for one in found if one.input_tokens}
        for pane in self.panes:
            pane.forecast = by_lane.get(pane.column.lane) if pane.column else None
            pane.tick()

    def feed(self, take: Take, news: list[Event]) -> None:
        """Give events to whichever pane shows this take."""
        for pane in self.panes:
            if pane.take is take:
                pane.feed(news)

    def rearrange(self) -> None:
        """Decide which panes are on this page and where."""
        size = self.size
        if not size.width or not self.panes:
            return
        plan = arrange(1 if self.zoomed else len(self.panes), size.width, size.height)
        paged = self.zoomed or plan.pages > 1
        if paged and not self.zoomed:
            plan = arrange(len(self.panes), size.width, size.height - self.tabs_rows)
        self.page = self._chosen if self.zoomed else self._chosen // plan.per_page
        first = self.page * plan.per_page
        here = range(first, first + plan.per_page)
        for at, pane in enumerate(self.panes):
            pane.set_class(at not in here, "-away")
        seen = sum(1 for _ in self.visible_panes())
        self._grid.styles.grid_size_columns = min(plan.columns, seen)
        self._grid.styles.grid_size_rows = -(-seen // plan.columns)
        self._tabs.set_class(paged and len(self.panes) > 1, "-needed")
        self.tick_tabs()

    def tick_tabs(self) -> None:
        """The strip of all panes, when not all of them are seen."""
        if not self._tabs.has_class("-needed"):
            return
        pieces: list[Piece] = []
        labels = self._tab_labels()
        for at, pane in enumerate(self.panes):
            assert pane.column is not None
            glyph = state_piece(pane.take, muted=pane.column.muted)[0].split()[0]
            here = not pane.has_class("-away")
            pieces.append((f" {pane.number} {glyph}", "key" if at == self._chosen else "strong" if here else "dim"))
            if labels[at]:
                pieces.append((f" {labels[at]}", "strong" if here else "dim"))
            pieces.append((" │", "dim"))
        self._tabs.show((tuple(pieces[:-1]), ()))

    def _tab_labels(self) -> list[str]:
        """Whole where there is room, else the chosen one whole and the others as far as it goes."""
        labels = [shown(pane.column.label) if pane.column else "" for pane in self.panes]
        room = self.size.width - sum(len(f" {pane.number} ✓ │") for pane in self.panes)
        if sum(cell_len(label) + 1 for label in labels) <= room:
            return labels
        each = (room - cell_len(labels[self._chosen]) - 1) // max(1, len(labels) - 1) - 1
        shorter = [cut_short(label, each) if each >= _SHORTEST_TAB else "" for label in labels]
        shorter[self._chosen] = labels[self._chosen]
        return shorter

    def visible_panes(self) -> Iterator[Pane]:
        return (pane for pane in self.panes if not pane.has_class("-away"))

    def on_resize(self, event: events.Resize) -> None:
        self.rearrange()

    # Which pane

    @property
    def focused_pane(self) -> Pane | None:
        """The pane that keys act on."""
        return self.panes[self._chosen] if self.panes else None

    def choose(self, at: int, *, focus: bool = True) -> None:
        """Make this pane the one keys act on, on whichever page it is."""
        if not self.panes:
            return
        self._chosen = at % len(self.panes)
        if self.zoomed or self.panes[self._chosen].has_class("-away"):
            self.rearrange()
        if focus:
            self.focus(scroll_visible=False)
        self._mark_chosen()
        self.post_message(self.PaneChosen())

    def _mark_chosen(self) -> None:
        for at, pane in enumerate(self.panes):
            pane.show_focus(at == self._chosen and self.has_focus)
        self.tick_tabs()

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self._mark_chosen()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        for at, pane in enumerate(self.panes):
            if pane.display and pane.region.contains_point(event.screen_offset):
                self.choose(at)

    def choose_on_page(self, number: int) -> None:
        """1 to 9 as the panes are numbered; beyond nine panes, as they stand on this page."""
        here = [at for at, pane in enumerate(self.panes) if not pane.has_class("-away")]
        if len(self.panes) <= 9:
            if number <= len(self.panes):
                self.choose(number - 1)
        elif number <= len(here):
            self.choose(here[number - 1])

    def step(self, by: int) -> None:
        self.choose(self._chosen + by)

    def step_page(self, by: int) -> None:
        per_page = max(1, sum(1 for _ in self.visible_panes()))
        self.choose(max(0, min(len(self.panes) - 1, self._chosen + by * per_page)))

    def toggle_zoom(self) -> None:
        self.zoomed = not self.zoomed
        self.rearrange()
