"""Streams of the `responses` dialect, with every quirk a server has shown, and the take they fold into."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.api.sse import ServerEvent
from compare_tui.core.take import Take
from compare_tui.core.usage import Usage
from compare_tui.core.verdict import Verdict
from tests.streams import ReadStream, Said

FIRST, SECOND, FOX = "\ud83e", "\udd8a", "🦊"
USAGE = {"input_tokens": 11, "output_tokens": 7, "output_tokens_details": {"reasoning_tokens": 3}}
CREATED = {"type": "response.created", "response": {"id": "resp_1", "model": "m-1", "service_tier": "auto"}}


class Stream(ReadStream):
    api = "responses"


def text(delta: Any, **fields: Any) -> Said:
    return {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": delta} | fields


def thought(delta: str, kind: str = "summary", **fields: Any) -> Said:
    name = "reasoning_summary_text" if kind == "summary" else "reasoning_text"
    return {"type": f"response.{name}.delta", "output_index": 0, "summary_index": 0, "delta": delta} | fields


def ended(kind: str = "completed", **response: Any) -> Said:
    return {"type": f"response.{kind}", "response": {"status": kind, "usage": USAGE} | response}


def message(words: str) -> Said:
    return {"type": "message", "content": [{"type": "output_text", "text": words}]}


def gave_up(stream: Stream) -> str:
    assert stream.problem is not None
    assert (stream.problem.error_class, stream.reader.complete) == ("in-band", False)
    assert stream.take.verdict is Verdict.FAILED
    return stream.problem.message


def test_an_answer_in_good_order_is_done_with_all_its_figures() -> None:
    stream = Stream().read(CREATED).read(text("Hel")).read(text("lo"), text("!"))
    stream.read(ended(model="m-1-2026", service_tier="flex", reasoning={"effort": "low"}, id="resp_1"))
    take = stream.take
    assert (take.text, take.verdict, take.usage) == ("Hello!", Verdict.DONE, Usage(11, 7, reasoning=3))
    assert (take.served.model, take.served.tier, take.served.effort, take.served.id) == (
        "m-1-2026",
        "flex",
        "low",
        "resp_1",
    )
    assert (take.stamps.ttft_ns, take.stamps.ttfa_ns, take.stamps.last_text) == (180, 180, 300)
    assert stream.reader.complete
    assert stream.reader.finished


def test_the_tier_at_the_beginning_is_not_the_one_served() -> None:
    assert Stream().read(CREATED).read(text("a")).take.served.tier is None


@pytest.mark.parametrize(
    ("event", "inside", "verdict"),
    [
        ("completed", {"status": "completed"}, Verdict.DONE),
        ("completed", {"status": None, "usage": USAGE}, Verdict.DONE),
        ("completed", {"status": "failed", "error": {"message": "no"}}, Verdict.FAILED),
        ("completed", {"status": "incomplete"}, Verdict.TRUNCATED),
        ("completed", {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, Verdict.FILTERED),
        ("completed", {"status": "cancelled"}, Verdict.CANCELLED),
        ("incomplete", {"incomplete_details": {"reason": "max_output_tokens"}}, Verdict.TRUNCATED),
        ("incomplete", {"incomplete_details": {"reason": "content_filter"}}, Verdict.FILTERED),
        ("incomplete", {"incomplete_details": {"reason": "steered"}}, Verdict.TRUNCATED),
        ("incomplete", {"incomplete_details": None}, Verdict.TRUNCATED),
        ("failed", {"error": {"code": "server_error", "message": "no"}}, Verdict.FAILED),
        ("failed", {"status": "completed"}, Verdict.FAILED),
        ("incomplete", {"status": "completed"}, Verdict.TRUNCATED),
    ],
)
def test_the_verdict_is_that_of_the_event_and_of_the_status_inside(event: str, inside: Said, verdict: Verdict) -> None:
    take = Stream().read(text("a")).read(ended(event, **inside)).take
    assert (take.verdict, take.text) == (verdict, "a")
    assert take.usage == Usage(11, 7, reasoning=3)


def test_a_failed_answer_says_why() -> None:
    failed = Stream().read(ended("failed", error={"code": "server_error", "message": "try later"}))
    assert gave_up(failed) == "the endpoint gave up: try later (server_error)"
    assert gave_up(Stream().read(ended("failed"))) == "the endpoint gave up: no reason given"


@pytest.mark.parametrize("marker", ["[DONE]", ""])
def test_nothing_but_a_terminal_event_ends_the_answer(marker: str) -> None:
    stream = Stream().read(text("a"), {"type": "response.output_text.done", "text": "a"}, marker)
    assert not stream.reader.complete
    assert stream.take.verdict is Verdict.CUT


def test_nothing_counts_behind_the_end() -> None:
    stream = Stream().read(text("a"), ended()).read(text("b"), "{broken", {"error": "late"}, ended("failed"))
    assert (stream.take.text, stream.take.verdict) == ("a", Verdict.DONE)


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "error", "code": "overloaded", "message": "too busy"},
        {"type": "error", "error": {"code": "overloaded", "message": "too busy"}},
        {"error": {"code": "overloaded", "message": "too busy"}},
        {"error": "too busy"},
        {"detail": "too busy", "type": "error"},
    ],
)
def test_an_error_inside_the_stream_breaks_the_answer_off(shape: Said) -> None:
    stream = Stream().read(text("a")).read(text("b"), shape, text("c"))
    assert "too busy" in gave_up(stream)
    assert stream.take.text == "ab"


@pytest.mark.parametrize(
    "said", [{"code": 503, "message": "too busy"}, {"type": "server_error", "message": "too busy"}, "too busy"]
)
def test_an_event_named_error_breaks_the_answer_off_whatever_it_holds(said: Said | str) -> None:
    assert "too busy" in gave_up(Stream().read(ServerEvent("error", json.dumps(said))))


NOISE = r"""
null
3
"text"
[1, 2]
{}
{"type": null}
{"type": 3}
{"type": ["x"]}
{"type": {"a": 1}}
{"type": "response.unheard_of.delta", "delta": "x"}
{"type": "response.audio.delta", "delta": "x"}
{"type": "keepalive", "sequence_number": 3}
{"error": null}
{"error": {}}
{"type": "response.created"}
{"type": "response.created", "response": []}
{"type": "response.output_item.done", "item": null}
{"type": "response.output_item.added", "item": {"type": "message", "content": []}}
{"type": "response.content_part.added", "part": {"type": "output_text", "text": ""}}
"""


@pytest.mark.parametrize("noise", ["", " ", *NOISE.strip().splitlines()])
def test_what_says_nothing_of_the_answer_is_passed_over(noise: str) -> None:
    take = Stream().read(text("a")).read(noise).read(text("b"), ended()).take
    assert (take.text, take.verdict) == ("ab", Verdict.DONE)


@pytest.mark.parametrize("delta", [None, 123, True, [], {"text": "x"}, ""])
def test_a_delta_that_is_no_text_is_no_first_token(delta: object) -> None:
    take = Stream().read(text(delta)).read(text("a")).take
    assert (take.text, take.stamps.ttft_ns) == ("a", 180)


def test_an_event_is_known_by_its_name_where_it_has_no_type() -> None:
    stream = Stream()
    stream.read(ServerEvent("response.output_text.delta", '{"delta": "a"}'), ServerEvent("response.completed", "{}"))
    assert (stream.take.text, stream.take.verdict) == ("a", Verdict.DONE)


@pytest.mark.parametrize("index", [True, -1, 1.5, "0", None, [0], 10**30])
def test_an_index_of_any_kind_still_gives_a_text(index: object) -> None:
    assert Stream().read(text("a", output_index=index), ended()).take.text == "a"


def test_several_messages_follow_each_other_in_the_order_of_their_index() -> None:
    take = (
        Stream().read(text("second", output_index=2), text("first, ", output_index=1), text("!", output_index=2)).take
    )
    assert take.text == "first, second!"
    assert Stream().read(text("b", content_index=10), text("a", content_index=9)).take.text == "ab"


@pytest.mark.parametrize("field", ["text", "refusal"])
def test_a_piece_that_comes_only_when_it_is_done_is_read(field: str) -> None:
    kind = "output_text" if field == "text" else "refusal"
    done = {"type": f"response.{kind}.done", "output_index": 0, "content_index": 0, field: "whole"}
    assert Stream().read(done, ended()).take.text == "whole"
    assert Stream().read(text("who")).read(text("le")).read(done, ended()).take.text == "whole"


def test_an_answer_that_stands_in_the_terminal_event_alone_is_read() -> None:
    call = {"type": "function_call", "name": "f", "call_id": "c1", "arguments": '{"a":1}'}
    other = {"type": "custom_tool_call", "name": "g", "call_id": "c2", "input": "SELECT 1"}
    thinking = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}
    refused = {"type": "message", "content": [{"type": "refusal", "refusal": "no"}]}
    take = Stream().read(ended(output=[thinking, message("one, "), message("two, "), refused, call, other])).take
    assert (take.text, take.reasoning, take.verdict) == ("one, two, no", "hm", Verdict.REFUSED)
    assert called(take) == [
        {"tool": "f", "id": "c1", "arguments": '{"a":1}'},
        {"tool": "g", "id": "c2", "arguments": "SELECT 1"},
    ]


def test_what_was_streamed_is_not_read_again_from_the_terminal_event() -> None:
    take = Stream().read(text("one"), ended(output=[message("one")])).take
    assert take.text == "one"


def test_thoughts_that_were_streamed_are_not_read_again_from_an_answer_without_text() -> None:
    thinking = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}
    reason = {"reason": "max_output_tokens"}
    take = Stream().read(thought("hm")).read(ended("incomplete", incomplete_details=reason, output=[thinking])).take
    assert (take.reasoning, take.text, take.verdict) == ("hm", "", Verdict.TRUNCATED)


def test_text_behind_streamed_thoughts_is_read_from_the_terminal_event() -> None:
    take = Stream().read(thought("hm")).read(ended(output=[{"type": "reasoning"}, message("one")])).take
    assert (take.reasoning, take.text) == ("hm", "one")


@pytest.mark.parametrize("kind", ["summary", "raw"])
def test_thoughts_are_the_first_token_but_not_the_first_text(kind: str) -> None:
    take = Stream().read(thought("hm", kind)).read(text("a")).take
    assert (take.reasoning, take.text) == ("hm", "a")
    assert (take.stamps.ttft_ns, take.stamps.ttfa_ns) == (80, 180)


def test_summaries_are_paragraphs() -> None:
    take = Stream().read(thought("a"), thought("b"), thought("c", summary_index=1)).take
    assert take.reasoning == "ab\n\nc"


def test_a_refusal_is_the_text_and_the_verdict() -> None:
    refusal = {"type": "response.refusal.delta", "output_index": 0, "content_index": 0, "delta": "I will not."}
    take = Stream().read(refusal, ended()).take
    assert (take.text, take.verdict) == ("I will not.", Verdict.REFUSED)


CALL = {"type": "function_call", "name": "weather", "call_id": "call_1", "id": "fc_1", "arguments": ""}


def arguments(delta: str, **fields: Any) -> Said:
    return {"type": "response.function_call_arguments.delta", "output_index": 0, "delta": delta} | fields


def called(take: Take) -> list[Said]:
    return [call.to_data() for call in take.tools.values()]


def test_a_call_is_gathered_from_its_item_and_its_arguments() -> None:
    added = {"type": "response.output_item.added", "output_index": 0, "item": CALL}
    done = {"type": "response.output_item.done", "output_index": 0, "item": CALL | {"arguments": '{"a":1}'}}
    take = Stream().read(added).read(arguments('{"a"')).read(arguments(":1}"), done, ended()).take
    assert called(take) == [{"tool": "weather", "id": "call_1", "arguments": '{"a":1}'}]
    assert (take.stamps.ttft_ns, take.stamps.ttfa_ns, take.verdict) == (180, None, Verdict.DONE)
    for said in ((added, done), (added, arguments('{"a":1}')), (arguments('{"a":1}'), done)):
        assert called(Stream().read(*said, ended()).take) == called(take)


def test_two_calls_stay_apart() -> None:
    take = Stream().read(arguments("{1}"), arguments("{2}", output_index=1), arguments("{3}", output_index=1)).take
    assert [call["arguments"] for call in called(take)] == ["{1}", "{2}{3}"]


def test_logprobs_are_gathered_as_they_come() -> None:
    tokens = [{"token": "a", "logprob": -0.1, "top_logprobs": []}, {"token": "b", "logprob": -0.2}]
    take = Stream().read(text("a", logprobs=tokens[:1]), text("b", logprobs=tokens[1:]), text("c", logprobs=[])).take
    assert (take.text, take.logprobs) == ("abc", tokens)
    whole = {"type": "message", "content": [{"type": "output_text", "text": "ab", "logprobs": tokens}]}
    assert Stream().read(ended(output=[whole])).take.logprobs == tokens


@pytest.mark.parametrize("usage", [None, {}, [], "x", {"input_tokens": -1}])
def test_usage_that_says_nothing_leaves_the_figures_unknown(usage: object) -> None:
    take = Stream().read(text("a"), ended(usage=usage)).take
    assert (take.usage, take.verdict) == (None, Verdict.DONE)


def test_halves_of_a_character_join_over_two_deltas_and_over_two_reads() -> None:
    assert Stream().read(text(f"a{FIRST}"), text(f"{SECOND}b"), ended()).take.text == f"a{FOX}b"
    assert Stream().read(text(f"a{FIRST}")).read(text(f"{SECOND}b")).read(ended()).take.text == f"a{FOX}b"
    assert Stream().read(thought(FIRST)).read(thought(SECOND)).take.reasoning == FOX


def test_a_half_at_the_end_is_unknown() -> None:
    assert Stream().read(text(f"a{FIRST}")).read(ended()).take.text == "a\ufffd"
    assert Stream().read(text(f"a{FIRST}")).take.text == "a\ufffd"


def test_a_half_does_not_wander_into_the_next_message() -> None:
    assert Stream().read(text(f"a{FIRST}", output_index=1)).read(text("b", output_index=0)).take.text == "ba\ufffd"


def test_halves_join_in_the_arguments_of_a_call_and_never_leave_in_a_name() -> None:
    take = Stream().read(CREATED, arguments(f'"{FIRST}')).read(arguments(f'{SECOND}"'), ended(model=f"m{FIRST}")).take
    assert called(take)[0]["arguments"] == f'"{FOX}"'
    assert take.served.model is not None
    assert take.served.model.encode()


def test_a_whole_response_is_done_and_not_streamed() -> None:
    stream = Stream()
    body = {"status": "completed", "output": [message("one, "), message("two")], "usage": USAGE}
    stream.out.begin(100)
    assert stream.reader.read_whole(body)
    take = stream.take
    assert (take.text, take.verdict, take.notices) == ("one, two", Verdict.DONE, ["not streamed"])
    assert (take.stamps.ttft_ns, take.stamps.ttfa_ns, take.tokens_per_s) == (None, None, None)
    assert take.usage == Usage(11, 7, reasoning=3)
    assert stream.reader.finished


@pytest.mark.parametrize("body", [None, [], "x", 3, {}, {"output": "x"}, {"error": {"message": "no"}}, {"choices": []}])
def test_what_is_no_response_is_no_answer(body: object) -> None:
    assert not Stream().reader.read_whole(body)


@pytest.mark.parametrize("status", [None, "succeeded", "", 3])
def test_a_whole_response_with_an_odd_status_is_done(status: object) -> None:
    stream = Stream()
    assert stream.reader.read_whole({"status": status, "output": [message("one")]})
    assert (stream.take.text, stream.take.verdict) == ("one", Verdict.DONE)


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_a_response_that_is_still_in_work_is_no_answer(status: str) -> None:
    assert not Stream().reader.read_whole({"status": status, "output": []})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)
# fmt: off
FIELDS = ("delta", "text", "refusal", "item", "response", "error", "output_index", "content_index", "summary_index")
KINDS = (
    "created", "output_text.delta", "output_text.done", "refusal.done", "reasoning_summary_text.delta",
    "function_call_arguments.delta", "output_item.added", "output_item.done", "completed", "incomplete", "failed",
)
# fmt: on
objects = st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS).map(lambda kind: f"response.{kind}") | json_values},
    optional=dict.fromkeys(FIELDS, json_values),
)
items = st.fixed_dictionaries(
    {"type": st.sampled_from(["message", "reasoning", "function_call"])},
    optional=dict.fromkeys(("content", "summary", "arguments", "name"), json_values),
)
responses = st.fixed_dictionaries(
    {"output": st.lists(items | json_values, max_size=3)},
    optional=dict.fromkeys(("status", "usage", "error", "incomplete_details", "model"), json_values),
)


@pytest.mark.examples(300, 5_000)
@given(st.lists(objects | json_values | responses.map(lambda whole: {"type": "response.completed", "response": whole})))
def test_whatever_json_comes_the_reader_ends_in_an_answer_or_a_problem(said: list[Any]) -> None:
    take = Stream().read(*map(json.dumps, said)).take
    written = take.text + take.reasoning + "".join(str(call.to_data()) for call in take.tools.values())
    assert written.encode().decode() == written
