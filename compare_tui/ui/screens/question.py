"""A question over the screen, answered with one key."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from compare_tui.core.sanitize import safe_display, safe_line


class Question(ModalScreen[str | None]):
    """Dismissed with the value of the choice, or None for escape. Enter takes the choice in focus, at first `default`.

    A choice is its key, its value and what it does.
    """

    CSS_PATH = "question.tcss"
    AUTO_FOCUS = "#question-choices"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave it", tooltip="Change nothing.", id="question-leave")
    ]

    def __init__(
        self,
        title: Content,
        body: Content,
        choices: Sequence[tuple[str, str, str]],
        *,
        default: str | None = None,
    ) -> None:
        super().__init__()
        self._heading = title
        self._body = body
        self._choices = tuple(choices)
        self._values = [value for _, value, _ in self._choices]
        self._default = self._values.index(default) if default is not None else 0

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            yield Static(_safe(self._heading), id="question-title")
            with VerticalScroll(id="question-body"):
                yield Static(_safe(self._body), id="question-text")
            rows = (Content.assemble((key, "bold"), "  ", safe_line(label)) for key, _, label in self._choices)
            yield OptionList(*rows, id="question-choices")

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = self._default

    def on_key(self, event: events.Key) -> None:
        for key, value, _ in self._choices:
            if key in (event.key, event.character):
                event.stop()
                event.prevent_default()
                self._answer(value)
                return

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._answer(self._values[event.option_index])

    def action_leave(self) -> None:
        self._answer(None)

    def _answer(self, value: str | None) -> None:
        if self.is_current:  # two keys in one burst: the second would dismiss the screen below
            self.dismiss(value)


def _safe(content: Content) -> Content:
    """The content as it is; without its styles should a sign have slipped in that a screen must not have."""
    safe = safe_display(content.plain)
    return content if safe == content.plain else Content(safe)
