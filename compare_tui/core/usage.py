"""Token counts as an endpoint reports them, read from either dialect and believed only when they can be true."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

LARGEST_COUNT = 1_000_000_000
SMALLEST_COST, LARGEST_COST = Decimal("1e-15"), Decimal(1_000_000)
"""USD beyond these are a mistake; rounded to 0 or past all digits they would look like figures."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one answer: input holds the cached and written ones, output the reasoning. None is unknown."""

    input: int | None = None
    output: int | None = None
    cached: int | None = None
    written: int | None = None
    written_12h: int | None = None
    reasoning: int | None = None
    reported_cost: Decimal | None = None
    doubtful: bool = False
    """A part was told that cannot be: what is priced without it is an estimate."""

    @property
    def answer(self) -> int | None:
        """Output without the reasoning: what the reader sees."""
        if self.output is None:
            return None
        return self.output - (self.reasoning or 0)

    def to_data(self) -> dict[str, int | str]:
        """The known figures alone, fit for JSON."""
        return {
            name: str(value) if isinstance(value, Decimal) else value
            for name in self.__slots__
            if (value := getattr(self, name)) is not None and value is not False
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Usage":
        cost = data.get("reported_cost")
        return cls(**{**data, "reported_cost": None if cost is None else Decimal(cost)})

    @classmethod
    def from_wire(cls, raw: object) -> "Usage | None":
        """Read `usage` of a response or of a chat chunk; None when it says nothing that can be believed."""
        if not isinstance(raw, Mapping):
            return None
        inside = _details(raw, "input_tokens_details", "prompt_tokens_details")
        outside = _details(raw, "output_tokens_details", "completion_tokens_details")
        by_ttl = _details(inside, "cache_write_tokens_details")
        input_tokens = _count(raw, "input_tokens", "prompt_tokens")
        output_tokens = _count(raw, "output_tokens", "completion_tokens")
        written_12h = _within(_count(by_ttl, "ttl_12h_tokens"), input_tokens)
        written = _within(_count(inside, "cache_write_tokens"), input_tokens)
        if written is not None and written_12h is not None:
            written -= written_12h
            if written < 0:
                written = written_12h = None
        usage = cls(
            input=input_tokens,
            output=output_tokens,
            cached=_within(_count(inside, "cached_tokens"), input_tokens),
            written=written,
            written_12h=written_12h,
            reasoning=_within(_count(outside, "reasoning_tokens"), output_tokens),
            reported_cost=_cost(raw),
        )
        if usage == cls():
            return None
        told = (inside.get("cached_tokens"), inside.get("cache_write_tokens"), by_ttl.get("ttl_12h_tokens"))
        kept = (usage.cached, usage.written, usage.written_12h)
        return replace(usage, doubtful=any(t is not None and k is None for t, k in zip(told, kept, strict=True)))


def _details(raw: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    return next((raw[name] for name in names if isinstance(raw.get(name), Mapping)), {})


def _count(raw: Mapping[str, Any], *names: str) -> int | None:
    """Servers have sent -3, "3", NaN and Infinity: none of these is a number of tokens."""
    for name in names:
        value = raw.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_COUNT:
            return value
    return None


def _within(part: int | None, whole: int | None) -> int | None:
    return None if part is None or whole is None or part > whole else part


def _cost(raw: Mapping[str, Any]) -> Decimal | None:
    """What a gateway charges, and with a key of one's own also what the provider behind it does."""
    charged = _money(raw.get("cost"))
    if raw.get("is_byok") is not True or charged is None:
        return charged
    upstream = _money(_details(raw, "cost_details").get("upstream_inference_cost"))
    return None if upstream is None else charged + upstream


def _money(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    if not amount.is_finite():  # asked first: comparing with a signalling NaN raises
        return None
    if amount == 0:
        return Decimal(0)
    return amount if SMALLEST_COST <= amount <= LARGEST_COST else None
