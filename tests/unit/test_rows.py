"""A take as a row: the pinned columns in their order, every figure filled or honestly empty."""

import json
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.pricing import Rate
from compare_tui.core.prompt import Prompt
from compare_tui.core.round import Round
from compare_tui.export.rows import COLUMNS, Value, digits, row

PINNED = (
    "model,effort,prompt_id,latency_s,in_tokens,out_tokens,cost_usd,output,"
    "schema,session,round,take,repeat,role,parent,origin,lane,endpoint,api,model_served,tier,tier_served,effort_served,"
    "verdict,finish_reason,flags,started_at,queue_ms,ttft_ms,ttfa_ms,total_ms,felt_ms,tokens_per_s,cached_tokens,"
    "cache_write_tokens,reasoning_tokens,usage_source,cost_state,price_date,attempts,retry_ms,http_status,error_class,"
    "error,request_id,temperature,top_p,max_output_tokens,checks,failed_checks,grade,vote,grader,tags,"
    "system,prompt,reasoning,escaped"
)
RATE = Rate("gpt-5.5", "flex", Decimal("2.5"), Decimal(15), date(2026, 11, 20), Decimal("0.25"), Decimal(3), Decimal(5))


def event(ms: float, kind: Kind, text: str = "", /, **data: object) -> Event:
    return Event(round(ms * 1_000_000), kind, text, data)


QUEUED = event(100, Kind.QUEUED, input_tokens=900, endpoint="local", api="chat")
PRICED = event(100, Kind.RATE, rate=RATE.to_data(), free=False, thinks=False)
SENT = event(112.5, Kind.SENT, at="2026-11-20T09:30:00.125+00:00")
HEADERS = event(300, Kind.HEADERS, status=200, request_id="req_1")
USED = event(2800, Kind.USAGE, input=1000, output=161, cached=600, written=30, written_12h=10, reasoning=60)
FINISHED = event(2800, Kind.FINISH, status="completed", reason="stop")
END = event(2812.4567, Kind.END)
ANSWER = [
    QUEUED,
    PRICED,
    SENT,
    HEADERS,
    event(310, Kind.SERVED, model="gpt-5.5-2026-04", tier="default", effort="high"),
    event(712.5, Kind.TEXT, "TTFT is "),
    event(2712.5, Kind.TEXT, "a wait."),
    USED,
    FINISHED,
    END,
]


def cells(
    *events: Event, lane: str = "gpt-5.5 high flex", prompt: Prompt | None = None, **about: Any
) -> dict[str, Value]:
    round_ = Round("abc123.2", prompt or Prompt("Explain TTFT"), (Lane.parse(lane),), **about)
    take = round_.takes()[0].apply_all(events)
    return row(take, round_)


def test_the_columns_are_the_pinned_ones_in_the_pinned_order() -> None:
    assert ",".join(COLUMNS) == PINNED
    assert tuple(cells(*ANSWER)) == COLUMNS


def test_an_answer_fills_every_figure_it_knows_and_no_other() -> None:
    lane = "gpt-5.5 high flex @local temp=0.2 top_p=1 max=4000"
    about = {"tags": {"feature": "chat"}, "prompt_id": "greeting"}
    found = cells(*ANSWER, lane=lane, prompt=Prompt("Explain TTFT", system="Be brief."), **about)
    assert {name: value for name, value in found.items() if value is not None} == {
        "model": "gpt-5.5",
        "effort": "high",
        "prompt_id": "greeting",
        "latency_s": Decimal("2.699957"),
        "in_tokens": 1000,
        "out_tokens": 161,
        "cost_usd": Decimal("0.003605"),
        "output": "TTFT is a wait.",
        "schema": 1,
        "session": "abc123",
        "round": "abc123.2",
        "take": "abc123.2.1",
        "repeat": 1,
        "role": "answer",
        "origin": "live",
        "lane": lane,
        "endpoint": "local",
        "api": "chat",
        "model_served": "gpt-5.5-2026-04",
        "tier": "flex",
        "tier_served": "default",
        "effort_served": "high",
        "verdict": "done",
        "finish_reason": "stop",
        "started_at": "2026-11-20T09:30:00.125+00:00",
        "queue_ms": Decimal("12.5"),
        "ttft_ms": 600,
        "ttfa_ms": 600,
        "total_ms": Decimal("2699.957"),
        "felt_ms": Decimal("2712.457"),
        "tokens_per_s": 50,
        "cached_tokens": 600,
        "cache_write_tokens": 40,
        "reasoning_tokens": 60,
        "usage_source": "server",
        "cost_state": "final",
        "price_date": "2026-11-20",
        "attempts": 1,
        "retry_ms": 0,
        "http_status": 200,
        "request_id": "req_1",
        "temperature": 0.2,
        "top_p": 1.0,
        "max_output_tokens": 4000,
        "tags": "feature=chat",
        "system": "Be brief.",
        "prompt": "Explain TTFT",
    }


