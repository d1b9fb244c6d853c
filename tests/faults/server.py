"""The fault server: loopback sockets that play a behaviour to whoever asks for its model, and write down who asked."""

import asyncio
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter_ns
from types import TracebackType
from typing import Any, Self

from tests.faults.behaviours import BY_MODEL, well_behaved
from tests.faults.behaviours_steps import Asked, Close, Pause, Reset, Script, Send, Step, Target, plays, reply
from tests.faults.behaviours_wire import WIRES, Wire, error_object

HOST = "127.0.0.1"
CERTIFICATE = Path(__file__).parents[1] / "fixtures" / "self-signed.pem"
WITHOUT_LINGERING = struct.pack("ii", 1, 0)  # the close that follows sends RST, not FIN
TLS_HANDSHAKE = b"\x16"
LARGEST_HEAD = 2**20
MODELS = {"object": "list", "data": [{"id": f"healthy-{number}", "object": "model"} for number in range(1, 9)]}


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in. Stamps are `perf_counter_ns`; `gone_ns` is when the client left the connection."""

    number: int
    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    arrived_ns: int
    answered_ns: int | None = None
    gone_ns: int | None = None

    @property
    def model(self) -> str:
        return str(self.body.get("model", ""))

    @property
    def left_early(self) -> bool:
        """Whether the client went before the server had said all it had to say."""
        return self.gone_ns is not None and (self.answered_ns is None or self.gone_ns < self.answered_ns)


class Client(asyncio.StreamReaderProtocol):
    """A connection that notices a client's leaving at once, also while an answer is being played to it."""

    def __init__(self, server: "FaultServer") -> None:
        self.server = server
        self.gone = asyncio.Event()
        self.closed_by_us = False
        self.request = 0  # number of the one being answered or answered last
        super().__init__(asyncio.StreamReader(limit=LARGEST_HEAD), partial(server.serve, self))

    def eof_received(self) -> bool:
        self._leave()
        return bool(super().eof_received())

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()
        super().connection_lost(exc)

    def _leave(self) -> None:
        if not self.gone.is_set() and not self.closed_by_us:
            self.server.note(self.request, partial(replace, gone_ns=perf_counter_ns()))
        self.gone.set()


