"""`compare-tui run --private`: no file has a word of it, unless that is said twice."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from compare_tui import paths
from tests.integration.app_server import HeldServer, numbered
from tests.integration.kept import Ended, run

SKY = "Why is the sky blue?"
ONE = ("--lane", "one")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def answers() -> Iterator[HeldServer]:
    with HeldServer() as server:
        server.go_on()
        yield server


def chatted(server: HeldServer, *words: object) -> Ended:
    return run("run", *words, "--base-url", server.base_url, "--api", "chat")


def test_private_work_leaves_no_file_with_a_word_of_it(answers: HeldServer, home: Path) -> None:
    config = paths.config_file()
    config.parent.mkdir(parents=True)
    config.write_text("[log]\nprompts = true\n")
    ended = chatted(answers, "--prompt", SKY, "--system", "Be brief.", *ONE, "--tag", "t=sky", "--private")
    assert ended.code == 0, ended.err
    assert numbered("one").strip() in ended.out
    assert "session " not in ended.err
    assert [str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()] == ["config/config.toml"]


def test_a_private_run_beside_stored_ones_leaves_no_word_of_it(answers: HeldServer, home: Path) -> None:
    chatted(answers, "--prompt", "Public?", "--lane", "two")
    chatted(answers, "--prompt", SKY, *ONE, "--private")
    files = [path for path in home.rglob("*") if path.is_file()]
    assert any(b"Public?" in path.read_bytes() for path in files)
    assert [path.name for path in files if b"sky" in path.read_bytes() or b"one line" in path.read_bytes()] == []


def test_a_private_run_writes_files_only_when_that_is_said_twice(answers: HeldServer, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    asked = ("--prompt", SKY, *ONE, "--private", "--out", out)
    refused = chatted(answers, *asked)
    assert (refused.code, out.exists(), answers.bodies) == (2, False, [])
    assert "--private keeps nothing on disk; --yes writes the --out files all the same" in refused.err
    assert chatted(answers, *asked, "--yes").code == 0
    with out.open(newline="", encoding="utf-8") as file:
        assert [row["output"] for row in csv.DictReader(file)] == [numbered("one")]


def test_no_batch_leaves_private_work(answers: HeldServer) -> None:
    ended = chatted(answers, "--prompt", SKY, *ONE, "--lane", "two batch", "--private")
    assert (ended.code, answers.bodies) == (2, [])
    assert "a batch outlives this process" in ended.err


@pytest.mark.parametrize("other", [("--follow", "last"), ("--again", "last"), ("--reuse",)])
def test_private_work_reads_no_store(answers: HeldServer, other: tuple[str, ...]) -> None:
    prompt = () if "--again" in other else ("--prompt", SKY)
    ended = chatted(answers, *prompt, *ONE, "--private", *other)
    assert (ended.code, answers.bodies) == (2, [])
