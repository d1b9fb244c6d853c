"""A lane and its text: what is pinned parses, what is printed parses back, a mistake is told with the word meant."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.lane import EFFORTS, TIER_ALIASES, TIERS, Lane, LaneError, sweep


def wrong(text: str) -> str:
    with pytest.raises(LaneError) as caught:
        Lane.parse(text)
    return str(caught.value)


def test_the_words_of_a_lane_are_the_pinned_ones() -> None:
    assert EFFORTS == ("none", "minimal", "low", "medium", "high", "xhigh", "max")
    assert TIERS == ("auto", "default", "flex", "priority", "scale", "ultrafast", "batch")
    assert TIER_ALIASES == {"standard": "default", "fast": "priority"}


@pytest.mark.parametrize(
    ("text", "lane"),
    [
        ("gpt-5.5 high flex", Lane("gpt-5.5", "high", "flex")),
        ("gpt-5.5-pro medium name=Pro max=4000", Lane("gpt-5.5-pro", "medium", name="Pro", max=4000)),
        ("openai/gpt-5.5:free @openrouter temp=0.2", Lane("openai/gpt-5.5:free", endpoint="openrouter", temp=0.2)),
        (
            '"models/my model.gguf" @local system=@strict.md',
            Lane("models/my model.gguf", endpoint="local", system="@strict.md"),
        ),
        ("router:support", Lane("router:support")),
        ("high", Lane("high")),
        ("flex flex", Lane("flex", tier="flex")),
        ("name=x name=y", Lane("name=x", name="y")),
        ("@model @place", Lane("@model", endpoint="place")),
        ("  m\tlow \n flex ", Lane("m", "low", "flex")),
        ("m flex low", Lane("m", "low", "flex")),
        ("m fast", Lane("m", tier="priority")),
        ("m standard", Lane("m", tier="default")),
        ("m tier=fast", Lane("m", tier="priority")),
        ("m effort=deep tier=eco", Lane("m", "deep", "eco")),
        ("m effort=flex tier=low", Lane("m", "flex", "low")),
        ("m effort=high", Lane("m", "high")),
        ("m name='a = b'", Lane("m", name="a = b")),
        ("m temp=.5 top_p=1 freq=-2 pres=1e-3", Lane("m", temp=0.5, top_p=1.0, freq=-2.0, pres=0.001)),
        ("m seed=-7 logprobs=0 repeat=3 timeout=0.5", Lane("m", seed=-7, logprobs=0, repeat=3, timeout=0.5)),
        ("m busy=wait cache=cold", Lane("m", busy="wait", cache="cold")),
        ("m until=json prompt=@p.md", Lane("m", until="json", prompt="@p.md")),
        ("m verbosity=low summary=auto", Lane("m", verbosity="low", summary="auto")),
        ("m body.b='\"x y\"' body.a.c='{\"d\": [1, 2.0]}'", Lane("m", body=(("a.c", '{"d":[1,2.0]}'), ("b", '"x y"')))),
        ("m body.é=null", Lane("m", body=(("é", "null"),))),
    ],
)
def test_the_text_of_a_lane_is_read_as_pinned(text: str, lane: Lane) -> None:
    assert Lane.parse(text) == lane
    assert Lane.parse(str(lane)) == lane


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a lane starts with a model"),
        (" \t ", "a lane starts with a model"),
        ("'' high", "a lane starts with a model"),
        ("m 'x", "No closing quotation in: m 'x"),
        ("m x\\", "No escaped character in: m x\\"),
        ("m hihg", "hihg is no effort, tier, @endpoint or key=value; did you mean high?"),
        ("m priorty", "priorty is no effort, tier, @endpoint or key=value; did you mean priority?"),
        ("m fats", "fats is no effort, tier, @endpoint or key=value; did you mean fast?"),
        ("m @", "@ is no effort, tier, @endpoint or key=value"),
        ("m low high", "a second effort: high"),
        ("m low effort=low", "a second effort: effort=low"),
        ("m flex fast", "a second tier: fast"),
        ("m @a @b", "a second endpoint: @b"),
        ("m max=1 max=2", "a second max: max=2"),
        ("m body.a=1 body.a=2", "a second body.a: body.a=2"),
        ("m temperature=1", "temperature is no key of a lane; did you mean temp?"),
        ("m max_tokens=5", "max_tokens is no key of a lane; did you mean max?"),
        ("m Name=x", "Name is no key of a lane; did you mean name?"),
        ("m name=", "name= is empty"),
        ("m effort=", "effort= is empty"),
        ("m tier=", "tier= is empty"),
        ("m max=0", "max takes a whole number from 1, not 0"),
        ("m max=1.5", "max takes a whole number, not 1.5"),
        ("m max=１", "max takes a whole number, not １"),
        ("m seed=99999999999999999999", "seed takes a whole number, not 99999999999999999999"),
        ("m logprobs=-1", "logprobs takes a whole number from 0, not -1"),
        ("m temp=warm", "temp takes a number, not warm"),
        ("m temp=nan", "temp takes a number, not nan"),
        ("m temp=inf", "temp takes a number, not inf"),
        ("m temp=1e999", "temp takes a number, not 1e999"),
        ("m temp=1_0", "temp takes a number, not 1_0"),
        ("m timeout=0", "timeout takes seconds above 0, not 0"),
        ("m busy=wiat", "busy is wait or fail, not wiat; did you mean wait?"),
        ("m cache=hot", "cache is warm or cold, not hot"),
        ("m system=strict.md", "system takes a file: system=@FILE"),
        ("m prompt=@", "prompt takes a file: prompt=@FILE"),
        ("m body.=1", "body. names no field; write body.FIELD=JSON"),
        ("m body.a..b=1", "body.a..b names no field; write body.FIELD=JSON"),
        ("m body.a=x", "body.a takes JSON, not x; a text is written body.a='\"…\"'"),
        ("m body.a=NaN", "body.a takes JSON, not NaN; a text is written body.a='\"…\"'"),
        ("m low >> n high", "a chain (>>) is more than one lane"),
    ],
)
def test_what_is_no_lane_is_said_with_the_word_meant(text: str, message: str) -> None:
    assert wrong(text).startswith(message)


@pytest.mark.parametrize(("word", "meant"), [("HIGH", "high"), ("FLEX", "flex"), ("MEDIUM", "medium")])
def test_the_nearest_word_is_found_in_capitals_too(word: str, meant: str) -> None:
    assert wrong(f"m {word}").endswith(f"did you mean {meant}?")


def test_json_nested_without_end_is_an_error_of_the_lane() -> None:
    assert wrong("m body.a=" + "[" * 100_000).startswith("body.a takes JSON")


hostile = st.text(min_size=1) | st.sampled_from(
    [
        "'",
        '"',
        "\\",
        "$(x)",
        "a b",
        "a=b",
        "@",
        ">>",
        "--",
        "#",
        "~",
        "é",
        "\n",
        "\x00",
        "\u202e",
        "🦊",
        " ",
        "=",
        "low",
    ]
)
numbers = st.floats(allow_nan=False, allow_infinity=False)
values: dict[str, st.SearchStrategy[Any]] = {
    "model": hostile.filter(lambda word: word != ">>"),
    "effort": st.sampled_from(EFFORTS) | hostile,
    "tier": st.sampled_from(TIERS) | hostile.filter(lambda word: word not in TIER_ALIASES),
    "endpoint": hostile,
    "name": hostile,
    "temp": numbers,
    "top_p": numbers,
    "freq": numbers,
    "pres": numbers,
    "max": st.integers(1, 10**18 - 1),
    "verbosity": hostile,
    "summary": hostile,
    "seed": st.integers(-(10**18) + 1, 10**18 - 1),
    "logprobs": st.integers(0, 20),
    "timeout": numbers.filter(lambda seconds: seconds > 0),
    "repeat": st.integers(1, 1000),
    "busy": st.sampled_from(["wait", "fail"]),
    "cache": st.sampled_from(["warm", "cold"]),
    "system": hostile.map(lambda name: f"@{name}"),
    "until": hostile,
    "prompt": hostile.map(lambda name: f"@{name}"),
}
paths = st.lists(st.text(min_size=1).filter(lambda word: not set(word) & set(".=")), min_size=1, max_size=3).map(
    ".".join
)
json_values = st.sampled_from(["null", "true", "1", "-1.5", "1e+30", '"a b"', "[]", '{"a":[1,"é\'"]}', '"\\u0000"'])
bodies = st.dictionaries(paths, json_values, max_size=3).map(lambda found: tuple(sorted(found.items())))
others = {key: value for key, value in values.items() if key != "model"} | {"body": bodies}
lanes = st.fixed_dictionaries({"model": values["model"]}, optional=others).map(lambda told: Lane(**told))


def test_the_property_below_covers_every_key_of_a_lane() -> None:
    assert {"model", *others} == {field.name for field in fields(Lane)}


@pytest.mark.examples(300, 5_000)
@given(lanes)
def test_a_lane_printed_and_read_again_is_the_same_lane(lane: Lane) -> None:
    again = Lane.parse(str(lane))
    assert again == lane
    assert hash(again) == hash(lane)
    assert str(again) == str(lane)


@pytest.mark.examples(300, 5_000)
@given(st.text() | st.text("m =@.'\"\\>{}[]0lowflexbody", min_size=1))
def test_any_text_is_a_lane_or_a_lane_error_and_nothing_else(text: str) -> None:
    try:
        lane = Lane.parse(text)
    except LaneError:
        return
    assert Lane.parse(str(lane)) == lane


@given(lanes, values["name"], values["repeat"], values["timeout"])
def test_name_repeat_and_timeout_make_no_other_configuration(
    lane: Lane, name: str, repeat: int, timeout: float
) -> None:
    assert replace(lane, name=name, repeat=repeat, timeout=timeout).configuration == lane.configuration


@pytest.mark.parametrize("field", ["model", *sorted({*others} - {"name", "repeat", "timeout"})])
def test_everything_else_makes_another_configuration(field: str) -> None:
    other: dict[str, Any] = {"body": (("a", "1"),), "temp": 0.1, "top_p": 0.1, "freq": 0.1, "pres": 0.1}
    other |= {"max": 1, "seed": 1, "logprobs": 1}
    one = Lane("m")
    assert replace(one, **{field: other.get(field, "other")}).configuration != one.configuration


@pytest.mark.parametrize(
    ("lane", "label"),
    [
        (Lane("m"), "m"),
        (Lane("m", "high", "flex", "local"), "m high flex @local"),
        (Lane("m", tier="default", temp=0.1), "m default"),
        (Lane("m", "high", name="Careful"), "Careful"),
    ],
)
def test_a_heading_calls_a_lane_by_its_name_or_by_what_it_is(lane: Lane, label: str) -> None:
    assert lane.label == label


def test_a_sweep_goes_through_models_then_efforts_then_tiers_as_given() -> None:
    swept = sweep(["b", "a"], ["high", "low"], ["fast", "default"])
    assert list(map(str, swept)) == [
        "b high priority",
        "b high default",
        "b low priority",
        "b low default",
        "a high priority",
        "a high default",
        "a low priority",
        "a low default",
    ]


def test_a_sweep_names_no_effort_and_no_tier_that_was_not_asked_for() -> None:
    assert sweep(["a", "b"]) == [Lane("a"), Lane("b")]
    assert sweep(["a"], tiers=["flex"]) == [Lane("a", tier="flex")]
    assert sweep([], ["low"], ["flex"]) == []


@pytest.mark.parametrize(
    ("efforts", "tiers", "message"),
    [
        (["low", "hihg"], [], "hihg is no effort; did you mean high?"),
        ([], ["felx"], "felx is no tier; did you mean flex?"),
        (["flex"], [], "flex is no effort"),
        ([], ["low"], "low is no tier"),
    ],
)
def test_a_sweep_over_an_unknown_word_names_the_nearest(efforts: list[str], tiers: list[str], message: str) -> None:
    with pytest.raises(LaneError) as caught:
        sweep(["m"], efforts, tiers)
    assert str(caught.value).startswith(message)
