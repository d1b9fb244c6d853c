"""One screen of the app by itself, and what it was dismissed with."""

from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from compare_tui.ui.actions import Where
from compare_tui.ui.diff.side import DiffLook
from compare_tui.ui.keymap import DEFAULTS
from tests.ui.driving import WIDE, drive, screen_text, until

NOT_YET: Any = object()


class OneScreen(App[None]):
    """Like the app around it: help can be opened, and how a diff is looked at is remembered."""

    keymap = DEFAULTS
    painting_held = False
    diff_look: DiffLook | None = None

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__()
        self.animation_level = "none"
        self.shown = screen
        self.answer: Any = NOT_YET

    def on_mount(self) -> None:
        def answered(answer: Any) -> None:
            self.answer = answer

        self.push_screen(self.shown, answered)

    def open_help(self, where: Where) -> None:
        from compare_tui.ui.screens.help import HelpScreen

        self.push_screen(HelpScreen(where, DEFAULTS))


def showing(
    screen: Screen[Any], scenario: Callable[[OneScreen, Pilot[Any]], Awaitable[None]], size: tuple[int, int] = WIDE
) -> OneScreen:
    """The scenario once the screen is painted."""
    app = OneScreen(screen)

    async def played(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.screen is screen and bool(screen_text(app).strip()))
        await pilot.pause()
        await scenario(app, pilot)

    drive(app, played, size)
    return app


async def sees(pilot: Pilot[Any], *words: str) -> str:
    """Until all of it is seen; the screen as text."""
    await until(pilot, lambda: all(word in screen_text(pilot.app) for word in words))
    return screen_text(pilot.app)


def row_of(text: str, word: str) -> str:
    """The first row of the screen with this word."""
    return next(row for row in text.split("\n") if word in row)
