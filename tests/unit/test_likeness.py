"""The same question again: what counts as the same, and the earlier answer given again, in all but its time."""

import subprocess
import sys
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.events import NOTHING, Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.likeness import likeness, stored_events
from compare_tui.core.pricing import Cost, CostState
from compare_tui.core.prompt import Image, Prompt, Turn
from compare_tui.core.record import TakeRecord
from compare_tui.core.session import SentRound, Session
from compare_tui.core.take import Take
from compare_tui.core.tally import Tally, best
from compare_tui.core.usage import Usage
from compare_tui.core.verdict import Verdict

URL = "https://api.openai.com/v1"
PNG = Image("cat.png", "image/png", b"\x89PNG")
SCHEMA = {"type": "object", "properties": {"a": {}, "b": {}}}
PROMPT = Prompt("why?", "Be kind.", (Turn("user", "hello"), Turn("assistant", "hi")), (PNG,), SCHEMA, ({"name": "f"},))
LANE = "gpt-5.5 low flex temp=0.2 max=100 body.a.b=1"


def like(prompt: Prompt = PROMPT, lane: str = LANE, url: str = URL, api: str = "responses") -> bytes:
    return likeness(prompt, Lane.parse(lane), url, api)


# What is the same


def test_the_digest_is_the_same_in_every_version_and_every_process() -> None:
    """What lies in stores was written by versions before: this changes with the version byte alone."""
    assert like().hex() == "4d88d7b977111048fc73cb0ae0c03dc31c560b3440904c517714b1955b5e3ccc"
    again = "from tests.unit.test_likeness import like; print(like().hex())"
    told = subprocess.run([sys.executable, "-c", again], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == like().hex()


@pytest.mark.parametrize(
    "lane",
    [
        "gpt-5.5 low flex body.a.b=1 max=100 temp=.20 ",
        f"{LANE} name=Mine repeat=3 timeout=9",
        f"{LANE} busy=wait",
        f"{LANE} cache=warm",
        f"{LANE} @elsewhere system=@strict.md until=json prompt=@p.md",
    ],
)
def test_what_is_not_sent_makes_no_difference(lane: str) -> None:
    assert like(lane=lane) == like()


def test_a_picture_is_what_is_in_it_whatever_its_file_is_called() -> None:
    assert like(replace(PROMPT, images=(replace(PNG, name="dog.png"),))) == like()


def test_any_kind_of_mapping_is_the_same_schema() -> None:
    assert like(replace(PROMPT, schema=MappingProxyType(SCHEMA), tools=[MappingProxyType({"name": "f"})])) == like()


@pytest.mark.parametrize(
    "other",
    [
        {"prompt": replace(PROMPT, text="why")},
        {"prompt": replace(PROMPT, system="Be kind")},
        {"prompt": replace(PROMPT, system=None)},
        {"prompt": replace(PROMPT, turns=PROMPT.turns[:1])},
        {"prompt": replace(PROMPT, turns=(*PROMPT.turns[:1], Turn("user", "hi")))},
        {"prompt": replace(PROMPT, turns=(replace(PROMPT.turns[0], images=(PNG,)), PROMPT.turns[1]))},
        {"prompt": replace(PROMPT, images=(replace(PNG, data=b"\x89PNH"),))},
        {"prompt": replace(PROMPT, images=(replace(PNG, mime="image/gif"),))},
        {"prompt": replace(PROMPT, images=(replace(PNG, url="https://example.com/cat.png"),))},
        {"prompt": replace(PROMPT, images=(PNG, PNG))},
        {"prompt": replace(PROMPT, schema={"type": "object", "properties": {"b": {}, "a": {}}})},
        {"prompt": replace(PROMPT, schema=None)},
        {"prompt": replace(PROMPT, tools=())},
        {"lane": LANE.replace("low", "high")},
        {"lane": LANE.replace("flex", "")},
        {"lane": LANE.replace("0.2", "0.3")},
        {"lane": LANE.replace("body.a.b=1", "body.a.b=2")},
        {"lane": f"{LANE} seed=1"},
        {"lane": f"{LANE} cache=cold"},
        {"url": "https://eu.api.openai.com/v1"},
        {"api": "chat"},
    ],
)
def test_what_is_sent_makes_a_difference(other: dict[str, Any]) -> None:
    assert like(**other) != like()


def test_halves_of_characters_are_told_apart_and_break_nothing() -> None:
    texts = ["\ud83d", "\ude00", "\ud83d\ude00", "\U0001f600", "\ufffd", "?", "\\ud83d"]
    assert len({like(Prompt(text)) for text in texts}) == len(texts)


@given(st.lists(st.text(st.characters(codec=None)), max_size=3), st.text(st.characters(codec=None)))
def test_where_one_text_ends_and_the_next_begins_counts(texts: list[str], text: str) -> None:
    turns = tuple(Turn("user", one) for one in texts)
    joined = Prompt("".join([*texts, text]))
    assert (like(Prompt(text, turns=turns)) == like(joined)) is (not texts)


# An answer from the store

TEXTS = st.text(st.characters(codec=None), min_size=1, max_size=8)
DELTAS = st.one_of(
    st.builds(Event, st.just(5), st.sampled_from((Kind.TEXT, Kind.REASONING)), TEXTS, st.just(NOTHING)),
    st.builds(Event, st.just(5), st.just(Kind.PART), st.just(""), st.sampled_from(({"key": "0.0"}, {"key": "1.0"}))),
    st.builds(
        Event,
        st.just(5),
        st.just(Kind.TOOL),
        st.text(max_size=4),
        st.fixed_dictionaries({"key": st.sampled_from("01"), "name": st.sampled_from((None, "f")), "id": st.none()}),
    ),
    st.builds(Event, st.just(5), st.just(Kind.LOGPROBS), st.just(""), st.just({"tokens": [{"token": "a"}]})),
    st.just(Event(5, Kind.REFUSAL, "no")),
    st.just(Event(5, Kind.NOTICE, "a word")),
    st.just(Event(5, Kind.UNSTREAMED)),
    st.just(Event(5, Kind.SERVED, data={"model": "gpt-5.5-1", "tier": None, "effort": "low", "id": "r1"})),
)
COUNTS = st.one_of(st.none(), st.just(0), st.integers(1, 5000))
USAGE: st.SearchStrategy[list[Event]] = st.one_of(
    st.just([]),
    st.builds(lambda read, out: [Event(6, Kind.USAGE, data=Usage(read, out, cached=0).to_data())], COUNTS, COUNTS),
)
FINISH = st.sampled_from(
    [("completed", None), ("incomplete", "max_output_tokens"), (None, "stop"), ("incomplete", "content_filter")]
)
SENT = [
    Event(1, Kind.QUEUED, data={"input_tokens": 10, "endpoint": "o", "api": "chat"}),
    Event(2, Kind.SENT, data={"at": "2026-11-20T08:00:00.000+00:00"}),
    Event(3, Kind.HEADERS, data={"status": 200, "request_id": "req_1"}),
]


def answered(*events: Event, finish: tuple[str | None, str | None] = ("completed", None)) -> TakeRecord:
    end = [Event(7, Kind.FINISH, data={"status": finish[0], "reason": finish[1]}), Event(8, Kind.END)]
    return TakeRecord("abcdef.1.1", Lane.parse(LANE), 1, (*SENT, *events, *end))


def from_store(record: TakeRecord) -> Take:
    return Take("xyzabc.2.3", Lane.parse(LANE)).apply_all(stored_events(record, 99, "openai", "responses"))


def facts(take: Take) -> tuple[Any, ...]:
    calls = {key: call.to_data() for key, call in take.tools.items()}
    said = take.text, take.reasoning, calls, take.logprobs
    return *said, take.usage, take.verdict, take.finish_reason, take.served, take.downgrade


@given(st.lists(DELTAS, max_size=12), USAGE, FINISH)
def test_the_answer_from_the_store_is_the_earlier_one(
    deltas: list[Event], usage: list[Event], finish: tuple[str | None, str | None]
) -> None:
    record = answered(*deltas, *usage, finish=finish)
    assert facts(from_store(record)) == facts(record.take())


@given(st.lists(DELTAS, max_size=12), USAGE)
def test_it_has_no_time_no_attempt_and_no_cost(deltas: list[Event], usage: list[Event]) -> None:
    take = from_store(answered(*deltas, *usage))
    stamps = take.stamps
    assert {stamps.ttft_ns, stamps.ttfa_ns, stamps.queue_ns, stamps.retry_ns, stamps.connect_ns} == {None}
    assert {stamps.total_ns, stamps.felt_ns, take.tokens_per_s} == {None}
    assert (take.origin, take.attempts, take.may_be_billed) == ("store", 0, False)
    assert take.cost == Cost(take.cost.amount, CostState.STORED)
    assert take.cost.amount == 0
    assert (take.endpoint, take.api) == ("openai", "responses")


def test_it_says_whose_answer_it_is() -> None:
    assert "from the store: the answer of abcdef.1.1" in from_store(answered(Event(5, Kind.TEXT, "yes"))).notices


def test_an_answer_that_came_from_the_store_itself_still_names_the_take_that_was_asked() -> None:
    first = answered(Event(5, Kind.TEXT, "yes"))
    second = TakeRecord("xyzabc.1.1", first.lane, 1, tuple(stored_events(first, 9, "o", "chat")))
    assert from_store(second).notices == from_store(first).notices
    assert facts(from_store(second)) == facts(first.take())


def test_a_long_answer_comes_as_a_handful_of_events() -> None:
    record = answered(*(Event(5, Kind.TEXT, "word ") for _ in range(5000)))
    assert len(stored_events(record, 9, "o", "chat")) == 5


# What it counts for


def test_answers_from_the_store_are_left_out_of_latency_and_cost() -> None:
    usage = Event(6, Kind.USAGE, data={"input": 1000, "output": 500})
    record = answered(Event(5, Kind.TEXT, "yes"), usage)
    tally = Tally(record.lane, "both")
    tally.add(record.take())
    tally.add(from_store(record))
    for figures in (tally.ttft_ms, tally.ttfa_ms, tally.total_ms, tally.costs):
        assert len(figures) == 1
    assert tally.verdicts == {"done": 2}


def test_a_lane_answered_from_the_store_is_neither_fastest_nor_cheapest() -> None:
    record = answered(Event(5, Kind.TEXT, "yes"))
    asked, stored = Tally(record.lane, "asked"), Tally(Lane.parse("other"), "stored")
    asked.add(record.take())
    stored.add(from_store(record))
    assert best([asked, stored]) == ""


def test_it_does_not_blur_what_a_session_cost() -> None:
    session = Session("abcdef")
    round_ = session.next_round(Prompt("why?"), (Lane.parse(LANE),), {})
    record = answered(Event(5, Kind.USAGE, data={"input": 10, "output": 5, "reported_cost": "0.5"}))
    session.rounds.append(SentRound(round_, [record.take(), from_store(record)]))
    assert session.cost == Cost(record.take().cost.amount, CostState.FINAL)
    assert from_store(record).verdict is Verdict.DONE
