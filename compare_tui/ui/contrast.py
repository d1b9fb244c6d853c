"""How well the texts of a theme stand out from the grounds they are read on, as WCAG 2 measures it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from textual.color import Color
from textual.theme import Theme

READABLE: Final = 4.5
HIGH: Final = 7.0

_GROUNDS: Final = ("background", "surface", "panel", "primary-muted")
_ROLES: Final = ("primary", "secondary", "accent", "success", "warning", "error")
_TEXTS: Final = (
    *("text", "text-muted", "foreground", "foreground-muted"),
    *_ROLES,
    *(f"text-{role}" for role in _ROLES),
)
_PAIRS: Final = (
    *((text, ground) for text in _TEXTS for ground in _GROUNDS),
    *(("text", role) for role in _ROLES),
    *((f"text-{role}", f"{role}-muted") for role in _ROLES),
    ("footer-foreground", "footer-background"),
    ("footer-key-foreground", "footer-background"),
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("input-selection-foreground", "input-selection-background"),
    ("foreground", "screen-selection-background"),
)


@dataclass(frozen=True, slots=True, order=True)
class Contrast:
    """From 1 to 21, of one variable used as text on another used as ground."""

    ratio: float
    text: str
    ground: str

    def __str__(self) -> str:
        return f"${self.text} on ${self.ground} has a contrast of {self.ratio:.1f}"


def contrasts(theme: Theme) -> Iterator[Contrast]:
    """Of everything the app writes in these colours; nothing for a terminal's own, which only the terminal knows."""
    if theme.ansi:
        return
    variables = {**theme.to_color_system().generate(), **theme.variables}  # as App.get_css_variables lays them
    for text, ground in _PAIRS:
        yield Contrast(_ratio(_text_on(shown := _ground(ground, variables), variables[text]), shown), text, ground)


def lowest(theme: Theme) -> Contrast | None:
    return min(contrasts(theme), default=None)


def is_high(theme: Theme) -> bool:
    """Whether it is high contrast everywhere."""
    least = lowest(theme)
    return least is not None and least.ratio >= HIGH


def _ground(name: str, variables: Mapping[str, str]) -> Color:
    """A translucent ground lies on the surface."""
    return Color.parse(variables["surface"]) + Color.parse(variables[name])


def _text_on(ground: Color, value: str) -> Color:
    """`auto 60%` is black or white, whichever is seen, mixed with the ground."""
    color, _, percent = value.partition(" ")
    strength = float(percent.rstrip("%")) / 100 if percent else 1.0
    text = ground.get_contrast_text(strength) if color == "auto" else Color.parse(color).multiply_alpha(strength)
    return ground + text


def _ratio(one: Color, other: Color) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
