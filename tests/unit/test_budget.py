"""A budget fails closed: what is not known counts in full, and nothing starts that could pass the cap."""

import asyncio
from collections.abc import Coroutine
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.api.errors import Withheld
from compare_tui.core.pricing import Cost, CostState, Expected
from compare_tui.engine.budget import Budget


def worst(usd: str | None, longest: str | None = None) -> Expected:
    """A price before sending: at worst, and when the longest of the lane's last answers is known, with that."""
    known = None if longest is None else Decimal(longest)
    return Expected(
        input=Decimal("0.001"),
        median=None if known is None else known / 10,
        longest=known,
        n=0 if known is None else 20,
        worst=None if usd is None else Decimal(usd),
    )


def final(usd: str) -> Cost:
    return Cost(Decimal(usd), CostState.FINAL)


class Purse:
    """A budget with takes that hold, wait or were refused."""

    def __init__(self, cap: str | None) -> None:
        self.budget = Budget(None if cap is None else Decimal(cap))
        self.holding: list[str] = []
        self.waited: list[str] = []
        self.refused: dict[str, str] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def asks(self, name: str, expected: Expected | None) -> None:
        self.tasks[name] = asyncio.create_task(self._hold(name, expected))
        await self._settled()

    async def ends(self, name: str, cost: Cost, *, billable: bool = True) -> None:
        self.holding = [other for other in self.holding if other != name]
        await self.budget.settle(name, cost, billable=billable)
        await self._settled()

    async def _hold(self, name: str, expected: Expected | None) -> None:
        try:
            await self.budget.hold(name, expected, before_waiting=lambda: self.waited.append(name))
        except Withheld as problem:
            self.refused[name] = f"{problem.error_class}: {problem.message}"
        else:
            self.holding.append(name)

    @staticmethod
    async def _settled() -> None:
        for _ in range(10):
            await asyncio.sleep(0)


def run(going: Coroutine[Any, Any, None]) -> None:
    asyncio.run(going)


def test_without_a_cap_everything_passes() -> None:
    async def go() -> None:
        purse = Purse(None)
        for expected in (None, worst(None), worst("1000000")):
            await purse.asks(str(expected), expected)
        assert (len(purse.holding), purse.refused, purse.waited) == (3, {}, [])

    run(go())


def test_what_fits_under_the_cap_starts_at_once() -> None:
    async def go() -> None:
        purse = Purse("1.00")
        await purse.asks("a", worst("0.40"))
        await purse.asks("b", worst("0.60"))
        assert (purse.holding, purse.waited) == (["a", "b"], [])

    run(go())


def test_the_last_digit_decides() -> None:
    async def go() -> None:
        purse = Purse("1.00")
        await purse.asks("a", worst("1.00"))
        await purse.ends("a", final("0.3"))
        await purse.asks("b", worst("0.7000000001"))
        await purse.asks("c", worst("0.7"))
        assert (purse.holding, list(purse.refused)) == (["c"], ["b"])

    run(go())


def test_a_take_waits_while_running_ones_may_leave_room_for_it() -> None:
    async def go() -> None:
        purse = Purse("1.00")
        await purse.asks("a", worst("0.80"))
        await purse.asks("b", worst("0.50"))
        assert (purse.holding, purse.waited, purse.refused) == (["a"], ["b"], {})
        await purse.ends("a", final("0.10"))
        assert purse.holding == ["b"]

    run(go())


def test_a_take_is_refused_once_nothing_running_can_leave_room_for_it() -> None:
    async def go() -> None:
        purse = Purse("1.00")
        await purse.asks("a", worst("0.80"))
        await purse.asks("b", worst("0.50"))
        await purse.ends("a", final("0.70"))
        assert purse.holding == []
        assert purse.refused["b"] == (
            "budget: not sent: $0.50 more may pass the budget of $1.00, $0.70 is spent; "
            "max=N on the lane lowers its worst case"
        )

    run(go())


def test_what_is_refused_counts_nothing() -> None:
    async def go() -> None:
        purse = Purse("1.00")
        await purse.asks("a", worst("5.00"))
        await purse.ends("a", Cost(None, CostState.PARTIAL), billable=False)
        assert purse.budget.spent == 0
        await purse.asks("b", worst("1.00"))
        assert (list(purse.refused), purse.holding) == (["a"], ["b"])

    run(go())


