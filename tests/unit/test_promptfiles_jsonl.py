"""Prompts from JSON Lines, our own and the Batch API's: every field, every mistake with its line."""

import base64
import json
import os
from collections.abc import Mapping
from typing import Any

import pytest

from compare_tui.core.prompt import Image, Prompt, Turn
from compare_tui.promptfiles import Item, drafts, read_items
from tests.promptfile_writing import notices, refusal, texts, write

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
BASE64 = base64.b64encode(PNG).decode()
SCHEMA: Mapping[str, Any] = {"type": "object", "properties": {"mood": {"type": "string"}}}


pytestmark = pytest.mark.usefixtures("folder_of_its_own")


def jsonl(*values: Any) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def batch(body: Mapping[str, Any], **line: Any) -> dict[str, Any]:
    return {"custom_id": "one", "method": "POST", "url": "/v1/responses", "body": body, **line}


def test_a_json_line_carries_everything_a_prompt_has() -> None:
    write("data/pics/cat.png", PNG)
    tool = {"type": "function", "name": "look", "parameters": {}}
    line = {
        "prompt": "Now what?",
        "id": "a-1",
        "system": "Be brief.",
        "messages": [
            {"role": "developer", "content": "In English."},
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": "Hi"},
        ],
        "images": ["pics/cat.png", "https://example.com/a/dog.jpg?x=1"],
        "schema": SCHEMA,
        "tools": [tool],
        "tags": {"feature": "chat", "risk": 3, "live": True, "share": 0.5, "none": None},
    }
    (item,) = read_items(write("data/p.jsonl", jsonl(line)))
    assert item == Item(
        "a-1",
        Prompt(
            "Now what?",
            "Be brief.\n\nIn English.",
            (Turn("user", "Hello"), Turn("assistant", "Hi")),
            (
                Image("cat.png", "image/png", PNG),
                Image("dog.jpg", url="https://example.com/a/dog.jpg?x=1"),
            ),
            SCHEMA,
            (tool,),
        ),
        {"feature": "chat", "risk": "3", "live": "true", "share": "0.5"},
    )


def test_blank_lines_are_passed_over_and_counted_as_lines_only() -> None:
    path = write("p.jsonl", '\n{"prompt": "one"}\r\n\n  \n{"prompt": "two", "id": null}\n{"prompt": "three", "id": ""}')
    assert [(item.id, item.prompt.text) for item in read_items(path)] == [("0", "one"), ("1", "two"), ("2", "three")]
    assert (
        refusal(write("p.jsonl", '\n{"prompt": "one"}\n\n{"prompt": 2}'))
        == "p.jsonl:4: prompt must be text, not a number"
    )


def test_the_last_user_message_is_the_prompt_when_there_is_no_other() -> None:
    messages = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": [{"type": "output_text", "text": "Two"}]},
        {"role": "user", "content": [{"type": "text", "text": "Three"}, {"type": "input_text", "text": "four"}]},
    ]
    (item,) = read_items(write("p.jsonl", jsonl({"messages": messages})))
    assert item.prompt == Prompt("Three\nfour", "Be kind.", (Turn("user", "One"), Turn("assistant", "Two")))


def test_with_a_prompt_of_its_own_every_message_is_an_earlier_turn() -> None:
    line = {"prompt": "Go on", "messages": [{"role": "user", "content": "One"}]}
    (item,) = read_items(write("p.jsonl", jsonl(line)))
    assert item.prompt == Prompt("Go on", turns=(Turn("user", "One"),))


