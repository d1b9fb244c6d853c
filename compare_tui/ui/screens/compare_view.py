"""The compare screen as it looks: panes, prompt, the lines around them, and how all of it is kept up to date."""

import asyncio
from typing import TYPE_CHECKING, cast

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from compare_tui.core.lane import Lane
from compare_tui.core.pricing import Cost
from compare_tui.core.prompt import Prompt
from compare_tui.core.sanitize import safe_line
from compare_tui.core.session import SentRound, first_words
from compare_tui.paths import prompts_file
from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings
from compare_tui.ui.columns import Column
from compare_tui.ui.desk import Desk
from compare_tui.ui.terminal import too_small
from compare_tui.ui.widgets.bars import PriceLine, StatusLine, TopBar
from compare_tui.ui.widgets.board import Board
from compare_tui.ui.widgets.ground import Ground
from compare_tui.ui.widgets.pane import Pane

if TYPE_CHECKING:
    from compare_tui.engine.forecast import Forecast
    from compare_tui.ui.app import CompareApp
    from compare_tui.ui.file_watch import FileWatch
    from compare_tui.ui.widgets.find_bar import FindBar
    from compare_tui.ui.widgets.first_start import FirstStart
    from compare_tui.ui.widgets.prompt import PromptEditor
    from compare_tui.ui.widgets.race import RaceStrip

LOW = 30
"""Below so many rows the prompt folds while a pane has the focus, and one line tells how it stands."""
LARGE_PROMPT = 50_000
"""Characters from which on the price is worked out beside the thread that paints."""


