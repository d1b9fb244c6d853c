"""When an attempt is made again by itself: only before the first byte of an answer, only if no work was done."""

import random
from typing import Final

from compare_tui.api.errors import Problem

MOST_RETRIES: Final = 2
LONGEST_WAIT_S: Final = 60.0
FIRST_WAIT_S = 0.5
_BUSY_WAIT_S = 5.0
_NO_CONNECTION = ("refused", "dns", "connect")


def wait_before_retry(problem: Problem, retries: int, *, waits_for_capacity: bool) -> float | None:
    """Seconds until the next attempt; None when there is none."""
    if problem.error_class == "flex-busy":
        return _flex_wait(problem, retries) if waits_for_capacity else None
    if retries >= MOST_RETRIES:
        return None
    busy = problem.error_class == "rate-limit" or (problem.status == 503 and problem.retry_after is not None)
    if not busy and problem.error_class not in _NO_CONNECTION:
        return None
    if problem.retry_after is not None:
        return _spread(problem.retry_after) if problem.retry_after <= LONGEST_WAIT_S else None
    return random.uniform(0.5, 1.0) * FIRST_WAIT_S * (1 << retries)


def _flex_wait(problem: Problem, retries: int) -> float:
    told = problem.retry_after
    if told is None:
        return _spread(min(_BUSY_WAIT_S * (1 << min(retries, 6)), LONGEST_WAIT_S))
    return _spread(max(told, FIRST_WAIT_S))  # "at once" would be fifty requests a second


def _spread(seconds: float) -> float:
    """Never earlier than told, and not all lanes in the same instant."""
    return seconds + random.uniform(0.0, 0.1) * max(seconds, 0.1)
