"""A recorded session played again in the panes it was shown in: paused, stepped, faster, from anywhere."""

import os
from dataclasses import replace
from time import perf_counter, process_time

from textual.app import ComposeResult
from textual.timer import Timer

from compare_tui.core.record import SessionRecord
from compare_tui.core.replay import News, Replay
from compare_tui.ui.actions import Where, actions_in
from compare_tui.ui.bindings import bindings
from compare_tui.ui.desk import Desk
from compare_tui.ui.pace import Pace
from compare_tui.ui.screens.diff.actions import DiffActions
from compare_tui.ui.screens.find_actions import FindActions
from compare_tui.ui.screens.inspector_actions import InspectorActions
from compare_tui.ui.screens.pane_actions import PaneActions
from compare_tui.ui.screens.replay_parts import ReplayBar, ReplayBoard, ReplayDesk
from compare_tui.ui.widgets.footer import ActionFooter, focused_place
from compare_tui.ui.widgets.race import RaceStrip

_COUNTERS_EVERY = 3
"""Beats: counters change ten times a second."""


class ReplayScreen(PaneActions, FindActions, DiffActions, InspectorActions, inherit_bindings=False):
    """Of a whole session, one round, or one take. Nothing is sent from here, and nothing costs."""

    BINDINGS = bindings(Where.ANYWHERE)

    def __init__(self, record: SessionRecord, desk: Desk, round_: int | None = None, take: int | None = None) -> None:
        self.replay = Replay(_part(record, round_, take))
        self._replay_desk = ReplayDesk(self.replay, desk.start)
        self._replay_desk.tell(self.replay.advance(0))
        super().__init__(self._replay_desk)
        self.viewed = 0
        self.paused = False
        self.board = ReplayBoard(self.desk.columns(0), self.replay.clock)
        self._race = RaceStrip(id="race", clock=self.replay.clock)
        self._bar = ReplayBar(id="replay")
        self._pace = Pace(os.environ)
        self._beats = 0
        self._shown: tuple[object, ...] = ()
        self._timer: Timer | None = None
        self._at = perf_counter()

    def compose(self) -> ComposeResult:
        yield self._top
        yield self.board
        yield self._race
        yield self._bar
        yield self._status
        yield ActionFooter()
        yield self._too_small

    async def on_mount(self) -> None:
        self._is_furnished = True
        self.set_focus(self.board)
        self.app.theme_changed_signal.subscribe(self, lambda _: self.show_in_new_colours())
        self._at = perf_counter()
        self._timer = self.set_interval(self._pace.interval_s, self._go_on)

    def fold_prompt(self) -> None:
        """There is none."""

    # Time

    async def _go_on(self) -> None:
        """Thirty times a second while it plays: as far as the time since the last one goes."""
        before, self._at = self._at, perf_counter()
        if self.compare_app.painting_held:
            return
        if not self.paused:
            self._replay_desk.tell(self.replay.advance(self._at - before))
        if not self._pace.is_due() or self.compare_app._terminal_is_behind():
            return
        self._beats += 1
        pending = await self._show()
        if self._beats % _COUNTERS_EVERY == 0 or self._rests:
            self.tick()
        now = perf_counter()
        self._pace.took(now - self._at, now, process_time())
        if self._rests and not pending and self._timer is not None:
            self._timer.pause()
            self._pace.rest()

    @property
    def _rests(self) -> bool:
        return self.paused or self.replay.is_over

    async def _show(self) -> bool:
        """Whether an answer waits to be laid out."""
        self.beat()
        self.viewed = self.replay.round_at
        takes = self.desk.session.rounds[self.viewed].takes if self.desk.session.rounds else ()
        shown = (self.desk.session, self.viewed, len(takes))
        if shown != self._shown:
            await self.show_columns()
            self._shown = shown
        return any(pane.is_unfinished for pane in self.board.visible_panes())

    def _wake(self) -> None:
        self._at = perf_counter()
        self._beats = -1  # the next beat counts
        if self._timer is not None:
            self._timer.resume()
        self.tick()

    def tick(self) -> None:
        super().tick()
        self._bar.tell(self.replay, paused=self.paused)

    def _tell_top(self) -> None:
        """The cost is what it had come to."""
        number = str(self.sent.round.number) if self.sent is not None else ""
        rounds = len(self.desk.session.rounds)
        self._top.tell(
            f"replay of {self._title()}",
            f"round {number}/{rounds}" if rounds > 1 else f"round {number}" if number else "",
            self.desk.cost,
            None,
            "",
            simulated=False,
            marks=" · ".join((*self.told_marks, *(["scrolling together"] if self.together else []))),
        )

    # Keys

    def _moved(self, news: News) -> None:
        self._replay_desk.tell(news)
        self._wake()

    def action_replay_pause(self) -> None:
        if self.replay.is_over:
            self.paused = False
            self._moved(self.replay.go_to(0))
        else:
            self.paused = not self.paused
            self._wake()

    def action_replay_step(self) -> None:
        self.paused = True
        self._moved(self.replay.step())

    def action_replay_faster(self) -> None:
        self.replay.quicken(+1)
        self.tick()

    def action_replay_slower(self) -> None:
        self.replay.quicken(-1)
        self.tick()

    def action_replay_beginning(self) -> None:
        self._moved(self.replay.go_to(0))

    def action_replay_end(self) -> None:
        self._moved(self.replay.go_to_end())

    def action_replay_back(self) -> None:
        self._moved(self.replay.go_to(self.replay.position - 1))

    def action_replay_forward(self) -> None:
        self._moved(self.replay.go_to(self.replay.position + 1))

    def action_earlier_round(self) -> None:
        self._leaf(-1)

    def action_later_round(self) -> None:
        self._leaf(+1)

    def _leaf(self, by: int) -> None:
        at = self.replay.round_at + by
        if 0 <= at < len(self.replay.round_starts):
            self._moved(self.replay.go_to_round(at))
        else:
            self.notify("There is no earlier round." if by < 0 else "This is the last round.")

    async def action_replay_diff(self) -> None:
        await self._show()  # the key before may have gone elsewhere: to other takes
        self.action_diff()

    async def action_replay_inspect(self) -> None:
        await self._show()
        self.action_inspect()

    def action_replay_leave(self) -> None:
        if self._searched is not None:
            self._end_search()
        elif self.is_current:
            self.dismiss()

    def action_help(self) -> None:
        self.compare_app.open_help(focused_place(self))

    def action_themes(self) -> None:
        self.compare_app.open_themes()

    def action_copy_or_stop(self) -> None:
        selected = self.get_selected_text()
        if selected:
            self.copy(selected, "selection")
        else:
            self.action_refuse()

    def action_suspend(self) -> None:
        self.app.action_suspend_process()

    def action_next_area(self) -> None:
        self.board.focus()

    action_previous_area = action_next_area

    def action_refuse(self) -> None:
        self.notify("This is a replay: nothing is sent, nothing runs. esc leaves it.")

    action_to_prompt = action_refuse


def _part(record: SessionRecord, round_: int | None, take: int | None) -> SessionRecord:
    """A single take has the screen for itself: the other lanes of its round are no panes."""
    part = record.only(round_, take)
    if take is None:
        return part
    alone = [replace(one, round=replace(one.round, lanes=tuple(it.lane for it in one.takes))) for one in part.rounds]
    return replace(part, rounds=tuple(alone))


def _refuse_the_rest() -> None:
    """Every key that works on the compare screen, and would send or change something, says why it does not here."""
    for action in (*actions_in(Where.ANYWHERE), *actions_in(Where.PANES)):
        name = f"action_{action.method.partition('(')[0]}"
        if action.id != "quit" and not hasattr(ReplayScreen, name):  # to quit is the app's own
            setattr(ReplayScreen, name, ReplayScreen.action_refuse)


_refuse_the_rest()
