"""The pulse of the process: whether it stood still, because it was stopped or the machine slept."""

import time
from time import perf_counter_ns
from typing import Final

BEAT_S: Final = 0.25
GAP_S: Final = 1.0

# The clock of the stamps stands still while a Linux machine sleeps; this one does not.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Pulse:
    """Beaten four times a second."""

    def __init__(self) -> None:
        self.beat()

    def beat(self) -> None:
        self._at = time.clock_gettime(_CLOCK)
        self._at_ns = perf_counter_ns()

    @property
    def gap_ms(self) -> int:
        """How long it has stood still since the last beat; 0 when it has not."""
        late = time.clock_gettime(_CLOCK) - self._at - BEAT_S
        return round(late * 1000) if late > GAP_S else 0

    @property
    def stamped_gap_ns(self) -> int:
        """How much of that the stamps have seen."""
        return max(perf_counter_ns() - self._at_ns - round(BEAT_S * 1e9), 0)
