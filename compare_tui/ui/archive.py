"""Where the sessions of the app are kept: in the store, or in memory alone when they are private or nothing can be
stored."""

from collections.abc import Collection, Sequence
from concurrent.futures import Future
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from compare_tui.core.events import Event
from compare_tui.core.round import Round
from compare_tui.core.session import Session
from compare_tui.core.take import Take

if TYPE_CHECKING:
    from compare_tui.core.caps import Refusal
    from compare_tui.core.record import SessionRecord
    from compare_tui.store.news import News
    from compare_tui.store.store import Store
    from compare_tui.ui.start import Start

_WRITTEN_WITHIN_S: Final = 2.0


class Archive:
    """The recorder of the app's engine. Which way a session goes is decided when its first round is sent."""

    def __init__(self, start: "Start") -> None:
        self.private = start.private
        self.store: Store | None = None
        self.problem = ""
        """Why nothing can be stored, though it should be."""
        self._open_store = start.store
        self._in_memory: dict[str, list[News]] = {}
        self._only_here: set[str] = set()
        """Takes under way that are kept in memory alone, whatever becomes of their session meanwhile."""

    def open(self) -> None:
        """Blocks. Not called for private work: it would leave a file where there was none."""
        if self.store is not None or self._open_store is None:
            return
        from compare_tui.store.problems import StoreProblem

        try:
            self.store = self._open_store()
        except StoreProblem as problem:
            self.problem = str(problem)
        else:
            self.problem = "the file can only be read" if self.store.read_only else ""

    def close(self) -> None:
        if self.store is not None:
            self.store.close()
            self.store = None

    @property
    def trouble(self) -> str | None:
        """Why nothing can be written right now. Beside a private session too: one before it may not be written yet."""
        return None if self.store is None else self.store.journal.trouble

    @property
    def remark(self) -> str | None:
        """What is wrong beside the sessions."""
        return None if self.store is None else self.store.journal.remark

    def is_only_here(self, session: Session) -> bool:
        """Whether leaving it now would lose something of it. Waits for what is being written."""
        if not session.rounds:
            return False
        if session.id in self._in_memory or self.store is None:
            return True
        return not self.store.journal.flush(_WRITTEN_WITHIN_S)

    def record_of(self, session: Session) -> "SessionRecord":
        """The session with all its events, wherever they are. Blocks."""
        from compare_tui.store.news import joined

        record = joined(self._written(session.id), self._in_memory.get(session.id, ()))
        now = {sent.round.id: sent.round for sent in session.rounds}  # it may have been tagged since
        rounds = tuple(replace(one, round=now.get(one.round.id, one.round)) for one in record.rounds)
        record = replace(record, rounds=rounds, view=dict(session.view))
        return replace(record, name=session.name, tags=session.tags, again_of=session.again_of)

    def _written(self, id_: str) -> "SessionRecord":
        """What the store has of it: rounds before those that are in memory alone."""
        from compare_tui.core.record import SessionRecord
        from compare_tui.store.problems import NotFound

        if self.store is None:
            return SessionRecord(id_)
        if id_ not in self._in_memory:
            return self.store.whole(id_)
        try:
            return self.store.read(id_)
        except NotFound:
            return SessionRecord(id_)

    def forget(self, session: Session) -> None:
        """What was in memory alone is gone."""
        self._in_memory.pop(session.id, None)

    # As a recorder

    def begin(self, round_: Round, takes: Sequence[Take], simulated: Collection[str]) -> None:
        if self.private or self.store is None or self.store.read_only:
            from compare_tui.store.news import Begun

            self._only_here |= {take.id for take in takes}
            self._in_memory.setdefault(round_.session, []).append(Begun(round_, tuple(takes)))
        else:
            self.store.journal.begin(round_, takes, simulated)

    def record(self, take_id: str, events: Sequence[Event]) -> None:
        if take_id in self._only_here:
            from compare_tui.store.news import Told

            if (in_memory := self._in_memory.get(take_id.partition(".")[0])) is not None:
                in_memory.append(Told(take_id, events))
        elif self.store is not None:
            self.store.journal.record(take_id, events)

    def ended(self, take: Take) -> None:
        if take.id in self._only_here:
            self._only_here.discard(take.id)
        elif self.store is not None:
            self.store.journal.ended(take)

    def reserve(self, take_id: str, amount: Decimal | None) -> "Future[Refusal | None]":
        """The caps that all processes share hold for what is stored."""
        if take_id not in self._only_here and self.store is not None:
            return self.store.journal.reserve(take_id, amount)
        granted: Future[Refusal | None] = Future()
        granted.set_result(None)
        return granted
