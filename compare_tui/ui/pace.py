"""How often the screen is painted while text streams: thirty times a second, less when that is too much."""

from collections.abc import Mapping

FRAMES_PER_S = 30
FRAMES_PER_S_REMOTE = 15
SLOWEST = 4
"""Every fourth beat at least is painted."""
TOO_SLOW_S = 0.015
WAITING_WRITES = 6
"""Writes to the terminal that may wait; at thirty Textual stops the loop until the terminal has taken some."""


class Pace:
    """Told how long the last beat took; says which beats are left out."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        remote = any(environ.get(name) for name in ("SSH_TTY", "SSH_CONNECTION"))
        self.interval_s = 1 / (FRAMES_PER_S_REMOTE if remote else FRAMES_PER_S)
        self._every = 1
        self._beats = 0

    def is_due(self) -> bool:
        self._beats += 1
        return self._beats % self._every == 0

    def took(self, seconds: float) -> None:
        """Half as often while painting takes too much of a frame, and back again when it does not."""
        if seconds > TOO_SLOW_S:
            self._every = min(SLOWEST, self._every * 2)
        elif seconds < TOO_SLOW_S / 3:
            self._every = max(1, self._every - 1)
