"""A session taken out of the store as JSON lines, purged, and taken in again is the session it was."""

from collections.abc import Callable
from pathlib import Path

import pytest

from compare_tui.core.record import SessionRecord
from compare_tui.export import files
from compare_tui.export.files import FORMATS
from compare_tui.export.reading import lines_of, read
from compare_tui.store.store import Store
from tests.fixtures.export_sessions import hostile_session, plain_session, rich_session


def exported(store: Store, id_: str, path: Path) -> bytes:
    files.write(path, store.read(id_), overwrite=True)
    return path.read_bytes()


def taken_in(store: Store, path: Path) -> str:
    with path.open("rb") as file:
        (record,) = read(lines_of(file))
    return store.add(record)


@pytest.mark.parametrize("make", [plain_session, rich_session, lambda: hostile_session(120)])
def test_exported_purged_imported_and_exported_again_are_the_same_bytes(
    tmp_path: Path, make: Callable[[], SessionRecord]
) -> None:
    store = Store.open(tmp_path / "sessions.db")
    try:
        path = tmp_path / "session.jsonl"
        id_ = store.add(make())
        first = exported(store, id_, path)
        store.purge(store.resolve(id_))
        assert store.listed() == []
        assert taken_in(store, path) == id_
        assert exported(store, id_, path) == first
        assert first.count(b"\n") == sum(1 for _ in make().takes())
    finally:
        store.close()


def test_what_another_store_exported_is_the_same_in_every_format_here(tmp_path: Path) -> None:
    there, here = Store.open(tmp_path / "there.db"), Store.open(tmp_path / "here.db")
    try:
        id_ = there.add(rich_session())
        first = exported(there, id_, tmp_path / "session.jsonl")
        taken_in(here, tmp_path / "session.jsonl")
        assert exported(here, id_, tmp_path / "again.jsonl") == first
        for ending in FORMATS:
            assert exported(here, id_, tmp_path / f"b{ending}") == exported(there, id_, tmp_path / f"a{ending}")
    finally:
        there.close()
        here.close()
