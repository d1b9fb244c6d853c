"""The bytes of both dialects as real servers send them: events, whole answers, the JSON of an error."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

Dialect = Literal["responses", "chat"]
Reason = Literal["stop", "length", "content_filter"]

PIECES = ("The quick brøwn ", "狐 jumps 🦊 over ", "the lazy dog.\n")
TEXT = "".join(PIECES)
PARTIAL = PIECES[0] + PIECES[1]

INPUT_TOKENS, OUTPUT_TOKENS, REASONING_TOKENS = 11, 7, 3
TOKENS = INPUT_TOKENS, OUTPUT_TOKENS


def packed(payload: object, *, escaped: bool = False) -> str:
    """JSON as servers write it; escaped is the spelling that can carry half a surrogate pair."""
    return json.dumps(payload, ensure_ascii=escaped, separators=(",", ":"))


def frame(payload: object, event: str | None = None) -> bytes:
    """One event; a str payload goes out as it stands, one data line for each of its lines."""
    text = payload if isinstance(payload, str) else packed(payload)
    lines = [f"data: {line}" for line in text.split("\n")]
    if event is not None:
        lines.insert(0, f"event: {event}")
    return "\n".join(lines).encode() + b"\n\n"


def error_object(message: str, code: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code} | fields}


class Wire(ABC):
    """One answer in one dialect; it knows the request's model and tier and counts its events."""

    dialect: ClassVar[Dialect]
    path: ClassVar[str]

    def __init__(self, model: str, tier: str) -> None:
        self.model = model
        self.tier = tier

    @abstractmethod
    def opening(self) -> bytes:
        """What comes before the first text."""

    @abstractmethod
    def delta_payload(self, value: object) -> dict[str, Any]:
        """The JSON of a text delta, whatever stands where the text belongs."""

    @abstractmethod
    def framed(self, payload: dict[str, Any], *, escaped: bool = False) -> bytes:
        """A payload of this dialect as an event."""

    @abstractmethod
    def thinking(self, text: str) -> bytes: ...

    @abstractmethod
    def refusal(self, text: str) -> bytes: ...

    @abstractmethod
    def terminal(self, reason: Reason = "stop", **fields: Any) -> bytes:
        """The event that ends the answer."""

    @abstractmethod
    def ending(self, text: str = TEXT, reason: Reason = "stop", usage: object = ...) -> bytes:
        """All that follows the last delta."""

    @abstractmethod
    def whole(self, text: str = TEXT, reason: Reason = "stop") -> dict[str, Any]:
        """The answer of a server that does not stream."""

    @abstractmethod
    def usage(self) -> dict[str, Any]: ...

    def delta(self, value: object, *, escaped: bool = False, **fields: Any) -> bytes:
        return self.framed(self.delta_payload(value) | fields, escaped=escaped)


