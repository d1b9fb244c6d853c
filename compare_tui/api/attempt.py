"""One attempt at one answer: a request out, its bytes in, its events on, every stamp taken as the bytes arrive."""

import asyncio
import contextlib
import datetime
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from time import perf_counter_ns
from typing import Any, Final

import httpx2

from compare_tui.api import dialects
from compare_tui.api.client import Client, Trace
from compare_tui.api.errors import Broken, Problem, Rejected, Unreadable, error_text
from compare_tui.api.failures import as_problem
from compare_tui.api.outbox import Outbox
from compare_tui.api.pump import Pump
from compare_tui.api.sse import LARGEST_EVENT, ServerEvent, Splitter
from compare_tui.api.status import rejected
from compare_tui.api.wire import Request, parse
from compare_tui.core.endpoint import Endpoint
from compare_tui.core.events import NOTHING, Data, Event, Kind

DRAIN_S: Final = 0.5
"""So long may the end of the body take after the end of the answer; the connection is used again when it comes."""

_EVENT_STREAM = "text/event-stream"
_BLANK = b"\xef\xbb\xbf \t\r\n"
_WHOLE = (b"{", b"[", b'"', b"<")


class Attempt:
    """Runs once. Events leave through `emit`; a failure is raised as a Problem, after what came before it has left."""

    def __init__(
        self,
        client: Client,
        endpoint: Endpoint,
        request: Request,
        emit: Callable[[list[Event]], None],
        gate: Callable[[], Awaitable[None]],
    ) -> None:
        self._client = client
        self._endpoint = endpoint
        self._request = request
        self._emit = emit
        self._gate = gate
        self._out = Outbox()
        self._reader = dialects.reader(endpoint.api, self._out)
        self._splitter = Splitter()
        self._saw_event = False
        self._status = 0
        self._headers = httpx2.Headers()
        self._open = AsyncExitStack()
        self._chunks: AsyncIterator[bytes] | None = None
        self._pump: Pump | None = None

    @property
    def complete(self) -> bool:
        """Nothing but counts and formalities can follow."""
        return self._reader.complete

    def refusal(self) -> Problem | None:
        """The error status that was announced, when its body is late, cut or garbled."""
        return rejected(self._status, self._headers, b"") if self._status >= 300 else None

    async def run(self) -> None:
        try:
            response = await self._open.enter_async_context(
                self._client.post(self._endpoint, self._request, self._before_sending)
            )
            self._chunks = response.aiter_bytes()
            await self._receive(response.headers.get("content-type", "").partition(";")[0].strip().lower())
        except Exception as error:  # whatever the network does belongs to this one take
            with self._emitting(perf_counter_ns()):
                self._out.release_halves()
            problem = as_problem(error, self._endpoint)
            if not isinstance(problem, Rejected):
                problem = self.refusal() or problem
            if not self._reader.complete:
                raise self._client.redacted(problem) from error
            said = self._client.redacted(problem).message
            self._stamped(Kind.NOTICE, text=f"after the answer was complete: {said}")

    async def close(self) -> None:
        """Read what is left, briefly, so that the connection can be used again."""
        with contextlib.suppress(Exception):
            if self._pump is not None:
                await self._pump.close(patience_s=DRAIN_S if self._reader.finished else 0)
            elif self._chunks is not None and self._reader.finished:
                async with asyncio.timeout(DRAIN_S):
                    async for _ in self._chunks:
                        pass
        self._pump = self._chunks = None  # no cycle: the collector runs rarely here
        await self._open.aclose()

    # Before the answer

    async def _before_sending(self) -> Trace:
        await self._gate()
        self._stamped(Kind.SENT, {"at": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")})
        return self._trace

    async def _trace(self, name: str, info: Any) -> None:
        if name.endswith(".send_request_headers.started"):
            self._stamped(Kind.CONNECTED)
        elif name.endswith(".send_request_body.complete"):
            self._stamped(Kind.REQUEST_SENT)
        elif name.endswith(".receive_response_headers.complete"):
            self._status, self._headers = info["return_value"][1], httpx2.Headers(info["return_value"][3])
            request_id = self._client.redact(self._headers.get("x-request-id", "")) or None
            self._stamped(Kind.HEADERS, {"status": self._status, "request_id": request_id})

    def _stamped(self, kind: Kind, data: Data = NOTHING, *, text: str = "") -> None:
        self._emit([Event(perf_counter_ns(), kind, text, data)])

    # The answer

    async def _receive(self, content_type: str) -> None:
        assert self._chunks is not None
        head = b""
        async for chunk in self._chunks:
            t_ns = perf_counter_ns()
            head += chunk
            if len(head) > LARGEST_EVENT:
                raise Unreadable.event_too_large(LARGEST_EVENT)
            first = head.lstrip(_BLANK)[:1]
            if first in _WHOLE:
                await self._receive_whole(t_ns, head)
                return
            if first:
                await self._receive_stream(t_ns, head)
                break
        self._conclude(content_type, head)

    async def _receive_whole(self, t_ns: int, head: bytes) -> None:
        """A page or a JSON value, whatever the content type says: no stream begins like this."""
        assert self._chunks is not None
        pieces, size = [head], len(head)
        async for chunk in self._chunks:
            t_ns = perf_counter_ns()
            pieces.append(chunk)
            size += len(chunk)
            if size > LARGEST_EVENT:
                raise Unreadable.event_too_large(LARGEST_EVENT)
        said = b"".join(pieces).decode("utf-8", "replace").lstrip("\ufeff")
        if head.lstrip(_BLANK).startswith(b"<"):
            raise Unreadable.html(said)
        try:
            body = parse(said)
        except Unreadable:
            raise Unreadable.other_json(said) from None
        with self._emitting(t_ns):
            if not self._reader.read_whole(body):
                raise Unreadable.other_json(error_text(body))
            self._out.release_halves()

    async def _receive_stream(self, t_ns: int, chunk: bytes) -> None:
        assert self._chunks is not None
        if self._read_chunk(t_ns, chunk):
            return
        self._pump = Pump(self._chunks, self._read_chunk)
        await self._pump.wait()
        if not self._reader.finished:
            with contextlib.suppress(Unreadable):  # half an event at the end is no error of its own: the answer is cut
                self._read(perf_counter_ns(), self._splitter.close())

    def _read_chunk(self, t_ns: int, chunk: bytes) -> bool:
        self._read(t_ns, self._splitter.feed(chunk))
        return self._reader.finished

    def _read(self, t_ns: int, events: Iterator[ServerEvent]) -> None:
        with self._emitting(t_ns):
            for event in events:
                if not self._saw_event:
                    self._saw_event = True
                    self._out.add(Kind.FIRST_EVENT)
                self._reader.read(event)
                if self._reader.finished:
                    self._out.release_halves()
                    break

    @contextlib.contextmanager
    def _emitting(self, t_ns: int) -> Iterator[None]:
        """What was read before something broke still counts."""
        self._out.begin(t_ns)
        try:
            yield
        finally:
            events = self._out.take()
            if events:
                self._emit(events)

    def _conclude(self, content_type: str, head: bytes) -> None:
        if not self._saw_event:
            if self._status != 200:
                raise rejected(self._status, self._headers, head)
            if content_type == _EVENT_STREAM:
                raise Broken.cut("not one event came")
            if content_type == "application/json" and head.strip():
                raise Unreadable.other_json(head.decode("utf-8", "replace"))
            raise Unreadable.not_a_stream(content_type)
        if not self._reader.complete:
            raise Broken.cut("nothing said that it was complete")
        if content_type != _EVENT_STREAM:
            self._stamped(Kind.NOTICE, text=f"the stream came with the content type {content_type or 'of nothing'}")
