"""The question before a file is sent: what it is, what would go, and what else can be done with its name."""

from typing import Final

from textual.content import Content

from compare_tui.core.prompt import Image
from compare_tui.core.sanitize import safe_display, safe_line
from compare_tui.ui.attachments import Found
from compare_tui.ui.screens.question import Question

ATTACH: Final = "attach"
INLINE: Final = "inline"
KEEP: Final = "keep"
_SHOWN_LINES: Final = 12
_SHOWN_OF_A_LINE: Final = 200


class AttachScreen(Question):
    """Dismissed with ATTACH for a picture, INLINE for a text, KEEP for the name as it is typed; None goes on typing."""

    def __init__(self, found: Found) -> None:
        name = safe_line(str(found.path))
        warning = [Content.styled(f"⚠ {found.warning} It goes to every lane.\n", "bold")] if found.warning else []
        keep = ("k", KEEP, f"send the words @{safe_line(found.path.name)} as they are typed")
        if isinstance(found.content, Image):
            go = ("a", ATTACH, "attach the picture")
            preview = "The picture goes as it is; lanes whose model takes none say so."
        else:
            go = ("i", INLINE, "put its text in the place of the name")
            preview = _first_lines(found.content)
        super().__init__(
            Content(f"Send {name}?"),
            Content.assemble(*warning, (f"{found.facts}\n\n", "bold"), preview),
            [go, keep],
            default=KEEP if found.warning else None,
        )


def _first_lines(text: str) -> str:
    """The beginning of a file, fit for a screen."""
    head = text[: _SHOWN_LINES * _SHOWN_OF_A_LINE].split("\n")[:_SHOWN_LINES]
    shown = "\n".join(safe_display(line[:_SHOWN_OF_A_LINE]) for line in head)
    return shown if len(shown) >= len(text) else f"{shown}\n…"
