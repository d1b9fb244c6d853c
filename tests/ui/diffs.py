"""Comparisons told part by part, a diff view in an app of its own, and what a test needs to look at it."""

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

from rich.segment import Segment
from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from compare_tui.core.diff.model import Change, Diff, How, Ignoring, Kind, Piece, Span, Unit
from compare_tui.ui import themes
from compare_tui.ui.diff.rows import DiffRows
from compare_tui.ui.diff.text import DiffText
from compare_tui.ui.widgets.diff_view import DiffView
from tests.ui.driving import drive, screen_text, until

SIZE = (81, 12)
"""Two columns of forty cells, a rule between them counted, beside the map."""
FAMILY = "👨\u200d👩\u200d👧"

Told = str | tuple[str, str] | tuple[str, str, int]
"""The same text, or old and new; a number says that this text moved, with the other text of that number."""


def diff_of(*parts: Told) -> Diff:
    """A comparison told part by part."""
    old_at = new_at = 0
    texts: list[tuple[str, str]] = []
    pieces: list[Piece] = []
    changes: list[Change] = []
    moves: dict[int, int] = {}
    for part in parts:
        gone, come = (part, part) if isinstance(part, str) else part[:2]
        old, new = Span(old_at, old_at + len(gone)), Span(new_at, new_at + len(come))
        if isinstance(part, str):
            pieces.append(Piece(Kind.SAME, *old, *new))
        else:
            how = How.MOVED if len(part) == 3 else How.REPLACED if gone and come else How.GONE if gone else How.NEW
            number = moves.setdefault(part[2], len(changes)) if len(part) == 3 else len(changes)
            if number == len(changes):
                numbers = ((gone, come),) if gone.isdigit() or come.isdigit() else ()
                changes.append(Change(how, old, new, numbers))
            else:
                here = changes[number]
                changes[number] = here._replace(old=old) if gone else here._replace(new=new)
            if gone:
                pieces.append(Piece(Kind.GONE, *old, new.start, new.start, number, gone.isdigit()))
            if come:
                pieces.append(Piece(Kind.NEW, old.end, old.end, *new, number, come.isdigit()))
        texts.append((gone, come))
        old_at, new_at = old.end, new.end
    before, after = ("".join(text) for text in zip(*texts, strict=True)) if texts else ("", "")
    words = len(before.split()), len(after.split())
    return Diff(before, after, tuple(pieces), tuple(changes), Unit.WORD, Ignoring(), 0.5, *words)


def numbered(first: int, behind: int) -> str:
    return "".join(f"line {number}\n" for number in range(first, behind))


class Diffs(App[None]):
    def __init__(self, diff: Diff | None = None) -> None:
        super().__init__()
        self.view = DiffView()
        self.first = diff
        self.moved: list[tuple[int | None, bool]] = []

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        themes.dress(self, themes.load_all(Path("/nonexistent")), None)
        if self.first is not None:
            self.view.show(self.first)

    @property
    def text(self) -> DiffText:
        return self.view.query_one(DiffText)

    @property
    def rows(self) -> DiffRows:
        rows = self.text.rows
        assert rows is not None
        return rows

    @on(DiffView.Moved)
    def _has_moved(self, event: DiffView.Moved) -> None:
        self.moved.append((event.change, event.wrapped))


Scenario = Callable[[Diffs, Pilot[Any]], Awaitable[None]]


def showing(diff: Diff | None, scenario: Scenario, size: tuple[int, int] = SIZE) -> None:
    """The scenario once the diff is laid out at this size."""
    app = Diffs(diff)

    async def played(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.text.size.width == size[0] - 1 and (diff is None or app.text.rows is not None))
        await pilot.pause()
        await scenario(app, pilot)

    drive(app, played, size)


def columns(app: Diffs) -> list[tuple[str, str]]:
    """What stands left and right of the rule in each row, without the map."""
    pairs = (row[: app.size.width - 1].partition("│")[::2] for row in screen_text(app).split("\n"))
    return [(left.rstrip(), right.rstrip()) for left, right in pairs]


def having(app: Diffs, flag: str) -> str:
    """All text on the screen with this attribute, the signs and the map aside."""
    rows: Iterable[Iterable[Segment]] = app.screen._compositor.render_strips()
    found = [
        "".join(each.text for each in row if each.style and getattr(each.style, flag) and each.text[0] not in "~−+»«▌")
        for row in rows
    ]
    return "|".join(filter(None, found))
