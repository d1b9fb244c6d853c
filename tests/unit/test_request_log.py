"""The log of requests: a line for each that was sent, whole beside other processes, and never with a key in it."""

import errno
import json
import multiprocessing
import os
import resource
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.take import Take
from compare_tui.secrets import Redactor, Secret
from compare_tui.store import request_log
from compare_tui.store.request_log import RequestLog

KEY = "sk-canary-5f3a9c1e7b2d4860"
OTHER_KEY = "Zx81.second/key+9="
RATE = {"model": "gpt-5.5", "tier": "flex", "input": "2.5", "output": "15", "card_date": "2026-03-01"}
AT = "2026-03-17T09:08:07.650+00:00"

URL = "https://eu.api.openai.com/v1"

BEFORE = [
    Event(0, Kind.QUEUED, data={"input_tokens": 11, "endpoint": "openai", "api": "responses", "base_url": URL}),
    Event(0, Kind.RATE, data={"rate": RATE}),
]
SENT = [*BEFORE, Event(1_000_000, Kind.SENT, data={"at": AT})]
ANSWER = [
    *SENT,
    Event(2_000_000, Kind.HEADERS, data={"status": 200, "request_id": "req_1"}),
    Event(3_000_000, Kind.SERVED, data={"model": "gpt-5.5-2026-02-01", "tier": "flex"}),
    Event(251_500_000, Kind.TEXT, "The answer"),
    Event(300_000_000, Kind.USAGE, data={"input": 11, "cached": 4, "output": 321, "reasoning": 64}),
    Event(301_000_000, Kind.FINISH, data={"status": "completed"}),
    Event(301_000_000, Kind.END),
]


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "log" / "requests.jsonl"


def take(events: list[Event], lane: str = "gpt-5.5 low flex") -> Take:
    return Take("abcdef.1.2", Lane.parse(lane)).apply_all(events)


def failed(message: str, **data: Any) -> Take:
    ends = [Event(5_000_000, Kind.ERROR, message, {"class": "key", **data}), Event(5_000_000, Kind.END)]
    return take([*SENT, *ends])


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line, parse_float=Decimal) for line in path.read_text(encoding="ascii").splitlines()]


def test_a_line_has_the_figures_of_the_request_and_not_its_text(path: Path) -> None:
    assert RequestLog(path).write(take(ANSWER), "The prompt") is None
    assert lines(path) == [
        {
            "time": "2026-03-17T09:08:07.650Z",
            "take": "abcdef.1.2",
            "endpoint": "openai",
            "host": "eu.api.openai.com",
            "api": "responses",
            "model": "gpt-5.5",
            "effort": "low",
            "tier": "flex",
            "model_served": "gpt-5.5-2026-02-01",
            "tier_served": "flex",
            "http_status": 200,
            "attempts": 1,
            "verdict": "done",
            "in_tokens": 11,
            "cached_tokens": 4,
            "out_tokens": 321,
            "reasoning_tokens": 64,
            "cost_usd": Decimal("0.0048425"),
            "cost_state": "estimated",
            "ttft_ms": Decimal("250.5"),
            "total_ms": Decimal("300"),
            "request_id": "req_1",
            "error_class": None,
            "error": None,
        }
    ]
    assert "answer" not in path.read_text()


def test_the_text_of_the_prompt_is_there_only_when_asked_for(path: Path) -> None:
    RequestLog(path, prompts=True).write(take(ANSWER), "Why?\n\x1b[31m \ud83d é 🙂")
    assert [line["prompt"] for line in lines(path)] == ["Why?\n\x1b[31m � é 🙂"]
    assert "\x1b" not in path.read_text()


def test_what_is_unknown_is_null_and_no_price_is_not_zero(path: Path) -> None:
    RequestLog(path).write(failed("no route", status=503))
    (line,) = lines(path)
    assert (line["cost_usd"], line["cost_state"]) == (None, "partial")
    assert (line["ttft_ms"], line["in_tokens"], line["request_id"], line["tier_served"]) == (None, None, None, None)
    assert (line["http_status"], line["error_class"], line["error"]) == (503, "key", "no route")


