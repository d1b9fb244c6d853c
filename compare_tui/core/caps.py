"""Caps over a span of time: what counts against them, and the sentence when something does not fit under one."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from compare_tui.core.pricing import CostState, format_usd

_SURE = (CostState.FINAL, CostState.REPORTED, CostState.FREE, CostState.STORED)


class Span(StrEnum):
    """The time a cap holds for, as the reader calls it."""

    DAY = "today"
    MONTH = "this month"

    def since(self, today: date) -> date:
        return today if self is Span.DAY else today.replace(day=1)


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many US dollars in a span of time, by the name of its setting."""

    setting: str
    most: Decimal
    span: Span

    def refuses(self, spent: Decimal, amount: Decimal, *, held: Decimal = Decimal(0), what: str = "this") -> str | None:
        """Why so much more does not fit, beside what is spent and what is held for takes under way."""
        if not amount or spent + held + amount <= self.most:
            return None
        told = f"{self.setting} is {format_usd(self.most)}, {format_usd(spent)} is spent {self.span}"
        if held:
            told += f", takes under way may cost {format_usd(held)}"
        told += f"; {what} may cost up to {format_usd(amount)}"
        return told if spent >= self.most else f"{told} (max=N on a lane lowers that)"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a take may not be sent."""

    why: str
    passes: bool = False
    """What is under way may still leave room for it: worth asking again."""


def counted(amount: Decimal | None, state: str, held: Decimal | None) -> Decimal:
    """What a take that has ended counts for: its cost, and no less than was held while that is not sure."""
    known = amount or Decimal(0)
    return known if state in _SURE else max(known, held or Decimal(0))
