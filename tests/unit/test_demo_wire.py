"""The embedded endpoint as an HTTP server: what it refuses, what it survives, how it paces."""

import asyncio
import json
import math
import re
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from compare_tui.demo import DemoServer, start

HELLO = b'{"model":"gpt-5.5","input":"Say hello"}'


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with start(speed=0) as server:
        yield server


@pytest.fixture
def http(server: DemoServer) -> Iterator[httpx.Client]:
    with client_of(server) as client:
        yield client


def client_of(server: DemoServer) -> httpx.Client:
    return httpx.Client(base_url=server.base_url, headers={"Authorization": f"Bearer {server.token}"}, trust_env=False)


def talk(server: DemoServer, *sent: bytes) -> bytes:
    """Send the parts one after another, end, and read to the end."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as wire:
        for part in sent:
            wire.sendall(part)
        wire.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: wire.recv(65536), b""))


def head(server: DemoServer, *lines: str, path: str = "responses", method: str = "POST") -> bytes:
    opening = (f"{method} /v1/{path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {server.token}", *lines)
    return "\r\n".join(opening).encode("latin-1") + b"\r\n\r\n"


def status_and_error(raw: bytes) -> tuple[int, dict[str, Any]]:
    top, _, body = raw.partition(b"\r\n\r\n")
    assert b"\r\nx-demo: simulated\r\n" in top
    return int(top.split()[1]), json.loads(body)["error"]


@pytest.mark.parametrize(
    ("path", "body", "status", "param", "code"),
    [
        ("responses", {"reasoning": {"effort": "heroic"}}, 400, "reasoning.effort", "unsupported_value"),
        ("chat/completions", {"reasoning_effort": "heroic"}, 400, "reasoning_effort", "unsupported_value"),
        ("responses", {"service_tier": "standard"}, 400, "service_tier", "unsupported_value"),
        ("responses", {"model": "gpt-9"}, 404, "model", "model_not_found"),
        (
            "responses",
            {"model": "gpt-5.5-mini", "input": "ships at dawn " * 8_000},
            400,
            "input",
            "context_length_exceeded",
        ),
        ("responses", {"model": None}, 400, "model", "missing_required_parameter"),
        ("responses", {"input": 5}, 400, "input", "invalid_type"),
        ("responses", {"input": []}, 400, "input", "empty_array"),
        ("responses", {"max_output_tokens": "many"}, 400, "max_output_tokens", "invalid_type"),
        ("responses", {"previous_response_id": "resp_1"}, 400, "previous_response_id", "previous_response_not_found"),
        ("responses", {"tools": [{"type": "web_search"}]}, 400, "tools[0].type", "invalid_value"),
        ("responses", {"tool_choice": "required"}, 400, "tool_choice", "invalid_value"),
        ("chat/completions", {"n": 2}, 400, "n", "unsupported_value"),
        ("chat/completions", {"messages": [{"content": "x"}]}, 400, "messages[0].role", "missing_required_parameter"),
        ("chat/completions", {"response_format": {"type": "yaml"}}, 400, "response_format.type", "invalid_value"),
    ],
)
def test_a_refusal_has_the_shape_of_openai(
    http: httpx.Client, path: str, body: dict[str, Any], status: int, param: str, code: str
) -> None:
    good = {"model": "gpt-5.5", "input": "x", "messages": [{"role": "user", "content": "x"}], "stream": True}
    reply = http.post(path, json={**good, **body})
    error = reply.json()["error"]
    assert (reply.status_code, error["param"], error["code"]) == (status, param, code)
    assert set(error) == {"message", "type", "param", "code"}


def test_each_server_has_a_token_of_its_own(server: DemoServer) -> None:
    with start(speed=0) as other, client_of(other) as http:
        assert other.token != server.token
        assert http.get("models").status_code == 200
        refused = http.get("models", headers={"Authorization": f"Bearer {server.token}"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_api_key")
        assert http.get("models", headers={"Authorization": ""}).status_code == 401


def test_closing_ends_open_streams_and_may_be_done_twice() -> None:
    with start(speed=1) as server, client_of(server) as http:
        body = {"model": "gpt-5.5-pro", "input": "Explain TTFT", "stream": True}
        with http.stream("POST", "responses", json=body) as reply:
            pieces = reply.iter_raw()
            next(pieces)
            server.close()
            with pytest.raises(httpx.RemoteProtocolError):
                list(pieces)
        server.close()
        with pytest.raises(httpx.ConnectError):
            http.get("models")


def test_a_port_in_use_is_the_callers_error_and_a_bad_speed_too(server: DemoServer) -> None:
    with pytest.raises(OSError, match="in use"):
        start(port=server.port)
    for speed in (-1, math.nan, math.inf):
        with pytest.raises(ValueError, match="speed"):
            start(speed=speed)


@pytest.mark.parametrize(
    ("lines", "body", "status"),
    [
        (["X: " + "a" * 70_000], b"", 431),
        (["Content-Length: 67108865"], b"", 413),
        (["Content-Length: 67108865", "Expect: 100-continue"], b"", 413),
        (["Content-Length: nine"], b"", 400),
        (["Content-Length: -1"], b"", 400),
        (["Content-Length: \xb2"], b"", 400),
        (["Content-Length: 2", "Content-Length: 3"], b"{}", 400),
        (["Content-Length: 2", "Transfer-Encoding: chunked"], b"{}", 400),
        (["Transfer-Encoding: gzip"], b"", 501),
        (["Transfer-Encoding: chunked"], b"zz\r\n{}\r\n0\r\n\r\n", 400),
        (["Transfer-Encoding: chunked"], b"2\r\n{}XX0\r\n\r\n", 400),
        (["Transfer-Encoding: chunked"], b"fffffffff\r\n", 413),
        (["Transfer-Encoding: chunked"], b"2\r\n{}\r\n0\r\n" + b"T: x\r\n" * 200, 400),
        (["Content-Length: 2", "Content-Encoding: gzip"], b"{}", 415),
        (["Content-Length: 2", "Expect: wonders"], b"{}", 417),
        (["no colon here"], b"", 400),
        (["X\x00: y"], b"", 400),
        ([" folded"], b"", 400),
    ],
)
def test_a_request_that_is_framed_badly_gets_an_error_object(
    server: DemoServer, lines: list[str], body: bytes, status: int
) -> None:
    seen, error = status_and_error(talk(server, head(server, *lines), body))
    assert (seen, set(error)) == (status, {"message", "type", "param", "code"})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"model":' * 300 + b"1" + b"}" * 300,
        b'{"model":"gpt-5.5","input":"x","temperature":NaN}',
        b'{"model":"gpt-5.5","input":"x","temperature":1e999}',
        b'{"model":"gpt-5.5","input":"x","max_output_tokens":1' + b"0" * 4_000 + b"}",
        b'{"model":"gpt-5.5","input":"x","max_output_tokens":1' + b"0" * 9_000 + b"}",
        b'{"model":"gpt-5.5","input":[{"role":"user","content":[{"type":"input_image","image_url":"data:,x"}]}]}',
    ],
)
def test_a_hostile_body_is_the_clients_error(server: DemoServer, body: bytes) -> None:
    status, error = status_and_error(talk(server, head(server, f"Content-Length: {len(body)}"), body))
    assert (status, error["type"]) == (400, "invalid_request_error")


@pytest.mark.parametrize(
    "request_", [b"\r\n\r\n", b"\x16\x03\x01\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET /v1/models\r\n\r\n"]
)
def test_what_is_no_request_is_told_so(server: DemoServer, request_: bytes) -> None:
    assert status_and_error(talk(server, request_))[0] == 400


def test_half_a_request_gets_no_answer(server: DemoServer) -> None:
    assert talk(server, head(server, "Content-Length: 100"), HELLO) == b""
    assert talk(server, b"GET /v1/mod") == b""


@pytest.mark.parametrize("text", ["\\ud83d alone: and \\udc00 too. A third one.", "\\u0000\\u001b]52;c;x\\u0007"])
def test_broken_text_is_answered_in_clean_utf8(server: DemoServer, text: str) -> None:
    asked = f'{{"model":"gpt-5.5","instructions":"{text}","input":"Summarise this: {text}"}}'.encode()
    raw = talk(server, head(server, f"Content-Length: {len(asked)}", "Connection: close"), asked)
    assert raw.startswith(b"HTTP/1.1 200 OK\r\n")
    json.loads(raw.partition(b"\r\n\r\n")[2].decode("utf-8"))


def test_bodies_come_in_chunks_or_after_an_invitation(server: DemoServer) -> None:
    chunks = b"".join(b"%X;why=not\r\n%c\r\n" % (1, byte) for byte in HELLO) + b"0\r\nTrailer: x\r\n\r\n"
    assert b'"hello"' in talk(server, head(server, "Transfer-Encoding: chunked"), chunks)
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as wire:
        wire.sendall(head(server, f"Content-Length: {len(HELLO)}", "Expect: 100-continue", "Connection: close"))
        assert wire.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.sendall(HELLO)
        assert b'"hello"' in b"".join(iter(lambda: wire.recv(65536), b""))


def test_a_connection_carries_many_requests_also_after_a_refusal(server: DemoServer) -> None:
    listing, unknown = (head(server, method="GET", path=path) for path in ("models", "nothing"))
    raw = talk(server, listing, unknown, head(server, f"Content-Length: {len(HELLO)}"), HELLO, listing)
    assert re.findall(rb"HTTP/1\.1 ([0-9]+)", raw) == [b"200", b"404", b"200", b"200"]


def test_other_methods_and_paths(http: httpx.Client) -> None:
    assert http.head("models").headers["content-length"] == str(len(http.get("models").content))
    wrong = http.get("responses")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    assert http.post("models").headers["allow"] == "GET"
    assert http.get("models/gpt%2D5.5").json()["id"] == "gpt-5.5"
    assert http.get("responses/resp_1").json()["error"]["message"] == "Invalid URL (GET /v1/responses/resp_1)"


def test_http_1_0_is_answered_without_chunks(server: DemoServer) -> None:
    body = HELLO[:-1] + b',"stream":true}'
    raw = talk(server, head(server, f"Content-Length: {len(body)}").replace(b"HTTP/1.1", b"HTTP/1.0"), body)
    assert b"transfer-encoding" not in raw
    assert raw.endswith(b"}\n\n")


async def stream(server: DemoServer, prompt: str, log: list[str]) -> list[float]:
    """When each chunk with text came, in seconds since sending; every chunk must be one whole event."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    body = json.dumps({"model": "gpt-5.5", "input": prompt, "stream": True, "reasoning": {"effort": "none"}}).encode()
    started = time.perf_counter()
    writer.write(head(server, f"Content-Length: {len(body)}") + body)
    await reader.readuntil(b"\r\n\r\n")
    stamps = []
    while size := int(await reader.readuntil(b"\r\n"), 16):
        event = await reader.readexactly(size + 2)
        assert (event[:7], event.count(b"\n\n"), event[-4:]) == (b"event: ", 1, b"\n\n\r\n")
        if event.startswith(b"event: response.output_text.delta\n"):
            stamps.append(time.perf_counter() - started)
            log.append(prompt)
    writer.close()
    await writer.wait_closed()
    return stamps


