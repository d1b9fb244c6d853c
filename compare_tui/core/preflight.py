"""What a lane should hear before its request is sent: a plain sentence for each thing its model card speaks against."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from compare_tui.core.pricing import ModelCard, Rate, format_usd
from compare_tui.core.ratecard import price_tier
from compare_tui.core.usage import Usage

SHUTDOWN_NEAR = dt.timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Caution:
    """A sentence for the reader; the request is sent all the same unless it blocks."""

    kind: str
    """window · output · long-context · images · effort · tier · api · shutdown · price"""
    text: str
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a lane is about to send."""

    model: str
    effort: str | None
    tier: str | None
    api: str
    images: int
    input_tokens: int
    """Estimated, right within ±20 %."""
    max_output: int | None
    on: dt.date

    def certainly_above(self, limit: int) -> bool:
        return self.input_tokens * 5 > limit * 6

    def perhaps_above(self, limit: int) -> bool:
        return self.input_tokens * 6 > limit * 5


def warnings(
    model_card: ModelCard | None,
    *,
    model: str,
    effort: str | None,
    tier: str | None,
    api: str,
    images: int,
    input_tokens: int,
    max_output: int | None,
    on: dt.date,
    rate: Rate | None,
    rate_pair: tuple[Rate, Rate] | None,
) -> list[Caution]:
    """`rate` is the one for this input, `rate_pair` is what `RateCard.cliff` says."""
    asked = Asked(model, effort, tier, api, images, input_tokens, max_output, on)
    found: list[Caution] = []
    if model_card is not None:
        found += _window(model_card, asked)
        found += _output(model_card, asked)
        found += _long_context(asked, rate_pair)
        found += _unfit(model_card, asked)
        found += _shutdown(model_card, asked)
    return [*found, *_price(model_card, asked, rate)]


def _window(card: ModelCard, asked: Asked) -> Iterator[Caution]:
    limits = [limit for limit in (card.max_input, card.window) if limit is not None]
    if not limits:
        return
    limit = min(limits)
    about = f"The input of about {asked.input_tokens:,} tokens"
    if asked.certainly_above(limit):
        yield Caution("window", f"{about} does not fit: {card.name} takes {limit:,}.", blocks=True)
    elif asked.perhaps_above(limit):
        yield Caution("window", f"{about} may not fit: {card.name} takes {limit:,}.")
    elif card.window and asked.max_output and asked.input_tokens + asked.max_output > card.window:
        left = card.window - asked.input_tokens
        yield Caution(
            "window", f"{about} leaves {left:,} of the {asked.max_output:,} output tokens asked for in {card.name}."
        )


def _output(card: ModelCard, asked: Asked) -> Iterator[Caution]:
    if card.max_output and asked.max_output and asked.max_output > card.max_output:
        asks = f"The lane asks for up to {asked.max_output:,} output tokens"
        yield Caution("output", f"{asks}; {card.name} gives {card.max_output:,} at most.")


def _long_context(asked: Asked, rate_pair: tuple[Rate, Rate] | None) -> Iterator[Caution]:
    if rate_pair is None or not (above := rate_pair[1].long_above) or not asked.perhaps_above(above):
        return
    low, high = (_input_price(rate, asked.input_tokens) for rate in rate_pair)
    about = f"The input of about {asked.input_tokens:,} tokens"
    dearer = "the whole request costs the long-context rate"
    if asked.input_tokens > above:
        text = f"{about} is above {above:,}, so {dearer}: {high} for this input instead of {low}."
    else:
        text = f"{about} may pass {above:,}; then {dearer}: {high} for this input instead of {low}."
    yield Caution("long-context", text)


def _unfit(card: ModelCard, asked: Asked) -> Iterator[Caution]:
    """What the model does not take, with what it takes."""
    if asked.images and card.images is False:
        yield Caution("images", f"{card.name} takes no images.")
    if asked.effort and card.efforts is not None and asked.effort not in card.efforts:
        takes = f"it takes {_listed(card.efforts)}" if card.efforts else "it takes no effort"
        yield Caution("effort", f"{card.name} is not known to take the effort {asked.effort}; {takes}.")
    if card.apis is not None and asked.api not in card.apis:
        yield Caution("api", f"{card.name} does not answer on the {asked.api} API; it takes {_listed(card.apis)}.")


def _shutdown(card: ModelCard, asked: Asked) -> Iterator[Caution]:
    if card.shutdown is None or card.shutdown - asked.on > SHUTDOWN_NEAR:
        return
    days = (card.shutdown - asked.on).days
    if days < 0:
        text = f"{card.name} was to be shut down on {card.shutdown}."
    elif days == 0:
        text = f"{card.name} is to be shut down today."
    else:
        text = f"{card.name} will be shut down on {card.shutdown}, in {days} {'day' if days == 1 else 'days'}."
    yield Caution("shutdown", text)


def _price(card: ModelCard | None, asked: Asked, rate: Rate | None) -> Iterator[Caution]:
    if rate is not None:
        return
    tier = price_tier(asked.tier)
    if card is None or not card.tiers:
        yield Caution("price", f"No price is known for {asked.model}.")
    elif tier not in card.tiers:
        yield Caution("tier", f"No {tier} price is known for {card.name}; there is one for {_listed(card.tiers)}.")
    else:
        which = f"the {tier} tier of {card.name} with about {asked.input_tokens:,} input tokens on {asked.on}"
        yield Caution("price", f"No price is known for {which}.")


def _input_price(rate: Rate, input_tokens: int) -> str:
    priced = rate.cost(Usage(input=input_tokens, output=0))
    return format_usd(priced[0]) if priced else "–"


def _listed(words: tuple[str, ...]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
