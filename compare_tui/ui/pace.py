"""How often the screen is painted while text streams: thirty times a second, less when there is no time for it."""

from collections.abc import Mapping

FRAMES_PER_S = 30
FRAMES_PER_S_REMOTE = 15
SLOWEST = 5
"""Every fifth beat at least is painted."""
TOO_SLOW_S = 0.015
"""Of one beat."""
NO_TIME_LEFT = 0.85
"""So much of a core is used by this process: what painting takes, reading the streams has not."""
TIME_LEFT = 0.7
WAITING_WRITES = 6
"""Writes to the terminal that may wait; at thirty Textual stops the loop until the terminal has taken some."""


class Pace:
    """Told what a beat and the time since the one before have cost; says which beats are left out."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        remote = any(environ.get(name) for name in ("SSH_TTY", "SSH_CONNECTION"))
        self.interval_s = 1 / (FRAMES_PER_S_REMOTE if remote else FRAMES_PER_S)
        self._every = 1
        self._beats = 0
        self._before: tuple[float, float] | None = None

    def is_due(self) -> bool:
        self._beats += 1
        return self._beats % self._every == 0

    def rest(self) -> None:
        """Nothing runs any more; the time until something does tells nothing."""
        self._before = None

    def took(self, beat_s: float, now_s: float, cpu_s: float) -> None:
        """`now_s` is the clock, `cpu_s` the CPU time of the process. Half as often under strain, and back again."""
        before, self._before = self._before, (now_s, cpu_s)
        if before is None or now_s <= before[0]:
            return
        share = (cpu_s - before[1]) / (now_s - before[0])
        if beat_s > TOO_SLOW_S or share > NO_TIME_LEFT:
            self._every = min(SLOWEST, self._every * 2)
        elif share < TIME_LEFT:
            self._every = max(1, self._every - 1)
