"""The footer of a screen that is left while its keys change."""

from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen

from compare_tui.ui.widgets.footer import ActionFooter
from tests.ui.driving import drive


class Left(Screen[None]):
    def compose(self) -> ComposeResult:
        yield ActionFooter()


def test_a_screen_can_be_left_while_its_keys_change() -> None:
    """The lanes screen does: its last change and escape come in one burst. This ended the app."""

    async def scenario(pilot: Pilot[Any]) -> None:
        left = Left()
        await pilot.app.push_screen(left)
        footer = left.query_one(ActionFooter)
        await pilot.pause()
        await footer.remove()
        footer._renew()
        await pilot.app.pop_screen()

    drive(App(), scenario)
