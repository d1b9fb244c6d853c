"""Trouble before the answer has a head: no connection, no TLS, no reply, or one that is not HTTP."""

from collections.abc import Iterator

from tests.faults.behaviours_steps import (
    HELD_OPEN,
    STREAM_HEAD,
    Asked,
    Behaviour,
    Close,
    Limits,
    Pause,
    Reset,
    Send,
    Step,
    answers_well,
    cut,
    done,
    failed,
    head,
    plays,
    stalled,
)

IMPATIENT = Limits(wait=0.4)


def hints_first(asked: Asked) -> Iterator[Step]:
    yield Send(head(103, ("Link", "</style.css>; rel=preload"), reason="Early Hints"))
    yield from answers_well(asked)


def head_in_drops(asked: Asked) -> Iterator[Step]:
    for byte in STREAM_HEAD[:15]:
        yield Send(bytes([byte]))
        yield Pause(0.1)
    yield Close()


NO_CONNECTION = (
    Behaviour("port-refused", plays(), failed("refused", attempts=3, requests=0), target="refused"),
    Behaviour("host-unknown", plays(), failed("dns", attempts=3, requests=0), target="unknown-host"),
    Behaviour(
        "connect-unanswered",
        plays(),
        failed("connect", attempts=3, requests=0),
        target="unanswered",
        limits=Limits(connect=0.2),
    ),
    Behaviour("certificate-untrusted", plays(), failed("tls", "certificate", requests=0), target="tls"),
    Behaviour("tls-on-a-plain-port", plays(), failed("tls", requests=0), target="tls-on-http"),
)

NO_HEAD = (
    Behaviour("closed-before-the-head", plays(Close()), cut()),
    Behaviour("reset-before-the-head", plays(Reset()), cut()),
    Behaviour("closed-in-the-head", plays(Send(b"HTTP/1.1 200 OK\r\nContent-Ty"), Close()), cut()),
    Behaviour("silent-before-the-head", plays(*HELD_OPEN), stalled(), limits=IMPATIENT),
    Behaviour(
        "silent-in-the-head", plays(Send(b"HTTP/1.1 200 OK\r\nContent-Ty"), *HELD_OPEN), stalled(), limits=IMPATIENT
    ),
    Behaviour("head-in-drops", head_in_drops, stalled(), limits=IMPATIENT),
)

STRANGE_HEAD = (
    Behaviour("head-is-garbage", plays(Send(b"\x00\x01\xfe garbage\r\n\r\n"), Close()), failed("protocol", "HTTP")),
    Behaviour(
        "head-is-another-protocol",
        plays(Send(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n\r\n"), Close()),
        failed("protocol", "HTTP"),
    ),
    Behaviour(
        "header-without-a-colon",
        plays(Send(b"HTTP/1.1 200 OK\r\nContent-Type text/event-stream\r\n\r\n"), Close()),
        failed("protocol", "HTTP"),
    ),
    Behaviour("early-hints-first", hints_first, done()),
)

CONNECT = NO_CONNECTION + NO_HEAD + STRANGE_HEAD
