"""Snapshots of the screen as text files: its rows, then the styles of each row, so that a review shows what changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import App

FOLDER: Final = Path(__file__).parent / "snapshots"
_FLAGS: Final = ("bold", "dim", "italic", "underline", "reverse", "strike")
_MOST_LINES: Final = 80


def snapshot(app: App[Any]) -> str:
    """The screen as it stands. Rows whose styles are the same follow each other in one line."""
    rows = [list(strip) for strip in app.screen._compositor.render_strips()]
    width = app.size.width
    lines = [f"{width} × {len(rows)}, theme {app.theme}", f"    ┌{'─' * width}┐"]
    lines += [f"{y:3} │{_text(row)}│" for y, row in enumerate(rows)]
    lines += [f"    └{'─' * width}┘", *_styles(rows)]
    return "\n".join(lines) + "\n"


def _text(row: list[Segment]) -> str:
    return "".join(segment.text for segment in row)


def _styles(rows: list[list[Segment]]) -> Iterator[str]:
    """A line for each run: its first column, its cells, its colours, what it says."""
    at = 0
    for runs, same in groupby(rows, key=_runs):
        count = len(list(same))
        yield f"{at}" if count == 1 else f"{at}–{at + count - 1}"
        at += count
        yield from (f"    {start}+{cells} {style}" for start, cells, style in runs)


def _runs(row: list[Segment]) -> tuple[tuple[int, int, str], ...]:
    """Neighbours of one style are one run. Blanks have no ink: they belong to what is written before them."""
    start = 0
    found: list[tuple[int, int, str]] = []
    for style, segments in groupby(row, key=_shown):
        cells = sum(cell_len(segment.text) for segment in segments)
        if found and style.startswith("on ") and style in found[-1][2]:
            before = found.pop()
            found.append((before[0], before[1] + cells, before[2]))
        else:
            found.append((start, cells, style))
        start += cells
    return tuple(found)


def _shown(segment: Segment) -> str:
    style = segment.style or Style.null()
    flags = [flag for flag in _FLAGS if getattr(style, flag)]
    ground = _colour(style, "bgcolor")
    if not segment.text.strip() and not {"underline", "reverse", "strike"}.intersection(flags):
        return f"on {ground}"
    return " ".join([_colour(style, "color"), "on", ground, *flags])


def _colour(style: Style, which: str) -> str:
    colour = getattr(style, which)
    if colour is None or colour.is_default:
        return "default"
    return str(colour.name) if colour.triplet is None else colour.triplet.hex


@dataclass(frozen=True, slots=True)
class Snapshots:
    """Compares what the app shows with the file of that name; with `--update-snapshots` writes it."""

    update: bool
    elsewhere: Path
    """Where a rendering goes that is not the kept one."""

    def check(self, app: App[Any], name: str) -> None:
        found, kept = snapshot(app), FOLDER / f"{name}.txt"
        if self.update:
            FOLDER.mkdir(exist_ok=True)
            kept.write_text(found, encoding="utf-8")
            return
        known = kept.read_text(encoding="utf-8") if kept.exists() else ""
        if found == known:
            return
        new = self.elsewhere / kept.name
        new.write_text(found, encoding="utf-8")
        new.with_suffix(".svg").write_text(app.export_screenshot(title=name), encoding="utf-8")
        diff = list(unified_diff(known.splitlines(), found.splitlines(), str(kept), str(new), lineterm="", n=1))
        more = [f"… {len(diff) - _MOST_LINES} more lines"] if len(diff) > _MOST_LINES else []
        pytest.fail(
            "\n".join(
                [
                    f"The screen is not that of {kept.name}. Now it is {new}, in a picture {new.stem}.svg beside it.",
                    "If it should be so: pytest tests/ui --update-snapshots",
                    *diff[:_MOST_LINES],
                    *more,
                ]
            ),
            pytrace=False,
        )
