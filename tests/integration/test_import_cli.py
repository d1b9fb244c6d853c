"""`compare-tui import` as a user types it: all comes back, nothing comes twice, a bad file changes nothing."""

import json
from pathlib import Path

import pytest

from compare_tui import paths
from tests.integration.command import CompareTui
from tests.integration.kept import HOSTILE, Ended, keep, run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


def exported(path: Path, id_: str = "aaaaaa") -> Path:
    assert run("export", id_, "--out", path, "--yes").code == 0
    return path


def purge(id_: str = "aaaaaa") -> None:
    assert run("sessions", "purge", id_, "--yes").code == 0


def ids() -> set[str]:
    return {json.loads(line)["session"] for line in run("sessions", "list", "--json").out.splitlines()}


def test_exported_purged_and_imported_it_exports_to_the_same_bytes(tmp_path: Path) -> None:
    keep("aaaaaa", prompts=("One", HOSTILE), lanes=("gpt-5.5 low", "gpt-5.5 high"), texts=(HOSTILE,))
    run("sessions", "name", "aaaaaa", "Named")
    run("sessions", "tag", "aaaaaa.2", "team=core")
    before = exported(tmp_path / "before.jsonl").read_bytes()
    purge()
    assert ids() == set()
    assert run("import", tmp_path / "before.jsonl") == Ended(0, "aaaaaa\n", "")
    assert exported(tmp_path / "after.jsonl").read_bytes() == before


def test_what_is_here_already_is_left_as_it_is(tmp_path: Path) -> None:
    keep("aaaaaa", prompts=("One", HOSTILE), texts=(HOSTILE,))
    whole = exported(tmp_path / "whole.jsonl")
    part = exported(tmp_path / "part.jsonl", "aaaaaa.2.1")
    purge()
    run("import", whole)
    run("sessions", "name", "aaaaaa", "Named since")
    run("sessions", "tag", "aaaaaa.2", "team=core")
    for file in (whole, part):
        assert run("import", file) == Ended(0, "aaaaaa\n", "aaaaaa is here already\n")
    assert ids() == {"aaaaaa"}
    assert "Named since" in run("sessions", "list").out


def test_a_deleted_session_that_is_imported_again_is_back(tmp_path: Path) -> None:
    keep("aaaaaa")
    file = exported(tmp_path / "s.jsonl")
    run("sessions", "delete", "aaaaaa")
    assert run("import", file) == Ended(0, "aaaaaa\n", "aaaaaa is here already\n")
    assert ids() == {"aaaaaa"}


def test_an_id_that_another_session_has_is_changed_and_that_is_said(tmp_path: Path) -> None:
    keep("aaaaaa")
    file = exported(tmp_path / "s.jsonl")
    purge()
    keep("aaaaaa", texts=("Another answer",))
    ended = run("import", file)
    new = ended.out.strip()
    assert ended == Ended(0, f"{new}\n", f"aaaaaa is another session here; the imported one is {new}\n")
    assert ids() == {"aaaaaa", new}
    assert "Another answer" in run("sessions", "show", "aaaaaa").out
    assert "Short waves scatter most." in run("sessions", "show", new).out


def test_several_files_and_json(tmp_path: Path) -> None:
    keep("aaaaaa", "bbbbbb")
    files = [exported(tmp_path / f"{id_}.jsonl", id_) for id_ in ("aaaaaa", "bbbbbb")]
    purge("bbbbbb")
    told = [json.loads(line) for line in run("import", *files, "--json").out.splitlines()]
    assert told == [
        {"session": "aaaaaa", "imported_as": "aaaaaa", "new": False},
        {"session": "bbbbbb", "imported_as": "bbbbbb", "new": True},
    ]


def test_stdin_is_a_file_too(compare_tui: CompareTui, tmp_path: Path) -> None:
    keep("aaaaaa")
    file = exported(tmp_path / "s.jsonl")
    purge()
    ended = compare_tui("import", "-", stdin=file.read_text(encoding="utf-8"))
    assert (ended.returncode, ended.stdout) == (0, "aaaaaa\n"), ended.stderr


@pytest.mark.parametrize("bad", ["{", "[]", '{"take": "aaaaaa.1.1"}', '{"\\u001b[2J": 1}', "\x1b[2J"])
def test_with_one_bad_line_nothing_is_taken_in(tmp_path: Path, bad: str) -> None:
    keep("aaaaaa", "bbbbbb")
    good, mixed = (exported(tmp_path / f"{id_}.jsonl", id_) for id_ in ("aaaaaa", "bbbbbb"))
    purge("aaaaaa")
    purge("bbbbbb")
    mixed.write_text(mixed.read_text(encoding="utf-8") + bad + "\n", encoding="utf-8")
    ended = run("import", good, mixed)
    assert (ended.code, ended.out) == (2, "")
    assert f"{mixed}" in ended.err
    assert "line 2" in ended.err
    assert "nothing was imported" in ended.err
    assert "\x1b" not in ended.err
    assert ids() == set()


@pytest.mark.parametrize(("data", "reason"), [(b"\xff\xfe", "UTF-8"), (b"", "no session"), (None, "No such file")])
def test_what_is_no_export_is_exit_2(tmp_path: Path, data: bytes | None, reason: str) -> None:
    file = tmp_path / "s.jsonl"
    if data is not None:
        file.write_bytes(data)
    ended = run("import", file)
    assert (ended.code, ended.out) == (2, "")
    assert reason in ended.err
    assert "Traceback" not in ended.err
