"""The store: everything that commands and the app ask of the sessions on disk. It may be called from any thread."""

import datetime as dt
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from compare_tui.config import Caps
from compare_tui.core.lane import Lane
from compare_tui.core.query import Query
from compare_tui.core.record import SessionRecord, TakeRecord
from compare_tui.store import caps as caps_
from compare_tui.store import editing, listing, moments, reading, spending
from compare_tui.store import places as places_
from compare_tui.store.database import Database, snapshot, transaction
from compare_tui.store.journal import Journal
from compare_tui.store.listing import Listed as Listed
from compare_tui.store.owners import FOLDER, Owner, is_alive
from compare_tui.store.places import Place as Place
from compare_tui.store.problems import StoreProblem, Superseded, in_words
from compare_tui.store.recovery import recover
from compare_tui.store.spending import Spent as Spent

if TYPE_CHECKING:
    from compare_tui.store.request_log import RequestLog

T = TypeVar("T")

EVERYTHING: Final = Query()


class Store:
    """Opened once a process, and closed. What users ask meanwhile never waits for what the journal writes."""

    def __init__(self, path: Path, *, caps: Caps | None = None, log: "RequestLog | None" = None) -> None:
        """Made 0600 if it is not there; what an ended process left under way is brought to its end."""
        self._database = Database(path)
        self._running = self._database.path.parent / FOLDER
        self.read_only = self._database.read_only
        self._edits, self._reads, self._looks = (_Shared(self._database) for _ in range(3))
        self._owner: Owner | None = None
        self.recovered: tuple[Listed, ...] = ()
        if not self.read_only:
            with self._asked(self._edits) as connection:
                self.recovered = tuple(listing.rows_of(connection, recover(connection, self._running)))
            try:
                self._owner = Owner(self._running)
            except OSError as error:
                raise StoreProblem(f"the sessions cannot be written: {in_words(error)}") from error
        alive = partial(is_alive, self._running)
        self.journal = Journal(self._database.connect, self._id, is_alive=alive, caps=caps, log=log)

    @classmethod
    def open(cls, path: Path, *, caps: Caps | None = None, log: "RequestLog | None" = None) -> "Store":
        return cls(path, caps=caps, log=log)

    @property
    def notices(self) -> tuple[str, ...]:
        return tuple(self._database.notices)

    def close(self) -> bool:
        """Whether everything is on disk."""
        whole = self.journal.close()
        if self._owner is not None:
            with suppress(StoreProblem):
                self._edit(lambda it: it.execute("UPDATE session SET owner = NULL WHERE owner = ?", (self._id,)))
            self._owner.leave()
            self._owner = None
        for shared in (self._edits, self._reads, self._looks):
            shared.close()
        return whole

    # Reading

    def resolve(self, text: str) -> Place:
        """An id, a beginning that is unique, or `last`; NotFound says what comes near."""
        return self._read(lambda connection: places_.resolve(connection, text))

    def read(self, place: Place | str) -> SessionRecord:
        """A whole session by its id, or only what a place names of it."""
        place = Place(place) if isinstance(place, str) else place
        return self._read(lambda connection: reading.session_record(connection, place.session, place.round, place.take))

    def has(self, place: Place) -> bool:
        """A round that was never sent is not there."""
        return self._read(lambda connection: places_.is_there(connection, place))

    def whole(self, session: str) -> SessionRecord:
        """The session with what could not be written yet."""
        while not self.journal.flush(_PATIENCE_S):
            try:
                written = self.read(session)
            except StoreProblem:
                written = SessionRecord(session)
            record = self.journal.with_unwritten(written)
            if self.journal.trouble is not None:  # else it was written between the two, and is in neither
                return record
        return self.read(session)

    def listed(
        self,
        query: Query = EVERYTHING,
        *,
        limit: int = 100,
        after: Listed | None = None,
        ranked: bool = False,
        deleted: bool = False,
    ) -> list[Listed]:
        """The newest first, or by rank; `after` is the last one of the page before."""
        behind = after.id if after else None
        with self._asked(self._looks) as connection, snapshot(connection):
            return listing.listed(connection, query, limit=limit, after=behind, ranked=ranked, deleted=deleted)

    def interrupt(self) -> None:
        """A list that another thread still waits for is wanted no more: there it raises Superseded."""
        self._looks.interrupt()

    def answers(self, likeness: bytes, most: int) -> list[TakeRecord]:
        """Good answers to the same question of the same configuration, newest first."""

        def found(connection: sqlite3.Connection) -> list[TakeRecord]:
            keys = connection.execute(
                "SELECT key FROM take WHERE likeness = ? AND origin != 'store' ORDER BY key DESC LIMIT ?",
                (likeness, most),
            ).fetchall()
            return [reading.take_record(connection, key) for (key,) in keys]

        return self._read(found)

    def history(self, lane: Lane, *, simulated: bool = False, besides: str = "") -> list[int]:
        """The output tokens of the last twenty answers of its configuration, oldest first, in all sessions but one."""
        return self._read(lambda connection: spending.history(connection, lane, simulated=simulated, besides=besides))

    def spent(self, by: str, *, session: str | None = None) -> list[Spent]:
        """By `model`, `tier`, `day`, or the values of a tag."""
        return self._read(lambda connection: spending.spent(connection, by, session))

    def spent_since(self, day: dt.date, *, simulated: bool = False) -> Decimal:
        """What takes that have ended count for, from this local day on: money, or what the embedded endpoint says."""
        return self._read(lambda connection: caps_.spent_since(connection, day, simulated=simulated))

    # Changing

    def rename(self, session: str, name: str | None) -> None:
        self._edit(lambda connection: editing.change(connection, session, name=name))

    def tag(self, place: Place, name: str, value: str | None) -> None:
        """None takes it away."""
        self._edit(lambda connection: editing.tag(connection, place, name, value))

    def delete(self, session: str) -> None:
        """Out of sight; `restore` brings it back."""
        self._edit(lambda connection: editing.change(connection, session, deleted=moments.now()))

    def restore(self, session: str) -> None:
        self._edit(lambda connection: editing.change(connection, session, deleted=None))

    def mark_again(self, session: str, of: str) -> None:
        """The one asks the other again, under the same tags."""
        self._edit(lambda connection: editing.mark_again(connection, session, of))

    def keep_view(self, session: str, view: Mapping[str, Any]) -> None:
        self._edit(lambda connection: editing.keep_view(connection, session, view))

    def duplicate(self, session: str) -> str:
        return self._edit(lambda connection: editing.duplicate(connection, session))

    def add(self, record: SessionRecord) -> str:
        """A session from a file; the id it has here."""
        return self._edit(lambda connection: editing.add(connection, record, origin="import"))

    def purge(self, place: Place) -> None:
        """Really gone, from the file, its search index and its log, and from copies made before an update."""
        self._edit(lambda connection: editing.purge(connection, place))
        self._scrub()

    def purge_deleted(self) -> int:
        """All that is out of sight; how many sessions that were."""

        def purge(connection: sqlite3.Connection) -> int:
            ids = [id_ for (id_,) in connection.execute("SELECT id FROM session WHERE deleted IS NOT NULL")]
            for id_ in ids:
                editing.purge(connection, Place(id_))
            return len(ids)

        gone = self._edit(purge)
        if gone:
            self._scrub()
        return gone

    def claim(self, session: str) -> bool:
        """From now on this process writes to it; False when another one that still runs does."""

        def claim(connection: sqlite3.Connection) -> bool:
            found = connection.execute("SELECT owner FROM session WHERE id = ?", (session,)).fetchone()
            owner = found and found[0]
            if owner not in (None, self._id) and is_alive(self._running, owner):
                return False
            connection.execute("UPDATE session SET owner = NULL WHERE owner = ?", (self._id,))
            connection.execute("UPDATE session SET owner = ? WHERE id = ?", (self._id, session))
            return True

        return self._edit(claim)

    # How

    @property
    def _id(self) -> str:
        return self._owner.id if self._owner is not None else ""

    def _scrub(self) -> None:
        for copy in self._database.backups:
            copy.unlink(missing_ok=True)
        with self._asked(self._edits) as connection:
            editing.scrub(connection)

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._asked(self._reads) as connection, snapshot(connection):
            return work(connection)

    def _edit(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Behind what the journal was given before."""
        if self.read_only:
            raise StoreProblem("the sessions cannot be changed here: they can only be read")
        self.journal.flush(_PATIENCE_S)
        with self._asked(self._edits) as connection, transaction(connection):
            return work(connection)

    @contextmanager
    def _asked(self, shared: "_Shared") -> Iterator[sqlite3.Connection]:
        try:
            with shared as connection:
                yield connection
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
                raise Superseded("something else is looked for by now") from error
            raise StoreProblem(f"the sessions cannot be used: {in_words(error)}") from error
        except _DAMAGED as error:
            raise StoreProblem(f"the sessions cannot be read: {error}") from error


_PATIENCE_S: Final = 1.0
_DAMAGED: Final = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
"""What rows lead to that nobody wrote: a disk may give back other bytes than it was given."""


class _Shared:
    """A connection that threads use one after the other. It is another one after a statement was broken off: as long
    as anybody has the error, nothing else can be asked of the first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._is_used = False

    def __enter__(self) -> sqlite3.Connection:
        self._lock.acquire()
        try:
            if self._connection is None:
                self._connection = self._database.connect()
        except BaseException:
            self._lock.release()
            raise
        self._is_used = True
        return self._connection

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._is_used = False
        if isinstance(error, sqlite3.Error) or (self._connection is not None and self._connection.in_transaction):
            self._drop()
        self._lock.release()

    def interrupt(self) -> None:
        connection = self._connection
        if self._is_used and connection is not None:
            with suppress(sqlite3.ProgrammingError):  # closed since
                connection.interrupt()

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()
