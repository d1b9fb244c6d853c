"""A take is the fold of its events: what it says, where it stands, and a cost that is honest at every moment."""

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.pricing import Cost, CostState, Rate
from compare_tui.core.take import Take
from compare_tui.core.usage import Usage
from compare_tui.core.verdict import Verdict

RATE = Rate("m", "default", Decimal(2), Decimal(8), date(2026, 11, 20), cached=Decimal("0.2"))
ANSWERED: dict[str, Any] = {"status": 200, "request_id": "req_1"}
WORDS = "four words of text "
WORD_TOKENS = 4


def event(kind: Kind, text: str = "", /, **data: Any) -> Event:
    return Event(1, kind, text, data)


def rated(rate: Rate | None = RATE, *, free: bool = False, thinks: bool = False) -> Event:
    return event(Kind.RATE, rate=rate.to_data() if rate else None, free=free, thinks=thinks)


def take(*events: Event, lane: str = "m") -> Take:
    queued = event(Kind.QUEUED, input_tokens=1000)
    return Take("s.1.1", Lane.parse(lane)).apply_all([queued, *events])


SENT = event(Kind.SENT, at="2026-11-20T08:00:00.000+00:00")
HEADERS = event(Kind.HEADERS, **ANSWERED)
TEXT = event(Kind.TEXT, WORDS)
USAGE = event(Kind.USAGE, input=1000, output=500, cached=0, reasoning=0)
FINISH = event(Kind.FINISH, status="completed", reason=None)
END = event(Kind.END)
WRITING = (rated(), SENT, HEADERS, TEXT)


def cut(error_class: str = "cut") -> tuple[Event, Event]:
    return event(Kind.ERROR, "it broke", **{"class": error_class}), END


# What it costs


@pytest.mark.parametrize(
    ("events", "amount", "state"),
    [
        pytest.param((), None, CostState.NO_PRICE, id="queued"),
        pytest.param((rated(),), None, CostState.ESTIMATED, id="rated, not sent"),
        pytest.param((rated(), SENT), None, CostState.ESTIMATED, id="sent, not answered"),
        pytest.param((rated(), SENT, HEADERS), "0.002", CostState.ESTIMATED, id="answered, nothing written"),
        pytest.param(WRITING, "0.002032", CostState.ESTIMATED, id="writing"),
        pytest.param((*WRITING, FINISH), "0.002032", CostState.ESTIMATED, id="complete, usage to come"),
        pytest.param((*WRITING, USAGE), "0.006", CostState.ESTIMATED, id="usage while it runs"),
        pytest.param((*WRITING, FINISH, USAGE), "0.006", CostState.FINAL, id="complete with usage"),
        pytest.param((*WRITING, USAGE, FINISH, END), "0.006", CostState.FINAL, id="ended with usage"),
        pytest.param((*WRITING, FINISH, END), "0.002032", CostState.PARTIAL, id="ended without usage"),
        pytest.param((*WRITING, *cut()), "0.002032", CostState.PARTIAL, id="cut"),
        pytest.param((*WRITING, *cut("stalled")), "0.002032", CostState.PARTIAL, id="stalled"),
        pytest.param((*WRITING, event(Kind.STOPPED), END), "0.002032", CostState.PARTIAL, id="stopped"),
        pytest.param((*WRITING, USAGE, *cut()), "0.006", CostState.PARTIAL, id="cut behind a running usage"),
        pytest.param((rated(), SENT, *cut("refused")), None, CostState.PARTIAL, id="never answered"),
        pytest.param((rated(), *cut("budget")), None, CostState.PARTIAL, id="never sent"),
        pytest.param((rated(None), SENT, HEADERS, TEXT, USAGE, FINISH, END), None, CostState.NO_PRICE, id="no price"),
    ],
)
def test_a_cost_is_honest_in_every_phase(events: Iterable[Event], amount: str | None, state: CostState) -> None:
    assert take(*events).cost == Cost(None if amount is None else Decimal(amount), state)


