"""What the next send is besides its prompt: a follow-up, answered from the store, tagged, or private."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from textual import work
from textual.content import Content

from compare_tui.core.round import Round
from compare_tui.core.sanitize import safe_line
from compare_tui.core.session import Session, new_session_id
from compare_tui.ui.screens.send_actions import SendActions


class FollowActions(SendActions):
    """Each is said on screen as long as it holds."""

    # A follow-up

    def action_follow_up(self) -> None:
        """The next send continues the round that is looked at, or no longer."""
        if self.desk.following is not None:
            self.leave_follow_up()
            return
        if self.sent is None:
            self.notify("There is no round to continue yet.")
            return
        panes = [pane for pane in self.board.panes if pane.column is not None and pane.take is not None]
        self.desk.chosen = {pane.column.lane: pane.take for pane in panes if pane.column and pane.take}
        self.desk.following = self.sent
        self.tell_follow_up()
        self.prompt.focus()

    def leave_follow_up(self) -> None:
        self.desk.following = None
        self.desk.chosen = {}
        self.prompt.continues = ""
        self.price_is_due()

    @work(group="follow", exclusive=True)
    async def tell_follow_up(self) -> None:
        """Worked out aside: a long history takes its time to be counted."""
        from compare_tui.ui.follow import Following

        sent = self.desk.following
        if sent is None:
            return
        lanes = self.desk.lineup.lanes
        following = Following.of(await self.desk.aside(lambda: self.desk.follow_up(sent)), lanes)
        if self.desk.following is not sent:
            return
        self.prompt.continues = following.text()
        self.price_is_due()
        if following.notes:
            self.notify("\n".join(following.notes), markup=False)

    def on_prompt_editor_to_panes(self) -> None:
        """Escape leaves the follow-up on its way."""
        if self.desk.following is not None:
            self.leave_follow_up()

    # Answered from the store

    def action_reuse(self) -> None:
        if self.desk.store is None:
            self.notify("There is no store to answer from.", severity="warning")
            return
        self.desk.reuse = not self.desk.reuse
        self.price_is_due()
        self.tick()

    # Tags

    @work(group="tag", exclusive=True)
    async def action_tag(self) -> None:
        """Of the round that is looked at."""
        sent = self.sent
        if sent is None:
            self.notify("There is no round to tag yet.")
            return
        from compare_tui.ui.screens.sessions.edits import TagError, ask_tags, changed, read_tags

        line = await self.app.push_screen_wait(ask_tags(sent.round.tags, "Tags of this round"))
        if line is None:
            return
        try:
            changes = read_tags(line)
        except TagError:
            return
        sent.round = replace(sent.round, tags=changed(sent.round.tags, changes))
        self.tick()
        await self._set_tags(sent.round, changes)

    async def _set_tags(self, round_: Round, changes: dict[str, str | None]) -> None:
        from compare_tui.store.problems import StoreProblem
        from compare_tui.store.store import Place

        store = self.desk.store
        if store is None or self.desk.private:
            return

        def write() -> None:
            for name, value in changes.items():
                store.tag(Place(round_.session, round_.number), name, value)

        try:
            await self.desk.aside(write)
        except StoreProblem as problem:
            self.notify(safe_line(str(problem)), severity="error", markup=False)

    # Leaving a session

    async def may_leave(self, question: str) -> bool:
        """Asked only while leaving would lose something: answers under way, or what is stored nowhere."""
        from compare_tui.ui.screens.question import Question

        desk = self.desk
        runs = len(desk.running)
        told = []
        if runs:
            coming = "One answer is" if runs == 1 else f"{runs} answers are"
            told.append(f"{coming} still coming and would be stopped; what came is kept.")
        only_here = False
        if desk.session.rounds:
            only_here = await asyncio.to_thread(lambda: desk.archive.is_only_here(desk.session))
        if only_here:
            told.append("The answers of this session are on this screen alone: w or f9 writes them to a file.")
        if told:
            answer = await self.app.push_screen_wait(
                Question(
                    Content(question),
                    Content("\n".join(told)),
                    [("y", "yes", "go on"), ("n", "no", "stay here")],
                    default="no",
                )
            )
            if answer != "yes":
                return False
        desk.stop()
        return True

    def begin_with(self, session: Session) -> None:
        """Everything that belonged to the session before is over."""
        self.desk.archive.forget(self.desk.session)
        self.desk.session = session
        self._last = self.viewed = self.baseline = None
        self.against_before = False
        self.cached = ""
        self.leave_follow_up()
        if self.desk.is_open:  # what other sessions say of the next price is another thing now
            self.run_worker(self.get_keys(), group="keys")
        self.run_worker(self._claim(), group="claim", exclusive=True)

    async def _claim(self) -> None:
        """It is this session that is written to now: another process may go on with the one before."""
        from compare_tui.store.problems import StoreProblem

        if (store := self.desk.store) is not None:
            with suppress(StoreProblem):  # it can only be read, or what is in its way is told by the journal
                await self.desk.aside(lambda: store.claim(self.desk.session.id))

    @work(group="send")
    async def action_new_session(self) -> None:
        if await self.may_leave("Begin a new session?"):
            self.begin_with(Session())
            await self.show_columns()

    @work(group="send")
    async def action_private(self) -> None:
        """From a new session on: what is stored stays stored, what is private stays private."""
        private = not self.desk.private
        if not await self.may_leave("Begin a private session?" if private else "Begin a session that is stored?"):
            return
        archive = self.desk.archive
        if not private:
            await self.desk.aside(archive.open)
        archive.private = private  # with the session: nothing may be sent between the two
        self.begin_with(Session())
        await self.show_columns()
        if archive.problem and not private:
            self.notify(f"Nothing is stored: {safe_line(archive.problem)}", severity="warning", markup=False)
        else:
            self.notify("Nothing of this session is stored." if private else "Sessions are stored from here on.")

    # All of it once more

    @work(group="send")
    async def action_again_session(self) -> None:
        if self.desk.session.rounds:
            await self.ask_session_again(self.desk.session)
        else:
            self.notify("Nothing was sent in this session yet.")

    async def ask_session_again(self, old: Session) -> None:
        """Every round of it, to the lanes it was sent to, as a new session that can be held against it."""
        with self._one_at_a_time() as free:
            if free:
                await self._ask_session_again(old)

    async def _ask_session_again(self, old: Session) -> None:
        here = self.desk.session
        new = Session(new_session_id(), tags=dict(old.tags), again_of=old.id)
        ids = {one.round.id: f"{new.id}.{at}" for at, one in enumerate(old.rounds, 1)}
        rounds = [
            replace(one.round, id=ids[one.round.id], follows=ids.get(one.round.follows or "")) for one in old.rounds
        ]
        lanes = tuple(lane for round_ in rounds for lane in round_.lanes)
        if not rounds or self._cannot_be_private(lanes) or not await self.allowed(*rounds) or self._has_left(here):
            return
        if not await self.may_leave("Ask all of it again?"):
            return
        self.begin_with(new)
        for round_ in rounds:
            self.desk.send(round_)
        await self._mark_again(new.id, old.id)
        await self.show_sent()
        self.notify("v holds it against the session before, once it is answered.")

    async def _mark_again(self, new: str, old: str) -> None:
        from compare_tui.store.problems import StoreProblem

        store = self.desk.store
        if store is not None and not self.desk.private:
            try:
                await self.desk.aside(lambda: store.mark_again(new, old))
            except StoreProblem as problem:
                self.notify(safe_line(str(problem)), severity="error", markup=False)
