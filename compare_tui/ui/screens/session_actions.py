"""Sessions from the compare screen: opening, leaving, replaying, exporting them, and holding one against another."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from textual import work
from textual.content import Content

from compare_tui.core.lane import Lane, LaneError
from compare_tui.core.lineup import MOST_LANES, Entry, Lineup
from compare_tui.core.sanitize import safe_line
from compare_tui.core.session import SentRound, Session
from compare_tui.core.take import Take
from compare_tui.core.tally import in_percent
from compare_tui.core.verdict import Verdict
from compare_tui.ui.screens.follow_actions import FollowActions

if TYPE_CHECKING:
    from compare_tui.core.record import SessionRecord
    from compare_tui.store.store import Place, Store
    from compare_tui.ui.screens.wanted import Wanted

T = TypeVar("T")

_KEPT_EVERY = 4
"""Slow ticks between two looks at what has to be kept of the view: a second."""


class SessionActions(FollowActions):
    """What blocks runs aside; a key that cannot be served says why."""

    _kept: tuple[str, dict[str, Any]] = ("", {})
    _ticks = 0
    _told_trouble: str | None = None
    _told_remark: str | None = None
    _cache_seen = ("", 0)

    # Screens

    @work(group="sessions", exclusive=True)
    async def action_sessions(self) -> None:
        from compare_tui.ui.screens.sessions.screen import SessionsScreen

        await self.compare_app.opened.wait()
        await self._do(await self.app.push_screen_wait(SessionsScreen(self.desk)))

    @work(group="sessions", exclusive=True)
    async def action_overview(self) -> None:
        from compare_tui.ui.screens.overview import OverviewScreen

        if not self.desk.session.rounds:
            self.notify("Nothing was sent in this session yet.")
            return
        at = self.desk.session.rounds.index(self.sent) if self.sent is not None else None
        await self._do(await self.app.push_screen_wait(OverviewScreen(self.desk.session, at=at)))

    @work(group="sessions", exclusive=True)
    async def action_export(self) -> None:
        if not self.desk.session.rounds:
            self.notify("Nothing was sent in this session yet.")
            return
        if (record := await self._record_here()) is not None:
            await self._export(record)

    async def _export(self, record: "SessionRecord") -> None:
        from compare_tui.ui.screens.export import ExportScreen

        await self.app.push_screen_wait(ExportScreen(self.desk, record))

    @work(group="sessions", exclusive=True)
    async def action_replay(self) -> None:
        if self.sent is None:
            self.notify("Nothing was sent in this session yet.")
            return
        number = self.sent.round.number
        if (record := await self._record_here()) is not None:
            await self._replay(record, number)

    async def _replay(self, record: "SessionRecord", round_: int | None, take: int | None = None) -> None:
        from compare_tui.ui.screens.replay import ReplayScreen

        await self.app.push_screen_wait(ReplayScreen(record, self.desk, round_, take))

    @work(group="sessions", exclusive=True)
    async def action_spend(self) -> None:
        from compare_tui.ui.screens.spend import SpendScreen

        await self.compare_app.opened.wait()
        await self.app.push_screen_wait(SpendScreen(self.desk))

    @work(group="sessions", exclusive=True)
    async def action_against_session(self) -> None:
        """This session against the one it asks again."""
        from compare_tui.store.store import Place

        old = self.desk.session.again_of
        if old is None or self.desk.store is None:
            self.notify("This session asks no other one again; c in the list of sessions (f4) holds any two together.")
            return
        await self._hold_against(self.desk.session, Place(old))

    async def _hold_against(self, new: Session, old: "Place") -> None:
        from compare_tui.ui.screens.against import AgainstScreen

        before = await self._read(old)
        if before is not None:
            session = await self.desk.aside(before.session)
            await self.app.push_screen_wait(AgainstScreen(new, session))

    async def _do(self, wanted: "Wanted | None") -> None:
        """What somebody who looked at sessions wants."""
        if wanted is None:
            return
        here = wanted.place.session == self.desk.session.id
        if wanted.what == "open" and here:
            await self._show_round(wanted.place.round)
            return
        if wanted.what == "open":
            self.app.clear_notifications()  # among them that there is something to open
            await self.open_session(wanted.place)
            return
        record = await (self._record_here() if here else self._read(wanted.place))
        if record is None:
            return
        session = await self.desk.aside(record.session)
        if wanted.what == "again":
            await self.ask_session_again(session)
        elif wanted.what == "replay":
            await self._replay(record, wanted.place.round, wanted.place.take)
        elif wanted.what == "export":
            await self._export(record)
        elif wanted.what == "overview":
            from compare_tui.ui.screens.overview import OverviewScreen

            await self._do(await self.app.push_screen_wait(OverviewScreen(session)))
        elif wanted.old is not None:
            await self._hold_against(session, wanted.old)

    async def _record_here(self) -> "SessionRecord | None":
        return await self._told(lambda: self.desk.archive.record_of(self.desk.session))

    async def _read(self, place: "Place") -> "SessionRecord | None":
        store = self.desk.store
        if store is None:
            self.notify("There is no store to read it from.", severity="warning")
            return None
        return await self._told(lambda: store.read(place))

    async def _told(self, work: Callable[[], T]) -> T | None:
        """What comes of it; None when the store cannot do it, which is said."""
        from compare_tui.store.problems import StoreProblem

        try:
            return await self.desk.aside(work)
        except StoreProblem as problem:
            self.notify(safe_line(str(problem)), severity="error", markup=False)
            return None

    # Opening one

    async def open_named(self, name: str) -> None:
        """The session that the command line asks for; `last` of nobody's is none."""
        from compare_tui.store.problems import NotFound, StoreProblem

        store = self.desk.store
        if store is None:
            return
        try:
            place = await self.desk.aside(lambda: store.resolve(name))
        except NotFound as problem:
            self.notify(f"{safe_line(str(problem))}. A new one is begun.", severity="warning", markup=False)
        except StoreProblem as problem:
            self.notify(safe_line(str(problem)), severity="error", markup=False)
        else:
            await self.open_session(place)

    async def open_session(self, place: "Place") -> None:
        """As it was left; a copy when another process writes to it."""
        store = self.desk.store
        if store is None or not await self.may_leave("Open another session?"):
            return
        session = await self._told(lambda: _opened(store, place.session))
        if session is None:
            return
        if session.id != place.session:
            self.notify("Another compare-tui writes to this session: this is a copy.", severity="warning")
        if self.desk.private:  # what is stored goes on being stored
            self.desk.archive.private = False
            self.notify("Sessions are stored from here on.")
        await self._show_session(session)
        if place.round is not None:
            await self._show_round(place.round)
        await self._offer_again()

    async def _show_session(self, session: Session) -> None:
        self.begin_with(session)
        self.desk.lineup = _lineup(session)
        viewed = session.view.get("viewed")
        if isinstance(viewed, int) and 0 <= viewed < len(session.rounds):
            self.viewed = viewed
        self.baseline = _lane(session.view.get("baseline"))
        self._kept = session.id, dict(session.view)
        await self._begun()
        await self.show_columns()
        if session.rounds:
            prompt = session.rounds[-1].round.prompt
            self.prompt.load(prompt.text, prompt.system or "")
            self.prompt.images = prompt.images

    async def _show_round(self, number: int | None) -> None:
        rounds = self.desk.session.rounds
        at = next((at for at, one in enumerate(rounds) if one.round.number == number), None)
        self.viewed = None if at is None or at == len(rounds) - 1 else at
        await self.show_columns()

    async def _offer_again(self) -> None:
        """For what the process that asked did not live to see."""
        from compare_tui.ui.screens.question import Question

        sent = self.sent
        left = [take for take in sent.takes if _waits_to_be_asked_again(sent, take)] if sent is not None else []
        if not left:
            return
        many = "One answer was" if len(left) == 1 else f"{len(left)} answers were"
        answer = await self.app.push_screen_wait(
            Question(
                Content(f"{many} interrupted. Ask again?"),
                Content("What had come is kept; asking again costs what it costs. R does so later as well."),
                [("y", "yes", "ask these lanes once more"), ("n", "no", "leave it as it is")],
                default="no",
            )
        )
        if answer == "yes":
            self.ask_again(list(dict.fromkeys(take.lane for take in left)), sent)

    # Keeping what is looked at

    def slow_tick(self) -> None:
        super().slow_tick()
        self._ticks += 1
        if self._ticks % _KEPT_EVERY == 0:
            self.run_worker(self.keep_view(), group="view", exclusive=True)
            self._tell_trouble()
            self._look_at_cache()

    async def may_leave(self, question: str) -> bool:
        may = await super().may_leave(question)
        if may:
            await self.keep_view()
        return may

    async def keep_view(self) -> None:
        """How the session is looked at, for when it is opened again."""
        from compare_tui.store.problems import StoreProblem

        session, store = self.desk.session, self.desk.store
        view = self._view()
        unkept = store is None or store.read_only or self.desk.private
        if store is None or unkept or not session.rounds or self._kept == (session.id, view):
            return
        self._kept = session.id, view
        session.view = view
        try:
            await self.desk.aside(lambda: store.keep_view(session.id, view))
        except StoreProblem:  # what is in the way of writing is told by the journal
            self._kept = "", {}

    def _view(self) -> dict[str, Any]:
        entries = self.desk.lineup.entries
        view = {
            "lanes": [str(entry.lane) for entry in entries],
            "muted": [at for at, entry in enumerate(entries) if entry.muted],
            "viewed": self.viewed,
            "baseline": None if self.baseline is None else str(self.baseline),
        }
        return {name: value for name, value in view.items() if value not in (None, [])}

    def _look_at_cache(self) -> None:
        """Once everything has ended: what came from the endpoint's cache, and why it was less than before."""
        session = self.desk.session
        state = session.id, sum(1 for _ in session.takes())
        if len(session.rounds) > 1 and not self.desk.running and self._cache_seen != state:
            self._cache_seen = state
            self.run_worker(self._tell_cache(session), group="cache", exclusive=True)

    async def _tell_cache(self, session: Session) -> None:
        from compare_tui.core.prefix import cached_shares, share_of

        found = await self.desk.aside(lambda: cached_shares(session))
        share = share_of(found)
        self.cached = "" if not share else f"{in_percent(share)} of the input cached"
        last = session.rounds[-1].round.id
        alarms = [
            f"{safe_line(one.lane.label)}: {safe_line(one.alarm)}"
            for one in found
            if one.round_id == last and one.alarm
        ]
        if alarms:
            self.notify("\n".join(alarms), title="Less from the cache", severity="warning", timeout=15, markup=False)
        self.tick()

    def _tell_trouble(self) -> None:
        trouble, remark = self.desk.archive.trouble, self.desk.archive.remark
        if remark is not None and remark != self._told_remark:
            self._told_remark = remark
            self.notify(safe_line(remark), severity="warning", timeout=10, markup=False)
        if trouble == self._told_trouble:
            return
        if trouble is not None:
            self.notify(
                f"Sessions cannot be written: {safe_line(trouble)}. Answers stay in memory; f9 writes them elsewhere.",
                severity="error",
                timeout=30,
                markup=False,
            )
        else:
            self.notify("Sessions are written again; nothing is missing.")
        self._told_trouble = trouble
        self.tick()


def _opened(store: "Store", id_: str) -> Session:
    """From now on it is this process that writes to it; the session, or a copy with an id of its own. Blocks."""
    if not store.read_only and not store.claim(id_):
        id_ = store.duplicate(id_)
        store.claim(id_)
    return store.read(id_).session()


def _waits_to_be_asked_again(sent: SentRound, take: Take) -> bool:
    """It was interrupted, and its lane has no more takes than were sent at first."""
    return take.verdict is Verdict.INTERRUPTED and len(sent.of(take.lane)) <= (take.lane.repeat or 1)


def _lineup(session: Session) -> Lineup:
    """The lanes there were, muted ones too; without a word on them those of the last round."""
    texts = session.view.get("lanes")
    if not isinstance(texts, list):
        return Lineup.of(session.rounds[-1].lanes[:MOST_LANES] if session.rounds else ())
    muted = session.view.get("muted", [])
    lanes = [(_lane(text), at in muted) for at, text in enumerate(texts[:MOST_LANES])]
    return Lineup(tuple(Entry(lane, is_muted) for lane, is_muted in lanes if lane is not None))


def _lane(text: object) -> Lane | None:
    try:
        return Lane.parse(text) if isinstance(text, str) else None
    except LaneError:
        return None