def test_what_was_never_sent_is_not_logged(path: Path) -> None:
    refused = take([*BEFORE, Event(1, Kind.ERROR, "not sent", {"class": "budget"}), Event(1, Kind.END)])
    assert RequestLog(path).write(refused) is None
    assert not path.parent.exists()


def test_no_key_reaches_it_by_an_error_a_request_id_or_a_prompt(path: Path) -> None:
    log = RequestLog(path, prompts=True, redact=Redactor([Secret(OTHER_KEY, "vault")]).redact)
    message = f'Incorrect key {KEY}; "Authorization": "Bearer {OTHER_KEY}", see https://me:pass@host/?api_key=abc'
    log.write(failed(message, request_id=KEY), f"my key is {OTHER_KEY} or {KEY}")
    text = path.read_text()
    for secret in (KEY, OTHER_KEY, "canary", "second", "me:pass", "abc&"):
        assert secret not in text
    assert lines(path)[0]["error"].startswith("Incorrect key [redacted]")


def test_it_and_its_folder_are_private(path: Path) -> None:
    RequestLog(path).write(take(ANSWER))
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_full_file_moves_up_and_the_oldest_goes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = RequestLog(path, prompts=True)
    log.write(take(ANSWER), "00")
    monkeypatch.setattr(request_log, "MOST_BYTES", path.stat().st_size * 2)
    for at in range(1, 14):
        log.write(take(ANSWER), f"{at:02}")
    kept = [path, *(path.with_name(f"requests.jsonl.{age}") for age in range(1, 5))]
    assert sorted(path.parent.iterdir()) == sorted(kept)
    assert [[line["prompt"] for line in lines(one)] for one in kept] == [
        ["12", "13"], ["10", "11"], ["08", "09"], ["06", "07"], ["04", "05"],
    ]  # fmt: skip
    assert {one.stat().st_mode & 0o777 for one in kept} == {0o600}


def test_a_line_longer_than_a_file_may_be_stands_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_log, "MOST_BYTES", 1000)
    log = RequestLog(path, prompts=True)
    for prompt in ("x" * 2000, "y"):
        log.write(take(ANSWER), prompt)
    assert [line["prompt"] for line in lines(path)] == ["y"]
    assert len(lines(path.with_name("requests.jsonl.1"))) == 1


def write_many(path: Path, name: str) -> None:
    """In a process of its own, to small files that are all kept."""
    vars(request_log).update(MOST_BYTES=3000, MOST_FILES=500)
    log = RequestLog(path, prompts=True)
    for at in range(150):
        assert log.write(take(ANSWER), f"{name}{at} " + "x" * 300) is None


def test_lines_of_several_processes_stay_whole_and_none_is_lost_when_files_move(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(path, name)) for name in "abcd"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 4
    found = [line["prompt"].split()[0] for one in path.parent.iterdir() for line in lines(one)]
    assert len(list(path.parent.iterdir())) > 10
    assert sorted(found) == sorted(f"{name}{at}" for name in "abcd" for at in range(150))


def test_half_a_line_on_a_full_disk_does_not_spoil_the_next_one(path: Path) -> None:
    log = RequestLog(path)
    log.write(take(ANSWER))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 20, before[1]))
    try:
        assert "not logged" in (log.write(take(ANSWER)) or "")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    log.write(take(ANSWER))
    whole, half, after = path.read_text().splitlines()
    assert len(half) == 20
    assert json.loads(whole) == json.loads(after)


def test_a_log_that_cannot_be_written_says_so_once_and_fails_nothing(path: Path) -> None:
    path.mkdir(parents=True)
    log = RequestLog(path)
    told = [log.write(take(ANSWER)) for _ in range(3)]
    assert told == [f"requests are not logged: {path}: {os.strerror(errno.EISDIR)}", None, None]
    path.rmdir()
    assert log.write(take(ANSWER)) is None
    assert len(lines(path)) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_full_disk_says_so(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.symlink_to("/dev/full")
    assert RequestLog(path).write(take(ANSWER)) == f"requests are not logged: {path}: {os.strerror(errno.ENOSPC)}"