def test_pictures_in_messages_come_in_both_spellings() -> None:
    data = "DATA:image/png;Base64," + BASE64
    earlier = [{"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "auto"}}]
    last = [{"type": "input_text", "text": "Which?"}, {"type": "input_image", "image_url": data}]
    messages = [{"role": "user", "content": earlier}, {"role": "user", "content": last}]
    (item,) = read_items(write("p.jsonl", jsonl({"messages": messages})))
    assert item.prompt.turns == (Turn("user", "", (Image("a.png", url="https://example.com/a.png"),)),)
    assert (item.prompt.text, item.prompt.images) == ("Which?", (Image("picture", "image/png", PNG),))
    assert item.notices == ()


def test_a_picture_may_be_the_whole_prompt() -> None:
    write("cat.png", PNG)
    (item,) = read_items(write("p.jsonl", jsonl({"prompt": "", "images": ["cat.png"]})))
    assert (item.prompt.text, item.prompt.images) == ("", (Image("cat.png", "image/png", PNG),))


def test_a_file_named_by_many_lines_is_read_once() -> None:
    write("cat.png", PNG)
    write("data/s.json", json.dumps(SCHEMA))
    line = {"prompt": "x", "images": ["../cat.png"], "schema": "s.json"}
    one, two = (item.prompt for item in read_items(write("data/p.jsonl", jsonl(line, line))))
    assert one.images[0] is two.images[0]
    assert one.schema == SCHEMA
    assert one.schema is two.schema


def test_pictures_larger_than_the_limit_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_PICTURES", 1_000_000)
    for name in ("a.png", "b.png"):
        write(name, PNG + bytes(500_000))
    path = write("p.jsonl", jsonl({"prompt": "x", "images": ["a.png", "a.png"]}, {"prompt": "y", "images": ["b.png"]}))
    assert refusal(path) == "p.jsonl:2: images: the pictures of this file come to more than 1 MB; split it"


def test_what_is_left_out_is_said_once_for_the_file() -> None:
    content = [{"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "high"}}]
    line = {"prompt": "x", "checks": ["json"], "vars": {"a": "b"}, "messages": [{"role": "user", "content": content}]}
    items = read_items(write("p.jsonl", jsonl({"prompt": "x"}, line, line)))
    assert notices(items) == [
        "p.jsonl: checks are not run",
        "p.jsonl: vars fill nothing without --template",
        "p.jsonl: the detail of pictures is left to the endpoint",
    ]


BAD_LINES: list[tuple[Any, str]] = [
    ({"promt": "x"}, "promt is not a field; did you mean prompt?"),
    ({"prompt": "x", "ZZZ": 1}, "ZZZ is not a field; the fields are prompt, id, system, messages"),
    ("just text", 'each line must be an object such as {"prompt": "…"}'),
    ({}, "there is no prompt; give one, or messages that end with the user's"),
    ({"prompt": " \n"}, "the prompt is empty; write one or remove it"),
    ({"prompt": ["x"]}, "prompt must be text, not a list"),
    ({"prompt": "x", "id": True}, "id must be text or a whole number, not true or false"),
    ({"prompt": "x", "id": 1.5}, "id must be text or a whole number, not a number"),
    ({"prompt": "x", "system": {}}, "system must be text, not an object"),
    ({"prompt": "x", "tags": ["a"]}, "tags must be an object, not a list"),
    ({"prompt": "x", "tags": {"a": {}}}, "tags.a must be text, a number, true or false"),
    ({"prompt": "x", "vars": {"a": []}}, "vars.a must be text, a number, true or false"),
    ({"prompt": "x", "checks": "json"}, "checks must be a list, not text"),
    ({"prompt": "x", "checks": [1]}, "checks must be a list of texts"),
    ({"prompt": "x", "tools": [None]}, "tools[0] must be an object, not null"),
    ({"prompt": "x", "schema": 1}, "schema must be an object, not a number"),
    ({"prompt": "x", "schema": "gone.json"}, "schema: gone.json: there is no such file"),
    ({"prompt": "x", "images": "a.png"}, "images must be a list, not text"),
    ({"prompt": "x", "images": ["gone.png"]}, "images: gone.png: there is no such file"),
    ({"prompt": "x", "images": ["p.jsonl"]}, "images: p.jsonl: this is no PNG, JPEG, GIF or WebP picture; convert"),
    ({"prompt": "x", "images": ["a\0b"]}, "images: a␀b: no file can have this name"),
    ({"prompt": "x", "images": ["data:,x"]}, "a data: address must hold a picture in base64"),
    (
        {"prompt": "x", "images": [f"data:image/png;base64,{BASE64}*"]},
        "the data: address of a picture is",
    ),
    ({"messages": [{"role": "assistant", "content": "x"}]}, "there is no prompt; give one, or messages that end"),
    ({"messages": {}}, "messages must be a list, not an object"),
    ({"messages": ["x"]}, "messages[0] must be an object, not text"),
    ({"messages": [{"content": "x"}]}, "messages[0].role must be text"),
    ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0]: a message of role tool cannot be sent, system,"),
    ({"messages": [{"role": "user"}]}, "messages[0].content must be text or a list of parts"),
    ({"messages": [{"role": "user", "content": [{}]}]}, "messages[0].content[0].type must be text"),
    (
        {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]},
        "messages[0].content[0]: a part of type input_audio cannot be sent, text and images can",
    ),
    (
        {"messages": [{"role": "user", "content": [{"type": "input_image", "file_id": "f"}]}]},
        "messages[0].content[0].image_url must be text",
    ),
    (
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "/etc/x.png"}}]}]},
        "messages[0].content[0].image_url.url must be an http, https or data address; a path belongs in images",
    ),
    (
        {"messages": [{"role": "system", "content": [{"type": "input_image", "image_url": "https://a/b"}]}]},
        "messages[0]: a system message can hold text only",
    ),
    (
        {"messages": [{"role": "assistant", "content": "x", "tool_calls": [{}]}]},
        "messages[0].tool_calls cannot be sent, text and pictures can",
    ),
    (batch({"messages": []}, method="GET"), "method must be POST, not text"),
    (batch({"input": "x"}, url="/v1/embeddings"), "url /v1/embeddings gives no answers to compare; /v1/responses and"),
    (batch({"model": "m"}), "body has neither messages nor input; give it one"),
    (batch({"input": ["x"]}), "body.input[0] must be an object, not text"),
    (
        batch({"input": [{"type": "function_call_output", "output": "x"}]}),
        "body.input[0]: an item of type function_call_output cannot be sent, messages can",
    ),
    (batch({"input": "x", "previous_response_id": "r"}), "body.previous_response_id names what only the endpoint has"),
    (batch({"input": "x", "text": {"format": "json"}}), "body.text.format must be an object, not text"),
    (batch({"input": "x", "text": {"format": {"type": "json_schema"}}}), "body.text.format.schema must be an object"),
    ({"custom_id": "a", "prompt": "x"}, "prompt is not a field; the fields are custom_id, method, url, body"),
]


