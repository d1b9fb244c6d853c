"""What the figures of the store are measured on: a file like a real one, and a journal given all it can take."""

from pathlib import Path

import pytest

from benchmarks import stored
from benchmarks.children import child
from benchmarks.journaling import STREAMS, stream
from compare_tui.core.query import Query
from compare_tui.core.session import Session
from compare_tui.store.store import Store


def test_the_big_file_is_one_of_sessions_that_can_be_read_and_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "SESSIONS", 4)
    monkeypatch.setattr(stored, "_BATCH", 2)
    stored.build(tmp_path / "sessions.db")
    store = Store.open(tmp_path / "sessions.db")
    try:
        listed = store.listed(Query((stored.COMMONEST,)))
        assert [one.verdicts for one in listed] == [{"done": stored.ANSWERS}] * 4
        assert all("\x02the\x03" in one.snippet.lower() for one in listed)
        texts = [len(take.text) for take in store.read(listed[0].id).session().takes()]
        assert all(500 < length < 4_000 for length in texts)
    finally:
        assert store.close()


def test_the_journal_is_given_every_delta_of_eight_takes(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "sessions.db")
    try:
        stream(store.journal, session := Session(), 0.05)
        assert store.journal.flush(5)
        takes = list(store.read(session.id).session().takes())
        assert [take.verdict for take in takes] == ["done"] * STREAMS
        assert [len(take.text.split(" ")) - 1 >= 50 for take in takes] == [True] * STREAMS
    finally:
        assert store.close()


@pytest.mark.parametrize("kind", ["journal", "unrecorded"])
def test_both_sides_say_what_it_took_them(kind: str) -> None:
    with child("benchmarks.journaling", kind, "0.05") as (side, _):
        said = side.ask()
    assert said["whole"]
    assert 0 < said["cpu_s"] < said["wall_s"] + 0.05
