"""The one HTTP client: the SDK builds, signs and checks requests, and we read the bytes.

Imported in the engine's thread: the SDK takes 0.4 s to import.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextvars import ContextVar
from typing import Any, Final

import httpx2
import openai

from compare_tui import __version__
from compare_tui.api.errors import Problem, SetUpFailed
from compare_tui.api.status import rejected
from compare_tui.api.wire import Request
from compare_tui.core.endpoint import Endpoint
from compare_tui.secrets import Redactor, Secret

KEEP_ALIVE_S: Final = 300.0
"""httpx2's own 5 s would leave the pool cold after every prompt that takes longer to type."""

LARGEST_ERROR: Final = 100_000
REHEARSAL_S: Final = 2.0
Trace = Callable[[str, Any], Awaitable[None]]
BeforeSending = Callable[[], Awaitable[Trace]]
_before_sending: ContextVar[BeforeSending | None] = ContextVar("before_sending", default=None)

_AMBIENT = ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_CUSTOM_HEADERS")


class Client:
    """The endpoints' connections, in one pool, and another for this machine, which no proxy sees.

    A key goes to its own endpoint alone.
    """

    def __init__(self, *, connect_s: float) -> None:
        self._connect_s = connect_s
        self._pools: dict[bool, httpx2.AsyncClient] = {}
        self._sdks: dict[str, openai.AsyncOpenAI] = {}
        self._secrets: dict[str, Secret] = {}
        self.redact = Redactor(()).redact

    def add(self, endpoint: Endpoint, key: Secret | None) -> None:
        """Make an endpoint known; SetUpFailed when the environment forbids to reach any."""
        with _without_ambient_settings():
            self._sdks[endpoint.name] = openai.AsyncOpenAI(
                base_url=endpoint.base_url,
                api_key=key.reveal_to(endpoint) if key else "none",
                max_retries=0,
                http_client=self._pool(on_this_machine=endpoint.is_loopback),
                default_headers={
                    "User-Agent": f"compare-tui/{__version__}",
                    "Accept": "text/event-stream, application/json",
                },
            )
        if key:
            self._secrets[endpoint.name] = key
            self.redact = Redactor(self._secrets.values()).redact

    def redacted(self, problem: Problem) -> Problem:
        """What an endpoint says may echo the key it was sent."""
        problem.message = self.redact(problem.message)
        problem.request_id = self.redact(problem.request_id) if problem.request_id else None
        return problem

    @contextlib.asynccontextmanager
    async def post(
        self, endpoint: Endpoint, request: Request, before_sending: BeforeSending
    ) -> AsyncIterator[httpx2.Response]:
        """Send, and give the response with its body still to come. Error statuses raise Rejected."""
        token = _before_sending.set(before_sending)
        try:
            response = await self._sdks[endpoint.name].post(
                request.path,
                cast_to=httpx2.Response,
                content=request.content(),
                options={"headers": self._headers(endpoint)},
                stream=True,
                stream_cls=openai.AsyncStream[Any],
            )
        finally:
            _before_sending.reset(token)
        assert isinstance(response, httpx2.Response)  # what cast_to asked for
        try:
            yield response
        finally:
            await response.aclose()

    async def models(self, endpoint: Endpoint) -> httpx2.Response:
        """The endpoint's list of models, read whole."""
        return await self._sdks[endpoint.name].get(
            "/models", cast_to=httpx2.Response, options={"headers": self._headers(endpoint)}
        )

    async def rehearse(self) -> None:
        """One request to ourselves: the first one imports and builds for 30 ms, in the middle of somebody's TTFT."""

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            writer.close()

        with contextlib.suppress(OSError, httpx2.HTTPError):
            async with asyncio.timeout(REHEARSAL_S), await asyncio.start_server(answer, "127.0.0.1", 0) as server:
                host, port = server.sockets[0].getsockname()
                await self._pool(on_this_machine=True).get(f"http://{host}:{port}")

    async def warm(self, endpoint: Endpoint, connections: int) -> None:
        """Open connections before they are needed; one that fails will say so when it is needed."""
        await asyncio.gather(*(self.models(endpoint) for _ in range(connections)), return_exceptions=True)

    async def close(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()

    def _pool(self, *, on_this_machine: bool) -> httpx2.AsyncClient:
        if on_this_machine not in self._pools:
            try:
                self._pools[on_this_machine] = httpx2.AsyncClient(
                    limits=httpx2.Limits(
                        max_connections=None, max_keepalive_connections=256, keepalive_expiry=KEEP_ALIVE_S
                    ),
                    timeout=httpx2.Timeout(None, connect=self._connect_s),
                    follow_redirects=False,
                    trust_env=not on_this_machine,
                    event_hooks={"request": [_trace], "response": [_refuse]},
                )
            except (ImportError, OSError, ValueError, httpx2.InvalidURL) as error:
                raise SetUpFailed(str(error)) from error
        return self._pools[on_this_machine]

    def _headers(self, endpoint: Endpoint) -> dict[str, str | openai.Omit]:
        return {} if endpoint.name in self._secrets else {"Authorization": openai.Omit()}


async def _trace(request: httpx2.Request) -> None:
    before_sending = _before_sending.get()
    if before_sending is not None:
        request.extensions["trace"] = await before_sending()


async def _refuse(response: httpx2.Response) -> None:
    """The SDK would read the body of an error whole: 1.5 MB of gzip became 4.7 GB."""
    if response.status_code >= 300:
        body = b""
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > LARGEST_ERROR:
                break
        raise rejected(response.status_code, response.headers, body)


@contextlib.contextmanager
def _without_ambient_settings() -> Iterator[None]:
    """The SDK would send whatever these say to every endpoint: an organization of one, headers of another."""
    kept = {name: os.environ.pop(name) for name in _AMBIENT if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)
