"""How answers end: terminal events and the status inside, errors inside the stream, and what comes after the end."""

from collections.abc import Callable, Iterable
from typing import Any

from tests.faults.behaviours_steps import (
    CHAT,
    END,
    HELD_OPEN,
    RESPONSES,
    Behaviour,
    Close,
    Expectation,
    Limits,
    Pause,
    Reset,
    Script,
    Send,
    begun,
    chunk,
    cut,
    done,
    failed,
    finished,
    full,
    streams,
)
from tests.faults.behaviours_wire import PARTIAL, PIECES, TEXT, Reason, Wire, as_chat, as_responses, error_object, frame

NO_REASON = "no finish reason"
REFUSAL = "I can't help with that."
TROUBLE = "The server had an error while processing your request."
CALL = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":'}}
LATE = "THIS CAME TOO LATE"
TEXT_DONE = {"type": "response.output_text.done", "text": TEXT}


def ends(reason: Reason, text: str = PARTIAL) -> Script:
    """The text of PARTIAL, or none, and this reason."""
    return streams(lambda wire: (*(begun(wire) if text else (wire.opening(),)), wire.ending(text, reason)))


def text_then(last: Callable[[Wire], bytes]) -> Script:
    """All the text, and then something instead of the usual end."""
    return streams(lambda wire: (*begun(wire), finished(wire)[0], last(wire)))


def partly_then(*last: Callable[[Wire], bytes]) -> Script:
    """Some text, and then something that ends the answer."""
    return streams(lambda wire: (*begun(wire), *(part(wire) for part in last)))


def in_band(*says: str, text: str = PARTIAL) -> Expectation:
    return failed("in-band", *says, text=text)


def bare_error(wire: Wire) -> bytes:
    return frame(error_object(TROUBLE, "server_error"))


def error_event(wire: Wire) -> bytes:
    """The top-level event of the responses dialect; servers of the chat dialect send it, too."""
    return frame({"type": "error", "code": "server_error", "message": TROUBLE, "param": None}, "error")


def error_event_without_a_type(wire: Wire) -> bytes:
    return frame({"code": 500, "message": TROUBLE}, "error")


def failed_response(kind: str) -> Callable[[Wire], bytes]:
    """An event of this name whose response says failed."""

    def event(wire: Wire) -> bytes:
        told = {"code": "server_error", "message": TROUBLE}
        return as_responses(wire).event(kind, response=as_responses(wire).response("failed", error=told))

    return event


def status_inside(kind: str, **fields: Any) -> Script:
    return partly_then(lambda wire: as_responses(wire).event(kind, response=as_responses(wire).response(**fields)))


def error_beside_choices(wire: Wire) -> bytes:
    chat = as_chat(wire)
    return chat.chunk({"content": ""}, "error", error={"code": 502, "message": TROUBLE})


def refuses(wire: Wire) -> Iterable[bytes]:
    return wire.opening(), wire.refusal(REFUSAL[:8]), wire.refusal(REFUSAL[8:]), wire.ending("")


def calls_a_tool(wire: Wire) -> Iterable[bytes]:
    if wire.dialect == "chat":
        chat = as_chat(wire)
        rest = CALL | {"function": {"arguments": '"Rome"}'}}
        calls = (chat.chunk({"tool_calls": [CALL]}), chat.chunk({"tool_calls": [rest]}))
        return *begun(wire), *calls, chat.chunk({}, "tool_calls"), chat.figures(wire.usage()), chat.done
    responses = as_responses(wire)
    kind = "response.function_call_arguments"
    item = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "weather", "arguments": ""}
    return (
        *begun(wire),
        responses.event("response.output_item.added", output_index=1, item=item),
        responses.event(f"{kind}.delta", item_id="fc_1", output_index=1, delta='{"city":"Rome"}'),
        responses.event(f"{kind}.done", item_id="fc_1", output_index=1, arguments='{"city":"Rome"}'),
        wire.terminal(output=[responses.message(PARTIAL), item | {"arguments": '{"city":"Rome"}'}]),
    )


def last_with_reason(wire: Wire) -> Iterable[bytes]:
    chat = as_chat(wire)
    return *begun(wire), chat.chunk({"content": PIECES[2]}, "stop"), chat.done


def empty_reasons(wire: Wire) -> Iterable[bytes]:
    chat = as_chat(wire)
    return *(chat.chunk({"content": piece}, "") for piece in PIECES), chat.terminal(), chat.done


def text_behind_the_reason(wire: Wire) -> Iterable[bytes]:
    chat = as_chat(wire)
    return *begun(wire), chat.terminal(), chat.delta(PIECES[2]), chat.done


def then(*after: Callable[[Wire], bytes]) -> Script:
    """A complete answer, and more events behind its end."""
    return streams(lambda wire: (*full(wire), *(part(wire) for part in after)))


