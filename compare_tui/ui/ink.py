"""Ink: the few styles an answer is written in, made from the theme.

Every meaning has bold, italic, underline or a sign beside its colour, so that it reads without colour too. Plain text
has no colour of its own: it takes that of the pane.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.style import Style
from textual.color import Color, ColorParseError

_MUTED = 0.35


@dataclass(frozen=True, slots=True)
class Ink:
    """The styles. Another theme is another ink, and another ink other rows."""

    text: Style
    muted: Style
    strong: Style
    emphasis: Style
    struck: Style
    headings: tuple[Style, Style, Style]
    link: Style
    code: Style
    keyword: Style
    comment: Style
    name: Style
    string: Style
    number: Style
    bullet: Style
    call: Style

    @classmethod
    def of(cls, variables: Mapping[str, str]) -> "Ink":
        """From `app.theme_variables`."""
        primary, secondary = coloured(variables, "text-primary"), coloured(variables, "text-secondary")
        accent, success = coloured(variables, "text-accent"), coloured(variables, "text-success")
        dim, bold, italic = muted(variables), Style(bold=True), Style(italic=True)
        return cls(
            text=Style.null(),
            muted=dim,
            strong=bold,
            emphasis=italic,
            struck=Style(strike=True),
            headings=(primary + Style(bold=True, underline=True), primary + bold, bold + italic),
            link=primary + Style(underline=True),
            code=accent + bold,
            keyword=primary + bold,
            comment=dim + italic,
            name=secondary + bold,
            string=success,
            number=accent,
            bullet=primary + bold,
            call=accent + bold,
        )


def coloured(variables: Mapping[str, str], name: str) -> Style:
    color = _color(variables, name)
    return Style.null() if color is None else Style(color=color.rich_color)


def muted(variables: Mapping[str, str]) -> Style:
    """The foreground drawn towards the background; a terminal's own colours cannot be mixed and are dimmed."""
    foreground, background = _color(variables, "foreground"), _color(variables, "background")
    if foreground is None or background is None or foreground.ansi is not None or background.ansi is not None:
        return Style(dim=True)
    return Style(color=foreground.blend(background, _MUTED).rich_color)


def _color(variables: Mapping[str, str], name: str) -> Color | None:
    try:
        return Color.parse(variables[name])
    except (KeyError, ColorParseError):
        return None
