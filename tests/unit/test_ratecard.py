"""Rate cards: which row prices a request, how cards lie on each other, and what a broken one says."""

import contextlib
import datetime as dt
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.preflight import Caution, warnings
from compare_tui.core.pricing import Rate
from compare_tui.core.ratecard import CardError, RateCard
from compare_tui.ratecards import load, parse_toml

TODAY = dt.date(2026, 11, 20)
FIXTURES = Path(__file__).parents[1] / "fixtures"
CARD = (FIXTURES / "prices_card.toml").read_text()


def card(text: str = CARD, **told: Any) -> RateCard:
    return RateCard.from_tables(parse_toml(text), **told)


def rate(model: str, tier: str | None = None, tokens: int | None = None, on: dt.date = TODAY, host: str = "") -> Rate:
    found = card().rate(model, tier, input_tokens=tokens, on=on, base_url_host=host)
    assert found is not None
    return found


def cautions(
    model: str,
    *,
    effort: str | None = None,
    tier: str | None = None,
    api: str = "responses",
    images: int = 0,
    input_tokens: int = 10,
    max_output: int | None = None,
    on: dt.date = TODAY,
) -> list[Caution]:
    known = card()
    return warnings(
        known.model(model),
        model=model,
        effort=effort,
        tier=tier,
        api=api,
        images=images,
        input_tokens=input_tokens,
        max_output=max_output,
        on=on,
        rate=known.rate(model, tier, input_tokens=input_tokens, on=on),
        rate_pair=known.cliff(model, tier, on=on),
    )


# Which row


@pytest.mark.parametrize("tier", [None, "auto", "default", "standard"])
def test_a_lane_without_a_tier_has_the_default_price(tier: str | None) -> None:
    assert rate("new", tier).input == 7


@pytest.mark.parametrize("tier", ["fast", "priority"])
def test_fast_and_priority_are_one_row(tier: str) -> None:
    assert (rate("new", tier).tier, rate("new", tier).input) == ("priority", Decimal(21))


@pytest.mark.parametrize("name", ["new", "fresh", "new-2026-03-05"])
def test_a_model_answers_to_its_name_a_snapshot_and_a_dated_name(name: str) -> None:
    assert rate(name).model == "new"


@pytest.mark.parametrize("name", ["", "ne", "New", "new-mini", "new-2026-3-5", "fresh-2026-03-05", "x/new"])
def test_no_price_is_guessed_for_a_name_the_card_does_not_know(name: str) -> None:
    assert card().rate(name, None, input_tokens=1, on=TODAY) is None


@pytest.mark.parametrize("tier", ["scale", "batch", "ultrafast", "DEFAULT"])
def test_no_tier_borrows_the_price_of_another(tier: str) -> None:
    assert card().rate("new", tier, input_tokens=1, on=TODAY) is None


def test_a_row_holds_on_its_first_and_on_its_last_day() -> None:
    day = dt.timedelta(days=1)
    assert [rate("new", on=TODAY + n * day).input for n in (-1, 0, 1, 2)] == [7, 7, 70, 70]


def test_long_context_multiplies_the_whole_request_from_the_first_token_above_the_threshold() -> None:
    short, long = rate("new", tokens=500), rate("new", tokens=501)
    assert (short.long_above, long.long_above) == (None, 500)
    assert (long.input, long.cached, long.written) == (Decimal(14), Decimal("2.1"), Decimal(40))
    assert (long.written_12h, long.output) == (Decimal(45), Decimal("16.5"))


def test_a_row_of_its_own_for_long_inputs_is_taken_as_it_stands() -> None:
    long = rate("new", "flex", tokens=5000)
    assert (long.input, long.cached, long.output, long.long_above) == (Decimal(13), Decimal(1), Decimal(17), 400)


def test_a_tier_that_takes_no_long_context_has_no_price_there() -> None:
    assert rate("new", "fast", tokens=500).input == 21
    assert card().rate("new", "fast", input_tokens=501, on=TODAY) is None


def test_residency_multiplies_what_the_other_factors_left() -> None:
    regional = rate("new", tokens=501, host="EU.example")
    assert (regional.input, regional.cached, regional.output) == (Decimal("15.4"), Decimal("2.31"), Decimal("18.15"))
    assert regional.residency == "eu.example"


