"""`compare-tui export` as a user types it: what is written, what is refused, and what never is overwritten."""

import csv
import json
import stat
from pathlib import Path

import pytest

from compare_tui import paths
from compare_tui.export.rows import COLUMNS
from tests.integration.command import CompareTui
from tests.integration.kept import HOSTILE, keep, run
from tests.terminal import Terminal


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


def takes(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return [row["take"] for row in csv.DictReader(file)]


def test_a_session_a_round_and_a_take_become_rows(tmp_path: Path) -> None:
    keep("aaaaaa", prompts=("One", "Two"), lanes=("gpt-5.5 low", "gpt-5.5 high"))
    out = tmp_path / "r.csv"
    ended = run("export", "last", "--out", out)
    assert (ended.code, ended.out, ended.err) == (0, "", f"wrote {out}\n")
    assert out.read_text(encoding="utf-8").splitlines()[0] == ",".join(COLUMNS)
    assert takes(out) == ["aaaaaa.1.1", "aaaaaa.1.2", "aaaaaa.2.1", "aaaaaa.2.2"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert run("export", "aaa.2", "--out", out, "--yes").code == 0
    assert takes(out) == ["aaaaaa.2.1", "aaaaaa.2.2"]
    assert run("export", "aaaaaa.1.2", "--out", out, "--yes").code == 0
    assert takes(out) == ["aaaaaa.1.2"]


def test_the_ending_of_each_name_says_what_it_becomes(tmp_path: Path) -> None:
    keep("aaaaaa", prompts=("Why is the sky blue?",))
    outs = [tmp_path / f"s{ending}" for ending in (".csv", ".jsonl", ".md", ".html")]
    ended = run("export", "aaaaaa", *(word for out in outs for word in ("--out", out)))
    assert (ended.code, ended.err) == (0, "".join(f"wrote {out}\n" for out in outs))
    assert json.loads(outs[1].read_text(encoding="utf-8"))["take"] == "aaaaaa.1.1"
    assert all("Short waves scatter most." in out.read_text(encoding="utf-8") for out in outs)


def test_a_formula_is_defused_unless_the_exact_bytes_are_asked_for(tmp_path: Path) -> None:
    keep("aaaaaa", texts=("=1+1",))
    out = tmp_path / "r.csv"
    run("export", "aaaaaa", "--out", out)
    assert ",'=1+1," in out.read_text(encoding="utf-8")
    run("export", "aaaaaa", "--out", out, "--raw", "--yes")
    assert ",=1+1," in out.read_text(encoding="utf-8")
    run("export", "aaaaaa", "--out", out, "--excel", "--yes")
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("first.csv r.xlsx", "not .xlsx"),
        ("first.csv r", "a name without an ending"),
        ("first.csv nowhere/r.csv", "there is no folder nowhere"),
        ("first.csv folder.csv", "it is no regular file"),
        ("first.csv there.csv", "it exists already; --yes overwrites it"),
        ("beside.csv --excel", "--out beside.jsonl: it exists already"),
        ("r.jsonl --raw", "--raw is about CSV"),
        ("r.md --excel", "--excel is about CSV"),
        ("first.csv --raw --excel", "exclude each other"),
        ("", "Missing option '--out'"),
    ],
)
@pytest.mark.usefixtures("folder_of_its_own")
def test_what_cannot_be_written_is_refused_before_anything_is(words: str, reason: str) -> None:
    keep("aaaaaa")
    Path("folder.csv").mkdir()
    for name in ("there.csv", "beside.jsonl"):
        Path(name).write_text("mine")
    options = [part for word in words.split() for part in ((word,) if word.startswith("-") else ("--out", word))]
    ended = run("export", "aaaaaa", *options)
    assert (ended.code, ended.out) == (2, "")
    assert reason in ended.err
    assert {path.name for path in Path.cwd().glob("*.*")} == {"folder.csv", "there.csv", "beside.jsonl"}
    assert Path("there.csv").read_text() == Path("beside.jsonl").read_text() == "mine"


def test_an_id_nobody_has_writes_nothing(tmp_path: Path) -> None:
    keep("aaaaaa")
    ended = run("export", "zzzzzz", "--out", tmp_path / "r.csv")
    assert (ended.code, ended.out) == (2, "")
    assert not (tmp_path / "r.csv").exists()


def test_a_file_that_cannot_be_made_is_exit_4_and_the_others_are_written(tmp_path: Path) -> None:
    keep("aaaaaa")
    link, good = tmp_path / "link.csv", tmp_path / "r.md"
    link.symlink_to(tmp_path / "nowhere" / "r.csv")
    ended = run("export", "aaaaaa", "--out", link, "--out", good)
    assert (ended.code, ended.err) == (4, f"{link}: No such file or directory\nwrote {good}\n")


def test_a_store_that_cannot_be_opened_is_exit_4(tmp_path: Path) -> None:
    paths.sessions_file().mkdir(parents=True)
    ended = run("export", "aaaaaa", "--out", tmp_path / "r.csv")
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.startswith("compare-tui: ")


def test_on_a_terminal_it_asks_before_it_overwrites(home: Path, tmp_path: Path) -> None:
    keep("aaaaaa", texts=(HOSTILE,))
    out = tmp_path / "r\x1b[2J.csv"
    out.write_text("mine")
    line = CompareTui.line("export", "aaaaaa", "--out", out)
    for key, code, is_mine in (("n", 2, True), ("y", 0, False)):
        with Terminal(line, columns=160, rows=40, env=CompareTui(home).environ) as terminal:
            terminal.wait_for("Overwrite it? [y/N]")
            terminal.press(key, "enter")
            assert terminal.wait_for_exit() == code
            assert b"\x1b[2J" not in terminal.raw
        assert (out.read_text(encoding="utf-8") == "mine") is is_mine
