"""An answer rendered at a width, and what its rows say."""

from textual.theme import BUILTIN_THEMES

from compare_tui.core.take import ToolCall
from compare_tui.ui.ink import Ink
from compare_tui.ui.rendered.answer import RenderedRows, rendered

INK = Ink.of(BUILTIN_THEMES["textual-dark"].to_color_system().generate())


def rows_of(text: str, width: int = 60, *tools: ToolCall) -> RenderedRows:
    """All of it laid out."""
    rows = rendered(text, tools, width, INK)
    while not rows.settled:
        rows.settle()
    return rows


def texts(rows: RenderedRows) -> list[str]:
    """Of all rows; how many there are may be known only at the end."""
    found: list[str] = []
    while len(found) < len(rows):
        found.append(rows.plain(len(found)))
    return found


def shown(text: str, width: int = 60, *tools: ToolCall) -> list[str]:
    return [row.rstrip() for row in texts(rows_of(text, width, *tools))]
