"""Each latency figure by its definition, and unknown whenever one of its two stamps is."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.events import DELTAS, Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.take import Take
from compare_tui.core.timing import FEWEST_TOKENS, SHORTEST_WINDOW_NS, Stamps

MS = 1_000_000

ANSWER = [
    Event(100, Kind.QUEUED),
    Event(130, Kind.SENT),
    Event(140, Kind.CONNECTED),
    Event(150, Kind.REQUEST_SENT),
    Event(200, Kind.HEADERS, data={"status": 200}),
    Event(210, Kind.FIRST_EVENT),
    Event(220, Kind.REASONING, "hm"),
    Event(300, Kind.TEXT, "a"),
    Event(400, Kind.TEXT, "b"),
    Event(410, Kind.USAGE, data={"output": 2}),
    Event(420, Kind.FINISH, data={"status": "completed"}),
    Event(450, Kind.END),
]


def stamps(*events: Event) -> Stamps:
    return Take("s.1.1", Lane("m")).apply_all(events).stamps


def test_every_stamp_is_that_of_its_event() -> None:
    assert stamps(*ANSWER) == Stamps(
        queued=100,
        first_sent=130,
        sent=130,
        connected=140,
        request_sent=150,
        headers=200,
        first_event=210,
        first_delta=220,
        first_reasoning=220,
        first_text=300,
        last_text=400,
        usage=410,
        end=450,
    )


def test_every_figure_is_the_time_between_its_two_stamps() -> None:
    taken = stamps(*ANSWER)
    assert (taken.queue_ns, taken.retry_ns, taken.connect_ns) == (30, 0, 10)
    assert (taken.ttft_ns, taken.ttfa_ns) == (90, 170)
    assert (taken.total_ns, taken.felt_ns) == (320, 350)


def test_a_second_attempt_counts_from_its_own_sending_and_the_first_as_retry() -> None:
    first = [Event(at, kind) for at, kind in [(100, Kind.QUEUED), (130, Kind.SENT), (140, Kind.CONNECTED)]]
    failed = [Event(150, Kind.HEADERS, data={"status": 429}), Event(160, Kind.RETRY)]
    moved = [event._replace(t_ns=event.t_ns + 1000) for event in ANSWER[1:]]
    taken = stamps(*first, *failed, *moved)
    assert (taken.queue_ns, taken.retry_ns, taken.total_ns) == (30, 1000, 320)
    assert (taken.ttft_ns, taken.ttfa_ns, taken.connect_ns) == (90, 170, 10)
    assert taken.felt_ns == 1350


@pytest.mark.parametrize("attempts", [1, 2, 3])
@given(st.data())
def test_what_is_felt_is_queue_and_retry_and_total(attempts: int, data: st.DataObject) -> None:
    times = sorted(data.draw(st.lists(st.integers(0, 10**12), min_size=attempts + 2, max_size=attempts + 2)))
    sent = [Event(at, Kind.SENT) for at in times[1:-1]]
    taken = stamps(Event(times[0], Kind.QUEUED), *sent, Event(times[-1], Kind.END))
    parts = taken.queue_ns, taken.retry_ns, taken.total_ns
    assert None not in parts
    assert sum(part or 0 for part in parts) == taken.felt_ns == times[-1] - times[0]
    assert all(part is not None and part >= 0 for part in parts)


def test_a_clock_that_starts_at_zero_gives_the_same_figures() -> None:
    moved = stamps(*(event._replace(t_ns=event.t_ns - 130) for event in ANSWER[1:]), Event(400, Kind.SENT))
    assert (moved.first_sent, moved.retry_ns) == (0, 400)
    at_once = stamps(
        Event(0, Kind.SENT), Event(0, Kind.TEXT, "a"), Event(50, Kind.TEXT, "b"), Event(90, Kind.REASONING, "c")
    )
    assert (at_once.ttft_ns, at_once.ttfa_ns, at_once.first_text) == (0, 0, 0)


NEEDED: dict[Kind, dict[str, Any]] = {
    Kind.PART: {"key": "0"},
    Kind.LOGPROBS: {"tokens": []},
    Kind.ERROR: {"class": "cut"},
}


@pytest.mark.parametrize("kind", sorted(set(Kind) - DELTAS - {Kind.SENT, Kind.UNSTREAMED, Kind.STORED}))
def test_nothing_but_a_delta_is_a_first_token(kind: Kind) -> None:
    other = Event(150, kind, data=NEEDED.get(kind, {}))
    taken = stamps(Event(100, Kind.SENT), other, Event(300, Kind.TEXT, "a"))
    assert (taken.ttft_ns, taken.ttfa_ns) == (200, 200)


@pytest.mark.parametrize("kind", sorted(DELTAS))
def test_a_delta_of_any_channel_is_a_first_token(kind: Kind) -> None:
    data = {"key": "0"} if kind is Kind.TOOL else {}
    taken = stamps(Event(100, Kind.SENT), Event(150, kind, "x", data), Event(300, Kind.TEXT, "a"))
    assert taken.ttft_ns == 50
    assert taken.ttfa_ns == (50 if kind in (Kind.TEXT, Kind.REFUSAL) else 200)


def test_a_call_without_arguments_yet_is_no_first_token() -> None:
    call = Event(150, Kind.TOOL, "", {"key": "0", "name": "weather"})
    assert stamps(Event(100, Kind.SENT), call).ttft_ns is None


def test_an_answer_that_came_whole_has_no_first_token() -> None:
    deltas = [Event(150, Kind.REASONING, "hm"), Event(150, Kind.TEXT, "all")]
    taken = stamps(Event(100, Kind.SENT), Event(150, Kind.UNSTREAMED), *deltas, Event(160, Kind.END))
    assert taken == Stamps(first_sent=100, sent=100, end=160)
    assert (taken.ttft_ns, taken.ttfa_ns, taken.total_ns) == (None, None, 60)


@given(st.sets(st.sampled_from([field.name for field in fields(Stamps)])))
def test_a_figure_is_unknown_exactly_when_one_of_its_stamps_is(missing: set[str]) -> None:
    known = {field.name: at for at, field in enumerate(fields(Stamps), 1) if field.name not in missing}
    taken = Stamps(**known)
    needs = {
        "queue_ns": {"queued", "first_sent"},
        "retry_ns": {"first_sent", "sent"},
        "connect_ns": {"sent", "connected"},
        "ttft_ns": {"sent", "first_delta"},
        "ttfa_ns": {"sent", "first_text"},
        "total_ns": {"sent", "end"},
        "felt_ns": {"queued", "sent", "end"},
    }
    for figure, needed in needs.items():
        assert (getattr(taken, figure) is None) == bool(needed & missing), figure


def writing(window_ns: int) -> Stamps:
    return Stamps(first_text=5 * MS, last_text=5 * MS + window_ns)


def test_a_rate_is_of_the_tokens_behind_the_first_one() -> None:
    assert writing(1000 * MS).tokens_per_s(101) == pytest.approx(100.0)
    assert writing(250 * MS).tokens_per_s(51) == pytest.approx(200.0)


@pytest.mark.parametrize(
    ("window_ns", "tokens", "is_known"),
    [
        (SHORTEST_WINDOW_NS, FEWEST_TOKENS, True),
        (SHORTEST_WINDOW_NS - 1, FEWEST_TOKENS, False),
        (SHORTEST_WINDOW_NS, FEWEST_TOKENS - 1, False),
        (SHORTEST_WINDOW_NS, None, False),
        (0, 1000, False),
    ],
)
def test_a_rate_below_its_thresholds_is_unknown(window_ns: int, tokens: int | None, is_known: bool) -> None:
    assert (writing(window_ns).tokens_per_s(tokens) is not None) == is_known


def test_the_thresholds_are_those_of_the_design() -> None:
    assert (SHORTEST_WINDOW_NS, FEWEST_TOKENS) == (200 * MS, 40)
    assert Stamps(first_text=1).tokens_per_s(100) is None


def spoken(usage: dict[str, int], *channels: Kind) -> Take:
    """Words 100 ms apart, and the usage behind them."""
    deltas = [Event(100 * MS * at, kind, "word ") for at, kind in enumerate(channels, 1)]
    return Take("s.1.1", Lane("m")).apply_all([Event(1, Kind.SENT), *deltas, Event(5000 * MS, Kind.USAGE, data=usage)])


def test_reasoning_is_no_part_of_the_rate() -> None:
    take = spoken({"output": 1041, "reasoning": 1000}, *[Kind.TEXT] * 11)
    assert take.tokens_per_s == pytest.approx(40.0)


def test_a_rate_is_unknown_when_thoughts_were_seen_but_not_counted() -> None:
    take = spoken({"output": 1041}, Kind.REASONING, *[Kind.TEXT] * 11)
    assert take.tokens_per_s is None


def test_a_rate_is_unknown_when_hidden_thoughts_were_not_counted() -> None:
    take = spoken({"output": 1041}, *[Kind.TEXT] * 11)
    assert take.tokens_per_s == pytest.approx(1040.0)
    take.apply(Event(1, Kind.RATE, data={"rate": None, "thinks": True}))
    assert take.tokens_per_s is None


def test_a_rate_is_unknown_beside_a_call_whose_arguments_are_output_too() -> None:
    take = spoken({"output": 1041, "reasoning": 0}, *[Kind.TEXT] * 11)
    take.apply(Event(1, Kind.TOOL, "{}", {"key": "0"}))
    assert take.tokens_per_s is None
