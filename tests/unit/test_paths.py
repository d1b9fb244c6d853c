"""Where files lie, and that a private file is private, whole or absent."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from compare_tui import paths


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_compare_tui_home_moves_every_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path))
    assert paths.config_dir() == tmp_path / "config"
    assert paths.data_dir() == tmp_path / "data"
    assert paths.state_dir() == tmp_path / "state"
    assert all(path.is_relative_to(tmp_path) for path in paths.every_path().values())


def test_a_relative_home_stays_the_same_place_after_a_change_of_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMPARE_TUI_HOME", "here")
    assert paths.config_file() == tmp_path / "here" / "config" / "config.toml"


@pytest.mark.skipif(sys.platform != "linux", reason="XDG variables place files on Linux")
@pytest.mark.parametrize("home", [None, ""])
def test_without_a_home_each_kind_lies_where_the_platform_says(
    home: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMPARE_TUI_HOME", raising=False)
    if home is not None:
        monkeypatch.setenv("COMPARE_TUI_HOME", home)
    for kind in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind))
    assert paths.config_file() == tmp_path / "CONFIG" / "compare-tui" / "config.toml"
    assert paths.data_dir() == tmp_path / "DATA" / "compare-tui"
    assert paths.imported_prices_file() == tmp_path / "STATE" / "compare-tui" / "imported-prices.toml"


def test_what_the_app_writes_never_lies_among_what_the_user_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path))
    assert paths.imported_prices_file().parent == tmp_path / "state"
    assert {path.parent for path in (paths.config_file(), paths.prices_file())} == {tmp_path / "config"}
    assert paths.sessions_file() == tmp_path / "data" / "sessions.db"
    assert paths.request_log_file() == tmp_path / "state" / "log" / "requests.jsonl"


IMPORT_AND_ASK = """
import sys
before = set(sys.modules)
from compare_tui import config, paths, secrets
from compare_tui.core import endpoint
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
assert loaded <= sys.stdlib_module_names | {"compare_tui"}, loaded - sys.stdlib_module_names
paths.every_path()
config.load(paths.config_file(), {})
assert "rapidfuzz" not in sys.modules
"""


def test_importing_and_asking_loads_no_third_party_and_makes_nothing(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", IMPORT_AND_ASK], env=environ, check=True, timeout=60)
    assert list(tmp_path.iterdir()) == []


def test_a_private_file_is_0600_in_directories_that_are_0700(tmp_path: Path) -> None:
    target = tmp_path / "home" / "state" / "lanes.toml"
    paths.write_private(target, b"lanes = []\n")
    assert target.read_bytes() == b"lanes = []\n"
    assert [mode(target), mode(target.parent), mode(target.parent.parent)] == [0o600, 0o700, 0o700]


def test_a_private_file_is_private_under_an_open_umask_too(tmp_path: Path) -> None:
    os.umask(0)
    target = tmp_path / "state" / "lanes.toml"
    paths.write_private(target, b"")
    assert [mode(target), mode(target.parent)] == [0o600, 0o700]


def test_writing_over_a_readable_file_makes_it_private(tmp_path: Path) -> None:
    target = tmp_path / "lanes.toml"
    target.write_bytes(b"old and longer")
    assert mode(target) == 0o644
    paths.write_private(target, b"new")
    assert (target.read_bytes(), mode(target)) == (b"new", 0o600)


def test_a_directory_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    paths.write_private(tmp_path / "export.csv", b"")
    assert mode(tmp_path) == 0o755


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "lanes.toml"
    target.write_bytes(b"old")
    with pytest.raises(TypeError):
        paths.write_private(target, "not bytes")  # type: ignore[arg-type]  # a failure in the middle of writing
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_rename_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    target = tmp_path / "taken"
    target.mkdir()
    with pytest.raises(OSError, match="taken"):
        paths.write_private(target, b"data")
    assert list(tmp_path.iterdir()) == [target]


def test_a_reader_sees_one_whole_version_while_two_writers_race(tmp_path: Path) -> None:
    target = tmp_path / "lanes.toml"
    versions = {b"a" * 20_000, b"b" * 30_000}
    paths.write_private(target, b"a" * 20_000)

    def write(data: bytes) -> None:
        for _ in range(20):
            paths.write_private(target, data)

    writers = [Thread(target=write, args=(data,)) for data in versions]
    for writer in writers:
        writer.start()
    seen = {target.read_bytes()}
    while any(writer.is_alive() for writer in writers):
        seen.add(target.read_bytes())
    assert seen <= versions
    assert list(tmp_path.iterdir()) == [target]
