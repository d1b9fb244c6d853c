"""The journal: what the engine does is on disk a tenth of a second later, written by a thread of its own.

A piece per take every 100 ms, and one durable commit when takes have ended: a process that is killed loses at most
the last tenth of a second, a power cut nothing of an answer that was whole. What cannot be written stays in memory, in
order, and is tried again.
"""

import datetime as dt
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from time import monotonic
from typing import TYPE_CHECKING, Final

from compare_tui.config import Caps
from compare_tui.core.caps import Refusal
from compare_tui.core.events import Event
from compare_tui.core.likeness import likeness
from compare_tui.core.pricing import plain
from compare_tui.core.record import SessionRecord
from compare_tui.core.round import Round
from compare_tui.core.take import Take
from compare_tui.core.verdict import Verdict
from compare_tui.store import caps as caps_
from compare_tui.store import moments, writing
from compare_tui.store.database import Connect, transaction
from compare_tui.store.news import Begun, Ended, Mark, News, Told, joined
from compare_tui.store.problems import in_words

if TYPE_CHECKING:
    from compare_tui.store.request_log import RequestLog

EVERY_S: Final = 0.1
_FIRST_RETRY_S, _LAST_RETRY_S = 0.25, 5.0


@dataclass(frozen=True, slots=True)
class _Written:
    """Where a take that is under way stands in the file."""

    place: tuple[int, int]
    """The key of its session, and the number of its round."""
    key: int
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whether a take fits under the caps that all processes share."""

    take_id: str
    amount: Decimal | None
    answer: "Future[Refusal | None]" = field(default_factory=Future)


class Journal:
    """A recorder for the engine. `trouble` says why nothing can be written now."""

    def __init__(
        self,
        connect: Connect,
        owner: str,
        *,
        is_alive: Callable[[str], bool],
        caps: Caps | None = None,
        log: "RequestLog | None" = None,
    ) -> None:
        self.trouble: str | None = None
        self.remark: str | None = None
        """What is wrong beside the sessions, such as the log of requests."""
        self._connect = connect
        self._owner = owner
        self._log = log
        self._caps = caps or Caps()
        self._is_alive = is_alive
        self._connection: sqlite3.Connection | None = None
        self._is_safest: bool | None = None
        """How the connection commits now; to ask for it each time costs as much as the commit."""
        self._news: deque[News] = deque()
        self._told: dict[str, list[Event]] = {}
        """What takes were told since it was gathered last: extended here and emptied there, neither needs a lock."""
        self._open: dict[str, list[Event]] = {}
        """Those of them whose takes were gathered and have not ended."""
        self._moving = threading.Lock()
        self._asked: deque[_Asked] = deque()
        self._behind: deque[list[News]] = deque()
        """Batches that wait to be written; the first one is tried until it is."""
        self._rounds: dict[str, Round] = {}
        self._takes: dict[str, _Written] = {}
        self._something = threading.Event()
        self._at_once = threading.Event()
        self._changed = threading.Condition()
        """Of what is written, and of the trouble."""
        self._closing = False
        self._tried = False
        """The first batch was tried: it may have been written although it seemed not to be."""
        self._tried_at = 0.0
        self._retry_s = _FIRST_RETRY_S
        self._thread = threading.Thread(target=self._main, name="journal", daemon=True)
        self._thread.start()

    # From any thread

    def begin(self, round_: Round, takes: Sequence[Take], simulated: Collection[str]) -> None:
        for take in takes:
            self._rounds[take.id] = round_
            self._told[take.id] = []
        at = round_.sent_at or moments.now()
        self._hand_in(Begun(round_, tuple(takes), frozenset(simulated), at, moments.today()))
        self._at_once.set()

    def record(self, take_id: str, events: Sequence[Event]) -> None:
        self._told[take_id].extend(events)

    def ended(self, take: Take) -> None:
        self._hand_in(Ended(take, self._rounds.pop(take.id)))

    def reserve(self, take_id: str, amount: Decimal | None) -> "Future[Refusal | None]":
        asked = _Asked(take_id, amount)
        if self._caps.over_time:
            self._asked.append(asked)
            self._at_once.set()
            self._something.set()
        else:
            asked.answer.set_result(None)
        return asked.answer

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until all that was handed in is written; False when that takes longer, or cannot be for now."""
        if not self._thread.is_alive():
            return not self._behind
        mark = Mark()
        self._hand_in(mark)
        self._at_once.set()
        with self._changed:
            self._changed.wait_for(lambda: mark.written or self.trouble is not None, timeout)
        return mark.written

    def with_unwritten(self, record: SessionRecord) -> SessionRecord:
        """The session with what waits to be written, for as long as the disk takes nothing."""
        with self._moving:
            behind = [news for batch in (*self._behind, list(self._news)) for news in batch]
            told = [Told(take_id, list(waiting)) for take_id, waiting in list(self._told.items())]
        return joined(record, [*behind, *told])

    def close(self) -> bool:
        """Write what is left, once more if there is trouble; whether nothing is lost."""
        self._closing = True
        self._at_once.set()
        self._something.set()
        self._thread.join()
        return not self._behind

    def _hand_in(self, news: News) -> None:
        self._news.append(news)
        self._something.set()

    # In the thread of its own

    def _main(self) -> None:
        while True:
            if not self._open:
                self._something.wait(self._retry_s if self._behind else None)
            if not self._at_once.is_set():
                self._at_once.wait(EVERY_S)  # let a tenth of a second gather; what takes are told wakes nobody
            self._something.clear()
            self._at_once.clear()
            closing = self._closing  # only now: what is set after it was cleared wakes the next turn
            asked = [self._asked.popleft() for _ in range(len(self._asked))]  # first: their takes were begun before
            self._gather()
            self._write_all(even_now=closing)
            for one in asked:
                self._answer(one)
            if closing:
                break
        self._disconnect()

    def _gather(self) -> None:
        """Never into a batch that was tried."""
        with self._moving:
            batch = [self._news.popleft() for _ in range(len(self._news))]
            batch += self._told_by_takes(batch)
            if len(self._behind) > 1:
                self._behind[-1].extend(batch)
            elif batch:
                self._behind.append(batch)

    def _told_by_takes(self, news: Sequence[News]) -> list[News]:
        """Looked at behind the news: a take that has ended was told all, one that is not begun there may wait."""
        for one in news:
            if isinstance(one, Begun):
                self._open |= {take.id: self._told[take.id] for take in one.takes}
        told: list[News] = []
        for take_id, waiting in self._open.items():
            if many := len(waiting):
                told.append(Told(take_id, waiting[:many]))
                del waiting[:many]
        for one in news:
            if isinstance(one, Ended):
                del self._open[one.take.id], self._told[one.take.id]
        return told

    def _write_all(self, *, even_now: bool) -> None:
        if self.trouble is not None and not even_now and monotonic() - self._tried_at < self._retry_s:
            return
        while self._behind:
            self._tried_at = monotonic()
            try:
                self._write(self._behind[0])
            except Exception as error:  # whatever it is, what was paid for stays in memory and somebody is told
                self._disconnect()  # after an error of the disk a connection may go on failing
                self._tried = True
                self._retry_s = min(2 * self._retry_s, _LAST_RETRY_S)
                self._tell(in_words(error))
                return
            self._tried = False
            with self._changed:
                for news in self._behind.popleft():
                    if isinstance(news, Mark):
                        news.written = True
                self._changed.notify_all()
        self._retry_s = _FIRST_RETRY_S
        self._tell(None)

    def _tell(self, trouble: str | None) -> None:
        if trouble != self.trouble:
            with self._changed:
                self.trouble = trouble
                self._changed.notify_all()

    def _write(self, batch: list[News]) -> None:
        """One transaction; what is remembered of it is only kept once it is there."""
        if all(isinstance(news, Mark) for news in batch):
            return  # who only asks whether all is written waits for no lock, and may do so of a file that is read only
        if self._connection is None:
            self._connection = self._connect()
            self._is_safest = None
        connection = self._connection
        ended = [news for news in batch if isinstance(news, Ended)]
        written: dict[str, _Written] = {}
        self._make_safe(connection, even_from_power_cuts=bool(ended))
        with transaction(connection):
            for news in batch:
                if isinstance(news, Begun):
                    written |= self._begin(connection, news)
            places = {**self._takes, **written}
            over = self._over(connection, places) if self._tried else frozenset()
            for take_id, events in _by_take(batch, over).items():
                at = places[take_id]
                writing.append(connection, at.place, at.key, at.pieces, events)
                written[take_id] = _Written(at.place, at.key, at.pieces + 1)
            for one in ended:
                if one.take.id not in over:
                    self._finish(connection, places[one.take.id], one)
        self._takes |= written
        for one in ended:
            del self._takes[one.take.id]
        self._log_requests(ended)

    def _log_requests(self, ended: Sequence[Ended]) -> None:
        """Of what is in the sessions already: nothing that goes wrong here may lead to their being written again."""
        if self._log is None:
            return
        try:
            for one in ended:
                told = self._log.write(one.take, one.round.prompt_for(one.take.lane).text)
                self.remark = told or self.remark
        except Exception as error:
            self.remark = f"requests are not logged: {error}"

    def _make_safe(self, connection: sqlite3.Connection, *, even_from_power_cuts: bool) -> None:
        """An answer that is whole and paid for is worth waiting for the disk."""
        if even_from_power_cuts is not self._is_safest:
            connection.execute(f"PRAGMA synchronous = {'FULL' if even_from_power_cuts else 'NORMAL'}")
            self._is_safest = even_from_power_cuts

    def _over(self, connection: sqlite3.Connection, places: Mapping[str, _Written]) -> frozenset[str]:
        """Takes whose end is written already, by a commit that was told to have failed."""
        keys = dict(connection.execute("SELECT key, owner FROM take WHERE owner = ?", (self._owner,)))
        return frozenset(take_id for take_id, at in places.items() if at.key not in keys)

    def _finish(self, connection: sqlite3.Connection, at: _Written, one: Ended) -> None:
        writing.finish(connection, at.key, one.take, likeness=_likeness(one.take, one.round))
        connection.execute("UPDATE session SET touched = ? WHERE key = ?", (moments.now(), at.place[0]))

    def _begin(self, connection: sqlite3.Connection, news: Begun) -> dict[str, _Written]:
        round_ = news.round
        session = writing.session_key(
            connection, round_.session, writing.words_of([round_]), news.at, owner=self._owner
        )
        writing.write_round(connection, session, round_)
        place = session, round_.number
        return {take.id: _Written(place, self._begin_take(connection, session, take, news)) for take in news.takes}

    def _begin_take(self, connection: sqlite3.Connection, session: int, take: Take, news: Begun) -> int:
        simulated = take.id in news.simulated
        return writing.write_take(connection, session, take, owner=self._owner, day=news.day, simulated=simulated)

    def _answer(self, asked: _Asked) -> None:
        """Behind everything that was handed in before: what is held must be known to every process."""
        if not asked.answer.set_running_or_notify_cancel():
            return  # the take was stopped meanwhile
        refusal: Refusal | None = Refusal(f"the caps cannot be looked at: {self.trouble}")
        if self.trouble is None and self._connection is not None:
            try:
                with transaction(self._connection) as connection:
                    refusal = self._reserved(connection, self._takes[asked.take_id].key, asked.amount)
            except Exception as error:  # it is sent only when the caps are known to allow it
                refusal = Refusal(f"the caps cannot be looked at: {in_words(error)}")
        asked.answer.set_result(refusal)

    def _reserved(self, connection: sqlite3.Connection, key: int, amount: Decimal | None) -> Refusal | None:
        today = dt.date.today()
        refusal = caps_.reserve(connection, self._caps, key, amount, today, is_alive=self._is_alive)
        if refusal is None and amount is not None:
            held = plain(amount), today.isoformat(), key  # it may have waited past midnight
            connection.execute("UPDATE take SET held = ?, day = ? WHERE key = ?", held)
        return refusal

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()


def _by_take(batch: list[News], over: frozenset[str]) -> dict[str, list[Event]]:
    pieces: dict[str, list[Event]] = {}
    for news in batch:
        if isinstance(news, Told) and news.take_id not in over:
            pieces.setdefault(news.take_id, []).extend(news.events)
    return pieces


def _likeness(take: Take, round_: Round) -> bytes | None:
    """Only what ended well can stand for another answer."""
    if take.verdict is not Verdict.DONE or take.base_url is None or take.api is None:
        return None
    return likeness(round_.prompt_for(take.lane), take.lane, take.base_url, take.api)
