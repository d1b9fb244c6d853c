"""What a round comes to before it is sent: its price, and what speaks against sending it."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from compare_tui.core.lane import Lane
from compare_tui.core.pricing import Expected
from compare_tui.core.round import Round
from compare_tui.engine.account import Account


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one lane of one round comes to before it is sent."""

    lane: Lane
    prompt_id: str
    input_tokens: int
    expected: Expected | None
    free: bool
    cautions: tuple[str, ...]
    blocked: bool

    @property
    def takes(self) -> int:
        return self.lane.repeat or 1

    @property
    def worst(self) -> Decimal | None:
        """All repeats at their dearest."""
        if self.free or self.blocked:
            return Decimal(0)
        one = self.expected.worst if self.expected else None
        return None if one is None else one * self.takes

    @property
    def input(self) -> Decimal | None:
        """The input of all repeats."""
        if self.free or self.blocked:
            return Decimal(0)
        return self.expected.input * self.takes if self.expected else None

    @property
    def likely(self) -> Decimal | None:
        """All repeats at the lane's median; None without history."""
        if self.free or self.blocked:
            return Decimal(0)
        one = self.expected.median if self.expected else None
        return None if one is None else one * self.takes

    @property
    def held(self) -> Decimal | None:
        """All repeats as a budget holds them: the longest of the last answers, without enough of them the worst."""
        longest = self.expected.longest if self.expected else None
        return self.worst if longest is None or self.free or self.blocked else longest * self.takes


def forecasts(
    round_: Round, account_of: Callable[[Lane], Account], history_of: Callable[[Lane], list[int]] = lambda lane: []
) -> list[Forecast]:
    """One for each lane; `history_of` has the output tokens of its earlier takes."""
    today = datetime.datetime.now(datetime.UTC).date()
    found = []
    sizes = round_.input_tokens()
    for lane in round_.lanes:
        tokens = sizes[lane]
        account = account_of(lane)
        cautions = account.cautions(lane, round_.prompt_for(lane), tokens, today)
        found.append(
            Forecast(
                lane,
                round_.prompt_id,
                tokens,
                account.expected(lane, tokens, history_of(lane), today),
                account.endpoint.free,
                tuple(caution.text for caution in cautions),
                any(caution.blocks for caution in cautions),
            )
        )
    return found
