"""The chat dialect, what goes out: completions and chunks."""

from collections.abc import Iterator
from typing import Any

from compare_tui.demo.answer import Answer, Tally, echoed_tier
from compare_tui.demo.beats import Beat, event, padding
from compare_tui.demo.chat import Call
from compare_tui.demo.logprobs import to_json, weigh

_FINGERPRINT = "fp_simulated"


def whole(call: Call, answer: Answer, now: int) -> dict[str, Any]:
    """The completion as one object."""
    message: dict[str, Any] = {"role": "assistant", "content": answer.text, "refusal": None, "annotations": []}
    if answer.thinking:
        message["reasoning_content"] = answer.thinking
    if answer.call is not None:
        function = {"name": answer.call, "arguments": answer.text}
        called = [{"id": f"call_{answer.id}", "type": "function", "function": function}]
        message |= {"content": None, "tool_calls": called}
    logprobs = _logprobs(call, answer)
    choice = {
        "index": 0,
        "message": message,
        "logprobs": {"content": logprobs, "refusal": None} if logprobs else None,
        "finish_reason": _finish(answer),
    }
    return _head(call, answer, now, "chat.completion") | {"choices": [choice], "usage": usage(answer.tally)}


def frames(call: Call, answer: Answer, now: int) -> Iterator[Beat]:
    head = _head(call, answer, now, "chat.completion.chunk")
    unknown = {"usage": None} if call.include_usage else {}
    logprobs = _logprobs(call, answer)

    def chunk(due: float, delta: dict[str, Any], *, index: int | None = None, finish: str | None = None) -> Beat:
        entry = None if index is None else logprobs[index : index + 1]
        weighed = {"content": entry, "refusal": None} if entry else None
        choice = {"index": 0, "delta": delta, "logprobs": weighed, "finish_reason": finish}
        veil = {"obfuscation": padding(answer.luck, index or 0)} if call.obfuscated else {}
        return event(due, head | {"choices": [choice]} | unknown | veil)

    yield chunk(0.0, {"role": "assistant", "content": "", "refusal": None})
    for due, thought in answer.timed_thoughts():
        yield chunk(due, {"reasoning_content": thought})
    if answer.call is not None and answer.pieces:
        yield chunk(answer.pace.first_text, _calls(call_id=f"call_{answer.id}", name=answer.call))
    for index, (due, piece) in enumerate(answer.timed_pieces()):
        delta = {"content": piece} if answer.call is None else _calls(arguments=piece)
        yield chunk(due, delta, index=index)
    yield chunk(answer.seconds, {}, finish=_finish(answer))
    if call.include_usage:
        yield event(answer.seconds, head | {"choices": [], "usage": usage(answer.tally)})
    yield Beat(answer.seconds, b"data: [DONE]\n\n")


def usage(tally: Tally) -> dict[str, Any]:
    return {
        "prompt_tokens": tally.input,
        "completion_tokens": tally.output,
        "total_tokens": tally.total,
        "prompt_tokens_details": {
            "cached_tokens": tally.cached,
            "cache_write_tokens": tally.written,
            "audio_tokens": 0,
        },
        "completion_tokens_details": {
            "reasoning_tokens": tally.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _head(call: Call, answer: Answer, now: int, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{answer.id}",
        "object": kind,
        "created": now,
        "model": call.ask.model.name,
        "service_tier": echoed_tier(answer.tier, call.ask.model.name),
        "system_fingerprint": _FINGERPRINT,
    }


def _finish(answer: Answer) -> str:
    if not answer.complete:
        return "length"
    return "stop" if answer.call is None else "tool_calls"


def _calls(*, call_id: str | None = None, name: str | None = None, arguments: str = "") -> dict[str, Any]:
    """The first piece of a call carries its id and name, the others its arguments alone."""
    if call_id is None:
        return {"tool_calls": [{"index": 0, "function": {"arguments": arguments}}]}
    function = {"name": name, "arguments": arguments}
    return {"tool_calls": [{"index": 0, "id": call_id, "type": "function", "function": function}]}


def _logprobs(call: Call, answer: Answer) -> list[dict[str, object]]:
    top = call.ask.logprobs
    if top is None or answer.call is not None:
        return []
    return [to_json(one, bytes_too=True) for one in weigh(answer.pieces, top, answer.luck)]
