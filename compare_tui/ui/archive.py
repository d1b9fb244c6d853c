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

    def open(self) -> None:
        """Blocks. Not for private work: it would leave a file where there was none."""
        if self.store is not None or self.private or self._open_store is None:
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
        """Why nothing can be written right now."""
        if self.store is None or self.private:
            return None
        return self.store.journal.trouble

    def is_only_here(self, session: Session) -> bool:
        """Whether leaving it now would lose something of it. Waits for what is being written."""
        if not session.rounds:
            return False
        if session.id in self._in_memory or self.store is None:
            return True
        return not self.store.journal.flush(_WRITTEN_WITHIN_S)

    def record_of(self, session: Session) -> "SessionRecord":
        """The session with all its events, wherever they are. Blocks."""
        from compare_tui.core.record import SessionRecord
        from compare_tui.store.news import joined

        if session.id in self._in_memory or self.store is None:
            record = joined(SessionRecord(session.id), self._in_memory.get(session.id, ()))
        else:
            record = self.store.whole(session.id)
        return replace(record, name=session.name, tags=session.tags, again_of=session.again_of, view=dict(session.view))

    def forget(self, session: Session) -> None:
        """What was in memory alone is gone."""
        self._in_memory.pop(session.id, None)

    # As a recorder

    def begin(self, round_: Round, takes: Sequence[Take], simulated: Collection[str]) -> None:
        if self.private or self.store is None or self.store.read_only:
            from compare_tui.store.news import Begun

            self._in_memory.setdefault(round_.session, []).append(Begun(round_, tuple(takes)))
        else:
            self.store.journal.begin(round_, takes, simulated)

    def record(self, take_id: str, events: Sequence[Event]) -> None:
        in_memory = self._in_memory.get(_session(take_id))
        if in_memory is not None:
            from compare_tui.store.news import Told

            in_memory.append(Told(take_id, events))
        elif self.store is not None:
            self.store.journal.record(take_id, events)

    def ended(self, take: Take) -> None:
        if _session(take.id) not in self._in_memory and self.store is not None:
            self.store.journal.ended(take)

    def reserve(self, take_id: str, amount: Decimal | None) -> "Future[Refusal | None]":
        """The caps that all processes share hold for what is stored."""
        if _session(take_id) not in self._in_memory and self.store is not None:
            return self.store.journal.reserve(take_id, amount)
        granted: Future[Refusal | None] = Future()
        granted.set_result(None)
        return granted


def _session(take_id: str) -> str:
    return take_id.partition(".")[0]
