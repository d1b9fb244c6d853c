"""Answers with status 200 whose body is no event stream, or does not say that it is one."""

import gzip
from collections.abc import Callable
from typing import Any

from tests.faults.behaviours_status import PAGE
from tests.faults.behaviours_steps import (
    CHUNKED,
    EVENTS,
    Behaviour,
    Close,
    Expectation,
    Script,
    Send,
    cut,
    done,
    failed,
    full,
    head,
    plays,
    reply,
    stream,
)
from tests.faults.behaviours_wire import PARTIAL, TEXT, TOKENS, WIRES, Wire, error_object, packed


def whole(change: Callable[[Wire], dict[str, Any]] = lambda wire: wire.whole()) -> Script:
    """The answer as one JSON object, though a stream was asked for."""
    return lambda asked: (reply(200, change(asked.wire)),)


def in_the_other_dialect(wire: Wire) -> dict[str, Any]:
    return next(other for other in WIRES.values() if other.dialect != wire.dialect)(wire.model, wire.tier).whole()


def labelled(content_type: str | None) -> Script:
    """A good event stream under another label."""
    label = () if content_type is None else (("Content-Type", content_type),)
    return lambda asked: stream(full(asked.wire), first=head(200, *label, CHUNKED))


def with_headers(count: int) -> Script:
    """A good event stream behind `count` headers of about a kilobyte."""
    padding = tuple((f"x-padding-{number}", "p" * 1_000) for number in range(count))
    return lambda asked: stream(full(asked.wire), first=head(200, EVENTS, CHUNKED, *padding))


def whole_in_half(wire: Wire) -> bytes:
    raw = packed(wire.whole()).encode()
    return head(200, ("Content-Type", "application/json"), ("Content-Length", str(len(raw)))) + raw[: len(raw) // 2]


def whole_gzipped(wire: Wire) -> bytes:
    raw = gzip.compress(packed(wire.whole()).encode())
    packing = ("Content-Encoding", "gzip"), ("Content-Length", str(len(raw)))
    return head(200, ("Content-Type", "application/json"), *packing) + raw


def not_streamed(text: str = TEXT) -> Expectation:
    return done(text, "not streamed", tokens=TOKENS)


def json_alone(name: str, value: object) -> Behaviour:
    return Behaviour(name, plays(reply(200, value)), failed("other-json"))


NO_ANSWER = (
    Behaviour("web-page", plays(reply(200, PAGE, "text/html; charset=utf-8")), failed("html")),
    Behaviour("web-page-without-a-label", plays(reply(200, b"\n\n  " + PAGE)), failed("html")),
    json_alone("json-list", [1, 2, 3]),
    json_alone("json-string", "hello"),
    json_alone("json-null", None),
    json_alone("json-empty-object", {}),
    json_alone("json-models-list", {"object": "list", "data": []}),
    Behaviour(
        "json-error-object",
        plays(reply(200, error_object("the upstream model is gone"))),
        failed("other-json", "the upstream model is gone"),
    ),
    Behaviour("json-of-the-other-dialect", whole(in_the_other_dialect), failed("other-json")),
    Behaviour("empty-body", plays(reply(200)), failed("not-a-stream")),
    Behaviour("empty-stream", plays(Send(head(200, EVENTS, ("Content-Length", "0")))), cut()),
    Behaviour("plain-words", plays(reply(200, b"Hello!", "text/plain")), failed("not-a-stream", "text/plain")),
    Behaviour(
        "picture", plays(reply(200, b"\x89PNG\r\n\x1a\n\x00\x00", "image/png")), failed("not-a-stream", "image/png")
    ),
)

WHOLE = (
    Behaviour("whole-answer", whole(), not_streamed()),
    Behaviour("whole-answer-gzipped", lambda asked: (Send(whole_gzipped(asked.wire)),), not_streamed()),
    Behaviour("whole-answer-cut", lambda asked: (Send(whole_in_half(asked.wire)), Close()), cut()),
    Behaviour(
        "whole-answer-truncated",
        whole(lambda wire: wire.whole(PARTIAL, "length")),
        Expectation("truncated", text=PARTIAL, notices=("not streamed",)),
    ),
    Behaviour(
        "whole-answer-filtered",
        whole(lambda wire: wire.whole(PARTIAL, "content_filter")),
        Expectation("filtered", text=PARTIAL, notices=("not streamed",)),
    ),
)

LABELS = (
    Behaviour("stream-labelled-plain-text", labelled("text/plain"), done(TEXT, "text/plain")),
    Behaviour("stream-labelled-json", labelled("application/json"), done(TEXT, "application/json")),
    Behaviour("stream-without-a-label", labelled(None), done(TEXT, "content type")),
    Behaviour("stream-label-in-capitals", labelled("Text/Event-Stream;Charset=UTF-8"), done()),
    Behaviour("headers-of-60-kilobytes", with_headers(60), done()),
    Behaviour("headers-of-200-kilobytes", with_headers(200), failed("protocol", "HTTP")),
)

BODIES = NO_ANSWER + WHOLE + LABELS
