"""The Responses dialect, what comes in: its requests read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compare_tui.demo import ask as asking
from compare_tui.demo.ask import Ask, Form, Talk, Tools, Turn
from compare_tui.demo.card import find
from compare_tui.demo.fields import Fields, missing
from compare_tui.demo.images import Image, read_image
from compare_tui.demo.refusal import Refusal, unsupported_parameter

_LOGPROBS = "message.output_text.logprobs"
_ENCRYPTED = "reasoning.encrypted_content"
_PARTS = ("input_text", "input_image", "output_text", "refusal")
_ITEMS = ("message", "reasoning", "function_call", "function_call_output")
_ROLES = ("user", "assistant", "system", "developer")
_VERBOSITIES = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Call:
    """One request of this dialect: what is asked, and what only this dialect knows of it."""

    ask: Ask
    stream: bool
    summary: str | None
    encrypted: bool
    obfuscated: bool
    echoed: Mapping[str, Any]


def read(raw: object) -> Call:
    body = Fields(raw)
    ask = _read_ask(body)
    reasoning = body.inner("reasoning")
    summary = reasoning.choice("summary", ("auto", "concise", "detailed"))
    include = body.items("include")
    return Call(
        ask=ask,
        stream=body.flag("stream"),
        summary=summary,
        encrypted=_ENCRYPTED in include,
        obfuscated=body.inner("stream_options").flag("include_obfuscation", default=True),
        echoed=_echoed(body, ask, summary),
    )


def _read_ask(body: Fields) -> Ask:
    model = find(body.required("model"))
    _refuse_memory(body)
    effort = asking.chosen_effort(body.inner("reasoning").text("effort"), "reasoning.effort", model)
    talk = _read_talk(body)
    form, tools = _read_form(body.inner("text").inner("format")), _read_tools(body)
    verbosity = body.inner("text").choice("verbosity", _VERBOSITIES) or "medium"
    asking.check_images(talk, model, "input")
    tokens = talk.count(form, tools)
    asking.check_window(tokens, model, "input")
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
        limit=asking.chosen_limit(body.whole("max_output_tokens", 1, 10**9), model),
        logprobs=asking.check_logprobs(_read_logprobs(body), "top_logprobs", model),
        cache_key=body.text("prompt_cache_key") or "",
        input_tokens=tokens,
        fingerprint=talk.fingerprint(form, tools, verbosity),
    )


def _refuse_memory(body: Fields) -> None:
    """Nothing is stored here, so nothing can be continued by its id."""
    previous = body.text("previous_response_id")
    if previous is not None:
        raise Refusal(
            f"Previous response with id '{previous}' not found: this simulated endpoint stores nothing.",
            param="previous_response_id",
            code="previous_response_not_found",
        )
    if body.flag("background"):
        raise unsupported_parameter("background")


def _read_logprobs(body: Fields) -> int | None:
    top = body.whole("top_logprobs", 0, 20)
    return (top or 0) if top is not None or _LOGPROBS in body.items("include") else None


def _read_form(form: Fields) -> Form:
    kind = form.choice("type", (asking.PLAIN, asking.OBJECT, asking.SCHEMA)) or asking.PLAIN
    if kind != asking.SCHEMA:
        return Form(kind)
    form.required("name")
    return Form(kind, Fields(form.raw.get("schema"), form.at("schema")).raw)


def _read_tools(body: Fields) -> Tools:
    offered = []
    for tool in body.objects("tools"):
        asking.only_functions(tool)
        offered.append(asking.read_tool(tool))
    choice = body.raw.get("tool_choice")
    name = Fields(choice, "tool_choice").required("name") if isinstance(choice, Mapping) else body.text("tool_choice")
    return asking.check_choice(Tools(tuple(offered), name or "auto"), "tool_choice")


def _read_talk(body: Fields) -> Talk:
    given = body.raw.get("input")
    if given is None:
        raise missing("input")
    system = [body.text("instructions") or ""]
    if isinstance(given, str):
        return Talk(system[0], (Turn("user", given),), ())
    turns: list[Turn] = []
    images: list[Image] = []
    for item in body.objects("input"):
        turn = _read_item(item, images)
        if turn is not None and turn.role in ("system", "developer"):
            system.append(turn.text)
        elif turn is not None:
            turns.append(turn)
    if not turns:
        raise Refusal("Invalid 'input': it holds no message to answer.", param="input", code="empty_array")
    return Talk("\n".join(filter(None, system)), tuple(turns), tuple(images))


def _read_item(item: Fields, images: list[Image]) -> Turn | None:
    kind = item.choice("type", _ITEMS) or "message"
    match kind:
        case "reasoning":
            return None
        case "function_call":
            return Turn("assistant", f"{item.required('name')}({item.text('arguments') or ''})")
        case "function_call_output":
            return Turn("tool", _read_content(item, "output", images))
    role = item.choice("role", _ROLES)
    if role is None:
        raise missing(item.at("role"))
    return Turn(role, _read_content(item, "content", images))


def _read_content(item: Fields, name: str, images: list[Image]) -> str:
    content = item.raw.get(name)
    if isinstance(content, str):
        return content
    if content is None:
        raise missing(item.at(name))
    texts = []
    for part in item.objects(name):
        kind = part.choice("type", _PARTS)
        if kind is None:
            raise missing(part.at("type"))
        if kind == "input_image":
            images.append(read_image(part.required("image_url"), part.text("detail"), part.at("image_url")))
        else:
            texts.append(part.required("refusal" if kind == "refusal" else "text"))
    return "\n".join(texts)


def _echoed(body: Fields, ask: Ask, summary: str | None) -> dict[str, Any]:
    """The members of a response that repeat the request."""
    form = body.inner("text").raw.get("format") or {"type": "text"}
    return {
        "background": False,
        "instructions": body.text("instructions"),
        "max_output_tokens": body.raw.get("max_output_tokens"),
        "max_tool_calls": None,
        "metadata": dict(body.inner("metadata").raw),
        "model": ask.model.name,
        "parallel_tool_calls": body.flag("parallel_tool_calls", default=True),
        "previous_response_id": None,
        "prompt_cache_key": body.text("prompt_cache_key"),
        "reasoning": {"effort": ask.effort, "summary": summary},
        "safety_identifier": body.text("safety_identifier"),
        "store": body.flag("store", default=True),
        "temperature": body.number("temperature", 0, 2, default=1.0),
        "text": {"format": form, "verbosity": ask.verbosity},
        "tool_choice": body.raw.get("tool_choice") or "auto",
        "tools": [_echoed_tool(tool) for tool in body.items("tools")],
        "top_logprobs": ask.logprobs or 0,
        "top_p": body.number("top_p", 0, 1, default=1.0),
        "truncation": body.choice("truncation", ("auto", "disabled")) or "disabled",
        "user": body.text("user"),
    }


def _echoed_tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    return {"strict": True, "parameters": None, "description": None, **tool}
