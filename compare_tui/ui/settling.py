"""Sanitising a text that arrives in cuts: what can no longer change, and how the rest looks for now."""

import unicodedata
from functools import lru_cache
from typing import Final

from compare_tui.core.sanitize import safe_display

_JOINERS: Final = "\u200c\u200d"
_MOST_HELD = 32
"""A character and more marks than sanitising lets through: what follows is dropped there too."""


class Settling:
    """`feed` gives the display text that is final; `unsettled` is the display of the few characters after it."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """What came before can change the sign for a joiner, and what comes can: so both are looked at together."""
        raw = self._held + text
        if raw[-1:].isascii() and raw[-1:] != "\r":
            self._held = ""
            return safe_display(raw)
        cut = len(raw) - 1
        while cut > 0 and _stacks(raw[cut]):
            cut -= 1
        self._held = raw[cut : cut + _MOST_HELD]
        if cut == 0:
            return ""
        return safe_display(raw[: cut + 1])[: -len(safe_display(raw[cut]))]

    @property
    def unsettled(self) -> str:
        return safe_display(self._held)


@lru_cache(maxsize=1024)
def _stacks(character: str) -> bool:
    """Whether it belongs to the character before it, as sanitising sees it."""
    if character in _JOINERS:
        return True
    many = character * (_MOST_HELD // 2)
    return unicodedata.category(character)[0] == "M" and safe_display(many) != many