class FaultServer:
    """A context: the server runs in its own thread and loop from `with` to the end of the block."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._requests: dict[int, Request] = {}
        self._count = 0
        self._troubles: list[str] = []
        self._ports: dict[Target, int] = {}
        self._open = ExitStack()
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._thread: threading.Thread
        self._clients: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> Self:
        plain, secret, mute, taken = (self._socket() for _ in range(4))
        mute.listen(0)
        filler = self._open.enter_context(socket.create_connection(mute.getsockname()))
        filler.setblocking(False)  # with the queue full, the next one waits for an answer to its SYN
        self._ports = {
            "http": plain.getsockname()[1],
            "tls": secret.getsockname()[1],
            "tls-on-http": plain.getsockname()[1],
            "unknown-host": plain.getsockname()[1],
            "unanswered": mute.getsockname()[1],
            "refused": taken.getsockname()[1],  # bound, so nobody else gets it, and never listening
        }
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(plain, secret, ready), name="fault-server")
        self._thread.start()
        assert ready.wait(5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)
        self._open.close()
        assert not self._thread.is_alive()
        if error is None and self._troubles:
            raise AssertionError("the fault server itself failed: " + "; ".join(self._troubles))

    # For tests

    def base_url(self, target: Target = "http") -> str:
        scheme = "https" if target.startswith("tls") else "http"
        host = "no-such-host.invalid" if target == "unknown-host" else HOST
        return f"{scheme}://{host}:{self._ports[target]}/v1"

    @property
    def requests(self) -> tuple[Request, ...]:
        with self._changed:
            return tuple(self._requests.values())

    def requests_for(self, model: str) -> tuple[Request, ...]:
        return tuple(request for request in self.requests if request.model == model)

    def wait_until(self, true: Callable[[tuple[Request, ...]], bool], seconds: float = 30.0) -> bool:
        """Wait until what has been written down makes this true."""
        with self._changed:
            return self._changed.wait_for(lambda: true(tuple(self._requests.values())), seconds)

    def forget(self) -> None:
        """Start counting anew: the next request for any model is its first."""
        with self._changed:
            self._requests.clear()

    # In the server's thread

    def _socket(self) -> socket.socket:
        plain = self._open.enter_context(socket.socket())
        plain.bind((HOST, 0))
        return plain

    def _run(self, plain: socket.socket, secret: socket.socket, ready: threading.Event) -> None:
        asyncio.run(self._listen(plain, secret, ready))

    async def _listen(self, plain: socket.socket, secret: socket.socket, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(lambda loop, context: self._troubles.append(str(context)))
        self._stop = asyncio.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        listeners = (
            await self._loop.create_server(partial(Client, self), sock=plain),
            await self._loop.create_server(partial(Client, self), sock=secret, ssl=context),
        )
        ready.set()
        await self._stop.wait()
        for listener in listeners:
            listener.close()
        for writer in tuple(self._clients):
            writer.transport.abort()
        await asyncio.sleep(0)

    def note(self, number: int, change: Callable[[Request], Request]) -> None:
        with self._changed:
            if number in self._requests:
                self._requests[number] = change(self._requests[number])
                self._changed.notify_all()

    async def serve(self, client: Client, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(high=0)  # drain() then waits until the kernel has everything
        self._clients.add(writer)
        try:
            while (request := await self._receive(reader, writer)) is not None:
                client.request = request.number
                if not await _play(self._script(request), client, writer):
                    break
                self.note(request.number, partial(replace, answered_ns=perf_counter_ns()))
                if request.headers.get("connection", "").lower() == "close":
                    client.closed_by_us = True
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away, which is noted already
        except Exception as error:
            self._troubles.append(repr(error))
        finally:
            self._clients.discard(writer)
            writer.close()

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request | None:
        first = await reader.read(1)
        if first in (b"", TLS_HANDSHAKE):
            await _turn_away(first, reader, writer)
            return None
        lines = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ", 2)
        pairs = (line.partition(":") for line in lines[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        raw = await reader.readexactly(int(headers.get("content-length", 0)))
        body = json.loads(raw) if raw else {}
        with self._changed:
            self._count += 1
            request = Request(self._count, method, path, headers, body, perf_counter_ns())
            self._requests[request.number] = request
            self._changed.notify_all()
        return request

    def _script(self, request: Request) -> Iterable[Step]:
        if request.method == "GET" and request.path == "/v1/models":
            return (reply(200, MODELS),)
        kind = WIRES.get(request.path)
        if request.method != "POST" or kind is None:
            return (reply(404, error_object(f"no {request.method} {request.path} here")),)
        earlier = (one.body for one in self.requests_for(request.model) if one.number < request.number)
        asked = Asked(
            wire=kind(request.model, str(request.body.get("service_tier") or "default")),
            body=request.body,
            headers=request.headers,
            earlier=tuple(earlier),
            origin=f"http://{HOST}:{self._ports['http']}",
        )
        return self._chosen(request.model, kind)(asked)

    def _chosen(self, model: str, kind: type[Wire]) -> Script:
        if not model.startswith("fault-"):
            return well_behaved
        behaviour = BY_MODEL.get(model)
        if behaviour is None or kind.dialect not in behaviour.dialects:
            self._troubles.append(f"{model} asked for, unknown in {kind.dialect}")
            return plays(reply(404, error_object("no such behaviour")))
        return behaviour.script


async def _turn_away(first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A TLS client on the plain port gets plain HTTP, as from any web server."""
    if first:
        await reader.read(LARGEST_HEAD)
        writer.write(reply(400, b"plain HTTP spoken here", "text/plain").data)
        await writer.drain()


async def _play(steps: Iterable[Step], client: Client, writer: asyncio.StreamWriter) -> bool:
    """Whether the connection can take another request."""
    for step in steps:
        if client.gone.is_set():
            return False
        match step:
            case Send(data, each):
                for start in range(0, len(data), each or len(data)):
                    writer.write(data[start : start + (each or len(data))])
                    await writer.drain()
            case Pause(seconds):
                await _until_gone(client, seconds)
            case Close():
                client.closed_by_us = True
                writer.close()
                return False
            case Reset():
                client.closed_by_us = True
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, WITHOUT_LINGERING)
                writer.transport.abort()
                return False
    return True


async def _until_gone(client: Client, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await client.gone.wait()
    except TimeoutError:
        pass
