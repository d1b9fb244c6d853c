"""Servers on this machine: what is taken for one, and that nothing on a port can hang, redirect or flood the search."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest

from compare_tui.engine.local_servers import USUAL_PORTS, LocalServer, UsualPort, local_servers

Behaviour = Callable[[socket.socket], None]


class Server:
    """Listens on loopback, keeps what it was asked, and behaves as told in a thread for each connection."""

    def __init__(self, behave: Behaviour, *, family: int = socket.AF_INET) -> None:
        self.asked: list[bytes] = []
        self._behave = behave
        self._listening = socket.create_server(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), family=family)
        self.port: int = self._listening.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self._open.append(connection)
                thread = threading.Thread(target=self._serve, args=[connection])
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self.asked.append(connection.recv(65536))
            self._behave(connection)

    def stop(self) -> None:
        for one in (self._listening, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join()


@contextmanager
def serving(*behaviours: Behaviour) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        servers = [Server(behave) for behave in behaviours]
        for server in servers:
            stack.callback(server.stop)
        yield servers


def ports(servers: list[Server]) -> list[UsualPort]:
    return [UsualPort(f"server{number}", f"Server {number}", server.port) for number, server in enumerate(servers, 1)]


def found(*behaviours: Behaviour) -> list[LocalServer]:
    with serving(*behaviours) as servers:
        return sorted(local_servers(ports(servers)), key=lambda server: server.name)


def saying(body: bytes, status: str = "200 OK", head: str = "") -> Behaviour:
    whole = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode() + body
    return lambda connection: connection.sendall(whole)


def listing(*models: str, **more: Any) -> bytes:
    return json.dumps({"object": "list", "data": [{"id": name, "object": "model"} for name in models], **more}).encode()


GOOD = saying(listing("llama3.2:3b", "qwen3:8b"))


def chunked(connection: socket.socket) -> None:
    body = listing("a", "b")
    pieces = [body[:7], body[7:], b""]
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for piece in pieces:
        connection.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")


def kept_open(connection: socket.socket) -> None:
    GOOD(connection)
    connection.recv(1)


def silent(connection: socket.socket) -> None:
    connection.recv(1)


def dripping(connection: socket.socket) -> None:
    """A byte of a head now and then: every read succeeds, none is the last."""
    over = threading.Event()
    while not over.wait(0.05):
        connection.sendall(b"H")


def test_a_server_is_found_with_its_models() -> None:
    with serving(GOOD) as servers:
        (server,) = local_servers([UsualPort("ollama", "Ollama", servers[0].port)])
    url = f"http://127.0.0.1:{servers[0].port}/v1"
    assert server == LocalServer("ollama", "Ollama", url, ("llama3.2:3b", "qwen3:8b"), concurrency=1, api="chat")


def test_it_becomes_an_endpoint_without_a_key() -> None:
    (server,) = found(GOOD)
    endpoint = server.endpoint
    assert (endpoint.base_url, endpoint.api, endpoint.is_loopback) == (server.base_url, "chat", True)
    assert (endpoint.key_env, endpoint.key_cmd, endpoint.free) == (None, None, False)


def test_every_usual_server_has_a_name_a_lane_can_use() -> None:
    for usual in USUAL_PORTS:
        url = f"http://127.0.0.1:{usual.port}/v1"
        assert LocalServer(usual.name, usual.label, url, ("m",), usual.concurrency).endpoint.name == usual.name


def test_one_request_is_sent_with_no_key_and_past_any_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with serving(GOOD, saying(b"", "502 Bad Gateway")) as servers:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{servers[1].port}")
        assert len(list(local_servers(ports(servers[:1])))) == 1
    (asked,) = servers[0].asked
    assert asked.startswith(b"GET /v1/models HTTP/1.1\r\n")
    assert b"authorization" not in asked.lower()
    assert b"sk-" not in asked
    assert servers[1].asked == []


def test_a_list_may_come_in_chunks_and_hold_more_than_is_asked_for() -> None:
    more = saying(listing("m", models=[{"name": "m"}], object="list"))
    assert [server.models for server in found(chunked, more)] == [("a", "b"), ("m",)]


def test_a_redirect_is_not_followed() -> None:
    with serving(GOOD) as (elsewhere,):
        redirect = saying(b"", "302 Found", f"Location: http://127.0.0.1:{elsewhere.port}/v1/models\r\n")
        assert found(redirect) == []
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><title>Django</title>",
        b"",
        b"[]",
        b'"list"',
        b"null",
        b'{"data": [{"id": "m"}]}',
        b'{"object": "list", "data": {"id": "m"}}',
        b'{"object": "list", "data": ["m"]}',
        b'{"object": "list", "data": [{"id": 7}]}',
        b'{"object": "list", "data": [{"id": "m"}, {"name": "n"}]}',
        b'{"object": "list", "data": [{"id": ""}]}',
        json.dumps({"object": "list", "data": [{"id": "m" * 201}]}).encode(),
        json.dumps({"object": "list", "data": [{"id": "\x1b]0;m\x07"}]}).encode(),
        json.dumps({"object": "list", "data": [{"id": "\u202em"}]}).encode(),
        b'{"object": "list", "data": null}',
        b'{"object": "list", "data": []}',
        b'{"object": "list", "data": ' + b"[" * 100_000,
        b'{"object": "list", "data": ' + b"9" * 10_000 + b"}",
        b"\xff\xfe",
    ],
    ids=lambda body: repr(body[:48]),
)
def test_what_is_no_list_of_models_is_no_server(body: bytes) -> None:
    assert found(saying(body)) == []


@pytest.mark.parametrize("status", ["401 Unauthorized", "404 Not Found", "500 Oops", "204 No Content"])
def test_a_server_that_does_not_list_its_models_is_not_offered(status: str) -> None:
    assert found(saying(listing("m"), status)) == []


@pytest.mark.parametrize(
    "answer", [b"", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 200 OK\r\nContent-Le", b"\x00" * 99_999]
)
def test_what_speaks_no_http_is_no_server(answer: bytes) -> None:
    assert found(lambda connection: connection.sendall(answer)) == []


def test_a_body_that_breaks_off_is_no_server() -> None:
    assert found(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{")) == []


def test_those_that_hang_or_drip_cost_a_second_together() -> None:
    began = time.monotonic()
    servers = found(silent, GOOD, dripping, kept_open)
    assert [server.name for server in servers] == ["server2", "server4"]
    assert time.monotonic() - began < 2.5


def test_a_flood_is_left_after_a_megabyte() -> None:
    sent = 0

    def flooding(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sent += connection.send(b" " * 65536)

    assert found(flooding) == []
    assert sent < 20_000_000  # what the sockets hold between the two is beyond our reach


def test_a_server_is_told_as_soon_as_it_answers() -> None:
    first_was_told = threading.Event()

    def slow(connection: socket.socket) -> None:
        if first_was_told.wait(0.9):
            GOOD(connection)

    with serving(slow, GOOD) as servers:
        answers = local_servers(ports(servers))
        names = [next(answers).name]
        first_was_told.set()
        names += [server.name for server in answers]
    assert names == ["server2", "server1"]


def test_a_port_nobody_listens_on_is_passed_over() -> None:
    with serving(GOOD) as servers:
        free = ports(servers)
    assert list(local_servers(free)) == []
    assert list(local_servers([])) == []


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
def test_a_server_on_ipv6_alone_is_not_asked() -> None:
    try:
        server = Server(GOOD, family=socket.AF_INET6)
    except OSError:
        pytest.skip("no ::1 here")
    try:
        assert list(local_servers(ports([server]))) == []
        assert server.asked == []
    finally:
        server.stop()
