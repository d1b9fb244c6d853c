"""JSON Lines as prompts: our own fields, or the input lines of the Batch API as they are."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from compare_tui.core.prompt import Turn
from compare_tui.promptfiles.drafts import Draft, Reading
from compare_tui.promptfiles.fields import Fields, check_depth, parsed
from compare_tui.promptfiles.messages import Talk, read_talk
from compare_tui.promptfiles.places import Line, quoted

_KEYS = ("prompt", "id", "system", "messages", "images", "schema", "tools", "checks", "tags", "vars")
_BATCH_KEYS = ("custom_id", "method", "url", "body")
_BATCH_URLS = ("/responses", "/chat/completions")
_READ_FROM_BODY = ("messages", "input", "instructions", "tools")
_ELSEWHERE = ("previous_response_id", "conversation", "prompt")
"""Fields of a body that name what only the endpoint has."""


def read_jsonl(lines: Iterator[Line], reading: Reading) -> Iterator[Draft]:
    """An object a line; blank lines are passed over."""
    for place, text in lines:
        if not text.strip():
            continue
        value = parsed(text.strip(" \t\r\n"), place)
        if not isinstance(value, dict):
            raise place.error('each line must be an object such as {"prompt": "…"}')
        fields = Fields(value, place)
        yield _batch(fields, reading) if value.keys() & {"custom_id", "body"} else _own(fields, reading)


def _own(fields: Fields, reading: Reading) -> Draft:
    fields.only(_KEYS)
    if fields.texts("checks"):
        reading.notice("checks are not run")
    if fields.has("vars") and not reading.templated:
        reading.notice("vars fill nothing without --template")
    talk = read_talk(fields.objects("messages"), reading)
    draft = _draft(fields, talk, fields.text("system"), fields.text("prompt"))
    images = tuple(reading.image(reference, fields, "images") for reference in fields.texts("images"))
    return replace(
        draft,
        id=fields.id("id"),
        images=(*draft.images, *images),
        schema=reading.schema(fields, "schema"),
        tags=fields.scalars("tags"),
        values=fields.scalars("vars"),
    )


def _batch(fields: Fields, reading: Reading) -> Draft:
    fields.only(_BATCH_KEYS)
    if (fields.text("method") or "POST") != "POST":
        raise fields.wrong("method", "POST")
    url = fields.text("url")
    if url is not None and not url.endswith(_BATCH_URLS):
        raise fields.place.error(f"url {quoted(url)} gives no answers to compare; /v1{' and /v1'.join(_BATCH_URLS)} do")
    body = fields.inner("body")
    for name in _ELSEWHERE:
        if body.has(name):
            raise fields.place.error(f"{body.at(name)} names what only the endpoint has; write it out as messages")
    talk, text = _talk_of(body, reading)
    draft = _draft(body, talk, body.text("instructions"), text)
    _leave_to_the_lanes(body, reading)
    return replace(draft, id=fields.id("custom_id"), schema=_format(body, reading))


def _talk_of(body: Fields, reading: Reading) -> tuple[Talk, str | None]:
    """The conversation of a body, or the text that stands for one."""
    if body.has("messages"):
        return read_talk(body.objects("messages"), reading), None
    if isinstance(body.raw.get("input"), str):
        return Talk((), ()), body.raw["input"]
    if body.has("input"):
        return read_talk(body.objects("input"), reading), None
    raise body.place.error(f"{body.path} has neither messages nor input; give it one")


def _draft(fields: Fields, talk: Talk, system: str | None, text: str | None) -> Draft:
    """Without a text of its own the last user message is the prompt."""
    asked, turns = talk.question() if text is None else (Turn("user", text), talk.turns)
    systems = talk.system if system is None else (system, *talk.system)
    return Draft(
        fields.place,
        text=asked.text if asked else None,
        system="\n\n".join(systems) if systems else None,
        turns=turns,
        images=asked.images if asked else (),
        tools=_tools(fields),
    )


def _tools(fields: Fields) -> tuple[Mapping[str, Any], ...]:
    tools = fields.objects("tools")
    for tool in tools:
        check_depth(tool.raw, tool.place, tool.path)
    return tuple(tool.raw for tool in tools)


def _format(body: Fields, reading: Reading) -> Mapping[str, Any] | None:
    """Each dialect has the schema at a place of its own."""
    holder, name = (body.inner("text"), "format") if body.has("text") else (body, "response_format")
    kind = holder.inner(name).text("type")
    if kind not in (None, "text", "json_schema"):
        reading.leave(name)
    return reading.schema(holder, name) if kind == "json_schema" else None


def _leave_to_the_lanes(body: Fields, reading: Reading) -> None:
    for name in body.raw:
        if body.has(name) and name not in (*_READ_FROM_BODY, "text", "response_format"):
            reading.leave(name)
    for name in body.inner("text").raw:
        if name != "format":
            reading.leave(name)
