"""What a round comes to before it is sent: its price, and what speaks against sending it."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from compare_tui.config import Caps
from compare_tui.core.caps import Span
from compare_tui.core.lane import Lane
from compare_tui.core.pricing import Expected, format_usd
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


def budget_refusals(found: Iterable[Forecast], per_run: Decimal | None, per_send: Decimal | None) -> list[str]:
    """Why the budget lets this run not begin: lanes that can never start, sends above the cap of one send."""
    if per_run is None and per_send is None:
        return []
    refusals: dict[str, None] = {}
    sends: dict[str, Decimal] = {}
    for forecast in found:
        if forecast.worst is None:
            refusals[_unbounded(forecast)] = None
            continue
        sends[forecast.prompt_id] = sends.get(forecast.prompt_id, Decimal(0)) + forecast.worst
        one = forecast.worst / forecast.takes
        if per_run is not None and one > per_run:
            refusals[f"{forecast.lane}: {_may_cost(one)}, the budget is {format_usd(per_run)}"] = None
    for prompt_id, total in sends.items():
        if per_send is not None and total > per_send:
            refusals[f"prompt {prompt_id}: {_may_cost(total)}, caps.per_send is {format_usd(per_send)}"] = None
    return list(refusals)


def cap_refusals(found: Iterable[Forecast], caps: Caps, spent_today: Decimal, spent_this_month: Decimal) -> list[str]:
    """Why the caps of the day and the month forbid this: lanes without a bound, a send that does not fit."""
    if not caps.over_time:
        return []
    refusals: dict[str, None] = {}
    sends: dict[str, Decimal] = {}
    for forecast in found:
        if forecast.held is None:
            refusals[_unbounded(forecast)] = None
        else:
            sends[forecast.prompt_id] = sends.get(forecast.prompt_id, Decimal(0)) + forecast.held
    spent = {Span.DAY: spent_today, Span.MONTH: spent_this_month}
    if sends:
        dearest = max(sends, key=lambda prompt_id: sends[prompt_id])
        what = "this" if len(sends) == 1 else f"prompt {dearest}"
        told = (cap.refuses(spent[cap.span], sends[dearest], what=what) for cap in caps.over_time)
        refusals |= dict.fromkeys(filter(None, told))
    return list(refusals)


def _unbounded(forecast: Forecast) -> str:
    known = "nothing limits the length of its answer; set max=N" if forecast.expected else "it has no price"
    return f"{forecast.lane}: {known}, so no budget can hold it"


def _may_cost(amount: Decimal) -> str:
    return f"may cost up to {format_usd(amount)} (max=N on a lane lowers that)"
