"""The footer: the keys of the place where the focus is, as they are set, while they do something."""

from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings
from compare_tui.ui.keymap import DEFAULTS, Keymap, load
from compare_tui.ui.widgets.footer import ActionFooter, focused_place
from tests.ui.driving import drive, until


class Panes(Vertical):
    WHERE: ClassVar = Where.PANES
    BINDINGS = bindings(Where.PANES)

    def compose(self) -> ComposeResult:
        yield Answer("answer")


class Answer(Static, can_focus=True):
    """Has no place of its own."""


class Prompt(Input):
    WHERE: ClassVar = Where.PROMPT
    BINDINGS = bindings(Where.PROMPT)


class Footed(App[None]):
    """Two places and a footer; something may be sent, or not."""

    BINDINGS = bindings(Where.ANYWHERE)

    def __init__(self, keymap: Keymap = DEFAULTS) -> None:
        super().__init__()
        self.may_send = True
        self.done: list[str] = []
        self._changes = keymap.changes()

    def compose(self) -> ComposeResult:
        yield Panes()
        yield Prompt()
        yield ActionFooter()

    def on_mount(self) -> None:
        self.set_keymap(self._changes)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action == "send" and not self.may_send else super().check_action(action, parameters)

    def action_send(self) -> None:
        self.done.append("send")

    def action_help(self) -> None:
        self.done.append("help")


def footer(app: App[Any]) -> str:
    return footer_of(app.screen)


def footer_of(screen: Screen[Any]) -> str:
    return "".join(segment.text for segment in screen.query_one(ActionFooter).render_line(0)).strip()


async def shows(pilot: Pilot[Any], text: str) -> None:
    """Wait for the footer to say this."""
    with suppress(AssertionError):
        await until(pilot, lambda: footer(pilot.app) == text, within_s=3)
    assert footer(pilot.app) == text


IN_PANES = "i prompt  enter zoom  r again  x stop  ? help  ctrl+j send"
IN_PROMPT = "esc to the panes  ctrl+r history  ctrl+j send  f2 lanes  f1 help"


def test_it_changes_with_the_focus() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        pilot.app.query_one(Answer).focus()
        await shows(pilot, IN_PANES)
        pilot.app.query_one(Prompt).focus()
        await shows(pilot, IN_PROMPT)
        pilot.app.screen.set_focus(None)
        await shows(pilot, "ctrl+j send  f2 lanes  f1 help")

    drive(Footed(), scenario)


def test_the_place_is_that_of_the_nearest_around_the_focus() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        for widget, place in ((Answer, Where.PANES), (Prompt, Where.PROMPT)):
            pilot.app.query_one(widget).focus()
            await pilot.pause()
            assert focused_place(pilot.app.screen) is place
        pilot.app.screen.set_focus(None)
        assert focused_place(pilot.app.screen) is Where.ANYWHERE

    drive(Footed(), scenario)


def test_it_shows_the_keys_of_the_key_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text('zoom = "Z"\nsend = ["ctrl+s", "f5"]\nto-prompt = ["pgdn"]\npage-down = "space"\nfollow = "U"\n')

    async def scenario(pilot: Pilot[Any]) -> None:
        pilot.app.query_one(Answer).focus()
        await shows(pilot, "pgdn prompt  Z zoom  r again  x stop  ? help  ctrl+s send")

    drive(Footed(load(file)), scenario)


def test_what_is_not_possible_now_is_not_shown() -> None:
    app = Footed()
    app.may_send = False

    async def scenario(pilot: Pilot[Any]) -> None:
        app.query_one(Prompt).focus()
        await shows(pilot, "esc to the panes  ctrl+r history  f2 lanes  f1 help")
        app.may_send = True
        app.refresh_bindings()
        await shows(pilot, IN_PROMPT)

    drive(app, scenario)


def test_on_a_narrow_screen_whole_keys_give_way_and_help_stays() -> None:
    async def in_60(pilot: Pilot[Any]) -> None:
        pilot.app.query_one(Answer).focus()
        await shows(pilot, IN_PANES)
        await pilot.resize_terminal(50, 20)
        await shows(pilot, "i prompt  enter zoom  r again  x stop  ? help")
        await pilot.resize_terminal(29, 20)
        await shows(pilot, "i prompt  ? help")

    drive(Footed(), in_60, (60, 20))


class Apart(Screen[None]):
    WHERE: ClassVar = Where.DIFF
    BINDINGS = bindings(Where.DIFF, "screen.")

    def __init__(self) -> None:
        super().__init__()
        self.is_at_the_end = False

    def compose(self) -> ComposeResult:
        yield Answer("answer")
        yield ActionFooter()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not (self.is_at_the_end and action == "diff_next")


def test_the_way_back_is_the_last_to_give_way() -> None:
    async def in_60(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(Apart())
        await shows(pilot, "n next change  ] other pair  u unified  ? help  esc back")
        await pilot.resize_terminal(35, 20)
        await shows(pilot, "n next change  ? help  esc back")

    drive(Footed(), in_60, (60, 20))


def test_under_another_screen_it_still_shows_what_its_own_allows() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        below = Apart()
        await pilot.app.push_screen(below)
        await shows(pilot, "n next change  ] other pair  u unified  s choose sides  ? help  esc back")
        await pilot.app.push_screen(Above())
        below.is_at_the_end = True
        below.refresh_bindings()
        await until(pilot, lambda: "n next" not in footer_of(below))

    drive(Footed(), scenario)


class Above(ModalScreen[None]):
    """Knows nothing of what is below."""


def test_a_click_on_a_key_does_what_the_key_does() -> None:
    app = Footed()

    async def scenario(pilot: Pilot[Any]) -> None:
        app.query_one(Prompt).focus()
        await shows(pilot, IN_PROMPT)
        padding = 1
        beginning, end = IN_PROMPT.index("ctrl+j"), IN_PROMPT.index("  f2") - 1
        gap, nothing = end + 1, len(IN_PROMPT) + 1
        for column in (IN_PROMPT.index("f1"), beginning, end, gap, nothing):
            await pilot.click(ActionFooter, offset=(padding + column, 0))
        await pilot.pause()
        assert app.done == ["help", "send", "send"]
        assert isinstance(app.focused, Prompt)

    drive(app, scenario)


def test_a_key_under_the_mouse_explains_itself() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        pilot.app.query_one(Prompt).focus()
        await shows(pilot, IN_PROMPT)
        await pilot.hover(ActionFooter, offset=(1, 0))
        await pilot.pause()
        assert str(pilot.app.query_one(ActionFooter).tooltip) == "Leave the prompt as it is and go to the panes."

    drive(Footed(), scenario)


def test_it_is_one_widget_that_paints_itself() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        row = pilot.app.query_one(ActionFooter)
        assert (row.size.height, list(row.children)) == (1, [])

    drive(Footed(), scenario)