@pytest.mark.parametrize(("line", "said"), BAD_LINES)
def test_a_line_that_is_no_prompt_is_refused_with_its_place(line: Any, said: str) -> None:
    message = refusal(write("p.jsonl", jsonl({"prompt": "good"}, line)))
    assert message.startswith(f"p.jsonl:2: {said}")
    assert "\n" not in message


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"prompt": "x"', "this is not JSON: Expecting ',' delimiter (column 15)"),
        ("[", "this is not JSON: Expecting value (column 2)"),
        ('{"prompt": "x", "tags": {"a": NaN}}', "a number in it is too large, or its brackets nest too deeply"),
        ('{"prompt": "x", "tools": [{"a": 1e999}]}', "a number in it is too large, or its brackets nest too deeply"),
        ('{"prompt": "x", "id": 1' + "0" * 5000 + "}", "a number in it is too large, or its brackets nest too deeply"),
        ("[" * 100_000, "a number in it is too large, or its brackets nest too deeply"),
        (r'{"prompt": "half a smile \ud83d"}', "it holds half a character (a lone \\uD800 to \\uDFFF); remove it"),
        ('{"prompt": "x", "schema": ' + '{"a":' * 70 + "1" + "}" * 71, "the schema nests more than 64 levels deep"),
        (
            '{"prompt": "x", "tools": [' + '{"a":' * 70 + "1" + "}" * 70 + "]}",
            "tools[0] nests more than 64 levels deep",
        ),
    ],
)
def test_json_that_would_hurt_later_is_refused_with_its_line(line: str, said: str) -> None:
    assert refusal(write("p.jsonl", f'{{"prompt": "good"}}\n{line}\n')) == f"p.jsonl:2: {said}"


