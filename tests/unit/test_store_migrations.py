"""Files of other versions, other programs and bad disks: old or new and never between, and nothing is deleted."""

import itertools
import os
import random
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import cache
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from compare_tui.export.records import lines
from compare_tui.store.database import Database
from compare_tui.store.problems import StoreProblem
from compare_tui.store.schema import APPLICATION_ID, STEPS
from compare_tui.store.store import Store
from tests.fixtures.store.make import SESSIONS
from tests.integration.store_children import Nursery, nursery
from tests.integration.store_work import FURTHER_STEPS, watched_step
from tests.store_samples import answered

FIXTURES = Path(__file__).parents[1] / "fixtures" / "store"
VERSIONS = range(1, len(STEPS) + 1)
NEVER = 10**9


@cache
def bytes_of(version: int) -> bytes:
    with closing(sqlite3.connect(":memory:")) as file:
        file.executescript((FIXTURES / f"version-{version}.sql").read_text())
        return file.serialize()


def as_of(version: int, folder: Path) -> Path:
    """A file as that version left it."""
    path = folder / "sessions.db"
    path.write_bytes(bytes_of(version))
    return path


def shape(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as file:
        return file.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()


def content(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        names = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: file.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


def version_of(path: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(path)) as file:
        (version,), (application,) = (
            file.execute(f"PRAGMA {n}").fetchone() for n in ("user_version", "application_id")
        )
        return application, version


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def children() -> Iterator[Nursery]:
    with nursery() as children:
        yield children


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_of_every_version_exports_what_it_did(version: int, tmp_path: Path) -> None:
    store = Store.open(as_of(version, tmp_path))
    try:
        assert store.notices == ()
        exported = [line for id_ in SESSIONS for line in lines(store.read(id_))]
        assert exported == (FIXTURES / f"version-{version}.jsonl").read_text().splitlines()
        assert [one.id for one in store.listed(deleted=True)] == ["gone1a"]
    finally:
        assert store.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_brought_up_from_every_version_is_shaped_like_a_new_one(version: int, tmp_path: Path) -> None:
    """Fails when a released step was changed: write a further one. An unreleased one: run tests.fixtures.store.make."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    Database(as_of(version, old))
    Database(new / "sessions.db")
    assert shape(old / "sessions.db") == shape(new / "sessions.db")


def test_a_backup_is_made_before_and_is_private(tmp_path: Path) -> None:
    path = as_of(1, tmp_path)
    before = content(path)
    database = Database(path, steps=FURTHER_STEPS)
    assert version_of(path) == (APPLICATION_ID, len(FURTHER_STEPS))
    (backup,) = database.backups
    assert backup.name == "sessions.db.before-2"
    assert mode(backup) == 0o600
    assert version_of(backup) == (APPLICATION_ID, 1)
    assert content(backup)["chunk"] == before["chunk"]
    assert shape(backup) == shape(as_of(1, make(tmp_path / "fresh")))
    assert Database(path, steps=FURTHER_STEPS).backups == [backup]


def make(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, Any]]:
    """Shape and content of the file after each step; before the first there is nothing."""
    found = []
    for version in range(1, len(FURTHER_STEPS) + 1):
        path = as_of(1, tmp_path_factory.mktemp("stage"))
        Database(path, steps=FURTHER_STEPS[:version])
        found.append((shape(path), content(path)))
    return found


def work_of_all_steps(folder: Path, *, between: bool) -> int:
    """How many statements the further steps are, or how often SQLite is asked within them whether to go on."""
    path = as_of(1, make(folder))
    calls = 0

    def count(_: object = None) -> int:
        nonlocal calls
        calls += 1
        return 0

    Database(path, steps=[watched_step(step, count, between=between) for step in FURTHER_STEPS])
    return calls


@pytest.mark.parametrize("between", [True, False], ids=["between statements", "within them"])
def test_killed_within_a_step_a_file_is_old_or_new(
    between: bool,
    children: Nursery,
    stages: list[tuple[Any, Any]],
    tmp_path: Path,
    pytestconfig: pytest.Config,
) -> None:
    whole = work_of_all_steps(tmp_path / "count", between=between)
    every = between or pytestconfig.getoption("--long")
    versions = set()
    for moment in range(1, whole + 1, 1 if every else max(1, whole // 40)):
        path = as_of(1, make(tmp_path / str(moment)))
        assert children.join(children.start("migrate", str(path), moment, between)) < 0
        versions.add(look(path, stages))
        Database(path, steps=FURTHER_STEPS)
        assert (shape(path), content(path)) == stages[-1]
    assert versions >= {1, 2, 3}, "some kill fell into each of the steps"


def look(path: Path, stages: list[tuple[Any, Any]]) -> int:
    """The version it has, and nothing of another."""
    application, version = version_of(path)
    assert application == APPLICATION_ID
    assert (shape(path), content(path)) == stages[version - 1]
    return version


def test_killed_at_any_time_a_file_and_its_backup_are_whole(
    children: Nursery, stages: list[tuple[Any, Any]], tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """Also while it is opened, backed up, committed: moments that only a clock finds."""
    chance = random.Random(5)
    for number in range(400 if pytestconfig.getoption("--long") else 40):
        path = as_of(1, make(tmp_path / str(number)))
        pid = children.start("migrate", str(path), NEVER)
        sleep(chance.uniform(0, 0.02))
        children.end(pid)
        look(path, stages)
        for backup in path.parent.glob("sessions.db.before-*"):
            assert content(backup) == stages[0][1]
            assert mode(backup) == 0o600
        Database(path, steps=FURTHER_STEPS)
        assert (shape(path), content(path)) == stages[-1]


def test_a_new_file_that_was_killed_while_it_was_made_is_made(children: Nursery, tmp_path: Path) -> None:
    for moment in itertools.count(1, 20):
        path = make(tmp_path / str(moment)) / "sessions.db"
        if children.join(children.start("migrate", str(path), moment)) == 0:
            break
        Database(path, steps=FURTHER_STEPS)
        assert version_of(path) == (APPLICATION_ID, len(FURTHER_STEPS))
    assert moment > 200


def test_processes_that_open_an_old_file_at_once_bring_it_up_once(
    children: Nursery, stages: list[tuple[Any, Any]], tmp_path: Path
) -> None:
    for number in range(5):
        path = as_of(1, make(tmp_path / str(number)))
        pids = [children.start("migrate", str(path), NEVER) for _ in range(4)]
        with ThreadPoolExecutor(4) as waiting:
            assert list(waiting.map(children.join, pids)) == [0] * 4
        assert (shape(path), content(path)) == stages[-1]


def test_a_file_of_a_newer_version_is_read_and_never_written(tmp_path: Path) -> None:
    path = as_of(1, tmp_path)
    with closing(sqlite3.connect(path)) as file:
        file.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
        file.execute("PRAGMA journal_mode = wal")
    before = path.read_bytes()
    store = Store.open(path)
    assert store.read_only
    assert store.notices == ("The sessions were written by a newer compare-tui: they can be read, nothing is stored.",)
    assert {one.id for one in store.listed()} == {"plain1", "oddone"}
    assert store.read("plain1").session().title == "Why is the sky blue?"
    with pytest.raises(StoreProblem, match="can only be read"):
        store.rename("plain1", "mine now")
    with pytest.raises(AssertionError, match="the file cannot be written"):
        answered(store)
    assert not store.close(), "what was answered meanwhile is not stored, and is not said to be"
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "theirs",
    [b"not a database at all, but long enough to look at" * 100, b"SQLite format 3\0" + b"\xff" * 5_000],
    ids=["text", "torn"],
)
def test_a_file_that_is_no_database_is_set_aside_and_named(theirs: bytes, tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    path.write_bytes(theirs)
    assert set_aside(path).read_bytes() == theirs


@pytest.mark.parametrize("application", [0, 42])
def test_the_database_of_another_program_is_set_aside_and_named(application: int, tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    with closing(sqlite3.connect(path)) as file:
        file.execute(f"PRAGMA application_id = {application}")
        file.execute("CREATE TABLE theirs (word TEXT)")
    theirs = path.read_bytes()
    assert set_aside(path).read_bytes() == theirs


def set_aside(path: Path) -> Path:
    store = Store.open(path)
    try:
        (notice,) = store.notices
        (aside,) = path.parent.glob("*.corrupt-*")
        assert aside.name in notice
        assert answered(store).session().title == "A question?"
        return aside
    finally:
        assert store.close()


def test_two_that_are_set_aside_within_a_second_are_both_kept(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    for words in (b"one" * 500, b"two" * 500):
        path.write_bytes(words)
        Database(path)
    kept = [one.read_bytes() for one in tmp_path.glob("*.corrupt-*")]
    assert sorted(kept) == [b"one" * 500, b"two" * 500]


def test_a_damaged_file_is_never_more_than_a_store_problem(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """Cut anywhere, or with bytes that changed: it opens, is set aside, or says why not."""
    whole = as_of(1, make(tmp_path / "whole")).read_bytes()
    chance = random.Random(6)
    for number in range(1_000 if pytestconfig.getoption("--long") else 60):
        path = make(tmp_path / str(number)) / "sessions.db"
        path.write_bytes(damaged(whole, chance))
        try:
            store = Store.open(path)
        except StoreProblem:
            continue
        for id_ in SESSIONS:
            try:
                store.listed()
                list(lines(store.read(id_)))
            except StoreProblem:
                pass
        store.close()


def test_an_answer_that_cannot_be_read_keeps_no_other_from_being_opened(tmp_path: Path) -> None:
    """One of a process that is gone: it is to be ended when the store is opened."""
    path = as_of(1, tmp_path)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE take SET owner = 'gone', verdict = NULL WHERE key IN (1, 2)")
        file.execute("UPDATE chunk SET events = X'00' WHERE take = 1")
    store = Store.open(path)
    try:
        assert [one.id for one in store.recovered] == ["plain1"]
        assert {one.id: one.verdicts for one in store.listed()}["plain1"] == {"interrupted": 1, "done": 1, "failed": 2}
        with pytest.raises(StoreProblem, match="cannot be read"):
            store.read("plain1")
        assert store.read("oddone").rounds
    finally:
        assert store.close()


def damaged(whole: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.3:
        return whole[: chance.randrange(len(whole))]
    hurt = bytearray(whole)
    for _ in range(chance.choice((1, 30, 1_000))):
        hurt[chance.randrange(len(hurt))] = chance.randrange(256)
    return bytes(hurt)


def test_every_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        store = Store.open(tmp_path / "data" / "sessions.db")
        answered(store)
        files = [one for one in (tmp_path / "data").rglob("*") if one.is_file()]
        assert {one.name for one in files} > {"sessions.db", "sessions.db-wal", "sessions.db-shm"}
        assert {mode(one) for one in files} == {0o600}
        assert {mode(tmp_path / "data"), mode(tmp_path / "data" / "running")} == {0o700}
        assert store.close()
    finally:
        os.umask(before)
