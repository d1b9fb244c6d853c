"""What a review of the store found: files made by two at once, threads that meet, ids with holes, odd words."""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt
from compare_tui.core.query import Query, QueryError, parse
from compare_tui.core.record import SessionRecord
from compare_tui.core.round import Round
from compare_tui.core.session import SentRound
from compare_tui.core.take import Take
from compare_tui.store import database, editing, listing
from compare_tui.store import journal as journal_module
from compare_tui.store.checking import check
from compare_tui.store.database import Database, migrate
from compare_tui.store.journal import Journal
from compare_tui.store.problems import StoreProblem
from compare_tui.store.schema import STEPS
from compare_tui.store.store import Place, Store
from tests.store_samples import answered, told

LOW = Lane.parse("gpt-5.5 low")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "sessions.db")
    yield store
    store.close()


# Opening


def test_a_file_that_another_process_makes_while_it_is_looked_at_is_not_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its mark was read before the other one wrote it, its tables behind: a good file was called corrupt."""
    path = tmp_path / "sessions.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = wal")
        plain = database._pragma
        asked: list[str] = []

        def slow(connection: sqlite3.Connection, name: str) -> int:
            value = plain(connection, name)
            asked.append(name)
            if asked == ["application_id"]:
                migrate(other, STEPS)
            return value

        monkeypatch.setattr(database, "_pragma", slow)
        assert Database(path).notices == []
    assert [file.name for file in tmp_path.iterdir() if "corrupt" in file.name] == []


def test_one_process_at_a_time_makes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    folder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    opening = threading.Thread(target=Database, args=(path,))
    opening.start()
    opening.join(0.1)
    assert not path.exists()
    os.close(folder)
    opening.join(5)
    assert path.exists()


def test_who_waits_to_open_the_file_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE_S", 0.05)
    folder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        assert Database(tmp_path / "sessions.db").notices == []
    finally:
        os.close(folder)


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff%41?a#b"))
    store = Store.open(folder / "sessions.db")
    answered(store, "named")
    assert store.close()
    assert (folder / "sessions.db").stat().st_size
    assert check(folder / "sessions.db")[0]


def test_who_opens_the_file_by_a_link_ends_nobody_elses_answers(store: Store, tmp_path: Path) -> None:
    answered(store, "running", verdicts=("running",))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "link.db").symlink_to(tmp_path / "sessions.db")
    other = Store.open(tmp_path / "elsewhere" / "link.db")
    assert other.recovered == ()
    assert not other.claim("running")
    assert other.close()


# The thread that writes


def test_a_journal_closed_while_it_wakes_up_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What closed it was forgotten with what had woken it, and leaving waited for ever."""
    closers: list[threading.Thread] = []
    told = threading.Semaphore(0)
    journal: Journal | None = None

    class Woken(threading.Event):
        def set(self) -> None:
            super().set()
            if threading.current_thread() in closers:
                told.release()

        def clear(self) -> None:
            if journal is not None and not closers:
                closers.append(threading.Thread(target=journal.close, daemon=True))
                closers[0].start()
                assert all(told.acquire(timeout=5) for _ in ("at once", "something"))
            super().clear()

    monkeypatch.setattr(journal_module, "threading", SimpleNamespace(**{**vars(threading), "Event": Woken}))
    journal = Journal(Database(tmp_path / "sessions.db").connect, "me", is_alive=lambda owner: True)
    journal.flush(5)
    closers[0].join(5)
    assert not closers[0].is_alive()


