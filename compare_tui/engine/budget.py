"""The budget: a request starts only while everything spent and everything that may still be spent stays under it.

What a take may still spend is its worst case, and from five answers of its lane on the longest of the last twenty. The
median, which is what a take is expected to cost, would let eight long answers start together behind one short one.
"""

import asyncio
from collections.abc import Callable
from decimal import Decimal

from compare_tui.api.errors import Withheld
from compare_tui.core.pricing import Cost, CostState, Expected, format_usd

_SURE = (CostState.FINAL, CostState.REPORTED, CostState.FREE, CostState.STORED)


class Budget:
    """What is spent, and what each running take may still cost. Without a cap everything passes."""

    def __init__(self, cap: Decimal | None) -> None:
        self.cap = cap
        self.spent = Decimal(0)
        self._held: dict[str, Decimal] = {}
        self._changed = asyncio.Condition()

    async def hold(self, take_id: str, expected: Expected | None, *, before_waiting: Callable[[], None]) -> None:
        """Reserve what a take may cost; waits while running takes may still leave room for it."""
        if self.cap is None:
            return
        amount = self._needed(expected)
        async with self._changed:
            while self.spent + sum(self._held.values()) + amount > self.cap:
                if not self._held:
                    raise Withheld.budget(
                        f"{format_usd(amount)} more may pass the budget of {format_usd(self.cap)}, "
                        f"{format_usd(self.spent)} is spent; max=N on the lane lowers its worst case"
                    )
                before_waiting()
                await self._changed.wait()
            self._held[take_id] = amount

    async def settle(self, take_id: str, cost: Cost, *, billable: bool) -> None:
        """A take has ended: its cost stands instead of what was held. What is not known for sure counts in full."""
        held = self._held.pop(take_id, Decimal(0))
        if billable:
            amount = cost.amount or Decimal(0)
            self.spent += amount if cost.state in _SURE else max(held, amount)
        async with self._changed:
            self._changed.notify_all()

    def _needed(self, expected: Expected | None) -> Decimal:
        if expected is None:
            raise Withheld.budget("no price is known for this lane, so no budget can hold it")
        if expected.longest is not None:
            return expected.longest
        if expected.worst is None:
            raise Withheld.budget("nothing limits the length of the answer, so no budget can hold it; set max=N")
        return expected.worst
