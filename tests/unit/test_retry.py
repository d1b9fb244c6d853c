"""When an attempt is made again: only failures that did no work, at most twice, never earlier than told."""

import pytest

from compare_tui.api.errors import Broken, Problem, Rejected, Unreachable, Unreadable, Withheld
from compare_tui.api.status import rejected, retry_after
from compare_tui.engine.retry import FIRST_WAIT_S, LONGEST_WAIT_S, MOST_RETRIES, wait_before_retry

QUOTA = b'{"error": {"code": "insufficient_quota"}}'
NO_CAPACITY = b'{"error": {"code": "resource_unavailable"}}'


def waits(problem: Problem, retries: int = 0, *, for_capacity: bool = False) -> float | None:
    return wait_before_retry(problem, retries, waits_for_capacity=for_capacity)


def refused(status: int, after: str | None = None, body: bytes = b"") -> Rejected:
    return rejected(status, {} if after is None else {"retry-after": after}, body)


NO_WORK_DONE = [
    pytest.param(Unreachable.refused("h"), id="refused"),
    pytest.param(Unreachable.dns("h"), id="dns"),
    pytest.param(Unreachable.connect("h", "no connection in time"), id="connect"),
    pytest.param(refused(429), id="429"),
    pytest.param(refused(429, "1"), id="429 with Retry-After"),
    pytest.param(refused(503, "1"), id="503 with Retry-After"),
]
FINAL = [
    pytest.param(Unreachable.tls("h", "self-signed"), id="tls"),
    pytest.param(refused(503), id="503 without Retry-After"),
    pytest.param(refused(429, body=QUOTA), id="quota"),
    pytest.param(refused(429, "1", QUOTA), id="quota with Retry-After"),
    pytest.param(refused(429, "1", NO_CAPACITY), id="flex capacity"),
    *(pytest.param(refused(status, "1"), id=str(status)) for status in (307, 400, 401, 403, 404, 408, 409, 413, 422)),
    *(pytest.param(refused(status, "1"), id=str(status)) for status in (500, 502, 504, 529)),
    pytest.param(Unreadable.html("<p>"), id="html"),
    pytest.param(Unreadable.encoding("x"), id="encoding"),
    pytest.param(Unreadable.not_a_stream("text/plain"), id="not-a-stream"),
    pytest.param(Broken.cut("x"), id="cut"),
    pytest.param(Broken.stalled(600, begun=False), id="stalled"),
    pytest.param(Broken.deadline(9), id="deadline"),
    pytest.param(Broken.in_band("rate_limit_exceeded"), id="in-band"),
    pytest.param(Withheld.budget("x"), id="budget"),
]


@pytest.mark.parametrize("problem", NO_WORK_DONE)
def test_a_failure_that_did_no_work_is_made_good_twice_and_not_more(problem: Problem) -> None:
    assert MOST_RETRIES == 2
    assert [waits(problem, retries) is not None for retries in range(4)] == [True, True, False, False]


@pytest.mark.parametrize("problem", FINAL)
@pytest.mark.parametrize("retries", [0, 1])
def test_any_other_failure_is_final(problem: Problem, retries: int) -> None:
    assert waits(problem, retries) is None


def test_untold_waits_grow_and_differ() -> None:
    for retries in (0, 1):
        most = FIRST_WAIT_S * 2**retries
        found = {waits(refused(429), retries) for _ in range(50)}
        assert len(found) > 40
        assert all(wait is not None and most / 2 <= wait <= most for wait in found)


@pytest.mark.parametrize("after", ["0", "1", "7.5", "60"])
@pytest.mark.parametrize("status", [429, 503])
def test_no_retry_comes_earlier_than_told_and_not_all_in_the_same_instant(after: str, status: int) -> None:
    found = {waits(refused(status, after)) for _ in range(50)}
    assert len(found) > 40
    assert all(wait is not None and float(after) <= wait <= float(after) * 1.1 + 0.1 for wait in found)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("after", ["60.1", "61", "86400"])
def test_what_must_wait_longer_than_a_minute_is_left_to_the_user(status: int, after: str) -> None:
    assert LONGEST_WAIT_S == 60
    assert waits(refused(status, after)) is None


@pytest.mark.parametrize("after", ["nan", "-5", "inf", "soon", ""])
def test_nonsense_in_retry_after_counts_as_not_said(after: str) -> None:
    assert retry_after({"retry-after": after}) is None
    wait = waits(refused(429, after))
    assert wait is not None
    assert wait <= FIRST_WAIT_S
    assert waits(refused(503, after)) is None


def test_a_date_in_the_past_is_no_wait() -> None:
    wait = waits(refused(503, "Wed, 21 Oct 2015 07:28:00 GMT"))
    assert wait is not None
    assert wait <= 0.1


def test_a_lane_that_waits_for_capacity_asks_again_without_end_and_ever_more_rarely() -> None:
    busy = refused(429, body=NO_CAPACITY)
    found = [waits(busy, retries, for_capacity=True) for retries in range(100)]
    least = [min(5.0 * 2**retries, LONGEST_WAIT_S) for retries in range(100)]
    assert all(wait is not None and low <= wait <= low * 1.1 + 0.1 for wait, low in zip(found, least, strict=True))


@pytest.mark.parametrize("after", ["2", "59"])
def test_a_lane_that_waits_for_capacity_waits_as_long_as_told(after: str) -> None:
    wait = waits(refused(429, after, NO_CAPACITY), 5, for_capacity=True)
    assert wait is not None
    assert float(after) <= wait <= float(after) * 1.1 + 0.1


@pytest.mark.parametrize("after", ["120", "900"])
def test_no_lane_asks_for_capacity_earlier_than_told(after: str) -> None:
    wait = waits(refused(429, after, NO_CAPACITY), for_capacity=True)
    assert wait is None or wait >= float(after)


def test_waiting_for_capacity_changes_no_other_failure() -> None:
    assert waits(refused(429, body=QUOTA), for_capacity=True) is None
    assert waits(refused(500, "1"), for_capacity=True) is None
    assert waits(refused(429), MOST_RETRIES, for_capacity=True) is None
