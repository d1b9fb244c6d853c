"""Finding in the pane with the focus: the bar below the panes, and stepping through what it found."""

from typing import TYPE_CHECKING

from textual import on

from compare_tui.ui.screens.compare_view import CompareView
from compare_tui.ui.widgets.stream import StreamView

if TYPE_CHECKING:
    from compare_tui.ui.widgets.find_bar import FindBar


class FindActions(CompareView):
    """The search belongs to one pane, the one that had the focus when it began."""

    _searched: StreamView | None = None

    async def action_find(self) -> None:
        pane = self.chosen()
        if pane is None:
            return
        if not hasattr(self, "find_bar"):  # most never need it, and it would be in the way of the first paint
            from compare_tui.ui.widgets.find_bar import FindBar

            self.find_bar = FindBar()
            await self.mount(self.find_bar, before=self._race)
        if self._searched is not None and self._searched is not pane.view:
            self._searched.find("")
        self._searched = pane.view
        self.find_bar.display = True
        self.find_bar.open()
        self._look_for(self.find_bar.query_text)

    async def action_find_next(self) -> None:
        await self._step(+1)

    async def action_find_previous(self) -> None:
        await self._step(-1)

    async def show_columns(self, *, newest: bool = True) -> None:
        """A search in a pane that is gone is over."""
        await super().show_columns(newest=newest)
        if self._searched is not None and all(pane.view is not self._searched for pane in self.board.panes):
            self._end_search()

    def action_find_close(self) -> None:
        self._end_search()

    async def _step(self, by: int) -> None:
        view = self._searched
        if view is None or not self.find_bar.query_text:
            await self.action_find()
            return
        found = view.find_next(by)
        self.find_bar.tell(*(found or (None, 0)))

    def _look_for(self, query: str) -> None:
        if self._searched is not None:
            self.find_bar.tell(None, self._searched.find(query))

    def on_find_bar_asked(self, event: "FindBar.Asked") -> None:
        self._look_for(event.query)

    async def on_find_bar_step(self, event: "FindBar.Step") -> None:
        await self._step(event.by)

    async def on_find_bar_entered(self) -> None:
        """To the first match, and back to the pane, where n and N go on."""
        await self._step(+1)
        self.board.focus()

    def on_find_bar_closed(self) -> None:
        self._end_search()

    @on(StreamView.Counted)
    def _counted(self, event: StreamView.Counted) -> None:
        if event.view is self._searched:
            self.find_bar.tell(*event.view.found)

    def _end_search(self) -> None:
        if self._searched is None:
            return
        self._searched.find("")
        self._searched = None
        if self.find_bar.has_focus_within:
            self.board.focus()
        self.find_bar.display = False
        self.refresh_bindings()
