"""The models of this endpoint and what they would cost, read from its own rate card."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from compare_tui.core.ratecard import RateCard
from compare_tui.demo.refusal import Refusal

OWNER = "compare-tui demo (simulated)"


@dataclass(frozen=True, slots=True)
class Character:
    """How a model behaves: tokens a second, how long it ponders, how much it says, how sure it is."""

    speed: float
    ponder: float
    breadth: int
    care: float
    logprobs: bool = True


_CHARACTERS = {
    "gpt-5.5": Character(speed=80, ponder=1.0, breadth=1, care=0.92),
    "gpt-5.5-pro": Character(speed=48, ponder=1.15, breadth=2, care=0.98, logprobs=False),
    "gpt-5.5-instant": Character(speed=120, ponder=0.5, breadth=0, care=0.84),
    "gpt-5.5-thinking": Character(speed=66, ponder=1.1, breadth=2, care=0.95),
    "gpt-5.5-mini": Character(speed=135, ponder=0.6, breadth=0, care=0.72),
    "gpt-6.1-sol": Character(speed=98, ponder=0.9, breadth=1, care=0.95),
    "gpt-5.4-mini": Character(speed=110, ponder=0.7, breadth=0, care=0.78),
}


@dataclass(frozen=True, slots=True)
class Model:
    """What the card says of a model, and how it behaves."""

    name: str
    released: date
    max_input: int
    max_output: int
    images: bool
    efforts: tuple[str, ...]
    tiers: tuple[str, ...]
    writes_cache: bool
    character: Character

    def to_json(self) -> dict[str, object]:
        midnight = datetime(self.released.year, self.released.month, self.released.day, tzinfo=UTC)
        return {"id": self.name, "object": "model", "created": int(midnight.timestamp()), "owned_by": OWNER}


@cache
def _tables() -> Mapping[str, Any]:
    source = files("compare_tui.demo").joinpath("prices.toml").read_text("utf-8")
    return tomllib.loads(source, parse_float=Decimal)


@cache
def rate_card() -> RateCard:
    """The card a client of this endpoint prices with."""
    return RateCard.from_tables(_tables(), source="demo")


@cache
def models() -> Mapping[str, Model]:
    return {
        name: Model(
            name=name,
            released=row["released"],
            max_input=row.get("max_input", row["window"]),
            max_output=row["max_output"],
            images=row["images"],
            efforts=tuple(row["efforts"]),
            tiers=tuple(rate["tier"] for rate in row["rates"]),
            writes_cache=any("written" in rate for rate in row["rates"]),
            character=_CHARACTERS[name],
        )
        for name, row in _tables()["models"].items()
    }


def find(name: str) -> Model:
    model = models().get(name)
    if model is None:
        raise Refusal(
            f"The model `{name}` does not exist here. This simulated endpoint has: {', '.join(models())}.",
            status=404,
            param="model",
            code="model_not_found",
        )
    return model
