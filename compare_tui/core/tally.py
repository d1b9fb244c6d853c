"""The figures of a lane over its takes, as the progress and the summary show them."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from compare_tui.core.lane import Lane
from compare_tui.core.pricing import Cost
from compare_tui.core.sanitize import safe_line
from compare_tui.core.take import Take

FEWEST_FOR_PERCENTILES = 20
TIE = 0.01
"""Figures that differ by a hundredth are the same figure."""
DASH = "–"


@dataclass(slots=True)
class Tally:
    """Takes of one lane that have ended. Latencies with a clock gap are left out, unknown figures too."""

    lane: Lane
    label: str
    verdicts: Counter[str] = field(default_factory=Counter)
    costs: list[Cost] = field(default_factory=list)
    ttft_ms: list[float] = field(default_factory=list)
    ttfa_ms: list[float] = field(default_factory=list)
    total_ms: list[float] = field(default_factory=list)
    tokens_per_s: list[float] = field(default_factory=list)
    output_tokens: list[int] = field(default_factory=list)
    answer_tokens: list[int] = field(default_factory=list)
    connect_ms: list[float] = field(default_factory=list)
    rate_dates: set[str] = field(default_factory=set)
    notices: Counter[str] = field(default_factory=Counter)

    def add(self, take: Take) -> None:
        assert take.verdict is not None
        self.verdicts[take.verdict.value] += 1
        if take.may_be_billed:
            self.costs.append(take.cost)
        self.notices.update(notices(take))
        if take.rate is not None:
            self.rate_dates.add(take.rate.card_date.isoformat())
        if take.usage and take.usage.output is not None:
            self.output_tokens.append(take.usage.output)
        if take.usage and take.usage.answer is not None:
            self.answer_tokens.append(take.usage.answer)
        if not take.verdict.is_answer or "clock-gap" in take.flags:
            return
        for figures, ns in (
            (self.ttft_ms, take.stamps.ttft_ns),
            (self.ttfa_ms, take.stamps.ttfa_ns),
            (self.total_ms, take.stamps.total_ns),
            (self.connect_ms, take.stamps.connect_ns),
        ):
            if ns is not None:
                figures.append(ns / 1e6)
        if take.tokens_per_s is not None:
            self.tokens_per_s.append(take.tokens_per_s)

    @property
    def ended(self) -> int:
        return self.verdicts.total()


def notices(take: Take) -> list[str]:
    """What the reader of a take should know beside its text."""
    told = [take.downgrade, take.failure.message if take.failure else None, *take.notices]
    return [one for one in told if one]


def seconds(ms: float | None) -> str:
    return DASH if ms is None else f"{ms:,.0f} ms" if ms < 1000 else f"{ms / 1000:,.2f} s"


def spread(figures: list[float], shown: Callable[[float], str]) -> str:
    """One figure as it is; of a few the median above the range; from twenty on above the 95th percentile."""
    if not figures:
        return DASH
    import statistics  # 5 ms with all it brings; the app starts without it

    middle = shown(statistics.median(figures))
    if len(figures) == 1:
        return middle
    if len(figures) < FEWEST_FOR_PERCENTILES:
        low, high = shown(min(figures)), shown(max(figures))
        return f"{middle}\n{low.removesuffix(f' {high.split()[-1]}')}–{high}"
    return f"{middle}\np95 {shown(statistics.quantiles(figures, n=20, method='inclusive')[18])}"


def best(tallies: Sequence[Tally]) -> str:
    """Fastest, cheapest and longest, each only where one lane is alone at the top."""
    if len(tallies) < 2:
        return ""
    found = (
        ("fastest", _alone(tallies, lambda tally: _mean(tally.total_ms))),
        ("cheapest", _alone(tallies, _mean_cost)),
        ("longest", _alone(tallies, lambda tally: _mean(tally.answer_tokens), most=True)),
    )
    return " · ".join(f"{word} {safe_line(tally.label)}" for word, tally in found if tally)


def _alone(tallies: Sequence[Tally], figure: Callable[[Tally], float | None], *, most: bool = False) -> Tally | None:
    """The lane with the least or the most, if every lane has the figure and the next one is not nearly the same."""
    figures = {tally.lane: value for tally in tallies if (value := figure(tally)) is not None}
    if len(figures) < len(tallies):
        return None
    first, second, *_ = sorted(figures.values(), reverse=most)
    if abs(first - second) <= TIE * max(first, second):
        return None
    return next(tally for tally in tallies if figures[tally.lane] == first)


def in_percent(share: float | Decimal, sign: str = "") -> str:
    """`50 %`; with the sign `+` a difference, `+50 %`."""
    return f"{share:{sign}.0%}".replace("%", " %")


def _mean(figures: Sequence[float]) -> float | None:
    return sum(figures) / len(figures) if figures else None


def _mean_cost(tally: Tally) -> float | None:
    sure = [float(cost.amount) for cost in tally.costs if cost.amount is not None and not cost.mark]
    return _mean(sure) if len(sure) == len(tally.costs) else None
