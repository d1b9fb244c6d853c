"""The fault server does what its behaviours promise, seen with bare sockets and an independent client."""

import asyncio
import json
import re
import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from time import perf_counter
from typing import Any, get_args

import httpx
import pytest

from tests.faults.behaviours import BEHAVIOURS, HEALTHY_PIECES, HEALTHY_TEXT, in_dialect
from tests.faults.behaviours_broken import MEBIBYTE
from tests.faults.behaviours_steps import LAST_CHUNK, STREAM_HEAD, Behaviour, Target
from tests.faults.behaviours_wire import INPUT_TOKENS, WIRES, Dialect
from tests.faults.server import CERTIFICATE, FaultServer

DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
PATHS = {wire.dialect: path for path, wire in WIRES.items()}
LONGEST = 3.0
STATUS = {
    "bad-request": 400,
    "conflict": 409,
    "flex-busy": 429,
    "forbidden": 403,
    "html": 200,
    "in-band": 200,
    "key": 401,
    "not-a-stream": 200,
    "not-found": 404,
    "other-json": 200,
    "quota": 429,
    "rate-limit": 429,
    "too-large": 413,
    "unprocessable": 422,
}
OTHER_CLASSES = {
    "connect", "cut", "deadline", "dns", "encoding", "event-too-large", "protocol", "redirect", "refused", "server",
    "stalled", "status", "tls",
}  # fmt: skip


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


def body(model: str, **fields: Any) -> dict[str, Any]:
    return {"model": model, "stream": True} | fields


def post(server: FaultServer, model: str, dialect: Dialect = "responses", **fields: Any) -> httpx.Response:
    url = server.base_url() + PATHS[dialect].removeprefix("/v1")
    return httpx.post(url, json=body(model, **fields), headers={"Authorization": "Bearer k"}, timeout=LONGEST)


def events(response: httpx.Response) -> list[dict[str, Any]]:
    data = [line.removeprefix("data: ") for line in response.text.split("\n") if line.startswith("data: ")]
    return [json.loads(event) for event in data if event != "[DONE]"]


def text_of(event: dict[str, Any]) -> str:
    """The text of a delta in either dialect."""
    if event.get("type") == "response.output_text.delta":
        return str(event["delta"])
    return "".join(choice["delta"].get("content", "") for choice in event.get("choices", ()))


async def raw_answer(server: FaultServer, model: str, dialect: Dialect, **fields: Any) -> bytes:
    """Everything the server writes until it closes or resets the connection."""
    host, _, port = server.base_url().removeprefix("http://").removesuffix("/v1").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    payload = json.dumps(body(model, **fields)).encode()
    head = f"POST {PATHS[dialect]} HTTP/1.1\r\nConnection: close\r\nContent-Length: {len(payload)}\r\n\r\n"
    received = bytearray()
    try:
        writer.write(head.encode() + payload)
        while part := await reader.read(2**16):
            received += part
    except ConnectionResetError:
        received += b"<reset>"
    finally:
        writer.close()
    return bytes(received)


def raw(server: FaultServer, name: str, dialect: Dialect = "responses") -> bytes:
    return asyncio.run(raw_answer(server, f"fault-{name}", dialect))


# What is played


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_has_at_least_sixty_behaviours(dialect: Dialect) -> None:
    assert len(in_dialect(dialect)) >= 60


def test_every_behaviour_has_a_name_of_its_own() -> None:
    assert [name for name, count in Counter(one.name for one in BEHAVIOURS).items() if count > 1] == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_class_of_error_and_every_verdict_of_a_server_s_making_is_played(dialect: Dialect) -> None:
    played = [one.expect for one in in_dialect(dialect)]

    assert {expect.error_class for expect in played} == {None, *STATUS, *OTHER_CLASSES}
    assert {expect.verdict for expect in played} == {
        "done", "truncated", "filtered", "refused", "cut", "stalled", "failed",
    }  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_behaviour_ends_in_time_and_with_the_status_it_promises(server: FaultServer, dialect: Dialect) -> None:
    behaviours = [one for one in in_dialect(dialect) if one.target == "http"]

    async def last_answer(behaviour: Behaviour, turn: asyncio.Semaphore) -> bytes:
        answer = b""
        for number in range(behaviour.expect.requests):
            limit = ("max_tokens", "max_completion_tokens")[number % 2]
            async with turn, asyncio.timeout(5 * LONGEST):  # twelve at once, on a machine that may be busy elsewhere
                answer = await raw_answer(server, behaviour.model, dialect, **{limit: 64})
        return answer

    async def all_answers() -> list[bytes]:
        turn = asyncio.Semaphore(12)
        return await asyncio.gather(*(last_answer(behaviour, turn) for behaviour in behaviours))

    answers = dict(zip(behaviours, asyncio.run(all_answers()), strict=True))

    assert {one.name: answer[:60] for one, answer in answers.items() if not keeps_promise(one, answer)} == {}
    assert [one.name for one in behaviours if len(server.requests_for(one.model)) != one.expect.requests] == []