def test_32_streams_at_once_are_served_evenly() -> None:
    async def all_of_them(server: DemoServer) -> list[str]:
        log: list[str] = []
        await asyncio.gather(*(stream(server, f"Explain TTFT, {number}", log) for number in range(32)))
        return log

    with start(speed=2) as server:
        log = asyncio.run(all_of_them(server))
    prompts = set(log)
    assert len(prompts) == 32
    first_end = min(len(log) - log[::-1].index(prompt) for prompt in prompts)
    assert set(log[:first_end]) == prompts, "a stream ended before another had begun"


def test_nothing_is_sent_before_its_time() -> None:
    with start(speed=4) as server:
        stamps = asyncio.run(stream(server, "Explain TTFT", []))
    first, fastest = 0.35 * 0.98 / 4, 80 * 1.06 * 4
    assert len(stamps) > 40
    assert all(stamp > first + index / fastest - 0.002 for index, stamp in enumerate(stamps))


def test_a_client_that_leaves_disturbs_nobody(server: DemoServer, http: httpx.Client) -> None:
    body = {"model": "gpt-5.5-pro", "input": "Explain TTFT", "stream": True, "reasoning": {"effort": "max"}}
    for _ in range(5):
        with http.stream("POST", "responses", json=body) as reply:
            next(reply.iter_raw())
    assert http.get("models").status_code == 200


