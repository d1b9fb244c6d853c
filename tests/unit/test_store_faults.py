"""Writes that fail: the journal says why, goes on, keeps what it was given, and writes it once when it can."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

import pytest

from compare_tui.config import Caps
from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt
from compare_tui.core.record import RoundRecord, SessionRecord, TakeRecord
from compare_tui.core.round import Round
from compare_tui.core.take import Take
from compare_tui.store import journal as journal_module
from compare_tui.store import reading
from compare_tui.store.database import Connect, Database
from compare_tui.store.journal import Journal
from compare_tui.store.store import Store
from tests.integration.store_work import Diary
from tests.store_samples import told

if TYPE_CHECKING:
    from compare_tui.store.request_log import RequestLog

OWNER = "me"
SAID = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_IOERR_WRITE": "the disk reports an error",
    "SQLITE_READONLY": "the file cannot be written",
    "SQLITE_BUSY": "another process keeps the file locked",
}
UNDONE = ("SQLITE_FULL", "SQLITE_IOERR_WRITE")
"""After these SQLite itself takes back what the transaction had written."""
LANES = tuple(map(Lane.parse, ("gpt-5.5 low", "gpt-5.5-pro high flex", "gpt-5.5 repeat=2")))


class Faults:
    """Fails the n-th thing that is asked of the file, or everything from then on, whatever connection it comes by."""

    def __init__(self, path: Path, name: str = "", at: int = 0, *, for_good: bool = False, done: bool = False) -> None:
        self.asked = 0
        self.failed = 0
        self._path, self._name, self._at = path, name, at
        self._for_good, self._done = for_good, done

    def connect(self) -> sqlite3.Connection:
        faults = self

        class Failing(sqlite3.Connection):
            def execute(self, *asked: Any) -> sqlite3.Cursor:
                return faults.ask(self, super().execute, *asked)

            def executemany(self, *asked: Any) -> sqlite3.Cursor:
                return faults.ask(self, super().executemany, *asked)

        return _connected(self._path, factory=Failing)

    def ask(self, connection: sqlite3.Connection, how: Callable[..., sqlite3.Cursor], *asked: Any) -> sqlite3.Cursor:
        if asked[0] == "ROLLBACK":
            return how(*asked)
        self.asked += 1
        if asked[0].startswith("PRAGMA synchronous"):
            asked = ("PRAGMA synchronous = OFF",)  # a disk that is waited for would make a minute of this
        if not self._at or self.asked < self._at or (self.failed and not self._for_good):
            return how(*asked)
        if self._done:
            if asked[0] != "COMMIT":
                return how(*asked)
            how(*asked)
        self.failed += 1
        if self._name in UNDONE and connection.in_transaction:
            sqlite3.Connection.execute(connection, "ROLLBACK")
        error = sqlite3.OperationalError("made to fail")
        error.sqlite_errorname = self._name
        error.sqlite_errorcode = getattr(sqlite3, self._name)
        raise error


def _connected(path: Path, factory: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0.02, isolation_level=None, check_same_thread=False, factory=factory)
    sqlite3.Connection.execute(connection, "PRAGMA foreign_keys = ON")
    return connection


def journal_over(connect: Connect) -> Journal:
    return Journal(connect, OWNER, is_alive=lambda owner: True)


@pytest.fixture(autouse=True)
def soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again after a thousandth of a second, so that the fault is over while there is still something to say."""
    monkeypatch.setattr(journal_module, "_FIRST_RETRY_S", 0.0005)
    monkeypatch.setattr(journal_module, "_LAST_RETRY_S", 0.01)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "sessions.db"
    Database(path)
    return path


@pytest.fixture
def file(empty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(empty, tmp_path))


def work(journal: Journal) -> SessionRecord:
    """Two rounds of four takes, told piece by piece; two takes do not end. What the store should know of them."""
    rounds = []
    for number in (1, 2):
        round_ = Round(
            f"faulty.{number}", Prompt("Why?" * 200), LANES, tags={"team": "core"}, sent_at="2026-11-20T10:00Z"
        )
        takes = round_.takes()
        journal.begin(round_, [Take(one.id, one.lane, repeat=one.repeat) for one in takes], ())
        records = []
        for at, take in enumerate(takes):
            events = told(f"{take.id} was answered so", verdict="running" if at == 3 else "done", prompt="Why?" * 200)
            for some in (events[:3], events[3:8]):
                journal.record(take.id, some)
                journal.flush(5)
            journal.record(take.id, events[8:])
            take.apply_all(events)
            if take.verdict is not None:
                journal.ended(take)
            journal.flush(5)
            records.append(TakeRecord(take.id, take.lane, take.repeat, tuple(events)))
        rounds.append(RoundRecord(round_, tuple(records)))
    return SessionRecord("faulty", "2026-11-20T10:00Z", rounds=tuple(rounds))


