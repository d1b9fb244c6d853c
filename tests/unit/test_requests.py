"""Requests as they leave: exactly what the lane says under the names of its dialect, and nothing else."""

import base64
import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.api import dialects
from compare_tui.api.wire import Request
from compare_tui.core.endpoint import Api
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Image, Prompt, Turn

APIS: tuple[Api, ...] = get_args(Api)
OURS = {
    "responses": {"model", "input", "stream", "store"},
    "chat": {"model", "messages", "stream", "stream_options", "store"},
}
PATHS = {"responses": "/responses", "chat": "/chat/completions"}

PNG = Image("cat.png", "image/png", b"\x89PNG\r\n\x1a\n")
LINKED = Image("dog", url="https://example.com/dog.jpg")
DATA_URL = "data:image/png;base64," + base64.b64encode(PNG.data).decode()
SCHEMA = {"type": "object", "properties": {"é": {"type": "string"}}, "required": ["é"]}
FLAT_TOOL = {"type": "function", "name": "weather", "parameters": {"type": "object"}}
NESTED_TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}


def body(api: Api, lane: str = "m", prompt: Prompt | None = None, cache_key: str | None = None) -> dict[str, Any]:
    """What a server reads: the content, parsed again."""
    request = dialects.request(api, Lane.parse(lane), prompt or Prompt("why?"), cache_key)
    assert request.path == PATHS[api]
    parsed: dict[str, Any] = json.loads(request.content())
    return parsed


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    "lane", ["m", "m @here name=x repeat=3 timeout=9 busy=wait cache=warm until=json prompt=@p.md"]
)
def test_nothing_is_sent_that_the_lane_does_not_name(api: Api, lane: str) -> None:
    sent = body(api, lane)
    assert set(sent) == OURS[api]
    assert (sent["model"], sent["stream"], sent["store"]) == ("m", True, False)


def test_usage_is_asked_for_where_it_does_not_come_by_itself() -> None:
    assert body("chat")["stream_options"] == {"include_usage": True}


FIELDS: dict[str, dict[str, dict[str, Any]]] = {
    "low": {"responses": {"reasoning": {"effort": "low"}}, "chat": {"reasoning_effort": "low"}},
    "none": {"responses": {"reasoning": {"effort": "none"}}, "chat": {"reasoning_effort": "none"}},
    "effort=deep": {"responses": {"reasoning": {"effort": "deep"}}, "chat": {"reasoning_effort": "deep"}},
    "flex": {api: {"service_tier": "flex"} for api in APIS},
    "auto": {api: {"service_tier": "auto"} for api in APIS},
    "default": {api: {"service_tier": "default"} for api in APIS},
    "tier=eco": {api: {"service_tier": "eco"} for api in APIS},
    "max=50": {"responses": {"max_output_tokens": 50}, "chat": {"max_completion_tokens": 50}},
    "temp=0": {api: {"temperature": 0} for api in APIS},
    "temp=0.7 top_p=0.5": {api: {"temperature": 0.7, "top_p": 0.5} for api in APIS},
    "freq=-1 pres=0": {api: {"frequency_penalty": -1, "presence_penalty": 0} for api in APIS},
    "seed=0": {api: {"seed": 0} for api in APIS},
    "verbosity=low": {"responses": {"text": {"verbosity": "low"}}, "chat": {"verbosity": "low"}},
    "summary=auto": {"responses": {"reasoning": {"summary": "auto"}}, "chat": {"reasoning_summary": "auto"}},
    "low summary=auto": {
        "responses": {"reasoning": {"effort": "low", "summary": "auto"}},
        "chat": {"reasoning_effort": "low", "reasoning_summary": "auto"},
    },
    "logprobs=0": {
        "responses": {"top_logprobs": 0, "include": ["message.output_text.logprobs"]},
        "chat": {"logprobs": True},
    },
    "logprobs=5": {
        "responses": {"top_logprobs": 5, "include": ["message.output_text.logprobs"]},
        "chat": {"logprobs": True, "top_logprobs": 5},
    },
    "body.metadata.a='\"x\"'": {api: {"metadata": {"a": "x"}} for api in APIS},
    "body.store=true": {api: {"store": True} for api in APIS},
    "body.model='\"other\"'": {api: {"model": "other"} for api in APIS},
    "body.seed=null": {api: {"seed": None} for api in APIS},
}


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("written", FIELDS)
def test_what_a_lane_names_is_sent_under_the_name_of_the_dialect(api: Api, written: str) -> None:
    assert body(api, f"m {written}") == body(api) | FIELDS[written][api]


def test_a_field_of_the_user_goes_into_what_is_there_already() -> None:
    sent = body("responses", "m low body.reasoning.summary='\"auto\"' body.reasoning.context.x=1 body.text.format=null")
    assert sent["reasoning"] == {"effort": "low", "summary": "auto", "context": {"x": 1}}
    assert sent["text"] == {"format": None}
    assert body("chat", "m body.stream_options.x=1")["stream_options"] == {"include_usage": True, "x": 1}
    assert body("chat", "m body.messages.x=1")["messages"] == {"x": 1}


def test_a_field_of_the_user_does_not_wander_into_the_next_request() -> None:
    prompt = Prompt("why?", schema=SCHEMA)
    changed = body("responses", "m body.text.format.schema.title='\"x\"'", prompt)["text"]["format"]["schema"]
    assert changed == SCHEMA | {"title": "x"}
    assert body("responses", "m", prompt)["text"]["format"]["schema"] == SCHEMA


