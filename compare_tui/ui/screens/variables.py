"""Asks once, before a send, what the `{{names}}` typed in the prompt stand for."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from compare_tui.core.prompt import Prompt
from compare_tui.ui.widgets.prompt_area import PromptArea
from compare_tui.ui.written import Draft, Signs


class VariablesScreen(ModalScreen[Prompt | None]):
    """Dismissed with the prompt to send, filled or as written; None sends nothing."""

    DEFAULT_CSS = """
    VariablesScreen {
        align: center middle;
    }
    VariablesScreen #variables {
        width: 80;
        max-width: 100%;
        height: auto;
        max-height: 100%;
        border: round $primary;
        background: $surface;
        padding: 0 1;
    }
    VariablesScreen #variables-fields {
        height: auto;
        max-height: 60vh;
        margin: 1 0;
    }
    VariablesScreen .variable {
        height: 5;
        border: round $border-blurred;
    }
    VariablesScreen .variable:focus {
        border: round $border;
    }
    VariablesScreen #variables-answers {
        height: auto;
    }
    VariablesScreen Button {
        margin-right: 1;
    }
    """
    AUTO_FOCUS = ".variable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j,f5,ctrl+enter", "send", "fill and send", tooltip="Fill them in and send.", id="send"),
        Binding("tab", "app.focus_next", "next", tooltip="The next field or answer.", id="next-area"),
        Binding("shift+tab", "app.focus_previous", "before", tooltip="The one before.", id="previous-area"),
        Binding("escape", "leave", "back", tooltip="Send nothing.", id="variables-leave"),
    ]

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft
        self._signs = Signs()

    def compose(self) -> ComposeResult:
        with Vertical(id="variables"):
            yield Static(Content.styled("What do the typed names stand for?", "bold"))
            with VerticalScroll(id="variables-fields", can_focus=False):
                for at, name in enumerate(self._draft.typed_variables):
                    area = PromptArea(self._signs, placeholder="empty", id=f"variable-{at}")
                    area.add_class("variable")
                    area.border_title = f"{{{{{name}}}}}"
                    yield area
            with Horizontal(id="variables-answers"):
                yield Button("Fill and send · ctrl+j", variant="primary", id="variables-fill")
                yield Button("Send as written", id="variables-literal")
                yield Button("Back · esc", id="variables-back")

    def on_prompt_area_send(self, message: PromptArea.Send) -> None:
        message.stop()
        self.action_send()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        match event.button.id:
            case "variables-fill":
                self.action_send()
            case "variables-literal":
                self._answer(self._draft.prompt)
            case _:
                self.action_leave()

    def action_send(self) -> None:
        areas = [self.query_one(f"#variable-{at}", PromptArea) for at in range(len(self._draft.typed_variables))]
        values = {name: area.exact for name, area in zip(self._draft.typed_variables, areas, strict=True)}
        self._answer(self._draft.filled(values))

    def action_leave(self) -> None:
        self._answer(None)

    def _answer(self, prompt: Prompt | None) -> None:
        if self.is_current:  # a second key of the same moment must not dismiss the screen below
            self.dismiss(prompt)