NEEDED = {
    name: kinds
    for names, kinds in (
        ("in_tokens out_tokens cached_tokens cache_write_tokens reasoning_tokens", {Kind.USAGE}),
        ("latency_s total_ms", {Kind.SENT, Kind.END}),
        ("felt_ms", {Kind.QUEUED, Kind.SENT, Kind.END}),
        ("ttft_ms ttfa_ms", {Kind.SENT, Kind.TEXT}),
        ("retry_ms started_at", {Kind.SENT}),
        ("queue_ms", {Kind.QUEUED, Kind.SENT}),
        ("tokens_per_s", {Kind.TEXT, Kind.USAGE}),
        ("http_status request_id", {Kind.HEADERS}),
        ("model_served tier_served effort_served", {Kind.SERVED}),
        ("price_date", {Kind.RATE}),
        ("finish_reason", {Kind.FINISH}),
        ("verdict", {Kind.END}),
    )
    for name in names.split()
}


@settings(max_examples=500, deadline=None)
@given(st.sets(st.sampled_from(sorted({event.kind for event in ANSWER}))))
def test_a_figure_is_empty_exactly_when_an_event_it_needs_never_came(missing: set[Kind]) -> None:
    found = cells(*(event for event in ANSWER if event.kind not in missing))
    empty = {name for name in NEEDED if found[name] is None}
    assert empty == {name for name, kinds in NEEDED.items() if kinds & missing}
    assert found["cost_usd"] is None or found["cost_usd"] != 0


def test_a_take_that_was_never_sent_has_no_figure_but_its_attempts() -> None:
    error = event(101, Kind.ERROR, "the prompt does not fit", **{"class": "too-long"})
    found = cells(QUEUED, PRICED, error, event(101, Kind.END))
    assert (found["attempts"], found["verdict"], found["error_class"]) == (0, "failed", "too-long")
    assert found["error"] == "the prompt does not fit"
    assert [name for name in COLUMNS if found[name] == 0] == ["attempts"]
    assert (found["cost_usd"], found["cost_state"], found["usage_source"]) == (None, "partial", None)


def test_an_answer_without_usage_has_an_estimated_cost_and_no_tokens() -> None:
    found = cells(QUEUED, PRICED, SENT, HEADERS, event(400, Kind.TEXT, "half an ans"), END)
    assert (found["verdict"], found["output"]) == ("cut", "half an ans")
    assert (found["usage_source"], found["cost_state"]) == ("estimated", "partial")
    assert isinstance(found["cost_usd"], Decimal)
    assert found["cost_usd"] > 0
    assert {found[name] for name in NEEDED if name.endswith("_tokens")} == {None}


def test_a_lower_bound_of_nothing_is_no_price_of_0() -> None:
    found = cells(event(100, Kind.QUEUED), PRICED, SENT, HEADERS, END)
    assert (found["cost_usd"], found["cost_state"], found["usage_source"]) == (None, "partial", None)


def test_the_usage_is_the_servers_even_when_its_price_is_estimated() -> None:
    found = cells(QUEUED, PRICED, SENT, HEADERS, event(400, Kind.USAGE, output=7), END)
    assert (found["usage_source"], found["in_tokens"], found["out_tokens"]) == ("server", None, 7)


FREE_OF_CHARGE = {**RATE.to_data(), "input": "0", "output": "0"}
FINISHED = event(2, Kind.FINISH, status="completed", reason=None)


@pytest.mark.parametrize(
    ("events", "amount", "state"),
    [
        ([event(0, Kind.RATE, rate=None, free=True)], Decimal(0), "free"),
        ([event(0, Kind.USAGE, reported_cost="0"), FINISHED], Decimal(0), "reported"),
        ([event(0, Kind.USAGE, reported_cost="0.00012300"), FINISHED], Decimal("0.000123"), "reported"),
        ([event(0, Kind.USAGE, reported_cost="0.5"), END], Decimal("0.5"), "partial"),
        ([event(0, Kind.RATE, rate=None, free=False), USED], None, "no-price"),
        ([event(0, Kind.RATE, rate=FREE_OF_CHARGE), event(1, Kind.USAGE, input=1, output=1), FINISHED], 0, "final"),
        ([event(0, Kind.RATE, rate=RATE.to_data()), event(1, Kind.USAGE, input=0, output=0), END], None, "partial"),
    ],
)
def test_a_cost_is_0_only_when_it_really_is(events: list[Event], amount: Decimal | None, state: str) -> None:
    found = cells(*events)
    assert (found["cost_usd"], found["cost_state"]) == (amount, state)


