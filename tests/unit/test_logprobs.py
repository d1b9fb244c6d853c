"""Token probabilities from what endpoints really send, found in the text of the answer or nowhere."""

import json
import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.logprobs import MOST_ALTERNATIVES, Figures, Token, Weighed, figures, tokens_of
from compare_tui.core.take import Take
from tests.streams import ReadStream

PROSE = "The sky is blue because short waves scatter more than long ones, and the eye sees violet less well than blue."
WORDS = [f"{' ' if at else ''}{word}" for at, word in enumerate(PROSE.split(" "))]
FOX = "🦊".encode()


def entry(token: Any, logprob: Any = -0.1, **more: Any) -> dict[str, Any]:
    return {"token": token, "logprob": logprob} | more


def places(tokens: tuple[Token, ...], text: str) -> list[str | None]:
    return [None if token.start is None else text[token.start : token.end] for token in tokens]


# Where they are in the text


@given(st.lists(st.text(min_size=1)), st.booleans())
def test_the_tokens_of_an_honest_endpoint_joined_are_the_text(words: list[str], with_bytes: bool) -> None:
    words = [word.encode("utf-8", "replace").decode() for word in words]
    text = "".join(words)
    entries = [entry(word, bytes=list(word.encode())) if with_bytes else entry(word) for word in words]
    tokens = tokens_of(entries, text)
    assert places(tokens, text) == [token.text for token in tokens] == words


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.data())
def test_a_text_cut_anywhere_between_its_bytes_is_that_text(text: str, data: st.DataObject) -> None:
    said = text.encode()
    cuts = sorted({0, len(said), *data.draw(st.lists(st.integers(0, len(said))))})
    pieces = [said[start:end] for start, end in pairwise(cuts)]
    tokens = tokens_of([entry("\ufffd?", bytes=list(piece)) for piece in pieces], text)
    if len(pieces) <= 16:
        assert "".join(token.text for token in tokens) == text
    assert all(token.start is None or text[token.start : token.end] == token.text for token in tokens)


@pytest.mark.parametrize(
    "halves",
    [
        [entry("", bytes=list(FOX[:2])), entry("", bytes=[FOX[2]]), entry("", bytes=[FOX[3]])],
        [entry(r"bytes:\xf0\x9f"), entry(r"bytes:\xa6"), entry(r"bytes:\x8a")],
        [entry("\ufffd", bytes=list(FOX[:1])), entry("\ufffd", bytes=list(FOX[1:3])), entry("�", bytes=[FOX[3]])],
    ],
)
def test_an_emoji_split_over_three_tokens_is_one_with_their_joint_probability(halves: list[Any]) -> None:
    tokens = tokens_of([entry("A "), *halves, entry(" runs")], "A 🦊 runs")
    assert [token.text for token in tokens] == ["A ", "🦊", " runs"]
    assert tokens[1].probability == pytest.approx(math.exp(-0.3))
    assert (tokens[1].start, tokens[1].end, len(tokens[1].entries)) == (2, 3, 3)


def test_what_is_not_in_the_text_is_nowhere_and_the_rest_in_its_place() -> None:
    entries = [*map(entry, WORDS), entry("<|end|>")]
    strange = [entry("<|begin|>"), *entries[:9], entry("[tool]"), *entries[9:]]
    assert [place for place in places(tokens_of(strange, PROSE), PROSE) if place is not None] == WORDS
    assert [token.text for token in tokens_of(strange, PROSE) if token.start is None] == [
        "<|begin|>",
        "[tool]",
        "<|end|>",
    ]


def test_text_without_tokens_is_left_out_and_what_follows_is_in_its_place() -> None:
    some = [entry(word) for at, word in enumerate(WORDS) if at not in (7, 14)]
    tokens = tokens_of(some, PROSE)
    assert places(tokens, PROSE) == [word for at, word in enumerate(WORDS) if at not in (7, 14)]
    assert tokens[-1].end == len(PROSE)


def test_tokens_of_other_words_are_never_put_where_the_text_happens_to_be_alike() -> None:
    thoughts = "The answer could be that the sky is only blue for us. The sea is another thing."
    thought = [entry(f"{' ' if at else ''}{word}") for at, word in enumerate(thoughts.split(" "))]
    tokens = tokens_of([*thought, *map(entry, WORDS)], PROSE)
    assert not any(token.start is not None for token in tokens[: len(thought)])
    assert places(tokens[len(thought) :], PROSE) == WORDS
    assert not any(token.start is not None for token in tokens_of(thought[3:], PROSE))


