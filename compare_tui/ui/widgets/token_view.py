"""An answer with its tokens coloured by probability, and a cursor that goes from token to token."""

from collections.abc import Sequence
from time import perf_counter
from typing import Any, Final

from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from compare_tui.core.logprobs import Token, Weighed
from compare_tui.ui.token_ink import token_styles
from compare_tui.ui.token_rows import TokenRows
from compare_tui.ui.widgets.painting import COMPONENTS
from compare_tui.ui.widgets.stream import StreamView

_READING_S: Final = 0.008
"""Placing tokens, between two looks at the keys."""
_AT_ONCE: Final = 100
"""Tokens between two looks at the clock."""


class TokenView(StreamView, can_focus=True, inherit_bindings=False):
    """Fed with the answer as far as it has come; what is read stays where it is."""

    COMPONENT_CLASSES = COMPONENTS | {"tokens--cursor"}
    DEFAULT_CSS = """
    TokenView > .tokens--cursor {
        color: $block-cursor-foreground;
        background: $block-cursor-background;
        text-style: bold;
    }
    """

    class Moved(Message):
        """Another token has the cursor."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        self._rows = TokenRows()
        self._text = ""
        self._entries: Sequence[Any] = ()
        self._is_whole = self._has_unread = False
        super().__init__(id=id)
        self._begin()

    def _begin(self) -> None:
        self._rows = TokenRows(self._sheet.width)
        self._sheet.answer = self._rows
        self.following = False

    @property
    def weighed(self) -> Weighed:
        return self._rows.weighed

    @property
    def current(self) -> int | None:
        """The token with the cursor."""
        return self._rows.current

    @property
    def is_read(self) -> bool:
        """Every token that came has a place, or none."""
        return not self._has_unread

    @property
    def is_late(self) -> bool:
        """Whether `advance` has something to do."""
        return self._has_unread or self.has_pending

    # What comes

    def feed(self, entries: Sequence[Any], text: str, *, whole: bool) -> None:
        """All of it so far. Nothing is placed or painted before `advance`."""
        if not text.startswith(self._text):
            self.reset()
            self._begin()
            self._text = ""
        self.append(text[len(self._text) :])
        self._text, self._entries, self._is_whole = text, entries, whole
        self._has_unread = True

    def advance(self) -> bool:
        """Some of what there is to do. Whether tokens were read."""
        if self.has_pending:
            self.flush()
            self._news_below = self._news_below and not self._is_whole  # to begin at the top is not to be behind
        if not self._has_unread:
            return False
        before = None if self.current is None else self.weighed.tokens[self.current]
        until = perf_counter() + _READING_S
        while self._has_unread and perf_counter() < until:
            self._has_unread = self.weighed.feed(self._entries, self._text, whole=self._is_whole, most=_AT_ONCE)
        self._rows.index()
        if before is not None:
            self._rows.current = self._same(before)
        self._repaint()
        return True

    def _same(self, before: Token) -> int | None:
        """Where it is now: a place that fitted by chance is given up when more has come."""
        placed = self.weighed.placed
        at = self.weighed.at(before.start or 0)
        return placed[at] if at < len(placed) else None

    # The cursor

    def step(self, by: int) -> bool:
        """To the next token of the text, or the one before."""
        return self._to(self._position(by))

    def step_under(self, threshold: float, by: int) -> bool:
        """The same, to one less likely than this. Whether there is one."""
        placed, tokens = self.weighed.placed, self.weighed.tokens
        at = self._position(by)
        while 0 <= at < len(placed):
            probability = tokens[placed[at]].probability
            if probability is not None and probability < threshold:
                return self._to(at)
            at += by
        return False

    def _position(self, by: int) -> int:
        """Where among the placed ones a step leads to; without a cursor it begins with what is in sight."""
        token = None if self.current is None else self.weighed.tokens[self.current]
        if token is not None and token.start is not None:
            return self.weighed.at(token.start) + by
        in_sight = self._rows.character_at(self._top) if len(self._rows) else 0
        return self.weighed.at(in_sight) - (by < 0)

    def _to(self, at: int) -> bool:
        if not 0 <= at < len(self.weighed.placed):
            return False
        self._rows.current = index = self.weighed.placed[at]
        row = self._rows.row_of(self.weighed.tokens[index])
        height = self.outer_size.height
        self.following = False
        if not self._top <= row < self._top + height:
            self._go(max(0, min(row - height // 3, self._last_top)))
        self._repaint()
        self.post_message(self.Moved())
        return True

    # Colours

    def notify_style_update(self) -> None:
        self._rows.styles = {}
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        if not self._rows.styles:
            self._rows.styles = token_styles(self.app.theme_variables)
            self._rows.cursor = self.get_component_rich_style("tokens--cursor")
        return super().render_lines(crop)
