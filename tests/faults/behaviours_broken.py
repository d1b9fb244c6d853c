"""Answers that break off, fall silent, or cannot be read; what came before must be kept to the byte."""

import zlib
from collections.abc import Callable, Iterable, Iterator

from tests.faults.behaviours_steps import (
    CHUNKED,
    EVENTS,
    HELD_OPEN,
    STREAM_HEAD,
    Asked,
    Behaviour,
    Close,
    Limits,
    Pause,
    Reset,
    Script,
    Send,
    Step,
    begun,
    chunk,
    cut,
    done,
    failed,
    finished,
    head,
    plays,
    stalled,
    stream,
    streams,
)
from tests.faults.behaviours_wire import PARTIAL, Wire, frame

MEBIBYTE = 2**20
PING = Send(chunk(b": ping\n\n"))
SHORT_SILENCE = Limits(wait=0.4, idle=0.4)
NESTED = b"[" * 200_000
OVERLONG_PATH = b'data: {"note":"\xc0\xae\xc0\xae/"}\n\n'
RAW_SURROGATE = b'data: {"note":"\xed\xa0\xbd\xed\xb8\x80"}\n\n'


def spoiled(odd: bytes) -> Script:
    """Some text, something unreadable, and then the rest as if nothing had been."""
    return streams(lambda wire: (*begun(wire), odd, *finished(wire)))


def breaks(*end: Step) -> Script:
    """Some text, each event whole, and then this."""
    return streams(begun, *end)


def half_an_event(wire: Wire) -> bytes:
    event = finished(wire)[0]
    return event[: len(event) // 2]


def within_a_character(wire: Wire) -> bytes:
    event = wire.delta("half a fox 狐")
    return event[: event.index("狐".encode()) + 2]


def within_an_event(part: Callable[[Wire], bytes], *end: Step) -> Script:
    return streams(lambda wire: (*begun(wire), part(wire)), *end)


def length_too_long(asked: Asked) -> Iterator[Step]:
    start = b"".join(begun(asked.wire))
    yield Send(head(200, EVENTS, ("Content-Length", str(len(start) + 999))) + start)
    yield Close()


def length_too_short(asked: Asked) -> Iterator[Step]:
    """The good end lies behind the length and does not count."""
    start = b"".join(begun(asked.wire))
    yield Send(head(200, EVENTS, ("Content-Length", str(len(start)))) + start + b"".join(finished(asked.wire)))
    yield Close()


def closed_without_a_length(asked: Asked) -> Iterator[Step]:
    yield Send(head(200, EVENTS, ("Connection", "close")))
    yield from (Send(part) for part in begun(asked.wire))
    yield Close()


def zipped_and_cut(asked: Asked) -> Iterator[Step]:
    packer = zlib.compressobj(wbits=31)
    parts = [packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH) for part in begun(asked.wire)]
    return stream(parts, first=head(200, EVENTS, CHUNKED, ("Content-Encoding", "gzip")))


def falsely_zipped(asked: Asked) -> Iterator[Step]:
    return stream(begun(asked.wire), first=head(200, EVENTS, CHUNKED, ("Content-Encoding", "gzip")))


def drips(drop: Callable[[Wire], bytes], seconds: float = 0.1, count: int = 15) -> Script:
    """Some text, and then the same small thing over and over, longer than anybody waits."""

    def script(asked: Asked) -> Iterator[Step]:
        yield from stream(begun(asked.wire), end=())
        for _ in range(count):
            yield Pause(seconds)
            yield Send(chunk(drop(asked.wire)))
        yield Close()

    return script


def big_event(size: int) -> Callable[[Wire], Iterable[bytes]]:
    """An event of this size in its unknown field, between good ones."""
    return lambda wire: (*begun(wire), wire.delta("", padding="p" * size), *finished(wire))


