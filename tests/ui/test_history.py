"""The prompts sent before: their file, leafing through them, searching them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from textual.pilot import Pilot

from compare_tui.ui.history import MOST_BYTES, MOST_ENTRIES, PromptHistory
from tests.ui.driving import drive, screen_text, until
from tests.ui.prompt_desk import Desk, typed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "prompts.jsonl"


def texts(history: PromptHistory) -> list[str]:
    return [entry.text for entry in history.entries()]


def test_nothing_is_made_before_a_prompt_is_sent(file: Path) -> None:
    assert PromptHistory(file).entries() == ()
    assert not file.parent.exists()


def test_prompts_come_back_as_they_were_newest_last(file: Path) -> None:
    history = PromptHistory(file)
    history.add("a\r\n\x1b\x00\u2028 漢字 {{x}}", "be brief")
    history.add("b", None)
    read = PromptHistory(file).entries()
    assert [(entry.text, entry.system) for entry in read] == [("a\r\n\x1b\x00\u2028 漢字 {{x}}", "be brief"), ("b", "")]
    assert read[0].time <= read[1].time


def test_only_the_user_may_read_it(file: Path) -> None:
    PromptHistory(file).add("mine", None)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_prompt_sent_again_stands_where_it_was_sent_last(file: Path) -> None:
    history = PromptHistory(file)
    for text in ("a", "b", "a"):
        history.add(text, None)
    history.add("a", "another system text")
    assert texts(history) == ["b", "a", "a"]


def test_what_holds_no_word_is_not_kept(file: Path) -> None:
    history = PromptHistory(file)
    history.add(" \n", None)
    assert texts(history) == []


def test_a_spoiled_line_costs_that_line_alone(file: Path) -> None:
    history = PromptHistory(file)
    history.add("before", None)
    with file.open("ab") as spoiling:
        spoiling.write(b'\xff\n{"text": 1}\n' + b"[" * 100_000 + b'\nnull\n{"text": "half')
    history.add("after", None)
    assert texts(history) == ["before", "after"]


def test_it_stays_within_its_bounds(file: Path) -> None:
    history = PromptHistory(file)
    file.parent.mkdir()
    line = json.dumps({"text": "x" * 100, "system": "", "time": 1.0})
    file.write_text("".join(line.replace("xx", f"{at:04}", 1) + "\n" for at in range(2 * MOST_ENTRIES)))
    history.add("the newest", None)
    assert len(file.read_bytes().splitlines()) == MOST_ENTRIES
    for at in range(8):
        history.add(f"{at}" * 900_000, None)
    assert file.stat().st_size < 1.5 * MOST_BYTES
    assert texts(history)[-1][0] == "7"
    history.add("z" * 2 * MOST_BYTES, None)
    assert texts(history)[-1][0] == "7", "one that would push all others out is not kept"


def test_what_another_process_sends_is_seen(file: Path) -> None:
    ours, theirs = PromptHistory(file), PromptHistory(file)
    ours.add("ours", None)
    assert texts(theirs) == ["ours"]
    theirs.add("theirs", None)
    assert texts(ours) == ["ours", "theirs"]


def test_nothing_is_lost_when_processes_write_at_once(file: Path) -> None:
    """Long prompts, so that the file is written anew again and again meanwhile."""
    program = (
        "import sys; from pathlib import Path; from compare_tui.ui.history import PromptHistory\n"
        "history = PromptHistory(Path(sys.argv[1]))\n"
        "for at in range(20): history.add(f'{sys.argv[2]} {at} ' + 'x' * 200_000, None)"
    )
    root = Path(__file__).parents[2]
    writers = [subprocess.Popen([sys.executable, "-c", program, str(file), name], cwd=root) for name in "ab"]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    kept = [text.split(" ", 2)[:2] for text in texts(PromptHistory(file))]
    assert len(kept) >= MOST_BYTES // 201_000
    for name in "ab":
        numbers = [int(number) for writer, number in kept if writer == name]
        assert numbers == list(range(20 - len(numbers), 20)), "what was pushed out is the oldest, and nothing else"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_leafing_through_history_keeps_the_unsent_draft(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        desk.editor.history.add("first {{x}}", "be brief")
        desk.editor.history.add("second", None)
        typed(desk, "{{y}}")
        await until(pilot, lambda: desk.editor.text == "{{y}}")
        seen = []
        for key in ("alt+up", "alt+up", "alt+up", "alt+down", "alt+down", "alt+down"):
            await pilot.press(key)
            seen.append((desk.editor.text, desk.editor.system))
        second, first, draft = ("second", ""), ("first {{x}}", "be brief"), ("{{y}}", "")
        assert seen == [second, first, first, second, draft, draft]
        assert desk.editor.draft().typed_variables == ("y",)

    drive(desk, scenario)


def test_what_was_just_sent_is_not_offered_as_older(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        desk.editor.history.add("first", None)
        desk.editor.history.add("second", None)
        desk.editor.load("second")
        await pilot.press("alt+up")
        assert desk.editor.text == "first"

    drive(desk, scenario)


def test_history_is_searched_while_typing(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        for text in ("a poem about rain", "an [bold]essay[/] on snow", "a list of rivers"):
            desk.editor.history.add(text, "in French")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "[bold]essay[/]" in screen_text(desk))
        typed(desk, "snwo")
        await until(pilot, lambda: "rivers" not in screen_text(desk))
        assert "essay" in screen_text(desk)
        await pilot.press("enter")
        await until(pilot, lambda: desk.editor.text == "an [bold]essay[/] on snow")
        assert desk.editor.system == "in French"

    drive(desk, scenario)
