"""How much came from the cache, and what kept more from it: said in the reader's words, and only when it is news."""

from dataclasses import replace
from time import process_time
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.api import dialects
from compare_tui.core.endpoint import Api
from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prefix import Difference, cached_shares, departs, share_of, why_missed
from compare_tui.core.prompt import TOKENS_PER_IMAGE, Image, Prompt, Turn
from compare_tui.core.session import SentRound, Session
from compare_tui.core.take import Take
from compare_tui.core.tokens import estimate_tokens

APIS: tuple[Api, ...] = get_args(Api)
LANE = Lane.parse("gpt-5.5 low")
CAT, DOG, COW = (Image(name, "image/png", name.encode()) for name in ("cat", "dog", "cow"))
RULES = "Answer in one plain sentence. " * 400
FIRST = Prompt(
    "What is it?",
    RULES,
    (Turn("user", "Look at these.", (CAT, DOG)), Turn("assistant", "I see.")),
    schema={"type": "object"},
    tools=({"type": "function", "name": "f"},),
)


def request(prompt: Prompt, api: Api = "responses", lane: Lane = LANE) -> dict[str, Any]:
    """As a take keeps what it sent."""
    made = dialects.request(api, lane, prompt, "cold-1" if lane.cache == "cold" else None)
    return {"path": made.path, "body": made.shown()}


def where(now: Prompt, before: Prompt = FIRST, api: Api = "responses") -> str:
    return departs(request(before, api), request(now, api)).text


# Where two requests part


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"tools": ()}, "the tools changed"),
        ({"tools": ({"type": "function", "name": "g"},)}, "the tools changed"),
        ({"schema": None}, "the schema changed"),
        ({"schema": {"type": "array"}}, "the schema changed"),
        ({"system": RULES[:119] + "!" + RULES[120:]}, "the system text differs from character 120 on"),
        ({"system": RULES + "x"}, f"the system text differs from character {len(RULES) + 1:,} on"),
        ({"system": None}, "the system text is gone"),
        ({"turns": (replace(FIRST.turns[0], text="Read this."), FIRST.turns[1])}, "turn 1 is another one"),
        (
            {"turns": (replace(FIRST.turns[0], text="Look at me."), FIRST.turns[1])},
            "turn 1 differs from character 9 on",
        ),
        ({"turns": (replace(FIRST.turns[0], images=(CAT, COW)), FIRST.turns[1])}, "image 2 of turn 1 is another one"),
        ({"turns": (replace(FIRST.turns[0], images=(CAT,)), FIRST.turns[1])}, "image 2 of turn 1 is gone"),
        ({"turns": (replace(FIRST.turns[0], images=(CAT, DOG, COW)), FIRST.turns[1])}, "image 3 of turn 1 is new"),
        ({"turns": (FIRST.turns[0], Turn("user", "I see."))}, "turn 2 is another one"),
        ({"text": "What is that?"}, "turn 3 differs from character 9 on"),
        ({"images": (CAT,)}, "image 1 of turn 3 is new"),
        ({"turns": (*FIRST.turns, Turn("user", "What is it?"), Turn("assistant", "A cat.")), "text": "Sure?"}, ""),
    ],
)
def test_the_first_part_that_differs_is_named(api: Api, changes: dict[str, Any], said: str) -> None:
    assert where(replace(FIRST, **changes), api=api) == said


@pytest.mark.parametrize("api", APIS)
def test_what_stood_before_another_part_is_named_first(api: Api) -> None:
    assert where(replace(FIRST, tools=(), system="other", text="other"), api=api) == "the tools changed"
    assert where(replace(FIRST, system="Be short.", text="other"), api=api).startswith("the system text")


@pytest.mark.parametrize("api", APIS)
def test_a_system_text_that_was_not_there_is_new(api: Api) -> None:
    assert where(Prompt("why?", "Be kind."), Prompt("why?"), api) == "the system text is new"


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    ("lane", "said"),
    [
        ("gpt-5.5-pro low", "the model changed"),
        ("gpt-5.5 high", "the effort changed"),
        ("gpt-5.5 low flex", "the tier changed"),
        ("gpt-5.5 low verbosity=low", "the verbosity changed"),
        ("gpt-5.5 low cache=cold", "the cache key changed"),
        ("gpt-5.5 low temp=0.2 max=100", ""),
    ],
)
def test_what_chooses_the_cache_is_named_before_the_prompt(api: Api, lane: str, said: str) -> None:
    other = request(FIRST, api, Lane.parse(lane))
    assert departs(request(FIRST, api), other) == Difference(said, 0 if said else departs(other, other).shared)


def test_a_text_alone_and_a_list_of_turns_are_the_same_request() -> None:
    told = {"body": {"input": [{"role": "user", "content": [{"type": "input_text", "text": "why?"}]}]}}
    assert departs({"body": {"input": "why?"}}, told).text == ""


