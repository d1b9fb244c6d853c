"""What a review of the commands found: each as a user would meet it."""

import json
from pathlib import Path

import pytest

from compare_tui import paths
from tests.integration.kept import keep, run

DEMO = ("--demo", "--speed", "0")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))


def again_of(session: str) -> str | None:
    rows = [json.loads(line) for line in run("sessions", "list", "--json").out.splitlines()]
    (found,) = (row["again_of"] for row in rows if row["session"] == session)
    assert found is None or isinstance(found, str)
    return found


def test_a_session_asked_again_is_known_as_that_however_its_answers_are_printed() -> None:
    keep("before")
    for options in ((), ("--json",)):
        assert run("run", *DEMO, "--again", "before", *options).code == 0
        newest = json.loads(run("sessions", "list", "--limit", 1, "--json").out)["session"]
        assert again_of(newest) == "before"


def test_what_a_shell_gives_that_is_no_text_finds_nothing() -> None:
    keep("there")
    for command in (("sessions", "list", "\udcff"), ("sessions", "search", "\udcff"), ("report", "--by", "\udcff")):
        assert run(*command).code == 0


def test_a_log_of_requests_that_cannot_be_written_is_told() -> None:
    paths.request_log_file().parent.parent.mkdir(parents=True)
    paths.request_log_file().parent.write_text("in the way")
    ended = run("run", *DEMO, "--lane", "gpt-5.5 low", "--prompt", "Why?")
    assert ended.code == 0
    assert "requests are not logged" in ended.err
