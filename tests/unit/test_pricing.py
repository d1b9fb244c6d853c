"""Amounts: exact to the last digit, honest about what is unknown, rounded for the eye alone."""

import json
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.pricing import Cost, CostState, Rate, expect, format_usd, plain
from compare_tui.core.usage import Usage
from compare_tui.ratecards import shipped

FIXTURES = Path(__file__).parents[1] / "fixtures"
TODAY = date(2026, 11, 20)


class Record(NamedTuple):
    model: str
    asked: str | None
    served: str | None
    usage: Usage
    on: date
    host: str
    arithmetic: str | None
    usd: Decimal | None
    parts: str | None


def record(line: str) -> Record:
    told = [None if cell == "-" else cell for cell in map(str.strip, line.split("|"))]
    model, asked, served, *counts, on, host, arithmetic, usd, parts = told
    input_, cached, written, written_12h, output = (None if count is None else int(count) for count in counts)
    usage = Usage(input_, output, cached, written, written_12h)
    amount = None if usd is None else Decimal(usd)
    return Record(
        model or "", asked, served, usage, date.fromisoformat(on or ""), host or "", arithmetic, amount, parts
    )


RECORDS = [
    record(line)
    for line in (FIXTURES / "prices_usage_records.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
EXACT_ROW = Rate("m", "default", Decimal(2), Decimal(8), TODAY, Decimal("0.2"), Decimal("2.5"), Decimal(5))

known_tokens = st.integers(0, 10**9)
some_tokens = st.none() | known_tokens
prices = st.decimals(0, 10**6, allow_nan=False, allow_infinity=False, places=12)
usages = st.builds(
    Usage, input=some_tokens, output=some_tokens, cached=some_tokens, written=some_tokens, written_12h=some_tokens
)
rates = st.builds(
    Rate,
    model=st.just("m"),
    tier=st.just("default"),
    input=prices,
    output=prices,
    card_date=st.dates(),
    cached=st.none() | prices,
    written=st.none() | prices,
    written_12h=st.none() | prices,
    long_above=st.none() | known_tokens,
    residency=st.none() | st.just("eu.api.openai.com"),
)


def test_the_table_holds_at_least_sixty_priced_records_and_some_without_a_price() -> None:
    priced = [record for record in RECORDS if record.usd is not None]
    assert len(priced) >= 60
    assert len(RECORDS) - len(priced) >= 12


@pytest.mark.parametrize("record", [record for record in RECORDS if record.arithmetic], ids=lambda r: r.arithmetic)
def test_the_arithmetic_beside_each_record_gives_its_amount(record: Record) -> None:
    terms = [term.split("*") for term in (record.arithmetic or "").split(" + ")]
    total = sum(Fraction(tokens) * Fraction(price) for tokens, price in terms) / 1_000_000
    assert total == Fraction(record.usd or 0)
    tokens = sum(int(tokens) for tokens, _ in terms)
    assert tokens == (record.usage.input or 0) + (record.usage.output or 0)


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: f"{r.model}-{r.served}-{r.usage.input}-{r.on}-{r.host}")
def test_a_usage_record_costs_what_the_published_prices_say_to_the_last_digit(record: Record) -> None:
    rate = shipped().rate(
        record.model, record.served, input_tokens=record.usage.input, on=record.on, base_url_host=record.host
    )
    priced = rate.cost(record.usage) if rate else None
    if record.usd is None:
        assert priced is None
    else:
        assert priced == (record.usd, record.parts == "exact")
        assert plain(priced[0]) == plain(record.usd)


@pytest.mark.parametrize("record", [record for record in RECORDS if record.asked], ids=lambda r: f"{r.model}-{r.asked}")
def test_a_take_served_on_another_tier_is_not_billed_by_the_one_it_asked_for(record: Record) -> None:
    asked = shipped().rate(record.model, record.asked, input_tokens=record.usage.input, on=record.on)
    assert asked is None or asked.cost(record.usage) != (record.usd, True)


@pytest.mark.parametrize(
    ("model", "usd_a_month"),
    [("gpt-5.5", 34_500), ("gpt-5.5-pro", 207_000)],
)
def test_eighty_million_tokens_in_and_twenty_five_out_a_day_cost_what_the_article_says(
    model: str, usd_a_month: int
) -> None:
    rate = shipped().rate(model, "default", input_tokens=None, on=TODAY)
    assert rate is not None
    priced = rate.cost(Usage(input=80_000_000, output=25_000_000))
    assert priced == (Decimal(usd_a_month) / 30, True)


@pytest.mark.parametrize(("gpt_55", "pro"), [(34_500, 207_000), (11_400, 68_400), (4_350, 26_100)])
def test_each_worked_feature_of_the_article_has_the_premium_of_the_card(gpt_55: int, pro: int) -> None:
    cheap = shipped().rate("gpt-5.5", None, input_tokens=None, on=TODAY)
    dear = shipped().rate("gpt-5.5-pro", None, input_tokens=None, on=TODAY)
    assert cheap is not None
    assert dear is not None
    assert gpt_55 * dear.input == pro * cheap.input
    assert gpt_55 * dear.output == pro * cheap.output


@pytest.mark.parametrize(("tier", "usd"), [("default", 300), ("flex", 150), ("batch", 150)])
def test_ten_million_output_tokens_cost_half_on_flex_and_batch(tier: str, usd: int) -> None:
    rate = shipped().rate("gpt-5.5", tier, input_tokens=None, on=TODAY)
    assert rate is not None
    assert rate.cost(Usage(input=0, output=10_000_000)) == (Decimal(usd), True)


@given(rates, usages)
def test_usage_without_input_or_output_never_has_a_cost(rate: Rate, usage: Usage) -> None:
    priced = rate.cost(usage)
    assert (priced is None) == (usage.input is None or usage.output is None)


@given(rates, known_tokens, known_tokens, st.lists(known_tokens, min_size=3, max_size=3))
def test_a_part_without_a_price_never_becomes_free(rate: Rate, fresh: int, output: int, parts: list[int]) -> None:
    cached, written, written_12h = parts
    usage = Usage(fresh + sum(parts), output, cached, written, written_12h)
    priced = rate.cost(usage)
    assert priced is not None
    by_hand = (
        fresh * Fraction(rate.input)
        + cached * Fraction(rate.input if rate.cached is None else rate.cached)
        + written * Fraction(rate.input if rate.written is None else rate.written)
        + written_12h * Fraction(next(p for p in (rate.written_12h, rate.written, rate.input) if p is not None))
        + output * Fraction(rate.output)
    )
    assert Fraction(priced[0]) == by_hand / 1_000_000
    unpriced = (cached and rate.cached is None) or (written_12h and rate.written_12h is None)
    assert not (unpriced and priced[1])


@given(rates, st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**6))
def test_parts_longer_than_the_input_are_charged_as_plain_input_and_called_an_estimate(
    rate: Rate, input_tokens: int, output: int, excess: int
) -> None:
    usage = Usage(input=input_tokens, output=output, cached=input_tokens, written=excess)
    plainly = rate.cost(Usage(input=input_tokens, output=output))
    assert plainly is not None
    assert rate.cost(usage) == (plainly[0], False)


