"""What a behaviour is: the steps a connection is taken through, and what a client must make of them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.faults.behaviours_wire import PIECES, TEXT, Dialect, Wire

Verdict = Literal["done", "truncated", "filtered", "refused", "cut", "stalled", "failed", "cancelled", "interrupted"]
Target = Literal["http", "tls", "tls-on-http", "refused", "unknown-host", "unanswered"]

ANY: tuple[Dialect, ...] = ("responses", "chat")
RESPONSES: tuple[Dialect, ...] = ("responses",)
CHAT: tuple[Dialect, ...] = ("chat",)


@dataclass(frozen=True, slots=True)
class Send:
    """Bytes for the socket, in writes of at most `each` bytes."""

    data: bytes
    each: int = 0


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence; it ends early when the client goes."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Close:
    """An orderly end of the connection."""


@dataclass(frozen=True, slots=True)
class Reset:
    """A connection torn down: the client reads ECONNRESET."""


Step = Send | Pause | Close | Reset


@dataclass(frozen=True, slots=True)
class Asked:
    """What a script may look at: the request, the bodies of those before it for the same model, and who serves it."""

    wire: Wire
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    earlier: tuple[Mapping[str, Any], ...]
    origin: str


Script = Callable[[Asked], Iterable[Step]]
Story = Callable[[Wire], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Limits:
    """The waiting a client is told to accept, in seconds; `pause` is the base of its own wait before a retry."""

    connect: float = 2.0
    wait: float = 2.0
    idle: float = 2.0
    total: float | None = None
    pause: float = 0.02


@dataclass(frozen=True, slots=True)
class Expectation:
    """How a take must end. `says` and `notices` are fragments, compared without regard to case."""

    verdict: Verdict
    error_class: str | None = None
    text: str = ""
    says: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    attempts: int = 1
    requests: int = 1
    apart: float = 0.0  # the least seconds between the first two requests
    reasoning: str | None = None  # None: not looked at
    tokens: tuple[int | None, int | None] | None = None  # input and output; None: not looked at
    reported_cost: str | None = None


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One way for a server to behave. `words` go behind the model in the lane's text."""

    name: str
    script: Script
    expect: Expectation
    dialects: tuple[Dialect, ...] = ANY
    limits: Limits = field(default=Limits())
    target: Target = "http"
    words: str = ""

    @property
    def model(self) -> str:
        return f"fault-{self.name}"


FRAGMENTS = {
    "bad-request": "400",
    "conflict": "409",
    "connect": "connect",
    "cut": "ended",
    "deadline": "deadline",
    "dns": "no-such-host.invalid",
    "encoding": "UTF-8",
    "event-too-large": "16 MiB",
    "flex-busy": "flex",
    "forbidden": "403",
    "html": "web page",
    "key": "401",
    "not-a-stream": "event stream",
    "not-found": "404",
    "other-json": "JSON",
    "quota": "quota",
    "rate-limit": "rate limit",
    "redirect": "redirect",
    "refused": "refused",
    "stalled": "nothing",
    "tls": "TLS",
    "too-large": "413",
    "unprocessable": "422",
}
"""The words each class of error owes its reader."""


def done(text: str = TEXT, *notices: str, **fields: Any) -> Expectation:
    return Expectation("done", text=text, notices=notices, **fields)


def failed(error_class: str, *says: str, **fields: Any) -> Expectation:
    return _told("failed", error_class, says, fields)


def cut(text: str = "") -> Expectation:
    return _told("cut", "cut", (), {"text": text})


def stalled(text: str = "", error_class: str = "stalled", **fields: Any) -> Expectation:
    return _told("stalled", error_class, (), {"text": text} | fields)


def _told(verdict: Verdict, error_class: str, says: tuple[str, ...], fields: dict[str, Any]) -> Expectation:
    owed = (FRAGMENTS[error_class],) if error_class in FRAGMENTS else ()
    return Expectation(verdict, error_class, says=owed + says, **fields)


# HTTP as bytes

LAST_CHUNK = b"0\r\n\r\n"
END: tuple[Step, ...] = (Send(LAST_CHUNK),)
HELD_OPEN: tuple[Step, ...] = (Pause(1.5), Close())
"""Longer than any limit a behaviour sets, short enough for a client that has none."""


def head(status: int, *headers: tuple[str, str], reason: str = "Status") -> bytes:
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1")


EVENTS = ("Content-Type", "text/event-stream; charset=utf-8")
CHUNKED = ("Transfer-Encoding", "chunked")
STREAM_HEAD = head(200, EVENTS, CHUNKED, ("x-request-id", "req_fault"))


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def reply(
    status: int, body: object = b"", content_type: str | None = None, headers: tuple[tuple[str, str], ...] = ()
) -> Send:
    """A complete answer with its length; a body that is no bytes is sent as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = content_type if isinstance(body, bytes) else content_type or "application/json"
    typed = (("Content-Type", kind),) if kind else ()
    return Send(head(status, *typed, ("Content-Length", str(len(raw))), *headers) + raw)


def stream(parts: Iterable[bytes], end: Iterable[Step] = END, first: bytes = STREAM_HEAD) -> Iterator[Step]:
    """An event stream, one write and one chunk for each part."""
    yield Send(first)
    for part in parts:
        yield Send(chunk(part))
    yield from end


# Scripts made of smaller things


def plays(*steps: Step) -> Script:
    """The same steps whatever was asked."""
    return lambda asked: steps


def in_turn(*scripts: Script) -> Script:
    """The first script for the first request, and so on; the last one for all that follow."""
    return lambda asked: scripts[min(len(asked.earlier), len(scripts) - 1)](asked)


def streams(story: Story, *end: Step) -> Script:
    """A stream told in this dialect; without an end it closes as it should."""
    return lambda asked: stream(story(asked.wire), end or END)


def begun(wire: Wire) -> tuple[bytes, ...]:
    """The opening and the text of PARTIAL."""
    return wire.opening(), *map(wire.delta, PIECES[:2])


def finished(wire: Wire) -> tuple[bytes, ...]:
    """What turns `begun` into a good answer with the text of TEXT."""
    return wire.delta(PIECES[2]), wire.ending()


def full(wire: Wire) -> tuple[bytes, ...]:
    return *begun(wire), *finished(wire)


def rewritten(change: Callable[[bytes], bytes]) -> Script:
    """A good answer with every part of it changed."""
    return streams(lambda wire: map(change, full(wire)))


def around(odd: Callable[[Wire], bytes]) -> Script:
    """A good answer with something odd in its middle."""
    return streams(lambda wire: (*begun(wire), odd(wire), *finished(wire)))


answers_well: Script = streams(full)
