"""What is written of a session, and as what; its first lines, and the writing itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from compare_tui.core.record import SessionRecord
from compare_tui.core.sanitize import safe_display, safe_line
from compare_tui.ui.screens.export_target import Target, said

FORMATS: Final = {".csv": "CSV", ".jsonl": "JSONL", ".md": "Markdown", ".html": "HTML page"}
ENDINGS: Final = tuple(FORMATS)
CELLS: Final = ("safe for spreadsheets", "raw", "for Excel")
"""What may stand in the cells of a CSV."""
_ABOUT: Final = {
    ".jsonl": "Everything, a line a take; `compare-tui import` reads it back.",
    ".md": "To be read: prompts and answers, with the figures in tables.",
    ".html": "A page without scripts: answers side by side, figures and charts.",
}
_ABOUT_CELLS: Final = (
    "A row a take; what a spreadsheet would run gets a ' before it.",
    "A row a take, every text exact: a spreadsheet may run some of it.",
    "A row a take; texts above 32,000 characters are whole in a .jsonl.",
)
_PREVIEWED: Final = 100
"""Lines: more than a screen has."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is written, and as what."""

    round: int | None
    ending: str
    cells: int

    @property
    def about(self) -> str:
        return _ABOUT.get(self.ending) or _ABOUT_CELLS[self.cells]

    @property
    def raw(self) -> bool:
        return self.ending == ".csv" and self.cells == 1

    @property
    def excel(self) -> bool:
        return self.ending == ".csv" and self.cells == 2


def first_lines(part: SessionRecord, choice: Choice) -> str:
    from compare_tui.export.files import preview

    try:
        return safe_display(preview(part, choice.ending, _PREVIEWED, raw=choice.raw, excel=choice.excel))
    except Exception as error:  # whatever it is: nothing may end an app that has the only copy of a session
        return safe_line(f"This cannot be shown: {error!r}")


def written(place: Target, part: SessionRecord, choice: Choice) -> tuple[tuple[Path, int], ...] | str:
    """The files and their sizes, or why there is none."""
    from compare_tui.export.files import write

    try:
        files = write(place.path, part, raw=choice.raw, excel=choice.excel, overwrite=bool(place.replaced))
        return tuple((path, path.stat().st_size) for path in files)
    except Exception as error:  # as above
        return said(error, place.path)
