"""JSON for any schema: valid against it, or a refusal; never anything else."""

import contextlib
import json
from collections.abc import Callable
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AnyUrl, BaseModel, Field, TypeAdapter

from compare_tui.demo.luck import Luck
from compare_tui.demo.refusal import Refusal
from compare_tui.demo.schema import instance
from compare_tui.demo.values import Source
from compare_tui.demo.voice import Voice


class Node(BaseModel):
    name: str
    children: list["Node"]
    next: "Node | None"


class Ticket(BaseModel):
    label: Literal["billing", "technical", "sales"]
    confidence: float = Field(ge=0, le=1)
    urgent: bool
    words: list[str] = Field(min_length=2, max_length=4)
    pages: int = Field(gt=3, lt=6)
    share: float = Field(gt=0.1, lt=0.2)
    link: AnyUrl
    nothing: None
    either: int | str
    pair: tuple[int, bool]
    by_name: Annotated[str, Field(min_length=200, max_length=210)]
    tree: Node


def source(seed: int = 0, text: str = "Label this: my card was charged twice in Oslo") -> Source:
    return Source(Voice(Luck(str(seed)), "gpt-5.5", "low", 3, 0.9, 1), text)


@pytest.mark.parametrize("seed", range(40))
def test_a_value_is_valid_for_the_schema_of_a_real_model(seed: int) -> None:
    value = instance(Ticket.model_json_schema(), source(seed))
    Ticket.model_validate_json(json.dumps(value))


def test_the_words_of_the_prompt_decide_a_label_but_for_a_slip() -> None:
    labels = [instance(Ticket.model_json_schema(), source(seed))["label"] for seed in range(60)]
    assert 45 < labels.count("billing") < 60


@pytest.mark.parametrize("seed", range(10))
def test_a_recursive_schema_comes_to_an_end(seed: int) -> None:
    schema = TypeAdapter(Node).json_schema()
    TypeAdapter(Node).validate_python(instance(schema, source(seed)))


JOINED = [{"properties": {"a": {"type": "null"}}}, {"properties": {"b": {"type": "null"}}}]
DISTINCT = {"type": "array", "items": {"enum": [1, 2, 3]}, "minItems": 3, "uniqueItems": True}


@pytest.mark.parametrize(
    ("schema", "good"),
    [
        ({"const": [1, None]}, lambda value: value == [1, None]),
        ({"type": "integer", "multipleOf": 7, "minimum": 50, "maximum": 60}, lambda value: value == 56),
        ({"type": "number", "minimum": 0.001, "maximum": 0.002}, lambda value: 0.001 <= value <= 0.002),
        ({"type": "number", "maximum": -5}, lambda value: value <= -5),
        ({"type": "number", "minimum": 3, "maximum": 3}, lambda value: value == 3),
        ({"type": "integer", "exclusiveMinimum": 4, "exclusiveMaximum": 6}, lambda value: value == 5),
        ({"type": ["null", "string"]}, lambda value: isinstance(value, str)),
        ({"type": "string", "maxLength": 3}, lambda value: len(value) <= 3),
        ({"type": "string", "format": "date"}, lambda value: len(value) == 10 and value.startswith("2026-")),
        ({"type": "string", "format": "uuid"}, lambda value: value[14] == "4"),
        (DISTINCT, lambda value: sorted(value) == [1, 2, 3]),
        ({"type": "array", "prefixItems": [{"type": "null"}], "items": False}, lambda value: value == [None]),
        ({"type": "object", "allOf": JOINED}, lambda value: value == {"a": None, "b": None}),
        ({"required": ["x"], "properties": {}, "type": "object"}, lambda value: set(value) == {"x"}),
    ],
)
def test_limits_are_kept(schema: dict[str, Any], good: Callable[[Any], bool]) -> None:
    assert all(good(instance(schema, source(seed))) for seed in range(25))


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/$defs/missing"},
        {"$ref": "https://example.org/schema"},
        {"$ref": "#"},
        {"type": "array", "minItems": 10**9},
        {"type": "array", "items": {"enum": [1]}, "minItems": 2, "uniqueItems": True},
        {"type": "integer", "minimum": 5, "maximum": 4},
        {"type": "integer", "minimum": 5.1, "maximum": 5.9},
        {"type": "string", "minLength": 10**9},
        {"enum": []},
        {"type": "wishes"},
        {"properties": [1]},
        {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}},
        False,
    ],
)
def test_what_nothing_fits_is_refused(schema: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        instance(schema, source())
    assert (refusal.value.status, refusal.value.code) == (400, "invalid_json_schema")


KEYWORDS = """type properties items anyOf allOf $ref enum const required minItems maxItems minimum maximum
    multipleOf minLength maxLength prefixItems format exclusiveMinimum uniqueItems"""
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["object", "array", "#", "string", "x"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYWORDS.split()), inner, max_size=5),
    max_leaves=30,
)


@given(JUNK)
def test_any_junk_gives_a_value_or_a_refusal(schema: Any) -> None:
    with contextlib.suppress(Refusal):
        json.dumps(instance(schema, source()))