def event_without_an_end(wire: Wire) -> Iterable[bytes]:
    line = b"data: " + b"x" * (MEBIBYTE // 2) + b"\n"
    return *begun(wire), *(line for _ in range(34)), *finished(wire)


CUT = (
    Behaviour("reset-after-some-text", breaks(Pause(0.05), Reset()), cut(PARTIAL)),
    Behaviour("reset-before-any-text", plays(Send(STREAM_HEAD), Pause(0.05), Reset()), cut()),
    Behaviour("clean-end-without-a-terminal-event", streams(begun), cut(PARTIAL)),
    Behaviour("clean-end-before-any-text", streams(lambda wire: (wire.opening(),)), cut()),
    Behaviour("last-chunk-missing", breaks(Close()), cut(PARTIAL)),
    Behaviour("closed-in-a-chunk", breaks(Send(b'400\r\ndata: {"typ'), Close()), cut(PARTIAL)),
    Behaviour("closed-in-an-event", within_an_event(half_an_event, Close()), cut(PARTIAL)),
    Behaviour("clean-end-in-an-event", within_an_event(half_an_event), cut(PARTIAL)),
    Behaviour("clean-end-in-a-character", within_an_event(within_a_character), cut(PARTIAL)),
    Behaviour("content-length-too-long", length_too_long, cut(PARTIAL)),
    Behaviour("content-length-too-short", length_too_short, cut(PARTIAL)),
    Behaviour("close-delimited-and-cut", closed_without_a_length, cut(PARTIAL)),
    Behaviour("gzip-cut", zipped_and_cut, cut(PARTIAL)),
)

SILENT = (
    Behaviour("silent-after-the-head", plays(Send(STREAM_HEAD), *HELD_OPEN), stalled(), limits=SHORT_SILENCE),
    Behaviour("silent-after-some-text", breaks(*HELD_OPEN), stalled(PARTIAL), limits=SHORT_SILENCE),
    Behaviour("silent-in-an-event", within_an_event(half_an_event, *HELD_OPEN), stalled(PARTIAL), limits=SHORT_SILENCE),
    Behaviour(
        "pings-alone", plays(Send(STREAM_HEAD), *((PING, Pause(0.1)) * 15), Close()), stalled(), limits=SHORT_SILENCE
    ),
    Behaviour("pings-after-some-text", drips(lambda wire: b": ping\n\n"), stalled(PARTIAL), limits=SHORT_SILENCE),
    Behaviour(
        "empty-deltas-after-some-text", drips(lambda wire: wire.delta("")), stalled(PARTIAL), limits=SHORT_SILENCE
    ),
    Behaviour("an-event-that-drips", drips(lambda wire: b"data: x\n"), stalled(PARTIAL), limits=SHORT_SILENCE),
    Behaviour(
        "never-silent-never-done",
        drips(lambda wire: wire.thinking("hm ")),
        stalled(PARTIAL, "deadline"),
        limits=Limits(total=0.8),
    ),
)

UNREADABLE = (
    Behaviour("utf8-bad-byte", spoiled(b'data: {"note":"\xff"}\n\n'), failed("encoding", text=PARTIAL)),
    Behaviour("utf8-character-cut-short", spoiled(b'data: {"note":"\xe7\x8b"}\n\n'), failed("encoding", text=PARTIAL)),
    Behaviour("utf8-overlong", spoiled(OVERLONG_PATH), failed("encoding", text=PARTIAL)),
    Behaviour("utf8-raw-surrogates", spoiled(RAW_SURROGATE), failed("encoding", text=PARTIAL)),
    Behaviour("json-broken", spoiled(b'data: {"type":]}\n\n'), failed("protocol", "JSON", text=PARTIAL)),
    Behaviour("json-unfinished", spoiled(b'data: {"type":"resp\n\n'), failed("protocol", "JSON", text=PARTIAL)),
    Behaviour("json-nested-too-deep", spoiled(b"data: " + NESTED + b"\n\n"), failed("protocol", "JSON", text=PARTIAL)),
    Behaviour(
        "json-nested-too-deep-in-a-field",
        spoiled(frame('{"note":' + "[" * 100_000 + "]" * 100_000 + "}")),
        failed("protocol", "JSON", text=PARTIAL),
    ),
    Behaviour("chunk-size-broken", breaks(Send(b"ZZ\r\nwhat\r\n"), Close()), failed("protocol", "HTTP", text=PARTIAL)),
    Behaviour("gzip-that-is-none", falsely_zipped, failed("protocol", "gzip")),
)

BIG = (
    Behaviour("event-of-15-mebibytes", streams(big_event(15 * MEBIBYTE)), done()),
    Behaviour("event-of-17-mebibytes", streams(big_event(17 * MEBIBYTE)), failed("event-too-large", text=PARTIAL)),
    Behaviour("event-without-an-end", streams(event_without_an_end), failed("event-too-large", text=PARTIAL)),
)

BROKEN = CUT + SILENT + UNREADABLE + BIG
