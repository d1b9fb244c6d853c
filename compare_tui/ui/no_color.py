"""The app without a single colour, for NO_COLOR: what a ground of its own told is told by reverse, alarm by bold."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter, Monochrome, NoColor
from textual.theme import Theme

TERMINAL_VARIABLES: Final = dict.fromkeys(
    ("ansi-background", "ansi-foreground", "foreground-disabled", "surface-active"), "ansi_default"
)
"""What style sheets name and Textual 8.2.8 makes for every theme but one of the terminal's own colours: an app that
puts on such a theme without them ends with `undefined variable`."""

NO_COLOR_THEME: Final = Theme(
    name="no-color",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_blue",
    accent="ansi_red",
    success="ansi_green",
    warning="ansi_red",
    error="ansi_red",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        **TERMINAL_VARIABLES,
        "block-cursor-background": "ansi_blue",
        "footer-key-foreground": "ansi_red",
        **dict.fromkeys(("accent-muted", "error-muted", "success-muted"), "ansi_default"),
        "scrollbar-background": "ansi_default",
        "scrollbar-background-hover": "ansi_default",
        "scrollbar-background-active": "ansi_default",
    },
)
"""Its colours never reach the screen; they say what the filter makes of them: any ground becomes reverse, red bold.
What is marked in a text has an attribute of its own, and no ground: among words that differ, numbers are reversed."""

_ALARM: Final = 1
_COLOURLESS: Final = Style.from_color(RichColor.default(), RichColor.default())


class WithoutColor(LineFilter):
    """Textual's own filters for NO_COLOR leave greys, or drop a selection together with its ground."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(text, style and _without_color(style), control) for text, style, control in segments]


def line_filters(filters: Sequence[LineFilter], *, no_color: bool) -> list[LineFilter]:
    """The filters of the app with ours in the place of Textual's."""
    kept = [each for each in filters if not isinstance(each, Monochrome | NoColor)]
    return [*kept, WithoutColor()] if no_color else kept


@lru_cache(4096)
def _without_color(style: Style) -> Style:
    """Two reasons for reverse are reverse, too: whatever has the focus or the cursor is never drawn as plain text."""
    grounded = style.bgcolor is not None and not style.bgcolor.is_default
    alarm = style.color is not None and style.color.number == _ALARM
    return style + _COLOURLESS + Style(reverse=grounded or None, bold=alarm or None)
