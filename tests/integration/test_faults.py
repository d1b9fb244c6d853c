"""Every behaviour of the fault server against the real engine: alone, and as one lane of eight."""

import contextlib
import itertools
import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from compare_tui.config import Limits
from compare_tui.core.endpoint import Endpoint
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt
from compare_tui.core.round import Round
from compare_tui.core.take import Take
from compare_tui.core.usage import Usage
from compare_tui.engine.account import Account
from compare_tui.engine.engine import Engine
from compare_tui.engine.recorder import Unrecorded
from compare_tui.ratecards import shipped
from compare_tui.secrets import Secret
from tests.faults.behaviours import BEHAVIOURS, HEALTHY_TEXT
from tests.faults.behaviours_steps import Behaviour, Expectation
from tests.faults.behaviours_wire import Dialect
from tests.faults.server import FaultServer

KEY = "sk-canary-7f3e9a1c5d"  # sent with every request, allowed in no message
LONGEST_MESSAGE = 2_000
HEALTHY_MODELS = tuple(f"healthy-{number}" for number in range(1, 8))


@dataclass(frozen=True, slots=True)
class Ended:
    """What a take shows when it is over."""

    verdict: str
    error_class: str | None
    message: str
    text: str
    reasoning: str
    attempts: int
    notices: tuple[str, ...]
    tokens: tuple[int | None, int | None]
    reported_cost: str | None


@dataclass(frozen=True, slots=True)
class Played:
    """One round: the faulty lane's take and the takes beside it."""

    faulty: Ended
    beside: tuple[Ended, ...]


class Engines:
    """One engine for all behaviours with the same limits: starting one for each would double the time of it all."""

    def __init__(self, server: FaultServer) -> None:
        self._server = server
        self._running: dict[object, Engine] = {}
        self._open = contextlib.ExitStack()
        self._rounds = itertools.count(1)

    def __enter__(self) -> "Engines":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def round(self, lanes: tuple[Lane, ...]) -> Round:
        return Round(f"faults.{next(self._rounds)}", Prompt("Say something."), lanes)

    def engine(self, behaviour: Behaviour, dialect: Dialect) -> Engine:
        key = (behaviour.limits, behaviour.target, dialect)
        if key not in self._running:
            limits = behaviour.limits
            urls = {"faulty": self._server.base_url(behaviour.target), "healthy": self._server.base_url()}
            endpoints = [Endpoint(name, url, dialect, key_env="KEY", allow_http=True) for name, url in urls.items()]
            accounts = [Account(endpoint, Secret(KEY, endpoint.name), shipped()) for endpoint in endpoints]
            waits = Limits(limits.connect, limits.wait, limits.wait, limits.idle, limits.total or 60.0)
            self._running[key] = self._open.enter_context(Engine(accounts, waits, Unrecorded()))
        return self._running[key]


def play(engines: Engines, behaviour: Behaviour, dialect: Dialect, beside: int = 0) -> Played:
    """One round: the faulty lane, and healthy lanes on an endpoint of their own."""
    engine = engines.engine(behaviour, dialect)
    healthy = (Lane(model, endpoint="healthy") for model in HEALTHY_MODELS[:beside])
    running = engine.send(engines.round((Lane.parse(f"{behaviour.model} {behaviour.words}"), *healthy)))
    while not all(one.take.verdict for one in running):
        engine.changed.wait(1.0)
        engine.changed.clear()
        for one in running:
            one.drain()
    first, *others = (ended(one.take) for one in running)
    return Played(first, tuple(others))


def ended(take: Take) -> Ended:
    usage = take.usage or Usage()
    return Ended(
        verdict=str(take.verdict),
        error_class=take.failure.error_class if take.failure else None,
        message=take.failure.message if take.failure else "",
        text=take.text,
        reasoning=take.reasoning,
        attempts=take.attempts,
        notices=tuple(take.notices),
        tokens=(usage.input, usage.output),
        reported_cost=None if usage.reported_cost is None else str(usage.reported_cost),
    )


CASES = [
    pytest.param(behaviour, dialect, id=f"{dialect}-{behaviour.name}")
    for behaviour in BEHAVIOURS
    for dialect in behaviour.dialects
]


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two retries would otherwise cost each case a second and a half."""
    monkeypatch.setattr("compare_tui.engine.retry.FIRST_WAIT_S", 0.02)


@pytest.fixture(scope="module")
def shared_server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture(scope="module")
def engines(shared_server: FaultServer) -> Iterator[Engines]:
    with Engines(shared_server) as engines:
        yield engines


@pytest.fixture
def server(shared_server: FaultServer) -> FaultServer:
    shared_server.forget()
    return shared_server


@pytest.mark.parametrize("beside", [0, 7], ids=["alone", "one-of-eight"])
@pytest.mark.parametrize(("behaviour", "dialect"), CASES)
def test_a_take_ends_as_its_server_behaved(
    engines: Engines,
    server: FaultServer,
    behaviour: Behaviour,
    dialect: Dialect,
    beside: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    played = play(engines, behaviour, dialect, beside)

    assert_as_expected(played.faulty, behaviour.expect)
    assert_requests_add_up(server, behaviour, played.faulty)
    assert_untouched(server, played.beside, beside)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def assert_as_expected(ended: Ended, expect: Expectation) -> None:
    assert (ended.verdict, ended.error_class) == (expect.verdict, expect.error_class), ended.message
    assert ended.text.encode() == expect.text.encode()
    assert_says(ended.message, expect)
    told = "\n".join(ended.notices).casefold()
    assert [notice for notice in expect.notices if notice.casefold() not in told] == [], ended.notices
    if expect.reasoning is not None:
        assert ended.reasoning == expect.reasoning
    if expect.tokens is not None:
        assert ended.tokens == expect.tokens
    assert ended.reported_cost == expect.reported_cost


def assert_says(message: str, expect: Expectation) -> None:
    assert [words for words in expect.says if words.casefold() not in message.casefold()] == [], message
    assert bool(message) == (expect.error_class is not None), message
    assert len(message) <= LONGEST_MESSAGE
    assert KEY not in message


def assert_requests_add_up(server: FaultServer, behaviour: Behaviour, ended: Ended) -> None:
    expect = behaviour.expect
    seen = server.requests_for(behaviour.model)
    assert (ended.attempts, len(seen)) == (expect.attempts, expect.requests)
    if expect.apart:
        assert (seen[1].arrived_ns - seen[0].arrived_ns) / 1e9 >= expect.apart
    if expect.verdict == "stalled":
        assert server.wait_until(lambda requests: any(request.left_early for request in requests))


def assert_untouched(server: FaultServer, takes: tuple[Ended, ...], count: int) -> None:
    assert len(takes) == count
    for ended, model in zip(takes, HEALTHY_MODELS, strict=False):
        assert (ended.verdict, ended.error_class, ended.message) == ("done", None, "")
        assert ended.text == HEALTHY_TEXT
        assert (ended.attempts, len(server.requests_for(model))) == (1, 1)
