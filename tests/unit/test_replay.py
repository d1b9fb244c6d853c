"""A replay tells every event once, as it was, in its order and at its time; so every figure is the recorded one."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt
from compare_tui.core.record import RoundRecord, SessionRecord, TakeRecord
from compare_tui.core.replay import GAP_NS, SPEEDS, News, Replay, minutes
from compare_tui.core.round import Round
from compare_tui.core.take import Take
from tests.told import RATE, answer, asked, failure, session, unfinished

S = 1_000_000_000
LANES = (Lane("gpt-5.5", "low"), Lane("gpt-5.5", "high"))

# Any events at all

_DATA: dict[Kind, dict[str, Any]] = {
    Kind.QUEUED: {"input_tokens": 9},
    Kind.RATE: {"rate": RATE.to_data(), "thinks": True},
    Kind.SENT: {"at": "2026-11-20T09:00:00.000Z"},
    Kind.HEADERS: {"status": 200, "request_id": "req_1"},
    Kind.SERVED: {"model": "gpt-5.5", "tier": "flex"},
    Kind.PART: {"key": "1.0"},
    Kind.TOOL: {"key": "a", "name": "look"},
    Kind.LOGPROBS: {"tokens": [1]},
    Kind.USAGE: {"input": 9, "output": 120, "cached": 0, "reasoning": 20},
    Kind.STORED: {"of": "x.1.1"},
    Kind.FINISH: {"status": "completed"},
    Kind.RETRY: {"attempt": 1, "of": 2, "wait_ms": 700, "because": "429"},
    Kind.ERROR: {"class": "server", "status": 500},
    Kind.GAP: {"ms": 80},
}
_kinds = st.sampled_from([*Kind, *[Kind.TEXT] * 20, *[Kind.REASONING] * 5])
_stamps = st.one_of(st.integers(0, 90 * S), st.integers(0, 2**62))
_events = st.lists(st.tuples(_stamps, _kinds, st.text(max_size=3)), max_size=30).map(
    lambda told: tuple(Event(t, kind, text, _DATA.get(kind, {})) for t, kind, text in told)
)
_records = st.lists(st.lists(st.tuples(st.sampled_from(LANES), _events), max_size=4), max_size=3).map(
    lambda rounds: recorded(*([(lane, *events) for lane, events in takes] for takes in rounds))
)
_moves = st.lists(
    st.one_of(
        st.tuples(st.just("advance"), st.floats(0, 100)),
        st.tuples(st.just("go_to"), st.floats(0, 400)),
        st.tuples(st.just("quicken"), st.integers(-9, 9)),
        st.tuples(st.just("step"), st.none()),
    ),
    max_size=12,
)


def recorded(*rounds: Sequence[tuple[Any, ...]]) -> SessionRecord:
    """Each take is its lane and its events."""
    return SessionRecord(
        "s",
        rounds=tuple(
            RoundRecord(
                Round(f"s.{number}", Prompt("?"), LANES),
                tuple(
                    TakeRecord(f"s.{number}.{at}", lane, 1, tuple(events))
                    for at, (lane, *events) in enumerate(takes, 1)
                ),
            )
            for number, takes in enumerate(rounds, 1)
        ),
    )


class Heard:
    """What a replay told of each take, beginning anew whenever it does."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.told: dict[str, list[Event]] = {}
        self._session = replay.session

    def add(self, news: News) -> None:
        if self.replay.session is not self._session:
            self._session, self.told = self.replay.session, {}
        for take, events in news:
            self.told.setdefault(take.id, []).extend(events)


def figures(take: Take) -> dict[str, Any]:
    """Everything a reader may be shown of it."""
    stamps = take.stamps
    return {
        "times": (stamps.ttft_ns, stamps.ttfa_ns, stamps.queue_ns, stamps.retry_ns, stamps.total_ns, stamps.felt_ns),
        "rate": take.tokens_per_s,
        "cost": take.cost,
        "verdict": take.verdict,
        "tokens": (take.usage, take.output_tokens),
        "said": (take.text, take.reasoning, take.notices, take.failure, take.state, take.attempts, take.origin),
    }