def test_a_whole_character_written_as_two_halves_is_good() -> None:
    path = write("p.jsonl", r'{"prompt": "a smile \ud83d\ude00 and C:\\ud800"}')
    assert texts(read_items(path)) == ["a smile 😀 and C:\\ud800"]


def test_two_prompts_cannot_share_an_id() -> None:
    twice = write("p.jsonl", jsonl({"prompt": "a", "id": "x"}, {"prompt": "b"}, {"prompt": "c", "id": "x"}))
    assert refusal(twice) == "p.jsonl:3: the id x is already the id of line 1; give each prompt an id of its own"
    position = write("p.jsonl", jsonl({"prompt": "a", "id": 1}, {"prompt": "b"}))
    assert (
        refusal(position)
        == "p.jsonl:2: its position, 1, is already the id of line 1; give each prompt an id of its own"
    )


def test_a_pipe_named_by_a_line_is_refused_and_not_waited_for() -> None:
    os.mkfifo("pipe.png")
    said = refusal(write("p.jsonl", jsonl({"prompt": "x", "images": ["pipe.png"]})))
    assert said == "p.jsonl:1: images: pipe.png: this is not a regular file"
    said = refusal(write("p.jsonl", jsonl({"prompt": "x", "schema": "/dev/zero"})))
    assert said == "p.jsonl:1: schema: /dev/zero: this is not a regular file"


def test_a_batch_line_of_responses_is_a_prompt() -> None:
    form = {"type": "json_schema", "name": "mood", "schema": SCHEMA, "strict": True}
    body = {
        "model": "gpt-5.5",
        "instructions": "Be brief.",
        "input": [
            {"role": "developer", "content": "In English."},
            {"type": "message", "id": "m", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]},
            {"role": "user", "content": "How are you?"},
        ],
        "tools": [{"type": "web_search"}],
        "text": {"format": form, "verbosity": "low"},
        "max_output_tokens": 20,
        "temperature": None,
    }
    (item,) = read_items(write("p.jsonl", jsonl(batch(body, custom_id="req-7"))))
    assert item.prompt == Prompt(
        "How are you?", "Be brief.\n\nIn English.", (Turn("assistant", "Hi"),), (), SCHEMA, ({"type": "web_search"},)
    )
    assert item.id == "req-7"
    assert item.notices == ("p.jsonl: left to the lanes, of its request bodies: model, max_output_tokens, verbosity",)


def test_a_batch_line_of_chat_is_a_prompt() -> None:
    form = {"type": "json_schema", "json_schema": {"name": "mood", "schema": SCHEMA}}
    body = {"messages": [{"role": "user", "content": "Hello"}], "response_format": form}
    (item,) = read_items(write("p.jsonl", jsonl(batch(body, url="/v1/chat/completions"))))
    assert item.prompt == Prompt("Hello", schema=SCHEMA)
    assert item.notices == ("p.jsonl: schemas are sent as strict",)


def test_what_bodies_say_beside_the_prompt_is_told_once() -> None:
    one = batch({"model": "a", "input": "x", "temperature": 1}, custom_id="1")
    two = batch({"model": "b", "input": "y", "response_format": {"type": "json_object"}}, custom_id="2")
    items = read_items(write("p.jsonl", jsonl(one, two)))
    assert texts(items) == ["x", "y"]
    assert notices(items) == ["p.jsonl: left to the lanes, of its request bodies: model, temperature, response_format"]