@pytest.mark.parametrize("status", [400, 401, 429, 500, 302])
def test_an_error_status_costs_an_unknown_amount_and_not_the_input(status: int) -> None:
    headers = event(Kind.HEADERS, status=status)
    assert take(rated(), SENT, headers, *cut("key")).cost.amount is None


def test_hidden_thinking_makes_a_running_cost_a_lower_bound() -> None:
    hidden = (rated(thinks=True), SENT, HEADERS, TEXT)
    assert take(*hidden).cost == Cost(Decimal("0.002032"), CostState.PARTIAL)
    assert take(*hidden, lane="m none").cost.state is CostState.ESTIMATED
    assert take(*hidden, event(Kind.REASONING, "hm")).cost.state is CostState.ESTIMATED
    assert take(*hidden, FINISH, USAGE).cost.state is CostState.FINAL


def test_thoughts_that_are_seen_are_counted() -> None:
    seen = take(rated(thinks=True), SENT, HEADERS, event(Kind.REASONING, WORDS), TEXT)
    assert seen.cost.amount == Decimal("0.002") + 2 * WORD_TOKENS * Decimal("0.000008")


def test_a_free_endpoint_costs_nothing_whatever_it_reports() -> None:
    free = take(rated(free=True), SENT, HEADERS, event(Kind.USAGE, input=1, output=1, reported_cost="0.5"), FINISH, END)
    assert free.cost == Cost(Decimal(0), CostState.FREE)
    assert take(rated(None, free=True)).cost.state is CostState.FREE


def test_the_figure_of_a_gateway_stands_above_our_own() -> None:
    reported = event(Kind.USAGE, input=1000, output=500, reported_cost="0.00014")
    for price in (rated(), rated(None)):
        assert take(price, SENT, HEADERS, reported, FINISH, END).cost == Cost(Decimal("0.00014"), CostState.REPORTED)


def test_a_part_without_a_price_of_its_own_keeps_the_cost_an_estimate() -> None:
    bare = Rate("m", "default", Decimal(2), Decimal(8), date(2026, 11, 20))
    cached = event(Kind.USAGE, input=1000, output=500, cached=600)
    assert take(rated(bare), SENT, HEADERS, cached, FINISH, END).cost == Cost(Decimal("0.006"), CostState.ESTIMATED)


def test_the_last_rate_told_is_the_one_that_counts() -> None:
    served = Rate("m", "flex", Decimal(1), Decimal(4), date(2026, 11, 20))
    answered = take(*WRITING, USAGE, FINISH, rated(served), END)
    assert (answered.cost, answered.rate) == (Cost(Decimal("0.003"), CostState.FINAL), served)


def test_usage_that_tells_a_half_leaves_the_other_half_an_estimate() -> None:
    without_output = take(*WRITING, event(Kind.USAGE, input=2000), FINISH, END)
    assert without_output.cost == Cost(Decimal("0.004") + WORD_TOKENS * Decimal("0.000008"), CostState.PARTIAL)
    without_input = take(*WRITING, event(Kind.USAGE, output=500), FINISH, END)
    assert without_input.cost == Cost(Decimal("0.006"), CostState.PARTIAL)


def test_usage_with_a_part_that_cannot_be_keeps_the_cost_an_estimate() -> None:
    doubtful = event(Kind.USAGE, input=1000, output=500, doubtful=True)
    assert take(*WRITING, doubtful, FINISH, END).cost == Cost(Decimal("0.006"), CostState.ESTIMATED)


def test_a_count_of_nothing_beside_an_answer_is_unknown() -> None:
    nothing = event(Kind.USAGE, input=0, output=0)
    assert take(*WRITING, nothing, FINISH, END).usage == Usage()
    assert take(rated(), SENT, HEADERS, nothing, FINISH, END).usage == Usage(output=0)
    assert take(*WRITING, nothing, FINISH, END).cost.amount == Decimal("0.002032")


