"""The Responses dialect, what goes out: response objects and typed events."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from compare_tui.demo.answer import Answer, Tally, echoed_tier
from compare_tui.demo.beats import Beat, event, padding
from compare_tui.demo.logprobs import Weighed, to_json, weigh
from compare_tui.demo.responses import Call

_Event = tuple[float, dict[str, Any]]


def whole(call: Call, answer: Answer, now: int) -> dict[str, Any]:
    """The response as one object: what the last event of a stream holds too."""
    return _Writer(call, answer, now).finished()


def frames(call: Call, answer: Answer, now: int) -> Iterator[Beat]:
    numbers = count()
    for due, data in _Writer(call, answer, now).events():
        yield event(due, data | {"sequence_number": next(numbers)}, name=data["type"])


class _Writer:
    """One answer on its way out. The reasoning item, where there is one, comes before the message or the call."""

    def __init__(self, call: Call, answer: Answer, now: int) -> None:
        self.call = call
        self.answer = answer
        self.now = now
        self.status = "completed" if answer.complete else "incomplete"
        self.thinks = answer.tally.reasoning > 0
        self.place = int(self.thinks)

    def events(self) -> Iterator[_Event]:
        begun = self._response("in_progress", [], None, self.call.ask.tier)
        yield 0.0, {"type": "response.created", "response": begun}
        yield 0.0, {"type": "response.in_progress", "response": begun}
        if self.thinks:
            yield from self._thinking()
        if self.answer.pieces:
            yield from (self._message() if self.answer.call is None else self._calling())
        yield self.answer.seconds, {"type": f"response.{self.status}", "response": self.finished()}

    def finished(self) -> dict[str, Any]:
        output = [self._reasoning()] if self.thinks else []
        if self.answer.pieces:
            output.append(self._text_item() if self.answer.call is None else self._call_item())
        tier = echoed_tier(self.answer.tier, self.call.ask.model.name)
        return self._response(self.status, output, usage(self.answer.tally), tier)

    def _thinking(self) -> Iterator[_Event]:
        pace = self.answer.pace
        yield pace.start, self._item_event("added", 0, self._reasoning(summary=[]))
        if self.call.summary is not None:
            at = {"item_id": f"rs_{self.answer.id}", "output_index": 0, "summary_index": 0}
            kind = "response.reasoning_summary_"
            yield pace.start, at | {"type": f"{kind}part.added", "part": _summary("")}
            for index, (due, piece) in enumerate(self.answer.timed_thoughts()):
                yield due, at | {"type": f"{kind}text.delta", "delta": piece} | self._padding(-index)
            yield pace.first_text, at | {"type": f"{kind}text.done", "text": self.answer.thinking}
            yield pace.first_text, at | {"type": f"{kind}part.done", "part": _summary(self.answer.thinking)}
        yield pace.first_text, self._item_event("done", 0, self._reasoning())

    def _message(self) -> Iterator[_Event]:
        first, end, kind = self.answer.pace.first_text, self.answer.seconds, "response.output_text."
        at = {"item_id": f"msg_{self.answer.id}", "output_index": self.place, "content_index": 0}
        weighed = self._weighed()
        plain = [to_json(one, bytes_too=False) for one in weighed]
        empty = self._text_item() | {"status": "in_progress", "content": []}
        yield first, self._item_event("added", self.place, empty)
        yield first, at | {"type": "response.content_part.added", "part": _part("", [])}
        for index, (due, piece) in enumerate(self.answer.timed_pieces()):
            entry = {"delta": piece, "logprobs": plain[index : index + 1]}
            yield due, at | {"type": f"{kind}delta"} | entry | self._padding(index)
        yield end, at | {"type": f"{kind}done", "text": self.answer.text, "logprobs": plain}
        yield end, at | {"type": "response.content_part.done", "part": _part(self.answer.text, weighed)}
        yield end, self._item_event("done", self.place, self._text_item())

    def _calling(self) -> Iterator[_Event]:
        item, kind = self._call_item(), "response.function_call_arguments."
        at = {"item_id": item["id"], "output_index": self.place}
        begun = item | {"arguments": "", "status": "in_progress"}
        yield self.answer.pace.first_text, self._item_event("added", self.place, begun)
        for index, (due, piece) in enumerate(self.answer.timed_pieces()):
            yield due, at | {"type": f"{kind}delta", "delta": piece} | self._padding(index)
        done = {"type": f"{kind}done", "name": item["name"], "arguments": item["arguments"]}
        yield self.answer.seconds, at | done
        yield self.answer.seconds, self._item_event("done", self.place, item)

    def _response(
        self, status: str, output: list[dict[str, Any]], used: dict[str, Any] | None, tier: str
    ) -> dict[str, Any]:
        cut = {"reason": "max_output_tokens"} if status == "incomplete" else None
        response = {
            "id": f"resp_{self.answer.id}",
            "object": "response",
            "created_at": self.now,
            "completed_at": self.now + round(self.answer.seconds) if status == "completed" else None,
            "status": status,
            "error": None,
            "incomplete_details": cut,
            "output": output,
            "service_tier": tier,
            "usage": used,
        }
        return {**response, **self.call.echoed}

    def _reasoning(self, summary: list[dict[str, str]] | None = None) -> dict[str, Any]:
        shown = [_summary(self.answer.thinking)] if self.call.summary is not None else []
        item = {"id": f"rs_{self.answer.id}", "type": "reasoning", "summary": shown if summary is None else summary}
        return item | ({"encrypted_content": f"simulated-{self.answer.id}"} if self.call.encrypted else {})

    def _text_item(self) -> dict[str, Any]:
        return {
            "id": f"msg_{self.answer.id}",
            "type": "message",
            "role": "assistant",
            "status": self.status,
            "content": [_part(self.answer.text, self._weighed())],
        }

    def _call_item(self) -> dict[str, Any]:
        return {
            "id": f"fc_{self.answer.id}",
            "type": "function_call",
            "call_id": f"call_{self.answer.id}",
            "name": self.answer.call,
            "arguments": self.answer.text,
            "status": self.status,
        }

    def _weighed(self) -> list[Weighed]:
        top = self.call.ask.logprobs
        return [] if top is None else list(weigh(self.answer.pieces, top, self.answer.luck))

    def _padding(self, index: int) -> dict[str, str]:
        return {"obfuscation": padding(self.answer.luck, index)} if self.call.obfuscated else {}

    def _item_event(self, what: str, place: int, item: dict[str, Any]) -> dict[str, Any]:
        return {"type": f"response.output_item.{what}", "output_index": place, "item": item}


def usage(tally: Tally) -> dict[str, Any]:
    return {
        "input_tokens": tally.input,
        "input_tokens_details": {"cached_tokens": tally.cached, "cache_write_tokens": tally.written},
        "output_tokens": tally.output,
        "output_tokens_details": {"reasoning_tokens": tally.reasoning},
        "total_tokens": tally.total,
    }


def _summary(text: str) -> dict[str, str]:
    return {"type": "summary_text", "text": text}


def _part(text: str, weighed: list[Weighed]) -> dict[str, Any]:
    logprobs = [to_json(one, bytes_too=True) for one in weighed]
    return {"type": "output_text", "annotations": [], "logprobs": logprobs, "text": text}
