"""The board: the panes of the round that is looked at, side by side, in two rows, or page by page."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Grid, Vertical
from textual.message import Message

from compare_tui.core.events import Event
from compare_tui.core.take import Take
from compare_tui.ui.actions import Where
from compare_tui.ui.arrange import arrange
from compare_tui.ui.bindings import bindings
from compare_tui.ui.counters import state_piece
from compare_tui.ui.desk import Column
from compare_tui.ui.widgets.lines import Lines, Piece, shown
from compare_tui.ui.widgets.pane import Pane

MOST_PANES = 24


class Board(Vertical):
    """Holds as many panes as there are columns; the one with the focus is `focused_pane`."""

    WHERE = Where.PANES
    BINDINGS = bindings(Where.PANES, "screen.")
    DEFAULT_CSS = """
    Board {
        height: 1fr;
        & > #tabs { display: none; background: $surface; }
        & > #tabs.-needed { display: block; }
        & > #panes { height: 1fr; grid-gutter: 1 1; }
        & > #panes > Pane { display: none; }
        & > #panes > Pane.-here { display: block; }
    }
    """

    class PaneChosen(Message):
        """Another pane has the focus, or shows another take."""

    tabs_rows: ClassVar[int] = 1

    def __init__(self) -> None:
        super().__init__(id="board")
        self.panes: list[Pane] = []
        self.page = 0
        self.zoomed = False
        self._chosen = 0
        self._tabs = Lines(id="tabs")
        self._grid = Grid(id="panes")

    def compose(self) -> ComposeResult:
        yield self._tabs
        yield self._grid

    # What is shown

    async def show(self, columns: Sequence[Column], *, newest: bool = True) -> None:
        """One pane for each column; a pane keeps its take while that is among the column's takes."""
        columns = columns[:MOST_PANES]
        while len(self.panes) > len(columns):
            await self.panes.pop().remove()
        fresh = [Pane(number) for number in range(len(self.panes) + 1, len(columns) + 1)]
        self.panes += fresh
        if fresh:
            await self._grid.mount_all(fresh)
        self._chosen = min(self._chosen, max(0, len(self.panes) - 1))
        for pane, column in zip(self.panes, columns, strict=True):
            kept = pane.take if pane.take in column.takes and not newest else None
            pane.show(column, kept or (column.takes[-1] if column.takes else None))
        self.rearrange()

    def feed(self, take: Take, news: list[Event]) -> bool:
        """Give events to the pane that shows this take; whether there is one."""
        for pane in self.panes:
            if pane.take is take:
                pane.feed(news)
                return True
        return False

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
        self._grid.styles.grid_size_columns = min(plan.columns, len(self.panes))
        self._grid.styles.grid_size_rows = plan.rows
        for at, pane in enumerate(self.panes):
            pane.set_class(at in here, "-here")
        self._tabs.set_class(paged and len(self.panes) > 1, "-needed")
        self.tick_tabs()

    def tick_tabs(self) -> None:
        """The strip of all panes, when not all of them are seen."""
        if not self._tabs.has_class("-needed"):
            return
        pieces: list[Piece] = []
        for at, pane in enumerate(self.panes):
            assert pane.column is not None
            glyph = state_piece(pane.take, muted=pane.column.muted)[0].split()[0]
            here = pane.has_class("-here")
            pieces.append((f" {pane.number} {glyph}", "key" if at == self._chosen else "strong" if here else "dim"))
            if len(self.panes) <= 6 or at == self._chosen:
                label = shown(pane.column.label)
                pieces.append((f" {label if at == self._chosen else label[:14]}", "strong" if here else "dim"))
            pieces.append((" │", "dim"))
        self._tabs.show((tuple(pieces[:-1]), ()))

    def visible_panes(self) -> Iterator[Pane]:
        return (pane for pane in self.panes if pane.has_class("-here"))

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
        self.rearrange()
        if focus:
            self.panes[self._chosen].view.focus(scroll_visible=False)
        self.post_message(self.PaneChosen())

    def choose_on_page(self, number: int) -> None:
        """1 to 9 as the panes are numbered; beyond nine panes, as they stand on this page."""
        here = [at for at, pane in enumerate(self.panes) if pane.has_class("-here")]
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

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        for at, pane in enumerate(self.panes):
            if pane.view is event.widget and at != self._chosen:
                self._chosen = at
                self.tick_tabs()
                self.post_message(self.PaneChosen())

    def toggle_zoom(self) -> None:
        self.zoomed = not self.zoomed
        self.rearrange()