def test_the_shared_tokens_are_those_before_the_difference() -> None:
    shared = departs(request(Prompt("why?", RULES)), request(Prompt("what?", RULES))).shared
    assert shared == pytest.approx(estimate_tokens(RULES), rel=0.01)
    pictures = departs(request(Prompt("a", images=(CAT, DOG))), request(Prompt("a", images=(CAT, COW)))).shared
    assert pictures == TOKENS_PER_IMAGE + 1


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(st.characters(codec=None), max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(("role", "content", "text", "image_url", "format", "effort", "x")), inner),
    ),
    max_leaves=8,
)
BODIES = st.dictionaries(
    st.sampled_from(("model", "input", "messages", "instructions", "tools", "text", "reasoning", "response_format")),
    JSON,
)


@given(BODIES, BODIES)
def test_any_body_can_be_compared_and_is_like_itself(one: dict[str, Any], other: dict[str, Any]) -> None:
    """`body.` keys of a lane put there what they like."""
    assert departs({"body": one}, {"body": one}).text == ""
    departs({"body": one}, {"body": other})


@given(st.text("ab"), st.text("ab"))
def test_the_character_told_is_the_first_that_differs(one: str, other: str) -> None:
    told = where(Prompt("?", f"x{other}"), Prompt("?", f"x{one}"))
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    assert told == ("" if one == other else f"the system text differs from character {same + 2} on")


def test_two_megabytes_are_compared_in_an_instant() -> None:
    long = "word after word " * 130_000
    one, other = request(Prompt(long, RULES)), request(Prompt(long + "!", RULES))
    began = process_time()
    assert departs(one, other).text.startswith("turn 1 differs from character 2,080,001")
    assert process_time() - began < 0.1


# Why a take had no more from the cache


def answered(
    prompt: Prompt, cached: int | None, read: int | None = None, at: str = "08:00:00", lane: Lane = LANE
) -> list[Event]:
    sent = request(prompt, lane=lane)
    return [
        Event(1, Kind.REQUEST, data=sent),
        Event(2, Kind.SENT, data={"at": f"2026-11-20T{at}.000+00:00"}),
        Event(3, Kind.TEXT, "yes"),
        Event(4, Kind.USAGE, data=_usage(read or prompt.input_tokens, cached)),
        Event(4, Kind.FINISH, data={"status": "completed", "reason": None}),
        Event(5, Kind.END),
    ]


def _usage(read: int, cached: int | None) -> dict[str, int]:
    return {"input": read, "output": 1} | ({} if cached is None else {"cached": cached})


def missed(before: Prompt, now: Prompt, cached: int = 0, at: str = "08:00:00") -> str:
    first = Take("s.1.1", LANE).apply_all(answered(before, 0))
    return why_missed(first, Take("s.2.1", LANE).apply_all(answered(now, cached, at=at)))


LONG = Prompt("why?", RULES)


def test_a_changed_part_is_the_reason() -> None:
    assert missed(LONG, replace(LONG, system="Now " + RULES)) == "the system text differs from character 1 on"
    assert missed(LONG, replace(LONG, text="what?"), cached=2304) == "turn 1 differs from character 3 on"


def test_when_nothing_changed_the_cache_was_not_kept() -> None:
    assert missed(LONG, LONG, at="08:12:30") == (
        "nothing changed, the cache was not kept: 12 minutes lay between, most are kept for 5"
    )
    assert (
        missed(LONG, LONG, at="08:01:00")
        == "nothing changed and it was asked within 5 minutes: the endpoint kept no cache"
    )


def test_when_the_beginning_is_the_same_it_should_have_come_from_the_cache() -> None:
    told = missed(LONG, replace(LONG, text="what?"), at="08:12:00")
    assert told.startswith("the first ~2,")
    assert told.endswith("12 minutes lay between, most are kept for 5")


def test_times_that_nobody_knows_are_not_told() -> None:
    assert missed(LONG, LONG, at="late") == "nothing changed, the cache was not kept; most are for 5 minutes"


def test_a_short_prompt_is_never_cached() -> None:
    assert missed(Prompt("why?"), Prompt("why?")) == "below 1,024 tokens nothing is cached"


def test_a_take_that_sent_nothing_tells_nothing() -> None:
    assert why_missed(Take("s.1.1", LANE), Take("s.2.1", LANE)) == "what was sent is not known"


# Per session


def asks(session: Session, *takes: list[Event], lane: Lane = LANE, follows: str | None = None) -> SentRound:
    round_ = replace(session.next_round(Prompt("p"), (lane,), {}), follows=follows)
    sent = SentRound(round_, [])
    for events in takes:
        sent.again(lane).apply_all(events)
    session.rounds.append(sent)
    return sent


