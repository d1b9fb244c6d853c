"""Against a server somebody else wrote: llmock, in its own environment, both dialects, with faults and quotas."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.command import CompareTui

LOCK = Path(__file__).parent.parent / "fixtures" / "llmock.lock"
ENVIRONMENT = Path(sys.prefix) / "peers" / "llmock"
FORBIDDEN = ("retry_after_ignored", "retried_non_retryable", "retry_storm", "no_backoff", "no_read_timeout")
BOTH = pytest.mark.parametrize("api", ["responses", "chat"])


class Llmock:
    """A running llmock."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def plays(self, *behaviours: dict[str, Any]) -> None:
        httpx.post(f"{self.url}/_llmock/scenario", json={"behaviors": behaviours}).raise_for_status()

    @property
    def asked(self) -> int:
        """How many answers it was asked for."""
        requests = httpx.get(f"{self.url}/_llmock/requests").json()["requests"]
        return sum(request["method"] == "POST" for request in requests)

    @property
    def misbehaviour(self) -> list[str]:
        """What it holds against the client that the client may not do. One that gives up early is no fault here."""
        findings = httpx.get(f"{self.url}/_llmock/verdict").json()["findings"]
        return [finding["code"] for finding in findings if finding["code"] in FORBIDDEN]


def installed() -> Path:
    """The program, installed once from hashes."""
    program = ENVIRONMENT / "bin" / "llmock"
    if not program.exists():
        venv.create(ENVIRONMENT, with_pip=True)
        install = [ENVIRONMENT / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", LOCK]
        subprocess.run(list(map(str, install)), check=True, timeout=300)
    return program


@contextlib.contextmanager
def serving(*options: str) -> Iterator[Llmock]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [str(installed()), "serve", "--port", str(port), "--log-level", "error", *options],
        stdout=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if not name.startswith("LLMOCK_")},
    )
    try:
        llmock = Llmock(port)
        transport = httpx.HTTPTransport(retries=0)
        with httpx.Client(transport=transport) as client:
            while process.poll() is None:
                with contextlib.suppress(httpx.TransportError):
                    client.get(f"{llmock.url}/v1/models").raise_for_status()
                    break
        yield llmock
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def shared() -> Iterator[Llmock]:
    """It takes seconds to start."""
    with serving() as server:
        yield server


@pytest.fixture
def llmock(shared: Llmock) -> Llmock:
    httpx.post(f"{shared.url}/_llmock/reset").raise_for_status()
    return shared


def takes(compare_tui: CompareTui, llmock: Llmock, api: str, *args: str) -> list[dict[str, Any]]:
    endpoint = ("--base-url", f"{llmock.url}/v1", "--api", api)
    ended = compare_tui("run", *endpoint, "--prompt", "Name three rivers.", "--json", *args)
    assert "Traceback" not in ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


@BOTH
def test_lanes_answer_side_by_side_and_are_priced_by_what_was_served(
    compare_tui: CompareTui, llmock: Llmock, api: str
) -> None:
    for take in takes(compare_tui, llmock, api, "--models", "gpt-5.5,gpt-5.5-pro", "--efforts", "medium,high"):
        rates = (30, 180) if take["model"] == "gpt-5.5-pro" else (5, 30)
        tokens = (take["in_tokens"], take["out_tokens"])
        assert take["verdict"] == "done"
        assert take["cost_usd"] == pytest.approx((tokens[0] * rates[0] + tokens[1] * rates[1]) / 1e6, abs=1e-12)
        assert 0 < take["ttft_ms"] <= take["total_ms"]


@BOTH
def test_a_rate_limit_is_waited_for_and_each_attempt_is_counted(
    compare_tui: CompareTui, llmock: Llmock, api: str
) -> None:
    llmock.plays({"type": "fail", "status": 429, "retry_after": 0.3, "times": 2})
    (take,) = takes(compare_tui, llmock, api, "--lane", "gpt-5.5")
    assert (take["verdict"], take["attempts"]) == ("done", 3)
    assert take["retry_ms"] >= 600
    assert take["ttft_ms"] < take["felt_ms"] - 600
    assert llmock.asked == 3
    assert llmock.misbehaviour == []


@BOTH
def test_what_did_not_fail_before_the_work_began_is_not_sent_again(
    compare_tui: CompareTui, llmock: Llmock, api: str
) -> None:
    expected = {400: "bad-request", 401: "key", 404: "not-found", 500: "server"}
    llmock.plays(*({"type": "fail", "status": status, "times": 1} for status in expected))
    models = "gpt-5.5,gpt-5.5-pro,gpt-5.4,gpt-4o"  # the same request again would be held against us
    found = takes(compare_tui, llmock, api, "--concurrency", "1", "--models", models)
    assert [(take["http_status"], take["error_class"]) for take in found] == [*expected.items()]
    assert {(take["verdict"], take["attempts"], take["cost_usd"]) for take in found} == {("failed", 1, None)}
    assert llmock.asked == len(expected)
    assert llmock.misbehaviour == []


@BOTH
def test_a_stream_that_breaks_is_told_from_one_that_ends(compare_tui: CompareTui, llmock: Llmock, api: str) -> None:
    (compare_tui.home / "config").mkdir(parents=True)
    (compare_tui.home / "config" / "config.toml").write_text("[limits]\nidle = 0.5\nwait = 0.5\n", encoding="utf-8")
    expected = {"truncate": "cut", "disconnect": "cut", "malformed": "failed", "stall": "stalled"}
    fault = {"type": "stream_fault", "after_chunks": 5, "times": 1, "stall_seconds": 5}
    llmock.plays(*({**fault, "kind": kind} for kind in expected))
    lanes = ("--lane", f"gpt-5.5 repeat={len(expected)}", "--lane", "gpt-5.4")
    *faulty, other = takes(compare_tui, llmock, api, "--concurrency", "1", *lanes)
    assert [take["verdict"] for take in faulty] == [*expected.values()]
    assert {take["cost_state"] for take in faulty} == {"partial"}
    assert other["verdict"] == "done"


@pytest.fixture(scope="module")
def strict() -> Iterator[Llmock]:
    """It takes few requests a minute."""
    with serving("--rpm", "120") as server:
        yield server


@BOTH
def test_a_real_quota_is_kept_by_waiting(compare_tui: CompareTui, strict: Llmock, api: str) -> None:
    httpx.post(f"{strict.url}/_llmock/reset").raise_for_status()
    found = takes(compare_tui, strict, api, "--lane", "gpt-5.5 repeat=4", "--concurrency", "2")
    assert [take["verdict"] for take in found] == ["done"] * 4
    assert sum(take["attempts"] for take in found) == strict.asked
    assert strict.misbehaviour == []


@pytest.fixture(scope="module")
def small() -> Iterator[Llmock]:
    """Nothing fits into its window."""
    with serving("--context-window", "2") as server:
        yield server


@BOTH
def test_a_window_the_server_knows_better_is_its_own_400(compare_tui: CompareTui, small: Llmock, api: str) -> None:
    (take,) = takes(compare_tui, small, api, "--lane", "gpt-5.5")
    assert (take["verdict"], take["error_class"]) == ("failed", "bad-request")
    assert "context" in take["error"].lower()


def test_its_models_are_listed(compare_tui: CompareTui, llmock: Llmock) -> None:
    ended = compare_tui("models", "--base-url", f"{llmock.url}/v1", "--json")
    assert "gpt-4o" in [json.loads(line)["model"] for line in ended.stdout.splitlines()]
