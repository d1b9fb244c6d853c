"""One row to find in a pane: what to look for, and which match of how many this is."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static


class FindBar(Horizontal):
    """Says what is asked for; who shows the text answers with `tell`."""

    DEFAULT_CSS = """
    FindBar {
        height: 1;
        background: $panel;

        & > #find-query { width: 1fr; height: 1; border: none; padding: 0 1; background: $panel; }
        & > #find-count { width: auto; min-width: 12; padding: 0 1; color: $text-muted; text-align: right; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close", show=False),
        Binding("down", "step(1)", "next match", show=False),
        Binding("up", "step(-1)", "match before", show=False),
    ]

    class Asked(Message):
        """The query changed."""

        def __init__(self, query: str) -> None:
            super().__init__()
            self.query = query

    class Step(Message):
        """Another match is wanted: 1 the next, -1 the one before."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class Entered(Message):
        """To the next match, and back to the text."""

    class Closed(Message):
        """No more searching."""

    def compose(self) -> ComposeResult:
        yield Input(placeholder="find in this pane", id="find-query", compact=True)
        yield Static(id="find-count", markup=False)

    @property
    def query_text(self) -> str:
        return self.query_one("#find-query", Input).value

    def open(self) -> None:
        """Ready to type over what was looked for last."""
        query = self.query_one("#find-query", Input)
        query.focus()
        query.action_select_all()

    def tell(self, which: int | None, count: int) -> None:
        if not self.query_text:
            text = ""
        elif not count:
            text = "no match"
        else:
            text = f"{count:,} found" if which is None else f"{which:,} of {count:,}"
        self.query_one("#find-count", Static).update(Content(text))

    @on(Input.Changed, "#find-query")
    def _ask(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Asked(event.value))

    @on(Input.Submitted, "#find-query")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Entered())

    def action_step(self, by: int) -> None:
        self.post_message(self.Step(by))

    def action_close(self) -> None:
        self.post_message(self.Closed())
