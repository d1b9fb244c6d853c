"""The overview: a session as one table, a row a round and a column a lane, up to date while answers come."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from compare_tui.core.lane import Lane, distinct_labels
from compare_tui.core.pricing import total
from compare_tui.core.session import Session
from compare_tui.core.take import Take
from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings
from compare_tui.ui.screens.overview_cells import LaneSum, column_of, lanes_of, round_cell, sums_cell, takes_cell
from compare_tui.ui.screens.wanted import Wanted
from compare_tui.ui.widgets.footer import ActionFooter
from compare_tui.ui.widgets.lines import Lines, Row, shown
from compare_tui.ui.widgets.table import Column, FiguresTable

if TYPE_CHECKING:
    from compare_tui.ui.app import CompareApp

_LOOK_EVERY_S = 0.25
_NOTHING = "Nothing was sent in this session yet.\n\nEach prompt that is sent becomes a row, each lane a column."
_SUMMED_AT_ONCE = 200
"""Takes of a long session, between two looks at the keys."""
_ROUND = Column("round", 20, 48)
_NARROWEST, _WIDEST = 24, 34


class OverviewScreen(Screen[Wanted | None]):
    """Dismissed with what is wanted of a round, or None. It begins at the last round, or `at`, from 0."""

    WHERE = Where.OVERVIEW
    BINDINGS = bindings(Where.OVERVIEW)
    DEFAULT_CSS = """
    OverviewScreen { background: $background; }
    OverviewScreen #overview-title { background: $panel; }
    OverviewScreen #overview-empty { display: none; padding: 1 2; }
    """

    def __init__(self, session: Session, *, at: int | None = None) -> None:
        super().__init__()
        self._session = session
        self._at = at
        self._lanes: tuple[Lane, ...] = ()
        self._rounds = 0
        self._takes = -1
        self._live: set[int] = set()
        self._sums: dict[Lane, LaneSum] = {}
        self._summed: set[str] = set()
        self._table = FiguresTable(lines=2, id="overview-table")

    def compose(self) -> ComposeResult:
        yield Lines(id="overview-title")
        yield self._table
        with VerticalScroll(id="overview-empty"):
            yield Static(_NOTHING, markup=False)
        yield ActionFooter()

    def on_mount(self) -> None:
        self._look()
        self.set_interval(_LOOK_EVERY_S, self._look)

    # Keeping up with a session that grows

    def _look(self) -> None:
        """Only what may have changed is made anew: rows where something runs or has ended since, and the sums."""
        live, ended = set(), set()
        left = _SUMMED_AT_ONCE
        for at, sent in enumerate(self._session.rounds):
            for take in sent.takes:
                if take.verdict is None:
                    live.add(at)
                elif left and take.id not in self._summed:
                    left -= 1
                    ended.add(at)
                    self._add(take)
        changed = sorted(live | ended | self._live)
        self._live = live
        takes = sum(len(sent.takes) for sent in self._session.rounds)
        if takes != self._takes or len(self._session.rounds) != self._rounds:
            self._takes = takes
            self._lanes = lanes_of(self._session)
            self._offer()
        elif changed:
            self._table.renew(changed)
        if changed:
            self._sum_up()
        self._tell()
        if not left:
            self.call_after_refresh(self._look)

    def _offer(self) -> None:
        """The rows and columns there are now; at first the round that was looked at is the chosen one."""
        before, self._rounds = self._rounds, len(self._session.rounds)
        labels = distinct_labels(self._lanes)
        columns = [_ROUND, *(Column(shown(labels[lane]), _NARROWEST, _WIDEST) for lane in self._lanes)]
        at = self._rounds - 1 if self._at is None else self._at
        self._table.offer(columns, self._rounds, self._cell, chosen=None if before else at)
        self._table.display = self._rounds > 0
        self.query_one("#overview-empty").display = not self._rounds
        if not self._rounds:
            self.query_one("#overview-empty").focus()
        elif not before:
            self._table.body.focus()

    def _cell(self, row: int, column: int, width: int) -> Sequence[Row]:
        sent = self._session.rounds[row]
        if column == 0:
            return round_cell(sent)
        lane = self._lanes[column - 1]
        return takes_cell([take for take in sent.takes if column_of(take.lane) == lane], width)

    def _sum_up(self) -> None:
        cells = [sums_cell(), *(self._sums.setdefault(lane, LaneSum()).cell() for lane in self._lanes)]
        self._table.sum_up(cells if self._rounds else [])

    def _add(self, take: Take) -> None:
        self._summed.add(take.id)
        self._sums.setdefault(column_of(take.lane), LaneSum()).add(take)

    def _tell(self) -> None:
        running = [take.cost for at in self._live for take in self._session.rounds[at].takes if take.verdict is None]
        words = [
            f"{self._rounds} {'round' if self._rounds == 1 else 'rounds'}",
            f"{self._takes} {'take' if self._takes == 1 else 'takes'}",
        ]
        words += [f"{len(running)} running"] if running else []
        cost = total([*running, *(cost for one in self._sums.values() for cost in one.costs)])
        title = shown(self._session.title) or "a new session"
        self.query_one("#overview-title", Lines).show(
            (
                ((" Overview  ", "title"), (title, "plain")),
                (("  " + " · ".join(words), "dim"), (f"  {cost} ", "strong")),
            )
        )

    # Keys

    @on(FiguresTable.Opened)
    def _clicked(self) -> None:
        self.action_overview_open()

    def action_overview_open(self) -> None:
        self._want("open")

    def action_overview_replay(self) -> None:
        self._want("replay")

    def action_overview_export(self) -> None:
        self._want("export")

    def _want(self, what: Literal["open", "replay", "export"]) -> None:
        """The session is what is exported, a round what is opened and played again."""
        from compare_tui.store.store import Place

        at = self._table.chosen
        if at is not None and self.is_current:
            number = None if what == "export" else self._session.rounds[at].round.number
            self.dismiss(Wanted(what, Place(self._session.id, number)))

    def action_overview_done(self) -> None:
        if self.is_current:
            self.dismiss(None)

    def action_help(self) -> None:
        cast("CompareApp", self.app).open_help(Where.OVERVIEW)