class ResponsesWire(Wire):
    dialect = "responses"
    path = "/v1/responses"
    item: ClassVar[Mapping[str, Any]] = {"item_id": "msg_1", "output_index": 0, "content_index": 0}

    def __init__(self, model: str, tier: str) -> None:
        super().__init__(model, tier)
        self.sequence = 0

    def framed(self, payload: dict[str, Any], *, escaped: bool = False) -> bytes:
        numbered = payload | {"sequence_number": self.sequence}
        self.sequence += 1
        return frame(packed(numbered, escaped=escaped), payload.get("type"))

    def event(self, kind: str, **fields: Any) -> bytes:
        return self.framed({"type": kind, **fields})

    def response(self, status: str, **fields: Any) -> dict[str, Any]:
        """The object that `response.created`, the terminal events and a whole answer carry."""
        return {
            "id": "resp_1",
            "object": "response",
            "created_at": 1_790_000_000,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "model": self.model,
            "output": [],
            "service_tier": self.tier,
            "usage": None,
        } | fields

    def message(self, text: str, kind: str = "output_text") -> dict[str, Any]:
        part = {"type": kind, "refusal": text} if kind == "refusal" else {"type": kind, "text": text}
        return {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}

    def opening(self) -> bytes:
        return b"".join(
            (
                self.event("response.created", response=self.response("in_progress")),
                self.event("response.in_progress", response=self.response("in_progress")),
                self.event("response.output_item.added", output_index=0, item={"type": "message", "content": []}),
                self.event("response.content_part.added", **self.item, part={"type": "output_text", "text": ""}),
            )
        )

    def delta_payload(self, value: object) -> dict[str, Any]:
        return {"type": "response.output_text.delta", **self.item, "delta": value}

    def thinking(self, text: str) -> bytes:
        return self.event("response.reasoning_text.delta", item_id="rs_1", output_index=0, content_index=0, delta=text)

    def refusal(self, text: str) -> bytes:
        return self.event("response.refusal.delta", **self.item, delta=text)

    def terminal(self, reason: Reason = "stop", **fields: Any) -> bytes:
        shape = self._shape(reason)
        return self.event(f"response.{shape['status']}", response=self.response(**(shape | fields)))

    def ending(self, text: str = TEXT, reason: Reason = "stop", usage: object = ...) -> bytes:
        figures = self.usage() if usage is ... else usage
        output = [self.message(text)] if text else []
        return b"".join(
            (
                self.event("response.output_text.done", **self.item, text=text),
                self.event("response.content_part.done", **self.item, part={"type": "output_text", "text": text}),
                self.event("response.output_item.done", output_index=0, item=self.message(text)),
                self.terminal(reason, output=output, usage=figures),
            )
        )

    def whole(self, text: str = TEXT, reason: Reason = "stop") -> dict[str, Any]:
        return self.response(**self._shape(reason), output=[self.message(text)], usage=self.usage())

    def usage(self) -> dict[str, Any]:
        return {
            "input_tokens": INPUT_TOKENS,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": OUTPUT_TOKENS,
            "output_tokens_details": {"reasoning_tokens": REASONING_TOKENS},
            "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
        }

    @staticmethod
    def _shape(reason: Reason) -> dict[str, Any]:
        if reason == "stop":
            return {"status": "completed"}
        told = "max_output_tokens" if reason == "length" else reason
        return {"status": "incomplete", "incomplete_details": {"reason": told}}


class ChatWire(Wire):
    dialect = "chat"
    path = "/v1/chat/completions"
    done = b"data: [DONE]\n\n"

    def framed(self, payload: dict[str, Any], *, escaped: bool = False) -> bytes:
        return frame(packed(payload, escaped=escaped))

    def payload(self, choices: object, **fields: Any) -> dict[str, Any]:
        return {
            "id": "chatcmpl_1",
            "object": "chat.completion.chunk",
            "created": 1_790_000_000,
            "model": self.model,
            "service_tier": self.tier,
            "choices": choices,
        } | fields

    def chunk(self, delta: object, finish: object = None, **fields: Any) -> bytes:
        return self.framed(self.payload([{"index": 0, "delta": delta, "finish_reason": finish}], **fields))

    def opening(self) -> bytes:
        return self.chunk({"role": "assistant", "content": ""})

    def delta_payload(self, value: object) -> dict[str, Any]:
        return self.payload([{"index": 0, "delta": {"content": value}, "finish_reason": None}])

    def thinking(self, text: str) -> bytes:
        return self.chunk({"reasoning": text})

    def refusal(self, text: str) -> bytes:
        return self.chunk({"refusal": text})

    def terminal(self, reason: Reason = "stop", **fields: Any) -> bytes:
        return self.chunk({}, reason, **fields)

    def figures(self, usage: object) -> bytes:
        """The chunk without choices that carries the usage."""
        return self.framed(self.payload([], usage=usage))

    def ending(self, text: str = TEXT, reason: Reason = "stop", usage: object = ...) -> bytes:
        figures = self.usage() if usage is ... else usage
        return self.terminal(reason) + (self.figures(figures) if figures is not None else b"") + self.done

    def whole(self, text: str = TEXT, reason: Reason = "stop") -> dict[str, Any]:
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": reason}
        return self.payload([choice], object="chat.completion", usage=self.usage())

    def usage(self) -> dict[str, Any]:
        return {
            "prompt_tokens": INPUT_TOKENS,
            "completion_tokens": OUTPUT_TOKENS,
            "completion_tokens_details": {"reasoning_tokens": REASONING_TOKENS},
            "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
        }


def as_responses(wire: Wire) -> ResponsesWire:
    assert isinstance(wire, ResponsesWire)
    return wire


def as_chat(wire: Wire) -> ChatWire:
    assert isinstance(wire, ChatWire)
    return wire


WIRES: Mapping[str, type[Wire]] = {wire.path: wire for wire in (ResponsesWire, ChatWire)}
