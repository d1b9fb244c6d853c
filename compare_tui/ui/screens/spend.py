"""What was spent, over all sessions in the store: by day, model, tier or tag, and how much of the caps is left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, cast

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from compare_tui.core.pricing import format_usd, total
from compare_tui.core.spending import cached_share
from compare_tui.core.tally import DASH, in_percent
from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings
from compare_tui.ui.screens.lane_rows import MUTED, text
from compare_tui.ui.widgets.footer import ActionFooter
from compare_tui.ui.widgets.lines import Lines, Piece, Row, shown
from compare_tui.ui.widgets.table import Column, FiguresTable

if TYPE_CHECKING:
    from compare_tui.core.caps import Cap
    from compare_tui.store.store import Spent, Store
    from compare_tui.ui.app import CompareApp
    from compare_tui.ui.desk import Desk

_EMPTY: Final = "Nothing was spent yet.\n\nEvery answer that is paid for is counted here, by day, model, tier and tag."
_CLOSED: Final = "The sessions cannot be opened, so nothing is known of what was spent."
_PRIVATE: Final = "This session is private: nothing of it is stored, and only what is stored is counted here."
_WITHOUT: Final = {"day": "(unknown)", "model": "(unknown)", "tier": "(none)"}
_LONGEST_TAG: Final = 60
_MOST_SESSIONS: Final = 500
"""Looked through for the names of tags."""
_CAP_BAR: Final = 24
_AMOUNT: Final = 11


@dataclass(frozen=True, slots=True)
class _Spending:
    """What the store says: rows, and what is spent under each cap."""

    by: str
    rows: "tuple[Spent, ...]"
    caps: "tuple[tuple[Cap, Decimal], ...]"
    tags: tuple[str, ...]

    @property
    def summed(self) -> "tuple[Spent, ...]":
        """Money, or what was simulated where that is all there is."""
        return tuple(one for one in self.rows if not one.simulated) or self.rows


class SpendScreen(Screen[None]):
    WHERE = Where.SPEND
    BINDINGS = bindings(Where.SPEND)
    DEFAULT_CSS = """
    SpendScreen { background: $background; }
    SpendScreen #spend-title { background: $panel; }
    SpendScreen #spend-caps { display: none; background: $surface; }
    SpendScreen #spend-empty { display: none; padding: 1 2; }
    """

    def __init__(self, desk: "Desk") -> None:
        super().__init__()
        self._desk = desk
        self._by = "day"
        self._spending: _Spending | None = None
        self._table = FiguresTable(id="spend-table")

    def compose(self) -> ComposeResult:
        yield Lines(id="spend-title")
        yield Lines(id="spend-caps")
        yield self._table
        with VerticalScroll(id="spend-empty"):
            yield Static(id="spend-nothing", markup=False)
        yield ActionFooter()

    def on_mount(self) -> None:
        self._table.body.focus()
        self._look()

    # Asking the store

    @work(exclusive=True, group="spend")
    async def _look(self) -> None:
        from compare_tui.store.problems import StoreProblem

        store, by, simulated = self._desk.store, self._by, self._desk.start.simulated
        self._tell()
        if store is None:
            self._say_nothing(_PRIVATE if self._desk.private else _CLOSED)
            return
        caps = self._desk.start.config.caps.over_time
        try:
            self._spending = await self._desk.aside(lambda: _asked(store, by, caps, simulated))
        except StoreProblem as problem:
            self._say_nothing(shown(str(problem)))
        else:
            self._show(self._spending)

    # Showing

    def _show(self, spending: _Spending) -> None:
        self._tell()
        self._show_caps(spending.caps)
        if not spending.rows:
            self._say_nothing(_EMPTY)
            return
        self.query_one("#spend-empty").display = False
        self._table.display = True
        heading = spending.by if spending.by in _WITHOUT else f"tag {shown(spending.by)}"
        self._table.offer(_columns(heading), len(spending.rows), self._cell, chosen=0)
        self._table.sum_up([(cell,) for cell in _sums(spending.summed)])
        self._table.body.focus()

    def _say_nothing(self, words: str) -> None:
        self._table.display = False
        empty = self.query_one("#spend-empty")
        empty.display = True
        empty.focus()
        self.query_one("#spend-nothing", Static).update(Content(words))

    def _tell(self) -> None:
        by = self._by if self._by in _WITHOUT else f"tag {shown(self._by)}"
        right: tuple[Piece, ...] = ((" only what is stored, nothing private ", "warn"),) if self._desk.private else ()
        if self._spending is not None:
            right += ((f" {total(one.cost for one in self._spending.summed)} ", "strong"),)
        self.query_one("#spend-title", Lines).show((((" Spend  ", "title"), (f"by {by}", "plain")), right))

    def _show_caps(self, caps: "Sequence[tuple[Cap, Decimal]]") -> None:
        lines = self.query_one("#spend-caps", Lines)
        lines.display = bool(caps)
        lines.styles.height = len(caps) or 1
        lines.show(*(_cap_row(cap, spent) for cap, spent in caps))

    def _cell(self, row: int, column: int, width: int) -> Sequence[Row]:
        assert self._spending is not None
        spending = self._spending
        most = max((one.cost.amount or Decimal(0) for one in spending.rows), default=Decimal(0))
        return (_CELLS[column](spending.rows[row], width, spending.by, most),)

    # Keys

    def _choose(self, by: str) -> None:
        if by != self._by:
            self._by = by
            self._look()

    def action_spend_day(self) -> None:
        self._choose("day")

    def action_spend_model(self) -> None:
        self._choose("model")

    def action_spend_tier(self) -> None:
        self._choose("tier")

    def action_spend_tag(self) -> None:
        from compare_tui.ui.screens.ask_line import AskLine

        known = self._spending.tags if self._spending is not None else ()

        def remark(name: str) -> tuple[bool, Content]:
            if not name.strip() or len(name) > _LONGEST_TAG:
                return False, text(
                    f"Tags there are: {', '.join(known)}" if known else "No session has a tag yet.", MUTED
                )
            return True, text("" if name.strip() in known else "No session has a tag of this name.", MUTED)

        def take(name: str | None) -> None:
            if name is not None:
                self._choose(name.strip())

        self.app.push_screen(AskLine("Spend by which tag", known[0] if known else "", remark), take)

    def action_spend_done(self) -> None:
        if self.is_current:
            self.dismiss(None)

    def action_help(self) -> None:
        cast("CompareApp", self.app).open_help(Where.SPEND)


def _asked(store: "Store", by: str, caps: "Sequence[Cap]", simulated: bool) -> _Spending:
    """Money first; what the embedded endpoint simulated stands below and is in no sum beside it."""
    import datetime

    today = datetime.date.today()
    tags = dict.fromkeys(name for one in store.listed(limit=_MOST_SESSIONS) for name in one.tags)
    spent = tuple((cap, store.spent_since(cap.span.since(today), simulated=simulated)) for cap in caps)
    rows = sorted(store.spent(by), key=lambda one: one.simulated)
    return _Spending(by, tuple(rows), spent, tuple(tags))


# Cells

_Cell = Callable[["Spent", int, str, Decimal], Row]


def _columns(heading: str) -> tuple[Column, ...]:
    return (
        Column(f" {heading}", 18, 44),
        Column("cost", _AMOUNT, right=True),
        Column("", 12, 60),
        Column("takes", 7, right=True),
        Column("input tokens", 14, right=True),
        Column("cached", 7, right=True),
        Column("output tokens", 14, right=True),
    )


def _name(one: "Spent", by: str) -> Row:
    name = shown(one.key) or _WITHOUT.get(by, "(without)")
    return ((f" {name}", "plain"),), ((("simulated", "dim"),) if one.simulated else ())


def _right(words: str, role: str = "plain") -> Row:
    return (), ((words, role),)


def _bar(one: "Spent", width: int, most: Decimal) -> Row:
    """Its share of the dearest; what cost anything has at least a sliver."""
    amount = one.cost.amount or Decimal(0)
    cells = round(width * amount / most) if most else 0
    return ((("█" * cells or ("▏" if amount else ""), "bar"),), ())


def _share(tokens: int, cached: int) -> Row:
    share = cached_share(tokens, cached)
    return _right(DASH if share is None else in_percent(share), "dim" if not share else "plain")


_CELLS: Final[tuple[_Cell, ...]] = (
    lambda one, width, by, most: _name(one, by),
    lambda one, width, by, most: _right(str(one.cost), "strong"),
    lambda one, width, by, most: _bar(one, width, most),
    lambda one, width, by, most: _right(f"{one.takes:,}"),
    lambda one, width, by, most: _right(f"{one.input:,}"),
    lambda one, width, by, most: _share(one.input, one.cached),
    lambda one, width, by, most: _right(f"{one.output:,}"),
)


def _sums(rows: "Sequence[Spent]") -> tuple[Row, ...]:
    read, cached = sum(one.input for one in rows), sum(one.cached for one in rows)
    return (
        (((" total simulated" if any(one.simulated for one in rows) else " total", "dim"),), ()),
        _right(str(total(one.cost for one in rows)), "strong"),
        ((), ()),
        _right(f"{sum(one.takes for one in rows):,}"),
        _right(f"{read:,}"),
        _share(read, cached),
        _right(f"{sum(one.output for one in rows):,}"),
    )


def _cap_row(cap: "Cap", spent: Decimal) -> Row:
    share = spent / cap.most if cap.most else Decimal(1)
    full = min(_CAP_BAR, round(_CAP_BAR * share))
    role = "bad" if share >= 1 else "warn" if share >= Decimal("0.8") else "bar"
    words = f" {cap.setting:<15} {format_usd(spent)} of {format_usd(cap.most)} {cap.span}"
    return ((words, "plain"),), (
        ("█" * full, role),
        ("░" * (_CAP_BAR - full), "dim"),
        (f" {in_percent(share):>5} ", role),
    )