def test_a_client_that_reads_nothing_does_not_keep_the_server_from_closing() -> None:
    body = json.dumps(ask("Explain TTFT", stream=True, top_logprobs=20, reasoning={"effort": "max"})).encode()
    with start(speed=0) as server, socket.socket() as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.connect(("127.0.0.1", server.port))
        wire.sendall(head(server, f"Content-Length: {len(body)}") + body)
        assert wire.recv(12) == b"HTTP/1.1 200"


FAULTS = ["rate", "500", "cut", "stall"]


@pytest.fixture(scope="module")
def failing() -> Iterator[DemoServer]:
    with start(speed=0, faults=True) as server:
        yield server


def ask(prompt: str, **more: Any) -> dict[str, Any]:
    return {"model": "gpt-5.5", "input": prompt, **more}


@pytest.mark.parametrize("word", [*FAULTS, "busy"])
def test_without_the_flag_nothing_fails(http: httpx.Client, word: str) -> None:
    assert http.post("responses", json=ask(f"fault:{word}", service_tier="flex")).status_code == 200


@pytest.mark.parametrize(
    ("word", "status", "code"),
    [("busy", 429, "resource_unavailable"), ("rate", 429, "rate_limit_exceeded"), ("500", 500, None)],
)
def test_a_prompt_asks_for_its_fault(failing: DemoServer, word: str, status: int, code: str | None) -> None:
    with client_of(failing) as http:
        reply = http.post("responses", json=ask(f"fault:{word}", service_tier="flex", stream=True))
        assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
        assert (reply.headers.get("retry-after") == "1") is (word == "rate")