GOOD_ENDS = (
    Behaviour("no-done-marker", text_then(lambda wire: wire.terminal()), done(), CHAT),
    Behaviour("done-marker-alone", text_then(lambda wire: as_chat(wire).done), done(TEXT, NO_REASON), CHAT),
    Behaviour(
        "finish-reason-null",
        text_then(lambda wire: as_chat(wire).chunk({}, None) + as_chat(wire).done),
        done(TEXT, NO_REASON),
        CHAT,
    ),
    Behaviour("finish-reason-unheard-of", text_then(lambda wire: as_chat(wire).chunk({}, "eos")), done(), CHAT),
    Behaviour("finish-reason-with-the-last-text", streams(last_with_reason), done(), CHAT),
    Behaviour("finish-reasons-empty", streams(empty_reasons), done(), CHAT),
    Behaviour("text-behind-the-finish-reason", streams(text_behind_the_reason), done(), CHAT),
    Behaviour("tool-call", streams(calls_a_tool), done(PARTIAL)),
)

OTHER_ENDS = (
    Behaviour("length-reached", ends("length"), Expectation("truncated", text=PARTIAL)),
    Behaviour("length-reached-without-text", ends("length", ""), Expectation("truncated")),
    Behaviour("content-filter", ends("content_filter"), Expectation("filtered", text=PARTIAL)),
    Behaviour("content-filter-without-text", ends("content_filter", ""), Expectation("filtered")),
    Behaviour("refusal", streams(refuses), Expectation("refused", text=REFUSAL)),
    Behaviour(
        "completed-though-incomplete",
        status_inside("response.completed", status="incomplete", incomplete_details={"reason": "max_output_tokens"}),
        Expectation("truncated", text=PARTIAL),
        RESPONSES,
    ),
    Behaviour(
        "incomplete-for-another-reason",
        status_inside("response.incomplete", status="incomplete", incomplete_details={"reason": "max_messages"}),
        Expectation("truncated", text=PARTIAL),
        RESPONSES,
    ),
)

ERRORS_INSIDE = (
    Behaviour("error-inside", partly_then(bare_error), in_band(TROUBLE)),
    Behaviour("error-inside-at-once", streams(lambda wire: (bare_error(wire),)), in_band(TROUBLE, text="")),
    Behaviour("error-inside-as-a-string", partly_then(lambda wire: frame({"error": TROUBLE})), in_band(TROUBLE)),
    Behaviour("error-inside-then-more-text", partly_then(bare_error, lambda wire: wire.delta(LATE)), in_band()),
    Behaviour("error-event", partly_then(error_event), in_band(TROUBLE)),
    Behaviour("error-event-without-a-type", partly_then(error_event_without_a_type), in_band(TROUBLE)),
    Behaviour("error-beside-choices", partly_then(error_beside_choices), in_band(TROUBLE), CHAT),
    Behaviour("response-failed", partly_then(failed_response("response.failed")), in_band(TROUBLE), RESPONSES),
    Behaviour(
        "completed-though-failed", partly_then(failed_response("response.completed")), in_band(TROUBLE), RESPONSES
    ),
    Behaviour(
        "response-failed-without-a-word",
        status_inside("response.failed", status="failed", error=None),
        in_band(),
        RESPONSES,
    ),
)

AFTER_THE_END = (
    Behaviour("terminal-event-twice", then(lambda wire: wire.ending()), done()),
    Behaviour("text-behind-the-end", then(lambda wire: wire.delta(LATE)), done()),
    Behaviour("bad-json-behind-the-end", then(lambda wire: b"data: {]\n\n"), done()),
    Behaviour("error-behind-the-end", then(bare_error), done()),
    Behaviour("reset-behind-the-end", streams(full, Pause(0.05), Reset()), done()),
    Behaviour("last-chunk-missing-behind-the-end", streams(full, Close()), done()),
    Behaviour("broken-chunk-behind-the-end", streams(full, Send(b"ZZ\r\nwhat"), Close()), done()),
    Behaviour("held-open-behind-the-end", streams(full, *HELD_OPEN), done(), limits=Limits(idle=0.3)),
    Behaviour(
        "held-open-behind-the-finish-reason",
        streams(lambda wire: (*begun(wire), finished(wire)[0], wire.terminal()), *HELD_OPEN),
        done(),
        CHAT,
        limits=Limits(idle=0.3),
    ),
    Behaviour("pings-behind-the-end", streams(full, *((Pause(0.05), Send(chunk(b": ping\n\n"))) * 6), *END), done()),
)

NO_END = (
    Behaviour("finish-reason-never", text_then(lambda wire: as_chat(wire).chunk({}, None)), cut(TEXT), CHAT),
    Behaviour("text-done-but-no-end", text_then(lambda wire: wire.framed(TEXT_DONE)), cut(TEXT), RESPONSES),
)

ENDS = GOOD_ENDS + OTHER_ENDS + ERRORS_INSIDE + AFTER_THE_END + NO_END
