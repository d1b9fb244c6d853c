"""Figures as a pane shows them: short, with their unit, a dash for what is not known."""

from collections.abc import Callable
from time import perf_counter_ns

from compare_tui.core.take import Take
from compare_tui.core.tally import DASH, seconds

Clock = Callable[[Take], int]
"""What time it is for a take: what still runs is counted from its stamps to then."""


def now_ns(_: Take | None = None) -> int:
    """On the clock that events are stamped with as they come."""
    return perf_counter_ns()


def duration(ns: int | None) -> str:
    return seconds(None if ns is None else ns / 1e6)


def ticking(ns: int) -> str:
    """A time that still runs: tenths of a second, so that it changes no more often than it is painted."""
    return f"{max(ns, 0) / 1e9:,.1f} s"


def count(number: int | None) -> str:
    return DASH if number is None else f"{number:,}"
