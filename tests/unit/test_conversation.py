"""A follow-up continues each lane's own conversation: its own answers, nobody else's, in the order they were given."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.api import dialects
from compare_tui.core.conversation import can_be_continued, follow_up, history_of, turns_before
from compare_tui.core.endpoint import Api
from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Image, Prompt, Turn
from compare_tui.core.round import Round
from compare_tui.core.session import SentRound, Session
from compare_tui.core.take import Take
from compare_tui.core.tokens import estimate_tokens

LOW, HIGH, PRO = map(Lane.parse, ("gpt-5.5 low", "gpt-5.5 high", "gpt-5.5-pro high"))
PNG = Image("cat.png", "image/png", b"\x89PNG")
APIS: tuple[Api, ...] = get_args(Api)


def event(kind: Kind, text: str = "", /, **data: Any) -> Event:
    return Event(1, kind, text, data)


def ends(status: str = "completed", reason: str | None = None) -> list[Event]:
    return [event(Kind.FINISH, status=status, reason=reason), event(Kind.END)]


def answer(text: str) -> list[Event]:
    return [event(Kind.TEXT, text), *ends()]


def broken(text: str = "") -> list[Event]:
    return [event(Kind.TEXT, text), event(Kind.ERROR, "it broke", **{"class": "cut"}), event(Kind.END)]


def sent(
    session: Session, prompt: Prompt | str, answers: Mapping[Lane, list[Event]], follows: SentRound | None = None
) -> SentRound:
    """A round of these lanes and what became of it; as a follow-up it is sent with what `follow_up` gives."""
    asked = Prompt(prompt) if isinstance(prompt, str) else prompt
    round_ = session.next_round(asked, tuple(answers), {})
    if follows is not None:
        histories = follow_up(session, follows, round_.lanes).histories
        round_ = replace(round_, follows=follows.round.id, histories=histories)
    one = SentRound(round_, round_.takes())
    for take in one.takes:
        take.apply_all(answers[take.lane])
    session.rounds.append(one)
    return one


def said(turns: tuple[Turn, ...]) -> list[str]:
    return [f"{turn.role}: {turn.text}" for turn in turns]


# What continues


def test_each_lane_continues_its_own_answer() -> None:
    session = Session()
    first = sent(session, "why?", {LOW: answer("because"), HIGH: answer("since")})
    assert said(history_of(session, first, LOW).turns) == ["user: why?", "assistant: because"]
    assert said(history_of(session, first, HIGH).turns) == ["user: why?", "assistant: since"]


def test_a_lane_without_a_good_answer_sends_the_prompts_only_and_says_why() -> None:
    session = Session()
    first = sent(session, "why?", {LOW: broken("bec"), HIGH: answer("since")})
    found = follow_up(session, first, (LOW, HIGH))
    assert said(found.histories[LOW]) == ["user: why?"]
    assert found.notes == {LOW: "sends the prompts only: its take ended cut"}
    assert found.bare == 1


def test_a_lane_added_late_starts_from_the_prompts_of_all_rounds() -> None:
    session = Session()
    first = sent(session, "one", {LOW: answer("1")})
    second = sent(session, "two", {LOW: answer("2")}, first)
    found = follow_up(session, second, (LOW, PRO))
    assert said(found.histories[LOW]) == ["user: one", "assistant: 1", "user: two", "assistant: 2"]
    assert said(found.histories[PRO]) == ["user: one", "user: two"]
    assert found.notes == {PRO: "sends the prompts only: it was not asked in that round"}


def test_a_lane_that_sat_a_round_out_still_has_its_answers_of_before() -> None:
    session = Session()
    first = sent(session, "one", {LOW: answer("1"), PRO: answer("I")})
    second = sent(session, "two", {LOW: answer("2")}, first)
    assert said(history_of(session, second, PRO).turns) == ["user: one", "assistant: I", "user: two"]


def test_any_round_can_be_branched_from() -> None:
    session = Session()
    first = sent(session, "one", {LOW: answer("1")})
    second = sent(session, "two", {LOW: answer("2")}, first)
    branch = sent(session, "other", {LOW: answer("3")}, first)
    assert said(history_of(session, branch, LOW).turns) == ["user: one", "assistant: 1", "user: other", "assistant: 3"]
    assert said(history_of(session, second, LOW).turns)[2:] == ["user: two", "assistant: 2"]


def test_a_round_that_follows_none_begins_a_conversation_anew() -> None:
    session = Session()
    sent(session, "one", {LOW: answer("1")})
    assert said(history_of(session, sent(session, "two", {LOW: answer("2")}), LOW).turns) == [
        "user: two",
        "assistant: 2",
    ]


def test_turns_and_pictures_of_the_prompt_stay_in_their_places() -> None:
    session = Session()
    given_turns = (Turn("user", "hello"), Turn("assistant", "hi"))
    first = sent(session, Prompt("look", turns=given_turns, images=(PNG,)), {LOW: answer("a cat")})
    turns = history_of(session, first, LOW).turns
    assert said(turns) == ["user: hello", "assistant: hi", "user: look", "assistant: a cat"]
    assert turns[2].images == (PNG,)


def test_what_was_sent_counts_and_not_what_the_earlier_round_would_give_now() -> None:
    session = Session()
    first = sent(session, "one", {LOW: broken()})
    second = sent(session, "two", {LOW: answer("2")}, first)
    first.again(LOW).apply_all(answer("late"))
    assert said(history_of(session, second, LOW).turns) == ["user: one", "user: two", "assistant: 2"]


# Which answer


def test_of_several_takes_the_latest_good_one_is_continued() -> None:
    session = Session()
    first = sent(session, "why?", {LOW: answer("first")})
    first.again(LOW).apply_all(answer("second"))
    first.again(LOW).apply_all(broken("third"))
    assert history_of(session, first, LOW).turns[-1].text == "second"


def test_of_repeats_the_one_that_is_looked_at_is_continued() -> None:
    session = Session()
    lane = Lane.parse("gpt-5.5 low repeat=2 name=Mine")
    first = sent(session, "why?", {lane: answer("same")})
    first.again(lane).apply_all(answer("second"))
    other_name = Lane.parse("gpt-5.5 low")
    found = follow_up(session, first, (other_name,), {lane: first.takes[0]})
    assert (found.histories[other_name][-1].text, found.notes) == ("same", {})


def test_a_chosen_take_that_cannot_be_continued_gives_way_and_that_is_said() -> None:
    session = Session("abcdef")
    first = sent(session, "why?", {LOW: answer("good")})
    bad = first.again(LOW).apply_all(broken("bad"))
    found = history_of(session, first, LOW, bad)
    assert found.turns[-1].text == "good"
    assert found.note == "continues abcdef.1.1: the take looked at has no answer to continue"


def test_another_lanes_take_is_never_chosen() -> None:
    session = Session()
    first = sent(session, "why?", {LOW: broken(), HIGH: answer("since")})
    assert said(history_of(session, first, LOW, first.takes[1]).turns) == ["user: why?"]


@pytest.mark.parametrize(
    ("events", "why"),
    [
        (answer("words"), None),
        ([event(Kind.TEXT, "half"), *ends("incomplete", "max_output_tokens")], None),
        (answer(" \n"), "its answer is empty"),
        (ends("incomplete", "max_output_tokens"), "its answer is empty"),
        ([event(Kind.TOOL, "{}", key="0", name="f"), *ends()], "its answer is a call"),
        ([event(Kind.TEXT, "x"), event(Kind.TOOL, "{}", key="0", name="f"), *ends()], "its answer is a call"),
        ([event(Kind.REFUSAL, "no"), *ends()], "its take ended refused"),
        ([event(Kind.TEXT, "x"), *ends("incomplete", "content_filter")], "its take ended filtered"),
        (broken("x"), "its take ended cut"),
        ([event(Kind.TEXT, "x"), event(Kind.STOPPED), event(Kind.END)], "its take ended cancelled"),
        ([event(Kind.TEXT, "x"), event(Kind.INTERRUPTED)], "its take ended interrupted"),
        ([event(Kind.TEXT, "x")], "its answer is still coming"),
    ],
)
def test_only_words_that_are_whole_or_were_going_on_are_continued(events: list[Event], why: str | None) -> None:
    session = Session()
    first = sent(session, "why?", {LOW: events})
    assert can_be_continued(first.takes[0]) is (why is None)
    assert history_of(session, first, LOW).note == (f"sends the prompts only: {why}" if why else "")


# How much


def test_turns_and_tokens_are_those_of_the_lane_with_the_most() -> None:
    session = Session()
    first = sent(session, "why?", {LOW: broken(), HIGH: answer("since " * 50)})
    found = follow_up(session, first, (LOW, HIGH))
    tokens = estimate_tokens("why?") + estimate_tokens("since " * 50)
    assert (found.turns, found.tokens, found.varies) == (2, tokens, True)


def test_lanes_that_continue_the_same_amount_do_not_vary() -> None:
    session = Session()
    first = sent(session, "why?", {LOW: answer("yes"), HIGH: answer("yes")})
    assert not follow_up(session, first, (LOW, HIGH)).varies


# As it is sent


@pytest.mark.parametrize("api", APIS)
def test_both_dialects_send_the_turns_as_they_are(api: Api) -> None:
    session = Session()
    first = sent(session, Prompt("look", images=(PNG,)), {LOW: broken()})
    second = sent(session, "what is it?", {LOW: answer("a cat")}, first)
    histories = follow_up(session, second, (LOW,)).histories
    strict = Lane.parse("gpt-5.5 low system=@strict.md")
    plain = Round("s.3", Prompt("sure?", system="Be kind."), (LOW,), histories=histories)
    own = Round(
        "s.3",
        Prompt("sure?", system="Be kind."),
        (strict,),
        systems={"@strict.md": "Be strict."},
        histories={strict: histories[LOW]},
    )
    for round_, system in ((plain, "Be kind."), (own, "Be strict.")):
        lane = round_.lanes[0]
        body = dialects.request(api, lane, round_.prompt_for(lane)).body
        turns = body["input"] if api == "responses" else body["messages"][1:]
        assert [turn["role"] for turn in turns] == ["user", "user", "assistant", "user"]
        assert turns[0]["content"][0]["text"] == "look"
        assert "base64" in str(turns[0]["content"][1]["image_url"])
        assert [turn["content"] for turn in turns[1:]] == ["what is it?", "a cat", "sure?"]
        assert (body["instructions"] if api == "responses" else body["messages"][0]["content"]) == system


# Sessions as they may be found


def test_when_the_first_rounds_are_gone_a_late_lane_has_the_prompts_another_one_sent() -> None:
    session = Session()
    first = sent(session, "one", {LOW: answer("1")})
    second = sent(session, "two", {LOW: answer("2")}, first)
    session.rounds.remove(first)
    assert said(history_of(session, second, LOW).turns)[:2] == ["user: one", "assistant: 1"]
    assert said(history_of(session, second, PRO).turns) == ["user: one", "user: two"]


def test_a_round_that_says_it_follows_itself_or_a_later_one_follows_none() -> None:
    session = Session("abcdef")
    for follows in ("abcdef.1", "abcdef.2"):
        session.rounds = []
        first = sent(session, "one", {LOW: answer("1")})
        first.round = replace(first.round, follows=follows)
        second = sent(session, "two", {LOW: answer("2")})
        second.round = replace(second.round, follows="abcdef.1")
        assert said(history_of(session, second, HIGH).turns) == ["user: one", "user: two"]


def test_a_lane_that_joins_a_round_sent_before_continues_what_that_round_continued() -> None:
    session = Session()
    first = sent(session, "one", {LOW: answer("1"), PRO: answer("I")})
    second = sent(session, "two", {LOW: answer("2")}, first)
    assert said(turns_before(session, second.round, PRO)) == ["user: one", "assistant: I"]
    assert said(turns_before(session, second.round, LOW)) == ["user: one", "assistant: 1"]
    assert turns_before(session, first.round, PRO) == ()


# Whatever was asked, and whatever came of it

ROUNDS = st.lists(
    st.tuples(st.integers(0, 9), st.dictionaries(st.sampled_from((LOW, HIGH, PRO)), st.booleans(), min_size=1)),
    min_size=1,
    max_size=8,
)


@given(ROUNDS)
def test_every_lane_has_the_prompts_on_its_way_and_its_own_answers_behind_them(
    plan: list[tuple[int, dict[Lane, bool]]],
) -> None:
    """Rounds follow any round before them, or none; lanes come, go and fail."""
    session = Session("abcdef")
    ways: list[list[int]] = []
    for at, (back, outcomes) in enumerate(plan):
        follows = at - back if 0 < back <= at else None
        ways.append([*(ways[follows] if follows is not None else []), at])
        came = {lane: answer(f"{lane} in {at}") if good else broken() for lane, good in outcomes.items()}
        sent(session, f"prompt {at}", came, None if follows is None else session.rounds[follows])
    for way, one in zip(ways, session.rounds, strict=True):
        for lane in (LOW, HIGH, PRO):
            expected = []
            for at in way:
                expected.append(f"user: prompt {at}")
                if plan[at][1].get(lane):
                    expected.append(f"assistant: {lane} in {at}")
            assert said(history_of(session, one, lane).turns) == expected


def test_a_thousand_rounds_deep_nothing_breaks() -> None:
    session = Session()
    last = None
    for at in range(1000):
        round_ = session.next_round(Prompt(str(at)), (LOW,), {})
        last = SentRound(replace(round_, follows=last.round.id if last else None), [Take("x", LOW)])
        session.rounds.append(last)
    assert last is not None
    assert said(history_of(session, last, LOW).turns) == [f"user: {at}" for at in range(1000)]
