"""The budget: a request starts only while everything spent and everything that may still be spent stays under it.

What a take may still spend is its worst case, and from five answers of its lane on the longest of the last twenty. The
median, which is what a take is expected to cost, would let eight long answers start together behind one short one.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from decimal import Decimal
from typing import Final

from compare_tui.api.errors import Withheld
from compare_tui.core.caps import Refusal, counted
from compare_tui.core.pricing import Cost, Expected, format_usd

ASK_AGAIN_S: Final = 0.5
"""How soon what other processes have left of a cap is looked at again."""

Reserve = Callable[[str, Decimal | None], "Future[Refusal | None]"]


def _no_caps(take_id: str, amount: Decimal | None) -> "Future[Refusal | None]":
    granted: Future[Refusal | None] = Future()
    granted.set_result(None)
    return granted


class Budget:
    """What is spent, and what each running take may still cost. Without a cap everything passes.

    `reserve` asks the caps that all processes share: a recorder's. It has answered at once where there are none.
    """

    def __init__(self, cap: Decimal | None, reserve: Reserve = _no_caps) -> None:
        self.cap = cap
        self.spent = Decimal(0)
        self._reserve = reserve
        self._held: dict[str, Decimal] = {}
        self._changed = asyncio.Condition()

    async def hold(self, take_id: str, expected: Expected | None, *, before_waiting: Callable[[], None]) -> None:
        """Reserve what a take may cost; waits while running takes may still leave room for it."""
        if self.cap is not None:
            await self._hold_here(take_id, _needed(expected), self.cap, before_waiting)
        amount = _most(expected)
        while (refusal := await self._reserved(take_id, amount)) is not None:
            if not refusal.passes:
                raise Withheld.budget(refusal.why)
            before_waiting()
            await self._a_moment()

    async def settle(self, take_id: str, cost: Cost, *, billable: bool) -> None:
        """A take has ended: its cost stands instead of what was held. What is not known for sure counts in full."""
        held = self._held.pop(take_id, Decimal(0))
        if billable:
            self.spent += counted(cost.amount, cost.state, held)
        async with self._changed:
            self._changed.notify_all()

    async def _hold_here(self, take_id: str, amount: Decimal, cap: Decimal, before_waiting: Callable[[], None]) -> None:
        async with self._changed:
            while self.spent + sum(self._held.values()) + amount > cap:
                if not self._held:
                    raise Withheld.budget(
                        f"{format_usd(amount)} more may pass the budget of {format_usd(cap)}, "
                        f"{format_usd(self.spent)} is spent; max=N on the lane lowers its worst case"
                    )
                before_waiting()
                await self._changed.wait()
            self._held[take_id] = amount

    async def _reserved(self, take_id: str, amount: Decimal | None) -> Refusal | None:
        answer = self._reserve(take_id, amount)
        return answer.result() if answer.done() else await asyncio.wrap_future(answer)

    async def _a_moment(self) -> None:
        """Until a take of this process has ended; what others do is seen by asking again."""
        with suppress(TimeoutError):
            async with asyncio.timeout(ASK_AGAIN_S), self._changed:
                await self._changed.wait()
        await asyncio.sleep(0)  # the end of that take is told to the recorder in this turn of the loop


def _most(expected: Expected | None) -> Decimal | None:
    """What a take may cost; None when nothing says so."""
    if expected is None:
        return None
    return expected.worst if expected.longest is None else expected.longest


def _needed(expected: Expected | None) -> Decimal:
    if expected is None:
        raise Withheld.budget("no price is known for this lane, so no budget can hold it")
    if (amount := _most(expected)) is None:
        raise Withheld.budget("nothing limits the length of the answer, so no budget can hold it; set max=N")
    return amount
