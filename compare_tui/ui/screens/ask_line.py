"""A question answered with one line of text, with a remark on it at every key."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from compare_tui.ui.widgets.exact_input import ExactInput

Remark = Callable[[str], tuple[bool, Content]]
"""Whether the text will do, and what to say of it."""


class AskLine(ModalScreen[str | None]):
    """Dismissed with the text, or None for escape."""

    CSS_PATH = "lanes_dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "leave it", id="ask-leave")]

    def __init__(self, title: str, line: str, remark: Remark) -> None:
        super().__init__()
        self._heading = title
        self._line = line
        self._remark = remark

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._heading)
            yield ExactInput("line", self._line)
            yield Static(classes="remark", markup=False)
            yield Static("enter takes it · esc leaves it", classes="keys", markup=False)

    def on_mount(self) -> None:
        self._say()

    def on_input_changed(self) -> None:
        self._say()

    def _say(self) -> bool:
        fits, words = self._remark(self.query_one(ExactInput).exact)
        self.query_one(".remark", Static).update(words)
        return fits

    def on_input_submitted(self) -> None:
        if self.is_current and self._say():
            self.dismiss(self.query_one(ExactInput).exact)