def test_asking_whether_all_is_written_waits_for_no_other_process(store: Store, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "sessions.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert store.journal.flush(1)
        assert store.journal.trouble is None


def test_what_is_written_while_a_session_is_gathered_is_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read before it was written, and looked for in memory behind that, it was in neither."""
    monkeypatch.setattr(journal_module, "_FIRST_RETRY_S", 0.01)
    monkeypatch.setattr(journal_module, "_LAST_RETRY_S", 0.01)
    monkeypatch.setattr(database, "PATIENCE_S", 0.02)
    store = Store.open(tmp_path / "sessions.db")
    plain = Store.read
    with closing(sqlite3.connect(tmp_path / "sessions.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        def read(self: Store, place: Place | str) -> SessionRecord:
            try:
                return plain(self, place)
            finally:
                if other.in_transaction:
                    other.execute("ROLLBACK")
                    while not store.journal.flush(5):
                        pass

        monkeypatch.setattr(Store, "read", read)
        with pytest.raises(AssertionError, match="locked"):
            answered(store, "late", texts=("All of it.",))
        assert [take.take().text for _, take in store.whole("late").takes()] == ["All of it."] * 2
    assert store.close()


# Ids with holes


def sent_again(store: Store, session: str, text: str) -> str:
    """One more take of the last lane in its first round; its id."""
    sent: SentRound = store.read(session).session().rounds[0]
    planned = sent.again(sent.takes[-1].lane)
    store.journal.begin(sent.round, [planned], ())
    take = Take(planned.id, planned.lane, repeat=planned.repeat)
    events = told(text)
    store.journal.record(take.id, events)
    store.journal.ended(take.apply_all(events))
    assert store.journal.flush(5)
    return take.id


def test_asking_again_in_a_copy_of_what_was_not_finished_replaces_no_answer(store: Store) -> None:
    answered(store, "begun", lanes=("gpt-5.5 low", "gpt-5.5 high"), verdicts=("running", "done"), texts=("Yes.",))
    copy = store.duplicate("begun")
    assert sent_again(store, copy, "No.") == f"{copy}.1.3"
    takes = {take.id: (take.take().text, take.repeat) for _, take in store.read(copy).takes()}
    assert takes == {f"{copy}.1.2": ("Yes.", 1), f"{copy}.1.3": ("No.", 2)}


def test_copies_do_not_count_for_what_the_next_answer_is_likely_to_come_to(store: Store) -> None:
    """The answers of the embedded endpoint would, for a copy does not know that they cost nothing."""
    answered(store, "first", lanes=("gpt-5.5 low",), texts=("One two three.",))
    store.duplicate("first")
    assert store.history(LOW) == [3]


def test_the_title_after_a_purge_has_no_words_of_the_system_text(store: Store) -> None:
    rounds = [Round(f"two.{at}", Prompt(text, "Be brief."), (LOW,)) for at, text in enumerate(("First?", "Then?"), 1)]
    for round_ in rounds:
        store.journal.begin(round_, (), ())
    store.purge(Place("two", 1))
    assert [one.title for one in store.listed()] == ["Then?"]


# Purged


def test_a_purge_that_leaves_bytes_in_the_log_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE_S", 0.05)
    monkeypatch.setattr(editing, "_PATIENCE_S", 0.05)
    store = Store.open(tmp_path / "sessions.db")
    answered(store, "secret", prompts=("Halcyon?",))
    with closing(sqlite3.connect(tmp_path / "sessions.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM session").fetchone()
        with pytest.raises(StoreProblem, match="somebody reads"):
            store.purge(Place("secret"))
    assert store.listed() == []
    assert store.close()


# Looking for something


@pytest.mark.parametrize("typed", ["a\0b", "\udcff", "tag:\udcff=\udcff", "model:\0", "_ __", '"', '""', "* NEAR( -"])
def test_nothing_that_is_typed_is_more_than_nothing_found(store: Store, typed: str) -> None:
    answered(store, "there")
    for unfinished in (True, False):
        for ranked in (True, False):
            assert len(store.listed(parse(typed, unfinished=unfinished), ranked=ranked)) in (0, 1)


@pytest.mark.parametrize("typed", ["until:9999-12", "until:9999-12-31", "since:0001-01", "since:0001-01-01"])
def test_a_day_without_a_day_beside_it_is_refused_in_words(typed: str) -> None:
    with pytest.raises(QueryError, match="takes a day such as"):
        parse(typed)


def test_signs_that_are_no_words_are_found_where_they_stand(store: Store) -> None:
    answered(store, "signs", texts=("def __init__",))
    answered(store, "words", texts=("define it",))
    assert [one.id for one in store.listed(parse("__"))] == ["signs"]


def test_what_is_not_known_to_cost_anything_does_not_cost_less(store: Store) -> None:
    answered(store, "cheap")
    round_ = Round("dear.1", Prompt("?"), (LOW,))
    take = round_.takes()[0]
    store.journal.begin(round_, [take], ())
    store.journal.record(take.id, told(rate=None))
    store.journal.ended(Take(take.id, LOW).apply_all(told(rate=None)))
    assert store.journal.flush(5)
    assert [one.id for one in store.listed(parse("cost<1"))] == ["cheap"]
    assert [one.id for one in store.listed()] == ["dear", "cheap"]


def test_a_list_may_be_of_any_length(store: Store, tmp_path: Path) -> None:
    for number in range(12):
        answered(store, f"s{number}", lanes=("gpt-5.5 low",))
    with closing(sqlite3.connect(tmp_path / "sessions.db")) as connection:
        connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 10)
        assert len(listing.listed(connection, Query(), limit=100)) == 12


def test_a_session_asked_again_has_the_tags_of_the_one_before(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path / "sessions.db")) as store:
        old, new = answered(store, tags={"team": "core", "kind": "old"}), answered(store, tags={"kind": "new"})
        store.mark_again(new.id, old.id)
        assert store.read(new.id).tags == {"team": "core", "kind": "new"}