@pytest.mark.parametrize(
    ("expected", "why"),
    [
        (None, "budget: not sent: no price is known for this lane, so no budget can hold it"),
        (worst(None), "budget: not sent: nothing limits the length of the answer, so no budget can hold it; set max=N"),
    ],
)
def test_a_lane_that_no_budget_can_hold_is_refused(expected: Expected | None, why: str) -> None:
    async def go() -> None:
        purse = Purse("1000")
        await purse.asks("a", expected)
        assert purse.refused == {"a": why}

    run(go())


def test_the_longest_of_the_last_answers_counts_where_it_is_known() -> None:
    async def go() -> None:
        purse = Purse("1.00")
        await purse.asks("a", worst("50.00", longest="0.20"))
        await purse.asks("b", worst(None, longest="0.80"))
        await purse.asks("c", worst("50.00", longest="0.01"))
        assert (purse.holding, purse.waited) == (["a", "b"], ["c"])

    run(go())


@pytest.mark.parametrize("state", [CostState.FINAL, CostState.REPORTED, CostState.FREE, CostState.STORED])
def test_a_cost_that_is_sure_stands_instead_of_what_was_held(state: CostState) -> None:
    async def go() -> None:
        purse = Purse("1.00")
        await purse.asks("a", worst("0.90"))
        await purse.ends("a", Cost(Decimal("0.10"), state))
        assert purse.budget.spent == Decimal("0.10")

    run(go())


@pytest.mark.parametrize("amount", [None, Decimal("0.10"), Decimal("0.95")])
@pytest.mark.parametrize("state", [CostState.ESTIMATED, CostState.PARTIAL, CostState.NO_PRICE])
def test_a_cost_that_is_not_sure_counts_in_full(amount: Decimal | None, state: CostState) -> None:
    async def go() -> None:
        purse = Purse("1.00")
        await purse.asks("a", worst("0.90"))
        await purse.ends("a", Cost(amount, state))
        assert purse.budget.spent == max(Decimal("0.90"), amount or Decimal(0))

    run(go())


def test_a_take_that_was_never_answered_gives_back_what_it_held() -> None:
    async def go() -> None:
        purse = Purse("1.00")
        await purse.asks("a", worst("1.00"))
        await purse.asks("b", worst("1.00"))
        await purse.ends("a", Cost(None, CostState.PARTIAL), billable=False)
        assert (purse.budget.spent, purse.holding) == (Decimal(0), ["b"])

    run(go())


def test_a_take_that_gives_up_waiting_holds_nothing() -> None:
    async def go() -> None:
        purse = Purse("1.00")
        await purse.asks("a", worst("0.80"))
        await purse.asks("b", worst("0.80"))
        purse.tasks["b"].cancel()
        await purse.ends("b", Cost(None, CostState.ESTIMATED), billable=False)
        await purse.ends("a", final("0.10"))
        await purse.asks("c", worst("0.90"))
        assert purse.holding == ["c"]

    run(go())


amounts = st.integers(0, 100).map(lambda cents: Decimal(cents) / 100)


@given(st.lists(st.tuples(amounts, amounts, st.booleans()), max_size=12), amounts)
def test_what_was_held_and_spent_never_passes_the_cap(takes: list[tuple[Decimal, Decimal, bool]], cap: Decimal) -> None:
    async def go() -> None:
        purse = Purse(str(cap))
        held = {str(at): most for at, (most, _, _) in enumerate(takes)}
        for name, most in held.items():
            await purse.asks(name, worst(str(most)))
            assert purse.budget.spent + sum(held[other] for other in purse.holding) <= cap
        for at, (most, spent, is_sure) in enumerate(takes):
            if str(at) in purse.holding:
                state = CostState.FINAL if is_sure else CostState.PARTIAL
                await purse.ends(str(at), Cost(min(spent, most), state))
                assert purse.budget.spent + sum(held[other] for other in purse.holding) <= cap

    run(go())
