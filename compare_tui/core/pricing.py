"""What tokens cost: a rate, the exact amount it gives, the state of an amount, and the rows rates come from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum
from typing import Any, Self

from compare_tui.core.usage import Usage

PER_MILLION = Decimal(1_000_000)
EXACT = Context(prec=120)
"""Wide enough that no sum or product of the bounded prices, factors and counts is ever rounded."""

_SHOWN_DIGITS = 3
_MEDIAN_OF = 20
_ENOUGH = 5


class CostState(StrEnum):
    """How far an amount can be trusted."""

    FINAL = "final"
    REPORTED = "reported"
    ESTIMATED = "estimated"
    PARTIAL = "partial"
    FREE = "free"
    STORED = "stored"
    NO_PRICE = "no-price"


@dataclass(frozen=True, slots=True)
class Cost:
    """USD and how far to trust it. No amount is unknown, which is never the same as 0."""

    amount: Decimal | None
    state: CostState

    @property
    def mark(self) -> str:
        return {CostState.ESTIMATED: "~", CostState.PARTIAL: "≥"}.get(self.state, "")

    def __str__(self) -> str:
        if self.state is CostState.FREE:
            return "free"
        return "–" if self.amount is None else self.mark + format_usd(self.amount)


def total(costs: Iterable[Cost]) -> Cost:
    """The sum, as sure as the least certain of its parts; free when all of them are."""
    parts = list(costs)
    known = [cost.amount for cost in parts if cost.amount is not None]
    states = {cost.state for cost in parts}
    if not known:
        return Cost(None, CostState.NO_PRICE)
    with localcontext(EXACT):
        amount = sum(known, Decimal(0))
    if states == {CostState.FREE}:
        return Cost(amount, CostState.FREE)
    if CostState.PARTIAL in states or len(known) < len(parts):
        return Cost(amount, CostState.PARTIAL)
    return Cost(amount, CostState.ESTIMATED if CostState.ESTIMATED in states else CostState.FINAL)


def plain(amount: Decimal) -> str:
    """Every digit and no exponent: what CSV and JSON text get."""
    return f"{tidy(amount):f}"


def tidy(amount: Decimal) -> Decimal:
    """The same number without trailing zeros."""
    short = EXACT.normalize(amount)
    return EXACT.quantize(short, Decimal(1)) if short == short.to_integral_value() else short


def format_usd(amount: Decimal) -> str:
    """For the eye only: cents from a dollar on, three digits below it."""
    with localcontext(EXACT):
        size = abs(amount)
        places = 2
        if 0 < size < 1:
            places = max(2, _SHOWN_DIGITS - 1 - size.adjusted())
        digits = f"{size.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
        whole, _, fraction = digits.partition(".")
        cents = fraction[:2] + fraction[2:].rstrip("0")
        return f"{'-' if amount < 0 else ''}${whole}.{cents}" if size else "$0"


@dataclass(frozen=True, slots=True)
class Rate:
    """The prices of one model on one tier, in USD per million tokens, with all that applies multiplied in.

    A row that names a cached price and no price for writing has no fee for writing; a row that names neither
    does not know.
    """

    model: str
    tier: str
    input: Decimal
    output: Decimal
    card_date: date
    cached: Decimal | None = None
    written: Decimal | None = None
    written_12h: Decimal | None = None
    long_above: int | None = None
    """The threshold the input passed, when this is the long-context row."""
    residency: str | None = None
    """The regional host whose factor is in these prices."""

    def cost(self, usage: Usage) -> tuple[Decimal, bool] | None:
        """USD, and whether each part had a price of its own; None while input or output is unknown."""
        if usage.input is None or usage.output is None:
            return None
        cached, written, written_12h = usage.cached or 0, usage.written or 0, usage.written_12h or 0
        possible = cached + written + written_12h <= usage.input
        if not possible:
            cached = written = written_12h = 0
        charges = (
            (usage.input - cached - written - written_12h, self.input),
            (cached, _first_known(self.cached, self.input)),
            (written, _first_known(self.written, self.input)),
            (written_12h, _first_known(self.written_12h, self.written, self.input)),
            (usage.output, self.output),
        )
        exact = (
            possible
            and not usage.doubtful
            and not (cached and self.cached is None)
            and not (written and self.written is None and self.cached is None)
            and not (written_12h and self.written_12h is None)
        )
        with localcontext(EXACT):
            return tidy(sum((tokens * price for tokens, price in charges), Decimal()).scaleb(-6)), exact

    def to_data(self) -> dict[str, str | int]:
        """The known fields alone, fit for JSON; decimals as text."""
        return {
            name: plain(value) if isinstance(value, Decimal) else value if isinstance(value, int) else str(value)
            for name in self.__slots__
            if (value := getattr(self, name)) is not None
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        prices = {name: Decimal(data[name]) for name in _PRICES if name in data}
        return cls(**{**data, **prices, "card_date": date.fromisoformat(data["card_date"])})


_PRICES = ("input", "output", "cached", "written", "written_12h")


def _first_known(*prices: Decimal | None) -> Decimal:
    """Falls through an unknown price, never through a price of 0; the last one is always known."""
    return next(price for price in prices if price is not None)


@dataclass(frozen=True, slots=True)
class Expected:
    """The price of a request before it is sent, in USD."""

    input: Decimal
    """The input alone."""
    median: Decimal | None
    """The input and the lane's median answer; None without history."""
    n: int
    """How many answers these are of."""
    worst: Decimal | None
    """The input at its dearest, if all of it is written to the cache, and an answer of the greatest length; None
    when nothing limits the length."""
    longest: Decimal | None = None
    """The input and the longest of the same answers; None below five of them."""


