"""The lanes proposed to somebody who has none yet."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from compare_tui.core.lane import EFFORTS, Lane
from compare_tui.core.preflight import SHUTDOWN_NEAR
from compare_tui.core.pricing import ModelCard
from compare_tui.core.ratecard import RateCard

_NOT_FOR_TALK = ("embed", "rerank", "whisper", "tts")


def starter_lanes(card: RateCard, on: dt.date) -> tuple[Lane, ...]:
    """The two cheapest models of the day that take an effort: one at its lowest, the other at a middle one."""
    prices = {model.name: _blended(card, model, on) for model in card.models.values() if _is_current(model, on)}
    cheapest = sorted((price, name) for name, price in prices.items() if price)
    efforts = [_efforts(card.models[name]) for _, name in cheapest[:2]]
    chosen = [found[0] if number == 0 else _middle(found) for number, found in enumerate(efforts)]
    return tuple(Lane(name, effort=effort) for (_, name), effort in zip(cheapest, chosen, strict=False))


def local_lanes(models: Sequence[str], endpoint: str) -> tuple[Lane, ...]:
    """The first two models of a server that look as if they could answer."""
    talking = [model for model in models if not any(word in model.lower() for word in _NOT_FOR_TALK)]
    return tuple(Lane(model, endpoint=endpoint) for model in talking[:2])


def _is_current(model: ModelCard, on: dt.date) -> bool:
    released = model.released is None or model.released <= on
    stays = model.shutdown is None or model.shutdown > on + SHUTDOWN_NEAR
    return released and stays and bool(_efforts(model))


def _blended(card: RateCard, model: ModelCard, on: dt.date) -> Decimal | None:
    """Three tokens in for one out. A price of 0 is one the user gave to a server of their own."""
    rate = card.rate(model.name, None, input_tokens=None, on=on)
    return (3 * rate.input + rate.output) / 4 if rate else None


def _efforts(model: ModelCard) -> list[str]:
    return [effort for effort in EFFORTS if effort in (model.efforts or ())]


def _middle(efforts: Sequence[str]) -> str:
    return "medium" if "medium" in efforts else efforts[(len(efforts) - 1) // 2]
