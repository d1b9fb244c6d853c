"""Choosing a theme: each one is put on as the cursor comes to it, so that the whole app shows what it is like."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from compare_tui import app_state
from compare_tui.ui.contrast import is_high
from compare_tui.ui.themes import Loaded, ThemeFile
from compare_tui.ui.widgets.theme_sample import ThemeSample

_NO_COLOR = "NO_COLOR is set: what is chosen here shows once it is not"
_KEYS = "↑ ↓ try on · type to filter · enter keep · esc as it was"
_NAME_WIDTH = 17


class ThemePicker(ModalScreen[str | None]):
    """Gives the chosen name, which it has remembered, or None with everything as it was."""

    CSS_PATH = "theme_picker.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "as it was"),
        Binding("up", "move('cursor_up')", "up", show=False),
        Binding("down", "move('cursor_down')", "down", show=False),
        Binding("pageup", "move('page_up')", "page up", show=False),
        Binding("pagedown", "move('page_down')", "page down", show=False),
    ]

    def __init__(self, loaded: Loaded) -> None:
        super().__init__()
        self._loaded = loaded
        self._kinds = {file.theme.name: _kind(file) for file in loaded.files}
        self._before = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="themes"):
            with Horizontal(id="themes-both"):
                with Vertical(id="themes-left"):
                    yield Input(placeholder="light, high contrast …", id="themes-filter", compact=True)
                    yield OptionList(id="themes-list", compact=True)
                yield ThemeSample(id="themes-sample")
            yield Static(id="themes-about", markup=False)
            yield Static(_KEYS, id="themes-keys", markup=False)

    def on_mount(self) -> None:
        self._before = self.app.theme
        self._list.can_focus = False  # the filter takes every key, and hands those that move on
        self._fill([])

    @property
    def _list(self) -> OptionList:
        return self.query_one("#themes-list", OptionList)

    @on(Input.Changed, "#themes-filter")
    def _filter(self, event: Input.Changed) -> None:
        self._fill(event.value.casefold().split())

    def _fill(self, words: list[str]) -> None:
        """The cursor stays on the theme that is on, where the filter leaves that."""
        files = [file for file in self._loaded.files if all(word in self._about(file) for word in words)]
        names = [file.theme.name for file in files]
        self._list.set_options(Option(self._row(file), id=file.theme.name) for file in files)
        if names:
            on_now = app_state.load(app_state.file()).text("theme") if self.app.no_color else self.app.theme
            self._list.highlighted = names.index(on_now) if on_now in names else 0
        else:
            self._say("no theme is like that")

    def _about(self, file: ThemeFile) -> str:
        """What the filter looks into."""
        shade = "dark" if file.theme.dark else "light"
        return f"{file.theme.name} {file.about} {shade} {self._kinds[file.theme.name]}".casefold()

    def _row(self, file: ThemeFile) -> Content:
        shade = "☾" if file.theme.dark else "☀"
        return Content(f"{shade} {file.theme.name:{_NAME_WIDTH}}{self._kinds[file.theme.name]}")

    @on(OptionList.OptionHighlighted, "#themes-list")
    def _try_on(self, event: OptionList.OptionHighlighted) -> None:
        file = self._loaded.named(event.option_id or "")
        if file is None:
            return
        self._say(_NO_COLOR if self.app.no_color else file.about)
        if not self.app.no_color:
            self.app.theme = file.theme.name

    def _say(self, text: str) -> None:
        self.query_one("#themes-about", Static).update(Content(text))

    def action_move(self, movement: str) -> None:
        getattr(self._list, f"action_{movement}")()

    @on(Input.Submitted, "#themes-filter")
    @on(OptionList.OptionSelected, "#themes-list")
    def _keep(self) -> None:
        chosen = self._list.highlighted_option
        if chosen is None or chosen.id is None:
            return
        if trouble := app_state.remember(app_state.file(), {"theme": chosen.id}):
            self.app.notify(trouble, severity="warning", markup=False)
        self.dismiss(chosen.id)

    def action_leave(self) -> None:
        self.app.theme = self._before
        self.dismiss(None)


def _kind(file: ThemeFile) -> str:
    kinds = (("yours", file.yours), ("high contrast", is_high(file.theme)), ("16 colours", file.theme.ansi))
    return " ".join(kind for kind, applies in kinds if applies)