@pytest.mark.parametrize(("model", "host"), [("old", "eu.example"), ("new", "example"), ("new", "")])
def test_residency_leaves_older_models_and_other_hosts_alone(model: str, host: str) -> None:
    assert rate(model, host=host) == rate(model)


def test_the_cliff_has_the_prices_on_both_sides_of_the_threshold() -> None:
    sides = card().cliff("new", "default", on=TODAY, base_url_host="eu.example")
    assert sides is not None
    assert [side.input for side in sides] == [Decimal("7.7"), Decimal("15.4")]
    assert card().cliff("old", None, on=TODAY) is None
    assert card().cliff("new", "fast", on=TODAY) is None


# Cards on each other


def test_a_users_rates_replace_a_tier_whole_and_leave_the_others() -> None:
    yours = card('date = 2026-01-01\n[models.new]\nrates = [{ tier = "default", input = 1, output = 2 }]')
    merged = card(source="shipped").over(yours)
    tomorrow = TODAY + dt.timedelta(days=1)
    found = merged.rate("new", None, input_tokens=1, on=tomorrow)
    assert found is not None
    assert (found.input, found.cached, found.card_date) == (Decimal(1), None, dt.date(2026, 1, 1))
    flex = merged.rate("new", "flex", input_tokens=1, on=TODAY)
    assert flex is not None
    assert (flex.input, flex.card_date) == (Decimal(3), TODAY)
    assert {row.tier: row.source for row in merged.models["new"].rates} == {
        "priority": "shipped",
        "flex": "shipped",
        "default": "yours",
    }


def test_what_a_users_entry_does_not_say_stays() -> None:
    merged = card().over(card('date = 2026-01-01\n[models.new]\nwindow = 5\nefforts = []\nsnapshots = ["alias"]'))
    model = merged.models["new"]
    assert (model.window, model.efforts, model.images, model.long_above) == (5, (), False, 500)
    assert model.snapshots == ("fresh", "alias")
    assert model.tiers == ("default", "priority", "flex")


def test_a_users_new_model_is_added() -> None:
    merged = card().over(card('date = 2026-01-01\n[models.mine]\nrates = [{ tier = "x", input = 0, output = 0 }]'))
    found = merged.rate("mine", "x", input_tokens=1, on=TODAY)
    assert found is not None
    assert found.input == 0


def test_an_entry_for_a_snapshot_starts_from_its_model() -> None:
    text = 'date = 2026-01-01\n[models.new-2026-03-05]\nrates = [{ tier = "default", input = 1, output = 2 }]'
    merged = card().over(card(text))
    found = merged.rate("new-2026-03-05", "default", input_tokens=501, on=TODAY, base_url_host="eu.example")
    assert found is not None
    assert found.input == Decimal("2.2")
    assert merged.rate("new", "default", input_tokens=1, on=TODAY) == rate("new")


def test_the_shipped_card_lies_under_the_imported_one_and_that_under_the_users(tmp_path: Path) -> None:
    row = '[models."gpt-5.5"]\nrates = [{{ tier = "{}", input = {}, output = 9 }}]'
    (tmp_path / "imported-prices.toml").write_text("date = 2026-10-01\n" + row.format("default", 1))
    assert found_input(tmp_path, "default") == 1
    (tmp_path / "prices.toml").write_text(row.format("default", 2))
    assert (found_input(tmp_path, "default"), found_input(tmp_path, "flex")) == (Decimal(2), Decimal("2.5"))


def found_input(directory: Path, tier: str) -> Decimal:
    found = load(directory, directory).rate("gpt-5.5", tier, input_tokens=1, on=TODAY)
    assert found is not None
    return found.input