@given(st.lists(st.sampled_from(["a", " a", "b", "", "🦊", " the", "\n"])), st.text("ab the\n🦊", max_size=80))
def test_a_token_with_a_place_is_what_stands_there_and_places_are_in_order(words: list[str], text: str) -> None:
    tokens = tokens_of([entry(word) for word in words], text)
    found = [token for token in tokens if token.start is not None]
    assert all(text[token.start : token.end] == token.text for token in found)
    assert all(one.end <= (other.start or 0) for one, other in pairwise(found))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=6))
def test_an_answer_that_grows_ends_with_the_tokens_of_the_whole_one(steps: list[tuple[int, int]]) -> None:
    entries = [*map(entry, WORDS[:9]), entry("[gone]"), *map(entry, WORDS[9:])]
    weighed = Weighed()
    told = said = 0
    for more_entries, more_words in steps:
        told, said = told + more_entries, said + more_words
        weighed.feed(entries[:told], "".join(WORDS[:said]), whole=False)
    while weighed.feed(entries, PROSE, whole=True, most=3):
        pass
    assert tuple(weighed.tokens) == tokens_of(entries, PROSE)
    assert [at for at, token in enumerate(weighed.tokens) if token.start is not None] == weighed.placed


def test_a_hostile_answer_of_tokens_that_fit_nowhere_is_soon_read() -> None:
    tokens = tokens_of([entry("ab" * (at % 7)) for at in range(20_000)], "ba" * 50_000)
    assert len(tokens) == 20_000
    assert not any(token.start is not None for token in tokens)


# Figures that are none


@pytest.mark.parametrize("logprob", [math.nan, math.inf, 3.0, "-0.1", None, True, [], {}])
def test_what_is_no_logarithm_of_a_probability_is_unknown(logprob: Any) -> None:
    (token,) = tokens_of([entry("a", logprob)], "a")
    assert token.probability is None
    assert figures([token], 0.5) == Figures()


@pytest.mark.parametrize(("logprob", "probability"), [(-math.inf, 0.0), (-9999, 0.0), (-(10**400), 0.0), (1e-9, 1.0)])
def test_what_cannot_be_is_0_and_what_is_sure_is_1(logprob: Any, probability: float) -> None:
    assert tokens_of([entry("a", logprob)], "a")[0].probability == probability


@pytest.mark.parametrize(
    "entries",
    [[None], ["a"], [[]], [{}], [entry(7)], [entry(None)], [entry("a", bytes=[999])], [entry("a", bytes="a")]],
)
def test_entries_of_any_shape_hurt_nobody(entries: list[Any]) -> None:
    (token,) = tokens_of(entries, "a")
    assert token.alternatives
    assert token.was_likeliest is None


def test_figures_are_of_the_tokens_in_the_text() -> None:
    entries = [entry("a", math.log(0.5)), entry("b", math.log(0.125)), entry("c", None), entry("<end>", -9)]
    told = figures(tokens_of(entries, "abc"), 0.5)
    assert (told.known, told.under) == (2, 1)
    assert told.mean == pytest.approx(0.3125)
    assert told.lowest == pytest.approx(0.125)
    assert told.perplexity == pytest.approx(4)
    assert figures(tokens_of([entry("a", -math.inf)], "a"), 0.5).perplexity is None


# What might have stood there


def test_alternatives_are_sorted_and_the_chosen_one_is_among_them() -> None:
    top = [entry(" blue", math.log(0.2)), entry(" grey", math.log(0.7)), entry(" a", math.nan)]
    (token,) = tokens_of([entry(" blue", math.log(0.2), top_logprobs=top)], " blue")
    assert [(one.text, one.chosen) for one in token.alternatives] == [(" grey", False), (" blue", True), (" a", False)]
    assert token.was_likeliest is False
    (sure,) = tokens_of([entry(" blue", -0.1, top_logprobs=top[1:])], " blue")
    assert sure.was_likeliest is True


@pytest.mark.parametrize("top", [None, 7, "x", [None, 1], {"a": -1}])
def test_alternatives_of_another_shape_are_none(top: Any) -> None:
    (token,) = tokens_of([entry("a", top_logprobs=top)], "a")
    assert [one.text for one in token.alternatives] == ["a"]


def test_of_ten_thousand_alternatives_the_likeliest_are_kept() -> None:
    top = [entry(f"t{at}", -at / 100) for at in range(10_000)]
    (token,) = tokens_of([entry("a", -0.005, top_logprobs=top)], "a")
    assert len(token.alternatives) == MOST_ALTERNATIVES + 1
    assert [one.text for one in token.alternatives[:3]] == ["t0", "a", "t1"]


# How they come


class Chat(ReadStream):
    api = "chat"


class Responses(ReadStream):
    api = "responses"


def chunk(*tokens: Any, of: str = "content", **delta: Any) -> dict[str, Any]:
    logprobs = {"content": None, "refusal": None, of: list(tokens)}
    return {"choices": [{"index": 0, "delta": delta, "logprobs": logprobs}]}


