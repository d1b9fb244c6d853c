"""What can be said of a lane before anything is sent: its prices, what its model takes, what speaks against it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from compare_tui.core.lane import Lane
from compare_tui.core.nearest import did_you_mean
from compare_tui.core.preflight import Caution
from compare_tui.core.pricing import EXACT, Expected, ModelCard, Rate, format_usd, plain
from compare_tui.core.prompt import Prompt
from compare_tui.core.ratecard import RateCard, price_tier
from compare_tui.core.tally import DASH
from compare_tui.engine.account import Account
from compare_tui.ui.market import Market

_WORDS = {
    "window": "too long",
    "output": "max",
    "long-context": "long context",
    "shutdown": "shutdown",
    "price": "no price",
    "tier": "no price",
}


@dataclass(frozen=True, slots=True)
class LaneFacts:
    """One lane as the rate card and the market see it today."""

    lane: Lane
    account: Account | None
    endpoint: str
    card: ModelCard | None
    rate: Rate | None
    cautions: tuple[Caution, ...]
    expected: Expected | None
    tokens: int

    @classmethod
    def of(cls, lane: Lane, market: Market) -> "LaneFacts":
        account, tokens, day = market.account(lane), market.expected_tokens(), today()
        endpoint = lane.endpoint or next(iter(market.endpoints), "")
        if account is None:
            missing = f"There is no endpoint {endpoint}{did_you_mean(endpoint, market.endpoints)}"
            return cls(lane, None, endpoint, None, None, (Caution("endpoint", missing, blocks=True),), None, tokens)
        return cls(
            lane,
            account,
            account.endpoint.name,
            account.card.model(lane.model),
            account.rate(lane.model, lane.tier, tokens, day),
            tuple(account.cautions(lane, Prompt(""), tokens, day)),
            account.expected(lane, tokens, [], day),
            tokens,
        )

    @property
    def free(self) -> bool:
        return self.account is not None and self.account.endpoint.free

    @property
    def efforts(self) -> tuple[str, ...]:
        """Those the card knows for this model."""
        return (self.card.efforts if self.card else None) or ()

    @property
    def tiers(self) -> tuple[str, ...]:
        return self.card.tiers if self.card else ()

    @property
    def prices(self) -> tuple[str, str]:
        """USD per 1K tokens, input and output."""
        if self.free:
            return ("free", "free")
        return (per_1k(self.rate.input), per_1k(self.rate.output)) if self.rate else (DASH, DASH)

    def tier_rate(self, tier: str | None) -> Rate | None:
        account = self.account
        return account.rate(self.lane.model, tier, self.tokens, today()) if account else None

    def factor(self, tier: str) -> str:
        """How much dearer or cheaper than the default tier: `×0.5`."""
        rate, normal = self.tier_rate(tier), self.tier_rate(None)
        if rate is None or normal is None or not normal.input or price_tier(tier) == "default":
            return ""
        factor = EXACT.divide(rate.input, normal.input)
        return f"×{plain(round(factor, 2))}"

    @property
    def notes(self) -> tuple[str, ...]:
        """A sign and a word for each thing that speaks against sending."""
        return tuple(f"{'✗' if one.blocks else '!'} {_WORDS.get(one.kind, one.kind)}" for one in self.cautions)


def today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def per_1k(price: Decimal) -> str:
    """A price per million tokens as one per thousand."""
    return format_usd(EXACT.scaleb(price, -3))


def price_source(card: RateCard | None, model: str) -> str | None:
    """Which card the default price of a model stands on."""
    known = card.model(model) if card else None
    row = known.row("default", None, today()) if known else None
    return row.source if row else None


def filled_in_effort(efforts: tuple[str, ...]) -> str | None:
    """What a new lane starts with: the middle one, that endpoints take when they are told none."""
    if "medium" in efforts:
        return "medium"
    return efforts[len(efforts) // 2] if efforts else None