@given(rates, usages)
def test_a_cost_is_the_same_however_rough_the_decimal_context_around_it(rate: Rate, usage: Usage) -> None:
    exact = rate.cost(usage)
    with localcontext() as rough:
        rough.prec = 3
        assert rate.cost(usage) == exact


@given(rates)
def test_a_rate_comes_back_whole_from_its_data(rate: Rate) -> None:
    assert Rate.from_data(json.loads(json.dumps(rate.to_data()))) == rate


def test_the_data_of_a_rate_leaves_out_what_is_unknown_and_writes_no_exponent() -> None:
    rate = Rate("m", "flex", Decimal("1E-8"), Decimal("3E+1"), TODAY)
    told = {"model": "m", "tier": "flex", "input": "0.00000001", "output": "30", "card_date": "2026-11-20"}
    assert rate.to_data() == told


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "$0"),
        ("0.0000123", "$0.0000123"),
        ("0.00001234567", "$0.0000123"),
        ("0.0123", "$0.0123"),
        ("0.01", "$0.01"),
        ("0.1", "$0.10"),
        ("0.12345", "$0.123"),
        ("0.9996", "$1.00"),
        ("0.09996", "$0.10"),
        ("1", "$1.00"),
        ("12.3", "$12.30"),
        ("12.345", "$12.35"),
        ("34500", "$34,500.00"),
        ("-22500", "-$22,500.00"),
        ("1E-12", "$0.000000000001"),
        ("1E+7", "$10,000,000.00"),
    ],
)
def test_an_amount_is_shown_with_as_many_digits_as_say_something(amount: str, shown: str) -> None:
    assert format_usd(Decimal(amount)) == shown


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("1e-20"), max_value=10**9))
def test_an_amount_above_nothing_is_never_shown_as_nothing(amount: Decimal) -> None:
    shown = format_usd(amount)
    assert "E" not in shown
    assert Decimal(shown.replace("$", "").replace(",", "")) > 0