def test_a_users_card_without_a_date_has_the_day_it_was_last_changed(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text('[models.m]\nrates = [{ tier = "default", input = 1, output = 2 }]')
    found = load(tmp_path, tmp_path / "none").rate("m", None, input_tokens=1, on=TODAY)
    assert found is not None
    assert abs(found.card_date - dt.date.today()) <= dt.timedelta(days=1)


def test_loading_the_cards_loads_no_third_party(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from compare_tui.ratecards import load; load(*[pathlib.Path(sys.argv[1])] * 2)\n"
        "named = {'rich', 'openai', 'httpx2', 'click', 'rapidfuzz', 'tomli_w', 'platformdirs'}\n"
        "print(sorted(named & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []


# A broken card


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("windw = 5", "prices.toml:3: models.m.windw is no key of a rate card; did you mean window?"),
        (
            'rates = [\n{ tier = "a", inptu = 1 }]',
            "prices.toml:4: models.m.rates[1].inptu is no key of a rate card; did",
        ),
        (
            '[[models.m.rates]]\ntier = "a"\ninput = 1\noutput = 1\n[[models.m.rates]]\ntier = "b"\ninput = -1',
            "prices.toml:9: models.m.rates[2].input is not a price of 0 or more",
        ),
        ('rates = [{ tier = "a", input = 1 }]', "models.m.rates[1].output is missing"),
        ("rates = [{ input = 1, output = 1 }]", "models.m.rates[1].tier is missing"),
        ('rates = [{ tier = "a", input = -1, output = 1 }]', "input is not a price of 0 or more"),
        ('rates = [{ tier = "a", input = nan, output = 1 }]', "input is not a price of 0 or more"),
        ('rates = [{ tier = "a", input = true, output = 1 }]', "input is not a price of 0 or more"),
        ('rates = [{ tier = "a", input = "1", output = 1 }]', "input is not a price of 0 or more"),
        ('rates = [{ tier = "a", input = 1, output = 1e30 }]', "output is not a price of 0 or more"),
        ('rates = [{ tier = "a", input = 1e-30, output = 1 }]', "input has more than 24 decimal places"),
        ('rates = [{ tier = "a", input = 1, output = 1, above = 0 }]', "above is not a whole number of tokens"),
        ('rates = { tier = "a" }', "models.m.rates is not a list of tables"),
        (
            'rates = [\n{ tier = "a", input = 1, output = 1, until = 2026-02-01 },'
            '\n{ tier = "a", input = 2, output = 2, from = 2026-02-01 }]',
            "prices.toml:5: models.m.rates[2] is a second price for a on the same day",
        ),
        (
            'rates = [{ tier = "a", input = 1, output = 1, from = 2026-02-02, until = 2026-02-01 }]',
            "until is before from",
        ),
        ("long_context = { above = 1, input = 0, output = 2 }", "long_context.input is not a factor above 0"),
        ("long_context = { above = 1, output = 2 }", "prices.toml:3: models.m.long_context.input is missing"),
        ('apis = ["respones"]', "apis does not know respones; did you mean responses?"),
        ('released = "2026-01-01"', "released is not a date, such as 2026-11-20 without quotes"),
        ("released = 2026-01-01T00:00:00Z", "released is not a date"),
        ('images = "yes"', "images is neither true nor false"),
        ("snapshots = [1]", "snapshots is not a list of words"),
        ("window = 1.5", "window is not a whole number of tokens"),
        ("window =", "prices.toml: is not TOML: Invalid value (at line 3"),
        ("window = " + "9" * 5000, "holds a number too large to read"),
        ("window = 1e99999999999999999999", "holds a number too large to read"),
        ("window = " + "[" * 20000, "is nested too deeply"),
        ('["models"."a\\u202eb"]', 'models."a⟨RLO⟩b" is no name of a model'),
    ],
    ids=lambda value: value[:40],
)
def test_a_broken_card_says_where_and_what_is_wrong(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "prices.toml").write_text(f"date = 2026-11-20\n[models.m]\n{line}\n")
    with pytest.raises(CardError) as raised:
        load(tmp_path, tmp_path)
    assert str(raised.value).startswith(str(tmp_path / "prices.toml"))
    assert said in str(raised.value)


@pytest.mark.parametrize(("data", "said"), [(b"\xff\xfe", "is not UTF-8 text"), (None, "cannot be read")])
def test_a_card_that_cannot_be_read_says_so(tmp_path: Path, data: bytes | None, said: str) -> None:
    path = tmp_path / "prices.toml"
    path.mkdir() if data is None else path.write_bytes(data)
    with pytest.raises(CardError, match=said):
        load(tmp_path, tmp_path)