def keeps_promise(behaviour: Behaviour, answer: bytes) -> bool:
    """Whether the status is the one that goes with the verdict; a broken head or none has no status."""
    expect = behaviour.expect
    if expect.verdict in ("done", "truncated", "filtered", "refused"):
        return b" 200 " in answer[:200]
    if expect.error_class == "server":
        return answer.startswith(b"HTTP/1.1 5")
    if expect.error_class == "redirect":
        return answer.startswith(b"HTTP/1.1 3")
    status = STATUS.get(expect.error_class or "")
    return status is None or answer.startswith(b"HTTP/1.1 %d " % status)


# The well-behaved answer


@pytest.mark.parametrize("dialect", DIALECTS)
def test_any_other_model_gets_a_paced_answer_that_carries_the_server_s_clock(
    server: FaultServer, dialect: Dialect
) -> None:
    response = post(server, "gpt-5.5", dialect)

    deltas = [event for event in events(response) if "sent_ns" in event]
    stamps = [event["sent_ns"] for event in deltas]
    assert response.headers["content-type"].startswith("text/event-stream")
    assert [text_of(event) for event in deltas] == list(HEALTHY_PIECES)
    assert all(later - earlier >= 4_000_000 for earlier, later in pairwise(stamps))


def test_the_responses_dialect_ends_with_a_completed_response(server: FaultServer) -> None:
    last = events(post(server, "gpt-5.5", service_tier="flex"))[-1]

    assert last["type"] == "response.completed"
    assert (last["response"]["model"], last["response"]["service_tier"]) == ("gpt-5.5", "flex")
    assert last["response"]["output"][0]["content"][0]["text"] == HEALTHY_TEXT


def test_the_chat_dialect_tells_its_usage_to_those_who_ask(server: FaultServer) -> None:
    asked = post(server, "gpt-5.5", "chat", stream_options={"include_usage": True})
    silent = post(server, "gpt-5.5", "chat")

    assert asked.text.endswith("data: [DONE]\n\n")
    assert events(asked)[-1]["usage"]["prompt_tokens"] == INPUT_TOKENS
    assert not any("usage" in event for event in events(silent))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_request_without_stream_is_answered_whole(server: FaultServer, dialect: Dialect) -> None:
    answer = post(server, "gpt-5.5", dialect, stream=False).json()

    assert HEALTHY_TEXT in (
        answer["output"][0]["content"][0]["text"]
        if dialect == "responses"
        else answer["choices"][0]["message"]["content"]
    )


def test_a_faulty_lane_leaves_the_seven_beside_it_alone(server: FaultServer) -> None:
    async def round_of_eight() -> list[bytes]:
        healthy = [raw_answer(server, f"healthy-{number}", "chat") for number in range(7)]
        return await asyncio.gather(*healthy, raw_answer(server, "fault-head-in-drops", "chat"))

    *seven, faulty = asyncio.run(round_of_eight())

    assert all(answer.endswith(b"data: [DONE]\n\n\r\n" + LAST_CHUNK) for answer in seven)
    assert faulty == STREAM_HEAD[: len(faulty)] != b""


def test_the_models_are_listed(server: FaultServer) -> None:
    listed = httpx.get(server.base_url() + "/models").json()

    assert {"id": "healthy-1", "object": "model"} in listed["data"]


# What is written down


def test_a_request_is_written_down_as_it_came_in(server: FaultServer) -> None:
    post(server, "gpt-5.5", "chat", temperature=0.2)
    (seen,) = server.requests

    assert (seen.method, seen.path, seen.model) == ("POST", "/v1/chat/completions", "gpt-5.5")
    assert seen.headers["authorization"] == "Bearer k"
    assert seen.body == {"model": "gpt-5.5", "stream": True, "temperature": 0.2}


def test_arrivals_are_stamped_in_their_order(server: FaultServer) -> None:
    post(server, "one")
    post(server, "two")

    first, second = server.requests
    assert first.answered_ns is not None
    assert first.arrived_ns < first.answered_ns < second.arrived_ns


def test_a_client_that_leaves_early_is_noticed_at_once(server: FaultServer) -> None:
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(server.base_url() + "/responses", json=body("fault-silent-before-the-head"), timeout=0.2)

    assert server.wait_until(lambda requests: requests[0].left_early, 0.5)


def test_a_client_that_stays_to_the_end_has_not_left_early(server: FaultServer) -> None:
    post(server, "gpt-5.5")

    assert server.wait_until(lambda requests: requests[0].gone_ns is not None)
    assert not server.requests[0].left_early