@pytest.mark.parametrize(
    ("cost", "shown"),
    [
        (Cost(Decimal("0.5"), CostState.FINAL), "$0.50"),
        (Cost(Decimal("0.5"), CostState.REPORTED), "$0.50"),
        (Cost(Decimal("0.5"), CostState.ESTIMATED), "~$0.50"),
        (Cost(Decimal("0.5"), CostState.PARTIAL), "≥$0.50"),
        (Cost(Decimal(0), CostState.STORED), "$0"),
        (Cost(Decimal(0), CostState.FREE), "free"),
        (Cost(None, CostState.FREE), "free"),
        (Cost(None, CostState.NO_PRICE), "–"),
        (Cost(None, CostState.PARTIAL), "–"),
    ],
)
def test_a_cost_is_shown_with_its_mark_and_an_unknown_one_as_a_dash(cost: Cost, shown: str) -> None:
    assert str(cost) == shown


def test_without_history_only_the_input_and_the_worst_case_are_expected() -> None:
    expected = expect(EXACT_ROW, 1000, [], 500)
    assert (expected.input, expected.median, expected.n) == (Decimal("0.002"), None, 0)
    assert expected.worst == Decimal("0.0065")  # 1000 x 2.5, all of it written to the cache, + 500 x 8


def test_the_expected_price_takes_the_median_of_the_last_twenty_answers() -> None:
    history = [*[0] * 5, *range(1, 21)]
    expected = expect(EXACT_ROW, 0, history, None)
    assert (expected.median, expected.n) == (Decimal("0.000084"), 20)  # 10.5 x 8
    assert expected.worst is None


def test_a_model_without_a_fee_for_writing_has_its_worst_case_at_the_input_price() -> None:
    rate = Rate("m", "default", Decimal(5), Decimal(30), TODAY, Decimal("0.5"))
    assert expect(rate, 1000, [10], 100).worst == Decimal("0.008")


# The shipped card


def published() -> list[list[str]]:
    lines = (FIXTURES / "prices_published.txt").read_text().splitlines()
    return [[cell.strip() for cell in line.split("|")] for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("row", published(), ids=lambda row: row[0])
def test_the_shipped_card_says_what_is_published(row: list[str]) -> None:
    name, *figures, long = row
    told = [None if figure == "-" else Decimal(figure) for figure in figures]
    tiers = [shipped().rate(name, tier, input_tokens=1, on=TODAY) for tier in ("default", "flex", "batch", "fast")]
    prices = [(found.input, found.output) if found else (None, None) for found in tiers]
    assert prices == [(told[0], told[3]), (told[4], told[5]), (told[4], told[5]), (told[6], told[7])]
    assert tiers[0] is not None
    assert tiers[0].cached == (tiers[0].input if name.endswith("-pro") else told[1])
    assert tiers[0].written == told[2]
    sides = shipped().cliff(name, None, on=TODAY)
    assert (sides is not None) == (long == "yes")
    if sides:
        assert [side.long_above for side in sides] == [None, 272_000]
        assert (sides[1].input, sides[1].output) == (2 * sides[0].input, sides[0].output * 3 / 2)


def test_every_model_of_the_shipped_card_has_a_standard_price_or_one_that_is_to_come() -> None:
    for name, model in shipped().models.items():
        assert "default" in model.tiers, name
        assert shipped().rate(name, None, input_tokens=1, on=TODAY), name


def test_the_shipped_card_has_none_of_the_names_only_articles_use() -> None:
    for name in ("gpt-5.5-instant", "gpt-5.5-mini", "gpt-5.5-thinking"):
        assert shipped().model(name) is None


def test_every_pro_of_the_shipped_card_takes_responses_alone_and_discounts_no_cached_input() -> None:
    pros = [model for name, model in shipped().models.items() if name.endswith("-pro")]
    assert len(pros) == 4
    for model in pros:
        assert model.apis == ("responses",)
        assert all(row.cached == row.input for row in model.rates)
