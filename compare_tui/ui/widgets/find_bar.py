"""One row to find in the panes: what to look for, and which match of how many this is."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings


class _Query(Input, inherit_bindings=False):
    """Enter is the bar's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        one for one in Input.BINDINGS if not (isinstance(one, Binding) and one.key == "enter")
    ]


class FindBar(Horizontal):
    """Says what is asked for; who shows the text answers with `tell`."""

    DEFAULT_CSS = """
    FindBar {
        height: 1;
        background: $panel;

        & > #find-query { width: 1fr; height: 1; border: none; padding: 0 1; background: $panel; }
        & > #find-count { width: 36; max-width: 50%; padding: 0 1; color: $text-muted; text-align: right; }
    }
    """
    WHERE = Where.FIND
    BINDINGS = bindings(Where.FIND)

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

    def __init__(self) -> None:
        super().__init__()
        self._query = _Query(placeholder="find in all panes", id="find-query", compact=True)
        self._count = Static(id="find-count", markup=False)
        self._told = ""

    def compose(self) -> ComposeResult:
        yield self._query
        yield self._count

    @property
    def query_text(self) -> str:
        return self._query.value

    def open(self) -> None:
        """Ready to type over what was looked for last."""
        self.screen.set_focus(self._query)  # at once: the next key of a burst goes there
        self._query.action_select_all()

    def tell(self, which: int | None, count: int, panes: int = 1, *, looking: bool = False) -> None:
        """The current match, how many there are as far as was looked, and in how many panes."""
        if not self.query_text:
            text = ""
        elif not count:
            text = "looking" if looking else "no match"
        else:
            text = f"{count:,}" if which is None else f"{which:,} of {count:,}"
            text += f" in {panes} panes" if panes > 1 else " found" if which is None else ""
            text += " so far" * looking
        if text != self._told:
            self._told = text
            self._count.update(Content(text), layout=False)  # a layout of the whole screen takes 25 ms

    @on(Input.Changed, "#find-query")
    def _ask(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Asked(event.value))

    def action_find_enter(self) -> None:
        self.post_message(self.Entered())

    def action_find_next(self) -> None:
        self.post_message(self.Step(+1))

    def action_find_previous(self) -> None:
        self.post_message(self.Step(-1))

    def action_find_close(self) -> None:
        self.post_message(self.Closed())
