"""Help: what is under the focus first, the rest after it, found by typing; and the palette over the same list."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Static

from compare_tui import paths
from compare_tui.core.verdict import Verdict
from compare_tui.ui.actions import ACTIONS, Action, Where, actions_in
from compare_tui.ui.keymap import DEFAULTS, Keymap, load
from compare_tui.ui.palette import open_palette
from compare_tui.ui.screens.help import HelpScreen, matching, sections
from tests.ui.driving import NARROW, WIDE, drive, screen_text, until


class Pane(Static, can_focus=True):
    WHERE: ClassVar = Where.PANES


class Helped(App[None]):
    def __init__(self, keymap: Keymap = DEFAULTS) -> None:
        super().__init__()
        self.keymap = keymap
        self.run_so_far: list[str] = []

    def compose(self) -> ComposeResult:
        yield Pane("under it all")

    def run_registered(self, action: Action) -> None:
        self.run_so_far.append(action.id)


def with_help(
    scenario: Callable[[Pilot[Any]], Awaitable[None]],
    where: Where = Where.PANES,
    size: tuple[int, int] = WIDE,
    keymap: Keymap = DEFAULTS,
) -> None:
    async def opened(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(HelpScreen(where, keymap))
        await until(pilot, lambda: "Here:" in screen_text(pilot.app))
        await scenario(pilot)

    drive(Helped(keymap), opened, size)


@pytest.fixture
def rebound(tmp_path: Path) -> Keymap:
    path = tmp_path / "keys.toml"
    path.write_text('send = ["ctrl+s", "f12"]\nhelp = "f10"\n')
    return load(path)


@pytest.mark.parametrize("size", [NARROW, WIDE, (60, 20)])
def test_the_place_under_the_focus_comes_first(size: tuple[int, int]) -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        shown = screen_text(pilot.app)
        assert "Here: in the prompt" in shown
        assert "Leave the prompt" in shown

    with_help(scenario, Where.PROMPT, size)


def test_headings_and_keys_stand_out_from_the_first_paint() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        strips = pilot.app.screen._compositor.render_strips()
        bold = {segment.text.strip() for strip in strips for segment in strip if segment.style and segment.style.bold}
        assert {"Here: in the panes", "enter z"} <= bold

    with_help(scenario)


@pytest.mark.parametrize("where", Where)
def test_every_place_has_help_of_its_own(where: Where) -> None:
    first = sections(where, DEFAULTS)[0]
    assert (first.heading, first.entries[0].name) == (f"Here: {where}", actions_in(where)[0].label)
    assert first.about


def test_it_has_every_action_once_with_its_key_and_what_it_does() -> None:
    all_sections = sections(Where.PROMPT, DEFAULTS)
    shown = [
        (section.heading.removeprefix("Here: ").casefold(), entry.sign, entry.name, entry.meaning)
        for section in all_sections
        for entry in section.entries
    ]
    numbered = {f"pane-{n}" for n in range(1, 10)}
    for action in ACTIONS:
        times = shown.count((action.where, DEFAULTS.shown(action), action.label, action.help))
        assert times == (0 if action.id in numbered else 1), action.id
    assert [sign for _, sign, name, _ in shown if name.startswith("pane 1")] == ["1 … 9"]


def test_it_shows_the_keys_of_the_key_file(rebound: Keymap) -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        assert "ctrl+s f12" in screen_text(pilot.app)
        assert "ctrl+j" not in screen_text(pilot.app)
        await pilot.press("f10")
        await until(pilot, lambda: "under it all" in screen_text(pilot.app))

    with_help(scenario, Where.ANYWHERE, keymap=rebound)


def test_it_says_what_figures_marks_and_verdicts_mean_and_where_the_files_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path))
    said = {entry.sign: entry.meaning for section in sections(Where.PANES, DEFAULTS) for entry in section.entries}
    assert {"TTFT", "TTFA", "Queue", "Retry", "Total", "Felt", "tok/s", "~", "≥", "–", "free"} <= said.keys()
    assert {f"{verdict.glyph} {verdict}" for verdict in Verdict} <= said.keys()
    assert {"≠", "≈", "«  »"} <= said.keys()
    assert said["keys"] == str(paths.keys_file())


def test_a_path_in_help_cannot_command_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path / "[red]\x1b]0;x\x07"))

    async def scenario(pilot: Pilot[Any]) -> None:
        await pilot.press("G")
        await until(pilot, lambda: "Files" in screen_text(pilot.app))
        assert "\x1b" not in screen_text(pilot.app)
        assert "[red]" in "".join(sign for sign in screen_text(pilot.app) if sign not in " │\n")  # it may be wrapped

    with_help(scenario)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("median", "–"),
        ("ctrl+g", "ctrl+g"),
        ("first token", "TTFT"),
        ("RACE strip", "o"),
        ("basline", "b"),
        ("resoning", "t"),
    ],
)
def test_a_search_finds_keys_names_meanings_and_near_misses(query: str, found: str) -> None:
    signs = [entry.sign for section in matching(sections(Where.PANES, DEFAULTS), query) for entry in section.entries]
    assert found in signs
    assert len(signs) < 12


def test_letters_search_and_escape_first_ends_the_search() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        await pilot.press(*"mark", "backspace", "k")
        await until(pilot, lambda: "/mark" in screen_text(pilot.app))
        await pilot.press("escape", "slash", *"jkq?")
        await until(pilot, lambda: "/jkq?" in screen_text(pilot.app))
        assert "nothing like it" in screen_text(pilot.app)
        await pilot.press("escape")
        await until(pilot, lambda: "Here: in the panes" in screen_text(pilot.app))
        await pilot.press("escape")
        await until(pilot, lambda: "under it all" in screen_text(pilot.app))

    with_help(scenario)


@pytest.mark.parametrize("key", ["escape", "q", "f1", "question_mark"])
def test_it_closes_with(key: str) -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        await pilot.press(key)
        await until(pilot, lambda: "under it all" in screen_text(pilot.app))

    with_help(scenario)


def test_it_scrolls_by_rows_and_pages_without_a_mouse() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        scroll = pilot.app.screen.query_one("#help-scroll")
        for key, moved in (("j", 1), ("k", -1), ("down", 1), ("up", -1), ("pagedown", 10), ("pageup", -10)):
            before = scroll.scroll_offset.y
            await pilot.press(key)
            assert abs(scroll.scroll_offset.y - before) >= abs(moved)
            assert (scroll.scroll_offset.y > before) is (moved > 0)
        await pilot.press("G")
        await until(pilot, lambda: scroll.is_vertical_scroll_end)
        await pilot.press("g")
        await until(pilot, lambda: scroll.scroll_offset.y == 0)

    with_help(scenario, size=NARROW)


# The palette


def with_palette(app: Helped, scenario: Callable[[Pilot[Any]], Awaitable[None]]) -> None:
    async def opened(pilot: Pilot[Any]) -> None:
        open_palette(app)
        await until(pilot, lambda: CommandPalette.is_open(pilot.app))
        await scenario(pilot)

    drive(app, opened)


def test_the_palette_offers_the_actions_of_this_screen_with_their_keys(rebound: Keymap) -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "send  ctrl+s f12 S" in screen_text(pilot.app))
        shown = screen_text(pilot.app)
        assert "new session  ctrl+n" in shown
        assert "older prompt" not in shown
        assert "Quit the application" not in shown

    with_palette(Helped(rebound), scenario)


def test_what_is_chosen_in_the_palette_is_run_by_the_app() -> None:
    app = Helped()

    async def scenario(pilot: Pilot[Any]) -> None:
        await pilot.press(*"baseline")
        await until(pilot, lambda: "baseline  b" in screen_text(app) and "new session" not in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.run_so_far == ["baseline"])

    with_palette(app, scenario)


def test_the_palette_finds_an_action_by_what_it_does() -> None:
    app = Helped()

    async def scenario(pilot: Pilot[Any]) -> None:
        await pilot.press(*"code block")
        await until(pilot, lambda: "copy code  Y" in screen_text(app) and "new session" not in screen_text(app))

    with_palette(app, scenario)
