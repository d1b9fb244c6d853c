"""Good answers in unusual clothes: line ends, comments, odd events, chunking, compression, old HTTP."""

import json
import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import cycle

from tests.faults.behaviours_steps import (
    CHAT,
    CHUNKED,
    EVENTS,
    LAST_CHUNK,
    RESPONSES,
    STREAM_HEAD,
    Asked,
    Behaviour,
    Close,
    Limits,
    Pause,
    Script,
    Send,
    Step,
    around,
    begun,
    chunk,
    done,
    finished,
    full,
    head,
    rewritten,
    stream,
    streams,
)
from tests.faults.behaviours_wire import Wire, frame

COMMENT = b": OPENROUTER PROCESSING\n\n"
BARE_FIELDS = b"id: 7\nretry: 3000\n\nevent: ping\n\ndata\n\n:\n\nunheard-of: field\n\n"
NO_OBJECTS = b"".join(map(frame, ([1, 2], "[]", "null", "true", '"words"', 42)))


def mixed_line_ends(wire: Wire) -> Iterator[bytes]:
    ends = cycle((b"\n\n", b"\r\n\r\n", b"\r\r", b"\n\r\n", b"\r\n\n"))
    for event in b"".join(full(wire)).split(b"\n\n")[:-1]:
        yield event + next(ends)


def parted_line_ends(wire: Wire) -> Iterator[bytes]:
    """CRLF with the two bytes never in one chunk."""
    yield from re.split(rb"(?<=\r)", b"".join(full(wire)).replace(b"\n", b"\r\n"))


def over_many_lines(part: bytes) -> bytes:
    def spread(line: re.Match[bytes]) -> bytes:
        return frame(json.dumps(json.loads(line[1]), indent=1, ensure_ascii=False)).removesuffix(b"\n\n")

    return re.sub(rb"^data: (\{.*)$", spread, part, flags=re.MULTILINE)


def name_last(part: bytes) -> bytes:
    return re.sub(rb"^(event: .*)\n(data: .*)$", rb"\2\n\1", part, flags=re.MULTILINE)


def in_single_bytes(asked: Asked) -> Iterator[Step]:
    yield Send(STREAM_HEAD + b"".join(chunk(part) for part in full(asked.wire)) + LAST_CHUNK, each=1)


def in_chunks_of_one_byte(asked: Asked) -> Iterator[Step]:
    yield Send(STREAM_HEAD)
    yield Send(b"".join(chunk(bytes([byte])) for byte in b"".join(full(asked.wire))) + LAST_CHUNK)


def at_once(asked: Asked) -> Iterator[Step]:
    yield Send(STREAM_HEAD + chunk(b"".join(full(asked.wire))) + LAST_CHUNK)


def zipped(asked: Asked) -> Iterator[Step]:
    """Compressed event by event, as proxies do it."""
    packer = zlib.compressobj(wbits=31)
    parts = [packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH) for part in full(asked.wire)]
    return stream((*parts, packer.flush()), first=head(200, EVENTS, CHUNKED, ("Content-Encoding", "gzip")))


def one_event_fewer_line_ends(count: int) -> Script:
    """The terminal event stands last and lacks line ends."""

    def story(wire: Wire) -> Iterable[bytes]:
        last = wire.terminal(usage=wire.usage())
        return *begun(wire), finished(wire)[0], last[: len(last) - count]

    return streams(story)


def until_closed(asked: Asked) -> Iterator[Step]:
    yield Send(head(200, EVENTS).replace(b"HTTP/1.1", b"HTTP/1.0"))
    yield from (Send(part) for part in full(asked.wire))
    yield Close()


def with_length(asked: Asked) -> Iterator[Step]:
    body = b"".join(full(asked.wire))
    yield Send(head(200, EVENTS, ("Content-Length", str(len(body)))))
    yield Send(body)


def with_trailers(asked: Asked) -> Iterator[Step]:
    yield Send(STREAM_HEAD)
    for part in full(asked.wire):
        yield Send(b"%X;note=odd\r\n%b\r\n" % (len(part), part))
    yield Send(b"0\r\nX-Trailer: seen\r\n\r\n")


def patiently(asked: Asked) -> Iterator[Step]:
    """Comments first, and between the deltas silences that are shorter than the limit."""
    yield Send(STREAM_HEAD)
    for part in (COMMENT, COMMENT, *full(asked.wire)):
        yield Send(chunk(part))
        yield Pause(0.1)
    yield Send(LAST_CHUNK)


LINE_ENDS = (
    Behaviour("line-ends-cr", rewritten(lambda part: part.replace(b"\n", b"\r")), done()),
    Behaviour("line-ends-crlf", rewritten(lambda part: part.replace(b"\n", b"\r\n")), done()),
    Behaviour("line-ends-mixed", streams(mixed_line_ends), done()),
    Behaviour("line-ends-parted", streams(parted_line_ends), done()),
    Behaviour("final-blank-line-missing", one_event_fewer_line_ends(1), done()),
    Behaviour("final-line-end-missing", one_event_fewer_line_ends(2), done()),
)

EVENTS_AS_LINES = (
    Behaviour("byte-order-mark", streams(lambda wire: (b"\xef\xbb\xbf", *full(wire))), done()),
    Behaviour("data-over-many-lines", rewritten(over_many_lines), done()),
    Behaviour("data-without-a-space", rewritten(lambda part: part.replace(b"data: ", b"data:")), done()),
    Behaviour("event-name-behind-the-data", rewritten(name_last), done(), RESPONSES),
    Behaviour(
        "event-names-missing",
        rewritten(lambda part: re.sub(rb"^event: .*\n", b"", part, flags=re.MULTILINE)),
        done(),
        RESPONSES,
    ),
    Behaviour("event-names-added", rewritten(lambda part: b"event: message\n" + part), done(), CHAT),
    Behaviour("comments-between", around(lambda wire: COMMENT + b":\n\n: \xe2\x80\xa6\n\n"), done()),
    Behaviour("comments-first-and-silences", patiently, done(), limits=Limits(idle=0.8)),
    Behaviour("empty-data-line", around(lambda wire: b"data:\n\ndata: \n\n"), done()),
    Behaviour("fields-without-data", around(lambda wire: BARE_FIELDS), done()),
    Behaviour("data-not-an-object", around(lambda wire: NO_OBJECTS), done()),
)

TRANSPORT = (
    Behaviour("bytes-one-by-one", in_single_bytes, done()),
    Behaviour("chunks-of-one-byte", in_chunks_of_one_byte, done()),
    Behaviour("everything-at-once", at_once, done()),
    Behaviour("gzip-event-by-event", zipped, done()),
    Behaviour("http-1.0-until-closed", until_closed, done()),
    Behaviour("stream-with-a-length", with_length, done()),
    Behaviour("chunk-extensions-and-trailers", with_trailers, done()),
)

SYNTAX = LINE_ENDS + EVENTS_AS_LINES + TRANSPORT