def test_a_figure_of_a_gateway_on_the_way_is_an_estimate_and_behind_a_cut_a_lower_bound() -> None:
    reported = event(Kind.USAGE, input=1000, output=500, reported_cost="0.5")
    assert take(*WRITING, reported).cost == Cost(Decimal("0.5"), CostState.ESTIMATED)
    assert take(*WRITING, reported, *cut()).cost == Cost(Decimal("0.5"), CostState.PARTIAL)


@pytest.mark.parametrize(
    ("events", "may_be"),
    [
        pytest.param((), False, id="queued"),
        pytest.param((*cut("budget"),), False, id="never sent"),
        *(pytest.param((SENT, *cut(name)), False, id=name) for name in ("refused", "dns", "tls", "connect")),
        pytest.param((SENT, event(Kind.ERROR, **{"class": "key", "status": 401}), END), False, id="401"),
        pytest.param((SENT, event(Kind.ERROR, **{"class": "server", "status": 500}), END), False, id="500"),
        pytest.param((SENT, *cut("stalled")), True, id="no answer"),
        pytest.param((SENT, event(Kind.STOPPED), END), True, id="stopped"),
        pytest.param((SENT, HEADERS, *cut()), True, id="cut"),
        pytest.param((SENT, HEADERS, TEXT, FINISH, END), True, id="done"),
        pytest.param((SENT, *cut("refused")[:1], SENT, HEADERS, TEXT, FINISH, END), True, id="done at last"),
    ],
)
def test_a_take_may_be_billed_once_an_endpoint_can_have_begun_to_work(events: Iterable[Event], may_be: bool) -> None:
    assert take(rated(), *events).may_be_billed is may_be


# What was served


@pytest.mark.parametrize(
    ("lane", "served", "told"),
    [
        ("m flex", "default", "asked flex, served default"),
        ("m priority", "default", "asked priority, served default"),
        ("m fast", "priority", None),
        ("m fast", "fast", None),
        ("m priority", "fast", None),
        ("m default", "standard", None),
        ("m flex", "flex", None),
        ("m ultrafast", "fast", "asked ultrafast, served fast"),
        ("m tier=eco", "default", "asked eco, served default"),
        ("m", "default", None),
        ("m auto", "default", None),
        ("m flex", None, None),
        ("m flex", "auto", None),
    ],
)
def test_another_tier_than_the_one_asked_for_is_told(lane: str, served: str | None, told: str | None) -> None:
    assert take(SENT, event(Kind.SERVED, tier=served), lane=lane).downgrade == told


def test_what_is_served_is_gathered_and_never_forgotten() -> None:
    told = take(
        event(Kind.SERVED, model="m-1", tier=None, effort="low", id="r_1"),
        event(Kind.SERVED, model="m-2", tier="flex", effort=None, id=None),
    )
    assert (told.served.model, told.served.tier, told.served.effort, told.served.id) == ("m-2", "flex", "low", "r_1")


# Where it stands


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ((), "queued"),
        ((SENT,), "waiting"),
        ((SENT, HEADERS), "waiting"),
        ((SENT, event(Kind.REASONING, "hm")), "thinking"),
        ((SENT, event(Kind.TOOL, "{", key="0")), "thinking"),
        ((SENT, TEXT), "writing"),
        ((SENT, event(Kind.RETRY, attempt=1)), "retrying"),
        ((SENT, event(Kind.RETRY, attempt=1), SENT), "waiting"),
        ((SENT, TEXT, FINISH, END), "done"),
        ((SENT, event(Kind.RETRY, attempt=1), event(Kind.STOPPED), END), "cancelled"),
    ],
)
def test_its_state_is_one_word(events: Iterable[Event], state: str) -> None:
    assert take(*events).state == state


