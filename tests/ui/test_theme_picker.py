"""Wearing a theme and choosing one, with colours and without."""

import asyncio
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.filter import LineFilter
from textual.pilot import Pilot
from textual.widgets import OptionList

from compare_tui import app_state
from compare_tui.ui import themes
from compare_tui.ui.no_color import line_filters
from compare_tui.ui.screens.theme_picker import ThemePicker
from compare_tui.ui.widgets.theme_sample import ThemeSample
from tests.ui.driving import NARROW, WIDE, drive, screen_text, until

SHIPPED = themes.load_all(Path("/nonexistent"))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path))
    monkeypatch.delenv("NO_COLOR", raising=False)
    return tmp_path


class Dressed(App[None]):
    """A piece of the app in one of the themes."""

    def __init__(self, wanted: str | None = None, loaded: themes.Loaded = SHIPPED) -> None:
        super().__init__()
        self.loaded = loaded
        self.complaint = themes.dress(self, loaded, wanted)
        self.chosen: list[str | None] = []

    def compose(self) -> ComposeResult:
        yield ThemeSample()

    def get_line_filters(self) -> Sequence[LineFilter]:
        return line_filters(super().get_line_filters(), no_color=self.no_color)

    def pick(self) -> None:
        self.push_screen(ThemePicker(self.loaded), self.chosen.append)


def segments(app: App[Any]) -> Iterator[Segment]:
    for strip in app.screen._compositor.render_strips():
        yield from strip


def styled(app: App[Any], text: str) -> Segment:
    """The piece of the screen that holds this text."""
    return next(segment for segment in segments(app) if text in segment.text)


# Putting one on


def test_every_theme_can_be_put_on_and_the_terminals_own_mix_no_colour() -> None:
    app = Dressed()

    async def scenario(pilot: Pilot[Any]) -> None:
        for theme in SHIPPED.themes:
            app.theme = theme.name
            await pilot.pause()
            assert "gpt-5.5-pro" in screen_text(app)
            colours = {c for s in segments(app) if s.style for c in (s.style.color, s.style.bgcolor) if c}
            assert all(c.is_system_defined or c.is_default for c in colours) == theme.ansi, theme.name

    drive(app, scenario, NARROW)


def test_a_theme_that_does_not_exist_is_said_and_the_default_worn() -> None:
    app = Dressed("embr")
    assert app.theme == themes.DEFAULT
    assert app.complaint == "there is no theme embr; did you mean ember?"
    assert Dressed("ember").complaint is None


def test_no_color_leaves_no_colour_and_shows_focus_selection_and_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Dressed("ember")

    async def scenario(pilot: Pilot[Any]) -> None:
        app.pick()
        await until(pilot, lambda: "NO_COLOR is set" in screen_text(app))
        for segment in segments(app):
            assert segment.style is None or segment.style.color is None or segment.style.color.is_default
            assert segment.style is None or segment.style.bgcolor is None or segment.style.bgcolor.is_default
        reversed_text = "".join(segment.text for segment in segments(app) if segment.style and segment.style.reverse)
        for seen_at_once in ("ink", "gpt-5.5-pro", "a few words", "a row"):
            assert seen_at_once in reversed_text
        for plain in ("gpt-5.5-mini", "paper", "The deploy"):
            assert plain not in reversed_text
        marks = [styled(app, text).style for text in ("+ after three", "- at once")]
        assert [(mark.underline, mark.strike) for mark in marks if mark] == [(True, None), (None, True)]
        assert all(bold.style and bold.style.bold for bold in (styled(app, "✗ failed"), styled(app, "served default")))
        await pilot.press("down", "enter")
        await until(pilot, lambda: bool(app.chosen))
        assert app.theme == "no-color"

    drive(app, scenario)
    assert app.chosen == [app_state.load(app_state.file()).text("theme")] == ["contrast-dark"]


def test_an_empty_no_color_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    app = Dressed("contrast-dark")

    async def scenario(pilot: Pilot[Any]) -> None:
        style = styled(app, "baseline").style
        assert style is not None
        assert style.color is not None
        assert len(set(style.color.get_truecolor())) > 1

    drive(app, scenario, NARROW)


# Choosing one


def listed(app: App[Any]) -> list[str | None]:
    options = app.screen.query_one("#themes-list", OptionList)
    return [options.get_option_at_index(at).id for at in range(options.option_count)]


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_whole_picker_stands_on_the_screen(size: tuple[int, int]) -> None:
    app = Dressed()

    async def scenario(pilot: Pilot[Any]) -> None:
        app.pick()
        await until(pilot, lambda: "terminal-light" in screen_text(app))
        text = screen_text(app)
        for shown in ("☾ ink", "☀ contrast-light", "high contrast", "16 colours", "esc as it was", "◆ base", "rupted"):
            assert shown in text

    drive(app, scenario, size)


def test_moving_tries_on_and_escape_puts_everything_back(home: Path) -> None:
    app = Dressed("moss")

    async def scenario(pilot: Pilot[Any]) -> None:
        app.pick()
        await until(pilot, lambda: "wood after rain" in screen_text(app))
        await pilot.press("down")
        await until(pilot, lambda: app.theme == "paper" and "warm paper" in screen_text(app))
        await pilot.press("up", "up")
        await until(pilot, lambda: app.theme == "linen")
        await pilot.press("escape")
        await until(pilot, lambda: bool(app.chosen))

    drive(app, scenario)
    assert (app.theme, app.chosen) == ("moss", [None])
    assert not app_state.file().exists()


def test_typing_filters_and_enter_remembers(home: Path) -> None:
    app = Dressed()

    async def scenario(pilot: Pilot[Any]) -> None:
        app.pick()
        await pilot.pause()
        await pilot.press(*"high", "space", *"light")
        await until(pilot, lambda: listed(app) == ["contrast-light"] and app.theme == "contrast-light")
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.chosen))

    drive(app, scenario)
    assert (app.theme, app.chosen) == ("contrast-light", ["contrast-light"])
    assert tomllib.loads(app_state.file().read_text()) == {"theme": "contrast-light"}


def test_a_filter_that_leaves_nothing_keeps_the_theme_and_cannot_be_chosen(home: Path) -> None:
    app = Dressed("plum")

    async def scenario(pilot: Pilot[Any]) -> None:
        app.pick()
        await pilot.pause()
        await pilot.press(*"[red]zz", "enter")
        await until(pilot, lambda: "no theme is like that" in screen_text(app))
        assert (app.theme, app.chosen) == ("plum", [])
        await pilot.press(*["backspace"] * 7)
        await until(pilot, lambda: len(listed(app)) == len(SHIPPED.themes))
        assert app.theme == "plum"

    drive(app, scenario)


def test_a_choice_that_cannot_be_written_holds_for_this_time_and_is_said(home: Path) -> None:
    (home / "state").write_text("a file in the place of the folder")
    app = Dressed()

    async def run() -> None:
        async with app.run_test(size=WIDE, notifications=True) as pilot:
            app.pick()
            await pilot.pause()
            await pilot.press(*"ember", "enter")
            await until(pilot, lambda: "app.toml cannot be written" in screen_text(app))

    asyncio.run(run())
    assert (app.theme, app.chosen) == ("ember", ["ember"])