def test_forgetting_makes_the_next_request_the_first(server: FaultServer) -> None:
    statuses = [post(server, "fault-server-503-once").status_code for _ in range(2)]
    server.forget()

    assert statuses == [503, 200]
    assert post(server, "fault-server-503-once").status_code == 503
    assert len(server.requests_for("fault-server-503-once")) == 1


def test_a_behaviour_nobody_knows_is_the_server_s_own_failure() -> None:
    with pytest.raises(AssertionError, match="fault-of-its-own"), FaultServer() as server:
        assert post(server, "fault-of-its-own").status_code == 404


# No connection


@pytest.mark.parametrize(
    ("target", "error"),
    [("refused", ConnectionRefusedError), ("unanswered", TimeoutError), ("unknown-host", socket.gaierror)],
)
def test_some_addresses_cannot_be_connected(server: FaultServer, target: Target, error: type[OSError]) -> None:
    host, _, port = server.base_url(target).removeprefix("http://").removesuffix("/v1").partition(":")

    with pytest.raises(error):
        socket.create_connection((host, int(port)), timeout=0.2)


def test_the_tls_listener_is_trusted_only_by_those_who_know_its_certificate(server: FaultServer) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(server.base_url("tls") + "/models")

    knowing = ssl.create_default_context(cafile=str(CERTIFICATE))
    assert httpx.get(server.base_url("tls") + "/models", verify=knowing).status_code == 200


def test_tls_on_the_plain_port_gets_plain_http(server: FaultServer) -> None:
    with pytest.raises(httpx.ConnectError, match="SSL"):
        httpx.get(server.base_url("tls-on-http") + "/models")

    assert server.requests == ()


# Bytes


def test_a_reset_is_a_reset_and_a_close_is_none(server: FaultServer) -> None:
    assert raw(server, "reset-before-the-head") == b"<reset>"
    assert raw(server, "reset-after-some-text").endswith(b"}\n\n\r\n<reset>")
    assert raw(server, "closed-before-the-head") == b""


def test_a_last_chunk_that_is_missing_is_missing(server: FaultServer) -> None:
    whole, torn = (raw(server, name) for name in ("clean-end-without-a-terminal-event", "last-chunk-missing"))

    assert whole.endswith(b"}\n\n\r\n" + LAST_CHUNK)
    assert torn.endswith(b"}\n\n\r\n")
    assert b"response.completed" not in whole + torn


def test_chunks_of_one_byte_have_one_byte(server: FaultServer) -> None:
    _, _, chunks = raw(server, "chunks-of-one-byte").partition(b"\r\n\r\n")
    data = chunks.removesuffix(LAST_CHUNK)

    assert {data[start : start + 3] for start in range(0, len(data), 6)} == {b"1\r\n"}


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("line-ends-cr", {b"\r"}),
        ("line-ends-crlf", {b"\r\n"}),
        ("line-ends-parted", {b"\r\n"}),
        ("line-ends-mixed", {b"\r", b"\n", b"\r\n"}),
    ],
)
def test_line_ends_are_what_they_are_called(server: FaultServer, name: str, ends: set[bytes]) -> None:
    assert set(re.findall(rb"\r\n|\r|\n", post(server, f"fault-{name}").content)) == ends


def test_a_content_length_can_promise_too_much(server: FaultServer) -> None:
    head, _, sent = raw(server, "content-length-too-long").partition(b"\r\n\r\n")

    assert f"Content-Length: {len(sent) + 999}".encode() in head


def test_the_big_events_lie_on_both_sides_of_sixteen_mebibytes(server: FaultServer) -> None:
    sizes = [len(raw(server, name)) for name in ("event-of-15-mebibytes", "event-of-17-mebibytes")]

    assert sizes[0] < 16 * MEBIBYTE < sizes[1]


def test_an_output_limit_is_taken_under_the_other_name_alone(server: FaultServer) -> None:
    def status(**limits: int) -> int:
        return post(server, "fault-limit-under-the-other-name", "chat", **limits).status_code

    assert [status(max_tokens=64), status(max_tokens=64), status()] == [400, 400, 400]
    assert status(max_tokens=64, max_completion_tokens=64) == 400
    server.forget()
    assert [status(max_tokens=64), status(max_completion_tokens=64)] == [400, 200]
    server.forget()
    assert [status(max_completion_tokens=64), status(max_tokens=64)] == [400, 200]


def test_a_redirect_leads_back_here_so_that_following_it_is_seen(server: FaultServer) -> None:
    response = post(server, "fault-redirect-308-to-another-origin")

    port = httpx.URL(server.base_url()).port
    assert response.headers["location"] == f"http://localhost:{port}/v1/responses"


def test_a_client_without_patience_gets_its_pings_in_time(server: FaultServer) -> None:
    started = perf_counter()
    received = raw(server, "pings-alone")

    assert received.count(b": ping") == 15
    assert 1.4 < perf_counter() - started < LONGEST
