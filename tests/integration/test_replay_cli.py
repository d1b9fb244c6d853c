"""`compare-tui replay` on a real store: the texts at their pace, the figures as they were, nothing sent."""

from pathlib import Path
from time import perf_counter

import pytest

from compare_tui import paths
from compare_tui.export.jsonl import take_object
from compare_tui.export.rows import row
from compare_tui.store.store import Store
from tests.integration.command import CompareTui
from tests.integration.kept import HOSTILE, keep, run
from tests.terminal import Terminal

WORDS = "One two three four five six seven eight nine ten."
TWO = ("gpt-5.5 low", "gpt-5.5 high")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


def test_one_take_is_its_text_on_stdout_and_its_figures_on_stderr() -> None:
    keep("aaaaaa", texts=(WORDS,))
    ended = run("replay", "aaaaaa.1.1", "--speed", 0)
    assert (ended.code, ended.out) == (0, f"{WORDS}\n")
    said, figures = ended.err.splitlines()
    assert said == "replay of aaaaaa.1.1 “Why is the sky blue?” · at once · nothing is sent"
    assert figures == "gpt-5.5 low · done · TTFT 298 ms · total 498 ms · 10 tok · – tok/s · $0.000335"


def test_the_text_comes_at_its_pace(home: Path) -> None:
    """Half a second as it was recorded, a tenth of a second between its first and its last words at half the pace."""
    keep("aaaaaa", texts=(WORDS,))
    command = CompareTui(home)
    with Terminal(command.line("replay", "last.1.1", "--speed", "0.5"), env=command.environ) as terminal:
        first = terminal.wait_for("One two")
        assert "ten." not in terminal.text
        last = terminal.wait_for("nine ten.")
        assert last - first > 200e6
        assert terminal.wait_for_exit() == 0


def test_at_pace_and_at_once_the_output_is_the_same() -> None:
    keep("aaaaaa", texts=(WORDS,), lanes=TWO)
    took = []
    for _ in range(3):  # the best of three: a machine that is busy elsewhere makes any one of them slow
        began = perf_counter()
        at_once = run("replay", "aaaaaa", "--speed", 0)
        took.append(perf_counter() - began)
        if took[-1] < 0.4:
            break
    assert min(took) < 0.4
    assert run("replay", "aaaaaa", "--speed", 20).out == at_once.out


def test_several_takes_are_printed_under_headings_as_run_prints_them_with_the_summary_on_stderr() -> None:
    keep("aaaaaa", prompts=("Why is the sky blue?", "And at dusk?"), texts=("First.", "Second."), lanes=TWO)
    ended = run("replay", "aaaaaa", "--speed", 0)
    assert ended.code == 0
    assert ended.out.splitlines()[:7] == [
        "── gpt-5.5 low · “Why is the sky blue?” · ✓ done ──",
        "",
        "First.",
        "",
        "── gpt-5.5 high · “Why is the sky blue?” · ✓ done ──",
        "",
        "Second.",
    ]
    assert ended.out.count("──\n") == 4
    assert "[4/4] gpt-5.5 high · “And at dusk?” · done · TTFT 298 ms · total 318 ms" in ended.err
    assert "total $0.00026" in ended.err


def test_a_round_is_played_alone() -> None:
    keep("aaaaaa", prompts=("Why is the sky blue?", "And at dusk?"), texts=("First.", "Second."), lanes=TWO)
    ended = run("replay", "aaaaaa.2", "--speed", 0)
    assert ended.out.count("──\n") == 2
    assert "dusk" in ended.err


def test_as_json_every_take_is_the_row_it_has_in_the_store() -> None:
    keep("aaaaaa", texts=(WORDS, "Short."), lanes=TWO, verdicts=("done", "failed"))
    store = Store.open(paths.sessions_file())
    kept = [take_object(row(take.take(), round_)) for round_, take in store.read("aaaaaa").takes()]
    store.close()
    for speed in (0, 20):
        ended = run("replay", "aaaaaa", "--speed", speed, "--json")
        assert sorted(ended.out.splitlines()) == sorted(kept)


def test_what_an_endpoint_answered_is_told_again_to_the_last_digit() -> None:
    lanes = [word for lane in ("gpt-5.5 low", "gpt-5.5 high", "gpt-5.5-mini low") for word in ("--lane", lane)]
    sent = run("run", "--demo", "--speed", 20, "--prompt", "Why is the sky blue?", "--json", *lanes)
    again = run("replay", "last", "--speed", 0, "--json")
    assert (sent.code, again.code, len(sent.out.splitlines())) == (0, 0, 3)
    assert again.out == sent.out


def test_what_failed_or_still_runs_is_played_as_far_as_it_came() -> None:
    keep("aaaaaa", texts=("It",), lanes=TWO, verdicts=("failed", "running"))
    ended = run("replay", "aaaaaa", "--speed", 0)
    assert ended.code == 0
    assert "── gpt-5.5 low · ✗ failed ──\n\nIt" in ended.out
    assert "── gpt-5.5 high · ↯ interrupted ──\n\nIt" in ended.out


def test_no_text_commands_the_terminal(home: Path) -> None:
    keep("aaaaaa", texts=(HOSTILE,), prompts=(HOSTILE,), lanes=("gpt-5.5 low", f'gpt-5.5 "name={HOSTILE[:6]}"'))
    for id_ in ("aaaaaa", "aaaaaa.1.1"):
        ended = run("replay", id_, "--speed", 0)
        assert ended.code == 0
        assert not {"\x1b", "\x07", "\x00", "\u202e"} & set(ended.out + ended.err)
        assert "[bold]x[/]" in ended.out


def test_a_sign_that_the_next_piece_decides_is_written_as_in_the_whole_text() -> None:
    """Families of emoji, line ends of Windows, and thousands of marks on one letter, in pieces of a word."""
    text = "a\r \nb \U0001f468\u200d \u200d\U0001f469 z" + "\u0301 \u0301" * 3 + " e" + "\u0301" * 40
    keep("aaaaaa", texts=(text,))
    from compare_tui.core.sanitize import safe_display

    assert run("replay", "aaaaaa", "--speed", 0).out == f"{safe_display(text)}\n"
    assert run("replay", "aaaaaa", "--speed", 50).out == f"{safe_display(text)}\n"


def test_a_session_that_is_not_there_is_a_matter_of_usage() -> None:
    keep("aaaaaa")
    ended = run("replay", "bbbbbb")
    assert ended.code == 2
    assert "bbbbbb" in ended.err


@pytest.mark.parametrize("id_", ["aaaaaa", "aaaaaa.1.1"])
def test_ctrl_c_ends_it(home: Path, id_: str) -> None:
    keep("aaaaaa", texts=(WORDS * 100,), lanes=TWO)
    command = CompareTui(home)
    with Terminal(command.line("replay", id_), env=command.environ) as terminal:
        terminal.wait_for("nothing is sent")
        terminal.wait_for("three" if id_ != "aaaaaa" else "0 of 2 ended · gpt-5.5 low writing")
        terminal.press("ctrl+c")
        assert terminal.wait_for_exit() == 130


def test_a_reader_that_leaves_is_no_crash(home: Path) -> None:
    keep("aaaaaa", texts=(WORDS * 20,))
    command = CompareTui(home)
    with command.start("replay", "aaaaaa") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(3) == "One"
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()
    assert process.returncode == 1
