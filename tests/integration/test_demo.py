"""The embedded endpoint through real sockets, read by the official SDK and by an independent client."""

import base64
import json
import math
import struct
from collections.abc import Iterator
from typing import Any, Literal

import httpx
import openai
import pytest
from openai.types.chat import ChatCompletionChunk
from pydantic import BaseModel

from compare_tui.demo import DemoServer, start

LONG = "The lighthouse keeper counts the ships that pass at dawn. " * 150
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = {"name": "get_weather", "parameters": CITY}


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with start(speed=1000) as server:
        yield server


@pytest.fixture
def sdk(server: DemoServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=server.base_url, api_key=server.token, max_retries=0) as client:
        yield client


@pytest.fixture
def http(server: DemoServer) -> Iterator[httpx.Client]:
    with client_of(server) as client:
        yield client


def client_of(server: DemoServer) -> httpx.Client:
    return httpx.Client(base_url=server.base_url, headers={"Authorization": f"Bearer {server.token}"}, trust_env=False)


def events_of(body: str) -> list[dict[str, Any]]:
    lines = [line.removeprefix("data: ") for line in body.splitlines() if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


def test_the_sdk_lists_the_models_and_knows_they_are_simulated(sdk: openai.OpenAI) -> None:
    models = list(sdk.models.list())
    assert {"gpt-5.5", "gpt-5.5-pro", "gpt-5.5-mini", "gpt-6.1-sol"} < {model.id for model in models}
    assert {model.owned_by for model in models} == {"compare-tui demo (simulated)"}
    assert sdk.models.retrieve("gpt-5.5").created == 1776902400


def test_the_sdk_reads_a_response(sdk: openai.OpenAI) -> None:
    response = sdk.responses.create(model="gpt-5.5", input="Explain TTFT", reasoning={"effort": "high"})
    assert (response.status, response.model, response.service_tier) == ("completed", "gpt-5.5", "default")
    assert response.reasoning is not None
    assert response.reasoning.effort == "high"
    assert [item.type for item in response.output] == ["reasoning", "message"]
    assert "Time to first token" in response.output_text
    usage = response.usage
    assert usage is not None
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens
    assert 0 < usage.output_tokens_details.reasoning_tokens < usage.output_tokens


def test_the_sdk_reads_a_stream_of_typed_events_in_order(sdk: openai.OpenAI) -> None:
    stream = sdk.responses.create(
        model="gpt-5.5", input="Explain TTFT", reasoning={"effort": "low", "summary": "auto"}, stream=True
    )
    events = list(stream)
    kinds = [
        kind
        for kind, before in zip(events, [None, *events], strict=False)
        if before is None or kind.type != before.type
    ]
    assert [event.type.removeprefix("response.") for event in kinds] == [
        *("created", "in_progress", "output_item.added", "reasoning_summary_part.added"),
        *("reasoning_summary_text.delta", "reasoning_summary_text.done", "reasoning_summary_part.done"),
        *("output_item.done", "output_item.added", "content_part.added", "output_text.delta", "output_text.done"),
        *("content_part.done", "output_item.done", "completed"),
    ]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text == text
    assert events[0].type == "response.created"
    assert (events[0].response.usage, events[0].response.status) == (None, "in_progress")


def test_without_a_summary_the_thinking_is_hidden_and_with_effort_none_there_is_none(sdk: openai.OpenAI) -> None:
    hidden = [event.type for event in sdk.responses.create(model="gpt-5.5", input="Hidden?", stream=True)]
    assert not any("summary" in kind for kind in hidden)
    assert hidden.count("response.output_item.added") == 2
    none = sdk.responses.create(model="gpt-5.5", input="Hidden?", reasoning={"effort": "none"}, stream=True)
    assert [event.type for event in none].count("response.output_item.added") == 1


def test_the_helpers_of_the_sdk_follow_both_streams(sdk: openai.OpenAI) -> None:
    with sdk.responses.stream(model="gpt-5.5", input="Explain TTFT") as responses:
        assert "Simulated" in responses.get_final_response().output_text
    with sdk.chat.completions.stream(model="gpt-5.5", messages=[{"role": "user", "content": "Explain TTFT"}]) as chat:
        assert "Simulated" in (chat.get_final_completion().choices[0].message.content or "")


class Verdict(BaseModel):
    label: Literal["positive", "negative"]
    reasons: list[str]
    confidence: float | None


def test_the_sdk_parses_what_a_schema_asked_for(sdk: openai.OpenAI) -> None:
    question = "Judge: I love it, the battery is great"
    response = sdk.responses.parse(model="gpt-5.5-pro", input=question, text_format=Verdict)
    assert response.output_parsed is not None
    assert response.output_parsed.label == "positive"
    completion = sdk.chat.completions.parse(
        model="gpt-5.5-pro", messages=[{"role": "user", "content": question}], response_format=Verdict
    )
    assert completion.choices[0].message.parsed is not None


def test_a_tool_is_called_in_both_dialects_streamed_and_not(sdk: openai.OpenAI) -> None:
    question = "What is the weather in Oslo?"
    ask: Any = {"model": "gpt-5.5", "input": question, "tools": [{"type": "function", "strict": True, **TOOL}]}
    called = sdk.responses.create(**ask).output[-1]
    assert called.type == "function_call"
    assert (called.name, json.loads(called.arguments)) == ("get_weather", {"city": "Oslo"})
    events = list(sdk.responses.create(**ask, stream=True))
    assert "".join(event.delta for event in events if event.type.endswith("arguments.delta")) == called.arguments
    chat: Any = {"model": "gpt-5.5", "messages": [{"role": "user", "content": question}]}
    chat["tools"] = [{"type": "function", "function": TOOL}]
    choice = sdk.chat.completions.create(**chat).choices[0]
    assert (choice.finish_reason, choice.message.content) == ("tool_calls", None)
    with sdk.chat.completions.stream(**chat) as stream:
        streamed = stream.get_final_completion().choices[0].message.tool_calls
    assert streamed
    assert json.loads(streamed[0].function.arguments) == {"city": "Oslo"}


def test_after_a_tools_result_comes_prose_that_quotes_it(sdk: openai.OpenAI) -> None:
    call = {"type": "function_call", "call_id": "call_1", "name": "get_weather", "arguments": '{"city": "Oslo"}'}
    result = {"type": "function_call_output", "call_id": "call_1", "output": "4 degrees, sleet"}
    turns: Any = [{"role": "user", "content": "What is the weather in Oslo?"}, call, result]
    tools: Any = [{"type": "function", "strict": True, **TOOL}]
    assert "4 degrees, sleet" in sdk.responses.create(model="gpt-5.5", input=turns, tools=tools).output_text


def chat_chunks(sdk: openai.OpenAI, **more: Any) -> list[ChatCompletionChunk]:
    messages: Any = [{"role": "user", "content": "Explain TTFT"}]
    return list(sdk.chat.completions.create(model="gpt-5.5", messages=messages, stream=True, **more))


def test_the_sdk_reads_a_chat_stream_and_usage_comes_only_when_asked_for(sdk: openai.OpenAI) -> None:
    chunks = chat_chunks(sdk, stream_options={"include_usage": True}, reasoning_effort="high")
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert (chunks[-1].choices, [chunk.usage for chunk in chunks[:-1]]) == ([], [None] * (len(chunks) - 1))
    assert chunks[-1].usage is not None
    thoughts = [chunk.choices[0].delta.model_extra for chunk in chunks if chunk.choices]
    assert any(extra and extra.get("reasoning_content") for extra in thoughts)
    silent = chat_chunks(sdk, reasoning_effort="none")
    assert all(chunk.choices and chunk.usage is None for chunk in silent)
    assert not any("reasoning_content" in (chunk.choices[0].delta.model_extra or {}) for chunk in silent)


@pytest.mark.parametrize("path", ["responses", "chat/completions"])
def test_the_wire_is_what_the_dialect_says(http: httpx.Client, path: str) -> None:
    asked = {"input": "Say hello"} if path == "responses" else {"messages": [{"role": "user", "content": "Say hello"}]}
    reply = http.post(path, json={"model": "gpt-5.5", "stream": True, **asked})
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert (reply.headers["x-demo"], reply.headers["x-request-id"][:4]) == ("simulated", "req_")
    names = [line[7:] for line in reply.text.splitlines() if line.startswith("event: ")]
    assert names == ([event["type"] for event in events_of(reply.text)] if path == "responses" else [])
    assert reply.text.endswith("data: [DONE]\n\n") is (path == "chat/completions")


def test_streamed_and_whole_answers_of_equal_servers_are_equal_in_both_dialects() -> None:
    def texts(stream: bool) -> list[str]:
        with start(speed=0, seed=7) as server, client_of(server) as http:
            responses = http.post("responses", json={"model": "gpt-5.5", "input": "Explain TTFT", "stream": stream})
            messages = [{"role": "user", "content": "Explain TTFT"}]
            chat = http.post("chat/completions", json={"model": "gpt-5.5", "messages": messages, "stream": stream})
        if not stream:
            return [
                responses.json()["output"][-1]["content"][0]["text"],
                chat.json()["choices"][0]["message"]["content"],
            ]
        pieces = [
            event["delta"] for event in events_of(responses.text) if event["type"] == "response.output_text.delta"
        ]
        contents = [event["choices"][0]["delta"].get("content") or "" for event in events_of(chat.text)]
        return ["".join(pieces), "".join(contents)]

    whole, streamed = texts(False), texts(True)
    assert whole == streamed
    assert whole[0] == whole[1]


def test_a_limit_ends_an_answer_as_incomplete_and_thinking_may_eat_it_all(sdk: openai.OpenAI) -> None:
    cut = sdk.responses.create(model="gpt-5.5", input="Limit?", reasoning={"effort": "none"}, max_output_tokens=16)
    assert cut.status == "incomplete"
    assert cut.incomplete_details is not None
    assert cut.incomplete_details.reason == "max_output_tokens"
    assert cut.usage is not None
    assert cut.usage.output_tokens == 16
    spent = list(sdk.responses.create(model="gpt-5.5", input="Limit?", max_output_tokens=32, stream=True))
    assert spent[-1].type == "response.incomplete"
    assert spent[-1].response.output_text == ""
    for name in ("max_tokens", "max_completion_tokens"):
        limited: Any = {name: 16, "reasoning_effort": "none"}
        assert chat_chunks(sdk, **limited)[-1].choices[0].finish_reason == "length"


@pytest.mark.parametrize(
    ("model", "asked", "echoed"),
    [
        ("gpt-5.5", None, {"default"}),
        ("gpt-5.5", "auto", {"default"}),
        ("gpt-5.5", "flex", {"flex"}),
        ("gpt-5.5-pro", "batch", {"batch"}),
        ("gpt-5.5", "ultrafast", {"ultrafast"}),
        ("gpt-5.5", "scale", {"scale"}),
        ("gpt-5.5", "fast", {"priority", "default"}),
        ("gpt-6.1-sol", "priority", {"fast", "default"}),
    ],
)
def test_the_served_tier_is_echoed(http: httpx.Client, model: str, asked: str | None, echoed: set[str]) -> None:
    more = {} if asked is None else {"service_tier": asked}
    heard = set()
    for index in range(30):
        heard.add(http.post("responses", json={"model": model, "input": f"Say {index}", **more}).json()["service_tier"])
    assert heard == echoed


def test_a_prefix_seen_before_is_cached_for_the_same_model_and_key(http: httpx.Client) -> None:
    def cached(question: str, **more: Any) -> tuple[int, int]:
        body = {"model": "gpt-6.1-sol", "input": LONG + question, **more}
        details = http.post("responses", json=body).json()["usage"]["input_tokens_details"]
        return details["cached_tokens"], details["cache_write_tokens"]

    assert cached("How many?")[0] == 0
    hit, written = cached("Why at dawn?")
    assert hit >= 1024
    assert hit % 128 == 0
    assert written < 256
    assert cached("How many?", prompt_cache_key="fresh")[0] == 0
    assert cached("How many?", model="gpt-5.5") == (0, 0)
    assert http.post("responses", json={"model": "gpt-5.5", "input": "short"}).json()["usage"][
        "input_tokens_details"
    ] == {
        "cached_tokens": 0,
        "cache_write_tokens": 0,
    }


def png(width: int, height: int) -> str:
    header = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">IIB", width, height, 8)
    return "data:image/png;base64," + base64.b64encode(header).decode()


