"""An account: an endpoint with the key it takes and the card its prices stand on."""

import datetime
from dataclasses import dataclass, replace

from compare_tui.core import preflight
from compare_tui.core.endpoint import Endpoint
from compare_tui.core.lane import Lane
from compare_tui.core.nearest import nearest
from compare_tui.core.pricing import Expected, Rate, expect
from compare_tui.core.prompt import Prompt
from compare_tui.core.ratecard import RateCard
from compare_tui.secrets import Secret

_WHAT_COSTS = ("model", "service_tier", "n", "max_output_tokens", "max_completion_tokens", "max_tokens", "tools")
"""Fields that, written as `body.FIELD`, make the price another one than the lane's."""


@dataclass(frozen=True, slots=True)
class Account:
    endpoint: Endpoint
    key: Secret | None
    card: RateCard

    def rate(self, model: str, tier: str | None, input_tokens: int, on: datetime.date) -> Rate | None:
        return self.card.rate(model, tier, input_tokens=input_tokens, on=on, base_url_host=self.endpoint.host)

    def thinks(self, model: str) -> bool:
        """Whether the model reasons before it answers, so that its cost is a lower bound until usage comes."""
        card = self.card.model(model)
        return bool(card and card.efforts)

    def expected(self, lane: Lane, input_tokens: int, history: list[int], on: datetime.date) -> Expected | None:
        """The price before sending; None when no price is known. The worst case allows for a short estimate."""
        rate = self.rate(lane.model, lane.tier, input_tokens, on)
        at_most = input_tokens * 6 // 5
        dearest = self.rate(lane.model, lane.tier, at_most, on)
        if rate is None or dearest is None:
            return None
        card = self.card.model(lane.model)
        limits = [limit for limit in (lane.max, card.max_output if card else None) if limit is not None]
        unlimited = not limits or any(path in _WHAT_COSTS for path, _ in lane.body)
        worst = None if unlimited else expect(dearest, at_most, [], min(limits)).worst
        return replace(expect(rate, input_tokens, history, None), worst=worst)

    def cautions(self, lane: Lane, prompt: Prompt, input_tokens: int, on: datetime.date) -> list[preflight.Caution]:
        """What speaks against sending this prompt to this lane."""
        card = self.card.model(lane.model)
        cautions = preflight.warnings(
            card,
            model=lane.model,
            effort=lane.effort,
            tier=lane.tier,
            api=self.endpoint.api,
            images=len(prompt.images) + sum(len(turn.images) for turn in prompt.turns),
            input_tokens=input_tokens,
            max_output=lane.max,
            on=on,
            rate=self.rate(lane.model, lane.tier, input_tokens, on),
            rate_pair=self.card.cliff(lane.model, lane.tier, on=on, base_url_host=self.endpoint.host),
        )
        if card is None and (near := nearest(lane.model, self.card.models)):
            cautions = [replace(caution, text=f"{caution.text} Is it {near}?") for caution in cautions]
        return [caution for caution in cautions if not (self.endpoint.free and caution.kind in ("price", "tier"))]
