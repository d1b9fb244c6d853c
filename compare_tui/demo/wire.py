"""HTTP/1.1 over asyncio streams: requests read within limits, replies and chunks written."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from compare_tui.demo.refusal import Refusal

HEAD_LIMIT = 64 * 1024
BODY_LIMIT = 64 * 1024 * 1024
_IDLE_SECONDS = 600.0
_BODY_SECONDS = 120.0
_LINGER_SECONDS = 2.0
_READ = 64 * 1024
_MOST_TRAILERS = 100
_REQUEST_LINE = re.compile(r"([A-Z]{1,20}) (\S{1,8000}) HTTP/1\.([01])")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_ONCE = ("content-length", "transfer-encoding", "host", "authorization")
_LENGTH = re.compile(r"[0-9]{1,18}")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r\n")
_ORIGIN = re.compile(r"https?://[^/?#]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """The request line and the headers, names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    minor: int

    @property
    def keep_alive(self) -> bool:
        wish = self.headers.get("connection", "").lower()
        return "close" not in wish if self.minor else "keep-alive" in wish

    @property
    def has_body(self) -> bool:
        return "transfer-encoding" in self.headers or self.headers.get("content-length", "0") != "0"


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """The next request of a connection, or None when the client has gone or stays silent too long."""
    try:
        raw = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _IDLE_SECONDS)
    except asyncio.LimitOverrunError:
        raise Refusal("The request's headers are larger than 64 kB.", status=431) from None
    except (asyncio.IncompleteReadError, TimeoutError):
        return None
    first, *lines = raw.decode("latin-1").lstrip("\r\n").removesuffix("\r\n\r\n").split("\r\n")
    request = _REQUEST_LINE.fullmatch(first)
    if request is None:
        raise Refusal("This is not an HTTP/1.1 request.")
    path = _ORIGIN.sub("", request[2], count=1).partition("?")[0]
    return Head(request[1], path, _headers(lines), int(request[3]))


def _headers(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name, value = name.lower(), value.strip(" \t")
        if not colon or _HEADER_NAME.fullmatch(name) is None or not value.isprintable():
            raise Refusal("A header line is malformed.")
        if name in _ONCE and headers.get(name, value) != value:
            raise Refusal(f"The request has two different {name} headers.")
        headers[name] = value
    return headers


def check_body(head: Head) -> None:
    """Refuse a body before it is sent: one that is framed badly, too large, or expected in a way not known here."""
    coding, length = head.headers.get("transfer-encoding"), head.headers.get("content-length")
    if coding is not None and length is not None:
        raise Refusal("A request has either a length or a transfer coding, not both.")
    if coding is not None and coding.lower() != "chunked":
        raise Refusal("Only the chunked transfer coding is understood.", status=501)
    if length is not None and _LENGTH.fullmatch(length) is None:
        raise Refusal("The content length is not a number.")
    if int(length or 0) > BODY_LIMIT:
        raise _too_large()
    if head.headers.get("expect", "100-continue").lower() != "100-continue":
        raise Refusal("The only expectation understood is 100-continue.", status=417)
    if head.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal("Bodies are read as they are: no content encoding is understood.", status=415)


async def read_body(head: Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    if "expect" in head.headers and head.has_body:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            if "transfer-encoding" in head.headers:
                return await _read_chunks(reader)
            return await reader.readexactly(int(head.headers.get("content-length", 0)))
    except TimeoutError:
        raise Refusal("The body did not arrive in time.", status=408) from None


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    try:
        while True:
            size = _CHUNK_SIZE.fullmatch(await reader.readuntil(b"\r\n"))
            if size is None:
                raise Refusal("A chunk's size is malformed.")
            length = int(size[1], 16)
            if len(body) + length > BODY_LIMIT:
                raise _too_large()
            if not length:
                break
            body += await reader.readexactly(length)
            if await reader.readexactly(2) != b"\r\n":
                raise Refusal("A chunk does not end where it said.")
        for _ in range(_MOST_TRAILERS):
            if await reader.readuntil(b"\r\n") == b"\r\n":
                return bytes(body)
    except asyncio.LimitOverrunError:
        raise Refusal("A line of the chunked body is too long.") from None
    raise Refusal("The chunked body ends with too many trailers.")


def _too_large() -> Refusal:
    return Refusal("The request body is larger than 64 MB.", status=413, code="request_too_large")


def reply(status: int, headers: Mapping[str, str], body: bytes, *, keep: bool, bodiless: bool = False) -> bytes:
    """A whole answer; the length is told also where the body is left out."""
    head = _head(status, {**headers, "content-length": str(len(body))}, keep)
    return head if bodiless else head + body


class ChunkedReply:
    """A body that grows: each piece is a chunk of its own and leaves at once. HTTP/1.0 gets it unframed."""

    def __init__(self, writer: asyncio.StreamWriter, head: Head, headers: Mapping[str, str]) -> None:
        self._writer = writer
        self._chunked = head.minor == 1
        framing = {"transfer-encoding": "chunked"} if self._chunked else {}
        writer.write(_head(200, {**headers, **framing}, keep=self.keeps(head)))

    def keeps(self, head: Head) -> bool:
        return self._chunked and head.keep_alive

    async def send(self, piece: bytes) -> None:
        self._writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if self._chunked else piece)
        await self._writer.drain()

    async def end(self) -> None:
        if self._chunked:
            self._writer.write(b"0\r\n\r\n")
        await self._writer.drain()


async def linger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read what is still coming for a moment: closing on unread bytes resets the connection and loses the reply."""
    await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
    try:
        async with asyncio.timeout(_LINGER_SECONDS):
            while await reader.read(_READ):
                pass
    except TimeoutError:
        return


def _head(status: int, headers: Mapping[str, str], keep: bool) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines.append(f"connection: {'keep-alive' if keep else 'close'}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