def alarms(session: Session) -> list[str]:
    return [one.alarm for one in cached_shares(session)]


def test_the_share_of_each_round_and_of_the_session() -> None:
    session = Session("abcdef")
    asks(session, answered(LONG, 0, 2400))
    asks(session, answered(LONG, 2304, 2400), answered(LONG, 2304, 2400))
    found = cached_shares(session)
    assert [(one.round_id, one.lane, one.share) for one in found] == [("abcdef.1", LANE, 0), ("abcdef.2", LANE, 0.96)]
    assert share_of(found) == pytest.approx(0.64)
    assert alarms(session) == ["", ""]


def test_what_is_not_reported_is_unknown_and_stands_in_no_sum() -> None:
    session = Session("abcdef")
    asks(session, answered(LONG, None))
    asks(session, answered(LONG, 1200, 2400))
    asks(session, [Event(1, Kind.QUEUED)])
    assert [one.share for one in cached_shares(session)] == [None, 0.5, None]
    assert share_of(cached_shares(session)) == 0.5
    assert share_of([]) is None


def test_a_drop_is_told_with_its_reason() -> None:
    session = Session("abcdef")
    asks(session, answered(LONG, 2304, 2400))
    asks(session, answered(replace(LONG, system="Now " + RULES), 0, 2400))
    reason = "the system text differs from character 1 on"
    assert alarms(session) == ["", f"0 % of the input from the cache, 96 % in round 1: {reason}"]


def test_a_drop_without_a_change_is_told_as_well() -> None:
    session = Session("abcdef")
    asks(session, answered(LONG, 2304, 2400))
    asks(session, answered(replace(LONG, text="what?"), 0, 2400, at="08:20:00"))
    assert "the cache was not kept: 20 minutes lay between" in alarms(session)[1]


def test_a_prompt_that_grew_is_no_alarm() -> None:
    session = Session("abcdef")
    asks(session, *[answered(LONG, 2304, 2400)] * 3)
    turns = (Turn("user", LONG.text), Turn("assistant", "yes"))
    asks(session, answered(replace(LONG, turns=turns, text="why? " * 9000), 2304, 12_000), follows="abcdef.1")
    assert alarms(session) == ["", ""]


def test_another_prompt_is_no_alarm() -> None:
    session = Session("abcdef")
    asks(session, answered(Prompt("Be kind. " * 99 + "word " * 3000), 2944, 3000))
    asks(session, answered(Prompt("Be kind. " * 99 + "text " * 3000), 0, 3000))
    assert alarms(session) == ["", ""]


def test_a_prompt_too_short_to_be_cached_is_no_alarm() -> None:
    session = Session("abcdef")
    asks(session, answered(LONG, 2304, 2400))
    asks(session, answered(Prompt("why?"), 0, 8))
    assert alarms(session) == ["", ""]


def test_an_earlier_turn_that_changed_is_an_alarm() -> None:
    session = Session("abcdef")
    for cached, first in ((2304, RULES), (0, "Now " + RULES)):
        asks(session, answered(Prompt("why?", turns=(Turn("user", first), Turn("assistant", "yes"))), cached, 2400))
    assert alarms(session)[1].endswith("in round 1: turn 1 is another one")


def test_a_lane_that_asks_for_a_cold_cache_gets_no_alarm() -> None:
    session = Session("abcdef")
    cold = Lane.parse("gpt-5.5 low cache=cold")
    for cached in (2304, 0):
        asks(session, answered(LONG, cached, 2400, lane=cold), lane=cold)
    assert alarms(session) == ["", ""]


def test_a_branch_is_measured_against_the_round_it_follows() -> None:
    session = Session("abcdef")
    asks(session, answered(LONG, 2304, 2400))
    asks(session, answered(Prompt("short"), 0, 8))
    asks(session, answered(replace(LONG, system="Now " + RULES), 0, 2400), follows="abcdef.1")
    assert "96 % in round 1" in alarms(session)[2]


def test_an_answer_from_the_store_says_nothing_of_a_cache() -> None:
    session = Session("abcdef")
    asks(session, answered(LONG, 2304, 2400))
    stored = [Event(1, Kind.STORED, data={"of": "abcdef.1.1"}), *answered(LONG, 2304, 2400)[2:]]
    asks(session, stored)
    assert [one.share for one in cached_shares(session)] == [0.96, None]


def test_a_lane_named_twice_is_counted_once() -> None:
    session = Session("abcdef")
    sent = asks(session, answered(LONG, 2304, 2400))
    sent.round = replace(sent.round, lanes=(LANE, Lane.parse("gpt-5.5 low name=Mine")))
    assert [one.takes for one in cached_shares(session)] == [1]
