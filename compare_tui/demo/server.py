"""The embedded endpoint as a server: a daemon thread with a loop of its own, on loopback alone."""

import asyncio
import math
import secrets
import threading
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType

from compare_tui.demo.endpoint import Endpoint
from compare_tui.demo.wire import HEAD_LIMIT

_HOST = "127.0.0.1"
_BACKLOG = 256


class DemoServer:
    """A running endpoint. It knows its address and its token, and ends when it is closed."""

    def __init__(self, *, port: int, speed: float, faults: bool, seed: int) -> None:
        if not (math.isfinite(speed) and speed >= 0):
            raise ValueError(f"the speed is 0 or more, not {speed}")
        self.token = f"demo-{secrets.token_urlsafe(24)}"
        self._endpoint = Endpoint(self.token, speed=speed, faults=faults, seed=seed)
        self._started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()
        self._thread = threading.Thread(target=self._run, args=(port,), name="compare-tui demo", daemon=True)
        self._thread.start()
        self._loop, self._stop, self.port = self._started.result()

    @property
    def base_url(self) -> str:
        return f"http://{_HOST}:{self.port}/v1"

    def close(self) -> None:
        """End every connection and wait until the thread is gone. A second time does nothing."""
        with suppress(RuntimeError):  # the loop is closed already
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def __enter__(self) -> "DemoServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, port: int) -> None:
        try:
            asyncio.run(self._serve(port))
        except OSError as error:
            self._started.set_exception(error)

    async def _serve(self, port: int) -> None:
        connections: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._endpoint.talk(reader, writer))
            connections.add(task)
            task.add_done_callback(connections.discard)

        stop = asyncio.Event()
        listener = await asyncio.start_server(connected, _HOST, port, limit=HEAD_LIMIT, backlog=_BACKLOG)
        self._started.set_result((asyncio.get_running_loop(), stop, listener.sockets[0].getsockname()[1]))
        await stop.wait()
        listener.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


def start(*, port: int = 0, speed: float = 1.0, faults: bool = False, seed: int = 0) -> DemoServer:
    """Start an endpoint and return once it listens.

    Port 0 takes any free one. At speed 1 the pace is that of a real model; N is N times faster, and 0 as fast as
    possible. Answers depend on the seed, the request, and how often this server has seen it.
    """
    return DemoServer(port=port, speed=speed, faults=faults, seed=seed)
