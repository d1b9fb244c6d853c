"""What the app remembers: kept beside what others wrote, whole or not at all, and never in the way of a start."""

import os
import stat
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from compare_tui import app_state
from compare_tui.app_state import load, remember


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path))
    return app_state.file()


def beside(path: Path) -> list[Path]:
    return sorted(other for other in path.parent.iterdir() if other != path)


def test_nothing_was_remembered_yet(path: Path) -> None:
    state = load(path)
    assert (state.text("theme"), state.flag("race", True), state.notice) == (None, True, None)
    assert not path.exists()


def test_what_is_remembered_is_there_the_next_time(path: Path) -> None:
    assert remember(path, {"theme": "ember", "race": True}) is None
    state = load(path)
    assert (state.text("theme"), state.flag("race", False)) == ("ember", True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert beside(path) == []


def test_keys_of_another_version_are_kept_as_they_are(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('theme = "ink"\nnew = [1, 0.10, nan]\nday = 2026-11-20\n[later]\ndeep = {a = "b"}\n')
    assert remember(path, {"theme": "paper"}) is None
    values = tomllib.loads(path.read_text(), parse_float=str)
    assert values.pop("day").isoformat() == "2026-11-20"
    assert values == {"theme": "paper", "new": [1, "0.10", "nan"], "later": {"deep": {"a": "b"}}}


def test_none_forgets_one_key(path: Path) -> None:
    remember(path, {"theme": "ember", "race": True})
    remember(path, {"theme": None})
    assert dict(load(path).values) == {"race": True}


def test_a_value_of_another_kind_counts_as_not_remembered(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('theme = 3\nrace = "yes"\n')
    assert (load(path).text("theme"), load(path).flag("race", False)) == (None, False)


@pytest.mark.parametrize("broken", [b"theme = ", b'theme = "\xff"', b"x = [" + b"[" * 5000, b"#" * 1_100_000])
def test_a_broken_file_is_set_aside_and_said(path: Path, broken: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(broken)
    state = load(path)
    (aside,) = beside(path)
    assert dict(state.values) == {}
    assert state.notice is not None
    assert "app.toml" in state.notice
    assert state.notice.endswith(f"it lies beside it now as {aside.name}")
    assert aside.name.startswith("app.toml.broken-")
    assert aside.read_bytes() == broken
    assert load(path).notice is None


def test_what_is_no_file_is_set_aside_as_well(path: Path) -> None:
    path.mkdir(parents=True)
    assert "is not a file" in (load(path).notice or "")
    os.mkfifo(path)
    assert "is not a file" in (load(path).notice or "")
    assert len(beside(path)) == 2
    assert remember(path, {"theme": "ember"}) is None


def test_a_change_after_a_file_broke_says_so_and_is_remembered(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("theme = ")
    assert "it lies beside it now" in (remember(path, {"theme": "moss"}) or "")
    assert load(path).text("theme") == "moss"
    assert len(beside(path)) == 1


def test_a_folder_that_cannot_be_written_is_a_sentence(path: Path) -> None:
    path.parent.write_text("a file in the place of the folder")
    assert load(path).values == {}
    assert remember(path, {"theme": "moss"}) == "app.toml cannot be written: File exists"


def test_many_at_once_never_tear_the_file(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda n: remember(path, {"theme": f"t{n}" * 200, f"key{n % 4}": n}), range(120)))
    assert said == [None] * 120
    assert (load(path).text("theme") or "").startswith("t")
    assert beside(path) == []
