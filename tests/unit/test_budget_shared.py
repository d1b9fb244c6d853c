"""A take waits for room under the caps that processes share, and gets it from whichever of them leaves some."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, suppress
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from compare_tui.api.errors import Withheld
from compare_tui.config import Caps
from compare_tui.core.pricing import Cost, CostState, Expected
from compare_tui.engine import budget
from compare_tui.engine.budget import Budget
from tests.till import Till, add_take, opened, takes_table

NOTHING = Cost(None, CostState.PARTIAL)
LONG_S = 3600.0


def bound(usd: str | None) -> Expected:
    return Expected(Decimal("0.001"), None, 0, None if usd is None else Decimal(usd))


class Process:
    """A budget over a till, and the takes that hold, wait or were refused."""

    def __init__(self, till: Till, cap: str | None = None) -> None:
        self.till = till
        self.budget = Budget(None if cap is None else Decimal(cap), till.reserve)
        self.holding: list[str] = []
        self.waited: list[str] = []
        self.refused: dict[str, str] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    def asks(self, name: str, usd: str | None) -> None:
        self.till.begin(name)
        self.tasks[name] = asyncio.create_task(self._hold(name, bound(usd)))

    async def ends(self, name: str, usd: str) -> None:
        """As the engine does it: the recorder hears of it one turn of the loop after the budget."""
        await self.budget.settle(name, Cost(Decimal(usd), CostState.FINAL), billable=True)
        asyncio.get_running_loop().call_soon(lambda: self.till.ended(name, usd))

    async def stops(self, name: str) -> None:
        self.tasks[name].cancel()
        with suppress(asyncio.CancelledError):
            await self.tasks[name]
        await self.budget.settle(name, NOTHING, billable=False)
        self.till.ended(name, billed=False)

    async def _hold(self, name: str, expected: Expected) -> None:
        try:
            await self.budget.hold(name, expected, before_waiting=lambda: self.waited.append(name))
        except Withheld as problem:
            self.refused[name] = f"{problem.error_class}: {problem.message}"
        else:
            self.holding.append(name)


Opener = Callable[..., Process]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Opener]:
    """Processes on one file, under a cap of a dollar a day."""
    path = tmp_path / "sessions.db"
    takes_table(path).close()
    with ExitStack() as stack:

        def open_one(owner: str = "me", cap: str | None = None, per_day: str = "1.00") -> Process:
            till = stack.enter_context(Till(opened(path), Caps(per_day=Decimal(per_day)), owner))
            return Process(till, cap)

        yield open_one


def run(going: Coroutine[Any, Any, None]) -> None:
    asyncio.run(going)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.001)


def test_what_fits_is_held_for_every_process_to_see(process: Opener) -> None:
    async def go() -> None:
        mine = process()
        mine.asks("a", "0.40")
        await until(lambda: mine.holding)
        assert (mine.till.held("a"), mine.waited) == ("0.40", [])

    run(go())


def test_what_can_never_fit_is_refused_with_the_reason(process: Opener) -> None:
    async def go() -> None:
        mine = process()
        mine.asks("a", "1.01")
        mine.asks("b", None)
        await until(lambda: len(mine.refused) == 2)
        assert mine.refused == {
            "a": "budget: not sent: caps.per_day is $1.00, $0 is spent today; this may cost up to $1.01 "
            "(max=N on a lane lowers that)",
            "b": "budget: not sent: nothing says what this may cost (no price, or no max=N), so caps.per_day cannot "
            "hold it",
        }

    run(go())


def test_a_take_waits_for_one_of_its_own_process_and_goes_as_soon_as_that_has_ended(
    process: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "ASK_AGAIN_S", LONG_S)

    async def go() -> None:
        mine = process()
        mine.asks("a", "0.80")
        await until(lambda: mine.holding)
        mine.asks("b", "0.50")
        await until(lambda: mine.waited == ["b"])
        await mine.ends("a", "0.10")
        await until(lambda: mine.holding == ["a", "b"])
        assert mine.refused == {}

    run(go())


def test_a_take_waits_for_those_of_another_process(process: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "ASK_AGAIN_S", 0.005)

    async def go() -> None:
        mine, other = process("me"), process("another")
        other.asks("a", "0.80")
        await until(lambda: other.holding)
        mine.asks("b", "0.50")
        await until(lambda: len(mine.waited) > 3)
        assert (mine.holding, mine.refused) == ([], {})
        await other.ends("a", "0.10")
        await until(lambda: mine.holding == ["b"])

    run(go())


def test_a_take_is_refused_once_nothing_under_way_can_leave_room_for_it(
    process: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "ASK_AGAIN_S", 0.005)

    async def go() -> None:
        mine, other = process("me"), process("another")
        other.asks("a", "0.80")
        await until(lambda: other.holding)
        mine.asks("b", "0.50")
        await until(lambda: mine.waited)
        await other.ends("a", "0.70")
        await until(lambda: mine.refused)
        assert "$0.70 is spent today; this may cost up to $0.50" in mine.refused["b"]

    run(go())


def test_a_take_does_not_wait_for_a_process_that_was_killed(process: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "ASK_AGAIN_S", 0.005)

    async def go() -> None:
        mine, other = process("me"), process("another")
        other.asks("a", "0.80")
        await until(lambda: other.holding)
        mine.asks("b", "0.50")
        await until(lambda: mine.waited)
        mine.till.is_alive = lambda owner: owner != "another"
        await until(lambda: mine.refused)

    run(go())


@pytest.mark.parametrize("poll_s", [0.001, LONG_S])
def test_a_take_stopped_while_it_waits_ends_at_once_and_gives_back_what_it_held(
    process: Opener, monkeypatch: pytest.MonkeyPatch, poll_s: float
) -> None:
    monkeypatch.setattr(budget, "ASK_AGAIN_S", poll_s)

    async def go() -> None:
        mine = process(cap="1.00")
        mine.asks("a", "0.50")
        await until(lambda: mine.holding)
        mine.asks("b", "0.50")
        await until(lambda: mine.holding == ["a", "b"])
        other = process("another")
        other.asks("c", "0.30")
        await until(lambda: other.waited)
        began = monotonic()
        await other.stops("c")
        assert monotonic() - began < 1
        await mine.stops("b")
        assert mine.till.held("a") == "0.50"
        mine.asks("d", "0.50")
        await until(lambda: mine.holding == ["a", "b", "d"])

    run(go())


def test_a_take_that_the_shared_caps_refuse_leaves_the_budget_of_the_run_as_it_was(process: Opener) -> None:
    async def go() -> None:
        mine = process(cap="2.00")
        mine.asks("a", "1.50")
        await until(lambda: mine.refused)
        await mine.budget.settle("a", NOTHING, billable=False)
        assert mine.budget.spent == 0
        mine.asks("b", "1.00")
        await until(lambda: mine.holding == ["b"])

    run(go())


def test_what_the_budget_of_the_run_refuses_is_never_asked_of_the_shared_caps(process: Opener) -> None:
    async def go() -> None:
        mine = process(cap="0.10")
        mine.asks("a", "0.50")
        await until(lambda: mine.refused)
        assert mine.till.asked == []

    run(go())


def test_many_takes_of_two_processes_are_all_sent_in_the_end_and_never_pass_the_cap(
    process: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "ASK_AGAIN_S", 0.002)

    async def go() -> None:
        both = [process("me"), process("another")]
        for at in range(12):
            both[at % 2].asks(str(at), "0.30")
        sent = 0
        while sent < 12:
            await until(lambda: any(one.holding for one in both))
            assert sum(len(one.holding) for one in both) <= 3
            for one in both:
                for name in one.holding[:1]:
                    one.holding.remove(name)
                    await one.ends(name, "0.01")
                    sent += 1
        assert not both[0].refused | both[1].refused

    run(go())


def test_without_a_shared_cap_a_take_never_gives_way() -> None:
    """Not one turn of the loop: lanes of a round leave together."""
    going = Budget(None).hold("a", None, before_waiting=lambda: None)
    with pytest.raises(StopIteration):
        going.send(None)


def test_yesterdays_takes_that_still_run_do_not_count_today(process: Opener) -> None:
    async def go() -> None:
        mine = process()
        add_take(mine.till._connection, day="2026-03-16", owner="another", held="0.90", billed=False)
        mine.asks("a", "0.90")
        await until(lambda: mine.holding)

    run(go())