def test_a_retry_is_told_until_the_next_attempt_leaves() -> None:
    retry = event(Kind.RETRY, attempt=1, of=2, wait_ms=3000, because="too many requests")
    waiting = take(SENT, event(Kind.HEADERS, status=429, request_id="req_0"), retry)
    assert waiting.retrying == {**retry.data, "t_ns": retry.t_ns}
    again = waiting.apply_all([SENT])
    assert (again.retrying, again.attempts, again.status, again.request_id) == (None, 2, None, None)
    assert again.started_at == SENT.data["at"]


def test_a_failure_keeps_its_words_and_the_text_before_it() -> None:
    error = event(Kind.ERROR, "too many", **{"class": "rate-limit", "status": 429, "request_id": None})
    failed = take(SENT, HEADERS, TEXT, error, END)
    assert failed.failure is not None
    assert (failed.failure.error_class, failed.failure.message, failed.failure.status) == (
        "rate-limit",
        "too many",
        429,
    )
    assert (failed.failure.request_id, failed.status, failed.verdict) == ("req_1", 429, Verdict.FAILED)
    assert failed.text == WORDS


def test_a_call_is_gathered_from_its_pieces() -> None:
    pieces = [("{", "f", None), ("", None, "c1"), ('"a":1}', "", "")]
    called = take(*(event(Kind.TOOL, text, key="3", name=name, id=call_id) for text, name, call_id in pieces))
    assert {key: call.to_data() for key, call in called.tools.items()} == {
        "3": {"tool": "f", "id": "c1", "arguments": '{"a":1}'}
    }


def test_cautions_are_told_in_order_and_apart_from_notices() -> None:
    told = take(event(Kind.CAUTION, "b"), event(Kind.NOTICE, "c"), event(Kind.CAUTION, "a"))
    assert (told.cautions, told.notices) == (["b", "a"], ["c"])


def test_notices_are_told_once_and_in_order() -> None:
    told = take(event(Kind.NOTICE, "b"), event(Kind.UNSTREAMED), event(Kind.NOTICE, "a"), event(Kind.NOTICE, "b"))
    assert told.notices == ["b", "not streamed", "a"]


def test_a_stand_still_of_the_process_is_flagged_once() -> None:
    assert take(SENT).flags == ()
    assert take(SENT, event(Kind.GAP, ms=1500), event(Kind.GAP, ms=2000)).flags == ("clock-gap",)


def test_the_request_is_kept_as_it_was_sent() -> None:
    body = {"path": "/responses", "body": {"model": "m"}}
    assert take(event(Kind.REQUEST, **body)).sent == body


def test_output_tokens_are_those_reported_or_those_seen() -> None:
    assert take(SENT, TEXT).output_tokens == WORD_TOKENS
    assert take(SENT, TEXT, USAGE).output_tokens == 500


# The same events, the same take


def facts(folded: Take) -> dict[str, Any]:
    """Everything a reader can see of it."""
    names = [name for name in dir(folded) if not name.startswith("_")]
    seen = {name: getattr(folded, name) for name in names if not callable(getattr(folded, name))}
    return seen | {"tools": {key: call.to_data() for key, call in folded.tools.items()}}


RECORDED = [
    event(Kind.REQUEST, path="/responses", body={}),
    rated(thinks=True),
    SENT,
    event(Kind.HEADERS, status=429),
    event(Kind.RETRY, attempt=1, of=2, wait_ms=10, because="too many"),
    SENT,
    event(Kind.CONNECTED),
    event(Kind.REQUEST_SENT),
    HEADERS,
    event(Kind.FIRST_EVENT),
    event(Kind.SERVED, model="m-1", id="r_1"),
    event(Kind.REASONING, "hm"),
    event(Kind.PART, key="1.0"),
    TEXT,
    event(Kind.LOGPROBS, tokens=[{"token": "a"}]),
    event(Kind.PART, key="2.0"),
    event(Kind.REFUSAL, "no"),
    event(Kind.TOOL, "{}", key="3", name="f", id="c1"),
    event(Kind.TOOL, "", key="3", name=None, id=None),
    event(Kind.GAP, ms=1200),
    event(Kind.NOTICE, "a notice"),
    event(Kind.CAUTION, "a caution"),
    event(Kind.UNSTREAMED),
    USAGE,
    event(Kind.USAGE, output=3, reported_cost="0.1"),
    event(Kind.SERVED, tier="default", effort="low"),
    event(Kind.ERROR, "it broke", **{"class": "in-band", "status": None, "request_id": None}),
    FINISH,
    event(Kind.STOPPED),
    event(Kind.INTERRUPTED),
    END,
]


