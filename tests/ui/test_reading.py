"""Reading answers in several panes, and writing while the screen is still being put together."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from compare_tui import demo
from compare_tui.core.prompt import Prompt
from compare_tui.engine.account import Account
from compare_tui.secrets import KeyMissing
from compare_tui.ui.app import CompareApp
from compare_tui.ui.widgets.first_start import FirstStart
from tests.ui.driving import drive, screen_text, until
from tests.ui.opened import app_on, demo_account, says
from tests.ui.scenes import Script, app_with, opened, plays, watches

Pressing = Pilot[Any]
LANES = ("gpt-5.5 low", "gpt-5.5 high")
ONE_PANE_A_PAGE = (70, 24)
LONG = "".join(
    f"## Part {n}\n\nA **strong** word, `code` and some more of it, line {n} of many.\n\n" for n in range(2_500)
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path))


@pytest.fixture(scope="module")
def at_once() -> Iterator[Account]:
    with demo.start(speed=0) as server:
        yield demo_account(server)


def answers(text: str) -> Script:
    return Script(thinks=False).sent().accepted().says(text, 300, 900).done(1000, 900)


def rows_seen(app: CompareApp) -> list[int]:
    """The first row seen in each pane."""
    return [round(pane.view.scroll_y) for pane in app.compare.board.panes]


def is_laid_out(app: CompareApp) -> bool:
    """As Markdown, and not as it came."""
    return "strong" in screen_text(app) and "**" not in screen_text(app)


async def rests(pilot: Pressing, app: CompareApp) -> None:
    """The timer that paints stands still, and nothing in sight waits for it."""

    def is_still() -> bool:
        app.compare.tick()
        if any(pane.is_unfinished for pane in app.compare.board.visible_panes()):
            return False
        return app._fast is not None and not app._fast._active.is_set()

    await until(pilot, is_still)


# Scrolling together


def test_keys_move_panes_that_scroll_together_from_where_each_is() -> None:
    app = app_with(LANES)

    async def scenario(pilot: Pressing) -> None:
        await plays(pilot, app, answers("one\n" * 100), answers("one\n" * 150))
        await rests(pilot, app)
        await pilot.press("escape", "2", "g", *"jj", "1", "g", "s")
        await until(pilot, lambda: rows_seen(app) == [0, 2])
        for key, rows in (("j", [1, 3]), ("k", [0, 2])):
            await pilot.press(key)
            await pilot.pause()
            assert rows_seen(app) == rows
        await pilot.press("G")
        await pilot.pause()
        first, second = app.compare.board.panes
        ends = [pane.view.text_rows - pane.view.outer_size.height for pane in (first, second)]
        assert rows_seen(app) == ends
        assert ends[0] < ends[1]

    drive(app, scenario)


# Long answers


def test_a_long_answer_shown_raw_is_laid_out_again_though_nothing_runs() -> None:
    app = app_with(LANES[:1])

    async def scenario(pilot: Pressing) -> None:
        await plays(pilot, app, answers(LONG))
        await until(pilot, lambda: is_laid_out(app))
        await rests(pilot, app)
        await pilot.press("escape", "m")
        await says(pilot, "**strong**")
        await rests(pilot, app)
        await pilot.press("m")
        await until(pilot, lambda: is_laid_out(app))

    drive(app, scenario)


def test_a_long_answer_that_ended_out_of_sight_is_laid_out_when_it_is_looked_at() -> None:
    app = app_with(LANES)

    async def scenario(pilot: Pressing) -> None:
        await opened(pilot, app)
        await pilot.press("escape", "2")
        short, long = app.desk.planned(Prompt("Why?")).takes()
        running = [answers("short").on(short), answers(LONG).on(long)]
        inbox = running[1].inbox
        ending = [inbox.pop() for _ in ("end", "finish", "usage")]
        await watches(pilot, app, running)
        await pilot.press("1")
        inbox.extend(reversed(ending))
        await until(pilot, lambda: long.verdict is not None)
        await rests(pilot, app)
        assert "strong" not in screen_text(app)
        await pilot.press("2")
        await until(pilot, lambda: is_laid_out(app))

    drive(app, scenario, ONE_PANE_A_PAGE)


# What was looked for, and in which colours


def test_a_search_goes_on_in_the_panes_that_are_left() -> None:
    app = app_with(LANES)

    async def scenario(pilot: Pressing) -> None:
        await until(pilot, app.opened.is_set)
        await pilot.press("escape", "2", "/", "w", "enter")
        await until(pilot, lambda: app.compare.find_bar.query_text == "w")
        assert app.compare.find_bar.display
        await app.compare.use_lineup(app.desk.lineup.remove(1))
        assert len(app.compare.board.panes) == 1
        assert app.compare.find_bar.display
        assert app.compare.board.panes[0].view.query_text == "w"

    drive(app, scenario)


def colours_of(app: CompareApp, word: str) -> set[str]:
    """Of the letters of this word, wherever it stands on the screen."""
    strips = app.screen._compositor.render_strips()
    found = (segment for strip in strips for segment in strip if word in segment.text)
    return {str(segment.style.color) for segment in found if segment.style is not None}


def test_an_answer_that_is_laid_out_takes_on_the_colours_of_another_theme() -> None:
    app = app_with(LANES[:1])

    async def scenario(pilot: Pressing) -> None:
        await plays(pilot, app, answers("# Heading\n\nA **strong** word."))
        await until(pilot, lambda: is_laid_out(app))
        before = colours_of(app, "Heading")
        await pilot.press("escape", "T")
        await until(pilot, lambda: app.screen is not app.compare)
        await pilot.press(*"paper", "enter")
        await until(pilot, lambda: app.screen is app.compare and app.theme == "paper")
        await until(pilot, lambda: colours_of(app, "Heading") != before)
        changed = colours_of(app, "Heading")
        await pilot.press("m")
        await says(pilot, "# Heading")
        await pilot.press("m")
        await until(pilot, lambda: is_laid_out(app))
        assert colours_of(app, "Heading") == changed

    drive(app, scenario)


# Writing before the screen is whole


def test_what_is_typed_before_there_is_a_prompt_arrives_there_in_order(at_once: Account) -> None:
    app = app_on(at_once, *LANES, text="")

    def types(letters: str) -> None:
        for letter in letters:
            app.post_message(events.Key(letter, letter))

    async def scenario(pilot: Pressing) -> None:
        assert not hasattr(app.compare, "prompt")
        types("ab")
        app.post_message(events.Paste("[b]pasted[/b]"))
        types("cd")
        await until(pilot, app.opened.is_set)
        await until(pilot, lambda: len(app.compare.prompt.text) == len("ab[b]pasted[/b]cd"))
        assert app.compare.prompt.text == "ab[b]pasted[/b]cd"

    drive(app, scenario)


class LateRefusal:
    """A command that takes its time and then has no key."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.over = threading.Event()

    def __call__(self, account: Account) -> Account:
        self.asked.set()
        self.over.wait(5)
        raise KeyMissing("@here needs a key")


def test_the_first_start_leaves_the_focus_to_a_prompt_that_is_written(at_once: Account) -> None:
    late = LateRefusal()
    app = app_on(at_once, *LANES, keyed=late)

    async def scenario(pilot: Pressing) -> None:
        await until(pilot, late.asked.is_set)
        await pilot.press("end", *" And")
        late.over.set()
        await says(pilot, "Begin with")
        await pilot.press("d")
        await until(pilot, lambda: app.compare.prompt.text == "Why is the sky blue? Andd")
        assert app.compare.first_start is not None

    drive(app, scenario)


def test_escape_in_the_prompt_goes_to_the_first_start_and_i_back(at_once: Account) -> None:
    late = LateRefusal()
    late.over.set()
    app = app_on(at_once, *LANES, keyed=late)

    async def scenario(pilot: Pressing) -> None:
        await until(pilot, lambda: isinstance(app.focused, FirstStart))
        await pilot.press("i", "x")
        await until(pilot, lambda: "x" in app.compare.prompt.text)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.focused, FirstStart))

    drive(app, scenario)