class CompareView(Screen[None], Ground):
    """What is on it and what it shows; what keys do is in the classes built on it."""

    BINDINGS = bindings(Where.ANYWHERE)
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Textual's own paints the whole screen anew at every change of the focus, 30 ms, where two titles change."""
    AUTO_FOCUS = ""  # the prompt, once it is there
    prompt: "PromptEditor"
    find_bar: "FindBar"
    _race: "RaceStrip"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.viewed: int | None = None
        """The round looked at; None is the last one, with the lanes as they are now."""
        self.baseline: Lane | None = None
        self.against_before = False
        self.together = False
        self.cached = ""
        """How much of what this session sent came from the endpoints' caches, in words."""
        self.board = Board(desk.columns(None))
        self._foot = Container(id="foot")
        self._is_furnished = False
        self.first_start: FirstStart | None = None
        self._sent: SentRound | None = None
        self._columns: list[Column] = []
        self._laying_out = asyncio.Lock()
        self._top = TopBar(id="top")
        self._status = StatusLine(id="status")
        self._price = PriceLine(id="price")
        self._too_small = Static(id="too-small", markup=False)
        self._price_due = True
        self._watch: FileWatch | None = None
        self._before_too_small: Widget | None = None

    @property
    def compare_app(self) -> "CompareApp":
        return cast("CompareApp", self.app)

    def compose(self) -> ComposeResult:
        yield self._top
        yield self.board
        yield self._status
        yield self._foot

    async def on_mount(self) -> None:
        self._watch = self.desk.start.file
        await self.show_columns()

    async def furnish(self) -> None:
        """All but the panes, after the first paint: it would take a fifth of the time until then."""
        from compare_tui.ui.history import PromptHistory
        from compare_tui.ui.widgets.footer import ActionFooter
        from compare_tui.ui.widgets.prompt import PromptEditor
        from compare_tui.ui.widgets.race import RaceStrip

        if not self._foot.is_attached:  # left already
            return
        start = self.desk.start
        self.prompt = PromptEditor(PromptHistory(prompts_file()))
        self._race = RaceStrip(id="race")
        with self.app.batch_update():
            await self._foot.mount(self.prompt, self._price)
            await self.mount(ActionFooter(), self._too_small)
            await self.mount(self._race, before=self._status)
            self._foot.add_class("-furnished")
        text = start.text if start.file is None else start.file.text
        if text or start.system:
            self.prompt.load(text, start.system)
        self.set_focus(self.prompt.query("PromptArea").first())  # at once: what was typed ahead comes next
        self._is_furnished = True

    async def _begun(self) -> None:
        """Something was asked, or is about to be: the first start is over."""
        if self.first_start is not None:
            first, self.first_start = self.first_start, None
            self.board.display = True
            if first.has_focus:
                self.prompt.focus()
            await first.remove()

    # What the panes show

    @property
    def sent(self) -> SentRound | None:
        """The round whose takes the panes show."""
        return self._sent

    async def show_columns(self, *, newest: bool = True) -> None:
        """After lanes, rounds or takes have changed."""
        async with self._laying_out:  # panes come and go in several steps
            rounds = self.desk.session.rounds
            self._sent = rounds[-1 if self.viewed is None else self.viewed] if rounds else None
            self._columns = self.desk.columns(self.viewed)
            await self.board.show(self._columns, newest=newest)
        self.measure()
        self.refresh_bindings()
        self.tick()

    def measure(self) -> None:
        """Say against which take each pane is measured: the baseline, or the round before."""
        before = self._before() if self.against_before else None
        panes = self.board.panes
        baseline = self._baseline_pane()
        for pane in panes:
            pane.is_baseline = pane is baseline
            if before is not None and pane.column is not None:
                earlier = before.of(pane.column.lane)
                pane.against = earlier[-1] if earlier else None
            else:
                pane.against = baseline.take if baseline is not None and not self.against_before else None
            pane.tick()

    def _baseline_pane(self) -> Pane | None:
        """That of the lane itself, or of the same configuration under another name."""
        if self.baseline is None:
            return None
        known = [(pane, pane.column.lane) for pane in self.board.panes if pane.column is not None]
        same = [pane for pane, lane in known if lane == self.baseline]
        alike = [pane for pane, lane in known if lane.configuration == self.baseline.configuration]
        return next(iter([*same, *alike]), None)

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
        if any(take.verdict is not None for take, _ in news):
            self.refresh_bindings()
            self.price_is_due()  # one answer more to expect the next from
            for pane in self.board.panes:  # measured against it, or told of with its repeats
                pane.tick()
        pending = False
        free = True
        for pane in self.board.visible_panes():  # one long answer is laid out at a time, or a beat would stall the keys
            lays_out = free and pane.is_laying_out
            free = free and not lays_out
            pending |= pane.advance(lays_out=lays_out)
        return pending or bool(self.desk.running)

    def tick(self) -> None:
        """Ten times a second while something runs, and after every change: counters, bars, race."""
        running = self.desk.running
        for pane in self.board.visible_panes():
            if pane.take is not None and pane.take.verdict is None:
                pane.tick()
            if pane.is_unfinished:  # an answer leafed to while nothing runs
                self.compare_app.something_runs()
        self.board.tick_tabs()
        focused = self.board.focused_pane
        in_panes = self.board.has_focus
        mine = [take for column in self._columns for take in column.takes]
        self._status.tell(
            self._columns,
            sum(1 for take in running if take in mine),
            focused.take if focused is not None and in_panes else None,
            one_line=self.size.height < LOW,
        )
        if self._is_furnished and self._race.has_class("-open"):
            shown = [(pane.column, pane.take) for pane in self.board.panes if pane.column is not None]
            self._race.show_race([column for column, _ in shown], [take for _, take in shown])
        self._tell_top()

    def _tell_top(self) -> None:
        desk = self.desk
        rounds = len(desk.session.rounds)
        at = rounds if self.viewed is None else self.viewed + 1
        unkept = "" if desk.private else desk.archive.trouble or desk.archive.problem
        marks = [
            "private" if desk.private else "",
            f"not stored: {safe_line(unkept)}" if unkept else "",
            "reuses answers" if desk.reuse else "",
            self.cached,
            *self.told_marks,
            "scrolling together" if self.together else "",
        ]
        if self._watch is not None:
            marks.append(f"{'sends' if desk.start.watch else 'reads'} {safe_line(self._watch.path.name)}")
        account = next(iter(desk.accounts.values()), None)
        self._top.tell(
            self._title(),
            f"round {at}/{rounds}" if rounds else "",
            desk.cost if rounds else Cost(None, desk.cost.state),
            desk.start.config.caps.per_send,
            account.card.date.isoformat() if account is not None else "",
            simulated=desk.start.simulated,
            marks=" · ".join(filter(None, marks)),
        )

    @property
    def told_marks(self) -> tuple[str, ...]:
        """What the panes are measured against, and what is marked in them."""
        return ("measured against the round before",) if self.against_before else ()

    def _title(self) -> str:
        """That of the session, and how the prompt of the round looked at begins where that is another one."""
        title = self.desk.session.title
        words = first_words(self._sent.round.prompt.text) if self._sent is not None else title
        return title if words == title else f"{title} › {words}"

    def slow_tick(self) -> None:
        """Four times a second: the price of what is being written, a file saved elsewhere."""
        if not self._is_furnished:
            return
        if self._watch is not None:
            self._look_at_file(self._watch)
        if self._price_due and self.desk.is_open:
            self._price_due = False
            self.tell_price()

    def _look_at_file(self, watch: "FileWatch") -> None:
        from compare_tui.promptfiles import PromptFileError

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

    def show_in_new_colours(self) -> None:
        """What was laid out has the colours of the theme before."""
        for pane in self.board.panes:
            pane.render_answer()
        self.tick()

    # The price below the prompt

    def on_prompt_editor_changed(self) -> None:
        self.price_is_due()
        if self.desk.is_open:
            self.desk.warm()

    def price_is_due(self) -> None:
        """It is worked out at the next slow tick, however much is typed until then."""
        self._price_due = True

    def tell_price(self) -> None:
        """Work out what sending would cost; a large prompt is counted beside the thread that paints."""
        draft = self.prompt.draft().prompt
        if len(draft.text) > LARGE_PROMPT or self.desk.following is not None:
            self.run_worker(self._price_aside(draft), group="price", exclusive=True)
        else:
            self.workers.cancel_group(self, "price")
            self._show_price(*self.desk.preview(draft))

    async def _price_aside(self, draft: Prompt) -> None:
        self._show_price(*await self.desk.aside(lambda: self.desk.preview(draft)))

    def _show_price(self, found: "list[Forecast]", problem: str) -> None:
        self._price.tell(found, problem)
        self.board.foretell(found)
        self._price.tooltip = Content(safe_line(problem)) if problem else None

    async def get_keys(self) -> None:
        """Those of the lanes there are; the price line says what is missing."""
        await self.desk.aside(self.desk.prepare)
        self._price_due = True

    # Focus and size

    @on(events.DescendantFocus)
    def focus_moved(self) -> None:
        self.fold_prompt()
        self.tick()

    def on_resize(self, event: events.Resize) -> None:
        self._status.styles.height = 1 if event.size.height < LOW else 2
        notice = too_small(event.size.width, event.size.height)
        if notice is not None:
            self._before_too_small = self._before_too_small or self.focused
        elif self._before_too_small is not None:  # what was hidden has lost the focus
            self.call_after_refresh(self.set_focus, self._before_too_small)
            self._before_too_small = None
        self.set_class(notice is not None, "-too-small")
        self._too_small.update(notice or "")
        self.fold_prompt()
        self.tick()

    def fold_prompt(self) -> None:
        """On a low screen the prompt gives its rows to what is above it while the focus is there."""
        if self._is_furnished:
            elsewhere = self.focused is not None and self.prompt not in self.focused.ancestors
            self.prompt.folded = self.size.height < LOW and elsewhere
            self._race.set_class(self.size.height < LOW and not elsewhere, "-no-room")

    def chosen(self) -> Pane | None:
        """The pane that keys act on."""
        return self.board.focused_pane
