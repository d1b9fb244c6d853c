"""Finding in all panes at once: the bar below them, and stepping through what was found from pane to pane."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on, work

from compare_tui.ui.screens.compare_view import CompareView
from compare_tui.ui.widgets.pane import Pane
from compare_tui.ui.widgets.stream import StreamView

if TYPE_CHECKING:
    from compare_tui.ui.widgets.find_bar import FindBar


class FindActions(CompareView):
    """What is looked for is looked for in every pane, also in those that come later."""

    _searched: str | None = None
    """What is looked for, also while that is nothing yet; None when nobody searches."""

    @property
    def matters_now(self) -> tuple[str, ...]:
        """For the footer."""
        return ("find-next", "find-previous", "find-close") if self._searched is not None else ()

    async def action_find(self) -> None:
        if self.chosen() is None:
            return
        if not hasattr(self, "find_bar"):  # most never need it, and it would be in the way of the first paint
            from compare_tui.ui.widgets.find_bar import FindBar

            self.find_bar = FindBar()
            await self.mount(self.find_bar, before=self._race)
        self.find_bar.display = True
        self.find_bar.open()
        self._look_for(self.find_bar.query_text)

    async def action_find_next(self) -> None:
        await self._step(+1)

    async def action_find_previous(self) -> None:
        await self._step(-1)

    async def show_columns(self, *, newest: bool = True) -> None:
        """Panes that are new are searched as well."""
        await super().show_columns(newest=newest)
        if self._searched:
            self._look_for(self._searched)

    async def action_find_enter(self) -> None:
        """To the first match, and back to the pane, where n and N go on."""
        await self._step(+1)
        self.board.focus()

    def action_find_close(self) -> None:
        self._end_search()

    # Looking

    def _look_for(self, query: str) -> None:
        """In the pane with the focus at once, in the others one after the other: a key may come between two."""
        self._searched = query
        chosen = self.chosen()
        if chosen is not None:
            self._look_in(chosen, query)
        self._look_everywhere(query)
        self._tell_found()

    @work(group="find", exclusive=True)
    async def _look_everywhere(self, query: str) -> None:
        chosen = self.chosen()
        for pane in sorted(self.board.panes, key=lambda pane: pane is not chosen):
            self._look_in(pane, query)
            await self._look_through(pane)
            self._tell_found()

    def _look_in(self, pane: Pane, query: str) -> None:
        if pane.view.query_text != query:
            pane.view.find(query)
            pane.tick()

    async def _look_through(self, pane: Pane) -> None:
        """Of a long answer, a slice at a time."""
        await asyncio.sleep(0)
        while pane.view.look_on():
            await asyncio.sleep(0)

    def tick(self) -> None:
        super().tick()
        self._look_at_unseen()

    def slow_tick(self) -> None:
        super().slow_tick()
        self._look_at_unseen()
        if self._searched:
            self._tell_of([pane for pane in self.board.panes if pane.view.is_looking])

    def _look_at_unseen(self) -> None:
        """What comes in a pane on another page is looked through too."""
        if self._searched:
            for pane in self.board.panes:
                if pane.view.waits and pane.has_class("-away"):
                    pane.view.flush()

    @on(StreamView.Counted)
    def _counted(self, event: StreamView.Counted) -> None:
        """While a long answer is looked through the count is told now and then."""
        if self._searched and not event.view.is_looking:
            self._tell_of([pane for pane in self.board.panes if pane.view is event.view])

    def _tell_of(self, panes: Sequence[Pane]) -> None:
        for pane in panes:
            pane.tick()
        if panes:
            self._tell_found()

    def _tell_found(self) -> None:
        """Of all panes together, in their order."""
        which, before = None, 0
        views = [pane.view for pane in self.board.panes]
        counts = [view.found for view in views]
        for current, count in counts:
            if current is not None and which is None:
                which = before + current
            before += count
        looking = any(view.is_looking for view in views)
        self.find_bar.tell(which, before, sum(1 for _, count in counts if count), looking=looking)

    # Stepping

    async def _step(self, by: int) -> None:
        if not self._searched:
            await self.action_find()
            return
        panes, chosen = self.board.panes, self.chosen()
        if chosen is None:
            return
        at = panes.index(chosen)
        await self._look_through(chosen)
        afresh = chosen.view.is_last_match(by)
        if afresh:
            at = await self._next_with_matches(panes, at, by)
        if panes is not self.board.panes or not self._searched:
            return
        for pane in panes:
            if pane is not panes[at]:
                pane.view.leave_match()
        if panes[at] is not chosen:
            self.board.choose(at, focus=self.board.has_focus)
        panes[at].view.find_next(by, afresh=afresh)
        self._tell_found()

    async def _next_with_matches(self, panes: Sequence[Pane], at: int, by: int) -> int:
        for other in (at + by * further for further in range(1, len(panes) + 1)):
            await self._look_through(panes[other % len(panes)])
            if panes[other % len(panes)].view.matches:
                return other % len(panes)
        return at

    def on_find_bar_asked(self, event: "FindBar.Asked") -> None:
        self._look_for(event.query)

    async def on_find_bar_step(self, event: "FindBar.Step") -> None:
        await self._step(event.by)

    async def on_find_bar_entered(self) -> None:
        await self.action_find_enter()

    def on_find_bar_closed(self) -> None:
        self._end_search()

    def _end_search(self) -> None:
        if self._searched is None:
            return
        self._look_for("")
        self._searched = None
        if self.find_bar.has_focus_within:
            self.board.focus()
        self.find_bar.display = False
        self.refresh_bindings()