def test_images_are_seen_where_the_model_takes_them(sdk: openai.OpenAI) -> None:
    parts: Any = [{"type": "input_text", "text": "What is this?"}, {"type": "input_image", "image_url": png(640, 480)}]
    turns: Any = [{"role": "user", "content": parts}]
    assert "1 image: PNG, 640 × 480 pixels" in sdk.responses.create(model="gpt-5.5", input=turns).output_text
    image = {"type": "image_url", "image_url": {"url": png(8, 9)}}
    messages: Any = [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, image]}]
    said = sdk.chat.completions.create(model="gpt-5.5-pro", messages=messages).choices[0].message.content
    assert "8 × 9 pixels" in (said or "")
    with pytest.raises(openai.BadRequestError, match="takes no images"):
        sdk.chat.completions.create(model="gpt-5.5-mini", messages=messages)


def test_logprobs_are_plausible_and_refused_on_pro(sdk: openai.OpenAI) -> None:
    response = sdk.responses.create(
        model="gpt-5.5", input="Explain TTFT", include=["message.output_text.logprobs"], top_logprobs=5
    )
    message = response.output[-1]
    assert message.type == "message"
    part = message.content[0]
    assert part.type == "output_text"
    assert part.logprobs
    assert "".join(entry.token for entry in part.logprobs) == part.text
    for entry in part.logprobs:
        top = [math.exp(other.logprob) for other in entry.top_logprobs]
        assert top == sorted(top, reverse=True)
        assert (len(top), len({other.token for other in entry.top_logprobs}), sum(top) < 1.0001) == (5, 5, True)
    chunks = chat_chunks(sdk, logprobs=True, top_logprobs=2)
    weighed = [chunk.choices[0].logprobs for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    assert all(entry and entry.content and len(entry.content[0].top_logprobs) == 2 for entry in weighed)
    with pytest.raises(openai.BadRequestError) as refused:
        sdk.responses.create(model="gpt-5.5-pro", input="x", top_logprobs=2)
    assert (refused.value.code, refused.value.param) == ("unsupported_parameter", "top_logprobs")


def test_a_follow_up_refers_to_the_question_before(sdk: openai.OpenAI) -> None:
    turns: Any = [
        {"role": "user", "content": "What is photosynthesis?"},
        {"role": "assistant", "content": "Plants eating light."},
        {"role": "user", "content": "And at night?"},
    ]
    assert "“What is photosynthesis?”" in sdk.responses.create(model="gpt-5.5", input=turns).output_text


def test_an_unknown_effort_is_told_which_ones_there_are(sdk: openai.OpenAI) -> None:
    accepted = "Supported values are: 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'."
    with pytest.raises(openai.BadRequestError, match=accepted):
        sdk.responses.create(model="gpt-5.5", input="x", extra_body={"reasoning": {"effort": "heroic"}})
