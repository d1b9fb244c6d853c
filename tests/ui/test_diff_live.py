"""A diff of answers that still come, by itself: what is read stays, what is said is true at every moment."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from compare_tui.core.diff.answer import compare_said, said
from compare_tui.core.diff.compare import compare
from compare_tui.core.diff.model import EVERY_CHARACTER, Unit
from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Image, Prompt
from compare_tui.core.round import Round
from compare_tui.core.take import Take
from compare_tui.ui.desk import Desk
from compare_tui.ui.diff.side import DiffLook, DiffSide, prompt_side
from compare_tui.ui.screens.diff import live as diff_live
from compare_tui.ui.screens.diff.export import DiffExport
from compare_tui.ui.screens.diff.screen import DiffScreen
from compare_tui.ui.screens.export_parts import PathField
from compare_tui.ui.screens.question import Question
from tests.ui.driving import NARROW, screen_text, until
from tests.ui.one_screen import OneScreen, row_of, sees, showing
from tests.ui.opened import fault_account, start_on, tells

OLD = "The queue takes 40 ms.\n\nThe model reads.\n\nThen it writes a word.\n\n"
NEW = "The queue takes 45 ms.\n\nThe model reads.\n\nThen it writes one word.\n\n"
LONG = "".join(f"Paragraph {number} is there.\n\n" for number in range(80))
END = (Event(8, Kind.FINISH, data={"status": "completed", "reason": None}), Event(9, Kind.END))
STOPPED = (Event(8, Kind.STOPPED), Event(9, Kind.END))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """What comes is compared as soon as it is looked at."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(diff_live, "APART_S", 0.0)
    monkeypatch.setattr(diff_live, "REST", 0)
    desk = Desk(start_on(fault_account("http://127.0.0.1:9/v1")))
    yield desk
    desk.close()


def take(number: int, text: str, *ending: Event) -> Take:
    return Take(f"s.1.{number}", Lane.parse("m low")).apply_all(
        [Event(1, Kind.QUEUED), Event(2, Kind.SENT), Event(5, Kind.TEXT, text), *ending]
    )


def goes_on(one: Take, text: str, *ending: Event) -> None:
    one.apply_all([Event(6, Kind.TEXT, text), *ending])


def diff_of(desk: Desk, old: Take, new: Take, label: str = "m low") -> DiffScreen:
    return DiffScreen(desk, [DiffSide(label, old, repeats=(old, new)), DiffSide(f"{label} again", new)], 0, 1)


async def compared(pilot: Pilot[Any], *words: str) -> str:
    await sees(pilot, "% the same") if not words else await sees(pilot, *words)
    await pilot.pause()
    return screen_text(pilot.app)


# While it is written


def test_it_is_compared_as_far_as_it_is_complete_and_at_last_as_a_whole(desk: Desk) -> None:
    whole, half = take(1, OLD, *END), take(2, NEW[: NEW.index("Then")] + "Then it")
    screen = diff_of(desk, whole, half)

    async def scenario(app: OneScreen, pilot: Pilot[Any]) -> None:
        text = await compared(pilot, "still writing", "1 change ")
        assert "▸ writing" in row_of(text, " new ")
        assert screen.diff is not None
        assert NEW.startswith(screen.diff.new)
        assert "Then it" not in screen.diff.new
        goes_on(half, " writes one word.\n\n", *END)
        await until(pilot, lambda: "still writing" not in screen_text(app))
        assert screen.diff == compare_said(said(whole), said(half))
        assert screen.diff.new == NEW

    showing(screen, scenario)


def test_two_that_say_the_same_so_far_are_read_on(desk: Desk) -> None:
    """Once and again both have come as far: the text would go away, and come back."""
    one, other = take(1, "One is here.\n\nTwo"), take(2, "One is here.\n\nTwo")
    screen = diff_of(desk, one, other)

    async def scenario(app: OneScreen, pilot: Pilot[Any]) -> None:
        text = await compared(pilot, "Nothing differs so far.", "still writing")
        assert row_of(text, "is here.").count("One is here.") == 2
        for each in (one, other):
            goes_on(each, " is too.\n\n", *END)
        text = await compared(pilot, "The same text, character for character.", "Two is too.")
        assert row_of(text, "is here.").count("One is here.") == 2

    showing(screen, scenario)


def test_sides_that_are_swapped_while_they_grow_keep_the_place(desk: Desk) -> None:
    old, new = take(1, f"{LONG}And"), take(2, f"{OLD * 9}{LONG}And")
    screen = diff_of(desk, old, new)

    async def scenario(app: OneScreen, pilot: Pilot[Any]) -> None:
        await compared(pilot, "still writing")
        await pilot.press("n", "pagedown", "pagedown")
        first = screen_text(app).split("\n")[4][:-1]  # without the map
        assert "Paragraph" in first
        goes_on(old, " so on.\n\nAnd")
        goes_on(new, " so it goes.\n\nAnd")
        await pilot.press("b")
        await until(pilot, lambda: screen.diff is not None and screen.diff.old.endswith("And so it goes.\n\n"))
        await pilot.pause()
        assert screen_text(app).split("\n")[4][:-1] == first
        assert screen._view.current == 0

    showing(screen, scenario)


