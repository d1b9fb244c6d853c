"""Two processes on one store send under one cap: neither passes it, and what one leaves the other takes."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import monotonic

import pytest

from compare_tui.config import Caps, Limits
from compare_tui.core.endpoint import Endpoint
from compare_tui.core.lane import Lane
from compare_tui.core.pricing import ModelCard, Row
from compare_tui.core.prompt import Prompt
from compare_tui.core.ratecard import RateCard
from compare_tui.core.round import Round
from compare_tui.core.take import Take
from compare_tui.engine.account import Account
from compare_tui.engine.engine import Engine, Running
from compare_tui.store.request_log import RequestLog
from compare_tui.store.store import Store
from tests.faults.server import FaultServer

DAY = date(2026, 1, 1)
SILENT = "fault-silent-after-some-text"
PRICED = Row("default", Decimal(0), Decimal(1000), DAY, "a test")
"""A dollar for a thousand tokens of output: `max` says what a take may cost."""
CARD = RateCard(DAY, {name: ModelCard(name, rates=(PRICED,)) for name in ("m", SILENT)})
A_DOLLAR = Caps(per_day=Decimal(1))


class Process:
    """An engine and a store of its own, as in a process of its own."""

    def __init__(self, server: FaultServer, home: Path, session: str, stack: ExitStack) -> None:
        self.store = Store.open(home / "sessions.db", caps=A_DOLLAR, log=RequestLog(home / "log" / "requests.jsonl"))
        stack.callback(self.store.close)
        account = Account(Endpoint("here", server.base_url()), None, CARD)
        self.engine = stack.enter_context(Engine([account], Limits(), self.store.journal))
        self._session = session
        self._rounds = 0

    def sends(self, *lanes: str) -> list[Running]:
        self._rounds += 1
        round_ = Round(f"{self._session}.{self._rounds}", Prompt("Hi"), tuple(map(Lane.parse, lanes)))
        return self.engine.send(round_)

    def ends(self, running: Running) -> str:
        """How it ended, and why it was not sent."""
        watch(running, lambda take: take.verdict is not None)
        assert running.take.verdict is not None
        return running.take.failure.message if running.take.failure else running.take.verdict.value


def watch(running: Running, until: Callable[[Take], bool]) -> None:
    began = monotonic()
    while not until(running.take):
        assert monotonic() - began < 20, running.take.state
        running.drain()


def writes(take: Take) -> bool:
    return take.stamps.first_text is not None


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture
def two(server: FaultServer, tmp_path: Path) -> Iterator[tuple[Process, Process]]:
    with ExitStack() as stack:
        yield tuple(Process(server, tmp_path, name, stack) for name in ("first1", "second"))  # type: ignore[misc]  # two


def test_what_one_process_holds_another_can_only_wait_for(two: tuple[Process, Process], server: FaultServer) -> None:
    first, second = two
    (slow,) = first.sends(f"{SILENT} max=800")
    watch(slow, writes)
    (waits,) = second.sends("m max=250")
    (fits,) = second.sends("m max=100")
    assert second.ends(fits) == "done"
    waits.drain()
    assert (waits.take.state, waits.take.attempts) == ("queued", 0)
    (too_much,) = second.sends("m max=1001")
    assert second.ends(too_much).startswith("not sent: caps.per_day is $1.00, ")
    began = monotonic()
    second.engine.stop([waits.take.id])
    assert second.ends(waits) == "cancelled"
    assert monotonic() - began < 2
    first.engine.stop()
    assert first.ends(slow) == "cancelled"
    assert len(server.requests) == 2


def test_rounds_that_are_stopped_while_they_wait_leave_the_store_working(two: tuple[Process, Process]) -> None:
    first, second = two
    (slow,) = first.sends(f"{SILENT} max=900")
    watch(slow, writes)
    for _ in range(5):
        waiting = second.sends("m max=200", "m max=200", "m max=200")
        second.engine.stop()
        assert [second.ends(one) for one in waiting] == ["cancelled"] * 3
    (fits,) = second.sends("m max=100")
    assert second.ends(fits) == "done"
    assert second.store.journal.flush(20)


def test_what_was_cut_counts_as_what_was_held(two: tuple[Process, Process]) -> None:
    first, second = two
    (slow,) = first.sends(f"{SILENT} max=800")
    watch(slow, writes)
    (waits,) = second.sends("m max=250")
    first.engine.stop()
    assert first.ends(slow) == "cancelled"
    assert "$0.80 is spent today; this may cost up to $0.25" in second.ends(waits)
    assert second.store.spent_since(date.today()) == Decimal("0.8")
    (fits,) = second.sends("m max=200")
    assert second.ends(fits) == "done"


def test_both_write_one_log_of_what_was_sent(two: tuple[Process, Process], tmp_path: Path) -> None:
    for process in two:
        (done,) = process.sends("m max=100")
        process.ends(done)
        (refused,) = process.sends("m max=5000")
        process.ends(refused)
        assert process.store.journal.flush(20)
    lines = (tmp_path / "log" / "requests.jsonl").read_text().splitlines()
    assert [json.loads(line)["take"] for line in lines] == ["first1.1.1", "second.1.1"]
