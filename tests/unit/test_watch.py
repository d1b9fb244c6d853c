"""The watch over an attempt: content keeps it alive, nothing else does, and no silence of ours is the endpoint's."""

import pytest

from compare_tui.api.outbox import Outbox
from compare_tui.api.responses import Reader
from compare_tui.api.sse import ServerEvent
from compare_tui.config import Limits
from compare_tui.core.events import DELTAS, Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.engine.watch import Watch

SECOND = 1_000_000_000
LIMITS = Limits(wait=60, wait_flex=90, idle=20, total=300)


class Watched:
    """An attempt under a watch, on a clock of seconds."""

    def __init__(self, lane: str = "m", limits: Limits = LIMITS) -> None:
        self.watch = Watch(Lane.parse(lane), limits)
        self.watch.start(0)

    def hears(self, at: float, kind: Kind, **data: object) -> "Watched":
        self.watch.heard([Event(int(at * SECOND), kind, "x" if kind in DELTAS else "", data)])
        return self

    def overdue(self, at: float) -> str | None:
        """The class of what ends the attempt at this second, and what it says."""
        problem = self.watch.overdue(int(at * SECOND))
        return None if problem is None else f"{problem.error_class}: {problem.message}"


STILL_WAITING = "stalled: nothing came for 60 s"
GONE_SILENT = "stalled: nothing new came for 20 s"
TOO_LONG = "deadline: not finished by its deadline of 300 s"


def test_the_first_content_is_waited_for() -> None:
    attempt = Watched().hears(1, Kind.SENT)
    assert [attempt.overdue(at) for at in (0, 60.9, 61)] == [None, None, STILL_WAITING]


def test_the_wait_begins_when_the_request_leaves() -> None:
    assert Watched().overdue(60) == STILL_WAITING
    assert Watched().hears(50, Kind.SENT).overdue(109) is None


@pytest.mark.parametrize("kind", sorted(DELTAS))
def test_content_of_any_channel_may_pause_so_long(kind: Kind) -> None:
    attempt = Watched().hears(1, Kind.SENT).hears(30, kind, key="0")
    assert [attempt.overdue(at) for at in (49.9, 50)] == [None, GONE_SILENT]
    assert attempt.hears(49, kind, key="0").overdue(68) is None


@pytest.mark.parametrize(
    "kind", [Kind.CONNECTED, Kind.REQUEST_SENT, Kind.HEADERS, Kind.FIRST_EVENT, Kind.NOTICE, Kind.GAP, Kind.LOGPROBS]
)
def test_what_is_no_content_keeps_nothing_alive(kind: Kind) -> None:
    attempt = Watched().hears(1, Kind.SENT).hears(30, Kind.TEXT)
    for at in range(31, 50):
        attempt.hears(at, kind)
    assert attempt.overdue(50) == GONE_SILENT


def test_a_comment_is_no_event_and_keeps_nothing_alive() -> None:
    attempt = Watched().hears(1, Kind.SENT)
    for _ in range(60):
        attempt.watch.heard([])
    assert attempt.overdue(61) == STILL_WAITING


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_a_server_that_only_says_it_is_at_work_keeps_nothing_alive(status: str) -> None:
    attempt = Watched().hears(1, Kind.SENT)
    out = Outbox()
    reader = Reader(out)
    said = f'{{"type": "response.{status}", "response": {{"id": "r_1", "model": "m", "status": "{status}"}}}}'
    for at in range(2, 70):
        out.begin(at * SECOND)
        reader.read(ServerEvent("", said))
        attempt.watch.heard(out.take())
    assert attempt.overdue(70) == STILL_WAITING


def test_an_answer_that_never_ends_ends_at_its_deadline() -> None:
    attempt = Watched().hears(1, Kind.SENT)
    for at in range(2, 302):
        assert attempt.overdue(at - 1) is None
        attempt.hears(at, Kind.TEXT)
    assert attempt.overdue(301) == TOO_LONG


def test_a_complete_answer_has_two_seconds_for_its_formalities() -> None:
    attempt = Watched().hears(1, Kind.SENT).hears(9, Kind.TEXT).hears(10, Kind.FINISH).hears(11, Kind.USAGE)
    assert attempt.overdue(11.9) is None
    overdue = attempt.overdue(13)
    assert overdue is not None
    assert overdue.startswith("stalled")


def test_a_complete_answer_never_gets_more_than_a_pause_may_take() -> None:
    attempt = Watched(limits=Limits(wait=60, idle=0.5, total=300)).hears(1, Kind.SENT).hears(10, Kind.FINISH)
    assert attempt.hears(10, Kind.TEXT).overdue(10.6) is not None


def test_a_flex_lane_may_wait_longer() -> None:
    assert Watched("m flex").overdue(89) is None
    assert Watched("m flex").overdue(90) == "stalled: nothing came for 90 s"
    assert Watched("m flex").hears(80, Kind.TEXT).overdue(100) == GONE_SILENT
    assert (Limits().wait, Limits().wait_flex, Limits().total) == (600, 900, 3600)


@pytest.mark.parametrize("lane", ["m timeout=5", "m flex timeout=5"])
def test_the_timeout_of_a_lane_stands_above_the_limits(lane: str) -> None:
    assert Watched(lane).overdue(4.9) is None
    assert Watched(lane).overdue(5) == "stalled: nothing came for 5 s"
    assert (
        Watched(lane).hears(1, Kind.SENT).hears(5, Kind.TEXT).overdue(6)
        == "deadline: not finished by its deadline of 5 s"
    )
    assert Watched("m timeout=1000").hears(500, Kind.TEXT).overdue(519) is None


def test_time_in_which_the_process_stood_still_is_forgiven() -> None:
    attempt = Watched().hears(1, Kind.SENT).hears(10, Kind.TEXT)
    attempt.watch.forgive(1000 * SECOND)
    assert [attempt.overdue(at) for at in (1010, 1029.9, 1030)] == [None, None, GONE_SILENT]
    for at in range(1011, 1301):
        attempt.hears(at, Kind.TEXT)
    assert attempt.overdue(1300.5) is None
    assert attempt.overdue(1301) == TOO_LONG


def test_nothing_is_overdue_when_nothing_is_under_way() -> None:
    attempt = Watched().hears(1, Kind.SENT)
    attempt.watch.rest()
    attempt.watch.forgive(SECOND)
    assert attempt.overdue(10_000) is None
    assert Watch(Lane("m"), LIMITS).overdue(10_000 * SECOND) is None


def test_the_next_attempt_starts_afresh() -> None:
    attempt = Watched().hears(1, Kind.SENT).hears(10, Kind.TEXT).hears(10, Kind.FINISH)
    attempt.watch.rest()
    attempt.watch.start(100 * SECOND)
    assert [attempt.overdue(at) for at in (159, 160)] == [None, STILL_WAITING]


def test_a_retry_must_fall_within_the_time_the_take_has() -> None:
    watch = Watch(Lane("m", timeout=30), LIMITS)
    watch.start(1000 * SECOND)
    assert watch.allows(29, 1000 * SECOND)
    assert not watch.allows(30, 1000 * SECOND)
    watch.rest()
    watch.start(1020 * SECOND)
    assert watch.allows(4, 1025 * SECOND)
    assert not watch.allows(5, 1025 * SECOND)
    assert Watch(Lane("m"), LIMITS).allows(1000, 0)


def test_a_clock_that_starts_at_zero_is_a_clock() -> None:
    watch = Watched("m timeout=30").watch
    watch.start(29 * SECOND)
    assert not watch.allows(2, 29 * SECOND)
