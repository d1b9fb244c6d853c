"""What a client asks, whichever dialect it speaks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compare_tui.core.tokens import estimate_tokens
from compare_tui.demo.card import Model
from compare_tui.demo.fields import Fields
from compare_tui.demo.images import Image
from compare_tui.demo.luck import digest
from compare_tui.demo.refusal import Refusal, unsupported_parameter, unsupported_value

DEFAULT_EFFORT = "medium"
PLAIN, OBJECT, SCHEMA = "text", "json_object", "json_schema"
_PER_TURN = 4


@dataclass(frozen=True, slots=True)
class Turn:
    """One message: who said it, and its text."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A function the model may call."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tools:
    """The functions on offer, and how free the choice is: `auto`, `none`, `required` or one name."""

    offered: tuple[Tool, ...] = ()
    choice: str = "auto"


@dataclass(frozen=True, slots=True)
class Form:
    """The form the answer must have."""

    kind: str = PLAIN
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, read and found good."""

    model: Model
    effort: str
    tier: str
    system: str
    turns: tuple[Turn, ...]
    images: tuple[Image, ...]
    form: Form
    tools: Tools
    verbosity: str
    limit: int
    logprobs: int | None
    cache_key: str
    input_tokens: int
    fingerprint: str

    @property
    def text(self) -> str:
        """What the user said last."""
        return next((turn.text for turn in reversed(self.turns) if turn.role == "user"), "")

    @property
    def whole_text(self) -> str:
        """All that was sent, in order: what a cache would compare."""
        return "\n".join([self.system, *(f"{turn.role}: {turn.text}" for turn in self.turns)])


@dataclass(frozen=True, slots=True)
class Talk:
    """The words and images of a request, apart from how it is to be answered."""

    system: str
    turns: tuple[Turn, ...]
    images: tuple[Image, ...]

    def count(self, form: Form, tools: Tools) -> int:
        words = estimate_tokens(self.system) + sum(estimate_tokens(turn.text) for turn in self.turns)
        frames = _PER_TURN * (len(self.turns) + bool(self.system))
        extras = [tool.parameters for tool in tools.offered] + [form.schema] * (form.schema is not None)
        shapes = sum(estimate_tokens(json.dumps(extra)) for extra in extras)
        return words + frames + shapes + sum(image.tokens for image in self.images)

    def fingerprint(self, form: Form, tools: Tools, verbosity: str) -> str:
        """Equal for equal questions: neither the model nor the limits are part of it."""
        pictures = [image.fingerprint for image in self.images]
        return digest(self.system, self.turns, pictures, form, tools, verbosity)


def chosen_effort(value: str | None, param: str, model: Model) -> str:
    if value is None:
        return DEFAULT_EFFORT
    if value not in model.efforts:
        raise unsupported_value(value, param, model.efforts, model.name)
    return value


def chosen_tier(value: str | None, model: Model) -> str:
    """The tier as asked; `fast` is the newer word for priority."""
    accepted = ("auto", *model.tiers, "fast")
    if value is not None and value not in accepted:
        raise unsupported_value(value, "service_tier", accepted, model.name)
    return "priority" if value == "fast" else value or "auto"


def chosen_limit(asked: int | None, model: Model) -> int:
    return model.max_output if asked is None else min(asked, model.max_output)


def check_window(tokens: int, model: Model, param: str) -> None:
    if tokens > model.max_input:
        raise Refusal(
            f"This model's maximum context length is {model.max_input} tokens. However, your messages resulted in "
            f"{tokens} tokens. Please reduce the length of the messages.",
            param=param,
            code="context_length_exceeded",
        )


def check_images(talk: Talk, model: Model, param: str) -> None:
    if talk.images and not model.images:
        raise Refusal(
            f"Invalid content type. image_url is only supported by certain models, and '{model.name}' takes no images.",
            param=param,
            code="unsupported_content",
        )


def check_logprobs(asked: int | None, param: str, model: Model) -> int | None:
    if asked is not None and not model.character.logprobs:
        raise unsupported_parameter(param)
    return asked


def read_tool(tool: Fields) -> Tool:
    """`tool` holds the name and the parameters themselves; each dialect keeps them in another place."""
    parameters = tool.raw.get("parameters")
    return Tool(
        name=tool.required("name"),
        description=tool.text("description") or "",
        parameters=Fields({} if parameters is None else parameters, tool.at("parameters")).raw,
    )


def only_functions(tool: Fields) -> None:
    kind = tool.required("type")
    if kind != "function":
        raise Refusal(
            f"Invalid value: '{kind}'. This simulated endpoint calls tools of type 'function' alone.",
            param=tool.at("type"),
            code="invalid_value",
        )


def check_choice(tools: Tools, param: str) -> Tools:
    """A choice other than auto and none needs a tool to choose."""
    names = tuple(tool.name for tool in tools.offered)
    if tools.choice == "required" and not names:
        raise Refusal("Tool choice 'required' must be specified with 'tools'.", param=param, code="invalid_value")
    if tools.choice not in ("auto", "none", "required", *names):
        raise Refusal(f"Tool choice '{tools.choice}' not found in 'tools'.", param=param, code="invalid_value")
    return tools
