"""Several processes on one file: nobody fails, nothing is lost, and each list is of one moment."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from compare_tui.store import listing
from compare_tui.store.database import transaction
from compare_tui.store.editing import purge
from compare_tui.store.store import Place, Store
from tests.integration.store_children import Nursery, nursery
from tests.integration.store_work import Diary

PROCESSES = 4
TRANSACTIONS = 1_000


@pytest.fixture(scope="module")
def children() -> Iterator[Nursery]:
    with nursery() as children:
        yield children


def test_four_processes_with_a_thousand_transactions_each_make_no_error(children: Nursery, tmp_path: Path) -> None:
    """They also make the file: none of them is the first."""
    names = ["alpha", "beta", "gamma", "delta"]
    pids = [children.start("transact", str(tmp_path), name, TRANSACTIONS) for name in names]
    assert [children.join(pid) for pid in pids] == [0] * PROCESSES
    store = Store.open(tmp_path / "sessions.db")
    try:
        assert store.recovered == ()
        listed = store.listed()
        assert sorted(one.title for one in listed) == sorted(f"{name} {TRANSACTIONS // 10 - 1}" for name in names)
        for one in listed:
            assert one.verdicts == {"done": TRANSACTIONS // 10}
            name = one.title.split()[0]
            texts = [take.text for take in store.read(one.id).session().takes()]
            assert "".join(texts) == "".join(f"{name} {number} " for number in range(4 * TRANSACTIONS // 10))
        with closing(sqlite3.connect(tmp_path / "sessions.db")) as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        assert store.close()


def test_a_process_whose_disk_takes_no_more_writes_on_when_it_does(children: Nursery, tmp_path: Path) -> None:
    assert children.join(children.start("fill_up", str(tmp_path), 400_000)) == 0
    store = Store.open(tmp_path / "sessions.db")
    try:
        (listed,) = store.listed()
        (take,) = store.read(listed.id).session().takes()
        assert take.verdict == "done"
        assert take.text == (tmp_path / "said").read_text()
    finally:
        assert store.close()


def test_what_another_process_still_answers_is_running_and_nobody_ends_it(tmp_path: Path) -> None:
    asking, looking = Store.open(tmp_path / "sessions.db"), None
    try:
        diary = Diary(asking.journal, "slow")
        diary.begin()
        diary.record()
        assert asking.journal.flush(5)
        looking = Store.open(tmp_path / "sessions.db")
        assert looking.recovered == ()
        assert looking.listed()[0].verdicts == {"running": 1}
        assert not looking.claim(diary.session)
        diary.end()
        assert asking.journal.flush(5)
        assert looking.listed()[0].verdicts == {"done": 1}
        assert asking.close()
        assert looking.claim(diary.session)
    finally:
        asking.close()
        if looking is not None:
            assert looking.close()


def test_a_list_is_of_one_moment_while_another_store_purges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between finding the sessions and reading their rows they used to vanish."""
    mine = Store.open(tmp_path / "sessions.db")
    try:
        diary = Diary(mine.journal, "gone")
        diary.begin()
        diary.end()
        assert mine.journal.flush(5)
        rows = listing._rows

        def purge_first(connection: sqlite3.Connection, keys: list[int]) -> object:
            with closing(sqlite3.connect(tmp_path / "sessions.db", isolation_level=None)) as other, transaction(other):
                purge(other, Place(diary.session))
            return rows(connection, keys)

        with monkeypatch.context() as patch:
            patch.setattr(listing, "_rows", purge_first)
            assert [one.id for one in mine.listed()] == [diary.session]
        assert mine.listed() == []
    finally:
        assert mine.close()
