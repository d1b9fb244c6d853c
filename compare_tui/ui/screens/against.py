"""One session against another: what was asked again, old beside new, what became worse first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from compare_tui.core.lane import Lane, distinct_labels
from compare_tui.core.pairing import LaneShift, Pair, by_lane, pairs, told, worst_first
from compare_tui.core.session import Session
from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings
from compare_tui.ui.screens.against_cells import columns, figures_of, lane_cell, pair_cell, session_name
from compare_tui.ui.widgets.footer import ActionFooter
from compare_tui.ui.widgets.lines import Lines, Row
from compare_tui.ui.widgets.table import FiguresTable

if TYPE_CHECKING:
    from compare_tui.ui.app import CompareApp

_ROOMY: Final = 140
_AT_ONCE: Final = 16
"""Pairs whose texts are compared between two looks at the keys."""


@dataclass(frozen=True, slots=True)
class _Comparison:
    """All there is to show."""

    in_order: tuple[Pair, ...]
    worst_first: tuple[Pair, ...]
    lanes: tuple[LaneShift, ...]
    labels: Mapping[Lane, str]
    figures: tuple[str, ...]


class AgainstScreen(Screen[None]):
    """A row a lane with what it comes to, then a row a pair."""

    WHERE = Where.AGAINST
    BINDINGS = bindings(Where.AGAINST)
    DEFAULT_CSS = """
    AgainstScreen { background: $background; }
    AgainstScreen #against-title { height: 3; background: $panel; }
    AgainstScreen #against-empty { display: none; padding: 1 2; }
    """

    def __init__(self, new: Session, old: Session) -> None:
        super().__init__()
        self._new, self._old = new, old
        self._found = _Comparison((), (), (), {}, ())
        self._shown: tuple[Pair, ...] = ()
        self._worst_first = True
        self._table = FiguresTable(lines=2, id="against-table")

    def compose(self) -> ComposeResult:
        yield Lines(id="against-title")
        yield self._table
        with VerticalScroll(id="against-empty"):
            yield Static("Neither session has an answer to compare.", markup=False)
        yield ActionFooter()

    def on_mount(self) -> None:
        self._tell()
        self._compare()

    @work(exclusive=True, group="comparing")
    async def _compare(self) -> None:
        """Aside: thousands of pairs take a second."""
        import asyncio

        self._found = await asyncio.to_thread(_compared, self._new, self._old)
        self._shown = self._found.worst_first
        self._tell()
        self._offer(self._above)
        self._table.display = bool(self._shown)
        self.query_one("#against-empty").display = not self._shown
        if self._shown:
            self._table.body.focus()
            self._compare_texts()
        else:
            self.query_one("#against-empty").focus()

    def on_resize(self) -> None:
        self._offer()

    def _offer(self, chosen: int | None = None) -> None:
        shown = columns(self._found.figures, roomy=self.size.width >= _ROOMY)
        self._table.offer(shown, self._above + len(self._shown), self._cell, chosen=chosen)

    @property
    def _above(self) -> int:
        """Rows of lanes before those of pairs."""
        return len(self._found.lanes)

    def _cell(self, row: int, column: int, width: int) -> Sequence[Row]:
        found = self._found
        if row < self._above:
            shift = found.lanes[row]
            return lane_cell(shift, found.labels[shift.lane], found.figures, column, width)
        pair = self._shown[row - self._above]
        return pair_cell(pair, found.labels[pair.lane], found.figures, column)

    def _tell(self) -> None:
        order = "what became worse first" if self._worst_first else "in the order of the session"
        self.query_one("#against-title", Lines).show(
            (((" now   ", "dim"), (session_name(self._new.title, self._new.id), "title")), ()),
            (((" then  ", "dim"), (session_name(self._old.title, self._old.id), "plain")), ()),
            (((f" {told(self._shown)} · {order}", "dim"),), ((" (± %) within noise · = within 1 % ", "dim"),)),
        )

    @work(exclusive=True, group="texts")
    async def _compare_texts(self) -> None:
        """Aside, a few at once: two long texts take their time."""
        import asyncio

        for start in range(0, len(self._shown), _AT_ONCE):
            some = self._shown[start : start + _AT_ONCE]
            await asyncio.to_thread(_compare_texts, some)
            self._table.renew(range(self._above + start, self._above + start + len(some)))

    # Keys

    @on(FiguresTable.Opened)
    def _clicked(self) -> None:
        self.action_against_open()

    def action_against_open(self) -> None:
        from compare_tui.ui.screens.answers import AnswersScreen

        at = self._table.chosen
        if at is not None and at >= self._above and self.is_current:
            screen = AnswersScreen(self._shown, at - self._above)
            self.app.push_screen(screen, lambda last: self._table.body.choose(self._above + (last or 0)))

    def action_against_order(self) -> None:
        """The pair that was chosen stays the chosen one."""
        at = self._table.chosen
        chosen = self._shown[at - self._above] if at is not None and at >= self._above else None
        self._worst_first = not self._worst_first
        self._shown = self._found.worst_first if self._worst_first else self._found.in_order
        self._table.renew()
        self._table.body.choose(self._above + (self._shown.index(chosen) if chosen else 0))
        self._tell()
        self._compare_texts()

    def action_against_done(self) -> None:
        if self.is_current:
            self.dismiss(None)

    def action_help(self) -> None:
        cast("CompareApp", self.app).open_help(Where.AGAINST)


def _compared(new: Session, old: Session) -> _Comparison:
    found = pairs(new, old)
    names = distinct_labels(pair.lane.configuration for pair in found)
    labels = {pair.lane: names[pair.lane.configuration] for pair in found}
    return _Comparison(tuple(found), tuple(worst_first(found)), tuple(by_lane(found)), labels, figures_of(found))


def _compare_texts(some: Sequence[Pair]) -> None:
    for pair in some:
        _ = pair.likeness