def kept(path: Path) -> SessionRecord:
    with closing(_connected(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.execute("INSERT INTO word (word) VALUES ('integrity-check')")
        assert connection.execute("SELECT count(*) FROM doc WHERE take > 0").fetchone()[0] == 6
        assert connection.execute("SELECT count(*) FROM take WHERE owner IS NULL").fetchone()[0] == 6
        return reading.session_record(connection, "faulty")


def watched(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> set[str | None]:
    """All that its trouble ever was."""
    seen: set[str | None] = set()
    tell = journal._tell

    def telling(trouble: str | None) -> None:
        seen.add(trouble)
        tell(trouble)

    monkeypatch.setattr(journal, "_tell", telling)
    return seen


NAMES = pytest.mark.parametrize("name", SAID)


def test_the_work_asks_enough_of_the_file_for_a_hundred_faults(file: Path) -> None:
    faults = Faults(file)
    journal = journal_over(faults.connect)
    record = work(journal)
    assert journal.close()
    assert kept(file) == record
    assert faults.asked > 110


@NAMES
def test_a_write_that_fails_once_is_made_again_and_nothing_stands_there_twice(
    name: str, file: Path, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(1, 101):
        shutil.copy(empty, file)
        faults = Faults(file, name, at)
        journal = journal_over(faults.connect)
        seen = watched(journal, monkeypatch)
        record = work(journal)
        assert journal.close(), at
        assert journal.trouble is None
        assert faults.failed == 1
        assert seen - {None} == {SAID[name]}
        assert kept(file) == record, at


@NAMES
def test_a_commit_that_was_made_although_it_failed_is_not_made_twice(name: str, file: Path, empty: Path) -> None:
    for at in range(1, 101, 4):
        shutil.copy(empty, file)
        faults = Faults(file, name, at, done=True)
        journal = journal_over(faults.connect)
        record = work(journal)
        assert journal.close()
        assert faults.failed == 1
        assert kept(file) == record, at


@NAMES
def test_when_nothing_can_be_written_any_more_everything_stays_in_memory_and_can_go_elsewhere(
    name: str, file: Path, empty: Path, tmp_path: Path
) -> None:
    elsewhere = Store.open(tmp_path / "elsewhere" / "sessions.db")
    for at in range(1, 101):
        shutil.copy(empty, file)
        faults = Faults(file, name, at, for_good=True)
        journal = journal_over(faults.connect)
        record = work(journal)
        assert not journal.flush(5)
        assert journal.trouble == SAID[name]
        assert journal.with_unwritten(written_so_far(file)) == record, at
        assert not journal.close()
        assert not journal.flush(0), "who asks later is told the same"
        if at % 20 == 0:
            id_ = elsewhere.add(record.under(f"saved{at}"))
            assert [take.text for take in elsewhere.read(id_).session().takes()] == [
                take.text for take in record.session().takes()
            ]
    assert elsewhere.close()


def written_so_far(path: Path) -> SessionRecord:
    with closing(_connected(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if connection.execute("SELECT count(*) FROM session").fetchone()[0]:
            return reading.session_record(connection, "faulty")
    return SessionRecord("faulty", "2026-11-20T10:00Z")


def test_a_file_that_is_really_full_is_written_when_there_is_room_again(file: Path) -> None:
    with closing(_connected(file)) as connection:
        room = connection.execute("PRAGMA page_count").fetchone()[0] + 10

    def connect() -> sqlite3.Connection:
        connection = _connected(file)
        connection.execute(f"PRAGMA max_page_count = {room}")
        return connection

    journal = journal_over(connect)
    diary = begun(journal)
    while journal.trouble is None:
        diary.record(200)
        journal.flush(5)
    assert journal.trouble == "the disk is full"
    diary.record()
    assert not journal.flush(5)
    room = 100_000
    diary.end()
    assert until_written(journal)
    assert journal.trouble is None
    assert journal.close()
    assert text_of(file, diary) == diary.said


def test_a_file_that_another_process_locks_is_written_when_it_lets_go(file: Path) -> None:
    journal = journal_over(lambda: _connected(file))
    diary = begun(journal)
    with closing(_connected(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        diary.record()
        assert not journal.flush(5)
        assert journal.trouble == "another process keeps the file locked"
        other.execute("ROLLBACK")
    diary.end()
    assert until_written(journal)
    assert journal.close()
    assert text_of(file, diary) == diary.said


def test_a_file_that_is_gone_for_a_while_is_written_when_it_is_back(file: Path) -> None:
    """A volume that was pulled out: what cannot even be opened is no other trouble."""
    journal = journal_over(Database(file).connect)
    diary = begun(journal)
    assert journal.flush(5)
    journal._disconnect()
    away = file.rename(file.with_name("away.db"))
    diary.record()
    assert not journal.flush(5)
    assert journal.trouble == "the file cannot be opened"
    away.rename(file)
    diary.end()
    assert until_written(journal)
    assert journal.close()
    assert text_of(file, diary) == diary.said


def begun(journal: Journal) -> Diary:
    diary = Diary(journal, "word")
    diary.begin()
    return diary


def until_written(journal: Journal) -> bool:
    deadline = monotonic() + 10
    while monotonic() < deadline:
        if journal.flush(5):
            return True
    return False


def text_of(path: Path, diary: Diary) -> str:
    with closing(_connected(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (take,) = reading.session_record(connection, diary.session).session().takes()
        assert take.verdict == "done"
        return take.text


def test_what_cannot_be_told_in_utf_8_or_json_does_not_end_the_journal(file: Path) -> None:
    """Half a character in the name of a model came from a shell; the thread that writes died of it."""
    journal = journal_over(lambda: _connected(file))
    odd = Round("odd.1", Prompt("\ud83d?"), (Lane.parse("mo\udcffdel"),), tags={"\udcff": "\udcff"})
    (take,) = odd.takes()
    journal.begin(odd, [take], ())
    journal.record(take.id, [Event(1, Kind.TEXT, "\ude00")])
    assert journal.flush(5)
    journal.record(take.id, [Event(2, Kind.NOTICE, "", {"no JSON": object()})])
    assert not journal.flush(5)
    assert journal.trouble is not None
    assert "JSON" in journal.trouble
    assert not journal.close()


class TornLog:
    """A log of requests that fails in a way nobody thought of."""

    def write(self, take: Take, prompt_text: str | None = None) -> str | None:
        raise ValueError("torn")


def test_a_request_log_that_fails_is_remarked_on_and_holds_up_no_session(file: Path) -> None:
    log = cast("RequestLog", TornLog())
    journal = Journal(lambda: _connected(file), OWNER, is_alive=lambda owner: True, log=log)
    record = work(journal)
    assert journal.close()
    assert journal.trouble is None
    assert journal.remark == "requests are not logged: torn"
    assert kept(file) == record


@pytest.fixture
def held(file: Path) -> Iterator[Journal]:
    caps = Caps(per_day=Decimal(100))
    journal = Journal(lambda: _connected(file), OWNER, is_alive=lambda owner: True, caps=caps)
    yield journal
    assert journal.close()


def test_a_cap_is_asked_for_takes_begun_a_moment_ago(held: Journal) -> None:
    for number in range(1, 300):
        round_ = Round(f"held.{number}", Prompt("Why?"), LANES[:1])
        held.begin(round_, round_.takes(), ())
        assert held.reserve(f"held.{number}.1", Decimal("0.01")).result(5) is None


def test_a_take_that_is_stopped_while_it_asks_for_room_does_not_end_the_journal(held: Journal) -> None:
    round_ = Round("held.1", Prompt("Why?"), LANES[:1])
    held.begin(round_, round_.takes(), ())
    for _ in range(50):
        held.reserve("held.1.1", Decimal("0.01")).cancel()
    assert held.reserve("held.1.1", Decimal("0.01")).result(5) is None


def test_a_folder_that_cannot_be_used_is_said_in_words(tmp_path: Path) -> None:
    from compare_tui.store.problems import StoreProblem

    (tmp_path / "running").write_text("in the way")
    with pytest.raises(StoreProblem, match="the sessions cannot be written: File exists"):
        Store.open(tmp_path / "sessions.db")