@given(_records, _moves)
def test_however_it_is_moved_every_event_is_told_once_and_every_figure_is_the_recorded_one(
    record: SessionRecord, moves: list[tuple[str, Any]]
) -> None:
    replay = Replay(record)
    heard = Heard(replay)
    for name, by in moves:
        news = replay.step() if by is None else getattr(replay, name)(by)
        heard.add(news or [])
        assert 0 <= replay.position <= replay.length
    heard.add(replay.go_to_end())
    assert replay.is_over
    assert heard.told == {take.id: list(take.events) for _, take in record.takes() if take.events}
    folded = {take.id: figures(take) for take in replay.session.takes()}
    assert folded == {take.id: figures(take.take()) for _, take in record.takes() if take.events}


@given(_records, st.floats(0, 400))
def test_going_back_shows_what_was_there_then(record: SessionRecord, place: float) -> None:
    there, back = Replay(record), Replay(record)
    there.go_to(place)
    back.go_to_end()
    back.go_to(place)
    assert [figures(take) for take in back.session.takes()] == [figures(take) for take in there.session.takes()]
    assert back.position == there.position


# Its time


def at(seconds: float, kind: Kind = Kind.TEXT, text: str = "x") -> Event:
    return Event(int(seconds * S), kind, text)


def told_at(record: SessionRecord, seconds: float) -> list[str]:
    """The texts so far, take by take."""
    replay = Replay(record)
    replay.go_to(seconds)
    return [take.text for take in replay.session.takes()]


def test_takes_of_a_round_keep_their_distance() -> None:
    first = (LANES[0], at(100, text="a"), at(103, text="b"))
    second = (LANES[1], at(100, text="c"), at(101.5, text="d"))
    assert told_at(recorded([first, second]), 0) == ["a", "c"]
    assert told_at(recorded([first, second]), 1.4) == ["a", "c"]
    assert told_at(recorded([first, second]), 1.6) == ["a", "cd"]
    assert Replay(recorded([first, second])).length == 3


def test_the_first_lane_need_not_have_been_the_first_in_line() -> None:
    record = recorded([(LANES[0], at(100.5, text="a"), at(102)), (LANES[1], at(100, text="b"), at(101))])
    assert told_at(record, 0) == ["b"]
    assert told_at(record, 0.5) == ["a", "b"]
    assert Replay(record).length == 2


@pytest.mark.parametrize("asked_at", [5_000.0, 3.0], ids=["hours later", "on a clock that began anew"])
def test_a_lane_asked_again_begins_soon_after_all_before_it(asked_at: float) -> None:
    record = recorded(
        [(LANES[0], at(100, text="a"), at(102, text="b")), (LANES[0], at(asked_at, text="c"), at(asked_at + 1))]
    )
    gap = GAP_NS / S
    assert told_at(record, 2 + gap - 0.01) == ["ab"]
    assert told_at(record, 2 + gap) == ["ab", "c"]
    assert Replay(record).length == 2 + gap + 1


def test_what_was_asked_with_a_lane_asked_again_keeps_its_distance_to_it() -> None:
    again = [(LANES[0], at(5000), at(5002)), (LANES[1], at(5000.5, text="d"), at(5001))]
    record = recorded([(LANES[0], at(100), at(102)), *again])
    assert told_at(record, 2 + GAP_NS / S + 0.4)[2:] == []
    assert told_at(record, 2 + GAP_NS / S + 0.5)[2:] == ["d"]


def test_a_lane_asked_again_while_others_answer_begins_when_it_did() -> None:
    record = recorded([(LANES[0], at(100), at(110)), (LANES[1], at(104, text="c"), at(106))])
    assert told_at(record, 3.9) == ["x"]
    assert told_at(record, 4) == ["x", "c"]


