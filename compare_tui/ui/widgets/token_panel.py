"""What is known of one token: its probability, and what else might have stood there."""

from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from compare_tui.core.logprobs import Alternative, Token
from compare_tui.core.tally import in_percent
from compare_tui.ui.ink import coloured, muted
from compare_tui.ui.token_ink import STEPS, UNKNOWN, percent, step_of, token_styles, visible
from compare_tui.ui.widgets.lines import cut_short

Pieces = list[tuple[str, Style]]

_FIGURE: Final = 9
_WIDEST_TOKEN: Final = 28
_WIDEST_BAR: Final = 60
_ABOVE: Final = 2
"""Rows for the legend and for the token itself."""


class TokenPanel(Widget):
    """The legend of the colours, the token with the cursor, its alternatives."""

    DEFAULT_CSS = "TokenPanel { height: 10; background: $surface; color: $foreground; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self._token: Token | None = None
        self._alternatives: tuple[Alternative, ...] = ()
        self._place = self._hint = ""

    def show(self, token: Token | None, place: str, hint: str) -> None:
        """`place`: which of how many; `hint`: what stands there without a token."""
        if (token, place, hint) != (self._token, self._place, self._hint):
            self._token, self._place, self._hint = token, place, hint
            self._alternatives = () if token is None else token.alternatives
            self.refresh()

    def render_line(self, y: int) -> Strip:
        ground, width = self.rich_style, self.size.width
        segments: list[Segment] = []
        room = width
        for text, style in self._pieces(y):
            text = cut_short(text, room)
            segments.append(Segment(text, ground + style))
            room -= cell_len(text)
        return Strip(segments).adjust_cell_length(width, ground)

    def _pieces(self, y: int) -> Pieces:
        if y == 0:
            return self._legend()
        if self._token is None:
            return [(f" {self._hint}", self._muted)] if y == _ABOVE else []
        if y == 1:
            return self._head(self._token)
        at, rows = y - _ABOVE, self.size.height - _ABOVE
        if at == rows - 1 and len(self._alternatives) > rows:
            return [(f"   and {len(self._alternatives) - at} more", self._muted)]
        return self._alternative(self._alternatives[at]) if at < len(self._alternatives) else []

    @property
    def _muted(self) -> Style:
        return muted(self.app.theme_variables)

    def _legend(self) -> Pieces:
        styles = token_styles(self.app.theme_variables)
        pieces: Pieces = []
        for name, least in STEPS:
            words = f"{name} ≥{in_percent(least)}" if least else name
            pieces += [(" ", Style.null()), (words, styles[name]), (" ", Style.null())]
        return [*pieces, (" ", Style.null()), ("no figure", styles[UNKNOWN])]

    def _head(self, token: Token) -> Pieces:
        bold = Style(bold=True)
        step = step_of(token.probability)
        said = "no probability came with it" if step == UNKNOWN else f"{percent(token.probability)} · {step}"
        if token.was_likeliest is False:
            said += " · not the likeliest"
        if len(token.entries) > 1:
            said += f" · {len(token.entries)} tokens share a character, the alternatives are of the first"
        text = cut_short(visible(token.text), _WIDEST_TOKEN)
        return [(f" {self._place}  ", self._muted), (text, bold), ("  ", bold), (said, bold)]

    def _alternative(self, one: Alternative) -> Pieces:
        """A sign for the chosen one, its text, a bar, its figure."""
        width = min(_WIDEST_TOKEN, max(8, self.size.width // 3))
        room = max(0, min(_WIDEST_BAR, self.size.width - width - _FIGURE - 6))
        share = one.probability or 0.0
        full = round(room * share)
        style = Style(bold=True) if one.chosen else Style.null()
        colour = coloured(self.app.theme_variables, "primary")
        text = set_cell_size(cut_short(visible(one.text), width), width)
        figure = f" {percent(one.probability):>{_FIGURE}}"
        sign = " ▸ " if one.chosen else "   "
        bars: Pieces = [("█" * full, colour), ("─" * (room - full), self._muted)]
        return [(sign, style), (text, style), (" ", style), *bars, (figure, style)]
