"""Prices typed in the app: how they are read, where they are kept, and over which cards they lie."""

import datetime as dt
import stat
from decimal import Decimal
from pathlib import Path

import pytest

from compare_tui.core.pricing import Rate
from compare_tui.core.ratecard import CardError
from compare_tui.ratecards import keep_typed, load, shipped, typed_card
from compare_tui.ui.screens.price_form import NotAPrice, read_price

TODAY = dt.date(2026, 11, 20)


def found_input(directory: Path, tier: str) -> Decimal:
    found = load(directory, directory).rate("gpt-5.5", tier, input_tokens=1, on=TODAY)
    assert found is not None
    return found.input


def test_a_typed_price_lies_over_the_imported_one_and_under_the_users(tmp_path: Path) -> None:
    row = '[models."gpt-5.5"]\nrates = [{{ tier = "default", input = {}, output = 9 }}]'
    (tmp_path / "imported-prices.toml").write_text("date = 2026-10-01\n" + row.format(1))
    type_price(tmp_path, "gpt-5.5", "1.5")
    assert (found_input(tmp_path, "default"), found_input(tmp_path, "flex")) == (Decimal("1.5"), Decimal("2.5"))
    (tmp_path / "prices.toml").write_text(row.format(2))
    assert found_input(tmp_path, "default") == 2


def type_price(directory: Path, model: str, price: str, cached: Decimal | None = None, on: dt.date = TODAY) -> None:
    keep_typed(typed_prices_file(directory), model, Decimal(price), Decimal(9), cached, on)


def typed_prices_file(directory: Path) -> Path:
    return directory / "typed-prices.toml"


def test_a_typed_card_laid_on_another_prices_the_model_at_once() -> None:
    typed = typed_card("o3", Decimal(1), Decimal(2), None, TODAY)
    found = shipped().over(typed).rate("o3", None, input_tokens=1, on=TODAY)
    assert found == Rate("o3", "default", Decimal(1), Decimal(2), TODAY)


def test_typed_prices_are_kept_to_the_digit_with_their_days_in_a_private_file(tmp_path: Path) -> None:
    type_price(tmp_path, "models/my model.gguf", "0.0000001")
    type_price(tmp_path, "other", "7", cached=Decimal("0.70"), on=dt.date(2026, 11, 22))
    type_price(tmp_path, "other", "8", cached=Decimal("0.80"), on=dt.date(2026, 11, 23))
    found = load(tmp_path, tmp_path)
    first, second = (found.rate(name, None, input_tokens=9, on=TODAY) for name in ("models/my model.gguf", "other"))
    assert first == Rate("models/my model.gguf", "default", Decimal("1E-7"), Decimal(9), TODAY)
    assert second == Rate("other", "default", Decimal(8), Decimal(9), dt.date(2026, 11, 23), cached=Decimal("0.8"))
    assert [row.source for row in found.models["other"].rates] == ["typed"]
    assert stat.S_IMODE(typed_prices_file(tmp_path).stat().st_mode) == 0o600


@pytest.mark.parametrize(("model", "price"), [("a\x1bb", "1"), ("", "1"), ("n" * 201, "1"), ("m", "-1"), ("m", "NaN")])
def test_a_typed_price_no_card_can_hold_is_refused_and_writes_nothing(tmp_path: Path, model: str, price: str) -> None:
    with pytest.raises(CardError):
        typed_card(model, Decimal(price), Decimal(9), None, TODAY)
    with pytest.raises(CardError):
        type_price(tmp_path, model, price)
    assert list(tmp_path.iterdir()) == []


def test_typing_a_price_leaves_a_typed_card_that_cannot_be_read_as_it_is(tmp_path: Path) -> None:
    typed_prices_file(tmp_path).write_text("models = 3")
    with pytest.raises(CardError, match=r"typed-prices\.toml"):
        type_price(tmp_path, "m", "1")
    assert typed_prices_file(tmp_path).read_text() == "models = 3"


@pytest.mark.parametrize(
    ("written", "price"), [("2.50", "2.5"), ("2,5", "2.5"), ("$ 3", "3"), (".5", "0.5"), ("1,000", "1"), (" ", None)]
)
def test_a_price_is_read_with_a_point_or_a_comma(written: str, price: str | None) -> None:
    assert read_price(written) == (None if price is None else Decimal(price))


@pytest.mark.parametrize("written", ["-1", "1e3", "1,000.5", "abc", "٣", "NaN", "1 2", "9" * 13])
def test_what_is_no_price_is_refused(written: str) -> None:
    with pytest.raises(NotAPrice):
        read_price(written)
