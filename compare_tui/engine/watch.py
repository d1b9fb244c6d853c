"""The watch over one attempt: how long it may be silent, how long it may take."""

from compare_tui.api.errors import Broken, Problem
from compare_tui.config import Limits
from compare_tui.core.events import DELTAS, Event, Kind
from compare_tui.core.lane import Lane

_SECOND = 1_000_000_000
_AFTER_COMPLETE_S = 2.0
"""So long may usage and the formal end of a complete answer take."""
_SIGNS_OF_LIFE = DELTAS | {Kind.FINISH, Kind.USAGE}


class Watch:
    """Content keeps an attempt alive; comments, empty events and words of patience do not."""

    def __init__(self, lane: Lane, limits: Limits) -> None:
        self._total = lane.timeout or limits.total
        self._wait = lane.timeout or (limits.wait_flex if lane.tier == "flex" else limits.wait)
        self._idle = limits.idle
        self._first_start: int | None = None
        self._start: int | None = None
        self.last_ns = 0
        """The last sign of life."""
        self._begun = False
        self._complete = False

    def start(self, now_ns: int) -> None:
        if self._first_start is None:
            self._first_start = now_ns
        self._start = self.last_ns = now_ns
        self._begun = self._complete = False

    def rest(self) -> None:
        """Nothing is under way."""
        self._start = None

    def heard(self, events: list[Event]) -> None:
        for event in events:
            if event.kind is Kind.SENT:
                self._start = self.last_ns = event.t_ns
            elif event.kind in _SIGNS_OF_LIFE:
                self.last_ns = event.t_ns
                self._begun = self._begun or event.kind in DELTAS
                self._complete = self._complete or event.kind is Kind.FINISH

    def forgive(self, gap_ns: int) -> None:
        """Time in which this process stood still is not the endpoint's."""
        if self._start is not None:
            self._start += gap_ns
            self.last_ns += gap_ns

    def overdue(self, now_ns: int) -> Problem | None:
        """What ends the attempt now, if anything does."""
        if self._start is None:
            return None
        silence = self._idle if self._begun else self._wait
        if self._complete:
            silence = min(silence, _AFTER_COMPLETE_S)
        if now_ns - self.last_ns >= silence * _SECOND:
            return Broken.stalled(silence, begun=self._begun)
        if now_ns - self._start >= self._total * _SECOND:
            return Broken.deadline(self._total)
        return None

    def allows(self, wait_s: float, now_ns: int) -> bool:
        """Whether a retry after so many seconds still falls within the time the take has."""
        return self._first_start is None or now_ns - self._first_start + wait_s * _SECOND < self._wait * _SECOND