def test_flex_capacity_is_a_matter_of_flex(failing: DemoServer) -> None:
    with client_of(failing) as http:
        replies = [http.post("responses", json=ask("fault:busy Explain TTFT")) for _ in range(6)]
    assert {reply.status_code for reply in replies} == {200}


@pytest.mark.parametrize(
    ("word", "ended", "patience"), [("cut", httpx.RemoteProtocolError, 30), ("stall", httpx.ReadTimeout, 0.7)]
)
def test_a_stream_breaks_in_the_middle(failing: DemoServer, word: str, ended: type[Exception], patience: float) -> None:
    received = b""
    with client_of(failing) as http, pytest.raises(ended):  # noqa: PT012 - the pieces before the end are the point
        body = ask(f"fault:{word} Explain TTFT", stream=True)
        with http.stream("POST", "responses", json=body, timeout=patience) as reply:
            for piece in reply.iter_raw():
                received += piece
    assert b"response.output_text.delta" in received
    assert b"response.completed" not in received


def test_faults_come_by_themselves_now_and_then() -> None:
    def outcome(http: httpx.Client, number: int) -> int | str:
        try:
            return http.post("responses", json=ask(f"Say {number}"), timeout=1 if number == 28 else 30).status_code
        except httpx.TransportError as error:
            return type(error).__name__

    with start(speed=0, faults=True) as server, client_of(server) as http:
        outcomes = {number: outcome(http, number) for number in range(1, 29)}
    failed = {number: outcome for number, outcome in outcomes.items() if outcome != 200}
    assert failed == {7: 429, 14: "RemoteProtocolError", 21: 500, 28: "ReadTimeout"}
