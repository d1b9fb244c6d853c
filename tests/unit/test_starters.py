"""The lanes proposed to somebody without any: cheap, current, and with an effort the model takes."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from compare_tui import ratecards
from compare_tui.core.lane import Lane
from compare_tui.core.ratecard import RateCard
from compare_tui.core.starters import local_lanes, starter_lanes

TODAY = dt.date(2026, 11, 20)


def model(price: str, *efforts: str, **more: Any) -> dict[str, Any]:
    rates = [{"tier": "default", "input": Decimal(price), "output": 4 * Decimal(price)}]
    return {"efforts": list(efforts or ("high", "low", "medium")), "rates": rates, **more}


def proposed(**models: dict[str, Any]) -> list[str]:
    card = RateCard.from_tables({"date": TODAY, "models": models})
    return [str(lane) for lane in starter_lanes(card, TODAY)]


def test_the_two_cheapest_are_proposed_one_low_one_medium() -> None:
    assert proposed(dear=model("9"), cheap=model("1"), middling=model("2")) == ["cheap low", "middling medium"]


def test_a_middle_effort_is_found_where_none_is_called_medium() -> None:
    assert proposed(a=model("1", "minimal", "none"), b=model("2", "max", "low", "high")) == ["a none", "b high"]


def test_cheap_is_measured_with_more_input_than_output() -> None:
    dear_output = model("1") | {"rates": [{"tier": "default", "input": 1, "output": 8}]}
    dear_input = model("1") | {"rates": [{"tier": "default", "input": 3, "output": 5}]}
    assert proposed(a=dear_input, b=dear_output) == ["b low", "a medium"]


@pytest.mark.parametrize(
    "other",
    [
        model("1", released=TODAY + dt.timedelta(days=1)),
        model("1", shutdown=TODAY),
        model("1", shutdown=TODAY + dt.timedelta(days=60)),
        model("1") | {"efforts": []},
        model("1", "unheard-of"),
        model("0"),
        model("1") | {"rates": []},
        model("1") | {"rates": [{"tier": "batch", "input": 1, "output": 1}]},
    ],
    ids=["to come", "gone", "going", "no effort", "other effort", "free", "no price", "no price at this tier"],
)
def test_a_model_that_will_not_do_is_passed_over(other: dict[str, Any]) -> None:
    assert proposed(other=other, cheap=model("2"), next=model("3")) == ["cheap low", "next medium"]


def test_a_card_with_one_model_gives_one_lane_and_an_empty_one_none() -> None:
    assert proposed(only=model("1")) == ["only low"]
    assert proposed() == []


def test_the_shipped_card_proposes_two_lanes_below_a_dollar(tmp_path: Path) -> None:
    card = ratecards.load(tmp_path, tmp_path)
    lanes = starter_lanes(card, card.date)
    prices = [card.rate(lane.model, None, input_tokens=1000, on=card.date) for lane in lanes]
    assert len({lane.model for lane in lanes}) == 2
    assert all(price and price.input < 1 for price in prices)
    assert all(lane.effort in (card.models[lane.model].efforts or ()) for lane in lanes)


def test_a_local_server_is_used_with_the_models_that_talk() -> None:
    models = ("nomic-embed-text:latest", "llama3.2:3b", "bge-reranker", "my model", "third")
    assert local_lanes(models, "ollama") == (
        Lane("llama3.2:3b", endpoint="ollama"),
        Lane("my model", endpoint="ollama"),
    )
