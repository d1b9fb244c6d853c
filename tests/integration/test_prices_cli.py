"""`prices list`, `check` and `import` on real files."""

import json
import stat
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compare_tui.cli.prices import prices
from compare_tui.core.ratecard import CardError

FIXTURES = Path(__file__).parents[1] / "fixtures"
LITELLM = FIXTURES / "prices_litellm.json"
OPENROUTER = FIXTURES / "prices_openrouter.json"
KEYS = (
    "model tier input cached written written_12h output long_above from until window max_output images efforts"
    " shutdown source"
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(prices, [str(word) for word in words])


def listed(*words: str) -> list[dict[str, Any]]:
    done = run("list", "--json", *words)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def imported(home: Path) -> Path:
    return home / "state" / "imported-prices.toml"


# list


def test_json_has_one_row_a_line_with_the_pinned_keys_in_their_order() -> None:
    rows = listed()
    assert {tuple(row) for row in rows} == {tuple(KEYS.split())}
    assert len(rows) > 100


def test_json_has_numbers_as_numbers_and_unknown_as_null() -> None:
    short, long = listed("gpt-5.5")[:2]
    assert (short["input"], short["cached"], short["written"], short["output"]) == (5, 0.5, None, 30)
    assert (short["long_above"], long["long_above"]) == (None, 272_000)
    assert (long["input"], long["cached"], long["output"]) == (10, 1, 45)
    assert (short["efforts"], short["images"]) == (["none", "low", "medium", "high", "xhigh"], True)
    assert (short["source"], short["shutdown"]) == ("shipped", None)


def test_a_dated_row_says_from_when_until_when() -> None:
    rows = [row for row in listed("gpt-5.6-sol") if row["tier"] == "default" and row["long_above"] is None]
    assert [(row["input"], row["output"], row["from"], row["until"]) for row in rows] == [
        (4, 20, "2026-08-21", "2026-11-21"),
        (5, 30, "2026-11-22", None),
    ]


def test_models_are_chosen_by_name_snapshot_or_pattern() -> None:
    assert {row["model"] for row in listed("gpt-5.5-2026-04-23")} == {"gpt-5.5"}
    assert {row["model"] for row in listed("gpt-5.5*", "o3")} == {"gpt-5.5", "gpt-5.5-pro", "o3"}


def test_a_model_nobody_knows_is_exit_2_with_the_nearest_name() -> None:
    done = run("list", "gtp-5.5")
    assert (done.exit_code, done.stderr) == (2, "Error: no model matches gtp-5.5; did you mean gpt-5.5?\n")


def test_the_table_shows_every_digit_and_a_dash_for_what_is_unknown() -> None:
    rows = [line.split() for line in run("list", "gpt-6-luna", "gpt-6.2-sol").stdout.splitlines()]
    assert " ".join(rows[0]) == "model tier input cached written output above window card date holds"
    assert ["flex", "0.05", "0.005", "0.0625", "0.25", "1,050,000", "2026-11-20"] in rows
    assert ["gpt-6.2-sol", "default", "2", "–", "–", "10", "–", "2026-11-20"] in rows


def test_the_table_says_which_tier_takes_no_long_input() -> None:
    said = run("list", "gpt-5.5").stdout
    assert [line.split()[0] for line in said.splitlines() if "up to 272,000 tokens" in line] == ["priority"]


def test_the_users_own_rates_are_listed_as_yours(home: Path) -> None:
    write_own(home, '[models.mine]\nrates = [{ tier = "default", input = 0.1, output = 0 }]')
    assert [(row["input"], row["output"], row["source"]) for row in listed("mine")] == [(0.1, 0, "yours")]


def write_own(home: Path, text: str) -> Path:
    (home / "config").mkdir(parents=True)
    path = home / "config" / "prices.toml"
    path.write_text(text)
    return path


# check


def test_check_says_how_old_the_card_is_and_what_ends_soon() -> None:
    done = run("check", "--on", "2026-11-20")
    assert done.exit_code == 0
    assert "shipped: 2026-11-20, of today; " in done.stdout
    assert "gpt-5.6-sol default, flex, batch, priority: ends 2026-11-21, in 1 day; another row follows" in done.stdout
    assert "gpt-5: shuts down on 2026-12-11, in 21 days" in done.stdout


def test_check_says_what_is_out_of_date_and_what_is_shut_down() -> None:
    done = run("check", "--on", "2027-01-20")
    assert "shipped: 2026-11-20, 61 days old; " in done.stdout
    assert "gpt-5.6-sol default, flex, batch, priority: out of date since 2026-11-21; another row" in done.stdout
    assert "gpt-4o: shut down since 2027-01-14" in done.stdout


def test_check_says_which_tier_will_have_no_price_and_which_word_it_does_not_know(home: Path) -> None:
    row = "input = 1, output = 1"
    write_own(
        home,
        f'[models.mine]\nefforts = ["hihg"]\nrates = [{{ tier = "default", {row}, until = 2026-12-01 }},'
        f' {{ tier = "felx", {row} }}]',
    )
    said = run("check", "--on", "2026-11-20").stdout
    assert "mine default: ends 2026-12-01, in 11 days; no price then for default" in said
    assert "mine: felx is no tier known here; did you mean flex?" in said
    assert "mine: hihg is no effort known here; did you mean high?" in said


def test_check_ends_with_3_on_a_broken_card_and_still_reads_the_others(home: Path) -> None:
    path = write_own(home, "[models.mine]\nwindow = 0\n")
    done = run("check")
    assert done.exit_code == 3
    assert done.stderr == f"{path}:2: models.mine.window is not a whole number of tokens\n"
    assert done.stdout.startswith("shipped: ")


def test_list_leaves_a_broken_card_to_the_caller_with_its_place(home: Path) -> None:
    path = write_own(home, "[models.mine]\nwindw = 0\n")
    done = run("list")
    assert isinstance(done.exception, CardError)
    assert str(done.exception) == f"{path}:2: models.mine.windw is no key of a rate card; did you mean window?"


# import


def test_litellms_map_becomes_exact_prices_per_million_for_every_tier() -> None:
    done = run("import", LITELLM)
    assert done.exit_code == 0, done.output
    rows = {(row["tier"], row["long_above"]): row for row in listed("gpt-6-astra")}
    prices_of = {where: [row[k] for k in KEYS.split()[2:7]] for where, row in rows.items()}
    assert prices_of == {
        ("default", None): [10, 1, 12.5, 25, 50],
        ("default", 272_000): [20, 2, 25, 50, 75],
        ("flex", None): [5, 0.5, None, None, 25],
        ("batch", None): [5, None, None, None, 25],
        ("priority", None): [20, None, None, None, 100],
        ("ultrafast", None): [60, None, None, None, 300],
    }
    assert {row["source"] for row in rows.values()} == {"imported"}
    assert {(row["shutdown"], row["max_output"], row["images"]) for row in rows.values()} == {
        ("2028-01-31", 128_000, True)
    }


def test_no_digit_of_an_imported_price_is_lost_or_added(home: Path) -> None:
    run("import", LITELLM, "awkward/*")
    from compare_tui.ratecards import parse_toml

    entry = parse_toml(imported(home).read_text())["models"]["awkward/3.0000000000000004"]
    assert [row["input"] for row in entry["rates"]] == [Decimal("0.30000000000000004"), Decimal("0.6")]
    assert (entry["max_output"], entry["images"], entry["apis"]) == (8192, False, ["responses"])


def test_a_price_of_0_stays_0_and_an_unknown_one_is_never_imported() -> None:
    done = run("import", LITELLM, "given/*", "unpriced/*")
    assert "LiteLLM's price map: 1 taken, 6 skipped" in done.stdout
    assert "  6 without a price" in done.stdout
    assert [(row["input"], row["output"]) for row in listed("given/away")] == [(0, 0)]
    assert run("list", "unpriced/minus").exit_code == 2


def test_an_import_says_what_it_left_out_and_why() -> None:
    said = run("import", LITELLM).stdout.splitlines()
    assert said[0] == "LiteLLM's price map: 3 taken, 12 skipped"
    assert sorted(said[1:7]) == [
        "  1 not for text (another mode than chat or responses)",
        "  1 priced in steps this card cannot hold",
        "  1 with a price per request",
        "  1 with another price for reasoning than for output",
        "  2 with figures or a name no card can hold",
        "  6 without a price",
    ]
    assert said[7].endswith("imported-prices.toml holds 3 models")
    assert said[8] == "1 of them replace shipped rates, dated ones too, until they are taken out of that file again"


def test_openrouters_list_becomes_prices_windows_and_limits() -> None:
    done = run("import", OPENROUTER)
    assert "OpenRouter's models list: 2 taken, 5 skipped" in done.stdout
    (row,) = listed("openai/gpt-5.5")
    assert [row[key] for key in KEYS.split()[1:7]] == ["default", 5, 0.5, 6.25, None, 30]
    assert (row["window"], row["max_output"], row["images"]) == (1_050_000, 128_000, True)
    (free,) = listed("someone/small:free")
    assert (free["input"], free["output"], free["images"], free["max_output"]) == (0, 0, False, None)


def test_a_second_import_adds_and_replaces_and_keeps_the_rest(home: Path) -> None:
    run("import", LITELLM, "given/*")
    run("import", OPENROUTER, "openai/*")
    assert {row["model"] for row in listed("given/*", "openai/*")} == {"given/away", "openai/gpt-5.5"}
    done = run("import", OPENROUTER, "openai/*")
    assert f"{imported(home)} holds 2 models" in done.stdout


def test_the_imported_file_is_private_and_nothing_is_left_beside_it(home: Path) -> None:
    run("import", OPENROUTER)
    assert stat.S_IMODE(imported(home).stat().st_mode) == 0o600
    assert stat.S_IMODE(imported(home).parent.stat().st_mode) == 0o700
    assert [path.name for path in imported(home).parent.iterdir()] == ["imported-prices.toml"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is not JSON: Expecting value in line 1."),
        (b"<html>", "is not JSON: Expecting value in line 1."),
        (b'{"a": \n', "is not JSON: Expecting value in line 2."),
        (b"\xff\xfe{}", "is not JSON: it is not UTF-8 text."),
        (b"[" * 100_000, "is not a price list: a number is too large or it is nested too deeply."),
        (b'{"data": [' + b"9" * 5000 + b"]}", "is not a price list: a number is too large"),
        (b'{"data": [1e99999999999999999999]}', "is not a price list: a number is too large"),
        (b"7", "is neither LiteLLM's price map nor OpenRouter's models list."),
        (b"[]", "is neither LiteLLM's price map nor OpenRouter's models list."),
        (b'{"a": {"b": 1}}', "is neither LiteLLM's price map nor OpenRouter's models list."),
        (b'{"data": {"id": 1}}', "is neither LiteLLM's price map nor OpenRouter's models list."),
        (b'{"data": []}', "no model is listed."),
        (b'{"data": [{"id": "a"}]}', "OpenRouter's models list gives nothing to import: 1 without a price."),
    ],
    ids=lambda value: value[:24],
)
def test_a_hostile_file_gets_one_sentence_and_changes_nothing(
    tmp_path: Path, home: Path, data: bytes, said: str
) -> None:
    (tmp_path / "list.json").write_bytes(data)
    done = run("import", tmp_path / "list.json")
    assert done.exit_code == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not imported(home).exists()


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
anything = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner))
fields = st.sampled_from(
    [
        *("id", "mode", "pricing", "architecture", "tiered_pricing", "deprecation_date", "supports_vision"),
        *("input_cost_per_token", "output_cost_per_token", "input_cost_per_token_above_272k_tokens"),
    ]
)
entries = st.dictionaries(fields, anything | st.just("chat") | st.just(1e-06), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    data=st.fixed_dictionaries({"data": st.lists(entries, max_size=3)}) | st.dictionaries(st.text(max_size=4), entries)
)
def test_whatever_a_price_list_holds_the_import_answers_in_words(tmp_path: Path, data: object) -> None:
    (tmp_path / "list.json").write_text(json.dumps(data))
    done = run("import", tmp_path / "list.json")
    assert done.exit_code in (0, 2)
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert run("check").exit_code == 0


def test_a_pattern_that_matches_nothing_is_said() -> None:
    done = run("import", LITELLM, "zzz*")
    assert (done.exit_code, done.stderr) == (2, "Error: prices_litellm.json: no model matches zzz*.\n")


def test_an_import_does_not_overwrite_an_imported_card_it_cannot_read(home: Path) -> None:
    imported(home).parent.mkdir(parents=True)
    imported(home).write_text("models = 3")
    done = run("import", OPENROUTER)
    assert isinstance(done.exception, CardError)
    assert imported(home).read_text() == "models = 3"