def delta(words: str, part: int, *tokens: Any) -> dict[str, Any]:
    place = {"output_index": part, "content_index": 0}
    return {"type": "response.output_text.delta", "delta": words, "logprobs": list(tokens), **place}


def done(words: str, part: int, *tokens: Any) -> dict[str, Any]:
    return delta(words, part, *tokens) | {"type": "response.output_text.done", "text": words}


COMPLETED = {"type": "response.completed", "response": {"status": "completed"}}


def said(take: Take) -> list[str]:
    return [one["token"] for one in take.logprobs]


def test_a_refusal_has_its_tokens_and_thoughts_and_calls_have_none_of_the_answer() -> None:
    calls = [{"index": 0, "function": {"name": "f", "arguments": "{}"}}]
    stream = Chat().read(
        chunk(entry("hm"), reasoning_content="hm"),
        chunk(entry("A"), content="A"),
        chunk(entry("", bytes=[240, 159]), content=""),
        chunk(entry("No"), of="refusal", refusal="No"),
        chunk(entry("{}"), tool_calls=calls),
    )
    assert said(stream.take) == ["A", "", "No"]


def test_an_event_that_repeats_all_the_tokens_doubles_none() -> None:
    tokens = [entry("a"), entry("b")]
    stream = Responses().read(delta("a", 0, tokens[0]), delta("b", 0, tokens[1]), done("ab", 0, *tokens), COMPLETED)
    assert said(stream.take) == ["a", "b"]


def test_tokens_that_come_only_with_the_whole_piece_are_taken_from_there() -> None:
    stream = Responses().read(delta("a", 0), delta("b", 0), done("ab", 0, entry("a"), entry("b")), COMPLETED)
    assert said(stream.take) == ["a", "b"]


def test_tokens_stand_in_the_order_of_the_pieces_they_belong_to() -> None:
    late_first = [delta("b", 1, entry("b")), delta("a", 0, entry("a")), delta("c", 1, entry("c"))]
    take = Responses().read(*late_first, COMPLETED).take
    assert (take.text, said(take)) == ("abc", ["a", "b", "c"])


# When there are none


def ended(lane: str, *events: Event, status: str = "completed") -> Take:
    finish = Event(3, Kind.FINISH, data={"status": status, "reason": None})
    return Take("s.1.1", Lane.parse(lane)).apply_all([Event(1, Kind.SENT), *events, finish, Event(4, Kind.END)])


def refused(lane: str, message: str) -> Take:
    error = Event(2, Kind.ERROR, message, {"class": "bad-request", "status": 400})
    return Take("s.1.1", Lane.parse(lane)).apply_all([Event(1, Kind.SENT), error, Event(4, Kind.END)])


TEXT = Event(2, Kind.TEXT, "Blue.")


def test_who_asked_and_got_none_is_told_so() -> None:
    none_came = ["asked for token probabilities, none came"]
    assert ended("m logprobs=3", TEXT).notices == none_came
    assert ended("m", TEXT).notices == []
    assert ended("m logprobs=3", TEXT, status="failed").notices == []
    assert ended("m logprobs=3", TEXT, Event(2, Kind.LOGPROBS, data={"tokens": [entry("a")]})).notices == []
    call = Event(2, Kind.TOOL, "{}", {"key": "0", "name": "f"})
    assert ended("m logprobs=3", call).notices == []


@pytest.mark.parametrize(
    "message",
    [
        "Unsupported parameter: 'top_logprobs' is not supported with this model. (unsupported_parameter)",
        "You are not allowed to request logprobs from this model",
        "logprobs are not supported with reasoning models.",
    ],
)
def test_a_model_that_refuses_them_is_said_to_give_none(message: str) -> None:
    assert refused("m logprobs=3", message).notices == [
        "this model gives no token probabilities: send to it without logprobs"
    ]
    assert refused("m", message).notices == []


def test_too_many_alternatives_are_another_matter() -> None:
    message = "Invalid 'top_logprobs': integer above maximum value. Expected a value <= 20."
    assert refused("m logprobs=40", message).notices == ["this endpoint does not take logprobs=40: ask for fewer"]
    assert refused("m logprobs=4", "the server is down").notices == []


def test_hostile_tokens_come_through_the_reader_as_they_are() -> None:
    line = '{"choices":[{"index":0,"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-Infinity,'
    line += '"top_logprobs":[{"token":"\\ud83d","logprob":NaN}]}, 7, null]}}]}'
    (token,) = tokens_of(Chat().read(line).take.logprobs, "a")
    assert (token.probability, [one.probability for one in token.alternatives]) == (0.0, [0.0, None])
    assert json.dumps(token.entries)
