"""The chat dialect, what comes in: its requests read."""

from collections.abc import Mapping
from dataclasses import dataclass

from compare_tui.demo import ask as asking
from compare_tui.demo.ask import Ask, Form, Talk, Tools, Turn
from compare_tui.demo.card import find
from compare_tui.demo.fields import Fields, missing
from compare_tui.demo.images import Image, read_image
from compare_tui.demo.refusal import Refusal

_ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_PARTS = ("text", "image_url", "refusal")
_VERBOSITIES = ("low", "medium", "high")
_LIMITS = ("max_completion_tokens", "max_tokens")


@dataclass(frozen=True, slots=True)
class Call:
    """One request of this dialect: what is asked, and what only this dialect knows of it."""

    ask: Ask
    stream: bool
    include_usage: bool
    obfuscated: bool


def read(raw: object) -> Call:
    body = Fields(raw)
    options = body.inner("stream_options")
    body.number("temperature", 0, 2, default=1.0)
    body.number("top_p", 0, 1, default=1.0)
    if (body.whole("n", 1, 128) or 1) > 1:
        raise Refusal("This simulated endpoint gives one choice a request.", param="n", code="unsupported_value")
    return Call(
        ask=_read_ask(body),
        stream=body.flag("stream"),
        include_usage=options.flag("include_usage"),
        obfuscated=options.flag("include_obfuscation", default=True),
    )


def _read_ask(body: Fields) -> Ask:
    model = find(body.required("model"))
    effort = asking.chosen_effort(body.text("reasoning_effort"), "reasoning_effort", model)
    talk = _read_talk(body)
    form, tools = _read_form(body.inner("response_format")), _read_tools(body)
    verbosity = body.choice("verbosity", _VERBOSITIES) or "medium"
    asking.check_images(talk, model, "messages")
    tokens = talk.count(form, tools)
    asking.check_window(tokens, model, "messages")
    limits = [limit for name in _LIMITS if (limit := body.whole(name, 1, 10**9)) is not None]
    return Ask(
        model=model,
        effort=effort,
        tier=asking.chosen_tier(body.text("service_tier"), model),
        system=talk.system,
        turns=talk.turns,
        images=talk.images,
        form=form,
        tools=tools,
        verbosity=verbosity,
        limit=asking.chosen_limit(min(limits, default=None), model),
        logprobs=asking.check_logprobs(_read_logprobs(body), "logprobs", model),
        cache_key=body.text("prompt_cache_key") or "",
        input_tokens=tokens,
        fingerprint=talk.fingerprint(form, tools, verbosity),
    )


def _read_logprobs(body: Fields) -> int | None:
    wanted, top = body.flag("logprobs"), body.whole("top_logprobs", 0, 20)
    if top is not None and not wanted:
        raise Refusal("'top_logprobs' needs 'logprobs' to be true.", param="top_logprobs", code="invalid_value")
    return (top or 0) if wanted else None


def _read_form(form: Fields) -> Form:
    kind = form.choice("type", (asking.PLAIN, asking.OBJECT, asking.SCHEMA)) or asking.PLAIN
    if kind != asking.SCHEMA:
        return Form(kind)
    holder = form.inner("json_schema")
    holder.required("name")
    return Form(kind, Fields(holder.raw.get("schema"), holder.at("schema")).raw)


def _read_tools(body: Fields) -> Tools:
    offered = []
    for tool in body.objects("tools"):
        asking.only_functions(tool)
        offered.append(asking.read_tool(tool.inner("function")))
    choice = body.raw.get("tool_choice")
    if isinstance(choice, Mapping):
        name: str | None = Fields(choice, "tool_choice").inner("function").required("name")
    else:
        name = body.text("tool_choice")
    return asking.check_choice(Tools(tuple(offered), name or "auto"), "tool_choice")


def _read_talk(body: Fields) -> Talk:
    if body.raw.get("messages") is None:
        raise missing("messages")
    system: list[str] = []
    turns: list[Turn] = []
    images: list[Image] = []
    for message in body.objects("messages"):
        role = message.choice("role", _ROLES)
        if role is None:
            raise missing(message.at("role"))
        text = _read_content(message, images)
        if role in ("system", "developer"):
            system.append(text)
        else:
            turns.append(Turn("tool" if role == "function" else role, text))
    if not turns:
        raise Refusal("Invalid 'messages': it holds no message to answer.", param="messages", code="empty_array")
    return Talk("\n".join(system), tuple(turns), tuple(images))


def _read_content(message: Fields, images: list[Image]) -> str:
    """The text of a message; the calls an assistant made count as its text."""
    content = message.raw.get("content")
    texts = [content] if isinstance(content, str) else []
    if content is None:
        texts.extend(_read_calls(message))
    elif not texts:
        for part in message.objects("content"):
            kind = part.choice("type", _PARTS)
            if kind is None:
                raise missing(part.at("type"))
            if kind == "image_url":
                picture = part.inner("image_url")
                images.append(read_image(picture.required("url"), picture.text("detail"), picture.at("url")))
            else:
                texts.append(part.required(kind))
    return "\n".join(texts)


def _read_calls(message: Fields) -> list[str]:
    calls = [call.inner("function") for call in message.objects("tool_calls")]
    if not calls:
        raise missing(message.at("content"))
    return [f"{call.required('name')}({call.text('arguments') or ''})" for call in calls]
