"""Token counts of both dialects: believed when they can be true, otherwise unknown, and never 0 by accident."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compare_tui.core.pricing import Cost, CostState, plain
from compare_tui.core.usage import LARGEST_COUNT, Usage

NO_COUNTS: list[object] = [
    -3,
    -1,
    2.0,
    float("nan"),
    float("inf"),
    "3",
    "",
    True,
    False,
    None,
    [],
    {},
    LARGEST_COUNT + 1,
    10**30,
]
COUNTS = ("input", "output", "cached", "written", "written_12h", "reasoning")


def responses(**counts: Any) -> dict[str, Any]:
    """Usage as the responses dialect sends it, a field only where it is given."""
    by_ttl = {"ttl_12h_tokens": counts["written_12h"]} if "written_12h" in counts else {}
    names = {"cached": "cached_tokens", "written": "cache_write_tokens"}
    inside = {names[key]: value for key, value in counts.items() if key in names}
    return {
        **({"input_tokens": counts["input"]} if "input" in counts else {}),
        "input_tokens_details": {**inside, "cache_write_tokens_details": by_ttl},
        **({"output_tokens": counts["output"]} if "output" in counts else {}),
        "output_tokens_details": {"reasoning_tokens": counts["reasoning"]} if "reasoning" in counts else {},
    }


def chat(**counts: Any) -> dict[str, Any]:
    """The same figures under the names of the chat dialect."""
    names = {
        "input_tokens": "prompt_tokens",
        "input_tokens_details": "prompt_tokens_details",
        "output_tokens": "completion_tokens",
        "output_tokens_details": "completion_tokens_details",
    }
    return {names[name]: value for name, value in responses(**counts).items()}


@pytest.mark.parametrize("spelled", [responses, chat])
def test_every_figure_is_read_in_both_dialects(spelled: Any) -> None:
    raw = spelled(input=100, output=50, cached=40, written=30, written_12h=10, reasoning=20)
    assert Usage.from_wire(raw) == Usage(100, 50, cached=40, written=20, written_12h=10, reasoning=20)


@pytest.mark.parametrize("spelled", [responses, chat])
def test_zero_is_a_figure_and_not_unknown(spelled: Any) -> None:
    raw = spelled(input=0, output=0, cached=0, written=0, written_12h=0, reasoning=0)
    assert Usage.from_wire(raw) == Usage(0, 0, 0, 0, 0, 0)


def test_the_largest_count_that_is_believed_is_a_thousand_million() -> None:
    assert LARGEST_COUNT == 10**9
    assert Usage.from_wire({"input_tokens": 10**9}) == Usage(10**9)


@pytest.mark.parametrize("raw", [None, {}, [], "usage", 3, {"input_tokens": None}, {"total_tokens": 5}, {"x": {}}])
def test_what_says_nothing_is_no_usage(raw: object) -> None:
    assert Usage.from_wire(raw) is None


@pytest.mark.parametrize("spelled", [responses, chat])
@pytest.mark.parametrize("field", COUNTS)
@pytest.mark.parametrize("value", NO_COUNTS, ids=repr)
def test_what_is_no_count_is_unknown(spelled: Any, field: str, value: object) -> None:
    counts: dict[str, Any] = {"input": 100, "output": 50, "cached": 10, "reasoning": 5} | {field: value}
    usage = Usage.from_wire(spelled(**counts))
    assert usage is not None
    assert getattr(usage, field) is None


@pytest.mark.parametrize("details", ["input_tokens_details", "output_tokens_details"])
@pytest.mark.parametrize("value", [None, [], "x", 5])
def test_details_that_are_no_object_make_the_parts_unknown(details: str, value: object) -> None:
    raw = responses(input=10, output=5, cached=3, reasoning=2) | {details: value}
    usage = Usage.from_wire(raw)
    assert usage is not None
    assert (usage.input, usage.output) == (10, 5)
    assert (usage.cached if details.startswith("input") else usage.reasoning) is None


@pytest.mark.parametrize(
    ("part", "counts"),
    [
        ("cached", {"input": 10, "cached": 11}),
        ("written", {"input": 10, "written": 11}),
        ("written_12h", {"input": 10, "written_12h": 11}),
        ("reasoning", {"output": 10, "reasoning": 11}),
        ("cached", {"output": 10, "cached": 1}),
        ("reasoning", {"input": 10, "reasoning": 1}),
    ],
)
def test_a_part_that_is_more_than_its_whole_or_has_none_is_unknown(part: str, counts: dict[str, int]) -> None:
    usage = Usage.from_wire(responses(**counts))
    assert usage is not None
    assert getattr(usage, part) is None


@pytest.mark.parametrize(
    ("counts", "is_doubtful"),
    [
        ({"input": 10, "output": 1, "cached": 11}, True),
        ({"input": 10, "output": 1, "written": 11}, True),
        ({"input": 10, "output": 1, "written": 1, "written_12h": 2}, True),
        ({"input": 10, "output": 1, "cached": "3"}, True),
        ({"output": 1, "cached": 1}, True),
        ({"input": 10, "output": 1, "cached": 10, "written": None}, False),
        ({"input": 10, "output": 1}, False),
    ],
)
def test_usage_with_a_priced_part_that_cannot_be_is_doubtful(counts: dict[str, Any], is_doubtful: bool) -> None:
    for spelled in (responses, chat):
        usage = Usage.from_wire(spelled(**counts))
        assert usage is not None
        assert usage.doubtful is is_doubtful


def test_writes_that_exceed_the_input_are_unknown_in_all_their_parts() -> None:
    usage = Usage.from_wire(responses(input=10, output=1, written=11, written_12h=5))
    assert usage is not None
    assert usage.written is None
    assert usage.doubtful


def test_writes_for_twelve_hours_that_exceed_all_writes_make_both_unknown() -> None:
    usage = Usage.from_wire(responses(input=100, output=1, written=5, written_12h=10))
    assert usage is not None
    assert (usage.written, usage.written_12h) == (None, None)


any_value = st.none() | st.booleans() | st.integers(-5, 2 * LARGEST_COUNT) | st.floats() | st.text(max_size=3)


@example({"input": 0, "written": 1, "written_12h": 1}, responses)
@given(st.dictionaries(st.sampled_from(COUNTS), any_value), st.sampled_from([responses, chat]))
def test_a_figure_is_what_was_sent_or_unknown(counts: dict[str, Any], spelled: Any) -> None:
    usage = Usage.from_wire(spelled(**counts)) or Usage()
    for name in set(COUNTS) - {"written"}:
        assert getattr(usage, name) is None or getattr(usage, name) == counts[name]
    assert usage.written is None or usage.written == counts["written"] - (usage.written_12h or 0)


def test_the_answer_is_the_output_without_the_reasoning() -> None:
    assert Usage(output=50, reasoning=20).answer == 30
    assert Usage(output=50).answer == 50
    assert Usage(reasoning=20).answer is None


@pytest.mark.parametrize(
    ("cost", "amount"),
    [
        (0.00014, "0.00014"),
        (1e-7, "0.0000001"),
        (0, "0"),
        (2, "2"),
        ("0.0250", "0.025"),
    ],
)
def test_the_cost_a_gateway_reports_is_kept_to_the_last_digit(cost: object, amount: str) -> None:
    usage = Usage.from_wire({"prompt_tokens": 1, "cost": cost})
    assert usage is not None
    assert usage.reported_cost is not None
    assert plain(usage.reported_cost) == amount


@pytest.mark.parametrize(
    "cost", [-1, "-0.1", float("nan"), float("inf"), "NaN", "sNaN", "Infinity", "free", "", True, None, []]
)
def test_a_cost_that_is_no_amount_is_unknown(cost: object) -> None:
    usage = Usage.from_wire({"prompt_tokens": 1, "cost": cost})
    assert usage is not None
    assert usage.reported_cost is None


@pytest.mark.parametrize("cost", [1e308, "1e999999", "1e-999999", 10**400, "-0", "0e999999", "0." + "1" * 500], ids=str)
def test_an_absurd_cost_is_unknown_or_can_at_least_be_shown(cost: object) -> None:
    usage = Usage.from_wire({"prompt_tokens": 1, "cost": cost})
    assert usage is not None
    if usage.reported_cost is not None:
        assert str(Cost(usage.reported_cost, CostState.REPORTED)).startswith("$")
        assert not plain(usage.reported_cost).startswith("-")


@pytest.mark.parametrize(
    ("raw", "amount"),
    [
        ({"cost": 0.01, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.2}}, "0.01"),
        ({"cost": 0.01, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.2}}, "0.21"),
        ({"cost": 0, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.2}}, "0.2"),
        ({"cost": 0.01, "is_byok": True, "cost_details": {}}, None),
        ({"cost": 0.01, "is_byok": True}, None),
        ({"is_byok": True, "cost_details": {"upstream_inference_cost": 0.2}}, None),
    ],
)
def test_with_a_key_of_ones_own_the_provider_behind_counts_too(raw: dict[str, Any], amount: str | None) -> None:
    usage = Usage.from_wire({"prompt_tokens": 1} | raw)
    assert usage is not None
    assert usage.reported_cost == (None if amount is None else Decimal(amount))


some = st.none() | st.integers(0, LARGEST_COUNT)
amounts = st.none() | st.decimals(0, 1000, allow_nan=False, allow_infinity=False)
usages = st.builds(
    Usage,
    input=some,
    output=some,
    cached=some,
    written=some,
    written_12h=some,
    reasoning=some,
    reported_cost=amounts,
    doubtful=st.booleans(),
)


@given(usages)
def test_usage_written_down_and_read_again_is_the_same(usage: Usage) -> None:
    data = json.loads(json.dumps(usage.to_data()))
    assert Usage.from_data(data) == usage
    assert None not in data.values()


def test_only_what_is_known_is_written_down() -> None:
    assert Usage(input=0, reported_cost=Decimal("0.10")).to_data() == {"input": 0, "reported_cost": "0.10"}