@pytest.mark.parametrize("api", APIS)
def test_a_cold_cache_has_a_key_of_its_own(api: Api) -> None:
    assert body(api, "m cache=cold", cache_key="cold-1") == body(api) | {"prompt_cache_key": "cold-1"}


def test_a_plain_prompt_is_a_plain_input() -> None:
    assert body("responses")["input"] == "why?"
    assert body("chat")["messages"] == [{"role": "user", "content": "why?"}]


def test_the_system_text_stands_where_the_dialect_has_it() -> None:
    prompt = Prompt("why?", system="be brief")
    assert body("responses", prompt=prompt)["instructions"] == "be brief"
    assert body("chat", prompt=prompt)["messages"] == [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": "why?"},
    ]


def test_earlier_turns_come_before_the_question() -> None:
    turns = (Turn("user", "hello"), Turn("assistant", "hi"))
    said = [
        {"role": "user", "content": "hello"},
        {"role": "assistant", "content": "hi"},
        {"role": "user", "content": "why?"},
    ]
    assert body("responses", prompt=Prompt("why?", turns=turns))["input"] == said
    assert body("chat", prompt=Prompt("why?", turns=turns))["messages"] == said


def test_pictures_stand_behind_the_text_they_belong_to() -> None:
    prompt = Prompt("why?", turns=(Turn("user", "this", (LINKED,)),), images=(PNG, LINKED))
    assert body("responses", prompt=prompt)["input"] == [
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "this"},
                {"type": "input_image", "image_url": LINKED.url},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "why?"},
                {"type": "input_image", "image_url": DATA_URL},
                {"type": "input_image", "image_url": LINKED.url},
            ],
        },
    ]
    parts = [message["content"] for message in body("chat", prompt=prompt)["messages"]]
    assert parts == [
        [{"type": "text", "text": "this"}, {"type": "image_url", "image_url": {"url": LINKED.url}}],
        [
            {"type": "text", "text": "why?"},
            {"type": "image_url", "image_url": {"url": DATA_URL}},
            {"type": "image_url", "image_url": {"url": LINKED.url}},
        ],
    ]


def test_a_schema_is_a_strict_format() -> None:
    prompt = Prompt("why?", schema=SCHEMA)
    named = {"name": "answer", "schema": SCHEMA, "strict": True}
    assert body("responses", "m verbosity=low", prompt)["text"] == {
        "verbosity": "low",
        "format": {"type": "json_schema"} | named,
    }
    assert body("chat", prompt=prompt)["response_format"] == {"type": "json_schema", "json_schema": named}


@pytest.mark.parametrize("tool", [FLAT_TOOL, NESTED_TOOL], ids=["flat", "nested"])
def test_a_tool_may_be_written_as_either_dialect_has_it(tool: dict[str, Any]) -> None:
    prompt = Prompt("why?", tools=[tool])
    assert body("responses", prompt=prompt)["tools"] == [FLAT_TOOL]
    assert body("chat", prompt=prompt)["tools"] == [NESTED_TOOL]


@pytest.mark.parametrize("api", APIS)
def test_a_tool_of_another_kind_is_sent_as_it_is(api: Api) -> None:
    tool = {"type": "web_search", "filters": {"a": 1}}
    assert body(api, prompt=Prompt("why?", tools=[tool]))["tools"] == [tool]


@pytest.mark.parametrize("api", APIS)
def test_text_that_cannot_be_encoded_is_sent_all_the_same(api: Api) -> None:
    request = dialects.request(api, Lane("m\ud83d"), Prompt("a\ud83db\udcffé🦊", system="\udce9"))
    sent = json.loads(request.content())
    assert sent["model"] == "m?"
    assert "a?b?é🦊" in str(sent)


@given(st.text(), st.text())
@pytest.mark.parametrize("api", APIS)
def test_text_arrives_as_it_was_written(api: Api, text: str, system: str) -> None:
    sent = body(api, prompt=Prompt(text, system=system or None))
    if api == "responses":
        assert (sent["input"], sent.get("instructions", "")) == (text, system)
    else:
        assert [message["content"] for message in sent["messages"]] == [*([system] if system else []), text]


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("size", [0, 1, 2, 3, 1000])
def test_a_picture_is_recorded_by_type_size_and_digest(api: Api, size: int) -> None:
    data = bytes(range(256)) * 4
    request = dialects.request(api, Lane("m"), Prompt("why?", images=(Image("a.png", "image/png", data[:size]),)))
    shown = json.dumps(request.shown())
    assert f"data:image/png ({size} bytes, " in shown
    assert "base64" not in shown
    assert len(shown) < 1000


def test_two_pictures_are_told_apart_by_their_digests() -> None:
    prompt = Prompt("why?", images=(PNG, Image("b.png", "image/png", PNG.data[::-1]), PNG))
    content = dialects.request("responses", Lane("m"), prompt).shown()["input"][0]["content"]
    urls = [part["image_url"] for part in content[1:]]
    assert urls[0] == urls[2] != urls[1]


def test_everything_but_a_picture_is_recorded_as_sent() -> None:
    lane = Lane.parse("m low flex max=5 body.a.b='[1, {\"c\": null}]'")
    prompt = Prompt("data: why?", system="be brief", images=(LINKED,), schema=SCHEMA, tools=[FLAT_TOOL])
    for api in APIS:
        request = dialects.request(api, lane, prompt)
        assert request.shown() == json.loads(request.content())


def test_what_is_recorded_is_no_part_of_what_is_sent() -> None:
    request = Request("/x", {"a": {"b": [1]}})
    request.shown()["a"]["b"].append(2)
    assert json.loads(request.content()) == {"a": {"b": [1]}}
