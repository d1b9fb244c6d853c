"""Streams of the `chat` dialect, with the quirks of its many servers, and the take they fold into."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.api.sse import ServerEvent
from compare_tui.core.events import Kind
from compare_tui.core.take import Take
from compare_tui.core.usage import Usage
from compare_tui.core.verdict import Verdict
from tests.streams import ReadStream, Said

DONE = "[DONE]"
FIRST, SECOND, FOX = "\ud83e", "\udd8a", "🦊"
USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "completion_tokens_details": {"reasoning_tokens": 3}}


class Stream(ReadStream):
    api = "chat"


def chunk(delta: Any = None, finish: Any = None, **fields: Any) -> Said:
    return {"id": "c_1", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]} | fields


def text(words: Any, finish: Any = None, **fields: Any) -> Said:
    return chunk({"content": words}, finish, **fields)


STOP = chunk({}, "stop")


def test_an_answer_in_good_order_is_done_with_all_its_figures() -> None:
    stream = Stream().read(chunk({"role": "assistant", "content": ""}, model="m-1")).read(text("Hel")).read(text("lo"))
    stream.read(STOP, {"choices": [], "usage": USAGE, "service_tier": "flex"}, DONE)
    take = stream.take
    assert (take.text, take.verdict, take.finish_reason) == ("Hello", Verdict.DONE, "stop")
    assert take.usage == Usage(11, 7, reasoning=3)
    assert (take.served.model, take.served.tier, take.served.id) == ("m-1", "flex", "c_1")
    assert (take.stamps.ttft_ns, take.stamps.ttfa_ns, take.stamps.last_text) == (180, 180, 300)
    assert (take.notices, stream.reader.complete, stream.reader.finished) == ([], True, True)


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("stop", Verdict.DONE),
        ("tool_calls", Verdict.DONE),
        ("eos", Verdict.DONE),
        ("length", Verdict.TRUNCATED),
        ("content_filter", Verdict.FILTERED),
    ],
)
def test_the_finish_reason_is_the_verdict(reason: str, verdict: Verdict) -> None:
    take = Stream().read(text("a"), chunk({}, reason)).take
    assert (take.verdict, take.finish_reason, take.text) == (verdict, reason, "a")


def test_no_done_marker_is_needed_behind_a_finish_reason() -> None:
    stream = Stream().read(text("a"), STOP)
    assert (stream.reader.complete, stream.reader.finished) == (True, False)
    assert stream.take.verdict is Verdict.DONE


@pytest.mark.parametrize("reason", [None, "", 3])
def test_a_done_marker_alone_is_done_with_a_notice(reason: object) -> None:
    take = Stream().read(text("a"), chunk({}, reason), DONE).take
    assert (take.verdict, take.notices) == (Verdict.DONE, ["no finish reason"])


@pytest.mark.parametrize("marker", [" [DONE]", "[DONE] ", "[DONE]\n"])
def test_blanks_around_the_done_marker_do_no_harm(marker: str) -> None:
    assert Stream().read(text("a"), marker).take.verdict is Verdict.DONE


def test_without_a_finish_reason_and_a_done_marker_the_answer_is_cut() -> None:
    stream = Stream().read(text("a"), {"choices": [], "usage": USAGE})
    assert not stream.reader.complete
    assert (stream.take.verdict, stream.take.text) == (Verdict.CUT, "a")


def test_nothing_counts_behind_the_done_marker() -> None:
    stream = Stream().read(text("a"), STOP, DONE).read(text("b"), "{broken", {"error": "late"}, DONE)
    assert (stream.take.text, stream.take.verdict, stream.take.notices) == ("a", Verdict.DONE, [])


def test_text_behind_the_finish_reason_is_kept_and_the_first_reason_counts() -> None:
    take = Stream().read(text("a", "length"), text("b", "stop"), DONE).take
    assert (take.text, take.verdict) == ("ab", Verdict.TRUNCATED)


@pytest.mark.parametrize(
    "shape",
    [
        {"error": {"code": 502, "message": "too busy"}},
        {"error": "too busy"},
        {"error": {"message": "too busy"}, "choices": [{"delta": {"content": ""}, "finish_reason": "error"}]},
        {"error": {"error": {"message": "too busy"}}},
        {"choices": [{"delta": {}, "finish_reason": "error", "error": {"message": "too busy"}}]},
        {"object": "error", "message": "too busy", "code": 503},
        ServerEvent("error", '{"code": 503, "message": "too busy"}'),
        ServerEvent("error", '{"type": "server_error", "message": "too busy"}'),
        ServerEvent("error", '"too busy"'),
    ],
)
def test_an_error_inside_the_stream_breaks_the_answer_off(shape: Said | ServerEvent) -> None:
    stream = Stream().read(text("a")).read(text("b"), shape, text("c"))
    assert stream.problem is not None
    assert (stream.problem.error_class, stream.reader.complete) == ("in-band", False)
    assert "too busy" in stream.problem.message
    assert (stream.take.text, stream.take.verdict) == ("ab", Verdict.FAILED)


@pytest.mark.parametrize(
    "noise",
    [
        *("null", "3", '"text"', "[1, 2]", "{}", "", " "),
        {"choices": None},
        {"choices": []},
        {"choices": "none"},
        {"choices": [None]},
        {"choices": [[]]},
        {"choices": [{}]},
        {"choices": [{"delta": None}]},
        {"choices": [{"delta": "text"}]},
        {"choices": [{"index": 0, "finish_reason": None}]},
        text(None),
        text(123),
        text(True),
        text({"text": "no"}),
        text([]),
        text([1, None, "x"]),
        text(""),
        {"error": None, "choices": []},
        {"error": {}, "choices": []},
        {"object": "ping", "unknown": {"a": 1}},
    ],
)
def test_what_says_nothing_of_the_answer_is_passed_over_and_is_no_first_token(noise: Said | str) -> None:
    stream = Stream().read(noise)
    assert stream.take.stamps.ttft_ns is None
    take = stream.read(text("a")).read(noise).read(text("b"), STOP).take
    assert (take.text, take.verdict, take.stamps.ttft_ns) == ("ab", Verdict.DONE, 180)


def test_text_in_the_role_chunk_counts() -> None:
    take = Stream().read(chunk({"role": "assistant", "content": "a"})).read(text("b"), STOP).take
    assert (take.text, take.stamps.ttft_ns) == ("ab", 80)


def test_content_as_a_list_of_parts_is_read() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}]
    thinking = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "!"}]
    take = Stream().read(text(parts), text(thinking), STOP).take
    assert (take.text, take.reasoning) == ("ab!", "hm")


@pytest.mark.parametrize(
    ("delta", "thought"),
    [
        ({"reasoning": "hm"}, "hm"),
        ({"reasoning_content": "hm"}, "hm"),
        ({"reasoning": "hm", "reasoning_content": "hm"}, "hm"),
        ({"reasoning": None, "reasoning_content": "hm"}, "hm"),
        ({"reasoning": "", "reasoning_content": "hm"}, "hm"),
        ({"reasoning": {"effort": "low"}, "reasoning_content": "hm"}, "hm"),
    ],
)
def test_thoughts_are_read_under_either_name_and_once(delta: Said, thought: str) -> None:
    take = Stream().read(chunk(delta | {"content": ""})).read(text("a"), STOP).take
    assert (take.reasoning, take.text) == (thought, "a")
    assert (take.stamps.ttft_ns, take.stamps.ttfa_ns) == (80, 180)


def test_thought_and_text_in_one_chunk_are_both_read() -> None:
    take = Stream().read(chunk({"reasoning_content": "hm", "content": "a"}), STOP).take
    assert (take.reasoning, take.text) == ("hm", "a")


def test_a_refusal_is_the_text_and_the_verdict() -> None:
    take = Stream().read(chunk({"refusal": "I will "}), chunk({"refusal": "not."}), STOP).take
    assert (take.text, take.verdict) == ("I will not.", Verdict.REFUSED)


def test_usage_is_read_from_whichever_chunk_carries_it_and_the_last_counts() -> None:
    early = {"usage": {"prompt_tokens": 11, "completion_tokens": 1}}
    assert Stream().read(text("a", **early), STOP, {"choices": [], "usage": USAGE}, DONE).take.usage == Usage(
        11, 7, reasoning=3
    )
    assert Stream().read(text("a"), chunk({}, "stop", usage=USAGE), DONE).take.usage == Usage(11, 7, reasoning=3)
    assert Stream().read(text("a", usage=None), STOP, {"choices": [], "usage": None}, DONE).take.usage is None


def test_the_cost_a_gateway_reports_is_read() -> None:
    take = Stream().read(text("a"), STOP, {"choices": [], "usage": USAGE | {"cost": 0.00014}}, DONE).take
    assert take.usage is not None
    assert str(take.usage.reported_cost) == "0.00014"


def test_a_tier_that_only_repeats_the_question_is_not_the_one_served() -> None:
    assert Stream().read(text("a", service_tier="auto"), STOP).take.served.tier is None
    assert (
        Stream().read(text("a", service_tier="auto"), chunk({}, "stop", service_tier="default")).take.served.tier
        == "default"
    )


def test_what_is_served_is_told_once_and_not_with_every_chunk() -> None:
    stream = Stream().read(*(text("a", model="m-1", service_tier="flex") for _ in range(5)))
    assert [event.kind for event in stream.events].count(Kind.SERVED) == 1


def call(index: Any = 0, **fields: Any) -> Said:
    function = {key: fields.pop(key) for key in ("name", "arguments") if key in fields}
    told = {"index": index, "function": function} | fields
    return chunk({"tool_calls": [{key: value for key, value in told.items() if value is not None}]})


def called(take: Take) -> list[Said]:
    return [call.to_data() for call in take.tools.values()]


def test_a_call_is_gathered_from_its_pieces() -> None:
    take = Stream().read(call(id="c1", name="weather", arguments="")).read(call(arguments='{"a"')).read(
        call(arguments=":1}"), chunk({}, "tool_calls")
    ).take  # fmt: skip
    assert called(take) == [{"tool": "weather", "id": "c1", "arguments": '{"a":1}'}]
    assert (take.text, take.verdict, take.stamps.ttft_ns, take.stamps.ttfa_ns) == ("", Verdict.DONE, 180, None)


def test_two_calls_stay_apart_by_their_index() -> None:
    both = {"tool_calls": [{"index": 0, "function": {"name": "f"}}, {"index": 1, "function": {"name": "g"}}]}
    take = Stream().read(chunk(both), call(1, arguments="{2}"), call(0, arguments="{1}"), STOP).take
    assert [(one["tool"], one["arguments"]) for one in called(take)] == [("f", "{1}"), ("g", "{2}")]


def test_the_calls_of_one_chunk_stay_apart_without_an_index() -> None:
    both = {"tool_calls": [{"function": {"name": "f", "arguments": "{1}"}}, {"function": {"name": "g"}}]}
    assert [one["tool"] for one in called(Stream().read(chunk(both), STOP).take)] == ["f", "g"]


def test_calls_that_nobody_numbers_stay_apart_by_their_id() -> None:
    def piece(**said: Said | str) -> Said:
        return chunk({"tool_calls": [said]})

    take = Stream().read(
        piece(id="a", function={"name": "f", "arguments": "{"}), piece(function={"arguments": "1}"}),
        piece(id="b", function={"name": "g", "arguments": "{2}"}), STOP,
    ).take  # fmt: skip
    assert [(one["tool"], one["arguments"]) for one in called(take)] == [("f", "{1}"), ("g", "{2}")]


def test_a_call_in_the_old_spelling_is_read() -> None:
    take = (
        Stream()
        .read(
            chunk({"function_call": {"name": "f", "arguments": '{"a"'}}), chunk({"function_call": {"arguments": ":1}"}})
        )
        .take
    )
    assert called(take) == [{"tool": "f", "id": "", "arguments": '{"a":1}'}]


def test_logprobs_are_gathered_as_they_come() -> None:
    tokens = [{"token": "a", "logprob": -0.1, "top_logprobs": []}, {"token": "b", "logprob": -0.2}]
    parts = []
    for token in tokens:
        part = text(token["token"])
        part["choices"][0]["logprobs"] = {"content": [token], "refusal": None}
        parts.append(part)
    parts[1]["choices"].append({"index": 1, "logprobs": {"content": tokens}})
    assert Stream().read(*parts, STOP).take.logprobs == tokens


def test_halves_of_a_character_join_over_two_deltas_and_over_two_reads() -> None:
    assert Stream().read(text(f"a{FIRST}"), text(f"{SECOND}b"), STOP).take.text == f"a{FOX}b"
    assert Stream().read(text(f"a{FIRST}")).read(text(f"{SECOND}b")).read(STOP, DONE).take.text == f"a{FOX}b"
    half_a_call = Stream().read(call(arguments=f'"{FIRST}')).read(call(arguments=f'{SECOND}"')).take
    assert half_a_call.tools["0"].to_data()["arguments"] == f'"{FOX}"'


def test_a_half_at_the_end_is_unknown() -> None:
    assert Stream().read(text(f"a{FIRST}")).read(STOP, DONE).take.text == "a\ufffd"
    assert Stream().read(text(f"a{FIRST}")).take.text == "a\ufffd"
    half_a_call = Stream().read(call(1, arguments=f'"{FIRST}')).read(STOP, DONE).take
    assert half_a_call.tools["1"].arguments == ['"', "\ufffd"]


def test_text_behind_a_half_and_the_finish_reason_is_kept() -> None:
    assert Stream().read(text(FIRST, "stop")).read(text("b"), DONE).take.text == "\ufffdb"


def test_what_is_served_can_always_be_written_down() -> None:
    take = Stream().read(text("a", model=f"m{FIRST}", service_tier=SECOND), chunk({}, f"stop{FIRST}")).take
    for told in (take.served.model, take.served.tier, take.finish_reason):
        assert told is not None
        assert told.encode()


WHOLE = {"role": "assistant", "content": "one two", "reasoning_content": "hm"}


def whole(message: Any, finish: Any = "stop", **fields: Any) -> Stream:
    stream = Stream()
    stream.out.begin(100)
    assert stream.reader.read_whole(
        {"choices": [{"message": message, "finish_reason": finish}], "usage": USAGE} | fields
    )
    return stream


def test_a_whole_completion_is_done_and_not_streamed() -> None:
    stream = whole(WHOLE, model="m-1")
    take = stream.take
    assert (take.text, take.reasoning, take.verdict, take.notices) == ("one two", "hm", Verdict.DONE, ["not streamed"])
    assert (take.stamps.ttft_ns, take.stamps.ttfa_ns, take.tokens_per_s) == (None, None, None)
    assert (take.usage, take.served.model) == (Usage(11, 7, reasoning=3), "m-1")
    assert stream.reader.finished


def test_a_whole_completion_may_be_truncated_refused_or_a_call() -> None:
    assert whole(WHOLE, "length").take.verdict is Verdict.TRUNCATED
    assert whole({"content": None, "refusal": "no"}).take.verdict is Verdict.REFUSED
    assert whole(WHOLE, None).take.notices == ["not streamed", "no finish reason"]
    calls = {"content": None, "tool_calls": [{"id": "c1", "function": {"name": "f", "arguments": "{}"}}]}
    assert called(whole(calls).take) == [{"tool": "f", "id": "c1", "arguments": "{}"}]


@pytest.mark.parametrize(
    "body",
    [None, [], "x", 3, {}, {"choices": []}, {"choices": [None]}, {"choices": [{"message": {}}]}, {"error": "no"}],
)
def test_what_is_no_completion_is_no_answer(body: object) -> None:
    assert not Stream().reader.read_whole(body)


def test_a_message_beside_the_deltas_is_not_read_again() -> None:
    both = {"index": 0, "delta": {}, "message": {"content": "ab"}, "finish_reason": "stop"}
    assert Stream().read(text("a"), text("b"), {"choices": [both]}).take.text == "ab"


def test_a_message_where_the_delta_belongs_is_read() -> None:
    assert Stream().read({"choices": [{"message": {"content": "ab"}, "finish_reason": "stop"}]}).take.text == "ab"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)
calls = st.fixed_dictionaries({}, optional=dict.fromkeys(("index", "id", "function"), json_values)) | json_values
deltas = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("content", "reasoning", "reasoning_content", "refusal", "function_call"), json_values)
    | {"tool_calls": st.lists(calls, max_size=3) | json_values},
)
choices = st.fixed_dictionaries(
    {},
    optional={"delta": deltas | json_values, "message": deltas, "finish_reason": json_values, "logprobs": json_values},
)
chunks = st.fixed_dictionaries(
    {"choices": st.lists(choices | json_values, max_size=2)},
    optional=dict.fromkeys(("usage", "error", "model", "service_tier", "id"), json_values),
)


@pytest.mark.examples(300, 5_000)
@given(st.lists(chunks | json_values), st.booleans())
def test_whatever_json_comes_the_reader_ends_in_an_answer_or_a_problem(said: list[Any], at_once: bool) -> None:
    stream = Stream()
    for read in [said] if at_once else [[one] for one in said]:
        stream.read(*map(json.dumps, read))
    take = stream.take
    written = take.text + take.reasoning + "".join(str(call.to_data()) for call in take.tools.values())
    assert written.encode().decode() == written
