"""The compare screen as it looks: panes, prompt, the lines around them, and how all of it is kept up to date."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from compare_tui.core.pricing import Cost
from compare_tui.core.prompt import Prompt
from compare_tui.core.sanitize import safe_line
from compare_tui.core.session import SentRound
from compare_tui.core.take import Take
from compare_tui.engine.forecast import Forecast
from compare_tui.paths import prompts_file
from compare_tui.promptfiles import PromptFileError
from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings
from compare_tui.ui.desk import Column, Desk
from compare_tui.ui.history import PromptHistory
from compare_tui.ui.terminal import too_small
from compare_tui.ui.widgets.bars import PriceLine, StatusLine, TopBar
from compare_tui.ui.widgets.board import Board
from compare_tui.ui.widgets.find_bar import FindBar
from compare_tui.ui.widgets.footer import ActionFooter
from compare_tui.ui.widgets.pane import Pane
from compare_tui.ui.widgets.prompt import PromptEditor
from compare_tui.ui.widgets.race import RaceStrip

if TYPE_CHECKING:
    from compare_tui.ui.app import CompareApp
    from compare_tui.ui.file_watch import FileWatch
    from compare_tui.ui.widgets.first_start import FirstStart

LOW = 30
"""Below so many rows the prompt folds while a pane has the focus, and one line tells how it stands."""
LARGE_PROMPT = 50_000
"""Characters from which on the price is worked out beside the thread that paints."""


class CompareView(Screen[None]):
    """What is on it and what it shows; what keys do is in the classes built on it."""

    BINDINGS = bindings(Where.ANYWHERE)
    AUTO_FOCUS = "#prompt-user"
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]]] = [(0, "-narrow"), (80, "-wide")]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.viewed: int | None = None
        """The round looked at; None is the last one, with the lanes as they are now."""
        self.baseline: int | None = None
        self.against_before = False
        self.together = False
        self.board = Board()
        self.prompt = PromptEditor(PromptHistory(prompts_file()))
        self.first_start: FirstStart | None = None
        self._columns: list[Column] = []
        self._top = TopBar(id="top")
        self._status = StatusLine(id="status")
        self._price = PriceLine(id="price")
        self._race = RaceStrip(id="race")
        self.find_bar = FindBar()
        self.find_bar.display = False
        self._found: list[Forecast] = []
        self._price_due = True
        self._watch: FileWatch | None = None

    @property
    def compare_app(self) -> "CompareApp":
        return cast("CompareApp", self.app)

    def compose(self) -> ComposeResult:
        yield self._top
        yield self.board
        yield self.find_bar
        yield self._race
        yield self._status
        yield self.prompt
        yield self._price
        yield ActionFooter()
        yield Static(id="too-small", markup=False)

    async def on_mount(self) -> None:
        start = self.desk.start
        self._watch = start.file
        text = start.text if start.file is None else start.file.text
        if text or start.system:
            self.prompt.load(text, start.system)
        await self.show_columns()

    # What the panes show

    @property
    def sent(self) -> SentRound | None:
        """The round that is looked at."""
        rounds = self.desk.session.rounds
        return rounds[-1 if self.viewed is None else self.viewed] if rounds else None

    async def show_columns(self, *, newest: bool = True) -> None:
        """After lanes, rounds or takes have changed."""
        self._columns = self.desk.columns(self.viewed)
        await self.board.show(self._columns, newest=newest)
        self.measure()
        self.refresh_bindings()
        self.tick()

    def measure(self) -> None:
        """Say against which take each pane is measured: the baseline, or the round before."""
        before = self._before() if self.against_before else None
        panes = self.board.panes
        baseline = panes[self.baseline] if self.baseline is not None and self.baseline < len(panes) else None
        for pane in panes:
            pane.is_baseline = pane is baseline
            if before is not None and pane.column is not None:
                earlier = before.of(pane.column.lane)
                pane.against = earlier[-1] if earlier else None
            else:
                pane.against = baseline.take if baseline is not None and not self.against_before else None
            pane.tick()

    def _before(self) -> SentRound | None:
        rounds = self.desk.session.rounds
        at = (len(rounds) - 1 if self.viewed is None else self.viewed) - 1
        return rounds[at] if at >= 0 else None

    # Kept up to date by the app's timers

    def beat(self) -> bool:
        """Thirty times a second while something runs: fold what came, paint what changed. Whether more will come."""
        news = self.desk.drain()
        for take, what in news:
            self.board.feed(take, what)
            if take.verdict is not None:
                self.refresh_bindings()
        pending = False
        for pane in self.board.visible_panes():
            if pane.view.has_pending:
                pane.view.flush()
                pending |= pane.view.has_pending
        return pending or bool(self.desk.running)

    def tick(self) -> None:
        """Ten times a second while something runs, and after every change: counters, bars, race."""
        running = self.desk.running
        for pane in self.board.visible_panes():
            if pane.take is not None and pane.take.verdict is None:
                pane.tick()
        self.board.tick_tabs()
        focused = self.board.focused_pane
        in_panes = self.board.has_focus_within
        mine = [take for column in self._columns for take in column.takes]
        self._status.tell(
            self._columns,
            sum(1 for take in running if take in mine),
            focused.take if focused is not None and in_panes else None,
            one_line=self.size.height < LOW,
        )
        if self._race.has_class("-open"):
            self._race.show_race(self._columns, self._shown_takes())
        self._tell_top()

    def _shown_takes(self) -> Sequence[Take | None]:
        return [pane.take for pane in self.board.panes]

    def _tell_top(self) -> None:
        desk = self.desk
        rounds = len(desk.session.rounds)
        at = rounds if self.viewed is None else self.viewed + 1
        marks = [
            "measured against the round before" if self.against_before else "",
            "scrolling together" if self.together else "",
        ]
        account = next(iter(desk.accounts.values()), None)
        self._top.tell(
            desk.session.title,
            f"round {at}/{rounds}" if rounds else "",
            desk.cost if rounds else Cost(None, desk.cost.state),
            desk.start.config.caps.per_send,
            account.card.date.isoformat() if account is not None else "",
            simulated=desk.start.simulated,
            marks=" · ".join(filter(None, marks)),
        )

    def slow_tick(self) -> None:
        """Four times a second: the price of what is being written, a file saved elsewhere."""
        if self._watch is not None:
            self._look_at_file(self._watch)
        if self._price_due and self.desk.is_open:
            self._price_due = False
            self.tell_price()

    def _look_at_file(self, watch: "FileWatch") -> None:
        try:
            text = watch.poll()
        except PromptFileError as error:
            self.notify(safe_line(str(error)), severity="warning", markup=False)
        else:
            if text is not None:
                self.file_saved(text)

    def file_saved(self, text: str) -> None:
        """The prompt file was saved in another editor."""
        self.prompt.load(text)

    # The price below the prompt

    @on(PromptEditor.Changed)
    def price_is_due(self) -> None:
        """It is worked out at the next slow tick, however much is typed until then."""
        self._price_due = True

    def tell_price(self) -> None:
        """Work out what sending would cost; a large prompt is counted beside the thread that paints."""
        draft = self.prompt.draft().prompt
        if len(draft.text) > LARGE_PROMPT:
            self.run_worker(lambda: self._price_aside(draft), thread=True, group="price", exclusive=True)
        else:
            self._show_price(self.desk.preview(draft))

    def _price_aside(self, draft: Prompt) -> None:
        found = self.desk.preview(draft)
        self.app.call_from_thread(self._show_price, found)

    def _show_price(self, found: list[Forecast]) -> None:
        self._found = found
        problem = next(iter(self.desk.problems.values()), "")
        self._price.tell(found, len(self.desk.lineup.lanes), opening="" if self.desk.is_open else "opening …")
        self._price.tooltip = Content(problem) if problem else None

    # Focus and size

    @on(events.DescendantFocus)
    def focus_moved(self) -> None:
        self.fold_prompt()
        self.tick()

    def on_resize(self, event: events.Resize) -> None:
        self._status.styles.height = 1 if event.size.height < LOW else 2
        notice = too_small(event.size.width, event.size.height)
        self.set_class(notice is not None, "-too-small")
        self.query_one("#too-small", Static).update(notice or "")
        self.fold_prompt()

    def fold_prompt(self) -> None:
        """On a low screen the prompt gives its rows to the panes while one of them has the focus."""
        self.prompt.folded = self.size.height < LOW and self.board.has_focus_within

    def chosen(self) -> Pane | None:
        """The pane that keys act on."""
        return self.board.focused_pane