def expect(rate: Rate, input_tokens: int, history: Sequence[int], max_output: int | None) -> Expected:
    """What a request should cost, from the output tokens of the lane's earlier takes, oldest first."""
    recent = sorted(history[-_MEDIAN_OF:])
    with localcontext(EXACT):
        price = input_tokens * rate.input / PER_MILLION
        dearest = input_tokens * max(rate.input, _first_known(rate.written, rate.input)) / PER_MILLION
        median = longest = worst = None
        if recent:
            middle = Decimal(recent[(len(recent) - 1) // 2] + recent[len(recent) // 2]) / 2
            median = tidy(price + middle * rate.output / PER_MILLION)
        if len(recent) >= _ENOUGH:
            longest = tidy(dearest + recent[-1] * rate.output / PER_MILLION)
        if max_output is not None:
            worst = tidy(dearest + max_output * rate.output / PER_MILLION)
        return Expected(tidy(price), median, len(recent), worst, longest)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a card: the prices of a tier, and the dates and the inputs they hold for."""

    tier: str
    input: Decimal
    output: Decimal
    card_date: date
    source: str
    cached: Decimal | None = None
    written: Decimal | None = None
    written_12h: Decimal | None = None
    since: date | None = None
    until: date | None = None
    above: int | None = None
    """Holds for longer inputs alone; without it the model's long-context factors say what those cost."""
    up_to: int | None = None
    """The tier takes no longer input."""

    def holds(self, on: date) -> bool:
        return (self.since or date.min) <= on <= (self.until or date.max)

    def __str__(self) -> str:
        over = f" above {self.above:,} tokens" if self.above is not None else ""
        return self.tier + over


@dataclass(frozen=True, slots=True)
class LongContext:
    """What the whole request is multiplied with when its input is above a threshold."""

    above: int
    input: Decimal
    cached: Decimal
    written: Decimal
    output: Decimal


@dataclass(frozen=True, slots=True)
class Residency:
    """The factor of a provider's regional hosts, for models released from a date on."""

    factor: Decimal
    released_from: date
    hosts: tuple[str, ...]

    def applies(self, host: str, released: date | None) -> bool:
        return released is not None and released >= self.released_from and host.lower() in self.hosts


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One model: what it takes and its rows. None is unknown, an empty tuple is none at all."""

    name: str
    snapshots: tuple[str, ...] = ()
    released: date | None = None
    shutdown: date | None = None
    window: int | None = None
    max_input: int | None = None
    max_output: int | None = None
    images: bool | None = None
    efforts: tuple[str, ...] | None = None
    apis: tuple[str, ...] | None = None
    long: LongContext | None = None
    rates: tuple[Row, ...] = ()

    @property
    def tiers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.tier for row in self.rates))

    @property
    def long_above(self) -> int | None:
        return self.long.above if self.long else None

    def row(self, tier: str, input_tokens: int | None, on: date) -> Row | None:
        """The row with the highest threshold this input passes; never one of another tier."""
        length = input_tokens or 0
        passed = [
            row
            for row in self.rates
            if row.tier == tier and row.holds(on) and (row.above is None or row.above < length)
        ]
        row = max(passed, key=lambda row: row.above or 0, default=None)
        return None if row is None or (row.up_to is not None and length > row.up_to) else row

    def threshold(self, tier: str, on: date) -> int | None:
        """The shortest input beyond which this tier has another price."""
        rows = [row for row in self.rates if row.tier == tier and row.holds(on)]
        steps = [row.above for row in rows if row.above is not None]
        return min(steps, default=self.long_above) if rows else None

    def under(self, other: "ModelCard") -> "ModelCard":
        """This card with the other's word wherever it has one; its rows replace a tier whole."""
        kept = tuple(row for row in self.rates if row.tier not in other.tiers)
        told = {name: value for name in _TELLING if (value := getattr(other, name)) is not None}
        snapshots = tuple(dict.fromkeys((*self.snapshots, *other.snapshots)))
        return replace(self, **told, snapshots=snapshots, rates=kept + other.rates)


_TELLING = ("released", "shutdown", "window", "max_input", "max_output", "images", "efforts", "apis", "long")