values = st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=3) | st.dates() | st.datetimes()
prices = st.integers(0, 9) | st.decimals(0, 9, places=3)
row_keys = st.sampled_from(["cached", "written_12h", "from", "until", "above", "up_to", "tier", "output", "x"])
rows = st.builds(
    lambda row, wild: {**row, **wild},
    st.fixed_dictionaries({"tier": st.sampled_from(["a", "b"]), "input": prices, "output": prices}),
    st.dictionaries(row_keys, values | prices, max_size=1),
)
model_keys = st.sampled_from(["date", "window", "images", "efforts", "apis", "long_context", "released", "rates", "y"])
models = st.builds(
    lambda rates, wild: {"rates": rates, **wild},
    st.lists(rows, max_size=3),
    st.dictionaries(model_keys, values | st.lists(values, max_size=2) | rows, max_size=1),
)
cards = st.fixed_dictionaries({"models": st.dictionaries(st.text("ab é", max_size=3), models, max_size=2)})


@given(cards)
def test_whatever_stands_in_a_card_it_is_read_or_refused_in_words(data: dict[str, Any]) -> None:
    with contextlib.suppress(CardError):
        RateCard.from_tables(data, dated=TODAY)


# Before sending


def test_a_lane_that_fits_hears_nothing() -> None:
    assert cautions("new", effort="low", input_tokens=100, max_output=100) == []


@pytest.mark.parametrize(("tokens", "blocks"), [(1201, True), (1200, False), (834, False)])
def test_an_input_is_held_back_only_when_it_cannot_fit_whatever_the_estimate_is_worth(
    tokens: int, blocks: bool
) -> None:
    window = next(caution for caution in cautions("new", input_tokens=tokens) if caution.kind == "window")
    assert window.blocks is blocks
    assert f"{tokens:,}" in window.text
    assert "1,000" in window.text


def test_an_answer_that_would_not_fit_behind_its_input_is_said() -> None:
    texts = [caution.text for caution in cautions("new", input_tokens=830, max_output=180)]
    assert "The input of about 830 tokens leaves 170 of the 180 output tokens asked for in new." in texts
    assert "The lane asks for up to 180 output tokens; new gives 100 at most." in texts


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (416, None),
        (
            450,
            "The input of about 450 tokens may pass 500; then the whole request costs the long-context rate: "
            "$0.0063 for this input instead of $0.00315.",
        ),
        (
            600,
            "The input of about 600 tokens is above 500, so the whole request costs the long-context rate: "
            "$0.0084 for this input instead of $0.0042.",
        ),
    ],
)
def test_the_long_context_cliff_is_named_with_both_prices(tokens: int, text: str | None) -> None:
    said = [caution.text for caution in cautions("new", input_tokens=tokens) if caution.kind == "long-context"]
    assert said == ([text] if text else [])


@pytest.mark.parametrize(
    ("told", "kind", "text"),
    [
        ({"images": 1}, "images", "new takes no images."),
        ({"effort": "max"}, "effort", "new is not known to take the effort max; it takes low and high."),
        ({"api": "chat"}, "api", "new does not answer on the chat API; it takes responses."),
        ({"tier": "batch"}, "tier", "No batch price is known for new; there is one for default, priority and flex."),
        (
            {"tier": "fast", "input_tokens": 501},
            "price",
            "No price is known for the priority tier of new with about 501 input tokens on 2026-11-20.",
        ),
        ({"on": dt.date(2027, 1, 20)}, "shutdown", "new is to be shut down today."),
        ({"on": dt.date(2027, 1, 19)}, "shutdown", "new will be shut down on 2027-01-20, in 1 day."),
        ({"on": dt.date(2026, 11, 21)}, "shutdown", "new will be shut down on 2027-01-20, in 60 days."),
        ({"on": dt.date(2027, 1, 21)}, "shutdown", "new was to be shut down on 2027-01-20."),
    ],
)
def test_what_the_card_speaks_against_is_said_in_a_sentence_and_sent_all_the_same(
    told: dict[str, Any], kind: str, text: str
) -> None:
    assert Caution(kind, text, blocks=False) in cautions("new", **told)


def test_a_model_the_card_does_not_know_hears_only_that_its_price_is_unknown() -> None:
    assert cautions("mine", images=3, effort="max") == [Caution("price", "No price is known for mine.")]


def test_a_model_known_to_take_no_effort_says_so_and_one_of_unknown_efforts_says_nothing() -> None:
    assert "bare is not known to take the effort low; it takes no effort." in [
        caution.text for caution in cautions("bare", effort="low")
    ]
    assert cautions("old", effort="low") == []
