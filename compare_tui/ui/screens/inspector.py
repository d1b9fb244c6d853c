"""The output inspector: how probable each token of an answer was, and what else might have stood there."""

from typing import TYPE_CHECKING, Final, cast

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen

from compare_tui.core.logprobs import Figures, figures
from compare_tui.core.sanitize import safe_line
from compare_tui.core.take import Take
from compare_tui.core.tally import in_percent
from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings
from compare_tui.ui.token_ink import percent
from compare_tui.ui.widgets.footer import ActionFooter
from compare_tui.ui.widgets.lines import Lines
from compare_tui.ui.widgets.token_panel import TokenPanel
from compare_tui.ui.widgets.token_view import TokenView

if TYPE_CHECKING:
    from textual.timer import Timer

    from compare_tui.ui.app import CompareApp

_BEAT_S: Final = 1 / 30
_LOOK_EVERY: Final = 10
"""Beats: what a take has got since is looked at three times a second."""
_THRESHOLDS: Final = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.99)
_USUAL: Final = 0.5
_OF_TOKENS: Final = frozenset(
    f"inspector_{name}" for name in ("next", "previous", "higher", "lower", "after", "before")
)
_LOW: Final = 30
"""Below so many rows the panel has less of them."""


class InspectorScreen(Screen[None]):
    """Of one take, which may still be under way."""

    WHERE = Where.INSPECTOR
    BINDINGS = bindings(Where.INSPECTOR)
    DEFAULT_CSS = """
    InspectorScreen { background: $background; }
    InspectorScreen #inspector-title { height: 2; background: $panel; }
    InspectorScreen #inspector-view { margin-left: 1; scrollbar-background: $background; }
    """

    def __init__(self, take: Take, label: str, place: str) -> None:
        super().__init__()
        self._take = take
        self._label, self._place = label, place
        self._threshold = _USUAL
        self._figures = Figures()
        self._has_figures = False
        self._beats = 0
        self._timer: Timer | None = None
        self._title = Lines(id="inspector-title")
        self._view = TokenView(id="inspector-view")
        self._panel = TokenPanel(id="inspector-panel")

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._view
        yield self._panel
        yield ActionFooter()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without probabilities there is no token to go to, and no threshold."""
        return action not in _OF_TOKENS or self._has_figures

    def on_mount(self) -> None:
        self._view.focus()
        self._look()
        self._timer = self.set_interval(_BEAT_S, self._beat)

    def on_resize(self, event: events.Resize) -> None:
        self._panel.styles.height = 7 if event.size.height < _LOW else 13
        self._tell()

    # What comes

    def _beat(self) -> None:
        self._beats += 1
        if self._take.verdict is None and self._beats % _LOOK_EVERY == 0:
            self._look()
        self._advance()
        if self._take.verdict is not None and self._timer is not None and not self._view.is_late:
            self._look()
            self._advance()
            if not self._view.is_late:
                self._timer.stop()

    def _look(self) -> None:
        """An answer without a single figure is not shown: what is missing is said in its place."""
        take = self._take
        entries = take.logprobs
        if bool(entries) != self._has_figures:
            self._has_figures = bool(entries)
            self.refresh_bindings()
        self._panel.display = self._has_figures
        if entries:
            self._view.feed(entries, take.text, whole=take.verdict is not None)
        else:
            self._view.placeholder = Content(_missing(take))
        self._tell()

    def _advance(self) -> None:
        if self._view.advance():
            self._weigh()
            if self._view.current is None and self._figures.under and self._view.is_read:
                self._view.step_under(self._threshold, +1)

    def _weigh(self) -> None:
        self._figures = figures(self._view.weighed.tokens, self._threshold)
        self._tell()

    # What it says

    def _tell(self) -> None:
        found, threshold = self._figures, in_percent(self._threshold)
        tokens = self._view.weighed.tokens
        apart = len(tokens) - len(self._view.weighed.placed)
        under = f"{found.under:,} of {found.known:,} tokens under {threshold}" if found.known else "no probabilities"
        others = f" · {apart:,} not in the text" if apart else ""
        state = "" if self._take.verdict is not None else f" · {self._take.state}"
        perplexity = f" · perplexity {found.perplexity:.2f}" if found.perplexity is not None else ""
        mean = f"mean {percent(found.mean)} · lowest {percent(found.lowest)}{perplexity} " if found.known else ""
        self._title.show(
            (((" token probabilities  ", "dim"), (safe_line(self._label), "title")), ((f" {self._place} ", "dim"),)),
            (((f" {under}", "strong"), (f"{others}{state}", "dim")), ((mean, "plain"),)),
        )
        at = self._view.current
        token = None if at is None else tokens[at]
        hint = f"n p next and previous token under {threshold} · h l from token to token" if found.known else ""
        self._panel.show(token, "" if at is None else f"token {at + 1:,} of {len(tokens):,}", hint)

    @on(TokenView.Moved)
    def _moved(self) -> None:
        self._tell()

    # Keys

    def action_inspector_next(self) -> None:
        self._step_under(+1)

    def action_inspector_previous(self) -> None:
        self._step_under(-1)

    def _step_under(self, by: int) -> None:
        if not self._view.step_under(self._threshold, by):
            where = "further on" if by > 0 else "before this one"
            self.notify(f"No token {where} is under {in_percent(self._threshold)}.")

    def action_inspector_after(self) -> None:
        self._view.step(+1)

    def action_inspector_before(self) -> None:
        self._view.step(-1)

    def action_inspector_higher(self) -> None:
        self._set_threshold(next((one for one in _THRESHOLDS if one > self._threshold), _THRESHOLDS[-1]))

    def action_inspector_lower(self) -> None:
        self._set_threshold(next((one for one in reversed(_THRESHOLDS) if one < self._threshold), _THRESHOLDS[0]))

    def _set_threshold(self, threshold: float) -> None:
        self._threshold = threshold
        self._weigh()

    def action_inspector_down(self) -> None:
        self._view.scroll_rows(1)

    def action_inspector_up(self) -> None:
        self._view.scroll_rows(-1)

    def action_inspector_page_down(self) -> None:
        self._view.page(1)

    def action_inspector_page_up(self) -> None:
        self._view.page(-1)

    def action_inspector_top(self) -> None:
        self._view.to_top()

    def action_inspector_bottom(self) -> None:
        self._view.to_bottom()

    def action_inspector_done(self) -> None:
        if self.is_current:
            self.dismiss(None)

    def action_help(self) -> None:
        cast("CompareApp", self.app).open_help(Where.INSPECTOR)


def _missing(take: Take) -> str:
    """Why there is nothing to show, and what to do."""
    if take.lane.logprobs is None:
        return (
            "This lane does not ask for token probabilities.\n\n"
            "esc, then e in its pane: write logprobs=5 under more, and send again"
        )
    if take.without_logprobs is not None:
        said = safe_line(take.without_logprobs)
        return f"{said[0].upper()}{said[1:]}.\n\nesc, then e in its pane changes what this lane asks for"
    if take.verdict is None:
        return "No token has come yet."
    if take.failure is not None:
        return f"No answer came: {safe_line(take.failure.message)}"
    return "There is no text in this answer to have probabilities."
