"""How sure a token was, as a word and a style: five steps that differ without colour, too."""

from collections.abc import Mapping
from typing import Final

from rich.style import Style

from compare_tui.core.sanitize import safe_display
from compare_tui.ui.ink import coloured, muted

STEPS: Final = (("sure", 0.9), ("likely", 0.7), ("unsure", 0.5), ("unlikely", 0.2), ("surprising", 0.0))
"""From the likeliest down; the least probability of each."""
UNKNOWN: Final = "unknown"
_SIGNS: Final = str.maketrans({" ": "·", "\n": "↵", "\t": "⇥"})
_LONGEST: Final = 500


def step_of(probability: float | None) -> str:
    if probability is None:
        return UNKNOWN
    return next(name for name, least in STEPS if probability >= least)


def token_styles(variables: Mapping[str, str]) -> Mapping[str, Style]:
    """From `app.theme_variables`. Plain, italic, underlined, bold and underlined, reversed."""
    return {
        "sure": Style.null(),
        "likely": coloured(variables, "text-secondary") + Style(italic=True),
        "unsure": coloured(variables, "text-primary") + Style(underline=True),
        "unlikely": coloured(variables, "text-warning") + Style(bold=True, underline=True),
        "surprising": coloured(variables, "text-error") + Style(bold=True, reverse=True),
        UNKNOWN: muted(variables),
    }


def percent(probability: float | None) -> str:
    if probability is None:
        return "–"
    return "<0.1 %" if 0 < probability < 0.001 else f"{100 * probability:.1f} %"


def visible(text: str) -> str:
    """A token by itself, its blanks as signs."""
    return safe_display(text[:_LONGEST]).translate(_SIGNS) or "(empty)"
