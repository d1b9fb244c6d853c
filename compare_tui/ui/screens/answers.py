"""The answer of then beside the answer of now; both scroll together."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen

from compare_tui.core.pairing import Pair, Side
from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings
from compare_tui.ui.columns import Column
from compare_tui.ui.widgets.footer import ActionFooter
from compare_tui.ui.widgets.ground import PaneGrid
from compare_tui.ui.widgets.lines import Lines, Row, shown
from compare_tui.ui.widgets.pane import Pane
from compare_tui.ui.widgets.stream import StreamView

if TYPE_CHECKING:
    from compare_tui.ui.app import CompareApp

_BEAT_S: Final = 1 / 30


class _KeptPane(Pane):
    """Of an answer that nothing can be done to here."""

    AGAIN_OFFER: ClassVar[str] = ""
    STOP_OFFER: ClassVar[str] = ""
    FLEX_OFFER: ClassVar[str] = "no flex capacity"


class _Both(PaneGrid, can_focus=True):
    """Has the focus, so that the keys of the screen stand in the footer."""


class AnswersScreen(Screen[int]):
    """Dismissed with the pair that was looked at last."""

    WHERE = Where.ANSWERS
    BINDINGS = bindings(Where.ANSWERS)
    DEFAULT_CSS = """
    AnswersScreen { background: $background; }
    AnswersScreen #answers-title { background: $panel; }
    AnswersScreen _Both { grid-size: 2 1; grid-gutter: 0 1; height: 1fr; }
    """

    def __init__(self, pairs: Sequence[Pair], at: int) -> None:
        super().__init__()
        self._pairs = pairs
        self._at = at
        self._old, self._new = _KeptPane(1), _KeptPane(2)

    def compose(self) -> ComposeResult:
        yield Lines(id="answers-title")
        with _Both():
            yield self._old
            yield self._new
        yield ActionFooter()

    def on_mount(self) -> None:
        self.call_after_refresh(self._show)
        self.set_interval(_BEAT_S, self._beat)

    def _beat(self) -> None:
        """A long answer is wrapped and laid out bit by bit."""
        for pane in (self._old, self._new):
            if pane.is_unfinished:
                pane.advance()

    def _show(self) -> None:
        pair = self._pairs[self._at]
        for pane, side, when in ((self._old, pair.old, "then"), (self._new, pair.new, "now")):
            take = None if side is None else side.take
            lane = pair.lane if take is None else take.lane
            pane.against = pair.old.take if pair.old and pane is self._new else None
            pane.show(Column(lane, f"{lane.label} · {when}", () if take is None else (take,)), take)
            pane.view.to_top()
        self.query_one("#answers-title", Lines).show(self._title(pair))

    def _title(self, pair: Pair) -> Row:
        side: Side = pair.side
        likeness = "" if pair.likeness is None else "the same text" if pair.same_text else f"{pair.likeness} % alike"
        left = ((f" {side.round.number}  ", "key"), (shown(side.round.prompt.text), "plain"))
        return left, ((f"  {likeness} ", "strong"), (f" {self._at + 1} of {len(self._pairs)} ", "dim"))

    def _turn(self, by: int) -> None:
        at = self._at + by
        if 0 <= at < len(self._pairs):
            self._at = at
            self._show()

    # Keys

    @property
    def _views(self) -> tuple[StreamView, StreamView]:
        return self._old.view, self._new.view

    @on(StreamView.Scrolled)
    def _follow(self, event: StreamView.Scrolled) -> None:
        """The wheel over one moves the other too."""
        for view in self._views:
            if view is not event.view:
                view.show_row(event.row)

    def action_answers_next(self) -> None:
        self._turn(1)

    def action_answers_previous(self) -> None:
        self._turn(-1)

    def action_answers_diff(self) -> None:
        from compare_tui.ui.diff.side import DiffSide
        from compare_tui.ui.screens.diff.screen import DiffScreen

        pair = self._pairs[self._at]
        if pair.old is None or pair.new is None:
            self.notify("There is one answer alone: nothing to hold it against.")
            return
        both = ((pair.old, "then"), (pair.new, "now"))
        sides = [
            DiffSide(one.take.lane.label, one.take, place=f"round {one.round.number} · {when}") for one, when in both
        ]
        self.app.push_screen(DiffScreen(cast("CompareApp", self.app).desk, sides, 0, 1))

    def action_answers_down(self) -> None:
        for view in self._views:
            view.scroll_rows(1)

    def action_answers_up(self) -> None:
        for view in self._views:
            view.scroll_rows(-1)

    def action_answers_page_down(self) -> None:
        for view in self._views:
            view.page(1)

    def action_answers_page_up(self) -> None:
        for view in self._views:
            view.page(-1)

    def action_answers_top(self) -> None:
        for view in self._views:
            view.to_top()

    def action_answers_bottom(self) -> None:
        for view in self._views:
            view.to_bottom()

    def action_answers_done(self) -> None:
        if self.is_current:
            self.dismiss(self._at)

    def action_help(self) -> None:
        cast("CompareApp", self.app).open_help(Where.ANSWERS)