def test_rounds_come_one_after_another_whenever_they_were_sent() -> None:
    record = recorded([(LANES[0], at(100), at(102))], [(LANES[0], at(101, text="b"), at(104))])
    replay = Replay(record)
    assert replay.round_at == 0
    replay.go_to_round(1)
    assert (replay.round_at, replay.position) == (1, 2 + GAP_NS / S)
    assert replay.length == 2 + GAP_NS / S + 3
    assert [[take.id for take in sent.takes] for sent in replay.session.rounds] == [["s.1.1"], ["s.2.1"]]


def test_stamps_of_another_process_within_a_take_go_on_from_the_last() -> None:
    record = recorded([(LANES[0], at(100, text="a"), at(102, text="b"), at(3, text="c"), at(4, text="d"))])
    assert told_at(record, 1.9) == ["a"]
    assert told_at(record, 2) == ["abc"]
    assert told_at(record, 3) == ["abcd"]


def test_a_stamp_told_late_does_not_stretch_the_take() -> None:
    record = recorded([(LANES[0], at(100), at(100.5), at(100.1, Kind.CONNECTED, ""), at(101))])
    assert Replay(record).length == 1


@pytest.mark.parametrize("stamp", [0.0, 9_000_000.0])
def test_an_interruption_comes_with_the_last_thing_that_happened(stamp: float) -> None:
    record = recorded([(LANES[0], at(100), at(101), at(stamp, Kind.INTERRUPTED, ""))])
    assert Replay(record).length == 1


def test_the_clock_of_a_take_is_the_one_its_stamps_were_made_on() -> None:
    record = recorded([(LANES[0], at(100), at(101), at(109))])
    replay = Replay(record)
    replay.go_to(4.25)
    (take,) = replay.session.takes()
    assert replay.clock(take) == 104.25 * S
    replay.go_to(99)
    (take,) = replay.session.takes()
    assert replay.clock(take) == 109 * S


def test_speed_is_how_much_time_passes() -> None:
    replay = Replay(recorded([(LANES[0], at(100), at(200))]))
    replay.quicken(+1)
    replay.advance(3)
    assert (replay.speed, replay.position) == (2, 6)
    replay.quicken(-99)
    replay.advance(4)
    assert (replay.speed, replay.position) == (SPEEDS[0], 7)


def test_a_step_passes_over_what_nobody_sees() -> None:
    record = recorded(
        [(LANES[0], at(100), at(101, Kind.CONNECTED, ""), at(102, Kind.FIRST_EVENT, ""), at(103), at(104, Kind.GAP))]
    )
    replay = Replay(recorded([(LANES[0], *record.rounds[0].takes[0].events[:4])]))
    replay.advance(0)
    assert [kind for _, events in replay.step() for _, kind, *_ in events] == ["connected", "first_event", "text"]
    assert replay.position == 3
    assert not replay.step()


def test_a_round_is_told_when_nothing_more_comes_of_it_even_without_an_end() -> None:
    record = session(
        "s",
        asked(lanes={"gpt-5.5 low": answer(), "gpt-5.5 high": unfinished("so far")}),
        asked(lanes={"gpt-5.5 low": failure()}),
    )
    replay = Replay(record)
    replay.go_to(1.9)
    assert not replay.is_told(0)
    replay.go_to(2)
    assert (replay.is_told(0), replay.is_told(1)) == (True, False)


def test_a_session_of_nothing_is_over_at_once() -> None:
    for record in (SessionRecord("s"), recorded([]), recorded([(LANES[0],)])):
        replay = Replay(record)
        assert replay.is_over
        assert not replay.step()
        assert replay.round_at == 0


def test_minutes_never_have_sixty_seconds() -> None:
    assert [minutes(one) for one in (0, 3.25, 59.99, 60, 3725.5)] == [
        "00:00.0",
        "00:03.2",
        "00:59.9",
        "01:00.0",
        "62:05.5",
    ]