@pytest.mark.parametrize("key", ["", "v"])
def test_one_that_is_stopped_while_it_is_looked_at_is_told_of(desk: Desk, key: str) -> None:
    """Also where a key has everything compared anew before it was seen to have ended."""
    stopped = take(2, "The queue takes 45 ms.\n\nThe")

    async def scenario(app: OneScreen, pilot: Pilot[Any]) -> None:
        await compared(pilot, "still writing")
        goes_on(stopped, " model", *STOPPED)
        await pilot.press(*filter(None, [key]))
        await tells(pilot, "The new one has ended: cancelled")
        text = await compared(pilot, "% shorter")
        assert "■ cancelled" in row_of(text, " new ")
        assert "still writing" not in text

    showing(diff_of(desk, take(1, OLD, *END), stopped), scenario)


# What is said and taken out


def test_how_it_is_looked_at_is_said_remembered_and_goes_for_the_lane_with_itself_too(desk: Desk) -> None:
    old, new = take(1, f"{OLD}One word.", *END), take(2, f"{NEW}One  word.", *END)

    async def scenario(app: OneScreen, pilot: Pilot[Any]) -> None:
        text = await compared(pilot, "ignoring white space · by word · side by side", "lane with itself")
        by_word = compare(said(old).text, said(new).text).percent
        assert f"{by_word} % the same (this lane with itself: {by_word} %)" in text
        await pilot.press("u", "v", "w", "w", "w")
        await compared(pilot, "every character counts · by sentence · unified", "lane with itself")
        assert app.diff_look == DiffLook(True, EVERY_CHARACTER, Unit.SENTENCE)
        diff = compare(said(old).text, said(new).text, Unit.SENTENCE, EVERY_CHARACTER)
        assert diff.percent < by_word
        await sees(pilot, f"{diff.percent} % the same (this lane with itself: {diff.percent} %)")

    showing(diff_of(desk, old, new), scenario)


def test_a_long_name_leaves_room_for_how_the_answer_stands(desk: Desk) -> None:
    async def scenario(app: OneScreen, pilot: Pilot[Any]) -> None:
        text = await compared(pilot)
        assert "… · ✓ done · 13 words" in row_of(text, " old ")
        assert "… · ✓ done · 13 words" in row_of(text, " new ")

    showing(diff_of(desk, take(1, OLD, *END), take(2, NEW, *END), "m\x1b[31m" * 2_000), scenario, NARROW)


def test_a_diff_is_written_as_text_or_as_a_page_and_nothing_is_replaced_unasked(tmp_path: Path, desk: Desk) -> None:
    (tmp_path / "there.diff").write_text("mine")
    screen = diff_of(desk, take(1, OLD, *END), take(2, NEW, *END), "two\nlines")

    async def writes(app: OneScreen, pilot: Pilot[Any], key: str, name: str) -> None:
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, DiffExport))
        app.screen.query_one(PathField).put(name)
        await pilot.press("enter")

    async def scenario(app: OneScreen, pilot: Pilot[Any]) -> None:
        await compared(pilot)
        await writes(app, pilot, "E", "there.diff")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("n", "escape")
        await until(pilot, lambda: app.screen is screen)
        assert (tmp_path / "there.diff").read_text() == "mine"
        desk.archive.private = True
        for key, name in (("f9", "page.html"), ("E", "words.diff")):
            await writes(app, pilot, key, name)
            await sees(pilot, "This session is private.")
            await pilot.press("y")
            await tells(pilot, "Written: ", name)
            await until(pilot, lambda: app.screen is screen)

    showing(screen, scenario)
    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")
    assert (tmp_path / "page.html").stat().st_mode & 0o077 == 0
    assert (tmp_path / "words.diff").read_text().startswith("--- two lines\t\n+++ two lines again\t\n@@ -1,")


def test_nothing_is_taken_out_under_the_names_of_sides_that_are_not_compared_yet(desk: Desk) -> None:
    screen = diff_of(desk, take(1, OLD, *END), take(2, NEW, *END))

    async def scenario(app: OneScreen, pilot: Pilot[Any]) -> None:
        await compared(pilot)
        screen.action_diff_swap()
        screen.action_diff_export()
        await tells(pilot, "Nothing is compared yet.")
        assert app.screen is screen

    showing(screen, scenario)


def test_prompts_that_differ_in_what_is_no_text_are_not_said_to_be_the_same() -> None:
    def text(**prompt: Any) -> str:
        return prompt_side(Round("s.1", Prompt(**prompt), ())).text

    picture, other = (Image("cat.png", "image/png", data) for data in (b"a cat", b"another cat"))
    told = [
        text(text="A\n\nB"),
        text(text="B", system="A"),
        text(text="A\n\nB", images=(picture,)),
        text(text="A\n\nB", images=(other,)),
        text(text="A\n\nB", schema={"type": "object"}),
    ]
    assert len(set(told)) == len(told)
