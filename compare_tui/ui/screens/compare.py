"""The compare screen: what keys do there besides sending and reading."""

import os
from typing import TYPE_CHECKING

from textual import on, work
from textual.widget import Widget

from compare_tui.core.lineup import Lineup
from compare_tui.core.sanitize import safe_line
from compare_tui.paths import config_file
from compare_tui.ui.actions import BY_ID
from compare_tui.ui.screens.diff.actions import DiffActions
from compare_tui.ui.screens.find_actions import FindActions
from compare_tui.ui.screens.inspector_actions import InspectorActions
from compare_tui.ui.screens.pane_actions import PaneActions
from compare_tui.ui.screens.session_actions import SessionActions
from compare_tui.ui.widgets.board import Board

if TYPE_CHECKING:
    from compare_tui.ui.widgets.first_start import FirstStart


class CompareScreen(SessionActions, PaneActions, FindActions, DiffActions, InspectorActions):
    """Where the app begins, and where it comes back to."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The footer offers what can be done to the pane with the focus now."""
        take = pane.take if (pane := self.chosen()) is not None else None
        if action == "stop":
            return take is not None and take.verdict is None
        if action == "find_close":
            return self._searched is not None
        if action == "again":
            return take is not None and take.verdict is not None
        return True

    @on(Board.PaneChosen)
    def pane_was_chosen(self) -> None:
        self.refresh_bindings()
        self.tick()

    # Other screens

    def action_help(self) -> None:
        from compare_tui.ui.widgets.footer import focused_place

        self.compare_app.open_help(focused_place(self))

    def action_palette(self) -> None:
        self.compare_app.open_palette()

    def action_themes(self) -> None:
        self.compare_app.open_themes()

    def action_lanes(self) -> None:
        self._open_lanes()

    def action_add_lane(self) -> None:
        self._open_lanes(add=True)

    def action_edit_lane(self) -> None:
        pane = self.chosen()
        lanes = [entry.lane for entry in self.desk.lineup.entries]
        if pane is not None and pane.column is not None and pane.column.lane in lanes:
            self._open_lanes(at=lanes.index(pane.column.lane))
        else:
            self._open_lanes()

    @work(group="lanes", exclusive=True)
    async def _open_lanes(self, at: int | None = None, add: bool = False) -> None:
        from compare_tui.ui.screens.lanes import LanesScreen

        await self.compare_app.opened.wait()
        lineup = await self.app.push_screen_wait(LanesScreen(self.desk.lineup, self.desk, at=at, add=add))
        if lineup is not None:
            await self.use_lineup(lineup)

    def action_mute_lane(self) -> None:
        pane = self.chosen()
        if pane is None or pane.column is None:
            return
        lineup, lane = self.desk.lineup, pane.column.lane
        same = [at for at, entry in enumerate(lineup.entries) if entry.lane == lane]  # the same twice shares a pane
        if not same:
            self.notify("This lane is not among the lanes that are sent to.")
            return
        muted = all(lineup.entries[at].muted for at in same)
        for at in same:
            if lineup.entries[at].muted == muted:
                lineup = lineup.mute(at)
        self.desk.lineup = lineup  # at once: the next key of a burst starts from here
        self.call_later(self.use_lineup, lineup)

    async def use_lineup(self, lineup: Lineup) -> None:
        """From now on; remembered unless the command line named the lanes."""
        self.desk.lineup = lineup
        self.compare_app.remember_lineup(lineup)
        self._price_due = True
        self.tell_follow_up()
        await self._begun()
        await self.show_columns(newest=False)
        if self.desk.is_open:
            self.run_worker(self.get_keys(), group="keys")

    # The prompt

    def action_editor(self) -> None:
        self.prompt.edit_outside()

    # Copying, stopping, moving on

    def action_copy_or_stop(self) -> None:
        selected = self.get_selected_text()
        if selected:
            self.copy(selected, "selection")
        elif self.desk.running:
            self.desk.stop()
        else:
            self.notify(f"Nothing runs. {self.compare_app.keymap.shown(BY_ID['quit'])} quits.")

    def action_suspend(self) -> None:
        self.app.action_suspend_process()

    def action_next_area(self) -> None:
        self._to_area(+1)

    def action_previous_area(self) -> None:
        self._to_area(-1)

    def _to_area(self, by: int) -> None:
        """User text, system text, panes, and round again."""
        areas: list[Widget] = list(self.prompt.query("PromptArea"))
        areas.append(self.board if self.first_start is None else self.first_start)
        at = areas.index(self.focused) if self.focused in areas else 0
        self.set_focus(areas[(at + by) % len(areas)])  # at once: the next key of the same burst starts from there

    # First start

    async def begin_without_key(self) -> None:
        """Nothing can be sent yet: say what was looked for, and offer ways to begin."""
        from compare_tui.ui.widgets.first_start import FirstStart, without_key

        config = self.desk.start.config
        self.first_start = FirstStart(config_file(), without_key(config, os.environ))
        self.board.display = False
        await self.mount(self.first_start, before=self.board)
        if not self._is_written_in():
            self.first_start.focus()
        told = {endpoint.name for endpoint in without_key(config, os.environ)}
        self.tell(*(problem for name, problem in self.desk.problems.items() if name not in told))
        self._look_for_servers()

    def _is_written_in(self) -> bool:
        """Letters are keys at the first start: it must not take the focus in the middle of a word."""
        start = self.desk.start
        return self.prompt.text not in ("", start.text if start.file is None else start.file.text)

    @work(thread=True, group="servers", exclusive=True)
    def _look_for_servers(self) -> None:
        from compare_tui.engine.local_servers import local_servers

        first = self.first_start
        if first is None:
            return
        for server in local_servers():
            self.app.call_from_thread(first.found, server)
        self.app.call_from_thread(first.looked)

    def on_first_start_look_again(self) -> None:
        self._look_for_servers()

    async def on_first_start_use_demo(self) -> None:
        await self._begun()
        await self.compare_app.use_demo()

    async def on_first_start_use_local(self, event: "FirstStart.UseLocal") -> None:
        if await self.compare_app.use_server(event.server):
            await self._begun()

    async def show_sent(self) -> None:
        await self._begun()
        await super().show_sent()

    def tell(self, *sentences: str) -> None:
        """What the start has to say: a broken key file, a theme that is none."""
        for sentence in sentences:
            self.notify(safe_line(sentence), severity="warning", timeout=10, markup=False)
