"""Sending from the compare screen: what is asked before, what stops it, and stopping what runs."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from decimal import Decimal
from time import monotonic
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from textual import work
from textual.content import Content

from compare_tui.core.lane import Lane
from compare_tui.core.pricing import format_usd
from compare_tui.core.prompt import Prompt
from compare_tui.core.round import Round, unanswered
from compare_tui.core.sanitize import safe_line
from compare_tui.core.session import SentRound, Session
from compare_tui.ui.desk import went_wrong
from compare_tui.ui.screens.compare_view import CompareView

if TYPE_CHECKING:
    from compare_tui.engine.forecast import Forecast

SLOW_S = 0.5
"""A key that takes longer is told of."""
TWICE_WITHIN_S = 1.0
"""The same round sent again so soon was a key pressed twice, and would be paid twice."""


class SendActions(CompareView):
    """Each way of spending goes through `allowed`."""

    _last: tuple[float, Prompt, tuple[Lane, ...]] | None = None
    _agreed: Mapping[Lane, Decimal] = MappingProxyType({})
    """What the user has let a configuration cost without being asked again."""
    _saved = False
    _on_its_way = False

    def on_prompt_editor_send(self) -> None:
        self.action_send()

    def action_send(self) -> None:
        self.send()

    @work(group="send")
    async def send(self, *, ask: bool = True) -> None:
        """The whole way of a round from the prompt to the lanes."""
        with self._one_at_a_time() as free:
            if free:
                await self._send(ask=ask)

    @contextmanager
    def _one_at_a_time(self) -> Iterator[bool]:
        """A key pressed again while the first press still waits for a key or an answer would be paid twice."""
        free = not self._on_its_way
        if not free:
            self.notify("What you sent before is still on its way.")
        self._on_its_way = True
        try:
            yield free
        finally:
            self._on_its_way = not free

    async def _send(self, *, ask: bool) -> None:
        session = self.desk.session
        prompt = await self._written(ask=ask)
        if prompt is None:
            return
        lanes = self.desk.lineup.lanes
        if self._cannot_be_private(lanes):
            return
        if not lanes:
            muted = "Every lane is muted: - in the panes takes one in again."
            missing = "There is no lane to send to: f2, or a in the panes, adds one."
            self.notify(muted if self.desk.lineup.entries else missing, severity="warning")
            return
        same = self._last is not None and self._last[1:] == (prompt, lanes) and self.desk.following is None
        if same and self._last is not None and monotonic() - self._last[0] < TWICE_WITHIN_S:
            return
        from compare_tui.promptfiles import PromptFileError
        from compare_tui.store.problems import StoreProblem

        try:
            round_ = await self.desk.aside(lambda: self.desk.planned(prompt))
            answers = await self.desk.answers(round_)
        except (PromptFileError, StoreProblem) as error:
            self.notify(safe_line(str(error)), title="Not sent", severity="error", markup=False)
            return
        if await self.allowed(unanswered(round_, answers), ask=ask) and not self._has_left(session):
            self.desk.send(round_, answers)
            self._last = monotonic(), prompt, lanes
            self._remember(prompt)
            self.viewed = None
            self.leave_follow_up()
            await self.show_sent()

    def leave_follow_up(self) -> None:
        """The send after this one is a fresh one."""

    def _cannot_be_private(self, lanes: tuple[Lane, ...]) -> bool:
        """A batch outlives the app, and nothing private may."""
        forbidden = self.desk.private and any(lane.tier == "batch" for lane in lanes)
        if forbidden:
            self.notify("A batch outlives the app, so a private session sends none.", severity="warning")
        return forbidden

    def _has_left(self, session: Session) -> bool:
        """What waited for a key goes into no other session: that one may be stored, and this one have been private."""
        if left := session is not self.desk.session:
            self.notify("Not sent: the session it was meant for was left meanwhile.", severity="warning")
        return left

    async def show_sent(self) -> None:
        """What has just been handed to the engine."""
        await self.show_columns()
        self.compare_app.something_runs()

    def _remember(self, prompt: Prompt) -> None:
        if not self.desk.private:
            with suppress(OSError):
                self.prompt.history.add(prompt.text, prompt.system)

    async def _written(self, *, ask: bool) -> Prompt | None:
        """The prompt as it will be sent; None when there is nothing to send, or the user thought better of it."""
        draft = self.prompt.draft()
        if not draft.prompt.text.strip() and not draft.prompt.images:
            self.notify("Write a prompt first.", severity="warning")
            self.prompt.focus()
            return None
        if draft.typed_variables and ask:
            from compare_tui.ui.screens.variables import VariablesScreen

            return await self.app.push_screen_wait(VariablesScreen(draft))
        return draft.prompt

    async def allowed(self, *rounds: Round, ask: bool = True) -> bool:
        """Whether caps and the user let these be sent. The engine is waited for, keys are read."""
        await self.compare_app.opened.wait()
        preparing = asyncio.ensure_future(self.desk.aside(lambda: self._prepared(rounds)))
        if not (await asyncio.wait({preparing}, timeout=SLOW_S))[0]:
            self.notify("Waiting for a key; this is sent as soon as it is there.")
        found, refusals = await preparing
        if refusals:
            self.notify("\n".join(map(safe_line, refusals)), title="Not sent", severity="error", markup=False)
            return False
        threshold = self.desk.start.config.caps.ask_above
        lanes = [lane for round_ in rounds for lane in round_.lanes]
        agreed = all(_held(one) <= self._agreed.get(one.lane.configuration, -1) for one in found)
        if self.desk.only_simulated(lanes) or agreed or sum(map(_held, found)) <= threshold:
            return True
        if not ask:
            more = f"it may cost more than {format_usd(threshold)}; sent once by hand, a agrees to that"
            self.notify(f"Not sent by itself: {more}. max=N on a lane lowers its worst case.", severity="warning")
            return False
        return await self._confirmed(found)

    def _prepared(self, rounds: tuple[Round, ...]) -> "tuple[list[Forecast], list[str]]":
        """What it comes to for the endpoints that can be sent to, and why the caps forbid it. Blocks."""
        found = []
        for round_ in rounds:
            self.desk.prepare(round_.lanes)
            found += self.desk.forecast(round_)
        found = [one for one in found if self.desk.endpoint_of(one.lane) not in self.desk.problems]
        return found, self.desk.refusals(found)

    async def _confirmed(self, found: "list[Forecast]") -> bool:
        from compare_tui.ui.screens.question import Question

        lines = [f"{safe_line(str(one.lane))}: {_at_most(one)}" for one in found]
        answer = await self.app.push_screen_wait(
            Question(
                Content(f"This may cost {_bound(found)}. Send it?"),
                Content("\n".join(lines) + "\n\nmax=N on a lane lowers its worst case."),
                [
                    ("y", "send", "send"),
                    ("n", "not", "do not send"),
                    ("a", "always", "send, and do not ask for these lanes while they cost no more"),
                ],
                default="not",
            )
        )
        if answer == "always":
            self._agreed = {**self._agreed, **{one.lane.configuration: _held(one) for one in found}}
        return answer in ("send", "always")

    # Again

    def action_again(self) -> None:
        pane = self.chosen()
        if pane is not None and pane.column is not None:
            self.ask_again([pane.column.lane], self.sent)

    def action_again_failed(self) -> None:
        sent = self.sent
        lanes = [lane for lane in sent.lanes if (takes := sent.of(lane)) and went_wrong(takes[-1])] if sent else []
        if lanes:
            self.ask_again(lanes, sent)
        else:
            self.notify("Every lane of this round has a good answer." if sent else "Nothing was sent yet.")

    def action_flex_wait(self) -> None:
        self._instead(busy="wait")

    def action_flex_standard(self) -> None:
        self._instead(tier="default")

    def _instead(self, **changes: Any) -> None:
        pane = self.chosen()
        if pane is None or pane.take is None or not pane.flex_offered:
            self.notify("This answers a lane that found no flex capacity.")
            return
        self.ask_again([replace(pane.take.lane, **changes)], self.sent)

    @work(group="send")
    async def ask_again(self, lanes: list[Lane], sent: SentRound | None) -> None:
        """One more take of these lanes in a round that was sent."""
        if sent is None:
            self.send()
            return
        session = self.desk.session
        with self._one_at_a_time() as free:
            once = tuple(replace(lane, repeat=None) for lane in lanes)
            if not free or self._cannot_be_private(once):
                return
            if not await self.allowed(replace(sent.round, lanes=once)) or self._has_left(session):
                return
            for lane in lanes:
                self.desk.again(sent, lane)
        await self.show_sent()
        self._choose_lane(lanes[0])

    def _choose_lane(self, lane: Lane) -> None:
        for at, pane in enumerate(self.board.panes):
            if pane.column is not None and pane.column.lane == lane:
                self.board.choose(at, focus=self.board.has_focus)

    # Stopping

    def action_stop(self) -> None:
        pane = self.chosen()
        if pane is not None and pane.take is not None and pane.take.verdict is None:
            self.desk.stop([pane.take])
        else:
            self.notify("Nothing runs in this pane.")

    def action_stop_all(self) -> None:
        if self.desk.running:
            self.desk.stop()
        else:
            self.notify("Nothing runs.")

    # A file written in another editor

    def file_saved(self, text: str) -> None:
        super().file_saved(text)
        self._saved = self.desk.start.watch

    def slow_tick(self) -> None:
        """With `--watch` what was saved is sent, once the round before it has ended."""
        super().slow_tick()
        sending = any(worker.group == "send" and worker.is_running for worker in self.workers)
        if self._saved and not self.desk.running and not sending:
            self._saved = False
            self.send(ask=False)

    # Rounds and sessions

    def action_earlier_round(self) -> None:
        self._leaf(-1)

    def action_later_round(self) -> None:
        self._leaf(+1)

    def _leaf(self, by: int) -> None:
        rounds = self.desk.session.rounds
        at = len(rounds) - 1 if self.viewed is None else self.viewed
        if self.viewed is None and by < 0 and rounds and self._lanes_changed(rounds[-1]):
            by = 0
        if by > 0 and rounds and self.viewed == len(rounds) - 1:  # sent as it was; on to the lanes as they are now
            self.viewed = None
            self.call_later(self.show_columns)
            return
        if not rounds or not 0 <= at + by < len(rounds):
            self.notify("There is no earlier round." if by < 0 else "This is the last round.")
            return
        last = at + by == len(rounds) - 1
        self.viewed = None if last and by > 0 else at + by
        if self.viewed == len(rounds) - 1 and not self._lanes_changed(rounds[-1]):
            self.viewed = None
        self.call_later(self.show_columns)

    def _lanes_changed(self, last: SentRound) -> bool:
        return {entry.lane for entry in self.desk.lineup.entries} != set(last.lanes)


def _held(one: "Forecast") -> Decimal:
    """What it may cost: without a price nothing is known, and asking each time would tell nobody anything."""
    if one.expected is None:
        return Decimal(0)
    return Decimal("Infinity") if one.held is None else one.held


def _bound(found: "list[Forecast]") -> str:
    amount = sum(map(_held, found), Decimal(0))
    return f"up to {format_usd(amount)}" if amount.is_finite() else "an amount nothing limits"


def _at_most(one: "Forecast") -> str:
    if one.expected is None and not one.free:
        return "no price is known"
    return f"up to {format_usd(_held(one))}" if _held(one).is_finite() else "nothing known limits it"
