"""A few rows above the panes: how the prompt differs from that of the round before."""

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from compare_tui.ui.marks.prompt import Compared

_STYLES = {"gone": "strike $text-error", "new": "bold underline $text-success", "same": "$foreground"}


class PromptDiff(Static):
    """What is gone is struck, what is new underlined."""

    DEFAULT_CSS = """
    PromptDiff { height: auto; padding: 0 1; background: $surface; text-overflow: ellipsis; }
    .-too-small > PromptDiff { display: none; }
    """

    def have(self, rows: int) -> None:
        """At most so many; a single one says with a sign that it goes on."""
        self.styles.max_height = rows
        self.styles.text_wrap = "nowrap" if rows == 1 else "wrap"

    def show(self, compared: "Compared") -> None:
        told = (f"{compared.told}  " if compared.parts else compared.told, "bold $text-accent")
        self.update(Content.assemble(told, *((part.text, _STYLES[part.kind.value]) for part in compared.parts)))