def test_the_recorded_take_has_every_kind_of_event() -> None:
    assert {one.kind for one in RECORDED} | {Kind.QUEUED, Kind.STORED} == set(Kind)


@given(st.integers(0, len(RECORDED)))
def test_a_replay_of_the_same_events_gives_the_same_take(length: int) -> None:
    stamped = [one._replace(t_ns=at) for at, one in enumerate(RECORDED[:length], 10)]
    assert facts(take(*stamped)) == facts(take(*stamped))


def test_watching_a_take_changes_nothing_in_it() -> None:
    watched = take()
    for one in RECORDED:
        watched.apply(one)
        facts(watched)
    assert facts(watched) == facts(take(*RECORDED))
    half_words = [event(Kind.TEXT, "wa"), event(Kind.TEXT, "tch"), event(Kind.TEXT, "ed")]
    watched = take(rated(), SENT, HEADERS)
    for one in half_words:
        watched.apply(one)
        facts(watched)
    assert facts(watched) == facts(take(rated(), SENT, HEADERS, *half_words))


@pytest.mark.examples(200, 10_000)
@given(st.permutations(RECORDED), st.integers(0, len(RECORDED)))
def test_no_order_of_well_formed_events_breaks_the_fold(order: list[Event], length: int) -> None:
    stamped = [one._replace(t_ns=at) for at, one in enumerate(order[:length], 10)]
    folded = take(*stamped, lane="m flex")
    assert facts(folded) == facts(take(*stamped, lane="m flex"))
    assert (folded.verdict is None) == (not {Kind.END, Kind.INTERRUPTED} & {one.kind for one in stamped})


@given(st.permutations(RECORDED), st.integers(0, len(RECORDED)))
def test_unknown_never_becomes_a_price_of_zero(order: list[Event], length: int) -> None:
    cost = take(*order[:length]).cost
    assert cost.amount is None or cost.amount > 0


def test_events_written_as_json_fold_into_the_same_take() -> None:
    written = [json.dumps([one.t_ns, one.kind, one.text, dict(one.data)]) for one in RECORDED]
    read = [Event(t_ns, Kind(kind), text, data) for t_ns, kind, text, data in map(json.loads, written)]
    assert facts(take(*read)) == facts(take(*RECORDED))


def test_a_take_without_events_knows_nothing() -> None:
    empty = Take("s.1.1", Lane("m"))
    assert (empty.text, empty.reasoning, empty.verdict, empty.usage) == ("", "", None, None)
    assert (empty.cost, empty.tokens_per_s) == (Cost(None, CostState.NO_PRICE), None)
    assert Usage.from_data(USAGE.data) == Usage(1000, 500, cached=0, reasoning=0)


def test_an_answer_that_was_complete_when_its_process_ended_is_done() -> None:
    gone = event(Kind.INTERRUPTED)
    assert take(rated(), SENT, HEADERS, TEXT, gone).verdict is Verdict.INTERRUPTED
    whole = take(rated(), SENT, HEADERS, TEXT, USAGE, FINISH, gone)
    assert (whole.verdict, whole.cost.state, whole.stamps.total_ns) == (Verdict.DONE, CostState.FINAL, None)