def test_a_second_attempt_counts_and_what_came_before_is_retry() -> None:
    retry = event(500, Kind.RETRY, attempt=1, of=2, wait_ms=300, because="busy")
    found = cells(QUEUED, SENT, HEADERS, retry, event(800, Kind.SENT, at="later"), FINISHED, event(900, Kind.END))
    assert (found["attempts"], found["queue_ms"], found["retry_ms"]) == (2, 12.5, 687.5)
    assert (found["total_ms"], found["felt_ms"], found["latency_s"]) == (100, 800, Decimal("0.1"))
    assert (found["http_status"], found["request_id"]) == (None, None)
    assert found["started_at"] == "2026-11-20T09:30:00.125+00:00"


def test_a_failure_tells_its_status_class_message_and_request() -> None:
    told = {"class": "rate-limit", "status": 429, "request_id": "req_9"}
    found = cells(QUEUED, SENT, event(300, Kind.ERROR, "too many requests", **told), END)
    assert (found["verdict"], found["error_class"], found["error"]) == ("failed", "rate-limit", "too many requests")
    assert (found["http_status"], found["request_id"]) == (429, "req_9")


def test_a_rate_has_two_decimals() -> None:
    slower = [event(ms, Kind.TEXT, "x") for ms in (200, 3200)]
    assert cells(SENT, *slower, event(3300, Kind.USAGE, input=5, output=101))["tokens_per_s"] == Decimal("33.33")


def test_a_clock_gap_is_flagged() -> None:
    assert cells(QUEUED, SENT, event(200, Kind.GAP, ms=60_000), END)["flags"] == "clock-gap"


def test_reasoning_has_a_column_of_its_own() -> None:
    found = cells(SENT, event(200, Kind.REASONING, "Let me see."), event(300, Kind.TEXT, "42"))
    assert (found["reasoning"], found["output"]) == ("Let me see.", "42")
    assert (found["ttft_ms"], found["ttfa_ms"]) == (Decimal("87.5"), Decimal("187.5"))


def test_calls_follow_the_text_as_one_json_list() -> None:
    calls = [
        event(200, Kind.TEXT, "I look it up."),
        event(210, Kind.TOOL, '{"city":', key="0", name="weather", id="call_1"),
        event(220, Kind.TOOL, '"Zürich"}', key="0"),
        event(230, Kind.TOOL, "{}", key="1", name="time", id="call_2"),
    ]
    text, listed = str(cells(*calls)["output"]).split("\n\n")
    assert text == "I look it up."
    assert "Zürich" in listed
    assert json.loads(listed) == [
        {"tool": "weather", "id": "call_1", "arguments": '{"city":"Zürich"}'},
        {"tool": "time", "id": "call_2", "arguments": "{}"},
    ]
    assert cells(*calls[3:])["output"] == '[{"tool": "time", "id": "call_2", "arguments": "{}"}]'


def test_a_repeat_is_a_take_of_its_own() -> None:
    round_ = Round("abc123.1", Prompt("Hi"), (Lane.parse("gpt-5.5 repeat=2"), Lane.parse("gpt-5.5-mini")))
    found = [row(take, round_) for take in round_.takes()]
    assert [(each["take"], each["repeat"], each["model"]) for each in found] == [
        ("abc123.1.1", 1, "gpt-5.5"),
        ("abc123.1.2", 2, "gpt-5.5"),
        ("abc123.1.3", 1, "gpt-5.5-mini"),
    ]


def test_a_lanes_own_system_text_is_the_one_it_was_sent() -> None:
    about = {"systems": {"@strict.md": "Be strict."}}
    found = cells(lane="gpt-5.5 system=@strict.md", prompt=Prompt("Hi", system="Be kind."), **about)
    assert found["system"] == "Be strict."


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.text(alphabet="ab%;=3BD +'\n"), st.text(alphabet='ab%;=25 ,"')))
def test_tags_can_be_read_back_whatever_they_hold(tags: dict[str, str]) -> None:
    written = cells(tags=tags)["tags"]
    assert (written is None) == (not tags)
    read = [pair.partition("=") for pair in str(written).split(";")] if tags else []
    assert [(unquote(key), unquote(value)) for key, _, value in read] == sorted(tags.items())


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-5, "-5"),
        (0.2, "0.2"),
        (1.0, "1"),
        (1e-07, "0.0000001"),
        (1e22, "10000000000000000000000"),
        (Decimal("1E-9"), "0.000000001"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.0003450"), "0.000345"),
        (Decimal("1234567890.123456789012345678901234567890"), "1234567890.12345678901234567890123456789"),
    ],
)
def test_a_number_has_all_its_digits_and_no_exponent(number: float | Decimal, text: str) -> None:
    assert digits(number) == text
