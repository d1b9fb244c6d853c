"""Exceptions of the SDK, the HTTP client and the sockets, each as the problem it stands for."""

import socket
import ssl
from collections.abc import Iterator

import httpx2

from compare_tui.api.errors import Broken, Problem, Unreachable, Unreadable, Withheld
from compare_tui.core.endpoint import Endpoint

_CLOSED = ("peer closed", "server disconnected")


def as_problem(error: Exception, endpoint: Endpoint) -> Problem:
    """What the reader is told about this exception."""
    if isinstance(error, Problem):
        return error
    causes = list(_causes(error))
    return _unreachable(causes, endpoint) or _broken(causes) or _odd(causes) or Withheld.internal(error)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _unreachable(causes: list[BaseException], endpoint: Endpoint) -> Problem | None:
    place = endpoint.base_url.split("/")[2]
    if not any(isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError) for cause in causes):
        return None
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return Unreachable.dns(endpoint.host)
        if isinstance(cause, ConnectionRefusedError):
            return Unreachable.refused(place)
        if isinstance(cause, ssl.SSLError):
            return Unreachable.tls(place, getattr(cause, "verify_message", "") or cause.reason or str(cause))
        if isinstance(cause, httpx2.ConnectTimeout):
            return Unreachable.connect(place, "no connection in time")
    return Unreachable.connect(place, str(causes[-1]) or type(causes[-1]).__name__)


def _odd(causes: list[BaseException]) -> Problem | None:
    for cause in causes:
        if isinstance(cause, httpx2.HTTPError | httpx2.StreamError | httpx2.InvalidURL | UnicodeError):
            return Unreadable.protocol(f"{type(cause).__name__}, {cause}")
    return None


def _broken(causes: list[BaseException]) -> Problem | None:
    for cause in causes:
        if isinstance(cause, httpx2.RemoteProtocolError):
            said = str(cause)
            if said.lower().startswith(_CLOSED):
                return Broken.cut(said)
            return Unreadable.protocol(f"HTTP, {said}")
        if isinstance(cause, httpx2.DecodingError):
            return Unreadable.protocol(f"its gzip or other compression cannot be undone, {cause}")
        if isinstance(cause, httpx2.NetworkError | httpx2.TimeoutException | OSError):
            return Broken.cut(str(cause) or "connection reset")
    return None
